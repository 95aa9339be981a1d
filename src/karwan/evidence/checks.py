"""Faults of a table that came from outside: every column looked at, a few lines of each named."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from karwan.base.days import NO_DAY, day_column

if TYPE_CHECKING:
    import polars as pl

SHOWN = 5
"""Lines named for one fault of one column; the rest are counted."""
ISO_DAY = r"^([0-9]{4}-[0-9]{2}-[0-9]{2})(?:[ T][0-9]{2}:[0-9]{2}(?::[0-9]{2}(?:\.[0-9]+)?)?Z?)?$"
"""A day, also with a time of day behind it, as incident files have it."""
LONG_DAY = r"^[0-9]{1,2} [A-Z][a-z]+ [0-9]{4}$"


class Checks:
    """Faults of a table's columns, a few lines of each shown and the rest counted."""

    def __init__(self, raw: pl.DataFrame, first_line: int = 2) -> None:
        self.raw, self.first_line = raw, first_line
        self.faults: list[str] = []

    def rows(self, bad: pl.Series, column: str, what: str) -> None:
        """Name the rows at fault."""
        lines = bad.fill_null(value=False).arg_true().to_list()
        cells = self.raw[column]
        for k in lines[:SHOWN]:
            self.faults.append(f"line {k + self.first_line}: {column} {cells[k]!r} {what}")
        if len(lines) > SHOWN:
            self.faults.append(f"and {len(lines) - SHOWN} more lines whose {column} {what}")

    def filled(self, column: str) -> None:
        """Name blank cells."""
        self.rows(self.raw[column].is_null(), column, "is blank")

    def numbers(
        self, column: str, low: float, high: float, *, whole: bool = False, blank: bool = False
    ) -> None:
        """Name cells that are no number within bounds."""
        import polars as pl

        cells = self.raw[column]
        numbers = cells.cast(pl.Float64, strict=False)
        bad = numbers.is_null() | ~numbers.is_between(low, high)
        if whole:
            bad = bad | (numbers != numbers.round(0)).fill_null(value=False)
        if blank:
            bad = bad & cells.is_not_null()
        kind = "a whole number" if whole else "a number"
        self.rows(bad, column, f"is not {kind} from {low:g} to {high:g}")

    def words(self, column: str, known: Iterable[str]) -> None:
        """Name cells that are none of the words known."""
        allowed = sorted(known)
        cells = self.raw[column]
        bad = ~cells.is_in(allowed) | cells.is_null()
        self.rows(bad, column, f"is not one of {', '.join(allowed)}")

    def unique(self, column: str) -> None:
        """Name cells that are blank or stand in the table twice."""
        self.filled(column)
        cells = self.raw[column]
        self.rows(cells.is_duplicated() & cells.is_not_null(), column, "stands there twice")

    def days(self, column: str) -> pl.Series:
        """Return a column as days; name cells that are none."""
        import polars as pl

        cells = self.raw[column]
        long = cells.set(~cells.str.contains(LONG_DAY).fill_null(value=True), None)
        found = pl.select(
            pl.coalesce(
                day_column(cells.str.extract(ISO_DAY)), long.str.to_date("%d %B %Y", strict=False)
            ).alias(column)
        ).to_series()
        self.rows(found.is_null(), column, f"is {NO_DAY}")
        return found
