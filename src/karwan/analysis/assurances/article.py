"""The article walked: for each of its statements a number, a status, or a refusal with reason.

Nothing is adopted. What is opinion stays refused, also where something can be counted beside it;
what another command answers is named.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

from karwan.analysis.assurances import counted, progress
from karwan.analysis.assurances.asks import Asked, read_asks
from karwan.analysis.assurances.book import Book
from karwan.analysis.assurances.counted import Shown
from karwan.analysis.corridors.comparison import Comparison
from karwan.base.reprs import short_repr
from karwan.base.telling import FILES, Column, Form, to_dict
from karwan.data.region import region_words
from karwan.data.rows.network import ProjectRow
from karwan.ledger.assessment import Status
from karwan.ledger.nouns import Statement

Ask = Callable[[Book, dt.date, Asked], Sequence[Shown]]


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


def walk_article(
    book: Book,
    as_of: dt.date,
    comparisons: Sequence[Comparison] = (),
    more: Mapping[str, Ask] | None = None,
    idents: Sequence[str] | None = None,
) -> list[ArticleRow]:
    """Return every statement of the article with its answer, in the article's order.

    Parameters
    ----------
    idents
        Statements of another text, in its order; default: those of the article. Beside one for
        which the table `article_asks` has no row stands what is known of the corridors and gates
        that it names.
    comparisons
        Comparisons of corridors, as last known first and then with all gates open, for the rows
        on routes; without them they name the command.
    more
        Answers of rooms that the ledger does not know (`chokepoints`, `gates`), or fuller ones
        (`target`); where one is missing the row names the command that answers it.
    """
    ways = _ways(book, comparisons) | dict(more or {})
    asks = read_asks(book.catalog)
    told: dict[Asked, list[Shown]] = {}
    rows = []
    for ident in counted.article_ids(book) if idents is None else idents:
        mine = [ask for ask in asks if ident in ask.statements]
        if not mine and idents is not None:
            mine = _named(book, ident)
        for ask in mine:
            if ask not in told:
                told[ask] = _told(ways, book, as_of, ask)
        commands = dict.fromkeys(word for ask in mine for word in ask.commands)
        commands[f"karwan ledger show {ident}"] = None
        status = book.status(ident, as_of)
        own = [replace(one, measure=f"own {ident}") for one in counted.own_numbers(status)]
        beside = (one for ask in mine for one in told[ask])
        rows.append(ArticleRow(status, (*own, *beside), tuple(commands)))
    return rows


def _told(ways: Mapping[str, Ask], book: Book, as_of: dt.date, ask: Asked) -> list[Shown]:
    """Return what is shown for one thing asked, each marked with what it answers."""
    shown = ways[ask.asked](book, as_of, ask) if ask.asked in ways else ()
    return [replace(one, measure=one.measure or ask.asked) for one in shown]


def _named(book: Book, ident: str) -> list[Asked]:
    """Return what to ask of the corridors and gates that a statement names."""
    corridors = book.ledger.statement(ident).corridors
    gates = {name for part in book.ledger.parts_of[ident] for name in part.elements}
    asked = [Asked("corridor", (name,), (), ("karwan compare",)) for name in corridors]
    if gates:
        names = tuple(sorted(gates))
        asked.append(Asked("gates", names, (), tuple(f"karwan hazard {name}" for name in names)))
    return asked


def statements_of(book: Book, text_sha256: str) -> list[str]:
    """Return the statements that were accepted from a text, in its order, by the text's hash."""
    spans = [
        (said.span.start_index, said.id)
        for said in book.ledger.statements.values()
        if said.span is not None and said.span.text_sha256 == text_sha256
    ]
    return [ident for _, ident in sorted(spans)]


