"""The queue at a gate that was shut: a fluid that arrives, waits and passes in turn.

Border hours hold the ordinary queue already, so only what stands there above it counts, and in
ordinary times that is nothing. Trucks cease to come within about a week of a closure, since what
would come is held at ports and at origin; it comes after the reopening. Trucks that wait for
months turn back. Queue and waits follow from cumulative curves, of trucks that came and stayed and
of trucks that could pass.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum

import numpy as np
import numpy.typing as npt

from karwan.analysis.decisions.restart import Restart, days_until_passed, passed_days
from karwan.base.reprs import short_repr
from karwan.base.units import HOURS_PER_DAY

Floats = npt.NDArray[np.float64]

FADE_DAYS = 15.0
"""Arrivals fall evenly to nothing over so many days, three quarters of them in the first week.
At Chaman 291 trucks stood there on day 7 and 412 on day 53, of 50 to 60 a day before: this gives
295 and 413 at 55 a day. Grade B, of one gate."""
FIRM_DAYS = 53.0
"""So long every truck stays: what stood at Chaman in the first weeks stood there on day 53."""
LEFT_DAYS = 150.0
"""From then on they turn back evenly, the last when waiting has cost what a load is worth: 60,000
USD at 395 a day, 35 of the truck and 360 of the cargo's time. No count says; grade C."""
RETURN_DAYS = 60.0
"""Freight held back comes over as long as the stop, at most over so many days, and what was held
longer ago than that went another way or nowhere. Grade C."""
STEPS_PER_DAY = 24
MOST_DAYS = 1500.0
"""A queue that stands so long after the reopening is said never to clear."""
EMPTY_TRUCKS, EMPTY_SHARE = 1.0, 1e-3
"""A queue of less than a truck, and than a thousandth of its longest, is none: a gate that restarts
by a ramp nears its norm for ever."""


class ArrivalsLaw(StrEnum):
    """How trucks arrive while a gate is shut."""

    fading = "fading"
    constant = "constant"


@dataclass(frozen=True, slots=True, kw_only=True)
class Gate:
    """A gate one way: what arrives and what can pass in a day, and how.

    Attributes
    ----------
    open_hours, opens_at_hours
        Hours a day that it is open, and when it opens; capacity passes within them.
    """

    arrivals_per_day: float
    capacity_per_day: float
    law: ArrivalsLaw = ArrivalsLaw.fading
    open_hours: float = HOURS_PER_DAY
    opens_at_hours: float = 8.0


@dataclass(frozen=True, kw_only=True)
class Queue:
    """A queue from the day of closure on.

    Attributes
    ----------
    days
        Shape (n,): days since the closure.
    trucks
        Shape (n,): trucks waiting above the ordinary queue.
    arrived, left, passed
        Shape (n,): trucks that came, that turned back, and that passed, since the closure.
    clear_day
        Day on which no more than ordinary wait; None if that never comes.
    truck_days
        Waited in all, until clear; None if that never comes.
    """

    gate: Gate
    shut_days: float
    restart: Restart
    days: Floats
    trucks: Floats
    arrived: Floats
    left: Floats
    passed: Floats
    clear_day: float | None
    truck_days: float | None

    __repr__ = short_repr

    def at(self, day: float) -> float:
        """Return the trucks waiting on a day."""
        return float(np.interp(day, self.days, self.trucks, right=0.0))

    @property
    def most_trucks(self) -> float:
        """Trucks waiting when there were most."""
        return float(self.trucks.max())

    @property
    def mean_wait_days(self) -> float | None:
        """Mean wait of the trucks that came before it was clear; None if that never comes."""
        if self.truck_days is None or self.clear_day is None:
            return None
        came = float(np.interp(self.clear_day, self.days, self.arrived))
        return self.truck_days / came if came > 0 else 0.0


