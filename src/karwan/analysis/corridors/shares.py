"""An order one can use: in how many readings of the evidence each way is the cheapest.

Over the readings (`route/readings`) two shares are told of each way. *Cheapest on average*: it
costs least in the mean of many departures. *First on the day*: it costs least on one day of each.
Beside them stands what it costs to take a way always (its regret), and which ways another beats in
nearly all readings. Shares of days over futures of closures are another thing, and are called so.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from karwan.base.alike import Alike
from karwan.base.reprs import short_repr
from karwan.route.readings import READINGS, parts_read, read_journey
from karwan.words.speech import say

if TYPE_CHECKING:
    from karwan.route.tcd import Journey

Floats = npt.NDArray[np.float64]

NEARLY_ALL_SHARE = 0.95
"""A way that another beats in so many readings is told as dominated."""
HALF_POINT = 0.005
SHARE_DIGITS, USD_DIGITS = 4, 3
MOST_SHARED = 64
"""Sets of journeys whose shares are held for the next question."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FirstShare:
    """How often one way is the cheapest of those compared.

    Attributes
    ----------
    cheapest_on_average, first_on_the_day
        Share of readings; of days, one of each reading.
    error_average, error_day
        Standard errors of these from the number of draws alone.
    regret_usd, p95_regret_usd
        What it costs on average more than the cheapest of each reading: mean, and P95.
    beaten_by
        Ways that cost less in at least 95 of 100 readings, the most certain first.
    """

    way: str
    cheapest_on_average: float
    first_on_the_day: float
    error_average: float
    error_day: float
    regret_usd: float
    p95_regret_usd: float
    beaten_by: tuple[str, ...]

    def to_dict(self) -> dict[str, Any]:
        """Return it as data."""
        return {
            "corridor": self.way,
            "cheapest_on_average": round(self.cheapest_on_average, SHARE_DIGITS),
            "error_cheapest_on_average": round(self.error_average, SHARE_DIGITS),
            "first_on_the_day": round(self.first_on_the_day, SHARE_DIGITS),
            "error_first_on_the_day": round(self.error_day, SHARE_DIGITS),
            "regret_usd": {
                "mean": round(self.regret_usd, USD_DIGITS),
                "p95": round(self.p95_regret_usd, USD_DIGITS),
            },
            "dominated_by": list(self.beaten_by),
        }


@dataclass(frozen=True, kw_only=True)
class Shares:
    """How often each of the ways compared is the cheapest, in the order given.

    Attributes
    ----------
    reading_count
        How many readings were drawn.
    common_share
        Share of the variance of the laws that is common through the same countries (grade C).
    """

    ways: tuple[FirstShare, ...]
    reading_count: int
    common_share: float

    __repr__ = short_repr

    @property
    def leader(self) -> FirstShare | None:
        """The way that is the cheapest on average most often; None where none is open."""
        return max(self.ways, key=lambda way: way.cheapest_on_average, default=None)

    def of(self, way: str) -> FirstShare | None:
        """Return the shares of one way; None if it was not compared."""
        return next((one for one in self.ways if one.way == way), None)

    def to_dict(self) -> dict[str, Any]:
        """Return it as data."""
        return {
            "reading_count": self.reading_count,
            "common_variance_share": {"value": self.common_share, "confidence": "C"},
            "ways": [way.to_dict() for way in self.ways],
        }


def first_shares(journeys: Mapping[str, Journey], count: int = READINGS) -> Shares:
    """Return how often each journey is the cheapest, over readings of the evidence.

    Parameters
    ----------
    journeys
        By the name of the way, in the order in which they are told.
    count
        How many readings are drawn.
    """
    if not journeys:
        return Shares(ways=(), reading_count=count, common_share=0.0)
    parts = [part for one in journeys.values() for part in parts_read(one)]
    return _first_shares(Alike(journeys, *journeys, *parts), count)


@lru_cache(maxsize=MOST_SHARED)
def _first_shares(alike: Alike[Mapping[str, Journey]], count: int) -> Shares:
    journeys = alike.value
    readings = [read_journey(journey, count) for journey in journeys.values()]
    average_usd = np.array([one.average_usd for one in readings])
    day_usd = np.array([one.day_usd for one in readings])
    first, first_on_day = shares_first(average_usd), shares_first(day_usd)
    regret_usd = average_usd - average_usd.min(axis=0)
    mean_usd, p95_usd = regret_usd.mean(axis=1), np.quantile(regret_usd, 0.95, axis=1)
    names = tuple(journeys)
    ways = [
        FirstShare(
            way=name,
            cheapest_on_average=first[row],
            first_on_the_day=first_on_day[row],
            error_average=error_of(first[row], count),
            error_day=error_of(first_on_day[row], count),
            regret_usd=float(mean_usd[row]),
            p95_regret_usd=float(p95_usd[row]),
            beaten_by=_beaten_by(average_usd, row, names),
        )
        for row, name in enumerate(names)
    ]
    spreads = next(iter(journeys.values())).timing.spreads
    return Shares(ways=tuple(ways), reading_count=count, common_share=spreads.common_share)


def shares_first(costs_usd: Floats) -> list[float]:
    """Return in what share of draws each way costs least; ties go to the first.

    Parameters
    ----------
    costs_usd
        Shape (ways, draws).
    """
    first = np.bincount(np.argmin(costs_usd, axis=0), minlength=costs_usd.shape[0])
    return [float(share) for share in first / costs_usd.shape[1]]


def error_of(share: float, count: int) -> float:
    """Return the standard error of a share of independent draws.

    Examples
    --------
    >>> round(error_of(0.5, 4096), 4)
    0.0078
    """
    return math.sqrt(share * (1 - share) / count)


def _beaten_by(costs_usd: Floats, row: int, names: Sequence[str]) -> tuple[str, ...]:
    beats = (costs_usd < costs_usd[row]).mean(axis=1)
    told = [(-float(share), names[other]) for other, share in enumerate(beats)]
    return tuple(name for share, name in sorted(told) if -share >= NEARLY_ALL_SHARE)


def of_hundred(share: float) -> str:
    """Return a share as so many of 100, in words where it rounds to none or all but is neither.

    Examples
    --------
    >>> of_hundred(0.62), of_hundred(0.001), of_hundred(0.999), of_hundred(1.0)
    ('62 of 100', 'under 1 of 100', 'over 99 of 100', 'all')
    """
    if share in (0.0, 1.0):
        return say("all") if share else say("none")
    if share < HALF_POINT:
        return say("under 1 of 100")
    if share > 1 - HALF_POINT:
        return say("over 99 of 100")
    return say("{count} of 100", count=f"{100 * share:.0f}")
