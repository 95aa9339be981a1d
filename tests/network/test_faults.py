"""A table with faults is refused with one error that names them all."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest

from karwan.base.errors import DataError
from karwan.data.catalog import Catalog
from karwan.network.build import build_network
from tests.reference import change_table, set_cells


def faults_of(folder: Path) -> tuple[str, ...]:
    """Return the faults for which a user's tables are refused."""
    with pytest.raises(DataError, match="fault") as caught:
        build_network(Catalog(folder))
    return caught.value.faults


def duplicate(folder: Path, name: str) -> None:
    change_table(folder, name, lambda frame: pl.concat([frame, frame.head(1)]))


def test_a_link_shorter_than_the_great_circle(tmp_path: Path) -> None:
    set_cells(tmp_path, "road_links", "shymkent--saryagash", {"length_km": "50"})
    assert faults_of(tmp_path) == (
        "link shymkent--saryagash: 50 km is shorter than the great circle of 101.0 km",
    )


def test_a_negative_length(tmp_path: Path) -> None:
    line = set_cells(tmp_path, "road_links", "shymkent--saryagash", {"length_km": "-3"})
    assert faults_of(tmp_path) == (f"line {line}: length_km is -3, below 0",)


def test_a_link_across_a_frontier_without_a_crossing(tmp_path: Path) -> None:
    crossing = "torkham-road"
    link = build_network(Catalog()).crossings[crossing].link_id
    set_cells(tmp_path, "road_links", link, {"crossing_id": None})
    assert f"link {link} joins PK and AF without a crossing" in faults_of(tmp_path)


def test_a_crossing_with_a_side_missing(tmp_path: Path) -> None:
    set_cells(tmp_path, "border_crossings", "torkham-road", {"side_b": None})
    assert faults_of(tmp_path) == (
        "crossing torkham-road: side b is missing",
        "crossing torkham-road: link x-torkham-road does not join its two sides",
    )


def test_duplicate_ids(tmp_path: Path) -> None:
    duplicate(tmp_path, "road_links")
    (fault,) = faults_of(tmp_path)
    assert fault.endswith("stands in line 2 already")


def test_a_renamed_column(tmp_path: Path) -> None:
    change_table(tmp_path, "road_links", lambda frame: frame.rename({"length_km": "length_miles"}))
    assert faults_of(tmp_path) == (
        "column 'length_km' is missing",
        "column 'length_miles' is not known",
    )


def test_a_unit_declared_otherwise(tmp_path: Path) -> None:
    change_table(tmp_path, "road_links", lambda frame: frame)
    (tmp_path / "datapackage.json").write_text(
        '{"resources": [{"name": "road_links", "schema": {"fields": '
        '[{"name": "length_km", "unit": "mile"}]}}]}',
        encoding="utf-8",
    )
    assert faults_of(tmp_path) == (
        "road_links.csv: length_km is declared in 'mile'; it must be in 'km'",
    )


def test_all_faults_come_at_once(tmp_path: Path) -> None:
    set_cells(
        tmp_path, "road_links", "shymkent--saryagash", {"length_km": "50", "to_id": "nowhere"}
    )
    set_cells(tmp_path, "border_crossings", "hairatan-airitom-road", {"side_a_country": "PK"})
    found = faults_of(tmp_path)
    assert "link shymkent--saryagash: no place 'nowhere'" in found
    assert any(fault.startswith("crossing hairatan-airitom-road: side a") for fault in found)


def test_a_table_that_is_not_ours(tmp_path: Path) -> None:
    (tmp_path / "rods.csv").write_text("id\n1\n", encoding="utf-8")
    with pytest.raises(DataError, match=r"rods\.csv is not a table of karwan"):
        Catalog(tmp_path)


def test_the_packaged_network_has_no_fault() -> None:
    network = build_network(Catalog())
    assert len(network.crossings) > 50


def test_what_is_announced_is_not_built() -> None:
    network = build_network(Catalog())
    for project in network.projects.values():
        assert not any(network.links[link].built for link in project.links)
