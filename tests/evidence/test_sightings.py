"""Sightings: joined to closures by one rule, whatever the order in which they were entered."""

from __future__ import annotations

import datetime as dt
import itertools
import random
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from karwan.analysis.world.world import World, open_world
from karwan.base.errors import DataError
from karwan.base.provenance import Source
from karwan.base.workspaces import Workspace
from karwan.data.catalog import Catalog
from karwan.evidence.closures import ClosureRecord, Told, read_closures
from karwan.evidence.overlaps import merge_spells
from karwan.evidence.own_record import OwnRecord, list_records
from karwan.evidence.record_check import check_records
from karwan.evidence.records import (
    NewClosure,
    NewEnd,
    NewSighting,
    Withdrawal,
    add_closure,
    add_sighting,
    end_closure,
    joined_with,
    withdraw,
)
from karwan.evidence.rows import OwnClosureRow, OwnEndRow, OwnSightingRow, WithdrawalRow
from karwan.evidence.sightings import STATES, Sighting, contradictions
from karwan.evidence.spells import Spell
from karwan.main import main
from tests import reference
from tests.oracles.sightings import stops

ORIGIN = dt.date(2026, 1, 1)
DAY = dt.timedelta(days=1)
TODAY = dt.date(2026, 11, 26)
SOURCE = Source("https://example.org", "2026-11-26", "A")
ELEMENT = "khunjerab-road"
WHO: dict[str, Any] = {"who": "desk", "when": "2026-11-26T10:00:00+00:00", "today": TODAY}


def sighting(day: int, state: str, ident: str = "S1", **more: Any) -> Sighting:
    plain = {"traffic_class": "all", "direction": "both", "note": "", "source": SOURCE}
    return Sighting(
        id=ident, element_id="gate", mode="road", day=ORIGIN + day * DAY, state=state,
        **{**plain, **more},
    )  # fmt: skip


def spell(ident: str, start: int, end: int | None, seen: int | None, status: str) -> Spell:
    return Spell(
        closure_id=ident,
        element_id="gate",
        mode="road",
        traffic_class="cargo",
        direction="both",
        start=ORIGIN + start * DAY,
        end=None if end is None else ORIGIN + end * DAY,
        end_status=status,
        seen_until=None if seen is None else ORIGIN + seen * DAY,
        cause="clash",
        description="",
        episode=f"e-{ident}",
        calendar=False,
        source=SOURCE,
    )


@st.composite
def reports(draw: st.DrawFn) -> tuple[list[Spell], list[Sighting]]:
    rows = []
    for n in range(draw(st.integers(0, 3))):
        start, length = draw(st.integers(0, 50)), draw(st.integers(0, 12))
        kind = draw(st.sampled_from(["observed", "ongoing", "unknown"]))
        ended = kind == "observed"
        rows.append(
            spell(
                f"W{n}",
                start,
                start + length + 1 if ended else None,
                None if ended else start + length,
                kind,
            )
        )
    seen = [
        sighting(draw(st.integers(0, 80)), draw(st.sampled_from(STATES)), f"S{n}")
        for n in range(draw(st.integers(0, 4)))
    ]
    while True:
        wrong = {one for one, *_ in contradictions(seen, rows)}
        if not wrong:
            return rows, seen
        seen = [one for one in seen if one.id not in wrong]


@given(reports())
def test_what_is_joined_is_what_the_slow_rule_joins(
    told: tuple[list[Spell], list[Sighting]],
) -> None:
    rows, seen = told
    merged = merge_spells(rows, seen)
    found = [(s.start, s.end, frozenset({s.closure_id, *s.also})) for s in merged]
    assert found == [(one.first, one.end, one.names) for one in stops(rows, seen)]
    for one, due in zip(merged, stops(rows, seen), strict=True):
        assert one.end is not None or one.last_day == due.last


@given(reports(), st.randoms(use_true_random=False))
def test_the_order_of_reports_changes_nothing(
    told: tuple[list[Spell], list[Sighting]], shuffled: random.Random
) -> None:
    rows, seen = told
    other_rows, other_seen = list(rows), list(seen)
    shuffled.shuffle(other_rows)
    shuffled.shuffle(other_seen)
    assert merge_spells(other_rows, other_seen) == merge_spells(rows, seen)


@given(reports())
def test_what_is_shut_never_shuts_again(told: tuple[list[Spell], list[Sighting]]) -> None:
    merged = merge_spells(*told)
    for one, other in itertools.pairwise(merged):
        assert one.last_day < other.start
        assert one.end is None or one.end <= other.start


