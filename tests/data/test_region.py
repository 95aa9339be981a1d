"""The region's tables say what is special about it; code names no place or country."""

from __future__ import annotations

import ast
import datetime as dt
import json
from pathlib import Path

import polars as pl
import pytest

from karwan.analysis.assurances.article import walk_article
from karwan.analysis.assurances.asks import read_asks
from karwan.analysis.assurances.book import open_book
from karwan.analysis.trade.targets import members_of
from karwan.base.errors import DataError
from karwan.data.catalog import Catalog
from karwan.data.region import (
    base_labels,
    corridor_families,
    read_region,
    truck_class,
    ucdp_codes,
)
from karwan.main import main
from karwan.report import page
from karwan.report.lanes import read_chart
from karwan.report.names import frontier
from karwan.study.run import run_study
from karwan.study.spec import read_study
from tests.reference import change_table

PACKAGE = Path(__file__).parents[2] / "src" / "karwan"
ASKED = ("compare", "almaty", "karachi", "--as-of", "2026-11-22")


def with_region(folder: Path, column: str, value: str | None) -> Path:
    change_table(folder, "regions", lambda frame: frame.with_columns(pl.lit(value).alias(column)))
    return folder


def test_the_packaged_region_is_the_articles() -> None:
    region = read_region(Catalog())
    assert (region.main_port_id, region.also_without) == ("karachi", frozenset({"AF"}))
    assert set(region.benchmark_elements) < set(region.hindsight_elements)
    assert corridor_families(Catalog()) == ("KTAP", "KUAP", "KKCP")


def test_two_regions_are_one_error(tmp_path: Path) -> None:
    change_table(
        tmp_path,
        "regions",
        lambda frame: pl.concat([frame, frame.with_columns(region_id=pl.lit("other"))]),
    )
    with pytest.raises(DataError, match="it must hold one row and holds 2"):
        read_region(Catalog(tmp_path))


