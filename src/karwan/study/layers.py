"""A network and a run as layers of a map: routes, legs, stops, crossings, losses, shares open.

Keys join them: `route_id` of routes, legs, stops and cuts; `crossing_id`, `element_id`, `link_id`
and `place_id` of the network's own. A line is the surveyed one where there is one, and else runs
straight from place to place; `schematic` says which.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from karwan.base.errors import DataError
from karwan.network.shapes import Spot, course
from karwan.study.geopackage import Feature, Layer, Lines, Shape

if TYPE_CHECKING:
    import polars as pl

    from karwan.analysis.world.world import World
    from karwan.network.network import Network

Row = dict[str, Any]
HALF_TURN, TURN = 180.0, 360.0
KEYS = ("origin", "destination", "state", "corridor")
BEST = "best"
"""What a route is called that follows no corridor."""
HAUL = "haul"


def network_layers(world: World, tables: Mapping[str, Sequence[Row]]) -> list[Layer]:
    """Return places, links and crossings."""
    network = world.network
    spots = {row["place_id"]: (row["lat"], row["lon"]) for row in tables["places"]}
    places = tuple(
        Feature(
            row={
                **{key: value for key, value in row.items() if key not in ("lat", "lon")},
                "other_names": ";".join(network.place_names.get(row["place_id"], ())) or None,
            },
            lines=((spots[row["place_id"]],),),
        )
        for row in tables["places"]
    )
    links = tuple(
        Feature(
            row={**row, "schematic": row["link_id"] not in network.link_shapes},
            lines=link_lines(network, row["link_id"]),
        )
        for row in tables["links"]
    )
    return [
        Layer(name="places", title="Places", shape=Shape.point, features=places),
        Layer(name="links", title="Links, announced ones too (build_state)", shape=Shape.lines,
              features=links),
        Layer(name="crossings", title="Border crossings with what was last reported",
              shape=Shape.point, features=tuple(_crossings(world))),
    ]  # fmt: skip


def _crossings(world: World) -> Iterator[Feature]:
    network = world.network
    for name, crossing in sorted(network.crossings.items()):
        status = world.crossing_status(name)
        row = {
            "crossing_id": name,
            "element_id": network.element_of_link.get(crossing.link_id),
            "link_id": crossing.link_id or None,
            "name": crossing.name,
            "mode": crossing.mode,
            "country_a": crossing.country_a,
            "country_b": crossing.country_b,
            "status": status.kind,
            "status_known_on": status.known_on.isoformat() if status.known_on else None,
            "age_days": status.age_days,
            "shut_as_last_known": name in world.running,
        }
        sides = [network.places[one] for one in (crossing.side_a, crossing.side_b)
                 if one in network.places]  # fmt: skip
        spot = sides[0].at(crossing.mode) if sides else None
        yield Feature(row=row, lines=None if spot is None else ((spot,),))


def run_layers(
    world: World, run: Mapping[str, pl.DataFrame], focus: tuple[str, str] | None
) -> list[Layer]:
    """Return the layers of a run.

    Parameters
    ----------
    focus
        Ids of the pair whose corridors have shares open; None for the first of the run.

    Raises
    ------
    DataError
        If the run does not say by which links its legs run, or names links that are no longer.
    """
    network = world.network
    courses = leg_courses(network, run)
    legs, stops = [], []
    of_route: dict[str, list[tuple[Spot, ...]]] = {}
    for row, lines in courses:
        key = route_id(row)
        told = {"route_id": key, **_without(row, "places", "links")}
        if row["kind"] == HAUL:
            legs.append(Feature(row={**told, "links": row["links"]}, lines=lines))
            of_route.setdefault(key, []).extend(lines or ())
        else:
            spot = _spot(network, row)
            stops.append(Feature(row=told, lines=None if spot is None else ((spot,),)))
    routes = tuple(
        Feature(
            row={"route_id": route_id(row), **row},
            lines=tuple(of_route.get(route_id(row), ())) or None,
        )
        for row in run["routes"].iter_rows(named=True)
    )
    layers = [
        Layer(name="routes", title="Routes of every pair and state", shape=Shape.lines,
              features=routes),
        Layer(name="legs", title="Legs of routes, by country and mode", shape=Shape.lines,
              features=tuple(legs)),
        Layer(name="stops", title="Crossings, transfers and what whole journeys take beyond",
              shape=Shape.point, features=tuple(stops)),
        Layer(name="cuts", title="What cuts a corridor in a state", shape=Shape.lines,
              features=tuple(_by_elements(network, run["cuts"], "id", routed=True))),
        Layer(name="shares_open", title="How often corridors of the pair in focus are open",
              shape=Shape.lines, features=tuple(_open_shares(run, routes, focus))),
    ]  # fmt: skip
    if "chokepoints" in run:
        layers.append(
            Layer(name="losses", title="What it costs to lose an element, or two",
                  shape=Shape.lines,
                  features=tuple(_by_elements(network, run["chokepoints"], "ids")))
        )  # fmt: skip
    return [layer for layer in layers if layer.features]


def leg_courses(
    network: Network, run: Mapping[str, pl.DataFrame]
) -> list[tuple[Row, Lines | None]]:
    """Return the legs of a run, each with how it runs; None for what is no stretch.

    Raises
    ------
    DataError
        If the run does not say by which links its legs run, or names links that are no longer.
    """
    legs = run["legs"]
    if "links" not in legs.columns:
        where = "the run"
        raise DataError(where, ["its legs do not say by which links they run; make the run again"])
    rows = list(legs.iter_rows(named=True))
    named = {name for row in rows for name in (row["links"] or "").split(";") if name}
    strange = sorted(named - set(network.links))
    if strange:
        where = "the run"
        text = f"no link {', '.join(strange[:3])}: name the tables that it was made with"
        raise DataError(where, [text])
    return [(row, _leg_lines(network, row)) for row in rows]


def _leg_lines(network: Network, row: Row) -> Lines | None:
    """Return how a leg runs, in the direction of travel, cut where it meets 180 degrees."""
    if not row["links"]:
        return None
    spots: list[Spot] = []
    for place, name in zip(row["places"].split(";"), row["links"].split(";"), strict=False):
        link = network.links[name]
        line = course(network, link)
        spots += line if link.from_id == place else line[::-1]
    return cut_at_antimeridian(_once(spots))


def link_lines(network: Network, name: str) -> Lines:
    """Return how a link runs, cut where it meets 180 degrees."""
    return cut_at_antimeridian(_once(course(network, network.links[name])))


def _once(spots: Iterable[Spot]) -> list[Spot]:
    """Return spots without one that repeats the one before; two at least."""
    kept: list[Spot] = []
    for spot in spots:
        if not kept or spot != kept[-1]:
            kept.append(spot)
    return kept if len(kept) > 1 else kept * 2


def cut_at_antimeridian(spots: Sequence[Spot]) -> Lines:
    """Return a line as parts that stay on one side of 180 degrees (RFC 7946, 3.1.9).

    Examples
    --------
    >>> cut_at_antimeridian([(0.0, 179.0), (1.0, -179.0)])
    (((0.0, 179.0), (0.5, 180.0)), ((0.5, -180.0), (1.0, -179.0)))
    >>> cut_at_antimeridian([(0.0, 10.0), (1.0, 20.0)])
    (((0.0, 10.0), (1.0, 20.0)),)
    """
    parts: list[list[Spot]] = [[spots[0]]]
    for (lat, lon), (next_lat, next_lon) in pairwise(spots):
        step = next_lon - lon
        if abs(step) > HALF_TURN:
            side = HALF_TURN if lon > 0 else -HALF_TURN
            across = step + TURN if step < 0 else step - TURN
            share = (side - lon) / across if across else 0.0
            at = lat + share * (next_lat - lat)
            parts[-1].append((at, side))
            parts.append([(at, -side)])
        parts[-1].append((next_lat, next_lon))
    return tuple(tuple(_once(part)) for part in parts)


def route_id(row: Mapping[str, Any]) -> str:
    """Return the key of a route: pair, state and corridor.

    Examples
    --------
    >>> route_id({"origin": "almaty", "destination": "karachi", "state": "all-open",
    ...           "corridor": None})
    'almaty:karachi:all-open:best'
    """
    return ":".join(str(row[key] or BEST) for key in KEYS)


def _without(row: Row, *names: str) -> Row:
    return {key: value for key, value in row.items() if key not in names}


def _spot(network: Network, row: Row) -> Spot | None:
    """Return where a node lies."""
    name = (row["places"] or "").split(";")[0]
    if name not in network.places:
        return None
    return network.places[name].at(row["mode"]) if row["mode"] else network.places[name].position


def _by_elements(
    network: Network, frame: pl.DataFrame, column: str, *, routed: bool = False
) -> Iterator[Feature]:
    """Yield rows with the links of the elements, crossings or links that a column names."""
    for row in frame.iter_rows(named=True):
        links = [
            link for name in (row[column] or "").split(";") for link in _links_of(network, name)
        ]
        lines = tuple(line for link in links for line in link_lines(network, link))
        told = {"route_id": route_id(row), **row} if routed else row
        yield Feature(row=told, lines=lines or None)


def _links_of(network: Network, name: str) -> tuple[str, ...]:
    if name in network.elements:
        return tuple(link for link in network.elements[name].links if link in network.links)
    return (name,) if name in network.links else ()


def _open_shares(
    run: Mapping[str, pl.DataFrame], routes: Sequence[Feature], focus: tuple[str, str] | None
) -> Iterator[Feature]:
    """Yield corridors' shares open, each drawn as its way between the pair in focus."""
    first = routes[0].row if routes else {}
    pair = focus or (first.get("origin"), first.get("destination"))
    drawn: dict[str, tuple[str, Lines]] = {}
    for one in routes:
        row = one.row
        if one.lines and (row["origin"], row["destination"]) == pair and row["corridor"]:
            drawn[row["corridor"]] = (row["route_id"], one.lines)
    for row in run["availability"].iter_rows(named=True):
        key, lines = drawn.get(row["corridor"], (None, None))
        yield Feature(row={"route_id": key, **row}, lines=lines)


def layer_to_geojson(layer: Layer) -> Row:
    """Return a layer as a collection of features (RFC 7946, WGS 84, longitude first)."""
    return {
        "type": "FeatureCollection",
        "name": layer.name,
        "features": [
            {
                "type": "Feature",
                "geometry": _geometry(one.lines, layer.shape),
                "properties": dict(one.row),
            }
            for one in layer.features
        ],
    }


def _geometry(lines: Lines | None, shape: Shape | None) -> Row | None:
    if not lines:
        return None
    if shape is Shape.point:
        ((lat, lon),) = lines[0]
        return {"type": "Point", "coordinates": [lon, lat]}
    return {
        "type": "MultiLineString",
        "coordinates": [[[lon, lat] for lat, lon in line] for line in lines],
    }
