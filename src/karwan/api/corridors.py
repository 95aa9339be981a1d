"""Answers about ways between two places: the corridors compared, a route, many futures."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from karwan.api.answer import Answer
from karwan.api.resting import ages_of_comparison, ages_of_routes
from karwan.api.tripping import routes_with_chances, with_chances
from karwan.base.errors import Fault
from karwan.base.limits import HORIZON_DAYS, PATH_COUNT, SEED
from karwan.base.words import counted

if TYPE_CHECKING:
    from karwan.analysis.corridors.comparison import Comparison
    from karwan.analysis.corridors.planner import Planner
    from karwan.analysis.corridors.routing import RouteAnswer
    from karwan.analysis.futures.sampling import Progress
    from karwan.analysis.futures.security import SecurityPoint
    from karwan.analysis.futures.whatif import WhatIf
    from karwan.analysis.world.question import Asked
    from karwan.base.bands import Draws

ANY_MODE = "any"
DOOR = "door"


def compare_asked(
    planner: Planner,
    asked: Asked,
    *,
    what_would_change: bool = False,
    strict: bool = False,
    whatif: WhatIf | None = None,
) -> Answer[Comparison]:
    """Return all corridors and outside options for a question.

    Parameters
    ----------
    what_would_change
        Also tell which figures would change the order, were they known.
    strict
        Refuse an answer that rests on figures of a later day.
    whatif
        What remembers earlier questions to the same world, where many are asked; the answer is
        the same.
    """
    from karwan.analysis.corridors.answers import comparison_sources, comparison_to_dict
    from karwan.analysis.corridors.comparison import CORRIDORS, compared
    from karwan.analysis.corridors.desk import Desk
    from karwan.analysis.world.later import refuse_later

    question = asked.question
    if whatif is None:
        comparison = Desk(planner).compare(asked.origin, asked.destination, question.state)
    else:
        comparison = whatif.compare(
            asked.origin,
            asked.destination,
            question.state,
            close=question.closed,
            open_=question.opened,
            projects=question.projects,
        )
        planner = whatif.planner_in(comparison.world)
    comparison = with_chances(planner, comparison)
    if strict:
        refuse_later(comparison.world, comparison_sources(comparison))
    return Answer(
        title=_title(asked),
        content=comparison,
        tell=lambda: (
            comparison_to_dict(comparison)
            | ({"what_would_change": comparison.worths.to_dict()} if what_would_change else {})
        ),
        columns=CORRIDORS,
        rows=lambda: compared(comparison),
        ages=ages_of_comparison(comparison),
    )


def way_faults(
    corridor: str | None, mode: str, alternatives: int, clock: str = DOOR
) -> list[Fault]:
    """Return what does not go with following a corridor, and modes and clocks not known."""
    from karwan.analysis.corridors.routing import MODE_SETS
    from karwan.route.clock import Clock

    clash = "does not go with a corridor, which says itself where it passes"
    clashes = {"alternatives": alternatives > 1, "mode": mode != ANY_MODE}
    faults = [Fault(key, clash) for key, given in clashes.items() if given and corridor]
    if mode not in MODE_SETS:
        faults.append(Fault("mode", f"not one of {', '.join(MODE_SETS)}", mode))
    if clock not in list(Clock):
        faults.append(Fault("clock", f"not one of {', '.join(Clock)}", clock))
    if alternatives < 1:
        faults.append(Fault("alternatives", "must be 1 or more", str(alternatives)))
    return faults


def route_asked(
    planner: Planner,
    asked: Asked,
    *,
    mode: str = ANY_MODE,
    alternatives: int = 1,
    clock: str = DOOR,
    strict: bool = False,
) -> Answer[RouteAnswer]:
    """Return the best route and alternatives that differ; or none, and what cuts it.

    Parameters
    ----------
    clock
        From where to where the hours told run: `door`, `station` (without the moves at the ends)
        or `border` (first frontier reached to last frontier left). The order is from door to door.

    Raises
    ------
    DataError
        If the ends of a route cannot have the clock.
    """
    from karwan.analysis.corridors.answers import route_answer_to_dict
    from karwan.analysis.corridors.routing import ROUTE_LEGS, by_clock, route_legs
    from karwan.analysis.world.later import refuse_later
    from karwan.route.clock import Clock

    routes = by_clock(planner, _find(planner, asked, mode, alternatives), Clock(clock))
    routes = replace(routes, journeys=routes_with_chances(planner, routes.journeys))
    if strict:
        refuse_later(planner.world, [s for one in routes.journeys for s in one.sources])
    return Answer(
        title=_title(asked) if routes.journeys else f"{_title(asked)}: {routes.note}",
        content=routes,
        tell=lambda: route_answer_to_dict(planner, routes, asked.question.state),
        columns=ROUTE_LEGS,
        rows=lambda: route_legs(routes),
        ages=ages_of_routes(planner.world, routes, asked.question.state),
    )


def _find(planner: Planner, asked: Asked, mode: str, count: int) -> RouteAnswer:
    from karwan.analysis.corridors.alternatives import RouteSearch
    from karwan.analysis.corridors.routing import MODE_SETS, find_routes, follow_corridor
    from karwan.analysis.corridors.scope import Scope

    question, start, end = asked.question, asked.origin, asked.destination
    if question.corridor is not None:
        return follow_corridor(planner, question.corridor, start, end, state=question.state)
    scope = Scope(state=question.state, modes=MODE_SETS[mode], avoided=question.avoid)
    return find_routes(planner, RouteSearch(start, end, scope, question.via), count)


def security_asked(
    planner: Planner,
    comparison: Comparison,
    *,
    hazard_factor: float,
    horizon_days: int = HORIZON_DAYS,
    path_count: int = PATH_COUNT,
    seed: int = SEED,
    progress: Progress | None = None,
) -> Answer[SecurityPoint]:
    """Return how the corridors compared stand when closures come so many times as often.

    Parameters
    ----------
    horizon_days, path_count
        Days ahead and futures drawn; levels beside the record's own take a fifth of them.
    progress
        Called with futures done and asked.

    Raises
    ------
    DataError
        If a number is out of bounds, or it would take too long.
    """
    from karwan.analysis.corridors.comparison import Status
    from karwan.analysis.forecasts.closures import fit_world
    from karwan.analysis.futures.reliability import Roads
    from karwan.analysis.futures.sampling import Sampling, check_work
    from karwan.analysis.futures.security import STANDINGS, security_point, with_unsearched

    sampling = Sampling(seed, path_count, horizon_days)
    corridors = [
        answer.corridor
        for answer in comparison.answers
        if not answer.same_as and answer.status in (Status.open, Status.cut)
    ]
    check_work(sampling, len(corridors))
    model = fit_world(planner.world)
    point = security_point(
        Roads(planner=planner),
        model,
        corridors,
        (comparison.origin, comparison.destination),
        factor=hazard_factor,
        sampling=sampling,
        progress=progress,
    )
    point = with_unsearched(point, model)
    return Answer(
        title=f"{comparison.origin.name} to {comparison.destination.name} over "
        f"{counted(point.horizon_days, 'day')} on {point.path_count:,} seeded futures, closures "
        f"{point.hazard_factor:g} times as often as now",
        content=point,
        tell=lambda: security_to_dict(point),
        columns=STANDINGS,
        rows=lambda: point.standings,
    )


def security_to_dict(point: SecurityPoint) -> dict[str, Any]:
    """Return a level of security as data: shares of days and figures by corridor and times."""
    return {
        "hazard_factor": point.hazard_factor,
        "horizon_days": point.horizon_days,
        "path_count": point.path_count,
        "seed": point.seed,
        "engine": point.engine.to_dict(),
        "ranked_by": "routing weight at central values, before rest that border waits make up for",
        "standings": [
            {
                "corridor": standing.ensemble.name,
                "times": standing.times,
                "open_share": (
                    dict(zip(("p05", "mean", "p95"), standing.told_share.ends, strict=True))
                    if standing.told_share
                    else None
                ),
                "error_open_share": (
                    standing.ensemble.error.cut_share if standing.told_share else None
                ),
                "best_share": standing.best_share,
                "episode_count": standing.episode_count,
                "unsearched": point.unsearched[standing.ensemble.name, standing.times].to_dict(),
                "hours": mean_of(standing.ensemble.whole.hours),
                "generalized_cost_usd": mean_of(standing.ensemble.whole.generalized_cost_usd),
            }
            for standing in point.standings
        ],
    }


def mean_of(figures: Draws | None) -> float | None:
    """Return the mean of what many futures say; None where none of them has a way."""
    return figures.mean if figures is not None else None


def _title(asked: Asked) -> str:
    world = asked.world
    return (
        f"{asked.origin.name} to {asked.destination.name}, {asked.question.state}, as of "
        f"{world.as_of}; newest evidence {world.evidence_horizon}"
    )
