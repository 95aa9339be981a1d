"""The packaged tables, one of them spoiled, as a user's own folder."""

from __future__ import annotations

import csv
import io
import random
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

from tests import reference
from tests.fuzz import values
from tests.fuzz.oracle import ask, faults_of

Rows = list[list[str]]
AS_OF = ("--as-of", "2026-11-22")
ROUTE = ("route", "almaty", "karachi", *AS_OF)
LEDGER = ("ledger", "list", *AS_OF)
TARGET = ("target", "KAZ-PAK", *AS_OF)
HAZARD = ("hazard", "torkham-road", *AS_OF)
READERS = {
    "article_statements": ("article", *AS_OF), "observed_runs": ("calibrate", *AS_OF),
    "closures": HAZARD, "closure_elements": HAZARD, "closure_calendar": HAZARD, "elements": HAZARD,
    "line_disruptions": HAZARD, "delay_measures": ("compare", "almaty", "karachi", *AS_OF),
    "security_indicators": LEDGER, "cpmm_bcp": LEDGER,
    "trade_bases": TARGET, "trade_bilateral": TARGET, "trade_mix": TARGET, "trade_response": TARGET,
    "trade_targets": TARGET, "countries": TARGET, "cargo": TARGET,
    "demand": ("critical", "--weights", "tonnes", "--study", "study.toml", "--paths", "100",
               *AS_OF),
}  # fmt: skip
"""A command that reads a table; the ledger's own are read by its list, all others by a route."""
FAULTS_OF_TABLES = ("in table", "in the tables", "in tables in")


@dataclass(frozen=True, slots=True)
class Spoiled:
    """A table, how it was spoiled, and what stands in its file."""

    table: str
    how: str
    content: bytes


class Tables:
    """Every packaged table in turn; `network check`, a command that reads it, and `data show`."""

    name = "tables"
    long_count = 48 * 20
    slice_count = 12

    def draw(self, rng: random.Random, number: int) -> Spoiled:
        """Return the table that the number names, spoiled in one way."""
        names = [*reference.catalog().resources]
        table = names[number % len(names)]
        how = rng.choice([*WAYS])
        lines = list(csv.reader(io.StringIO(reference.packaged(table).read_text(encoding="utf-8"))))
        return Spoiled(table, how, WAYS[how](rng, lines))

    def check(self, case: Spoiled, folder: Path) -> list[str]:
        """Return the promises broken."""
        (folder / "own").mkdir()
        (folder / "own" / f"{case.table}.csv").write_bytes(case.content)
        _add_study(folder)
        told = [
            ask((*words, "--tables", "own"), folder)
            for words in (("network", "check"), reader(case.table), ("data", "show", case.table))
        ]
        faults = [
            f"{one.words[0]} {one.words[1]}: {text}" for one in told for text in faults_of(one)
        ]
        checked, *others = told
        if checked.code == 0:
            faults += [
                f"network check passes what {' '.join(one.words[:2])} refuses: {one.err[:300]}"
                for one in others
                if one.code != 0 and any(words in one.err for words in FAULTS_OF_TABLES)
            ]
        if case.how in HARMLESS:
            clean = [checked.code, *(one.out for one in others[:1])]
            if clean != [0, answer(case.table)]:
                faults.append(
                    f"{case.how} changes nothing, and yet the answer differs: {clean!r:.300}"
                )
        if case.how in REFUSED and checked.code != 2:
            faults.append(f"{case.how} is passed by network check")
        return faults

    def describe(self, case: Spoiled) -> str:
        """Return the table, what was done to it, and the part of the file that differs."""
        sound = reference.packaged(case.table).read_bytes()
        at = next(
            (n for n, (a, b) in enumerate(zip(sound, case.content, strict=False)) if a != b),
            min(len(sound), len(case.content)),
        )
        part = case.content[max(0, at - 60) : at + 120]
        return f"{case.table}.csv, {case.how}; from byte {at}: {part!r}"


def reader(table: str) -> tuple[str, ...]:
    """Return a command that reads a table."""
    return READERS.get(table, LEDGER if table.startswith("ledger_") else ROUTE)


@cache
def answer(table: str) -> str:
    """Return what that command says of the table as it is packaged, in a user's folder."""
    with TemporaryDirectory(prefix="karwan-fuzz-") as name:
        folder = Path(name)
        (folder / "own").mkdir()
        (folder / "own" / f"{table}.csv").write_bytes(reference.packaged(table).read_bytes())
        _add_study(folder)
        return ask((*reader(table), "--tables", "own"), folder).out


def _add_study(folder: Path) -> None:
    from tests.fuzz.shelf import STUDY

    (folder / "study.toml").write_text(STUDY, encoding="utf-8")


def _written(lines: Rows, *, ending: str = "\n", quoting: int = csv.QUOTE_MINIMAL) -> bytes:
    out = io.StringIO()
    csv.writer(out, lineterminator=ending, quoting=quoting).writerows(lines)  # type: ignore[arg-type]
    return out.getvalue().encode("utf-8", "surrogatepass")


def _place(rng: random.Random, lines: Rows) -> tuple[int, int]:
    return rng.randrange(1, len(lines)), rng.randrange(len(lines[0]))


