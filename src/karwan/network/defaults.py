"""What stands in for a figure nobody published: a median, its count, and a band.

Missing is not zero. A default is the median of the published figures of the same kind; its band
is their P10-P90. It is grade C and listed in every output it enters.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

from karwan.base.errors import FitError
from karwan.base.provenance import Figure, Source

FEWEST = 5
"""Fewest published figures for which a median of a kind is taken; below, the whole mode's."""


def default_figure(values: Sequence[float], *, unit: str, default_id: str, basis: str) -> Figure:
    """Return the median of published figures with their P10-P90 as band, grade C.

    Parameters
    ----------
    values
        Published figures, all above 0, in `unit`.

    Examples
    --------
    >>> figure = default_figure([1.0, 2.0, 4.0, 8.0, 16.0], unit="h", default_id="x", basis="posts")
    >>> figure.value, round(figure.low, 3), round(figure.high, 1), figure.basis
    (4.0, 1.4, 12.8, 'posts, n = 5')
    """
    known = sorted(value for value in values if value > 0)
    if not known:
        msg = f"No published figure to take a default from: {basis}."
        raise FitError(msg)
    middle = quantile(known, 0.5)
    low, high = quantile(known, 0.1), quantile(known, 0.9)
    source = Source(
        "derived:published figures of the same kind",
        "",
        "C",
        f"median of {basis}, n = {len(known)}; band: P10-P90",
    )
    return Figure(
        value=middle,
        low=low,
        high=high,
        unit=unit,
        source=source,
        basis=f"{basis}, n = {len(known)}",
        default_id=default_id,
    )


def quantile(ordered: Sequence[float], share: float) -> float:
    """Return a quantile of sorted values by linear interpolation (Hyndman and Fan, type 7).

    Examples
    --------
    >>> quantile([1.0, 2.0, 4.0], 0.25)
    1.5
    """
    place = share * (len(ordered) - 1)
    below = math.floor(place)
    above = min(below + 1, len(ordered) - 1)
    return ordered[below] + (place - below) * (ordered[above] - ordered[below])
