"""What cuts a route, in words: one rule for the terminal and for the page."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

from karwan.analysis.world.bars import Cut, CutKind
from karwan.base.provenance import is_old
from karwan.words.speech import named, say, say_counting

Write = Callable[[dt.date], str]
"""How a day is written: as ISO text in a terminal, in words on a page."""


def cut_text(cut: Cut, write: Write = dt.date.isoformat) -> str:
    """Return what cuts a route, since when, and when and how long ago that was known."""
    return say("{place}: {what}", place=cut_name(cut), what=barred_text(cut, write))


def barred_text(cut: Cut, write: Write = dt.date.isoformat) -> str:
    """Return what bars the way, since when and as known when, without the name of the place."""
    if cut.kind is CutKind.user:
        return say("shut in the question")
    if cut.kind is CutKind.season:
        return cut.reason
    if cut.kind is CutKind.not_built:
        return say("not built")
    barred = cut.kind is CutKind.restriction
    word = say("barred to {whom}", whom=cut.reason.split(":")[0]) if barred else say("shut")
    since = say("since {day}", day=write(cut.since)) if cut.since else say("start not found")
    return f"{word}, {since}{known_text(cut, write)}"


def cut_name(cut: Cut) -> str:
    """Return the name of what bars the way."""
    return named("element", cut.id, cut.name)


def known_text(cut: Cut, write: Write = dt.date.isoformat) -> str:
    """Return when a cut was known or last known, with its age; empty if undated."""
    if cut.known_on is None or cut.age_days is None:
        return ""
    return f"; {dated_text(cut.known_on, cut.age_days, write)}"


def dated_text(known_on: dt.date, age_days: int, write: Write = dt.date.isoformat) -> str:
    """Return the day of what is known, and how old that is."""
    slots = {"day": write(known_on), "age": age_text(age_days)}
    if is_old(age_days):
        return say("last known {day}, {age}", **slots)
    return say("known {day}, {age}", **slots)


def age_text(age_days: int) -> str:
    """Return an age counted back from the as-of date.

    Examples
    --------
    >>> age_text(0), age_text(1), age_text(1200)
    ('on the as-of date', '1 day before the as-of date', '1,200 days before the as-of date')
    """
    if age_days == 0:
        return say("on the as-of date")
    return say_counting(
        "{count} day before the as-of date", "{count} days before the as-of date", age_days
    )
