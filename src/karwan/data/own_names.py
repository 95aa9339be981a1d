"""Names of places and things in one language, as the tables have them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from karwan.data.rows.network import PlaceNameRow, ThingNameRow
from karwan.data.rows.region import CountryNameRow

if TYPE_CHECKING:
    from karwan.data.catalog import Catalog

ELEMENT = "element"
"""Kind of what can be shut: crossings and lines, whose ids never meet."""


def names_in(catalog: Catalog, language: str) -> dict[tuple[str, str], str]:
    """Return the names to show in a language, by kind and id.

    Kinds are `place`, `element`, `corridor`, `country`; a country stands under its English name
    too, by which maps know it.

    Parameters
    ----------
    language
        As the tables call it.

    Examples
    --------
    >>> from karwan.data.catalog import Catalog
    >>> names = names_in(Catalog(), "Russian")
    >>> names["place", "karachi"], names["element", "torkham-road"], names["country", "Pakistan"]
    ('Карачи', 'пункт пропуска Торхам', 'Пакистан')
    """
    names: dict[tuple[str, str], str] = {}
    for row in catalog.rows(PlaceNameRow):
        if row.language == language and row.display:
            names.setdefault(("place", row.place_id), row.name)
    for thing in catalog.rows(ThingNameRow):
        if thing.language == language and thing.display:
            kind = ELEMENT if thing.kind in ("crossing", "line") else thing.kind
            names.setdefault((kind, thing.thing_id), thing.name)
    for country in catalog.rows(CountryNameRow):
        if ("country", country.country) in names:
            names["country", country.name] = names["country", country.country]
    return names
