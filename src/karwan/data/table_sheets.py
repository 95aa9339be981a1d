"""Own tables as a workbook to fill in, and back as CSV files."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING

from karwan.base.errors import DataError, Fault
from karwan.base.sheets import (
    Blank,
    Filled,
    Sheet,
    read_filled,
    sheet_names,
    template_workbook,
)
from karwan.base.telling import csv_text

if TYPE_CHECKING:
    from karwan.data.catalog import Catalog
    from karwan.data.own import Resource

KIND, VERSION = "tables", "1"
FIRST_LINE = 2
_LINE = re.compile(r"line (?P<line>\d+): (?P<column>\w+) (?P<text>.*)", re.DOTALL)
MOST_NAME = 31
"""Letters that the name of a sheet may have."""
PAGE = (
    "Tables of karwan to fill in",
    "A row is a fact with its source, the source's date and a grade: A read there, B derived, C "
    "estimate. A blank means not known; never write a zero for it. Units stand in the names.",
    "Days are YYYY-MM-DD. Columns with * may not be blank. Keep the names of sheets and columns.",
    "karwan data read-workbook FILE DIR makes a folder of tables of it, or names every cell at "
    "fault.",
)


def table_sheets(catalog: Catalog, names: Sequence[str]) -> tuple[Sheet, ...]:
    """Return tables as sheets to fill in.

    Raises
    ------
    UnknownNameError
        If there is no such table.
    """
    sheets = []
    for name in names:
        entry = catalog.resource(name)
        sheets.append(
            Sheet(
                name=name[:MOST_NAME],
                title=entry.title,
                columns=tuple(
                    Blank(
                        name=one.name,
                        told=one.description + (f" ({one.unit})" if one.unit else ""),
                        choices=tuple(one.enum or ()),
                        needed=one.required,
                    )
                    for one in entry.table.fields
                ),
            )
        )
    return tuple(sheets)


def table_template(catalog: Catalog, names: Sequence[str]) -> bytes:
    """Return a workbook in which tables are filled in, each once however often it is named."""
    once = tuple(dict.fromkeys(names))
    return template_workbook(table_sheets(catalog, once), kind=KIND, version=VERSION, page=PAGE)


def read_filled_tables(content: bytes, catalog: Catalog, where: str) -> dict[str, bytes]:
    """Return the tables of a filled workbook as CSV files by name.

    Raises
    ------
    DataError
        Names every cell at fault by sheet, row and column.
    """
    every = table_sheets(catalog, sorted(catalog.resources))
    names = set(sheet_names(content, where))
    sheets = [one for one in every if one.name in names]
    filled, faults = read_filled(content, sheets, kind=KIND, version=VERSION, where=where)
    files: dict[str, bytes] = {}
    full = {name[:MOST_NAME]: name for name in catalog.resources}
    for sheet in sheets:
        mine = [row for row in filled if row.sheet == sheet.name]
        entry = catalog.resource(full[sheet.name])
        fields = [one.name for one in entry.table.fields]
        told = [[row.cells.get(name) for name in fields] for row in mine]
        faults += _cell_faults(entry, fields, told, mine)
        files[f"{entry.name}.csv"] = csv_text(fields, told).encode()
    if not sheets:
        faults.append(Fault("", "has no sheet of a table"))
    if faults:
        raise DataError(where, faults)
    return files


def _cell_faults(
    entry: Resource, fields: list[str], told: list[list[str | None]], rows: Sequence[Filled]
) -> list[Fault]:
    """Return what a table's own rules find wrong, named by row and column of the sheet."""
    import polars as pl

    frame = pl.DataFrame(told, schema=dict.fromkeys(fields, pl.String), orient="row")
    try:
        entry.table.check(frame, where=entry.name)
    except DataError as error:
        faults = []
        for text in error.texts:
            match = _LINE.fullmatch(text)
            blank = match is not None and match["text"] == "is blank"
            if match is None:
                faults.append(Fault("", f"sheet {entry.name[:MOST_NAME]}: {text}"))
            elif not blank:  # said already
                row = rows[int(match["line"]) - FIRST_LINE]
                faults.append(row.fault(match["column"], match["text"]))
        return faults
    return []
