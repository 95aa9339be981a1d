"""Slow, obvious answers to route questions, written without karwan's router or planner.

`best_simple_path` looks at every simple path. `scipy_ticks` asks SciPy's Dijkstra. `slow_corridor`
searches the product of states and tokens: how far along the corridor is part of where one is.
"""

from __future__ import annotations

import heapq
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_array
from scipy.sparse.csgraph import dijkstra

from karwan.network.gauges import MODE_OF_LAYER
from karwan.route.expand import CROSSING, TRANSFER, Arc, StateGraph

UNREACHED = -1


@dataclass(frozen=True, slots=True)
class SlowArc:
    """One arc of a small graph; `element` is 1 where something can shut it, else 0."""

    tail: int
    head: int
    ticks: int
    element: int


@dataclass(frozen=True, slots=True, order=True)
class SlowPath:
    """A path; the fields stand in the order in which the tie rule compares them."""

    ticks: int
    elements: int
    arc_count: int
    arcs: tuple[int, ...]

    @property
    def key(self) -> tuple[int, int, int]:
        """What karwan calls the key."""
        return self.ticks, self.elements, self.arc_count


def simple_paths(
    arcs: Sequence[SlowArc], allowed: Sequence[bool], source: int, target: int
) -> Iterator[tuple[int, ...]]:
    """Yield the arcs of every path that enters no state twice; the empty one at the source."""

    def walk(state: int, seen: frozenset[int], path: tuple[int, ...]) -> Iterator[tuple[int, ...]]:
        if state == target:
            yield path
            return
        for ident, arc in enumerate(arcs):
            if allowed[ident] and arc.tail == state and arc.head not in seen:
                yield from walk(arc.head, seen | {arc.head}, (*path, ident))

    yield from walk(source, frozenset({source}), ())


def best_simple_path(
    arcs: Sequence[SlowArc], allowed: Sequence[bool], source: int, target: int
) -> SlowPath | None:
    """Return the best of all simple paths by (ticks, arcs of elements, arcs, arc ids)."""
    found = [
        SlowPath(
            sum(arcs[ident].ticks for ident in path),
            sum(arcs[ident].element for ident in path),
            len(path),
            path,
        )
        for path in simple_paths(arcs, allowed, source, target)
    ]
    return min(found, default=None)


def scipy_ticks(
    state_count: int, arcs: Sequence[SlowArc], allowed: Sequence[bool], sources: Sequence[int]
) -> npt.NDArray[np.int64]:
    """Return least ticks, shape (n_sources, n_states), by SciPy; -1 where there is no way.

    The matrix is written as raw CSR with the lightest of parallel arcs: a COO matrix adds
    parallel arcs up.
    """
    lightest: dict[tuple[int, int], int] = {}
    for arc, may in zip(arcs, allowed, strict=True):
        if may:
            pair = (arc.tail, arc.head)
            lightest[pair] = min(lightest.get(pair, arc.ticks), arc.ticks)
    pairs = sorted(lightest)
    counts = np.bincount([tail for tail, _ in pairs], minlength=state_count)
    # SciPy before 1.15 walks no matrix whose two index arrays differ in width.
    indptr = np.concatenate([[0], np.cumsum(counts)]).astype(np.int32)
    data = np.array([lightest[pair] for pair in pairs], dtype=np.float64)
    indices = np.array([head for _, head in pairs], dtype=np.int32)
    matrix = csr_array((data, indices, indptr), shape=(state_count, state_count))
    found = np.atleast_2d(dijkstra(matrix, indices=list(sources)))
    return np.where(np.isinf(found), UNREACHED, found).astype(np.int64)


@dataclass(frozen=True, slots=True)
class CorridorQuestion:
    """A corridor's tokens between two places, as words, in the direction travelled.

    Attributes
    ----------
    tokens
        Between the ends: `place`, `place@layer`, `crossing>` or `crossing<`.
    first_layer, last_layer
        Layer asked for at the ends, blank for any of `modes`.
    access_forbidden
        None: before the first crossing the journey stays in its country. Otherwise it may cross
        frontiers there, outside these countries.
    """

    origin: str
    destination: str
    tokens: tuple[str, ...]
    modes: frozenset[str]
    first_layer: str = ""
    last_layer: str = ""
    access_forbidden: frozenset[str] | None = None


