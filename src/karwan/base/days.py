"""Days as people write them, within the years that a question or a record can be about."""

from __future__ import annotations

import datetime as dt

from karwan.base.errors import DataError, Fault

FIRST_DAY = dt.date(1800, 1, 1)
LAST_DAY = dt.date(2299, 12, 31)
"""No road, frontier or promise on record is older, and nothing is foretold, promised or written
off further ahead than a century and a half; beyond them stands a slip of the pen. Both keep
arithmetic with days, which ends with the years 1 and 9999, from running over."""


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
        msg = "not a date like 2026-10-04"
        raise ValueError(msg)
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
