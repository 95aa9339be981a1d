from __future__ import annotations

import datetime as dt
from dataclasses import replace
from functools import cache
from pathlib import Path

import numpy as np
import pytest
from numpy.testing import assert_allclose

from karwan.analysis.forecasts.closures import fit_world
from karwan.analysis.futures.engines import Engine
from karwan.analysis.futures.reliability import (
    Race,
    Roads,
    Way,
    futures_engine,
    run_races,
    with_hazard_factor,
)
from karwan.analysis.futures.sampling import (
    ORDINARY,
    TIMES,
    TODAY,
    Block,
    Premise,
    Sampling,
    make_block,
    run_futures,
)
from karwan.analysis.futures.tallies import WHOLE, Tally, count_quantile
from karwan.analysis.futures.unrolled import ElementIndex
from karwan.base.errors import DataError
from karwan.hazard.delays import NO_RAMP, Ramp, Regime
from karwan.hazard.model import HazardModel
from karwan.hazard.scenarios import ScenarioSet, draw_scenarios
from tests import reference, worlds
from tests.oracles.futures import slow_day

SHARE_TOLERANCE = 1e-12
"""Shares are quotients of whole counts below 2**53."""
SUM_TOLERANCE = 1e-9
"""Sums of some thousand doubles."""
ASKED = Sampling(seed=5, path_count=300, horizon_days=365)


def scenario_set(
    spells: list[tuple[int, int, float, float]], elements: tuple[str, ...], paths: int
) -> ScenarioSet:
    path, element, start, end = (np.array(column) for column in zip(*spells, strict=True))
    return ScenarioSet(
        as_of=dt.date(2026, 1, 1),
        horizon_days=28,
        path_count=paths,
        seed=0,
        elements=elements,
        path=path.astype(np.int32),
        element=element.astype(np.int32),
        start_days=start.astype(float),
        end_days=end.astype(float),
    )


def index_of(elements: tuple[str, ...], beside: tuple[tuple[int, int], ...] = ()) -> ElementIndex:
    return ElementIndex(elements, {name: k for k, name in enumerate(elements)}, beside)


def shut_by_day(block: Block, path: int, days: tuple[int, ...]) -> list[int]:
    return [int(block.masks[block.state[block.spans.on(day)[path]], 0]) for day in days]


@cache
def roads() -> Roads:
    return Roads(planner=reference.planner())


@cache
def model(day: dt.date = reference.AS_OF) -> HazardModel:
    return fit_world(reference.world(as_of=day))


def way(corridor: str = "") -> Way:
    network = reference.network()
    ends = network.place("almaty"), network.place("karachi")
    if not corridor:
        return roads().free(*ends)
    return roads().along(network.corridors[corridor], *ends)


NAMES = ("kuap-road-torkham", "iran-road-taftan", "kkcp-road-torugart")


@cache
def races() -> dict[str, Race]:
    return dict(run_races(roads(), model(), [way(name) for name in NAMES], ASKED))


def test_each_state_stands_once_and_days_point_to_theirs() -> None:
    names = ("a", "b")
    found = scenario_set([(0, 0, 0.0, 8.0), (1, 1, 7.0, 14.0), (1, 0, 7.0, 9.0)], names, 2)
    block = make_block({ORDINARY: found}, ORDINARY, index_of(names), Premise())
    assert len(np.unique(block.masks, axis=0)) == len(block.masks)
    assert shut_by_day(block, 0, (0, 7, 8, 27)) == [1, 1, 0, 0]
    assert shut_by_day(block, 1, (0, 7, 8, 9, 14)) == [0, 3, 3, 2, 0]


def test_what_is_shut_without_a_dated_spell_stays_shut_and_what_is_opened_may_shut_anew() -> None:
    names = ("a", "b", "c")
    drawn = {
        TODAY: scenario_set([(0, 0, 0.0, 28.0)], names, 1),
        ORDINARY: scenario_set([(0, 0, 14.0, 21.0)], names, 1),
    }
    premise = Premise(always_shut=(2,), opened=(0,))
    block = make_block(drawn, TODAY, index_of(names), premise)
    assert shut_by_day(block, 0, (0, 14, 21)) == [0b100, 0b101, 0b100]
    usual = make_block(drawn, ORDINARY, index_of(names), premise)
    assert shut_by_day(usual, 0, (0, 14, 21)) == [0, 1, 0]


def test_a_planned_crossing_is_shut_with_the_gate_beside_it_and_not_the_other_way() -> None:
    names = ("gate", "planned")
    found = scenario_set([(0, 0, 7.0, 14.0), (0, 1, 14.0, 21.0)], names, 1)
    block = make_block({ORDINARY: found}, ORDINARY, index_of(names, ((1, 0),)), Premise())
    assert shut_by_day(block, 0, (0, 7, 14)) == [0, 0b11, 0b10]


