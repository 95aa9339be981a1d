"""What a portfolio of consignments stands to lose by closures, for whoever insures it.

Each consignment is run as `trips` runs it: the same futures, rule and way, so that its figures are
those of its trip alone. As all consignments meet the same futures, one event that catches several
is seen as one. A loss is what comes on top of the way on which a consignment sets out, undisturbed.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from karwan.analysis.corridors.planner import Planner, plan
from karwan.analysis.corridors.scope import Scope
from karwan.analysis.decisions.trip_answers import (
    RuleTrips,
    cheapest_rule,
    future_days,
    tried_trips,
    ways_of,
)
from karwan.analysis.decisions.trip_gates import NO_EVENT, TripGates, day_count
from karwan.analysis.decisions.trip_rules import Rule
from karwan.analysis.decisions.trips import Outcomes, run_along, run_trips
from karwan.analysis.forecasts.closures import fit_world
from karwan.analysis.forecasts.exceedance import ONCE_IN_10, ONCE_IN_50
from karwan.analysis.forecasts.onsets import chances_of
from karwan.analysis.world.state import State
from karwan.base.errors import NoRouteError
from karwan.base.reprs import short_repr
from karwan.base.units import HOURS_PER_DAY
from karwan.hazard.scenarios import draw_scenarios

if TYPE_CHECKING:
    from karwan.analysis.decisions.consignments import Listed
    from karwan.analysis.decisions.trip_ways import TripWay, TripWays
    from karwan.analysis.world.world import World
    from karwan.hazard.model import HazardModel
    from karwan.hazard.scenarios import Cause, ScenarioSet
    from karwan.route.tcd import Journey

Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]
SEA = "sea"
"""Mode of the legs that marine cover is for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """How many futures consignments are run on, and by which rules."""

    rules: tuple[Rule, ...]
    seed: int
    path_count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class GateExposure:
    """How a consignment fares at a gate or line on its way.

    Attributes
    ----------
    on_way_share
        Share of futures in which it sets out by a way over it.
    reach_on, reach_days
        When it comes there if nothing holds it up before, and how many days ahead that is; None
        where it comes there only after it has turned aside.
    p_shut
        Chance that it is shut on that day, as a forecast of the gate tells it; None where that has
        none.
    p_caught
        Share of futures in which it waits, turns aside or is given up there.
    waited_days
        Mean days that it stands there when it is caught; None if it never is.
    """

    consignment: str
    element_id: str
    name: str
    on_way_share: float
    reach_on: dt.date | None
    reach_days: int | None
    p_shut: float | None
    p_caught: float
    waited_days: float | None


@dataclass(frozen=True, kw_only=True)
class ConsignmentExposure:
    """One consignment on all futures.

    Attributes
    ----------
    trips
        As `trips` has them, under the rule chosen.
    caught
        Shape (n_paths,): whether it waits, turns aside or is given up, be it at once.
    delay_days, loss_usd, carriage_usd
        Shape (n_paths,): beyond the way on which it set out, undisturbed; days are infinite where
        it never came. The loss is all costs, carriage that part of it which is paid for ways,
        trucks and boxes; the rest is what the cargo loses.
    land_km, sea_km
        Of the way most often set out on.
    """

    listed: Listed
    rule: Rule
    trips: RuleTrips
    caught: Bools
    delay_days: Floats
    loss_usd: Floats
    carriage_usd: Floats
    journey: Journey
    land_km: float
    sea_km: float
    gates: tuple[GateExposure, ...]
    run: Run = field(repr=False)

    __repr__ = short_repr

    @property
    def name(self) -> str:
        """What the file calls it."""
        return self.listed.name

    @property
    def value_usd(self) -> float:
        """What it is worth, in USD."""
        return self.listed.asked.question.shipment.value_usd


@dataclass(frozen=True, slots=True, kw_only=True)
class Catch:
    """What events of one cause catch.

    Attributes
    ----------
    cause
        An episode that runs, an occasion, or new episodes of a frontier group.
    elements, consignments
        Where, and which.
    p_any, p_several
        Share of futures in which one event of it catches a consignment; two or more.
    mean_value_usd
        Value caught by the greatest event of it, mean over all futures.
    once_in_10_usd, once_in_50_usd, most_usd
        Value that the greatest event of it catches in one future of ten, of fifty, and in the worst
        of those drawn.
    """

    cause: Cause
    elements: tuple[str, ...]
    consignments: tuple[str, ...]
    p_any: float
    p_several: float
    mean_value_usd: float
    once_in_10_usd: float
    once_in_50_usd: float
    most_usd: float


