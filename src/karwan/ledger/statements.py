"""Records of the ledger: sources, statements, their testable parts, tests and evidence.

The shipped ledger is read-only; a user's own rows come from his workspace and are merged at
load. A row is only ever added: a correction is a new row that says what it corrects.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

from karwan.base.errors import UnknownNameError
from karwan.base.provenance import Source, known_from, last_day, read_date
from karwan.ledger.words import Bears, Independence, SpeakerKind, SpeechAct, Testability

if TYPE_CHECKING:
    from karwan.data.catalog import Catalog

Row = Mapping[str, Any]
CORRIDORS = ("KTAP", "KUAP", "KKCP")
TABLES = {
    "source": "ledger_sources",
    "statement": "ledger_statements",
    "proposition": "ledger_propositions",
    "indicator": "ledger_indicators",
    "evidence": "ledger_evidence",
}
"""Tables of the ledger by the kind of record, in the order in which they refer to one another."""

MAX_SPAN_WORDS = 12


@dataclass(frozen=True, slots=True)
class Span:
    """Where the words stand in their text: characters `[start_index, end_index)`, with hashes."""

    start_index: int
    end_index: int
    span_sha256: str
    text_sha256: str


@dataclass(frozen=True, slots=True)
class Statement:
    """Who said what to whom, when, and as reported by whom."""

    id: str
    source_id: str
    speaker: str
    speaker_kind: SpeakerKind
    role: str
    on_behalf_of: str
    addressee: str
    about: str
    said_on: str
    speech_act: SpeechAct
    attribution: str
    translated: bool
    paraphrase: str
    corridors: tuple[str, ...]
    places: tuple[str, ...]
    corroboration: str
    corroboration_url: str
    contested: bool
    reply: str
    same_as: str
    listed_status: str
    span: Span | None
    note: str
    source: Source

    @property
    def said(self) -> dt.date:
        """The last day on which it can have been said."""
        return last_day(self.said_on) or dt.date.max


@dataclass(frozen=True, slots=True)
class Proposition:
    """One testable part of a statement, in our words."""

    id: str
    statement_id: str
    paraphrase: str
    polarity: str
    condition: str
    elements: tuple[str, ...]
    window_start: dt.date | None
    window_end: dt.date | None
    testable: Testability
    reason: str


@dataclass(frozen=True, slots=True)
class Indicator:
    """The test of a proposition, written and dated before it is evaluated."""

    id: str
    proposition_id: str
    metric: str
    data_set: str
    filter: Mapping[str, str]
    operator: str
    value: float | None
    unit: str
    window_start: dt.date | None
    deadline: dt.date | None
    tolerance_days: int
    written_on: dt.date
    rule: str
    note: str

    @property
    def last_in_time(self) -> dt.date | None:
        """The last day that still counts as kept."""
        if self.deadline is None:
            return None
        return self.deadline + dt.timedelta(days=self.tolerance_days)

    def values(self, name: str) -> tuple[str, ...]:
        """Return the values of a part of the filter, which stand with commas between."""
        return tuple(part for part in self.filter.get(name, "").split(",") if part)


@dataclass(frozen=True, slots=True)
class Evidence:
    """What bears on a proposition, by whom, how directly, and from which day it is known."""

    id: str
    proposition_id: str
    source_id: str
    bears: Bears
    direct: bool
    independence: Independence
    event: str
    event_on: str
    note: str
    source: Source
    known_from: dt.date

    @property
    def event_day(self) -> dt.date | None:
        """The first day the event can have been, if a day is known at all."""
        return read_date(self.event_on)

    @property
    def decides(self) -> bool:
        """Whether it may decide a status: direct, from no party, and read, not recollected."""
        return (
            self.direct
            and self.independence is Independence.independent
            and self.source.grade != "C"
        )


@dataclass(frozen=True)
class Ledger:
    """All records, shipped and the user's own."""

    sources: dict[str, Row]
    statements: dict[str, Statement]
    propositions: dict[str, Proposition]
    indicators: dict[str, Indicator]
    evidence: dict[str, Evidence]

    @cached_property
    def parts_of(self) -> dict[str, tuple[Proposition, ...]]:
        """The propositions of each statement, in their order."""
        found: dict[str, list[Proposition]] = {ident: [] for ident in self.statements}
        for part in self.propositions.values():
            found[part.statement_id].append(part)
        return {ident: tuple(parts) for ident, parts in found.items()}

    @cached_property
    def tests_of(self) -> dict[str, tuple[Indicator, ...]]:
        """The indicators of each proposition."""
        found: dict[str, list[Indicator]] = {ident: [] for ident in self.propositions}
        for test in self.indicators.values():
            found[test.proposition_id].append(test)
        return {ident: tuple(tests) for ident, tests in found.items()}

    @cached_property
    def evidence_of(self) -> dict[str, tuple[Evidence, ...]]:
        """The evidence on each proposition, oldest first."""
        found: dict[str, list[Evidence]] = {ident: [] for ident in self.propositions}
        for item in self.evidence.values():
            found[item.proposition_id].append(item)
        return {
            ident: tuple(sorted(items, key=lambda item: (item.known_from, item.id)))
            for ident, items in found.items()
        }

    def statement(self, name: str) -> Statement:
        """Return a statement by its id or that of one of its parts.

        Raises
        ------
        UnknownNameError
            With the nearest ids.
        """
        ident = name.upper()
        if ident in self.propositions:
            ident = self.propositions[ident].statement_id
        if ident not in self.statements:
            raise UnknownNameError(
                "statement", name, self.statements, hint="See `karwan ledger list`."
            )
        return self.statements[ident]


