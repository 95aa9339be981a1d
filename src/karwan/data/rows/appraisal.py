"""What the appraisal of a project rests on: its sections, what lines carried, parameters.

One class for each table; the descriptor says what a column means.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Literal

from karwan.data.rows.row import Row


@dataclass(frozen=True, slots=True, kw_only=True, eq=False, repr=False)
class AppraisalParameterRow(Row):
    """Parameters of appraisals."""

    TABLE: ClassVar[str] = "appraisal_parameters"

    parameter: str
    value_low: float | None
    value: float | None
    value_high: float | None
    unit: str
    applies_to: str
    note: str | None


@dataclass(frozen=True, slots=True, kw_only=True, eq=False, repr=False)
class ProjectSectionRow(Row):
    """Sections and stages of projects."""

    TABLE: ClassVar[str] = "project_sections"

    section_id: str
    project_id: str
    stage: str
    name: str
    section_links: tuple[str, ...]
    terrain: Literal["mountain", "plain", "rolling"]
    capex_low_musd: float | None
    capex_musd: float | None
    capex_high_musd: float | None
    note: str | None


@dataclass(frozen=True, slots=True, kw_only=True, eq=False, repr=False)
class VolumeReferenceRow(Row):
    """Tonnes promised and carried."""

    TABLE: ClassVar[str] = "volume_references"

    line_id: str
    name: str
    project_id: str | None
    reference_class: Literal["aside", "promised", "relief"]
    promised_mt_per_year: float | None
    promised_for: str
    promised_on: str | None
    promised_by: str
    actual_mt_per_year: float | None
    actual_period: str
    actual_known_on: str | None
    opened: str | None
    length_km: float | None
    capex_musd: float | None
    countries: tuple[str, ...]
    note: str | None
    promise_url: str


@dataclass(frozen=True, slots=True, kw_only=True, eq=False, repr=False)
class ProjectTrafficRow(Row):
    """Tonnes that pass where a project would be."""

    TABLE: ClassVar[str] = "project_traffic"

    traffic_id: str
    project_id: str
    origin_id: str
    destination_id: str
    what: str
    low_mt_per_year: float
    central_mt_per_year: float
    high_mt_per_year: float
    period: str
    note: str | None


@dataclass(frozen=True, slots=True, kw_only=True, eq=False, repr=False)
class RailShareRow(Row):
    """Rail and road beside each other."""

    TABLE: ClassVar[str] = "rail_shares"

    share_id: str
    name: str
    rail_element_id: str
    origin_id: str
    destination_id: str
    rail_t_per_year: float
    road_t_per_year: float
    note: str | None


@dataclass(frozen=True, slots=True, kw_only=True, eq=False, repr=False)
class MarketPlaceRow(Row):
    """Where freight of a country begins and ends."""

    TABLE: ClassVar[str] = "market_places"

    country: str
    place_id: str
    market_share: float
    in_perimeter: bool
    note: str | None
