"""The map of a study as one self-contained SVG string.

A report must open without a network and look the same in ten years, so the map is drawn
here: no tiles, no script, no font file, and the same bytes for the same input. It is a
schematic: links and corridors run straight between surveyed places.
"""

from __future__ import annotations

import math
import re
import zlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import TYPE_CHECKING, Literal
from xml.sax.saxutils import escape

from karwan.base.errors import DataError
from karwan.report.sheet import (
    BORDER,
    INK,
    Label,
    Sheet,
    Xy,
    along,
    around,
    base_names,
    draw_land,
    draw_scale,
    draw_sea,
    lay_sheet,
    path_data,
    px,
    scale_room,
    settle,
    text,
    text_px,
    wrap,
)

if TYPE_CHECKING:
    from karwan.data.region import BaseLabel

NOTE = (
    "Schematic: straight lines between surveyed places. Boundaries are shown without prejudice; "
    "dashed = disputed. Natural Earth."
)
NOTE_OF_SHAPES = NOTE.replace(
    "Schematic: straight lines between surveyed places.",
    "Links run as their own shapes do, within 200 m, else straight between surveyed places.",
)
_LINES = {"sea": ("#8fb4cc", 1.2), "road": ("#dfc9a2", 1.8), "rail": ("#9aa0a6", 0.9)}
_DASHES = {"built": "", "building": "5 3", "planned": "1.4 3"}
_STATUSES = ("open", "limited", "unknown", "shut")
_STATES = {"built": "built", "building": "being built", "planned": "planned"}
STRAIGHT = 2
"""Points of a line without a shape."""
_CORRIDOR_PX, _LEGEND_PX, _ROW_PX = 3.0, 11.0, 19.0
_SWATCH = "M0 0L28 0"


@dataclass(frozen=True, slots=True)
class MapPlace:
    """A place; rank 1 is always labelled, 2 where there is room, 3 never."""

    name: str
    lat: float
    lon: float
    rank: int


@dataclass(frozen=True, slots=True)
class MapLine:
    """A link through (lat, lon) points. Land covers a sea lane: give it way-points at capes."""

    points: tuple[tuple[float, float], ...]
    mode: Literal["road", "rail", "sea"]
    build_state: Literal["built", "building", "planned"]


@dataclass(frozen=True, slots=True, kw_only=True)
class MapCorridor:
    """A corridor through (lat, lon) points, at sea too; dashed when `cut`. Colour is hex."""

    name: str
    colour: str
    points: tuple[tuple[float, float], ...]
    cut: bool
    width_px: float = _CORRIDOR_PX


@dataclass(frozen=True, slots=True, kw_only=True)
class MapCrossing:
    """A border crossing point; its status sets its shape, `label` asks for its name."""

    name: str
    lat: float
    lon: float
    status: Literal["open", "shut", "limited", "unknown"]
    label: bool


