"""The compiled inside of a kept topology: order, weights put on it, ways from a portal to many.

Nodes are contracted once, that with the fewest neighbours first, and what a contraction joins is
remembered as edges up the order; which edges there are does not depend on weights. Weights are put
on the edges by going through their triangles from below. The way from one node to many then runs up
the edges above it and down those above the targets.
"""

from __future__ import annotations

import numpy as np

from karwan.base.compiled import kernel
from karwan.route.kernel import pop, push

FAR = 2**61
"""Key of what cannot be reached, as in `arcgraph`."""


@kernel()
def _longer(old, room):  # type: ignore[no-untyped-def]
    new = np.empty(room, dtype=old.dtype)
    new[: old.size] = old
    return new


@kernel()
def contract(first, other):  # type: ignore[no-untyped-def]
    """Contract nodes, that with the fewest neighbours first.

    Parameters
    ----------
    first, other
        Neighbours of each node, ascending, none twice and none its own: where they begin, and who.

    Returns
    -------
    tuple
        The nodes in the order in which they went; where the neighbours that each had then begin,
        by that order; and these.
    """
    size = first.size - 1
    pool = np.empty(max(2 * other.size, 1024), dtype=np.int32)
    pool[: other.size] = other
    used = other.size
    begin, count, room_of = first[:-1].copy(), np.diff(first), np.diff(first)
    gone = np.zeros(size, dtype=np.uint8)
    order = np.empty(size, dtype=np.int32)
    up_first = np.zeros(size + 1, dtype=np.int64)
    up = np.empty(max(2 * other.size, 1024), dtype=np.int32)
    heap_key = np.empty(2 * size + 16, dtype=np.int64)
    heap_node = np.empty(2 * size + 16, dtype=np.int32)
    merged = np.empty(size + 1, dtype=np.int32)
    waiting = 0
    for v in range(size):
        waiting = push(heap_key, heap_node, waiting, np.int64(count[v]), v)
    done = 0
    while done < size:
        degree, v = heap_key[0], heap_node[0]
        waiting = pop(heap_key, heap_node, waiting)
        if gone[v] or degree != count[v]:
            continue
        near = pool[begin[v] : begin[v] + degree].copy()
        if up_first[done] + degree > up.size:
            up = _longer(up, 2 * up.size + degree)
        up[up_first[done] : up_first[done] + degree] = near
        up_first[done + 1] = up_first[done] + degree
        order[done], gone[v] = v, 1
        done += 1
        for i in range(degree):
            u = near[i]
            at, end, total, j = begin[u], begin[u] + count[u], 0, 0
            while at < end or j < degree:
                if j >= degree or (at < end and pool[at] < near[j]):
                    w = pool[at]
                    at += 1
                elif at >= end or near[j] < pool[at]:
                    w = near[j]
                    j += 1
                else:
                    w = near[j]
                    at += 1
                    j += 1
                if w not in (v, u):
                    merged[total] = w
                    total += 1
            if total > room_of[u]:
                room = total + total // 2 + 2
                if used + room > pool.size:
                    pool, used = _compacted(pool, begin, count, room_of, gone, room)
                begin[u], room_of[u] = used, room
                used += room
            pool[begin[u] : begin[u] + total] = merged[:total]
            count[u] = total
            if waiting + 1 >= heap_key.size:
                heap_key = _longer(heap_key, 2 * heap_key.size)
                heap_node = _longer(heap_node, 2 * heap_node.size)
            waiting = push(heap_key, heap_node, waiting, np.int64(total), u)
    return order, up_first, up[: up_first[size]]


@kernel()
def _compacted(pool, begin, count, room_of, gone, more):  # type: ignore[no-untyped-def]
    """Return the lists of what is not gone in a pool with room for as much again."""
    live = np.int64(0)
    for v in range(begin.size):
        if not gone[v]:
            live += count[v]
    new = np.empty(2 * live + more + 1024, dtype=np.int32)
    used = np.int64(0)
    for v in range(begin.size):
        if not gone[v]:
            new[used : used + count[v]] = pool[begin[v] : begin[v] + count[v]]
            begin[v], room_of[v] = used, count[v]
            used += count[v]
    return new, used


@kernel()
def edge_of(up_first, up_head, low, high):  # type: ignore[no-untyped-def]
    """Return the edge from a rank to a higher one."""
    a, b = up_first[low], up_first[low + 1]
    while a < b:
        middle = (a + b) // 2
        if up_head[middle] < high:
            a = middle + 1
        else:
            b = middle
    return a


