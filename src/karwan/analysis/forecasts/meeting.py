"""How many journeys meet a closure, beside hours that are those of a journey that meets none.

What was asked before is kept, so that a question asked again fits no law; the imports of a fit
stand where it is made.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import replace
from functools import lru_cache
from typing import TYPE_CHECKING

from karwan.analysis.corridors.passing import passed_shares
from karwan.analysis.world.basis import basis_of_record
from karwan.base.alike import Alike
from karwan.base.cache import keep_json, kept_json
from karwan.base.errors import FitError
from karwan.base.units import HOURS_PER_DAY
from karwan.route.tcd import Chances

if TYPE_CHECKING:
    from karwan.analysis.corridors.comparison import Comparison
    from karwan.analysis.corridors.planner import Planner
    from karwan.hazard.model import HazardModel
    from karwan.route.tcd import Journey

KEPT = "meeting"
"""Kind under which shares are kept between runs."""
MOST_MET = 512
"""Ways whose shares are held for the next question."""
Told = list[tuple[float, list[str]]]

RARE = 0.0005
"""Below it a share that is printed with a digit would read as never."""


def with_met_share(planner: Planner, journeys: Sequence[Journey]) -> tuple[Journey, ...]:
    """Return journeys with the share of such journeys that meet a closure on the way.

    They leave on the day of departure, else on the as-of date, and are as fast as their means.
    Where the record is too thin for a hazard nothing is told.
    """
    world = planner.world
    start_days = float(((world.travel.depart or world.as_of) - world.as_of).days)
    passed = [
        {
            name: start_days + share * journey.hours.value / HOURS_PER_DAY
            for name, share in passed_shares(planner, journey).items()
        }
        for journey in journeys
    ]
    told = _told(planner, passed)
    if told is None:
        return tuple(journeys)
    return tuple(
        replace(
            journey,
            chances=replace(
                journey.chances or Chances(),
                meets_closure_share=share,
                unsearched=tuple(unsearched),
                passed_count=len(days),
            ),
        )
        for journey, days, (share, unsearched) in zip(journeys, passed, told, strict=True)
    )


def _told(planner: Planner, passed: Sequence[dict[str, float]]) -> Told | None:
    """Return the share of each list of elements passed, and those of it that were not searched."""
    if planner.world.as_of in planner.hazards:
        return _by_model(planner, passed)
    key = basis_of_record(planner.world, KEPT, json.dumps(list(passed)))
    kept: Told | None = None if key is None else kept_json(KEPT, key)
    if kept is not None:
        return kept
    told = _by_model(planner, passed)
    if key is not None and told is not None:
        keep_json(KEPT, key, told)
    return told


def _by_model(planner: Planner, passed: Sequence[dict[str, float]]) -> Told | None:
    """Return the same from the model, which is fitted if it was not; None where it cannot be."""
    model = _hazard_of(planner)
    if model is None:
        return None
    return [
        (
            _p_meets(Alike(model, model), tuple(days.items())),
            [name for name in days if not model.history.is_searched(name)],
        )
        for days in passed
    ]


@lru_cache(maxsize=MOST_MET)
def _p_meets(alike: Alike[HazardModel], days: tuple[tuple[str, float], ...]) -> float:
    """Return the share that meets a closure, asked of the same ways again and again."""
    from karwan.hazard.meeting import p_meets

    return p_meets(alike.value, dict(days))


def _hazard_of(planner: Planner) -> HazardModel | None:
    """Return the hazard model of a planner's world, fitted once; None where the record is thin."""
    from karwan.analysis.forecasts.closures import fit_world

    key = planner.world.as_of
    if key not in planner.hazards:
        try:
            planner.hazards[key] = fit_world(planner.world)
        except FitError:
            planner.hazards[key] = None
    return planner.hazards[key]


def with_met_shares(planner: Planner, comparison: Comparison) -> Comparison:
    """Return a comparison whose open journeys know which share of them meets a closure."""
    open_ways = [one.journey for one in comparison.answers]
    ways = {
        journey.path.arcs: journey
        for journey in (*open_ways, comparison.best, comparison.best_avoiding)
        if journey is not None
    }
    told = dict(zip(ways, with_met_share(planner, list(ways.values())), strict=True))

    def with_share(journey: Journey | None) -> Journey | None:
        return None if journey is None else told[journey.path.arcs]

    return replace(
        comparison,
        answers=tuple(replace(one, journey=with_share(one.journey)) for one in comparison.answers),
        best=with_share(comparison.best),
        best_avoiding=with_share(comparison.best_avoiding),
    )


def small_share(share: float) -> str:
    """Return a chance for a reader; what is rare is not never.

    Examples
    --------
    >>> small_share(0.0342), small_share(0.0004), small_share(0.0)
    ('3.4%', 'under 0.1%', 'none on record')
    """
    if share == 0:
        return "none on record"
    return "under 0.1%" if share < RARE else f"{share:.1%}"


def met_text(journeys: Iterable[tuple[str, Journey]]) -> str:
    """Return which share of journeys meets a closure, by way; blank where nothing is known.

    Examples
    --------
    >>> met_text([])
    ''
    """
    told = []
    for name, journey in journeys:
        chances = journey.chances
        if chances is None or chances.meets_closure_share is None:
            continue
        known = chances.passed_count - len(chances.unsearched)
        beside = f" ({known} of {chances.passed_count} searched)" if chances.unsearched else ""
        told.append(f"{name} {small_share(chances.meets_closure_share)}{beside}")
    what = "Meet a closure that begins after the date or that a calendar foretells"
    return f"{what}: {', '.join(told)}" if told else ""
