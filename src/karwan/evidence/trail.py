"""The trail of a workspace: an entry for every row that is written, in the row's transaction.

Each entry holds the hash of what the row holds and of the entry before it, so that whoever changes
a row, or takes an entry away, changes every hash after it. Two writers never fork the chain: they
wait for one lock, and of two entries after the same one the database refuses the second. The time
is that of the clock of the database, not the one that a row was given.
"""

from __future__ import annotations

import getpass
import json
import os
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, fields
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from karwan.base.store import sha256_hex
from karwan.evidence.dialects import is_postgresql, order_column
from karwan.evidence.rows import (
    AuditRow,
    FeedDecisionRow,
    OwnEndRow,
    TokenEndRow,
    WatchAlertRow,
    WatchAnswerRow,
    WatchDeliveryRow,
    WatchRow,
    WithdrawalRow,
)

if TYPE_CHECKING:
    from sqlalchemy import Connection

CONTENTS = "contents"
"""Kind of what is kept as bytes, by its name."""
ADD, KEEP, STOOD = "add", "keep", "stood"
"""A row was added; bytes were kept; a row stood before the trail began."""
VERBS = {
    CONTENTS: KEEP,
    OwnEndRow.TABLE: "end",
    WithdrawalRow.TABLE: "withdraw",
    WatchAnswerRow.TABLE: "answer",
    WatchAlertRow.TABLE: "alert",
    WatchDeliveryRow.TABLE: "deliver",
    TokenEndRow.TABLE: "revoke",
}
"""What is done by a row of a table; by any other a row is added."""
TIMES = {
    False: "SELECT strftime('%Y-%m-%dT%H:%M:%S+00:00', 'now')",
    True: "SELECT to_char(clock_timestamp() AT TIME ZONE 'UTC', "
    '\'YYYY-MM-DD"T"HH24:MI:SS"+00:00"\')',
}
"""What asks the clock of a database for the time in UTC; of PostgreSQL or not."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Deed:
    """What somebody did.

    Attributes
    ----------
    kind
        The table, or `contents`.
    row_id
        Id of the row; name of the content.
    row_sha256
        Of what it holds.
    """

    verb: str
    kind: str
    row_id: str
    row_sha256: str


def row_sha256(cells: Mapping[str, object]) -> str:
    """Return the hash of what a row holds: its cells by name, blank ones left out.

    A column that a later version adds, blank in the rows that stand, changes no hash. One database
    tells 34.0 as 34 and the other as 34.0: numbers are hashed as floats.

    Examples
    --------
    >>> row_sha256({"a": 34, "b": None}) == row_sha256({"a": 34.0})
    True
    """
    told = {
        name: float(cell) if isinstance(cell, (bool, int, float)) else cell
        for name, cell in cells.items()
        if cell is not None
    }
    return sha256_hex(_canonical(told))


def entry_sha256(row: AuditRow) -> str:
    """Return the hash that an entry must bear: of all it says, the hash before it included."""
    told = {
        "id": row.id,
        "verb": row.verb,
        "kind": row.kind,
        "row_id": row.row_id,
        "row_sha256": row.row_sha256,
        "previous_sha256": row.previous_sha256,
        "login": row.login,
        "who": row.added_by,
        "when": row.added_at,
    }
    return sha256_hex(_canonical(told))


def _canonical(told: Mapping[str, object]) -> bytes:
    text = json.dumps(
        told, ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False
    )
    return text.encode("utf-8", "surrogatepass")


def verb_of(table: str, cells: Mapping[str, object]) -> str:
    """Return what is done by adding a row of a table."""
    if table == FeedDecisionRow.TABLE:
        return str(cells["decision"])
    if table == WatchRow.TABLE and cells["ends"]:
        return "end"
    return VERBS.get(table, ADD)


def append_row(connection: Connection, table: str, ident: str, cells: Mapping[str, object]) -> None:
    """Tell in the trail that a row was written, by whom it says that it was added."""
    deed = Deed(verb=verb_of(table, cells), kind=table, row_id=ident, row_sha256=row_sha256(cells))
    append(connection, deed, who=str(cells["added_by"]))


def append(connection: Connection, deed: Deed, *, who: str) -> AuditRow:
    """Add an entry to the end of the trail, and return it.

    Parameters
    ----------
    connection
        Within the transaction that writes what is told, its lock held.
    who
        Name of the person or program; blank where nobody vouches for it.
    """
    from sqlalchemy import text

    last = f"SELECT id, sha256 FROM {AuditRow.TABLE} ORDER BY {order_column(connection)} DESC"
    before = connection.exec_driver_sql(f"{last} LIMIT 1").first()
    number, previous = (entry_number(before[0], 0), str(before[1])) if before else (0, "")
    bare = AuditRow(
        id=entry_id(number + 1),
        verb=deed.verb,
        kind=deed.kind,
        row_id=deed.row_id,
        row_sha256=deed.row_sha256,
        previous_sha256=previous,
        sha256="",
        login="" if deed.verb == STOOD else program_user(),
        added_by=who,
        added_at=str(connection.exec_driver_sql(TIMES[is_postgresql(connection)]).scalar_one()),
    )
    told = asdict(bare) | {"sha256": entry_sha256(bare)}
    columns, places = ", ".join(told), ", ".join(f":{name}" for name in told)
    asked = f"INSERT INTO {AuditRow.TABLE} ({columns}) VALUES ({places})"
    connection.execute(text(asked), told)
    return AuditRow(**told)


@cache
def program_user() -> str:
    """Return the user under whom the program runs, by the operating system's word alone.

    A name that is typed or set in the environment may be anybody's; this is not.
    """
    try:
        import pwd

        return pwd.getpwuid(os.getuid()).pw_name
    except ImportError:  # not of this kind of system
        return getpass.getuser()
    except KeyError:  # a container may run as a user without a name
        return f"user {os.getuid()}"


def entry_id(number: int) -> str:
    """Return the id of an entry by its number, from 1."""
    return f"{AuditRow.LETTER}{number:04d}"


def entry_number(ident: str, default: int) -> int:
    """Return the number of an entry by its id; the default where another program gave it one."""
    text = ident[1:]
    return int(text) if text.isascii() and text.isdecimal() else default


def sha256_told(connection: Connection, kind: str, row_id: str) -> str | None:
    """Return the hash that the trail last told of a row; None where no entry tells of it."""
    row = last_told(connection, kind, row_id)
    return None if row is None else row.row_sha256


def last_told(connection: Connection, kind: str, row_id: str) -> AuditRow | None:
    """Return the last entry of a row; None where none tells of it."""
    from sqlalchemy import text

    columns = ", ".join(one.name for one in fields(AuditRow))
    asked = text(
        f"SELECT {columns} FROM {AuditRow.TABLE} WHERE kind = :kind AND row_id = :row_id "
        f"ORDER BY {order_column(connection)} DESC LIMIT 1"
    )
    row = connection.execute(asked, {"kind": kind, "row_id": row_id}).mappings().first()
    return None if row is None else AuditRow(**row)


def tell_standing(
    connection: Connection, tables: Mapping[str, str], files: Mapping[str, str]
) -> None:
    """Begin the trail of a workspace in which rows stand: an entry of each, in nobody's name.

    Parameters
    ----------
    tables
        The column of ids, by table.
    files
        How the files of a folder of contents end, by folder.
    """
    order = order_column(connection)
    for table, key in tables.items():
        answer = connection.exec_driver_sql(f"SELECT * FROM {table} ORDER BY {order}")
        for row in answer.mappings().all():
            cells: dict[str, Any] = {name: cell for name, cell in row.items() if name != "seq"}
            _stood(connection, table, str(cells[key]), row_sha256(cells))
    standing = _bytes_standing if is_postgresql(connection) else _files_standing
    for name, sha256 in standing(connection, files):
        _stood(connection, CONTENTS, name, sha256)


def _bytes_standing(connection: Connection, _: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """Yield the name and the hash of each content of a database of a team."""
    asked = f"SELECT name, encode(sha256(content), 'hex') FROM {CONTENTS} ORDER BY seq"
    for name, sha256 in connection.exec_driver_sql(asked).all():
        yield str(name), str(sha256)


def _files_standing(connection: Connection, files: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """Yield the name and the hash of each file beside a database of a folder.

    One that cannot be read is not told: whoever verifies the trail hears of it.
    """
    folder = Path(str(connection.engine.url.database)).parent
    for name, ending in files.items():
        for path in sorted((folder / name).glob(f"*{ending}")):
            if path.is_file() and not path.name.startswith("."):
                try:
                    content = path.read_bytes()
                except OSError:
                    continue
                yield f"{name}/{path.name}", sha256_hex(content)


def _stood(connection: Connection, kind: str, row_id: str, sha256: str) -> None:
    deed = Deed(verb=STOOD, kind=kind, row_id=row_id, row_sha256=sha256)
    append(connection, deed, who="")