def arrived_trucks(gate: Gate, days: Floats | float, shut_days: float) -> Floats:
    """Return the trucks that have come since the closure, with those held back and come after.

    Parameters
    ----------
    days
        Days since the closure; before it none are counted.
    """
    at = np.maximum(np.asarray(days, dtype=np.float64), 0.0)
    rate = gate.arrivals_per_day
    if gate.law is ArrivalsLaw.constant:
        return np.asarray(rate * at)
    shut = np.minimum(at, shut_days)
    fading = np.minimum(shut, FADE_DAYS)
    came = rate * (fading - fading**2 / (2 * FADE_DAYS))
    after = np.maximum(at - shut_days, 0.0)
    over_days = return_days(shut_days)
    if over_days > 0:
        share = np.minimum(after, over_days) / over_days
        came = came + held_back_trucks(gate, shut_days) * share
    return np.asarray(came + rate * after)


def left_trucks(gate: Gate, days: Floats | float, shut_days: float) -> Floats:
    """Return the trucks that have turned back since the closure; after the reopening none do.

    In closed form: arrivals fall along a line, and the share of those that came that has left rises
    along another, so their convolution is a sum of squares and cubes.

    Examples
    --------
    >>> gate = Gate(arrivals_per_day=100.0, capacity_per_day=200.0)
    >>> [round(float(left_trucks(gate, day, day))) for day in (53, 100, 165)]
    [0, 325, 750]
    """
    shut = np.minimum(np.maximum(np.asarray(days, dtype=np.float64), 0.0), shut_days)
    if gate.law is ArrivalsLaw.constant:
        return np.zeros_like(shut)

    def gone(since_days: Floats) -> Floats:
        at, faded = np.maximum(since_days, 0.0), np.maximum(since_days - FADE_DAYS, 0.0)
        return np.asarray(at**2 / 2 - (at**3 - faded**3) / (6 * FADE_DAYS))

    rate = gate.arrivals_per_day / (LEFT_DAYS - FIRM_DAYS)
    return np.asarray(rate * (gone(shut - FIRM_DAYS) - gone(shut - LEFT_DAYS)))


def standing_trucks(gate: Gate, age_days: float) -> float:
    """Return the trucks that stand at a gate shut for so many days, above the ordinary queue.

    Examples
    --------
    >>> gate = Gate(arrivals_per_day=100.0, capacity_per_day=200.0)
    >>> [round(standing_trucks(gate, day)) for day in (7, 53, 100, 165)]
    [537, 750, 425, 0]
    """
    came, left = (float(count(gate, age_days, age_days)) for count in (arrived_trucks, left_trucks))
    return max(came - left, 0.0)


def held_back_trucks(gate: Gate, days: float) -> float:
    """Return the trucks held at ports or origin after so many days that would come if it opened.

    Examples
    --------
    >>> gate = Gate(arrivals_per_day=100.0, capacity_per_day=200.0)
    >>> round(held_back_trucks(gate, 15.0)), round(held_back_trucks(gate, 400.0))
    (750, 6000)
    """
    if gate.law is ArrivalsLaw.constant:
        return 0.0
    at = np.linspace(max(days - RETURN_DAYS, 0.0), max(days, 0.0), 2)
    fading = np.minimum(at, FADE_DAYS)
    came = fading - fading**2 / (2 * FADE_DAYS)
    return float(gate.arrivals_per_day * ((at[1] - at[0]) - (came[1] - came[0])))


def return_days(shut_days: float) -> float:
    """Return over how many days freight held back comes."""
    return min(shut_days, RETURN_DAYS)


def passable_trucks(gate: Gate, days: Floats, shut_days: float, restart: Restart) -> Floats:
    """Return the trucks that could have passed since the closure, by hours open and restart."""
    hours = HOURS_PER_DAY / gate.open_hours
    opens = gate.opens_at_hours / HOURS_PER_DAY
    if gate.open_hours >= HOURS_PER_DAY:
        return np.asarray(gate.capacity_per_day * passed_days(days - shut_days, restart))
    # Within a day the rate is that of the open hours; between steps it is that of the middle.
    middles = (days[1:] + days[:-1]) / 2
    since = passed_days(days - shut_days, restart)
    is_open = (middles % 1 >= opens) & (middles % 1 < opens + 1 / hours)
    passing = gate.capacity_per_day * np.diff(since) * hours * is_open
    return np.concatenate([[0.0], np.cumsum(passing)])


