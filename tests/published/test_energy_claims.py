"""Figures worked out in the reference on energy and benefits, from published inputs."""

from __future__ import annotations

import datetime as dt

import pytest

from karwan.analysis.appraisal.benefits import read_benefits
from karwan.analysis.appraisal.energy import (
    energy_checks,
    find_energy_link,
    joint_failures,
    outages_of,
)
from karwan.analysis.appraisal.energy_sums import (
    bill_cents_per_kwh,
    fee_twh,
    gas_fee_musd,
    season_twh,
    served_share,
)
from karwan.analysis.world.world import World, open_world
from karwan.base.errors import DataError
from karwan.data.catalog import Catalog

BILL = {"UZB": 105 / 288, "TJK": 71 / 288, "TKM": 64 / 288, "IRN": 48 / 288}


@pytest.fixture(scope="module")
def world() -> World:
    return open_world(Catalog(), dt.date(2026, 11, 22))


def test_seasons_and_fees_are_the_printed_ones() -> None:
    """45 and 99.1 million USD at 1.25 cents; 1,300 MW over 153 days; TAP-500 and Surkhan."""
    assert season_twh(1300, 153) == pytest.approx(4.7736)
    assert season_twh(1000, 153) == pytest.approx(3.6720)
    assert fee_twh(99.1, 1.25) / season_twh(1300, 153) == pytest.approx(1.661, abs=5e-4)
    assert fee_twh(100, 1.25) / season_twh(1000, 365) == pytest.approx(0.913, abs=5e-4)
    assert 6 / season_twh(1000, 365) == pytest.approx(0.6849, abs=5e-5)
    assert gas_fee_musd(33, 0.495) == pytest.approx(594, abs=0.5)


@pytest.mark.parametrize(
    ("bill", "gwh", "cents"), [(91.18, 1820, 5.01), (288, 5760, 5.00), (56.2, 1275, 4.41)]
)
def test_prices_are_the_printed_ones(bill: float, gwh: float, cents: float) -> None:
    assert bill_cents_per_kwh(bill, gwh) == pytest.approx(cents, abs=0.005)


@pytest.mark.parametrize(
    ("out", "left"), [("UZB", 0.7222), ("TJK", 0.8122), ("TKM", 0.8307), ("IRN", 0.8730)]
)
def test_supply_without_one_supplier_is_the_printed_one(out: str, left: float) -> None:
    assert served_share(BILL, 800, 250, [out]) == pytest.approx(left, abs=5e-5)


@pytest.mark.parametrize(
    ("first", "last", "days", "low_days", "high_days", "low", "high"),
    [
        (dt.date(2015, 1, 1), dt.date(2021, 10, 24), 2489, 71, 96, 0.961, 0.971),
        (dt.date(2021, 10, 25), dt.date(2026, 2, 28), 1588, 24, 41, 0.974, 0.985),
        (dt.date(2025, 3, 1), dt.date(2026, 2, 28), 365, 11, 18, 0.952, 0.970),
    ],
)
def test_the_line_to_kabul_was_out_as_printed(  # noqa: PLR0917
    world: World, first: dt.date, last: dt.date, days: int, low_days: float, high_days: float,
    low: float, high: float,
) -> None:  # fmt: skip
    """Days out 71-96 of 2,489, 24-41 of 1,588, 11-18 of 365, printed in whole days."""
    gone = outages_of(world, "uz-kabul-220", first, last)
    assert gone is not None
    assert gone.day_count == days
    assert gone.low_days == pytest.approx(low_days, abs=0.51)
    assert gone.high_days == pytest.approx(high_days, abs=0.51)
    assert (gone.low_share, gone.high_share) == pytest.approx((low, high), abs=6e-4)


def test_two_suppliers_failed_together_in_four_of_35_episodes(world: World) -> None:
    assert joint_failures(world, "AFG") == (4, 35)


def test_claims_are_held_against_arithmetic(world: World) -> None:
    checks = {(one.kind, one.subject, one.claimed): one for one in energy_checks(world)}
    assert checks["transit fee", "casa-1000", 45.0].fits is True
    assert checks["transit fee", "casa-1000", 99.1].computed == pytest.approx(1.661, abs=5e-4)
    assert checks["transit fee", "tapi", 1000.0].fits is False
    assert checks["sections", "tapi", 1814.0].computed == 1814.0
    by_kind = {(one.kind, one.subject): one for one in energy_checks(world)}
    pace = by_kind["pace", "tapi, Serhetabat-Herat"].computed
    assert pace == pytest.approx(42.8, abs=0.05)
    delay = by_kind["delay", "surkhan-puli-khumri, line"].computed
    assert delay == pytest.approx(6.3, abs=0.06)
    index = next(one for one in energy_checks(world) if one.kind == "concentration").computed
    assert index == pytest.approx(0.27086, abs=5e-6)


def test_an_unknown_link_suggests_the_nearest(world: World) -> None:
    with pytest.raises(DataError, match="casa-1000"):
        find_energy_link(world, "casa-100")


def test_stocks_last_as_printed_and_no_loss_is_summed(world: World) -> None:
    """Wheat 38,000 t at 6.5 Mt a year 2.13 days; LPG 13,000 t at 6,000 t a day 2.17 days."""
    answer = read_benefits(world)
    assert {one.country: round(one.days, 2) for one in answer.cover} == {"AFG": 2.13, "PAK": 2.17}
    assert answer.measured is not None
    assert answer.measured.value == 4.6
    assert all(row.source_url for row in answer.rows)


def test_nothing_told_later_is_known(world: World) -> None:
    early = open_world(Catalog(), dt.date(2024, 6, 30))
    assert len(read_benefits(early).rows) < len(read_benefits(world).rows)
    assert outages_of(early, "uz-kabul-220") != outages_of(world, "uz-kabul-220")
