"""How long a closure lasts: ordinary ones by days and weeks, structural ones by months and years.

A log-logistic law fitted to the closures before October 2025 gave one of 358 days a chance of
0.002. The law here has two parts, both fitted: with weight 1 - w an ordinary closure, with weight
w a structural one, both log-logistic. The older a closure grows, the likelier it is structural,
without any further rule. Means are unstable or infinite: only quantiles and shares are reported.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Self

import numpy as np
import numpy.typing as npt

from karwan.base.cache import keep_json, kept_json, key_of
from karwan.base.errors import FitError
from karwan.base.words import counted
from karwan.hazard.history import FEWEST_DAYS
from karwan.hazard.law import LONGEST_DAYS, Bools, Floats

ORDINARY_DAYS, ORDINARY_SHAPE = 5.5, 1.7
"""Prior of ordinary closures, "days and weeks": nine in ten between a day and a month."""
STRUCTURAL_DAYS, STRUCTURAL_SHAPE = 420.0, 1.5
"""Prior of structural closures, "months and years": nine in ten between two months and eight
years. Of a log-logistic, nine in ten lie within 19^(1/shape) times the median, either way."""
MEDIAN_SD_LOG, SHAPE_SD_LOG = 1.0, 0.5
"""How loosely the priors hold: medians to a factor of 7, shapes to one of 2.7, with 95 per cent.
What the record knows by the date moves them."""
STRUCTURAL_PRIOR = (1.0, 9.0)
"""Beta prior of w, worth ten closures: it keeps a record without a long closure from saying that
there can be none."""
FEWEST_ENDED = 3
KEPT = "lengths"
"""Kind under which fitted laws are kept between runs."""
HALF_CHI_SQUARE_95 = 1.9207
"""Half the 95 per cent point of chi-square with one degree of freedom."""


@dataclass(frozen=True, slots=True)
class LogLogistic:
    """A length in days: S(t) = 1 / (1 + (t / scale)^shape)."""

    scale_days: float
    shape: float

    def survival(self, days: Floats | float) -> Floats:
        """Return the share that lasts longer than so many days."""
        ratio = np.maximum(np.asarray(days, dtype=np.float64), 0.0) / self.scale_days
        return np.asarray(1 / (1 + ratio**self.shape))

    def log_survival(self, days: Floats | float) -> Floats:
        """Return the log of the share that lasts longer than so many days."""
        ratio = np.maximum(np.asarray(days, dtype=np.float64), 0.0) / self.scale_days
        return np.asarray(-np.log1p(ratio**self.shape))

    def log_density(self, days: Floats) -> Floats:
        """Return the log of the density at lengths in days."""
        ratio = np.asarray(days, dtype=np.float64) / self.scale_days
        log_power = self.shape * np.log(ratio)
        return np.asarray(np.log(self.shape / days) + log_power - 2 * np.logaddexp(0.0, log_power))

    def quantile(self, share: Floats | float) -> Floats:
        """Return the days by which a share has ended."""
        u = np.asarray(share, dtype=np.float64)
        return np.asarray(self.scale_days * (u / (1 - u)) ** (1 / self.shape))

    def later(self, age_days: Floats | float, share: Floats | float) -> Floats:
        """Return the days by which a share of those older than an age has ended."""
        s = self.survival(age_days) * (1 - np.asarray(share, dtype=np.float64))
        return self.quantile(1 - s)


@dataclass(frozen=True, slots=True, kw_only=True)
class Lengths:
    """The two-part law of closure lengths; `event_count` says on how many it rests."""

    ordinary: LogLogistic
    structural: LogLogistic
    structural_share: float
    event_count: int
    ended_count: int

    def survival(self, days: Floats | float) -> Floats:
        """Return the share that lasts longer than so many days."""
        w = self.structural_share
        return np.asarray(
            (1 - w) * self.ordinary.survival(days) + w * self.structural.survival(days)
        )

    def structural_share_at(self, age_days: float) -> float:
        """Return how likely a closure of an age is structural."""
        w = self.structural_share
        old = w * float(self.structural.survival(age_days))
        return old / float(self.survival(age_days))

    def moved(self, shift_log: float, structural_share: float) -> Lengths:
        """Return the law with the ordinary scale moved on the log scale, and another share."""
        scale = float(self.ordinary.scale_days * np.exp(shift_log))
        return replace(
            self,
            ordinary=replace(self.ordinary, scale_days=scale),
            structural_share=structural_share,
        )

    def log_likelihoods(
        self, days: Floats, ended: Bools, shifts_log: Floats, log_odds: Floats
    ) -> Floats:
        """Return the log likelihood of lengths, the ordinary ones moved, at log-odds of structural.

        Shape (n, n_shifts, n_odds).
        """
        moved = [
            replace(self.ordinary, scale_days=self.ordinary.scale_days * float(np.exp(shift)))
            for shift in shifts_log
        ]
        ordinary = np.stack([log_likelihood(law, days, ended) for law in moved], axis=1)
        structural = log_likelihood(self.structural, days, ended)
        log_w = -np.logaddexp(0.0, -log_odds)
        log_rest = -np.logaddexp(0.0, log_odds)
        return np.asarray(
            np.logaddexp(log_rest + ordinary[:, :, None], log_w + structural[:, None, None])
        )

    @classmethod
    def draw_each(
        cls, laws: Sequence[Self], which: npt.NDArray[np.intp], random: np.random.Generator
    ) -> Floats:
        """Return a length in days by each of the laws named, shape of `which`."""
        w = np.array([law.structural_share for law in laws])[which]
        scale = np.array([law.ordinary.scale_days for law in laws])[which]
        shape = np.array([law.ordinary.shape for law in laws])[which]
        long_scale = np.array([law.structural.scale_days for law in laws])[which]
        long_shape = np.array([law.structural.shape for law in laws])[which]
        is_structural = random.random(which.size) < w
        u = random.random(which.size)
        odds = u / (1 - u)
        found = np.where(is_structural, long_scale, scale) * odds ** (
            1 / np.where(is_structural, long_shape, shape)
        )
        return np.minimum(found, LONGEST_DAYS)

    def draw_remaining(self, age_days: float, count: int, random: np.random.Generator) -> Floats:
        """Return draws of the days that a closure of an age still lasts, shape (count,)."""
        is_structural = random.random(count) < self.structural_share_at(age_days)
        u = random.random(count)
        found = np.where(
            is_structural, self.structural.later(age_days, u), self.ordinary.later(age_days, u)
        )
        return np.minimum(found, LONGEST_DAYS) - age_days


def fit_lengths(days: Sequence[float], ended: Sequence[bool]) -> Lengths:
    """Return the two-part law with the greatest posterior for lengths, some cut off.

    Where few have ended, or none is known, the priors answer.

    Parameters
    ----------
    days
        Shape (n,): length, or the days seen so far where it has not ended.
    ended
        Shape (n,): False where the end is not known; such a length says "longer than".
    """
    lengths, is_ended = _lengths(days, ended)
    key = key_of(
        json.dumps([lengths.tolist(), is_ended.tolist()]),
        rooms=("hazard/durations.py",), libraries=("numpy", "scipy"),
    )  # fmt: skip
    kept = kept_json(KEPT, key)
    best = _best_lengths(lengths, is_ended) if kept is None else kept
    if kept is None:
        keep_json(KEPT, key, best)
    return Lengths(
        ordinary=LogLogistic(best[0], best[1]),
        structural=LogLogistic(best[2], best[3]),
        structural_share=best[4],
        event_count=len(lengths),
        ended_count=int(is_ended.sum()),
    )


def _best_lengths(lengths: Floats, is_ended: Bools) -> list[float]:
    """Return scale and shape of ordinary and of structural lengths, and the structural share."""
    from scipy.optimize import minimize

    a, b = STRUCTURAL_PRIOR
    centre = np.log([ORDINARY_DAYS, ORDINARY_SHAPE, STRUCTURAL_DAYS, STRUCTURAL_SHAPE])
    spread = np.array([MEDIAN_SD_LOG, SHAPE_SD_LOG, MEDIAN_SD_LOG, SHAPE_SD_LOG])

    def loss(x: Floats) -> float:
        ordinary = LogLogistic(float(np.exp(x[0])), float(np.exp(x[1])))
        structural = LogLogistic(float(np.exp(x[3])), float(np.exp(x[4])))
        log_w, log_rest = -np.logaddexp(0.0, -x[2]), -np.logaddexp(0.0, x[2])
        each = np.logaddexp(
            log_rest + log_likelihood(ordinary, lengths, is_ended),
            log_w + log_likelihood(structural, lengths, is_ended),
        )
        apart = (x[[0, 1, 3, 4]] - centre) / spread
        prior = a * log_w + b * log_rest - 0.5 * float(apart @ apart)  # Beta in the log-odds of w
        return float(-(np.sum(each) + prior))

    start = np.array([centre[0], centre[1], -2.0, centre[2], centre[3]])
    found = np.asarray(minimize(loss, start, method="BFGS", options={"gtol": 1e-4}).x)
    return [*np.exp(found[[0, 1, 3, 4]]).tolist(), float(1 / (1 + np.exp(-found[2])))]


@dataclass(frozen=True, slots=True)
class LawInterval:
    """95 per cent intervals of a log-logistic's median in days and of its shape."""

    scale_days: tuple[float, float]
    shape: tuple[float, float]


