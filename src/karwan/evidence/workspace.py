"""The workspace database: opened, brought up to date, and never left half-written.

Every write is one transaction, written through to the disk, and takes the write lock at once: two
writers wait for one another, and a process killed in the middle leaves all rows before it and
nothing of its own. Readers wait for nobody: what is being written goes to a log beside the
database first. A new database is made whole under another name and only then put in its place, so
an empty file there has lost its rows. What cannot be opened is said in one line, with what to do.

A workspace named by an address is a database of a team, told of in `karwan.evidence.team_database`.
"""

from __future__ import annotations

import os
import time
import uuid
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager, suppress
from dataclasses import fields
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING, Any, TypeAlias, TypeVar

from karwan.base.errors import SourceError
from karwan.base.workspaces import DatabaseUrl, Workspace
from karwan.evidence.dialects import is_postgresql, order_column
from karwan.evidence.rows import (
    PEOPLE,
    WATCHES,
    AuditRow,
    BriefRow,
    FeedFileRow,
    OwnRow,
    RequestRow,
    TextsRow,
)
from karwan.evidence.shape import cells_due, refuse_other_shape
from karwan.evidence.trail import append_row

if TYPE_CHECKING:
    from sqlalchemy import URL, Connection, Engine
    from sqlalchemy.exc import DBAPIError

DATABASE = "karwan.sqlite"
SCRATCH = ".karwan.sqlite-new-"
"""How the name of a new database begins while it is made."""
BESIDE = ("-journal", "-wal", "-shm")
"""Endings of the files that SQLite keeps beside a database."""
VERSIONS = (
    "v0001", "v0002", "v0003", "v0004", "v0005", "v0006", "v0007", "v0008", "v0009", "v0010",
    "v0011",
)  # fmt: skip
"""Versions of the database that this program can bring up to date, oldest first."""
HEAD = VERSIONS[-1]
WAIT_SECONDS = 10.0
"""How long one writer waits for another."""
READ, WRITE = "BEGIN", "BEGIN IMMEDIATE"

NO_EVIDENCE = (
    "alembic_version",
    *("contents", "forecast_lines"),
    FeedFileRow.TABLE,
    BriefRow.TABLE,
    AuditRow.TABLE,
    RequestRow.TABLE,
    *(kind.TABLE for kind in (*WATCHES, *PEOPLE)),
)
"""Tables that tell nothing of the world: a watch that wrote what it saw changed no answer, and what
is only proposed is not known."""
MOST_TRIES = 5
"""How often a row is given a number anew where another writer took it."""

R = TypeVar("R", bound=OwnRow)
Also: TypeAlias = "Callable[[Connection, Sequence[str]], None]"
"""What is written in the same transaction as rows, given their ids."""


@contextmanager
def writing(place: Workspace) -> Iterator[Connection]:
    """Yield a connection in one transaction, which is kept whole or not at all.

    A folder's database is made and brought up to date first; one of a team is changed by its owner
    alone.

    Raises
    ------
    SourceError
        If the database is locked, read-only, newer than the program, or no database at all.
    """
    if isinstance(place, DatabaseUrl):
        with _of_team(place, to_write=True) as connection:
            yield connection
        return
    folder = place
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        msg = (
            f"The workspace {folder} cannot be made: {error.strerror}. Nothing was written; name "
            "another folder as the workspace."
        )
        raise SourceError(msg) from error
    path = folder / DATABASE
    _make(folder)
    with _opened(path, WRITE) as connection:
        _migrate(path, connection)
        yield connection
    _let_readers_pass(path)


@contextmanager
def reading(place: Workspace) -> Iterator[Connection | None]:
    """Yield a connection to read from, or None where nothing was ever written.

    A folder's database of an older version is brought up to date first.

    Raises
    ------
    SourceError
        As for `writing`.
    """
    if isinstance(place, DatabaseUrl):
        with _of_team(place, to_write=False) as connection:
            yield connection
        return
    folder = place
    path = folder / DATABASE
    if not _is_there(path):
        yield None
        return
    with _opened(path, READ) as connection:
        if _version(path, connection) == HEAD:
            yield connection
            return
    with writing(folder):
        pass
    with _opened(path, READ) as connection:
        yield connection


