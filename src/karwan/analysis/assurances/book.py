"""The ledger asked: rows, parts, evidence in words, changes since a day."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from karwan.base.errors import DataError, Fault, UnknownNameError
from karwan.base.reprs import short_repr
from karwan.data.catalog import Catalog
from karwan.data.region import corridor_families
from karwan.ledger.assessment import Assessment, Status, assess_all, assess_statement, history
from karwan.ledger.indicators import Facts, read_facts
from karwan.ledger.nouns import Indicator, Ledger
from karwan.ledger.statements import mentions, read_ledger
from karwan.ledger.words import Delivery, EvidenceStatus

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

    def history(self, name: str, as_of: dt.date) -> list[Status]:
        """Return a statement's status when it was made and each time it changed."""
        return history(self.ledger, self.facts, self.ledger.statement(name), as_of)

    @cached_property
    def closures(self) -> dict[str, dict[str, Any]]:
        """Rows of the closure record by id, for evidence that a test took from there."""
        found: dict[str, dict[str, Any]] = {}
        for spell in self.facts.record.spells:
            found[spell.closure_id] = {
                "id": spell.closure_id,
                "note": spell.description,
                "independence": "data",
                "source_url": spell.source.url,
                "source_date": spell.source.date or None,
                "confidence": spell.source.grade,
            }
        return found

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
        row = next((r for r in self.facts.security if r["id"] == ident), None)
        if row is None:
            return {"id": ident}
        return {
            "id": ident,
            "note": f"{row['publisher']}: {row['value']:g} {row['unit']}, {row['geography']}, "
            f"{row['period_start']} to {row['period_end']}",
            "independence": row["publisher_kind"],
            "source_url": row["source_url"],
            "source_date": row["source_date"],
            "confidence": row["confidence"],
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
    statuses: Sequence[Status], *, actor: str | None, corridor: str | None, status: str | None
) -> list[Status]:
    """Return the statuses of an actor, on a corridor, with a status word.

    Raises
    ------
    DataError
        Names every filter that is not known.
    """
    faults: list[Fault] = []
    if corridor is not None and corridor.upper() not in corridor_families():
        faults.append(
            Fault("corridor", f"{corridor!r} is not one of {', '.join(corridor_families())}")
        )
    words = [*(w.value for w in Delivery), *(w.value for w in EvidenceStatus), REFUSED]
    if status is not None and status not in words:
        faults.append(Fault("status", f"{status!r} is not one of: {'; '.join(words)}"))
    if actor is not None and not any(_speaks(one, actor) for one in statuses):
        names = sorted({one.statement.speaker for one in statuses})
        error = UnknownNameError("speaker", actor, names, hint="See `ledger list`.")
        faults.append(Fault("", str(error)))
    if faults:
        raise DataError("the question", faults)
    return [
        one
        for one in statuses
        if (actor is None or _speaks(one, actor))
        and (corridor is None or corridor.upper() in one.statement.corridors)
        and (status is None or status in _status_words(one))
    ]


def _speaks(one: Status, actor: str) -> bool:
    said = one.statement
    return any(mentions(actor, text) for text in (said.speaker, said.role, said.on_behalf_of))


def _status_words(one: Status) -> tuple[str, ...]:
    if one.refused:
        return (REFUSED,)
    return tuple(word.value for word in (one.delivery, one.evidence) if word is not None)


def status_to_dict(book: Book, status: Status) -> dict[str, Any]:
    """Return a status as the row that JSON and CSV show."""
    said = status.statement
    parts = [part_to_dict(book, part) for part in status.parts]
    deadlines = [part.deadline for part in status.parts if part.deadline is not None]
    tests = [part["indicator"] for part in parts if part["indicator"]]
    return {
        "id": said.id,
        "speaker": said.speaker,
        "said_on": said.said_on,
        "speech_act": said.speech_act.value,
        "paraphrase": said.paraphrase,
        "corridors": list(said.corridors),
        "elements": sorted({e for p in status.parts for e in _elements(book, p)}),
        "indicator": "; ".join(tests) or None,
        "deadline": max(deadlines).isoformat() if deadlines else None,
        "delivery": status.delivery.value if status.delivery else None,
        "evidence_status": status.evidence.value if status.evidence else None,
        "for": _evidence_rows(book, [i for p in status.parts for i in p.supports]),
        "against": _evidence_rows(book, [i for p in status.parts for i in p.contradicts]),
        "corroboration": said.corroboration,
        "contested": said.contested,
        "assessed_on": status.as_of.isoformat(),
        "rule": "; ".join(dict.fromkeys(part.rule for part in status.parts)),
        "reason": "; ".join(dict.fromkeys(part.reason for part in status.parts)),
        "speaker_kind": said.speaker_kind.value,
        "reply": said.reply or None,
        "same_as": said.same_as or None,
        "source_url": said.source.url,
        "source_date": said.source.date or None,
        "confidence": said.source.grade,
        "parts": parts,
    }


def part_to_dict(book: Book, part: Assessment) -> dict[str, Any]:
    """Return the assessment of one part, with its test and its number if it has one."""
    proposition = book.ledger.propositions[part.proposition_id]
    tests = book.ledger.tests_of[part.proposition_id]
    interval = None if part.low is None else {"low": part.low, "high": part.high}
    return {
        "id": part.proposition_id,
        "paraphrase": proposition.paraphrase,
        "indicator": test_text(max(tests, key=_newest)) if tests else None,
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


def _newest(test: Indicator) -> tuple[dt.date, str]:
    return test.written_on, test.id


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
    found = []
    for after in book.assess(as_of):
        old = before.get(after.statement.id)
        if old is None or _parts(old) != _parts(after):
            found.append(Turn(old, after))
    return found


def _parts(status: Status) -> list[tuple[Delivery | None, EvidenceStatus | None]]:
    return [(part.delivery, part.evidence) for part in status.parts]


def evidence_horizon(book: Book, as_of: dt.date) -> dt.date | None:
    """Return the date of the newest written evidence or closure known on a day."""
    days = [item.known_from for item in book.ledger.evidence.values() if item.known_from <= as_of]
    days += [spell.last_day for spell in book.facts.known_spells(as_of)]
    return max((day for day in days if day <= as_of), default=None)