def draw_map(
    *,
    places: Sequence[MapPlace],
    lines: Sequence[MapLine],
    corridors: Sequence[MapCorridor],
    crossings: Sequence[MapCrossing],
    width_px: int = 960,
    title: str,
    description: str,
    frame: tuple[float, float, float, float] = (46.0, 22.0, 92.0, 54.0),
    legend: bool = True,
    heading_of_bands: str = "Corridors",
    labels: Sequence[BaseLabel] = (),
    signs: bool = True,
) -> str:
    """Return the map as an SVG string that needs nothing else.

    Parameters
    ----------
    places, lines, corridors, crossings
        What to draw. Corridors that share a pair of consecutive points run side by side there.
    width_px
        Width of the drawing; its height follows from the frame and the legend.
    title, description
        The heading; and a sentence on what the map shows, for a screen reader.
    frame
        West, south, east and north in degrees; west and east hold at the middle latitude.
        Grey is what lies beyond the base map (40-124 E, 15-56 N).
    legend
        False leaves out legend and note, for an inset.
    heading_of_bands
        What the legend calls the coloured bands.
    labels
        Names of countries and seas; those that fit are drawn.
    signs
        False leaves the signs of crossings out of the legend, for a map without them.

    Raises
    ------
    DataError
        If a mode, build state, status, colour or position cannot be drawn.

    Examples
    --------
    >>> kabul = MapPlace("Kabul", 34.53, 69.17, 1)
    >>> svg = draw_map(places=[kabul], lines=[], corridors=[], crossings=[],
    ...                title="Kabul", description="One place.")
    >>> svg.startswith("<svg") and ">Kabul</text>" in svg
    True
    """
    _check(places, lines, corridors, crossings)
    heading = wrap(title, 15, width_px)
    sheet = lay_sheet(frame, width_px, 9 + 19 * len(heading))
    # Two maps in one page must not share ids; hash() would differ from run to run.
    uid = f"karwan-map-{zlib.crc32(title.encode()):08x}"
    area = f'<rect y="{px(sheet.top)}" width="{width_px}" height="{px(sheet.height)}"'
    shaped = any(len(line.points) > STRAIGHT and line.mode != "sea" for line in lines)
    note = NOTE_OF_SHAPES if shaped else NOTE
    rows, bottom = _legend(corridors, sheet, heading_of_bands, note, signs=signs)
    if not legend:
        rows, bottom = [], sheet.top + sheet.height
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width_px}" height="{px(bottom)}" '
        f'viewBox="0 0 {width_px} {px(bottom)}" role="img" fill="{INK}" '
        f'aria-labelledby="{uid}-title {uid}-desc" '
        'font-family="Liberation Sans, Arial, sans-serif">',
        f'<title id="{uid}-title">{escape(title)}</title>',
        f'<desc id="{uid}-desc">{escape(description)}</desc>',
        f'<clipPath id="{uid}-clip">{area}/></clipPath>',
        f'<rect width="{width_px}" height="{px(bottom)}" fill="#fff"/>',
        *(text(0, 15 + 19 * k, row, 15, 'font-weight="bold"') for k, row in enumerate(heading)),
        f'<g clip-path="url(#{uid}-clip)">',
        *draw_sea(sheet),
        # A straight sea lane would cross a continent: the land lies over it.
        *draw_links(lines, sheet, ("sea",)),
        *draw_land(sheet, labels),
        *draw_links(lines, sheet, ("road", "rail")),
        *_corridors(corridors, sheet),
        *_dots(places, sheet),
        *draw_labels(places, crossings, corridors, sheet, base_names(sheet, labels)),
        *_glyphs(crossings, sheet),
        f'</g>{area} fill="none" stroke="{BORDER}"/>',
        *draw_scale(sheet, (frame[1] + frame[3]) / 2),
        *rows,
        "</svg>\n",
    ]
    return "\n".join(parts)


def _check(
    places: Sequence[MapPlace],
    lines: Sequence[MapLine],
    corridors: Sequence[MapCorridor],
    crossings: Sequence[MapCrossing],
) -> None:
    """Raise one error that names everything that cannot be drawn."""
    faults = [f"line {k}: mode {x.mode!r}" for k, x in enumerate(lines) if x.mode not in _LINES]
    for k, line in enumerate(lines):
        if line.build_state not in _DASHES:
            faults.append(f"line {k}: build state {line.build_state!r}")
    faults += [f"{x.name}: status {x.status!r}" for x in crossings if x.status not in _STATUSES]
    for corridor in corridors:
        if not re.fullmatch("#(?:[0-9A-Fa-f]{3}){1,2}", corridor.colour):
            faults.append(f"{corridor.name}: colour {corridor.colour!r} is not hex, like #0072b2")
    spots = [(x.name, (x.lat, x.lon)) for x in places]
    spots += [(x.name, (x.lat, x.lon)) for x in crossings]
    spots += [(x.name, point) for x in corridors for point in x.points]
    spots += [(f"line {k}", point) for k, x in enumerate(lines) for point in x.points]
    for name, (lat, lon) in spots:
        if not (abs(lat) < 90 and abs(lon) <= 180):
            faults.append(f"{name}: no such position ({lat}, {lon}); give latitude, longitude")
    if faults:
        raise DataError("the map", faults)


def draw_links(lines: Sequence[MapLine], sheet: Sheet, modes: Sequence[str]) -> list[str]:
    """Draw the links of some modes, one path per mode and build state."""
    parts = ['<g fill="none" stroke-linejoin="round">']
    for mode in modes:
        for state in _DASHES:
            chosen = (x for x in lines if (x.mode, x.build_state) == (mode, state))
            data = "".join(sheet.path(line.points) for line in chosen)
            parts += [_stroke(mode, state, data)] if data else []
    return [*parts, "</g>"]


def _stroke(mode: str, state: str, data: str) -> str:
    """Draw path data as a link; ticks tell rail from road without colour."""
    colour, width = _LINES[mode]
    drawn = _dashed(state, f'stroke="{colour}" stroke-width="{width}"', data)
    if mode == "rail":
        ticks = 'stroke-width="3.6" stroke-dasharray="1 6"'
        drawn += f'<path stroke="{colour}" {ticks} d="{data}"/>'
    return drawn


