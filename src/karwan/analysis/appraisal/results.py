"""What an appraisal says: nouns, and no arithmetic."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from karwan.analysis.appraisal.break_even import BreakEven
from karwan.analysis.appraisal.cases import Asked
from karwan.analysis.appraisal.country_accounts import CountryAccount, Sharing
from karwan.analysis.appraisal.discounting import Returns
from karwan.analysis.appraisal.flows import MarketEffect
from karwan.analysis.appraisal.lines import Line
from karwan.analysis.appraisal.markets import SeenShare
from karwan.analysis.appraisal.options import WaitingAnswer
from karwan.analysis.appraisal.outside_view import Reference
from karwan.analysis.appraisal.protection import Protection
from karwan.analysis.appraisal.red_flags import RedFlag
from karwan.analysis.appraisal.staging import Staging
from karwan.analysis.appraisal.valuing import CostPlan, Floats
from karwan.base.bands import Band
from karwan.base.reprs import short_repr
from karwan.data.rows.appraisal import AppraisalParameterRow


@dataclass(frozen=True, slots=True)
class Quantiles:
    """P10, P50 and P90 of draws, each with its standard error."""

    p10: float
    p50: float
    p90: float
    errors: tuple[float, float, float]


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountRow:
    """A row of the account in present million USD; None where it cannot be given, and why."""

    item: str
    economic_musd: float | None
    financial_musd: float | None
    why: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Swing:
    """What an input does to the net present value at its low and its high end."""

    item: str
    low: str
    high: str
    at_low_musd: float
    at_high_musd: float


@dataclass(frozen=True, kw_only=True)
class Appraisal:
    """What comes of a line.

    Attributes
    ----------
    central_musd
        Net present value of the central case: cost and tonnes at their medians, mean closures.
    switching
        What an input must be multiplied by for a net present value of 0; None with the reason.
    rail_mt, carried_mt
        Tonnes a year of the central case: those that come at maturity, and the most of them that
        the track takes in a year.
    full_years
        Years in which more comes than it takes.
    overrun
        Median of actual over estimated cost.
    closures_known
        Whether a gate or line on the way is one of which closures are on record.
    draws_musd
        Net present values of the draws, shape (n_draws,).
    staging
        What it is worth to build a stage first; None where the line has only one.
    p_above
        Share of draws that have a net present value above 0 at a rate.
    """

    asked: Asked
    line: Line
    rate_share: float
    plan: CostPlan
    opening_year: int
    closures_known: bool
    enpv: Quantiles
    draws_musd: Floats
    central_musd: float
    financial_musd: float
    returns: Returns
    financial_returns: Returns
    bcr: float
    payback_years: float | None
    switching: dict[str, float | None]
    p_above: dict[float, float]
    break_even: BreakEven
    accounts: tuple[AccountRow, ...]
    countries: tuple[CountryAccount, ...]
    sharing: tuple[Sharing, ...]
    flags: tuple[RedFlag, ...]
    tornado: tuple[Swing, ...]
    effects: tuple[MarketEffect, ...]
    seen: tuple[SeenShare, ...]
    references: tuple[Reference, ...]
    relief: Band
    relief_lines: tuple[Reference, ...]
    rail_mt: float
    carried_mt: float
    open_share: float
    days_shut: float
    full_years: int
    notes: tuple[str, ...]
    used: tuple[AppraisalParameterRow, ...]
    overrun: float
    waiting: WaitingAnswer
    protection: Protection
    staging: Staging | None = None
    evidence_horizon: dt.date

    __repr__ = short_repr

    @property
    def surface(self) -> BreakEven:
        """Net present value over estimate, tonnes and days open: the plane, a grid, the points.

        `surface.plane.enpv(capex_musd, mt_per_year, open_share)` answers at any point.
        """
        return self.break_even
