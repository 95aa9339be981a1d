"""What a law of closure lengths must be able to say, so that another can stand in its place.

The model, its pooling over frontiers and gates, the draws and the forecasts ask nothing else. A new
law is one module: a class with these members and a function that fits it to lengths, which
`karwan.hazard.model.fit_hazard` takes.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Protocol, Self

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]

LONGEST_DAYS = 36_500.0
"""A hundred years: nothing is said beyond."""


class Law(Protocol):
    """A law of closure lengths in days, of which some may be structural: months and years.

    A law that knows one kind only has a structural share of 0 and ignores the log-odds.
    """

    @property
    def structural_share(self) -> float:
        """Share of closures that are structural, at their start."""
        ...

    def survival(self, days: Floats | float) -> Floats:
        """Return the share that lasts longer than so many days."""
        ...

    def structural_share_at(self, age_days: float) -> float:
        """Return how likely a closure of an age is structural."""
        ...

    def moved(self, shift_log: float, structural_share: float) -> Law:
        """Return the law with ordinary lengths moved on the log scale, and another share."""
        ...

    def log_likelihoods(
        self, days: Floats, ended: Bools, shifts_log: Floats, log_odds: Floats
    ) -> Floats:
        """Return the log likelihood of lengths under moved laws.

        Parameters
        ----------
        days, ended
            Shape (n,): lengths, and False where a length says "longer than".
        shifts_log, log_odds
            Shape (n_shifts,) and (n_odds,): moves of the log length, log-odds of structural.

        Returns
        -------
        ndarray, shape (n, n_shifts, n_odds)
        """
        ...

    @classmethod
    def draw_each(
        cls, laws: Sequence[Self], which: npt.NDArray[np.intp], random: np.random.Generator
    ) -> Floats:
        """Return a length in days by each of the laws named, shape of `which`."""
        ...

    def draw_remaining(self, age_days: float, count: int, random: np.random.Generator) -> Floats:
        """Return draws of the days that a closure of an age still lasts, shape (count,)."""
        ...


FitLaw = Callable[[Sequence[float], Sequence[bool]], Law]
"""Lengths in days, and which have ended, to a law; a `FitError` if they are too few."""


def survival_after(law: Law, age_days: float, days: Floats | float) -> Floats:
    """Return the share of closures of an age that last so many days more."""
    further = age_days + np.asarray(days, dtype=np.float64)
    return np.asarray(law.survival(further) / law.survival(age_days))


def remaining_quantile(law: Law, age_days: float, share: float) -> float | None:
    """Return the further days by which a share has ended; None beyond a hundred years."""
    if float(survival_after(law, age_days, LONGEST_DAYS)) > 1 - share:
        return None
    low, high = 0.0, LONGEST_DAYS
    for _ in range(80):
        middle = (low + high) / 2
        ended = 1 - float(survival_after(law, age_days, middle))
        low, high = (middle, high) if ended < share else (low, middle)
    return high
