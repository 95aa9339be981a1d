"""Places, links, posts and corridors: what exists where.

One class for each table; the descriptor says what a column means.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import ClassVar, Literal

from karwan.data.rows.row import Row


@dataclass(frozen=True, slots=True, kw_only=True, eq=False, repr=False)
class RoadNodeRow(Row):
    """Places on the road network."""

    TABLE: ClassVar[str] = "road_nodes"

    id: str
    name: str
    country: str
    lat: float
    lon: float
    kind: Literal["border", "city", "dry_port", "junction", "pass", "seaport"]
    unlocode: str | None
    note: str | None


@dataclass(frozen=True, slots=True, kw_only=True, eq=False, repr=False)
class RailNodeRow(Row):
    """Places on the rail network."""

    TABLE: ClassVar[str] = "rail_nodes"

    id: str
    name: str
    country: str
    lat: float
    lon: float
    kind: Literal["border", "city", "dry_port", "junction", "seaport", "station"]
    unlocode: str | None
    note: str | None


@dataclass(frozen=True, slots=True, kw_only=True, eq=False, repr=False)
class PlaceNameRow(Row):
    """Other names of places."""

    TABLE: ClassVar[str] = "place_names"

    place_id: str
    name: str
    language: str | None
    display: Literal["yes"] | None
    place_field_only: Literal["yes"] | None
    note: str | None


@dataclass(frozen=True, slots=True, kw_only=True, eq=False, repr=False)
class ThingNameRow(Row):
    """Other names of crossings, lines, corridors and countries."""

    TABLE: ClassVar[str] = "thing_names"

    kind: Literal["crossing", "line", "corridor", "country"]
    thing_id: str
    name: str
    language: str | None
    display: Literal["yes"] | None
    place_field_only: Literal["yes"] | None
    note: str | None


@dataclass(frozen=True, slots=True, kw_only=True, eq=False, repr=False)
class LinkShapeRow(Row):
    """How links run, for maps."""

    TABLE: ClassVar[str] = "link_shapes"

    link_id: str
    wkt: str
    error_m: float
    note: str | None


@dataclass(frozen=True, slots=True, kw_only=True, eq=False, repr=False)
class RoadLinkRow(Row):
    """Road links."""

    TABLE: ClassVar[str] = "road_links"

    id: str
    from_id: str
    to_id: str
    mode: Literal["road"]
    length_km: float
    lane_count: int | None
    surface: str
    condition: str
    seasonal_closure: str | None
    season_first_month: int | None
    season_last_month: int | None
    designation: str | None
    status: Literal["operating", "planned", "suspended", "under_construction"]
    infrastructure: Literal["built", "built_disused", "building", "not_built"]
    speed_kmh: float | None
    countries: tuple[str, ...]
    crossing_id: str | None
    note: str | None


@dataclass(frozen=True, slots=True, kw_only=True, eq=False, repr=False)
class RailLinkRow(Row):
    """Rail, sea and ferry links."""

    TABLE: ClassVar[str] = "rail_links"

    id: str
    from_id: str
    to_id: str
    mode: Literal["ferry", "rail", "sea"]
    length_km: float
    gauge_mm: Literal[1435, 1520, 1676] | None
    gauge_second_mm: Literal[1435, 1520, 1676] | None
    track_count: int | None
    electrified: str | None
    expected_year: str | None
    design_speed_kmh: float | None
    capacity_mt_per_year: float | None
    capex_musd: float | None
    speed_class: str | None
    status: Literal["operating", "planned", "proposed", "suspended", "under_construction"]
    infrastructure: Literal["built", "built_disused", "building", "not_built"]
    speed_kmh: float | None
    countries: tuple[str, ...]
    crossing_id: str | None
    note: str | None


@dataclass(frozen=True, slots=True, kw_only=True, eq=False, repr=False)
class BorderCrossingRow(Row):
    """Border crossing points."""

    TABLE: ClassVar[str] = "border_crossings"

    id: str
    name: str
    side_a: str | None
    side_a_country: str
    side_b: str | None
    side_b_country: str
    mode: Literal["rail", "road"]
    frontier: str
    frontier_kind: str
    status_kind: Literal["limited", "never_a_crossing", "not_built", "open", "shut"]
    status_asof: str | None
    status_source_url: str | None
    in_network: bool
    link_ids: tuple[str, ...]
    side_a_inbound_hours: float | None
    side_a_inbound_low_hours: float | None
    side_a_inbound_high_hours: float | None
    side_a_inbound_basis: Literal["post", "country"] | None
    side_a_outbound_hours: float | None
    side_a_outbound_low_hours: float | None
    side_a_outbound_high_hours: float | None
    side_a_outbound_basis: Literal["post", "country"] | None
    side_b_inbound_hours: float | None
    side_b_inbound_low_hours: float | None
    side_b_inbound_high_hours: float | None
    side_b_inbound_basis: Literal["post", "country"] | None
    side_b_outbound_hours: float | None
    side_b_outbound_low_hours: float | None
    side_b_outbound_high_hours: float | None
    side_b_outbound_basis: Literal["post", "country"] | None
    cost_a_to_b_usd: float | None
    cost_b_to_a_usd: float | None
    hours_statistic: str | None
    hours_year: str | None
    opening_hours: str | None
    seasonal: str | None
    procedures: str | None
    capacity_note: str | None
    posts: str | None
    note: str | None


@dataclass(frozen=True, slots=True, kw_only=True, eq=False, repr=False)
class ElementRow(Row):
    """Elements: what can be shut."""

    TABLE: ClassVar[str] = "elements"

    element_id: str
    kind: Literal["crossing", "line"]
    mode: Literal["rail", "road"]
    frontier_group: str
    frontier: str | None
    name: str
    aliases: str | None
    links: tuple[str, ...]
    in_network: bool
    beside: str | None
    direction_notes: str | None
    note: str | None


@dataclass(frozen=True, slots=True, kw_only=True, eq=False, repr=False)
class RestrictionRow(Row):
    """Rules on vehicle classes."""

    TABLE: ClassVar[str] = "restrictions"

    id: str
    link_or_crossing_id: str
    vehicle_class: str
    effect: Literal["bar", "notice", "slow", "transfer"]
    start: dt.date | None
    start_precision: Literal["day", "month"] | None
    end: dt.date | None
    rule: str
    note: str | None


@dataclass(frozen=True, slots=True, kw_only=True, eq=False, repr=False)
class TerminalRow(Row):
    """Terminals: moves between layers."""

    TABLE: ClassVar[str] = "terminals"

    place_id: str
    from_layer: Literal["rail1435", "rail1520", "rail1676", "road", "sea"]
    to_place_id: str
    to_layer: Literal["rail1435", "rail1520", "rail1676", "road", "sea"]
    kind: Literal["gauge", "intermodal", "port", "station_town_link"]
    status: Literal["none", "operating", "project"]
    handling_hours: float | None
    queue_hours: float | None
    cost_usd_per_container: float | None
    km: float | None
    note: str | None


@dataclass(frozen=True, slots=True, kw_only=True, eq=False, repr=False)
class RailGaugeBreakRow(Row):
    """Breaks of gauge."""

    TABLE: ClassVar[str] = "rail_gauge_breaks"

    node_id: str
    gauge_from: int
    gauge_to: int
    method: str
    hours: float | None
    cost_usd_per_container: float | None
    capacity: str | None
    counted_at: str
    crossing_id: str | None
    in_border_hours: bool
    join_note: str | None
    note: str | None


@dataclass(frozen=True, slots=True, kw_only=True, eq=False, repr=False)
class ProjectRow(Row):
    """Projects that can be switched on."""

    TABLE: ClassVar[str] = "projects"

    project_id: str
    name: str
    project_links: tuple[str, ...]
    build_state: Literal["announced", "building"]
    status_note: str


@dataclass(frozen=True, slots=True, kw_only=True, eq=False, repr=False)
class RailProjectRow(Row):
    """Claims about rail projects."""

    TABLE: ClassVar[str] = "rail_projects"

    id: str
    project_id: str | None
    name: str
    route: str | None
    claim_sections: tuple[str, ...]
    length_claim: str | None
    gauge_claim: str | None
    capex_low_musd: float | None
    capex_high_musd: float | None
    forecast_claim_mt_per_year: float | None
    forecast_year: str | None
    volume_meaning: Literal["actual", "capacity", "forecast"] | None
    transit_time_claim: str | None
    cost_saving_claim: str | None
    status_reported: str | None
    financing: str | None
    note: str | None


@dataclass(frozen=True, slots=True, kw_only=True, eq=False, repr=False)
class SeasonDaysRow(Row):
    """Days that a season shuts a link."""

    TABLE: ClassVar[str] = "season_days"

    id: str
    link_id: str
    months: tuple[str, ...]
    shut_days: float
    shut_low_days: float
    shut_high_days: float
    cause: str
    note: str | None


@dataclass(frozen=True, slots=True, kw_only=True, eq=False, repr=False)
class CorridorRow(Row):
    """Corridors in variants."""

    TABLE: ClassVar[str] = "corridors"

    corridor_id: str
    family: str
    variant: str
    role: Literal["context", "named", "outside"]
    od_example: str
    sequence: str
    forbidden_countries: tuple[str, ...]
    modes: str
    project_id: str | None
    keep_crossing: str | None
    serves: str | None
    km_check_km: float
    gauge_break_count: int
    reference_km: float | None
    reference_note: str | None
    description: str
