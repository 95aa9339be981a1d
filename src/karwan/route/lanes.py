"""Evaluate scenarios side by side, one in each lane: shut, delayed, dearer or reopening.

The program of a condensed graph (see `hierarchy`) is run for 64 scenarios at a time. Weights alone
run in 32-bit lanes where every possible sum fits, in 64-bit lanes otherwise. With hours, USD, km
and the elements used, lanes hold packed keys, so that ties fall as in the router but for its last
step: of routes alike in weight, arcs of elements and arcs, the first found stands.
"""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt
from numba import njit

from karwan.base.errors import DataError
from karwan.route.arcgraph import UNREACHED, Longs
from karwan.route.condense import Condensed
from karwan.route.detours import word_count
from karwan.route.hierarchy import Program, make_program

LANES = 64
SHUT = -1
"""Extra ticks of an element that is shut."""
FAR_32 = 2**30 - 1
"""Weight of what cannot be reached in 32-bit lanes; two of them add without overflow."""
BLOCKS_AT_ONCE = 64


@dataclass(frozen=True)
class LaneWeights:
    """Routing weights, shape (n_scenarios, n_origins, n_destinations); -1 where cut.

    Of 32 bits where every sum fits, else of 64.
    """

    ticks: npt.NDArray[np.int32] | Longs


@dataclass(frozen=True)
class LaneRoutes:
    """What the best routes weigh, take and use.

    Attributes
    ----------
    ticks
        Shape (n_scenarios, n_origins, n_destinations); -1 where cut.
    measures
        Shape (…, 3): millionths of an hour and of a USD, metres; 0 where cut.
    masks
        Shape (…, n_words): bits of the elements used.
    """

    ticks: Longs
    measures: Longs
    masks: npt.NDArray[np.uint64]


