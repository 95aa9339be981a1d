"""A record from the few things a person types, with what follows from them filled in."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlparse

from karwan.base.days import read_day
from karwan.base.errors import DataError, Fault, UnknownNameError
from karwan.base.troubles import read_utf8
from karwan.base.words import counted
from karwan.ledger.assessment import assess
from karwan.ledger.faults import check_span
from karwan.ledger.indicators import Facts
from karwan.ledger.nouns import TABLES, Ledger
from karwan.ledger.own_rows import Texts, read_texts
from karwan.ledger.records import Recorded, to_record
from karwan.ledger.words import Delivery, EvidenceStatus, parse_word

if TYPE_CHECKING:
    from karwan.data.catalog import Catalog

PREFIX = {"source": "W-SRC", "statement": "W", "evidence": "W-E"}
"""First letters of ids given to a user's rows; a part takes its statement's, a test its part's."""

GIVEN = {
    "source": {"source_class": "news_report", "language": "en", "translated": "no"},
    "statement": {
        "attribution": "reported", "translated": "no", "corroboration": "not sought",
        "contested": "no",
    },
    "proposition": {"polarity": "affirms", "testable": "yes"},
    "indicator": {"tolerance_days": "0"},
    "evidence": {},
}  # fmt: skip
"""Values taken where nothing is said."""

JUDGED = (
    "proposition_id", "as_of", "delivery", "evidence_status", "reason", "assessor", "second_coder",
    "dissent", "reply",
)  # fmt: skip


def draft_rows(
    catalog: Catalog,
    kind: str,
    given: Mapping[str, str],
    *,
    text: Path | None,
    span: str | None,
    read_on: str,
) -> dict[str, list[Texts]]:
    """Return the rows that a record needs: itself, its source, and a statement's one part.

    Raises
    ------
    DataError
        If the kind is not known, or the span does not stand in the text.
    """
    if kind not in TABLES:
        known = ", ".join([*TABLES, "assessment"])
        raise DataError("the record", [f"no kind {kind!r}; known: {known}"])
    row: Texts = {**GIVEN[kind], **given}
    if span is not None:
        row |= locate(text, span)
    new: dict[str, list[Texts]] = {name: [] for name in TABLES}
    held = read_texts(catalog.workspace) if catalog.workspace is not None else {}
    if kind in ("statement", "evidence") and not row.get("source_id"):
        number = len(held.get("source", ())) + 1
        source = _source_of(row, _ident("source", row, number), read_on)
        row["source_id"] = source["source_id"]
        new["source"].append(source)
    if kind == "source":
        row.setdefault("read_on", read_on)
    key = "source_id" if kind == "source" else "id"
    if not row.get(key):
        row[key] = _ident(kind, row, len(held.get(kind, ())) + 1)
    if kind == "indicator":
        row.setdefault("written_on", read_on)
        row.setdefault("rule", f"{(row.get('metric') or '').replace('_', '-')}/1")
    if kind == "statement":
        new["proposition"].append(_whole(row))
    new[kind].append(row)
    return {name: rows for name, rows in new.items() if rows}


def draft_statements(
    catalog: Catalog, given: Sequence[Mapping[str, str]], *, read_on: str
) -> dict[str, list[Texts]]:
    """Return the rows that statements of one text need: one source, each statement and its part."""
    new: dict[str, list[Texts]] = {}
    held = read_texts(catalog.workspace) if catalog.workspace is not None else {}
    first = len(held.get("statement", ())) + 1
    source_id = ""
    for number, said in enumerate(given, first):
        row = {"id": f"{PREFIX['statement']}{number:04d}", "source_id": source_id, **said}
        drafted = draft_rows(catalog, "statement", row, text=None, span=None, read_on=read_on)
        source_id = str(drafted["statement"][0]["source_id"])
        for kind, rows in drafted.items():
            new.setdefault(kind, []).extend(rows)
    return new


