"""What is written for other tools: valid, with units, and without what is not built."""

from __future__ import annotations

import csv
import io
import json
import zipfile
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest

from karwan.base.errors import DataError
from karwan.cli import main
from karwan.study.export import export
from tests import reference

# The GMNS specification, version of 2025 (spec/node.schema.json and spec/link.schema.json of
# https://github.com/zephyr-data-specs/GMNS): required fields, and type and range of those used.
REQUIRED = {
    "node": ["node_id", "x_coord", "y_coord"],
    "link": ["link_id", "from_node_id", "to_node_id", "directed"],
}
NUMBERS = {
    "node": {"x_coord": (-180.0, 180.0), "y_coord": (-90.0, 90.0)},
    "link": {"length": (0.0, 1e6), "free_speed": (0.0, 200.0), "dir_flag": (-1.0, 1.0)},
}


def written(folder: Path, target: str) -> list[Path]:
    return export(reference.world(), target, folder)


def rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_gmns_keeps_the_published_schema(tmp_path: Path) -> None:
    tables = {path.stem: rows(path) for path in written(tmp_path, "gmns")}
    for name, required in REQUIRED.items():
        assert tables[name]
        for row in tables[name]:
            assert all(row[field] for field in required)
            for field, (low, high) in NUMBERS[name].items():
                assert row[field] == "" or low <= float(row[field]) <= high
    nodes = [row["node_id"] for row in tables["node"]]
    links = [row["link_id"] for row in tables["link"]]
    assert len(nodes) == len(set(nodes))
    assert len(links) == len(set(links))
    ends = {row[end] for row in tables["link"] for end in ("from_node_id", "to_node_id")}
    assert ends <= set(nodes)
    assert {row["directed"] for row in tables["link"]} == {"true"}


def test_gmns_holds_what_is_built_and_nothing_announced(tmp_path: Path) -> None:
    links = (
        {row["name"] for row in rows(tmp_path / "link.csv")} if written(tmp_path, "gmns") else ()
    )
    assert links == {link.id for link in reference.network().links.values() if link.built}


def test_geojson_is_longitude_first_and_says_what_is_not_built(tmp_path: Path) -> None:
    (path,) = written(tmp_path, "geojson")
    found: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    assert found["type"] == "FeatureCollection"
    assert found["as_of"] == "2026-11-22"
    kinds = {feature["geometry"]["type"] for feature in found["features"]}
    assert kinds == {"Point", "LineString"}
    for feature in found["features"]:
        shape = feature["geometry"]
        points = [shape["coordinates"]] if shape["type"] == "Point" else shape["coordinates"]
        assert all(-180 <= lon <= 180 and -90 <= lat <= 90 for lon, lat in points)
        assert all(lon > lat for lon, lat in points), "the region lies where lon exceeds lat"
    states = {f["properties"].get("build_state") for f in found["features"]}
    assert {"built", "not_built"} <= states


def test_a_workbook_has_units_in_its_headers_and_repeats_its_bytes(tmp_path: Path) -> None:
    first, again = (written(tmp_path / name, "xlsx")[0] for name in ("one", "two"))
    assert first.read_bytes() == again.read_bytes()
    with zipfile.ZipFile(io.BytesIO(first.read_bytes())) as book:
        sheets = ElementTree.fromstring(book.read("xl/workbook.xml")).iter()
        names = [sheet.get("name") for sheet in sheets if sheet.tag.endswith("}sheet")]
        texts = book.read("xl/sharedStrings.xml").decode()
    assert names == ["about", "places", "links", "crossings"]
    assert all(word in texts for word in ("length_km", "speed_kmh", "outbound_hours", "cost_usd"))


def test_a_run_is_exported_with_its_own_dates(tmp_path: Path) -> None:
    study = tmp_path / "study.toml"
    study.write_text(
        'name = "s"\ntitle = "S"\nas_of = 2025-10-01\norigins = ["almaty"]\n'
        'destinations = ["karachi"]\nstates = ["last-known"]\nboth_directions = false\n',
        encoding="utf-8",
    )
    assert main(["study", "run", str(study), "--out", str(tmp_path / "run")]) == 0
    assert main(["export", str(tmp_path / "run"), str(tmp_path / "out"), "--to", "xlsx"]) == 0
    with zipfile.ZipFile(tmp_path / "out" / "run.xlsx") as book:
        assert "2025-10-01" in book.read("xl/sharedStrings.xml").decode()


def test_nothing_is_written_over(tmp_path: Path) -> None:
    written(tmp_path, "geojson")
    with pytest.raises(DataError, match=r"network\.geojson is there already"):
        written(tmp_path, "geojson")


def test_a_folder_that_is_no_run_is_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    words = ["export", str(tmp_path), str(tmp_path / "out"), "--to", "xlsx"]
    assert main([*words, "--as-of", "2026-11-22"]) == 2
    assert "no run.json in it; `karwan study run` makes one" in capsys.readouterr().err
    assert not (tmp_path / "out").exists()
