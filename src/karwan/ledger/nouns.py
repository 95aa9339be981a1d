"""Nouns of the ledger: statements, their testable parts, tests and evidence."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from karwan.base.errors import UnknownNameError
from karwan.base.provenance import Source, last_day, read_date
from karwan.base.reprs import short_repr
from karwan.data.rows.ledger import LedgerSourceRow
from karwan.ledger.words import Bears, Independence, SpeakerKind, SpeechAct, Testability

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


@dataclass(frozen=True, slots=True, kw_only=True)
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
    same_as: tuple[str, ...]
    listed_status: str
    span: Span | None
    note: str
    source: Source

    @property
    def said(self) -> dt.date:
        """The last day on which it can have been said."""
        return last_day(self.said_on) or dt.date.max


@dataclass(frozen=True, slots=True, kw_only=True)
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


@dataclass(frozen=True, slots=True, kw_only=True)
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


@dataclass(frozen=True, slots=True, kw_only=True)
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
    def foretold(self) -> bool:
        """Whether its source came out before the event: an announcement, which proves nothing."""
        told = last_day(self.source.date)
        return self.event_day is not None and told is not None and told < self.event_day

    @property
    def decides(self) -> bool:
        """Whether it may decide: direct, from no party, read and not recollected, not foretold."""
        return (
            self.direct
            and self.independence is Independence.independent
            and self.source.grade != "C"
            and not self.foretold
        )


@dataclass(frozen=True, kw_only=True)
class Ledger:
    """All records, shipped and the user's own."""

    sources: dict[str, LedgerSourceRow]
    statements: dict[str, Statement]
    propositions: dict[str, Proposition]
    indicators: dict[str, Indicator]
    evidence: dict[str, Evidence]

    __repr__ = short_repr

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
