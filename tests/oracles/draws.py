"""Hours of a journey by drawing them, part by part: slow, obvious, independent of the grid."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from scipy.stats import fisk

from karwan.route.distribution import LONGEST_WAIT_SHARE, Floats, Part, log_logistic_shape


def draw_hours(parts: Sequence[Part], fixed_hours: float, count: int, seed: int) -> Floats:
    """Return draws of the sum of independent parts, shape (count,)."""
    random = np.random.default_rng(seed)
    total = np.full(count, fixed_hours)
    for part in parts:
        total += part.mean_hours * draw_unit(part, count, random)
    return total


def draw_unit(part: Part, count: int, random: np.random.Generator) -> Floats:
    """Return draws of a part of mean 1; the mean of a cut log-logistic is SciPy's integral."""
    if part.cv_ratio == 0:
        return np.ones(count)
    if part.tail == "lognormal":
        sigma = np.sqrt(np.log1p(part.cv_ratio**2))
        return random.lognormal(-(sigma**2) / 2, sigma, count)
    wait = fisk(log_logistic_shape(part.cv_ratio))
    longest = wait.ppf(LONGEST_WAIT_SHARE)
    mean = wait.expect(lambda x: x, lb=0, ub=longest, conditional=True)
    return np.asarray(wait.ppf(random.random(count) * LONGEST_WAIT_SHARE) / mean)
