"""Closures as dated spells, and what they say about an element on a date.

A spell is half-open: shut from `start`, open again on `end`. An open end is censored, not
"today": what is known on a date is when it was last seen shut. Nothing dated after the as-of
date is used. What only slows or meters is no closure: see `karwan.evidence.delays`.
"""

from __future__ import annotations

import datetime as dt
from bisect import bisect_right
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING

from karwan.base.days import end_of_stop
from karwan.base.errors import DataError
from karwan.base.known import known_from
from karwan.base.packing import fingerprint
from karwan.base.provenance import read_date
from karwan.base.reprs import short_repr
from karwan.base.traffic import FREIGHT_CLASSES
from karwan.data.rows.closures import ClosureElementRow, ClosureRow, LineDisruptionRow
from karwan.data.rows.network import ElementRow
from karwan.data.rows.row import source_of
from karwan.evidence.joins import ShutRow, read_joins
from karwan.evidence.overlaps import merge_record, merge_spells, precedence, with_end_of
from karwan.evidence.own_record import OwnRecord, merge_records, used_sightings
from karwan.evidence.sightings import BOTH, SHUT, Sighting, let_pass
from karwan.evidence.spells import Correction, Spell, days_that_tell, spell_as_known

if TYPE_CHECKING:
    from karwan.data.catalog import Catalog

CLOSURE_TABLES = ["closures", "line_disruptions", "closure_elements"]


@dataclass(frozen=True)
class Told:
    """All that tables and workspace tell of closures, by whatever day it is known.

    Attributes
    ----------
    packaged
        Closures of the tables, each as its row tells it.
    own
        Rows of the workspace, or None without one.
    passages
        What closures of the tables let through, from a day to a day.
    """

    packaged: tuple[Spell, ...]
    own: OwnRecord | None = None
    passages: tuple[Spell, ...] = ()

    __repr__ = short_repr


