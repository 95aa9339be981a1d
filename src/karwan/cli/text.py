"""Answers as text for a terminal, and as CSV."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator

from karwan.analysis.corridors.answers import (
    NOT_IN_THE_PRICE,
    comparison_sources,
    journeys_of,
    rates_borrowed,
    restriction_subject,
    restrictions_met,
)
from karwan.analysis.corridors.arrival import arrival_of
from karwan.analysis.corridors.comparison import (
    BEST_WAY,
    CONTEXT,
    CORRIDORS,
    Comparison,
    CorridorAnswer,
    Status,
    compared,
    share_of,
)
from karwan.analysis.corridors.planner import Planner
from karwan.analysis.corridors.ranking import extra_usd
from karwan.analysis.corridors.routing import ROUTE_LEGS, RouteAnswer, route_legs
from karwan.analysis.corridors.shares import FirstShare
from karwan.analysis.forecasts.meeting import met_text, small_share
from karwan.analysis.world.bars import Cut, CutKind
from karwan.analysis.world.corrections import correction_lines
from karwan.analysis.world.cuts import cut_text
from karwan.analysis.world.state import State
from karwan.analysis.world.world import World
from karwan.base.telling import to_csv
from karwan.base.units import HOURS_PER_DAY
from karwan.base.words import counted, days_of
from karwan.cli.later import later_lines
from karwan.cli.order_text import beaten_lines, share_lines
from karwan.cli.show import columns_text, table_text
from karwan.network.vehicles import Consignment
from karwan.route.clock import Clock
from karwan.route.tcd import LEGS, Journey, Timing

SHOWN_DEFAULTS = 6
CLOCK_WORDS = {
    Clock.door: "from door to door",
    Clock.station: "from station or quay to station or quay",
    Clock.border: "from the first frontier reached to the last one left",
}


def range_text(journey: Journey) -> str:
    """Return mean hours, P05 and P95 in brackets."""
    found = journey.reliability
    return f"{journey.hours.value:,.0f} ({found.p05_hours:,.0f}-{found.p95_hours:,.0f})"


def spread_text(timing: Timing) -> str:
    """Return the hours that nine journeys of ten stay within, and how far others go."""
    spread = timing.reliability
    return (
        f"nine in ten within {spread.p05_hours:,.0f}-{spread.p95_hours:,.0f} h, half under "
        f"{spread.p50_hours:,.0f}, if nothing shuts; worst in twenty "
        f"{spread.expected_shortfall_hours:,.0f} h; buffer time index "
        f"{spread.buffer_time_index:.2f}"
    )


def usd_text(journey: Journey) -> str:
    """Return central USD, their band in brackets."""
    low, central, high = journey.usd.ends
    return f"{central:,.0f} ({low:,.0f}-{high:,.0f})"


def what_cuts(cut: Cut) -> str:
    """Return what cuts a route; what is not built with the option that shows it as if it were."""
    hint = f" (--with {cut.id} shows it as if built)" if cut.kind is CutKind.not_built else ""
    return cut_text(cut) + hint


def heading(consignment: Consignment, world: World, title: str, price_year: int) -> list[str]:
    """Return the lines that say what was asked, of when, and how old the evidence is."""
    age = (world.as_of - world.evidence_horizon).days
    carrier = world.region.country(consignment.carrier)
    lines = [
        title,
        f"{consignment.tonnes:,.10g} t {consignment.cargo.name}, {consignment.unit_count} x "
        f"{consignment.unit.name}, "
        f"value {consignment.value_usd:,.0f} USD, carrier {carrier}; "
        f"value of time {consignment.value_of_time_usd_per_hour:.2f} USD/h; USD of {price_year}",
        f"As of {world.as_of}; newest evidence on crossings and roads {world.evidence_horizon} "
        f"({counted(age, 'day')} before)",
    ]
    travel = world.travel
    if travel.depart is not None:
        lines.append(
            f"Leaving {travel.depart}: seasons and calendar of two weeks from then are counted; "
            "what is shut is as known on the as-of date"
        )
    if world.projects:
        lines.append(f"With projects that are not built: {', '.join(sorted(world.projects))}")
    return lines + correction_lines(world)


def comparison_text(comparison: Comparison) -> str:
    """Return a comparison as text: answer first, then all corridors, then how far it holds."""
    title = f"{comparison.origin.name} to {comparison.destination.name}, {_state(comparison.state)}"
    lines = heading(comparison.consignment, comparison.world, title, comparison.price_year)
    lines += ["", *_best_lines(comparison), *share_lines(comparison)]
    if any(answer.journey for answer in comparison.answers):
        lines += ["", _open_table(comparison)]
    if comparison.world.travel.is_told:
        lines += ["", *_arrival_lines(comparison)]
    lines += ["", *_cut_lines(comparison), *_ranking_lines(comparison)]
    lines += borrowed_lines(comparison.world, journeys_of(comparison))
    lines += _unserved_lines(comparison)
    lines += later_lines(comparison.world, comparison_sources(comparison))
    lines += met_lines(comparison)
    lines.append(
        "Days and hours are for a journey that meets no closure (--hazard-factor 1 says on what "
        "share of days one is met): means, in brackets P05-P95 of journeys. USD are central "
        "values, in brackets the band of their figures. Cheapest: in so many readings of the "
        "evidence, costs averaged over journeys; on a day: on so many days of these, with what "
        "each journey meets (half of a journey's factor common to ways through the same "
        "countries, grade C). Grades: A read, B derived, C estimate."
    )
    return "\n".join(lines)


def met_lines(comparison: Comparison) -> list[str]:
    """Return which share of journeys meets a closure, by open corridor; nothing if not asked."""
    ways = [
        (one.corridor.id, one.journey)
        for one in comparison.answers
        if one.journey is not None and not one.same_as
    ]
    told = met_text(ways)
    return [f"{told}. Of lines and gates that were not searched nothing is known."] if told else []


def _unserved_lines(comparison: Comparison) -> list[str]:
    """Return a line that counts the corridors that lead elsewhere, by family."""
    unserved = [a.corridor for a in comparison.answers if a.status == Status.not_served]
    if not unserved:
        return []
    counts = Counter(one.family.rpartition(": ")[2] for one in unserved)
    told = ", ".join(f"{family} {count}" for family, count in counts.items())
    verb = "does" if len(unserved) == 1 else "do"
    of_all = f"{len(unserved)} of {counted(len(comparison.answers), 'corridor')}"
    return [f"{of_all} {verb} not serve this pair: {told} (--format json names them)"]


def borrowed_lines(world: World, journeys: Iterable[Journey]) -> list[str]:
    """Return a line that says whose freight rates are borrowed, if any are."""
    named: dict[str, list[str]] = {}
    for one in rates_borrowed(journeys):
        named.setdefault(one.basis, []).append(world.region.country(one.country))
    return [
        f"No freight rate of {', '.join(countries)} is on record; borrowed: {basis}"
        for basis, countries in named.items()
    ]


def _state(state: str) -> str:
    return "with all gates open" if state == State.all_open else "as last known"


def _best_lines(comparison: Comparison) -> Iterator[str]:
    best, without = comparison.best, comparison.best_avoiding
    if best is None:
        yield "No route: " + (
            "; ".join(what_cuts(cut) for cut in comparison.way_cuts)
            or "nothing built joins the two"
        )
    else:
        proof = f" ({comparison.proof.line})" if comparison.proof else ""
        title = f"Best of all routes by generalized cost, at central values{proof}"
        yield f"{title}: {_route_line(best, comparison.world)}"
    name = comparison.world.region.without_name
    if not name:
        return
    if comparison.has_end_within:
        yield f"Without {name}: an end lies there"
    elif without is None:
        yield f"Without {name}: no route"
    elif best is not None and not comparison.also_without & set(best.countries):
        yield f"Without {name}: the same; the best route does not pass it"
    elif best is not None:
        extra_hours = without.hours.value - best.hours.value
        yield (
            f"Without {name}: {_route_line(without, comparison.world)}; {extra_hours:+,.0f} h; "
            f"{_extra_text(without, best)}"
        )


def _route_line(journey: Journey, world: World) -> str:
    return (
        f"{' - '.join(map(world.region.country, journey.countries))} "
        f"by {', '.join(journey.modes)}, "
        f"{journey.distance_km:,.0f} km, {journey.hours.value:,.0f} h = "
        f"{days_of(journey.hours.value)}, {journey.usd.value:,.0f} USD, generalized "
        f"{journey.generalized_cost_usd:,.0f} USD"
    )


def _open_table(comparison: Comparison) -> str:
    """Return the best of all ways, then the corridors that are open, in their order."""
    rows = []
    for one in compared(comparison):
        journey, rank = one.answer.journey, one.rank
        if journey is None:
            continue
        rows.append(
            [
                str(rank.rank) if rank else "",
                _corridor_cell(comparison, one.answer),
                f"{journey.distance_km:,.0f}",
                f"{journey.hours.value / HOURS_PER_DAY:,.1f}",
                range_text(journey),
                usd_text(journey),
                f"{journey.priced_usd.p50_usd:,.0f}",
                f"{journey.generalized_cost_usd:,.0f}",
                *_share_cells(share_of(one)),
                journey.grade,
            ]
        )
    headers = ("rank", "corridor (id)", "km", "days", "hours (P05-P95)", "USD (band)",
               "half\nunder", "generalized\nUSD", "cheapest", "on a day", "grade")  # fmt: skip
    return table_text(headers, rows, right=range(2, 10), banded=(4, 5), names=(1,))


def _share_cells(share: FirstShare | None) -> tuple[str, str]:
    if share is None:
        return "", ""
    return f"{share.cheapest_on_average:.0%}", f"{share.first_on_the_day:.0%}"


def _corridor_cell(comparison: Comparison, answer: CorridorAnswer) -> str:
    """Return a corridor's name and id; or the best of all ways, with the corridor it follows."""
    corridor = answer.corridor
    if corridor.id == BEST_WAY:
        named = comparison.world.network.corridors.get(answer.same_as or "")
        way = "along no corridor named" if named is None else f"as {named.name}"
        return f"{corridor.variant}: {way}"
    text = f"{corridor.name} ({corridor.id})"
    if answer.same_as:
        return f"{text}: as {answer.same_as}"
    return f"{text}: context only" if corridor.role == CONTEXT else text


