"""A workbook to fill in, and what was filled in: sheets with columns, help and drop-down lists.

A hidden sheet says which template it is and of which version. Reading looks at text and numbers
only: a formula counts by the value that the spreadsheet last showed, and is told where it has none.
Everything at fault is named by sheet, row and column. Needs the extra `export`.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from io import BytesIO
from typing import Any
from zipfile import BadZipFile

from karwan.base.errors import DataError, Fault, KarwanError, nearest
from karwan.base.outgoing import PLAIN_STRINGS

MARK, LISTS, FIRST = "_karwan", "_lists", "Read me"
FORM = "karwan template"
FILL_ROWS = 1000
"""Rows that have drop-down lists."""
MOST_ROWS = 20_000
LEAST_WIDTH, MOST_WIDTH = 12, 34
LETTERS = 26
FIXED_TIME = dt.datetime(2000, 1, 1, tzinfo=dt.UTC)


class MissingSheetsError(KarwanError):
    """A workbook was asked for without the package for it."""

    def __init__(self, package: str) -> None:
        super().__init__(
            f"A workbook to fill in needs the package {package!r}: pip install 'karwan[export]'."
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Blank:
    """A column to fill in.

    Attributes
    ----------
    choices
        Words among which a list lets choose; empty where any text will do.
    needed
        Whether it may not be blank.
    """

    name: str
    told: str
    choices: tuple[str, ...] = ()
    needed: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """A sheet to fill in: its columns, and rows that stand in it already."""

    name: str
    title: str
    columns: tuple[Blank, ...]
    rows: tuple[Mapping[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Filled:
    """A row that was filled in, as text; what is blank is left out."""

    sheet: str
    row: int
    cells: Mapping[str, str]

    def fault(self, column: str, text: str, given: str = "") -> Fault:
        """Return what is wrong with a cell, named as the spreadsheet names it."""
        where = f"sheet {self.sheet}, row {self.row}"
        return Fault("", f"{where}{f', column {column}' if column else ''}: {text}", given)


def template_workbook(
    sheets: Sequence[Sheet], *, kind: str, version: str, page: Sequence[str]
) -> bytes:
    """Return a workbook to fill in; its first sheet reads as a page.

    Parameters
    ----------
    kind, version
        Which template it is: what reads it back takes no other.
    page
        Lines of the first sheet, before the meaning of all columns.

    Raises
    ------
    MissingSheetsError
        If xlsxwriter is not installed.
    """
    try:
        from xlsxwriter import Workbook
    except ImportError as error:
        raise MissingSheetsError("xlsxwriter") from error
    buffer = BytesIO()
    with Workbook(buffer, {"in_memory": True, **PLAIN_STRINGS}) as book:
        book.set_properties({"title": FORM, "created": FIXED_TIME})
        _write_page(book, sheets, page)
        made = [(sheet, book.add_worksheet(sheet.name)) for sheet in sheets]
        lists = book.add_worksheet(LISTS)
        mark = book.add_worksheet(MARK)
        column = 0
        for sheet, target in made:
            column = _write_sheet(book, sheet, target, lists, column)
        for number, text in enumerate((FORM, kind, version)):
            mark.write_string(number, 0, text)
        lists.hide()
        mark.very_hidden()
    return buffer.getvalue()


def _write_page(book: Any, sheets: Sequence[Sheet], page: Sequence[str]) -> None:
    first = book.add_worksheet(FIRST)
    bold = book.add_format({"bold": True})
    wrapped = book.add_format({"text_wrap": True, "valign": "top"})
    first.set_column(0, 0, 24, wrapped)
    first.set_column(1, 1, 90, wrapped)
    first.hide_gridlines(2)
    row = 0
    for line in page:
        first.merge_range(row, 0, row, 1, "", wrapped)
        first.write_string(row, 0, line, bold if row == 0 else wrapped)
        row += 1
    for sheet in sheets:
        first.write_string(row + 1, 0, sheet.name, bold)
        first.write_string(row + 1, 1, sheet.title, bold)
        row += 2
        for one in sheet.columns:
            first.write_string(row, 0, one.name + ("*" if one.needed else ""))
            first.write_string(row, 1, one.told)
            row += 1
    first.set_paper(9)
    first.fit_to_pages(1, 0)


def _write_sheet(book: Any, sheet: Sheet, target: Any, lists: Any, column: int) -> int:
    """Write a sheet's header, rows and lists; return the next free column of the lists."""
    bold = book.add_format({"bold": True, "bottom": 1})
    text = book.add_format({"num_format": "@"})
    target.freeze_panes(1, 0)
    for k, one in enumerate(sheet.columns):
        target.write_string(0, k, one.name, bold)
        target.write_comment(0, k, one.told)
        width = min(max(len(one.name) + 2, LEAST_WIDTH), MOST_WIDTH)
        target.set_column(k, k, width, text)
        if not one.choices:
            continue
        for number, word in enumerate(one.choices):
            lists.write_string(number, column, word)
        source = f"={LISTS}!${_letters(column)}$1:${_letters(column)}${len(one.choices)}"
        target.data_validation(
            1, k, FILL_ROWS, k,
            {"validate": "list", "source": source, "error_title": one.name[:32],
             "error_message": "not one of the list"},
        )  # fmt: skip
        column += 1
    for number, row in enumerate(sheet.rows, 1):
        for k, one in enumerate(sheet.columns):
            if row.get(one.name):
                target.write_string(number, k, row[one.name], text)
    return column


