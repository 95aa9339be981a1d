"""What was known on a day, fact by fact: the slow and obvious rule.

A row is taken apart into what it says, each with the day from which somebody could know it. On a
day one puts together what was there, and nothing else.
"""

from __future__ import annotations

import datetime as dt
from typing import NamedTuple

from karwan.base.known import KnownStop, Stop

DAY = dt.timedelta(days=1)


class Fact(NamedTuple):
    """One thing that a row says, of a day, and the day from which it is known."""

    what: str
    day: dt.date
    known: dt.date


def facts_of(stop: Stop) -> list[Fact]:
    """Return what a row says: that it began, ended, was seen shut, on which days."""
    facts = [Fact("began", stop.start, max(stop.start, stop.published))]
    if stop.end is not None:
        facts.append(Fact("ended", stop.end, max(stop.end, stop.published)))
    if stop.seen_until is not None:
        facts.append(Fact("seen", stop.seen_until, max(stop.seen_until, stop.published)))
    last = stop.end - DAY if stop.end is not None else stop.seen_until
    saw = stop.dated
    if saw is not None and ((last is None and stop.ongoing) or (last is not None and saw <= last)):
        facts.append(Fact("seen", saw, max(stop.start, stop.published)))
    return facts


def known_on(stop: Stop, as_of: dt.date) -> KnownStop | None:
    """Return what could be known of a row on a day."""
    known = [fact for fact in facts_of(stop) if fact.known <= as_of]
    if not any(fact.what == "began" for fact in known):
        return None
    ends = [fact.day for fact in known if fact.what == "ended"]
    if ends:
        return KnownStop(ends[0], None, ongoing=False)
    if stop.end is not None:  # the source knew of no end when it wrote: shut on its day
        saw = stop.start if stop.dated is None else stop.dated
        return KnownStop(None, max(stop.start, saw), ongoing=True)
    told = [fact.day for fact in known if fact.what == "seen"]
    own = [day for day in told if day == stop.seen_until]
    seen = own or told
    return KnownStop(None, max(*seen, stop.start) if seen else None, ongoing=stop.ongoing)
