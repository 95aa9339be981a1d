"""How good forecasts of open and shut would have been, made day by day from what was known then.

The model is refitted every quarter on the past only; the state of the day itself is taken as
known. Beside it stand four forecasts that anybody can make, and a blend that was tried: the model
weighed with climatology, by weights fitted on the past only.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from karwan.base.reprs import short_repr
from karwan.base.seeds import stream
from karwan.base.telling import Column, Form, to_frame

if TYPE_CHECKING:
    import polars as pl

Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]

HORIZONS_DAYS = (1, 7, 30, 90)
CLIMATOLOGY, PERSISTENCE = "climatology", "persistence"
CONFLICTOLOGY, MARKOV, MODEL = "last 12 months", "two-state Markov", "model"
BLEND = "model with climatology"
BASELINES = (CLIMATOLOGY, PERSISTENCE, CONFLICTOLOGY, MARKOV)
NAMES = (*BASELINES, MODEL, BLEND)
RELIABILITY_DAYS = (7, 30)
REFIT_MONTHS = 3
YEAR_DAYS = 365
LEAST_P = 1e-4
"""Probabilities are kept this far from 0 and 1 for the log score."""
BOOTSTRAP_COUNT = 2000
BLOCK_DAYS = 30


@dataclass(frozen=True, kw_only=True)
class DayRecord:
    """An element's state on every day: `shut[k]` is that of `first` plus k days.

    Attributes
    ----------
    age_days
        Shape (n_days,): days since the spell began, 0 on days that are open.
    spell
        Shape (n_days,): which of the spells given shuts the day, -1 for none.
    """

    element_id: str
    first: dt.date
    shut: Bools
    age_days: Floats
    spell: npt.NDArray[np.int32]

    def day(self, position: int) -> dt.date:
        """Return the date of a position."""
        return self.first + dt.timedelta(days=position)


def day_record(
    element_id: str, spells: Sequence[tuple[dt.date, dt.date]], first: dt.date, last: dt.date
) -> DayRecord:
    """Return daily states from half-open spells, and the age of the spell on days that are shut.

    A spell that begins and ends on one day shuts no day.
    """
    count = (last - first).days + 1
    shut = np.zeros(count, dtype=bool)
    age = np.zeros(count)
    which = np.full(count, -1, dtype=np.int32)
    for k, (start, end) in sorted(enumerate(spells), key=lambda item: item[1]):
        low, high = max((start - first).days, 0), min((end - first).days, count)
        if high > low:
            fresh = np.flatnonzero(~shut[low:high]) + low
            shut[low:high] = True
            age[fresh] = fresh - (start - first).days
            which[fresh] = k
    return DayRecord(element_id=element_id, first=first, shut=shut, age_days=age, spell=which)


KEPT, CHANCE = (Form.json, Form.frame), {Form.json: 6}

Ahead = Callable[[DayRecord, int], Sequence[float]]
"""A record and the position of the origin to the chance of being shut at each horizon."""


@dataclass(frozen=True, slots=True)
class Score:
    """Brier and log scores of one forecast at one horizon; lower is better."""

    name: str
    horizon_days: int
    brier: float
    log_score: float


SCORES: tuple[Column[Score], ...] = (
    Column(name="forecast", get=lambda score: score.name, forms=KEPT),
    Column(name="horizon_days", unit="days", forms=KEPT),
    Column(name="brier", forms=KEPT, digits=CHANCE),
    Column(name="log_score", forms=KEPT, digits=CHANCE),
)
"""What is told of a score."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Gain:
    """By how much a forecast's Brier score is below another's, with a 95 per cent interval.

    The interval is from a bootstrap of blocks of days, all elements of a day together. Above 0 the
    first is better.
    """

    name: str
    other: str
    horizon_days: int
    brier: float
    low: float
    high: float


GAINS: tuple[Column[Gain], ...] = (
    Column(name="baseline", get=lambda gain: gain.other, forms=KEPT),
    Column(name="horizon_days", unit="days", forms=KEPT),
    *(Column(name=name, forms=KEPT, digits=CHANCE) for name in ("brier", "low", "high")),
)
"""What is told of a gain."""


