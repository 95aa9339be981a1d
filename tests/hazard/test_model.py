"""The calendar, the pooling of lengths, and closed forms against slower ways to the same."""

from __future__ import annotations

import datetime as dt
from functools import cache

import numpy as np
import pytest
from numpy.testing import assert_allclose
from scipy.integrate import quad
from scipy.stats import norm

from karwan.analysis.forecasts.closures import fit_world
from karwan.analysis.forecasts.histories import foretold
from karwan.analysis.world.timetable import calendar_rules
from karwan.hazard import pooling
from karwan.hazard.durations import Lengths, LogLogistic
from karwan.hazard.model import LENGTH_SD_LOG, HazardModel, covered_days
from tests import reference

LAW = Lengths(
    ordinary=LogLogistic(6.6, 1.5),
    structural=LogLogistic(400.0, 1.5),
    structural_share=0.12,
    event_count=60,
    ended_count=40,
)


@cache
def model() -> HazardModel:
    return fit_world(reference.world())


@pytest.mark.parametrize(("ratio", "days"), [(1.0, 7.0), (1.0, 365.0), (0.1, 90.0)])
def test_covered_days_are_the_integral_of_the_survival(ratio: float, days: float) -> None:
    """SciPy's adaptive quadrature over days, and over the jitter by its normal density."""

    def survival(z: float, t: float) -> float:
        return float(LAW.survival(t / (ratio * np.exp(LENGTH_SD_LOG * z)))) * float(norm.pdf(z))

    def at(t: float) -> float:
        return float(quad(survival, -6, 6, args=(t,), limit=60)[0])

    expected = quad(at, 0, days, limit=60, epsabs=1e-4)[0]
    assert_allclose(covered_days(LAW, ratio, days), expected, atol=2e-3)
    assert covered_days(LAW, ratio, -1.0) == 0.0


def test_ways_to_be_hit_share_one_episode() -> None:
    for group in model().history.groups:
        assert_allclose(sum(p.share for p in model().patterns(group)), 1.0)


def test_a_gate_that_never_shut_can() -> None:
    never = "talimarjan-kerkichi-rail"
    assert not model().history.of_element(never)
    assert 0 < model().p_new_closure(never, 365) < 0.1


def test_a_unit_s_posterior_is_the_sum_over_the_grid() -> None:
    """The slow way: every spread, shift and log-odds in loops, for one frontier."""
    history, pooled = model().history, model().pool.pooled
    table = pooling._table(history.episodes, pooled)
    rows = table[[k for k, e in enumerate(history.episodes) if e.group == "AF-TJ"]]
    parent = pooling.Unit(0.0, pooled.structural_share)
    weights = pooling._weights([(rows, parent)])
    middle = np.log(parent.structural_share / (1 - parent.structural_share))
    total = shift = share = 0.0
    prior_mass = []
    for a in pooling.SHIFT_SDS_LOG:
        for b in pooling.ODDS_SDS_LOG:
            p = norm.pdf(pooling.SHIFTS_LOG, 0.0, a)
            q = norm.pdf(pooling.LOG_ODDS, middle, b)
            p, q = p / p.sum(), q / q.sum()
            joint = np.exp(rows.sum(axis=0)) * p[:, None] * q[None, :]
            usual = np.exp(-0.5 * ((a / 0.5) ** 2 + (b / 2.0) ** 2))
            prior_mass.append(usual * joint.sum())
            total += usual * joint.sum()
            for i, d in enumerate(pooling.SHIFTS_LOG):
                for j, o in enumerate(pooling.LOG_ODDS):
                    shift += usual * joint[i, j] * d
                    share += usual * joint[i, j] / (1 + np.exp(-o))
    found = pooling._posterior(rows, parent, weights)
    assert_allclose(weights.ravel(), np.array(prior_mass) / total, rtol=1e-9)
    assert_allclose([found.shift_log, found.structural_share], [shift / total, share / total])


def test_gates_that_were_shut_for_years_are_likelier_to_be_again() -> None:
    units = model().pool.elements
    assert units["ghulam-khan-road"].structural_share > 1.5 * units["torkham-road"].structural_share
    assert units["kkh-kohistan-road"].shift_log < 0, "slides are cleared within days"


def test_rows_of_grade_c_change_little() -> None:
    without, pooled = fit_world(reference.world(), grades="AB").pool.pooled, model().pool.pooled
    assert isinstance(without, Lengths)
    assert isinstance(pooled, Lengths)
    assert_allclose(without.ordinary.scale_days, pooled.ordinary.scale_days, rtol=0.3)
    assert without.event_count < pooled.event_count


def test_a_vote_is_a_chance_of_a_shut_gate_from_the_day_its_date_was_known() -> None:
    """Both gates shut on both votes before; of 2019 nothing was announced in March."""
    world, rules = reference.world(), calendar_rules(reference.catalog())

    def votes(day: dt.date) -> list[tuple[str, float]]:
        known = foretold(rules, day, world.record, world.network)
        return sorted({(str(i.start), i.p) for i in known if i.kind == "election"})

    assert votes(dt.date(2019, 3, 19)) == []
    ((day, p),) = votes(dt.date(2019, 3, 20))
    assert day == "2019-09-28"
    assert_allclose(p, (2 + 2.5 / 3) / 3)  # shut on 2 of 2, and on 2 of 2 at the gate beside
    assert votes(dt.date(2026, 11, 22)) == [], "none is known"
    assert not [i for i in foretold(rules, dt.date(2019, 3, 20)) if i.kind == "election"]


def test_khunjerab_s_winter_is_foretold_until_reports_conflict() -> None:
    rules = calendar_rules(reference.catalog())
    before = foretold(rules, dt.date(2023, 6, 1))
    assert any(i.shuts("khunjerab-road", dt.date(2024, 1, 15)) for i in before)
    after = foretold(rules, dt.date(2025, 6, 1))
    assert not any(i.element_id == "khunjerab-road" for i in after)


def test_a_foretold_day_is_shut_and_no_new_closure() -> None:
    day = dt.date(2025, 12, 31)
    found = fit_world(reference.world(as_of=day))
    assert found.p_shut("torugart-road", 1) == 1.0, "announced the day before"
    assert found.p_new_closure("torugart-road", 1) < 0.005
    feast = fit_world(reference.world(as_of=dt.date(2026, 9, 30)))
    assert 0.5 < feast.p_shut("torugart-road", 1) < 1.0, "the day is known, no closing announced"


def test_every_element_of_the_calendar_exists() -> None:
    known = reference.network().elements
    assert {rule.element_id for rule in calendar_rules(reference.catalog())} <= set(known)
