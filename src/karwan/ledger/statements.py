"""Records of the ledger: sources, statements, their testable parts, tests and evidence.

The shipped ledger is read-only; a user's own rows come from his workspace and are merged at
load. A row is only ever added: a correction is a new row that says what it corrects.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from karwan.base.known import known_from
from karwan.data.region import corridor_families
from karwan.data.rows.ledger import (
    LedgerEvidenceRow,
    LedgerIndicatorRow,
    LedgerPropositionRow,
    LedgerSourceRow,
    LedgerStatementRow,
)
from karwan.data.rows.row import source_of
from karwan.ledger.cells import read_filter, split_list
from karwan.ledger.nouns import (
    Evidence,
    Indicator,
    Ledger,
    Proposition,
    Span,
    Statement,
)
from karwan.ledger.rows import LedgerRows
from karwan.ledger.words import Bears, Independence, SpeakerKind, SpeechAct, Testability

if TYPE_CHECKING:
    from karwan.data.catalog import Catalog


def read_ledger(catalog: Catalog) -> Ledger:
    """Return the shipped ledger, with the rows of the catalogue's workspace if it has one.

    Raises
    ------
    DataError
        Names every fault of the rows taken together.
    """
    from karwan.ledger.faults import check_rows

    rows = ledger_rows(catalog)
    check_rows(rows, corridor_families(catalog))
    return to_ledger(rows)


def ledger_rows(catalog: Catalog) -> LedgerRows:
    """Return the rows of all tables by kind of record, shipped first."""
    shipped = LedgerRows(
        sources=catalog.rows(LedgerSourceRow),
        statements=catalog.rows(LedgerStatementRow),
        propositions=catalog.rows(LedgerPropositionRow),
        indicators=catalog.rows(LedgerIndicatorRow),
        evidence=catalog.rows(LedgerEvidenceRow),
    )
    if catalog.workspace is None:
        return shipped
    from karwan.ledger.own_rows import read_own_rows

    return shipped.joined(read_own_rows(catalog.workspace, catalog))


def to_ledger(rows: LedgerRows) -> Ledger:
    """Return the records made from checked rows."""
    sources = {row.source_id: row for row in rows.sources}
    return Ledger(
        sources=sources,
        statements={row.id: _statement(row) for row in rows.statements},
        propositions={row.id: _proposition(row) for row in rows.propositions},
        indicators={row.id: _indicator(row) for row in rows.indicators},
        evidence={row.id: _evidence(row, sources[row.source_id]) for row in rows.evidence},
    )


def mentions(name: str, text: str) -> bool:
    """Whether a name stands in a text as whole words, in any case.

    Examples
    --------
    >>> mentions("pakistan", "Pakistan (PM Sharif)"), mentions("stan", "Pakistan")
    (True, False)
    """
    return re.search(rf"(?<!\w){re.escape(name)}(?!\w)", text, re.IGNORECASE) is not None


def _statement(row: LedgerStatementRow) -> Statement:
    start, end = row.span_start_index, row.span_end_index
    span = None
    if start is not None and end is not None:
        span = Span(start, end, row.span_sha256 or "", row.text_sha256 or "")
    return Statement(
        id=row.id,
        source_id=row.source_id,
        speaker=row.speaker,
        speaker_kind=SpeakerKind(row.speaker_kind),
        role=row.role or "",
        on_behalf_of=row.on_behalf_of or "",
        addressee=row.addressee or "",
        about=row.about or "",
        said_on=row.said_on,
        speech_act=SpeechAct(row.speech_act),
        attribution=row.attribution,
        translated=row.translated,
        paraphrase=row.paraphrase,
        corridors=split_list(row.corridors),
        places=split_list(row.places),
        corroboration=row.corroboration,
        corroboration_url=row.corroboration_url or "",
        contested=row.contested,
        reply=row.reply or "",
        same_as=row.same_as,
        listed_status=row.listed_status or "",
        span=span,
        note=row.note or "",
        source=source_of(row),
    )


def _proposition(row: LedgerPropositionRow) -> Proposition:
    return Proposition(
        id=row.id,
        statement_id=row.statement_id,
        paraphrase=row.paraphrase,
        polarity=row.polarity,
        condition=row.condition or "",
        elements=row.elements,
        window_start=row.window_start,
        window_end=row.window_end,
        testable=Testability(row.testable),
        reason=row.reason or "",
    )


def _indicator(row: LedgerIndicatorRow) -> Indicator:
    return Indicator(
        id=row.id,
        proposition_id=row.proposition_id,
        metric=row.metric,
        data_set=row.data_set,
        filter=read_filter(row.filter),
        operator=row.operator,
        value=row.value,
        unit=row.unit or "",
        window_start=row.window_start,
        deadline=row.deadline,
        tolerance_days=row.tolerance_days,
        written_on=row.written_on,
        rule=row.rule,
        note=row.note or "",
    )


def _evidence(row: LedgerEvidenceRow, source: LedgerSourceRow) -> Evidence:
    return Evidence(
        id=row.id,
        proposition_id=row.proposition_id,
        source_id=row.source_id,
        bears=Bears(row.bears),
        direct=row.directness == "direct",
        independence=Independence(row.independence),
        event=row.event or "",
        event_on=row.event_on or "",
        note=row.note,
        source=source_of(row),
        known_from=known_from(row.source_date, source.read_on),
    )
