"""The account of a line in a land where every number is worked out by hand."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from karwan.analysis.appraisal.break_even import Plane, longest_spell_days, surface_of
from karwan.analysis.appraisal.discounting import LineCost, break_even_tariff, present_value
from karwan.analysis.appraisal.flows import OPEN, PARTS, Flows
from karwan.analysis.appraisal.valuing import (
    CostPlan,
    all_times,
    economic_net,
    financial_net,
    spent_of,
    yearly_of,
)

PLAN = CostPlan(
    capex_musd=7000.0, length_km=687.0, capex_factor=1.0, fixed_usd_per_km=50_000.0,
    variable_usd_per_tkm=0.012, empty_ratio=0.0, security_share=0.004, replacement_share=0.0,
    residual_share=0.0, lead_years=0, build_years=5, operating_years=30, ramp_years=1,
    first_year_share=0.2,
    demand_growth_share=0.0, capacity_t=1e9,
)  # fmt: skip
ONE = np.ones((1, 1))


def flows(
    mt: float, usd_per_t: float = 0.0, *, open_share: float = 1.0, up_share: float = 0.0
) -> Flows:
    """Return flows of one figure whose tonnes pass the whole line and pay so much."""
    year = np.full((1, 2, 30), mt * 1e6 * open_share)
    parts = {name: np.zeros((1, 2, 30)) for name in PARTS} | {OPEN: year, "rail_t": year}
    parts["revenue_usd"] = year * usd_per_t
    parts["down_tkm"] = year * PLAN.length_km * (1 - up_share)
    parts["up_tkm"] = year * PLAN.length_km * up_share
    load = np.array([[mt * 1e6, mt * 1e6 * (1 - up_share), mt * 1e6 * up_share]])
    return Flows(
        figure_ids=("one",), low_ratio=np.ones(1), high_ratio=np.ones(1), parts=parts, load_t=load
    )


def enpv(plan: CostPlan, given_flows: Flows, overrun: float = 1.0) -> float:
    yearly = yearly_of(plan, given_flows, ONE, None)
    net = economic_net(plan, yearly, spent_of(plan, np.array([overrun])))
    return float(present_value(net, all_times(plan), 0.09)[0])


@pytest.mark.parametrize(("open_share", "overrun"), [(1.0, 1.0), (0.8, 1.447)])
def test_at_the_tariff_of_the_closed_form_a_line_just_pays(
    open_share: float, overrun: float
) -> None:
    """69.16 and 117.15 USD a tonne at 15 Mt: no closures, ramp, renewal or value left."""
    cost = LineCost(
        capex_musd=7000, length_km=687, overrun_share=overrun - 1, fixed_usd_per_km=50_000,
        variable_usd_per_tkm=0.012, security_share=0.004, build_year_count=5,
        operating_year_count=30,
    )  # fmt: skip
    tariff = break_even_tariff(cost, 15, rate_share=0.09, open_share=open_share)
    value = enpv(PLAN, flows(15, tariff, open_share=open_share), overrun)
    assert value == pytest.approx(0.0, abs=1e-6)


@given(st.floats(1, 20), st.floats(50, 200), st.floats(0.3, 1.0))
def test_more_cost_never_helps_and_more_tonnes_that_pay_never_harm(
    mt: float, usd_per_t: float, open_share: float
) -> None:
    here = enpv(PLAN, flows(mt, usd_per_t, open_share=open_share))
    assert (
        enpv(replace(PLAN, capex_musd=7100.0), flows(mt, usd_per_t, open_share=open_share)) < here
    )
    assert enpv(PLAN, flows(mt * 1.1, usd_per_t, open_share=open_share)) > here
    assert enpv(PLAN, flows(mt, usd_per_t, open_share=open_share * 0.9)) < here


def test_what_the_track_cannot_carry_earns_nothing() -> None:
    plan = replace(PLAN, capacity_t=9e6)
    full = yearly_of(plan, flows(18, 80), ONE, None)
    assert full.full_share[0].tolist() == [0.5] * 30
    assert enpv(plan, flows(18, 80)) == pytest.approx(enpv(plan, flows(9, 80)))


def test_tonnes_without_a_load_the_other_way_pay_for_empty_wagons() -> None:
    """9 of 10 Mt go down: 8 Mt-lengths return empty at 0.4 of 1.2 cents over 687 km."""
    plan = replace(PLAN, empty_ratio=0.4)
    yearly = yearly_of(plan, flows(10, 0, up_share=0.1), ONE, None)
    assert yearly.empty_musd[0, 0] == pytest.approx(8 * 687 * 0.012 * 0.4)
    even = yearly_of(plan, flows(10, 0, up_share=0.5), ONE, None)
    assert even.empty_musd[0, 0] == pytest.approx(0.0, abs=1e-12)


def test_tonnes_build_up_from_a_fifth_in_equal_steps() -> None:
    plan = replace(PLAN, ramp_years=5, first_year_share=0.2, operating_years=7)
    assert plan.build_up == pytest.approx([0.2, 0.4, 0.6, 0.8, 1.0, 1.0, 1.0])


def test_demand_grows_from_the_date_of_knowledge_on() -> None:
    plan = replace(PLAN, demand_growth_share=0.1, lead_years=2, build_years=3, operating_years=2)
    assert plan.build_up == pytest.approx([1.1**5, 1.1**6])


def test_works_are_renewed_half_way_and_something_is_left_at_the_end() -> None:
    plan = replace(PLAN, build_years=2, operating_years=4, replacement_share=0.1,
                   residual_share=0.2, capex_factor=0.5)  # fmt: skip
    spent = spent_of(plan, np.array([2.0]))
    assert spent.capex_musd[0].tolist() == [3500.0, 3500.0, 0, 0, 0, 0]
    assert spent.replacement_musd[0].tolist() == [0, 0, 0, 700.0, 0, 0]
    assert spent.residual_musd[0].tolist() == [0, 0, 0, 0, 0, 1400.0]
    assert spent.security_musd[0].tolist() == [0, 0, 56.0, 56.0, 56.0, 56.0]


def test_the_financial_account_has_taxes_and_no_savings() -> None:
    plan = replace(PLAN, capex_factor=0.9)
    parts = flows(10, 20)
    parts.parts["saved_usd"][:] = 1e9
    yearly, spent = yearly_of(plan, parts, ONE, None), spent_of(plan, np.array([1.0]))
    money, net = financial_net(plan, yearly, spent)[0], economic_net(plan, yearly, spent)[0]
    assert money[:5] == pytest.approx([-1400.0] * 5)
    assert net[:5] == pytest.approx([-1260.0] * 5)
    assert (net - money)[5:] == pytest.approx([1000.0] * 30)


PLANE = Plane(
    per_capex=1.1, fixed_musd=100.0, per_mt=300.0, capex_musd=1000.0, mt_per_year=5.0,
    open_share=0.9, capacity_mt=9.0,
)  # fmt: skip


def test_what_would_have_to_be_true_brings_the_value_to_zero() -> None:
    """(300 x 5 x 0.9 - 100) / 1.1 = 1,136.4; 1,200 / 270 = 4.44 Mt; 1,200 / 1,500 = 0.8 of days."""
    assert PLANE.capex_at_zero == pytest.approx(1250 / 1.1)
    assert PLANE.tonnes_at_zero == pytest.approx(1200 / 270)
    assert PLANE.open_at_zero == pytest.approx(0.8)
    assert PLANE.days_shut_at_zero == pytest.approx(73.0)
    for at in ((1250 / 1.1, 5.0, 0.9), (1000.0, 1200 / 270, 0.9), (1000.0, 5.0, 0.8)):
        assert PLANE.enpv(*at) == pytest.approx(0.0, abs=1e-9)


def test_a_line_that_loses_on_each_tonne_never_pays() -> None:
    plane = replace(PLANE, per_mt=-1.0)
    answers = plane.capex_at_zero, plane.tonnes_at_zero, plane.open_at_zero
    assert answers == (None, None, None)
    assert plane.days_shut_at_zero is None


def test_a_line_that_would_not_pay_if_never_shut_has_no_days_to_lose() -> None:
    assert replace(PLANE, mt_per_year=3.0).days_shut_at_zero is None


def test_the_surface_falls_with_cost_and_rises_with_tonnes_and_open_days() -> None:
    for one in surface_of(PLANE):
        assert PLANE.enpv(one.capex_musd + 1, one.mt_per_year, one.open_share) < one.enpv_musd
        assert PLANE.enpv(one.capex_musd, one.mt_per_year + 1, one.open_share) > one.enpv_musd
        assert one.above_capacity == (one.mt_per_year > 9.0)


def test_one_closure_may_last_until_its_loss_eats_what_is_earned() -> None:
    """At no discount 10 a year: a value of 25 is gone after two years and a half."""
    earned, times = np.full(6, 10.0), np.arange(1.0, 7.0)
    assert longest_spell_days(earned, times, 0.0, 25.0) == pytest.approx(2.5 * 365)
    assert longest_spell_days(earned, times, 0.0, -1.0) is None
    assert longest_spell_days(earned, times, 0.0, 100.0) == pytest.approx(6 * 365)
