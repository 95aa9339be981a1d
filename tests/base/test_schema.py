"""A figure lies within its own band in every table, and is refused when read where it does not."""

from __future__ import annotations

import re

import polars as pl
import pytest

from karwan.base.delimited import read_delimited
from karwan.base.errors import DataError
from karwan.base.schema import Field, Table
from karwan.data.catalog import Catalog

BANDS = [(name, band) for name, one in Catalog().resources.items() for band in one.table.bands]


def raw_of(name: str) -> pl.DataFrame:
    return read_delimited(Catalog().content(name), name)


def test_every_end_of_a_band_is_one_of_the_schemas() -> None:
    """A column with `low` or `high` in its name is checked against the others of its figure."""
    ends = {
        (name, column.name)
        for name, one in Catalog().resources.items()
        for column in one.table.fields
        if column.type in ("number", "integer") and re.search("(^|_)(low|high)(_|$)", column.name)
    }
    checked = {(name, column) for name, band in BANDS for column in (band[0], band[-1])}
    assert ends <= checked
    assert ("border_crossings", ("side_a_inbound_low_hours", "side_a_inbound_hours",
                                 "side_a_inbound_high_hours")) in BANDS  # fmt: skip
    assert ("demand", ("low_t_per_year", "central_t_per_year", "high_t_per_year")) in BANDS


@pytest.mark.parametrize(("name", "band"), BANDS)
def test_a_figure_outside_its_band_is_refused_with_its_row(
    name: str, band: tuple[str, ...]
) -> None:
    """The first row with both ends, the low one put above every other number of it."""
    raw = raw_of(name)
    table = Catalog().resource(name).table
    whole = [line for line, row in enumerate(raw.select(band).iter_rows(), 2) if None not in row]
    assert whole or name == "delay_measures"  # there every row holds a value or its bounds
    line = whole[0] if whole else 2
    cells = dict.fromkeys(band, "0.2") | {band[0]: "0.9"}
    spoiled = raw.with_row_index("n").with_columns(
        pl.when(pl.col("n") == line - 2).then(pl.lit(cell)).otherwise(pl.col(column)).alias(column)
        for column, cell in cells.items()
    )
    with pytest.raises(DataError, match=f"line {line}: {band[0]} is 0.9, above {band[1]}, 0.2"):
        table.check(spoiled.drop("n"), where=f"table {name}")


NUMBERS = tuple(
    Field(name=name, type="number", unit="h", description="")
    for name in ("wait_low_hours", "wait_hours", "wait_high_hours")
)


@pytest.mark.parametrize(
    ("cells", "told"),
    [
        (("1", "2", "3"), ""),
        (("2", "2", "2"), ""),
        ((None, "2", None), ""),
        (
            ("1", None, "3"),
            "wait_hours is blank, and its wait_low_hours or wait_high_hours is not: a range alone "
            "is not used; give a value, or leave all blank",
        ),
        (("3", "2", "4"), "wait_low_hours is 3, above wait_hours, 2"),
        (("1", "5", "4"), "wait_hours is 5, above wait_high_hours, 4"),
        (("3", None, "2"), "wait_low_hours is 3, above wait_high_hours, 2"),
        (("9", "10", "11"), ""),  # numbers, not words
        (("x", "2", "3"), "wait_low_hours is 'x', not a number"),
    ],
)
def test_a_band_of_one_row(cells: tuple[str | None, ...], told: str) -> None:
    names = [field.name for field in NUMBERS]
    raw = pl.DataFrame([cells], schema=dict.fromkeys(names, pl.String), orient="row")
    table = Table("waits", (), NUMBERS)
    if told:
        with pytest.raises(DataError, match=f"line 2: {told}$") as caught:
            table.check(raw)
        assert caught.value.texts == (f"line 2: {told}",)
    else:
        assert table.check(raw).height == 1
