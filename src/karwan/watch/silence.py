"""Sources that went silent: no new row for twice their usual gap.

A gate without news is not an open one: a source that stopped writing must be told, or the last
thing it wrote stays true for ever.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import Any

import numpy as np

USUAL_SHARE = 0.9
"""The usual gap is the one that so many of the past gaps do not exceed."""
LEAST_DAYS = 14
"""No usual gap is taken to be shorter."""
LEAST_GAPS = 4
"""Of fewer gaps nothing is said: a source of three rows has no habit."""
TIMES_USUAL = 2


def usual_gap_days(days: Sequence[dt.date]) -> int | None:
    """Return the gap between rows that a source seldom exceeds, in days; None if too few are known.

    Examples
    --------
    >>> weekly = [dt.date(2026, 1, 1) + dt.timedelta(7 * k) for k in range(10)]
    >>> usual_gap_days(weekly), usual_gap_days(weekly[:3])
    (14, None)
    """
    told = sorted(set(days))
    gaps = [(b - a).days for a, b in pairwise(told)]
    if len(gaps) < LEAST_GAPS:
        return None
    usual = float(np.quantile(gaps, USUAL_SHARE, method="higher"))
    return max(LEAST_DAYS, int(usual))


def silent_sources(
    rows: Mapping[str, Sequence[dt.date]], as_of: dt.date
) -> dict[str, dict[str, Any]]:
    """Return sources with no row for twice their usual gap: last day, and the gap in days.

    Parameters
    ----------
    rows
        Days on which each source had a row; those after `as_of` are not looked at.
    """
    silent = {}
    for name, days in sorted(rows.items()):
        known = [day for day in days if day <= as_of]
        usual = usual_gap_days(known)
        if usual is None:
            continue
        last = max(known)
        if (as_of - last).days > TIMES_USUAL * usual:
            silent[name] = {"last": last.isoformat(), "usual_days": usual}
    return silent
