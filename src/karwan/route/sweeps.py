"""The compiled inside of the lanes: run a program for many scenarios side by side.

What is known of a piece, node or pair stays in registers, one scenario in each lane of a vector
(see `vectors`), while all that leads to it is added and compared. Answers of one pair lie side by
side in memory, scenario by scenario, and are written past the cache, which has no use for them.
"""

from __future__ import annotations

import numpy as np

from karwan.base.compiled import kernel
from karwan.route.vectors import (
    LANES_OF_BITS,
    as_bits,
    as_flags,
    at,
    below,
    either,
    finish,
    lane_count,
    lesser,
    load,
    pick,
    plus,
    put_answers,
    put_vector,
    shifted_down,
    spread,
)

LANES = max(LANES_OF_BITS.values())
"""Most scenarios side by side; a span of so many, or of a multiple, fills every kind of vector."""
SHUT = -1
"""Extra ticks of an element that is shut."""
FAR_KEY = 2**61
"""Packed key of what cannot be reached."""


@kernel()
def _most(starts):  # type: ignore[no-untyped-def]
    found = 1
    for o in range(starts.size - 1):
        found = max(found, starts[o + 1] - starts[o])
    return found


@kernel()
def _aligned(like, size):  # type: ignore[no-untyped-def]
    """Return an array of one axis whose vectors begin where a line of the cache does."""
    raw = np.empty(size + 64, dtype=like.dtype)
    first = (-raw.ctypes.data) % 64 // raw.itemsize
    return raw[first : first + size]


@kernel()
def weigh(  # type: ignore[no-untyped-def]
    extra, found, stride, far, slot_key, arcs, pieces, steps, lasts, node_of, node_key, pair_key
):
    """Fill `found` with weights; every array of keys has one type, of 32 or 64 bits.

    A sum that reaches `far` counts as no way. The answers of a pair lie `stride` apart from those
    of the one before.
    """
    arc_key, arc_element, arc_share = arcs
    piece_run, piece_part = pieces
    step_run, step_run_of, changing, fixed_node, fixed_key = steps
    last_count, last_node, last_key = lasts
    lane = lane_count(slot_key)
    kind = slot_key.dtype.type
    count, elements = extra.shape
    goals = pair_key.shape[1]
    w = _aligned(slot_key, slot_key.size * lane)
    d = _aligned(slot_key, _most(node_of) * lane)
    added = _aligned(slot_key, elements * lane)
    room = _aligned(slot_key, lane)
    cap, cut = spread(kind(far)), spread(kind(SHUT))
    for begin in range(0, count, lane):
        lanes = min(lane, count - begin)
        for x in range(lanes):
            for e in range(elements):
                more = extra[begin + x, e]
                added[e * lane + x] = kind(far) if more < 0 else kind(min(more, far))
        i = t = 0
        for r in range(piece_run.shape[0]):
            s = piece_run[r, 0]
            key = spread(slot_key[s])
            for _ in range(piece_run[r, 1]):
                e, share = arc_element[i], arc_share[i]
                if share == 1.0:
                    key = lesser(key, plus(load(added, e * lane), spread(arc_key[i])))
                else:
                    for x in range(lanes):
                        more = extra[begin + x, e]
                        part = np.int64(np.rint(more * share))
                        room[x] = kind(far) if more < 0 else kind(min(part, far))
                    key = lesser(key, plus(load(room, 0), spread(arc_key[i])))
                i += 1
            for _ in range(piece_run[r, 2]):
                a, b = piece_part[t, 0] * lane, piece_part[t, 1] * lane
                key = lesser(key, plus(load(w, a), load(w, b)))
                t += 1
            put_vector(w, s * lane, key)
        c = f = g = 0
        for o in range(node_of.size - 1):
            first = node_of[o]
            for v in range(node_of[o + 1] - first):
                put_vector(d, v * lane, spread(node_key[first + v]))
            for r in range(step_run_of[o], step_run_of[o + 1]):
                v, n = step_run[r, 0] * lane, step_run[r, 1]
                key = load(d, v)
                if n < 0:
                    for _ in range(-n):
                        u, s = at(changing, 2 * c) * lane, at(changing, 2 * c + 1) * lane
                        key = lesser(key, plus(load(d, u), load(w, s)))
                        c += 1
                else:
                    for _ in range(n):
                        u = at(fixed_node, f) * lane
                        key = lesser(key, plus(load(d, u), spread(at(fixed_key, f))))
                        f += 1
                put_vector(d, v, key)
            for j in range(goals):
                key = spread(pair_key[o, j])
                for _ in range(last_count[o, j]):
                    u = at(last_node, g) * lane
                    key = lesser(key, plus(load(d, u), spread(at(last_key, g))))
                    g += 1
                key = pick(below(key, cap), key, cut)
                place = (o * goals + j) * stride + begin
                put_answers(found, place, key, lanes)
    finish()


