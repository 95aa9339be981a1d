"""The queue of a closure over time, drawn."""

from __future__ import annotations

import datetime as dt
from typing import Any

from karwan.analysis.decisions.answers import QueueDay, curve
from karwan.analysis.decisions.closures import ClosureQueue
from karwan.report.figures import FAMILY_COLOURS, MUTED, Spec, altair, finished, utc_day

QUEUE_PX = (620, 260)
DASHES = ([1, 0], [6, 4])


def queue_spec(asked: ClosureQueue) -> Spec:
    """Return the chart: trucks waiting day by day, a line for each way over the crossing.

    Two lines that run together are told apart by their dashes. Rules mark the date of the question
    and the reopening.
    """
    alt = altair()
    names: dict[str, str] = {
        way.capacity.direction: way_name(asked, way.capacity.direction) for way in asked.ways
    }
    rows = [
        {"day": one.date, "trucks": round(one.trucks, 1), "way": names[one.direction]}
        for one in curve(asked)
        if one.date is not None
    ]
    domain = list(names.values())
    legend = alt.Legend(title=None, orient="bottom", symbolStrokeWidth=2)
    lines = (
        alt.Chart(alt.InlineData(values=rows))
        .mark_line(strokeWidth=2)
        .encode(
            x=alt.X("day:T", title=None, scale=alt.Scale(type="utc"),
                    axis=alt.Axis(format="%-d %b %Y", tickCount=6)),
            y=alt.Y("trucks:Q", title="Trucks waiting, at the gate and in yards"),
            color=alt.Color("way:N", legend=legend,
                            scale=alt.Scale(domain=domain, range=list(FAMILY_COLOURS[:2]))),
            strokeDash=alt.StrokeDash("way:N", legend=legend,
                                      scale=alt.Scale(domain=domain, range=list(DASHES))),
        )
    )  # fmt: skip
    marks = [_rule(alt, asked.as_of, "date asked")]
    if asked.reopens != asked.as_of:
        marks.append(_rule(alt, asked.reopens, "reopens"))
    width, height = QUEUE_PX
    return finished(alt.layer(lines, *marks).properties(width=width, height=height))


def way_name(asked: ClosureQueue, direction: str) -> str:
    """Return one way over a crossing in words."""
    way = next(one for one in asked.ways if one.capacity.direction == direction)
    return f"{way.capacity.from_country} to {way.capacity.to_country}"


def _rule(alt: Any, day: dt.date, word: str) -> Any:
    base = alt.Chart(alt.InlineData(values=[{"word": word}])).encode(
        x=alt.datum(utc_day(alt, day), type="temporal")
    )
    rule = base.mark_rule(color=MUTED, strokeDash=[4, 3])
    text = base.mark_text(color=MUTED, align="left", dx=4, baseline="top").encode(
        y=alt.value(0), text="word:N"
    )
    return alt.layer(rule, text)


def queue_words(asked: ClosureQueue) -> str:
    """Return what the chart shows, for a reader who cannot see it."""
    days: list[QueueDay] = list(curve(asked))
    most = max((one.trucks for one in days), default=0.0)
    clear = f"clear on {asked.clear_on}" if asked.clear_on else "never clear"
    return f"Queue at {asked.name}: at most {most:,.0f} trucks one way, {clear}."
