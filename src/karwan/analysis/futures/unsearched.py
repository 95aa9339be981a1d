"""How much of a band comes from gates whose closures nobody searched for.

Such a gate is drawn from the prior of its kind, which is wide. On futures its closures add to the
days on which the ways of an answer are shut, and to how far these days spread from one future to
the next: that part of the spread is known no better than the prior is.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from karwan.base.reprs import short_repr
from karwan.hazard.law import Floats

if TYPE_CHECKING:
    from karwan.analysis.futures.joint_law import JointLaw
    from karwan.analysis.futures.unrolled import ElementIndex
    from karwan.hazard.model import HazardModel
    from karwan.hazard.scenarios import ScenarioSet

SHARE_PATHS = 2_000
"""Futures on which a share is told: to about two points of a hundred."""
MOST_NAMED = 6


@dataclass(frozen=True, slots=True)
class UnsearchedShare:
    """Gates drawn from a prior, and how much of a band comes of them.

    Attributes
    ----------
    element_ids
        Elements of the ways asked that were not searched enough to have a rate of their own.
    share
        Share of the variance, over futures, of the days shut, each element's days counted; of a
        stated day, of the elements shut on it. None where nothing there may shut.
    """

    element_ids: tuple[str, ...]
    share: float | None

    def to_dict(self) -> dict[str, Any]:
        """Return it as data."""
        share = None if self.share is None else round(self.share, 4)
        return {"elements": list(self.element_ids), "band_share": share}


@dataclass
class ShutDays:
    """Days shut on each future, by element, each counted once."""

    model: HazardModel
    scenarios: ScenarioSet
    _days: dict[str, Floats] = field(default_factory=dict, init=False, repr=False)

    __repr__ = short_repr

    def of(self, element_id: str) -> Floats:
        """Return the days within the horizon on which an element is shut, shape (path_count,)."""
        if element_id not in self._days:
            self._days[element_id] = self.scenarios.shut_days(element_id)
        return self._days[element_id]

    def unsearched(self, element_ids: Iterable[str]) -> UnsearchedShare:
        """Return how much of the spread of days shut comes from elements that were not searched.

        The covariance of their days with those of all, over the variance of those of all: parts
        of one whole, though elements shut together.
        """
        history = self.model.history
        known = sorted({name for name in element_ids if name in self.scenarios.element_index})
        missing = tuple(name for name in known if not history.is_searched(name))
        every = np.zeros(self.scenarios.path_count)
        mine = np.zeros(self.scenarios.path_count)
        for name in known:
            every = every + self.of(name)
            mine = mine + (self.of(name) if name in missing else 0.0)
        apart = every - every.mean()
        whole = float(apart @ apart)
        share = float(apart @ (mine - mine.mean())) / whole if whole else None
        return UnsearchedShare(missing, share)


def draw_shut_days(
    model: HazardModel, *, seed: int, horizon_days: int, from_today: bool
) -> ShutDays:
    """Return days shut on futures drawn for this alone: ways that are slow are open."""
    from karwan.hazard.delays import NO_RAMP
    from karwan.hazard.scenarios import draw_scenarios

    scenarios = draw_scenarios(
        model,
        seed=seed,
        path_count=SHARE_PATHS,
        horizon_days=horizon_days,
        from_today=from_today,
        ramp=NO_RAMP,
        regimes=(),
    )
    return ShutDays(model, scenarios)


def unsearched_on_day(
    model: HazardModel, law: JointLaw, index: ElementIndex, element_ids: Iterable[str]
) -> UnsearchedShare:
    """Return how much of the spread of elements shut on a day comes from those not searched.

    By the law of the day, so exactly: the covariance of the number of these that are shut with
    the number of all, over the variance of the number of all.

    Parameters
    ----------
    law
        Of the day asked, in ordinary times or from today.
    """
    known = sorted({name for name in element_ids if name in index.position})
    missing = tuple(name for name in known if not model.history.is_searched(name))
    numbers = index.numbers(known)
    shut = np.array([law.p_case((), (number,)) for number in numbers])
    together = np.diag(shut)
    for i, one in enumerate(numbers):
        for j in range(i):
            together[i, j] = together[j, i] = law.p_case((), (one, numbers[j]))
    covariance = together - np.outer(shut, shut)
    whole = float(covariance.sum())
    mine = np.array([name in missing for name in known], dtype=bool)
    return UnsearchedShare(missing, float(covariance[mine].sum()) / whole if whole > 0 else None)


def unsearched_lines(
    shares: Mapping[str, UnsearchedShare],
    names: Mapping[str, str],
    spread: str = "days shut on these ways",
) -> list[str]:
    """Return a line on what was not searched, and how much of the band it makes; none if nothing.

    Parameters
    ----------
    shares
        By the word for the times they are of.
    names
        Names of elements by id.
    spread
        Of what the spread is that the shares are of.
    """
    missing = sorted({name for one in shares.values() for name in one.element_ids})
    if not missing:
        return []
    told = ", ".join(
        f"{one.share:.0%} {times}".strip() for times, one in shares.items() if one.share is not None
    )
    named = ", ".join(names.get(name, name) for name in missing[:MOST_NAMED])
    more = f" and {len(missing) - MOST_NAMED} more" if len(missing) > MOST_NAMED else ""
    made = f"; of the spread of {spread} they make {told}" if told else ""
    return [
        f"Not searched for closures, and drawn from the prior of their kind: {named}{more}{made}."
    ]
