"""How often closures come: per element, lent strength by its frontier and its kind.

Counts are few, so elements lend strength to one another: gamma-Poisson in three steps, kind (gate,
railhead, line), frontier, element, the gammas fitted to the counts (empirical Bayes). Only searched
days on which an element was open are time at risk. Counts are lower bounds: closures of hours to
two days are under-reported everywhere.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt
from scipy.special import gammainc, gammaincinv, gammaln

from karwan.base.errors import FitError
from karwan.base.reprs import short_repr

Floats = npt.NDArray[np.float64]

DAYS_PER_YEAR = 365.25
SHAPE_COUNT = 101
LEAST_PRIOR_COUNT, MOST_PRIOR_COUNT = 0.05, 8.0
"""Shapes that count: elements differ at least by a third of their mean (shape 8), as their record
shows, and at most by orders of magnitude."""
LEAST_WEIGHT = 0.01
"""Gammas of less weight are left out of an interval."""
LENT_PLACES = (0.1, 0.3, 0.5, 0.7, 0.9)
"""Places within the law of the mean that is lent, for which an interval takes it."""
LEAST_PER_DAY = 1e-9
"""What may come has no rate of 0, at the lower end of no interval."""
LEAST_LOG, QUANTILE_STEPS = float(np.log(LEAST_PER_DAY)), 24
NONE_COUNT = 0.5
"""Closures that stand for none at all: Jeffreys' half."""
KIND_COUNT = 1.0
"""Closures' worth by which a kind leans on all kinds together."""


@dataclass(frozen=True, slots=True)
class Rate:
    """A rate: gamma with `count` and `exposure_days` (mean = ratio)."""

    count: float
    exposure_days: float

    @property
    def hazard_per_day(self) -> float:
        """Mean rate a day."""
        return self.count / self.exposure_days

    def p_none(self, days: float, share: float = 1.0) -> float:
        """Return the chance of none that hits with a share within so many days."""
        return float((self.exposure_days / (self.exposure_days + share * days)) ** self.count)

    def quantile_per_day(self, place: Floats) -> Floats:
        """Return the rates a day at places within the gamma, from 0 to 1."""
        return np.asarray(gammaincinv(self.count, place) / self.exposure_days)

    def interval_per_day(self, level_share: float = 0.95) -> tuple[float, float]:
        """Return the rates a day between which the true one lies with a probability.

        Quantiles of the gamma: over groups whose rates really are gamma they cover as stated.
        """
        tail = (1 - level_share) / 2
        low, high = (float(gammaincinv(self.count, q)) for q in (tail, 1 - tail))
        return max(low / self.exposure_days, LEAST_PER_DAY), high / self.exposure_days


@dataclass(frozen=True, slots=True, kw_only=True)
class Counted:
    """What is known of one element: closures begun in searched time, and days at risk.

    One that was not searched enough has the prior of its kind.
    """

    kind: str
    group: str
    count: float
    exposure_days: float
    searched: bool = True


@dataclass(frozen=True, slots=True, eq=False)
class Mixture:
    """Gammas with weights that sum to 1: each array has shape (n_parts,)."""

    weights: Floats
    counts: Floats
    exposures_days: Floats

    __repr__ = short_repr

    def quantiles_per_day(self, wanted: Floats) -> Floats:
        """Return the rates a day below which the mixture lies with the shares wanted."""
        counts, exposures = self.counts[:, None], self.exposures_days[:, None]
        low, high = np.full(wanted.size, LEAST_LOG), np.full(wanted.size, np.log(10.0))
        for _ in range(QUANTILE_STEPS):
            middle = (low + high) / 2
            below = self.weights @ gammainc(counts, exposures * np.exp(middle))
            low, high = (
                np.where(below < wanted, middle, low),
                np.where(below < wanted, high, middle),
            )
        return np.asarray(np.exp(high))


@dataclass(frozen=True, slots=True, kw_only=True)
class ElementRate:
    """An element's rate in two parts: what its kind and frontier lend, and its own closures.

    Attributes
    ----------
    lent_per_day
        Rate if it had no closure of its own.
    per_closure_per_day
        What each closure of its own adds.
    rate
        Both together, with the spread over all shapes.
    parts
        The gammas of which it is a mixture, each with its weight.
    """

    lent_per_day: float
    per_closure_per_day: float
    rate: Rate
    parts: Mixture | None = field(default=None, compare=False)

    __repr__ = short_repr

    def interval_per_day(self, level_share: float = 0.95) -> tuple[float, float]:
        """Return the rates a day between which the true one lies with a probability.

        Quantiles of the mixture of gammas, or of `rate` where there are no parts.
        """
        if self.parts is None:
            return self.rate.interval_per_day(level_share)
        wanted = np.array([(1 - level_share) / 2, (1 + level_share) / 2])
        least, most = self.parts.quantiles_per_day(wanted)
        return float(least), float(most)


@dataclass(frozen=True, kw_only=True)
class RateFit:
    """Rates of all elements, and of a new element of each kind."""

    elements: Mapping[str, ElementRate]
    kinds: Mapping[str, Rate]

    __repr__ = short_repr


