"""Slow truth for changes: interval and p-value of a rate ratio by search, best split by trial."""

from __future__ import annotations

import math
from collections.abc import Sequence

from scipy import optimize, stats


def rate_ratio_interval(
    before: int, after: int, before_days: float, after_days: float
) -> tuple[float, float]:
    """Return the ratios at which the observed count just stops being surprising (2.5 % a side)."""
    count = before + after

    def chance(ratio: float) -> float:
        return ratio * after_days / (before_days + ratio * after_days)

    def above(log_ratio: float) -> float:
        return float(stats.binom.sf(after - 1, count, chance(math.exp(log_ratio)))) - 0.025

    def below(log_ratio: float) -> float:
        return float(stats.binom.cdf(after, count, chance(math.exp(log_ratio)))) - 0.025

    low = 0.0 if after == 0 else math.exp(optimize.brentq(above, -30, 30, xtol=1e-13))
    high = math.inf if before == 0 else math.exp(optimize.brentq(below, -30, 30, xtol=1e-13))
    return low, high


def rate_ratio_p_value(before: int, after: int, before_days: float, after_days: float) -> float:
    """Return twice the smaller tail of the binomial, summed term by term."""
    count, share = before + after, after_days / (before_days + after_days)
    terms = [math.comb(count, k) * share**k * (1 - share) ** (count - k) for k in range(count + 1)]
    return min(1.0, 2 * min(sum(terms[: after + 1]), sum(terms[after:])))


def best_split(times_days: Sequence[float], span_days: int) -> float:
    """Return the best log likelihood ratio over splits at the start of every day."""
    count, best = len(times_days), 0.0
    for split in range(1, span_days):
        before = sum(time < split for time in times_days)
        sides = ((before, split), (count - before, span_days - split))
        two = sum(n * math.log(n / days) for n, days in sides if n)
        best = max(best, two - count * math.log(count / span_days))
    return best