def test_another_country_left_out_fills_the_general_key_alone(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    place = ("--tables", str(with_region(tmp_path, "also_without", "UZ;IR")))
    assert main([*ASKED, *place, "--format", "json"]) == 0
    answer = json.loads(capsys.readouterr().out)
    assert answer["best_without_afghanistan"] is None
    assert answer["without_afghanistan"] is None
    assert answer["best_avoiding"]["countries"] == ["IR", "UZ"]
    assert not {"IR", "UZ"} & set(answer["best_avoiding"]["journey"]["countries"])
    assert main([*ASKED, *place]) == 0
    assert "Without Iran and Uzbekistan: " in capsys.readouterr().out


def test_a_region_that_leaves_out_nobody_asks_no_second_question(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    place = ("--tables", str(with_region(tmp_path, "also_without", None)))
    assert main([*ASKED, *place, "--format", "json"]) == 0
    answer = json.loads(capsys.readouterr().out)
    assert answer["best_avoiding"] == {"countries": [], "journey": None, "extra": None}
    assert main([*ASKED, *place]) == 0
    assert "Without" not in capsys.readouterr().out


def test_loads_are_cheap_towards_the_regions_own_port(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    def usd(*words: str) -> float:
        assert main(["route", "peshawar", "karachi", "--format", "json", *words]) == 0
        routes = json.loads(capsys.readouterr().out)["routes"]
        return float(routes[0]["generalized_cost_usd"])

    towards, without = usd(), usd("--tables", str(with_region(tmp_path, "main_port_id", None)))
    assert towards < without


def test_foreign_codes_and_labels_come_from_the_table() -> None:
    assert ucdp_codes()["Russia (Soviet Union)"] == "RU"
    classes = [truck_class(Catalog(), code) for code in ("CN", "KZ", "XX")]
    assert classes == ["chinese_truck", "", ""]
    labels = base_labels(Catalog())
    countries = [one.name for one in labels if not one.is_sea]
    assert countries == sorted(countries)
    assert "Georgia" not in countries
    assert [one.name for one in labels if one.is_sea] == ["Caspian Sea", "Arabian Sea"]


IDS = {
    "countries": ("country", "iso3", "name"),
    "country_names": ("country", "name"),
    "road_nodes": ("id",),
    "rail_nodes": ("id",),
    "elements": ("element_id",),
    "corridors": ("corridor_id", "family"),
    "projects": ("project_id",),
    "ledger_statements": ("id",),
    "regions": ("region_id",),
}
"""Columns that name a place, country, corridor, project or statement. Vocabularies (modes, units,
kinds) are closed lists that code must know."""


def names_in(tree: ast.AST, ids: set[str]) -> list[str]:
    """Return the constants of a module, docstrings and lone strings apart, that are an id."""
    told = [node.value for node in ast.walk(tree) if isinstance(node, ast.Expr)]
    return [
        node.value
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and node not in told
        if node.value in ids
    ]


def known_ids() -> set[str]:
    catalog = Catalog()
    return {
        str(value)
        for table, columns in IDS.items()
        for column in columns
        for value in catalog.read(table)[column]
        if value is not None
    }


def test_a_planted_name_is_found() -> None:
    assert names_in(ast.parse("'karachi'\nPORT = 'karachi'\nKIND = 'road'"), known_ids()) == [
        "karachi"
    ]


def test_code_names_nothing_of_the_region() -> None:
    ids = known_ids()
    named = {
        str(path.relative_to(PACKAGE)): len(found)
        for path in sorted(PACKAGE.rglob("*.py"))
        if path.relative_to(PACKAGE).parts[0] != "data"
        if (found := names_in(ast.parse(path.read_text(encoding="utf-8")), ids))
    }
    assert named == {}


def with_cell(folder: Path, table: str, key: tuple[str, str], column: str, value: str) -> Path:
    """Write a table whose row named by (column, value) has another cell."""
    asked = pl.when(pl.col(key[0]) == key[1])
    change_table(
        folder,
        table,
        lambda frame: frame.with_columns(asked.then(pl.lit(value)).otherwise(column).alias(column)),
    )
    return folder


def test_names_come_from_the_tables_that_are_asked(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with_cell(tmp_path, "country_names", ("country", "AF"), "name", "Southland")
    with_cell(tmp_path, "region_words", ("key", "af-pk"), "name", "southern posts")
    with_cell(tmp_path, "region_words", ("key", "PK-KKH"), "name", "the high road")
    with_cell(tmp_path, "map_points", ("use", "edge"), "name", "to the south")
    own = Catalog(tmp_path)
    region = read_region(own)
    assert region.without_name == "Southland"
    assert frontier("AF-PK", region) == "Southland–Pakistan"
    assert frontier("line-PK-KKH", region) == "the high road"
    assert "Southland" in {one.name for one in base_labels(own)}
    assert "Afghanistan" not in {one.name for one in base_labels(own)}
    assert read_chart(own).edge_name == "to the south"
    assert main([*ASKED, "--tables", str(tmp_path)]) == 0
    assert "Without Southland: " in capsys.readouterr().out
    words = ["route", "almaty", "karachi", "--as-of", "2026-11-22", "--corridor"]
    words += ["ktap-road-uz", "--state", "all-open", "--format", "json"]
    assert main([*words, "--tables", str(tmp_path)]) == 0
    told = capsys.readouterr().out
    assert "southern posts" in told
    assert "Afghan-Pakistani posts" not in told


def test_the_page_and_its_map_name_countries_as_the_studys_tables_do(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Sections that fit laws anew for other tables name no country of their own."""
    costly = {"foresight", "unbuilt", "runs"}
    some = tuple(section for section in page.SECTIONS if section.id not in costly)
    monkeypatch.setattr(page, "SECTIONS", some)
    (tmp_path / "mine").mkdir()
    with_cell(tmp_path / "mine", "country_names", ("country", "AF"), "name", "Southland")
    (tmp_path / "small.toml").write_text(
        'name = "small"\ntitle = "small"\nas_of = 2026-11-22\ntables = "mine"\n'
        'origins = ["almaty"]\ndestinations = ["karachi"]\nfutures = { paths = 100 }\n',
        encoding="utf-8",
    )
    text = page.render_page(run_study(read_study(tmp_path / "small.toml")))
    assert ">SOUTHLAND</text>" in text
    assert ">AFGHANISTAN</text>" not in text
    assert "Without Southland" in text
    assert "AF Southland" in text


def test_families_of_statements_are_those_of_the_asked_corridors(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    change_table(tmp_path, "corridors", lambda frame: frame.filter(pl.col("family") != "KKCP"))
    assert main(["ledger", "list", "--tables", str(tmp_path)]) == 2
    assert "corridor 'KKCP' is not one of KTAP, KUAP" in capsys.readouterr().err


def test_a_group_of_countries_is_the_tables(tmp_path: Path) -> None:
    assert members_of(Catalog(), "PAK-Central Asia 5") == (
        "KAZ", "KGZ", "PAK", "TJK", "TKM", "UZB",
    )  # fmt: skip
    with_cell(tmp_path, "region_words", ("use", "country_group"), "words", "KAZ;UZB")
    assert members_of(Catalog(tmp_path), "PAK-Central Asia 5") == ("KAZ", "PAK", "UZB")


def test_what_is_asked_beside_a_statement_is_the_tables(tmp_path: Path) -> None:
    with_cell(tmp_path, "article_asks", ("ask_id", "claims"), "statements", "S07")
    with_cell(tmp_path, "article_asks", ("ask_id", "claims"), "subjects", "Tajikistan")
    rows = walk_article(open_book(Catalog(tmp_path)), dt.date(2026, 11, 22))
    claims = {
        row.status.statement.id: [one for one in row.shown if "dated claims" in one.text]
        for row in rows
    }
    assert [ident for ident, told in claims.items() if told] == ["S07"]
    assert [one.text.partition(":")[0] for one in claims["S07"]] == ["Tajikistan"]


def test_asks_of_too_many_subjects_are_named_together(tmp_path: Path) -> None:
    with_cell(tmp_path, "article_asks", ("ask_id", "ktap"), "subjects", "KTAP;KUAP")
    with_cell(tmp_path, "article_asks", ("ask_id", "trade"), "subjects", "PAK")
    with_cell(tmp_path, "article_asks", ("ask_id", "target"), "subjects", "")
    with pytest.raises(DataError, match="3 faults in table article_asks") as caught:
        read_asks(Catalog(tmp_path))
    assert "corridor is asked of 2 subjects, not of 1" in caught.value.texts


def test_the_compared_ends_are_two(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="must name two places and names 1"):
        read_region(Catalog(with_region(tmp_path, "compared_ends", "karachi")))


def test_the_article_compares_between_the_regions_ends(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    place = ("--tables", str(with_region(tmp_path, "compared_ends", "astana;lahore")))
    assert main(["article", "--as-of", "2026-11-22", *place]) == 0
    assert "Astana to Lahore" in capsys.readouterr().out


def test_a_region_without_benchmark_gates_has_no_backtest(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    place = ("--tables", str(with_region(tmp_path, "benchmark_elements", None)))
    assert main(["hazard", "backtest", "--as-of", "2026-11-22", *place]) == 1
    assert "names no benchmark elements" in capsys.readouterr().err
    assert main(["article", "--as-of", "2026-11-22", *place]) == 0
