"""Do closures follow incidents nearby? Tested crossing by crossing, each compared with itself.

Months after recorded violence within 50 km are set beside the other months of the same crossing.
Only what the release covers is counted, so one side of a frontier may be missing, and closures of
hours to two days are under-reported: a ratio near 1 is no proof that there is no link.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from karwan.analysis.forecasts.incidents import NEAR_KM, placed, position_of
from karwan.base.telling import Column, Form, to_frame
from karwan.evidence.incidents import month_of, next_month
from karwan.hazard.covariates import StratifiedRatio, stratified_ratio
from karwan.hazard.incidents import Bools, near

if TYPE_CHECKING:
    from collections.abc import Sequence

    import polars as pl

    from karwan.analysis.world.world import World
    from karwan.evidence.incidents import Incidents
    from karwan.evidence.spells import Spell

BEFORE_MONTHS = 3
"""Months before a month whose incidents may move it: the half-life of the intensities."""
RECORD_FROM = dt.date(2014, 1, 1)
"""The record of closures is thin before."""
HEALTH = "health"


@dataclass(frozen=True, slots=True, kw_only=True)
class CrossingTest:
    """One crossing's months, by whether anything was recorded nearby in the months before.

    Attributes
    ----------
    incident_count
        Events nearby in all months looked at.
    exposed_starts, other_starts
        Closures begun in months with and without incidents before them.
    exposed_months, other_months
        Months at risk: open on their first day.
    covered_countries
        Sides of the crossing that the releases cover: the other side is not counted.
    """

    element_id: str
    name: str
    covered_countries: tuple[str, ...]
    incident_count: int
    exposed_starts: int
    other_starts: int
    exposed_months: int
    other_months: int


@dataclass(frozen=True)
class CovariateTest:
    """The rate ratio over crossings, and what it rests on."""

    first: dt.date
    last: dt.date
    crossings: tuple[CrossingTest, ...]
    ratio: StratifiedRatio

    def to_frame(self) -> pl.DataFrame:
        """Return the crossings with their closures and months; units are in the names."""
        return to_frame(CROSSINGS, self.crossings)


JSON, FRAME, TABLE = (Form.json,), (Form.frame,), (Form.table,)
CROSSINGS: tuple[Column[CrossingTest], ...] = (
    Column(name="element", get=lambda one: one.element_id, forms=(*JSON, *FRAME)),
    Column(name="crossing", get=lambda one: one.name, forms=TABLE),
    Column(name="covered_countries", forms=(*JSON, *FRAME)),
    Column(name="covered side", get=lambda one: ", ".join(one.covered_countries), forms=TABLE),
    Column(
        name="incidents",
        get=lambda one: one.incident_count,
        unit="count",
        forms=(*JSON, *FRAME, *TABLE),
        names={Form.frame: "incident_count", Form.table: "events within 50 km"},
    ),
    Column(
        name="exposed",
        get=lambda one: {"closures": one.exposed_starts, "months": one.exposed_months},
        forms=JSON,
    ),
    Column(
        name="closures, months after events",
        get=lambda one: f"{one.exposed_starts} in {one.exposed_months}",
        forms=TABLE,
    ),
    Column(
        name="other",
        get=lambda one: {"closures": one.other_starts, "months": one.other_months},
        forms=JSON,
    ),
    Column(
        name="closures, other months",
        get=lambda one: f"{one.other_starts} in {one.other_months}",
        forms=TABLE,
    ),
    Column(name="exposed_closure_count", get=lambda one: one.exposed_starts, forms=FRAME),
    Column(name="exposed_month_count", get=lambda one: one.exposed_months, forms=FRAME),
    Column(name="other_closure_count", get=lambda one: one.other_starts, forms=FRAME),
    Column(name="other_month_count", get=lambda one: one.other_months, forms=FRAME),
)
"""What is told of a crossing beside itself, with and without events before."""


def compare_with_closures(world: World, incidents: Incidents) -> CovariateTest | None:
    """Return how much more often closures begin after incidents nearby; None without months.

    Crossings that never shut in the time looked at say nothing on the ratio and are left out.
    """
    months = [
        month
        for month in incidents.months()
        if month >= RECORD_FROM and month < month_of(world.as_of)
    ]
    if len(months) <= BEFORE_MONTHS:
        return None
    found = [
        one
        for element in sorted(world.network.crossings)
        if (one := _crossing(world, incidents, months, element)) is not None
    ]
    ratio = stratified_ratio(
        [(c.exposed_starts, c.other_starts) for c in found] or [(0, 0)],
        [(float(c.exposed_months), float(c.other_months)) for c in found] or [(0.0, 0.0)],
    )
    return CovariateTest(months[BEFORE_MONTHS], months[-1], tuple(found), ratio)


def _crossing(
    world: World, incidents: Incidents, months: Sequence[dt.date], element_id: str
) -> CrossingTest | None:
    crossing = world.network.crossings[element_id]
    position = position_of(world.network, element_id)
    countries = (crossing.country_a, crossing.country_b)
    sides = tuple(c for c in countries if all(incidents.covers(c, m) for m in months))
    spells = [
        spell
        for spell in world.record.hazard_spells
        if spell.element_id == element_id and spell.cause != HEALTH
    ]
    if position is None or not sides or not spells:
        return None
    discs, month = placed(incidents.events, months)
    here = near(discs, *position, NEAR_KM) & (discs.radius_km <= NEAR_KM)
    counts = np.bincount(month[here], minlength=len(months))
    before = np.array([counts[t - BEFORE_MONTHS : t].sum() for t in range(len(months))])
    exposed, later = before > 0, np.arange(len(months)) >= BEFORE_MONTHS
    at_risk = later & _open_on_first(spells, months)
    starts = _starts(spells, months)
    if not starts[at_risk].sum():
        return None
    return CrossingTest(
        element_id=element_id,
        name=crossing.name,
        covered_countries=sides,
        incident_count=int(counts.sum()),
        exposed_starts=int(starts[at_risk & exposed].sum()),
        other_starts=int(starts[at_risk & ~exposed].sum()),
        exposed_months=int(np.sum(at_risk & exposed)),
        other_months=int(np.sum(at_risk & ~exposed)),
    )


def _open_on_first(spells: Sequence[Spell], months: Sequence[dt.date]) -> Bools:
    """Return which months a crossing begins open; one that is shut cannot shut anew."""
    return np.array([not any(s.start < m <= s.last_day for s in spells) for m in months])


def _starts(
    spells: Sequence[Spell], months: Sequence[dt.date]
) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
    return np.array(
        [sum(m <= s.start < next_month(m) for s in spells) for m in months], dtype=np.int64
    )
