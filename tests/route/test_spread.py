"""Spread of a journey: parts add up, cutting links changes nothing, and doubt only widens."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from math import fsum
from statistics import median, stdev

import pytest
from numpy.testing import assert_allclose

from karwan.analysis.corridors.planner import Planner
from karwan.analysis.corridors.scope import Scope
from karwan.analysis.world.state import State
from karwan.network.network import Network
from karwan.route.distribution import LOGNORMAL, JourneyLaw, Part, compose_hours
from karwan.route.spread import P90_OF_NORMAL, HourPart, measure_reliability
from karwan.route.tcd import Journey
from tests import reference

ROUNDING = 1e-9
ON_THE_GRID = 0.01
"""A factor laid on grids of 0.25 h and of 0.005 in the log."""


def _one_part(what: str, part: Part) -> HourPart:
    return HourPart(what=what, part=part, wide=part)


def journeys(unit: str) -> Iterator[Journey]:
    for answer in reference.comparison("almaty", "karachi", State.all_open, unit=unit).answers:
        if answer.journey is not None:
            yield answer.journey


@pytest.mark.parametrize("unit", reference.UNITS)
def test_parts_add_up_to_the_hours(unit: str) -> None:
    for journey in journeys(unit):
        total = fsum(part.part.mean_hours for part in journey.parts)
        factor = journey.timing.spreads.law.mean_ratio
        assert_allclose(total * factor, journey.hours.value, rtol=ROUNDING)
        assert_allclose(journey.reliability.hours.mean_hours, journey.hours.value, rtol=ROUNDING)


@pytest.mark.parametrize("unit", reference.UNITS)
def test_quantiles_are_in_order_and_one_band_is_told(unit: str) -> None:
    for journey in journeys(unit):
        found = journey.reliability
        assert found.p05_hours < found.p10_hours < found.p25_hours < found.p50_hours
        assert found.p50_hours < found.p75_hours < found.p90_hours < found.p95_hours
        assert found.band_hours == (found.p05_hours, found.p95_hours)
        assert found.expected_shortfall_hours > found.p95_hours
        assert found.planning_time_index > 1 + found.buffer_time_index > 1


def with_a_link_in_pieces(network: Network, link_id: str) -> Network:
    link = network.links[link_id]
    middle = replace(network.places[link.from_id], id="half-way", name="Half way")
    first = replace(link, id="first", to_id="half-way", length_km=link.length_km * 0.3)
    second = replace(link, id="second", from_id="half-way", length_km=link.length_km * 0.7)
    links = {name: item for name, item in network.links.items() if name != link_id}
    places = {**network.places, "half-way": middle}
    return replace(network, places=places, links={**links, "first": first, "second": second})


def test_cutting_a_link_into_pieces_leaves_all_quantiles() -> None:
    whole = reference.planner()
    world = replace(
        whole.world, network=with_a_link_in_pieces(whole.world.network, "shymkent--konysbaev")
    )
    pieces = Planner(world=world, consignment=whole.consignment)
    found = []
    for planner in (whole, pieces):
        network = planner.world.network
        path = planner.best(
            network.place("shymkent"), network.place("tashkent"), Scope(state=State.all_open)
        )
        assert path is not None
        found.append(planner.journey(path))
    assert len(found[1].links) == len(found[0].links) + 1
    for name in ("p05_hours", "p50_hours", "p90_hours", "p95_hours"):
        values = [getattr(journey.reliability, name) for journey in found]
        assert_allclose(values[1], values[0], rtol=ROUNDING)


def test_a_certain_route_has_no_width() -> None:
    for journey in journeys("truck"):
        parts = [
            replace(
                one,
                part=replace(one.part, cv_ratio=0.0),
                wide=replace(one.wide, cv_ratio=0.0),
            )
            for one in journey.parts
        ]
        spreads = replace(journey.timing.spreads, law=JourneyLaw())
        found = measure_reliability(parts, journey.moving_hours, spreads, 15.0)
        quantiles = (found.p05_hours, found.p50_hours, found.p90_hours, found.p95_hours)
        assert len(set(quantiles)) == 1
        factor = journey.timing.spreads.law.mean_ratio
        assert_allclose(quantiles[0] * factor, journey.hours.value, rtol=ROUNDING)
        assert (found.reliability_usd, found.sd_hours) == (0.0, 0.0)


def test_reliability_is_paid_for_as_the_source_counts_it() -> None:
    """Ratio x value of time per hour of SD; of a normal, P90 - P50 is 1.2816 SD.

    What the evidence and the law leave open is not paid for.
    """
    journey = next(journeys("truck"))
    found = journey.reliability
    trip = compose_hours([part.part for part in journey.parts])
    spread_hours = trip.quantile(0.9) - trip.quantile(0.5)
    spread_hours *= journey.timing.spreads.law.mean_ratio
    assert spread_hours < found.p90_hours - found.p50_hours
    expected = 0.6 * journey.value_of_time_usd_per_hour * spread_hours
    assert_allclose(found.reliability_usd, expected / 1.2815515655446004, rtol=ON_THE_GRID)
    assert_allclose(P90_OF_NORMAL, 1.2815515655446004, rtol=1e-12)


def test_only_boxes_pay_detention_and_only_beyond_free_time() -> None:
    assert all(journey.reliability.detention_usd == 0 for journey in journeys("truck"))
    boxes = list(journeys("20ft"))
    assert max(journey.reliability.detention_usd for journey in boxes) > 0
    spreads = replace(boxes[0].timing.spreads, law=JourneyLaw())
    sure = _one_part("sure", Part(200.0, 0.0, LOGNORMAL))
    found = measure_reliability([sure], 200.0, spreads, 15.0)
    days = 2 * 200 / 24 - spreads.free_days
    assert_allclose(found.detention_usd, days * spreads.detention_usd_per_day, rtol=1e-6)
    quick = _one_part("quick", Part(20.0, 0.0, LOGNORMAL))
    assert measure_reliability([quick], 20.0, spreads, 15.0).detention_usd == 0


def test_full_cost_adds_what_does_not_add_along_a_route() -> None:
    for journey in journeys("40ft"):
        found = journey.reliability
        extra = found.reliability_usd + found.detention_usd
        assert_allclose(journey.full_cost_usd, journey.generalized_cost_usd + extra, rtol=ROUNDING)


def test_widths_add_up_to_the_central_money_the_widest_first() -> None:
    for journey in journeys("wagon"):
        total = fsum(width.usd.value for width in journey.widths)
        assert_allclose(total, journey.usd.value, rtol=ROUNDING)
        spans = [width.usd.high - width.usd.low for width in journey.widths]
        assert spans == sorted(spans, reverse=True)


def yearly(rows: list[dict[str, object]], keys: tuple[str, ...]) -> list[float]:
    """Return the coefficient of variation of each series of three years or more."""
    series: dict[tuple[object, ...], dict[object, float]] = {}
    for row in rows:
        mean = row["mean"]
        assert isinstance(mean, float)
        series.setdefault(tuple(row[key] for key in keys), {})[row["year"]] = mean
    found = [list(years.values()) for years in series.values() if len(years) >= 3]
    return [stdev(values) / (sum(values) / len(values)) for values in found]


def test_between_year_spread_is_what_the_tables_give() -> None:
    catalog, tariffs = reference.catalog(), reference.tariffs()
    posts = [
        row
        for row in catalog.read("cpmm_bcp").to_dicts()
        if row["indicator"] == "time" and row["activity"] == "all activities"
    ]
    found = median(yearly(posts, ("bcp", "country", "mode", "direction")))
    assert_allclose(tariffs.parameter("between_year_cv_ratio", "crossing").value, found, atol=0.005)
    for mode in ("road", "rail"):
        speeds = [
            row
            for row in catalog.read("cpmm_tfi").to_dicts()
            if row["indicator"] == "SWOD" and row["mode"] == mode and row["country"]
        ]
        found = median(yearly(speeds, ("country", "direction")))
        assert_allclose(tariffs.parameter("between_year_cv_ratio", mode).value, found, atol=0.02)
