"""The network: all its nouns by id, and what a name that a user gives stands for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

from karwan.base.errors import UnknownNameError
from karwan.base.packing import fingerprint
from karwan.base.reprs import short_repr
from karwan.network.gauges import MODE_OF_LAYER, ROAD
from karwan.network.nouns import (
    Corridor,
    Crossing,
    Element,
    Link,
    Place,
    Project,
    Restriction,
    Season,
    Terminal,
)
from karwan.network.places import find_place, fold

UNBUILT = ("not_built", "never_a_crossing")
"""Statuses of a crossing that nobody can pass."""


@dataclass(frozen=True, kw_only=True)
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
    frontier_names: Mapping[str, str] = field(default_factory=dict)
    seasons: tuple[Season, ...] = ()

    __repr__ = short_repr

    @cached_property
    def sha256(self) -> str:
        """One hash of all nouns."""
        return fingerprint(self)

    @cached_property
    def inland_known(self) -> dict[tuple[str, frozenset[str]], dict[str, float]]:
        """Distances inside a country that were asked before (see `ways`)."""
        return {}

    def place(self, name: str) -> Place:
        """Return a place by id, name, other spelling or UN/LOCODE."""
        return find_place(self.places, self.place_names, name)

    def resolve_passed(self, name: str) -> tuple[str, str]:
        """Return kind and id of what is to be passed; a place may say by which mode.

        `kashgar@rail` stands for Kashgar passed by rail.

        Raises
        ------
        UnknownNameError
            If nothing is called so, or the mode is none.
        """
        base, at, mode = name.partition("@")
        kind, ident = self.resolve(base)
        if not at:
            return kind, ident
        modes = sorted({*MODE_OF_LAYER.values()})
        if mode not in modes or kind != "place":
            raise UnknownNameError("place passed by a mode", name, [f"{base}@{m}" for m in modes])
        return kind, f"{ident}@{mode}"

    def resolve(self, name: str) -> tuple[str, str]:
        """Return what an id or a name stands for, as (kind, id).

        Kinds, in this order: element, which every crossing is, link, country, place. A name that
        fits a road and a rail element stands for the road one; use the id for the other.
        """
        found = self._element_named(name)
        if found is not None:
            return "element", found
        if name in self.links:
            return "link", name
        if name.upper() in self.countries:
            return "country", name.upper()
        try:
            return "place", find_place(self.places, self.place_names, name).id
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

    def is_built(self, element_id: str) -> bool:
        """Whether an element is there: a link of it is built, or it lies beside the network."""
        element = self.elements.get(element_id)
        links = [
            self.links[name] for name in (element.links if element else ()) if name in self.links
        ]
        if links:
            return any(link.built for link in links)
        crossing = self.crossings.get(element_id)
        return crossing is None or crossing.status_kind not in UNBUILT

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
        if name in self.elements:
            return name
        folded = fold(name)
        for mode in (ROAD, "rail"):
            for element in self.elements.values():
                names = (element.name, *element.aliases)
                if element.mode == mode and folded in map(fold, names):
                    return element.id
        return None
