"""Answer comparisons: find the way along every corridor, and say what cuts those that are cut."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import Protocol

from karwan.analysis.corridors.comparison import (
    CONTEXT,
    Comparison,
    CorridorAnswer,
    Status,
    in_order,
)
from karwan.analysis.corridors.corridors import follow, plans
from karwan.analysis.corridors.planner import Planner, barred
from karwan.analysis.corridors.proof import prove
from karwan.analysis.corridors.ranking import rank
from karwan.analysis.corridors.scope import UNRULED, Scope
from karwan.analysis.world.bars import Cut, CutKind
from karwan.analysis.world.state import State
from karwan.analysis.world.world import cuts_on
from karwan.base.reprs import short_repr
from karwan.network.nouns import Corridor, Place
from karwan.route.router import Path
from karwan.route.tcd import Journey

MOST_CUTS = 20


class Finder(Protocol):
    """Finds best paths in a world: by search, or from trees that remember (see `whatif`)."""

    def along(
        self, corridor: Corridor, origin: Place, destination: Place, state: State | None
    ) -> Path | None:
        """Return the best path along a corridor, None if it is cut or does not serve the pair."""

    def best(
        self, origin: Place, destination: Place, state: State, forbidden: frozenset[str]
    ) -> Path | None:
        """Return the best path that keeps out of countries."""

    @property
    def building(self) -> Callable[[str], Finder]:
        """Return what finds paths in the same world with a project built besides."""

    @property
    def planner(self) -> Planner:
        """The planner of the world in which paths are found."""


@dataclass(frozen=True)
class Search:
    """Finds paths by searching a planner's world."""

    planner: Planner

    __repr__ = short_repr

    def along(
        self, corridor: Corridor, origin: Place, destination: Place, state: State | None
    ) -> Path | None:
        """Return the best path along a corridor, None if it is cut or does not serve the pair."""
        return follow(self.planner, corridor, origin, destination, state)

    def best(
        self, origin: Place, destination: Place, state: State, forbidden: frozenset[str]
    ) -> Path | None:
        """Return the best path that keeps out of countries."""
        return self.planner.best(origin, destination, Scope(state=state, forbidden=forbidden))

    def building(self, project_id: str) -> Finder:
        """Return what finds paths in the same world with a project built besides."""
        world = self.planner.world.with_projects({project_id})
        return Search(self.planner.in_world(world))


