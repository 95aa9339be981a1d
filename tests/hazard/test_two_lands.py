"""The record of the two made lands as episodes, and chances worked out from it by hand."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, fields, replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.testing import assert_allclose

from karwan.analysis.forecasts.histories import history_of
from karwan.hazard.calendar import Scheduled
from karwan.hazard.durations import Lengths, LogLogistic
from karwan.hazard.history import History, Hit
from karwan.hazard.model import LENGTH_SD_LOG, HazardModel, covered_days, fit_hazard
from karwan.hazard.pooling import Pool
from karwan.hazard.rates import Counted, ElementRate, Rate, RateFit, fit_elements
from karwan.ledger.indicators import read_facts
from tests.worlds import AS_OF, CLOSURES, EAST, NEW, PASS, RAIL, WEST, YARD, Lands, lands

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
    """Return the model with rates that a hand can use: 2 episodes in 1,000 days.

    Each past episode comes again once in 1,000 days. So does one that the rest lends: in East to
    the road seven times of ten.
    """
    fitted = fit_hazard(history(two_lands))
    return HazardModel(
        history=fitted.history,
        rates=dict.fromkeys(fitted.rates, Rate(2.0, 1000.0)),
        pool=fitted.pool,
        fitted=RateFit(
            elements={name: lent(per_1000) for name, per_1000 in LENT.items()}, kinds={}
        ),
    )


LENT = {EAST: 0.7, RAIL: 0.3, WEST: 1.0, PASS: 1.0, YARD: 1.0}


def lent(per_1000_days: float) -> ElementRate:
    """Return a rate lent so many times in 1,000 days, each own closure counting once in 1,000."""
    return ElementRate(
        lent_per_day=per_1000_days / 1000, per_closure_per_day=0.001, rate=Rate(1.0, 1000.0)
    )


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
    assert (before.name, before.days, before.ended) == ("K11", 0.0, False)
    begun = dt.date(2020, 6, 20)
    assert [(s.end, s.seen_until) for s in before.running] == [(None, begun)], "told on that day"


def test_a_closure_begun_on_the_day_is_known(two_lands: Lands) -> None:
    begun = history(two_lands, dt.date(2018, 3, 1)).episodes[-1]
    assert (begun.name, begun.elements, begun.days) == ("EP1", (EAST, WEST), 0.0)


def test_days_shut_are_no_exposure(two_lands: Lands) -> None:
    """East 4 + 10 + 46 days, rail 20, west 70 + 7 + 10; East's five hits: 3 x 60, 20, 87."""
    past = history(two_lands)
    assert past.until == dt.date(2020, 6, 30)
    assert past.shut_days == {EAST: 60.0, RAIL: 20.0, WEST: 87.0, PASS: 5.0}
    assert past.at_risk_days(EAST) == RECORD_DAYS - 60
    assert past.at_risk_days(WEST) == RECORD_DAYS - 87
    assert past.climatology_share(EAST) == 60 / RECORD_DAYS
    assert past.climatology_share(NEW) == past.climatology_share(WEST)


def test_what_is_lent_is_shared_among_the_gates_that_stand(two_lands: Lands) -> None:
    """East: 3 episodes and 1 that is lent, seven times of ten to the road."""
    patterns = model(two_lands).patterns("east")
    assert [p.share for p in patterns[:3]] == [0.25] * 3
    fresh = {p.hits[0].element_id: p.share for p in patterns[3:]}
    assert set(fresh) == {EAST, RAIL}
    assert_allclose([fresh[EAST], fresh[RAIL]], [0.25 * 0.7, 0.25 * 0.3], rtol=1e-12)  # rounding


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


@dataclass(frozen=True)
class TwoLaws(Pool):
    """The railway's joint episode, and the road's own, last by a law of 10 days; others longer."""

    def law(self, elements: Sequence[str], group: str) -> Lengths:
        short = (tuple(elements), group) in (
            ((EAST,), "east"), ((EAST, WEST, RAIL), "east"), ((RAIL,), "east"),
        )  # fmt: skip
        law = LogLogistic(10.0 if short else 1000.0, 1.0)
        return Lengths(
            ordinary=law, structural=law, structural_share=0.0, event_count=1, ended_count=1
        )


def lasting(two_lands: Lands, *scheduled: Scheduled) -> HazardModel:
    """Return the model with laws that a hand can use: a share 1 / (1 + days / 10) lasts longer."""
    made = model(two_lands)
    pool = TwoLaws(**{item.name: getattr(made.pool, item.name) for item in fields(Pool)})
    return replace(made, pool=pool, scheduled=scheduled)


def over_jitter(one: Callable[[float], float]) -> float:
    """Return the mean over how gates of one episode differ, by SciPy's quadrature."""
    from scipy.integrate import quad

    sd = LENGTH_SD_LOG

    def weighed(z: float) -> float:
        return one(math.exp(sd * z)) * math.exp(-z * z / 2) / math.sqrt(2 * math.pi)

    return float(quad(weighed, -8, 8)[0])


SEVEN_NODES = 1e-6
"""What seven nodes of Hermite leave of an integral so smooth."""
QUADRATURE = 1e-5
"""Of a sum over 400 points in place of an integral, and of a chance made from it."""


def covered(days: float, ratio: float = 1.0) -> float:
    """Return the integral of 1 / (1 + u / 10) to a horizon, for gates that last a ratio of it."""
    return over_jitter(lambda j: 10 * ratio * j * math.log1p(days / (10 * ratio * j)))


