"""What a closure does to each corridor: the freight along it before and after, and its loss.

A way is told by the corridor whose crossings, in its order and direction, it passes, the one with
most of them; many pairs go a part of one. Ways that pass none are told together.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from karwan.analysis.corridors.corridors import plans
from karwan.base.traffic import Direction

if TYPE_CHECKING:
    from karwan.analysis.decisions.pair_impacts import PairImpact
    from karwan.analysis.traffic.freight import FreightWay
    from karwan.analysis.traffic.settled import Base, Settled
    from karwan.network.network import Network

Passes = tuple[tuple[str, Direction], ...]
NONE = "no named corridor"


@dataclass(frozen=True, slots=True, kw_only=True)
class CorridorImpact:
    """Freight along a corridor in tonnes a day before and after, and its part of the loss.

    Attributes
    ----------
    corridor_id
        None for all ways that are along no corridor.
    loss_usd
        Detours and surplus lost of each pair, in parts as the tonnes that left its corridors.
    """

    corridor_id: str | None
    name: str
    before_t: float
    after_t: float
    loss_usd: float


def corridor_impacts(
    base: Base, settled: Settled, pairs: Sequence[PairImpact]
) -> tuple[CorridorImpact, ...]:
    """Return what becomes of each corridor that carried or carries freight, the most lost first."""
    network = base.freight.world.network
    ways = base.freight.ways
    along = _along(network, ways)
    totals: dict[str | None, list[float]] = {}
    for pair in pairs:
        rows = [k for k, way in enumerate(ways) if way.load == pair.load_number and way.sent]
        before, after = base.flow_t_per_day[rows], settled.flow_t_per_day[rows]
        left = np.maximum(before - after, 0.0)
        part = left if left.sum() > 0 else before
        loss = (pair.detour_usd + pair.surplus_lost_usd) * part / part.sum()
        for k, *figures in zip(rows, before.tolist(), after.tolist(), loss.tolist(), strict=True):
            sums = totals.setdefault(along[ways[k].ends, ways[k].passes], [0.0, 0.0, 0.0])
            for place, figure in enumerate(figures):
                sums[place] += figure
    told = [
        CorridorImpact(
            corridor_id=key, name=NONE if key is None else network.corridors[key].name,
            before_t=before_t, after_t=after_t, loss_usd=loss_usd,
        )
        for key, (before_t, after_t, loss_usd) in totals.items()
    ]  # fmt: skip
    return tuple(sorted(told, key=lambda one: (one.after_t - one.before_t, one.name)))


def _along(
    network: Network, ways: Sequence[FreightWay]
) -> Mapping[tuple[tuple[str, str], Passes], str | None]:
    """Return the corridor of each way, by its ends and what it passes."""
    known: dict[tuple[str, str], list[tuple[Passes, str]]] = {}
    along: dict[tuple[tuple[str, str], Passes], str | None] = {}
    for way in ways:
        if way.ends not in known:
            known[way.ends] = _passed_between(network, *way.ends)
        if (way.ends, way.passes) not in along:
            fits = [one for one in known[way.ends] if _holds(way.passes, one[0])]
            best = max(fits, key=lambda one: len(one[0]), default=None)
            along[way.ends, way.passes] = None if best is None else best[1]
    return along


def _passed_between(network: Network, origin: str, destination: str) -> list[tuple[Passes, str]]:
    """Return what each corridor that needs no project passes between two places."""
    ends = network.places[origin], network.places[destination]
    passed: list[tuple[Passes, str]] = []
    for corridor in network.corridors.values():
        for plan in () if corridor.project_id else plans(network, corridor, *ends):
            crossings = tuple(
                (one.crossing_id, Direction.a_to_b if one.from_a else Direction.b_to_a)
                for one in plan.tokens if one.crossing_id
            )  # fmt: skip
            if crossings:
                passed.append((crossings, corridor.id))
    return passed


def _holds(whole: Passes, part: Passes) -> bool:
    """Whether a way passes a list of crossings one after another."""
    count = len(part)
    return any(whole[k : k + count] == part for k in range(len(whole) - count + 1))
