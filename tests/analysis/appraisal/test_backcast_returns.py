"""Value and return of a line that opened: by hand, at its break-even tariff, and of the tables."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from karwan.analysis.appraisal.backcast import backcast_to_dict, backcasts
from karwan.analysis.appraisal.backcast_returns import (
    NOT_GIVEN,
    flows,
    line_returns,
    line_returns_words,
)
from karwan.analysis.appraisal.discounting import LineCost, break_even_tariff
from tests import reference

MADE = LineCost(
    capex_musd=100, length_km=100, fixed_usd_per_km=10_000, variable_usd_per_tkm=0.01,
    security_share=0.0, build_year_count=1, operating_year_count=2,
)  # fmt: skip


def test_a_line_of_two_years_by_hand() -> None:
    """100 at half a year, then 12 saved and 3 spent at 2 and 3 years: -100 + 9 + 9 at 0 %."""
    (line,) = line_returns(MADE, [("made", 2.0)], (6.0, 6.0), rate_share=0.0)
    assert line.enpv_musd == pytest.approx(-82)
    assert line.bcr == pytest.approx(24 / 106)
    (root,) = line.eirr
    assert -100 * (1 + root) ** -0.5 + 9 * (1 + root) ** -2 + 9 * (1 + root) ** -3 == pytest.approx(
        0, abs=1e-6
    )


@settings(max_examples=40, deadline=None)
@given(st.floats(0.3, 20.0), st.floats(0.02, 0.2), st.integers(1, 6), st.integers(5, 40))
def test_at_the_break_even_tariff_nothing_is_left(
    mt: float, rate: float, build: int, years: int
) -> None:
    """Two ways to one number: a closed form of the tariff, and the flows year by year."""
    cost = LineCost(
        capex_musd=1400, length_km=925, fixed_usd_per_km=50_000, variable_usd_per_tkm=0.012,
        security_share=0.004, build_year_count=build, operating_year_count=years,
    )  # fmt: skip
    tariff = break_even_tariff(cost, mt, rate_share=rate)
    (line,) = line_returns(cost, [("at par", mt)], (tariff, tariff), rate_share=rate)
    saved, costs, times = flows(cost, mt, tariff)
    worth = float(np.sum(costs * (1 + rate) ** -times))
    assert line.enpv_musd == pytest.approx(0, abs=1e-9 * worth)  # rounding of two long sums
    assert line.bcr == pytest.approx(1)
    assert line.eirr == pytest.approx((rate,), abs=1e-8)
    assert line.break_even_usd_per_tkm == pytest.approx(tariff / 925)
    assert saved.shape == costs.shape == times.shape == (build + years,)


def test_a_promise_returns_more_than_what_came_and_parts_are_named() -> None:
    """Kazakhstan-Turkmenistan-Iran: 4 Mt a year promised, 1.245 came; Khaf-Rozanak: 6.5 and 0.6."""
    for name in ("kazakhstan-turkmenistan-iran", "khaf-rozanak"):
        (line,) = backcasts(reference.world(), name)
        worth = {one.at: one for one in line.returns}
        promised, carried = worth["as promised"], worth["as carried"]
        assert promised.enpv_musd is not None
        assert carried.enpv_musd is not None
        assert promised.enpv_musd > carried.enpv_musd
        assert promised.break_even_usd_per_tkm < carried.break_even_usd_per_tkm
        told = backcast_to_dict(line)
        assert [one["at"] for one in told["returns"]] == list(worth)
        assert told["not_given"] == NOT_GIVEN


def test_strictly_no_value_is_told_but_what_a_lorry_would_have_to_take() -> None:
    """No rate of lorries on record is from before an opening: null and why, never 0."""
    (line,) = backcasts(reference.world(), "kazakhstan-turkmenistan-iran", strict=True)
    assert [one.at for one in line.returns] == ["as promised", "as carried"]
    for one in line.returns:
        assert (one.enpv_musd, one.bcr, one.eirr) == (None, None, ())
        assert one.eirr_why
        assert one.break_even_usd_per_tkm > 0
    assert "not given" in line_returns_words(line.returns)
    (unknown,) = backcasts(reference.world(), "baku-tbilisi-kars")
    assert unknown.returns == ()
    assert backcast_to_dict(unknown)["not_given"] == {}
