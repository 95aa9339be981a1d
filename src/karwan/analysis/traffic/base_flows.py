"""What passes crossings in ordinary times, from counts alone."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from statistics import median
from typing import TYPE_CHECKING

from karwan.analysis.traffic.capacity import HELD, Capacities, CapacityUsed
from karwan.analysis.traffic.counts import TRUCK, Count
from karwan.base.traffic import Direction

if TYPE_CHECKING:
    from karwan.base.provenance import Source

NEAR_DAYS, FAR_DAYS = 366, 5 * 366
"""Counts of the last year are taken before those of the last five, and these before older ones."""
BETWEEN_RATIO = 1.25
"""A flow of one count is taken to lie within so much of it: what counts of one gate in one year
differ by (half of 2.6, the median over five gates with several), an estimate, grade C."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BaseFlow:
    """What passes a gate one way in a day, with the counts that it rests on."""

    per_day: float
    low_per_day: float
    high_per_day: float
    rests_on: tuple[str, ...]
    sources: tuple[Source, ...]


def base_flow(capacities: Capacities, gate: CapacityUsed, by: dt.date) -> BaseFlow | None:
    """Return the ordinary flow of a gate one way; None where nothing that lasted was counted.

    The median of the counts of the year before a day; where there is none of the five years before;
    else the newest. Later counts stand in only where there are no others.
    """
    counts = capacities.counts.get((gate.element_id, gate.vehicle), ())
    held = [one for one in counts if one.role in HELD]
    mine = [one for one in held if one.direction is gate.direction]
    rows = mine or [one for one in held if gate.direction is not Direction.both]
    if not rows:
        return None
    used = _near([one for one in rows if one.known_on <= by] or rows, by)
    flows = [one.per_day for one in used]
    middle = median(flows)
    return BaseFlow(
        per_day=middle,
        low_per_day=min(*flows, middle / BETWEEN_RATIO),
        high_per_day=max(*flows, middle * BETWEEN_RATIO),
        rests_on=tuple(dict.fromkeys(one.id for one in used)),
        sources=tuple(dict.fromkeys(one.source for one in used)),
    )


def _near(rows: list[Count], by: dt.date) -> list[Count]:
    for days in (NEAR_DAYS, FAR_DAYS):
        near = [one for one in rows if abs((by - one.known_on).days) <= days]
        if near:
            return near
    newest = max(one.known_on for one in rows)
    return [one for one in rows if one.known_on == newest]


def loaded_share(capacities: Capacities, gate: CapacityUsed) -> float:
    """Return the share of trucks that are loaded: as counted there, else the median of all."""
    if gate.loaded_share:
        return gate.loaded_share
    shares = [
        one.loaded_share
        for (_, vehicle), counts in capacities.counts.items()
        for one in counts
        if vehicle == TRUCK and one.loaded_share
    ]
    return median(shares) if shares else 1.0


def split_of_series(capacities: Capacities) -> tuple[str, dict[tuple[str, Direction], float]]:
    """Return the count that puts most gates on one measure: its name, and trucks a day by gate."""
    by_series: dict[str, dict[tuple[str, Direction], float]] = {}
    for (element_id, vehicle), counts in sorted(capacities.counts.items()):
        for one in counts:
            if vehicle == TRUCK and one.series and one.role in HELD:
                by_series.setdefault(one.series, {})[element_id, one.direction] = one.per_day
    if not by_series:
        return "", {}
    name = max(sorted(by_series), key=lambda one: len(by_series[one]))
    return name, by_series[name]
