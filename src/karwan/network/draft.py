"""A network read from another format, and the folder of tables that it becomes.

What the other format does not tell stays blank and is named: in the folder's README and to whoever
imports. Nothing is made up. What a way cannot do without, a rate for each mode and the hours and
fees of posts, is the middle of what is published elsewhere: of grade C, and said to be borrowed.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from statistics import median
from typing import TYPE_CHECKING

from karwan.base.errors import DataError
from karwan.base.geo import great_circle_km
from karwan.data.catalog import Catalog
from karwan.data.new_land import bare_files, write_folder
from karwan.data.rows.costs import CpmmTfiRow
from karwan.data.rows.network import BorderCrossingRow
from karwan.network.gauges import GAUGES_MM
from karwan.network.shapes import LONGER_RATIO, SLACK_KM, Spot

if TYPE_CHECKING:
    from pathlib import Path

ERROR_M = 200
KM_PER_TFI, T_PER_TFI = 500, 20
MOST_NAMED = 5
Cells = Mapping[str, object]


@dataclass(frozen=True, slots=True, kw_only=True)
class Spotted:
    """A place of a network to be."""

    id: str
    name: str
    country: str
    position: Spot
    kind: str = "city"


@dataclass(frozen=True, slots=True, kw_only=True)
class Stretch:
    """A link of a network to be.

    Attributes
    ----------
    course
        Positions from its first end to its second, both included; empty where none is known.
    crossing_id
        Of the post at which it joins two countries; blank where it does not.
    """

    id: str
    from_id: str
    to_id: str
    mode: str
    length_km: float
    speed_kmh: float | None = None
    gauge_mm: int | None = None
    lane_count: int | None = None
    surface: str = "unknown"
    infrastructure: str = "built"
    course: tuple[Spot, ...] = ()
    crossing_id: str = ""
    name: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """A network as another format tells it.

    Attributes
    ----------
    missing
        What it does not tell, or was left out, a sentence each.
    """

    places: tuple[Spotted, ...]
    links: tuple[Stretch, ...]
    source_url: str
    source_date: str
    grade: str
    credit: str
    missing: tuple[str, ...]


def length_of(spots: Sequence[Spot]) -> float:
    """Return how long a line is, in km."""
    return sum(great_circle_km(*a, *b) for a, b in pairwise(spots))


def draft_files(draft: Draft) -> tuple[dict[str, bytes], tuple[str, ...]]:
    """Return the files of a folder that stands alone, and all that is missing in it."""
    catalog = Catalog()
    files = bare_files()
    countries = {place.id: place.country for place in draft.places}
    tables = _tables(draft, countries, catalog)
    for name, rows in tables.items():
        entry = catalog.resource(name)
        names = [item.name for item in entry.table.fields]
        files[f"{name}.csv"] = _csv(names, rows, files.get(f"{name}.csv", b""))
    missing = (*draft.missing, *_blanks(draft, countries))
    files["README.md"] = _readme(draft, missing).encode()
    return files, missing


def _tables(draft: Draft, countries: Mapping[str, str], catalog: Catalog) -> dict[str, list[Cells]]:
    """Return the rows that a draft has for tables."""
    told = {"source_url": draft.source_url, "source_date": draft.source_date,
            "confidence": draft.grade}  # fmt: skip
    used: dict[str, set[str]] = {"road": set(), "rail": set()}
    for link in draft.links:
        used["road" if link.mode == "road" else "rail"] |= {link.from_id, link.to_id}
    tables: dict[str, list[Cells]] = {
        f"{mode}_nodes": [
            {"id": place.id, "name": place.name, "country": place.country, "kind": place.kind,
             "lat": round(place.position[0], 5), "lon": round(place.position[1], 5), **told}
            for place in draft.places
            if place.id in used[mode]
        ]
        for mode in used
    }  # fmt: skip
    rows = {link.id: _link_row(link, countries) | told for link in draft.links}
    drawn = {"status_asof": draft.source_date}
    tables["road_links"] = [rows[one.id] for one in draft.links if one.mode == "road"]
    tables["rail_links"] = [rows[one.id] for one in draft.links if one.mode != "road"]
    gates = [one for one in draft.links if one.crossing_id]
    posts = {mode: _post_figures(catalog, mode) for mode in used}
    tables["border_crossings"] = [
        row | posts[str(row["mode"])] | told | drawn | {"confidence": "C"}
        for row in (_crossing_row(one, countries) for one in gates)
    ]
    tables["elements"] = [_element_row(one, countries) | told for one in gates]
    tables["link_shapes"] = [
        {"link_id": one.id, "wkt": _wkt(one.course), "error_m": ERROR_M, **told}
        for one in draft.links
        if _is_drawn(one)
    ]
    tables["country_names"] = [
        {"country": code, "name": code, **told} for code in sorted(set(countries.values()))
    ]
    modes = {"road" if one.mode == "road" else "rail" for one in draft.links if one.mode != "sea"}
    tables["parameters"] = [
        _rate_row(catalog, mode, min(countries.values(), default="")) for mode in sorted(modes)
    ]
    return tables


def _link_row(link: Stretch, countries: Mapping[str, str]) -> dict[str, object]:
    """Return a link as its table has it; columns that another mode has are left out."""
    ends = list(dict.fromkeys([countries[link.from_id], countries[link.to_id]]))
    row: dict[str, object] = {
        "id": link.id, "from_id": link.from_id, "to_id": link.to_id, "mode": link.mode,
        "length_km": round(link.length_km, 3), "speed_kmh": link.speed_kmh,
        "status": "operating" if link.infrastructure == "built" else "planned",
        "infrastructure": link.infrastructure, "countries": ";".join(ends),
        "crossing_id": link.crossing_id, "note": link.name,
    }  # fmt: skip
    if link.mode == "road":
        return row | {"lane_count": link.lane_count, "surface": link.surface,
                      "condition": "unknown"}  # fmt: skip
    return row | {"gauge_mm": link.gauge_mm if link.gauge_mm in GAUGES_MM else None}


def _crossing_row(link: Stretch, countries: Mapping[str, str]) -> dict[str, object]:
    """Return the post of a link; what nobody told of it is blank."""
    a, b = countries[link.from_id], countries[link.to_id]
    return {
        "id": link.crossing_id, "name": link.name or link.crossing_id, "side_a": link.from_id,
        "side_a_country": a, "side_b": link.to_id, "side_b_country": b,
        "mode": "rail" if link.mode != "road" else "road", "frontier": f"{a}-{b}",
        "frontier_kind": "imported", "status_kind": "open", "in_network": "yes",
        "link_ids": link.id,
    }  # fmt: skip


def _post_figures(catalog: Catalog, mode: str) -> dict[str, object]:
    """Return hours and fees to begin with: the middle of the posts that are published elsewhere."""
    posts = [row for row in catalog.rows(BorderCrossingRow) if row.mode == mode]
    sides = ("a", "b")
    hours = {
        way: [
            value
            for row in posts
            for side in sides
            if (value := getattr(row, f"side_{side}_{way}_hours")) is not None
        ]
        for way in ("inbound", "outbound")
    }
    fees = [
        fee
        for row in posts
        for fee in (row.cost_a_to_b_usd, row.cost_b_to_a_usd)
        if fee is not None
    ]
    figures: dict[str, object] = {
        f"side_{side}_{way}_hours": round(median(values), 2)
        for side in sides
        for way, values in hours.items()
        if values
    }
    figures |= {name.replace("_hours", "_basis"): "country" for name in figures}
    if fees:
        figures |= dict.fromkeys(("cost_a_to_b_usd", "cost_b_to_a_usd"), round(median(fees), 2))
    return figures | {"note": "hours and fees borrowed from posts elsewhere: put your own here"}


def _element_row(link: Stretch, countries: Mapping[str, str]) -> dict[str, object]:
    frontier = f"{countries[link.from_id]}-{countries[link.to_id]}"
    return {
        "element_id": link.crossing_id, "kind": "crossing",
        "mode": "rail" if link.mode != "road" else "road", "frontier_group": frontier,
        "frontier": frontier, "name": link.name or link.crossing_id, "links": link.id,
        "in_network": "yes",
    }  # fmt: skip


def _rate_row(catalog: Catalog, mode: str, country: str) -> dict[str, object]:
    """Return a rate to begin with: the middle of the shipped region's, said to be borrowed."""
    rates = sorted(
        row.mean / KM_PER_TFI / T_PER_TFI
        for row in catalog.rows(CpmmTfiRow)
        if row.mode == mode and row.indicator == "TFI3" and row.country and row.mean > 0
    )
    return {
        "parameter": f"{mode}_usd_per_tkm", "value_low": round(rates[0], 4),
        "value": round(median(rates), 4), "value_high": round(rates[-1], 4),
        "unit": "USD/tonne-km", "country": country, "applies_to": mode,
        "note": f"borrowed: least, middle and most of {len(rates)} published rates elsewhere; "
        "put your own here, one a country",
        "source_url": "derived:cpmm_tfi", "source_date": "", "confidence": "C",
    }  # fmt: skip