def test_a_sighting_extends_ends_and_begins() -> None:
    running = spell("W1", 0, None, 5, "ongoing")
    (extended,) = merge_spells([running], [sighting(40, "shut")])
    assert (extended.closure_id, extended.seen_until) == ("W1", ORIGIN + 40 * DAY)
    (ended,) = merge_spells([running], [sighting(40, "open")])
    assert (ended.end, ended.end_status) == (ORIGIN + 40 * DAY, "approx")
    (next_day,) = merge_spells([running], [sighting(6, "limited")])
    assert (next_day.end, next_day.end_status) == (ORIGIN + 6 * DAY, "observed")
    (alone,) = merge_spells([], [sighting(7, "persons-only")])
    assert (alone.start_precision, alone.traffic_class) == ("left_censored", "cargo")
    assert merge_spells([], [sighting(7, "open")]) == ()
    first, second = merge_spells([running], [sighting(10, "open"), sighting(12, "shut", "S2")])
    assert (first.end, second.start) == (ORIGIN + 10 * DAY, ORIGIN + 12 * DAY)


def test_what_lets_one_way_pass_leaves_the_other_shut() -> None:
    record = ClosureRecord(
        spells=(spell("W1", 0, None, 5, "ongoing"),),
        sightings=(sighting(9, "open", direction="a_to_b"),),
    )
    assert merge_spells(record.spells, record.sightings)[0].end == ORIGIN + 9 * DAY
    (left,) = record.running(ORIGIN + 20 * DAY)["gate"]
    assert (left.direction, left.closure_id) == ("b_to_a", "W1")
    closed = replace(
        record, sightings=(*record.sightings, sighting(12, "open", "S2", direction="b_to_a"))
    )
    assert closed.running(ORIGIN + 20 * DAY) == {}


def test_people_on_foot_say_nothing_of_freight() -> None:
    running = spell("W1", 0, None, 5, "ongoing")
    on_foot = sighting(9, "open", traffic_class="pedestrian")
    assert merge_spells([running], [on_foot]) == (running,)


def new_closure(start: str, **more: str) -> NewClosure:
    plain = NewClosure(
        element_id=ELEMENT,
        mode="road",
        start=start,
        end="",
        end_status="ongoing",
        seen_until="",
        traffic_class="all",
        direction="both",
        cause="weather",
        episode="",
        note="snow",
        source_url="https://example.org",
        source_date="2026-11-20",
        grade="A",
    )
    return replace(plain, **more)


def new_sighting(day: str, state: str, **more: Any) -> NewSighting:
    plain = NewSighting(
        element_id=ELEMENT, mode="road", day=day, state=state, traffic_class="all",
        direction="both", note="", source_url="call", source_date="2026-11-25", grade="B",
    )  # fmt: skip
    return replace(plain, **more)


def world_of(folder: Workspace, as_of: dt.date = TODAY) -> World:
    return open_world(Catalog(None, folder), as_of, network=reference.network())


def test_a_closure_that_goes_on_was_seen_on_the_day_of_its_source(place: Workspace) -> None:
    add_closure(place, new_closure("2026-11-10"), **WHO)
    (row,) = list_records(place).closures
    assert row.seen_until == "2026-11-20"


def test_an_end_of_one_s_own_is_a_sighting(place: Workspace) -> None:
    ident = add_closure(place, new_closure("2026-11-10"), **WHO)
    end = NewEnd(
        closure_id=ident,
        end="2026-11-22",
        note="",
        source_url="call",
        source_date="2026-11-23",
        grade="B",
    )
    end_closure(place, end, **WHO)
    status = world_of(place).crossing_status(ELEMENT)
    assert (status.kind, status.known_on) == ("open", dt.date(2026, 11, 22))
    before = world_of(place, dt.date(2026, 11, 22)).crossing_status(ELEMENT)
    assert (before.kind, before.known_on) == ("shut", dt.date(2026, 11, 20)), "told on the 23rd"


def test_a_closure_told_again_is_the_same_closure(place: Workspace) -> None:
    packaged = read_closures(Catalog()).spells
    ident = add_closure(
        place,
        new_closure("2026-11-20", element_id="torkham-road", traffic_class="cargo"),
        **WHO, packaged=packaged,
    )  # fmt: skip
    assert joined_with(place, packaged, ident) == ("CL130",)
    world = world_of(place)
    (running,) = (s for s in world.running["torkham-road"] if s.traffic_class == "cargo")
    assert (running.start, running.seen_until) == (dt.date(2025, 10, 12), dt.date(2026, 11, 20))
    assert running.episode != ident


