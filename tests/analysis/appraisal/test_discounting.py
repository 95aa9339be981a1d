"""Present values and returns, beside a polynomial solver and sums by hand."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from karwan.analysis.appraisal.discounting import (
    LEAST_RETURN,
    MOST_RETURN,
    all_returns,
    capital_recovery,
    payback_years,
    present_value,
    value_at_opening,
)
from tests.oracles.appraisal import polynomial_returns, yearly_present_value

flows = st.lists(st.integers(-50, 50), min_size=2, max_size=7)
NEAR = 0.02
"""Roots nearer than this in rate, or to the edge of what is looked at, may be missed."""


@given(flows)
def test_all_returns_are_the_roots_of_the_polynomial(net: list[int]) -> None:
    assume(net[0] != 0 and net[-1] != 0)
    expected = polynomial_returns([float(one) for one in net])
    apart = np.diff(np.log1p(expected)) if len(expected) > 1 else np.array([1.0])
    assume(bool((apart > NEAR).all()))
    assume(all(LEAST_RETURN + NEAR < one < MOST_RETURN - NEAR for one in expected))
    told = all_returns(np.array(net, dtype=float), np.arange(float(len(net))))
    assert told.roots == pytest.approx(expected, abs=1e-6)
    assert bool(told.why) == (not expected)


def test_a_rebuild_gives_two_returns_and_both_are_told() -> None:
    """-100, +230, -132 is 0 at 10 and at 20 %: (1.1 - x)(1.2 - x) times 100."""
    told = all_returns(np.array([-100.0, 230.0, -132.0]), np.arange(3.0))
    assert told.roots == pytest.approx((0.1, 0.2), abs=1e-9)


def test_a_line_that_never_pays_has_no_return_and_says_why() -> None:
    told = all_returns(np.array([-100.0, 10.0, 10.0]), np.array([0.0, 0.0, 0.0]))
    assert (told.roots, told.why) == ((), "the flows never earn back what is spent at any rate")


def test_flows_of_one_sign_have_no_return() -> None:
    assert all_returns(np.array([1.0, 2.0]), np.arange(2.0)).why == "no flow is other than positive"


@given(flows, st.floats(-0.5, 1.0))
def test_present_value_is_the_sum_of_the_years(net: list[int], rate: float) -> None:
    times = np.arange(float(len(net))) + 0.5
    expected = yearly_present_value(net, times.tolist(), rate)
    told = float(present_value(np.array(net, dtype=float), times, rate))
    assert told == pytest.approx(expected, rel=1e-9, abs=1e-7)


@given(st.floats(0.001, 0.3), st.integers(1, 60))
def test_an_annuity_pays_back_one(rate: float, count: int) -> None:
    paid = sum(capital_recovery(rate, count) / (1 + rate) ** k for k in range(1, count + 1))
    assert paid == pytest.approx(1.0, rel=1e-9)


@given(st.floats(0.0, 0.3), st.integers(1, 12))
def test_an_even_spend_is_worth_its_years_in_the_middle(rate: float, count: int) -> None:
    expected = np.mean([(1 + rate) ** (k - 0.5) for k in range(1, count + 1)])
    assert value_at_opening(rate, count) == pytest.approx(float(expected), rel=1e-12)


@pytest.mark.parametrize(
    ("net", "expected"),
    [
        ([-10.0, 4.0, 6.0, 1.0], 2.0),
        ([-10.0, 12.0, -5.0, 3.0], 3.0),
        ([-10.0, 1.0, 1.0, 1.0], None),
        ([1.0, 1.0, 1.0, 1.0], 0.0),
    ],
)
def test_payback_is_when_the_sum_stays_up(net: list[float], expected: float | None) -> None:
    assert payback_years(np.array(net), np.arange(4.0)) == expected
