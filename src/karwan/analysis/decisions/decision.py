"""Wait at a gate that is shut, or divert: the day on which to stop waiting, and why.

The state is the age of the closure and the shipment's own place in the queue, fixed on arrival.
Each day costs the truck with its driver, the box, and the cargo's time or what spoils of it.
Stopping is the best diversion there is now, giving up, or the way home. A closure's length may have
no mean, so nobody is taken to wait beyond the day on which waiting has eaten what could be saved.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum
from statistics import median
from typing import TYPE_CHECKING

import numpy as np

from karwan.analysis.decisions.bills import CARRIER_SHARE
from karwan.analysis.decisions.costs import DayCost, Spoilage, WaitingCosts, owner_usd_per_day
from karwan.analysis.decisions.queues import Gate
from karwan.analysis.decisions.residual import Residual
from karwan.analysis.decisions.restart import Restart, restart_of
from karwan.analysis.decisions.stopping import (
    Best,
    Floats,
    Outcome,
    Problem,
    best_rule,
    outcome_of,
    p_better,
)
from karwan.analysis.decisions.turns import (
    ALL,
    TruckClass,
    class_of,
    settled_age,
    truck_classes,
    trucks_before,
    turn_days,
)
from karwan.analysis.decisions.ways import DecisionWays
from karwan.analysis.traffic.capacity import (
    Capacities,
    CapacityUsed,
    CarrierQuota,
    capacity_used,
)
from karwan.base.provenance import Source
from karwan.base.reprs import short_repr
from karwan.base.traffic import Direction
from karwan.base.units import HOURS_PER_DAY
from karwan.base.words import of_so_many, so_many

if TYPE_CHECKING:
    from karwan.analysis.world.world import World
    from karwan.network.nouns import Place
    from karwan.network.vehicles import Consignment
    from karwan.route.tcd import Journey

BOX_USD_PER_TEU = 2000.0
"""What an empty box is worth; grade C."""
MOST_DAYS = 1500
"""No rule is looked for beyond; by then waiting has eaten any cargo."""


class Advice(StrEnum):
    """What to do now."""

    wait = "wait"
    divert = "divert"
    give_up = "give-up"
    go_home = "go-home"


@dataclass(frozen=True, slots=True, kw_only=True)
class Bill:
    """What a day waited costs the shipment.

    Attributes
    ----------
    truck, box
        A day of one truck with its driver, of one box; None where it has none or none is known.
    truck_count, box_count
        How many wait.
    time_usd_per_day
        The cargo's time, where nothing spoils.
    spoilage
        What spoils a day, in place of the time.
    value_usd, box_value_usd
        Lost where the shipment is given up.
    """

    truck: DayCost | None
    box: DayCost | None
    truck_count: int
    box_count: int
    time_usd_per_day: float
    spoilage: Spoilage | None
    value_usd: float
    box_value_usd: float
    unknown: tuple[str, ...]

    def waited_usd(self, days: Floats) -> Floats:
        """Return what trucks and boxes have cost after so many days of waiting, in USD."""
        truck = 0.0 if self.truck is None else self.truck.usd * self.truck_count
        total = truck * days
        if self.box is not None:
            whole = np.arange(np.ceil(days.max(initial=0.0)) + 2)
            each = np.array([self.box.on_day(float(day)) for day in whole[:-1]])
            paid = np.concatenate([[0.0], np.cumsum(each)])
            total = total + self.box_count * np.interp(days, whole, paid)
        return np.asarray(total)

    def cargo_usd(self, days: Floats) -> Floats:
        """Return what the cargo has lost after so many days on the way, waited or moved, in USD."""
        if self.spoilage is None:
            return np.asarray(self.time_usd_per_day * days)
        return np.asarray(self.value_usd * (1 - (1 - self.spoilage.share) ** days))

    def first_day_usd(self) -> float:
        """Return what the first day costs in all, in USD."""
        one = np.array([1.0])
        return float(self.waited_usd(one)[0] + self.cargo_usd(one)[0])


@dataclass(frozen=True, kw_only=True)
class Decision:
    """What to do at a shut element, and what either way comes to.

    Attributes
    ----------
    then
        How to stop on that day; None for never.
    threshold_days
        Stop waiting after so many days if it is shut still; None for never.
    wait
        Waiting until it opens, or until the day on which it is given up.
    divert_usd
        The best diversion now; None where there is none.
    best
        The rule that waits to the threshold and then stops.
    choice_usd
        What being able to choose saves over the better of waiting and stopping now.
    truck_class
        By which its turn comes; one line for all at a line or a railway, or where its place is
        stated.
    quota
        Of trucks of the carrier's country a day, which comes before the gate.
    abandon_day
        Day on which one who only waits gives up.
    problem
        Chances and costs by the days waited, from which the rest follows.
    """

    advice: Advice
    then: Advice | None
    threshold_days: int | None
    residual: Residual
    ways: DecisionWays
    bill: Bill
    ahead_trucks: float
    truck_class: TruckClass
    quota: CarrierQuota | None
    wait: Outcome
    wait_days: tuple[float | None, float | None]
    divert_usd: float | None
    stop_now_usd: float
    best: Outcome
    p_wait_better: float | None
    choice_usd: float
    abandon_day: int
    because: tuple[str, ...]
    sources: tuple[Source, ...]
    problem: Problem

    __repr__ = short_repr


def make_bill(
    world: World, consignment: Consignment, at: Place, costs: WaitingCosts, *, is_at_gate: bool
) -> Bill:
    """Return what a day costs a shipment that waits at a place.

    A box away from the gate waits without its truck; a truck waits with what it carries.
    """
    unit = consignment.unit
    has_truck = unit.id == "truck" or (is_at_gate and unit.id != "wagon")
    unknown = []
    truck = box = None
    if unit.id == "wagon":
        truck = costs.day_cost("wagon", at.country, unit.id)
        if truck is None:
            unknown.append(f"a day of a wagon in {at.country}")
    elif has_truck:
        truck = costs.day_cost("truck", consignment.carrier, unit.id) or _usual_truck(
            world, costs, unit.id
        )
        if truck is None:
            unknown.append(f"a day of a truck of {consignment.carrier}; none is charged")
        elif truck.country != consignment.carrier:
            unknown.append(
                f"a day of a truck of {consignment.carrier}; the median of the countries known "
                "stands in"
            )
    if unit.is_box:
        box = costs.day_cost("box", at.country, unit.id)
        if box is None:
            unknown.append(f"detention of a box in {at.country}; none is charged")
    return Bill(
        truck=truck,
        box=box,
        truck_count=consignment.unit_count
        if unit.id == "wagon"
        else consignment.road_vehicle_count,
        box_count=consignment.unit_count if unit.is_box else 0,
        time_usd_per_day=owner_usd_per_day(consignment),
        spoilage=costs.spoilage(consignment.cargo.id),
        value_usd=consignment.value_usd,
        box_value_usd=BOX_USD_PER_TEU * unit.size_teu * consignment.unit_count
        if unit.is_box
        else 0.0,
        unknown=tuple(unknown),
    )


def _usual_truck(world: World, costs: WaitingCosts, unit_id: str) -> DayCost | None:
    known = [
        cost
        for country in sorted(world.network.countries)
        if (cost := costs.day_cost("truck", country, unit_id)) is not None
    ]
    if not known:
        return None
    middle = median(cost.usd for cost in known)
    return replace(
        known[0],
        country="",
        usd=middle,
        low_usd=min(cost.low_usd for cost in known),
        high_usd=max(cost.high_usd for cost in known),
        rests_on=tuple(dict.fromkeys(row for cost in known for row in cost.rests_on)),
        grade="C",
        sources=tuple(dict.fromkeys(source for cost in known for source in cost.sources)),
    )


def ahead_of(
    world: World,
    element_id: str,
    ways: DecisionWays,
    age_days: float,
    shipment: Consignment,
    ends: tuple[Place, Place],
) -> tuple[float, TruckClass]:
    """Return how many trucks stand before one that comes at a closure's age, and its class.

    Those of its class and of the classes before it do; before a truck under a quota of its country
    those of that country. At a line or a railway none do.

    Parameters
    ----------
    ends
        Where it sets out and where it goes.
    """
    gate = gate_of(world, element_id, ways.direction, carrier=shipment.carrier)
    row = row_of(world, element_id, ways.direction)
    if gate is None or row is None:
        return 0.0, ALL
    sides = (row.from_country, row.to_country)
    mine = class_of(shipment, ends, sides, truck_classes(world.catalog))
    return trucks_before(gate, age_days, mine), mine


def row_of(
    world: World, element_id: str, direction: Direction, capacities: Capacities | None = None
) -> CapacityUsed | None:
    """Return what a road crossing passes the way that the shipment takes; None for other things."""
    crossing = world.network.crossings.get(element_id)
    if crossing is None or crossing.mode != "road":
        return None
    rows = capacity_used(world, element_id, capacities)
    return next((one for one in rows if one.direction is direction), rows[0])


def gate_of(
    world: World,
    element_id: str,
    direction: Direction,
    capacities: Capacities | None = None,
    *,
    carrier: str = "",
) -> Gate | None:
    """Return the crossing as a gate, the way that the shipment takes; None for a line or rail.

    A quota for the trucks of the carrier's country comes before the gate: these pass no faster, and
    no more of them come in ordinary times.
    """
    row = row_of(world, element_id, direction, capacities)
    if row is None or row.working_per_day is None or row.flow is None:
        return None
    quota = row.quota_of(carrier) if carrier else None
    if quota is None or quota.per_day <= 0:  # none let in is a rule on vehicles, no queue
        return Gate(arrivals_per_day=row.flow.per_day, capacity_per_day=row.working_per_day)
    return Gate(
        arrivals_per_day=min(CARRIER_SHARE * row.flow.per_day, quota.per_day),
        capacity_per_day=min(row.working_per_day, quota.per_day),
    )


def decide(
    world: World,
    residual: Residual,
    ways: DecisionWays,
    bill: Bill,
    *,
    ahead_trucks: float,
    truck_class: TruckClass = ALL,
    carrier: str = "",
) -> Decision:
    """Return whether to wait or to divert, and the day on which to stop waiting.

    Parameters
    ----------
    ahead_trucks
        The shipment's own place in the queue.
    truck_class
        By which others may pass before it that come later.
    carrier
        Country of its trucks, for which a quota may hold.
    """
    gate = gate_of(world, residual.element_id, ways.direction, carrier=carrier)
    row = row_of(world, residual.element_id, ways.direction)
    days = np.arange(MOST_DAYS + 1.0)
    drains = drains_of(residual, gate, ahead_trucks, days, truck_class)
    arms = _Arms(bill, ways, days)
    survival = np.minimum.accumulate(np.clip(residual.survival(days), 0.0, 1.0))
    survival[0] = 1.0
    stops = arms.stops()
    stop_usd = np.min(np.stack(list(stops.values())), axis=0)
    abandon_day = abandon_day_of(bill, days)
    problem = Problem(survival, arms.through(drains), stop_usd)
    best = best_rule(problem)
    threshold = None if best.stop_day >= MOST_DAYS else best.stop_day
    give_up = np.min(np.stack([usd for name, usd in stops.items() if name is not Advice.divert]), 0)
    only_wait = Problem(survival, problem.through_usd, give_up)
    waiting = outcome_of(only_wait, abandon_day)
    stop_now = float(stop_usd[0])
    divert = float(stops[Advice.divert][0]) if Advice.divert in stops else None
    then = None
    if threshold is not None:
        then = min(stops, key=lambda one: float(stops[one][threshold]))
    advice = then if threshold == 0 and then is not None else Advice.wait
    optimum = outcome_of(problem, best.stop_day)
    decision = Decision(
        advice=advice,
        then=then,
        threshold_days=threshold,
        residual=residual,
        ways=ways,
        bill=bill,
        ahead_trucks=ahead_trucks,
        truck_class=truck_class,
        quota=None if row is None or not carrier else row.quota_of(carrier),
        wait=waiting,
        wait_days=(residual.quantile(0.5), residual.quantile(0.9)),
        divert_usd=divert,
        stop_now_usd=stop_now,
        best=optimum,
        p_wait_better=None if divert is None else p_better(only_wait, abandon_day, divert),
        choice_usd=max(min(waiting.mean_usd, stop_now) - optimum.mean_usd, 0.0),
        abandon_day=abandon_day,
        because=(),
        sources=tuple(_sources(world, residual.element_id, ways, bill)),
        problem=problem,
    )
    return replace(decision, because=tuple(_because(world, decision, best, drains)))


@dataclass(frozen=True, slots=True)
class _Arms:
    """Costs of each way in all, by the days waited before it."""

    bill: Bill
    ways: DecisionWays
    days: Floats

    def moved(self, journey: Journey, waited_days: Floats) -> Floats:
        """Return all costs of a journey begun after so many days of waiting, in USD."""
        hours, usd = journey.hours.value, journey.usd.value
        on_the_way = waited_days + hours / HOURS_PER_DAY
        return np.asarray(self.bill.waited_usd(waited_days) + self.bill.cargo_usd(on_the_way) + usd)

    def through(self, drains: Floats) -> Floats:
        """Return all costs if it reopens by each day and the shipment's turn comes."""
        return self.moved(self.ways.over, self.days + drains)

    def stops(self) -> dict[Advice, Floats]:
        """Return all costs of each way to stop, by the day on which it is taken."""
        gone = self.bill.value_usd + self.bill.box_value_usd
        ways = {}
        if self.ways.around is not None:
            ways[Advice.divert] = self.moved(self.ways.around, self.days)
        ways[Advice.give_up] = self.bill.waited_usd(self.days) + gone
        if self.ways.home is not None:
            ways[Advice.go_home] = self.moved(self.ways.home, self.days)
        return ways


