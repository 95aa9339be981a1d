"""A spell: one element shut for one class of traffic, from a day to a day.

It is half-open: shut from `start`, open again on `end`. An open end is censored, not "today": what
is known on a date is when it was last seen shut.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, replace

from karwan.base.known import Stop, stop_as_known
from karwan.base.provenance import LAST_KNOWN_AFTER_DAYS, Source, last_day, read_date

ONGOING = "ongoing"


@dataclass(frozen=True, slots=True, kw_only=True)
class Spell:
    """One element shut for one class of traffic, from a day to a day.

    `end` is None while it lasts or where no end was found; `seen_until` is the last day it was
    seen shut in that case.

    Attributes
    ----------
    calendar
        Foretold by a calendar (winter, holidays, elections): never a hazard.
    scope
        How much the source says was shut: full, cargo, partial or pedestrian.
    start_precision
        day, month, approx, or left_censored: then `start` is the first day it was seen shut.
    open_closed
        Whether it may enter a law of open and shut: a stop of all or of cargo, both ways, not by
        calendar, and no repeat of another row.
    also
        Rows that tell of the same spell and were merged into this one.
    published
        Day from which its source is known; None for the last that the source's date can mean.
    """

    closure_id: str
    element_id: str
    mode: str
    traffic_class: str
    direction: str
    start: dt.date
    end: dt.date | None
    end_status: str
    seen_until: dt.date | None
    cause: str
    description: str
    episode: str
    calendar: bool
    source: Source
    scope: str = "full"
    start_precision: str = "day"
    open_closed: bool = True
    also: tuple[str, ...] = ()
    published: dt.date | None = None

    @property
    def told_on(self) -> dt.date:
        """Day from which its source is known."""
        return self.published or last_day(self.source.date) or self.start

    @property
    def censored(self) -> bool:
        """Whether its end is not known: it lasted at least until `seen_until`."""
        return self.end is None

    @property
    def last_day(self) -> dt.date:
        """The last day it is known to have been shut; the start, if only for some hours."""
        if self.end is None:
            return max(self.seen_until or self.start, self.start)
        return max(self.end - dt.timedelta(days=1), self.start)

    def runs_on(self, day: dt.date) -> bool:
        """Whether the spell is running on a day, as far as the record tells."""
        if self.start > day:
            return False
        if self.end is not None:
            return day < self.end
        if self.end_status == ONGOING:
            return True
        return day <= (self.seen_until or self.start) + dt.timedelta(days=LAST_KNOWN_AFTER_DAYS)

    def known_on(self, day: dt.date) -> dt.date:
        """Return the newest date, not after the day, on which the spell is evidenced."""
        dates = [self.start, self.seen_until, read_date(self.source.date)]
        return max(date for date in dates if date is not None and date <= day)


def spell_as_known(spell: Spell, as_of: dt.date) -> Spell | None:
    """Return a spell as it was known on a day; None if nothing was (`karwan.base.known`)."""
    stop = Stop(
        start=spell.start,
        end=spell.end,
        seen_until=spell.seen_until,
        ongoing=spell.end_status == ONGOING,
        published=spell.told_on,
        dated=read_date(spell.source.date),
    )
    known = stop_as_known(stop, as_of)
    if known is None:
        return None
    end, seen = known.end and spell.end, known.seen_until
    status = ONGOING if end is None and known.ongoing else spell.end_status
    if (end, seen, status) == (spell.end, spell.seen_until, spell.end_status):
        return spell
    return replace(spell, end=end, seen_until=seen, end_status=status)


def days_that_tell(spell: Spell) -> set[dt.date]:
    """Return the days on which what is known of a spell changes (`spell_as_known`)."""
    known = {max(day, spell.told_on) for day in (spell.start, spell.end or spell.start)}
    return known if spell.seen_until is None else {*known, spell.seen_until}


@dataclass(frozen=True, slots=True)
class Correction:
    """A row of the user's that was withdrawn for all time: answers given before still used it."""

    record_id: str
    note: str
    who: str
    on: str
