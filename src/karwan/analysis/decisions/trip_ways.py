"""The ways that a trip may take: routes around what is shut, searched once and kept.

A best route that avoids some of what is shut and uses none of the rest is the best of all that are
open. So a way is found by going down: the best way, then the best one around what shuts it, until
one is clear.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from karwan.analysis.corridors.passing import passed_shares
from karwan.analysis.corridors.planner import Planner
from karwan.analysis.corridors.scope import Scope
from karwan.analysis.world.state import State
from karwan.base.reprs import short_repr
from karwan.base.traffic import Direction
from karwan.base.units import HOURS_PER_DAY
from karwan.network.nouns import Place
from karwan.route.cost import sum_usd
from karwan.route.distribution import STEP_HOURS, Hours
from karwan.route.tcd import Journey

Floats = npt.NDArray[np.float64]
IsShut = Callable[[str], bool]


@dataclass(frozen=True, slots=True, kw_only=True)
class Stop:
    """Something on a way that can be shut, where one meets it.

    Attributes
    ----------
    place_id
        Where one stands before it.
    hours_share, usd_share
        Of the whole way, behind one there.
    """

    element_id: str
    place_id: str
    direction: Direction
    hours_share: float
    usd_share: float


@dataclass(frozen=True, kw_only=True)
class TripWay:
    """A way to the destination, what can be shut on it, and how long it takes.

    Attributes
    ----------
    days
        Shape (n_paths,): from its start to its end if nothing shuts; the mean is the journey's.
    """

    journey: Journey
    stops: tuple[Stop, ...]
    days: Floats

    __repr__ = short_repr

    @property
    def usd(self) -> float:
        """What the way costs, without waiting."""
        return self.journey.usd.value


@dataclass(kw_only=True)
class TripWays:
    """Ways to one destination, from wherever a trip stands.

    Attributes
    ----------
    shares
        Shape (n_paths,): how slow each trip is, as the share of journeys that are faster.
    """

    planner: Planner
    destination: Place
    shares: Floats
    _kept: dict[tuple[str, frozenset[str]], TripWay | None] = field(default_factory=dict)

    __repr__ = short_repr

    def around(self, place_id: str, is_shut: IsShut) -> TripWay | None:
        """Return the best way from a place that nothing shuts; None where all are shut."""
        avoided: frozenset[str] = frozenset()
        while True:
            way = self.avoiding(place_id, avoided)
            if way is None:
                return None
            first = next((one.element_id for one in way.stops if is_shut(one.element_id)), None)
            if first is None:
                return way
            avoided |= {first}

    def avoiding(self, place_id: str, avoided: frozenset[str]) -> TripWay | None:
        """Return the best way from a place around some elements, all others open."""
        key = (place_id, avoided)
        if key not in self._kept:
            scope = Scope(
                state=State.all_open, avoided=frozenset(("element", one) for one in avoided)
            )
            place = self.planner.world.network.places[place_id]
            path = None
            if place.id != self.destination.id:
                path = self.planner.best(place, self.destination, scope)
            self._kept[key] = None if path is None else self.along(self.planner.journey(path))
        return self._kept[key]

    def along(self, journey: Journey) -> TripWay:
        """Return a journey as a way."""
        return TripWay(
            journey=journey,
            stops=stops_of(self.planner, journey),
            days=drawn_days(journey.reliability.hours, journey.hours.value, self.shares),
        )


def stops_of(planner: Planner, journey: Journey) -> tuple[Stop, ...]:
    """Return what can be shut on a journey, in order; a line of several links is met once."""
    graph, charges = planner.graph, planner.priced.charges
    arcs = [graph.arcs[number] for number in journey.path.arcs]
    before = passed_shares(planner, journey)
    usd = np.cumsum([0.0, *(sum_usd(charges[arc.id]) for arc in arcs)])
    stops: dict[str, Stop] = {}
    for k, arc in enumerate(arcs):
        if not arc.element_id or arc.element_id in stops:
            continue
        way = Direction.both
        if arc.crossing_id:
            way = Direction.a_to_b if arc.forward else Direction.b_to_a
        stops[arc.element_id] = Stop(
            element_id=arc.element_id,
            place_id=graph.states[arc.tail][0],
            direction=way,
            hours_share=before[arc.element_id],
            usd_share=float(usd[k] / usd[-1]) if usd[-1] > 0 else 0.0,
        )
    return tuple(stops.values())


def drawn_days(hours: Hours, mean_hours: float, shares: Floats) -> Floats:
    """Return how long trips take, in days, by how slow each is; their mean is as told.

    Parameters
    ----------
    shares
        Shape (n,): evenly spread over 0 to 1, in any order.
    """
    ends = hours.shift_hours + STEP_HOURS * (np.arange(hours.p.size + 1) - 0.5)
    below = np.concatenate([[0.0], np.cumsum(hours.p)])
    drawn = np.maximum(np.interp(shares, below, ends), 0.0)
    if hours.p.size == 1 or drawn.mean() <= 0:
        drawn = np.full(shares.size, mean_hours)
    return np.asarray(drawn * (mean_hours / drawn.mean()) / HOURS_PER_DAY)
