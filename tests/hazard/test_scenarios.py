"""Rates and scenarios: seeded by name, blind to order, and true to the record they come from."""

from __future__ import annotations

import datetime as dt
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from functools import cache

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose

from karwan.analysis.forecasts.closures import fit_world, forecast
from karwan.analysis.forecasts.histories import ramp_of
from karwan.analysis.futures import sampling
from karwan.analysis.futures.availability import availabilities
from karwan.analysis.futures.engines import Engine
from karwan.analysis.futures.sampling import Sampling
from karwan.analysis.world.timetable import regimes_of, weekly_wait_hours
from karwan.base.errors import DataError
from karwan.base.seeds import stream
from karwan.evidence.closures import ClosureRecord, read_closures
from karwan.evidence.spells import Spell
from karwan.hazard.delays import NO_RAMP, Regime
from karwan.hazard.history import History
from karwan.hazard.model import HazardModel
from karwan.hazard.rates import Rate
from karwan.hazard.scenarios import ScenarioSet, draw_scenarios
from tests import reference

GATES = ("torkham-road", "chaman-spin-boldak-road")


@cache
def model(day: dt.date = dt.date(2025, 10, 11)) -> HazardModel:
    return fit_world(reference.world(as_of=day))


@cache
def scenarios(*, from_today: bool = True, day: dt.date = dt.date(2025, 10, 11)) -> ScenarioSet:
    return draw_scenarios(model(day), seed=5, path_count=20_000, from_today=from_today)


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
    """Torkham and Chaman were hit together, at once or Chaman a day later, in some episodes.

    As many of the frontier's episodes do so on the paths, each as often as its closures count.
    """
    share = 0.0
    for pattern in model().patterns("AF-PK"):
        at = {hit.element_id: hit.offset_days for hit in pattern.hits}
        if set(GATES) <= set(at) and at[GATES[1]] - at[GATES[0]] in (0.0, 1.0):
            share += pattern.share
    assert share > 0.01
    found = scenarios(from_today=False)
    expected = found.path_count * 730 * model().rates["AF-PK"].hazard_per_day * share
    key = found.path * 1e4 + found.start_days
    torkham, chaman = (key[found.element == found.element_index[name]] for name in GATES)
    chaman = np.sort(chaman)
    joint = 0
    for offset_days in (0.0, 1.0):
        place = np.searchsorted(chaman, torkham + offset_days - 1e-6)
        near = chaman[np.minimum(place, chaman.size - 1)]
        joint += int(np.sum(np.abs(near - torkham - offset_days) < 1e-5))
    # Poisson with a gamma rate whose spread is a fifth, over 20,000 paths: 4 standard errors.
    assert_allclose(joint, expected, atol=4 * np.sqrt(expected * (1 + 0.05 * expected / 20_000)))


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


@pytest.mark.parametrize("day", [dt.date(2025, 10, 11), dt.date(2026, 11, 22)])
def test_a_chance_in_words_is_the_share_of_paths(day: dt.date) -> None:
    """The closed form against the draws, for every element and five days: within the error of
    20,000 paths. Of 585 comparisons the widest is 3 to 4 standard errors; 5 would be a fault."""
    found = scenarios(day=day)
    for days in (1.0, 7.0, 30.0, 90.0, 365.0):
        shares = found.shut_on(days).mean(axis=0)
        for name, k in found.element_index.items():
            p = model(day).p_shut(name, days)
            error = np.sqrt(p * (1 - p) / found.path_count) + 1e-4  # one path in ten thousand
            assert abs(shares[k] - p) < 5 * error, (name, days, p, shares[k])


