"""Spans against the states of each day, asked one by one."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from karwan.hazard.delays import Delays
from karwan.hazard.scenarios import ScenarioSet
from karwan.hazard.spans import spans_of

PATHS, ELEMENTS, HORIZON = 3, 3, 12
time = st.floats(-5, 20).map(lambda x: round(x, 2))
spells = st.lists(
    st.tuples(st.integers(0, PATHS - 1), st.integers(0, ELEMENTS - 1), time, st.floats(0, 9)),
    max_size=8,
)
ramps = st.lists(
    st.tuples(
        st.integers(-1, PATHS - 1),
        st.integers(0, ELEMENTS - 1),
        time,
        st.floats(1, 90),
        st.sampled_from([0.0, 7.0, 19.0]),
    ),
    max_size=6,
)


def scenarios(
    rows: list[tuple[int, int, float, float]],
    slow: Sequence[tuple[int, int, float, float, float]] = (),
) -> ScenarioSet:
    """Return scenarios as they are drawn: within the horizon, by path, element and start."""
    kept = sorted(
        (path, element, max(start, 0.0), min(start + length, HORIZON))
        for path, element, start, length in rows
        if max(start, 0.0) < min(start + length, HORIZON)
    )
    columns = np.array(kept, dtype=float).reshape(-1, 4).T
    path, element, start, hours, fall = np.array(slow, dtype=float).reshape(-1, 5).T
    with np.errstate(divide="ignore"):
        end = start + hours / fall
    return ScenarioSet(
        as_of=dt.date(2026, 1, 1),
        horizon_days=HORIZON,
        path_count=PATHS,
        seed=0,
        elements=("a", "b", "c"),
        path=columns[0].astype(np.int32),
        element=columns[1].astype(np.int32),
        start_days=columns[2],
        end_days=columns[3],
        delays=Delays(
            path=path.astype(np.int32),
            element=element.astype(np.int32),
            start_days=start,
            end_days=end,
            hours=hours,
            fall_hours_per_day=fall,
        ),
    )


@given(spells, ramps)
def test_each_day_of_each_path_stands_in_one_span_with_its_state(
    rows: list[tuple[int, int, float, float]], slow: list[tuple[int, int, float, float, float]]
) -> None:
    drawn = scenarios(rows, slow)
    found = spans_of(drawn)
    shut = np.stack([found.shut(k) for k in range(ELEMENTS)], axis=1)
    hours = np.zeros(shut.shape)
    hours[found.delay_span, found.delay_element] = found.delay_hours
    seen = np.zeros((PATHS, HORIZON), dtype=int)
    for k, (path, first, count) in enumerate(
        zip(found.path, found.first_day, found.day_count, strict=True)
    ):
        for day in range(first, first + count):
            seen[path, day] += 1
            assert shut[k].tolist() == drawn.shut_on(float(day))[path].tolist()
            told = np.maximum(np.rint(drawn.delays_on(float(day))[path]), 0.0)
            assert hours[k].tolist() == told.tolist()
    assert (seen == 1).all()


@given(spells)
def test_the_span_of_a_day_is_the_last_begun(rows: list[tuple[int, int, float, float]]) -> None:
    found = spans_of(scenarios(rows))
    for day in (0, 5, HORIZON - 1):
        assert found.on(day).tolist() == [
            max(k for k in range(found.path.size)
                if found.path[k] == path and found.first_day[k] <= day)
            for path in range(PATHS)
        ]  # fmt: skip


def test_a_path_without_a_spell_is_one_span() -> None:
    found = spans_of(scenarios([]))
    assert found.day_count.tolist() == [HORIZON] * PATHS
    assert not found.masks.any()
    assert found.delay_span.size == 0


def test_a_closure_between_two_midnights_shuts_no_day() -> None:
    found = spans_of(scenarios([(0, 0, 3.2, 0.6), (0, 1, 3.2, 0.9)]))
    assert not found.shut(0).any()
    assert found.day_count[found.shut(1)].tolist() == [1]
