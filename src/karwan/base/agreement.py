"""How two coders agree who coded the same things: how often, and how far beyond chance."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from karwan.base.bands import Band, Kind

DRAWS = 2000


@dataclass(frozen=True, slots=True)
class Agreement:
    """How far two coders agree: share of the same word, and Cohen's kappa (Cohen 1960)."""

    count: int
    same_count: int
    kappa: float | None


def agreement(first: Sequence[str], second: Sequence[str]) -> Agreement:
    """Return how far two coders agree on the same things.

    Kappa is None where both use one word throughout: then chance agrees as well as they do.

    Examples
    --------
    >>> agreement(["met", "met", "not met", "not met"], ["met", "met", "not met", "met"])
    Agreement(count=4, same_count=3, kappa=0.5)
    """
    count = len(first)
    same = sum(a == b for a, b in zip(first, second, strict=True))
    one, two = Counter(first), Counter(second)
    chance = sum(one[word] * two[word] for word in one) / count**2 if count else 1.0
    kappa = (same / count - chance) / (1 - chance) if count and chance < 1 else None
    return Agreement(count, same, kappa)


def kappa_band(first: Sequence[str], second: Sequence[str], *, draws: int = DRAWS) -> Band | None:
    """Return Cohen's kappa with its 95 % interval, by drawing the things anew (percentiles).

    Draws in which both coders use one word throughout have no kappa and are left out.

    Examples
    --------
    >>> kappa_band(["a", "b"] * 10, ["a", "b"] * 10).ends
    (1.0, 1.0, 1.0)
    """
    import numpy as np

    from karwan.base.seeds import stream

    kappa = agreement(first, second).kappa
    if kappa is None:
        return None
    rng = stream(0, "kappa")
    drawn = (rng.integers(0, len(first), len(first)).tolist() for _ in range(draws))
    again = (agreement([first[i] for i in n], [second[i] for i in n]).kappa for n in drawn)
    low, high = np.quantile([one for one in again if one is not None], (0.025, 0.975))
    return Band(float(low), kappa, float(high), Kind.interval)
