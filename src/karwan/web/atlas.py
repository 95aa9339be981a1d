"""The map of the page: the report's drawing, with a switch at every crossing.

What depends on the tables alone (land, names of countries, roads and railways) is drawn once; the
best way and the switches are drawn for each question. A switch is a link, so that it works without
a script; its shape and its word tell its state, not its colour.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING, Literal
from xml.sax.saxutils import escape, quoteattr

from karwan.base.reprs import short_repr
from karwan.data.region import base_labels
from karwan.report.atlas import journey_courses, study_lines
from karwan.report.content import place_name
from karwan.report.lanes import read_chart
from karwan.report.map import (
    MapCorridor,
    MapCrossing,
    MapPlace,
    draw_glyph,
    draw_labels,
    draw_links,
)
from karwan.report.sheet import (
    Sheet,
    base_names,
    draw_land,
    draw_scale,
    draw_sea,
    lay_sheet,
    path_data,
    px,
)
from karwan.words.speech import label_word, named, say

if TYPE_CHECKING:
    from karwan.analysis.corridors.comparison import Comparison
    from karwan.data.catalog import Catalog
    from karwan.data.region import BaseLabel
    from karwan.network.network import Network
    from karwan.network.nouns import Crossing, Place
    from karwan.report.lanes import Chart
    from karwan.route.tcd import Journey

WIDTH_PX = 660
MARGIN_SHARE, LEAST_DEG = 0.05, 3.0
APART_PX = 12.0
"""Least distance of two switches, so that a finger can tell them apart."""
HIT_PX = 12.0
"""Radius of what can be hit: a target of 24 px (WCAG 2.5.8)."""

Status = Literal["open", "shut", "limited", "unknown"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Switch:
    """A crossing on the page: how it stands, in words, and where its link leads.

    Attributes
    ----------
    status
        What was last reported of it, or what the question makes of it: sets its shape.
    told
        Its state in words, with date and age.
    passes
        Whether the question lets freight pass.
    changed
        `shut` or `opened` by the user; blank else.
    recorded_shut
        Whether the record alone says that it is shut.
    """

    id: str
    name: str
    mode: str
    frontier: str
    status: Status
    told: str
    passes: bool
    changed: str
    recorded_shut: bool
    href: str

    @property
    def label(self) -> str:
        """What a screen reader says of it."""
        return f"{self.name}, {self.mode}, {self.frontier}: {self.told}"


@dataclass(frozen=True)
class Atlas:
    """What of the map depends on the tables and the ends of the journey alone.

    Attributes
    ----------
    ends
        Places that the map must hold.
    """

    catalog: Catalog
    network: Network
    ends: tuple[Place, Place]

    __repr__ = short_repr

    @cached_property
    def chart(self) -> Chart:
        """Where ships pass."""
        return read_chart(self.catalog)

    @cached_property
    def labels(self) -> tuple[BaseLabel, ...]:
        """Names of countries and seas, in the language spoken."""
        return tuple(
            replace(one, name=label_word(one.name) if one.is_sea else _of_country(one.name))
            for one in base_labels(self.catalog)
        )

    @cached_property
    def crossings(self) -> tuple[Crossing, ...]:
        """The crossings that are built, those of roads first."""
        built = (c for c in self.network.crossings.values() if self.network.is_built(c.id))
        return tuple(sorted(built, key=lambda one: (one.mode != "road", one.id)))

    @cached_property
    def sheet(self) -> Sheet:
        """The sheet, which holds every crossing and both ends."""
        spots = [self._middle(one) for one in self.crossings]
        spots += [place.position for place in self.ends]
        lats, lons = [lat for lat, _ in spots], [lon for _, lon in spots]
        low, high = _widened(min(lats), max(lats))
        west, east = _widened(min(lons), max(lons))
        return lay_sheet((west, low, east, high), WIDTH_PX, 0)

    @cached_property
    def spots(self) -> dict[str, tuple[float, float]]:
        """Where each switch stands, in px; those of one town stand apart."""
        placed: dict[str, tuple[float, float]] = {}
        for crossing in self.crossings:
            home = self.sheet.xy(*self._middle(crossing))
            options = [(home[0] + dx, home[1] + dy) for dx, dy in _around()]
            placed[crossing.id] = next(
                (
                    one
                    for one in options
                    if all(math.dist(one, p) >= APART_PX for p in placed.values())
                ),
                home,
            )
        return placed

    def _middle(self, crossing: Crossing) -> tuple[float, float]:
        """Return the position between the two sides of a crossing."""
        sides = [
            self.network.places[side].at(crossing.mode)
            for side in (crossing.side_a, crossing.side_b)
        ]
        return (sides[0][0] + sides[1][0]) / 2, (sides[0][1] + sides[1][1]) / 2

    @cached_property
    def ground(self) -> str:
        """Sea, land, links and scale as SVG, the same for every question."""
        sheet, lines = self.sheet, study_lines(self.chart, self.network)
        west = sheet.lon_mid
        middle = next(
            lat / 4
            for lat in range(-340, 340)
            if sheet.xy(lat / 4, west)[1] < sheet.top + sheet.height / 2
        )
        return "\n".join(
            [
                '<g class="m-sea">', *draw_sea(sheet), "</g>",
                '<g class="m-links">', *draw_links(lines, sheet, ("sea",)), "</g>",
                '<g class="m-land">', *draw_land(sheet, self.labels), "</g>",
                '<g class="m-links">', *draw_links(lines, sheet, ("road", "rail")), "</g>",
                '<g class="m-scale">', *draw_scale(sheet, round(middle)), "</g>",
            ]
        )  # fmt: skip

    def ways(self, now: Comparison, before: Comparison) -> str:
        """Return the best way, and the best before the question's changes where it differs."""
        parts = []
        same = (
            now.best is not None
            and before.best is not None
            and now.best.path.arcs == before.best.path.arcs
        )
        if before.best is not None and not same:
            parts.append(self._way(before.best, before.origin, "m-before"))
        if now.best is not None:
            parts.append(self._way(now.best, now.origin, "m-best"))
        return "\n".join(parts)

    def _way(self, journey: Journey, origin: Place, name: str) -> str:
        data = "".join(self._course(journey, origin))
        return f'<path class="{name}-case" d="{data}"/><path class="{name}" d="{data}"/>'

    def _course(self, journey: Journey, origin: Place) -> list[str]:
        return [
            path_data([self.sheet.xy(*point) for point in course])
            for course in journey_courses(self.chart, self.network, origin, journey)
        ]

    def names(self, now: Comparison, before: Comparison, switches: Sequence[Switch]) -> str:
        """Return the names of the ends, of towns on the way and of crossings passed or changed."""
        journeys = [one for one in (now.best, before.best) if one is not None]
        passed = {name for one in journeys for name in one.crossings}
        towns = {name for one in journeys for name in one.places}
        ends = {now.origin.id, now.destination.id}
        places = [
            MapPlace(place_name(place), *place.position, 1 if name in ends else 2)
            for name, place in sorted(self.network.places.items())
            if name in ends or (name in towns and place.kind in ("city", "seaport"))
        ]
        crossings = [
            MapCrossing(
                name=_short(one.name),
                lat=self._middle(self.network.crossings[one.id])[0],
                lon=self._middle(self.network.crossings[one.id])[1],
                status=one.status,
                label=one.id in passed or bool(one.changed),
            )
            for one in switches
        ]
        bands = [
            MapCorridor(name="", colour="#000", points=course, cut=False)
            for one in journeys
            for course in journey_courses(self.chart, self.network, now.origin, one)
        ]
        dots = [
            f'<circle class="m-end" cx="{px(x)}" cy="{px(y)}" r="4.5"/>'
            for x, y in (self.sheet.xy(*place.position) for place in (now.origin, now.destination))
        ]
        base = base_names(self.sheet, self.labels)
        return "\n".join([*draw_labels(places, crossings, bands, self.sheet, base), *dots])

    def signs(self, switches: Sequence[Switch]) -> str:
        """Return the crossings as signs that nobody can press, for an answer that is kept."""
        return "\n".join(self._sign(one) for one in _in_order(switches))

    def switches(self, switches: Sequence[Switch]) -> str:
        """Return the crossings as switches, those shut last so that nothing hides them."""
        return "\n".join(self._switch(one) for one in _in_order(switches))

    def _sign(self, one: Switch) -> str:
        x, y = self.spots[one.id]
        return (
            f'<g class="s-{one.status}" transform="translate({px(x)} {px(y)})">'
            f"<title>{escape(one.label)}</title>{_marks(one)}</g>"
        )

    def _switch(self, one: Switch) -> str:
        x, y = self.spots[one.id]
        recorded = ' data-recorded="shut"' if one.recorded_shut else ""
        deed = say("Space shuts it") if one.passes else say("Space opens it")
        return (
            f'<a href={quoteattr(one.href)} role="switch" aria-checked="{str(one.passes).lower()}" '
            f'class="switch s-{one.status}" data-id={quoteattr(one.id)}{recorded} '
            f'aria-label={quoteattr(one.label)} transform="translate({px(x)} {px(y)})">'
            f"<title>{escape(one.label)}. {deed}</title>"
            f'<g class="m-sign"><circle class="m-hit" r="{HIT_PX:g}"/>'
            f"{_marks(one)}</g></a>"
        )


