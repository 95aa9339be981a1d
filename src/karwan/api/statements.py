"""The ledger for Python: who said what, the test fixed for it, the evidence and the status."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from threading import RLock
from typing import TYPE_CHECKING, Any

from karwan.api.answer import Answer, named
from karwan.base.days import asked_day
from karwan.base.reprs import short_repr
from karwan.base.words import counted
from karwan.base.workspaces import Workspace, named_workspace

if TYPE_CHECKING:
    from karwan.analysis.assurances.article import ArticleRow, Ask
    from karwan.analysis.assurances.book import Book, Turn
    from karwan.analysis.corridors.comparison import Comparison
    from karwan.analysis.world.world import World
    from karwan.data.catalog import Catalog
    from karwan.data.rows.ledger import LedgerCorrectionRow
    from karwan.ledger.assessment import Status
    from karwan.ledger.text.sentences import Document

TURN = ("id", "before", "delivery", "evidence_status", "reason")


@dataclass(frozen=True)
class Ledger:
    """The ledger as of a date; made by `karwan.ledger`, and safe from several threads.

    Attributes
    ----------
    as_of
        Nothing told later is used.
    """

    as_of: dt.date
    book: Book
    workspace: Workspace | None
    _lock: RLock

    __repr__ = short_repr

    def list(
        self, *, actor: str | None = None, corridor: str | None = None, status: str | None = None
    ) -> Answer[tuple[Status, ...]]:
        """Return the statements with their status, all or some.

        Parameters
        ----------
        actor, corridor, status
            Who said it, a family of corridors, a word of delivery or evidence such as `not met`.

        Raises
        ------
        DataError
            Names every filter that is not known.
        """
        from karwan.analysis.assurances.book import choose

        with self._lock:
            found = choose(self.book, self.as_of, actor=actor, corridor=corridor, status=status)
            return self._statuses(found, f"{counted(len(found), 'statement')} as of {self.as_of}")

    def show(self, ident: str) -> Answer[Status]:
        """Return one statement: who, when, by which source, its tests, what is for and against."""
        from karwan.analysis.assurances.book import status_to_dict

        with self._lock:
            status = self.book.status(ident, self.as_of)
            row = status_to_dict(self.book, status)
        return Answer(
            title=f"{status.statement.id}: {status.statement.paraphrase}",
            content=status,
            tell=lambda: row,
            columns=named("part", "paraphrase", "delivery", "evidence_status", "reason"),
            rows=lambda: [{"part": part["id"]} | part for part in row["parts"]],
        )

    def assess(self, ident: str | None = None) -> Answer[tuple[Status, ...]]:
        """Return what is known of one statement, or of all, without keeping it anywhere."""
        if ident is None:
            return self.list()
        with self._lock:
            status = self.book.status(ident, self.as_of)
            answer = self._statuses([status], f"{ident} as of {self.as_of}")
        rows = answer.to_dict()
        return Answer(
            title=answer.title,
            content=answer.content,
            tell=lambda: rows[0],
            columns=answer.columns,
            rows=answer.rows,
        )

    def history(self, ident: str) -> Answer[tuple[Status, ...]]:
        """Return how the status of one statement changed, and what a workspace recorded of it."""
        with self._lock:
            found = tuple(self.book.history(ident, self.as_of))
            kept = recorded(self.book, ident, self.workspace)
        turns = [turn_to_dict(one) for one in found]
        return Answer(
            title=f"{found[0].statement.id}: its status since it was said",
            content=found,
            tell=lambda: {"id": found[0].statement.id, "history": turns, "recorded": kept},
            columns=named("as_of", "delivery", "evidence_status", "reason"),
            rows=lambda: turns,
        )

    def diff(self, since: dt.date | str) -> Answer[tuple[Turn, ...]]:
        """Return what changed since a day: new statements, and statuses that turned."""
        from karwan.analysis.assurances.book import changes

        first = asked_day(since, "since")
        with self._lock:
            found = tuple(changes(self.book, first, self.as_of))
        rows: Sequence[dict[str, Any]] = [
            {"id": turn.after.statement.id,
             "before": turn_to_dict(turn.before) if turn.before else None,
             "after": turn_to_dict(turn.after)}
            for turn in found
        ]  # fmt: skip
        return Answer(
            title=f"{counted(len(found), 'statement')} changed or new from {first} to {self.as_of}",
            content=found,
            tell=lambda: rows,
            columns=named(*TURN),
            rows=lambda: [
                row["after"] | {"id": row["id"], "before": (row["before"] or {}).get("delivery")}
                for row in rows
            ],
        )

    def corrections(self) -> Answer[tuple[LedgerCorrectionRow, ...]]:
        """Return what was found wrong in the ledger, and what was done about it."""
        return corrections_asked(self.book.catalog)

    def _statuses(self, found: Sequence[Status], title: str) -> Answer[tuple[Status, ...]]:
        from karwan.analysis.assurances.book import STATUSES, status_to_dict, told

        rows = [status_to_dict(self.book, one) for one in found]
        return Answer(
            title=title,
            content=tuple(found),
            tell=lambda: rows,
            columns=STATUSES,
            rows=lambda: told(self.book, found),
        )


def ledger(
    *,
    as_of: dt.date | str,
    tables: Path | str | None = None,
    workspace: Workspace | str | None = None,
    as_recorded: dt.date | str | None = None,
) -> Ledger:
    """Return the ledger as of a date.

    Parameters
    ----------
    as_of
        Date whose knowledge is used, a date or YYYY-MM-DD.
    tables
        Folder of your own tables, which replace those of the same name.
    workspace
        Folder with statements and closures of your own.
    as_recorded
        Rows entered later do not count; default: all do.

    Raises
    ------
    DataError
        If the date is none, or the tables are at fault.

    Examples
    --------
    >>> import karwan
    >>> karwan.ledger(as_of="2026-11-22").show("C43").content.statement.id
    'C43'
    """
    from karwan.analysis.assurances.book import open_book
    from karwan.data.catalog import Catalog

    day = asked_day(as_of, "as_of")
    place = named_workspace(workspace)
    entered = None if as_recorded is None else asked_day(as_recorded, "as_recorded")
    catalog = Catalog(None if tables is None else Path(tables), place, entered)
    return Ledger(day, open_book(catalog), place, RLock())


def corrections_asked(catalog: Catalog) -> Answer[tuple[LedgerCorrectionRow, ...]]:
    """Return what was found wrong in a catalogue's ledger, and what was done about it."""
    from karwan.base.telling import to_dict
    from karwan.data.rows.ledger import LedgerCorrectionRow
    from karwan.ledger.corrections import CORRECTIONS

    rows = tuple(catalog.rows(LedgerCorrectionRow))
    return Answer(
        title=f"{len(rows)} corrections of the ledger",
        content=rows,
        tell=lambda: [to_dict(CORRECTIONS, row) for row in rows],
        columns=CORRECTIONS,
        rows=lambda: rows,
    )


