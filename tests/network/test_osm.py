"""A map made here, with the same library, and what is read of it."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import pytest

from karwan.analysis.table_check import check_tables
from karwan.base.errors import DataError
from karwan.data.catalog import Catalog
from karwan.main import main
from karwan.network import osm
from karwan.network.draft import Draft
from karwan.network.osm import Box, read_area, read_osm
from karwan.network.shapes import read_course

osmium = pytest.importorskip("osmium", reason="the extra osm is not installed")

WAYS = 100_000
DAY = "2026-05-04"
DEG_KM = 111.2


class Map:
    """Writes a map: nodes by latitude and longitude, each once, ways and relations by name."""

    def __init__(self, path: Path) -> None:
        header = osmium.io.Header()
        header.set("osmosis_replication_timestamp", f"{DAY}T00:00:00Z")
        self.writer = osmium.SimpleWriter(str(path), header=header)
        self.ids: dict[tuple[float, float], int] = {}
        self.ways: list[tuple[int, list[int], dict[str, str]]] = []
        self.relations: list[tuple[list[int], dict[str, str]]] = []

    def node(self, lat: float, lon: float, **tags: str) -> int:
        spot = (round(lat, 6), round(lon, 6))
        if spot not in self.ids:
            self.ids[spot] = len(self.ids) + 1
            self._write(self.ids[spot], spot, {k.replace("__", ":"): v for k, v in tags.items()})
        return self.ids[spot]

    def _write(self, number: int, spot: tuple[float, float], tags: dict[str, str]) -> None:
        self.writer.add_node(
            osmium.osm.mutable.Node(id=number, location=(spot[1], spot[0]), tags=tags, version=1)
        )

    def way(self, spots: list[tuple[float, float]], **tags: str) -> int:
        number = len(self.ways) + 1
        self.ways.append((number, [self.node(*spot) for spot in spots], tags))
        return number

    def land(self, code: str, ways: list[int]) -> None:
        tags = {"type": "boundary", "boundary": "administrative", "admin_level": "2",
                "ISO3166-1:alpha2": code}  # fmt: skip
        self.relations.append((ways, tags))

    def close(self) -> None:
        for number, refs, tags in self.ways:
            self.writer.add_way(osmium.osm.mutable.Way(id=number, nodes=refs, tags=tags, version=1))
        for number, (ways, tags) in enumerate(self.relations, 1):
            members = [("w", way, "outer") for way in ways]
            self.writer.add_relation(
                osmium.osm.mutable.Relation(id=number, members=members, tags=tags, version=1)
            )
        self.writer.close()


def made_map(path: Path, *, noise: int = 0, borders: str = "XN;XS") -> Path:
    """Write two lands on either side of the equator, a gate between them, a railway beside it.

    North town at (1, 10), south town at (-1, 10); the road bends at (0.5, 10.2) and has a dead end
    and a second carriageway; the railway of 1520 mm runs at 10.1.
    """
    one = Map(path)
    one.node(1, 10, place="city", name="Северный", name__en="North Town")
    one.node(-1, 10, place="town", name="سپین")
    one.node(0.002, 10.001, barrier="border_control", name="Equator Gate")
    road = {"highway": "trunk", "maxspeed": "60", "lanes": "2", "surface": "asphalt"}
    one.way([(1, 10), (0.5, 10.2), (0.25, 10.0), (0.01, 10)], **road)
    one.way([(0.01, 10), (-0.01, 10)], **road)
    one.way([(0.01, 10), (0.01, 10.003), (-0.01, 10.003), (-0.01, 10)], **road)
    one.way([(-0.01, 10), (-1, 10)], **(road | {"maxspeed": "50 mph"}))
    one.way([(0.25, 10.0), (0.25, 9.5)], highway="primary")
    one.way([(1, 10.05), (0.01, 10.1), (-0.01, 10.1), (-1, 10.05)], railway="rail",
            gauge="1000;1520")  # fmt: skip
    one.way([(1, 10.05), (1, 10.06)], railway="rail", service="yard", gauge="1435")
    for k in range(noise):
        lat, lon = -0.9 + 1.8 * (k % 317) / 317, 9.2 + 1.6 * (k // 317) / (noise // 317 + 1)
        one.way([(lat, lon), (lat + 0.001, lon)], highway="residential")
    line = one.way([(0.0, 9.0), (0.0, 11.0)], boundary="administrative")
    north = one.way([(0.0, 11.0), (2.0, 11.0), (2.0, 9.0), (0.0, 9.0)])
    south = one.way([(0.0, 11.0), (-2.0, 11.0), (-2.0, 9.0), (0.0, 9.0)])
    for code, half in (("XN", north), ("XS", south)):
        if code in borders:
            one.land(code, [line, half])
    one.close()
    return path


def read(path: Path, **more: Any) -> Draft:
    return read_osm(path, dated="2026-11-01", **more)


def test_a_map_becomes_places_and_crossings(tmp_path: Path) -> None:
    draft = read(made_map(tmp_path / "m.osm.pbf"))
    names = {place.id: (place.name, place.country, place.kind) for place in draft.places}
    assert names["north-town"] == ("North Town", "XN", "city")
    assert ("سپین", "XS", "city") in names.values()
    assert sorted(kind for _, _, kind in names.values()).count("border") == 4
    by_mode = {mode: [one for one in draft.links if one.mode == mode] for mode in ("road", "rail")}
    assert {len(links) for links in by_mode.values()} == {3}
    (gate,) = [one for one in by_mode["road"] if one.crossing_id]
    assert (gate.crossing_id, gate.name) == ("equator-gate-road", "Equator Gate")
    assert gate.length_km == pytest.approx(0.02 * DEG_KM, rel=0.01)
    assert {one.gauge_mm for one in by_mode["rail"]} == {1520}
    north = next(one for one in by_mode["road"] if "north-town" in (one.from_id, one.to_id))
    # By the bend: 0.5 and 0.2, 0.25 and 0.2, then 0.24 degrees; a dead end is no junction.
    degrees = (0.5**2 + 0.2**2) ** 0.5 + (0.25**2 + 0.2**2) ** 0.5 + 0.24
    assert north.length_km == pytest.approx(degrees * DEG_KM, rel=0.01)
    assert north.speed_kmh == 60
    assert len(north.course) == 4
    assert (draft.source_date, draft.grade) == (DAY, "B")


def test_a_folder_of_a_map_has_no_fault_and_answers(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A hundred thousand ways, nearly all of no account."""
    path = made_map(tmp_path / "big.osm.pbf", noise=WAYS)
    land = tmp_path / "land"
    assert main(["network", "import", "osm", str(path), str(land)]) == 0
    told = capsys.readouterr().out
    assert "6 places, 6 links, 2 crossings" in told
    assert "borrowed" in told
    catalog = Catalog(land)
    assert check_tables(catalog).all_faults == []
    shapes = catalog.read("link_shapes")
    assert shapes.height == 6
    assert all(read_course(wkt) for wkt in shapes["wkt"])
    readme = (land / "README.md").read_text(encoding="utf-8")
    assert "OpenStreetMap contributors" in readme
    assert main(["network", "check", "--tables", str(land)]) == 0
    words = ["route", "north-town", "سپین", "--tables", str(land), "--as-of", "2026-06-01"]
    assert main([*words, "--mode", "road", "--format", "json"]) == 0
    assert '"equator-gate-road"' in capsys.readouterr().out


