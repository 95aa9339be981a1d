"""Workbooks to fill in: written, filled by another library, read back, and everything at fault."""

from __future__ import annotations

import datetime as dt
import io
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from karwan.base.errors import DataError
from karwan.base.sheets import FIRST, LISTS, MARK, Blank, Sheet, read_filled, template_workbook
from karwan.data.catalog import Catalog
from karwan.data.table_sheets import read_filled_tables, table_template
from karwan.evidence.own_record import list_records
from karwan.evidence.workbook import (
    INCIDENT,
    SEEN,
    SHUT,
    Known,
    add_workbook,
    evidence_template,
)
from karwan.main import main

TODAY = dt.date(2026, 6, 30)
GATES = ("east-road", "west-road")
SOURCE = {"source": "call", "source_date": dt.date(2026, 6, 2)}


def filled(content: bytes, sheets: Mapping[str, Sequence[Mapping[str, Any]]]) -> bytes:
    """Return a template with rows filled in under its own headers."""
    book = openpyxl.load_workbook(io.BytesIO(content))
    for name, rows in sheets.items():
        page = book[name]
        header = {cell.value: cell.column for cell in page[1]}
        for number, row in enumerate(rows, 2):
            for column, value in row.items():
                page.cell(number, header[column], value)
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def find(name: str) -> tuple[str, Known]:
    known = {"east": "east-road", "east-road": "east-road", "west-road": "west-road"}
    return known[name], Known("road", sided=name != "west-road")


def add(folder: Path, content: bytes) -> list[str]:
    return add_workbook(
        folder, content, where="the book", find=find, who="me", when="2026-06-30T00:00:00+00:00",
        today=TODAY,
    )  # fmt: skip


def test_a_template_has_a_page_lists_and_a_hidden_version() -> None:
    content = evidence_template(GATES)
    book = openpyxl.load_workbook(io.BytesIO(content))
    assert book.sheetnames == [FIRST, SEEN, SHUT, INCIDENT, LISTS, MARK]
    assert book[FIRST]["A1"].value.startswith("Evidence for karwan")
    assert (book[LISTS].sheet_state, book[MARK].sheet_state) == ("hidden", "veryHidden")
    told = {str(one.sqref): one.formula1 for one in book[SEEN].data_validations.dataValidation}
    assert told["A2:A1001"] == f"{LISTS}!$A$1:$A$2"
    assert [book[LISTS]["A1"].value, book[LISTS]["A2"].value] == list(GATES)
    assert evidence_template(GATES) == content


def test_rows_filled_in_are_added_as_they_stand(tmp_path: Path) -> None:
    hostile = '=HYPERLINK("http://x")'
    content = filled(
        evidence_template(GATES),
        {
            SEEN: [{"element": "west-road", "day": "2026-06-01", "state": "open", **SOURCE}],
            SHUT: [{"element": "east", "start": dt.date(2026, 5, 1), "end": "2026-05-04",
                    "cause": "strike", "note": "Страйк سرحد", **SOURCE}],
            INCIDENT: [{"day": "2026-06-01", "lat": 34.5, "lon": 71, "deaths": 2, **SOURCE}],
        },
    )  # fmt: skip
    assert len(add(tmp_path / "w", content)) == 3
    own = list_records(tmp_path / "w")
    (shut,), (seen,), (happened,) = own.closures, own.sightings, own.incidents
    assert (shut.element_id, shut.start, shut.end, shut.end_status) == (
        "east-road", "2026-05-01", "2026-05-04", "observed"
    )  # fmt: skip
    assert (shut.note, shut.source_date, shut.grade) == ("Страйк سرحد", "2026-06-02", "B")
    assert (seen.state, seen.traffic_class, seen.direction) == ("open", "all", "both")
    assert (happened.lat, happened.lon, happened.death_count) == (34.5, 71, 2)
    # A formula has no value until a spreadsheet shows one: it is told, never run.
    bad = filled(evidence_template(GATES), {INCIDENT: [{"day": "2026-06-01", "lat": 1, "lon": 1,
                                                        "note": hostile, **SOURCE}]})  # fmt: skip
    with pytest.raises(DataError, match=r"row 2, column note: a formula without a value"):
        add(tmp_path / "v", bad)


@pytest.mark.parametrize("deaths", ["2.5", "nan", "inf"])
def test_deaths_that_are_no_whole_number_are_a_fault_and_not_rounded(
    deaths: str, tmp_path: Path
) -> None:
    row = {"day": "2026-06-01", "lat": 34.5, "lon": 71, "deaths": deaths, **SOURCE}
    content = filled(evidence_template(GATES), {INCIDENT: [row]})
    with pytest.raises(DataError, match=f"row 2, column deaths: '{deaths}' is no whole number"):
        add(tmp_path / "w", content)
    assert not (tmp_path / "w").exists()


