"""One class for each table of the workspace, its columns in order: a type checker sees them.

Cells are what the database holds: days as ISO texts, None where a cell is blank. A test holds every
class against the tables that the migrations make.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar, Protocol

from karwan.data.rows.ledger import (
    LedgerEvidenceRow,
    LedgerIndicatorRow,
    LedgerPropositionRow,
    LedgerSourceRow,
    LedgerStatementRow,
)


class OwnRow(Protocol):
    """What every row of the workspace has.

    Attributes
    ----------
    TABLE
        The table that it stands in.
    LETTER
        First letter of its id.
    """

    __dataclass_fields__: ClassVar[dict[str, dataclasses.Field[Any]]]
    TABLE: ClassVar[str]
    LETTER: ClassVar[str]

    @property
    def id(self) -> str:
        """Letter and number in the table, from 1."""

    @property
    def added_by(self) -> str:
        """Who entered it."""

    @property
    def added_at(self) -> str:
        """When it was entered: ISO, UTC."""


class Dated(Protocol):
    """A row that holds days, which another program may have changed."""

    @property
    def id(self) -> str:
        """Letter and number in the table, from 1."""

    @property
    def days(self) -> Mapping[str, str | None]:
        """Its days by column."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnClosureRow:
    """A closure; a blank end has an end status that says why."""

    TABLE: ClassVar[str] = "closures"
    LETTER: ClassVar[str] = "W"

    id: str
    element_id: str
    mode: str
    start: str
    end: str | None
    end_status: str
    seen_until: str
    traffic_class: str
    direction: str
    cause: str
    episode: str
    note: str
    source_url: str
    source_date: str
    grade: str
    added_by: str
    added_at: str
    start_precision: str

    @property
    def days(self) -> Mapping[str, str | None]:
        """Its days by column."""
        return {
            "start": self.start,
            "end": self.end,
            "seen_until": self.seen_until,
            "source_date": self.source_date,
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnEndRow:
    """The end of a closure: the first day open again."""

    TABLE: ClassVar[str] = "closure_ends"
    LETTER: ClassVar[str] = "E"

    id: str
    closure_id: str
    end: str
    note: str
    source_url: str
    source_date: str
    grade: str
    added_by: str
    added_at: str

    @property
    def days(self) -> Mapping[str, str | None]:
        """Its days by column."""
        return {"end": self.end, "source_date": self.source_date}


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnSightingRow:
    """What was seen of an element on a day."""

    TABLE: ClassVar[str] = "sightings"
    LETTER: ClassVar[str] = "S"

    id: str
    element_id: str
    mode: str
    day: str
    state: str
    traffic_class: str
    direction: str
    note: str
    source_url: str
    source_date: str
    grade: str
    added_by: str
    added_at: str

    @property
    def days(self) -> Mapping[str, str | None]:
        """Its days by column."""
        return {"day": self.day, "source_date": self.source_date}


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnIncidentRow:
    """An incident, at a place known to so many km."""

    TABLE: ClassVar[str] = "incidents"
    LETTER: ClassVar[str] = "I"

    id: str
    date: str
    lat: float
    lon: float
    precision_km: float
    kind: str
    death_count: int | None
    note: str
    source_url: str
    source_date: str
    grade: str
    added_by: str
    added_at: str

    @property
    def days(self) -> Mapping[str, str | None]:
        """Its days by column."""
        return {"date": self.date, "source_date": self.source_date}


@dataclass(frozen=True, slots=True, kw_only=True)
class WithdrawalRow:
    """What takes another row out of use: from a day on, or for all time where it has none."""

    TABLE: ClassVar[str] = "withdrawals"
    LETTER: ClassVar[str] = "X"

    id: str
    record_id: str
    note: str
    added_by: str
    added_at: str
    withdrawn_on: str | None

    @property
    def days(self) -> Mapping[str, str | None]:
        """Its days by column."""
        return {"withdrawn_on": self.withdrawn_on}


@dataclass(frozen=True, slots=True, kw_only=True)
class IncidentFileRow:
    """A file of incidents, its release and what it covers; `local_only` is 1 or 0."""

    TABLE: ClassVar[str] = "incident_files"
    LETTER: ClassVar[str] = "F"

    id: str
    sha256: str
    kept_sha256: str
    file_name: str
    release: str
    kind: str
    licence: str
    published: str | None
    countries: str
    start: str
    end: str
    event_count: int
    local_only: int
    note: str
    added_by: str
    added_at: str

    @property
    def days(self) -> Mapping[str, str | None]:
        """Its days by column."""
        return {"published": self.published, "start": self.start, "end": self.end}


@dataclass(frozen=True, slots=True, kw_only=True)
class AssessmentRow:
    """An assessment of the ledger as it was written down."""

    TABLE: ClassVar[str] = "ledger_assessments"
    LETTER: ClassVar[str] = "A"

    id: str
    proposition_id: str | None
    as_of: str | None
    assessed_on: str | None
    delivery: str | None
    evidence_status: str | None
    rule: str | None
    inputs_sha256: str | None
    supports: str | None
    contradicts: str | None
    reason: str | None
    assessor: str | None
    second_coder: str | None
    dissent: str | None
    reply: str | None
    added_by: str
    added_at: str


@dataclass(frozen=True, slots=True, kw_only=True)
class WatchRow:
    """A question asked again by `watch run`, or the end of one.

    Attributes
    ----------
    cause
        What raises an alert.
    step
        Least change of a chance or share that is told.
    days
        Days ahead of a chance.
    ends
        The watch that this row ends; blank for a watch.
    """

    TABLE: ClassVar[str] = "watches"
    LETTER: ClassVar[str] = "N"

    id: str
    question: str
    cause: str
    step: float
    days: int
    ends: str
    added_by: str
    added_at: str


@dataclass(frozen=True, slots=True, kw_only=True)
class WatchAnswerRow:
    """What a watch was answered, and by which code, tables and rows of the workspace.

    Attributes
    ----------
    told
        What is compared, as JSON.
    answer_sha256
        Of the whole answer, as the command tells it in JSON.
    """

    TABLE: ClassVar[str] = "watch_answers"
    LETTER: ClassVar[str] = "R"

    id: str
    watch_id: str
    as_of: str
    told: str
    answer_sha256: str
    code: str
    tables_sha256: str
    rows: str
    added_by: str
    added_at: str


@dataclass(frozen=True, slots=True, kw_only=True)
class WatchAlertRow:
    """What was new: the difference in words, what changed, and the hashes of both answers."""

    TABLE: ClassVar[str] = "watch_alerts"
    LETTER: ClassVar[str] = "L"

    id: str
    watch_id: str
    as_of: str
    words: str
    changed: str
    before_sha256: str
    after_sha256: str
    answer_id: str
    added_by: str
    added_at: str


@dataclass(frozen=True, slots=True, kw_only=True)
class WatchDeliveryRow:
    """An alert that went out, and to where."""

    TABLE: ClassVar[str] = "watch_deliveries"
    LETTER: ClassVar[str] = "D"

    id: str
    alert_id: str
    channel: str
    added_by: str
    added_at: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedFileRow:
    """A file of a feed whose rows are proposed; `may_pass_on` is 1 or 0.

    Attributes
    ----------
    how
        What was said of the file, as JSON: release, coverage, mapping.
    address
        Where it was fetched from; blank for a file that a person had.
    dated
        Day on which it was fetched or read.
    """

    TABLE: ClassVar[str] = "feed_files"
    LETTER: ClassVar[str] = "P"

    id: str
    feed: str
    file_name: str
    sha256: str
    how: str
    address: str
    dated: str
    publisher: str
    licence: str
    may_pass_on: int
    credit: str
    row_count: int
    added_by: str
    added_at: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedDecisionRow:
    """What a person decided of proposed rows.

    Attributes
    ----------
    row_keys
        Keys of the rows, as a JSON list.
    became
        Ids of the rows that they became, with `;`; blank where they stand for themselves.
    """

    TABLE: ClassVar[str] = "feed_decisions"
    LETTER: ClassVar[str] = "Q"

    id: str
    file_id: str
    decision: str
    row_keys: str
    became: str
    note: str
    added_by: str
    added_at: str


@dataclass(frozen=True, slots=True, kw_only=True)
class BriefRow:
    """A brief that was kept: the next one of the same question is held against it.

    Attributes
    ----------
    question
        Both ends and the family of corridors, as JSON.
    told
        The best way and the states of the gates, as JSON.
    sheet_sha256
        Of the sheet in plain text.
    """

    TABLE: ClassVar[str] = "briefs"
    LETTER: ClassVar[str] = "B"

    id: str
    audience: str
    question: str
    as_of: str
    told: str
    sheet_sha256: str
    added_by: str
    added_at: str


WATCHES: tuple[type[OwnRow], ...] = (WatchRow, WatchAnswerRow, WatchAlertRow, WatchDeliveryRow)
"""Classes of the tables that tell what was asked again, and nothing of the world."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TokenRow:
    """Who may use a server: a name, a role, and the hash of a token that ends."""

    TABLE: ClassVar[str] = "tokens"
    LETTER: ClassVar[str] = "T"

    id: str
    name: str
    role: str
    sha256: str
    expires_at: str
    added_by: str
    added_at: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TokenEndRow:
    """The end of a token before its time."""

    TABLE: ClassVar[str] = "token_ends"
    LETTER: ClassVar[str] = "U"

    id: str
    token_id: str
    added_by: str
    added_at: str


PEOPLE: tuple[type[OwnRow], ...] = (TokenRow, TokenEndRow)
"""Classes of the tables of those who may use a server: written by the owner of a database alone."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditRow:
    """An entry of the trail: what was done, and the hashes that hold it in its place.

    Attributes
    ----------
    kind
        The table, or `contents` for what is kept as bytes.
    row_id
        Id of the row, or name of the content.
    row_sha256, previous_sha256, sha256
        Of what the row holds, of the entry before, and of all that this one says.
    login
        User of the operating system under which the program ran: the person's, or the server's.
    added_by
        Who did it, as the program was told; blank for a row that stood before the trail began.
    added_at
        When, by the clock of the database.
    """

    TABLE: ClassVar[str] = "audit"
    LETTER: ClassVar[str] = "H"

    id: str
    verb: str
    kind: str
    row_id: str
    row_sha256: str
    previous_sha256: str
    sha256: str
    login: str
    added_by: str
    added_at: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestRow:
    """A request that wrote a row through a server, and what it was answered.

    Attributes
    ----------
    key
        What its sender calls it; he uses it once.
    path, body_sha256
        Where it was sent, and the hash of all that it gave: the same key with other words is no
        repetition.
    answer
        What it was answered, as JSON.
    """

    TABLE: ClassVar[str] = "requests"
    LETTER: ClassVar[str] = "K"

    id: str
    key: str
    path: str
    body_sha256: str
    answer: str
    added_by: str
    added_at: str


KINDS: tuple[type[OwnRow], ...] = (
    OwnClosureRow,
    OwnEndRow,
    OwnSightingRow,
    OwnIncidentRow,
    WithdrawalRow,
    IncidentFileRow,
    AssessmentRow,
    FeedFileRow,
    FeedDecisionRow,
    BriefRow,
    *WATCHES,
    *PEOPLE,
    RequestRow,
    AuditRow,
)
"""Classes of all tables but those of the ledger's texts."""

LEDGER = (
    LedgerSourceRow,
    LedgerStatementRow,
    LedgerPropositionRow,
    LedgerIndicatorRow,
    LedgerEvidenceRow,
)
"""Classes of the ledger's tables. The workspace keeps their cells as the texts that came in."""

STAMP = ("added_by", "added_at")


@dataclass(frozen=True, slots=True, kw_only=True)
class TextsRow:
    """A row of a ledger's table as it came in: texts, None where a cell is blank.

    They become a row of the table's class once they are checked against the table.
    """

    cells: dict[str, str | None]
    added_by: str
    added_at: str


class Entered(Protocol):
    """A row that says when it was entered."""

    @property
    def added_at(self) -> str:
        """When it was entered: ISO, UTC."""
