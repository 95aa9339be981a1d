"""What trips meet on many futures: spells that shut, backlogs, and what a day of waiting costs."""

from __future__ import annotations

import datetime as dt
import math
from bisect import bisect_right
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from karwan.analysis.decisions.costs import WaitingCosts, waiting_costs
from karwan.analysis.decisions.decision import Bill, abandon_day_of, gate_of, make_bill
from karwan.analysis.decisions.queues import Gate, queue_of
from karwan.analysis.decisions.restart import restart_of
from karwan.analysis.decisions.trip_ways import Stop
from karwan.analysis.decisions.turns import (
    ALL,
    TruckClass,
    class_of,
    late_turn_days,
    truck_classes,
    trucks_before,
    turn_days,
)
from karwan.analysis.traffic.capacity import Capacities, capacities_of
from karwan.base.reprs import short_repr
from karwan.base.seeds import stream
from karwan.base.traffic import Direction

if TYPE_CHECKING:
    from karwan.analysis.world.world import World
    from karwan.hazard.model import HazardModel
    from karwan.hazard.scenarios import Cause, ScenarioSet
    from karwan.network.nouns import Crossing, Place
    from karwan.network.vehicles import Consignment

Floats = npt.NDArray[np.float64]
Longs = npt.NDArray[np.int64]
NO_EVENT = -1
EPISODES = 1 << 32
"""An event is the number of its cause, times this, and that of its episode."""
BACKLOG_DAYS = 240.0
"""So long after a reopening its backlog is looked for."""
MOST_WAIT_DAYS = 1500
FINE_DAYS, ROUNDING = 7.0, 1.15
"""Ages and lengths above a week are taken to the nearest of steps so far apart."""


@dataclass(frozen=True, slots=True)
class Spell:
    """A closure on one future, in days from the as-of date.

    Attributes
    ----------
    event
        What it comes from (`TripGates.cause_of`); of several that overlap the one that lasts
        longest. -1 where nobody said.
    """

    start_day: float
    end_day: float
    event: int = NO_EVENT


@dataclass(frozen=True, slots=True)
class Spells:
    """Spells of one element: where each path begins, starts and ends in order, and their events."""

    begin: list[int]
    start: list[float]
    end: list[float]
    event: list[int]

    @property
    def arrays(self) -> tuple[Longs, Floats, Floats]:
        """Path, start and end of each."""
        path = np.repeat(np.arange(len(self.begin) - 1), np.diff(self.begin))
        return path, np.array(self.start), np.array(self.end)


