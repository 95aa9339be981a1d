"""Many futures on the page: how corridors fare, security turned up and down, chokepoints."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from karwan.analysis.futures.chokepoints import basis_lines
from karwan.analysis.futures.criticality import Chokepoint
from karwan.analysis.futures.reliability import ORDINARY, TODAY, Ensemble
from karwan.analysis.futures.security import SecurityPoint
from karwan.report.figures import BAR_CHART_PX, SHAPES, Lead, Spec, altair, finished, to_svg
from karwan.report.lossmap import loss_map
from karwan.report.view import Section, View

if TYPE_CHECKING:
    from karwan.network.nouns import Corridor
    from karwan.study.futures import Futures

TIMES = {ORDINARY: "ordinary times", TODAY: "from today"}
SHOWN, MOST_DOUBLE, MOST_LINKS = 10, 6, 6


@dataclass(frozen=True, slots=True)
class Fate:
    """How one corridor fares in ordinary times and from today."""

    corridor: Corridor
    usual: Ensemble
    today: Ensemble
    episode_count: int


def _fates(view: View, futures: Futures) -> list[Fate]:
    """Return the corridors, that cut least from today first, those without a record last."""
    level = next(point for point in futures.levels if point.hazard_factor == 1.0)
    corridors = view.result.world.network.corridors
    found = [
        Fate(corridors[usual.name], usual, today, level.standing(usual.name, TODAY).episode_count)
        for usual, today in zip(futures.ensembles[ORDINARY], futures.ensembles[TODAY], strict=True)
    ]
    return sorted(
        found, key=lambda f: (f.episode_count == 0, f.today.cut_share.value, f.corridor.id)
    )


def gather_fates(view: View) -> dict[str, Any] | None:
    """Return how corridors fare; None where the record is too thin."""
    futures = view.result.futures
    if futures is None or not futures.ensembles[ORDINARY]:
        return None
    leads = [
        lead for lead in view.leads if futures.ensemble(lead.answer.corridor.id, TODAY) is not None
    ]
    beats = [
        (
            row.label,
            [
                None
                if row is column
                else futures.beats_share[TODAY][row.answer.corridor.id, column.answer.corridor.id]
                for column in leads
            ],
        )
        for row in leads
    ]
    return {
        "fates": _fates(view, futures),
        "beats": beats,
        "names": [lead.label for lead in leads],
        "path_count": futures.told.path_count,
    }


def slider_spec(levels: tuple[SecurityPoint, ...], leads: list[Lead]) -> Spec:
    """Return lines: share of days open by how often closures come, one panel for each start."""
    alt = altair()
    rows = [
        {
            "times": TIMES[times],
            "factor": f"{point.hazard_factor:g}",
            "corridor": lead.label,
            "open": round(100 * point.standing(lead.answer.corridor.id, times).open_share.value, 2),
        }
        for times in TIMES
        for point in levels
        for lead in leads
    ]
    names = [lead.label for lead in leads]
    order = [f"{point.hazard_factor:g}" for point in levels]
    base = alt.Chart(alt.InlineData(values=rows)).encode(
        x=alt.X(
            "factor:O",
            sort=order,
            title="Closures, times as often as on record",
            axis=alt.Axis(labelAngle=0),
        ),
        y=alt.Y("open:Q", title="Days open, %", scale=alt.Scale(domain=[0, 100])),
        color=alt.Color(
            "corridor:N",
            scale=alt.Scale(domain=names, range=[lead.colour for lead in leads]),
            legend=alt.Legend(title=None, orient="bottom", columns=2, labelLimit=0),
        ),
        shape=alt.Shape("corridor:N", scale=alt.Scale(domain=names, range=SHAPES[: len(names)])),
    )
    chart = (base.mark_line(strokeWidth=2.2) + base.mark_point(filled=True, size=55)).properties(
        width=BAR_CHART_PX / 2, height=230
    )
    return finished(
        chart.facet(
            column=alt.Column(
                "times:N",
                sort=list(TIMES.values()),
                title=None,
                header=alt.Header(labelFontSize=14, labelFontWeight="bold"),
            )
        )
    )


def gather_slider(view: View) -> dict[str, Any] | None:
    """Return security turned up and down as a chart and a table."""
    futures = view.result.futures
    if futures is None:
        return None
    told = {s.ensemble.name for s in futures.levels[0].standings if s.episode_count}
    leads = [lead for lead in view.leads if lead.answer.corridor.id in told]
    if not leads:
        return None
    words = (
        "Share of days on which the best corridor of each family is open, at five levels of "
        "security, in ordinary times and from today; the table below has the figures."
    )
    rows = [
        (
            lead.label,
            times,
            [point.standing(lead.answer.corridor.id, name) for point in futures.levels],
        )
        for lead in leads
        for name, times in TIMES.items()
    ]
    return {
        "chart": to_svg(slider_spec(futures.levels, leads), "slider", words),
        "rows": rows,
        "levels": futures.levels,
        "silent": [lead.label for lead in view.leads if lead.answer.corridor.id not in told],
    }


@dataclass(frozen=True, slots=True)
class Losers:
    """A chokepoint with the countries that lose most by it."""

    found: Chokepoint
    countries: tuple[str, ...]


def gather_chokepoints(view: View) -> dict[str, Any] | None:
    """Return the chokepoints of all pairs, with a map; None where the record is too thin."""
    futures = view.result.futures
    if futures is None or not futures.chokepoints:
        return None

    def losers(found: Chokepoint) -> Losers:
        most = [code for code, usd in found.loss_by_country().items() if usd > 0][:3]
        return Losers(found, tuple(view.result.world.region.country(code) for code in most))

    return {
        "alone": [losers(one) for one in futures.chokepoints[:SHOWN]],
        "rest": [losers(one) for one in futures.chokepoints[SHOWN:]],
        "double": [losers(one) for one in futures.double[:MOST_DOUBLE]],
        "links": [
            (losers(one), _link_name(view, one.ids[0])) for one in futures.links[:MOST_LINKS]
        ],
        "loss_map": loss_map(view.result, futures.chokepoints),
        "horizon_days": futures.told.horizon_days,
        "notes": basis_lines(futures.stakes, futures.told),
    }


def _link_name(view: View, link_id: str) -> str:
    network = view.result.world.network
    link = network.links[link_id]
    return f"{network.places[link.from_id].name} – {network.places[link.to_id].name}"


FATES = Section("fates", "How each corridor fares in 10,000 futures", "closures", gather_fates)
SLIDER = Section("slider", "What more or less security would buy", "closures", gather_slider)
CHOKEPOINTS = Section("chokepoints", "Where the chokepoints are", "closures", gather_chokepoints)
