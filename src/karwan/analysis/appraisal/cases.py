"""What is asked of a line, and all that is computed once before any case of it is valued."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from karwan.analysis.appraisal.assumptions import Assumptions
from karwan.analysis.appraisal.capacity import Track
from karwan.analysis.appraisal.diversion import Taste
from karwan.analysis.appraisal.flows import (
    Flows,
    MarketEffect,
    market_effects,
    sum_flows,
    watched_of,
)
from karwan.analysis.appraisal.lines import Line
from karwan.analysis.appraisal.markets import (
    Market,
    SeenShare,
    Surveyor,
    find_markets,
    observed_market,
    seen_shares,
    survey,
)
from karwan.analysis.appraisal.open_days import Closures, OpenShares, Watched, open_shares
from karwan.analysis.appraisal.outside_view import RatioLaw, Reference, predictive_law
from karwan.analysis.appraisal.valuing import CostPlan
from karwan.base.bands import Band, Kind
from karwan.base.errors import DataError, Fault, FitError
from karwan.base.limits import SEED
from karwan.base.reprs import short_repr
from karwan.base.seeds import stream

if TYPE_CHECKING:
    from karwan.analysis.world.world import World
    from karwan.hazard.model import HazardModel

Floats = npt.NDArray[np.float64]
Z90 = 1.2815515655446004
"""Standard normal quantile of 0.9."""
DRAW_COUNT = 2_000
FEWEST_DRAWS = 100
MOST_MT = 1_000.0


class Traffic(StrEnum):
    """Where the tonnes of an appraisal come from."""

    observed = "observed"
    promoter = "promoter"
    model = "model"


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What is asked of a line.

    Attributes
    ----------
    tonnes_mt
        Tonnes a year in place of those of `traffic`; None for these.
    opening_year
        In place of the date of knowledge plus lead and works.
    """

    project: str
    stage: str | None = None
    discount_share: float | None = None
    closures: Closures = Closures.ordinary
    traffic: Traffic = Traffic.model
    tonnes_mt: float | None = None
    opening_year: int | None = None
    draw_count: int = DRAW_COUNT
    seed: int = SEED


@dataclass(frozen=True, kw_only=True)
class Study:
    """All that is computed once for a line, before any case is valued."""

    world: World
    line: Line
    assumptions: Assumptions
    surveyor: Surveyor
    markets: tuple[Market, ...]
    seen: tuple[SeenShare, ...]
    watched: tuple[Watched, ...]
    shares: OpenShares
    lengths: dict[str, float]

    __repr__ = short_repr

    def taste(self, elasticity: float, dissimilarity: float) -> Callable[[float], Taste]:
        """Return how shippers choose, by the cost of the cheapest way; the constant as seen."""
        return tastes(elasticity, dissimilarity, constant_of(self.seen))

    def flows(
        self, elasticity: float, dissimilarity: float
    ) -> tuple[tuple[MarketEffect, ...], Flows]:
        """Return what the line does in each market, and yearly sums."""
        growth = self.assumptions.value("trade_elasticity", "freight")
        effects = market_effects(
            self.markets, self.lengths, self.taste(elasticity, dissimilarity), growth
        )
        return effects, sum_flows(effects, self.shares, self.watched)


def tastes(elasticity: float, dissimilarity: float, constant: float) -> Callable[[float], Taste]:
    """Return tastes under which a way at an even split has an elasticity to its own cost."""

    def taste(cost_usd_per_t: float) -> Taste:
        scale = 2 * elasticity * dissimilarity / cost_usd_per_t
        return Taste(scale, dissimilarity, constant)

    return taste


def constant_of(seen: Sequence[SeenShare]) -> float:
    """Return the constant of a railway: the mean over lines that exist, 0 where none is known."""
    return math.fsum(one.constant for one in seen) / len(seen) if seen else 0.0


def plan_of(line: Line, assumptions: Assumptions, asked: Asked, as_of: dt.date) -> CostPlan:
    """Return what a line costs and when."""
    get = assumptions.value
    if line.capex is None:
        fault = Fault("project", f"no estimate of its cost is on record: {line.capex_basis}")
        raise DataError("the question", [fault])
    traded, labour = get("part_traded", "capex"), get("part_labour", "capex")
    factor = (1 - get("part_tax", "capex")) * (
        traded * get("conversion_traded", "traded cost")
        + labour * get("conversion_labour", "unskilled labour")
        + 1 - traded - labour
    )  # fmt: skip
    build, lead = round(get("build_time", "railway")), round(get("lead_time", "railway"))
    if asked.opening_year is not None:
        lead = asked.opening_year - as_of.year - build
    grows = asked.traffic is not Traffic.promoter and asked.tonnes_mt is None
    return CostPlan(
        capex_musd=line.capex.value,
        length_km=line.length_km,
        capex_factor=factor,
        fixed_usd_per_km=get("om_fixed", "railway"),
        variable_usd_per_tkm=get("om_variable", "railway"),
        empty_ratio=get("empty_haul_ratio", "railway"),
        security_share=get("security_cost", "capex"),
        replacement_share=get("replacement", "capex"),
        residual_share=get("residual_value", "railway"),
        lead_years=lead,
        build_years=build,
        operating_years=round(get("horizon", "railway")),
        ramp_years=round(get("ramp_up", "railway")),
        first_year_share=get("ramp_first_year", "railway"),
        demand_growth_share=get("demand_growth", "freight") if grows else 0.0,
        capacity_t=track_of(assumptions).mt_per_year * 1e6,
        external_usd_per_tkm=math.fsum(
            value for name in EXTERNALS if (value := external_value(assumptions, name)) is not None
        ),
    )


