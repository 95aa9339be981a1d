"""Answer one route question: the best route, alternatives, or what cuts it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from karwan.analysis.corridors.alternatives import RouteSearch, alternatives
from karwan.analysis.corridors.comparison import CUT, NOT_BUILT, NOT_SERVED
from karwan.analysis.corridors.desk import Desk, cuts_between
from karwan.analysis.corridors.planner import ALL_MODES, Planner
from karwan.analysis.world.world import Cut
from karwan.base.errors import NoRouteError
from karwan.base.reprs import short_repr
from karwan.network.nouns import Place
from karwan.route.tcd import Journey

MODE_SETS = {"road": frozenset({"road"}), "rail": frozenset({"rail"}), "any": ALL_MODES}


@dataclass(frozen=True)
class RouteAnswer:
    """Routes found, the best first; or none, with what cuts them."""

    origin: Place
    destination: Place
    corridor_id: str | None
    journeys: tuple[Journey, ...]
    cuts: tuple[Cut, ...]
    note: str = ""

    __repr__ = short_repr


def find_routes(planner: Planner, question: RouteSearch, count: int = 1) -> RouteAnswer:
    """Return the best route and alternatives that differ from it; or none, with what cuts them."""
    origin, destination, scope = question.origin, question.destination, question.scope
    journeys = alternatives(planner, question, count)
    if journeys:
        return RouteAnswer(origin, destination, None, tuple(journeys), ())
    cuts = cuts_between(planner, origin, destination, scope.state, scope=scope, via=question.via)
    return RouteAnswer(origin, destination, None, (), tuple(cuts), _why_none(question, cuts))


def follow_corridor(
    planner: Planner, corridor_id: str, origin: Place, destination: Place, *, state: str
) -> RouteAnswer:
    """Return the route along one corridor variant, or what cuts it.

    Raises
    ------
    NoRouteError
        If the corridor does not serve the pair at all.
    """
    corridor = planner.world.network.corridor(corridor_id)
    answer = Desk(planner).answer(corridor, origin, destination, state)
    if answer.status == NOT_SERVED:
        msg = f"Corridor {corridor.id} does not serve {origin.name} to {destination.name}."
        raise NoRouteError(msg)
    journeys = (answer.journey,) if answer.journey else ()
    note = {CUT: "cut", NOT_BUILT: "not built"}.get(answer.status, "")
    return RouteAnswer(origin, destination, corridor.id, journeys, answer.cuts, note)


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
