"""Prices of journeys beside the model, and the law of prices fitted to them.

The published rates and fees of a journey are the anchor: what carriers ask is their sum times one
lognormal factor of median 1, of which only the spread is fitted, on prices by road that cover the
whole way. Each list or quote is one event, left out in turn. A price whose source is a rate of the
model is no test of it; a tariff of a railway or a ferry covers parts, which are told, and is not
fitted.
"""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from karwan.analysis.corridors.hours_fit import (
    NODES,
    LawFit,
    LawFitter,
    Sample,
    Score,
    foreseen,
    quantile_of,
    score_hours,
)
from karwan.base.reprs import short_repr
from karwan.base.telling import FILES, Column, Form
from karwan.data.rows.costs import ObservedPriceRow
from karwan.route.money import draw_usd
from karwan.route.tcd import figures_of

if TYPE_CHECKING:
    from karwan.data.catalog import Catalog
    from karwan.route.tcd import Journey

WHOLE = "whole"
ROAD = "road"
NOTHING = "nothing"
FEWEST_EVENTS = 3
CLOSE_SHARE = 0.02
"""A price is told to the nearest fiftieth of itself or better."""

JourneyOf = Callable[[ObservedPriceRow], "Journey | None"]


@dataclass(frozen=True, kw_only=True)
class PriceBeside:
    """A price beside the model of the same journey, in USD of the price's year.

    Attributes
    ----------
    band_usd
        P05, P50 and P95 with the law fitted without this price's event; with the law of all for a
        price that is not fitted.
    """

    row: ObservedPriceRow
    journey: Journey | None
    band_usd: tuple[float, float, float] | None

    __repr__ = short_repr

    @property
    def ratio(self) -> float | None:
        """Price over the central value."""
        return self.row.price_usd / self.journey.usd.value if self.journey else None

    @property
    def is_covered(self) -> bool | None:
        """Whether the price lies between P05 and P95."""
        if self.band_usd is None:
            return None
        return self.band_usd[0] <= self.row.price_usd <= self.band_usd[2]


@dataclass(frozen=True, kw_only=True)
class PriceCalibration:
    """The law of prices, and every price beside the model.

    Attributes
    ----------
    fit
        With the median ratio as fitted, which is told and not used: the median in use is 1.
    median_interval
        P05 and P95 of the median ratio over bootstrapped events.
    likely_log_sd
        Spread of most likelihood; that of `fit`, which is in use, is its P95 over bootstrapped
        events, since a handful of lists tells a spread too small as often as too large.
    alone, tried
        Scores of the figures alone and of the law on events it has not seen.
    """

    fit: LawFit
    median_interval: tuple[float, float]
    likely_log_sd: float
    alone: Score
    tried: Score
    fitted: tuple[PriceBeside, ...]
    others: tuple[PriceBeside, ...]

    __repr__ = short_repr


def calibrate_prices(
    catalog: Catalog, journey_of: JourneyOf, as_of: dt.date
) -> PriceCalibration | None:
    """Return the law of prices and all prices beside the model; None with fewer than three events.

    Parameters
    ----------
    journey_of
        The journey of a price, in USD of its year.
    """
    rows = [row for row in catalog.rows(ObservedPriceRow) if row.asked_on <= as_of]
    journeys = {row.id: (row, journey_of(row)) for row in rows}
    samples = {name: _sample(row, one) for name, (row, one) in journeys.items() if one is not None}
    tests = {name for name, (row, _) in journeys.items() if _is_test(row) and name in samples}
    if len({samples[name].event_id for name in tests}) < FEWEST_EVENTS:
        return None
    fitter = LawFitter(tuple(samples[name] for name in sorted(tests)))
    laws = {event: _about_one(fitter, left_out=event) for event in fitter.events}
    whole = _about_one(fitter)

    def law_of(sample: Sample) -> LawFit:
        return laws.get(sample.event_id, whole) if sample.id in tests else whole

    beside = {
        name: PriceBeside(
            row=row,
            journey=journey,
            band_usd=_band(samples[name], law_of(samples[name])) if name in samples else None,
        )
        for name, (row, journey) in journeys.items()
    }
    return PriceCalibration(
        fit=LawFit(median_ratio=fitter.fit().median_ratio, log_sd=whole.log_sd),
        likely_log_sd=fitter.spread_about_one()[0],
        median_interval=(fitter.intervals()[0].p05, fitter.intervals()[0].p95),
        alone=score_hours(fitter.samples, lambda one: foreseen(one, None)),
        tried=score_hours(fitter.samples, lambda one: foreseen(one, law_of(one))),
        fitted=tuple(beside[name] for name in sorted(tests)),
        others=tuple(beside[name] for name in sorted(beside.keys() - tests)),
    )


