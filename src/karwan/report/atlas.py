"""The map of a study: links by build state, crossings by last known status, the corridors."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any, Literal

from karwan.data.region import base_labels
from karwan.network.gauges import SEA
from karwan.network.shapes import course
from karwan.report import content
from karwan.report.figures import Lead
from karwan.report.lanes import Chart, lane_points, read_chart
from karwan.report.map import MapCorridor, MapCrossing, MapLine, MapPlace, draw_map
from karwan.report.view import Section, View

if TYPE_CHECKING:
    from karwan.network.network import Network
    from karwan.network.nouns import Crossing, Link, Place
    from karwan.route.tcd import Journey
    from karwan.study.run import StudyResult

SAME_POST_DEG = 0.35
INSET_FRAME = (70.5, 34.0, 79.0, 42.0)
INSET_PX = (722, 575, 230)
"""Left, top and width of the inset on a map of 960 px: over the plain of the Ganges."""
_BUILD: dict[str, Literal["built", "building", "planned"]] = {
    "built": "built",
    "building": "building",
    "not_built": "planned",
}
_STATUS = Literal["open", "shut", "limited", "unknown"]


def map_svg(result: StudyResult, leads: Sequence[Lead], description: str) -> str:
    """Return the map of a study: links, crossings, and the best corridor of each family."""
    network, chart = result.world.network, read_chart(result.catalog)
    labels = base_labels(result.catalog)
    origin, destination = (network.places[name] for name in result.focus)
    corridors = [
        MapCorridor(name=lead.label, colour=lead.colour, points=points, cut=lead.cut)
        for lead in leads
        for points in journey_courses(chart, network, origin, lead.journey)
    ]
    passed = {name for lead in leads for name in lead.journey.crossings}
    lines = study_lines(chart, network)
    crossings = list(_map_crossings(result, passed))
    places = _map_places(result, leads)
    main = draw_map(
        places=[*places, *_far_ports(chart, network, leads)],
        lines=lines,
        corridors=corridors,
        crossings=crossings,
        title=f"{content.ends_text(origin, destination)}: the best corridor of each family",
        description=description,
        labels=labels,
    )
    knot = draw_map(
        places=places,
        lines=lines,
        corridors=corridors,
        crossings=crossings,
        width_px=INSET_PX[2],
        title="Pamir and Karakoram",
        description="The same, enlarged around the passes between Kashgar and Gilgit.",
        frame=INSET_FRAME,
        legend=False,
        labels=labels,
    )
    return inset_map(main, knot)


def inset_map(main: str, inset: str) -> str:
    """Return a map with a smaller one, without a legend, laid into its lower right corner."""
    x, y, width = INSET_PX
    head = re.match(r'<svg xmlns="[^"]+" width="\d+" height="([\d.]+)"', inset)
    height = float(head[1]) if head else 0.0
    place = f'<svg x="{x}" y="{y}" '
    frame = (
        f'<rect x="{x - 5}" y="{y - 4}" width="{width + 10}" height="{height + 8:g}" '
        'fill="#fff" stroke="#5c6369"/>'
    )
    nested = inset.strip().replace("<svg ", place, 1)
    return main.strip().removesuffix("</svg>") + frame + nested + "</svg>\n"


def _far_ports(chart: Chart, network: Network, leads: Sequence[Lead]) -> Iterator[MapPlace]:
    """Yield a name where ships of the corridors drawn leave the frame."""
    sailed = [network.links[name] for lead in leads for name in lead.journey.links]
    lanes = [lane_points(chart, network, link) for link in sailed if link.mode == SEA]
    if any(point[0] < chart.edge[0] for lane in lanes for point in lane):
        yield MapPlace(chart.edge_name, *chart.edge, 1)


def study_lines(chart: Chart, network: Network) -> list[MapLine]:
    """Return all links that exist, are being built or are planned."""
    return [line for link in network.links.values() for line in _map_line(chart, network, link)]


def _map_line(chart: Chart, network: Network, link: Link) -> Iterator[MapLine]:
    if link.infrastructure not in _BUILD:
        return
    mode: Literal["road", "rail", "sea"] = (
        "road" if link.mode == "road" else "rail" if link.mode == "rail" else "sea"
    )
    if mode == "sea" and link.id not in network.link_shapes:
        lane = lane_points(chart, network, link)
        if lane:
            yield MapLine(lane, mode, _BUILD[link.infrastructure])
        return
    yield MapLine(course(network, link), mode, _BUILD[link.infrastructure])


def journey_courses(
    chart: Chart, network: Network, origin: Place, journey: Journey
) -> list[tuple[tuple[float, float], ...]]:
    """Return the parts of a journey as points; where a ship leaves the frame a new part begins."""
    parts: list[list[tuple[float, float]]] = [[]]
    here = origin.id
    for number, name in enumerate(journey.links):
        link = network.links[name]
        ends = (link.from_id, link.to_id)
        if here not in ends:
            here = _joined_end(network, journey, number)
        there = ends[1] if here == ends[0] else ends[0]
        if link.mode == SEA and link.id not in network.link_shapes:
            lane = lane_points(chart, network, link)
            lane = lane if here == link.from_id else lane[::-1]
            if network.places[here].position not in lane:
                parts.append([])
            parts[-1] += lane
            if network.places[there].position not in lane:
                parts.append([])
        else:
            points = course(network, link)
            parts[-1] += points if here == link.from_id else points[::-1]
        here = there
    return [tuple(dict.fromkeys(part)) for part in parts if len(set(part)) > 1]


def _joined_end(network: Network, journey: Journey, number: int) -> str:
    """Return the end at which a link is entered after a transfer between a town and its station."""
    link = network.links[journey.links[number]]
    after = network.links[journey.links[number + 1]] if number + 1 < len(journey.links) else None
    onward = {after.from_id, after.to_id} if after else {journey.places[-1]}
    return link.from_id if link.to_id in onward else link.to_id


def _map_places(result: StudyResult, leads: Sequence[Lead]) -> list[MapPlace]:
    """Return the ends of all pairs, named always, and the towns and ports on the way, if there is room."""
    network = result.world.network
    ends = {place.id: place for c in result.comparisons for place in (c.origin, c.destination)}
    passed = (network.places[name] for lead in leads for name in lead.journey.places)
    towns = {place.id: place for place in passed if place.kind in ("city", "seaport")}
    ranks = dict.fromkeys(towns, 2) | dict.fromkeys(ends, 1)
    return [
        MapPlace(place.name, *place.position, ranks[name])
        for name, place in sorted((towns | ends).items())
    ]


def _map_crossings(result: StudyResult, passed: set[str]) -> Iterator[MapCrossing]:
    """Yield one symbol per post, road and rail together; the name where a corridor drawn passes."""
    network = result.world.network
    posts: list[tuple[tuple[float, float], frozenset[str], list[Crossing]]] = []
    built = (
        c
        for c in network.crossings.values()
        if c.link_id in network.links and network.links[c.link_id].built
    )
    for crossing in sorted(built, key=lambda c: (c.id not in passed, c.mode != "road", c.id)):
        sides = [
            network.places[side].at(crossing.mode) for side in (crossing.side_a, crossing.side_b)
        ]
        middle = ((sides[0][0] + sides[1][0]) / 2, (sides[0][1] + sides[1][1]) / 2)
        frontier = frozenset((crossing.country_a, crossing.country_b))
        for where, other, members in posts:
            if (
                other == frontier
                and max(abs(where[0] - middle[0]), abs(where[1] - middle[1])) < SAME_POST_DEG
            ):
                members.append(crossing)
                break
        else:
            posts.append((middle, frontier, [crossing]))
    for middle, _, members in posts:
        name = members[0].name.partition(" (")[0].removesuffix(" rail")
        status = _together([_status(result, member) for member in members])
        yield MapCrossing(
            name=name,
            lat=middle[0],
            lon=middle[1],
            status=status,
            label=any(member.id in passed for member in members),
        )


def _status(result: StudyResult, crossing: Crossing) -> str:
    """Return a crossing's last known status, or what the study's question makes of it."""
    world = result.world
    names = {crossing.id, crossing.link_id, world.network.element_of_link.get(crossing.link_id, "")}
    if names & world.shut_ids:
        return "shut"
    return "open" if names & world.open_ids else world.crossing_status(crossing.id).kind


def _together(statuses: Sequence[str]) -> _STATUS:
    """Return one status for the modes of a post: shut only if all that is known is shut."""
    known = {status for status in statuses if status != "unknown"}
    if known == {"shut"}:
        return "shut"
    if "shut" in known or "limited" in known:
        return "limited"
    return "open" if known else "unknown"


def gather(view: View) -> dict[str, Any]:
    """Return the map, with its text alternative."""
    state = "as last known" if view.known else "not asked in this study"
    told = "; ".join(
        f"{lead.label}, {'cut' if lead.cut else 'open'} {state}" for lead in view.leads
    )
    words = (
        f"Roads, railways, crossings with their last known status, and corridors: {told or 'none'}."
    )
    world = view.result.world
    names = dict.fromkeys(name for lead in view.leads for name in lead.journey.crossings)
    passed = [(world.network.crossings[name], world.crossing_status(name)) for name in names]
    drawn = map_svg(view.result, view.leads, words)
    return {"map": drawn, "passed": passed, "shaped": bool(world.network.link_shapes)}


MAP = Section("map", "Map", "compare", gather)