@dataclass(frozen=True, kw_only=True)
class ClosureRecord:
    """All spells that close something, sorted by element and start, each row once.

    Attributes
    ----------
    corrections
        Rows that answers of the same date used until they were withdrawn for all time.
    as_of
        The day on which this was known; None for all that is told by now.
    told
        What it was taken from.
    sightings
        What the user saw of elements on days.
    passages
        What a closure lets through, told as a spell of that class of traffic: relief, empties.
    """

    spells: tuple[Spell, ...]
    corrections: tuple[Correction, ...] = ()
    as_of: dt.date | None = None
    told: Told | None = None
    sightings: tuple[Sighting, ...] = ()
    passages: tuple[Spell, ...] = ()

    __repr__ = short_repr

    def passing(self, element_id: str, day: dt.date) -> tuple[Spell, ...]:
        """Return what an element lets through on a day although it is shut, as last known.

        A sighting of one class that passed is as good as a row of the tables; what was seen shut
        to that class since is no passage.
        """
        mine = (s for s in (*self.passages, *map(let_pass, self._seen_passing))
                if s.element_id == element_id and s.runs_on(day))  # fmt: skip
        shut = [one for one in self.sightings_of(element_id) if one.state == SHUT]
        return tuple(
            spell
            for spell in mine
            if not any(
                one.traffic_class == spell.traffic_class
                and spell.last_day < one.day <= day
                and one.direction in (BOTH, spell.direction)
                for one in shut
            )
        )

    @cached_property
    def _seen_passing(self) -> tuple[Sighting, ...]:
        return tuple(
            one
            for one in self.sightings
            if one.traffic_class not in (*FREIGHT_CLASSES, "pedestrian")
            and one.opens(one.traffic_class, one.direction)
        )

    @cached_property
    def hazard_spells(self) -> tuple[Spell, ...]:
        """Spells fit for a law of open and shut: overlaps of one element made one."""
        return merge_spells(self.spells, self.sightings)

    @cached_property
    def joined(self) -> tuple[Spell, ...]:
        """All spells, those that tell of one stop made one, ended where it was seen open."""
        return merge_record(self.spells, self.sightings)

    def joined_of(self, element_id: str) -> tuple[Spell, ...]:
        """Return an element's joined spells, in their order."""
        return self._joined_by_element.get(element_id, ())

    @cached_property
    def _joined_by_element(self) -> dict[str, tuple[Spell, ...]]:
        by_element: dict[str, list[Spell]] = {}
        for spell in self.joined:
            by_element.setdefault(spell.element_id, []).append(spell)
        return {name: tuple(spells) for name, spells in by_element.items()}

    @cached_property
    def sha256(self) -> str:
        """The hash of all that it tells: two records that tell the same have the same."""
        return fingerprint(self)

    def sightings_of(self, element_id: str) -> tuple[Sighting, ...]:
        """Return an element's sightings, oldest first."""
        mine = [one for one in self.sightings if one.element_id == element_id]
        return tuple(sorted(mine, key=lambda one: (one.day, one.id)))

    def known(self, day: dt.date) -> ClosureRecord:
        """Return the record as it was known on a day, or on its own day if that is earlier."""
        if self.as_of is not None and self.as_of <= day:
            return self
        if day not in self._known:
            self._known[day] = self._cut(day)
        return self._known[day]

    @cached_property
    def _known(self) -> dict[dt.date, ClosureRecord]:
        """The record by the day on which it was known, each day cut once."""
        return {}

    def at_gates(self, element_ids: Collection[str]) -> ClosureRecord:
        """Return the packaged record of some elements, which is sooner told as of many days.

        With a user's own rows the whole record comes back: they may join spells of several gates.
        """
        told = self.told or Told(self.spells)
        if told.own is not None:
            return self
        mine = tuple(spell for spell in self.spells if spell.element_id in element_ids)
        packaged = tuple(spell for spell in told.packaged if spell.element_id in element_ids)
        return replace(
            self, spells=mine, passages=(), told=replace(told, packaged=packaged, passages=())
        )

    def _cut(self, day: dt.date) -> ClosureRecord:
        told = self.told or Told(self.spells)
        if told.own is None:
            spells, passages = self._cut_of_tables(day)
        else:
            spells = _ordered(merge_records(told.own, told.packaged, day))
            passages = _as_known(told.passages, day)
        sightings = () if told.own is None else tuple(used_sightings(told.own, day))
        return ClosureRecord(
            spells=spells,
            corrections=self.corrections,
            as_of=day,
            told=told,
            sightings=sightings,
            passages=passages,
        )

    def _cut_of_tables(self, day: dt.date) -> tuple[tuple[Spell, ...], tuple[Spell, ...]]:
        """Return what tables told of closures and of passages by a day.

        Between two days on which anything is told it stays the same, and is cut once.
        """
        since = bisect_right(self._telling, day)
        if since not in self._cuts:
            told = self.told or Told(self.spells)
            cut = _ordered(_as_known(told.packaged, day)), _as_known(told.passages, day)
            self._cuts[since] = cut
        return self._cuts[since]

    @cached_property
    def _telling(self) -> list[dt.date]:
        """The days on which what the tables tell changes, ascending."""
        told = self.told or Told(self.spells)
        every = (*told.packaged, *told.passages)
        return sorted({day for spell in every for day in days_that_tell(spell)})

    @cached_property
    def _cuts(self) -> dict[int, tuple[tuple[Spell, ...], tuple[Spell, ...]]]:
        """What was known by the number of telling days gone by, each cut once."""
        return {}

    def running(self, day: dt.date) -> dict[str, tuple[Spell, ...]]:
        """Return the spells running on a day, by element; the one that outranks others first."""
        running: dict[str, list[Spell]] = {}
        for spell in self.joined:
            if spell.runs_on(day):
                running.setdefault(spell.element_id, []).append(spell)
        return {
            element: tuple(sorted(spells, key=precedence)) for element, spells in running.items()
        }

    def history_of(self, element_id: str) -> tuple[Spell, ...]:
        """Return every spell told of an element, each with the end that the whole record tells.

        A row that names no end has that of the stop of which it tells (`joined`), such as a later
        row or the day on which traffic was seen to pass.
        """
        stops = self.joined_of(element_id)
        mine = (spell for spell in self.spells if spell.element_id == element_id)
        return tuple(with_end_of(spell, stops) for spell in mine)

    def of_element(self, element_id: str, day: dt.date) -> tuple[Spell, ...]:
        """Return an element's spells begun on or before a day, oldest first."""
        return tuple(
            spell for spell in self.spells if spell.element_id == element_id and spell.start <= day
        )

    @cached_property
    def dates(self) -> tuple[dt.date, ...]:
        """All dates on which something is evidenced, ascending."""
        days: set[dt.date] = set()
        for spell in self.spells:
            candidates = (spell.start, spell.end, spell.seen_until, read_date(spell.source.date))
            days.update(date for date in candidates if date is not None)
        days.update(one.day for one in self.sightings)
        return tuple(sorted(days))


