"""The user's own record as it stands: the rows of a workspace, and what they say together.

The newest end of a closure stands, a withdrawn row is out of use, and an answer as of a date takes
what was known then. How rows are added is told in `karwan.evidence.records`.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, replace
from typing import TYPE_CHECKING, Any, TypeVar

from karwan.base.days import NO_DAY, end_of_stop, read_day
from karwan.base.errors import DataError
from karwan.base.known import is_withdrawn
from karwan.base.provenance import Source
from karwan.base.traffic import TrafficClass
from karwan.base.workspaces import Workspace
from karwan.evidence.rows import (
    Dated,
    Entered,
    IncidentFileRow,
    OwnClosureRow,
    OwnEndRow,
    OwnIncidentRow,
    OwnRow,
    OwnSightingRow,
    WithdrawalRow,
)
from karwan.evidence.sightings import Sighting
from karwan.evidence.spells import Correction, Spell, spell_as_known
from karwan.evidence.workspace import reading, rows_of

if TYPE_CHECKING:
    from sqlalchemy import Connection

SCOPES: Mapping[str, str] = {
    TrafficClass.all: "full",
    TrafficClass.cargo: "cargo",
    TrafficClass.pedestrian: "pedestrian",
}
"""What a closure of a class is said to stop; of any other class a part."""

Withdrawable = OwnClosureRow | OwnEndRow | OwnSightingRow | OwnIncidentRow | IncidentFileRow
"""A row that says something, and may be withdrawn."""
E = TypeVar("E", bound=Entered)


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnRecord:
    """Rows of a workspace by table, each in the order added."""

    closures: tuple[OwnClosureRow, ...] = ()
    closure_ends: tuple[OwnEndRow, ...] = ()
    sightings: tuple[OwnSightingRow, ...] = ()
    incidents: tuple[OwnIncidentRow, ...] = ()
    withdrawals: tuple[WithdrawalRow, ...] = ()
    incident_files: tuple[IncidentFileRow, ...] = ()

    @property
    def told(self) -> dict[str, Withdrawable]:
        """The rows that may be withdrawn, by id."""
        tables: tuple[tuple[Withdrawable, ...], ...] = (
            self.closures,
            self.closure_ends,
            self.sightings,
            self.incidents,
            self.incident_files,
        )
        return {row.id: row for rows in tables for row in rows}

    @property
    def tables(self) -> dict[str, tuple[OwnRow, ...]]:
        """The rows by name of their table, in the order in which they are listed."""
        return {
            OwnClosureRow.TABLE: self.closures,
            OwnEndRow.TABLE: self.closure_ends,
            OwnSightingRow.TABLE: self.sightings,
            OwnIncidentRow.TABLE: self.incidents,
            WithdrawalRow.TABLE: self.withdrawals,
            IncidentFileRow.TABLE: self.incident_files,
        }

    def to_dict(self) -> dict[str, list[dict[str, Any]]]:
        """Return the cells of all rows by table, for JSON."""
        return {name: [asdict(row) for row in rows] for name, rows in self.tables.items()}


def list_records(folder: Workspace, as_recorded: dt.date | None = None) -> OwnRecord:
    """Return the rows of the workspace, in the order added.

    Parameters
    ----------
    as_recorded
        Leaves out rows entered after this day, in UTC, withdrawals among them; None takes all.
    """
    with reading(folder) as connection:
        return connection_rows(connection, as_recorded)


def connection_rows(connection: Connection | None, as_recorded: dt.date | None = None) -> OwnRecord:
    """Return the rows of a workspace within one transaction."""
    return OwnRecord(
        closures=entered_by(rows_of(connection, OwnClosureRow), as_recorded),
        closure_ends=entered_by(rows_of(connection, OwnEndRow), as_recorded),
        sightings=entered_by(rows_of(connection, OwnSightingRow), as_recorded),
        incidents=entered_by(rows_of(connection, OwnIncidentRow), as_recorded),
        withdrawals=entered_by(rows_of(connection, WithdrawalRow), as_recorded),
        incident_files=entered_by(rows_of(connection, IncidentFileRow), as_recorded),
    )


def entered_by(rows: Iterable[E], as_recorded: dt.date | None) -> tuple[E, ...]:
    """Return the rows entered on or before a day, in UTC; None for all."""
    return tuple(
        row for row in rows if as_recorded is None or row.added_at[:10] <= as_recorded.isoformat()
    )


def refuse_bad_days(rows: Iterable[Dated]) -> None:
    """Refuse rows in use whose days cannot be read: another program changed them.

    Raises
    ------
    DataError
        Names every such cell, and what to do.
    """
    faults = [
        f"{row.id} of the workspace: {column} {text!r} is {NO_DAY}; "
        "withdraw the row for all time, or put back a copy"
        for row in rows
        for column, text in row.days.items()
        if text and not _is_day(text)
    ]
    if faults:
        raise DataError("the workspace", faults)


def _is_day(text: str) -> bool:
    try:
        read_day(text)
    except ValueError:
        return False
    return True


def row_date(row: Withdrawable) -> str:
    """Return the day from which a row is known: of its source, else the day it was added."""
    told = row.published if isinstance(row, IncidentFileRow) else row.source_date
    return (told or row.added_at)[:10]


def gone_ids(withdrawals: Iterable[WithdrawalRow], as_of: dt.date | None) -> set[str]:
    """Return the ids of rows out of use on a date; None for all that are out of use now."""
    rows = list(withdrawals)
    refuse_bad_days(rows)
    return {
        row.record_id
        for row in rows
        if as_of is None
        or is_withdrawn(read_day(row.withdrawn_on) if row.withdrawn_on else None, as_of)
    }


def read_corrections(
    folder: Workspace, as_of: dt.date, as_recorded: dt.date | None = None
) -> list[Correction]:
    """Return the rows that were withdrawn for all time and that an answer as of a date would use.

    An answer of that date, given before the correction was entered, used them.
    """
    own = list_records(folder, as_recorded)
    told = own.told
    return [
        Correction(row.record_id, row.note, row.added_by, row.added_at[:10])
        for row in own.withdrawals
        if row.withdrawn_on is None and row_date(told[row.record_id]) <= as_of.isoformat()
    ]


def own_incident_count(
    folder: Workspace, as_of: dt.date, as_recorded: dt.date | None = None
) -> int:
    """Return how many incidents, known on a date, the user added one by one and did not withdraw.

    They come without a coverage: what is not among them may have happened all the same, so they
    enter no rate.
    """
    own = list_records(folder, as_recorded)
    gone = gone_ids(own.withdrawals, as_of)
    mine = [row for row in own.incidents if row.id not in gone]
    refuse_bad_days(mine)
    return sum(read_day(row.source_date) <= as_of for row in mine)


def used_sightings(own: OwnRecord, as_of: dt.date | None = None) -> list[Sighting]:
    """Return the sightings in use, as known on a day; None for all in use now."""
    gone = gone_ids(own.withdrawals, as_of)
    mine = [row for row in own.sightings if row.id not in gone]
    refuse_bad_days(mine)
    return [
        sighting_of(row)
        for row in mine
        if as_of is None or max(read_day(row.day), read_day(row.source_date)) <= as_of
    ]


def sighting_of(row: OwnSightingRow) -> Sighting:
    """Return the sighting that a row tells of."""
    return Sighting(
        id=row.id,
        element_id=row.element_id,
        mode=row.mode,
        day=read_day(row.day),
        state=row.state,
        traffic_class=row.traffic_class,
        direction=row.direction,
        note=row.note,
        source=Source(row.source_url, row.source_date, row.grade, row.note),
    )


def merge_records(
    own: OwnRecord, packaged: Iterable[Spell], as_of: dt.date | None = None
) -> list[Spell]:
    """Return the packaged closures with the ends that the user added, and the user's own.

    Parameters
    ----------
    as_of
        Leaves out what was not known on the day, and keeps rows withdrawn from a later day on;
        None takes all that is in use now.
    """
    gone = gone_ids(own.withdrawals, as_of)
    closures = [row for row in own.closures if row.id not in gone]
    closure_ends = [row for row in own.closure_ends if row.id not in gone]
    refuse_bad_days(closures)
    refuse_bad_days(closure_ends)
    ends: dict[str, OwnEndRow] = {}
    for row in sorted(closure_ends, key=_stands_last):
        if as_of is None or max(read_day(row.end), read_day(row.source_date)) <= as_of:
            ends[row.closure_id] = row
    spells = [*packaged, *(spell_of(row) for row in closures)]
    if as_of is None:
        return [_ended(spell, ends.get(spell.closure_id)) for spell in spells]
    merged = []
    for spell in spells:
        known = spell_as_known(spell, as_of)
        if known is not None:
            merged.append(_ended(known, ends.get(spell.closure_id)))
    return merged


def read_spells(folder: Workspace, as_of: dt.date | None = None) -> list[Spell]:
    """Return the workspace's closures as spells, each with its newest end."""
    return merge_records(list_records(folder), (), as_of)


