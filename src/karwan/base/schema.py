"""Declare a table once, then check every frame against it; all faults in one error."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from karwan.base.days import FIRST_DAY, LAST_DAY, NO_DAY, day_column, read_days
from karwan.base.errors import DataError
from karwan.base.reprs import short_repr
from karwan.base.units import LONG_COLUMNS, range_of, units_of

if TYPE_CHECKING:
    import polars as pl

MAX_FAULTS_SHOWN = 50
NUMERIC = ("number", "integer")
MIDDLE = ("central", "typical")
"""Words for the value between a low and a high end, where it has one in its name."""
SEE_UNIT = "see unit"
DATE_OR_PART = "date-or-part"
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]")
"""What no name of a row may hold: names are printed one a line and typed by people."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """One column: type as in Table Schema, unit, meaning and constraints.

    Attributes
    ----------
    references
        Columns as `table.column`; what a cell names must stand in one of them.
    separator
        What parts the names of a cell that holds a list of them.
    qualifier
        What parts a name from how it is meant (`kashgar@rail`).
    reference_words
        Words that a cell may hold instead of a name.
    optional
        Whether a user's own table may leave the column out, as one made before it was there does.
    form
        `date-or-part` for text that holds a day, a month or a year, a remark in brackets behind it.
    """

    name: str
    type: str
    unit: str
    description: str
    required: bool = False
    unique: bool = False
    enum: tuple[str, ...] = ()
    at_least: float | None = None
    at_most: float | None = None
    references: tuple[str, ...] = ()
    separator: str = ""
    qualifier: str = ""
    reference_words: tuple[str, ...] = ()
    form: str = ""
    optional: bool = False

    @property
    def is_yes_no(self) -> bool:
        """Whether a cell says yes or no and nothing else."""
        return set(self.enum) == {"yes", "no"}

    def parts_in(self, text: str) -> list[str]:
        """Return a cell's own text, or the parts of its list."""
        parts = text.split(self.separator) if self.separator else [text]
        return [part.strip() for part in parts if part.strip()]

    def names_in(self, text: str) -> list[str]:
        """Return what a cell names, without how it is meant."""
        parts = self.parts_in(text)
        return [part.partition(self.qualifier)[0] for part in parts] if self.qualifier else parts