EXTERNALS = ("carbon", "accidents", "road_wear")
"""Lines of what others gain where freight leaves the road; each is off without a value."""


def external_value(assumptions: Assumptions, name: str) -> float | None:
    """Return what others gain by a tkm that leaves the road, in USD; None where it is off."""
    band = assumptions.if_known(f"external_{name}", ROAD_AVOIDED)
    return None if band is None else band.value


ROAD_AVOIDED = "road freight avoided"


def track_of(assumptions: Assumptions, *, siding_km: float | None = None) -> Track:
    """Return the single track that a line is taken to have."""
    get = assumptions.value
    return Track(
        siding_km=get("siding_spacing", "single track") if siding_km is None else siding_km,
        speed_kmh=get("train_speed", "single track"),
        clearance_minutes=get("train_clearance", "single track"),
        occupancy_share=get("track_occupancy", "single track"),
        train_t=get("train_load", "train"),
        days_per_year=get("operating_time", "single track"),
    )


def capacity_band(assumptions: Assumptions) -> Band:
    """Return the Mt a year and direction of a single track over the spacing of its loops."""
    spacing = assumptions.band("siding_spacing", "single track")
    low, value, high = (
        track_of(assumptions, siding_km=km).mt_per_year for km in reversed(spacing.ends)
    )
    return Band(low, value, high, Kind.inputs)


HALF_LINE = 0.5
"""A way over less of the line says nothing of times claimed for all of it."""


def claimed_hours(line: Line, markets: Sequence[Market]) -> dict[str, float]:
    """Return the router's hours over the line in its markets, by their ends."""
    return {
        f"{one.origin} to {one.destination}": one.new.hours
        for one in markets
        if one.new.line_km > HALF_LINE * line.length_km
    }


def check_asked(asked: Asked, as_of: dt.date, build_years: int) -> None:
    """Refuse what no appraisal can be made of.

    Raises
    ------
    DataError
        Names every fault under its argument.
    """
    faults = []
    rate = asked.discount_share
    if rate is not None and not 0 < rate < 1:
        text = "it must lie between 0 and 1: a share a year, 0.09 for 9 %"
        faults.append(Fault("discount", text, f"{rate:g}"))
    if asked.tonnes_mt is not None and not 0 < asked.tonnes_mt <= MOST_MT:
        text = "it must be above 0 and at most 1000: million tonnes a year"
        faults.append(Fault("tonnes", text, f"{asked.tonnes_mt:g}"))
    if asked.opening_year is not None and asked.opening_year < as_of.year + build_years:
        text = (
            f"works of {build_years} years that begin in {as_of.year} end in "
            f"{as_of.year + build_years}: it cannot open before"
        )
        faults.append(Fault("opens", text, str(asked.opening_year)))
    if asked.draw_count < FEWEST_DRAWS:
        faults.append(Fault("draws", "fewer than 100 tell no quantile", str(asked.draw_count)))
    if faults:
        raise DataError("the question", faults)


def seen_of(world: World, assumptions: Assumptions) -> tuple[SeenShare, ...]:
    """Return the shares that lines which exist take beside roads, by the central taste."""
    get = assumptions.value
    elasticity = get("cost_elasticity", "freight")
    return seen_shares(world, tastes(elasticity, get("nest_dissimilarity", "overland ways"), 0.0))


