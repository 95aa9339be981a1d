"""Slow truth for chances: a drifting walk by draws, and Beta quantiles by bisection."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np


def p_multiple_by_draws(
    log_steps: Sequence[float],
    years: Sequence[float],
    multiple: float,
    horizon_years: float,
    *,
    seed: int,
    count: int = 400_000,
) -> float:
    """Return the chance of a multiple by drawing spread and drift, then the walk itself.

    The reference prior of a normal walk gives s^2 (k - 1) / spread^2 as chi squared on k - 1
    degrees of freedom, and the drift as normal around its estimate with spread^2 / N.
    """
    draws = np.random.Generator(np.random.PCG64(seed))
    steps, lengths = np.array(log_steps), np.array(years)
    drift = steps.sum() / lengths.sum()
    squares = float(((steps - drift * lengths) ** 2 / lengths).sum())
    spread = np.sqrt(squares / draws.chisquare(len(steps) - 1, count))
    drifts = drift + spread / math.sqrt(lengths.sum()) * draws.standard_normal(count)
    gains = drifts * horizon_years + spread * math.sqrt(horizon_years) * draws.standard_normal(
        count
    )
    return float((gains >= math.log(multiple)).mean())


def beta_quantile(a: float, b: float, share: float, *, cells: int = 200_000) -> float:
    """Return a quantile of a Beta law by adding up its density over a fine grid of angles.

    With x = sin^2(t) the density of a Beta(a, b) has no pole for a, b >= 1/2.
    """
    angles = (np.arange(cells) + 0.5) * (math.pi / 2.0) / cells
    weight = np.sin(angles) ** (2 * a - 1) * np.cos(angles) ** (2 * b - 1)
    total = np.cumsum(weight)
    found = int(np.searchsorted(total, share * total[-1]))
    return float(np.sin(angles[found]) ** 2)
