"""A workspace copied whole into an empty one, folder or database, and held against its source.

Rows keep their ids, their order and who entered them when. What was copied is read again from both
ends and compared by number and hash; studies and fetched files, which can be made again, stay.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from karwan.base.errors import DataError, Fault, SourceError
from karwan.base.store import sha256_hex, to_json
from karwan.base.workspaces import DatabaseUrl, Workspace, identity_of
from karwan.evidence.contents import (
    add_lines,
    content_names,
    contents_of,
    put_content,
    read_lines,
)
from karwan.evidence.rows import KINDS, LEDGER, PEOPLE
from karwan.evidence.shape import cells_due
from karwan.evidence.workspace import put as put_row
from karwan.evidence.workspace import reading, table_cells, writing

if TYPE_CHECKING:
    from sqlalchemy import Connection

TABLES = (
    *(kind.TABLE for kind in KINDS if kind not in PEOPLE),
    *(kind.TABLE for kind in LEDGER),
)
"""Every table of rows, in the order in which they are copied; who may enter is told anew."""
LINE_FILE = "forecasts.jsonl"
NOTHING = sha256_hex(b"")


@dataclass(frozen=True, slots=True, kw_only=True)
class Holding:
    """What a workspace holds under one name: how many rows, bytes or lines, and their hash."""

    name: str
    count: int
    sha256: str


def _held(place: Workspace, connection: Connection) -> tuple[Holding, ...]:
    """Return what a workspace holds, table by table and content by content."""
    return (
        *(_of_table(connection, table) for table in TABLES),
        *(
            _of_bytes(name, len(content), content)
            for name, content in contents_of(place, connection)
        ),
        _of_lines(place, connection),
    )


def _of_table(connection: Connection, table: str) -> Holding:
    rows = table_cells(connection, table)
    told = "".join(to_json([_told(row[name]) for name in cells_due(table)]) for row in rows)
    return Holding(name=table, count=len(rows), sha256=sha256_hex(told.encode()))


def _told(cell: Any) -> Any:
    """Return a cell by which two databases agree: one tells 34.0 as 34, the other as 34.0."""
    return float(cell) if isinstance(cell, (bool, int, float)) else cell


def _of_lines(place: Workspace, connection: Connection) -> Holding:
    lines = _lines(place, connection)
    return _of_bytes(LINE_FILE, len(lines), b"".join(lines))


def _of_bytes(name: str, count: int, content: bytes) -> Holding:
    return Holding(name=name, count=count, sha256=sha256_hex(content))


def _lines(place: Workspace, connection: Connection) -> list[bytes]:
    """Return the kept lines with their ends, in order."""
    path = place if isinstance(place, DatabaseUrl) else place / LINE_FILE
    parts = (read_lines(path, connection) or b"").split(b"\n")
    return [part + b"\n" for part in parts[:-1]] + ([parts[-1]] if parts[-1] else [])


def copy_workspace(source: Workspace, target: Workspace) -> tuple[Holding, ...]:
    """Copy all that a workspace holds into an empty one, and return what that holds now.

    The trail goes along as it is, and names the same head; what it tells of tokens stays behind. A
    workspace that others write to meanwhile is copied as it was at one moment.

    Raises
    ------
    DataError
        If there is nothing to copy, or the other workspace holds something already.
    SourceError
        If one of them cannot be used, or the copy is not what was copied; all is copied or nothing.
    """
    _refuse(source, target)
    put: list[str] = []
    try:
        with reading(source) as given, _empty(target) as taken:
            assert given is not None
            # The rows are read first: a file is written before the row that names it.
            before = [_of_table(given, table) for table in TABLES]
            put.append(LINE_FILE)  # from here on what lies there is this copy's
            for name, content in contents_of(source, given):
                put.append(name)
                put_content(taken, target, name, content)
                before.append(_of_bytes(name, len(content), content))
            lines = _lines(source, given)
            before.append(_of_bytes(LINE_FILE, len(lines), b"".join(lines)))
            path = target if isinstance(target, DatabaseUrl) else target / LINE_FILE
            if lines:
                add_lines(taken, path, lines)
            for table in TABLES:
                for row in table_cells(given, table):
                    put_row(taken, table, row)
            after = _held(target, taken)
            _compare(source, target, before, after)
    except BaseException:
        if isinstance(target, Path):  # a database lets go of what its transaction did not keep
            for name in put:
                (target / name).unlink(missing_ok=True)
        raise
    return after


def _compare(
    source: Workspace, target: Workspace, before: Sequence[Holding], after: Sequence[Holding]
) -> None:
    """Hold a copy against what was read of its source, which others may write to meanwhile.

    Raises
    ------
    SourceError
        If they differ.
    """
    wrong = sorted({one.name for one in {*before} ^ {*after}})
    if wrong:
        msg = (
            f"The copy in {target} is not what {source} holds: {', '.join(wrong)}. Nothing was "
            "kept of it; look at the disk it lies on, and copy again."
        )
        raise SourceError(msg)


def _refuse(source: Workspace, target: Workspace) -> None:
    if identity_of(source) == identity_of(target):
        raise DataError("the copy", [Fault("", f"{target} is not copied into itself")])
    with reading(source) as connection:
        if connection is None:
            text = f"{source} holds no workspace: nothing was ever written there"
            raise DataError("the copy", [Fault("", text)])


@contextmanager
def _empty(target: Workspace) -> Iterator[Connection]:
    """Yield a connection that writes into a workspace in which nothing stands yet."""
    with writing(target) as connection:
        held = [table for table in TABLES if table_cells(connection, table)]
        held += content_names(target, connection)[:3]
        if _lines(target, connection):
            held.append(LINE_FILE)
        if held:
            what = ", ".join(held[:6])
            text = f"{target} holds rows or files already ({what}); copy into an empty workspace"
            raise DataError("the copy", [Fault("", text)])
        yield connection
