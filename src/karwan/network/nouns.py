"""The nouns of the network: what a place, a link, a crossing, a terminal, an element is.

Nothing here knows what is shut today; that is evidence. A link that is not built is in the
network all the same, so that a project can switch it on, and is left out of every route until
one does.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass

from karwan.base.provenance import Figure, Source
from karwan.base.reprs import short_repr
from karwan.network.gauges import ROAD


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A town, junction, station, post or port.

    Road and rail position differ where the station lies outside the town. `road` and `rail` are
    (lat, lon) in degrees, or None where the mode is not there.
    """

    id: str
    name: str
    country: str
    kind: str
    road: tuple[float, float] | None
    rail: tuple[float, float] | None
    unlocode: tuple[str, ...]
    source: Source

    @property
    def position(self) -> tuple[float, float]:
        """Latitude and longitude in degrees, the road position first."""
        found = self.road or self.rail
        if found is None:
            msg = f"{self.id} has no position"
            raise ValueError(msg)
        return found

    def at(self, mode: str) -> tuple[float, float]:
        """Latitude and longitude in degrees where a mode is, or else where the other is."""
        return (self.road if mode == ROAD else self.rail) or self.position


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """A surveyed piece of road, railway or sea lane between two places.

    `season_months` are the months (1-12) in which it is shut every year; `seasonal` says in words
    what else the season does.
    """

    id: str
    from_id: str
    to_id: str
    mode: str
    length_km: float
    speed_kmh: float | None
    layers: tuple[str, ...]
    infrastructure: str
    status: str
    countries: tuple[str, ...]
    crossing_id: str
    seasonal: str
    season_months: frozenset[int]
    note: str
    source: Source

    @property
    def built(self) -> bool:
        """Whether it exists and is fit for traffic; announced is not built."""
        return self.infrastructure == "built"


@dataclass(frozen=True, slots=True, kw_only=True)
class Crossing:
    """A border crossing point for one mode, with its two sides.

    `status_asof` is the day from which the report of its status is known, the last that its date
    can mean. `hours` maps (side, direction) such as ("a", "outbound") to a published figure or
    None; `costs` maps "a_to_b" and "b_to_a".
    """

    id: str
    name: str
    mode: str
    side_a: str
    side_b: str
    country_a: str
    country_b: str
    frontier: str
    frontier_kind: str
    status_kind: str
    status_asof: dt.date | None
    status_url: str
    link_id: str
    hours: Mapping[tuple[str, str], Figure | None]
    costs: Mapping[str, Figure | None]
    hours_statistic: str
    hours_year: str
    opening_hours: str
    seasonal: str
    procedures: str
    note: str
    source: Source

    __repr__ = short_repr


@dataclass(frozen=True, slots=True, kw_only=True)
class Season:
    """Weather that shuts a link by the day in some months: days of each such month."""

    id: str
    link_id: str
    months: frozenset[int]
    shut_days: Figure
    cause: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Terminal:
    """A directed move between two layers, at one place or between a town and its station."""

    place_id: str
    from_layer: str
    to_place_id: str
    to_layer: str
    kind: str
    status: str
    handling_hours: float | None
    queue_hours: float | None
    cost_usd_per_container: float | None
    km: float
    source: Source


@dataclass(frozen=True, slots=True, kw_only=True)
class Element:
    """What can be shut: a crossing or a named line, in one mode."""

    id: str
    kind: str
    mode: str
    frontier_group: str
    frontier: str
    name: str
    aliases: tuple[str, ...]
    links: tuple[str, ...]
    in_network: bool
    beside: str
    note: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Restriction:
    """A rule on a class of vehicles on a link, a crossing, or all roads of a country.

    Attributes
    ----------
    published
        Day from which its source is known.
    """

    id: str
    target: str
    vehicle_class: str
    effect: str
    start: dt.date | None
    end: dt.date | None
    rule: str
    source: Source
    published: dt.date = dt.date.min


@dataclass(frozen=True, slots=True, kw_only=True)
class Project:
    """A named set of links that do not exist today."""

    id: str
    name: str
    links: tuple[str, ...]
    build_state: str
    status_note: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Corridor:
    """An ordered list of directed crossings and places, southbound, in one variant.

    Attributes
    ----------
    serves
        Countries at its northern and at its southern end; both empty for any along it.
    """

    id: str
    family: str
    variant: str
    role: str
    od_example: tuple[str, str]
    tokens: tuple[str, ...]
    forbidden: frozenset[str]
    modes: frozenset[str]
    project_id: str
    keep_crossing: str
    serves: tuple[frozenset[str], frozenset[str]]
    km_check: float
    gauge_break_count: int
    description: str
    source: Source

    @property
    def name(self) -> str:
        """Its family, without the word that groups it, and its variant, as one says it.

        `Outside: Sea`, `by the south` is `Sea: by the south`.
        """
        family = self.family.rpartition(": ")[2]
        return f"{family}: {self.variant}" if family else self.variant
