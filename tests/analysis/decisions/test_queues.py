"""The queue at a gate: golden figures, an hour-by-hour simulation, what was seen at Chaman."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from karwan.analysis.decisions.answers import bills_to_dict
from karwan.analysis.decisions.bills import DayBill
from karwan.analysis.decisions.queues import (
    FADE_DAYS,
    ArrivalsLaw,
    Gate,
    arrived_trucks,
    drain_days,
    held_back_trucks,
    left_trucks,
    queue_of,
    standing_trucks,
    wait_days,
)
from karwan.analysis.decisions.restart import (
    Restart,
    passed_days,
    restart_of,
)
from tests.oracles.queues import capacity_share, queue_by_the_hour

CONSTANT = Gate(arrivals_per_day=800.0, capacity_per_day=1200.0, law=ArrivalsLaw.constant)


def test_the_fluid_of_the_textbook() -> None:
    """800 a day, 1,200 a day, 7 days: 5,600 trucks, clear 14 days after, 58,800 truck-days, 3.5."""
    queue = queue_of(CONSTANT, 7.0, Restart.at_once)
    assert queue.most_trucks == pytest.approx(5600)
    assert queue.at(7.0) == pytest.approx(5600)
    assert queue.clear_day == pytest.approx(21)
    assert queue.truck_days == pytest.approx(58_800)
    assert queue.mean_wait_days == pytest.approx(3.5)


def test_the_mean_wait_is_half_the_closure_whatever_the_capacity() -> None:
    for capacity in (900.0, 5000.0):
        gate = Gate(arrivals_per_day=800, capacity_per_day=capacity, law=ArrivalsLaw.constant)
        assert queue_of(gate, 10.0, Restart.at_once).mean_wait_days == pytest.approx(5, rel=0.01)


def test_arrivals_cease_as_they_did_at_chaman() -> None:
    """291 trucks on day 7 and 412 on day 53, of 50 to 60 a day before (October 2025)."""
    gate = Gate(arrivals_per_day=55.0, capacity_per_day=182.0)
    seen = [standing_trucks(gate, day) for day in (7.0, 53.0)]
    np.testing.assert_allclose(seen, (291, 412), rtol=0.02)


def test_a_backlog_outlives_a_stop_as_it_did_at_torkham() -> None:
    """About 3,000 boxes stood at Peshawar on day 107 after a month's stop (July 2020).

    No input of the model; half of it either way is what "about" and boxes for trucks allow.
    """
    gate = Gate(arrivals_per_day=225.0, capacity_per_day=350.0)
    queue = queue_of(gate, 30.0, Restart.staged)
    np.testing.assert_allclose(queue.at(30.0 + 107.0), 3000, rtol=0.5)


def test_trucks_turn_back_after_weeks_of_waiting() -> None:
    """All stay 53 days; the last that came, on day 15, is gone 150 days later."""
    gate = Gate(arrivals_per_day=100.0, capacity_per_day=200.0)
    assert standing_trucks(gate, 53.0) == pytest.approx(750)
    assert standing_trucks(gate, 165.0) == pytest.approx(0, abs=1e-6)
    assert float(left_trucks(gate, 406.0, 406.0)) == pytest.approx(750)
    # Came within fifteen days; of one that came at u there is left (150 - 100 + u) / 97.
    at = np.linspace(0.0, 15.0, 15_001)
    stays = np.trapezoid(100 * (1 - at / 15) * (50 + at) / 97, at)
    assert standing_trucks(gate, 100.0) == pytest.approx(stays, rel=1e-6)


def test_none_turns_back_once_it_is_open_nor_in_the_textbook() -> None:
    gate = Gate(arrivals_per_day=100.0, capacity_per_day=200.0)
    left = left_trucks(gate, np.array([60.0, 61.0, 300.0]), 60.0)
    assert left[0] == left[1] == left[2] > 0
    assert float(left_trucks(CONSTANT, 400.0, 400.0)) == 0


def test_what_does_not_come_is_held_back() -> None:
    gate = Gate(arrivals_per_day=100.0, capacity_per_day=200.0)
    came = float(arrived_trucks(gate, 30.0, 40.0))
    assert came + held_back_trucks(gate, 30.0) == pytest.approx(3000)
    assert came == pytest.approx(100 * FADE_DAYS / 2)


def test_freight_held_back_comes_over_as_long_as_the_stop() -> None:
    gate = Gate(arrivals_per_day=100.0, capacity_per_day=500.0)
    before, after = arrived_trucks(gate, np.array([20.0, 40.0]), 20.0)
    assert after - before == pytest.approx(2000 + held_back_trucks(gate, 20.0))
    later = arrived_trucks(gate, np.array([40.0, 41.0]), 20.0)
    assert later[1] - later[0] == pytest.approx(100)


def test_of_a_long_stop_sixty_days_come_back() -> None:
    gate = Gate(arrivals_per_day=100.0, capacity_per_day=500.0)
    assert held_back_trucks(gate, 400.0) == pytest.approx(6000)
    before, after = arrived_trucks(gate, np.array([400.0, 460.0]), 400.0)
    assert after - before == pytest.approx(12_000)


def test_arrivals_above_capacity_never_clear() -> None:
    gate = Gate(arrivals_per_day=100.0, capacity_per_day=100.0)
    queue = queue_of(gate, 5.0, Restart.at_once)
    assert queue.clear_day is None
    assert queue.truck_days is None
    assert queue.mean_wait_days is None


def test_a_gate_that_was_not_shut_has_no_queue() -> None:
    queue = queue_of(Gate(arrivals_per_day=100.0, capacity_per_day=150.0), 0.0, Restart.at_once)
    assert queue.most_trucks == 0
    assert (queue.clear_day, queue.truck_days) == (0.0, 0.0)


def test_trucks_that_wait_every_night_are_no_queue() -> None:
    gate = Gate(arrivals_per_day=100.0, capacity_per_day=150.0, open_hours=8.0)
    queue = queue_of(gate, 0.0, Restart.at_once)
    assert queue.most_trucks == pytest.approx(0, abs=1e-9)
    shut = queue_of(gate, 3.0, Restart.at_once)
    assert shut.clear_day is not None
    assert shut.clear_day > 3


@pytest.mark.parametrize(
    ("days", "cause", "shape"),
    [
        (29.9, "", Restart.ramp),
        (30.0, "", Restart.staged),
        (400.0, "security_clash", Restart.staged),
        (400.0, "strike", Restart.at_once),
    ],
)
def test_restart_has_a_shape_by_length_and_cause(days: float, cause: str, shape: Restart) -> None:
    assert restart_of(days, cause) is shape


def test_restarts_pass_what_was_seen() -> None:
    """A quarter on day one and back on day nine; caps from days 1, 22, 34 and 38."""
    assert capacity_share(0.0, Restart.ramp) == 0.25
    assert capacity_share(9.0, Restart.ramp) > 0.9
    shares = [capacity_share(day, Restart.staged) for day in (0, 20.9, 21, 33, 37, 100)]
    assert shares == [0.1, 0.1, 0.3, 0.5, 1.0, 1.0]
    assert capacity_share(-0.1, Restart.at_once) == 0


@pytest.mark.parametrize("shape", Restart)
def test_what_passed_is_the_integral_of_what_works(shape: Restart) -> None:
    at = np.linspace(0.0, 60.0, 60_001)
    shares = [capacity_share(float(day), shape) for day in at]
    assert float(passed_days(60.0, shape)) == pytest.approx(np.trapezoid(shares, at), abs=1e-3)


@settings(max_examples=20, deadline=None)
@given(
    arrivals=st.floats(1, 300),
    spare=st.floats(1.05, 4),
    shut_days=st.integers(1, 90),
    restart=st.sampled_from(Restart),
    law=st.sampled_from(ArrivalsLaw),
)
def test_the_queue_is_that_of_an_hourly_simulation(
    arrivals: float, spare: float, shut_days: int, restart: Restart, law: ArrivalsLaw
) -> None:
    gate = Gate(arrivals_per_day=arrivals, capacity_per_day=arrivals * spare, law=law)
    queue = queue_of(gate, float(shut_days), restart)
    hours = queue_by_the_hour(gate, shut_days, restart, shut_days + 60, steps_per_hour=2)
    ours = np.interp(np.arange(1, len(hours) + 1) / 24, queue.days, queue.trucks)
    np.testing.assert_allclose(ours, hours, atol=0.02 * arrivals)  # slices of half an hour


def test_opening_hours_are_those_of_an_hourly_simulation() -> None:
    gate = Gate(arrivals_per_day=100.0, capacity_per_day=140.0, open_hours=8.0, opens_at_hours=8.0)
    queue = queue_of(gate, 6.0, Restart.ramp)
    hours = queue_by_the_hour(gate, 6, Restart.ramp, 60)
    total = queue.arrived - queue.passed
    ours = np.interp(np.arange(1, len(hours) + 1) / 24, queue.days, total)
    np.testing.assert_allclose(ours, hours, atol=2.0)


@settings(max_examples=50, deadline=None)
@given(days=st.floats(0, 200), restart=st.sampled_from(Restart))
def test_draining_undoes_passing(days: float, restart: Restart) -> None:
    assert drain_days(float(passed_days(days, restart)), restart) == pytest.approx(days, abs=1e-6)


def test_a_truck_waits_for_the_spell_and_for_its_place() -> None:
    assert wait_days(CONSTANT, 2400.0, 3.0, Restart.at_once) == pytest.approx(5)
    assert wait_days(CONSTANT, 0.0, 3.0, Restart.staged) == 3.0


def test_a_day_of_which_nobody_told_the_cost_is_not_free() -> None:
    """One party without a figure leaves a least sum, named; all of them without leave none."""
    told = DayBill(
        country="AF", payer="carrier", what="trucks", unit_count=2.0,
        usd=70.0, low_usd=46.0, high_usd=120.0,
    )  # fmt: skip
    blank = replace(told, payer="cargo owner", usd=None, low_usd=None, high_usd=None)
    assert bills_to_dict([told])["total"] == 70
    assert bills_to_dict([blank])["total"] is None
    both = bills_to_dict([told, blank])
    assert (both["total"], both["unknown"]) == (70, ["trucks of AF"])


def test_a_ramp_that_nears_its_norm_for_ever_clears_all_the_same() -> None:
    """Hundredths of a truck on the days after are no queue."""
    gate = Gate(arrivals_per_day=225.0, capacity_per_day=350.0, open_hours=14.0)
    queue = queue_of(gate, 9.0, Restart.ramp)
    assert queue.clear_day is not None
    assert queue.clear_day == pytest.approx(33.5, abs=1.0)
    assert queue.at(queue.clear_day) < 1
