"""Answer route questions for one consignment in one world, remembering what was searched.

A planner prices the state graph once. Searches between the tokens of corridors repeat over
pairs and variants, so their trees are kept.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from operator import and_

from karwan.analysis.corridors.doors import ways_in, ways_out
from karwan.analysis.corridors.scope import UNRULED, Scope
from karwan.analysis.world.question import Asked
from karwan.analysis.world.state import State
from karwan.analysis.world.world import World
from karwan.base.reprs import short_repr
from karwan.network.nouns import Place
from karwan.network.prices import PRICE_YEAR
from karwan.network.tariffs import Tariffs
from karwan.network.vehicles import Consignment
from karwan.route.cost import Charges, PricedGraph, price_arcs
from karwan.route.expand import ArcName, StateGraph, expand
from karwan.route.router import NO_KEY, Path, Tree, best_tree
from karwan.route.tcd import Journey, compose


@dataclass(kw_only=True)
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
    _charges: dict[ArcName, Charges] = field(default_factory=dict, repr=False)
    _journeys: dict[tuple[frozenset[str], tuple[int, ...]], Journey] = field(
        default_factory=dict, repr=False
    )
    _open: dict[State | None, tuple[bool, ...]] = field(default_factory=dict, repr=False)
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
                self.graph,
                self.consignment,
                tariffs,
                swaps=self.world.swaps(self.consignment),
                known=self._charges,
            )
        return self._prices[built]

    def _open_arcs(self, state: State | None) -> tuple[bool, ...]:
        """Return which arcs nothing bars in a state."""
        if state not in self._open:
            self._open[state] = tuple(
                state is UNRULED or self.world.cut_of_arc(arc, self.consignment, state) is None
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
            within = scope.admitted(self.graph)
            self._masks[scope] = tuple(map(and_, open_, within))
        return self._masks[scope]

    def tree(self, scope: Scope, source: int) -> Tree:
        """Return best paths from a state within a scope, searched once."""
        if (scope, source) not in self._trees:
            self._trees[scope, source] = best_tree(self.priced, source, self.mask(scope))
        return self._trees[scope, source]

    def advance(self, paths: Iterable[Path], targets: Iterable[int], scope: Scope) -> list[Path]:
        """Return, for each target state reached, the best of the paths carried on to it."""
        best: dict[int, Path] = {}
        wanted = list(targets)
        for path in paths:
            tree = self.tree(scope, path.end)
            for state in wanted:
                more = tree.path(state)
                if more is None:
                    continue
                whole = path.then(more)
                if state not in best or whole.order < best[state].order:
                    best[state] = whole
        return [best[state] for state in sorted(best)]

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
        ways = [
            (Path(NO_KEY, (), door), move)
            for door, move in ways_out(self.graph, place, modes, layer)
        ]
        return [path if move < 0 else self.step(path, move) for path, move in ways]

    def closings(
        self, place: Place, modes: frozenset[str], layer: str = ""
    ) -> list[tuple[int, int]]:
        """Return the ways to arrive: (state reached, arc of the last move, or -1 for none)."""
        return ways_in(self.graph, place, modes, layer)

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
        best: dict[int, Path] = {}
        for arc in usable:
            if arc.tail in reached:
                path = self.step(reached[arc.tail], arc.id)
                if arc.head not in best or path.order < best[arc.head].order:
                    best[arc.head] = path
        return list(best.values())


def plan(asked: Asked) -> Planner:
    """Return a planner for what a question ships, in the world it is asked in."""
    return Planner(
        world=asked.world, consignment=asked.question.shipment, price_year=asked.question.price_year
    )
