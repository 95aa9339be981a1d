"""The cells of a feed's file, as texts: from JSON, from an API's pages, or from CSV.

A page in place of data, a file cut in the middle and one of another layout are told as that.
"""

from __future__ import annotations

import csv
import json
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from io import BytesIO, StringIO
from typing import TYPE_CHECKING, Any

from karwan.base.errors import DataError
from karwan.base.limits import MOST_LINES, MOST_TABLE_BYTES
from karwan.evidence.packed import shape_faults

if TYPE_CHECKING:
    import polars as pl

Cells = dict[str, Any]
PAGES = (b"<!doctype", b"<html", b"<?xml")
TAG = "#"
"""How a row of tags of the Humanitarian Data Exchange begins."""


@dataclass(frozen=True, kw_only=True)
class Table:
    """Rows of a file with the line that each stands in."""

    rows: tuple[tuple[int, Cells], ...]
    columns: tuple[str, ...]
    tags: Mapping[str, str] = field(default_factory=dict)


def refuse_page(content: bytes, where: str) -> None:
    """Refuse a web page that stands in place of data, and a file with nothing in it.

    Raises
    ------
    DataError
        Saying so.
    """
    begin = content[:64].removeprefix(b"\xef\xbb\xbf").lstrip().lower()
    if begin.startswith(PAGES):
        raise DataError(where, ["is a web page, not data: download the file itself"])
    if not content.strip():
        raise DataError(where, ["is empty"])
    if len(content) > MOST_TABLE_BYTES:
        raise DataError(where, [f"has more than {MOST_TABLE_BYTES:,} bytes"])


def looks_like_json(content: bytes) -> bool:
    """Whether a file is meant as JSON."""
    return content[:64].removeprefix(b"\xef\xbb\xbf").lstrip()[:1] in (b"{", b"[")


def _can_be_kept(told: object) -> bool:
    """Whether every text can be written; JSON may escape what no file and no database takes."""
    try:
        return b"\\u0000" not in json.dumps(told, ensure_ascii=False).encode()
    except UnicodeEncodeError:
        return False


def read_json_rows(content: bytes, key: str, where: str) -> list[Cells]:
    """Return the rows under a key of one answer of an API, or of a list of answers.

    Raises
    ------
    DataError
        If it is no JSON, was cut, or has no such key: another version, or an error of the API.
    """
    try:
        told = json.loads(content.decode("utf-8-sig"))
    except (UnicodeDecodeError, ValueError, RecursionError) as error:
        raise DataError(where, [f"is no JSON, or was cut in the middle: {error}"]) from error
    if b"\\u" in content and not _can_be_kept(told):
        raise DataError(where, ["holds a sign that is no letter: half of a pair, or a zero byte"])
    pages = told if isinstance(told, list) else [told]
    rows: list[Cells] = []
    for number, page in enumerate(pages, 1):
        listed = page.get(key) if isinstance(page, dict) else None
        if not isinstance(listed, list) or not all(isinstance(one, dict) for one in listed):
            names = ", ".join(map(repr, page)) if isinstance(page, dict) else "no object"
            text = (
                f"page {number} has no list {key!r} (it has {names}): another feed, another "
                "version, or an error of the server"
            )
            raise DataError(where, [text])
        rows += listed
    if len(rows) > MOST_LINES:
        raise DataError(where, [f"has {len(rows):,} rows, and at most {MOST_LINES:,} are read"])
    return rows


def read_csv_cells(content: bytes, where: str, separator: str = ",") -> Table:
    """Return the rows of a CSV, all cells as texts, a row of tags taken off.

    Raises
    ------
    DataError
        If it cannot be read as a table, a line has more or fewer cells, or a column stands twice.
    """
    frame = csv_frame(content, where, separator)
    rows = frame.to_dicts()
    tags: Mapping[str, str] = {}
    first = 2
    if rows and any(str(cell or "").startswith(TAG) for cell in rows[0].values()):
        tags = {str(cell): name for name, cell in rows[0].items() if cell}
        rows, first = rows[1:], 3
    return Table(rows=tuple(enumerate(rows, first)), columns=tuple(frame.columns), tags=tags)


def csv_frame(content: bytes, where: str, separator: str = ",") -> pl.DataFrame:
    """Return a CSV as a frame of texts.

    Raises
    ------
    DataError
        As for `read_csv_cells`.
    """
    import polars as pl

    faults = shape_faults(content) if separator == "," else []
    if faults:
        raise DataError(where, faults)
    try:
        frame = pl.read_csv(
            BytesIO(content), infer_schema=False, null_values=[""], separator=separator
        )
    except pl.exceptions.PolarsError as error:
        first = (str(error).splitlines() or ["it is empty"])[0]
        raise DataError(where, [f"cannot be read as a table: {first}"]) from error
    if frame.height > MOST_LINES:
        raise DataError(where, [f"has {frame.height:,} rows, and at most {MOST_LINES:,} are read"])
    faults = _ragged_faults(content, separator)
    if faults:
        raise DataError(where, faults)
    return frame


def _ragged_faults(content: bytes, separator: str) -> list[str]:
    """Return what Polars fills up or renames in silence: short lines, a column that stands twice.

    A line that was cut would lose its figures and count as blank.
    """
    lines = csv.reader(StringIO(content.decode("utf-8-sig"), newline=""), delimiter=separator)
    faults: list[str] = []
    try:
        heads = next(lines)
        faults += [f"column {name!r} stands there {count} times" for name, count in
                   Counter(heads).items() if count > 1]  # fmt: skip
        for cells in lines:
            if cells and len(cells) != len(heads):
                told = f"line {lines.line_num} has {len(cells)} cells, not {len(heads)}"
                return [*faults, f"{told}: the file was cut, or a separator is lacking"]
    except csv.Error as error:
        faults.append(f"line {lines.line_num} cannot be read: {error}")
    return faults


def refuse_missing(table: Iterable[str], needed: Iterable[str], where: str) -> None:
    """Refuse a table without the columns that are needed.

    Raises
    ------
    DataError
        Names every one, and those that there are.
    """
    there = tuple(table)
    missing = [name for name in needed if name not in there]
    if missing:
        faults = [f"column {name!r} is missing" for name in missing]
        faults.append(f"it has {', '.join(there[:30])}: another feed, or another version of it")
        raise DataError(where, faults)
