"""Measures and elements of best routes by marks: for more elements than a few words hold.

Every loop over `x` runs over scenarios and becomes vector instructions. Each lane keeps by what a
piece, node or pair was last improved, and only what lies on a best route is summed, back along
these marks; so what is carried does not grow with the number of elements, as it does in `sweeps`.
"""

from __future__ import annotations

import numpy as np

from karwan.base.compiled import kernel
from karwan.route.sweeps import SHUT

LANES = 64
"""Scenarios side by side."""


@kernel()
def _most_nodes(starts):  # type: ignore[no-untyped-def]
    most = 1
    for o in range(starts.size - 1):
        most = max(most, starts[o + 1] - starts[o])
    return most


@kernel()
def route_by_marks(  # type: ignore[no-untyped-def]
    extra, more, shift, answers, slots, arcs, triangle, step, lasts, node_of, node, pair
):
    """Fill `answers` with ticks, measures and masks.

    Each lane keeps by what a piece, node or pair was last improved; the measures of the best ways
    are summed afterwards, back along these marks, so only what is on a best way is summed.
    """
    slot_key, slot_measures = slots
    arc_slot, arc_key, arc_element, arc_share, arc_measures = arcs
    step_part, step_key, step_measures, step_pull, step_pull_of = step
    last, last_key, last_measures, last_pull, last_pull_of = lasts
    node_key, node_measures = node
    pair_key, pair_measures = pair
    ticks, measures, masks = answers
    far = np.int64(2**61)
    tick = np.int64(1) << np.int64(shift)
    words = masks.shape[3]
    origins, goals = node_of.size - 1, pair_key.shape[1]
    most_nodes = _most_nodes(node_of)
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


@kernel(inline="always")
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
