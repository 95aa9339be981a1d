"""Trade and its target: what is on record per basis, and what the target asks of each."""

from __future__ import annotations

import datetime as dt
from typing import Any

from karwan.analysis.trade.announcements import known_pairs
from karwan.analysis.trade.answers import about, chance, chance_range, verdict
from karwan.analysis.trade.series import PUBLISHED, Basis
from karwan.analysis.trade.targets import CENTRAL, TargetAnswer, assess_target
from karwan.base.errors import NoEvidenceError
from karwan.report.figures import (
    FAMILY_COLOURS,
    INK,
    SHAPES,
    Spec,
    altair,
    finished,
    to_svg,
)
from karwan.report.view import Section, View

TARGET_COLOUR = "#a32014"
TARGET_PX = (620, 330)
UNDATED_YEARS = 5.0
OUTLOOK = (0.10, 0.90)


def target_spec(answer: TargetAnswer) -> Spec:
    """Return the chart: every basis over the years, the target, and the way each base must go.

    A line joins years of one basis only. The dashed line is what the target needs; the bar beside
    the target's date runs from P10 to P90 of the record's growth, all pairs.
    """
    alt = altair()
    bases = list(dict.fromkeys(total.basis for total in answer.totals))
    names = [_name(basis) for basis in bases]
    count = len(FAMILY_COLOURS)
    colours = [FAMILY_COLOURS[i % count] for i in range(len(bases))]
    shapes = [SHAPES[(i + i // count) % len(SHAPES)] for i in range(len(bases))]
    colour = alt.Color(
        "basis:N",
        scale=alt.Scale(domain=names, range=colours),
        legend=alt.Legend(title=None, orient="bottom", columns=2, labelLimit=300, symbolSize=90),
    )
    shape = alt.Shape(
        "basis:N",
        scale=alt.Scale(domain=names, range=shapes),
        legend=alt.Legend(title=None, orient="bottom", columns=2, labelLimit=300, symbolSize=90),
    )
    y = alt.Y("value:Q", title="Trade both ways a year, million USD, logarithmic",
              scale=alt.Scale(type="log", nice=True))  # fmt: skip
    x = alt.X("day:T", title="End of the year counted", scale=alt.Scale(type="utc"),
              axis=alt.Axis(format="%Y", tickCount=8))  # fmt: skip
    points = _rows(alt, _points(answer)).encode(x=x, y=y, color=colour)
    lines = _rows(alt, [p for p in _points(answer) if p["series"]]).encode(x=x, y=y, color=colour)
    layers = [
        lines.mark_line(strokeWidth=2.0),
        points.mark_point(filled=True, size=56, opacity=1).encode(shape=shape),
    ]
    ways = _ways(answer)
    if ways:
        needed = _rows(alt, ways).encode(x=x, y=y, color=colour, detail="basis:N")
        layers.append(needed.mark_line(strokeDash=[5, 4], strokeWidth=1.3))
    bars = _outlooks(answer)
    if bars:
        ends = _rows(alt, bars).encode(
            x=x, y=alt.Y("low:Q", scale=alt.Scale(type="log")), y2="high:Q", color=colour
        )
        layers.append(ends.mark_rule(strokeWidth=4, opacity=0.45))
    layers += _target_rule(alt, answer)
    return finished(alt.layer(*layers).properties(width=TARGET_PX[0], height=TARGET_PX[1]))


def _rows(alt: Any, rows: list[dict[str, Any]]) -> Any:
    return alt.Chart(alt.InlineData(values=rows))


def _name(basis: Basis) -> str:
    return f"{basis.name} ({basis.kind})"


def _points(answer: TargetAnswer) -> list[dict[str, Any]]:
    return [
        {
            "basis": _name(total.basis),
            "day": total.period.end.isoformat(),
            "value": round(total.total_musd, 2),
            "series": total.basis.kind in PUBLISHED,
        }
        for total in answer.totals
    ]


def _due(answer: TargetAnswer) -> dt.date:
    """Return the date the chart looks to: the target's, or five years on where it has none."""
    due = answer.standing.due if answer.standing else None
    return due or answer.as_of + dt.timedelta(days=round(UNDATED_YEARS * 365.25))


def _ways(answer: TargetAnswer) -> list[dict[str, Any]]:
    """Return from each fresh base the straight way to the target on the logarithmic scale."""
    if answer.standing is None:
        return []
    rows = []
    for item in answer.needs:
        if item.fresh:
            base = item.base
            for day, value in ((base.period.end, base.total_musd),
                               (_due(answer), answer.standing.target_musd)):  # fmt: skip
                rows.append({"basis": _name(base.basis), "day": day.isoformat(),
                             "value": round(value, 2)})  # fmt: skip
    return rows


def _outlooks(answer: TargetAnswer) -> list[dict[str, Any]]:
    """Return P10 to P90 of each fresh base at the date; the bars stand side by side."""
    due = _due(answer)
    rows = []
    for order, reading in enumerate(r for r in answer.readings if r.name == CENTRAL):
        base = reading.need.base
        years = (due - base.period.end).days / 365.25
        if years > 0:
            rows.append(
                {
                    "basis": _name(base.basis),
                    "day": (due + dt.timedelta(days=25 * (order + 1))).isoformat(),
                    "low": round(reading.outlook_musd(OUTLOOK[0], years), 2),
                    "high": round(reading.outlook_musd(OUTLOOK[1], years), 2),
                }
            )
    return rows


def _target_rule(alt: Any, answer: TargetAnswer) -> list[Any]:
    aim = answer.aim
    due = f"by {aim.due}" if aim.due else f"no date named ({aim.due_words})"
    row = {"value": aim.target_musd, "words": f"target {aim.target_musd:,.0f}, {due}"}
    base = _rows(alt, [row]).encode(y="value:Q")
    look = {"align": "left", "baseline": "bottom", "dx": 4, "dy": -3, "fontSize": 11}
    return [
        base.mark_rule(color=TARGET_COLOUR, strokeWidth=1.6),
        base.mark_text(**look, color=INK).encode(text="words:N", x=alt.value(0)),
    ]


def chart_text(answer: TargetAnswer) -> str:
    """Return the chart in one sentence for a screen reader."""
    return (
        f"Trade of {answer.pair} by statistical basis, the target of {answer.aim.target_musd:,.0f} "
        f"million USD, and the growth each base needs. {verdict(answer)}."
    )


def gather(view: View) -> dict[str, Any] | None:
    """Return the focus pair's target in full and every other pair's verdict; None without one."""
    world, main = view.result.world, view.target
    if main is None:
        return None
    others = []
    for pair in sorted(set(known_pairs(world.catalog).values()) - {view.target_pair}):
        try:
            others.append(assess_target(world, pair, time=False))
        except NoEvidenceError:
            continue
    svg = to_svg(target_spec(main), "target", chart_text(main))
    return {"target": main, "target_svg": svg, "other_targets": others, "verdict": verdict,
            "chance": chance, "interval": chance_range, "about": about, "central": CENTRAL}  # fmt: skip


TARGETS = Section("targets", "Trade, and whether its target can be met", "closures", gather)
