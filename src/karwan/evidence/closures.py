"""Closures as dated spells, and what they say about an element on a date.

A spell is half-open: shut from `start`, open again on `end`. An open end is censored, not
"today": what is known on a date is when it was last seen shut. Nothing dated after the as-of
date is used. What only slows or meters is no closure: see `karwan.evidence.delays`.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from karwan.base.errors import DataError
from karwan.base.provenance import read_date
from karwan.base.reprs import short_repr
from karwan.data.rows.closures import ClosureElementRow, ClosureRow, LineDisruptionRow
from karwan.data.rows.network import ElementRow
from karwan.data.rows.row import source_of
from karwan.evidence.overlaps import merge_spells, rank
from karwan.evidence.spells import Correction, Spell

if TYPE_CHECKING:
    from karwan.data.catalog import Catalog

ShutRow = ClosureRow | LineDisruptionRow

CLOSURE_TABLES = ["closures", "line_disruptions", "closure_elements"]


@dataclass(frozen=True)
class ClosureRecord:
    """All spells that close something, sorted by element and start, each row once.

    Attributes
    ----------
    corrections
        Rows that answers of the same date used until they were withdrawn for all time.
    """

    spells: tuple[Spell, ...]
    corrections: tuple[Correction, ...] = ()

    __repr__ = short_repr

    @cached_property
    def hazard_spells(self) -> tuple[Spell, ...]:
        """Spells fit for a law of open and shut: overlaps of one element made one."""
        return merge_spells(self.spells)

    def running(self, day: dt.date) -> dict[str, tuple[Spell, ...]]:
        """Return the spells running on a day, by element; the one that outranks others first."""
        found: dict[str, list[Spell]] = {}
        for spell in self.spells:
            if spell.runs_on(day):
                found.setdefault(spell.element_id, []).append(spell)
        return {element: tuple(sorted(spells, key=rank)) for element, spells in found.items()}

    def of_element(self, element_id: str, day: dt.date) -> tuple[Spell, ...]:
        """Return an element's spells begun on or before a day, oldest first."""
        return tuple(
            spell for spell in self.spells if spell.element_id == element_id and spell.start <= day
        )

    @cached_property
    def dates(self) -> tuple[dt.date, ...]:
        """All dates on which something is evidenced, ascending."""
        found: set[dt.date] = set()
        for spell in self.spells:
            candidates = (spell.start, spell.end, spell.seen_until, read_date(spell.source.date))
            found.update(date for date in candidates if date is not None)
        return tuple(sorted(found))


def read_closures(catalog: Catalog, as_of: dt.date | None = None) -> ClosureRecord:
    """Return every spell that shuts an element, each event once.

    Rows that slow, meter or regulate close nothing. A row that tells the same event as another
    is left out where it names the same element; on a second element it adds to the episode. The
    catalogue's workspace, if it has one, adds the user's own closures, and ends of packaged ones.

    Parameters
    ----------
    as_of
        Leave out what the user's own sources told later. Packaged rows are cut by the dates of
        events, since many were gathered years later.

    Raises
    ------
    DataError
        Names every closure that is joined to an element and is not on record.
    """
    rows = read_rows(catalog)
    joins = _shutting(catalog.rows(ClosureElementRow))
    unknown = sorted({join.closure_id for join in joins} - rows.keys())
    if unknown:
        faults = [f"no closure {name!r} in closures or line_disruptions" for name in unknown]
        raise DataError("table closure_elements", faults)
    spells = [_spell(join, rows[join.closure_id]) for join in joins]
    corrections: list[Correction] = []
    if catalog.workspace is not None:
        from karwan.evidence.records import merge_records, read_corrections

        spells = merge_records(catalog.workspace, spells, as_of)
        if as_of is not None:
            corrections = read_corrections(catalog.workspace, as_of)
    ordered = sorted(spells, key=lambda s: (s.element_id, s.start, s.closure_id))
    return ClosureRecord(tuple(ordered), tuple(corrections))


def read_rows(catalog: Catalog) -> dict[str, ShutRow]:
    """Return the rows of both tables of closures by id."""
    rows: list[ShutRow] = [*catalog.rows(ClosureRow), *catalog.rows(LineDisruptionRow)]
    return {row.id: row for row in rows}


def check_joins(catalog: Catalog) -> None:
    """Check that every closure is joined to what it shut, under the element's own mode.

    Raises
    ------
    DataError
        Names every closure that no answer would use, and every join that contradicts its tables.
    """
    joins = catalog.rows(ClosureElementRow)
    joined = {(join.table, join.closure_id) for join in joins}
    rows: list[ShutRow] = [*catalog.rows(ClosureRow), *catalog.rows(LineDisruptionRow)]
    faults = [
        f"{row.TABLE} {row.id} is joined to no element: add a row to closure_elements"
        for row in rows
        if (row.TABLE, row.id) not in joined
    ]
    modes = {row.element_id: row.mode for row in catalog.rows(ElementRow)}
    faults += [
        f"closure_elements {join.closure_id}: mode is {join.mode}, but element {join.element_id} "
        f"is {modes[join.element_id]}"
        for join in joins
        if join.element_id in modes and join.mode != modes[join.element_id]
    ]
    if faults:
        raise DataError("the closures", faults)


def _shutting(joins: Iterable[ClosureElementRow]) -> list[ClosureElementRow]:
    rows = list(joins)
    told = {(row.closure_id, row.element_id) for row in rows}
    return [
        row
        for row in rows
        if row.effect == "shut" and (row.duplicate_of, row.element_id) not in told
    ]


def _spell(join: ClosureElementRow, row: ShutRow) -> Spell:
    return Spell(
        closure_id=row.id,
        element_id=join.element_id,
        mode=join.mode,
        traffic_class=join.traffic_class,
        direction=join.direction,
        start=row.start,
        end=row.end,
        end_status=row.end_status,
        seen_until=row.closed_at_least_until,
        cause=row.cause,
        description=row.description,
        episode=join.episode,
        calendar=join.calendar,
        source=source_of(row, row.note),
        scope=row.scope,
        start_precision=row.start_precision,
        open_closed=join.open_closed,
    )
