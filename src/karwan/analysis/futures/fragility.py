"""How pairs come apart: bridges, what is lost worst first, the law of the loss of a day.

A ranking of single losses (see `criticality`) does not say what happens when several things are
shut. Here the worst is taken out step after step, what alone cuts a pair is named, and the loss of
each day of drawn futures, in which anything may be shut, is counted whole.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from karwan.analysis.futures.criticality import (
    Stake,
    knock_out_masks,
    masks_of,
    pair_losses,
    sum_losses,
    usable_elements,
)
from karwan.analysis.futures.sampling import (
    ORDINARY,
    TIMES,
    TODAY,
    Block,
    Progress,
    Rider,
    Sampling,
    run_futures,
)
from karwan.base.limits import check
from karwan.base.reprs import short_repr
from karwan.base.words import counted
from karwan.hazard.delays import NO_RAMP

if TYPE_CHECKING:
    from karwan.analysis.futures.criticality import PairLoss
    from karwan.hazard.model import HazardModel
    from karwan.route.arcgraph import Floats, Longs

TITLES = {ORDINARY: "ordinary times", TODAY: "from today"}
QUANTILES = (0.5, 0.75, 0.9, 0.95, 0.99, 0.999)
STEPS_OF_TEN = (1, 2, 5)
"""Losses of which it is told how often they are exceeded: these, times powers of ten."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Bridge:
    """An element or link without which some pair has no way at all, and these pairs."""

    id: str
    pairs: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Removal:
    """One step of taking out the worst: what it was, and what all taken out by then cost.

    Attributes
    ----------
    loss_usd_per_day
        Of all taken out so far, against nothing taken out, over pairs whose demand is known.
    added_usd_per_day
        What this step added.
    """

    step: int
    id: str
    loss_usd_per_day: float
    added_usd_per_day: float
    pairs_hit: int
    pairs_cut: int


@dataclass(frozen=True, kw_only=True)
class LossLaw:
    """The loss of a day over all days of drawn futures.

    Attributes
    ----------
    mean_usd_per_day, error_usd_per_day
        The mean and its standard error; futures are independent, days of one are not. None of
        fewer than two futures.
    any_share
        Share of days with any loss.
    quantiles
        (share of days, the least loss that is not exceeded on that share), in whole USD.
    exceedance
        (loss in USD a day, share of days on which it is exceeded).
    """

    mean_usd_per_day: float
    error_usd_per_day: float | None
    any_share: float
    quantiles: tuple[tuple[float, float], ...]
    exceedance: tuple[tuple[float, float], ...]

    __repr__ = short_repr


@dataclass(frozen=True, kw_only=True)
class Fragility:
    """What was asked of how pairs come apart; None where it was not."""

    bridges: tuple[Bridge, ...] = ()
    removal: tuple[Removal, ...] | None = None
    loss_law: Mapping[str, LossLaw] | None = None

    __repr__ = short_repr


def fragility_to_dict(told: Fragility) -> dict[str, Any]:
    """Return how pairs come apart as data; None where it was not asked."""
    return {
        "bridges": [
            {
                "id": one.id,
                "pairs_cut": len(one.pairs),
                "pairs": [{"origin": a, "destination": b} for a, b in one.pairs],
            }
            for one in told.bridges
        ],
        "removal": None if told.removal is None else [asdict(one) for one in told.removal],
        "loss_law": None
        if told.loss_law is None
        else {times: _law_to_dict(law) for times, law in told.loss_law.items()},
    }


def _law_to_dict(law: LossLaw) -> dict[str, Any]:
    return {
        "mean_usd_per_day": law.mean_usd_per_day,
        "error_usd_per_day": law.error_usd_per_day,
        "any_share": law.any_share,
        "quantiles": [{"share": share, "usd_per_day": usd} for share, usd in law.quantiles],
        "exceedance": [{"usd_per_day": usd, "share": share} for usd, share in law.exceedance],
    }