def _stands_last(end: OwnEndRow) -> tuple[str, ...]:
    """Return the key by which the end that stands comes last: of the newest source.

    Whatever the order in which ends were entered, one stands.
    """
    return (end.source_date, end.end, end.grade, end.source_url, end.note)


def _ended(spell: Spell, end: OwnEndRow | None) -> Spell:
    if end is None:
        return spell
    return replace(
        spell,
        end=end_of_stop(spell.start, read_day(end.end)),
        end_status="observed",
        source=Source(end.source_url, end.source_date, end.grade, end.note),
        published=spell.told_on,
    )


def spell_of(row: OwnClosureRow) -> Spell:
    """Return the spell that a row tells of, without an end that was added later."""
    start = read_day(row.start)
    return Spell(
        closure_id=row.id,
        element_id=row.element_id,
        mode=row.mode,
        traffic_class=row.traffic_class,
        direction=row.direction,
        start=start,
        end=end_of_stop(start, read_day(row.end)) if row.end else None,
        end_status=row.end_status,
        seen_until=read_day(row.seen_until),
        cause=row.cause,
        description=row.note,
        episode=row.episode or row.id,
        calendar=False,
        source=Source(row.source_url, row.source_date, row.grade, row.note),
        scope=SCOPES.get(row.traffic_class, "partial"),
        start_precision=row.start_precision,
        open_closed=row.traffic_class in ("all", "cargo") and row.direction == "both",
    )