def _ident(kind: str, row: Texts, number: int) -> str:
    if kind == "indicator":
        return f"I-{row.get('proposition_id')}"
    if kind == "proposition":
        return f"{row.get('statement_id')}.{number}"
    return f"{PREFIX[kind]}{number:04d}"


def _source_of(row: Texts, ident: str, read_on: str) -> Texts:
    url = row.get("source_url") or ""
    return {
        **GIVEN["source"],
        "source_id": ident,
        "publisher": urlparse(url).netloc.removeprefix("www.") or "not stated",
        "translated": row.get("translated") or "no",
        "read_on": read_on,
        "text_sha256": row.get("text_sha256"),
        **{name: row.get(name) for name in ("source_url", "source_date", "confidence")},
    }


def _whole(row: Texts) -> Texts:
    """Return the one part of a statement that is not cut up."""
    same = ("paraphrase", "corridors", "places", "source_url", "source_date", "confidence")
    return {
        **GIVEN["proposition"],
        "id": row["id"],
        "statement_id": row["id"],
        **{name: row.get(name) for name in same},
    }


def locate(text: Path | None, span: str) -> Texts:
    """Return the offsets and hashes of a span in its text.

    Raises
    ------
    DataError
        If there is no text, or the span does not stand in it exactly once.
    """
    if text is None:
        raise DataError("the span", [Fault("span", "needs the text, the file it stands in")])
    whole = read_utf8(text, "the span")
    count = whole.count(span) if span else 0
    if count != 1:
        told = (
            "is not in its source text" if count == 0 else f"stands there {counted(count, 'time')}"
        )
        raise DataError("the span", [f"{span!r} {told} ({text})"])
    start = whole.index(span)
    digest = hashlib.sha256(span.encode()).hexdigest()
    check_span(whole, start, start + len(span), digest)
    return {
        "span_start_index": str(start),
        "span_end_index": str(start + len(span)),
        "span_sha256": digest,
        "text_sha256": hashlib.sha256(whole.encode()).hexdigest(),
    }


def draft_assessment(
    ledger: Ledger, facts: Facts, given: Mapping[str, str], today: dt.date, who: str
) -> tuple[list[Recorded], dict[str, dt.date]]:
    """Return a coder's own assessment, tied to rule and inputs, with the day its test was written.

    The rule's own assessment goes before it, so that one that departs from it must state a dissent.

    Raises
    ------
    DataError
        Names every column that is not known or missing, and every word outside the closed lists.
    """
    faults = [f"assessment: no column {name!r}" for name in sorted(set(given) - set(JUDGED))]
    part = ledger.propositions.get(given.get("proposition_id", ""))
    if part is None:
        error = UnknownNameError(
            "proposition", given.get("proposition_id", ""), ledger.propositions
        )
        faults.append(str(error))
    for name, words in (("delivery", Delivery), ("evidence_status", EvidenceStatus)):
        try:
            if given.get(name):
                parse_word(words, given[name], name)
        except DataError as error:
            faults += error.texts
    as_of = today
    try:
        as_of = read_day(given["as_of"]) if given.get("as_of") else today
    except ValueError as error:
        faults.append(f"assessment: as_of {given['as_of']!r} is {error}")
    if not given.get("reason") and not given.get("reply"):
        faults.append("assessment: say why, with reason=")
    if faults or part is None:
        raise DataError("the assessment", faults)
    found = assess(ledger, facts, part, as_of)
    rule = to_record(found, today)
    own = Recorded(
        proposition_id=part.id,
        as_of=rule.as_of,
        assessed_on=rule.assessed_on,
        delivery=given.get("delivery", rule.delivery),
        evidence_status=given.get("evidence_status", rule.evidence_status),
        rule=rule.rule,
        inputs_sha256=rule.inputs_sha256,
        supports=rule.supports,
        contradicts=rule.contradicts,
        reason=given.get("reason", ""),
        assessor=given.get("assessor", who),
        second_coder=given.get("second_coder", ""),
        dissent=given.get("dissent", ""),
        reply=given.get("reply", ""),
    )
    written = {part.id: found.written_on} if found.written_on is not None else {}
    return [rule, own], written
