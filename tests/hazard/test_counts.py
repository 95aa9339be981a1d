"""Forecasts of counts: scored exactly, on the past only, beside their baselines."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_allclose

from karwan.hazard.counts import (
    CONFLICTOLOGY,
    NB,
    POISSON,
    _scores,
    crps_of_cdf,
    crps_of_sample,
    run_count_backtest,
)
from karwan.hazard.incidents import ewma, nb_cdf
from tests.oracles.incidents import crps_of_draws

values = st.lists(st.integers(0, 40), min_size=1, max_size=20).map(lambda v: np.array(v, float))


@given(values, st.integers(0, 60))
def test_the_score_of_a_sample_is_over_all_pairs(sample: np.ndarray, seen: int) -> None:
    assert_allclose(crps_of_sample(sample, seen), crps_of_draws(sample, seen), atol=1e-9)


@given(values, st.integers(0, 60))
def test_both_scores_agree_on_one_law(sample: np.ndarray, seen: int) -> None:
    grid = np.arange(62)
    cdf = np.array([np.mean(sample <= x) for x in grid])
    assert_allclose(crps_of_cdf(cdf, seen), crps_of_sample(sample, seen), atol=1e-9)


def test_the_score_of_a_law_is_that_of_many_draws() -> None:
    random = np.random.default_rng(1)
    draws = random.negative_binomial(2.0, 2.0 / 9.0, 4000).astype(float)
    exact = crps_of_cdf(nb_cdf(np.arange(400.0), 7.0, 2.0), 12.0)
    assert_allclose(crps_of_draws(draws, 12.0), exact, rtol=0.03)


def bursts(seed: int, months: int = 160) -> dict[str, np.ndarray]:
    """Counts whose mean drifts and which scatter more than a Poisson law's."""
    random = np.random.default_rng(seed)
    found = {}
    for name in ("a", "b"):
        mean = np.exp(1.5 + np.cumsum(random.normal(0, 0.15, months)) * 0.5)
        found[name] = random.negative_binomial(2.0, 2.0 / (2.0 + mean)).astype(float)
    return found


def test_overdispersed_counts_are_forecast_better_than_by_poisson() -> None:
    """The law they come from should win on series drawn from it."""
    found = run_count_backtest(bursts(4), 40)
    for h in (1, 3):
        assert found.crps[h][NB] < found.crps[h][POISSON]
        assert found.crps[h][NB] < found.crps[h][CONFLICTOLOGY]
        assert all(0.8 <= share <= 0.99 for share in found.coverage_share[h].values())
        low, gain, high = found.gain[h].ends
        assert low < gain < high


@pytest.mark.parametrize(("t", "h"), [(50, 1), (50, 3), (80, 3)])
def test_a_forecast_knows_nothing_of_what_comes_after(t: int, h: int) -> None:
    """Whatever happens between origin and outcome, or after it, the score is the same."""
    series = bursts(6, 100)["a"]
    changed = series.copy()
    changed[t + 1 : t + h] += 500
    changed[t + h + 1 :] += 500
    everything = np.ones(100, dtype=bool)
    first, second = (
        _scores(row, ewma(row, everything).mean_count, t, h, 60) for row in (series, changed)
    )
    assert first == second
    moved = series.copy()
    moved[t] += 50
    assert _scores(moved, ewma(moved, everything).mean_count, t, h, 60) != first


def test_the_same_seed_gives_the_same_interval() -> None:
    assert run_count_backtest(bursts(2), 60, seed=3) == run_count_backtest(bursts(2), 60, seed=3)
    gain = run_count_backtest(bursts(2), 60, seed=4).gain
    assert gain != run_count_backtest(bursts(2), 60, seed=3).gain


@pytest.mark.parametrize("first", [40, 60])
def test_every_origin_has_its_outcome(first: int) -> None:
    assert run_count_backtest(bursts(1), first).origin_count == 160 - 3 - first
