"""Slow truth for appraisals: roots of a polynomial, sums year by year, the logit as defined."""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import permutations

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
REAL = 1e-9


def polynomial_returns(net: Sequence[float]) -> list[float]:
    """Return every real rate above -1 at which yearly flows have no present value.

    The present value is a polynomial in 1/(1 + rate), whose roots NumPy finds as eigenvalues.
    """
    roots = np.roots(np.asarray(net, dtype=np.float64)[::-1])
    real = [root.real for root in roots if abs(root.imag) < REAL and root.real > 0]
    return sorted(1 / root - 1 for root in real)


def yearly_present_value(net: Sequence[float], times: Sequence[float], rate: float) -> float:
    """Return the present value, flow by flow."""
    flows = zip(net, times, strict=True)
    return float(sum(value / (1 + rate) ** time for value, time in flows))


def nested_logsum(
    nests: Sequence[Sequence[tuple[float, float]]], scale: float, dissimilarity: float
) -> float:
    """Return the logsum in money of nests of (utility, size), by its definition."""
    total = 0.0
    for nest in nests:
        inner = sum(size * math.exp(utility / dissimilarity) for utility, size in nest)
        total += math.exp(dissimilarity * math.log(inner))
    return math.log(total) / scale


def shapley_by_orders(
    players: Sequence[str], worth: dict[frozenset[str], float]
) -> dict[str, float]:
    """Return the mean of what each player adds, over all orders in which they come."""
    shares = dict.fromkeys(players, 0.0)
    orders = list(permutations(players))
    for order in orders:
        here: frozenset[str] = frozenset()
        for player in order:
            then = here | {player}
            shares[player] += (worth[then] - worth[here]) / len(orders)
            here = then
    return shares
