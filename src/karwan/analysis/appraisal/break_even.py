"""What would have to be true: cost, tonnes and days open at which a line just pays."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
DAYS_PER_YEAR = 365.0
CAPEX_RATIOS = (0.25, 0.5, 1.0, 1.5, 2.0)
TONNES_MT = (1.0, 2.0, 3.0, 5.0, 10.0, 15.0, 20.0)
OPEN_SHARES = (1.0, 0.9, 0.8, 0.6, 0.4)
NEVER_TONNES = "each tonne costs more than it brings, so no number of tonnes pays for the works"


@dataclass(frozen=True, slots=True, kw_only=True)
class Plane:
    """Net present value of a line, linear in its cost and in tonnes times days open.

    Attributes
    ----------
    per_capex
        Present cost of a million of the estimate: works, renewal, guards, less what is left.
    fixed_musd
        Present cost of upkeep that no tonne changes.
    per_mt
        Present value that a million tonnes a year brings on a line that is never shut, hauling
        paid.
    capex_musd, mt_per_year, open_share
        The central case.
    capacity_mt
        What the line can carry in a year.
    """

    per_capex: float
    fixed_musd: float
    per_mt: float
    capex_musd: float
    mt_per_year: float
    open_share: float
    capacity_mt: float

    def enpv(self, capex_musd: float, mt_per_year: float, open_share: float) -> float:
        """Return the net present value of a point, in million USD."""
        earned = self.per_mt * mt_per_year * open_share
        return earned - self.per_capex * capex_musd - self.fixed_musd

    def capex_for(self, mt_per_year: float, open_share: float) -> float | None:
        """Return the estimate at which tonnes and days open just pay; None where none is so low."""
        at = (self.per_mt * mt_per_year * open_share - self.fixed_musd) / self.per_capex
        return at if at > 0 else None

    def open_for(self, capex_musd: float, mt_per_year: float) -> float | None:
        """Return the share of days open at which an estimate and tonnes just pay, above 1 too."""
        if self.per_mt <= 0 or mt_per_year <= 0:
            return None
        return (self.per_capex * capex_musd + self.fixed_musd) / (self.per_mt * mt_per_year)

    @property
    def capex_at_zero(self) -> float | None:
        """Estimate at which it just pays, or None where it would not for nothing."""
        return self.capex_for(self.mt_per_year, self.open_share)

    @property
    def tonnes_at_zero(self) -> float | None:
        """Tonnes a year at which it just pays, in millions; None where none do."""
        if self.per_mt <= 0:
            return None
        cost = self.per_capex * self.capex_musd + self.fixed_musd
        return cost / (self.per_mt * self.open_share)

    @property
    def open_at_zero(self) -> float | None:
        """Share of days open at which it just pays; above 1 where even never shut is too little."""
        return self.open_for(self.capex_musd, self.mt_per_year)

    @property
    def days_shut_at_zero(self) -> float | None:
        """Mean days shut a year at which it just pays, or None where it would not if never shut."""
        return days_shut(self.open_at_zero)


def days_shut(open_share: float | None) -> float | None:
    """Return days shut a year of a share of days open; None where it is none or above 1."""
    return None if open_share is None or open_share > 1 else DAYS_PER_YEAR * (1 - open_share)


@dataclass(frozen=True, slots=True, kw_only=True)
class Point:
    """A point of the surface: whose cost and tonnes, and what comes of them.

    Attributes
    ----------
    capex_at_zero_musd
        Estimate at which its tonnes and days open would just pay; None where none is so low.
    days_shut_at_zero
        Days shut a year at which its estimate and tonnes would just pay; None where they would not
        if the line were never shut.
    """

    name: str
    capex_musd: float
    mt_per_year: float
    open_share: float
    enpv_musd: float
    above_capacity: bool
    capex_at_zero_musd: float | None
    days_shut_at_zero: float | None
    basis: str


@dataclass(frozen=True, slots=True, kw_only=True)
class BreakEven:
    """All that break-even says of a line.

    Attributes
    ----------
    spell_days
        Length of one closure from the opening on, beside the ordinary ones, at which it still
        pays; None where it does not pay anyway.
    why
        Why a number is not there.
    surface
        Net present value over estimate, tonnes and days open.
    """

    plane: Plane
    points: tuple[Point, ...]
    surface: tuple[Point, ...]
    spell_days: float | None
    tariff_usd_per_t: float
    why: dict[str, str]


def point(plane: Plane, name: str, at: tuple[float, float, float], basis: str = "") -> Point:
    """Return a point of the plane: estimate, tonnes and share of days open."""
    return Point(
        name=name,
        capex_musd=at[0],
        mt_per_year=at[1],
        open_share=at[2],
        enpv_musd=plane.enpv(*at),
        above_capacity=at[1] > plane.capacity_mt,
        capex_at_zero_musd=plane.capex_for(at[1], at[2]),
        days_shut_at_zero=days_shut(plane.open_for(at[0], at[1])),
        basis=basis,
    )


def surface_of(plane: Plane) -> tuple[Point, ...]:
    """Return the plane on a grid of estimates, tonnes and shares of days open."""
    return tuple(
        point(plane, "grid", (plane.capex_musd * ratio, tonnes, share))
        for ratio in CAPEX_RATIOS
        for tonnes in TONNES_MT
        for share in OPEN_SHARES
    )


def longest_spell_days(
    earned_musd: Floats, times: Floats, rate: float, enpv: float
) -> float | None:
    """Return how long one closure from the opening on may last before the line no longer pays.

    Parameters
    ----------
    earned_musd
        What each year brings beyond what hauling costs, shape (n_years,).
    times
        Ends of these years.
    """
    if enpv < 0:
        return None
    lost = np.cumsum(earned_musd * (1 + rate) ** -times)
    past = np.flatnonzero(lost > enpv)
    if not past.size:
        return DAYS_PER_YEAR * earned_musd.size
    year = int(past[0])
    before = float(lost[year - 1]) if year else 0.0
    return DAYS_PER_YEAR * (year + (enpv - before) / (float(lost[year]) - before))


def reasons(plane: Plane) -> dict[str, str]:
    """Return why the answers that are not there are not."""
    why = {}
    if plane.per_mt <= 0:
        why["tonnes"] = why["availability"] = NEVER_TONNES
    share = plane.open_at_zero
    if share is not None and share > 1:
        why["availability"] = (
            f"it would not pay if it were never shut: it needs {share:.1f} times the traffic"
        )
    if plane.capex_at_zero is None:
        why["capex"] = "it would not pay if it were built for nothing"
    tonnes = plane.tonnes_at_zero
    if tonnes is not None and tonnes > plane.capacity_mt:
        why["tonnes"] = (
            f"more than the {plane.capacity_mt:.1f} Mt a year and direction that its track carries"
        )
    return why
