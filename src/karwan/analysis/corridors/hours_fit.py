"""Fit the law of hours to journeys that happened, and score what is foreseen of one left out.

A journey is its published parts, X, times a lognormal factor F: its clock tells that X F lay within
half its resolution of the hours printed, and the likelihood is the probability of that. Each event
weighs 1, however many rows tell of it. A stand W, lognormal and added once for each journey, is
tried beside: it ships only if it foresees better what it has not seen. Fits are searched on a fixed
grid, so that the same journeys always give the same law; what the events leave open of it is drawn
by bootstrap of whole events.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt

from karwan.base.reprs import short_repr
from karwan.route.distribution import Hours, JourneyLaw

Floats = npt.NDArray[np.float64]
Foresee = Callable[["Sample"], Floats]
"""From a sample to the shares of `LOG_GRID` that lie below each of its points."""

NODES = 24
"""Points of equal probability that stand for the parts of a journey."""
LOG_MEDIANS = np.round(np.arange(-0.5, 0.8001, 0.01), 6)
LOG_SDS = np.round(np.arange(0.05, 0.8001, 0.01), 6)
COARSE = 4
"""Every so many steps of the two grids are tried where a stand is fitted as well."""
STAND_MEDIANS_HOURS = (0.5, 1.0, 2.0, 4.0, 6.0, 8.0, 12.0, 16.0, 24.0, 32.0)
STAND_LOG_SD = 1.2
STAND_NODES = 8
SHORTEST_HOURS = 0.25
LEAST_SHARE = 1e-300
DRAWS = 300
SEED = 20261126
LOG_GRID = np.linspace(math.log(1.0), math.log(40_000.0), 4240)
"""Logs of hours on which what is foreseen is scored: steps of 0.0025."""


@dataclass(frozen=True, kw_only=True)
class Sample:
    """A journey that happened, beside its published parts.

    Attributes
    ----------
    observed_hours, resolution_hours
        As printed by its clock, and how exact that is.
    node_hours
        Shape (NODES,): quantiles of the sum of its parts, of equal probability.
    traits
        Words for what it was, by which effects are told apart: its mode, kind of run, season.
    """

    id: str
    event_id: str
    observed_hours: float
    resolution_hours: float
    node_hours: Floats
    distance_km: float
    mode: str
    traits: frozenset[str] = frozenset()

    __repr__ = short_repr

    @property
    def ends_hours(self) -> tuple[float, float]:
        """Between which hours it took, as its clock tells."""
        half = self.resolution_hours / 2
        return max(self.observed_hours - half, SHORTEST_HOURS), self.observed_hours + half

    @property
    def median_hours(self) -> float:
        """Median of the sum of its parts."""
        return float(np.median(self.node_hours))


def nodes_of(hours: Hours) -> Floats:
    """Return the quantiles that stand for a distribution, shape (NODES,)."""
    return np.array([hours.quantile((k + 0.5) / NODES) for k in range(NODES)])


@dataclass(frozen=True, slots=True, kw_only=True)
class LawFit:
    """A law of hours as fitted.

    Attributes
    ----------
    open_log_sd
        Standard deviation over bootstrapped events of the log of the median.
    stand_hours
        Median of the stand; 0 where none is fitted.
    """

    median_ratio: float
    log_sd: float
    open_log_sd: float = 0.0
    stand_hours: float = 0.0

    @property
    def law(self) -> JourneyLaw:
        """The law to foresee with: its spread holds what the events leave open of its median."""
        return JourneyLaw(self.median_ratio, math.hypot(self.log_sd, self.open_log_sd))


@dataclass(frozen=True, slots=True, kw_only=True)
class Interval:
    """P05, P50 and P95 over bootstrapped events."""

    p05: float
    p50: float
    p95: float


@dataclass(frozen=True)
class LawFitter:
    """Fits the law to samples: likelihoods on the grid, computed once for all that are left out.

    Attributes
    ----------
    samples
        Of at least one event.
    """

    samples: tuple[Sample, ...]
    seed: int = SEED
    draws: int = DRAWS

    @cached_property
    def events(self) -> tuple[str, ...]:
        """The events, in the order of their names."""
        return tuple(sorted({one.event_id for one in self.samples}))

    @cached_property
    def _plain(self) -> Floats:
        """Log likelihood by event, log median and log sd, shape (E, F, S)."""
        return self._by_event(sample_log_likelihood)

    @cached_property
    def _with_stand(self) -> Floats:
        """The same by event, stand, log median and log sd, shape (E, W, F', S')."""
        return self._by_event(sample_log_likelihood_with_stand)

    def _by_event(self, one: Callable[[Sample], Floats]) -> Floats:
        tables = {sample.id: one(sample) for sample in self.samples}
        return np.array(
            [
                np.mean([tables[s.id] for s in self.samples if s.event_id == event], axis=0)
                for event in self.events
            ]
        )

    def fit(self, *, left_out: str = "") -> LawFit:
        """Return the law of most likelihood, without one event if it is named."""
        kept = self._kept(left_out)
        median, sd = _best(self._plain[kept].sum(axis=0))
        drawn = self._drawn(kept)
        return LawFit(
            median_ratio=math.exp(median), log_sd=sd, open_log_sd=float(np.std(drawn[:, 0]))
        )

    def spread_about_one(self, *, left_out: str = "") -> tuple[float, float]:
        """Return the log sd of a law whose median is 1: of most likelihood, and its P95.

        The second is over bootstrapped events: how wide it may be, for all that they tell.
        """
        one = int(np.argmin(np.abs(LOG_MEDIANS)))
        tables = self._plain[self._kept(left_out), one]
        counts = self._counts(len(tables)).astype(np.float64)
        drawn = LOG_SDS[np.argmax(counts @ tables, axis=1)]
        return float(LOG_SDS[int(np.argmax(tables.sum(axis=0)))]), float(np.quantile(drawn, 0.95))

    def fit_with_stand(self, *, left_out: str = "") -> LawFit:
        """Return the law with a stand of most likelihood."""
        total = self._with_stand[self._kept(left_out)].sum(axis=0)
        stand, median, sd = np.unravel_index(int(np.argmax(total)), total.shape)
        return LawFit(
            median_ratio=math.exp(LOG_MEDIANS[::COARSE][median]),
            log_sd=float(LOG_SDS[::COARSE][sd]),
            stand_hours=STAND_MEDIANS_HOURS[stand],
        )

    def fit_beside(self, stated: Sequence[Sample]) -> tuple[LawFit, float]:
        """Return the law where statements share its spread, and the median ratio of statements.

        Statements have a location of their own, so they widen the law and never move it.
        """
        theirs = LawFitter(tuple(stated), self.seed, self.draws)
        own, other = self._plain.sum(axis=0), theirs._plain.sum(axis=0)
        best = int(np.argmax(own.max(axis=0) + other.max(axis=0)))
        median = LOG_MEDIANS[int(np.argmax(own[:, best]))]
        stated_median = LOG_MEDIANS[int(np.argmax(other[:, best]))]
        fit = LawFit(median_ratio=math.exp(median), log_sd=float(LOG_SDS[best]))
        return fit, math.exp(stated_median)

    def intervals(self) -> tuple[Interval, Interval]:
        """Return what bootstrapped events say of median ratio and log sd."""
        drawn = self._drawn(self._kept(""))
        low, middle, high = (np.quantile(drawn, share, axis=0) for share in (0.05, 0.5, 0.95))
        return (
            Interval(p05=math.exp(low[0]), p50=math.exp(middle[0]), p95=math.exp(high[0])),
            Interval(p05=float(low[1]), p50=float(middle[1]), p95=float(high[1])),
        )

    def effects(self) -> dict[str, Interval]:
        """Return by trait how many times longer its events took, beyond the law, than others."""
        logs = {
            event: float(
                np.mean(
                    [
                        math.log(s.observed_hours / s.median_hours)
                        for s in self.samples
                        if s.event_id == event
                    ]
                )
            )
            for event in self.events
        }
        values = np.array([logs[event] for event in self.events])
        drawn = self._counts(len(values))
        effects = {}
        for trait in sorted({trait for one in self.samples for trait in one.traits}):
            having = np.array(
                [any(trait in s.traits for s in self.samples if s.event_id == e)
                 for e in self.events]
            )  # fmt: skip
            if not FEWEST_EVENTS <= having.sum() <= len(values) - FEWEST_EVENTS:
                continue
            inside, outside = drawn * having, drawn * ~having
            sound = (inside.sum(axis=1) > 0) & (outside.sum(axis=1) > 0)
            differences = (inside @ values)[sound] / inside.sum(axis=1)[sound] - (outside @ values)[
                sound
            ] / outside.sum(axis=1)[sound]
            low, middle, high = np.exp(np.quantile(differences, (0.05, 0.5, 0.95)))
            effects[trait] = Interval(p05=float(low), p50=float(middle), p95=float(high))
        return effects

    def _kept(self, left_out: str) -> npt.NDArray[np.bool_]:
        return np.array([event != left_out for event in self.events])

    def _counts(self, count: int) -> npt.NDArray[np.int64]:
        """Return how often each of so many events is drawn, shape (draws, count)."""
        rng = np.random.default_rng(self.seed)
        return rng.multinomial(count, np.full(count, 1 / count), size=self.draws)

    def _drawn(self, kept: npt.NDArray[np.bool_]) -> Floats:
        """Return log median and log sd fitted to bootstrapped events, shape (draws, 2)."""
        tables = self._plain[kept]
        counts = self._counts(len(tables)).astype(np.float64)
        totals = counts @ tables.reshape(len(tables), -1)
        medians, sds = np.unravel_index(np.argmax(totals, axis=1), tables.shape[1:])
        return np.column_stack([LOG_MEDIANS[medians], LOG_SDS[sds]])


FEWEST_EVENTS = 3
"""Fewest events with and without a trait for which its effect is told."""


def _best(total: Floats) -> tuple[float, float]:
    median, sd = np.unravel_index(int(np.argmax(total)), total.shape)
    return float(LOG_MEDIANS[median]), float(LOG_SDS[sd])


def sample_log_likelihood(sample: Sample) -> Floats:
    """Return the log of the share of journeys within the clock's resolution, shape (F, S)."""
    return _logs(_share(sample, LOG_MEDIANS, LOG_SDS, np.zeros(1))[0])


