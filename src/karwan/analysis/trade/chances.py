"""Chances in closed form: growth as a drifting walk.

No draw is made. A trade series is read as a walk of its logarithm with a drift; both come from the
observed steps, so a forecast carries the doubt about the drift as well (Student's t).
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

FEWEST_STEPS = 3


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
