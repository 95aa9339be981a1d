"""USD of a journey as a distribution: its figures drawn once each, times a law of prices.

What is uncertain together (the rate of a country by one mode, the fee of one gate) is drawn once;
two figures are independent. Each is two half-normals of its log about the central value, whose low
and high end are its P10 and P90. Over the sum lies one lognormal factor, what carriers ask over the
published rates, fitted to prices of journeys (`karwan calibrate`). The draws of a figure depend on
its name and on nothing else, so that the same figure moves all journeys alike.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from karwan.base.bands import Band
from karwan.route.draws import normals

Floats = npt.NDArray[np.float64]

DRAWS = 2048
P90_OF_NORMAL = 1.2815515655446004
MOST_LOG_SD = 0.5
"""Largest standard deviation of the log of one figure that a default may have: beyond it a default
says no more than that a figure is not known."""
LAW_NAME = "law of prices"


@dataclass(frozen=True, slots=True, kw_only=True)
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
        total += figure_usd(name, band, DRAWS)
    return total * np.exp(log_sd * normals(LAW_NAME, DRAWS)) if log_sd else total


def quantiles(draws: Floats) -> Priced:
    """Return what draws say of a journey's USD."""
    p05, p10, p50, p90, p95 = (float(q) for q in np.quantile(draws, (0.05, 0.1, 0.5, 0.9, 0.95)))
    return Priced(p05_usd=p05, p10_usd=p10, p50_usd=p50, p90_usd=p90, p95_usd=p95)


def figure_usd(name: str, band: Band, count: int) -> Floats:
    """Return draws of one figure, shape (count,): its central value where it has no band."""
    if band.value <= 0 or band.low == band.high:
        return np.full(count, band.value)
    below = _log_sd(band.low, band.value)
    above = _log_sd(band.value, band.high)
    z = normals(name, count)
    return np.asarray(band.value * np.exp(np.where(z < 0, below, above) * z))


def _log_sd(low: float, high: float) -> float:
    if low <= 0:
        return MOST_LOG_SD
    return min(math.log(high / low) / P90_OF_NORMAL, MOST_LOG_SD)
