"""Railways that the study names: what would have to be true of each, and what comes of it.

Every figure is one that `karwan appraise` tells; here they are laid out and drawn.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from karwan.analysis.appraisal.backcast import backcasts, coverage_words, road_words, tariff_words
from karwan.analysis.appraisal.backcast_returns import NOT_GIVEN, line_returns_words
from karwan.analysis.appraisal.country_accounts import ITEMS
from karwan.analysis.appraisal.verdict import (
    line_headline,
    pays,
    returns_words,
    verdict_head,
    verdict_lines,
)
from karwan.base.cache import keep_json, kept_json, key_of
from karwan.base.store import to_json
from karwan.report.content import sentence
from karwan.report.figures import INK, MUTED, altair, finished, to_svg
from karwan.report.view import Section, View

if TYPE_CHECKING:
    from karwan.report.figures import Spec

Told = dict[str, Any]
SURFACE_PX, TORNADO_PX, COUNTRY_PX = (560, 270), (300, 21), (330, 27)
OPEN_SHARES = (1.0, 0.8, 0.6, 0.4)
OPEN_COLOURS = ("#146c43", "#0072b2", "#8a6d00", "#a32014")
ITEM_COLOURS = {
    "works": "#12395b", "upkeep": "#5c7f9c", "receipts": "#009e73", "hauling": "#b5538c",
    "external": "#7a3b12", "users": "#d55e00", "fees": "#8a6d00",
}  # fmt: skip
POINT_SHAPES = {
    "as promised": "triangle-up", "reference class": "diamond",
    "passenger class": "triangle-down", "as observed": "square",
    "central case": "circle",
}  # fmt: skip
STEP_COUNT = 40
MOST_BARS = 9
ROOM = 1.18


def surface_spec(told: Told) -> Spec:
    """Return where a line just pays: estimate over tonnes, a line for each share of days open."""
    alt = altair()
    plane, points = told["break_even"]["plane"], told["break_even"]["points"]
    able = plane["capacity_mt_per_year"]
    most_mt = ROOM * max(able, *(one["mt_per_year"] for one in points))
    most_musd = ROOM * max(one["capex_musd"] for one in points)
    lines = [
        {"open": _open_name(share), "mt": round(mt, 4), "capex": round(capex, 2)}
        for share in OPEN_SHARES
        for mt, capex in _frontier(plane, share, most_mt, most_musd)
    ]
    x = alt.X("mt:Q", scale=alt.Scale(domain=[0, round(most_mt, 2)], nice=False),
              title="Tonnes a year at maturity, million", axis=alt.Axis(tickCount=8))  # fmt: skip
    y = alt.Y("capex:Q", scale=alt.Scale(domain=[0, round(most_musd, 1)], nice=False),
              title="Estimate, million USD", axis=alt.Axis(tickCount=6, format=",d"))  # fmt: skip
    names = [_open_name(share) for share in OPEN_SHARES]
    colour = alt.Color("open:N", sort=names, scale=alt.Scale(domain=names, range=OPEN_COLOURS),
                       legend=alt.Legend(title="Just pays, if open", orient="right",
                                         symbolType="stroke", symbolStrokeWidth=3))  # fmt: skip
    layers = [
        _rows(lines).mark_line(strokeWidth=2.2).encode(x=x, y=y, color=colour),
        _rows([{"mt": round(able, 3)}]).mark_rule(strokeDash=[4, 4], color=MUTED).encode(x="mt:Q"),
        _rows([{"mt": round(able, 3), "words": f"its track: {able:.1f}"}])
        .mark_text(align="right", dx=-4, dy=9, color=MUTED, fontSize=11)
        .encode(x="mt:Q", y=alt.value(0), text="words:N"),
    ]
    marks = [
        {"mt": one["mt_per_year"], "capex": one["capex_musd"], "name": one["name"]}
        for one in points
    ]
    shapes = [name for name in POINT_SHAPES if any(one["name"] == name for one in marks)]
    shape = alt.Shape("name:N", sort=shapes,
                      scale=alt.Scale(domain=shapes, range=[POINT_SHAPES[one] for one in shapes]),
                      legend=alt.Legend(title="Points", orient="right",
                                        symbolFillColor=INK))  # fmt: skip
    layers.append(
        _rows(marks)
        .mark_point(filled=True, size=90, color=INK, opacity=1)
        .encode(x=x, y=y, shape=shape)
    )
    chart = alt.layer(*layers).properties(width=SURFACE_PX[0], height=SURFACE_PX[1])
    return finished(chart)


def _frontier(
    plane: Told, share: float, most_mt: float, most_musd: float
) -> list[tuple[float, float]]:
    """Return the straight line of what just pays, where it lies on the chart."""
    points = []
    for step in range(STEP_COUNT + 1):
        mt = most_mt * step / STEP_COUNT
        earned = plane["musd_per_mt"] * mt * share - plane["upkeep_musd"]
        capex = earned / plane["per_capex"]
        if 0 <= capex <= most_musd:
            points.append((mt, capex))
    return points


def _open_name(share: float) -> str:
    return "all days" if share >= 1 else f"{share:.0%} of days"


def tornado_spec(told: Told) -> Spec:
    """Return what each input does to the central case, the widest first."""
    alt = altair()
    central = round(told["central_enpv_musd"], 1)
    rows, names = [], []
    for one in told["tornado"][:MOST_BARS]:
        name = f"{one['item']}: {one['low']} to {one['high']}"
        names.append(name)
        rows += [
            {
                "input": name,
                "from": central,
                "to": one[f"enpv_at_{side}_musd"],
                "side": f"at {side}",
            }
            for side in ("low", "high")
        ]
    y = alt.Y("input:N", sort=names, title=None,
              axis=alt.Axis(labelLimit=260, domain=False, ticks=False))  # fmt: skip
    scale = alt.Scale(zero=False)
    colours = alt.Scale(domain=["at low", "at high"], range=["#5c7f9c", "#d55e00"])
    bars = _rows(rows).mark_bar(size=12)
    bars = bars.encode(
        y=y,
        x=alt.X("from:Q", scale=scale, title="Net present value, million USD",
                axis=alt.Axis(tickCount=5, format=",d")),
        x2=alt.X2("to:Q"),
        color=alt.Color("side:N", scale=colours,
                        legend=alt.Legend(title=None, orient="bottom")),
    )  # fmt: skip
    rule = _rows([{"from": central}]).mark_rule(color=INK).encode(x="from:Q")
    height = TORNADO_PX[1] * len(names)
    return finished(alt.layer(bars, rule).properties(width=TORNADO_PX[0], height=height))


def countries_spec(told: Told) -> Spec:
    """Return each country's account: what it pays and gains, item by item, and the sum."""
    alt = altair()
    names = [one["country"] for one in told["countries"]]
    rows = [
        {"country": one["country"], "item": item, "musd": round(one[f"{item}_musd"], 1)}
        for one in told["countries"]
        for item in ITEMS
        if abs(one[f"{item}_musd"]) >= LEAST_MUSD
    ]
    sums = [{"country": one["country"], "musd": round(one["total_musd"], 1)}
            for one in told["countries"]]  # fmt: skip
    y = alt.Y("country:N", sort=names, title=None, axis=alt.Axis(domain=False, ticks=False))
    colour = alt.Color("item:N", sort=list(ITEMS),
                       scale=alt.Scale(domain=list(ITEMS), range=list(ITEM_COLOURS.values())),
                       legend=alt.Legend(title=None, orient="bottom", columns=7))  # fmt: skip
    axis = alt.Axis(tickCount=5, format=",d")
    bars = _rows(rows).mark_bar(size=13).encode(
        y=y, color=colour,
        x=alt.X("musd:Q", stack="zero", title="Present million USD; point: sum", axis=axis),
    )  # fmt: skip
    dots = _rows(sums).mark_point(
        filled=True,
        size=60,
        color=INK,
        opacity=1,
        shape="diamond",
        stroke="#ffffff",
        strokeWidth=1.2,
    )
    dots = dots.encode(y=y, x="musd:Q")
    zero = _rows([{"musd": 0}]).mark_rule(color=MUTED).encode(x="musd:Q")
    height = COUNTRY_PX[1] * len(names)
    return finished(alt.layer(bars, zero, dots).properties(width=COUNTRY_PX[0], height=height))


