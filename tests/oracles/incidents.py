"""Incident figures the slow way: by drawing places, by summing terms, by integrating."""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
KM_PER_DEGREE = math.radians(1) * 6371.0088


def drawn_share(
    at: tuple[float, float],
    sd_km: float,
    ends: tuple[float, float, float, float],
    half_width_km: float,
    draws: int = 200_000,
) -> float:
    """Return the share of a Gaussian disc in a band, by drawing places in it.

    A place is in the band if its foot on the line lies between the ends and it is near enough.
    """
    random = np.random.default_rng(7)
    scale = math.cos(math.radians((ends[0] + ends[2]) / 2))
    x = (at[1] - ends[1]) * KM_PER_DEGREE * scale + sd_km * random.standard_normal(draws)
    y = (at[0] - ends[0]) * KM_PER_DEGREE + sd_km * random.standard_normal(draws)
    dx = (ends[3] - ends[1]) * KM_PER_DEGREE * scale
    dy = (ends[2] - ends[0]) * KM_PER_DEGREE
    t = (x * dx + y * dy) / (dx * dx + dy * dy)
    off = np.hypot(x - t * dx, y - t * dy)
    return float(np.mean((t >= 0) & (t <= 1) & (off <= half_width_km)))


def weighted_mean(counts: list[float], covered: list[bool], half_life: float) -> float:
    """Return the mean in which a month of age a weighs 2^(-a / half-life), covered ones only."""
    pairs = [
        (0.5 ** ((len(counts) - 1 - t) / half_life), count)
        for t, (count, seen) in enumerate(zip(counts, covered, strict=True))
        if seen
    ]
    return float(sum(w * c for w, c in pairs) / sum(w for w, _ in pairs))


def nb_chance(n: int, mean: float, k: float) -> float:
    """Return the chance of exactly n events, from the gamma functions."""
    return math.exp(
        math.lgamma(n + k) - math.lgamma(k) - math.lgamma(n + 1)
        + k * math.log(k / (k + mean)) + n * math.log(mean / (k + mean))
    )  # fmt: skip


def crps_of_draws(draws: Floats, seen: float) -> float:
    """Return E|X - y| - E|X - X'| / 2 with every pair of draws."""
    pairs = np.abs(draws[:, None] - draws[None, :])
    return float(np.mean(np.abs(draws - seen)) - pairs.mean() / 2)