@contextmanager
def _of_team(place: DatabaseUrl, *, to_write: bool) -> Iterator[Connection]:
    """Yield a connection to the database of a team, if it is of the version of this program."""
    from karwan.evidence.team_database import no_workspace, opened, versions_told

    with opened(place, to_write=to_write, wait_seconds=WAIT_SECONDS) as connection:
        told = versions_told(connection)
        if told is None:
            raise SourceError(no_workspace(place))
        version = _known_version(place, told)
        if version != HEAD:
            msg = (
                f"The workspace {place} is of an older version, {version}; this program needs "
                f"{HEAD}. Nothing was written; its owner brings it up to date by karwan workspace "
                "migrate URL."
            )
            raise SourceError(msg)
        yield connection


def migrate_team(place: DatabaseUrl, *, role: str | None = None) -> tuple[str, str]:
    """Make the database of a team or bring it up to date; return its version before and after.

    Parameters
    ----------
    role
        A role that may read every row and add rows afterwards, and nothing else.

    Raises
    ------
    SourceError
        If the database is newer, cannot be reached, or is not this role's to change.
    """
    from karwan.evidence.team_database import lend, opened, tables_of, versions_told

    with opened(place, to_write=True, wait_seconds=WAIT_SECONDS) as connection:
        told = versions_told(connection)
        if told is None and tables_of(connection):
            msg = f"{place} is a database, but no workspace of karwan. Nothing was written."
            raise SourceError(msg)
        before = "" if told is None else _known_version(place, told)
        if before != HEAD:
            _upgrade(connection)
        if role is not None:
            lend(connection, role)
    return before, HEAD


def refuse_other_version(place: Workspace) -> None:
    """Refuse a workspace of another version than the program's, and change nothing of it.

    Raises
    ------
    SourceError
        If it is older or newer, with the command that helps; or as for `reading`.
    """
    if isinstance(place, DatabaseUrl):
        touch(place)
        return
    path = place / DATABASE
    if not _is_there(path):
        return
    with _opened(path, READ) as connection:
        version = _version(path, connection)
    if version != HEAD:
        told = f"of an older version, {version}" if version else "empty"
        msg = (
            f"The workspace {path} is {told}; this program needs {HEAD}. Nothing was written; copy "
            f"the folder, then bring it up to date by karwan workspace migrate {place}."
        )
        raise SourceError(msg)


def migrate_folder(folder: Path) -> tuple[str, str]:
    """Make the database of a folder or bring it up to date; return its version before and after.

    Raises
    ------
    SourceError
        If the database is newer, locked, read-only, or no workspace at all.
    """
    path, before = folder / DATABASE, ""
    if _is_there(path):
        with _opened(path, READ) as connection:
            before = _version(path, connection)
    with writing(folder):
        pass
    return before, HEAD


def add_row(connection: Connection, row: OwnRow) -> str:
    """Add a row under an id of its own and return that: a letter and its number, from 1.

    The write lock is held, so ids have no gap. A writer that holds none, such as another program,
    may take a number first; the row is then given the next one.
    """
    from sqlalchemy.exc import IntegrityError

    cells = {item.name: getattr(row, item.name) for item in fields(row)}
    if not is_postgresql(connection):
        ident = f"{row.LETTER}{_last_number(connection, row) + 1:04d}"
        insert(connection, row.TABLE, {**cells, "id": ident})
        return ident
    for left in reversed(range(MOST_TRIES)):
        ident = f"{row.LETTER}{_last_number(connection, row) + 1:04d}"
        try:
            with connection.begin_nested():
                insert(connection, row.TABLE, {**cells, "id": ident})
        except IntegrityError:
            if not left:
                raise
        else:
            return ident
    raise AssertionError(MOST_TRIES)


