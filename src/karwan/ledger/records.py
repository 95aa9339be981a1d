"""The user's own ledger, in the workspace database that only ever grows.

Cells are kept as the texts they came as, so that tables go in and come out letter for letter. All
rows of one call are checked with everything they join, then written in one transaction.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

from karwan.base.days import read_days
from karwan.base.errors import DataError
from karwan.base.workspaces import Workspace
from karwan.data.region import corridor_families
from karwan.data.rows.ledger import LedgerIndicatorRow, LedgerSourceRow, LedgerStatementRow
from karwan.evidence.rows import AssessmentRow
from karwan.evidence.workspace import Also, add_row, insert, reading, rows_of, writing
from karwan.ledger.assessment import Assessment
from karwan.ledger.nouns import TABLES
from karwan.ledger.own_rows import Texts, typed_rows
from karwan.ledger.rows import LedgerRow, id_of, sorted_rows
from karwan.ledger.statements import ledger_rows

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from karwan.data.catalog import Catalog

Drawn: TypeAlias = "tuple[Catalog, Mapping[str, Sequence[Mapping[str, str | None]]]]"
"""A catalogue, and rows drawn up from what it holds, by kind of record."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Recorded:
    """An assessment as written down: status, rule, inputs, who judged, who dissents."""

    proposition_id: str
    as_of: str
    assessed_on: str
    delivery: str
    evidence_status: str
    rule: str
    inputs_sha256: str
    supports: str
    contradicts: str
    reason: str
    assessor: str
    second_coder: str
    dissent: str
    reply: str


def add_rows(
    folder: Workspace,
    catalog: Catalog,
    new: Mapping[str, Sequence[Mapping[str, str | None]]],
    *,
    who: str,
    when: str,
    also: Also | None = None,
) -> dict[str, list[str]]:
    """Add rows of any kind and return their ids by kind.

    Parameters
    ----------
    catalog
        Must name the same workspace, so that new rows are checked beside the old ones.
    new
        Rows by kind of record, cells as texts; missing cells are blank.
    when
        Time of the call, ISO; no source or statement may be of a later day.
    also
        Writes more in the same transaction, given the ids.

    Raises
    ------
    DataError
        Names every fault; nothing is written then.
    """
    full = checked_rows(catalog, new, when=when)
    with writing(folder) as connection:
        return _add(connection, full, who=who, when=when, also=also)


def add_drawn(
    folder: Workspace,
    draw: Callable[[], Drawn],
    *,
    who: str,
    when: str,
    also: Also | None = None,
) -> dict[str, list[str]]:
    """Add rows whose ids follow from those that stand, and return their ids by kind.

    They are drawn up and checked twice: once before anything is written, so that faulty rows, or
    none, make no workspace, and once while nobody else may write, so that no two writers take one
    id.

    Parameters
    ----------
    draw
        Reads the workspace and returns the rows.
    when, also
        As for `add_rows`.

    Raises
    ------
    DataError
        Names every fault; nothing is written then.
    """
    if not any(checked_rows(*draw(), when=when).values()):
        return {}
    with writing(folder) as connection:
        full = checked_rows(*draw(), when=when)
        return _add(connection, full, who=who, when=when, also=also)


def _add(
    connection: Connection,
    full: Mapping[str, Sequence[Texts]],
    *,
    who: str,
    when: str,
    also: Also | None,
) -> dict[str, list[str]]:
    for kind, rows in full.items():
        for row in rows:
            insert(connection, TABLES[kind], {**row, "added_by": who, "added_at": when})
    added = {kind: [str(row[_key(kind)]) for row in rows] for kind, rows in full.items()}
    if also is not None:
        also(connection, [ident for ids in added.values() for ident in ids])
    return added


def checked_rows(
    catalog: Catalog, new: Mapping[str, Sequence[Mapping[str, str | None]]], *, when: str
) -> dict[str, list[Texts]]:
    """Return new rows with all their cells, held against those that stand; nothing is written.

    Parameters
    ----------
    catalog, new, when
        As for `add_rows`.

    Raises
    ------
    DataError
        Names every fault.
    """
    from karwan.ledger.faults import check_rows

    full = {kind: [_complete(catalog, kind, row) for row in rows] for kind, rows in new.items()}
    faults: list[str] = []
    typed: list[LedgerRow] = []
    for kind, rows in full.items():
        try:
            typed += typed_rows(catalog, kind, rows, where=TABLES[kind])
        except DataError as error:
            faults += [f"{error.where}: {fault}" for fault in error.faults]
    faults += _future_faults(typed, dt.date.fromisoformat(when[:10]))
    if faults:
        raise DataError("the records", faults)
    joined = ledger_rows(catalog).joined(sorted_rows(typed))
    check_rows(joined, corridor_families(catalog))
    return full


def read_assessments(folder: Workspace) -> list[Recorded]:
    """Return the recorded assessments in the order added."""
    with reading(folder) as connection:
        return [_recorded(row) for row in rows_of(connection, AssessmentRow)]


def _recorded(row: AssessmentRow) -> Recorded:
    return Recorded(
        proposition_id=row.proposition_id or "",
        as_of=row.as_of or "",
        assessed_on=row.assessed_on or "",
        delivery=row.delivery or "",
        evidence_status=row.evidence_status or "",
        rule=row.rule or "",
        inputs_sha256=row.inputs_sha256 or "",
        supports=row.supports or "",
        contradicts=row.contradicts or "",
        reason=row.reason or "",
        assessor=row.assessor or "",
        second_coder=row.second_coder or "",
        dissent=row.dissent or "",
        reply=row.reply or "",
    )


