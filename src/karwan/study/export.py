"""A network or a run for other tools: a workbook, a GeoPackage, GeoJSON, or GMNS.

GMNS is the General Modeling Network Specification (https://github.com/zephyr-data-specs/GMNS):
`node.csv` and `link.csv`, here with lengths in km, free speeds in km/h, money in USD, and extra
columns for what the specification has no word for: crossing, gauge, element, build state, hours
and USD. A blank is not known; it is never zero.
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from karwan.base.additions import add_files
from karwan.base.errors import DataError, KarwanError
from karwan.base.folders import RUN_FILE
from karwan.base.outgoing import PLAIN_STRINGS, csv_cell
from karwan.base.store import to_json
from karwan.base.troubles import read_utf8
from karwan.network.crossings import BorderFigures
from karwan.network.shapes import course, read_course
from karwan.study.geopackage import geopackage
from karwan.study.layers import (
    KEYS,
    layer_to_geojson,
    leg_courses,
    network_layers,
    route_id,
    run_layers,
)

if TYPE_CHECKING:
    import polars as pl

    from karwan.analysis.world.world import World
    from karwan.network.network import Network
    from karwan.network.nouns import Crossing, Link, Place

BUILT = "built"
FIRST_WIDTH, SECOND_WIDTH, A4 = 44, 110, 9
RUN_TABLES = ("routes", "legs", "defaults", "cuts", "availability")
MORE_TABLES = ("chokepoints",)
"""What a run has besides where its record and demand are rich enough."""
DATES = ("as_of", "evidence_horizon")
Row = dict[str, Any]
CREDIT = (
    "Contains information from OpenStreetMap, (c) OpenStreetMap contributors, available under the "
    "Open Database License 1.0; other rows CC BY 4.0, karwan contributors."
)
GMNS_BLANK = {
    "node": ("z_coord", "ctrl_type", "zone_id", "parent_node_id"),
    "link": (
        "geometry_id",
        "parent_link_id",
        "grade",
        "capacity",
        "lanes",
        "bike_facility",
        "ped_facility",
        "parking",
        "allowed_uses",
        "jurisdiction",
        "row_width",
    ),
    "config": ("version_number",),
}
"""Columns of the specification of which nothing is known here: there, and blank. It asks for all
its columns (`fieldsMatch: subset`); `grade` is a slope there, so ours is `grade_of_source`."""
_FIXED_TIME = dt.datetime(2000, 1, 1, tzinfo=dt.UTC)
"""Written into workbooks in place of the clock, so that bytes repeat."""


class MissingExportError(KarwanError):
    """A workbook was asked for without the package that writes it."""

    def __init__(self) -> None:
        super().__init__("A workbook needs the package 'xlsxwriter': pip install 'karwan[export]'.")


def export(world: World, target: str, folder: Path, run: Path | None = None) -> list[Path]:
    """Write a network, and a run if one is named, in a format; return the files.

    Raises
    ------
    DataError
        If the run is no run, or a file to write is there already.
    """
    tables = network_tables(world)
    runs = read_run(run) if run is not None else {}
    made: dict[str, bytes | str]
    if target == "gpkg" or (target == "geojson" and run is not None):
        made = _layer_files(world, tables, target, run)
    elif target == "xlsx":
        name = f"{run.resolve().name if run is not None else 'network'}.xlsx"
        dates = {"as_of": world.as_of.isoformat(), "evidence_horizon": str(world.evidence_horizon)}
        if run is not None:
            dates = _dates(run)
        made = {name: workbook(runs or tables, dates["as_of"], dates["evidence_horizon"])}
    elif target == "geojson":
        made = {"network.geojson": to_json(geojson(world, tables))}
    else:
        made = gmns(world, tables)
        if run is not None:
            made["route.csv"] = gmns_routes(world, runs)
    return add_files(
        folder,
        {name: one.encode() if isinstance(one, str) else one for name, one in made.items()},
    )


def _layer_files(
    world: World, tables: Mapping[str, Sequence[Row]], target: str, run: Path | None
) -> dict[str, bytes | str]:
    """Return a network, and a run if one is named, as one GeoPackage or a GeoJSON a layer."""
    layers = network_layers(world, tables)
    if run is not None:
        layers = [*run_layers(world, read_run(run), _focus(world, run)), *layers]
    if target == "gpkg":
        name = "network" if run is None else run.resolve().name
        day = world.as_of.isoformat()
        return {f"{name}.gpkg": geopackage(layers, changed_on=day, credit=CREDIT)}
    dates = {"as_of": world.as_of.isoformat(), "evidence_horizon": str(world.evidence_horizon)}
    return {
        f"{layer.name}.geojson": to_json({**layer_to_geojson(layer), **dates, "credit": CREDIT})
        for layer in layers
    }


def _focus(world: World, run: Path) -> tuple[str, str] | None:
    """Return the ids of the pair that a run has in focus; None if it names none."""
    pair = record_of(run).get("study", {}).get("focus")
    if not pair:
        return None
    origin, destination = (world.network.place(name).id for name in pair)
    return origin, destination


def _dates(run: Path) -> dict[str, str]:
    """Return the dates that a run's record gives."""
    record = record_of(run)
    return {name: str(record[name]) for name in DATES}


