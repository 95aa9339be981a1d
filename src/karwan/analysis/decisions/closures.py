"""What a closure does to a gate: its queue each way, when it clears, what a day costs and whom."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from karwan.analysis.decisions.bills import DayBill, day_bills, typical_load
from karwan.analysis.decisions.costs import WaitingCosts, waiting_costs
from karwan.analysis.decisions.queues import (
    FIRM_DAYS,
    LEFT_DAYS,
    MOST_DAYS,
    ArrivalsLaw,
    Gate,
    Queue,
    held_back_trucks,
    queue_of,
    standing_trucks,
    wait_days,
)
from karwan.analysis.decisions.residual import Residual
from karwan.analysis.decisions.restart import Restart, restart_of
from karwan.analysis.decisions.turns import (
    TRANSIT,
    TruckClass,
    truck_classes,
    trucks_before,
    turn_days,
)
from karwan.analysis.traffic.base_flows import loaded_share
from karwan.analysis.traffic.capacity import CapacityUsed, capacities_of, capacity_used
from karwan.base.errors import DataError, Fault
from karwan.base.known import known_from
from karwan.base.provenance import Source
from karwan.base.reprs import short_repr
from karwan.base.units import HOURS_PER_DAY
from karwan.base.words import so_many
from karwan.data.rows.row import source_of
from karwan.data.rows.traffic import CrossingCountRow
from karwan.network.vehicles import DEFAULT_UNIT

if TYPE_CHECKING:
    from karwan.analysis.world.world import World

BOXES_COME_DAYS = 60.0
"""Boxes at sea or ordered when a gate shuts come to port over so long; later ones go another way.
Grade C."""
MOST_CLAIMS = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Supposed:
    """What a question about a queue supposes; None takes what is known.

    Attributes
    ----------
    arrivals_per_day, capacity_per_day
        Trucks a day, both ways together.
    """

    closed_for_days: float | None = None
    reopens: dt.date | None = None
    arrivals_per_day: float | None = None
    capacity_per_day: float | None = None
    law: ArrivalsLaw = ArrivalsLaw.fading
    restart: Restart | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """What stands one way before a crossing on the date, and what a day of it costs."""

    capacity: CapacityUsed
    waiting_trucks: float
    boxes_at_port: float
    loaded_share: float
    bills: tuple[DayBill, ...]


@dataclass(frozen=True, kw_only=True)
class WayQueue:
    """The queue of one way over a crossing.

    Attributes
    ----------
    waiting_trucks
        At the gate on the date, above the ordinary queue.
    held_back_trucks
        Not sent, of the last sixty days: they come if it reopens.
    boxes_at_port
        Came to port in the first sixty days and were not given up; 0 where no port lies behind it.
    queue
        From the closure on, if it reopens as supposed.
    p50_wait_days, p90_wait_days
        Of the truck that comes on the date; None where longer than a hundred years.
    class_wait_days
        After the reopening, of the last of each class, in the order in which they pass.
    loaded_share
        Of what waits; as counted there, else as counted elsewhere. Empties are the rest.
    """

    capacity: CapacityUsed
    gate: Gate
    waiting_trucks: float
    held_back_trucks: float
    boxes_at_port: float
    queue: Queue
    p50_wait_days: float | None
    p90_wait_days: float | None
    class_wait_days: tuple[tuple[str, float | None], ...]
    loaded_share: float
    bills: tuple[DayBill, ...]

    __repr__ = short_repr


@dataclass(frozen=True, slots=True, kw_only=True)
class QueueClaim:
    """What was said to wait there, by whom it may be: beside the model, never an input."""

    date: str
    value: float
    unit: str
    status: str
    note: str
    source: Source


@dataclass(frozen=True, kw_only=True)
class ClosureQueue:
    """What a closure does to a crossing.

    Attributes
    ----------
    closed_for_days
        Days shut by the date; 0 where it is not shut.
    reopens, reopens_assumed
        When it reopens: as asked, else on the date itself, which no one foretells.
    p50_clear_on, p90_clear_on
        When it is clear with an even chance, and with nine in ten, by how long closures last.
    """

    element_id: str
    name: str
    as_of: dt.date
    closed_for_days: float
    residual: Residual | None
    reopens: dt.date
    reopens_assumed: bool
    ways: tuple[WayQueue, ...]
    p50_clear_on: dt.date | None
    p90_clear_on: dt.date | None
    claims: tuple[QueueClaim, ...]
    notes: tuple[str, ...]
    sources: tuple[Source, ...]

    __repr__ = short_repr

    @property
    def clear_on(self) -> dt.date | None:
        """Day on which both ways are clear; None if that never comes."""
        days = [self.day(way.queue.clear_day) for way in self.ways]
        return None if None in days else max(day for day in days if day is not None)

    @property
    def truck_days(self) -> float | None:
        """Waited in all, both ways, until clear; None if that never comes."""
        parts = [way.queue.truck_days for way in self.ways]
        return None if None in parts else sum(part for part in parts if part is not None)

    def day(self, since_days: float | None) -> dt.date | None:
        """Return the date so many days after the closure."""
        return date_after(self.as_of, self.closed_for_days, since_days)


def date_after(as_of: dt.date, closed_for_days: float, since_days: float | None) -> dt.date | None:
    """Return the date so many days after a closure of an age; None beyond the calendar."""
    if since_days is None:
        return None
    ahead = math.ceil(round(since_days - closed_for_days, 6))
    try:
        return as_of + dt.timedelta(days=ahead)
    except OverflowError:
        return None


def closure_queue(
    world: World, element_id: str, residual: Residual | None, supposed: Supposed
) -> ClosureQueue:
    """Return the queue of a crossing that is shut, or that is supposed to be.

    Parameters
    ----------
    residual
        How long it stays shut, by its age; None if it is open.

    Raises
    ------
    DataError
        Names every fault of the question under its argument.
    """
    age = residual.age_days if residual is not None else 0.0
    _check(world, supposed, is_shut=residual is not None)
    capacities = [row for row in capacity_used(world, element_id) if row.vehicle == "truck"]
    gates = _gates(capacities, supposed)
    ahead = (supposed.reopens - world.as_of).days if supposed.reopens is not None else 0
    costs = waiting_costs(world)
    queues = _Way(
        world=world, residual=residual, supposed=supposed, age_days=age, ahead_days=float(ahead)
    )
    ways = tuple(
        queues.of(capacity, gate, costs) for capacity, gate in zip(capacities, gates, strict=True)
    )
    p50, p90 = (_clear_by(world, queues, gates, share) for share in (0.5, 0.9))
    used = [one for row in capacities for one in (*row.sources, *row.flow_sources)]
    used += [source for way in ways for source in _cost_sources(costs, way.capacity)]
    return ClosureQueue(
        element_id=element_id,
        name=world.network.elements[element_id].name,
        as_of=world.as_of,
        closed_for_days=age,
        residual=residual,
        reopens=supposed.reopens or world.as_of,
        reopens_assumed=supposed.reopens is None,
        ways=ways,
        p50_clear_on=p50,
        p90_clear_on=p90,
        claims=_claims(world, element_id),
        notes=tuple(_notes(residual, ways, supposed)),
        sources=tuple(dict.fromkeys(used)),
    )


def standing_at_gate(
    world: World, element_id: str, residual: Residual, supposed: Supposed
) -> tuple[Standing, ...]:
    """Return what stands at a crossing that is shut, as its queue has it, without what follows."""
    capacities = [row for row in capacity_used(world, element_id) if row.vehicle == "truck"]
    ways = _Way(
        world=world, residual=residual, supposed=supposed, age_days=residual.age_days,
        ahead_days=0.0,
    )  # fmt: skip
    costs = waiting_costs(world)
    gates = _gates(capacities, supposed)
    return tuple(
        ways.standing(capacity, gate, costs)
        for capacity, gate in zip(capacities, gates, strict=True)
    )


def _check(world: World, supposed: Supposed, *, is_shut: bool) -> None:
    faults = [
        Fault(key, "it must be more than 0", f"{value:g}")
        for key, value in (
            ("arrivals", supposed.arrivals_per_day),
            ("capacity", supposed.capacity_per_day),
        )
        if value is not None and value <= 0
    ]
    if supposed.reopens is not None:
        if supposed.reopens < world.as_of:
            text = f"that is before {world.as_of}, the date of the question"
            faults.append(Fault("reopens", text, str(supposed.reopens)))
        elif not is_shut:
            text = "it is not shut; say for how long it has been"
            faults.append(Fault("reopens", text, str(supposed.reopens)))
    if faults:
        raise DataError("the question", faults)


def _gates(capacities: Sequence[CapacityUsed], supposed: Supposed) -> list[Gate]:
    """Return each way as a gate: what was asked both ways is shared as flow and capacity are."""
    flows = [None if row.flow is None else row.flow.per_day for row in capacities]
    working = [row.working_per_day for row in capacities]
    arrivals, passing = (
        each if asked is None else [asked * share for share in _shares(each)]
        for each, asked in (
            (flows, supposed.arrivals_per_day),
            (working, supposed.capacity_per_day),
        )
    )
    unknown = [key for key, each in (("arrivals", arrivals), ("capacity", passing)) if None in each]
    if unknown:
        text = "nothing is known of it here nor of crossings of its class; state it"
        raise DataError("the question", [Fault(key, text) for key in unknown])
    return [
        Gate(
            arrivals_per_day=rate,
            capacity_per_day=most,
            law=supposed.law,
            open_hours=_open_hours(row, supposed),
        )
        for row, rate, most in zip(capacities, arrivals, passing, strict=True)
        if rate is not None and most is not None
    ]


def _open_hours(row: CapacityUsed, supposed: Supposed) -> float:
    """Return the hours a day it is open; the textbook's gate is never shut at night."""
    is_textbook = supposed.law is ArrivalsLaw.constant
    return HOURS_PER_DAY if is_textbook else row.open_hours or HOURS_PER_DAY


