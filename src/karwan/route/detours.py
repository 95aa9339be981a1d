"""The detour tree: exact best routes over any number of closures, each searched once.

The root is the best route. Below a node stands, for each element on its route, the best route
that avoids this element and all that were shut on the way down. A best route avoiding a part of
what is shut, which uses nothing of the rest, is best for the whole: so going down by the first
shut element of each route, until a route is clear, is exact. Nodes are made when asked for and
kept; beyond the cap a scenario is searched directly, and the answer is the same.
"""

from __future__ import annotations

import threading
from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, fields

import numpy as np
import numpy.typing as npt

from karwan.base.compiled import kernel
from karwan.base.errors import DataError
from karwan.base.reprs import short_repr
from karwan.route.arcgraph import MICRO, ArcGraph, Bools, Floats, Ints, Longs, too_heavy
from karwan.route.arrays import (
    Rule,
    is_whole,
    number_faults,
    read_figures,
    read_flags,
    read_numbers,
)
from karwan.route.kernel import Workspace, make_workspace, reach, search

Masks = npt.NDArray[np.uint64]
Bytes = npt.NDArray[np.uint8]

CUT = -1
"""Route number of a scenario in which nothing joins the pair."""
NODE_CAP = 200_000
WORD_BITS = 64
NODES, SLOTS, ROUTES, ARCS, ITEMS, SEARCHES, HEAVY = range(7)
"""What `_Store.counts` counts; the last is 1 after a route that is too heavy for a key."""