def make_study(
    world: World,
    line: Line,
    assumptions: Assumptions,
    asked: Asked,
    plan: CostPlan,
    model: HazardModel | None,
    seen: tuple[SeenShare, ...] | None = None,
) -> Study:
    """Return the markets of a line, its ways, and on which days they are open."""
    surveyor = survey(world, line)
    if asked.traffic is Traffic.observed:
        seen_market = observed_market(surveyor)
        markets: tuple[Market, ...] = () if seen_market is None else (seen_market,)
        why = "no count on record tells what passes where it would be"
    else:
        markets = find_markets(surveyor, assumptions.value("farthest_way", "railway"))
        why = "no freight that countries report could use it"
    if not markets:
        hint = f"{why}; ask with another of {', '.join(Traffic)}"
        raise DataError("the question", [Fault("traffic", hint, asked.traffic)])
    watched = watched_of(markets)
    shares = open_shares(
        model,
        watched,
        kind=asked.closures,
        first_year=plan.lead_years + plan.build_years,
        year_count=plan.operating_years,
        seed=asked.seed,
    )
    return Study(
        world=world,
        line=line,
        assumptions=assumptions,
        surveyor=surveyor,
        markets=markets,
        seen=seen_of(world, assumptions) if seen is None else seen,
        watched=watched,
        shares=shares,
        lengths={link.id: link.length_km for link in world.network.links.values()},
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class DemandLaw:
    """What multiplies the figures of demand: the central case, and in draws.

    Attributes
    ----------
    central
        Shape (n_figures,).
    draw
        From uniform draws of shape (n,), the multipliers of shape (n, n_figures).
    """

    central: Floats
    draw: Callable[[Floats], Floats]
    low: float
    high: float
    note: str


def demand_law(study: Study, asked: Asked, flows: Flows, promised: RatioLaw | None) -> DemandLaw:
    """Return the law of tonnes by what is asked.

    Raises
    ------
    DataError
        If a promise is asked for and none is on record.
    """
    count = len(flows.figure_ids)
    base_mt = flows.rail_t / 1e6
    if asked.tonnes_mt is not None or asked.traffic is Traffic.promoter:
        told = asked.tonnes_mt
        law: RatioLaw | None = None
        note = f"{told} Mt a year as asked, in the mix of the model"
        if told is None:
            row = study.line.promise
            if row is None or row.forecast_claim_mt_per_year is None:
                text = "no forecast of its own tonnes is on record; ask with model or observed"
                raise DataError("the question", [Fault("traffic", text, asked.traffic)])
            told, law = row.forecast_claim_mt_per_year, promised
            note = f"{told:g} Mt a year as told ({row.id}), times what such promises came to"
        level = told / base_mt
        middle = level * (float(law.quantile([0.5])[0]) if law is not None else 1.0)

        def scaled(uniform: Floats) -> Floats:
            ratio = law.quantile(uniform) if law is not None else np.ones(uniform.size)
            return np.repeat((level * ratio)[:, None], count, axis=1)

        ends = law.quantile([0.1, 0.9]) if law is not None else np.ones(2)
        return DemandLaw(
            central=np.full(count, middle), draw=scaled, low=float(level * ends[0]),
            high=float(level * ends[1]), note=note,
        )  # fmt: skip
    if asked.traffic is Traffic.observed:
        note = "what passes today, at the share that would take the line; not sampled"
        return DemandLaw(
            central=np.ones(count), draw=lambda uniform: np.ones((uniform.size, count)),
            low=float(flows.low_ratio.min()), high=float(flows.high_ratio.max()), note=note,
        )  # fmt: skip
    mixed = study.assumptions.value("demand_figure_correlation", "freight")

    def drawn(uniform: Floats) -> Floats:
        from scipy.special import ndtri

        common = ndtri(uniform)[:, None]
        own = np.stack(
            [
                stream(asked.seed, "appraisal", "demand", name).standard_normal(uniform.size)
                for name in flows.figure_ids
            ],
            axis=1,
        )
        return figure_ratio(flows, math.sqrt(mixed) * common + math.sqrt(1 - mixed) * own)

    weights = flows.open_rail_t / flows.rail_t
    return DemandLaw(
        central=np.ones(count), draw=drawn,
        low=float(weights @ figure_ratio(flows, np.full((1, count), -Z90))[0]),
        high=float(weights @ figure_ratio(flows, np.full((1, count), Z90))[0]),
        note="freight that countries report, laid on the cheapest ways; its bands are drawn",
    )  # fmt: skip


def figure_ratio(flows: Flows, scores: Floats) -> Floats:
    """Return figures over their central values at normal scores; their ends are P10 and P90."""
    up = np.log(np.maximum(flows.high_ratio, 1.0)) / Z90
    falls = np.where(flows.low_ratio > 0, flows.low_ratio, 1.0)
    down = np.log(falls) / -Z90
    above = np.exp(scores * up)
    below = np.where(flows.low_ratio > 0, np.exp(scores * down), np.maximum(1 + scores / Z90, 0.0))
    return np.asarray(np.where(scores > 0, above, below))


def promise_law(references: Sequence[Reference]) -> RatioLaw | None:
    """Return the law of tonnes carried over promised, or None where too few lines are known."""
    try:
        return predictive_law([one.ratio for one in references])
    except FitError:
        return None


@dataclass(frozen=True, slots=True, kw_only=True)
class Law:
    """What multiplies cost and demand, in the central case and in draws."""

    demand: DemandLaw
    overrun: RatioLaw

    @property
    def central_overrun(self) -> float:
        """Median of actual over estimated cost."""
        return math.exp(self.overrun.log_mean)

    @property
    def mean_overrun(self) -> float:
        """Mean of actual over estimated cost."""
        return math.exp(self.overrun.log_mean + self.overrun.log_scale**2 / 2)
