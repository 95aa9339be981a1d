"""The nouns of the network: what a link, a crossing, a terminal, an element is.

Nothing here knows what is shut today; that is evidence. A link that is not built is in the
network all the same, so that a project can switch it on, and is left out of every route until
one does.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property

from karwan.base.errors import UnknownNameError
from karwan.base.provenance import Figure, Source
from karwan.network.gauges import MODE_OF_LAYER, ROAD, SEA


@dataclass(frozen=True, slots=True)
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


@dataclass(frozen=True, slots=True)
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


@dataclass(frozen=True, slots=True)
class Crossing:
    """A border crossing point for one mode, with its two sides.

    `hours` maps (side, direction) such as ("a", "outbound") to a published figure or None;
    `costs` maps "a_to_b" and "b_to_a".
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


@dataclass(frozen=True, slots=True)
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


@dataclass(frozen=True, slots=True)
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


@dataclass(frozen=True, slots=True)
class Restriction:
    """A rule on a class of vehicles on a link, a crossing, or all roads of a country."""

    id: str
    target: str
    vehicle_class: str
    effect: str
    start: dt.date | None
    end: dt.date | None
    rule: str
    source: Source


@dataclass(frozen=True, slots=True)
class Project:
    """A named set of links that do not exist today."""

    id: str
    name: str
    links: tuple[str, ...]
    build_state: str
    status_note: str


@dataclass(frozen=True, slots=True)
class Corridor:
    """An ordered list of directed crossings and places, southbound, in one variant."""

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
    km_check: float
    gauge_break_count: int
    description: str
    source: Source


@dataclass(frozen=True)
class Network:
    """All nouns by id, with the joins that every question needs."""

    places: Mapping[str, Place]
    place_names: Mapping[str, tuple[str, ...]]
    links: Mapping[str, Link]
    crossings: Mapping[str, Crossing]
    terminals: tuple[Terminal, ...]
    elements: Mapping[str, Element]
    restrictions: tuple[Restriction, ...]
    projects: Mapping[str, Project]
    corridors: Mapping[str, Corridor]
    element_of_link: Mapping[str, str]
    gauge_in_border_hours: frozenset[str]

    @cached_property
    def inland_known(self) -> dict[tuple[str, frozenset[str]], dict[str, float]]:
        """Distances inside a country that were asked before (see `ways`)."""
        return {}

    def place(self, name: str) -> Place:
        """Return a place by id, name, other spelling or UN/LOCODE."""
        from karwan.network.places import find_place

        return find_place(self, name)

    def resolve(self, name: str) -> tuple[str, str]:
        """Return what an id or a name stands for, as (kind, id).

        Kinds, in this order: element, crossing, link, place, country. A name that fits a road
        and a rail element stands for the road one; use the id for the other.
        """
        from karwan.network.places import find_place

        found = self._element_named(name)
        if found is not None:
            return "element", found
        if name in self.crossings:
            return "crossing", name
        if name in self.links:
            return "link", name
        if name.upper() in self.countries:
            return "country", name.upper()
        try:
            return "place", find_place(self, name).id
        except UnknownNameError as error:
            known = [*self.elements, *self.links, *self.names_of_elements()]
            raise UnknownNameError(
                "crossing, line, link or place", name, [*known, *error.suggestions]
            ) from error

    def element(self, name: str) -> Element:
        """Return an element by id, name or alias."""
        found = self._element_named(name)
        if found is None:
            raise UnknownNameError("element", name, [*self.elements, *self.names_of_elements()])
        return self.elements[found]

    def project(self, name: str) -> Project:
        """Return a project by id."""
        if name not in self.projects:
            raise UnknownNameError(
                "project", name, self.projects, hint=f"Known: {', '.join(self.projects)}."
            )
        return self.projects[name]

    def corridor(self, name: str) -> Corridor:
        """Return a corridor variant by id."""
        if name not in self.corridors:
            raise UnknownNameError(
                "corridor", name, self.corridors, hint=f"Known: {', '.join(self.corridors)}."
            )
        return self.corridors[name]

    def elements_of_links(self, links: Iterable[str]) -> list[str]:
        """Return the elements that govern the links, in the order met, each once."""
        found = (self.element_of_link.get(link, "") for link in links)
        return list(dict.fromkeys(element for element in found if element))

    @property
    def countries(self) -> frozenset[str]:
        """ISO codes of all countries with a place."""
        return frozenset(place.country for place in self.places.values())

    def names_of_elements(self) -> list[str]:
        """Return names and aliases of all elements."""
        return [
            name for element in self.elements.values() for name in (element.name, *element.aliases)
        ]

    def _element_named(self, name: str) -> str | None:
        from karwan.network.places import fold

        if name in self.elements:
            return name
        folded = fold(name)
        for mode in (ROAD, "rail"):
            for element in self.elements.values():
                names = (element.name, *element.aliases)
                if element.mode == mode and folded in map(fold, names):
                    return element.id
        return None


def country_of_state(network: Network, place_id: str, layer: str) -> str:
    """Return the country a state lies in; the sea belongs to none and yields an empty text."""
    return "" if layer == SEA else network.places[place_id].country


def mode_of(layer: str) -> str:
    """Return road, rail or sea for a layer."""
    return MODE_OF_LAYER[layer]