def word_count(element_count: int) -> int:
    """Return how many words of 64 bits hold a flag per element."""
    return max(-(-element_count // WORD_BITS), 1)


def pack_masks(shut: Bools) -> Masks:
    """Return flags as bits, shape (n_scenarios, n_words): element e in bit e % 64 of word e // 64.

    Parameters
    ----------
    shut
        Shape (n_scenarios, n_elements).

    Raises
    ------
    DataError
        If these are no flags, or of another shape.

    Examples
    --------
    >>> pack_masks(np.array([[True, False, True]])).tolist()
    [[5]]
    """
    flags, faults = read_flags(
        shut,
        Rule(name="shut", noun="a flag", axes=("scenario", "element"), shape=(None, None)),
    )
    if faults:
        raise DataError("the scenarios", faults)
    count, elements = flags.shape
    padded = np.zeros((count, word_count(elements) * WORD_BITS), dtype=np.uint8)
    padded[:, :elements] = flags
    packed = np.packbits(padded, axis=1, bitorder="little")
    return np.ascontiguousarray(packed).view("<u8").astype(np.uint64)


def mask_of(elements: Iterable[int], element_count: int) -> Masks:
    """Return one scenario in which these elements are shut, shape (1, n_words).

    Raises
    ------
    DataError
        Names every number that is not one of an element.
    """
    numbers, faults = read_numbers("element", elements, element_count, "elements")
    if faults:
        raise DataError("the scenarios", faults)
    shut = np.zeros((1, element_count), dtype=bool)
    shut[0, numbers] = True
    return pack_masks(shut)


def mask_faults(masks: object, element_count: int) -> list[str]:
    """Return what is wrong with masks of so many elements: type, shape, bits of no element."""
    words = word_count(element_count)
    if not isinstance(masks, np.ndarray):
        return [f"masks are a {type(masks).__name__}; an array of uint64 is needed"]
    if masks.dtype != np.uint64 or masks.ndim != 2 or masks.shape[1] != words:
        return [
            f"masks of type {masks.dtype} and shape {masks.shape}; {element_count} elements take "
            f"{words} words of uint64 a scenario"
        ]
    used = np.uint64(element_count - (words - 1) * WORD_BITS)
    stray = np.flatnonzero(masks[:, -1] >> used) if used < WORD_BITS else np.zeros(0, dtype=int)
    return [
        f"scenario {at} shuts an element beyond the {element_count} there are ({stray.size} such)"
        for at in stray[:1].tolist()
    ]


@dataclass(frozen=True, slots=True, kw_only=True)
class Route:
    """A best route: its weight, what it takes, and the elements on it in the order met.

    `labels` are the labels of its arcs, joints left out.
    """

    ticks: int
    hours: float
    usd: float
    km: float
    elements: tuple[int, ...]
    labels: tuple[int, ...]


@dataclass(kw_only=True)
class _Store:
    """The growing arrays of a tree.

    A node has a route, and from `node_slot` on a child for each element of that route in order
    (-1: not made). Routes are kept once, however many nodes lead to them; `route_arc` and
    `route_item` say where the arcs and elements of each begin.
    """

    node_route: Ints
    node_parent: Ints
    node_element: Ints
    node_slot: Longs
    child: Ints
    route_key: Longs
    route_hash: Masks
    route_words: Masks
    route_arc: Longs
    route_item: Longs
    arcs: Ints
    items: Ints
    counts: Longs

    __repr__ = short_repr

    @property
    def byte_count(self) -> int:
        """Bytes held."""
        return sum(int(getattr(self, item.name).nbytes) for item in fields(self))


def _new_store(words: int, arc_room: int) -> _Store:
    return _Store(
        node_route=np.zeros(32, dtype=np.int32),
        node_parent=np.zeros(32, dtype=np.int32),
        node_element=np.zeros(32, dtype=np.int32),
        node_slot=np.zeros(33, dtype=np.int64),
        child=np.zeros(256, dtype=np.int32),
        route_key=np.zeros(16, dtype=np.int64),
        route_hash=np.zeros(16, dtype=np.uint64),
        route_words=np.zeros((16, words), dtype=np.uint64),
        route_arc=np.zeros(17, dtype=np.int64),
        route_item=np.zeros(17, dtype=np.int64),
        arcs=np.zeros(arc_room, dtype=np.int32),
        items=np.zeros(256, dtype=np.int32),
        counts=np.zeros(7, dtype=np.int64),
    )


def _grown(store: _Store) -> _Store:
    """Return a store with twice the room in every array that grows."""
    found = {}
    for item in fields(store):
        old = getattr(store, item.name)
        if item.name != "counts":
            new = np.zeros((2 * old.shape[0], *old.shape[1:]), dtype=old.dtype)
            new[: old.shape[0]] = old
            old = new
        found[item.name] = old
    return _Store(**found)


@dataclass
class DetourTree:
    """Best routes of one pair over all that can be shut; it grows with what is asked.

    It may be asked from several threads; those that ask one tree wait for each other.

    Attributes
    ----------
    source, target
        Nodes of the graph.
    node_cap
        Most nodes kept; scenarios beyond them are searched directly, one by one.
    """

    graph: ArcGraph
    source: int
    target: int
    node_cap: int = NODE_CAP
    _store: _Store = field(init=False, repr=False)
    _work: Workspace = field(init=False, repr=False)
    _target: Bytes = field(init=False, repr=False)
    _shut: Bytes = field(init=False, repr=False)
    _lock: threading.Lock = field(default_factory=threading.Lock, init=False, repr=False)

    __repr__ = short_repr

    def __post_init__(self) -> None:
        graph = self.graph
        faults = number_faults("source", [self.source], graph.node_count, "nodes")
        faults += number_faults("target", [self.target], graph.node_count, "nodes")
        if not is_whole(self.node_cap):
            faults.append(f"a cap of {self.node_cap} nodes is not a whole number")
        elif self.node_cap < 1:
            faults.append(f"a cap of {self.node_cap} nodes cannot hold the root; allow 1 or more")
        if faults:
            raise DataError("the detour tree", faults)
        self._store = _new_store(word_count(graph.element_count), 4 * 256)
        self._work = make_workspace(graph)
        self._target = np.zeros(graph.node_count, dtype=np.uint8)
        self._target[self.target] = 1
        self._shut = np.zeros(max(graph.element_count, 1), dtype=np.uint8)

    def route_numbers(self, masks: Masks) -> Ints:
        """Return the route taken in each scenario, shape (n_scenarios,); `CUT` for none.

        Parameters
        ----------
        masks
            Shape (n_scenarios, n_words), bits of the elements shut.

        Raises
        ------
        DataError
            If the masks do not fit the graph's elements, or a route weighs more than a key holds.
        """
        faults = mask_faults(masks, self.graph.element_count)
        if faults:
            raise DataError("the scenarios", faults)
        found = np.empty(len(masks), dtype=np.int32)
        whole = np.ascontiguousarray(masks)
        with self._lock:
            done = self._descend(whole, found, 0)
            while done < len(masks):
                self._refuse_heavy(done)
                self._store = _grown(self._store)
                done = self._descend(whole, found, done)
        return found

    def _refuse_heavy(self, scenario: int) -> None:
        """Raise `DataError` if the search for a scenario met no route but one too heavy."""
        if self._store.counts[HEAVY]:
            self._store.counts[HEAVY] = 0
            ends = f"from node {self.source} to node {self.target}"
            way = f"scenario {scenario}: a best route {ends}, with this or less shut,"
            raise DataError("the weights", [too_heavy(way, self.graph.bits)])

    def _descend(self, masks: Masks, found: Ints, begin: int) -> int:
        g, s, w = self.graph, self._store, self._work
        return int(
            _descend(
                masks, found, begin, self.source, self.target, self._target, self.node_cap,
                (g.first_out, g.tail, g.head, g.keys, g.element, g.label, self._shut),
                (s.node_route, s.node_parent, s.node_element, s.node_slot, s.child),
                (s.route_key, s.route_hash, s.route_words, s.route_arc, s.route_item, s.arcs,
                 s.items),
                s.counts,
                (w.key, w.parent, w.state, w.touched, w.heap_key, w.heap_node, w.counts),
            )
        )  # fmt: skip

    def route(self, number: int) -> Route | None:
        """Return a route by number; None for `CUT`.

        Raises
        ------
        DataError
            If no route has the number.
        """
        if not (is_whole(number) and CUT <= number < self.route_count):
            faults = number_faults("route", [number], self.route_count, "routes found")
            raise DataError("the detour tree", faults)
        if number == CUT:
            return None
        s, graph = self._store, self.graph
        arcs = s.arcs[s.route_arc[number] : s.route_arc[number + 1]]
        items = s.items[s.route_item[number] : s.route_item[number + 1]]
        hours, usd, metres = (int(total) for total in graph.measures[arcs].sum(axis=0))
        labels = graph.label[arcs]
        return Route(
            ticks=int(graph.bits.ticks(s.route_key[number : number + 1])[0]),
            hours=hours / MICRO,
            usd=usd / MICRO,
            km=metres / 1000,
            elements=tuple(items.tolist()),
            labels=tuple(labels[labels >= 0].tolist()),
        )

    def number(self, shut: Sequence[int] = ()) -> int:
        """Return the number of the best route with these elements shut; `CUT` for none."""
        return int(self.route_numbers(mask_of(shut, self.graph.element_count))[0])

    def best(self, shut: Sequence[int] = ()) -> Route | None:
        """Return the best route with these elements shut, or None if nothing joins the pair."""
        return self.route(self.number(shut))

    @property
    def node_count(self) -> int:
        """How many nodes are kept."""
        return int(self._store.counts[NODES])

    @property
    def route_count(self) -> int:
        """How many different routes were found."""
        return int(self._store.counts[ROUTES])

    @property
    def search_count(self) -> int:
        """How many searches were made, those past the cap included."""
        return int(self._store.counts[SEARCHES])

    @property
    def byte_count(self) -> int:
        """Bytes the tree holds, the graph and its scratch arrays left out."""
        return self._store.byte_count


def count_routes(
    trees: Sequence[DetourTree],
    masks: Masks,
    *,
    weights: Floats | Longs | None = None,
    thread_count: int = 1,
) -> list[Floats]:
    """Return, for each tree, how much of the scenarios takes each route.

    Trees are shared out over threads; each is asked by one of them, so the counts do not depend
    on how many there are.

    Parameters
    ----------
    masks
        Shape (n_scenarios, n_words).
    weights
        Shape (n_scenarios,), 0 or more, 1 each if None.

    Raises
    ------
    DataError
        If masks or weights do not fit.

    Returns
    -------
    list of ndarray, shape (route_count + 1,)
        Entry k + 1 is route k; entry 0 is the scenarios in which the pair is cut.
    """
    sizes, faults = read_figures(
        np.ones(len(masks)) if weights is None else weights,
        Rule(name="weights", noun="a weight", axes=("scenario",), shape=(len(masks),), least=0),
    )
    if faults:
        raise DataError("the scenarios", faults)

    def count(tree: DetourTree) -> Floats:
        numbers = tree.route_numbers(masks)
        found = np.bincount(numbers + 1, weights=sizes, minlength=tree.route_count + 1)
        return found.astype(np.float64)

    if thread_count <= 1:
        return [count(tree) for tree in trees]
    with ThreadPoolExecutor(thread_count) as pool:
        return list(pool.map(count, trees))


@kernel()
def _descend(  # type: ignore[no-untyped-def]
    masks, found, begin, source, target, target_flags, node_cap, graph, nodes, routes, counts, work
):
    """Answer scenarios from `begin` on; return the first not answered for want of room."""
    node_route, node_slot, child = nodes[0], nodes[3], nodes[4]
    route_words, route_item, items = routes[2], routes[4], routes[6]
    words = masks.shape[1]
    if counts[NODES] == 0:
        top, none = np.int64(-1), np.int32(-1)  # as below, so that one kind is compiled
        made = _make_node(
            top, none, source, target, target_flags, graph, nodes, routes, counts, work
        )
        if made < 0:
            return begin
    for i in range(begin, masks.shape[0]):
        node = 0
        while True:
            route = node_route[node]
            if route < 0:
                found[i] = route
                break
            clear = True
            for w in range(words):
                if masks[i, w] & route_words[route, w]:
                    clear = False
                    break
            if clear:
                found[i] = route
                break
            at = route_item[route]
            while not (masks[i, items[at] >> 6] >> np.uint64(items[at] & 63)) & np.uint64(1):
                at += 1
            slot = node_slot[node] + at - route_item[route]
            if child[slot] < 0:
                if counts[NODES] >= node_cap:
                    route = _search_direct(
                        masks, i, source, target, target_flags, graph, routes, counts, work
                    )
                    if route < -1:
                        return i
                    found[i] = route
                    break
                made = _make_node(
                    np.int64(node),
                    items[at],
                    source,
                    target,
                    target_flags,
                    graph,
                    nodes,
                    routes,
                    counts,
                    work,
                )
                if made < 0:
                    return i
                child[slot] = made
            node = child[slot]
    return masks.shape[0]


@kernel()
def _make_node(  # type: ignore[no-untyped-def]
    above, element, source, target, target_flags, graph, nodes, routes, counts, work
):
    """Make the node below another with one element more shut; return it, or -1 without room."""
    node_route, node_parent, node_element, node_slot, child = nodes
    shut = graph[6]
    node = counts[NODES]
    if node >= node_route.size:
        return -1
    if element >= 0:
        shut[element] = 1
    at = above
    while at > 0:
        shut[node_element[at]] = 1
        at = node_parent[at]
    route = _find_route(source, target, target_flags, graph, routes, counts, work)
    if element >= 0:
        shut[element] = 0
    at = above
    while at > 0:
        shut[node_element[at]] = 0
        at = node_parent[at]
    if route < -1:
        return -1
    slots = 0 if route < 0 else routes[4][route + 1] - routes[4][route]
    if counts[SLOTS] + slots > child.size:
        return -1
    node_route[node] = route
    node_parent[node] = above
    node_element[node] = element
    node_slot[node] = counts[SLOTS]
    for k in range(slots):
        child[counts[SLOTS] + k] = -1
    counts[SLOTS] += slots
    counts[NODES] += 1
    return node


@kernel()
def _search_direct(  # type: ignore[no-untyped-def]
    masks, i, source, target, target_flags, graph, routes, counts, work
):
    """Return the route of one scenario without the tree; -2 without room."""
    shut = graph[6]
    for e in range(shut.size):
        shut[e] = (masks[i, e >> 6] >> np.uint64(e & 63)) & np.uint64(1)
    route = _find_route(source, target, target_flags, graph, routes, counts, work)
    shut[:] = 0
    return route


@kernel()
def _find_route(source, target, target_flags, graph, routes, counts, work):  # type: ignore[no-untyped-def]
    """Search with the elements flagged shut; return the route's number, -1 cut, -2 no room.

    A route that is there but too heavy for a key is noted in `counts[HEAVY]`, and is no room too.
    """
    first_out, tail, head, arc_key, element, label, shut = graph
    route_key, route_hash, route_words, route_arc, route_item, arcs, items = routes
    key, parent, state, touched, heap_key, heap_node, touched_count = work
    search(
        first_out, tail, head, arc_key, element, label, shut, source, target_flags, 1,
        key, parent, state, touched, heap_key, heap_node, touched_count,
    )  # fmt: skip
    counts[SEARCHES] += 1
    if state[target] != 2:
        if touched_count[1] and reach(first_out, head, element, shut, source)[target]:
            counts[HEAVY] = 1
            return -2
        return -1
    length = 0
    mark = np.uint64(14695981039346656037)
    arc = parent[target]
    while arc >= 0:
        mark = (mark ^ np.uint64(arc)) * np.uint64(1099511628211)
        length += 1
        arc = parent[tail[arc]]
    known = counts[ROUTES]
    for r in range(known):
        if route_hash[r] == mark and route_key[r] == key[target]:
            same = route_arc[r + 1] - route_arc[r] == length
            at = route_arc[r + 1]
            arc = parent[target]
            while same and arc >= 0:
                at -= 1
                same = arcs[at] == arc
                arc = parent[tail[arc]]
            if same:
                return r
    if (
        known >= route_key.size
        or counts[ARCS] + length > arcs.size
        or (counts[ITEMS] + length > items.size)
    ):
        return -2
    at = counts[ARCS] + length
    arc = parent[target]
    while arc >= 0:
        at -= 1
        arcs[at] = arc
        arc = parent[tail[arc]]
    begin = counts[ITEMS]
    size = begin
    for w in range(route_words.shape[1]):
        route_words[known, w] = np.uint64(0)
    for k in range(counts[ARCS], counts[ARCS] + length):
        e = element[arcs[k]]
        if e < 0 or (route_words[known, e >> 6] >> np.uint64(e & 63)) & np.uint64(1):
            continue
        route_words[known, e >> 6] |= np.uint64(1) << np.uint64(e & 63)
        items[size] = e
        size += 1
    route_key[known] = key[target]
    route_hash[known] = mark
    counts[ARCS] += length
    counts[ITEMS] = size
    counts[ROUTES] += 1
    route_arc[known + 1] = counts[ARCS]
    route_item[known + 1] = size
    return known