def record_of(run: Path) -> Row:
    """Return the record of a run.

    Raises
    ------
    DataError
        If the folder has none, or what it has is no record of a run.
    """
    where = f"run {run}"
    if not (run / RUN_FILE).exists():
        raise DataError(where, [f"no {RUN_FILE} in it; `karwan study run` makes one"])
    try:
        record = json.loads(read_utf8(run / RUN_FILE, where))
    except (json.JSONDecodeError, RecursionError) as error:
        raise DataError(where, [f"{RUN_FILE} is no record of a run of karwan"]) from error
    if not isinstance(record, dict) or any(name not in record for name in DATES):
        raise DataError(where, [f"{RUN_FILE} is no record of a run of karwan"])
    return record


def read_run(folder: Path) -> dict[str, pl.DataFrame]:
    """Return the tables of a run.

    Raises
    ------
    DataError
        If the folder is not a run, or a table is missing.
    """
    import polars as pl

    if not (folder / RUN_FILE).exists():
        msg = f"run {folder}"
        raise DataError(msg, [f"no {RUN_FILE} in it; `karwan study run` makes one"])
    missing = [name for name in RUN_TABLES if not (folder / f"{name}.parquet").exists()]
    if missing:
        msg = f"run {folder}"
        raise DataError(msg, [f"{name}.parquet is missing" for name in missing])
    try:
        more = [name for name in MORE_TABLES if (folder / f"{name}.parquet").exists()]
        return {name: pl.read_parquet(folder / f"{name}.parquet") for name in (*RUN_TABLES, *more)}
    except pl.exceptions.PolarsError as error:
        msg = f"run {folder}"
        fault = f"a table is damaged: {str(error).splitlines()[0]}"
        raise DataError(msg, [f"{fault}; make the run again"]) from error


def network_tables(world: World) -> dict[str, list[Row]]:
    """Return places, links and crossings as rows, with units in the names."""
    network = world.network
    used = {end for link in network.links.values() for end in (link.from_id, link.to_id)}
    return {
        "places": [_place_row(network.places[name]) for name in sorted(used)],
        "links": [_link_row(world, link) for _, link in sorted(network.links.items())],
        "crossings": [
            row
            for _, crossing in sorted(network.crossings.items())
            for row in _crossing_rows(world, crossing)
        ],
    }


def _place_row(place: Place) -> Row:
    lat, lon = place.position
    return {
        "place_id": place.id,
        "name": place.name,
        "country": place.country,
        "kind": place.kind,
        "lat": lat,
        "lon": lon,
        "unlocode": ";".join(place.unlocode) or None,
        "source": place.source.url,
        "source_date": place.source.date or None,
        "grade": place.source.grade,
    }


def _link_row(world: World, link: Link) -> Row:
    layers = [layer.removeprefix("rail") for layer in link.layers if layer.startswith("rail")]
    return {
        "link_id": link.id,
        "from_id": link.from_id,
        "to_id": link.to_id,
        "mode": link.mode,
        "build_state": link.infrastructure,
        "length_km": link.length_km,
        "speed_kmh": link.speed_kmh,
        "gauge_mm": ";".join(layers) or None,
        "crossing_id": link.crossing_id or None,
        "element_id": world.network.element_of_link.get(link.id),
        "seasonal": link.seasonal or None,
        "source": link.source.url,
        "source_date": link.source.date or None,
        "grade": link.source.grade,
    }


def _crossing_rows(world: World, crossing: Crossing) -> Iterator[Row]:
    """Yield a row per direction: hours and fees, with a default's band where none is published."""
    borders = BorderFigures(world.network)
    status = world.crossing_status(crossing.id)
    for from_a in (True, False):
        passage = borders.passage(crossing, from_a=from_a)
        ends = (crossing.country_a, crossing.country_b)
        left, entered = ends if from_a else ends[::-1]
        figures = (passage.outbound, passage.inbound)
        yield {
            "crossing_id": crossing.id,
            "name": crossing.name,
            "mode": crossing.mode,
            "leaves": left,
            "enters": entered,
            "outbound_hours": passage.outbound.value,
            "inbound_hours": passage.inbound.value,
            "low_hours": sum(figure.low for figure in figures),
            "high_hours": sum(figure.high for figure in figures),
            "cost_usd": passage.cost.value,
            "rests_on_default": any(f.default_id for f in (*figures, passage.cost)),
            "status": status.kind,
            "status_known_on": status.known_on.isoformat() if status.known_on else None,
            "shut_as_last_known": crossing.id in world.running,
        }


