"""Figures worked out in the reference on railway economics, from published inputs."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from karwan.analysis.appraisal.capacity import Track
from karwan.analysis.appraisal.discounting import (
    LineCost,
    break_even_tariff,
    capital_recovery,
    value_at_opening,
)
from karwan.analysis.appraisal.markets import market_places
from karwan.analysis.appraisal.outside_view import (
    plug_in_law,
    predictive_law,
    reference_class,
)
from karwan.base.errors import DataError
from karwan.data.catalog import Catalog
from tests import reference
from tests.oracles.queues import erlang_c, steady_wait_hours


def line_cost(capex_musd: float, length_km: float, overrun_share: float = 0.0) -> LineCost:
    """Return a line as the reference has it: 50,000 USD a km, 1.2 cents a tkm, guards 0.4 %."""
    return LineCost(
        capex_musd=capex_musd, length_km=length_km, overrun_share=overrun_share,
        fixed_usd_per_km=50_000, variable_usd_per_tkm=0.012, security_share=0.004,
        build_year_count=5, operating_year_count=30,
    )  # fmt: skip


WESTERN, STRESSED = line_cost(7000, 687), line_cost(7000, 687, 0.447)
UAP_LOW, UAP_HIGH = line_cost(4600, 647), line_cost(8200, 647)
FIRST_STAGE, SURVEYED = line_cost(500, 115), line_cost(7000, 1005)


def test_annuity_and_value_at_opening_are_the_printed_ones() -> None:
    """Capital recovery at 9 and 6 % over 30 years; an even spend of five years at 9 %."""
    assert capital_recovery(0.09, 30) == pytest.approx(0.0973364, abs=5e-8)
    assert capital_recovery(0.06, 30) == pytest.approx(0.0726489, abs=5e-8)
    assert value_at_opening(0.09, 5) == pytest.approx(1.249644, abs=5e-7)


@pytest.mark.parametrize(
    ("line", "open_share", "mt_per_year", "usd_per_t"),
    [
        (WESTERN, 1.0, 3, 313), (WESTERN, 1.0, 10, 100), (WESTERN, 1.0, 15, 69),
        (WESTERN, 1.0, 20, 54), (STRESSED, 0.8, 3, 553), (STRESSED, 0.8, 10, 172),
        (STRESSED, 0.8, 15, 117), (STRESSED, 0.8, 20, 90), (UAP_LOW, 1.0, 3, 211),
        (UAP_LOW, 1.0, 10, 69), (UAP_LOW, 1.0, 15, 48), (UAP_LOW, 1.0, 20, 38),
        (UAP_HIGH, 1.0, 3, 362), (UAP_HIGH, 1.0, 10, 114), (UAP_HIGH, 1.0, 15, 79),
        (UAP_HIGH, 1.0, 20, 61), (FIRST_STAGE, 1.0, 1, 70), (FIRST_STAGE, 1.0, 3, 24),
        (FIRST_STAGE, 1.0, 5, 15), (FIRST_STAGE, 1.0, 10, 8), (FIRST_STAGE, 1.0, 0.6, 116),
        (SURVEYED, 1.0, 15, 74), (SURVEYED, 1.0, 3, 322), (WESTERN, 1.0, 1.98, 470),
    ],
)  # fmt: skip
def test_break_even_tariffs_are_the_printed_ones(
    line: LineCost, open_share: float, mt_per_year: float, usd_per_t: float
) -> None:
    """Printed in whole dollars: half a dollar is the rounding (9 %, 30 years, 5 of works)."""
    told = break_even_tariff(line, mt_per_year, rate_share=0.09, open_share=open_share)
    assert told == pytest.approx(usd_per_t, abs=0.5 if usd_per_t < 400 else 2.0)


def test_two_break_even_tariffs_to_the_cent() -> None:
    assert round(break_even_tariff(WESTERN, 15, rate_share=0.09), 2) == 69.16
    assert round(break_even_tariff(STRESSED, 15, rate_share=0.09, open_share=0.8), 2) == 117.15


def test_the_law_fitted_to_four_lines_is_the_printed_one() -> None:
    law = plug_in_law([0.06646, 0.31125, 0.09231, 0.80])
    assert law.log_mean == pytest.approx(-1.6210, abs=5e-5)
    assert law.log_scale == pytest.approx(1.1443, abs=5e-5)
    assert law.quantile([0.1, 0.5, 0.9]) == pytest.approx([0.046, 0.1977, 0.857], abs=5e-4)
    for promised, chance in ((10, 0.038), (15, 0.078), (20, 0.122)):
        assert law.p_at_least(15 / promised) == pytest.approx(chance, abs=5e-4)


def test_the_law_of_the_next_line_is_the_printed_one() -> None:
    """P10 .024, P50 .20, P90 1.6; the chance of 15 Mt where 10 were promised is .11."""
    law = predictive_law([0.06646, 0.31125, 0.09231, 0.80])
    low, middle, high = law.quantile([0.1, 0.5, 0.9])
    assert [round(low, 3), round(middle, 2), round(high, 1)] == [0.024, 0.20, 1.6]
    assert law.p_at_least(1.5) == pytest.approx(0.11, abs=0.005)


def test_the_shipped_class_of_promises_holds_the_four_lines_of_the_reference() -> None:
    ratios = [one.ratio for one in reference_class(Catalog(), "promised")]
    assert ratios == pytest.approx([0.06646, 0.09231, 0.31125, 0.80], abs=5e-6)


@pytest.mark.parametrize(
    ("left_out", "low", "high"),
    [("baku-tbilisi-kars", 0.28, 0.285), ("zhetygen-altynkol", 0.12, 0.125)],
)
def test_leaving_a_line_out_moves_the_middle_as_printed(
    left_out: str, low: float, high: float
) -> None:
    """Leave one out: P50 .12 to .28."""
    lines = reference_class(Catalog(), "promised", without=left_out)
    middle = float(plug_in_law([one.ratio for one in lines]).quantile([0.5])[0])
    assert low - 0.005 <= middle <= high


def test_a_single_track_carries_what_is_printed() -> None:
    """Loops at 40, 25 and 15 km, 50 km/h, 5 min, .65: 8.8, 13.4, 20.3 pairs; 6.2, 9.4, 14.2 Mt."""
    for siding_km, pairs, mt in ((40, 8.8, 6.2), (25, 13.37, 9.36), (15, 20.3, 14.2)):
        track = Track(
            siding_km=siding_km, speed_kmh=50, clearance_minutes=5, occupancy_share=0.65,
            train_t=2000, days_per_year=350,
        )  # fmt: skip
        assert track.pairs_per_day == pytest.approx(pairs, abs=0.06)
        assert track.mt_per_year == pytest.approx(mt, abs=0.05)


def test_a_steady_queue_and_a_closed_gate_wait_as_printed() -> None:
    """Erlang C(10, 8); 40 an hour, 0.2 h, 10 lanes, 1 and 2; 800 and 1,200 a day, 7 days shut."""
    assert erlang_c(10, 8.0) == pytest.approx(0.4091802, abs=5e-8)
    assert steady_wait_hours(40, 0.2, 10, arrivals_cv2=1, service_cv2=2) == pytest.approx(
        0.0613770, abs=5e-8
    )
    queue, back = 800 * 7, 800 * 7 / (1200 - 800)
    delay = 0.5 * 800 * 7**2 * 1200 / (1200 - 800)
    assert (queue, back, delay) == (5600, 14, 58_800)
    assert delay / (800 * (7 + back)) == pytest.approx(3.5)


def test_a_share_of_transport_that_rises_raises_the_price_as_printed() -> None:
    """Medicines: 6.5 % of the price to 25-30 % is +24.7 to +33.6 % if the rest is unchanged."""
    rises = [(1 - 0.065) / (1 - share) - 1 for share in (0.25, 0.30)]
    assert rises == pytest.approx([0.247, 0.336], abs=5e-4)


def test_places_that_stand_for_a_country_must_sum_to_one() -> None:
    rows = [
        SimpleNamespace(country="KZ", place_id="astana", market_share=0.5),
        SimpleNamespace(country="KZ", place_id="almaty", market_share=0.4),
    ]
    world = SimpleNamespace(
        catalog=SimpleNamespace(rows=lambda _: rows), network=reference.network()
    )
    with pytest.raises(DataError, match=r"KZ sum to 0\.9, not to 1"):
        market_places(world)  # type: ignore[arg-type]
