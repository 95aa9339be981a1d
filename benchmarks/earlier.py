"""The lanes of version 0.1.0: what today's are measured against in one run, and an oracle for them.

Every loop over `x` runs over scenarios and becomes vector instructions; vectors are read from
memory and written back at each step. Steps that lead to one node are done four (two) at a time.
"""

from __future__ import annotations

import numpy as np
from numba import njit

from karwan.route.arcgraph import Longs
from karwan.route.detours import word_count
from karwan.route.lanes import FAR_32, SHUT, LaneRoutes, Lanes

LANES = 64
"""Scenarios side by side where keys of 64 bits are carried, or one bit each."""
WEIGHT_LANES = 128
"""Scenarios side by side where weights alone are wanted: of 32 bits they take the same room."""


@njit(cache=True, nogil=True)
def _most(starts):  # type: ignore[no-untyped-def]
    found = 1
    for o in range(starts.size - 1):
        found = max(found, starts[o + 1] - starts[o])
    return found


@njit(cache=True, nogil=True)
def _weigh(  # type: ignore[no-untyped-def]
    extra, found, far, slot_key, arcs, triangle, step, lasts, node_of, node_key, pair_key
):
    """Fill `found` with weights; every array of keys has one type, of 32 or 64 bits.

    A sum that reaches `far` counts as no way.
    """
    arc_slot, arc_key, arc_element, arc_share = arcs
    step_part, step_key, step_pull, step_pull_of = step
    last, last_key, last_pull, last_pull_of = lasts
    slots, origins = slot_key.size, node_of.size - 1
    kind = slot_key.dtype.type
    w = np.empty((slots, WEIGHT_LANES), dtype=slot_key.dtype)
    d = np.empty((_most(node_of), WEIGHT_LANES), dtype=slot_key.dtype)
    out = np.empty((pair_key.shape[1], WEIGHT_LANES), dtype=slot_key.dtype)
    cap = kind(far)
    for begin in range(0, extra.shape[0], WEIGHT_LANES):
        lanes = min(WEIGHT_LANES, extra.shape[0] - begin)
        for s in range(slots):
            w[s, :] = slot_key[s]
        for i in range(arc_slot.size):
            s, k, e, share = arc_slot[i], np.int64(arc_key[i]), arc_element[i], arc_share[i]
            for x in range(lanes):
                more = extra[begin + x, e]
                if more < 0:
                    continue
                if share != 1.0:
                    more = np.int64(np.rint(more * share))
                w[s, x] = kind(min(np.int64(w[s, x]), k + more))
        for t in range(triangle.shape[0]):
            a, b, c = triangle[t, 0], triangle[t, 1], triangle[t, 2]
            for x in range(WEIGHT_LANES):
                w[c, x] = min(w[c, x], kind(w[a, x] + w[b, x]))
        for o in range(origins):
            for v in range(node_of[o + 1] - node_of[o]):
                d[v, :] = node_key[node_of[o] + v]
            for p in range(step_pull_of[o], step_pull_of[o + 1]):
                t, n = step_pull[p, 0], step_pull[p, 1]
                v = step_part[t, 2]
                if n < 0:
                    q = t - n - 1
                    a, b = step_part[t, 0], step_part[q, 0]
                    u, y = step_part[t, 1], step_part[q, 1]
                    for x in range(WEIGHT_LANES):
                        one, two = kind(d[u, x] + w[a, x]), kind(d[y, x] + w[b, x])
                        d[v, x] = min(d[v, x], one, two)
                elif n == 1:
                    u, k0 = step_part[t, 1], step_key[t]
                    for x in range(WEIGHT_LANES):
                        d[v, x] = min(d[v, x], kind(d[u, x] + k0))
                else:
                    t2, t3 = t + min(2, n - 1), t + n - 1
                    u0, u1 = step_part[t, 1], step_part[t + 1, 1]
                    u2, u3 = step_part[t2, 1], step_part[t3, 1]
                    k0, k1, k2, k3 = step_key[t], step_key[t + 1], step_key[t2], step_key[t3]
                    for x in range(WEIGHT_LANES):
                        one = min(kind(d[u0, x] + k0), kind(d[u1, x] + k1))
                        two = min(kind(d[u2, x] + k2), kind(d[u3, x] + k3))
                        d[v, x] = min(d[v, x], one, two)
            for j in range(out.shape[0]):
                out[j, :] = pair_key[o, j]
            for p in range(last_pull_of[o], last_pull_of[o + 1]):
                t, n = last_pull[p, 0], last_pull[p, 1]
                j, t1, t2, t3 = last[t, 1], t + min(1, n - 1), t + min(2, n - 1), t + n - 1
                u0, u1, u2, u3 = last[t, 0], last[t1, 0], last[t2, 0], last[t3, 0]
                k0, k1, k2, k3 = last_key[t], last_key[t1], last_key[t2], last_key[t3]
                for x in range(WEIGHT_LANES):
                    one = min(kind(d[u0, x] + k0), kind(d[u1, x] + k1))
                    two = min(kind(d[u2, x] + k2), kind(d[u3, x] + k3))
                    out[j, x] = min(out[j, x], one, two)
            for x in range(lanes):
                for j in range(out.shape[0]):
                    key = out[j, x]
                    found[begin + x, o, j] = key if key < cap else SHUT


