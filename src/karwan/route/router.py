"""Exact routes over the state graph, with a tie rule that every engine can keep.

Of two routes the lighter wins; then the one with fewer arcs of elements (things that can be
shut); then the one with fewer arcs; then the one whose arc ids, read from the origin, are
smaller at the first difference. Fewer arcs is what makes the rule hold on arcs of weight 0.
"""

from __future__ import annotations

import heapq
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from karwan.base.reprs import short_repr
from karwan.route.cost import PricedGraph
from karwan.route.expand import StateGraph

Key = tuple[int, int, int]
"""(ticks, arcs of elements, arcs), compared in this order."""

NO_KEY: Key = (0, 0, 0)


@dataclass(frozen=True, slots=True)
class Path:
    """Arcs from one state to another, with the key by which paths are compared."""

    key: Key
    arcs: tuple[int, ...]
    end: int

    @property
    def order(self) -> tuple[Key, tuple[int, ...]]:
        """What the tie rule compares."""
        return self.key, self.arcs

    def then(self, other: Path) -> Path:
        """Return this path followed by another."""
        key = (self.key[0] + other.key[0], self.key[1] + other.key[1], self.key[2] + other.key[2])
        return Path(key, self.arcs + other.arcs, other.end)


@dataclass(frozen=True, slots=True)
class Tree:
    """Best paths from one state to all states it reaches.

    `keys` maps state to key; `parents` maps state to the arc it is entered by.
    """

    source: int
    keys: dict[int, Key]
    parents: dict[int, int]
    graph: StateGraph

    __repr__ = short_repr

    def path(self, state: int) -> Path | None:
        """Return the best path to a state, or None if it is not reached."""
        if state not in self.keys:
            return None
        return Path(self.keys[state], _walk(self.graph, self.parents, state), state)


def best_tree(
    priced: PricedGraph, source: int, allowed: Sequence[bool], *, targets: Iterable[int] = ()
) -> Tree:
    """Return best paths from a state over the arcs allowed.

    Parameters
    ----------
    allowed
        One flag per arc.
    targets
        Stop once all of these are settled; all states if empty.
    """
    graph, ticks, elements = priced.graph, priced.ticks, priced.element_arcs
    wanted = set(targets)
    stop_early = bool(wanted)
    best: dict[int, Key] = {source: NO_KEY}
    parents: dict[int, int] = {}
    settled: dict[int, Key] = {}
    heap: list[tuple[Key, int]] = [(NO_KEY, source)]
    while heap:
        key, state = heapq.heappop(heap)
        if state in settled:
            continue
        settled[state] = key
        if stop_early:
            wanted.discard(state)
            if not wanted:
                break
        for arc_id in graph.outgoing[state]:
            if not allowed[arc_id]:
                continue
            head = graph.arcs[arc_id].head
            if head in settled:
                continue
            reached = (key[0] + ticks[arc_id], key[1] + elements[arc_id], key[2] + 1)
            known = best.get(head)
            if known is None or reached < known:
                best[head] = reached
                parents[head] = arc_id
                heapq.heappush(heap, (reached, head))
            elif reached == known and _comes_first(graph, parents, state, arc_id, head):
                parents[head] = arc_id
    return Tree(
        source, settled, {state: arc for state, arc in parents.items() if state in settled}, graph
    )


def _comes_first(
    graph: StateGraph, parents: dict[int, int], state: int, arc_id: int, head: int
) -> bool:
    """Whether the path by `arc_id` has smaller arc ids than the known one of the same key."""
    new = (*_walk(graph, parents, state), arc_id)
    return new < _walk(graph, parents, head)


def _walk(graph: StateGraph, parents: dict[int, int], state: int) -> tuple[int, ...]:
    arcs = []
    while state in parents:
        arcs.append(parents[state])
        state = graph.arcs[parents[state]].tail
    return tuple(reversed(arcs))
