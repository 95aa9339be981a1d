"""The chance that a journey meets a closure: one number for all that it passes and when.

An episode shuts several elements together, so their chances are no product: each way in which an
episode hits counts once, by the element of the journey that it holds shut longest. So does each
occasion of the calendar: certain where it is announced, also where its days have begun and nobody
has told whether the gate did shut. What was seen to run on the date is not in it, since a journey
as last known passes nothing that is shut.
"""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Mapping
from typing import TYPE_CHECKING

from karwan.hazard.calendar import RUNNING
from karwan.hazard.model import covered_days

if TYPE_CHECKING:
    from karwan.hazard.model import HazardModel


def p_meets(model: HazardModel, passed_days: Mapping[str, float]) -> float:
    """Return the chance that something is shut when it is reached and was not seen so on the date.

    By a closure begun after the date, or by an occasion that a calendar foretells.

    Parameters
    ----------
    passed_days
        Days from the as-of date to when each element is reached, by element.
    """
    p_none = 1.0
    for group, rate in model.rates.items():
        exposed_days = 0.0
        for pattern in model.patterns(group):
            covered = [
                covered_days(
                    pattern.lengths, hit.length_ratio, passed_days[hit.element_id] - hit.offset_days
                )
                for hit in pattern.hits
                if hit.element_id in passed_days
            ]
            exposed_days += pattern.share * max(covered, default=0.0)
        p_none *= rate.p_none(exposed_days) if exposed_days > 0 else 1.0
    return 1 - p_none * _p_none_scheduled(model, passed_days)


def _p_none_scheduled(model: HazardModel, passed_days: Mapping[str, float]) -> float:
    """Return the chance that no occasion foretold shuts an element on the day it is reached.

    Those whose days have begun count too: announced is not seen, and the state is of what was seen.

    Gates of one occasion shut together, so each occasion counts once, by its likeliest.
    """
    most: dict[str, float] = {}
    for item in model.scheduled:
        if item.kind == RUNNING or item.element_id not in passed_days:
            continue
        day = model.as_of + dt.timedelta(days=int(passed_days[item.element_id]))
        if item.shuts(item.element_id, day):
            most[item.occasion] = max(most.get(item.occasion, 0.0), item.p)
    return math.prod(1 - p for p in most.values())
