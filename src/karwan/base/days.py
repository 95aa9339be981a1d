"""Days as people write them, within the years that a question or a record can be about.

The one reader of every date: of options, of columns of tables, and of rows of a workspace. What it
does not read is a fault, never a guess.
"""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import polars as pl

from karwan.base.errors import DataError, Fault, sayable

FIRST_DAY = dt.date(1800, 1, 1)
LAST_DAY = dt.date(2299, 12, 31)
"""No road, frontier or promise on record is older, and nothing is foretold, promised or written
off further ahead than a century and a half; beyond them stands a slip of the pen. Both keep
arithmetic with days, which ends with the years 1 and 9999, from running over."""
ONE_DAY = dt.timedelta(days=1)
MONTHS = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September",
    "October", "November", "December",
)  # fmt: skip
"""Names of the months in English."""
NO_DAY = sayable("not a date like 2026-10-04")
NO_PART = sayable("not a date like 2026-10-04, 2026-10 or 2026")
_PART = re.compile(r"([0-9]{4})(?:-([0-9]{2}))?(?:-([0-9]{2}))?(?: \([^()]+\))?")
DATES_KEPT = 4096
"""Dates as written that a process keeps read; the packaged tables hold some 600."""
_DAY = "^[0-9]{4}-[0-9]{2}-[0-9]{2}$"


@dataclass(frozen=True, slots=True)
class Days:
    """The days that a date can mean: one of them, those of a month, or those of a year."""

    first: dt.date
    last: dt.date


def read_day(text: str) -> dt.date:
    """Return a day written as YYYY-MM-DD.

    Raises
    ------
    ValueError
        Says what is wrong: no such day, or one that nothing here can be about.

    Examples
    --------
    >>> read_day("2026-10-04")
    datetime.date(2026, 10, 4)
    """
    try:
        day = dt.date.fromisoformat(text)
    except ValueError:
        day = None
    if day is None or day.isoformat() != text:  # Python reads weeks and bare digits too
        raise ValueError(NO_DAY)
    return _within(day)


@lru_cache(maxsize=DATES_KEPT)
def read_days(text: str) -> Days:
    """Return the days that a date can mean, written as YYYY-MM-DD, YYYY-MM or YYYY.

    A remark in brackets may stand behind it: `2026 (undated page)`.

    Raises
    ------
    ValueError
        Says what is wrong.

    Examples
    --------
    >>> read_days("2024-02")
    Days(first=datetime.date(2024, 2, 1), last=datetime.date(2024, 2, 29))
    """
    found = _PART.fullmatch(text)
    if found is None:
        raise ValueError(NO_PART)
    year, month, day = found.groups()
    try:
        first = dt.date(int(year), int(month or 1), int(day or 1))
    except ValueError:
        raise ValueError(NO_PART) from None
    _within(first)
    if day:
        return Days(first, first)
    after = (first.year + first.month // 12, first.month % 12 + 1) if month else (first.year + 1, 1)
    return Days(first, dt.date(*after, 1) - ONE_DAY)


def day_column(column: pl.Series) -> pl.Series:
    """Return a column of texts as days; null where a cell is no day written as YYYY-MM-DD."""
    strict = column.set(~column.str.contains(_DAY).fill_null(value=True), None)
    return strict.str.to_date("%Y-%m-%d", strict=False)


def end_of_stop(start: dt.date, end: dt.date | None) -> dt.date | None:
    """Return the first day open again after a stop; one within a day ends on the next.

    Examples
    --------
    >>> end_of_stop(dt.date(2024, 3, 24), dt.date(2024, 3, 24))
    datetime.date(2024, 3, 25)
    """
    return start + ONE_DAY if end == start else end


def _within(day: dt.date) -> dt.date:
    if not FIRST_DAY <= day <= LAST_DAY:
        msg = f"outside the years {FIRST_DAY.year} to {LAST_DAY.year}"
        raise ValueError(msg)
    return day


def asked_day(given: dt.date | str, key: str) -> dt.date:
    """Return a day that somebody asks of: a date, or a text written as YYYY-MM-DD.

    Parameters
    ----------
    key
        Name of the argument, for the fault.

    Raises
    ------
    DataError
        If it is no such day.

    Examples
    --------
    >>> asked_day("2026-11-22", "as_of")
    datetime.date(2026, 11, 22)
    """
    text = given.isoformat()[:10] if isinstance(given, dt.date) else str(given)
    try:
        return read_day(text)
    except ValueError as error:
        raise DataError("the question", [Fault(key, str(error), text)]) from error
