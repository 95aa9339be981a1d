"""The choice of ways: copies, bounds and the two parts of what a railway is worth."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from karwan.analysis.appraisal.diversion import (
    Diverted,
    Taste,
    Ways,
    divert,
    equal_cost_constant,
    generated_share,
    logit_shares,
    observed_constant,
    path_sizes,
)
from tests.oracles.appraisal import nested_logsum

costs = st.lists(st.floats(20, 400), min_size=1, max_size=4)
TASTE = Taste(scale=0.00715, dissimilarity=0.5)


def logsum(told: Diverted) -> float:
    return told.saved_usd_per_t + told.choice_usd_per_t


def ways(cost: list[float], *, sea: int = 0, rail: int = 0, size: float = 1.0) -> Ways:
    """Return ways of which the first are by sea and the last new railways."""
    count = len(cost)
    return Ways(
        np.array(cost),
        np.full(count, size),
        np.arange(count) >= sea,
        np.arange(count) >= count - rail,
    )


@given(costs, st.floats(0.2, 1.0), st.integers(0, 1))
def test_the_logsum_is_its_definition(cost: list[float], lam: float, sea: int) -> None:
    taste = Taste(0.01, lam)
    sea = min(sea, len(cost))
    _, told = logit_shares(ways(cost, sea=sea), taste)
    nests = [[(-0.01 * one, 1.0)] for one in cost[:sea]]
    nests += [[(-0.01 * one, 1.0) for one in cost[sea:]]] if cost[sea:] else []
    assert told == pytest.approx(nested_logsum(nests, 0.01, lam), rel=1e-9)


@given(costs)
def test_shares_sum_to_one(cost: list[float]) -> None:
    shares, _ = logit_shares(ways(cost), TASTE)
    assert shares.sum() == pytest.approx(1.0)


@given(st.floats(20, 400))
def test_a_copy_of_the_same_way_adds_nothing(cost: float) -> None:
    """Both halves of a way share every link, so that each counts for one half."""
    sizes = path_sizes([["a", "b"], ["a", "b"]], {"a": 2.0, "b": 5.0})
    new = Ways(np.array([cost, cost]), sizes, np.ones(2, bool), np.zeros(2, bool))
    told = divert(ways([cost]), new, TASTE)
    assert logsum(told) == pytest.approx(0.0, abs=1e-9)
    assert told.saved_usd_per_t == pytest.approx(0.0, abs=1e-9)


def test_a_bare_logsum_pays_97_dollars_for_a_copy_and_none_of_it_is_counted() -> None:
    """ln 2 / 0.00715 = 96.9 USD a tonne: what a logit without nest and path size says."""
    bare = divert(ways([280.0]), ways([280.0, 280.0], rail=1), Taste(0.00715, 1.0))
    assert logsum(bare) == pytest.approx(math.log(2) / 0.00715)
    assert round(logsum(bare)) == 97
    assert bare.saved_usd_per_t == 0.0


def test_at_equal_cost_a_railway_takes_the_share_seen() -> None:
    taste = Taste(0.01, 0.4, equal_cost_constant(0.3, Taste(0.01, 0.4)))
    told = divert(ways([100.0]), ways([100.0, 100.0], rail=1), taste)
    assert told.rail_share == pytest.approx(0.3)
    assert told.choice_usd_per_t == pytest.approx(-0.4 / 0.01 * math.log(1 - 0.3))


def test_the_constant_explains_what_was_seen() -> None:
    """Rail dearer by 20 USD and yet a share of 0.4."""
    taste = Taste(0.01, 0.5, observed_constant(0.4, 120.0, 100.0, Taste(0.01, 0.5)))
    told = divert(ways([100.0]), ways([100.0, 120.0], rail=1), taste)
    assert told.rail_share == pytest.approx(0.4)


@given(costs, st.floats(10, 400), st.floats(-1, 1))
def test_what_is_saved_is_tonnes_times_the_difference_of_costs(
    cost: list[float], rail: float, constant: float
) -> None:
    told = divert(ways(cost), ways([*cost, rail], rail=1), Taste(0.00715, 0.5, constant))
    by_hand = sum(share * (road - rail) for share, road in zip(told.drawn_share, cost, strict=True))
    assert told.saved_usd_per_t == pytest.approx(by_hand, abs=1e-7)
    assert told.drawn_share.sum() == pytest.approx(told.rail_share, abs=1e-12)
    assert told.saved_usd_per_t <= told.rail_share * (max(cost) - rail) + 1e-7


@given(costs, st.floats(10, 400))
def test_a_new_way_never_harms_by_the_logsum(cost: list[float], rail: float) -> None:
    told = divert(ways(cost), ways([*cost, rail], rail=1), TASTE)
    assert logsum(told) >= -1e-9


def test_where_nothing_went_nothing_is_saved() -> None:
    assert divert(ways([]), ways([50.0], rail=1), TASTE).saved_usd_per_t == 0.0


def test_sea_stands_beside_the_nest_and_loses_less_than_the_road() -> None:
    told = divert(ways([100.0, 100.0], sea=1), ways([100.0, 100.0, 100.0], sea=1, rail=1), TASTE)
    assert told.drawn_share[0] < told.drawn_share[1]


@pytest.mark.parametrize(("saved", "expected"), [(0.0, 0.0), (-5.0, 0.0), (100.0, 2**5 - 1)])
def test_new_trade_follows_the_delivered_price(saved: float, expected: float) -> None:
    assert generated_share(saved, 200.0, 5.0) == pytest.approx(expected)
