"""The region's tables say what is special about it; code names no place or country."""

from __future__ import annotations

import ast
import json
from pathlib import Path

import polars as pl
import pytest

from karwan.base.errors import DataError
from karwan.data.catalog import Catalog
from karwan.data.region import (
    corridor_families,
    country_labels,
    map_points,
    read_region,
    truck_class,
    ucdp_codes,
)
from karwan.main import main
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
    assert corridor_families() == ("KTAP", "KUAP", "KKCP")


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
    assert list(country_labels()) == sorted(country_labels())
    assert "Georgia" not in country_labels()
    assert [row["name"] for row in map_points("label")] == ["Caspian Sea", "Arabian Sea"]


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

NAMED_STILL = {
    "analysis/assurances/article.py": 15,
    "analysis/assurances/counted.py": 6,
    "analysis/assurances/progress.py": 4,
    "analysis/forecasts/counts.py": 1,
    "analysis/trade/series.py": 5,
    "api/statements.py": 2,
    "ledger/gates.py": 1,
}
"""What still is to move into tables; a count may only fall."""


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


def test_code_names_no_more_of_the_region_than_is_listed() -> None:
    ids = known_ids()
    named = {
        str(path.relative_to(PACKAGE)): len(found)
        for path in sorted(PACKAGE.rglob("*.py"))
        if path.relative_to(PACKAGE).parts[0] != "data"
        if (found := names_in(ast.parse(path.read_text(encoding="utf-8")), ids))
    }
    assert named == NAMED_STILL


def test_a_region_without_benchmark_gates_has_no_backtest(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    place = ("--tables", str(with_region(tmp_path, "benchmark_elements", None)))
    assert main(["hazard", "backtest", "--as-of", "2026-11-22", *place]) == 1
    assert "names no benchmark elements" in capsys.readouterr().err
    assert main(["article", "--as-of", "2026-11-22", *place]) == 0