def _about_one(fitter: LawFitter, *, left_out: str = "") -> LawFit:
    """Return the law of median 1 whose spread is the widest that so few events allow."""
    return LawFit(median_ratio=1.0, log_sd=fitter.spread_about_one(left_out=left_out)[1])


def _is_test(row: ObservedPriceRow) -> bool:
    return (row.mode, row.covers, row.met) == (ROAD, WHOLE, NOTHING) and not row.feeds


def _sample(row: ObservedPriceRow, journey: Journey) -> Sample:
    draws = draw_usd(figures_of(journey), 0.0)
    shares = (np.arange(NODES) + 0.5) / NODES
    return Sample(
        id=row.id,
        event_id=row.event_id,
        observed_hours=row.price_usd,
        resolution_hours=CLOSE_SHARE * row.price_usd,
        node_hours=np.quantile(draws, shares),
        distance_km=journey.distance_km,
        mode=row.mode,
    )


def _band(sample: Sample, law: LawFit) -> tuple[float, float, float]:
    below = foreseen(sample, law)
    low, middle, high = (math.exp(quantile_of(below, share)) for share in (0.05, 0.5, 0.95))
    return low, middle, high


TOLD = (*FILES, Form.table)
PRICES: tuple[Column[PriceBeside], ...] = (
    Column(name="price", get=lambda one: one.row.id, forms=TOLD),
    Column(name="event", get=lambda one: one.row.event_id, forms=FILES),
    Column(name="from", get=lambda one: one.row.origin_id, forms=TOLD),
    Column(name="to", get=lambda one: one.row.destination_id, forms=TOLD),
    Column(name="mode", get=lambda one: one.row.mode, forms=TOLD),
    Column(name="unit", get=lambda one: one.row.unit_id, forms=TOLD),
    Column(name="asked_on", get=lambda one: one.row.asked_on.isoformat(), forms=TOLD),
    Column(
        name="price_usd", get=lambda one: one.row.price_usd, unit="USD", spec=",.0f", forms=TOLD
    ),
    Column(
        name="model_usd",
        get=lambda one: one.journey and one.journey.usd.value,
        unit="USD",
        digits={Form.json: 3, Form.csv: 3},
        spec=",.0f",
        forms=TOLD,
    ),
    Column(
        name="p05_usd",
        get=lambda one: one.band_usd and one.band_usd[0],
        unit="USD",
        digits={Form.json: 3, Form.csv: 3},
        spec=",.0f",
        forms=TOLD,
    ),
    Column(
        name="p95_usd",
        get=lambda one: one.band_usd and one.band_usd[2],
        unit="USD",
        digits={Form.json: 3, Form.csv: 3},
        spec=",.0f",
        forms=TOLD,
    ),
    Column(name="ratio", unit="ratio", digits={Form.json: 3, Form.csv: 3}, spec=".2f", forms=TOLD),
    Column(name="covered", get=lambda one: one.is_covered, forms=FILES),
    Column(name="covers", get=lambda one: one.row.covers, forms=TOLD),
    Column(name="met", get=lambda one: one.row.met, forms=TOLD),
    Column(name="feeds", get=lambda one: one.row.feeds or None, forms=TOLD),
    Column(name="source_url", get=lambda one: one.row.source_url, forms=FILES),
)
"""What is told of a price beside the model; band with a law that has not seen its event."""