def turn_to_dict(one: Status) -> dict[str, Any]:
    """Return a status on a day, with its reason."""
    return {
        "as_of": one.as_of.isoformat(),
        "delivery": one.delivery.value if one.delivery else None,
        "evidence_status": one.evidence.value if one.evidence else None,
        "reason": "; ".join(part.reason for part in one.parts),
    }


def recorded(book: Book, ident: str, workspace: Workspace | None) -> list[dict[str, Any]]:
    """Return the recorded assessments of a statement."""
    if workspace is None:
        return []
    from dataclasses import asdict

    from karwan.ledger.records import read_assessments

    parts = {part.id for part in book.ledger.parts_of[book.ledger.statement(ident).id]}
    return [asdict(one) for one in read_assessments(workspace) if one.proposition_id in parts]


@dataclass(frozen=True, slots=True)
class Article:
    """The statements of the article with what can be shown, and the newest evidence used."""

    rows: tuple[ArticleRow, ...]
    evidence_horizon: dt.date | None


def article_asked(world: World, document: Document | None = None) -> Answer[Article]:
    """Return a number, a status or a refusal with its reason for each statement of a text.

    Parameters
    ----------
    document
        A text whose statements were read and accepted; default: the article shipped.

    Raises
    ------
    DataError
        If no statement of the text stands in the ledger.
    """
    from karwan.analysis.assurances.article import (
        ARTICLE,
        article_to_dict,
        statements_of,
        walk_article,
    )
    from karwan.analysis.assurances.book import newest_evidence, open_book
    from karwan.analysis.assurances.gates import gates_told
    from karwan.analysis.assurances.progress import target_told
    from karwan.analysis.forecasts.closures import fit_world
    from karwan.analysis.world.corrections import corrections_to_dict
    from karwan.base.errors import DataError, Fault, FitError, NoEvidenceError
    from karwan.data.rows.ledger import ArticleStatementRow

    day = world.as_of
    book = open_book(world.catalog)
    idents = None if document is None else statements_of(book, document.sha256)
    if document is not None and not idents:
        fault = Fault(
            "text",
            "none of its statements stands in the ledger: read it, decide on each proposal, and "
            "take what was accepted into the workspace (karwan ledger read)",
        )
        what = f"text {document.name}"
        raise DataError(what, [fault])
    comparisons = _between_ends(world) if world.catalog.rows(ArticleStatementRow) else []
    more: dict[str, Ask] = {"target": partial(target_told, world)}
    with suppress(FitError, NoEvidenceError):  # too little was known for a record
        more["gates"] = partial(gates_told, world, fit_world(world))
    rows = walk_article(book, day, comparisons, more, idents)
    horizon = newest_evidence(book, day)
    name = "the article" if document is None else document.name
    return Answer(
        title=f"{counted(len(rows), 'statement')} of {name}, as of {day}; newest evidence "
        f"{horizon}",
        content=Article(tuple(rows), horizon),
        tell=lambda: {
            "as_of": day.isoformat(),
            "evidence_horizon": horizon.isoformat() if horizon else None,
            "corrections": corrections_to_dict(world),
            "statements": [article_to_dict(row) for row in rows],
        },
        columns=ARTICLE,
        rows=lambda: rows,
    )


def _between_ends(world: World) -> list[Comparison]:
    """Return the corridors between the region's own ends, in every state of the world."""
    from karwan.analysis.corridors.desk import Desk
    from karwan.analysis.corridors.planner import plan
    from karwan.analysis.world.question import Premises, ask
    from karwan.analysis.world.state import State

    premises = Premises(as_of=world.as_of)
    asked = ask(world.catalog, world.region.compared_ends, premises, world=world)
    desk = Desk(plan(asked))
    return [desk.compare(asked.origin, asked.destination, state) for state in State]
