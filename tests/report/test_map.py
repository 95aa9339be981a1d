"""The map: what it draws, and that it draws it the same way each time."""

from __future__ import annotations

import json
import math
import xml.etree.ElementTree as ET
from importlib import resources
from itertools import combinations
from typing import Any

import pytest

from karwan.base.errors import DataError
from karwan.data.region import base_labels
from karwan.report.map import NOTE, MapCorridor, MapCrossing, MapLine, MapPlace, draw_map
from tests.reference import catalog

SVG = "{http://www.w3.org/2000/svg}"
KABUL, HERAT, KANDAHAR = (34.53, 69.17), (34.35, 62.20), (31.62, 65.71)
QUETTA, KARACHI = (30.18, 66.99), (24.86, 67.00)
TORKHAM = MapCrossing(name="Torkham", lat=34.12, lon=71.09, status="shut", label=True)
PLACES = [
    MapPlace("Kabul", *KABUL, rank=1),
    MapPlace("Charikar", 35.01, 69.17, rank=1),
    MapPlace("Maidan Shahr", 34.40, 68.87, rank=1),
    MapPlace("Jalalabad", 34.43, 70.45, rank=1),
    MapPlace("Herat", *HERAT, rank=1),
    MapPlace("Bagram", 34.97, 69.30, rank=2),
    MapPlace("Doshi", 35.61, 68.68, rank=3),
]
LINES = [
    MapLine((KABUL, KANDAHAR), "road", "built"),
    MapLine((KANDAHAR, HERAT), "rail", "planned"),
    MapLine((KARACHI, (25.30, 60.60)), "sea", "built"),
]
CORRIDORS = [
    MapCorridor(name="KTAP", colour="#d55e00", points=(HERAT, KANDAHAR, QUETTA, KARACHI), cut=True),
    MapCorridor(
        name="KUAP & more", colour="#0072b2", points=(KABUL, KANDAHAR, QUETTA, KARACHI), cut=False
    ),
]


def draw(**changes: Any) -> str:
    """Draw the small example, with changes."""
    given: dict[str, Any] = {
        "places": PLACES,
        "lines": LINES,
        "corridors": CORRIDORS,
        "crossings": [TORKHAM],
        "title": "Corridors <test>",
        "description": "Five towns & a gate.",
        "labels": base_labels(catalog()),
    }
    return draw_map(**(given | changes))


def texts(svg: str) -> list[str]:
    """List what the map says."""
    return [element.text or "" for element in ET.fromstring(svg).iter(f"{SVG}text")]


def basemap() -> dict[str, Any]:
    """Read the packaged base map."""
    file = resources.files("karwan.report").joinpath("basemap.json")
    loaded: dict[str, Any] = json.loads(file.read_text(encoding="utf-8"))
    return loaded


def strokes(svg: str, colour: str) -> list[ET.Element]:
    """Return the paths drawn in a colour, in the order of drawing."""
    return [path for path in ET.fromstring(svg).iter(f"{SVG}path") if path.get("stroke") == colour]


def spots(path: ET.Element) -> list[tuple[float, float]]:
    """Return the points of a path."""
    pairs = (pair.split() for pair in path.get("d", "").removeprefix("M").split("L"))
    return [(float(x), float(y)) for x, y in pairs]


def test_the_same_input_gives_the_same_bytes() -> None:
    assert draw().encode() == draw().encode()


def test_the_order_of_places_and_crossings_does_not_matter() -> None:
    chaman = MapCrossing(name="Chaman", lat=30.92, lon=66.45, status="open", label=True)
    forward = draw(crossings=[TORKHAM, chaman])
    backward = draw(places=PLACES[::-1], crossings=[chaman, TORKHAM])
    assert forward == backward


def test_the_map_is_valid_xml_with_a_title_and_a_description() -> None:
    root = ET.fromstring(draw())
    title, description = root.find(f"{SVG}title"), root.find(f"{SVG}desc")
    assert title is not None
    assert description is not None
    assert (title.text, description.text) == ("Corridors <test>", "Five towns & a gate.")
    assert root.get("role") == "img"
    assert root.get("aria-labelledby", "").split() == [title.get("id"), description.get("id")]


