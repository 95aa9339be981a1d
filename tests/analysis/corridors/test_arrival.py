"""When a journey arrives, whether in time, and what is lost: against its own distribution."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import numpy as np
import pytest
from numpy.testing import assert_allclose

from karwan.analysis.corridors.alternatives import RouteSearch
from karwan.analysis.corridors.answers import comparison_to_dict, route_answer_to_dict
from karwan.analysis.corridors.arrival import arrival_of, share_within
from karwan.analysis.corridors.desk import Desk
from karwan.analysis.corridors.routing import find_routes
from karwan.analysis.corridors.scope import Scope
from karwan.analysis.world.state import State
from karwan.analysis.world.travel import NOT_SAID, Travel
from karwan.route.distribution import Part, compose_hours
from karwan.route.tcd import Journey
from tests import worlds

DEPART = dt.date(2020, 7, 5)
WIDE = compose_hours([Part(30.0, 0.4, "lognormal"), Part(20.0, 0.9, "log-logistic")])


def journey(lands: worlds.Lands) -> Journey:
    planner = lands.planner()
    ends = lands.network.place("ncity"), lands.network.place("scity")
    path = planner.best(*ends, Scope(state=State.all_open))
    assert path is not None
    return planner.journey(path)


@pytest.mark.parametrize("share", [0.01, 0.05, 0.5, 0.9, 0.99])
def test_the_share_in_time_is_the_inverse_of_the_quantile(share: float) -> None:
    assert_allclose(share_within(WIDE, WIDE.quantile(share)), share, atol=1e-9)


def test_the_share_in_time_is_that_of_drawn_journeys() -> None:
    rng = np.random.default_rng(5)
    points = WIDE.shift_hours + np.arange(WIDE.p.size) * 0.25
    drawn = rng.choice(points, size=200_000, p=WIDE.p) + (rng.random(200_000) - 0.5) * 0.25
    for limit in (35.0, 50.0, 80.0):
        assert_allclose(share_within(WIDE, limit), (drawn <= limit).mean(), atol=0.005)


def test_none_arrives_before_it_can_and_all_do_in_the_end() -> None:
    sure = compose_hours([], fixed_hours=10.0)
    assert (share_within(sure, 9.9), share_within(sure, 10.0)) == (0.0, 1.0)
    assert (share_within(WIDE, -1.0), share_within(WIDE, 1e6)) == (0.0, 1.0)


def test_days_of_arrival_are_quantiles_of_hours_from_the_morning_of_departure(
    tmp_path: Path,
) -> None:
    found = journey(worlds.lands(tmp_path / "lands"))
    arrival = arrival_of(Travel(depart=DEPART), found)
    assert arrival is not None
    assert arrival.days is not None
    for day, share in ((arrival.days.p05, 0.05), (arrival.days.p50, 0.5), (arrival.days.p95, 0.95)):
        hours = found.reliability.hours.quantile(share)
        assert (day - DEPART).days == hours // 24
    assert (arrival.if_nothing_shuts, arrival.lost_share) == (None, None)


def test_what_outlasts_its_shelf_life_is_lost(tmp_path: Path) -> None:
    found = journey(worlds.lands(tmp_path / "lands"))
    life_days = found.reliability.hours.quantile(0.9) / 24
    arrival = arrival_of(Travel(shelf_life_days=life_days), found)
    assert arrival is not None
    assert arrival.lost_share is not None
    assert_allclose(arrival.lost_share, 0.1, atol=1e-9)
    assert arrival.days is None


def test_where_nothing_is_asked_of_time_nothing_is_said(tmp_path: Path) -> None:
    assert arrival_of(NOT_SAID, journey(worlds.lands(tmp_path / "lands"))) is None


def test_compare_and_route_say_the_same_of_the_same_way(tmp_path: Path) -> None:
    lands = worlds.lands(tmp_path / "lands")
    world = lands.world().travelling(Travel(depart=DEPART, deadline_hours=48.0))
    planner = lands.planner(world)
    ends = lands.network.place("ncity"), lands.network.place("scity")
    compared = comparison_to_dict(Desk(planner).compare(*ends, State.all_open))
    search = RouteSearch(*ends, Scope(state=State.all_open))
    routed = route_answer_to_dict(planner, find_routes(planner, search), State.all_open)
    assert compared["best"]["trip"] == routed["routes"][0]["trip"]
    trip = routed["routes"][0]["trip"]
    assert trip["depart"] == "2020-07-05"
    assert 0 < trip["if_nothing_shuts"] <= 1
    assert (trip["deadline_hours"], trip["lost_share"]) == (48.0, None)