def _is_drawn(link: Stretch) -> bool:
    """Return whether a link's course fits its length, as a shape must."""
    return len(set(link.course)) > 1 and (
        length_of(link.course) <= link.length_km * LONGER_RATIO + SLACK_KM
    )


def _wkt(spots: Iterable[Spot]) -> str:
    return "LINESTRING (" + ", ".join(f"{lon:.5f} {lat:.5f}" for lat, lon in spots) + ")"


def _csv(names: Sequence[str], rows: Iterable[Cells], before: bytes) -> bytes:
    """Return rows under a header, behind those that a table has already."""
    buffer = io.StringIO()
    writer = csv.DictWriter(buffer, names, lineterminator="\n", extrasaction="ignore")
    if not before:
        writer.writeheader()
    writer.writerows({key: "" if cell is None else cell for key, cell in row.items()}
                     for row in rows)  # fmt: skip
    return before + buffer.getvalue().encode()


def _blanks(draft: Draft, countries: Mapping[str, str]) -> list[str]:
    """Return what a land needs and an import never tells, and what this one left blank."""
    gates = [one for one in draft.links if one.crossing_id]
    blind = [one.id for one in draft.links if len(one.course) > 1 and not _is_drawn(one)]
    slow = [one.id for one in draft.links if one.speed_kmh is None]
    rails = [one.id for one in draft.links if one.mode == "rail" and one.gauge_mm not in GAUGES_MM]
    told = [
        f"rates: `parameters.csv` has one a mode, borrowed; {len(set(countries.values()))} "
        "countries want their own",
    ]
    if gates:
        told.append(
            f"hours and fees of {len(gates)} crossings: borrowed, the middle of published posts "
            f"of their mode elsewhere; open on {draft.source_date} as drawn, which is no report"
        )
    told += [
        f"{what}: {len(ids)} ({', '.join(ids[:MOST_NAMED])}{' …' if len(ids) > MOST_NAMED else ''})"
        for what, ids in (
            ("links without a speed", slow),
            ("railways without a known gauge, which no train can take", rails),
            ("courses left out, longer than the link's own length", blind),
        )
        if ids
    ]
    told.append("closures, corridors, demand, transfers between road, rail and sea: none")
    return told


def _readme(draft: Draft, missing: Iterable[str]) -> str:
    lines = [
        "# An imported network",
        "",
        f"{len(draft.places)} places and {len(draft.links)} links from {draft.source_url}. "
        f"{draft.credit}".strip(),
        "",
        "`karwan network check`, asked with this folder as its tables, says what is missing.",
        "",
        "`COLUMNS.md` says what each column means and in which unit. Missing still:",
        "",
        *(f"- {one}" for one in missing),
        "",
    ]
    return "\n".join(lines)


def write_draft(draft: Draft, folder: Path) -> tuple[str, ...]:
    """Write a draft into a new folder, whole or not at all; return what is missing in it.

    Raises
    ------
    DataError
        If something is there already, or no link joins two countries.
    """
    if not any(one.crossing_id for one in draft.links):
        told = "no link joins two countries, so nothing in it can shut: is it cut at the border?"
        raise DataError(draft.source_url, [told, *draft.missing])
    files, missing = draft_files(draft)
    write_folder(folder, files)
    return missing
