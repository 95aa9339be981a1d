"""A year of a duty officer who enters what he hears of one gate: the answers of each day stand.

What is asked at the end of the year as of a day is what was answered on that day, row by row as
they came in; and the states are those of the story.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass

import pytest

from karwan.evidence.closures import ClosureRecord, Told
from karwan.evidence.own_record import OwnRecord
from karwan.evidence.records import NewClosure, NewEnd, NewSighting, Withdrawal
from tests.fuzz.memory import Memory

GATE = "torkham-road"
Row = NewClosure | NewSighting | NewEnd | Withdrawal


def day(text: str) -> dt.date:
    return dt.date.fromisoformat(text)


def seen(when: str, state: str, told: str = "", direction: str = "both") -> NewSighting:
    return NewSighting(
        element_id=GATE, mode="road", day=when, state=state, traffic_class="all",
        direction=direction, note="", source_url="a call", source_date=told or when, grade="B",
    )  # fmt: skip


def closure(start: str, told: str, end: str = "", status: str = "ongoing") -> NewClosure:
    return NewClosure(
        element_id=GATE, mode="road", start=start, end=end,
        end_status="observed" if end else status, seen_until="", traffic_class="all",
        direction="both", cause="security_clash", episode="",
        note="", source_url="a wire", source_date=told, grade="A",
    )  # fmt: skip


def weekly(first: str, last: str, state: str) -> Iterator[tuple[str, Row]]:
    at = day(first)
    while at <= day(last):
        yield str(at), seen(str(at), state)
        at += dt.timedelta(days=7)


STORY: tuple[tuple[str, Row], ...] = (
    *weekly("2025-07-01", "2025-10-07", "open"),
    ("2025-10-13", closure("2025-10-12", "2025-10-13")),
    *weekly("2025-10-20", "2025-12-15", "shut"),
    ("2025-12-21", seen("2025-12-20", "open", "2025-12-21")),
    *weekly("2025-12-27", "2026-02-07", "open"),
    # Told of the wrong gate, and taken back two days later.
    ("2026-02-11", seen("2026-02-10", "shut", "2026-02-11")),
    ("2026-02-13", Withdrawal("", "2026-02-13", "another gate")),
    *weekly("2026-02-14", "2026-02-28", "open"),
    # Three days, told once they were over.
    ("2026-03-09", closure("2026-03-05", "2026-03-09", "2026-03-08")),
    *weekly("2026-03-14", "2026-04-25", "open"),
    # One way only.
    ("2026-05-02", seen("2026-05-01", "shut", "2026-05-02", "a_to_b")),
    ("2026-05-20", seen("2026-05-19", "open", "2026-05-20")),
    *weekly("2026-05-26", "2026-06-30", "open"),
)


@dataclass(frozen=True)
class Year:
    """The rows as they stood at the end of each day on which one was entered."""

    by_day: dict[dt.date, OwnRecord]

    def on(self, when: dt.date) -> OwnRecord:
        """Return the rows that the officer had on a day."""
        before = [one for one in self.by_day if one <= when]
        return self.by_day[max(before)] if before else OwnRecord()

    @property
    def last(self) -> OwnRecord:
        """The rows at the end of the year."""
        return self.by_day[max(self.by_day)]


@pytest.fixture(scope="module")
def year() -> Year:
    by_day: dict[dt.date, OwnRecord] = {}
    desk = Memory("officer", "", day("2025-07-01"))
    wrong = ""
    for when, row in STORY:
        desk.today, desk.when = day(when), f"{when}T18:00:00+00:00"
        new = Withdrawal(wrong, row.on, row.note) if isinstance(row, Withdrawal) else row
        ident = desk.add(new)
        if when == "2026-02-11":
            wrong = ident
        by_day[day(when)] = desk.own
    return Year(by_day)


def known(own: OwnRecord, when: dt.date) -> ClosureRecord:
    return ClosureRecord(spells=(), told=Told((), own)).known(when)


def test_what_is_asked_later_as_of_a_day_is_what_was_answered_on_it(year: Year) -> None:
    first = day("2025-07-01")
    for n in range(0, 366, 3):
        when = first + dt.timedelta(days=n)
        then, now = known(year.on(when), when), known(year.last, when)
        assert then.running(when) == now.running(when), when
        assert then.joined == now.joined, when
        assert then.sightings == now.sightings, when


@pytest.mark.parametrize(
    ("when", "shut"),
    [
        ("2025-10-12", False),  # nobody had told of it yet
        ("2025-10-13", True),
        ("2025-12-20", True),  # the opening was told a day later
        ("2025-12-21", False),
        ("2026-02-12", True),  # as was believed then
        ("2026-02-13", False),
        ("2026-03-06", False),  # told when it was over
        ("2026-06-30", False),
    ],
)
def test_the_state_of_a_day_is_what_was_told_by_it(year: Year, when: str, shut: bool) -> None:
    spells = known(year.last, day(when)).running(day(when)).get(GATE, ())
    assert bool([one for one in spells if one.direction == "both"]) is shut


def test_the_year_has_two_closures_of_both_ways_and_one_of_one_way(year: Year) -> None:
    """Nine looks and a weekly call make one closure of 69 days, not ten."""
    record = known(year.last, day("2026-06-30"))
    both = [(str(one.start), str(one.end)) for one in record.hazard_spells]
    assert both == [("2025-10-12", "2025-12-20"), ("2026-03-05", "2026-03-08")]
    (one_way,) = [one for one in record.joined if one.direction != "both"]
    assert (str(one_way.start), str(one_way.end)) == ("2026-05-01", "2026-05-19")
