"""One self-contained HTML page for a study: no script, no request, no clock, the same bytes twice.

Everything on it comes from the study's result. The template lays out, `content` words, `figures`
draws; here the pieces are gathered.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from importlib import resources
from typing import TYPE_CHECKING, Any

from karwan import __version__
from karwan.analysis.alternatives import Question, alternatives
from karwan.analysis.answers import restriction_subject
from karwan.analysis.calibration import Calibration, calibrate
from karwan.analysis.comparison import CUT, NOT_BUILT, OPEN, Comparison, CorridorAnswer, Desk
from karwan.analysis.forecasts import Availability, Forecast, forecast
from karwan.analysis.planner import Planner, Scope
from karwan.analysis.sensitivity import Swing, swings
from karwan.analysis.world import ALL_OPEN, LAST_KNOWN, Cut
from karwan.base.errors import FitError
from karwan.base.provenance import Source, read_date
from karwan.data.sources import list_sources
from karwan.network.vehicles import make_consignment
from karwan.report import content
from karwan.report.atlas import map_svg
from karwan.report.closures import chart_spells, survival_spec, timeline_spec
from karwan.report.content import default_name, journeys, label
from karwan.report.figures import (
    ChartBar,
    Lead,
    MissingExtraError,
    bars_spec,
    chart_line,
    distance_spec,
    leads_of,
    to_svg,
)
from karwan.report.ranges import chart_range, ranges_spec

if TYPE_CHECKING:
    from karwan.network.network import Network
    from karwan.route.tcd import DefaultUse, Journey
    from karwan.study.run import StudyResult

TEMPLATE = "page.html.j2"
MOST_BARS = 10
FEWEST_SHOWN = 3
MOST_ALTERNATIVES = 4
MOST_SWINGS = 10
AUDIENCES = (
    ("Consumer goods, truck", "truck", "general"),
    ("Fresh goods, truck", "truck", "fresh"),
    ("Bulk, truck", "truck", "bulk"),
    ("Consumer goods, 40 ft box", "40ft", "general"),
    ("Bulk, wagon of 60 t", "wagon", "bulk"),
)


@dataclass(frozen=True, slots=True)
class CutRow:
    """Something that cuts corridors: in which state, which of the focus pair's, of how many pairs."""

    cut: Cut
    state: str
    corridors: tuple[str, ...]
    pair_count: int


@dataclass(frozen=True, slots=True)
class DefaultRow:
    """A default in the journey where it weighs most, and how many corridor routes rest on it."""

    name: str
    use: DefaultUse
    focus_count: int
    all_count: int


@dataclass(frozen=True, slots=True)
class SourceRow:
    """A source with the dates and grades of what was taken from it."""

    url: str
    dates: str
    grades: str


def cut_rows(result: StudyResult) -> list[CutRow]:
    """Return everything that cuts a corridor of any pair, per state, each once."""
    cuts: dict[tuple[str, str], Cut] = {}
    pairs: dict[tuple[str, str], set[tuple[str, str]]] = {}
    named: dict[tuple[str, str], list[str]] = {}
    for comparison in result.comparisons:
        pair = (comparison.origin.id, comparison.destination.id)
        for answer in comparison.answers:
            for cut in answer.cuts if answer.status == CUT else ():
                key = (comparison.state, cut.id)
                cuts.setdefault(key, cut)
                pairs.setdefault(key, set()).add(pair)
                named.setdefault(key, []).extend(
                    [label(answer.corridor)] if pair == result.focus else []
                )
    return [CutRow(cut, key[0], tuple(named[key]), len(pairs[key])) for key, cut in cuts.items()]


def default_rows(result: StudyResult) -> list[DefaultRow]:
    """Return the defaults of the focus pair, both ways, the widest first."""
    uses: dict[str, DefaultUse] = {}
    focus, everywhere = Counter[str](), Counter[str]()
    for comparison in result.comparisons:
        ends = {comparison.origin.id, comparison.destination.id}
        for journey in journeys(comparison):
            for use in journey.defaults:
                everywhere[use.id] += 1
                if ends == set(result.focus):
                    focus[use.id] += 1
                    uses[use.id] = max(use, uses.get(use.id, use), key=_width)
    rows = [
        DefaultRow(default_name(use), use, focus[name], everywhere[name])
        for name, use in uses.items()
    ]
    return sorted(rows, key=lambda row: (-row.focus_count, row.name, row.use.id))


