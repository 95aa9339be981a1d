"""Forecasts of open and shut beside their baselines: main gates, others, and gates elsewhere.

At the first of each month, the model refitted at the start of each quarter on what was known then.
Only gates that were searched enough by the day count, days ahead that were searched, and none of a
closure of the health era. Intervals of gains resample episodes: all rows that one episode shuts
stand or fall together.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from karwan.analysis.forecasts.backtests import QuarterForecasts, day_truth, last_seen
from karwan.analysis.forecasts.histories import LINE, kind_of
from karwan.base.errors import FitError
from karwan.base.reprs import short_repr
from karwan.base.seeds import stream
from karwan.base.telling import Column, Form
from karwan.data.region import read_region
from karwan.hazard.backtest import (
    BASELINES,
    BOOTSTRAP_COUNT,
    HORIZONS_DAYS,
    MODEL,
    PERSISTENCE,
    Gain,
    Score,
    baseline,
    brier_and_log,
)
from karwan.hazard.history import HEALTH
from karwan.hazard.law import Floats

if TYPE_CHECKING:
    from karwan.analysis.forecasts.backtests import DayTruth
    from karwan.analysis.world.world import World

FIRST_YEAR = 2018
MAIN, BESIDE, ELSEWHERE = "main gates", "other gates of their frontier", "gates elsewhere"
ONE_DAY = dt.timedelta(days=1)


@dataclass(frozen=True, kw_only=True)
class GroupScores:
    """Scores of the model and its baselines over some gates.

    Attributes
    ----------
    row_count
        Origins of all gates together.
    gains
        Of the model over the best baseline of each horizon.
    changed_counts
        By horizon: rows on which the state is another than on the origin. Where there is none,
        persistence makes no error.
    """

    name: str
    element_ids: tuple[str, ...]
    row_count: int
    scores: tuple[Score, ...]
    gains: tuple[Gain, ...]
    changed_counts: tuple[int, ...]

    __repr__ = short_repr

    def score(self, name: str, horizon_days: int) -> Score:
        """Return one score."""
        return next(s for s in self.scores if (s.name, s.horizon_days) == (name, horizon_days))

    def changed_count(self, horizon_days: int) -> int:
        """Return on how many rows the state had changed by then."""
        return self.changed_counts[HORIZONS_DAYS.index(horizon_days)]

    def gain(self, horizon_days: int) -> Gain:
        """Return the gain over the best baseline."""
        return next(gain for gain in self.gains if gain.horizon_days == horizon_days)


@dataclass(frozen=True, slots=True)
class GroupScore:
    """One forecast of one group at one horizon."""

    group: GroupScores
    score: Score


EVERY = (Form.json, Form.csv, Form.frame)
GROUP_SCORES: tuple[Column[GroupScore], ...] = (
    Column(name="group", get=lambda row: row.group.name, forms=EVERY),
    Column(name="element_count", get=lambda row: len(row.group.element_ids), forms=EVERY),
    Column(name="forecast_count", get=lambda row: row.group.row_count, forms=EVERY),
    Column(name="changed_count", get=lambda row: row.group.changed_count(row.score.horizon_days),
           forms=EVERY),
    Column(name="forecast", get=lambda row: row.score.name, forms=EVERY),
    Column(name="horizon_days", get=lambda row: row.score.horizon_days, unit="days", forms=EVERY),
    Column(name="brier", get=lambda row: row.score.brier, forms=EVERY, digits={Form.json: 6}),
    Column(name="log_score", get=lambda row: row.score.log_score, forms=EVERY,
           digits={Form.json: 6}),
)  # fmt: skip
"""What is told of a forecast over a group of gates."""


def score_groups(world: World, *, seed: int) -> tuple[GroupScores, ...]:
    """Return scores on the main gates, on the others of their frontier, and on gates elsewhere."""
    ahead = QuarterForecasts(world)
    last = min(world.as_of, last_seen(world))
    scored = []
    for name, elements in _groups(world).items():
        rows = [_element_rows(world, ahead, one, last) for one in elements]
        kept = [(one, part) for one, part in zip(elements, rows, strict=True) if part is not None]
        if kept:
            scored.append(_scored(name, dict(kept), seed))
    return tuple(scored)


def _groups(world: World) -> dict[str, list[str]]:
    """Return gates by group; lines and what is not built are none."""
    main = [n for n in read_region(world.catalog).benchmark_elements if n in world.network.elements]
    frontiers = {world.network.elements[name].frontier_group for name in main}
    gates = [
        one
        for one in world.network.elements.values()
        if kind_of(one) != LINE and world.network.is_built(one.id) and not one.beside
    ]
    rest = [one for one in gates if one.id not in main]
    return {
        MAIN: main,
        BESIDE: [one.id for one in rest if one.frontier_group in frontiers],
        ELSEWHERE: [one.id for one in rest if one.frontier_group not in frontiers],
    }


@dataclass(frozen=True)
class _Rows:
    """Forecasts by name, shape (n, n_horizons); what came; which episode or quiet year it is of."""

    p: Mapping[str, Floats]
    came: Floats
    cluster: tuple[tuple[str, ...], ...]


def _element_rows(world: World, ahead: QuarterForecasts, name: str, last: dt.date) -> _Rows | None:
    longest = dt.timedelta(days=max(HORIZONS_DAYS))
    years = range(FIRST_YEAR, last.year + 1)
    health = [
        (spell.start, spell.end or spell.last_day)
        for spell in ahead.freight
        if spell.element_id == name and spell.cause == HEALTH
    ]
    days = [
        day
        for day in (dt.date(year, month, 1) for year in years for month in range(1, 13))
        if day + longest <= last
        and ahead.coverage.is_searched(name, day)
        and ahead.coverage.is_covered(name, day + ONE_DAY, day + longest + ONE_DAY)
        and not any(start <= day + longest and day <= end for start, end in health)
    ]
    if not days:
        return None
    truth = day_truth(world, name, last)
    record = truth.record
    origins = np.array([(day - record.first).days for day in days])
    came = np.stack([record.shut[origins + h] for h in HORIZONS_DAYS], axis=1).astype(float)
    p = {other: baseline(other, record, origins) for other in BASELINES}
    try:
        p[MODEL] = np.array([ahead(truth, int(at)) for at in origins])
    except FitError:
        return None
    clusters = tuple(tuple(_cluster(truth, int(at), h) for h in HORIZONS_DAYS) for at in origins)
    return _Rows(p, came, clusters)


def _cluster(truth: DayTruth, at: int, horizon_days: int) -> str:
    """Return the episode that shuts a row at its target or its origin; else gate and year."""
    for day in (at + horizon_days, at):
        number = int(truth.record.spell[day])
        if number >= 0:
            spell = truth.spells[number]
            return spell.episode or spell.closure_id
    return f"{truth.element_id} {truth.record.day(at).year}"


def _scored(name: str, rows: Mapping[str, _Rows], seed: int) -> GroupScores:
    came = np.concatenate([one.came for one in rows.values()])
    p = {
        other: np.concatenate([one.p[other] for one in rows.values()])
        for other in (*BASELINES, MODEL)
    }
    clusters = [row for one in rows.values() for row in one.cluster]
    scores = [
        Score(other, h, *brier_and_log(p[other][:, k], came[:, k]))
        for other in (*BASELINES, MODEL)
        for k, h in enumerate(HORIZONS_DAYS)
    ]
    gains = []
    for k, h in enumerate(HORIZONS_DAYS):
        best = min(
            (s for s in scores if s.horizon_days == h and s.name != MODEL), key=lambda s: s.brier
        )
        apart = (p[best.name][:, k] - came[:, k]) ** 2 - (p[MODEL][:, k] - came[:, k]) ** 2
        low, high = resampled([row[k] for row in clusters], apart, seed)
        gains.append(
            Gain(name=MODEL, other=best.name, horizon_days=h, brier=float(apart.mean()),
                 low=low, high=high)
        )  # fmt: skip
    return GroupScores(
        name=name,
        element_ids=tuple(rows),
        row_count=len(came),
        scores=tuple(scores),
        gains=tuple(gains),
        changed_counts=tuple(int(count) for count in (p[PERSISTENCE] != came).sum(axis=0)),
    )


def resampled(clusters: Sequence[str], values: Floats, seed: int) -> tuple[float, float]:
    """Return the 95 per cent interval of a mean, whole clusters drawn again with replacement.

    Parameters
    ----------
    clusters, values
        Of each row: what it stands or falls with, and its value, shape (n,).
    """
    names, which = np.unique(np.array(clusters), return_inverse=True)
    sums = np.bincount(which, weights=values, minlength=names.size)
    counts = np.bincount(which, minlength=names.size).astype(float)
    random = stream(seed, "episodes")
    drawn = random.integers(0, names.size, size=(BOOTSTRAP_COUNT, names.size))
    means = sums[drawn].sum(axis=1) / counts[drawn].sum(axis=1)
    low, high = np.quantile(means, (0.025, 0.975))
    return float(low), float(high)
