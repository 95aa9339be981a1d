"""How counts split freight over gates, and which share of trucks they found loaded."""

from __future__ import annotations

from statistics import median

from karwan.analysis.traffic.capacity import Capacities, CapacityUsed
from karwan.analysis.traffic.counts import HELD, TRUCK
from karwan.base.traffic import Direction

LOADED_SHARE = 0.64
"""Share of trucks that are loaded where no count known says: 450 of 700 at Torkham on 9 May 2025.
Grade C elsewhere."""


def loaded_share(capacities: Capacities, gate: CapacityUsed) -> float:
    """Return the share of trucks that are loaded: as counted there, else the median of all.

    A share of 0 is a count: a gate that passes empties alone.
    """
    if gate.loaded_share is not None:
        return gate.loaded_share
    shares = [
        one.loaded_share
        for (_, vehicle), counts in capacities.counts.items()
        for one in counts
        if vehicle == TRUCK and one.loaded_share is not None
    ]
    return median(shares) if shares else LOADED_SHARE


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
