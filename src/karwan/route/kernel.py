"""Searches over arrays, compiled: best paths by packed key, with elements shut.

Keys are packed (ticks, arcs of elements, arcs), see `arcgraph`; of two paths of one key that wins
whose labels, read from the source, are smaller at the first difference. Nodes must be numbered so
that a joint (an arc of key 0) leads to a higher number: then every path of a key is known before
a node of that key is settled, and the rule is exact.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from karwan.base.compiled import kernel
from karwan.base.reprs import short_repr
from karwan.route.arcgraph import UNREACHED, ArcGraph, Ints, Longs

FAR = int(UNREACHED)


@dataclass(frozen=True, kw_only=True)
class Workspace:
    """Scratch arrays of one search, used again by the next; one for each thread.

    Attributes
    ----------
    key, parent, state
        Shape (node_count,): best key, arc entered by, and 0 unseen, 1 seen, 2 settled.
    touched
        Nodes seen in the last search; its first entries are reset before the next.
    heap_key, heap_node
        The heap, shape (n_arcs + 1,).
    counts
        Shape (2,): how many nodes were touched, and 1 if something was too heavy for a key.
    """

    key: Longs
    parent: Ints
    state: np.ndarray[tuple[int], np.dtype[np.uint8]]
    touched: Ints
    heap_key: Longs
    heap_node: Ints
    counts: Longs

    __repr__ = short_repr


def make_workspace(graph: ArcGraph) -> Workspace:
    """Return scratch arrays for searches over a graph."""
    nodes, arcs = graph.node_count, graph.arc_count
    return Workspace(
        key=np.full(nodes, UNREACHED, dtype=np.int64),
        parent=np.full(nodes, -1, dtype=np.int32),
        state=np.zeros(nodes, dtype=np.uint8),
        touched=np.zeros(nodes, dtype=np.int32),
        heap_key=np.zeros(arcs + 1, dtype=np.int64),
        heap_node=np.zeros(arcs + 1, dtype=np.int32),
        counts=np.zeros(2, dtype=np.int64),
    )


@kernel()
def push(heap_key, heap_node, size, key, node):  # type: ignore[no-untyped-def]
    """Put a node into the heap; equal keys come out by node number."""
    at = size
    while at > 0:
        up = (at - 1) >> 1
        if heap_key[up] < key or (heap_key[up] == key and heap_node[up] <= node):
            break
        heap_key[at], heap_node[at] = heap_key[up], heap_node[up]
        at = up
    heap_key[at], heap_node[at] = key, node
    return size + 1


@kernel()
def pop(heap_key, heap_node, size):  # type: ignore[no-untyped-def]
    """Take the first entry out of the heap, which the caller has read; return the new size."""
    size -= 1
    key, node = heap_key[size], heap_node[size]
    at = 0
    while True:
        down = 2 * at + 1
        if down >= size:
            break
        right = down + 1
        if right < size and (
            heap_key[right] < heap_key[down]
            or (heap_key[right] == heap_key[down] and heap_node[right] < heap_node[down])
        ):
            down = right
        if key < heap_key[down] or (key == heap_key[down] and node <= heap_node[down]):
            break
        heap_key[at], heap_node[at] = heap_key[down], heap_node[down]
        at = down
    heap_key[at], heap_node[at] = key, node
    return size


@kernel()
def comes_first(tail, label, parent, node, arc, other):  # type: ignore[no-untyped-def]
    """Tell whether the path by `arc` (from `node`) has smaller labels than that of `other`.

    Paths of one key have equally many labels; read backwards in step, the last difference met is
    the first one from the source.
    """
    a, b = arc, parent[other]
    smaller = False
    while a >= 0 or b >= 0:
        while a >= 0 and label[a] < 0:
            a = parent[tail[a]]
        while b >= 0 and label[b] < 0:
            b = parent[tail[b]]
        if a == b:
            break
        if a >= 0 and b >= 0 and label[a] != label[b]:
            smaller = label[a] < label[b]
        if a >= 0:
            a = parent[tail[a]]
        if b >= 0:
            b = parent[tail[b]]
    return smaller


@kernel()
def search(  # type: ignore[no-untyped-def]
    first_out, tail, head, arc_key, element, label, shut, source, target, target_count,
    key, parent, state, touched, heap_key, heap_node, counts,
):  # fmt: skip
    """Search best paths from a source; `key` and `parent` hold them afterwards.

    `shut` has a flag per element. `target` has a flag per node; the search ends once
    `target_count` of them are settled (0: search all). A path whose key reaches `FAR` is left out
    and noted in `counts[1]`: a node that is settled all the same is settled rightly, and one that
    is not may be joined or not (see `reach`).
    """
    for i in range(counts[0]):
        v = touched[i]
        key[v] = FAR
        parent[v] = -1
        state[v] = 0
    counts[1] = 0
    touched[0] = source
    seen = 1
    key[source] = 0
    state[source] = 1
    size = push(heap_key, heap_node, 0, 0, source)
    left = target_count
    while size > 0:
        k, u = heap_key[0], heap_node[0]
        size = pop(heap_key, heap_node, size)
        if state[u] == 2:
            continue
        state[u] = 2
        if target_count > 0 and target[u]:
            left -= 1
            if left == 0:
                break
        for a in range(first_out[u], first_out[u + 1]):
            e = element[a]
            if e >= 0 and shut[e]:
                continue
            v = head[a]
            if state[v] == 2:
                continue
            reached = k + arc_key[a]
            if state[v] == 0:
                if reached >= FAR:
                    counts[1] = 1
                    continue
                state[v] = 1
                touched[seen] = v
                seen += 1
            elif reached > key[v] or (
                reached == key[v] and not comes_first(tail, label, parent, u, a, v)
            ):
                continue
            if reached < key[v]:
                size = push(heap_key, heap_node, size, reached, v)
            key[v] = reached
            parent[v] = a
    counts[0] = seen


@kernel()
def reach(first_out, head, element, shut, source):  # type: ignore[no-untyped-def]
    """Return a flag for each node that a source reaches, whatever the way weighs."""
    found = np.zeros(first_out.size - 1, dtype=np.uint8)
    pile = np.empty(first_out.size - 1, dtype=np.int32)
    found[source], pile[0], height = 1, source, 1
    while height > 0:
        height -= 1
        u = pile[height]
        for a in range(first_out[u], first_out[u + 1]):
            e, v = element[a], head[a]
            if found[v] or (e >= 0 and shut[e]):
                continue
            found[v], pile[height] = 1, v
            height += 1
    return found


@kernel()
def measure_tree(tail, measures, parent, nodes, reached):  # type: ignore[no-untyped-def]
    """Return the measures summed along the paths to nodes, shape (n_nodes, 3)."""
    found = np.zeros((nodes.size, 3), dtype=np.int64)
    for i in range(nodes.size):
        if not reached[i]:
            continue
        arc = parent[nodes[i]]
        while arc >= 0:
            for k in range(3):
                found[i, k] += measures[arc, k]
            arc = parent[tail[arc]]
    return found
