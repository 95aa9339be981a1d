"""Answer route questions for one consignment in one world, remembering what was searched.

A planner prices the state graph once. Searches between the tokens of corridors repeat over
pairs and variants, so their trees are kept.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from operator import and_
from typing import TYPE_CHECKING

from karwan.analysis.corridors.doors import states_passed, ways_in, ways_out
from karwan.analysis.corridors.scope import UNRULED, Scope
from karwan.analysis.world.question import Asked
from karwan.analysis.world.state import State
from karwan.analysis.world.travel import NOT_SAID
from karwan.analysis.world.world import World
from karwan.base.reprs import short_repr
from karwan.network.nouns import Place
from karwan.network.prices import PRICE_YEAR
from karwan.network.tariffs import Tariffs
from karwan.network.vehicles import Consignment
from karwan.route.composed import (
    Fronts,
    Partial,
    best_ways,
    carry_on,
    front_of,
    setting_out,
    to_path,
)
from karwan.route.cost import Charges, PricedGraph, price_arcs
from karwan.route.expand import ArcName, StateGraph, expand
from karwan.route.rest import no_rest
from karwan.route.router import Path
from karwan.route.tcd import Journey, compose

if TYPE_CHECKING:
    import datetime as dt

    from karwan.hazard.model import HazardModel
Flags = tuple[bool, ...]
FirstOpen = dict[tuple[frozenset[str], State | None], tuple[World, Flags]]
"""The first world asked, and its open arcs, by what is built and the state."""
Within = dict[tuple[frozenset[str], Scope], Flags]
"""Which arcs lie in a scope, by what is built."""


@dataclass(kw_only=True)
class Planner:
    """Routes for one consignment in one world.

    Attributes
    ----------
    parameters
        Values in place of the parameter table's, by name, as a calibration tries them.
    hazards
        Models of closures by as-of date, kept by who fits them; None where the record is too thin.
    """

    world: World
    consignment: Consignment
    price_year: int = PRICE_YEAR
    parameters: Mapping[str, float] = field(default_factory=dict)
    hazards: dict[dt.date, HazardModel | None] = field(default_factory=dict, repr=False)
    _graphs: dict[frozenset[str], StateGraph] = field(default_factory=dict, repr=False)
    _prices: dict[frozenset[str], PricedGraph] = field(default_factory=dict, repr=False)
    _charges: dict[ArcName, Charges] = field(default_factory=dict, repr=False)
    _journeys: dict[tuple[frozenset[str], tuple[int, ...]], Journey] = field(
        default_factory=dict, repr=False
    )
    _first: FirstOpen = field(default_factory=dict, repr=False)
    _within: Within = field(default_factory=dict, repr=False)
    _open: dict[State | None, tuple[bool, ...]] = field(default_factory=dict, repr=False)
    _masks: dict[Scope, tuple[bool, ...]] = field(default_factory=dict, repr=False)
    _fronts: dict[tuple[Scope, int, int], Fronts] = field(default_factory=dict, repr=False)

    __repr__ = short_repr

    @cached_property
    def graph(self) -> StateGraph:
        """The state graph with the world's projects built."""
        built = self.world.projects
        if built not in self._graphs:
            self._graphs[built] = expand(self.world.network, built)
        return self._graphs[built]

    @cached_property
    def priced(self) -> PricedGraph:
        """The graph priced for the consignment."""
        built = self.world.projects
        if built not in self._prices:
            self._prices[built] = price_arcs(
                self.graph,
                self.consignment,
                _tariffs(self),
                swaps=self.world.swaps(self.consignment),
                seasons=self.world.season_waits,
                known=self._charges,
            )
        return self._prices[built]

    def _open_arcs(self, state: State | None) -> tuple[bool, ...]:
        """Return which arcs nothing bars in a state; those of a world asked before hold but few."""
        if state not in self._open:
            key = (self.world.projects, state)
            if key not in self._first:
                every = range(len(self.graph.arcs))
                self._first[key] = (self.world, tuple(_is_open(self, arc, state) for arc in every))
            first, known = self._first[key]
            flags = list(known)
            for arc in _touched(self.graph, self.world, first):
                flags[arc] = _is_open(self, arc, state)
            self._open[state] = tuple(flags)
        return self._open[state]

    def with_ticks(self, ticks: tuple[int, ...]) -> Planner:
        """Return a planner of the same world with weights that add along a route, for searches."""
        weighed = replace(self.priced, ticks=ticks, rest=no_rest(len(ticks)))
        return replace(self, _prices={self.world.projects: weighed}, _journeys={}, _fronts={})

    @cached_property
    def bounded(self) -> Planner:
        """A planner of the same world whose best ways cost no more than any way does."""
        return self.with_ticks(self.priced.bounded().ticks)

    def in_world(self, world: World) -> Planner:
        """Return a planner of a world that differs in what is shut, opened or built only.

        Prices and journeys depend on what is built alone, and are shared by all such worlds; what
        is shut is each world's own.

        Raises
        ------
        ValueError
            If the world is of other tables or another date, and so of other prices.
        """
        mine = self.world
        same = world.network is mine.network and world.catalog is mine.catalog
        if not same or (world.as_of, world.travel.depart) != (mine.as_of, mine.travel.depart):
            msg = "A planner's prices hold in worlds of the same tables and dates only."
            raise ValueError(msg)
        return replace(self, world=world, _open={}, _masks={}, _fronts={})

    def journey(self, path: Path) -> Journey:
        """Return the journey along a path, composed once."""
        key = (self.world.projects, path.arcs)
        if key not in self._journeys:
            self._journeys[key] = compose(self.priced, path)
        return self._journeys[key]

    def mask(self, scope: Scope) -> tuple[bool, ...]:
        """Return one flag per arc for a scope."""
        if scope not in self._masks:
            key = (self.world.projects, scope)
            if key not in self._within:
                self._within[key] = tuple(scope.admitted(self.graph))
            self._masks[scope] = tuple(map(and_, self._open_arcs(scope.state), self._within[key]))
        return self._masks[scope]

    def fronts(self, scope: Scope, source: Partial) -> Fronts:
        """Return the ways on from a way so far within a scope, searched once."""
        key = (scope, source.end, source.rest_ticks)
        if key not in self._fronts:
            self._fronts[key] = best_ways(self.priced, source, self.mask(scope))
        return self._fronts[key]

    def advance(
        self, ways: Iterable[Partial], targets: Iterable[int], scope: Scope
    ) -> list[Partial]:
        """Return, for each target state reached, the ways to it that may yet be the best."""
        reached: dict[int, list[Partial]] = {state: [] for state in targets}
        for way in ways:
            onward = self.fronts(scope, way)
            for state, ways_to in reached.items():
                ways_to += [way.then(more) for more in onward.ways(state)]
        return [way for state in sorted(reached) for way in front_of(reached[state])]

    def cross(self, ways: Iterable[Partial], arcs: Iterable[int], scope: Scope) -> list[Partial]:
        """Return the ways carried on within a scope to arcs, and over them."""
        tails: dict[int, list[int]] = {}
        for arc_id in arcs:
            tails.setdefault(self.graph.arcs[arc_id].tail, []).append(arc_id)
        beyond: dict[int, list[Partial]] = {}
        for way in self.advance(ways, tails, scope):
            for arc_id in tails[way.end]:
                over = carry_on(self.priced, way, arc_id)
                beyond.setdefault(over.end, []).append(over)
        return [way for ways_to in beyond.values() for way in front_of(ways_to)]

    def starts(self, place: Place, modes: frozenset[str], layer: str = "") -> list[Partial]:
        """Return the ways to set out from a place: on the road, or by a move onto rail or sea.

        A shipment begins at the door, on the road where the place has one; the move to the
        station or the quay is part of its journey.

        Parameters
        ----------
        layer
            Begin with what a corridor's first token says: `road`, a rail layer (any gauge the
            place has) or `sea`; blank for any of `modes`.
        """
        return [
            setting_out(door) if move < 0 else carry_on(self.priced, setting_out(door), move)
            for door, move in ways_out(self.graph, place, modes, layer)
        ]

    def closings(
        self, place: Place, modes: frozenset[str], layer: str = ""
    ) -> list[tuple[int, int]]:
        """Return the ways to arrive: (state reached, arc of the last move, or -1 for none)."""
        return ways_in(self.graph, place, modes, layer)

    def finish(
        self, ways: Iterable[Partial], closings: Sequence[tuple[int, int]], scope: Scope
    ) -> Partial | None:
        """Return the best way carried on to one of the closings, or None."""
        reached: dict[int, list[Partial]] = {}
        for way in self.advance(ways, [state for state, _ in closings], scope):
            reached.setdefault(way.end, []).append(way)
        whole = [
            way if arc < 0 else carry_on(self.priced, way, arc)
            for state, arc in closings
            for way in reached.get(state, ())
        ]
        return min(whole, key=lambda way: way.order, default=None)

    def best(
        self,
        origin: Place,
        destination: Place,
        scope: Scope,
        *,
        via: Sequence[tuple[str, str]] = (),
    ) -> Path | None:
        """Return the best path within a scope, by the places and crossings of `via` in order.

        It is the best by generalized cost as a journey is told: rest that borders make up for is
        left out.
        """
        ways = self.starts(origin, scope.modes)
        for one in via:
            ways = _through(self, ways, one, scope)
        best = self.finish(ways, self.closings(destination, scope.modes), scope)
        return None if best is None else to_path(self.priced, best)


