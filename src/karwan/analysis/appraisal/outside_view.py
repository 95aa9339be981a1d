"""What became of promises before: laws of actual over promised cost and tonnes.

A few lines of the region carried a small part of what was promised of them. With four ratios the
law of the next one is wider than the law fitted to the four: Student's t on the logarithm.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from karwan.base.errors import FitError
from karwan.base.known import known_from
from karwan.base.provenance import Source
from karwan.data.rows.appraisal import VolumeReferenceRow
from karwan.data.rows.row import source_of

if TYPE_CHECKING:
    import datetime as dt

    from karwan.data.catalog import Catalog

Floats = npt.NDArray[np.float64]
PROMISED, RELIEF = "promised", "relief"
LEAST_RATIOS = 2


@dataclass(frozen=True, slots=True)
class RatioLaw:
    """Law of a ratio whose logarithm is normal, or Student's t where few are known.

    Attributes
    ----------
    freedom
        Degrees of freedom; infinite for the normal law.
    """

    log_mean: float
    log_scale: float
    freedom: float = math.inf

    def quantile(self, p: Floats | Sequence[float]) -> Floats:
        """Return quantiles of the ratio."""
        from scipy.special import ndtri, stdtrit

        chance = np.asarray(p, dtype=np.float64)
        score = ndtri(chance) if math.isinf(self.freedom) else stdtrit(self.freedom, chance)
        return np.asarray(np.exp(self.log_mean + self.log_scale * score))

    def p_below(self, ratio: float) -> float:
        """Return the chance that the ratio is so low or lower."""
        from scipy.special import ndtr, stdtr

        score = (math.log(ratio) - self.log_mean) / self.log_scale
        return float(ndtr(score) if math.isinf(self.freedom) else stdtr(self.freedom, score))

    def p_at_least(self, ratio: float) -> float:
        """Return the chance that the ratio is so high or higher."""
        return 1 - self.p_below(ratio)


def plug_in_law(ratios: Sequence[float]) -> RatioLaw:
    """Return the lognormal law fitted to ratios, which takes the fit for the truth.

    Examples
    --------
    >>> law = plug_in_law([0.06646, 0.31125, 0.09231, 0.80])
    >>> [round(float(x), 3) for x in law.quantile([0.1, 0.5, 0.9])]
    [0.046, 0.198, 0.857]
    """
    logs = _logs(ratios)
    return RatioLaw(float(logs.mean()), float(logs.std(ddof=1)))


def predictive_law(ratios: Sequence[float]) -> RatioLaw:
    """Return the law of the next ratio, given those known: t with n - 1 degrees of freedom.

    Raises
    ------
    FitError
        If fewer than two ratios are known.

    Examples
    --------
    >>> law = predictive_law([0.06646, 0.31125, 0.09231, 0.80])
    >>> [round(float(x), 3) for x in law.quantile([0.1, 0.5, 0.9])]
    [0.024, 0.198, 1.607]
    """
    fitted = plug_in_law(ratios)
    count = len(ratios)
    return RatioLaw(fitted.log_mean, fitted.log_scale * math.sqrt(1 + 1 / count), count - 1.0)


def _logs(ratios: Sequence[float]) -> Floats:
    if len(ratios) < LEAST_RATIOS:
        msg = f"A reference class of {len(ratios)} line tells no spread; it needs {LEAST_RATIOS}."
        raise FitError(msg)
    return np.log(np.asarray(ratios, dtype=np.float64))


@dataclass(frozen=True, slots=True, kw_only=True)
class Reference:
    """A line of a reference class: promised, carried, and the ratio."""

    line_id: str
    name: str
    promised_mt_per_year: float
    actual_mt_per_year: float
    actual_known_on: str | None
    note: str
    source: Source

    @property
    def ratio(self) -> float:
        """Carried over promised."""
        return self.actual_mt_per_year / self.promised_mt_per_year


def reference_class(
    catalog: Catalog, kind: str, *, as_of: dt.date | None = None, without: str = ""
) -> tuple[Reference, ...]:
    """Return the lines of a class with both a promise and a count.

    Parameters
    ----------
    kind
        `promised` or `relief`.
    as_of
        What was not known then is left out.
    without
        A project or line that is left out of its own class.

    Examples
    --------
    >>> from karwan.data.catalog import Catalog
    >>> [round(one.ratio, 2) for one in reference_class(Catalog(), "promised")]
    [0.07, 0.09, 0.31, 0.8]
    """
    released = catalog.released(VolumeReferenceRow.TABLE)
    return tuple(
        Reference(
            line_id=row.line_id,
            name=row.name,
            promised_mt_per_year=row.promised_mt_per_year,
            actual_mt_per_year=row.actual_mt_per_year,
            actual_known_on=row.actual_known_on,
            note=row.note or "",
            source=source_of(row, row.note),
        )
        for row in catalog.rows(VolumeReferenceRow)
        if row.reference_class == kind
        and row.promised_mt_per_year is not None
        and row.actual_mt_per_year is not None
        and not (without and without in (row.project_id, row.line_id))
        and (as_of is None or known_from(row.actual_known_on, released) <= as_of)
    )


def draw_jointly(random: np.random.Generator, count: int, correlation: float) -> Floats:
    """Return uniform draws of two things that are related, shape (2, count).

    Parameters
    ----------
    correlation
        Spearman's rank correlation, -1 to 1; the normal scores get 2 sin(pi r / 6).
    """
    from scipy.special import ndtr

    pearson = 2 * math.sin(math.pi * correlation / 6)
    scores = random.standard_normal((2, count))
    scores[1] = pearson * scores[0] + math.sqrt(1 - pearson**2) * scores[1]
    return np.asarray(ndtr(scores))
