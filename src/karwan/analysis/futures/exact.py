"""The distribution of a day's route without drawing anything.

The tree of detours splits the states of a day into cases: a route is taken where its elements are
open and those of the better ones before it are not all. The likeliest cases are opened first; what
is left undecided bounds the error.
"""

from __future__ import annotations

import heapq
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

import numpy as np

from karwan.base.errors import DataError, Fault

if TYPE_CHECKING:
    from karwan.analysis.futures.joint_law import JointLaw
    from karwan.route.detours import DetourTree

MOST_CASES = 20_000


class Stop(StrEnum):
    """Why no further case was opened."""

    whole = "everything is decided"
    tolerance = "tolerance"
    time = "time limit"
    cases = "most cases"


@dataclass(frozen=True, slots=True, kw_only=True)
class Undecided:
    """A case not opened: its chance, and the elements that it knows to be open and shut.

    `best_ticks` is what it weighs at least; `worst_ticks` at most, None where it may be cut.
    """

    p: float
    clear: tuple[int, ...]
    shut: tuple[int, ...]
    best_ticks: int
    worst_ticks: int | None


@dataclass(frozen=True, kw_only=True)
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
    undecided
        These cases.
    mean_ticks
        Lowest and highest mean weight over the states that are not cut, given all is decided; the
        highest is None where an undecided case may be cut.
    """

    routes: tuple[tuple[int, float], ...]
    p_cut: float
    p_undecided: float
    undecided: tuple[Undecided, ...]
    mean_ticks: tuple[float, float | None]
    case_count: int
    stop: Stop


Open = tuple[float, tuple[int, ...], tuple[int, ...]]
"""A case in the heap: its chance with a minus, and the elements open and shut."""


def route_chances(
    tree: DetourTree,
    law: JointLaw,
    *,
    tolerance: float = 1e-6,
    most_cases: int = MOST_CASES,
    is_late: Callable[[], bool] = lambda: False,
) -> RouteChances:
    """Return the chance of each route of a day.

    Parameters
    ----------
    law
        Joint law of the elements' states; elements not named never shut.
    tolerance
        Chance that may stay undecided.
    is_late
        Asked before each case; stops where it says so.

    Raises
    ------
    DataError
        If the tolerance is not above 0: rare cases are without number.
    """
    if not 0 < tolerance < 1:
        text = "it must be above 0 and below 1: rare cases are without number"
        raise DataError("the question", [Fault("tolerance", text, f"{tolerance:g}")])
    by_route: dict[int, float] = {}
    p_cut, left, opened = 0.0, 1.0, 0
    heap: list[Open] = [(-1.0, (), ())]
    while heap and left > tolerance and opened < most_cases and not is_late():
        negative, clear, shut = heapq.heappop(heap)
        opened += 1
        route = tree.best(shut)
        if route is None:
            p_cut -= negative
            left += negative
            continue
        path = [element for element in route.elements if element not in clear]
        p_clear = law.p_case((*clear, *path), shut)
        number = tree.number(shut)
        by_route[number] = by_route.get(number, 0.0) + p_clear
        left -= p_clear
        for k, element in enumerate(path):
            case = (*clear, *path[:k]), (*shut, element)
            p = law.p_case(*case)
            if p > 0:
                heapq.heappush(heap, (-p, tuple(sorted(case[0])), tuple(sorted(case[1]))))
    stop = _stop(heap, left <= tolerance, opened < most_cases)
    undecided, p_more = _undecided(tree, heap)
    ordered = sorted(by_route.items(), key=lambda one: (-one[1], one[0]))
    return RouteChances(
        routes=tuple(ordered),
        p_cut=p_cut + p_more,
        p_undecided=float(sum(one.p for one in undecided)),
        undecided=undecided,
        mean_ticks=_mean_ticks(tree, ordered, undecided),
        case_count=opened,
        stop=stop,
    )


def _stop(heap: Sequence[Open], is_fine: bool, has_room: bool) -> Stop:
    if not heap:
        return Stop.whole
    if is_fine:
        return Stop.tolerance
    return Stop.time if has_room else Stop.cases


def _undecided(tree: DetourTree, heap: Sequence[Open]) -> tuple[tuple[Undecided, ...], float]:
    """Return the cases not opened, and the chance of those that are cut for certain.

    A case weighs the best way with what it knows to be shut, or more; at most it weighs the way
    with everything shut that it does not know to be open.
    """
    from karwan.route.detours import pack_masks

    cases = sorted(heap)
    shut_of = np.zeros((2, len(cases), tree.graph.element_count), dtype=bool)
    shut_of[1] = True
    for row, (_, clear, shut) in enumerate(cases):
        shut_of[0, row, list(shut)] = True
        shut_of[1, row, list(clear)] = False
    best, worst = (tree.route_numbers(pack_masks(flags)).tolist() for flags in shut_of)
    p_cut = -sum(case[0] for case, number in zip(cases, best, strict=True) if number < 0)
    undecided = tuple(
        Undecided(
            p=-case[0],
            clear=case[1],
            shut=case[2],
            best_ticks=_ticks(tree, low),
            worst_ticks=_ticks(tree, high) if high >= 0 else None,
        )
        for case, low, high in zip(cases, best, worst, strict=True)
        if low >= 0
    )
    return undecided, p_cut


def _mean_ticks(
    tree: DetourTree, decided: Sequence[tuple[int, float]], undecided: Sequence[Undecided]
) -> tuple[float, float | None]:
    """Return bounds of the mean weight."""
    low = high = sum(p * _ticks(tree, number) for number, p in decided)
    whole = sum(p for _, p in decided)
    for case in undecided:
        whole += case.p
        low += case.p * case.best_ticks
        high += case.p * (np.inf if case.worst_ticks is None else case.worst_ticks)
    if whole == 0:
        return float("inf"), None
    return low / whole, None if np.isinf(high) else high / whole


def _ticks(tree: DetourTree, number: int) -> int:
    route = tree.route(number)
    return route.ticks if route is not None else 0