def _through(
    planner: Planner, ways: list[Partial], via: tuple[str, str], scope: Scope
) -> list[Partial]:
    """Return ways carried on through a place, a crossing or a link."""
    kind, ident = via
    if kind == "place":
        return planner.advance(ways, states_passed(planner.graph, ident), scope)
    network = planner.world.network
    links = network.elements[ident].links if kind == "element" else (ident,)
    mask = planner.mask(scope)
    arcs = [
        arc.id
        for arc in planner.graph.arcs
        if (arc.link_id in links or arc.crossing_id == ident) and mask[arc.id]
    ]
    return planner.cross(ways, arcs, scope)


def _tariffs(planner: Planner) -> Tariffs:
    """Return the money and the parameters of a planner's tables on its date."""
    world = planner.world
    return Tariffs(world.catalog, world.as_of, planner.price_year, planner.parameters)


def priced_by(planner: Planner) -> Hashable:
    """Return what prices hang on: planners of one network with the same price alike."""
    swaps, seasons = planner.world.swaps(planner.consignment), planner.world.season_waits
    return (
        planner.consignment,
        _tariffs(planner).in_use,
        tuple(sorted(swaps.items())),
        tuple((link, tuple(waits)) for link, waits in sorted(seasons.items())),
    )


def sharing(planner: Planner, known: dict[Hashable, Planner]) -> Planner:
    """Return a planner with the prices and journeys of one that prices alike, if one is known.

    Parameters
    ----------
    known
        Planners of the same network and catalogue by `priced_by`; gets this one if it is new.
    """
    like = known.setdefault(priced_by(planner), planner)
    return replace(planner, _prices=like._prices, _charges=like._charges, _journeys=like._journeys)


