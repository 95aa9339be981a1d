"""USD as a distribution: one draw per figure, quantiles that a hand can check."""

from __future__ import annotations

import math

import numpy as np
import pytest
from numpy.testing import assert_allclose

from karwan.analysis.world.state import State
from karwan.base.bands import Band, Kind
from karwan.route.money import DRAWS, MOST_LOG_SD, draw_usd, quantiles
from karwan.route.tcd import figures_of
from tests import reference

DRAWN = 0.01
"""2,048 draws, one in each stratum: a quantile of one figure is closer than this."""


def band(low: float, value: float, high: float) -> Band:
    return Band(low, value, high, Kind.inputs)


def test_one_figure_keeps_its_ends_as_p10_and_p90_and_its_value_as_median() -> None:
    told = quantiles(draw_usd([("rate", band(80.0, 100.0, 150.0))], 0.0))
    assert_allclose((told.p10_usd, told.p50_usd, told.p90_usd), (80, 100, 150), rtol=DRAWN)


def test_the_law_alone_is_a_lognormal_of_median_one() -> None:
    told = quantiles(draw_usd([("fee", band(100.0, 100.0, 100.0))], 0.3))
    assert_allclose(told.p50_usd, 100, rtol=DRAWN)
    assert_allclose(told.p95_usd, 100 * math.exp(1.6449 * 0.3), rtol=DRAWN)
    assert draw_usd([("fee", band(100.0, 100.0, 100.0))], 0.0).tolist() == [100.0] * DRAWS


def test_a_figure_is_drawn_once_and_two_figures_are_independent() -> None:
    """Twice the same rate is a sum twice as wide; two rates add as roots of squares."""
    one = draw_usd([("rate, AA", band(50.0, 100.0, 200.0))], 0.0)
    same = draw_usd([("rate, AA", band(100.0, 200.0, 400.0))], 0.0)
    assert_allclose(same, 2 * one)
    other = draw_usd([("rate, BB", band(50.0, 100.0, 200.0))], 0.0)
    assert abs(np.corrcoef(one, other)[0, 1]) < 0.08
    both = draw_usd([("rate, AA", band(50, 100, 200)), ("rate, BB", band(50, 100, 200))], 0.0)
    assert np.std(both) < 0.8 * np.std(same)
    assert quantiles(both).p95_usd < quantiles(same).p95_usd


def test_a_default_s_width_is_capped_and_a_blank_end_is_as_wide_as_a_default_may_be() -> None:
    told = quantiles(draw_usd([("default", band(1.0, 100.0, 10_000.0))], 0.0))
    assert_allclose(told.p90_usd, 100 * math.exp(1.2816 * MOST_LOG_SD), rtol=DRAWN)
    assert_allclose(
        quantiles(draw_usd([("default", band(0.0, 100.0, 100.1))], 0.0)).p10_usd,
        100 * math.exp(-1.2816 * MOST_LOG_SD),
        rtol=DRAWN,
    )
    assert quantiles(draw_usd([("none", band(0.0, 0.0, 0.0))], 0.0)).p95_usd == 0


@pytest.mark.parametrize("unit", reference.UNITS)
def test_a_journey_is_told_by_p05_and_p95_narrower_than_the_sums_of_all_ends(unit: str) -> None:
    for answer in reference.comparison("almaty", "karachi", State.all_open, unit=unit).answers:
        journey = answer.journey
        if journey is None:
            continue
        assert journey.usd.low == journey.priced_usd.p05_usd < journey.priced_usd.p50_usd
        assert journey.usd.high == journey.priced_usd.p95_usd > journey.usd.value
        figures = figures_of(journey)
        alone = quantiles(draw_usd(figures, 0.0))
        ends = [quantiles(draw_usd([figure], 0.0)) for figure in figures]
        assert alone.p95_usd < sum(end.p95_usd for end in ends)
        assert alone.p05_usd > sum(end.p05_usd for end in ends)
        assert_allclose(
            journey.usd.value, sum(width.usd.value for width in journey.widths), rtol=1e-9
        )
