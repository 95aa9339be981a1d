"""Names that the bar offers and shows: cargo, units, and places in their own scripts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from karwan.base.errors import UnknownNameError
from karwan.data.rows.costs import CargoRow, UnitRow
from karwan.report.content import label, place_name
from karwan.words.speech import label_word

if TYPE_CHECKING:
    from karwan.data.catalog import Catalog
    from karwan.network.network import Network
    from karwan.network.nouns import Corridor, Place


def cargo_names(catalog: Catalog) -> list[tuple[str, str]]:
    """Return cargo that may be chosen, (id, name)."""
    return [(row.cargo_id, label_word(row.commodity)) for row in catalog.rows(CargoRow)]


def unit_names(catalog: Catalog) -> list[tuple[str, str]]:
    """Return units that may be chosen, (id, name)."""
    return [(row.unit_id, label_word(row.name)) for row in catalog.rows(UnitRow)]


def typed_name(network: Network, place: Place) -> str:
    """Return the name of a place in the language spoken, where it stands for this place alone."""
    name = place_name(place)
    try:
        return name if network.place(name).id == place.id else place.name
    except UnknownNameError:
        return place.name


def family_variant(corridor: Corridor) -> tuple[str, str]:
    """Return the family of a corridor and its variant, in the language spoken."""
    family, _, variant = label(corridor).partition(": ")
    return family, variant


@dataclass(frozen=True, slots=True)
class OwnName:
    """A name in the script of its place, with its language; both blank where none is on record."""

    name: str
    lang: str


SCRIPTS = (("\u0400", "\u052f", "und-Cyrl"), ("\u0600", "\u06ff", "und-Arab"))
"""First and last letter of a script, and its tag; what is in none of these is Han."""


def own_name(spellings: Mapping[str, Sequence[str]], place: Place) -> OwnName:
    """Return the name of a place in its own script, where the tables have one."""
    name = next((one for one in spellings.get(place.id, ()) if not one.isascii()), "")
    tags = [tag for first, last, tag in SCRIPTS if any(first <= one <= last for one in name)]
    return OwnName(name, (tags or ["und-Hani"])[0] if name else "")