def drains_of(
    residual: Residual,
    gate: Gate | None,
    ahead_trucks: float,
    days: Floats,
    truck_class: TruckClass = ALL,
) -> Floats:
    """Return the days from a reopening by each day until the shipment's turn comes."""
    if gate is None or (ahead_trucks <= 0 and truck_class.before_share <= 0):
        return np.zeros_like(days)
    age = residual.age_days
    turns: dict[tuple[Restart, float], float] = {}

    def turn(shut_days: float) -> float:
        shape = restart_of(shut_days, residual.cause)
        key = (shape, settled_age(gate, shut_days) if truck_class.before_share > 0 else 0.0)
        if key not in turns:
            turns[key] = turn_days(
                gate, ahead_trucks, age_days=age, shut_days=shut_days, restart=shape,
                truck_class=truck_class,
            )  # fmt: skip
        return turns[key]

    return np.array([turn(age + float(day)) for day in days])


def abandon_day_of(bill: Bill, days: Floats) -> int:
    """Return the day on which waiting has cost as much as cargo and box are worth."""
    spent = bill.waited_usd(days) + bill.cargo_usd(days)
    worth = bill.value_usd + bill.box_value_usd
    reached = np.flatnonzero(spent >= (1 - 1e-3) * worth)
    return int(reached[0]) if reached.size else int(days[-1])


