"""Every fault a network can have, named all at once, and every default it will need."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from karwan.base.geo import great_circle_km
from karwan.network.gauges import LAYERS
from karwan.network.network import Network
from karwan.network.nouns import Corridor, Crossing, Link, Place

GREAT_CIRCLE_SLACK_KM = 0.6
"""Positions are given to 0.01 degree or better, so short links may seem shorter than the line
between their ends by about half a kilometre."""


MOST_SHUT_DAYS = 30.0
"""What shuts a link on all days of a month is no weather by the day."""


def network_faults(network: Network) -> list[str]:
    """Return every fault of the network, in plain words; empty if it is sound."""
    faults = [fault for link in network.links.values() for fault in _link_faults(network, link)]
    faults += [
        fault
        for crossing in network.crossings.values()
        for fault in _crossing_faults(network, crossing)
    ]
    faults += _element_faults(network)
    faults += _terminal_faults(network)
    faults += _restriction_faults(network)
    faults += _project_faults(network)
    faults += _season_faults(network)
    faults += [
        fault
        for corridor in network.corridors.values()
        for fault in _corridor_faults(network, corridor)
    ]
    return faults


def name_faults(network: Network) -> list[str]:
    """Return the rows of other names that name nothing; they are read for it."""
    unknown = [place_id for place_id in network.place_names if place_id not in network.places]
    return [f"place_names: no place {place_id!r}" for place_id in unknown]


def thing_name_faults(network: Network) -> list[str]:
    """Return the rows of names of crossings, lines, corridors and countries that name nothing."""
    known = {
        "crossing": network.elements,
        "line": network.elements,
        "corridor": network.corridors,
        "country": {*network.country_names, *network.countries},
    }
    return [
        f"thing_names: no {kind} {ident!r}"
        for kind, ident in network.thing_names
        if ident not in known[kind]
    ]


def _link_faults(network: Network, link: Link) -> list[str]:
    ends = [network.places.get(link.from_id), network.places.get(link.to_id)]
    names = (link.from_id, link.to_id)
    faults = [
        f"link {link.id}: no place {name!r}: add it to {_nodes(link.mode)}"
        for name, end in zip(names, ends, strict=True)
        if end is None
    ]
    if ends[0] is None or ends[1] is None:
        return faults
    if link.mode != "sea":
        faults += _join_faults(network, link, ends[0], ends[1])
    if link.length_km <= 0:
        faults.append(f"link {link.id}: length is {link.length_km:g} km; it must be more than 0")
    straight_km = _straight_km(link, ends[0], ends[1])
    if link.from_id == link.to_id:
        faults.append(f"link {link.id} leads from {link.from_id} to itself")
    if straight_km is None:
        faults.append(f"link {link.id}: an end has no {link.mode} position")
    elif link.length_km < straight_km - GREAT_CIRCLE_SLACK_KM:
        faults.append(
            f"link {link.id}: {link.length_km:g} km is shorter than the great circle of "
            f"{straight_km:.1f} km"
        )
    if link.speed_kmh is not None and link.speed_kmh <= 0:
        faults.append(f"link {link.id}: speed is {link.speed_kmh:g} km/h; it must be more than 0")
    return faults


def _nodes(mode: str) -> str:
    """Return the table of a mode's places; ferries join places of the railway."""
    return "road_nodes" if mode == "road" else "rail_nodes"


def _straight_km(link: Link, a: Place, b: Place) -> float | None:
    at_a, at_b = (place.road if link.mode == "road" else place.rail for place in (a, b))
    return None if at_a is None or at_b is None else great_circle_km(*at_a, *at_b)


def _join_faults(network: Network, link: Link, a: Place, b: Place) -> list[str]:
    """Return what is wrong between link and crossing: a link has one if it joins two countries."""
    joins = a.country != b.country
    if joins and not link.crossing_id:
        return [f"link {link.id} joins {a.country} and {b.country} without a crossing"]
    if not joins and link.crossing_id:
        return [f"link {link.id} lies in {a.country} but names crossing {link.crossing_id}"]
    if joins and link.crossing_id not in network.crossings:
        return [f"link {link.id}: no crossing {link.crossing_id!r} in the network"]
    return []