@njit(cache=True, nogil=True)
def _route(  # type: ignore[no-untyped-def]
    extra, more, shift, found, slots, arcs, triangle, step, lasts, node_of, node, pair
):
    """Fill `found` with ticks, measures and masks.

    Each lane keeps by what a piece, node or pair was last improved; the measures of the best ways
    are summed afterwards, back along these marks, so only what is on a best way is summed.
    """
    slot_key, slot_measures = slots
    arc_slot, arc_key, arc_element, arc_share, arc_measures = arcs
    step_part, step_key, step_measures, step_pull, step_pull_of = step
    last, last_key, last_measures, last_pull, last_pull_of = lasts
    node_key, node_measures = node
    pair_key, pair_measures = pair
    ticks, measures, masks = found
    far = np.int64(2**61)
    tick = np.int64(1) << np.int64(shift)
    words = masks.shape[3]
    origins, goals = node_of.size - 1, pair_key.shape[1]
    most_nodes = _most(node_of)
    w = np.empty((slot_key.size, LANES), dtype=np.int64)
    from_w = np.empty((slot_key.size, LANES), dtype=np.int32)
    d = np.empty((most_nodes, LANES), dtype=np.int64)
    from_d = np.empty((most_nodes, LANES), dtype=np.int32)
    sums = np.empty((most_nodes, 3), dtype=np.int64)
    bits = np.empty((most_nodes, words), dtype=np.uint64)
    summed = np.zeros(most_nodes, dtype=np.uint8)
    chain = np.empty(most_nodes + 1, dtype=np.int32)
    pile = np.empty(slot_key.size + 1, dtype=np.int32)
    out = np.empty((goals, LANES), dtype=np.int64)
    from_out = np.empty((goals, LANES), dtype=np.int32)
    arc_count = arc_slot.size
    for begin in range(0, extra.shape[0], LANES):
        lanes = min(LANES, extra.shape[0] - begin)
        for s in range(slot_key.size):
            w[s, :] = slot_key[s]
            from_w[s, :] = -1
        for i in range(arc_count):
            s, k, e, share = arc_slot[i], arc_key[i], arc_element[i], arc_share[i]
            for x in range(lanes):
                added = extra[begin + x, e]
                if added < 0:
                    continue
                if share != 1.0:
                    added = np.int64(np.rint(added * share))
                key = k + added * tick
                if key < w[s, x]:
                    w[s, x] = key
                    from_w[s, x] = i
        for t in range(triangle.shape[0]):
            a, b, c = triangle[t, 0], triangle[t, 1], triangle[t, 2]
            mark = np.int32(arc_count + t)
            for x in range(LANES):
                key = w[a, x] + w[b, x]
                less = key < w[c, x]
                w[c, x] = key if less else w[c, x]
                from_w[c, x] = mark if less else from_w[c, x]
        for o in range(origins):
            first, count = node_of[o], node_of[o + 1] - node_of[o]
            for v in range(count):
                d[v, :] = node_key[first + v]
                from_d[v, :] = -1
            for p in range(step_pull_of[o], step_pull_of[o + 1]):
                t, n = step_pull[p, 0], step_pull[p, 1]
                v = step_part[t, 2]
                if n < 0:
                    t1 = t - n - 1
                    a0, a1 = step_part[t, 0], step_part[t1, 0]
                    u0, u1 = step_part[t, 1], step_part[t1, 1]
                    m0, m1 = np.int32(t), np.int32(t1)
                    for x in range(LANES):
                        key, mark = d[v, x], from_d[v, x]
                        one, two = d[u0, x] + w[a0, x], d[u1, x] + w[a1, x]
                        mark = m0 if one < key else mark
                        key = min(one, key)
                        mark = m1 if two < key else mark
                        d[v, x] = min(two, key)
                        from_d[v, x] = mark
                elif n == 1:
                    u0, k0, m0 = step_part[t, 1], step_key[t], np.int32(t)
                    for x in range(LANES):
                        key, one = d[v, x], d[u0, x] + k0
                        from_d[v, x] = m0 if one < key else from_d[v, x]
                        d[v, x] = min(one, key)
                else:
                    t1, t2, t3 = t + 1, t + min(2, n - 1), t + n - 1
                    u0, u1, u2, u3 = (
                        step_part[t, 1], step_part[t1, 1], step_part[t2, 1], step_part[t3, 1]
                    )  # fmt: skip
                    k0, k1, k2, k3 = step_key[t], step_key[t1], step_key[t2], step_key[t3]
                    m0, m1, m2, m3 = np.int32(t), np.int32(t1), np.int32(t2), np.int32(t3)
                    for x in range(LANES):
                        key, mark = d[v, x], from_d[v, x]
                        one, two = d[u0, x] + k0, d[u1, x] + k1
                        three, four = d[u2, x] + k2, d[u3, x] + k3
                        mark = m0 if one < key else mark
                        key = min(one, key)
                        mark = m1 if two < key else mark
                        key = min(two, key)
                        mark = m2 if three < key else mark
                        key = min(three, key)
                        mark = m3 if four < key else mark
                        d[v, x] = min(four, key)
                        from_d[v, x] = mark
            for j in range(goals):
                out[j, :] = pair_key[o, j]
                from_out[j, :] = -1
            for p in range(last_pull_of[o], last_pull_of[o + 1]):
                t, n = last_pull[p, 0], last_pull[p, 1]
                j, t1, t2, t3 = last[t, 1], t + min(1, n - 1), t + min(2, n - 1), t + n - 1
                u0, u1, u2, u3 = last[t, 0], last[t1, 0], last[t2, 0], last[t3, 0]
                k0, k1, k2, k3 = last_key[t], last_key[t1], last_key[t2], last_key[t3]
                m0, m1, m2, m3 = np.int32(t), np.int32(t1), np.int32(t2), np.int32(t3)
                for x in range(LANES):
                    key, mark = out[j, x], from_out[j, x]
                    one, two = d[u0, x] + k0, d[u1, x] + k1
                    three, four = d[u2, x] + k2, d[u3, x] + k3
                    mark = m0 if one < key else mark
                    key = min(one, key)
                    mark = m1 if two < key else mark
                    key = min(two, key)
                    mark = m2 if three < key else mark
                    key = min(three, key)
                    mark = m3 if four < key else mark
                    out[j, x] = min(four, key)
                    from_out[j, x] = mark
            for x in range(lanes):
                row = begin + x
                summed[:count] = 0
                for j in range(goals):
                    cut = out[j, x] >= far
                    ticks[row, o, j] = SHUT if cut else out[j, x] >> shift
                    t = from_out[j, x]
                    if t < 0:
                        for m in range(3):
                            measures[row, o, j, m] = 0 if cut else pair_measures[o, j, m]
                        for m in range(words):
                            masks[row, o, j, m] = np.uint64(0)
                        continue
                    u = last[t, 0]
                    if not summed[u]:
                        _sum_node(
                            u,
                            x,
                            row if more.shape[0] > 1 else 0,
                            first,
                            from_d,
                            from_w,
                            step_part,
                            step_measures,
                            node_measures,
                            slot_measures,
                            triangle,
                            arc_count,
                            arc_element,
                            arc_share,
                            arc_measures,
                            more,
                            sums,
                            bits,
                            summed,
                            chain,
                            pile,
                        )
                    for m in range(3):
                        measures[row, o, j, m] = sums[u, m] + last_measures[t, m]
                    for m in range(words):
                        masks[row, o, j, m] = bits[u, m]


