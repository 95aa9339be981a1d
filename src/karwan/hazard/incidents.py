"""Incidents along links: how often, per 1,000 km and month, with what is not known about it.

An event lies somewhere around its coordinates, so its mass is spread over a Gaussian disc and a
link gets the share of it that falls in a band along the link; nothing is snapped to a road. Means
follow recent months with a half-life of three (set beforehand, not tuned), months outside the
coverage weigh nothing, and links of a region lend strength to one another.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from karwan.base.errors import FitError
from karwan.base.geo import EARTH_RADIUS_KM

Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]

HALF_LIFE_MONTHS = 3.0
"""Reference note on security, section 3.2: set before looking."""
RADIUS_PER_SD = 2.0
"""A radius is two standard deviations: 86 % of a Gaussian disc lies within."""
LEAST_SD_KM = 0.5
KM_PER_UNIT = 1000.0
"""Intensities are per 1,000 km-months."""
LOW, HIGH = 0.05, 0.95
LEAST_SHAPE_RATIO = 1e-6
"""Floor of the variance between links, as a share of the squared mean: links that do not differ."""


@dataclass(frozen=True, slots=True)
class Discs:
    """Where events lie: centre in degrees and radius in km, each of shape (n_events,)."""

    lat: Floats
    lon: Floats
    radius_km: Floats


def band_shares(discs: Discs, segments: Floats, half_width_km: float) -> Floats:
    """Return which share of each event lies within a band along each segment.

    The band is a rectangle: the segment's length times twice the half-width, without caps, so that
    cutting a straight segment in two changes no sum.

    Parameters
    ----------
    segments
        Shape (n_segments, 4): latitude and longitude of both ends, in degrees.

    Returns
    -------
    ndarray, shape (n_segments, n_events), from 0 to 1
    """
    from scipy.special import ndtr

    sd_km = np.maximum(discs.radius_km / RADIUS_PER_SD, LEAST_SD_KM)
    found = np.zeros((len(segments), discs.lat.size))
    for k, (lat_a, lon_a, lat_b, lon_b) in enumerate(segments):
        # A plane touching the globe halfway: off by under 1 % over links of a few hundred km.
        scale = np.cos(np.radians((lat_a + lat_b) / 2))
        east_km, north_km = _plane(lat_b - lat_a, lon_b - lon_a, scale)
        length_km = float(np.hypot(east_km, north_km))
        if length_km == 0:
            continue
        x_km, y_km = _plane(discs.lat - lat_a, discs.lon - lon_a, scale)
        along_km = (x_km * east_km + y_km * north_km) / length_km
        across_km = (x_km * north_km - y_km * east_km) / length_km
        lengthwise = ndtr((length_km - along_km) / sd_km) - ndtr(-along_km / sd_km)
        sideways = ndtr((half_width_km - across_km) / sd_km) - ndtr(
            (-half_width_km - across_km) / sd_km
        )
        found[k] = lengthwise * sideways
    return found


def _plane(d_lat: Floats, d_lon: Floats, scale: float) -> tuple[Floats, Floats]:
    """Return km to the east and to the north."""
    return (
        np.radians(d_lon) * EARTH_RADIUS_KM * scale,
        np.radians(d_lat) * EARTH_RADIUS_KM,
    )


def band_counts(
    discs: Discs,
    month: npt.NDArray[np.int64],
    segments: Floats,
    *,
    half_width_km: float,
    month_count: int,
) -> Floats:
    """Return the expected number of events in each band and month.

    Parameters
    ----------
    month
        Shape (n_events,): index of each event's month, below `month_count`.

    Returns
    -------
    ndarray, shape (n_segments, month_count)
    """
    found = np.zeros((len(segments), month_count))
    for k in range(len(segments)):
        shares = band_shares(discs, segments[k : k + 1], half_width_km)[0]
        found[k] = np.bincount(month, weights=shares, minlength=month_count)
    return found


def near(discs: Discs, lat: float, lon: float, within_km: float) -> Bools:
    """Return which events' coordinates lie within so many km of a place, shape (n_events,)."""
    phi, phi_0 = np.radians(discs.lat), np.radians(lat)
    half_lambda = np.radians(discs.lon - lon) / 2
    h = np.sin((phi - phi_0) / 2) ** 2 + np.cos(phi) * np.cos(phi_0) * np.sin(half_lambda) ** 2
    return np.asarray(2 * EARTH_RADIUS_KM * np.arcsin(np.sqrt(h)) <= within_km)


@dataclass(frozen=True, slots=True)
class Recent:
    """Weighted means of the months so far, newest heaviest.

    Attributes
    ----------
    mean_count
        Events a month; NaN where no month so far was covered.
    month_count
        Months that weigh as much: (sum of weights)² / sum of squared weights.
    """

    mean_count: Floats
    month_count: Floats


