"""Chances against slower ways to the same number."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_allclose

from karwan.analysis.trade.chances import fit_walk
from tests.oracles.growth import p_multiple_by_draws

STEPS = [0.3, -0.2, 0.9, 0.1, -0.4]
YEARS = [1.0, 1.0, 3.0, 1.0, 2.0]

# 400,000 draws: three standard errors of a share are at most 3 * 0.5 / sqrt(400000) = 0.0024.
DRAWN = 0.0024
# The grid of the oracle has 200,000 cells over a quarter turn: a step is below 8e-6 in share.
GRIDDED = 1e-5


@pytest.mark.parametrize(("multiple", "years"), [(1.0, 1.0), (2.0, 1.5), (4.0, 3.0), (0.5, 10.0)])
def test_the_closed_form_is_the_share_of_drawn_walks(multiple: float, years: float) -> None:
    walk = fit_walk(STEPS, YEARS)
    assert walk is not None
    drawn = p_multiple_by_draws(STEPS, YEARS, multiple, years, seed=11)
    assert_allclose(walk.p_multiple(multiple, years), drawn, atol=DRAWN)


def test_drift_is_total_growth_over_total_time() -> None:
    walk = fit_walk(STEPS, YEARS)
    assert walk is not None
    assert_allclose(walk.drift_per_year, sum(STEPS) / sum(YEARS))


def test_a_quantile_is_exceeded_with_the_rest_of_the_chance() -> None:
    walk = fit_walk(STEPS, YEARS)
    assert walk is not None
    for share in (0.1, 0.5, 0.9):
        multiple = walk.multiple_at(share, 2.0)
        assert_allclose(walk.p_multiple(multiple, 2.0), 1.0 - share, atol=1e-9)


def test_two_steps_are_too_few_for_a_walk() -> None:
    assert fit_walk([0.1, 0.2], [1.0, 1.0]) is None


def test_a_record_without_any_spread_is_certain() -> None:
    walk = fit_walk([math.log(2.0)] * 3, [1.0] * 3)
    assert walk is not None
    assert walk.p_multiple(1.9, 1.0) == 1.0
    assert walk.p_multiple(2.1, 1.0) == 0.0


@given(
    st.lists(st.tuples(st.floats(-1, 1), st.floats(0.5, 4)), min_size=3, max_size=12),
    st.floats(1.0, 30.0),
    st.floats(1.01, 3.0),
    st.floats(0.1, 10.0),
)
def test_more_is_never_likelier(
    steps: list[tuple[float, float]], multiple: float, factor: float, years: float
) -> None:
    walk = fit_walk([s for s, _ in steps], [n for _, n in steps])
    assert walk is not None
    assert walk.p_multiple(multiple * factor, years) <= walk.p_multiple(multiple, years)
