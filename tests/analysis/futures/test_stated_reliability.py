from __future__ import annotations

import itertools
from dataclasses import dataclass

import numpy as np
import pytest
from numpy.testing import assert_allclose

from karwan.analysis.forecasts.closures import fit_world
from karwan.analysis.futures.exact import RouteChances, Stop, route_chances
from karwan.analysis.futures.joint_law import JointLaw
from karwan.analysis.futures.reliability import Roads
from karwan.analysis.futures.stated_reliability import (
    DayFigures,
    Ends,
    Spread,
    day_figures,
    stated_reliability,
)
from karwan.base.errors import DataError
from karwan.base.units import TICKS_PER_USD
from karwan.route.arcgraph import Floats, make_arc_graph
from karwan.route.detours import DetourTree, pack_masks
from tests import reference

USD_PER_HOUR = 5.0
ELEMENTS = 8
SUM_TOLERANCE = 1e-9
"""Some hundred products and sums of doubles near 1."""


@dataclass(frozen=True)
class Made:
    """A made day: a ladder of gates, their chances to be shut, and the cap."""

    tree: DetourTree
    shares: Floats
    cap_ticks: float

    def law(self) -> JointLaw:
        """Return the law: pairs of gates share an episode, in parts of two."""
        shares = self.shares

        def p_all_open(elements: frozenset[int]) -> float:
            p = 1.0
            for pair in range(ELEMENTS // 2):
                mine = [e for e in elements if e // 2 == pair]
                both = 0.5 * min(shares[2 * pair], shares[2 * pair + 1])
                p *= (1 - both) if mine else 1.0
                p *= float(np.prod([(1 - shares[e]) / (1 - both) for e in mine]))
            return p

        return JointLaw(p_all_open, {e: e // 2 for e in range(ELEMENTS)})

    def figures(self, chances: RouteChances) -> DayFigures:
        """Return what follows from chances."""
        return day_figures(
            self.tree, chances, self.cap_ticks, value_of_time_usd_per_hour=USD_PER_HOUR
        )


def made(seed: int, cap_ratio: float = 2.0) -> Made:
    random = np.random.default_rng(seed)
    nodes = 5
    # Two gates on each of four rungs, and a long way round one rung in which nothing shuts.
    tail = np.concatenate([np.arange(nodes - 1)] * 2 + [[seed % 3]])
    head = np.concatenate([np.arange(1, nodes)] * 2 + [[seed % 3 + 2]])
    hours, usd = random.uniform(1, 20, tail.size), random.uniform(10, 90, tail.size)
    hours[-1], usd[-1] = 40.0, 120.0
    ticks = np.rint((usd + USD_PER_HOUR * hours) * TICKS_PER_USD).astype(np.int64)
    element = np.full(tail.size, -1)
    element[:ELEMENTS] = random.permutation(ELEMENTS)
    graph = make_arc_graph(
        nodes, tail, head, ticks, element=element, element_count=ELEMENTS,
        measures=np.stack([hours, usd, np.ones(tail.size)], axis=1),
    )  # fmt: skip
    tree = DetourTree(graph, 0, nodes - 1)
    usual = tree.best()
    assert usual is not None
    return Made(tree, random.uniform(0.02, 0.5, ELEMENTS), usual.ticks * cap_ratio)


def brute(day: Made) -> tuple[Floats, Floats]:
    """Return the chances of all 2^k states, and weight, hours, USD of each; NaN where it stays."""
    states = np.array(list(itertools.product([False, True], repeat=ELEMENTS)))
    law = day.law()
    p = np.array([_p_state(law, np.flatnonzero(state).tolist()) for state in states])
    figures = np.full((len(states), 3), np.nan)
    for row, number in enumerate(day.tree.route_numbers(pack_masks(states))):
        route = day.tree.route(int(number))
        if number >= 0 and route is not None and route.ticks <= day.cap_ticks:
            figures[row] = route.ticks / TICKS_PER_USD, route.hours, route.usd
    return p, figures


def _p_state(law: JointLaw, shut: list[int]) -> float:
    """Return a state's chance by inclusion and exclusion over all that is shut, in one sum."""
    clear = frozenset(range(ELEMENTS)) - frozenset(shut)
    p: float = sum(
        (-1) ** size * law.p_all_open(clear | frozenset(some))
        for size in range(len(shut) + 1)
        for some in itertools.combinations(shut, size)
    )
    return p


def within(ends: Ends, figure: float | None) -> bool:
    low = -np.inf if ends.low is None else ends.low
    high = np.inf if ends.high is None else ends.high
    if figure is None:
        return ends.high is None
    slack = SUM_TOLERANCE * max(1.0, abs(figure))
    return bool(low - slack <= figure <= high + slack)


def truth(p: Floats, figure: Floats) -> dict[str, float | None]:
    goes = ~np.isnan(figure)
    mean = float(p[goes] @ figure[goes] / p[goes].sum())
    order = np.argsort(figure[goes])
    reached = np.cumsum(p[goes][order])
    told: dict[str, float | None] = {"mean": mean}
    for name, share in (("p50", 0.5), ("p90", 0.9), ("p95", 0.95)):
        at = np.flatnonzero(reached >= share)
        told[name] = float(figure[goes][order][at[0]]) if at.size else None
    return told


@pytest.mark.parametrize("seed", range(6))
@pytest.mark.parametrize("most_cases", [0, 1, 3, 8, 1000])
def test_bounds_hold_what_all_states_added_up_say(seed: int, most_cases: int) -> None:
    day = made(seed, cap_ratio=1.0 + 0.4 * (seed % 4))
    p, figures = brute(day)
    assert_allclose(p.sum(), 1.0, rtol=SUM_TOLERANCE)
    chances = route_chances(day.tree, day.law(), tolerance=1e-15, most_cases=most_cases)
    told = day.figures(chances)
    stays = np.isnan(figures[:, 0])
    assert within(told.p_stays, float(p[stays].sum()))
    capped = np.where(stays, day.cap_ticks / TICKS_PER_USD, figures[:, 0])
    assert within(told.mean_capped_usd, float(p @ capped))
    for column, spread in enumerate((told.weight_usd, told.hours, told.usd)):
        for name, figure in truth(p, figures[:, column]).items():
            assert within(getattr(spread, name), figure), (name, column)
    if most_cases == 1000:
        assert chances.stop in {Stop.whole, Stop.tolerance}
        assert told.p_stays.low is not None
        assert_allclose(told.p_stays.low, p[stays].sum(), atol=SUM_TOLERANCE)


@pytest.mark.parametrize("seed", range(4))
def test_bounds_only_close_as_more_cases_are_opened(seed: int) -> None:
    day = made(seed)

    def lengths(spread: Spread) -> list[float]:
        ends = (spread.mean, spread.p50, spread.p90)
        return [
            x
            for one in ends
            for x in (
                -np.inf if one.low is None else -one.low,
                np.inf if one.high is None else one.high,
            )
        ]

    last = None
    for most_cases in (0, 1, 2, 4, 8, 16, 64):
        told = day.figures(
            route_chances(day.tree, day.law(), tolerance=1e-15, most_cases=most_cases)
        )
        assert told.mean_capped_usd.low is not None
        assert told.mean_capped_usd.high is not None
        now = np.array(
            [-told.mean_capped_usd.low, told.mean_capped_usd.high, -(told.p_stays.low or 0.0),
             told.p_stays.high or 0.0, *lengths(told.hours), *lengths(told.weight_usd)]
        )  # fmt: skip
        if last is not None:
            assert np.all(now <= last + 1e-6), most_cases  # sums of doubles near a thousand
        last = now


def test_states_drawn_fall_inside_at_the_rate_that_chance_allows() -> None:
    outside, asked = 0, 40
    for seed in range(asked):
        day = made(seed)
        p, figures = brute(day)
        told = day.figures(route_chances(day.tree, day.law(), tolerance=1e-3))
        draws = np.random.default_rng(1000 + seed).choice(len(p), size=2000, p=p / p.sum())
        capped = np.nan_to_num(figures[draws, 0], nan=day.cap_ticks / TICKS_PER_USD)
        error = 1.96 * capped.std() / np.sqrt(len(capped))
        assert told.mean_capped_usd.low is not None
        assert told.mean_capped_usd.high is not None
        inside = told.mean_capped_usd.low - error <= capped.mean()
        outside += not (inside and capped.mean() <= told.mean_capped_usd.high + error)
    # 95 in 100 fall within 1.96 errors; of 40 seven or more outside is one chance in 300.
    assert outside < 7


def test_it_stops_when_it_is_late_and_says_so() -> None:
    day = made(1)
    asked: list[int] = []

    def is_late() -> bool:
        asked.append(1)
        return len(asked) > 3

    chances = route_chances(day.tree, day.law(), tolerance=1e-15, is_late=is_late)
    assert (chances.stop, chances.case_count) == (Stop.time, 3)
    assert route_chances(day.tree, day.law(), most_cases=2).stop is Stop.cases
    assert route_chances(day.tree, day.law(), tolerance=0.4).stop is Stop.tolerance


def test_a_pair_of_the_region_has_its_day_and_its_bounds() -> None:
    world = reference.world()
    roads, model = Roads(planner=reference.planner()), fit_world(world)
    pair = world.network.place("almaty"), world.network.place("karachi")
    on = world.as_of.replace(year=world.as_of.year + 1)
    usual, today = stated_reliability(roads, model, pair, on, tolerance=0.02)
    assert (usual.times, today.times) == ("ordinary", "today")
    for one in (usual, today):
        assert one.p_undecided <= 0.02
        assert one.stop is Stop.tolerance
        assert one.hours.mean.low is not None
        assert one.hours.mean.high is not None
        # What is undecided moves a mean by its chance times a journey of a thousand hours at most.
        assert 0 <= one.hours.mean.high - one.hours.mean.low < 0.021 * 1000
        for route in one.routes:
            weight = route.usd + route.hours * roads.planner.consignment.value_of_time_usd_per_hour
            assert route.weight_usd >= weight - 0.1, "hours and USD are bounded by the weight"
    with pytest.raises(DataError, match=r"on .*after"):
        stated_reliability(roads, model, pair, world.as_of, tolerance=0.02)
