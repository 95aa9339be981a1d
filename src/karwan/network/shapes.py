"""How a link runs on a map: a line in well-known text, from its first end to its second.

Shapes are for drawing. A link's kilometres are those of its own table, whatever its shape measures.
"""

from __future__ import annotations

import re
from itertools import pairwise

from karwan.base.errors import DataError, Fault
from karwan.base.geo import great_circle_km
from karwan.network.network import Network
from karwan.network.nouns import Link

Spot = tuple[float, float]
"""Latitude and longitude in degrees."""

FARTHEST_END_KM = 25.0
"""A place is a point for a town and its yards: a line that begins farther off belongs elsewhere."""
LONGER_RATIO = 1.1
"""A line drawn with an error of 200 m measures less than the road, not a tenth more."""
SLACK_KM = 1.0
"""What a position given to 0.01 degree may add to a short line."""
FEWEST_SPOTS = 2
NORTHMOST_DEG, EASTMOST_DEG = 90.0, 180.0
MOST_SHOWN = 40
"""Characters of a wrong text that are told."""

_LINE = re.compile(r"\s*LINESTRING\s*(?:Z\s*)?\((?P<inside>[^()]*)\)\s*", re.IGNORECASE)


def read_course(text: str) -> tuple[Spot, ...]:
    """Return the positions of a line in well-known text, which has longitude first.

    A third number of a position, its height, is left out.

    Raises
    ------
    DataError
        If it is no LINESTRING of two positions or more, on the globe.

    Examples
    --------
    >>> read_course("LINESTRING (69.28 41.31, 66.97 39.65)")
    ((41.31, 69.28), (39.65, 66.97))
    """
    match = _LINE.fullmatch(text)
    spots = [_read_spot(part) for part in match["inside"].split(",")] if match else []
    if match is None:
        words = "no LINESTRING (longitude latitude, longitude latitude)"
    elif None in spots:
        words = "a position is not longitude, then latitude, in degrees"
    elif len(set(spots)) < FEWEST_SPOTS:
        words = "a line needs two different positions or more"
    else:
        return tuple(spot for spot in spots if spot is not None)
    raise DataError("a shape", [Fault("", words, text[:MOST_SHOWN])])


def _read_spot(part: str) -> Spot | None:
    try:
        lon, lat = (float(word) for word in part.split()[:FEWEST_SPOTS])
    except ValueError:
        return None
    return (lat, lon) if abs(lat) <= NORTHMOST_DEG and abs(lon) <= EASTMOST_DEG else None


def course(network: Network, link: Link) -> tuple[Spot, ...]:
    """Return how a link runs from its first end to its second: its shape, or a straight line.

    The places stand at both ends, so that links that meet at a place meet on the map.
    """
    ends = [network.places[name].at(link.mode) for name in (link.from_id, link.to_id)]
    text = network.link_shapes.get(link.id)
    return (ends[0], *(read_course(text) if text is not None else ()), ends[1])


def link_shape_faults(network: Network) -> list[str]:
    """Return what is wrong with the shapes of links; they are read for it."""
    faults = []
    for name, text in network.link_shapes.items():
        link = network.links.get(name)
        try:
            spots = read_course(text)
        except DataError as error:
            faults += [f"link_shapes: {name}: {fault.text}" for fault in error.faults]
            continue
        if link is None:
            faults.append(f"link_shapes: no link {name!r}")
        elif link.from_id in network.places and link.to_id in network.places:
            faults += [
                f"link_shapes: {name}: {told}" for told in _line_faults(network, link, spots)
            ]
    return faults


def _line_faults(network: Network, link: Link, spots: tuple[Spot, ...]) -> list[str]:
    ends = [network.places[name].at(link.mode) for name in (link.from_id, link.to_id)]
    off_km = [great_circle_km(*a, *b) for a, b in zip(ends, (spots[0], spots[-1]), strict=True)]
    if max(off_km) > FARTHEST_END_KM:
        turned = [great_circle_km(*a, *b) for a, b in zip(ends, (spots[-1], spots[0]), strict=True)]
        if max(turned) <= FARTHEST_END_KM:
            return [f"the line runs from {link.to_id} to {link.from_id}: turn it round"]
        return [
            f"the line ends {off:.0f} km from {place}"
            for place, off in zip((link.from_id, link.to_id), off_km, strict=True)
            if off > FARTHEST_END_KM
        ]
    line_km = sum(great_circle_km(*a, *b) for a, b in pairwise(spots))
    if line_km > link.length_km * LONGER_RATIO + SLACK_KM:
        return [f"the line measures {line_km:.0f} km and the link {link.length_km:g} km"]
    return []