def _letters(column: int) -> str:
    """Return what a spreadsheet calls a column.

    Examples
    --------
    >>> _letters(0), _letters(25), _letters(26), _letters(701)
    ('A', 'Z', 'AA', 'ZZ')
    """
    name, left = "", column + 1
    while left:
        left, rest = divmod(left - 1, LETTERS)
        name = chr(ord("A") + rest) + name
    return name


def read_filled(
    content: bytes, sheets: Sequence[Sheet], *, kind: str, version: str, where: str
) -> tuple[list[Filled], list[Fault]]:
    """Return the rows that were filled in, sheet by sheet, and what is wrong with them so far.

    Faults are every sheet and column that is missing or strange, and every cell that has no value
    or is blank where it may not be.

    Raises
    ------
    DataError
        If it is no workbook, another template or of another version.
    MissingSheetsError
        If openpyxl is not installed.
    """
    shown, written = (_opened(content, where, values=values) for values in (True, False))
    _refuse_other(shown, kind, version, where)
    faults: list[Fault] = []
    rows = [row for sheet in sheets for row in _read_sheet(shown, written, sheet, faults)]
    return rows, faults


def sheet_names(content: bytes, where: str) -> list[str]:
    """Return what the sheets of a workbook are called."""
    return list(_opened(content, where, values=True).sheetnames)


def _opened(content: bytes, where: str, *, values: bool) -> Any:
    """Return a workbook, with what its formulas last came to or with the formulas."""
    try:
        from openpyxl import load_workbook
    except ImportError as error:
        raise MissingSheetsError("openpyxl") from error
    try:
        return load_workbook(BytesIO(content), data_only=values)
    except (BadZipFile, KeyError, ValueError, OSError, TypeError) as error:
        raise DataError(where, ["is no workbook (.xlsx), or a damaged one"]) from error


def _refuse_other(book: Any, kind: str, version: str, where: str) -> None:
    """Refuse a workbook that is no template, or another."""
    told = []
    if MARK in book.sheetnames:
        told = [str(book[MARK].cell(row, 1).value) for row in (1, 2, 3)]
    if told[:2] != [FORM, kind]:
        raise DataError(where, [f"is no template of karwan for {kind}: make one and fill that in"])
    if told[2] != version:
        text = f"is a template of version {told[2]}, and this karwan reads version {version}: make "
        raise DataError(where, [text + "a new one and copy the rows over"])


def _read_sheet(shown: Any, written: Any, sheet: Sheet, faults: list[Fault]) -> Iterator[Filled]:
    """Yield the rows of a sheet; collect what is wrong."""
    if sheet.name not in shown.sheetnames:
        faults.append(Fault("", f"sheet {sheet.name} is missing"))
        return
    page = shown[sheet.name]
    header = [str(cell.value or "").strip() for cell in page[1]]
    known = {one.name: one for one in sheet.columns}
    for name in filter(None, header):
        if name not in known:
            near = nearest(name, known)
            hint = f"; did you mean {near[0]!r}?" if near else ""
            faults.append(Fault("", f"sheet {sheet.name}, row 1: no column {name!r}{hint}"))
    faults.extend(
        Fault("", f"sheet {sheet.name}, row 1: column {name!r} is missing")
        for name in known
        if name not in header
    )
    if page.max_row > MOST_ROWS:
        faults.append(Fault("", f"sheet {sheet.name}: over {MOST_ROWS:,} rows"))
        return
    for number, cells in enumerate(page.iter_rows(min_row=2), 2):
        given: dict[str, str] = {}
        row = Filled(sheet.name, number, given)
        for name, cell in zip(header, cells, strict=False):
            source = written[sheet.name].cell(number, cell.column)
            if source.data_type == "f" and cell.value is None:
                faults.append(row.fault(name, "a formula without a value: write what it comes to"))
                continue
            text = _text_of(cell.value)
            if text and name in known:
                given[name] = text
        if given:
            faults.extend(
                row.fault(one.name, "is blank")
                for one in sheet.columns
                if one.needed and one.name not in given
            )
            yield row


def _text_of(value: Any) -> str:
    """Return a cell as text: days as YYYY-MM-DD, whole numbers without a point.

    Examples
    --------
    >>> _text_of(dt.datetime(2026, 5, 4)), _text_of(12.0), _text_of(" a "), _text_of(None)
    ('2026-05-04', '12', 'a', '')
    """
    if value is None:
        return ""
    if isinstance(value, dt.datetime):
        return value.date().isoformat()
    if isinstance(value, dt.date):
        return value.isoformat()
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value).strip()
