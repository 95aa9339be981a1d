"""Trade as it was, as it was announced, and what it would move.

One class for each table; the descriptor says what a column means.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import ClassVar, Literal

from karwan.data.rows.row import Grade, Row


@dataclass(frozen=True, slots=True, kw_only=True, eq=False, repr=False)
class DemandRow(Row):
    """Freight demand between countries."""

    TABLE: ClassVar[str] = "demand"

    demand_id: str
    from_country: str
    to_country: str
    flow: Literal["trade", "transit"]
    port_country: str | None
    period: str | None
    period_start: dt.date | None
    period_end: dt.date | None
    reporter: str | None
    basis: Literal[
        "carrier-reported",
        "exporter-reported",
        "importer-reported",
        "no figure",
        "reporter not stated",
        "trader-reported",
        "transit-state-reported",
    ]
    basis_kind: Literal["carried", "official", "payments", "press", "statistics"] | None
    covers: Literal["all goods", "nothing", "some goods"]
    value_musd: float | None
    published_t: float | None
    way_low_share: float | None
    way_share: float | None
    way_high_share: float | None
    mix: str | None
    low_t_per_year: float | None
    central_t_per_year: float | None
    high_t_per_year: float | None
    chosen: bool
    derivation: str
    note: str | None
    mix_source_url: str | None
    value_confidence: Grade | None


@dataclass(frozen=True, slots=True, kw_only=True, eq=False, repr=False)
class TradeTargetRow(Row):
    """Trade targets."""

    TABLE: ClassVar[str] = "trade_targets"

    pair: str
    target_musd: float
    scope: str
    announced_on: str
    due_by: str | None
    base_value_musd: float | None
    base_basis: str | None
    announced_by: str | None
    note: str | None


@dataclass(frozen=True, slots=True, kw_only=True, eq=False, repr=False)
class TradeBilateralRow(Row):
    """Trade between two countries, by reporter and statistical source."""

    TABLE: ClassVar[str] = "trade_bilateral"

    reporter: str
    partner: str
    flow: Literal["export", "import", "total", "transit_import", "transit_export", "transit_total"]
    year: str
    value_musd: float | None
    tonnes: float | None
    main_commodities: str | None
    period: str | None
    statistical_source: str | None
    note: str | None


@dataclass(frozen=True, slots=True, kw_only=True, eq=False, repr=False)
class TradeBasisRow(Row):
    """Statistical bases of trade figures."""

    TABLE: ClassVar[str] = "trade_bases"

    statistical_source: str
    basis_kind: Literal["goods", "payments", "ministry", "statement"]
    name: str
    note: str | None


@dataclass(frozen=True, slots=True, kw_only=True, eq=False, repr=False)
class TradeMixRow(Row):
    """What trade between two countries consists of."""

    TABLE: ClassVar[str] = "trade_mix"

    exporter: str
    importer: str
    goods: str
    goods_share: float | None
    cargo_id: str | None
    period: str
    note: str | None


@dataclass(frozen=True, slots=True, kw_only=True, eq=False, repr=False)
class TradeResponseRow(Row):
    """How trade responds to time."""

    TABLE: ClassVar[str] = "trade_response"

    parameter: str
    value_low: float | None
    value: float
    value_high: float | None
    unit: str
    form: str
    applies_to: str
    note: str | None
