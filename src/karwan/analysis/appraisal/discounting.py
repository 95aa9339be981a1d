"""Present values, returns and the tariff at which a line breaks even.

Times are years from the start of the works and need not be whole: what is spent through a year
counts at its middle, what is earned at its end.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]

GRID_STEP = 0.005
"""Of the logarithm of 1 + return, on which a change of sign is looked for."""
LEAST_RETURN, MOST_RETURN = -0.9, 20.0
TOLERANCE = 1e-12


def capital_recovery(rate_share: float, year_count: float) -> float:
    """Return the yearly payment that pays back 1 over years, at their ends.

    Examples
    --------
    >>> round(capital_recovery(0.09, 30), 7), capital_recovery(0.0, 4)
    (0.0973364, 0.25)
    """
    if rate_share == 0:
        return 1.0 / year_count
    return rate_share / -math.expm1(-year_count * math.log1p(rate_share))


def value_at_opening(rate_share: float, build_year_count: int) -> float:
    """Return what 1 spent evenly over the works, in the middle of years, is worth at the opening.

    Examples
    --------
    >>> round(value_at_opening(0.09, 5), 6)
    1.249644
    """
    worth = [float((1 + rate_share) ** (i + 0.5)) for i in range(build_year_count)]
    return sum(worth) / build_year_count


def present_value(net: Floats, times: Floats, rate_share: float) -> Floats:
    """Return the present value of flows, over the last axis.

    Parameters
    ----------
    net
        Shape (..., n_times), in any money.
    times
        Years from the start, shape (n_times,).

    Returns
    -------
    ndarray, shape (...)
    """
    return np.asarray(net @ (1 + rate_share) ** -times)


@dataclass(frozen=True, slots=True)
class Returns:
    """All rates at which flows have no present value; none, with the reason."""

    roots: tuple[float, ...]
    why: str = ""


def all_returns(net: Floats, times: Floats) -> Returns:
    """Return every internal rate of return between -90 % and 2,000 %.

    The rate is unique only where flows change sign once; a rebuild or an abandonment at a cost
    makes several, and no one of them is then the return. Two roots nearer than half a point stay
    unseen.

    Parameters
    ----------
    net, times
        Shape (n_times,).

    Examples
    --------
    >>> all_returns(np.array([-100.0, 230.0, -132.0]), np.array([0.0, 1.0, 2.0])).roots
    (0.1, 0.2)
    >>> all_returns(np.array([-1.0, 0.5]), np.array([0.0, 0.0])).why
    'the flows never earn back what is spent at any rate'
    """
    steps = np.arange(math.log1p(LEAST_RETURN), math.log1p(MOST_RETURN), GRID_STEP)
    values = np.exp(-np.outer(steps, times)) @ net
    if not np.any(net > 0) or not np.any(net < 0):
        sign = "positive" if np.any(net > 0) else "negative"
        return Returns((), f"no flow is other than {sign}")

    def at(step: float) -> float:
        return float(np.exp(-step * times) @ net)

    edges = np.flatnonzero(np.sign(values[:-1]) * np.sign(values[1:]) < 0)
    roots = [_bisect(at, float(steps[k]), float(steps[k + 1])) for k in edges]
    roots += [float(steps[k]) for k in np.flatnonzero(values == 0)]
    if not roots:
        if np.all(values < 0):
            return Returns((), "the flows never earn back what is spent at any rate")
        return Returns((), "the present value has one sign at every rate looked at")
    return Returns(tuple(sorted(round(math.expm1(root), 10) for root in roots)))


def _bisect(at: Callable[[float], float], low: float, high: float) -> float:
    """Return where a continuous function changes its sign."""
    below = at(low) < 0
    while high - low > TOLERANCE:
        middle = (low + high) / 2
        if (at(middle) < 0) == below:
            low = middle
        else:
            high = middle
    return (low + high) / 2


def payback_years(net: Floats, times: Floats) -> float | None:
    """Return when the undiscounted sum stays at 0 or more from then on; None if it never does."""
    behind = np.flatnonzero(np.cumsum(net) < 0)
    if not behind.size:
        return float(times[0])
    first = behind[-1] + 1
    return float(times[first]) if first < times.size else None


@dataclass(frozen=True, slots=True, kw_only=True)
class LineCost:
    """What a line costs, for its tariff at break-even.

    Attributes
    ----------
    overrun_share
        Over the estimate; the yearly cost of guarding grows with it.
    security_share
        Of what was spent, a year.
    """

    capex_musd: float
    length_km: float
    fixed_usd_per_km: float
    variable_usd_per_tkm: float
    security_share: float
    build_year_count: int
    operating_year_count: int
    overrun_share: float = 0.0


def break_even_tariff(
    cost: LineCost, mt_per_year: float, *, rate_share: float, open_share: float = 1.0
) -> float:
    """Return the tariff in USD a tonne at which a line just pays.

    Parameters
    ----------
    open_share
        Of the year in which the line earns; its costs run on.

    Examples
    --------
    >>> western = LineCost(
    ...     capex_musd=7000, length_km=687, fixed_usd_per_km=50_000, variable_usd_per_tkm=0.012,
    ...     security_share=0.004, build_year_count=5, operating_year_count=30,
    ... )
    >>> round(break_even_tariff(western, 15, rate_share=0.09), 2)
    69.16
    """
    spent_musd = cost.capex_musd * (1 + cost.overrun_share)
    yearly_musd = (
        spent_musd * value_at_opening(rate_share, cost.build_year_count)
        * capital_recovery(rate_share, cost.operating_year_count)
        + cost.fixed_usd_per_km * cost.length_km / 1e6
        + cost.security_share * spent_musd
    )  # fmt: skip
    return yearly_musd / (mt_per_year * open_share) + cost.variable_usd_per_tkm * cost.length_km
