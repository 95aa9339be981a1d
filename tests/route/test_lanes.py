from __future__ import annotations

import dataclasses
import itertools
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from karwan.base.errors import DataError
from karwan.route.arcgraph import MICRO, ArcGraph, make_arc_graph
from karwan.route.condense import condense, to_arc_graph
from karwan.route.detours import DetourTree, pack_masks
from karwan.route.lanes import LANES, SHUT, Lanes, extra_ticks, refuse_whole
from tests.oracles.closures import Answer, RandomArc, best_of_all, graphs, scipy_weights, to_graph
from tests.oracles.program import open_keys

NODES, ELEMENTS = 6, 5
ENDS = ([0, 2], [5, 3, 0])
extras = st.lists(
    st.lists(st.sampled_from([SHUT, SHUT, 0, 0, 1, 4, 20]), min_size=ELEMENTS, max_size=ELEMENTS),
    min_size=1,
    max_size=6,
)


def asked(arcs: list[RandomArc]) -> Lanes:
    return Lanes(condense(to_graph(arcs, NODES, ELEMENTS), *ENDS))


@given(graphs(), extras)
def test_weights_equal_those_of_a_graph_built_anew(
    arcs: list[RandomArc], rows: list[list[int]]
) -> None:
    extra = np.array(rows)
    found = asked(arcs).weights(extra).ticks
    expected = scipy_weights(to_graph(arcs, NODES, ELEMENTS), extra, *ENDS)
    assert found.tolist() == expected.tolist()


@given(graphs(), extras, st.sampled_from([2**24, 2**27, 2**29, 2**31]))
def test_weights_are_exact_whether_or_not_they_fit_a_lane_of_32_bits(
    arcs: list[RandomArc], rows: list[list[int]], scale: int
) -> None:
    heavy = [dataclasses.replace(arc, ticks=arc.ticks * scale) for arc in arcs]
    extra = np.where(np.array(rows) == SHUT, SHUT, np.array(rows) * scale)
    lanes = asked(heavy)
    found = lanes.weights(extra).ticks
    expected = scipy_weights(to_graph(heavy, NODES, ELEMENTS), extra, *ENDS)
    assert found.tolist() == expected.tolist()
    if expected.max() >= 2**30 - 1:
        assert lanes.note == "sums may pass 30 bits: 64-bit lanes"


def test_a_loose_bound_does_not_drive_weights_out_of_32_bits() -> None:
    arcs = [(0, 1, 2**28, 0), (1, 2, 2**28, 1), (0, 2, 2**29 + 9, 2), (2, 3, 2**28, 3)]
    tail, head, ticks, element = zip(*arcs, strict=True)
    lanes = Lanes(condense(make_arc_graph(4, tail, head, ticks, element=element), [0], [3]))
    extra = np.array([[0, 0, 0, 0], [SHUT, 0, 0, 0], [0, 5, 0, 0], [0, 0, 0, SHUT]])
    found = lanes.weights(extra).ticks
    assert found.dtype == np.int32
    assert lanes.note == ""
    assert found.ravel().tolist() == [3 * 2**28, 3 * 2**28 + 9, 3 * 2**28 + 5, SHUT]


@given(graphs())
def test_trees_of_the_condensed_graph_answer_as_those_of_the_whole(arcs: list[RandomArc]) -> None:
    graph = to_graph(arcs, NODES, ELEMENTS)
    condensed = condense(graph, *ENDS)
    small = to_arc_graph(condensed)
    states = np.array(list(itertools.product([False, True], repeat=ELEMENTS)))
    masks = pack_masks(states)
    for i, origin in enumerate(ENDS[0]):
        for j, goal in enumerate(ENDS[1]):
            tree = DetourTree(small, int(condensed.origin[i]), int(condensed.destination[j]))
            for shut, number in zip(states, tree.route_numbers(masks), strict=True):
                extra = [SHUT if flag else 0 for flag in shut]
                best = best_of_all(arcs, extra, origin, goal)
                route = tree.route(number)
                assert (route is None) == (not best)
                if route:
                    found = (round(route.hours), round(route.usd), round(route.km))
                    assert Answer(route.ticks, found, frozenset(route.elements)) in best