LEAST_MUSD = 0.05


def _rows(values: list[Told]) -> Any:
    alt = altair()
    return alt.Chart(alt.InlineData(values=values))


def drawn(told: Told, number: int) -> Told:
    """Return the charts of a line as SVG, as kept from a run before where nothing has changed."""
    key = key_of(to_json(told), str(number), rooms=ROOMS, libraries=LIBRARIES)
    kept = kept_json(KIND, key)
    if isinstance(kept, dict):
        return kept
    charts = _draw(told, number)
    keep_json(KIND, key, charts)
    return charts


KIND = "railway-charts"
"""Kind under which charts are kept between runs."""
ROOMS = ("report/railways.py", "report/figures.py", "analysis/appraisal/verdict.py")
LIBRARIES = ("altair", "vl-convert-python")


def _draw(told: Told, number: int) -> Told:
    name = told["name"]
    return {
        "surface": to_svg(
            surface_spec(told), f"surface-{number}",
            f"{name}: estimate and tonnes at which it just pays, by days open, with the points of "
            f"promise, reference class, count and central case. {line_headline(told)}.",
        ),
        "tornado": to_svg(
            tornado_spec(told), f"tornado-{number}",
            f"{name}: what each input does to the net present value, the widest first.",
        ),
        "countries": to_svg(
            countries_spec(told), f"countries-{number}",
            f"{name}: what each country pays and gains.",
        ),
    }  # fmt: skip


def gather(view: View) -> dict[str, Any] | None:
    """Return what is told of each line that the study names; None where it names none."""
    appraisals = view.result.appraisals
    if not appraisals:
        return None
    altair()  # a missing extra is told whether or not the charts were kept
    inputs = {
        (one["parameter"], one["applies_to"]): one
        for told in appraisals
        for one in told["defaults_used"]
    }
    return {
        "inputs": list(inputs.values()),
        "lines": [
            {"told": told, "charts": drawn(told, number)} for number, told in enumerate(appraisals)
        ],
        "backcasts": backcasts(view.result.world), "coverage_words": coverage_words,
        "road_words": road_words, "line_returns_words": line_returns_words, "not_given": NOT_GIVEN,
        "tariff_words": tariff_words,
        "line_headline": line_headline, "pays": pays, "verdict_head": verdict_head,
        "verdict_lines": verdict_lines, "returns_words": returns_words, "sentence": sentence,
    }  # fmt: skip


RAILWAYS = Section("railways", "What a railway would have to be, to pay", "closures", gather)