def read_ledger(catalog: Catalog) -> Ledger:
    """Return the shipped ledger, with the rows of the catalogue's workspace if it has one.

    Raises
    ------
    DataError
        Names every fault of the rows taken together.
    """
    from karwan.ledger.faults import check_rows

    rows = ledger_rows(catalog)
    check_rows(rows)
    return to_ledger(rows)


def ledger_rows(catalog: Catalog) -> dict[str, list[dict[str, Any]]]:
    """Return the rows of all tables by kind of record, shipped first."""
    rows = {kind: list(catalog.rows(table)) for kind, table in TABLES.items()}
    if catalog.workspace is not None:
        from karwan.ledger.records import read_rows

        for kind, own in read_rows(catalog.workspace, catalog).items():
            rows[kind] += own
    return rows


def to_ledger(rows: Mapping[str, Iterable[Row]]) -> Ledger:
    """Return the records made from checked rows."""
    sources = {row["source_id"]: row for row in rows["source"]}
    return Ledger(
        sources=sources,
        statements={row["id"]: _statement(row) for row in rows["statement"]},
        propositions={row["id"]: _proposition(row) for row in rows["proposition"]},
        indicators={row["id"]: _indicator(row) for row in rows["indicator"]},
        evidence={row["id"]: _evidence(row, sources[row["source_id"]]) for row in rows["evidence"]},
    )


def split_list(text: str | None) -> tuple[str, ...]:
    """Return the parts of a cell that holds several, with semicolons between.

    Examples
    --------
    >>> split_list("KTAP; KUAP"), split_list(None)
    (('KTAP', 'KUAP'), ())
    """
    return tuple(part.strip() for part in (text or "").split(";") if part.strip())


def read_filter(text: str | None) -> dict[str, str]:
    """Return the parts of an indicator's filter.

    Examples
    --------
    >>> read_filter("elements=torkham-road;class=cargo")
    {'elements': 'torkham-road', 'class': 'cargo'}
    """
    pairs = [part.split("=", 1) for part in (text or "").split(";") if "=" in part]
    return {name.strip(): value.strip() for name, value in pairs}


def mentions(name: str, text: str) -> bool:
    """Whether a name stands in a text as whole words, in any case.

    Examples
    --------
    >>> mentions("pakistan", "Pakistan (PM Sharif)"), mentions("stan", "Pakistan")
    (True, False)
    """
    return re.search(rf"(?<!\w){re.escape(name)}(?!\w)", text, re.IGNORECASE) is not None


def _source(row: Row) -> Source:
    return Source(row["source_url"], row["source_date"] or "", row["confidence"])


def _statement(row: Row) -> Statement:
    start, end = row["span_start_index"], row["span_end_index"]
    span = None
    if start is not None and end is not None:
        span = Span(int(start), int(end), row["span_sha256"], row["text_sha256"])
    return Statement(
        id=row["id"],
        source_id=row["source_id"],
        speaker=row["speaker"],
        speaker_kind=SpeakerKind(row["speaker_kind"]),
        role=row["role"] or "",
        on_behalf_of=row["on_behalf_of"] or "",
        addressee=row["addressee"] or "",
        about=row["about"] or "",
        said_on=row["said_on"],
        speech_act=SpeechAct(row["speech_act"]),
        attribution=row["attribution"],
        translated=row["translated"] == "yes",
        paraphrase=row["paraphrase"],
        corridors=split_list(row["corridors"]),
        places=split_list(row["places"]),
        corroboration=row["corroboration"],
        corroboration_url=row["corroboration_url"] or "",
        contested=row["contested"] == "yes",
        reply=row["reply"] or "",
        same_as=row["same_as"] or "",
        listed_status=row["listed_status"] or "",
        span=span,
        note=row["note"] or "",
        source=_source(row),
    )


def _proposition(row: Row) -> Proposition:
    return Proposition(
        id=row["id"],
        statement_id=row["statement_id"],
        paraphrase=row["paraphrase"],
        polarity=row["polarity"],
        condition=row["condition"] or "",
        elements=split_list(row["elements"]),
        window_start=row["window_start"],
        window_end=row["window_end"],
        testable=Testability(row["testable"]),
        reason=row["reason"] or "",
    )


def _indicator(row: Row) -> Indicator:
    return Indicator(
        id=row["id"],
        proposition_id=row["proposition_id"],
        metric=row["metric"],
        data_set=row["data_set"],
        filter=read_filter(row["filter"]),
        operator=row["operator"],
        value=row["value"],
        unit=row["unit"] or "",
        window_start=row["window_start"],
        deadline=row["deadline"],
        tolerance_days=int(row["tolerance_days"]),
        written_on=row["written_on"],
        rule=row["rule"],
        note=row["note"] or "",
    )


def _evidence(row: Row, source: Row) -> Evidence:
    return Evidence(
        id=row["id"],
        proposition_id=row["proposition_id"],
        source_id=row["source_id"],
        bears=Bears(row["bears"]),
        direct=row["directness"] == "direct",
        independence=Independence(row["independence"]),
        event=row["event"] or "",
        event_on=row["event_on"] or "",
        note=row["note"],
        source=_source(row),
        known_from=known_from(row["source_date"], source["read_on"]),
    )
