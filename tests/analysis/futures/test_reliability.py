from __future__ import annotations

import datetime as dt
from functools import cache

import numpy as np
import pytest
from numpy.testing import assert_allclose

from karwan.analysis.forecasts.closures import fit_world
from karwan.analysis.futures.reliability import (
    ORDINARY,
    SAMPLE_DAYS,
    TODAY,
    DayStates,
    Roads,
    Way,
    day_states,
    draw_states,
    p_beats,
    run_ensemble,
    with_hazard_factor,
)
from karwan.analysis.futures.unrolled import ElementIndex
from karwan.base.errors import DataError
from karwan.hazard.model import HazardModel
from karwan.hazard.scenarios import ScenarioSet
from tests import reference

SHARE_TOLERANCE = 1e-12
"""Shares are quotients of whole counts below 2**53."""


def scenario_set(
    spells: list[tuple[int, int, float, float]], elements: tuple[str, ...], paths: int
) -> ScenarioSet:
    path, element, start, end = (np.array(column) for column in zip(*spells, strict=True))
    return ScenarioSet(
        dt.date(2026, 1, 1), 28, paths, 0, elements,
        path.astype(np.int32), element.astype(np.int32), start.astype(float), end.astype(float),
    )  # fmt: skip


def index_of(elements: tuple[str, ...]) -> ElementIndex:
    return ElementIndex(elements, {name: k for k, name in enumerate(elements)})


@cache
def roads() -> Roads:
    return Roads(reference.planner())


@cache
def model() -> HazardModel:
    return fit_world(reference.world())


@cache
def drawn(seed: int = 5) -> dict[str, DayStates]:
    return dict(draw_states(roads(), model(), seed=seed, path_count=300, horizon_days=365))


def way(corridor: str = "") -> Way:
    network = reference.network()
    ends = network.place("almaty"), network.place("karachi")
    if not corridor:
        return roads().free(*ends)
    return roads().along(network.corridors[corridor], *ends)


def test_each_state_stands_once_and_days_point_to_theirs() -> None:
    names = ("a", "b")
    found = scenario_set([(0, 0, 0.0, 8.0), (1, 1, 7.0, 14.0), (1, 0, 7.0, 9.0)], names, 2)
    states = day_states(found, index_of(names))
    assert len(np.unique(states.masks, axis=0)) == len(states.masks)
    shut = {
        (int(day), path): int(states.masks[states.state[k, path], 0])
        for k, day in enumerate(states.days)
        for path in range(2)
    }
    assert (shut[0, 0], shut[7, 0], shut[14, 0]) == (0b01, 0b01, 0)
    assert (shut[0, 1], shut[7, 1], shut[14, 1]) == (0, 0b11, 0)


def test_what_is_shut_without_a_dated_spell_stays_shut_and_what_is_opened_may_shut_anew() -> None:
    names = ("a", "b", "c")
    today = scenario_set([(0, 0, 0.0, 28.0)], names, 1)
    usual = scenario_set([(0, 0, 14.0, 21.0)], names, 1)
    states = day_states(today, index_of(names), always_shut=(2,), usually=(usual, (0,)))
    by_day = {
        int(day): int(states.masks[states.state[k, 0], 0]) for k, day in enumerate(states.days)
    }
    assert (by_day[0], by_day[14], by_day[21]) == (0b100, 0b101, 0b100)


def test_a_planned_crossing_is_shut_with_the_gate_beside_it_and_not_the_other_way() -> None:
    names = ("gate", "planned")
    found = scenario_set([(0, 0, 7.0, 14.0), (0, 1, 14.0, 21.0)], names, 1)
    index = ElementIndex(names, {"gate": 0, "planned": 1}, beside=((1, 0),))
    states = day_states(found, index)
    by_day = {
        int(day): int(states.masks[states.state[k, 0], 0]) for k, day in enumerate(states.days)
    }
    assert (by_day[0], by_day[7], by_day[14]) == (0, 0b11, 0b10)


def test_scenarios_of_other_elements_are_refused() -> None:
    with pytest.raises(DataError, match="drawn for other elements"):
        day_states(scenario_set([(0, 0, 0.0, 1.0)], ("a",), 1), index_of(("b",)))


