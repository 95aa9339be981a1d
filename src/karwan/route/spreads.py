"""How far the parts of a journey spread, and what unreliability costs, by the parameter table."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from karwan.route.distribution import JourneyLaw

if TYPE_CHECKING:
    from karwan.base.provenance import Figure
    from karwan.network.tariffs import Tariffs
    from karwan.network.vehicles import Consignment


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
    price_log_sd
        Standard deviation of the log of what carriers ask over the published rates.
    detention_usd_per_day, free_days
        Of the consignment's boxes beyond free time, out and back; 0 where it has no box.
    """

    trip: Mapping[str, float]
    year: Mapping[str, float]
    reliability_ratio: float
    law: JourneyLaw
    law_figure: Figure
    price_log_sd: float
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
        price_log_sd=tariffs.parameter("price_log_sd", "all").value,
        reliability_ratio=tariffs.parameter("reliability_ratio", "all").value,
        detention_usd_per_day=boxes * per_day,
        free_days=tariffs.parameter("detention_free_days", "container").value,
    )
