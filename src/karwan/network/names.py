"""What a name that a user types stands for: a place, an element, a corridor, a country.

Ids come first, then main names, then all other names in any script. Each list of names becomes a
dictionary once, when it is first needed; who gives ids only never reads the table of other names.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property

from karwan.base.errors import UnknownNameError
from karwan.base.reprs import short_repr
from karwan.base.spelling import fold
from karwan.network.gauges import ROAD
from karwan.network.nouns import Corridor, Element, Place

_PARTS = re.compile(r"[,;\u060c\uff0c()\uff08\uff09\[\]]")
"""What stands between the parts of a geocoder's form: commas of all scripts, brackets."""


@dataclass(frozen=True, kw_only=True, eq=False)
class NameBook:
    """All names of a network's things.

    Attributes
    ----------
    place_names
        Other names of places, by id.
    thing_names
        Other names of crossings, lines and corridors, by (kind, id).
    country_names
        Names of countries in English, by code.
    country_keys
        Codes of countries by the key of each of their names.
    """

    places: Mapping[str, Place]
    elements: Mapping[str, Element]
    corridors: Mapping[str, Corridor]
    place_names: Mapping[str, tuple[str, ...]]
    thing_names: Mapping[tuple[str, str], tuple[str, ...]]
    country_names: Mapping[str, str]
    country_keys: Mapping[str, str]

    __repr__ = short_repr

    def place(self, name: str) -> str:
        """Return the id of the place of that id, name, other spelling or UN/LOCODE.

        "Name, country" is taken as well, with the country by name or code.

        Raises
        ------
        UnknownNameError
            With near misses; or, where several places share the name, with them all.
        """
        for ident in (name, name.casefold()):
            if ident in self.places:
                return ident
        ids = self._bearers(name) or self._by_locode(name) or self._in_a_country(name)
        if len(ids) == 1:
            return ids[0]
        if ids:
            told = ", ".join(self._told_place(ident) for ident in ids)
            hint = f"Several places bear it; give an id: {told}."
            raise UnknownNameError("single place", name, [], hint=hint)
        hint = "" if self.places else "The network has no places."
        known = [place.name for place in self.places.values()]
        known += [other for others in self.place_names.values() for other in others]
        raise UnknownNameError("place", name, [*known, *self.places], hint=hint, like=head_of(name))

    def element(self, name: str) -> str | None:
        """Return the id of the element of that id, name or alias; None if there is none.

        A name that fits a road and a rail element stands for the road one.

        Raises
        ------
        UnknownNameError
            If several of one mode bear the name, with them all.
        """
        if name in self.elements:
            return name
        key = fold(name)
        ids = self._first(key, lambda: self._elements, lambda: self._other_elements)
        first = [ident for ident in ids if self.elements[ident].mode == ROAD] or ids
        if len(first) > 1:
            told = ", ".join(f"{ident} ({self.elements[ident].name})" for ident in first)
            hint = f"Several bear it; give an id: {told}."
            raise UnknownNameError("single crossing or line", name, [], hint=hint)
        return first[0] if first else None

    def corridor(self, name: str) -> str | None:
        """Return the id of the corridor variant of that id or name; None if there is none.

        Raises
        ------
        UnknownNameError
            If it is the name of a family with several variants, with them all.
        """
        ids = self.variants(name)
        if len(ids) > 1:
            told = ", ".join(f"{ident} ({self.corridors[ident].variant})" for ident in ids)
            hint = f"Several variants bear it; give an id: {told}."
            raise UnknownNameError("single corridor", name, [], hint=hint)
        return ids[0] if ids else None

    def variants(self, name: str) -> tuple[str, ...]:
        """Return the ids of the corridors of that id, name or family."""
        if name in self.corridors:
            return (name,)
        return self._first(fold(name), lambda: self._corridors)

    def country(self, name: str) -> str | None:
        """Return the two-letter code of a country by name, two or three letters, or None."""
        if name.upper() in self._codes:
            return name.upper()
        return self.country_keys.get(fold(name))

    def sharing(self, name: str) -> tuple[str, ...]:
        """Return the ids of all places that bear a name."""
        return self._bearers(name)

    @staticmethod
    def _first(key: str, *makers: Callable[[], Index]) -> tuple[str, ...]:
        """Return the ids of the first index that has a key; then of the first with its letters.

        Each index is behind a function, since one that is not looked into is not made.
        """
        for make in makers:
            if key in make().spaced:
                return make().spaced[key]
        joined = key.replace(" ", "")
        for make in makers:
            if joined in make().joined:
                return make().joined[joined]
        return ()

    def _bearers(self, name: str) -> tuple[str, ...]:
        """Return the places of a name; a main name outranks another place's second one."""
        return self._first(fold(name), lambda: self._main, lambda: self._other)

    def _by_locode(self, name: str) -> tuple[str, ...]:
        code = name.replace(" ", "").upper()
        return tuple(place.id for place in self.places.values() if code in place.unlocode)

    def _in_a_country(self, name: str) -> tuple[str, ...]:
        """Return the places of a name that says its country too, as a geocoder writes it."""
        parts = [part.strip() for part in _PARTS.split(name) if part.strip()]
        if len(parts) == 1:
            words = parts[0].split()
            parts = [" ".join(words[:-1]), words[-1]] if len(words) > 1 else parts
        codes = {self.country(part) for part in parts[1:]} - {None} or {
            self.country(part) for part in parts[:1]
        } - {None}
        for part in parts:
            key = fold(part)
            for make in (lambda: self._main, lambda: self._other):
                bearers = self._first(key, make)
                ids = tuple(one for one in bearers if self.places[one].country in codes)
                if ids:
                    return ids
        return ()

    def _told_place(self, ident: str) -> str:
        place = self.places[ident]
        return f"{ident} ({place.name}, {self.country_names.get(place.country, place.country)})"

    @cached_property
    def _main(self) -> Index:
        return Index((place.name, place.id) for place in self.places.values())

    @cached_property
    def _other(self) -> Index:
        """Places by part of a name `A / B (C)`, by id in words, and by other names."""
        pairs = [
            (part, place.id)
            for place in self.places.values()
            for part in (*re.split(r"[/()]", place.name), place.id)
        ]
        pairs += [(name, ident) for ident, names in self.place_names.items() for name in names]
        return Index(pairs)

    @cached_property
    def _elements(self) -> Index:
        return Index(
            (name, element.id)
            for element in self.elements.values()
            for name in (element.name, *element.aliases)
        )

    @cached_property
    def _other_elements(self) -> Index:
        return Index(
            (name, ident)
            for (kind, ident), names in self.thing_names.items()
            for name in names
            if kind in ("crossing", "line") and ident in self.elements
        )

    @cached_property
    def _corridors(self) -> Index:
        pairs = [
            (name, one.id)
            for one in self.corridors.values()
            for name in (one.id, one.name, one.family)
        ]
        pairs += [
            (name, ident)
            for (kind, ident), names in self.thing_names.items()
            for name in names
            if kind == "corridor" and ident in self.corridors
        ]
        return Index(pairs)

    @cached_property
    def _codes(self) -> frozenset[str]:
        return frozenset(place.country for place in self.places.values())


def head_of(name: str) -> str:
    """Return the first part of a geocoder's form, which names the place itself."""
    return _PARTS.split(name)[0].strip() or name


class Index:
    """Ids by the key of a name, each once and in order; a name of signs only has none."""

    def __init__(self, pairs: Iterable[tuple[str, str]]) -> None:
        keys: dict[str, set[str]] = {}
        for name, ident in pairs:
            key = fold(name)
            if key:
                keys.setdefault(key, set()).add(ident)
        self.spaced = {key: tuple(sorted(ids)) for key, ids in keys.items()}

    @cached_property
    def joined(self) -> dict[str, tuple[str, ...]]:
        """The same by keys without blanks; made when no key with blanks fits."""
        keys: dict[str, set[str]] = {}
        for key, ids in self.spaced.items():
            keys.setdefault(key.replace(" ", ""), set()).update(ids)
        return {key: tuple(sorted(ids)) for key, ids in keys.items()}