def test_every_fault_is_named_by_sheet_row_and_column_and_nothing_is_written(
    tmp_path: Path,
) -> None:
    content = filled(
        evidence_template(GATES),
        {
            SEEN: [
                {"element": "east", "day": "2026-06-01", "state": "ajar", **SOURCE},
                {},
                {"element": "nowhere", "day": "2026-13-01", "state": "open", **SOURCE},
                {"element": "west-road", "day": "2026-06-20", "state": "open",
                 "direction": "a_to_b", **SOURCE},
            ],
            SHUT: [{"element": "east", "start": "2026-05-04", "end": "2026-05-01", **SOURCE},
                   {"element": "east", "start": "2026-05-01", "source": "call", "grade": "Z"}],
            INCIDENT: [{"day": "2026-06-01", "lat": "north", "lon": 71, **SOURCE},
                       {"day": "2026-06-01", "lat": 95, "lon": 71, **SOURCE}],
        },
    )  # fmt: skip
    with pytest.raises(DataError, match="the book") as error:
        add(tmp_path / "w", content)
    told = str(error.value)
    for words in (
        "sheet sightings, row 2, column state: state 'ajar'",
        "sheet sightings, row 4, column element: 'nowhere'",
        "sheet sightings, row 4, column day: day '2026-13-01'",
        "sheet sightings, row 5, column day: day 2026-06-20 lies after its source",
        "sheet sightings, row 5, column direction: direction a_to_b",
        "sheet closures, row 2, column end: end 2026-05-01 lies before the start",
        "sheet closures, row 3, column source_date: is blank",
        "sheet closures, row 3, column grade: grade 'Z'",
        "sheet incidents, row 2, column lat: 'north' is not a number",
        "sheet incidents, row 3, column lat: no place lies at latitude 95",
    ):
        assert words in told, words
    assert not (tmp_path / "w").exists()


def test_rows_that_contradict_one_another_are_refused_whole(tmp_path: Path) -> None:
    row = {"element": "east", "day": "2026-06-01", **SOURCE}
    content = filled(
        evidence_template(GATES), {SEEN: [row | {"state": "open"}, row | {"state": "shut"}]}
    )
    with pytest.raises(DataError, match=r"sheet sightings, row 3.*contradicts"):
        add(tmp_path / "w", content)
    assert not list_records(tmp_path / "w").sightings


def test_another_version_another_template_and_no_workbook_are_refused() -> None:
    sheet = Sheet(name="s", title="S", columns=(Blank(name="a", told="A."),))
    old = template_workbook([sheet], kind="k", version="0", page=["Page"])
    for content, kind, says in (
        (old, "k", "version 0, and this karwan reads version 1"),
        (old, "other", "no template of karwan for other"),
        (b"PK no", "k", "no workbook"),
    ):
        with pytest.raises(DataError, match=says):
            read_filled(content, [sheet], kind=kind, version="1", where="the book")


def test_strange_and_missing_columns_and_sheets_are_named() -> None:
    sheets = [
        Sheet(name="s", title="S",
              columns=(Blank(name="alpha", told=""), Blank(name="b", told=""))),
        Sheet(name="t", title="T", columns=(Blank(name="c", told=""),)),
    ]  # fmt: skip
    one = replace_header(template_workbook(sheets[:1], kind="k", version="1", page=["P"]))
    _, faults = read_filled(one, sheets, kind="k", version="1", where="the book")
    assert [str(one) for one in faults] == [
        "sheet s, row 1: no column 'alpa'; did you mean 'alpha'?",
        "sheet s, row 1: column 'alpha' is missing",
        "sheet t is missing",
    ]


def replace_header(content: bytes) -> bytes:
    book = openpyxl.load_workbook(io.BytesIO(content))
    book["s"]["A1"] = "alpa"
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


# Own tables, and the commands


ROW = {
    "id": "x", "name": "X", "country": "XN", "lat": 1.5, "lon": 2, "kind": "city",
    "source_url": "https://example.org", "source_date": "2026-01-01", "confidence": "C",
}  # fmt: skip


def test_tables_come_back_as_files_or_with_every_cell_at_fault() -> None:
    catalog = Catalog()
    blank = table_template(catalog, ["road_nodes", "closures", "road_nodes"])
    files = read_filled_tables(filled(blank, {"road_nodes": [ROW]}), catalog, "the book")
    assert set(files) == {"road_nodes.csv", "closures.csv"}
    lines = files["road_nodes.csv"].decode().splitlines()
    assert lines[1].startswith("x,X,XN,1.5,2,city")
    wrong = [ROW, {}, ROW | {"lat": 99, "kind": "town", "country": None}]
    with pytest.raises(DataError, match="the book") as error:
        read_filled_tables(filled(blank, {"road_nodes": wrong}), catalog, "the book")
    told = str(error.value)
    for words in (
        "sheet road_nodes, row 4, column lat:",
        "sheet road_nodes, row 4, column kind: is 'town', not one of",
        "sheet road_nodes, row 4, column country: is blank",
    ):
        assert words in told, words


def test_the_commands_write_and_read(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    book, own = tmp_path / "b.xlsx", tmp_path / "t.xlsx"
    assert main(["evidence", "template", str(book)]) == 0
    assert main(["data", "template", str(own), "road_nodes"]) == 0
    assert main(["data", "template", str(own), "no_table"]) == 2
    workspace = tmp_path / "w"
    words = ["evidence", "add-workbook", str(book), "--workspace", str(workspace)]
    assert main(words) == 2
    assert "no row is filled in" in capsys.readouterr().err
    row = {"element": "torkham-road", "day": "2026-06-01", "state": "shut",
           "source": "call", "source_date": "2026-06-02"}  # fmt: skip
    book.write_bytes(filled(book.read_bytes(), {SEEN: [row]}))
    assert main(words) == 0
    assert capsys.readouterr().out.strip()
    assert len(list_records(workspace).sightings) == 1
    own.write_bytes(filled(own.read_bytes(), {"road_nodes": [ROW]}))
    assert main(["data", "read-workbook", str(own), str(tmp_path / "tables")]) == 0
    assert (tmp_path / "tables" / "road_nodes.csv").exists()
    monkeypatch.setitem(sys.modules, "openpyxl", None)
    assert main(words) == 2
    assert "pip install 'karwan[export]'" in capsys.readouterr().err
