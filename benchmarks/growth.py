"""Measure how the engine grows: by nodes, elements, pairs and scenarios, on planes of our own."""

from __future__ import annotations

from dataclasses import replace
from functools import partial

import numpy as np

from benchmarks.clock import machine, peak_memory_mb, spend
from benchmarks.engine import LEAST_ROUNDS, MICROSECOND, Cost, extra_measures_of, extra_of, spend_on
from benchmarks.instance import (
    NORTH_OF_PLANE,
    SEED,
    SOUTH_OF_PLANE,
    Box,
    Instance,
    Streets,
    draw_mixed,
    make_plane,
    use_of,
    with_elements,
)
from karwan.base.seeds import stream
from karwan.route.arcgraph import Ints, Longs
from karwan.route.condense import condense
from karwan.route.lanes import Lanes
from karwan.route.topology import make_topology

NODES = (100_000, 1_000_000, 4_000_000)
STREETS_A_NODE = 1.25
ELEMENTS = (60, 200, 500, 1_000, 2_000, 5_000)
ENDS = (20, 100, 300)
SCENARIOS = (1_000, 10_000, 100_000)
FEW = 256
"""Scenarios of a point of a curve; fewer where routes of many pairs would fill the memory."""
MOST_BYTES = 2**30
ANSWER_BYTES = 40
SMALL = (2_000, (20,), (3,), (100,))


def bench_growth(*, small: bool = False) -> None:
    """Print the cost of preparing and of a scenario as one size grows and the others stay."""
    print(f"growth; {machine()}; processor time, least of {LEAST_ROUNDS} for a scenario")
    first, elements, ends, scenarios = SMALL if small else (NODES[0], ELEMENTS, ENDS, SCENARIOS)
    print(f"  {'':44}{'topology':>9}{'condense':>9}{'program':>9}{'weights':>10}{'all':>10}"
          f"{'portals':>9}{'steps':>10}{'MB':>7}")  # fmt: skip
    print(f"  {'':44}{'s':>9}{'s':>9}{'s':>9}{'us':>10}{'us':>10}")
    for count in (first,) if small else NODES:
        streets = make_plane(count, int(count * STREETS_A_NODE))
        _row(f"{count:,} nodes", _plane(streets, elements[0]))
        if count == first:
            for number in elements[1:]:
                _row(f"{number:,} elements", _plane(streets, number))
            for side in ends if small else ends[1:]:
                _row(f"{side * side:,} pairs", _asked(_plane(streets, elements[0]), streets, side))
            for number in scenarios:
                _row(f"{number:,} scenarios", _plane(streets, elements[0]), number)


def _plane(streets: Streets, element_count: int) -> Instance:
    return with_elements(
        streets, use_of(streets, "plane"), name="plane", element_count=element_count, by_use=True
    )


def _asked(instance: Instance, streets: Streets, side: int) -> Instance:
    """Return an instance with other places asked: so many origins and destinations."""
    random = stream(SEED, "growth", str(side))
    return replace(
        instance,
        origins=_some(streets, NORTH_OF_PLANE, side, random),
        destinations=_some(streets, SOUTH_OF_PLANE, side, random),
    )


def _some(streets: Streets, box: Box, count: int, random: np.random.Generator) -> Ints:
    south, north, west, east = box
    inside = (streets.lat >= south) & (streets.lat <= north)
    inside &= (streets.lon >= west) & (streets.lon <= east)
    return random.choice(np.flatnonzero(inside), count, replace=False).astype(np.int32)


def _row(name: str, instance: Instance, count: int = FEW) -> None:
    """Print what one size takes."""
    kept = [make_topology(instance.graph)]
    topology = spend(lambda: kept.append(make_topology(instance.graph)))
    ends = instance.origins.tolist(), instance.destinations.tolist()
    ask = partial(condense, instance.graph, *ends)
    condensed = [ask(topology=kept[-1])]
    condensing = spend(lambda: condensed.append(ask(topology=kept[-1])))
    lanes = [Lanes(condensed[-1])]
    planning = spend(lambda: lanes.append(Lanes(condensed[-1])))
    one = lanes[-1]
    pairs = instance.origins.size * instance.destinations.size

    def draw(number: int, size: int) -> tuple[Longs, Longs]:
        draws = draw_mixed(instance, size, batch=number)
        return extra_of(instance, draws), extra_measures_of(draws)

    few = max(min(count, MOST_BYTES // (pairs * ANSWER_BYTES)), 16)
    weights = Cost.of(spend_on(lambda drawn: one.weights(drawn[0]), draw, count))
    routes = Cost.of(spend_on(lambda drawn: one.routes(*drawn), draw, few))
    figures = (topology, condensing, planning)
    told = "".join(f"{spent.cpu_seconds:9.2f}" for spent in figures)
    told += "".join(f"{cost.least.cpu_seconds * MICROSECOND:10.2f}" for cost in (weights, routes))
    print(f"  {name:44}{told}{condensed[-1].portal.size:9,}{len(one.program.step):10,}"
          f"{peak_memory_mb():7.0f}", flush=True)  # fmt: skip
