"""The compiled inside of the program's builder: what matters, elimination, and the lists of steps.

Work grows with what is put out, not with the cube of the portals: a piece is held against the
pieces kept from its own tail only, bounds with everything open are searched from origins and
destinations alone, and an elimination looks at the slots of its own node.
"""

from __future__ import annotations

import numpy as np

from karwan.base.compiled import kernel
from karwan.route.kernel import pop, push

FAR = 2**61
"""Key of what cannot be reached, as in `arcgraph`."""
PULL_STATIC, PULL_CHANGING = 4, 2
"""How many steps to one node are done together at most."""


# Copied in loops: to compile the assignment of a slice takes longer than all that it is part of.


@kernel()
def _grown(old, room):  # type: ignore[no-untyped-def]
    new = np.empty(room, dtype=old.dtype)
    for i in range(old.size):
        new[i] = old[i]
    return new


@kernel()
def _grown_2(old, room):  # type: ignore[no-untyped-def]
    new = np.empty((room, old.shape[1]), dtype=old.dtype)
    for i in range(old.shape[0]):
        for k in range(old.shape[1]):
            new[i, k] = old[i, k]
    return new


@kernel()
def open_ways(static, first, other, key, source):  # type: ignore[no-untyped-def]
    """Return the least keys from a portal to all with everything open, shape (n_portals,).

    Parameters
    ----------
    static
        Shape (n_portals, n_portals): the ways without any arc of an element, row by row from the
        side that is searched from.
    first, other, key
        Arcs of elements by the portal they leave: where its arcs begin, their far ends and keys.
    """
    size = static.shape[0]
    keys = np.full(size, FAR, dtype=np.int64)
    done = np.zeros(size, dtype=np.uint8)
    keys[source] = 0
    for _ in range(size):
        u, least = -1, np.int64(FAR)
        for v in range(size):
            if not done[v] and keys[v] < least:
                u, least = v, keys[v]
        if u < 0:
            break
        done[u] = 1
        for v in range(size):
            keys[v] = min(keys[v], least + static[u, v])
        for a in range(first[u], first[u + 1]):
            keys[other[a]] = min(keys[other[a]], least + key[a])
    keys[source] = min(static[source, source], np.int64(FAR))
    return keys


@kernel()
def slack(worst, near, beyond, nodes):  # type: ignore[no-untyped-def]
    """Return what a piece between two nodes must stay below to matter, (n_nodes, n_nodes).

    Entry (x, y) is the greatest, over pairs, of the pair's key with everything shut less the keys
    to x and from y with everything open.

    Parameters
    ----------
    worst
        Shape (n_origins, n_destinations).
    near, beyond
        Shape (n_origins, n_portals), (n_destinations, n_portals): keys with everything open from
        origins, and to destinations.
    """
    size = nodes.size
    most = np.full((size, size), -FAR, dtype=np.int64)
    best = np.empty(size, dtype=np.int64)
    for o in range(worst.shape[0]):
        best[:] = -FAR
        for j in range(worst.shape[1]):
            for y in range(size):
                rest = beyond[j, nodes[y]]
                if rest < FAR:
                    best[y] = max(best[y], worst[o, j] - rest)
        for x in range(size):
            before = near[o, nodes[x]]
            for y in range(size):
                most[x, y] = max(most[x, y], best[y] - before)
    return most


@kernel()
def plain_pieces(static, limit, nodes):  # type: ignore[no-untyped-def]
    """Return (tail, head) of the static pieces that can matter and that no third node explains.

    A piece that another node explains is explained by one that follows its tail directly, so the
    pieces of a tail are tried from the nearest on, and each against those kept before it.
    """
    size = nodes.size
    room = max(4 * size, 16)
    ends = np.empty((room, 2), dtype=np.int32)
    count = 0
    row = np.empty(size, dtype=np.int64)
    heap_key, heap_node = np.empty(size + 1, dtype=np.int64), np.empty(size + 1, dtype=np.int32)
    kept = np.empty(size, dtype=np.int32)
    is_kept = np.zeros(size, dtype=np.uint8)
    for x in range(size):
        able = 0
        for y in range(size):
            key = static[nodes[x], nodes[y]]
            row[y] = key
            if x != y and key < limit[x, y] and key < FAR:
                able = push(heap_key, heap_node, able, key, y)
        near = 0
        while able > 0:
            y = heap_node[0]
            able = pop(heap_key, heap_node, able)
            explained = False
            for i in range(near):
                m = kept[i]
                if row[m] + static[nodes[m], nodes[y]] <= row[y]:
                    explained = True
                    break
            if explained:
                continue
            kept[near] = y
            is_kept[y] = 1
            near += 1
        for y in range(size):
            if not is_kept[y]:
                continue
            is_kept[y] = 0
            if count == room:
                room *= 2
                ends = _grown_2(ends, room)
            ends[count, 0], ends[count, 1] = x, y
            count += 1
    return ends[:count]