def fit_elements(counted: Mapping[str, Counted]) -> RateFit:
    """Return each element's posterior rate, and the prior of each kind.

    Raises
    ------
    FitError
        If no element has a day at risk.
    """
    names = sorted(counted)
    n = np.array([counted[name].count for name in names], dtype=float)
    days = np.array([counted[name].exposure_days for name in names], dtype=float)
    count = max(float(n.sum()), NONE_COUNT)
    if not days.sum():
        msg = "No day before the date was searched for closures, so there is no rate of any."
        raise FitError(msg)
    pooled = count / float(days.sum())
    kind_of = [counted[name].kind for name in names]
    group_of = [counted[name].group for name in names]
    kinds = {
        kind: (float(_sum(n, kind_of, kind)) + KIND_COUNT)
        / (float(_sum(days, kind_of, kind)) + KIND_COUNT / pooled)
        for kind in sorted(set(kind_of))
    }
    base = np.array([kinds[kind] for kind in kind_of])
    groups = sorted(set(group_of))
    group_n = np.array([_sum(n, group_of, group) for group in groups])
    expected = np.array([_sum(base * days, group_of, group) for group in groups])
    shapes, weights = fit_shapes(group_n, expected)
    # An element borrows of the others of its frontier: its own closures count once.
    at = [groups.index(group) for group in group_of]
    factors = [
        _moments(shapes, weights, group_n[g] - n[k], expected[g] - base[k] * days[k])
        for k, g in enumerate(at)
    ]
    prior = base * np.array([mean for mean, _ in factors])
    # The mean of all is an estimate too, as uncertain as its groups differ.
    between = float(weights @ (1 / shapes)) / len(groups)
    pooled_ratio = between + 1 / count
    unsure = np.array([ratio for _, ratio in factors]) + pooled_ratio
    own_shapes, own_weights = fit_shapes(n, prior * days)
    spread = _of_kind(shapes, weights, own_shapes, own_weights)
    elements = {
        name: _element(
            (own_shapes, own_weights),
            (float(prior[k]), float(unsure[k])),
            float(n[k]),
            float(days[k]),
        )
        if counted[name].searched
        else _element((own_shapes, own_weights), (float(base[k]), 1 / spread), 0.0, 0.0)
        for k, name in enumerate(names)
    }
    return RateFit(
        elements=elements,
        kinds={kind: Rate(spread, spread / mean) for kind, mean in kinds.items()},
    )


def _sum(values: Floats, keys: Sequence[str], key: str) -> float:
    return float(values[[k for k, one in enumerate(keys) if one == key]].sum())


def _moments(shapes: Floats, weights: Floats, n: float, expected: float) -> tuple[float, float]:
    """Return a factor's posterior mean, and its variance as a share of the mean's square."""
    means = (shapes + n) / (shapes + expected)
    mean = float(weights @ means)
    second = float(weights @ ((shapes + n) / (shapes + expected) ** 2 + means**2))
    return mean, second / mean**2 - 1


def _element(
    law: tuple[Floats, Floats], prior: tuple[float, float], n: float, days: float
) -> ElementRate:
    """Return the gamma with the mean and variance of an element's rate over all shapes.

    The mean that is lent is an estimate too, and counts as far as the element leans on it (Morris,
    1983, on empirical-Bayes intervals).
    """
    (shapes, weights), (lent_mean, lent_variance_ratio) = law, prior
    borrowed = shapes / lent_mean
    exposure = borrowed + days
    lent, own = float(weights @ (shapes / exposure)), float(weights @ (1 / exposure))
    means = (shapes + n) / exposure
    mean = float(weights @ means)
    leaning = means * borrowed / exposure
    second = (shapes + n) / exposure**2 + means**2 + leaning**2 * lent_variance_ratio
    variance = float(weights @ second) - mean**2
    return ElementRate(
        lent_per_day=lent,
        per_closure_per_day=own,
        rate=Rate(mean**2 / variance, mean / variance),
        parts=_parts(law, prior, n, days),
    )


def _parts(
    law: tuple[Floats, Floats], prior: tuple[float, float], n: float, days: float
) -> Mixture:
    """Return the gammas of an element's rate: over shapes, and over what its mean may be.

    How likely a mean is given the element's own closures is left out: its frontier's counted them.
    """
    (shapes, weights), (lent_mean, variance_ratio) = law, prior
    kept = weights >= LEAST_WEIGHT
    places = np.array(LENT_PLACES)
    factors = gammaincinv(1 / variance_ratio, places) * variance_ratio
    exposures = shapes[kept, None] / (lent_mean * factors) + days
    return Mixture(
        np.repeat(weights[kept] / weights[kept].sum(), places.size) / places.size,
        np.repeat(shapes[kept] + n, places.size),
        exposures.ravel(),
    )


def _of_kind(shapes: Floats, weights: Floats, own_shapes: Floats, own_weights: Floats) -> float:
    """Return the shape of the gamma of a new element: spread of frontiers and of elements."""
    between = float(weights @ (1 / shapes))
    within = float(own_weights @ (1 / own_shapes))
    return 1 / ((1 + between) * (1 + within) - 1)


def fit_shapes(counts: Floats, expected: Floats) -> tuple[Floats, Floats]:
    """Return shapes of a gamma of mean 1, and how likely each is given counts and expectations.

    Given a shape the counts are negative binomial. With some dozens of units the shape is itself
    uncertain, and the best one alone would make the intervals too short; all shapes count, alike
    on the log scale beforehand.
    """
    shapes = np.geomspace(LEAST_PRIOR_COUNT, MOST_PRIOR_COUNT, SHAPE_COUNT)
    n, m = np.asarray(counts, dtype=float), np.maximum(np.asarray(expected, dtype=float), 1e-12)
    s = shapes[:, None]
    log_likelihood = np.sum(
        gammaln(s + n) - gammaln(s) + s * np.log(s / (s + m)) + n * np.log(m / (s + m)), axis=1
    )
    weights = np.exp(log_likelihood - log_likelihood.max())
    return shapes, weights / weights.sum()
