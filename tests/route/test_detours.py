from __future__ import annotations

import itertools
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.sparse import csr_array
from scipy.sparse.csgraph import dijkstra

from karwan.base.errors import DataError
from karwan.route.arcgraph import make_arc_graph
from karwan.route.detours import CUT, DetourTree, count_routes, mask_of, pack_masks
from tests.oracles.closures import RandomArc, allowed, graphs, slow_arcs, to_graph
from tests.oracles.routes import best_simple_path

NODES, ELEMENTS = 6, 5


def all_states(count: int) -> np.ndarray[tuple[int, int], np.dtype[np.bool_]]:
    return np.array(list(itertools.product([False, True], repeat=count)))


@given(graphs(), st.sampled_from([1, 2, 5, 1000]))
def test_every_state_gets_the_router_s_route_whatever_the_cap(
    arcs: list[RandomArc], cap: int
) -> None:
    tree = DetourTree(to_graph(arcs, NODES, ELEMENTS), 0, NODES - 1, cap)
    states = all_states(ELEMENTS)
    for shut, number in zip(states, tree.route_numbers(pack_masks(states)), strict=True):
        extra = [-1 if flag else 0 for flag in shut]
        best = best_simple_path(slow_arcs(arcs, extra), allowed(arcs, extra), 0, NODES - 1)
        route = tree.route(number)
        if best is None:
            assert route is None
        else:
            assert route is not None
            assert (route.ticks, route.labels) == (best.ticks, best.arcs)
            assert route.hours == sum(arcs[arc].hours for arc in best.arcs)
            assert route.km == sum(arcs[arc].km for arc in best.arcs)
    assert tree.node_count <= cap


@given(graphs(most_nodes=5, most_arcs=10))
def test_twelve_elements_one_to_an_arc_agree_in_all_their_states(arcs: list[RandomArc]) -> None:
    own = [
        RandomArc(a.tail, a.head, a.ticks, i if i < 12 else -1, a.hours, a.usd, a.km)
        for i, a in enumerate(arcs)
    ]
    count = min(len(own), 12)
    tree = DetourTree(to_graph(own, 5, count), 0, 4)
    states = all_states(count)[:: 1 if count < 10 else 37]
    numbers = tree.route_numbers(pack_masks(states))
    for shut, number in zip(states, numbers, strict=True):
        extra = [-1 if flag else 0 for flag in shut]
        best = best_simple_path(slow_arcs(own, extra), allowed(own, extra), 0, 4)
        route = tree.route(number)
        assert (route.labels if route else None) == (best.arcs if best else None)


@given(graphs(), st.integers(0, ELEMENTS - 1))
def test_closing_an_element_never_helps(arcs: list[RandomArc], element: int) -> None:
    tree = DetourTree(to_graph(arcs, NODES, ELEMENTS), 0, NODES - 1)
    before, after = tree.best(), tree.best((element,))
    assert before is not None or after is None
    if before is not None and after is not None:
        assert after.ticks >= before.ticks


def ladder(rungs: int) -> tuple[list[int], list[int], list[int], list[int]]:
    """Two rails with rungs; every rail arc is an element of its own."""
    tail, head, ticks, element = [], [], [], []
    for i in range(rungs):
        for side in (0, 1):
            tail.append(2 * i + side)
            head.append(2 * i + 2 + side)
            ticks.append(10 + side)
            element.append(2 * i + side)
        for side in (0, 1):
            tail.append(2 * i + side)
            head.append(2 * i + 1 - side)
            ticks.append(3)
            element.append(-1)
    tail.append(2 * rungs + 1)
    head.append(2 * rungs)
    ticks.append(0)
    element.append(-1)
    return tail, head, ticks, element


def test_more_elements_than_one_word_holds_are_told_apart() -> None:
    tail, head, ticks, element = ladder(40)
    graph = make_arc_graph(82, tail, head, ticks, element=element)
    tree = DetourTree(graph, 0, 80)
    assert graph.element_count == 80
    last = tree.best((78,))
    assert last is not None
    assert 79 in last.elements
    assert 78 not in last.elements
    assert tree.best((78, 79)) is None


