"""The chance to meet a closure: one element, elements of one episode, and against trips."""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest
from numpy.testing import assert_allclose

from karwan.analysis.forecasts.closures import fit_world
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
        alone = p_meets(model(), {name: days})
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
