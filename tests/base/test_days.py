"""The one reader of dates: what it does not read is a fault, in whatever table it stands."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from karwan.base.days import day_column, end_of_stop, read_day, read_days
from karwan.base.errors import DataError
from karwan.base.schema import DATE_OR_PART, Field, Table
from karwan.data.catalog import Catalog
from karwan.evidence.checks import Checks

NO_DAYS = [
    "2026/09/15", "20261110", "2026-W46-2", "2026-9-5", "15.09.2026", " 2026-09-15", "2026-09-15 ",
    "\u0662\u0660\u0662\u0666-09-15", "2026-13-01", "2026-02-30", "0026-01-01", "2026-09-15x",
    "soon", "9999-01-01",
]  # fmt: skip
NO_PARTS = ["2026-13", "2026-1", "202", "20261", "2025/26", "2026 undated", "2026 (", "2026-H1"]


@pytest.mark.parametrize("text", NO_DAYS)
def test_what_is_no_day_is_refused_by_every_reader(text: str) -> None:
    with pytest.raises(ValueError, match=r"not a date like|outside the years"):
        read_day(text)
    assert day_column(pl.Series([text]))[0] in (None, dt.date(9999, 1, 1), dt.date(26, 1, 1))
    for field in (
        Field(name="on", type="date", unit="", description=""),
        Field(name="on", type="string", unit="", description="", form=DATE_OR_PART),
    ):
        with pytest.raises(DataError, match="line 2: on is"):
            Table("t", (), (field,)).check(pl.DataFrame({"on": [text]}))


@pytest.mark.parametrize("text", NO_PARTS)
def test_a_part_of_a_date_is_a_month_or_a_year(text: str) -> None:
    with pytest.raises(ValueError, match="not a date like 2026-10-04, 2026-10 or 2026"):
        read_days(text)


@given(st.dates(dt.date(1800, 1, 1), dt.date(2299, 12, 31)))
def test_a_month_and_a_year_mean_all_their_days(day: dt.date) -> None:
    whole, month, year = str(day), str(day)[:7], str(day)[:4]
    assert read_days(whole).first == read_days(f"{whole} (undated page)").last == day
    for text in (month, year):
        days = read_days(text)
        assert days.first <= day <= days.last
        assert days.first < days.last
        after = days.last + dt.timedelta(days=1)
        assert (days.first.day, after.day) == (1, 1)
        assert not str(after).startswith(text)


def test_days_of_incident_files_may_have_a_time_behind_them_and_nothing_else() -> None:
    cells = [
        "2026-05-03 00:00:00.000",
        "2026-05-03",
        "05 May 2026",
        "2026-05-03x",
        "2026-5-3",
        "3 May",
    ]
    checks = Checks(pl.DataFrame({"date": cells}))
    days = checks.days("date")
    assert days.to_list() == [dt.date(2026, 5, 3)] * 2 + [dt.date(2026, 5, 5)] + [None] * 3
    assert len(checks.faults) == 3


def test_a_stop_within_one_day_ends_on_the_next_and_no_other_end_moves() -> None:
    start = dt.date(2024, 3, 24)
    assert end_of_stop(start, start) == dt.date(2024, 3, 25)
    assert end_of_stop(start, dt.date(2024, 3, 30)) == dt.date(2024, 3, 30)
    assert end_of_stop(start, dt.date(2024, 3, 1)) == dt.date(2024, 3, 1), "a fault stays one"
    assert end_of_stop(start, None) is None


@pytest.mark.parametrize(
    ("table", "column"),
    [("border_crossings", "status_asof"), ("closures", "source_date"), ("closures", "start"),
     ("trade_targets", "announced_on"), ("ledger_statements", "said_on")],
)  # fmt: skip
def test_a_slash_date_in_a_table_of_one_s_own_is_a_fault(
    tmp_path: Path, table: str, column: str
) -> None:
    """A status of September must not cut a route of March."""
    frame = Catalog().read(table).cast(pl.String)
    frame = frame.with_row_index("n").with_columns(
        pl.when(pl.col("n") == 0).then(pl.lit("2026/09/15")).otherwise(pl.col(column)).alias(column)
    )
    frame.drop("n").write_csv(tmp_path / f"{table}.csv")
    with pytest.raises(DataError, match=f"line 2: {column} is '2026/09/15', not a date like"):
        Catalog(tmp_path).read(table)