def waiting_trucks(arrived: Floats, passable: Floats) -> Floats:
    """Return what waits, by what has come and what could have passed: never less than none.

    What could have passed while none waited is lost, which is the least of the difference so far.
    """
    surplus = arrived - passable
    return np.asarray(surplus - np.minimum(np.minimum.accumulate(surplus), 0.0))


def queue_of(gate: Gate, shut_days: float, restart: Restart) -> Queue:
    """Return the queue of a gate shut for so many days, until it is clear.

    Trucks above the ordinary queue only: with opening hours, trucks wait every night, and that is
    in the border hours.
    """
    horizon = shut_days + RETURN_DAYS
    while True:
        queue = _queue_until(gate, shut_days, restart, horizon)
        if queue.clear_day is not None or horizon >= shut_days + MOST_DAYS:
            return queue
        horizon = min(shut_days + 2 * (horizon - shut_days), shut_days + MOST_DAYS)


def _queue_until(gate: Gate, shut_days: float, restart: Restart, horizon_days: float) -> Queue:
    whole = np.arange(0.0, np.ceil(horizon_days) * STEPS_PER_DAY + 1) / STEPS_PER_DAY
    days = np.unique(np.concatenate([whole, [shut_days]]))
    arrived = arrived_trucks(gate, days, shut_days)
    left = left_trucks(gate, days, shut_days)
    waiting = waiting_trucks(arrived - left, passable_trucks(gate, days, shut_days, restart))
    trucks = waiting
    if gate.open_hours < HOURS_PER_DAY:
        ordinary = replace(gate, law=ArrivalsLaw.constant)
        usual = waiting_trucks(
            arrived_trucks(ordinary, days, 0.0),
            passable_trucks(gate, days, 0.0, Restart.at_once),
        )
        trucks = np.maximum(waiting - usual, 0.0)
    clear_day, truck_days = _clearing(gate, days, trucks, shut_days)
    return Queue(
        gate=gate,
        shut_days=shut_days,
        restart=restart,
        days=days,
        trucks=trucks,
        arrived=arrived,
        left=left,
        passed=arrived - left - waiting,
        clear_day=clear_day,
        truck_days=truck_days,
    )


def _clearing(
    gate: Gate, days: Floats, trucks: Floats, shut_days: float
) -> tuple[float | None, float | None]:
    """Return when it is clear for good, and the truck-days until then."""
    if not shut_days:
        return 0.0, 0.0
    if gate.arrivals_per_day >= gate.capacity_per_day and gate.arrivals_per_day > 0:
        return None, None
    waiting = np.flatnonzero(trucks > min(EMPTY_TRUCKS, EMPTY_SHARE * trucks.max()))
    last = int(waiting[-1]) + 1 if waiting.size else 0
    settled = days[-1] - return_days(shut_days) >= shut_days
    if last >= days.size or not settled:
        return None, None
    clear = max(float(days[last]), shut_days)
    until = days <= clear
    return clear, float(np.trapezoid(trucks[until], days[until]))


def wait_days(gate: Gate, ahead_trucks: float, still_days: float, restart: Restart) -> float | None:
    """Return how long the truck with so many ahead of it waits at a gate shut for so long still.

    Returns
    -------
    None if nothing passes.
    """
    if gate.capacity_per_day <= 0:
        return None
    return still_days + drain_days(ahead_trucks / gate.capacity_per_day, restart)


def drain_days(capacity_days: float, restart: Restart) -> float:
    """Return the days after reopening in which so many days of ordinary capacity have passed.

    Examples
    --------
    >>> drain_days(2.0, Restart.at_once), round(drain_days(8.7, Restart.staged), 6)
    (2.0, 38.0)
    """
    if capacity_days <= 0:
        return 0.0
    return days_until_passed(capacity_days, restart)
