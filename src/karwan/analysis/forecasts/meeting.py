"""How many journeys meet a closure, beside hours that are those of a journey that meets none."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import TYPE_CHECKING

from karwan.analysis.corridors.passing import passed_shares
from karwan.analysis.forecasts.closures import fit_world
from karwan.base.errors import FitError
from karwan.base.units import HOURS_PER_DAY
from karwan.hazard.meeting import p_meets
from karwan.route.tcd import Chances

if TYPE_CHECKING:
    from karwan.analysis.corridors.comparison import Comparison
    from karwan.analysis.corridors.planner import Planner
    from karwan.hazard.model import HazardModel
    from karwan.route.tcd import Journey


def hazard_of(planner: Planner) -> HazardModel | None:
    """Return the hazard model of a planner's world, fitted once; None where the record is thin."""
    key = planner.world.as_of
    if key not in planner.hazards:
        try:
            planner.hazards[key] = fit_world(planner.world)
        except FitError:
            planner.hazards[key] = None
    return planner.hazards[key]


def with_met_share(planner: Planner, model: HazardModel | None, journey: Journey) -> Journey:
    """Return a journey with the share of such journeys that meet a closure on the way.

    It leaves on the day of departure, else on the as-of date, and is as fast as its mean.
    """
    if model is None:
        return journey
    world = planner.world
    start_days = float(((world.travel.depart or world.as_of) - world.as_of).days)
    mean_days = journey.hours.value / HOURS_PER_DAY
    shares = passed_shares(planner, journey)
    passed_days = {name: start_days + share * mean_days for name, share in shares.items()}
    chances = replace(
        journey.chances or Chances(),
        meets_closure_share=p_meets(model, passed_days),
        unsearched=tuple(name for name in shares if not model.history.is_searched(name)),
        passed_count=len(shares),
    )
    return replace(journey, chances=chances)


def with_met_shares(
    planner: Planner, comparison: Comparison, model: HazardModel | None
) -> Comparison:
    """Return a comparison whose open journeys know which share of them meets a closure."""
    kept: dict[tuple[int, ...], Journey] = {}

    def told(journey: Journey | None) -> Journey | None:
        if journey is None:
            return None
        if journey.path.arcs not in kept:
            kept[journey.path.arcs] = with_met_share(planner, model, journey)
        return kept[journey.path.arcs]

    return replace(
        comparison,
        answers=tuple(replace(one, journey=told(one.journey)) for one in comparison.answers),
        best=told(comparison.best),
        best_avoiding=told(comparison.best_avoiding),
    )


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
        told.append(f"{name} {chances.meets_closure_share:.1%}{beside}")
    return f"Meet a closure that begins after the date: {', '.join(told)}" if told else ""
