"""Loops over the days of futures: which states differ, who is held up, who beats whom.

One pass over rows in their order each. Counts are whole numbers and sums go in the order of the
rows, so that what comes out is what NumPy's own loops give, to the last bit.
"""

from __future__ import annotations

import numpy as np

from karwan.base.compiled import kernel

FIRST_SLOTS = 1024
"""Slots of the table of states to begin with, a power of two; doubled where half are taken."""


@kernel(inline="always")
def _mixed(code, word):  # type: ignore[no-untyped-def]
    """Return a hash that a word goes into (Steele, Lea & Flood 2014, the mixer of SplitMix)."""
    code = (code ^ word) * np.uint64(0x9E3779B97F4A7C15)
    code = (code ^ (code >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    return code ^ (code >> np.uint64(27))


@kernel(inline="always")
def _is_met(met, element):  # type: ignore[no-untyped-def]
    """Tell whether an element is among the bits."""
    return (met[element // 64] >> np.uint64(element % 64)) & np.uint64(1) != np.uint64(0)


@kernel()
def _same(a, b, masks, met, begin, element, hours):  # type: ignore[no-untyped-def]
    """Tell whether two rows are one state of the elements met."""
    for w in range(met.size):
        if (masks[a, w] ^ masks[b, w]) & met[w]:
            return False
    i, j = begin[a], begin[b]
    while True:
        while i < begin[a + 1] and not _is_met(met, element[i]):
            i += 1
        while j < begin[b + 1] and not _is_met(met, element[j]):
            j += 1
        if i == begin[a + 1] or j == begin[b + 1]:
            return i == begin[a + 1] and j == begin[b + 1]
        if element[i] != element[j] or hours[i] != hours[j]:
            return False
        i += 1
        j += 1


@kernel()
def number_states(masks, met, row, element, hours, number, first):  # type: ignore[no-untyped-def]
    """Tell apart the states of rows, numbered in the order met; return how many there are.

    Parameters
    ----------
    masks, met
        Bits of what is shut, shape (n_rows, n_words), and of the elements looked at.
    row, element, hours
        Shape (n_delays,): what is slow, rows ascending, elements of a row in one order.
    number, first
        Filled: the state of each row, and the first row of each state.
    """
    rows = masks.shape[0]
    begin = np.zeros(rows + 1, dtype=np.int64)
    for k in range(row.size):
        begin[row[k] + 1] += 1
    for r in range(rows):
        begin[r + 1] += begin[r]
    codes = np.empty(rows, dtype=np.uint64)
    slots = np.full(FIRST_SLOTS, -1, dtype=np.int64)
    count = 0
    for r in range(rows):
        code = np.uint64(0)
        for w in range(met.size):
            code = _mixed(code, masks[r, w] & met[w])
        for k in range(begin[r], begin[r + 1]):
            e = element[k]
            if _is_met(met, e):
                code = _mixed(code, (np.uint64(e) << np.uint64(32)) ^ np.uint64(hours[k]))
        last = np.uint64(slots.size - 1)
        slot = code & last
        while slots[slot] >= 0:
            state = slots[slot]
            if codes[state] == code and _same(first[state], r, masks, met, begin, element, hours):
                break
            slot = (slot + np.uint64(1)) & last
        if slots[slot] >= 0:
            number[r] = slots[slot]
            continue
        slots[slot] = count
        codes[count] = code
        first[count] = r
        number[r] = count
        count += 1
        if 2 * count > slots.size:
            slots = np.full(2 * slots.size, -1, dtype=np.int64)
            last = np.uint64(slots.size - 1)
            for state in range(count):
                slot = codes[state] & last
                while slots[slot] >= 0:
                    slot = (slot + np.uint64(1)) & last
                slots[slot] = state
    return count


@kernel()
def meet_slow(table, numbers, spans, slow_masks, met):  # type: ignore[no-untyped-def]
    """Fill `met` with whether the route taken in a span passes something that is slow there.

    Parameters
    ----------
    table
        Bits of the elements of each route, shape (n_routes, n_words).
    numbers
        Route of each span, negative where cut.
    spans
        The spans looked at, those of the rows of `slow_masks`.
    """
    for k in range(spans.size):
        route = numbers[spans[k]]
        met[k] = False
        if route >= 0:
            for w in range(table.shape[1]):
                if table[route, w] & slow_masks[k, w]:
                    met[k] = True
                    break


@kernel()
def count_beats(costs, day_count, beats):  # type: ignore[no-untyped-def]
    """Add to `beats[i, j]` the days on which way i costs less than way j.

    Parameters
    ----------
    costs
        Shape (n_ways, n_spans), `inf` where cut.
    """
    for i in range(costs.shape[0]):
        for j in range(costs.shape[0]):
            days = np.int64(0)
            for k in range(day_count.size):
                if costs[i, k] < costs[j, k]:
                    days += np.int64(day_count[k])
            beats[i, j] += days