def _crossing_faults(network: Network, crossing: Crossing) -> list[str]:
    faults = []
    sides = (("a", crossing.side_a, crossing.country_a), ("b", crossing.side_b, crossing.country_b))
    for side, place_id, country in sides:
        place = network.places.get(place_id)
        if not place_id:
            faults.append(f"crossing {crossing.id}: side {side} is missing")
        elif place is None:
            faults.append(
                f"crossing {crossing.id}: side {side} is no place: {place_id!r}: add it to "
                f"{_nodes(crossing.mode)}"
            )
        elif place.country != country:
            faults.append(
                f"crossing {crossing.id}: side {side} {place_id} lies in {place.country}, not "
                f"{country}"
            )
    link = network.links.get(crossing.link_id)
    if link is None:
        faults.append(
            f"crossing {crossing.id}: no link {crossing.link_id!r}: add it to {crossing.mode}_links"
        )
    elif {link.from_id, link.to_id} != {
        crossing.side_a,
        crossing.side_b,
    } or link.mode != crossing.mode:
        faults.append(f"crossing {crossing.id}: link {link.id} does not join its two sides")
    elif link.built != (crossing.status_kind in ("open", "shut", "limited")):
        faults.append(
            f"crossing {crossing.id} is {crossing.status_kind} but link {link.id} is "
            f"{link.infrastructure}"
        )
    if crossing.id not in network.elements:
        faults.append(f"crossing {crossing.id} is no element: add it to elements")
    return faults


def _element_faults(network: Network) -> list[str]:
    faults = []
    owners = Counter(link for element in network.elements.values() for link in element.links)
    faults += [
        f"link {link} belongs to {count} elements" for link, count in owners.items() if count > 1
    ]
    for element in network.elements.values():
        for link_id in element.links:
            link = network.links.get(link_id)
            if link is None:
                faults.append(
                    f"element {element.id}: no link {link_id!r}: add it to {element.mode}_links"
                )
            elif link.mode != element.mode:
                faults.append(
                    f"element {element.id} is {element.mode} but link {link_id} is {link.mode}"
                )
        if element.beside and element.beside not in network.elements:
            faults.append(f"element {element.id}: no element {element.beside!r} beside it")
    return faults


def _terminal_faults(network: Network) -> list[str]:
    faults = []
    for terminal in network.terminals:
        for place_id, layer in (
            (terminal.place_id, terminal.from_layer),
            (terminal.to_place_id, terminal.to_layer),
        ):
            if place_id not in network.places:
                faults.append(f"terminal: no place {place_id!r}")
            elif layer not in LAYERS:
                faults.append(f"terminal at {place_id}: no layer {layer!r}")
    return faults


def _restriction_faults(network: Network) -> list[str]:
    faults = []
    for rule in network.restrictions:
        country = rule.target.removeprefix("country:")
        known = (
            rule.target in network.links
            or rule.target in network.elements
            or country in network.countries
        )
        if not known:
            faults.append(f"restriction {rule.id}: no link, crossing or country {rule.target!r}")
        if rule.start and rule.end and rule.end <= rule.start:
            faults.append(
                f"restriction {rule.id} ends on {rule.end}, not after its start {rule.start}"
            )
    return faults


def _project_faults(network: Network) -> list[str]:
    faults = []
    for project in network.projects.values():
        for link_id in project.links:
            link = network.links.get(link_id)
            if link is None:
                faults.append(f"project {project.id}: no link {link_id!r}")
            elif link.built:
                faults.append(f"project {project.id}: link {link_id} is built already")
    return faults


