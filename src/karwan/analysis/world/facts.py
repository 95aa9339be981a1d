"""What is known of a place, crossing, line or link, with sources and dates."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from karwan.analysis.world.corrections import correction_lines
from karwan.analysis.world.world import World
from karwan.base.errors import UnknownNameError
from karwan.base.provenance import Figure, Source, known_word
from karwan.base.telling import Column, Columns, Form, to_dict
from karwan.base.traffic import Direction
from karwan.base.words import counted
from karwan.evidence.spells import Spell
from karwan.network.crossings import BorderFigures
from karwan.network.nouns import Corridor, Crossing, Element, Link, Place

Facts = dict[str, Any]
SPELLS_SHOWN = 12


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    """A corridor, project, crossing or line of the network in a line.

    Attributes
    ----------
    group
        Under which of these words it is listed.
    about
        Variant of a corridor, build state of a project, frontier of a crossing.
    """

    group: str
    id: str
    name: str
    about: str = ""
    mode: str = ""
    shut: bool = False

    @property
    def line(self) -> str:
        """Id and name, and what else tells it from others."""
        if self.group == CORRIDORS:
            return f"{self.id}: {self.name}"
        return f"{self.id}: {self.name} ({', '.join(filter(None, (self.about, self.mode)))})"


CORRIDORS, PROJECTS, CROSSINGS, LINES = "corridors", "projects", "crossings", "lines"
_WIDE = (Form.frame, Form.html)
NETWORK: Columns[Listed] = (
    Column(name="group", forms=_WIDE),
    Column(name="id", forms=_WIDE),
    Column(name="name", forms=_WIDE),
    Column(name="about", forms=_WIDE),
    Column(name="mode", forms=_WIDE),
    Column(name="shut", forms=_WIDE),
    Column(name="line", forms=(Form.json,)),
)
"""Columns of what a network holds; JSON and the terminal have each as its line."""


def network_rows(world: World) -> list[Listed]:
    """Return all corridors, projects, crossings and lines, with what is shut as last known."""
    network, shut = world.network, world.running
    return [
        *(
            Listed(group=CORRIDORS, id=c.id, name=c.name, about=c.role)
            for c in network.corridors.values()
        ),
        *(
            Listed(group=PROJECTS, id=p.id, name=p.name, about=p.build_state)
            for p in network.projects.values()
        ),
        *(
            Listed(
                group=CROSSINGS,
                id=c.id,
                name=c.name,
                about=c.frontier,
                mode=c.mode,
                shut=c.id in shut,
            )
            for c in network.crossings.values()
        ),
        *(
            Listed(group=LINES, id=e.id, name=e.name, mode=e.mode, shut=e.id in shut)
            for e in network.elements.values()
            if e.kind == "line" and e.in_network
        ),
    ]


def overview(world: World) -> Facts:
    """Return the names of all corridors, crossings, lines and projects, with what is shut."""
    elements = world.network.elements
    lines: dict[str, list[str]] = {}
    for one in network_rows(world):
        lines.setdefault(one.group, []).extend(to_dict(NETWORK, one).values())
    return {
        "as of": world.as_of.isoformat(),
        "newest evidence": world.evidence_horizon.isoformat(),
        "shut as last known": [
            f"{name} ({elements[name].name})" for name in sorted(world.running) if name in elements
        ],
        **{group: lines.get(group, []) for group in (CORRIDORS, PROJECTS, CROSSINGS, LINES)},
    }


def describe(world: World, name: str) -> Facts:
    """Return what is known of one thing.

    Raises
    ------
    UnknownNameError
        With the nearest names.
    """
    corrected = correction_lines(world)
    return _describe(world, name) | ({"corrected for all time": corrected} if corrected else {})


def _describe(world: World, name: str) -> Facts:
    network = world.network
    if name in network.corridors:
        return _corridor(world, network.corridors[name])
    try:
        kind, ident = network.resolve(name)
    except UnknownNameError:
        if not network.names.variants(name):
            raise
        return _corridor(world, network.corridor(name))
    if kind in ("element", "crossing"):
        element = network.elements[ident]
        crossing = network.crossings.get(ident)
        return _line(world, element) if crossing is None else _crossing(world, crossing, element)
    if kind == "place":
        return _place(world, network.places[ident])
    return _link(world, network.links[ident]) if kind == "link" else _country(world, ident)


def _source(source: Source) -> Facts:
    return {"url": source.url, "date": source.date or "not printed", "grade": source.grade}


def _place(world: World, place: Place) -> Facts:
    network = world.network
    here = [link for link in network.links.values() if place.id in (link.from_id, link.to_id)]
    moves = [t for t in network.terminals if t.place_id == place.id and t.status != "none"]
    return {
        "place": place.name,
        "id": place.id,
        "country": place.country,
        "kind": place.kind,
        "other names": list(network.place_names.get(place.id, ())),
        "UN/LOCODE": list(place.unlocode),
        "road position": list(place.road) if place.road else None,
        "rail position": list(place.rail) if place.rail else None,
        "source": _source(place.source),
        "links": [
            f"{link.id}: {link.mode}, {link.length_km:g} km, {link.infrastructure}" for link in here
        ],
        "terminals": [
            f"{t.from_layer} to {t.to_layer} ({t.kind}, {t.status}); handling "
            f"{_or_unknown(t.handling_hours)}, queue {_or_unknown(t.queue_hours)}"
            for t in moves
        ],
    }


def _corridor(world: World, corridor: Corridor) -> Facts:
    """Return what a corridor is: its way in words, whom it keeps out of, what is shut on it."""
    network, region = world.network, world.region
    gates = [token[:-1] for token in corridor.tokens if token[-1] in "<>"]
    project = network.projects.get(corridor.project_id)
    origin, destination = (network.places[ident].name for ident in corridor.od_example)
    return {
        "corridor": corridor.name,
        "id": corridor.id,
        "family": corridor.family,
        "role": corridor.role,
        "other names": list(network.thing_names.get(("corridor", corridor.id), ())),
        "as from": f"{origin} to {destination}",
        "way": [_token_text(world, token) for token in corridor.tokens],
        "modes": sorted(corridor.modes),
        "keeps out of": [region.country(code) for code in sorted(corridor.forbidden)],
        "length, as from": f"{corridor.km_check:,.0f} km",
        "breaks of gauge": corridor.gauge_break_count,
        "rests on a project": f"{project.id}: {project.name}" if project is not None else None,
        "never leaves out": corridor.keep_crossing,
        "shut as last known": [
            f"{gate} ({network.elements[gate].name})" for gate in gates if gate in world.running
        ],
        "note": corridor.description,
        "source": _source(corridor.source),
    }


def _token_text(world: World, token: str) -> str:
    """Return a step of a corridor's way in words: a crossing with its direction, or a place."""
    network, country = world.network, world.region.country
    if token[-1] in "<>":
        gate = network.crossings[token[:-1]]
        ends = [gate.country_a, gate.country_b]
        before, after = ends if token[-1] == ">" else reversed(ends)
        return f"{gate.name} ({gate.id}): {country(before)} to {country(after)}"
    place_id, _, layer = token.partition("@")
    place = network.places[place_id]
    return f"{place.name}, {country(place.country)}" + (f" ({layer})" if layer else "")


