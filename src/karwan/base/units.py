"""Units by the suffix of a name, so that a number never travels without one.

A numeric column must end in a suffix listed here, or be one of the known words, or stand in a
long table whose `unit` column says what it is.
"""

from __future__ import annotations

from karwan.base.days import FIRST_DAY, LAST_DAY

HOURS_PER_DAY = 24.0
TICKS_PER_USD = 1000
"""The routing weight counts in thousandths of a US dollar."""

SUFFIX_UNITS: dict[str, frozenset[str]] = {
    "_hours": frozenset({"h"}),
    "_days": frozenset({"days"}),
    "_km": frozenset({"km"}),
    "_kmh": frozenset({"km/h"}),
    "_m": frozenset({"m"}),
    "_mm": frozenset({"mm"}),
    "_deg": frozenset({"degree"}),
    "_t": frozenset({"t"}),
    "_mt_per_year": frozenset({"Mt/year"}),
    "_t_per_year": frozenset({"t/year"}),
    "_teu": frozenset({"TEU"}),
    "_usd": frozenset({"USD"}),
    "_musd": frozenset({"million USD"}),
    "_per_tonne_low": frozenset({"USD/t"}),
    "_per_tonne_typical": frozenset({"USD/t"}),
    "_per_tonne_high": frozenset({"USD/t"}),
    "_usd_per_container": frozenset({"USD"}),
    "_per_day_share": frozenset({"share/day"}),
    "_share": frozenset({"share"}),
    "_ratio": frozenset({"ratio"}),
    "_index": frozenset({"index"}),
    "_count": frozenset({"lanes", "tracks", "breaks", "vehicles", "count"}),
    "_month": frozenset({"month"}),
    "_year": frozenset({"year"}),
}

WORD_UNITS: dict[str, frozenset[str]] = {
    "lat": frozenset({"degree"}),
    "lon": frozenset({"degree"}),
    "tonnes": frozenset({"t"}),
    "year": frozenset({"year"}),
    "hours": frozenset({"h"}),
    "km": frozenset({"km"}),
    "gauge_from": frozenset({"mm"}),
    "gauge_to": frozenset({"mm"}),
}

LONG_COLUMNS = frozenset({"before_value", "value", "value_low", "value_high", "mean", "median"})
"""Columns of long tables; the row's `unit` column says what they count."""


_COUNTS = ("lanes", "tracks", "breaks", "vehicles", "count", "TEU")
RANGES: dict[str, tuple[float, float]] = {
    "km": (0, 50_000),  # once round the Earth and a little more
    "km/h": (0, 1_000),
    "mm": (0, 10_000),
    "h": (0, 100_000),  # eleven years
    "days": (0, 100_000),
    "share": (0, 1),
    "share/day": (0, 1),
    "month": (1, 12),
    "year": (FIRST_DAY.year, LAST_DAY.year),
    "USD": (0, 1e9),
    "USD/t": (0, 1e9),
    "million USD": (0, 1e9),  # ten times what the world earns in a year
    "t": (0, 1e12),  # a hundred times what the world trades in a year
    "t/year": (0, 1e12),
    "Mt/year": (0, 1e6),
    **dict.fromkeys(_COUNTS, (0, 1e6)),
}
"""What a quantity in a unit can be at all, where its column says nothing narrower. A slip of the
keyboard lies outside; what lies inside keeps every sum and product within reach of the router."""
LARGEST = 1e15
"""No number of a table is farther from 0, in whatever unit."""


def range_of(unit: str) -> tuple[float, float]:
    """Return the least and the most that a number in a unit can be.

    Examples
    --------
    >>> range_of("km"), range_of("see unit")
    ((0, 50000), (-1000000000000000.0, 1000000000000000.0))
    """
    return RANGES.get(unit, (-LARGEST, LARGEST))


def units_of(column: str) -> frozenset[str]:
    """Return the units a numeric column of this name may carry; empty if the name has none.

    Examples
    --------
    >>> sorted(units_of("length_km")), sorted(units_of("length"))
    (['km'], [])
    """
    if column in WORD_UNITS:
        return WORD_UNITS[column]
    fitting = [suffix for suffix in SUFFIX_UNITS if column.endswith(suffix)]
    return SUFFIX_UNITS[max(fitting, key=len)] if fitting else frozenset()
