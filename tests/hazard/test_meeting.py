"""The chance to meet a closure: one element, elements of one episode, and against trips."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from functools import cache
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from numpy.testing import assert_allclose

from karwan.analysis.forecasts.closures import fit_world
from karwan.analysis.forecasts.meeting import met_text
from karwan.hazard.calendar import RUNNING, Scheduled
from karwan.hazard.durations import _best_lengths, fit_lengths
from karwan.hazard.meeting import p_meets
from karwan.hazard.model import HazardModel
from tests import reference


@cache
def model() -> HazardModel:
    return fit_world(reference.world())


@pytest.mark.parametrize("days", [0.0, 3.0, 40.0])
def test_of_one_element_it_is_the_chance_that_it_is_newly_shut(days: float) -> None:
    for name in ("torkham-road", "khunjerab-road", "salang-road"):
        alone = p_meets(replace(model(), scheduled=()), {name: days})
        assert_allclose(alone, model().p_new_shut(name, days), rtol=1e-9, atol=1e-12)


def test_gates_that_shut_together_are_met_less_often_than_apart() -> None:
    two = {"torkham-road": 9.0, "chaman-spin-boldak-road": 9.0}
    each = [p_meets(model(), {name: day}) for name, day in two.items()]
    apart = 1 - (1 - each[0]) * (1 - each[1])
    assert max(each) < p_meets(model(), two) < apart


def test_elements_of_strange_frontiers_are_met_apart() -> None:
    far = {"torkham-road": 9.0, "khorgos-road": 3.0}
    each = [p_meets(model(), {name: day}) for name, day in far.items()]
    assert_allclose(p_meets(model(), far), 1 - (1 - each[0]) * (1 - each[1]), rtol=1e-9)


def test_nothing_passed_is_nothing_met() -> None:
    assert p_meets(model(), {}) == 0.0


def test_a_kept_law_of_lengths_is_the_fitted_one() -> None:
    """What is kept between runs changes no digit."""
    days, ended = [1.0, 3.0, 9.0, 40.0, 400.0], [True, True, True, True, False]
    first, again = fit_lengths(days, ended), fit_lengths(days, ended)
    assert first == again
    best = _best_lengths(np.array(days), np.array(ended))
    assert (first.ordinary.scale_days, first.structural_share) == (best[0], best[4])


def occasion(element: str, first: int, days: int, p: float, name: str) -> Scheduled:
    start = model().as_of + dt.timedelta(days=first)
    return Scheduled(
        rule_id=f"{name}-{element}", element_id=element, kind="holiday", start=start,
        end=start + dt.timedelta(days=days), p=p, occasion=name,
    )  # fmt: skip


def test_a_day_on_which_a_gate_is_announced_shut_meets_a_closure() -> None:
    fitted = replace(model(), scheduled=(occasion("khunjerab-road", 5, 2, 1.0, "feast"),))
    assert p_meets(fitted, {"khunjerab-road": 5.4}) == 1.0
    assert p_meets(fitted, {"khunjerab-road": 7.0}) < 1.0, "open again on that day"
    assert p_meets(fitted, {"torkham-road": 5.4}) < 1.0, "another gate"


def test_gates_of_one_occasion_shut_together_and_of_two_apart() -> None:
    days = {"khunjerab-road": 5.0, "torkham-road": 5.0}
    quiet = p_meets(replace(model(), scheduled=()), days)
    for second, p_none in (("feast", 0.5), ("vote", 0.5 * 0.7)):
        rows = (
            occasion("khunjerab-road", 5, 1, 0.5, "feast"),
            occasion("torkham-road", 5, 1, 0.3, second),
        )
        told = p_meets(replace(model(), scheduled=rows), days)
        assert_allclose(1 - told, (1 - quiet) * p_none, rtol=1e-12)


def test_what_runs_by_the_calendar_on_the_date_is_not_met_anew() -> None:
    runs = replace(occasion("khunjerab-road", 0, 3, 0.9, "winter"), kind=RUNNING)
    days = {"khunjerab-road": 1.0}
    quiet = p_meets(replace(model(), scheduled=()), days)
    assert p_meets(replace(model(), scheduled=(runs,)), days) == quiet


def test_an_announced_winter_that_has_begun_is_met_where_nobody_saw_the_gate() -> None:
    """Announced is not seen: the state is not known, and who comes there in the winter is told."""
    began = occasion("khunjerab-road", -30, 90, 1.0, "winter")
    fitted = replace(model(), scheduled=(began,))
    assert p_meets(fitted, {"khunjerab-road": 5.0}) == 1.0
    assert p_meets(fitted, {"khunjerab-road": 61.0}) < 1.0, "over by then"
    assert "or that a calendar foretells" in met_text([("road", journey_met())])


def journey_met() -> Any:
    return SimpleNamespace(
        chances=SimpleNamespace(meets_closure_share=1.0, passed_count=1, unsearched=())
    )
