"""Accounts by country: to the cent, with fees that only change hands."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from karwan.analysis.appraisal.country_accounts import by_avoided_cost, shapley, to_cents
from tests.oracles.appraisal import shapley_by_orders

amounts = st.dictionaries(st.sampled_from("ABCDE"), st.floats(-1e4, 1e4), min_size=1, max_size=5)


@given(amounts)
def test_parts_in_cents_sum_to_the_whole_in_cents(parts: dict[str, float]) -> None:
    total = sum(parts.values())
    told = to_cents(parts, total)
    assert sum(round(value * 1e8) for value in told.values()) == round(total * 1e8)
    assert all(abs(told[name] - parts[name]) < 6e-8 for name in parts)


@given(st.lists(st.floats(0, 100), min_size=8, max_size=8))
def test_shapley_is_the_mean_over_all_orders(values: list[float]) -> None:
    players = ["a", "b", "c"]
    worth = {
        frozenset(p for k, p in enumerate(players) if number >> k & 1): value
        for number, value in enumerate([0.0, *values[1:]])
    }
    told = shapley(players, worth)
    assert told == pytest.approx(shapley_by_orders(players, worth))
    assert sum(told.values()) == pytest.approx(worth[frozenset(players)])


def test_who_is_needed_by_all_and_who_by_none() -> None:
    """Without a nothing goes; b only adds a tenth."""
    worth = {frozenset(): 0.0, frozenset("a"): 9.0, frozenset("b"): 0.0, frozenset("ab"): 10.0}
    assert by_avoided_cost(["a", "b"], worth) == pytest.approx({"a": 10 * 10 / 11, "b": 10 / 11})


def test_where_nobody_is_missed_all_get_the_same() -> None:
    worth = dict.fromkeys((frozenset("a"), frozenset("b"), frozenset("ab")), 4.0)
    assert by_avoided_cost(["a", "b"], worth) == {"a": 2.0, "b": 2.0}
