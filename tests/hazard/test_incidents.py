"""Intensities: spread and not snapped, recent months first, uncovered months no zeros."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_allclose

from karwan.base.errors import FitError
from karwan.base.geo import great_circle_km
from karwan.hazard.incidents import (
    Discs,
    band_counts,
    band_shares,
    credibility,
    ewma,
    fit_dispersion,
    nb_cdf,
    nb_quantile,
    near,
    shrunk_intensity,
)
from tests.oracles.incidents import drawn_share, nb_chance, weighted_mean

ENDS = (34.1, 71.1, 34.0, 71.6)
DRAWN = 0.005
"""Four standard errors of a share from 200,000 draws, at most sqrt(0.25 / 200,000) each."""

at = st.tuples(st.floats(33.5, 34.6), st.floats(70.6, 72.1))


def discs(*events: tuple[float, float, float]) -> Discs:
    return Discs(*(np.array(column, dtype=float) for column in zip(*events, strict=True)))


@pytest.mark.parametrize(
    ("lat", "lon", "radius_km"),
    [(34.05, 71.3, 5), (34.2, 71.3, 25), (34.05, 71.05, 50), (33.6, 71.0, 200), (34.05, 71.35, 25)],
)
def test_a_share_is_what_drawing_places_gives(lat: float, lon: float, radius_km: float) -> None:
    share = band_shares(discs((lat, lon, radius_km)), np.array([ENDS]), 10.0)[0, 0]
    drawn = drawn_share((lat, lon), radius_km / 2, ENDS, 10.0)
    assert_allclose(share, drawn, atol=DRAWN)


@given(at, st.floats(0, 300), st.floats(0.05, 0.95))
def test_cutting_a_straight_link_in_two_changes_no_sum(
    place: tuple[float, float], radius_km: float, cut: float
) -> None:
    """Along a parallel both pieces lie in the plane of the whole."""
    lon = 71.0 + cut
    whole = band_shares(discs((*place, radius_km)), np.array([[34.0, 71.0, 34.0, 72.0]]), 25.0)
    parts = band_shares(
        discs((*place, radius_km)),
        np.array([[34.0, 71.0, 34.0, lon], [34.0, lon, 34.0, 72.0]]),
        25.0,
    )
    assert_allclose(parts.sum(), whole.sum(), atol=1e-12)


@given(at, st.floats(0, 300), st.floats(1, 50))
def test_a_share_is_a_share_and_grows_with_the_band(
    place: tuple[float, float], radius_km: float, half_km: float
) -> None:
    narrow, wide = (
        band_shares(discs((*place, radius_km)), np.array([ENDS]), w)[0, 0]
        for w in (half_km, half_km + 5)
    )
    assert 0 <= narrow <= wide <= 1


def test_a_vague_event_is_spread_and_not_snapped() -> None:
    """An event that names a province only gives a nearby road little, and far ones something."""
    on_road = (34.05, 71.35)
    exact, vague = band_shares(discs((*on_road, 5), (*on_road, 200)), np.array([ENDS]), 25.0)[0]
    assert exact > 0.99
    assert 0.01 < vague < 0.2


def test_a_link_without_length_has_no_share() -> None:
    assert band_shares(discs((34, 71, 5)), np.array([[34.0, 71.0, 34.0, 71.0]]), 25.0).sum() == 0


def test_counts_by_month_are_sums_of_shares() -> None:
    some = discs((34.05, 71.3, 5), (34.05, 71.4, 50), (34.2, 71.3, 25))
    month = np.array([0, 2, 2])
    segments = np.array([ENDS, (34.2, 71.0, 34.3, 71.9)])
    shares = band_shares(some, segments, 25.0)
    counts = band_counts(some, month, segments, half_width_km=25.0, month_count=4)
    assert_allclose(counts[:, 0], shares[:, 0])
    assert_allclose(counts[:, 2], shares[:, 1] + shares[:, 2])
    assert_allclose(counts[:, (1, 3)], 0)


@given(at, st.floats(1, 200))
def test_near_is_the_great_circle(place: tuple[float, float], within_km: float) -> None:
    found = near(discs((*place, 5)), 34.1, 71.1, within_km)[0]
    assert found == (great_circle_km(*place, 34.1, 71.1) <= within_km)


months = st.lists(st.tuples(st.integers(0, 30), st.booleans()), min_size=1, max_size=30)


@given(months, st.floats(0.5, 24))
def test_the_recent_mean_is_the_weighted_mean_of_covered_months(
    rows: list[tuple[int, bool]], half_life: float
) -> None:
    counts, covered = (list(column) for column in zip(*rows, strict=True))
    found = ewma(np.array(counts, dtype=float), np.array(covered), half_life)
    for t in range(len(rows)):
        if not any(covered[: t + 1]):
            assert np.isnan(found.mean_count[t])
            assert found.month_count[t] == 0
            continue
        expected = weighted_mean(counts[: t + 1], covered[: t + 1], half_life)
        assert_allclose(found.mean_count[t], expected, rtol=1e-9, atol=1e-12)


def test_an_uncovered_month_is_no_zero() -> None:
    counts = np.array([4.0, 4.0, 0.0, 0.0])
    seen = ewma(counts, np.array([True, True, False, False]))
    assert_allclose(seen.mean_count, 4.0)
    assert ewma(counts, np.ones(4, dtype=bool)).mean_count[-1] < 2


def test_the_half_life_is_three_months() -> None:
    found = ewma(np.array([1.0] + [0.0] * 3), np.ones(4, dtype=bool))
    weights = 0.5 ** (np.arange(4) / 3)
    assert_allclose(found.mean_count[-1], 0.5 / weights.sum())
    assert_allclose(found.month_count[-1], weights.sum() ** 2 / (weights**2).sum())


@given(st.floats(0.05, 60), st.floats(0.1, 50))
def test_the_law_of_counts_is_the_sum_of_its_terms(mean: float, k: float) -> None:
    terms = np.cumsum([nb_chance(n, mean, k) for n in range(40)])
    assert_allclose(nb_cdf(np.arange(40.0), mean, k), terms, atol=1e-9)
    assert nb_cdf(np.array([-1.0]), mean, k)[0] == 0


@given(st.floats(0.001, 60), st.floats(0.1, 50), st.sampled_from([0.05, 0.5, 0.95]))
def test_a_quantile_is_the_fewest_that_reaches(mean: float, k: float, p: float) -> None:
    n = nb_quantile(p, mean, k)
    assert nb_cdf(np.array([float(n)]), mean, k)[0] >= p
    assert n == 0 or nb_cdf(np.array([n - 1.0]), mean, k)[0] < p


def test_dispersion_is_found_again() -> None:
    random = np.random.default_rng(3)
    means = random.uniform(2, 20, 4000)
    counts = random.negative_binomial(1.5, 1.5 / (1.5 + means)).astype(float)
    assert_allclose(fit_dispersion(counts, means), 1.5, rtol=0.1)


def test_a_short_record_takes_the_region_s_dispersion() -> None:
    one = fit_dispersion(np.array([3.0]), np.array([3.0]), prior=(2.0, 0.5))
    assert_allclose(one, 2.0, rtol=0.25)
    with pytest.raises(FitError, match="needs at least one month"):
        fit_dispersion(np.zeros(0), np.zeros(0))


def test_links_that_do_not_differ_get_the_region_s_rate() -> None:
    counts, months_ = np.array([2.0, 2.0, 2.0]), np.full(3, 8.7)
    found = shrunk_intensity(counts, months_, np.full(3, 100.0), np.full(3, 5.0))
    assert_allclose(found.mean, 20.0, rtol=1e-3)


def test_a_silent_link_is_not_certain_to_stay_silent() -> None:
    counts = np.array([0.0, 1.0, 6.0, 3.0])
    found = shrunk_intensity(counts, np.full(4, 8.7), np.full(4, 100.0), np.full(4, 2.0))
    assert found.mean[0] > 0
    assert found.low[0] < found.mean[0] < found.high[0]
    assert found.high[0] > 1


def test_intervals_cover_the_rates_they_are_for() -> None:
    """90 % of links' true rates lie within, over many regions drawn from the model itself."""
    random = np.random.default_rng(5)
    inside, total = 0, 0
    for _ in range(60):
        rates = random.gamma(1.5, 4.0, 80)
        length = random.uniform(50, 300, 80)
        months_ = 8.7
        counts = random.poisson(rates * length / 1000 * months_) / months_
        found = shrunk_intensity(counts, np.full(80, months_), length, np.full(80, 1e6))
        inside += int(np.sum((found.low <= rates) & (rates <= found.high)))
        total += 80
    assert 0.87 <= inside / total <= 0.93, "0.90 within what 60 estimates of the prior blur"


def test_moments_find_the_spread_of_rates_again() -> None:
    random = np.random.default_rng(11)
    rates = random.gamma(2.0, 3.0, 5000)
    exposure = random.uniform(1, 5, 5000)
    middle, variance = credibility(random.poisson(rates * exposure) / exposure, exposure)
    assert_allclose(middle, 6.0, rtol=0.05)
    assert_allclose(variance, 18.0, rtol=0.1)


def test_intensities_without_a_month_are_refused() -> None:
    with pytest.raises(FitError, match="at least one month that is covered"):
        shrunk_intensity(np.zeros(1), np.zeros(1), np.ones(1), np.ones(1))
