"""When a journey arrives, whether it is in time, and what of its goods is lost on the way.

One function says each of these, for every command, table and page. They are for a journey that
meets no closure beyond what is shut as known, but for `with_closures`, which trips over many
futures tell.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from karwan.base.units import HOURS_PER_DAY
from karwan.base.words import counted
from karwan.route.distribution import STEP_HOURS

if TYPE_CHECKING:
    from karwan.analysis.world.travel import Travel
    from karwan.route.distribution import Hours
    from karwan.route.tcd import Journey

SHARE_DIGITS = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrivals:
    """Days of arrival: not later than so in 5, 50, 90 and 95 of 100 journeys."""

    p05: dt.date
    p50: dt.date
    p90: dt.date
    p95: dt.date


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrival:
    """When a journey arrives, and what follows.

    Attributes
    ----------
    days
        None where no departure was said.
    if_nothing_shuts
        Share of journeys that arrive by the deadline; None where none was said.
    with_closures
        The same if closures come as the record has them and it waits for each; None where no
        deadline was said or no futures were asked.
    lost_share
        Share of journeys that outlast the shelf life, whose goods are lost; None where they keep.
    """

    travel: Travel
    days: Arrivals | None
    if_nothing_shuts: float | None
    with_closures: float | None
    lost_share: float | None

    @property
    def lines(self) -> Iterator[str]:
        """What is told of it in words."""
        if self.days is not None:
            yield (
                f"leaves {self.travel.depart}, arrives {self.days.p50} (P50; P05 {self.days.p05}, "
                f"P95 {self.days.p95})"
            )
        if self.if_nothing_shuts is not None and self.travel.deadline_hours is not None:
            allowed_days = self.travel.deadline_hours / HOURS_PER_DAY
            met = ""
            if self.with_closures is not None:
                met = f"; with closures, waiting for each: {self.with_closures:.0%}"
            allowed = counted(allowed_days, "day")
            yield f"within {allowed}, if nothing shuts: {self.if_nothing_shuts:.0%}{met}"
        if self.lost_share is not None:
            yield (
                f"lost as it outlasts {counted(self.travel.shelf_life_days or 0, 'day')}: "
                f"{self.lost_share:.0%} of loads"
            )

    def to_dict(self) -> dict[str, Any]:
        """Return it as data."""
        travel, days = self.travel, self.days
        return {
            "depart": travel.depart.isoformat() if travel.depart else None,
            "arrival": {
                "p05": days.p05.isoformat(),
                "p50": days.p50.isoformat(),
                "p90": days.p90.isoformat(),
                "p95": days.p95.isoformat(),
            }
            if days
            else None,
            "deadline_hours": travel.deadline_hours,
            "if_nothing_shuts": _rounded(self.if_nothing_shuts),
            "with_closures": _rounded(self.with_closures),
            "shelf_life_days": travel.shelf_life_days,
            "lost_share": _rounded(self.lost_share),
        }


def _rounded(share: float | None) -> float | None:
    return None if share is None else round(share, SHARE_DIGITS)


def arrival_of(travel: Travel, journey: Journey) -> Arrival | None:
    """Return when a journey arrives; None where nothing was asked of its time."""
    if not travel.is_told:
        return None
    hours = journey.reliability.hours
    depart, deadline_hours = travel.depart, travel.deadline_hours
    life_days = travel.shelf_life_days
    return Arrival(
        travel=travel,
        days=_days(depart, hours) if depart is not None else None,
        if_nothing_shuts=(
            share_within(hours, deadline_hours) if deadline_hours is not None else None
        ),
        with_closures=journey.chances.in_time_share if journey.chances else None,
        lost_share=(
            1.0 - share_within(hours, life_days * HOURS_PER_DAY) if life_days is not None else None
        ),
    )


def _days(depart: dt.date, hours: Hours) -> Arrivals:
    p05, p50, p90, p95 = (
        depart + dt.timedelta(days=int(hours.quantile(share) // HOURS_PER_DAY))
        for share in (0.05, 0.5, 0.9, 0.95)
    )
    return Arrivals(p05=p05, p50=p50, p90=p90, p95=p95)


def share_within(hours: Hours, limit_hours: float) -> float:
    """Return the share of journeys that take no longer: the inverse of the quantile.

    Examples
    --------
    >>> from karwan.route.distribution import Part, compose_hours
    >>> wide = compose_hours([Part(20.0, 0.5, "lognormal")])
    >>> round(share_within(wide, wide.quantile(0.9)), 6)
    0.9
    """
    if hours.p.size == 1:
        return float(limit_hours >= hours.shift_hours)
    ends = hours.shift_hours + STEP_HOURS * (np.arange(hours.p.size + 1) - 0.5)
    below = np.concatenate([[0.0], np.cumsum(hours.p)])
    return float(np.interp(limit_hours, ends, below, left=0.0, right=1.0))
