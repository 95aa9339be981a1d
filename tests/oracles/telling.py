"""How late closures are told: the slow and obvious product over every lag."""

from __future__ import annotations

from collections.abc import Sequence


def told_within(told: Sequence[tuple[int, int]], age_days: int, prompt_count: float) -> float:
    """Return the share of closures told within so many days of their start.

    Parameters
    ----------
    told
        Days from start to telling, and from start to now, of each closure known.
    prompt_count
        Closures told on their day that stand for what is thought beforehand.
    """
    share = 1.0
    for lag in sorted({lag for lag, _ in told if lag > age_days}):
        at_risk = prompt_count + sum(one <= lag <= age for one, age in told)
        share *= 1 - sum(one == lag for one, _ in told) / at_risk
    return share
