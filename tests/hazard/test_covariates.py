"""The rate ratio: right on one table, confounded by nothing, and sure as often as it says."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.testing import assert_allclose

from karwan.hazard.covariates import stratified_ratio


def test_one_stratum_is_the_plain_ratio() -> None:
    """Var ln RR of one table is 1/a + 1/b (Rothman, Greenland and Lash 2008, chapter 14)."""
    found = stratified_ratio([(41, 15)], [(28_010.0, 19_017.0)])
    assert found.ratio is not None
    assert found.low is not None
    assert_allclose(found.ratio, (41 / 28_010) / (15 / 19_017))
    assert_allclose(np.log(found.ratio / found.low), 1.959964 * np.sqrt(1 / 41 + 1 / 15), rtol=1e-6)


def test_places_that_differ_are_no_effect() -> None:
    """Pooled, the exposed months look four times as bad; within each place there is nothing."""
    events, months = [(40, 4), (1, 10)], [(400.0, 40.0), (100.0, 1000.0)]
    found = stratified_ratio(events, months)
    assert found.ratio is not None
    assert_allclose(found.ratio, 1.0)
    crude = (41 / 500) / (14 / 1040)
    assert crude > 4


@pytest.mark.parametrize(
    ("events", "months"),
    [([(0, 3)], [(10.0, 20.0)]), ([(3, 0)], [(10.0, 20.0)]), ([(0, 0)], [(0.0, 0.0)]),
     ([(2, 0), (0, 2)], [(10.0, 0.0), (0.0, 10.0)])],
)  # fmt: skip
def test_where_nothing_can_be_compared_nothing_is_said(
    events: list[tuple[int, int]], months: list[tuple[float, float]]
) -> None:
    found = stratified_ratio(events, months)
    assert (found.ratio, found.low, found.high) == (None, None, None)


def test_95_percent_intervals_hold_the_truth_95_times_in_a_hundred() -> None:
    random = np.random.default_rng(9)
    base, true, hits, tries = np.array([0.02, 0.1, 0.3]), 1.7, 0, 1500
    exposed, other = np.array([80.0, 60.0, 50.0]), np.array([120.0, 90.0, 70.0])
    for _ in range(tries):
        a, b = random.poisson(base * true * exposed), random.poisson(base * other)
        found = stratified_ratio(
            list(zip(a.tolist(), b.tolist(), strict=True)),
            list(zip(exposed.tolist(), other.tolist(), strict=True)),
        )
        if found.low is not None and found.high is not None:
            hits += found.low <= true <= found.high
    assert 0.935 <= hits / tries <= 0.97