def sample_log_likelihood_with_stand(sample: Sample) -> Floats:
    """Return the same by median of the stand, on the coarse grid, shape (W, F', S')."""
    medians, sds = LOG_MEDIANS[::COARSE], LOG_SDS[::COARSE]
    return np.array(
        [
            _logs(_share(sample, medians, sds, stand_nodes(hours)).mean(axis=0))
            for hours in STAND_MEDIANS_HOURS
        ]
    )


def stand_nodes(median_hours: float) -> Floats:
    """Return hours of equal probability that stand for a lognormal stand; 0 for none."""
    from scipy.special import ndtri

    if not median_hours:
        return np.zeros(1)
    shares = (np.arange(STAND_NODES) + 0.5) / STAND_NODES
    return np.asarray(median_hours * np.exp(STAND_LOG_SD * ndtri(shares)))


def _share(sample: Sample, medians: Floats, sds: Floats, stands: Floats) -> Floats:
    """Return the share within the clock's resolution by stand, log median and log sd."""
    from scipy.special import ndtr

    low, high = sample.ends_hours
    logs = np.log(sample.node_hours)[:, None, None]
    shares = []
    for stand in stands:
        ends = np.log(np.maximum(np.array([low, high]) - stand, SHORTEST_HOURS / 10))
        z = [(end - logs - medians[None, :, None]) / sds[None, None, :] for end in ends]
        shares.append((ndtr(z[1]) - ndtr(z[0])).mean(axis=0))
    return np.array(shares)


