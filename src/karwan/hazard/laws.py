"""Laws of closure lengths that anybody could fit, and how well each foresees one left out.

The marks that the hazard's own law must beat. Each is fitted by maximum likelihood to lengths of
which some are cut off; scores are of the log of the length, since a week more means nothing to a
year.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from karwan.hazard.durations import least
from karwan.hazard.history import FEWEST_DAYS
from karwan.hazard.law import Floats

Survival = Callable[[Floats], Floats]
"""Days to the share that lasts longer."""

EXPONENTIAL, WEIBULL, LOGNORMAL = "exponential", "Weibull", "lognormal"
LOG_LOGISTIC, KAPLAN_MEIER = "log-logistic", "Kaplan-Meier"
PARAMETRIC = (EXPONENTIAL, WEIBULL, LOGNORMAL, LOG_LOGISTIC)
LOG_DAYS = np.arange(-5.0, 13.0, 0.005)
"""Grid on which scores are summed: from ten minutes to a thousand years."""
SQRT_TWO_PI_LOG = 0.5 * np.log(2 * np.pi)


@dataclass(frozen=True, slots=True)
class FittedLaw:
    """A law, its parameters on the log scale, its survival and Akaike's criterion."""

    name: str
    log_parameters: tuple[float, ...]
    survival: Survival
    aic: float


def fit_law(name: str, days: Sequence[float], ended: Sequence[bool]) -> FittedLaw:
    """Return a law fitted by maximum likelihood; lengths that have not ended say "longer than"."""
    t = np.maximum(np.asarray(days, dtype=np.float64), FEWEST_DAYS)
    done = np.asarray(ended, dtype=bool)
    log_density, log_survival = _FORMS[name]

    def loss(x: Floats) -> float:
        return float(-np.sum(np.where(done, log_density(t, x), log_survival(t, x))))

    start = np.array([np.log(np.median(t)), 0.0][: 1 if name == EXPONENTIAL else 2])
    found = least(loss, start)
    return FittedLaw(
        name,
        tuple(float(x) for x in found),
        lambda at: np.exp(log_survival(np.maximum(at, 1e-12), found)),
        2 * loss(found) + 2 * found.size,
    )


def _weibull(t: Floats, x: Floats) -> tuple[Floats, Floats]:
    shape = np.exp(x[1]) if x.size > 1 else 1.0
    power = (t / np.exp(x[0])) ** shape
    return np.log(shape) - np.log(t) + np.log(np.maximum(power, 1e-300)) - power, -power


def _lognormal(t: Floats, x: Floats) -> tuple[Floats, Floats]:
    from scipy.special import log_ndtr

    z = (np.log(t) - x[0]) / np.exp(x[1])
    return -0.5 * z**2 - SQRT_TWO_PI_LOG - x[1] - np.log(t), log_ndtr(-z)


def _log_logistic(t: Floats, x: Floats) -> tuple[Floats, Floats]:
    shape = np.exp(x[1])
    log_power = shape * (np.log(t) - x[0])
    tail = np.logaddexp(0.0, log_power)
    return x[1] - np.log(t) + log_power - 2 * tail, -tail


Form = Callable[[Floats, Floats], Floats]


def _form(both: Callable[[Floats, Floats], tuple[Floats, Floats]]) -> tuple[Form, Form]:
    return (lambda t, x: both(t, x)[0]), (lambda t, x: both(t, x)[1])


_FORMS: Mapping[str, tuple[Form, Form]] = {
    EXPONENTIAL: _form(_weibull),
    WEIBULL: _form(_weibull),
    LOGNORMAL: _form(_lognormal),
    LOG_LOGISTIC: _form(_log_logistic),
}


def kaplan_meier(days: Sequence[float], ended: Sequence[bool]) -> Survival:
    """Return the product-limit survival; what it leaves at the end counts as ending there."""
    t = np.maximum(np.asarray(days, dtype=np.float64), FEWEST_DAYS)
    done = np.asarray(ended, dtype=bool)
    times = np.unique(t[done])
    at_risk = np.array([(t >= time).sum() for time in times])
    events = np.array([((t == time) & done).sum() for time in times])
    steps = np.concatenate(([1.0], np.cumprod(1 - events / at_risk)))
    last = float(t.max())

    def survival(at: Floats) -> Floats:
        found = steps[np.searchsorted(times, at, side="right")]
        return np.where(at >= last, 0.0, found)

    return survival


def crps_log_days(survival: Survival, days: float) -> float:
    """Return the continuous ranked probability score of a length, on the log of days.

    The integral of (F(x) - [x >= ln days])^2; 0 for a forecast that was certain and right.
    """
    below = 1 - survival(np.exp(LOG_DAYS))
    happened = np.log(max(days, FEWEST_DAYS)) <= LOG_DAYS
    return float(np.trapezoid((below - happened) ** 2, LOG_DAYS))


@dataclass(frozen=True, slots=True, kw_only=True)
class LengthScore:
    """How a law foresaw lengths left out of its fit.

    Attributes
    ----------
    crps_log
        Mean score on the log of days; lower is better.
    cover_share
        By level: share of lengths within the central interval of that level.
    aic
        Akaike's criterion of the fit to all; None where it has no likelihood.
    """

    name: str
    length_count: int
    crps_log: float
    cover_share: Mapping[float, float]
    aic: float | None


LEVELS = (0.5, 0.8, 0.9, 0.95)


def score_lengths(
    name: str,
    days: Sequence[float],
    ended: Sequence[bool],
    without: Callable[[int], Survival],
    *,
    aic: float | None = None,
) -> LengthScore:
    """Return how a law foresees each length known, fitted without it.

    Parameters
    ----------
    without
        Episode number to the survival fitted on all others.
    """
    scores, places = [], []
    for k, length in enumerate(days):
        if ended[k]:
            survival = without(k)
            scores.append(crps_log_days(survival, length))
            places.append(1 - float(survival(np.array([max(length, FEWEST_DAYS)]))[0]))
    at = np.array(places)
    cover = {
        level: float(np.mean((at >= (1 - level) / 2) & (at <= (1 + level) / 2))) for level in LEVELS
    }
    return LengthScore(
        name=name,
        length_count=len(scores),
        crps_log=float(np.mean(scores)),
        cover_share=cover,
        aic=aic,
    )


def leave_one_out(name: str, days: Sequence[float], ended: Sequence[bool]) -> LengthScore:
    """Return how one of the laws here foresees each length from all others."""

    def without(k: int) -> Survival:
        rest = [d for j, d in enumerate(days) if j != k], [e for j, e in enumerate(ended) if j != k]
        return kaplan_meier(*rest) if name == KAPLAN_MEIER else fit_law(name, *rest).survival

    aic = None if name == KAPLAN_MEIER else fit_law(name, days, ended).aic
    return score_lengths(name, days, ended, without, aic=aic)
