"""Answers as plain data: what `--format json` prints and what a run stores.

A missing answer is None with its reason beside it; no number is infinite or NaN.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, fields
from functools import lru_cache
from itertools import zip_longest
from typing import TYPE_CHECKING, Any

from karwan.analysis.corridors.arrival import arrival_of
from karwan.analysis.corridors.calibration import RUNS
from karwan.analysis.corridors.comparison import Comparison, CorridorAnswer, Status
from karwan.analysis.corridors.planner import Planner
from karwan.analysis.corridors.price_fit import PRICES
from karwan.analysis.corridors.ranking import Ranking, extra_usd
from karwan.analysis.corridors.routing import RouteAnswer
from karwan.analysis.world.bars import Cut
from karwan.analysis.world.corrections import corrections_to_dict
from karwan.analysis.world.later import later_facts, later_facts_to_dict
from karwan.analysis.world.world import World
from karwan.base.alike import Alike
from karwan.base.bands import Band
from karwan.base.telling import Column, Form, to_dict
from karwan.network.network import Network
from karwan.network.nouns import Place, Restriction
from karwan.network.vehicles import Consignment
from karwan.route.clock import Clock
from karwan.route.tcd import LEGS, Journey, Timing

if TYPE_CHECKING:
    from karwan.analysis.corridors.calibration import Calibration, Fit, Trial
    from karwan.analysis.corridors.hours_fit import Interval
    from karwan.analysis.corridors.price_fit import PriceCalibration
    from karwan.base.provenance import Source

Json = dict[str, Any]
NOT_IN_THE_PRICE = (
    "insurance",
    "customs bond and guarantee",
    "port dues and storage",
    "return of the empty box",
    "margin of the forwarder",
    "cooling, oversize and part loads",
)
"""What a quote may hold that no charge of a journey tells."""
RATE = "rate"
"""How ids of defaults begin that stand in for a country's freight rate."""
DIGITS = 3
CHANCE_DIGITS = 6


def rounded(value: float) -> float:
    """Return a number rounded for print; the model keeps all digits."""
    return round(value, DIGITS)


def band_to_dict(band: Band) -> Json:
    """Return a band by its ends, the value as `central`."""
    return {
        "low": rounded(band.low),
        "central": rounded(band.value),
        "high": rounded(band.high),
    }


def date_text(date: dt.date | None) -> str | None:
    """Return an ISO date or None."""
    return date.isoformat() if date else None


def place_to_dict(place: Place) -> Json:
    """Return id, name and country of a place."""
    return {"id": place.id, "name": place.name, "country": place.country}


def consignment_to_dict(consignment: Consignment) -> Json:
    """Return what is shipped, with units in the keys."""
    return {
        "unit": consignment.unit.id,
        "unit_count": consignment.unit_count,
        "cargo": consignment.cargo.id,
        "cargo_name": consignment.cargo.name,
        "tonnes": rounded(consignment.tonnes),
        "value_usd": rounded(consignment.value_usd),
        "value_of_time_usd_per_hour": rounded(consignment.value_of_time_usd_per_hour),
        "carrier": consignment.carrier,
        "papers": "TIR or QTTA assumed",
    }


def world_to_dict(world: World) -> Json:
    """Return the dates an answer stands on, and what the user changed."""
    return {
        "as_of": world.as_of.isoformat(),
        "evidence_horizon": world.evidence_horizon.isoformat(),
        "evidence_age_days": (world.as_of - world.evidence_horizon).days,
        "closed": sorted(world.shut_ids),
        "opened": sorted(world.open_ids),
        "projects": sorted(world.projects),
        "corrections": corrections_to_dict(world),
    }


def crossing_status_to_dict(world: World, crossing_id: str) -> Json:
    """Return what was last reported of a crossing, with date and age."""
    status = world.crossing_status(crossing_id)
    return {
        "crossing": crossing_id,
        "status": status.kind,
        "known_on": date_text(status.known_on),
        "age_days": status.age_days,
        "last_known": status.last_known,
    }