def test_scenarios_of_other_elements_are_refused() -> None:
    drawn = {ORDINARY: scenario_set([(0, 0, 0.0, 1.0)], ("a",), 1)}
    with pytest.raises(DataError, match="drawn for other elements"):
        make_block(drawn, ORDINARY, index_of(("b",)), Premise())


def drawn(sampling: Sampling = ASKED) -> dict[str, ScenarioSet]:
    return {
        times: draw_scenarios(
            model(), seed=sampling.seed, path_count=sampling.path_count,
            horizon_days=sampling.horizon_days, from_today=times == TODAY,
        )
        for times in TIMES
    }  # fmt: skip


def test_a_corridor_is_cut_on_the_days_its_elements_are_shut() -> None:
    corridor = way(NAMES[0])
    assert corridor.tree is not None
    found = races()[TODAY].ensembles()[0]
    scenarios, known = drawn()[TODAY], dict[bytes, bool]()
    shut_days = np.zeros(ASKED.path_count)
    for day in range(ASKED.horizon_days):
        for path, shut in enumerate(scenarios.shut_on(float(day))):
            key = shut.tobytes()
            if key not in known:
                known[key] = corridor.tree.best(np.flatnonzero(shut).tolist()) is None
            shut_days[path] += known[key]
    share = shut_days / ASKED.horizon_days
    assert_allclose(found.cut_share.value, share.mean(), atol=SHARE_TOLERANCE)
    assert_allclose(found.cut_share.low, np.quantile(share, 0.05), atol=SHARE_TOLERANCE)
    assert_allclose(found.cut_share.high, np.quantile(share, 0.95), atol=SHARE_TOLERANCE)
    assert found.error.cut_share is not None
    assert_allclose(
        found.error.cut_share, share.std(ddof=1) / np.sqrt(share.size), rtol=SUM_TOLERANCE
    )
    shares = [part for _, part in found.routes]
    assert_allclose(sum(shares) + found.whole.cut_share, 1.0, atol=SHARE_TOLERANCE)


def test_today_is_no_better_than_ordinary_times_where_the_gates_are_shut() -> None:
    usual, today = (races()[name].ensembles()[0] for name in (ORDINARY, TODAY))
    assert usual.cut_share.value < today.cut_share.value
    first = today.days[0]
    assert first.day == 1
    # Last seen shut weeks before: more likely shut than not, and far from certain.
    assert 0.5 < first.cut_share < 1


def test_days_that_are_open_have_ordered_figures() -> None:
    for found in races()[ORDINARY].ensembles():
        for day in (found.whole, *found.days):
            assert day.hours is not None
            assert day.hours.p05 <= day.hours.p50 <= day.hours.p95
        assert [day.day for day in found.days] == [1, 7, 30, 90, 180]


def test_a_way_beats_another_only_where_it_is_open_and_cheaper() -> None:
    race = races()[TODAY]
    beats, cut = race.beats_share(), [one.cut_share.value for one in race.ensembles()]
    for i, a in enumerate(NAMES):
        for b in NAMES:
            if a != b:
                assert beats[a, b] + beats[b, a] <= 1.0 + SHARE_TOLERANCE
                assert beats[a, b] <= 1 - cut[i] + SHARE_TOLERANCE
    firsts = [one.whole.first_share or 0.0 for one in race.ensembles()]
    assert 0.9 < sum(firsts) <= 1.0 + SHARE_TOLERANCE
    assert beats[NAMES[2], NAMES[1]] > 0


def test_a_way_that_nothing_built_serves_is_always_cut() -> None:
    announced = way("ktap-rail-uz")
    assert announced.tree is None
    found = run_races(roads(), model(), [announced], Sampling(5, 100, 20))[ORDINARY].ensembles()[0]
    assert (found.whole.cut_share, found.whole.hours, found.routes) == (1.0, None, ())
    assert found.whole.first_share == 0.0


def test_the_slower_the_hazard_the_more_days_are_open() -> None:
    corridor = way("kkcp-road-torugart")
    shares = []
    for factor in (0.0, 0.5, 1.0, 4.0):
        found = run_races(roads(), with_hazard_factor(model(), factor), [corridor], ASKED)
        shares.append(found[ORDINARY].ensembles()[0].cut_share.value)
    assert shares == sorted(shares)
    assert shares[-1] > shares[1]


