"""Files that come from elsewhere: studies, tables of a ledger, incidents, texts."""

from __future__ import annotations

import io
import random
import zipfile
from dataclasses import dataclass
from pathlib import Path

from karwan.evidence.own_record import list_records
from karwan.evidence.record_check import check_records
from karwan.ledger.own_rows import read_texts
from tests.fuzz import shelf, values
from tests.fuzz.kills import modes, packaged
from tests.fuzz.oracle import ask, faults_of
from tests.fuzz.workspaces import TODAY

SHAPES = (
    ",", "-", "“", "Ab", "a-b, ", "(", "“a", "He said ", "said. ", "\n\n", "A. B. ", "’s ",
    "1.1 ", "”", "…", "said that that ", "According to ", "Pakistan ", "\u200f", "İ", "e\u0301", "http://a.b/",
    "—", "; ",
)  # fmt: skip
LEDGER_TABLES = (
    *("ledger_sources", "ledger_statements", "ledger_propositions"),
    *("ledger_indicators", "ledger_evidence"),
)


@dataclass(frozen=True, slots=True)
class Written:
    """A file with its content, and the words that have it read; what was done to it."""

    name: str
    content: bytes
    words: tuple[str, ...]
    how: str

    def described(self) -> str:
        """Return the command and the content."""
        return (
            f"karwan {' '.join(self.words)}; {self.how}; {self.name} holds {self.content[:2000]!r}"
        )


class Studies:
    """Study files with lines changed, keys of other types, and bytes spoiled."""

    name = "studies"
    long_count = 400
    slice_count = 12

    def draw(self, rng: random.Random, number: int) -> Written:
        """Return a study that is at fault more often than not."""
        del number
        content = spoiled_study(rng)
        words: tuple[str, ...] = (
            "critical",
            "--study",
            "s.toml",
            "--paths",
            "100",
            "--as-of",
            "2026-11-22",
        )
        if rng.random() < 0.3:
            words = ("study", "run", "s.toml", "--out", "plain/below")
        return Written("s.toml", content, words, "spoiled")

    def check(self, case: Written, folder: Path) -> list[str]:
        """Return the promises broken."""
        (folder / "plain").write_text("plain\n", encoding="utf-8")
        (folder / case.name).write_bytes(case.content)
        return faults_of(ask(case.words, folder))

    def describe(self, case: Written) -> str:
        """Return the command and the file."""
        return case.described()


def spoiled_study(rng: random.Random) -> bytes:
    """Return a study with values, lines or bytes changed."""
    lines = shelf.STUDY.splitlines()
    for _ in range(rng.choice((1, 1, 2, 4))):
        at = rng.randrange(len(lines))
        key = lines[at].split(" = ")[0]
        worth = rng.choice((
            *('""', '"x"', "[]", "[[]]", "{}", "{ a = 1 }", "true", "nan", "inf", "-1", "1e400"),
            "[1, 2]",
            *("2026-11-22", "1799-12-31", "9999-12-31", "2026-11-22T10:00:00Z", "10:00:00", "0xff"),
            *("9223372036854775808", '["almaty", "almaty"]', '["x\\u0000"]'),
            '"' + "x" * 3000 + '"',
            f'"{values.spoiled(rng, "almaty")}"', '["karachi", 1]', "'''", "1979-13-01",
        ))  # fmt: skip
        lines[at] = rng.choice((f"{key} = {worth}", f"{key} = {worth}", "", lines[at] * 2, worth))
    text = "\n".join(lines).encode("utf-8", "surrogatepass")
    return values.spoil_bytes(rng, text) if rng.random() < 0.3 else text


class Ledgers:
    """Tables of a ledger taken in: rows new, changed, cut, in other bytes."""

    name = "ledgers"
    long_count = 400
    slice_count = 8

    def draw(self, rng: random.Random, number: int) -> Written:
        """Return one table of the ledger with a row under another id, spoiled."""
        table = LEDGER_TABLES[number % len(LEDGER_TABLES)]
        frame = shelf.packaged_rows(table)
        row = list(frame.row(rng.randrange(frame.height)))
        row[0] = rng.choice(("X1", "x y", values.text(rng), row[0]))
        for _ in range(rng.choice((0, 1, 1, 2))):
            column = rng.randrange(len(row))
            row[column] = rng.choice((values.text, values.day, values.number))(rng)
        content = _csv([list(frame.columns), row])
        if rng.random() < 0.3:
            content = values.spoil_bytes(rng, content)
        words = ("ledger", "add", "--from", "in", "--workspace", "w")
        return Written(f"in/{table}.csv", content, words, "one row")

    def check(self, case: Written, folder: Path) -> list[str]:
        """Return the promises broken: a refusal adds nothing, what was added is read again."""
        shelf.take(folder, "w")
        (folder / "in").mkdir()
        (folder / case.name).write_bytes(case.content)
        before, rows = read_texts(folder / "w"), list_records(folder / "w")
        told = ask(case.words, folder)
        faults = faults_of(told)
        after = read_texts(folder / "w")
        count = sum(len(found) for found in after.values()) - sum(
            len(found) for found in before.values()
        )
        if told.code != 0 and after != before:
            faults.append("refused, and yet rows were added")
        if told.code == 0 and count != len(
            [line for line in told.out.splitlines() if "Nothing" not in line]
        ):
            faults.append(f"{count} rows added, and it says {told.out!r}")
        if list_records(folder / "w") != rows:
            faults.append("rows of the workspace changed")
        again = ask(("ledger", "list", "--workspace", "w"), folder)
        if again.code != 0:
            faults.append(f"the ledger cannot be read afterwards: {again.err[:300]}")
        return faults + faults_of(again)

    def describe(self, case: Written) -> str:
        """Return the command and the file."""
        return case.described()


