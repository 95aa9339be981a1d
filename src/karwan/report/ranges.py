"""The chart of how long routes take and how surely: quantiles, not bars of means."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from karwan.report import content
from karwan.report.figures import (
    BAR_CHART_PX,
    BAR_LABEL_PX,
    BAR_PX,
    INK,
    MUTED,
    Spec,
    altair,
    finished,
    to_svg,
)
from karwan.report.view import Section, View
from karwan.route.tcd import Journey

ROUTE_COLOUR = "#0072b2"


@dataclass(frozen=True, slots=True)
class ChartRange:
    """A route's hours: P05, P50, P90, P95, mean, and the band with what the evidence leaves open."""

    name: str
    p05: float
    p50: float
    p90: float
    p95: float
    mean: float
    band: tuple[float, float]


def chart_range(name: str, journey: Journey) -> ChartRange:
    """Return a journey's range."""
    found = journey.reliability
    return ChartRange(
        name,
        found.p05_hours,
        found.p50_hours,
        found.p90_hours,
        found.p95_hours,
        journey.hours[1],
        found.band_hours,
    )


def ranges_spec(ranges: Sequence[ChartRange]) -> Spec:
    """Return a chart: bar from P05 to P95, tick at P50, point at the mean, thin line for doubt."""
    alt = altair()
    rows = [
        {
            "route": item.name,
            "p05": round(item.p05, 1),
            "p50": round(item.p50, 1),
            "p90": round(item.p90, 1),
            "p95": round(item.p95, 1),
            "mean": round(item.mean, 1),
            "low": round(item.band[0], 1),
            "high": round(item.band[1], 1),
        }
        for item in ranges
    ]
    y = alt.Y(
        "route:N",
        sort=[item.name for item in ranges],
        title=None,
        axis=alt.Axis(labelLimit=BAR_LABEL_PX, domain=False, ticks=False),
    )
    base = alt.Chart(alt.InlineData(values=rows)).encode(y=y)
    title = "Hours door to door: bar P05 to P95, line P50, dot mean; thin line: with doubt"

    def at(field: str) -> Any:
        return alt.X(f"{field}:Q", title=title, scale=alt.Scale(zero=True))

    layers = [
        base.mark_rule(stroke=MUTED, strokeWidth=1.4).encode(x=at("low"), x2="high:Q"),
        base.mark_bar(color=ROUTE_COLOUR, opacity=0.32, size=15).encode(x=at("p05"), x2="p95:Q"),
        base.mark_bar(color=ROUTE_COLOUR, opacity=0.45, size=15).encode(x=at("p05"), x2="p90:Q"),
        base.mark_tick(color=INK, thickness=2.2, size=19).encode(x=at("p50")),
        base.mark_point(filled=True, color=INK, size=34, opacity=1).encode(x=at("mean")),
    ]
    height = BAR_PX * max(len(ranges), 1)
    return finished(
        alt.layer(*layers).properties(width=BAR_CHART_PX - BAR_LABEL_PX + 160, height=height)
    )


def gather(view: View) -> dict[str, Any]:
    """Return the chart of hours from P05 to P95, if any route is known."""
    if not view.bars:
        return {"chart": None}
    ranges = [chart_range(name, journey) for name, journey in view.bars]
    ends = content.pair_name(view.chosen.origin, view.chosen.destination)
    told = f"Hours from P05 to P95, {ends}: " + "; ".join(
        f"{item.name} {content.number(item.p05)} to {content.number(item.p95)} h" for item in ranges
    )
    return {"chart": to_svg(ranges_spec(ranges), "ranges", told)}


RANGES = Section("ranges", "How long, and how surely", "compare", gather)
