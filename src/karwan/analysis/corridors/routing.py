"""Answer one route question: the best route, alternatives, or what cuts it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from operator import attrgetter
from typing import TYPE_CHECKING

from karwan.analysis.corridors.alternatives import RouteSearch, alternatives
from karwan.analysis.corridors.comparison import Status
from karwan.analysis.corridors.desk import Desk, cuts_between
from karwan.analysis.corridors.planner import Planner
from karwan.analysis.corridors.proof import Proof, prove
from karwan.analysis.corridors.scope import ALL_MODES
from karwan.analysis.world.bars import Cut
from karwan.analysis.world.state import State
from karwan.base.errors import NoRouteError
from karwan.base.reprs import short_repr
from karwan.base.telling import Column, Form, to_frame
from karwan.network.nouns import Place
from karwan.route.clock import Clock
from karwan.route.tcd import LEGS, Journey, TcdRow, Timing, clocked

if TYPE_CHECKING:
    import polars as pl

MODE_SETS = {"road": frozenset({"road"}), "rail": frozenset({"rail"}), "any": ALL_MODES}


@dataclass(frozen=True, kw_only=True)
class RouteAnswer:
    """Routes found, the best first; or none, with what cuts them.

    Attributes
    ----------
    proof
        Whether the first is proved the best; None where there is none, or a corridor is followed.
    clock, timings
        From where to where the hours told run, and these hours, one for each journey; none by a
        clock from door to door, which are the journeys' own.
    """

    origin: Place
    destination: Place
    corridor_id: str | None
    journeys: tuple[Journey, ...]
    cuts: tuple[Cut, ...]
    note: str = ""
    proof: Proof | None = None
    clock: Clock = Clock.door
    timings: tuple[Timing, ...] = ()

    __repr__ = short_repr

    def to_frame(self) -> pl.DataFrame:
        """Return the legs and nodes of all routes, with all digits; units are in the names."""
        return to_frame(ROUTE_LEGS, route_legs(self))


@dataclass(frozen=True, slots=True)
class RouteLeg:
    """A leg or node with the number of its route and its own, from 1 on."""

    route: int
    row: int
    leg: TcdRow


def route_legs(answer: RouteAnswer) -> Iterator[RouteLeg]:
    """Yield the legs and nodes of all routes."""
    for route, journey in enumerate(answer.journeys, 1):
        for row, leg in enumerate(journey.rows, 1):
            yield RouteLeg(route, row, leg)


def _of_leg(column: Column[TcdRow]) -> Column[RouteLeg]:
    read = column.get or attrgetter(column.name)
    return Column(
        name=column.name,
        get=lambda row: read(row.leg),
        unit=column.unit,
        forms=column.forms,
        names=column.names,
        digits=column.digits,
        spec=column.spec,
    )


ROUTE_LEGS: tuple[Column[RouteLeg], ...] = (
    Column(name="route", forms=(Form.csv, Form.frame)),
    Column(name="row", forms=(Form.csv, Form.frame)),
    *map(_of_leg, LEGS),
)
"""What is told of the legs of several routes."""


def by_clock(planner: Planner, answer: RouteAnswer, clock: Clock) -> RouteAnswer:
    """Return routes with the hours that a clock tells.

    Raises
    ------
    DataError
        If the ends of a route cannot have the clock.
    """
    if clock is Clock.door:
        return answer
    timings = tuple(clocked(planner.priced, one.path, clock) for one in answer.journeys)
    return replace(answer, clock=clock, timings=timings)


def find_routes(planner: Planner, question: RouteSearch, count: int = 1) -> RouteAnswer:
    """Return the best route and alternatives that differ from it; or none, with what cuts them."""
    origin, destination, scope = question.origin, question.destination, question.scope
    journeys = alternatives(planner, question, count)
    if journeys:
        return RouteAnswer(
            origin=origin,
            destination=destination,
            corridor_id=None,
            journeys=tuple(journeys),
            cuts=(),
            proof=prove(planner, journeys[0], (origin, destination), scope, via=question.via),
        )
    cuts = (
        cuts_between(planner, origin, destination, scope.state, scope=scope, via=question.via)
        if scope.state is not None
        else []
    )
    return RouteAnswer(
        origin=origin,
        destination=destination,
        corridor_id=None,
        journeys=(),
        cuts=tuple(cuts),
        note=_why_none(question, cuts),
    )


def follow_corridor(
    planner: Planner, corridor_id: str, origin: Place, destination: Place, *, state: State
) -> RouteAnswer:
    """Return the route along one corridor variant, or what cuts it.

    Raises
    ------
    NoRouteError
        If the corridor does not serve the pair at all.
    """
    corridor = planner.world.network.corridor(corridor_id)
    answer = Desk(planner).answer(corridor, origin, destination, state)
    if answer.status == Status.not_served:
        msg = f"Corridor {corridor.id} does not serve {origin.name} to {destination.name}."
        raise NoRouteError(msg)
    journeys = (answer.journey,) if answer.journey else ()
    note = {Status.cut: "cut", Status.not_built: "not built"}.get(answer.status, "")
    return RouteAnswer(
        origin=origin,
        destination=destination,
        corridor_id=corridor.id,
        journeys=journeys,
        cuts=answer.cuts,
        note=note,
    )


def _named(cut: Cut) -> str:
    known = f", known {cut.known_on}" if cut.known_on else ""
    since = f" since {cut.since}{known}" if cut.since else ""
    return f"{cut.name} ({cut.id}){since}"


def _why_none(question: RouteSearch, cuts: Sequence[Cut]) -> str:
    modes = question.scope.modes
    by = "" if modes == ALL_MODES else f" by {' or '.join(sorted(modes))}"
    asked = f"No route {question.origin.name} to {question.destination.name}{by}"
    if question.via:
        asked += f" via {', '.join(name for _, name in question.via)}"
    if question.scope.avoided:
        asked += f" avoiding {', '.join(name for _, name in sorted(question.scope.avoided))}"
    if cuts:
        return f"{asked}: cut by {', '.join(map(_named, cuts))}."
    return f"{asked}: nothing built joins them within what the question allows."
