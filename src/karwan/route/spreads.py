"""How far the parts of a journey spread, and what unreliability costs, by the parameter table."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from statistics import NormalDist
from typing import TYPE_CHECKING

from karwan.route.distribution import JourneyLaw

if TYPE_CHECKING:
    from karwan.base.provenance import Figure
    from karwan.network.tariffs import Tariffs
    from karwan.network.vehicles import Consignment


P95_OF_NORMAL = NormalDist().inv_cdf(0.95)
MODES = ("road", "rail", "sea")


@dataclass(frozen=True, slots=True, kw_only=True)
class Spreads:
    """Coefficients of variation by kind of part, and what unreliability costs the consignment.

    Attributes
    ----------
    trip, year
        From trip to trip, and of yearly means, by road, rail, sea, crossing and terminal.
    law, law_figure
        What whole journeys take over the sum of their parts, and where that comes from.
    law_open_log_sd, price_open_log_sd
        Standard deviation of the log of the median of either law, as its events leave it open.
    price_log_sd
        Standard deviation of the log of what carriers ask over the published rates.
    common_share
        Share of the variance of either law that lies in the countries passed, and so is common to
        journeys that pass the same.
    detention_usd_per_day, free_days
        Of the consignment's boxes beyond free time, out and back; 0 where it has no box.
    """

    trip: Mapping[str, float]
    year: Mapping[str, float]
    reliability_ratio: float
    law: JourneyLaw
    law_figure: Figure
    law_open_log_sd: float
    price_log_sd: float
    price_open_log_sd: float
    common_share: float
    detention_usd_per_day: float
    free_days: float


def read_law(tariffs: Tariffs) -> JourneyLaw:
    """Return the law of hours of the parameter table, as `karwan calibrate` fits it."""
    return JourneyLaw(
        tariffs.parameter("journey_factor_ratio", "all").value,
        tariffs.parameter("journey_log_sd", "all").value,
    )


def read_spreads(tariffs: Tariffs, consignment: Consignment) -> Spreads:
    """Return the spreads of the parameter table for a consignment."""
    nodes = ("crossing", "terminal")
    trip = {mode: tariffs.parameter("haul_cv_ratio", mode).value for mode in MODES}
    trip |= {kind: tariffs.parameter("wait_cv_ratio", kind).value for kind in nodes}
    year = {
        kind: tariffs.parameter("between_year_cv_ratio", kind).value for kind in (*MODES, *nodes)
    }
    boxes = consignment.unit_count if consignment.unit.is_box else 0
    per_day = tariffs.parameter("detention_usd_per_day", "container").value
    return Spreads(
        trip=trip,
        year=year,
        law=read_law(tariffs),
        law_figure=tariffs.parameter("journey_factor_ratio", "all"),
        law_open_log_sd=_open_log_sd(tariffs.parameter("journey_factor_ratio", "all")),
        price_open_log_sd=_open_log_sd(tariffs.parameter("price_factor_ratio", "all")),
        common_share=tariffs.parameter("common_variance_share", "all").value,
        price_log_sd=tariffs.parameter("price_log_sd", "all").value,
        reliability_ratio=tariffs.parameter("reliability_ratio", "all").value,
        detention_usd_per_day=boxes * per_day,
        free_days=tariffs.parameter("detention_free_days", "container").value,
    )


def _open_log_sd(median: Figure) -> float:
    """Return the standard deviation of the log of a median whose band is P05 to P95."""
    return math.log(median.high / median.low) / (2 * P95_OF_NORMAL)
