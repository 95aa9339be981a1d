"""What transport costs and how long it takes, and what it carries.

One class for each table; the descriptor says what a column means.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import ClassVar, Literal

from karwan.data.rows.row import Row


@dataclass(frozen=True, slots=True, kw_only=True, eq=False, repr=False)
class UnitRow(Row):
    """Transport units."""

    TABLE: ClassVar[str] = "units"

    unit_id: str
    name: str
    payload_t: float
    size_teu: float
    road_vehicle: Literal["trailer", "truck"]
    road_vehicle_count: int
    rail_class: Literal["block", "wagonload"]
    note: str | None


@dataclass(frozen=True, slots=True, kw_only=True, eq=False, repr=False)
class CargoRow(Row):
    """Cargo."""

    TABLE: ClassVar[str] = "cargo"

    cargo_id: str
    commodity: str
    alias: str | None
    hs_chapter: str | None
    usd_per_tonne_low: float
    usd_per_tonne_typical: float
    usd_per_tonne_high: float
    value_class: str
    time_cost_low_per_day_share: float
    time_cost_per_day_share: float
    time_cost_high_per_day_share: float
    perishability: str | None
    max_useful_transit_days: float | None
    cargo_form: str | None
    price_basis: str | None
    note: str | None


@dataclass(frozen=True, slots=True, kw_only=True, eq=False, repr=False)
class ValueOfTimeClassRow(Row):
    """Classes of value of time."""

    TABLE: ClassVar[str] = "value_of_time_classes"

    value_class: str
    name: str
    description: str
    time_cost_low_per_day_share: float
    time_cost_typical_per_day_share: float
    time_cost_high_per_day_share: float
    basis: str


CLASS_SHARE = "queue_class_share"
"""Parameter of the shares of trucks by the class in which they pass a gate that reopens."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False, repr=False)
class ParameterRow(Row):
    """Parameters of the model."""

    TABLE: ClassVar[str] = "parameters"

    parameter: str
    value_low: float
    value: float
    value_high: float
    unit: str
    country: str | None
    applies_to: str
    note: str | None


@dataclass(frozen=True, slots=True, kw_only=True, eq=False, repr=False)
class PriceIndexRow(Row):
    """Price index."""

    TABLE: ClassVar[str] = "price_index"

    year: int
    cpi_index: float
    note: str | None


@dataclass(frozen=True, slots=True, kw_only=True, eq=False, repr=False)
class EntryFeeRow(Row):
    """Entry fees for foreign trucks."""

    TABLE: ClassVar[str] = "entry_fees"

    country: str
    carrier: str
    over_t: float
    up_to_t: float
    fee_low_usd: float
    fee_usd: float
    fee_high_usd: float
    year: int
    note: str | None


@dataclass(frozen=True, slots=True, kw_only=True, eq=False, repr=False)
class DatedFigureRow(Row):
    """Hours and fees by place and period."""

    TABLE: ClassVar[str] = "dated_figures"

    id: str
    quantity: Literal[
        "port_stay", "block_train_border", "transfer_post", "convoy", "road_charge", "ferry_fare"
    ]
    target: str
    way: Literal["to_sea", "from_sea", "a_to_b", "b_to_a"] | None
    load: Literal["box", "truck"] | None
    value_low: float
    value: float
    value_high: float
    unit: Literal["h", "USD"]
    first_year: int | None
    last_year: int | None
    note: str | None


@dataclass(frozen=True, slots=True, kw_only=True, eq=False, repr=False)
class FreightRateRow(Row):
    """Rates, fees and values as published."""

    TABLE: ClassVar[str] = "freight_rates"

    item: str
    scope: str
    mode: str
    value: float
    unit: str
    year: int | None
    note: str | None


@dataclass(frozen=True, slots=True, kw_only=True, eq=False, repr=False)
class CpmmTfiRow(Row):
    """CAREC CPMM indicators."""

    TABLE: ClassVar[str] = "cpmm_tfi"

    year: int
    mode: Literal["rail", "road"]
    scope: str
    country: str | None
    indicator: str
    direction: str
    mean: float
    median: float | None
    unit: str
    note: str | None


@dataclass(frozen=True, slots=True, kw_only=True, eq=False, repr=False)
class CpmmBcpRow(Row):
    """CAREC CPMM by post."""

    TABLE: ClassVar[str] = "cpmm_bcp"

    year: int
    bcp: str
    country: str
    mode: str
    direction: str
    indicator: str
    mean: float
    median: float | None
    unit: str
    activity: str
    note: str | None


@dataclass(frozen=True, slots=True, kw_only=True, eq=False, repr=False)
class RailSpeedClassRow(Row):
    """Where rail speeds come from."""

    TABLE: ClassVar[str] = "rail_speed_classes"

    class_: str
    country: str | None
    speed_kmh: float
    basis: str


@dataclass(frozen=True, slots=True, kw_only=True, eq=False, repr=False)
class RailBenchmarkRow(Row):
    """Observed or claimed rail times and distances."""

    TABLE: ClassVar[str] = "rail_benchmarks"

    id: str
    origin: str | None
    destination: str | None
    quantity: str
    value: str
    unit: str | None
    period: str | None
    note: str | None


@dataclass(frozen=True, slots=True, kw_only=True, eq=False, repr=False)
class ObservedRunRow(Row):
    """Runs observed, scheduled and claimed."""

    TABLE: ClassVar[str] = "observed_runs"

    id: str
    event_id: str
    kind: Literal["observed", "scheduled", "claimed"]
    origin: str
    destination: str
    via: str | None
    origin_id: str | None
    destination_id: str | None
    via_ids: tuple[str, ...]
    mode: str
    unit_id: str | None
    project_id: str | None
    clock: Literal["door", "station", "border"] | None
    clock_resolution_hours: float | None
    met: Literal["nothing", "queue", "convoy", "discharge", "backlog"] | None
    run_kind: Literal["first", "regular", "mean", "statement"] | None
    season: Literal["other", "winter"] | None
    run_groups: tuple[str, ...]
    asked_on: dt.date | None
    feeds: str | None
    distance_km: float | None
    run_hours: float | None
    cost_usd: float | None
    cargo: str | None
    year: int | None
    reading: str | None
    out_of_reach: str | None
    note: str | None


@dataclass(frozen=True, slots=True, kw_only=True, eq=False, repr=False)
class ReleaseHoursRow(Row):
    """Hours that earlier releases gave for observed runs."""

    TABLE: ClassVar[str] = "release_hours"

    run_id: str
    release: str
    p05_hours: float
    p10_hours: float
    p25_hours: float
    p50_hours: float
    p75_hours: float
    p90_hours: float
    p95_hours: float
    note: str | None


@dataclass(frozen=True, slots=True, kw_only=True, eq=False, repr=False)
class ObservedPriceRow(Row):
    """Prices of journeys."""

    TABLE: ClassVar[str] = "observed_prices"

    id: str
    event_id: str
    origin_id: str
    destination_id: str
    via_ids: tuple[str, ...]
    mode: str
    unit_id: str
    asked_on: dt.date
    price_usd: float
    covers: Literal["whole", "railway", "fare"]
    met: Literal["nothing", "backlog", "shortage"]
    feeds: str | None
    note: str | None
