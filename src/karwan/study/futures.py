"""What a study says of many futures: corridors, chokepoints, and security turned up and down."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from karwan.analysis.futures.chokepoints import CHOKEPOINTS, Told
from karwan.analysis.futures.criticality import Chokepoint, Stake, find_chokepoints
from karwan.analysis.futures.reliability import (
    ORDINARY,
    TODAY,
    Ensemble,
    Roads,
    Way,
    draw_states,
    p_beats,
    run_ensemble,
)
from karwan.analysis.futures.security import FACTORS, SecurityPoint, security_point
from karwan.analysis.futures.stakes import DEMAND, make_stakes
from karwan.base.bands import Draws
from karwan.base.reprs import short_repr
from karwan.base.telling import Form, to_dict
from karwan.route.arcgraph import Floats

if TYPE_CHECKING:
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
    told = Told(LOSS_HORIZON_DAYS, "all-open", DEMAND, 1.0, 1.0, seed, PATH_COUNT, has_hazard=True)
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
                "p05_open_share": standing.told_share.low if standing.told_share else None,
                "mean_open_share": standing.told_share.value if standing.told_share else None,
                "p95_open_share": standing.told_share.high if standing.told_share else None,
                "best_share": standing.best_share,
                "episode_count": standing.episode_count,
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
        }
        for name, day in days
    ]


def _figures(unit: str, figures: Draws | None) -> Row:
    return {
        f"{name}_{unit}": getattr(figures, name, None) for name in ("p05", "p50", "p95", "mean")
    }
