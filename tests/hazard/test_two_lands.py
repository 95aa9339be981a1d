"""The record of the two made lands as episodes, and chances worked out from it by hand."""

from __future__ import annotations

import datetime as dt

import pytest
from numpy.testing import assert_allclose

from karwan.analysis.histories import history_of
from karwan.hazard.history import History, Hit
from karwan.hazard.model import HazardModel, fit_hazard
from karwan.hazard.rates import Rate
from tests.worlds import AS_OF, EAST, NEW, PASS, RAIL, WEST, Lands

DAY = dt.timedelta(days=1)
RECORD_DAYS = 2372
"""From 2014-01-01 to 2020-06-30: six years with one 29 February, and 181 days."""


def history(two_lands: Lands, as_of: dt.date = AS_OF, **more: bool) -> History:
    """Return the closures known on a date as episodes."""
    return history_of(
        two_lands.world().record,
        two_lands.network,
        as_of,
        health=more.get("health", False),
        calendar=more.get("calendar", False),
    )


def model(two_lands: Lands) -> HazardModel:
    """Return the model with rates that a hand can use: 2 episodes in 1,000 days."""
    fitted = fit_hazard(history(two_lands))
    return HazardModel(fitted.history, dict.fromkeys(fitted.rates, Rate(2.0, 1000.0)), fitted.pool)


def test_episodes_are_those_that_shut_freight_both_ways(two_lands: Lands) -> None:
    names = [(e.name, e.group, e.elements) for e in history(two_lands).episodes]
    assert names == [
        ("K10", "east", (EAST,)),
        ("EP1", "east", (EAST, WEST, RAIL)),
        ("K07", "line-pass", (PASS,)),
        ("K04", "west", (WEST,)),
        ("K12", "east", (EAST,)),
        ("K11", "west", (WEST,)),
    ]


def test_health_and_calendar_enter_only_when_asked(two_lands: Lands) -> None:
    assert {"K08", "K09"} & {e.name for e in history(two_lands).episodes} == set()
    assert "K08" in {e.name for e in history(two_lands, health=True).episodes}
    assert "K09" in {e.name for e in history(two_lands, calendar=True).episodes}


def test_a_joint_episode_lasts_the_median_of_its_gates(two_lands: Lands) -> None:
    """10, 20 and 70 days: the middle is 20, and each gate lasts its share of it."""
    joint = next(e for e in history(two_lands).episodes if e.name == "EP1")
    assert (joint.days, joint.ended, joint.start) == (20.0, True, dt.date(2018, 3, 1))
    assert joint.hits == (Hit(EAST, 0.0, 0.5), Hit(WEST, 0.0, 3.5), Hit(RAIL, 4.0, 1.0))


def test_a_closure_runs_on_through_the_fourteenth_day_after_it_was_seen(two_lands: Lands) -> None:
    """Seen on 2020-06-16: it runs on 30 June and not on 1 July."""
    last = history(two_lands).episodes[-2]
    assert (last.name, last.days, last.ended) == ("K12", 46.0, False)
    assert [shut.seen_until for shut in last.running] == [dt.date(2020, 6, 16)]
    after = next(e for e in history(two_lands, AS_OF + DAY).episodes if e.name == "K12")
    assert (after.running, after.ended, after.days) == ((), False, 46.0)


def test_a_closure_that_ends_on_the_day_has_ended(two_lands: Lands) -> None:
    ended = history(two_lands).episodes[-1]
    assert (ended.name, ended.days, ended.ended, ended.running) == ("K11", 10.0, True, ())
    before = history(two_lands, AS_OF - DAY).episodes[-1]
    assert (before.name, before.days, before.ended) == ("K11", 9.0, False)
    assert [(s.end, s.seen_until) for s in before.running] == [(None, AS_OF - DAY)]


def test_a_closure_begun_on_the_day_is_known(two_lands: Lands) -> None:
    begun = history(two_lands, dt.date(2018, 3, 1)).episodes[-1]
    assert (begun.name, begun.elements, begun.days) == ("EP1", (EAST, WEST), 0.0)


