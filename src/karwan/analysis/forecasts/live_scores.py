"""Forecasts scored once it is known what came.

How they are kept, so that nobody can say afterwards that they had been others, is told in
`kept`.
"""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from karwan.analysis.forecasts.histories import freight_spells

if TYPE_CHECKING:
    from karwan.analysis.forecasts.kept import KeptForecast
    from karwan.analysis.world.world import World

LEAST_P = 1e-4
"""Probabilities are kept this far from 0 and 1 for the log score."""
SHUT = "shut"

Row = tuple[float, float, float, bool | None]
"""Forecast, climatology, persistence, and what came; None where that is not known."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LiveScore:
    """How stored forecasts came out at one horizon; None where none is known yet.

    Attributes
    ----------
    known_count, waiting_count
        Forecasts whose outcome is known, and those it is not known of yet.
    late_count
        Made on the day asked of or later: told after the event, so not scored.
    """

    horizon_days: int
    known_count: int
    waiting_count: int
    late_count: int
    mean_p: float | None
    observed_share: float | None
    brier: float | None
    log_score: float | None
    climatology_brier: float | None
    persistence_brier: float | None


def outcome(world: World, element_id: str, day: dt.date) -> bool | None:
    """Return whether an element was shut on a day, as the record now tells; None if it does not.

    A day on which nothing is on record counts as open, up to the evidence horizon: closures of
    hours to two days are under-reported. After a closure was last seen, nothing is known until
    its end.
    """
    if day > world.evidence_horizon:
        return None
    unknown = False
    for spell in freight_spells(world.record, world.network):
        if spell.element_id != element_id or spell.start > day:
            continue
        seen = spell.seen_until or spell.start
        if (spell.end is not None and day < spell.end) or (spell.end is None and day <= seen):
            return True
        unknown |= spell.end is None and spell.runs_on(day)
    return None if unknown else False


def score_forecasts(world: World, forecasts: Sequence[KeptForecast]) -> list[LiveScore]:
    """Return how forecasts came out, by horizon, beside climatology and persistence.

    Of forecasts of one element made on one as-of date, the first kept counts.
    """
    first: dict[tuple[str, dt.date], KeptForecast] = {}
    for forecast in forecasts:
        first.setdefault((forecast.element, forecast.as_of), forecast)
    rows: dict[int, list[Row]] = {}
    late: dict[int, int] = {}
    for forecast in first.values():
        for days, p in forecast.p_shut.items():
            target = forecast.as_of + dt.timedelta(days=days)
            mine = rows.setdefault(days, [])
            if forecast.made_at.date() >= target:
                late[days] = late.get(days, 0) + 1
                continue
            came = outcome(world, forecast.element, target)
            mine.append((p, forecast.climatology, float(forecast.state == SHUT), came))
    return [_score(days, found, late.get(days, 0)) for days, found in sorted(rows.items())]


def _score(days: int, rows: Sequence[Row], late: int) -> LiveScore:
    known = [(p, usual, was, float(came)) for p, usual, was, came in rows if came is not None]
    waiting = len(rows) - len(known)
    if not known:
        return LiveScore(
            horizon_days=days,
            known_count=0,
            waiting_count=waiting,
            late_count=late,
            mean_p=None,
            observed_share=None,
            brier=None,
            log_score=None,
            climatology_brier=None,
            persistence_brier=None,
        )
    count = len(known)

    def mean(values: Sequence[float]) -> float:
        return round(math.fsum(values) / count, 6)

    kept = [(min(max(p, LEAST_P), 1 - LEAST_P), came) for p, _, _, came in known]
    return LiveScore(
        horizon_days=days,
        known_count=count,
        waiting_count=waiting,
        late_count=late,
        mean_p=mean([p for p, _, _, _ in known]),
        observed_share=mean([came for *_, came in known]),
        brier=mean([(p - came) ** 2 for p, _, _, came in known]),
        log_score=mean([-math.log(p if came else 1 - p) for p, came in kept]),
        climatology_brier=mean([(usual - came) ** 2 for _, usual, _, came in known]),
        persistence_brier=mean([(was - came) ** 2 for _, _, was, came in known]),
    )
