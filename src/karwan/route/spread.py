"""How the hours of a journey vary: its parts, their spread, and what unreliability costs.

Two spreads are kept apart. The first is from one journey to the next, part by part, and is what a
shipper pays for. The second is what the evidence leaves open (yearly means differ, defaults have
bands) and what whole journeys were seen to take beyond their parts (the law of hours); it is in the
one band that is shown, and is never priced.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from statistics import NormalDist
from typing import TYPE_CHECKING

from karwan.base.provenance import Figure
from karwan.base.units import HOURS_PER_DAY
from karwan.network.gauges import MODE_OF_LAYER, SEA
from karwan.route.charges import REST, SEASON
from karwan.route.distribution import (
    LOG_LOGISTIC,
    LOGNORMAL,
    Hours,
    JourneyLaw,
    Part,
    compose_hours,
    under_law,
)
from karwan.route.spreads import Spreads

if TYPE_CHECKING:
    from karwan.route.cost import PricedGraph
    from karwan.route.expand import Arc

P90_OF_NORMAL = NormalDist().inv_cdf(0.9)
"""P90 less P50 of a normal is this many standard deviations: the factor by which a value per hour
of standard deviation becomes one per hour of P90 less P50."""
WIDEST_CV = 2.5
"""Widest spread of a wait; a log-logistic cut at its longest wait has hardly more."""


@dataclass(frozen=True, slots=True, kw_only=True)
class HourPart:
    """A part of a journey that varies on its own; `wide` adds what the evidence leaves open.

    `country` is that of a haul, blank at sea, at a crossing and at a terminal; `default_id` names
    the first default that it rests on, if any.
    """

    what: str
    part: Part
    wide: Part
    country: str = ""
    is_haul: bool = False
    default_id: str = ""

    @property
    def open_log_sd(self) -> float:
        """Standard deviation of the log of its mean, as far as the evidence leaves that open."""
        wide, own = math.log1p(self.wide.cv_ratio**2), math.log1p(self.part.cv_ratio**2)
        return math.sqrt(max(wide - own, 0.0))


@dataclass(frozen=True, slots=True, kw_only=True)
class Reliability:
    """What the distribution of a journey's hours says.

    Attributes
    ----------
    hours
        With what the evidence leaves open, under the law of hours: the one distribution shown.
    band_hours
        P05 and P95 of it.
    buffer_time_index, planning_time_index
        (P95 - mean) / mean; P95 over the hours in motion without any delay.
    expected_shortfall_hours
        Mean of the worst 5 per cent of journeys.
    reliability_usd
        Value of reliability: ratio x value of time x (P90 - P50) / 1.2816 of the spread from one
        journey to the next alone, which is narrower than the band that is shown.
    detention_usd
        Expected detention of boxes beyond free time, out and back in the same hours.
    """

    hours: Hours
    p05_hours: float
    p10_hours: float
    p25_hours: float
    p50_hours: float
    p75_hours: float
    p90_hours: float
    p95_hours: float
    sd_hours: float
    band_hours: tuple[float, float]
    buffer_time_index: float
    planning_time_index: float
    p95_p50_ratio: float
    expected_shortfall_hours: float
    reliability_usd: float
    detention_usd: float


def measure_reliability(
    parts: Sequence[HourPart],
    moving_hours: float,
    spreads: Spreads,
    value_of_time_usd_per_hour: float,
) -> Reliability:
    """Return the reliability of a journey from its parts."""
    law = spreads.law
    hours = under_law(compose_hours([part.wide for part in parts]), law)
    priced = under_law(
        compose_hours([part.part for part in parts]), JourneyLaw(median_ratio=law.mean_ratio)
    )
    p05, p10, p25, p50, p75, p90, p95 = (
        hours.quantile(share) for share in (0.05, 0.1, 0.25, 0.5, 0.75, 0.9, 0.95)
    )
    mean = hours.mean_hours
    rate = spreads.reliability_ratio * value_of_time_usd_per_hour
    free_hours = spreads.free_days * HOURS_PER_DAY / 2
    excess_days = 2 * priced.expected_excess(free_hours) / HOURS_PER_DAY
    return Reliability(
        hours=hours,
        p05_hours=p05,
        p10_hours=p10,
        p25_hours=p25,
        p75_hours=p75,
        p50_hours=p50,
        p90_hours=p90,
        p95_hours=p95,
        sd_hours=hours.sd_hours,
        band_hours=(p05, p95),
        buffer_time_index=(p95 - mean) / mean if mean else 0.0,
        planning_time_index=p95 / moving_hours if moving_hours else 1.0,
        p95_p50_ratio=p95 / p50 if p50 else 1.0,
        expected_shortfall_hours=hours.expected_shortfall(),
        reliability_usd=rate * (priced.quantile(0.9) - priced.quantile(0.5)) / P90_OF_NORMAL,
        detention_usd=spreads.detention_usd_per_day * excess_days,
    )


def moving_hours(priced: PricedGraph, arcs: Sequence[Arc]) -> float:
    """Return the hours in motion without any delay."""
    charges = (charge for arc in arcs for charge in priced.charges[arc.id])
    return sum((c.hours.value for c in charges if c.hours and c.kind.is_moving), 0.0)


def hour_parts(
    priced: PricedGraph, arcs: Sequence[Arc], rest_waived_hours: float
) -> tuple[HourPart, ...]:
    """Return the parts of a journey: one per country and mode, one per crossing and terminal."""
    rest = [
        charge.hours.value
        for arc in arcs
        for charge in priced.charges[arc.id]
        if charge.kind is REST and charge.hours
    ]
    kept_rest = 1 - rest_waived_hours / sum(rest, 0.0) if rest_waived_hours else 1.0
    hauls: dict[tuple[str, str], list[Figure]] = {}
    nodes: list[HourPart] = []
    for arc in arcs:
        mode = MODE_OF_LAYER[priced.graph.states[arc.tail][1]]
        waits: list[Figure] = []
        for charge in priced.charges[arc.id]:
            if charge.hours is None:
                continue
            if charge.kind is SEASON:
                seldom = Part(charge.hours.value, WIDEST_CV, LOG_LOGISTIC)
                nodes.append(HourPart(what=charge.what, part=seldom, wide=seldom))
                continue
            if not charge.kind.varies_with_way:
                waits.append(charge.hours)
                continue
            share = kept_rest if charge.kind is REST else 1.0
            countries = arc.countries or ("",)
            for country in countries:
                hauls.setdefault((country, mode), []).append(
                    charge.hours.scaled(share / len(countries))
                )
        if waits:
            kind = "crossing" if arc.crossing_id else "terminal"
            nodes.append(_part(_name(priced, arc), waits, kind, LOG_LOGISTIC, priced.spreads))
    parts = [
        replace(
            _part(f"{mode} {country}".strip(), figures, mode, LOGNORMAL, priced.spreads),
            country="" if mode == SEA else country,
            is_haul=True,
        )
        for (country, mode), figures in hauls.items()
    ]
    return (*parts, *nodes)


def _name(priced: PricedGraph, arc: Arc) -> str:
    if arc.crossing_id:
        return priced.graph.network.crossings[arc.crossing_id].name
    return priced.graph.network.places[priced.graph.states[arc.tail][0]].name


def _part(what: str, figures: Sequence[Figure], kind: str, tail: str, spreads: Spreads) -> HourPart:
    mean = sum((figure.value for figure in figures), 0.0)
    trip, year = spreads.trip[kind], spreads.year[kind]
    open_variance = math.log1p(year**2) + _default_variance(figures, mean)
    wide = math.sqrt((1 + trip**2) * math.exp(open_variance) - 1)
    default_id = next((figure.default_id for figure in figures if figure.default_id), "")
    part = Part(mean, trip, tail)
    spread = replace(part, cv_ratio=min(wide, WIDEST_CV))
    return HourPart(what=what, part=part, wide=spread, default_id=default_id)


def _default_variance(figures: Sequence[Figure], mean_hours: float) -> float:
    """Return the variance of the log that the bands of defaults leave open, read as P10 to P90."""
    if not any(figure.default_id for figure in figures):
        return 0.0
    high = mean_hours + sum((f.high - f.value for f in figures if f.default_id), 0.0)
    return (math.log(high / mean_hours) / P90_OF_NORMAL) ** 2 if mean_hours else 0.0
