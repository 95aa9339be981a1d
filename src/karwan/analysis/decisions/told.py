"""Answers about waiting or diverting as plain data."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from karwan.analysis.corridors.answers import (
    CUTS,
    consignment_to_dict,
    place_to_dict,
    rounded,
    world_to_dict,
)
from karwan.analysis.decisions.answers import EVERYWHERE, or_none, residual_to_dict
from karwan.analysis.decisions.costs import DayCost
from karwan.analysis.decisions.decision import Bill, Decision
from karwan.analysis.decisions.stopping import Outcome
from karwan.analysis.traffic.answers import quota_to_dict
from karwan.analysis.world.later import later_facts, later_facts_to_dict
from karwan.base.telling import Column, Form, to_dict

if TYPE_CHECKING:
    from karwan.analysis.world.question import Asked
    from karwan.analysis.world.world import World
    from karwan.route.tcd import Journey

Json = dict[str, Any]


def journey_brief(journey: Journey) -> Json:
    """Return a journey in short: money, hours, what it passes."""
    reliability = journey.reliability
    return {
        "usd": rounded(journey.usd.value),
        "low_usd": rounded(journey.usd.low),
        "high_usd": rounded(journey.usd.high),
        "hours": rounded(journey.hours.value),
        "p50_hours": rounded(reliability.p50_hours),
        "p90_hours": rounded(reliability.p90_hours),
        "distance_km": rounded(journey.distance_km),
        "crossings": list(journey.crossings),
        "grade": journey.grade,
    }


def outcome_to_dict(outcome: Outcome) -> Json:
    """Return what a rule comes to, in USD of all costs."""
    return {
        "mean_usd": rounded(outcome.mean_usd),
        "p50_usd": rounded(outcome.p50_usd),
        "p90_usd": rounded(outcome.p90_usd),
        "stopped_share": rounded(outcome.stopped_share),
    }


def _day_cost_to_dict(cost: DayCost | None) -> Json | None:
    if cost is None:
        return None
    return {
        "usd_per_day": rounded(cost.usd),
        "low_usd": rounded(cost.low_usd),
        "high_usd": rounded(cost.high_usd),
        "country": cost.country or None,
        "rests_on": list(cost.rests_on),
        "grade": cost.grade,
    }


def bill_of_day_to_dict(bill: Bill) -> Json:
    """Return what a day waited costs a shipment, by part."""
    return {
        "first_day_usd": rounded(bill.first_day_usd()),
        "truck": _day_cost_to_dict(bill.truck),
        "truck_count": bill.truck_count if bill.truck is not None else 0,
        "box": _day_cost_to_dict(bill.box),
        "box_count": bill.box_count if bill.box is not None else 0,
        "time_usd_per_day": rounded(bill.time_usd_per_day) if bill.spoilage is None else None,
        "spoilage_per_day_share": None if bill.spoilage is None else rounded(bill.spoilage.share),
        "unknown": list(bill.unknown),
    }


def decision_to_dict(world: World, asked: Asked, made: Decision) -> Json:
    """Return what to do at a shut element, what either way comes to, and why."""
    ways = made.ways
    wait = outcome_to_dict(made.wait) | {
        "days": {"p50": or_none(made.wait_days[0]), "p90": or_none(made.wait_days[1])},
        "abandoned_on_day": made.abandon_day,
        "journey": journey_brief(ways.over),
    }
    divert = None
    if ways.around is not None and made.divert_usd is not None:
        divert = {"usd": rounded(made.divert_usd), "journey": journey_brief(ways.around)}
    return {
        "world": world_to_dict(world),
        "element": made.residual.element_id,
        "at": place_to_dict(asked.origin),
        "to": place_to_dict(asked.destination),
        "consignment": consignment_to_dict(asked.question.shipment),
        "advice": made.advice.value,
        "then": None if made.then is None else made.then.value,
        "threshold_days": made.threshold_days,
        "wait": wait,
        "divert": divert,
        "cut_by": [to_dict(CUTS, cut) for cut in ways.cuts],
        "home": None if ways.home is None else journey_brief(ways.home),
        "best": outcome_to_dict(made.best),
        "p_wait_better": or_none(made.p_wait_better),
        "value_of_choice_usd": rounded(made.choice_usd),
        "ahead_trucks": rounded(made.ahead_trucks),
        "class": made.truck_class.name or None,
        "quota": None if made.quota is None else quota_to_dict(made.quota),
        "day": bill_of_day_to_dict(made.bill),
        "closure": residual_to_dict(made.residual),
        "because": list(made.because),
        "evidence_horizon": world.evidence_horizon.isoformat(),
        "later_facts": later_facts_to_dict(later_facts(world, made.sources)),
        "sources": sorted({one.url for one in made.sources if one.url.startswith("http")}),
    }


@dataclass(frozen=True, slots=True)
class Arm:
    """A way to act, and what it comes to in USD of all costs."""

    name: str
    mean_usd: float
    p50_usd: float
    p90_usd: float


ARMS: tuple[Column[Arm], ...] = (
    Column(name="way", get=lambda arm: arm.name, forms=(*EVERYWHERE, Form.table)),
    *(
        Column(
            name=name,
            unit="USD",
            forms=(*EVERYWHERE, Form.table),
            names={Form.table: name.removesuffix("_usd")},
            digits={Form.json: 0, Form.csv: 0},
            spec=",.0f",
        )
        for name in ("mean_usd", "p50_usd", "p90_usd")
    ),
)


def arms(made: Decision) -> Iterator[Arm]:
    """Yield the ways to act: only wait, stop now, and the best rule."""
    wait, best = made.wait, made.best
    yield Arm("wait", wait.mean_usd, wait.p50_usd, wait.p90_usd)
    if made.divert_usd is not None:
        yield Arm("divert now", made.divert_usd, made.divert_usd, made.divert_usd)
    rule = "never stop" if made.threshold_days is None else f"stop on day {made.threshold_days}"
    yield Arm(f"best: {rule}", best.mean_usd, best.p50_usd, best.p90_usd)
