"""Evaluate scenarios side by side, one in each lane: shut, delayed, dearer or reopening.

The program of a condensed graph (see `hierarchy`) is run for many scenarios at a time (`sweeps`).
Weights alone run in 32-bit lanes; where a sum might pass 30 bits, a second look tells whether one
did, and then they run in 64-bit lanes. With hours, USD, km and the elements used, lanes hold
packed keys, so that ties fall as in the router but for its last step: of routes alike in weight,
arcs of elements and arcs, the first found stands.
"""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from karwan.base.errors import DataError
from karwan.base.reprs import short_repr
from karwan.route.arcgraph import UNREACHED, Longs
from karwan.route.condense import Condensed
from karwan.route.detours import word_count
from karwan.route.hierarchy import Program, make_program
from karwan.route.sweeps import LANES, SHUT, hides, route, weigh

__all__ = ["LANES", "SHUT", "LaneRoutes", "LaneWeights", "Lanes", "extra_ticks"]

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

    __repr__ = short_repr

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
        self.note = ""
        found = self._weigh(extra, np.int32, FAR_32, thread_count)
        if not self._fits_32(extra) and self._hides(extra, found):
            self.note = "sums may pass 30 bits: 64-bit lanes"
            found = self._weigh(extra, np.int64, int(UNREACHED), thread_count)
        return LaneWeights(found)

    def _weigh(
        self, extra: Longs, kind: npt.DTypeLike, far: int, thread_count: int
    ) -> npt.NDArray[np.int32]:
        """Return weights from lanes of one type, in which `far` and more counts as cut."""
        program, bits = self.program, self.condensed.graph.bits

        def cut_down(keys: Longs) -> npt.NDArray[np.int32]:
            narrowed: npt.NDArray[np.int32] = np.minimum(bits.ticks(keys), far).astype(kind)
            return narrowed

        rows = program.arc_row
        arcs = (
            program.arc_slot,
            cut_down(self.condensed.arc_key[rows]),
            self.condensed.arc_element[rows],
            self.condensed.arc_share[rows],
        )
        steps = (
            program.step, cut_down(program.step_key), program.step_pull, program.step_pull_of
        )  # fmt: skip
        lasts = (
            program.last, cut_down(program.last_key), program.last_pull, program.last_pull_of
        )  # fmt: skip
        slot, node, pair = (
            cut_down(keys) for keys in (program.slot_key, program.node_key, program.pair_key)
        )
        found = np.empty((len(extra), *self.shape), dtype=kind)

        def run(begin: int, end: int) -> None:
            weigh(
                extra[begin:end], found[begin:end], far, slot, arcs, program.triangle, steps,
                lasts, program.node_of, node, pair,
            )  # fmt: skip

        _shared_out(run, len(extra), thread_count)
        return found

    def _hides(self, extra: Longs, found: npt.NDArray[np.int32]) -> bool:
        """Tell whether a pair seems cut that is joined, for sums too large for its lane."""
        program, rows = self.program, self.program.arc_row
        return bool(
            hides(
                extra, found, program.slot_key < UNREACHED,
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
            route(
                extra[begin:end], more if one else more[begin:end], condensed.graph.bits.shift,
                (ticks[begin:end], measures[begin:end], masks[begin:end]),
                (program.slot_key, program.slot_measures),
                (program.arc_slot, condensed.arc_key[rows], condensed.arc_element[rows],
                 condensed.arc_share[rows], condensed.arc_measures[rows]),
                program.triangle,
                (program.step, program.step_key, program.step_measures, program.step_pull,
                 program.step_pull_of),
                (program.last, program.last_key, program.last_measures, program.last_pull,
                 program.last_pull_of),
                program.node_of,
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
