"""Count the answers of lanes into bins of their pair: what is kept does not grow with scenarios.

A bin holds what is alike in its leading bits: 128 bins for each doubling over the weight of the
pair with everything open, so that a quantile is known to within 1 part in 256 of itself.
"""

from __future__ import annotations

import numpy as np

from karwan.base.compiled import kernel

BIN_BITS = 7
"""A doubling has two to the power of so many bins."""
DOUBLINGS = 8
BIN_COUNT = DOUBLINGS << BIN_BITS
"""The last bin takes in all that is heavier."""
LOW_BITS = 30
"""Sums of ticks are kept in two words: of these bits, and of those above."""
MOST_EXCESS = 2**40
"""Ticks that one pair may add to the excess of a scenario: a thousand million USD."""
_DROPPED = 52 - BIN_BITS
_ONE = 1023 << BIN_BITS


@kernel()
def count_answers(ticks, chosen, weight, usual, kept, bad):  # type: ignore[no-untyped-def]
    """Add answers to the counts of their pairs, and tell how bad each scenario is.

    Parameters
    ----------
    ticks
        Shape (n_scenarios, n_asked): weights, -1 where cut.
    chosen
        Shape (n_pairs,): which of those asked each pair is.
    weight
        Shape (n_scenarios,): how often each scenario counts.
    usual
        Shape (n_pairs,): weight with everything open, -1 where never joined.
    kept
        Counts, cut, free, sums, least and most, of shapes (n_pairs, n_bins), (n_pairs,) twice,
        (n_pairs, 2) and (n_pairs,) twice: added to.
    bad
        Pairs cut, and ticks beyond the usual, each of shape (n_scenarios,): written.
    """
    counts, cut, free, sums, least, most = kept
    cut_pairs, excess = bad
    ratios = np.empty(chosen.size, dtype=np.float64)
    leading = ratios.view(np.int64)
    for row in range(weight.size):
        times, lost, more = weight[row], 0, 0
        for pair in range(chosen.size):
            ratios[pair] = ticks[row, chosen[pair]] / max(usual[pair], 1)
        for pair in range(chosen.size):
            worth = np.int64(ticks[row, chosen[pair]])
            if worth < 0:
                cut[pair] += times
                lost += usual[pair] >= 0
                continue
            place = (leading[pair] >> _DROPPED) - _ONE
            counts[pair, min(max(place, 0), BIN_COUNT - 1)] += times
            sums[pair, 0] += (worth & ((1 << LOW_BITS) - 1)) * times
            sums[pair, 1] += (worth >> LOW_BITS) * times
            least[pair] = min(least[pair], worth)
            most[pair] = max(most[pair], worth)
            if worth == usual[pair]:
                free[pair] += times
            else:
                more += min(worth - usual[pair], MOST_EXCESS)
        cut_pairs[row] = lost
        excess[row] = more


@kernel()
def count_use(masks, chosen, weight, use):  # type: ignore[no-untyped-def]
    """Add to `use`, shape (n_pairs, n_elements), how often each pair uses each element.

    Parameters
    ----------
    masks
        Shape (n_scenarios, n_asked, n_words): bits of the elements used.
    """
    for row in range(weight.size):
        for pair in range(chosen.size):
            for word in range(masks.shape[2]):
                bits, element = masks[row, chosen[pair], word], 64 * word
                while bits:
                    if bits & np.uint64(1):
                        use[pair, element] += weight[row]
                    bits >>= np.uint64(1)
                    element += 1
