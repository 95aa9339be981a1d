"""What a study says of many futures: corridors, chokepoints, and security turned up and down."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

from karwan.analysis.corridors.planner import at_no_time
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
    STANDINGS,
    SecurityPoint,
    level_sampling,
    point_of,
    security_point,
)
from karwan.analysis.futures.stakes import DEMAND, make_stakes
from karwan.analysis.futures.tallies import DayFigures, ShutTogether
from karwan.analysis.world.state import State
from karwan.base.bands import DRAWN_PARTS, part_columns
from karwan.base.reprs import short_repr
from karwan.base.telling import Column, Form, to_dict, to_frame

if TYPE_CHECKING:
    import polars as pl

    from karwan.analysis.corridors.desk import Desk
    from karwan.hazard.model import HazardModel
    from karwan.network.nouns import Corridor, Place

MOST_PAIRS = 25

Row = dict[str, Any]
HORIZON = "horizon"


@dataclass(frozen=True, kw_only=True)
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

    def to_frame(self) -> pl.DataFrame:
        """Return how the corridors fare as a frame, with all digits; units are in the names."""
        return to_frame(FARES, fares(self))

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
    planners = {country: at_no_time(desk.planner) for country, desk in desks.items()}
    roads = Roads(planner=planners[focus[0].country])
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
        horizon_days=sampling.horizon_days,
        state=State.all_open,
        weights=DEMAND,
        cut_penalty_ratio=1.0,
        hazard_factor=1.0,
        seed=sampling.seed,
        path_count=sampling.path_count,
        has_hazard=True,
        engine=knock_out_engine(stakes, 1),
    )
    return Futures(
        ensembles={times: race.ensembles() for times, race in races.items()},
        beats_share={times: race.beats_share() for times, race in races.items()},
        levels=tuple(points),
        chokepoints=tuple(find_chokepoints(stakes, shut)),
        double=tuple(find_chokepoints(stakes, shut, pairs=True, top=MOST_PAIRS)),
        links=tuple(
            find_chokepoints(make_stakes(planners, pairs, links=True), None, top=MOST_PAIRS)
        ),
        stakes=tuple(stakes),
        told=told,
        sampling=sampling,
        engine=futures_engine(model),
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


@dataclass(frozen=True, slots=True)
class Fare:
    """How a corridor fares on one day, or over the whole horizon."""

    ensemble: Ensemble
    times: str
    day: str
    figures: DayFigures


def fares(futures: Futures) -> Iterator[Fare]:
    """Yield how each corridor fares, over the horizon and on stated days."""
    for times in (ORDINARY, TODAY):
        for ensemble in futures.ensembles[times]:
            yield Fare(ensemble, times, HORIZON, ensemble.whole)
            for one in ensemble.days:
                yield Fare(ensemble, times, str(one.day), one)


def _error(name: str, fare: Fare) -> float | None:
    """Return the sampling error of a mean over the horizon; none is told of a single day."""
    return getattr(fare.ensemble.error, name) if fare.day == HORIZON else None


FRAME = (Form.frame,)
FARES: tuple[Column[Fare], ...] = (
    Column(name="corridor", get=lambda fare: fare.ensemble.name, forms=FRAME),
    Column(name="times", forms=FRAME),
    Column(
        name="horizon_days",
        get=lambda fare: fare.ensemble.horizon_days,
        unit="days",
        forms=FRAME,
    ),
    Column(name="day", forms=FRAME),
    Column(name="cut_share", get=lambda fare: fare.figures.cut_share, unit="share", forms=FRAME),
    *part_columns(
        "{}_generalized_cost_usd",
        lambda fare: fare.figures.generalized_cost_usd,
        DRAWN_PARTS,
        unit="USD",
    ),
    *part_columns("{}_hours", lambda fare: fare.figures.hours, DRAWN_PARTS, unit="h"),
    *part_columns("{}_usd", lambda fare: fare.figures.usd, DRAWN_PARTS, unit="USD"),
    Column(
        name="first_share", get=lambda fare: fare.figures.first_share, unit="share", forms=FRAME
    ),
    Column(name="path_count", get=lambda fare: fare.ensemble.path_count, unit="count", forms=FRAME),
    *(
        Column(name=f"error_{told}", get=partial(_error, name), unit=unit, forms=FRAME)
        for told, name, unit in (
            ("cut_share", "cut_share", "share"),
            ("mean_generalized_cost_usd", "generalized_cost_usd", "USD"),
            ("mean_hours", "hours", "h"),
            ("mean_usd", "usd", "USD"),
        )
    ),
    Column(
        name="delayed_share",
        get=lambda fare: fare.ensemble.delayed_share if fare.day == HORIZON else None,
        unit="share",
        forms=FRAME,
    ),
)
"""What a run keeps of how a corridor fares."""


def futures_rows(futures: Futures) -> dict[str, list[Row]]:
    """Return the tables that a run keeps of its futures."""
    return {
        "futures": [to_dict(FARES, fare, Form.frame) for fare in fares(futures)],
        "security_levels": [
            {"hazard_factor_ratio": point.hazard_factor} | to_dict(STANDINGS, one, Form.frame)
            for point in futures.levels
            for one in point.standings
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
