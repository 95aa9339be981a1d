"""Where ships go on the map: sea links by way-points at capes and straits, clear of land.

Roads and railways are drawn straight between surveyed places; a straight sea link would cross a
coast. Links to ports beyond the frame leave it as stubs, towards the port named beside them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from karwan.network.network import Network
    from karwan.network.nouns import Link

Spot = tuple[float, float]

# Latitude and longitude in degrees, read off charts of the coast; for drawing only.
_STRAIT: tuple[Spot, ...] = ((26.55, 56.55), (25.95, 57.0), (25.25, 57.6))
_OFF: dict[str, tuple[Spot, ...]] = {
    "bandar-abbas": ((27.08, 56.3), (26.8, 56.5), *_STRAIT, (24.95, 58.8)),
    "jebel-ali": ((25.3, 55.0), (26.2, 55.6), (26.55, 56.3), *_STRAIT, (24.95, 58.8)),
    "chabahar": ((25.1, 60.55), (24.9, 60.6)),
    "gwadar": ((25.05, 62.45), (24.85, 62.4)),
    "karachi": ((24.7, 66.95), (24.5, 66.6)),
    "port-qasim": ((24.5, 67.1), (24.4, 66.6)),
    "mundra": ((22.65, 69.4), (22.68, 68.7), (22.75, 67.9)),
}
_ALONG: dict[str, int] = {
    "bandar-abbas": 0,
    "jebel-ali": 0,
    "chabahar": 1,
    "gwadar": 2,
    "karachi": 3,
    "port-qasim": 3,
    "mundra": 4,
}
"""Ports from west to east: a lane passes seaward of those between its ends."""
_CAPES: tuple[tuple[int, Spot], ...] = ((1, (24.9, 60.6)), (2, (24.85, 62.4)), (3, (24.4, 66.4)))
_EXIT: Spot = (21.4, 66.2)
_CASPIAN: dict[frozenset[str], tuple[str, tuple[Spot, ...]]] = {
    frozenset({"aktau", "baku"}): ("aktau", ((43.5, 50.8), (40.7, 51.0), (40.0, 50.6))),
    frozenset({"aktau", "turkmenbashi"}): ("aktau", ((43.5, 50.8), (41.2, 52.1), (39.95, 52.6))),
    frozenset({"turkmenbashi", "baku"}): ("turkmenbashi", ((39.95, 52.6), (39.9, 49.7))),
}
OUT_OF_FRAME = "to ports of India and China"
OUT_OF_FRAME_SPOT: Spot = (22.35, 66.25)


def lane_points(network: Network, link: Link) -> tuple[Spot, ...]:
    """Return the (latitude, longitude) points of a sea link, from its first end to its last.

    A port without a lane of ours, or beyond the frame, ends the line where it leaves the frame.
    """
    ends = (link.from_id, link.to_id)
    spots = {name: network.places[name].position for name in ends}
    caspian = _CASPIAN.get(frozenset(ends))
    if caspian is not None:
        start, middle = caspian
        points = (spots[start], *middle, next(spots[name] for name in ends if name != start))
        return points if start == ends[0] else points[::-1]
    known = [name for name in ends if name in _OFF]
    if not known:
        return ()
    if len(known) == 1:
        out = (spots[known[0]], *_OFF[known[0]], *_seaward(known[0], 3), _EXIT)
        return out if known[0] == ends[0] else out[::-1]
    west, east = sorted(ends, key=lambda name: (_ALONG[name], name))
    between = _seaward(west, _ALONG[east])
    if _ALONG[west] == _ALONG[east] == 0:
        gulf = (spots[west], (27.08, 56.3), (26.8, 56.5), (26.55, 56.3), (26.2, 55.6))
        points = (*gulf, (25.3, 55.0), spots[east])
    else:
        points = (spots[west], *_OFF[west], *between, *_OFF[east][::-1], spots[east])
    return points if west == ends[0] else points[::-1]


def _seaward(west: str, east_rank: int) -> tuple[Spot, ...]:
    return tuple(spot for rank, spot in _CAPES if _ALONG[west] < rank < east_rank)