def _of_country(name: str) -> str:
    """Return the name of a country that a map knows by its English name."""
    return named("country", name, name)


def _short(name: str) -> str:
    """Return the name of a crossing without what kind of thing it is, which its sign tells."""
    bare = name.partition(" (")[0].partition(", ")[0].removesuffix(" rail")
    return bare.removeprefix(f"{label_word('crossing point')} ")


def _in_order(switches: Sequence[Switch]) -> list[Switch]:
    order = {"open": 0, "limited": 1, "unknown": 2, "shut": 3}
    return sorted(switches, key=lambda one: (bool(one.changed), order[one.status]))


def _marks(one: Switch) -> str:
    """Return the sign of a crossing, ringed if the question changes it."""
    ring = '<circle class="m-ring" r="10.5"/>' if one.changed else ""
    return f"{ring}{draw_glyph(one.status, 0, 0)}"


def _widened(low: float, high: float) -> tuple[float, float]:
    """Return a range with a margin, and no narrower than can be drawn."""
    margin = max(MARGIN_SHARE * (high - low), (LEAST_DEG - (high - low)) / 2)
    return low - margin, high + margin


def _around() -> list[tuple[float, float]]:
    """Return where a switch may stand beside its place, the nearest first."""
    turns = [(0.0, 0.0)]
    for ring in (1, 2):
        turns += [
            (
                ring * APART_PX * math.cos(k * math.pi / 4),
                ring * APART_PX * math.sin(k * math.pi / 4),
            )
            for k in range(8)
        ]
    return turns