def _row(one: Recorded, who: str, when: str) -> AssessmentRow:
    return AssessmentRow(
        id="",
        proposition_id=one.proposition_id or None,
        as_of=one.as_of or None,
        assessed_on=one.assessed_on or None,
        delivery=one.delivery or None,
        evidence_status=one.evidence_status or None,
        rule=one.rule or None,
        inputs_sha256=one.inputs_sha256 or None,
        supports=one.supports or None,
        contradicts=one.contradicts or None,
        reason=one.reason or None,
        assessor=one.assessor or None,
        second_coder=one.second_coder or None,
        dissent=one.dissent or None,
        reply=one.reply or None,
        added_by=who,
        added_at=when,
    )


def record_assessments(
    folder: Workspace,
    assessments: Sequence[Recorded],
    written_on: Mapping[str, dt.date],
    *,
    who: str,
    when: str,
) -> int:
    """Write assessments down and return how many were new; what is recorded already stays.

    Parameters
    ----------
    written_on
        The day each proposition's test was written.

    Raises
    ------
    DataError
        If a test is dated after its assessment, or two assessments by one version of a rule, on
        the same inputs, disagree and no dissent is stated. Nothing is written then.
    """
    with writing(folder) as connection:
        held = [_recorded(row) for row in rows_of(connection, AssessmentRow)]
        fresh = [one for one in assessments if not any(_same(one, old) for old in held)]
        faults = []
        for number, one in enumerate(fresh):
            faults += _assessment_faults(one, [*held, *fresh[:number]], written_on)
        if faults:
            raise DataError("the assessment", faults)
        for one in fresh:
            add_row(connection, _row(one, who, when))
    return len(fresh)


def to_record(assessment: Assessment, assessed_on: dt.date, assessor: str = "rule") -> Recorded:
    """Return a computed assessment as it is written down."""
    return Recorded(
        proposition_id=assessment.proposition_id,
        as_of=assessment.as_of.isoformat(),
        assessed_on=assessed_on.isoformat(),
        delivery=assessment.delivery.value if assessment.delivery is not None else "",
        evidence_status=assessment.evidence.value if assessment.evidence is not None else "",
        rule=assessment.rule,
        inputs_sha256=assessment.inputs_sha256,
        supports="; ".join(assessment.supports),
        contradicts="; ".join(assessment.contradicts),
        reason=assessment.reason,
        assessor=assessor,
        second_coder="",
        dissent="",
        reply="",
    )


def _same(one: Recorded, other: Recorded) -> bool:
    names = [n for n in Recorded.__dataclass_fields__ if n not in ("assessed_on", "reason")]
    return all(getattr(one, name) == getattr(other, name) for name in names)


def _assessment_faults(
    one: Recorded, held: Sequence[Recorded], written_on: Mapping[str, dt.date]
) -> list[str]:
    faults = []
    written = written_on.get(one.proposition_id)
    if written is not None and written > dt.date.fromisoformat(one.assessed_on):
        faults.append(
            f"{one.proposition_id}: its indicator is dated {written}, after its assessment of "
            f"{one.assessed_on}"
        )
    faults += [
        f"{one.proposition_id}: rule {one.rule} gave {_words(old)} on {old.assessed_on}, now "
        f"{_words(one)} on the same inputs; state the dissent, or write a new version of the rule"
        for old in held
        if _contradict(one, old)
    ]
    return faults


def _contradict(one: Recorded, old: Recorded) -> bool:
    """Whether one version of a rule gave two answers on the same inputs, and nobody dissents."""
    return (
        (old.proposition_id, old.rule, old.inputs_sha256)
        == (one.proposition_id, one.rule, one.inputs_sha256)
        and (old.delivery, old.evidence_status) != (one.delivery, one.evidence_status)
        and not (one.dissent or old.dissent)
    )


def _words(one: Recorded) -> str:
    return f"{one.delivery or 'no delivery'} / {one.evidence_status or 'refused'}"


def _key(kind: str) -> str:
    return "source_id" if kind == "source" else "id"


def _complete(catalog: Catalog, kind: str, row: Mapping[str, str | None]) -> Texts:
    """Return a row with all columns of its table, blank where nothing was given."""
    if kind not in TABLES:
        raise DataError("the records", [f"no kind {kind!r}; known: {', '.join(TABLES)}"])
    names = [field.name for field in catalog.resource(TABLES[kind]).table.fields]
    unknown = sorted(set(row) - set(names))
    if unknown:
        faults = [f"{kind}: no column {name!r}" for name in unknown]
        raise DataError("the records", [*faults, f"columns: {', '.join(names)}"])
    return {name: row.get(name) or None for name in names}


def _future_faults(rows: Sequence[LedgerRow], today: dt.date) -> list[str]:
    kinds = {table: kind for kind, table in TABLES.items()}
    faults = []
    for row in rows:
        for name, text in _told_days(row):
            if read_days(text).first > today:
                faults.append(f"{kinds[row.TABLE]} {id_of(row)}: {name} {text} lies in the future")
    return faults


def _told_days(row: LedgerRow) -> Iterator[tuple[str, str]]:
    """Return the days of a row that cannot lie in the future, by column."""
    if isinstance(row, LedgerStatementRow):
        yield "said_on", row.said_on
    if row.source_date is not None:
        yield "source_date", row.source_date
    if isinstance(row, LedgerSourceRow):
        yield "read_on", row.read_on.isoformat()
    if isinstance(row, LedgerIndicatorRow):
        yield "written_on", row.written_on.isoformat()