def test_days_shut_are_a_union_and_bits_are_the_states() -> None:
    found = scenarios(from_today=False)
    one, both = found.shut_days(GATES[0]), found.any_shut_days(GATES)
    assert np.all(both >= one - 1e-9)
    assert np.all(both <= found.horizon_days + 1e-9)
    masks, shut = found.masks_on(100.0), found.shut_on(100.0)
    assert masks.dtype == np.uint64
    assert masks.shape == (found.path_count, 2), "117 elements, 64 to a word"
    for name, k in found.element_index.items():
        bit = (masks[:, k // 64] >> np.uint64(k % 64)) & np.uint64(1)
        assert np.array_equal(bit.astype(bool), shut[:, k]), name


def test_threads_change_no_byte() -> None:
    with ThreadPoolExecutor(2) as pool:
        tasks = [pool.submit(draw_scenarios, model(), seed=5, path_count=20_000) for _ in range(2)]
        for task in tasks:
            assert task.result().end_days.tobytes() == scenarios().end_days.tobytes()


def test_an_element_s_draws_do_not_hang_on_its_neighbours() -> None:
    """Every element moves one bit up when another is listed before them; no spell moves."""
    groups = {**model().history.groups, "CN-PK": ("aaa-road", *model().history.groups["CN-PK"])}
    other = draw_scenarios(
        replace(model(), history=replace(model().history, groups=groups)), seed=5, path_count=20_000
    )
    assert other.element_index["torkham-road"] == scenarios().element_index["torkham-road"] + 1
    assert np.array_equal(other.shut_days(GATES[0]), scenarios().shut_days(GATES[0]))


def test_a_line_not_built_shares_the_spells_of_the_gate_beside_it() -> None:
    found = scenarios(day=dt.date(2026, 11, 22))
    gate, planned = found.shut_days("torkham-road"), found.shut_days("torkham-landi-kotal-rail")
    assert np.array_equal(gate, planned)


def test_what_is_announced_is_on_every_path_and_an_occasion_on_its_share() -> None:
    """New Year is announced; National Day is known and no closing announced. Two gates share it."""
    day = dt.date(2026, 1, 1)
    found = scenarios(day=day, from_today=False)
    torugart, irkeshtam = (found.element_index[f"{n}-road"] for n in ("torugart", "irkeshtam"))
    new_year = found.shut_on(float((dt.date(2027, 1, 1) - day).days))
    assert new_year[:, torugart].all()
    ahead = (dt.date(2026, 10, 2) - day).days
    shut = found.shut_on(float(ahead))
    p = model(day).p_scheduled("torugart-road", ahead)
    assert 0.4 < p < 1
    # Of 20,000 paths, and the few on which it is shut for another reason: 1 in 50.
    assert_allclose(shut[:, torugart].mean(), p, atol=0.02)
    assert (shut[:, torugart] & shut[:, irkeshtam]).mean() > 0.95 * p


def test_a_reopened_gate_is_slow_and_not_shut() -> None:
    day = dt.date(2026, 11, 22)
    ramp = ramp_of(reference.catalog(), reference.network())
    assert model(day).ramp == ramp
    found = draw_scenarios(model(day), seed=5, path_count=2000)
    hours, shut = found.delays_on(100.0), found.shut_on(100.0)
    assert hours.shape == shut.shape
    assert hours.max() > 0
    assert not hours[shut].any()
    # 120 h of queue at most and 22 for the slow first day, falling by 19 a day: a week and a half.
    assert hours.max() <= 142
    plain = draw_scenarios(model(day), seed=5, path_count=2000, ramp=NO_RAMP)
    assert np.array_equal(plain.shut_on(100.0), shut), "delays are never closures"
    assert not plain.delays_on(100.0).any()


def test_a_partial_regime_delays_on_every_path() -> None:
    regime = Regime("irkeshtam-road", 36.0, "R1")
    found = draw_scenarios(model(), seed=5, path_count=50, regimes=[regime])
    column = found.element_index["irkeshtam-road"]
    open_paths = ~found.shut_on(3.0)[:, column]
    assert np.all(found.delays_on(3.0)[open_paths, column] == 36.0)


def test_a_week_of_three_open_days_is_a_regime_while_it_runs_and_none_after() -> None:
    """Torkham and Chaman let cargo pass on three days a week from 10 April 2020.

    The source that was read is of 17 May, so on a day before nothing was known of it.
    """
    told_by_now = read_closures(reference.catalog())

    def regimes(day: dt.date, record: ClosureRecord) -> tuple[Regime, ...]:
        return regimes_of(reference.catalog(), record, reference.network(), day)

    def running(day: dt.date) -> dict[str, float]:
        return {one.element_id: one.delay_hours for one in regimes(day, told_by_now)}

    day = dt.date(2020, 4, 20)
    assert regimes(day, told_by_now.known(day)) == ()

    wait = weekly_wait_hours(3.0)
    assert_allclose(wait, 24 * 4**2 / (2 * 7 * 3))
    told = running(day)
    assert told.get("torkham-road") == told.get("chaman-spin-boldak-road") == wait
    assert running(dt.date(2026, 11, 22)) == {}
    found = draw_scenarios(
        model(day), seed=5, path_count=50, horizon_days=9, regimes=regimes(day, told_by_now)
    )
    column = found.element_index["torkham-road"]
    open_paths = ~found.shut_on(3.0)[:, column]
    assert np.all(found.delays_on(3.0)[open_paths, column] >= wait)


def test_the_wait_for_the_next_open_day_is_the_mean_over_all_times_of_arrival() -> None:
    """Three open days evenly spread over the week, seen at every minute of it."""
    minutes = np.arange(7 * 1440) + 0.5
    gap = 7 / 3
    within = np.mod(minutes / 1440, gap)
    waits = np.where(within < 1, 0.0, gap - within) * 24
    assert_allclose(weekly_wait_hours(3.0), waits.mean(), rtol=1e-3)
    assert weekly_wait_hours(7.0) == 0.0


def test_batches_have_streams_of_their_own_and_the_first_is_the_plain_draw() -> None:
    plain = draw_scenarios(model(), seed=5, path_count=200)
    first, second = (draw_scenarios(model(), seed=5, path_count=200, batch=k) for k in (0, 1))
    assert first.end_days.tobytes() == plain.end_days.tobytes()
    assert second.end_days.tobytes() != plain.end_days.tobytes()


@pytest.mark.parametrize("seed", [1.5, True, "3"])
def test_a_seed_that_is_no_whole_number_is_refused(seed: object) -> None:
    with pytest.raises(DataError, match="it must be a whole number"):
        draw_scenarios(model(), seed=seed, path_count=10)  # type: ignore[arg-type]


def test_independent_gates_shut_together_as_chance_would_have_it() -> None:
    """Two gates of different frontiers: the share of paths that shut both is the product."""
    found = scenarios(day=dt.date(2026, 11, 22))
    a, b = (found.element_index[name] for name in ("torkham-road", "kkh-kohistan-road"))
    shut = found.shut_on(60.0)
    p, q, both = shut[:, a].mean(), shut[:, b].mean(), (shut[:, a] & shut[:, b]).mean()
    assert_allclose(both, p * q, atol=5 * np.sqrt(p * q / found.path_count))


EVE = dt.date(2025, 10, 11)
later_spells = st.lists(
    st.tuples(
        st.sampled_from(["torkham-road", "khunjerab-road", "kkh-kohistan-road"]),
        st.integers(1, 400),
        st.one_of(st.none(), st.integers(0, 300)),
    ),
    max_size=4,
)


@settings(max_examples=15)
@given(later_spells, st.integers(1, 900))
def test_what_comes_after_the_date_changes_nothing(
    rows: list[tuple[str, int, int | None]], reopened_after: int
) -> None:
    """Rows that begin after the date, and ends and sightings after it, are not looked at."""
    world = reference.world(as_of=EVE)
    day = dt.timedelta(days=1)

    def moved(spell: Spell) -> Spell:
        if spell.end is None or spell.end <= EVE:
            return spell
        return replace(spell, end=EVE + reopened_after * day)

    like = next(s for s in world.record.spells if s.element_id == "torkham-road")
    added = [
        replace(like, closure_id=f"X{k}", episode=f"X{k}", element_id=name, calendar=False,
                traffic_class="all", start=EVE + start * day,
                end=None if length is None else EVE + (start + length) * day,
                end_status="ongoing" if length is None else "observed",
                seen_until=EVE + start * day)
        for k, (name, start, length) in enumerate(rows)
    ]  # fmt: skip
    kept = [moved(s) for s in world.record.spells if s.start <= EVE]
    other = replace(world, record=replace(world.record, spells=(*kept, *added)))
    found = fit_world(other)
    assert found.history == model(EVE).history
    assert found.rates == model(EVE).rates
    assert found.p_shut("torkham-road", 30) == model(EVE).p_shut("torkham-road", 30)


def test_the_gates_on_the_eve_and_after() -> None:
    """What the model would have said on two dates, beside what happened on 2025-10-12.

    By New Year the record held one report, of 13 October.
    """
    eve, after = dt.date(2025, 10, 11), dt.date(2026, 1, 1)
    before = forecast(reference.world(as_of=eve), model(eve), "torkham-road", (1, 7, 90))
    assert before.p_shut[1] is not None
    assert before.p_shut[1] < 0.02, "nobody could have known"
    later = forecast(reference.world(as_of=after), model(after), "torkham-road", (7, 30, 90))
    assert later.p_shut[30] is not None
    assert 0.15 < later.p_shut[30] < 0.3
    assert later.shut_since == dt.date(2025, 10, 12)


def test_how_often_a_corridor_is_open() -> None:
    day = dt.date(2026, 11, 22)
    gates = {"torkham": ["torkham-road"], "both": list(GATES), "none": []}
    found = {
        (one.corridor_id, one.horizon_days): one
        for one in availabilities(model(day), gates, sampling=Sampling(5, 4_000, 365))
    }
    one, two = found["torkham", 365], found["torkham", 730]
    assert one.today_share.value < one.ordinary_share.value, "it is shut today"
    assert one.p_never_today > two.p_never_today > 0
    both = found["both", 730]
    assert both.ordinary_share.value <= two.ordinary_share.value
    assert both.episode_count >= two.episode_count > 0
    free = found["none", 730]
    assert free.today_share.ends == (1.0, 1.0, 1.0)
    assert free.episode_count == 0
    for item in found.values():
        for low, mean, high in (item.ordinary_share.ends, item.today_share.ends):
            assert 0 <= low <= mean <= high <= 1
        assert item.engine.engine is Engine.spells
    drawn = draw_scenarios(model(day), seed=5, path_count=4_000, horizon_days=730)
    shut = np.mean([drawn.shut_on(float(k))[:, drawn.element_index["torkham-road"]].mean()
                    for k in range(365)])  # fmt: skip
    assert_allclose(one.today_share.value, 1 - shut, rtol=1e-12)
    assert 0 < one.errors[1] < 0.02


def test_availability_adds_up_batches(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sampling, "BATCH_PATHS", 300)
    found = availabilities(
        model(), {"torkham": ["torkham-road"]}, sampling=Sampling(5, 500, 365), horizons=(365,)
    )[0]
    shut = []
    for batch, count in ((0, 300), (1, 200)):
        drawn = draw_scenarios(model(), seed=5, path_count=count, horizon_days=365, batch=batch)
        column = drawn.element_index["torkham-road"]
        shut.append(sum(drawn.shut_on(float(day))[:, column] for day in range(365)))
    share = 1 - np.concatenate(shut) / 365
    assert_allclose(found.today_share.value, share.mean(), rtol=1e-12)
    assert_allclose(found.today_share.low, np.quantile(share, 0.05), rtol=1e-12)
    assert_allclose(found.errors[1], share.std(ddof=1) / np.sqrt(500), rtol=1e-9)