def _season_faults(network: Network) -> list[str]:
    """Return months that are none, and days that no month has."""
    faults = []
    for season in network.seasons:
        if not season.months <= set(range(1, 13)):
            faults.append(f"season {season.id}: months are 1 to 12")
        low, value, high = season.shut_days.low, season.shut_days.value, season.shut_days.high
        if not 0 <= low <= value <= high < MOST_SHUT_DAYS:
            faults.append(
                f"season {season.id}: days from low to high, 0 or more and under "
                f"{MOST_SHUT_DAYS:g}; what is shut for months has its months with the link"
            )
    return faults


def _corridor_faults(network: Network, corridor: Corridor) -> list[str]:
    faults = []
    for token in corridor.tokens:
        if token[-1] in "<>":
            if token[:-1] not in network.crossings:
                faults.append(f"corridor {corridor.id}: no crossing {token[:-1]!r}")
            continue
        place_id, _, layer = token.partition("@")
        if place_id not in network.places:
            faults.append(f"corridor {corridor.id}: no place {place_id!r}")
        if layer and layer not in LAYERS:
            faults.append(f"corridor {corridor.id}: no layer {layer!r}")
    north, south = corridor.serves
    known = {place.country for place in network.places.values()}
    faults += [
        f"corridor {corridor.id}: serves {country!r}, where no place lies"
        for country in sorted((north | south) - known)
    ]
    if bool(north) != bool(south):
        faults.append(f"corridor {corridor.id}: serves countries at one end only; give `A;B>C`")
    if corridor.project_id and corridor.project_id not in network.projects:
        faults.append(f"corridor {corridor.id}: no project {corridor.project_id!r}")
    if corridor.keep_crossing and not any(
        token[:-1] == corridor.keep_crossing for token in corridor.tokens
    ):
        faults.append(f"corridor {corridor.id}: {corridor.keep_crossing} is not in its sequence")
    return faults


@dataclass(frozen=True, slots=True)
class Gap:
    """A figure nobody published, for which a default will stand in."""

    what: str
    where: str


def network_gaps(network: Network) -> list[Gap]:
    """Return every blank that a default will fill, and every link that cannot be routed."""
    return [
        *_border_gaps(network),
        *_side_gaps(network),
        *_terminal_gaps(network),
        *_link_gaps(network),
    ]


def _border_gaps(network: Network) -> Iterator[Gap]:
    for crossing in network.crossings.values():
        if crossing.status_kind == "never_a_crossing":
            continue
        for (side, direction), figure in crossing.hours.items():
            if figure is None:
                country = crossing.country_a if side == "a" else crossing.country_b
                yield Gap("border hours", f"{crossing.id}, {country} {direction}")
        for way, cost in crossing.costs.items():
            if cost is None:
                yield Gap("border cost", f"{crossing.id}, {way.replace('_', ' ')}")


def _side_gaps(network: Network) -> Iterator[Gap]:
    """Yield the sides of crossings that no link joins to the rest of their country."""
    joined = {
        (place_id, link.mode)
        for link in network.links.values()
        if not link.crossing_id
        for place_id in (link.from_id, link.to_id)
    }
    for crossing in network.crossings.values():
        for place_id in (crossing.side_a, crossing.side_b):
            if (place_id, crossing.mode) not in joined:
                yield Gap("no link inland: cannot be routed", f"{crossing.id}, {place_id}")


def _terminal_gaps(network: Network) -> Iterator[Gap]:
    for terminal in network.terminals:
        if terminal.status == "none":
            continue
        place = f"{terminal.place_id}, {terminal.from_layer} to {terminal.to_layer}"
        values = (
            ("terminal handling", terminal.handling_hours),
            ("terminal queue", terminal.queue_hours),
            ("terminal cost", terminal.cost_usd_per_container),
        )
        for what, value in values:
            if value is None:
                yield Gap(what, place)


def _link_gaps(network: Network) -> Iterator[Gap]:
    for link in network.links.values():
        if not link.layers:
            yield Gap("gauge undecided: cannot be routed", link.id)
        elif link.speed_kmh is None:
            yield Gap("speed of a line not built", link.id)
