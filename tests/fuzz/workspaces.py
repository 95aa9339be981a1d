"""Workspaces as disks, other programs and newer versions leave them."""

from __future__ import annotations

import datetime as dt
import random
import sqlite3
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from karwan.evidence.workspace import DATABASE
from tests.fuzz import shelf, values
from tests.fuzz.oracle import ask, faults_of

TODAY = dt.date(2026, 11, 24)
ASKED = (
    ("evidence", "list"),
    ("evidence", "list", "--format", "json"),
    ("evidence", "check"),
    ("hazard", "torkham-road", "--as-of", "2026-11-22"),
    ("route", "almaty", "karachi", "--as-of", "2026-11-22"),
    ("ledger", "list", "--as-of", "2026-11-22"),
    ("evidence", "incidents", "torkham-road", "--as-of", "2026-11-22"),
    ("evidence", "withdraw", "W0003", "--note", "n"),
    ("evidence", "seen", "torkham", "2026-11-21", "shut", "--source", "s",
     "--source-date", "2026-11-22"),
    ("evidence", "end-closure", "W0001", "2026-11-21", "--source", "s",
     "--source-date", "2026-11-22"),
    ("evidence", "add-incident", "2026-11-01", "--lat", "34", "--lon", "71", "--source", "s",
     "--source-date", "2026-11-02"),
    ("hazard", "score", "--as-of", "2026-11-22"),
)  # fmt: skip
TABLES = (
    *("closures", "closure_ends", "sightings", "incidents", "withdrawals", "incident_files"),
    *("alembic_version", "ledger_statements"),
)


@dataclass(frozen=True, slots=True)
class State:
    """How a workspace was changed, by which random numbers, and what is asked of it then."""

    how: str
    seed: int
    asked: tuple[tuple[str, ...], ...]


class Workspaces:
    """Rows changed, tables dropped, bytes flipped, cut, versions ahead, emptied, other files."""

    name = "workspaces"
    long_count = 400
    slice_count = 10

    def draw(self, rng: random.Random, number: int) -> State:
        """Return a state, each way in turn, and three questions."""
        ways = [*WAYS]
        return State(ways[number % len(ways)], rng.getrandbits(32), tuple(rng.sample(ASKED, 3)))

    def check(self, case: State, folder: Path) -> list[str]:
        """Return the promises broken; a refusal leaves the database as it was."""
        shelf.take(folder, "w")
        path = folder / "w" / DATABASE
        WAYS[case.how](random.Random(case.seed), path)
        faults = []
        for words in case.asked:
            before = _rows(path)
            told = ask((*words, "--workspace", "w"), folder)
            faults += [f"{' '.join(words)}: {fault}" for fault in faults_of(told)]
            after = _rows(path)
            if told.code != 0 and before is not None and not _is_kept(before, after):
                faults.append(f"{' '.join(words)}: refused, and yet rows changed: {told.err[:200]}")
        return faults

    def describe(self, case: State) -> str:
        """Return how it was changed and what was asked."""
        asked = "; ".join(" ".join(words) for words in case.asked)
        return f"the shelf's workspace, {case.how} by random.Random({case.seed}); {asked}"


def _is_kept(before: dict[str, list[object]], after: dict[str, list[object]] | None) -> bool:
    """Whether no row went or changed; an older database may have got more tables."""
    if after is None:
        return False
    return all(len(after.get(name, [])) == len(rows) for name, rows in before.items())


def _rows(path: Path) -> dict[str, list[object]] | None:
    """Return all rows as SQLite itself reads them; None where it cannot."""
    if not path.is_file() or not path.stat().st_size:
        return None
    try:
        with closing(
            sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)
        ) as connection:
            connection.text_factory = bytes
            names = connection.execute(
                "SELECT name FROM sqlite_master WHERE type = 'table'"
            ).fetchall()
            return {
                name.decode(): connection.execute(f'SELECT * FROM "{name.decode()}"').fetchall()
                for (name,) in names
            }
    except (sqlite3.Error, UnicodeDecodeError):
        return None