def _width(use: DefaultUse) -> tuple[float, float]:
    return use.usd[2] - use.usd[0], use.hours[2] - use.hours[0]


def claims(result: StudyResult, project_id: str) -> list[dict[str, Any]]:
    """Return what is claimed of a project and by whom, the newest first; nothing of after the as-of date."""
    rows = [row for row in result.catalog.rows("rail_projects") if row["project_id"] == project_id]
    dated = [(read_date(row["source_date"]), row) for row in rows]
    kept = [
        (date or dt.date.min, row)
        for date, row in dated
        if date is None or date <= result.spec.as_of
    ]
    return [row for _, row in sorted(kept, key=lambda item: (-item[0].toordinal(), item[1]["id"]))]


def bans(result: StudyResult) -> list[tuple[str, str, dt.date | None, str, Source]]:
    """Return the bans on vehicle classes in force as last known: subject, class, start, rule, source."""
    network: Network = result.world.network
    found: dict[tuple[str, str, str], tuple[str, str, dt.date | None, str, Source]] = {}
    for rule in result.world.rules_in_force("bar"):
        subject = restriction_subject(network, rule)
        crossing = network.crossings.get(rule.target)
        name = crossing.name if crossing else subject
        row = (name, rule.vehicle_class.replace("_", " "), rule.start, rule.rule, rule.source)
        found.setdefault((name, rule.vehicle_class, rule.rule), row)
    return list(found.values())


def source_rows(found: Iterable[Journey]) -> list[SourceRow]:
    """Return the sources of journeys, addresses first, then what was derived or estimated."""
    about: dict[str, set[tuple[str, str]]] = {}
    for journey in found:
        for source in journey.sources:
            about.setdefault(source.url, set()).add((source.date, source.grade))
    rows = []
    for url in sorted(about, key=lambda name: (not name.startswith("http"), name)):
        dates = sorted({date for date, _ in about[url] if date}) or ["undated"]
        rows.append(
            SourceRow(url, ", ".join(dates), ", ".join(sorted({grade for _, grade in about[url]})))
        )
    return rows


def charts(
    leads: Sequence[Lead], comparison: Comparison, known: Comparison | None = None
) -> dict[str, str]:
    """Return the charts as SVG by name; none if no route is known."""
    if not leads:
        return {}
    ends = content.pair_name(comparison.origin, comparison.destination)
    found = {}
    for unit, what in (("h", "hours"), ("usd", "cost in USD")):
        lines = [chart_line(lead, unit) for lead in leads if lead.drawn]
        shown = "USD" if unit == "usd" else unit
        told = f"Mean {what} over distance, {ends}: " + "; ".join(
            f"{line.name} {content.number(line.stops[-1].total)} {shown}" for line in lines
        )
        found[f"tcd_{unit}"] = to_svg(distance_spec(lines, shown), f"tcd-{unit}", told)
        bars = [
            _bar(name, journey, unit) for name, journey in bar_journeys(leads, comparison, known)
        ]
        told = f"{what.capitalize()} by kind, {ends}; the table below the chart has the figures."
        found[f"bars_{unit}"] = to_svg(bars_spec(bars, shown), f"bars-{unit}", told)
    ranges = [
        chart_range(name, journey) for name, journey in bar_journeys(leads, comparison, known)
    ]
    told = f"Hours from P05 to P95, {ends}: " + "; ".join(
        f"{item.name} {content.number(item.p05)} to {content.number(item.p95)} h" for item in ranges
    )
    found["ranges"] = to_svg(ranges_spec(ranges), "ranges", told)
    return found


def bar_journeys(
    leads: Sequence[Lead], comparison: Comparison, known: Comparison | None = None
) -> list[tuple[str, Journey]]:
    """Return the routes for the bars: the best of each family, then the cheapest others, by name."""
    found = {lead.answer.corridor.id: (lead.name, lead.journey) for lead in leads}
    others = [
        a
        for a in comparison.answers
        if a.status == OPEN and not a.same_as and a.corridor.id not in found
    ]
    costed = [
        (a.journey.generalized_cost_usd, _name(a, known), a.corridor.id, a.journey)
        for a in others
        if a.journey
    ]
    for _, name, ident, journey in sorted(costed, key=lambda item: item[:3])[
        : max(MOST_BARS - len(found), 0)
    ]:
        found[ident] = (name, journey)
    return sorted(found.values(), key=lambda item: (item[1].generalized_cost_usd, item[0]))