def test_past_the_cap_the_answers_stay_the_same_and_the_cap_holds() -> None:
    tail, head, ticks, element = ladder(12)
    graph = make_arc_graph(26, tail, head, ticks, element=element)
    shut = np.random.default_rng(7).random((2000, 24)) < 0.2
    masks = pack_masks(shut)
    small, large = DetourTree(graph, 0, 24, 8), DetourTree(graph, 0, 24)
    few, many = small.route_numbers(masks), large.route_numbers(masks)
    assert small.node_count == 8
    assert large.node_count > 8
    for a, b in zip(few[:300], many[:300], strict=True):
        assert small.route(a) == large.route(b)
    assert (few == CUT).tolist() == (many == CUT).tolist()
    assert small.search_count > large.search_count
    assert small.byte_count <= large.byte_count


def test_counts_are_those_of_the_scenarios_on_one_thread_and_on_two() -> None:
    tail, head, ticks, element = ladder(6)
    graph = make_arc_graph(14, tail, head, ticks, element=element)
    shut = np.random.default_rng(3).random((500, 12)) < 0.3
    masks = pack_masks(shut)

    def trees() -> list[DetourTree]:
        return [DetourTree(graph, 0, goal) for goal in (12, 13, 5)]

    one, two = count_routes(trees(), masks), count_routes(trees(), masks, thread_count=2)
    assert [c.tolist() for c in one] == [c.tolist() for c in two]
    tree = trees()[0]
    expected = np.bincount(tree.route_numbers(masks) + 1, minlength=tree.route_count + 1)
    assert one[0].tolist() == expected.tolist()


def test_what_was_asked_before_is_not_searched_again() -> None:
    tail, head, ticks, element = ladder(6)
    tree = DetourTree(make_arc_graph(14, tail, head, ticks, element=element), 0, 12)
    masks = pack_masks(np.random.default_rng(3).random((500, 12)) < 0.3)
    first = tree.route_numbers(masks)
    searches = tree.search_count
    assert tree.route_numbers(masks).tolist() == first.tolist()
    assert tree.search_count == searches


def test_masks_that_do_not_fit_are_refused() -> None:
    tree = DetourTree(make_arc_graph(2, [0], [1], [1], element=[70]), 0, 1)
    with pytest.raises(DataError, match="71 elements take 2 words of uint64 a scenario"):
        tree.route_numbers(mask_of([0], 3))


def test_a_cap_too_small_for_the_root_is_refused_with_every_other_fault() -> None:
    graph = make_arc_graph(2, [0], [1], [1])
    with pytest.raises(DataError, match="detour tree") as caught:
        DetourTree(graph, 0, 9, 0)
    assert list(caught.value.texts) == [
        "target 9 is not one of 2 nodes",
        "a cap of 0 nodes cannot hold the root; allow 1 or more",
    ]


def test_an_element_on_no_arc_changes_nothing() -> None:
    graph = make_arc_graph(2, [0], [1], [5], element=[0], element_count=3)
    tree = DetourTree(graph, 0, 1)
    route = tree.best((1, 2))
    assert route is not None
    assert route.ticks == 5


@pytest.mark.parametrize("shut", [[5], [-1], [2], [0, 1.0], [True], ["0"], [None], np.array([0.5])])
def test_elements_that_are_none_are_named_and_none_is_shut_for_them(shut: Any) -> None:
    tree = DetourTree(make_arc_graph(3, [0, 1], [1, 2], [5, 7], element=[0, 1]), 0, 2)
    with pytest.raises(DataError, match="element") as caught:
        tree.best(shut)
    assert len(caught.value.faults) == 1
    route = tree.best([])
    assert route is not None
    assert route.ticks == 12


def test_every_element_that_is_none_is_named() -> None:
    with pytest.raises(DataError, match="the scenarios") as caught:
        mask_of([5, 0, -1], 2)
    assert list(caught.value.texts) == [
        "element 5 is not one of 2 elements",
        "element -1 is not one of 2 elements",
    ]


