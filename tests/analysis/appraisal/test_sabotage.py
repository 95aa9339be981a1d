"""Attacks on record, what they cost, the passage by leg, and staging as an option."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from karwan.analysis.appraisal import sabotage
from karwan.analysis.appraisal.options import Waiting
from karwan.analysis.appraisal.sabotage import (
    ATTACKS,
    RAIL,
    SINCE,
    TO_LAST,
    attack_rate_per_100km,
    attacks,
)
from karwan.analysis.appraisal.staging import staging_of
from karwan.analysis.forecasts.histories import freight_spells, read_coverage
from karwan.base.days import read_days
from karwan.base.errors import DataError
from karwan.data.catalog import Catalog
from karwan.data.rows.energy import EnergyOutageRow
from karwan.evidence.coverage import SEARCHED
from tests import reference


def test_attacks_on_afghan_lines_ended_in_october_2021() -> None:
    """Of the dated events 16 of 21 to 24 October 2021 were sabotage, and 0 of 20 since."""
    rows = [
        (read_days(row.start).first, row.cause)
        for row in reference.catalog().rows(EnergyOutageRow)
        if row.receiver == "AFG"
    ]
    turn = dt.date(2021, 10, 24)
    before = [cause for day, cause in rows if day <= turn]
    since = [cause for day, cause in rows if day > turn]
    assert (before.count("sabotage"), len(before)) == (16, 21)
    assert (since.count("sabotage"), len(since)) == (0, 20)
    parts = {one.part: one for one in attacks(reference.world()) if one.element == "all of AFG"}
    assert parts[TO_LAST].last == turn
    assert parts[SINCE].attack_count == 0


def test_loss_is_repair_and_sales_and_guards_are_worth_a_part_of_it() -> None:
    """300 MW at 8.5 cents a kWh is 25,500 USD an hour; 31,700 USD a pylon; guards prevent 0.8."""
    (line,) = [
        one for one in attacks(reference.world())
        if one.element == "uz-kabul-220" and one.part == TO_LAST
    ]  # fmt: skip
    assert line.pylon_count is not None
    assert line.out_days is not None
    usd = line.pylon_count * 31_700 + line.out_days * 24 * 25_500
    assert line.loss_musd_per_year == pytest.approx(usd / line.year_count / 1e6)
    assert line.most_usd_per_year == pytest.approx(0.8 * usd / line.year_count)
    assert line.most_usd_per_km is None, "its length was not found"


def test_a_loss_is_told_only_where_both_prices_are() -> None:
    abroad = [one for one in attacks(reference.world()) if one.element == "guddu-quetta-220"]
    assert [one.attack_count for one in abroad] == [3]
    assert all(one.loss_musd_per_year is None for one in abroad)


def test_railways_count_over_searched_time_alone() -> None:
    rows = [one for one in attacks(reference.world()) if one.kind == RAIL]
    bolan = next(one for one in rows if one.element == "bolan-rail")
    assert bolan.attack_count == 2, "the bridge of August 2024 and the train of March 2025"
    assert bolan.length_km
    assert bolan.per_100km_year == pytest.approx(2 / bolan.year_count / bolan.length_km * 100)
    rate = attack_rate_per_100km(rows)
    assert rate is not None
    assert 0 < rate < (bolan.per_100km_year or 0.0), "the others were searched and had none"
    assert attack_rate_per_100km([]) is None


def test_a_price_of_one_country_is_no_price_of_another(monkeypatch: pytest.MonkeyPatch) -> None:
    """Outages of the country that has prices may come after those of one that has none."""
    world = reference.world()
    table = world.catalog.rows(EnergyOutageRow)
    turned = sorted(table, key=lambda row: row.receiver, reverse=True)
    rows_of = Catalog.rows
    monkeypatch.setattr(
        Catalog, "rows",
        lambda self, kind: turned if kind is EnergyOutageRow else rows_of(self, kind),
    )  # fmt: skip
    monkeypatch.setattr(sabotage, "_capacities_mw", lambda _: {"guddu-quetta-220": 300.0})
    abroad = [one for one in attacks(world) if one.element == "guddu-quetta-220"]
    assert [one.loss_musd_per_year for one in abroad] == [None]


def test_attacks_are_counted_in_searched_time_and_to_the_day_of_reopening() -> None:
    """Time at risk is what was searched, so what was found outside it is in no rate."""
    world = reference.world()
    coverage = read_coverage(world.catalog, world.network)
    spells = [one for one in freight_spells(world.record, world.network) if one.cause in ATTACKS]
    lines = [one for one in attacks(world) if one.kind == RAIL]
    for line in lines:
        mine = [
            one for one in spells
            if one.element_id == line.element
            and coverage.quality(line.element, one.start) in SEARCHED
        ]  # fmt: skip
        assert line.attack_count == len({one.episode or one.closure_id for one in mine})
        days = [max((one.end - one.start).days, 1) for one in mine if one.end is not None]
        assert line.out_days == sum(days)


def test_what_a_stage_teaches_is_worth_what_it_keeps_one_from_building() -> None:
    """Half the futures lose 40 on the rest, half gain 40; at 0 % and a stage that loses 10."""
    worth = staging_of(
        np.array([-10.0, -10.0]), np.array([-50.0, 30.0]), rate_share=0.0, delay_years=10
    )
    assert worth.information_musd == pytest.approx(20.0)
    assert worth.option_musd == pytest.approx(10.0)
    later = staging_of(
        np.array([-10.0, -10.0]), np.array([-50.0, 30.0]), rate_share=0.09, delay_years=10
    )
    assert later.seeing_musd == pytest.approx(-10 + 20 / 1.09**10)
    with pytest.raises(DataError, match="draws"):
        staging_of(np.zeros(2), np.zeros(3), rate_share=0.09, delay_years=5)


draws = st.lists(st.tuples(st.floats(-1e3, 1e3), st.floats(-1e3, 1e3)), min_size=1, max_size=20)


@given(draws, st.floats(0.0, 0.2), st.integers(0, 15))
def test_seeing_is_never_worse_than_deciding_blind(
    pairs: list[tuple[float, float]], rate: float, years: int
) -> None:
    stage, whole = (np.array(part) for part in zip(*pairs, strict=True))
    worth = staging_of(stage, whole, rate_share=rate, delay_years=years)
    assert worth.information_musd >= -1e-9
    assert worth.blind_musd >= worth.stage_musd - 1e-9


@pytest.mark.parametrize("closing", [0.0, 0.5, 2.0])
def test_the_right_to_wait_meets_committing_at_the_threshold(closing: float) -> None:
    chain = Waiting(
        rate_share=0.09, drift_share=0.03, volatility_share=0.2, closing_per_year=closing,
        opening_per_year=365 / 20,
    )  # fmt: skip
    at = chain.trigger
    assert chain.option_worth(at * (1 - 1e-9)) == pytest.approx(chain.open_worth * at - 1, rel=1e-6)
    slope = (chain.option_worth(at) - chain.option_worth(at * (1 - 1e-5))) / (at * 1e-5)
    assert slope == pytest.approx(chain.open_worth, rel=1e-3), "smooth pasting"
    below = 0.5 * at
    assert chain.option_worth(below) > max(chain.open_worth * below - 1, 0.0)
    assert chain.option_worth(0.0) == 0.0


def outage(**more: Any) -> EnergyOutageRow:
    """Return an attack of the record with some of its figures changed."""
    rows = reference.catalog().rows(EnergyOutageRow)
    return replace(next(one for one in rows if one.cause in ATTACKS), **more)


def test_an_attack_of_which_no_days_were_told_costs_no_nought() -> None:
    span = (dt.date(2020, 1, 1), dt.date(2020, 12, 31))
    costs = sabotage._Costs(repair_usd=1000.0, sales_cents_per_kwh=10.0)
    blank = outage(episode="a", out_low_days=None, pylon_count=None)
    told = sabotage._part("line", TO_LAST, span, [blank])
    assert (told.out_days, told.pylon_count) == (None, None)
    priced = sabotage._priced(told, costs, 100.0, 0.8)
    assert (priced.loss_musd_per_year, priced.most_usd_per_year) == (None, None)
    known = outage(episode="b", out_low_days=2.0, pylon_count=None)
    both = sabotage._part("line", TO_LAST, span, [blank, known])
    assert (both.out_days, both.pylon_count) == (2.0, None)
    usd = 2 * 24 * 100 * 1000 * 0.1
    loss = sabotage._priced(both, costs, 100.0, 0.8).loss_musd_per_year
    assert loss == pytest.approx(usd / both.year_count / 1e6)
    none = sabotage._part("line", SINCE, span, [outage(cause="weather")])
    assert (none.attack_count, none.out_days) == (0, 0.0), "no attack, no day out"


def test_time_since_the_last_attack_runs_to_the_date() -> None:
    world = reference.world()
    parts = [one for one in attacks(world) if one.part == SINCE]
    assert parts
    assert {one.last for one in parts} == {world.as_of}


def test_days_after_the_table_was_released_are_no_days_without_an_attack() -> None:
    world = replace(reference.world(), as_of=dt.date(2040, 1, 1))
    parts = [one for one in attacks(world) if one.part == SINCE]
    assert parts
    assert {one.last for one in parts} == {world.catalog.released(EnergyOutageRow.TABLE)}
