"""Readers asked directly: a hundred thousand cells, days, lines, texts and packed files."""

from __future__ import annotations

import bz2
import csv
import gzip
import io
import json
import lzma
import random
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

import polars as pl

from karwan.analysis.forecasts.kept import FORECAST_FILE, canonical, read_forecasts, seal
from karwan.base.days import FIRST_DAY, LAST_DAY, read_day
from karwan.base.errors import DataError, KarwanError
from karwan.base.limits import MOST_TABLE_BYTES
from karwan.evidence.incidents import HowToRead
from karwan.evidence.packed import read_table_bytes
from karwan.evidence.readers import read_incidents
from karwan.ledger.text.proposals import read_proposals
from karwan.ledger.text.sentences import Span, paragraphs, read_document, sentences_in_parts
from karwan.study.spec import read_study
from tests import reference
from tests.analysis.forecasts.test_kept import record
from tests.fuzz import files, shelf, values
from tests.fuzz.oracle import Unexpected, call

Checked = Callable[[Any, Path], list[str]]


@dataclass(frozen=True)
class Reading:
    """One reader: what is drawn for it, and what its answer must be."""

    name: str
    long_count: int
    slice_count: int
    drawn: Callable[[random.Random, int], Any]
    checked: Checked

    def draw(self, rng: random.Random, number: int) -> Any:
        """Return an input."""
        return self.drawn(rng, number)

    def check(self, case: Any, folder: Path) -> list[str]:
        """Return what the reader broke."""
        return self.checked(case, folder)

    def describe(self, case: Any) -> str:
        """Return the input."""
        return f"{case!r:.3000}"


def _read(reader: Callable[..., Any], *given: Any, more: tuple[type[Exception], ...] = ()) -> Any:
    return call(reader, *given, allowed=(KarwanError, OSError, *more))


def _unexpected(*answers: Any) -> list[str]:
    return [answer.text for answer in answers if isinstance(answer, Unexpected)]


def _written(folder: Path, name: str, content: bytes) -> Path:
    path = folder / name
    path.write_bytes(content)
    return path


def _check_day(text: str, _: Path) -> list[str]:
    """A day that is read is written the same again, and lies within the bounds."""
    day = _read(read_day, text, more=(ValueError,))
    if isinstance(day, (Unexpected, Exception)):
        return _unexpected(day)
    return (
        [] if day.isoformat() == text and FIRST_DAY <= day <= LAST_DAY else [f"{text!r} is {day}"]
    )


def _draw_cells(rng: random.Random, number: int) -> tuple[str, list[dict[str, str | None]]]:
    """Return a few rows of a table with some cells drawn anew; each table in turn."""
    names = [name for name in reference.catalog().resources if shelf.packaged_rows(name).height]
    name = names[number % len(names)]
    frame = shelf.packaged_rows(name)
    rows = [
        dict(frame.row(rng.randrange(frame.height), named=True))
        for _ in range(rng.choice((1, 2, 4)))
    ]
    fields = reference.catalog().resource(name).table.fields
    for _ in range(rng.choice((1, 2, 6))):
        field = rng.choice(fields)
        draw = {"number": values.number, "integer": values.number, "date": values.day}.get(
            field.type, values.text
        )
        worth = draw(rng).encode("utf-8", "replace").decode("utf-8")
        rng.choice(rows)[field.name] = worth or None
    return name, rows


def _check_cells(case: tuple[str, list[dict[str, str | None]]], _: Path) -> list[str]:
    """A table is refused, or keeps every row and every text."""
    name, rows = case
    raw = pl.DataFrame(rows, schema=dict.fromkeys(shelf.packaged_rows(name).columns, pl.String))
    table = reference.catalog().resource(name).table
    checked = _read(table.check, raw)
    if not isinstance(checked, pl.DataFrame):
        return _unexpected(checked)
    texts = [field.name for field in table.fields if field.type == "string"]
    blank = [
        field.name
        for field in table.fields
        if checked[field.name].null_count() != raw[field.name].null_count()
    ]
    faults = [f"{column}: a cell became blank, or a blank a cell" for column in blank]
    if not checked.select(texts).equals(raw.select(texts)):
        faults.append("a text changed")
    return faults


def _draw_lines(rng: random.Random, _: int) -> bytes:
    """Return a file of kept forecasts: a sound chain with lines or bytes changed."""
    lines, previous = [], ""
    for k in range(rng.choice((1, 2, 5))):
        line = seal(record(f"e{k}"), number=k + 1, previous=previous)
        previous = str(line["line_sha256"])
        lines.append(canonical(line))
    how = rng.randrange(6)
    if how == 0:
        rng.shuffle(lines)
    elif how == 1:
        strange = (
            "[1]",
            "{}",
            "null",
            "1",
            '"x"',
            "[" * 3000,
            "1" * 5000,
            '{"format_version": true}',
            "NaN",
        )
        lines.insert(rng.randrange(len(lines) + 1), rng.choice(strange).encode())
    elif how == 2:
        content = json.loads(rng.choice(lines))
        content[rng.choice([*content])] = rng.choice(
            (None, [], {}, True, -1, 10**400, 0.5, "x", 2**63)
        )
        lines.append(json.dumps(content).encode())
    content_bytes = b"\n".join(lines) + rng.choice((b"\n", b"", b"\r\n", b"\n\n"))
    return values.spoil_bytes(rng, content_bytes) if how > 3 else content_bytes


