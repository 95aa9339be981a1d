from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from karwan.base.errors import DataError
from karwan.route.arcgraph import make_arc_graph
from karwan.route.condense import condense
from karwan.route.lanes import SHUT, Lanes
from tests.oracles.closures import RandomArc, graphs, scipy_weights


def test_every_fault_of_a_graph_is_named_at_once() -> None:
    with pytest.raises(DataError, match="graph") as caught:
        make_arc_graph(
            2,
            [0, 1, 5],
            [1, 0, 0],
            [np.nan, -3.0, 1.5],
            element=[-2, 0, 0],
            share=[1.0, 2.0, 1.0],
        )
    assert list(caught.value.texts) == [
        "arc 2 lies between nodes that are not there (1 such)",
        "arc 0 has a weight that is not a number (1 such)",
        "arc 2 has a weight that is not a whole number (1 such)",
        "arc 1 has a weight below 0 (1 such)",
        "arc 0 has an element below -1 (1 such)",
        "arc 1 has a share of delay beyond 1 (1 such)",
    ]


def faults_of(node_count: Any = 3, **given: Any) -> list[str]:
    columns = {"tail": [0, 1], "head": [1, 2], "ticks": [5, 7], **given}
    with pytest.raises(DataError, match="in the graph") as caught:
        make_arc_graph(node_count, **columns)
    return list(caught.value.texts)


@pytest.mark.parametrize(
    ("column", "given", "fault"),
    [
        ("tail", [0.5, 1], "arc 0 has a tail that is not a whole number (1 such)"),
        ("tail", 5, "tail has shape (), not (any) by arc"),
        ("head", [1, 2**32 + 1], "arc 1 lies between nodes that are not there (1 such)"),
        ("head", [1, -1], "arc 1 lies between nodes that are not there (1 such)"),
        ("head", [1, 3], "arc 1 lies between nodes that are not there (1 such)"),
        ("ticks", [True, False], "ticks holds values of type bool; whole numbers of at most"),
        ("ticks", [1e18, 1], "arc 0 has a weight of 2**53 or more that is given as a float"),
        ("label", np.array([5, 2**64 - 1], np.uint64), "arc 1 has a label beyond 64 bits (1 such)"),
        ("label", [-2, 0], "arc 0 has a label below -1 (1 such)"),
        ("element", [0, 2**32], "arc 1 has an element beyond 1,048,575 (1 such)"),
        ("element", [np.nan, 0], "arc 0 has an element that is not a number (1 such)"),
        ("element", [1.7, 0], "arc 0 has an element that is not a whole number (1 such)"),
        ("share", ["0.5", "1"], "share holds values of type <U3; numbers are needed"),
        ("share", [np.nan, 1], "arc 0 has a share of delay that is not a number (1 such)"),
        ("measures", [[1, 2, 3]], "measures has shape (1, 3), not (2, 3) by arc, measure"),
        ("measures", [[1, 2, -3], [0, 0, 0]], "arc 0, measure 2 has hours, USD or km below 0"),
        ("measures", [[1, 2, np.inf], [0, 0, 0]], "arc 0, measure 2 has hours, USD or km that is"),
        ("measures", [[0, 1e13, 0], [0, 0, 0]], "the usd of all arcs add up to more than the"),
        ("measures", [[1e308, 0, 0], [0, 0, 0]], "the hours of all arcs add up to more than the"),
        ("guarded", [2, 0], "arc 0 has a guard that is neither true nor false (1 such)"),
        ("guarded", [np.nan, 0], "guarded holds values of type float64; flags are needed"),
        ("element_count", 1, "arc 1 has an element beyond 0 (1 such)"),
        ("element_count", -1, "element_count is -1; from 0 to 1,048,576 elements can be numbered"),
        ("element_count", 2**40, "element_count is 1099511627776; from 0 to 1,048,576 elements"),
        ("node_count", 2.5, "node_count is 2.5; from 0 to 2,147,483,647 nodes can be numbered"),
        ("node_count", True, "node_count is True; from 0 to"),
        ("node_count", 2**31, "node_count is 2147483648; from 0 to"),
    ],
)
def test_what_would_be_taken_for_something_else_is_refused(
    column: str, given: Any, fault: str
) -> None:
    columns = {"element": [0, 1], column: given}
    told = faults_of(**columns)
    assert len(told) == 1
    assert told[0].startswith(fault)


