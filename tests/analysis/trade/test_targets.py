"""Targets: what each base needs, what it weighs, how far time carries, and how likely it is."""

from __future__ import annotations

import datetime as dt
import re
from functools import cache
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose

from karwan.analysis.trade.announcements import find_pair, read_announcements, read_due
from karwan.analysis.trade.answers import target_to_dict, verdict
from karwan.analysis.trade.loads import DAYS_PER_YEAR, mix_of_pair
from karwan.analysis.trade.promises import kept_dates, ledger_statuses, party_words
from karwan.analysis.trade.series import read_trade
from karwan.analysis.trade.targets import CENTRAL, TargetAnswer, assess_target
from karwan.analysis.trade.timesaving import (
    lost_trade_multiple,
    price_factor_needed,
    price_multiple,
)
from karwan.base.errors import DataError, NoEvidenceError, UnknownNameError
from karwan.base.provenance import read_date
from karwan.data.catalog import Catalog
from karwan.data.rows.trade import DemandRow
from karwan.ledger.tallies import kept_of
from tests.reference import AS_OF, catalog, world

PAIRS = sorted({row["pair"] for row in catalog().read("trade_targets").to_dicts()})

# The reference prints two or three figures; half of the last one printed.
PRINTED = 0.005


@cache
def answer(pair: str = "KAZ-PAK", as_of: dt.date = AS_OF) -> TargetAnswer:
    """Return what is known of a pair's target."""
    return assess_target(world(as_of=as_of), pair)


@pytest.mark.parametrize(
    ("basis", "multiple"),
    [
        ("Kazakh trade ministry", 9.47),
        ("State Bank of Pakistan", 4.39),
        ("Pakistani prime minister", 4.0),
        ("Kazakh ambassador", 3.33),
    ],
)
def test_the_multiples_of_the_billion(basis: str, multiple: float) -> None:
    """Reference economics, section 5: from the published bases x9.5, x4.4, x4.0 and x3.3."""
    found = next(n for n in answer().needs if n.base.basis.name == basis)
    assert_allclose(found.multiple, multiple, atol=PRINTED)


def test_golden_values_of_the_ceiling() -> None:
    """Reference economics, section 13: 30 days make x1.35 and x2.93; x4 and x9.47 as a price."""
    assert_allclose(lost_trade_multiple(30, 0.01), 1.35, atol=PRINTED)
    assert_allclose(price_multiple(30, 0.008, -5), 2.93, atol=PRINTED)
    assert_allclose(price_factor_needed(4, -5), 0.75786, atol=5e-6)
    assert_allclose(price_factor_needed(9.4697, -5), 0.6379, atol=5e-5)


def test_growth_and_years_make_the_multiple() -> None:
    for need in answer().needs:
        assert need.years is not None
        assert need.annual_share is not None
        assert_allclose((1 + need.annual_share) ** need.years, need.multiple)


@pytest.mark.parametrize("pair", PAIRS)
def test_every_pair_with_a_target_has_a_verdict(pair: str) -> None:
    found = answer(pair)
    assert found.pair == pair
    assert len(verdict(found)) > 40
    for reading in found.readings:
        assert 0 <= (reading.p_reach or 0) <= 1
    target_to_dict(found)


def test_the_record_tells_which_targets_were_reached() -> None:
    """Notes of the table: AFG-UZB 1,000 by 2024 was met, AFG-PAK 5,000 by 2019 was not."""
    assert [p.status for p in answer("AFG-UZB").passed] == ["reached"]
    assert [p.status for p in answer("AFG-PAK").passed] == ["not reached"]
    assert [p.status for p in answer("PAK-TJK").passed] == ["no figure for that year"]


def test_the_first_date_named_is_tested_not_the_vaguest() -> None:
    standing = answer().standing
    assert standing is not None
    assert standing.due == dt.date(2027, 2, 4)
    assert [other.due for other, _, _ in answer().other_dates] == [dt.date(2028, 1, 1)]


def test_a_later_date_is_never_less_likely_here() -> None:
    """The drift of all pairs is upward, so a year more helps."""
    central = answer().p_range(CENTRAL)
    (_, low, high), = answer().other_dates  # fmt: skip
    assert central is not None
    assert low >= central[0]
    assert high >= central[1]


def test_a_target_without_a_date_gets_chances_by_horizon_and_no_verdict_by_date() -> None:
    found = answer("AFG-UZB")
    assert found.p_range() is None
    chances = [p for _, p in found.readings[0].p_by_horizon]
    assert chances == sorted(chances)
    assert "No date was named" in verdict(found)


def test_an_old_base_is_shown_and_not_used() -> None:
    stale = {n.base.period.label for n in answer().needs if not n.fresh}
    assert stale == {"2016", "2022/23"}
    assert not stale & {r.need.base.period.label for r in answer().readings}


