"""What a landlocked buyer takes from others when its usual sellers cannot send."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_allclose

from karwan.analysis.decisions.impact_answers import _no_room_words
from karwan.analysis.traffic.other_sellers import OtherSellers, bought_elsewhere, share_out

TONNES = st.floats(0.0, 1e5)


def by_small_steps(tonnes: float, before_t: list[float], room_t: list[float]) -> list[float]:
    """Return the same by pouring a little at a time over the gates that are not full."""
    more, steps = [0.0] * len(before_t), 20_000
    for _ in range(steps):
        free = [k for k in range(len(more)) if before_t[k] > 0 and more[k] < room_t[k]]
        whole = sum(before_t[k] for k in free)
        for k in free:
            more[k] = min(more[k] + tonnes / steps * before_t[k] / whole, room_t[k])
    return more


@pytest.mark.parametrize(
    ("tonnes", "before", "room"),
    [
        (30.0, [10.0, 20.0, 10.0], [50.0, 5.0, 50.0]),
        (30.0, [10.0, 20.0], [1.0, 5.0]),
        (9.0, [1.0, 2.0, 0.0], [9.0, 9.0, 9.0]),
        (0.0, [1.0, 2.0], [9.0, 9.0]),
        (5.0, [1.0, 2.0], [0.0, 9.0]),
    ],
)
def test_it_is_what_is_poured_a_little_at_a_time(
    tonnes: float, before: list[float], room: list[float]
) -> None:
    # A step is a twenty-thousandth of the whole, and one may be lost at each gate that fills.
    assert_allclose(
        share_out(tonnes, np.array(before), np.array(room)),
        by_small_steps(tonnes, before, room),
        atol=3 * tonnes / 20_000 + 1e-12,
    )


@given(TONNES, st.lists(st.tuples(TONNES, TONNES), min_size=1, max_size=8))
def test_no_gate_is_overfilled_and_nothing_is_lost_where_there_is_room(
    tonnes: float, gates: list[tuple[float, float]]
) -> None:
    before, room = np.array(gates).T
    more = share_out(tonnes, before, room)
    assert np.all(more >= 0)
    assert np.all(more <= room * (1 + 1e-12))
    usable = float(room[before > 0].sum())
    assert_allclose(more.sum(), min(tonnes, usable), rtol=1e-9, atol=1e-9)
    # Gates that are not full grow by one factor, and no full one would have grown by less.
    part = (more < room * (1 - 1e-9)) & (before > 1e-6) & (room > 0)
    if part.any() and tonnes > 1e-6:
        factors = more[part] / before[part]
        assert_allclose(factors, factors[0], rtol=1e-6, atol=1e-9)


def test_gates_over_which_next_to_nothing_came_share_by_what_came() -> None:
    tiny = 5e-324
    before, room = np.array([tiny, tiny, 0.0]), np.array([9.0, 9.0, 9.0])
    assert share_out(2.0, before, room).tolist() == [1.0, 1.0, 0.0]


def test_a_gate_that_nobody_used_takes_nothing() -> None:
    assert share_out(5.0, np.array([0.0, 1.0]), np.array([9.0, 2.0])).tolist() == [0.0, 2.0]


def made(counted: tuple[bool, ...]) -> tuple[Any, Any]:
    """Return gates into a landlocked L: the first of 8 t a day shut, the others of 8 t, 10 full."""
    gates = tuple(
        SimpleNamespace(element_id=name, to_country="L", from_country=side)
        for name, side in (("shut", "A"), ("open", "B"), ("other", "C"))
    )
    freight = SimpleNamespace(
        gates=gates,
        world=SimpleNamespace(network=SimpleNamespace(places={})),
        capacity_at=lambda _: np.full(3, 10.0),
        unit_per_t=lambda _: 1.0,
    )
    base = SimpleNamespace(
        freight=freight,
        closing=frozenset({"shut"}),
        counted=tuple(object() if one else None for one in counted),
        before_per_day=lambda _: (8.0, 8.0, 8.0),
        gate_per_day=np.full(3, 8.0),
    )
    settled = SimpleNamespace(shut=frozenset({"shut"}), gate_per_day=np.array([0.0, 8.0, 8.0]))
    return base, settled


@pytest.mark.parametrize(
    ("counted", "bought_t", "uncounted"),
    [((True, True, True), 4.0, ()), ((True, True, False), 2.0, ("other",))],
)
def test_a_gate_without_a_count_is_named_and_not_told_as_full(
    counted: tuple[bool, ...], bought_t: float, uncounted: tuple[str, ...]
) -> None:
    """Of 8 t not sent, each counted gate has room for 2 t."""
    base, settled = made(counted)
    more, rows = bought_elsewhere(base, settled, {"L": 8.0})
    assert rows == (
        OtherSellers(country="L", not_sent_t=8.0, bought_t=bought_t, uncounted=uncounted),
    )
    assert more.tolist() == [0.0, 2.0, 2.0 if counted[2] else 0.0]
    assert ("not so: other" in _no_room_words(rows[0])) is bool(uncounted)
