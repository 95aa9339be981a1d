"""What would change the order: the figure whose search or phone call is worth most.

Were one figure known, the share of readings in which a way is the cheapest would move. How far, as
a root mean square over what the figure may turn out to be, is the expected change of that share: it
is taken between strata of the figure's draws, less what chance alone makes them differ. How much a
shipper who then takes the cheaper way saves on average is what knowing it is worth in USD, the
expected value of partial perfect information: mean costs given the figure are fitted by polynomials
of its draws (after Strong, Oakley and Brennan, Medical Decision Making 34, 2014).
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
from numpy.polynomial import hermite_e

from karwan.analysis.corridors.shares import SHARE_DIGITS, USD_DIGITS, shares_first
from karwan.base.reprs import short_repr
from karwan.route.draws import normals, order_of
from karwan.route.readings import Drawn, drawn_of, read_journey

if TYPE_CHECKING:
    from karwan.route.tcd import Journey

Floats = npt.NDArray[np.float64]

WORTH_READINGS = 16_384
"""Four times those of the shares: what is told is a difference of two of them."""
STRATA = 32
DEGREE = 5
LEAST_CHANGE = 0.02
"""A change under two points is not told apart from chance: with so many readings and strata a
figure of no effect seems to move a share by 1.1 points, once in six."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Worth:
    """What knowing one figure is worth.

    Attributes
    ----------
    share_change
        Root mean square change of the leader's share `cheapest_on_average`, were it known.
    worth_usd
        What a shipper who takes the then cheapest way saves on average, per consignment.
    ways
        Ways that rest on it.
    """

    figure: Drawn
    share_change: float
    worth_usd: float
    ways: tuple[str, ...]

    def to_dict(self) -> dict[str, Any]:
        """Return it as data."""
        figure = self.figure
        return {
            "figure": figure.what,
            "quantity": figure.quantity,
            "unit": figure.unit,
            "p10": round(figure.band.low, USD_DIGITS),
            "central": round(figure.band.value, USD_DIGITS),
            "p90": round(figure.band.high, USD_DIGITS),
            "default_id": figure.default_id or None,
            "expected_change_share": round(self.share_change, SHARE_DIGITS),
            "worth_usd": round(self.worth_usd, USD_DIGITS),
            "corridors": list(self.ways),
        }


@dataclass(frozen=True, kw_only=True)
class Worths:
    """What would change the order, the figure whose search is worth most first.

    Attributes
    ----------
    leader, leader_share
        The way that is the cheapest on average most often; blank where none is open.
    figures
        Those whose expected change is two points or more, the largest first.
    """

    leader: str
    leader_share: float
    figures: tuple[Worth, ...]
    reading_count: int

    __repr__ = short_repr

    @property
    def first(self) -> Worth | None:
        """The figure whose search is worth most; None where none would change the order."""
        return self.figures[0] if self.figures else None

    def to_dict(self) -> dict[str, Any]:
        """Return it as data."""
        return {
            "leader": self.leader or None,
            "leader_share": round(self.leader_share, SHARE_DIGITS),
            "reading_count": self.reading_count,
            "figures": [one.to_dict() for one in self.figures],
        }


def what_would_change(journeys: Mapping[str, Journey], count: int = WORTH_READINGS) -> Worths:
    """Return what each figure is worth to know, for the order of journeys.

    Parameters
    ----------
    journeys
        By the name of the way.
    count
        How many readings are drawn.
    """
    names = tuple(journeys)
    if not names:
        return Worths(leader="", leader_share=0.0, figures=(), reading_count=count)
    costs_usd = np.array([read_journey(one, count).average_usd for one in journeys.values()])
    shares = shares_first(costs_usd)
    leader = int(np.argmax(shares))
    resting: dict[str, dict[str, Drawn]] = {}
    for name, journey in journeys.items():
        for figure in drawn_of(journey):
            resting.setdefault(figure.name, {})[name] = figure
    first = (np.argmin(costs_usd, axis=0) == np.arange(len(names))[:, None]).astype(np.float64)
    told = [_worth(by_way, costs_usd, first, leader) for by_way in resting.values()]
    told.sort(key=lambda one: (-one.share_change, one.figure.name))
    return Worths(
        leader=names[leader],
        leader_share=shares[leader],
        figures=tuple(one for one in told if one.share_change >= LEAST_CHANGE),
        reading_count=count,
    )


def _worth(by_way: Mapping[str, Drawn], costs_usd: Floats, first: Floats, leader: int) -> Worth:
    """Return what knowing a figure does to the shares and to the least expected cost.

    Parameters
    ----------
    by_way
        The figure in each way that rests on it: the longest part of it is told.
    costs_usd, first
        Shape (ways, readings): what each costs, and 1 where it costs least.
    """
    figure = max(by_way.values(), key=lambda one: one.band.value)
    count = costs_usd.shape[1]
    z = normals(figure.name, count)
    basis = np.asarray(hermite_e.hermevander(z, DEGREE), dtype=np.float64)
    means_usd = given(basis, costs_usd)
    worth_usd = float(means_usd.mean(axis=1).min() - means_usd.min(axis=0).mean())
    return Worth(
        figure=figure,
        share_change=change_between(order_of(figure.name, count), first[leader]),
        worth_usd=max(worth_usd, 0.0),
        ways=tuple(by_way),
    )


def change_between(order: npt.NDArray[np.int64], first: Floats) -> float:
    """Return by how much a share differs between strata of a figure, as a root mean square.

    What chance alone makes it differ is taken off: a stratum of m draws has a variance of
    p (1 - p) / m about its own share.

    Parameters
    ----------
    order
        Shape (draws,): the rank of each draw of the figure.
    first
        Shape (draws,): 1 where the way costs least.
    """
    size = order.size // STRATA
    shares = np.bincount(order // size, weights=first, minlength=STRATA) / size
    between = float(np.mean((shares - shares.mean()) ** 2))
    within = float(np.mean(shares * (1 - shares))) / (size - 1)
    return math.sqrt(max(between - within * (STRATA - 1) / STRATA, 0.0))


def given(basis: Floats, values: Floats) -> Floats:
    """Return the means of values given what a basis is of, fitted by least squares.

    Parameters
    ----------
    basis
        Shape (draws, terms).
    values
        Shape (rows, draws).
    """
    weights = np.linalg.solve(basis.T @ basis, basis.T @ values.T)
    return np.asarray((basis @ weights).T)
