"""Tell the rows of an answer: one list of columns gives every form.

A column says once what a field of a row is called, its unit and how to get it. From the list
follow the dictionary that JSON prints, the cells of CSV, the frame that Parquet keeps, the table of
a terminal and that of a notebook. What stands around the rows is written by hand, once.

A file holds what a program reads, so names and digits of a form stay when another form changes:
`names` gives a form another name, `digits` other digits.
"""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from io import StringIO
from typing import TYPE_CHECKING, Any, Generic, TypeAlias, TypeVar

from karwan.base.html import html_table
from karwan.base.outgoing import csv_row

if TYPE_CHECKING:
    import polars as pl

Row = TypeVar("Row")


class Form(StrEnum):
    """A form that answers take."""

    json = "json"
    csv = "csv"
    frame = "frame"
    table = "table"
    html = "html"


FILES = (Form.json, Form.csv, Form.frame)
SHOWN = (Form.table, Form.html)


@dataclass(frozen=True, slots=True, kw_only=True)
class Column(Generic[Row]):
    """A field of the rows of an answer.

    Attributes
    ----------
    get
        What a row holds there, None where it is not known; by default the attribute of that name.
    unit
        Of a number, as `karwan.base.units` writes it; numbers stand on the right of a table.
    forms
        The forms that have it.
    names
        What a form calls it, where that is not `name`.
    digits
        Digits behind the point that a form keeps; without an entry all of them.
    spec
        How the terminal formats a number, such as `,.0f`.
    """

    name: str
    get: Callable[[Row], Any] | None = None
    unit: str = ""
    forms: Sequence[Form] = FILES
    names: Mapping[Form, str] = field(default_factory=dict)
    digits: Mapping[Form, int] = field(default_factory=dict)
    spec: str = ""

    def told(self, form: Form) -> str:
        """Return what a form calls the column."""
        return self.names.get(form, self.name)

    def value(self, row: Row, form: Form) -> Any:
        """Return what a form says of a row: lists joined except in JSON, numbers rounded."""
        value = self.get(row) if self.get is not None else getattr(row, self.name)
        if isinstance(value, (tuple, list)):
            return list(value) if form is Form.json else ";".join(value)
        if isinstance(value, float) and form in self.digits:
            value = round(value, self.digits[form])
        if form is Form.table:
            return "" if value is None else format(value, self.spec) if self.spec else str(value)
        return value


Columns: TypeAlias = Sequence[Column[Row]]


def of_form(columns: Columns[Row], form: Form) -> list[Column[Row]]:
    """Return the columns that a form has."""
    return [column for column in columns if form in column.forms]


def names_of(columns: Columns[Row], form: Form) -> list[str]:
    """Return what a form calls its columns, in order."""
    return [column.told(form) for column in of_form(columns, form)]


def cells_of(columns: Columns[Row], row: Row, form: Form) -> list[Any]:
    """Return what a form says of a row, in the order of its columns."""
    return [column.value(row, form) for column in of_form(columns, form)]


def to_dict(columns: Columns[Row], row: Row, form: Form = Form.json) -> dict[str, Any]:
    """Return a row as a dictionary.

    Examples
    --------
    >>> gate = Column(name="length_km", get=abs, unit="km", digits={Form.json: 1})
    >>> to_dict([gate], -2.06)
    {'length_km': 2.1}
    """
    return {one.told(form): one.value(row, form) for one in columns if form in one.forms}


def to_frame(columns: Columns[Row], rows: Iterable[Row]) -> pl.DataFrame:
    """Return rows as a frame, from which Parquet follows."""
    import polars as pl

    told = [to_dict(columns, row, Form.frame) for row in rows]
    schema = None if told else names_of(columns, Form.frame)
    return pl.DataFrame(told, schema=schema, infer_schema_length=None)


def to_csv(columns: Columns[Row], rows: Iterable[Row]) -> str:
    """Return rows as CSV with one header; what is not known is blank."""
    cells = (cells_of(columns, row, Form.csv) for row in rows)
    return csv_text(names_of(columns, Form.csv), list(cells))


def csv_text(names: Sequence[str], rows: Sequence[Sequence[object]]) -> str:
    """Return cells as CSV with one header."""
    buffer = StringIO()
    writer = csv.writer(buffer, lineterminator="\n")
    writer.writerow(names)
    writer.writerows(csv_row(row) for row in rows)
    return buffer.getvalue()


def to_html(columns: Columns[Row], rows: Iterable[Row], caption: str) -> str:
    """Return rows as the table of a notebook."""
    cells = [cells_of(columns, row, Form.html) for row in rows]
    return html_table(caption, names_of(columns, Form.html), cells)
