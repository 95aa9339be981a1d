"""What slows, meters or regulates a crossing without shutting it, and how it reopens.

Never a closure: a gate that works three days a week is late, not shut, and one that reopens lets
few vehicles through at first. What was counted meanwhile comes along, with its source; where
nothing was counted there is no measure, which is not a delay of zero.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from karwan.base.days import end_of_stop
from karwan.base.known import Stop, known_from, stop_as_known
from karwan.base.provenance import LAST_KNOWN_AFTER_DAYS, Source, read_date
from karwan.data.rows.closures import (
    ClosureElementRow,
    ClosureRow,
    DelayMeasureRow,
    LineDisruptionRow,
)
from karwan.data.rows.row import source_of
from karwan.evidence.closures import read_closure_rows
from karwan.evidence.joins import ShutRow, read_joins

if TYPE_CHECKING:
    from karwan.data.catalog import Catalog
    from karwan.evidence.closures import ClosureRecord

EFFECTS = ("slow", "part_week", "regime")
RAMP_KINDS = ("ramp", "ramp_announced")
DAYS_PER_WEEK = 7.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Measure:
    """Something counted: `value`, or a bound where only that is known; None is not zero."""

    kind: str
    date: dt.date
    value: float | None
    low: float | None
    high: float | None
    unit: str
    source: Source


@dataclass(frozen=True, slots=True, kw_only=True)
class Delay:
    """One element slowed, open part of the week, or under a regime, from a day to a day.

    Attributes
    ----------
    effect
        slow, part_week or regime.
    end
        None while it lasts or where no end was found; then seen until `seen_until`.
    """

    closure_id: str
    element_id: str
    mode: str
    traffic_class: str
    direction: str
    effect: str
    start: dt.date
    start_precision: str
    end: dt.date | None
    end_status: str
    seen_until: dt.date | None
    cause: str
    description: str
    episode: str
    calendar: bool
    measures: tuple[Measure, ...]
    source: Source

    @property
    def open_share(self) -> float | None:
        """Share of days on which it lets traffic pass; None where not known."""
        days = [m.value for m in self.measures if m.kind == "open_days" and m.value is not None]
        return days[0] / DAYS_PER_WEEK if days else None

    def runs_on(self, day: dt.date) -> bool:
        """Whether it is in force on a day, as far as the record tells."""
        if self.start > day:
            return False
        if self.end is not None:
            return day < self.end
        if self.end_status == "ongoing":
            return True
        return day <= (self.seen_until or self.start) + dt.timedelta(days=LAST_KNOWN_AFTER_DAYS)


@dataclass(frozen=True, slots=True, kw_only=True)
class Ramp:
    """What crossed when an element reopened, or was said would cross.

    Attributes
    ----------
    closure_id
        The closure that ended, or of which a restart was announced.
    reopened
        First day open again; None where a restart was announced and nothing reopened.
    announced
        Said beforehand, not counted.
    """

    element_id: str
    closure_id: str
    reopened: dt.date | None
    announced: bool
    measures: tuple[Measure, ...]


@dataclass(frozen=True)
class DelayRecord:
    """All delays by element and start, and all ramps that were counted or announced."""

    delays: tuple[Delay, ...]
    ramps: tuple[Ramp, ...]

    def running(self, day: dt.date) -> dict[str, tuple[Delay, ...]]:
        """Return the delays in force on a day, by element."""
        running: dict[str, list[Delay]] = {}
        for delay in self.delays:
            if delay.runs_on(day):
                running.setdefault(delay.element_id, []).append(delay)
        return {element: tuple(delays) for element, delays in running.items()}

    def of_element(self, element_id: str, day: dt.date) -> tuple[Delay, ...]:
        """Return an element's delays begun on or before a day, oldest first."""
        return tuple(d for d in self.delays if d.element_id == element_id and d.start <= day)


def read_delays(catalog: Catalog, record: ClosureRecord) -> DelayRecord:
    """Return what slowed elements without shutting them, and how closures of the record ended."""
    measures = _measures(catalog.rows(DelayMeasureRow))
    rows = read_closure_rows(catalog)
    delays = [
        _delay(join, rows[join.closure_id], measures)
        for join in read_joins(catalog, rows)
        if join.effect in EFFECTS
    ]
    if record.as_of is not None:
        release = {
            name: catalog.released(name) for name in (ClosureRow.TABLE, LineDisruptionRow.TABLE)
        }
        told = {name: known_from(row.source_date, release[row.TABLE]) for name, row in rows.items()}
        cut = (_as_known(one, told[one.closure_id], record.as_of) for one in delays)
        delays = [one for one in cut if one is not None]
    ordered = sorted(delays, key=lambda d: (d.element_id, d.start, d.closure_id))
    return DelayRecord(tuple(ordered), tuple(_ramps(record, measures)))


def _as_known(delay: Delay, published: dt.date, as_of: dt.date) -> Delay | None:
    """Return a delay as it was known on a day, its measures too; None if nothing was."""
    stop = Stop(
        start=delay.start,
        end=delay.end,
        seen_until=delay.seen_until,
        ongoing=delay.end_status == "ongoing",
        published=published,
        dated=read_date(delay.source.date),
    )
    known = stop_as_known(stop, as_of)
    if known is None:
        return None
    measures = tuple(
        m for m in delay.measures if max(m.date, read_date(m.source.date) or m.date) <= as_of
    )
    status = "ongoing" if known.ongoing else delay.end_status
    return replace(
        delay, end=known.end, seen_until=known.seen_until, end_status=status, measures=measures
    )


Measures = dict[tuple[str, str], list[Measure]]


def _measures(rows: Iterable[DelayMeasureRow]) -> Measures:
    measures: Measures = {}
    for row in rows:
        measure = Measure(
            kind=row.kind,
            date=row.date,
            value=row.value,
            low=row.value_low,
            high=row.value_high,
            unit=row.unit,
            source=source_of(row, row.note),
        )
        measures.setdefault((row.closure_id, row.element_id), []).append(measure)
    return measures


def _delay(join: ClosureElementRow, row: ShutRow, measures: Measures) -> Delay:
    mine = measures.get((join.closure_id, join.element_id), [])
    return Delay(
        closure_id=join.closure_id,
        element_id=join.element_id,
        mode=join.mode,
        traffic_class=join.traffic_class,
        direction=join.direction,
        effect=join.effect,
        start=row.start,
        start_precision=row.start_precision,
        end=end_of_stop(row.start, row.end),
        end_status=row.end_status,
        seen_until=row.closed_at_least_until,
        cause=row.cause,
        description=row.description,
        episode=join.episode,
        calendar=join.calendar,
        measures=tuple(m for m in mine if m.kind not in RAMP_KINDS),
        source=source_of(row, row.note),
    )


def _ramps(record: ClosureRecord, measures: Measures) -> Iterable[Ramp]:
    ends = {(s.closure_id, s.element_id): s.end for s in record.spells}
    for (closure_id, element_id), mine in sorted(measures.items()):
        for kind in RAMP_KINDS:
            counted = tuple(m for m in mine if m.kind == kind)
            if counted:
                announced = kind == "ramp_announced"
                reopened = None if announced else ends.get((closure_id, element_id))
                yield Ramp(
                    element_id=element_id,
                    closure_id=closure_id,
                    reopened=reopened,
                    announced=announced,
                    measures=counted,
                )
