"""Where a figure comes from: source, date and grade travel with the number."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from karwan.base.days import read_days

GRADES = ("A", "B", "C")
"""A: read in the source; B: derived from figures that were read; C: estimate."""
LAST_KNOWN_AFTER_DAYS = 14
LOOK_AFTER_DAYS, WARN_AFTER_DAYS = 7, 21
"""Days after which an answer asks for another look at a state, and warns of resting on it."""
"""What was last seen longer ago is "last known", never "known"; and a spell whose end was not found
counts as running this long after it was last seen, and no longer."""


@dataclass(frozen=True, slots=True)
class Source:
    """Source, date and grade of one row."""

    url: str
    date: str
    grade: str
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """A number with its band, unit and source.

    `low` and `high` equal `value` where no band is known. `default_id` names the default that
    stands in for a figure nobody published; it is blank for published and derived figures.
    """

    value: float
    low: float
    high: float
    unit: str
    source: Source
    basis: str = ""
    default_id: str = ""

    def scaled(self, factor: float) -> Figure:
        """Return the figure times `factor`, with its band.

        Examples
        --------
        >>> source = Source("x", "2023", "A")
        >>> Figure(value=2.0, low=1.0, high=4.0, unit="h", source=source).scaled(3.0).high
        12.0
        """
        return Figure(
            value=self.value * factor,
            low=self.low * factor,
            high=self.high * factor,
            unit=self.unit,
            source=self.source,
            basis=self.basis,
            default_id=self.default_id,
        )


def worst_grade(grades: Iterable[str]) -> str:
    """Return the weakest of the grades; `C` if there is none.

    Examples
    --------
    >>> worst_grade(["A", "B"]), worst_grade([])
    ('B', 'C')
    """
    return max(grades, default="C")


def read_date(text: str | None) -> dt.date | None:
    """Return the first day that a date can mean, or None for a blank.

    Raises
    ------
    ValueError
        If the text is no date; tables are checked before they are read.

    Examples
    --------
    >>> read_date("2026-10"), read_date("") is None
    (datetime.date(2026, 10, 1), True)
    """
    return read_days(text).first if text else None


def last_day(text: str | None) -> dt.date | None:
    """Return the last day that a date can mean, or None for a blank.

    The cautious reading when it is asked from which day a thing is known.

    Raises
    ------
    ValueError
        If the text is no date; tables are checked before they are read.

    Examples
    --------
    >>> last_day("2026-02"), last_day("2025"), last_day("") is None
    (datetime.date(2026, 2, 28), datetime.date(2025, 12, 31), True)
    """
    return read_days(text).last if text else None


def is_old(age_days: int | None) -> bool:
    """Whether knowledge of so many days' age, or without a date, is too old to call current."""
    return age_days is None or age_days > LAST_KNOWN_AFTER_DAYS


def staleness(age_days: int | None) -> str:
    """Return what to say of the age of a state: nothing for a week, a warning after three.

    Examples
    --------
    >>> staleness(7), staleness(8), staleness(15)
    ('', 'look again', 'last known')
    >>> staleness(22), staleness(None)
    ('warning: old', 'warning: no dated report')
    """
    if age_days is None:
        return "warning: no dated report"
    if age_days > WARN_AFTER_DAYS:
        return "warning: old"
    if is_old(age_days):
        return "last known"
    return "look again" if age_days > LOOK_AFTER_DAYS else ""


def known_word(age_days: int | None) -> str:
    """Return "known" for what was seen lately, "last known" for what is older or undated.

    Examples
    --------
    >>> known_word(14), known_word(15), known_word(None)
    ('known', 'last known', 'last known')
    """
    return "last known" if is_old(age_days) else "known"
