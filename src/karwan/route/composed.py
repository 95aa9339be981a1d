"""The best route by composed cost: routing weight less the rest that border waits make up for.

What a crossing waives depends on the rest gathered on the way to it, so the best way to a place
need not begin with the best way to a place before. A way so far is therefore known by what it has
cost and by the rest it has gathered, and one is dropped only where another is cheaper even if all
that it has gathered more is waived. Ways are carried on in the order of what they have cost, which
never falls along a way: a bound for all that has not been looked at. The search ends with that
order, so the best it has found is the best there is.
"""

from __future__ import annotations

import heapq
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from karwan.base.reprs import short_repr
from karwan.route.cost import PricedGraph
from karwan.route.router import NO_KEY, Key, Path

MOST_LABELS = 200_000
"""Ways so far that one search carries on; beyond, it keeps the cheapest to each state only."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Partial:
    """A way so far.

    Attributes
    ----------
    key
        (ticks less what is waived, arcs of elements, arcs), compared in this order.
    rest_ticks
        Rest gathered that the next crossing may waive.
    proved
        False where a search gave up ways on account of their number.
    """

    key: Key
    arcs: tuple[int, ...]
    end: int
    rest_ticks: int = 0
    proved: bool = True

    @property
    def order(self) -> tuple[Key, tuple[int, ...]]:
        """What the tie rule of the router compares."""
        return self.key, self.arcs

    def then(self, more: Partial) -> Partial:
        """Return this way carried on by one that was searched with the rest gathered here."""
        a, b = self.key, more.key
        return Partial(
            key=(a[0] + b[0], a[1] + b[1], a[2] + b[2]),
            arcs=self.arcs + more.arcs,
            end=more.end,
            rest_ticks=more.rest_ticks,
            proved=self.proved and more.proved,
        )


def setting_out(state: int, rest_ticks: int = 0) -> Partial:
    """Return the way that has not begun."""
    return Partial(key=NO_KEY, arcs=(), end=state, rest_ticks=rest_ticks)


def carry_on(priced: PricedGraph, way: Partial, arc_id: int) -> Partial:
    """Return a way with one more arc."""
    waived, rest_ticks = _pass(priced, way.rest_ticks, arc_id)
    ticks, elements, count = way.key
    return Partial(
        key=(
            ticks + priced.ticks[arc_id] - waived,
            elements + priced.element_arcs[arc_id],
            count + 1,
        ),
        arcs=(*way.arcs, arc_id),
        end=priced.graph.arcs[arc_id].head,
        rest_ticks=rest_ticks,
        proved=way.proved,
    )


def to_path(priced: PricedGraph, way: Partial) -> Path:
    """Return a way as a path, whose key is the routing weight: what adds along it."""
    key = (sum(priced.ticks[arc] for arc in way.arcs), way.key[1], way.key[2])
    return Path(key, way.arcs, way.end, way.proved)


def _pass(priced: PricedGraph, gathered: int, arc_id: int) -> tuple[int, int]:
    """Return the ticks that an arc waives, and what is gathered beyond it."""
    rest = priced.rest
    gathered = min(gathered + rest.gathered[arc_id], rest.most)
    return min(rest.most_waived[arc_id], gathered), 0 if rest.ends[arc_id] else gathered


Label = tuple[int, int, int, tuple[int, ...], int, int]
"""(ticks, arcs of elements, arcs, arc ids, rest gathered, state): a way so far in the search."""


def is_no_worse(one: Label, other: Label) -> bool:
    """Tell whether a way to a state is at least as good as another, however they go on."""
    ticks = one[0] + max(other[4] - one[4], 0)
    return (ticks, *one[1:4]) <= other[:4]


@dataclass(frozen=True, slots=True)
class Fronts:
    """Ways from one state to all it reaches, of which none is no worse than another.

    Attributes
    ----------
    labels
        By state.
    proved
        False where ways were given up on account of their number.
    """

    labels: Mapping[int, Sequence[Label]]
    proved: bool

    __repr__ = short_repr

    def ways(self, state: int) -> list[Partial]:
        """Return the ways to a state, the cheapest first; none if it is not reached."""
        return [
            Partial(
                key=label[:3],
                arcs=label[3],
                end=state,
                rest_ticks=label[4],
                proved=self.proved,
            )
            for label in sorted(self.labels.get(state, ()))
        ]


def best_ways(
    priced: PricedGraph,
    source: Partial,
    allowed: Sequence[bool],
    *,
    most_labels: int = MOST_LABELS,
) -> Fronts:
    """Return the ways on from a way so far, to all states, that may yet be the best.

    Parameters
    ----------
    source
        Where to begin, and the rest gathered; what it has cost is left out.
    allowed
        One flag per arc.
    most_labels
        How many ways are carried on before only the cheapest to each state is.
    """
    outgoing, arcs = priced.graph.outgoing, priced.graph.arcs
    ticks, elements = priced.ticks, priced.element_arcs
    rest = priced.rest
    gathering, waiving, ending, most = rest.gathered, rest.most_waived, rest.ends, rest.most
    first: Label = (0, 0, 0, (), min(source.rest_ticks, most), source.end)
    fronts: dict[int, list[Label]] = {source.end: [first]}
    heap = [first]
    taken = 0
    while heap:
        label = heapq.heappop(heap)
        spent, passed, count, way, gathered, state = label
        if label not in fronts[state]:
            continue
        taken += 1
        for arc_id in outgoing[state]:
            if not allowed[arc_id]:
                continue
            pool = min(gathered + gathering[arc_id], most)
            cost = spent + ticks[arc_id] - min(waiving[arc_id], pool)
            left = 0 if ending[arc_id] else pool
            head = arcs[arc_id].head
            known = fronts.get(head, [])
            if known and known[0][0] < cost and known[0][4] >= left:
                continue
            new: Label = (
                cost, passed + elements[arc_id], count + 1, (*way, arc_id), left, head
            )  # fmt: skip
            if taken > most_labels:
                if known and min(known)[:4] <= new[:4]:
                    continue
                fronts[head] = [new]
            elif any(is_no_worse(kept, new) for kept in known):
                continue
            else:
                fronts[head] = [kept for kept in known if not is_no_worse(new, kept)] + [new]
            heapq.heappush(heap, new)
    return Fronts(fronts, proved=taken <= most_labels)


def front_of(ways: Iterable[Partial]) -> list[Partial]:
    """Return the ways to one state that may yet be the best, the cheapest first."""
    given = list(ways)
    if len(given) <= 1:
        return given
    kept: list[tuple[Label, Partial]] = []
    for way in sorted(given, key=lambda way: (way.order, -way.rest_ticks)):
        label = (*way.key, way.arcs, way.rest_ticks, way.end)
        if not any(is_no_worse(other, label) for other, _ in kept):
            kept.append((label, way))
    return [way for _, way in kept]
