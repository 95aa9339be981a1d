"""What passes a crossing in ordinary times: one figure for each gate and way, wherever it is told.

A flow is what lasted, a capacity what could be held, so the two follow from counts by rules of
their own: of the counts near a day the median is the flow, the best is the capacity.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from statistics import median

from karwan.analysis.traffic.counts import FEWEST_DAYS, HELD, Count
from karwan.base.provenance import Source, worst_grade
from karwan.base.traffic import Direction

NEAR_DAYS, FAR_DAYS = 366, 5 * 366
"""Counts of the last year are taken before those of the last five, and these before older ones."""
BETWEEN_RATIO = 1.25
"""A flow of one count is taken to lie within so much of it: what counts of one gate in one year
differ by (half of 2.6, the median over five gates with several), an estimate, grade C."""


class Basis(StrEnum):
    """What a capacity or a flow rests on."""

    counts = "counts"
    stated = "stated"
    gate_class = "class"


@dataclass(frozen=True, slots=True, kw_only=True)
class OrdinaryFlow:
    """What passes a gate one way in a day of ordinary times, and what it rests on.

    Attributes
    ----------
    per_day, low_per_day, high_per_day
        In the vehicle of the gate; the ends are those of the counts taken, a quarter apart at
        least, or of the class.
    by
        Day near which counts were taken: that of the closure, else that of the question.
    known_on
        Day from which the newest of its rows is known.
    grade
        B at best: no count is of ordinary days alone.
    """

    per_day: float
    low_per_day: float
    high_per_day: float
    basis: Basis
    by: dt.date
    known_on: dt.date | None
    grade: str
    rests_on: tuple[str, ...]
    sources: tuple[Source, ...]

    @property
    def is_counted(self) -> bool:
        """Whether it was counted there."""
        return self.basis is Basis.counts


def counted_flow(counts: Sequence[Count], way: Direction, by: dt.date) -> OrdinaryFlow | None:
    """Return the ordinary flow of a gate one way; None where nothing that lasted was counted.

    The median of the counts of the year before a day; where there is none of the five years before;
    else the newest. A count of a day or two may be of a good one: it moves no middle where longer
    ones are, and widens the band. Later counts stand in only where there are no others, and counts
    of the other way where this one has none.

    Parameters
    ----------
    counts
        Of one gate in one vehicle, both ways.
    """
    held = [one for one in counts if one.role in HELD]
    mine = [one for one in held if one.direction is way]
    rows = mine or [one for one in held if way is not Direction.both]
    if not rows:
        return None
    known = [one for one in rows if one.known_on <= by] or rows
    long = [one for one in known if one.mean_days >= FEWEST_DAYS]
    used = _near(long or known, by)
    middle = median(one.per_day for one in used)
    oldest = min(one.known_on for one in used)
    used += [one for one in known if one not in used and one.known_on >= oldest]
    flows = [one.per_day for one in used]
    sources = tuple(dict.fromkeys(one.source for one in used))
    return OrdinaryFlow(
        per_day=middle,
        low_per_day=min(*flows, middle / BETWEEN_RATIO),
        high_per_day=max(*flows, middle * BETWEEN_RATIO),
        basis=Basis.counts,
        by=by,
        known_on=max(one.known_on for one in used),
        grade=worst_grade(("B", *(source.grade for source in sources))),
        rests_on=tuple(dict.fromkeys(one.id for one in used)),
        sources=sources,
    )


def _near(rows: list[Count], by: dt.date) -> list[Count]:
    for days in (NEAR_DAYS, FAR_DAYS):
        near = [one for one in rows if abs((by - one.known_on).days) <= days]
        if near:
            return near
    newest = max(one.known_on for one in rows)
    return [one for one in rows if one.known_on == newest]
