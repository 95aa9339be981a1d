"""The fit of the law: as slow sums say, found again in made journeys, and scored in closed form."""

from __future__ import annotations

import math
from dataclasses import replace
from statistics import NormalDist

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose

from karwan.analysis.corridors.hours_fit import (
    LOG_MEDIANS,
    LOG_SDS,
    NODES,
    LawFit,
    LawFitter,
    Sample,
    by_nearest,
    by_speed,
    crps,
    foreseen,
    lognormal_below,
    quantile_of,
    quantiles_below,
    sample_log_likelihood,
    score_hours,
    stand_nodes,
)
from tests.oracles.hours_law import crps_of_lognormal
from tests.oracles.hours_law import log_likelihood as slow

HALF_DAY = 12.0


def sample(ident: str, observed: float, parts: float, **changed: object) -> Sample:
    """Return a run of its own event whose parts spread a little."""
    shares = (np.arange(NODES) + 0.5) / NODES
    z = np.array([NormalDist().inv_cdf(share) for share in shares])
    made = Sample(
        id=ident, event_id=ident, observed_hours=observed, resolution_hours=1.0,
        node_hours=parts * np.exp(0.1 * z), distance_km=parts * 30, mode="road",
    )  # fmt: skip
    return replace(made, **changed)  # type: ignore[arg-type]


@settings(max_examples=30)
@given(
    st.floats(20, 500),
    st.floats(0.5, 2.0),
    st.sampled_from([1.0, 12.0, 24.0]),
    st.integers(0, len(LOG_MEDIANS) - 1),
    st.integers(10, len(LOG_SDS) - 1),
)
def test_a_likelihood_is_that_of_the_slow_sum(
    parts: float, times: float, resolution: float, median: int, sd: int
) -> None:
    one = sample("a", parts * times, parts, resolution_hours=resolution)
    low, high = one.ends_hours
    law = (math.exp(LOG_MEDIANS[median]), float(LOG_SDS[sd]))
    fast = sample_log_likelihood(one)[median, sd]
    if fast > -30:
        assert_allclose(fast, slow(list(one.node_hours), low, high, law), rtol=1e-6, atol=1e-6)


def test_a_clock_of_whole_days_reaches_half_a_day_both_ways_and_never_below_zero() -> None:
    assert sample("a", 48.0, 40.0, resolution_hours=24.0).ends_hours == (36.0, 60.0)
    assert sample("a", 6.0, 40.0, resolution_hours=24.0).ends_hours == (0.25, 18.0)


def made_world(count: int = 60, median: float = 1.3, sd: float = 0.3) -> tuple[Sample, ...]:
    rng = np.random.default_rng(7)
    parts = rng.uniform(50, 400, count)
    times = median * np.exp(rng.normal(0, math.hypot(sd, 0.1), count))
    return tuple(
        sample(f"e{k:02}", hours * factor, hours)
        for k, (hours, factor) in enumerate(zip(parts, times, strict=True))
    )


def test_the_law_of_a_made_world_is_found_again_and_its_bootstrap_holds_it() -> None:
    fitter = LawFitter(made_world())
    fit = fitter.fit()
    ratio, sd = fitter.intervals()
    assert ratio.p05 <= 1.3 <= ratio.p95
    assert sd.p05 - 0.02 <= 0.3 <= sd.p95 + 0.02
    assert_allclose(fit.median_ratio, ratio.p50, rtol=0.03)
    assert_allclose(fit.open_log_sd, 0.3 / math.sqrt(60), rtol=0.35)
    assert fit.law.log_sd > fit.log_sd


def test_an_event_weighs_one_however_many_rows_tell_of_it() -> None:
    world = made_world(12)
    again = tuple(replace(world[0], id=f"again-{k}") for k in range(9))
    assert LawFitter((*world, *again)).fit() == LawFitter(world).fit()


def test_an_event_left_out_does_not_fit_itself() -> None:
    world = made_world(12)
    odd = (replace(world[0], observed_hours=5000.0), *world[1:])
    assert LawFitter(odd).fit(left_out="e00") == LawFitter(world).fit(left_out="e00")
    assert LawFitter(odd).fit() != LawFitter(world).fit()


def test_statements_widen_and_never_move() -> None:
    world = made_world(20)
    stated = [sample(f"s{k}", 400.0 * 1.5 ** (k % 3), 100.0) for k in range(8)]
    fit, ratio = LawFitter(world).fit_beside(stated)
    plain = LawFitter(world).fit()
    assert fit.log_sd > plain.log_sd
    assert_allclose(fit.median_ratio, plain.median_ratio, rtol=0.05)
    assert ratio > 2


