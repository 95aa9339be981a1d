"""Which crossing or link is the chokepoint, alone and in pairs, and who loses by it.

Everything that can be shut is taken out in turn (N-1), and every two together (N-2). What that
adds to the best journey of a pair is exact on the routing weight: mean USD plus value of time
times mean hours, before rest that a border wait makes up for. How much it costs to expect within
a horizon is this consequence times the days on which it is shut there, on seeded paths.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import combinations
from typing import TYPE_CHECKING

import numpy as np

from karwan.analysis.futures.engines import Choice, Engine, choose_engine, no_delays
from karwan.analysis.futures.reliability import Roads, Way
from karwan.analysis.futures.sampling import (
    ORDINARY,
    TIMES,
    TODAY,
    Progress,
    Rider,
    Sampling,
    run_futures,
)
from karwan.analysis.futures.tallies import ShutTogether
from karwan.analysis.futures.unrolled import ElementIndex
from karwan.base.errors import DataError
from karwan.base.limits import check
from karwan.base.reprs import short_repr
from karwan.base.units import TICKS_PER_USD
from karwan.hazard.delays import NO_RAMP
from karwan.route.arcgraph import Bools, Floats

if TYPE_CHECKING:
    from karwan.hazard.model import HazardModel
    from karwan.network.nouns import Place
    from karwan.route.arcgraph import Ints
    from karwan.route.detours import Masks

CUT_PENALTY_RATIO = 1.0
"""A consignment that cannot go is taken to lose what its best journey would have cost, once:
an estimate (grade C), stated with every expected loss and set by the question."""


@dataclass(frozen=True)
class Stake:
    """A pair of places with the consignments a day that ride on it.

    Attributes
    ----------
    consignments_per_day
        None where no figure of its demand was found: it then enters counts, and no weighted sum.
    """

    origin: Place
    destination: Place
    roads: Roads
    consignments_per_day: float | None

    __repr__ = short_repr

    @property
    def way(self) -> Way:
        """The best way, whatever it is."""
        return self.roads.free(self.origin, self.destination)


@dataclass(frozen=True, slots=True, kw_only=True)
class PairLoss:
    """What one pair loses for each consignment when something is shut.

    `extra_usd` and `extra_hours` are None where it is cut, and so is `loss_usd_per_day` where its
    demand is not known.
    """

    origin: str
    destination: str
    countries: tuple[str, str]
    extra_usd: float | None
    extra_hours: float | None
    cut: bool
    loss_usd_per_day: float | None


@dataclass(frozen=True)
class ShutDays:
    """Mean days within the horizon on which something is shut, in ordinary times and from today.

    `errors` are the standard errors of the two; None of two elements together.
    """

    ordinary: float
    today: float
    errors: tuple[float, float] | None = None


@dataclass(frozen=True, kw_only=True)
class Chokepoint:
    """An element, a link, or two of them, with what their loss does.

    Attributes
    ----------
    loss_usd_per_day
        Over the pairs whose demand is known, for a day on which it is shut.
    shut_days, expected_loss_usd
        Within the horizon, in ordinary times and from today; None for links without an element,
        whose closures nobody records.
    beyond_parts_usd_per_day
        Of two: the loss beyond the sum of what each does alone; None for one.
    """

    ids: tuple[str, ...]
    names: tuple[str, ...]
    losses: tuple[PairLoss, ...]
    loss_usd_per_day: float
    shut_days: ShutDays | None
    expected_loss_usd: tuple[float, float] | None
    beyond_parts_usd_per_day: float | None

    __repr__ = short_repr

    @property
    def cut_count(self) -> int:
        """How many pairs it cuts."""
        return sum(loss.cut for loss in self.losses)

    @property
    def hit_count(self) -> int:
        """How many pairs lose by it, those cut included."""
        return len(self.losses)

    @property
    def replacement_usd(self) -> tuple[float, float, float] | None:
        """Least, median and most USD that the next best way of a consignment costs more.

        Over the pairs that lose and are not cut, each counted once; None where all are cut.
        """
        extra = [one.extra_usd for one in self.losses if one.extra_usd is not None]
        if not extra:
            return None
        return float(min(extra)), float(np.median(extra)), float(max(extra))

    def loss_by_country(self) -> dict[str, float]:
        """Return the loss a day by country: each pair's counts at both its ends."""
        found: dict[str, float] = {}
        for loss in self.losses:
            for country in dict.fromkeys(loss.countries):
                found[country] = found.get(country, 0.0) + (loss.loss_usd_per_day or 0.0)
        return dict(sorted(found.items(), key=lambda item: (-item[1], item[0])))


@dataclass(frozen=True)
class _Knocked:
    """What every stake weighs and takes in each state asked; NaN where cut."""

    usd: Floats
    hours: Floats
    root_usd: Floats
    root_hours: Floats