def _arrival_lines(comparison: Comparison) -> Iterator[str]:
    """Yield when each route arrives, whether in time, and what is lost."""
    for one in compared(comparison):
        journey, corridor = one.answer.journey, one.answer.corridor
        if journey is None or (one.answer.same_as and corridor.id != BEST_WAY):
            continue
        arrival = arrival_of(comparison.world.travel, journey)
        if arrival is not None:
            name = corridor.variant if corridor.id == BEST_WAY else corridor.name
            yield f"{name}: {'; '.join(arrival.lines)}"


def _cut_lines(comparison: Comparison) -> Iterator[str]:
    """Yield what is cut or not built, then what it would be and what the way round costs."""
    for status, title in ((Status.cut, "Cut:"), (Status.not_built, "Not built:")):
        groups: dict[str, list[CorridorAnswer]] = {}
        for answer in comparison.answers:
            if answer.status == status:
                groups.setdefault("; ".join(what_cuts(cut) for cut in answer.cuts), []).append(
                    answer
                )
        if groups:
            yield title
        for reason, answers in groups.items():
            yield f"  {reason}"
            for answer in answers:
                named = f"{answer.corridor.name} ({answer.corridor.id})"
                yield f"    {named}{_if_open(answer, comparison.best)}"
    yield ""


