"""Spells: half-open, known only as far as the record goes, and never ended by silence alone."""

from __future__ import annotations

import datetime as dt
import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from karwan.base.provenance import LAST_KNOWN_AFTER_DAYS, Source
from karwan.data.rows.closures import ClosureElementRow
from karwan.evidence.closures import ClosureRecord, read_closures
from karwan.evidence.spells import Spell, days_that_tell, spell_as_known
from tests import reference

START = dt.date(2024, 3, 1)
days = st.integers(0, 1500).map(lambda n: dt.date(2022, 1, 1) + dt.timedelta(days=n))


def spell(end: dt.date | None, end_status: str, seen_until: dt.date | None = None) -> Spell:
    source = Source("https://example.org", "2024-03-05", "A", "")
    return Spell(
        closure_id="c1",
        element_id="gate",
        mode="road",
        traffic_class="all",
        direction="both",
        start=START,
        end=end,
        end_status=end_status,
        seen_until=seen_until,
        cause="clash",
        description="",
        episode="e1",
        calendar=False,
        source=source,
    )


@pytest.mark.parametrize(
    ("day", "runs"),
    [
        (dt.date(2024, 2, 29), False),
        (START, True),
        (dt.date(2024, 3, 9), True),
        (dt.date(2024, 3, 10), False),
    ],
)
def test_a_spell_holds_its_first_day_and_not_its_end(day: dt.date, *, runs: bool) -> None:
    assert spell(dt.date(2024, 3, 10), "known").runs_on(day) is runs


def test_a_spell_without_an_end_found_lasts_a_stated_while_after_it_was_seen() -> None:
    seen = dt.date(2024, 4, 1)
    last = seen + dt.timedelta(days=LAST_KNOWN_AFTER_DAYS)
    unknown = spell(None, "unknown", seen)
    assert unknown.runs_on(last)
    assert not unknown.runs_on(last + dt.timedelta(days=1))


@given(days)
def test_an_ongoing_spell_is_not_ended_by_silence(day: dt.date) -> None:
    assert spell(None, "ongoing").runs_on(day) is (day >= START)


@given(days)
def test_what_is_known_on_a_day_is_not_of_a_later_one(day: dt.date) -> None:
    record = read_closures(reference.catalog())
    for spells in record.running(day).values():
        for found in spells:
            assert found.start <= day
            assert found.known_on(day) <= day


@given(days, st.integers(1, 400))
def test_a_day_s_state_does_not_hang_on_spells_begun_later(day: dt.date, later: int) -> None:
    record = read_closures(reference.catalog())
    upto = day + dt.timedelta(days=later)
    begun = ClosureRecord(spells=tuple(s for s in record.spells if s.start <= day))
    for element in ("torkham-road", "chaman-spin-boldak-road"):
        known = record.of_element(element, day)
        assert known == tuple(s for s in record.of_element(element, upto) if s.start <= day)
        running, of_those = (
            [(s.closure_id, s.start, s.traffic_class) for s in told.running(day).get(element, ())]
            for told in (record, begun)
        )
        assert running == of_those


def test_the_spell_that_counts_for_freight_is_named_first() -> None:
    """Chaman was shut on foot since October 2023 when cargo stopped as well.

    The clash of January 2024 (CL106) lies within the stop by the sit-in.
    """
    running = read_closures(reference.catalog()).running(dt.date(2024, 1, 15))
    first, second = running["chaman-spin-boldak-road"]
    assert (first.closure_id, first.traffic_class) == ("CN001", "cargo")
    assert (second.closure_id, second.traffic_class) == ("CL102", "pedestrian")


def test_an_event_told_twice_counts_once() -> None:
    record = read_closures(reference.catalog())
    keys = [(s.element_id, s.closure_id, s.traffic_class, s.direction) for s in record.spells]
    assert len(keys) == len(set(keys))
    shutting = [row for row in reference.catalog().rows(ClosureElementRow) if row.effect == "shut"]
    assert len(record.spells) < len(shutting)


def test_the_record_of_a_day_is_every_spell_as_it_was_known_then() -> None:
    """Between two days on which anything is told it is cut once: so look at both sides of each."""
    whole = read_closures(reference.catalog())
    assert whole.told is not None
    telling = {day for spell in whole.told.packaged for day in days_that_tell(spell)}
    for told_on in sorted(telling)[::16]:
        for day in (told_on - dt.timedelta(days=1), told_on, told_on + dt.timedelta(days=1)):
            known = (spell_as_known(spell, day) for spell in whole.told.packaged)
            spells = sorted(
                (spell for spell in known if spell is not None),
                key=lambda s: (s.element_id, s.start, s.closure_id),
            )
            assert whole.known(day).spells == tuple(spells), day
            assert whole.known(day).as_of == day


@pytest.mark.parametrize("ongoing", [True, False])
def test_what_is_known_of_a_spell_changes_on_its_telling_days_only(*, ongoing: bool) -> None:
    one = (
        spell(None, "ongoing", seen_until=dt.date(2024, 3, 11))
        if ongoing
        else spell(dt.date(2024, 3, 20), "reopened")
    )
    days = [dt.date(2024, 2, 1) + dt.timedelta(days=n) for n in range(120)]
    changes = {
        today
        for before, today in itertools.pairwise(days)
        if spell_as_known(one, before) != spell_as_known(one, today)
    }
    assert changes
    assert changes <= days_that_tell(one)