@kernel()
def arc_edges(up_first, up_head, tail, head):  # type: ignore[no-untyped-def]
    """Return 2 x edge of each arc by its ends' ranks, 1 more where it leads down; -1 of a loop."""
    edges = np.empty(tail.size, dtype=np.int64)
    for a in range(tail.size):
        if tail[a] == head[a]:
            edges[a] = -1
        elif tail[a] < head[a]:
            edges[a] = 2 * edge_of(up_first, up_head, tail[a], head[a])
        else:
            edges[a] = 2 * edge_of(up_first, up_head, head[a], tail[a]) + 1
    return edges


@kernel()
def customize(up_first, up_head, arc_edge, keys, measures, shut):  # type: ignore[no-untyped-def]
    """Return the least keys of edges, up and down in turn, and their measures.

    Parameters
    ----------
    arc_edge, keys, measures, shut
        Of each arc: see `arc_edges`; its key and measures; whether it is left out.
    """
    edge_key = np.full(2 * up_head.size, FAR, dtype=np.int64)
    sums = np.zeros((2 * up_head.size, 3), dtype=np.int64)
    for a in range(arc_edge.size):
        e = arc_edge[a]
        if e >= 0 and not shut[a] and keys[a] < edge_key[e]:
            edge_key[e] = keys[a]
            for m in range(3):
                sums[e, m] = measures[a, m]
    for v in range(up_first.size - 1):
        end = up_first[v + 1]
        for i in range(up_first[v], end):
            up_i, down_i = edge_key[2 * i], edge_key[2 * i + 1]
            if up_i >= FAR and down_i >= FAR:
                continue
            e = up_first[up_head[i]]
            for j in range(i + 1, end):
                while up_head[e] < up_head[j]:
                    e += 1
                key = down_i + edge_key[2 * j]
                if key < edge_key[2 * e]:
                    edge_key[2 * e] = key
                    for m in range(3):
                        sums[2 * e, m] = sums[2 * i + 1, m] + sums[2 * j, m]
                key = edge_key[2 * j + 1] + up_i
                if key < edge_key[2 * e + 1]:
                    edge_key[2 * e + 1] = key
                    for m in range(3):
                        sums[2 * e + 1, m] = sums[2 * j + 1, m] + sums[2 * i, m]
    return edge_key, sums


@kernel()
def nodes_above(up_first, up_head, targets):  # type: ignore[no-untyped-def]
    """Return the ranks of targets and of all above them, the highest first."""
    size = up_first.size - 1
    seen = np.zeros(size, dtype=np.uint8)
    count = 0
    for t in targets:
        x = t
        while x >= 0 and not seen[x]:
            seen[x] = 1
            count += 1
            x = up_head[up_first[x]] if up_first[x] < up_first[x + 1] else -1
    above = np.empty(count, dtype=np.int32)
    for x in range(size):
        if seen[x]:
            count -= 1
            above[count] = x
    return above


@kernel()
def ways_to(  # type: ignore[no-untyped-def]
    up_first, up_head, edge_key, edge_sums, low_of, source, sweep, targets, work, keys, sums
):
    """Fill keys and sums of measures of the best ways from a rank to targets.

    Parameters
    ----------
    low_of
        Shape (n_edges,): the lower end of each edge.
    sweep
        See `nodes_above`.
    work
        Arrays by rank, all `FAR`, -1 and 0 before and after: key, edge entered by, measures,
        whether these are summed, and room for a chain of nodes.
    """
    key, entered, sum_of, summed, chain = work
    key[source] = 0
    x = source
    while x >= 0:
        for e in range(up_first[x], up_first[x + 1]):
            reached = key[x] + edge_key[2 * e]
            if reached < key[up_head[e]]:
                key[up_head[e]] = reached
                entered[up_head[e]] = 2 * e
        x = up_head[up_first[x]] if up_first[x] < up_first[x + 1] else -1
    for x in sweep:
        for e in range(up_first[x], up_first[x + 1]):
            reached = key[up_head[e]] + edge_key[2 * e + 1]
            if reached < key[x]:
                key[x] = reached
                entered[x] = 2 * e + 1
    for i in range(targets.size):
        x = targets[i]
        keys[i] = key[x]
        if key[x] >= FAR:
            sums[i, :] = 0
            continue
        length = 0
        while not summed[x] and entered[x] >= 0:
            chain[length] = x
            length += 1
            e = entered[x] >> 1
            x = up_head[e] if entered[x] & 1 else low_of[e]
        for back in range(length - 1, -1, -1):
            y = chain[back]
            for m in range(3):
                sum_of[y, m] = sum_of[x, m] + edge_sums[entered[y], m]
            summed[y] = 1
            x = y
        for m in range(3):
            sums[i, m] = sum_of[targets[i], m]
    x = source
    while x >= 0:
        key[x], entered[x], summed[x] = FAR, -1, 0
        sum_of[x, :] = 0
        x = up_head[up_first[x]] if up_first[x] < up_first[x + 1] else -1
    for x in sweep:
        key[x], entered[x], summed[x] = FAR, -1, 0
        sum_of[x, :] = 0
