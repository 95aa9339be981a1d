"""The compiled builder of programs against the slow one, entry by entry."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest
from hypothesis import given

from karwan.base.errors import DataError
from karwan.route.condense import condense, refuse_too_many, to_arc_graph
from karwan.route.hierarchy import Program, make_program
from tests.oracles.closures import RandomArc, graphs, to_graph
from tests.oracles.program import slow_program, unexplained
from tests.route.test_lanes import ELEMENTS, ENDS, NODES, town


def assert_same(found: Program, expected: Program) -> None:
    for item in dataclasses.fields(Program):
        if item.name == "condensed":
            continue
        one, two = getattr(found, item.name), getattr(expected, item.name)
        assert one.dtype == two.dtype, item.name
        assert one.shape == two.shape, item.name
        assert np.array_equal(one, two), item.name


@given(graphs())
def test_programs_of_small_graphs_are_those_of_the_slow_builder(arcs: list[RandomArc]) -> None:
    condensed = condense(to_graph(arcs, NODES, ELEMENTS), *ENDS)
    assert_same(make_program(condensed), slow_program(condensed))


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_programs_of_towns_are_those_of_the_slow_builder(seed: int) -> None:
    graph, _ = town(seed)
    condensed = condense(graph, [0, 7, 30], [59, 41])  # type: ignore[arg-type]
    program = make_program(condensed)
    assert len(program.triangle) > 20
    assert_same(program, slow_program(condensed))


@given(graphs())
def test_ways_that_a_third_portal_explains_are_those_of_the_matrix(arcs: list[RandomArc]) -> None:
    condensed = condense(to_graph(arcs, NODES, ELEMENTS), *ENDS)
    small = to_arc_graph(condensed)
    free = small.element < 0
    found = np.zeros((small.node_count, small.node_count), dtype=bool)
    found[small.tail[free], small.head[free]] = True
    assert np.array_equal(found, unexplained(condensed.static_key))


def test_more_portals_than_memory_allows_are_refused_with_both_figures() -> None:
    refuse_too_many(1_000, 10**9)
    with pytest.raises(DataError, match=r"20,000 origins.* about 22[.]4 GB .*8[.]0 GB are free"):
        refuse_too_many(20_000, 8 * 10**9)
