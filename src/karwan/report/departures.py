"""Trips and decisions drawn: what has arrived by each day, what waiting to each day costs."""

from __future__ import annotations

from typing import Any

import numpy as np

from karwan.analysis.decisions.decision import Advice, Decision, told_days
from karwan.analysis.decisions.stopping import outcome_of
from karwan.analysis.decisions.trip_answers import SHOWN_RULES, RuleTrips, Trips
from karwan.base.units import HOURS_PER_DAY
from karwan.report.figures import FAMILY_COLOURS, INK, MUTED, Spec, altair, finished

CHART_PX = (620, 260)
DASHES = ([1, 0], [6, 4], [2, 3], [8, 3, 2, 3], [1, 2])
CHART_STEPS = 200
DRAWN_SHARE = 0.97
"""Days are drawn until so many of those that ever arrive have arrived, by every rule."""
STOPS = {
    Advice.wait: "wait",
    Advice.divert: "divert",
    Advice.give_up: "give it up",
    Advice.go_home: "go back",
}
FEWEST_DAYS, MOST_DAYS = 14, 180


def shown_rules(made: Trips) -> list[RuleTrips]:
    """Return the chosen rule and those shown beside it."""
    return [made.chosen, *(one for one in made.others if one.rule in SHOWN_RULES)]


def trips_spec(made: Trips) -> Spec:
    """Return the chart: share of trips delivered by each day, a line for each rule.

    A rule marks the deadline.
    """
    alt = altair()
    rules = shown_rules(made)
    limit = made.chosen.deadline_hours
    deadline_days = None if limit is None else limit / HOURS_PER_DAY
    last = max(*(_last_day(one) for one in rules), 1.15 * (deadline_days or 0.0), 1.0)
    rows = [
        {"day": round(float(day), 3), "share": one.trips.share_within(float(day) * HOURS_PER_DAY),
         "rule": one.rule}
        for one in rules
        for day in np.linspace(0.0, last, CHART_STEPS + 1)
    ]  # fmt: skip
    names = [one.rule for one in rules]
    layers = [
        _lines(alt, rows, ("share", "Share of trips delivered"), "rule", names, step=True,
               axis=alt.Axis(format=".0%"), scale=alt.Scale(domain=[0, 1]))
    ]  # fmt: skip
    if deadline_days is not None:
        layers.append(_mark(alt, deadline_days, "deadline"))
    width, height = CHART_PX
    return finished(alt.layer(*layers).properties(width=width, height=height))


def _last_day(one: RuleTrips) -> float:
    came = one.trips.hours[np.isfinite(one.trips.hours)]
    return float(np.quantile(came, DRAWN_SHARE)) / HOURS_PER_DAY if came.size else 0.0


def trips_words(made: Trips) -> str:
    """Return what the chart shows, for a reader who cannot see it."""
    told = []
    for one in shown_rules(made):
        came = float(np.mean(np.isfinite(one.trips.hours)))
        share = one.with_closures
        in_time = "" if share is None else f", {share:.0%} by the deadline"
        told.append(f"{one.rule}: {came:.0%} arrive{in_time}")
    ends = f"{made.origin.name} to {made.destination.name}"
    return f"Share of trips delivered by day, {ends}, leaving {made.chosen.depart}. " + "; ".join(
        told
    )


def decision_spec(made: Decision) -> Spec:
    """Return the chart: all costs of waiting so many days and then stopping, beside stopping now.

    Lines are the mean, P50 and P90 of the rule; a rule marks the day on which to stop.
    """
    alt = altair()
    rows = []
    for day in range(_days_drawn(made) + 1):
        outcome = outcome_of(made.problem, day)
        costs = (outcome.mean_usd, outcome.p50_usd, outcome.p90_usd)
        rows += [
            {"day": day, "usd": round(usd, 1), "line": name}
            for name, usd in zip(("wait, mean", "wait, P50", "wait, P90"), costs, strict=True)
        ]
    names = ["wait, mean", "wait, P50", "wait, P90"]
    if made.divert_usd is not None:
        names.append("divert now")
        rows += [
            {"day": day, "usd": round(made.divert_usd, 1), "line": "divert now"}
            for day in (0, _days_drawn(made))
        ]
    title = "All costs, USD"
    layers = [
        _lines(alt, rows, ("usd", title), "line", names, step=False, axis=alt.Axis(format=",.0f"),
               scale=alt.Scale(zero=False), days="Days waited before one stops")
    ]  # fmt: skip
    threshold = made.threshold_days
    if threshold is not None and threshold <= _days_drawn(made):
        word = f"day {threshold}: {STOPS[made.then]}" if made.then else f"day {threshold}: stop"
        layers.append(_mark(alt, float(threshold), word))
    width, height = CHART_PX
    return finished(alt.layer(*layers).properties(width=width, height=height))


def _days_drawn(made: Decision) -> int:
    """Return the last day drawn: well past the threshold and half of the reopenings."""
    half = made.wait_days[0]
    ends = [2 * (made.threshold_days or 0), FEWEST_DAYS]
    ends.append(MOST_DAYS if half is None else int(np.ceil(2 * half)))
    return min(max(ends), MOST_DAYS, made.problem.survival.size - 1)


def decision_words(made: Decision) -> str:
    """Return what the chart shows, for a reader who cannot see it."""
    stop = (
        "no day is foreseen on which to stop"
        if made.threshold_days is None
        else f"least if one waits {told_days(made.threshold_days)}"
    )
    divert = "" if made.divert_usd is None else f"; diverting now {made.divert_usd:,.0f} USD"
    return (
        f"All costs by day waited: {stop}, {made.best.mean_usd:,.0f} USD on average, P50 "
        f"{made.best.p50_usd:,.0f}, P90 {made.best.p90_usd:,.0f}{divert}."
    )


def _lines(
    alt: Any, rows: list[dict[str, Any]], what: tuple[str, str], by: str, names: list[str], *,
    step: bool, axis: Any, scale: Any, days: str = "Days from departure",
) -> Any:  # fmt: skip
    field, title = what
    legend = alt.Legend(title=None, orient="bottom", symbolStrokeWidth=2, columns=4)
    dashes = [list(DASHES[k % len(DASHES)]) for k in range(len(names))]
    colours = [FAMILY_COLOURS[k % len(FAMILY_COLOURS)] for k in range(len(names))]
    curve = {"interpolate": "step-after"} if step else {}
    return (
        alt.Chart(alt.InlineData(values=rows))
        .mark_line(strokeWidth=2, **curve)
        .encode(
            x=alt.X("day:Q", title=days, axis=alt.Axis(tickCount=8)),
            y=alt.Y(f"{field}:Q", title=title, axis=axis, scale=scale),
            color=alt.Color(f"{by}:N", legend=legend,
                            scale=alt.Scale(domain=names, range=colours)),
            strokeDash=alt.StrokeDash(f"{by}:N", legend=legend,
                                      scale=alt.Scale(domain=names, range=dashes)),
        )
    )  # fmt: skip


def _mark(alt: Any, day: float, word: str) -> Any:
    base = alt.Chart(alt.InlineData(values=[{"word": word}])).encode(
        x=alt.datum(day, type="quantitative")
    )
    rule = base.mark_rule(color=MUTED, strokeDash=[4, 3])
    text = base.mark_text(color=INK, align="left", dx=4, baseline="bottom").encode(
        y=alt.value(-4), text="word:N"
    )
    return alt.layer(rule, text)