def calendar_share(day: dt.date) -> float:
    """Return the share of the year's days on which a calendar shuts Torugart, by its chances."""
    items = [item for item in model(day).scheduled if item.element_id == "torugart-road"]
    days = [day + dt.timedelta(days=k) for k in range(365)]
    shut = [max((one.p for one in items if one.start <= on < one.end), default=0.0) for on in days]
    return float(np.mean(shut))


def test_as_of_dates_of_one_week_differ_only_by_what_they_know() -> None:
    """With no episode only the calendar shuts: each date's share is that of its own 365 days, each
    day with the chance of its occasion. Four standard errors leave one run in 2,000 to chance."""
    network, errors = reference.network(), list[float]()
    ends = network.place("almaty"), network.place("karachi")
    for k in range(7):
        day = reference.AS_OF + dt.timedelta(days=k)
        there = Roads(planner=reference.planner(as_of=day))
        ways = [there.along(network.corridors["kkcp-road-torugart"], *ends)]
        calm = with_hazard_factor(model(day), 0.0)
        drawn = run_races(there, calm, ways, Sampling(5, 400, 365))[ORDINARY].ensembles()[0]
        assert drawn.error.cut_share is not None
        errors.append(drawn.error.cut_share)
        assert_allclose(drawn.cut_share.value, calendar_share(day), atol=4 * errors[-1])
    assert 0 < max(errors) < 0.001


@pytest.mark.parametrize("factor", [-1.0, float("nan"), float("inf")])
def test_a_factor_that_is_none_is_refused(factor: float) -> None:
    with pytest.raises(DataError, match="hazard_factor"):
        with_hazard_factor(model(), factor)


def test_the_same_seed_gives_the_same_figures() -> None:
    again = run_races(roads(), model(), [way(name) for name in NAMES], ASKED)
    for name in TIMES:
        assert again[name].ensembles() == races()[name].ensembles()
    other = run_races(roads(), model(), [way(NAMES[0])], replace(ASKED, seed=6))
    assert other[TODAY].ensembles()[0].cut_share != races()[TODAY].ensembles()[0].cut_share


def test_futures_say_that_lanes_answer_where_gates_restart_slowly() -> None:
    assert futures_engine(model()).engine is Engine.lanes
    assert futures_engine(replace(model(), ramp=NO_RAMP)).engine is Engine.trees


GATES = (worlds.EAST, worlds.WEST, worlds.RAIL)
RAMP = Ramp(
    backlog_hours_per_shut_day=5.0,
    most_backlog_hours=120.0,
    first_day_hours=22.0,
    fall_hours_per_day=19.0,
    elements=frozenset(GATES),
)


@pytest.mark.parametrize("times", TIMES)
def test_a_future_with_ramps_is_what_a_router_finds_with_those_waits(
    tmp_path: Path, times: str
) -> None:
    """Every change of every path against a world built for that day and searched by the router."""
    lands = worlds.lands(tmp_path / "lands")
    planner = lands.planner()
    there, ends = (
        Roads(planner=planner),
        (lands.network.place("ncity"), lands.network.place("scity")),
    )
    restarting = replace(
        with_hazard_factor(fit_world(planner.world), 20.0),
        ramp=RAMP,
        regimes=(Regime(worlds.WEST, 9.0, "made"),),
    )
    scenarios = {
        name: draw_scenarios(
            restarting, seed=3, path_count=12, horizon_days=240, from_today=name == TODAY
        )
        for name in TIMES
    }
    block = make_block(scenarios, times, there.index, Premise())
    free = there.free(*ends)
    taken = free.take(block)
    assert (taken.delay_hours > 0).sum() > 20, "ramps that nobody meets show nothing"
    assert len({int(n) for n in taken.number}) > 2
    spans = block.spans
    for k in range(spans.path.size):
        slow = slow_day(
            planner, scenarios[times], ends, int(spans.path[k]), int(spans.first_day[k])
        )
        cost, hours, _ = free.measures(int(taken.number[k]), int(taken.delay_hours[k]))
        if slow.ticks is None:
            assert taken.number[k] == -1
        else:
            assert slow.generalized_cost_usd is not None
            assert slow.hours is not None
            assert_allclose(cost, slow.generalized_cost_usd, rtol=SUM_TOLERANCE)
            assert_allclose(hours, slow.hours, rtol=SUM_TOLERANCE)
            path = free.path(int(taken.number[k]))
            assert path is not None
            rate = planner.consignment.value_of_time_usd_per_hour * 1000
            assert abs(path.key[0] + rate * taken.delay_hours[k] - slow.ticks) < 5