def test_a_corridor_is_cut_on_the_days_its_elements_are_shut() -> None:
    corridor = way("kuap-road-torkham")
    states = drawn()[TODAY]
    found = run_ensemble(corridor, states)
    assert corridor.tree is not None
    direct = [
        corridor.tree.best(
            tuple(np.flatnonzero(np.unpackbits(mask.view(np.uint8), bitorder="little")))
        )
        for mask in states.masks
    ]
    cut = np.array([route is None for route in direct])
    sampled = states.state[states.days % SAMPLE_DAYS == 0]
    assert_allclose(found.cut_share.value, cut[sampled].mean(), atol=SHARE_TOLERANCE)
    shares = [share for _, share in found.routes]
    assert_allclose(sum(shares) + found.whole.cut_share, 1.0, atol=SHARE_TOLERANCE)


def test_today_is_no_better_than_ordinary_times_where_the_gates_are_shut() -> None:
    corridor = way("kuap-road-torkham")
    usual, today = (run_ensemble(corridor, drawn()[name]) for name in (ORDINARY, TODAY))
    assert usual.cut_share.value < today.cut_share.value
    first = today.days[0]
    assert first.day == 1
    assert first.cut_share > 0.9


def test_days_that_are_open_have_ordered_figures() -> None:
    found = run_ensemble(way(), drawn()[ORDINARY])
    for day in (found.whole, *found.days):
        assert day.hours is not None
        low, middle, high = day.hours.p05, day.hours.p50, day.hours.p95
        assert low <= middle <= high
    assert [day.day for day in found.days] == [1, 7, 30, 90, 180]


def test_a_way_beats_another_only_where_it_is_open_and_cheaper() -> None:
    ways = [way("kuap-road-torkham"), way("iran-road-taftan"), way("ktap-rail-uz")]
    found = p_beats(ways, drawn()[TODAY])
    assert_allclose(np.diag(found), 0.0)
    assert found[2].max() == 0.0
    assert found[0, 2] > 0
    assert found[0, 1] + found[1, 0] <= 1.0 + SHARE_TOLERANCE
    cut = run_ensemble(ways[0], drawn()[TODAY]).cut_share.value
    states = drawn()[TODAY]
    days = states.state[states.days % SAMPLE_DAYS != 0].size
    assert found[0, 1] <= 1 - cut + days / states.state.size


def test_the_slower_the_hazard_the_more_days_are_open() -> None:
    corridor = way("kkcp-road-torugart")
    shares = []
    for factor in (0.0, 0.5, 1.0, 4.0):
        states = draw_states(
            roads(), with_hazard_factor(model(), factor), seed=5, path_count=300, horizon_days=365
        )
        shares.append(run_ensemble(corridor, states[ORDINARY]).cut_share.value)
    assert shares == sorted(shares)
    # With no episode at all only what a calendar foretells on a sampled day is left.
    foretold = [
        any(item.shuts("torugart-road", model().as_of + dt.timedelta(days=day)) for item in
            model().scheduled)
        for day in range(0, 365, SAMPLE_DAYS)
    ]  # fmt: skip
    assert_allclose(shares[0], np.mean(foretold), atol=SHARE_TOLERANCE)
    assert shares[-1] > shares[1]


@pytest.mark.parametrize("factor", [-1.0, float("nan"), float("inf")])
def test_a_factor_that_is_none_is_refused(factor: float) -> None:
    with pytest.raises(DataError, match="hazard_factor"):
        with_hazard_factor(model(), factor)


def test_the_same_seed_gives_the_same_states() -> None:
    again = draw_states(roads(), model(), seed=5, path_count=300, horizon_days=365)
    for name in (ORDINARY, TODAY):
        assert again[name].masks.tobytes() == drawn()[name].masks.tobytes()
        assert again[name].state.tobytes() == drawn()[name].state.tobytes()
    other = draw_states(roads(), model(), seed=6, path_count=300, horizon_days=365)
    assert other[ORDINARY].state.tobytes() != drawn()[ORDINARY].state.tobytes()
