"""How reliable the way between two places is on a stated day, between certified bounds.

Nothing is drawn. Each case of the day that was opened has its route; one that was not weighs at
least the best way with what it knows to be shut, and at most the way with everything shut that it
does not know to be open. A consignment goes where its way weighs no more than a cap, and stays
otherwise: so every figure is bounded, and the bounds only close as more cases are opened. Hours and
USD are bounded apart, since a dearer way can be the faster one: what weighs so much takes no more
hours than its weight pays for.
"""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from karwan.analysis.futures.criticality import CUT_PENALTY_RATIO
from karwan.analysis.futures.exact import RouteChances, Stop, Undecided, route_chances
from karwan.analysis.futures.joint_law import day_law
from karwan.analysis.futures.sampling import TIMES, TODAY
from karwan.analysis.futures.unsearched import UnsearchedShare, unsearched_on_day
from karwan.base.errors import DataError, Fault
from karwan.base.limits import check
from karwan.base.reprs import short_repr
from karwan.base.units import TICKS_PER_USD

if TYPE_CHECKING:
    from karwan.analysis.futures.reliability import Roads
    from karwan.hazard.model import HazardModel
    from karwan.network.nouns import Place
    from karwan.route.detours import DetourTree, Route

MEASURES = ("weight_usd", "hours", "usd")
SHARES = {"p50": 0.5, "p90": 0.9, "p95": 0.95}
THOUSANDTHS = 1000
ROUNDING_USD = 0.0005
"""By so much the whole ticks of one arc may differ from its USD and hours."""


@dataclass(frozen=True, slots=True)
class Ends:
    """The least and the most that a figure may be; None where it may be without bound."""

    low: float | None
    high: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Spread:
    """Mean over the days on which it goes, and quantiles over all days.

    A day on which the consignment stays counts in a quantile as later and dearer than all others:
    None is a quantile that lies there.
    """

    mean: Ends
    p50: Ends
    p90: Ends
    p95: Ends


@dataclass(frozen=True, slots=True, kw_only=True)
class RouteOfDay:
    """A route with the chance that it is the one taken."""

    elements: tuple[str, ...]
    p: Ends
    weight_usd: float
    hours: float
    usd: float
    km: float


@dataclass(frozen=True, kw_only=True)
class StatedReliability:
    """How a pair fares on a stated day, in ordinary times or from today.

    Attributes
    ----------
    p_cut
        Chance that nothing joins the pair.
    p_stays
        Chance that it does not go: cut, or its way weighs more than the cap.
    mean_capped_usd
        Mean weight over all days, one on which it stays at the cap.
    case_count, stop
        Cases opened, and why no more.
    unsearched
        What on the ways told was not searched for closures, and which share it makes of the spread
        of the number of their elements that are shut on the day.
    """

    origin: str
    destination: str
    times: str
    on: dt.date
    day: int
    p_cut: Ends
    p_stays: Ends
    usual_weight_usd: float
    cap_usd: float
    mean_capped_usd: Ends
    weight_usd: Spread
    hours: Spread
    usd: Spread
    routes: tuple[RouteOfDay, ...]
    p_undecided: float
    case_count: int
    stop: Stop
    unsearched: UnsearchedShare

    __repr__ = short_repr


@dataclass(frozen=True, slots=True)
class _Mass:
    """A part of the chance whose figure lies between two ends; `surely_goes` if it cannot stay."""

    p: float
    low: float
    high: float
    surely_goes: bool


def stated_reliability(
    roads: Roads,
    model: HazardModel,
    pair: tuple[Place, Place],
    on: dt.date,
    *,
    tolerance: float,
    cut_penalty_ratio: float = CUT_PENALTY_RATIO,
    begin: Callable[[], Callable[[], bool]] = lambda: lambda: False,
) -> list[StatedReliability]:
    """Return how a pair fares on a day, in ordinary times and from today; empty if nothing built.

    Parameters
    ----------
    tolerance
        Chance that may stay undecided.
    cut_penalty_ratio
        A consignment stays where its way weighs more than the usual one and so many times it.
    begin
        Called for each of the two times; what it returns is asked before each case, and stops
        where it says so.

    Raises
    ------
    DataError
        If the day is not after the as-of date or too far off, or a number is out of bounds.
    """
    as_of = roads.planner.world.as_of
    day = (on - as_of).days
    if day < 1:
        text = f"it must be after {as_of}, the date whose knowledge is used"
        raise DataError("the question", [Fault("on", text, f"{on}")])
    check("day", day)
    check("cut_penalty", cut_penalty_ratio)
    way = roads.free(*pair)
    if way.tree is None:
        return []
    usual = way.tree.best()
    assert usual is not None
    cap_ticks = usual.ticks * (1 + cut_penalty_ratio)
    rows = []
    for times in TIMES:
        law = day_law(
            model, roads.index, float(day), from_today=times == TODAY, premise=roads.premise
        )
        chances = route_chances(way.tree, law, tolerance=tolerance, is_late=begin())
        hit = {roads.index.ids[e] for route in _routes(way.tree, chances) for e in route.elements}
        missing = unsearched_on_day(model, law, roads.index, hit)
        rows.append(_told(roads, way.tree, pair, times, on, chances, cap_ticks, missing))
    return rows


