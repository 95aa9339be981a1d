"""What rides on each pair of a study: consignments a day, by known demand or all alike."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from karwan.analysis.corridors.scope import Scope
from karwan.analysis.futures.criticality import Stake
from karwan.analysis.futures.reliability import Roads
from karwan.analysis.world.state import State
from karwan.base.errors import DataError, nearest
from karwan.network.demand import read_demand
from karwan.network.pair_weights import PairWeight, pair_weights

if TYPE_CHECKING:
    from karwan.analysis.corridors.planner import Planner
    from karwan.base.provenance import Source
    from karwan.network.nouns import Place

DEMAND, EQUAL = "demand", "equal"
WEIGHTS = (DEMAND, EQUAL)


def make_stakes(
    planners: Mapping[str, Planner],
    pairs: Sequence[tuple[Place, Place]],
    *,
    weights: str = DEMAND,
    links: bool = False,
) -> list[Stake]:
    """Return the pairs with what rides on them.

    Parameters
    ----------
    planners
        By country of origin, whose carriers take the goods.
    weights
        `demand`: published freight, split over the pairs of a country pair; a pair without a
        figure has None. `equal`: one consignment a day on every pair.
    links
        True to take out links in place of elements.

    Raises
    ------
    DataError
        If the weights are neither.
    """
    if weights not in WEIGHTS:
        hint = nearest(weights, WEIGHTS)
        more = f"; did you mean {hint[0]!r}?" if hint else ""
        raise DataError("the question", [f"weights {weights!r}: {' or '.join(WEIGHTS)}{more}"])
    roads = {country: Roads(planner=planner, links=links) for country, planner in planners.items()}
    found = []
    for (origin, destination), weight in zip(pairs, demand_of(planners, pairs), strict=True):
        own = roads[origin.country]
        per_day: float | None = 1.0
        if weights == DEMAND:
            tonnes, load = weight.tonnes_per_day, own.planner.consignment.tonnes
            per_day = None if tonnes is None else tonnes / load
        found.append(Stake(origin, destination, own, per_day))
    return found


def sources_of_stakes(stakes: Sequence[Stake]) -> tuple[Source, ...]:
    """Return what the best ways of pairs rest on while all gates are open."""
    told: dict[Source, None] = {}
    for stake in stakes:
        planner = stake.roads.planner
        path = planner.best(stake.origin, stake.destination, Scope(state=State.all_open))
        if path is not None:
            told |= dict.fromkeys(planner.journey(path).sources)
    return tuple(told)


def demand_of(
    planners: Mapping[str, Planner], pairs: Sequence[tuple[Place, Place]]
) -> list[PairWeight]:
    """Return the known demand of each pair as of the study's date."""
    world = next(iter(planners.values())).world
    return pair_weights(read_demand(world.catalog, world.as_of), list(pairs))
