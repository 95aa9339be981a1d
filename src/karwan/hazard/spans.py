"""Runs of whole days on which nothing changes: every day of a horizon, told in few rows.

The state of a path changes on few days. Between two changes one row stands for all days, so that
shares of days are counted over every day at the price of the changes. A day's state is that at
its beginning; while a ramp falls, each day is a row of its own.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from karwan.base.compiled import kernel
from karwan.base.reprs import short_repr
from karwan.hazard.delays import Delays
from karwan.hazard.law import Floats
from karwan.hazard.scenarios import WORD_BITS, Bools, Ints, ScenarioSet, Words

Longs = npt.NDArray[np.int64]


@dataclass(frozen=True, kw_only=True)
class Spans:
    """Spans of days, by path and first day.

    Attributes
    ----------
    path, first_day, day_count
        Shape (n_spans,): day 0 is the as-of date.
    masks
        Shape (n_spans, n_words): bit `e % 64` of word `e // 64` is 1 where element e is shut.
    delay_span, delay_element, delay_hours
        Shape (n_delays,): whole hours beyond the usual ones at an element that is open; spans
        ascending, no span and element twice.
    """

    horizon_days: int
    path_count: int
    path: Ints
    first_day: Ints
    day_count: Ints
    masks: Words
    delay_span: Ints
    delay_element: Ints
    delay_hours: Ints

    __repr__ = short_repr

    def shut(self, element: int) -> Bools:
        """Return in which spans an element is shut, shape (n_spans,)."""
        word = self.masks[:, element // WORD_BITS] >> np.uint64(element % WORD_BITS)
        return np.asarray((word & np.uint64(1)) > 0)

    def on(self, day: int) -> Ints:
        """Return the span in which each path is on a day, shape (path_count,)."""
        wanted = np.arange(self.path_count) * self.horizon_days + day
        begun = self.path.astype(np.int64) * self.horizon_days + self.first_day
        return (np.searchsorted(begun, wanted, side="right") - 1).astype(np.int32)


def spans_of(scenarios: ScenarioSet) -> Spans:
    """Return the spans of days of scenarios; their day counts sum to the horizon on each path."""
    horizon = scenarios.horizon_days
    first, last = (_day(days, horizon) for days in (scenarios.start_days, scenarios.end_days))
    held = np.flatnonzero(first < last)
    delays = _every_path(scenarios.delays, scenarios.path_count)
    slow_first = _day(delays.start_days, horizon)
    slow_last = _day(delays.end_days, horizon)
    falls = delays.fall_hours_per_day > 0
    day_of, which = _days_within(slow_first, np.where(falls, slow_last, slow_first))
    begun = _keys(
        horizon,
        (np.arange(scenarios.path_count), np.zeros(scenarios.path_count, dtype=np.int64)),
        (scenarios.path[held], first[held]),
        (scenarios.path[held], last[held]),
        (delays.path, slow_first),
        (delays.path, slow_last),
        (delays.path[which], day_of),
    )
    path, day = np.divmod(begun, horizon)
    after = np.append(begun[1:], scenarios.path_count * horizon)
    count = np.minimum(after, (path + 1) * horizon) - begun
    masks = np.zeros((begun.size, max(scenarios.word_count, 1)), dtype=np.uint64)
    keys = scenarios.path[held].astype(np.int64) * horizon
    _set_bits(
        masks,
        np.searchsorted(begun, keys + first[held]),
        np.searchsorted(begun, keys + last[held]),
        scenarios.element[held],
    )
    delay_span, delay_element, delay_hours = _slow(
        delays, (slow_first, slow_last), begun, day, horizon, masks
    )
    return Spans(
        horizon_days=horizon,
        path_count=scenarios.path_count,
        path=path.astype(np.int32),
        first_day=day.astype(np.int32),
        day_count=count.astype(np.int32),
        masks=masks,
        delay_span=delay_span,
        delay_element=delay_element,
        delay_hours=delay_hours,
    )


def _day(days: Floats, horizon: int) -> Longs:
    """Return the first whole day at or after a time, within the horizon."""
    return np.clip(np.ceil(np.minimum(days, horizon)), 0, horizon).astype(np.int64)


def _every_path(delays: Delays, path_count: int) -> Delays:
    """Return delays in which each belongs to one path."""
    everywhere = np.flatnonzero(delays.path < 0)
    if not everywhere.size:
        return delays
    own = np.flatnonzero(delays.path >= 0)
    order = np.concatenate([own, np.repeat(everywhere, path_count)])
    path = np.concatenate([delays.path[own], np.tile(np.arange(path_count), everywhere.size)])
    return replace(_some(delays, order), path=path.astype(np.int32))


def _some(delays: Delays, order: Longs) -> Delays:
    return Delays(
        path=delays.path[order],
        element=delays.element[order],
        start_days=delays.start_days[order],
        end_days=delays.end_days[order],
        hours=delays.hours[order],
        fall_hours_per_day=delays.fall_hours_per_day[order],
    )


def _days_within(first: Longs, last: Longs) -> tuple[Longs, Longs]:
    """Return each day of intervals, and the interval it is of."""
    sizes = np.maximum(last - first, 0)
    which = np.repeat(np.arange(first.size), sizes)
    begun = np.repeat(np.cumsum(sizes) - sizes, sizes)
    return first[which] + np.arange(which.size) - begun, which


def _keys(horizon: int, *changes: tuple[Ints | Longs, Longs]) -> Longs:
    """Return the different (path, day) within the horizon as one ascending key each."""
    keys = [(path.astype(np.int64) * horizon + day)[day < horizon] for path, day in changes]
    ordered = np.sort(np.concatenate(keys))
    new = np.ones(ordered.size, dtype=bool)
    new[1:] = ordered[1:] != ordered[:-1]
    return ordered[new]


@kernel()
def _set_bits(masks, first, last, element):  # type: ignore[no-untyped-def]
    """Set the bit of a spell's element in the spans that it covers."""
    for k in range(first.size):
        word = element[k] // 64
        bit = np.uint64(1) << np.uint64(element[k] % 64)
        for span in range(first[k], last[k]):
            masks[span, word] |= bit


def _slow(
    delays: Delays,
    ends: tuple[Longs, Longs],
    begun: Longs,
    day: Longs,
    horizon: int,
    masks: Words,
) -> tuple[Ints, Ints, Ints]:
    """Return (span, element, whole hours) of what is open and slow; of several the longest."""
    first, last = (delays.path.astype(np.int64) * horizon + end for end in ends)
    span, which = _days_within(np.searchsorted(begun, first), np.searchsorted(begun, last))
    element = delays.element[which]
    passed = day[span] - delays.start_days[which]
    hours = np.rint(delays.hours[which] - delays.fall_hours_per_day[which] * passed)
    late = np.flatnonzero(hours > 0)
    span, element, hours = span[late], element[late], hours[late]
    word = masks[span, element // WORD_BITS] >> (element % WORD_BITS).astype(np.uint64)
    kept = np.flatnonzero((word & np.uint64(1)) == 0)
    span, element, hours = span[kept], element[kept], hours[kept].astype(np.int64)
    order = np.lexsort((-hours, element, span))
    span, element, hours = span[order], element[order], hours[order]
    new = np.ones(span.size, dtype=bool)
    new[1:] = (span[1:] != span[:-1]) | (element[1:] != element[:-1])
    return (
        span[new].astype(np.int32),
        element[new].astype(np.int32),
        hours[new].astype(np.int32),
    )