@kernel()
def closings(static, nodes, goals):  # type: ignore[no-untyped-def]
    """Return (node, destination) of static ways that no third node explains, by destination."""
    size = nodes.size
    kept = np.empty((goals.size * size, 2), dtype=np.int32)
    count = 0
    inner = np.empty((size, size), dtype=np.int64)
    for i in range(size):
        for m in range(size):
            inner[i, m] = static[nodes[i], nodes[m]]
        inner[i, i] = FAR
    outer = np.empty(size, dtype=np.int64)
    for j in range(goals.size):
        for m in range(size):
            outer[m] = static[nodes[m], goals[j]]
        for i in range(size):
            if outer[i] >= FAR:
                continue
            least = np.int64(FAR)
            for m in range(size):
                least = min(least, inner[i, m] + outer[m])
            if outer[i] < least:
                kept[count, 0], kept[count, 1] = i, j
                count += 1
    return kept[:count]


@kernel()
def _neighbours(node, heads, following, ends, side, gone, names):  # type: ignore[no-untyped-def]
    """Fill `names` with the nodes that slots join to a node, ascending; return how many.

    Slots to nodes that are gone are taken out of the list on the way.
    """
    count, before, slot = 0, -1, heads[node]
    while slot >= 0:
        after, other = following[slot], ends[slot, side]
        if gone[other]:
            if before < 0:
                heads[node] = after
            else:
                following[before] = after
        else:
            if other != node:
                names[count] = other
                count += 1
            before = slot
        slot = after
    names[:count].sort()
    return count


@kernel()
def _cost(node, state, lists, gone, names, static, limit, nodes):  # type: ignore[no-untyped-def]
    """Return how many triangles the elimination of a node would make."""
    ends, lower, slot_of = state
    into, next_into, out, next_out = lists
    before, after = names
    count = _neighbours(node, into, next_into, ends, 0, gone, before)
    others = _neighbours(node, out, next_out, ends, 1, gone, after)
    made = 0
    for i in range(count):
        x = before[i]
        low = lower[slot_of[x, node]]
        for j in range(others):
            y = after[j]
            key = low + lower[slot_of[node, y]]
            if key < static[nodes[x], nodes[y]] and key < limit[x, y] and x != y:
                made += 1
    return made


@kernel()
def eliminate(static, limit, nodes, pieces, arcs, arc_key):  # type: ignore[no-untyped-def]
    """Eliminate all nodes, that with the fewest triangles first.

    Parameters
    ----------
    nodes
        Shape (n_nodes,): the portals that are eliminated; all others are named by position here.
    pieces
        Shape (n_pieces, 2): static pieces to begin with.
    arcs, arc_key
        Shape (n_arcs, 2), (n_arcs,): arcs of elements, and their keys.

    Returns
    -------
    tuple
        Ends and lower bounds of slots, triangles, the slot of each arc (-1 where it can matter to
        no pair), and the order in which nodes went.
    """
    size = nodes.size
    room = max(2 * (pieces.shape[0] + arcs.shape[0]), 16)
    ends = np.empty((room, 2), dtype=np.int32)
    lower = np.empty(room, dtype=np.int64)
    next_into, next_out = np.empty(room, dtype=np.int32), np.empty(room, dtype=np.int32)
    into, out = np.full(size, -1, dtype=np.int32), np.full(size, -1, dtype=np.int32)
    slot_of = np.full((size, size), -1, dtype=np.int32)
    arc_slot = np.full(arcs.shape[0], -1, dtype=np.int32)
    matters = np.zeros(arcs.shape[0], dtype=np.uint8)
    made = 0
    for i in range(pieces.shape[0] + arcs.shape[0]):
        if i < pieces.shape[0]:
            x, y = pieces[i, 0], pieces[i, 1]
            key = static[nodes[x], nodes[y]]
        else:
            x, y = arcs[i - pieces.shape[0], 0], arcs[i - pieces.shape[0], 1]
            key = arc_key[i - pieces.shape[0]]
            if x == y or key >= limit[x, y] or key >= static[nodes[x], nodes[y]]:
                continue
            matters[i - pieces.shape[0]] = 1
        if slot_of[x, y] < 0:
            slot_of[x, y] = made
            ends[made, 0], ends[made, 1], lower[made] = x, y, key
            next_into[made], into[y] = into[y], made
            next_out[made], out[x] = out[x], made
            made += 1
        lower[slot_of[x, y]] = min(lower[slot_of[x, y]], key)
    for i in range(arcs.shape[0]):
        if matters[i]:
            arc_slot[i] = slot_of[arcs[i, 0], arcs[i, 1]]
    triangle = np.empty((room, 3), dtype=np.int32)
    triangles = 0
    gone = np.zeros(size, dtype=np.uint8)
    names = (np.empty(size, dtype=np.int32), np.empty(size, dtype=np.int32))
    order = np.empty(size, dtype=np.int32)
    heap_key, heap_node = np.empty(size + 1, dtype=np.int64), np.empty(size + 1, dtype=np.int32)
    waiting = 0
    for v in range(size):
        cost = _cost(
            v, (ends, lower, slot_of), (into, next_into, out, next_out), gone, names, static,
            limit, nodes,
        )  # fmt: skip
        waiting = push(heap_key, heap_node, waiting, np.int64(cost), v)
    done = 0
    while waiting > 0:
        v = int(heap_node[0])  # as above, so that one kind of `_cost` is compiled
        waiting = pop(heap_key, heap_node, waiting)
        cost = _cost(
            v, (ends, lower, slot_of), (into, next_into, out, next_out), gone, names, static,
            limit, nodes,
        )  # fmt: skip
        if waiting > 0 and cost > heap_key[0]:
            waiting = push(heap_key, heap_node, waiting, np.int64(cost), v)
            continue
        before, after = names
        count = _neighbours(v, into, next_into, ends, 0, gone, before)
        others = _neighbours(v, out, next_out, ends, 1, gone, after)
        while made + count * others > room or triangles + count * others > room:
            room *= 2
        if room > lower.size:
            ends, lower = _grown_2(ends, room), _grown(lower, room)
            next_into, next_out = _grown(next_into, room), _grown(next_out, room)
            triangle = _grown_2(triangle, room)
        for i in range(count):
            x = before[i]
            first = slot_of[x, v]
            for j in range(others):
                y = after[j]
                second = slot_of[v, y]
                key, known = lower[first] + lower[second], static[nodes[x], nodes[y]]
                if x == y or key >= limit[x, y] or key > known:
                    continue
                third = slot_of[x, y]
                if third < 0:
                    third = made
                    slot_of[x, y] = made
                    ends[made, 0], ends[made, 1], lower[made] = x, y, known
                    next_into[made], into[y] = into[y], made
                    next_out[made], out[x] = out[x], made
                    made += 1
                if key < known:
                    triangle[triangles, 0], triangle[triangles, 1] = first, second
                    triangle[triangles, 2] = third
                    triangles += 1
                lower[third] = min(lower[third], key)
        gone[v] = 1
        order[done] = v
        done += 1
    return ends[:made], lower[:made], triangle[:triangles], arc_slot, order


