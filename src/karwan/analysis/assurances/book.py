"""The ledger asked: rows, parts, evidence in words, changes since a day."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

from karwan.base.errors import DataError, Fault, UnknownNameError
from karwan.base.reprs import short_repr
from karwan.base.telling import FILES, Column, Form, to_dict, to_frame
from karwan.data.catalog import Catalog
from karwan.data.region import corridor_families, region_words
from karwan.ledger.assessment import (
    DENIES,
    Assessment,
    Status,
    assess_all,
    assess_statement,
    history,
    newest_test,
    tested_as,
)
from karwan.ledger.indicators import Facts, read_facts
from karwan.ledger.nouns import Indicator, Ledger, Proposition, Statement
from karwan.ledger.statements import read_ledger
from karwan.ledger.tallies import speaks_for, words_of_actor
from karwan.ledger.words import Bears, Delivery, EvidenceStatus

if TYPE_CHECKING:
    import polars as pl

REFUSED = "refused"


@dataclass(frozen=True)
class Book:
    """The ledger with the data its tests are measured on."""

    catalog: Catalog
    ledger: Ledger
    facts: Facts

    __repr__ = short_repr

    def assess(self, as_of: dt.date) -> list[Status]:
        """Return the status of every statement made by a date."""
        return assess_all(self.ledger, self.facts, as_of)

    def status(self, name: str, as_of: dt.date) -> Status:
        """Return the status of one statement."""
        return assess_statement(self.ledger, self.facts, self.ledger.statement(name), as_of)

    def to_frame(self, as_of: dt.date) -> pl.DataFrame:
        """Return the status of every statement made by a date, as a frame."""
        return to_frame(STATUSES, told(self, self.assess(as_of)))

    def history(self, name: str, as_of: dt.date) -> list[Status]:
        """Return a statement's status when it was made and each time it changed."""
        return history(self.ledger, self.facts, self.ledger.statement(name), as_of)

    @cached_property
    def closures(self) -> dict[str, dict[str, Any]]:
        """Rows of the closure record by id, for evidence that a test took from there."""
        cited: dict[str, dict[str, Any]] = {}
        for spell in self.facts.record.spells:
            cited[spell.closure_id] = {
                "id": spell.closure_id,
                "note": spell.description,
                "independence": "data",
                "source_url": spell.source.url,
                "source_date": spell.source.date or None,
                "confidence": spell.source.grade,
            }
        return cited

    def evidence_row(self, ident: str) -> dict[str, Any]:
        """Return one piece of evidence with its source, by id."""
        item = self.ledger.evidence.get(ident)
        if item is not None:
            return {
                "id": ident,
                "note": item.note,
                "independence": item.independence.value,
                "source_url": item.source.url,
                "source_date": item.source.date,
                "confidence": item.source.grade,
            }
        if ident in self.closures:
            return self.closures[ident]
        row = next((r for r in self.facts.security if r.id == ident), None)
        if row is None:
            return {"id": ident}
        return {
            "id": ident,
            "note": f"{row.publisher}: {row.value:g} {row.unit}, {row.geography}, "
            f"{row.period_start} to {row.period_end}",
            "independence": row.publisher_kind,
            "source_url": row.source_url,
            "source_date": row.source_date,
            "confidence": row.confidence,
        }

    def addresses(self, statuses: Sequence[Status]) -> dict[str, str]:
        """Return the address of each piece of evidence that the statuses name, by id."""
        idents = {i for s in statuses for p in s.parts for i in (*p.supports, *p.contradicts)}
        rows = (self.evidence_row(ident) for ident in sorted(idents))
        return {row["id"]: row.get("source_url") or "" for row in rows}


def open_book(catalog: Catalog, *, for_export: bool = False) -> Book:
    """Return the ledger of a catalogue, with its workspace if it has one.

    Parameters
    ----------
    for_export
        Measure on nothing whose terms allow no passing on.
    """
    return Book(catalog, read_ledger(catalog), read_facts(catalog, for_export=for_export))


def choose(
    book: Book, as_of: dt.date, *, actor: str | None, corridor: str | None, status: str | None
) -> list[Status]:
    """Return the statuses on a date of an actor, on a corridor, with a status word.

    Raises
    ------
    DataError
        Names every filter that is not known.
    """
    statuses, families = book.assess(as_of), corridor_families(book.catalog)
    faults: list[Fault] = []
    if corridor is not None and corridor.upper() not in families:
        faults.append(Fault("corridor", f"{corridor!r} is not one of {', '.join(families)}"))
    words = [*(w.value for w in Delivery), *(w.value for w in EvidenceStatus), REFUSED]
    if status is not None and status not in words:
        faults.append(Fault("status", f"{status!r} is not one of: {'; '.join(words)}"))
    names = () if actor is None else words_of_actor(actor, region_words(book.catalog, "party"))
    if actor is not None and not any(speaks_for(names, one) for one in statuses):
        speakers = sorted({one.statement.speaker for one in statuses})
        error = UnknownNameError("speaker", actor, speakers, hint="See `ledger list`.")
        faults.append(Fault("", str(error)))
    if faults:
        raise DataError("the question", faults)
    return [
        one
        for one in statuses
        if (actor is None or speaks_for(names, one))
        and (corridor is None or corridor.upper() in one.statement.corridors)
        and (status is None or status in _status_words(one))
    ]


