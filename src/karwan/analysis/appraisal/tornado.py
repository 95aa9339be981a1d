"""What each input does to the net present value of the central case, one at a time."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import numpy.typing as npt

from karwan.analysis.appraisal.cases import Law, Study
from karwan.analysis.appraisal.discounting import present_value
from karwan.analysis.appraisal.flows import OPEN, Flows
from karwan.analysis.appraisal.results import Swing
from karwan.analysis.appraisal.valuing import (
    CostPlan,
    all_times,
    economic_net,
    spent_of,
    yearly_of,
)

Floats = npt.NDArray[np.float64]


def tornado(study: Study, plan: CostPlan, flows: Flows, law: Law, rate: float) -> tuple[Swing, ...]:
    """Return what each input does to the central case at its ends, the widest first."""
    get = study.assumptions.band
    central = law.demand.central
    median = np.array([law.central_overrun])

    def value(
        changed: CostPlan = plan,
        *,
        at: float = rate,
        moved: Flows = flows,
        times: Floats = central,
        overrun: Floats = median,
    ) -> float:
        yearly = yearly_of(changed, moved, times[None], None)
        net = economic_net(changed, yearly, spent_of(changed, overrun))[0]
        return float(present_value(net, all_times(changed), at))

    rates = get("discount_rate", "default")
    swings = [
        _swing("discount rate", f"{rates.high:.0%}", f"{rates.low:.0%}",
               value(at=rates.high), value(at=rates.low))
    ]  # fmt: skip
    ends = law.overrun.quantile([0.1, 0.9])
    swings.append(
        _swing("cost over estimate", f"{ends[1]:.2f}", f"{ends[0]:.2f}",
               value(overrun=ends[1:]), value(overrun=ends[:1]))
    )  # fmt: skip
    capex = study.line.capex
    if capex is not None and capex.low < capex.high:
        low, high = (replace(plan, capex_musd=one) for one in (capex.high, capex.low))
        swings.append(
            _swing("estimate", f"{capex.high:,.0f}", f"{capex.low:,.0f}", value(low), value(high))
        )
    base = float(central.mean())
    if law.demand.low < law.demand.high:
        low_high = [central * one / base for one in (law.demand.low, law.demand.high)]
        swings.append(
            _swing("tonnes", f"{law.demand.low / base:.2f}", f"{law.demand.high / base:.2f}",
                   value(times=low_high[0]), value(times=low_high[1]))
        )  # fmt: skip
    for item, name, applies, column in PLAN_INPUTS:
        band = get(name, applies)
        both = [value(_changed(plan, column, one)) for one in (band.low, band.high)]
        swings.append(_swing(item, f"{band.low:g}", f"{band.high:g}", *both))
    lam, theta = get("nest_dissimilarity", "overland ways"), get("cost_elasticity", "freight")
    for item, band, made in (
        ("cost elasticity (theta)", theta, [(theta.low, lam.value), (theta.high, lam.value)]),
        ("nest of overland ways", lam, [(theta.value, lam.low), (theta.value, lam.high)]),
    ):
        both = [value(moved=study.flows(*one)[1]) for one in made]
        swings.append(_swing(item, f"{band.low:g}", f"{band.high:g}", *both))
    rail = np.tensordot(central, flows.parts[OPEN], axes=1).mean(axis=1)
    ratios = np.quantile(rail / rail.mean(), [0.1, 0.9])
    swings.append(
        _swing("days open, over futures", f"{ratios[0]:.2f}", f"{ratios[1]:.2f}",
               value(times=central * ratios[0]), value(times=central * ratios[1]))
    )  # fmt: skip
    return tuple(sorted(swings, key=lambda one: -abs(one.at_high_musd - one.at_low_musd)))


PLAN_INPUTS = (
    ("upkeep a km", "om_fixed", "railway", "fixed_usd_per_km"),
    ("hauling a tkm", "om_variable", "railway", "variable_usd_per_tkm"),
    ("empty returns", "empty_haul_ratio", "railway", "empty_ratio"),
    ("guards", "security_cost", "capex", "security_share"),
    ("value left", "residual_value", "railway", "residual_share"),
    ("renewal", "replacement", "capex", "replacement_share"),
    ("years of works", "build_time", "railway", "build_years"),
    ("years of operation", "horizon", "railway", "operating_years"),
    ("years to build up", "ramp_up", "railway", "ramp_years"),
    ("growth of freight", "demand_growth", "freight", "demand_growth_share"),
)
WHOLE = ("build_years", "operating_years", "ramp_years")


def _changed(plan: CostPlan, column: str, number: float) -> CostPlan:
    changes: dict[str, Any] = {column: round(number) if column in WHOLE else number}
    return replace(plan, **changes)


def _swing(item: str, low: str, high: str, at_low: float, at_high: float) -> Swing:
    return Swing(item=item, low=low, high=high, at_low_musd=at_low, at_high_musd=at_high)
