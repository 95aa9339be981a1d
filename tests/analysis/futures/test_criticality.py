"""Chokepoints against knock-outs one by one, and against lanes, on the reference network."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from itertools import combinations

import numpy as np
import pytest
from numpy.testing import assert_allclose

from karwan.analysis.corridors.scope import Scope
from karwan.analysis.forecasts.closures import fit_world
from karwan.analysis.futures.chokepoints import Told, basis_lines, chokepoints_to_dict, loser_lines
from karwan.analysis.futures.criticality import (
    Stake,
    count_days,
    find_chokepoints,
    knock_out,
    knock_out_engine,
)
from karwan.analysis.futures.engines import MANY_SHUT, Engine
from karwan.analysis.futures.reliability import Roads
from karwan.analysis.futures.sampling import ORDINARY, TODAY, Sampling
from karwan.analysis.futures.stakes import make_stakes
from karwan.analysis.futures.tallies import ShutTogether
from karwan.analysis.world.state import State
from karwan.base.errors import DataError
from karwan.base.units import TICKS_PER_USD
from karwan.hazard.model import HazardModel
from karwan.hazard.scenarios import draw_scenarios
from karwan.route.condense import condense
from karwan.route.lanes import SHUT, Lanes
from tests import reference

PAIRS = [
    ("almaty", "karachi"),
    ("tashkent", "lahore"),
    ("karachi", "kabul"),
    ("islamabad", "bishkek"),
    ("mazar-e-sharif", "gwadar"),
]

SUM_TOLERANCE = 1e-9
"""Sums of some doubles of like size in two orders differ by less than this, relatively."""


@cache
def stakes(*, links: bool = False) -> tuple[Stake, ...]:
    network = reference.network()
    roads = Roads(planner=reference.planner(), links=links)
    return tuple(
        Stake(network.place(a), network.place(b), roads, float(weight))
        for weight, (a, b) in enumerate(PAIRS, 1)
    )


@cache
def model() -> HazardModel:
    return fit_world(reference.world())


@cache
def days() -> dict[str, ShutTogether]:
    return dict(count_days(stakes()[0].roads, model(), Sampling(3, 200, 365)))


def test_every_element_taken_out_costs_what_a_world_without_it_costs() -> None:
    network, index = reference.network(), stakes()[0].roads.index
    usable = [name for name in index.ids if network.elements[name].in_network]
    found = knock_out(stakes(), [index.numbers([name]) for name in usable])
    priced = reference.by_weight(reference.planner())
    world = priced.world
    for column, name in enumerate(usable):
        planner = priced.in_world(replace(world, shut_ids=world.shut_ids | {name}))
        for row, stake in enumerate(stakes()):
            path = planner.best(stake.origin, stake.destination, Scope(state=State.all_open))
            expected = np.nan if path is None else path.key[0] / TICKS_PER_USD
            assert_allclose(found.usd[row, column], expected, rtol=0, atol=0, equal_nan=True)


def test_every_two_taken_out_weigh_what_lanes_say() -> None:
    size = len(stakes()[0].roads.index.ids)
    tree = stakes()[0].way.tree
    assert tree is not None
    numbers = sorted({int(n) for n in np.unique(tree.graph.element) if n >= 0})
    sets = list(combinations(numbers, 2))
    found = knock_out(stakes()[:1], sets)
    extra = np.zeros((len(sets), size), dtype=np.int64)
    for row, names in enumerate(sets):
        extra[row, list(names)] = SHUT
    ticks = Lanes(condense(tree.graph, [tree.source], [tree.target])).weights(extra).ticks[:, 0, 0]
    expected = np.where(ticks == SHUT, np.nan, ticks / TICKS_PER_USD)
    assert len(sets) > 1000
    assert_allclose(found.usd[0], expected, rtol=0, atol=0, equal_nan=True)


def test_links_taken_out_cost_what_a_world_without_them_costs() -> None:
    index = stakes(links=True)[0].roads.index
    best = stakes(links=True)[0].way.tree.best()  # type: ignore[union-attr]
    assert best is not None
    some = best.elements[:: max(len(best.elements) // 6, 1)]
    found = knock_out(stakes(links=True), [(number,) for number in some])
    priced = reference.by_weight(reference.planner())
    for column, number in enumerate(some):
        planner = priced.in_world(reference.world(close=(index.ids[number],)))
        for row, stake in enumerate(stakes(links=True)):
            path = planner.best(stake.origin, stake.destination, Scope(state=State.all_open))
            expected = np.nan if path is None else path.key[0] / TICKS_PER_USD
            assert_allclose(found.usd[row, column], expected, rtol=0, atol=0, equal_nan=True)


def test_the_loss_of_a_day_is_the_sum_over_pairs_and_expected_loss_its_days() -> None:
    for one in find_chokepoints(stakes(), days()):
        parts = [loss.loss_usd_per_day for loss in one.losses if loss.loss_usd_per_day is not None]
        assert_allclose(one.loss_usd_per_day, sum(parts), rtol=SUM_TOLERANCE)
        assert one.shut_days is not None
        assert one.expected_loss_usd is not None
        assert_allclose(
            one.expected_loss_usd,
            (one.loss_usd_per_day * one.shut_days.ordinary,
             one.loss_usd_per_day * one.shut_days.today),
            rtol=SUM_TOLERANCE,
        )  # fmt: skip


def test_days_shut_are_counted_on_every_day() -> None:
    ids = ("chaman-spin-boldak-road", "torkham-road")
    alone = {one.ids: one.shut_days for one in find_chokepoints(stakes(), days())}
    numbers = stakes()[0].roads.index.numbers(ids)
    for name in (ORDINARY, TODAY):
        drawn = draw_scenarios(
            model(), seed=3, path_count=200, horizon_days=365, from_today=name == TODAY
        )
        shut = np.array([drawn.shut_on(float(day))[:, list(numbers)] for day in range(365)])
        found = alone["chaman-spin-boldak-road",]
        assert found is not None
        assert found.errors is not None
        by_path = shut[:, :, 0].sum(axis=0)
        mean, error = (
            (found.ordinary, found.errors[0])
            if name == ORDINARY
            else (found.today, found.errors[1])
        )
        assert_allclose(mean, by_path.mean(), rtol=SUM_TOLERANCE)
        assert_allclose(error, by_path.std(ddof=1) / np.sqrt(200), rtol=1e-6)
        both = shut.all(axis=2).sum(axis=0).mean()
        assert_allclose(days()[name].mean_days(*numbers), both, rtol=SUM_TOLERANCE)


def test_lanes_take_many_closures_and_say_what_trees_say() -> None:
    index = stakes()[0].roads.index
    usable = [
        k for k, name in enumerate(index.ids) if reference.network().elements[name].in_network
    ]
    random = np.random.default_rng(2)
    held = tuple(int(k) for k in random.choice(usable, MANY_SHUT, replace=False))
    sets = [(int(k),) for k in random.choice(usable, 25, replace=False)]
    assert knock_out_engine(stakes(), len(held) + 1).engine is Engine.lanes
    assert knock_out_engine(stakes(), 2).engine is Engine.trees
    by_lanes = knock_out(stakes(), sets, shut=held)
    for column, names in enumerate(sets):
        # One set alone, its closures few enough, is asked of the trees.
        for row, stake in enumerate(stakes()):
            assert stake.way.tree is not None
            route = stake.way.tree.best(sorted({*held, *names}))
            told = np.nan if route is None else route.ticks / TICKS_PER_USD
            assert_allclose(by_lanes.usd[row, column], told, rtol=0, atol=0, equal_nan=True)


def test_pairs_leave_out_those_of_which_one_alone_does_as_much() -> None:
    alone = {one.ids: one for one in find_chokepoints(stakes(), None)}
    found = find_chokepoints(stakes(), None, pairs=True)
    assert found
    for one in found[:200]:
        parts = [alone[name,] for name in one.ids if (name,) in alone]
        assert all(one.losses != part.losses for part in parts)
        expected = one.loss_usd_per_day - sum(part.loss_usd_per_day for part in parts)
        assert one.beyond_parts_usd_per_day is not None
        assert_allclose(one.beyond_parts_usd_per_day, expected, rtol=1e-6, atol=1e-6)
    assert any((one.beyond_parts_usd_per_day or 0.0) > 1.0 for one in found)


def test_a_pair_without_known_demand_counts_and_enters_no_sum() -> None:
    unknown = [Stake(s.origin, s.destination, s.roads, None) for s in stakes()]
    for one in find_chokepoints(unknown, None):
        assert one.loss_usd_per_day == 0.0
        assert one.hit_count > 0
        assert all(loss.loss_usd_per_day is None for loss in one.losses)
        assert one.expected_loss_usd is None


def test_a_cut_pair_has_no_figures_and_loses_the_penalty() -> None:
    network = reference.network()
    wall = tuple(
        name
        for name in stakes()[0].roads.index.ids
        if name in network.crossings
        and "AF" in (network.crossings[name].country_a, network.crossings[name].country_b)
        and name != "torkham-road"
    )
    shut = stakes()[0].roads.index.numbers(wall)
    pair = [Stake(network.place("kabul"), network.place("karachi"), stakes()[0].roads, 2.0)]
    found = find_chokepoints(pair, None, shut=shut, cut_penalty_ratio=0.5)
    gate = next(one for one in found if one.ids == ("torkham-road",))
    (loss,) = gate.losses
    assert (loss.cut, loss.extra_usd, loss.extra_hours) == (True, None, None)
    route = pair[0].way.tree.best(shut)  # type: ignore[union-attr]
    assert route is not None
    assert loss.loss_usd_per_day == pytest.approx(0.5 * 2.0 * route.ticks / TICKS_PER_USD)


def test_the_order_is_that_of_the_greater_expected_loss() -> None:
    found = find_chokepoints(stakes(), days())
    keys = [max(one.expected_loss_usd or (0.0,)) for one in found]
    assert keys == sorted(keys, reverse=True)
    assert find_chokepoints(stakes(), days(), top=3) == found[:3]


@pytest.mark.parametrize("penalty", [-1.0, float("nan")])
def test_a_penalty_that_is_none_is_refused(penalty: float) -> None:
    with pytest.raises(DataError, match="cut_penalty"):
        find_chokepoints(stakes(), None, cut_penalty_ratio=penalty)


def test_no_pair_is_refused() -> None:
    with pytest.raises(DataError, match="no pair of places"):
        find_chokepoints([], None)


def test_data_and_lines_hold_no_number_that_is_not_known() -> None:
    engine = knock_out_engine(stakes(), 1)
    told = Told(
        horizon_days=365,
        state=State.all_open,
        weights="equal",
        cut_penalty_ratio=1.0,
        hazard_factor=1.0,
        seed=0,
        path_count=200,
        has_hazard=False,
        engine=engine,
    )
    found = find_chokepoints(stakes(), None, top=4)
    data = chokepoints_to_dict(found, stakes(), told)
    assert data["path_count"] is None
    assert [row["shut_days"] for row in data["chokepoints"]] == [None] * 4
    assert "nobody records closures" in basis_lines(stakes(), told)[-2]
    assert basis_lines(stakes(), told)[-1].startswith("Engine: trees")
    assert data["engine"]["name"] == "trees"
    assert len(loser_lines(found[0], stakes()[0].roads.planner.world)) >= 2


def test_demand_weighs_by_tonnes_and_equal_weights_by_one() -> None:
    network = reference.network()
    planner = reference.planner()
    pairs = [
        (network.place("almaty"), network.place("karachi")),
        (network.place("almaty"), network.place("bandar-abbas")),
    ]
    found = make_stakes({"KZ": planner}, pairs)
    assert found[0].consignments_per_day is not None
    assert found[0].consignments_per_day > 0
    assert found[1].consignments_per_day is None
    alike = make_stakes({"KZ": planner}, pairs, weights="equal")
    assert [stake.consignments_per_day for stake in alike] == [1.0, 1.0]
    with pytest.raises(DataError, match="did you mean 'demand'"):
        make_stakes({"KZ": planner}, pairs, weights="demands")
