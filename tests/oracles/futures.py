"""Futures the slow way: each day of each path is a world of its own, searched by the router."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from karwan.analysis.corridors.planner import Planner
from karwan.analysis.corridors.scope import Scope
from karwan.analysis.world.state import State
from karwan.base.units import TICKS_PER_USD
from karwan.hazard.scenarios import ScenarioSet
from karwan.network.nouns import Place


@dataclass(frozen=True)
class SlowDay:
    """What the best way of a day weighs and costs; None where cut."""

    ticks: int | None
    generalized_cost_usd: float | None
    hours: float | None


def slow_day(
    planner: Planner, scenarios: ScenarioSet, ends: tuple[Place, Place], path: int, day: int
) -> SlowDay:
    """Return the best way of one day of one path, waits in whole hours included in the weights."""
    shut = scenarios.shut_on(float(day))[path]
    hours = np.maximum(np.rint(scenarios.delays_on(float(day))[path]), 0.0)
    names = {name for name, is_shut in zip(scenarios.elements, shut, strict=True) if is_shut}
    wait = dict(zip(scenarios.elements, hours.tolist(), strict=True))
    there = planner.in_world(replace(planner.world, shut_ids=planner.world.shut_ids | names))
    rate = planner.consignment.value_of_time_usd_per_hour
    ticks = tuple(
        weight + round(wait.get(arc.element_id, 0.0) * rate * TICKS_PER_USD)
        for weight, arc in zip(planner.priced.ticks, planner.graph.arcs, strict=True)
    )
    found = there.with_ticks(ticks).best(*ends, Scope(state=State.all_open))
    if found is None:
        return SlowDay(None, None, None)
    journey = planner.journey(found)
    waited = sum(wait.get(name, 0.0) for name in journey.elements)
    return SlowDay(
        found.key[0],
        journey.generalized_cost_usd + rate * waited,
        journey.hours.value + waited,
    )
