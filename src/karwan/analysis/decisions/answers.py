"""Answers about a closure as plain data: queues, bills, and what was said of them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from karwan.analysis.corridors.answers import date_text, rounded, world_to_dict
from karwan.analysis.decisions.bills import CARRIER_SHARE, DayBill, known_total, merged
from karwan.analysis.decisions.closures import (
    ClosureQueue,
    QueueClaim,
    WayQueue,
)
from karwan.analysis.decisions.residual import Residual
from karwan.analysis.decisions.turns import TruckClass, truck_classes
from karwan.analysis.traffic.answers import CAPACITIES
from karwan.analysis.world.later import later_facts, later_facts_to_dict
from karwan.base.telling import Column, Form, to_dict

if TYPE_CHECKING:
    from karwan.analysis.world.world import World

Json = dict[str, Any]
MOST_CURVE_DAYS = 730
SPLIT = (
    f"trucks: {CARRIER_SHARE:.0%} each of the carriers of either side (grade C); cargo and boxes: "
    "the owner in the country that receives"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class QueueDay:
    """One day of a queue, one way."""

    date: str | None
    direction: str
    days_since_closure: int
    trucks: float
    arrived: float
    passed: float


EVERYWHERE = (Form.json, Form.csv, Form.frame, Form.html)
CURVE: tuple[Column[QueueDay], ...] = (
    Column(name="date", forms=EVERYWHERE),
    Column(name="direction", forms=EVERYWHERE),
    Column(name="days_since_closure", unit="days", forms=EVERYWHERE),
    *(
        Column(
            name=name,
            unit="trucks",
            forms=EVERYWHERE,
            digits={Form.json: 1, Form.csv: 1},
            names={} if name == "trucks" else {Form.frame: f"{name}_trucks"},
        )
        for name in ("trucks", "arrived", "passed")
    ),
)


def curve(asked: ClosureQueue) -> Iterator[QueueDay]:
    """Yield the queue day by day from the closure until it is clear, two years at most."""
    for way in asked.ways:
        queue = way.queue
        last = queue.days[-1] if queue.clear_day is None else queue.clear_day
        first = max(asked.closed_for_days - MOST_CURVE_DAYS / 2, 0.0)
        for day in range(int(first), int(min(np.ceil(last), first + MOST_CURVE_DAYS)) + 1):
            yield QueueDay(
                date=date_text(asked.day(day)),
                direction=way.capacity.direction,
                days_since_closure=day,
                trucks=queue.at(day),
                arrived=float(np.interp(day, queue.days, queue.arrived)),
                passed=float(np.interp(day, queue.days, queue.passed)),
            )


def or_none(value: float | None) -> float | None:
    """Return a number rounded for print, None where there is none."""
    return None if value is None else rounded(value)


def _most(values: Iterable[float | None]) -> float | None:
    known = list(values)
    return None if None in known else max((v for v in known if v is not None), default=None)


def residual_to_dict(residual: Residual) -> Json:
    """Return how long a closure still lasts, and by what it is judged."""
    return {
        "age_days": rounded(residual.age_days),
        "since": date_text(residual.since),
        "cause": residual.cause or None,
        "remaining_days": {
            f"p{share:.0f}": or_none(residual.quantile(share / 100)) for share in (10, 50, 90)
        },
        "longest_on_record_days": rounded(residual.longest_days),
        "beyond_evidence": residual.beyond_evidence,
        "evidence": list(residual.evidence),
    }


def bill_to_dict(bill: DayBill) -> Json:
    """Return what a party pays for a day of waiting."""
    return {
        "country": bill.country,
        "payer": bill.payer,
        "what": bill.what,
        "count": rounded(bill.unit_count),
        "usd": or_none(bill.usd),
        "low_usd": or_none(bill.low_usd),
        "high_usd": or_none(bill.high_usd),
    }


def bills_to_dict(bills: Iterable[DayBill]) -> Json:
    """Return all that a day costs, by who pays; who has no figure is named."""
    rows = merged(bills)
    by_country: dict[str, float] = {}
    for bill in rows:
        if bill.usd is not None:
            by_country[bill.country] = by_country.get(bill.country, 0.0) + bill.usd
    return {
        "total": or_none(known_total(bill.usd for bill in rows)),
        "low": or_none(known_total(bill.low_usd for bill in rows)),
        "high": or_none(known_total(bill.high_usd for bill in rows)),
        "by_country": {country: rounded(usd) for country, usd in sorted(by_country.items())},
        "by_payer": [bill_to_dict(bill) for bill in rows],
        "unknown": sorted({f"{bill.what} of {bill.country}" for bill in rows if bill.usd is None}),
        "split": SPLIT,
    }


def way_to_dict(asked: ClosureQueue, way: WayQueue) -> Json:
    """Return the queue of one way."""
    return {
        "direction": way.capacity.direction,
        "from_country": way.capacity.from_country,
        "to_country": way.capacity.to_country,
        "backlog_trucks": rounded(way.waiting_trucks),
        "backlog_loaded_trucks": rounded(way.waiting_trucks * way.loaded_share),
        "backlog_empty_trucks": rounded(way.waiting_trucks * (1 - way.loaded_share)),
        "most_trucks": rounded(way.queue.most_trucks),
        "held_back_trucks": rounded(way.held_back_trucks),
        "boxes_at_port": rounded(way.boxes_at_port),
        "arrivals_per_day": rounded(way.gate.arrivals_per_day),
        "capacity_per_day": rounded(way.gate.capacity_per_day),
        "restart": way.queue.restart.value,
        "clear_on": date_text(asked.day(way.queue.clear_day)),
        "truck_days": or_none(way.queue.truck_days),
        "mean_wait_days": or_none(way.queue.mean_wait_days),
        "wait_days": {"p50": or_none(way.p50_wait_days), "p90": or_none(way.p90_wait_days)},
        "class_wait_days": {name: or_none(days) for name, days in way.class_wait_days},
        "capacity": to_dict(CAPACITIES, way.capacity),
    }


def claim_to_dict(claim: QueueClaim) -> Json:
    """Return what was said to wait at a crossing."""
    return {
        "date": claim.date or None,
        "value": claim.value,
        "unit": claim.unit,
        "status": claim.status,
        "note": claim.note,
        "source_url": claim.source.url,
        "source_date": claim.source.date or None,
        "grade": claim.source.grade,
    }


def class_to_dict(one: TruckClass) -> Json:
    """Return a class of trucks with the source of its share."""
    told: Json = {"name": one.name, "share": one.share}
    if one.source is not None:
        told |= {
            "grade": one.source.grade,
            "source": one.source.url,
            "source_date": one.source.date,
            "basis": one.source.note,
        }
    return told


def queue_to_dict(world: World, asked: ClosureQueue) -> Json:
    """Return the queue of a closure: both ways together first, then each."""
    ways = asked.ways
    return {
        "world": world_to_dict(world),
        "element": asked.element_id,
        "name": asked.name,
        "closed_for_days": rounded(asked.closed_for_days),
        "reopens": {"date": asked.reopens.isoformat(), "assumed": asked.reopens_assumed},
        "backlog_trucks": rounded(sum(way.waiting_trucks for way in ways)),
        "boxes_at_port": rounded(sum(way.boxes_at_port for way in ways)),
        "clear_on": date_text(asked.clear_on),
        "clear_by": {
            "p50": date_text(asked.p50_clear_on),
            "p90": date_text(asked.p90_clear_on),
        },
        "truck_days": or_none(asked.truck_days),
        "usd_per_day": bills_to_dict(bill for way in ways for bill in way.bills),
        "wait_days": {
            "p50": _most(or_none(way.p50_wait_days) for way in ways),
            "p90": _most(or_none(way.p90_wait_days) for way in ways),
        },
        "ways": [way_to_dict(asked, way) for way in ways],
        "classes": [class_to_dict(one) for one in truck_classes(world.catalog)],
        "closure": None if asked.residual is None else residual_to_dict(asked.residual),
        "claims": [claim_to_dict(claim) for claim in asked.claims],
        "notes": list(asked.notes),
        "evidence_horizon": world.evidence_horizon.isoformat(),
        "curve": [to_dict(CURVE, row) for row in curve(asked)],
        "later_facts": later_facts_to_dict(later_facts(world, asked.sources)),
        "sources": sorted({one.url for one in asked.sources if one.url.startswith("http")}),
    }