def test_a_stand_is_found_where_each_journey_stood() -> None:
    """Short and long journeys that stood about as long: no factor tells them both."""
    rng = np.random.default_rng(11)
    stands = 24.0 * np.exp(rng.normal(0, 1.2, 60))
    world = tuple(
        replace(one, observed_hours=float(np.median(one.node_hours) + stand), resolution_hours=4.0)
        for one, stand in zip(made_world(60), stands, strict=True)
    )
    fit = LawFitter(world).fit_with_stand()
    assert 12.0 <= fit.stand_hours <= 32.0
    assert_allclose(fit.median_ratio, 1.0, atol=0.1)
    assert_allclose(np.median(stand_nodes(24.0)), 24.0, rtol=0.3)
    assert stand_nodes(0.0).tolist() == [0.0]


@given(st.floats(20, 900), st.floats(0.05, 0.8), st.floats(0.4, 2.5))
def test_the_score_of_a_lognormal_is_the_closed_form(
    median: float, log_sd: float, times: float
) -> None:
    observed = median * times
    ours = crps(lognormal_below(median, log_sd), math.log(observed))
    assert_allclose(ours, crps_of_lognormal(median, log_sd, observed), atol=2e-3)


def test_a_distribution_through_its_quantiles_is_the_lognormal_they_are_of() -> None:
    normal = NormalDist(math.log(100), 0.3)
    shares = (0.05, 0.1, 0.25, 0.5, 0.75, 0.9, 0.95)
    below = quantiles_below({share: math.exp(normal.inv_cdf(share)) for share in shares})
    assert_allclose(below, lognormal_below(100, 0.3), atol=1e-3)


def test_what_is_foreseen_holds_the_parts_and_the_law() -> None:
    one = sample("a", 100.0, 100.0)
    below = foreseen(one, LawFit(median_ratio=1.2, log_sd=0.3))
    assert_allclose(math.exp(quantile_of(below, 0.5)), 120.0, rtol=0.01)
    spread = quantile_of(below, 0.95) - quantile_of(below, 0.05)
    assert_allclose(spread, 2 * 1.645 * math.hypot(0.3, 0.1), rtol=0.02)
    alone = foreseen(one, None)
    assert_allclose(math.exp(quantile_of(alone, 0.5)), 100.0, rtol=0.01)
    stood = foreseen(one, LawFit(median_ratio=1.0, log_sd=0.05, stand_hours=24.0))
    assert math.exp(quantile_of(stood, 0.5)) > 115


def test_an_event_counts_by_the_share_of_its_rows_inside() -> None:
    """Two rows of one event, one within and one far off, and one event within: three quarters."""
    first = sample("a", 100.0, 100.0)
    rows = (first, replace(first, id="b", observed_hours=900.0), sample("c", 100.0, 100.0))
    result = score_hours(rows, lambda one: foreseen(one, None))
    assert result.event_count == 2
    assert result.covered[90] == 0.75


@pytest.mark.parametrize("rival", [by_speed, by_nearest])
def test_a_rival_never_sees_the_event_it_foresees(rival: object) -> None:
    world = made_world(12)
    odd = (replace(world[0], observed_hours=9000.0), *world[1:])
    foresee, other = rival(world), rival(odd)  # type: ignore[operator]
    if rival is by_speed:
        assert_allclose(foresee(world[0]), other(odd[0]))
    assert math.exp(quantile_of(foresee(world[0]), 0.5)) == pytest.approx(
        math.exp(quantile_of(other(odd[0]), 0.5))
    )


def test_the_nearest_events_are_those_of_the_mode_and_the_distance() -> None:
    """Speeds of 30 km/h near by, 60 far off, and 90 by rail: 30 is foreseen."""
    near = [sample(f"n{k}", 100.0 + k, 100.0 + k) for k in range(3)]
    far = [sample(f"f{k}", 200.0, 400.0 + k) for k in range(3)]
    rail = [sample(f"r{k}", 33.0, 100.0, mode="rail") for k in range(3)]
    one = sample("x", 100.0, 100.0)
    foresee = by_nearest([*near, *far, *rail, one])
    assert_allclose(math.exp(quantile_of(foresee(one), 0.5)), 100.0, rtol=0.02)
