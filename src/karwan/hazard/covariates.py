"""Whether closures come more often where something else has happened: a rate ratio over strata."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

Z95 = 1.959963984540054


@dataclass(frozen=True, slots=True, kw_only=True)
class StratifiedRatio:
    """How many times as often something happens where exposed, with a 95 % interval.

    Attributes
    ----------
    exposed_count, other_count
        Events in exposed and in other time.
    ratio
        None where one of the two had no event or no time: nothing can be said.
    """

    exposed_count: int
    other_count: int
    exposed_months: float
    other_months: float
    ratio: float | None
    low: float | None
    high: float | None


def stratified_ratio(
    events: Sequence[tuple[int, int]], months: Sequence[tuple[float, float]]
) -> StratifiedRatio:
    """Return the Mantel-Haenszel rate ratio over strata.

    Strata compare a place with itself, so that places that differ do not pass for an effect. The
    interval is Greenland and Robins' (1985), on the logarithm.

    Parameters
    ----------
    events, months
        (exposed, other) by stratum.
    """
    a, b = (np.array(column, dtype=float) for column in zip(*events, strict=True))
    t, u = (np.array(column, dtype=float) for column in zip(*months, strict=True))
    both = t + u
    used = both > 0
    over = np.where(used, both, 1.0)
    top, bottom = float(np.sum(a * u / over)), float(np.sum(b * t / over))
    counted = StratifiedRatio(
        exposed_count=int(a.sum()),
        other_count=int(b.sum()),
        exposed_months=float(t.sum()),
        other_months=float(u.sum()),
        ratio=None,
        low=None,
        high=None,
    )
    if top <= 0 or bottom <= 0:
        return counted
    ratio = top / bottom
    sd = float(np.sqrt(np.sum((a + b) * t * u / over**2) / (top * bottom)))
    reach = float(np.exp(Z95 * sd))
    return replace(counted, ratio=ratio, low=ratio / reach, high=ratio * reach)