@dataclass(frozen=True, kw_only=True)
class Backtest:
    """Scores of a sample of origins.

    Attributes
    ----------
    gains
        Of the model over every baseline, at every horizon.
    reliability
        By horizon: (mean forecast, observed share, count) by decile of the model's forecasts.
    blend_weight
        By horizon: weight of the model in the blend at the last origin.
    """

    title: str
    origin_count: int
    element_ids: tuple[str, ...]
    first: dt.date
    last: dt.date
    scores: tuple[Score, ...]
    gains: tuple[Gain, ...]
    reliability: Mapping[int, tuple[tuple[float, float, int], ...]]
    blend_weight: Mapping[int, float]

    __repr__ = short_repr

    def to_frame(self) -> pl.DataFrame:
        """Return the scores as a frame; lower is better."""
        return to_frame(SCORES, self.scores)

    def score(self, name: str, horizon_days: int) -> Score:
        """Return one score."""
        return next(s for s in self.scores if (s.name, s.horizon_days) == (name, horizon_days))

    def best_baseline(self, horizon_days: int) -> Score:
        """Return the baseline with the lowest Brier score."""
        return min((self.score(name, horizon_days) for name in BASELINES), key=lambda s: s.brier)

    def gain(self, other: str, horizon_days: int) -> Gain:
        """Return the model's gain over a baseline."""
        return next(g for g in self.gains if (g.other, g.horizon_days) == (other, horizon_days))


def run_backtest(
    title: str,
    records: Sequence[DayRecord],
    ahead: Ahead,
    *,
    burn_in: dt.date,
    first: dt.date,
    last: dt.date,
    seed: int,
) -> Backtest:
    """Return scores of the model and its baselines on daily origins.

    Parameters
    ----------
    burn_in
        First origin whose forecasts the weights of the blend may look at; they are not scored.
    first, last
        First and last origin scored; targets must lie within the records.
    """
    skip = (first - burn_in).days
    forecasts: dict[str, list[Floats]] = {name: [] for name in (*BASELINES, MODEL)}
    outcomes: list[Floats] = []
    for record in records:
        origins = np.arange((burn_in - record.first).days, (last - record.first).days + 1)
        outcomes.append(
            np.stack([record.shut[origins + h] for h in HORIZONS_DAYS], axis=1).astype(float)
        )
        for name in BASELINES:
            forecasts[name].append(baseline(name, record, origins))
        forecasts[MODEL].append(np.array([ahead(record, int(t)) for t in origins]))
    truth = np.stack(outcomes)  # (n_elements, n_days, n_horizons)
    p = {name: np.stack(found) for name, found in forecasts.items()}
    p[BLEND], weight = blended(p[MODEL], p[CLIMATOLOGY], truth, burn_in)
    truth = truth[:, skip:]
    p = {name: found[:, skip:] for name, found in p.items()}
    scores = [
        Score(name, h, *brier_and_log(p[name][:, :, k], truth[:, :, k]))
        for name in NAMES
        for k, h in enumerate(HORIZONS_DAYS)
    ]
    gains = [
        _gain(name, h, p[MODEL][:, :, k], p[name][:, :, k], truth[:, :, k], seed)
        for name in BASELINES
        for k, h in enumerate(HORIZONS_DAYS)
    ]
    at = {h: HORIZONS_DAYS.index(h) for h in RELIABILITY_DAYS}
    return Backtest(
        title=title,
        origin_count=truth.shape[0] * truth.shape[1],
        element_ids=tuple(record.element_id for record in records),
        first=first,
        last=last,
        scores=tuple(scores),
        gains=tuple(gains),
        reliability={h: _reliability(p[MODEL][:, :, k], truth[:, :, k]) for h, k in at.items()},
        blend_weight=weight,
    )


