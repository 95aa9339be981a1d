"""Numbers in sentences: singular and plural, hours as days."""

from __future__ import annotations

from karwan.base.units import HOURS_PER_DAY


def counted(count: float, noun: str, plural: str = "") -> str:
    """Return a number with its noun, in the singular or the plural.

    Examples
    --------
    >>> counted(1, "closure"), counted(2, "closure"), counted(0, "country", "countries")
    ('1 closure', '2 closures', '0 countries')
    >>> counted(1.5, "day"), counted(1.0, "day"), counted(1234, "day")
    ('1.5 days', '1 day', '1,234 days')
    """
    told = f"{count:,}" if isinstance(count, int) else f"{count:g}"
    return f"{told} {noun if count == 1 else plural or noun + 's'}"


def so_many(value: float, noun: str, digits: int = 0, plural: str = "") -> str:
    """Return a figure rounded to so many digits with its noun, in the singular where it shows 1.

    Examples
    --------
    >>> so_many(0.96, "day"), so_many(1.4, "day", 1), so_many(1234.0, "truck")
    ('1 day', '1.4 days', '1,234 trucks')
    """
    told = f"{value:,.{digits}f}"
    return f"{told} {noun if told == '1' else plural or noun + 's'}"


def of_so_many(value: float, verb: str) -> str:
    """Return a verb as it goes with a figure rounded to a whole number.

    Examples
    --------
    >>> of_so_many(1.2, "wait"), of_so_many(7.0, "wait")
    ('waits', 'wait')
    """
    return f"{verb}s" if round(value) == 1 else verb


def was_or_were(count: int) -> str:
    """Return the verb that goes with so many.

    Examples
    --------
    >>> [was_or_were(count) for count in (0, 1, 2)]
    ['were', 'was', 'were']
    """
    return "was" if count == 1 else "were"


def days_of(hours: float) -> str:
    """Return hours as days, to a tenth.

    Examples
    --------
    >>> days_of(203.0), days_of(1234.0), days_of(24.0)
    ('8.5 days', '51.4 days', '1.0 days')
    """
    return f"{hours / HOURS_PER_DAY:,.1f} days"