def plan(asked: Asked) -> Planner:
    """Return a planner for what a question ships, in the world it is asked in."""
    return Planner(
        world=asked.world, consignment=asked.question.shipment, price_year=asked.question.price_year
    )


def at_no_time(planner: Planner) -> Planner:
    """Return the planner of journeys of which no day is said, as futures of a year want it."""
    plain = planner.world.travelling(NOT_SAID)
    if planner.world.travel.depart is None:
        return planner.in_world(plain)
    return replace(planner, world=plain, _prices={}, _journeys={}, _open={}, _masks={}, _fronts={})


def by_time(planner: Planner) -> Planner:
    """Return the planner of the same world whose best ways are the fastest, whatever they cost."""
    timed = {planner.world.projects: planner.priced.by_time()}
    return replace(planner, _prices=timed, _journeys={}, _fronts={})


def barred(planner: Planner, arcs: Iterable[int], state: State) -> list[int]:
    """Return those of some arcs that something bars in a state, in the order given."""
    opened = planner._open_arcs(state)
    return [arc for arc in arcs if not opened[arc]]


def _is_open(planner: Planner, arc: int, state: State | None) -> bool:
    if state is UNRULED:
        return True
    cut = planner.world.cut_of_arc(planner.graph.arcs[arc], planner.consignment, state)
    return cut is None


def _touched(graph: StateGraph, mine: World, other: World) -> list[int]:
    """Return the arcs for which it may matter that two worlds shut or open other things.

    A planned gate shares the closures of the one beside it.
    """
    named = (mine.shut_ids ^ other.shut_ids) | (mine.open_ids ^ other.open_ids)
    if not named:
        return []
    named |= {one.id for one in mine.network.elements.values() if one.beside in named}
    return [
        arc.id
        for arc in graph.arcs
        if arc.element_id in named or arc.link_id in named or arc.crossing_id in named
    ]