def test_a_closure_where_one_may_still_run_is_refused_with_the_verb(place: Workspace) -> None:
    shut = new_closure("2026-11-01", end_status="unknown", seen_until="2026-11-02")
    add_closure(place, shut, **WHO)
    with pytest.raises(DataError, match="evidence seen khunjerab-road 2026-11-10 shut"):
        add_closure(place, new_closure("2026-11-10"), **WHO)
    add_sighting(place, new_sighting("2026-11-08", "open"), **WHO)
    add_closure(place, new_closure("2026-11-10"), **WHO)
    assert len([s for s in world_of(place).record.hazard_spells if s.closure_id[0] == "W"]) == 2


def test_all_faults_of_a_sighting_come_at_once_and_nothing_is_stored(tmp_path: Path) -> None:
    bad = new_sighting("2026/11/10", "shutt", traffic_class="trucks", direction="a_to_b",
                       grade="D", source_url=" ", sided=False)  # fmt: skip
    with pytest.raises(DataError, match="7 faults in the record"):
        add_sighting(tmp_path, replace(bad, direction="up"), **WHO)
    with pytest.raises(DataError, match="6 faults in the record"):
        add_sighting(tmp_path, bad, **WHO)
    assert not list(tmp_path.iterdir())


def test_what_contradicts_the_record_is_refused_and_says_what(place: Workspace) -> None:
    add_closure(place, new_closure("2026-11-10"), **WHO)
    with pytest.raises(DataError, match="W0001 has it shut from 2026-11-10 to 2026-11-20"):
        add_sighting(place, new_sighting("2026-11-15", "open"), **WHO)
    ident = add_sighting(place, new_sighting("2026-11-22", "open"), **WHO)
    with pytest.raises(DataError, match="S0001 saw it open on the same day"):
        add_sighting(place, new_sighting("2026-11-22", "persons-only"), **WHO)
    with pytest.raises(DataError, match="S0001 saw it open on 2026-11-22"):
        end_closure(
            place,
            NewEnd(
                closure_id="W0001",
                end="2026-11-24",
                note="",
                source_url="c",
                source_date="2026-11-25",
                grade="B",
            ),
            **WHO,
        )
    with pytest.raises(DataError, match="S0001 saw it open on 2026-11-22"):
        add_closure(place, new_closure("2026-11-21", source_date="2026-11-25"), **WHO)
    assert {name: len(rows) for name, rows in list_records(place).tables.items() if rows} == {
        "closures": 1, "sightings": 1,
    }  # fmt: skip
    withdraw(place, Withdrawal(ident, "", "wrong gate"), **WHO)
    add_sighting(place, new_sighting("2026-11-22", "persons-only"), **WHO)
    modes = {element.id: element.mode for element in reference.network().elements.values()}
    assert check_records(place, modes, TODAY) == []


def test_as_of_and_as_recorded_are_two_clocks(place: Workspace) -> None:
    """Seen on the 10th, told on the 12th, entered on the 26th; withdrawn from the 20th on."""
    seen = new_sighting("2026-11-24", "shut", source_date="2026-11-25")
    ident = add_sighting(place, seen, **WHO)
    assert ELEMENT not in world_of(place, dt.date(2026, 11, 24)).running
    assert ELEMENT in world_of(place, dt.date(2026, 11, 25)).running
    late = WHO | {"when": "2026-11-28T10:00:00+00:00", "today": dt.date(2026, 11, 28)}
    withdraw(place, Withdrawal(ident, "", "wrong gate"), **late)
    assert ELEMENT not in world_of(place, dt.date(2026, 11, 25)).running, "for all time"
    for recorded, shut in (("2026-11-25", False), ("2026-11-26", True), ("2026-11-28", False)):
        catalog = Catalog(None, place, dt.date.fromisoformat(recorded))
        world = open_world(catalog, dt.date(2026, 11, 25), network=reference.network())
        assert (ELEMENT in world.running) is shut, recorded


