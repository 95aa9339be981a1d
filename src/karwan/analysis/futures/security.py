"""Turn security up and down: what corridors offer when closures come more or less often.

The factor scales how often episodes come, not how long they last; what is shut today stays shut as
long as it would. The same seed is used for every factor, so what changes is not chance.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from karwan.analysis.futures.reliability import (
    DayStates,
    Ensemble,
    Roads,
    Way,
    draw_states,
    run_ensemble,
    with_hazard_factor,
)
from karwan.base.bands import P05_MEAN_P95, Band, Kind, part_columns
from karwan.base.reprs import short_repr
from karwan.base.telling import Column, Form, to_frame
from karwan.route.arcgraph import Floats

if TYPE_CHECKING:
    import polars as pl

    from karwan.hazard.model import HazardModel
    from karwan.network.nouns import Corridor, Place

FACTORS = (0.25, 0.5, 1.0, 2.0, 4.0)
HORIZON_DAYS = 365
PATH_COUNT = 2_000


@dataclass(frozen=True)
class Standing:
    """One corridor over a horizon of futures.

    Attributes
    ----------
    times
        `ORDINARY` or `TODAY`.
    best_share
        Share of days on which it is open and the cheapest of those compared.
    episode_count
        Episodes on record that hit anything on its best route: few say little, whatever the
        share. A record without closures may be a gap in the search.
    """

    times: str
    ensemble: Ensemble
    best_share: float
    episode_count: int

    @property
    def told_share(self) -> Band | None:
        """The share of days open, or None where nothing is on record: no record is no safe road."""
        return self.open_share if self.episode_count else None

    @property
    def open_share(self) -> Band:
        """Share of days open: the mean, and P05 and P95 over paths."""
        cut = self.ensemble.cut_share
        return Band(1 - cut.high, 1 - cut.value, 1 - cut.low, Kind.draws)


STANDINGS: tuple[Column[Standing], ...] = (
    Column(name="corridor", get=lambda one: one.ensemble.name, forms=(Form.frame,)),
    Column(name="times", forms=(Form.frame,)),
    *part_columns("{}_open_share", lambda one: one.told_share, P05_MEAN_P95, unit="share"),
    Column(name="best_share", unit="share", forms=(Form.frame,)),
    Column(name="episode_count", unit="count", forms=(Form.frame,)),
)
"""What a run keeps of a corridor at a level of security."""


@dataclass(frozen=True)
class SecurityPoint:
    """All corridors of a pair at one level of security."""

    hazard_factor: float
    horizon_days: int
    path_count: int
    seed: int
    standings: tuple[Standing, ...]

    __repr__ = short_repr

    def to_frame(self) -> pl.DataFrame:
        """Return how the corridors stand as a frame; units are in the names."""
        return to_frame(STANDINGS, self.standings)

    def standing(self, corridor_id: str, times: str) -> Standing:
        """Return one corridor's standing."""
        return next(s for s in self.standings if (s.ensemble.name, s.times) == (corridor_id, times))


def security_point(  # noqa: PLR0913
    roads: Roads,
    model: HazardModel,
    corridors: Sequence[Corridor],
    ends: tuple[Place, Place],
    *,
    factor: float = 1.0,
    seed: int = 0,
    path_count: int = PATH_COUNT,
    horizon_days: int = HORIZON_DAYS,
) -> SecurityPoint:
    """Return how corridors stand between two places when closures come so many times as often.

    Corridors that nothing built serves are left out.

    Raises
    ------
    DataError
        If the factor is negative or no number.
    """
    scaled = with_hazard_factor(model, factor)
    states = draw_states(roads, scaled, seed=seed, path_count=path_count, horizon_days=horizon_days)
    ways = [roads.along(corridor, *ends) for corridor in corridors]
    served = [way for way in ways if way.tree is not None]
    standings = [
        Standing(times, run_ensemble(way, found), share, _episode_count(model, roads, way))
        for times, found in states.items()
        for way, share in zip(served, best_shares(served, found), strict=True)
    ]
    return SecurityPoint(factor, horizon_days, path_count, seed, tuple(standings))


def _episode_count(model: HazardModel, roads: Roads, way: Way) -> int:
    best = way.tree.best() if way.tree is not None else None
    names = {roads.index.ids[number] for number in best.elements} if best is not None else set()
    return sum(bool(names & set(episode.elements)) for episode in model.history.episodes)


def best_shares(ways: Sequence[Way], states: DayStates) -> list[float]:
    """Return the share of days on which each way is the cheapest; of equals, the first."""
    if not ways:
        return []
    counts: Floats = np.bincount(states.state.ravel(), minlength=len(states.masks)).astype(float)
    costs = np.stack(
        [np.nan_to_num(way.figures(states.masks).generalized_cost_usd, nan=np.inf) for way in ways]
    )
    best = np.where(np.isfinite(costs).any(axis=0), costs.argmin(axis=0), -1)
    return [float(counts[best == k].sum() / counts.sum()) for k in range(len(ways))]
