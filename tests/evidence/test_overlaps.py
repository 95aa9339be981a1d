"""Overlapping spells: the written rule, example by example and day by day."""

from __future__ import annotations

import datetime as dt
import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from karwan.base.provenance import Source
from karwan.data.rows.closures import ClosureElementRow
from karwan.evidence.closures import ClosureRecord, read_closures
from karwan.evidence.overlaps import freight_stretches, merge_spells, stopped_traffic
from karwan.evidence.spells import Spell
from tests import reference
from tests.oracles.overlaps import counts_on, joined_days

ORIGIN = dt.date(2020, 1, 1)
DAY = dt.timedelta(days=1)


def record() -> ClosureRecord:
    return read_closures(reference.catalog())


def of(element: str) -> list[Spell]:
    return [spell for spell in record().spells if spell.element_id == element]


def counting(element: str, direction: str, day: dt.date) -> tuple[str, bool] | None:
    """Return which row shuts an element to freight on a day, and whether by calendar."""
    for stretch in freight_stretches(of(element)):
        if stretch.direction == direction and stretch.start <= day < stretch.end:
            return stretch.closure_id, stretch.calendar
    return None


@pytest.mark.parametrize(
    ("element", "foot", "cargo", "within", "day"),
    [
        ("chaman-spin-boldak-road", "CL102", "CN001", {"CL106"}, dt.date(2024, 1, 15)),
        ("chaman-spin-boldak-road", "CL127", "CL126", set(), dt.date(2025, 10, 20)),
        ("torkham-road", "CL131", "CL130", set(), dt.date(2025, 10, 20)),
    ],
)
def test_for_freight_a_stop_of_cargo_counts_and_one_on_foot_does_not(
    element: str, foot: str, cargo: str, within: set[str], day: dt.date
) -> None:
    running = {s.closure_id for s in of(element) if s.start <= day <= s.last_day}
    assert running == {foot, cargo, *within}
    assert counting(element, "a_to_b", day) == counting(element, "b_to_a", day) == (cargo, False)
    assert foot not in {s.closure_id for s in record().hazard_spells}


@pytest.mark.parametrize("element", ["chaman-spin-boldak-road", "torkham-road"])
def test_cargo_and_foot_together_are_all_until_one_of_them_ends(element: str) -> None:
    assert stopped_traffic(of(element), dt.date(2025, 10, 31)) == "all"
    assert stopped_traffic(of(element), dt.date(2025, 11, 1)) == "cargo"
    assert stopped_traffic(of(element), dt.date(2025, 10, 11)) == ""


def test_khunjerab_2025_is_one_spell_of_all_from_september() -> None:
    mine = [
        s
        for s in record().hazard_spells
        if s.element_id == "khunjerab-road" and s.start.year == 2025
    ]
    assert [(s.start, s.end) for s in mine] == [(dt.date(2025, 7, 21), dt.date(2025, 9, 27))]
    assert {mine[0].closure_id, *mine[0].also} == {"CL121", "CL122"}
    assert counting("khunjerab-road", "a_to_b", dt.date(2025, 9, 7)) == ("CL121", False)
    assert counting("khunjerab-road", "a_to_b", dt.date(2025, 9, 8)) == ("CL122", False)
    assert stopped_traffic(of("khunjerab-road"), dt.date(2025, 9, 7)) == "cargo"
    assert stopped_traffic(of("khunjerab-road"), dt.date(2025, 9, 8)) == "all"


@pytest.mark.parametrize(
    ("element", "one_way", "holidays"),
    [
        ("irkeshtam-road", "CL060", ("CL067", "CL070", "CL074", "CL090")),
        ("torugart-road", "CL061", ("CL068", "CL071", "CL075", "CL091")),
    ],
)
def test_a_holiday_shuts_both_ways_within_a_stop_towards_china(
    element: str, one_way: str, holidays: tuple[str, ...]
) -> None:
    for holiday in holidays:
        (row,) = (s for s in of(element) if s.closure_id == holiday)
        for direction in ("a_to_b", "b_to_a"):
            assert counting(element, direction, row.start) == (holiday, True)
        before = row.start - DAY
        assert counting(element, "a_to_b", before) == (one_way, False)
        assert counting(element, "b_to_a", before) is None
    usable = {s.closure_id for s in record().hazard_spells}
    assert not usable & {one_way, *holidays}


def test_a_stop_both_ways_counts_for_its_day_beside_one_of_one_way() -> None:
    day = dt.date(2020, 10, 12)
    assert counting("torugart-road", "b_to_a", day) == ("CL069", False)
    assert counting("torugart-road", "b_to_a", day + DAY) is None
    assert counting("torugart-road", "a_to_b", day + DAY) == ("CL061", False)
    (row,) = (s for s in record().hazard_spells if s.closure_id == "CL069")
    assert (row.start, row.last_day, row.censored) == (day, day, True)


def test_protest_and_slide_of_one_day_are_one_spell() -> None:
    mine = [
        s
        for s in record().hazard_spells
        if s.element_id == "kkh-kohistan-road" and s.start == dt.date(2024, 11, 23)
    ]
    assert [{s.closure_id, *s.also} for s in mine] == [{"LD024", "LD025"}]


@pytest.mark.parametrize(
    ("element", "count"), [("torkham-road", 17), ("chaman-spin-boldak-road", 15)]
)
def test_usable_starts_of_the_two_main_gates(element: str, count: int) -> None:
    """12 and 11 by the note on how the fact tables join (2026-11-22), and five more at each, one of
    which holds the stop of January 2024 at Chaman."""
    starts = [
        s
        for s in record().hazard_spells
        if s.element_id == element
        and dt.date(2016, 1, 1) <= s.start <= dt.date(2025, 10, 11)
        and s.cause != "health"
    ]
    assert len(starts) == count