@dataclass
class Lanes:
    """Evaluates scenarios of one condensed graph.

    Attributes
    ----------
    note
        Why weights run in 64-bit lanes, blank where 32 bits hold them.
    """

    condensed: Condensed
    program: Program = field(init=False, repr=False)
    note: str = ""

    def __post_init__(self) -> None:
        self.program = make_program(self.condensed)

    @property
    def shape(self) -> tuple[int, int]:
        """How many origins and destinations there are."""
        rows, columns = self.program.pair_key.shape
        return rows, columns

    def weights(self, extra_ticks: Longs, *, thread_count: int = 1) -> LaneWeights:
        """Return routing weights in every scenario.

        Parameters
        ----------
        extra_ticks
            Shape (n_scenarios, n_elements): what each element adds to the weight of its arcs, by
            their share; `SHUT` where it is shut.

        Raises
        ------
        DataError
            If the shape does not fit, or an extra is below 0 and not `SHUT`.
        """
        extra = self._checked(extra_ticks)
        narrow = self._fits_32(extra)
        self.note = "" if narrow else "sums may pass 30 bits: 64-bit lanes"
        kind, far = (np.int32, FAR_32) if narrow else (np.int64, int(UNREACHED))
        program, bits = self.program, self.condensed.graph.bits

        def cut_down(keys: Longs) -> npt.NDArray[np.int32]:
            ticks = bits.ticks(keys)
            narrowed: npt.NDArray[np.int32] = np.where(ticks >= UNREACHED, far, ticks).astype(kind)
            return narrowed

        rows = program.arc_row
        arcs = (
            program.arc_slot,
            cut_down(self.condensed.arc_key[rows]),
            self.condensed.arc_element[rows],
            self.condensed.arc_share[rows],
        )
        steps = (program.step, cut_down(program.step_key), program.step_of)
        found = np.empty((len(extra), *self.shape), dtype=kind)
        whole = extra.astype(kind)

        def run(begin: int, end: int) -> None:
            _weigh(
                whole[begin:end], found[begin:end], far, cut_down(program.slot_key), arcs,
                program.triangle, steps, (program.last, cut_down(program.last_key)),
                (program.last_of, program.node_of), cut_down(program.node_key),
                cut_down(program.pair_key),
            )  # fmt: skip

        _shared_out(run, len(extra), thread_count)
        return LaneWeights(found)

    def routes(
        self,
        extra_ticks: Longs,
        extra_measures: Longs | None = None,
        *,
        thread_count: int = 1,
    ) -> LaneRoutes:
        """Return weights, hours, USD, km and elements used in every scenario.

        Parameters
        ----------
        extra_measures
            Shape (n_scenarios, n_elements, 3): what each element adds to the measures; nothing
            if None.
        """
        extra = self._checked(extra_ticks)
        if extra_measures is None:
            more = np.zeros((1, extra.shape[1], 3), dtype=np.int64)
        else:
            more = np.ascontiguousarray(extra_measures, dtype=np.int64)
            if more.shape != (*extra.shape, 3):
                msg = f"extra measures have shape {more.shape}, not {(*extra.shape, 3)}"
                raise DataError("the scenarios", [msg])
        program, condensed = self.program, self.condensed
        self._refuse_overflow(extra)
        words = word_count(condensed.element_count)
        rows = program.arc_row
        ticks = np.empty((len(extra), *self.shape), dtype=np.int64)
        measures = np.empty((*ticks.shape, 3), dtype=np.int64)
        masks = np.empty((*ticks.shape, words), dtype=np.uint64)
        one = len(more) == 1

        def run(begin: int, end: int) -> None:
            _route(
                extra[begin:end], more if one else more[begin:end], condensed.graph.bits.shift,
                (ticks[begin:end], measures[begin:end], masks[begin:end]),
                (program.slot_key, program.slot_measures),
                (program.arc_slot, condensed.arc_key[rows], condensed.arc_element[rows],
                 condensed.arc_share[rows], condensed.arc_measures[rows]),
                program.triangle,
                (program.step, program.step_key, program.step_measures, program.step_of),
                (program.last, program.last_key, program.last_measures),
                (program.last_of, program.node_of),
                (program.node_key, program.node_measures),
                (program.pair_key, program.pair_measures),
            )  # fmt: skip

        _shared_out(run, len(extra), thread_count)
        return LaneRoutes(ticks, measures, masks)

    def _checked(self, extra_ticks: Longs) -> Longs:
        extra = np.ascontiguousarray(extra_ticks, dtype=np.int64)
        count = self.condensed.element_count
        faults = []
        if extra.ndim != 2 or extra.shape[1] != count:
            faults.append(
                f"extra ticks have shape {extra.shape}; a column for each of {count} elements is "
                "needed"
            )
        elif int(extra.min(initial=0)) < SHUT:
            where = np.argwhere(extra < SHUT)[0]
            faults.append(
                f"scenario {where[0]}, element {where[1]}: {extra[tuple(where)]} extra ticks; an "
                "element can be shut or dearer, never cheaper than when open"
            )
        if faults:
            raise DataError("the scenarios", faults)
        return extra

    def _most_ticks(self, extra: Longs) -> int:
        """Return a bound on the ticks of any best route: it takes each arc of an element once."""
        ticks = self.condensed.graph.bits.ticks
        keys = (self.program.slot_key, self.program.node_key, self.program.last_key)
        fixed = max(int(ticks(k)[k < UNREACHED].max(initial=0)) for k in keys)
        fixed = max(fixed, int(ticks(self.program.pair_key[self.program.pair_key < UNREACHED])
                               .max(initial=0)))  # fmt: skip
        most = np.maximum(extra.max(axis=0, initial=0), 0)[self.condensed.arc_element]
        added = int(np.ceil((most * self.condensed.arc_share).sum()))
        arcs = int(ticks(self.condensed.arc_key).sum())
        return fixed * (len(self.condensed.arc_key) + 1) + arcs + added

    def _fits_32(self, extra: Longs) -> bool:
        return self._most_ticks(extra) < FAR_32

    def _refuse_overflow(self, extra: Longs) -> None:
        most = self._most_ticks(extra)
        if most >= int(self.condensed.graph.bits.ticks(np.array([UNREACHED - 1]))[0]):
            msg = f"sums may reach {most:,} ticks, more than a packed key holds; use fewer units"
            raise DataError("the scenarios", [msg])


