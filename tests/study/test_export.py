"""What is written for other tools: valid, with units, and without what is not built."""

from __future__ import annotations

import csv
import io
import json
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import polars as pl
import pytest

from karwan.base.errors import DataError
from karwan.base.units import units_of
from karwan.main import main
from karwan.study.export import export, network_tables, read_run
from tests import reference

# Names, types and constraints of the published schemas; each field must be there, more may be.
GMNS = json.loads((Path(__file__).parent.parent / "golden" / "gmns.json").read_text())
READ_AS: dict[str, Callable[[str], float | bool | str]] = {
    "any": str,
    "string": str,
    "number": float,
    "integer": int,
    "boolean": {"true": True, "false": False}.__getitem__,
}
# Places in an order have no unit; the sheet `about` tells what a tick is.
WITHOUT_UNIT = {"rank", "best_rank", "worst_rank", "row", "routing_weight_ticks"}


def written(folder: Path, target: str) -> list[Path]:
    return export(reference.world(), target, folder)


def rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def faults_of(value: str, rule: dict[str, Any]) -> list[str]:
    """Return what a cell breaks of its field's rule."""
    if value == "":
        return ["required"] if rule.get("required") else []
    try:
        read = READ_AS[rule["type"]](value)
    except (KeyError, ValueError):
        return [f"no {rule['type']}"]
    found = ["category"] if "categories" in rule and value not in rule["categories"] else []
    found += ["minimum"] if "minimum" in rule and float(read) < rule["minimum"] else []
    return found + (["maximum"] if "maximum" in rule and float(read) > rule["maximum"] else [])


@pytest.mark.parametrize("name", ["node", "link", "config"])
def test_gmns_keeps_the_published_schema(name: str, tmp_path: Path) -> None:
    tables = {path.stem: rows(path) for path in written(tmp_path, "gmns")}
    schema, found = GMNS[name], tables[name]
    assert set(schema["fields"]) <= set(found[0])
    broken = {
        (field, fault)
        for row in found
        for field, rule in schema["fields"].items()
        for fault in faults_of(row[field], rule)
    }
    assert broken == set()
    assert len(found) == schema.get("rows", len(found))
    if "primary_key" in schema:
        keys = [row[schema["primary_key"]] for row in found]
        assert len(keys) == len(set(keys))
    for field, other in schema.get("foreign_keys", {}).items():
        assert {row[field] for row in found} <= {row[f"{other}_id"] for row in tables[other]}


def test_gmns_is_in_km_and_usd_with_gauge_crossing_and_element(tmp_path: Path) -> None:
    tables = {path.stem: rows(path) for path in written(tmp_path, "gmns")}
    (config,) = tables["config"]
    assert (config["long_length"], config["speed"], config["currency"]) == ("km", "kph", "USD")
    network = reference.network()
    for row in tables["link"]:
        link = network.links[row["name"]]
        assert float(row["length"]) == link.length_km
        assert row["element_id"] == network.element_of_link.get(link.id, "")
        assert row["crossing_id"] == link.crossing_id
        assert bool(row["gauge_mm"]) == (link.mode == "rail")
        assert bool(row["toll"]) == bool(link.crossing_id)


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


@pytest.fixture
def no_page(monkeypatch: pytest.MonkeyPatch) -> None:
    """Leave the page out, which takes most of the time of a run and is not exported."""
    monkeypatch.setattr("karwan.report.page.render_page", lambda *_, **__: "")


@pytest.mark.usefixtures("no_page")
def test_every_figure_of_a_workbook_names_its_unit(tmp_path: Path) -> None:
    study = tmp_path / "study.toml"
    study.write_text(
        'name = "s"\ntitle = "S"\nas_of = 2026-11-22\norigins = ["almaty"]\n'
        'destinations = ["karachi"]\nstates = ["last-known"]\nboth_directions = false\n'
        "[futures]\npaths = 100\n",
        encoding="utf-8",
    )
    assert main(["study", "run", str(study), "--out", str(tmp_path / "run")]) == 0
    tables = {
        name: pl.DataFrame(found, infer_schema_length=None)
        for name, found in network_tables(reference.world()).items()
    }
    for frame in (tables | read_run(tmp_path / "run")).values():
        for name, kind in frame.schema.items():
            is_known = name in WITHOUT_UNIT or name.startswith("p_")
            assert not kind.is_numeric() or is_known or units_of(name), name


@pytest.mark.usefixtures("no_page")
def test_a_run_is_exported_with_its_own_dates(tmp_path: Path) -> None:
    study = tmp_path / "study.toml"
    study.write_text(
        'name = "s"\ntitle = "S"\nas_of = 2025-10-01\norigins = ["almaty"]\n'
        'destinations = ["karachi"]\nstates = ["last-known"]\nboth_directions = false\n'
        "[futures]\npaths = 100\n",
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
