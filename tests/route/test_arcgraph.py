from __future__ import annotations

import numpy as np
import pytest

from karwan.base.errors import DataError
from karwan.route.arcgraph import key_bits, make_arc_graph


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
        "arc 1 has a weight below 0 (1 such)",
        "arc 2 has a weight that is not a whole number of ticks (1 such)",
        "arc 0 has an element below -1 (1 such)",
        "arc 1 has a share of delay outside 0 to 1 (1 such)",
    ]


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


def test_weights_that_cannot_share_the_key_are_refused_with_what_to_do() -> None:
    with pytest.raises(DataError, match="which needs 61 bits of the 58 that the tie rule leaves"):
        key_bits(make_arc_graph(2, [0], [1], [2**60]))