def _shares(each: Sequence[float | None]) -> list[float]:
    """Return the share of each; even ones where one of them is not known."""
    known = [one for one in each if one is not None]
    if len(known) < len(each) or not sum(known) > 0:
        return [1 / len(each)] * len(each)
    return [one / sum(known) for one in known]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Way:
    """Makes the queue of each way of one closure."""

    world: World
    residual: Residual | None
    supposed: Supposed
    age_days: float
    ahead_days: float

    @property
    def classes(self) -> tuple[TruckClass, ...]:
        """Classes of trucks in the order in which they pass."""
        return truck_classes(self.world.catalog)

    def shape(self, shut_days: float) -> Restart:
        """Return how the gate restarts after so many days."""
        if self.supposed.restart is not None:
            return self.supposed.restart
        if self.supposed.law is ArrivalsLaw.constant:
            return Restart.at_once  # the textbook's queue
        return restart_of(shut_days, self.residual.cause if self.residual else "")

    def standing(self, capacity: CapacityUsed, gate: Gate, costs: WaitingCosts) -> Standing:
        """Return what stands there on the date, and what a day of it costs."""
        waiting = standing_trucks(gate, self.age_days) if self.residual else 0.0
        has_boxes = costs.day_cost("box", capacity.from_country, "20ft") is not None
        is_port_side = has_boxes and _has_port(self.world, capacity.from_country)
        boxes = 0.0
        if is_port_side and self.residual is not None:
            boxes = boxes_at_port(
                gate, self.age_days, self.box_stay_days(capacity, costs),
                box_share=self.classes[TRANSIT].share,
            )  # fmt: skip
        loaded = loaded_share(capacities_of(self.world), capacity)
        bills = day_bills(self.world, capacity, waiting, boxes, costs, loaded_share=loaded)
        return Standing(
            capacity=capacity,
            waiting_trucks=waiting,
            boxes_at_port=boxes,
            loaded_share=loaded,
            bills=tuple(bills),
        )

    def of(self, capacity: CapacityUsed, gate: Gate, costs: WaitingCosts) -> WayQueue:
        """Return the queue of one way."""
        shut_days = self.age_days + self.ahead_days if self.residual is not None else 0.0
        shape = self.shape(shut_days)
        here = self.standing(capacity, gate, costs)
        waiting = here.waiting_trucks
        held = held_back_trucks(gate, self.age_days) if self.residual is not None else 0.0
        return WayQueue(
            capacity=capacity,
            gate=gate,
            waiting_trucks=waiting,
            held_back_trucks=held,
            boxes_at_port=here.boxes_at_port,
            queue=queue_of(gate, shut_days, shape),
            p50_wait_days=self.wait(gate, waiting, 0.5),
            p90_wait_days=self.wait(gate, waiting, 0.9),
            class_wait_days=class_waits(gate, self.age_days, shut_days, shape, self.classes)
            if self.residual
            else (),
            loaded_share=here.loaded_share,
            bills=here.bills,
        )

    def box_stay_days(self, capacity: CapacityUsed, costs: WaitingCosts) -> float:
        """Return after how long a box is given up: when charges have passed its cargo as seen."""
        box = costs.day_cost("box", capacity.from_country, "20ft")
        given_up = costs.abandonment()
        if box is None or given_up is None or box.usd <= 0:
            return math.inf
        return given_up[0] * typical_load(self.world, capacity).value_usd / box.usd

    def still_days(self, share: float) -> float | None:
        """Return the days by which it has reopened with a chance; as asked, where that is fixed."""
        if self.residual is None:
            return 0.0
        if self.supposed.reopens is not None:
            return self.ahead_days
        return self.residual.quantile(share)

    def wait(self, gate: Gate, waiting: float, share: float) -> float | None:
        """Return how long the truck that comes on the date waits, with a chance."""
        still = self.still_days(share)
        if still is None:
            return None
        return wait_days(gate, waiting, still, self.shape(self.age_days + still))


