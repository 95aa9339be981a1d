"""What a test gives, whatever it is measured on."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, replace

from karwan.ledger.words import DENIED, Delivery, EvidenceStatus, mirrored


@dataclass(frozen=True, slots=True, kw_only=True)
class Measure:
    """What one test gave: statuses, the ids of its inputs for and against, and a number if any.

    `done_on` is the day it was done, `seen_on` the last day on which it was seen not done.
    """

    delivery: Delivery | None
    evidence: EvidenceStatus
    reason: str
    supports: tuple[str, ...] = ()
    contradicts: tuple[str, ...] = ()
    value: float | None = None
    low: float | None = None
    high: float | None = None
    unit: str = ""
    done_on: dt.date | None = None
    seen_on: dt.date | None = None


def denied(measure: Measure) -> Measure:
    """Return what the same test gives for the denial: sides and statuses change places."""
    delivery = measure.delivery
    return replace(
        measure,
        delivery=None if delivery is None else DENIED.get(delivery, delivery),
        evidence=mirrored(measure.evidence),
        reason=f"what it denies: {measure.reason}",
        supports=measure.contradicts,
        contradicts=measure.supports,
    )