@dataclass(frozen=True, slots=True)
class SlowGraph:
    """A state graph with weights and what is open, all per arc."""

    graph: StateGraph
    ticks: Sequence[int]
    elements: Sequence[int]
    open_: Sequence[bool]

    def mode(self, state: int) -> str:
        """Return road, rail or sea."""
        return MODE_OF_LAYER[self.graph.states[state][1]]

    def states_of(self, place: str) -> list[int]:
        """Return the states of a place."""
        return [number for number, state in enumerate(self.graph.states) if state[0] == place]

    def longer(self, path: SlowPath, arc: int) -> SlowPath:
        """Return the path with one more arc."""
        return SlowPath(
            path.ticks + self.ticks[arc],
            path.elements + self.elements[arc],
            path.arc_count + 1,
            (*path.arcs, arc),
        )


@dataclass(frozen=True, slots=True)
class Door:
    """A way to leave or reach a place: a state, and the arc moved by on the way there, or -1."""

    state: int
    move: int


def doors(slow: SlowGraph, place: str, modes: frozenset[str], *, leaving: bool) -> list[Door]:
    """Return where a journey begins or ends.

    On the road where the place has one, with the move to rail or sea as a part of the journey;
    else on the railway, or on the quay where there is nothing else.
    """
    here = slow.states_of(place)
    road = [state for state in here if slow.mode(state) == "road"]
    found = [Door(state, -1) for state in road if "road" in modes]
    by_move = set()
    for arc in slow.graph.arcs:
        door, other = (arc.tail, arc.head) if leaving else (arc.head, arc.tail)
        if arc.kind == TRANSFER and door in road:
            by_move.add(other)
            if slow.mode(other) in modes:
                found.append(Door(other, arc.id))
    land = [state for state in here if slow.mode(state) != "sea"] or here
    return found + [
        Door(state, -1)
        for state in land
        if state not in road and state not in by_move and slow.mode(state) in modes
    ]


def slow_corridor(slow: SlowGraph, question: CorridorQuestion) -> SlowPath | None:
    """Return the best path along a corridor, by a search over (state, tokens passed)."""
    first = _modes_at(question.modes, question.first_layer)
    last = _modes_at(question.modes, question.last_layer)
    start = SlowPath(0, 0, 0, ())
    heap = [
        (start if door.move < 0 else slow.longer(start, door.move), 0, door.state)
        for door in doors(slow, question.origin, first, leaving=True)
    ]
    heapq.heapify(heap)
    closings = doors(slow, question.destination, last, leaving=False)
    settled: set[tuple[int, int]] = set()
    ended: list[SlowPath] = []
    while heap:
        path, passed, state = heapq.heappop(heap)
        if (passed, state) in settled:
            continue
        settled.add((passed, state))
        if passed == len(question.tokens):
            ended += [
                path if door.move < 0 else slow.longer(path, door.move)
                for door in closings
                if door.state == state
            ]
        elif _is_at(slow.graph.states[state], question.tokens[passed]):
            heapq.heappush(heap, (path, passed + 1, state))
        for arc_id in slow.graph.outgoing[state]:
            step = _tokens_passed(slow, question, slow.graph.arcs[arc_id], passed)
            if step is not None:
                entry = (slow.longer(path, arc_id), passed + step, slow.graph.arcs[arc_id].head)
                heapq.heappush(heap, entry)
    return min(ended, default=None)


def _modes_at(modes: frozenset[str], layer: str) -> frozenset[str]:
    return frozenset({MODE_OF_LAYER[layer]}) if layer else modes


def _is_at(state: tuple[str, str], token: str) -> bool:
    place, _, layer = token.partition("@")
    return state[0] == place and layer in ("", state[1])


def _tokens_passed(
    slow: SlowGraph, question: CorridorQuestion, arc: Arc, passed: int
) -> int | None:
    """Return how many tokens an arc passes, 0 or 1; None where it may not be used."""
    if not slow.open_[arc.id] or not arc.modes <= question.modes:
        return None
    token = question.tokens[passed] if passed < len(question.tokens) else ""
    if arc.kind == CROSSING and token == arc.crossing_id + ("<>"[arc.forward]):
        return 1
    if question.access_forbidden is not None and passed == 0:
        places = slow.graph.network.places
        ends = [slow.graph.states[state] for state in (arc.tail, arc.head)]
        entered = {places[place].country for place, layer in ends if layer != "sea"}
        return None if entered & question.access_forbidden else 0
    return None if arc.kind == CROSSING else 0