def _check_lines(content: bytes, folder: Path) -> list[str]:
    """No line that stands is lost, none is counted twice, the same file reads the same."""
    path = _written(folder, FORECAST_FILE, content)
    kept = _read(read_forecasts, path)
    if isinstance(kept, (Unexpected, Exception)):
        return _unexpected(kept)
    faults = [] if read_forecasts(path) == kept else ["read twice, told twice"]
    places = [one.chain_number for one in kept.forecasts]
    if len(set(places)) < len(places):
        faults.append("a forecast counts twice")
    told = (
        len(kept.forecasts)
        + len(kept.unsealed)
        + sum("missing" not in str(one) for one in kept.faults)
    )
    lines = sum(bool(line.strip()) for line in content.split(b"\n"))
    if told < lines:
        faults.append(f"{lines} lines, of which {told} are told of")
    return faults


def _draw_packed(rng: random.Random, _: int) -> bytes:
    content = b"id,best\n" + b"1,2\n" * rng.choice((1, 50, 3000))
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as file:
        file.writestr(zipfile.ZipInfo("a.csv"), content, zipfile.ZIP_DEFLATED)
    wrapped = [
        gzip.compress(content, mtime=0),
        bz2.compress(content),
        lzma.compress(content, preset=0),
    ]
    packed = rng.choice((out.getvalue(), content, *wrapped))
    return values.spoil_bytes(rng, packed)


def _check_packed(content: bytes, folder: Path) -> list[str]:
    """What is unpacked is within its bound."""
    path = _written(folder, "x.csv", content)
    told = _read(read_table_bytes, path, "file")
    if isinstance(told, (Unexpected, Exception)):
        return _unexpected(told)
    return [] if len(told[1]) <= MOST_TABLE_BYTES and told[2] == content else ["other bytes"]


def _draw_events(rng: random.Random, number: int) -> bytes:
    return files.Incidents().draw(rng, number).content


def _check_events(content: bytes, folder: Path) -> list[str]:
    """Events are refused with their faults, or all of them are read."""
    suffix = ".parquet" if content.startswith(b"PAR1") else ".csv"
    path = _written(folder, f"events{suffix}", content)
    return _unexpected(
        _read(read_incidents, path, HowToRead(release="22.1")),
        _read(
            read_incidents,
            path,
            HowToRead(columns={"date": "date_start", "lat": "latitude", "lon": "longitude"}),
        ),
    )


def _draw_text(rng: random.Random, number: int) -> bytes:
    shape = files.SHAPES[number % len(files.SHAPES)]
    content = files.hostile_text(rng, shape, rng.choice((20, 100, 600))).encode("utf-8", "replace")
    return values.spoil_bytes(rng, content) if rng.random() < 0.3 else content


def _sentences(text: str) -> list[Span]:
    return [
        one
        for block in paragraphs(text)
        for parts in sentences_in_parts(text, block)
        for one in parts
    ]


def _check_text(content: bytes, folder: Path) -> list[str]:
    """Every sentence stands in the text, in order, and holds a letter of it."""
    document = _read(read_document, _written(folder, "t.txt", content))
    if isinstance(document, (Unexpected, Exception)):
        return _unexpected(document)
    spans = call(_sentences, document.text, allowed=())
    if isinstance(spans, Unexpected):
        return [spans.text]
    ordered = all(a.end <= b.start for a, b in pairwise(spans))
    inside = all(0 <= one.start < one.end <= len(document.text) for one in spans)
    return [] if ordered and inside else ["sentences overlap or leave the text"]


def _draw_sheet(rng: random.Random, _: int) -> bytes:
    from karwan.ledger.text.proposals import COLUMNS

    rows = [[values.text(rng) for _ in COLUMNS] for _ in range(rng.choice((0, 1, 3)))]
    out = io.StringIO()
    csv.writer(out).writerows([[*COLUMNS], *rows])
    content = out.getvalue().encode("utf-8", "surrogatepass")
    return values.spoil_bytes(rng, content) if rng.random() < 0.5 else content


def _check_sheet(content: bytes, folder: Path) -> list[str]:
    """A sheet of decided proposals is read or refused."""
    return _unexpected(_read(read_proposals, _written(folder, "s.csv", content)))


def _check_study(content: bytes, folder: Path) -> list[str]:
    """A study is read, or refused with its faults."""
    spec = _read(read_study, _written(folder, "s.toml", content))
    if isinstance(spec, DataError) and not spec.faults:
        return ["refused without a fault"]
    return _unexpected(spec)


def _draw_study(rng: random.Random, _: int) -> bytes:
    return files.spoiled_study(rng)


def _draw_day(rng: random.Random, _: int) -> str:
    return values.day(rng)


READINGS = (
    Reading("days", 30_000, 200, _draw_day, _check_day),
    Reading("cells", 14_000, 60, _draw_cells, _check_cells),
    Reading("lines", 15_000, 100, _draw_lines, _check_lines),
    Reading("packed", 12_000, 100, _draw_packed, _check_packed),
    Reading("events", 6_000, 40, _draw_events, _check_events),
    Reading("sentences", 10_000, 60, _draw_text, _check_text),
    Reading("sheets", 6_000, 60, _draw_sheet, _check_sheet),
    Reading("specs", 8_000, 60, _draw_study, _check_study),
)
