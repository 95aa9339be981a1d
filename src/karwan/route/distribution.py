"""Hours of a journey as a distribution, composed by Fourier transform on a 0.25 h grid.

Hauls of one country and mode vary together (one lognormal factor: weather, season, convoy), so
cutting a link into pieces changes nothing. Every crossing and every terminal varies on its own,
with a heavier tail (log-logistic). Each part is laid on the grid so that its mean stays exact; a
part without spread is a shift and never touches the grid. Over the sum lies one factor for the
whole journey, the law of hours, which is fitted to journeys that happened.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import numpy.typing as npt

from karwan.base.cache import keep_array, kept_array, key_of

Floats = npt.NDArray[np.float64]

STEP_HOURS = 0.25
LOGNORMAL, LOG_LOGISTIC = "lognormal", "log-logistic"
TAIL_SHARE = 1e-8
"""Share of a haul beyond the grid, put on its last point."""
LONGEST_WAIT_SHARE = 0.999
"""A wait longer than this quantile is a closure, which the hazard knows, not a slow day."""
EXPECTED_SHORTFALL_SHARE = 0.05
LOG_STEP = 0.005
"""Step of the grid of logs on which the factor of a journey is laid over its hours."""
LOG_REACH = 6.0
"""Standard deviations to which the factor is laid out."""
_NODES_PER_UNIT = 2000
UNITS = "hours"
"""The kind of entry of the cache in which variables of mean 1 are kept."""
SOURCE = "route/distribution.py"


@dataclass(frozen=True, slots=True)
class Part:
    """A part of a journey that varies on its own: mean hours and spread.

    Attributes
    ----------
    cv_ratio
        Standard deviation over mean of the lognormal; 0 for none. For a node, the coefficient of
        variation that its log-logistic has once its longest waits are cut off.
    tail
        `lognormal` (hauls) or `log-logistic` (crossings, terminals).
    """

    mean_hours: float
    cv_ratio: float
    tail: str


@dataclass(frozen=True, slots=True)
class JourneyLaw:
    """The law of hours: what a whole journey takes, over the sum of its published parts.

    The ratio is lognormal.

    Attributes
    ----------
    median_ratio
        Half of journeys take more than so many times their parts.
    log_sd
        Standard deviation of the log of the ratio, with what the fit leaves open of the median.
    """

    median_ratio: float = 1.0
    log_sd: float = 0.0

    @property
    def mean_ratio(self) -> float:
        """Mean of the ratio: what the routing weight takes."""
        return self.median_ratio * math.exp(self.log_sd**2 / 2)


@dataclass(frozen=True, slots=True)
class Hours:
    """A distribution of hours: point masses on a grid that starts at `shift_hours`.

    Attributes
    ----------
    p
        Shape (n,), shares that sum to 1, at `shift_hours + k * STEP_HOURS`.
    """

    shift_hours: float
    mean_hours: float
    p: Floats

    def quantile(self, share: float) -> float:
        """Return the hours not exceeded with a probability, interpolated within a step.

        Raises
        ------
        ValueError
            If the share is not between 0 and 1.
        """
        if not 0 < share < 1:
            msg = f"A quantile needs a share between 0 and 1, not {share:g}."
            raise ValueError(msg)
        if self.p.size == 1:
            return self.shift_hours
        above = np.cumsum(self.p)
        k = int(np.searchsorted(above, share))
        below = above[k - 1] if k else 0.0
        within = (share - below) / self.p[k] if self.p[k] > 0 else 0.5
        return self.shift_hours + STEP_HOURS * max(k - 0.5 + float(within), 0.0)

    def expected_shortfall(self, share: float = EXPECTED_SHORTFALL_SHARE) -> float:
        """Return the mean of the worst share of journeys, in hours."""
        worse = np.cumsum(self.p[::-1])[::-1] - self.p
        taken = np.minimum(self.p, np.maximum(share - worse, 0.0))
        at = self.shift_hours + np.arange(self.p.size) * STEP_HOURS
        return float(np.sum(taken * at) / np.sum(taken))

    def expected_excess(self, hours: float) -> float:
        """Return the mean of what a journey takes beyond so many hours, in hours."""
        at = self.shift_hours + np.arange(self.p.size) * STEP_HOURS
        return float(np.sum(self.p * np.maximum(at - hours, 0.0)))

    @property
    def sd_hours(self) -> float:
        """Standard deviation, in hours."""
        at = np.arange(self.p.size) * STEP_HOURS
        mean = float(np.sum(self.p * at))
        return math.sqrt(max(float(np.sum(self.p * (at - mean) ** 2)), 0.0))


def compose_hours(parts: Sequence[Part], fixed_hours: float = 0.0) -> Hours:
    """Return the distribution of the sum of independent parts.

    Parameters
    ----------
    fixed_hours
        Hours that do not vary.

    Examples
    --------
    >>> sure = compose_hours([], fixed_hours=10.1)
    >>> sure.quantile(0.05), sure.quantile(0.95)
    (10.1, 10.1)
    >>> wide = compose_hours([Part(20.0, 0.5, "lognormal"), Part(30.0, 0.8, "log-logistic")])
    >>> wide.mean_hours, wide.quantile(0.5) < wide.mean_hours
    (50.0, True)
    """
    varying = sorted(
        (part for part in parts if part.cv_ratio > 0 and part.mean_hours > 0),
        key=lambda part: (part.tail, part.mean_hours, part.cv_ratio),
    )
    shift = math.fsum([fixed_hours, *(part.mean_hours for part in parts if part not in varying)])
    mean = math.fsum([fixed_hours, *(part.mean_hours for part in parts)])
    if not varying:
        return Hours(shift, mean, np.ones(1))
    masses = [masses_of(part) for part in varying]
    size = sum(mass.size for mass in masses) - len(masses) + 1
    length = 1 << (size - 1).bit_length()
    spectrum = np.fft.rfft(masses[0], length)
    for mass in masses[1:]:
        spectrum *= np.fft.rfft(mass, length)
    p = np.maximum(np.fft.irfft(spectrum, length)[:size], 0.0)
    return Hours(shift, mean, p / np.sum(p))


def under_law(hours: Hours, law: JourneyLaw) -> Hours:
    """Return the distribution of hours times the factor of a law.

    Hours and factor are added as logs on a grid of `LOG_STEP`; the mean is exact.

    Examples
    --------
    >>> law = JourneyLaw(1.2, 0.3)
    >>> longer = under_law(compose_hours([], fixed_hours=100.0), law)
    >>> round(longer.quantile(0.5)), longer.mean_hours == 100 * law.mean_ratio
    (120, True)
    """
    mean = hours.mean_hours * law.mean_ratio
    if law == JourneyLaw() or mean <= 0:
        return hours
    longest = hours.shift_hours + (hours.p.size - 0.5) * STEP_HOURS
    if hours.p.size == 1:
        if not law.log_sd:
            return Hours(mean, mean, hours.p)
        lowest, log_p = math.log(hours.shift_hours), np.ones(1)
    else:
        lowest = math.log(max(hours.shift_hours - STEP_HOURS / 2, STEP_HOURS / 2))
        count = math.ceil((math.log(longest) - lowest) / LOG_STEP) + 1
        edges = lowest + LOG_STEP * (np.arange(count + 1) - 0.5)
        log_p = np.diff(_shares_below(hours, np.exp(edges)), prepend=0.0)[1:]
        log_p[0] += max(1 - float(np.sum(log_p)), 0.0)
    reach = math.ceil(LOG_REACH * law.log_sd / LOG_STEP)
    log_p = np.convolve(log_p, _normal_masses(law.log_sd, reach))
    first = lowest + math.log(law.median_ratio) - reach * LOG_STEP
    ends = first + LOG_STEP * (np.arange(log_p.size + 1) - 0.5)
    below = np.concatenate([[0.0], np.cumsum(log_p)])
    last = math.ceil(math.exp(float(ends[-1])) / STEP_HOURS)
    at = (np.arange(last + 1) + 0.5) * STEP_HOURS
    shares = np.interp(np.log(at), ends, below)
    kept = int(np.searchsorted(shares, 1 - TAIL_SHARE)) + 1
    p = np.maximum(np.diff(shares[:kept], prepend=0.0), 0.0)
    return Hours(0.0, mean, p / np.sum(p))


def _shares_below(hours: Hours, at: Floats) -> Floats:
    """Return the share of journeys below each number of hours; a mass is even over its step."""
    edges = hours.shift_hours + (np.arange(hours.p.size + 1) - 0.5) * STEP_HOURS
    return np.asarray(np.interp(at, edges, np.concatenate([[0.0], np.cumsum(hours.p)])))


@lru_cache(maxsize=64)
def _normal_masses(sd: float, reach: int) -> Floats:
    """Return the shares of a normal of mean 0 in steps of `LOG_STEP` about it."""
    if not reach:
        return np.ones(1)
    edges = (np.arange(-reach, reach + 2) - 0.5) * LOG_STEP / sd
    below = [math.erfc(-edge / math.sqrt(2)) / 2 for edge in edges]
    masses = np.diff(below)
    masses = masses / np.sum(masses)
    masses.setflags(write=False)
    return np.asarray(masses)


@lru_cache(maxsize=4096)
def masses_of(part: Part) -> Floats:
    """Return the masses of a part on the grid from 0, whose mean is the part's, exactly.

    A mass is the expectation of a hat function at its point, which is a second difference of the
    limited expected value E[min(X, x)] (Klugman, Panjer and Willmot, Loss Models, on local moment
    matching); a hat splits what lies between two points so that the mean stays.
    """
    unit = _unit(part.tail, part.cv_ratio)
    count = math.ceil(part.mean_hours * unit.longest / STEP_HOURS) + 2
    at = np.arange(count + 1, dtype=np.float64) * (STEP_HOURS / part.mean_hours)
    limited = part.mean_hours * unit.limited(at)
    p = np.empty(count)
    p[0] = 1 - limited[1] / STEP_HOURS
    p[1:] = (2 * limited[1:-1] - limited[:-2] - limited[2:]) / STEP_HOURS
    p = np.maximum(p, 0.0)
    p[-1] += max(1 - float(np.sum(p)), 0.0)
    p.setflags(write=False)
    return p


@dataclass(frozen=True, slots=True)
class _Unit:
    """A variable of mean 1 by its limited expected value E[min(X, x)] at nodes."""

    longest: float
    nodes: Floats
    values: Floats

    def limited(self, x: Floats) -> Floats:
        return np.interp(x, self.nodes, self.values)


def _nodes(longest: float) -> Floats:
    """Return nodes fine enough that an interpolation is far below a step of the grid."""
    return np.linspace(0.0, longest, max(int(longest * _NODES_PER_UNIT), 2000) + 1)


@lru_cache(maxsize=256)
def _unit(tail: str, cv_ratio: float) -> _Unit:
    """Return the variable of a tail and spread, as kept from an earlier run where it is.

    Few spreads are in use, and special functions at all nodes of one take longer than a journey.
    """
    make = _lognormal if tail == LOGNORMAL else _log_logistic
    key = key_of(tail, cv_ratio.hex(), rooms=(SOURCE,), libraries=("numpy", "scipy"))
    kept = kept_array(UNITS, key)
    if kept is not None and kept.ndim == 1 and kept.size > 1:
        longest = float(kept[0])
        return _Unit(longest, _nodes(longest), kept[1:])
    unit = make(cv_ratio)
    keep_array(UNITS, key, np.concatenate(([unit.longest], unit.values)))
    return unit


def _lognormal(cv_ratio: float) -> _Unit:
    from scipy.special import ndtr, ndtri

    sigma = math.sqrt(math.log1p(cv_ratio**2))
    mu = -(sigma**2) / 2
    longest = math.exp(mu + sigma * float(ndtri(1 - TAIL_SHARE)))
    x = _nodes(longest)
    with np.errstate(divide="ignore"):
        z = (np.log(x) - mu) / sigma
    return _Unit(longest, x, ndtr(z - sigma) + x * ndtr(-z))


def _log_logistic(cv_ratio: float) -> _Unit:
    beta = log_logistic_shape(cv_ratio)
    cut = (LONGEST_WAIT_SHARE / (1 - LONGEST_WAIT_SHARE)) ** (1 / beta)
    mean = float(_limited(beta, np.array([cut]))[0])
    x = _nodes(cut / mean)
    return _Unit(cut / mean, x, _limited(beta, x * mean) / mean)


def _limited(beta: float, x: Floats) -> Floats:
    """Return E[min(X, x)] of a log-logistic of scale 1, cut off at its longest wait."""
    from scipy.special import hyp2f1

    rest = 1 - LONGEST_WAIT_SHARE
    whole = x * hyp2f1(1.0, 1 / beta, 1 + 1 / beta, -(x**beta))
    return np.asarray((whole - x * rest) / LONGEST_WAIT_SHARE)


def unit_waits(cv_ratio: float, shares: Floats) -> Floats:
    """Return quantiles of the law of a crossing or a terminal, its mean set to 1.

    Parameters
    ----------
    cv_ratio
        Its coefficient of variation; 0 for a wait that is sure.
    shares
        Between 0 and 1.

    Examples
    --------
    >>> shares = (np.arange(20_000) + 0.5) / 20_000
    >>> round(float(unit_waits(0.8, shares).mean()), 3)
    1.0
    """
    if cv_ratio <= 0:
        return np.ones_like(shares)
    beta = log_logistic_shape(cv_ratio)
    met = LONGEST_WAIT_SHARE * shares
    return np.asarray((met / (1 - met)) ** (1 / beta) / _moments(beta)[0])


@lru_cache(maxsize=256)
def _moments(beta: float) -> tuple[float, float]:
    """Return mean and coefficient of variation of a log-logistic of scale 1, cut off."""
    odds, weight = _quadrature()
    x = odds ** (1 / beta)
    mean = float(np.sum(weight * x))
    return mean, math.sqrt(float(np.sum(weight * x**2)) / mean**2 - 1)


@lru_cache(maxsize=1)
def _quadrature() -> tuple[Floats, Floats]:
    """Return odds u / (1 - u) and weights for a share u that is even up to the cut.

    u = 1 - exp(-t) stretches the tail, where most of the variance lies.
    """
    nodes, weights = np.polynomial.legendre.leggauss(200)
    last = -math.log(1 - LONGEST_WAIT_SHARE)
    t = (nodes + 1) * last / 2
    return np.expm1(t), weights * (last / 2) * np.exp(-t) / LONGEST_WAIT_SHARE


@lru_cache(maxsize=256)
def log_logistic_shape(cv_ratio: float) -> float:
    """Return the shape of the cut-off log-logistic with a coefficient of variation.

    Raises
    ------
    ValueError
        If no shape above 1 has it.
    """
    low, high = 1.0, 400.0
    if not _moments(high)[1] < cv_ratio < _moments(low)[1]:
        msg = f"No wait has a coefficient of variation of {cv_ratio:g}."
        raise ValueError(msg)
    for _ in range(80):
        middle = math.sqrt(low * high)
        low, high = (middle, high) if _moments(middle)[1] > cv_ratio else (low, middle)
    return math.sqrt(low * high)
