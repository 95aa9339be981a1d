"""Delays are kept apart from closures, with what was counted and nothing made up."""

from __future__ import annotations

import datetime as dt

from karwan.data.rows.closures import ClosureElementRow, DelayMeasureRow
from karwan.evidence.closures import read_closures
from karwan.evidence.delays import EFFECTS, DelayRecord, read_delays
from tests import reference

DAY = dt.timedelta(days=1)


def delays() -> DelayRecord:
    return read_delays(reference.catalog(), read_closures(reference.catalog()))


def test_every_milder_row_is_a_delay_and_no_closure() -> None:
    rows = [r for r in reference.catalog().rows(ClosureElementRow) if r.effect in EFFECTS]
    found = delays().delays
    assert {(d.closure_id, d.element_id, d.effect) for d in found} == {
        (r.closure_id, r.element_id, r.effect) for r in rows
    }
    assert len(found) == len(rows)


def test_three_days_a_week_is_a_share_and_not_a_closure() -> None:
    day = dt.date(2020, 4, 14)
    (delay,) = delays().running(day)["torkham-road"]
    assert (delay.closure_id, delay.effect, delay.open_share) == ("CL066", "part_week", 3 / 7)
    assert "torkham-road" not in read_closures(reference.catalog()).running(day)
    assert "torkham-road" not in delays().running(dt.date(2020, 5, 17))


def test_what_nobody_counted_is_none_and_not_zero() -> None:
    (delay,) = (d for d in delays().delays if d.closure_id == "CL123")
    assert delay.measures == ()
    assert delay.open_share is None


def test_a_bound_is_kept_as_a_bound() -> None:
    (delay,) = (d for d in delays().delays if d.closure_id == "CL098")
    (measure,) = delay.measures
    assert (measure.value, measure.low, measure.unit) == (None, 600.0, "trucks")


def test_a_delay_without_an_end_does_not_run_for_ever() -> None:
    (delay,) = (d for d in delays().delays if d.closure_id == "CL098")
    assert delay.seen_until is not None
    assert delay.runs_on(delay.seen_until + 14 * DAY)
    assert not delay.runs_on(delay.seen_until + 15 * DAY)
    assert not delay.runs_on(delay.start - DAY)


def test_reopening_lets_few_through_at_first() -> None:
    """Dawn, 2023-09-16: about 80 export vehicles on the first evening, 2,000 waiting."""
    (counted,) = (ramp for ramp in delays().ramps if not ramp.announced)
    assert (counted.element_id, counted.closure_id) == ("torkham-road", "CL101")
    assert counted.reopened == dt.date(2023, 9, 15)
    assert [(m.value, m.unit) for m in counted.measures] == [(80.0, "vehicles")]


def test_an_announced_restart_has_reopened_nothing() -> None:
    (told,) = (ramp for ramp in delays().ramps if ramp.announced)
    assert (told.element_id, told.reopened) == ("chaman-spin-boldak-road", None)
    assert [m.value for m in told.measures] == [9.0, 74.0, 217.0]
    assert "chaman-spin-boldak-road" in read_closures(reference.catalog()).running(
        dt.date(2025, 11, 1)
    )


def test_every_measure_belongs_to_a_row_and_an_element_of_it() -> None:
    joins = {
        (row.closure_id, row.element_id) for row in reference.catalog().rows(ClosureElementRow)
    }
    rows = reference.catalog().rows(DelayMeasureRow)
    assert rows
    assert {(row.closure_id, row.element_id) for row in rows} <= joins
    assert all(
        any(value is not None for value in (row.value, row.value_low, row.value_high))
        for row in rows
    )
