"""What a journey may cost: once as the evidence leaves it open, once as one day turns out.

A *reading* is one set of values that the evidence allows: every rate, fee, default, mean of hours
and both laws are drawn once under their names, so that they move all journeys alike, and the
journey costs what it costs on average over many departures. On a *day* of that reading the gate,
the road and the carrier of that day are drawn too. The law of hours and that of prices share a part
of their variance between journeys that pass the same countries.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from karwan.base.alike import Alike
from karwan.base.bands import Band, Kind
from karwan.route.distribution import LOGNORMAL, Part, unit_waits
from karwan.route.draws import normals, order_of, shares_of
from karwan.route.money import P90_OF_NORMAL, figure_usd
from karwan.route.tcd import figures_of, usd_name

if TYPE_CHECKING:
    from karwan.route.spread import HourPart
    from karwan.route.tcd import Journey

Floats = npt.NDArray[np.float64]

READINGS = 4096
"""Enough that the error of a share is under a point: 1 / (2 sqrt(n)) is 0.8 points."""
MOST_READ = 128
"""Readings of so many journeys are kept, 64 kB each."""
LAW_OF_HOURS, LAW_OF_PRICES = "law of hours", "law of prices"
HOURS = "hours"
SEA_WAY = "sea"


@dataclass(frozen=True, slots=True, kw_only=True)
class Drawn:
    """A figure that is drawn for a journey.

    Attributes
    ----------
    name
        Under which it is drawn: the same in every journey that rests on it.
    what
        What it is, as the journey's table calls it.
    unit
        `USD`, `h` or `ratio`.
    band
        Its central value with P10 and P90.
    default_id
        The default it is, if it is none of the published.
    """

    name: str
    what: str
    unit: str
    band: Band
    default_id: str = ""

    @property
    def quantity(self) -> str:
        """`cost`, `hours` or `law`."""
        return {"USD": "cost", "h": HOURS}.get(self.unit, "law")


@dataclass(frozen=True, slots=True)
class Readings:
    """Generalized cost of a journey over readings, shape (n,), in USD.

    Attributes
    ----------
    average_usd
        What it costs on average in each reading.
    day_usd
        What it costs on one day of each reading.
    """

    average_usd: Floats
    day_usd: Floats


def read_journey(journey: Journey, count: int = READINGS) -> Readings:
    """Return what a journey costs over readings of the evidence, and on a day of each.

    At the middle of every figure it costs what is printed: money at central values and hours at
    their mean.

    Parameters
    ----------
    count
        How many readings are drawn.
    """
    return _read(Alike(journey, *parts_read(journey)), count)


def parts_read(journey: Journey) -> tuple[object, ...]:
    """Return the parts of a journey that its readings follow from, for keys of what is kept."""
    rate = journey.value_of_time_usd_per_hour
    return journey.timing, journey.widths, journey.links, rate


@lru_cache(maxsize=MOST_READ)
def _read(alike: Alike[Journey], count: int) -> Readings:
    journey = alike.value
    spreads = journey.timing.spreads
    mix = country_mix(journey)
    usd = _total_usd(journey, count)
    usd *= _median(LAW_OF_PRICES, spreads.price_open_log_sd, count)
    hours, day_hours = np.zeros(count), np.zeros(count)
    for part in journey.parts:
        mean = part_hours(part, count)
        hours += mean
        day_hours += mean * _day_of(part, count)
    law = spreads.law.mean_ratio * _about_mean(
        normals(LAW_OF_HOURS, count), spreads.law_open_log_sd
    )
    own_sd = math.sqrt(max(spreads.law.log_sd**2 - spreads.law_open_log_sd**2, 0.0))
    factors = [
        _about_mean(_of_journey(name, journey, mix, count), sd)
        for name, sd in ((LAW_OF_HOURS, own_sd), (LAW_OF_PRICES, spreads.price_log_sd))
    ]
    rate = journey.value_of_time_usd_per_hour
    average_usd = usd + rate * hours * law
    day_usd = usd * factors[1] + rate * day_hours * law * factors[0]
    for draws in (average_usd, day_usd):
        draws.setflags(write=False)
    return Readings(average_usd=average_usd, day_usd=day_usd)


def _total_usd(journey: Journey, count: int) -> Floats:
    total = np.zeros(count)
    for name, band in figures_of(journey):
        total += figure_usd(name, band, count)
    return total


def part_hours(part: HourPart, count: int) -> Floats:
    """Return draws of the mean hours of a part, shape (count,), as the evidence leaves it open."""
    z = normals(hours_name(part), count)
    return part.part.mean_hours * _about_mean(z, part.open_log_sd)


def hours_name(part: HourPart) -> str:
    """Return the name under which the mean hours of a part are drawn."""
    return f"{HOURS}|{part.what}"


def _day_of(part: HourPart, count: int) -> Floats:
    """Return what a day makes of a part: the same for all who come to it that day."""
    own: Part = part.part
    name = f"day|{part.what}"
    if own.tail == LOGNORMAL:
        return _about_mean(normals(name, count), math.sqrt(math.log1p(own.cv_ratio**2)))
    return np.asarray(unit_waits(own.cv_ratio, shares_of(count))[order_of(name, count)])


def _about_mean(z: Floats, log_sd: float) -> Floats:
    """Return lognormal factors of mean 1."""
    return np.asarray(np.exp(log_sd * z - log_sd**2 / 2))


def _median(name: str, log_sd: float, count: int) -> Floats:
    """Return lognormal factors of median 1."""
    return np.asarray(np.exp(log_sd * normals(name, count)))


def country_mix(journey: Journey) -> dict[str, float]:
    """Return the share of the hours on the way by country; the sea counts as one."""
    hours: dict[str, float] = {}
    for part in journey.parts:
        if part.is_haul:
            key = part.country or SEA_WAY
            hours[key] = hours.get(key, 0.0) + part.part.mean_hours
    total = math.fsum(hours.values())
    return {key: each / total for key, each in sorted(hours.items())} if total else {}


def _of_journey(law: str, journey: Journey, mix: dict[str, float], count: int) -> Floats:
    """Return normals of a journey, a part of whose variance lies in the countries passed.

    Two journeys share as much of that part as the geometric mean of their shares by country sums
    to: all of it through the same countries in the same shares, none through others.
    """
    share = journey.timing.spreads.common_share if mix else 0.0
    z = math.sqrt(1 - share) * normals(f"{law}|{'|'.join(journey.links)}", count)
    for country, weight in mix.items():
        z = z + math.sqrt(share * weight) * normals(f"{law}|{country}", count)
    return np.asarray(z)


def drawn_of(journey: Journey) -> Iterator[Drawn]:
    """Yield the figures whose draws make a journey's readings; those that are sure left out."""
    for width in journey.widths:
        if width.usd.value > 0 and width.usd.low != width.usd.high:
            yield Drawn(
                name=usd_name(width),
                what=width.what,
                unit="USD",
                band=width.usd,
                default_id=width.default_id,
            )
    for part in journey.parts:
        if part.open_log_sd and part.part.mean_hours:
            yield Drawn(
                name=hours_name(part),
                what=part.what,
                unit="h",
                band=_band(part.part.mean_hours, part.open_log_sd),
                default_id=part.default_id,
            )
    spreads = journey.timing.spreads
    for name, sd in (
        (LAW_OF_HOURS, spreads.law_open_log_sd),
        (LAW_OF_PRICES, spreads.price_open_log_sd),
    ):
        if sd:
            yield Drawn(name=name, what=name, unit="ratio", band=_band(1.0, sd))


def _band(value: float, log_sd: float) -> Band:
    """Return P10 and P90 of a lognormal about its central value."""
    factor = math.exp(P90_OF_NORMAL * log_sd)
    return Band(value / factor, value, value * factor, Kind.draws)
