"""Draws of what is not known, by name: the same name gives the same draws everywhere.

A figure, a law or the day of a gate is drawn once under its name, so that it moves all journeys
that rest on it alike. Draws are stratified: of so many draws one lies in each of as many strata of
equal probability, in an order that the name alone decides.
"""

from __future__ import annotations

import hashlib
from functools import lru_cache
from statistics import NormalDist

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]


@lru_cache(maxsize=8)
def shares_of(count: int) -> Floats:
    """Return the middle of each of so many strata of equal probability, ascending."""
    middles = (np.arange(count) + 0.5) / count
    middles.setflags(write=False)
    return middles


@lru_cache(maxsize=8)
def _strata(count: int) -> Floats:
    """Return the standard normal's value in the middle of each stratum, ascending."""
    inverse = NormalDist().inv_cdf
    return np.array([inverse(share) for share in shares_of(count).tolist()])


@lru_cache(maxsize=1024)
def order_of(name: str, count: int) -> Ints:
    """Return the strata in the order of a name, shape (count,): a permutation."""
    seed = int.from_bytes(hashlib.sha256(name.encode()).digest()[:8], "big")
    order = np.random.default_rng(seed).permutation(count)
    order.setflags(write=False)
    return order


@lru_cache(maxsize=1024)
def normals(name: str, count: int) -> Floats:
    """Return standard normal draws of a name, shape (count,).

    Examples
    --------
    >>> draws = normals("a rate", 1000)
    >>> round(float(draws.mean()), 6), bool((draws == normals("a rate", 1000)).all())
    (0.0, True)
    """
    draws = _strata(count)[order_of(name, count)]
    draws.setflags(write=False)
    return draws
