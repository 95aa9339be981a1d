"""How often episodes come, per frontier group, and which elements each hits.

Counts are few, so groups lend strength to one another: gamma-Poisson, with the gamma fitted to all
groups by maximum likelihood (empirical Bayes). Counts are lower bounds: closures of hours to two
days are under-reported everywhere.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from karwan.base.errors import FitError

DAYS_PER_YEAR = 365.25
LEAST_PRIOR_COUNT, MOST_PRIOR_COUNT = 0.05, 50.0


@dataclass(frozen=True, slots=True)
class Rate:
    """A group's rate of episodes: gamma with `count` and `exposure_days` (mean = ratio)."""

    count: float
    exposure_days: float

    @property
    def hazard_per_day(self) -> float:
        """Mean rate of episodes a day."""
        return self.count / self.exposure_days

    def p_none(self, days: float, share: float = 1.0) -> float:
        """Return the chance of no episode that hits with a share within so many days."""
        return float((self.exposure_days / (self.exposure_days + share * days)) ** self.count)


def fit_rates(counts: Mapping[str, int], exposure_days: Mapping[str, float]) -> dict[str, Rate]:
    """Return each group's posterior rate.

    Parameters
    ----------
    counts, exposure_days
        Episodes begun, and days during which they could have, by group.

    Raises
    ------
    FitError
        If no group has an episode or an exposure is not above 0.
    """
    names = sorted(counts)
    if not any(counts.values()) or any(exposure_days[name] <= 0 for name in names):
        msg = "Rates need at least one episode, and an exposure above 0 for every group."
        raise FitError(msg)
    shape, rate_days = fit_gamma(
        [counts[name] for name in names], [exposure_days[name] for name in names]
    )
    return {name: Rate(shape + counts[name], rate_days + exposure_days[name]) for name in names}


def fit_gamma(counts: Sequence[int], exposure_days: Sequence[float]) -> tuple[float, float]:
    """Return shape and rate (days) of the gamma that makes the counts likeliest.

    The counts are then negative binomial; for a given shape the rate is set so that the mean
    rate is the pooled one, and the shape is searched on a log grid.
    """
    pooled = sum(counts) / sum(exposure_days)

    def log_likelihood(shape: float) -> float:
        rate = shape / pooled
        return sum(
            math.lgamma(shape + n) - math.lgamma(shape) + shape * math.log(rate / (rate + days))
            + n * math.log(days / (rate + days))
            for n, days in zip(counts, exposure_days, strict=True)
        )  # fmt: skip

    steps = 200
    grid = [
        LEAST_PRIOR_COUNT * (MOST_PRIOR_COUNT / LEAST_PRIOR_COUNT) ** (k / steps)
        for k in range(steps + 1)
    ]
    shape = max(grid, key=log_likelihood)
    return shape, shape / pooled