def _logs(shares: Floats) -> Floats:
    return np.log(np.maximum(shares, LEAST_SHARE))


def foreseen(sample: Sample, fit: LawFit | None) -> Floats:
    """Return the shares of `LOG_GRID` below each point; without a fit those of the parts alone."""
    from scipy.special import ndtr

    law = fit.law if fit is not None else JourneyLaw()
    logs = np.log(sample.node_hours)[:, None] + math.log(law.median_ratio)
    sd = max(law.log_sd, _node_gap(sample))
    shares = []
    for stand in stand_nodes(fit.stand_hours if fit is not None else 0.0):
        at = np.log(np.maximum(np.exp(LOG_GRID) - stand, SHORTEST_HOURS / 10))
        shares.append(ndtr((at[None, :] - logs) / sd).mean(axis=0))
    return np.asarray(np.mean(shares, axis=0))


def _node_gap(sample: Sample) -> float:
    """Return a smoothing as wide as two nodes lie apart, so that the parts alone are no stairs."""
    spread = float(np.log(sample.node_hours[-1] / sample.node_hours[0]))
    return max(spread / NODES, 1e-3)


@dataclass(frozen=True, slots=True, kw_only=True)
class Score:
    """How well events were foreseen, each at weight 1 and by the share of its rows.

    Attributes
    ----------
    crps
        Mean continuous ranked probability score of the log of hours; less is better.
    covered
        Events within the central 50, 80 and 90 per cent, by per cent.
    width_ratio
        Median of P95 over P05.
    """

    event_count: int
    crps: float
    covered: Mapping[int, float]
    width_ratio: float


COVERAGES = (50, 80, 90)


