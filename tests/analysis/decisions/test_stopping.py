"""Wait or stop: beside simulation and trying each day, and what must hold of every answer."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from karwan.analysis.decisions.stopping import (
    Floats,
    Problem,
    best_rule,
    outcome_of,
    p_better,
)
from tests.oracles.stopping import best_by_trying, mean_cost, simulated_costs

DAYS = np.arange(401.0)


def linear(survival: Floats, day_usd: float, divert_usd: float) -> Problem:
    """Return a gate at which each day costs the same, and passing it nothing more."""
    days = np.arange(survival.size, dtype=float)
    return Problem(survival, day_usd * days, day_usd * days + divert_usd)


def log_logistic(scale: float, shape: float) -> Floats:
    return np.asarray(1 / (1 + (DAYS / scale) ** shape))


@st.composite
def problems(draw: st.DrawFn) -> Problem:
    n = draw(st.integers(1, 12))
    hazards = draw(st.lists(st.floats(0, 1), min_size=n, max_size=n))
    costs = st.lists(st.floats(0, 1000), min_size=n + 1, max_size=n + 1)
    survival = np.concatenate([[1.0], np.cumprod(1 - np.array(hazards))])
    return Problem(survival, np.array(draw(costs)), np.array(draw(costs)))


@given(problems())
def test_the_best_rule_is_the_best_of_all_days(problem: Problem) -> None:
    best = best_rule(problem)
    assert best.mean_usd == pytest.approx(best_by_trying(problem), abs=1e-6)
    assert mean_cost(problem, best.stop_day) == pytest.approx(best.mean_usd, abs=1e-6)


@given(problems(), st.data())
def test_no_rule_is_better_than_the_best(problem: Problem, data: st.DataObject) -> None:
    day = data.draw(st.integers(0, problem.survival.size - 1))
    assert best_rule(problem).mean_usd <= outcome_of(problem, day).mean_usd + 1e-6


@settings(max_examples=5, deadline=None)
@given(day_usd=st.floats(50, 500), divert_usd=st.floats(500, 9000), stop_day=st.integers(0, 60))
def test_what_a_rule_comes_to_is_what_simulation_gives(
    day_usd: float, divert_usd: float, stop_day: int
) -> None:
    problem = linear(log_logistic(6.57, 1.29), day_usd, divert_usd)
    costs = simulated_costs(problem, stop_day, 20_000, seed=7)
    outcome = outcome_of(problem, stop_day)
    error = 5 * np.std(costs) / np.sqrt(len(costs))  # five standard errors
    assert outcome.mean_usd == pytest.approx(np.mean(costs), abs=error + 1e-9)
    cheaper = np.mean(np.array(costs) < divert_usd)
    assert p_better(problem, stop_day, divert_usd) == pytest.approx(cheaper, abs=0.02)


@given(hazard=st.floats(0.01, 0.9), day_usd=st.floats(1, 1000), divert_usd=st.floats(1, 50_000))
def test_a_memoryless_closure_gives_never_or_at_once(
    hazard: float, day_usd: float, divert_usd: float
) -> None:
    """For linear cost: wait if the chance of a day saves more than the day costs, always or never.

    A day costs its price; with the hazard it saves the diversion. On a tie either is best.
    """
    survival = np.cumprod(np.concatenate([[1.0], np.full(40, 1 - hazard)]))
    if abs(hazard * divert_usd - day_usd) < 1e-6 * day_usd:
        return
    best = best_rule(linear(survival, day_usd, divert_usd))
    assert best.stop_day == (40 if hazard * divert_usd > day_usd else 0)


def test_the_record_refutes_never_or_at_once() -> None:
    """Log-logistic, scale 6.57 days, shape 1.29 (Torkham and Chaman, 25 episodes): some days."""
    best = best_rule(linear(log_logistic(6.57, 1.29), 150.0, 3000.0))
    assert 0 < best.stop_day < 400


def test_the_threshold_falls_as_a_day_gets_dearer() -> None:
    days = [
        best_rule(linear(log_logistic(6.57, 1.29), day_usd, 3000.0)).stop_day
        for day_usd in (50, 100, 200, 400, 800)
    ]
    assert days == sorted(days, reverse=True)
    assert days[0] > days[-1]


def test_the_threshold_falls_as_the_tail_gets_heavier() -> None:
    """The hazard of the first week is the same; after it the tail is that of a lower one."""
    first = np.full(7, 0.09)
    thresholds = []
    for later in (0.09, 0.05, 0.02):
        fall = later + (0.09 - later) * 0.9 ** np.arange(1, 394)
        survival = np.cumprod(np.concatenate([[1.0], 1 - first, 1 - fall]))
        thresholds.append(best_rule(linear(survival, 250.0, 3000.0)).stop_day)
    assert thresholds[0] > thresholds[1] > thresholds[2] >= 7


def test_waiting_stays_finite_where_the_length_has_no_mean() -> None:
    heavy = linear(log_logistic(15.4, 0.75), 100.0, 5000.0)
    assert np.isfinite(outcome_of(heavy, 400).mean_usd)
    assert outcome_of(heavy, 400).p90_usd >= outcome_of(heavy, 400).p50_usd


@pytest.mark.parametrize(
    ("survival", "says"),
    [([0.9, 0.5], "starts at 1"), ([1.0, 1.1], "never rises"), ([1.0, -0.1], "below 0")],
)
def test_a_survival_that_is_none_is_refused(survival: list[float], says: str) -> None:
    with pytest.raises(ValueError, match=says):
        Problem(np.array(survival), np.zeros(2), np.zeros(2))


def test_costs_that_are_no_numbers_are_refused() -> None:
    with pytest.raises(ValueError, match="finite"):
        Problem(np.ones(2), np.array([0.0, np.nan]), np.zeros(2))
    with pytest.raises(ValueError, match="one and the same"):
        Problem(np.ones(2), np.zeros(3), np.zeros(2))
