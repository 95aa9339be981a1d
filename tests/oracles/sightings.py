"""Which reports of one element tell of one stop, and how it ended: the slow and obvious rule.

Every row and every sighting of a shut gate starts as a stop of its own. As long as two neighbours
in time tell of one stop, they are made one; what was seen to pass afterwards ends a stop.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from karwan.evidence.sightings import Sighting
from karwan.evidence.spells import Spell

DAY = dt.timedelta(days=1)
RUNS_ON_DAYS = 14


@dataclass(frozen=True)
class Report:
    """One thing that shows freight stopped: from a day to a day, and what it says comes after."""

    name: str
    first: dt.date
    last: dt.date
    after: str
    by_sight: bool = False


@dataclass(frozen=True)
class Stop:
    """A stop put together from reports; `end` is the first day open, or None."""

    first: dt.date
    last: dt.date
    end: dt.date | None
    names: frozenset[str]


def reports_of(spells: Sequence[Spell], sightings: Sequence[Sighting]) -> list[Report]:
    """Return what shows freight stopped both ways: an end says more than "goes on", that more
    than "not found"."""
    rows = [
        Report(s.closure_id, s.start, s.last_day,
               "2 ended" if s.end else "1 goes on" if s.end_status == "ongoing" else "0 not found")
        for s in spells
        if s.traffic_class in ("all", "cargo") and s.direction == "both" and s.open_closed
    ]  # fmt: skip
    seen = [
        Report(one.id, one.day, one.day, "1 goes on", by_sight=True)
        for one in sightings
        if one.shuts in ("all", "cargo") and one.direction == "both"
    ]
    return [*rows, *seen]


def newest(reports: Sequence[Report]) -> Report:
    """Return the report that tells of the last day."""
    return max(reports, key=lambda one: (one.last, one.after))


def passed(sightings: Sequence[Sighting], after: dt.date, until: dt.date) -> list[dt.date]:
    """Return the days after one and not after another on which freight was seen to pass."""
    return sorted(
        one.day
        for one in sightings
        if one.state in ("open", "limited")
        and one.traffic_class in ("all", "cargo")
        and after < one.day <= until
    )


def are_one(
    first: Sequence[Report], second: Sequence[Report], sightings: Sequence[Sighting]
) -> bool:
    """Whether two neighbours tell of one stop."""
    told = newest(first)
    begins = min(one.first for one in second)
    if begins <= told.last:
        return True
    if told.after == "2 ended" or passed(sightings, told.last, begins):
        return False
    if told.after == "1 goes on":
        return True
    starts = [one for one in second if one.first == begins]
    by_sight = all(one.by_sight for one in starts)
    return by_sight and (begins - DAY - told.last).days <= RUNS_ON_DAYS - 0


def stops(spells: Sequence[Spell], sightings: Sequence[Sighting]) -> list[Stop]:
    """Return the stops of freight on one element, both ways, oldest first."""
    parts = [[one] for one in reports_of(spells, sightings)]
    parts.sort(key=lambda part: (part[0].first, part[0].last, part[0].name))
    while True:
        n = next((n for n in range(len(parts) - 1)
                  if are_one(parts[n], parts[n + 1], sightings)), None)  # fmt: skip
        if n is None:
            break
        parts[n : n + 2] = [parts[n] + parts[n + 1]]
    found = []
    for n, part in enumerate(parts):
        told = newest(part)
        following = min(one.first for one in parts[n + 1]) if n + 1 < len(parts) else dt.date.max
        end = told.last + DAY if told.after == "2 ended" else None
        seen = passed(sightings, told.last, following)
        holds = told.after == "1 goes on" or (
            bool(seen) and (seen[0] - DAY - told.last).days <= RUNS_ON_DAYS
        )
        if end is None and seen and holds:
            end = seen[0]
        found.append(
            Stop(min(one.first for one in part), told.last, end, frozenset(o.name for o in part))
        )
    return found