def test_a_map_goes_all_the_way_to_a_report(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Road and railway over the equator are the two corridors; their lengths are the map's."""
    land, run = tmp_path / "land", tmp_path / "run"
    path = made_map(tmp_path / "m.osm.pbf", noise=500)
    words = ["network", "import", "osm", str(path), str(land), "--ask", "North Town", "سپین"]
    assert main(words) == 0
    assert "2 corridors: way-1, way-2" in capsys.readouterr().out
    assert main(["network", "check", "--tables", str(land)]) == 0
    told = {row["variant"]: row for row in Catalog(land).read("corridors").to_dicts()}
    assert set(told) == {"by road over Equator Gate", "by rail over Equator Gate"}
    degrees = 0.02 + 2 * (0.99**2 + 0.05**2) ** 0.5  # over the gate, and on either side of it
    rail_km = told["by rail over Equator Gate"]["km_check_km"]
    assert rail_km == pytest.approx(degrees * DEG_KM, rel=0.01)
    assert main(["study", "run", str(land / "study.toml"), "--out", str(run)]) == 0
    page = (run / "report.html").read_text(encoding="utf-8")
    assert "by road over Equator Gate" in page
    assert "How long, and how surely" in page
    assert "No route is known" not in page


def test_places_without_a_way_between_are_told(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = made_map(tmp_path / "m.osm.pbf")
    words = ["network", "import", "osm", str(path)]
    assert main([*words, str(tmp_path / "a"), "--ask", "North Town", "Nowhere"]) == 2
    assert "No place 'Nowhere'" in capsys.readouterr().err
    assert main([*words, str(tmp_path / "b"), "--ask", "North Town", "North Town"]) == 2
    assert "North Town" in capsys.readouterr().err


def test_no_more_is_taken_than_an_area(tmp_path: Path) -> None:
    path = made_map(tmp_path / "m.osm.pbf")
    draft = read(path, area=Box(9, -0.5, 11, 2))
    assert {place.kind for place in draft.places if place.country == "XS"} == {"border"}


def test_of_an_area_no_way_is_kept_that_lies_elsewhere(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Roads of the north do not enter the memory of the south; all of the map, cut, is the same."""
    path, south = made_map(tmp_path / "m.osm.pbf"), Box(9, -2, 11, 0.02)
    seen: list[int] = []
    drafted = osm._drafted

    def counted(drawn: Any, *rest: Any) -> Draft:
        seen.append(len(drawn.runs))
        return drafted(drawn, *rest)

    monkeypatch.setattr(osm, "_drafted", counted)
    cut = read(path, area=south)
    monkeypatch.setattr(osm, "_read_inside", lambda *_: None)
    whole = read(path, area=south)
    assert seen == [5, 6], "all main ways but the dead end in the north"
    assert (cut.places, cut.links) == (whole.places, whole.links)
    assert cut.links


@pytest.mark.parametrize(
    ("text", "says"),
    [("1,2,3", "give west,south,east,north"), ("5,0,4,1", "west and south first"),
     ("a,b,c,d", "in degrees")],
)  # fmt: skip
def test_an_area_that_is_none_is_refused(text: str, says: str) -> None:
    with pytest.raises(DataError, match=says):
        read_area(text)


def test_a_map_without_borders_or_cut_in_the_middle_is_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    whole = made_map(tmp_path / "m.osm.pbf", noise=3000)
    cut = tmp_path / "cut.osm.pbf"
    cut.write_bytes(whole.read_bytes()[:-900])
    none = made_map(tmp_path / "none.osm.pbf", borders="")
    half = made_map(tmp_path / "half.osm.pbf", borders="XN")
    text = tmp_path / "text.osm.pbf"
    text.write_text("no map")
    for path, says in (
        (cut, "cut in the middle"),
        (none, "has no border of a country"),
        (half, "lie in no country whose border is there"),
        (text, "no map"),
        (tmp_path / "m.osm", "it is not there; look at its name"),
        (tmp_path, "it is a folder, not a file"),
    ):
        words = ["network", "import", "osm", str(path), str(tmp_path / "land")]
        assert main(words) == 2
        assert says in capsys.readouterr().err
        assert not (tmp_path / "land").exists()
    assert {place.country for place in read(half, country="XS").places} == {"XN", "XS"}


def test_without_the_extra_the_error_names_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setitem(sys.modules, "osmium", None)
    words = ["network", "import", "osm", str(tmp_path / "m.osm.pbf"), str(tmp_path / "land")]
    assert main(words) == 2
    assert "pip install 'karwan[osm]'" in capsys.readouterr().err
