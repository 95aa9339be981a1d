"""Answers about a portfolio of consignments: each, by gate and by event, and premiums."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from karwan.analysis.corridors.answers import consignment_to_dict, place_to_dict, world_to_dict
from karwan.analysis.decisions.answers import EVERYWHERE
from karwan.analysis.decisions.trip_answers import trip_row
from karwan.analysis.decisions.trips import Fate, shortfall, within_chance
from karwan.analysis.forecasts.exceedance import ONCE_IN_10, ONCE_IN_50
from karwan.analysis.world.later import later_facts, later_facts_to_dict
from karwan.base.bands import Band, Kind
from karwan.base.provenance import Source
from karwan.base.reprs import short_repr
from karwan.base.telling import Column, Form, to_dict
from karwan.data.rows.appraisal import AppraisalParameterRow
from karwan.data.rows.row import source_of
from karwan.hazard.scenarios import CauseKind

if TYPE_CHECKING:
    from karwan.analysis.decisions.exposure import (
        AnotherWay,
        Catch,
        ConsignmentExposure,
        GateExposure,
        Portfolio,
    )
    from karwan.analysis.world.world import World
    from karwan.hazard.scenarios import Cause

Json = dict[str, Any]
Floats = npt.NDArray[np.float64]
LAND_RATE, WAR_ON_LAND = "overland_premium", "war_cover_on_land"


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """What premiums are reckoned by.

    Attributes
    ----------
    loading_share
        What is put on top of the expected loss, as a share of it.
    marine_share
        Rate of marine cover as stated, a share of the value; None where none is.
    land
        Rate of cover over land per passage, a share of the value.
    land_note, war_note
        What the tables say of that rate, and of standard war clauses.
    sources
        Of what is read in a source; a rate over land that is an estimate has none.
    """

    loading_share: float
    marine_share: float | None
    land: Band | None
    land_note: str
    war_note: str
    sources: tuple[Source, ...]


@dataclass(frozen=True, kw_only=True)
class Exposure:
    """A portfolio as told: with its terms, and with half of it sent another way."""

    portfolio: Portfolio
    another: AnotherWay | None
    terms: Terms
    policy: str
    seed: int
    path_count: int
    sources: tuple[Source, ...]

    __repr__ = short_repr


@dataclass(frozen=True, slots=True, kw_only=True)
class LossRow:
    """A loss over all futures, in USD."""

    what: str
    mean_usd: float
    once_in_10_usd: float
    once_in_50_usd: float
    shortfall_usd: float | None
    premium_usd: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CoverRow:
    """Cover that is bought apart: over land, and at sea.

    Attributes
    ----------
    premium_usd, low_usd, high_usd
        None where no rate is known or stated.
    """

    what: str
    consignment_count: int
    value_usd: float
    rate_share: float | None
    premium_usd: float | None
    low_usd: float | None
    high_usd: float | None
    note: str


def read_terms(world: World, loading_share: float, marine_share: float | None) -> Terms:
    """Return what premiums are reckoned by: what was stated, and the table's rate over land."""
    rows = {
        row.parameter: row
        for row in world.catalog.rows(AppraisalParameterRow)
        if row.parameter in (LAND_RATE, WAR_ON_LAND)
    }
    land, war = rows.get(LAND_RATE), rows.get(WAR_ON_LAND)
    band = None
    if land is not None and land.value is not None:
        low = land.value if land.value_low is None else land.value_low
        high = land.value if land.value_high is None else land.value_high
        band = Band(low, land.value, high, Kind.published)
    return Terms(
        loading_share=loading_share,
        marine_share=marine_share,
        land=band,
        land_note="" if land is None else land.note or "",
        war_note="" if war is None else war.note or "",
        sources=() if war is None else (source_of(war, war.note),),
    )


def losses(told: Exposure) -> tuple[LossRow, ...]:
    """Return the loss of all consignments, and its two parts."""
    loading, whole = 1 + told.terms.loading_share, told.portfolio.loss_usd
    carriage = told.portfolio.carriage_usd
    return tuple(
        loss_row(what, values, premium_usd=loading * float(values.mean()))
        for what, values in (
            ("all", whole),
            ("ways, trucks and boxes", carriage),
            ("cargo", whole - carriage),
        )
    )


def loss_row(what: str, values: Floats, premium_usd: float | None = None) -> LossRow:
    """Return a loss over all futures in figures."""
    return LossRow(
        what=what,
        mean_usd=float(values.mean()),
        once_in_10_usd=float(np.quantile(values, ONCE_IN_10)),
        once_in_50_usd=float(np.quantile(values, ONCE_IN_50)),
        shortfall_usd=shortfall(values),
        premium_usd=premium_usd,
    )


