"""The delay register: planned dates beside actual ones, with the slip and its cause if one is told.

What is not done yet has a slip of at least the days since its date; a date that passed without
evidence either way is listed and has no slip. A cause is named only where a record names one.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import median

from karwan.ledger.assessment import Assessment, Status
from karwan.ledger.nouns import Ledger
from karwan.ledger.words import Delivery

NO_CAUSE = "not stated"
TO_BE_DONE = ("milestone", "opening", "parts-done", "trade-value")
"""Rules about a thing to be done by a day; times to be kept open have no slip."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Delay:
    """One dated undertaking: planned, actual, and how many days late.

    `slip_days` is None where nothing tells; `at_least` marks what was not done when last seen.
    """

    proposition_id: str
    speaker: str
    paraphrase: str
    planned: dt.date
    actual: dt.date | None
    slip_days: int | None
    at_least: bool
    delivery: str
    cause: str
    source_url: str
    grade: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Slip:
    """What the register comes to: how late things were, in days.

    Whether dates were kept is told of whole statements (`karwan.ledger.tallies.kept_of`), not of
    these parts. The median takes what is not done yet at its least, so it is a lower bound.

    Attributes
    ----------
    told_count, open_count
        Parts on which evidence tells, and those of them not done when last seen.
    """

    told_count: int
    median_days: float | None
    open_count: int


def delay_register(
    ledger: Ledger, statuses: Sequence[Status], causes: Mapping[str, str]
) -> list[Delay]:
    """Return every undertaking to do a thing by a day that has come, oldest day first.

    Parameters
    ----------
    causes
        Cause by id of a closure, for undertakings that hang on a gate.
    """
    found = [
        _delay(ledger, status, part, part.deadline, causes)
        for status in statuses
        if not status.statement.same_as
        for part in status.parts
        if part.deadline is not None
        and part.deadline < status.as_of
        and part.rule.startswith(TO_BE_DONE)
        and part.delivery not in (None, Delivery.not_due)
    ]
    return sorted(found, key=lambda one: (one.planned, one.proposition_id))


def _delay(
    ledger: Ledger, status: Status, part: Assessment, planned: dt.date, causes: Mapping[str, str]
) -> Delay:
    slip, at_least = None, False
    if part.done_on is not None:
        slip = max((part.done_on - planned).days, 0)
    elif part.seen_on is not None:
        slip, at_least = max((part.seen_on - planned).days, 1), True
    told = [causes[i] for i in (*part.contradicts, *part.supports) if causes.get(i)]
    return Delay(
        proposition_id=part.proposition_id,
        speaker=status.statement.speaker,
        paraphrase=ledger.propositions[part.proposition_id].paraphrase,
        planned=planned,
        actual=part.done_on,
        slip_days=slip,
        at_least=at_least,
        delivery=part.delivery.value if part.delivery else "",
        cause=told[0].replace("_", " ") if told else NO_CAUSE,
        source_url=status.statement.source.url,
        grade=status.statement.source.grade,
    )


def slip_of(register: Sequence[Delay]) -> Slip:
    """Return what a register comes to."""
    told = [one for one in register if one.slip_days is not None]
    slips = [float(one.slip_days) for one in told if one.slip_days is not None]
    return Slip(
        told_count=len(told),
        median_days=median(slips) if slips else None,
        open_count=sum(one.at_least for one in told),
    )
