"""Rank corridors by generalized cost, and say how far the order holds.

A ranking is stated only where it holds over the bands of the defaults it rests on; otherwise both
orders are shown. A default that two routes share moves both, so that only the difference counts.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from karwan.base.alike import Alike
from karwan.base.bands import Band, Kind
from karwan.base.reprs import short_repr
from karwan.route.tcd import Journey

MOST_RANKED = 64
"""Sets of journeys whose ranking is held for the next question."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Pairing:
    """Whether one route is cheaper than another whatever the defaults, in generalized cost.

    `margin_usd` is by how much the better beats the worse as its defaults
    range; `turned_by` names those that can turn it, the strongest first.
    """

    better: str
    worse: str
    margin_usd: Band
    holds: bool
    turned_by: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Rank:
    """Place of a corridor among those open, with the range its defaults allow."""

    corridor_id: str
    rank: int
    best_rank: int
    worst_rank: int


@dataclass(frozen=True, kw_only=True)
class Ranking:
    """Corridors by generalized cost, how far that holds, and the orders when it does not."""

    ranks: tuple[Rank, ...]
    pairings: tuple[Pairing, ...]
    holds: bool
    order_central: tuple[str, ...]
    order_low: tuple[str, ...]
    order_high: tuple[str, ...]

    __repr__ = short_repr


def rank(journeys: Mapping[str, Journey]) -> Ranking:
    """Return the ranking of corridors that are open, by the journeys along them.

    What many questions leave as it was is ranked once.
    """
    return _rank(Alike(journeys, *journeys, *journeys.values()))


@lru_cache(maxsize=MOST_RANKED)
def _rank(alike: Alike[Mapping[str, Journey]]) -> Ranking:
    journeys = alike.value
    order = sorted(journeys, key=lambda name: (journeys[name].generalized_cost_usd, name))
    beats = _beats([journeys[name] for name in order])
    ranks = [
        Rank(name, row + 1, 1 + int(beats[:, row].sum()), len(order) - int(beats[row].sum()))
        for row, name in enumerate(order)
    ]
    neighbours = tuple(_pair(a, journeys[a], b, journeys[b]) for a, b in pairwise(order))
    return Ranking(
        ranks=tuple(ranks),
        pairings=neighbours,
        holds=all(pair.holds for pair in neighbours),
        order_central=tuple(order),
        order_low=_order_at(journeys, 0),
        order_high=_order_at(journeys, 2),
    )


def _order_at(journeys: Mapping[str, Journey], end: int) -> tuple[str, ...]:
    """Return the order with every default at its low (0) or high (2) end."""

    def cost_usd(name: str) -> tuple[float, str]:
        bands = journeys[name].default_band_usd().values()
        shift = sum((band.ends[end] - band.value for band in bands), 0.0)
        return journeys[name].generalized_cost_usd + shift, name

    return tuple(sorted(journeys, key=cost_usd))


def _beats(journeys: Sequence[Journey]) -> npt.NDArray[np.bool_]:
    """Return whether each journey beats each other whatever the defaults, as `_pair` tells of two.

    Sums run by default in the order of their ids, as there, so that not the last bit differs.

    Returns
    -------
    ndarray, shape (n_journeys, n_journeys)
        True where the row's beats the column's.
    """
    bands = [journey.default_band_usd() for journey in journeys]
    names = sorted(set().union(*bands))
    none = (0.0, 0.0, 0.0)
    ends = np.array(
        [[one[name].ends if name in one else none for name in names] for one in bands]
    ).reshape(len(journeys), len(names), 3)
    costs_usd = np.array([journey.generalized_cost_usd for journey in journeys])
    beats = np.zeros((len(journeys), len(journeys)), bool)
    for row in range(len(journeys)):
        low, now, high = np.moveaxis(ends - ends[row], 2, 0)
        least = np.minimum(np.minimum(low - now, high - now), 0.0)
        steps = np.column_stack([costs_usd - costs_usd[row], least])
        beats[row] = np.cumsum(steps, axis=1)[:, -1] > 0
    return beats


def _pair(better: str, a: Journey, worse: str, b: Journey) -> Pairing:
    """Return by how much a beats b over the bands of the defaults; a shared default cancels."""
    none = Band(0.0, 0.0, 0.0, Kind.inputs)
    bands_a, bands_b = a.default_band_usd(), b.default_band_usd()
    central = b.generalized_cost_usd - a.generalized_cost_usd
    least = most = central
    swings = []
    for name in sorted(bands_a.keys() | bands_b.keys()):
        in_a, in_b = bands_a.get(name, none), bands_b.get(name, none)
        now = in_b.value - in_a.value
        ends = (in_b.low - in_a.low - now, in_b.high - in_a.high - now)
        least += min(*ends, 0.0)
        most += max(*ends, 0.0)
        swings.append((min(*ends, 0.0), name))
    turned = tuple(name for swing, name in sorted(swings) if swing < 0) if least <= 0 else ()
    return Pairing(
        better=better,
        worse=worse,
        margin_usd=Band(least, central, most, Kind.defaults),
        holds=least > 0,
        turned_by=turned,
    )


def extra_usd(journey: Journey, over: Journey) -> Band:
    """Return what a journey costs more than another in generalized USD.

    The band is over those of the defaults that either rests on.
    """
    return _pair("", over, "", journey).margin_usd
