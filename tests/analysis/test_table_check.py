"""What `karwan network check` names: every fault of every table, references included, at once."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import polars as pl
import pytest

from karwan.analysis.table_check import check_tables, readers
from karwan.base.schema import Field
from karwan.data.catalog import Catalog
from karwan.main import main
from tests.reference import catalog, change_table, set_cells

TABLES = tuple(name for name in catalog().resources if catalog().read(name).height)
NUMERIC = ("number", "integer")
DAY = "2026-11-22"


def fields_of(name: str, wanted: Callable[[Field], bool]) -> list[Field]:
    """Return the columns of a table of one kind."""
    return [field for field in catalog().resource(name).table.fields if wanted(field)]


def is_number(field: Field) -> bool:
    """Whether a column holds numbers."""
    return field.type in NUMERIC


def is_day(field: Field) -> bool:
    """Whether a column holds days."""
    return field.type == "date"


def spoil(folder: Path, name: str, column: str, text: str) -> None:
    """Put a text into the first cell of a column that is not blank."""

    def change(table: pl.DataFrame) -> pl.DataFrame:
        cells = table[column].to_list()
        first = next((at for at, cell in enumerate(cells) if cell is not None), 0)
        cells[first] = text
        return table.with_columns(pl.Series(column, cells, dtype=pl.String))

    change_table(folder, name, change)


def faults_in(folder: Path) -> dict[str, list[str]]:
    """Return what is named in a user's tables, by table."""
    return check_tables(Catalog(folder)).faults


def test_the_packaged_tables_have_no_fault() -> None:
    assert check_tables(catalog()).all_faults == []


def test_every_table_that_loses_a_column_is_named_at_once(tmp_path: Path) -> None:
    for name in TABLES:
        change_table(tmp_path, name, lambda table: table.drop(table.columns[-1]))
    faults = faults_in(tmp_path)
    assert set(faults) == set(TABLES)
    assert all("is missing" in told[0] for told in faults.values())


def test_every_key_that_stands_twice_is_named_at_once(tmp_path: Path) -> None:
    keyed = [name for name in TABLES if catalog().resource(name).table.key]
    assert len(keyed) > 40
    for name in keyed:
        change_table(tmp_path, name, lambda table: pl.concat([table, table.head(1)]))
    faults = faults_in(tmp_path)
    assert set(faults) == set(keyed)
    assert all(any("already" in one for one in told) for told in faults.values())


@pytest.mark.parametrize("number", ["x", "nan", "inf", "-1e300", "1e300", "1" * 400])
def test_every_number_that_cannot_be_is_named_at_once(number: str, tmp_path: Path) -> None:
    asked = {name: fields_of(name, is_number) for name in TABLES}
    for name, fields in asked.items():
        for field in fields:
            spoil(tmp_path, name, field.name, number)
    faults = faults_in(tmp_path)
    for name, fields in asked.items():
        told = "\n".join(faults.get(name, []))
        assert all(f"{field.name} is " in told for field in fields), name


@pytest.mark.parametrize("day", ["2026-13-40", "0001-01-01", "9999-12-31", "soon"])
def test_every_day_that_cannot_be_is_named_at_once(day: str, tmp_path: Path) -> None:
    asked = {name: fields_of(name, is_day) for name in TABLES}
    assert sum(map(len, asked.values())) > 20
    for name, fields in asked.items():
        for field in fields:
            spoil(tmp_path, name, field.name, day)
    faults = faults_in(tmp_path)
    for name, fields in asked.items():
        told = "\n".join(faults.get(name, []))
        assert all(f"{field.name} is " in told for field in fields), name


REFERENCES = [
    (name, field.name) for name in TABLES for field in fields_of(name, lambda f: bool(f.references))
]


def test_every_name_that_stands_nowhere_is_named_at_once(tmp_path: Path) -> None:
    for name, column in REFERENCES:
        spoil(tmp_path, name, column, f"no-such-{name}-{column}")
    told = "\n".join(check_tables(Catalog(tmp_path)).all_faults)
    assert len(REFERENCES) > 60
    for name, column in REFERENCES:
        assert f"no-such-{name}-{column}" in told


def test_every_column_of_ids_says_what_it_names() -> None:
    ours = {"unlocode", "span_sha256", "event_id"}
    silent = [
        f"{name}.{field.name}"
        for name in TABLES
        for field in fields_of(name, lambda f: f.name.endswith(("_id", "_ids")))
        if not field.references
        and field.name not in ours
        and field.name not in catalog().resource(name).table.key
    ]
    assert silent == ["restrictions.link_or_crossing_id"]  # a link, an element or `country:XX`


