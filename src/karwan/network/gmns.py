"""Read a network in GMNS: `node.csv`, `link.csv` and `config.csv`.

GMNS is the General Modeling Network Specification (https://github.com/zephyr-data-specs/GMNS). It
has directed links and no countries, gauges or posts; what karwan's own export adds of these is
taken where it is there. Both directions of a link become one.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from karwan.base.delimited import read_delimited
from karwan.base.errors import DataError
from karwan.base.geo import great_circle_km
from karwan.base.limits import MOST_FILE_BYTES
from karwan.network.draft import Draft, Spotted, Stretch, length_of
from karwan.network.shapes import Spot, read_course

if TYPE_CHECKING:
    import polars as pl

NEEDED = {
    "node": ("node_id", "x_coord", "y_coord"),
    "link": ("link_id", "from_node_id", "to_node_id"),
}
KM_OF = {"km": 1.0, "kilometer": 1.0, "mi": 1.609344, "mile": 1.609344, "m": 0.001, "meter": 0.001,
         "ft": 0.0003048, "foot": 0.0003048}  # fmt: skip
KMH_OF = {"kph": 1.0, "kmh": 1.0, "km/h": 1.0, "mph": 1.609344}
KINDS = ("border", "city", "dry_port", "junction", "pass", "seaport")
RAIL_KINDS = ("border", "city", "dry_port", "junction", "seaport", "station")
SHOWN = 5
_RAIL = re.compile(r"rail|train", re.IGNORECASE)
_SEA = re.compile(r"sea|ferry|ship|water", re.IGNORECASE)
Row = Mapping[str, str | None]


@dataclass(frozen=True, slots=True)
class _Scale:
    """What a unit of length and of speed is, in km and km/h."""

    km: float
    kmh: float


@dataclass(slots=True)
class _Faults:
    """What is wrong with a folder: a few rows of each kind named, the rest counted."""

    told: dict[str, list[str]] = field(default_factory=dict)

    def add(self, what: str, where: str) -> None:
        self.told.setdefault(what, []).append(where)

    @property
    def texts(self) -> list[str]:
        return [
            f"{what}: {', '.join(places[:SHOWN])}"
            + (f" and {len(places) - SHOWN} more" if len(places) > SHOWN else "")
            for what, places in self.told.items()
        ]


def read_gmns(folder: Path, *, dated: str, country: str | None = None) -> Draft:
    """Return the network of a folder in GMNS.

    Parameters
    ----------
    dated
        Day of the network, YYYY-MM-DD: GMNS has no place for one.
    country
        Two letters of the country of nodes that tell none.

    Raises
    ------
    DataError
        Names every missing file and column, and every row that cannot be.
    """
    where = f"GMNS folder {folder}"
    tables = _tables(folder, where)
    faults = _Faults()
    scale = _scale(tables.get("config"), faults)
    places = {place.id: place for place in _places(tables["node"], country, faults)}
    read = _Links(places=places, scale=scale, faults=faults)
    links = read.all(tables["link"])
    if faults.told:
        raise DataError(where, faults.texts)
    used = {end for link in links for end in (link.from_id, link.to_id)}
    missing = read.missing
    alone = len(places) - len(used)
    if alone:
        missing.append(f"{alone} nodes that no link reaches: left out")
    return Draft(
        places=tuple(place for place in places.values() if place.id in used),
        links=tuple(links),
        source_url=f"gmns:{folder.resolve().name}",
        source_date=dated,
        grade="C",
        credit=_credit(tables.get("config")),
        missing=tuple(missing),
    )


def _tables(folder: Path, where: str) -> dict[str, pl.DataFrame]:
    """Return the tables of a folder; every file and column that is missing is named."""
    wrong = []
    tables: dict[str, pl.DataFrame] = {}
    for name in (*NEEDED, "config"):
        path = folder / f"{name}.csv"
        if not path.exists():
            if name in NEEDED:
                wrong.append(f"{name}.csv is not there")
            continue
        if path.stat().st_size > MOST_FILE_BYTES:
            wrong.append(f"{name}.csv is larger than {MOST_FILE_BYTES:,} bytes")
            continue
        try:
            tables[name] = read_delimited(path.read_bytes(), path.name)
        except DataError as error:
            wrong += [f"{name}.csv {text}" for text in error.texts]
            continue
        columns = tables[name].columns
        wrong += [
            f"{name}.csv has no column {one!r}"
            for one in NEEDED.get(name, ())
            if one not in columns
        ]
    if wrong:
        raise DataError(where, wrong)
    return tables


def _scale(config: pl.DataFrame | None, faults: _Faults) -> _Scale:
    """Return the units that the settings name; without settings km and km/h."""
    row: Row = config.row(0, named=True) if config is not None and config.height else {}
    length, speed = (row.get("long_length") or "km").lower(), (row.get("speed") or "kph").lower()
    if length not in KM_OF:
        faults.add(f"long_length is not one of {', '.join(KM_OF)}", f"config.csv {length!r}")
    if speed not in KMH_OF:
        faults.add(f"speed is not one of {', '.join(KMH_OF)}", f"config.csv {speed!r}")
    return _Scale(KM_OF.get(length, 1.0), KMH_OF.get(speed, 1.0))


def _credit(config: pl.DataFrame | None) -> str:
    row: Row = config.row(0, named=True) if config is not None and config.height else {}
    return (row.get("notes") or "").strip()


def _places(nodes: pl.DataFrame, country: str | None, faults: _Faults) -> Iterator[Spotted]:
    """Yield the nodes; what is wrong with one is collected."""
    seen: set[str] = set()
    for line, row in enumerate(nodes.iter_rows(named=True), 2):
        name = (row["node_id"] or "").strip()
        at = f"node.csv line {line}"
        spot = _spot(row)
        home = (row.get("country") or country or "").strip().upper()
        if not name or name in seen:
            faults.add("node_id is blank or stands there twice", f"{at} {name!r}")
        if spot is None:
            faults.add("x_coord, y_coord are no longitude and latitude in degrees", at)
        if not home:
            faults.add("no country: say whose nodes these are", at)
        seen.add(name)
        if spot is not None:
            kind = row.get("node_type") or ""
            yield Spotted(
                id=name,
                name=(row.get("name") or name).strip(),
                country=home,
                position=spot,
                kind=kind if kind in KINDS and kind in RAIL_KINDS else "city",
            )


def _spot(row: Row) -> Spot | None:
    lat, lon = _number(row.get("y_coord")), _number(row.get("x_coord"))
    if lat is None or lon is None or not (abs(lat) <= 90 and abs(lon) <= 180):  # noqa: PLR2004
        return None
    return lat, lon


def _number(text: str | None) -> float | None:
    """Return a cell as a number; None where it is blank or none."""
    try:
        value = float(text or "")
    except ValueError:
        return None
    return value if value == value and abs(value) < float("inf") else None  # noqa: PLR0124 (NaN)


@dataclass(slots=True, kw_only=True)
class _Links:
    """Reads links; both directions of one are one."""

    places: Mapping[str, Spotted]
    scale: _Scale
    faults: _Faults
    missing: list[str] = field(default_factory=list)
    shorter: set[str] = field(default_factory=set)

    def all(self, links: pl.DataFrame) -> list[Stretch]:
        """Return the links in the order in which they first stand there."""
        kept: dict[tuple[str, ...], Stretch] = {}
        both: set[tuple[str, ...]] = set()
        measured = 0
        for line, row in enumerate(links.iter_rows(named=True), 2):
            link = self._link(line, row)
            if link is None:
                continue
            ends = sorted((link.from_id, link.to_id))
            key = (*ends, link.mode, str(link.gauge_mm), _bare(link.id))
            if key in kept:
                both.add(key)
                continue
            measured += _number(row.get("length")) is None
            if (row.get("directed") or "").lower() not in ("true", "1"):
                both.add(key)
            kept[key] = link
        one_way = len(kept) - len(both)
        if one_way:
            self.missing.append(f"{one_way} links of one direction only: taken as open both ways")
        if measured:
            self.missing.append(f"lengths of {measured} links: measured along their course")
        if self.shorter:
            self.missing.append(
                f"lengths of {len(self.shorter)} links, shorter than the straight line between "
                "their nodes: that line's taken"
            )
        return _named_once(list(kept.values()))

    def _link(self, line: int, row: Row) -> Stretch | None:
        at = f"link.csv line {line}"
        ends = [(row[name] or "").strip() for name in ("from_node_id", "to_node_id")]
        strange = [name for name in ends if name not in self.places]
        if strange:
            self.faults.add("a node that node.csv has not", f"{at} {strange[0]!r}")
            return None
        if ends[0] == ends[1]:
            self.faults.add("a link that leads to itself", at)
            return None
        for name in ("length", "free_speed"):
            if row.get(name) and (_number(row[name]) is None or (_number(row[name]) or 0) < 0):
                self.faults.add(f"{name} is no number, or below 0", f"{at} {row[name]!r}")
        spots = self._course(at, row, ends)
        length, speed = _number(row.get("length")), _number(row.get("free_speed"))
        a, b = (self.places[name] for name in ends)
        ident = _bare((row["link_id"] or f"line-{line}").strip())
        gauge = _number((row.get("gauge_mm") or "").split(";")[0])
        lanes = _number(row.get("lanes"))
        mode = _mode(row.get("facility_type") or "")
        km = length_of(spots) if length is None else length * self.scale.km
        straight_km = great_circle_km(*a.position, *b.position)
        if km < straight_km:
            self.shorter.add(ident)
        return Stretch(
            id=ident,
            from_id=ends[0],
            to_id=ends[1],
            mode=mode,
            length_km=max(km, straight_km),
            speed_kmh=speed * self.scale.kmh if speed else None,
            gauge_mm=None if gauge is None else int(gauge),
            lane_count=None if lanes is None else int(lanes),
            infrastructure=row.get("build_state") or "built",
            course=spots if row.get("geometry") else (),
            crossing_id=(row.get("crossing_id") or f"{ident}-post")
            if a.country != b.country and mode != "sea"
            else "",
            name=(row.get("name") or "").strip(),
        )

    def _course(self, at: str, row: Row, ends: Sequence[str]) -> tuple[Spot, ...]:
        straight = tuple(self.places[name].position for name in ends)
        text = row.get("geometry")
        if not text:
            return straight
        try:
            return read_course(text)
        except DataError as error:
            self.faults.add("geometry", f"{at} {error.faults[0].text}")
            return straight


def _mode(facility: str) -> str:
    """Return the mode of a kind of facility.

    Examples
    --------
    >>> _mode("Rail line"), _mode("ferry"), _mode("arterial")
    ('rail', 'sea', 'road')
    """
    return "rail" if _RAIL.search(facility) else "sea" if _SEA.search(facility) else "road"


def _bare(name: str) -> str:
    """Return the id of a link without the direction that karwan's own export adds."""
    return name.removesuffix(":ab").removesuffix(":ba")


def _named_once(links: list[Stretch]) -> list[Stretch]:
    """Return links with ids that are all different, and posts too."""
    from dataclasses import replace

    seen: dict[str, int] = {}
    named = []
    for link in links:
        count = seen[link.id] = seen.get(link.id, 0) + 1
        fresh = link if count == 1 else replace(link, id=f"{link.id}-{count}")
        if fresh.crossing_id:
            posts = seen[f"post {link.crossing_id}"] = seen.get(f"post {link.crossing_id}", 0) + 1
            if posts > 1:
                fresh = replace(fresh, crossing_id=f"{link.crossing_id}-{posts}")
        named.append(fresh)
    return named
