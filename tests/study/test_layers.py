"""A run of the made land as a map: counts, bounds and joins, by SQLite and JSON alone."""

from __future__ import annotations

import csv
import json
import sqlite3
import struct
from contextlib import closing
from itertools import pairwise
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from karwan.base.geo import great_circle_km
from karwan.data.new_land import write_land
from karwan.main import main
from karwan.study.geopackage import Feature, Layer, Shape, geopackage
from karwan.study.layers import cut_at_antimeridian

LAYERS = {
    "routes",
    "legs",
    "stops",
    "cuts",
    "shares_open",
    "losses",
    "places",
    "links",
    "crossings",
}
URDU, CHINESE = "چمن", "霍尔果斯"
LINE = 5


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a run of the made land, without its page."""
    folder = tmp_path_factory.mktemp("map")
    land = write_land(folder / "land")
    with (land / "place_names.csv").open("a", encoding="utf-8") as file:
        file.write(f"norton,{URDU},ur,yes,,,https://example.org/made,2026-06-01,C\n")
    study = land / "study.toml"
    study.write_text(study.read_text(encoding="utf-8") + "\n[futures]\npaths = 100\ndays = 30\n")
    words = ["study", "run", str(study), "--out", str(folder / "run"), "--no-report"]
    assert main(words) == 0
    return folder / "run"


def exported(run: Path, out: Path, target: str) -> int:
    """Return the exit code of an export, with the tables that the run was made with."""
    words = ["export", str(run), str(out), "--to", target]
    return main([*words, "--tables", str(run.parent / "land")])


@pytest.fixture(scope="module")
def package(run: Path) -> Path:
    out = run.parent / "gpkg"
    assert exported(run, out, "gpkg") == 0
    return out / "run.gpkg"


def rows_of(package: Path, layer: str) -> list[dict[str, Any]]:
    with closing(sqlite3.connect(package)) as base:
        base.row_factory = sqlite3.Row
        return [dict(row) for row in base.execute(f'SELECT * FROM "{layer}"')]


def spots_of(blob: bytes) -> list[list[tuple[float, float]]]:
    """Return the lines of a geometry as longitude and latitude, read by the standard."""
    magic, version, flags, srs = struct.unpack_from("<2sBBi", blob)
    assert (magic, version, flags & 0b111, srs) == (b"GP", 0, 0b011, 4326)
    west, east, south, north = struct.unpack_from("<4d", blob, 8)
    order, kind = struct.unpack_from("<BI", blob, 40)
    assert order == 1
    if kind == 1:
        lines = [[struct.unpack_from("<dd", blob, 45)]]
    else:
        assert kind == LINE
        (count,) = struct.unpack_from("<I", blob, 45)
        at, lines = 49, []
        for _ in range(count):
            order, kind, length = struct.unpack_from("<BII", blob, at)
            assert (order, kind) == (1, 2)
            lines.append([struct.unpack_from("<dd", blob, at + 9 + 16 * k) for k in range(length)])
            at += 9 + 16 * length
        assert at == len(blob)
    flat = [spot for line in lines for spot in line]
    assert (west, east) == (min(x for x, _ in flat), max(x for x, _ in flat))
    assert (south, north) == (min(y for _, y in flat), max(y for _, y in flat))
    return [[(float(x), float(y)) for x, y in line] for line in lines]


def test_a_geopackage_is_registered_as_the_standard_says(package: Path) -> None:
    with closing(sqlite3.connect(package)) as base:
        assert base.execute("PRAGMA application_id").fetchone() == (0x47504B47,)
        assert base.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        systems = {row[0] for row in base.execute("SELECT srs_id FROM gpkg_spatial_ref_sys")}
        contents = dict(base.execute("SELECT table_name, last_change FROM gpkg_contents"))
        shapes = dict(
            base.execute("SELECT table_name, geometry_type_name FROM gpkg_geometry_columns")
        )
    assert systems == {-1, 0, 4326}
    assert set(contents) == set(shapes) == LAYERS
    assert set(contents.values()) == {"2026-06-30T00:00:00.000Z"}
    assert {shapes["routes"], shapes["places"]} == {"MULTILINESTRING", "POINT"}


def test_layers_hold_the_rows_of_the_run_and_join(run: Path, package: Path) -> None:
    frames = {
        name: pl.read_parquet(run / f"{name}.parquet")
        for name in ("routes", "legs", "cuts", "availability", "chokepoints")
    }
    routes = rows_of(package, "routes")
    legs, stops = rows_of(package, "legs"), rows_of(package, "stops")
    assert len(routes) == frames["routes"].height == len({row["route_id"] for row in routes})
    assert len(legs) + len(stops) == frames["legs"].height
    assert len(rows_of(package, "cuts")) == frames["cuts"].height
    assert len(rows_of(package, "shares_open")) == frames["availability"].height
    assert len(rows_of(package, "losses")) == frames["chokepoints"].height
    known = {row["route_id"] for row in routes}
    assert {row["route_id"] for row in (*legs, *stops)} <= known
    links = {row["link_id"] for row in rows_of(package, "links")}
    assert {name for row in legs for name in row["links"].split(";")} <= links
    crossings = {row["crossing_id"] for row in rows_of(package, "crossings")}
    assert {row["crossing"] for row in stops if row["crossing"]} <= crossings


def test_a_route_runs_from_its_origin_to_its_destination_as_long_as_told(package: Path) -> None:
    places = {row["place_id"]: spots_of(row["geom"])[0][0] for row in rows_of(package, "places")}
    drawn = [row for row in rows_of(package, "routes") if row["geom"] is not None]
    assert drawn
    for row in drawn:
        lines = spots_of(row["geom"])
        assert lines[0][0] == places[row["origin"]]
        assert lines[-1][-1] == places[row["destination"]]
        flat = [spot for line in lines for spot in line]
        km = sum(great_circle_km(b, a, d, c) for (a, b), (c, d) in pairwise(flat))
        assert 0.5 * row["distance_km"] < km < 1.1 * row["distance_km"]
    # The surveyed line of a link is in it.
    shaped = next(row for row in rows_of(package, "links") if row["link_id"] == "n-east")
    assert not shaped["schematic"]
    assert any((-19.9, -29.3) in line for line in spots_of(shaped["geom"]))


def test_names_in_other_scripts_are_the_letters_as_written(package: Path) -> None:
    (norton,) = [row for row in rows_of(package, "places") if row["place_id"] == "norton"]
    assert URDU in norton["other_names"].split(";")


def test_geojson_has_the_same_layers(run: Path, package: Path, tmp_path: Path) -> None:
    assert exported(run, tmp_path / "g", "geojson") == 0
    files = {path.stem: json.loads(path.read_text("utf-8")) for path in (tmp_path / "g").iterdir()}
    assert set(files) == LAYERS
    for name, told in files.items():
        assert len(told["features"]) == len(rows_of(package, name))
        assert told["as_of"] == "2026-06-30"
    one = next(f for f in files["routes"]["features"] if f["geometry"])
    assert one["geometry"]["type"] == "MultiLineString"


def test_gmns_has_a_row_for_each_link_that_a_route_passes(run: Path, tmp_path: Path) -> None:
    assert exported(run, tmp_path / "n", "gmns") == 0

    def read(name: str) -> list[dict[str, str]]:
        with (tmp_path / "n" / f"{name}.csv").open(encoding="utf-8", newline="") as file:
            return list(csv.DictReader(file))

    links = {row["link_id"]: row for row in read("link")}
    ways: dict[str, list[dict[str, str]]] = {}
    for row in read("route"):
        ways.setdefault(row["route_id"], []).append(row)
    assert ways
    for passed in ways.values():
        assert [int(row["sequence"]) for row in passed] == list(range(1, len(passed) + 1))
        ends = [(links[row["link_id"]]["from_node_id"], links[row["link_id"]]["to_node_id"])
                for row in passed]  # fmt: skip
        assert ends[0][0] == passed[0]["origin"]
        assert ends[-1][1] == passed[0]["destination"]
        assert all(before[1] == after[0] for before, after in pairwise(ends))


def test_the_same_run_makes_the_same_bytes(run: Path, package: Path, tmp_path: Path) -> None:
    assert exported(run, tmp_path, "gpkg") == 0
    assert (tmp_path / "run.gpkg").read_bytes() == package.read_bytes()


def test_a_line_over_180_degrees_stays_on_either_side() -> None:
    parts = cut_at_antimeridian([(10.0, 170.0), (10.0, -170.0), (20.0, 170.0)])
    assert parts == (
        ((10.0, 170.0), (10.0, 180.0)),
        ((10.0, -180.0), (10.0, -170.0), (15.0, -180.0)),
        ((15.0, 180.0), (20.0, 170.0)),
    )


def test_columns_of_any_name_and_kind_are_kept(tmp_path: Path) -> None:
    rows = ({'a "b"; drop': 1, "t": CHINESE}, {'a "b"; drop': 2.5, "t": None, "yes": True})
    layer = Layer(name='odd "name"', title="Odd", shape=Shape.point,
                  features=tuple(Feature(row=row, lines=None) for row in rows))  # fmt: skip
    path = tmp_path / "odd.gpkg"
    path.write_bytes(geopackage([layer], changed_on="2026-01-01", credit="none"))
    with closing(sqlite3.connect(path)) as base:
        told = base.execute('SELECT * FROM "odd ""name"""').fetchall()
    assert told == [(1, None, 1.0, CHINESE, None), (2, None, 2.5, None, 1)]


