"""Charts of a study as inline SVG: time and cost over distance, and where hours and dollars go.

A chart is first a Vega-Lite specification, plain data that a test can read, and only then a
drawing. Ids of a drawing are renamed, so that several fit on one page and bytes repeat.
"""

from __future__ import annotations

import datetime as dt
import re
import textwrap
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from karwan.analysis.corridors.comparison import Comparison, CorridorAnswer, Status
from karwan.base.errors import KarwanError
from karwan.report.content import CONTEXT, label
from karwan.route.charges import KINDS

if TYPE_CHECKING:
    from karwan.network.network import Network
    from karwan.route.tcd import Journey

Spec = dict[str, Any]

FONT = "Liberation Sans, Arial, sans-serif"
INK, MUTED, RULE = "#22282e", "#5c6369", "#e3e1db"
FAMILY_COLOURS = (
    "#d55e00",
    "#0072b2",
    "#009e73",
    "#b5538c",
    "#8a6d00",
    "#22282e",
    "#5b3a8c",
    "#7a3b12",
)
"""Okabe and Ito's colours, the light ones darkened to 3:1 on white."""
CUT_MARK = " (cut)"
"""Behind the name of a route that is cut."""
SHAPES = (
    "circle",
    "square",
    "triangle-up",
    "diamond",
    "triangle-down",
    "cross",
    "triangle-left",
    "triangle-right",
)
KIND_COLOURS = {kind.name: kind.colour for kind in KINDS}
BAR_PX, BAR_LABEL_PX = 38, 262
BAR_CHART_PX = 480
LABEL_LETTERS = 42
"""Longest row of a bar's label; longer ones are written in two."""
LABEL_LINES = "split(datum.label, '\\n')"
LONGEST_DRAWN_RATIO = 2.5


class MissingExtraError(KarwanError):
    """A report was asked for without the packages that draw it."""

    def __init__(self, package: str) -> None:
        super().__init__(f"A report needs the package {package!r}: pip install 'karwan[report]'.")


@dataclass(frozen=True, slots=True)
class ChartBar:
    """A route's hours or USD by kind, with the band of their sum."""

    name: str
    parts: Mapping[str, float]
    low: float
    high: float


@dataclass(frozen=True, kw_only=True)
class Lead:
    """The best corridor of a family between two places, which stands for it in map and charts.

    Attributes
    ----------
    cut
        Whether it is cut as last known; False where the study does not ask.
    drawn
        False where it is so much longer than the shortest that it would squeeze the others.
    """

    family: str
    answer: CorridorAnswer
    journey: Journey
    colour: str
    shape: str
    cut: bool
    drawn: bool

    @property
    def label(self) -> str:
        """Family and variant."""
        return label(self.answer.corridor)

    @property
    def name(self) -> str:
        """Family and variant, with a mark where it is cut."""
        return self.label + CUT_MARK if self.cut else self.label


def leads_of(chosen: Comparison, known: Comparison | None, network: Network) -> list[Lead]:
    """Return the best corridor of each family that stands, in the state chosen.

    Parameters
    ----------
    known
        The comparison as last known, which tells what is cut; None if the study has none.
    """
    order = list(dict.fromkeys(corridor.family for corridor in network.corridors.values()))
    best: dict[str, tuple[CorridorAnswer, Journey]] = {}
    for answer in chosen.answers:
        journey = answer.journey or answer.open_journey
        if (
            journey is None
            or answer.status not in (Status.open, Status.cut)
            or answer.corridor.role == CONTEXT
        ):
            continue
        held = best.get(answer.corridor.family)
        if held is None or (journey.generalized_cost_usd, answer.corridor.id) < (
            held[1].generalized_cost_usd,
            held[0].corridor.id,
        ):
            best[answer.corridor.family] = (answer, journey)
    shortest = min((journey.distance_km for _, journey in best.values()), default=0.0)
    found = []
    for position, family in enumerate(order):
        if family not in best:
            continue
        answer, journey = best[family]
        cut = (known or chosen).answer(answer.corridor.id).status == Status.cut
        colour = FAMILY_COLOURS[position % len(FAMILY_COLOURS)]
        drawn = journey.distance_km <= LONGEST_DRAWN_RATIO * shortest
        found.append(
            Lead(
                family=family,
                answer=answer,
                journey=journey,
                colour=colour,
                shape=SHAPES[position % len(SHAPES)],
                cut=cut,
                drawn=drawn,
            )
        )
    return found


