"""A GeoPackage (OGC 12-128r19, version 1.3): layers with geometry in one SQLite file.

Written with SQLite itself, which Python brings along: a driver of the GDAL family would add 176 MB
for what takes a page. A file so made opens in QGIS, GDAL and whatever reads the standard.
"""

from __future__ import annotations

import sqlite3
import struct
from collections.abc import Iterable, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from karwan.network.shapes import Spot

APPLICATION_ID, USER_VERSION = 0x47504B47, 10300
"""`GPKG` in ASCII, and version 1.3."""
WGS84, CARTESIAN, GEOGRAPHIC = 4326, -1, 0
WGS84_TEXT = (
    'GEOGCS["WGS 84",DATUM["WGS_1984",SPHEROID["WGS 84",6378137,298.257223563]],'
    'PRIMEM["Greenwich",0],UNIT["degree",0.0174532925199433],AUTHORITY["EPSG","4326"]]'
)
LITTLE_ENDIAN, ENVELOPE_XY, EMPTY = 0b1, 0b10, 0b10000
WKB_POINT, WKB_LINE, WKB_LINES = 1, 2, 5
TYPES = {bool: "BOOLEAN", int: "INTEGER", float: "REAL", str: "TEXT"}


class Shape(StrEnum):
    """What a layer's geometries are."""

    point = "POINT"
    lines = "MULTILINESTRING"


Lines = tuple[tuple[Spot, ...], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Feature:
    """A row of a layer, with where it lies: lines, or one line of one spot; None if nowhere known.

    Positions are latitude and longitude in degrees.
    """

    row: Mapping[str, Any]
    lines: Lines | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Layer:
    """Features of one kind; `shape` is None for a table without geometry."""

    name: str
    title: str
    shape: Shape | None
    features: tuple[Feature, ...]

    @property
    def columns(self) -> dict[str, type]:
        """The columns of all features in order, each with the type of its values."""
        types: dict[str, type] = {}
        for feature in self.features:
            for name, value in feature.row.items():
                known = types.get(name)
                if known is None or known is type(None):
                    types[name] = type(value)
                elif known is int and isinstance(value, float):
                    types[name] = float
        return {name: str if kind is type(None) else kind for name, kind in types.items()}


def geopackage(layers: Sequence[Layer], *, changed_on: str, credit: str) -> bytes:
    """Return layers as a GeoPackage.

    Parameters
    ----------
    changed_on
        Day told as that of the last change, YYYY-MM-DD: that of the knowledge, not of the clock.
    """
    with closing(sqlite3.connect(":memory:")) as base:
        base.execute(f"PRAGMA application_id = {APPLICATION_ID}")
        base.execute(f"PRAGMA user_version = {USER_VERSION}")
        _write_register(base)
        for layer in layers:
            _write_layer(base, layer, changed_on, credit)
        base.commit()
        return base.serialize()


def _write_register(base: sqlite3.Connection) -> None:
    """Write the tables that every GeoPackage has."""
    base.execute(
        "CREATE TABLE gpkg_spatial_ref_sys (srs_name TEXT NOT NULL, srs_id INTEGER PRIMARY KEY, "
        "organization TEXT NOT NULL, organization_coordsys_id INTEGER NOT NULL, "
        "definition TEXT NOT NULL, description TEXT)"
    )
    base.executemany(
        "INSERT INTO gpkg_spatial_ref_sys VALUES (?, ?, ?, ?, ?, ?)",
        [
            ("Undefined cartesian", CARTESIAN, "NONE", CARTESIAN, "undefined", None),
            ("Undefined geographic", GEOGRAPHIC, "NONE", GEOGRAPHIC, "undefined", None),
            ("WGS 84", WGS84, "EPSG", WGS84, WGS84_TEXT, "longitude and latitude in degrees"),
        ],
    )
    base.execute(
        "CREATE TABLE gpkg_contents (table_name TEXT NOT NULL PRIMARY KEY, "
        "data_type TEXT NOT NULL, identifier TEXT UNIQUE, description TEXT DEFAULT '', "
        "last_change DATETIME NOT NULL, min_x DOUBLE, min_y DOUBLE, max_x DOUBLE, max_y DOUBLE, "
        "srs_id INTEGER, FOREIGN KEY (srs_id) REFERENCES gpkg_spatial_ref_sys(srs_id))"
    )
    base.execute(
        "CREATE TABLE gpkg_geometry_columns (table_name TEXT NOT NULL, column_name TEXT NOT NULL, "
        "geometry_type_name TEXT NOT NULL, srs_id INTEGER NOT NULL, z TINYINT NOT NULL, "
        "m TINYINT NOT NULL, PRIMARY KEY (table_name, column_name), "
        "FOREIGN KEY (table_name) REFERENCES gpkg_contents(table_name), "
        "FOREIGN KEY (srs_id) REFERENCES gpkg_spatial_ref_sys(srs_id))"
    )


def _write_layer(base: sqlite3.Connection, layer: Layer, changed_on: str, credit: str) -> None:
    """Write one layer and what the register says of it."""
    spots = [spot for feature in layer.features for line in feature.lines or () for spot in line]
    box = bounds(spots) if layer.shape is not None and spots else (None,) * 4
    base.execute(
        "INSERT INTO gpkg_contents VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (
            layer.name,
            "attributes" if layer.shape is None else "features",
            layer.name,
            f"{layer.title}. {credit}",
            f"{changed_on}T00:00:00.000Z",
            *box,
            None if layer.shape is None else WGS84,
        ),
    )
    if layer.shape is not None:
        base.execute(
            "INSERT INTO gpkg_geometry_columns VALUES (?, 'geom', ?, ?, 0, 0)",
            (layer.name, layer.shape.value, WGS84),
        )
    columns = layer.columns
    told = [f"{quoted(name)} {TYPES.get(kind, 'TEXT')}" for name, kind in columns.items()]
    geometry = [] if layer.shape is None else [f"geom {layer.shape.value}"]
    parts = ", ".join(["fid INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL", *geometry, *told])
    base.execute(f"CREATE TABLE {quoted(layer.name)} ({parts})")
    marks = ", ".join("?" for _ in range(1 + len(geometry) + len(told)))
    base.executemany(
        f"INSERT INTO {quoted(layer.name)} VALUES ({marks})",
        [
            (
                number,
                *([] if layer.shape is None else [blob(feature.lines, layer.shape)]),
                *(feature.row.get(name) for name in columns),
            )
            for number, feature in enumerate(layer.features, 1)
        ],
    )


