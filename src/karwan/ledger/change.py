"""Did something change at a date? Counts before and after, with exposure, interval and placebo.

Counts of rare events are Poisson. Given their sum, the count after is binomial, so the interval
of the rate ratio is exact (Clopper and Pearson 1934; Przyborowski and Wilenski 1940). A single
event decides nothing, and dates at which nothing was said (placebos) show how often chance alone
gives as much.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from karwan.base.errors import DataError
from karwan.base.seeds import stream

Floats = NDArray[np.float64]
LEVEL = 0.95
FEWEST_EVENTS = 3
"""Events needed on the busier side before a change may be called one."""
DRAWS = 2000
ROUNDING = 1e-12
"""Two splits this near are equally good."""
PLACEBO_STEP_DAYS = 30
PLACEBO_MARGIN_DAYS = 365


@dataclass(frozen=True, slots=True, kw_only=True)
class RateRatio:
    """Rate after over rate before, with its exact interval and two-sided p-value."""

    before_count: int
    after_count: int
    before_days: float
    after_days: float
    ratio: float | None
    low: float
    high: float | None
    p_value: float


@dataclass(frozen=True, slots=True)
class ChangePoint:
    """The split that best divides the events into two rates, and how often chance does as well."""

    day: dt.date | None
    p_value: float


def share_interval(hit_count: int, count: int, *, level: float = LEVEL) -> tuple[float, float]:
    """Return the exact interval of a share (Clopper and Pearson 1934).

    Examples
    --------
    >>> low, high = share_interval(0, 10)
    >>> low, round(high, 4)
    (0.0, 0.3085)
    """
    from scipy.special import betaincinv

    if not 0 <= hit_count <= count:
        msg = f"{hit_count} of {count} is no share."
        raise ValueError(msg)
    tail = (1 - level) / 2
    low = 0.0 if hit_count == 0 else float(betaincinv(hit_count, count - hit_count + 1, tail))
    high = (
        1.0 if hit_count == count else float(betaincinv(hit_count + 1, count - hit_count, 1 - tail))
    )
    return low, high


def rate_interval(count: int, *, level: float = LEVEL) -> tuple[float, float]:
    """Return the exact interval of a Poisson mean (Garwood 1936).

    Examples
    --------
    >>> low, high = rate_interval(0)
    >>> low, round(high, 3)
    (0.0, 3.689)
    """
    from scipy.special import gammaincinv

    tail = (1 - level) / 2
    low = 0.0 if count == 0 else float(gammaincinv(count, tail))
    return low, float(gammaincinv(count + 1, 1 - tail))


def rate_ratio(
    before_count: int, after_count: int, before_days: float, after_days: float
) -> RateRatio:
    """Return the ratio of two Poisson rates with its exact 95 % interval.

    `ratio` is None where nothing happened before, `high` is None where it has no bound.

    Examples
    --------
    >>> found = rate_ratio(10, 10, 365.0, 365.0)
    >>> found.ratio, round(found.low, 3), round(found.high, 3)
    (1.0, 0.374, 2.677)
    """
    from scipy.special import bdtr, bdtrc

    if before_days <= 0 or after_days <= 0:
        raise DataError("the test", ["before and after each need at least one day at risk"])
    count = before_count + after_count
    odds = before_days / after_days
    low_share, high_share = share_interval(after_count, count)
    chance = after_days / (before_days + after_days)
    lower = float(bdtr(after_count, count, chance))
    upper = 1.0 if after_count == 0 else float(bdtrc(after_count - 1, count, chance))
    return RateRatio(
        before_count=before_count,
        after_count=after_count,
        before_days=before_days,
        after_days=after_days,
        ratio=after_count / before_count * odds if before_count else None,
        low=odds * low_share / (1 - low_share) if low_share < 1 else 0.0,
        high=odds * high_share / (1 - high_share) if high_share < 1 else None,
        p_value=min(1.0, 2 * min(lower, upper)),
    )


def change_point(
    days: Sequence[dt.date], start: dt.date, end: dt.date, *, seed: int = 0
) -> ChangePoint:
    """Return the likeliest day on which the rate changed.

    Given their number, the days of a steady Poisson process are uniform; the p-value is the share
    of such draws whose best split is as good (Worsley 1986, by simulation).
    """
    span_days = (end - start).days
    if span_days <= 0:
        raise DataError("the test", [f"the record ends {end}, before it starts {start}"])
    times = np.sort(np.array([(day - start).days for day in days], dtype=np.float64))
    if times.size < FEWEST_EVENTS:
        return ChangePoint(None, 1.0)
    best, at_days = best_split(times, span_days)
    generator = stream(seed, "change point", start.isoformat(), end.isoformat(), str(times.size))
    draws = np.floor(generator.random((DRAWS, times.size)) * span_days)
    as_good = int((best_splits(draws, span_days)[0] >= best - ROUNDING).sum())
    day = start + dt.timedelta(days=int(at_days))
    return ChangePoint(day, (1 + as_good) / (1 + DRAWS))


def best_split(times_days: Floats, span_days: float) -> tuple[float, float]:
    """Return the largest log likelihood ratio of two rates against one, and where it splits.

    Parameters
    ----------
    times_days
        Shape (n_events,), whole days from the start, in any order.

    Examples
    --------
    >>> ratio, day = best_split(np.array([80.0, 85.0, 90.0, 95.0]), 100.0)
    >>> round(ratio, 2), day
    (6.44, 80.0)
    """
    ratio, day = best_splits(times_days[np.newaxis, :], span_days)
    return float(ratio[0]), float(day[0])


def best_splits(times_days: Floats, span_days: float) -> tuple[Floats, Floats]:
    """Return the best split of each row of shape (n_rows, n_events).

    For given counts the likelihood is best just before or just after an event, so only the start
    of an event's day and of the next are tried, and those that leave a day on either side.
    """
    count = times_days.shape[1]
    splits = np.concatenate([times_days, times_days + 1.0], axis=1)
    splits = np.clip(splits, 1.0, span_days - 1.0)
    before = (times_days[:, np.newaxis, :] < splits[:, :, np.newaxis]).sum(axis=2, dtype=np.float64)
    after = count - before
    with np.errstate(divide="ignore", invalid="ignore"):
        first = np.where(before > 0, before * np.log(before / splits), 0.0)
        second = np.where(after > 0, after * np.log(after / (span_days - splits)), 0.0)
    ratio = first + second - count * np.log(count / span_days)
    best = np.argmax(ratio, axis=1)
    rows = np.arange(best.size)
    return ratio[rows, best], splits[rows, best]


def placebo_share(
    start: dt.date, stated: dt.date, p_value: float, test: Callable[[dt.date], RateRatio]
) -> tuple[float | None, int]:
    """Return how many placebo dates, before anything was said, give a p-value as small.

    Parameters
    ----------
    test
        The same test at another date, on data before `stated` only.

    Returns
    -------
    The share, or None where the record before is too short, and the number of dates tried.
    """
    margin = dt.timedelta(days=PLACEBO_MARGIN_DAYS)
    day, tried, as_small = start + margin, 0, 0
    while day + margin <= stated:
        tried += 1
        as_small += test(day).p_value <= p_value
        day += dt.timedelta(days=PLACEBO_STEP_DAYS)
    return (as_small / tried if tried else None), tried