def _sources(world: World, element_id: str, ways: DecisionWays, bill: Bill) -> list[Source]:
    journeys = [one for one in (ways.over, ways.around, ways.home) if one is not None]
    sources = [source for journey in journeys for source in journey.sources]
    sources += [
        source for cost in (bill.truck, bill.box) if cost is not None for source in cost.sources
    ]
    if bill.spoilage is not None:
        sources.append(bill.spoilage.source)
    if gate_of(world, element_id, ways.direction) is not None:
        rows = capacity_used(world, element_id)
        sources += [one for row in rows for one in (*row.sources, *row.flow_sources)]
    return list(dict.fromkeys(sources))


def _because(world: World, made: Decision, best: Best, drains: Floats) -> list[str]:
    """Return the reasons, each with its figures."""
    residual, bill = made.residual, made.bill
    later = residual.survival(np.array([7.0, 30.0]))
    name = world.network.elements[residual.element_id].name
    lines = [
        f"{name} has been shut for {told_days(residual.age_days)}: still shut in a week with "
        f"{later[0]:.0%}, in a month with {later[1]:.0%}"
    ]
    if residual.beyond_evidence:
        lines.append(
            f"that is longer than any other closure on record to judge it by "
            f"({told_days(residual.longest_days)}): the tail is widened to what age alone tells"
        )
    lines.append(_day_line(bill))
    lines += [f"no figure is known for {what}" for what in bill.unknown]
    if made.ahead_trucks > 0:
        lines.append(
            f"{so_many(made.ahead_trucks, 'truck')} {of_so_many(made.ahead_trucks, 'stand')} "
            f"before it: {drains[0]:,.1f} days after a "
            f"reopening now until its turn{_class_words(made.truck_class)}"
        )
    if made.quota is not None:
        lines.append(
            f"{made.quota.per_day:g} trucks a day of {made.quota.carrier} are let through "
            f"({made.quota.count_id}, last known {made.quota.known_on}), whatever the gate could "
            "pass"
        )
    lines += _way_lines(made)
    if made.divert_usd is not None and made.p_wait_better is not None:
        lines.append(
            f"waiting is cheaper with {made.p_wait_better:.0%}, by one draw of the length for both"
        )
    lines.append(
        f"a length may have no mean, so waiting is capped: given up on day {made.abandon_day}, "
        f"when it has cost the {bill.value_usd + bill.box_value_usd:,.0f} USD that cargo and box "
        "are worth"
    )
    if best.stop_day and made.threshold_days is not None:
        lines.append(
            f"each day shut makes a longer closure likelier: after {told_days(best.stop_day)} one "
            "more day costs more than it may save"
        )
    return lines