def blended(
    model: Floats, other: Floats, truth: Floats, first: dt.date
) -> tuple[Floats, dict[int, float]]:
    """Return the model weighed with another forecast, and the last weights by horizon.

    The weight is what would have given the least Brier score so far: at the start of a quarter it
    looks at the origins whose targets had come by then, and at nothing later.

    Parameters
    ----------
    model, other, truth
        Shape (n_elements, n_days, n_horizons), of days from `first` on.
    """
    found = np.empty_like(model)
    weight: dict[int, float] = {}
    days = [first + dt.timedelta(days=k) for k in range(model.shape[1])]
    starts = [k for k, day in enumerate(days) if k == 0 or (
        day.day == 1 and day.month % REFIT_MONTHS == 1)]  # fmt: skip
    for k, h in enumerate(HORIZONS_DAYS):
        for low, high in zip(starts, [*starts[1:], len(days)], strict=True):
            past = slice(0, max(low - h, 0))
            apart = model[:, past, k] - other[:, past, k]
            total = float(np.sum(apart**2))
            best = float(np.sum(apart * (truth[:, past, k] - other[:, past, k])))
            weight[h] = float(np.clip(best / total, 0.0, 1.0)) if total > 0 else 1.0
            here = slice(low, high)
            found[:, here, k] = other[:, here, k] + weight[h] * (
                model[:, here, k] - other[:, here, k]
            )
    return found, weight


def baseline(name: str, record: DayRecord, origins: npt.NDArray[np.int64]) -> Floats:
    """Return a baseline's forecasts, shape (n_origins, n_horizons), from days up to each origin."""
    shut = record.shut.astype(float)
    sums = np.concatenate(([0.0], np.cumsum(shut)))
    now = shut[origins]
    wide = np.ones(len(HORIZONS_DAYS))
    if name == PERSISTENCE:
        return np.outer(now, wide)
    if name == CLIMATOLOGY:
        return np.outer(sums[origins + 1] / (origins + 1), wide)
    if name == CONFLICTOLOGY:
        low = np.maximum(origins + 1 - YEAR_DAYS, 0)
        return np.outer((sums[origins + 1] - sums[low]) / (origins + 1 - low), wide)
    closes, opens, was_open, was_shut = _transitions(record.shut, origins)
    p_close, p_open = (closes + 0.5) / (was_open + 1), (opens + 0.5) / (was_shut + 1)
    rest = p_close / (p_close + p_open)
    decay = (1 - p_close - p_open)[:, None] ** np.array(HORIZONS_DAYS)
    return np.asarray(rest[:, None] + (now - rest)[:, None] * decay)


def _transitions(
    shut: Bools, origins: npt.NDArray[np.int64]
) -> tuple[Floats, Floats, Floats, Floats]:
    """Return counts of closing, opening, open days and shut days before each origin."""
    before, after = shut[:-1], shut[1:]
    columns = (~before & after, before & ~after, ~before, before)
    sums = [np.concatenate(([0.0], np.cumsum(column.astype(float)))) for column in columns]
    return sums[0][origins], sums[1][origins], sums[2][origins], sums[3][origins]


def brier_and_log(p: Floats, truth: Floats) -> tuple[float, float]:
    """Return the mean Brier and log scores of forecasts; lower is better."""
    kept = np.clip(p, LEAST_P, 1 - LEAST_P)
    log = -(truth * np.log(kept) + (1 - truth) * np.log(1 - kept))
    return float(np.mean((p - truth) ** 2)), float(np.mean(log))


def _gain(
    other: str, horizon_days: int, model: Floats, theirs: Floats, truth: Floats, seed: int
) -> Gain:
    """Return by how much the model beats a baseline; arrays have shape (n_elements, n_days)."""
    by_day = ((theirs - truth) ** 2 - (model - truth) ** 2).mean(axis=0)
    days, size = by_day.size, max(BLOCK_DAYS, horizon_days)
    random = stream(seed, "backtest", str(horizon_days))
    blocks = -(-days // size)
    starts = random.integers(0, days, size=(BOOTSTRAP_COUNT, blocks))
    wrapped = np.concatenate(([0.0], np.cumsum(np.concatenate((by_day, by_day[:size])))))
    sums = (wrapped[starts + size] - wrapped[starts]).sum(axis=1) / (blocks * size)
    low, high = np.quantile(sums, (0.025, 0.975))
    return Gain(
        name=MODEL,
        other=other,
        horizon_days=horizon_days,
        brier=float(by_day.mean()),
        low=float(low),
        high=float(high),
    )


def _reliability(p: Floats, truth: Floats) -> tuple[tuple[float, float, int], ...]:
    edges = np.linspace(0, 1, 11)
    which = np.clip(np.digitize(p, edges) - 1, 0, 9)
    found = []
    for k in range(10):
        mine = which == k
        if mine.any():
            found.append((float(p[mine].mean()), float(truth[mine].mean()), int(mine.sum())))
    return tuple(found)
