"""The charts of time and cost over distance: legs have slope, crossings and terminals jump."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from karwan.report.content import number
from karwan.report.figures import INK, Lead, Spec, altair, finished

Box = tuple[float, float, float, float]
"""Left, one side, right, other side, in px."""
CHART_PX = (430, 390)
LEAST_JUMP_SHARE = 0.045
MOST_LABELS = 8
INK_STEPS = 60
LETTER_PX, LINE_PX = 6.2, 14.0


@dataclass(frozen=True, slots=True)
class Stop:
    """A point of a line: what was reached, at which km, and the sum so far (hours or USD)."""

    label: str
    km: float
    total: float


@dataclass(frozen=True, slots=True, kw_only=True)
class ChartLine:
    """A route in a time-distance or cost-distance chart; dashed where it is cut."""

    name: str
    colour: str
    shape: str
    dashed: bool
    stops: tuple[Stop, ...]


def chart_line(lead: Lead, unit: str) -> ChartLine:
    """Return a lead's time-cost-distance table as a line, in hours (`h`) or USD (`usd`)."""
    stops = [Stop("", 0.0, 0.0)]
    stops += [
        Stop(row.label, row.cum_km, row.cum_usd if unit == "usd" else row.cum_hours)
        for row in lead.journey.rows
    ]
    return ChartLine(
        name=lead.name, colour=lead.colour, shape=lead.shape, dashed=lead.cut, stops=tuple(stops)
    )


@dataclass(frozen=True, slots=True)
class JumpLabel:
    """Words beside a jump, `dx` px from it; they end there where `dx` is negative."""

    words: str
    km: float
    total: float
    dx: float


def distance_spec(lines: Sequence[ChartLine], unit: str) -> Spec:
    """Return the chart of hours or USD over km: legs have slope, crossings and terminals jump.

    Parameters
    ----------
    unit
        `h` or `USD`.
    """
    alt = altair()
    rows = [
        {
            "route": line.name,
            "at": stop.label,
            "km": round(stop.km, 1),
            "total": round(stop.total, 1),
            "order": order,
        }
        for line in lines
        for order, stop in enumerate(line.stops)
    ]
    names = [line.name for line in lines]
    legend = alt.Legend(
        title=None, orient="bottom", columns=1, labelLimit=540, symbolStrokeWidth=0, symbolSize=90
    )
    colour = alt.Color(
        "route:N",
        scale=alt.Scale(domain=names, range=[line.colour for line in lines]),
        legend=legend,
    )
    dashes = [[7, 4] if line.dashed else [1, 0] for line in lines]
    dash = alt.StrokeDash("route:N", scale=alt.Scale(domain=names, range=dashes), legend=None)
    shape = alt.Shape(
        "route:N",
        scale=alt.Scale(domain=names, range=[line.shape for line in lines]),
        legend=legend,
    )
    limits = _limits(lines)
    base = alt.Chart(alt.InlineData(values=rows)).encode(
        x=alt.X(
            "km:Q",
            title="Distance, km",
            scale=alt.Scale(domain=[0, limits[0]], nice=False),
            axis=alt.Axis(tickCount=10),
        ),
        y=alt.Y(
            "total:Q",
            title={"h": "Mean hours since start, h"}.get(unit, "Central cost since start, USD"),
            scale=alt.Scale(domain=[0, limits[1]], nice=False),
            axis=alt.Axis(tickCount=7),
        ),
        order=alt.Order("order:Q"),
        color=colour,
    )
    layers = [
        base.mark_line(strokeWidth=2.2, strokeJoin="round").encode(strokeDash=dash),
        base.mark_point(filled=True, size=34, opacity=1).encode(shape=shape),
        *_label_layers(jump_labels(lines, unit)),
    ]
    return finished(alt.layer(*layers).properties(width=CHART_PX[0], height=CHART_PX[1]))


def _limits(lines: Sequence[ChartLine]) -> tuple[float, float]:
    """Return the ends of both axes, with some room."""
    km = max((stop.km for line in lines for stop in line.stops), default=1.0)
    total = max((stop.total for line in lines for stop in line.stops), default=1.0)
    return 1.03 * (km or 1.0), 1.06 * (total or 1.0)


def jump_labels(lines: Sequence[ChartLine], unit: str) -> list[JumpLabel]:
    """Return labels for the big jumps, the biggest first; one that would overlap is left out."""
    km_max, total_max = _limits(lines)
    jumps = []
    for line in lines:
        for before, after in pairwise(line.stops):
            if after.km == before.km and after.total - before.total >= LEAST_JUMP_SHARE * total_max:
                jumps.append((after.total - before.total, after.label, after.km, before.total))
    taken: list[Box] = []
    inked = [spot for line in lines for spot in _inked(line, km_max, total_max)]
    found: list[JumpLabel] = []
    for size, name, km, start in sorted(jumps, key=lambda jump: (-jump[0], jump[1:])):
        words = f"{re.sub(r' *[(].*', '', name)} +{number(size)} {unit}"
        width = LETTER_PX * len(words)
        x = CHART_PX[0] * km / km_max
        options = []
        for k, (share, side) in enumerate(itertools.product((0.5, 0.65, 0.35, 0.8, 0.2), (1, -1))):
            y = CHART_PX[1] * (start + share * size) / total_max
            left = x + 8 if side > 0 else x - 8 - width
            box = (left, y - LINE_PX / 2, left + width, y + LINE_PX / 2)
            if left >= 2 and box[2] <= CHART_PX[0] and not any(_overlap(box, o) for o in taken):
                crossed = sum(_holds(box, spot) for spot in inked)
                options.append((crossed, k, box, round(start + share * size, 1), 8.0 * side))
        if options:
            _, _, box, total, dx = min(options)
            taken.append(box)
            found.append(JumpLabel(words, round(km, 1), total, dx))
        if len(found) == MOST_LABELS:
            break
    return found


def _inked(line: ChartLine, km_max: float, total_max: float) -> Iterator[tuple[float, float]]:
    """Yield points of a line, in px, close enough that no label slips between them."""
    for before, after in pairwise(line.stops):
        for k in range(INK_STEPS):
            share = k / INK_STEPS
            km = before.km + share * (after.km - before.km)
            total = before.total + share * (after.total - before.total)
            yield CHART_PX[0] * km / km_max, CHART_PX[1] * total / total_max


def _holds(box: Box, spot: tuple[float, float]) -> bool:
    return box[0] < spot[0] < box[2] and box[1] < spot[1] < box[3]


def _overlap(a: Box, b: Box) -> bool:
    return a[0] < b[2] and b[0] < a[2] and a[1] < b[3] and b[1] < a[3]


def _label_layers(labels: Sequence[JumpLabel]) -> list[Any]:
    """Return the labels over white halos, those right of their jump and those left of it."""
    alt = altair()
    layers = []
    for side, align in ((1, "left"), (-1, "right")):
        rows = [{"km": x.km, "total": x.total, "words": x.words} for x in labels if x.dx * side > 0]
        if not rows:
            continue
        base = alt.Chart(alt.InlineData(values=rows)).encode(x="km:Q", y="total:Q", text="words:N")
        look = {"align": align, "baseline": "middle", "dx": 8 * side, "fontSize": 12}
        layers.append(base.mark_text(**look, stroke="#fff", strokeWidth=3.5, strokeJoin="round"))
        layers.append(base.mark_text(**look, color=INK))
    return layers