def _ways(book: Book, comparisons: Sequence[Comparison]) -> dict[str, Ask]:
    """Return how each thing is asked, by its word in the table."""
    comparison = comparisons[0] if comparisons else None
    opened = comparisons[-1] if comparisons else None
    projects = book.catalog.rows(ProjectRow)
    parties = region_words(book.catalog, "party")
    return {
        "claims": lambda one, day, ask: counted.claims_by_neighbour(one, day, ask.subjects),
        "findings": lambda one, day, _: counted.un_findings(one, day),
        "attacks": lambda one, day, ask: counted.attack_trend(one, day, *ask.subjects),
        "trade": lambda one, day, ask: counted.trade_after_closure(one, day, *ask.subjects),
        "target": lambda one, day, ask: progress.target_multiples(one, day, ask.subjects),
        "attributed": lambda one, day, ask: counted.attributed_to(one, day, *ask.subjects),
        "verification": lambda one, day, _: counted.verification(one, day),
        "kept": lambda one, day, ask: progress.kept_record(one, day, parties, ask.subjects),
        "corridor": lambda _one, _day, ask: progress.corridor_family(comparison, *ask.subjects),
        "railway": lambda one, day, ask: progress.rail_rung(one, day, ask.subjects),
        "delays": lambda one, day, _: progress.delays(one, day),
        "without": lambda *_: progress.also_without(opened),
        "assets": lambda one, day, ask: counted.assets_attacked(one, day, ask.subjects),
        "unbuilt": lambda *_: progress.not_built(projects),
        "mandates": lambda one, day, ask: progress.mandates(one, day, *ask.subjects),
    }


def _said(name: str, get: Callable[[Statement], Any], forms: Sequence[Form]) -> Column[ArticleRow]:
    return Column(name=name, get=lambda row: get(row.status.statement), forms=forms)


def _first(name: str, get: Callable[[Shown], Any]) -> Column[ArticleRow]:
    """Return a column of the first number shown, if there is one."""

    def value(row: ArticleRow) -> Any:
        first = next((one for one in row.shown if one.value is not None), None)
        return None if first is None else get(first)

    return Column(name=name, get=value, forms=FLAT)


JSON, FLAT = (Form.json,), (Form.csv, Form.frame)
ARTICLE: tuple[Column[ArticleRow], ...] = (
    _said("id", lambda said: said.id, FILES),
    _said("speaker", lambda said: said.speaker, FILES),
    _said("said_on", lambda said: said.said_on, FILES),
    _said("speech_act", lambda said: said.speech_act.value, JSON),
    _said("paraphrase", lambda said: said.paraphrase, FILES),
    Column(name="result"),
    Column(name="delivery", get=lambda row: row.status.delivery_word),
    Column(name="evidence_status", get=lambda row: row.status.evidence_word),
    Column(name="reason", get=lambda row: row.status.reason),
    _said("corroboration", lambda said: said.corroboration, FILES),
    _said("corroboration_url", lambda said: said.corroboration_url or None, JSON),
    _said("contested", lambda said: said.contested, JSON),
    Column(name="shown", get=lambda row: " | ".join(one.text for one in row.shown), forms=FLAT),
    _first("value", lambda one: one.value),
    _first("low", lambda one: one.low),
    _first("high", lambda one: one.high),
    _first("unit", lambda one: one.unit),
    _said("source_url", lambda said: said.source.url, FILES),
    _said("source_date", lambda said: said.source.date, FILES),
    _said("confidence", lambda said: said.source.grade, FILES),
    Column(name="as_of", get=lambda row: row.status.as_of.isoformat(), forms=JSON),
    Column(name="shown", get=lambda row: [asdict(one) for one in row.shown], forms=JSON),
    Column(name="commands", forms=JSON),
    Column(name="commands", get=lambda row: "; ".join(row.commands), forms=FLAT),
)
"""What is told of a statement of the article; CSV has the first number shown beside it."""


def article_to_dict(row: ArticleRow) -> dict[str, Any]:
    """Return a row of the article as JSON."""
    return to_dict(ARTICLE, row)
