"""What the computation must know of the region as a whole, from its tables.

No country, port or corridor is named in code: a network of one's own brings its own rows. Names of
countries and words for drawing and reading come from the packaged tables.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

from karwan.base.errors import DataError
from karwan.data.rows.network import CorridorRow
from karwan.data.rows.region import CountryNameRow, MapPointRow, RegionRow, RegionWordRow

if TYPE_CHECKING:
    from karwan.data.catalog import Catalog

NAMED = "named"


@dataclass(frozen=True, slots=True, kw_only=True)
class Region:
    """What holds for the region as a whole.

    Attributes
    ----------
    main_port_id
        Port towards which loads by road are cheap; blank if there is none.
    also_without
        Countries without which every comparison is made a second time; forbids nothing.
    benchmark_elements
        Elements on which forecasts are backtested and whose record is summed up.
    hindsight_elements
        Elements for which past forecasts are set beside what came.
    """

    id: str
    name: str
    main_port_id: str
    also_without: frozenset[str]
    benchmark_elements: tuple[str, ...]
    hindsight_elements: tuple[str, ...]

    @property
    def without_name(self) -> str:
        """Names of the countries of `also_without`, for a sentence.

        Examples
        --------
        >>> from karwan.data.catalog import Catalog
        >>> read_region(Catalog()).without_name
        'Afghanistan'
        """
        names = country_names()
        return " and ".join(names.get(code, code) for code in sorted(self.also_without))


def read_region(catalog: Catalog) -> Region:
    """Return the region of a catalogue.

    Raises
    ------
    DataError
        If the table does not hold one row.
    """
    rows = catalog.rows(RegionRow)
    if len(rows) != 1:
        msg = "table regions"
        raise DataError(msg, [f"it must hold one row and holds {len(rows)}"])
    (row,) = rows
    return Region(
        id=row.region_id,
        name=row.name,
        main_port_id=row.main_port_id or "",
        also_without=frozenset(row.also_without),
        benchmark_elements=row.benchmark_elements,
        hindsight_elements=row.hindsight_elements,
    )


def truck_class(catalog: Catalog, carrier: str) -> str:
    """Return the class in `restrictions` of the trucks of a country; blank where it has none."""
    rows = catalog.rows(CountryNameRow)
    return next((row.truck_class or "" for row in rows if row.country == carrier), "")


@cache
def country_names() -> Mapping[str, str]:
    """Return the names of countries in English by code."""
    return {row.country: row.name for row in _names()}


@cache
def ucdp_codes() -> dict[str, str]:
    """Return codes of countries by the names that UCDP gives them."""
    return {row.ucdp_name: row.country for row in _names() if row.ucdp_name}


@cache
def country_labels() -> Mapping[str, tuple[float, float]]:
    """Return where the map names countries, as (lat, lon) in degrees, by name, in its order."""
    rows = sorted(_names(), key=lambda row: row.name)
    return {
        row.name: (row.label_lat_deg, row.label_lon_deg)
        for row in rows
        if row.label_lat_deg is not None and row.label_lon_deg is not None
    }


@cache
def region_names(use: str) -> Mapping[str, str]:
    """Return the names of a kind of group by key (`use` of the table `region_words`)."""
    return {row.key: row.name for row in _words(use)}


@cache
def region_words(use: str) -> Mapping[str, tuple[str, ...]]:
    """Return the words by which members of groups of a kind are known, by the group's name."""
    return {row.name: _split(row.words) for row in _words(use)}


@cache
def corridor_families() -> tuple[str, ...]:
    """Return the families of corridors that bear a name of their own, in the table's order."""
    rows = _packaged().rows(CorridorRow)
    return tuple(dict.fromkeys(row.family for row in rows if row.role == NAMED))


@cache
def map_points(use: str) -> tuple[MapPointRow, ...]:
    """Return the points of a use for drawing, in the table's order."""
    return tuple(row for row in _packaged().rows(MapPointRow) if row.use == use)


@cache
def _packaged() -> Catalog:
    from karwan.data.catalog import Catalog

    return Catalog()


def _names() -> tuple[CountryNameRow, ...]:
    return _packaged().rows(CountryNameRow)


def _words(use: str) -> list[RegionWordRow]:
    return [row for row in _packaged().rows(RegionWordRow) if row.use == use]


def _split(words: str | None) -> tuple[str, ...]:
    return tuple(word for word in (words or "").split(";") if word)
