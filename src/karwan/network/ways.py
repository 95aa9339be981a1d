"""Plain distances inside one country: which of two places lies nearer to a frontier or a port."""

from __future__ import annotations

import heapq

from karwan.network.gauges import ROAD
from karwan.network.network import Network

LAND_MODES = frozenset({ROAD, "rail"})


def inland_km(
    network: Network, place_id: str, *, modes: frozenset[str] = LAND_MODES
) -> dict[str, float]:
    """Return the shortest km from a place to every place reached without leaving its country.

    All links count, also planned ones: it tells what lies ahead on a corridor, not what is open.
    The answer is kept with the network; do not change it.

    Examples
    --------
    >>> from karwan.data.catalog import Catalog
    >>> from karwan.network.build import build_network
    >>> km = inland_km(build_network(Catalog()), "torkham-pk")
    >>> km["peshawar"] < km["karachi"], "kabul" in km
    (True, False)
    """
    if place_id not in network.places:
        return {}
    known = network.inland_known
    if (place_id, modes) not in known:
        known[place_id, modes] = _search(network, place_id, modes)
    return known[place_id, modes]


def _search(network: Network, place_id: str, modes: frozenset[str]) -> dict[str, float]:
    ways: dict[str, list[tuple[str, float]]] = {}
    for link in network.links.values():
        if link.mode in modes and not link.crossing_id:
            ways.setdefault(link.from_id, []).append((link.to_id, link.length_km))
            ways.setdefault(link.to_id, []).append((link.from_id, link.length_km))
    found = {place_id: 0.0}
    heap = [(0.0, place_id)]
    while heap:
        km, here = heapq.heappop(heap)
        if km > found[here]:
            continue
        for there, length_km in ways.get(here, []):
            reached = km + length_km
            if reached < found.get(there, float("inf")):
                found[there] = reached
                heapq.heappush(heap, (reached, there))
    return found