def _or_unknown(hours: float | None) -> str:
    return "not published" if hours is None else f"{hours:g} h"


def _link(world: World, link: Link) -> Facts:
    element = world.network.element_of_link.get(link.id)
    return {
        "link": link.id,
        "mode": link.mode,
        "from": world.network.places[link.from_id].name,
        "to": world.network.places[link.to_id].name,
        "length": f"{link.length_km:g} km",
        "speed without delay": f"{link.speed_kmh:g} km/h" if link.speed_kmh else "not known",
        "layers": list(link.layers) or "gauge undecided",
        "infrastructure": link.infrastructure,
        "reported as": link.status,
        "crossing": link.crossing_id,
        "governed by": element,
        "season": link.seasonal,
        "rules": _rules(world, {link.id}),
        "note": link.note,
        "source": _source(link.source),
        "state": _state(world, world.network.elements[element]) if element else None,
    }


def _country(world: World, code: str) -> Facts:
    network = world.network
    return {
        "country": code,
        "name": world.region.country(code),
        "other names": list(network.thing_names.get(("country", code), ())),
        "places": [place.id for place in network.places.values() if place.country == code],
        "crossings": [
            f"{c.id}: {c.name}"
            for c in network.crossings.values()
            if code in (c.country_a, c.country_b)
        ],
        "rules": _rules(world, {f"country:{code}"}),
    }