@dataclass(frozen=True, kw_only=True)
class Portfolio:
    """All consignments together.

    Attributes
    ----------
    catches
        By cause, the one that catches most value on the average first.
    most_caught_usd
        Shape (n_paths,): value caught by whichever event of a future catches most.
    """

    consignments: tuple[ConsignmentExposure, ...]
    catches: tuple[Catch, ...]
    most_caught_usd: Floats

    __repr__ = short_repr

    @property
    def value_usd(self) -> float:
        """What all is worth."""
        return sum(one.value_usd for one in self.consignments)

    @cached_property
    def loss_usd(self) -> Floats:
        """Loss of all consignments by future, shape (n_paths,)."""
        return np.asarray(np.sum([one.loss_usd for one in self.consignments], axis=0))

    @cached_property
    def carriage_usd(self) -> Floats:
        """That part of the loss which is paid for ways, trucks and boxes, shape (n_paths,)."""
        return np.asarray(np.sum([one.carriage_usd for one in self.consignments], axis=0))

    @cached_property
    def all_costs_usd(self) -> float:
        """Mean of all costs of all consignments, ways and cargo included."""
        return sum(float(one.trips.trips.cost_usd.mean()) for one in self.consignments)

    @cached_property
    def caught_counts(self) -> Floats:
        """How many are caught by future, shape (n_paths,)."""
        return np.asarray(np.sum([one.caught for one in self.consignments], axis=0, dtype=float))


@dataclass(frozen=True, kw_only=True)
class AnotherWay:
    """Half of what the worst event catches sent another way, on the same futures.

    Attributes
    ----------
    shunned
        What that half keeps out of: where the worst cause catches.
    moved, unmoved, bound
        Consignments that set out another way, those of that half for which there is none, and those
        whose file says by what they must pass: they stay on their way.
    portfolio
        All consignments then.
    """

    cause: Cause
    shunned: tuple[str, ...]
    moved: tuple[str, ...]
    unmoved: tuple[str, ...]
    bound: tuple[str, ...]
    portfolio: Portfolio

    __repr__ = short_repr


@dataclass(frozen=True, kw_only=True)
class Run:
    """What a consignment's trips were run on."""

    planner: Planner
    ways: TripWays
    gates: TripGates
    start_day: float


