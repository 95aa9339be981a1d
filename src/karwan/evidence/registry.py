"""Files of incidents that a workspace holds: added with their hash, release and coverage.

The events are kept beside the rows under the hash of the file they came from, and a row of the
database says what they are. The row comes last, so a process killed before it leaves at most
a file that nobody refers to.
"""

from __future__ import annotations

import datetime as dt
import errno
import io
import os
from pathlib import Path
from typing import TYPE_CHECKING

from karwan.base.errors import DataError, SourceError
from karwan.base.store import sha256_hex
from karwan.base.workspaces import Workspace
from karwan.evidence.contents import keep_content, read_content
from karwan.evidence.incidents import UCDP_CREDIT, Coverage, IncidentSet, Release
from karwan.evidence.own_record import entered_by, gone_ids, refuse_bad_days
from karwan.evidence.rows import IncidentFileRow, WithdrawalRow
from karwan.evidence.workspace import Also, add_row, reading, rows_of, writing

if TYPE_CHECKING:
    from sqlalchemy import Connection

FOLDER = "incidents"


def add_file(
    folder: Workspace, one: IncidentSet, *, note: str, who: str, when: str, also: Also | None = None
) -> str:
    """Add the events of a file to the workspace and return the id of its row.

    Parameters
    ----------
    also
        Writes more in the same transaction, given the id.

    Raises
    ------
    DataError
        If the same file is there already.
    """
    buffer = io.BytesIO()
    one.events.write_parquet(buffer, compression="zstd", statistics=False)
    content = buffer.getvalue()
    with writing(folder) as connection:
        # The same events in another wrapping are the same events: zipped, with a mark, recoded.
        same = one.sha256, sha256_hex(content)
        there = [
            row.id
            for row in _current(connection)
            if row.sha256 == same[0] or row.kept_sha256 == same[1]
        ]
        if there:
            where = f"incident file {one.label}"
            raise DataError(where, [f"it is in the workspace already, as {there[0]}"])
        keep_content(connection, folder, _name(one.sha256), content, who=who)
        published = one.release.published
        row = IncidentFileRow(
            id="",
            sha256=one.sha256,
            kept_sha256=sha256_hex(content),
            file_name=one.label,
            release=one.release.name,
            kind=one.release.kind,
            licence=one.release.licence,
            published=published.isoformat() if published else None,
            countries=";".join(sorted(one.coverage.countries)),
            start=one.coverage.start.isoformat(),
            end=one.coverage.end.isoformat(),
            event_count=one.events.height,
            local_only=int(one.release.local_only),
            note=note,
            added_by=who,
            added_at=when,
        )
        ident = add_row(connection, row)
        if also is not None:
            also(connection, [ident])
        return ident


def read_files(
    folder: Workspace, as_of: dt.date | None = None, as_recorded: dt.date | None = None
) -> dict[str, IncidentSet]:
    """Return the events of all files of the workspace that were not withdrawn, by id.

    Parameters
    ----------
    as_of
        Keeps files that were withdrawn from a later day on; None takes those in use now.
    as_recorded
        Leaves out files and withdrawals entered after this day, in UTC; None takes all.

    Raises
    ------
    SourceError
        If a file is gone or differs from what was added.
    """
    with reading(folder) as connection:
        rows = _current(connection, as_of, as_recorded)
    refuse_bad_days(rows)
    return {row.id: _read(folder, row) for row in rows}


def file_faults(folder: Workspace) -> list[str]:
    """Return what is wrong with the files of the workspace."""
    with reading(folder) as connection:
        rows = _current(connection)
    faults = []
    for row in rows:
        try:
            _content(folder, row)
        except SourceError as error:
            faults.append(f"{row.id}: {error}")
    return faults


def _current(
    connection: Connection | None,
    as_of: dt.date | None = None,
    as_recorded: dt.date | None = None,
) -> list[IncidentFileRow]:
    gone = gone_ids(entered_by(rows_of(connection, WithdrawalRow), as_recorded), as_of)
    files = entered_by(rows_of(connection, IncidentFileRow), as_recorded)
    return [row for row in files if row.id not in gone]


def _name(sha256: str) -> str:
    return f"{FOLDER}/{sha256}.parquet"


def _content(folder: Workspace, row: IncidentFileRow) -> bytes:
    name = _name(row.sha256)
    path = folder / name if isinstance(folder, Path) else f"{name} of {folder}"
    why = os.strerror(errno.ENOENT)
    try:
        content = read_content(folder, name)
    except OSError as error:
        content, why = None, error.strerror or str(error)
    if content is None:
        msg = f"{path} cannot be read: {why}. Add {row.file_name} again."
        raise SourceError(msg)
    if sha256_hex(content) != row.kept_sha256:
        msg = f"{path} differs from what was added. Withdraw {row.id}, add the file again."
        raise SourceError(msg)
    return content


def _read(folder: Workspace, row: IncidentFileRow) -> IncidentSet:
    import polars as pl

    local = bool(row.local_only)
    name = row.file_name
    release = Release(
        name=row.release,
        kind=row.kind,
        published=dt.date.fromisoformat(row.published) if row.published else None,
        licence=row.licence,
        local_only=local,
        credit=f"{name}, supplied by the user; not to be passed on" if local else UCDP_CREDIT,
    )
    coverage = Coverage(
        frozenset(row.countries.split(";")),
        dt.date.fromisoformat(row.start),
        dt.date.fromisoformat(row.end),
    )
    events = pl.read_parquet(io.BytesIO(_content(folder, row)))
    return IncidentSet(
        label=name, sha256=row.sha256, release=release, coverage=coverage, events=events
    )
