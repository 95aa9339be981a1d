"""How long a closure lasts: ordinary ones by days and weeks, structural ones by months and years.

A log-logistic law fitted to the closures before October 2025 gave one of 358 days a chance of
0.002. The law here has two parts: with weight 1 - w an ordinary closure (log-logistic, fitted),
with weight w a structural one (log-logistic, its shape and scale stated). The older a closure
grows, the likelier it is structural, without any further rule. Means are unstable or infinite:
only quantiles and shares are reported.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from karwan.base.errors import FitError

Floats = npt.NDArray[np.float64]

STRUCTURAL_SCALE_DAYS = 365.0
STRUCTURAL_SHAPE = 1.0
"""Estimate (grade C): Ghulam Khan was shut about 46 months, Angoor Adda 24 to 29, Kharlachi six,
the gates of October 2025 a year and running (reference note on security, sections 1.2 and 1.3). The
shape is below that of ordinary closures, so that no ordinary one outlasts it in the tail."""
STRUCTURAL_PRIOR = (1.0, 9.0)
"""Beta prior of w: one closure in ten, worth ten closures."""
FEWEST_DAYS = 0.5
"""A closure of some hours counts for half a day."""
LONGEST_DAYS = 36_500.0


@dataclass(frozen=True, slots=True)
class LogLogistic:
    """A length in days: S(t) = 1 / (1 + (t / scale)^shape)."""

    scale_days: float
    shape: float

    def survival(self, days: Floats | float) -> Floats:
        """Return the share that lasts longer than so many days."""
        ratio = np.maximum(np.asarray(days, dtype=np.float64), 0.0) / self.scale_days
        return np.asarray(1 / (1 + ratio**self.shape))

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


@dataclass(frozen=True, slots=True)
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

    def survival_after(self, age_days: float, days: Floats | float) -> Floats:
        """Return the share of closures of an age that last so many days more."""
        further = age_days + np.asarray(days, dtype=np.float64)
        return np.asarray(self.survival(further) / self.survival(age_days))

    def structural_share_at(self, age_days: float) -> float:
        """Return how likely a closure of an age is structural."""
        w = self.structural_share
        old = w * float(self.structural.survival(age_days))
        return old / float(self.survival(age_days))

    def structural_share_of(self, days: float) -> float:
        """Return how likely a closure that ended after so many days was structural."""
        at = np.array([max(days, FEWEST_DAYS)])
        w = self.structural_share
        rare = w * float(np.exp(self.structural.log_density(at))[0])
        usual = (1 - w) * float(np.exp(self.ordinary.log_density(at))[0])
        return rare / (rare + usual)

    def with_share(self, structural_share: float) -> Lengths:
        """Return the law with another share of structural closures."""
        return replace(self, structural_share=structural_share)

    def remaining_quantile(self, age_days: float, share: float) -> float | None:
        """Return the further days by which a share has ended; None beyond a hundred years."""
        if float(self.survival_after(age_days, LONGEST_DAYS)) > 1 - share:
            return None
        low, high = 0.0, LONGEST_DAYS
        for _ in range(80):
            middle = (low + high) / 2
            ended = 1 - float(self.survival_after(age_days, middle))
            low, high = (middle, high) if ended < share else (low, middle)
        return high

    def draw_remaining(
        self,
        age_days: float,
        count: int,
        random: np.random.Generator,
        *,
        structural_share: Floats | None = None,
    ) -> Floats:
        """Return draws of the days that a closure of an age still lasts, shape (count,).

        Parameters
        ----------
        structural_share
            Shape (count,), in place of the law's own, which is updated with the age.
        """
        share = self.structural_share_at(age_days) if structural_share is None else structural_share
        is_structural = random.random(count) < share
        u = random.random(count)
        found = np.where(
            is_structural, self.structural.later(age_days, u), self.ordinary.later(age_days, u)
        )
        return np.minimum(found, LONGEST_DAYS) - age_days


def fit_lengths(days: Sequence[float], ended: Sequence[bool]) -> Lengths:
    """Return the two-part law with the greatest posterior for lengths, some cut off.

    Parameters
    ----------
    days
        Shape (n,): length, or the days seen so far where it has not ended.
    ended
        Shape (n,): False where the end is not known; such a length says "longer than".

    Raises
    ------
    FitError
        If fewer than three closures have ended.
    """
    from scipy.optimize import minimize

    lengths = np.maximum(np.asarray(days, dtype=np.float64), FEWEST_DAYS)
    is_ended = np.asarray(ended, dtype=bool)
    if int(is_ended.sum()) < 3:  # noqa: PLR2004
        msg = f"{int(is_ended.sum())} closures with a known end; a law of lengths needs 3."
        raise FitError(msg)
    structural = LogLogistic(STRUCTURAL_SCALE_DAYS, STRUCTURAL_SHAPE)
    a, b = STRUCTURAL_PRIOR
    tail = np.where(is_ended, structural.log_density(lengths), np.log(structural.survival(lengths)))

    def loss(x: Floats) -> float:
        ordinary = LogLogistic(float(np.exp(x[0])), float(np.exp(x[1])))
        w = 1 / (1 + np.exp(-x[2]))
        body = np.where(is_ended, ordinary.log_density(lengths), np.log(ordinary.survival(lengths)))
        each = np.logaddexp(np.log1p(-w) + body, np.log(w) + tail)
        prior = a * np.log(w) + b * np.log1p(-w)  # Beta(a, b) in the log-odds of w
        spread = -0.5 * ((x[1] - np.log(1.3)) / 0.5) ** 2
        return float(-(np.sum(each) + prior + spread))

    start = np.array([np.log(np.median(lengths[is_ended])), np.log(1.3), -2.0])
    found = minimize(loss, start, method="Nelder-Mead", options={"xatol": 1e-8, "fatol": 1e-10,
                                                                "maxiter": 4000})  # fmt: skip
    return Lengths(
        LogLogistic(float(np.exp(found.x[0])), float(np.exp(found.x[1]))),
        structural,
        float(1 / (1 + np.exp(-found.x[2]))),
        len(lengths),
        int(is_ended.sum()),
    )


def fit_log_logistic(days: Sequence[float], ended: Sequence[bool]) -> LogLogistic:
    """Return the log-logistic with the greatest likelihood for lengths, some cut off."""
    from scipy.optimize import minimize

    lengths = np.maximum(np.asarray(days, dtype=np.float64), FEWEST_DAYS)
    is_ended = np.asarray(ended, dtype=bool)

    def loss(x: Floats) -> float:
        law = LogLogistic(float(np.exp(x[0])), float(np.exp(x[1])))
        each = np.where(is_ended, law.log_density(lengths), np.log(law.survival(lengths)))
        return float(-np.sum(each))

    start = np.array([np.log(np.median(lengths)), 0.0])
    found = minimize(loss, start, method="Nelder-Mead", options={"xatol": 1e-9, "fatol": 1e-11})
    return LogLogistic(float(np.exp(found.x[0])), float(np.exp(found.x[1])))
