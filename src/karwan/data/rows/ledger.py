"""Who said what, how it is tested, and what was counted.

One class for each table; the descriptor says what a column means.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import ClassVar, Literal

from karwan.data.rows.row import Row


@dataclass(frozen=True, slots=True, kw_only=True, eq=False, repr=False)
class LedgerSourceRow(Row):
    """Sources of the ledger."""

    TABLE: ClassVar[str] = "ledger_sources"

    source_id: str
    publisher: str
    source_class: Literal[
        "official_text",
        "official_transcript",
        "news_report",
        "report_of_report",
        "un_panel",
        "data_set",
        "outlet_text",
    ]
    language: str
    translated: bool
    read_on: dt.date
    text_sha256: str | None
    note: str | None


@dataclass(frozen=True, slots=True, kw_only=True, eq=False, repr=False)
class LedgerStatementRow(Row):
    """Statements of the ledger."""

    TABLE: ClassVar[str] = "ledger_statements"

    id: str
    source_id: str
    speaker: str
    speaker_kind: Literal[
        "government",
        "several_governments",
        "de_facto_authority",
        "un_body",
        "state_company",
        "local_authority",
        "official_unnamed",
        "political_leader",
        "clerics",
        "armed_group",
        "outlet",
        "unnamed_analysts",
        "trade_body",
        "business",
        "lender",
        "international_organisation",
        "court",
    ]
    role: str | None
    on_behalf_of: str | None
    addressee: str | None
    about: str | None
    said_on: str
    speech_act: Literal[
        "assurance",
        "commitment",
        "target",
        "instruction",
        "warning",
        "allegation",
        "denial",
        "assessment",
        "fact",
        "request",
    ]
    attribution: Literal["own_words", "reported", "reported_via_report"]
    translated: bool
    paraphrase: str
    corridors: str | None
    places: str | None
    corroboration: Literal["corroborated", "in part", "none found", "not sought"]
    corroboration_url: str | None
    contested: bool
    reply: str | None
    same_as: tuple[str, ...]
    listed_status: str | None
    span_start_index: int | None
    span_end_index: int | None
    span_sha256: str | None
    text_sha256: str | None
    note: str | None


@dataclass(frozen=True, slots=True, kw_only=True, eq=False, repr=False)
class LedgerPropositionRow(Row):
    """Propositions of the ledger."""

    TABLE: ClassVar[str] = "ledger_propositions"

    id: str
    statement_id: str
    paraphrase: str
    polarity: Literal["affirms", "denies"]
    condition: str | None
    corridors: str | None
    places: str | None
    elements: tuple[str, ...]
    window_start: dt.date | None
    window_end: dt.date | None
    testable: Literal["yes", "no", "refused"]
    reason: str | None


@dataclass(frozen=True, slots=True, kw_only=True, eq=False, repr=False)
class LedgerIndicatorRow(Row):
    """Indicators of the ledger."""

    TABLE: ClassVar[str] = "ledger_indicators"

    id: str
    proposition_id: str
    metric: Literal[
        "opening",
        "shut_days",
        "shut_on",
        "rate_ratio",
        "milestone",
        "parts_done",
        "weigh",
        "trend",
        "trade_value",
        "annual_tonnes",
        "border_hours",
        "shared",
    ]
    data_set: Literal[
        "closures",
        "evidence",
        "security_indicators",
        "trade_bilateral",
        "cpmm_bcp",
        "incidents",
        "none",
        "ledger",
    ]
    filter: str | None
    operator: Literal[
        "by",
        "happens",
        "holds",
        "at_least",
        "at_most",
        "not_higher",
        "not_lower",
        "some_open",
        "some_shut",
        "rose",
        "fell",
    ]
    value: float | None
    unit: str | None
    window_start: dt.date | None
    deadline: dt.date | None
    tolerance_days: int
    written_on: dt.date
    rule: str
    note: str | None


@dataclass(frozen=True, slots=True, kw_only=True, eq=False, repr=False)
class LedgerEvidenceRow(Row):
    """Evidence of the ledger."""

    TABLE: ClassVar[str] = "ledger_evidence"

    id: str
    proposition_id: str
    source_id: str
    bears: Literal["supports", "contradicts", "neither"]
    directness: Literal["direct", "indirect"]
    independence: Literal["independent", "party", "speaker", "armed_group", "unnamed"]
    event: str | None
    event_on: str | None
    note: str


@dataclass(frozen=True, slots=True, kw_only=True, eq=False, repr=False)
class LedgerCorrectionRow(Row):
    """What was found wrong in the ledger, and what was done about it."""

    TABLE: ClassVar[str] = "ledger_corrections"

    correction_id: str
    about: str
    asked: str
    answer: Literal["done", "in part", "answered"]
    note: str


@dataclass(frozen=True, slots=True, kw_only=True, eq=False, repr=False)
class LedgerWordRow(Row):
    """Words of the ledger."""

    TABLE: ClassVar[str] = "ledger_words"

    old_word: str
    field: Literal["delivery", "evidence_status", "speech_act"]
    word: str
    when: str | None


@dataclass(frozen=True, slots=True, kw_only=True, eq=False, repr=False)
class CommitmentRow(Row):
    """Dated commitments, assurances and targets."""

    TABLE: ClassVar[str] = "commitments"

    id: str
    date: str
    actor: str
    counterpart: str | None
    type: str
    paraphrase: str
    corridor: str | None
    indicator: str | None
    deadline: str | None
    evidence_for: str | None
    evidence_against: str | None
    status: Literal["met", "unmet", "overdue", "pending", "contradicted", "unverifiable"]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False, repr=False)
class ArticleStatementRow(Row):
    """Statements of one article, as read."""

    TABLE: ClassVar[str] = "article_statements"

    id: str
    paragraph: str
    speaker: str
    addressee: str | None
    type: str
    paraphrase: str
    places: str | None
    actors: str | None
    corridor: str | None
    indicator: str | None
    data_source: str | None
    deadline: str | None
    corroboration: str | None
    corroboration_note: str | None


@dataclass(frozen=True, slots=True, kw_only=True, eq=False, repr=False)
class SecurityIndicatorRow(Row):
    """Published counts on security."""

    TABLE: ClassVar[str] = "security_indicators"

    id: str
    period_start: dt.date
    period_end: dt.date
    geography: str
    indicator: str
    actor_as_named: str
    value: float | None
    value_low: float | None
    value_high: float | None
    unit: str
    publisher: str
    publisher_kind: str
    attribution_note: str | None
    counting_basis: str | None


@dataclass(frozen=True, slots=True, kw_only=True, eq=False, repr=False)
class ArticleAskRow(Row):
    """What is asked beside the statements of the article."""

    TABLE: ClassVar[str] = "article_asks"

    ask_id: str
    asked: Literal[
        "assets",
        "attacks",
        "attributed",
        "chokepoints",
        "claims",
        "corridor",
        "delays",
        "findings",
        "gates",
        "kept",
        "mandates",
        "railway",
        "target",
        "trade",
        "unbuilt",
        "verification",
        "without",
    ]
    subjects: str | None
    statements: tuple[str, ...]
    commands: str | None