def _name(answer: CorridorAnswer, known: Comparison | None) -> str:
    """Return a corridor's label, marked where it is cut as last known."""
    is_cut = known is not None and known.answer(answer.corridor.id).status == CUT
    return f"{label(answer.corridor)} (if open)" if is_cut else label(answer.corridor)


def _bar(name: str, journey: Journey, unit: str) -> ChartBar:
    if unit == "usd":
        return ChartBar(name, journey.usd_by_kind, journey.usd[0], journey.usd[2])
    return ChartBar(name, journey.hours_by_kind, journey.hours[0], journey.hours[2])


def render_page(result: StudyResult) -> str:
    """Return the page of a study as one HTML text that needs nothing else.

    Raises
    ------
    MissingExtraError
        If jinja2, altair or vl-convert is not installed: they come with `karwan[report]`.
    """
    try:
        import jinja2
    except ImportError as error:
        raise MissingExtraError("jinja2") from error
    source = resources.files("karwan.report").joinpath(TEMPLATE).read_text(encoding="utf-8")
    environment = jinja2.Environment(
        autoescape=True, undefined=jinja2.StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    words = {
        name: value
        for name, value in vars(content).items()
        if callable(value) and not name.startswith("_")
    }
    environment.filters.update(words)
    environment.globals.update(words)
    return environment.from_string(source).render(gathered(result))


def gathered(result: StudyResult) -> dict[str, Any]:
    """Return what the template lays out, by name."""
    spec = result.spec
    there = [result.comparison(*result.focus, state) for state in spec.states]
    both = [c for c in result.comparisons if (c.destination.id, c.origin.id) == result.focus]
    chosen = next((c for c in there if c.state == ALL_OPEN), there[0])
    known = next((c for c in there if c.state == LAST_KNOWN), None)
    leads = leads_of(chosen, known, result.world.network)
    return {
        "result": result,
        "spec": spec,
        "world": result.world,
        "version": __version__,
        "there": there,
        "focus_comparisons": [*there, *both],
        "chosen": chosen,
        "known": known,
        "leads": leads,
        "map": map_svg(result, leads, _map_words(leads, known)),
        "charts": charts(leads, chosen, known),
        "bars": bar_journeys(leads, chosen, known),
        "STATES": content.STATES,
        "others": _alternatives(result),
        "audiences": audiences(result),
        "swings": _swings(there[0]),
        "calibration": _calibration(result),
        "scripts": _scripts(result),
        "closures": _closures(result),
        "points": content.summary(result),
        "pairs": _pairs(result),
        "families": _families(result),
        "cut_rows": cut_rows(result),
        "projects": _projects(result),
        "defaults": default_rows(result),
        "bans": bans(result),
        "sources": source_rows(journey for c in [*there, *both] for journey in journeys(c)),
        "source_count": len(list_sources(result.catalog)),
        "grades": {
            name: Counter(result.catalog.read(name)["confidence"].to_list())
            for name in result.catalog.resources
        },
        "seasons": list(dict.fromkeys(text for lead in leads for text in lead.journey.seasons)),
        "codes_used": sorted(
            {
                code
                for c in result.comparisons
                for j in (c.best, *journeys(c))
                if j
                for code in j.countries
            }
        ),
    }


def _alternatives(result: StudyResult) -> list[Journey]:
    """Return routes of the focus pair that really differ, in the study's first state."""
    network = result.world.network
    first = result.comparison(*result.focus, result.spec.states[0])
    planner = Planner(result.world, first.consignment, first.price_year)
    ends = [network.places[name] for name in result.focus]
    question = Question(ends[0], ends[1], Scope(first.state))
    return alternatives(planner, question, MOST_ALTERNATIVES)


@dataclass(frozen=True, slots=True)
class Audience:
    """The focus pair asked for another consignment: comparisons by state."""

    what: str
    comparisons: tuple[Comparison, ...]


def audiences(result: StudyResult) -> list[Audience]:
    """Return the focus pair for shippers who differ: general, fresh, bulk, in a box, by wagon."""
    network, first = result.world.network, result.comparison(*result.focus, result.spec.states[0])
    found = []
    for what, unit, cargo in AUDIENCES:
        consignment = make_consignment(
            result.catalog,
            carrier=first.consignment.carrier,
            countries=network.countries,
            unit=unit,
            cargo=cargo,
        )
        desk = Desk(Planner(result.world, consignment, first.price_year))
        asked = (desk.compare(first.origin, first.destination, s) for s in result.spec.states)
        found.append(Audience(what, tuple(asked)))
    return found


def _swings(comparison: Comparison) -> tuple[str, str, list[Swing]] | None:
    """Return the two best corridors and what moves the margin between them; None if fewer."""
    order = comparison.ranking.order_central
    if len(order) < 2:
        return None
    first, second = (comparison.answer(name) for name in order[:2])
    if first.journey is None or second.journey is None:
        return None
    found = swings(first.journey, second.journey)[:MOST_SWINGS]
    return label(first.corridor), label(second.corridor), found


def _calibration(result: StudyResult) -> Calibration | str:
    """Return published runs beside the model, or why there are none."""
    try:
        return calibrate(result.catalog, result.world.network, result.spec.as_of)
    except FitError as error:
        return str(error)


@dataclass(frozen=True, slots=True)
class Closures:
    """What the page says of closures to come: charts, forecasts of what is shut, corridors."""

    timelines: tuple[tuple[str, str], ...]
    survivals: tuple[tuple[str, str], ...]
    forecasts: tuple[Forecast, ...]
    availability: tuple[Availability, ...]
    episode_count: int


def _closures(result: StudyResult) -> Closures | None:
    """Return the closures of the frontiers that the focus pair's corridors pass; None if thin."""
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
    timelines, survivals, told = [], [], []
    for group in [g for g in groups if len(model.history.of_group(g)) >= FEWEST_SHOWN]:
        spec = timeline_spec(chart_spells(model.history, group, names), world.as_of)
        words = f"Closures of {group} since 2014: {len(model.history.of_group(group))} episodes"
        timelines.append((group, to_svg(spec, f"timeline-{group.lower()}", words)))
    shown: set[str] = set()
    for element in sorted(passed):
        running = model.running(element)
        if running is None:
            continue
        episode, age, gap = running
        told.append(forecast(world, model, element))
        if episode.name in shown:
            continue
        shown.add(episode.name)
        lengths = model.lengths_of(episode.elements, episode.group)
        title = f"closure of {content.day(episode.start)}, {episode.group}"
        spec = survival_spec(title, lengths, age, gap)
        words = f"Chance that the {title} still runs, falling over two years."
        survivals.append((title, to_svg(spec, f"survival-{len(shown)}", words)))
    return Closures(
        tuple(timelines),
        tuple(survivals),
        tuple(told),
        result.availability,
        len(model.history.episodes),
    )


def _scripts(result: StudyResult) -> dict[str, str]:
    """Return the name of a place in its own script, by id, where the tables have one."""
    names = result.world.network.place_names
    return {
        place: next((name for name in found if not name.isascii()), "")
        for place, found in names.items()
    }


def _map_words(leads: Sequence[Lead], known: Comparison | None) -> str:
    state = "as last known" if known else "not asked in this study"
    told = "; ".join(f"{lead.label}, {'cut' if lead.cut else 'open'} {state}" for lead in leads)
    return (
        f"Roads, railways, crossings with their last known status, and corridors: {told or 'none'}."
    )


def _pairs(result: StudyResult) -> list[list[list[Comparison]]]:
    """Return the pairs, first those in the study's direction, each with its comparisons by state."""
    origins = {result.world.network.place(name).id for name in result.spec.origins}
    found: dict[tuple[str, str], list[Comparison]] = {}
    for comparison in result.comparisons:
        found.setdefault((comparison.origin.id, comparison.destination.id), []).append(comparison)
    ahead = [cs for (origin, _), cs in found.items() if origin in origins]
    back = [cs for (origin, _), cs in found.items() if origin not in origins]
    return [ahead, back]


def _families(result: StudyResult) -> list[str]:
    """Return the families that serve any pair of the study, context left out."""
    found = [a.corridor.family for c in result.comparisons for a in c.answers if a.status in (OPEN, CUT, NOT_BUILT)
             and a.corridor.role != content.CONTEXT]  # fmt: skip
    order = [corridor.family for corridor in result.world.network.corridors.values()]
    return [family for family in dict.fromkeys(order) if family in found]


def _projects(result: StudyResult) -> list[dict[str, Any]]:
    """Return each project that a corridor of any pair waits for, with the claims made of it."""
    found = {
        cut.id: cut
        for c in result.comparisons
        for a in c.answers
        if a.status == NOT_BUILT
        for cut in a.cuts
    }
    return [{"cut": cut, "claims": claims(result, name)} for name, cut in found.items()]
