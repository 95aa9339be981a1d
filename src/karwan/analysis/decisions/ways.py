"""The ways that a decision at a shut element has: over it once it opens, around it, home."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from karwan.analysis.corridors.desk import cuts_between
from karwan.analysis.corridors.planner import Planner
from karwan.analysis.corridors.scope import Scope
from karwan.analysis.world.bars import Cut
from karwan.analysis.world.state import State
from karwan.analysis.world.world import World
from karwan.base.errors import DataError, Fault
from karwan.base.reprs import short_repr
from karwan.base.traffic import Direction

if TYPE_CHECKING:
    from karwan.network.nouns import Place
    from karwan.route.tcd import Journey


@dataclass(frozen=True, kw_only=True)
class DecisionWays:
    """Journeys from where the shipment is.

    Attributes
    ----------
    over
        Over the element, as if it were open.
    around
        The best one while the element is shut and all else as last known; None where there is none.
    cuts
        What cuts it then.
    home
        Back, where that was asked; None where it was not.
    direction
        Which way the element is passed; `both` for a line.
    """

    over: Journey
    around: Journey | None
    cuts: tuple[Cut, ...]
    home: Journey | None
    direction: Direction

    __repr__ = short_repr


def decision_ways(
    planner: Planner, element_id: str, at: Place, to: Place, home: Place | None
) -> DecisionWays:
    """Return the journeys between which a shipment at a place chooses.

    Raises
    ------
    DataError
        If the element does not lie before the place, or the way home is cut.
    """
    scope = Scope(state=State.last_known)
    opened = planner.in_world(_with(planner.world, element_id, is_shut=False))
    over = opened.best(at, to, scope, via=(("element", element_id),))
    name = planner.world.network.elements[element_id].name
    if over is None:
        text = f"{name} does not lie before it: no way to {to.name} passes it, were it open"
        raise DataError("the question", [Fault("at", text, at.id)])
    journey = opened.journey(over)
    free = opened.best(at, to, scope)
    passes_it = free is not None and element_id in opened.journey(free).elements
    crossings = journey.crossings
    if not passes_it and (_returns(planner.world, journey) or crossings[:1] != (element_id,)):
        text = f"{name} does not lie before it on a way to {to.name}"
        raise DataError("the question", [Fault("at", text, at.id)])
    shut = planner.in_world(_with(planner.world, element_id, is_shut=True))
    around = shut.best(at, to, scope)
    cuts = () if around else tuple(cuts_between(shut, at, to, State.last_known))
    return DecisionWays(
        over=journey,
        around=None if around is None else shut.journey(around),
        cuts=cuts,
        home=None if home is None else _home(shut, at, home),
        direction=_direction(planner.world, element_id, journey),
    )


def _returns(world: World, journey: Journey) -> bool:
    """Whether a journey comes back into the country that it starts in."""
    countries = [world.network.places[place].country for place in journey.places]
    left = next((k for k, one in enumerate(countries) if one != countries[0]), len(countries))
    return countries[0] in countries[left:]


def _with(world: World, element_id: str, *, is_shut: bool) -> World:
    """Return the world with one element shut or open, whatever the record says."""
    one = frozenset({element_id})
    if is_shut:
        return replace(world, shut_ids=world.shut_ids | one, open_ids=world.open_ids - one)
    return replace(world, shut_ids=world.shut_ids - one, open_ids=world.open_ids | one)


def _home(planner: Planner, at: Place, home: Place) -> Journey:
    back = planner.best(at, home, Scope(state=State.last_known))
    if back is None:
        text = f"no way leads back there from {at.name}"
        raise DataError("the question", [Fault("home", text, home.id)])
    return planner.journey(back)


def _direction(world: World, element_id: str, journey: Journey) -> Direction:
    """Return which way a journey passes a crossing, by the order of its two sides."""
    crossing = world.network.crossings.get(element_id)
    if crossing is None:
        return Direction.both
    places = list(journey.places)
    if crossing.side_a not in places or crossing.side_b not in places:
        return Direction.both
    is_forward = places.index(crossing.side_a) < places.index(crossing.side_b)
    return Direction.a_to_b if is_forward else Direction.b_to_a
