"""Bytes that a workspace keeps beside its rows: files of its folder, or rows of its database.

Each has a name, such as `incidents/….parquet`, is whole or not there, and is never written again.
Lines are the kept forecasts, one after the other; what a file holds is those lines joined.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from karwan.base.errors import SourceError
from karwan.base.store import sha256_hex, write_whole
from karwan.base.workspaces import DatabaseUrl, Workspace
from karwan.evidence.trail import CONTENTS, KEEP, Deed, append, sha256_told
from karwan.evidence.workspace import reading, writing

if TYPE_CHECKING:
    from sqlalchemy import Connection

LINES = "forecast_lines"
FOLDERS = {"incidents": ".parquet", "answers": ".json", "feeds": ".kept"}
"""Folders of contents, and how their files end."""
_NAME = re.compile(r"[a-z]+/[0-9A-Za-z][0-9A-Za-z._-]*")
"""Names of contents: a file of one folder. A database may name anything, and anyone may add."""


def read_content(place: Workspace, name: str, connection: Connection | None = None) -> bytes | None:
    """Return the bytes kept under a name; None where there are none.

    Parameters
    ----------
    connection
        To the database, where a transaction has begun.

    Raises
    ------
    OSError
        If a file cannot be read.
    SourceError
        If a database cannot.
    """
    from sqlalchemy import text

    if isinstance(place, DatabaseUrl):
        if connection is None:
            with reading(place) as opened:
                assert opened is not None
                return read_content(place, name, opened)
        asked = text(f"SELECT content FROM {CONTENTS} WHERE name = :name")
        content = connection.execute(asked, {"name": name}).scalar_one_or_none()
        return None if content is None else bytes(content)
    try:
        return (place / name).read_bytes()
    except FileNotFoundError:
        return None


def content_names(place: Workspace, connection: Connection) -> list[str]:
    """Return the names of the contents of a workspace, in order."""
    if isinstance(place, DatabaseUrl):
        asked = connection.exec_driver_sql(f"SELECT name FROM {CONTENTS}")
        return sorted(str(name) for name in asked.scalars())
    return sorted(
        f"{folder}/{path.name}"
        for folder, ending in FOLDERS.items()
        for path in (place / folder).glob(f"*{ending}")
        if path.is_file() and not path.name.startswith(".")
    )


def contents_of(place: Workspace, connection: Connection) -> Iterator[tuple[str, bytes]]:
    """Yield the name and the bytes of each content of a workspace, in order of the names."""
    for name in content_names(place, connection):
        content = read_content(place, name, connection)
        if content is not None:
            yield name, content


def keep_content(
    connection: Connection, place: Workspace, name: str, content: bytes, *, who: str
) -> None:
    """Keep bytes under a name, and tell in the trail who did.

    Parameters
    ----------
    connection
        To the database of the workspace, within the transaction that writes.

    Raises
    ------
    SourceError
        If the name could lead out of the folder.
    """
    put_content(connection, place, name, content)
    told, sha256 = sha256_told(connection, CONTENTS, name), sha256_hex(content)
    # A file of a folder is written whole anew; what a database holds stays as it is.
    if told is None or (told != sha256 and not isinstance(place, DatabaseUrl)):
        append(connection, Deed(verb=KEEP, kind=CONTENTS, row_id=name, row_sha256=sha256), who=who)


def put_content(connection: Connection, place: Workspace, name: str, content: bytes) -> None:
    """Keep bytes whose trail is told elsewhere; what a database has under the name stays."""
    from sqlalchemy import text

    if not isinstance(place, DatabaseUrl):
        write_whole(_file(place, name), content, make_folders=True)
        return
    told = {"name": name, "sha256": sha256_hex(content), "content": content}
    asked = f"INSERT INTO {CONTENTS} (name, sha256, content) VALUES (:name, :sha256, :content)"
    connection.execute(text(f"{asked} ON CONFLICT (name) DO NOTHING"), told)


def keep_alone(place: Workspace, name: str, content: bytes, *, who: str) -> None:
    """Keep bytes that no row names, once, in a transaction of their own."""
    with reading(place) as connection:
        told = None if connection is None else sha256_told(connection, CONTENTS, name)
        if told is not None and read_content(place, name, connection) is not None:
            return
    with writing(place) as connection:
        keep_content(connection, place, name, content, who=who)


def _file(folder: Path, name: str) -> Path:
    """Return where a content lies in a folder; a name that leads out of it is refused."""
    if not _NAME.fullmatch(name):
        msg = f"Nothing is kept under the name {name[:100]!r}: it is no file of a workspace."
        raise SourceError(msg)
    return folder / name


def read_lines(place: Path | DatabaseUrl, connection: Connection | None = None) -> bytes | None:
    """Return the lines that were kept, joined; None where none was.

    Parameters
    ----------
    place
        Their file, or the database.
    connection
        To the database, where a transaction has begun.
    """
    if not isinstance(place, DatabaseUrl):
        return place.read_bytes() if place.exists() else None
    if connection is None:
        with reading(place) as opened:
            assert opened is not None
            return read_lines(place, opened)
    asked = f"SELECT line FROM {LINES} ORDER BY seq"
    lines = [bytes(line) for line in connection.exec_driver_sql(asked).scalars()]
    return b"".join(lines) if lines else None


def add_lines(
    connection: Connection, place: Path | DatabaseUrl, lines: Sequence[bytes], *, lead: bytes = b""
) -> None:
    """Add lines after those that were kept, written through to the disk.

    Parameters
    ----------
    connection
        To the database of the workspace, within the transaction that writes.
    lead
        What ends a line that was torn before.
    """
    from sqlalchemy import text

    if isinstance(place, DatabaseUrl):
        told = [{"line": line} for line in ([lead] if lead else []) + list(lines)]
        if told:
            connection.execute(text(f"INSERT INTO {LINES} (line) VALUES (:line)"), told)
        return
    with place.open("ab") as file:
        file.write(lead + b"".join(lines))
        file.flush()
        os.fsync(file.fileno())
