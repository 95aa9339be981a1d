"""Charts of closures: when gates were shut, and how long those shut now may stay so."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from karwan.evidence.coverage import RECORD_START
from karwan.hazard.history import History
from karwan.hazard.law import Law, survival_after
from karwan.report.figures import (
    BAR_CHART_PX,
    INK,
    MUTED,
    Spec,
    altair,
    finished,
    in_rows,
    label_axis,
    utc_day,
)

ROW_PX = 22
SHUT_COLOUR = "#a32014"
SURVIVAL_DAYS = 730
SURVIVAL_STEP_DAYS = 10


@dataclass(frozen=True, slots=True)
class ChartSpell:
    """An element shut from a day to a day; open-ended where no end was found."""

    name: str
    start: dt.date
    end: dt.date
    kind: str


def chart_spells(history: History, group: str, names: dict[str, str]) -> list[ChartSpell]:
    """Return the spells of a frontier group, for the elements that were ever shut."""
    found = []
    for episode in history.of_group(group):
        running = {item.element_id: item for item in episode.running}
        for element in episode.elements:
            length = dt.timedelta(days=max(episode.days, 1.0))
            last = running[element].seen_until if element in running else episode.start + length
            kind = (
                "running when last seen"
                if element in running
                else ("ended" if episode.ended else "end not found")
            )
            found.append(ChartSpell(names.get(element, element), episode.start, last, kind))
    return found


def timeline_spec(spells: Sequence[ChartSpell], as_of: dt.date) -> Spec:
    """Return bars of closures over the years, one row per element."""
    alt = altair()
    rows = [
        {
            "element": in_rows(spell.name),
            "start": spell.start.isoformat(),
            "end": max(spell.end, spell.start + dt.timedelta(days=4)).isoformat(),
            "kind": spell.kind,
        }
        for spell in spells
    ]
    names = list(dict.fromkeys(in_rows(spell.name) for spell in spells))
    kinds = ["ended", "end not found", "running when last seen"]
    span = [utc_day(alt, day) for day in (RECORD_START, as_of)]
    years = [
        alt.DateTime(year=year, utc=True) for year in range(RECORD_START.year + 1, as_of.year + 1)
    ]
    chart = (
        alt.Chart(alt.InlineData(values=rows))
        .mark_bar(size=11)
        .encode(
            y=alt.Y("element:N", sort=names, title=None,
                    axis=label_axis()),
            x=alt.X("start:T", title="Shut to freight; bars under four days are drawn as four",
                    scale=alt.Scale(domain=span, type="utc"), axis=alt.Axis(format="%Y", values=years)),
            x2="end:T",
            color=alt.Color(
                "kind:N",
                scale=alt.Scale(domain=kinds, range=[MUTED, "#e69f00", SHUT_COLOUR]),
                legend=alt.Legend(title=None, orient="bottom"),
            ),
        )
    )  # fmt: skip
    return finished(chart.properties(width=BAR_CHART_PX + 60, height=ROW_PX * max(len(names), 1)))


def survival_spec(lengths: Law, age_days: float, gap_days: float) -> Spec:
    """Return the chance that a closure still runs, over the days from the as-of date."""
    alt = altair()
    days = range(0, SURVIVAL_DAYS + 1, SURVIVAL_STEP_DAYS)
    rows = [
        {"days": d, "p": round(float(survival_after(lengths, age_days, gap_days + d)), 4)}
        for d in days
    ]
    chart = (
        alt.Chart(alt.InlineData(values=rows))
        .mark_line(color=SHUT_COLOUR, strokeWidth=2.4)
        .encode(
            x=alt.X("days:Q", title="Days from the as-of date",
                    scale=alt.Scale(nice=False)),
            y=alt.Y("p:Q", title="Chance that it is still shut",
                    scale=alt.Scale(domain=[0, 1]), axis=alt.Axis(format="%", tickCount=5)),
        )
    )  # fmt: skip
    half = alt.Chart(alt.InlineData(values=[{"p": 0.5}])).mark_rule(
        stroke=INK, strokeDash=[4, 3], strokeWidth=1
    ).encode(y="p:Q")  # fmt: skip
    return finished(alt.layer(chart, half).properties(width=480, height=230))