def _cell(rng: random.Random, lines: Rows) -> bytes:
    row, column = _place(rng, lines)
    draw = rng.choice((values.text, values.day, values.number))
    lines[row][column] = draw(rng)
    return _written(lines)


def _blank(rng: random.Random, lines: Rows) -> bytes:
    row, column = _place(rng, lines)
    lines[row][column] = ""
    return _written(lines)


def _blank_column(rng: random.Random, lines: Rows) -> bytes:
    _, column = _place(rng, lines)
    for row in lines[1:]:
        row[column] = ""
    return _written(lines)


def _other_cell(rng: random.Random, lines: Rows) -> bytes:
    row, column = _place(rng, lines)
    lines[row][column] = rng.choice(lines[1:])[column]
    return _written(lines)


def _scaled(rng: random.Random, lines: Rows) -> bytes:
    """Change a number by a factor, its sign, or to nothing."""
    row, column = _place(rng, lines)
    for _ in range(50):
        with_number = lines[row][column].replace(".", "", 1).lstrip("-").isdecimal()
        if with_number:
            break
        row, column = _place(rng, lines)
    word = lines[row][column]
    if word.replace(".", "", 1).lstrip("-").isdecimal():
        lines[row][column] = repr(
            float(word) * rng.choice((-1, 0, 1e-9, 0.1, 10, 1e3, 1e6, 1e12, 1e300))
        )
    return _written(lines)


def _column_gone(rng: random.Random, lines: Rows) -> bytes:
    _, column = _place(rng, lines)
    return _written([row[:column] + row[column + 1 :] for row in lines])


def _columns_moved(rng: random.Random, lines: Rows) -> bytes:
    order = list(range(len(lines[0])))
    rng.shuffle(order)
    return _written([[row[k] for k in order] for row in lines])


def _column_twice(rng: random.Random, lines: Rows) -> bytes:
    _, column = _place(rng, lines)
    return _written([[*row, row[column]] for row in lines])


def _column_named(rng: random.Random, lines: Rows) -> bytes:
    _, column = _place(rng, lines)
    lines[0][column] = values.text(rng)
    return _written(lines)


def _row_twice(rng: random.Random, lines: Rows) -> bytes:
    row, _ = _place(rng, lines)
    return _written([*lines, lines[row]])


def _row_gone(rng: random.Random, lines: Rows) -> bytes:
    row, _ = _place(rng, lines)
    return _written(lines[:row] + lines[row + 1 :])


def _half(rng: random.Random, lines: Rows) -> bytes:
    return _written([lines[0], *(row for row in lines[1:] if rng.random() < 0.5)])


def _shuffled(rng: random.Random, lines: Rows) -> bytes:
    body = lines[1:]
    rng.shuffle(body)
    return _written([lines[0], *body])


def _ragged(rng: random.Random, lines: Rows) -> bytes:
    row, _ = _place(rng, lines)
    lines[row].append("more")
    return _written(lines)


def _padded(rng: random.Random, lines: Rows) -> bytes:
    row, column = _place(rng, lines)
    lines[row][column] = rng.choice((" ", "\u00a0", "\t")) + lines[row][column] + " "
    return _written(lines)


def _no_utf8(_: random.Random, lines: Rows) -> bytes:
    return _written(lines) + b"\xff\xfe,\xe9\n"


WAYS: dict[str, Callable[[random.Random, Rows], bytes]] = {
    "a cell": _cell,
    "another cell": _cell,
    "a blank": _blank,
    "a column of blanks": _blank_column,
    "the cell of another row": _other_cell,
    "a number": _scaled,
    "another number": _scaled,
    "a column gone": _column_gone,
    "columns moved": _columns_moved,
    "a column twice": _column_twice,
    "a column renamed": _column_named,
    "a row twice": _row_twice,
    "a row gone": _row_gone,
    "half of the rows": _half,
    "no row": lambda _, lines: _written(lines[:1]),
    "nothing": lambda *_: b"",
    "one byte": lambda rng, _: rng.randbytes(1),
    "rows shuffled": _shuffled,
    "a ragged row": _ragged,
    "blanks around": _padded,
    "CRLF": lambda _, lines: _written(lines, ending="\r\n"),
    "BOM": lambda _, lines: b"\xef\xbb\xbf" + _written(lines),
    "all quoted": lambda _, lines: _written(lines, quoting=csv.QUOTE_ALL),
    "no UTF-8": _no_utf8,
    "UTF-16": lambda _, lines: _written(lines).decode().encode("utf-16"),
    "bytes": lambda rng, lines: values.spoil_bytes(rng, _written(lines)),
    "more bytes": lambda rng, lines: values.spoil_bytes(rng, _written(lines)),
    "NUL": lambda _, lines: _written(lines).replace(b"\n", b"\x00\n", 1),
}
HARMLESS = {"columns moved", "CRLF", "BOM"}
"""What a spreadsheet does to a table that says the same afterwards."""
REFUSED = {"a column gone", "a column twice", "nothing", "a ragged row", "no UTF-8", "UTF-16"}
