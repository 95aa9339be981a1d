"""Trips of a departure: when and for how much they arrive, by rule and by month."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from karwan.analysis.corridors.answers import (
    consignment_to_dict,
    place_to_dict,
    rounded,
    world_to_dict,
)
from karwan.analysis.corridors.arrival import share_within
from karwan.analysis.corridors.scope import Scope
from karwan.analysis.decisions.answers import EVERYWHERE, or_none
from karwan.analysis.decisions.trip_gates import TripGates, day_count
from karwan.analysis.decisions.trip_rules import Rule
from karwan.analysis.decisions.trip_ways import TripWays
from karwan.analysis.decisions.trips import (
    TRIP_DAYS,
    Fate,
    Outcomes,
    run_along,
    run_trips,
    shortfall,
    within_chance,
)
from karwan.analysis.forecasts.closures import fit_world
from karwan.analysis.futures.unsearched import ShutDays, UnsearchedShare
from karwan.analysis.world.later import later_facts, later_facts_to_dict
from karwan.analysis.world.state import State
from karwan.base.errors import NoRouteError
from karwan.base.provenance import Source
from karwan.base.reprs import short_repr
from karwan.base.seeds import stream
from karwan.base.telling import Column, Form, to_dict
from karwan.hazard.scenarios import draw_scenarios

if TYPE_CHECKING:
    from karwan.analysis.corridors.planner import Planner
    from karwan.analysis.world.question import Asked
    from karwan.analysis.world.world import World
    from karwan.network.nouns import Place
    from karwan.route.tcd import Journey

Json = dict[str, Any]
MONTH_DAYS = 30.4375
SHOWN_RULES = ("by the law of lengths", "wait", "divert-after-0", "divert-after-7")
"""Rules told or drawn beside the chosen one, of those that were tried."""


@dataclass(frozen=True, kw_only=True)
class RuleTrips:
    """The trips of one departure under one rule."""

    depart: dt.date
    rule: str
    trips: Outcomes
    deadline_hours: float | None

    __repr__ = short_repr

    @property
    def with_closures(self) -> float | None:
        """Share delivered by the deadline; None where none was said."""
        if self.deadline_hours is None:
            return None
        return self.trips.share_within(self.deadline_hours)


@dataclass(frozen=True, kw_only=True)
class Trips:
    """Trips between two places.

    Attributes
    ----------
    policy
        As asked; `chosen` is the rule that it came to.
    others
        The other rules that were tried, on the same futures.
    months
        Departures a month apart, by the chosen rule, from the one asked.
    known
        The best way as last known; None where that is cut.
    unsearched
        What on their ways was not searched for closures, and how much of the spread of days shut
        comes from it.
    """

    origin: Place
    destination: Place
    policy: str
    chosen: RuleTrips
    others: tuple[RuleTrips, ...]
    months: tuple[RuleTrips, ...]
    known: Journey | None
    seed: int
    path_count: int
    unsearched: UnsearchedShare
    sources: tuple[Source, ...]

    __repr__ = short_repr

    @property
    def if_nothing_shuts(self) -> float | None:
        """Share in time by the way as last known; None where it is cut or no deadline was said."""
        deadline_hours = self.chosen.deadline_hours
        if self.known is None or deadline_hours is None:
            return None
        return share_within(self.known.reliability.hours, deadline_hours)


@dataclass(frozen=True, kw_only=True)
class TripPlan:
    """How many futures trips are run on, and which departures."""

    policy: str
    rules: tuple[Rule, ...]
    seed: int
    path_count: int
    month_count: int


def trips_of(planner: Planner, asked: Asked, plan: TripPlan) -> Trips:
    """Return the trips of a departure under a policy, and of later departures.

    Raises
    ------
    NoRouteError
        If no way is built between the places, whatever is open.
    """
    depart = asked.world.travel.depart or asked.world.as_of
    start = day_count(asked.world.as_of, depart)
    months = [depart + dt.timedelta(days=round(k * MONTH_DAYS)) for k in range(plan.month_count)]
    last = day_count(asked.world.as_of, months[-1]) if months else start
    ends = (asked.origin, asked.destination)
    gates = gates_of(planner, ends, plan.seed, plan.path_count, future_days(last))
    ways = ways_of(planner, asked.destination, plan.seed, plan.path_count)
    tried = tried_trips(ways, gates, asked, start, plan.rules)
    rule, best = cheapest_rule(tried)
    limit = asked.world.travel.deadline_hours
    told = {
        one.name: RuleTrips(depart=depart, rule=one.name, trips=trips, deadline_hours=limit)
        for one, trips in tried
    }
    known = planner.best(asked.origin, asked.destination, Scope(state=State.last_known))
    journeys = {trip.first_way.journey.path.arcs: trip.first_way.journey for trip in best.trips}
    passed = {name for one in journeys.values() for name in one.elements}
    return Trips(
        origin=asked.origin,
        destination=asked.destination,
        policy=plan.policy,
        chosen=told[rule.name],
        others=tuple(one for name, one in told.items() if name != rule.name),
        months=tuple(_month(planner, asked, gates, plan, rule, month) for month in months[1:]),
        known=None if known is None else planner.journey(known),
        seed=plan.seed,
        path_count=plan.path_count,
        unsearched=ShutDays(gates.model, gates.scenarios).unsearched(passed),
        sources=tuple(dict.fromkeys(source for one in journeys.values() for source in one.sources)),
    )


def tried_trips(
    ways: TripWays, gates: TripGates, asked: Asked, start: float, rules: Iterable[Rule]
) -> list[tuple[Rule, Outcomes]]:
    """Return the trips of a departure by each of some rules, on the same futures.

    Raises
    ------
    NoRouteError
        If no way is built between the places, whatever is open.
    """
    tried = [
        (rule, trips)
        for rule in rules
        if (trips := run_trips(ways, gates, asked.origin.id, start, rule)) is not None
    ]
    if not tried:
        text = f"no way is built from {asked.origin.name} to {asked.destination.name}"
        raise NoRouteError(text)
    return tried


def cheapest_rule(tried: Sequence[tuple[Rule, Outcomes]]) -> tuple[Rule, Outcomes]:
    """Return the rule whose trips come to least, all costs counted, and its trips."""
    return min(tried, key=lambda one: float(one[1].cost_usd.mean()))


def future_days(last: float) -> int:
    """Return how long futures are for departures up to a day: whole years, and one more.

    Departures of one year so meet the same futures, whichever of them are asked for together.

    Examples
    --------
    >>> future_days(0), future_days(364), future_days(365)
    (730, 730, 1095)
    """
    return TRIP_DAYS * (2 + int(last) // TRIP_DAYS)


def gates_of(
    planner: Planner, ends: tuple[Place, Place], seed: int, path_count: int, horizon_days: int
) -> TripGates:
    """Return what trips between two places meet, on futures from the as-of date."""
    model = fit_world(planner.world)
    scenarios = draw_scenarios(model, seed=seed, path_count=path_count, horizon_days=horizon_days)
    return TripGates(
        world=planner.world, model=model, scenarios=scenarios, consignment=planner.consignment,
        ends=ends,
    )  # fmt: skip


def ways_of(planner: Planner, destination: Place, seed: int, path_count: int) -> TripWays:
    """Return the ways to a destination, for trips each as slow as its own draw says."""
    shares = (np.arange(path_count) + 0.5) / path_count
    stream(seed, "trips", "slowness").shuffle(shares)
    return TripWays(planner=planner, destination=destination, shares=shares)


def _month(
    planner: Planner, asked: Asked, gates: TripGates, plan: TripPlan, rule: Rule, depart: dt.date
) -> RuleTrips:
    """Return the trips of a later departure, with the seasons of its own time."""
    travel = asked.world.travel
    limit = travel.deadline_hours
    world = asked.world.travelling(replace(travel, depart=depart))
    later = replace(
        planner, world=world, _prices={}, _journeys={}, _open={}, _masks={}, _fronts={}, _charges={}
    )
    ways = ways_of(later, asked.destination, plan.seed, plan.path_count)
    fresh = Rule(rule.days, rule.by_law)
    start = day_count(world.as_of, depart)
    trips = run_trips(ways, gates, asked.origin.id, start, fresh)
    assert trips is not None  # what is built does not change with the day
    return RuleTrips(depart=depart, rule=rule.name, trips=trips, deadline_hours=limit)


def share_in_time(
    planner: Planner, journeys: Sequence[Journey], seed: int, path_count: int
) -> dict[tuple[int, ...], float]:
    """Return the share of trips in time along each journey, waiting for what shuts on it.

    Returns
    -------
    By the arcs of the journey; empty where no deadline was said.
    """
    travel = planner.world.travel
    limit = travel.deadline_hours
    if limit is None or not journeys:
        return {}
    start = day_count(planner.world.as_of, travel.depart or planner.world.as_of)
    places = planner.world.network.places
    ends = (places[journeys[0].places[0]], places[journeys[0].places[-1]])
    gates = gates_of(planner, ends, seed, path_count, future_days(start))
    shares = {}
    for journey in journeys:
        ways = ways_of(planner, places[journey.places[-1]], seed, path_count)
        trips = run_along(ways.along(journey), ways, gates, start)
        shares[journey.path.arcs] = trips.share_within(limit)
    return shares


@dataclass(frozen=True, slots=True, kw_only=True)
class TripRow:
    """What the trips of one departure under one rule come to."""

    depart: str
    rule: str
    mean_hours: float | None
    p50_hours: float | None
    p90_hours: float | None
    p95_hours: float | None
    shortfall_hours: float | None
    mean_usd: float
    p50_usd: float | None
    p90_usd: float | None
    p95_usd: float | None
    shortfall_usd: float | None
    mean_cost_usd: float
    with_closures: float | None
    met_share: float
    stranded_share: float
    censored_share: float


def trip_row(one: RuleTrips) -> TripRow:
    """Return the trips of one departure under one rule in figures."""
    hours, usd = one.trips.hours, one.trips.usd
    came = hours[np.isfinite(hours)]
    return TripRow(
        depart=one.depart.isoformat(),
        rule=one.rule,
        mean_hours=float(came.mean()) if came.size else None,
        p50_hours=within_chance(hours, 0.5),
        p90_hours=within_chance(hours, 0.9),
        p95_hours=within_chance(hours, 0.95),
        shortfall_hours=shortfall(hours),
        mean_usd=float(usd.mean()),
        p50_usd=within_chance(usd, 0.5),
        p90_usd=within_chance(usd, 0.9),
        p95_usd=within_chance(usd, 0.95),
        shortfall_usd=shortfall(usd),
        mean_cost_usd=float(one.trips.cost_usd.mean()),
        with_closures=one.with_closures,
        met_share=one.trips.met_share,
        stranded_share=one.trips.share_of(Fate.stranded),
        censored_share=one.trips.share_of(Fate.censored),
    )


def _figure(name: str, unit: str = "", shown: str = "", spec: str = ",.0f") -> Column[TripRow]:
    return Column(
        name=name,
        unit=unit,
        forms=(*EVERYWHERE, *((Form.table,) if shown else ())),
        names={Form.table: shown},
        digits={Form.json: 3, Form.csv: 3},
        spec=spec,
    )


TRIPS: tuple[Column[TripRow], ...] = (
    Column(name="depart", forms=(*EVERYWHERE, Form.table), names={Form.table: "leaves"}),
    Column(name="rule", forms=(*EVERYWHERE, Form.table)),
    _figure("mean_hours", "h", "mean h"),
    _figure("p50_hours", "h", "P50 h"),
    _figure("p90_hours", "h", "P90 h"),
    _figure("p95_hours", "h", "P95 h"),
    _figure("shortfall_hours", "h"),
    _figure("mean_usd", "USD", "USD"),
    _figure("p50_usd", "USD"),
    _figure("p90_usd", "USD", "P90 USD"),
    _figure("p95_usd", "USD"),
    _figure("shortfall_usd", "USD"),
    _figure("mean_cost_usd", "USD", "all costs"),
    _figure("with_closures", "", "in time", ".0%"),
    _figure("met_share", "", "met a closure", ".0%"),
    _figure("stranded_share", "", "given up", ".0%"),
    _figure("censored_share", "", "not arrived", ".0%"),
)
"""What is told of trips, in every form."""


def trip_rows(made: Trips) -> Iterator[TripRow]:
    """Yield the chosen rule, the others, and the later departures."""
    for one in (made.chosen, *made.others, *made.months):
        yield trip_row(one)


def first_ways(made: Trips) -> Iterator[tuple[float, Journey]]:
    """Yield the ways on which trips set out with their share, the most frequent first."""
    taken = Counter(trip.first_way.journey.path.arcs for trip in made.chosen.trips.trips)
    journeys = {
        trip.first_way.journey.path.arcs: trip.first_way.journey for trip in made.chosen.trips.trips
    }
    for arcs, times in sorted(taken.items(), key=lambda one: (-one[1], one[0])):
        yield times / made.path_count, journeys[arcs]


def trips_to_dict(world: World, asked: Asked, made: Trips) -> Json:
    """Return trips as plain data."""
    row = trip_row(made.chosen)
    trips = made.chosen.trips
    return {
        "world": world_to_dict(world),
        "origin": place_to_dict(made.origin),
        "destination": place_to_dict(made.destination),
        "consignment": consignment_to_dict(asked.question.shipment),
        "depart": row.depart,
        "deadline_hours": made.chosen.deadline_hours,
        "policy": made.policy,
        "rule": made.chosen.rule,
        "hours": {
            "mean": or_none(row.mean_hours),
            "p50": or_none(row.p50_hours),
            "p90": or_none(row.p90_hours),
            "p95": or_none(row.p95_hours),
            "expected_shortfall": or_none(row.shortfall_hours),
        },
        "usd": {
            "mean": rounded(row.mean_usd),
            "p50": or_none(row.p50_usd),
            "p90": or_none(row.p90_usd),
            "p95": or_none(row.p95_usd),
            "expected_shortfall": or_none(row.shortfall_usd),
        },
        "all_costs_usd": rounded(row.mean_cost_usd),
        "if_nothing_shuts": or_none(made.if_nothing_shuts),
        "with_closures": or_none(row.with_closures),
        "met_share": rounded(row.met_share),
        "stranded_share": rounded(row.stranded_share),
        "censored_share": rounded(row.censored_share),
        "waited_days": rounded(float(trips.waited_days.mean())),
        "rules": [to_dict(TRIPS, trip_row(one)) for one in (made.chosen, *made.others)],
        "months": [to_dict(TRIPS, trip_row(one)) for one in (made.chosen, *made.months)],
        "first_ways": [
            {
                "share": rounded(share),
                "crossings": list(one.crossings),
                "usd": rounded(one.usd.value),
            }
            for share, one in first_ways(made)
        ],
        "unsearched": made.unsearched.to_dict(),
        "paths": made.path_count,
        "seed": made.seed,
        "evidence_horizon": world.evidence_horizon.isoformat(),
        "later_facts": later_facts_to_dict(later_facts(world, made.sources)),
        "sources": sorted({one.url for one in made.sources if one.url.startswith("http")}),
    }