def test_from_the_command_line(place: Workspace, capsys: pytest.CaptureFixture[str]) -> None:
    there = ["--workspace", str(place)]
    told = ["--source", "call", "--source-date", "2026-11-24", *there]
    assert main(["evidence", "seen", "torkham", "2026-11-24", "shut", *told]) == 0
    assert capsys.readouterr().out == "S0001\n"
    assert main(["network", "show", "torkham-road", "--as-of", "2026-11-25", *there]) == 0
    assert "2026-11-24, 1 day before 2026-11-25" in capsys.readouterr().out
    assert main(["evidence", "seen", "salang-road", "2026-11-24", "open", "--direction", "a_to_b",
                 *told]) == 2  # fmt: skip
    assert "a line has no sides" in capsys.readouterr().err
    assert main(["evidence", "list", *there]) == 0
    assert "torkham-road seen shut" in capsys.readouterr().out
    asked = ["hazard", "torkham", "--as-of", "2026-11-25", *there]
    assert main([*asked, "--as-recorded", "2026-11-01"]) == 2
    assert "Nothing was on record on 2026-11-01" in capsys.readouterr().err


class Desk:
    """A duty officer who adds, sees, ends and withdraws at random, on one element."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)
        self.closures: list[OwnClosureRow] = []
        self.closure_ends: list[OwnEndRow] = []
        self.sightings: list[OwnSightingRow] = []
        self.withdrawals: list[WithdrawalRow] = []

    def day(self) -> str:
        return str(ORIGIN + self.random.randint(0, 60) * DAY)

    def act(self) -> None:
        how = self.random.random()
        day = self.day()
        source = max(day, self.day())
        stamp = {"note": "", "added_by": "d", "added_at": "2026-11-26T00:00:00+00:00"}
        told = {**stamp, "source_url": "u", "source_date": source, "grade": "A"}
        if how < 0.35:
            ended = self.random.random() < 0.4
            self.closures.append(
                OwnClosureRow(
                    id=f"W{len(self.closures) + 1:04d}",
                    element_id="gate",
                    mode="road",
                    start=day,
                    end=source if ended else None,
                    end_status="observed" if ended else self.random.choice(["ongoing", "unknown"]),
                    seen_until=source,
                    traffic_class=self.random.choice(["all", "cargo"]),
                    direction="both",
                    cause="political",
                    episode="",
                    start_precision="day",
                    **told,
                )
            )
        elif how < 0.75:
            self.sightings.append(
                OwnSightingRow(
                    id=f"S{len(self.sightings) + 1:04d}",
                    element_id="gate",
                    mode="road",
                    day=day,
                    state=self.random.choice(STATES),
                    traffic_class="all",
                    direction=self.random.choice(["both", "both", "a_to_b"]),
                    **told,
                )
            )
        elif how < 0.9 and self.closures:
            shut = self.random.choice(self.closures)
            ident = f"E{len(self.closure_ends) + 1:04d}"
            self.closure_ends.append(OwnEndRow(id=ident, closure_id=shut.id, end=source, **told))
        else:
            gone = {row.record_id for row in self.withdrawals}
            left = sorted(set(self.record.told) - gone)
            if left:
                ident = f"X{len(self.withdrawals) + 1:04d}"
                on = self.random.choice([None, day])
                mine = self.random.choice(left)
                self.withdrawals.append(
                    WithdrawalRow(id=ident, record_id=mine, withdrawn_on=on, **stamp)
                )

    @property
    def record(self) -> OwnRecord:
        return OwnRecord(
            closures=tuple(self.closures),
            closure_ends=tuple(self.closure_ends),
            sightings=tuple(self.sightings),
            withdrawals=tuple(self.withdrawals),
        )

    def shuffled(self) -> OwnRecord:
        """Return the same rows as if entered in another order."""
        return OwnRecord(
            closures=tuple(self.random.sample(self.closures, len(self.closures))),
            closure_ends=tuple(self.random.sample(self.closure_ends, len(self.closure_ends))),
            sightings=tuple(self.random.sample(self.sightings, len(self.sightings))),
            withdrawals=tuple(self.random.sample(self.withdrawals, len(self.withdrawals))),
        )


def state_of(own: OwnRecord, day: dt.date) -> tuple[object, ...]:
    record = ClosureRecord(spells=(), told=Told((), own)).known(day)
    return record.running(day), record.hazard_spells, record.joined


SEQUENCES = 2_000
"""Of 10,000 seeds a fifth is walked through each time; all of them by hand once."""


def test_a_random_desk_comes_to_one_state_whatever_the_order_of_entry() -> None:
    for seed in range(SEQUENCES):
        desk = Desk(seed)
        for _ in range(desk.random.randint(1, 8)):
            desk.act()
        day = ORIGIN + desk.random.randint(0, 90) * DAY
        assert state_of(desk.shuffled(), day) == state_of(desk.record, day), seed
