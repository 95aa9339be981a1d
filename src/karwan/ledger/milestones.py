"""Tests on written evidence: was it done and by when, how many parts, what do others find.

Only direct evidence from none of the parties decides. What the speaker, a party or an armed
group says is kept and shown; it never decides alone, whoever says it.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from karwan.base.words import counted
from karwan.ledger.measures import Measure
from karwan.ledger.nouns import Evidence, Indicator
from karwan.ledger.words import Bears, Delivery, EvidenceStatus

SUPERSEDED = "superseded"


def known_evidence(items: Sequence[Evidence], as_of: dt.date) -> list[Evidence]:
    """Return the evidence known on a day: by the last day that its source can be of."""
    return [item for item in items if item.known_from <= as_of]


def ids_of(items: Sequence[Evidence], bears: Bears) -> tuple[str, ...]:
    """Return the ids of evidence that points one way."""
    return tuple(item.id for item in items if item.bears is bears)


@dataclass(frozen=True, slots=True)
class Ways:
    """Ids of evidence for, and of evidence against."""

    supports: tuple[str, ...]
    contradicts: tuple[str, ...]


def both_ways(items: Sequence[Evidence]) -> Ways:
    """Return the ids of evidence for, and of evidence against."""
    return Ways(ids_of(items, Bears.supports), ids_of(items, Bears.contradicts))


def measure_milestone(test: Indicator, items: Sequence[Evidence], as_of: dt.date) -> Measure:
    """Test whether an event took place by the deadline."""
    mine = [item for item in items if item.event == test.filter["event"]]
    done = [item for item in mine if item.decides and item.bears is Bears.supports]
    last = test.last_in_time
    ways = both_ways(items)
    if done:
        return _done(done, last, ways)
    if any(item.event == SUPERSEDED and item.direct for item in items):
        return Measure(
            delivery=Delivery.superseded,
            evidence=EvidenceStatus.insufficient,
            reason="the same parties set another date or target",
            supports=ways.supports,
            contradicts=ways.contradicts,
        )
    if last is None:
        return Measure(
            delivery=Delivery.no_deadline,
            evidence=EvidenceStatus.insufficient,
            reason="no deadline was given",
            supports=ways.supports,
            contradicts=ways.contradicts,
        )
    if as_of <= last:
        return Measure(
            delivery=Delivery.not_due,
            evidence=EvidenceStatus.insufficient,
            reason=f"due by {last}",
            supports=ways.supports,
            contradicts=ways.contradicts,
        )
    against = [
        item
        for item in mine
        if item.decides
        and item.bears is Bears.contradicts
        and item.event_day is not None
        and item.event_day >= last
    ]
    if against:
        text = f"not done by {last}: seen on {min(str(item.event_day) for item in against)}"
        seen = max(item.event_day for item in against if item.event_day is not None)
        return Measure(
            delivery=Delivery.not_met,
            evidence=EvidenceStatus.contradicted,
            reason=text,
            supports=ways.supports,
            contradicts=ways.contradicts,
            seen_on=seen,
        )
    text = f"{last} passed and nothing dated after it tells either way"
    return Measure(
        delivery=Delivery.overdue,
        evidence=EvidenceStatus.insufficient,
        reason=text,
        supports=ways.supports,
        contradicts=ways.contradicts,
    )


def _done(done: Sequence[Evidence], last: dt.date | None, ways: Ways) -> Measure:
    days = [item.event_day or item.known_from for item in done]
    first = min(days)
    undated = all(item.event_day is None for item in done)
    when = f"by {first}, day not found" if undated else f"on {first}"
    if last is not None and first > last:
        late = counted((first - last).days, "day")
        text = f"done {when}, {late} late: the thing came, its day did not hold"
        return Measure(
            delivery=Delivery.met_late,
            evidence=EvidenceStatus.mixed,
            reason=text,
            supports=ways.supports,
            contradicts=ways.contradicts,
            done_on=first,
        )
    day = None if undated else first
    return Measure(
        delivery=Delivery.met,
        evidence=EvidenceStatus.consistent,
        reason=f"done {when}",
        supports=ways.supports,
        contradicts=ways.contradicts,
        done_on=day,
    )


def measure_parts(test: Indicator, items: Sequence[Evidence], as_of: dt.date) -> Measure:
    """Count the parts that were seen done."""
    done = [
        item
        for item in items
        if item.event == test.filter["event"] and item.decides and item.bears is Bears.supports
    ]
    wanted, last = int(test.value or 0), test.last_in_time
    if len(done) >= wanted:
        delivery = Delivery.met
    elif done:
        delivery = Delivery.partly_met
    elif last is None:
        delivery = Delivery.no_deadline
    else:
        delivery = Delivery.overdue if as_of > last else Delivery.not_due
    status = EvidenceStatus.consistent if done else EvidenceStatus.insufficient
    ways = both_ways(items)
    text = f"{len(done)} of {wanted} seen"
    return Measure(
        delivery=delivery,
        evidence=status,
        reason=text,
        supports=ways.supports,
        contradicts=ways.contradicts,
        value=len(done),
        unit="count",
    )


def measure_weight(test: Indicator, items: Sequence[Evidence], as_of: dt.date) -> Measure:
    """Weigh what is known for and against; the same for whoever speaks.

    With a deadline the proposition is about a time that ends: it is met where evidence supports it
    and none contradicts, once that time is over.
    """
    status = weight_of(items)
    ways = both_ways(items)
    said = [item for item in items if not item.decides and item.bears is not Bears.neither]
    accounts = counted(len(said), "account")
    reason = {
        EvidenceStatus.consistent: "found so by others than the parties",
        EvidenceStatus.contradicted: "found otherwise by others than the parties",
        EvidenceStatus.mixed: "others than the parties find both",
        EvidenceStatus.insufficient: "nothing from others than the parties decides"
        + (f"; {accounts} of parties or from the context shown" if said else ""),
    }[status]
    last = test.last_in_time
    if last is None:
        return Measure(
            delivery=Delivery.no_deadline,
            evidence=status,
            reason=reason,
            supports=ways.supports,
            contradicts=ways.contradicts,
        )
    if as_of <= last:
        return Measure(
            delivery=Delivery.not_due,
            evidence=EvidenceStatus.insufficient,
            reason=f"ends {last}",
            supports=ways.supports,
            contradicts=ways.contradicts,
        )
    delivery = {
        EvidenceStatus.consistent: Delivery.met,
        EvidenceStatus.contradicted: Delivery.not_met,
    }.get(status, Delivery.overdue)
    if status is EvidenceStatus.mixed:
        reason = "sources conflict, so that nothing decides"
    return Measure(
        delivery=delivery,
        evidence=status,
        reason=reason,
        supports=ways.supports,
        contradicts=ways.contradicts,
    )


def weight_of(items: Sequence[Evidence]) -> EvidenceStatus:
    """Return what the evidence that decides comes to."""
    ways = {item.bears for item in items if item.decides and item.event != SUPERSEDED}
    if {Bears.supports, Bears.contradicts} <= ways:
        return EvidenceStatus.mixed
    if Bears.supports in ways:
        return EvidenceStatus.consistent
    if Bears.contradicts in ways:
        return EvidenceStatus.contradicted
    return EvidenceStatus.insufficient
