"""Forecasts of monthly event counts, beside baselines, on the past only.

All forecasts are laws, scored exactly by the continuous ranked probability score; nothing is drawn
but the bootstrap. A gain is stated with an interval over blocks of months, since months of one year
resemble one another.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from karwan.base.bands import Band, Kind
from karwan.base.seeds import stream
from karwan.hazard.incidents import LEAST_MEAN, ewma, fit_dispersion, nb_cdf

if TYPE_CHECKING:
    import polars as pl

Floats = npt.NDArray[np.float64]

HORIZONS_MONTHS = (1, 3)
DISPERSION_MONTHS = 60
"""Months to which the dispersion is fitted: five years, so that an old war does not set today's."""
CONFLICTOLOGY_MONTHS = 12
BLOCK_MONTHS = 12
RESAMPLES = 2000
NB, POISSON, CONFLICTOLOGY, LAST, CLIMATOLOGY = (
    "negative binomial, EWMA mean",
    "Poisson, EWMA mean",
    "last 12 months (conflictology)",
    "last value, Poisson",
    "climatology",
)
NAMES = (NB, POISSON, CONFLICTOLOGY, LAST, CLIMATOLOGY)
TAIL_SDS = 30.0


@dataclass(frozen=True, kw_only=True)
class CountBacktest:
    """Scores by horizon in months and model.

    Attributes
    ----------
    crps
        Mean over origins and units.
    coverage_share
        Share of counts within the negative binomial's 90 % interval, by unit.
    gain
        Gain over conflictology as a share, with its 95 % interval.
    """

    unit_names: tuple[str, ...]
    origin_count: int
    crps: dict[int, dict[str, float]]
    coverage_share: dict[int, dict[str, float]]
    gain: dict[int, Band]

    def to_frame(self) -> pl.DataFrame:
        """Return the scores by forecast and horizon in months, in events; lower is better."""
        import polars as pl

        rows = [(name, h, crps) for h, scores in self.crps.items() for name, crps in scores.items()]
        return pl.DataFrame(rows, schema=["forecast", "horizon_months", "crps"], orient="row")


def run_count_backtest(
    counts: Mapping[str, Floats],
    first_origin: int,
    *,
    seed: int = 0,
    dispersion_months: int = DISPERSION_MONTHS,
) -> CountBacktest:
    """Return scores of forecasts made at the end of each month from the first origin on.

    Parameters
    ----------
    counts
        Events by month, whole numbers, of each unit; every month covered.
    first_origin
        Index of the first month at whose end a forecast is made.
    """
    length = min(series.size for series in counts.values())
    origins = range(first_origin, length - max(HORIZONS_MONTHS))
    crps, covered, gain = {}, {}, {}
    for h in HORIZONS_MONTHS:
        scores = {name: np.zeros((len(counts), len(origins))) for name in NAMES}
        inside = np.zeros((len(counts), len(origins)))
        for unit, series in enumerate(counts.values()):
            recent = ewma(series, np.ones(series.size, dtype=bool)).mean_count
            for n, t in enumerate(origins):
                one = _scores(series, recent, t, h, dispersion_months)
                inside[unit, n] = one.pop("inside")
                for name in NAMES:
                    scores[name][unit, n] = one[name]
        crps[h] = {name: float(np.mean(scores[name])) for name in NAMES}
        covered[h] = {name: float(np.mean(inside[u])) for u, name in enumerate(counts)}
        gain[h] = _gain(scores[NB].mean(axis=0), scores[CONFLICTOLOGY].mean(axis=0), seed, h)
    return CountBacktest(
        unit_names=tuple(counts),
        origin_count=len(origins),
        crps=crps,
        coverage_share=covered,
        gain=gain,
    )


def _scores(
    series: Floats, recent: Floats, t: int, h: int, dispersion_months: int
) -> dict[str, float]:
    """Return the scores of all models for one origin, and whether the count was covered."""
    seen = float(series[t + h])
    mean = max(float(recent[t]), LEAST_MEAN)
    begin = max(0, t + 1 - h - dispersion_months)
    k = fit_dispersion(series[begin + h : t + 1], recent[begin : t + 1 - h])
    grid = np.arange(_top(mean, k, seen), dtype=float)
    cdf = nb_cdf(grid, mean, k)
    low, high = np.searchsorted(cdf, (0.05, 0.95))
    return {
        NB: crps_of_cdf(cdf, seen),
        POISSON: crps_of_cdf(_poisson_cdf(mean, seen), seen),
        CONFLICTOLOGY: crps_of_sample(series[t + 1 - CONFLICTOLOGY_MONTHS : t + 1], seen),
        LAST: crps_of_cdf(_poisson_cdf(float(series[t]), seen), seen),
        CLIMATOLOGY: crps_of_sample(series[: t + 1], seen),
        "inside": float(low <= seen <= high),
    }


def _top(mean: float, k: float, seen: float) -> int:
    return int(max(seen, mean + TAIL_SDS * np.sqrt(mean + mean**2 / k))) + 2


def _poisson_cdf(mean: float, seen: float) -> Floats:
    from scipy.special import pdtr

    top = int(max(seen, mean + TAIL_SDS * np.sqrt(mean))) + 2
    return np.asarray(pdtr(np.arange(top), mean))


def crps_of_cdf(cdf: Floats, seen: float) -> float:
    """Return the CRPS of a law on 0, 1, 2…, given as its distribution far into the tail."""
    return float(np.sum((cdf - (np.arange(cdf.size) >= seen)) ** 2))


def crps_of_sample(values: Floats, seen: float) -> float:
    """Return the CRPS of a law that gives each value the same chance.

    Examples
    --------
    >>> crps_of_sample(np.array([0.0, 2.0]), 1.0)
    0.5
    """
    x = np.sort(values)
    n = x.size
    spread = np.sum((2 * np.arange(1, n + 1) - n - 1) * x) / n**2
    return float(np.mean(np.abs(x - seen)) - spread)


def _gain(model: Floats, baseline: Floats, seed: int, horizon_months: int) -> Band:
    """Return the gain as a share of the baseline's score, with an interval over blocks."""
    random = stream(seed, "counts", "gain", str(horizon_months))
    starts = random.integers(0, model.size, (RESAMPLES, -(-model.size // BLOCK_MONTHS)))
    picks = (starts[:, :, None] + np.arange(BLOCK_MONTHS)) % model.size
    picks = picks.reshape(RESAMPLES, -1)[:, : model.size]
    gains = 1 - model[picks].mean(axis=1) / baseline[picks].mean(axis=1)
    low, high = np.quantile(gains, (0.025, 0.975))
    gain = float(1 - model.mean() / baseline.mean())
    return Band(float(low), gain, float(high), Kind.interval)
