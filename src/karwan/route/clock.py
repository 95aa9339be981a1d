"""From where to where the hours of a journey run.

A door clock runs from door to door. A station clock leaves out the moves between road and rail or
quay at the ends, and nothing else. A border clock starts when the first frontier's outbound gate is
reached and stops when the last frontier is left behind.
"""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum

from karwan.base.errors import DataError, Fault
from karwan.network.gauges import ROAD
from karwan.network.network import Network
from karwan.network.nouns import Place
from karwan.route.expand import CROSSING, TRANSFER, Arc

FEWEST_FRONTIERS = 2
ON_ROADS = "needs an end at a station or a quay; this way begins and ends on roads"


class Clock(StrEnum):
    """What a journey's hours are counted between."""

    door = "door"
    station = "station"
    border = "border"


def timed_arcs(arcs: Sequence[Arc], clock: Clock) -> list[Arc]:
    """Return the arcs of a journey during which a clock runs.

    Raises
    ------
    DataError
        If the ends cannot have the clock: a station clock on a way that begins and ends on the
        road, a border clock on one that passes fewer than two frontiers.
    """
    if clock is Clock.station:
        first = next((i for i, arc in enumerate(arcs) if arc.kind != TRANSFER), len(arcs))
        last = next((i for i, arc in enumerate(reversed(arcs)) if arc.kind != TRANSFER), 0)
        timed = list(arcs[first : len(arcs) - last])
        if not timed or not (_off_road(timed[0]) or _off_road(timed[-1])):
            _refuse(clock, ON_ROADS)
        return timed
    if clock is Clock.border:
        gates = [i for i, arc in enumerate(arcs) if arc.kind == CROSSING]
        if len(gates) < FEWEST_FRONTIERS:
            count = f"{len(gates)} frontier" + ("s" if len(gates) != 1 else "")
            _refuse(clock, f"runs between two frontiers; this way passes {count}")
        return list(arcs[gates[0] : gates[-1] + 1])
    return list(arcs)


def clock_faults(
    network: Network, ends: Sequence[Place], clock: str, modes: frozenset[str] | None
) -> list[Fault]:
    """Return why no way between two places can have a clock, as far as the places tell.

    A station clock needs rails or a quay at an end. Frontiers are those of the way that is found:
    one within a country may pass two, one between neighbours one or three, so a border clock is
    judged by `timed_arcs` alone.

    Parameters
    ----------
    modes
        Modes allowed; None for all.
    """
    if clock != Clock.station:
        return []
    by_road = modes is not None and modes <= {ROAD}
    if not by_road and any(_is_off_road(network, end) for end in ends):
        return []
    return [Fault("clock", ON_ROADS, clock)]


def _is_off_road(network: Network, place: Place) -> bool:
    """Whether rails or a quay are at a place, built or only planned, or a move leads to them."""
    links = network.links.values()
    return (
        place.rail is not None
        or any(place.id in (one.place_id, one.to_place_id) for one in network.terminals)
        or any(one.mode != ROAD and place.id in (one.from_id, one.to_id) for one in links)
    )


def _off_road(arc: Arc) -> bool:
    return "road" not in arc.modes


def _refuse(clock: Clock, why: str) -> None:
    raise DataError("the question", [Fault("clock", why, clock)])