def test_every_reference_names_a_column_that_there_is() -> None:
    for name, column in REFERENCES:
        (field,) = fields_of(name, lambda f, c=column: f.name == c)  # type: ignore[misc]
        for target in field.references:
            table, _, key = target.partition(".")
            assert key in {one.name for one in catalog().resource(table).table.fields}


def test_every_reader_asks_tables_that_there_are() -> None:
    assert {name for reader in readers() for name in reader.tables} <= set(catalog().resources)


COMMANDS = (
    ("compare", "almaty", "karachi", "--as-of", DAY),
    ("hazard", "torkham", "--as-of", DAY),
    ("target", "KAZ-PAK", "--as-of", DAY),
    ("article", "--as-of", DAY),
    ("ledger", "assess", "--all", "--as-of", DAY),
    ("ledger", "read", "TEXT"),
    ("network", "show", "torkham-road", "--as-of", DAY),
    ("data", "sources"),
)


@pytest.mark.parametrize("name", TABLES)
def test_a_table_left_empty_is_named_or_no_command_refuses_it(
    name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / "tables"
    folder.mkdir()
    text = tmp_path / "text.txt"
    text.write_text("Pakistan and Uzbekistan signed.\n", encoding="utf-8")
    change_table(folder, name, lambda table: table.head(0))
    if check_tables(Catalog(folder)).all_faults:
        return
    for command in COMMANDS:
        words = [str(text) if word == "TEXT" else word for word in command]
        assert main([*words, "--tables", str(folder)]) == 0, capsys.readouterr().err


def test_the_check_tells_faults_of_all_tables_with_code_2(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    set_cells(tmp_path, "road_links", "shymkent--saryagash", {"length_km": "50"})
    change_table(tmp_path, "closures", lambda table: table.filter(pl.col("id") != "CL130"))
    change_table(tmp_path, "trade_mix", lambda table: table.drop("period"))
    assert main(["network", "check", "--tables", str(tmp_path)]) == 2
    told = capsys.readouterr().err
    assert "link shymkent--saryagash: 50 km is shorter than the great circle" in told
    assert "closure_elements: line" in told
    assert "'CL130', which is not in closures.id or line_disruptions.id" in told
    assert "trade_mix: column 'period' is missing" in told


def test_a_fault_of_the_network_is_told_once(tmp_path: Path) -> None:
    set_cells(tmp_path, "road_links", "shymkent--saryagash", {"to_id": "nowhere"})
    assert check_tables(Catalog(tmp_path)).all_faults == [
        "link shymkent--saryagash: no place 'nowhere': add it to road_nodes"
    ]


def test_a_table_that_is_no_text_is_named(tmp_path: Path) -> None:
    shutil.copyfile("/bin/true", tmp_path / "cargo.csv")
    (tmp_path / "units.csv").write_bytes("unit_id\ntruck\n".encode("utf-16"))
    assert {"cargo", "units"} <= set(faults_in(tmp_path))


def test_an_episode_that_is_of_a_calendar_and_is_not_is_named(tmp_path: Path) -> None:
    rows = catalog().read("closure_elements")
    names = rows["episode"].to_list()
    name = next(one for one in names if one and names.count(one) > 1)
    first = names.index(name)

    def change(table: pl.DataFrame) -> pl.DataFrame:
        flags = table["calendar"].to_list()
        flags[first] = "no" if flags[first] == "yes" else "yes"
        return table.with_columns(pl.Series("calendar", flags, dtype=pl.String))

    change_table(tmp_path, "closure_elements", change)
    assert f"episode {name} is of a calendar by" in str(faults_in(tmp_path))


def test_a_rule_of_the_calendar_whose_days_are_out_of_order_is_named(tmp_path: Path) -> None:
    ident = "cal-torugart-new-year"
    cells = {"announced_on": "2020-01-01", "withdrawn_on": "2019-12-31", "end": "2025-12-31"}
    set_cells(tmp_path, "closure_calendar", ident, cells)
    faults = str(faults_in(tmp_path))
    for told in ("end 2025-12-31 lies before the start", "announced_on 2020-01-01 lies before "
                 "occasion_known_on", "withdrawn_on 2019-12-31 lies before what was"):  # fmt: skip
        assert told in faults
