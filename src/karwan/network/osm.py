"""Read main roads, railways, ferries and border posts of an OpenStreetMap file (.osm.pbf).

The file is streamed three times: relations, ways, nodes; of an area its nodes come first, so that
no way is kept that does not touch it. What is kept is what the tags below name, so memory grows
with the main ways of the area, with a bit for each of its nodes, and with the borders of countries,
which are needed whole; never with buildings, paths or what lies elsewhere. Needs the extra `osm`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from karwan.base.errors import DataError, Fault, KarwanError
from karwan.base.troubles import reason
from karwan.network.draft import Draft, Spotted, Stretch
from karwan.network.frontier import Frontier
from karwan.network.gauges import GAUGES_MM
from karwan.network.shapes import Spot
from karwan.network.thinning import Anchor, Run, thin

if TYPE_CHECKING:
    from types import ModuleType

ROADS = ("motorway", "trunk", "primary", "motorway_link", "trunk_link", "primary_link")
SIDE_TRACKS = ("yard", "siding", "spur", "crossover")
TAGS_READ = {
    "highway": f"{', '.join(ROADS)}: a road",
    "railway": f"rail, unless service is {', '.join(SIDE_TRACKS)}: a railway",
    "route": "ferry: a ferry",
    "gauge": f"of railways: the first of {', '.join(map(str, GAUGES_MM))} that it names",
    "maxspeed": "speed, in km/h or with mph",
    "lanes": "lanes of roads",
    "surface": "surface of roads",
    "place": "city, town: a place",
    "name:en, int_name, name": "names, the first that is there",
    "barrier": "border_control: a border post, which names the crossing next to it",
    "boundary": "administrative with admin_level 2 and ISO3166-1:alpha2: a country",
}
"""Tags that are read, and what each is taken for."""
CREDIT = (
    "Contains information from OpenStreetMap, (c) OpenStreetMap contributors, available under the "
    "Open Database License 1.0."
)
KMH_PER_MPH = 1.609344
NEAREST_POST_KM = 25.0
MODES = {"highway": "road", "railway": "rail", "route": "sea"}
_NOT_WORD = re.compile(r"[^a-z0-9]+")
_SPEED = re.compile(r"\s*(\d+(?:\.\d+)?)\s*(mph|km/h|kmh)?\s*")
Progress = Callable[[int, int], None]
STEPS = 5


@dataclass(frozen=True, slots=True)
class Box:
    """An area in degrees."""

    west: float
    south: float
    east: float
    north: float

    def holds(self, spot: Spot) -> bool:
        """Return whether a position lies within."""
        return self.south <= spot[0] <= self.north and self.west <= spot[1] <= self.east


class MissingOsmiumError(KarwanError):
    """A map was to be read without the package that reads it."""

    def __init__(self) -> None:
        super().__init__(
            "A file of OpenStreetMap needs the package 'osmium': pip install 'karwan[osm]'."
        )


@dataclass(slots=True, kw_only=True)
class _Found:
    """What the streams have found so far.

    `inside` has the nodes of the area asked for; None where none was.
    """

    runs: list[Run] = field(default_factory=list)
    outlines: dict[int, str] = field(default_factory=dict)
    lines: dict[str, list[tuple[int, ...]]] = field(default_factory=dict)
    spots: dict[int, Spot] = field(default_factory=dict)
    towns: list[tuple[int, str, Spot]] = field(default_factory=list)
    posts: list[tuple[str, Spot]] = field(default_factory=list)
    inside: Any = None


def read_area(text: str | None) -> Box | None:
    """Return the area that a text names: west, south, east, north in degrees.

    Raises
    ------
    DataError
        If it names none.

    Examples
    --------
    >>> read_area("60, 25, 75.5, 40")
    Box(west=60.0, south=25.0, east=75.5, north=40.0)
    """
    if text is None:
        return None
    try:
        west, south, east, north = (float(part) for part in text.split(","))
    except ValueError:
        west, south, east, north = 1.0, 1.0, 0.0, 0.0
    if not (-180 <= west < east <= 180 and -90 <= south < north <= 90):  # noqa: PLR2004
        words = "give west,south,east,north in degrees, west and south first"
        raise DataError("the question", [Fault("area", words, text)])
    return Box(west, south, east, north)


def read_osm(
    path: Path,
    *,
    dated: str,
    is_stated: bool = False,
    area: Box | None = None,
    country: str | None = None,
    done: Progress | None = None,
) -> Draft:
    """Return the main network of a map, cut to places and crossings.

    Parameters
    ----------
    dated
        Day of the map, YYYY-MM-DD; that of the file's own record counts unless it `is_stated`.
    country
        Two letters of the country of whatever lies in none.
    done
        Told how many of the steps are done.

    Raises
    ------
    DataError
        If it is no such file or cut in the middle, has no country's border, or one that is not
        closed.
    MissingOsmiumError
        If osmium is not installed.
    """
    osmium = _osmium()
    where = f"map {path}"
    try:
        with path.open("rb"):
            pass
    except OSError as error:
        raise DataError(where, [f"it {reason(error)}"]) from error
    tell = done or (lambda _done, _of: None)
    drawn = _Found()
    try:
        stamp = _stamp(osmium, path)
        for step, read in enumerate((_read_relations, _read_inside, _read_ways, _read_nodes), 1):
            read(osmium, path, drawn, area)
            tell(step, STEPS)
    except (RuntimeError, ValueError) as error:
        text = f"cannot be read to its end; is it cut in the middle, or no map? ({error})"
        raise DataError(where, [text]) from error
    frontier = Frontier.of(drawn.lines, drawn.spots, country)
    draft = _drafted(drawn, frontier, area, dated if is_stated or not stamp else stamp, path)
    tell(STEPS, STEPS)
    return draft


def _osmium() -> ModuleType:
    try:
        import osmium
    except ImportError as error:
        raise MissingOsmiumError from error
    return osmium


def _stamp(osmium: Any, path: Path) -> str:
    """Return the day that a file gives of itself; blank if none."""
    with osmium.io.Reader(str(path)) as reader:
        stamp: str = reader.header().get("osmosis_replication_timestamp")
    return stamp[:10]


def _read_relations(osmium: Any, path: Path, drawn: _Found, _area: Box | None) -> None:
    """Find the ways that are borders of countries."""
    stream = osmium.FileProcessor(str(path), osmium.osm.RELATION).with_filter(
        osmium.filter.TagFilter(("boundary", "administrative"))
    )
    for relation in stream:
        code = relation.tags.get("ISO3166-1:alpha2") or relation.tags.get("ISO3166-1")
        if relation.tags.get("admin_level") == "2" and code:
            drawn.lines[code] = []
            for member in relation.members:
                if member.type == "w" and member.role in ("outer", ""):
                    drawn.outlines.setdefault(member.ref, "")
                    drawn.outlines[member.ref] += f"{code};"


def _read_inside(osmium: Any, path: Path, drawn: _Found, area: Box | None) -> None:
    """Mark the nodes that lie in the area."""
    if area is None:
        return
    drawn.inside = osmium.IdTracker()
    for node in osmium.FileProcessor(str(path), osmium.osm.NODE):
        if area.holds((node.location.lat, node.location.lon)):
            drawn.inside.add_node(node.id)


def _read_ways(osmium: Any, path: Path, drawn: _Found, _area: Box | None) -> None:
    """Find main ways that touch the area, and the lines of borders."""
    for way in osmium.FileProcessor(str(path), osmium.osm.WAY):
        for code in filter(None, drawn.outlines.get(way.id, "").split(";")):
            drawn.lines[code].append(tuple(node.ref for node in way.nodes))
        run = _run_of(way.tags)
        if run is not None and (drawn.inside is None or drawn.inside.contains_any_references(way)):
            refs = tuple(node.ref for node in way.nodes)
            if len(refs) > 1:
                drawn.runs.append(Run(refs=refs, **run))


def _run_of(tags: Any) -> dict[str, Any] | None:
    """Return what a way's tags say of a run; None where it is no main way."""
    kind = next((key for key in MODES if key in tags), None)
    if kind is None or not _is_main(kind, tags):
        return None
    return {
        "mode": MODES[kind],
        "gauge_mm": _gauge(tags.get("gauge", "")) if kind == "railway" else None,
        "speed_kmh": _speed(tags.get("maxspeed", "")),
        "lane_count": _whole(tags.get("lanes", "")),
        "surface": tags.get("surface", "unknown"),
    }