def _status_words(one: Status) -> tuple[str, ...]:
    if one.refused:
        return (REFUSED,)
    return tuple(word.value for word in (one.delivery, one.evidence) if word is not None)


@dataclass(frozen=True, slots=True)
class Told:
    """A status with the ledger that knows its tests and evidence."""

    book: Book
    status: Status

    @property
    def parts(self) -> list[dict[str, Any]]:
        """The assessment of each part."""
        return [part_to_dict(self.book, part) for part in self.status.parts]

    @property
    def elements(self) -> list[str]:
        """What it is about."""
        return sorted({e for part in self.status.parts for e in _elements(self.book, part)})

    @property
    def tests(self) -> str | None:
        """The tests of its parts, in words."""
        return "; ".join(p["indicator"] for p in self.parts if p["indicator"]) or None

    @property
    def deadline(self) -> str | None:
        """The last deadline of its parts."""
        days = [part.deadline for part in self.status.parts if part.deadline is not None]
        return max(days).isoformat() if days else None

    def evidence(self, side: str) -> list[dict[str, Any]]:
        """Return what `supports` or `contradicts` it."""
        named = [ident for part in self.status.parts for ident in getattr(part, side)]
        return _evidence_rows(self.book, named)

    def beside(self) -> list[dict[str, Any]]:
        """Return what was entered and counts neither for nor against it, as known on the date."""
        ledger = self.book.ledger
        tested = [
            tested_as(ledger, ledger.propositions[part.proposition_id]).id
            for part in self.status.parts
        ]
        named = [
            item.id
            for ident in dict.fromkeys(tested)
            for item in ledger.evidence_of.get(ident, ())
            if item.bears is Bears.neither and item.known_from <= self.status.as_of
        ]
        return _evidence_rows(self.book, named)


JSON, FLAT, TABLE = (Form.json,), (Form.csv, Form.frame), (Form.table,)
TOLD = (*FILES, Form.table)


def _said(
    name: str, get: Callable[[Statement], Any], forms: Sequence[Form] = FILES, shown: str = ""
) -> Column[Told]:
    return Column(
        name=name,
        get=lambda told: get(told.status.statement),
        forms=forms,
        names={Form.table: shown or name},
    )


def _status(name: str, get: Callable[[Status], Any], forms: Sequence[Form] = FILES) -> Column[Told]:
    return Column(name=name, get=lambda told: get(told.status), forms=forms)


def _ids(told: Told, side: str) -> str:
    return "; ".join(item["id"] for item in told.evidence(side))


def status_words(one: Status) -> tuple[str, str]:
    """Return delivery and evidence status as shown in a table."""
    if one.refused:
        return "–", REFUSED
    return one.delivery_word or "–", one.evidence_word or "–"


STATUSES: tuple[Column[Told], ...] = (
    _said("id", lambda said: said.id),
    _said("id", lambda said: " = ".join((said.id, *said.same_as)), TABLE, "id"),
    _said("said_on", lambda said: said.said_on, TABLE, "said"),
    _said("speaker", lambda said: said.speaker, TOLD, "speaker"),
    _said("said_on", lambda said: said.said_on),
    _said("speech_act", lambda said: said.speech_act.value),
    _said("paraphrase", lambda said: said.paraphrase, TOLD, "what, in our words"),
    _said("corridors", lambda said: said.corridors, JSON),
    _said("corridors", lambda said: "; ".join(said.corridors), FLAT),
    Column(name="elements", forms=JSON),
    Column(name="elements", get=lambda told: "; ".join(told.elements), forms=FLAT),
    Column(name="indicator", get=lambda told: told.tests),
    Column(name="deadline"),
    _status("delivery", lambda one: one.delivery_word),
    _status("delivery", lambda one: status_words(one)[0], TABLE),
    _status("evidence_status", lambda one: one.evidence_word),
    _status("evidence", lambda one: status_words(one)[1], TABLE),
    Column(name="for", get=lambda told: told.evidence("supports"), forms=JSON),
    Column(name="for", get=lambda told: _ids(told, "supports"), forms=FLAT),
    Column(name="against", get=lambda told: told.evidence("contradicts"), forms=JSON),
    Column(name="against", get=lambda told: _ids(told, "contradicts"), forms=FLAT),
    Column(name="beside", get=lambda told: told.beside(), forms=JSON),
    _said("corroboration", lambda said: said.corroboration),
    _said("contested", lambda said: said.contested, (Form.json, Form.frame)),
    _said("contested", lambda said: "yes" if said.contested else "no", (Form.csv,)),
    _status("assessed_on", lambda one: one.as_of.isoformat()),
    _status("rule", lambda one: "; ".join(dict.fromkeys(part.rule for part in one.parts))),
    _status("reason", lambda one: one.reason),
    _said("speaker_kind", lambda said: said.speaker_kind.value, JSON),
    _said("reply", lambda said: said.reply or None, JSON),
    _said("same_as", lambda said: "; ".join(said.same_as) or None, JSON),
    _said("source_url", lambda said: said.source.url),
    _said("source_date", lambda said: said.source.date or None),
    _said("confidence", lambda said: said.source.grade),
    Column(name="parts", forms=JSON),
)
"""What is told of a statement and its status."""