def _routes(tree: DetourTree, chances: RouteChances) -> list[Route]:
    routes = (tree.route(number) for number, _ in chances.routes)
    return [route for route in routes if route is not None]


def _told(  # noqa: PLR0913, PLR0917
    roads: Roads,
    tree: DetourTree,
    pair: tuple[Place, Place],
    times: str,
    on: dt.date,
    chances: RouteChances,
    cap_ticks: float,
    unsearched: UnsearchedShare,
) -> StatedReliability:
    vot = roads.planner.consignment.value_of_time_usd_per_hour
    figures = day_figures(tree, chances, cap_ticks, value_of_time_usd_per_hour=vot)
    usual = tree.best()
    assert usual is not None
    routes = []
    for number, p in chances.routes:
        route = tree.route(number)
        assert route is not None
        routes.append(
            RouteOfDay(
                elements=tuple(roads.index.ids[e] for e in route.elements),
                p=Ends(p, min(p + chances.p_undecided, 1.0)),
                weight_usd=route.ticks / TICKS_PER_USD,
                hours=route.hours,
                usd=route.usd,
                km=route.km,
            )
        )
    return StatedReliability(
        origin=pair[0].id,
        destination=pair[1].id,
        times=times,
        on=on,
        day=(on - roads.planner.world.as_of).days,
        p_cut=Ends(chances.p_cut, min(chances.p_cut + figures.p_may_be_cut, 1.0)),
        p_stays=figures.p_stays,
        usual_weight_usd=usual.ticks / TICKS_PER_USD,
        cap_usd=cap_ticks / TICKS_PER_USD,
        mean_capped_usd=figures.mean_capped_usd,
        weight_usd=figures.weight_usd,
        hours=figures.hours,
        usd=figures.usd,
        routes=tuple(routes),
        p_undecided=chances.p_undecided,
        case_count=chances.case_count,
        stop=chances.stop,
        unsearched=unsearched,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class DayFigures:
    """What a day's chances say, between bounds."""

    p_may_be_cut: float
    p_stays: Ends
    mean_capped_usd: Ends
    weight_usd: Spread
    hours: Spread
    usd: Spread


def day_figures(
    tree: DetourTree,
    chances: RouteChances,
    cap_ticks: float,
    *,
    value_of_time_usd_per_hour: float,
) -> DayFigures:
    """Return what follows from the chances of a day, each figure between its bounds.

    Parameters
    ----------
    cap_ticks
        A consignment stays where its way weighs more.
    value_of_time_usd_per_hour
        What an hour adds to the weight; the USD of a way are never less than 0.
    """
    cap_usd = cap_ticks / TICKS_PER_USD
    stays, masses = chances.p_cut, _decided(tree, chances, cap_ticks)
    stays += sum(p for number, p in chances.routes if _weighs(tree, number) > cap_ticks)
    open_cases = [case for case in chances.undecided if case.best_ticks <= cap_ticks]
    stays += sum(case.p for case in chances.undecided if case.best_ticks > cap_ticks)
    least = _least(tree)
    for case in open_cases:
        ends = _case_ends(case, cap_ticks, least, value_of_time_usd_per_hour, tree)
        for name, (low, high) in zip(MEASURES, ends, strict=True):
            sure = case.worst_ticks is not None and case.worst_ticks <= cap_ticks
            masses[name].append(_Mass(case.p, low, max(low, high), surely_goes=sure))
    weights = masses[MEASURES[0]]
    may_stay = sum(one.p for one in weights if not one.surely_goes)
    # What may stay is at the cap if it does.
    low = sum(one.p * one.low for one in weights) + stays * cap_usd
    high = sum(one.p * (one.high if one.surely_goes else cap_usd) for one in weights)
    spreads = [_spread(masses[name]) for name in MEASURES]
    return DayFigures(
        p_may_be_cut=sum(case.p for case in chances.undecided if case.worst_ticks is None),
        p_stays=Ends(float(stays), float(min(stays + may_stay, 1.0))),
        mean_capped_usd=Ends(float(low), float(high + stays * cap_usd)),
        weight_usd=spreads[0],
        hours=spreads[1],
        usd=spreads[2],
    )


def _weighs(tree: DetourTree, number: int) -> int:
    route = tree.route(number)
    return 0 if route is None else route.ticks


def _decided(tree: DetourTree, chances: RouteChances, cap_ticks: float) -> dict[str, list[_Mass]]:
    """Return the chances of the routes taken, by what is measured."""
    masses: dict[str, list[_Mass]] = {name: [] for name in MEASURES}
    for number, p in chances.routes:
        route = tree.route(number)
        if route is None or route.ticks > cap_ticks:
            continue
        figures = (route.ticks / TICKS_PER_USD, route.hours, route.usd)
        for name, figure in zip(MEASURES, figures, strict=True):
            masses[name].append(_Mass(p, figure, figure, surely_goes=True))
    return masses


def _case_ends(
    case: Undecided,
    cap_ticks: float,
    least: tuple[float, float],
    usd_per_hour: float,
    tree: DetourTree,
) -> tuple[tuple[float, float], ...]:
    """Return between what weight, hours and USD of an undecided case lie if it goes.

    What weighs so much and takes the least USD of all has no more hours than the rest pays for.
    """
    most = cap_ticks if case.worst_ticks is None else min(case.worst_ticks, cap_ticks)
    most_usd = most / TICKS_PER_USD
    slack_usd = ROUNDING_USD * len(tree.graph.ticks)
    return (
        (case.best_ticks / TICKS_PER_USD, most_usd),
        (least[0], _hours(most_usd - least[1] + slack_usd, usd_per_hour)),
        (least[1], most_usd - usd_per_hour * least[0] + slack_usd),
    )


def _hours(usd: float, usd_per_hour: float) -> float:
    return usd / usd_per_hour if usd_per_hour > 0 else math.inf


def _least(tree: DetourTree) -> tuple[float, float]:
    """Return the fewest hours and the least USD that any way takes with everything open."""
    from karwan.route.arcgraph import MICRO, make_arc_graph
    from karwan.route.detours import DetourTree

    least = []
    for column in range(2):
        graph = tree.graph
        weight = graph.measures[:, column] * THOUSANDTHS // MICRO  # rounded down: a lower bound
        lone = make_arc_graph(graph.node_count, graph.tail, graph.head, weight, label=graph.label)
        route = DetourTree(lone, tree.source, tree.target).best()
        least.append(0.0 if route is None else route.ticks / THOUSANDTHS)
    return least[0], least[1]


def _spread(masses: Sequence[_Mass]) -> Spread:
    quantiles = {name: _quantile(masses, share) for name, share in SHARES.items()}
    return Spread(mean=Ends(_mean(masses, sign=1), _mean(masses, sign=-1)), **quantiles)


def _mean(masses: Sequence[_Mass], *, sign: int) -> float | None:
    """Return the least (sign 1) or greatest (-1) mean over what goes.

    What may go or stay counts where that moves the mean on: the best of all choices takes the
    lowest of these first.
    """
    sure = [one for one in masses if one.surely_goes]
    ends = [(sign * (one.low if sign > 0 else one.high), one.p) for one in masses]
    figures = [end for end, one in zip(ends, masses, strict=True) if one.surely_goes]
    total = math.fsum(end * p for end, p in figures)
    weight = math.fsum(one.p for one in sure)
    for end, p in sorted(end for end, one in zip(ends, masses, strict=True) if not one.surely_goes):
        if weight > 0 and end >= total / weight:
            break
        total, weight = total + end * p, weight + p
    if weight == 0 or math.isinf(total):
        return None
    return sign * total / weight


def _quantile(masses: Sequence[_Mass], share: float) -> Ends:
    """Return the bounds of a quantile over all days; None where it lies among those that stay."""
    low = _at([(one.low, one.p) for one in masses], share)
    high = _at([(one.high, one.p) for one in masses if one.surely_goes], share)
    return Ends(low, high)


def _at(points: Sequence[tuple[float, float]], share: float) -> float | None:
    reached = 0.0
    for figure, p in sorted(points):
        reached += p
        if reached >= share - 1e-12:
            return None if math.isinf(figure) else figure
    return None