@pytest.mark.parametrize(
    ("told_again", "first", "element", "episode"),
    [
        ("LD015", "CL095", "hairatan-mazar-rail", "EP2023-UTY"),
        ("LD021", "CL112", "kurram-road", "EP2024-KURRAM1"),
        ("LD022", "CL113", "kurram-road", "EP2024-KURRAM2"),
        ("LD032", "CL120", "miranshah-road", "EP2025-GK"),
    ],
)
def test_one_event_in_both_files_is_one_episode_on_two_elements(
    told_again: str, first: str, element: str, episode: str
) -> None:
    rows = {s.closure_id: s for s in record().spells if s.episode == episode}
    assert set(rows) == {told_again, first}
    assert rows[told_again].element_id == element != rows[first].element_id
    # the Kharlachi post was cut off, not shut: only the road carries the spell
    usable = {s.closure_id for s in record().hazard_spells if s.episode == episode}
    assert usable == ({told_again} if first == "CL113" else {told_again, first})


def test_one_spell_told_in_both_files_is_dropped_once() -> None:
    told = {s.closure_id for s in record().spells}
    assert "CL121" in told
    assert "LD034" not in told
    assert "LD004" not in told, "an attack on stranded tankers; the stop itself is CL002"


def test_what_slows_meters_or_regulates_never_closes() -> None:
    rows = reference.catalog().rows(ClosureElementRow)
    milder = {(r.closure_id, r.element_id) for r in rows if r.effect not in ("shut", "pass")}
    assert len(milder) == 37, "28 of the first record, nine of those added"
    assert not milder & {(s.closure_id, s.element_id) for s in record().spells}


def test_the_spells_of_the_law_are_those_marked_for_it() -> None:
    rows = reference.catalog().rows(ClosureElementRow)
    marked = {(r.closure_id, r.element_id) for r in rows if r.open_closed}
    used = {
        (name, s.element_id) for s in record().hazard_spells for name in (s.closure_id, *s.also)
    }
    assert used == marked


@st.composite
def spells(draw: st.DrawFn) -> Spell:
    start = ORIGIN + DAY * draw(st.integers(0, 30))
    length = draw(st.none() | st.integers(0, 12))
    seen = None if length is not None else start + DAY * draw(st.integers(0, 12))
    calendar = draw(st.booleans())
    traffic = draw(st.sampled_from(["all", "cargo", "pedestrian", "foreign_trucks"]))
    direction = draw(st.sampled_from(["both", "a_to_b", "b_to_a"]))
    return Spell(
        closure_id=draw(st.uuids()).hex[:8],
        element_id="gate",
        mode="road",
        traffic_class=traffic,
        direction=direction,
        start=start,
        end=None if length is None else start + DAY * length,
        end_status="unknown" if length is None else "observed",
        seen_until=seen,
        cause="clash",
        description="",
        episode="e",
        calendar=calendar,
        source=Source("x", "2020", "A"),
        open_closed=traffic in ("all", "cargo") and direction == "both" and not calendar,
    )


many = st.lists(spells(), max_size=6)


@given(many, st.sampled_from(["a_to_b", "b_to_a"]))
def test_stretches_agree_with_asking_day_by_day(rows: list[Spell], direction: str) -> None:
    stretches = [s for s in freight_stretches(rows) if s.direction == direction]
    assert all(a.end <= b.start for a, b in itertools.pairwise(stretches))
    for n in range(60):
        day = ORIGIN + DAY * n
        found = [s.closure_id for s in stretches if s.start <= day < s.end]
        assert "".join(found) == counts_on(rows, direction, day)


@given(many)
def test_merged_spells_agree_with_joining_days(rows: list[Spell]) -> None:
    merged = merge_spells(rows)
    found = [(s.start, s.last_day, {s.closure_id, *s.also}) for s in merged]
    assert sorted(found, key=lambda one: one[0]) == joined_days(rows)


@given(many, st.permutations(range(6)))
def test_the_order_of_rows_changes_nothing(rows: list[Spell], order: list[int]) -> None:
    shuffled = [rows[k] for k in order if k < len(rows)]
    assert merge_spells(shuffled) == merge_spells(rows)
    assert freight_stretches(shuffled) == freight_stretches(rows)


def two_of_one_stop(seen: dt.date) -> list[Spell]:
    """Return one that goes on as last seen on a day, and one that ended on the 20th day."""
    base = of("torkham-road")[0]
    return [
        Spell(
            closure_id=name,
            element_id="gate",
            mode="road",
            traffic_class="cargo",
            direction="both",
            start=start,
            end=end,
            end_status=status,
            seen_until=last,
            cause="clash",
            description="",
            episode="e",
            calendar=False,
            source=base.source,
        )
        for name, start, end, status, last in (
            ("a", ORIGIN, None, "ongoing", seen),
            ("b", ORIGIN + 3 * DAY, ORIGIN + 20 * DAY, "observed", None),
        )
    ]


def test_of_one_stop_the_newest_day_that_is_told_decides_how_it_ended() -> None:
    """Seen shut on the 9th, open from the 20th: ended. Seen shut on the 20th: it goes on."""
    (ended,) = merge_spells(two_of_one_stop(ORIGIN + 9 * DAY))
    assert (ended.end, ended.end_status) == (ORIGIN + 20 * DAY, "observed")
    (running,) = merge_spells(two_of_one_stop(ORIGIN + 20 * DAY))
    assert (running.end, running.end_status) == (None, "ongoing")
    assert (running.start, running.seen_until) == (ORIGIN, ORIGIN + 20 * DAY)
