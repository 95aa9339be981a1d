"""How good forecasts of open and shut would have been, made day by day from what was known then.

The model is refitted every quarter on the past only; the state of the day itself is taken as
known. Beside it stand four forecasts that anybody can make.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from karwan.base.seeds import stream

Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]

HORIZONS_DAYS = (1, 7, 30, 90)
CLIMATOLOGY, PERSISTENCE = "climatology", "persistence"
CONFLICTOLOGY, MARKOV, MODEL = "last 12 months", "two-state Markov", "model"
NAMES = (CLIMATOLOGY, PERSISTENCE, CONFLICTOLOGY, MARKOV, MODEL)
YEAR_DAYS = 365
LEAST_P = 1e-4
"""Probabilities are kept this far from 0 and 1 for the log score."""
BOOTSTRAP_COUNT = 2000
BLOCK_DAYS = 30


@dataclass(frozen=True)
class DayRecord:
    """An element's state on every day: `shut[k]` is that of `first` plus k days."""

    element_id: str
    first: dt.date
    shut: Bools
    age_days: Floats


def day_record(
    element_id: str, spells: Sequence[tuple[dt.date, dt.date]], first: dt.date, last: dt.date
) -> DayRecord:
    """Return daily states from half-open spells, and the age of the spell on days that are shut.

    A spell that begins and ends on one day shuts no day.
    """
    count = (last - first).days + 1
    shut = np.zeros(count, dtype=bool)
    age = np.zeros(count)
    for start, end in sorted(spells):
        low, high = max((start - first).days, 0), min((end - first).days, count)
        if high > low:
            fresh = np.flatnonzero(~shut[low:high]) + low
            shut[low:high] = True
            age[fresh] = fresh - (start - first).days
    return DayRecord(element_id, first, shut, age)


Ahead = Callable[[dt.date, str, bool, float], Sequence[float]]
"""(date, element, shut, age) to the chance of being shut at each horizon."""


@dataclass(frozen=True, slots=True)
class Score:
    """Brier and log scores of one forecast at one horizon; lower is better."""

    name: str
    horizon_days: int
    brier: float
    log_score: float


@dataclass(frozen=True)
class Backtest:
    """Scores of a sample of origins.

    Attributes
    ----------
    gain
        By horizon: (name of the best baseline, Brier of it less the model's, low, high), with a
        95 per cent block-bootstrap interval; above 0 the model is better.
    reliability
        (mean forecast, observed share, count) by decile of the model's forecasts at 7 days.
    """

    title: str
    origin_count: int
    element_ids: tuple[str, ...]
    first: dt.date
    last: dt.date
    scores: tuple[Score, ...]
    gain: Mapping[int, tuple[str, float, float, float]]
    reliability: tuple[tuple[float, float, int], ...]

    def score(self, name: str, horizon_days: int) -> Score:
        """Return one score."""
        return next(s for s in self.scores if (s.name, s.horizon_days) == (name, horizon_days))


def run_backtest(
    title: str,
    records: Sequence[DayRecord],
    ahead: Ahead,
    *,
    first: dt.date,
    last: dt.date,
    seed: int,
) -> Backtest:
    """Return scores of the model and its baselines on daily origins.

    Parameters
    ----------
    first, last
        First and last origin; targets must lie within the records.
    """
    forecasts: dict[str, list[Floats]] = {name: [] for name in NAMES}
    outcomes: list[Floats] = []
    for record in records:
        low, high = (first - record.first).days, (last - record.first).days
        origins = np.arange(low, high + 1)
        outcomes.append(
            np.stack([record.shut[origins + h] for h in HORIZONS_DAYS], axis=1).astype(float)
        )
        for name in NAMES:
            found = (
                _model(record, origins, ahead) if name == MODEL else baseline(name, record, origins)
            )
            forecasts[name].append(found)
    truth = np.concatenate(outcomes)
    p = {name: np.concatenate(found) for name, found in forecasts.items()}
    scores = [
        Score(name, h, *_scores(p[name][:, k], truth[:, k]))
        for name in NAMES
        for k, h in enumerate(HORIZONS_DAYS)
    ]
    days = (last - first).days + 1
    gain = {h: _gain(k, h, p, truth, days, seed) for k, h in enumerate(HORIZONS_DAYS)}
    return Backtest(
        title,
        len(truth),
        tuple(record.element_id for record in records),
        first,
        last,
        tuple(scores),
        gain,
        _reliability(p[MODEL][:, HORIZONS_DAYS.index(7)], truth[:, HORIZONS_DAYS.index(7)]),
    )


def _model(record: DayRecord, origins: npt.NDArray[np.int64], ahead: Ahead) -> Floats:
    return np.array(
        [
            ahead(
                record.first + dt.timedelta(days=int(t)),
                record.element_id,
                bool(record.shut[t]),
                float(record.age_days[t]),
            )
            for t in origins
        ]
    )


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


def _scores(p: Floats, truth: Floats) -> tuple[float, float]:
    kept = np.clip(p, LEAST_P, 1 - LEAST_P)
    log = -(truth * np.log(kept) + (1 - truth) * np.log(1 - kept))
    return float(np.mean((p - truth) ** 2)), float(np.mean(log))


def _gain(
    k: int, horizon_days: int, p: Mapping[str, Floats], truth: Floats, days: int, seed: int
) -> tuple[str, float, float, float]:
    """Return the best baseline and by how much the model beats it, with an interval."""
    errors = {name: (found[:, k] - truth[:, k]) ** 2 for name, found in p.items()}
    best = min((name for name in NAMES if name != MODEL), key=lambda name: errors[name].mean())
    # Blocks of days, all elements of a day together.
    by_day = (errors[best] - errors[MODEL]).reshape(-1, days).mean(axis=0)
    size = max(BLOCK_DAYS, horizon_days)
    random = stream(seed, "backtest", str(horizon_days))
    blocks = -(-days // size)
    starts = random.integers(0, days, size=(BOOTSTRAP_COUNT, blocks))
    wrapped = np.concatenate(([0.0], np.cumsum(np.concatenate((by_day, by_day[:size])))))
    sums = (wrapped[starts + size] - wrapped[starts]).sum(axis=1) / (blocks * size)
    low, high = np.quantile(sums, (0.025, 0.975))
    return best, float(by_day.mean()), float(low), float(high)


def _reliability(p: Floats, truth: Floats) -> tuple[tuple[float, float, int], ...]:
    edges = np.linspace(0, 1, 11)
    which = np.clip(np.digitize(p, edges) - 1, 0, 9)
    found = []
    for k in range(10):
        mine = which == k
        if mine.any():
            found.append((float(p[mine].mean()), float(truth[mine].mean()), int(mine.sum())))
    return tuple(found)