def _dashed(state: str, style: str, data: str) -> str:
    dash = f' stroke-dasharray="{_DASHES[state]}"' if _DASHES[state] else ""
    return f'<path {style}{dash} d="{data}"/>'


def _corridors(corridors: Sequence[MapCorridor], sheet: Sheet) -> list[str]:
    """Draw the corridors over white casings."""
    shapes = [path_data(course) for course in _courses(corridors, sheet)]
    style = 'fill="none" stroke-linejoin="round" stroke-linecap="round"'
    return [
        f'<g {style} stroke="#fff" stroke-opacity="0.8">',
        *(
            f'<path stroke-width="{x.width_px + 2:g}" d="{data}"/>'
            for x, data in zip(corridors, shapes, strict=True)
        ),
        f"</g><g {style}>",
        *(_band(x, data) for x, data in zip(corridors, shapes, strict=True)),
        "</g>",
    ]


def _band(corridor: MapCorridor, data: str) -> str:
    dash = ' stroke-dasharray="7 3.5"' if corridor.cut else ""
    return (
        f'<path stroke="{corridor.colour}" stroke-width="{corridor.width_px:g}"{dash} d="{data}"/>'
    )


def _courses(corridors: Sequence[MapCorridor], sheet: Sheet) -> list[list[Xy]]:
    """Return each corridor's points on the page, side by side where a leg is shared."""
    legs = [[leg for leg in pairwise(x.points) if leg[0] != leg[1]] for x in corridors]
    users: dict[frozenset[Xy], dict[int, Xy]] = {}
    for k, own in enumerate(legs):
        for start, end in own:
            users.setdefault(frozenset((start, end)), {}).setdefault(k, start)
    courses = []
    for k, own in enumerate(legs):
        shifts = []
        for start, end in own:
            lanes = users[frozenset((start, end))]
            # Left and right are those of the first corridor on the leg, whoever runs back.
            side = 1 if next(iter(lanes.values())) == start else -1
            lane = list(lanes).index(k) - (len(lanes) - 1) / 2
            shifts.append(side * lane * (_CORRIDOR_PX + 0.6))
        ends = [start for start, _ in own] + [end for _, end in own[-1:]]
        courses.append(_shifted([sheet.xy(*end) for end in ends], shifts))
    return courses


def _shifted(points: Sequence[Xy], shifts_px: Sequence[float]) -> list[Xy]:
    """Return the line with every leg moved sideways, mitred where the move is the same."""
    normals = []
    for (x0, y0), (x1, y1) in pairwise(points):
        length = math.hypot(x1 - x0, y1 - y0) or 1.0
        normals.append(((y0 - y1) / length, (x1 - x0) / length))
    moved: list[Xy] = []
    for k, (x, y) in enumerate(points):
        before, after = max(k - 1, 0), min(k, len(normals) - 1)
        (ax, ay), (bx, by) = normals[before], normals[after]
        cosine = ax * bx + ay * by
        if shifts_px[before] == shifts_px[after] and cosine > -0.5:
            mitre = shifts_px[after] / (1 + cosine)
            moved.append((x + mitre * (ax + bx), y + mitre * (ay + by)))
        else:
            moved.append((x + shifts_px[before] * ax, y + shifts_px[before] * ay))
            moved.append((x + shifts_px[after] * bx, y + shifts_px[after] * by))
    return moved


def _dots(places: Sequence[MapPlace], sheet: Sheet) -> list[str]:
    """Draw a dot for each place, the larger the lower its rank number."""
    parts = ['<g stroke="#fff" stroke-width="0.8">']
    for place in sorted(places, key=lambda x: (-x.rank, x.lat, x.lon)):
        x, y = sheet.xy(place.lat, place.lon)
        radius = {1: 2.8, 2: 2.2}.get(place.rank, 1.4)
        parts.append(f'<circle cx="{px(x)}" cy="{px(y)}" r="{radius}"/>')
    return [*parts, "</g>"]


def _glyphs(crossings: Sequence[MapCrossing], sheet: Sheet) -> list[str]:
    """Draw the crossings, the shut ones last so that nothing hides them."""
    ordered = sorted(crossings, key=lambda x: (_STATUSES.index(x.status), x.lat, x.lon))
    return [draw_glyph(x.status, *sheet.xy(x.lat, x.lon)) for x in ordered]