def geojson(world: World, tables: Mapping[str, Sequence[Row]]) -> Row:
    """Return places as points and links as lines (RFC 7946, WGS 84, longitude first)."""
    spots = {row["place_id"]: (row["lon"], row["lat"]) for row in tables["places"]}
    shapes = {
        name: [(lon, lat) for lat, lon in read_course(text)]
        for name, text in world.network.link_shapes.items()
    }
    features = [
        _feature("Point", spots[row["place_id"]], {"feature": "place"} | row)
        for row in tables["places"]
    ]
    features += [
        _feature(
            "LineString",
            shapes.get(row["link_id"], [spots[row["from_id"]], spots[row["to_id"]]]),
            {"feature": "link", "schematic": row["link_id"] not in shapes} | row,
        )
        for row in tables["links"]
    ]
    return {
        "type": "FeatureCollection",
        "as_of": world.as_of.isoformat(),
        "evidence_horizon": world.evidence_horizon.isoformat(),
        "credit": CREDIT,
        "features": features,
    }


def _feature(kind: str, coordinates: object, properties: Row) -> Row:
    return {
        "type": "Feature",
        "geometry": {"type": kind, "coordinates": coordinates},
        "properties": {k: v for k, v in properties.items() if k not in ("lat", "lon")},
    }


def gmns(world: World, tables: Mapping[str, Sequence[Row]]) -> dict[str, bytes | str]:
    """Return the files of a GMNS network: `node.csv`, `link.csv` and `config.csv`.

    Only what is built is a link there: another tool would take the rest for usable.
    """
    import polars as pl

    crossing = {(row["crossing_id"], row["leaves"]): row for row in tables["crossings"]}
    network = world.network
    nodes = [
        {
            "node_id": row["place_id"],
            "name": row["name"],
            "x_coord": row["lon"],
            "y_coord": row["lat"],
            "node_type": row["kind"],
            "country": row["country"],
            "grade_of_source": row["grade"],
            "source": row["source"],
        }
        for row in tables["places"]
    ]
    links = []
    for row in tables["links"]:
        if row["build_state"] != BUILT:
            continue
        for ends in ((row["from_id"], row["to_id"]), (row["to_id"], row["from_id"])):
            passed = crossing.get((row["crossing_id"], network.places[ends[0]].country), {})
            links.append(
                {
                    "link_id": f"{row['link_id']}:{'ab' if ends[0] == row['from_id'] else 'ba'}",
                    "name": row["link_id"],
                    "from_node_id": ends[0],
                    "to_node_id": ends[1],
                    "directed": True,
                    "dir_flag": 0,
                    "length": row["length_km"],
                    "facility_type": row["mode"],
                    "free_speed": row["speed_kmh"],
                    "toll": passed.get("cost_usd"),
                    "build_state": row["build_state"],
                    "gauge_mm": row["gauge_mm"],
                    "crossing_id": row["crossing_id"],
                    "element_id": row["element_id"],
                    "border_hours": _border_hours(passed),
                    "border_usd": passed.get("cost_usd"),
                    "grade_of_source": row["grade"],
                    "source": row["source"],
                    "geometry": _geometry(network, row["link_id"], ends[0] == row["from_id"]),
                }
            )
    config = {
        "dataset_name": "karwan",
        "short_length": "m",
        "long_length": "km",
        "speed": "kph",
        "crs": "EPSG:4326",
        "currency": "USD",
        "id_type": "string",
        "geometry_field_format": "wkt",
        "notes": f"As of {world.as_of.isoformat()}. {CREDIT}",
    }
    frames = {"node": nodes, "link": links, "config": [config]}
    return {
        f"{name}.csv": pl.DataFrame(
            [
                {key: csv_cell(cell) for key, cell in row.items()}
                | dict.fromkeys(set(GMNS_BLANK[name]) - row.keys())
                for row in rows
            ],
            infer_schema_length=None,
        )
        .select([*rows[0], *GMNS_BLANK[name]])
        .write_csv()
        for name, rows in frames.items()
    }


