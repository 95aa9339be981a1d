"""What is open and slow: the ramp after a reopening, and partial regimes. Never closures.

Reopening is not a step: 80 export vehicles crossed on the first evening in September 2023, with
2,000 waiting. A gate that was shut has a queue, which the capacity left over works off.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from karwan.base.reprs import short_repr
from karwan.hazard.law import Floats

Ints = npt.NDArray[np.int32]


@dataclass(frozen=True, slots=True, kw_only=True)
class Ramp:
    """How a gate restarts: hours a vehicle waits beside the usual ones, on the day it reopens.

    Attributes
    ----------
    backlog_hours_per_shut_day
        What each day shut adds to the wait, up to `most_backlog_hours`.
    first_day_hours
        What the slow first day adds, whatever the length.
    fall_hours_per_day
        By how much the wait falls with every day after.
    elements
        Where it holds.
    """

    backlog_hours_per_shut_day: float
    most_backlog_hours: float
    first_day_hours: float
    fall_hours_per_day: float
    elements: frozenset[str]

    def hours(self, shut_days: Floats) -> Floats:
        """Return the wait on the day of reopening after so many days shut, in hours."""
        backlog = np.minimum(self.backlog_hours_per_shut_day * shut_days, self.most_backlog_hours)
        return np.asarray(backlog + self.first_day_hours)


NO_RAMP = Ramp(
    backlog_hours_per_shut_day=0.0,
    most_backlog_hours=0.0,
    first_day_hours=0.0,
    fall_hours_per_day=1.0,
    elements=frozenset(),
)


@dataclass(frozen=True, slots=True)
class Regime:
    """A partial regime that runs on the as-of date: an element open and slower by some hours."""

    element_id: str
    delay_hours: float
    evidence: str


@dataclass(frozen=True, kw_only=True)
class Delays:
    """Delays on many paths, in days since the as-of date.

    Attributes
    ----------
    path, element
        Shape (n_delays,). A path of -1 means every path.
    start_days, end_days
        Shape (n_delays,): half-open.
    hours, fall_hours_per_day
        Shape (n_delays,): hours on the first day, and by how much they fall each day after.
    """

    path: Ints
    element: Ints
    start_days: Floats
    end_days: Floats
    hours: Floats
    fall_hours_per_day: Floats

    def on(self, day: float, shape: tuple[int, int]) -> Floats:
        """Return the delay of a day in hours, shape (path_count, n_elements).

        Where there are several the longest counts.
        """
        delay_hours = np.zeros(shape)
        now = np.flatnonzero((self.start_days <= day) & (day < self.end_days))
        hours = self.hours[now] - self.fall_hours_per_day[now] * (day - self.start_days[now])
        path, element = self.path[now], self.element[now]
        mine = path >= 0
        np.maximum.at(delay_hours, (path[mine], element[mine]), hours[mine])
        for k, value in zip(element[~mine], hours[~mine], strict=True):
            delay_hours[:, k] = np.maximum(delay_hours[:, k], value)
        return delay_hours


NO_DELAYS = Delays(
    path=np.empty(0, np.int32),
    element=np.empty(0, np.int32),
    start_days=np.empty(0),
    end_days=np.empty(0),
    hours=np.empty(0),
    fall_hours_per_day=np.empty(0),
)


@dataclass(frozen=True, slots=True)
class Spells:
    """Spells while they are drawn: path, element, start and end in days, shape (n_spells,)."""

    path: Ints
    element: Ints
    start_days: Floats
    end_days: Floats

    __repr__ = short_repr


def draw_delays(
    spells: Spells, ramp: Ramp, regimes: Sequence[Regime], index: Mapping[str, int]
) -> Delays:
    """Return the ramps after spells that end, and the regimes that run, for as long as they do.

    A regime's end is not foretold: it lasts over the horizon, as last known.
    """
    wanted = [index[name] for name in sorted(ramp.elements) if name in index]
    ended = np.isin(spells.element, wanted) & (spells.end_days > -ramp_days(ramp))
    at = np.flatnonzero(ended)
    begun = spells.end_days[at]
    hours = ramp.hours(begun - spells.start_days[at])
    known = [regime for regime in regimes if regime.element_id in index]
    slow = np.array([index[regime.element_id] for regime in known], dtype=np.int32)
    fall = np.full(at.size, ramp.fall_hours_per_day)
    return Delays(
        path=np.concatenate([spells.path[at], np.full(len(known), -1, dtype=np.int32)]),
        element=np.concatenate([spells.element[at], slow]),
        start_days=np.concatenate([begun, np.zeros(len(known))]),
        end_days=np.concatenate([begun + hours / fall, np.full(len(known), np.inf)]),
        hours=np.concatenate([hours, np.array([regime.delay_hours for regime in known])]),
        fall_hours_per_day=np.concatenate([fall, np.zeros(len(known))]),
    )


def ramp_days(ramp: Ramp) -> float:
    """Return how long a ramp lasts at most, in days."""
    return (ramp.most_backlog_hours + ramp.first_day_hours) / ramp.fall_hours_per_day
