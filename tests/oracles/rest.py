"""Slow, obvious answers on rest: what a route costs once borders have waived some of it.

`spared_ticks` walks a route and counts. `routes_by_bound` lists simple routes by a bound below
their cost, one after the other, so that all that may be the best come first.
"""

from __future__ import annotations

import heapq
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from tests.oracles.routes import SlowArc


@dataclass(frozen=True, slots=True)
class SlowRest:
    """What one arc does to rest, in ticks."""

    gathered: int
    most_waived: int
    ends: bool


def spared_ticks(rest: Sequence[SlowRest], path: Sequence[int]) -> int:
    """Return what the crossings of a route waive."""
    spared = pool = 0
    for ident in path:
        pool += rest[ident].gathered
        spared += min(pool, rest[ident].most_waived)
        if rest[ident].ends:
            pool = 0
    return spared


def routes_by_bound(
    arcs: Sequence[SlowArc], usable: Sequence[bool], source: int, target: int
) -> Iterator[tuple[int, tuple[int, ...]]]:
    """Yield (weight, arcs) of every simple route, the lightest first.

    With the least weight from each state to the target known, ways so far come out of a heap in the
    order of the lightest route that they may become.
    """
    least = _least(arcs, usable, target)
    if source not in least:
        return
    leaving: dict[int, list[int]] = {}
    for ident, arc in enumerate(arcs):
        if usable[ident] and arc.head in least:
            leaving.setdefault(arc.tail, []).append(ident)
    start = (least[source], 0, (), source, frozenset({source}))
    heap: list[tuple[int, int, tuple[int, ...], int, frozenset[int]]] = [start]
    while heap:
        _, weight, path, state, seen = heapq.heappop(heap)
        if state == target:
            yield weight, path
            continue
        for ident in leaving.get(state, ()):
            arc = arcs[ident]
            if arc.head not in seen:
                more = weight + arc.ticks
                entry = (more + least[arc.head], more, (*path, ident), arc.head, seen | {arc.head})
                heapq.heappush(heap, entry)


def _least(arcs: Sequence[SlowArc], usable: Sequence[bool], target: int) -> dict[int, int]:
    """Return the least weight from each state to the target (Bellman and Ford)."""
    least = {target: 0}
    changed = True
    while changed:
        changed = False
        for ident, arc in enumerate(arcs):
            if usable[ident] and arc.head in least:
                weight = arc.ticks + least[arc.head]
                if weight < least.get(arc.tail, weight + 1):
                    least[arc.tail] = weight
                    changed = True
    return least
