"""Rates and scenarios: seeded by name, blind to order, and true to the record they come from."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from functools import cache

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_allclose
from scipy.stats import nbinom

from karwan.analysis.forecasts import availabilities, fit_world, forecast
from karwan.base.errors import FitError
from karwan.base.seeds import stream
from karwan.hazard.history import History
from karwan.hazard.rates import Rate, fit_gamma, fit_rates
from karwan.hazard.scenarios import HazardModel, ScenarioSet, draw_scenarios
from tests import reference

GATES = ("torkham-road", "chaman-spin-boldak-road")


@cache
def model(day: dt.date = dt.date(2025, 10, 11)) -> HazardModel:
    return fit_world(reference.world(as_of=day))


@cache
def scenarios(*, from_today: bool = True, day: dt.date = dt.date(2025, 10, 11)) -> ScenarioSet:
    return draw_scenarios(model(day), seed=5, path_count=20_000, from_today=from_today)


@given(st.lists(st.integers(0, 40), min_size=2, max_size=8).filter(any))
def test_the_gamma_makes_the_counts_likelier_than_its_neighbours(counts: list[int]) -> None:
    """Against SciPy's negative binomial, at the shape found and at twice and half of it."""
    days = [1000.0 + 100 * k for k in range(len(counts))]
    shape, rate = fit_gamma(counts, days)

    def likelihood(size: float) -> float:
        scale = size * rate / shape
        return sum(
            float(nbinom.logpmf(n, size, scale / (scale + d)))
            for n, d in zip(counts, days, strict=True)
        )

    inside = 0.06 < shape < 49
    if inside:
        assert likelihood(shape) >= max(likelihood(1.3 * shape), likelihood(shape / 1.3)) - 1e-6


def test_a_group_without_closures_borrows_and_is_never_zero() -> None:
    rates = fit_rates({"a": 30, "b": 0, "c": 2}, dict.fromkeys("abc", 4000.0))
    assert 0 < rates["b"].hazard_per_day < rates["c"].hazard_per_day < rates["a"].hazard_per_day
    assert rates["a"].hazard_per_day < 30 / 4000


def test_rates_of_nothing_are_refused() -> None:
    with pytest.raises(FitError, match="at least one episode"):
        fit_rates({"a": 0}, {"a": 10.0})


def test_no_closure_within_a_time_is_what_draws_give() -> None:
    rate = Rate(3.0, 1000.0)
    random = stream(1, "rate")
    none = random.poisson(random.gamma(3.0, 1 / 1000.0, 400_000) * 200 * 0.4) == 0
    assert_allclose(rate.p_none(200, 0.4), none.mean(), atol=0.003)


def test_the_same_seed_gives_the_same_bytes_and_another_seed_does_not() -> None:
    again = draw_scenarios(model(), seed=5, path_count=20_000)
    assert again.end_days.tobytes() == scenarios().end_days.tobytes()
    assert again.path.tobytes() == scenarios().path.tobytes()
    other = draw_scenarios(model(), seed=6, path_count=20_000)
    assert other.end_days.tobytes() != scenarios().end_days.tobytes()


def test_the_order_of_groups_and_elements_changes_nothing() -> None:
    history: History = model().history
    turned = {name: history.groups[name] for name in reversed(list(history.groups))}
    shuffled = replace(model(), history=replace(history, groups=turned))
    other = draw_scenarios(shuffled, seed=5, path_count=20_000)
    assert other.end_days.tobytes() == scenarios().end_days.tobytes()


def test_another_group_s_draws_do_not_move_ours() -> None:
    """Common random numbers: leaving a group out changes no path of the others."""
    history = model().history
    groups = {name: members for name, members in history.groups.items() if name != "CN-PK"}
    fewer = replace(model(), history=replace(history, groups=groups))
    other = draw_scenarios(fewer, seed=5, path_count=20_000)
    assert_allclose(other.shut_days("torkham-road"), scenarios().shut_days("torkham-road"))