@njit(cache=True, nogil=True, inline="always")
def _sum_node(  # type: ignore[no-untyped-def]
    node, x, row, first, from_d, from_w, step_part, step_measures, node_measures, slot_measures,
    triangle, arc_count, arc_element, arc_share, arc_measures, more, sums, bits, summed, chain,
    pile,
):  # fmt: skip
    """Fill `sums[node]` and `bits[node]` for one lane, and those of the nodes before it."""
    words = bits.shape[1]
    length = 0
    at = node
    while not summed[at]:
        chain[length] = at
        length += 1
        t = from_d[at, x]
        if t < 0:
            break
        at = step_part[t, 1]
    for back in range(length - 1, -1, -1):
        v = chain[back]
        t = from_d[v, x]
        summed[v] = 1
        if t < 0:
            for m in range(3):
                sums[v, m] = node_measures[first + v, m]
            for m in range(words):
                bits[v, m] = np.uint64(0)
            continue
        u, a = step_part[t, 1], step_part[t, 0]
        hours, usd, metres = sums[u, 0], sums[u, 1], sums[u, 2]
        for m in range(words):
            bits[v, m] = bits[u, m]
        if a < 0:
            hours += step_measures[t, 0]
            usd += step_measures[t, 1]
            metres += step_measures[t, 2]
        else:
            pile[0] = a
            height = 1
            while height > 0:
                height -= 1
                s = pile[height]
                f = from_w[s, x]
                if f < 0:
                    hours += slot_measures[s, 0]
                    usd += slot_measures[s, 1]
                    metres += slot_measures[s, 2]
                elif f < arc_count:
                    e, share = arc_element[f], arc_share[f]
                    one, two, three = more[row, e, 0], more[row, e, 1], more[row, e, 2]
                    if share != 1.0:
                        one = np.int64(np.rint(one * share))
                        two = np.int64(np.rint(two * share))
                        three = np.int64(np.rint(three * share))
                    hours += arc_measures[f, 0] + one
                    usd += arc_measures[f, 1] + two
                    metres += arc_measures[f, 2] + three
                    bits[v, e >> 6] |= np.uint64(1) << np.uint64(e & 63)
                else:
                    pile[height] = triangle[f - arc_count, 0]
                    pile[height + 1] = triangle[f - arc_count, 1]
                    height += 2
        sums[v, 0], sums[v, 1], sums[v, 2] = hours, usd, metres


