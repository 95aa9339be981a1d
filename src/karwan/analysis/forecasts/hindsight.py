"""What the model would have said of gates on a past date, beside what the record tells since."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from karwan.analysis.forecasts.closures import fit_world
from karwan.analysis.forecasts.live_scores import outcome
from karwan.data.region import read_region

if TYPE_CHECKING:
    from karwan.analysis.world.world import World

DATES = (dt.date(2025, 10, 11), dt.date(2026, 1, 1))
AHEAD_DAYS = (7, 30, 90, 270)


@dataclass(frozen=True, slots=True, kw_only=True)
class Hindsight:
    """A forecast made as of a past date, and whether it came; None where the record is silent."""

    element_id: str
    name: str
    as_of: dt.date
    horizon_days: int
    p_shut: float
    was_shut: bool | None


def look_back(
    world: World,
    elements: Sequence[str] | None = None,
    dates: Sequence[dt.date] = DATES,
    horizons: Sequence[int] = AHEAD_DAYS,
) -> list[Hindsight]:
    """Return what would have been said on past dates, from what was known then, and what came."""
    if elements is None:
        elements = read_region(world.catalog).hindsight_elements
    found = []
    for day in dates:
        model = fit_world(replace(world, as_of=day))
        for name in elements:
            for ahead in horizons:
                target = day + dt.timedelta(days=ahead)
                found.append(
                    Hindsight(
                        element_id=name,
                        name=world.network.elements[name].name,
                        as_of=day,
                        horizon_days=ahead,
                        p_shut=model.p_shut(name, ahead),
                        was_shut=outcome(world, name, target),
                    )
                )
    return found
