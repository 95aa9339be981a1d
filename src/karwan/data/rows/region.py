"""Countries and the region as a whole: names, places on the map, words.

One class for each table; the descriptor says what a column means.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Literal

from karwan.data.rows.row import Row


@dataclass(frozen=True, slots=True, kw_only=True, eq=False, repr=False)
class RegionRow(Row):
    """The region."""

    TABLE: ClassVar[str] = "regions"

    region_id: str
    name: str
    main_port_id: str | None
    compared_ends: tuple[str, ...]
    also_without: tuple[str, ...]
    benchmark_elements: tuple[str, ...]
    hindsight_elements: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False, repr=False)
class CountryRow(Row):
    """Countries of the region."""

    TABLE: ClassVar[str] = "countries"

    country: str
    iso3: str
    name: str
    words: str | None
    gate_places: tuple[str, ...]
    note: str | None


@dataclass(frozen=True, slots=True, kw_only=True, eq=False, repr=False)
class CountryExtentRow(Row):
    """Where countries lie."""

    TABLE: ClassVar[str] = "country_extents"

    country: str
    lat_min_deg: float
    lat_max_deg: float
    lon_min_deg: float
    lon_max_deg: float


@dataclass(frozen=True, slots=True, kw_only=True, eq=False, repr=False)
class CountryNameRow(Row):
    """Names of countries."""

    TABLE: ClassVar[str] = "country_names"

    country: str
    name: str
    ucdp_name: str | None
    truck_class: str | None
    label_lat_deg: float | None
    label_lon_deg: float | None
    languages: tuple[str, ...]
    note: str | None


@dataclass(frozen=True, slots=True, kw_only=True, eq=False, repr=False)
class RegionWordRow(Row):
    """Words for parts of the region."""

    TABLE: ClassVar[str] = "region_words"

    use: Literal[
        "adjective_stem",
        "capital",
        "count_unit",
        "country_group",
        "frontier_kind",
        "line_group",
        "party",
    ]
    key: str
    name: str
    words: str | None


@dataclass(frozen=True, slots=True, kw_only=True, eq=False, repr=False)
class TermRow(Row):
    """Terms in the languages of the product."""

    TABLE: ClassVar[str] = "terms"

    term_id: str
    language: Literal["English", "Russian", "Urdu", "Dari/Persian", "Chinese"]
    term: str
    note: str | None


@dataclass(frozen=True, slots=True, kw_only=True, eq=False, repr=False)
class MapPointRow(Row):
    """Points for drawing."""

    TABLE: ClassVar[str] = "map_points"

    use: Literal["label", "edge", "approach", "cape", "exit", "lane"]
    name: str | None
    from_id: str | None
    to_id: str | None
    rank_index: int | None
    point_index: int
    lat_deg: float
    lon_deg: float