def _csv(rows: list[list[str | None]]) -> bytes:
    import csv

    out = io.StringIO()
    csv.writer(out).writerows(rows)
    return out.getvalue().encode("utf-8", "surrogatepass")


class Incidents:
    """Incident files: UCDP's zip, CSV and Parquet, cells and bytes spoiled, packed anew."""

    name = "incidents"
    long_count = 400
    slice_count = 12

    def draw(self, rng: random.Random, number: int) -> Written:
        """Return a file of incidents, spoiled inside or outside its wrapping."""
        del number
        name = rng.choice(("events.csv", "events.zip", "events.parquet"))
        sound = (shelf.shelf() / name).read_bytes()
        how = rng.choice(("bytes", "cells", "sound", "packed"))
        content = sound
        if how == "cells":
            name, content = "events.csv", _spoiled_cells(rng)
        elif how == "packed":
            name, content = "events.zip", _packed(rng)
        elif how == "bytes":
            content = values.spoil_bytes(rng, sound)
        words = [
            "evidence",
            "add-incidents",
            name,
            "--release",
            rng.choice(("22.1", "22.1", "26.1", "x")),
        ]
        if rng.random() < 0.3:
            columns = rng.choice(
                ("date=date_start,lat=latitude,lon=longitude", "date=id,lat=id,lon=id")
            )
            words += [
                "--map",
                columns,
                "--countries",
                "PK",
                "--from",
                "2021-01-01",
                "--to",
                "2022-01-01",
            ]
        return Written(name, content, (*words, "--workspace", "w"), how)

    def check(self, case: Written, folder: Path) -> list[str]:
        """Return the promises broken: whole or not at all, and never twice."""
        shelf.take(folder, "w")
        (folder / case.name).write_bytes(case.content)
        before = list_records(folder / "w")
        told = ask(case.words, folder)
        faults = faults_of(told)
        after = list_records(folder / "w")
        if told.code != 0 and after != before:
            faults.append("refused, and yet rows were added")
        if told.code == 0:
            again = ask(case.words, folder)
            if again.code != 2 or "in the workspace already" not in again.err:
                faults.append(f"the same file twice: {again.code} {again.err[:200]}")
            faults += faults_of(again)
            told = ask(("evidence", "check", "--workspace", "w"), folder)
            faults += faults_of(told) + ([told.err] if told.code else [])
        return faults + check_records(folder / "w", modes(), TODAY, packaged())

    def describe(self, case: Written) -> str:
        """Return the command and the file."""
        return case.described()


def _spoiled_cells(rng: random.Random) -> bytes:
    lines = (shelf.shelf() / "events.csv").read_text(encoding="utf-8").splitlines()
    rows: list[list[str | None]] = [[*line.split(",")] for line in lines]
    for _ in range(rng.choice((1, 2, 5))):
        row, column = rng.randrange(len(rows)), rng.randrange(len(rows[0]))
        rows[row][column] = rng.choice((values.text, values.day, values.number))(rng)
    return _csv(rows)


def _packed(rng: random.Random) -> bytes:
    """Return a zip with names, members and methods as no publisher has them."""
    out = io.BytesIO()
    methods = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA)
    with zipfile.ZipFile(out, "w", rng.choice(methods)) as file:
        for k in range(rng.choice((0, 1, 1, 1, 2))):
            stem = rng.choice(
                ("events", "../up", "/abs", "ü", "a" * 300, "GEDEvent_v22_1", "GEDEvent_v99_9")
            )
            content = (shelf.shelf() / "events.csv").read_bytes()
            file.writestr(zipfile.ZipInfo(f"{stem}{k or ''}.csv"), content, file.compression)
    return out.getvalue()


class Texts:
    """Texts to be read for statements: long runs of one shape, mixed shapes, spoiled bytes."""

    name = "texts"
    long_count = 400
    slice_count = 8

    def draw(self, rng: random.Random, number: int) -> Written:
        """Return a text; every shape in turn."""
        text = hostile_text(rng, SHAPES[number % len(SHAPES)], rng.choice((200, 4000, 20_000)))
        content = text.encode("utf-8", "surrogatepass")
        if rng.random() < 0.2:
            content = values.spoil_bytes(rng, content)
        form = rng.choice(("table", "json", "csv"))
        return Written("t.txt", content, ("ledger", "read", "t.txt", "--format", form), "text")

    def check(self, case: Written, folder: Path) -> list[str]:
        """Return the promises broken."""
        (folder / case.name).write_bytes(case.content)
        told = ask(case.words, folder)
        again = ask(case.words, folder)
        differs = [] if again.out == told.out else ["read twice, told twice"]
        return faults_of(told) + differs

    def describe(self, case: Written) -> str:
        """Return the command and the file."""
        return case.described()


def hostile_text(rng: random.Random, shape: str, length: int) -> str:
    """Return a text of about a length: one shape over and over, or sentences with it between."""
    if rng.random() < 0.5:
        return shape * max(1, length // len(shape))
    words = [*shelf.TEXT.split(" "), *values.PLACES, *values.HOSTILE, shape, "\n\n"]
    count = max(1, length // 8)
    return rng.choice((" ", "", "\n")).join(rng.choice(words) for _ in range(count))[:length]