def test_masks_of_other_elements_types_and_shapes_are_refused() -> None:
    tree = DetourTree(make_arc_graph(2, [0], [1], [1], element=[0], element_count=3), 0, 1)
    good = pack_masks(np.array([[False, False, False], [False, True, True]]))
    assert tree.route_numbers(good).tolist() == [0, 0]
    with pytest.raises(DataError, match=r"scenario 1 shuts an element beyond the 3 .* \(1 such\)"):
        tree.route_numbers(good << np.uint64(1))
    with pytest.raises(DataError, match="masks of type int64"):
        tree.route_numbers(good.astype(np.int64))
    with pytest.raises(DataError, match="masks are a list; an array of uint64 is needed"):
        tree.route_numbers([[0]])  # type: ignore[arg-type]
    whole = DetourTree(make_arc_graph(2, [0], [1], [1], element=[63]), 0, 1)
    assert whole.route_numbers(mask_of([63], 64)).tolist() == [CUT]
    nothing = DetourTree(make_arc_graph(2, [0], [1], [1]), 0, 1)
    with pytest.raises(DataError, match="scenario 0 shuts an element beyond the 0 there are"):
        nothing.route_numbers(mask_of([0], 1))


def test_flags_and_weights_of_scenarios_are_checked() -> None:
    with pytest.raises(DataError, match="scenario 0, element 1 has a flag that is neither true"):
        pack_masks(np.array([[0, 2]]))
    with pytest.raises(DataError, match=r"shut has shape \(1,\), not \(any, any\)"):
        pack_masks(np.array([True]))
    tree = DetourTree(make_arc_graph(2, [0], [1], [1], element=[0]), 0, 1)
    masks = pack_masks(np.array([[True], [False]]))
    assert count_routes([tree], masks, weights=np.array([0.5, 2.0]))[0].tolist() == [0.5, 2.0]
    with pytest.raises(DataError, match="scenario 1 has a weight that is not a number"):
        count_routes([tree], masks, weights=np.array([1.0, np.nan]))
    with pytest.raises(DataError, match="weights has 1 entries for 2 scenarios"):
        count_routes([tree], masks, weights=np.array([1.0]))


@pytest.mark.parametrize("number", [1, -2, True, 0.5, "0"])
def test_a_route_that_was_not_found_has_no_number(number: Any) -> None:
    tree = DetourTree(make_arc_graph(2, [0], [1], [1]), 0, 1)
    assert tree.number() == 0
    with pytest.raises(DataError, match=f"route {number} is not one of 1 routes found"):
        tree.route(number)


@pytest.mark.parametrize(("source", "target"), [(0.0, 1), (True, 1), (-1, 1), ("0", 1)])
def test_ends_that_are_no_whole_numbers_of_nodes_are_refused(source: Any, target: Any) -> None:
    with pytest.raises(DataError, match=f"source {source} is not one of 2 nodes"):
        DetourTree(make_arc_graph(2, [0], [1], [1]), source, target)


def test_a_thousand_two_way_elements_on_a_large_grid_are_exact() -> None:
    side, count = 750, 1000
    random = np.random.default_rng(1)
    node = np.arange(side * side).reshape(side, side)
    a = np.concatenate([node[:, :-1].ravel(), node[:-1].ravel()])
    b = np.concatenate([node[:, 1:].ravel(), node[1:].ravel()])
    seconds = random.integers(60, 400, a.size)
    element = np.full(a.size, -1)
    middle = np.flatnonzero(np.abs(a - side * side // 2) < 40 * side)
    element[random.choice(middle, count, replace=False)] = np.arange(count)
    graph = make_arc_graph(
        side * side, np.concatenate([a, b]), np.concatenate([b, a]), np.tile(seconds, 2),
        element=np.tile(element, 2), element_count=count,
    )  # fmt: skip
    shut = random.random(count) < 0.5
    tree = DetourTree(graph, 0, side * side - 1, 1)  # past the root a scenario is one search
    route = tree.best(np.flatnonzero(shut).tolist())
    assert route is not None
    assert not set(route.elements) & set(np.flatnonzero(shut).tolist())
    closed = (graph.element >= 0) & shut[graph.element]
    weights = np.where(closed, np.inf, graph.ticks)
    matrix = csr_array(
        (weights, graph.head, graph.first_out.astype(np.int32)), shape=(side * side,) * 2
    )
    assert route.ticks == int(dijkstra(matrix, indices=[0])[0, -1])
