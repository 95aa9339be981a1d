"""What is wrong with rows of the ledger taken together: every fault, in one error."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence

from karwan.base.days import NO_PART, Days, read_days
from karwan.base.errors import DataError
from karwan.data.rows.ledger import LedgerIndicatorRow
from karwan.ledger.cells import read_filter, split_list
from karwan.ledger.nouns import MAX_SPAN_WORDS
from karwan.ledger.rows import LedgerRows, id_of

NEEDED = {
    "opening": ("elements", "class"),
    "shut_days": ("elements", "class"),
    "shut_on": ("elements", "class"),
    "rate_ratio": ("elements", "class"),
    "milestone": ("event",),
    "parts_done": ("event",),
    "trend": ("indicator", "geography", "actor", "from", "to"),
    "trade_value": ("reporter", "partner", "flow", "basis"),
    "border_hours": ("bcp", "direction"),
    "shared": ("part",),
}
"""Parts of the filter that each metric cannot do without."""

STARTED = frozenset({"shut_days", "shut_on", "rate_ratio"})
"""Metrics that need the first day of a window."""


def check_rows(rows: LedgerRows, families: Sequence[str]) -> None:
    """Check references, dates and tests.

    Parameters
    ----------
    families
        Families of corridors that a statement may be about.

    Raises
    ------
    DataError
        Names every fault.
    """
    faults = [*_double_ids(rows), *_statement_faults(rows, families), *_proposition_faults(rows)]
    faults += [*_indicator_faults(rows), *_evidence_faults(rows)]
    if faults:
        raise DataError("the ledger", faults)


def check_span(text: str, start_index: int, end_index: int, span_sha256: str) -> None:
    """Check that a span stands in its source text.

    Raises
    ------
    DataError
        If the offsets lie outside, the words are others, or there are too many of them.
    """
    words = text[start_index:end_index]
    faults = []
    if not 0 <= start_index < end_index <= len(text):
        faults.append(
            f"span {start_index}-{end_index} lies outside its text of {len(text)} characters"
        )
    elif hashlib.sha256(words.encode()).hexdigest() != span_sha256:
        faults.append(f"span {start_index}-{end_index} is not in its source text: other words")
    if len(words.split()) > MAX_SPAN_WORDS:
        faults.append(f"span has {len(words.split())} words; at most {MAX_SPAN_WORDS} are kept")
    if faults:
        raise DataError("the span", faults)


def _double_ids(rows: LedgerRows) -> Iterator[str]:
    for kind, mine in rows.by_kind().items():
        seen: set[str] = set()
        for ident in map(id_of, mine):
            if ident in seen:
                yield f"{kind} {ident}: the id is taken already"
            seen.add(ident)


def _statement_faults(rows: LedgerRows, families: Sequence[str]) -> Iterator[str]:
    sources = {row.source_id for row in rows.sources}
    known = {row.id for row in rows.statements}
    for row in rows.statements:
        where = f"statement {row.id}"
        if row.source_id not in sources:
            yield f"{where}: no source {row.source_id!r}"
        if _days(row.said_on) is None:
            yield f"{where}: said_on {row.said_on!r} is {NO_PART}"
        others = known - {row.id}
        yield from (
            f"{where}: same_as names no other statement {same!r}"
            for same in row.same_as
            if same not in others
        )
        for corridor in split_list(row.corridors):
            if corridor not in families:
                yield f"{where}: corridor {corridor!r} is not one of {', '.join(families)}"
        start, end = row.span_start_index, row.span_end_index
        if (start is None) != (end is None) or (
            start is not None and end is not None and start >= end
        ):
            yield f"{where}: a span needs a start before its end"
        if start is not None and not (row.span_sha256 and row.text_sha256):
            yield f"{where}: a span needs the hashes of its words and of its text"


def _proposition_faults(rows: LedgerRows) -> Iterator[str]:
    known = {row.id for row in rows.statements}
    whole = {row.statement_id for row in rows.propositions}
    for row in rows.propositions:
        where = f"proposition {row.id}"
        if row.statement_id not in known:
            yield f"{where}: no statement {row.statement_id!r}"
        if row.testable != "yes" and not row.reason:
            yield f"{where}: what cannot be tested needs a reason"
        start, end = row.window_start, row.window_end
        if start is not None and end is not None and end < start:
            yield f"{where}: its window ends {end}, before it starts {start}"
    for ident in sorted(known - whole):
        yield f"statement {ident}: has no proposition"


def _indicator_faults(rows: LedgerRows) -> Iterator[str]:
    parts = {row.id: row for row in rows.propositions}
    said = {row.id: _days(row.said_on) for row in rows.statements}
    for row in rows.indicators:
        where = f"indicator {row.id}"
        part = parts.get(row.proposition_id)
        if part is None:
            yield f"{where}: no proposition {row.proposition_id!r}"
            continue
        if part.testable != "yes":
            yield f"{where}: proposition {part.id} is marked as {part.testable!r} to test"
        if row.metric == "shared":
            yield from (f"{where}: {fault}" for fault in _shared_faults(rows, row))
        start, deadline = said.get(part.statement_id), row.deadline
        if start is not None and deadline is not None and deadline < start.first:
            yield f"{where}: deadline {deadline} lies before the statement of {start.first}"
        yield from (f"{where}: {fault}" for fault in _rule_faults(row))


def _shared_faults(rows: LedgerRows, row: LedgerIndicatorRow) -> Iterator[str]:
    """Yield what is wrong with a test that another proposition lends."""
    base = read_filter(row.filter).get("part", "")
    lent = [one for one in rows.indicators if one.proposition_id == base]
    if not any(one.id == base for one in rows.propositions):
        yield f"shares the test of no proposition {base!r}"
    elif not lent or any(one.metric == "shared" for one in lent):
        yield f"proposition {base} has no test of its own to share"
    yield from (
        f"evidence {item.id} points a way: it belongs to proposition {base}, whose test is shared"
        for item in rows.evidence
        if item.proposition_id == row.proposition_id and item.bears != "neither"
    )


def _rule_faults(row: LedgerIndicatorRow) -> Iterator[str]:
    given = read_filter(row.filter)
    if row.data_set == "incidents":
        if not given.get("country"):
            yield "a test on incidents needs country= in its filter"
        return
    for name in NEEDED.get(row.metric, ()):
        if not given.get(name):
            yield f"metric {row.metric} needs {name}= in its filter"
    if row.operator in ("at_least", "at_most") and row.value is None:
        yield f"operator {row.operator} needs a value"
    if row.operator == "by" and row.deadline is None:
        yield "operator by needs a deadline"
    if row.metric in STARTED and row.window_start is None:
        yield f"metric {row.metric} needs a window_start"
    if row.metric == "shut_days" and row.deadline is None:
        yield "metric shut_days needs a deadline"


def _evidence_faults(rows: LedgerRows) -> Iterator[str]:
    parts = {row.id for row in rows.propositions}
    sources = {row.source_id for row in rows.sources}
    for row in rows.evidence:
        where = f"evidence {row.id}"
        if row.proposition_id not in parts:
            yield f"{where}: no proposition {row.proposition_id!r}"
        if row.source_id not in sources:
            yield f"{where}: no source {row.source_id!r}"
        known, event = _days(row.source_date), _days(row.event_on)
        if known is None:
            yield f"{where}: source_date is missing: what is undated cannot be used as of a date"
        elif event is not None and event.first > known.last:
            yield f"{where}: event of {row.event_on} lies after its source of {row.source_date}"


def _days(text: str | None) -> Days | None:
    """Return the days that a cell can mean; None for a blank and for what is told as a fault."""
    try:
        return read_days(text) if text else None
    except ValueError:
        return None
