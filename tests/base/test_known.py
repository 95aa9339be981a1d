"""Known on a day: against the slow rule, and by what must hold whatever the dates are."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

from hypothesis import assume, given
from hypothesis import strategies as st

from karwan.base.known import (
    KnownStop,
    Stop,
    in_force,
    is_withdrawn,
    known_from,
    measured,
    stop_as_known,
)
from tests.oracles.known import known_on

BASE = dt.date(2024, 1, 1)
days = st.integers(0, 40).map(lambda n: BASE + dt.timedelta(days=n))


@st.composite
def stops(draw: st.DrawFn) -> Stop:
    """Draw a stop that a table may hold: an end or a sighting not before its start, or neither."""
    start, last, published = draw(days), draw(days), draw(days)
    last = max(start, last)
    dated = draw(st.sampled_from([published, published - dt.timedelta(days=20), None]))
    kind = draw(st.sampled_from(["ended", "ongoing", "unknown", "bare"]))
    if kind == "ended":
        seen = draw(st.sampled_from([None, last]))
        return Stop(
            start=start,
            end=last + dt.timedelta(days=1),
            seen_until=seen,
            ongoing=False,
            published=published,
            dated=dated,
        )
    return Stop(
        start=start,
        end=None,
        seen_until=None if kind == "bare" else last,
        ongoing=kind != "unknown",
        published=published,
        dated=dated,
    )


@given(stops(), days)
def test_what_was_known_of_a_stop_is_what_could_be_known(stop: Stop, as_of: dt.date) -> None:
    assert stop_as_known(stop, as_of) == known_on(stop, as_of)


@given(stops(), days, days)
def test_nothing_of_a_later_day_is_in_it(stop: Stop, as_of: dt.date, later: dt.date) -> None:
    """Moving an end, a sighting or a source about after the day changes nothing."""
    assume(later > as_of)
    known = stop_as_known(stop, as_of)
    if stop.end is not None and stop.end > as_of:
        assert stop_as_known(replace(stop, end=max(later, stop.start)), as_of) == known
    if stop.seen_until is not None and stop.seen_until > as_of:
        assert stop_as_known(replace(stop, seen_until=max(later, stop.start)), as_of) == known
    if stop.published > as_of:
        assert known is None
        assert stop_as_known(replace(stop, published=later), as_of) is None
    if stop.start > as_of:
        assert known is None
    if known is not None:
        assert all(day is None or day <= as_of for day in (known.end, known.seen_until))


@given(stops(), days, days)
def test_looking_back_from_a_later_day_is_looking_on_the_day(
    stop: Stop, first: dt.date, second: dt.date
) -> None:
    assume(first < second)
    then = stop_as_known(stop, second)
    if then is None:
        assert stop_as_known(stop, first) is None
        return
    seen_then = replace(stop, end=then.end, seen_until=then.seen_until, ongoing=then.ongoing)
    assert stop_as_known(seen_then, first) == stop_as_known(stop, first)


def test_on_the_days_on_which_a_stop_turns() -> None:
    day = dt.date(2024, 5, 10)
    one = dt.timedelta(days=1)
    told = Stop(
        start=day,
        end=day + 10 * one,
        seen_until=None,
        ongoing=False,
        published=day + 2 * one,
        dated=day + 2 * one,
    )
    assert stop_as_known(told, day + one) is None, "its source came a day later"
    assert stop_as_known(told, day + 2 * one) == KnownStop(None, day + 2 * one, True)
    assert stop_as_known(told, day + 9 * one) == KnownStop(None, day + 2 * one, True)
    assert stop_as_known(told, day + 10 * one) == KnownStop(day + 10 * one, None, False)
    late = replace(told, published=day + 50 * one, dated=None)
    assert stop_as_known(late, day + 49 * one) is None
    assert stop_as_known(late, day + 50 * one) == KnownStop(day + 10 * one, None, False)
    announced = replace(told, published=day - 5 * one, dated=day - 5 * one)
    assert stop_as_known(announced, day - one) is None, "what is announced has not begun"
    assert stop_as_known(announced, day) == KnownStop(None, day, True)


def test_a_part_of_a_date_is_known_at_its_end_and_a_blank_at_the_release() -> None:
    release = dt.date(2026, 11, 22)
    assert known_from("2026-10", release) == dt.date(2026, 10, 31)
    assert known_from("2024", release) == dt.date(2024, 12, 31)
    assert known_from("2026-11", release) == known_from("2026", release) == release
    assert known_from(None, release) == known_from("", release) == release
    assert known_from("2026-12-01", release) == dt.date(2026, 12, 1), "never before its own day"
    assert known_from("2027", release) == dt.date(2027, 12, 31)


def test_a_rule_holds_from_the_later_of_its_days_until_its_end_is_known() -> None:
    day = dt.date(2024, 5, 10)
    one = dt.timedelta(days=1)
    assert not in_force(day, None, day + one, day)
    assert in_force(day, None, day + one, day + one)
    assert in_force(None, None, day, day)
    assert in_force(day, day + 5 * one, day, day + 4 * one)
    assert not in_force(day, day + 5 * one, day, day + 5 * one)


def test_a_withdrawal_acts_from_its_day_or_on_every_date() -> None:
    day = dt.date(2024, 5, 10)
    assert not is_withdrawn(day, day - dt.timedelta(days=1))
    assert is_withdrawn(day, day)
    assert is_withdrawn(None, dt.date.min)


@given(st.lists(days), days)
def test_a_measurement_is_the_newest_known_else_the_nearest_later(
    known: list[dt.date], as_of: dt.date
) -> None:
    found = measured(known, lambda one: one, as_of)
    assert list(found.items) == [one for one in known if one <= as_of] or found.later
    if found.later:
        assert set(found.items) == {min(known)}
        assert min(known) > as_of
