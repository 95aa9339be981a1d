"""When a journey is made: what is read, and everything that is wrong with it at once."""

from __future__ import annotations

import datetime as dt

import pytest

import karwan
from karwan.analysis.world.travel import (
    NO_TIMING,
    NOT_SAID,
    Timing,
    future_fault,
    read_travel,
)
from karwan.base.errors import DataError
from karwan.study.question import study_faults
from karwan.study.spec import StudySpec, TravelSpec
from tests import reference

AS_OF = dt.date(2026, 11, 22)
DRY = reference.consignment().cargo
FRUIT = reference.consignment(cargo="fresh").cargo


def test_nothing_said_is_nothing_asked() -> None:
    assert read_travel(NO_TIMING, AS_OF, DRY) == (NOT_SAID, [])
    assert not NOT_SAID.is_told


def test_a_deadline_is_the_end_of_its_day_or_so_many_days() -> None:
    said = Timing(depart="2026-12-01", deadline="2026-12-04")
    travel, faults = read_travel(said, AS_OF, DRY)
    assert (travel.depart, travel.deadline_hours, faults) == (dt.date(2026, 12, 1), 96.0, [])
    for days in ("4", 4, 4.0):
        timing = Timing(depart=dt.date(2026, 12, 1), deadline=days)
        assert read_travel(timing, AS_OF, DRY)[0].deadline_hours == 96.0
    # Without a departure, days count from the as-of date; the day itself is a day.
    assert read_travel(Timing(deadline=AS_OF), AS_OF, DRY)[0].deadline_hours == 24.0


def test_fresh_goods_keep_as_long_as_the_table_says_or_the_question() -> None:
    assert FRUIT.max_useful_transit_days is not None
    travel, _ = read_travel(NO_TIMING, AS_OF, FRUIT)
    assert travel.shelf_life_days == FRUIT.max_useful_transit_days
    travel, faults = read_travel(Timing(shelf_life_days=3.0), AS_OF, FRUIT)
    assert (travel.shelf_life_days, faults) == (3.0, [])


WRONG = Timing(depart="2026-11-21", deadline="2026-11-20", shelf_life_days=4.0)
SAID = [
    ("depart", "before the as-of date 2026-11-22"),
    ("deadline", "before the departure 2026-11-21"),
    ("shelf_life_days", "does not perish"),
]


def test_all_that_is_wrong_is_told_at_once() -> None:
    _, faults = read_travel(WRONG, AS_OF, DRY)
    assert [(fault.key, text in fault.text) for fault, (_, text) in zip(faults, SAID, strict=True)]
    assert [fault.key for fault in faults] == [key for key, _ in SAID]


def test_python_tells_it_at_once() -> None:
    region = karwan.region(as_of=AS_OF)
    for ask in (region.compare, region.route):
        with pytest.raises(DataError, match="3 faults in the question") as caught:
            ask("almaty", "karachi", depart="2026-11-21", deadline="2026-11-20", shelf_life_days=4)
        assert [fault.key for fault in caught.value.faults] == [key for key, _ in SAID]


def test_a_study_tells_it_at_once_under_its_own_keys() -> None:
    spec = StudySpec(
        name="late",
        title="Late",
        as_of=AS_OF,
        origins=("almaty",),
        destinations=("karachi",),
        travel=TravelSpec(depart="2026-11-21", deadline="2026-11-20", shelf_life_days=4.0),
    )
    assert [key for key, _ in study_faults(spec)] == [("travel", key) for key, _ in SAID]


@pytest.mark.parametrize("deadline", ["soon", "2026-02-30", "0", "-1", "1e9", "nan", "inf", ""])
def test_a_deadline_that_is_none_is_refused(deadline: str) -> None:
    _, faults = read_travel(Timing(deadline=deadline), AS_OF, DRY)
    assert [fault.key for fault in faults] == ["deadline"]


@pytest.mark.parametrize("life", [0.0, -1.0, float("nan"), float("inf"), 1e9])
def test_a_shelf_life_that_is_none_is_refused(life: float) -> None:
    _, faults = read_travel(Timing(shelf_life_days=life), AS_OF, FRUIT)
    assert [fault.key for fault in faults] == ["shelf_life_days"]


def test_knowledge_of_a_day_to_come_is_refused_with_what_to_use() -> None:
    today = dt.date(2026, 11, 26)
    assert future_fault(today, today, "--depart") == []
    (fault,) = future_fault(dt.date(2026, 11, 27), today, "--depart")
    assert fault.key == "as_of"
    assert fault.text.endswith("to travel later, use --depart")


def test_python_refuses_it_too() -> None:
    tomorrow = karwan.today() + dt.timedelta(days=1)
    with pytest.raises(DataError, match="to travel later, use depart"):
        karwan.region(as_of=tomorrow).route("almaty", "karachi")