@dataclass(kw_only=True)
class Futures:
    """Futures that all consignments meet, and the planners of what they ship."""

    world: World
    plan: Plan
    model: HazardModel
    scenarios: ScenarioSet
    _planners: list[Planner] = field(default_factory=list)
    _runs: dict[object, ConsignmentExposure] = field(default_factory=dict)

    __repr__ = short_repr

    def run_of(self, listed: Listed) -> Run:
        """Return what the trips of a consignment are run on."""
        asked = listed.asked
        planner = self._planner(listed)
        depart = asked.world.travel.depart or asked.world.as_of
        return Run(
            planner=planner,
            ways=ways_of(planner, asked.destination, self.plan.seed, self.plan.path_count),
            gates=TripGates(
                world=asked.world,
                model=self.model,
                scenarios=self.scenarios,
                consignment=asked.question.shipment,
                ends=(asked.origin, asked.destination),
            ),
            start_day=day_count(asked.world.as_of, depart),
        )

    def _planner(self, listed: Listed) -> Planner:
        """Return a planner of what is shipped; places and links are expanded once for all."""
        fresh = plan(listed.asked)
        if not self._planners:
            self._planners.append(fresh)
        return replace(fresh, _graphs=self._planners[0]._graphs)

    def expose(self, listed: Listed) -> ConsignmentExposure:
        """Return a consignment on all futures; those that ask the same are run once.

        Raises
        ------
        NoRouteError
            If no way is built for it.
        """
        key = listed.asked.question
        if key in self._runs:
            alike = self._runs[key]
            gates = tuple(replace(one, consignment=listed.name) for one in alike.gates)
            return replace(alike, listed=listed, gates=gates)
        run = self.run_of(listed)
        rule, trips = cheapest_rule(self._tried(listed, run))
        self._runs[key] = self.told(listed, run, rule, trips)
        return self._runs[key]

    def _tried(self, listed: Listed, run: Run) -> list[tuple[Rule, Outcomes]]:
        asked = listed.asked
        if not asked.question.via:
            return tried_trips(run.ways, run.gates, asked, run.start_day, self.plan.rules)
        way = self._way_by(listed, run)
        return [
            (rule, run_along(way, run.ways, run.gates, run.start_day, rule))
            for rule in self.plan.rules
        ]

    def _way_by(self, listed: Listed, run: Run) -> TripWay:
        """Return the way by what a consignment must pass: as last known, else as if all is open."""
        asked = listed.asked
        as_built = run.planner.in_world(replace(run.planner.world, shut_ids=frozenset()))
        tries = (
            (run.planner, State.last_known),
            (run.planner, State.all_open),
            (as_built, State.all_open),  # what the question shuts is met, not gone
        )
        paths = (
            planner.best(
                asked.origin, asked.destination, Scope(state=state), via=asked.question.via
            )
            for planner, state in tries
        )
        path = next((one for one in paths if one is not None), None)
        if path is None:
            text = f"{listed.name}: no way is built from {asked.origin.name} to "
            text += f"{asked.destination.name} by {', '.join(one for _, one in asked.question.via)}"
            raise NoRouteError(text)
        return run.ways.along(run.planner.journey(path))

    def told(self, listed: Listed, run: Run, rule: Rule, trips: Outcomes) -> ConsignmentExposure:
        """Return what the trips of a consignment come to."""
        caught = np.array([bool(trip.meetings) for trip in trips.trips])
        delay = np.zeros(caught.size)
        loss = np.zeros(caught.size)
        carriage = np.zeros(caught.size)
        for k in np.flatnonzero(caught):
            trip = trips.trips[k]
            way_days = float(trip.first_way.days[k])
            delay[k] = trip.days - way_days
            carriage[k] = trip.usd - trip.first_way.usd
            loss[k] = trip.cost_usd - trip.first_way.usd - run.gates.cargo_usd(way_days)
        most = Counter(trip.first_way.journey.path.arcs for trip in trips.trips).most_common(1)[0][
            0
        ]
        way = next(t.first_way for t in trips.trips if t.first_way.journey.path.arcs == most)
        sea_km = sum(row.km for row in way.journey.rows if row.mode == SEA)
        asked = listed.asked
        return ConsignmentExposure(
            listed=listed,
            rule=rule,
            trips=RuleTrips(
                depart=asked.world.travel.depart or asked.world.as_of,
                rule=rule.name,
                trips=trips,
                deadline_hours=asked.world.travel.deadline_hours,
            ),
            caught=caught,
            delay_days=delay,
            loss_usd=loss,
            carriage_usd=carriage,
            journey=way.journey,
            land_km=way.journey.distance_km - sea_km,
            sea_km=sea_km,
            gates=tuple(self._gates(listed, run, trips, way)),
            run=run,
        )

    def _gates(
        self, listed: Listed, run: Run, trips: Outcomes, way: TripWay
    ) -> Iterable[GateExposure]:
        """Yield every element that trips pass on their first way or are caught at."""
        count = len(trips.trips)
        passed: Counter[str] = Counter()
        waits: dict[str, list[float]] = {}
        for trip in trips.trips:
            passed.update(stop.element_id for stop in trip.first_way.stops)
            stood: dict[str, float] = {}
            for met in trip.meetings:
                stood[met.element_id] = stood.get(met.element_id, 0.0) + met.waited_days
            for name, days in stood.items():
                waits.setdefault(name, []).append(days)
        reach = {
            stop.element_id: run.start_day
            + stop.hours_share * way.journey.hours.value / HOURS_PER_DAY
            for stop in way.stops
        }
        for name in [*reach, *sorted({*passed, *waits} - set(reach))]:
            ahead = max(round(reach[name]), 1) if name in reach else None
            chance = None
            if ahead is not None:
                chance = chances_of(self.model, name, [ahead]).p_shut[ahead]
            stood_days = waits.get(name, [])
            yield GateExposure(
                consignment=listed.name,
                element_id=name,
                name=self.world.network.elements[name].name,
                on_way_share=passed[name] / count,
                reach_on=None if ahead is None else self.world.as_of + dt.timedelta(days=ahead),
                reach_days=ahead,
                p_shut=chance,
                p_caught=len(stood_days) / count,
                waited_days=sum(stood_days) / len(stood_days) if stood_days else None,
            )


def open_futures(world: World, listed: Sequence[Listed], plan: Plan) -> Futures:
    """Return the futures that consignments meet: those that `trips` draws for the last to leave."""
    model = fit_world(world)
    last = max(
        day_count(world.as_of, one.asked.world.travel.depart or world.as_of) for one in listed
    )
    scenarios = draw_scenarios(
        model, seed=plan.seed, path_count=plan.path_count, horizon_days=future_days(last)
    )
    return Futures(world=world, plan=plan, model=model, scenarios=scenarios)


def expose(
    futures: Futures, listed: Sequence[Listed], done: Callable[[int, int], None] | None = None
) -> Portfolio:
    """Return all consignments on all futures.

    Parameters
    ----------
    done
        Told how many consignments have been run, and of how many.

    Raises
    ------
    NoRouteError
        Names every consignment for which no way is built.
    """
    told, wrong = [], []
    for k, one in enumerate(listed, 1):
        try:
            told.append(futures.expose(one))
        except NoRouteError as error:
            wrong.append(f"row {one.row}, {error}")
        if done is not None:
            done(k, len(listed))
    if wrong:
        raise NoRouteError("; ".join(wrong))
    return gather_portfolio(told)


