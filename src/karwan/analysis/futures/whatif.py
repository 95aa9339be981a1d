"""Ask again and again what follows when something shuts or opens: answers come from trees.

The first question about a pair makes its trees of detours; every further one only walks down
them. A tree tells whether any way is left; the best of those, with the rest that borders waive, is
searched once for each state of the elements. The answers are those of `Desk` in a world opened
anew, path by path.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace

from karwan.analysis.corridors.comparison import Comparison
from karwan.analysis.corridors.corridors import follow
from karwan.analysis.corridors.desk import Desk, Finder, Search
from karwan.analysis.corridors.planner import Planner
from karwan.analysis.futures.engines import Choice, Engine, choose_engine
from karwan.analysis.futures.reliability import Roads, Way
from karwan.analysis.world.state import State
from karwan.analysis.world.world import Named, World, named_in
from karwan.base.reprs import short_repr
from karwan.network.nouns import Corridor, Place
from karwan.route.router import Path

MOST_PATHS = 20_000
"""Paths that are kept for each set of projects: those of some 400 questions about a pair."""


@dataclass
class WhatIf:
    """Comparisons in one world with things shut and opened, for one consignment.

    Attributes
    ----------
    planner
        Of the world that all questions start from.
    """

    planner: Planner
    _bases: dict[frozenset[str], _Base] = field(default_factory=dict, init=False, repr=False)

    __repr__ = short_repr

    def compare(
        self,
        origin: Place,
        destination: Place,
        state: State = State.last_known,
        *,
        close: Iterable[str] = (),
        open_: Iterable[str] = (),
        projects: Iterable[str] = (),
    ) -> Comparison:
        """Return the comparison with things shut, opened and built besides.

        Parameters
        ----------
        close, open_
            Elements, crossings or links by id or name.
        projects
            Projects switched on, by id or name.

        Raises
        ------
        DataError
            Names every unknown id at once.
        """
        world = self.planner.world
        named = named_in(world.network, close, open_, projects=projects, built=world.projects)
        base = self._base(world.projects | named.projects)
        asked = replace(
            base.planner.world,
            shut_ids=world.shut_ids | named.shut_ids,
            open_ids=world.open_ids | named.open_ids,
        )
        planner = self.planner.in_world(asked)

        def building(project_id: str) -> Finder:
            built = asked.with_projects({project_id})
            there = self._base(built.projects)
            return _finder(there, there.planner.in_world(built), named, building)

        finder = _finder(base, planner, named, building)
        return Desk(planner, finder).compare(origin, destination, state)

    def planner_in(self, world: World) -> Planner:
        """Return the planner of the world in which a comparison of these was made."""
        return self._base(world.projects).planner.in_world(world)

    def _base(self, projects: frozenset[str]) -> _Base:
        """Return what all questions with the same projects share."""
        if projects not in self._bases:
            built = self.planner.in_world(replace(self.planner.world, projects=projects))
            self._bases[projects] = _Base(built)
        return self._bases[projects]


Asked = tuple[str, str, str, frozenset[str], State | None, tuple[int, ...] | None]
"""(corridor or blank, origin, destination, countries left out, state, elements shut)."""


Pair = tuple[str, str, str, frozenset[str]]
"""(corridor or blank, origin, destination, countries left out): a question but for what is shut."""


@dataclass(frozen=True, slots=True)
class _Proved:
    """A way proved the best with some elements shut, and the elements that it passes.

    With more shut, none of them on it, it is the best still: ways only went, and it did not.
    """

    path: Path
    shut: frozenset[int]
    passed: frozenset[int]

    def holds(self, shut: frozenset[int]) -> bool:
        """Whether it is the best with these shut, as far as this alone tells."""
        return self.shut <= shut and not self.passed & shut


@dataclass
class _Base:
    """What questions with the same projects share: trees, and the paths searched.

    Attributes
    ----------
    paths
        By what was asked and the elements shut, by number; None for elements where nothing is
        ruled out.
    proved
        Best ways that hold while nothing that they pass is shut, by what was asked.
    """

    planner: Planner
    roads: Roads = field(init=False)
    paths: dict[Asked, Path | None] = field(default_factory=dict)
    proved: dict[Pair, list[_Proved]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.roads = Roads(planner=self.planner)

    def keep(self, asked: Asked, path: Path | None) -> None:
        """Keep what was found; what was found first goes where there is too much."""
        while len(self.paths) >= MOST_PATHS:
            del self.paths[next(iter(self.paths))]
        self.paths[asked] = path


def what_if_engine(named: Named) -> Choice:
    """Return the engine for a question: whole routes are wanted, with few things shut besides.

    Many at once are searched: no two such questions are alike, so a tree would remember in vain.
    """
    return choose_engine(shut_count=len(named.shut_ids))


def _finder(
    base: _Base, planner: Planner, named: Named, building: Callable[[str], Finder]
) -> Finder:
    """Return trees where a mask can say what is asked; else a search."""
    roads, asked = base.roads, planner.world
    if what_if_engine(named).engine is not Engine.trees:
        return Search(planner)
    position = roads.index.position
    told = all(name in position for name in named.shut_ids | named.open_ids)
    if not told or roads.partly_shut() or asked.open_ids & asked.shut_ids:
        return Search(planner)
    shut = {position[name] for name in named.shut_ids}
    opened = {position[name] for name in named.open_ids}
    own = {position[name] for name in asked.running if name in position}
    opened |= {planned for planned, gate in roads.index.beside if gate in opened} - own
    now = (set(roads.shut_now()) - opened) | shut
    return _Trees(
        base=base,
        planner=planner,
        shut={State.all_open: tuple(sorted(shut)), State.last_known: tuple(sorted(now))},
        building=building,
    )


@dataclass(kw_only=True)
class _Trees:
    """Asks trees whether any way is left, and a search which is the best, once.

    What is shut is told by a mask in either state, so a way proved the best in one may be so in
    the other.

    Attributes
    ----------
    building
        Returns what finds paths with a project built besides.
    """

    base: _Base
    planner: Planner
    shut: dict[State, tuple[int, ...]]
    building: Callable[[str], Finder]

    def along(
        self, corridor: Corridor, origin: Place, destination: Place, state: State | None
    ) -> Path | None:
        """Return the best path along a corridor, None if it is cut or does not serve the pair."""
        shut = None if state is None else self.shut[state]
        key = (corridor.id, origin.id, destination.id, frozenset[str](), state, shut)
        if key not in self.base.paths:
            self.base.keep(
                key,
                self._once(
                    key,
                    lambda: self.base.roads.along(corridor, origin, destination),
                    lambda: follow(self.planner, corridor, origin, destination, state),
                ),
            )
        return self.base.paths[key]

    def best(
        self, origin: Place, destination: Place, state: State, forbidden: frozenset[str]
    ) -> Path | None:
        """Return the best path that keeps out of countries."""
        key = ("", origin.id, destination.id, forbidden, state, self.shut[state])
        if key not in self.base.paths:
            self.base.keep(
                key,
                self._once(
                    key,
                    lambda: self.base.roads.free(origin, destination, forbidden),
                    lambda: Search(self.planner).best(origin, destination, state, forbidden),
                ),
            )
        return self.base.paths[key]

    def _once(
        self, asked: Asked, way: Callable[[], Way], search: Callable[[], Path | None]
    ) -> Path | None:
        """Return a path known to be the best still; else that of a search, if any is left."""
        *_, state, numbers = asked
        if numbers is None:
            return search()
        shut, proved = frozenset(numbers), self.base.proved.setdefault(asked[:4], [])
        known = next((one.path for one in proved if one.holds(shut)), None)
        if known is not None:
            return known
        path = search() if self._is_left(way(), state) else None
        if path is not None and path.proved:
            proved.append(_Proved(path, shut, self._passed(path)))
        return path

    def _passed(self, path: Path) -> frozenset[int]:
        """Return the elements that a path passes, by number."""
        position, arcs = self.base.roads.index.position, self.planner.graph.arcs
        return frozenset(
            position[name]
            for arc in path.arcs
            for name in (arcs[arc].element_id, arcs[arc].link_id, arcs[arc].crossing_id)
            if name in position
        )

    def _is_left(self, way: Way, state: State | None) -> bool:
        """Whether a tree knows a route."""
        if way.tree is None or state is None:
            return False
        return way.path(way.tree.number(self.shut[state])) is not None
