"""The law of hours the slow way: every mass, every hour and every event looked at one by one."""

from __future__ import annotations

import math
from collections.abc import Sequence
from statistics import NormalDist

from karwan.route.distribution import STEP_HOURS, Hours

NORMAL = NormalDist()


def share_below(hours: Hours, median_ratio: float, log_sd: float, at_hours: float) -> float:
    """Return the share of journeys under so many hours: each mass times its factor's share."""
    total = 0.0
    for k, mass in enumerate(hours.p):
        x = hours.shift_hours + k * STEP_HOURS
        if mass and x > 0:
            total += mass * NORMAL.cdf(math.log(at_hours / (x * median_ratio)) / log_sd)
    return total


def log_likelihood(
    node_hours: Sequence[float], low_hours: float, high_hours: float, law: tuple[float, float]
) -> float:
    """Return the log of the share of journeys between two hours, under a median and a log sd."""
    median, sd = law
    total = 0.0
    for x in node_hours:
        ends = [NORMAL.cdf(math.log(h / (x * median)) / sd) for h in (low_hours, high_hours)]
        total += (ends[1] - ends[0]) / len(node_hours)
    return math.log(total)


def crps_of_lognormal(median_hours: float, log_sd: float, observed_hours: float) -> float:
    """Return the score of the log of a lognormal, which is that of a normal in closed form.

    Gneiting and Raftery (2007), equation 21.
    """
    z = math.log(observed_hours / median_hours) / log_sd
    return log_sd * (z * (2 * NORMAL.cdf(z) - 1) + 2 * NORMAL.pdf(z) - 1 / math.sqrt(math.pi))
