"""What is claimed of a line beside what can be computed: where they do not fit."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from karwan.analysis.appraisal.lines import FORECAST, Line, claimed_km
from karwan.base.bands import Band

if TYPE_CHECKING:
    from karwan.analysis.appraisal.assumptions import Assumptions
    from karwan.analysis.appraisal.outside_view import RatioLaw
    from karwan.data.rows.appraisal import ProjectSectionRow
    from karwan.data.rows.network import RailProjectRow

DAYS = re.compile(r"to (\d+(?:\.\d+)?)(?:-(\d+(?:\.\d+)?))? days")
HOURS_PER_DAY = 24.0


@dataclass(frozen=True, slots=True, kw_only=True)
class RedFlag:
    """A claim that does not fit.

    Attributes
    ----------
    kind
        length, unit cost, volume, hours or tonnes.
    claimed, computed
        Both in `unit`.
    """

    kind: str
    claim_id: str
    claimed: float
    computed: float
    unit: str
    text: str
    grade: str
    source_url: str
    source_date: str


def _flag(
    row: RailProjectRow, kind: str, unit: str, claimed: float, computed: float, text: str
) -> RedFlag:
    return RedFlag(
        kind=kind,
        claim_id=row.id,
        claimed=claimed,
        computed=computed,
        unit=unit,
        text=text,
        grade=row.confidence,
        source_url=row.source_url,
        source_date=row.source_date or "",
    )


def red_flags(
    line: Line,
    assumptions: Assumptions,
    *,
    capacity: Band,
    promised: RatioLaw | None,
    hours: dict[str, float],
) -> tuple[RedFlag, ...]:
    """Return the claims about a line that do not fit what can be computed, in their order.

    Parameters
    ----------
    capacity
        Mt a year and direction of its track, by its loops.
    promised
        Law of tonnes carried over promised.
    hours
        The router's hours over the line by ids of the ends asked for.
    """
    known = {row.section_id: row for row in line.sections}
    length_of = {
        row.section_id: sum(link.length_km for link in line.links if link.id in row.section_links)
        for row in line.sections
    }
    flags: list[RedFlag] = []
    for row in line.claims:
        covered = [one for one in row.claim_sections if one in known]
        km = sum(length_of[one] for one in covered)
        if covered and len(covered) == len(row.claim_sections):
            flags += _length(row, km, line if len(covered) == len(known) else None, assumptions)
            flags += _unit_cost(row, km, _reference(assumptions, known, length_of, covered))
        if row.volume_meaning == FORECAST and row.forecast_claim_mt_per_year:
            flags += _volume(row, row.forecast_claim_mt_per_year, capacity, promised)
        flags += _hours(row, hours)
    return tuple(flags)


def _reference(
    assumptions: Assumptions, known: dict[str, ProjectSectionRow], km: dict[str, float],
    covered: list[str],
) -> Band:  # fmt: skip
    """Return what a kilometre of such terrain costs, over the sections covered."""
    total = sum(km[one] for one in covered)
    bands = [
        assumptions.band("capex_reference", known[one].terrain).scaled(km[one] / total)
        for one in covered
    ]
    low, value, high = (sum(band.ends[k] for band in bands) for k in range(3))
    return Band(low, value, high, bands[0].kind)


def _length(
    row: RailProjectRow, sections_km: float, line: Line | None, assumptions: Assumptions
) -> Iterator[RedFlag]:
    apart = assumptions.value("length_apart", "railway")
    least = assumptions.value("length_over_straight", "railway")
    for km in claimed_km(row):
        if abs(km - sections_km) > apart * sections_km:
            yield _flag(
                row, "length", "km", km, sections_km,
                f"{km:,.0f} km are told and its sections sum to {sections_km:,.0f} km",
            )  # fmt: skip
        if line is not None and km < least * line.straight_km:
            yield _flag(
                row, "length", "km", km, line.straight_km,
                f"{km:,.0f} km are told and the straight line is {line.straight_km:,.0f} km: "
                f"{km / line.straight_km:.2f} times it",
            )  # fmt: skip


def _unit_cost(row: RailProjectRow, km: float, reference: Band) -> Iterator[RedFlag]:
    for told in dict.fromkeys((row.capex_low_musd, row.capex_high_musd)):
        if told is None or km <= 0:
            continue
        per_km = told / km
        if not reference.low <= per_km <= reference.high:
            side = "above" if per_km > reference.high else "below"
            yield _flag(
                row, "unit cost", "million USD/km", per_km, reference.value,
                f"{told:,.0f} million USD over {km:,.0f} km are {per_km:.1f} million a km, {side} "
                f"the {reference.low:.1f} to {reference.high:.1f} of such terrain",
            )  # fmt: skip


def _volume(
    row: RailProjectRow, mt: float, capacity: Band, promised: RatioLaw | None
) -> Iterator[RedFlag]:
    if mt > capacity.value:
        able = "no spacing of loops looked at gives that" if mt > capacity.high else (
            f"it needs loops as near as for {capacity.high:.1f} Mt"
        )  # fmt: skip
        yield _flag(
            row, "volume", "Mt/year", mt, capacity.value,
            f"{mt:g} Mt a year are told and a single track carries {capacity.value:.1f} Mt a year "
            f"and direction: {able}",
        )  # fmt: skip
    if promised is not None:
        middle = float(promised.quantile([0.5])[0]) * mt
        yield _flag(
            row, "tonnes", "Mt/year", mt, middle,
            f"{mt:g} Mt a year are foretold; lines promised so carried {middle:.1f} Mt in the "
            f"middle case, and as much with a chance of {promised.p_at_least(1.0):.0%}",
        )  # fmt: skip


def _hours(row: RailProjectRow, hours: dict[str, float]) -> Iterator[RedFlag]:
    match = DAYS.search(row.transit_time_claim or "")
    if match is None or not hours:
        return
    told_days = float(match.group(2) or match.group(1))
    ends, least = min(hours.items(), key=lambda item: item[1])
    if told_days * HOURS_PER_DAY < least:
        yield _flag(
            row, "hours", "h", told_days * HOURS_PER_DAY, least,
            f"{told_days:g} days are told; the router takes {least / HOURS_PER_DAY:.1f} days over "
            f"the line from {ends}, borders and transfers included",
        )  # fmt: skip