def fragility_lines(told: Fragility, names: Mapping[str, str], most_bridges: int = 8) -> list[str]:
    """Return how pairs come apart, in the lines of a terminal.

    Parameters
    ----------
    names
        Of elements by id; ids without one are told as they are.
    """
    lines = []
    if told.bridges:
        some = [
            f"{names.get(one.id, one.id)} ({counted(len(one.pairs), 'pair')})"
            for one in told.bridges[:most_bridges]
        ]
        more = len(told.bridges) - len(some)
        lines += ["", "Without one of these some pair has no way: " + ", ".join(some)
                  + (f" and {more} more" if more > 0 else "") + "."]  # fmt: skip
    if told.removal is not None:
        lines += ["", "Taken out worst first, all before staying out:"]
        lines += [
            f"  {one.step:2} {names.get(one.id, one.id)}: {one.loss_usd_per_day:,.0f} USD a day "
            f"({one.added_usd_per_day:+,.0f}), {one.pairs_hit} hit, {one.pairs_cut} cut"
            for one in told.removal
        ] or ["  nothing that can be taken out costs any pair anything"]
    for times, law in (told.loss_law or {}).items():
        error = "" if law.error_usd_per_day is None else f" (chance: ±{law.error_usd_per_day:,.0f})"
        lines += [
            "",
            f"Loss of a day by closures, {TITLES[times]}: mean {law.mean_usd_per_day:,.0f} USD"
            f"{error}, some loss on {law.any_share:.1%} of days",
            "  not exceeded on "
            + ", ".join(f"{share:.1%}: {usd:,.0f}" for share, usd in law.quantiles),
        ]
        above = [f"{usd:,.0f} on {share:.1%}" for usd, share in law.exceedance[1:]]
        lines += [f"  exceeded: {', '.join(above)}"] if above else []
    return lines


def find_bridges(stakes: Sequence[Stake], *, shut: Sequence[int] = ()) -> tuple[Bridge, ...]:
    """Return what alone cuts a pair off, that which cuts most pairs first.

    Parameters
    ----------
    shut
        Elements shut all the while.
    """
    index = stakes[0].roads.index
    usable = [number for number in usable_elements(stakes) if number not in set(shut)]
    losses = pair_losses(stakes, [(number,) for number in usable], shut, 1.0)
    bridges = [
        Bridge(
            id=index.ids[number],
            pairs=tuple(sorted((one.origin, one.destination) for one in lost if one.cut)),
        )
        for number, lost in zip(usable, losses, strict=True)
        if any(one.cut for one in lost)
    ]
    return tuple(sorted(bridges, key=lambda one: (-len(one.pairs), one.id)))


def remove_worst_first(
    stakes: Sequence[Stake],
    step_count: int,
    *,
    shut: Sequence[int] = (),
    cut_penalty_ratio: float,
) -> tuple[Removal, ...]:
    """Return what is lost as the worst of what is left is taken out, step after step.

    Each step takes what costs most together with all taken out before; of those alike, what cuts
    most pairs, then what hits most, then the first by id. It ends early where nothing more adds a
    loss, as where all that is left cuts pairs whose way round costs more than a cut counts. The
    worst set of so many need not be the worst taken one by one.

    Raises
    ------
    DataError
        If the number of steps is out of bounds.
    """
    check("removal", step_count)
    ids = stakes[0].roads.index.ids
    left = [number for number in usable_elements(stakes) if number not in set(shut)]
    held: tuple[int, ...] = ()
    before, steps = (0.0, 0, 0), list[Removal]()
    while left and len(steps) < step_count:
        losses = pair_losses(stakes, [(*held, number) for number in left], shut, cut_penalty_ratio)
        figures = [_figures(lost) for lost in losses]
        best = min(
            range(len(left)), key=lambda k: (*(-value for value in figures[k]), ids[left[k]])
        )
        if figures[best] <= before:
            break
        total, cut, hit = figures[best]
        steps.append(
            Removal(
                step=len(steps) + 1,
                id=ids[left[best]],
                loss_usd_per_day=total,
                added_usd_per_day=total - before[0],
                pairs_hit=hit,
                pairs_cut=cut,
            )
        )
        before = figures[best]
        held = (*held, left.pop(best))
    return tuple(steps)


def _figures(lost: Sequence[PairLoss]) -> tuple[float, int, int]:
    """Return loss in USD a day, pairs cut and pairs hit."""
    return sum_losses(lost), sum(one.cut for one in lost), len(lost)