def _is_main(kind: str, tags: Any) -> bool:
    if kind == "highway":
        return tags[kind] in ROADS
    if kind == "railway":
        return tags[kind] == "rail" and tags.get("service") not in SIDE_TRACKS
    return bool(tags[kind] == "ferry")


def _gauge(text: str) -> int | None:
    known = [int(part) for part in re.findall(r"\d+", text) if int(part) in GAUGES_MM]
    return known[0] if known else None


def _speed(text: str) -> float | None:
    """Return a speed in km/h; None where it is none.

    Examples
    --------
    >>> _speed("80"), round(_speed("50 mph"), 1), _speed("walk")
    (80.0, 80.5, None)
    """
    match = _SPEED.fullmatch(text)
    if match is None or float(match[1]) == 0:
        return None
    return float(match[1]) * (KMH_PER_MPH if match[2] == "mph" else 1.0)


def _whole(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdecimal() else None


def _read_nodes(osmium: Any, path: Path, drawn: _Found, area: Box | None) -> None:
    """Find where kept ways lie, and places and posts within the area."""
    wanted = {ref for run in drawn.runs for ref in run.refs}
    wanted.update(ref for lines in drawn.lines.values() for line in lines for ref in line)
    stream = osmium.FileProcessor(str(path), osmium.osm.NODE)
    for node in stream:
        is_told = len(node.tags) > 0
        if node.id not in wanted and not is_told:
            continue
        spot = (node.location.lat, node.location.lon)
        if node.id in wanted:
            drawn.spots[node.id] = spot
        if is_told and (area is None or area.holds(spot)):
            if node.tags.get("place") in ("city", "town"):
                drawn.towns.append((node.id, _name(node.tags, f"n{node.id}"), spot))
            if node.tags.get("barrier") == "border_control":
                drawn.posts.append((_name(node.tags, f"post {node.id}"), spot))


def _name(tags: Any, otherwise: str) -> str:
    names = (tags.get(key) for key in ("name:en", "int_name", "name"))
    return next((name.strip() for name in names if name and name.strip()), otherwise)


def _drafted(drawn: _Found, frontier: Frontier, area: Box | None, day: str, path: Path) -> Draft:
    """Return what was found as a network of places and crossings."""
    whole = [run for run in drawn.runs if all(ref in drawn.spots for ref in run.refs)]
    runs = [part for run in whole for part in _within(run, drawn.spots, area)]
    homes = frontier.countries({ref for run in runs for ref in run.refs}, drawn.spots)
    ids = _ids(drawn.towns)
    anchors = [
        Anchor(id=ids[number], position=spot, country=frontier.country_at(spot))
        for number, (_, _, spot) in enumerate(drawn.towns)
    ]
    stretches = thin(runs, drawn.spots, homes, anchors)
    ends = {end for one in stretches for end in (one.from_id, one.to_id)}
    places = {
        ids[number]: Spotted(
            id=ids[number], name=name, country=frontier.country_at(spot), position=spot
        )
        for number, (_, name, spot) in enumerate(drawn.towns)
        if ids[number] in ends
    }
    for end in sorted(ends - set(places)):
        ref = int(end.removeprefix("n"))
        places[end] = Spotted(
            id=end, name=end, country=homes[ref], position=drawn.spots[ref], kind="border"
            if any(one.crossing_id and end in (one.from_id, one.to_id) for one in stretches)
            else "junction",
        )  # fmt: skip
    named = _name_posts(stretches, places, drawn.posts)
    cut = len(drawn.runs) - len(whole)
    unplaced = len(drawn.towns) - sum(ids[k] in ends for k in range(len(drawn.towns)))
    missing = [
        text
        for count, text in (
            (cut, f"{cut} ways with nodes that the file has not: left out"),
            (unplaced, f"{unplaced} towns without a kept road or railway nearby: left out"),
        )
        if count
    ]
    return Draft(
        places=tuple(places.values()),
        links=tuple(named),
        source_url=f"osm:{path.name}",
        source_date=day,
        grade="B",
        credit=CREDIT,
        missing=tuple(missing),
    )


def _within(run: Run, spots: dict[int, Spot], area: Box | None) -> Iterator[Run]:
    """Yield the parts of a run whose nodes lie in an area."""
    if area is None:
        yield run
        return
    part: list[int] = []
    for ref in (*run.refs, None):
        if ref is not None and area.holds(spots[ref]):
            part.append(ref)
            continue
        if len(part) > 1:
            yield run.part(part)
        part = []


def _ids(towns: Sequence[tuple[int, str, Spot]]) -> list[str]:
    """Return an id for each town: its name in small letters, or its number."""
    ids: list[str] = []
    for number, name, _ in towns:
        plain = _NOT_WORD.sub("-", name.casefold()).strip("-")
        ids.append(plain if plain and plain not in ids and name.isascii() else f"n{number}")
    return ids


def _name_posts(
    stretches: Iterable[Stretch],
    places: dict[str, Spotted],
    posts: Sequence[tuple[str, Spot]],
) -> Iterator[Stretch]:
    """Yield stretches, those over a frontier named by the post next to them."""
    from dataclasses import replace

    from karwan.base.geo import great_circle_km

    taken: dict[str, int] = {}
    for one in stretches:
        if not one.crossing_id:
            yield one
            continue
        at = places[one.from_id].position
        near = min(posts, key=lambda post: great_circle_km(*at, *post[1]), default=None)
        name = one.crossing_id
        if near is not None and great_circle_km(*at, *near[1]) <= NEAREST_POST_KM:
            name = near[0]
        plain = _NOT_WORD.sub("-", name.casefold()).strip("-") or one.id
        ident = f"{plain}-{one.mode}"
        count = taken[ident] = taken.get(ident, 0) + 1
        yield replace(one, name=name, crossing_id=ident if count == 1 else f"{ident}-{count}")