@kernel()
def steps_of(  # type: ignore[no-untyped-def]
    from_static, bound, goal_static, nodes, goals, ends, lower, pieces, closing
):
    """Return which pieces and closings can matter to one origin.

    Parameters
    ----------
    from_static
        Shape (n_portals,): the ways from the origin without any arc of an element.
    bound
        Shape (n_nodes,): what the key to a node must stay below to matter to a pair.
    goal_static
        Shape (n_nodes, n_destinations).
    pieces
        Slots in the order in which they are done: up, then down.
    closing
        Shape (n_closings, 2): node, position of the destination.

    Returns
    -------
    tuple
        Flags of `pieces` and of `closing`.
    """
    size = nodes.size
    reach = np.empty(size, dtype=np.int64)
    for v in range(size):
        reach[v] = from_static[nodes[v]]
    taken = np.zeros(pieces.size, dtype=np.uint8)
    for i in range(pieces.size):
        x, y = ends[pieces[i], 0], ends[pieces[i], 1]
        key = reach[x] + lower[pieces[i]]
        if key < from_static[nodes[y]] and key < bound[y]:
            taken[i] = 1
            reach[y] = min(reach[y], key)
    last = np.zeros(closing.shape[0], dtype=np.uint8)
    wanted = np.zeros(size, dtype=np.uint8)
    for i in range(closing.shape[0]):
        x, j = closing[i, 0], closing[i, 1]
        if reach[x] + goal_static[x, j] < from_static[goals[j]]:
            last[i] = 1
            wanted[x] = 1
    for i in range(pieces.size - 1, -1, -1):
        if taken[i]:
            if wanted[ends[pieces[i], 1]]:
                wanted[ends[pieces[i], 0]] = 1
            else:
                taken[i] = 0
    return taken, last


@kernel()
def needed_triangles(triangle, needed):  # type: ignore[no-untyped-def]
    """Return flags of triangles that lead on to a needed slot; `needed` takes in their parts."""
    kept = np.zeros(triangle.shape[0], dtype=np.uint8)
    for t in range(triangle.shape[0] - 1, -1, -1):
        if needed[triangle[t, 2]]:
            needed[triangle[t, 0]] = 1
            needed[triangle[t, 1]] = 1
            kept[t] = 1
    return kept


@kernel()
def pulls(target, changing, begins):  # type: ignore[no-untyped-def]
    """Return (first, count) of rows done together, and where each origin's begin.

    One target, one kind, few: `PULL_STATIC`, or `PULL_CHANGING` of rows that change, whose count
    is below 0.

    Parameters
    ----------
    begins
        Shape (n_origins + 1,): where each origin's rows begin.
    """
    pulled = np.empty((target.size, 2), dtype=np.int32)
    starts = np.zeros(begins.size, dtype=np.int32)
    count = 0
    for o in range(begins.size - 1):
        first, size = -1, 0
        for at in range(begins[o], begins[o + 1]):
            most = PULL_CHANGING if changing[at] else PULL_STATIC
            if 0 < size < most and target[first] == target[at] and changing[first] == changing[at]:
                size += 1
            else:
                first, size = at, 1
                count += 1
            pulled[count - 1, 0] = first
            pulled[count - 1, 1] = -size if changing[at] else size
        starts[o + 1] = count
    return pulled[:count], starts