def test_joint_hits_come_as_often_as_in_the_record() -> None:
    history = model().history
    both = [set(GATES) <= set(e.elements) for e in history.of_group("AF-PK")]
    expected = sum(both) / len(both)
    found = scenarios(from_today=False)
    index = [found.elements.index(name) for name in GATES]
    starts = {k: set(zip(found.path[found.element == k], found.start_days[found.element == k],
                         strict=True)) for k in index}  # fmt: skip
    members = [found.elements.index(name) for name in history.groups["AF-PK"]]
    every = set()
    for k in members:
        mine = found.element == k
        every |= set(zip(found.path[mine], found.start_days[mine], strict=True))
    share = len(starts[index[0]] & starts[index[1]]) / len(every)
    # The prior draws hits one by one in one of 31: at most that far off.
    assert_allclose(share, expected, atol=0.03)


def test_gates_shut_together_reopen_nearly_together() -> None:
    found = scenarios(day=dt.date(2026, 11, 22))
    ends = []
    for name in GATES:
        mine = (found.element == found.elements.index(name)) & (found.start_days == 0)
        ends.append(
            dict(zip(found.path[mine].tolist(), found.end_days[mine].tolist(), strict=True))
        )
    shared = [path for path in ends[0] if path in ends[1] and 40 < ends[0][path] < 700
              and 40 < ends[1][path] < 700]  # fmt: skip
    ratio = np.log([ends[0][path] / ends[1][path] for path in shared])
    assert len(shared) > 1000
    assert np.std(ratio) < 0.3, "independent draws would be ten times as wide"


def test_chances_in_words_and_on_paths_agree() -> None:
    day = dt.date(2026, 11, 22)
    world = reference.world(as_of=day)
    told = forecast(world, model(day), "torkham-road", (7, 90, 365))
    found = scenarios(day=day)
    k = found.elements.index("torkham-road")
    for days, p in told.p_shut.items():
        share = found.shut_on(float(days))[:, k].mean()
        # The formula leaves out that a closed gate has no new closures: up to 0.02.
        assert_allclose(p, share, atol=0.03)


def test_days_shut_are_a_union_and_bits_are_the_states() -> None:
    found = scenarios(from_today=False)
    one, both = found.shut_days(GATES[0]), found.any_shut_days(GATES)
    assert np.all(both >= one - 1e-9)
    assert np.all(both <= found.horizon_days + 1e-9)
    bits = np.unpackbits(found.masks_on(100.0), axis=1, bitorder="little")
    assert np.array_equal(bits[:, : len(found.elements)].astype(bool), found.shut_on(100.0))


def test_what_comes_after_the_date_changes_nothing() -> None:
    """The model of 2025-10-11 is the same from a record that goes on for a year and from one that
    is cut there."""
    early = reference.world(as_of=dt.date(2025, 10, 11))
    cut = replace(
        early,
        record=replace(
            early.record,
            spells=tuple(s for s in early.record.spells if s.start <= early.as_of),
        ),
    )
    assert fit_world(cut).lengths == model().lengths
    assert fit_world(cut).rates == model().rates


def test_the_gates_on_the_eve_and_after() -> None:
    """What the model would have said on two dates, beside what happened on 2025-10-12."""
    eve, after = dt.date(2025, 10, 11), dt.date(2026, 1, 1)
    before = forecast(reference.world(as_of=eve), model(eve), "torkham-road", (1, 7, 90))
    assert before.p_shut[1] < 0.02, "nobody could have known"
    later = forecast(reference.world(as_of=after), model(after), "torkham-road", (7, 30, 90))
    assert later.p_shut[30] > 0.7
    assert later.shut_since == dt.date(2025, 10, 12)


def test_how_often_a_corridor_is_open() -> None:
    day = dt.date(2026, 11, 22)
    gates = {"torkham": ["torkham-road"], "both": list(GATES), "none": []}
    found = {
        (one.corridor_id, one.horizon_days): one
        for one in availabilities(model(day), gates, seed=5, path_count=4000)
    }
    one, two = found["torkham", 365], found["torkham", 730]
    assert one.today_share[1] < one.ordinary_share[1], "it is shut today"
    assert one.p_never_today > two.p_never_today > 0
    both = found["both", 730]
    assert both.ordinary_share[1] <= two.ordinary_share[1]
    assert both.episode_count >= two.episode_count > 0
    free = found["none", 730]
    assert free.today_share == (1.0, 1.0, 1.0)
    assert free.episode_count == 0
    for item in found.values():
        for low, mean, high in (item.ordinary_share, item.today_share):
            assert 0 <= low <= mean <= high <= 1
