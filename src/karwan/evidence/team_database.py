"""A workspace in PostgreSQL: opened, made by its owner, and lent to a role that may only add.

A writer takes one lock of the whole workspace for its transaction, as in SQLite, so what it read
stands until it is done and its rows are numbered in the order in which they are kept. Readers wait
for nobody: each sees the rows of one moment. Nothing here changes the shape of a database unless
its owner says `karwan workspace migrate`.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache
from typing import TYPE_CHECKING

from karwan.base.errors import KarwanError, SourceError
from karwan.base.workspaces import DatabaseUrl
from karwan.evidence.rows import PEOPLE

if TYPE_CHECKING:
    from sqlalchemy import Connection, Engine
    from sqlalchemy.exc import SQLAlchemyError

CONNECT_SECONDS = 10
POOLED, MORE = 4, 28
"""Connections that a process keeps open, and those that it may open beside them for a while."""
DATABASES_KEPT = 16
LOCK = "SELECT pg_advisory_xact_lock(hashtextextended('karwan ' || current_schema(), 0))"
"""Waits for the lock under which the workspace of a schema is written."""

NO_LOCK, NO_PRIVILEGE, NO_TABLE, NO_SCHEMA, TWICE = "55P03", "42501", "42P01", "3F000", "23505"
READ_ONLY = "25006"
OWNERS = ("alembic_version", *(kind.TABLE for kind in PEOPLE))
"""Tables into which the owner alone writes: a server that was taken over lets nobody in."""
CHANGES = ("UPDATE", "DELETE", "TRUNCATE")
"""What the role of a server must not be able to do to a row."""


class MissingTeamError(KarwanError):
    """A database was named without the package that speaks to it."""

    def __init__(self) -> None:
        super().__init__("A workspace in PostgreSQL needs psycopg: pip install 'karwan[team]'.")


@contextmanager
def opened(place: DatabaseUrl, *, to_write: bool, wait_seconds: float) -> Iterator[Connection]:
    """Yield a connection in one transaction, which is kept whole or not at all.

    Parameters
    ----------
    to_write
        Takes the lock of the workspace; else the rows of one moment are read.
    wait_seconds
        How long a writer waits for the lock.

    Raises
    ------
    SourceError
        If the database cannot be reached, is locked, or refuses what is asked of it.
    """
    from sqlalchemy.exc import SQLAlchemyError

    is_ending = False
    try:
        with _engine(place).connect() as plain:
            connection = plain.execution_options(
                isolation_level="READ COMMITTED" if to_write else "REPEATABLE READ",
                postgresql_readonly=not to_write,
            )
            with connection.begin() as transaction:
                if to_write:
                    wait_ms = max(1, int(wait_seconds * 1000))
                    connection.exec_driver_sql(f"SET LOCAL lock_timeout = {wait_ms}")
                    connection.exec_driver_sql(LOCK)
                yield connection
                is_ending = to_write
                transaction.commit()
    except SQLAlchemyError as error:
        msg = _said(place, error, wait_seconds, is_ending=is_ending)
        raise SourceError(msg) from error


@lru_cache(maxsize=DATABASES_KEPT)
def _engine(place: DatabaseUrl) -> Engine:
    """Return what opens connections to a database; the address goes to libpq as it was typed."""
    try:
        import psycopg
    except ImportError as error:
        raise MissingTeamError from error
    from sqlalchemy import create_engine

    def connect() -> psycopg.Connection:
        return psycopg.connect(
            place.address, connect_timeout=CONNECT_SECONDS, application_name="karwan"
        )

    return create_engine(
        "postgresql+psycopg://",
        creator=connect,
        pool_size=POOLED,
        max_overflow=MORE,
        pool_timeout=CONNECT_SECONDS,
        pool_pre_ping=True,  # a server that was started anew is asked again, not failed
        hide_parameters=True,
    )


def _said(
    place: DatabaseUrl, error: SQLAlchemyError, wait_seconds: float, *, is_ending: bool
) -> str:
    """Return what an error of PostgreSQL means for the user."""
    origin = getattr(error, "orig", None) or error
    state = getattr(origin, "sqlstate", None) or ""
    # The message alone: its details hold the values of a row, which may name a person.
    words = getattr(getattr(origin, "diag", None), "message_primary", None) or str(origin)
    told = place.without_secrets(" ".join(words.split()))
    if getattr(error, "connection_invalidated", False) and is_ending:
        return (
            f"The connection to the workspace {place} broke while the last row was kept ({told}). "
            "Whether it was is not known: list the rows before you add it again."
        )
    sentences = {
        NO_LOCK: (
            f"The workspace {place} is in use by another program and stayed locked for "
            f"{wait_seconds:g} seconds. Nothing was written; try again when it is done."
        ),
        NO_PRIVILEGE: (
            f"The workspace {place} refuses this to its role: {told}. Nothing was written; its "
            "owner lends what is needed by karwan workspace migrate, naming the role."
        ),
        NO_TABLE: no_workspace(place),
        NO_SCHEMA: no_workspace(place),
        READ_ONLY: f"The workspace {place} is read-only just now: {told}. Nothing was written.",
        TWICE: (
            f"The workspace {place} has such a row already: {told}. Nothing was written; another "
            "writer was first, so look at the rows before you try again."
        ),
    }
    if state in sentences:
        return sentences[state]
    if not state or state.startswith(("08", "57P")):
        return (
            f"The workspace {place} cannot be reached: {told}. Nothing was written; see whether "
            "the server runs and the address, role and password are right."
        )
    return f"The workspace {place} cannot be used: {told}. Nothing was written."


def no_workspace(place: DatabaseUrl) -> str:
    """Return the sentence that a database holds no workspace."""
    return (
        f"The database {place} holds no workspace of karwan. Nothing was written; its owner makes "
        "one by karwan workspace migrate URL."
    )


def versions_told(connection: Connection) -> list[str] | None:
    """Return the rows of the table of versions; None where there is no such table."""
    if not connection.exec_driver_sql("SELECT to_regclass('alembic_version')").scalar_one():
        return None
    rows = connection.exec_driver_sql("SELECT version_num FROM alembic_version")
    return [str(version) for version in rows.scalars()]


def tables_of(connection: Connection) -> list[str]:
    """Return the names of the tables of the workspace, in order."""
    rows = connection.exec_driver_sql(
        "SELECT tablename FROM pg_tables WHERE schemaname = current_schema() ORDER BY tablename"
    )
    return sorted(str(name) for name in rows.scalars())


def lend(connection: Connection, role: str) -> None:
    """Let a role read every row and add rows, and nothing else."""
    quoted = connection.dialect.identifier_preparer.quote_identifier
    schema = quoted(str(connection.exec_driver_sql("SELECT current_schema()").scalar_one()))
    whom = quoted(role)
    for words in (f"REVOKE ALL ON ALL TABLES IN SCHEMA {schema} FROM {whom}",
                  f"GRANT USAGE ON SCHEMA {schema} TO {whom}"):  # fmt: skip
        connection.exec_driver_sql(words)
    for table in tables_of(connection):
        verbs = "SELECT" if table in OWNERS else "SELECT, INSERT"
        connection.exec_driver_sql(f"GRANT {verbs} ON {quoted(table)} TO {whom}")


def role_faults(connection: Connection) -> list[str]:
    """Return what the connected role may do that the role of a server must not be able to do."""
    role = str(connection.exec_driver_sql("SELECT current_user").scalar_one())
    faults = []
    rows = connection.exec_driver_sql(
        "SELECT c.relname, pg_has_role(c.relowner, 'USAGE'), "
        "has_any_column_privilege(c.oid, 'UPDATE'), has_table_privilege(c.oid, 'DELETE'), "
        "has_table_privilege(c.oid, 'TRUNCATE') "
        "FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace "
        "WHERE n.nspname = current_schema() AND c.relkind IN ('r', 'p') ORDER BY c.relname"
    ).all()
    owned = [str(row[0]) for row in rows if row[1]]
    if owned:
        faults.append(f"the role {role!r} owns {_some(owned)}, and an owner can undo every refusal")
    for at, verb in enumerate(CHANGES, 2):
        names = [str(row[0]) for row in rows if row[at] and not row[1]]
        if names:
            faults.append(f"the role {role!r} may {verb} {_some(names)}")
    return faults


def _some(names: list[str]) -> str:
    return names[0] if len(names) == 1 else f"{names[0]} and {len(names) - 1} tables more"