def gather_portfolio(told: Sequence[ConsignmentExposure]) -> Portfolio:
    """Return consignments together, with what events catch of them."""
    count = told[0].caught.size
    # What nobody said the cause of, and what the question shuts, is an event of its gate alone.
    caught: dict[tuple[int, int, str], dict[str, tuple[float, set[str]]]] = {}
    for one in told:
        for path in np.flatnonzero(one.caught).tolist():
            for met in one.trips.trips.trips[path].meetings:
                alone = met.element_id if met.event == NO_EVENT else ""
                event = caught.setdefault((met.event, path, alone), {})
                event.setdefault(one.name, (one.value_usd, set()))[1].add(met.element_id)
    causes: dict[Cause, list[tuple[int, dict[str, tuple[float, set[str]]]]]] = {}
    most = np.zeros(count)
    cause_of = told[0].run.gates.cause_of
    for (number, path, _), members in sorted(caught.items()):
        most[path] = max(most[path], sum(value for value, _ in members.values()))
        cause = cause_of(number) if number != NO_EVENT else None
        if cause is not None:
            causes.setdefault(cause, []).append((path, members))
    catches = [_catch(cause, events, count) for cause, events in causes.items()]
    order = sorted(catches, key=lambda one: (-one.mean_value_usd, str(one.cause)))
    return Portfolio(consignments=tuple(told), catches=tuple(order), most_caught_usd=most)


def _catch(
    cause: Cause, events: Sequence[tuple[int, dict[str, tuple[float, set[str]]]]], count: int
) -> Catch:
    """Return what events of a cause catch: on each future the greatest of them."""
    value, several = np.zeros(count), np.zeros(count, dtype=bool)
    for path, members in events:
        value[path] = max(value[path], sum(one for one, _ in members.values()))
        several[path] |= len(members) > 1
    return Catch(
        cause=cause,
        elements=tuple(sorted({
            name for _, members in events for _, names in members.values() for name in names
        })),
        consignments=tuple(sorted({name for _, members in events for name in members})),
        p_any=len({path for path, _ in events}) / count,
        p_several=float(several.mean()),
        mean_value_usd=float(value.mean()),
        once_in_10_usd=float(np.quantile(value, ONCE_IN_10)),
        once_in_50_usd=float(np.quantile(value, ONCE_IN_50)),
        most_usd=float(value.max()),
    )  # fmt: skip


def half_another_way(futures: Futures, before: Portfolio) -> AnotherWay | None:
    """Return the portfolio with half of what the worst event catches sent around where it catches.

    The half is that of consignments dealt, the dearest first, to the lesser of two heaps. None
    where no event catches two consignments.
    """
    worst = next((one for one in before.catches if len(one.consignments) > 1), None)
    if worst is None:
        return None
    shunned = frozenset(worst.elements)
    half = other_half([one for one in before.consignments if one.name in worst.consignments])
    bound = [
        one.name for one in before.consignments
        if one.name in half and one.listed.asked.question.via
    ]  # fmt: skip
    moved: list[str] = []
    unmoved: list[str] = []
    told = []
    for one in before.consignments:
        if one.name not in half or one.name in bound:
            told.append(one)
            continue
        again = _around(futures, one, shunned)
        (unmoved if again is None else moved).append(one.name)
        told.append(again or one)
    return AnotherWay(
        cause=worst.cause,
        shunned=tuple(sorted(shunned)),
        moved=tuple(moved),
        unmoved=tuple(unmoved),
        bound=tuple(bound),
        portfolio=gather_portfolio(told),
    )


def other_half(told: Sequence[ConsignmentExposure]) -> frozenset[str]:
    """Return the lesser of two heaps to which consignments are dealt, the dearest first.

    Each goes to the heap that is worth less so far; of heaps worth the same the later begun is it.
    """
    heaps: tuple[list[ConsignmentExposure], list[ConsignmentExposure]] = ([], [])
    for one in sorted(told, key=lambda one: (-one.value_usd, one.listed.row)):
        sums = [sum(each.value_usd for each in heap) for heap in heaps]
        heaps[sums[1] < sums[0]].append(one)
    lesser = min(reversed(heaps), key=lambda heap: sum(one.value_usd for one in heap))
    return frozenset(one.name for one in lesser)


def _around(
    futures: Futures, one: ConsignmentExposure, shunned: frozenset[str]
) -> ConsignmentExposure | None:
    """Return a consignment that sets out around some elements; None where no way is built."""
    run = one.run
    fresh = Rule(one.rule.days, one.rule.by_law)
    trips = run_trips(
        run.ways, run.gates, one.listed.asked.origin.id, run.start_day, fresh, shunned=shunned
    )
    return None if trips is None else futures.told(one.listed, run, fresh, trips)