@kernel()
def hides(  # type: ignore[no-untyped-def]
    extra, found, slot_joined, arcs, triangle, step, lasts, node_of, node_joined, pair_joined
):
    """Tell whether a pair found to be cut is joined: the program on bits, one for each lane.

    Parameters
    ----------
    slot_joined, node_joined, pair_joined
        Whether the piece or way is there with everything shut, in the shapes of their keys.
    """
    arc_slot, arc_element = arcs[0], arcs[2]
    step_part, step_pull, step_pull_of = step[0], step[2], step[3]
    last, last_pull, last_pull_of = lasts[0], lasts[2], lasts[3]
    none, every, bit = np.uint64(0), ~np.uint64(0), np.uint64(1)
    w = np.empty(slot_joined.size, dtype=np.uint64)
    d = np.empty(_most(node_of), dtype=np.uint64)
    out = np.empty(pair_joined.shape[1], dtype=np.uint64)
    for begin in range(0, extra.shape[0], LANES):
        lanes = min(LANES, extra.shape[0] - begin)
        for s in range(slot_joined.size):
            w[s] = every if slot_joined[s] else none
        for i in range(arc_slot.size):
            for x in range(lanes):
                if extra[begin + x, arc_element[i]] >= 0:
                    w[arc_slot[i]] |= bit << np.uint64(x)
        for t in range(triangle.shape[0]):
            w[triangle[t, 2]] |= w[triangle[t, 0]] & w[triangle[t, 1]]
        for o in range(node_of.size - 1):
            for v in range(node_of[o + 1] - node_of[o]):
                d[v] = every if node_joined[node_of[o] + v] else none
            for p in range(step_pull_of[o], step_pull_of[o + 1]):
                for t in range(step_pull[p, 0], step_pull[p, 0] + abs(step_pull[p, 1])):
                    a = step_part[t, 0]
                    d[step_part[t, 2]] |= d[step_part[t, 1]] & (every if a < 0 else w[a])
            for j in range(out.size):
                out[j] = every if pair_joined[o, j] else none
            for p in range(last_pull_of[o], last_pull_of[o + 1]):
                for t in range(last_pull[p, 0], last_pull[p, 0] + last_pull[p, 1]):
                    out[last[t, 1]] |= d[last[t, 0]]
            for j in range(out.size):
                for x in range(lanes):
                    if found[begin + x, o, j] == SHUT and (out[j] >> np.uint64(x)) & bit:
                        return True
    return False


