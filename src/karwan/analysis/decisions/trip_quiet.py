"""Trips that meet nothing: the same under every rule, so that they are run once.

Rules differ in what they do at something shut. Which futures meet nothing on a way is told for all
of them at once, from the spells of what can be shut there.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from karwan.analysis.decisions.trip_gates import BACKLOG_DAYS

if TYPE_CHECKING:
    from karwan.analysis.decisions.trip_gates import TripGates
    from karwan.analysis.decisions.trip_ways import TripWay

Bools = npt.NDArray[np.bool_]


def meets_nothing(way: TripWay, gates: TripGates, start_day: float) -> Bools:
    """Return the futures on which a trip finds all open on its way, and no backlog anywhere.

    Parameters
    ----------
    start_day
        Days from the as-of date.

    Returns
    -------
    ndarray, shape (n_paths,)
        False also where a gate reopened of late and its backlog may be gone.
    """
    quiet = np.ones(gates.path_count, dtype=np.bool_)
    for stop in way.stops:
        spells = gates.spells_of(stop.element_id)
        if spells is None:
            continue
        path, start, end = spells.arrays
        at = (start_day + way.days * stop.hours_share)[path]
        behind_days = 0.0 if gates.gate(stop) is None else BACKLOG_DAYS
        quiet[path[(start <= at) & (end >= at - behind_days)]] = False
    return quiet
