"""Yearly sums of a line's account: what is spent, earned and saved, in one case or many draws."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from karwan.analysis.appraisal.flows import PARTS, Flows

Floats = npt.NDArray[np.float64]
Longs = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True, kw_only=True)
class CostPlan:
    """What a line costs and when, as told, in the prices of the estimate.

    Attributes
    ----------
    capex_factor
        Economic over financial cost: taxes out, traded cost and labour at their shadow prices.
    lead_years
        Whole years from the date of knowledge to the start of the works, where time 0 is.
    external_usd_per_tkm
        What others gain for each tkm that leaves the road; 0 where every line of it is off.
    first_year_share
        Of the tonnes of later years that come in the first, where they build up over years.
    """

    capex_musd: float
    length_km: float
    capex_factor: float
    fixed_usd_per_km: float
    variable_usd_per_tkm: float
    empty_ratio: float
    security_share: float
    replacement_share: float
    residual_share: float
    lead_years: int
    build_years: int
    operating_years: int
    ramp_years: int
    first_year_share: float
    demand_growth_share: float
    capacity_t: float
    external_usd_per_tkm: float = 0.0

    @property
    def build_times(self) -> Floats:
        """Years from the start of the works, shape (build_years,)."""
        return np.arange(self.build_years, dtype=np.float64) + 0.5

    @property
    def earning_times(self) -> Floats:
        """Ends of the years of operation, shape (operating_years,)."""
        return self.build_years + np.arange(1, self.operating_years + 1, dtype=np.float64)

    @property
    def build_up(self) -> Floats:
        """Share of the tonnes that a year has, by ramp and growth, shape (operating_years,)."""
        year = np.arange(self.operating_years)
        steps = max(self.ramp_years - 1, 1)
        ramp = np.minimum(self.first_year_share + (1 - self.first_year_share) * year / steps, 1.0)
        if self.ramp_years <= 1:
            ramp = np.ones(self.operating_years)
        since = self.lead_years + self.build_years + year
        return np.asarray(ramp * (1 + self.demand_growth_share) ** since)


@dataclass(frozen=True, slots=True, kw_only=True)
class Yearly:
    """Yearly sums of cases, in million USD or Mt, each of shape (n_cases, n_years).

    Attributes
    ----------
    full_share
        What the line could take of what came, 1 until it is full.
    """

    rail_mt: Floats
    saved_musd: Floats
    choice_musd: Floats
    generated_musd: Floats
    revenue_musd: Floats
    variable_musd: Floats
    empty_musd: Floats
    external_musd: Floats
    full_share: Floats

    @property
    def net_musd(self) -> Floats:
        """What tonnes bring beyond what hauling them costs, by the economic account."""
        return (
            self.saved_musd + self.generated_musd + self.revenue_musd + self.external_musd
            - self.variable_musd - self.empty_musd
        )  # fmt: skip


def yearly_of(plan: CostPlan, flows: Flows, times_demand: Floats, paths: Longs | None) -> Yearly:
    """Return yearly sums of cases.

    Parameters
    ----------
    times_demand
        What each figure of demand is multiplied by, shape (n_cases, n_figures).
    paths
        Future of closures of each case, shape (n_cases,); None for the mean of all.
    """
    load = (times_demand @ flows.load_t[:, 1:]).max(axis=1, initial=0.0)[:, None]
    came = plan.build_up
    with np.errstate(divide="ignore"):
        room = np.where(load > 0, plan.capacity_t / (load * came), np.inf)
    full = np.minimum(1.0, room)
    sums = {}
    for name in PARTS:
        drawn = flows.parts[name]
        # Years are alike but for running spells: a longer life takes those drawn once more.
        part = drawn[:, :, np.arange(plan.operating_years) % drawn.shape[2]]
        if paths is None:
            by_case = times_demand @ part.mean(axis=1)
        else:
            by_case = np.einsum("nf,fny->ny", times_demand, part[:, paths, :])
        sums[name] = by_case * came * full / 1e6
    moved = sums["down_tkm"] + sums["up_tkm"]
    empty = np.abs(sums["down_tkm"] - sums["up_tkm"])
    return Yearly(
        rail_mt=sums["rail_t"],
        saved_musd=sums["saved_usd"],
        choice_musd=sums["choice_usd"],
        generated_musd=sums["generated_usd"],
        revenue_musd=sums["revenue_usd"],
        variable_musd=moved * plan.variable_usd_per_tkm,
        empty_musd=empty * plan.variable_usd_per_tkm * plan.empty_ratio,
        external_musd=moved * plan.external_usd_per_tkm,
        full_share=full,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Spent:
    """Costs of cases by time, in million USD of the economic account, shape (n_cases, n_times)."""

    capex_musd: Floats
    replacement_musd: Floats
    residual_musd: Floats
    fixed_musd: Floats
    security_musd: Floats
    factor: float

    @property
    def net_musd(self) -> Floats:
        """What is spent less what is left, by time."""
        return (
            self.capex_musd + self.replacement_musd + self.fixed_musd + self.security_musd
            - self.residual_musd
        )  # fmt: skip


def spent_of(plan: CostPlan, overrun: Floats) -> Spent:
    """Return what cases spend, the times of the works first, then those of operation.

    Parameters
    ----------
    overrun
        Actual cost over the estimate, shape (n_cases,).
    """
    capex = plan.capex_musd * np.asarray(overrun, dtype=np.float64)[:, None]
    build, operate = plan.build_years, plan.operating_years
    works = np.zeros((1, build + operate))
    works[0, :build] = 1.0 / build
    renewed, left, runs = np.zeros_like(works), np.zeros_like(works), np.zeros_like(works)
    renewed[0, build + (operate - 1) // 2] = plan.replacement_share
    left[0, -1] = plan.residual_share
    runs[0, build:] = 1.0
    value = capex * plan.capex_factor
    return Spent(
        capex_musd=value * works,
        replacement_musd=value * renewed,
        residual_musd=value * left,
        fixed_musd=runs * np.ones_like(capex) * plan.fixed_usd_per_km * plan.length_km / 1e6,
        security_musd=capex * plan.security_share * runs,
        factor=plan.capex_factor,
    )


def all_times(plan: CostPlan) -> Floats:
    """Return the times of works and operation, shape (n_times,)."""
    return np.concatenate((plan.build_times, plan.earning_times))


def with_works(plan: CostPlan, by_year: Floats) -> Floats:
    """Return yearly sums with zeros before the opening, shape (n_cases, n_times)."""
    return np.concatenate((np.zeros((by_year.shape[0], plan.build_years)), by_year), axis=1)


def economic_net(plan: CostPlan, yearly: Yearly, spent: Spent) -> Floats:
    """Return the net flow of the economic account, in million USD, shape (n_cases, n_times)."""
    return with_works(plan, yearly.net_musd) - spent.net_musd


def financial_net(plan: CostPlan, yearly: Yearly, spent: Spent) -> Floats:
    """Return the net flow of the railway's own account: receipts less costs with taxes in."""
    earned = yearly.revenue_musd - yearly.variable_musd - yearly.empty_musd
    works = (spent.capex_musd + spent.replacement_musd) / spent.factor
    return with_works(plan, earned) - works - spent.fixed_musd - spent.security_musd