def draw_glyph(status: str, x: float, y: float) -> str:
    """Draw a crossing: the shape tells its status, in print and without colour."""
    ring = f'fill="#fff" stroke="{INK}" stroke-width="1.4"'
    shapes = {
        "open": f'<circle r="3.6" {ring}/>',
        "limited": f'<path d="M0 -5.2L5.2 0L0 5.2L-5.2 0Z" {ring}/>'
        f'<path d="M0 -5.2L0 5.2L-5.2 0Z" fill="{INK}" stroke="none"/>',
        "shut": '<rect x="-5" y="-5" width="10" height="10" fill="#a3121f" stroke="#fff"/>'
        '<path d="M-2.8 -2.8L2.8 2.8M-2.8 2.8L2.8 -2.8" stroke="#fff" stroke-width="1.7"/>',
        "unknown": f'<circle r="3.9" {ring}/><circle r="1.5" fill="{INK}" stroke="none"/>',
    }
    return f'<g transform="translate({px(x)} {px(y)})">{shapes[status]}</g>'


def draw_labels(
    places: Sequence[MapPlace],
    crossings: Sequence[MapCrossing],
    corridors: Sequence[MapCorridor],
    sheet: Sheet,
    base: Sequence[Label],
) -> list[str]:
    """Write names where there is room, with white halos; the greedy order is by rank."""
    bands = [around(*xy, 1.5) for course in _courses(corridors, sheet) for xy in along(course)]
    marks = [around(*sheet.xy(x.lat, x.lon), 6) for x in crossings]
    marks += [around(*sheet.xy(x.lat, x.lon), 4) for x in places if x.rank < 3]
    taken = [scale_room(sheet), *(name.box() for name in base)]
    parts = ['<g stroke="#fff" stroke-width="2.6" stroke-linejoin="round" paint-order="stroke">']
    for label in _wanted(places, crossings, sheet):
        settled = settle(label, taken, marks, bands, sheet)
        if settled:
            taken.append(settled.box())
            parts.append(settled.draw())
    return [*parts, "</g>"]


def _wanted(
    places: Sequence[MapPlace], crossings: Sequence[MapCrossing], sheet: Sheet
) -> list[Label]:
    """Return the names to write, the first to choose first; those off the map are left out."""
    bold, italic = 'font-weight="bold"', 'font-style="italic"'
    named = [(2 * x.rank, x.name, sheet.xy(x.lat, x.lon)) for x in places if x.rank < 3]
    named += [(3, x.name, sheet.xy(x.lat, x.lon)) for x in crossings if x.label]
    looks = {
        2: Label(words="", x=0, y=0, radius=2.8, must=True, reach=3, style=bold),
        3: Label(words="", x=0, y=0, radius=5.0, reach=3, style=italic),
        4: Label(words="", x=0, y=0, radius=2.8),
    }
    return [
        replace(looks[turn], words=name, x=x, y=y)
        for turn, name, (x, y) in sorted(named)
        if sheet.shows(x, y)
    ]


def _legend(
    corridors: Sequence[MapCorridor], sheet: Sheet, bands: str, note: str, *, signs: bool
) -> tuple[list[str], float]:
    """Return the rows under the map, and where the drawing ends."""
    neutral = 'stroke="#6d737a" stroke-width="2"'
    rows: dict[str, list[tuple[str, str]]] = {
        # A corridor in two parts, before and after the edge of the map, is one entry.
        bands: list(
            dict.fromkeys((_band(x, _SWATCH), x.name + " (cut)" * x.cut) for x in corridors)
        ),
        "Links": [(_stroke(mode, "built", _SWATCH), mode) for mode in ("road", "rail", "sea")],
        "Build state": [(_dashed(x, neutral, _SWATCH), words) for x, words in _STATES.items()],
        "Crossings": [(draw_glyph(status, 14, 0), status) for status in _STATUSES if signs],
    }
    parts, y, indent = [], sheet.top + sheet.height + _ROW_PX, 84.0
    for heading, items in ((name, row) for name, row in rows.items() if row):
        x = indent
        parts.append(text(0, y, heading, _LEGEND_PX, 'font-weight="bold"'))
        for swatch, words in items:
            end = x + 34 + text_px(words, _LEGEND_PX)
            if x > indent and end > sheet.width:
                x, y, end = indent, y + _ROW_PX, end - x + indent
            parts.append(f'<g transform="translate({px(x)} {px(y - 4)})" fill="none">{swatch}</g>')
            parts.append(text(x + 34, y, words, _LEGEND_PX))
            x = end + 16
        y += _ROW_PX
    for row in wrap(note, 10, sheet.width):
        parts.append(text(0, y, row, 10, 'fill="#5c6369"'))
        y += 13
    return parts, y - 7
