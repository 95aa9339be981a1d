"""The status of a statement on a date, by its test, with the inputs that gave it.

A status is computed anew each time from what was known on the as-of date, so an old date gives
the old status. It is never raised by silence: only evidence makes a thing met. Opinions, and what
unnamed analysts say, are stored and refused.
"""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from karwan.base.errors import NoEvidenceError
from karwan.base.known import known_from
from karwan.base.reprs import short_repr
from karwan.data.rows.row import Row
from karwan.ledger.indicators import Facts, measure
from karwan.ledger.measures import Measure, denied
from karwan.ledger.milestones import both_ways, known_evidence
from karwan.ledger.nouns import Indicator, Ledger, Proposition, Statement
from karwan.ledger.series import known_rows
from karwan.ledger.words import (
    DELIVERABLE,
    DONE,
    FAILED,
    Delivery,
    EvidenceStatus,
    SpeechAct,
    Testability,
)

DENIES, SHARED = "denies", "shared"
DEMAND = "a condition or demand on others: nothing was promised that could be delivered"


@dataclass(frozen=True, slots=True, kw_only=True)
class Assessment:
    """Status of one proposition on one date.

    `delivery` and `evidence` are None where the proposition is refused. `inputs_sha256` is the
    hash of rule, date and inputs: the same hash gives the same status.
    """

    proposition_id: str
    as_of: dt.date
    delivery: Delivery | None
    evidence: EvidenceStatus | None
    reason: str
    supports: tuple[str, ...]
    contradicts: tuple[str, ...]
    rule: str
    written_on: dt.date | None
    deadline: dt.date | None
    value: float | None
    low: float | None
    high: float | None
    unit: str
    done_on: dt.date | None
    seen_on: dt.date | None
    inputs_sha256: str

    @property
    def refused(self) -> bool:
        """Whether it is stored and not assessed."""
        return self.evidence is None

    @property
    def written_after_deadline(self) -> bool:
        """Whether the test was written when its outcome could already be known."""
        return (
            self.written_on is not None
            and self.deadline is not None
            and self.written_on > self.deadline
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Status:
    """Status of a whole statement: that of its parts taken together."""

    statement: Statement
    as_of: dt.date
    delivery: Delivery | None
    evidence: EvidenceStatus | None
    parts: tuple[Assessment, ...]

    __repr__ = short_repr

    @property
    def refused(self) -> bool:
        """Whether no part of it is assessed."""
        return all(part.refused for part in self.parts)

    @property
    def delivery_word(self) -> str | None:
        """Its delivery in a word, if it has one."""
        return self.delivery.value if self.delivery else None

    @property
    def evidence_word(self) -> str | None:
        """Its evidence status in a word, if it has one."""
        return self.evidence.value if self.evidence else None

    @property
    def reason(self) -> str:
        """Why, for each part once."""
        return "; ".join(dict.fromkeys(part.reason for part in self.parts))


def assess(ledger: Ledger, facts: Facts, part: Proposition, as_of: dt.date) -> Assessment:
    """Return the status of a proposition from what was known on a date.

    A test and its evidence tell of one thing; a proposition affirms that thing or denies it, and
    several may share the test. The denial has the status of the claim, turned round. A demand is
    refused, whoever makes it: nothing was undertaken by its speaker.
    """
    act = ledger.statements[part.statement_id].speech_act
    base = tested_as(ledger, part)
    tests = ledger.tests_of[base.id]
    items = ledger.evidence_of[base.id]
    ways = both_ways(known_evidence(items, as_of))
    written = (ways.supports, ways.contradicts)
    if act is SpeechAct.request or part.testable is not Testability.yes or not tests:
        refused = act is SpeechAct.request or part.testable is Testability.refused
        why = DEMAND if act is SpeechAct.request else part.reason or "no test was written for it"
        told = Measure(
            delivery=None,
            evidence=EvidenceStatus.not_testable,
            reason=why,
            supports=ways.supports,
            contradicts=ways.contradicts,
        )
        return _assessment(part, None, told, as_of, refused=refused, hashed=written)
    test = newest_test(tests)
    measured = _add_written(measure(test, facts, items, as_of), *written)
    if part.polarity == DENIES:
        measured = denied(measured)
    if act not in DELIVERABLE:
        measured = replace(measured, delivery=None)
    elif measured.delivery is None:
        measured = replace(measured, delivery=Delivery.no_deadline)
    if part.reason:
        measured = replace(measured, reason=f"{measured.reason}; {part.reason}")
    return _assessment(part, test, measured, as_of, refused=False, hashed=written)


def newest_test(tests: Sequence[Indicator]) -> Indicator:
    """Return the test that counts: the one written last."""
    return max(tests, key=lambda one: (one.written_on, one.id))


def tested_as(ledger: Ledger, part: Proposition) -> Proposition:
    """Return the proposition whose test and evidence decide: another's where they are shared."""
    tests = ledger.tests_of[part.id]
    if not tests or newest_test(tests).metric != SHARED:
        return part
    return ledger.propositions[newest_test(tests).filter["part"]]


def _add_written(measured: Measure, for_: Sequence[str], against: Sequence[str]) -> Measure:
    """Return the measure with all written evidence listed too, each once."""
    return replace(
        measured,
        supports=tuple(dict.fromkeys([*measured.supports, *for_])),
        contradicts=tuple(dict.fromkeys([*measured.contradicts, *against])),
    )


def _assessment(
    part: Proposition,
    test: Indicator | None,
    measured: Measure,
    as_of: dt.date,
    *,
    refused: bool,
    hashed: Iterable[Iterable[str]],
) -> Assessment:
    rule = test.rule if test is not None else "refused/1" if refused else "not-testable/1"
    said = [
        part.id,
        rule,
        as_of.isoformat(),
        measured.reason,
        *measured.supports,
        *measured.contradicts,
    ]
    said += [ident for ids in hashed for ident in ids]
    return Assessment(
        proposition_id=part.id,
        as_of=as_of,
        delivery=measured.delivery,
        evidence=None if refused else measured.evidence,
        reason=measured.reason,
        supports=measured.supports,
        contradicts=measured.contradicts,
        rule=rule,
        written_on=test.written_on if test is not None else None,
        deadline=test.deadline if test is not None else None,
        value=measured.value,
        low=measured.low,
        high=measured.high,
        unit=measured.unit,
        done_on=measured.done_on,
        seen_on=measured.seen_on,
        inputs_sha256=hashlib.sha256("\x1f".join(said).encode()).hexdigest(),
    )


def assess_statement(ledger: Ledger, facts: Facts, statement: Statement, as_of: dt.date) -> Status:
    """Return the status of a statement on a date.

    Raises
    ------
    NoEvidenceError
        If it had not been made by then.
    """
    if statement.said > as_of:
        msg = f"{statement.id} was said on {statement.said_on}, after the as-of date {as_of}."
        raise NoEvidenceError(msg)
    parts = tuple(assess(ledger, facts, part, as_of) for part in ledger.parts_of[statement.id])
    return Status(
        statement=statement,
        as_of=as_of,
        delivery=join_delivery([part.delivery for part in parts]),
        evidence=join_evidence([part.evidence for part in parts if part.evidence is not None]),
        parts=parts,
    )


def assess_all(ledger: Ledger, facts: Facts, as_of: dt.date) -> list[Status]:
    """Return the status of every statement made by a date, in the order of the ledger."""
    return [
        assess_statement(ledger, facts, statement, as_of)
        for statement in ledger.statements.values()
        if statement.said <= as_of
    ]


def join_delivery(parts: Sequence[Delivery | None]) -> Delivery | None:
    """Return the delivery of a whole from that of its parts.

    Done in part and failed in part is partly met; otherwise what is worst known stands.

    Examples
    --------
    >>> join_delivery([Delivery.met, Delivery.not_met]).value
    'partly met'
    """
    known = [part for part in parts if part is not None]
    if not known:
        return None
    kinds = set(known)
    if len(kinds) == 1:
        return known[0]
    done = bool(kinds & (DONE | {Delivery.partly_met}))
    if done and kinds & FAILED:
        return Delivery.partly_met
    order = (
        Delivery.not_met, Delivery.overdue, Delivery.not_due, Delivery.partly_met,
        Delivery.superseded, Delivery.met_late, Delivery.no_deadline, Delivery.met,
    )  # fmt: skip
    return next(word for word in order if word in kinds)


def join_evidence(parts: Sequence[EvidenceStatus]) -> EvidenceStatus | None:
    """Return the evidence status of a whole, which holds only if all its parts do.

    Examples
    --------
    >>> join_evidence([EvidenceStatus.consistent, EvidenceStatus.insufficient]).value
    'insufficient'
    """
    kinds = set(parts)
    if not kinds:
        return None
    if len(kinds) == 1:
        return parts[0]
    if (
        EvidenceStatus.mixed in kinds
        or {
            EvidenceStatus.consistent,
            EvidenceStatus.contradicted,
        }
        <= kinds
    ):
        return EvidenceStatus.mixed
    if EvidenceStatus.contradicted in kinds:
        return EvidenceStatus.contradicted
    return EvidenceStatus.insufficient


def history(ledger: Ledger, facts: Facts, statement: Statement, as_of: dt.date) -> list[Status]:
    """Return the status on the day it was said, and on every day on which it changed."""
    turns: list[Status] = []
    for day in key_days(ledger, facts, statement, as_of):
        status = assess_statement(ledger, facts, statement, day)
        if not turns or _words(status) != _words(turns[-1]):
            turns.append(status)
    return turns


def _words(status: Status) -> list[tuple[Delivery | None, EvidenceStatus | None]]:
    return [(part.delivery, part.evidence) for part in status.parts]


def key_days(ledger: Ledger, facts: Facts, statement: Statement, as_of: dt.date) -> list[dt.date]:
    """Return the days on which a status can change: said, evidence, closures, deadlines."""
    one = dt.timedelta(days=1)
    days = {statement.said, as_of}
    for part in ledger.parts_of[statement.id]:
        base = tested_as(ledger, part)
        days.update(item.known_from for item in ledger.evidence_of[base.id])
        for test in ledger.tests_of[base.id]:
            if test.last_in_time is not None:
                days.add(test.last_in_time + one)
            days |= _data_days(test, facts, as_of)
    return sorted(day for day in days if statement.said <= day <= as_of)


def _data_days(test: Indicator, facts: Facts, as_of: dt.date) -> set[dt.date]:
    if test.data_set == "closures":
        days: set[dt.date] = set()
        if test.values("by"):
            told = known_rows(facts.told, as_of, facts.undated)
            days |= {known_from(row.source_date, facts.undated) for row in told}
        for spell in facts.known_spells(as_of):
            if spell.element_id in test.values("elements"):
                days |= {
                    max(spell.told_on, day)
                    for day in (spell.start, spell.end, spell.seen_until)
                    if day
                }
        return days
    rows: Sequence[Row] = ()
    if test.data_set == "security_indicators":
        rows = facts.security
    if test.data_set == "trade_bilateral":
        rows = facts.trade
    known = known_rows(rows, as_of, facts.undated)
    return {known_from(row.source_date, facts.undated) for row in known}