def log_logistic_interval(days: Sequence[float], ended: Sequence[bool]) -> LawInterval:
    """Return 95 per cent intervals of scale and shape by the likelihood ratio.

    An end of an interval is where the likelihood, the other parameter at its best, has fallen by
    half the chi-square point: it needs no symmetry, which 25 closures do not give.
    """
    from scipy.optimize import brentq, minimize_scalar

    lengths, is_ended = _checked(days, ended)
    loss = _log_logistic_loss(lengths, is_ended)
    best = least(loss, np.array([np.log(np.median(lengths)), 0.0]))
    lowest = loss(best)

    def ends(axis: int) -> tuple[float, float]:
        def excess(value: float) -> float:
            def along(other: float) -> float:
                return loss(np.array([value, other] if axis == 0 else [other, value]))

            near = float(best[1 - axis])
            found = minimize_scalar(along, bracket=(near - 0.2, near + 0.2), tol=1e-4)
            return float(found.fun) - lowest - HALF_CHI_SQUARE_95

        middle = float(best[axis])
        low, high = (
            float(np.exp(brentq(excess, middle, _beyond(excess, middle, step), xtol=1e-4)))
            for step in (-0.25, 0.25)
        )
        return low, high

    return LawInterval(ends(0), ends(1))


def _beyond(excess: Callable[[float], float], start: float, step: float) -> float:
    """Return the first point, step by step, at which the likelihood has fallen far enough."""
    at = start + step
    while excess(at) < 0:
        step *= 1.5
        at += step
    return at


