"""A journey adds up: rows, kinds and totals tell the same hours, dollars and km."""

from __future__ import annotations

from collections.abc import Iterator
from math import fsum

import pytest
from numpy.testing import assert_allclose

from karwan.analysis.world.state import State
from karwan.route.charges import REST
from karwan.route.tcd import Journey
from tests import reference

ROUNDING = 1e-9
"""Sums of some 100 doubles in another order."""


def journeys() -> Iterator[Journey]:
    for unit in ("truck", "40ft", "wagon"):
        for state in (State.last_known, State.all_open):
            for answer in reference.comparison("almaty", "karachi", state, unit=unit).answers:
                if answer.journey is not None:
                    yield answer.journey


FOUND = list(journeys())


def test_there_are_journeys_of_all_modes() -> None:
    assert {mode for journey in FOUND for mode in journey.modes} >= {"road", "rail", "sea"}


@pytest.mark.parametrize("journey", FOUND, ids=lambda j: f"{'-'.join(j.countries)}")
def test_rows_and_kinds_add_up_to_the_totals(journey: Journey) -> None:
    last = journey.rows[-1]
    assert_allclose(last.cum_km, journey.distance_km, rtol=ROUNDING)
    assert_allclose(last.cum_hours, journey.hours.value, rtol=ROUNDING)
    assert_allclose(last.cum_usd, journey.usd.value, rtol=ROUNDING)
    assert_allclose(fsum(row.km for row in journey.rows), journey.distance_km, rtol=ROUNDING)
    assert_allclose(fsum(row.hours for row in journey.rows), journey.hours.value, rtol=ROUNDING)
    assert_allclose(fsum(row.usd for row in journey.rows), journey.usd.value, rtol=ROUNDING)
    assert_allclose(fsum(journey.hours_by_kind.values()), journey.hours.value, rtol=ROUNDING)
    assert_allclose(fsum(journey.usd_by_kind.values()), journey.usd.value, rtol=ROUNDING)


@pytest.mark.parametrize("journey", FOUND, ids=lambda j: f"{'-'.join(j.countries)}")
def test_bands_hold_the_mean(journey: Journey) -> None:
    assert 0 <= journey.hours.low <= journey.hours.value <= journey.hours.high
    assert 0 <= journey.usd.low <= journey.usd.value <= journey.usd.high


@pytest.mark.parametrize("journey", FOUND, ids=lambda j: f"{'-'.join(j.countries)}")
def test_generalized_cost_is_money_plus_hours_at_their_worth(journey: Journey) -> None:
    worth = journey.value_of_time_usd_per_hour * journey.hours.value
    assert_allclose(journey.generalized_cost_usd, journey.usd.value + worth, rtol=ROUNDING)


@pytest.mark.parametrize("journey", FOUND, ids=lambda j: f"{'-'.join(j.countries)}")
def test_rest_is_waived_by_at_most_a_daily_rest_per_road_crossing(journey: Journey) -> None:
    network = reference.network()
    road = [name for name in journey.crossings if network.crossings[name].mode == "road"]
    duty = reference.planner().priced.drive_hours_per_day
    assert 0 <= journey.rest_waived_hours <= len(road) * (24 - duty) * (1 + ROUNDING)
    assert journey.hours_by_kind.get(REST.name, 0.0) >= -ROUNDING


def test_km_do_not_shrink_and_nodes_have_none() -> None:
    for journey in FOUND:
        km = [row.cum_km for row in journey.rows]
        assert km == sorted(km)