def timing_to_dict(timing: Timing) -> Json:
    """Return the hours of a journey, or of that part of it during which a clock runs."""
    spread = timing.reliability
    return {
        "mean": rounded(timing.hours.value),
        "low": rounded(timing.hours.low),
        "high": rounded(timing.hours.high),
        "p05": rounded(spread.p05_hours),
        "p10": rounded(spread.p10_hours),
        "p25": rounded(spread.p25_hours),
        "p50": rounded(spread.p50_hours),
        "p75": rounded(spread.p75_hours),
        "p90": rounded(spread.p90_hours),
        "p95": rounded(spread.p95_hours),
        "band": {"p05": rounded(spread.band_hours[0]), "p95": rounded(spread.band_hours[1])},
        "parts": {name: rounded(hours) for name, hours in timing.hours_by_part.items()},
        "by_kind": {kind: rounded(hours) for kind, hours in timing.hours_by_kind.items()},
        "rest_waived": rounded(timing.rest_waived_hours),
    }


OWN = tuple(field.name for field in fields(Journey) if field.name != "chances")
"""The fields of a journey of which its own figures follow."""
MOST_JOURNEYS = 64
"""Journeys whose own figures are held for the next question."""


def journey_to_dict(
    world: World,
    journey: Journey,
    corridor: str | None = None,
    *,
    clock: Clock = Clock.door,
    timing: Timing | None = None,
) -> Json:
    """Return a route with hours, cost, legs and the defaults it rests on.

    Parameters
    ----------
    clock, timing
        From where to where its hours run; those from door to door where no others are given.
    """
    named = world.network.corridors.get(corridor or "")
    hours = {} if timing is None else {"hours": timing_to_dict(timing)}
    return {
        **_own(Alike(journey, *(getattr(journey, name) for name in OWN))),
        **hours,
        "corridor": corridor,
        "corridor_name": named.name if named is not None else None,
        "clock": clock.value,
        "crossing_status": [crossing_status_to_dict(world, name) for name in journey.crossings],
        "country_names": [world.region.country(code) for code in journey.countries],
        "trip": _trip(world, journey),
        "meets_closure": _meets(journey),
        "later_facts": later_facts_to_dict(later_facts(world, journey.sources)),
    }


@lru_cache(maxsize=MOST_JOURNEYS)
def _own(alike: Alike[Journey]) -> Mapping[str, Any]:
    """Return what a journey tells by itself, whatever the world and what may happen on it."""
    journey = alike.value
    found = journey.reliability
    return {
        "distance_km": rounded(journey.distance_km),
        "hours": timing_to_dict(journey.timing),
        "cost_usd": {
            **band_to_dict(journey.usd),
            "p05": rounded(journey.priced_usd.p05_usd),
            "p10": rounded(journey.priced_usd.p10_usd),
            "p50": rounded(journey.priced_usd.p50_usd),
            "p90": rounded(journey.priced_usd.p90_usd),
            "p95": rounded(journey.priced_usd.p95_usd),
            "in_the_price": list(journey.usd_by_kind),
            "not_in_the_price": list(NOT_IN_THE_PRICE),
            "by_kind": {kind: rounded(usd) for kind, usd in journey.usd_by_kind.items()},
            "width_by": [
                {"what": width.what, "low": rounded(width.usd.low), "high": rounded(width.usd.high)}
                for width in journey.widths
            ],
        },
        "reliability": {
            "sd_hours": rounded(found.sd_hours),
            "buffer_time_index": rounded(found.buffer_time_index),
            "planning_time_index": rounded(found.planning_time_index),
            "p95_p50_ratio": rounded(found.p95_p50_ratio),
            "expected_shortfall_hours": rounded(found.expected_shortfall_hours),
            "reliability_usd": rounded(found.reliability_usd),
            "detention_usd": rounded(found.detention_usd),
        },
        "generalized_cost_usd": rounded(journey.generalized_cost_usd),
        "full_cost_usd": rounded(journey.full_cost_usd),
        "routing_weight_ticks": journey.ticks,
        "modes": list(journey.modes),
        "crossings": list(journey.crossings),
        "countries": list(journey.countries),
        "elements": list(journey.elements),
        "places": list(journey.places),
        "seasons": list(journey.seasons),
        "grade": journey.grade,
        "legs": [to_dict(LEGS, row) for row in journey.rows],
        "defaults_used": [
            {
                "id": use.id,
                "what": use.what,
                "basis": use.basis,
                "hours": _band(use.hours),
                "usd": _band(use.usd),
            }
            for use in journey.defaults
        ],
        "sources": sorted(
            {source.url for source in journey.sources if source.url.startswith("http")}
        ),
    }