@kernel()
def joined_anyway(  # type: ignore[no-untyped-def]
    extra, found, static_joined, arc_tail, arc_head, arc_element, origin, destination
):
    """Return (scenario, origin, destination) of a pair found to be cut that is joined, or -1s.

    Over the whole condensed graph, whatever the way weighs: the program has only what may lie on
    a best route that a key holds. A word has a bit for each of 64 scenarios.

    Parameters
    ----------
    static_joined
        Shape (n_portals, n_portals): whether a way is there with everything shut.
    """
    size = static_joined.shape[0]
    by_tail = np.argsort(arc_tail)
    first = np.searchsorted(arc_tail[by_tail], np.arange(size + 1))
    seen = np.empty(size, dtype=np.uint64)
    waits = np.zeros(size, dtype=np.uint8)
    pile = np.empty(size, dtype=np.int32)
    opened = np.empty(extra.shape[1], dtype=np.uint64)
    cut = np.empty(destination.size, dtype=np.uint64)
    none, bit = np.uint64(0), np.uint64(1)
    row = at_o = at_j = -1
    for begin in range(0, extra.shape[0], LANES):
        lanes = min(LANES, extra.shape[0] - begin)
        for e in range(extra.shape[1]):
            opened[e] = none
            for x in range(lanes):
                if extra[begin + x, e] >= 0:
                    opened[e] |= bit << np.uint64(x)
        for o in range(origin.size):
            asked = none
            for j in range(destination.size):
                cut[j] = none
                for x in range(lanes):
                    if found[begin + x, o, j] == SHUT:
                        cut[j] |= bit << np.uint64(x)
                asked |= cut[j]
            if asked == none:
                continue
            seen[:] = none
            seen[origin[o]], pile[0], height = asked, origin[o], 1
            while height > 0:
                height -= 1
                u = pile[height]
                waits[u] = 0
                for v in range(size):
                    if static_joined[u, v] and seen[u] & ~seen[v] != none:
                        seen[v] |= seen[u]
                        if not waits[v]:
                            waits[v], pile[height] = 1, v
                            height += 1
                for i in range(first[u], first[u + 1]):
                    v = arc_head[by_tail[i]]
                    new = seen[u] & opened[arc_element[by_tail[i]]] & ~seen[v]
                    if new != none:
                        seen[v] |= new
                        if not waits[v]:
                            waits[v], pile[height] = 1, v
                            height += 1
            for j in range(destination.size):
                hidden = cut[j] & seen[destination[j]]
                for x in range(lanes if hidden != none else 0):
                    if hidden >> np.uint64(x) & bit and (row < 0 or begin + x < row):
                        row, at_o, at_j = begin + x, o, j
        if row >= 0:
            break
    return row, at_o, at_j


