"""The value of waiting, beside the values of the reference on economics (its section 3)."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from karwan.analysis.appraisal.options import Waiting, waiting_answer
from karwan.analysis.appraisal.protection import protection_of


def chain(closing: float, days: float) -> Waiting:
    return Waiting(rate_share=0.09, drift_share=0.03, volatility_share=0.2,
                   closing_per_year=closing, opening_per_year=365 / days)  # fmt: skip


def test_without_closures_it_is_the_plain_option_to_wait() -> None:
    plain = chain(0.0, 20)
    assert plain.root(0.09) == pytest.approx(1.88600, abs=5e-6)
    assert plain.multiple == pytest.approx(2.12867, abs=5e-6)
    assert plain.trigger == pytest.approx(0.12772, abs=5e-6)


@pytest.mark.parametrize(
    ("closing", "days", "trigger"), [(0.5, 200, 0.15951), (1.0, 365, 0.23721), (1e-9, 20, 0.12772)]
)
def test_thresholds_with_closures_are_the_printed_ones(
    closing: float, days: float, trigger: float
) -> None:
    assert chain(closing, days).trigger == pytest.approx(trigger, abs=5e-6)


@pytest.mark.parametrize(
    ("closing", "days", "ratio", "worth"),
    [(1, 20, 1.054, 0.948), (2, 20, 1.107, 0.902), (0.5, 200, 1.249, 0.790),
     (0.25, 365, 1.216, 0.809), (1, 365, 1.857, 0.515)],
)  # fmt: skip
def test_insecurity_acts_through_what_an_open_line_is_worth(
    closing: float, days: float, ratio: float, worth: float
) -> None:
    one = chain(closing, days)
    assert one.trigger / chain(0, 20).trigger == pytest.approx(ratio, abs=6e-4)
    assert one.open_worth * one.gap == pytest.approx(worth, abs=6e-4)


def test_an_open_line_is_worth_the_printed_years_of_its_revenue() -> None:
    """Economics, golden values: r = .06, once a year, 20 days: 15.8036."""
    assert chain(1, 20).open_worth == pytest.approx(15.8036, abs=5e-5)


@given(st.floats(0.05, 3.0), st.floats(5, 400))
def test_closures_never_lower_the_revenue_that_is_needed(closing: float, days: float) -> None:
    assert chain(closing, days).trigger >= chain(0.0, days).trigger * (1 - 1e-9)


def test_the_answer_scales_with_the_cost() -> None:
    told = waiting_answer(chain(1.0, 365), cost_musd=1000.0, net_musd=50.0)
    assert told.needed_musd == pytest.approx(237.21, abs=0.005)
    assert told.trigger_ratio == pytest.approx(1.857, abs=6e-4)


def test_a_line_that_earns_nothing_is_worth_no_guard() -> None:
    told = protection_of(goods_usd_per_t=100, premium_share=0.01, net_musd_open=-5, open_share=0.5,
                         length_km=100)  # fmt: skip
    assert (told.premium_usd_per_t, told.lost_musd_per_year, told.most_usd_per_km) == (1.0, 0, 0)
