"""Tests on the record of closures: did a gate open by a day, how long was it shut, how often.

Only what was known on the as-of date is used (`karwan.base.known`). What no row tells is not taken
as open.
"""

from __future__ import annotations

import datetime as dt
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from karwan.base.cache import key_of
from karwan.base.packing import computed_once, fingerprint
from karwan.base.provenance import LAST_KNOWN_AFTER_DAYS
from karwan.base.traffic import TrafficClass
from karwan.base.words import counted
from karwan.evidence.coverage import RECORD_START, Coverage
from karwan.evidence.spells import Spell
from karwan.ledger.change import (
    FEWEST_EVENTS,
    ChangePoint,
    RateRatio,
    change_point,
    placebo_share,
    rate_ratio,
)
from karwan.ledger.measures import Measure
from karwan.ledger.nouns import Evidence, Indicator
from karwan.ledger.words import Bears, Delivery, EvidenceStatus, mirrored

DAY = dt.timedelta(days=1)
OPEN = "open"
"""Event of written evidence that a gate was open, or was not."""
SOME_SHUT = "some_shut"
ROOMS = ("base", "ledger")
"""What computes a comparison of rates from its days."""


@dataclass(frozen=True, slots=True)
class _Compared:
    """Rates before and after a day, beside placebo days and the likeliest day of a change."""

    rates: RateRatio
    placebo_share: float | None
    tried_count: int
    point: ChangePoint


def stops(spell: Spell, traffic: str) -> bool:
    """Whether a spell stops a class of traffic."""
    return spell.traffic_class in (TrafficClass.all, traffic)


def measure_opening(
    test: Indicator, spells: Sequence[Spell], written: Sequence[Evidence], as_of: dt.date
) -> Measure:
    """Test whether all elements were open by the deadline."""
    start = test.window_start or as_of
    states = [_opened(test, name, spells, start, written) for name in test.values("elements")]
    used = tuple(spell.closure_id for _, spell in states if spell is not None)
    last = test.last_in_time
    days = [day for day, _ in states]
    opened = max((day for day in days if day is not None), default=None)
    if opened is not None and all(day is not None for day in days):
        return _open_again(opened, last, used, written)
    if last is None or as_of <= last:
        return Measure(
            delivery=Delivery.no_deadline if last is None else Delivery.not_due,
            evidence=EvidenceStatus.insufficient,
            reason="still shut as last known" if used else "nothing read yet",
        )
    proof = [spell.closure_id for _, spell in states if spell and _seen_shut(spell) >= last]
    proof += [item.id for item in written if _denies_on(item, last)]
    if proof:
        text = f"seen shut on or after {last}"
        seen = [_seen_shut(spell) for _, spell in states if spell]
        seen += [item.event_day for item in written if item.id in proof and item.event_day]
        return Measure(
            delivery=Delivery.not_met,
            evidence=EvidenceStatus.contradicted,
            reason=text,
            contradicts=tuple(proof),
            seen_on=max(seen),
        )
    text = f"{last} passed and nothing read shows it open or shut"
    return Measure(
        delivery=Delivery.overdue,
        evidence=EvidenceStatus.insufficient,
        reason=text,
        contradicts=used,
    )


def _open_again(
    opened: dt.date, last: dt.date | None, used: tuple[str, ...], written: Sequence[Evidence]
) -> Measure:
    """Return that it opened; late, its day did not hold, and what others saw of it is told."""
    if last is None or opened <= last:
        return Measure(
            delivery=Delivery.met,
            evidence=EvidenceStatus.consistent,
            reason=f"open again on {opened}",
            supports=used,
            done_on=opened,
        )
    late = counted((opened - last).days, "day")
    text = f"open again on {opened}, {late} late: its day did not hold"
    notes = "".join(f"; {item.note}" for item in written if item.decides)
    return Measure(
        delivery=Delivery.met_late,
        evidence=EvidenceStatus.mixed,
        reason=text + notes,
        supports=used,
        done_on=opened,
    )


def proved_end(spell: Spell, written: Sequence[Evidence]) -> dt.date | None:
    """Return the first day open again, if it is shown and not only announced.

    A source of before that day announces it, so that a page which carries the promise would prove
    it kept; then written evidence of the opening is needed.
    """
    if spell.end is None or spell.told_on >= spell.end:
        return spell.end
    seen = [
        item.event_day
        for item in written
        if item.decides
        and item.bears is Bears.supports
        and item.event == OPEN
        and item.event_day is not None
        and item.event_day >= spell.start
    ]
    return min(seen, default=None)


def _opened(
    test: Indicator,
    element: str,
    spells: Sequence[Spell],
    start: dt.date,
    written: Sequence[Evidence],
) -> tuple[dt.date | None, Spell | None]:
    """Return the first day open from a day on, if one is shown, and the spell that tells."""
    day, told = start, None
    for spell in spells:
        if spell.element_id != element or not stops(spell, test.filter["class"]):
            continue
        if not spell.start <= day <= spell.last_day:
            continue
        told = spell
        end = proved_end(spell, written)
        if end is None:
            return None, told
        day = end
    return (day if told is not None else None), told