@given(graphs(), extras)
def test_hours_usd_and_elements_are_those_of_a_best_path(
    arcs: list[RandomArc], rows: list[list[int]]
) -> None:
    extra = np.array(rows)
    found = asked(arcs).routes(extra)
    for s, (i, origin), (j, goal) in itertools.product(
        range(len(rows)), enumerate(ENDS[0]), enumerate(ENDS[1])
    ):
        best = best_of_all(arcs, rows[s], origin, goal)
        if not best:
            assert found.ticks[s, i, j] == SHUT
            assert not found.measures[s, i, j].any()
            continue
        hours, usd, metres = found.measures[s, i, j].tolist()
        used = int(found.masks[s, i, j, 0])
        answer = Answer(
            int(found.ticks[s, i, j]),
            (hours // MICRO, usd // MICRO, metres // 1000),
            frozenset(e for e in range(ELEMENTS) if used >> e & 1),
        )
        assert answer in best


@given(graphs())
def test_lanes_and_tree_agree_in_all_states(arcs: list[RandomArc]) -> None:
    graph = to_graph(arcs, NODES, ELEMENTS)
    states = np.array(list(itertools.product([False, True], repeat=ELEMENTS)))
    found = Lanes(condense(graph, *ENDS)).weights(np.where(states, SHUT, 0)).ticks
    for i, origin in enumerate(ENDS[0]):
        for j, goal in enumerate(ENDS[1]):
            tree = DetourTree(graph, origin, goal)
            routes = [tree.route(n) for n in tree.route_numbers(pack_masks(states))]
            assert found[:, i, j].tolist() == [r.ticks if r else SHUT for r in routes]


@given(graphs())
def test_with_everything_open_the_portals_lie_as_far_apart_as_in_the_graph(
    arcs: list[RandomArc],
) -> None:
    graph = to_graph(arcs, NODES, ELEMENTS)
    condensed = condense(graph, *ENDS)
    opened = graph.bits.ticks(open_keys(condensed))[np.ix_(condensed.origin, condensed.destination)]
    expected = scipy_weights(graph, np.zeros((1, ELEMENTS), dtype=np.int64), *ENDS)[0]
    unreached = opened > 2**50
    assert np.where(unreached, SHUT, opened).tolist() == expected.tolist()


def town(seed: int, nodes: int = 60, elements: int = 70) -> tuple[object, np.ndarray]:
    """A random graph of two-way streets, each of the first ones an element in both directions."""
    random = np.random.default_rng(seed)
    a = np.concatenate([np.arange(nodes - 1), random.integers(0, nodes, 120)])
    b = np.concatenate([np.arange(1, nodes), random.integers(0, nodes, 120)])
    a, b = a[a != b], b[a != b]
    weight = random.integers(1, 50, a.size)
    element = np.where(np.arange(a.size) < elements, np.arange(a.size), -1)
    graph = make_arc_graph(
        nodes,
        np.concatenate([a, b]),
        np.concatenate([b, a]),
        np.tile(weight, 2),
        element=np.tile(element, 2),
        measures=random.integers(1, 9, (2 * a.size, 3)),
    )
    state = random.random((3 * LANES + 5, elements))
    extra = np.where(
        state < 0.2, SHUT, np.where(state < 0.5, random.integers(1, 99, state.shape), 0)
    )
    return graph, extra


@pytest.mark.parametrize("scale", [1, 2**29])
def test_any_number_of_scenarios_is_answered_as_each_of_them_alone(scale: int) -> None:
    """Numbers around those of lanes of 32 and of 64 bits: rows of answers begin at any byte."""
    tail, head, ticks = [0, 1, 0, 2, 1], [1, 2, 2, 3, 3], [3, 4, 9, 2, 8]
    graph = make_arc_graph(
        4, tail, head, [scale * one for one in ticks], element=[0, 1, 2, 3, -1],
        measures=[[one, 2 * one, 3 * one] for one in ticks],
    )  # fmt: skip
    lanes = Lanes(condense(graph, [0, 1], [3, 2, 0]))
    random = np.random.default_rng(4)
    fate = random.random((200, 4))
    extra = np.where(fate < 0.4, SHUT, np.where(fate < 0.7, 5, 0)).astype(np.int64)
    each = [lanes.routes(row[None]) for row in extra]
    for count in (*range(1, 82), 127, 128, 129, 200):
        weights, routes = lanes.weights(extra[:count]), lanes.routes(extra[:count])
        assert weights.ticks.dtype == (np.int32 if scale == 1 else np.int64)
        for found in (weights.ticks, routes.ticks):
            assert np.array_equal(found, np.concatenate([one.ticks for one in each[:count]]))
        told = [np.concatenate([getattr(one, name) for one in each[:count]])
                for name in ("measures", "masks")]  # fmt: skip
        assert np.array_equal(routes.measures, told[0])
        assert np.array_equal(routes.masks, told[1])


def test_blocks_that_are_not_full_and_more_elements_than_a_word_are_exact() -> None:
    graph, extra = town(1)
    lanes = Lanes(condense(graph, [0, 7, 30], [59, 41]))  # type: ignore[arg-type]
    expected = scipy_weights(graph, extra, [0, 7, 30], [59, 41])  # type: ignore[arg-type]
    assert lanes.weights(extra).ticks.tolist() == expected.tolist()
    routes = lanes.routes(extra)
    assert routes.ticks.tolist() == expected.tolist()
    assert routes.masks.shape[-1] == 2
    for s in range(len(extra)):
        for word in range(2):
            for bit in range(64):
                if word * 64 + bit < extra.shape[1] and extra[s, word * 64 + bit] == SHUT:
                    assert not (routes.masks[s, :, :, word] >> np.uint64(bit) & np.uint64(1)).any()


def test_delays_add_to_the_hours_of_what_they_delay() -> None:
    graph = make_arc_graph(2, [0], [1], [100], element=[0], measures=[[4.0, 30.0, 7.0]])
    lanes = Lanes(condense(graph, [0], [1]))
    more = np.array([[[12 * MICRO, 5 * MICRO, 0]]])
    found = lanes.routes(np.array([[250]]), more)
    assert found.ticks.tolist() == [[[350]]]
    assert found.measures.tolist() == [[[[16 * MICRO, 35 * MICRO, 7000]]]]


def test_a_line_s_delay_is_met_once_over_its_whole_length() -> None:
    graph = make_arc_graph(
        3, [0, 1], [1, 2], [10, 10], element=[0, 0], share=[0.25, 0.75],
        measures=[[1.0, 0.0, 1.0]] * 2,
    )  # fmt: skip
    lanes = Lanes(condense(graph, [0, 1], [2]))
    assert lanes.weights(np.array([[40]])).ticks.tolist() == [[[60], [40]]]
    found = lanes.routes(np.array([[40]]), np.array([[[8 * MICRO, 0, 0]]]))
    assert found.measures[0, :, 0, 0].tolist() == [10 * MICRO, 7 * MICRO]


def test_sums_past_32_bits_fall_back_and_say_so() -> None:
    graph = make_arc_graph(3, [0, 1], [1, 2], [2**31, 3], element=[0, 1])
    lanes = Lanes(condense(graph, [0], [2]))
    assert lanes.weights(np.array([[0, 5], [SHUT, 0]])).ticks.tolist() == [[[2**31 + 8]], [[-1]]]
    assert lanes.note == "sums may pass 30 bits: 64-bit lanes"
    small = Lanes(condense(make_arc_graph(2, [0], [1], [3], element=[0]), [0], [1]))
    assert small.weights(np.array([[7]])).ticks.tolist() == [[[10]]]
    assert small.note == ""


def test_the_same_bytes_on_one_thread_and_on_two() -> None:
    graph, extra = town(2)
    many = np.tile(extra, (25, 1))
    lanes = Lanes(condense(graph, [0, 7], [59]))  # type: ignore[arg-type]
    one, two = lanes.routes(many), lanes.routes(many, thread_count=2)
    assert one.ticks.tobytes() == two.ticks.tobytes()
    assert one.measures.tobytes() == two.measures.tobytes()
    assert one.masks.tobytes() == two.masks.tobytes()


def test_an_element_cheaper_than_when_open_is_refused() -> None:
    lanes = Lanes(condense(make_arc_graph(2, [0], [1], [3], element=[0]), [0], [1]))
    with pytest.raises(DataError, match="scenario 1, element 0: -2 extra ticks"):
        lanes.weights(np.array([[0], [-2]]))
    with pytest.raises(DataError, match=r"extra_ticks has shape \(1, 2\), not \(any, 1\)"):
        lanes.weights(np.array([[0, 0]]))


def test_ends_that_are_no_nodes_are_all_named() -> None:
    graph = make_arc_graph(2, [0], [1], [3])
    with pytest.raises(DataError, match="the question") as caught:
        condense(graph, [5], [])
    assert list(caught.value.texts) == [
        "origin 5 is not one of 2 nodes",
        "no destination given",
    ]


def test_hours_of_delay_are_turned_into_ticks_by_the_value_of_time() -> None:
    found = extra_ticks(
        np.array([[False, True]]),
        np.array([[2.0, 9.0]]),
        value_of_time_usd_per_hour=3.5,
        ticks_per_usd=1000,
    )
    assert found.tolist() == [[7000, SHUT]]


def test_512_two_way_elements_of_a_large_graph_are_exact_with_delays() -> None:
    count, far = 512, 500_000
    near = np.arange(count)
    elements = Lanes(condense(*_row_of_streets(count, far)))
    random = np.random.default_rng(5)
    extra = np.where(
        random.random((70, count)) < 0.3, random.integers(0, 48 * 3600, (70, count)), 0
    )
    extra[random.random(extra.shape) < 0.2] = SHUT
    street = np.where(extra == SHUT, far, np.minimum(near % 7 + 300 + extra, far))
    expected = street.sum(axis=1)
    assert elements.weights(extra).ticks.ravel().tolist() == expected.tolist()
    assert elements.routes(extra).ticks.ravel().tolist() == expected.tolist()


def _row_of_streets(count: int, far: int) -> tuple[ArcGraph, list[int], list[int]]:
    """Streets in a row, each an element both ways, each with a long way round."""
    at = np.arange(count)
    tail, head = np.concatenate([at, at + 1]), np.concatenate([at + 1, at])
    graph = make_arc_graph(
        559_356,
        np.tile(tail, 2),
        np.tile(head, 2),
        np.concatenate([np.tile(at % 7 + 300, 2), np.full(2 * count, far)]),
        element=np.concatenate([np.tile(at, 2), np.full(2 * count, -1)]),
    )
    return graph, [0], [count]


@pytest.mark.parametrize(
    ("extra", "fault"),
    [
        ([[0.5]], "scenario 0, element 0 has extra ticks that is not a whole number"),
        ([[np.nan]], "scenario 0, element 0 has extra ticks that is not a number"),
        ([[True]], "extra_ticks holds values of type bool; whole numbers"),
        ([["1"]], "extra_ticks holds values of type <U1; whole numbers"),
        (np.array([[2**64 - 1]], np.uint64), "scenario 0, element 0 has extra ticks beyond 64"),
        ([[0], [2**62]], "scenario 1, element 0: 4611686018427387904 extra ticks; a key holds"),
        ([[-(2**63)]], "scenario 0, element 0: -9223372036854775808 extra ticks; an element can"),
        ([0], r"extra_ticks has shape \(1,\), not \(any, 1\)"),
        ([[0], [0, 1]], "extra_ticks is no array"),
    ],
)
def test_extra_ticks_are_whole_and_fit_a_key(extra: Any, fault: str) -> None:
    lanes = Lanes(condense(make_arc_graph(2, [0], [1], [3], element=[0]), [0], [1]))
    for question in (lanes.weights, lanes.routes):
        with pytest.raises(DataError, match=fault):
            question(extra)
    assert lanes.weights([[7.0]]).ticks.tolist() == [[[10]]]  # type: ignore[arg-type]


def test_extra_measures_are_whole_and_their_sums_fit() -> None:
    lanes = Lanes(condense(make_arc_graph(2, [0], [1], [3], element=[0]), [0], [1]))
    extra = np.array([[7]])
    large = np.array([[[2**62 - 1, 0, -(2**62) + 1]]])
    assert lanes.routes(extra, large).measures.ravel().tolist() == large.ravel().tolist()
    for wrong, fault in (
        ([[[0.5, 0, 0]]], "scenario 0, element 0, measure 0 has an extra measure that is not a"),
        ([[[0, -(2**63), 0]]], "extra measures of up to 9,223,372,036,854,775,808 on 1 arcs"),
        ([[[2**62, 0, 0]]], "extra measures of up to 4,611,686,018,427,387,904 on 1 arcs"),
        ([[[0, 0]]], r"extra_measures has shape \(1, 1, 2\), not \(1, 1, 3\)"),
    ):
        with pytest.raises(DataError, match=fault):
            lanes.routes(extra, wrong)  # type: ignore[arg-type]


@pytest.mark.parametrize("ends", [[0.5], [True], ["0"], [None], [-1], [2], [2**32]])
def test_ends_that_are_no_whole_numbers_of_nodes_are_refused(ends: list[Any]) -> None:
    graph = make_arc_graph(2, [0], [1], [3])
    with pytest.raises(DataError, match=f"origin {ends[0]} is not one of 2 nodes"):
        condense(graph, ends, [1])
    with pytest.raises(DataError, match=f"destination {ends[0]} is not one of 2 nodes"):
        condense(graph, [1], ends)


@pytest.mark.parametrize(
    ("shut", "hours", "value", "fault"),
    [
        ([[True]], [[np.nan]], 3.5, "scenario 0, element 0 has a delay that is not a number"),
        ([[False]], [[-1.0]], 3.5, "scenario 0, element 0 has a delay below 0"),
        ([[False]], [[1.0, 2.0]], 3.5, r"delay_hours has shape \(1, 2\), not \(1, 1\)"),
        ([[0.5]], [[1.0]], 3.5, "shut holds values of type float64; flags are needed"),
        ([[False]], [[1.0]], np.nan, "an hour is worth nan USD and a USD 1000 ticks"),
        ([[False]], [[1.0]], -1.0, "an hour is worth -1.0 USD"),
        ([[False]], [[1e300]], 3.5, "scenario 0, element 0: a delay of 1e[+]300 h is worth"),
    ],
)
def test_delays_that_are_worth_no_ticks_are_refused(
    shut: Any, hours: Any, value: float, fault: str
) -> None:
    with pytest.raises(DataError, match=fault):
        extra_ticks(
            np.array(shut), np.array(hours), value_of_time_usd_per_hour=value, ticks_per_usd=1000
        )


def test_whole_answers_beyond_memory_are_refused_with_the_figure() -> None:
    refuse_whole(10**6, (20, 20), 4, 8 * 10**9)
    with pytest.raises(DataError, match=r"10,000,000 scenarios x 400 pairs take 16\.0 GB.*8\.0 GB"):
        refuse_whole(10**7, (20, 20), 4, 8 * 10**9)
    # An array of one row seen 10^13 times takes no room itself; its answers would.
    graph = make_arc_graph(2, [0], [1], [5], element=[0])
    lanes = Lanes(condense(graph, [0] * 50, [1] * 50))
    with pytest.raises(DataError, match="let them be reduced as they are drawn"):
        lanes._weigh(np.broadcast_to(np.int64(0), (10**10, 1)), np.int32, 2**30 - 1, 1)
