"""Another law of lengths takes the place of the two-part law: a class and its fit, here below."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cache
from typing import Self

import numpy as np
import numpy.typing as npt
import pytest
from numpy.testing import assert_allclose
from scipy.stats import weibull_min

from karwan.analysis.forecasts.closures import fit_world
from karwan.base.seeds import stream
from karwan.hazard.durations import Lengths, LogLogistic, fit_lengths
from karwan.hazard.law import LONGEST_DAYS, Bools, Floats, Law, remaining_quantile, survival_after
from karwan.hazard.laws import WEIBULL, fit_law
from karwan.hazard.model import HazardModel, fit_hazard
from karwan.hazard.scenarios import draw_scenarios
from tests import reference

PATH_COUNT = 40_000


@dataclass(frozen=True)
class Weibull:
    """S(t) = exp(-(t / scale)^shape): one kind of closure only."""

    scale_days: float
    shape: float
    structural_share: float = 0.0

    def survival(self, days: Floats | float) -> Floats:
        at = np.maximum(np.asarray(days, dtype=np.float64), 0.0)
        return np.asarray(np.exp(-((at / self.scale_days) ** self.shape)))

    def structural_share_at(self, age_days: float) -> float:
        return 0.0

    def moved(self, shift_log: float, structural_share: float) -> Weibull:
        return replace(self, scale_days=self.scale_days * float(np.exp(shift_log)))

    def log_likelihoods(
        self, days: Floats, ended: Bools, shifts_log: Floats, log_odds: Floats
    ) -> Floats:
        scale = self.scale_days * np.exp(shifts_log)
        power = (days[:, None] / scale) ** self.shape
        density = np.log(self.shape / days[:, None]) + np.log(power) - power
        each = np.where(ended[:, None], density, -power)
        return np.repeat(each[:, :, None], log_odds.size, axis=2)

    @classmethod
    def draw_each(
        cls, laws: Sequence[Self], which: npt.NDArray[np.intp], random: np.random.Generator
    ) -> Floats:
        scale = np.array([law.scale_days for law in laws])[which]
        shape = np.array([law.shape for law in laws])[which]
        drawn = scale * random.exponential(size=which.size) ** (1 / shape)
        return np.minimum(drawn, LONGEST_DAYS)

    def draw_remaining(self, age_days: float, count: int, random: np.random.Generator) -> Floats:
        older = (age_days / self.scale_days) ** self.shape + random.exponential(size=count)
        return self.scale_days * np.asarray(older) ** (1 / self.shape) - age_days


def fit_weibull(days: Sequence[float], ended: Sequence[bool]) -> Weibull:
    scale, shape = np.exp(fit_law(WEIBULL, days, ended).log_parameters)
    return Weibull(float(scale), float(shape))


@cache
def model() -> HazardModel:
    return fit_hazard(fit_world(reference.world()).history, fit=fit_weibull)


def test_the_model_takes_the_law_it_is_given() -> None:
    assert isinstance(model().pool.pooled, Weibull)
    group = sorted(model().history.groups)[0]
    assert all(isinstance(p.lengths, Weibull) for p in model().patterns(group))
    assert isinstance(fit_world(reference.world()).pool.pooled, Lengths)


@pytest.mark.parametrize("days", [30, 180])
def test_chances_by_another_law_are_the_shares_of_its_draws(days: int) -> None:
    """For every element: the closed form against the draws, within the error of the paths."""
    drawn = draw_scenarios(model(), seed=5, path_count=PATH_COUNT, horizon_days=200)
    shares = drawn.shut_on(days).mean(axis=0)
    for name, k in drawn.element_index.items():
        p = model().p_shut(name, days)
        error = np.sqrt(p * (1 - p) / PATH_COUNT) + 1e-4
        assert abs(shares[k] - p) < 5 * error, (name, days, p, shares[k])


def test_what_remains_of_any_law_follows_from_its_survival() -> None:
    law: Law = Weibull(10.0, 0.7)
    days = remaining_quantile(law, 20.0, 0.5)
    assert days is not None
    assert_allclose(float(survival_after(law, 20.0, days)), 0.5, rtol=1e-9)
    expected = weibull_min.sf(20.0 + days, 0.7, scale=10.0) / weibull_min.sf(20.0, 0.7, scale=10.0)
    assert_allclose(expected, 0.5, rtol=1e-9)
    drawn = law.draw_remaining(20.0, 100_000, stream(3, "law"))
    assert_allclose(np.mean(drawn > days), 0.5, atol=0.007)


def test_moved_likelihoods_of_the_two_part_law_are_those_of_the_moved_law() -> None:
    """The slow way: each moved law's survival and density, one length at a time."""
    law = fit_lengths([1.0, 4.0, 9.0, 30.0, 400.0], [True, True, True, True, False])
    days, ended = np.array([3.0, 50.0]), np.array([True, False])
    shifts, odds = np.array([-0.5, 0.7]), np.array([-2.0, 1.0])
    table = law.log_likelihoods(days, ended, shifts, odds)
    for j, shift in enumerate(shifts):
        for k, odd in enumerate(odds):
            share = 1 / (1 + np.exp(-odd))
            moved = law.moved(float(shift), float(share))
            assert_allclose(table[1, j, k], np.log(float(moved.survival(50.0))), rtol=1e-12)
            step = 1e-5
            slope = float(moved.survival(3.0 - step) - moved.survival(3.0 + step)) / (2 * step)
            assert_allclose(table[0, j, k], np.log(slope), rtol=1e-6)


def test_draws_by_several_laws_follow_each() -> None:
    short, long = (
        Lengths(
            ordinary=LogLogistic(scale, 1.5),
            structural=LogLogistic(400.0, 1.5),
            structural_share=0.2,
            event_count=9,
            ended_count=9,
        )
        for scale in (5.0, 50.0)
    )
    which = np.repeat([0, 1], 50_000)
    drawn = Lengths.draw_each([short, long], which, stream(4, "each"))
    for k, law in enumerate((short, long)):
        for days in (3.0, 40.0):
            assert_allclose(
                np.mean(drawn[which == k] > days), float(law.survival(days)), atol=0.009
            )
