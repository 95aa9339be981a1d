"""Loops over the days of futures, the slow way: a row at a time in Python."""

from __future__ import annotations

import numpy as np

from karwan.route.arcgraph import Floats, Ints, Longs
from karwan.route.detours import Masks


def slow_numbers(masks: Masks) -> tuple[list[tuple[int, ...]], list[int]]:
    """Return the different rows in the order met, and which of them each row is."""
    rows = [tuple(row) for row in masks.tolist()]
    states = list(dict.fromkeys(rows))
    return states, [states.index(row) for row in rows]


def slow_met(table: Masks, numbers: Ints, spans: Ints, slow_masks: Masks) -> list[bool]:
    """Return whether the route of each span passes something slow there."""
    return [
        bool(numbers[span] >= 0 and (table[numbers[span]] & mask).any())
        for span, mask in zip(spans.tolist(), slow_masks, strict=True)
    ]


def slow_beats(costs: Floats, day_count: Ints) -> Longs:
    """Return the days on which each way costs less than each other."""
    count = len(costs)
    beats = np.zeros((count, count), dtype=np.int64)
    for i in range(count):
        for j in range(count):
            beats[i, j] = sum(
                int(days) for a, b, days in zip(costs[i], costs[j], day_count, strict=True) if a < b
            )
    return beats
