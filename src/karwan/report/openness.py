"""How often each corridor would be open, and how long what is shut may stay so."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from karwan.analysis.forecasts.closures import Forecast
from karwan.analysis.futures.availability import Availability
from karwan.base.words import counted
from karwan.report import content
from karwan.report.closures import ChartSpell, chart_spells, survival_spec, timeline_spec
from karwan.report.content import journeys, sentence
from karwan.report.figures import to_svg
from karwan.report.names import frontier
from karwan.report.view import Section, View

FEWEST_SHOWN = 3


@dataclass(frozen=True, slots=True)
class Timeline:
    """The closures of a frontier as a chart, and as rows: spell and grade of its report."""

    title: str
    svg: str
    rows: tuple[tuple[ChartSpell, str], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Closures:
    """What the page says of closures to come: charts, forecasts of what is shut, corridors."""

    timelines: tuple[Timeline, ...]
    survivals: tuple[tuple[str, str], ...]
    forecasts: tuple[Forecast, ...]
    availability: tuple[Availability, ...]
    episode_count: int


def _closures(view: View) -> Closures | None:
    """Return the closures of the frontiers that the focus pair's corridors pass; None if thin."""
    result = view.result
    model, world = result.hazard, result.world
    if model is None:
        return None
    network = world.network
    comparison = result.comparison(*result.focus, result.spec.states[-1])
    passed = {name for journey in journeys(comparison) for name in journey.elements}
    groups = sorted(
        {network.elements[name].frontier_group for name in passed if name in network.elements},
        key=lambda group: (-len(model.history.of_group(group)), group),
    )
    names = {element.id: element.name for element in network.elements.values()}
    timelines, survivals = [], []
    grades = {
        (names.get(spell.element_id, spell.element_id), spell.start): spell.source.grade
        for spell in world.record.spells
    }
    for group in [g for g in groups if len(model.history.of_group(g)) >= FEWEST_SHOWN]:
        spells = chart_spells(model.history, group, names)
        title = sentence(frontier(group, world.region))
        words = f"Closures, {title}, since 2014: {counted(len(model.history.of_group(group)), 'episode')}; the table below has them."
        svg = to_svg(timeline_spec(spells, world.as_of), f"timeline-{group.lower()}", words)
        rows = ((spell, grades.get((spell.name, spell.start), "")) for spell in spells)
        timelines.append(Timeline(title, svg, tuple(rows)))
    shown: set[str] = set()
    for element in sorted(passed):
        running = model.running(element)
        if running is None or not network.is_built(element):
            continue
        episode = running.episode
        if episode.name in shown:
            continue
        shown.add(episode.name)
        gates = [names[e] for e in episode.elements if model.running(e) is not None]
        title = f"closure of {content.listed(gates)} of {content.day(episode.start)}"
        spec = survival_spec(model.running_law(running), running.age_days, running.gap_days)
        words = f"Chance that the {title} still runs, falling over two years."
        survivals.append((title, to_svg(spec, f"survival-{len(shown)}", words)))
    return Closures(
        timelines=tuple(timelines),
        survivals=tuple(survivals),
        forecasts=view.running,
        availability=result.availability,
        episode_count=len(model.history.episodes),
    )


def gather(view: View) -> dict[str, Any]:
    """Return closures to come; None where the record is too thin."""
    return {"closures": _closures(view)}


OPENNESS = Section("hazard", "How often it would be open", "closures", gather)
