from __future__ import annotations

import itertools
from collections.abc import Mapping

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_allclose

from karwan.analysis.forecasts.closures import fit_world
from karwan.analysis.futures.exact import route_chances
from karwan.analysis.futures.joint_law import JointLaw, day_law
from karwan.analysis.futures.reliability import ORDINARY, TODAY, Roads
from karwan.analysis.futures.sampling import Premise, make_block
from karwan.base.errors import DataError
from karwan.hazard.scenarios import draw_scenarios
from karwan.route.arcgraph import make_arc_graph
from karwan.route.detours import DetourTree, pack_masks
from tests import reference
from tests.oracles.closures import RandomArc, graphs, to_graph

SUM_TOLERANCE = 1e-9
"""Some hundred products and differences of doubles near 1."""


def independent(shares: Mapping[int, float]) -> JointLaw:
    return JointLaw(lambda elements: float(np.prod([1 - shares.get(e, 0.0) for e in elements])))


def two_gates() -> DetourTree:
    return DetourTree(make_arc_graph(2, [0, 0], [1, 1], [5, 7], element=[0, 1]), 0, 1)


def test_two_gates_side_by_side_are_cut_with_pq_when_independent() -> None:
    p, q = 0.2, 0.3
    found = route_chances(two_gates(), independent({0: p, 1: q}))
    assert_allclose(found.p_cut, p * q, rtol=SUM_TOLERANCE)
    assert_allclose(dict(found.routes)[0], 1 - p, rtol=SUM_TOLERANCE)
    assert_allclose(dict(found.routes)[1], p * (1 - q), rtol=SUM_TOLERANCE)


def test_two_gates_that_share_an_episode_are_cut_with_its_chance() -> None:
    both, alone = 0.1, 0.05

    def law(elements: frozenset[int]) -> float:
        # One episode shuts both; each has another of its own, all independent.
        return (1 - both) * (1 - alone) ** len(elements) if elements else 1.0

    found = route_chances(two_gates(), JointLaw(law))
    assert_allclose(found.p_cut, both + (1 - both) * alone**2, rtol=SUM_TOLERANCE)


@given(graphs(most_nodes=5, most_arcs=9), st.lists(st.floats(0, 0.9), min_size=5, max_size=5))
def test_chances_are_those_of_all_states_added_up(
    arcs: list[RandomArc], shares: list[float]
) -> None:
    tree = DetourTree(to_graph(arcs, 5, 5), 0, 4)
    states = np.array(list(itertools.product([False, True], repeat=5)))
    weight = np.prod(np.where(states, shares, 1 - np.array(shares)), axis=1)
    numbers = tree.route_numbers(pack_masks(states))
    found = route_chances(tree, independent(dict(enumerate(shares))), tolerance=1e-12)
    assert_allclose(found.p_cut, weight[numbers < 0].sum(), atol=1e-9)
    for number, p in found.routes:
        assert_allclose(p, weight[numbers == number].sum(), atol=1e-9)


def test_what_is_not_opened_bounds_the_mean() -> None:
    random = np.random.default_rng(5)
    n = 7
    tail = np.concatenate([np.arange(n - 1), np.arange(n - 1)])
    graph = make_arc_graph(
        n, tail, tail + 1, random.integers(1, 9, tail.size),
        element=np.concatenate([np.arange(n - 1), np.full(n - 1, -1)]),
    )  # fmt: skip
    tree = DetourTree(graph, 0, n - 1)
    law = independent(dict.fromkeys(range(n - 1), 0.3))
    whole = route_chances(tree, law, tolerance=1e-12)
    rough = route_chances(tree, law, tolerance=0.5)
    assert rough.p_undecided > 0
    assert whole.mean_ticks[1] is not None
    assert rough.mean_ticks[1] is not None
    assert rough.mean_ticks[0] <= whole.mean_ticks[0] + 1e-9
    assert rough.mean_ticks[1] >= whole.mean_ticks[1] - 1e-9


def test_inclusion_and_exclusion_gives_a_case_its_chance() -> None:
    law = independent({0: 0.5, 1: 0.25, 2: 0.1})
    assert_allclose(law.p_case((0,), (1, 2)), 0.5 * 0.25 * 0.1, rtol=SUM_TOLERANCE)


@pytest.mark.parametrize("times", [ORDINARY, TODAY])
def test_the_law_of_a_day_is_that_of_the_drawn_paths(times: str) -> None:
    roads, model = Roads(planner=reference.planner()), fit_world(reference.world())
    network = reference.network()
    way = roads.along(
        network.corridors["kuap-road-chaman"], network.place("almaty"), network.place("karachi")
    )
    assert way.tree is not None
    day, paths = 90, 4000
    found = route_chances(
        way.tree, day_law(model, roads.index, float(day), from_today=times == TODAY)
    )
    drawn = draw_scenarios(
        model, seed=2, path_count=paths, horizon_days=day + 1, from_today=times == TODAY
    )
    block = make_block({times: drawn}, times, roads.index, Premise())
    cut = way.tree.route_numbers(block.masks)[block.state[block.spans.on(day)]] < 0
    # Four standard errors of a share, and a hundredth for elements that reopen apart.
    room = 4 * np.sqrt(found.p_cut * (1 - found.p_cut) / paths) + 0.01
    assert abs(cut.mean() - found.p_cut) < room


@pytest.mark.parametrize("tolerance", [0.0, -1.0, float("nan")])
def test_a_tolerance_that_never_ends_is_refused(tolerance: float) -> None:
    with pytest.raises(DataError, match="tolerance"):
        route_chances(two_gates(), independent({}), tolerance=tolerance)


def test_a_stated_day_knows_what_is_shut_without_a_spell_and_what_a_question_opens() -> None:
    roads, model = Roads(planner=reference.planner()), fit_world(reference.world())
    torkham = roads.index.position["torkham-road"]
    planned = roads.index.position["torkham-landi-kotal-rail"]
    usual = day_law(model, roads.index, 30.0, from_today=False)
    today = day_law(model, roads.index, 30.0, from_today=True)
    gate = frozenset({torkham})
    assert today.p_all_open(gate) < 0.3 < usual.p_all_open(gate)
    opened = day_law(model, roads.index, 30.0, from_today=True, premise=Premise(opened=(torkham,)))
    assert_allclose(opened.p_all_open(gate), usual.p_all_open(gate), rtol=SUM_TOLERANCE)
    shut = day_law(
        model, roads.index, 30.0, from_today=True, premise=Premise(always_shut=(torkham,))
    )
    assert shut.p_all_open(gate) == 0.0
    assert shut.p_all_open(frozenset({planned})) == 0.0, "it shares the gate beside it"
    assert usual.p_all_open(frozenset({planned})) <= usual.p_all_open(gate) + SUM_TOLERANCE
