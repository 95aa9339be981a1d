"""Answers about ways between two places: the corridors compared, a route, many futures."""

from __future__ import annotations

from dataclasses import dataclass
from operator import attrgetter
from typing import TYPE_CHECKING, Any

from karwan.api.answer import Answer
from karwan.base.errors import Fault
from karwan.base.telling import Column, Form

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from karwan.analysis.corridors.comparison import Comparison
    from karwan.analysis.corridors.planner import Planner
    from karwan.analysis.corridors.routing import RouteAnswer
    from karwan.analysis.futures.security import SecurityPoint, Standing
    from karwan.analysis.world.question import Asked
    from karwan.route.tcd import TcdRow

ANY_MODE = "any"


def compare_asked(planner: Planner, asked: Asked) -> Answer[Comparison]:
    """Return all corridors and outside options for a question."""
    from karwan.analysis.corridors.answers import comparison_to_dict
    from karwan.analysis.corridors.comparison import CORRIDORS, Desk, compared

    comparison = Desk(planner).compare(asked.origin, asked.destination, asked.question.state)
    return Answer(
        title=_title(asked),
        content=comparison,
        tell=lambda: comparison_to_dict(comparison),
        columns=CORRIDORS,
        rows=lambda: compared(comparison),
    )


def way_faults(corridor: str | None, mode: str, alternatives: int) -> list[Fault]:
    """Return what does not go with following a corridor, and modes that are not known."""
    from karwan.analysis.corridors.routing import MODE_SETS

    clash = "does not go with a corridor, which says itself where it passes"
    clashes = {"alternatives": alternatives > 1, "mode": mode != ANY_MODE}
    faults = [Fault(key, clash) for key, given in clashes.items() if given and corridor]
    if mode not in MODE_SETS:
        faults.append(Fault("mode", f"not one of {', '.join(MODE_SETS)}", mode))
    if alternatives < 1:
        faults.append(Fault("alternatives", "must be 1 or more", str(alternatives)))
    return faults


def route_asked(
    planner: Planner, asked: Asked, *, mode: str = ANY_MODE, alternatives: int = 1
) -> Answer[RouteAnswer]:
    """Return the best route and alternatives that differ; or none, and what cuts it."""
    from karwan.analysis.corridors.answers import route_answer_to_dict

    routes = _find(planner, asked, mode, alternatives)
    return Answer(
        title=_title(asked) if routes.journeys else f"{_title(asked)}: {routes.note}",
        content=routes,
        tell=lambda: route_answer_to_dict(planner, routes, asked.question.state),
        columns=_legs(),
        rows=lambda: _rows(routes),
    )


def _find(planner: Planner, asked: Asked, mode: str, count: int) -> RouteAnswer:
    from karwan.analysis.corridors.alternatives import RouteSearch
    from karwan.analysis.corridors.planner import Scope
    from karwan.analysis.corridors.routing import MODE_SETS, find_routes, follow_corridor

    question, start, end = asked.question, asked.origin, asked.destination
    if question.corridor is not None:
        return follow_corridor(planner, question.corridor, start, end, state=question.state)
    scope = Scope(question.state, MODE_SETS[mode], avoided=question.avoid)
    return find_routes(planner, RouteSearch(start, end, scope, question.via), count)


@dataclass(frozen=True, slots=True)
class Leg:
    """A leg or node of one of several routes; both numbers begin with 1."""

    route: int
    row: int
    leg: TcdRow


def _rows(routes: RouteAnswer) -> Iterator[Leg]:
    for route, journey in enumerate(routes.journeys, 1):
        for row, leg in enumerate(journey.rows, 1):
            yield Leg(route, row, leg)


def _legs() -> tuple[Column[Leg], ...]:
    """Return the columns of a journey's legs behind the numbers of route and row."""
    from karwan.route.tcd import LEGS

    numbers: list[Column[Any]] = [
        Column(name="route", forms=(Form.frame, Form.html)),
        Column(name="row", forms=(Form.frame,)),
    ]
    return (*numbers, *(_of_leg(column) for column in LEGS))