def boxes_at_port(gate: Gate, age_days: float, stay_days: float, *, box_share: float) -> float:
    """Return the boxes at port at an age of the closure.

    Parameters
    ----------
    stay_days
        After so long a box is given up.
    box_share
        Share of trucks from a port country that carry transit boxes.

    Examples
    --------
    >>> gate = Gate(arrivals_per_day=100.0, capacity_per_day=200.0)
    >>> [round(boxes_at_port(gate, day, 700.0, box_share=0.28)) for day in (15, 60, 400, 770)]
    [210, 1470, 1470, 0]
    """

    def came(days: float) -> float:
        return held_back_trucks(gate, min(max(days, 0.0), BOXES_COME_DAYS))

    return box_share * (came(age_days) - came(age_days - stay_days))


def class_waits(
    gate: Gate,
    age_days: float,
    shut_days: float,
    restart: Restart,
    classes: Sequence[TruckClass],
) -> tuple[tuple[str, float | None], ...]:
    """Return how long a truck at the end of its class waits after the reopening, by class."""
    waits = []
    for one in classes:
        days = turn_days(
            gate, trucks_before(gate, age_days, one), age_days=age_days, shut_days=shut_days,
            restart=restart, truck_class=one,
        )  # fmt: skip
        waits.append((one.name, days if days < MOST_DAYS else None))
    return tuple(waits)


