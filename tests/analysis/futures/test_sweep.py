"""Loops over the days of futures agree with the slow way."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from karwan.analysis.futures.engines import different_rows
from karwan.analysis.futures.sweep import FIRST_SLOTS, count_beats, meet_slow
from tests.oracles.sweep import slow_beats, slow_met, slow_numbers

seeds = st.integers(0, 2**32 - 1)


@given(seeds, st.integers(0, 60), st.integers(1, 3), st.sampled_from([2, 2**63]))
def test_rows_are_numbered_in_the_order_met(seed: int, count: int, words: int, top: int) -> None:
    masks = np.random.default_rng(seed).integers(0, top, (count, words), dtype=np.uint64)
    states, number = different_rows(masks)
    few, which = slow_numbers(masks)
    assert [tuple(row) for row in states.tolist()] == few
    assert number.tolist() == which


def test_more_states_than_the_first_table_holds_are_all_told_apart() -> None:
    rows = np.arange(5 * FIRST_SLOTS, dtype=np.uint64)
    masks = np.concatenate([rows, rows[::-1]])[:, None] << np.uint64(40)
    states, number = different_rows(masks)
    assert len(states) == rows.size
    assert number.tolist() == [*range(rows.size), *reversed(range(rows.size))]


@given(seeds, st.integers(0, 40), st.integers(1, 4))
def test_who_passes_something_slow(seed: int, count: int, routes: int) -> None:
    rng = np.random.default_rng(seed)
    table = rng.integers(0, 8, (routes, 2), dtype=np.uint64)
    numbers = rng.integers(-1, routes, count).astype(np.int32)
    spans = np.flatnonzero(rng.integers(0, 2, count)).astype(np.int32)
    slow_masks = rng.integers(0, 4, (spans.size, 2), dtype=np.uint64)
    met = np.ones(spans.size, dtype=np.bool_)
    meet_slow(table, numbers, spans, slow_masks, met)
    assert met.tolist() == slow_met(table, numbers, spans, slow_masks)


@given(seeds, st.integers(0, 30), st.integers(1, 4))
def test_who_beats_whom_with_ties_and_cuts(seed: int, spans: int, ways: int) -> None:
    rng = np.random.default_rng(seed)
    costs = rng.choice([1.0, 2.0, np.inf], (ways, spans))
    day_count = rng.integers(1, 9, spans).astype(np.int32)
    beats = np.zeros((ways, ways), dtype=np.int64)
    count_beats(costs, day_count, beats)
    assert beats.tolist() == slow_beats(costs, day_count).tolist()