def _of_leg(column: Column[TcdRow]) -> Column[Leg]:
    """Return a column of legs as one of the legs of several routes."""
    get: Callable[[TcdRow], Any] = column.get or attrgetter(column.name)
    return Column(
        name=column.name,
        get=lambda leg: get(leg.leg),
        unit=column.unit,
        forms=column.forms,
        names=column.names,
        digits=column.digits,
        spec=column.spec,
    )


def futures_asked(
    planner: Planner,
    comparison: Comparison,
    *,
    hazard_factor: float,
    horizon_days: int | None = None,
    path_count: int | None = None,
    seed: int = 0,
) -> Answer[SecurityPoint]:
    """Return how the corridors compared stand when closures come so many times as often.

    Parameters
    ----------
    horizon_days, path_count
        Days ahead and futures drawn; by default those of the command.
    """
    from karwan.analysis.forecasts.closures import fit_world
    from karwan.analysis.futures.reliability import Roads
    from karwan.analysis.futures.security import HORIZON_DAYS, PATH_COUNT, security_point

    corridors = [
        answer.corridor
        for answer in comparison.answers
        if not answer.same_as and answer.status in ("open", "cut")
    ]
    point = security_point(
        Roads(planner),
        fit_world(planner.world),
        corridors,
        (comparison.origin, comparison.destination),
        factor=hazard_factor,
        seed=seed,
        path_count=PATH_COUNT if path_count is None else path_count,
        horizon_days=HORIZON_DAYS if horizon_days is None else horizon_days,
    )
    return Answer(
        title=f"{comparison.origin.name} to {comparison.destination.name} over "
        f"{point.horizon_days} days on {point.path_count:,} seeded futures, closures "
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
        "standings": [
            {
                "corridor": standing.ensemble.name,
                "times": standing.times,
                "open_share": (
                    dict(zip(("p05", "mean", "p95"), standing.told_share, strict=True))
                    if standing.told_share
                    else None
                ),
                "best_share": standing.best_share,
                "episode_count": standing.episode_count,
                "hours": mean_of(standing.ensemble.whole.hours),
                "generalized_cost_usd": mean_of(standing.ensemble.whole.generalized_cost_usd),
            }
            for standing in point.standings
        ],
    }


def mean_of(figures: tuple[float, float, float, float] | None) -> float | None:
    """Return the mean of what many futures say; None where none of them has a way."""
    return figures[3] if figures is not None else None


def _open_share(position: int, name: str) -> Column[Standing]:
    return Column(
        name=name,
        get=lambda one: one.told_share and one.told_share[position],
        forms=(Form.frame, Form.html),
    )


STANDINGS: tuple[Column[Standing], ...] = (
    Column(name="corridor", get=lambda one: one.ensemble.name, forms=(Form.frame, Form.html)),
    Column(name="times", forms=(Form.frame, Form.html)),
    _open_share(0, "open_p05_share"),
    _open_share(1, "open_mean_share"),
    _open_share(2, "open_p95_share"),
    Column(name="best_share", forms=(Form.frame, Form.html)),
    Column(name="episode_count", forms=(Form.frame, Form.html)),
    Column(
        name="mean_hours",
        get=lambda one: mean_of(one.ensemble.whole.hours),
        forms=(Form.frame, Form.html),
    ),
    Column(
        name="generalized_cost_usd",
        get=lambda one: mean_of(one.ensemble.whole.generalized_cost_usd),
        forms=(Form.frame, Form.html),
    ),
)
"""What is told of a corridor over many futures; where nothing is on record no share is told."""


def _title(asked: Asked) -> str:
    world = asked.world
    return (
        f"{asked.origin.name} to {asked.destination.name}, {asked.question.state}, as of "
        f"{world.as_of}; newest evidence {world.evidence_horizon}"
    )