def _seen_shut(spell: Spell) -> dt.date:
    """Return the last day it was seen shut; where its end is only announced, the source's day."""
    if spell.end is not None and spell.told_on < spell.end:
        return max(spell.start, spell.told_on)
    return spell.last_day


def _denies_on(item: Evidence, day: dt.date) -> bool:
    """Whether written evidence shows that it was not so on or after a day."""
    return (
        item.decides
        and item.bears is Bears.contradicts
        and item.event_day is not None
        and item.event_day >= day
    )


NOT_TOLD, DISPUTED, BOTH = "not told", "disputed", "both"
Accounts = Mapping[str, str]
"""Who shut it, by id of a closure: a country, `both`, or `disputed` where accounts differ."""


def counts_against(test: Indicator, spell: Spell, accounts: Accounts) -> bool:
    """Whether a closure is what the test asks of: of its causes, and done by its party.

    Evidence counts against a party only for what that party did: what the other side shut, what
    is disputed and what nobody tells is shown and not counted.
    """
    causes, sides = test.values("causes"), test.values("by")
    if causes and spell.cause not in causes:
        return False
    return not sides or accounts.get(spell.closure_id, NOT_TOLD) in (*sides, BOTH)


def measure_shut_days(
    test: Indicator, spells: Sequence[Spell], as_of: dt.date, accounts: Accounts | None = None
) -> Measure:
    """Count the days of the window on which all elements were seen shut.

    Where the test names causes or parties, only closures of these count; others are told.
    """
    accounts = accounts or {}
    start, end = test.window_start or as_of, test.deadline or as_of
    shut: set[dt.date] | None = None
    used: dict[str, None] = {}
    aside: set[str] = set()
    for element in test.values("elements"):
        days: set[dt.date] = set()
        for spell in spells:
            if spell.element_id == element and stops(spell, test.filter["class"]):
                mine = set(_days(max(spell.start, start), min(spell.last_day, end, as_of)))
                if not mine:
                    continue
                if not counts_against(test, spell, accounts):
                    aside.add(spell.closure_id)
                    continue
                used[spell.closure_id] = None
                days |= mine
        shut = days if shut is None else shut & days
    count = len(shut or ())
    allowed = int(test.value or 0)
    told = f"; not counted: {_who_shut(aside, accounts)}" if aside else ""
    if count > allowed:
        text = (
            f"shut on {counted(count, 'day')} of {start} to {end}; at most {allowed} allowed{told}"
        )
        return Measure(
            delivery=Delivery.not_met,
            evidence=EvidenceStatus.contradicted,
            reason=text,
            contradicts=tuple(used),
            value=count,
            unit="days",
        )
    done = Delivery.not_due if as_of <= end else Delivery.overdue
    text = f"{count} shut days on record; a record that misses short closures proves no opening"
    text += told
    return Measure(
        delivery=done,
        evidence=EvidenceStatus.insufficient,
        reason=text,
        contradicts=tuple(used),
        value=count,
        unit="days",
    )


def _days(first: dt.date, last: dt.date) -> Iterator[dt.date]:
    for offset in range((last - first).days + 1):
        yield first + dt.timedelta(days=offset)


def measure_shut_on(test: Indicator, spells: Sequence[Spell]) -> Measure | None:
    """Tell how many elements were shut on the day; None where the record does not tell.

    A gate counts as open only if the newest closure begun by then had ended, and not longer ago
    than a state holds: a gate that opened long before may have shut since, and nobody looked.
    """
    day = test.window_start
    elements = test.values("elements")
    if day is None or not elements:
        return None
    last: dict[str, Spell] = {}
    for spell in spells:
        mine = spell.element_id in elements and stops(spell, test.filter["class"])
        if mine and spell.start <= day:
            last[spell.element_id] = spell
    fresh = day - dt.timedelta(days=LAST_KNOWN_AFTER_DAYS)
    shut = tuple(sorted(s.closure_id for s in last.values() if s.last_day >= day))
    free = tuple(sorted(s.closure_id for s in last.values() if s.end and fresh <= s.end <= day))
    text = f"{len(shut)} of {len(elements)} seen shut to {test.filter['class']} on {day}"
    wanted, against = (shut, free) if test.operator == SOME_SHUT else (free, shut)
    if not wanted and len(against) < len(elements):
        return None
    return Measure(
        delivery=None,
        evidence=EvidenceStatus.consistent if wanted else EvidenceStatus.contradicted,
        reason=text,
        supports=wanted,
        contradicts=against if not wanted else (),
        value=len(shut),
        unit="crossings",
    )


