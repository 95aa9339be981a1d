"""Backtests use the past only, and their baselines are what they say."""

from __future__ import annotations

import datetime as dt
from functools import cache

import numpy as np
import pytest
from numpy.testing import assert_allclose

from karwan.analysis.backtests import run_backtests
from karwan.hazard.backtest import (
    CLIMATOLOGY,
    CONFLICTOLOGY,
    HORIZONS_DAYS,
    MARKOV,
    MODEL,
    PERSISTENCE,
    Backtest,
    DayRecord,
    baseline,
    day_record,
    run_backtest,
)
from tests import reference

FIRST = dt.date(2020, 1, 1)


def record() -> DayRecord:
    spells = [
        (dt.date(2020, 2, 1), dt.date(2020, 2, 11)),
        (dt.date(2020, 5, 1), dt.date(2020, 5, 3)),
        (dt.date(2021, 1, 1), dt.date(2021, 1, 1)),
    ]
    return day_record("gate", spells, FIRST, dt.date(2021, 12, 31))


@cache
def backtests() -> tuple[Backtest, ...]:
    world = reference.world()
    return tuple(run_backtests(world.record, world.network, world.as_of, seed=1))


def test_days_are_half_open_and_ages_count_from_the_start() -> None:
    found = record()
    assert found.shut.sum() == 12
    assert found.shut[31]
    assert found.age_days[31] == 0
    assert found.age_days[40] == 9
    assert not found.shut[41]


def test_baselines_by_hand() -> None:
    found, origins = record(), np.array([35, 45])
    assert_allclose(baseline(PERSISTENCE, found, origins)[:, 0], [1.0, 0.0])
    assert_allclose(baseline(CLIMATOLOGY, found, origins)[:, 0], [5 / 36, 10 / 46])
    assert_allclose(baseline(CONFLICTOLOGY, found, origins)[:, 0], [5 / 36, 10 / 46])
    # 45 transitions before day 45: open days 35, one closing; shut days 10, one opening.
    p_close, p_open = 1.5 / 36, 1.5 / 11
    rest = p_close / (p_close + p_open)
    expected = rest + (0 - rest) * (1 - p_close - p_open) ** 7
    assert_allclose(baseline(MARKOV, found, origins)[1, 1], expected)


@pytest.mark.parametrize("name", [CLIMATOLOGY, CONFLICTOLOGY, MARKOV, PERSISTENCE])
def test_no_baseline_looks_ahead(name: str) -> None:
    found, origins = record(), np.arange(50, 300)
    later = record()
    later.shut[400:] = True
    assert_allclose(baseline(name, found, origins), baseline(name, later, origins))


def test_a_perfect_forecast_scores_zero_and_gains() -> None:
    truth = record()

    def ahead(day: dt.date, _: str, __: bool, ___: float) -> list[float]:
        at = (day - FIRST).days
        return [float(truth.shut[at + h]) for h in HORIZONS_DAYS]

    found = run_backtest("t", [truth], ahead, first=dt.date(2020, 1, 10),
                         last=dt.date(2021, 6, 1), seed=1)  # fmt: skip
    assert found.score(MODEL, 7).brier == 0
    assert found.gain[7][2] > 0


def test_baselines_are_those_worked_out_before() -> None:
    """Brier at 7 days, 2019-01 to 2025-07: climatology .0282, persistence .0339, Markov .0245;
    the record has been corrected since, so within 0.0006 (reference note on security, 3.2)."""
    found = backtests()[0]
    for name, brier in ((CLIMATOLOGY, 0.0282), (PERSISTENCE, 0.0339), (MARKOV, 0.0245)):
        assert_allclose(found.score(name, 7).brier, brier, atol=0.0006)


def test_the_structural_closure_is_where_age_pays() -> None:
    """Gate: below persistence at 7 days on the full sample, beyond chance. Met."""
    found = backtests()[1]
    best, gain, low, _ = found.gain[7]
    assert best == PERSISTENCE
    assert gain > low > 0


def test_the_gate_in_ordinary_times_is_missed_and_stays_on_record() -> None:
    """Gate: 7-day Brier at most .0245 before October 2025. Missed: level with a Markov chain at
    7 days and worse at 30. This test fails when that changes, so that the page is changed too."""
    found = backtests()[0]
    assert found.score(MODEL, 7).brier > 0.0245
    assert found.gain[7][3] > 0
    assert found.gain[30][3] < 0
