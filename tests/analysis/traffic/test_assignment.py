from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from numpy.testing import assert_allclose

from karwan.analysis.traffic.assignment import (
    Problem,
    assign,
    cheapest,
    loading,
    path_sizes_log,
    toll_ends,
)
from karwan.base.errors import DataError

SOLVER_TOLERANCE = 2e-4
"""L-BFGS-B stops where the slope is small; tolls then differ by this share."""


def problem(seed: int = 0, *, theta: float = 0.05, capacity: float = 60.0) -> Problem:
    """Return twelve pairs, each with four ways over five gates, and not sent."""
    random = np.random.default_rng(seed)
    pairs, ways = 12, 5
    pair = np.repeat(np.arange(pairs), ways)
    use = np.where(random.random((5, pairs * ways)) < 0.4, random.uniform(0.05, 0.1), 0.0)
    cost = random.uniform(50, 150, pairs * ways)
    use[:, ways - 1 :: ways], cost[ways - 1 :: ways] = 0.0, 400.0
    return Problem(
        demand_t_per_day=random.uniform(100, 900, pairs),
        pair=pair,
        cost_usd_per_t=cost,
        path_size_log=np.log(random.uniform(0.4, 1.0, pairs * ways)),
        use_per_t=use,
        capacity_per_day=random.uniform(0.5, 1.5, 5) * capacity,
        spread_per_usd=theta,
    )


def one_gate(capacity: float) -> Problem:
    """Return one pair of 100 t: a gate at 10 USD a tonne, a truck for 20 t; not sent at 50."""
    return Problem(
        demand_t_per_day=np.array([100.0]),
        pair=np.zeros(2, dtype=np.int64),
        cost_usd_per_t=np.array([10.0, 50.0]),
        path_size_log=np.zeros(2),
        use_per_t=np.array([[0.05, 0.0]]),
        capacity_per_day=np.array([capacity]),
        spread_per_usd=0.1,
    )


def test_one_gate_has_its_toll_in_closed_form() -> None:
    # Two trucks pass 40 of 100 t: log(40/60) = -0.1 (10 + toll/20 - 50), so the toll is 881.1 USD.
    toll = 20 * (40 - np.log(40 / 60) / 0.1)
    loaded = assign(one_gate(2.0))
    assert_allclose(loaded.toll_usd, [toll], rtol=SOLVER_TOLERANCE)
    assert_allclose(loaded.gate_per_day, [2.0], rtol=SOLVER_TOLERANCE)
    assert_allclose(loaded.flow_t_per_day, [40.0, 60.0], rtol=SOLVER_TOLERANCE)
    assert_allclose(assign(one_gate(50.0)).toll_usd, [0.0])


@pytest.mark.parametrize("seed", range(5))
def test_flows_conserve_and_no_gate_passes_more_than_it_can(seed: int) -> None:
    asked = problem(seed)
    loaded = assign(asked)
    assert_allclose(
        np.bincount(asked.pair, weights=loaded.flow_t_per_day), asked.demand_t_per_day, rtol=1e-12
    )
    assert np.all(loaded.gate_per_day <= asked.capacity_per_day * (1 + SOLVER_TOLERANCE))
    # A gate with room has no price.
    room = loaded.gate_per_day < asked.capacity_per_day * (1 - SOLVER_TOLERANCE)
    assert_allclose(loaded.toll_usd[room], 0.0, atol=0.01)
    assert np.any(loaded.toll_usd > 1.0), "some gate binds, else the test says nothing"


@pytest.mark.parametrize("seed", range(3))
def test_a_toll_is_the_slope_of_the_optimum_in_the_capacity(seed: int) -> None:
    asked = problem(seed)
    loaded = assign(asked)
    step = 0.05
    for gate in np.flatnonzero(loaded.toll_usd > 1.0):
        ends = []
        for sign in (1, -1):
            capacity = asked.capacity_per_day.copy()
            capacity[gate] += sign * step
            ends.append(assign(replace(asked, capacity_per_day=capacity)).optimum_usd_per_day)
        slope = (ends[1] - ends[0]) / (2 * step)
        assert_allclose(slope, loaded.toll_usd[gate], rtol=5e-3)  # curvature over a step of 0.1
        assert_allclose(toll_ends(asked, loaded, int(gate)), loaded.toll_usd[gate], rtol=1e-3)


