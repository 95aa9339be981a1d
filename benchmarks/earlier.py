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
from karwan.route.marks import route_by_marks
from karwan.route.schedule import mark_tables

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
    words = word_count(lanes.condensed.element_count)
    ticks = np.empty((len(extra), *lanes.shape), dtype=np.int64)
    measures = np.empty((*ticks.shape, 3), dtype=np.int64)
    masks = np.empty((*ticks.shape, words), dtype=np.uint64)
    shift = lanes.condensed.bits.shift
    rows = ticks, measures, masks
    route_by_marks(extra, more, shift, rows, *mark_tables(lanes.program))
    return LaneRoutes(ticks, measures, masks)
