"""Build the base map that `karwan.report.map` draws on, from Natural Earth.

The package ships one small file, `basemap.json`: countries, settled borders and
disputed lines between the Black Sea steppe and the Yellow Sea. It is made here, so that
anyone can make it again and see what was left out. Standard library only.

Inputs, both Natural Earth 4.1.0, which is in the public domain:

countries
    `countries-50m.json` (or `countries-10m.json`) of the npm package `world-atlas` 2.0.2.
disputed lines
    Natural Earth's layer `ne_10m_admin_0_boundary_lines_disputed_areas`, either
    as GeoJSON, converted from the download of naturalearthdata.com, or as the layer
    `disputed_borders` of `world_map.gpkg`, which Debian's package `qgis-common` installs
    under `/usr/share/qgis/resources/data`. That package's copyright file does not name
    the map; its changelog and the read-me beside the map in QGIS's sources name Natural
    Earth 4.1.0 as the only source.

Natural Earth draws who holds the ground. A country's outline is therefore solid along
the Line of Control too; `UNSETTLED` lists the stretches that Natural Earth's layer of
boundary lines classes as disputed, indefinite or a line of control, and they join the
disputed lines here. Lines of the past (oblasts of 1991, the ceasefire line of 1994 in
Azerbaijan, void since 2023) are left out.

Examples
--------
python tools/build_basemap.py countries-50m.json world_map.gpkg src/karwan/report/basemap.json
"""

from __future__ import annotations

import argparse
import json
import sqlite3
import struct
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

Point = tuple[float, float]
Line = list[Point]

SOURCE = (
    "Natural Earth 4.1.0: admin 0 countries 1:50m, through the npm package world-atlas 2.0.2; "
    "admin 0 breakaway, disputed areas (boundary lines) 1:10m, through QGIS's world_map.gpkg"
)
TOLERANCE_DEG = 0.02
SMALLEST_RING_DEG = 0.12
DECIMALS = 2


@dataclass(frozen=True, slots=True)
class Box:
    """A box in degrees."""

    west: float
    south: float
    east: float
    north: float

    def holds(self, point: Point) -> bool:
        """Tell whether a point (lon, lat) lies in the box."""
        return self.west <= point[0] <= self.east and self.south <= point[1] <= self.north


FRAME = Box(40.0, 15.0, 124.0, 56.0)

UNSETTLED = (
    ("India", "Pakistan", Box(73.0, 32.33, 77.2, 36.0)),
    ("India", "Siachen Glacier", Box(76.0, 35.0, 78.0, 36.0)),
    ("Pakistan", "Siachen Glacier", Box(76.0, 35.0, 78.0, 36.0)),
    ("China", "Siachen Glacier", Box(76.0, 35.0, 78.0, 36.0)),
    ("China", "Pakistan", Box(75.9, 35.0, 78.0, 36.5)),
    ("China", "India", Box(77.5, 30.1, 81.1, 35.7)),
    ("China", "India", Box(91.6, 26.5, 97.4, 29.5)),
    ("Bhutan", "China", Box(88.9, 27.4, 89.15, 27.7)),
    ("Bhutan", "China", Box(89.8, 28.0, 90.6, 28.4)),
)


def read_arcs(topology: dict[str, Any]) -> list[Line]:
    """Return the arcs of a quantized TopoJSON topology in degrees (lon, lat)."""
    scale_x, scale_y = topology["transform"]["scale"]
    shift_x, shift_y = topology["transform"]["translate"]
    arcs: list[Line] = []
    for deltas in topology["arcs"]:
        x = y = 0
        arc: Line = []
        for delta_x, delta_y in deltas:
            x, y = x + delta_x, y + delta_y
            arc.append((x * scale_x + shift_x, y * scale_y + shift_y))
        arcs.append(arc)
    return arcs


def simplify(line: Line, tolerance_deg: float = TOLERANCE_DEG) -> Line:
    """Return the line with fewer points (Douglas and Peucker, 1973); its ends stay."""
    keep = {0, len(line) - 1}
    stack = [(0, len(line) - 1)]
    while stack:
        first, last = stack.pop()
        far_deg, far = 0.0, -1
        for k in range(first + 1, last):
            gap_deg = distance_deg(line[k], line[first], line[last])
            if gap_deg > far_deg:
                far_deg, far = gap_deg, k
        if far_deg > tolerance_deg:
            keep.add(far)
            stack += [(first, far), (far, last)]
    return [line[k] for k in sorted(keep)]


