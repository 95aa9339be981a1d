"""A number with the two it lies between, and what these two are.

Bands of karwan are of these kinds; the shapes in which they stand are named where they do not bear
their kind yet:

- `inputs`: a sum or product with every uncertain input at its low and at its high end: hours and
  USD of a journey, its widths and defaults (`route/tcd`), what a target weighs (`analysis/trade`),
  a mix of goods weighs (`network/goods`), and, under names of its own, `base/provenance.Figure`.
- `defaults`: how far a difference of two routes moves as the defaults that either rests on range
  over theirs: margins of a ranking (`analysis/corridors/ranking`).
- `published`: the least and the most that published figures give: shares of a trade, and what a
  response to time saved allows.
- `draws`: P05 to P95 over seeded futures or of a law, with the mean or the median: shares of days
  open (`analysis/forecasts`, `analysis/futures`). The mean of what is rare may lie beyond P95.
- `interval`: a 95 % interval, exact, of a posterior or drawn again: shares covered, rates of
  closures, gains over a baseline.

What needs the median and the mean of draws besides their ends is a `Draws`.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from karwan.base.errors import DataError
from karwan.base.telling import Column, Form, Row

ROUNDING_RATIO = 1e-9
"""A value may pass its band by so much of it: a mean of equal numbers does, in the last bit."""


class Kind(StrEnum):
    """What the two ends of a band are."""

    inputs = "inputs"
    defaults = "defaults"
    published = "published"
    draws = "draws"
    interval = "interval"


DRAWN = frozenset({Kind.draws, Kind.interval})
"""Ends that are quantiles: the mean of what is rare may lie beyond them, and so may a figure
beside the interval of its resamples."""


@dataclass(frozen=True, slots=True)
class Band:
    """A number and its band. What is not known is None in place of a band, never a number.

    Raises
    ------
    DataError
        If a number is not finite, the ends are the wrong way round, or the value lies outside: a
        table's low may pass its high. Only what is drawn may lie outside its quantiles.

    Examples
    --------
    >>> Band(1.0, 2.0, 4.0, Kind.inputs).scaled(2.0)
    Band(low=2.0, value=4.0, high=8.0, kind=<Kind.inputs: 'inputs'>)
    """

    low: float
    value: float
    high: float
    kind: Kind

    def __post_init__(self) -> None:
        """Check that the value lies in the band."""
        if -math.inf < self.low <= self.value <= self.high < math.inf:
            return
        if not all(math.isfinite(end) for end in self.ends):
            msg = f"A band of {self.ends} is not finite; what is not known has no band."
            raise DataError("the tables", [msg])
        slack = ROUNDING_RATIO * max(abs(end) for end in self.ends)
        value = self.low if self.kind in DRAWN else self.value
        if not self.low - slack <= value <= self.high + slack:
            msg = f"{self.value:g} lies outside its band of {self.low:g} to {self.high:g}."
            raise DataError("the tables", [msg])

    @property
    def ends(self) -> tuple[float, float, float]:
        """Low, value and high."""
        return self.low, self.value, self.high

    def scaled(self, factor: float) -> Band:
        """Return the band times a number of 0 or more."""
        return Band(self.low * factor, self.value * factor, self.high * factor, self.kind)

    @property
    def has_sign(self) -> bool:
        """Whether more or less may be said: the whole band lies on one side of 0."""
        return self.low > 0 or self.high < 0


@dataclass(frozen=True, slots=True)
class Draws:
    """P05, P50, P95 and the mean of what was drawn, which may be skewed."""

    p05: float
    p50: float
    p95: float
    mean: float


LOW_CENTRAL_HIGH = {"low": "low", "value": "central", "high": "high"}
P05_MEAN_P95 = {"low": "p05", "value": "mean", "high": "p95"}
P05_P50_P95 = {"low": "p05", "value": "p50", "high": "p95"}
DRAWN_PARTS = {name: name for name in ("p05", "p50", "p95", "mean")}


def part_columns(
    pattern: str,
    get: Callable[[Row], Band | Draws | None],
    parts: Mapping[str, str],
    *,
    unit: str,
    forms: Sequence[Form] = (Form.frame,),
) -> list[Column[Row]]:
    """Return a column for each number of a band or of draws; none where there is no band.

    Parameters
    ----------
    pattern
        Name of a column, with braces where the part's name stands.
    parts
        What each attribute is called.

    Examples
    --------
    >>> columns = part_columns("{}_usd", lambda row: row, LOW_CENTRAL_HIGH, unit="USD")
    >>> {c.name: c.get(Band(1.0, 2.0, 3.0, Kind.inputs)) for c in columns}
    {'low_usd': 1.0, 'central_usd': 2.0, 'high_usd': 3.0}
    """

    def part(attribute: str) -> Callable[[Row], float | None]:
        def value(row: Row) -> float | None:
            return getattr(get(row), attribute, None)

        return value

    return [
        Column(name=pattern.format(told), get=part(attribute), unit=unit, forms=forms)
        for attribute, told in parts.items()
    ]
