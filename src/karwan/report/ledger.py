"""What the article says and what can be shown, and the register of delays."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Any

from karwan.analysis.assurances.article import Ask, walk_article
from karwan.analysis.assurances.book import Book, newest_evidence, open_book
from karwan.analysis.assurances.counted import Shown
from karwan.analysis.assurances.gates import gates_told
from karwan.analysis.assurances.progress import causes, target_told
from karwan.analysis.assurances.sheets import lay_out, lines_html, notes_html
from karwan.base.errors import NoEvidenceError
from karwan.base.words import counted
from karwan.ledger.register import Delay, delay_register, slip_of
from karwan.ledger.tallies import KEPT_RULE, Kept
from karwan.report.view import Section, View


def gather_article(view: View) -> dict[str, Any] | None:
    """Return the statements of the article, a line for each, and each measure once."""
    book, as_of = open_book(view.result.catalog), view.result.spec.as_of
    comparisons = [c for c in (view.known, view.chosen) if c is not None]
    try:
        more: dict[str, Ask] = {
            "chokepoints": lambda *_: weakest(view),
            "target": lambda *asked: target_told(view.result.world, *asked),
        }
        model = view.result.hazard
        if model is not None:
            more["gates"] = partial(gates_told, view.result.world, model)
        rows = walk_article(book, as_of, comparisons, more)
        if not rows:
            return None
    except NoEvidenceError:  # the study looks from before the article was written
        return None
    sheets = lay_out(rows)
    return {
        "sheets": sheets,
        "counts": sheets.counts,
        "ledger_horizon": newest_evidence(book, as_of),
        "lines_table": lines_html(sheets),
        "notes_list": notes_html(sheets),
    }


def weakest(view: View) -> list[Shown]:
    """Return the chokepoint whose closures are expected to cost most, where a study counts them."""
    futures = view.result.futures
    if futures is None or not futures.chokepoints:
        return []
    worst = futures.chokepoints[0]
    if worst.expected_loss_usd is None:
        return []
    usual, today = worst.expected_loss_usd
    text = (
        f"{' and '.join(worst.names)} is where closures of any cause are expected to cost most "
        f"within {counted(futures.told.horizon_days, 'day')}, over the pairs whose demand is known: "
        f"{usual / 1e6:,.1f} million USD in ordinary times, {today / 1e6:,.1f} from today"
    )
    as_of = view.result.spec.as_of.isoformat()
    return [
        Shown(
            text=text,
            value=today / 1e6,
            low=None,
            high=None,
            unit="million USD",
            figure=f"US${today / 1e6:,.1f}m expected loss in {futures.told.horizon_days} days",
            source_url="derived:network",
            source_date=as_of,
            grade="C",
        )
    ]


def gather_register(view: View) -> dict[str, Any] | None:
    """Return planned beside actual dates, and the record of kept dates of every party."""
    book, as_of = open_book(view.result.catalog), view.result.spec.as_of
    statuses = book.assess(as_of)
    register = delay_register(book.ledger, statuses, causes(book))
    if not register:
        return None
    return {
        "register": register,
        "slip": slip_of(register),
        "kept": _due(view.kept),
        "kept_rule": KEPT_RULE,
        "slip_words": slip_words,
        "kept_words": kept_words,
        "counted": _count(book, register),
    }


def _due(found: Sequence[Kept]) -> list[Kept]:
    return [kept for kept in found if kept.due_count]


def _count(book: Book, register: Sequence[Delay]) -> int:
    """Return of how many statements the register's lines are parts."""
    return len({book.ledger.propositions[one.proposition_id].statement_id for one in register})


def slip_words(one: Delay) -> str:
    """Return how late a thing was.

    Examples
    --------
    >>> import datetime as dt
    >>> slip_words(Delay(
    ...     proposition_id="X", speaker="", paraphrase="", planned=dt.date(2025, 1, 1), actual=None,
    ...     slip_days=40, at_least=True, delivery="not met", cause="", source_url="", grade="A",
    ... ))
    'at least 40 days'
    """
    if one.slip_days is None:
        return "not known"
    if one.at_least:
        return f"at least {counted(one.slip_days, 'day')}"
    return "in time" if one.slip_days == 0 else counted(one.slip_days, "day")


def kept_words(kept: Kept) -> str:
    """Return a share of kept dates with its interval.

    Examples
    --------
    >>> kept_words(
    ...     Kept(party="all", kept_ids=("a",), missed_ids=("b", "c", "d"), low=0.006, high=0.806)
    ... )
    '25 % (1–81 %)'
    """
    if kept.share is None:
        return "–"
    return f"{kept.share:.0%} ({100 * kept.low:.0f}–{kept.high:.0%})".replace("%", " %")


ARTICLE = Section("article", "What the article says, and what can be shown", "said", gather_article)
REGISTER = Section("register", "Planned and actual dates", "said", gather_register)
