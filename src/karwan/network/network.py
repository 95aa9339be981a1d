"""The network: all its nouns by id, and what a name that a user gives stands for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

from karwan.base.errors import UnknownNameError
from karwan.base.packing import fingerprint
from karwan.base.reprs import short_repr
from karwan.network.gauges import MODE_OF_LAYER, ROAD
from karwan.network.names import NameBook, head_of
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
    thing_names: Mapping[tuple[str, str], tuple[str, ...]] = field(default_factory=dict)
    link_shapes: Mapping[str, str] = field(default_factory=dict)
    country_names: Mapping[str, str] = field(default_factory=dict)
    country_keys: Mapping[str, str] = field(default_factory=dict)

    __repr__ = short_repr

    @cached_property
    def sha256(self) -> str:
        """One hash of all nouns."""
        return fingerprint(self)

    @cached_property
    def inland_known(self) -> dict[tuple[str, frozenset[str]], dict[str, float]]:
        """Distances inside a country that were asked before (see `ways`)."""
        return {}

    @cached_property
    def names(self) -> NameBook:
        """All names of its things, each list made into a dictionary when it is first asked."""
        return NameBook(
            places=self.places,
            elements=self.elements,
            corridors=self.corridors,
            place_names=self.place_names,
            thing_names=self.thing_names,
            country_names=self.country_names,
            country_keys=self.country_keys,
        )

    def place(self, name: str) -> Place:
        """Return a place by id, name, other spelling or UN/LOCODE."""
        return self.places[self.names.place(name)]

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
        fits a road and a rail element stands for the road one; use the id for the other. A name
        that both sides of a crossing bear stands for the crossing.
        """
        ident = self.names.element(name)
        if ident is not None:
            return "element", ident
        if name in self.links:
            return "link", name
        code = self.names.country(name)
        if code in self.countries:
            return "country", str(code)
        between = self._between(name)
        if between:
            return "element", between
        try:
            return "place", self.names.place(name)
        except UnknownNameError as error:
            if error.kind.startswith("single"):
                raise
            known = [*self.elements, *self.links, *self.names_of_elements()]
            raise UnknownNameError(
                "crossing, line, link or place",
                name,
                [*known, *error.suggestions],
                hint=self._hint(name),
                like=head_of(name),
            ) from error

    def _between(self, name: str) -> str:
        """Return the crossing between places that share a name, a road's first; or nothing."""
        sides = set(self.names.sharing(name)) if name not in self.places else set()
        joined = [
            crossing
            for crossing in self.crossings.values()
            if sides == {crossing.side_a, crossing.side_b} and crossing.id in self.elements
        ]
        return min(joined, key=lambda one: (one.mode != ROAD, one.id)).id if joined else ""

    def element(self, name: str) -> Element:
        """Return an element by id, name or alias."""
        ident = self.names.element(name) or self._between(name)
        if not ident:
            known = [*self.elements, *self.names_of_elements()]
            raise UnknownNameError("element", name, known, hint=self._hint(name))
        return self.elements[ident]

    def _hint(self, name: str) -> str:
        """Return what else bears a name that no element has: a corridor, or a place with gates."""
        ids = self.names.variants(name)
        if ids:
            tokens = [token[:-1] for token in self.corridors[ids[0]].tokens if token[-1] in "<>"]
            more = f"; gates on its way: {', '.join(tokens)}" if tokens and len(ids) == 1 else ""
            return f"That is a corridor ({', '.join(ids)}){more}."
        here = set(self.names.sharing(name)) | ({name} & self.places.keys())
        gates = [c.id for c in self.crossings.values() if here & {c.side_a, c.side_b}]
        return f"That is a place; gates there: {', '.join(gates)}." if gates else ""

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
        """Return a corridor variant by id or name."""
        ident = self.names.corridor(name)
        if ident is None:
            known = [*self.corridors, *(one.name for one in self.corridors.values())]
            hint = f"Known: {', '.join(self.corridors)}."
            raise UnknownNameError("corridor", name, known, hint=hint)
        return self.corridors[ident]

    def country(self, name: str) -> str:
        """Return the two-letter code of a country of the network, by name, two or three letters.

        Raises
        ------
        UnknownNameError
            With the nearest names; or, for a country that has no place here, with those that have.
        """
        code = self.names.country(name)
        if code is None or code not in self.countries:
            here = sorted(self.countries)
            names = [self.country_names[one] for one in here if one in self.country_names]
            hint = f"Known: {', '.join(here)}."
            raise UnknownNameError("country", name, [*names, *here], hint=hint)
        return code

    @property
    def countries(self) -> frozenset[str]:
        """ISO codes of all countries with a place."""
        return frozenset(place.country for place in self.places.values())

    def names_of_elements(self) -> list[str]:
        """Return names and aliases of all elements."""
        return [
            name for element in self.elements.values() for name in (element.name, *element.aliases)
        ]