def _run(path: Path, *statements: str) -> None:
    """Run statements past the triggers that keep rows from being changed."""
    with closing(sqlite3.connect(path)) as connection:
        for (name,) in connection.execute(
            "SELECT name FROM sqlite_master WHERE type = 'trigger'"
        ).fetchall():
            connection.execute(f'DROP TRIGGER "{name}"')
        for statement in statements:
            connection.execute(statement)
        connection.commit()
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")


def _cell(rng: random.Random, path: Path) -> None:
    table = rng.choice(TABLES[:4])
    with closing(sqlite3.connect(path)) as connection:
        columns = [row[1] for row in connection.execute(f"PRAGMA table_info({table})")]
    column = rng.choice(columns)
    draw = rng.choice((values.text, values.day, values.number))
    worth = draw(rng).encode("utf-8", "surrogatepass").decode("utf-8", "replace").replace("\0", "")
    literal = rng.choice(("NULL", "X'ff00'", "1", "1e308", "'" + worth.replace("'", "''") + "'"))
    try:
        _run(path, f'UPDATE {table} SET "{column}" = {literal}')
    except sqlite3.IntegrityError:
        _run(path, f'UPDATE {table} SET "{column}" = {literal} WHERE rowid = 1')


def _guarded(
    change: Callable[[random.Random, Path], None],
) -> Callable[[random.Random, Path], None]:
    def changed(rng: random.Random, path: Path) -> None:
        try:
            change(rng, path)
        except sqlite3.Error:  # the database itself refuses: left as it is
            return

    return changed


def _bytes(rng: random.Random, path: Path) -> None:
    _run(path)
    path.write_bytes(values.spoil_bytes(rng, path.read_bytes()))


def _page(rng: random.Random, path: Path) -> None:
    _run(path)
    content = bytearray(path.read_bytes())
    at = rng.randrange(len(content) // 4096) * 4096
    content[at : at + 4096] = rng.choice((bytes(4096), rng.randbytes(4096)))
    path.write_bytes(content)


def _cut(rng: random.Random, path: Path) -> None:
    _run(path)
    content = path.read_bytes()
    path.write_bytes(content[: rng.randrange(len(content))])


def _overwrite(path: Path, content: bytes) -> None:
    path.write_bytes(content)


def _row_gone(rng: random.Random, path: Path) -> None:
    _run(path, f"DELETE FROM {rng.choice(TABLES[:4])} WHERE rowid = 1")


def _ahead(_: random.Random, path: Path) -> None:
    _run(path, "UPDATE alembic_version SET version_num = 'v9999'")


def _folder(_: random.Random, path: Path) -> None:
    path.unlink()
    path.mkdir()


def _log(rng: random.Random, path: Path) -> None:
    path.with_name(path.name + "-wal").write_bytes(rng.randbytes(rng.choice((0, 10, 4096))))


def _kept(rng: random.Random, path: Path) -> None:
    kept = path.parent / "forecasts.jsonl"
    kept.write_bytes(values.spoil_bytes(rng, kept.read_bytes()))


WAYS: dict[str, Callable[[random.Random, Path], None]] = {
    "as it is": lambda *_: None,
    "a cell": _guarded(_cell),
    "another cell": _guarded(_cell),
    "a third cell": _guarded(_cell),
    "a row gone": _guarded(_row_gone),
    "a table dropped": _guarded(lambda rng, path: _run(path, f"DROP TABLE {rng.choice(TABLES)}")),
    "a column renamed": _guarded(
        lambda _, path: _run(path, "ALTER TABLE closures RENAME COLUMN start TO begin")
    ),
    "a version ahead": _ahead,
    "an older version said": lambda rng, path: _run(
        path, f"UPDATE alembic_version SET version_num = 'v000{rng.randrange(1, 4)}'"
    ),
    "no version": lambda _, path: _run(path, "DELETE FROM alembic_version"),
    "no triggers": lambda _, path: _run(path),
    "bytes": _bytes,
    "more bytes": _bytes,
    "a page": _page,
    "cut": _cut,
    "empty": lambda _, path: _overwrite(path, b""),
    "text": lambda rng, path: _overwrite(path, values.text(rng).encode("utf-8", "replace")),
    "a folder": _folder,
    "a strange log": _log,
    "forecasts spoiled": _kept,
}  # fmt: skip