def _last_number(connection: Connection, row: OwnRow) -> int:
    """Return the last number given in a table; 0 for none.

    In SQLite rows are never deleted and none is written without the lock, so their count is it; a
    row that another program took away shows by a number that is given twice.
    """
    from sqlalchemy import text

    last = "coalesce(max(CAST(substr(id, 2) AS bigint)), 0)"
    what = last if is_postgresql(connection) else "count(*)"
    return int(connection.execute(text(f"SELECT {what} FROM {row.TABLE}")).scalar_one())


def insert(connection: Connection, table: str, cells: Mapping[str, object]) -> None:
    """Put a row of these cells into a table, and tell it in the trail."""
    put(connection, table, cells)
    append_row(connection, table, str(cells[next(iter(cells_due(table)))]), cells)


def put(connection: Connection, table: str, cells: Mapping[str, object]) -> None:
    """Put a row of these cells into a table whose trail is told elsewhere."""
    from sqlalchemy import text

    columns = ", ".join(f'"{name}"' for name in cells)
    places = ", ".join(f":{name}" for name in cells)
    connection.execute(text(f"INSERT INTO {table} ({columns}) VALUES ({places})"), dict(cells))


def rows_of(connection: Connection | None, kind: type[R]) -> tuple[R, ...]:
    """Return the rows of a table as rows of its class, in the order added.

    Raises
    ------
    SourceError
        If another program took a column away, or put into a cell what cannot stand there.
    """
    return tuple(kind(**cells) for cells in table_cells(connection, kind.TABLE))


def texts_of(connection: Connection | None, table: str) -> tuple[TextsRow, ...]:
    """Return the rows of a table of the ledger as the texts they came as, in the order added.

    Raises
    ------
    SourceError
        As for `rows_of`.
    """
    return tuple(
        TextsRow(added_by=cells.pop("added_by"), added_at=cells.pop("added_at"), cells=cells)
        for cells in table_cells(connection, table)
    )


def table_cells(connection: Connection | None, table: str) -> list[dict[str, Any]]:
    """Return the cells of a table by column, row by row in the order added.

    Raises
    ------
    SourceError
        As for `rows_of`.
    """
    from sqlalchemy import text

    if connection is None:
        return []
    answer = connection.execute(text(f"SELECT * FROM {table} ORDER BY {order_column(connection)}"))
    names = list(answer.keys())
    rows = [dict(row) for row in answer.mappings()]
    refuse_other_shape(_name_of(connection), table, names, rows)
    return [{name: row[name] for name in cells_due(table)} for row in rows]


def _name_of(connection: Connection) -> str:
    """Return how a database is called in a message."""
    if not is_postgresql(connection):
        return str(connection.engine.url.database)
    dbapi = connection.connection.dbapi_connection
    return str(dbapi.info.dbname) if dbapi is not None else ""


def workspace_version(place: Workspace | None) -> str:
    """Return what tells one state of a workspace from another; blank where nothing is evidence.

    Rows are only ever added, so the number of rows in each table is a version. A database that was
    made to keep an answer, a watch or a token tells no more of the world than none.
    """
    counts = None if place is None else _sound_counts(place)
    if counts is None or not any(counts.values()):
        return ""
    return f"{HEAD}:" + ",".join(f"{table}={count}" for table, count in counts.items())


def row_counts(place: Workspace) -> dict[str, int] | None:
    """Return how many rows each table of evidence holds; None where nothing was ever written.

    They are counted and not read: what a row holds is not looked at.
    """
    with reading(place) as connection:
        return None if connection is None else _counts(connection, _tables(connection))


def _sound_counts(place: Workspace) -> dict[str, int] | None:
    """Return the same, and refuse a file, which any program may change, that is of another shape.

    Raises
    ------
    SourceError
        If a cell of a file is none that it can hold.
    """
    with reading(place) as connection:
        if connection is None:
            return None
        tables = _tables(connection)
        if is_postgresql(connection):
            return _counts(connection, tables)
        return {table: len(table_cells(connection, table)) for table in tables}