def told(book: Book, statuses: Sequence[Status]) -> list[Told]:
    """Return statuses with the ledger that knows their tests and evidence."""
    return [Told(book, one) for one in statuses]


def status_to_dict(book: Book, status: Status) -> dict[str, Any]:
    """Return a status as the row that JSON shows."""
    return to_dict(STATUSES, Told(book, status))


def part_to_dict(book: Book, part: Assessment) -> dict[str, Any]:
    """Return the assessment of one part, with its test and its number if it has one."""
    proposition = book.ledger.propositions[part.proposition_id]
    base = tested_as(book.ledger, proposition)
    tests = book.ledger.tests_of[base.id]
    interval = None if part.low is None else {"low": part.low, "high": part.high}
    return {
        "id": part.proposition_id,
        "paraphrase": proposition.paraphrase,
        "indicator": _shown_test(proposition, base, tests) if tests else None,
        "rule": part.rule,
        "rule_written_on": part.written_on.isoformat() if part.written_on else None,
        "written_after_deadline": part.written_after_deadline,
        "deadline": part.deadline.isoformat() if part.deadline else None,
        "delivery": part.delivery.value if part.delivery else None,
        "evidence_status": part.evidence.value if part.evidence else None,
        "reason": part.reason,
        "value": part.value,
        "unit": part.unit or None,
        "interval_95": interval,
        "inputs": [*part.supports, *part.contradicts],
        "inputs_sha256": part.inputs_sha256,
    }


def _shown_test(part: Proposition, base: Proposition, tests: Sequence[Indicator]) -> str:
    """Return the test in words, and whose it is and which way round where it is shared."""
    text = test_text(newest_test(tests))
    if part.id != base.id:
        text = f"the test of {base.id}: {text}"
    return f"{text}; the opposite is claimed" if part.polarity == DENIES else text


def test_text(test: Indicator) -> str:
    """Return a test in words."""
    what = ", ".join(f"{name} {value}" for name, value in test.filter.items())
    text = f"{test.metric.replace('_', ' ')} on {test.data_set.replace('_', ' ')}"
    text += f" ({what})" if what else ""
    text += f", {test.operator.replace('_', ' ')}"
    if test.value is not None:
        text += f" {test.value:g} {test.unit}"
    if test.window_start is not None:
        text += f", from {test.window_start}"
    if test.deadline is not None:
        text += f", by {test.deadline}"
    return text + (f" with {test.tolerance_days} days' grace" if test.tolerance_days else "")


def _elements(book: Book, part: Assessment) -> tuple[str, ...]:
    return book.ledger.propositions[part.proposition_id].elements


def _evidence_rows(book: Book, idents: Sequence[str]) -> list[dict[str, Any]]:
    return [book.evidence_row(ident) for ident in dict.fromkeys(idents)]


@dataclass(frozen=True, slots=True)
class Turn:
    """A statement whose status changed between two days, or that is new."""

    before: Status | None
    after: Status


def changes(book: Book, since: dt.date, as_of: dt.date) -> list[Turn]:
    """Return what changed between two days, new statements included.

    Raises
    ------
    DataError
        If the first day lies behind the second.
    """
    if since > as_of:
        raise DataError(
            "the question", [Fault("since", f"lies after the as-of date {as_of}", str(since))]
        )
    before = {one.statement.id: one for one in book.assess(since)}
    turns = []
    for after in book.assess(as_of):
        old = before.get(after.statement.id)
        if old is None or _parts(old) != _parts(after):
            turns.append(Turn(old, after))
    return turns


def _parts(status: Status) -> list[tuple[Delivery | None, EvidenceStatus | None]]:
    return [(part.delivery, part.evidence) for part in status.parts]


def newest_evidence(book: Book, as_of: dt.date) -> dt.date | None:
    """Return the date of the newest written evidence or closure known on a day."""
    days = [item.known_from for item in book.ledger.evidence.values() if item.known_from <= as_of]
    days += [spell.last_day for spell in book.facts.known_spells(as_of)]
    return max((day for day in days if day <= as_of), default=None)