def _if_open(answer: CorridorAnswer, best: Journey | None) -> str:
    opened = answer.open_journey or answer.lifted_journey
    if opened is None:
        return ": cut with all gates open too"
    word = "built" if answer.status == Status.not_built else "open"
    word = word if answer.open_journey is not None else "lifted"
    text = (
        f": if {word} {opened.distance_km:,.0f} km, {opened.hours.value:,.0f} h = "
        f"{days_of(opened.hours.value)}, {opened.usd.value:,.0f} USD, "
        f"generalized {opened.generalized_cost_usd:,.0f} USD"
    )
    if best is None:
        return text
    return text + f"; the best way round {_extra_text(best, opened)}"


def _extra_text(journey: Journey, over: Journey) -> str:
    """Return what a journey costs more; with its band where the defaults may turn the sign."""
    band_usd = extra_usd(journey, over)
    central = band_usd.value
    text = f"costs {abs(central):,.0f} USD {'more' if central > 0 else 'less'}"
    if band_usd.has_sign:
        return text
    return (
        f"{text} at central values, between {band_usd.low:+,.0f} and {band_usd.high:+,.0f} "
        "by the defaults"
    )


def _ranking_lines(comparison: Comparison) -> Iterator[str]:
    ranking = comparison.ranking
    yield from beaten_lines(comparison)
    if len(ranking.ranks) < 2:  # noqa: PLR2004
        return
    if ranking.holds:
        yield "The order holds over the bands of all defaults."
        return
    yield "The order does NOT hold over the bands of the defaults it rests on:"
    names = {answer.corridor.id: answer.corridor.name for answer in comparison.answers}
    orders = (
        ("at central values:  ", ranking.order_central),
        ("all defaults low:   ", ranking.order_low),
        ("all defaults high:  ", ranking.order_high),
    )
    for title, order in orders:
        yield f"  {title} {' < '.join(names[one] for one in order[:SHOWN_DEFAULTS])}"
    for pair in ranking.pairings[:3]:
        if not pair.holds:
            yield (
                f"  {names[pair.better]} before {names[pair.worse]} by "
                f"{pair.margin_usd.value:,.0f} USD, {pair.margin_usd.low:,.0f} to "
                f"{pair.margin_usd.high:,.0f} over the bands; turned by "
                f"{', '.join(pair.turned_by[:3])}"
            )