def read_closures(catalog: Catalog, as_of: dt.date | None = None) -> ClosureRecord:
    """Return every spell that shuts an element, each event once.

    Rows that slow, meter or regulate close nothing. A row that tells the same event as another
    is left out where it names the same element; on a second element it adds to the episode. The
    catalogue's workspace, if it has one, adds the user's own closures, and ends of packaged ones.

    Parameters
    ----------
    as_of
        Leave out what was not known on the day (`karwan.base.known`); None takes all.

    Raises
    ------
    DataError
        Names every closure that is joined to an element and is not on record, or the reverse.
    """
    rows = read_closure_rows(catalog)
    rows_of_elements = read_joins(catalog, rows)
    joins = _shutting(rows_of_elements)
    released = {
        name: catalog.released(name) for name in (ClosureRow.TABLE, LineDisruptionRow.TABLE)
    }
    packaged = tuple(_spell(join, rows[join.closure_id], released[join.table]) for join in joins)
    passages = tuple(
        _spell(join, rows[join.closure_id], released[join.table])
        for join in rows_of_elements
        if join.effect == "pass"
    )
    if catalog.workspace is None:
        told = Told(packaged, passages=passages)
        record = ClosureRecord(spells=_ordered(packaged), told=told, passages=passages)
        return record if as_of is None else known_closures(catalog, record, as_of)
    from karwan.evidence.own_record import list_records

    own = list_records(catalog.workspace, catalog.as_recorded)
    record = own_closures(own, packaged, passages)
    return record if as_of is None else known_closures(catalog, record, as_of)


def own_closures(
    own: OwnRecord, packaged: tuple[Spell, ...], passages: tuple[Spell, ...]
) -> ClosureRecord:
    """Return the whole record of a user's own rows beside the packaged closures and passages."""
    return ClosureRecord(
        spells=_ordered(merge_records(own, packaged)),
        told=Told(packaged, own, passages),
        sightings=tuple(used_sightings(own)),
        passages=passages,
    )


def known_closures(catalog: Catalog, record: ClosureRecord, as_of: dt.date) -> ClosureRecord:
    """Return what of a catalogue's whole record was known on a day, as `read_closures` does."""
    known = record.known(as_of)
    if catalog.workspace is None:
        return known
    from karwan.evidence.own_record import read_corrections

    corrections = read_corrections(catalog.workspace, as_of, catalog.as_recorded)
    return replace(known, corrections=tuple(corrections))


def _as_known(spells: Iterable[Spell], day: dt.date) -> tuple[Spell, ...]:
    """Return what was known of spells on a day."""
    cut = (spell_as_known(spell, day) for spell in spells)
    return tuple(spell for spell in cut if spell is not None)


def _ordered(spells: Iterable[Spell]) -> tuple[Spell, ...]:
    return tuple(sorted(spells, key=lambda s: (s.element_id, s.start, s.closure_id)))


def read_closure_rows(catalog: Catalog) -> dict[str, ShutRow]:
    """Return the rows of both tables of closures by id.

    Raises
    ------
    DataError
        Names every row that ends, or was last seen shut, before it begins, or was seen shut after
        its end.
    """
    rows: dict[str, ShutRow] = {}
    for kind in (ClosureRow, LineDisruptionRow):
        mine: tuple[ShutRow, ...] = catalog.rows(kind)
        faults = [fault for line, row in enumerate(mine, 2) for fault in _order_faults(line, row)]
        if faults:
            where = f"table {kind.TABLE}"
            raise DataError(where, faults)
        rows |= {row.id: row for row in mine}
    return rows


def _order_faults(line: int, row: ShutRow) -> Iterator[str]:
    where, seen = f"line {line} ({row.id})", row.closed_at_least_until
    for column, day in (("end", row.end), ("closed_at_least_until", seen)):
        if day is not None and day < row.start:
            yield f"{where}: {column} {day} lies before the start {row.start}"
    if row.end is not None and seen is not None and seen > row.end:
        yield f"{where}: closed_at_least_until {seen} lies after the end {row.end}"


def check_joins(catalog: Catalog) -> None:
    """Check that every closure is joined to what it shut, under the element's own mode.

    Raises
    ------
    DataError
        Names every closure that no answer would use, and every join that contradicts its tables.
    """
    rows: list[ShutRow] = [*catalog.rows(ClosureRow), *catalog.rows(LineDisruptionRow)]
    joins = read_joins(catalog, {row.id: row for row in rows})
    joined = {(join.table, join.closure_id) for join in joins}
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
    flags: dict[str, dict[bool, str]] = {}
    for join in joins:
        if join.episode:
            flags.setdefault(join.episode, {}).setdefault(join.calendar, join.closure_id)
    faults += [
        f"episode {name} is of a calendar by {told[True]} and is not by {told[False]}: it is one "
        "or the other as a whole"
        for name, told in sorted(flags.items())
        if len(told) > 1
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


def _spell(join: ClosureElementRow, row: ShutRow, released: dt.date) -> Spell:
    return Spell(
        closure_id=row.id,
        element_id=join.element_id,
        mode=join.mode,
        traffic_class=join.traffic_class,
        direction=join.direction,
        start=row.start,
        end=end_of_stop(row.start, row.end),
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
        published=known_from(row.source_date, released),
    )