def test_ways_asked_together_take_what_each_takes_alone() -> None:
    network = reference.network()
    pairs = [
        (network.place(a), network.place(b))
        for a in ("almaty", "tashkent")
        for b in ("karachi", "lahore", "bandar-abbas")
    ]
    shared, alone = Roads(planner=reference.planner()), Roads(planner=reference.planner())
    ways = shared.together(pairs)
    scenarios = drawn(Sampling(5, 100, 365))
    block = make_block(scenarios, TODAY, shared.index, shared.premise)
    assert block.slow_span.size > 0
    for way_, pair in zip(ways, pairs, strict=True):
        mine, own = way_.take(block), alone.free(*pair).take(block)
        a, b = (
            np.array([w.measures(int(n), int(d))[0] for n, d in
                      zip(t.number[:400], t.delay_hours[:400], strict=True)])
            for w, t in ((way_, mine), (alone.free(*pair), own))
        )  # fmt: skip
        # Ties in weight may fall on another route: then the cost after rest may differ.
        same = np.isclose(a, b, rtol=SUM_TOLERANCE) | (np.isnan(a) & np.isnan(b))
        assert same.mean() > 0.99


def test_batches_and_blocks_add_up(monkeypatch: pytest.MonkeyPatch) -> None:
    """Futures of three batches, in blocks of a few: the counts are those of the parts."""
    from karwan.analysis.futures import sampling

    monkeypatch.setattr(sampling, "BATCH_PATHS", 120)
    monkeypatch.setattr(sampling, "BLOCK_DAYS", 365 * 50)
    seen: list[tuple[int, int]] = []
    race = run_races(
        roads(), model(), [way(NAMES[0])], ASKED, progress=lambda *done: seen.append(done)
    )[TODAY]
    assert race.ensembles()[0].path_count == 300
    assert seen[-1] == (300, 300)
    assert [done for done, _ in seen] == sorted(done for done, _ in seen)
    shut = 0.0
    for batch, count in ((0, 120), (1, 120), (2, 60)):
        parts = {
            times: draw_scenarios(
                model(), seed=5, path_count=count, horizon_days=365, from_today=times == TODAY,
                batch=batch,
            )
            for times in TIMES
        }  # fmt: skip
        tally = Tally(way=way(NAMES[0]), horizon_days=365)
        block = make_block(parts, TODAY, roads().index, roads().premise)
        tally.add(block, way(NAMES[0]).take(block))
        shut += tally.ensemble().whole.cut_share * count
    assert_allclose(race.ensembles()[0].whole.cut_share, shut / 300, atol=SHARE_TOLERANCE)
    assert race.ensembles()[0].whole.day == WHOLE


def test_a_closure_longer_than_the_horizon_shuts_all_of_it() -> None:
    found = run_races(roads(), model(), [way(NAMES[0])], Sampling(5, 100, 1))[TODAY].ensembles()[0]
    assert found.horizon_days == 1
    assert found.days == ()
    assert found.whole.cut_share > 0.9


@pytest.mark.parametrize(
    ("values", "fault"),
    [
        ({"seed": 1.5}, "seed 1.5: it must be a whole number"),
        ({"seed": True}, "seed True: it must be a whole number"),
        ({"seed": -1}, "seed -1: it must be from 0"),
        ({"path_count": 99}, "paths 99: it must be from 100"),
        ({"path_count": 10**7}, "paths 10000000: it must be from 100 to 1,000,000"),
        ({"horizon_days": 0}, "horizon 0: it must be from 1"),
    ],
)
def test_a_sampling_that_cannot_be_drawn_is_refused(values: dict[str, object], fault: str) -> None:
    with pytest.raises(DataError, match=fault):
        Sampling(**values)  # type: ignore[arg-type]


def test_all_faults_of_a_sampling_are_named_at_once() -> None:
    with pytest.raises(DataError, match="seed -1") as caught:
        Sampling(seed=-1, path_count=1, horizon_days=0)
    assert len(caught.value.faults) == 3


def test_work_without_end_is_refused_with_its_hours() -> None:
    from karwan.analysis.futures.sampling import check_work

    check_work(Sampling(0, 10_000, 365), 60)
    with pytest.raises(DataError, match=r"1,000,000 futures .* about 1,217 hours"):
        check_work(Sampling(0, 1_000_000, 3650), 6000)


def test_the_quantile_of_counts_is_that_of_the_values_laid_out() -> None:
    random = np.random.default_rng(1)
    values, counts = np.sort(random.random(30)), random.integers(0, 9, 30)
    for share in (0.0, 0.05, 0.37, 0.95, 1.0):
        laid = np.quantile(np.repeat(values, counts), share)
        assert_allclose(count_quantile(values, counts, share), laid, rtol=SUM_TOLERANCE)


def test_nothing_is_drawn_for_nobody() -> None:
    run_futures(model(), Sampling(5, 100, 10), [])
