"""The distribution of a day's route without drawing anything.

The tree of detours splits the states of a day into cases: a route is taken where its elements are
open and those of the better ones before it are not all. The chance of a case, some elements open
and some shut, follows from chances of being open together by inclusion and exclusion. The likeliest
cases are opened first; what is left undecided bounds the error.
"""

from __future__ import annotations

import heapq
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import TYPE_CHECKING

import numpy as np

from karwan.analysis.futures.sampling import Premise
from karwan.base.errors import DataError
from karwan.hazard.law import survival_after
from karwan.hazard.model import covered_days

if TYPE_CHECKING:
    from karwan.analysis.futures.unrolled import ElementIndex
    from karwan.hazard.model import HazardModel, Pattern
    from karwan.route.detours import DetourTree

AllOpen = Callable[[frozenset[int]], float]
"""The chance that all of some elements are open on the day."""
MOST_CASES = 20_000


@dataclass(frozen=True)
class RouteChances:
    """The routes of a day with their chances.

    Attributes
    ----------
    routes
        (route number of the tree, chance), the likeliest first.
    p_cut
        Chance that nothing joins the pair.
    p_undecided
        Chance of the cases not opened: no route's chance, nor `p_cut`, is larger by more.
    mean_ticks
        Lowest and highest mean weight over the states that are not cut, given all is decided; the
        highest is None where an undecided case may be cut.
    """

    routes: tuple[tuple[int, float], ...]
    p_cut: float
    p_undecided: float
    mean_ticks: tuple[float, float | None]


def route_chances(
    tree: DetourTree, p_all_open: AllOpen, *, tolerance: float = 1e-6, most_cases: int = MOST_CASES
) -> RouteChances:
    """Return the chance of each route of a day.

    Parameters
    ----------
    p_all_open
        Joint law of the elements' states; elements not named never shut.
    tolerance
        Chance that may stay undecided.

    Raises
    ------
    DataError
        If the tolerance is not above 0: rare cases are without number.
    """
    if not 0 < tolerance < 1:
        raise DataError("the question", [f"tolerance {tolerance:g} is not between 0 and 1"])
    found: dict[int, float] = {}
    p_cut, undecided, opened = 0.0, 1.0, 0
    heap: list[tuple[float, tuple[int, ...], tuple[int, ...]]] = [(-1.0, (), ())]
    while heap and undecided > tolerance and opened < most_cases:
        negative, clear, shut = heapq.heappop(heap)
        opened += 1
        route = tree.best(shut)
        if route is None:
            p_cut -= negative
            undecided += negative
            continue
        path = [element for element in route.elements if element not in clear]
        p_clear = p_case(p_all_open, (*clear, *path), shut)
        number = tree.number(shut)
        found[number] = found.get(number, 0.0) + p_clear
        undecided -= p_clear
        for k, element in enumerate(path):
            case = (*clear, *path[:k]), (*shut, element)
            p = p_case(p_all_open, *case)
            if p > 0:
                heapq.heappush(heap, (-p, tuple(sorted(case[0])), tuple(sorted(case[1]))))
    ordered = sorted(found.items(), key=lambda item: (-item[1], item[0]))
    bounds = _bounds(tree, ordered, heap)
    return RouteChances(tuple(ordered), p_cut, max(undecided, 0.0), bounds)


def p_case(p_all_open: AllOpen, clear: Sequence[int], shut: Sequence[int]) -> float:
    """Return the chance that some elements are open and others shut, by inclusion-exclusion."""
    total = 0.0
    for size in range(len(shut) + 1):
        for some in combinations(shut, size):
            total += (-1) ** size * p_all_open(frozenset((*clear, *some)))
    return max(total, 0.0)


def _bounds(
    tree: DetourTree,
    decided: Sequence[tuple[int, float]],
    heap: Sequence[tuple[float, tuple[int, ...], tuple[int, ...]]],
) -> tuple[float, float | None]:
    """Return bounds of the mean weight: an open case weighs its own route or more.

    At most it weighs the way with everything shut that it does not know to be open.
    """
    known = sum(p * _ticks(tree, number) for number, p in decided)
    weight = sum(p for _, p in decided)
    low, high, extra = known, known, 0.0
    every = set(range(tree.graph.element_count))
    for negative, clear, shut in heap:
        route, worst = tree.best(shut), tree.best(sorted(every - set(clear)))
        if route is None:
            continue
        extra -= negative
        low -= negative * route.ticks
        high = high - negative * worst.ticks if worst is not None else float("inf")
    whole = weight + extra
    if whole == 0:
        return float("inf"), None
    return low / whole, None if np.isinf(high) else high / whole


def _ticks(tree: DetourTree, number: int) -> int:
    route = tree.route(number)
    return route.ticks if route is not None else 0


def day_law(
    model: HazardModel,
    index: ElementIndex,
    days: float,
    *,
    from_today: bool,
    premise: Premise | None = None,
) -> AllOpen:
    """Return the joint law of the elements so many days ahead.

    Episodes come as in `karwan.hazard.scenarios` and hit several elements at once; given the rate
    of a frontier the number that shut the day is Poisson. Left out is that elements of one episode
    reopen within a tenth of its length of one another: here they reopen together.

    Parameters
    ----------
    premise
        What holds from today besides: elements shut throughout, and those a question opens.
    """
    known: dict[frozenset[int], float] = {}
    held = premise if premise is not None and from_today else Premise()
    shut, opened = frozenset(held.always_shut), {index.ids[number] for number in held.opened}
    gate = dict(index.beside)

    def p_all_open(elements: frozenset[int]) -> float:
        if elements not in known:
            # A planned crossing is shut whenever the gate beside it is.
            whole = elements | {gate[number] for number in elements if number in gate}
            names = frozenset(index.ids[number] for number in whole)
            running = names - opened if from_today else frozenset()
            p = 0.0 if whole & shut else _p_none_shut(model, names, days, running)
            known[elements] = p
        return known[elements]

    return p_all_open


def _p_none_shut(
    model: HazardModel, names: frozenset[str], days: float, may_run: frozenset[str]
) -> float:
    p = 1.0
    for group in model.history.groups:
        exposed = sum(
            pattern.share * covered for pattern, covered in _covered(model, group, names, days)
        )
        if exposed:
            p *= model.rates[group].p_none(exposed)
    episodes = {
        running.episode.name: running
        for name in sorted(may_run)
        if (running := model.running(name)) is not None
    }
    for running in episodes.values():
        law = model.running_law(running)
        p *= 1 - float(survival_after(law, running.age_days, running.gap_days + days))
    return p * model.p_none_scheduled(names, days)


def _covered(
    model: HazardModel, group: str, names: frozenset[str], days: float
) -> Iterator[tuple[Pattern, float]]:
    """Yield each pattern that hits one of the elements, and the days whose episodes still shut."""
    for pattern in model.patterns(group):
        hits = [hit for hit in pattern.hits if hit.element_id in names]
        if hits:
            yield (
                pattern,
                max(
                    covered_days(pattern.lengths, hit.length_ratio, days - hit.offset_days)
                    for hit in hits
                ),
            )
