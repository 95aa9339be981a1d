"""What can be shut on a journey, and how far on it each is reached."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from karwan.route.cost import sum_hours

if TYPE_CHECKING:
    from karwan.analysis.corridors.planner import Planner
    from karwan.route.tcd import Journey


def passed_shares(planner: Planner, journey: Journey) -> dict[str, float]:
    """Return, by element in the order met, the share of the journey's hours that lies before it.

    A line of several links is met once, at the first.
    """
    arcs = [planner.graph.arcs[number] for number in journey.path.arcs]
    charges = planner.priced.charges
    hours = np.cumsum([0.0, *(sum_hours(charges[arc.id]) for arc in arcs)])
    shares: dict[str, float] = {}
    for arc, before in zip(arcs, hours.tolist(), strict=False):
        if arc.element_id:
            shares.setdefault(arc.element_id, before / hours[-1] if hours[-1] > 0 else 0.0)
    return {name: float(share) for name, share in shares.items()}