def knock_out(
    stakes: Sequence[Stake],
    sets: Sequence[tuple[int, ...]],
    *,
    shut: Sequence[int] = (),
) -> _Knocked:
    """Return what every pair pays with each set of elements shut.

    Parameters
    ----------
    shut
        Elements shut in all of them, and in what they are compared with.

    Returns
    -------
    _Knocked
        Arrays of shape (n_stakes, n_sets) and (n_stakes,).
    """
    size = len(stakes[0].roads.index.ids)
    return knock_out_masks(stakes, masks_of([tuple({*shut, *names}) for names in sets], size), shut)


def knock_out_masks(stakes: Sequence[Stake], masks: Masks, shut: Sequence[int] = ()) -> _Knocked:
    """Return what every pair pays in each state, against that in which only `shut` is.

    Parameters
    ----------
    masks
        Shape (n_states, n_words), bits of what is shut.
    """
    size = len(stakes[0].roads.index.ids)
    asked = np.concatenate([masks, masks_of([tuple(shut)], size)])
    usd, hours = (np.full((len(stakes), len(asked)), np.nan) for _ in range(2))
    choice = knock_out_engine(stakes, float(np.bitwise_count(asked).sum(axis=1).mean()))
    for row, (stake, numbers) in enumerate(
        zip(stakes, _route_numbers(stakes, asked, choice), strict=True)
    ):
        tree = stake.way.tree
        if tree is None:
            continue
        for number in np.unique(numbers[numbers >= 0]):
            route = tree.route(int(number))
            if route is not None:
                usd[row, numbers == number] = route.ticks / TICKS_PER_USD
                hours[row, numbers == number] = route.hours
    return _Knocked(usd[:, :-1], hours[:, :-1], usd[:, -1], hours[:, -1])


def knock_out_engine(stakes: Sequence[Stake], shut_count: float) -> Choice:
    """Return the engine that answers what is lost when so many elements are shut at once."""
    count = len(stakes[0].roads.index.ids)
    return choose_engine(routes=False, shut_count=shut_count, element_count=count)


def _route_numbers(stakes: Sequence[Stake], masks: Masks, choice: Choice) -> list[Ints]:
    """Return the route of each pair in each state, by trees or by lanes."""
    found = [np.full(len(masks), -1, dtype=np.int32) for _ in stakes]
    if choice.engine is not Engine.lanes:
        for row, stake in enumerate(stakes):
            if stake.way.tree is not None:
                found[row] = stake.way.tree.route_numbers(masks)
        return found
    for roads in dict.fromkeys(id(stake.roads) for stake in stakes):
        mine = [row for row, stake in enumerate(stakes) if id(stake.roads) == roads]
        own = stakes[mine[0]].roads
        ways = own.together([(stakes[row].origin, stakes[row].destination) for row in mine])
        asked: dict[int, dict[int, Ints]] = {}
        for row, way in zip(mine, ways, strict=True):
            if way.bundle is None:
                continue
            bundle = way.bundle
            if id(bundle) not in asked:
                answers = bundle.ask(no_delays(masks))
                asked[id(bundle)] = {
                    id(one): answer.number for one, answer in zip(bundle.ways, answers, strict=True)
                }
            found[row] = asked[id(bundle)][id(way)]
    return found


def masks_of(sets: Sequence[tuple[int, ...]], size: int) -> Masks:
    """Return one mask for each set of elements."""
    from karwan.route.detours import pack_masks

    flags: Bools = np.zeros((len(sets), size), dtype=bool)
    for row, names in enumerate(sets):
        flags[row, list(names)] = True
    return pack_masks(flags)


def find_chokepoints(
    stakes: Sequence[Stake],
    days: Mapping[str, ShutTogether] | None,
    *,
    pairs: bool = False,
    shut: Sequence[int] = (),
    cut_penalty_ratio: float = CUT_PENALTY_RATIO,
    top: int | None = None,
) -> list[Chokepoint]:
    """Return everything whose loss costs some pair something, the greatest expected loss first.

    Parameters
    ----------
    stakes
        Pairs, all with elements or all with links numbered alike.
    days
        Days on which elements are shut, by `ORDINARY` and `TODAY`; None for links.
    pairs
        True takes out every two together, and leaves out those of which one alone does as much.
    shut
        Elements shut all the while.
    top
        Return so many at most; all if None.

    Raises
    ------
    DataError
        If there is no pair, or the penalty is negative or no number.
    """
    if not stakes:
        raise DataError("the question", ["no pair of places to look at"])
    check("cut_penalty", cut_penalty_ratio)
    index = stakes[0].roads.index
    usable = [number for number in usable_elements(stakes) if number not in set(shut)]
    singles: list[tuple[int, ...]] = [(number,) for number in usable]
    alone = pair_losses(stakes, singles, shut, cut_penalty_ratio)
    by_one = dict(zip(singles, alone, strict=True))
    sets, found = singles, alone
    if pairs:
        sets = list(combinations(usable, 2))
        found = pair_losses(stakes, sets, shut, cut_penalty_ratio)
    kept = [
        (names, losses)
        for names, losses in zip(sets, found, strict=True)
        if losses and not (pairs and any(losses == by_one[number,] for number in names))
    ]
    chokepoints = [
        _chokepoint(
            stakes, index, names, losses, _mean_days(days, names), by_one if pairs else None
        )
        for names, losses in kept
    ]
    return sorted(chokepoints, key=_order)[:top]