def _meets(journey: Journey) -> Json | None:
    """Return which share of such journeys meets a closure; null where it was not asked."""
    chances = journey.chances
    if chances is None or chances.meets_closure_share is None:
        return None
    return {
        "share": rounded(chances.meets_closure_share),
        "passed_count": chances.passed_count,
        "not_searched": list(chances.unsearched),
    }


def _trip(world: World, journey: Journey) -> Json | None:
    arrival = arrival_of(world.travel, journey)
    return arrival.to_dict() if arrival is not None else None


def _band(band: Band) -> Json | None:
    return band_to_dict(band) if any(band.ends) else None


KEPT = (Form.json, Form.frame)
CUTS: tuple[Column[Cut], ...] = (
    *(Column(name=name, forms=KEPT) for name in ("id", "name", "kind", "reason")),
    Column(name="since", get=lambda cut: date_text(cut.since), forms=KEPT),
    Column(name="known_on", get=lambda cut: date_text(cut.known_on), forms=KEPT),
    Column(name="age_days", unit="days", forms=KEPT),
    Column(name="last_known", forms=KEPT),
    Column(name="evidence", forms=KEPT),
    Column(name="source_url", get=lambda cut: cut.source_url or None, forms=KEPT),
)
"""What is told of a thing that cuts a route: what, since when, and as known when."""


def cut_to_dict(cut: Cut) -> Json:
    """Return what cuts a route, since when, and as known when."""
    return to_dict(CUTS, cut)


def answer_to_dict(world: World, answer: CorridorAnswer, best: Journey | None) -> Json:
    """Return one corridor's answer; a corridor that is cut has no route and says what cuts it."""
    corridor = answer.corridor
    return {
        "corridor": corridor.id,
        "corridor_name": corridor.name,
        "family": corridor.family,
        "variant": corridor.variant,
        "role": corridor.role,
        "status": answer.status,
        "same_as": answer.same_as or None,
        "route": journey_to_dict(world, answer.journey, corridor.id) if answer.journey else None,
        "cut_by": [cut_to_dict(cut) for cut in answer.cuts],
        "if_open": _brief(answer.open_journey) if answer.open_journey else None,
        "if_lifted": _brief(answer.lifted_journey) if answer.lifted_journey else None,
        "way_round": _way_round(answer, best),
    }


def _brief(journey: Journey) -> Json:
    return {
        "distance_km": rounded(journey.distance_km),
        "hours_mean": rounded(journey.hours.value),
        "cost_usd": rounded(journey.usd.value),
        "generalized_cost_usd": rounded(journey.generalized_cost_usd),
    }


def _way_round(answer: CorridorAnswer, best: Journey | None) -> Json | None:
    """Return what the best route costs more than this corridor would if it were open."""
    if (
        answer.journey is not None
        or answer.open_journey is None
        or best is None
        or answer.status == Status.not_served
    ):
        return None
    opened = answer.open_journey
    return _brief(best) | {
        "crossings": list(best.crossings),
        "extra_hours": rounded(best.hours.value - opened.hours.value),
        "extra_usd": rounded(best.usd.value - opened.usd.value),
        **_extra(best, opened),
    }


def _extra(journey: Journey, over: Journey) -> Json:
    """Return what a journey costs more, its band over the defaults, and whether the sign holds."""
    band_usd = extra_usd(journey, over)
    return {
        "extra_generalized_cost_usd": rounded(band_usd.value),
        "extra_low_usd": rounded(band_usd.low),
        "extra_high_usd": rounded(band_usd.high),
        "sign_holds": band_usd.has_sign,
    }


def ranking_to_dict(ranking: Ranking) -> Json:
    """Return the ranking, whether it holds over the defaults, and both orders where it does not."""
    return {
        "holds": ranking.holds,
        "ranks": [
            {
                "corridor": r.corridor_id,
                "rank": r.rank,
                "best_rank": r.best_rank,
                "worst_rank": r.worst_rank,
            }
            for r in ranking.ranks
        ],
        "order_central": list(ranking.order_central),
        "order_defaults_low": list(ranking.order_low),
        "order_defaults_high": list(ranking.order_high),
        "pairings": [
            {
                "better": pair.better,
                "worse": pair.worse,
                "margin_usd": band_to_dict(pair.margin_usd),
                "holds": pair.holds,
                "turned_by": list(pair.turned_by),
            }
            for pair in ranking.pairings
        ],
    }


