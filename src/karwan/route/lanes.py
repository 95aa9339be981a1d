"""Evaluate scenarios side by side, one in each lane: shut, delayed, dearer or reopening.

The program of a condensed graph (see `hierarchy`) is run for many scenarios at a time (`sweeps`).
Weights alone run in 32-bit lanes; where a sum might pass 30 bits, a second look tells whether one
did, and then they run in 64-bit lanes. In memory, answers of one pair lie side by side, scenario by
scenario. With hours, USD, km and the elements used, lanes hold
packed keys, so that ties fall as in the router but for its last step: of routes alike in weight,
arcs of elements and arcs, the first found stands.
"""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import cached_property
from math import prod
from typing import Any

import numpy as np
import numpy.typing as npt

from karwan.base.errors import DataError
from karwan.base.reprs import short_repr
from karwan.route.arcgraph import UNREACHED, Longs, too_heavy
from karwan.route.condense import MEMORY_SHARE, Condensed, free_memory_bytes
from karwan.route.detours import word_count
from karwan.route.extras import check_measures, check_ticks, extra_ticks
from karwan.route.hierarchy import Program, make_program
from karwan.route.marks import route_by_marks
from karwan.route.schedule import Schedule, make_schedule, mark_tables, route_tables, weight_tables
from karwan.route.sweeps import LANES, SHUT, hides, joined_anyway, route, weigh
from karwan.route.vectors import LANES_OF_BITS, LINE_BYTES

__all__ = ["LANES", "SHUT", "LaneRoutes", "LaneWeights", "Lanes", "extra_ticks"]

FAR_32 = 2**30 - 1
"""Weight of what cannot be reached in 32-bit lanes; two of them add without overflow."""
BLOCKS_AT_ONCE = 64
WHOLE_BYTES = 2**28
"""Whole answers of less are not held against the memory that is free."""
MOST_WORDS = 2
"""Words of elements that are carried along all ways; of more, marks are kept and read back."""


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
    _schedule: Schedule = field(init=False, repr=False)
    _narrow: dict[str, tuple[Any, ...]] = field(init=False, repr=False, default_factory=dict)
    _fixed_ticks: int = field(init=False, repr=False)

    __repr__ = short_repr

    def __post_init__(self) -> None:
        self.program = make_program(self.condensed)
        self._schedule = make_schedule(self.program)
        self._fixed_ticks = _most_fixed_ticks(self.condensed)

    @property
    def most_ticks(self) -> int:
        """The most ticks that an answer may have."""
        return self.condensed.bits.most_ticks

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
            If the shape does not fit; if an extra is no whole number, below 0 and not `SHUT`, or
            more than a key holds; if a pair is joined only by ways that weigh more; if whole
            answers take more memory than there is.
        """
        extra = check_ticks(self.condensed, extra_ticks)
        self.note = ""
        most = self._most_ticks(extra)
        ticks = self._weigh(extra, np.int32, min(FAR_32, self.most_ticks + 1), thread_count)
        if most >= FAR_32 and self._hides(extra, ticks):
            self.note = "sums may pass 30 bits: 64-bit lanes"
            ticks = self._weigh(extra, np.int64, self.most_ticks + 1, thread_count)
        self._refuse_heavy(extra, ticks, most)
        return LaneWeights(ticks)

    def _weigh(
        self, extra: Longs, kind: npt.DTypeLike, far: int, thread_count: int
    ) -> npt.NDArray[np.int32]:
        """Return weights from lanes of one type, in which `far` and more counts as cut."""
        kept = np.dtype(kind).name
        if kept not in self._narrow:
            self._narrow[kept] = weight_tables(self.program, self._schedule, kind, far)
        parts = self._narrow[kept]
        stride = _stride(len(extra), kind)
        refuse_whole(len(extra), self.shape, np.dtype(kind).itemsize, stride=stride)
        flat, ticks = _answers(len(extra), self.shape, kind)

        def run(begin: int, end: int) -> None:
            weigh(extra[begin:end], flat[begin:], stride, far, *parts)

        _shared_out(run, len(extra), thread_count)
        return ticks

    @cached_property
    def _marked(self) -> tuple[Any, ...]:
        return mark_tables(self.program)

    @cached_property
    def _tables(self) -> tuple[Any, ...]:
        return route_tables(self.program, self._schedule)

    def _hides(self, extra: Longs, ticks: npt.NDArray[np.int32]) -> bool:
        """Tell whether a pair seems cut that is joined, for sums too large for its lane."""
        program, rows = self.program, self.program.arc_row
        return bool(
            hides(
                extra, ticks, program.slot_key < UNREACHED,
                (program.arc_slot, None, self.condensed.arc_element[rows], None),
                program.triangle,
                (program.step, None, program.step_pull, program.step_pull_of),
                (program.last, None, program.last_pull, program.last_pull_of),
                program.node_of, program.node_key < UNREACHED, program.pair_key < UNREACHED,
            )
        )  # fmt: skip

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
            Shape (n_scenarios, n_elements, 3): what each element adds to the measures, in whole
            millionths and metres; nothing if None.

        Raises
        ------
        DataError
            As `weights`; also if the measures do not fit, or their sums might pass 64 bits.
        """
        extra = check_ticks(self.condensed, extra_ticks)
        more = check_measures(self.condensed, extra, extra_measures)
        words, one = word_count(self.condensed.element_count), len(more) == 1
        stride = len(extra) if words > MOST_WORDS else _stride(len(extra), np.int64)
        refuse_whole(len(extra), self.shape, 8 * (4 + words), stride=stride)
        shift = self.condensed.bits.shift
        if words > MOST_WORDS:
            shape = len(extra), *self.shape
            ticks = np.empty(shape, dtype=np.int64)
            measures = np.empty((*shape, 3), dtype=np.int64)
            masks = np.empty((*shape, words), dtype=np.uint64)

            def run(begin: int, end: int) -> None:
                own = more if one else more[begin:end]
                rows = ticks[begin:end], measures[begin:end], masks[begin:end]
                route_by_marks(extra[begin:end], own, shift, rows, *self._marked)

        else:
            flat_ticks, ticks = _answers(len(extra), self.shape, np.int64)
            flat_measures, measures = _answers(len(extra), (*self.shape, 3), np.int64)
            flat_masks, masks = _answers(len(extra), (*self.shape, words), np.uint64)

            def run(begin: int, end: int) -> None:
                own = more if one else more[begin:end]
                flat = flat_ticks[begin:], flat_measures[begin:], flat_masks[begin:]
                route(extra[begin:end], own, shift, flat, stride, *self._tables)

        _shared_out(run, len(extra), thread_count)
        self._refuse_heavy(extra, ticks, self._most_ticks(extra))
        return LaneRoutes(ticks, measures, masks)

    def _most_ticks(self, extra: Longs) -> int:
        """Return a bound on the ticks of any best route.

        A pair that is joined with everything shut is never further apart than so. Any other route
        leaves each portal at most once by an arc of an element, and goes on from its head by the
        best way with everything shut.
        """
        condensed, ticks = self.condensed, self.condensed.bits.ticks
        joined = self.program.pair_key < UNREACHED
        most = int(ticks(self.program.pair_key)[joined].max(initial=0))
        if joined.all():
            return most
        added = np.maximum(extra.max(axis=0, initial=0), 0)[condensed.arc_element]
        by_tail = np.zeros(condensed.portal.size, dtype=np.int64)
        weight = ticks(condensed.arc_key) + np.ceil(added * condensed.arc_share).astype(np.int64)
        np.maximum.at(by_tail, condensed.arc_tail, weight)
        return max(most, self._fixed_ticks + sum(by_tail.tolist()))

    def _refuse_heavy(self, extra: Longs, ticks: npt.NDArray[np.integer], most: int) -> None:
        """Raise `DataError` if a pair seems cut that is joined by something too heavy for a key."""
        if most <= self.most_ticks:
            return
        condensed = self.condensed
        row, i, j = joined_anyway(
            extra, ticks, condensed.static_key < UNREACHED, condensed.arc_tail, condensed.arc_head,
            condensed.arc_element, condensed.origin, condensed.destination,
        )  # fmt: skip
        if row >= 0:
            ends = condensed.portal[[condensed.origin[i], condensed.destination[j]]]
            way = f"scenario {row}: the best route from node {ends[0]} to node {ends[1]}"
            raise DataError("the weights", [too_heavy(way, condensed.bits)])