@kernel()
def route(  # type: ignore[no-untyped-def]
    extra, more, shift, found, stride, slots, arcs, pieces, steps, lasts, node_of, node, pair
):
    """Fill `found` with ticks, measures and masks, laid out as those of `weigh`.

    Beside the key of a piece, node or pair go *columns*: its measures, and words of flags of the
    elements on it. They are taken over in lanes where the key falls; where it falls in none, as
    mostly, they are not looked at. Of ways alike in key the first stands.
    """
    step_run, step_run_of, changing, fixed_node, fixed_key, fixed_measures = steps
    last_count, last_node, last_key, last_measures = lasts
    node_key, node_measures = node
    pair_key, pair_measures = pair
    ticks, measures, masks = found
    slot_key = slots[0]
    lane = lane_count(slot_key)
    tick = np.int64(1) << np.int64(shift)
    count, elements = extra.shape
    goals = pair_key.shape[1]
    words = (elements + 63) // 64 if elements > 0 else 1
    # One line of the cache more, so that columns do not fall on the same lines of it.
    wide, long = slot_key.size * lane + 8, _most(node_of) * lane + 8
    w = _aligned(slot_key, wide * (4 + words))
    d = _aligned(slot_key, long * (4 + words))
    added = _aligned(slot_key, elements * lane * 4)
    room = _aligned(slot_key, lane)
    most = max(_longest(step_run[:, 1]), _longest(last_count.ravel()))
    hit, fallen = np.empty(most, dtype=np.int64), np.empty(most, dtype=np.uint64)
    far, cut, none = spread(np.int64(FAR_KEY)), spread(np.int64(SHUT)), spread(np.int64(0))
    low = spread(np.int64(shift))
    one = more.shape[0] == 1
    for begin in range(0, count, lane):
        lanes = min(lane, count - begin)
        for x in range(lanes):
            row = 0 if one else begin + x
            for e in range(elements):
                ticks_more = extra[begin + x, e]
                place = e * 4 * lane + x
                added[place] = FAR_KEY if ticks_more < 0 else ticks_more * tick
                for m in range(3):
                    added[place + (m + 1) * lane] = more[row, e, m]
        _join(extra[begin : begin + lanes], more if one else more[begin : begin + lanes],
              tick, added, room, slots, arcs, pieces, w, wide, words)  # fmt: skip
        c = f = g = 0
        for o in range(node_of.size - 1):
            first = node_of[o]
            for v in range(node_of[o + 1] - first):
                put_vector(d, v * lane, spread(node_key[first + v]))
                for m in range(3):
                    put_vector(d, v * lane + (m + 1) * long, spread(node_measures[first + v, m]))
                for m in range(4, 4 + words):
                    put_vector(d, v * lane + m * long, none)
            for r in range(step_run_of[o], step_run_of[o + 1]):
                v, n = step_run[r, 0] * lane, step_run[r, 1]
                key, hits = load(d, v), 0
                if n < 0:
                    for i in range(2 * c, 2 * (c - n), 2):
                        u, s = at(changing, i) * lane, at(changing, i + 1) * lane
                        new = plus(load(d, u), load(w, s))
                        falls = below(new, key)
                        key = pick(falls, new, key)
                        hit[hits], fallen[hits] = i, as_bits(falls)
                        hits += fallen[hits] != 0
                    c -= n
                else:
                    for i in range(f, f + n):
                        new = plus(load(d, at(fixed_node, i) * lane), spread(at(fixed_key, i)))
                        falls = below(new, key)
                        key = pick(falls, new, key)
                        hit[hits], fallen[hits] = i, as_bits(falls)
                        hits += fallen[hits] != 0
                    f += n
                if hits == 0:
                    continue
                put_vector(d, v, key)
                hours, usd = load(d, v + long), load(d, v + 2 * long)
                metres, used = load(d, v + 3 * long), load(d, v + 4 * long)
                for i in range(hits):
                    q, falls = at(hit, i), as_flags(at(fallen, i), key)
                    if n < 0:
                        u, s = at(changing, q) * lane, at(changing, q + 1) * lane
                        new = plus(load(d, u + long), load(w, s + wide))
                        hours = pick(falls, new, hours)
                        new = plus(load(d, u + 2 * long), load(w, s + 2 * wide))
                        usd = pick(falls, new, usd)
                        new = plus(load(d, u + 3 * long), load(w, s + 3 * wide))
                        metres = pick(falls, new, metres)
                        new = either(load(d, u + 4 * long), load(w, s + 4 * wide))
                        used = pick(falls, new, used)
                    else:
                        u, q = at(fixed_node, q) * lane, 3 * q
                        new = plus(load(d, u + long), spread(at(fixed_measures, q)))
                        hours = pick(falls, new, hours)
                        new = plus(load(d, u + 2 * long), spread(at(fixed_measures, q + 1)))
                        usd = pick(falls, new, usd)
                        new = plus(load(d, u + 3 * long), spread(at(fixed_measures, q + 2)))
                        metres = pick(falls, new, metres)
                        used = pick(falls, load(d, u + 4 * long), used)
                put_vector(d, v + long, hours)
                put_vector(d, v + 2 * long, usd)
                put_vector(d, v + 3 * long, metres)
                put_vector(d, v + 4 * long, used)
                for m in range(5, 4 + words):
                    used = load(d, v + m * long)
                    for i in range(hits):
                        q, falls = at(hit, i), as_flags(at(fallen, i), key)
                        if n < 0:
                            u = at(changing, q) * lane + m * long
                            s = at(changing, q + 1) * lane + m * wide
                            used = pick(falls, either(load(d, u), load(w, s)), used)
                        else:
                            new = load(d, at(fixed_node, q) * lane + m * long)
                            used = pick(falls, new, used)
                    put_vector(d, v + m * long, used)
            for j in range(goals):
                n = last_count[o, j]
                key, used, hits = spread(pair_key[o, j]), none, 0
                hours, usd = spread(pair_measures[o, j, 0]), spread(pair_measures[o, j, 1])
                metres = spread(pair_measures[o, j, 2])
                for i in range(g, g + n):
                    new = plus(load(d, at(last_node, i) * lane), spread(at(last_key, i)))
                    falls = below(new, key)
                    key = pick(falls, new, key)
                    hit[hits], fallen[hits] = i, as_bits(falls)
                    hits += fallen[hits] != 0
                g += n
                for i in range(hits):
                    q, falls = at(hit, i), as_flags(at(fallen, i), key)
                    u, q = at(last_node, q) * lane, 3 * q
                    new = plus(load(d, u + long), spread(at(last_measures, q)))
                    hours = pick(falls, new, hours)
                    new = plus(load(d, u + 2 * long), spread(at(last_measures, q + 1)))
                    usd = pick(falls, new, usd)
                    new = plus(load(d, u + 3 * long), spread(at(last_measures, q + 2)))
                    metres = pick(falls, new, metres)
                    used = pick(falls, load(d, u + 4 * long), used)
                joined = below(key, far)
                place = o * goals + j
                key = pick(joined, shifted_down(key, low), cut)
                put_answers(ticks, place * stride + begin, key, lanes)
                at_first = 3 * place * stride + begin
                put_answers(measures, at_first, pick(joined, hours, none), lanes)
                put_answers(measures, at_first + stride, pick(joined, usd, none), lanes)
                put_answers(measures, at_first + 2 * stride, pick(joined, metres, none), lanes)
                at_first = words * place * stride + begin
                put_answers(masks, at_first, pick(joined, used, none), lanes)
                for m in range(1, words):
                    used = none
                    for i in range(hits):
                        new = load(d, at(last_node, at(hit, i)) * lane + (m + 4) * long)
                        used = pick(as_flags(at(fallen, i), used), new, used)
                    used = pick(joined, used, none)
                    put_answers(masks, at_first + m * stride, used, lanes)
    finish()