@pytest.mark.parametrize("days", [0, 1, 30])
def test_what_runs_still_runs_with_the_share_that_outlasts_its_age(
    two_lands: Lands, days: int
) -> None:
    """46 days old when seen 14 days ago: of those so old, 56 / (56 + x) last x days more."""
    expected = over_jitter(lambda j: 56 / (56 + (14 + days) / j))
    still = lasting(two_lands).p_still(EAST, [days])
    assert_allclose(still, [expected], rtol=SEVEN_NODES)


def test_what_does_not_run_has_no_chance_to_run_on(two_lands: Lands) -> None:
    still = lasting(two_lands).p_still(WEST, [1, 2])
    assert still.tolist() == [0.0, 0.0]
    assert still.dtype == np.float64
    assert lasting(two_lands).running_elements() == (EAST,)


@pytest.mark.parametrize("days", [1, 4, 30])
def test_a_new_closure_shuts_a_day_if_it_lasts_until_then(two_lands: Lands, days: int) -> None:
    """The railway: one episode in four from its fifth day on, and the fresh one with 0.075."""
    exposed = 0.25 * covered(max(days - 4, 0)) + 0.075 * covered(days)
    expected = 1 - (1000 / (1000 + exposed)) ** 2
    assert_allclose(lasting(two_lands).p_new_shut(RAIL, days), expected, rtol=QUADRATURE)


def test_a_half_day_ahead_counts(two_lands: Lands) -> None:
    law = lasting(two_lands).pool.law((EAST,), "east")
    assert_allclose(covered_days(law, 0.5, 0.5), covered(0.5, 0.5), rtol=QUADRATURE)
    assert covered_days(law, 1.0, 0.0) == 0.0


def test_a_gate_not_built_would_be_shut_as_long_as_the_gate_beside_it(two_lands: Lands) -> None:
    found = lasting(two_lands)
    assert found.p_new_shut(NEW, 30) == found.p_new_shut(WEST, 30) > 0


def test_a_gate_is_open_if_nothing_runs_nothing_comes_and_nothing_is_foretold(
    two_lands: Lands,
) -> None:
    found = lasting(two_lands)
    still, new = float(found.p_still(EAST, [30])[0]), found.p_new_shut(EAST, 30)
    assert 0 < new < still < 1
    assert_allclose(found.p_shut(EAST, 30), 1 - (1 - still) * (1 - new), rtol=1e-12)  # rounding
    day = AS_OF + 30 * DAY
    vote = Scheduled(rule_id="vote", element_id=EAST, kind="election", start=day, end=day + DAY)
    assert lasting(two_lands, vote).p_shut(EAST, 30) == 1.0
    assert lasting(two_lands, vote).p_shut(EAST, 31) < 1.0


def test_what_no_episode_hits_is_never_hit(two_lands: Lands) -> None:
    assert model(two_lands).p_new_closure("elsewhere", 365) == 0.0
    assert lasting(two_lands).p_shut("elsewhere", 365) == 0.0


def test_a_frontier_of_which_nothing_is_built_has_one_fresh_episode(two_lands: Lands) -> None:
    planned = History(
        as_of=AS_OF,
        episodes=(),
        groups={"far": ("planned",)},
        until=AS_OF,
        twins={"planned": "abroad"},
    )
    far = replace(lasting(two_lands), history=planned, rates={})
    (only,) = far.patterns("far")
    assert (only.share, only.hits) == (1.0, (Hit("planned", 0.0, 1.0),))


def test_rates_rest_on_each_element_s_own_count_and_days_at_risk(two_lands: Lands) -> None:
    """East road: three closures in the days that it was open, all told on the day they began."""
    past = history(two_lands)
    assert past.closure_count(EAST) == 3
    told = past.told_share
    assert 0.99 < told < 1, "K12 was told 48 days after it began"
    assert fit_hazard(past).fitted == fit_elements(
        {
            name: Counted(
                kind=kind, group=group, count=count, exposure_days=(RECORD_DAYS - shut) * told
            )
            for name, kind, group, count, shut in (
                (EAST, "gate", "east", 3, 60),
                (RAIL, "railhead", "east", 1, 20),
                (WEST, "gate", "west", 3, 87),
                (PASS, "line", "line-pass", 1, 5),
                (YARD, "line", "line-yard", 0, 0),
            )
        }
    )


def test_a_closure_counts_alike_whoever_shut_it(tmp_path: Path) -> None:
    """The two sides change places in every account of who shut a gate, and no chance moves."""

    def account(number: int, closure_id: str, who: str) -> dict[str, Any]:
        return {"account_id": f"A{number}", "closure_id": closure_id, "shut_by": who,
                "told_by": who, "note": "", "source_url": "https://example.org/a",
                "source_date": "2019-12-31", "confidence": "A"}  # fmt: skip

    shut = [str(row["id"]) for row in CLOSURES]
    told = []
    for first, second in (("AA", "BB"), ("BB", "AA")):
        accounts = [account(k, name, (first, second)[k % 2]) for k, name in enumerate(shut)]
        made = lands(tmp_path / first, closure_accounts=accounts)
        by_whom = read_facts(made.world().catalog).accounts(AS_OF)
        assert set(by_whom.values()) == {"AA", "BB"}
        found = fit_hazard(history(made))
        told.append([found.p_shut(n, d) for n in (EAST, WEST, PASS) for d in (1, 30, 365)])
    assert told[0] == told[1]
