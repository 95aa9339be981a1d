"""What the day of departure adds on the way: weather, calendar, days of the week."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import numpy as np
import pytest
from numpy.testing import assert_allclose

from karwan.analysis.corridors.planner import Planner, at_no_time
from karwan.analysis.corridors.scope import Scope
from karwan.analysis.world.bars import CutKind
from karwan.analysis.world.season import mean_wait_hours, window_of
from karwan.analysis.world.state import State
from karwan.analysis.world.travel import Travel
from karwan.analysis.world.world import World, cuts_on
from karwan.route.charges import SEASON
from karwan.route.tcd import Journey
from tests import reference, worlds

SNOW = {
    "id": "west-snow", "link_id": "s-west", "months": "12;1", "shut_days": 6, "shut_low_days": 3,
    "shut_high_days": 15, "cause": "snow",
}  # fmt: skip
HOLIDAY = {
    "id": "feast", "element_id": worlds.WEST, "kind": "holiday", "start": "2020-07-01",
    "end": "2020-07-03", "yearly": "yes", "announced_on": "2019-01-01",
}  # fmt: skip
WINTER = HOLIDAY | {"id": "winter", "kind": "winter", "start": "2020-10-01", "end": "2021-02-01"}


def leaving(world: World, day: dt.date) -> World:
    return world.travelling(Travel(depart=day))


def way(lands: worlds.Lands, world: World) -> Journey:
    """Return the journey by the western gate: 300, 10 and 100 km, 2 h and 3 h at the gate."""
    planner = lands.planner(world)
    ends = lands.network.place("ncity"), lands.network.place("scity")
    path = planner.best(*ends, Scope(state=State.all_open), via=[("element", worlds.WEST)])
    assert path is not None
    return planner.journey(path)


def test_one_day_in_five_waits_three_quarters_of_a_fifth_of_a_day() -> None:
    # p = 0.2: half a day, and 0.25 days more that are shut too.
    assert_allclose(mean_wait_hours(0.2), 24 * 0.2 * 0.75)


def test_the_wait_is_that_of_days_drawn() -> None:
    rng = np.random.default_rng(11)
    shut = rng.random(400_000) < 0.3
    arrive = rng.random(300_000) * (shut.size - 200)
    day = arrive.astype(np.int64)
    next_open = np.where(~shut, np.arange(shut.size), shut.size)
    next_open = np.minimum.accumulate(next_open[::-1])[::-1]
    waited = np.where(shut[day], (next_open[day] - arrive) * 24, 0.0)
    assert_allclose(waited.mean(), mean_wait_hours(0.3), rtol=0.02)


def test_snow_adds_its_wait_in_its_months_and_for_a_departure_only(tmp_path: Path) -> None:
    lands = worlds.lands(tmp_path / "lands", season_days=[SNOW])
    world = lands.world()
    plain = way(lands, world)
    # Six days of thirty are shut: 24 x 0.2 x (0.5 + 0.2 / 0.8) = 3.6 h.
    winter = way(lands, leaving(world, dt.date(2020, 12, 5)))
    summer = way(lands, leaving(world, dt.date(2020, 7, 5)))
    assert SEASON.name not in plain.hours_by_kind
    assert SEASON.name not in summer.hours_by_kind
    assert_allclose(winter.hours_by_kind[SEASON.name], 3.6)
    assert_allclose(winter.hours.value - summer.hours.value, 3.6)
    rate = winter.value_of_time_usd_per_hour
    assert_allclose(winter.generalized_cost_usd - summer.generalized_cost_usd, 3.6 * rate)
    # Low 3 of 30, high 15 of 30.
    assert_allclose(winter.hours.low - summer.hours.low, 24 * 0.1 * (0.5 + 1 / 9))
    assert_allclose(winter.hours.high - summer.hours.high, 24 * 0.5 * 1.5)
    assert winter.reliability.p95_hours > summer.reliability.p95_hours


def test_a_departure_at_the_edge_of_a_season_counts_its_days(tmp_path: Path) -> None:
    lands = worlds.lands(tmp_path / "lands", season_days=[SNOW])
    # 24 November to 7 December: seven days of fourteen lie in the season.
    edge = leaving(lands.world(), dt.date(2020, 11, 24))
    assert sum(day.month == 12 for day in window_of(dt.date(2020, 11, 24))) == 7
    assert_allclose(way(lands, edge).hours_by_kind[SEASON.name], 1.8)


def test_a_holiday_is_waited_for_as_often_as_it_is_met(tmp_path: Path) -> None:
    lands = worlds.lands(tmp_path / "lands", closure_calendar=[HOLIDAY], season_days=[])
    # Of 14 days of arrival two are shut: 1.5 and 0.5 days of waiting, 2 x 24 / 14 h on the mean.
    met = way(lands, leaving(lands.world(), dt.date(2020, 7, 1)))
    assert_allclose(met.hours_by_kind[SEASON.name], 2 * 24 / 14)
    late = way(lands, leaving(lands.world(), dt.date(2020, 7, 3)))
    assert SEASON.name not in late.hours_by_kind


def test_a_winter_foretold_cuts_who_leaves_into_it(tmp_path: Path) -> None:
    lands = worlds.lands(tmp_path / "lands", closure_calendar=[WINTER], season_days=[])
    world = leaving(lands.world(), dt.date(2020, 11, 1))
    planner = lands.planner(world)
    ends = lands.network.place("ncity"), lands.network.place("scity")
    scope = Scope(state=State.all_open)
    assert planner.best(*ends, scope, via=[("element", worlds.WEST)]) is None
    open_path = lands.planner().best(*ends, scope, via=[("element", worlds.WEST)])
    assert open_path is not None
    (cut,) = cuts_on(world, planner.graph, planner.consignment, open_path.arcs, State.all_open)
    assert cut.kind is CutKind.season
    assert cut.reason == "shut by calendar, winter, 2020-10-01 to 2021-02-01"


def test_the_month_that_shuts_a_link_is_that_of_the_journey(tmp_path: Path) -> None:
    lands = worlds.lands(tmp_path / "lands", season_days=[])
    ends = lands.network.place("ncity"), lands.network.place("scity")
    scope, via = Scope(state=State.all_open), [("element", worlds.PASS)]
    world = lands.world()
    assert lands.planner(world).best(*ends, scope, via=via) is not None
    january = leaving(world, dt.date(2021, 1, 10))
    assert lands.planner(january).best(*ends, scope, via=via) is None


def test_a_planner_takes_no_world_of_another_departure(tmp_path: Path) -> None:
    lands = worlds.lands(tmp_path / "lands")
    planner = lands.planner()
    with pytest.raises(ValueError, match="the same tables and dates"):
        planner.in_world(leaving(lands.world(), dt.date(2020, 7, 1)))
    gone = lands.planner(leaving(lands.world(), dt.date(2020, 7, 1)))
    assert at_no_time(gone).world.travel.depart is None


@pytest.mark.parametrize("pair", [("bishkek", "kashgar"), ("almaty", "karachi")])
def test_january_is_not_july_over_torugart(pair: tuple[str, str]) -> None:
    network = reference.network()
    costs = []
    for day in (dt.date(2027, 1, 15), dt.date(2027, 7, 15)):
        planner = Planner(
            world=leaving(reference.world(), day), consignment=reference.consignment()
        )
        ends = network.place(pair[0]), network.place(pair[1])
        path = planner.best(
            *ends, Scope(state=State.last_known), via=[("element", "torugart-road")]
        )
        assert path is not None
        costs.append(planner.journey(path))
    january, july = costs
    assert january.hours.value > july.hours.value + 0.5
    assert january.generalized_cost_usd > july.generalized_cost_usd
