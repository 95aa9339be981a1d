"""The impact of what a question closes, from the freight of pairs that are priced already."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING

from karwan.analysis.decisions.impact import AFTER_DAYS, Impact, impact_of
from karwan.analysis.traffic.freight import make_freight
from karwan.analysis.traffic.settled import fit_base, fit_spread
from karwan.base.errors import DataError, Fault

if TYPE_CHECKING:
    import datetime as dt

    from karwan.analysis.futures.criticality import Stake
    from karwan.analysis.world.world import World
    from karwan.hazard.model import HazardModel
    from karwan.network.pair_weights import PairWeight


def closing_impact(  # noqa: PLR0913
    stakes: Sequence[Stake],
    weights: Sequence[PairWeight],
    model: HazardModel,
    *,
    named: frozenset[str] = frozenset(),
    since: dt.date | None = None,
    after_days: int = AFTER_DAYS,
    strict: bool = False,
    most_counts_ratio: float = math.inf,
) -> Impact:
    """Return what a closure does to the freight of pairs.

    Parameters
    ----------
    stakes, weights
        Pairs, and their published demand in the same order.
    named
        What closes; none for the crossings that the record holds shut on the date.
    since
        When they shut; None for the first of them by the record, else the as-of date.
    most_counts_ratio
        Of trucks counted at the frontier to those that the pairs fill: beyond it they are others'.

    Raises
    ------
    DataError
        If nothing is shut and nothing was named, no pair has a figure of freight, or they are too
        few for what was counted.
    """
    roads = stakes[0].roads
    world = roads.planner.world
    shut = frozenset(roads.index.ids[number] for number in roads.shut_now()) - world.open_ids
    closing = named or shut & frozenset(world.network.crossings)
    if not closing:
        text = "the record holds no crossing shut on the date: name what closes"
        raise DataError("the question", [Fault("closed", text)])
    start = since or begun(world, model, closing - named)
    before = shut - closing
    freight = make_freight(stakes, weights, shut_sets=[before, before | closing], strict=strict)
    if not freight.loads:
        text = "no pair of the study has a figure of freight: nothing is moved that could stop"
        raise DataError("the question", [Fault("study", text)])
    base = fit_base(
        freight, fit_spread(freight), shut=before, closing=closing, by=start,
        each_by_its_day=since is None,
    )  # fmt: skip
    return impact_of(world, model, base, since=start, after_days=after_days, supposed=named - shut)


def begun(world: World, model: HazardModel, names: frozenset[str]) -> dt.date:
    """Return when the first of elements shut by the record; the date itself if none is."""
    runs = [model.running(name) for name in sorted(names)]
    return min((one.item.start for one in runs if one is not None), default=world.as_of)
