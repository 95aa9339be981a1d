"""USD of a journey as a distribution: its figures drawn once each, times a law of prices.

What is uncertain together (the rate of a country by one mode, the fee of one gate) is drawn once;
two figures are independent. Each is two half-normals of its log about the central value, whose low
and high end are its P10 and P90. Over the sum lies one lognormal factor, what carriers ask over the
published rates, fitted to prices of journeys (`karwan calibrate`). The draws of a figure depend on
its name and on nothing else, so that the same figure moves all journeys alike.
"""

from __future__ import annotations

import hashlib
import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import numpy.typing as npt

from karwan.base.bands import Band

Floats = npt.NDArray[np.float64]

DRAWS = 2048
P90_OF_NORMAL = 1.2815515655446004
MOST_LOG_SD = 0.5
"""Largest standard deviation of the log of one figure that a default may have: beyond it a default
says no more than that a figure is not known."""
LAW_NAME = "law of prices"


@dataclass(frozen=True, slots=True)
class Priced:
    """USD of a journey: quantiles over the draws."""

    p05_usd: float
    p10_usd: float
    p50_usd: float
    p90_usd: float
    p95_usd: float


def draw_usd(figures: Sequence[tuple[str, Band]], log_sd: float) -> Floats:
    """Return draws of the sum of figures times the law, shape (DRAWS,).

    Parameters
    ----------
    figures
        What is uncertain together, by name, each with low, central and high USD.
    log_sd
        Standard deviation of the log of the law's factor, whose median is 1.
    """
    total = np.zeros(DRAWS)
    for name, band in figures:
        total += _figure_draws(name, band)
    return total * np.exp(log_sd * _normals(LAW_NAME)) if log_sd else total


def quantiles(draws: Floats) -> Priced:
    """Return what draws say of a journey's USD."""
    return Priced(*(float(q) for q in np.quantile(draws, (0.05, 0.1, 0.5, 0.9, 0.95))))


def _figure_draws(name: str, band: Band) -> Floats:
    if band.value <= 0 or band.low == band.high:
        return np.full(DRAWS, band.value)
    below = _log_sd(band.low, band.value)
    above = _log_sd(band.value, band.high)
    z = _normals(name)
    return np.asarray(band.value * np.exp(np.where(z < 0, below, above) * z))


def _log_sd(low: float, high: float) -> float:
    if low <= 0:
        return MOST_LOG_SD
    return min(math.log(high / low) / P90_OF_NORMAL, MOST_LOG_SD)


@lru_cache(maxsize=1024)
def _normals(name: str) -> Floats:
    """Return normal draws of a name, one in each of as many strata, in an order of its own."""
    from scipy.special import ndtri

    seed = int.from_bytes(hashlib.sha256(name.encode()).digest()[:8], "big")
    order = np.random.default_rng(seed).permutation(DRAWS)
    draws = np.asarray(ndtri((order + 0.5) / DRAWS))
    draws.setflags(write=False)
    return draws