@dataclass
class Desk:
    """Answers comparisons for one world and consignment.

    Attributes
    ----------
    finder
        How paths are found; by search if None.
    """

    planner: Planner
    finder: Finder | None = None
    _announcing: dict[str, Finder] = field(default_factory=dict, init=False, repr=False)

    __repr__ = short_repr

    @property
    def paths(self) -> Finder:
        """What finds paths."""
        return self.finder if self.finder is not None else Search(self.planner)

    def compare(self, origin: Place, destination: Place, state: State) -> Comparison:
        """Return the comparison of all corridors between two places."""
        planner = self.planner
        answers: list[CorridorAnswer] = []
        for corridor in planner.world.network.corridors.values():
            answer = self.answer(corridor, origin, destination, state)
            answers.append(_marked(answer, answers))
        best = self._journey(origin, destination, state, frozenset())
        without = None
        also_without = planner.world.region.also_without
        if also_without and not also_without & {origin.country, destination.country}:
            without = self._journey(origin, destination, state, also_without)
        return Comparison(
            world=planner.world,
            consignment=planner.consignment,
            origin=origin,
            destination=destination,
            state=state,
            answers=in_order(answers),
            best=best,
            best_avoiding=without,
            way_cuts=() if best else tuple(cuts_between(planner, origin, destination, state)),
            ranking=rank(_ranked(answers)),
            price_year=planner.price_year,
            proof=prove(planner, best, (origin, destination), Scope(state=state)) if best else None,
        )

    def answer(
        self, corridor: Corridor, origin: Place, destination: Place, state: State
    ) -> CorridorAnswer:
        """Return what one corridor variant offers."""
        if not plans(self.planner.world.network, corridor, origin, destination):
            return CorridorAnswer(corridor=corridor, status=Status.not_served)
        if corridor.project_id and corridor.project_id not in self.planner.world.projects:
            return self._announced(corridor, origin, destination)
        planner, ends = self.planner, (origin, destination)
        path = self.paths.along(corridor, *ends, state)
        opened = (
            path if state == State.all_open else self.paths.along(corridor, *ends, State.all_open)
        )
        open_journey = planner.journey(opened) if opened else None
        if path is not None:
            return CorridorAnswer(
                corridor=corridor,
                status=Status.open,
                journey=planner.journey(path),
                open_journey=open_journey,
            )
        relaxed = opened or self.paths.along(corridor, *ends, UNRULED)
        if relaxed is None:
            return CorridorAnswer(corridor=corridor, status=Status.not_served)
        shut = barred(planner, relaxed.arcs, state)
        cuts = cuts_on(planner.world, planner.graph, planner.consignment, shut, state)
        return CorridorAnswer(
            corridor=corridor,
            status=Status.cut,
            journey=None,
            open_journey=open_journey,
            lifted_journey=planner.journey(relaxed) if opened is None else None,
            cuts=tuple(cuts),
        )

    def _journey(
        self, origin: Place, destination: Place, state: State, forbidden: frozenset[str]
    ) -> Journey | None:
        path = self.paths.best(origin, destination, state, forbidden)
        return self.planner.journey(path) if path is not None else None

    def _announced(self, corridor: Corridor, origin: Place, destination: Place) -> CorridorAnswer:
        """Return a corridor whose railway does not exist, with its journey as if it did."""
        there = self._with_project(corridor.project_id)
        path = there.along(corridor, origin, destination, State.all_open)
        if path is None:
            return CorridorAnswer(corridor=corridor, status=Status.not_served)
        project = self.planner.world.network.projects[corridor.project_id]
        cut = Cut(
            id=project.id,
            name=project.name,
            kind=CutKind.not_built,
            reason=project.status_note,
            since=None,
            known_on=None,
            age_days=None,
            evidence=(),
            source_url="",
        )
        return CorridorAnswer(
            corridor=corridor,
            status=Status.not_built,
            journey=None,
            open_journey=there.planner.journey(path),
            cuts=(cut,),
        )

    def _with_project(self, project_id: str) -> Finder:
        """Return what finds paths in the same world with a project switched on, made once."""
        if project_id not in self._announcing:
            self._announcing[project_id] = self.paths.building(project_id)
        return self._announcing[project_id]


def cuts_between(
    planner: Planner,
    origin: Place,
    destination: Place,
    state: State,
    *,
    scope: Scope | None = None,
    via: tuple[tuple[str, str], ...] = (),
) -> list[Cut]:
    """Return what cuts all ways between two places, the best way's first.

    Each way found is looked at without what cuts those before it, until none is left. Empty if
    nothing built joins the two.
    """
    asked = scope if scope is not None else Scope(state=state)
    for relaxed in (State.all_open, UNRULED):
        cut_of_id: dict[str, Cut] = {}
        wider = replace(asked, state=relaxed)
        path = planner.best(origin, destination, wider, via=via)
        while path is not None and len(cut_of_id) < MOST_CUTS:
            world, graph = planner.world, planner.graph
            cuts = cuts_on(world, graph, planner.consignment, path.arcs, state)
            cut_of_id |= {cut.id: cut for cut in cuts}
            kinds = {(kind, cut.id) for cut in cuts for kind in ("element", "link")}
            wider = replace(wider, avoided=wider.avoided | kinds)
            path = planner.best(origin, destination, wider, via=via) if cuts else None
        if cut_of_id:
            return list(cut_of_id.values())
    return []


def _marked(answer: CorridorAnswer, earlier: Sequence[CorridorAnswer]) -> CorridorAnswer:
    """Return the answer, marked if an earlier variant has the same route."""
    journey = answer.journey or answer.open_journey
    if journey is None:
        return answer
    for other in earlier:
        known = other.journey or other.open_journey
        if (
            other.status == answer.status
            and known is not None
            and known.path.arcs == journey.path.arcs
        ):
            same = other.same_as or other.corridor.id
            return replace(answer, same_as=same)
    return answer


def _ranked(answers: Sequence[CorridorAnswer]) -> dict[str, Journey]:
    """Return the journeys that are ranked: of what is open, each route once, context left out."""
    return {
        answer.corridor.id: answer.journey
        for answer in answers
        if answer.journey is not None and not answer.same_as and answer.corridor.role != CONTEXT
    }