def refuse_whole(
    scenario_count: int,
    shape: tuple[int, int],
    pair_bytes: int,
    free_bytes: int | None = None,
    *,
    stride: int | None = None,
) -> None:
    """Raise `DataError` if whole answers take more memory than there is, with both figures.

    Parameters
    ----------
    pair_bytes
        What the answer of a pair in a scenario takes.
    free_bytes
        Memory that may be had; what the system says if None, which is asked for large answers only.
    stride
        How far the answers of one pair lie from those of the next; side by side if None.
    """
    needed = (stride or scenario_count) * shape[0] * shape[1] * pair_bytes
    if free_bytes is None:
        free_bytes = free_memory_bytes() if needed > WHOLE_BYTES else None
    if free_bytes is not None and needed > MEMORY_SHARE * free_bytes:
        fault = (
            f"whole answers of {scenario_count:,} scenarios x {shape[0] * shape[1]:,} pairs take "
            f"{needed / 1e9:,.1f} GB of memory, and {free_bytes / 1e9:,.1f} GB are free; let them "
            "be reduced as they are drawn (`stream_lanes`), or ask for fewer at once"
        )
        raise DataError("the question", [fault])


def _most_fixed_ticks(condensed: Condensed) -> int:
    """Return a bound on what any route takes between arcs of elements, and before and after."""
    key = condensed.static_key
    ways = np.where(key < UNREACHED, condensed.bits.ticks(key), 0).max(axis=1, initial=0)
    heads = np.unique(condensed.arc_head)
    between: list[int] = ways[heads].tolist()
    return int(ways[condensed.origin].max()) + sum(between)


def _answers(
    count: int, shape: tuple[int, ...], kind: npt.DTypeLike
) -> tuple[npt.NDArray[Any], npt.NDArray[Any]]:
    """Return room for answers in a row, and a view.

    The view has the shape (n_scenarios, *shape). Where there are enough scenarios to fill vectors,
    each row begins where a line of the cache does, and rows of one line more than a power of two
    do not all fall on the same lines.
    """
    line = LINE_BYTES // np.dtype(kind).itemsize
    stride = _stride(count, kind)
    raw = np.empty(stride * prod(shape) + line, dtype=kind)
    flat = raw[(-raw.ctypes.data) % LINE_BYTES // raw.itemsize :]
    rows = flat[: stride * prod(shape)].reshape(*shape, stride)
    return flat, np.moveaxis(rows[..., :count], -1, 0)


def _stride(count: int, kind: npt.DTypeLike) -> int:
    """Return how far answers of one pair lie from those of the next."""
    size = np.dtype(kind).itemsize
    if count < LANES_OF_BITS[8 * size]:
        return count
    line = LINE_BYTES // size
    return (-(-count // line) + 1) * line


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
