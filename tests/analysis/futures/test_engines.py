"""Trees and lanes give one answer wherever both can, and the planner says which it took."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from karwan.analysis.futures.engines import (
    MANY_SHUT,
    MOST_LANE_ELEMENTS,
    Engine,
    States,
    ask_lanes,
    bits_of,
    choose_engine,
    different_rows,
    element_masks,
    lane_extras,
    no_delays,
    search_delayed,
)
from karwan.route.condense import condense
from karwan.route.detours import DetourTree, pack_masks
from karwan.route.lanes import SHUT, Lanes
from tests.oracles.closures import RandomArc, best_of_all, graphs, to_graph

NODES, ELEMENTS = 6, 5
RATE = 1.0
"""Ticks an hour: what is delayed by whole hours weighs whole ticks."""
EVERY = np.array(list(itertools.product([False, True], repeat=ELEMENTS)))
Delay = tuple[int, int]
delays = st.lists(
    st.tuples(st.integers(0, len(EVERY) - 1), st.integers(0, ELEMENTS - 1), st.integers(1, 9)),
    max_size=30,
)


def slow_states(rows: list[tuple[int, int, int]]) -> States:
    """Return all states of five elements with delays at what is open."""
    kept = {(row, element): hours for row, element, hours in rows if not EVERY[row, element]}
    ordered = np.array(
        [(row, element, hours) for (row, element), hours in sorted(kept.items())], dtype=np.int32
    ).reshape(-1, 3)
    return States(pack_masks(EVERY), *(np.ascontiguousarray(column) for column in ordered.T))


@given(graphs())
def test_trees_and_lanes_agree_in_every_state_of_closures(arcs: list[RandomArc]) -> None:
    graph = to_graph(arcs, NODES, ELEMENTS)
    ends = [(0, 5), (0, 3), (2, 5), (2, 3)]
    trees = [DetourTree(graph, *pair) for pair in ends]
    states = no_delays(pack_masks(EVERY))
    answers = ask_lanes(
        Lanes(condense(graph, [0, 2], [5, 3])), [trees[:2], trees[2:]], states, RATE
    )
    for tree, answer in zip(trees, [*answers[0], *answers[1]], strict=True):
        assert answer is not None
        assert answer.named.all()
        for mine, theirs in zip(tree.route_numbers(states.masks), answer.number, strict=True):
            a, b = tree.route(int(mine)), tree.route(int(theirs))
            assert (a is None) == (b is None)
            if a is not None and b is not None:
                # Of routes alike in weight and in arcs of elements, lanes may take another.
                assert (a.ticks, len(a.elements) > 0) == (b.ticks, len(b.elements) > 0)


@given(graphs(most_nodes=5, most_arcs=9), delays)
def test_delays_in_lanes_are_those_of_a_graph_built_anew(
    arcs: list[RandomArc], rows: list[tuple[int, int, int]]
) -> None:
    graph = to_graph(arcs, NODES, ELEMENTS)
    tree, states = DetourTree(graph, 0, 4), slow_states(rows)
    answer = ask_lanes(Lanes(condense(graph, [0], [4])), [[tree]], states, RATE)[0][0]
    assert answer is not None
    extra = lane_extras(states, ELEMENTS, RATE)
    for k in range(len(EVERY)):
        best = best_of_all(arcs, extra[k].tolist(), 0, 4)
        assert int(answer.ticks[k]) == (best[0].ticks if best else -1)
        hours = np.maximum(extra[k], 0).astype(float)
        found = search_delayed(tree, np.flatnonzero(EVERY[k]).tolist(), hours, RATE)
        assert (found[0].ticks if found else -1) == answer.ticks[k]
        if answer.named[k] and best:
            route = tree.route(int(answer.number[k]))
            assert route is not None
            assert route.ticks + answer.delay_hours[k] == answer.ticks[k]
            assert frozenset(route.elements).isdisjoint(np.flatnonzero(EVERY[k]).tolist())


def test_a_route_over_less_of_a_slow_line_is_not_named_but_searched() -> None:
    # Two arcs of one line, or one dearer arc of it: delayed, the one arc is best.
    arcs = [
        RandomArc(0, 1, 1, 0, 1, 0, 0),
        RandomArc(1, 2, 1, 0, 1, 0, 0),
        RandomArc(0, 2, 3, 0, 1, 0, 0),
    ]
    graph = to_graph(arcs, 3, 1)
    tree = DetourTree(graph, 0, 2)
    one = np.zeros(1, dtype=np.int32)
    states = States(pack_masks(np.array([[False]])), one, one, one + 5)
    answer = ask_lanes(Lanes(condense(graph, [0], [2])), [[tree]], states, RATE)[0][0]
    assert answer is not None
    assert (answer.ticks.tolist(), answer.named.tolist()) == ([8], [False])
    found = search_delayed(tree, (), np.array([5.0]), RATE)
    assert found is not None
    assert (found[0].labels, found[1]) == ((2,), 5.0)


def test_the_planner_takes_lanes_for_delays_and_many_closures_and_says_why() -> None:
    assert choose_engine().engine is Engine.trees
    assert choose_engine(delays=True).engine is Engine.lanes
    assert choose_engine(shut_count=MANY_SHUT - 1).engine is Engine.trees
    many = choose_engine(shut_count=MANY_SHUT, element_count=MOST_LANE_ELEMENTS)
    assert many.engine is Engine.lanes
    beyond = choose_engine(shut_count=MANY_SHUT, element_count=MOST_LANE_ELEMENTS + 1)
    assert beyond.engine is Engine.trees
    assert choose_engine(searched=False, delays=True).engine is Engine.spells
    assert choose_engine(stated=True).engine is Engine.exact
    assert many.to_dict() == {"name": "lanes", "why": "many elements are shut at once"}
    assert choose_engine(routes=False).line == (
        "Engine: trees, since elements are shut or open, few at once."
    )


@given(st.lists(st.integers(0, 99), max_size=8))
def test_bits_are_flags_and_back(elements: list[int]) -> None:
    flags = bits_of(element_masks(elements, 2)[None], 100)[0]
    assert np.flatnonzero(flags).tolist() == sorted(set(elements))


def test_some_states_keep_their_delays() -> None:
    states = slow_states([(0, 1, 4), (2, 0, 3), (4, 3, 2)])
    part = states.some(np.array([2, 4]))
    assert len(part) == 2
    assert (part.row.tolist(), part.element.tolist(), part.hours.tolist()) == (
        [0, 1], [0, 3], [3, 2],
    )  # fmt: skip
    assert part.slow_masks().ravel().tolist() == [1, 8]


@given(delays, st.sets(st.integers(0, ELEMENTS - 1)))
def test_states_that_differ_elsewhere_only_are_one(
    rows: list[tuple[int, int, int]], met: set[int]
) -> None:
    states = slow_states(rows)
    few, which = states.differing(element_masks(sorted(met), states.masks.shape[1]))
    assert list(dict.fromkeys(which.tolist())) == list(range(len(few)))
    mine = [told(few, int(k), set(range(ELEMENTS))) for k in which]
    assert mine == [told(states, k, met) for k in range(len(states))]
    assert len(set(mine)) == len(few)


def told(states: States, row: int, met: set[int]) -> tuple[frozenset[int], frozenset[Delay]]:
    """Return what is shut and what is slow in a state, of some elements."""
    shut = np.flatnonzero(bits_of(states.masks, ELEMENTS)[row]).tolist()
    at = np.flatnonzero(states.row == row)
    slow = zip(states.element[at].tolist(), states.hours[at].tolist(), strict=True)
    return frozenset(met.intersection(shut)), frozenset(one for one in slow if one[0] in met)


def test_rows_of_masks_stand_once_in_the_order_met() -> None:
    masks = np.array([[3, 0], [1, 0], [3, 0], [1, 1]], dtype=np.uint64)
    rows, which = different_rows(masks)
    assert rows.tolist() == [[3, 0], [1, 0], [1, 1]]
    assert which.tolist() == [0, 1, 0, 2]
    assert len(different_rows(masks[:0])[0]) == 0


@pytest.mark.parametrize("hours", [0, 7])
def test_what_is_shut_is_never_slow_in_a_lane(hours: int) -> None:
    one = np.zeros(1, dtype=np.int32)
    states = States(pack_masks(np.array([[True]])), one, one, one + hours)
    assert lane_extras(states, 1, RATE).tolist() == [[SHUT]]
