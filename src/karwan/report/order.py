"""How far the order of corridors holds, and what would change it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from karwan.analysis.corridors.comparison import BEST_WAY, Comparison
from karwan.analysis.corridors.sensitivity import Swing
from karwan.base.bands import Band
from karwan.base.provenance import worst_grade
from karwan.report.content import journeys, label, number
from karwan.report.figures import (
    BAR_CHART_PX,
    INK,
    MUTED,
    Spec,
    altair,
    finished,
    in_rows,
    label_axis,
    to_svg,
)
from karwan.report.names import default_name, drawn_name, figure_name, uses_of
from karwan.report.view import Section, View
from karwan.words.speech import say

MOST_SWINGS = 10
MOST_WORTHS = 8
NAMED_DEFAULTS = 3
ROW_PX = 30
HELD_COLOUR, TURNED_COLOUR = "#0072b2", "#d55e00"
TURNS = ("keeps the order", "turns the order alone")


@dataclass(frozen=True, slots=True, kw_only=True)
class Rivals:
    """The two best corridors by name, the margin between them, and what moves it."""

    first: str
    second: str
    margin_usd: float
    grade: str
    swings: tuple[tuple[str, Swing], ...]


def rivals(view: View) -> Rivals | None:
    """Return the two best of the first state and what moves their margin; None if fewer."""
    if not view.swings:
        return None
    comparison = view.there[0]
    first, second = (comparison.answer(name) for name in comparison.ranking.order_central[:2])
    found = [answer.journey for answer in (first, second) if answer.journey is not None]
    uses = uses_of(*found)
    region = comparison.world.region
    named = [
        (figure_name(s.what, uses, region, s.default_id), s) for s in view.swings[:MOST_SWINGS]
    ]
    margin_usd = found[1].generalized_cost_usd - found[0].generalized_cost_usd
    return Rivals(
        first=label(first.corridor),
        second=label(second.corridor),
        margin_usd=margin_usd,
        grade=worst_grade(journey.grade for journey in found),
        swings=tuple(named),
    )


def swings_spec(swings: Sequence[tuple[str, Swing]], margin_usd: float) -> Spec:
    """Return bars of the margin as each figure alone goes from its low to its high end."""
    alt = altair()
    rows = [
        {
            "figure": in_rows(name),
            "low": round(min(swing.margin_usd), 1),
            "high": round(max(swing.margin_usd), 1),
            "turns": TURNS[swing.turns],
        }
        for name, swing in swings
    ]
    y = alt.Y("figure:N", sort=[in_rows(name) for name, _ in swings], title=None, axis=label_axis())
    colour = alt.Color(
        "turns:N",
        scale=alt.Scale(domain=list(TURNS), range=[HELD_COLOUR, TURNED_COLOUR]),
        legend=alt.Legend(title=None, orient="bottom", symbolType="square", labelLimit=0),
    )
    title = "USD by which the first costs less than the second; below 0 the second costs less"
    bars = alt.Chart(alt.InlineData(values=rows)).mark_bar(size=14)
    bars = bars.encode(
        y=y, x=alt.X("low:Q", title=title, axis=alt.Axis(tickCount=6)), x2="high:Q", color=colour
    )
    zero = alt.Chart(alt.InlineData(values=[{"at": 0.0}])).mark_rule(stroke=INK, strokeWidth=1.8)
    now = alt.Chart(alt.InlineData(values=[{"at": round(margin_usd, 1)}])).mark_rule(
        stroke=MUTED, strokeDash=[4, 3], strokeWidth=1.4
    )
    layers = [bars, zero.encode(x="at:Q"), now.encode(x="at:Q")]
    height = ROW_PX * max(len(rows), 1)
    return finished(alt.layer(*layers).properties(width=BAR_CHART_PX, height=height))


def turned_by(comparison: Comparison, ids: Sequence[str], *, most: int = NAMED_DEFAULTS) -> str:
    """Return the strongest of the defaults that can turn a pairing, by name."""
    names = {
        use.id: default_name(use, comparison.world.region)
        for journey in journeys(comparison)
        for use in journey.defaults
    }
    shown = list(dict.fromkeys(names.get(ident, ident) for ident in ids))
    told = "; ".join(shown[:most])
    if len(shown) <= most:
        return told
    return say("{names} and {count} more", names=told, count=len(shown) - most)


def doubtful_pairs(
    comparison: Comparison,
) -> list[tuple[str, str, Band, str]]:
    """Return the neighbouring pairings that do not hold, by name, with margin and what turns them."""
    names = {answer.corridor.id: label(answer.corridor) for answer in comparison.answers}
    return [
        (
            names[pair.better],
            names[pair.worse],
            pair.margin_usd,
            turned_by(comparison, pair.turned_by),
        )
        for pair in comparison.ranking.pairings
        if not pair.holds
    ]


def way_label(comparison: Comparison, way: str) -> str:
    """Return the name of a way of an order."""
    return say("the best way") if way == BEST_WAY else label(comparison.answer(way).corridor)


def gather(view: View) -> dict[str, Any]:
    """Return pairings that do not hold, and what moves the margin between the two best."""
    found = rivals(view)
    chart = None
    if found is not None:
        told = f"What moves {found.first} against {found.second}: " + "; ".join(
            f"{name} {number(s.margin_usd[0])} to {number(s.margin_usd[1])} USD"
            for name, s in found.swings
        )
        chart = to_svg(swings_spec(found.swings, found.margin_usd), "swings", told)
    now = view.there[0]
    uses = uses_of(*now.contenders.values())
    worths = [
        (drawn_name(one.figure, uses, now.world.region), one)
        for one in now.worths.figures[:MOST_WORTHS]
    ]
    return {
        "rivals": found,
        "chart": chart,
        "doubts": doubtful_pairs(now),
        "worths": worths,
        "leader": way_label(now, now.worths.leader) if now.worths.leader else "",
        "leader_share": now.worths.leader_share,
    }


ORDER = Section("order", "What would change the order", "compare", gather)
