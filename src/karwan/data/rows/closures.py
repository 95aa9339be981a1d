"""What was shut or slowed when, and on which element.

One class for each table; the descriptor says what a column means.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import ClassVar, Literal

from karwan.data.rows.row import Row


@dataclass(frozen=True, slots=True, kw_only=True, eq=False, repr=False)
class ClosureRow(Row):
    """Closures of crossings."""

    TABLE: ClassVar[str] = "closures"

    id: str
    crossing: str
    start: dt.date
    end: dt.date | None
    scope: Literal["cargo", "full", "partial", "pedestrian"]
    cause: str
    description: str
    start_precision: Literal["approx", "day", "left_censored", "month"]
    end_status: Literal["approx", "observed", "ongoing", "unknown"]
    closed_at_least_until: dt.date | None
    episode: str | None
    note: str | None


@dataclass(frozen=True, slots=True, kw_only=True, eq=False, repr=False)
class LineDisruptionRow(Row):
    """Disruptions of lines, in the form of closures."""

    TABLE: ClassVar[str] = "line_disruptions"

    id: str
    crossing: str
    start: dt.date
    end: dt.date | None
    scope: Literal["cargo", "full", "partial", "pedestrian"]
    cause: str
    description: str
    start_precision: Literal["approx", "day", "left_censored", "month"]
    end_status: Literal["approx", "observed", "ongoing", "unknown"]
    closed_at_least_until: dt.date | None
    episode: str | None
    note: str | None
    link_hint: str | None


@dataclass(frozen=True, slots=True, kw_only=True, eq=False, repr=False)
class ClosureElementRow(Row):
    """What each closure shut."""

    TABLE: ClassVar[str] = "closure_elements"

    closure_id: str
    table: Literal["closures", "line_disruptions"]
    element_id: str
    mode: str
    traffic_class: str
    effect: Literal["pass", "part_week", "regime", "shut", "slow"]
    direction: Literal["a_to_b", "b_to_a", "both"]
    episode: str
    duplicate_of: str | None
    calendar: bool
    open_closed: bool
    note: str | None


@dataclass(frozen=True, slots=True, kw_only=True, eq=False, repr=False)
class DelayMeasureRow(Row):
    """Measures of delay."""

    TABLE: ClassVar[str] = "delay_measures"

    id: str
    closure_id: str
    element_id: str
    kind: Literal["held", "open_days", "queue", "ramp", "ramp_announced"]
    date: dt.date
    value: float | None
    value_low: float | None
    value_high: float | None
    unit: Literal["consignments", "days/week", "km", "trucks", "vehicles"]
    note: str | None


@dataclass(frozen=True, slots=True, kw_only=True, eq=False, repr=False)
class ClosureCalendarRow(Row):
    """Closures that a calendar foretells."""

    TABLE: ClassVar[str] = "closure_calendar"

    id: str
    element_id: str
    kind: Literal["election", "holiday", "winter"]
    start: dt.date
    end: dt.date
    yearly: bool
    occasion: str | None
    occasion_known_on: dt.date | None
    announced_on: dt.date | None
    withdrawn_on: dt.date | None
    note: str | None


@dataclass(frozen=True, slots=True, kw_only=True, eq=False, repr=False)
class RecordCoverageRow(Row):
    """How well closures were searched for."""

    TABLE: ClassVar[str] = "record_coverage"

    element_id: str
    start: dt.date
    last: dt.date
    quality: Literal["good", "none", "thin"]
    languages: str | None
    note: str | None


@dataclass(frozen=True, slots=True, kw_only=True, eq=False, repr=False)
class RecordSearchRow(Row):
    """Searches for closures."""

    TABLE: ClassVar[str] = "record_searches"

    search_id: str
    searched: str
    start: dt.date
    last: dt.date
    languages: str | None
    quality: Literal["good", "none", "thin"]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False, repr=False)
class ClosureAccountRow(Row):
    """Who shut a gate, as told by somebody."""

    TABLE: ClassVar[str] = "closure_accounts"

    account_id: str
    closure_id: str
    shut_by: str
    told_by: str
    note: str | None


@dataclass(frozen=True, slots=True, kw_only=True, eq=False, repr=False)
class SecondCodingRow(Row):
    """Closures coded a second time."""

    TABLE: ClassVar[str] = "second_coding"

    closure_id: str
    scope: Literal["cargo", "full", "partial", "pedestrian"]
    cause: str
    seen: Literal["another page", "description", "own source"]
    coded_on: dt.date
