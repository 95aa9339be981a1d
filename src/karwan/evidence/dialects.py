"""What SQLite and PostgreSQL say differently: that rows are only added, and in which order.

SQLite numbers the rows of a table by itself (`rowid`); in PostgreSQL each table has a column `seq`
for that, numbered by the database. Both refuse every change by triggers; PostgreSQL refuses it also
by privileges, which the role that writes does not have.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sqlalchemy import Connection

POSTGRESQL = "postgresql"
REFUSAL = "records are added, never changed"
ORDER = {"sqlite": "rowid", POSTGRESQL: "seq"}
"""The column by which rows stand in the order added."""

_FUNCTION = (
    "CREATE OR REPLACE FUNCTION karwan_refuse() RETURNS trigger LANGUAGE plpgsql AS "
    f"$$ BEGIN RAISE EXCEPTION '{REFUSAL}'; END $$"
)


def is_postgresql(connection: Connection) -> bool:
    """Whether a connection is to PostgreSQL, not to SQLite."""
    return connection.dialect.name == POSTGRESQL


def order_column(connection: Connection) -> str:
    """Return the column by which rows stand in the order added."""
    return ORDER[connection.dialect.name]


def refuse_changes(connection: Connection, table: str) -> None:
    """Have the database refuse every update and delete of a table.

    PostgreSQL is told to number its rows as well, and refuses to empty it.
    """
    if is_postgresql(connection):
        seq = "seq bigint GENERATED ALWAYS AS IDENTITY UNIQUE"
        connection.exec_driver_sql(f"ALTER TABLE {table} ADD COLUMN {seq}")
        connection.exec_driver_sql(_FUNCTION)
        for when, each in (("UPDATE OR DELETE", "ROW"), ("TRUNCATE", "STATEMENT")):
            name = f"{table}_no_{when.split()[0].lower()}"
            connection.exec_driver_sql(
                f"CREATE TRIGGER {name} BEFORE {when} ON {table} "
                f"FOR EACH {each} EXECUTE FUNCTION karwan_refuse()"
            )
        return
    for verb in ("UPDATE", "DELETE"):
        connection.exec_driver_sql(
            f"CREATE TRIGGER {table}_no_{verb.lower()} BEFORE {verb} ON {table} "
            f"BEGIN SELECT RAISE(ABORT, '{REFUSAL}'); END"
        )


def refuse_replacing(connection: Connection, table: str, key: str = "id") -> None:
    """Have SQLite refuse INSERT OR REPLACE, which deletes without asking the other triggers.

    PostgreSQL has nothing like it: what a conflict does there is an update.
    """
    if is_postgresql(connection):
        return
    connection.exec_driver_sql(
        f"CREATE TRIGGER {table}_no_replace BEFORE INSERT ON {table} "
        f"WHEN EXISTS (SELECT 1 FROM {table} WHERE {key} = NEW.{key} OR rowid = NEW.rowid) "
        f"BEGIN SELECT RAISE(ABORT, '{REFUSAL}'); END"
    )
