"""How good forecasts of closures have been on a record, computed once for the record."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from karwan.analysis.forecasts.backtests import run_backtests, score_length_laws
from karwan.analysis.forecasts.group_scores import GroupScores, score_groups
from karwan.analysis.world.basis import basis_of_record
from karwan.base.packing import computed_once
from karwan.base.reprs import short_repr
from karwan.hazard.backtest import Backtest
from karwan.hazard.laws import LengthScore

if TYPE_CHECKING:
    from karwan.analysis.world.world import World


@dataclass(frozen=True)
class Tested:
    """Backtests of the chance of being shut, day by day; lengths left out and foreseen."""

    backtests: tuple[Backtest, ...]
    lengths: tuple[LengthScore, ...]

    __repr__ = short_repr


def tested_forecasts(world: World, *, seed: int) -> Tested:
    """Return the backtests and the scores of lengths on the closures known in a world.

    Raises
    ------
    FitError
        If the record is too thin, or the region names no elements to test on.
    """

    def compute() -> Tested:
        return Tested(
            backtests=tuple(run_backtests(world, seed=seed)),
            lengths=tuple(score_length_laws(world)),
        )

    return computed_once("backtests", basis_of_record(world, f"{seed}"), Tested, compute)


@dataclass(frozen=True)
class _Groups:
    scores: tuple[GroupScores, ...]


def tested_groups(world: World, *, seed: int) -> tuple[GroupScores, ...]:
    """Return scores by group of gates on the closures known in a world.

    Raises
    ------
    FitError
        If the record is too thin.
    """
    basis = basis_of_record(world, "groups", f"{seed}")
    return computed_once(
        "backtests", basis, _Groups, lambda: _Groups(score_groups(world, seed=seed))
    ).scores
