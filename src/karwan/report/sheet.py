"""The sheet a map is drawn on: projection, base map, scale bar and plain SVG pieces.

Apart from `karwan.report.map` because a sheet knows nothing of corridors or crossings. The
base map, `basemap.json`, is made from Natural Earth by `tools/build_basemap.py`.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import cache
from importlib import resources
from itertools import pairwise
from typing import TYPE_CHECKING, Any
from xml.sax.saxutils import escape

from karwan.base.geo import great_circle_km
from karwan.words.speech import label_word, say, say_number

if TYPE_CHECKING:
    from karwan.data.region import BaseLabel

SEA, LAND, BEYOND, BORDER, INK = "#dbe7ee", "#f8f6f1", "#e4e4e4", "#aaa296", "#22282e"

Xy = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle of the page, upright, in px."""

    x0: float
    y0: float
    x1: float
    y1: float

    def hits(self, other: Box) -> bool:
        """Tell whether two rectangles overlap; to touch is not to overlap."""
        across = self.x0 < other.x1 and other.x0 < self.x1
        return across and self.y0 < other.y1 and other.y0 < self.y1

    def middle(self) -> Box:
        """Return the point in the middle, as a rectangle of no size."""
        return around((self.x0 + self.x1) / 2, (self.y0 + self.y1) / 2, 0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """A Lambert conformal conic projection, and the rectangle of the page that shows it.

    Lengths are in px; `pole_x` and `pole_y` are where the meridians meet.
    """

    exponent: float
    lon_mid: float
    scale: float
    pole_x: float
    pole_y: float
    top: float
    width: float
    height: float

    def xy(self, lat: float, lon: float) -> Xy:
        """Return a position on the page in px (Snyder 1987, eqs. 14-1, 14-2 and 15-1)."""
        rho = self.scale / math.tan(math.pi / 4 + math.radians(lat) / 2) ** self.exponent
        theta = self.exponent * math.radians(lon - self.lon_mid)
        return self.pole_x + rho * math.sin(theta), self.pole_y + rho * math.cos(theta)

    def path(self, points: Iterable[Xy]) -> str:
        """Return SVG path data through (lat, lon) points."""
        return path_data([self.xy(lat, lon) for lat, lon in points])

    def shows(self, x: float, y: float, *, margin: float = 0.0) -> bool:
        """Tell whether a point of the page lies on the map, `margin` px from its edge."""
        bottom = self.top + self.height
        across = margin <= x <= self.width - margin
        return across and self.top + margin <= y <= bottom - margin

    def holds(self, box: Box) -> bool:
        """Tell whether the whole box lies on the map."""
        return self.shows(box.x0, box.y0, margin=2) and self.shows(box.x1, box.y1, margin=2)


@dataclass(frozen=True, slots=True, kw_only=True)
class Label:
    """Words at a point, which keeps `radius` px clear.

    `must` forbids dropping them; `reach` (0 to 3) lets them stand farther from the point,
    tied to it by a leader.
    """

    words: str
    x: float
    y: float
    size: float = 10.5
    style: str = ""
    anchor: str = "start"
    spacing: float = 0.0
    radius: float = 0.0
    must: bool = False
    reach: int = 0
    leader: str = ""

    def box(self) -> Box:
        """Return the room the words take."""
        width = text_px(self.words, self.size) + self.spacing * len(self.words)
        x0 = self.x - {"start": 0.0, "middle": 0.5, "end": 1.0}[self.anchor] * width
        return Box(x0 - 1, self.y - 0.78 * self.size, x0 + width + 1, self.y + 0.26 * self.size)

    def draw(self) -> str:
        """Return the words as an SVG element."""
        spacing = f' letter-spacing="{self.spacing:g}"' if self.spacing else ""
        style = f'text-anchor="{self.anchor}"{spacing} {self.style}'.strip()
        return self.leader + text(self.x, self.y, self.words, self.size, style)


def lay_sheet(frame: tuple[float, float, float, float], width_px: float, top_px: float) -> Sheet:
    """Return a sheet on which the frame's west and east hold at its middle latitude.

    The standard parallels lie a sixth inside the frame (Snyder 1987, eq. 15-3).

    Examples
    --------
    >>> sheet = lay_sheet((46.0, 22.0, 92.0, 54.0), 960, 0)
    >>> [round(v) for v in sheet.xy(38.0, 46.0)]
    [0, 374]
    """
    west, south, east, north = frame
    low, high = (math.radians(south + share * (north - south)) for share in (1 / 6, 5 / 6))
    growth = math.tan(math.pi / 4 + high / 2) / math.tan(math.pi / 4 + low / 2)
    exponent = math.log(math.cos(low) / math.cos(high)) / math.log(growth)
    unit = Sheet(
        exponent=exponent,
        lon_mid=(west + east) / 2,
        scale=1.0,
        pole_x=0.0,
        pole_y=0.0,
        top=0.0,
        width=0.0,
        height=0.0,
    )
    scale = width_px / 2 / unit.xy((south + north) / 2, east)[0]
    near, far = (scale * unit.xy(lat, unit.lon_mid)[1] for lat in (north, south))
    size = replace(unit, top=top_px, width=width_px, height=round(far - near))
    return replace(size, scale=scale, pole_x=width_px / 2, pole_y=top_px - near)


@cache
def read_basemap() -> dict[str, Any]:
    """Return the packaged base map: countries, borders and disputed lines, (lon, lat)."""
    file = resources.files("karwan.report").joinpath("basemap.json")
    basemap: dict[str, Any] = json.loads(file.read_text(encoding="utf-8"))
    return basemap


def draw_sea(sheet: Sheet) -> list[str]:
    """Return the area of the base map in the colour of the sea, and grey around it."""
    west, south, east, north = read_basemap()["bbox"]
    steps = [west + k * (east - west) / 60 for k in range(61)]
    edge = [(south, lon) for lon in steps] + [(north, lon) for lon in reversed(steps)]
    bottom = px(sheet.top + sheet.height)
    return [
        f'<rect width="{px(sheet.width)}" height="{bottom}" fill="{BEYOND}"/>',
        f'<path d="{sheet.path(edge)}" fill="{SEA}"/>',
    ]


def draw_land(sheet: Sheet, labels: Sequence[BaseLabel]) -> list[str]:
    """Return land, graticule, settled and disputed borders, and names, as SVG elements."""
    basemap = read_basemap()
    # The stroke hides the seams between neighbours, so that no hairline joins the dashes.
    parts = [f'<g fill="{LAND}" fill-rule="evenodd" stroke="{LAND}" stroke-width="0.8">']
    for country in basemap["countries"]:
        data = _outline(country["rings"], sheet)
        parts += [f'<path d="{data}"/>'] if data else []
    parts.append(f'</g><g fill="none" stroke="{BORDER}" stroke-linejoin="round">')
    parts.append(f'<path stroke-width="0.5" stroke-opacity="0.3" d="{_graticule(sheet)}"/>')
    parts.append(f'<path stroke-width="0.9" d="{_outline(basemap["borders"], sheet)}"/>')
    disputed = _outline(basemap["disputed_lines"], sheet)
    parts.append(f'<path stroke-width="0.9" stroke-dasharray="3.5 2.5" d="{disputed}"/></g>')
    return parts + [name.draw() for name in base_names(sheet, labels)]


def base_names(sheet: Sheet, labels: Sequence[BaseLabel]) -> list[Label]:
    """Return those names of countries and seas that fit on the map."""
    names = []
    for label in labels:
        if label.is_sea:
            look, style = label.name, 'fill="#7896a8" font-style="italic"'
        else:
            look, style = label.name.upper(), 'fill="#979083"'
        x, y = sheet.xy(label.lat, label.lon)
        name = Label(words=look, x=x, y=y, size=9, style=style, anchor="middle", spacing=2)
        if _is_clear(name, sheet) and not name.box().hits(scale_room(sheet)):
            names.append(name)
    return names


def _is_clear(name: Label, sheet: Sheet) -> bool:
    """Tell whether the name of a country lies on the map with room to its edges."""
    box = name.box()
    return sheet.holds(Box(box.x0 - 8, box.y0, box.x1 + 8, box.y1))


def _outline(lines: Iterable[Sequence[Sequence[float]]], sheet: Sheet) -> str:
    """Return path data through those (lon, lat) lines that come near the map."""
    paths = ([sheet.xy(lat, lon) for lon, lat in line] for line in lines)
    return "".join(path_data(p) for p in paths if any(sheet.shows(*xy, margin=-60) for xy in p))


def _graticule(sheet: Sheet) -> str:
    lons = range(round(sheet.lon_mid) - 60, round(sheet.lon_mid) + 61, 3)
    parallels = [sheet.path((lat, lon) for lon in lons) for lat in range(0, 90, 10)]
    tens = range(10 * (lons[0] // 10), lons[-1], 10)
    return "".join(parallels + [sheet.path([(0, lon), (80, lon)]) for lon in tens])


def scale_room(sheet: Sheet) -> Box:
    """Return the corner that the scale bar needs."""
    bottom = sheet.top + sheet.height
    return Box(0, bottom - 36, sheet.width / 6 + 60, bottom)


def _scale_text(bar_km: float, lat: float) -> str:
    return say("{km} km at {lat}°", km=say_number(bar_km), lat=f"{lat:g}")


def draw_scale(sheet: Sheet, lat: float) -> list[str]:
    """Return a scale bar in km, true at the latitude, and a mark that points to the pole."""
    km_per_px = great_circle_km(lat, sheet.lon_mid - 0.5, lat, sheet.lon_mid + 0.5) / (
        sheet.xy(lat, sheet.lon_mid + 0.5)[0] - sheet.xy(lat, sheet.lon_mid - 0.5)[0]
    )
    room_km = sheet.width / 6 * km_per_px
    base_km = 10 ** math.floor(math.log10(room_km))
    bar_km = max(step * base_km for step in (1, 2, 5) if step * base_km <= room_km)
    half, x, y = bar_km / km_per_px / 2, 16.0, sheet.top + sheet.height - 16
    mark_x, mark_y = sheet.width - 22, sheet.top + 34
    turn = math.degrees(math.atan2(sheet.pole_x - mark_x, mark_y - sheet.pole_y))
    size = f'height="4" stroke="{INK}" stroke-width="0.8"'
    return [
        f'<rect x="{px(x)}" y="{px(y)}" width="{px(half)}" {size} fill="{INK}"/>',
        f'<rect x="{px(x + half)}" y="{px(y)}" width="{px(half)}" {size} fill="#fff"/>',
        *_scale_words(x, y - 5, 2 * half, _scale_text(bar_km, lat)),
        f'<g transform="translate({px(mark_x)} {px(mark_y)}) rotate({px(turn)})">',
        f'<path d="M0 -13L5 8L0 4L-5 8Z" fill="{INK}"/>',
        text(0, -17, label_word("N"), 10, 'text-anchor="middle" font-weight="bold"') + "</g>",
    ]


def _scale_words(x: float, y: float, bar_px: float, words: str) -> list[str]:
    """Return the words over a scale bar; one too short for both of its ends names its length."""
    if bar_px < text_px(words, 10) / 2 + text_px("00", 10):
        return [text(x, y, words, 10)]
    return [text(x, y, "0", 10), text(x + bar_px, y, words, 10, 'text-anchor="middle"')]


def settle(
    label: Label, taken: list[Box], marks: list[Box], bands: list[Box], sheet: Sheet
) -> Label | None:
    """Return the label at the best of its positions, or nothing if it may be dropped."""
    best, lowest = None, math.inf
    home = around(label.x, label.y, 1)
    options = [(option, option.box()) for option in _options(label)]
    reach = _spanned([box for _, box in options])
    near, course = ([box for box in boxes if box.hits(reach)] for boxes in (taken, bands))
    strangers = [mark for mark in marks if mark.hits(reach) and not home.hits(mark.middle())]
    for k, (option, box) in enumerate(options):
        clashes = sum(box.hits(other) for other in near)
        clashes += 0 if sheet.holds(box) else 5
        hidden = sum(box.hits(other) for other in strangers)
        least = 1000 * clashes + 50 * hidden + 0.4 * k
        if (clashes + hidden and not label.must) or least >= lowest:
            continue
        cost = 1000 * clashes + 50 * hidden + sum(box.hits(other) for other in course) + 0.4 * k
        if cost < lowest:
            best, lowest = option, cost
    return best


def _spanned(boxes: Sequence[Box]) -> Box:
    """Return the least box that holds all."""
    return Box(
        min(box.x0 for box in boxes),
        min(box.y0 for box in boxes),
        max(box.x1 for box in boxes),
        max(box.y1 for box in boxes),
    )


def _options(label: Label) -> list[Label]:
    """Return the label on eight sides of its point, then the same farther out."""
    sides = ((1, 0), (-1, 0), (1, -1), (1, 1), (-1, -1), (-1, 1), (0, -1), (0, 1))
    options = []
    for gap in [label.radius + far for far in (1.5, 9.0, 18.0, 28.0)][: 1 + label.reach]:
        for dx, dy in sides:
            tip_x = label.x + dx * gap * (0.7 if dy else 1.0)
            tip_y = label.y + dy * gap * (0.6 if dx else 1.0)
            lift = {-1: -0.1, 0: 0.36, 1: 0.78}[dy] * label.size
            anchor = {-1: "end", 0: "middle", 1: "start"}[dx]
            option = replace(label, x=tip_x, y=tip_y + lift, anchor=anchor)
            if gap > label.radius + 2:
                line = path_data([(label.x, label.y), (tip_x, tip_y)])
                leader = f'<path d="{line}" stroke="{INK}" stroke-width="0.6"/>'
                option = replace(option, leader=leader)
            options.append(option)
    return options


def around(x: float, y: float, reach: float) -> Box:
    """Return the square about a point."""
    return Box(x - reach, y - reach, x + reach, y + reach)


def along(course: Sequence[Xy], step_px: float = 8.0) -> list[Xy]:
    """Return points on a line, close enough that no name slips between them."""
    spots = []
    for (x0, y0), (x1, y1) in pairwise(course):
        steps = max(1, math.ceil(math.hypot(x1 - x0, y1 - y0) / step_px))
        spots += [(x0 + k * (x1 - x0) / steps, y0 + k * (y1 - y0) / steps) for k in range(steps)]
    return spots


def px(value: float) -> str:
    """Return a length of the page to a tenth of a px.

    Examples
    --------
    >>> px(12.04), px(-0.01)
    ('12', '0')
    """
    return f"{round(value, 1) + 0.0:.1f}".removesuffix(".0")


def path_data(points: Sequence[Xy]) -> str:
    """Return SVG path data through points of the page, without repeated ones.

    Examples
    --------
    >>> path_data([(0, 0), (0.01, 0), (5, 2.25)])
    'M0 0L5 2.2'
    """
    spots = [f"{px(x)} {px(y)}" for x, y in points]
    kept = [spot for k, spot in enumerate(spots) if k == 0 or spot != spots[k - 1]]
    return "M" + "L".join(kept) if kept else ""


def text(x: float, y: float, words: str, size: float, style: str = "") -> str:
    """Return a text element with its baseline at (x, y)."""
    space = " " if style else ""
    return (
        f'<text x="{px(x)}" y="{px(y)}" font-size="{size:g}"{space}{style}>{escape(words)}</text>'
    )


def text_px(words: str, size: float) -> float:
    """Return about how wide the words run in Liberation Sans, in px; errs to the wide side."""
    narrow, wide = "fijlrtI.,:;'|!()[] -/", "mwMWGOQ@%"
    ems = (
        0.32 if c in narrow else 0.86 if c in wide else 0.7 if c.isupper() else 0.56 for c in words
    )
    return size * sum(ems)


def wrap(words: str, size: float, room_px: float) -> list[str]:
    """Return the words in rows that fit the room."""
    rows = [""]
    for word in words.split():
        longer = f"{rows[-1]} {word}".strip()
        if rows[-1] and text_px(longer, size) > room_px:
            rows.append(word)
        else:
            rows[-1] = longer
    return rows