def distance_deg(point: Point, start: Point, end: Point) -> float:
    """Return the distance from a point to a segment, in degrees of the plane."""
    run_x, run_y = end[0] - start[0], end[1] - start[1]
    length_sq = run_x * run_x + run_y * run_y
    along = 0.0
    if length_sq > 0:
        along = ((point[0] - start[0]) * run_x + (point[1] - start[1]) * run_y) / length_sq
        along = min(1.0, max(0.0, along))
    gap_x, gap_y = point[0] - start[0] - along * run_x, point[1] - start[1] - along * run_y
    return float((gap_x * gap_x + gap_y * gap_y) ** 0.5)


def join(arcs: list[Line], indices: list[int]) -> Line:
    """Return the ring made by arcs in turn; `~k` means arc k backwards, as in TopoJSON."""
    ring: Line = []
    for k in indices:
        piece = arcs[k] if k >= 0 else arcs[~k][::-1]
        ring += piece[1:] if ring else piece
    return ring


def cut(start: Point, end: Point, axis: int, limit: float) -> Point:
    """Return where a segment meets the line on which one coordinate equals `limit`."""
    share = (limit - start[axis]) / (end[axis] - start[axis])
    other = start[1 - axis] + share * (end[1 - axis] - start[1 - axis])
    return (limit, other) if axis == 0 else (other, limit)


def clip_ring(ring: Line, box: Box) -> Line:
    """Return the part of a ring inside the box (Sutherland and Hodgman, 1974)."""
    sides = ((0, box.west, 1), (0, box.east, -1), (1, box.south, 1), (1, box.north, -1))
    for axis, limit, sign in sides:
        kept: Line = []
        for start, end in pairwise([*ring[-1:], *ring]):
            start_in = sign * (start[axis] - limit) >= 0
            end_in = sign * (end[axis] - limit) >= 0
            if start_in != end_in:
                kept.append(cut(start, end, axis, limit))
            if end_in:
                kept.append(end)
        ring = kept
    return ring


def split(line: Line, keep: Box | None, drop: tuple[Box, ...] = ()) -> list[Line]:
    """Return the runs of segments whose middle lies in `keep` and in no box of `drop`."""
    runs: list[Line] = []
    for start, end in pairwise(line):
        middle = ((start[0] + end[0]) / 2, (start[1] + end[1]) / 2)
        if (keep and not keep.holds(middle)) or any(box.holds(middle) for box in drop):
            continue
        if runs and runs[-1][-1] == start:
            runs[-1].append(end)
        else:
            runs.append([start, end])
    return runs


def rounded(line: Line) -> Line:
    """Return the line at the precision of the file, without repeated points."""
    points = [(round(lon, DECIMALS), round(lat, DECIMALS)) for lon, lat in line]
    return [p for k, p in enumerate(points) if k == 0 or p != points[k - 1]]


def is_visible(ring: Line) -> bool:
    """Tell whether a ring is large enough to be seen on a map of the region."""
    if len(ring) < 3:
        return False
    lons, lats = zip(*ring, strict=True)
    return bool(max(max(lons) - min(lons), max(lats) - min(lats)) >= SMALLEST_RING_DEG)


def polygons(geometry: dict[str, Any]) -> list[list[list[int]]]:
    """Return the polygons of a TopoJSON geometry as rings of arc indices."""
    arcs: list[Any] = geometry["arcs"]
    return [arcs] if geometry["type"] == "Polygon" else arcs


def build_countries(topology: dict[str, Any], arcs: list[Line]) -> list[dict[str, Any]]:
    """Return the countries in the frame, sorted by name, each with its rings."""
    countries = []
    for geometry in topology["objects"]["countries"]["geometries"]:
        joined = [join(arcs, ring) for polygon in polygons(geometry) for ring in polygon]
        rings = [rounded(clip_ring(ring, FRAME)) for ring in joined]
        rings = [ring for ring in rings if is_visible(ring)]
        if rings:
            name = geometry["properties"]["name"]
            countries.append({"id": geometry.get("id", ""), "name": name, "rings": rings})
    return sorted(countries, key=lambda country: country["name"])


def find_borders(topology: dict[str, Any]) -> dict[int, tuple[str, str]]:
    """Return the arcs that two countries share, each with their names in order."""
    owners: dict[int, set[str]] = {}
    for geometry in topology["objects"]["countries"]["geometries"]:
        for polygon in polygons(geometry):
            for k in (k for ring in polygon for k in ring):
                owners.setdefault(k if k >= 0 else ~k, set()).add(geometry["properties"]["name"])
    pairs = {k: sorted(names) for k, names in owners.items() if len(names) == 2}
    return {k: (names[0], names[1]) for k, names in sorted(pairs.items())}