def _crossing(world: World, crossing: Crossing, element: Element) -> Facts:
    places = world.network.places
    figures = BorderFigures(world.network)
    return {
        "crossing": crossing.name,
        "id": crossing.id,
        "other names": list(world.network.thing_names.get(("crossing", crossing.id), ())),
        "mode": crossing.mode,
        "sides": " - ".join(
            f"{places[side].name} ({places[side].country})"
            for side in (crossing.side_a, crossing.side_b)
        ),
        "state": _state(world, element),
        "reported status": {
            **_reported(world, crossing),
        },
        "hours": {
            f"{country} {direction}": _figure_text(figures.hours(crossing, side, direction))
            for side, country in (("a", crossing.country_a), ("b", crossing.country_b))
            for direction in ("outbound", "inbound")
        },
        "fees": {
            f"{crossing.country_a} to {crossing.country_b}": _figure_text(
                figures.cost(crossing, Direction.a_to_b)
            ),
            f"{crossing.country_b} to {crossing.country_a}": _figure_text(
                figures.cost(crossing, Direction.b_to_a)
            ),
        },
        "what the hours are": crossing.hours_statistic,
        "years of the figures": crossing.hours_year,
        "opening hours": crossing.opening_hours,
        "season": crossing.seasonal,
        "procedures": crossing.procedures,
        "rules": _rules(world, {crossing.id, crossing.link_id}),
        "closures on record": _spells(world, element.id),
        "note": crossing.note,
        "source": _source(crossing.source),
    }


def _reported(world: World, crossing: Crossing) -> Facts:
    """Return the report of a crossing's status, if there was one by the as-of date."""
    on = crossing.status_asof
    if on is not None and on > world.as_of:
        return {"kind": "unknown", "as of": f"none by {world.as_of.isoformat()}", "source": ""}
    return {
        "kind": crossing.status_kind,
        "as of": on.isoformat() if on else "date not known",
        "source": crossing.status_url,
    }


def _figure_text(figure: Figure) -> str:
    band = f" ({figure.low:,.1f}-{figure.high:,.1f})" if figure.low != figure.high else ""
    origin = (
        f"default: {figure.basis}"
        if figure.default_id
        else {"post": "this post", "country": "country mean"}.get(figure.basis, "")
    )
    return f"{figure.value:,.1f} {figure.unit}{band}, grade {figure.source.grade}, {origin}"


def _line(world: World, element: Element) -> Facts:
    return {
        "line": element.name,
        "id": element.id,
        "other names": list(world.network.thing_names.get(("line", element.id), ())),
        "mode": element.mode,
        "group": element.frontier_group,
        "links": list(element.links),
        "state": _state(world, element),
        "rules": _rules(world, set(element.links)),
        "closures on record": _spells(world, element.id),
        "note": element.note,
    }


def _state(world: World, element: Element) -> Facts:
    """Return what the record says of an element on the as-of date; silence is not "open"."""
    spells = world.running.get(element.id, ())
    if not spells:
        return {"closures running": "none on record", "as of": world.as_of.isoformat()}
    found = []
    for spell in spells:
        known = world.known_on(spell)
        age = (world.as_of - known).days
        told = f"{known.isoformat()}, {counted(age, 'day')} before {world.as_of.isoformat()}"
        found.append(
            {
                "shut to": spell.traffic_class,
                "since": spell.start.isoformat(),
                known_word(age): told,
                "evidence": spell.closure_id,
            }
        )
    return {"closures running": found}


def _spells(world: World, element_id: str) -> list[str]:
    spells = world.record.of_element(element_id, world.as_of)
    lines = [_spell_text(spell) for spell in spells[-SPELLS_SHOWN:]]
    return (
        [f"and {counted(len(spells) - SPELLS_SHOWN, 'earlier one')}"]
        if len(spells) > SPELLS_SHOWN
        else []
    ) + lines


def _spell_text(spell: Spell) -> str:
    if spell.end is not None:
        end = f"to {spell.end.isoformat()}"
    else:
        seen = f", last seen shut {spell.seen_until.isoformat()}" if spell.seen_until else ""
        end = "still running" + seen if spell.end_status == "ongoing" else "end not found" + seen
    return (
        f"{spell.closure_id}: {spell.start.isoformat()} {end}, {spell.traffic_class}, "
        f"{spell.cause.replace('_', ' ')} ({spell.source.grade})"
    )


def _rules(world: World, targets: set[str]) -> list[str]:
    rules = [
        rule
        for effect in ("bar", "transfer", "slow", "notice")
        for rule in world.rules_in_force(effect)
    ]
    return [
        f"{rule.vehicle_class.replace('_', ' ')}: {rule.rule} (since {rule.start or 'not known'}, "
        f"grade {rule.source.grade})"
        for rule in rules
        if rule.target in targets
    ]