def _log_logistic_loss(lengths: Floats, is_ended: Bools) -> Callable[[Floats], float]:
    def loss(x: Floats) -> float:
        law = LogLogistic(float(np.exp(x[0])), float(np.exp(x[1])))
        return float(-np.sum(log_likelihood(law, lengths, is_ended)))

    return loss


def log_likelihood(law: LogLogistic, lengths: Floats, is_ended: Bools) -> Floats:
    """Return the log likelihood of each length in days; one cut off says "longer than"."""
    return np.where(is_ended, law.log_density(lengths), law.log_survival(lengths))


def _lengths(days: Sequence[float], ended: Sequence[bool]) -> tuple[Floats, Bools]:
    lengths = np.maximum(np.asarray(days, dtype=np.float64), FEWEST_DAYS)
    return lengths, np.asarray(ended, dtype=bool)


def _checked(days: Sequence[float], ended: Sequence[bool]) -> tuple[Floats, Bools]:
    lengths, is_ended = _lengths(days, ended)
    if int(is_ended.sum()) < FEWEST_ENDED:
        msg = (
            f"{counted(int(is_ended.sum()), 'closure')} with a known end; a law of lengths needs "
            f"{FEWEST_ENDED}."
        )
        raise FitError(msg)
    return lengths, is_ended


def least(loss: Callable[[Floats], float], start: Floats) -> Floats:
    """Return the point at which a smooth loss of few parameters is least (Nelder-Mead)."""
    from scipy.optimize import minimize

    return np.asarray(minimize(loss, start, method="Nelder-Mead", tol=1e-9).x)
