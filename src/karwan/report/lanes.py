"""Where ships go on the map: sea links by way-points at capes and straits, clear of land.

Roads and railways are drawn straight between surveyed places; a straight sea link would cross a
coast. Links to ports beyond the frame leave it as stubs, towards the port named beside them.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from karwan.data.region import map_points

if TYPE_CHECKING:
    from karwan.network.network import Network
    from karwan.network.nouns import Link

Spot = tuple[float, float]
OUTERMOST = 3
"""Capes east of this rank lie beyond the frame's exit."""

# Latitude and longitude in degrees, read off charts of the coast; for drawing only.


def out_of_frame() -> tuple[str, Spot]:
    """Return the words where ships leave the frame, and their place."""
    (row,) = map_points("edge")
    return row.name or "", (row.lat_deg, row.lon_deg)


@cache
def _approaches() -> dict[str, tuple[Spot, ...]]:
    """Return the way out of each port to the open sea."""
    ways: dict[str, tuple[Spot, ...]] = {}
    for row in map_points("approach"):
        port = row.from_id or ""
        ways[port] = (*ways.get(port, ()), (row.lat_deg, row.lon_deg))
    return ways


@cache
def _ranks() -> dict[str, int]:
    """Return ports by their order from west to east."""
    return {row.from_id or "": row.rank_index or 0 for row in map_points("approach")}


@cache
def _lanes() -> dict[tuple[str, str], tuple[Spot, ...]]:
    """Return the ways of their own between two ports, from the first to the second."""
    ways: dict[tuple[str, str], tuple[Spot, ...]] = {}
    for row in map_points("lane"):
        ends = (row.from_id or "", row.to_id or "")
        ways[ends] = (*ways.get(ends, ()), (row.lat_deg, row.lon_deg))
    return ways


def _exit() -> Spot:
    (row,) = map_points("exit")
    return row.lat_deg, row.lon_deg


def lane_points(network: Network, link: Link) -> tuple[Spot, ...]:
    """Return the (latitude, longitude) points of a sea link, from its first end to its last.

    A port without a lane of ours, or beyond the frame, ends the line where it leaves the frame.
    """
    ends = (link.from_id, link.to_id)
    spots = {name: network.places[name].position for name in ends}
    for start, end in (ends, ends[::-1]):
        if (start, end) in _lanes():
            way = (spots[start], *_lanes()[start, end], spots[end])
            return way if start == ends[0] else way[::-1]
    off, ranks = _approaches(), _ranks()
    known = [name for name in ends if name in off]
    if not known:
        return ()
    if len(known) == 1:
        out = (spots[known[0]], *off[known[0]], *_seaward(known[0], OUTERMOST), _exit())
        return out if known[0] == ends[0] else out[::-1]
    west, east = sorted(ends, key=lambda name: (ranks[name], name))
    between = _seaward(west, ranks[east])
    points = (spots[west], *off[west], *between, *off[east][::-1], spots[east])
    return points if west == ends[0] else points[::-1]


def _seaward(west: str, east_rank: int) -> tuple[Spot, ...]:
    first = _ranks()[west]
    return tuple(
        (row.lat_deg, row.lon_deg)
        for row in map_points("cape")
        if row.rank_index is not None and first < row.rank_index < east_rank
    )