def earlier_weights(lanes: Lanes, extra: Longs) -> np.ndarray[tuple[int, ...], np.dtype[np.int32]]:
    """Return what `Lanes.weights` does, where sums fit 32 bits, for checked extras."""
    program, condensed = lanes.program, lanes.condensed
    rows = program.arc_row

    def narrowed(keys: Longs) -> np.ndarray[tuple[int, ...], np.dtype[np.int32]]:
        return np.minimum(condensed.bits.ticks(keys), FAR_32).astype(np.int32)

    ticks = np.empty((len(extra), *lanes.shape), dtype=np.int32)
    _weigh(
        extra,
        ticks,
        FAR_32,
        narrowed(program.slot_key),
        (
            program.arc_slot,
            narrowed(condensed.arc_key[rows]),
            condensed.arc_element[rows],
            condensed.arc_share[rows],
        ),
        program.triangle,
        (program.step, narrowed(program.step_key), program.step_pull, program.step_pull_of),
        (program.last, narrowed(program.last_key), program.last_pull, program.last_pull_of),
        program.node_of,
        narrowed(program.node_key),
        narrowed(program.pair_key),
    )
    return ticks


def earlier_routes(lanes: Lanes, extra: Longs, more: Longs) -> LaneRoutes:
    """Return what `Lanes.routes` does, for checked extras."""
    program, condensed = lanes.program, lanes.condensed
    rows, words = program.arc_row, word_count(condensed.element_count)
    ticks = np.empty((len(extra), *lanes.shape), dtype=np.int64)
    measures = np.empty((*ticks.shape, 3), dtype=np.int64)
    masks = np.empty((*ticks.shape, words), dtype=np.uint64)
    _route(
        extra,
        more,
        condensed.bits.shift,
        (ticks, measures, masks),
        (program.slot_key, program.slot_measures),
        (
            program.arc_slot,
            condensed.arc_key[rows],
            condensed.arc_element[rows],
            condensed.arc_share[rows],
            condensed.arc_measures[rows],
        ),
        program.triangle,
        (
            program.step,
            program.step_key,
            program.step_measures,
            program.step_pull,
            program.step_pull_of,
        ),
        (
            program.last,
            program.last_key,
            program.last_measures,
            program.last_pull,
            program.last_pull_of,
        ),
        program.node_of,
        (program.node_key, program.node_measures),
        (program.pair_key, program.pair_measures),
    )
    return LaneRoutes(ticks, measures, masks)
