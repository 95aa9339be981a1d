"""Answers about trips: departures that meet closures on the way."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from karwan.api.answer import Answer
from karwan.api.resting import ages_of, elements_of
from karwan.base.errors import DataError, Fault
from karwan.base.limits import LIMITS, SEED

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from karwan.analysis.corridors.comparison import Comparison
    from karwan.analysis.corridors.planner import Planner
    from karwan.analysis.decisions.trip_answers import Trips
    from karwan.analysis.world.question import Asked
    from karwan.route.tcd import Journey

TRIP_PATHS = 1000
"""Futures of one departure: a share is known to 3 points of a hundred."""
MONTHS = 1


def trips_asked(
    planner: Planner,
    asked: Asked,
    *,
    policy: str = "best",
    months: int = MONTHS,
    path_count: int = TRIP_PATHS,
    seed: int = SEED,
    strict: bool = False,
) -> Answer[Trips]:
    """Return when and for how much trips arrive that meet the closures of many futures.

    Parameters
    ----------
    policy
        `wait`, `divert-after-N` with N days, or `best` of these and of the decision at each gate.
    months
        Departures, a month apart, from the one asked.

    Raises
    ------
    DataError
        If the policy or a number is none.
    NoRouteError
        If no way is built.
    """
    from karwan.analysis.decisions.trip_answers import (
        TRIPS,
        TripPlan,
        first_ways,
        trip_rows,
        trips_of,
        trips_to_dict,
    )
    from karwan.analysis.decisions.trip_rules import read_policy
    from karwan.analysis.world.later import refuse_later

    plan = TripPlan(
        policy=policy,
        rules=read_policy(policy),
        seed=seed,
        path_count=path_count,
        month_count=months,
    )
    made = trips_of(planner, asked, plan)
    if strict:
        refuse_later(planner.world, made.sources)
    world = planner.world
    return Answer(
        title=f"Trips from {asked.origin.name} to {asked.destination.name}, leaving "
        f"{made.chosen.depart}, as of {world.as_of}",
        content=made,
        tell=lambda: trips_to_dict(world, asked, made),
        columns=TRIPS,
        rows=lambda: trip_rows(made),
        ages=ages_of(
            world, lambda: elements_of([made.known, *(way for _, way in first_ways(made))])
        ),
    )


def trip_faults(policy: str, months: int, path_count: int) -> list[Fault]:
    """Return what is wrong with the parts of a question that only trips have."""
    from karwan.analysis.decisions.trip_rules import read_policy

    checked = (("months", float(months)), ("paths", float(path_count)))
    faults = [fault for key, value in checked if (fault := LIMITS[key].fault(value)) is not None]
    try:
        read_policy(policy)
    except DataError as error:
        faults += error.faults
    return faults


def with_chances(planner: Planner, comparison: Comparison) -> Comparison:
    """Return a comparison whose ways tell how many journeys meet a closure and are in time."""
    from karwan.analysis.forecasts.meeting import with_met_shares

    told = with_met_shares(planner, comparison)
    ways = [one.journey for one in told.answers if one.journey is not None]
    shares = _in_time(planner, [*ways, *([told.best] if told.best is not None else [])])
    if not shares:
        return told
    answers = [
        one if one.journey is None else replace(one, journey=_in_time_of(shares, one.journey))
        for one in told.answers
    ]
    best = None if told.best is None else _in_time_of(shares, told.best)
    return replace(told, answers=tuple(answers), best=best)


def routes_with_chances(planner: Planner, journeys: Sequence[Journey]) -> tuple[Journey, ...]:
    """Return journeys that tell how many of them meet a closure, and are in time."""
    from karwan.analysis.forecasts.meeting import with_met_share

    if not journeys:
        return ()
    told = with_met_share(planner, journeys)
    shares = _in_time(planner, told)
    return tuple(_in_time_of(shares, journey) for journey in told)


def _in_time(planner: Planner, journeys: Sequence[Journey]) -> Mapping[tuple[int, ...], float]:
    """Return the share along each journey that is in time if closures come, by its arcs.

    Nothing is told where no deadline was said, or the record is too thin for futures.
    """
    from karwan.base.errors import FitError

    if planner.world.travel.deadline_hours is None or not journeys:
        return {}
    from karwan.analysis.decisions.trip_answers import share_in_time

    try:
        return share_in_time(planner, journeys, SEED, TRIP_PATHS)
    except FitError:
        return {}


def _in_time_of(shares: Mapping[tuple[int, ...], float], journey: Journey) -> Journey:
    """Return a journey with its share in time, where that is known."""
    from karwan.route.tcd import Chances

    share = shares.get(journey.path.arcs)
    if share is None:
        return journey
    chances = replace(journey.chances or Chances(), in_time_share=share)
    return replace(journey, chances=chances)