def gmns_routes(world: World, run: Mapping[str, pl.DataFrame]) -> str:
    """Return the routes of a run over the links of a GMNS network, a row for each link passed.

    The specification has no table of routes; link ids are those of `link.csv`.
    """
    import polars as pl

    rows = []
    place_in: dict[str, int] = {}
    for row, _ in leg_courses(world.network, run):
        if not row["links"]:
            continue
        places = row["places"].split(";")
        for place, name in zip(places, row["links"].split(";"), strict=False):
            key = route_id(row)
            place_in[key] = place_in.get(key, 0) + 1
            way = "ab" if world.network.links[name].from_id == place else "ba"
            rows.append(
                {
                    "route_id": key,
                    **{name: row[name] for name in KEYS},
                    "sequence": place_in[key],
                    "link_id": f"{name}:{way}",
                    "from_node_id": place,
                }
            )
    columns = ("route_id", *KEYS, "sequence", "link_id", "from_node_id")
    return pl.DataFrame(
        rows, schema=None if rows else columns, infer_schema_length=None
    ).write_csv()


def _geometry(network: Network, name: str, forward: bool) -> str | None:
    """Return the surveyed course of a link in well-known text, in the direction of travel."""
    if name not in network.link_shapes:
        return None
    spots = course(network, network.links[name])
    inside = ", ".join(f"{lon:.5f} {lat:.5f}" for lat, lon in spots[:: 1 if forward else -1])
    return f"LINESTRING ({inside})"


def _border_hours(passed: Row) -> float | None:
    if not passed:
        return None
    return float(passed["outbound_hours"] + passed["inbound_hours"])


def first_routes(routes: object) -> list[tuple[str, str]]:
    """Return, for each pair and state of a run, its first corridor in a sentence; none of else."""
    import polars as pl

    if not isinstance(routes, pl.DataFrame):
        return []
    lines = []
    for key, rows in routes.group_by("origin", "destination", "state", maintain_order=True):
        named = rows.filter(pl.col("corridor").is_not_null())
        open_count = named.filter(pl.col("status") == "open").height
        pair = f"{key[0]} to {key[1]}, {key[2]}"
        first = rows.filter(pl.col("rank") == 1)
        if not first.height:
            lines.append((pair, f"no corridor is open, of {named.height}"))
            continue
        row = first.row(0, named=True)
        lines.append(
            (
                pair,
                f"{row['corridor_name'] or row['corridor']}: {row['mean_hours'] / 24:,.1f} days "
                f"({row['p05_hours'] / 24:,.1f} to {row['p95_hours'] / 24:,.1f}), "
                f"{row['central_usd']:,.0f} USD ({row['low_usd']:,.0f} to {row['high_usd']:,.0f}); "
                f"{open_count} of {named.height} corridors open",
            )
        )
    return lines


def workbook(tables: Mapping[str, Any], as_of: str, evidence_horizon: str) -> bytes:
    """Return tables as a workbook, one sheet each, after a sheet that says what they are.

    Raises
    ------
    MissingExportError
        If xlsxwriter is not installed.
    """
    from io import BytesIO

    import polars as pl

    try:
        from xlsxwriter import Workbook
    except ImportError as error:
        raise MissingExportError from error
    buffer = BytesIO()
    with Workbook(buffer, {"in_memory": True, **PLAIN_STRINGS}) as book:
        book.set_properties({"title": "karwan", "created": _FIXED_TIME})
        about = [
            ("As of", as_of),
            ("Newest evidence on crossings and roads", evidence_horizon),
            *first_routes(tables.get("routes")),
            (
                "Units",
                "in the column names: _km, _hours, _days, _usd, _kmh, _mm, _count, _share (0 to "
                "1); p_ is a probability, lat and lon are degrees, a tick is 0.001 USD",
            ),
            ("A blank cell", "is not known, or no route; it is not zero"),
            ("Grades", "A read in a source, B derived, C estimate"),
            ("Credit", CREDIT),
        ]
        frames = {"about": pl.DataFrame(about, schema=["what", "value"], orient="row")}
        for name, rows in tables.items():
            known = isinstance(rows, pl.DataFrame)
            frames[name] = rows if known else pl.DataFrame(rows, infer_schema_length=None)
        for name, frame in frames.items():
            frame.write_excel(book, worksheet=name, autofit=False, freeze_panes=(1, 0))
        wrapped = book.add_format({"text_wrap": True, "valign": "top"})
        first = book.get_worksheet_by_name("about")
        first.set_column(0, 0, FIRST_WIDTH, wrapped)
        first.set_column(1, 1, SECOND_WIDTH, wrapped)
        first.set_paper(A4)
        first.fit_to_pages(1, 0)
    return buffer.getvalue()
