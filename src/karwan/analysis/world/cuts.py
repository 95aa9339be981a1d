"""What cuts a route, in words: one rule for the terminal and for the page."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

from karwan.analysis.world.bars import Cut, CutKind
from karwan.base.provenance import known_word

Say = Callable[[dt.date], str]
"""How a day is written: as ISO text in a terminal, in words on a page."""


def cut_text(cut: Cut, say: Say = dt.date.isoformat) -> str:
    """Return what cuts a route, since when, and when and how long ago that was known."""
    if cut.kind is CutKind.user:
        return f"{cut.name}: shut in the question"
    if cut.kind is CutKind.season:
        return f"{cut.name}: {cut.reason}"
    if cut.kind is CutKind.not_built:
        return f"{cut.name}: not built"
    word = f"barred to {cut.reason.split(':')[0]}" if cut.kind is CutKind.restriction else "shut"
    since = f"since {say(cut.since)}" if cut.since else "start not found"
    return f"{cut.name}: {word}, {since}{known_text(cut, say)}"


def known_text(cut: Cut, say: Say = dt.date.isoformat) -> str:
    """Return when a cut was known or last known, with its age; empty if undated."""
    if cut.known_on is None or cut.age_days is None:
        return ""
    return f"; {known_word(cut.age_days)} {say(cut.known_on)}, {age_text(cut.age_days)}"


def age_text(age_days: int) -> str:
    """Return an age counted back from the as-of date.

    Examples
    --------
    >>> age_text(0), age_text(1), age_text(1200)
    ('on the as-of date', '1 day before the as-of date', '1,200 days before the as-of date')
    """
    if age_days == 0:
        return "on the as-of date"
    return f"{age_days:,} day{'s' if age_days != 1 else ''} before the as-of date"
