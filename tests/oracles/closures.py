"""Slow, obvious answers to what is best when things are shut, delayed or dearer.

`best_of_all` looks at every simple path; `scipy_weights` rebuilds the graph of each scenario and
asks SciPy.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from hypothesis import strategies as st

from karwan.route.arcgraph import ArcGraph, make_arc_graph
from tests.oracles.routes import SlowArc, scipy_ticks, simple_paths

SHUT = -1


@dataclass(frozen=True, slots=True)
class RandomArc:
    """One arc of a random graph, with its measures as whole hours, USD and km."""

    tail: int
    head: int
    ticks: int
    element: int
    hours: int
    usd: int
    km: int


@dataclass(frozen=True, slots=True)
class Answer:
    """What a best path weighs, takes and uses; None stands for no way."""

    ticks: int
    measures: tuple[int, int, int]
    elements: frozenset[int]


@st.composite
def graphs(draw: st.DrawFn, *, most_nodes: int = 6, most_arcs: int = 14) -> list[RandomArc]:
    """Draw arcs with ties, weights of 0, parallel arcs, and elements that cover several."""
    node = st.integers(0, most_nodes - 1)
    arc = st.builds(
        RandomArc,
        node,
        node,
        st.sampled_from([0, 0, 1, 1, 2, 3, 7]),
        st.integers(-1, 4),
        st.integers(0, 5),
        st.integers(0, 5),
        st.integers(0, 5),
    )
    arcs = draw(st.lists(arc, min_size=1, max_size=most_arcs))
    both = draw(st.booleans())
    if both:
        arcs += [RandomArc(a.head, a.tail, a.ticks, a.element, a.hours, a.usd, a.km) for a in arcs]
    return [arc for arc in arcs if arc.tail != arc.head]


def to_graph(arcs: Sequence[RandomArc], node_count: int, element_count: int) -> ArcGraph:
    """Return the arcs as karwan's graph; labels are positions."""
    return make_arc_graph(
        node_count,
        [arc.tail for arc in arcs],
        [arc.head for arc in arcs],
        [arc.ticks for arc in arcs],
        element=[arc.element for arc in arcs],
        measures=np.array([[a.hours, a.usd, a.km] for a in arcs], dtype=float).reshape(-1, 3),
        element_count=element_count,
    )


def slow_arcs(arcs: Sequence[RandomArc], extra_ticks: Sequence[int]) -> list[SlowArc]:
    """Return the arcs with what their elements add."""
    return [
        SlowArc(
            a.tail,
            a.head,
            a.ticks + (max(extra_ticks[a.element], 0) if a.element >= 0 else 0),
            int(a.element >= 0),
        )
        for a in arcs
    ]


def allowed(arcs: Sequence[RandomArc], extra_ticks: Sequence[int]) -> list[bool]:
    """Return which arcs are not shut."""
    return [a.element < 0 or extra_ticks[a.element] != SHUT for a in arcs]


def best_of_all(
    arcs: Sequence[RandomArc], extra_ticks: Sequence[int], source: int, target: int
) -> list[Answer]:
    """Return the answers of all simple paths that are best by (ticks, element arcs, arcs)."""
    slow, may = slow_arcs(arcs, extra_ticks), allowed(arcs, extra_ticks)
    found: list[tuple[tuple[int, int, int], tuple[int, ...]]] = []
    for path in simple_paths(slow, may, source, target):
        key = (
            sum(slow[i].ticks for i in path),
            sum(slow[i].element for i in path),
            len(path),
        )
        found.append((key, path))
    least = min((key for key, _ in found), default=None)
    return [
        Answer(
            key[0],
            (
                sum(arcs[i].hours for i in path),
                sum(arcs[i].usd for i in path),
                sum(arcs[i].km for i in path),
            ),
            frozenset(arcs[i].element for i in path) - {-1},
        )
        for key, path in found
        if key == least
    ]


def scipy_weights(
    graph: ArcGraph,
    extra_ticks: npt.NDArray[np.int64],
    origins: Sequence[int],
    destinations: Sequence[int],
) -> npt.NDArray[np.int64]:
    """Return weights of every scenario by SciPy, (n_scenarios, n_origins, n_destinations)."""
    found = []
    for row in extra_ticks:
        element = graph.element.astype(int)
        added = np.where(element >= 0, row[np.maximum(element, 0)], 0)
        slow = [
            SlowArc(int(t), int(h), int(w + max(a, 0)), 0)
            for t, h, w, a in zip(graph.tail, graph.head, graph.ticks, added, strict=True)
        ]
        ticks = scipy_ticks(graph.node_count, slow, (added != SHUT).tolist(), origins)
        found.append(ticks[:, list(destinations)])
    return np.array(found)
