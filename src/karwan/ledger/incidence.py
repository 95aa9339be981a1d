"""Tests on the user's incident files: how many a month before and after, where they are covered.

Only whole months that a release covers count; outside coverage the answer is *not testable*, never
zero. Monthly counts vary more than Poisson, so the exact interval is too narrow by itself: a
change is called one only if placebo dates hardly ever give as much.
"""

from __future__ import annotations

import datetime as dt
from bisect import bisect_left

from karwan.base.words import counted
from karwan.evidence.incidents import Incidents, month_of, next_month
from karwan.ledger.change import RateRatio, placebo_share, rate_ratio
from karwan.ledger.gates import change_status
from karwan.ledger.measures import Measure
from karwan.ledger.nouns import Indicator
from karwan.ledger.words import EvidenceStatus, mirrored

NO_INCIDENTS = (
    "no incident data with a stated coverage are loaded for this place and time: outside coverage "
    "the answer is no data, never zero"
)
FEWEST_MONTHS = 12
"""Covered months needed before a statement."""


def measure_incidents(test: Indicator, incidents: Incidents | None, as_of: dt.date) -> Measure:
    """Compare incidents a month before and after the statement, in covered months only."""
    country = test.filter["country"]
    stated = test.window_start or as_of
    known = incidents.months() if incidents is not None else []
    months = [
        month
        for month in known
        if incidents is not None
        and incidents.covers(country, month)
        and next_month(month) <= as_of
        and month != month_of(stated)
    ]
    before = bisect_left(months, month_of(stated))
    if incidents is None or before < FEWEST_MONTHS or before == len(months):
        return Measure(delivery=None, evidence=EvidenceStatus.not_testable, reason=NO_INCIDENTS)
    days = _days(incidents, test)

    def compare(day: dt.date, last: dt.date) -> RateRatio:
        used = [month for month in months if month < last]
        early = [month for month in used if month < month_of(day)]
        late = [month for month in used if month >= month_of(day)]
        return rate_ratio(_count(days, early), _count(days, late), _length(early), _length(late))

    found = compare(stated, as_of)
    share, tried = placebo_share(
        months[0], months[before - 1], found.p_value, lambda day: compare(day, month_of(stated))
    )
    counts = (found.before_count, found.after_count)
    status = change_status(found.low, found.high, counts, share)
    top = "no bound" if found.high is None else f"{found.high:.2f}"
    text = (
        f"{country}: {counted(found.after_count, 'incident')} in {len(months) - before} covered "
        f"months after "
        f"{stated}, {found.before_count} in {before} before; rate ratio "
        f"{'undefined' if found.ratio is None else f'{found.ratio:.2f}'} ({found.low:.2f} to {top})"
        + (f"; {share:.0%} of {tried} placebo dates give as much" if share is not None else "")
        + f"; {', '.join(incidents.releases)}"
    )
    return Measure(
        delivery=None,
        evidence=mirrored(status) if test.operator == "not_lower" else status,
        reason=text,
        value=found.ratio,
        low=found.low,
        high=found.high,
        unit="rate ratio",
    )


def _days(incidents: Incidents, test: Indicator) -> list[dt.date]:
    import polars as pl

    wanted = pl.col("country") == test.filter["country"]
    if test.filter.get("adm_1"):
        wanted &= pl.col("adm_1") == test.filter["adm_1"]
    return sorted(incidents.events.filter(wanted)["start"].to_list())


def _count(days: list[dt.date], months: list[dt.date]) -> int:
    return sum(bisect_left(days, next_month(m)) - bisect_left(days, m) for m in months)


def _length(months: list[dt.date]) -> float:
    return float(sum((next_month(month) - month).days for month in months))