def touch(place: Workspace) -> None:
    """Read from a workspace, and nothing else.

    Raises
    ------
    SourceError
        If it cannot be read just now.
    """
    with reading(place) as connection:
        if connection is not None:
            connection.exec_driver_sql("SELECT 1")


def _counts(connection: Connection, tables: Sequence[str]) -> dict[str, int]:
    """Return how many rows each table holds."""
    if not tables:
        return {}
    asked = ", ".join(f'(SELECT count(*) FROM "{table}")' for table in tables)
    row = connection.exec_driver_sql(f"SELECT {asked}").one()
    return dict(zip(tables, row, strict=True))


def _tables(connection: Connection) -> list[str]:
    """Return the names of the tables that hold evidence of the user's, in order."""
    if is_postgresql(connection):
        from karwan.evidence.team_database import tables_of

        names = tables_of(connection)
    else:
        from sqlalchemy import inspect

        names = inspect(connection).get_table_names()
    return sorted(name for name in names if name not in NO_EVIDENCE)


def _is_there(path: Path) -> bool:
    """Return whether there is a database file.

    Raises
    ------
    SourceError
        If something else stands in its place, or the file lost all that it held.
    """
    if path.is_dir():
        msg = (
            f"The workspace {path} is a folder where the database should be. Nothing was written; "
            "move it away, or name another folder as the workspace."
        )
        raise SourceError(msg)
    if not path.exists():
        return False
    if path.stat().st_size == 0:
        msg = (
            f"The workspace {path} is an empty file: a database was cut to nothing. Nothing was "
            "written; put back a copy, or delete the file if no row was ever added."
        )
        raise SourceError(msg)
    return True


def _make(folder: Path) -> None:
    """Make the database where there is none, whole under another name before it takes its place."""
    path = folder / DATABASE
    if not _is_there(path):
        scratch = folder / f"{SCRATCH}{uuid.uuid4().hex}"
        try:
            with _opened(scratch, WRITE) as connection:
                _migrate(scratch, connection)
            _publish(scratch, path)
        except SourceError:
            if not _is_there(path):  # else another process was first, and cleared this one's away
                raise
    for left in folder.glob(f"{SCRATCH}*"):
        with suppress(OSError):
            left.unlink()


def _publish(scratch: Path, path: Path) -> None:
    """Give a finished database its name; one that another process put there first stays."""
    try:
        os.link(scratch, path)
    except (FileExistsError, FileNotFoundError):
        return
    except OSError:  # a disk without hard links
        if not path.exists():
            scratch.rename(path)


@contextmanager
def _opened(path: Path, begin: str) -> Iterator[Connection]:
    from sqlalchemy.exc import DBAPIError

    engine = _engine(path, begin)
    try:
        with engine.begin() as connection:
            yield connection
    except DBAPIError as error:
        raise SourceError(_said(path, error)) from error
    finally:
        engine.dispose()


def _let_readers_pass(path: Path) -> None:
    """Have later writes go to a log first, so that nobody who reads waits for one who writes.

    The mode stays with the file. It can be changed only while nobody else has the file open, so a
    writer that is not alone leaves it to the next one; a disk that cannot have it stays as it is.
    """
    import sqlite3

    from sqlalchemy.exc import OperationalError

    engine = _engine(path, WRITE)
    # SQLite's own error comes where SQLAlchemy does not stand between: another writer is there.
    with (
        suppress(OperationalError, sqlite3.OperationalError),
        closing(engine.raw_connection()) as connection,
    ):
        cursor = connection.cursor()
        if cursor.execute("PRAGMA journal_mode").fetchone() != ("wal",):
            cursor.execute("PRAGMA busy_timeout=0")
            cursor.execute("PRAGMA journal_mode=WAL")
        cursor.close()


