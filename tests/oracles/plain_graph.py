"""Best ways over a graph of Python's whole numbers, which have no largest: a heap and no packing.

`least_ticks` is Dijkstra's search by weight alone. `best_answers` looks at every path that enters
no node twice, so it is for small graphs only.
"""

from __future__ import annotations

import heapq
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

SHUT = -1


@dataclass(frozen=True, slots=True, kw_only=True)
class PlainArc:
    """One arc; measures are whole millionths of an hour and of a USD, and metres."""

    tail: int
    head: int
    ticks: int
    element: int = -1
    label: int = 0
    share: float = 1.0
    guarded: bool = False
    measures: tuple[int, int, int] = (0, 0, 0)


@dataclass(frozen=True, slots=True)
class PlainAnswer:
    """What a best path weighs, takes, uses, and the labels along it, joints left out."""

    ticks: int
    measures: tuple[int, int, int]
    elements: frozenset[int]
    labels: tuple[int, ...]


def met(extra: int, share: float) -> int:
    """Return the part of an element's extra that is met on an arc, a half to the even number."""
    return extra if share == 1.0 else round(extra * share)


def weighed(arcs: Sequence[PlainArc], extra_ticks: Sequence[int]) -> list[int | None]:
    """Return the ticks of each arc with what its element adds, None where it is shut."""
    return [
        arc.ticks
        if arc.element < 0
        else None
        if extra_ticks[arc.element] == SHUT
        else arc.ticks + met(extra_ticks[arc.element], arc.share)
        for arc in arcs
    ]


def least_ticks(
    node_count: int, arcs: Sequence[PlainArc], extra_ticks: Sequence[int], source: int
) -> list[int]:
    """Return the least ticks from a source to every node, `SHUT` where there is no way."""
    ticks = weighed(arcs, extra_ticks)
    leaving: list[list[int]] = [[] for _ in range(node_count)]
    for number, arc in enumerate(arcs):
        if ticks[number] is not None:
            leaving[arc.tail].append(number)
    least = [SHUT] * node_count
    heap = [(0, source)]
    while heap:
        key, node = heapq.heappop(heap)
        if least[node] != SHUT:
            continue
        least[node] = key
        for number in leaving[node]:
            heapq.heappush(heap, (key + (ticks[number] or 0), arcs[number].head))
    return least


def best_answers(
    arcs: Sequence[PlainArc],
    extra_ticks: Sequence[int],
    source: int,
    target: int,
    extra_measures: Sequence[Sequence[int]] | None = None,
) -> list[PlainAnswer]:
    """Return all paths that are best by (ticks, guarded arcs, labelled arcs); none where cut."""
    ticks = weighed(arcs, extra_ticks)
    keyed: list[tuple[tuple[int, int, int], tuple[int, ...]]] = []
    for path in _paths(arcs, ticks, source, target):
        key = (
            sum(ticks[at] or 0 for at in path),
            sum(arcs[at].guarded for at in path),
            sum(arcs[at].label >= 0 for at in path),
        )
        keyed.append((key, path))
    least = min((key for key, _ in keyed), default=None)
    return [_answer(arcs, path, key[0], extra_measures) for key, path in keyed if key == least]


def _answer(
    arcs: Sequence[PlainArc],
    path: Sequence[int],
    ticks: int,
    extra_measures: Sequence[Sequence[int]] | None,
) -> PlainAnswer:
    totals = [0, 0, 0]
    for at in path:
        arc = arcs[at]
        for k in range(3):
            totals[k] += arc.measures[k]
            if arc.element >= 0 and extra_measures is not None:
                totals[k] += met(extra_measures[arc.element][k], arc.share)
    return PlainAnswer(
        ticks,
        (totals[0], totals[1], totals[2]),
        frozenset(arcs[at].element for at in path) - {-1},
        tuple(arcs[at].label for at in path if arcs[at].label >= 0),
    )


def _paths(
    arcs: Sequence[PlainArc], ticks: Sequence[int | None], source: int, target: int
) -> Iterator[tuple[int, ...]]:
    def walk(node: int, seen: frozenset[int], path: tuple[int, ...]) -> Iterator[tuple[int, ...]]:
        if node == target:
            yield path
            return
        for number, arc in enumerate(arcs):
            if arc.tail == node and ticks[number] is not None and arc.head not in seen:
                yield from walk(arc.head, seen | {arc.head}, (*path, number))

    yield from walk(source, frozenset({source}), ())