_NAMED_KEY = "without_afghanistan"
_BEST_NAMED_KEY = f"best_{_NAMED_KEY}"
"""Keys of the contract from before the region named whom it also leaves out: null elsewhere."""


def comparison_to_dict(comparison: Comparison) -> Json:
    """Return a whole comparison."""
    best, without, world = comparison.best, comparison.best_avoiding, comparison.world
    extra = _extra(without, best) if without and best else None
    is_named = world.region.without_name.casefold() == _NAMED_KEY.rpartition("_")[2]
    return {
        "origin": place_to_dict(comparison.origin),
        "destination": place_to_dict(comparison.destination),
        "state": comparison.state,
        **world_to_dict(world),
        "price_year": comparison.price_year,
        "consignment": consignment_to_dict(comparison.consignment),
        "corridors": [answer_to_dict(world, answer, best) for answer in comparison.answers],
        "best": journey_to_dict(world, best) if best else None,
        "proof": comparison.proof.to_dict() if comparison.proof else None,
        "cut_by": [cut_to_dict(cut) for cut in comparison.way_cuts],
        _BEST_NAMED_KEY: journey_to_dict(world, without) if without and is_named else None,
        _NAMED_KEY: extra if is_named else None,
        "best_avoiding": {
            "countries": sorted(comparison.also_without),
            "journey": journey_to_dict(world, without) if without else None,
            "extra": extra,
        },
        "ranking": ranking_to_dict(comparison.ranking),
        "shares": comparison.shares.to_dict(),
        "rates_borrowed": [asdict(one) for one in rates_borrowed(journeys_of(comparison))],
    }


def comparison_sources(comparison: Comparison) -> list[Source]:
    """Return the sources of every journey that a comparison tells."""
    journeys = [comparison.best, comparison.best_avoiding]
    for answer in comparison.answers:
        journeys += [answer.journey, answer.open_journey]
    return [source for one in journeys if one is not None for source in one.sources]


def route_answer_to_dict(planner: Planner, answer: RouteAnswer, state: str) -> Json:
    """Return routes; where there is none, `routes` holds one null and `cut_by` says why."""
    routes: list[Json | None] = [
        journey_to_dict(
            planner.world, journey, answer.corridor_id, clock=answer.clock, timing=timing
        )
        for journey, timing in zip_longest(answer.journeys, answer.timings)
    ]
    return {
        "origin": place_to_dict(answer.origin),
        "destination": place_to_dict(answer.destination),
        "corridor": answer.corridor_id,
        "corridor_name": planner.world.network.corridors[answer.corridor_id].name
        if answer.corridor_id
        else None,
        "state": state,
        **world_to_dict(planner.world),
        "price_year": planner.price_year,
        "consignment": consignment_to_dict(planner.consignment),
        "routes": routes or [None],
        "proof": answer.proof.to_dict() if answer.proof else None,
        "cut_by": [cut_to_dict(cut) for cut in answer.cuts],
        "note": answer.note or None,
        "rates_borrowed": [asdict(one) for one in rates_borrowed(answer.journeys)],
        "restrictions": [
            {
                "id": rule.id,
                "on": rule.target,
                "class": rule.vehicle_class,
                "rule": rule.rule,
                "since": date_text(rule.start),
            }
            for rule in restrictions_met(planner, answer)
        ],
    }


@dataclass(frozen=True, slots=True)
class BorrowedRate:
    """A freight rate that a country has not, and what stands in for it."""

    country: str
    mode: str
    basis: str


def rates_borrowed(journeys: Iterable[Journey]) -> list[BorrowedRate]:
    """Return the rates that journeys rest on and their countries have not, each once."""
    found = {}
    for journey in journeys:
        for use in journey.defaults:
            kind, _, rest = use.id.partition(":")
            country, _, mode = rest.partition(":")
            if kind == RATE:
                found[country, mode] = BorrowedRate(country, mode, use.basis)
    return [found[key] for key in sorted(found)]


def journeys_of(comparison: Comparison) -> list[Journey]:
    """Return every journey of a comparison that is told."""
    told = (comparison.best, comparison.best_avoiding, *(a.journey for a in comparison.answers))
    return [journey for journey in told if journey is not None]


