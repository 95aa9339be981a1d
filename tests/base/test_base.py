"""The floor: errors, schema, dates, folders."""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_allclose

from karwan.base.errors import DataError
from karwan.base.folders import new_folder
from karwan.base.geo import EARTH_RADIUS_KM, great_circle_km
from karwan.base.provenance import read_date
from karwan.base.schema import Field, Table
from karwan.base.store import LONG_LETTERS, to_json

GATES = Table(
    "gates",
    ("id",),
    (
        Field(name="id", type="string", unit="", description="Stable name.", required=True),
        Field(name="dwell_hours", type="number", unit="h", description="Wait.", at_least=0),
        Field(name="opened", type="date", unit="", description="Day."),
        Field(
            name="mode",
            type="string",
            unit="",
            description="Mode.",
            required=True,
            enum=("road", "rail"),
        ),
    ),
)


def test_all_faults_of_a_table_come_in_one_error() -> None:
    raw = pl.DataFrame(
        {
            "id": ["a", "b", "a"],
            "dwell_hours": ["-1", "nan", "2"],
            "opened": ["2024-01-01", "soon", None],
            "mode": ["road", None, "air"],
        },
        schema_overrides={"opened": pl.String},
    )
    with pytest.raises(DataError, match="6 faults in table gates") as caught:
        GATES.check(raw)
    assert set(caught.value.texts) == {
        "line 2: dwell_hours is -1, below 0",
        "line 3: dwell_hours is 'nan', not a number",
        "line 3: opened is 'soon', not a date like 2026-10-04",
        "line 3: mode is blank",
        "line 4: mode is 'air', not one of road, rail",
        "line 4: id 'a' stands in line 2 already",
    }


def test_a_blank_stays_blank() -> None:
    raw = pl.DataFrame(
        {"id": ["a"], "dwell_hours": [None], "opened": [None], "mode": ["road"]},
        schema=dict.fromkeys(("id", "dwell_hours", "opened", "mode"), pl.String),
    )
    assert GATES.check(raw)["dwell_hours"].to_list() == [None]


def test_a_number_without_a_unit_in_its_name_is_a_fault() -> None:
    table = Table("t", (), (Field(name="dwell", type="number", unit="h", description="Wait."),))
    assert table.unit_faults()


@pytest.mark.parametrize(
    ("text", "date"),
    [
        ("2024-02-29", dt.date(2024, 2, 29)),
        ("2024-02", dt.date(2024, 2, 1)),
        ("2024", dt.date(2024, 1, 1)),
        (None, None),
        ("", None),
    ],
)
def test_a_vague_date_is_read_as_its_first_day(text: str | None, date: dt.date | None) -> None:
    """So that evidence is never made to look newer than it may be."""
    assert read_date(text) == date


def test_a_folder_appears_whole_or_not_at_all(tmp_path: Path) -> None:
    target = tmp_path / "run"

    def stop_half_way() -> None:
        with new_folder(target) as folder:
            (folder / "half").write_text("x", encoding="utf-8")
            msg = "stop"
            raise RuntimeError(msg)

    with pytest.raises(RuntimeError, match="stop"):
        stop_half_way()
    assert list(tmp_path.iterdir()) == []
    with new_folder(target) as folder:
        (folder / "whole").write_text("x", encoding="utf-8")
    assert [path.name for path in target.iterdir()] == ["whole"]


def test_json_is_sorted_and_has_no_nan() -> None:
    assert to_json({"b": 1, "a": 2}).index('"a"') < to_json({"b": 1, "a": 2}).index('"b"')
    with pytest.raises(ValueError, match="not JSON compliant"):
        to_json({"a": float("nan")})


degrees = st.floats(-89, 89), st.floats(-180, 180)


@given(*degrees, *degrees)
def test_a_great_circle_is_symmetric_and_no_longer_than_half_round(
    lat_a: float, lon_a: float, lat_b: float, lon_b: float
) -> None:
    there = great_circle_km(lat_a, lon_a, lat_b, lon_b)
    assert_allclose(there, great_circle_km(lat_b, lon_b, lat_a, lon_a), atol=1e-6)
    assert there <= 3.1415927 * EARTH_RADIUS_KM


@pytest.mark.parametrize("name", ["a\nb", "a\tb", "\x1b[2J", "a\u2028b", "\x7f"])
def test_the_name_of_a_row_holds_no_line_break_and_no_control_character(name: str) -> None:
    table = Table(
        "links", ("id",), (Field(name="id", type="string", unit="", description="Name."),)
    )
    with pytest.raises(DataError, match="holds a line break, a tab or another control character"):
        table.check(pl.DataFrame({"id": ["a", name]}))
    assert table.check(pl.DataFrame({"id": ["a b", "ترخم\u200c"]})).height == 2


PLAIN = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=8)
    | st.sampled_from(['"', "\\", '\\"', "{[,]}", "\ud800", "نام", "喀什", "\n"]),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=4), inner),
    max_leaves=20,
)


@given(PLAIN)
def test_long_json_is_laid_out_as_the_standard_library_does(content: object) -> None:
    """Long enough that NumPy lays it out; whatever is in it lies within, nested and beside."""
    told = [content, {"a": [content, {}], "b": []}, "x" * LONG_LETTERS]
    slow = json.dumps(told, ensure_ascii=False, sort_keys=True, indent=1, allow_nan=False)
    assert to_json(told) == slow + "\n"


def test_json_has_no_number_that_is_none() -> None:
    with pytest.raises(ValueError, match="JSON compliant"):
        to_json([float("nan"), "x" * LONG_LETTERS])
