"""How often episodes come, per frontier group.

Counts are few, so groups lend strength to one another: gamma-Poisson, with the gamma fitted to all
groups (empirical Bayes). Counts are lower bounds: closures of hours to two
days are under-reported everywhere.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.special import gammaincinv, gammaln

from karwan.base.errors import FitError

Floats = npt.NDArray[np.float64]

DAYS_PER_YEAR = 365.25
SHAPE_COUNT = 101
LEAST_PRIOR_COUNT, MOST_PRIOR_COUNT = 0.05, 4.0
"""Shapes that count: frontiers differ at least by half their mean (shape 4), as their record shows,
and at most by orders of magnitude."""


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

    def interval_per_day(self, level_share: float = 0.95) -> tuple[float, float]:
        """Return the rates a day between which the true one lies with a probability.

        Quantiles of the gamma: over groups whose rates really are gamma they cover as stated.
        """
        tail = (1 - level_share) / 2
        low, high = (float(gammaincinv(self.count, q)) for q in (tail, 1 - tail))
        return low / self.exposure_days, high / self.exposure_days


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
    shapes, weights, pooled = fit_gammas(
        [counts[name] for name in names], [exposure_days[name] for name in names]
    )
    total = sum(counts.values())
    spread = (1 / shapes + len(names) / total) / len(names)
    prior = Prior(shapes, weights, pooled, spread)
    return {name: _posterior(counts[name], exposure_days[name], prior) for name in names}


@dataclass(frozen=True, slots=True)
class Prior:
    """Gammas from which groups' rates may come, by shape.

    Attributes
    ----------
    shapes, weights
        Shape (n,): shapes, and how likely each is.
    pooled_per_day
        Their mean.
    pooled_variance_ratio
        Shape (n,): variance of the pooled rate as a share of its square.
    """

    shapes: Floats
    weights: Floats
    pooled_per_day: float
    pooled_variance_ratio: Floats


def _posterior(count: int, days: float, prior: Prior) -> Rate:
    """Return the gamma with the mean and variance of a group's rate over all shapes.

    The pooled rate is an estimate too, and counts as far as a group leans on it (Morris, 1983,
    on empirical-Bayes intervals).
    """
    borrowed = prior.shapes / prior.pooled_per_day
    rows, exposure = prior.shapes + count, borrowed + days
    means = rows / exposure
    leaning = means * borrowed / exposure
    mean = float(prior.weights @ means)
    variance = float(
        prior.weights
        @ (rows / exposure**2 + means**2 + leaning**2 * prior.pooled_variance_ratio)
    ) - mean**2  # fmt: skip
    return Rate(mean**2 / variance, mean / variance)


def fit_gammas(
    counts: Sequence[int], exposure_days: Sequence[float]
) -> tuple[Floats, Floats, float]:
    """Return shapes, how likely each is given the counts, and the pooled rate a day.

    Given a shape the counts are negative binomial, with the pooled rate for their mean (the
    likeliest where exposures are alike, as here). With 26 groups the shape is itself uncertain,
    and the best one alone would make the intervals too short; all shapes count, alike on the log
    scale beforehand.
    """
    n, days = np.array(counts, dtype=float), np.array(exposure_days, dtype=float)
    pooled = float(n.sum() / days.sum())
    shapes = np.geomspace(LEAST_PRIOR_COUNT, MOST_PRIOR_COUNT, SHAPE_COUNT)
    rate = (shapes / pooled)[:, None]
    log_likelihood = np.sum(
        gammaln(shapes[:, None] + n) - gammaln(shapes)[:, None]
        + shapes[:, None] * np.log(rate / (rate + days)) + n * np.log(days / (rate + days)),
        axis=1,
    )  # fmt: skip
    weights = np.exp(log_likelihood - log_likelihood.max())
    return shapes, weights / weights.sum(), pooled
