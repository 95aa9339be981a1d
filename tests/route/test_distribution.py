"""Hours as distributions: composed exactly, mean kept, nothing widened by cutting links."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose
from scipy.stats import fisk

from karwan.route.distribution import (
    LONGEST_WAIT_SHARE,
    STEP_HOURS,
    Part,
    compose_hours,
    log_logistic_shape,
    masses_of,
)
from tests.oracles.draws import draw_hours

SHARES = (0.05, 0.5, 0.9, 0.95)
DRAWS = 10_000_000
SIGMAS = 3
"""Of the draws' own sampling error. Where it is within a step, so must be the difference; where ten
million draws cannot tell a step (the train's P90 and P95), their error is added to it."""

MEAN_HOURS = 1e-4
"""The grid ends where 1e-8 of a haul is left; what lies beyond is put on its last point."""

TRUCK = (
    Part(60.0, 0.2, "lognormal"),
    Part(34.0, 0.25, "lognormal"),
    Part(7.0, 0.8, "log-logistic"),
    Part(44.0, 0.8, "log-logistic"),
    Part(23.0, 0.7, "log-logistic"),
)
TRAIN = (
    Part(150.0, 0.3, "lognormal"),
    Part(120.0, 0.9, "log-logistic"),
    Part(168.0, 0.9, "log-logistic"),
)

a_part = st.builds(
    Part,
    st.floats(0.1, 200),
    st.floats(0.05, 1.2),
    st.sampled_from(["lognormal", "log-logistic"]),
)
some_parts = st.lists(a_part, min_size=1, max_size=6)


@pytest.mark.parametrize("parts", [TRUCK, TRAIN], ids=["truck", "train"])
def test_quantiles_agree_with_ten_million_draws_within_a_step(parts: tuple[Part, ...]) -> None:
    hours = compose_hours(parts, fixed_hours=3.3)
    drawn = draw_hours(parts, 3.3, DRAWS, seed=20261124)
    found = [hours.quantile(share) for share in SHARES]
    for share, ours, theirs in zip(SHARES, found, np.quantile(drawn, SHARES), strict=True):
        # Standard error of a quantile: sqrt(q (1 - q) / n) over the density there.
        density = hours.p[round((ours - hours.shift_hours) / STEP_HOURS)] / STEP_HOURS
        error = np.sqrt(share * (1 - share) / DRAWS) / density
        assert error < 2 * STEP_HOURS
        allowed = STEP_HOURS + (SIGMAS * error if SIGMAS * error > STEP_HOURS else 0.0)
        assert_allclose(ours, theirs, rtol=0, atol=allowed)
    worst = np.sort(drawn)[-DRAWS // 20 :].mean()
    assert_allclose(hours.expected_shortfall(), worst, rtol=2e-3)
    assert_allclose(hours.sd_hours, drawn.std(), rtol=5e-3)


@given(some_parts, st.floats(0, 50))
@settings(max_examples=40)
def test_the_mean_is_the_sum_of_means(parts: list[Part], fixed_hours: float) -> None:
    hours = compose_hours(parts, fixed_hours)
    at = hours.shift_hours + STEP_HOURS * np.arange(hours.p.size)
    assert_allclose(hours.mean_hours, fixed_hours + sum(p.mean_hours for p in parts), rtol=1e-12)
    assert_allclose(np.sum(hours.p * at), hours.mean_hours, atol=MEAN_HOURS * len(parts))
    assert_allclose(np.sum(hours.p), 1.0, rtol=1e-12)


@given(some_parts)
@settings(max_examples=40)
def test_quantiles_rise(parts: list[Part]) -> None:
    hours = compose_hours(parts)
    found = [hours.quantile(share) for share in (0.01, 0.05, 0.25, 0.5, 0.75, 0.9, 0.95, 0.99)]
    assert found == sorted(found)
    assert hours.expected_shortfall() >= found[-2] - STEP_HOURS


@given(some_parts)
@settings(max_examples=40)
def test_the_order_of_parts_changes_no_bit(parts: list[Part]) -> None:
    there, back = compose_hours(parts), compose_hours(parts[::-1])
    assert np.array_equal(there.p, back.p)
    assert there.mean_hours == back.mean_hours


def test_what_is_certain_has_no_width() -> None:
    hours = compose_hours([Part(7.3, 0.0, "lognormal")], fixed_hours=2.0)
    assert [hours.quantile(share) for share in SHARES] == [9.3] * 4
    assert hours.expected_shortfall() == pytest.approx(9.3)
    assert hours.sd_hours == 0


def test_what_is_certain_only_shifts() -> None:
    plain, later = compose_hours(TRUCK), compose_hours(TRUCK, fixed_hours=10.1)
    assert later.quantile(0.95) - plain.quantile(0.95) == pytest.approx(10.1)


@pytest.mark.parametrize("cv_ratio", [0.2, 0.5, 0.8, 1.2])
def test_the_shape_has_the_spread_asked_for(cv_ratio: float) -> None:
    """Against SciPy's log-logistic (fisk) and its own numerical integrals."""
    wait = fisk(log_logistic_shape(cv_ratio))
    longest = wait.ppf(LONGEST_WAIT_SHARE)
    mean = wait.expect(lambda x: x, lb=0, ub=longest, conditional=True, limit=200)
    square = wait.expect(lambda x: x**2, lb=0, ub=longest, conditional=True, limit=200)
    assert_allclose(np.sqrt(square - mean**2) / mean, cv_ratio, rtol=1e-4)


def test_a_crossing_has_the_heavier_tail() -> None:
    haul, wait = (compose_hours([Part(40.0, 0.8, tail)]) for tail in ("lognormal", "log-logistic"))
    assert wait.quantile(0.995) > haul.quantile(0.995)
    assert wait.quantile(0.5) > haul.quantile(0.5) * 0.9


def test_a_spread_no_wait_has_is_refused() -> None:
    with pytest.raises(ValueError, match="No wait has a coefficient of variation of 50"):
        masses_of(Part(10.0, 50.0, "log-logistic"))


@pytest.mark.parametrize("share", [0.0, 1.0, -0.1])
def test_a_quantile_needs_a_share(share: float) -> None:
    with pytest.raises(ValueError, match="between 0 and 1"):
        compose_hours(TRUCK).quantile(share)