def restrictions_met(planner: Planner, answer: RouteAnswer) -> list[Restriction]:
    """Return the bans in force that bind the consignment near its routes, one per element."""
    network = planner.world.network
    bound = planner.consignment.classes
    passed = {name for journey in answer.journeys for name in (*journey.countries, *journey.places)}
    near: dict[str, Restriction] = {}
    for rule in planner.world.rules_in_force("bar"):
        crossing = network.crossings.get(rule.target)
        link = network.links.get(crossing.link_id if crossing else rule.target)
        if link is None or rule.vehicle_class not in bound:
            continue
        if {link.from_id, link.to_id, *link.countries} & passed:
            near.setdefault(network.element_of_link.get(link.id, link.id), rule)
    return list(near.values())


def restriction_subject(network: Network, rule: Restriction) -> str:
    """Return the name of what a rule is on: its element where it has one."""
    crossing = network.crossings.get(rule.target)
    element = network.element_of_link.get(crossing.link_id if crossing else rule.target, "")
    return network.elements[element].name if element else rule.target


def calibration_to_dict(found: Calibration) -> Json:
    """Return the fit, its trials, and every run beside the model."""
    return {
        "in_use": _fit(found.in_use),
        "run_count": found.run_count,
        "event_count": found.event_count,
        "variants": [
            {
                "name": variant.name,
                "chosen": variant is found.chosen,
                "fitted": _fit(variant.fitted),
                "median_left_out_error_share": rounded(variant.median_error_share),
                "coverage": {
                    "share": rounded(variant.coverage.value),
                    "low": rounded(variant.coverage.low),
                    "high": rounded(variant.coverage.high),
                },
                **_trial(variant.trial),
            }
            for variant in found.variants
        ],
        "rivals": [{"name": one.name, **_trial(one)} for one in found.rivals],
        "bootstrap": {
            "pilot_ratio": _interval(found.intervals[0]),
            "log_sd": _interval(found.intervals[1]),
        },
        "with_statements": (
            None
            if found.stated_fit is None
            else {
                "pilot_ratio": rounded(found.stated_fit.median_ratio),
                "log_sd": rounded(found.stated_fit.log_sd),
                "statements_ratio": rounded(found.stated_ratio),
            }
        ),
        "effects": {trait: _interval(one) for trait, one in found.effects.items()},
        "prices": None if found.prices is None else _prices(found.prices),
        "runs": [to_dict(RUNS, one) for one in found.runs],
        "out_of_reach": [
            {
                "run": run.id,
                "kind": run.kind,
                "origin": run.origin,
                "destination": run.destination,
                "why": run.out_of_reach,
                "source_url": run.source_url,
            }
            for run in found.out_of_reach
        ],
    }


def _fit(fit: Fit) -> Json:
    return {
        "driving_hours_per_day": rounded(fit.duty_hours_per_day),
        "pilot_ratio": rounded(fit.pilot_ratio),
        "log_sd": rounded(fit.law.law.log_sd),
        "stand_hours": rounded(fit.law.stand_hours),
    }


def _trial(trial: Trial) -> Json:
    return {
        "crps_log_hours": rounded(trial.score.crps),
        "width_p95_over_p05": rounded(trial.score.width_ratio),
        "coverages": {
            str(width): {
                "share": rounded(band.value),
                "low": rounded(band.low),
                "high": rounded(band.high),
            }
            for width, band in trial.coverages.items()
        },
        "without": {
            group: {
                "event_count": one.event_count,
                "crps_log_hours": rounded(one.crps),
                "coverages": {str(width): rounded(share) for width, share in one.covered.items()},
            }
            for group, one in trial.without.items()
        },
    }


def _prices(prices: PriceCalibration) -> Json:
    tried = prices.tried
    return {
        "event_count": tried.event_count,
        "median_ratio_fitted": rounded(prices.fit.median_ratio),
        "median_ratio_interval": [rounded(end) for end in prices.median_interval],
        "log_sd_likely": rounded(prices.likely_log_sd),
        "log_sd": rounded(prices.fit.log_sd),
        "width_p95_over_p05": rounded(tried.width_ratio),
        "coverages": {str(width): rounded(share) for width, share in tried.covered.items()},
        "prices": [to_dict(PRICES, one) for one in (*prices.fitted, *prices.others)],
    }


def _interval(one: Interval) -> Json:
    return {"p05": rounded(one.p05), "p50": rounded(one.p50), "p95": rounded(one.p95)}
