"""Before and after: exact intervals, change point, and a test that errs as often as it says."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_allclose
from scipy import stats

from karwan.base.errors import DataError
from karwan.ledger.change import (
    best_split,
    change_point,
    placebo_share,
    rate_interval,
    rate_ratio,
    share_interval,
)
from tests.oracles import change as oracle

ROOT_FINDING = 1e-8  # the oracle searches the root to 1e-13 in the logarithm
counts = st.integers(0, 40)
lengths = st.floats(1, 5000)
START = dt.date(2016, 1, 1)


@given(counts, counts, lengths, lengths)
def test_the_interval_of_a_rate_ratio_is_the_oracles(
    before: int, after: int, before_days: float, after_days: float
) -> None:
    found = rate_ratio(before, after, before_days, after_days)
    if before + after == 0:
        assert (found.low, found.high, found.p_value) == (0.0, None, 1.0)
        return
    low, high = oracle.rate_ratio_interval(before, after, before_days, after_days)
    assert_allclose(found.low, low, rtol=ROOT_FINDING)
    assert (found.high is None) == (before == 0)
    if found.high is not None:
        assert_allclose(found.high, high, rtol=ROOT_FINDING)
    p_value = oracle.rate_ratio_p_value(before, after, before_days, after_days)
    assert_allclose(found.p_value, p_value, rtol=1e-9, atol=1e-15)  # sums of 41 terms


@given(counts, counts, lengths, lengths)
def test_swapping_before_and_after_turns_the_ratio_over(
    before: int, after: int, before_days: float, after_days: float
) -> None:
    one = rate_ratio(before, after, before_days, after_days)
    other = rate_ratio(after, before, after_days, before_days)
    assert_allclose(one.p_value, other.p_value, rtol=1e-9)  # two tails of one law
    if one.high is not None:
        assert_allclose(one.high, 1 / other.low if other.low else np.inf, rtol=1e-6)


def test_the_test_errs_at_its_level_under_placebo() -> None:
    """Nothing changed: an exact test of level 5 % may not reject more often, nor hardly ever."""
    generator = np.random.default_rng(20240915)
    draws = 4000
    for mean, before_days, after_days in ((30.0, 2000.0, 1000.0), (12.0, 1000.0, 1000.0)):
        before = generator.poisson(mean, draws)
        after = generator.poisson(mean * after_days / before_days, draws)
        rejected = np.mean([
            rate_ratio(int(b), int(a), before_days, after_days).p_value <= 0.05
            for b, a in zip(before, after, strict=True)
        ])  # fmt: skip
        three_sd = 3 * np.sqrt(0.05 * 0.95 / draws)
        assert 0.02 <= rejected <= 0.05 + three_sd  # discrete counts make it conservative


def test_the_change_point_test_errs_at_its_level_under_placebo() -> None:
    generator = np.random.default_rng(7)
    end = START + dt.timedelta(days=2000)
    trials, rejected = 200, 0
    for trial in range(trials):
        days = [START + dt.timedelta(days=int(d)) for d in generator.integers(0, 2000, 12)]
        rejected += change_point(days, START, end, seed=trial).p_value <= 0.05
    assert stats.binomtest(rejected, trials, 0.05).pvalue > 0.001


def test_a_true_change_is_found_where_it_is() -> None:
    early = [START + dt.timedelta(days=d) for d in (300, 700, 1100)]
    late = [START + dt.timedelta(days=d) for d in range(1500, 2000, 25)]
    found = change_point(early + late, START, START + dt.timedelta(days=2000))
    assert found.day == dt.date(2020, 2, 9)  # the first of the late events: day 1,500
    assert found.p_value < 0.001


@given(st.lists(st.integers(0, 99), min_size=3, max_size=12))
def test_the_best_split_is_the_oracles(times: list[int]) -> None:
    found, _ = best_split(np.sort(np.array(times, dtype=np.float64)), 100.0)
    assert_allclose(found, oracle.best_split([float(t) for t in times], 100), rtol=1e-9, atol=1e-9)


def test_too_few_events_have_no_change_point() -> None:
    found = change_point([START], START, dt.date(2020, 1, 1))
    assert (found.day, found.p_value) == (None, 1.0)
    with pytest.raises(DataError, match="the record ends 2015-01-01, before it starts 2016-01-01"):
        change_point([START], START, dt.date(2015, 1, 1))


def test_a_ratio_needs_time_at_risk() -> None:
    with pytest.raises(DataError, match="before and after each need at least one day at risk"):
        rate_ratio(1, 1, 0.0, 10.0)


@given(st.integers(0, 30), st.integers(0, 30))
def test_intervals_of_shares_and_rates_are_the_exact_ones(hits: int, misses: int) -> None:
    count = hits + misses
    if count:
        exact = stats.binomtest(hits, count).proportion_ci(method="exact")
        assert_allclose(share_interval(hits, count), (exact.low, exact.high), rtol=1e-7, atol=1e-12)
    low, high = rate_interval(hits)
    assert_allclose(stats.poisson.cdf(hits, high), 0.025, rtol=1e-7)
    assert low == 0 if hits == 0 else abs(stats.poisson.sf(hits - 1, low) - 0.025) < 1e-9


def test_a_share_of_more_than_all_is_refused() -> None:
    with pytest.raises(ValueError, match="3 of 2 is no share"):
        share_interval(3, 2)


def test_placebo_dates_stay_before_what_was_said() -> None:
    tried: list[dt.date] = []

    def test_at(day: dt.date):  # type: ignore[no-untyped-def]
        tried.append(day)
        return rate_ratio(5, 5, 100.0, 100.0)

    share, count = placebo_share(START, dt.date(2019, 1, 1), 0.5, test_at)
    assert (share, count) == (0.0, len(tried))
    assert max(tried) < dt.date(2018, 1, 2)
    assert placebo_share(START, dt.date(2016, 6, 1), 0.5, test_at) == (None, 0)
