"""How good forecasts of closures have been: the backtest, on the page."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from karwan.analysis.forecasts.backtests import Gate, judge_gates
from karwan.analysis.forecasts.hindsight import Hindsight, look_back
from karwan.analysis.forecasts.tested import tested_forecasts
from karwan.base.errors import FitError
from karwan.hazard.backtest import HORIZONS_DAYS, MODEL, NAMES, Backtest
from karwan.hazard.laws import LengthScore
from karwan.report.figures import MUTED, Spec, altair, finished, to_svg
from karwan.report.view import Section, View

RELIABLE_DAYS = 7
POINT_COLOUR = "#1f5a7a"


@dataclass(frozen=True, slots=True, kw_only=True)
class Foresight:
    """Backtests with their gates, scores of lengths, hindsight, and the reliability chart."""

    backtests: tuple[Backtest, ...]
    lengths: tuple[LengthScore, ...]
    gates: tuple[Gate, ...]
    hindsight: tuple[Hindsight, ...]
    reliability_svg: str


def reliability_spec(found: Backtest, days: int) -> Spec:
    """Return what was said beside what came, by tenth of the forecasts."""
    alt = altair()
    rows = [
        {"said": round(p, 4), "came": round(share, 4), "forecasts": count}
        for p, share, count in found.reliability[days]
    ]
    points = (
        alt.Chart(alt.InlineData(values=rows))
        .mark_circle(color=POINT_COLOUR, opacity=0.9)
        .encode(
            x=alt.X("said:Q", title=f"Chance of being shut in {days} days, as said",
                    scale=alt.Scale(domain=[0, 1]), axis=alt.Axis(format="%", tickCount=5)),
            y=alt.Y("came:Q", title="Share that was", scale=alt.Scale(domain=[0, 1]),
                    axis=alt.Axis(format="%", tickCount=5)),
            size=alt.Size("forecasts:Q", scale=alt.Scale(type="log", range=[30, 500]),
                          legend=alt.Legend(title="Forecasts", orient="right")),
        )
    )  # fmt: skip
    diagonal = alt.Chart(alt.InlineData(values=[{"x": 0, "y": 0}, {"x": 1, "y": 1}])).mark_line(
        color=MUTED, strokeDash=[4, 3], strokeWidth=1
    ).encode(x="x:Q", y="y:Q")  # fmt: skip
    return finished(alt.layer(diagonal, points).properties(width=340, height=300))


def gather(view: View) -> dict[str, Any] | None:
    """Return how good forecasts have been; None where the record is too thin for a backtest."""
    world = view.result.world
    try:
        tested = tested_forecasts(world, seed=view.result.spec.seed)
    except FitError:
        return None
    found, lengths = tested.backtests, tested.lengths
    if len(found) < 2:
        return None
    words = f"Reliability at {RELIABLE_DAYS} days: what was said beside what came."
    svg = to_svg(reliability_spec(found[1], RELIABLE_DAYS), "reliability", words)
    told = Foresight(
        backtests=found,
        lengths=lengths,
        gates=tuple(judge_gates(found, lengths)),
        hindsight=tuple(look_back(world)),
        reliability_svg=svg,
    )
    return {"foresight": told, "NAMES": NAMES, "MODEL": MODEL, "HORIZONS_DAYS": HORIZONS_DAYS}


FORESIGHT = Section("foresight", "How good such forecasts have been", "closures", gather)