def extra_ticks(
    shut: npt.NDArray[np.bool_],
    delay_hours: npt.NDArray[np.float64],
    *,
    value_of_time_usd_per_hour: float,
    ticks_per_usd: int,
) -> Longs:
    """Return what elements add to the weight: `SHUT`, or the value of their delay.

    Parameters
    ----------
    shut, delay_hours
        Shape (n_scenarios, n_elements).
    """
    added = np.rint(delay_hours * (value_of_time_usd_per_hour * ticks_per_usd)).astype(np.int64)
    return np.where(shut, np.int64(SHUT), added)


def _spans(count: int, size: int) -> Iterator[tuple[int, int]]:
    for begin in range(0, count, size):
        yield begin, min(begin + size, count)


def _shared_out(run, count: int, thread_count: int) -> None:  # type: ignore[no-untyped-def]
    """Run spans of scenarios on threads; where they are cut does not change their results."""
    spans = list(_spans(count, LANES * BLOCKS_AT_ONCE))
    if thread_count <= 1 or len(spans) <= 1:
        for begin, end in spans:
            run(begin, end)
        return
    with ThreadPoolExecutor(thread_count) as pool:
        list(pool.map(lambda span: run(*span), spans))


@njit(cache=True, nogil=True)
def _most(starts):  # type: ignore[no-untyped-def]
    found = 1
    for o in range(starts.size - 1):
        found = max(found, starts[o + 1] - starts[o])
    return found


@njit(cache=True, nogil=True)
def _weigh(  # type: ignore[no-untyped-def]
    extra, found, far, slot_key, arcs, triangle, step, lasts, starts, node_key, pair_key
):
    """Fill `found` with weights; every array of keys has one type, of 32 or 64 bits."""
    arc_slot, arc_key, arc_element, arc_share = arcs
    step_part, step_key, step_of = step
    last, last_key = lasts
    last_of, node_of = starts
    slots, origins = slot_key.size, node_of.size - 1
    kind = slot_key.dtype.type
    w = np.empty((slots, LANES), dtype=slot_key.dtype)
    d = np.empty((_most(node_of), LANES), dtype=slot_key.dtype)
    out = np.empty((pair_key.shape[1], LANES), dtype=slot_key.dtype)
    cap = kind(far)
    for begin in range(0, extra.shape[0], LANES):
        lanes = min(LANES, extra.shape[0] - begin)
        for s in range(slots):
            w[s, :] = slot_key[s]
        for i in range(arc_slot.size):
            s, k, e, share = arc_slot[i], arc_key[i], arc_element[i], arc_share[i]
            for x in range(lanes):
                more = extra[begin + x, e]
                if more < 0:
                    continue
                if share != 1.0:
                    more = np.int64(np.rint(more * share))
                w[s, x] = min(w[s, x], kind(k + more))
        for t in range(triangle.shape[0]):
            a, b, c = triangle[t, 0], triangle[t, 1], triangle[t, 2]
            for x in range(LANES):
                w[c, x] = min(w[c, x], kind(w[a, x] + w[b, x]))
        for o in range(origins):
            for v in range(node_of[o + 1] - node_of[o]):
                d[v, :] = node_key[node_of[o] + v]
            for t in range(step_of[o], step_of[o + 1]):
                a, u, v = step_part[t, 0], step_part[t, 1], step_part[t, 2]
                if a < 0:
                    k = step_key[t]
                    for x in range(LANES):
                        d[v, x] = min(d[v, x], kind(d[u, x] + k))
                else:
                    for x in range(LANES):
                        d[v, x] = min(d[v, x], kind(d[u, x] + w[a, x]))
            for j in range(out.shape[0]):
                out[j, :] = pair_key[o, j]
            for t in range(last_of[o], last_of[o + 1]):
                u, j, k = last[t, 0], last[t, 1], last_key[t]
                for x in range(LANES):
                    out[j, x] = min(out[j, x], kind(d[u, x] + k))
            for x in range(lanes):
                for j in range(out.shape[0]):
                    key = out[j, x]
                    found[begin + x, o, j] = key if key < cap else -1


