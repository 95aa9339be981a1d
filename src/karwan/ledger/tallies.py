"""Counts by status with their denominator, alike for every party.

No score of truth is given for a person or a government: a count says how many of how many.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from karwan.ledger.assessment import Status
from karwan.ledger.change import share_interval
from karwan.ledger.statements import mentions
from karwan.ledger.words import Delivery, EvidenceStatus

DUE = (
    Delivery.met, Delivery.met_late, Delivery.partly_met, Delivery.not_met, Delivery.overdue,
    Delivery.superseded,
)  # fmt: skip
"""Deliveries of what had a date that has come, or was settled."""


KEPT_RULE = (
    "A statement counts once, where a date that it named has come, or was set anew, and evidence "
    "tells what became of it; it was kept if all its dated parts were done in time."
)
"""What a kept date is, wherever it is counted."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """How many of the dated things that came due were kept in time, with the exact interval.

    Attributes
    ----------
    kept_ids, missed_ids
        Statements behind the count; `due_count` is of both.
    unclear_ids
        Statements whose date passed and of which nothing tells; in no share.
    low, high
        95 per cent interval of the share (Clopper and Pearson); 0 to 1 where nothing came due.
    words
        Statements by delivery, those not due and without a date among them.
    """

    party: str
    kept_ids: tuple[str, ...] = ()
    missed_ids: tuple[str, ...] = ()
    unclear_ids: tuple[str, ...] = ()
    low: float = 0.0
    high: float = 1.0
    words: Mapping[str, int] = field(default_factory=dict)

    @property
    def kept_count(self) -> int:
        """How many were kept in time."""
        return len(self.kept_ids)

    @property
    def due_count(self) -> int:
        """How many came due with evidence either way."""
        return len(self.kept_ids) + len(self.missed_ids)

    @property
    def share(self) -> float | None:
        """Share kept in time; None where nothing came due with evidence."""
        return self.kept_count / self.due_count if self.due_count else None


def counted_once(statuses: Sequence[Status]) -> list[Status]:
    """Return the statuses without entries that repeat another."""
    return [status for status in statuses if not status.statement.same_as]


def kept_of(party: str, statuses: Sequence[Status]) -> Kept:
    """Return the record of kept dates in a group of statements, by `KEPT_RULE`.

    Met late is not kept in time; what nobody can tell (overdue, no evidence) is left out of the
    share and stands in `unclear_ids`.
    """
    mine = counted_once(statuses)
    words = Counter(s.delivery.value for s in mine if s.delivery is not None)
    dated = [s for s in mine if s.delivery in DUE and _had_deadline(s)]
    unclear = [s.statement.id for s in dated if s.delivery is Delivery.overdue]
    kept = [s.statement.id for s in dated if s.delivery is Delivery.met]
    missed = [s.statement.id for s in dated if s.statement.id not in {*unclear, *kept}]
    told = len(kept) + len(missed)
    low, high = share_interval(len(kept), told) if told else (0.0, 1.0)
    return Kept(
        party=party,
        kept_ids=tuple(kept),
        missed_ids=tuple(missed),
        unclear_ids=tuple(unclear),
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
    told = [
        kept_of(party, [s for s in statuses if speaks_for(words, s)])
        for party, words in parties.items()
    ]
    return [*told, kept_of("all", statuses)]


def speaks_for(words: Iterable[str], status: Status) -> bool:
    """Whether a statement is of who is known by any of these words: speaker, office, principal.

    Who only announced what another undertakes is not its speaker.
    """
    said = status.statement
    speaker = said.speaker.split(" (as announced by")[0]
    told = (speaker, said.role, said.on_behalf_of)
    return any(mentions(word, text) for word in words for text in told)


def words_of_actor(actor: str, parties: Mapping[str, Sequence[str]]) -> tuple[str, ...]:
    """Return the words by which an actor is known: a party's, or his name alone."""
    names = {name.casefold(): tuple(words) for name, words in parties.items()}
    return names.get(actor.casefold(), (actor,))


def testable_share(statuses: Sequence[Status]) -> tuple[int, int, float, float]:
    """Return how many assurances can be tested, of how many, with the exact interval."""
    mine = [s for s in counted_once(statuses) if s.statement.speech_act == "assurance"]
    tested = sum(s.evidence is not EvidenceStatus.not_testable and not s.refused for s in mine)
    return tested, len(mine), *(share_interval(tested, len(mine)) if mine else (0.0, 1.0))
