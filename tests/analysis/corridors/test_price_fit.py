"""The law of prices: fitted on what carriers ask by road in ordinary times, told of the rest."""

from __future__ import annotations

from functools import cache

from numpy.testing import assert_allclose

from karwan.analysis.corridors.calibration import _Bench
from karwan.analysis.corridors.price_fit import PriceCalibration, calibrate_prices
from karwan.data.rows.costs import ObservedPriceRow, ParameterRow
from tests import reference


@cache
def prices() -> PriceCalibration:
    bench = _Bench(reference.catalog(), reference.network(), reference.AS_OF)
    found_prices = calibrate_prices(reference.catalog(), bench.priced, reference.AS_OF)
    assert found_prices is not None
    return found_prices


def test_prices_by_road_left_out_lie_in_the_band_as_is_aimed_at() -> None:
    """Aims: 80 to 100 per cent of lists and quotes within P05 to P95, P95 over P05 at most 4."""
    assert 0.8 <= prices().tried.covered[90] <= 1.0
    assert prices().tried.width_ratio <= 4
    assert prices().tried.crps <= prices().alone.crps


def test_what_met_a_closure_or_feeds_an_input_or_tells_a_part_is_not_fitted() -> None:
    for one in prices().fitted:
        assert (one.row.mode, one.row.covers, one.row.met) == ("road", "whole", "nothing")
        assert not one.row.feeds
    others = {one.row.id for one in prices().others}
    assert others >= {"P-R013", "P-fr-khi-jal-short", "P-fr-ktz-transit-20", "P-Q201"}


def test_every_price_is_told_once() -> None:
    told = [one.row.id for one in (*prices().fitted, *prices().others)]
    rows = reference.catalog().rows(ObservedPriceRow)
    assert sorted(told) == sorted(row.id for row in rows if row.asked_on <= reference.AS_OF)


def test_the_law_in_use_is_the_law_fitted_and_its_median_of_one_is_not_refuted() -> None:
    rows = reference.catalog().rows(ParameterRow)
    row = next(row for row in rows if row.parameter == "price_log_sd")
    assert_allclose(row.value, prices().fit.log_sd, atol=0.015)
    assert_allclose(row.value_low, prices().likely_log_sd, atol=0.015)
    assert prices().median_interval[0] <= 1 <= prices().median_interval[1]