def test_a_run_of_other_tables_or_of_old_is_refused(
    run: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    old = tmp_path / "old"
    old.mkdir()
    for path in run.iterdir():
        (old / path.name).write_bytes(path.read_bytes())
    legs = pl.read_parquet(old / "legs.parquet")
    strange = legs.with_columns(pl.col("links").str.replace("n-east", "gone"))
    for frame, says in ((legs.drop("links"), "make the run again"), (strange, "no link gone")):
        frame.write_parquet(old / "legs.parquet")
        words = ["export", str(old), str(tmp_path / "out"), "--to", "gpkg"]
        assert main([*words, "--tables", str(run.parent / "land")]) == 2
        assert says in capsys.readouterr().err
        assert not (tmp_path / "out").exists()


# By another library: GDAL's, where it is installed (33 MB, so no dependency of ours)


def read_by_gdal(path: Path, layer: str | None = None) -> tuple[Any, list[dict[str, Any]]]:
    """Return what GDAL says of a layer, and its rows."""
    gdal = pytest.importorskip("pyogrio", reason="pyogrio is not installed")
    told = gdal.read_info(path, layer=layer, force_feature_count=True, force_total_bounds=True)
    _, _, _, columns = gdal.raw.read(path, layer=layer, read_geometry=False)
    names = [str(name) for name in told["fields"]]
    return told, [dict(zip(names, row, strict=True)) for row in zip(*columns, strict=True)]


def test_gdal_finds_the_same_counts_bounds_and_joins(
    run: Path, package: Path, tmp_path: Path
) -> None:
    gdal = pytest.importorskip("pyogrio", reason="pyogrio is not installed")
    listed = {str(name) for name, _ in gdal.list_layers(package)}
    assert listed == {name for name in LAYERS if rows_of(package, name)}
    assert exported(run, tmp_path / "geo", "geojson") == 0
    rows: dict[str, list[dict[str, Any]]] = {}
    for layer in listed:
        told, rows[layer] = read_by_gdal(package, layer)
        mine = rows_of(package, layer)
        assert told["features"] == len(mine)
        ends = [spots_of(row["geom"]) for row in mine if row["geom"] is not None]
        flat = [spot for lines in ends for line in lines for spot in line]
        if flat:
            assert told["crs"] == "EPSG:4326"
            wide, high = [x for x, _ in flat], [y for _, y in flat]
            assert told["total_bounds"] == pytest.approx(
                (min(wide), min(high), max(wide), max(high))
            )
        other, _ = read_by_gdal(tmp_path / "geo" / f"{layer}.geojson")
        assert other["features"] == told["features"]
    routes = {row["route_id"] for row in rows["routes"]}
    assert {row["route_id"] for row in rows["legs"]} <= routes
    links = {row["link_id"] for row in rows["links"]}
    assert {link for row in rows["legs"] for link in row["links"].split(";")} <= links
    gates = {row["crossing_id"] for row in rows["crossings"]}
    assert {row["crossing"] for row in rows["stops"] if row["crossing"]} <= gates
    assert any(URDU in str(row["other_names"]) for row in rows["places"])
