"""Weights that a packed key cannot hold, and ids beyond 32 bits: answered rightly or refused."""

from __future__ import annotations

import numpy as np
import pytest

from karwan.base.errors import DataError
from karwan.route.arcgraph import KeyBits, make_arc_graph
from karwan.route.condense import condense
from karwan.route.detours import DetourTree
from karwan.route.lanes import SHUT, Lanes


def test_ids_of_64_bits_stay_what_they_are() -> None:
    labels = [4294967301, 11000000001, 2**63 - 1]
    graph = make_arc_graph(4, [0, 1, 2], [1, 2, 3], [5, 7, 1], label=labels)
    assert graph.label.tolist() == labels
    best = DetourTree(graph, 0, 3).best()
    assert best is not None
    assert best.labels == tuple(labels)


def test_ties_between_ids_beyond_32_bits_fall_to_the_smaller() -> None:
    graph = make_arc_graph(
        4, [0, 0, 1, 2], [1, 2, 3, 3], [1, 1, 1, 1], label=[2**40, 2**32 + 1, 0, 1]
    )
    best = DetourTree(graph, 0, 3).best()
    assert best is not None
    assert best.labels == (2**32 + 1, 1)


@pytest.mark.parametrize("huge", [2**63 - 1, 2**62, 2**61, 2**59])
def test_arcs_that_are_closed_by_a_huge_weight_never_win(huge: int) -> None:
    ends = [0, 1, 0, 2], [1, 3, 2, 3]
    graph = make_arc_graph(4, *ends, [huge, huge, 10, 20])
    best = DetourTree(graph, 0, 3).best()
    assert best is not None
    assert (best.ticks, best.labels) == (30, (2, 3))
    lanes = Lanes(condense(graph, [0], [3]))
    assert lanes.weights(np.zeros((1, 0), dtype=np.int64)).ticks.tolist() == [[[30]]]


def test_a_way_of_huge_weights_alone_is_refused_and_not_told_as_cut() -> None:
    huge = 2**63 - 1
    graph = make_arc_graph(4, [0, 1, 2], [1, 3, 0], [huge, huge, 1], element=[0, 1, -1])
    tree = DetourTree(graph, 0, 3)
    for _ in range(2):
        with pytest.raises(
            DataError, match="scenario 0: a best route from node 0 to node 3, with this or"
        ):
            tree.best()
    assert DetourTree(graph, 3, 0).best() is None
    lanes = Lanes(condense(graph, [0], [3]))
    shut = np.array([[SHUT, 0]])
    assert lanes.weights(shut).ticks.tolist() == [[[SHUT]]]
    assert lanes.routes(shut).ticks.tolist() == [[[SHUT]]]
    for question in (lanes.weights, lanes.routes):
        with pytest.raises(DataError, match="scenario 1: the best route from node 0 to node 3"):
            question(np.array([[SHUT, 0], [0, 0]]))
    with pytest.raises(DataError, match="from node 0 to node 3 with everything shut weighs"):
        condense(make_arc_graph(4, [0, 1], [1, 3], [huge, huge]), [0], [3])


def test_sums_that_only_together_pass_a_key_are_found_out() -> None:
    heavy = KeyBits(2, 2).most_ticks
    graph = make_arc_graph(3, [0, 1], [1, 2], [heavy, 1], element=[0, 1])
    assert graph.bits.most_ticks == heavy
    lanes = Lanes(condense(graph, [0, 1], [2, 1]))
    tree = DetourTree(graph, 0, 2)
    with pytest.raises(
        DataError, match="scenario 0: a best route from node 0 to node 2, with this or"
    ):
        tree.best()
    for question in (lanes.weights, lanes.routes):
        with pytest.raises(DataError, match="scenario 0: the best route from node 0 to node 2"):
            question(np.array([[0, 0]]))
    lighter = Lanes(condense(graph, [0, 1], [1]))
    assert lighter.weights(np.array([[0, 0]])).ticks.tolist() == [[[heavy], [0]]]
    assert lighter.routes(np.array([[0, 0]])).ticks.tolist() == [[[heavy], [0]]]
    with pytest.raises(DataError, match="scenario 0: the best route from node 0 to node 1"):
        lighter.weights(np.array([[1, 0]]))


def test_a_weight_that_a_key_cannot_hold_is_refused_only_where_it_decides() -> None:
    graph = make_arc_graph(2, [0, 0], [1, 1], [2**60, 7], element=[-1, 0])
    tree = DetourTree(graph, 0, 1)
    best = tree.best()
    assert best is not None
    assert best.ticks == 7
    with pytest.raises(
        DataError, match="scenario 0: a best route from node 0 to node 1, with this or"
    ):
        tree.best([0])
