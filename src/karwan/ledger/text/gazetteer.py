"""Find our own places, crossings, corridors and countries by name in a text.

The names are those of the packaged tables and no others, so a hit always leads to a row. Capital
letters count: a town called Mary is found, a verb is not.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from karwan.data.region import region_words_by_key
from karwan.data.rows.network import (
    BorderCrossingRow,
    CorridorRow,
    PlaceNameRow,
    RailNodeRow,
    RoadNodeRow,
    ThingNameRow,
)
from karwan.data.rows.region import CountryRow
from karwan.ledger.text import russian
from karwan.ledger.text.sentences import Span

if TYPE_CHECKING:
    from karwan.data.catalog import Catalog

FEWEST_LETTERS = 4
FEWEST_IN_CHAIN = 3
KINDS = ("place", "crossing", "corridor", "country")


@dataclass(frozen=True, slots=True)
class Hit:
    """A name found: what kind of thing, its id, and where it stands."""

    kind: str
    id: str
    span: Span


@dataclass(frozen=True, kw_only=True)
class Gazetteer:
    """Names by kind and id, ready to be found.

    Attributes
    ----------
    names
        (kind, id) by name; a name of several things leads to each.
    countries
        Country code by name and adjective.
    families
        Names of corridors.
    capitals
        Country code by the name of a capital, which stands for its government where it speaks.
    """

    names: dict[str, tuple[tuple[str, str], ...]]
    countries: dict[str, str]
    families: frozenset[str]
    capitals: dict[str, str]
    _pattern: re.Pattern[str] = field(repr=False)
    _shouted: re.Pattern[str] = field(repr=False)
    _capitals: dict[str, tuple[tuple[str, str], ...]] = field(repr=False)
    _chain: re.Pattern[str] = field(repr=False)

    def find(self, text: str) -> list[Hit]:
        """Return every name found, the longest where several begin; in the order of the text."""
        shouted = text.isupper()
        hits = [
            Hit(kind, ident, Span(hit.start(), hit.end()))
            for hit in (self._shouted if shouted else self._pattern).finditer(text)
            for kind, ident in (self._capitals if shouted else self.names)[hit[0]]
        ]
        hits += self._chains(text)
        return sorted(hits, key=lambda h: (h.span.start, h.span.end, KINDS.index(h.kind), h.id))

    def ids(self, text: str, kind: str) -> tuple[str, ...]:
        """Return the ids of one kind, each once, in the order met."""
        return tuple(dict.fromkeys(hit.id for hit in self.find(text) if hit.kind == kind))

    def by_kind(self, text: str) -> dict[str, tuple[str, ...]]:
        """Return the ids found by kind, each once, in the order met."""
        hits = self.find(text)
        return {
            kind: tuple(dict.fromkeys(hit.id for hit in hits if hit.kind == kind)) for kind in KINDS
        }

    def _chains(self, text: str) -> list[Hit]:
        """Return corridors written out as a chain of countries, by their initials."""
        hits = []
        for hit in self._chain.finditer(text):
            parts = re.split(r"\s*[-\u2013\u2014]\s*", hit[0])
            initials = "".join(part[0] for part in parts)
            if len(parts) >= FEWEST_IN_CHAIN and initials in self.families:
                hits.append(Hit("corridor", initials, Span(hit.start(), hit.end())))
        return hits


def gazetteer_from(catalog: Catalog) -> Gazetteer:
    """Return the gazetteer of the packaged tables, or of a user's own.

    A whole name outranks a part of another's: Torkham is the road post, not the line behind it.
    """
    names: dict[str, dict[tuple[str, str], None]] = {}
    plain = [row.name for row in catalog.rows(CountryRow)]
    nodes: list[RoadNodeRow | RailNodeRow]
    nodes = [*catalog.rows(RoadNodeRow), *catalog.rows(RailNodeRow)]
    named = [("place", row.id, row.name) for row in nodes]
    named += [("crossing", row.id, row.name) for row in catalog.rows(BorderCrossingRow)]
    for kind, ident, name in named:
        _add(names, [name], kind, ident)
    whole = {name: {kind for kind, _ in meant} for name, meant in names.items()}
    for kind, ident, name in named:
        parts = [p for p in _parts(name, plain) if kind not in whole.get(p, ())]
        _add(names, parts, kind, ident)
    for row in catalog.rows(PlaceNameRow):
        _add(names, russian.forms(row.name), "place", row.place_id)
    for thing in catalog.rows(ThingNameRow):
        if thing.kind in ("country", "crossing"):
            _add(names, russian.forms(thing.name), thing.kind, thing.thing_id)
    families = frozenset(row.family for row in catalog.rows(CorridorRow))
    for family in families:
        if family.isupper():
            _add(names, [family], "corridor", family)
    countries: dict[str, str] = {}
    stems = region_words_by_key(catalog, "adjective_stem")
    seats = region_words_by_key(catalog, "capital")
    for country in catalog.rows(CountryRow):
        words = [country.name, *(country.words or "").split(";")]
        countries |= {word: country.country for word in words if word}
        _add(names, [word for word in words if word], "country", country.country)
        adjectives = russian.adjective_forms(stems.get(country.country, ()))
        _add(names, adjectives, "country", country.country, small=True)
    capitals: dict[str, dict[tuple[str, str], None]] = {}
    for name, meant in names.items():
        capitals.setdefault(name.upper(), {}).update(meant)
    one = "|".join(re.escape(name) for name in sorted(plain, key=lambda n: (-len(n), n)))
    return Gazetteer(
        names={name: tuple(meant) for name, meant in names.items()},
        countries=countries,
        families=families,
        capitals={name: country for country, words in seats.items() for name in words},
        _pattern=_any_of(names),
        _shouted=_any_of(capitals),
        _capitals={name: tuple(meant) for name, meant in capitals.items()},
        _chain=re.compile(rf"(?:{one})(?:\s*[-\u2013\u2014]\s*(?:{one}))+"),
    )


def _parts(name: str, countries: list[str]) -> list[str]:
    """Return each part of a name `A / B (C)`; a country added in brackets is no name."""
    parts = re.split(r"\s+/\s+|/|\s*[()]\s*|\s+-\s+", name)
    return [part for part in parts if part and part not in {name, *countries}]


def _add(
    names: dict[str, dict[tuple[str, str], None]],
    words: Iterable[str],
    kind: str,
    ident: str,
    *,
    small: bool = False,
) -> None:
    for word in words:
        letters = sum(char.isalpha() for char in word)
        if letters >= FEWEST_LETTERS and (small or not word[0].islower()):
            names.setdefault(word, {})[kind, ident] = None


def _any_of(names: Iterable[str]) -> re.Pattern[str]:
    longest_first = sorted(names, key=lambda name: (-len(name), name))
    begins = "".join(sorted({re.escape(name[0]) for name in longest_first}))
    # Most words begin with no letter of a name: to look at that first is many times faster.
    return re.compile(
        rf"(?<!\w)(?=[{begins}])(?:" + "|".join(map(re.escape, longest_first)) + r")(?!\w)"
    )
