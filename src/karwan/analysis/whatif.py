"""Ask again and again what follows when something shuts or opens: answers come from trees.

The first question about a pair makes its trees of detours; every further one only walks down
them. The answers are those of `Desk` in a world opened anew, path by path.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace

from karwan.analysis.comparison import Comparison, Desk, Search
from karwan.analysis.corridors import follow
from karwan.analysis.planner import Planner
from karwan.analysis.reliability import Roads, Way
from karwan.analysis.world import ALL_OPEN, LAST_KNOWN, STATES, World, named_in
from karwan.network.network import Corridor, Place
from karwan.route.router import Path


@dataclass
class WhatIf:
    """Comparisons in one world with things shut and opened, for one consignment.

    Attributes
    ----------
    planner
        Of the world that all questions start from.
    """

    planner: Planner
    _roads: Roads = field(init=False, repr=False)
    _unruled: dict[tuple[str, str, str], Path | None] = field(default_factory=dict, repr=False)
    _desk: Desk = field(init=False, repr=False)

    def __post_init__(self) -> None:
        self._roads = Roads(self.planner)
        self._desk = Desk(self.planner)

    def compare(
        self,
        origin: Place,
        destination: Place,
        state: str = LAST_KNOWN,
        *,
        close: Iterable[str] = (),
        open_: Iterable[str] = (),
    ) -> Comparison:
        """Return the comparison with things shut and opened besides.

        Parameters
        ----------
        close, open_
            Elements, crossings or links by id or name.

        Raises
        ------
        DataError
            Names every unknown id at once.
        """
        world = self.planner.world
        shut_ids, open_ids = named_in(world.network, close, open_, world.projects)
        asked = replace(
            world, shut_ids=world.shut_ids | shut_ids, open_ids=world.open_ids | open_ids
        )
        planner = self.planner.in_world(asked)
        desk = Desk(planner, self._finder(planner, asked, shut_ids, open_ids), self._desk.built)
        return desk.compare(origin, destination, state)

    def _finder(
        self, planner: Planner, asked: World, shut_ids: frozenset[str], open_ids: frozenset[str]
    ) -> _Trees | Search:
        """Return trees where a mask can say what is asked; else a search."""
        position = self._roads.index.position
        told = all(name in position for name in shut_ids | open_ids)
        if not told or self._roads.partly_shut() or asked.open_ids & asked.shut_ids:
            return Search(planner)
        shut = {position[name] for name in shut_ids}
        opened = {position[name] for name in open_ids}
        opened |= {planned for planned, gate in self._roads.index.beside if gate in opened}
        now = (set(self._roads.shut_now()) - opened) | shut
        return _Trees(
            self._roads, planner, {ALL_OPEN: tuple(shut), LAST_KNOWN: tuple(now)}, self._unruled
        )


@dataclass
class _Trees:
    """Finds paths in trees; what no tree knows (bans lifted) by search, once."""

    roads: Roads
    planner: Planner
    shut: dict[str, tuple[int, ...]]
    unruled: dict[tuple[str, str, str], Path | None]

    def along(
        self, corridor: Corridor, origin: Place, destination: Place, state: str
    ) -> Path | None:
        """Return the best path along a corridor, None if it is cut or does not serve the pair."""
        if state not in STATES:
            key = (corridor.id, origin.id, destination.id)
            if key not in self.unruled:
                self.unruled[key] = follow(self.planner, corridor, origin, destination, state)
            return self.unruled[key]
        return self._path(self.roads.along(corridor, origin, destination), state)

    def best(
        self, origin: Place, destination: Place, state: str, forbidden: frozenset[str]
    ) -> Path | None:
        """Return the best path that keeps out of countries."""
        return self._path(self.roads.free(origin, destination, forbidden), state)

    def _path(self, way: Way, state: str) -> Path | None:
        if way.tree is None:
            return None
        return way.path(way.tree.number(self.shut[state]))
