"""Chances in closed form: growth as a drifting walk, and how often announced dates were kept.

No draw is made. A trade series is read as a walk of its logarithm with a drift; both come from the
observed steps, so a forecast carries the doubt about the drift as well (Student's t).
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

FEWEST_STEPS = 3
LEVEL_SHARE = 0.95


@dataclass(frozen=True, slots=True)
class Walk:
    """Drift and spread of log trade a year, from steps of unequal length.

    Attributes
    ----------
    drift_per_year, spread_per_year
        Mean and standard deviation of the logarithm's growth in one year.
    step_count, step_years
        How many steps it rests on, and how many years they cover.
    """

    drift_per_year: float
    spread_per_year: float
    step_count: int
    step_years: float

    def p_multiple(self, multiple: float, years: float) -> float:
        """Return the chance that trade is at least `multiple` times as large after `years`.

        With steps d_i over n_i years and N = sum of n_i, the log multiple after h years less its
        drift has standard error s * sqrt(h + h^2 / N) on (count - 1) degrees of freedom: the
        walk's own spread, and what is not known of its drift.
        """
        from scipy.special import stdtr

        error = self.spread_per_year * math.sqrt(years + years * years / self.step_years)
        missing = math.log(multiple) - self.drift_per_year * years
        if error == 0.0:
            return 1.0 if missing <= 0 else 0.0
        return float(stdtr(self.step_count - 1, -missing / error))

    def multiple_at(self, share: float, years: float) -> float:
        """Return the multiple after `years` that is not exceeded with this chance."""
        from scipy.special import stdtrit

        error = self.spread_per_year * math.sqrt(years + years * years / self.step_years)
        return math.exp(
            self.drift_per_year * years + error * float(stdtrit(self.step_count - 1, share))
        )


def fit_walk(log_steps: Sequence[float], years: Sequence[float]) -> Walk | None:
    """Return the walk that fits the steps best, or None with fewer than three.

    The drift is total growth over total time; the squared spread is the mean of squared misses,
    each per year of its step, on one degree of freedom less than there are steps.
    """
    if len(log_steps) < FEWEST_STEPS:
        return None
    span = math.fsum(years)
    drift = math.fsum(log_steps) / span
    squares = math.fsum((d - drift * n) ** 2 / n for d, n in zip(log_steps, years, strict=True))
    return Walk(drift, math.sqrt(squares / (len(log_steps) - 1)), len(log_steps), span)


@dataclass(frozen=True, slots=True, kw_only=True)
class Proportion:
    """How many of how many, with Jeffreys' mean and its interval at 95 per cent."""

    hits: int
    count: int
    p_mean: float
    p_low: float
    p_high: float


def jeffreys(hits: int, count: int) -> Proportion:
    """Return a share with the interval of Jeffreys' prior Beta(1/2, 1/2), fit for few cases.

    As usual the interval begins at 0 when nothing hit and ends at 1 when everything did (Brown,
    Cai and DasGupta 2001, section 4.1.3).

    Raises
    ------
    ValueError
        If there are more hits than cases, or fewer than none.

    Examples
    --------
    >>> found = jeffreys(0, 4)
    >>> round(found.p_mean, 3), found.p_low, round(found.p_high, 3)
    (0.1, 0.0, 0.445)
    """
    if not 0 <= hits <= count:
        msg = f"{hits} of {count} is no proportion"
        raise ValueError(msg)
    from scipy.special import betaincinv

    a, b = hits + 0.5, count - hits + 0.5
    tail = (1.0 - LEVEL_SHARE) / 2.0
    low = 0.0 if hits == 0 else float(betaincinv(a, b, tail))
    high = 1.0 if hits == count else float(betaincinv(a, b, 1.0 - tail))
    return Proportion(hits=hits, count=count, p_mean=a / (a + b), p_low=low, p_high=high)
