"""What a study says of many futures: corridors, chokepoints, and security turned up and down."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from karwan.analysis.futures.chokepoints import CHOKEPOINTS, Told
from karwan.analysis.futures.criticality import (
    Chokepoint,
    Stake,
    find_chokepoints,
    knock_out_engine,
)
from karwan.analysis.futures.engines import Choice
from karwan.analysis.futures.reliability import Ensemble, Race, Roads, futures_engine
from karwan.analysis.futures.sampling import (
    ORDINARY,
    TIMES,
    TODAY,
    Progress,
    Rider,
    Sampling,
    run_futures,
)
from karwan.analysis.futures.security import (
    FACTORS,
    SecurityPoint,
    level_sampling,
    point_of,
    security_point,
)
from karwan.analysis.futures.stakes import DEMAND, make_stakes
from karwan.analysis.futures.tallies import ShutTogether
from karwan.base.reprs import short_repr
from karwan.base.telling import Form, to_dict

if TYPE_CHECKING:
    from karwan.analysis.corridors.comparison import Desk
    from karwan.hazard.model import HazardModel
    from karwan.network.nouns import Corridor, Place

MOST_PAIRS = 25

Row = dict[str, Any]
Spread = tuple[float, float, float, float]


@dataclass(frozen=True)
class Futures:
    """A study's futures.

    Attributes
    ----------
    ensembles
        How each corridor of the focus pair fares, by times (`ORDINARY`, `TODAY`).
    beats_share
        By times: share of days on which the first of two corridors is cheaper, by their ids.
    levels
        Corridors at each level of security, the calmest first.
    chokepoints, double
        What costs the study's pairs most alone, and by twos.
    links
        Links whose loss would cost most a day; nobody records their closures.
    sampling
        How many futures stand behind all of it.
    engine
        What answered how corridors fare.
    """

    ensembles: Mapping[str, tuple[Ensemble, ...]]
    beats_share: Mapping[str, Mapping[tuple[str, str], float]]
    levels: tuple[SecurityPoint, ...]
    chokepoints: tuple[Chokepoint, ...]
    double: tuple[Chokepoint, ...]
    links: tuple[Chokepoint, ...]
    stakes: tuple[Stake, ...]
    told: Told
    sampling: Sampling
    engine: Choice

    __repr__ = short_repr

    def ensemble(self, corridor_id: str, times: str) -> Ensemble | None:
        """Return how a corridor fares; None where nothing built serves the pair."""
        return next((e for e in self.ensembles[times] if e.name == corridor_id), None)


def run_study_futures(
    desks: Mapping[str, Desk],
    pairs: Sequence[tuple[Place, Place]],
    focus: tuple[Place, Place],
    corridors: Sequence[Corridor],
    model: HazardModel,
    *,
    sampling: Sampling,
    progress: Progress | None = None,
) -> Futures:
    """Return what many futures say of a study; corridors and chokepoints ride on the same ones.

    Parameters
    ----------
    focus, corridors
        The pair shown in full, and the corridors compared there.
    progress
        Called with futures done and asked, all levels of security together.
    """
    planners = {country: desk.planner for country, desk in desks.items()}
    roads = Roads(planners[focus[0].country])
    levels = {factor: level_sampling(sampling, factor) for factor in FACTORS}
    bar = _Steps(progress, sum(level.path_count for level in levels.values()))
    ways = [way for c in corridors if (way := roads.along(c, *focus)).tree is not None]
    stakes = make_stakes(planners, pairs)
    races = {times: Race.of(ways, sampling.horizon_days) for times in TIMES}
    shut = {times: ShutTogether(len(stakes[0].roads.index.ids)) for times in TIMES}
    riders = [
        Rider(roads.index, roads.premise, {times: [race] for times, race in races.items()}),
        Rider(
            stakes[0].roads.index,
            stakes[0].roads.premise,
            {times: [days] for times, days in shut.items()},
        ),
    ]
    points = []
    run_futures(model, sampling, riders, progress=bar.of(sampling))
    for factor, level in levels.items():
        points.append(
            point_of(roads, model, ways, races, level, factor)
            if factor == 1.0
            else security_point(
                roads, model, corridors, focus, factor=factor, sampling=sampling,
                progress=bar.of(level),
            )
        )  # fmt: skip
    told = Told(
        sampling.horizon_days,
        "all-open",
        DEMAND,
        1.0,
        1.0,
        sampling.seed,
        sampling.path_count,
        has_hazard=True,
        engine=knock_out_engine(stakes, 1),
    )
    return Futures(
        {times: race.ensembles() for times, race in races.items()},
        {times: race.beats_share() for times, race in races.items()},
        tuple(points),
        tuple(find_chokepoints(stakes, shut)),
        tuple(find_chokepoints(stakes, shut, pairs=True, top=MOST_PAIRS)),
        tuple(find_chokepoints(make_stakes(planners, pairs, links=True), None, top=MOST_PAIRS)),
        tuple(stakes),
        told,
        sampling,
        futures_engine(model),
    )


class _Steps:
    """Tells the progress of several draws as that of one."""

    def __init__(self, progress: Progress | None, total: int) -> None:
        self.progress, self.total, self.before = progress, total, 0

    def of(self, sampling: Sampling) -> Progress:
        """Return what one draw reports to."""
        begun = self.before
        self.before += sampling.path_count

        def report(done: int, _: int) -> None:
            if self.progress is not None:
                self.progress(begun + done, self.total)

        return report


def futures_rows(futures: Futures) -> dict[str, list[Row]]:
    """Return the tables that a run keeps of its futures."""
    return {
        "futures": [
            row
            for times in (ORDINARY, TODAY)
            for ensemble in futures.ensembles[times]
            for row in _ensemble_rows(ensemble, times)
        ],
        "security_levels": [
            {
                "hazard_factor_ratio": point.hazard_factor,
                "corridor": standing.ensemble.name,
                "times": standing.times,
                "p05_open_share": standing.told_share[0] if standing.told_share else None,
                "mean_open_share": standing.told_share[1] if standing.told_share else None,
                "p95_open_share": standing.told_share[2] if standing.told_share else None,
                "best_share": standing.best_share,
                "episode_count": standing.episode_count,
                "path_count": point.path_count,
                "error_open_share": standing.ensemble.error.cut_share,
            }
            for point in futures.levels
            for standing in point.standings
        ],
        "chokepoints": [
            {"kind": kind} | to_dict(CHOKEPOINTS, one, Form.frame)
            for kind, found in (
                ("element", futures.chokepoints),
                ("pair", futures.double),
                ("link", futures.links),
            )
            for one in found
        ],
    }


def _ensemble_rows(ensemble: Ensemble, times: str) -> list[Row]:
    days = [("horizon", ensemble.whole), *((str(day.day), day) for day in ensemble.days)]
    return [
        {
            "corridor": ensemble.name,
            "times": times,
            "horizon_days": ensemble.horizon_days,
            "day": name,
            "cut_share": day.cut_share,
            **_figures("generalized_cost_usd", day.generalized_cost_usd),
            **_figures("hours", day.hours),
            **_figures("usd", day.usd),
            "first_share": day.first_share,
            "path_count": ensemble.path_count,
            **(_errors(ensemble) if name == "horizon" else dict.fromkeys(_errors(ensemble))),
        }
        for name, day in days
    ]


def _errors(ensemble: Ensemble) -> Row:
    """Return the sampling errors of the means over the horizon, and how often it is held up."""
    found = ensemble.error
    return {
        "error_cut_share": found.cut_share,
        "error_mean_generalized_cost_usd": found.generalized_cost_usd,
        "error_mean_hours": found.hours,
        "error_mean_usd": found.usd,
        "delayed_share": ensemble.delayed_share,
    }


def _figures(unit: str, figures: Spread | None) -> Row:
    names = ("p05", "p50", "p95", "mean")
    values = figures if figures is not None else (None,) * len(names)
    return {f"{name}_{unit}": value for name, value in zip(names, values, strict=True)}
