"""Figures worked out in the reference on energy and benefits, from published inputs."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import pytest

from karwan.analysis.appraisal import energy, energy_supply
from karwan.analysis.appraisal.benefits import read_benefits
from karwan.analysis.appraisal.energy import (
    find_energy_link,
    joint_failures,
    outages_of,
)
from karwan.analysis.appraisal.energy_checks import (
    energy_checks,
    energy_delays,
    energy_kept,
    energy_kept_words,
)
from karwan.analysis.appraisal.energy_sums import (
    bill_cents_per_kwh,
    fee_twh,
    gas_fee_musd,
    season_twh,
    served_share,
)
from karwan.analysis.appraisal.energy_supply import months_of, parts_of_whole
from karwan.analysis.appraisal.energy_traps import (
    parts_fit,
    power_off,
    ratio_fits,
    weekday_fits,
    weekdays_told,
)
from karwan.analysis.world.world import World, open_world
from karwan.base.errors import DataError
from karwan.data.catalog import Catalog
from tests import reference

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


def test_deliveries_are_held_against_contracts_and_capacity(world: World) -> None:
    """1.82 of 4.2 TWh is .43; uz-kabul 300 MW all year; Tajik power 153 days."""
    checks = {(one.kind, one.subject): one for one in energy_checks(world)}
    assert checks["contract", "surkhan-puli-khumri, contract 2019"].computed == pytest.approx(
        0.433, abs=5e-4
    )
    gone = outages_of(world, "uz-kabul-220")
    assert gone is not None
    assert checks["delivery", "uz-kabul-220"].computed == pytest.approx(
        season_twh(300, 365) * gone.high_share
    )
    tajik = checks["delivery", "tj-kabul-220"].computed
    assert tajik == pytest.approx(season_twh(300, 153), rel=1e-3)


@pytest.mark.parametrize(("without", "lost"), [("UZB", 0.4839), ("TKM", 0.2949), ("IRN", 0.2212)])
def test_winter_shares_are_the_printed_ones(world: World, without: str, lost: float) -> None:
    """Without Tajik power, which is sold from May to September."""
    checks = {one.subject: one for one in energy_checks(world) if one.kind == "N-1 winter"}
    left = checks[f"AFG without {without}, in winter"].computed
    assert left == pytest.approx(1 - lost, abs=5e-5)


def test_fuel_by_gate_is_the_printed_part_of_the_need(world: World) -> None:
    """Iran by road at most 34-37 %, Torghundi 21-22 % of 2.0 to 2.13 Mt; both together."""
    checks = {one.subject: one for one in energy_checks(world) if "fuel" in one.kind}
    assert checks["AFG without islam-qala-fuel"].computed == pytest.approx(1 - 0.73 / 2.0)
    assert "34% to 36%" in checks["AFG without islam-qala-fuel"].text
    assert "21% to 22%" in checks["AFG without torghundi-fuel"].text
    both = checks["AFG without islam-qala-fuel and torghundi-fuel"]
    assert both.computed == pytest.approx(1 - (0.73 + 0.44) / 2.0)


def test_two_suppliers_out_leave_less_than_either(world: World) -> None:
    left = {one.subject: one.computed for one in energy_checks(world) if one.kind[:2] == "N-"}
    both = left["AFG without UZB and TJK"]
    assert both == pytest.approx(served_share(BILL, 800, 250, ["UZB", "TJK"]))


def test_traps_are_sprung(world: World) -> None:
    """5.356 TWh in all against buyers that sum to less; the rules on the traps of the reference."""
    traps = {one.subject: one for one in energy_checks(world) if one.kind == "trap"}
    assert traps["TJK, 2025"].fits is False
    assert traps["UZB to AFG, 2023"].fits is True
    told = {one.subject.split(",")[0]: one for one in energy_checks(world) if one.kind == "trap"}
    assert told["BA028"].fits is True, "7.42 to 3.48 is -53.1 %"
    assert told["BA029"].fits is False, "a loss of 2.5 told, 1.74 by the figures"
    assert told["BA079"].fits is True, "408 to 684 is +68 %"
    assert not parts_fit([682_027, 14_123], 103_263)
    assert parts_fit([490.0, 74.9, 68.8, 50.3], 684.0)
    assert parts_fit([237_166, 19_559, 39_786, 10_254], 306_765)
    assert power_off(50.0, 5.0) == 1, "half a dollar for five cents"
    assert power_off(2_151.3, 2_151.3e6) == -6, "kilowatt hours for gigawatt hours"
    assert power_off(11.5e9, 11.5) == 9
    assert not ratio_fits(1.85, 5.2, 1.23)
    assert not ratio_fits(4.69, 4.69 - 1.74, (4.69 - 2.5) / 4.69)
    assert not ratio_fits(100.0, 51.0, 0.06), "a fall of 49 % printed as 94 %"
    assert weekdays_told("Thursday 21 January 2026") == ((dt.date(2026, 1, 21), "Thursday"),)
    assert not weekday_fits(dt.date(2026, 1, 21), "Thursday")


def test_delays_are_those_told_and_the_tally_is_the_ledgers(world: World) -> None:
    """Surkhan 6.3 years, CASA-1000 nine to ten; the tally counts by the ledger's one rule."""
    delays = {one.link: one for one in energy_delays(world)}
    assert delays["surkhan-puli-khumri"].years == pytest.approx(6.25, abs=0.01)
    assert 9 < delays["casa-1000"].years < 10
    kept = energy_kept(world)
    assert kept.due_count == 0
    assert sum(kept.words.values()) == 2
    assert "none of the 2" in energy_kept_words(kept)


def test_shares_that_do_not_sum_are_refused() -> None:
    assert parts_of_whole({"A": 3.0, "B": 1.0}) == {"A": 0.75, "B": 0.25}
    for parts in ({"A": 0.0}, {"A": 2.0, "B": -1.0}):
        with pytest.raises(DataError, match="sum to"):
            parts_of_whole(parts)
    assert months_of("2024-01/2024-09") == 9


def test_suppliers_gas_and_the_price_of_an_outage_are_the_printed_ones(world: World) -> None:
    """3.692 effective suppliers; 750 mmcfd is 7.7517 bcm; 34,000 USD over 400 MWh is 8.5 cents."""
    checks = {(one.kind, one.subject): one for one in energy_checks(world)}
    index = next(one for (kind, _), one in checks.items() if kind == "concentration").computed
    assert index is not None
    assert 1 / index == pytest.approx(3.692, abs=5e-4)
    assert checks["delivery", "iran-pakistan"].computed == pytest.approx(7.7517, abs=5e-5)
    rows = {row.id: row for row in read_benefits(world).rows}
    per_hour = rows["BA072"].value
    assert per_hour is not None
    assert per_hour / 400 / 10 == pytest.approx(rows["BA080"].value)


def test_own_supply_told_in_energy_is_not_added_to_a_load_in_power(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A country's own make in GWH stands before that in MW: only the one in MW is served."""
    world = reference.world()
    flows = energy.flows_known(world)
    own = next(r for r in flows if r.energy_from == r.energy_to == "AFG" and r.unit == "MW")
    due = [one.computed for one in energy_supply.supply_checks(world) if one.kind == "N-1"]
    assert due
    first = replace(own, value=9_000.0, unit="GWh")
    monkeypatch.setattr(energy_supply, "flows_known", lambda _: (first, *flows))
    told = [one.computed for one in energy_supply.supply_checks(world) if one.kind == "N-1"]
    assert told == due
