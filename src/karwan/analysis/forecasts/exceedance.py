"""Shut days a year that a corridor exceeds once in ten and once in fifty years.

In ordinary times: nothing unforeseen is shut at the start of the year. A corridor is shut on a day
on which any of its crossings is; lines between them, which a route may go round, do not count. With
and without the structural part of the law of lengths, since the record holds few closures of years.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from karwan.base.telling import Column, Form
from karwan.hazard.pooling import Unit
from karwan.hazard.scenarios import draw_scenarios

if TYPE_CHECKING:
    from karwan.analysis.world.world import World
    from karwan.hazard.model import HazardModel
    from karwan.hazard.scenarios import ScenarioSet
    from karwan.network.nouns import Corridor

YEAR_DAYS = 365
PATH_COUNT = 10_000
ONCE_IN_10, ONCE_IN_50 = 0.90, 0.98
"""Shares of years that stay below what is exceeded once in ten and once in fifty."""
EVERY = (Form.json, Form.csv, Form.frame, Form.table, Form.html)


@dataclass(frozen=True, slots=True, kw_only=True)
class Exceedance:
    """Shut days a year of a corridor, over years drawn in ordinary times.

    Attributes
    ----------
    mean_days, once_in_10_days, once_in_50_days
        With the structural part.
    ordinary_mean_days, ordinary_once_in_10_days, ordinary_once_in_50_days
        Without it: as if no closure lasted months and years.
    """

    corridor_id: str
    crossings: tuple[str, ...]
    mean_days: float
    once_in_10_days: float
    once_in_50_days: float
    ordinary_mean_days: float
    ordinary_once_in_10_days: float
    ordinary_once_in_50_days: float


def _days(name: str, shown: str) -> Column[Exceedance]:
    return Column(name=name, unit="days", forms=EVERY, digits={Form.json: 1, Form.csv: 1},
                  spec=",.0f", names={Form.table: shown, Form.html: shown})  # fmt: skip


EXCEEDANCES: tuple[Column[Exceedance], ...] = (
    Column(name="corridor", get=lambda row: row.corridor_id, forms=EVERY),
    Column(name="crossings", forms=(Form.json,)),
    _days("mean_days", "mean"),
    _days("once_in_10_days", "1 in 10 y"),
    _days("once_in_50_days", "1 in 50 y"),
    _days("ordinary_mean_days", "short: mean"),
    _days("ordinary_once_in_10_days", "1 in 10"),
    _days("ordinary_once_in_50_days", "1 in 50"),
)
"""What is told of a corridor's shut days."""


def find_exceedances(
    world: World, model: HazardModel, *, seed: int, path_count: int = PATH_COUNT
) -> tuple[Exceedance, ...]:
    """Return shut days a year of every corridor whose crossings are all in use."""
    corridors = {
        one.id: names
        for one in world.network.corridors.values()
        if (names := crossings_of(one)) and all(world.network.is_built(name) for name in names)
    }
    draws = [
        shut_days_of(
            corridors,
            draw_scenarios(
                law, seed=seed, path_count=path_count, horizon_days=YEAR_DAYS, from_today=False
            ),
        )
        for law in (model, without_structural(model))
    ]
    return tuple(
        Exceedance(
            corridor_id=name,
            crossings=crossings,
            mean_days=float(draws[0][name].mean()),
            once_in_10_days=float(np.quantile(draws[0][name], ONCE_IN_10)),
            once_in_50_days=float(np.quantile(draws[0][name], ONCE_IN_50)),
            ordinary_mean_days=float(draws[1][name].mean()),
            ordinary_once_in_10_days=float(np.quantile(draws[1][name], ONCE_IN_10)),
            ordinary_once_in_50_days=float(np.quantile(draws[1][name], ONCE_IN_50)),
        )
        for name, crossings in corridors.items()
    )


def crossings_of(corridor: Corridor) -> tuple[str, ...]:
    """Return the crossings that a corridor passes, in its order."""
    return tuple(token[:-1] for token in corridor.tokens if token.endswith((">", "<")))


def shut_days_of(
    corridors: Mapping[str, tuple[str, ...]], scenarios: ScenarioSet
) -> dict[str, np.ndarray]:
    """Return by corridor the days on which any of its crossings is shut, shape (path_count,)."""
    return {name: scenarios.any_shut_days(names) for name, names in corridors.items()}


def without_structural(model: HazardModel) -> HazardModel:
    """Return a model in which no new closure is structural; rates and ordinary lengths stay."""
    pool = model.pool

    def plain(units: Mapping[str, Unit]) -> dict[str, Unit]:
        return {name: Unit(unit.shift_log, 0.0) for name, unit in units.items()}

    return replace(
        model, pool=replace(pool, groups=plain(pool.groups), elements=plain(pool.elements))
    )