def measure_rate_ratio(
    test: Indicator,
    spells: Sequence[Spell],
    coverage: Coverage,
    as_of: dt.date,
    accounts: Accounts | None = None,
    *,
    is_kept: bool = False,
) -> Measure:
    """Compare how often the elements shut before and after the statement, in searched time.

    Closures by the calendar and rows of grade C are left out, and so are those of days that were
    not searched; these days, and days already shut, are no exposure. Where the test names causes
    or a party, only closures of these count.

    Parameters
    ----------
    is_kept
        Keep the figures for the next run: what rests on a workspace is not kept.
    """
    accounts = accounts or {}
    stated = test.window_start or as_of
    mine = [
        spell
        for spell in spells
        if spell.element_id in test.values("elements")
        and stops(spell, test.filter["class"])
        and not spell.calendar
        and spell.source.grade != "C"
        and spell.start >= RECORD_START
    ]
    taken = [spell for spell in mine if counts_against(test, spell, accounts)]
    starts: dict[str, dt.date] = {}
    for spell in taken:
        starts.setdefault(spell.episode, spell.start)
    end = max([stated + DAY, *(spell.last_day + DAY for spell in mine)])
    end = min(end, as_of)
    shut = {day for spell in mine for day in _days(spell.start + DAY, min(spell.last_day, end))}
    searched = coverage.searched_dates(test.values("elements"), RECORD_START, end)
    known = set(searched)
    days = sorted(day for day in starts.values() if day in known)
    at_risk = [day for day in searched if day not in shut]

    def compare(day: dt.date, last: dt.date) -> tuple[int, int, float, float]:
        before, split = bisect_left(days, day), bisect_left(at_risk, day)
        after, total = bisect_left(days, last) - before, bisect_left(at_risk, last)
        return before, after, float(split), float(total - split)

    counts = compare(stated, end)
    if min(counts[2:]) < 1:
        text = "no time at risk after the statement yet"
        if not any(day < stated for day in searched):
            text = "its closures were not searched for before the statement"
        return Measure(delivery=None, evidence=EvidenceStatus.insufficient, reason=text)

    def compute() -> _Compared:
        rates = rate_ratio(*counts)
        share, tried = placebo_share(
            searched[0], stated, rates.p_value, lambda day: rate_ratio(*compare(day, stated))
        )
        return _Compared(rates, share, tried, change_point(days, searched[0], end))

    rests_on = fingerprint([day.toordinal() for day in at_risk], days, searched[0], stated, end)
    key = key_of(rests_on, rooms=ROOMS, libraries=("numpy", "scipy")) if is_kept else None
    compared = computed_once("rates", key, _Compared, compute)
    found, share, tried = compared.rates, compared.placebo_share, compared.tried_count
    point = compared.point
    status = change_status(found.low, found.high, counts[:2], share)
    if test.operator == "not_lower":
        status = mirrored(status)
    top = "no bound" if found.high is None else f"{found.high:.2f}"
    ratio = "undefined" if found.ratio is None else f"{found.ratio:.2f}"
    text = (
        f"{counted(counts[1], 'closure')} in "
        f"{counted(int(counts[3]), 'open day')} after {stated} against "
        f"{counts[0]} in "
        f"{counts[2]:,.0f} before: rate ratio {ratio}, 95 % interval {found.low:.2f} to {top}; "
        + (f"{share:.0%} of {tried} placebo dates give as much; " if share is not None else "")
        + (
            f"likeliest change {point.day} (p = {point.p_value:.2f})"
            if point.day
            else "no change point"
        )
    )
    ids = tuple(sorted({spell.closure_id for spell in taken if spell.start >= stated}))
    aside = {s.closure_id for s in mine if s.start >= stated} - set(ids)
    if aside:
        text += f"; not counted: {_who_shut(aside, accounts)}"
    return Measure(
        delivery=None,
        evidence=status,
        reason=text,
        contradicts=ids,
        value=found.ratio,
        low=found.low,
        high=found.high,
        unit="rate ratio",
    )


def _who_shut(idents: Iterable[str], accounts: Accounts) -> str:
    """Return closures by who shut them, in words."""
    by: dict[str, list[str]] = {}
    for ident in sorted(idents):
        by.setdefault(accounts.get(ident, NOT_TOLD), []).append(ident)
    return ", ".join(
        f"{' '.join(ids)} ({who if who in (NOT_TOLD, DISPUTED) else f'shut by {who}'})"
        for who, ids in sorted(by.items())
    )


def change_status(
    low: float, high: float | None, counts: tuple[int, int], placebo: float | None
) -> EvidenceStatus:
    """Return contradicted where it shut more often, consistent where less, beyond chance."""
    chance = placebo is not None and placebo > 0.05  # noqa: PLR2004
    if max(counts[0], counts[1]) < FEWEST_EVENTS or chance:
        return EvidenceStatus.insufficient
    if low > 1 and counts[1] >= FEWEST_EVENTS:
        return EvidenceStatus.contradicted
    if high is not None and high < 1:
        return EvidenceStatus.consistent
    return EvidenceStatus.insufficient