def _order(found: Chokepoint) -> tuple[float, float, int, int, tuple[str, ...]]:
    expected = max(found.expected_loss_usd) if found.expected_loss_usd else 0.0
    return -expected, -found.loss_usd_per_day, -found.cut_count, -found.hit_count, found.ids


def usable_elements(stakes: Sequence[Stake]) -> list[int]:
    """Return the elements that some best route could use: those on an arc of some pair's graph."""
    found: set[int] = set()
    for stake in stakes:
        tree = stake.way.tree
        if tree is not None:
            found.update(int(number) for number in np.unique(tree.graph.element) if number >= 0)
    return sorted(found)


def pair_losses(
    stakes: Sequence[Stake],
    sets: Sequence[tuple[int, ...]],
    shut: Sequence[int],
    cut_penalty_ratio: float,
) -> list[tuple[PairLoss, ...]]:
    """Return, for each set, the pairs that lose by it, against what `shut` alone does."""
    knocked = knock_out(stakes, sets, shut=shut)
    found: list[list[PairLoss]] = [[] for _ in sets]
    for row, stake in enumerate(stakes):
        root_usd, root_hours = knocked.root_usd[row], knocked.root_hours[row]
        if np.isnan(root_usd):
            continue
        per_day = stake.consignments_per_day
        cut = np.isnan(knocked.usd[row])
        extra = np.where(cut, cut_penalty_ratio * root_usd, knocked.usd[row] - root_usd)
        worse = cut | (knocked.usd[row] != root_usd)
        for column in np.flatnonzero(worse):
            found[column].append(
                PairLoss(
                    origin=stake.origin.id,
                    destination=stake.destination.id,
                    countries=(stake.origin.country, stake.destination.country),
                    extra_usd=None if cut[column] else float(extra[column]),
                    extra_hours=None
                    if cut[column]
                    else float(knocked.hours[row, column] - root_hours),
                    cut=bool(cut[column]),
                    loss_usd_per_day=None if per_day is None else float(extra[column]) * per_day,
                )
            )
    return [tuple(losses) for losses in found]


def sum_losses(losses: Sequence[PairLoss]) -> float:
    """Return the loss in USD a day over the pairs whose demand is known."""
    return float(sum(loss.loss_usd_per_day or 0.0 for loss in losses))


def _chokepoint(
    stakes: Sequence[Stake],
    index: ElementIndex,
    names: tuple[int, ...],
    losses: tuple[PairLoss, ...],
    days: ShutDays | None,
    alone: Mapping[tuple[int, ...], tuple[PairLoss, ...]] | None,
) -> Chokepoint:
    ids = tuple(index.ids[number] for number in names)
    total = sum_losses(losses)
    expected = (total * days.ordinary, total * days.today) if days is not None else None
    beyond = (
        total - sum(sum_losses(alone[number,]) for number in names) if alone is not None else None
    )
    network = stakes[0].roads.planner.world.network
    shown = tuple(network.elements[name].name if name in network.elements else name for name in ids)
    ordered = tuple(
        sorted(losses, key=lambda loss: (-(loss.loss_usd_per_day or 0.0), loss.origin,
                                         loss.destination))
    )  # fmt: skip
    return Chokepoint(
        ids=ids,
        names=shown,
        losses=ordered,
        loss_usd_per_day=total,
        shut_days=days,
        expected_loss_usd=expected,
        beyond_parts_usd_per_day=beyond,
    )


def _mean_days(days: Mapping[str, ShutTogether] | None, names: tuple[int, ...]) -> ShutDays | None:
    """Return the mean days on which all elements of a set, one or two, are shut."""
    if days is None:
        return None
    ordinary, today = (days[times].mean_days(names[0], names[-1]) for times in (ORDINARY, TODAY))
    errors = [days[times].error_days(names[0]) for times in (ORDINARY, TODAY)]
    usual, now = errors if len(names) == 1 else (None, None)
    known = None if usual is None or now is None else (usual, now)
    return ShutDays(ordinary, today, known)


def count_days(
    roads: Roads,
    model: HazardModel,
    sampling: Sampling,
    *,
    progress: Progress | None = None,
) -> Mapping[str, ShutTogether]:
    """Return the days on which elements are shut alone and together, by times."""
    closures = replace(model, ramp=NO_RAMP, regimes=())  # what is slow is not shut
    found = {times: ShutTogether(len(roads.index.ids)) for times in TIMES}
    rider = Rider(roads.index, roads.premise, {times: [one] for times, one in found.items()})
    run_futures(closures, sampling, [rider], progress=progress)
    return found
