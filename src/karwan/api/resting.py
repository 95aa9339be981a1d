"""On which gates and lines an answer rests, so that it can say how old their states are."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING

from karwan.analysis.world.state import State

if TYPE_CHECKING:
    from karwan.analysis.corridors.comparison import Comparison
    from karwan.analysis.corridors.routing import RouteAnswer
    from karwan.analysis.forecasts.ages import GateAge
    from karwan.analysis.world.bars import Cut
    from karwan.analysis.world.world import World
    from karwan.route.tcd import Journey

Ages = Callable[[], "tuple[GateAge, ...]"]


def ages_of(world: World, elements: Callable[[], Iterable[str]]) -> Ages:
    """Return what tells the ages of the states of elements, once it is asked."""
    from functools import cache

    from karwan.analysis.forecasts.ages import gate_ages

    return cache(lambda: gate_ages(world, elements()))


def elements_of(journeys: Iterable[Journey | None], cuts: Iterable[Cut] = ()) -> set[str]:
    """Return the elements that journeys pass, and what cuts ways."""
    passed = {name for one in journeys if one is not None for name in one.elements}
    return passed | {cut.id for cut in cuts}


def ages_of_comparison(comparison: Comparison) -> Ages | None:
    """Return the ages of what corridors pass and are cut by; None with every gate open."""
    if comparison.state is State.all_open:
        return None

    def elements() -> set[str]:
        answers = comparison.answers
        cuts = [*comparison.way_cuts, *(cut for one in answers for cut in one.cuts)]
        ways = [comparison.best, comparison.best_avoiding, *(one.journey for one in answers)]
        return elements_of(ways, cuts)

    return ages_of(comparison.world, elements)


def ages_of_routes(world: World, routes: RouteAnswer, state: State) -> Ages | None:
    """Return the ages of what routes pass and are cut by; None with every gate open."""
    if state is State.all_open:
        return None
    return ages_of(world, lambda: elements_of(routes.journeys, routes.cuts))
