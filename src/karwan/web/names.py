"""Names that the bar offers and shows: cargo, units, and places in their own scripts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from karwan.data.rows.costs import CargoRow, UnitRow

if TYPE_CHECKING:
    from karwan.data.catalog import Catalog
    from karwan.network.nouns import Place


def cargo_names(catalog: Catalog) -> list[tuple[str, str]]:
    """Return cargo that may be chosen, (id, name)."""
    return [(row.cargo_id, row.commodity) for row in catalog.rows(CargoRow)]


def unit_names(catalog: Catalog) -> list[tuple[str, str]]:
    """Return units that may be chosen, (id, name)."""
    return [(row.unit_id, row.name) for row in catalog.rows(UnitRow)]


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
