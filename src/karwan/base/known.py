"""What was known on a day: one rule for closures, states, rules, statements and figures.

There are two clocks. A row is *published* on the day of its source, by which answers as of a date
go; it is *entered* on the day on which it came into the record or the workspace, by which answers
as recorded on a date go. What happened is known from the later of its own day and the day of the
source that tells it. Dates in, dates out: nothing here reads a table.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Generic, TypeVar

from karwan.base.days import read_days

T = TypeVar("T")


def known_from(text: str | None, release: dt.date) -> dt.date:
    """Return the day from which a source is known, by its date as written.

    A month or a year means its last day, a blank the day of the release that holds the row. A
    release cannot hold what came out after it, so a month or a year that it lies in ends there.

    Parameters
    ----------
    release
        Day on which the table was released, or the source was read.

    Examples
    --------
    >>> release = dt.date(2026, 11, 22)
    >>> str(known_from("2026-02", release)), str(known_from("2026 (undated page)", release))
    ('2026-02-28', '2026-11-22')
    >>> str(known_from("", release)), str(known_from("2027-03-01", release))
    ('2026-11-22', '2027-03-01')
    """
    if not text:
        return release
    days = read_days(text)
    return release if days.first <= release <= days.last else days.last


def is_withdrawn(on: dt.date | None, as_of: dt.date) -> bool:
    """Whether a row withdrawn on a day is out of use as of a date; None means on every date."""
    return on is None or on <= as_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Stop:
    """When something was shut, as one source tells it.

    Attributes
    ----------
    end
        First day open again; None where it is not told.
    seen_until
        Last day it was seen shut; None where only the start, the end or the source say so.
    ongoing
        Whether the source has it going on.
    published
        Day from which the source is known.
    dated
        First day that the source can be of, on which it saw; None where it bears no date.
    """

    start: dt.date
    end: dt.date | None
    seen_until: dt.date | None
    ongoing: bool
    published: dt.date
    dated: dt.date | None


@dataclass(frozen=True, slots=True)
class KnownStop:
    """What was known of a stop on a day: its end, or until when it had been seen."""

    end: dt.date | None
    seen_until: dt.date | None
    ongoing: bool


def stop_as_known(stop: Stop, as_of: dt.date) -> KnownStop | None:
    """Return what was known of a stop on a day; None if nothing was.

    An end after the day, or told after it, is not known: the source then said no more than that
    it was shut, on its own day at the latest. So it is with a sighting after the day. A month or a
    year is known at its end and has seen at its beginning.

    Examples
    --------
    >>> day = dt.date
    >>> told = day(2025, 1, 8)
    >>> stop = Stop(
    ...     start=day(2025, 1, 5), end=day(2025, 1, 20), seen_until=None, ongoing=False,
    ...     published=told, dated=told,
    ... )
    >>> stop_as_known(stop, day(2025, 1, 7)) is None
    True
    >>> stop_as_known(stop, day(2025, 1, 15))
    KnownStop(end=None, seen_until=datetime.date(2025, 1, 8), ongoing=True)
    """
    if max(stop.start, stop.published) > as_of:
        return None
    if stop.end is not None:
        if max(stop.end, stop.published) <= as_of:
            return KnownStop(stop.end, None, ongoing=False)
        return KnownStop(None, max(stop.start, stop.dated or stop.start), ongoing=True)
    seen = stop.seen_until
    if (seen is None and stop.ongoing) or (seen is not None and seen > as_of):
        seen = stop.dated
    return KnownStop(None, None if seen is None else max(seen, stop.start), ongoing=stop.ongoing)


def in_force(
    start: dt.date | None, end: dt.date | None, published: dt.date, as_of: dt.date
) -> bool:
    """Whether a rule was known to hold on a day; an end holds from the later of its days."""
    if published > as_of or (start is not None and start > as_of):
        return False
    return end is None or as_of < max(end, published)


@dataclass(frozen=True, slots=True)
class Measured(Generic[T]):
    """Measurements to use on a day.

    Attributes
    ----------
    later
        Whether all are of a later day, since none was known on the day.
    """

    items: tuple[T, ...]
    later: bool


def measured(items: Iterable[T], known: Callable[[T], dt.date], as_of: dt.date) -> Measured[T]:
    """Return the measurements known on a day; where there is none, the nearest later ones.

    Roads, rates and hours were there before anybody published them, so a later figure stands in;
    who asks is told so.

    Examples
    --------
    >>> day = dt.date
    >>> measured([day(2024, 1, 1), day(2023, 1, 1)], lambda one: one, day(2022, 6, 1))
    Measured(items=(datetime.date(2023, 1, 1),), later=True)
    """
    rows = tuple(items)
    told = tuple(one for one in rows if known(one) <= as_of)
    if told or not rows:
        return Measured(told, later=False)
    nearest = min(map(known, rows))
    return Measured(tuple(one for one in rows if known(one) == nearest), later=True)
