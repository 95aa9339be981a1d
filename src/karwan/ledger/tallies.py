"""Counts by status with their denominator, alike for every party.

No score of truth is given for a person or a government: a count says how many of how many.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from karwan.ledger.assessment import Status
from karwan.ledger.change import share_interval
from karwan.ledger.statements import mentions
from karwan.ledger.words import Delivery, EvidenceStatus

DUE = (
    Delivery.met, Delivery.met_late, Delivery.partly_met, Delivery.not_met, Delivery.overdue,
    Delivery.superseded,
)  # fmt: skip
"""Deliveries of what had a date that has come, or was settled."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """How many of the dated things that came due were kept in time, with the exact interval."""

    party: str
    kept_count: int
    due_count: int
    low: float
    high: float
    words: dict[str, int]


def counted_once(statuses: Sequence[Status]) -> list[Status]:
    """Return the statuses without entries that repeat another."""
    return [status for status in statuses if not status.statement.same_as]


def kept_of(party: str, statuses: Sequence[Status]) -> Kept:
    """Return the record of kept dates in a group of statements.

    What had a deadline that has passed counts, met late as not kept in time; what nobody can tell
    (overdue, no evidence) is left out of the share and shown among the words.
    """
    mine = counted_once(statuses)
    words = Counter(s.delivery.value for s in mine if s.delivery is not None)
    dated = [s for s in mine if s.delivery in DUE and _had_deadline(s)]
    told = [s for s in dated if s.delivery is not Delivery.overdue]
    kept = sum(s.delivery is Delivery.met for s in told)
    low, high = share_interval(kept, len(told)) if told else (0.0, 1.0)
    return Kept(
        party=party,
        kept_count=kept,
        due_count=len(told),
        low=low,
        high=high,
        words=dict(sorted(words.items())),
    )


def _had_deadline(status: Status) -> bool:
    return any(part.deadline is not None for part in status.parts)


def kept_by_party(statuses: Sequence[Status], parties: Mapping[str, Sequence[str]]) -> list[Kept]:
    """Return the record of kept dates of each party, in the order given, and of all.

    Parameters
    ----------
    parties
        Words by which the speakers of each party are known, by its name.
    """
    found = []
    for party, words in parties.items():
        mine = [s for s in statuses if any(mentions(w, speaker_of(s)) for w in words)]
        found.append(kept_of(party, mine))
    return [*found, kept_of("all", statuses)]


def speaker_of(status: Status) -> str:
    """Return the speaker without who announced it for him."""
    return status.statement.speaker.split(" (as announced by")[0]


def testable_share(statuses: Sequence[Status]) -> tuple[int, int, float, float]:
    """Return how many assurances can be tested, of how many, with the exact interval."""
    mine = [s for s in counted_once(statuses) if s.statement.speech_act == "assurance"]
    tested = sum(s.evidence is not EvidenceStatus.not_testable and not s.refused for s in mine)
    return tested, len(mine), *(share_interval(tested, len(mine)) if mine else (0.0, 1.0))
