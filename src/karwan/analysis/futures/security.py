"""Turn security up and down: what corridors offer when closures come more or less often.

The factor scales how often episodes come, not how long they last; what is shut today stays shut as
long as it would. The same seed is used for every factor, so what changes is not chance.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from karwan.analysis.futures.engines import Choice
from karwan.analysis.futures.reliability import (
    Ensemble,
    Race,
    Roads,
    Way,
    futures_engine,
    run_races,
    with_hazard_factor,
)
from karwan.analysis.futures.sampling import TIMES, TODAY, Progress, Sampling
from karwan.analysis.futures.unsearched import UnsearchedShare, draw_shut_days
from karwan.base.bands import P05_MEAN_P95, Band, Kind, part_columns
from karwan.base.limits import LIMITS
from karwan.base.reprs import short_repr
from karwan.base.telling import Column, Form, to_frame

if TYPE_CHECKING:
    import polars as pl

    from karwan.hazard.model import HazardModel
    from karwan.network.nouns import Corridor, Place

FACTORS = (0.25, 0.5, 1.0, 2.0, 4.0)
LEVEL_SHARE = 5
"""Levels beside the record's own are drawn on so many times fewer futures, in every command."""


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
    Column(
        name="path_count",
        get=lambda one: one.ensemble.path_count,
        unit="count",
        forms=(Form.frame,),
    ),
    Column(
        name="error_open_share",
        get=lambda one: one.ensemble.error.cut_share,
        unit="share",
        forms=(Form.frame,),
    ),
)
"""What a run keeps of a corridor at a level of security."""


@dataclass(frozen=True, kw_only=True)
class SecurityPoint:
    """All corridors of a pair at one level of security.

    Attributes
    ----------
    unsearched
        By corridor and times, what on its ways was not searched for closures, and how much of the
        spread of days shut comes from it.
    """

    hazard_factor: float
    horizon_days: int
    path_count: int
    seed: int
    standings: tuple[Standing, ...]
    engine: Choice
    unsearched: Mapping[tuple[str, str], UnsearchedShare] = field(default_factory=dict)

    __repr__ = short_repr

    def to_frame(self) -> pl.DataFrame:
        """Return how the corridors stand as a frame; units are in the names."""
        return to_frame(STANDINGS, self.standings)

    def standing(self, corridor_id: str, times: str) -> Standing:
        """Return one corridor's standing."""
        return next(s for s in self.standings if (s.ensemble.name, s.times) == (corridor_id, times))


def level_sampling(sampling: Sampling, factor: float) -> Sampling:
    """Return what is drawn at a level of security: all futures at the record's, else a part.

    Examples
    --------
    >>> level_sampling(Sampling(path_count=10_000), 2.0).path_count
    2000
    """
    if factor == 1.0:
        return sampling
    least = int(LIMITS["paths"].least)
    return replace(sampling, path_count=max(sampling.path_count // LEVEL_SHARE, least))


def security_point(
    roads: Roads,
    model: HazardModel,
    corridors: Sequence[Corridor],
    ends: tuple[Place, Place],
    *,
    factor: float = 1.0,
    sampling: Sampling | None = None,
    progress: Progress | None = None,
) -> SecurityPoint:
    """Return how corridors stand between two places when closures come so many times as often.

    Corridors that nothing built serves are left out.

    Raises
    ------
    DataError
        If the factor is negative or no number.
    """
    scaled = with_hazard_factor(model, factor)
    asked = level_sampling(sampling or Sampling(), factor)
    ways = [way for c in corridors if (way := roads.along(c, *ends)).tree is not None]
    races = run_races(roads, scaled, ways, asked, progress=progress)
    return point_of(roads, model, ways, races, asked, factor)


def with_unsearched(point: SecurityPoint, model: HazardModel) -> SecurityPoint:
    """Return the standings with what on their ways was not searched for closures.

    Parameters
    ----------
    model
        At the record's own level of security.
    """
    scaled = with_hazard_factor(model, point.hazard_factor)
    drawn = {
        times: draw_shut_days(
            scaled, seed=point.seed, horizon_days=point.horizon_days, from_today=times == TODAY
        )
        for times in TIMES
    }
    shares = {
        (one.ensemble.name, one.times): drawn[one.times].unsearched(one.ensemble.elements)
        for one in point.standings
    }
    return replace(point, unsearched=shares)


def point_of(
    roads: Roads,
    model: HazardModel,
    ways: Sequence[Way],
    races: Mapping[str, Race],
    sampling: Sampling,
    factor: float,
) -> SecurityPoint:
    """Return the standings of corridors that have run on the same futures."""
    standings = [
        Standing(times, ensemble, ensemble.whole.first_share or 0.0,
                 _episode_count(model, roads, way))
        for times, race in races.items()
        for way, ensemble in zip(ways, race.ensembles(), strict=True)
    ]  # fmt: skip
    return SecurityPoint(
        hazard_factor=factor,
        horizon_days=sampling.horizon_days,
        path_count=sampling.path_count,
        seed=sampling.seed,
        standings=tuple(standings),
        engine=futures_engine(model),
    )


def _episode_count(model: HazardModel, roads: Roads, way: Way) -> int:
    best = way.tree.best() if way.tree is not None else None
    names = {roads.index.ids[number] for number in best.elements} if best is not None else set()
    return sum(bool(names & set(episode.elements)) for episode in model.history.episodes)