def covers(told: Exposure) -> tuple[CoverRow, ...]:
    """Return what cover over land and at sea comes to, each of what goes there."""
    terms = told.terms
    ways = told.portfolio.consignments
    stated = terms.marine_share
    sea = None if stated is None else Band(stated, stated, stated, Kind.published)
    return (
        _cover("over land", [one for one in ways if one.land_km > 0], terms.land, terms.land_note),
        _cover("at sea", [one for one in ways if one.sea_km > 0], sea,
               "" if sea is not None else "no rate stated: not priced"),
    )  # fmt: skip


def _cover(what: str, told: list[ConsignmentExposure], rate: Band | None, note: str) -> CoverRow:
    value = sum(one.value_usd for one in told)
    return CoverRow(
        what=what,
        consignment_count=len(told),
        value_usd=value,
        rate_share=None if rate is None else rate.value,
        premium_usd=None if rate is None else rate.value * value,
        low_usd=None if rate is None else rate.low * value,
        high_usd=None if rate is None else rate.high * value,
        note=note,
    )


def cause_text(cause: Cause) -> str:
    """Return a cause in words."""
    return {
        CauseKind.running: f"{cause.name}, which runs",
        CauseKind.scheduled: f"{cause.name}, by the calendar",
        CauseKind.new: f"a new episode of {cause.name}",
    }[cause.kind]


def caught_delay(one: ConsignmentExposure) -> float | None:
    """Return the mean delay of futures in which it is caught and comes all the same, in days."""
    came = one.delay_days[one.caught & np.isfinite(one.delay_days)]
    return float(came.mean()) if came.size else None


def _c(
    name: str, unit: str = "", shown: str = "", spec: str = "", framed: str = "", **more: Any
) -> Column[Any]:
    """Return a column; `shown` is what the terminal calls it, blank where it leaves it out.

    A frame calls it `framed`, where that is another name.
    """
    return Column(
        name=name, unit=unit, forms=(*EVERYWHERE, *((Form.table,) if shown else ())),
        names={Form.table: shown, **({Form.frame: framed} if framed else {})},
        digits={Form.json: 4, Form.csv: 4}, spec=spec, **more,
    )  # fmt: skip


CONSIGNMENTS: tuple[Column[ConsignmentExposure], ...] = (
    _c("consignment", shown="consignment", get=lambda row: row.name),
    _c("row", get=lambda row: row.listed.row),
    _c("at", shown="at", get=lambda row: row.listed.asked.origin.id),
    _c("to", shown="to", get=lambda row: row.listed.asked.destination.id),
    _c("on", shown="on", get=lambda row: row.trips.depart.isoformat()),
    _c("crossings", get=lambda row: row.journey.crossings),
    _c("value_usd", "USD", "value USD", ",.0f"),
    _c("rule", get=lambda row: row.rule.name),
    _c("p_caught", "share", "caught", ".1%", get=lambda row: float(row.caught.mean())),
    _c("caught_delay_days", "days", "days then", ",.1f", get=caught_delay),
    _c("p50_delay_days", "days", get=lambda row: within_chance(row.delay_days, 0.5)),
    _c("p90_delay_days", "days", "P90 days", ",.1f",
       get=lambda row: within_chance(row.delay_days, 0.9)),
    _c("p95_delay_days", "days", get=lambda row: within_chance(row.delay_days, 0.95)),
    _c("shortfall_delay_days", "days", get=lambda row: shortfall(row.delay_days)),
    _c("p50_hours", "h", get=lambda row: trip_row(row.trips).p50_hours),
    _c("p90_hours", "h", get=lambda row: trip_row(row.trips).p90_hours),
    _c("with_closures", "share", "in time", ".0%", "with_closures_share",
       get=lambda row: row.trips.with_closures),
    _c("stranded_share", "share", "given up", ".1%",
       get=lambda row: row.trips.trips.share_of(Fate.stranded)),
    _c("censored_share", "share", get=lambda row: row.trips.trips.share_of(Fate.censored)),
    _c("mean_loss_usd", "USD", "loss USD", ",.0f", get=lambda row: float(row.loss_usd.mean())),
    _c("once_in_10_loss_usd", "USD", "1 in 10", ",.0f",
       get=lambda row: float(np.quantile(row.loss_usd, ONCE_IN_10))),
    _c("once_in_50_loss_usd", "USD", "1 in 50", ",.0f",
       get=lambda row: float(np.quantile(row.loss_usd, ONCE_IN_50))),
    _c("mean_cargo_loss_usd", "USD",
       get=lambda row: float((row.loss_usd - row.carriage_usd).mean())),
    _c("land_km", "km"),
    _c("sea_km", "km"),
)  # fmt: skip
GATES_MET: tuple[Column[GateExposure], ...] = (
    _c("consignment", shown="consignment"),
    _c("element", shown="gate or line", get=lambda row: row.element_id),
    _c("name"),
    _c("on_way_share", "share", "on its way", ".0%"),
    _c("reach_on", shown="there on", get=lambda row: row.reach_on and row.reach_on.isoformat()),
    _c("reach_days", "days"),
    _c("p_shut", "share", "shut then", ".1%"),
    _c("p_caught", "share", "caught there", ".1%"),
    _c("waited_days", "days", "days it stands", ",.1f"),
)
CATCHES: tuple[Column[Catch], ...] = (
    _c("cause", shown="event", get=lambda row: cause_text(row.cause)),
    _c("kind", get=lambda row: row.cause.kind.value),
    _c("elements", shown="at", get=lambda row: row.elements),
    _c("consignments", get=lambda row: row.consignments),
    _c("consignment_count", "consignments", "can catch", ",.0f",
       get=lambda row: len(row.consignments)),
    _c("p_any", "share", "catches any", ".1%"),
    _c("p_several", "share", "two or more", ".1%"),
    _c("mean_value_usd", "USD", "mean USD", ",.0f"),
    _c("once_in_10_usd", "USD", "1 in 10", ",.0f"),
    _c("once_in_50_usd", "USD", "1 in 50", ",.0f"),
    _c("most_usd", "USD", "most", ",.0f"),
)  # fmt: skip
LOSSES: tuple[Column[LossRow], ...] = (
    _c("what", shown="loss"),
    _c("mean_usd", "USD", "expected USD", ",.0f"),
    _c("once_in_10_usd", "USD", "1 in 10", ",.0f"),
    _c("once_in_50_usd", "USD", "1 in 50", ",.0f"),
    _c("shortfall_usd", "USD", "worst 5% mean", ",.0f"),
    _c("premium_usd", "USD", "premium USD", ",.0f"),
)
COVERS: tuple[Column[CoverRow], ...] = (
    _c("what", shown="cover"),
    _c("consignment_count", "consignments", "of", ",.0f"),
    _c("value_usd", "USD", "value USD", ",.0f"),
    _c("rate_share", "share", "rate", ".2%"),
    _c("premium_usd", "USD", "premium USD", ",.0f"),
    _c("low_usd", "USD", "from", ",.0f"),
    _c("high_usd", "USD", "to", ",.0f"),
    _c("note"),
)


