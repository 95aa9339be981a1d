"""Counts of crossings as figures a day in each direction, each with its part in the rule.

A row of `crossing_counts` says what was counted and by whom. What part it has in a capacity follows
from that: a mean over a month, a mean over days, a peak; what was stated, planned or claimed only
where nothing was counted. Where that took judgement, the table says so in its column `role`.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import TYPE_CHECKING

from karwan.base.known import known_from
from karwan.base.provenance import Source
from karwan.base.traffic import Direction
from karwan.data.rows.row import source_of
from karwan.data.rows.traffic import CrossingCountRow

if TYPE_CHECKING:
    from karwan.data.catalog import Catalog

MONTH_DAYS = 28.0
"""A mean over so many days or more is one over a month."""
FEWEST_DAYS = 3.0
"""A mean over fewer days says nothing that holds."""
TRUCK, TONNE = "truck", "tonne"
VEHICLES = (TRUCK, "train_pair", "wagon", TONNE)
"""What capacities are told in; boxes and persons are none of them."""


class Role(StrEnum):
    """What a row says of a capacity."""

    mean = "mean"
    days = "days"
    peak = "peak"
    agreed = "agreed"
    design = "design"
    passport = "passport"
    claim = "claim"
    tie = "tie"
    quota_of_carrier = "quota_of_carrier"
    aside = "aside"


HELD = (Role.mean, Role.days)
"""Counts over some days: what lasted."""
COUNTED = (Role.mean, Role.days, Role.peak)
STATED = (Role.agreed, Role.design, Role.passport, Role.claim)


@dataclass(frozen=True, slots=True, kw_only=True)
class Count:
    """A row of counts, with its part in the rule.

    Attributes
    ----------
    direction
        Trucks counted both ways together are halved, so `both` is left for rail alone.
    per_day
        Trucks, tonnes, wagons or pairs of trains a day in that direction.
    at_least
        Whether only a part of the traffic was counted.
    mean_days
        Days over which it is a mean; 0 where that is not told.
    known_on
        Day from which the source is known.
    """

    id: str
    element_id: str
    direction: Direction
    vehicle: str
    role: Role
    per_day: float
    mean_days: float = 0.0
    at_least: bool
    queue_stood: bool
    open_hours: float | None
    loaded_share: float | None
    carrier: str | None
    series: str | None
    why: str
    known_on: dt.date
    source: Source


def role_of(row: CrossingCountRow) -> Role:
    """Return the part of a row: the judged one, else what follows from how it was counted."""
    if row.role is not None:
        return Role(row.role)
    if row.measure != "throughput" or row.scope in ("several", "persons") or row.load == "empty":
        return Role.aside
    if row.status == "claimed":
        is_whole = row.scope == "whole" and row.load == "all" and row.vehicle == TRUCK
        return Role.claim if is_whole else Role.aside
    if row.status != "observed" or row.confidence == "C":
        return Role.aside
    return _by_length(row)


def _by_length(row: CrossingCountRow) -> Role:
    """Return the part of a count by the days over which it is a mean."""
    days = row.mean_days or 0.0
    if row.period == "peak day":
        return Role.peak
    if days >= MONTH_DAYS:
        return Role.mean
    return Role.days if days >= FEWEST_DAYS else Role.aside


def read_counts(catalog: Catalog) -> tuple[Count, ...]:
    """Return all counts that have a part in a capacity, by element, in the table's order."""
    release = catalog.released("crossing_counts")
    return tuple(
        count
        for row in catalog.rows(CrossingCountRow)
        if (role := role_of(row)) is not Role.aside
        for count in _counts(row, role, release)
    )


def _counts(row: CrossingCountRow, role: Role, release: dt.date) -> Iterator[Count]:
    """Yield a row in its own unit, in tonnes where the source gives them, and its judged peak."""
    judged = row.used_per_day_count
    per_day = judged if judged is not None else row.per_day_count
    vehicle = TRUCK if row.vehicle is None else row.vehicle
    figures = [(vehicle, role, 0.0 if role is Role.tie else per_day)]
    figures.append((TONNE, role, row.per_day_t))
    figures.append((vehicle, Role.peak, row.judged_peak_count))
    for counted, part, figure in figures:
        if counted not in VEHICLES or figure is None:
            continue
        halved = counted == TRUCK and row.direction == "both"
        ways = (Direction.a_to_b, Direction.b_to_a) if halved else (Direction(row.direction),)
        source = source_of(row, row.note)
        if figure is row.judged_peak_count:
            source = replace(source, grade="C")
        for way in ways:
            yield Count(
                id=row.count_id,
                element_id=row.element_id,
                direction=way,
                vehicle=counted,
                role=part,
                per_day=figure / len(ways),
                mean_days=row.mean_days or 0.0,
                at_least=row.scope == "part",
                queue_stood=row.queue_stood,
                open_hours=row.open_hours,
                loaded_share=row.loaded_share,
                carrier=row.carrier,
                series=row.series,
                why=row.role_why or "",
                known_on=known_from(row.source_date, release),
                source=source,
            )
