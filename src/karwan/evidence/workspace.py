"""The workspace database: opened, brought up to date, and never left half-written.

Every write is one transaction, written through to the disk, and takes the write lock at once: two
writers wait for one another, and a process killed in the middle leaves all rows before it and
nothing of its own. What cannot be opened is said in one line, with what to do.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from karwan.base.errors import SourceError

if TYPE_CHECKING:
    from sqlalchemy import Connection, Engine
    from sqlalchemy.exc import DBAPIError

DATABASE = "karwan.sqlite"
VERSIONS = ("v0001", "v0002", "v0003")
"""Versions of the database that this program can bring up to date, oldest first."""
HEAD = VERSIONS[-1]
WAIT_SECONDS = 10.0
"""How long one writer waits for another."""


@contextmanager
def writing(folder: Path) -> Iterator[Connection]:
    """Yield a connection in one transaction, which is kept whole or not at all.

    Raises
    ------
    SourceError
        If the database is locked, read-only, newer than the program, or no database at all.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        msg = (
            f"The workspace {folder} cannot be made: {error.strerror}. Nothing was written; name "
            "another folder with --workspace."
        )
        raise SourceError(msg) from error
    with _opened(folder, "BEGIN IMMEDIATE") as connection:
        _migrate(folder, connection)
        yield connection


@contextmanager
def reading(folder: Path) -> Iterator[Connection | None]:
    """Yield a connection to read from, or None where nothing was ever written.

    A database of an older version is brought up to date first.
    """
    if not (folder / DATABASE).exists():
        yield None
        return
    with _opened(folder, "BEGIN") as connection:
        version = _version(folder, connection)
    if version != HEAD:
        with writing(folder):
            pass
    with _opened(folder, "BEGIN") as connection:
        yield connection


def add_row(connection: Connection, table: str, letter: str, row: Mapping[str, Any]) -> str:
    """Add a row and return its id: a letter and its number in the table, from 1."""
    from sqlalchemy import text

    # Rows are never deleted and the write lock is held, so the count is the last number given.
    count = connection.execute(text(f"SELECT count(*) FROM {table}")).scalar_one()
    full = {"id": f"{letter}{count + 1:04d}", **row}
    columns = ", ".join(f'"{name}"' for name in full)
    places = ", ".join(f":{name}" for name in full)
    connection.execute(text(f"INSERT INTO {table} ({columns}) VALUES ({places})"), full)
    return str(full["id"])


def rows_of(connection: Connection | None, table: str) -> list[dict[str, Any]]:
    """Return the rows of a table in the order added."""
    from sqlalchemy import text

    if connection is None:
        return []
    found = connection.execute(text(f"SELECT * FROM {table} ORDER BY rowid"))
    return [dict(row) for row in found.mappings()]


def workspace_version(folder: Path | None) -> str:
    """Return what tells one state of a workspace from another; blank where nothing was written.

    Rows are only ever added, so the number of rows in each table is a version.
    """
    if folder is None:
        return ""
    with reading(folder) as connection:
        if connection is None:
            return ""
        return f"{HEAD}:" + ",".join(
            f"{table}={len(rows_of(connection, table))}" for table in _tables(connection)
        )


def _tables(connection: Connection) -> list[str]:
    """Return the names of the tables that hold rows of the user's, in order."""
    from sqlalchemy import inspect

    names = inspect(connection).get_table_names()
    return sorted(name for name in names if name != "alembic_version")


@contextmanager
def _opened(folder: Path, begin: str) -> Iterator[Connection]:
    from sqlalchemy.exc import DBAPIError

    engine = _engine(folder, begin)
    try:
        with engine.begin() as connection:
            yield connection
    except DBAPIError as error:
        raise SourceError(_said(folder, error)) from error
    finally:
        engine.dispose()


def _said(folder: Path, error: DBAPIError) -> str:
    """Return what an error of SQLite means for the user."""
    path, told = folder / DATABASE, str(error.orig)
    if "locked" in told or "busy" in told:
        return (
            f"The workspace {path} is in use by another program and stayed locked for "
            f"{WAIT_SECONDS:g} seconds. Nothing was written; try again when it is done."
        )
    if "readonly" in told or "unable to open" in told:
        return (
            f"The workspace {path} cannot be written to: it is read-only. Nothing was written; "
            "change its permissions, or copy the folder and name the copy with --workspace."
        )
    return f"The workspace {path} cannot be used: {told}. Nothing was written."


def _engine(folder: Path, begin: str) -> Engine:
    from sqlalchemy import create_engine, event
    from sqlalchemy.pool import NullPool

    engine = create_engine(f"sqlite:///{folder / DATABASE}", poolclass=NullPool)

    @event.listens_for(engine, "connect")
    def _prepare(connection: Any, _: Any) -> None:
        connection.isolation_level = None  # SQLAlchemy says BEGIN itself, so that DDL is held too
        cursor = connection.cursor()
        wait = f"busy_timeout={int(WAIT_SECONDS * 1000)}"
        for pragma in ("foreign_keys=ON", "synchronous=FULL", wait):
            cursor.execute(f"PRAGMA {pragma}")
        cursor.close()

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        connection.exec_driver_sql(begin)

    return engine


def _version(folder: Path, connection: Connection) -> str:
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
    path = folder / DATABASE
    if "alembic_version" not in tables:
        msg = f"{path} is a database, but no workspace of karwan. Nothing was written."
        raise SourceError(msg)
    version = connection.execute(text("SELECT version_num FROM alembic_version")).scalar()
    if version not in VERSIONS:
        msg = (
            f"The workspace {path} was written by a newer karwan: its version is {version}, and "
            f"this program knows {HEAD} at most. Nothing was written; update karwan."
        )
        raise SourceError(msg)
    return str(version)


def _migrate(folder: Path, connection: Connection) -> None:
    """Bring the database up to date; Alembic is loaded only where there is something to do."""
    if _version(folder, connection) == HEAD:
        return
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    config.attributes["connection"] = connection
    command.upgrade(config, "head")