def law_of_loss(
    stakes: Sequence[Stake],
    model: HazardModel,
    sampling: Sampling,
    *,
    shut: Sequence[int] = (),
    cut_penalty_ratio: float,
    progress: Progress | None = None,
) -> Mapping[str, LossLaw]:
    """Return the law of the loss of a day over drawn futures, by times.

    What is slow is not shut and costs nothing here. Pairs without a known demand count in no sum.

    Parameters
    ----------
    shut
        Elements shut on every day, and in what the loss is measured against.
    """
    closures = replace(model, ramp=NO_RAMP, regimes=())
    counts = {
        times: _LossDays(stakes=stakes, shut=tuple(shut), cut_penalty_ratio=cut_penalty_ratio)
        for times in TIMES
    }
    roads = stakes[0].roads
    rider = Rider(roads.index, roads.premise, {times: [one] for times, one in counts.items()})
    run_futures(closures, sampling, [rider], progress=progress)
    return {times: one.law() for times, one in counts.items()}


@dataclass(kw_only=True)
class _LossDays:
    """Days by their loss in whole USD, over the futures seen so far."""

    stakes: Sequence[Stake]
    shut: tuple[int, ...]
    cut_penalty_ratio: float
    path_count: int = 0
    _usd: Floats = field(default_factory=lambda: np.zeros(0), repr=False)
    _days: Longs = field(default_factory=lambda: np.zeros(0, dtype=np.int64), repr=False)
    _sums: list[float] = field(default_factory=lambda: [0.0, 0.0], repr=False)
    _horizon_days: int = 0

    __repr__ = short_repr

    def add(self, block: Block) -> None:
        """Take in some futures."""
        size = len(self.stakes[0].roads.index.ids)
        masks = block.masks | masks_of([self.shut], size)
        knocked = knock_out_masks(self.stakes, masks, self.shut)
        loss_usd = np.zeros(len(masks))
        for row, stake in enumerate(self.stakes):
            root = knocked.root_usd[row]
            if stake.consignments_per_day is None or np.isnan(root):
                continue
            usd = knocked.usd[row]
            lost = np.where(np.isnan(usd), self.cut_penalty_ratio * root, usd - root)
            loss_usd += lost * stake.consignments_per_day
        spans = block.spans
        by_span = np.rint(loss_usd)[block.state]
        values, which = np.unique(by_span, return_inverse=True)
        days = np.bincount(which, weights=spans.day_count, minlength=values.size).astype(np.int64)
        everything, place = np.unique(np.concatenate([self._usd, values]), return_inverse=True)
        counts = np.zeros(everything.size, dtype=np.int64)
        np.add.at(counts, place, np.concatenate([self._days, days]))
        self._usd, self._days = everything, counts
        by_path = np.bincount(
            spans.path, weights=by_span * spans.day_count, minlength=spans.path_count
        )
        self._sums[0] += float(by_path.sum())
        self._sums[1] += float((by_path * by_path).sum())
        self.path_count += spans.path_count
        self._horizon_days = spans.horizon_days

    def law(self) -> LossLaw:
        """Return what the counts say."""
        usd, days = self._usd, self._days
        total, reach = int(days.sum()), np.cumsum(days)
        paths, horizon = self.path_count, self._horizon_days
        error = None
        if paths > 1:
            mean = self._sums[0] / paths
            spread = max(self._sums[1] / paths - mean**2, 0.0) / (paths - 1)
            error = float(spread**0.5 / horizon)
        most = float(usd[-1])
        marks = [0.0]
        power = 1.0
        while power <= most:
            marks += [step * power for step in STEPS_OF_TEN if step * power < most]
            power *= 10
        marks = marks[:1] + [mark for mark in marks[1:] if mark >= most / 1e4]
        return LossLaw(
            mean_usd_per_day=self._sums[0] / (paths * horizon),
            error_usd_per_day=error,
            any_share=float(days[usd > 0].sum() / total),
            quantiles=tuple(
                (share, float(usd[np.searchsorted(reach, share * total)])) for share in QUANTILES
            ),
            exceedance=tuple((mark, float(days[usd > mark].sum() / total)) for mark in marks),
        )
