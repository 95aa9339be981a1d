"""Briefs that were kept in a workspace: what the last one said, for the next to be held against."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from karwan.base.workspaces import Workspace
from karwan.evidence.own_record import entered_by
from karwan.evidence.rows import BriefRow
from karwan.evidence.workspace import add_row, reading, rows_of, writing
from karwan.evidence.written import Written, corrections_of


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptBrief:
    """A brief that was kept: its day, and what it said.

    Attributes
    ----------
    corrections
        What was done since to rows that it rests on. One kept by a version that named none has
        none.
    """

    id: str
    as_of: dt.date
    told: Mapping[str, Any]
    corrections: tuple[Written, ...] = ()


def question_of(ends: tuple[str, str], family: str) -> str:
    """Return what two briefs have in common that may be held against one another."""
    return json.dumps([*ends, family], ensure_ascii=False)


def last_brief(
    folder: Workspace, question: str, before: dt.date, as_recorded: dt.date | None = None
) -> KeptBrief | None:
    """Return the newest kept brief of a question from before a day; None where there is none.

    Parameters
    ----------
    as_recorded
        Use only briefs that were kept until this day; None: all.
    """
    with reading(folder) as connection:
        rows = [
            row
            for row in entered_by(rows_of(connection, BriefRow), as_recorded)
            if row.question == question and row.as_of < before.isoformat()
        ]
    if not rows:
        return None
    row = max(rows, key=lambda one: (one.as_of, one.id))
    told = json.loads(row.told)
    done = corrections_of(
        folder,
        told.get("evidence", ()),
        kind=BriefRow.TABLE,
        row_id=row.id,
        since=row.added_at[:10],
    )
    until = as_recorded.isoformat() if as_recorded is not None else None
    return KeptBrief(
        id=row.id,
        as_of=dt.date.fromisoformat(row.as_of),
        told=told,
        corrections=tuple(one for one in done if until is None or one.when[:10] <= until),
    )


def keep_sheet(  # noqa: PLR0913
    folder: Workspace,
    *,
    audience: str,
    question: str,
    as_of: dt.date,
    told: str,
    sheet_sha256: str,
    who: str,
    when: str,
) -> str:
    """Keep a brief and return its id; the same brief is kept once."""
    with writing(folder) as connection:
        for row in rows_of(connection, BriefRow):
            if (row.audience, row.question, row.sheet_sha256) == (audience, question, sheet_sha256):
                return row.id
        new = BriefRow(
            id="",
            audience=audience,
            question=question,
            as_of=as_of.isoformat(),
            told=told,
            sheet_sha256=sheet_sha256,
            added_by=who,
            added_at=when,
        )
        return add_row(connection, new)
