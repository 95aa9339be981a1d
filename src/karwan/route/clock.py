"""From where to where the hours of a journey run.

A door clock runs from door to door. A station clock leaves out the moves between road and rail or
quay at the ends, and nothing else. A border clock starts when the first frontier's outbound gate is
reached and stops when the last frontier is left behind.
"""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum

from karwan.base.errors import DataError, Fault
from karwan.route.expand import CROSSING, TRANSFER, Arc

FEWEST_FRONTIERS = 2


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
            _refuse(clock, "needs an end at a station or a quay; this way begins and ends on roads")
        return timed
    if clock is Clock.border:
        gates = [i for i, arc in enumerate(arcs) if arc.kind == CROSSING]
        if len(gates) < FEWEST_FRONTIERS:
            count = f"{len(gates)} frontier" + ("s" if len(gates) != 1 else "")
            _refuse(clock, f"runs between two frontiers; this way passes {count}")
        return list(arcs[gates[0] : gates[-1] + 1])
    return list(arcs)


def _off_road(arc: Arc) -> bool:
    return "road" not in arc.modes


def _refuse(clock: Clock, why: str) -> None:
    raise DataError("the question", [Fault("clock", why, clock)])