def quoted(name: str) -> str:
    """Return a name as SQL has it, whatever letters it holds.

    Examples
    --------
    >>> print(quoted('a "b" c'))
    "a ""b"" c"
    """
    return '"' + name.replace('"', '""') + '"'


def bounds(spots: Iterable[Spot]) -> tuple[float, float, float, float]:
    """Return the least and most longitude and latitude: west, south, east, north.

    Examples
    --------
    >>> bounds([(41.3, 69.3), (24.9, 67.0)])
    (67.0, 24.9, 69.3, 41.3)
    """
    lats, lons = zip(*spots, strict=True)
    return min(lons), min(lats), max(lons), max(lats)


def blob(lines: Lines | None, shape: Shape) -> bytes | None:
    """Return a geometry by the standard: a header with its bounds, then well-known binary."""
    if not lines:
        return None
    west, south, east, north = bounds([spot for line in lines for spot in line])
    head = struct.pack("<2sBBi", b"GP", 0, LITTLE_ENDIAN | ENVELOPE_XY, WGS84)
    return head + struct.pack("<4d", west, east, south, north) + _wkb(lines, shape)


def _wkb(lines: Lines, shape: Shape) -> bytes:
    if shape is Shape.point:
        ((lat, lon),) = lines[0]
        return struct.pack("<BIdd", 1, WKB_POINT, lon, lat)
    parts = [
        struct.pack("<BII", 1, WKB_LINE, len(line))
        + b"".join(struct.pack("<dd", lon, lat) for lat, lon in line)
        for line in lines
    ]
    return struct.pack("<BII", 1, WKB_LINES, len(parts)) + b"".join(parts)
