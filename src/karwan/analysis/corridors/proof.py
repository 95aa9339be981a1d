"""Whether a best route is proved the best, and by how much it may be wrong if not."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from karwan.analysis.corridors.planner import Planner
from karwan.analysis.corridors.scope import Scope
from karwan.base.units import TICKS_PER_USD
from karwan.network.nouns import Place
from karwan.route.tcd import Journey
from karwan.words.speech import say, say_number


@dataclass(frozen=True, slots=True)
class Proof:
    """Whether a best route is proved the best, by generalized cost.

    Attributes
    ----------
    gap_usd
        By how much a way that was not looked at might be cheaper: the cost of the best that was,
        less a bound below all. 0 where the search looked at all that might be better.
    """

    proved: bool
    gap_usd: float

    def to_dict(self) -> dict[str, Any]:
        """Return the proof as data."""
        return {"proved": self.proved, "gap_usd": round(self.gap_usd, 2)}

    @property
    def line(self) -> str:
        """The proof in words, for the end of a sentence."""
        if self.proved:
            return say("no way costs less")
        return say(
            "not proved: a way might cost up to {usd} USD less", usd=say_number(self.gap_usd)
        )


def prove(
    planner: Planner,
    best: Journey,
    ends: tuple[Place, Place],
    scope: Scope,
    *,
    via: Sequence[tuple[str, str]] = (),
) -> Proof:
    """Return whether a best route is proved the best of those that a question allows.

    The bound below all ways is the routing weight with every rest waived that might be.
    """
    if best.path.proved:
        return Proof(proved=True, gap_usd=0.0)
    bound = planner.bounded.best(*ends, scope, via=via)
    least_usd = bound.key[0] / TICKS_PER_USD if bound is not None else 0.0
    rounded_usd = len(best.path.arcs) / TICKS_PER_USD
    gap_usd = max(best.generalized_cost_usd - least_usd, 0.0)
    return Proof(proved=gap_usd <= rounded_usd, gap_usd=gap_usd)