def test_a_source_of_a_year_proves_no_newer_evidence() -> None:
    """One announcement is of "2026 (undated page)": it may be of January."""
    found = assess_target(world(as_of=dt.date(2026, 11, 22)), "KAZ-PAK", time=False)
    assert any(a.source.date.startswith("2026 (") for a in found.announcements)
    assert found.evidence_horizon == world(as_of=dt.date(2026, 11, 22)).evidence_horizon


@settings(max_examples=12)
@given(st.dates(dt.date(2015, 12, 1), dt.date(2027, 1, 31)), st.sampled_from(PAIRS))
def test_no_figure_is_dated_after_the_as_of_date(as_of: dt.date, pair: str) -> None:
    try:
        found = assess_target(world(as_of=as_of), pair, time=False)
    except NoEvidenceError:
        return
    assert found.evidence_horizon <= as_of
    dates = [n.base.source.date for n in found.needs]
    dates += [a.source.date for a in found.announcements]
    assert all((read_date(text) or as_of) <= as_of for text in dates)
    assert all(n.base.period.end <= as_of for n in found.needs)
    assert all(growth.last.end <= as_of for growth in (*found.own_best, *found.sister_best))


def test_an_old_date_gives_the_old_answer() -> None:
    found = answer(as_of=dt.date(2025, 10, 1))
    assert found.standing is not None
    assert found.standing.due is None
    assert {
        n.base.period.label for n in found.needs if n.base.basis.name == "Kazakh ambassador"
    } == {"2024/25"}


def test_before_any_announcement_the_error_says_when_the_first_was() -> None:
    with pytest.raises(NoEvidenceError, match="No target for KAZ-PAK had been reported on "
                       "2019-01-01: the first is of 2019-05-22"):  # fmt: skip
        assess_target(world(as_of=dt.date(2019, 1, 1)), "KAZ-PAK")


def test_an_unknown_pair_suggests_the_nearest() -> None:
    with pytest.raises(UnknownNameError, match="Did you mean 'KAZ-PAK'"):
        find_pair(catalog(), "KAZ-PKA")


@pytest.mark.parametrize("words", ["PAK-KAZ", "kaz-pak", "KZ-PK", " pk - kz ", "KAZ/PAK"])
def test_a_pair_goes_by_either_order_and_either_code(words: str) -> None:
    assert find_pair(catalog(), words) == "KAZ-PAK"


@given(st.text(max_size=30))
def test_any_words_for_a_due_date_are_read_or_left(words: str) -> None:
    try:
        found = read_due(words, dt.date(2024, 2, 29))
    except ValueError:
        assert re.fullmatch(r"\d{4}(-\d{2}){0,2}", words)
        return
    assert found is None or isinstance(found, dt.date)


def test_a_date_that_no_calendar_has_is_named_with_its_line(tmp_path: Path) -> None:
    header = ",".join(catalog().read("trade_targets").columns)
    rows = ["KAZ-PAK,5,x,2024,2027-13,,,me,x,2024,A,", "KAZ-PAK,6,x,2024,2028-14,,,me,x,2024,A,"]
    text = "\n".join([header, *rows, ""])
    (tmp_path / "trade_targets.csv").write_text(text, encoding="utf-8")
    with pytest.raises(DataError, match="2 faults in table trade_targets") as caught:
        read_announcements(Catalog(tmp_path))
    assert caught.value.texts == (
        "line 2: due_by is '2027-13', a date that no calendar has",
        "line 3: due_by is '2028-14', a date that no calendar has",
    )


def test_the_dates_of_the_table() -> None:
    found = {a.due_words: a.due for a in read_announcements(catalog())}
    assert found["2019"] == dt.date(2019, 12, 31)
    assert found["2018-11"] == dt.date(2018, 11, 30)
    assert found["undated"] is None
    assert found['"in the coming years"'] is None


def test_dates_kept_are_those_of_the_ledgers_tally() -> None:
    """Met in time: C46, T02, T09, T10; nothing tells of C07, C24, C27, C41, C49, T03, T08, T12."""
    statuses = ledger_statuses(catalog(), AS_OF)
    kept = kept_dates(catalog(), statuses)
    assert kept.kept_ids == ("C46", "T02", "T09", "T10")
    assert kept.due_count == 21
    assert kept.unclear_ids == ("C07", "C24", "C27", "C41", "C49", "T03", "T08", "T12")
    assert kept == kept_of("all", statuses)


