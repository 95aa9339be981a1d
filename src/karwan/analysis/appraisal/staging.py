"""Staging as an option: build a first stage, see, and then decide on the rest.

The same draws of cost and demand value the whole line and its first stage. What the stage teaches
lies between nothing (the rest is decided on the mean) and everything (it is decided draw by draw);
no study says where between, so both ends are told.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from karwan.base.errors import DataError

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True)
class Staging:
    """What building a line in stages is worth, in present million USD, means over draws.

    Attributes
    ----------
    whole_musd
        Everything committed at once.
    stage_musd
        The stage alone, and never more.
    blind_musd, seeing_musd
        The stage, then the rest if it pays on the mean; or in each draw in which it pays.
    go_share
        Draws in which the rest would be built by one who had seen.
    delay_years
        From the start of the stage to the decision: its works and its years of building up.
    """

    whole_musd: float
    stage_musd: float
    blind_musd: float
    seeing_musd: float
    go_share: float
    delay_years: int

    @property
    def information_musd(self) -> float:
        """The most that what the stage teaches can be worth."""
        return self.seeing_musd - self.blind_musd

    @property
    def option_musd(self) -> float:
        """What staging adds at most to the better of all at once and nothing at all."""
        return self.seeing_musd - max(self.whole_musd, 0.0)


def staging_of(
    stage_musd: Floats, whole_musd: Floats, *, rate_share: float, delay_years: int
) -> Staging:
    """Return what it is worth to build a stage first.

    Parameters
    ----------
    stage_musd, whole_musd
        Net present values of the same draws, shape (n_draws,).
    delay_years
        By how much the rest comes later than with all at once.

    Raises
    ------
    DataError
        If the draws are not the same in number.

    Examples
    --------
    >>> worth = staging_of(np.array([-10.0, -10.0]), np.array([-50.0, 30.0]), rate_share=0.0,
    ...                    delay_years=5)
    >>> worth.whole_musd, worth.seeing_musd, worth.blind_musd, worth.go_share
    (-10.0, 10.0, -10.0, 0.5)
    """
    if stage_musd.shape != whole_musd.shape:
        fault = f"{stage_musd.size} draws of the stage and {whole_musd.size} of the whole"
        raise DataError("the draws", [fault])
    later = (1 + rate_share) ** -delay_years
    rest = (whole_musd - stage_musd) * later
    first = float(stage_musd.mean())
    return Staging(
        whole_musd=float(whole_musd.mean()),
        stage_musd=first,
        blind_musd=first + max(float(rest.mean()), 0.0),
        seeing_musd=first + float(np.maximum(rest, 0.0).mean()),
        go_share=float(np.mean(rest > 0)),
        delay_years=delay_years,
    )
