"""A link's own shape is drawn where there is one, and a shape that cannot be its own is told."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from pathlib import Path

import pytest
from numpy.testing import assert_allclose

from karwan.base.errors import DataError
from karwan.data.catalog import Catalog
from karwan.data.new_land import write_land
from karwan.main import main
from karwan.network.build import build_network
from karwan.network.shapes import course, read_course
from karwan.report.atlas import study_lines
from karwan.report.lanes import read_chart
from karwan.report.map import NOTE, NOTE_OF_SHAPES, MapLine, draw_map

NORTON, BEND, NEARER, EAST_N = (-29.0, -20.0), (-29.3, -19.9), (-29.5, -19.6), (-29.8, -19.4)


def with_shape(folder: Path, wkt: str, link: str = "n-east", error: str = "200") -> Path:
    """Return a made land in which one link has this shape."""
    place = write_land(folder / "land")
    path = place / "link_shapes.csv"
    head = path.read_text(encoding="utf-8").splitlines()[0]
    row = f'{link},"{wkt}",{error},,https://example.org/made,2026-06-01,C'
    path.write_text(f"{head}\n{row}\n", encoding="utf-8")
    return place


def test_a_link_runs_as_its_shape_does_and_another_straight(tmp_path: Path) -> None:
    network = build_network(Catalog(write_land(tmp_path / "land")))
    shaped, straight = network.links["n-east"], network.links["n-west"]
    assert course(network, shaped) == (NORTON, NORTON, BEND, NEARER, EAST_N, EAST_N)
    assert course(network, straight) == (NORTON, (-29.9, -21.2))


def test_the_map_draws_it_and_says_so(tmp_path: Path) -> None:
    catalog = Catalog(write_land(tmp_path / "land"))
    lines = study_lines(read_chart(catalog), build_network(catalog))
    assert BEND in {point for line in lines for point in line.points}

    def note(lines: Sequence[MapLine]) -> str:
        svg = draw_map(
            places=[], lines=lines, corridors=[], crossings=[], title="t", description="d",
            frame=(-24.0, -33.0, -16.0, -27.0),
        )  # fmt: skip
        return " ".join(re.findall(r">([^<>]+)</text>", svg))

    assert NOTE_OF_SHAPES in note(lines)
    assert NOTE in note([line for line in lines if BEND not in line.points])
    assert NOTE_OF_SHAPES.startswith("Links run as their own shapes do")


def test_geojson_has_the_shape_longitude_first(tmp_path: Path) -> None:
    place, out = write_land(tmp_path / "land"), tmp_path / "out"
    words = ["export", str(out), "--to", "geojson", "--tables", str(place), "--as-of", "2026-06-30"]
    assert main(words) == 0
    (path,) = out.glob("*.geojson")
    links = {
        one["properties"]["link_id"]: one
        for one in json.loads(path.read_text(encoding="utf-8"))["features"]
        if one["properties"]["feature"] == "link"
    }
    assert_allclose(
        links["n-east"]["geometry"]["coordinates"],
        [spot[::-1] for spot in (NORTON, BEND, NEARER, EAST_N)],
    )
    assert links["n-east"]["properties"]["schematic"] is False
    assert links["n-west"]["properties"]["schematic"] is True


@pytest.mark.parametrize(
    ("wkt", "told"),
    [
        ("POINT (1 2)", r"no LINESTRING \(longitude latitude"),
        ("LINESTRING (-20 -29; -19.4 -29.8)", "a position is not longitude, then latitude"),
        ("LINESTRING (-20 -29)", "two different positions or more"),
        ("LINESTRING (-20 -29, -20 -29)", "two different positions or more"),
        ("LINESTRING (-20 -129, -19.4 -29.8)", "a position is not longitude, then latitude"),
        ("LINESTRING (nan -29, -19.4 -29.8)", "a position is not longitude, then latitude"),
        ("LINESTRING (-19.4 -29.8, -20 -29)", "runs from east-n to norton: turn it round"),
        ("LINESTRING (-29 -20, -29.8 -19.4)", r"ends \d+ km from norton"),
        ("LINESTRING (-20 -29, -18 -28, -19.4 -29.8)", r"measures \d+ km and the link 110 km"),
    ],
)
def test_a_shape_that_is_none_of_the_link_is_told(wkt: str, told: str, tmp_path: Path) -> None:
    with pytest.raises(DataError, match=rf"link_shapes: n-east: .*{told}"):
        build_network(Catalog(with_shape(tmp_path, wkt)))


def test_all_faults_of_shapes_are_told_at_once(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    place = with_shape(tmp_path, "POINT (1 2)")
    path = place / "link_shapes.csv"
    more = 'n-weast,"LINESTRING (-20 -29, -19.4 -29.8)",200,,https://example.org/made,2026-06-01,C'
    path.write_text(path.read_text(encoding="utf-8") + more + "\n", encoding="utf-8")
    assert main(["network", "check", "--tables", str(place)]) == 2
    told = capsys.readouterr()
    assert "link_shapes: n-east: no LINESTRING" in told.out + told.err
    assert "no link 'n-weast'" in told.out + told.err


@pytest.mark.parametrize("error", ["201", "-1", ""])
def test_a_shape_farther_off_than_200_m_or_that_does_not_say_is_refused(
    error: str, tmp_path: Path
) -> None:
    place = with_shape(tmp_path, "LINESTRING (-20 -29, -19.4 -29.8)", error=error)
    with pytest.raises(DataError, match="error_m"):
        build_network(Catalog(place)).link_shapes["n-east"]


def test_height_is_left_out_and_case_does_not_count() -> None:
    assert read_course("linestring z (69.5 41.5 400, 67 39.5 700)") == ((41.5, 69.5), (39.5, 67.0))