def all_gates(told: Exposure) -> Iterator[GateExposure]:
    """Yield what each consignment meets, the likeliest to catch it first."""
    for one in told.portfolio.consignments:
        yield from sorted(one.gates, key=lambda gate: (-gate.p_caught, gate.element_id))


def exposure_to_dict(world: World, told: Exposure) -> Json:
    """Return the exposure of a portfolio as plain data."""
    portfolio, terms = told.portfolio, told.terms
    return {
        "world": world_to_dict(world),
        "policy": told.policy,
        "value_usd": round(portfolio.value_usd, 2),
        "consignments": [
            to_dict(CONSIGNMENTS, one)
            | {
                "origin": place_to_dict(one.listed.asked.origin),
                "destination": place_to_dict(one.listed.asked.destination),
                "shipment": consignment_to_dict(one.listed.asked.question.shipment),
            }
            for one in portfolio.consignments
        ],
        "gates": [to_dict(GATES_MET, one) for one in all_gates(told)],
        "p_any_caught": round(float((portfolio.caught_counts > 0).mean()), 6),
        "mean_caught_count": round(float(portfolio.caught_counts.mean()), 4),
        "losses": [to_dict(LOSSES, one) for one in losses(told)],
        "accumulation": {
            "largest_event": to_dict(
                LOSSES, loss_row("value caught by one event", portfolio.most_caught_usd)
            ),
            "events": [to_dict(CATCHES, one) for one in portfolio.catches],
        },
        "half_another_way": another_to_dict(told),
        "loading_share": terms.loading_share,
        "covers": [to_dict(COVERS, one) for one in covers(told)],
        "war_cover_on_land": terms.war_note or None,
        "paths": told.path_count,
        "seed": told.seed,
        "evidence_horizon": world.evidence_horizon.isoformat(),
        "later_facts": later_facts_to_dict(later_facts(world, told.sources)),
        "sources": sorted({one.url for one in told.sources if one.url.startswith("http")}),
    }


def another_to_dict(told: Exposure) -> Json | None:
    """Return what sending half another way changes; None where no event catches two."""
    another = told.another
    if another is None:
        return None
    before, after = told.portfolio, another.portfolio
    return {
        "cause": cause_text(another.cause),
        "around": list(another.shunned),
        "moved": list(another.moved),
        "no_other_way": list(another.unmoved),
        "bound_by_via": list(another.bound),
        "before": another_figures(before),
        "after": another_figures(after),
        "extra_costs_usd": round(after.all_costs_usd - before.all_costs_usd, 2),
    }


def another_figures(portfolio: Portfolio) -> Json:
    """Return what is compared of a portfolio sent one way or another."""
    return {
        "p_any_caught": round(float((portfolio.caught_counts > 0).mean()), 6),
        "loss": to_dict(LOSSES, loss_row("all", portfolio.loss_usd)),
        "largest_event": to_dict(
            LOSSES, loss_row("value caught by one event", portfolio.most_caught_usd)
        ),
        "all_costs_usd": round(portfolio.all_costs_usd, 2),
    }
