"""How much of a band comes from gates that nobody searched: a made land, by covariances."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import numpy as np
import pytest
from numpy.testing import assert_allclose

from karwan.analysis.forecasts.closures import fit_world
from karwan.analysis.futures.joint_law import day_law
from karwan.analysis.futures.unrolled import index_elements
from karwan.analysis.futures.unsearched import (
    ShutDays,
    draw_shut_days,
    unsearched_lines,
    unsearched_on_day,
)
from karwan.hazard.delays import NO_RAMP
from karwan.hazard.scenarios import draw_scenarios
from tests import worlds
from tests.worlds import EAST, PASS, WEST

SPANS = [
    {"element_id": name, "start": "2014-01-01", "last": "2020-06-30", "quality": "good"}
    for name in (EAST, PASS)
]
"""The west gate is not among them: not searched."""


@pytest.fixture
def days(tmp_path: Path) -> ShutDays:
    lands = worlds.lands(tmp_path, record_coverage=SPANS)
    model = fit_world(lands.world(dt.date(2020, 6, 30)))
    return draw_shut_days(model, seed=1, horizon_days=365, from_today=False)


def test_the_share_is_the_covariance_with_the_whole_over_its_variance(days: ShutDays) -> None:
    share = days.unsearched([EAST, WEST])
    assert share.element_ids == (WEST,)
    mine, other = days.of(WEST), days.of(EAST)
    expected = np.cov(mine, mine + other, bias=True)[0, 1] / np.var(mine + other)
    assert share.share is not None
    assert_allclose(share.share, expected)
    assert 0 < share.share < 1


def test_what_was_searched_alone_has_a_share_of_none_and_what_was_not_of_all(
    days: ShutDays,
) -> None:
    searched, missing = days.unsearched([EAST, PASS]), days.unsearched([WEST])
    assert (searched.element_ids, searched.share) == ((), 0.0)
    assert missing.share is not None
    assert_allclose(missing.share, 1.0)
    assert days.unsearched([]).share is None
    assert days.unsearched(["nothing"]).element_ids == ()


def test_the_line_names_what_was_not_searched_and_what_it_makes(days: ShutDays) -> None:
    (line,) = unsearched_lines({"from today": days.unsearched([EAST, WEST])}, {WEST: "West gate"})
    assert "drawn from the prior of their kind: West gate; of the spread" in line
    assert "% from today" in line
    assert unsearched_lines({"from today": days.unsearched([EAST])}, {}) == []


DRAWN_SHARE = 0.02
"""20,000 futures tell a share of a variance to about seven thousandths; three times that."""


def test_the_share_of_a_day_is_that_of_the_elements_shut_on_futures(tmp_path: Path) -> None:
    lands = worlds.lands(tmp_path, record_coverage=SPANS)
    world = lands.world(dt.date(2020, 6, 30))
    model, index = fit_world(world), index_elements(world.network)
    law = day_law(model, index, 90.0, from_today=False)
    told = unsearched_on_day(model, law, index, [EAST, PASS, WEST])
    drawn = draw_scenarios(
        model, seed=5, path_count=20_000, horizon_days=120, from_today=False, ramp=NO_RAMP,
        regimes=(),
    )  # fmt: skip
    held = drawn.shut_on(90.0).astype(float)
    shut = {name: held[:, drawn.element_index[name]] for name in (EAST, PASS, WEST)}
    whole = sum(shut.values(), np.zeros(20_000))
    expected = np.cov(shut[WEST], whole, bias=True)[0, 1] / np.var(whole)
    assert told.element_ids == (WEST,)
    assert told.share is not None
    assert 0.05 < told.share < 0.95
    assert_allclose(told.share, expected, atol=DRAWN_SHARE)


def test_a_day_on_which_nothing_is_asked_has_no_share(tmp_path: Path) -> None:
    lands = worlds.lands(tmp_path, record_coverage=SPANS)
    world = lands.world(dt.date(2020, 6, 30))
    model, index = fit_world(world), index_elements(world.network)
    law = day_law(model, index, 90.0, from_today=False)
    assert unsearched_on_day(model, law, index, []).share is None
    searched = unsearched_on_day(model, law, index, [EAST])
    assert (searched.element_ids, searched.share) == ((), 0.0)
    alone = unsearched_on_day(model, law, index, [WEST])
    assert alone.share is not None
    assert_allclose(alone.share, 1.0)
