"""What a study says of many futures: corridors, chokepoints, and security turned up and down."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from karwan.analysis.futures.chokepoints import CHOKEPOINTS, Told
from karwan.analysis.futures.criticality import Chokepoint, Stake, find_chokepoints
from karwan.analysis.futures.reliability import (
    ORDINARY,
    TODAY,
    DayFigures,
    Ensemble,
    Roads,
    Way,
    draw_states,
    p_beats,
    run_ensemble,
)
from karwan.analysis.futures.security import FACTORS, STANDINGS, SecurityPoint, security_point
from karwan.analysis.futures.stakes import DEMAND, make_stakes
from karwan.analysis.world.state import State
from karwan.base.bands import DRAWN_PARTS, part_columns
from karwan.base.reprs import short_repr
from karwan.base.telling import Column, Form, to_dict, to_frame
from karwan.route.arcgraph import Floats

if TYPE_CHECKING:
    import polars as pl

    from karwan.analysis.corridors.desk import Desk
    from karwan.hazard.model import HazardModel
    from karwan.network.nouns import Corridor, Place

PATH_COUNT = 10_000
HORIZON_DAYS = 730
LOSS_HORIZON_DAYS = 365
SLIDER_PATH_COUNT = 2_000
MOST_PAIRS = 25

Row = dict[str, Any]


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
    """

    ensembles: Mapping[str, tuple[Ensemble, ...]]
    beats_share: Mapping[str, Mapping[tuple[str, str], float]]
    levels: tuple[SecurityPoint, ...]
    chokepoints: tuple[Chokepoint, ...]
    double: tuple[Chokepoint, ...]
    links: tuple[Chokepoint, ...]
    stakes: tuple[Stake, ...]
    told: Told

    __repr__ = short_repr

    def ensemble(self, corridor_id: str, times: str) -> Ensemble | None:
        """Return how a corridor fares; None where nothing built serves the pair."""
        return next((e for e in self.ensembles[times] if e.name == corridor_id), None)

    def to_frame(self) -> pl.DataFrame:
        """Return how the corridors fare as a frame, with all digits; units are in the names."""
        return to_frame(FARES, fares(self))


def run_futures(
    desks: Mapping[str, Desk],
    pairs: Sequence[tuple[Place, Place]],
    focus: tuple[Place, Place],
    corridors: Sequence[Corridor],
    model: HazardModel,
    *,
    seed: int,
) -> Futures:
    """Return what many futures say of a study.

    Parameters
    ----------
    focus, corridors
        The pair shown in full, and the corridors compared there.
    """
    planners = {country: desk.planner for country, desk in desks.items()}
    roads = Roads(planners[focus[0].country])
    states = draw_states(roads, model, seed=seed, path_count=PATH_COUNT, horizon_days=HORIZON_DAYS)
    ways = [way for c in corridors if (way := roads.along(c, *focus)).tree is not None]
    levels = tuple(
        security_point(
            roads, model, corridors, focus, factor=factor, seed=seed, path_count=SLIDER_PATH_COUNT
        )
        for factor in FACTORS
    )
    stakes = make_stakes(planners, pairs)
    year = draw_states(
        stakes[0].roads, model, seed=seed, path_count=PATH_COUNT, horizon_days=LOSS_HORIZON_DAYS
    )
    told = Told(
        LOSS_HORIZON_DAYS, State.all_open, DEMAND, 1.0, 1.0, seed, PATH_COUNT, has_hazard=True
    )
    return Futures(
        {times: tuple(run_ensemble(way, found) for way in ways) for times, found in states.items()},
        {times: _beats(ways, p_beats(ways, found)) for times, found in states.items()},
        levels,
        tuple(find_chokepoints(stakes, year)),
        tuple(find_chokepoints(stakes, year, pairs=True, top=MOST_PAIRS)),
        tuple(find_chokepoints(make_stakes(planners, pairs, links=True), None, top=MOST_PAIRS)),
        tuple(stakes),
        told,
    )


def _beats(ways: Sequence[Way], shares: Floats) -> dict[tuple[str, str], float]:
    return {
        (a.name, b.name): float(shares[i, j])
        for i, a in enumerate(ways)
        for j, b in enumerate(ways)
        if i != j
    }


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
            yield Fare(ensemble, times, "horizon", ensemble.whole)
            for one in ensemble.days:
                yield Fare(ensemble, times, str(one.day), one)


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
