"""The chart of how long routes take and how surely: quantiles, not bars of means."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from karwan.report import content
from karwan.report.figures import (
    BAR_CHART_PX,
    BAR_PX,
    CUT_MARK,
    INK,
    MUTED,
    Spec,
    altair,
    finished,
    hours_axis,
    in_rows,
    label_axis,
    to_svg,
)
from karwan.report.view import Section, View
from karwan.route.tcd import Journey

ROUTE_COLOUR, CUT_COLOUR = "#0072b2", "#9a6a5f"
STATES = ("open as last known", "cut as last known; drawn as if open")


@dataclass(frozen=True, slots=True, kw_only=True)
class ChartRange:
    """A route's hours: P05, P50, P90, P95, mean, and the band with what the evidence leaves open."""

    name: str
    p05: float
    p50: float
    p90: float
    p95: float
    mean: float
    band: tuple[float, float]
    cut: bool = False


def chart_range(name: str, journey: Journey, *, cut: bool = False) -> ChartRange:
    """Return a journey's range."""
    found = journey.reliability
    return ChartRange(
        name=name,
        p05=found.p05_hours,
        p50=found.p50_hours,
        p90=found.p90_hours,
        p95=found.p95_hours,
        mean=journey.hours.value,
        band=found.band_hours,
        cut=cut,
    )


def ranges_spec(ranges: Sequence[ChartRange]) -> Spec:
    """Return a chart: bar from P05 to P95, tick at P50, point at the mean, thin line for doubt."""
    alt = altair()
    rows = [
        {
            "route": in_rows(item.name),
            "state": STATES[item.cut],
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
    order = [in_rows(item.name) for item in ranges]
    y = alt.Y("route:N", sort=order, title=None, axis=label_axis())
    base = alt.Chart(alt.InlineData(values=rows)).encode(y=y)
    axis = hours_axis(max((item.band[1] for item in ranges), default=1.0))
    colour = alt.Color(
        "state:N",
        scale=alt.Scale(domain=list(STATES), range=[ROUTE_COLOUR, CUT_COLOUR]),
        legend=alt.Legend(title=None, orient="bottom", symbolType="square", labelLimit=0),
    )

    def at(field: str) -> Any:
        scale = alt.Scale(zero=True, nice=False)
        return alt.X(f"{field}:Q", title="Door to door: hours, days", scale=scale, axis=axis)

    layers = [
        base.mark_rule(stroke=MUTED, strokeWidth=1.4).encode(x=at("low"), x2="high:Q"),
        base.mark_bar(opacity=0.4, size=17).encode(x=at("p05"), x2="p95:Q", color=colour),
        base.mark_bar(opacity=0.55, size=17).encode(x=at("p05"), x2="p90:Q", color=colour),
        base.mark_tick(color="#fff", thickness=2.4, size=17).encode(x=at("p50")),
        base.mark_point(filled=True, color=INK, size=42, opacity=1).encode(x=at("mean")),
    ]
    height = BAR_PX * max(len(ranges), 1)
    return finished(alt.layer(*layers).properties(width=BAR_CHART_PX, height=height))


def gather(view: View) -> dict[str, Any]:
    """Return the chart of hours from P05 to P95, if any route is known."""
    if not view.bars:
        return {"chart": None}
    ranges = [
        chart_range(name.removesuffix(CUT_MARK), journey, cut=name.endswith(CUT_MARK))
        for name, journey in view.bars
    ]
    ends = content.ends_text(view.chosen.origin, view.chosen.destination)
    told = f"Hours from P05 to P95, {ends}: " + "; ".join(
        f"{item.name}{' (cut)' if item.cut else ''} {content.number(item.p05)} to {content.number(item.p95)} h"
        for item in ranges
    )
    return {"chart": to_svg(ranges_spec(ranges), "ranges", told)}


RANGES = Section("ranges", "How long, and how surely", "compare", gather)
