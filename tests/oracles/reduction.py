"""Whole answers reduced by NumPy: the slow truth of what streaming lanes keep."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from karwan.route.arcgraph import Bools, Floats, Longs


@dataclass(frozen=True)
class Reduced:
    """Figures of pairs, NaN where one is never joined; different bad scenarios, the worst first."""

    mean: Floats
    cut: Longs
    free: Longs
    use: Longs
    worst: list[tuple[int, int, tuple[int, int]]]


def reduce_whole(
    answers: tuple[Longs, Bools], extra: Longs, weight: Longs, label: Longs, usual: Longs
) -> Reduced:
    """Reduce answers of shape (n_scenarios, n_pairs) and uses (..., n_elements), one by one."""
    ticks, used = answers
    scenarios, pairs = ticks.shape
    mean = np.full(pairs, np.nan)
    for pair in range(pairs):
        rows = [(int(ticks[s, pair]), int(weight[s])) for s in range(scenarios)]
        joined = sum(w for t, w in rows if t >= 0)
        if joined:
            mean[pair] = sum(t * w for t, w in rows if t >= 0) / joined
    bad = []
    for s in range(scenarios):
        cut = sum(1 for p in range(pairs) if ticks[s, p] < 0 <= usual[p])
        more = sum(int(ticks[s, p] - usual[p]) for p in range(pairs) if ticks[s, p] >= 0)
        seen = any(np.array_equal(extra[s], extra[before]) for before in range(s))
        if (cut or more) and not seen:
            bad.append((cut, more, (int(label[s, 0]), int(label[s, 1]))))
    bad.sort(key=lambda one: (-one[0], -one[1], one[2]))
    return Reduced(
        mean=mean,
        cut=(np.where(ticks < 0, 1, 0) * weight[:, None]).sum(axis=0),
        free=(np.where((ticks == usual) & (ticks >= 0), 1, 0) * weight[:, None]).sum(axis=0),
        use=(used * weight[:, None, None]).sum(axis=0),
        worst=bad,
    )


def quantile_of(ticks: Longs, weight: Longs, share: float) -> float:
    """Return the least answer not exceeded on so large a share of those that are joined."""
    joined = ticks >= 0
    if not joined.any():
        return float("nan")
    whole = np.sort(np.repeat(ticks[joined], weight[joined]))
    return float(whole[max(int(np.ceil(share * whole.size)), 1) - 1])
