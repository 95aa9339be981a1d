"""Answer route questions for one consignment in one world, remembering what was searched.

A planner prices the state graph once. Searches between the tokens of corridors repeat over
pairs and variants, so their trees are kept.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property

from karwan.analysis.world.question import Asked
from karwan.analysis.world.world import World
from karwan.base.reprs import short_repr
from karwan.network.gauges import MODES, ROAD, SEA
from karwan.network.nouns import Place
from karwan.network.tariffs import PRICE_YEAR, Tariffs
from karwan.network.vehicles import Consignment
from karwan.route.cost import PricedGraph, price_arcs
from karwan.route.expand import CROSSING, TRANSFER, StateGraph, expand
from karwan.route.router import NO_KEY, Path, Tree, best_tree
from karwan.route.tcd import Journey, compose

UNRULED = "unruled"
"""Everything that is built, whatever shuts or bars it: used to tell what cuts a route."""

ALL_MODES = frozenset(MODES)


@dataclass(frozen=True, slots=True)
class Scope:
    """Which arcs a search may use.

    Attributes
    ----------
    forbidden
        Countries that may not be entered or passed.
    inland
        True leaves out all crossings: only links inside one country, and the sea.
    avoided
        (kind, id) of elements, crossings, links, places and countries to keep out of.
    """

    state: str
    modes: frozenset[str] = ALL_MODES
    forbidden: frozenset[str] = frozenset()
    inland: bool = False
    avoided: frozenset[tuple[str, str]] = frozenset()


@dataclass
class Planner:
    """Routes for one consignment in one world.

    Attributes
    ----------
    parameters
        Values in place of the parameter table's, by name, as a calibration tries them.
    """

    world: World
    consignment: Consignment
    price_year: int = PRICE_YEAR
    parameters: Mapping[str, float] = field(default_factory=dict)
    _graphs: dict[frozenset[str], StateGraph] = field(default_factory=dict, repr=False)
    _prices: dict[frozenset[str], PricedGraph] = field(default_factory=dict, repr=False)
    _journeys: dict[tuple[frozenset[str], tuple[int, ...]], Journey] = field(
        default_factory=dict, repr=False
    )
    _open: dict[str, tuple[bool, ...]] = field(default_factory=dict, repr=False)
    _masks: dict[Scope, tuple[bool, ...]] = field(default_factory=dict, repr=False)
    _trees: dict[tuple[Scope, int], Tree] = field(default_factory=dict, repr=False)

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
            tariffs = Tariffs(
                self.world.catalog, self.world.as_of, self.price_year, self.parameters
            )
            self._prices[built] = price_arcs(
                self.graph, self.consignment, tariffs, swaps=self.world.swaps(self.consignment)
            )
        return self._prices[built]

    def _open_arcs(self, state: str) -> tuple[bool, ...]:
        """Return which arcs nothing bars in a state."""
        if state not in self._open:
            self._open[state] = tuple(
                state == UNRULED or self.world.cut_of_arc(arc, self.consignment, state) is None
                for arc in self.graph.arcs
            )
        return self._open[state]

    def with_ticks(self, ticks: tuple[int, ...]) -> Planner:
        """Return a planner of the same world with other routing weights, for searches only."""
        weighed = {self.world.projects: replace(self.priced, ticks=ticks)}
        return replace(self, _prices=weighed, _journeys={}, _trees={})

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
        if not same or world.as_of != mine.as_of:
            msg = "A planner's prices hold in worlds of the same tables and date only."
            raise ValueError(msg)
        return replace(self, world=world, _open={}, _masks={}, _trees={})

    def journey(self, path: Path) -> Journey:
        """Return the journey along a path, composed once."""
        key = (self.world.projects, path.arcs)
        if key not in self._journeys:
            self._journeys[key] = compose(self.priced, path)
        return self._journeys[key]

    def mask(self, scope: Scope) -> tuple[bool, ...]:
        """Return one flag per arc for a scope."""
        if scope not in self._masks:
            open_ = self._open_arcs(scope.state)
            self._masks[scope] = tuple(
                open_[arc] and self._within(arc, scope) for arc in range(len(open_))
            )
        return self._masks[scope]

    def _within(self, arc_id: int, scope: Scope) -> bool:
        arc = self.graph.arcs[arc_id]
        if not arc.modes <= scope.modes or (scope.inland and arc.kind == CROSSING):
            return False
        ends = [self.graph.states[state] for state in (arc.tail, arc.head)]
        countries = {
            self.world.network.places[place].country for place, layer in ends if layer != SEA
        }
        if countries & scope.forbidden:
            return False
        names = {("element", arc.element_id), ("crossing", arc.crossing_id), ("link", arc.link_id)}
        names |= {("place", place) for place, _ in ends} | {
            ("country", country) for country in countries
        }
        return not names & scope.avoided

    def tree(self, scope: Scope, source: int) -> Tree:
        """Return best paths from a state within a scope, searched once."""
        if (scope, source) not in self._trees:
            self._trees[scope, source] = best_tree(self.priced, source, self.mask(scope))
        return self._trees[scope, source]

    def advance(self, paths: Iterable[Path], targets: Iterable[int], scope: Scope) -> list[Path]:
        """Return, for each target state reached, the best of the paths carried on to it."""
        found: dict[int, Path] = {}
        wanted = list(targets)
        for path in paths:
            tree = self.tree(scope, path.end)
            for state in wanted:
                more = tree.path(state)
                if more is None:
                    continue
                whole = path.then(more)
                if state not in found or whole.order < found[state].order:
                    found[state] = whole
        return [found[state] for state in sorted(found)]

    def step(self, path: Path, arc_id: int) -> Path:
        """Return the path with one more arc."""
        key = (self.priced.ticks[arc_id], self.priced.element_arcs[arc_id], 1)
        return path.then(Path(key, (arc_id,), self.graph.arcs[arc_id].head))

    def starts(self, place: Place, modes: frozenset[str], layer: str = "") -> list[Path]:
        """Return the ways to set out from a place: on the road, or by a move onto rail or sea.

        A shipment begins at the door, on the road where the place has one; the move to the
        station or the quay is part of its journey.

        Parameters
        ----------
        layer
            Begin with what a corridor's first token says: `road`, a rail layer (any gauge the
            place has) or `sea`; blank for any of `modes`.
        """
        found = []
        for door, mode, move in self._doors(place, self.graph.outgoing, "head"):
            if mode in _wanted(modes, layer):
                begun = Path(NO_KEY, (), door)
                found.append(begun if move < 0 else self.step(begun, move))
        return found

    def closings(
        self, place: Place, modes: frozenset[str], layer: str = ""
    ) -> list[tuple[int, int]]:
        """Return the ways to arrive: (state reached, arc of the last move, or -1 for none).

        A shipment that comes by rail or sea ends at the door, after the move to the road.
        """
        return [
            (door if move < 0 else self.graph.arcs[move].tail, move)
            for door, mode, move in self._doors(place, self.graph.incoming, "tail")
            if mode in _wanted(modes, layer)
        ]

    def _doors(
        self, place: Place, moves: Sequence[Sequence[int]], end: str
    ) -> list[tuple[int, str, int]]:
        """Return (state at the door, mode travelled by, move between them or -1 for none).

        The door is on the road where the place has one. A railway without a terminal there is a
        door of its own, and so is a quay where there is nothing else.
        """
        here = self.graph.states_of_place.get(place.id, ())
        found = [(state, ROAD, -1) for state in here if self._mode(state) == ROAD]
        reached = set()
        for road, _, _ in list(found):
            for arc_id in moves[road]:
                arc = self.graph.arcs[arc_id]
                if arc.kind == TRANSFER:
                    other = arc.head if end == "head" else arc.tail
                    reached.add(other)
                    found.append((road, self._mode(other), arc_id))
        land = [state for state in here if self._mode(state) != SEA]
        found += [
            (s, self._mode(s), -1)
            for s in land or here
            if self._mode(s) != ROAD and s not in reached
        ]
        return found

    def finish(
        self, paths: Iterable[Path], closings: Sequence[tuple[int, int]], scope: Scope
    ) -> Path | None:
        """Return the best path carried on to one of the closings, or None."""
        reached = {
            path.end: path for path in self.advance(paths, [state for state, _ in closings], scope)
        }
        whole = [
            reached[state] if arc < 0 else self.step(reached[state], arc)
            for state, arc in closings
            if state in reached
        ]
        return min(whole, key=lambda path: path.order, default=None)

    def _mode(self, state: int) -> str:
        layer = self.graph.states[state][1]
        return "rail" if layer.startswith("rail") else layer

    def best(
        self,
        origin: Place,
        destination: Place,
        scope: Scope,
        *,
        via: Sequence[tuple[str, str]] = (),
    ) -> Path | None:
        """Return the best path within a scope, by the places and crossings of `via` in order."""
        paths = self.starts(origin, scope.modes)
        for kind, ident in via:
            paths = self._through(paths, kind, ident, scope)
        return self.finish(paths, self.closings(destination, scope.modes), scope)

    def _through(self, paths: list[Path], kind: str, ident: str, scope: Scope) -> list[Path]:
        if kind == "place":
            return self.advance(paths, self.graph.states_of_place.get(ident, ()), scope)
        network = self.world.network
        links = network.elements[ident].links if kind == "element" else (ident,)
        arcs = [arc for arc in self.graph.arcs if arc.link_id in links or arc.crossing_id == ident]
        mask = self.mask(scope)
        usable = [arc for arc in arcs if mask[arc.id]]
        reached = {
            path.end: path for path in self.advance(paths, [arc.tail for arc in usable], scope)
        }
        found: dict[int, Path] = {}
        for arc in usable:
            if arc.tail in reached:
                path = self.step(reached[arc.tail], arc.id)
                if arc.head not in found or path.order < found[arc.head].order:
                    found[arc.head] = path
        return list(found.values())


def plan(asked: Asked) -> Planner:
    """Return a planner for what a question ships, in the world it is asked in."""
    return Planner(asked.world, asked.question.shipment, asked.question.price_year)


def _wanted(modes: frozenset[str], layer: str) -> frozenset[str]:
    """Return the modes by which an end may be left or reached, given what a token asks."""
    if not layer:
        return modes
    return frozenset({ROAD if layer == ROAD else SEA if layer == SEA else "rail"})
