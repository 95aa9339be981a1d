"""The law of hours on a distribution: as slow sums say, and exact in the mean."""

from __future__ import annotations

import math

from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose

from karwan.analysis.world.state import State
from karwan.route.distribution import (
    LOG_LOGISTIC,
    LOGNORMAL,
    STEP_HOURS,
    JourneyLaw,
    Part,
    compose_hours,
    under_law,
)
from tests import reference
from tests.oracles.hours_law import share_below

GRID_SHARE = 0.004
"""Two grids, of 0.25 h and of 0.005 in the log, against a sum over all masses."""

laws = st.builds(JourneyLaw, st.floats(0.5, 2.0), st.floats(0.05, 0.8))


@settings(max_examples=25)
@given(laws, st.floats(20, 200), st.floats(0.1, 0.6), st.floats(0.05, 0.95))
def test_a_quantile_is_that_of_the_slow_sum(
    law: JourneyLaw, mean_hours: float, cv_ratio: float, share: float
) -> None:
    hours = compose_hours([Part(mean_hours, cv_ratio, LOGNORMAL), Part(10.0, 0.8, LOG_LOGISTIC)])
    at = under_law(hours, law).quantile(share)
    assert_allclose(share_below(hours, law.median_ratio, law.log_sd, at), share, atol=GRID_SHARE)


def test_a_certain_journey_becomes_the_factor_s_lognormal() -> None:
    """100 h times a factor of median 1.2 and log sd 0.3: P95 is 120 exp(1.645 x 0.3)."""
    longer = under_law(compose_hours([], fixed_hours=100.0), JourneyLaw(1.2, 0.3))
    assert_allclose(longer.quantile(0.5), 120.0, rtol=0.003)
    assert_allclose(longer.quantile(0.95), 120 * math.exp(1.6449 * 0.3), rtol=0.003)
    assert_allclose(longer.mean_hours, 120 * math.exp(0.045), rtol=1e-12)


def test_no_law_leaves_hours_as_they_are_and_a_factor_alone_moves_them() -> None:
    known = compose_hours([Part(50.0, 0.3, LOGNORMAL)])
    assert under_law(known, JourneyLaw()) is known
    moved = under_law(known, JourneyLaw(median_ratio=2.0))
    assert_allclose(moved.quantile(0.9), 2 * known.quantile(0.9), atol=2 * STEP_HOURS)
    assert moved.mean_hours == 2 * known.mean_hours
    assert under_law(compose_hours([]), JourneyLaw(1.5, 0.2)).mean_hours == 0


def test_the_mean_of_the_masses_is_the_mean_told() -> None:
    hours = compose_hours([Part(80.0, 0.3, LOGNORMAL), Part(30.0, 0.8, LOG_LOGISTIC)])
    longer = under_law(hours, JourneyLaw(1.19, 0.24))
    told = sum(longer.p * STEP_HOURS * range(longer.p.size))
    assert_allclose(told, longer.mean_hours, rtol=2e-3)


def test_the_mean_that_is_printed_is_the_hours_of_the_routing_weight() -> None:
    """Ticks hold USD and the worth of the mean factor times hours, before rest is waived."""
    for answer in reference.comparison("almaty", "karachi", State.all_open).answers:
        if answer.journey is None:
            continue
        journey = answer.journey
        law = journey.timing.spreads.law
        assert law.mean_ratio > 1
        weight_hours = (journey.ticks / 1000 - journey.usd.value) / (
            journey.value_of_time_usd_per_hour
        )
        waived = journey.rest_waived_hours * law.mean_ratio
        assert_allclose(weight_hours - waived, journey.hours.value, atol=0.01)
        assert_allclose(journey.reliability.hours.mean_hours, journey.hours.value, rtol=1e-9)
        assert_allclose(sum(journey.timing.hours_by_part.values()), journey.hours.value, rtol=1e-9)
