"""Trips over many futures: what a departure meets, waits for, goes around, and when it arrives.

A trip takes the best way by what it sees on the day it leaves. At each element it meets the state
of the day on which it gets there, and its own place in the backlog. If that is shut it waits or
goes around by its rule, which knows the closure's age and not its end. Waiting ends in giving up
when it has cost what the cargo is worth.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

import numpy as np
import numpy.typing as npt

from karwan.analysis.decisions.trip_gates import TripGates
from karwan.analysis.decisions.trip_quiet import meets_nothing
from karwan.analysis.decisions.trip_rules import WAITING, Rule
from karwan.analysis.decisions.trip_ways import Stop, TripWay, TripWays
from karwan.base.reprs import short_repr
from karwan.base.units import HOURS_PER_DAY

Floats = npt.NDArray[np.float64]
TRIP_DAYS = 365
"""A trip that has not arrived so long after its departure is censored."""
MOST_DIVERSIONS = 5
"""So often a trip turns aside; then it waits."""
TAIL_SHARE = 0.05


class Fate(StrEnum):
    """How a trip ends."""

    delivered = "delivered"
    stranded = "stranded"
    censored = "censored"


@dataclass(frozen=True, slots=True, kw_only=True)
class Meeting:
    """A closure that a trip met, or the backlog behind one.

    Attributes
    ----------
    day
        When it came there, in days from the as-of date.
    waited_days
        How long it stood there.
    event
        What the closure came from (`TripGates.cause_of`).
    turned
        Whether it then went around.
    """

    element_id: str
    day: float
    waited_days: float
    event: int
    turned: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Trip:
    """One trip on one future.

    Attributes
    ----------
    days
        From departure to delivery; infinite where it never came, or not within the horizon.
    usd
        Ways and waiting, in money.
    cost_usd
        All costs: with the cargo's time, or its loss.
    """

    fate: Fate
    days: float
    usd: float
    cost_usd: float
    waited_days: float
    diverted_count: int
    first_way: TripWay
    meetings: tuple[Meeting, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Outcomes:
    """Trips of one departure under one rule, one for each future.

    Attributes
    ----------
    hours
        Shape (n_paths,); infinite where not delivered.
    usd, cost_usd, waited_days
        Shape (n_paths,).
    """

    trips: tuple[Trip, ...]
    hours: Floats
    usd: Floats
    cost_usd: Floats
    waited_days: Floats

    __repr__ = short_repr

    def share_of(self, fate: Fate) -> float:
        """Return the share of trips that end so."""
        return sum(trip.fate is fate for trip in self.trips) / len(self.trips)

    def share_within(self, limit_hours: float) -> float:
        """Return the share of trips delivered within so many hours."""
        return float(np.mean(self.hours <= limit_hours))

    @property
    def met_share(self) -> float:
        """Share of trips that waited or turned aside."""
        return sum(trip.waited_days > 0 or trip.diverted_count > 0 for trip in self.trips) / len(
            self.trips
        )


def run_trips(
    ways: TripWays,
    gates: TripGates,
    origin_id: str,
    start_day: float,
    rule: Rule,
    *,
    shunned: frozenset[str] = frozenset(),
) -> Outcomes | None:
    """Return the trips of one departure; None where no way is built.

    Parameters
    ----------
    start_day
        Days from the as-of date.
    shunned
        Elements that no trip sets out by; one that turns aside on the way may still take them.
    """
    if ways.avoiding(origin_id, shunned) is None:
        return None
    runner = _Runner(
        ways=ways, gates=gates, rule=rule, last_day=censored_from(gates, start_day), shunned=shunned
    )
    key = (origin_id, start_day, shunned)
    if gates.departures.get(key, (None,))[0] is not ways:
        firsts = [runner.first(path, origin_id, start_day) for path in range(gates.path_count)]
        gates.departures[key] = (ways, _set_out(runner, firsts, start_day))
    return _run(runner, gates.departures[key][1], start_day)


def run_along(
    way: TripWay, ways: TripWays, gates: TripGates, start_day: float, rule: Rule = WAITING
) -> Outcomes:
    """Return the trips that set out along one way, by default to wait for what shuts on it."""
    runner = _Runner(ways=ways, gates=gates, rule=rule, last_day=censored_from(gates, start_day))
    key = (id(way), start_day, None)
    if gates.departures.get(key, (None,))[0] is not way:
        gates.departures[key] = (way, _set_out(runner, [way] * gates.path_count, start_day))
    return _run(runner, gates.departures[key][1], start_day)


def _set_out(
    runner: _Runner, firsts: Sequence[TripWay], start_day: float
) -> list[tuple[TripWay, Trip | None]]:
    """Return the first way of each future, and its trip where it meets nothing, by any rule."""
    each = {id(way): way for way in firsts}
    quiet = {key: meets_nothing(way, runner.gates, start_day) for key, way in each.items()}
    return [
        (way, runner.along(path, way, start_day) if quiet[id(way)][path] else None)
        for path, way in enumerate(firsts)
    ]


def _run(
    runner: _Runner, departures: Sequence[tuple[TripWay, Trip | None]], start_day: float
) -> Outcomes:
    return gathered(
        tuple(
            trip or runner.along(path, way, start_day)
            for path, (way, trip) in enumerate(departures)
        )
    )


def censored_from(gates: TripGates, start_day: float) -> float:
    """Return the day after which a trip is censored: a year on, or where futures end."""
    return min(gates.horizon_days, start_day + TRIP_DAYS)


def gathered(trips: tuple[Trip, ...]) -> Outcomes:
    """Return trips as arrays."""
    return Outcomes(
        trips=trips,
        hours=np.array([trip.days * HOURS_PER_DAY for trip in trips]),
        usd=np.array([trip.usd for trip in trips]),
        cost_usd=np.array([trip.cost_usd for trip in trips]),
        waited_days=np.array([trip.waited_days for trip in trips]),
    )


def within_chance(values: Floats, share: float) -> float | None:
    """Return the value not exceeded with a chance; None where that many never came.

    Examples
    --------
    >>> hours = np.array([1.0, 2.0, 3.0, np.inf])
    >>> within_chance(hours, 0.5), within_chance(hours, 0.9)
    (2.0, None)
    """
    at = float(np.sort(values)[max(math.ceil(share * values.size) - 1, 0)])
    return at if math.isfinite(at) else None


def shortfall(values: Floats) -> float | None:
    """Return the mean of the worst twentieth; None where one of it never came."""
    worst = np.sort(values)[-max(math.ceil(TAIL_SHARE * values.size), 1) :]
    return float(worst.mean()) if np.isfinite(worst).all() else None


@dataclass(slots=True, kw_only=True)
class _Leg:
    """A trip on its present way, and what is behind it."""

    way: TripWay
    first: TripWay
    start_day: float
    begun_day: float
    stop: int = 0
    delay_days: float = 0.0
    usd: float = 0.0
    waited_days: float = 0.0
    diverted_count: int = 0
    meetings: list[Meeting] = field(default_factory=list)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Runner:
    """Runs trips by one rule, up to a day."""

    ways: TripWays
    gates: TripGates
    rule: Rule
    last_day: float
    shunned: frozenset[str] = frozenset()

    def first(self, path: int, origin_id: str, start_day: float) -> TripWay:
        """Return the way on which a trip sets out, by the state it sees."""
        seen = self.ways.around(
            origin_id,
            lambda one: one in self.shunned or self.gates.is_shut(one, path, start_day),
        )
        way = seen or self.ways.avoiding(origin_id, self.shunned)
        assert way is not None  # a way is built, as was asked before
        return way

    def along(self, path: int, way: TripWay, start_day: float) -> Trip:
        """Return the trip of one future that sets out on a way."""
        leg = _Leg(way=way, first=way, start_day=start_day, begun_day=start_day)
        for stop in self._stops(leg):
            ended = self._meet(leg, stop, path, leg.way.days[path])
            if ended is not None:
                return ended
        arrive = leg.begun_day + leg.way.days[path] + leg.delay_days
        days = float(arrive - start_day)
        if arrive > self.last_day:
            return self._end(leg, Fate.censored, days)
        return self._end(leg, Fate.delivered, days)

    def _stops(self, leg: _Leg) -> Iterator[Stop]:
        """Yield what is met, in order; a trip that turns aside goes on by its new way."""
        while leg.stop < len(leg.way.stops):
            stop = leg.way.stops[leg.stop]
            leg.stop += 1
            yield stop

    def _meet(self, leg: _Leg, stop: Stop, path: int, way_days: float) -> Trip | None:
        """Let a trip meet an element; return how it ends, None where it goes on."""
        at = leg.begun_day + way_days * stop.hours_share + leg.delay_days
        if at > self.last_day:
            return self._end(leg, Fate.censored, at - leg.start_day)
        spell = self.gates.spell(stop.element_id, path, at)
        if spell is None:
            behind = self.gates.backlog_days(stop, path, at)
            if behind > 0:
                event = self.gates.event_before(stop.element_id, path, at)
                self._wait(leg, stop, at, behind, event)
            return None
        age, left = at - spell.start_day, spell.end_day - at
        limit = self.rule.limit(self.ways, self.gates, leg.way, stop, age, path, at)
        if limit.days < left and not limit.gives_up:
            way = self._way_aside(leg, stop, path, at + limit.days)
            if way is not None:
                self._turn(leg, stop, way, at, limit.days, spell.event)
                return None
        need = left + self.gates.drain_days(stop, age, age + left)
        give_up = limit.days if limit.gives_up else self.gates.abandon_days(stop)
        if need > give_up and at + give_up <= self.last_day:
            self._wait(leg, stop, at, give_up, spell.event)
            return self._end(leg, Fate.stranded, at + give_up - leg.start_day, stop)
        if at + need > self.last_day:
            self._wait(leg, stop, at, max(self.last_day - at, 0.0), spell.event)
            return self._end(leg, Fate.censored, self.last_day - leg.start_day)
        self._wait(leg, stop, at, need, spell.event)
        return None

    def _wait(
        self, leg: _Leg, stop: Stop, at: float, days: float, event: int, *, turned: bool = False
    ) -> None:
        """Let a trip stand somewhere for so many days, and pay for them."""
        leg.meetings.append(
            Meeting(
                element_id=stop.element_id, day=at, waited_days=days, event=event, turned=turned
            )
        )
        if days > 0:
            leg.delay_days += days
            leg.waited_days += days
            leg.usd += self.gates.waited_usd(stop, days)

    def _way_aside(self, leg: _Leg, stop: Stop, path: int, now: float) -> TripWay | None:
        """Return the way around a stop that is open on a day; None where there is none."""
        if leg.diverted_count >= MOST_DIVERSIONS:
            return None
        return self.ways.around(
            stop.place_id,
            lambda one: one == stop.element_id or self.gates.is_shut(one, path, now),
        )

    def _turn(
        self, leg: _Leg, stop: Stop, way: TripWay, at: float, days: float, event: int
    ) -> None:
        """Turn aside by a way after so many days."""
        self._wait(leg, stop, at, days, event, turned=True)
        leg.usd += leg.way.usd * stop.usd_share
        leg.way, leg.begun_day, leg.delay_days, leg.stop = way, at + days, 0.0, 0
        leg.diverted_count += 1

    def _end(self, leg: _Leg, fate: Fate, days: float, stop: Stop | None = None) -> Trip:
        """Return a trip that has ended after so many days."""
        done = fate is Fate.delivered
        behind = stop.usd_share if stop is not None else 1.0
        usd = leg.usd + leg.way.usd * behind
        lost = self.gates.lost_usd if fate is Fate.stranded else self.gates.cargo_usd(days)
        return Trip(
            fate=fate,
            days=days if done else math.inf,
            usd=usd,
            cost_usd=usd + lost,
            waited_days=leg.waited_days,
            diverted_count=leg.diverted_count,
            first_way=leg.first,
            meetings=tuple(leg.meetings),
        )