def _has_port(world: World, country: str) -> bool:
    """Whether a country has a port, so that boxes come from it."""
    return any(
        place.country == country and place.kind == "seaport"
        for place in world.network.places.values()
    )


def _clear_by(world: World, queues: _Way, gates: Sequence[Gate], share: float) -> dt.date | None:
    """Return the date by which all ways are clear with a chance; None if never or not known."""
    still = queues.still_days(share)
    if still is None:
        return None
    shut_days = queues.age_days + still
    if queues.residual is None:
        return world.as_of
    clear = [queue_of(gate, shut_days, queues.shape(shut_days)).clear_day for gate in gates]
    dates = [date_after(world.as_of, queues.age_days, day) for day in clear]
    return None if None in dates else max(date for date in dates if date is not None)


def _cost_sources(costs: WaitingCosts, capacity: CapacityUsed) -> list[Source]:
    known = [
        costs.day_cost(kind, country, unit)
        for country in (capacity.from_country, capacity.to_country)
        for kind, unit in (("truck", DEFAULT_UNIT), ("box", "20ft"))
    ]
    return [source for cost in known if cost is not None for source in cost.sources]


def _claims(world: World, element_id: str) -> tuple[QueueClaim, ...]:
    """Return what was said to wait there, the newest first, as known on the date."""
    release = world.catalog.released("crossing_counts")
    rows = [
        row
        for row in world.catalog.rows(CrossingCountRow)
        if row.element_id == element_id
        and row.measure == "queue"
        and known_from(row.source_date, release) <= world.as_of
    ]
    rows.sort(key=lambda row: (row.date_from or "", row.count_id), reverse=True)
    return tuple(
        QueueClaim(
            date=row.date_from or "",
            value=row.value,
            unit=row.unit,
            status=row.status,
            note=row.note or "",
            source=source_of(row, row.note),
        )
        for row in rows[:MOST_CLAIMS]
    )


def _notes(residual: Residual | None, ways: Sequence[WayQueue], supposed: Supposed) -> list[str]:
    notes = []
    if residual is None:
        notes.append(
            "not shut on the date: no queue above the ordinary one, which border hours hold"
        )
    elif residual.beyond_evidence:
        notes.append(
            f"shut for longer than any other closure on record to judge it by "
            f"({so_many(residual.longest_days, 'day')}): the tail is widened to what age alone "
            "tells"
        )
    if any(way.queue.clear_day is None for way in ways):
        notes.append("arrivals are not below capacity: the queue never clears")
    if supposed.law is ArrivalsLaw.constant:
        notes.append("arrivals as ever while it is shut: the textbook's queue, no one's record")
    if any(way.capacity.grade == "C" for way in ways):
        notes.append("capacity of grade C: see what it rests on")
    if (
        residual is not None
        and residual.age_days > FIRM_DAYS
        and any(way.gate.law is ArrivalsLaw.fading for way in ways)
    ):
        notes.append(
            f"after {FIRM_DAYS:.0f} days trucks turn back, all within {LEFT_DAYS:.0f}: no count "
            "says how many, so this is grade C"
        )
    return notes
