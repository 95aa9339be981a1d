"""What crossings pass and what waited there, which crossings are alike, and what waiting costs.

One class for each table; the descriptor says what a column means.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Literal

from karwan.data.rows.row import Row


@dataclass(frozen=True, slots=True, kw_only=True, eq=False, repr=False)
class CrossingCountRow(Row):
    """Counts, queues and restarts at crossings."""

    TABLE: ClassVar[str] = "crossing_counts"

    count_id: str
    element_id: str
    direction: Literal["a_to_b", "b_to_a", "both"]
    measure: Literal["capacity", "hours_open", "queue", "restart_day_n", "throughput", "wait_hours"]
    value: float
    unit: str
    vehicle: Literal["person", "teu", "tonne", "train_pair", "truck", "wagon"] | None
    period: str
    date_from: str | None
    date_to: str | None
    status: Literal["claimed", "observed", "planned", "stated"]
    traffic_class: str | None
    load: Literal["all", "empty", "loaded"]
    scope: Literal["part", "persons", "several", "whole"]
    per_day_count: float | None
    mean_days: float | None
    per_day_t: float | None
    open_hours: float | None
    loaded_share: float | None
    queue_stood: bool
    carrier: str | None
    series: str | None
    role: (
        Literal[
            "agreed", "aside", "days", "design", "mean", "passport", "peak", "quota_of_carrier",
            "tie",
        ]
        | None
    )  # fmt: skip
    used_per_day_count: float | None
    judged_peak_count: float | None
    role_why: str | None
    note: str | None


@dataclass(frozen=True, slots=True, kw_only=True, eq=False, repr=False)
class GateClassRow(Row):
    """Classes of crossings."""

    TABLE: ClassVar[str] = "gate_classes"

    element_id: str
    gate_class: Literal["gauge_break", "main", "mountain", "rail", "railhead", "secondary"]
    note: str | None


@dataclass(frozen=True, slots=True, kw_only=True, eq=False, repr=False)
class WaitingCostRow(Row):
    """Cost of waiting."""

    TABLE: ClassVar[str] = "waiting_costs"

    cost_id: str
    item: str
    place: str
    value: float
    value_low: float | None
    value_high: float | None
    unit: str
    price_year: int
    kind: Literal["abandonment", "beside", "box", "spoilage", "truck", "wagon"]
    countries: tuple[str, ...]
    unit_ids: tuple[str, ...]
    cargo_ids: tuple[str, ...]
    usd_ratio: float | None
    free_days: float | None
    step_days: float | None
    steps: tuple[str, ...]
    note: str | None


@dataclass(frozen=True, slots=True, kw_only=True, eq=False, repr=False)
class NotSentShareRow(Row):
    """What a tonne not sent forgoes, as a share of its value, by class of cargo."""

    TABLE: ClassVar[str] = "not_sent_shares"

    value_class: str
    forgone_low_share: float
    forgone_share: float
    forgone_high_share: float
    basis: str