def test_a_joint_must_lead_to_a_higher_node_or_the_tie_rule_breaks() -> None:
    assert faults_of(tail=[0, 2], head=[1, 1], ticks=[0, 0], label=[-1, -1]) == [
        "arc 1 is a joint (label -1, weight 0) that does not lead to a higher node (1 such); "
        "number the nodes anew, or give it a label"
    ]
    assert make_arc_graph(3, [0, 2], [1, 1], [0, 5], label=[-1, -1]).arc_count == 2


def test_keys_of_a_large_graph_leave_room_for_a_thousand_two_way_elements() -> None:
    """The road graph of the benchmark: 559,356 nodes, whole seconds, up to 2 days of delay."""
    graph = make_arc_graph(
        559_356, np.zeros(2000, np.int64), np.ones(2000, np.int64), np.full(2000, 319_437),
        element=np.arange(2000) // 2,
    )  # fmt: skip
    assert graph.bits.most_ticks > 1000 * (319_437 + 48 * 3600)


def test_columns_of_another_length_are_named() -> None:
    with pytest.raises(DataError, match="head has 1 entries for 2 arcs"):
        make_arc_graph(2, [0, 1], [1], [1, 1])


def test_keys_compare_weight_then_element_arcs_then_arcs() -> None:
    graph = make_arc_graph(4, [0, 1, 2], [1, 2, 3], [5, 5, 4], element=[-1, 0, 0])
    plain, shut, light = graph.keys.tolist()
    assert light < plain < shut
    assert graph.bits.ticks(graph.keys).tolist() == [5, 5, 4]


def test_the_arcs_of_the_longest_path_do_not_spill_into_its_weight() -> None:
    count = 300
    graph = make_arc_graph(
        count, range(count - 1), range(1, count), [1] * (count - 1), element=[0] * (count - 1)
    )
    total = graph.keys.sum(keepdims=True)
    assert graph.bits.ticks(total).tolist() == [count - 1]


overlaps = st.lists(st.tuples(st.integers(0, 13), st.integers(0, 4)), max_size=6)
delays = st.lists(st.sampled_from([SHUT, 0, 0, 1, 4, 20]), min_size=5, max_size=5)


@given(graphs(), overlaps, delays)
def test_an_arc_of_several_elements_is_shut_by_each_and_meets_the_delay_of_each(
    arcs: list[RandomArc], drawn: list[tuple[int, int]], extra: list[int]
) -> None:
    pairs = [(arc, element) for arc, element in drawn if arc < len(arcs)]
    columns = {name: [getattr(arc, name) for arc in arcs] for name in ("tail", "head", "element")}
    ticks = [arc.ticks for arc in arcs]
    graph = make_arc_graph(
        6, columns["tail"], columns["head"], ticks, element=columns["element"],
        element_count=5, overlap=np.array(pairs, dtype=np.int64).reshape(-1, 2),
    )  # fmt: skip
    governed = [[arc.element] if arc.element >= 0 else [] for arc in arcs]
    for arc, element in pairs:
        governed[arc].append(element)
    left = [
        (arc.tail, arc.head, arc.ticks + sum(extra[one] for one in mine))
        for arc, mine in zip(arcs, governed, strict=True)
        if all(extra[one] != SHUT for one in mine)
    ]
    plain = make_arc_graph(6, *(zip(*left, strict=True) if left else ([], [], [])))
    expected = scipy_weights(plain, np.zeros((1, 1), dtype=np.int64), [0, 2], [5, 3, 0])
    found = Lanes(condense(graph, [0, 2], [5, 3, 0])).weights(np.array([extra])).ticks
    assert found.tolist() == expected.tolist()


def test_overlaps_that_name_nothing_are_refused_all_at_once() -> None:
    with pytest.raises(DataError, match="the graph") as caught:
        make_arc_graph(
            2, [0], [1], [5], element=[0], element_count=1, overlap=[[3, 0], [0, 1]],
            overlap_share=[0.5, 2.0],
        )  # fmt: skip
    assert list(caught.value.texts) == [
        "overlap 0 names an arc that is not there (1 such)",
        "overlap 1 names an element that is not there (1 such)",
        "overlap 1 has a share of delay beyond 1 (1 such)",
    ]
