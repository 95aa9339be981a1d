"""Days as people write them, within the years that a question or a record can be about."""

from __future__ import annotations

import datetime as dt

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
