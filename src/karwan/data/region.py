"""What the computation must know of the region as a whole, from its tables.

No country, port or corridor is named in code: a network of one's own brings its own rows, names and
words included. Only what a foreign source calls a country is read from the packaged table, so that
a file in a workspace means the same whatever tables are asked.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

from karwan.base.errors import DataError
from karwan.base.reprs import short_repr
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
    compared_ends
        Places between which corridors are compared where nobody names a pair; blank if none.
    country_names
        Names of countries in English by code.
    line_names
        Names of groups of lines that shut together, by the group's key.
    """

    id: str
    name: str
    main_port_id: str
    also_without: frozenset[str]
    benchmark_elements: tuple[str, ...]
    hindsight_elements: tuple[str, ...]
    compared_ends: tuple[str, str]
    country_names: Mapping[str, str]
    line_names: Mapping[str, str]

    __repr__ = short_repr

    def country(self, code: str) -> str:
        """Return a country's name in English, or its code where the tables have no name."""
        return self.country_names.get(code, code)

    @property
    def without_name(self) -> str:
        """Names of the countries of `also_without`, for a sentence.

        Examples
        --------
        >>> from karwan.data.catalog import Catalog
        >>> read_region(Catalog()).without_name
        'Afghanistan'
        """
        return " and ".join(self.country(code) for code in sorted(self.also_without))


def read_region(catalog: Catalog) -> Region:
    """Return the region of a catalogue; a land that stands alone need not say any of it.

    Raises
    ------
    DataError
        If the table does not hold one row, or its ends are not two.
    """
    rows = catalog.rows(RegionRow)
    if catalog.stands_alone and not rows:
        return Region(
            id="",
            name="",
            main_port_id="",
            also_without=frozenset(),
            benchmark_elements=(),
            hindsight_elements=(),
            compared_ends=("", ""),
            country_names=country_names(catalog),
            line_names=region_names(catalog, "line_group"),
        )
    if len(rows) != 1:
        msg = "table regions"
        raise DataError(msg, [f"it must hold one row and holds {len(rows)}"])
    (row,) = rows
    ends = row.compared_ends
    if len(ends) != len(("origin", "destination")):
        msg = "table regions"
        raise DataError(msg, [f"compared_ends must name two places and names {len(ends)}"])
    return Region(
        id=row.region_id,
        name=row.name,
        main_port_id=row.main_port_id or "",
        also_without=frozenset(row.also_without),
        benchmark_elements=row.benchmark_elements,
        hindsight_elements=row.hindsight_elements,
        compared_ends=(ends[0], ends[1]),
        country_names=country_names(catalog),
        line_names=region_names(catalog, "line_group"),
    )


def truck_class(catalog: Catalog, carrier: str) -> str:
    """Return the class in `restrictions` of the trucks of a country; blank where it has none."""
    rows = catalog.rows(CountryNameRow)
    return next((row.truck_class or "" for row in rows if row.country == carrier), "")


def country_names(catalog: Catalog) -> Mapping[str, str]:
    """Return the names of countries in English by code."""
    return {row.country: row.name for row in catalog.rows(CountryNameRow)}


@dataclass(frozen=True, slots=True)
class BaseLabel:
    """The name of a country or a sea, and where the map writes it."""

    name: str
    lat: float
    lon: float
    is_sea: bool


def base_labels(catalog: Catalog) -> tuple[BaseLabel, ...]:
    """Return the names of countries in alphabetical order, then those of seas."""
    rows = sorted(catalog.rows(CountryNameRow), key=lambda row: row.name)
    countries = [
        BaseLabel(row.name, row.label_lat_deg, row.label_lon_deg, is_sea=False)
        for row in rows
        if row.label_lat_deg is not None and row.label_lon_deg is not None
    ]
    seas = [
        BaseLabel(row.name or "", row.lat_deg, row.lon_deg, is_sea=True)
        for row in map_points(catalog, "label")
    ]
    return (*countries, *seas)


def region_names(catalog: Catalog, use: str) -> Mapping[str, str]:
    """Return the names of a kind of group by key (`use` of the table `region_words`)."""
    return {row.key: row.name for row in _words(catalog, use)}


def region_words(catalog: Catalog, use: str) -> Mapping[str, tuple[str, ...]]:
    """Return the words by which members of groups of a kind are known, by the group's name."""
    return {row.name: _split(row.words) for row in _words(catalog, use)}


def region_words_by_key(catalog: Catalog, use: str) -> Mapping[str, tuple[str, ...]]:
    """Return the words by which members of groups of a kind are known, by the group's key."""
    return {row.key: _split(row.words) for row in _words(catalog, use)}


@dataclass(frozen=True, slots=True)
class CountUnit:
    """A part of a country of which incidents are counted apart.

    Attributes
    ----------
    words
        First words of its provinces; none for the part that holds all the rest.
    """

    country: str
    name: str
    words: tuple[str, ...]

    def holds(self, country: str, province: str) -> bool:
        """Whether a province of a country lies in it."""
        return country == self.country and (not self.words or province.startswith(self.words))


def count_units(catalog: Catalog) -> tuple[CountUnit, ...]:
    """Return the parts of countries of which incidents are counted apart, the rest of each last.

    Examples
    --------
    >>> from karwan.data.catalog import Catalog
    >>> [unit.name for unit in count_units(Catalog())]
    ['PK north-west', 'PK Balochistan', 'PK other']
    """
    units = [
        CountUnit(row.key.partition(":")[0], row.name, _split(row.words))
        for row in _words(catalog, "count_unit")
    ]
    return tuple(sorted(units, key=lambda unit: not unit.words))


def corridor_families(catalog: Catalog) -> tuple[str, ...]:
    """Return the families of corridors that bear a name of their own, in the table's order."""
    rows = catalog.rows(CorridorRow)
    return tuple(dict.fromkeys(row.family for row in rows if row.role == NAMED))


def map_points(catalog: Catalog, use: str) -> tuple[MapPointRow, ...]:
    """Return the points of a use for drawing, in the table's order."""
    return tuple(row for row in catalog.rows(MapPointRow) if row.use == use)


@cache
def ucdp_codes() -> dict[str, str]:
    """Return codes of countries by the names that UCDP gives them, by the packaged table."""
    from karwan.data.catalog import Catalog

    rows = Catalog().rows(CountryNameRow)
    return {row.ucdp_name: row.country for row in rows if row.ucdp_name}


def _words(catalog: Catalog, use: str) -> list[RegionWordRow]:
    return [row for row in catalog.rows(RegionWordRow) if row.use == use]


def _split(words: str | None) -> tuple[str, ...]:
    return tuple(word for word in (words or "").split(";") if word)
