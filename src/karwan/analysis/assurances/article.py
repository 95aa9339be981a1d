"""The article walked: for each of its statements a number, a status, or a refusal with reason.

Nothing is adopted. What is opinion stays refused, also where something can be counted beside it;
what another command answers is named.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from karwan.analysis.assurances import counted, progress
from karwan.analysis.assurances.book import Book
from karwan.analysis.assurances.counted import Shown
from karwan.analysis.corridors.comparison import Comparison
from karwan.base.reprs import short_repr
from karwan.data.rows.network import ProjectRow
from karwan.ledger.assessment import Status

Ask = Callable[[Book, dt.date], Sequence[Shown]]
RAILWAY = ("S44", "C25", "C26", "C48", "C49", "C55")


@dataclass(frozen=True)
class ArticleRow:
    """One statement of the article: its status or refusal, and what can be shown beside it."""

    status: Status
    shown: tuple[Shown, ...]
    commands: tuple[str, ...]

    __repr__ = short_repr

    @property
    def result(self) -> str:
        """`refused`, else `number` where one can be shown, else `status`."""
        if self.status.refused:
            return "refused"
        return "number" if any(one.value is not None for one in self.shown) else "status"


@dataclass(frozen=True, slots=True)
class Group:
    """Statements of one kind, what is counted beside them, and the commands that tell more."""

    statements: tuple[str, ...]
    asked: tuple[str, ...]
    commands: tuple[str, ...] = ()


def _ids(text: str) -> tuple[str, ...]:
    return tuple(f"S{number}" for number in text.split())


GROUPS = (
    Group(_ids("01 02 05 14 50"), ("claims",), ("karwan ledger show C12",)),
    Group(_ids("11 12 40"), ("findings",), ("karwan ledger history C08",)),
    Group(_ids("03 14 15 33 51"), ("attacks",)),
    Group(
        _ids("04 21 24 30 35"),
        ("gates",),
        ("karwan hazard torkham", "karwan compare almaty karachi"),
    ),
    Group(_ids("05 06 09 30"), ("trade",)),
    Group(_ids("10 11 29 30 31"), ("tokayev",)),
    Group(_ids("12 13 39"), ("verification",), ("karwan ledger list",)),
    Group(_ids("16 25 42 47"), ("kept",), ("karwan ledger brief",)),
    Group(_ids("17"), ("KTAP",), ("karwan compare",)),
    Group(_ids("18"), ("KUAP",), ("karwan compare",)),
    Group(_ids("19"), ("KKCP",), ("karwan compare",)),
    Group(_ids("20 44"), ("railway",), ("karwan ledger show C55",)),
    Group(_ids("22 46"), ("delays",), ("karwan ledger list",)),
    Group(_ids("26"), ("target",), ("karwan target KAZ-PAK",)),
    Group(_ids("09 23 41 49"), ("without",), ("karwan compare",)),
    Group(_ids("36"), ("assets", "chokepoints"), ("karwan critical",)),
    Group(_ids("48"), ("unbuilt",), ("karwan network show",)),
    Group(_ids("52"), ("mandates",), ("karwan ledger diff",)),
)
"""What the article's rows ask for; a row may stand in several groups."""


def walk_article(
    book: Book,
    as_of: dt.date,
    comparisons: Sequence[Comparison] = (),
    more: Mapping[str, Ask] | None = None,
) -> list[ArticleRow]:
    """Return every statement of the article with its answer, in the article's order.

    Parameters
    ----------
    comparisons
        Comparisons of corridors, as last known first and then with all gates open, for the rows
        on routes; without them they name the command.
    more
        Answers of rooms that the ledger does not know (`chokepoints`), or fuller ones (`target`);
        where one is missing the row names the command that answers it.
    """
    asks = _asks(book, comparisons) | dict(more or {})
    shown = {name: tuple(ask(book, as_of)) for name, ask in asks.items()}
    rows = []
    for ident in [f"S{number:02d}" for number in range(1, 53)]:
        groups = [group for group in GROUPS if ident in group.statements]
        names = dict.fromkeys(name for group in groups for name in group.asked)
        commands = dict.fromkeys(word for group in groups for word in group.commands)
        commands[f"karwan ledger show {ident}"] = None
        status = book.status(ident, as_of)
        own = counted.measured(status)
        rows.append(
            ArticleRow(
                status,
                (*own, *(one for name in names for one in shown.get(name, ()))),
                tuple(commands),
            )
        )
    return rows


def _asks(book: Book, comparisons: Sequence[Comparison]) -> dict[str, Ask]:
    comparison = comparisons[0] if comparisons else None
    opened = comparisons[-1] if comparisons else None
    projects = book.catalog.rows(ProjectRow)
    return {
        "claims": counted.claims_by_neighbour,
        "findings": counted.un_findings,
        "attacks": counted.attack_trend,
        "gates": counted.gate_record,
        "trade": counted.trade_after_closure,
        "target": progress.target_multiples,
        "tokayev": lambda one, day: counted.attributed_to(one, day, "Tokayev"),
        "verification": counted.verification,
        "kept": lambda one, day: [*progress.chance_kept(one, day), *progress.kept_record(one, day)],
        "KTAP": lambda *_: progress.corridor_family(comparison, "KTAP"),
        "KUAP": lambda *_: progress.corridor_family(comparison, "KUAP"),
        "KKCP": lambda *_: progress.corridor_family(comparison, "KKCP"),
        "railway": lambda one, day: progress.rail_rung(one, day, RAILWAY),
        "delays": progress.delays,
        "without": lambda *_: progress.also_without(opened),
        "assets": counted.assets_attacked,
        "unbuilt": lambda *_: progress.not_built(projects),
        "mandates": progress.mandates,
    }


def article_to_dict(row: ArticleRow) -> dict[str, Any]:
    """Return a row of the article as JSON."""
    status, said = row.status, row.status.statement
    return {
        "id": said.id,
        "speaker": said.speaker,
        "said_on": said.said_on,
        "speech_act": said.speech_act.value,
        "paraphrase": said.paraphrase,
        "result": row.result,
        "delivery": status.delivery.value if status.delivery else None,
        "evidence_status": status.evidence.value if status.evidence else None,
        "reason": "; ".join(dict.fromkeys(part.reason for part in status.parts)),
        "corroboration": said.corroboration,
        "corroboration_url": said.corroboration_url or None,
        "contested": said.contested,
        "source_url": said.source.url,
        "source_date": said.source.date,
        "confidence": said.source.grade,
        "as_of": status.as_of.isoformat(),
        "shown": [asdict(one) for one in row.shown],
        "commands": list(row.commands),
    }
