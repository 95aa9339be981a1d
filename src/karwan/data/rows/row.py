"""What every row of a table has, and how rows are made from a checked frame."""

from __future__ import annotations

import keyword
from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Any, ClassVar, Literal, TypeVar

from karwan.base.provenance import Source

if TYPE_CHECKING:
    import polars as pl

    from karwan.base.schema import Field, Table

Grade = Literal["A", "B", "C"]
Cells = Mapping[str, list[Any]]
"""The cells of a checked table by column: texts, numbers, dates, None where blank."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False, repr=False)
class Row:
    """A row of a table with its source; each table adds its own columns.

    A blank cell is None; a cell that lists names is a tuple, empty where it is blank; a cell of
    yes or no is a bool. A column whose name Python keeps for itself ends in an underscore.
    Comparing and showing are written here once for all: made anew for each of fifty classes they
    would cost a third of the time that importing them takes.

    Attributes
    ----------
    TABLE
        The table that the rows stand in.
    """

    TABLE: ClassVar[str]

    source_url: str
    source_date: str | None
    confidence: Grade

    def __eq__(self, other: object) -> bool:
        """Whether the other is a row of the same table with the same cells."""
        return type(self) is type(other) and _cells_of(self) == _cells_of(other)

    def __hash__(self) -> int:
        """Return the hash of the cells."""
        return hash(tuple(_cells_of(self).items()))

    def __repr__(self) -> str:
        """Return the class with its cells."""
        cells = ", ".join(f"{name}={cell!r}" for name, cell in _cells_of(self).items())
        return f"{type(self).__name__}({cells})"


def _cells_of(row: Row) -> dict[str, object]:
    return {field.name: getattr(row, field.name) for field in fields(row)}


R = TypeVar("R", bound=Row)


def source_of(row: Row, note: str | None = None) -> Source:
    """Return source, date and grade of a row, with its note where that tells of the source."""
    return Source(row.source_url, row.source_date or "", row.confidence, note or "")


def attribute_of(column: str) -> str:
    """Return the attribute of a row that holds a column.

    Examples
    --------
    >>> attribute_of("speed_kmh"), attribute_of("class")
    ('speed_kmh', 'class_')
    """
    return f"{column}_" if keyword.iskeyword(column) else column


def rows_from(columns: Cells, table: Table, kind: type[R]) -> tuple[R, ...]:
    """Return the rows of cells that were checked against their table, in their order.

    Cells are put into the slots column by column, which takes a third of the time of as many calls
    of the class; a frozen row can be filled in no other way before anybody has seen it.
    """
    height = len(columns[table.fields[0].name])
    rows = [object.__new__(kind) for _ in range(height)]
    for field in table.fields:
        put = getattr(kind, attribute_of(field.name)).__set__
        for row, cell in zip(rows, _cells(columns[field.name], field), strict=True):
            put(row, cell)
    return tuple(rows)


def frame_cells(frame: pl.DataFrame) -> Cells:
    """Return the cells of a checked frame by column."""
    return {column.name: column.to_list() for column in frame.iter_columns()}


def _cells(cells: list[Any], field: Field) -> list[Any]:
    if field.separator:
        return [tuple(field.parts_in(cell or "")) for cell in cells]
    if field.is_yes_no:
        return [cell == "yes" for cell in cells]
    return cells
