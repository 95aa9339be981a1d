"""Appraise a line: its account by the central case, over draws, and by country."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from karwan.analysis.appraisal.assumptions import Assumptions, read_assumptions
from karwan.analysis.appraisal.break_even import (
    BreakEven,
    Plane,
    Point,
    longest_spell_days,
    point,
    reasons,
    surface_of,
)
from karwan.analysis.appraisal.cases import (
    EXTERNALS,
    ROAD_AVOIDED,
    Asked,
    Law,
    Study,
    capacity_band,
    check_asked,
    claimed_hours,
    demand_law,
    external_value,
    make_study,
    plan_of,
    promise_law,
)
from karwan.analysis.appraisal.country_accounts import (
    Shared,
    country_accounts,
)
from karwan.analysis.appraisal.discounting import (
    LineCost,
    all_returns,
    break_even_tariff,
    payback_years,
    present_value,
    value_at_opening,
)
from karwan.analysis.appraisal.flows import OPEN, Flows, MarketEffect
from karwan.analysis.appraisal.lines import read_line
from karwan.analysis.appraisal.open_days import Closures, Watched
from karwan.analysis.appraisal.options import Waiting, WaitingAnswer, waiting_answer
from karwan.analysis.appraisal.outside_view import (
    PROMISED,
    RELIEF,
    RatioLaw,
    Reference,
    draw_jointly,
    reference_class,
)
from karwan.analysis.appraisal.protection import Protection, legs_of, protection_of
from karwan.analysis.appraisal.red_flags import red_flags
from karwan.analysis.appraisal.results import AccountRow, Appraisal, Quantiles
from karwan.analysis.appraisal.sabotage import attack_rate_per_100km, attacks
from karwan.analysis.appraisal.tornado import tornado
from karwan.analysis.appraisal.transit_sharing import sharing_of
from karwan.analysis.appraisal.valuing import (
    CostPlan,
    Spent,
    Yearly,
    all_times,
    economic_net,
    financial_net,
    spent_of,
    yearly_of,
)
from karwan.base.seeds import stream
from karwan.data.rows.appraisal import MarketPlaceRow

if TYPE_CHECKING:
    from karwan.analysis.appraisal.markets import SeenShare
    from karwan.analysis.world.world import World
    from karwan.hazard.model import HazardModel

Floats = npt.NDArray[np.float64]
DAYS_PER_YEAR = 365.0
LEVELS = (0.1, 0.5, 0.9)


def appraise(
    world: World,
    asked: Asked,
    model: HazardModel | None = None,
    seen: tuple[SeenShare, ...] | None = None,
) -> Appraisal:
    """Return what comes of a line.

    Parameters
    ----------
    model
        Hazards of the world with the project built; not needed without closures.
    seen
        Shares that lines which exist take, where `seen_of` the world is known already.

    Raises
    ------
    DataError
        Names every fault of the question: unknown project or stage, a rate in per cent, tonnes of
        0 or less, works that end after the opening, traffic that nothing on record tells of.
    """
    assumptions = read_assumptions(world.catalog)
    line = read_line(world, asked.project, asked.stage)
    check_asked(asked, world.as_of, round(assumptions.value("build_time", "railway")))
    plan = plan_of(line, assumptions, asked, world.as_of)
    study = make_study(world, line, assumptions, asked, plan, model, seen)
    effects, flows = study.flows(
        assumptions.value("cost_elasticity", "freight"),
        assumptions.value("nest_dissimilarity", "overland ways"),
    )
    references = reference_class(
        world.catalog, PROMISED, as_of=world.as_of, without=line.project.id
    )
    promised = promise_law(references)
    law = Law(
        demand=demand_law(study, asked, flows, promised),
        overrun=RatioLaw(
            assumptions.value("capex_overrun_log_mean", "railway"),
            assumptions.value("capex_overrun_log_sd", "railway"),
        ),
    )
    return _complete(study, asked, plan, (effects, flows), law, (references, promised))


def _complete(
    study: Study,
    asked: Asked,
    plan: CostPlan,
    moved: tuple[tuple[MarketEffect, ...], Flows],
    law: Law,
    outside: tuple[tuple[Reference, ...], RatioLaw | None],
) -> Appraisal:
    assumptions, line = study.assumptions, study.line
    effects, flows = moved
    rates = assumptions.band("discount_rate", "default")
    rate = rates.value if asked.discount_share is None else asked.discount_share
    yearly = yearly_of(plan, flows, law.demand.central[None], None)
    spent = spent_of(plan, np.array([law.central_overrun]))
    times = all_times(plan)
    net, money = economic_net(plan, yearly, spent)[0], financial_net(plan, yearly, spent)[0]
    parts = _present(plan, yearly, spent, rate)
    enpv = float(present_value(net, times, rate))
    plane = _plane(plan, flows, law, parts, _kept_share(plan, yearly, rate))
    came_mt = float(law.demand.central @ flows.open_rail_t) / 1e6
    draws = _draws(study, asked, plan, flows, law)
    values = {one: present_value(draws, times, one) for one in {*rates.ends, rate}}
    years, fee_years = _market_years(study, plan, effects, law.demand.central, yearly, rate)
    return Appraisal(
        asked=asked,
        line=line,
        rate_share=rate,
        plan=plan,
        opening_year=study.world.as_of.year + plan.lead_years + plan.build_years,
        closures_known=any(one.line for one in study.watched),
        enpv=_quantiles(values[rate]),
        draws_musd=values[rate],
        central_musd=enpv,
        financial_musd=float(present_value(money, times, rate)),
        returns=all_returns(net, times),
        financial_returns=all_returns(money, times),
        bcr=_ratio(parts),
        payback_years=payback_years(net, times),
        switching=_switching(parts, enpv, plane),
        p_above={one: float(np.mean(values[one] > 0)) for one in sorted(values)},
        break_even=_break_even(study, plane, law, yearly, plan, (rate, enpv), outside[1]),
        accounts=_account_rows(assumptions, parts, plan, spent),
        countries=country_accounts(
            Shared(
                works_musd=parts["capex"] + parts["replacement"] - parts["residual"],
                upkeep_musd=parts["fixed"] + parts["security"],
                receipts_musd=parts["revenue"],
                hauling_musd=parts["variable"] + parts["empty"],
                external_musd=parts["external"],
                users_musd=years,
                fee_years=fee_years,
            ),
            effects,
            line.km_by_country,
            perimeter_of(study.world),
            assumptions,
        ),
        sharing=sharing_of(study, effects, plan),
        flags=red_flags(
            line,
            assumptions,
            capacity=capacity_band(assumptions),
            promised=outside[1],
            hours=claimed_hours(line, study.markets),
        ),
        tornado=tornado(study, plan, flows, law, rate),
        effects=effects,
        seen=study.seen,
        references=outside[0],
        relief=assumptions.band("relief_ratio", "gate that queues"),
        relief_lines=reference_class(study.world.catalog, RELIEF, as_of=study.world.as_of),
        rail_mt=came_mt,
        carried_mt=came_mt * float((plan.build_up * yearly.full_share[0]).max()),
        open_share=plane.open_share,
        days_shut=DAYS_PER_YEAR * (1 - plane.open_share),
        full_years=int((yearly.full_share < 1).sum()),
        notes=(law.demand.note, *_notes(study, asked)),
        used=assumptions.asked,
        overrun=law.central_overrun,
        waiting=_waiting(assumptions, plan, law, yearly, rate, plane.open_share),
        protection=_protection(study, effects, plan, yearly, plane.open_share),
        evidence_horizon=study.world.evidence_horizon,
    )


def perimeter_of(world: World) -> tuple[str, ...]:
    """Return the countries that have an account of their own, in the order of the table."""
    rows = world.catalog.rows(MarketPlaceRow)
    return tuple(dict.fromkeys(row.country for row in rows if row.in_perimeter))


def _present(plan: CostPlan, yearly: Yearly, spent: Spent, rate: float) -> dict[str, float]:
    """Return present values of the parts of the central case, in million USD."""
    over, times = plan.earning_times, all_times(plan)
    earned = {
        "saved": yearly.saved_musd, "choice": yearly.choice_musd, "revenue": yearly.revenue_musd,
        "generated": yearly.generated_musd, "variable": yearly.variable_musd,
        "empty": yearly.empty_musd, "tonnes": yearly.rail_mt, "external": yearly.external_musd,
    }  # fmt: skip
    costs = {
        "capex": spent.capex_musd, "replacement": spent.replacement_musd,
        "residual": spent.residual_musd, "fixed": spent.fixed_musd,
        "security": spent.security_musd,
    }  # fmt: skip
    return {
        **{name: float(present_value(part[0], over, rate)) for name, part in earned.items()},
        **{name: float(present_value(part[0], times, rate)) for name, part in costs.items()},
    }


def _benefits(parts: dict[str, float]) -> float:
    return parts["saved"] + parts["generated"] + parts["revenue"] + parts["external"]


def _costs(parts: dict[str, float]) -> float:
    return (
        parts["capex"] + parts["replacement"] - parts["residual"] + parts["fixed"]
        + parts["security"] + parts["variable"] + parts["empty"]
    )  # fmt: skip


def _ratio(parts: dict[str, float]) -> float:
    return _benefits(parts) / _costs(parts)


def _draws(study: Study, asked: Asked, plan: CostPlan, flows: Flows, law: Law) -> Floats:
    """Return the net flow of each draw, shape (n_draws, n_times): cost and demand drawn jointly."""
    count = asked.draw_count
    related = study.assumptions.value("cost_demand_rank_correlation", "railway")
    uniform = draw_jointly(stream(asked.seed, "appraisal", "cost and demand"), count, related)
    paths = np.arange(count, dtype=np.int64) % study.shares.both.shape[1]
    yearly = yearly_of(plan, flows, law.demand.draw(uniform[1]), paths)
    return economic_net(plan, yearly, spent_of(plan, law.overrun.quantile(uniform[0])))


def _quantiles(values: Floats) -> Quantiles:
    """Return quantiles with standard errors: half the way between the two ranks one error apart."""
    ends = np.quantile(values, LEVELS)
    errors = []
    for level in LEVELS:
        step = math.sqrt(level * (1 - level) / values.size)
        low, high = np.quantile(values, [max(level - step, 0.0), min(level + step, 1.0)])
        errors.append(float(high - low) / 2)
    p10, p50, p90 = (float(end) for end in ends)
    return Quantiles(p10, p50, p90, (errors[0], errors[1], errors[2]))


def _kept_share(plan: CostPlan, yearly: Yearly, rate: float) -> float:
    """Return what the track takes of what comes to it in the central case, over its life."""
    times = plan.earning_times
    came = float(present_value(yearly.rail_mt[0] / yearly.full_share[0], times, rate))
    return float(present_value(yearly.rail_mt[0], times, rate)) / came if came > 0 else 1.0


def _plane(
    plan: CostPlan, flows: Flows, law: Law, parts: dict[str, float], kept_share: float
) -> Plane:
    """Return the net present value as it depends on estimate, tonnes and days open.

    Tonnes are those that the track takes: what it has no room for brings nothing.
    """
    asked_mt = float(law.demand.central @ flows.open_rail_t) / 1e6
    rail = flows.parts[OPEN].mean(axis=(1, 2))
    open_share = float(law.demand.central @ rail) / (asked_mt * 1e6)
    mt = kept_share * asked_mt
    spent = (
        parts["capex"] + parts["replacement"] - parts["residual"] + parts["security"]
    )  # fmt: skip
    earned = _benefits(parts) - parts["variable"] - parts["empty"]
    return Plane(
        per_capex=spent / plan.capex_musd,
        fixed_musd=parts["fixed"],
        per_mt=earned / (mt * open_share),
        capex_musd=plan.capex_musd,
        mt_per_year=mt,
        open_share=open_share,
        capacity_mt=plan.capacity_t / 1e6,
    )


def _switching(parts: dict[str, float], enpv: float, plane: Plane) -> dict[str, float | None]:
    """Return what each input must be multiplied by for a net present value of 0."""

    def times(part: float) -> float | None:
        ratio = 1 - enpv / part if part else None
        return ratio if ratio is not None and ratio >= 0 else None

    works = parts["capex"] + parts["replacement"] - parts["residual"] + parts["security"]
    tonnes, share = plane.tonnes_at_zero, plane.open_at_zero
    return {
        "capex": times(-works),
        "tonnes": None if tonnes is None else tonnes / plane.mt_per_year,
        "open_share": None if share is None else share / plane.open_share,
        "user_savings": times(parts["saved"] + parts["generated"]),
        "upkeep": times(-parts["fixed"]),
        "hauling_cost": times(-parts["variable"] - parts["empty"]),
    }


def _break_even(
    study: Study,
    plane: Plane,
    law: Law,
    yearly: Yearly,
    plan: CostPlan,
    at: tuple[float, float],
    promised: RatioLaw | None,
) -> BreakEven:
    rate, enpv = at
    line = study.line
    points: list[Point] = []
    promise = line.promise
    # The plane's cost is that of the median overrun; a point states its own.
    as_told, as_class = 1 / law.central_overrun, law.mean_overrun / law.central_overrun
    if promise is not None and promise.forecast_claim_mt_per_year is not None:
        told = promise.forecast_claim_mt_per_year
        points.append(
            point(plane, "as promised", (plan.capex_musd * as_told, told, 1.0),
                  f"{promise.id}: as told, never shut, no overrun")
        )  # fmt: skip
        if promised is not None:
            middle = told * float(promised.quantile([0.5])[0])
            points.append(
                point(plane, "reference class",
                      (plan.capex_musd * as_class, middle, plane.open_share),
                      "mean overrun, tonnes of lines promised so, closures as on record")
            )  # fmt: skip
        bias = RatioLaw(
            study.assumptions.value("passenger_demand_log_mean", PASSENGERS),
            study.assumptions.value("passenger_demand_log_sd", PASSENGERS),
        )
        points.append(
            point(plane, "passenger class",
                  (plan.capex_musd * as_class, told * float(bias.quantile([0.5])[0]),
                   plane.open_share),
                  "mean overrun, tonnes as passenger forecasts came to: no freight line is in it")
        )  # fmt: skip
    if line.traffic is not None:
        points.append(
            point(plane, "as observed",
                  (plan.capex_musd * as_class, line.traffic.central_mt_per_year, plane.open_share),
                  f"{line.traffic.what}, {line.traffic.period}")
        )  # fmt: skip
    points.append(
        point(plane, "central case", (plan.capex_musd, plane.mt_per_year, plane.open_share))
    )
    cost = LineCost(
        capex_musd=plan.capex_musd * plan.capex_factor,
        length_km=plan.length_km,
        fixed_usd_per_km=plan.fixed_usd_per_km,
        variable_usd_per_tkm=plan.variable_usd_per_tkm,
        security_share=plan.security_share,
        overrun_share=law.central_overrun - 1,
        build_year_count=plan.build_years,
        operating_year_count=plan.operating_years,
    )
    return BreakEven(
        plane=plane,
        points=tuple(points),
        surface=surface_of(plane),
        spell_days=longest_spell_days(yearly.net_musd[0], plan.earning_times, rate, enpv),
        tariff_usd_per_t=break_even_tariff(
            cost, plane.mt_per_year, rate_share=rate, open_share=plane.open_share
        ),
        why=reasons(plane),
    )


def _account_rows(
    assumptions: Assumptions, parts: dict[str, float], plan: CostPlan, spent: Spent
) -> tuple[AccountRow, ...]:
    """Return both accounts beside each other; what cannot be given says why."""

    def row(
        item: str, economic: float | None, financial: float | None, why: str = ""
    ) -> AccountRow:
        return AccountRow(item=item, economic_musd=economic, financial_musd=financial, why=why)

    out_of = "no cost or receipt of the railway"
    rows = [
        row("works", -parts["capex"], -parts["capex"] / spent.factor),
        row("renewal", -parts["replacement"], -parts["replacement"] / spent.factor),
        row("value left", parts["residual"], None, "no buyer of a line that may be cut"),
        row("upkeep", -parts["fixed"], -parts["fixed"]),
        row("guards", -parts["security"], -parts["security"]),
        row("hauling", -parts["variable"], -parts["variable"]),
        row("empty returns", -parts["empty"], -parts["empty"]),
        row("freight charges", parts["revenue"], parts["revenue"]),
        row(
            "saved by those who move",
            parts["saved"],
            None,
            out_of if parts["saved"] >= 0 else f"{out_of}; {DEARER}",
        ),
        row("half of it on new trade", parts["generated"], None, out_of),
    ]
    for name in EXTERNALS:
        value = external_value(assumptions, name)
        why = assumptions.note(f"external_{name}", ROAD_AVOIDED)
        musd = None if not value else parts["external"] * value / plan.external_usd_per_tkm
        rows.append(row(name, musd, None, why))
    rows.append(
        row("choice (not counted)", None, None,
            f"{parts['choice']:,.1f} million USD by the logsum beyond what is saved: it tells that "
            "shippers differ, and is left out of every sum")
    )  # fmt: skip
    return tuple(rows)


def _full_year(plan: CostPlan, yearly: Yearly) -> float:
    """Return what the first year of full tonnes brings, hauling paid, in million USD."""
    return float(yearly.net_musd[0, min(plan.ramp_years, plan.operating_years) - 1])


def _waiting(
    assumptions: Assumptions,
    plan: CostPlan,
    law: Law,
    yearly: Yearly,
    rate: float,
    open_share: float,
) -> WaitingAnswer:
    back = DAYS_PER_YEAR / assumptions.value("closure_length", "railway")
    chain = Waiting(
        rate_share=rate,
        drift_share=min(assumptions.value("option_drift", "revenue"), rate / 2),
        volatility_share=assumptions.value("option_volatility", "revenue"),
        closing_per_year=back * (1 - open_share) / open_share,
        opening_per_year=back,
    )
    cost = plan.capex_musd * law.central_overrun * plan.capex_factor
    return waiting_answer(
        chain,
        cost_musd=cost * value_at_opening(rate, plan.build_years),
        net_musd=_full_year(plan, yearly) / open_share,
    )


def _protection(
    study: Study,
    effects: Sequence[MarketEffect],
    plan: CostPlan,
    yearly: Yearly,
    open_share: float,
) -> Protection:
    assumptions = study.assumptions
    rail_t = [one.per_year("rail_t", alone=False) for one in effects]
    goods = sum(
        tonnes * one.market.goods_usd_per_t for tonnes, one in zip(rail_t, effects, strict=True)
    )
    premium = assumptions.value("overland_premium", "overland passage")
    most = effects[max(range(len(effects)), key=lambda number: rail_t[number])].market
    km: dict[str, float] = {}
    links = study.world.network.links
    for name in most.new.links:
        for country in links[name].countries:
            part = links[name].length_km / len(links[name].countries)
            km[country] = km.get(country, 0.0) + part
    return protection_of(
        cover_share=assumptions.value("full_cover", "protection"),
        legs=legs_of(
            km,
            study.line.km_by_country,
            loss_usd_per_t=most.goods_usd_per_t * premium,
            trip_t=study.surveyor.wagon_t,
            attacks_per_100km=attack_rate_per_100km(attacks(study.world)),
        ),
        goods_usd_per_t=goods / sum(rail_t),
        premium_share=premium,
        net_musd_open=_full_year(plan, yearly) / open_share,
        open_share=open_share,
        length_km=plan.length_km,
    )


DEARER = "below 0: some take it though it costs them more, as beside lines that exist"
PASSENGERS = "passenger class"


def _market_years(
    study: Study,
    plan: CostPlan,
    effects: Sequence[MarketEffect],
    central: Floats,
    yearly: Yearly,
    rate: float,
) -> tuple[list[float], list[float]]:
    """Return by market what users gain, and present years of its fees; present million USD."""
    worth = plan.build_up * yearly.full_share[0] * (1 + rate) ** -plan.earning_times
    where = {one: number for number, one in enumerate(study.watched)}
    figures = {name: k for k, name in enumerate(dict.fromkeys(e.market.figure_id for e in effects))}
    gained, years = [], []
    for effect in effects:
        market = effect.market
        number = where[_watched_of(effect)]
        times = float(central[figures[market.figure_id]])
        both = study.shares.both[number].mean(axis=0)
        alone = study.shares.line_only[number].mean(axis=0)
        usual = effect.per_year("saved_usd", alone=False) + effect.per_year(
            "generated_usd", alone=False
        )
        other = effect.per_year("saved_usd", alone=True) + effect.per_year(
            "generated_usd", alone=True
        )
        gained.append(times * float(((usual * both + other * alone) * worth).sum()) / 1e6)
        years.append(times * float(((both + alone) * worth).sum()))
    return gained, years


def _watched_of(effect: MarketEffect) -> Watched:
    return Watched(effect.market.new.elements, effect.market.old[0].elements)


def _notes(study: Study, asked: Asked) -> tuple[str, ...]:
    searched = "closures as on record in ordinary times, a draw for each year"
    if asked.closures is Closures.none:
        searched = "no closures: nothing is ever shut"
    elif asked.closures is Closures.today:
        searched += "; what runs today is carried by its survival to each year"
    if not any(one.line for one in study.watched):
        searched += "; no gate or line on record lies on the way: not shut means not known"
    return (
        searched,
        f"a railway's share beside a road from {len(study.seen)} lines that exist",
        "trade with countries that are not in the network (Russia among them) is not counted",
    )