def test_dates_of_the_parties_of_a_pair_are_a_part_of_all() -> None:
    statuses = ledger_statuses(catalog(), AS_OF)
    kept, mine = kept_dates(catalog(), statuses), kept_dates(catalog(), statuses, ("KAZ", "PAK"))
    assert mine.party == "KAZ, PAK"
    assert set(mine.kept_ids) < set(kept.kept_ids)
    assert set(mine.missed_ids) < set(kept.missed_ids)
    assert "Sharif" in party_words(catalog(), ("PAK",))
    assert "Taliban" in party_words(catalog(), ("AFG",))
    assert party_words(catalog(), ("KGZ",)) == ("Kyrgyzstan",)


def test_an_outcome_nobody_knew_yet_is_unclear() -> None:
    """The start promised for 2022 was shown to be missed later only."""
    early = kept_dates(catalog(), ledger_statuses(catalog(), dt.date(2022, 12, 31)))
    assert "C05" in early.unclear_ids
    assert "C05" in kept_dates(catalog(), ledger_statuses(catalog(), AS_OF)).missed_ids


def test_bands_of_loads_are_ordered_and_hold_the_observed_unit_value() -> None:
    for load in answer().loads:
        assert load.tonnes is not None
        assert load.mix is not None
        assert load.tonnes.low <= load.tonnes.value <= load.tonnes.high
    seen = answer().loads[0].mix
    assert seen is not None
    assert seen.observed_tonnes_per_musd is not None
    assert_allclose(seen.observed_tonnes_per_musd, 144_600 / 11.8)
    assert seen.band.low <= seen.observed_tonnes_per_musd <= seen.band.high


FLOUR_AND_PULSES_T_PER_MUSD = 1e6 / (310 * 900) ** (1 / 2)
STEEL_CEMENT_DIESEL_T_PER_MUSD = 1e6 / (600 * 38 * 750) ** (1 / 3)


def test_tonnes_of_a_mix_by_hand() -> None:
    """UZB to AFG: 6.67 % electricity weighs nothing; 32.13 % is flour and pulses, the rest unknown.

    A group weighs what it would at the geometric mean of its typical prices.
    """
    figures = read_trade(catalog(), AS_OF)["AFG-UZB"]
    mix = mix_of_pair(catalog(), "UZB", "AFG", figures, AS_OF)
    assert mix is not None
    flour_and_pulses = 1e6 / (310 * 900) ** (1 / 2)
    steel_cement_diesel = 1e6 / (600 * 38 * 750) ** (1 / 3)
    middle = 0.3213 * flour_and_pulses + (1 - 0.0667 - 0.3213) * steel_cement_diesel
    assert_allclose(mix.tonnes_per_musd.value, middle)


@pytest.mark.parametrize(("as_of", "share"), [("2026-01-29", 0.3), ("2026-01-30", 0.0667)])
def test_the_share_published_last_counts_and_no_other(as_of: str, share: float) -> None:
    """The office gave 30 % for 2020; the sum of 2025, over which the bill stands, came later."""
    date = dt.date.fromisoformat(as_of)
    mix = mix_of_pair(catalog(), "UZB", "AFG", read_trade(catalog(), date)["AFG-UZB"], date)
    assert mix is not None
    assert dict(mix.goods)["electricity"] == share


def test_freight_of_uzbek_exports_to_afghanistan_leaves_out_what_the_power_bill_is() -> None:
    """Bill of 91 to 105 million USD over 1,500 million: 3.36 Mt x .933 / .70 = 4.478 Mt a year.

    Three shares in a hundred more or less of electricity move it by 0.15 Mt; the table rounds to
    three digits.
    """
    row = next(
        r for r in catalog().rows(DemandRow) if r.demand_id == "uz-af-trade-uz-statistics-2025"
    )
    assert_allclose(row.central_t_per_year or 0.0, 3.36e6 * 0.933 / 0.70, rtol=0.0051)
    assert 91 / 1_500 < 0.0667 < 105 / 1_500


def test_trucks_a_day_are_tonnes_over_the_year() -> None:
    load = answer().loads[0]
    assert load.tonnes is not None
    assert load.trucks_per_day is not None
    assert_allclose(load.trucks_per_day.value, load.tonnes.value / 20 / DAYS_PER_YEAR)


def test_a_group_of_countries_has_no_mix_and_says_so() -> None:
    assert {load.reason for load in answer("PAK-Central Asia 5").loads} == {
        "a group of countries; ask of each pair"
    }


def test_no_response_to_time_reaches_the_billion_by_the_modelled_days() -> None:
    """Reference economics, section 5: no plausible corridor improvement alone reaches it."""
    ceiling = answer().saving.modelled
    assert ceiling is not None
    assert ceiling.highest_multiple < min(n.multiple for n in answer().needs if n.fresh)


def test_a_claim_of_days_saved_stands_apart_as_a_claim() -> None:
    claims = [c for c in answer().saving.ceilings if c.is_claim]
    assert [c.days for c in claims] == [30.0]
    assert "not adopted" in claims[0].basis