@kernel()
def _longest(counts):  # type: ignore[no-untyped-def]
    most = 1
    for count in counts:
        most = max(most, abs(count))
    return most


@kernel()
def _join(  # type: ignore[no-untyped-def]
    extra, more, tick, added, room, slots, arcs, pieces, w, wide, words
):
    """Fill `w` with keys and columns of pieces, from arcs of elements and from other pieces."""
    slot_key, slot_measures = slots
    arc_key, arc_element, arc_share, arc_measures = arcs
    piece_run, piece_part = pieces
    lane = lane_count(slot_key)
    none = spread(np.int64(0))
    i = t = 0
    for r in range(piece_run.shape[0]):
        s = piece_run[r, 0] * lane
        put_vector(w, s, spread(slot_key[piece_run[r, 0]]))
        for m in range(3):
            put_vector(w, s + (m + 1) * wide, spread(slot_measures[piece_run[r, 0], m]))
        for m in range(4, 4 + words):
            put_vector(w, s + m * wide, none)
        for _ in range(piece_run[r, 1]):
            e, share = arc_element[i], arc_share[i]
            if share == 1.0:
                new = load(added, e * 4 * lane)
            else:
                for x in range(extra.shape[0]):
                    part = extra[x, e]
                    room[x] = FAR_KEY if part < 0 else np.int64(np.rint(part * share)) * tick
                new = load(room, 0)
            new = plus(new, spread(arc_key[i]))
            falls = below(new, load(w, s))
            if as_bits(falls) != 0:
                put_vector(w, s, pick(falls, new, load(w, s)))
                for m in range(3):
                    if share == 1.0:
                        new = load(added, (e * 4 + m + 1) * lane)
                    else:
                        for x in range(extra.shape[0]):
                            row = x if more.shape[0] > 1 else 0
                            room[x] = np.int64(np.rint(more[row, e, m] * share))
                        new = load(room, 0)
                    new = plus(new, spread(arc_measures[i, m]))
                    put_vector(w, s + (m + 1) * wide, pick(falls, new, load(w, s + (m + 1) * wide)))
                for m in range(words):
                    flag = np.int64(1) << np.int64(e & 63) if e >> 6 == m else np.int64(0)
                    old = load(w, s + (m + 4) * wide)
                    put_vector(w, s + (m + 4) * wide, pick(falls, spread(flag), old))
            i += 1
        n = piece_run[r, 2]
        if n == 0:
            continue
        key, hours, usd = load(w, s), load(w, s + wide), load(w, s + 2 * wide)
        metres, used = load(w, s + 3 * wide), load(w, s + 4 * wide)
        for k in range(t, t + n):
            a, b = piece_part[k, 0] * lane, piece_part[k, 1] * lane
            new = plus(load(w, a), load(w, b))
            falls = below(new, key)
            if as_bits(falls) != 0:
                key = pick(falls, new, key)
                hours = pick(falls, plus(load(w, a + wide), load(w, b + wide)), hours)
                usd = pick(falls, plus(load(w, a + 2 * wide), load(w, b + 2 * wide)), usd)
                metres = pick(falls, plus(load(w, a + 3 * wide), load(w, b + 3 * wide)), metres)
                used = pick(falls, either(load(w, a + 4 * wide), load(w, b + 4 * wide)), used)
                for m in range(5, 4 + words):
                    new = either(load(w, a + m * wide), load(w, b + m * wide))
                    old = load(w, s + m * wide)
                    put_vector(w, s + m * wide, pick(falls, new, old))
        put_vector(w, s, key)
        put_vector(w, s + wide, hours)
        put_vector(w, s + 2 * wide, usd)
        put_vector(w, s + 3 * wide, metres)
        put_vector(w, s + 4 * wide, used)
        t += n