def _class_words(truck_class: TruckClass) -> str:
    if not truck_class.name:
        return ""
    others = ", ".join(truck_class.before)
    first = f", which those of {others} that come later pass before" if others else ""
    return f" as {truck_class.name}{first} (order of classes, grade C)"


def told_days(days: float) -> str:
    """Return a number of days in words.

    Examples
    --------
    >>> told_days(1.0), told_days(1200)
    ('1 day', '1,200 days')
    """
    return so_many(days, "day")


def _day_line(bill: Bill) -> str:
    parts = []
    if bill.truck is not None:
        parts.append(
            f"{bill.truck_count * bill.truck.usd:,.0f} "
            + ("wagons" if bill.truck.kind == "wagon" else "truck and crew")
        )
    if bill.box is not None:
        parts.append(f"{bill.box_count * bill.box.on_day(0.0):,.0f} detention of boxes")
    if bill.spoilage is not None:
        parts.append(
            f"{bill.value_usd * bill.spoilage.share:,.0f} spoilage ({bill.spoilage.share:.0%} of "
            "its value a day)"
        )
    else:
        parts.append(f"{bill.time_usd_per_day:,.0f} time of the cargo")
    return f"the first day waited costs {bill.first_day_usd():,.0f} USD: {', '.join(parts)}"


def _way_lines(made: Decision) -> list[str]:
    over, around = made.ways.over, made.ways.around
    first = (
        f"over it: {over.usd.value:,.0f} USD and {over.hours.value / HOURS_PER_DAY:,.1f} days once "
        "it is open"
    )
    if around is None:
        cuts = ", ".join(cut.name for cut in made.ways.cuts[:3]) or "nothing built"
        return [first, f"no diversion: every other way is cut ({cuts})"]
    by = ", ".join(around.crossings) or "no crossing"
    return [
        first,
        f"around it by {by}: {around.usd.value:,.0f} USD and "
        f"{around.hours.value / HOURS_PER_DAY:,.1f} days",
    ]
