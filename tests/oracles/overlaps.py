"""Which spell counts on a day, asked day by day; and which days of an element are one spell."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from karwan.evidence.spells import Spell

ORDER = {"all": 0, "cargo": 1}
DAY = dt.timedelta(days=1)


def days_shut(spell: Spell) -> list[dt.date]:
    """Return the days a spell is known to shut: its only one if it lasted some hours."""
    if spell.end is None:
        last = max(spell.seen_until or spell.start, spell.start)
    else:
        last = spell.end - DAY
    found = [spell.start]
    while found[-1] < last:
        found.append(found[-1] + DAY)
    return found


def counts_on(spells: Sequence[Spell], direction: str, day: dt.date) -> str:
    """Return the row that counts for freight on a day, or an empty text."""
    here = [
        s
        for s in spells
        if s.traffic_class in ORDER and s.direction in ("both", direction) and day in days_shut(s)
    ]
    if any(s.calendar for s in here):
        here = [s for s in here if s.calendar]
    if any(s.traffic_class == "all" for s in here):
        here = [s for s in here if s.traffic_class == "all"]
    longest = max((len(days_shut(s)) for s in here), default=0)
    return min((s.closure_id for s in here if len(days_shut(s)) == longest), default="")


def joined_days(spells: Sequence[Spell]) -> list[tuple[dt.date, dt.date, set[str]]]:
    """Return first day, last day and rows of every spell for a law of open and shut.

    Two rows belong together if they share a day, directly or through others.
    """
    rows = [s for s in spells if s.open_closed and not s.calendar and s.traffic_class in ORDER]
    foretold = {
        day
        for s in spells
        if s.calendar and s.traffic_class in ORDER and s.direction == "both"
        for day in days_shut(s)
    }
    sets = [({s.closure_id}, set(days_shut(s))) for s in rows if set(days_shut(s)) - foretold]
    while True:
        pair = next(
            ((a, b) for a in sets for b in sets if a is not b and a[1] & b[1]),
            None,
        )
        if pair is None:
            return sorted((min(days), max(days), names) for names, days in sets)
        sets = [one for one in sets if one is not pair[0] and one is not pair[1]]
        sets.append((pair[0][0] | pair[1][0], pair[0][1] | pair[1][1]))
