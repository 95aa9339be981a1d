"""Readings of the evidence, slowly: every reading drawn one by one, every figure looked up by name.

Written from the definition and not from the product: a dictionary of normals for each reading, one
for each name, and sums over what a journey says of itself.
"""

from __future__ import annotations

import math
import random
from collections.abc import Mapping
from dataclasses import dataclass
from statistics import NormalDist

from karwan.route.tcd import Journey

P90 = NormalDist().inv_cdf(0.9)
MOST_LOG_SD = 0.5


@dataclass
class Slow:
    """Normals by name, drawn when first asked for: one reading."""

    rng: random.Random

    def __post_init__(self) -> None:
        self.known: dict[str, float] = {}

    def z(self, name: str) -> float:
        if name not in self.known:
            self.known[name] = self.rng.gauss(0.0, 1.0)
        return self.known[name]


def _log_sd(low: float, high: float) -> float:
    return MOST_LOG_SD if low <= 0 else min(math.log(high / low) / P90, MOST_LOG_SD)


def average_cost_usd(journey: Journey, reading: Slow) -> float:
    """Return what a journey costs on average in a reading."""
    usd = 0.0
    for width in journey.widths:
        low, value, high = width.usd.ends
        z = reading.z(f"usd {width.what} {width.default_id}")
        sd = _log_sd(low, value) if z < 0 else _log_sd(value, high)
        usd += value * math.exp(sd * z) if low < high else value
    spreads = journey.timing.spreads
    usd *= math.exp(spreads.price_open_log_sd * reading.z("prices"))
    return usd + journey.value_of_time_usd_per_hour * hours(journey, reading, day=False)


def hours(journey: Journey, reading: Slow, *, day: bool) -> float:
    """Return hours of a journey in a reading: their mean, or those of one day."""
    spreads = journey.timing.spreads
    total = 0.0
    for part in journey.parts:
        trip = math.log1p(part.part.cv_ratio**2)
        sd = math.sqrt(max(math.log1p(part.wide.cv_ratio**2) - trip, 0.0))
        mean = part.part.mean_hours * math.exp(sd * reading.z(f"h {part.what}") - sd**2 / 2)
        if day:
            assert part.part.tail == "lognormal" or not part.part.cv_ratio, "oracle of hauls only"
            mean *= math.exp(math.sqrt(trip) * reading.z(f"day {part.what}") - trip / 2)
        total += mean
    law_sd = spreads.law_open_log_sd
    return total * spreads.law.mean_ratio * math.exp(law_sd * reading.z("law") - law_sd**2 / 2)


def day_cost_usd(journey: Journey, reading: Slow) -> float:
    """Return what a journey costs on one day of a reading."""
    spreads = journey.timing.spreads
    average = average_cost_usd(journey, reading)
    mean_usd = average - journey.value_of_time_usd_per_hour * hours(journey, reading, day=False)
    own = math.sqrt(max(spreads.law.log_sd**2 - spreads.law_open_log_sd**2, 0.0))
    hauls = {p.what: p.part.mean_hours for p in journey.parts if p.is_haul}
    lands = {p.what: p.country for p in journey.parts if p.is_haul}
    factors = []
    for law, sd in (("law", own), ("prices", spreads.price_log_sd)):
        common = spreads.common_share
        z = math.sqrt(1 - common) * reading.z(f"{law} {journey.links}")
        by_land: dict[str, float] = {}
        for what, each in hauls.items():
            by_land[lands[what]] = by_land.get(lands[what], 0.0) + each / sum(hauls.values())
        for land, share in by_land.items():
            z += math.sqrt(common * share) * reading.z(f"{law} in {land}")
        factors.append(math.exp(sd * z - sd**2 / 2))
    rate = journey.value_of_time_usd_per_hour
    return mean_usd * factors[1] + rate * hours(journey, reading, day=True) * factors[0]


def slow_shares(
    journeys: Mapping[str, Journey], count: int, seed: int
) -> dict[str, tuple[float, float]]:
    """Return in what share of readings, and of days, each journey costs least."""
    rng = random.Random(seed)
    first = dict.fromkeys(journeys, 0)
    first_on_day = dict.fromkeys(journeys, 0)
    for _ in range(count):
        reading = Slow(rng)
        average = {name: average_cost_usd(one, reading) for name, one in journeys.items()}
        first[min(average, key=lambda name: average[name])] += 1
        day = {name: day_cost_usd(one, reading) for name, one in journeys.items()}
        first_on_day[min(day, key=lambda name: day[name])] += 1
    return {name: (first[name] / count, first_on_day[name] / count) for name in journeys}