def score_hours(samples: Sequence[Sample], foresee: Foresee) -> Score:
    """Return the score of what is foreseen of samples."""
    by_event: dict[str, list[tuple[float, ...]]] = {}
    for one in samples:
        below = foresee(one)
        observed = math.log(one.observed_hours)
        inside = [
            quantile_of(below, 0.5 - width / 200)
            <= observed
            <= quantile_of(below, 0.5 + width / 200)
            for width in COVERAGES
        ]
        spread = math.exp(quantile_of(below, 0.95) - quantile_of(below, 0.05))
        by_event.setdefault(one.event_id, []).append((crps(below, observed), spread, *inside))
    means = np.array([np.mean(np.array(rows, dtype=float), axis=0) for rows in by_event.values()])
    shares = means.mean(axis=0)
    return Score(
        event_count=len(means),
        crps=float(shares[0]),
        covered={width: float(share) for width, share in zip(COVERAGES, shares[2:], strict=True)},
        width_ratio=float(np.median(means[:, 1])),
    )


def crps(below: Floats, observed_log: float) -> float:
    """Return the continuous ranked probability score of a distribution on `LOG_GRID`.

    The integral of the squared difference of its distribution function and that of the observation
    (Gneiting and Raftery 2007, equation 20).
    """
    step = LOG_GRID[1] - LOG_GRID[0]
    return float(np.sum((below - (observed_log <= LOG_GRID)) ** 2) * step)


def quantile_of(below: Floats, share: float) -> float:
    """Return the log of hours below which a share lies."""
    return float(np.interp(share, below, LOG_GRID))


def lognormal_below(median_hours: float, log_sd: float) -> Floats:
    """Return a lognormal on `LOG_GRID`."""
    from scipy.special import ndtr

    return np.asarray(ndtr((LOG_GRID - math.log(median_hours)) / max(log_sd, 1e-3)))


def quantiles_below(quantile_hours: Mapping[float, float]) -> Floats:
    """Return a distribution on `LOG_GRID` through its quantiles, straight in normal scores."""
    from scipy.special import ndtr, ndtri

    shares = sorted(quantile_hours)
    scores = ndtri(np.array(shares))
    logs = np.log([quantile_hours[share] for share in shares])
    slopes = np.diff(scores) / np.diff(logs)
    inner = np.interp(LOG_GRID, logs, scores)
    low = scores[0] + (LOG_GRID - logs[0]) * slopes[0]
    high = scores[-1] + (LOG_GRID - logs[-1]) * slopes[-1]
    z = np.select([logs[0] > LOG_GRID, logs[-1] < LOG_GRID], [low, high], inner)
    return np.asarray(ndtr(z))


NEAREST_EVENTS = 3


def by_speed(samples: Sequence[Sample]) -> Foresee:
    """Return a plain rival: km over a speed of the mode, times a lognormal, of other events."""

    def foresee(one: Sample) -> Floats:
        others = [s for s in samples if s.event_id != one.event_id]
        alike = [s for s in others if s.mode == one.mode]
        known = alike if len({s.event_id for s in alike}) >= FEWEST_EVENTS else others
        logs = _event_means({s.event_id: [] for s in known}, known)
        spread = float(np.std(logs, ddof=1))
        return lognormal_below(one.distance_km / math.exp(float(np.mean(logs))), spread)

    return foresee


def by_nearest(samples: Sequence[Sample]) -> Foresee:
    """Return a plain rival: the median speed of the three events nearest in km and mode."""

    def foresee(one: Sample) -> Floats:
        others = [s for s in samples if s.event_id != one.event_id]
        errors = [math.log(s.distance_km / s.observed_hours / _near(s, others)) for s in others]
        return lognormal_below(one.distance_km / _near(one, others), float(np.std(errors)))

    return foresee


def _near(one: Sample, others: Sequence[Sample]) -> float:
    """Return the median speed in km/h of the events nearest to a journey, its own left out."""
    ranked = sorted(
        (s for s in others if s.event_id != one.event_id),
        key=lambda s: (s.mode != one.mode, abs(math.log(s.distance_km / one.distance_km)), s.id),
    )
    speeds: dict[str, float] = {}
    for s in ranked:
        speeds.setdefault(s.event_id, s.distance_km / s.observed_hours)
    return float(np.median(list(speeds.values())[:NEAREST_EVENTS]))


def _event_means(by_event: dict[str, list[float]], samples: Sequence[Sample]) -> Floats:
    """Return the mean log speed of each event."""
    for s in samples:
        by_event[s.event_id].append(math.log(s.distance_km / s.observed_hours))
    return np.array([np.mean(logs) for logs in by_event.values()])