@njit(cache=True, nogil=True)
def _route(  # type: ignore[no-untyped-def]
    extra, more, shift, found, slots, arcs, triangle, step, lasts, starts, node, pair
):
    """Fill `found` with ticks, measures and masks.

    Each lane keeps by what a piece, node or pair was last improved; the measures of the best ways
    are summed afterwards, back along these marks, so only what is on a best way is summed.
    """
    slot_key, slot_measures = slots
    arc_slot, arc_key, arc_element, arc_share, arc_measures = arcs
    step_part, step_key, step_measures, step_of = step
    last, last_key, last_measures = lasts
    last_of, node_of = starts
    node_key, node_measures = node
    pair_key, pair_measures = pair
    ticks, measures, masks = found
    far = np.int64(2**61)
    tick = np.int64(1) << np.int64(shift)
    words = masks.shape[3]
    width = 3 + words
    origins, goals = node_of.size - 1, pair_key.shape[1]
    most_nodes = _most(node_of)
    w = np.empty((slot_key.size, LANES), dtype=np.int64)
    from_w = np.empty((slot_key.size, LANES), dtype=np.int32)
    d = np.empty((most_nodes, LANES), dtype=np.int64)
    from_d = np.empty((most_nodes, LANES), dtype=np.int32)
    sums = np.empty((most_nodes, width), dtype=np.int64)
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
            for t in range(step_of[o], step_of[o + 1]):
                a, u, v = step_part[t, 0], step_part[t, 1], step_part[t, 2]
                mark = np.int32(t)
                if a < 0:
                    k = step_key[t]
                    for x in range(LANES):
                        key = d[u, x] + k
                        less = key < d[v, x]
                        d[v, x] = key if less else d[v, x]
                        from_d[v, x] = mark if less else from_d[v, x]
                else:
                    for x in range(LANES):
                        key = d[u, x] + w[a, x]
                        less = key < d[v, x]
                        d[v, x] = key if less else d[v, x]
                        from_d[v, x] = mark if less else from_d[v, x]
            for j in range(goals):
                out[j, :] = pair_key[o, j]
                from_out[j, :] = -1
            for t in range(last_of[o], last_of[o + 1]):
                u, j, k = last[t, 0], last[t, 1], last_key[t]
                mark = np.int32(t)
                for x in range(LANES):
                    key = d[u, x] + k
                    less = key < out[j, x]
                    out[j, x] = key if less else out[j, x]
                    from_out[j, x] = mark if less else from_out[j, x]
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
                            summed,
                            chain,
                            pile,
                        )
                    for m in range(3):
                        measures[row, o, j, m] = sums[u, m] + last_measures[t, m]
                    for m in range(words):
                        masks[row, o, j, m] = np.uint64(sums[u, 3 + m])


@njit(cache=True, nogil=True, inline="always")
def _sum_node(  # type: ignore[no-untyped-def]
    node, x, row, first, from_d, from_w, step_part, step_measures, node_measures, slot_measures,
    triangle, arc_count, arc_element, arc_share, arc_measures, more, sums, summed, chain, pile,
):  # fmt: skip
    """Fill `sums[node]` for one lane, and those of the nodes before it that lack theirs."""
    width = sums.shape[1]
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
            for m in range(3, width):
                sums[v, m] = 0
            continue
        u, a = step_part[t, 1], step_part[t, 0]
        for m in range(width):
            sums[v, m] = sums[u, m]
        if a < 0:
            for m in range(3):
                sums[v, m] += step_measures[t, m]
            continue
        pile[0] = a
        height = 1
        while height > 0:
            height -= 1
            s = pile[height]
            f = from_w[s, x]
            if f < 0:
                for m in range(3):
                    sums[v, m] += slot_measures[s, m]
            elif f < arc_count:
                e, share = arc_element[f], arc_share[f]
                for m in range(3):
                    added = more[row, e, m]
                    if share != 1.0:
                        added = np.int64(np.rint(added * share))
                    sums[v, m] += arc_measures[f, m] + added
                sums[v, 3 + (e >> 6)] |= np.int64(1) << np.int64(e & 63)
            else:
                pile[height] = triangle[f - arc_count, 0]
                pile[height + 1] = triangle[f - arc_count, 1]
                height += 2