def ewma(counts: Floats, covered: Bools, half_life_months: float = HALF_LIFE_MONTHS) -> Recent:
    """Return the exponentially weighted mean after each month, shape (n_months,).

    Months that are not covered weigh nothing: they are no zeros.
    """
    keep = 0.5 ** (1 / half_life_months)
    total = weight = square = 0.0
    mean, months = np.full(counts.size, np.nan), np.zeros(counts.size)
    for t in range(counts.size):
        total, weight, square = total * keep, weight * keep, square * keep**2
        if covered[t]:
            total, weight, square = total + counts[t], weight + 1.0, square + 1.0
        if weight > 0:
            mean[t], months[t] = total / weight, weight**2 / square
    return Recent(mean, months)


def fit_dispersion(
    counts: Floats, means: Floats, *, prior: tuple[float, float] | None = None
) -> float:
    """Return the dispersion k of a negative binomial (variance = mean + mean² / k) that fits best.

    Parameters
    ----------
    counts, means
        What was counted, and what had been expected, month by month.
    prior
        (k, SD of ln k) to which a short record is drawn; None for none.

    Raises
    ------
    FitError
        If there is no month to fit to.
    """
    from scipy.optimize import minimize_scalar
    from scipy.special import gammaln

    if not counts.size:
        msg = "A dispersion needs at least one month with an expected number."
        raise FitError(msg)
    mean = np.maximum(means, LEAST_MEAN)

    def loss(log_k: float) -> float:
        k = np.exp(log_k)
        terms = (
            gammaln(counts + k) - gammaln(k)
            + k * np.log(k / (k + mean)) + counts * np.log(mean / (k + mean))
        )  # fmt: skip
        drawn = 0.0 if prior is None else ((log_k - np.log(prior[0])) / prior[1]) ** 2 / 2
        return float(drawn - np.sum(terms))

    return float(np.exp(minimize_scalar(loss, bounds=LOG_K_BOUNDS, method="bounded").x))


LEAST_MEAN = 0.05
"""A quiet unit is not expected to be silent for ever: events a month, at least."""
LOG_K_BOUNDS = (-4.0, 6.0)


def nb_cdf(x: Floats, mean: float, k: float) -> Floats:
    """Return the chance of at most x events, for a negative binomial of mean and dispersion k."""
    from scipy.special import betainc

    found = betainc(k, np.maximum(np.floor(x), 0.0) + 1, k / (k + mean))
    return np.where(np.asarray(x) < 0, 0.0, found)


def nb_quantile(p: float, mean: float, k: float) -> int:
    """Return the fewest events whose chance of not being exceeded reaches p."""
    top = int(mean + 20 * np.sqrt(mean + mean**2 / k) + 20)
    return int(np.searchsorted(nb_cdf(np.arange(top + 1, dtype=float), mean, k), p))


@dataclass(frozen=True, slots=True)
class Intensity:
    """Events per 1,000 km-months of each link: mean and a 90 % interval, shape (n_links,)."""

    low: Floats
    mean: Floats
    high: Floats


def shrunk_intensity(
    mean_count: Floats, month_count: Floats, length_km: Floats, k: Floats
) -> Intensity:
    """Return intensities of links of one region, each drawn to the region's.

    Gamma-Poisson with the gamma's mean and variance from the links by moments (Bühlmann and
    Straub 1970). A link's months weigh less where counts scatter more than a Poisson law's: by
    1 + mean / k, the ratio of the two variances.

    Parameters
    ----------
    mean_count, month_count
        Recent events a month, and how many months they rest on.
    k
        Dispersion by link.

    Raises
    ------
    FitError
        If no link of the region has any month, or a length is not above 0.
    """
    from scipy.special import gammaincinv

    if not mean_count.size or np.any(length_km <= 0) or np.any(month_count <= 0):
        msg = "Intensities need links of some length with at least one month that is covered."
        raise FitError(msg)
    rate = mean_count / length_km * KM_PER_UNIT
    exposure = month_count * length_km / KM_PER_UNIT / (1 + mean_count / k)
    middle, variance = credibility(rate, exposure)
    prior_exposure = middle / variance
    shape = middle * prior_exposure + rate * exposure
    total = prior_exposure + exposure
    return Intensity(gammaincinv(shape, LOW) / total, shape / total,
                     gammaincinv(shape, HIGH) / total)  # fmt: skip


def credibility(rate: Floats, exposure: Floats) -> tuple[float, float]:
    """Return mean and variance of the rates behind noisy ones (Bühlmann and Straub 1970).

    The variance is that of the observed rates less what a Poisson law gives them by chance, not
    below a small share of the squared mean.
    """
    total = float(np.sum(exposure))
    middle = max(float(np.sum(rate * exposure)) / total, np.finfo(float).tiny)
    spread = float(np.sum(exposure * (rate - middle) ** 2)) - (rate.size - 1) * middle
    scale = total - float(np.sum(exposure**2)) / total
    variance = spread / scale if scale > 0 else 0.0
    return middle, max(variance, LEAST_SHAPE_RATIO * middle**2)