def bars_spec(bars: Sequence[ChartBar], unit: str) -> Spec:
    """Return stacked bars of hours or USD by kind, one per route, with the band of the sum."""
    alt = altair()
    drawn = {kind for bar in bars for kind in bar.parts}
    kinds = [kind for kind in KIND_COLOURS if kind in drawn]
    names = [in_rows(bar.name) for bar in bars]
    rows = [
        {
            "route": in_rows(bar.name),
            "kind": kind,
            "value": round(bar.parts[kind], 1),
            "order": kinds.index(kind),
        }
        for bar in bars
        for kind in kinds
        if bar.parts.get(kind)
    ]
    bands = [
        {"route": in_rows(bar.name), "low": round(bar.low, 1), "high": round(bar.high, 1)}
        for bar in bars
    ]
    y = alt.Y(
        "route:N",
        sort=names,
        title=None,
        axis=label_axis(),
    )
    colours = alt.Scale(domain=kinds, range=[KIND_COLOURS[kind] for kind in kinds])
    title = {"h": "Mean hours and days; thin line: band"}.get(
        unit, "Central cost, USD; thin line: band"
    )
    most = max((max(bar.high, sum(bar.parts.values())) for bar in bars), default=1.0)
    axis = hours_axis(most) if unit == "h" else alt.Axis(tickCount=6)
    stack = alt.Chart(alt.InlineData(values=rows)).mark_bar(stroke=INK, strokeWidth=0.5, size=17)
    stack = stack.encode(
        y=y,
        x=alt.X("value:Q", stack="zero", title=title, axis=axis),
        color=alt.Color(
            "kind:N", scale=colours, legend=alt.Legend(title=None, orient="bottom", columns=4)
        ),
        order=alt.Order("order:Q"),
    )
    band = alt.Chart(alt.InlineData(values=bands)).mark_rule(
        stroke=INK, strokeWidth=1.3, yOffset=11
    )
    band = band.encode(y=y, x=alt.X("low:Q"), x2=alt.X2("high:Q"))
    height = BAR_PX * max(len(bars), 1)
    return finished(alt.layer(stack, band).properties(width=BAR_CHART_PX, height=height))


def in_rows(name: str, letters: int = LABEL_LETTERS) -> str:
    r"""Return a name in rows that fit beside a bar.

    Examples
    --------
    >>> in_rows("KUAP: road via Shibar, Kandahar and Chaman (trailers)")
    'KUAP: road via Shibar, Kandahar and Chaman\n(trailers)'
    """
    return "\n".join(textwrap.wrap(name, letters))


def label_axis() -> Any:
    """Return the axis of a chart with one bar for each name, in rows, the plots flush left."""
    return altair().Axis(
        labelLimit=BAR_LABEL_PX,
        minExtent=BAR_LABEL_PX,
        labelExpr=LABEL_LINES,
        labelLineHeight=13,
        domain=False,
        ticks=False,
    )


def hours_axis(most_hours: float) -> Any:
    """Return an axis of hours that tells days too."""
    step_hours = next(
        step for step in (24, 48, 120, 240, 480, 1200, 4800) if most_hours / step <= 8
    )
    return altair().Axis(
        values=list(range(0, int(most_hours) + step_hours, step_hours)),
        labelExpr="[format(datum.value, ',') + ' h', format(datum.value / 24, ',') + ' d']",
        labelLineHeight=14,
    )


def finished(chart: Any) -> Spec:
    """Return a chart as a specification in the look of all of them."""
    axis = {
        "labelColor": INK, "titleColor": MUTED, "titleFontWeight": "normal", "gridColor": RULE,
        "domainColor": MUTED, "tickColor": MUTED, "labelFontSize": 12, "titleFontSize": 12,
    }  # fmt: skip
    styled = chart.configure(font=FONT, background="#ffffff", padding=6).configure_view(stroke=None)
    spec: Spec = (
        styled.configure_axis(**axis).configure_legend(labelFontSize=12, labelColor=INK).to_dict()
    )
    return spec


def utc_day(alt: Any, day: dt.date) -> Any:
    """Return a day for a chart in which every day is one of UTC, whatever the clock at hand."""
    return alt.DateTime(year=day.year, month=day.month, date=day.day, utc=True)


def to_svg(spec: Spec, prefix: str, description: str) -> str:
    """Return a specification as SVG whose ids all begin with `prefix`.

    Raises
    ------
    MissingExtraError
        If vl-convert is not installed.
    """
    try:
        import vl_convert
    except ImportError as error:
        raise MissingExtraError("vl-convert-python") from error
    return dressed(vl_convert.vegalite_to_svg(spec), prefix, description)


def dressed(svg: str, prefix: str, description: str) -> str:
    """Return an SVG with ids renamed in the order met and one description for a screen reader.

    Examples
    --------
    >>> dressed('<svg><path id="clip7"/><g clip-path="url(#clip7)"/></svg>', "a", "Two lines.")
    '<svg role="img" aria-label="Two lines."><path id="a-0"/><g clip-path="url(#a-0)"/></svg>'
    """
    from xml.sax.saxutils import quoteattr

    bare = re.sub(r' (?:aria-[a-z]+|role)="[^"]*"', "", svg)
    names = {
        old: f"{prefix}-{order}"
        for order, old in enumerate(dict.fromkeys(re.findall(r'\bid="([^"]+)"', bare)))
    }
    for pattern in (r'(\bid=")([^"]+)(")', r"(url\(#)([^)]+)(\))", r'(href="#)([^"]+)(")'):
        bare = re.sub(pattern, lambda hit: hit[1] + names.get(hit[2], hit[2]) + hit[3], bare)
    return re.sub(r"<svg\b", f'<svg role="img" aria-label={quoteattr(description)}', bare, count=1)


def altair() -> Any:
    """Return the altair package.

    Raises
    ------
    MissingExtraError
        If it is not installed.
    """
    try:
        import altair as package
    except ImportError as error:
        raise MissingExtraError("altair") from error
    return package
