"""How long a closure of a known age still lasts, as far as the record tells.

The law is that of the forecasts; here it is asked of one closure, from the day it is asked on.
Where the closure is older than any on record of its frontier the tail is widened: it then lasts as
long again with one half at least, which is what age alone tells of a length that nothing bounds.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from karwan.base.reprs import short_repr
from karwan.hazard.law import LONGEST_DAYS, Floats, survival_after

if TYPE_CHECKING:
    import datetime as dt

    from karwan.analysis.world.world import World
    from karwan.hazard.model import HazardModel


@dataclass(frozen=True, kw_only=True)
class Residual:
    """A closure of an age, and the chance that it lasts longer by so many days.

    Attributes
    ----------
    survival
        Days ahead to the share that lasts longer; 1 at 0 and never rising.
    longest_days
        The longest closure on record that it is judged by, of its frontier where there is one.
    beyond_evidence
        It is older than that: the tail is widened.
    since, cause, evidence
        Of the closure on record; blank where only an age was asked.
    """

    element_id: str
    age_days: float
    survival: Callable[[Floats], Floats]
    longest_days: float
    beyond_evidence: bool
    since: dt.date | None = None
    cause: str = ""
    evidence: tuple[str, ...] = ()

    __repr__ = short_repr

    def quantile(self, share: float) -> float | None:
        """Return the days ahead by which a share has ended; None beyond a hundred years."""
        return ended_within_days(self.survival, share)


def ended_within_days(survival: Callable[[Floats], Floats], share: float) -> float | None:
    """Return the days by which a share has ended; None beyond a hundred years.

    Examples
    --------
    >>> round(ended_within_days(lambda days: np.exp(-days / 10), 0.5), 4)
    6.9315
    """

    def ended(days: float) -> float:
        return 1 - float(survival(np.array([days]))[0])

    if ended(LONGEST_DAYS) < share:
        return None
    low, high = 0.0, LONGEST_DAYS
    for _ in range(70):
        middle = (low + high) / 2
        low, high = (middle, high) if ended(middle) < share else (low, middle)
    return high


def residual_of(
    world: World, model: HazardModel, element_id: str, closed_for_days: float | None = None
) -> Residual | None:
    """Return what is known of how long an element stays shut.

    Parameters
    ----------
    closed_for_days
        Age of a closure that is supposed; None for the one on record.

    Returns
    -------
    None if none was asked and none is on record.
    """
    running = model.running(element_id)
    group = world.network.elements[element_id].frontier_group
    if closed_for_days is None:
        if running is None:
            return None
        law = model.running_law(running)
        age = running.age_days + running.gap_days
    else:
        law, age = model.lengths_of((element_id,), group), closed_for_days
    here, anywhere = (
        [one.days for one in episodes if running is None or one.name != running.episode.name]
        for episodes in (model.history.of_group(group), model.history.episodes)
    )
    longest = max(here, default=0.0) or max(anywhere, default=0.0)
    beyond = age > longest

    def survival(days: Floats) -> Floats:
        ahead = np.maximum(np.asarray(days, dtype=np.float64), 0.0)
        by_law = survival_after(law, age, ahead)
        return np.maximum(by_law, age / (age + ahead)) if beyond and age > 0 else by_law

    on_record = running if closed_for_days is None else None
    return Residual(
        element_id=element_id,
        age_days=age,
        survival=survival,
        longest_days=longest,
        beyond_evidence=beyond,
        since=on_record.item.start if on_record is not None else None,
        cause=on_record.item.cause if on_record is not None else "",
        evidence=(on_record.item.evidence,) if on_record is not None else (),
    )
