"""Scores by group of gates: clusters by hand, and gates that lie in one group only."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.testing import assert_allclose

from karwan.analysis.forecasts.group_scores import resampled, score_groups
from karwan.hazard.backtest import HORIZONS_DAYS, MODEL, PERSISTENCE
from tests import reference


def test_rows_of_one_episode_stand_or_fall_together() -> None:
    """Two clusters of ten rows, one all 1 and one all 0: means drawn are 0, a half or 1."""
    values = np.repeat([1.0, 0.0], 10)
    together = resampled(["a"] * 10 + ["b"] * 10, values, 1)
    apart = resampled([str(k) for k in range(20)], values, 1)
    assert together == (0.0, 1.0)
    assert 0.2 < apart[0] < 0.35
    assert 0.65 < apart[1] < 0.8  # binomial of 20: a half give or take 0.22


def test_one_cluster_has_no_spread() -> None:
    assert_allclose(resampled(["a", "a"], np.array([1.0, 0.0]), 1), (0.5, 0.5))


def test_every_gate_is_in_one_group_and_is_scored_against_the_best_baseline() -> None:
    groups = score_groups(reference.world(), seed=1)
    names = [name for one in groups for name in one.element_ids]
    assert len(names) == len(set(names))
    assert [len(one.element_ids) > 0 for one in groups] == [True] * 3
    for one in groups:
        for days in HORIZONS_DAYS:
            gain = one.gain(days)
            best, mine = one.score(gain.other, days), one.score(MODEL, days)
            assert gain.brier == pytest.approx(best.brier - mine.brier, abs=1e-12)
            assert gain.low <= gain.brier <= gain.high
            # a state foretold as it stands errs by 1 on each row on which it changed
            error = one.score(PERSISTENCE, days).brier
            assert error * one.row_count == pytest.approx(one.changed_count(days))
            assert best.brier == min(s.brier for s in one.scores
                                     if s.horizon_days == days and s.name != MODEL)  # fmt: skip