@dataclass(kw_only=True)
class TripGates:
    """All that can shut on many futures, and what waiting costs; by `ends` it has a class there."""

    world: World
    model: HazardModel
    scenarios: ScenarioSet
    consignment: Consignment
    ends: tuple[Place, Place] | None = None
    departures: dict[object, tuple[object, Any]] = field(default_factory=dict, repr=False)
    _spells: dict[str, Spells | None] = field(default_factory=dict)
    _bills: dict[str, Bill] = field(default_factory=dict)
    _abandons: dict[str, float] = field(default_factory=dict)
    _gates: dict[tuple[str, str], Gate | None] = field(default_factory=dict)
    _drains: dict[tuple[str, str, float, float], float] = field(default_factory=dict)
    _backlogs: dict[tuple[str, str, float], tuple[float, ...]] = field(default_factory=dict)

    __repr__ = short_repr

    @property
    def path_count(self) -> int:
        """How many futures there are."""
        return self.scenarios.path_count

    @property
    def horizon_days(self) -> float:
        """Days from the as-of date to which futures are drawn."""
        return float(self.scenarios.horizon_days)

    def is_shut(self, element_id: str, path: int, day: float) -> bool:
        """Return whether an element is shut on a day of a future."""
        return self.spell(element_id, path, day) is not None

    def spell(self, element_id: str, path: int, day: float) -> Spell | None:
        """Return the closure that shuts an element on a day; those that overlap are one."""
        spells = self.spells_of(element_id)
        if spells is None:
            return None
        start, end, event = None, day, NO_EVENT
        for k in range(spells.begin[path], spells.begin[path + 1]):
            if spells.start[k] <= end < spells.end[k]:
                start = spells.start[k] if start is None else start
                end, event = spells.end[k], spells.event[k]
        return None if start is None else Spell(start, end, event)

    def event_before(self, element_id: str, path: int, day: float) -> int:
        """Return what the closure came from that was the last to end before a day."""
        spells = self.spells_of(element_id)
        k = -1
        if spells is not None:
            begin, end = spells.begin[path], spells.begin[path + 1]
            k = bisect_right(spells.end, day, begin, end) - 1
        return NO_EVENT if spells is None or k < spells.begin[path] else spells.event[k]

    def cause_of(self, event: int) -> Cause | None:
        """Return what a closure comes from; None where nobody said, or the question shuts it."""
        return None if event < 0 else self.scenarios.causes[event // EPISODES]

    def spells_of(self, element_id: str) -> Spells | None:
        """Return the spells of an element; None if nothing shuts it."""
        if element_id not in self._spells:
            self._spells[element_id] = self._read(element_id)
        return self._spells[element_id]

    def _read(self, element_id: str) -> Spells | None:
        """Return the spells of an element, what the question shuts or opens included."""
        scenarios, world = self.scenarios, self.world
        number = scenarios.element_index.get(element_id, -1)
        mine = np.flatnonzero(scenarios.element == number)
        path, start = scenarios.path[mine], scenarios.start_days[mine]
        end, event = scenarios.end_days[mine], np.full(mine.size, NO_EVENT, dtype=np.int64)
        if scenarios.causes:
            event = scenarios.cause[mine] * np.int64(EPISODES) + scenarios.episode[mine]
        running = self.model.running(element_id)
        age = 0.0 if running is None else running.age_days + running.gap_days
        if element_id in world.open_ids:
            kept = start > 0
            path, start, end, event = path[kept], start[kept], end[kept], event[kept]
        elif element_id in world.shut_ids and running is None:
            lengths = supposed_days(world, self.model, scenarios, element_id)
            every = np.arange(self.path_count)
            path = np.concatenate([path, every])
            start = np.concatenate([start, np.zeros(every.size)])
            end = np.concatenate([end, lengths])
            event = np.concatenate([event, np.full(every.size, NO_EVENT, dtype=np.int64)])
        if not path.size:
            return None
        order = np.lexsort((end, start, path))
        begin = np.searchsorted(path[order], np.arange(self.path_count + 1))
        begins = np.where(start[order] <= 0, -age, start[order])
        return Spells(begin.tolist(), begins.tolist(), end[order].tolist(), event[order].tolist())

    def gate(self, stop: Stop) -> Gate | None:
        """Return the gate that trucks queue at; None for a line or a railway."""
        key = (stop.element_id, stop.direction.value)
        if key not in self._gates:
            self._gates[key] = gate_of(
                self.world, stop.element_id, stop.direction, self._capacities,
                carrier=self.consignment.carrier,
            )  # fmt: skip
        return self._gates[key]

    def class_at(self, stop: Stop) -> TruckClass:
        """Return the class by which the shipment's turn comes at a crossing."""
        crossing = self.world.network.crossings.get(stop.element_id)
        if self.ends is None or crossing is None:
            return ALL
        sides = sides_of(crossing, stop.direction)
        return class_of(self.consignment, self.ends, sides, truck_classes(self.world.catalog))

    def drain_days(self, stop: Stop, age_days: float, shut_days: float) -> float:
        """Return the days from the reopening until the turn of who came at an age."""
        if (gate := self.gate(stop)) is None:
            return 0.0
        age, shut = stepped(age_days), stepped(shut_days)
        key = (stop.element_id, stop.direction.value, age, shut)
        if key not in self._drains:
            mine = self.class_at(stop)
            self._drains[key] = turn_days(
                gate, trucks_before(gate, age, mine), age_days=min(age, shut), shut_days=shut,
                restart=restart_of(shut), truck_class=mine,
            )  # fmt: skip
        return self._drains[key]

    def backlog_days(self, stop: Stop, path: int, day: float) -> float:
        """Return the wait of who comes after a reopening, for those who stand before him."""
        spells, gate = self.spells_of(stop.element_id), self.gate(stop)
        if spells is None or gate is None:
            return 0.0
        begin, end = spells.begin[path], spells.begin[path + 1]
        k = bisect_right(spells.end, day, begin, end) - 1
        if k < begin or day - spells.end[k] > BACKLOG_DAYS:
            return 0.0
        waits = self._backlog(stop, gate, stepped(spells.end[k] - spells.start[k]))
        since = int(day - spells.end[k])
        return waits[since] if since < len(waits) else 0.0

    def _backlog(self, stop: Stop, gate: Gate, shut_days: float) -> tuple[float, ...]:
        """Return the wait of who comes so many whole days after a reopening."""
        key = (stop.element_id, stop.direction.value, shut_days)
        if key not in self._backlogs:
            restart = restart_of(shut_days)
            mine = self.class_at(stop)
            # What passes first is a queue of its own, with all that the gate can pass.
            first = replace(gate, arrivals_per_day=mine.upto_share * gate.arrivals_per_day)
            queue = queue_of(first, shut_days, restart)
            last = int(BACKLOG_DAYS if queue.clear_day is None else queue.clear_day - shut_days)
            days = np.arange(min(last, int(BACKLOG_DAYS)) + 1.0)
            standing = np.interp(shut_days + days, queue.days, queue.trucks, right=0.0)
            self._backlogs[key] = tuple(
                late_turn_days(
                    gate, float(ahead), since_days=float(day), shut_days=shut_days,
                    restart=restart, truck_class=mine,
                )
                for ahead, day in zip(standing, days, strict=True)
            )  # fmt: skip
        return self._backlogs[key]

    @cached_property
    def _capacities(self) -> Capacities:
        return capacities_of(self.world)

    @cached_property
    def _costs(self) -> WaitingCosts:
        return waiting_costs(self.world)

    def bill(self, stop: Stop) -> Bill:
        """Return what a day costs the shipment before an element."""
        if stop.place_id not in self._bills:
            place = self.world.network.places[stop.place_id]
            self._bills[stop.place_id] = self._bill_at(place)
        return self._bills[stop.place_id]

    def _bill_at(self, place: Place) -> Bill:
        return make_bill(self.world, self.consignment, place, self._costs, is_at_gate=True)

    def waited_usd(self, stop: Stop, days: float) -> float:
        """Return what trucks, boxes and wagons cost for so many days, in USD."""
        return float(self.bill(stop).waited_usd(np.array([days]))[0])

    def abandon_days(self, stop: Stop) -> float:
        """Return after how many days of waiting the cargo is given up."""
        if stop.place_id not in self._abandons:
            days = np.arange(MOST_WAIT_DAYS + 1.0)
            self._abandons[stop.place_id] = float(abandon_day_of(self.bill(stop), days))
        return self._abandons[stop.place_id]

    @cached_property
    def _any_bill(self) -> Bill:
        return self._bill_at(next(iter(self.world.network.places.values())))

    def cargo_usd(self, days: float) -> float:
        """Return what the cargo has lost after so many days on the way, in USD."""
        return float(self._any_bill.cargo_usd(np.array([days]))[0])

    @property
    def lost_usd(self) -> float:
        """Return what is lost with cargo and box, in USD."""
        return self._any_bill.value_usd + self._any_bill.box_value_usd


def supposed_days(
    world: World, model: HazardModel, scenarios: ScenarioSet, element_id: str
) -> Floats:
    """Return how long an element stays shut on each future that only the question shuts."""
    law = model.lengths_of((element_id,), world.network.elements[element_id].frontier_group)
    random = stream(scenarios.seed, "trips", "supposed", element_id)
    drawn = law.draw_remaining(0.0, scenarios.path_count, random)
    return np.asarray(np.minimum(drawn, float(scenarios.horizon_days)))


def sides_of(crossing: Crossing, way: Direction) -> tuple[str, str]:
    """Return the countries left and entered."""
    sides = (crossing.country_a, crossing.country_b)
    return sides[::-1] if way is Direction.b_to_a else sides


def stepped(days: float) -> float:
    """Return days to the nearest step: half days to a week, then ever longer ones.

    Examples
    --------
    >>> stepped(3.3), round(stepped(100.0), 1)
    (3.5, 99.6)
    """
    if days < FINE_DAYS:
        return round(2 * days) / 2
    steps = round(math.log(days / FINE_DAYS) / math.log(ROUNDING))
    return float(FINE_DAYS * ROUNDING**steps)


def day_count(start: dt.date, end: dt.date) -> float:
    """Return the days from one date to another."""
    return float((end - start).days)