@dataclass(frozen=True, slots=True)
class Table:
    """A table's name, key and columns, and how many rows the commands cannot do without."""

    name: str
    key: tuple[str, ...]
    fields: tuple[Field, ...]
    rows_at_least: int = 0

    __repr__ = short_repr

    def unit_faults(self) -> list[str]:
        """Return what is wrong with the units declared: a numeric column must carry its own."""
        names = {field.name for field in self.fields}
        faults = []
        for field in self.fields:
            if field.type not in NUMERIC:
                continue
            allowed = units_of(field.name)
            if field.name in LONG_COLUMNS and "unit" in names:
                allowed = frozenset({SEE_UNIT})
            if not allowed:
                faults.append(f"column {field.name!r} is numeric but its name carries no unit")
            elif field.unit not in allowed:
                wanted = " or ".join(sorted(allowed))
                faults.append(
                    f"column {field.name!r} is in {field.unit or 'no unit'!r}, not in {wanted!r}"
                )
        return faults

    def check(self, raw: pl.DataFrame, *, where: str = "") -> pl.DataFrame:
        """Return the frame with its types, or raise one error that names every fault.

        Parameters
        ----------
        raw
            All columns as text, blank cells null, as read from a CSV file.
        where
            What to call the table in the error.

        Raises
        ------
        DataError
            Unknown or missing columns, blanks, wrong types, values out of range or of their own
            band, duplicate keys.
        """
        faults = self._column_faults(raw.columns)
        left_out = [f.name for f in self.fields if f.optional and f.name not in raw.columns]
        raw = _with_blanks(raw, left_out)
        if not faults:
            faults = [fault for field in self.fields for fault in _cell_faults(field, raw)]
            faults += [fault for band in self.bands for fault in _band_faults(band, raw)]
            faults += self._key_faults(raw)
            if raw.height < self.rows_at_least:
                faults.append(f"{raw.height or 'no'} row; it needs {self.rows_at_least} or more")
        if faults:
            raise DataError(where or f"table {self.name}", _shorten(faults))
        return raw.select([_cast(field) for field in self.fields])

    @property
    def bands(self) -> list[tuple[str, ...]]:
        """Columns that hold one figure from low to high: two ends, or three with the value between.

        Examples
        --------
        >>> names = ("fee_usd", "fee_low_usd", "fee_high_usd")
        >>> fields = [Field(name=name, type="number", unit="USD", description="") for name in names]
        >>> Table("fees", (), tuple(fields)).bands
        [('fee_low_usd', 'fee_usd', 'fee_high_usd')]
        """
        names = {field.name for field in self.fields if field.type in NUMERIC}
        return [
            (low, *(name for name in between if name in names), high)
            for low in sorted(names)
            for between, high in _ends(low)
            if high in names
        ]

    def _column_faults(self, columns: list[str]) -> list[str]:
        known = [field.name for field in self.fields]
        wanted = [field.name for field in self.fields if not field.optional]
        faults = [f"column {name!r} is missing" for name in wanted if name not in columns]
        return faults + [f"column {name!r} is not known" for name in columns if name not in known]

    def _key_faults(self, raw: pl.DataFrame) -> list[str]:
        if not self.key:
            return []
        keys = list(zip(*(raw[name].to_list() for name in self.key), strict=True))
        first: dict[tuple[Any, ...], int] = {}
        faults = []
        for line, key in enumerate(keys, 2):
            if any(_CONTROL.search(str(part)) for part in key):
                shown = ", ".join(str(part) for part in key)
                faults.append(
                    f"line {line}: {'/'.join(self.key)} {shown!r} holds a line break, a tab or "
                    "another control character"
                )
            if key in first:
                shown = ", ".join(str(part) for part in key)
                faults.append(
                    f"line {line}: {'/'.join(self.key)} {shown!r} stands in line {first[key]} "
                    "already"
                )
            first.setdefault(key, line)
        return faults


LONG_VALUE = "value"
"""What the value is called in long tables, where a row may tell a range alone."""


def _ends(low: str) -> Iterator[tuple[list[str], str]]:
    """Yield what columns may be called that hold the value, and the high end, of a low end."""
    parts = low.split("_")
    for word, high in (("low", "high"), ("min", "max")):
        for k in (k for k, part in enumerate(parts) if part == word):
            between = [[], *([middle] for middle in MIDDLE)]
            yield (
                ["_".join([*parts[:k], *middle, *parts[k + 1 :]]) for middle in between],
                "_".join([*parts[:k], high, *parts[k + 1 :]]),
            )


def _band_faults(band: tuple[str, ...], raw: pl.DataFrame) -> list[str]:
    """Return the rows in which a figure lies outside its own band."""
    import polars as pl

    pairs = [*pairwise(band), *([(band[0], band[-1])] if len(band) > 2 else [])]  # noqa: PLR2004
    numbers = {name: raw[name].cast(pl.Float64, strict=False) for name in band}
    wrong: dict[int, str] = {}
    for one, other in pairs:
        for line in _lines((numbers[one] > numbers[other]).fill_null(value=False)):
            cells = raw[one][line - 2], raw[other][line - 2]
            wrong.setdefault(line, f"line {line}: {one} is {cells[0]}, above {other}, {cells[1]}")
    if len(band) > 2 and band[1] != LONG_VALUE:  # noqa: PLR2004
        given = raw[band[0]].is_not_null() | raw[band[-1]].is_not_null()
        for line in _lines(given & raw[band[1]].is_null()):
            text = (
                f"line {line}: {band[1]} is blank, and its {band[0]} or {band[-1]} is not: a range"
            )
            wrong.setdefault(line, f"{text} alone is not used; give a value, or leave all blank")
    return [wrong[line] for line in sorted(wrong)]


