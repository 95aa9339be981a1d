"""How a route adds up: time and cost over distance, by kind, and step by step."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from karwan.base.bands import Band
from karwan.report import content
from karwan.report.distances import chart_line, distance_spec
from karwan.report.figures import ChartBar, bars_spec, to_svg
from karwan.report.names import figure_name, uses_of
from karwan.report.view import Section, View

if TYPE_CHECKING:
    from karwan.data.region import Region
    from karwan.route.tcd import Journey

UNITS = (("h", "h", "hours"), ("usd", "USD", "cost in USD"))
"""Key, unit shown, and words."""
MOST_DRIVERS = 3


def gather_distance(view: View) -> dict[str, Any]:
    """Return the charts of hours and USD over km, if any route is known."""
    ends = content.ends_text(view.chosen.origin, view.chosen.destination)
    charts = {}
    for key, shown, what in UNITS if view.leads else ():
        lines = [chart_line(lead, key) for lead in view.leads if lead.drawn]
        told = f"Mean {what} over distance, {ends}: " + "; ".join(
            f"{line.name} {content.number(line.stops[-1].total)} {shown}" for line in lines
        )
        charts[key] = to_svg(distance_spec(lines, shown), f"tcd-{key}", told)
    return {"charts": charts}


@dataclass(frozen=True, slots=True)
class Driver:
    """What a share of a route's band of USD comes from."""

    name: str
    usd: Band


def drivers(journey: Journey, region: Region, most: int = MOST_DRIVERS) -> list[Driver]:
    """Return what the band of USD comes from, the widest first."""
    uses = uses_of(journey)
    wide = [width for width in journey.widths if width.usd.low != width.usd.high]
    return [Driver(figure_name(w.what, uses, region, w.default_id), w.usd) for w in wide[:most]]


def gather_where(view: View) -> dict[str, Any]:
    """Return the charts of hours and USD by kind, if any route is known."""
    ends = content.ends_text(view.chosen.origin, view.chosen.destination)
    charts = {}
    for key, shown, what in UNITS if view.bars else ():
        bars = [_bar(name, journey, key) for name, journey in view.bars]
        told = f"{what.capitalize()} by kind, {ends}; the table below the chart has the figures."
        charts[key] = to_svg(bars_spec(bars, shown), f"bars-{key}", told)
    return {"charts": charts, "drivers": drivers}


def _bar(name: str, journey: Journey, unit: str) -> ChartBar:
    if unit == "usd":
        return ChartBar(name, journey.usd_by_kind, journey.usd.low, journey.usd.high)
    return ChartBar(name, journey.hours_by_kind, journey.hours.low, journey.hours.high)


DISTANCE = Section("distance", "Time and cost over distance", "compare", gather_distance)
WHERE = Section("where", "Where the hours and the dollars go", "compare", gather_where)
STEPS = Section("tables", "Journeys step by step", "basis")