def test_the_map_needs_nothing_from_outside() -> None:
    svg = draw()
    assert svg.count("http") == 1  # the namespace
    for word in ("<script", "<image", "<style", "href", "@import", "url(http"):
        assert word not in svg


def test_two_maps_in_one_page_share_no_id() -> None:
    first, second = (
        {element.get("id") for element in ET.fromstring(draw(title=title)).iter()} - {None}
        for title in ("As built", "All open")
    )
    assert first.isdisjoint(second)
    assert all(str(name).startswith("karwan-map-") for name in first | second)


def test_every_status_has_a_shape_of_its_own() -> None:
    drawn = set()
    for status in ("open", "shut", "limited", "unknown"):
        crossing = MapCrossing(name="Torkham", lat=34.12, lon=71.09, status=status, label=False)
        with_it, without = draw(places=[], crossings=[crossing]), draw(places=[], crossings=[])
        (line,) = set(with_it.splitlines()) - set(without.splitlines())
        shapes = [(e.tag, e.get("d"), e.get("r")) for e in ET.fromstring(line).iter()]
        drawn.add(tuple(shapes))
    assert len(drawn) == 4


def test_every_corridor_is_in_the_legend_and_a_cut_one_says_so() -> None:
    assert {"KTAP (cut)", "KUAP & more"} <= set(texts(draw()))


def test_the_legend_names_modes_build_states_and_statuses() -> None:
    words = {"road", "rail", "sea", "built", "being built", "planned"}
    assert words | {"open", "limited", "shut", "unknown"} <= set(texts(draw(crossings=[])))


def test_the_note_says_schematic_and_without_prejudice() -> None:
    assert NOTE in texts(draw())
    assert NOTE.startswith("Schematic: straight lines between surveyed places.")
    assert "without prejudice; dashed = disputed" in NOTE


def test_only_a_cut_corridor_is_dashed() -> None:
    svg = draw()
    assert all(path.get("stroke-dasharray") for path in strokes(svg, "#d55e00"))
    assert not any(path.get("stroke-dasharray") for path in strokes(svg, "#0072b2"))


def test_corridors_run_side_by_side_where_they_share_a_stretch() -> None:
    back = MapCorridor(name="back", colour="#009e73", points=(KARACHI, QUETTA), cut=False)
    there = MapCorridor(name="there", colour="#d55e00", points=(QUETTA, KARACHI), cut=False)
    svg = draw(corridors=[there, back])
    ends = spots(strokes(svg, "#d55e00")[0]), spots(strokes(svg, "#009e73")[0])[::-1]
    gaps = [math.dist(one, other) for one, other in zip(*ends, strict=True)]
    assert gaps == pytest.approx([3.6, 3.6], abs=0.15)  # written to a tenth of a px


def test_a_corridor_alone_runs_through_its_places() -> None:
    alone = draw(corridors=[CORRIDORS[0]])
    shared = draw()
    assert spots(strokes(alone, "#d55e00")[0])[0] == spots(strokes(shared, "#d55e00")[0])[0]
    assert spots(strokes(alone, "#d55e00")[0])[-1] != spots(strokes(shared, "#d55e00")[0])[-1]


def test_labels_of_rank_1_do_not_overlap() -> None:
    wanted = {place.name for place in PLACES if place.rank == 1}
    boxes = []
    for element in ET.fromstring(draw(corridors=[])).iter(f"{SVG}text"):
        if element.text in wanted:
            size = float(element.get("font-size", ""))
            # Liberation Sans Bold runs below 0.6 em a letter over these names.
            width = 0.6 * size * len(element.text)
            share = {"start": 0.0, "middle": 0.5, "end": 1.0}[element.get("text-anchor", "start")]
            left, base = float(element.get("x", "")) - share * width, float(element.get("y", ""))
            boxes.append((left, left + width, base - 0.75 * size, base + 0.2 * size))
    assert len(boxes) == len(wanted)
    for a, b in combinations(boxes, 2):
        assert a[1] <= b[0] or b[1] <= a[0] or a[3] <= b[2] or b[3] <= a[2]


