"""The history of a crossing as a drawing: when it was shut, by year, as far as the record tells."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import TYPE_CHECKING
from xml.sax.saxutils import escape

from karwan.base.traffic import FREIGHT_CLASSES
from karwan.report.sheet import px
from karwan.words.speech import say, say_day

if TYPE_CHECKING:
    from karwan.evidence.spells import Spell

WIDTH_PX, ROW_PX, LEFT_PX = 720.0, 17.0, 44.0
MOST_YEARS = 16
"""Years drawn, the last ones; the table below has all."""
MONTHS = 12
UNKNOWN_DAYS = 7
"""How far a closure is hatched of which no end was found and which is not held to last."""


def draw_timeline(spells: Sequence[Spell], running: Sequence[Spell], until: dt.date) -> str:
    """Return the closures of a crossing to freight as SVG, one row a year; blank for none.

    A closure without an end on record runs to the last day on which it was seen shut. From there
    it is hatched, since it is not known: to the as-of date if it is held to last, else a week.

    Parameters
    ----------
    running
        Those that are held to last on the as-of date.
    until
        The as-of date: nothing is drawn beyond.
    """
    freight = [one for one in spells if one.traffic_class in FREIGHT_CLASSES]
    lasting = {one.closure_id for one in running}
    if not freight:
        return ""
    first = max(min(one.start.year for one in freight), until.year - MOST_YEARS + 1)
    years = range(first, until.year + 1)
    height = ROW_PX * len(years) + 22
    parts = [_axis(years, height)]
    for one in freight:
        end = one.end if one.end is not None else until
        seen = min(end, one.seen_until or one.start) if one.end is None else end
        title = _title(one, seen)
        parts += _bars(one.start, min(seen, until), years, "t-shut", title)
        if one.end is None and seen < until:
            open_end = until if one.closure_id in lasting else seen + dt.timedelta(UNKNOWN_DAYS)
            parts += _bars(seen, min(open_end, until), years, "t-unknown", title)
    label = say(
        "Closures to freight by year, {first} to {last}; the table below has each with its source",
        first=first,
        last=until.year,
    )
    return (
        f'<svg class="timeline" viewBox="0 0 {WIDTH_PX:g} {height:g}" role="img" '
        f'aria-label="{escape(label)}">{"".join(parts)}</svg>'
    )


def _title(spell: Spell, seen: dt.date) -> str:
    start = say_day(spell.start)
    if spell.end is not None:
        return say("shut {start} to {end}", start=start, end=say_day(spell.end))
    return say("shut from {start}, last seen shut {seen}", start=start, seen=say_day(seen))


def _axis(years: range, height: float) -> str:
    parts = []
    for row, year in enumerate(years):
        y = ROW_PX * row
        parts.append(f'<text class="t-year" x="0" y="{px(y + 12)}">{year}</text>')
        parts.append(
            f'<rect class="t-row" x="{px(LEFT_PX)}" y="{px(y + 2)}" '
            f'width="{px(WIDTH_PX - LEFT_PX)}" height="{px(ROW_PX - 4)}"/>'
        )
    for month in range(0, MONTHS, 3):
        x = LEFT_PX + (WIDTH_PX - LEFT_PX) * month / MONTHS
        parts.append(
            f'<text class="t-year" x="{px(x)}" y="{px(height - 6)}">{month + 1:02d}</text>'
        )
    return "".join(parts)


def _bars(start: dt.date, end: dt.date, years: range, name: str, title: str) -> list[str]:
    """Return the bars of a span of days, one in each year that it touches."""
    bars = []
    for row, year in enumerate(years):
        low, high = dt.date(year, 1, 1), dt.date(year + 1, 1, 1)
        begin, stop = max(start, low), min(max(end, start + dt.timedelta(days=1)), high)
        if begin >= stop:
            continue
        scale = (WIDTH_PX - LEFT_PX) / (high - low).days
        x, width = LEFT_PX + (begin - low).days * scale, max((stop - begin).days * scale, 1.5)
        bars.append(
            f'<rect class="{name}" x="{px(x)}" y="{px(ROW_PX * row + 2)}" width="{px(width)}" '
            f'height="{px(ROW_PX - 4)}"><title>{escape(title)}</title></rect>'
        )
    return bars