def comparison_csv(comparison: Comparison) -> str:
    """Return one line per corridor; units are in the column names."""
    return to_csv(CORRIDORS, compared(comparison))


def route_text(planner: Planner, answer: RouteAnswer, state: str, *, tcd: bool) -> str:
    """Return routes as text, each with where its hours and dollars go."""
    followed = planner.world.network.corridors.get(answer.corridor_id or "")
    along = f" along {followed.name} ({followed.id})" if followed is not None else ""
    title = f"{answer.origin.name} to {answer.destination.name}{along}, {_state(state)}"
    lines = heading(planner.consignment, planner.world, title, planner.price_year)
    if not answer.journeys:
        lines += ["", f"No route now: {answer.note}."] + [
            f"  {what_cuts(cut)}" for cut in answer.cuts
        ]
    if answer.proof:
        lines += ["", f"In the order of generalized cost; of the first: {answer.proof.line}."]
    timings = answer.timings or [journey.timing for journey in answer.journeys]
    for position, (journey, timing) in enumerate(zip(answer.journeys, timings, strict=True), 1):
        lines += ["", f"{position}. {_route_line(journey, planner.world)}"]
        lines += _journey_lines(planner, journey, timing, CLOCK_WORDS[answer.clock])
        if tcd:
            lines += ["", tcd_text(journey)]
    borrowed = borrowed_lines(planner.world, answer.journeys)
    lines += ["", *borrowed] if borrowed else []
    later = later_lines(planner.world, [s for one in answer.journeys for s in one.sources])
    lines += ["", *later] if later else []
    bans = restrictions_met(planner, answer)
    lines += [""] if bans else []
    for rule in bans:
        name = restriction_subject(planner.world.network, rule)
        since = f"since {rule.start}" if rule.start else "start not found"
        lines.append(f"Barred to this vehicle: {name}, {since}, last known: {rule.rule}")
    return "\n".join(lines)


