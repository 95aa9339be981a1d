"""Who wrote a row of the workspace and when, and what was done to it afterwards.

The time is that of the trail. A row that stood before the trail began is told by its own word.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Any

from karwan.base.workspaces import Workspace
from karwan.evidence.own_record import OwnRecord, connection_rows
from karwan.evidence.rows import (
    AssessmentRow,
    AuditRow,
    OwnClosureRow,
    OwnEndRow,
    OwnRow,
    OwnSightingRow,
    WithdrawalRow,
)
from karwan.evidence.shape import cells_due
from karwan.evidence.trail import STOOD, entry_number, last_told, verb_of
from karwan.evidence.workspace import reading, table_cells

if TYPE_CHECKING:
    from sqlalchemy import Connection

STATEMENTS, PROPOSITIONS = "ledger_statements", "ledger_propositions"
RESTS_ON = ("ledger_indicators", "ledger_evidence", AssessmentRow.TABLE)
"""Tables whose rows stand under a proposition."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """A row, and who wrote it when.

    Attributes
    ----------
    kind, row_id, verb
        Its table and id, and what is done by it.
    of
        The row that it ends or withdraws; blank for none.
    who, when
        As the row and the trail tell it.
    is_vouched
        Whether the trail tells of it by a name: not of a row that stood before, nor of one that
        was written past it.
    why
        Its note.
    on
        The day of which it tells: of an end, or from which a row is withdrawn; blank for all time.
    number
        Number of its entry; 0 for none.
    """

    kind: str
    row_id: str
    verb: str
    of: str = ""
    who: str
    when: str
    is_vouched: bool
    why: str = ""
    on: str = ""
    number: int = 0

    def to_dict(self) -> dict[str, Any]:
        """Return it as data."""
        return {
            "row": self.of or self.row_id,
            "by": self.row_id,
            "what": self.verb,
            "who": self.who,
            "when": self.when,
            "is_vouched": self.is_vouched,
            "why": self.why,
            "on": self.on or None,
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """A row of the user's own record, who wrote it, and what was done to it since."""

    row: OwnRow
    written: Written
    done: tuple[Written, ...]


def own_row(place: Workspace, ident: str) -> Shown | None:
    """Return a row of the user's own record by its id; None where there is none."""
    with reading(place) as connection:
        own = connection_rows(connection)
        rows = {row.id: row for table in own.tables.values() for row in table}
        if connection is None or ident not in rows:
            return None
        return _shown(connection, own, rows[ident])


def rows_at(place: Workspace, element_id: str) -> tuple[Shown, ...]:
    """Return the user's own closures and sightings of an element, in the order of their tables."""
    with reading(place) as connection:
        if connection is None:
            return ()
        own = connection_rows(connection)
        rows: tuple[OwnClosureRow | OwnSightingRow, ...] = (*own.closures, *own.sightings)
        return tuple(_shown(connection, own, row) for row in rows if row.element_id == element_id)


def _shown(connection: Connection, own: OwnRecord, row: OwnRow) -> Shown:
    return Shown(
        row=row,
        written=_written(connection, row),
        done=tuple(_done(connection, own, {row.id})),
    )


def entry_of(place: Workspace, kind: str, row_id: str) -> AuditRow | None:
    """Return the entry of the trail that tells of a row; None where none does."""
    with reading(place) as connection:
        return None if connection is None else last_told(connection, kind, row_id)


def corrections_of(
    place: Workspace, idents: Iterable[str], *, kind: str, row_id: str, since: str
) -> tuple[Written, ...]:
    """Return what was done to rows after something that rests on them was kept.

    Parameters
    ----------
    kind, row_id
        What was kept, as the trail tells of it: only entries after its own are meant.
    since
        Day on which it was kept, ISO: counts where the trail does not tell who kept it.
    """
    with reading(place) as connection:
        if connection is None:
            return ()
        kept = last_told(connection, kind, row_id)
        done = tuple(_done(connection, connection_rows(connection), set(idents)))
        if kept is None or kept.verb == STOOD:
            return tuple(one for one in done if one.when[:10] >= since)
        number = entry_number(kept.id, 0)
        return tuple(one for one in done if one.number > number)


def _done(connection: Connection, own: OwnRecord, idents: set[str]) -> Iterator[Written]:
    """Yield the ends and withdrawals of rows, and those withdrawals that undo such an end."""
    ends = {row.id: row for row in own.closure_ends if row.closure_id in idents}
    for end in ends.values():
        yield _written(connection, end)
    for gone in own.withdrawals:
        if gone.record_id in idents or gone.record_id in ends:
            yield _written(connection, gone)


def _written(connection: Connection, row: OwnRow) -> Written:
    cells = {one.name: getattr(row, one.name) for one in fields(row)}
    of, on = "", ""
    if isinstance(row, OwnEndRow):
        of, on = row.closure_id, row.end
    elif isinstance(row, WithdrawalRow):
        of, on = row.record_id, row.withdrawn_on or ""
    return _told(connection, row.TABLE, row.id, cells, of=of, on=on)


def _told(
    connection: Connection,
    table: str,
    ident: str,
    cells: Mapping[str, object],
    *,
    of: str = "",
    on: str = "",
) -> Written:
    entry: AuditRow | None = last_told(connection, table, ident)
    is_vouched = entry is not None and entry.verb != STOOD
    return Written(
        kind=table,
        row_id=ident,
        verb=verb_of(table, cells),
        of=of,
        who=str(cells["added_by"]),
        when=entry.added_at if entry is not None and is_vouched else str(cells["added_at"]),
        is_vouched=is_vouched,
        why=str(cells.get("note") or ""),
        on=on,
        number=0 if entry is None else entry_number(entry.id, 0),
    )


def rows_of_statement(place: Workspace, ident: str) -> tuple[Written, ...]:
    """Return the workspace's own rows of a statement of the ledger, and who wrote each when.

    They are the statement, its propositions, and what is for and against them.
    """
    with reading(place) as connection:
        if connection is None:
            return ()
        written: list[Written] = []
        propositions: set[str] = set()
        for table in (STATEMENTS, PROPOSITIONS, *RESTS_ON):
            key = next(iter(cells_due(table)))
            for cells in table_cells(connection, table):
                if table == STATEMENTS:
                    is_of_it = cells[key] == ident
                elif table == PROPOSITIONS:
                    is_of_it = cells["statement_id"] == ident
                else:
                    is_of_it = cells["proposition_id"] in propositions
                if not is_of_it:
                    continue
                if table == PROPOSITIONS:
                    propositions.add(cells[key])
                written.append(_told(connection, table, str(cells[key]), cells))
        return tuple(written)
