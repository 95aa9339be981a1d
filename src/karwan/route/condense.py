"""Condense a graph to what matters when only its elements change.

Portals are origins, destinations and the ends of arcs that an element can shut. The network is
searched once, from each portal, with all such arcs removed; after that its size no longer counts.
What no pair of origin and destination can ever gain from is dropped: the distance with every
element shut bounds each pair from above, the distance with none shut bounds every detour from
below, and a piece whose lower bound does not beat the upper one lies on no best route.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from itertools import pairwise
from pathlib import Path

import numpy as np
import numpy.typing as npt

from karwan.base.errors import DataError
from karwan.base.reprs import short_repr
from karwan.base.workers import Workers
from karwan.route.arcgraph import UNREACHED, ArcGraph, Ints, KeyBits, Longs, Packed, too_heavy
from karwan.route.arrays import read_numbers
from karwan.route.topology import Topology


@dataclass(frozen=True, kw_only=True)
class Condensed:
    """Shortest keys between portals with every element's arcs removed, and those arcs.

    Attributes
    ----------
    bits
        How keys are packed.
    element_count
        How many elements the graph has, those on no arc included.
    portal
        Node of each portal, shape (n_portals,), ascending.
    origin, destination
        Positions in `portal`, in the order asked.
    static_key
        Shape (n_portals, n_portals): packed key of the best way without any arc of an element;
        `UNREACHED` where there is none.
    static_measures
        Shape (n_portals, n_portals, 3): its millionths of hours and USD, and metres.
    arc_tail, arc_head, arc_key, arc_element, arc_measures, arc_share
        The arcs of elements, tails and heads as positions in `portal`.
    """

    bits: KeyBits
    element_count: int
    portal: Ints
    origin: Ints
    destination: Ints
    static_key: Longs
    static_measures: Longs
    arc_tail: Ints
    arc_head: Ints
    arc_key: Longs
    arc_element: Ints
    arc_measures: Longs
    arc_share: npt.NDArray[np.float64]

    __repr__ = short_repr


MEMORY_SHARE = 0.8
"""Part of the memory that is free which condensing may take."""
PORTAL_PAIR_BYTES = 56
"""What two portals take: key and measures of the way, twice the key while bounds are made, limit
and slot while a program is built."""


WORKER_SOURCES = 16
"""Sources searched in one piece: a second or two on a network of half a million nodes."""


def refuse_too_many(portal_count: int, free_bytes: int | None = None) -> None:
    """Raise `DataError` if so many portals take more memory than there is, with both figures.

    Parameters
    ----------
    free_bytes
        Memory that may be had; what the system says if None.
    """
    if free_bytes is None:
        free_bytes = free_memory_bytes()
    needed = PORTAL_PAIR_BYTES * portal_count**2
    if free_bytes is not None and needed > MEMORY_SHARE * free_bytes:
        fault = (
            f"{portal_count:,} origins, destinations and ends of elements take about "
            f"{needed / 1e9:,.1f} GB of memory, and {free_bytes / 1e9:,.1f} GB are free; ask for "
            "fewer elements or places at once"
        )
        raise DataError("the question", [fault])


def free_memory_bytes() -> int | None:
    """Return how much memory may be had without swapping; None where the system does not say."""
    try:
        lines = Path("/proc/meminfo").read_text(encoding="ascii").splitlines()
    except OSError:
        return None
    for line in lines:
        if line.startswith("MemAvailable:"):
            return int(line.split()[1]) * 1024
    return None


def condense(
    graph: ArcGraph,
    origins: Sequence[int],
    destinations: Sequence[int],
    *,
    topology: Topology | None = None,
    thread_count: int = 1,
    workers: Workers | None = None,
) -> Condensed:
    """Return a graph condensed to origins, destinations and the arcs of its elements.

    Parameters
    ----------
    topology
        That of the graph, as kept: no search of the network is then needed. Keys are the same; of
        ways alike in weight, arcs of elements and arcs, another may give the measures.
    thread_count
        Threads that search; how many there are changes no figure.
    workers
        Who searches in their place, span by span of the sources; it changes no figure. With a kept
        topology there is little to do, and it is done here.

    Raises
    ------
    DataError
        If an origin or destination is no node, or there is none; if there are more portals than
        memory allows, which is said before anything is searched; if the topology is that of another
        graph; if a way with every element shut weighs more than a key holds.
    """
    ends = [("origin", origins), ("destination", destinations)]
    nodes = []
    faults = []
    for name, given in ends:
        numbers, more = read_numbers(name, given, graph.node_count, "nodes")
        nodes.append(numbers)
        faults += more or ([] if numbers.size else [f"no {name} given"])
    if faults:
        raise DataError("the question", faults)
    starts, goals = nodes
    arcs = np.flatnonzero(graph.element >= 0)
    sources = np.unique(np.concatenate([starts, graph.head[arcs]])).astype(np.int32)
    targets = np.unique(np.concatenate([goals, graph.tail[arcs]])).astype(np.int32)
    portal = np.union1d(sources, targets).astype(np.int32)
    size = portal.size
    refuse_too_many(size)
    keys = np.full((size, size), UNREACHED, dtype=np.int64)
    measures = np.zeros((size, size, 3), dtype=np.int64)
    rows, columns = np.searchsorted(portal, sources), np.searchsorted(portal, targets)
    find = (
        partial(_search_each, graph, targets)
        if topology is None
        else topology.finder(graph, targets)
    )
    if workers is None or topology is not None:
        parts = _in_spans(find, sources, thread_count)
    else:
        parts = _by_workers((graph, targets), sources, workers)
    for span, ways in parts:
        block = np.ix_(rows[span], columns)
        keys[block], measures[block] = ways
    if topology is not None and _may_be_heavy(graph):
        shut = np.ones(max(graph.element_count, 1), dtype=np.uint8)
        joined, _ = topology.finder(graph, targets, weighed=False)(sources)
        hidden = (keys[np.ix_(rows, columns)] >= UNREACHED) & (joined < UNREACHED)
        for k in np.flatnonzero(hidden.any(axis=1)):
            _refuse_heavy(graph, shut, int(sources[k]), targets[hidden[k]])
    keys[rows, rows] = 0
    measures[rows, rows] = 0
    return Condensed(
        bits=graph.bits,
        element_count=graph.element_count,
        portal=portal,
        origin=np.searchsorted(portal, starts).astype(np.int32),
        destination=np.searchsorted(portal, goals).astype(np.int32),
        static_key=keys,
        static_measures=measures,
        arc_tail=np.searchsorted(portal, graph.tail[arcs]).astype(np.int32),
        arc_head=np.searchsorted(portal, graph.head[arcs]).astype(np.int32),
        arc_key=graph.keys[arcs],
        arc_element=graph.element[arcs],
        arc_measures=graph.measures[arcs],
        arc_share=graph.share[arcs],
    )


Found = tuple[Longs, Longs]
"""Keys and measures from some sources to all targets, (n_sources, n_targets) and (..., 3)."""


def _in_spans(
    find: Callable[[Ints], Found], sources: Ints, thread_count: int
) -> Iterator[tuple[slice, Found]]:
    """Yield spans of sources with what is found of each, searched by so many threads."""
    count = max(min(thread_count, sources.size), 1)
    marks = np.linspace(0, sources.size, count + 1).astype(int).tolist()
    spans = [slice(a, b) for a, b in pairwise(marks)]
    if count == 1:
        yield spans[0], find(sources)
        return
    with ThreadPoolExecutor(count) as pool:
        yield from zip(spans, pool.map(lambda span: find(sources[span]), spans), strict=True)


def _by_workers(
    given: tuple[ArcGraph, Ints], sources: Ints, workers: Workers
) -> Iterator[tuple[slice, Found]]:
    """Yield spans of sources with what is found of each, searched by workers."""
    starts = range(0, sources.size, WORKER_SOURCES)
    spans = [slice(begin, min(begin + WORKER_SOURCES, sources.size)) for begin in starts]
    ways = workers.map(search_span, given, [sources[span] for span in spans])
    yield from zip(spans, ways, strict=True)


def search_span(given: tuple[ArcGraph, Ints], sources: Ints) -> Found:
    """Return what searches find from some sources to the targets: a pure function, for workers."""
    graph, targets = given
    return _search_each(graph, targets, sources)


def _search_each(graph: ArcGraph, targets: Ints, sources: Ints) -> Found:
    """Return what searches of the network find from some sources."""
    from karwan.route.kernel import FAR, make_workspace, measure_tree, search

    keys = np.empty((sources.size, targets.size), dtype=np.int64)
    measures = np.empty((sources.size, targets.size, 3), dtype=np.int64)
    flags = np.zeros(graph.node_count, dtype=np.uint8)
    flags[targets] = 1
    shut = np.ones(max(graph.element_count, 1), dtype=np.uint8)
    work = make_workspace(graph)
    for row, node in enumerate(sources):
        search(
            graph.first_out, graph.tail, graph.head, graph.keys, graph.element, graph.label, shut,
            node, flags, targets.size,
            work.key, work.parent, work.state, work.touched, work.heap_key, work.heap_node,
            work.counts,
        )  # fmt: skip
        settled = work.state[targets] == 2  # noqa: PLR2004
        if work.counts[1] and not settled.all():
            _refuse_heavy(graph, shut, int(node), targets[~settled])
        keys[row] = np.where(settled, work.key[targets], FAR)
        measures[row] = measure_tree(graph.tail, graph.measures, work.parent, targets, settled)
    return keys, measures


def _may_be_heavy(graph: ArcGraph) -> bool:
    """Tell whether some way without any arc of an element might weigh more than a key holds."""
    ticks = graph.ticks[graph.element < 0]
    return bool(ticks.size) and float(ticks.sum(dtype=np.float64)) > graph.bits.most_ticks / 2


def _refuse_heavy(graph: ArcGraph, shut: npt.NDArray[np.uint8], source: int, targets: Ints) -> None:
    """Raise `DataError` if a source reaches one of the targets, which all seem cut from it."""
    from karwan.route.kernel import reach

    joined = targets[reach(graph.first_out, graph.head, graph.element, shut, source)[targets] == 1]
    if joined.size:
        way = f"the best way from node {source} to node {joined[0]} with everything shut"
        raise DataError("the weights", [too_heavy(way, graph.bits)])


def to_arc_graph(condensed: Condensed) -> ArcGraph:
    """Return the portals as a graph of their own, for detour trees over a large network.

    Its nodes are the portals and its arcs the arcs of elements and the ways between them, with
    the keys and measures of the large graph. Weights, hours, USD, km and elements are those of
    the large graph; of routes alike in weight, arcs of elements and arcs, another may stand.

    Examples
    --------
    >>> from karwan.route.arcgraph import make_arc_graph
    >>> whole = make_arc_graph(4, [0, 1, 2], [1, 2, 3], [5, 6, 7], element=[-1, -1, 0])
    >>> small = to_arc_graph(condense(whole, [0], [3]))
    >>> small.node_count, small.arc_count, small.ticks.tolist()
    (3, 2, [11, 7])
    """
    from karwan.route.builder import plain_pieces

    size = len(condensed.portal)
    nodes = np.arange(size, dtype=np.int32)
    no_limit = np.full((size, size), UNREACHED)
    tail, head = plain_pieces(condensed.static_key, no_limit, nodes).T
    tails = np.concatenate([tail, condensed.arc_tail])
    heads = np.concatenate([head, condensed.arc_head])
    keys = np.concatenate([condensed.static_key[tail, head], condensed.arc_key])
    free = np.full(tail.size, -1, dtype=np.int32)
    order = np.argsort(tails, kind="stable")
    bits = condensed.bits
    measures = np.concatenate([condensed.static_measures[tail, head], condensed.arc_measures])
    element = np.concatenate([free, condensed.arc_element])[order]
    # A way of many arcs counts as many in the tie rule, so the keys are not those of its arcs.
    return ArcGraph(
        node_count=len(condensed.portal),
        element_count=condensed.element_count,
        tail=tails[order].astype(np.int32),
        head=heads[order].astype(np.int32),
        ticks=bits.ticks(keys[order]),
        element=element,
        label=np.arange(order.size, dtype=np.int64),
        measures=np.ascontiguousarray(measures[order]),
        share=np.concatenate([np.ones(tail.size), condensed.arc_share])[order],
        guarded=element >= 0,
        packed=Packed(bits, np.ascontiguousarray(keys[order])),
    )
