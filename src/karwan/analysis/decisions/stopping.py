"""Wait for a gate that is shut, or stop waiting: dynamic programming over days.

Each day at a shut gate tells one thing, that it is shut still. So a rule that does not foresee is a
day on which to stop, and the best one follows backwards from a horizon. Costs are totals from the
first day on, so what was spent already weighs on both sides alike. A length may have no mean; what
is waited for does, since nobody waits for ever: stopping is always possible, and the horizon ends
in it.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from karwan.base.reprs import short_repr

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Problem:
    """A gate that is shut, day by day.

    Attributes
    ----------
    survival
        Shape (n + 1,): chance that it is shut still after so many days; 1 first, never rising.
    through_usd
        Shape (n + 1,): all costs if it reopens by that day and one passes.
    stop_usd
        Shape (n + 1,): all costs if one stops waiting on that day: the best of the ways to stop.
    """

    survival: Floats
    through_usd: Floats
    stop_usd: Floats

    __repr__ = short_repr

    def __post_init__(self) -> None:
        """Check that the arrays tell one story."""
        shapes = {self.survival.shape, self.through_usd.shape, self.stop_usd.shape}
        if len(shapes) != 1 or self.survival.ndim != 1 or self.survival.size == 0:
            msg = f"Survival and costs have shapes {shapes}; they must be one and the same."
            raise ValueError(msg)
        if not (
            self.survival[0] == 1 and np.all(np.diff(self.survival) <= 0) and self.survival[-1] >= 0
        ):
            msg = "A survival starts at 1, never rises and never falls below 0."
            raise ValueError(msg)
        if not (np.all(np.isfinite(self.through_usd)) and np.all(np.isfinite(self.stop_usd))):
            msg = "Every cost must be a finite number of USD."
            raise ValueError(msg)


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What a rule comes to: mean, P50 and P90 of all costs, and the chance that it ends stopped."""

    mean_usd: float
    p50_usd: float
    p90_usd: float
    stopped_share: float


@dataclass(frozen=True, slots=True)
class Best:
    """The best rule.

    Attributes
    ----------
    stop_day
        Day on which to stop if it is shut still; the last day stands for never.
    mean_usd
        What it comes to.
    """

    stop_day: int
    mean_usd: float


def best_rule(problem: Problem) -> Best:
    """Return the day on which to stop, and the mean cost, by dynamic programming.

    On a day stop if that costs no more than one day more and the best from there.

    Examples
    --------
    >>> ever = Problem(np.array([1.0, 0.5, 0.25]), np.array([0.0, 1.0, 2.0]), np.full(3, 10.0))
    >>> best_rule(ever)
    Best(stop_day=2, mean_usd=3.5)
    """
    survival = problem.survival
    last = survival.size - 1
    value, stop_day = float(problem.stop_usd[last]), last
    for day in range(last - 1, -1, -1):
        p_open = 1 - survival[day + 1] / survival[day] if survival[day] > 0 else 1.0
        wait = p_open * problem.through_usd[day + 1] + (1 - p_open) * value
        stop = float(problem.stop_usd[day])
        if stop <= wait:
            value, stop_day = stop, day
        else:
            value = float(wait)
    return Best(stop_day, value)


def outcome_of(problem: Problem, stop_day: int) -> Outcome:
    """Return what waiting until a day, and stopping then, comes to."""
    costs, chances = _outcomes(problem, stop_day)
    order = np.argsort(costs, kind="stable")
    reached = np.cumsum(chances[order])

    def quantile(share: float) -> float:
        return float(costs[order][min(int(np.searchsorted(reached, share)), costs.size - 1)])

    return Outcome(
        mean_usd=float(np.sum(costs * chances)),
        p50_usd=quantile(0.5),
        p90_usd=quantile(0.9),
        stopped_share=float(problem.survival[stop_day]),
    )


def _outcomes(problem: Problem, stop_day: int) -> tuple[Floats, Floats]:
    """Return the costs of a rule and their chances: reopened by each day, or stopped."""
    opened = -np.diff(problem.survival[: stop_day + 1])
    costs = np.concatenate(
        [problem.through_usd[1 : stop_day + 1], problem.stop_usd[stop_day : stop_day + 1]]
    )
    return costs, np.concatenate([opened, problem.survival[stop_day : stop_day + 1]])


def p_better(problem: Problem, stop_day: int, other_usd: float) -> float:
    """Return the chance that a rule costs less than something fixed, by one draw of the spell."""
    costs, chances = _outcomes(problem, stop_day)
    return float(np.sum(chances[costs < other_usd]))