def test_days_shut_are_no_exposure(two_lands: Lands) -> None:
    """East 4 + 10 + 46 days, rail 20, west 70 + 7 + 10; East's five hits: 3 x 60, 20, 87."""
    past = history(two_lands)
    assert past.until == dt.date(2020, 6, 30)
    assert past.shut_days == {EAST: 60.0, RAIL: 20.0, WEST: 87.0, PASS: 5.0}
    assert_allclose(past.exposure_days("east"), RECORD_DAYS - 287 / 5, rtol=1e-12)  # rounding
    assert_allclose(past.exposure_days("west"), RECORD_DAYS - 87, rtol=1e-12)  # rounding
    assert_allclose(past.climatology_share(EAST), 60 / RECORD_DAYS, rtol=1e-12)  # rounding
    assert past.climatology_share(NEW) == past.climatology_share(WEST)


def test_the_unseen_kind_is_shared_among_the_gates_that_stand(two_lands: Lands) -> None:
    """East: 3 episodes and 1 fresh one. Hits 3 + 1/2 of the road, 1 + 1/2 of the railway."""
    patterns = model(two_lands).patterns("east")
    assert [p.share for p in patterns[:3]] == [0.25] * 3
    fresh = {p.hits[0].element_id: p.share for p in patterns[3:]}
    assert set(fresh) == {EAST, RAIL}
    assert_allclose([fresh[EAST], fresh[RAIL]], [0.25 * 3.5 / 5, 0.25 * 1.5 / 5], rtol=1e-12)


def test_a_gate_not_built_shares_the_hits_of_the_gate_beside_it(two_lands: Lands) -> None:
    """West: 2 episodes and a fresh one, all on the one gate that stands, and its twin with it."""
    patterns = model(two_lands).patterns("west")
    assert_allclose([p.share for p in patterns], [1 / 3] * 3, rtol=1e-12)  # rounding
    assert [tuple(hit.element_id for hit in p.hits) for p in patterns] == [(WEST, NEW)] * 3


@pytest.mark.parametrize(
    ("days", "exposed_days"),
    [
        # One episode in four hits the railway on its fifth day; the fresh one at once, with 0.075.
        (3, 0.075 * 3),
        (4, 0.075 * 4),
        (10, 0.25 * (10 - 4) + 0.075 * 10),
    ],
)
def test_an_element_is_hit_as_long_after_the_start_as_it_was(
    two_lands: Lands, days: float, exposed_days: float
) -> None:
    p_none = (1000 / (1000 + exposed_days)) ** 2
    assert_allclose(model(two_lands).p_new_closure(RAIL, days), 1 - p_none, rtol=1e-9)


def test_a_gate_is_hit_by_the_episodes_of_both_frontiers(two_lands: Lands) -> None:
    """West: by its own episodes always, by East's joint one in one of four; independent."""
    p_own = (1000 / (1000 + 10)) ** 2
    p_joint = (1000 / (1000 + 0.25 * 10)) ** 2
    found = model(two_lands)
    assert_allclose(found.p_new_closure(WEST, 10), 1 - p_own * p_joint, rtol=1e-9)
    assert found.p_new_closure(NEW, 10) == found.p_new_closure(WEST, 10)


def test_what_runs_has_its_age_when_seen_and_the_days_since(two_lands: Lands) -> None:
    running = model(two_lands).running(EAST)
    assert running is not None
    assert (running.item.evidence, running.age_days, running.gap_days) == ("K12", 46.0, 14.0)
    assert model(two_lands).running(WEST) is None


def test_a_gate_not_built_has_the_history_of_the_gate_beside_it(two_lands: Lands) -> None:
    past = history(two_lands)
    assert [e.name for e in past.of_element(NEW)] == ["EP1", "K04", "K11"]
    assert past.of_element(NEW) == past.of_element(WEST)