def test_without_spread_the_flows_cost_what_the_linear_program_says() -> None:
    asked = problem(2, theta=4.0)
    bound = cheapest(asked).cost_usd_per_day
    cost = assign(asked).cost_usd_per_day
    assert cost >= bound * (1 - SOLVER_TOLERANCE), "the program is a bound"
    assert_allclose(cost, bound, rtol=5e-3)  # log(5 ways) / 4 USD of 100 a tonne at most
    assert assign(replace(asked, spread_per_usd=0.02)).cost_usd_per_day > cost


def series_and_parallel() -> Problem:
    """Return one pair of 200 t: gates 0 and 1 in series on one way, gate 2 beside; not sent."""
    return Problem(
        demand_t_per_day=np.array([200.0]),
        pair=np.zeros(3, dtype=np.int64),
        cost_usd_per_t=np.array([10.0, 30.0, 100.0]),
        path_size_log=np.zeros(3),
        use_per_t=np.array([[0.05, 0.0, 0.0], [0.05, 0.0, 0.0], [0.0, 0.05, 0.0]]),
        capacity_per_day=np.array([3.0, 3.0, 4.0]),
        spread_per_usd=0.1,
    )


def test_gates_in_series_have_a_kink_and_both_slopes_are_told() -> None:
    asked = series_and_parallel()
    loaded = assign(asked)
    # 60 t over the two, 80 t beside, 60 t stay: log(60/60) = 0, so the way costs as staying does.
    assert_allclose(loaded.flow_t_per_day, [60.0, 80.0, 60.0], rtol=SOLVER_TOLERANCE)
    both = 20 * (100 - 10)
    assert_allclose(loaded.toll_usd[:2].sum(), both, rtol=1e-3)
    for gate in (0, 1):  # one more truck at one of two helps nothing, one fewer costs all of it
        assert_allclose(toll_ends(asked, loaded, gate), (0.0, both), rtol=1e-3, atol=1e-2)
    beside = 20 * (100 - 30 - np.log(80 / 60) / 0.1)
    assert_allclose(toll_ends(asked, loaded, 2), beside, rtol=1e-3)


def test_the_value_of_the_dual_has_flow_less_capacity_for_a_slope() -> None:
    asked, step = problem(1), 1e-4
    toll = np.array([3.0, 0.0, 40.0, 7.0, 12.0])
    flow, value = loading(asked, toll)
    for gate in range(5):
        more = toll.copy()
        more[gate] += step
        slope = (loading(asked, more)[1] - value) / step
        expected = (asked.use_per_t @ flow - asked.capacity_per_day)[gate]
        assert_allclose(slope, expected, rtol=1e-3, atol=1e-3)  # a forward difference


def test_ways_that_share_all_but_a_stretch_are_less_than_two() -> None:
    # Two ways share 90 of 100 km and a third shares nothing: 0.9 / 2 + 0.1 = 0.55 each, and 1.
    passes = np.array([[1, 1, 0], [1, 0, 0], [0, 1, 0], [0, 0, 1]], dtype=bool)
    sizes = path_sizes_log(np.zeros(3, dtype=np.int64), passes, np.array([90.0, 10.0, 10.0, 80.0]))
    assert_allclose(np.exp(sizes), [0.55, 0.55, 1.0])


def test_a_pair_that_cannot_stay_is_refused() -> None:
    asked = one_gate(2.0)
    with pytest.raises(DataError, match="not sending"):
        assign(replace(asked, use_per_t=np.array([[0.05, 0.05]])))