def test_rank_3_is_never_labelled_and_rank_2_gives_way() -> None:
    crowd = [MapPlace(f"Village {k}", 29 + k % 6, 60 + k // 6, rank=2) for k in range(30)]
    said = texts(draw(places=[*PLACES, *crowd]))
    assert "Doshi" not in said
    assert {"Kabul", "Herat"} <= set(said)
    assert 0 < sum(word.startswith("Village") for word in said) < 30


def test_a_place_outside_the_frame_is_not_labelled() -> None:
    assert "Moscow" not in texts(draw(places=[MapPlace("Moscow", 55.75, 37.62, rank=1)]))


def test_the_scale_bar_is_true_at_the_middle_latitude() -> None:
    svg = draw(places=[], lines=[], corridors=[], crossings=[])
    root = ET.fromstring(svg)
    halves = [rect for rect in root.iter(f"{SVG}rect") if rect.get("height") == "4"]
    bar_px = sum(float(rect.get("width", "")) for rect in halves)
    assert "500 km at 38°" in texts(svg)
    # The frame's half width, 23 degrees, turns by 23 * sin 38 on the cone (to 0.3 %), so its
    # parallel of 38 N is an arc over a chord of 960 px.
    half_angle = math.radians(23) * math.sin(math.radians(38))
    parallel_px = 960 * half_angle / math.sin(half_angle)
    parallel_km = 6371.0088 * math.radians(46) * math.cos(math.radians(38))
    assert 500 / bar_px == pytest.approx(parallel_km / parallel_px, rel=0.005)


def test_a_narrow_map_keeps_its_text_on_the_sheet() -> None:
    root = ET.fromstring(draw(width_px=420))
    assert root.get("width") == "420"
    assert root.get("viewBox", "").startswith("0 0 420 ")
    assert NOTE not in texts(draw(width_px=420))  # wrapped
    assert NOTE in " ".join(texts(draw(width_px=420)))


def test_an_empty_map_still_shows_the_countries() -> None:
    said = texts(draw(places=[], lines=[], corridors=[], crossings=[]))
    assert {"AFGHANISTAN", "PAKISTAN", "KAZAKHSTAN", "Caspian Sea"} <= set(said)
    assert "Corridors" not in said


def test_what_cannot_be_drawn_is_named_all_at_once() -> None:
    crossing = MapCrossing(name="Torkham", lat=34.1, lon=71.1, status="ajar", label=True)  # type: ignore[arg-type]
    place = MapPlace("Nowhere", math.nan, 69.0, rank=1)
    corridor = MapCorridor(name="KTAP", colour="red", points=(), cut=False)
    with pytest.raises(DataError, match=r"(?s)3 faults.*'ajar'.*'red'.*Nowhere"):
        draw(places=[place], corridors=[corridor], crossings=[crossing])


def test_the_base_map_has_the_countries_of_the_study() -> None:
    ids = {country["id"] for country in basemap()["countries"]}
    by_iso = {"AF": "004", "PK": "586", "KZ": "398", "UZ": "860", "TM": "795", "KG": "417"}
    by_iso |= {"TJ": "762", "CN": "156", "IR": "364"}
    assert set(by_iso.values()) <= ids


def test_the_base_map_has_disputed_lines_and_names_its_source() -> None:
    loaded = basemap()
    assert loaded["disputed_lines"]
    assert "Natural Earth" in loaded["source"]
    assert loaded["licence"] == "public domain"


def test_no_settled_border_runs_where_the_line_of_control_is() -> None:
    loaded = basemap()
    west, south, east, north = 73.8, 32.9, 77.0, 35.2

    def inside(lines: list[list[list[float]]]) -> int:
        points = (point for line in lines for point in line)
        return sum(west < lon < east and south < lat < north for lon, lat in points)

    assert inside(loaded["borders"]) == 0
    assert inside(loaded["disputed_lines"]) > 20


def test_every_line_of_the_base_map_lies_in_its_box() -> None:
    loaded = basemap()
    west, south, east, north = loaded["bbox"]
    rings = [ring for country in loaded["countries"] for ring in country["rings"]]
    for lon, lat in (
        point for line in rings + loaded["borders"] + loaded["disputed_lines"] for point in line
    ):
        assert west <= lon <= east
        assert south <= lat <= north