def merge(lines: list[Line]) -> list[Line]:
    """Return the lines with those joined that meet end to end, so that dashes run on."""
    merged: list[Line] = []
    for line in lines:
        grown = line
        for other in [other for other in merged if {other[0], other[-1]} & {line[0], line[-1]}]:
            if {other[0], other[-1]} & {grown[0], grown[-1]}:
                merged.remove(other)
                grown = glue(other, grown)
        merged.append(grown)
    return merged


def glue(first: Line, second: Line) -> Line:
    """Return one line out of two that share an end."""
    if first[-1] not in (second[0], second[-1]):
        first = first[::-1]
    return first + (second[1:] if second[0] == first[-1] else second[-2::-1])


def read_disputed(path: Path) -> list[Line]:
    """Return Natural Earth's disputed lines that stand today, from GeoJSON or GeoPackage."""
    named = read_geopackage(path) if path.suffix == ".gpkg" else read_geojson(path)
    return merge([line for name, lines in named for line in lines if "claim" in name.lower()])


def read_geojson(path: Path) -> list[tuple[str, list[Line]]]:
    """Return each feature's name and lines."""
    named = []
    for feature in json.loads(path.read_text(encoding="utf-8"))["features"]:
        labels = {key.lower(): value for key, value in feature["properties"].items()}
        shape = feature["geometry"]
        parts = shape["coordinates"] if "Multi" in shape["type"] else [shape["coordinates"]]
        lines = [[(point[0], point[1]) for point in part] for part in parts]
        named.append((labels.get("name") or "", lines))
    return named


def read_geopackage(path: Path) -> list[tuple[str, list[Line]]]:
    """Return name and lines of each row of the layer `disputed_borders`."""
    connection = sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True)
    try:
        rows = connection.execute("SELECT name, geom FROM disputed_borders ORDER BY fid").fetchall()
    finally:
        connection.close()
    return [(name or "", read_multiline(blob)) for name, blob in rows]


def read_multiline(blob: bytes) -> list[Line]:
    """Return the lines of a GeoPackage geometry (header, then a WKB MultiLineString)."""
    # OGC 12-128r19, 2.1.3: bits 1-3 of the flags give the length of the envelope.
    at = 8 + {0: 0, 1: 32, 2: 48, 3: 48, 4: 64}[(blob[3] >> 1) & 7]
    order = "<" if blob[at] == 1 else ">"
    kind, n_lines = struct.unpack_from(f"{order}II", blob, at + 1)
    if kind != 5:
        msg = f"Geometry type {kind}, not a two-dimensional MultiLineString (5)."
        raise ValueError(msg)
    at += 9
    lines: list[Line] = []
    for _ in range(n_lines):
        (n_points,) = struct.unpack_from(f"{order}I", blob, at + 5)
        values = struct.unpack_from(f"{order}{2 * n_points}d", blob, at + 9)
        lines.append(list(zip(values[::2], values[1::2], strict=True)))
        at += 9 + 16 * n_points
    return lines


def build(topology: dict[str, Any], claims: list[Line]) -> dict[str, Any]:
    """Return the base map; every line of it is clipped, simplified and rounded."""
    arcs = [simplify(arc) for arc in read_arcs(topology)]
    disputed = [simplify(line) for line in claims]
    settled: list[Line] = []
    for k, pair in find_borders(topology).items():
        stretches = tuple(box for left, right, box in UNSETTLED if (left, right) == pair)
        settled += split(arcs[k], None, drop=stretches)
        disputed += [run for box in stretches for run in split(arcs[k], box)]
    return {
        "source": SOURCE,
        "licence": "public domain",
        "bbox": [FRAME.west, FRAME.south, FRAME.east, FRAME.north],
        "countries": build_countries(topology, arcs),
        "borders": finish(merge(settled)),
        "disputed_lines": finish(merge(disputed)),
    }


def finish(lines: list[Line]) -> list[Line]:
    """Return lines cut to the frame and rounded, without those that shrank to a point."""
    runs = [run for line in lines for run in split(line, FRAME)]
    kept = [rounded([point for point in run if FRAME.holds(point)]) for run in runs]
    return [line for line in kept if len(line) > 1]


def main() -> None:
    """Read the paths, build the base map, write it."""
    parser = argparse.ArgumentParser(description="Build the base map from Natural Earth.")
    parser.add_argument("countries", type=Path, help="countries-50m.json of world-atlas 2.0.2")
    parser.add_argument("disputed", type=Path, help="disputed lines, .gpkg or .geojson")
    parser.add_argument("output", type=Path, help="the file to write")
    paths = parser.parse_args()
    topology = json.loads(paths.countries.read_text(encoding="utf-8"))
    basemap = build(topology, read_disputed(paths.disputed))
    text = json.dumps(basemap, ensure_ascii=False, separators=(",", ":"))
    paths.output.write_text(text + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