def _journey_lines(planner: Planner, journey: Journey, timing: Timing, clock: str) -> Iterator[str]:
    yield (
        "   crossings: "
        f"{', '.join(_crossing_text(planner.world, name) for name in journey.crossings) or 'none'}"
    )
    yield (
        f"   hours {timing.hours.value:,.0f} = {days_of(timing.hours.value)} {clock}: "
        + ", ".join(f"{kind} {hours:,.0f}" for kind, hours in timing.hours_by_kind.items())
    )
    yield f"     {spread_text(timing)}"
    low_usd, central_usd, high_usd = journey.usd.ends
    yield f"   USD {central_usd:,.0f}: " + ", ".join(
        f"{kind} {usd:,.0f}" for kind, usd in journey.usd_by_kind.items()
    )
    yield (
        f"     {low_usd:,.0f}-{high_usd:,.0f} over the bands of the figures, half under "
        f"{journey.priced_usd.p50_usd:,.0f}"
    )
    yield f"     not in it: {', '.join(NOT_IN_THE_PRICE)}"
    widest = ", ".join(
        f"{width.what} {width.usd.low:,.0f}-{width.usd.high:,.0f}" for width in journey.widths[:3]
    )
    yield f"     the width comes from: {widest}"
    found = journey.reliability
    yield (
        f"   with unreliability {found.reliability_usd:,.0f} and detention "
        f"{found.detention_usd:,.0f}: {journey.full_cost_usd:,.0f} USD"
    )
    arrival = arrival_of(planner.world.travel, journey)
    for line in arrival.lines if arrival is not None else ():
        yield f"   {line}"
    chances = journey.chances
    if chances is not None and chances.meets_closure_share is not None:
        unknown = len(chances.unsearched)
        yield (
            "   hours are for a journey that meets no closure: "
            f"{small_share(chances.meets_closure_share)} meet one that begins after the date or "
            "that a calendar foretells, on "
            f"the record of {chances.passed_count - unknown} of the {chances.passed_count} "
            "gates and lines passed"
        )
    if journey.seasons:
        yield "   seasons: " + "; ".join(journey.seasons)
    yield f"   grade {journey.grade}; defaults used: {len(journey.defaults)}" + "".join(
        f"\n     {use.id}: {use.what}{f' ({use.basis})' if use.basis else ''}"
        for use in journey.defaults[:SHOWN_DEFAULTS]
    )
    if len(journey.defaults) > SHOWN_DEFAULTS:
        yield f"     and {len(journey.defaults) - SHOWN_DEFAULTS} more (--format json lists all)"


def _crossing_text(world: World, crossing_id: str) -> str:
    """Return a crossing's name with what was last reported of it, and when."""
    status = world.crossing_status(crossing_id)
    name = world.network.crossings[crossing_id].name
    if status.known_on is None:
        return f"{name} (status not known)"
    word = "last known " if status.last_known else ""
    return f"{name} ({status.kind}, {word}{status.known_on})"


def tcd_text(journey: Journey) -> str:
    """Return the time-cost-distance table."""
    return columns_text(LEGS, journey.rows) + "\n* rests on a default"


def route_csv(answer: RouteAnswer) -> str:
    """Return the time-cost-distance rows of all routes; units are in the column names."""
    return to_csv(ROUTE_LEGS, route_legs(answer))