def _said(path: Path, error: DBAPIError) -> str:
    """Return what an error of SQLite means for the user."""
    told = str(error.orig)
    if "locked" in told or "busy" in told:
        return (
            f"The workspace {path} is in use by another program and stayed locked for "
            f"{WAIT_SECONDS:g} seconds. Nothing was written; try again when it is done."
        )
    if "readonly" in told or "unable to open" in told:
        return (
            f"The workspace {path} cannot be written to: it is read-only. Nothing was written; "
            "change its permissions, or copy the folder and name the copy as the workspace."
        )
    if "UNIQUE constraint" in told:  # ids are numbers of rows, of which none is ever taken away
        return (
            f"The workspace {path} has lost rows to another program ({told}). Nothing was written; "
            "put back a copy."
        )
    return f"The workspace {path} cannot be used: {told}. Nothing was written."


def _engine(path: Path, begin: str) -> Engine:
    from sqlalchemy import create_engine, event
    from sqlalchemy.pool import NullPool

    started = time.monotonic()
    engine = create_engine(
        _address(path, begin), poolclass=NullPool, connect_args={"timeout": WAIT_SECONDS}
    )

    @event.listens_for(engine, "connect")
    def _prepare(connection: Any, _: Any) -> None:
        connection.isolation_level = None  # SQLAlchemy says BEGIN itself, so that DDL is held too
        cursor = connection.cursor()
        for pragma in ("foreign_keys=ON", "synchronous=FULL"):  # the second waits for the lock too
            cursor.execute(f"PRAGMA {pragma}")
        cursor.close()

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        left = max(0.0, WAIT_SECONDS - (time.monotonic() - started))
        connection.exec_driver_sql(f"PRAGMA busy_timeout={int(left * 1000)}")
        connection.exec_driver_sql(begin)
        if begin == WRITE:  # the lock is held; what is left to wait for is a reader at the end
            connection.exec_driver_sql(f"PRAGMA busy_timeout={int(WAIT_SECONDS * 1000)}")

    return engine


def _address(path: Path, begin: str) -> URL:
    """Return how SQLAlchemy names the file; one in a folder that cannot change is read as it is.

    SQLite keeps files beside a database that it reads, and a read-only folder takes none.
    """
    from sqlalchemy import URL

    beside = any(path.with_name(path.name + ending).exists() for ending in BESIDE)
    if begin == READ and not beside and not os.access(path.parent, os.W_OK):
        query = {"immutable": "1", "mode": "ro", "uri": "true"}
        return URL.create("sqlite", database=path.absolute().as_uri(), query=query)
    return URL.create("sqlite", database=str(path))


def _version(path: Path, connection: Connection) -> str:
    """Return the version of the database; blank for one that holds nothing yet.

    Raises
    ------
    SourceError
        If this program does not know the version, or the file is some other database.
    """
    from sqlalchemy import inspect, text

    tables = inspect(connection).get_table_names()
    if not tables:
        return ""
    if "alembic_version" not in tables:
        msg = f"{path} is a database, but no workspace of karwan. Nothing was written."
        raise SourceError(msg)
    rows = connection.execute(text("SELECT version_num FROM alembic_version")).scalars().all()
    return _known_version(path, rows)


def _known_version(place: Workspace, rows: Sequence[str]) -> str:
    """Return the version that a database says it has."""
    if len(rows) != 1:
        msg = (
            f"The workspace {place} does not say its version: its table of versions holds "
            f"{len(rows)} rows, not one. Nothing was written; another program changed it, so put "
            "back a copy."
        )
        raise SourceError(msg)
    version = rows[0]
    if version not in VERSIONS:
        msg = (
            f"The workspace {place} was written by a newer karwan: its version is {version}, and "
            f"this program knows {HEAD} at most. Nothing was written; update karwan: pip "
            "install -U karwan."
        )
        raise SourceError(msg)
    return str(version)


def _migrate(path: Path, connection: Connection) -> None:
    """Bring the database up to date; Alembic is loaded only where there is something to do."""
    if _version(path, connection) != HEAD:
        _upgrade(connection)


_UPGRADING = Lock()
"""Alembic keeps what it works on in one place for all threads of a process."""


def _upgrade(connection: Connection) -> None:
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    config.attributes["connection"] = connection
    with _UPGRADING:
        command.upgrade(config, "head")
