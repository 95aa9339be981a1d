"""How a gate works after it reopens: at once, within days, or in stages.

Day one after a clash, an epidemic or papers to be checked again passed a quarter of the ordinary
flow (median of nine, 4 to 36 %). After two days in August 2021 Torkham was back on day nine; after
a month in 2020 it worked under caps raised on days 22, 34 and 38; after two days without a customs
system Islam Qala worked as ever. Two shapes of a handful of cases each: grade B and C.
"""

from __future__ import annotations

from enum import StrEnum

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]

MONTH_DAYS = 30.0
"""A stop of a month or more restarts in stages."""
FIRST_DAY_SHARE = 0.25
RAMP_DAYS = 4.0
"""A short stop: 1 - 0.75 exp(-days / 4) of capacity, 92 % on day nine."""
STAGE_DAYS = (0.0, 21.0, 33.0, 37.0)
STAGE_SHARES = (0.1, 0.3, 0.5, 1.0)
"""A long stop: caps from days 1, 22, 34 and 38 on."""
AT_ONCE_CAUSES = frozenset({"documentation_rule", "strike", "systems", "technical", "works"})
"""Causes that leave gate and equipment as they were."""


class Restart(StrEnum):
    """Shapes of a restart."""

    at_once = "at-once"
    ramp = "ramp"
    staged = "staged"


def restart_of(shut_days: float, cause: str = "") -> Restart:
    """Return the shape after so many days shut, by cause where it is known.

    Examples
    --------
    >>> str(restart_of(8)), str(restart_of(30)), str(restart_of(8, "strike"))
    ('ramp', 'staged', 'at-once')
    """
    if cause in AT_ONCE_CAUSES:
        return Restart.at_once
    return Restart.staged if shut_days >= MONTH_DAYS else Restart.ramp


def passed_days(since_days: Floats | float, shape: Restart) -> Floats:
    """Return what has passed since reopening, in days of the ordinary capacity.

    Parameters
    ----------
    since_days
        Days since reopening; before it nothing passes.

    Examples
    --------
    >>> [round(float(passed_days(38.0, shape)), 2) for shape in Restart]
    [38.0, 35.0, 8.7]
    """
    since = np.maximum(np.asarray(since_days, dtype=np.float64), 0.0)
    if shape is Restart.at_once:
        return since
    if shape is Restart.ramp:
        lost = (1 - FIRST_DAY_SHARE) * RAMP_DAYS * (1 - np.exp(-since / RAMP_DAYS))
        return np.asarray(since - lost)
    passed = np.zeros_like(since)
    ends = (*STAGE_DAYS[1:], np.inf)
    for start, end, share in zip(STAGE_DAYS, ends, STAGE_SHARES, strict=True):
        passed += share * np.clip(since - start, 0.0, end - start)
    return passed