def _shorten(faults: list[str]) -> list[str]:
    if len(faults) <= MAX_FAULTS_SHOWN:
        return faults
    return [*faults[:MAX_FAULTS_SHOWN], f"and {len(faults) - MAX_FAULTS_SHOWN} more"]


def _with_blanks(raw: pl.DataFrame, names: list[str]) -> pl.DataFrame:
    """Return a frame with blank columns of these names added."""
    import polars as pl

    return raw.with_columns(pl.lit(None, pl.String).alias(name) for name in names)


def _cast(field: Field) -> pl.Expr:
    import polars as pl

    column = pl.col(field.name)
    if field.type == "number":
        return column.cast(pl.Float64)
    if field.type == "integer":
        return column.cast(pl.Float64).cast(pl.Int64)  # a spreadsheet writes 3 as 3.0
    if field.type == "date":
        return column.str.to_date("%Y-%m-%d")
    return column


def _cell_faults(field: Field, raw: pl.DataFrame) -> list[str]:
    import polars as pl

    column = raw[field.name]
    faults = []
    if field.required:
        faults += [f"line {line}: {field.name} is blank" for line in _lines(column.is_null())]
    if field.enum:
        bad = column.is_not_null() & ~column.is_in(list(field.enum))
        allowed = ", ".join(field.enum)
        faults += [
            f"line {line}: {field.name} is {column[line - 2]!r}, not one of {allowed}"
            for line in _lines(bad)
        ]
    if field.type in NUMERIC:
        faults += _number_faults(field, column)
    elif field.type == "date":
        faults += _day_faults(field, column)
    elif column.dtype != pl.String:
        faults.append(f"{field.name} is {column.dtype}, not text")
    elif field.form == DATE_OR_PART:
        faults += _part_faults(field, column)
    return faults


def _day_faults(field: Field, column: pl.Series) -> list[str]:
    days = day_column(column)
    faults = [
        f"line {line}: {field.name} is {column[line - 2]!r}, {NO_DAY}"
        for line in _lines(column.is_not_null() & days.is_null())
    ]
    outside = ((days < FIRST_DAY) | (days > LAST_DAY)).fill_null(value=False)
    return faults + [
        f"line {line}: {field.name} is {column[line - 2]}, outside the years {FIRST_DAY.year} to "
        f"{LAST_DAY.year}"
        for line in _lines(outside)
    ]


def _part_faults(field: Field, column: pl.Series) -> list[str]:
    bad: dict[str, str] = {}
    for text in column.drop_nulls().unique():
        try:
            read_days(text)
        except ValueError as error:
            bad[text] = str(error)
    return [
        f"line {line}: {field.name} is {column[line - 2]!r}, {bad[column[line - 2]]}"
        for line in (_lines(column.is_in(list(bad))) if bad else ())
    ]


def _number_faults(field: Field, column: pl.Series) -> list[str]:
    import polars as pl

    numbers = column.cast(pl.Float64, strict=False)
    bad = column.is_not_null() & (numbers.is_null() | numbers.is_nan() | numbers.is_infinite())
    if field.type == "integer":
        bad = bad | (numbers.is_not_null() & (numbers != numbers.round(0)))
    kind = "a whole number" if field.type == "integer" else "a number"
    faults = [
        f"line {line}: {field.name} is {column[line - 2]!r}, not {kind}"
        for line in _lines(bad.fill_null(value=False))
    ]
    least, most = range_of(field.unit)
    low = least if field.at_least is None else field.at_least
    high = most if field.at_most is None else field.at_most
    for outside, word, limit in (
        (numbers < low, "below", low),
        (numbers > high, "above", high),
    ):
        faults += [
            f"line {line}: {field.name} is {column[line - 2]}, {word} {limit:g}"
            for line in _lines((outside & numbers.is_finite()).fill_null(value=False))
        ]
    return faults


def _lines(bad: pl.Series) -> list[int]:
    return [int(index) + 2 for index in bad.arg_true()]
