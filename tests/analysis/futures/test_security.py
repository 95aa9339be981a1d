from __future__ import annotations

import pytest
from numpy.testing import assert_allclose

from karwan.analysis.forecasts.closures import fit_world
from karwan.analysis.futures.reliability import ORDINARY, TODAY, Roads
from karwan.analysis.futures.sampling import Sampling
from karwan.analysis.futures.security import SecurityPoint, level_sampling, security_point
from karwan.base.errors import DataError
from tests import reference

NAMES = ("kuap-road-chaman", "kkcp-road-torugart", "iran-road-taftan", "ktap-rail-uz")


def point(factor: float, seed: int = 1) -> SecurityPoint:
    network = reference.network()
    return security_point(
        Roads(planner=reference.planner()),
        fit_world(reference.world()),
        [network.corridors[name] for name in NAMES],
        (network.place("almaty"), network.place("karachi")),
        factor=factor,
        sampling=Sampling(seed, 1_000, 365),
    )


def test_more_closures_leave_fewer_days_open_and_none_leaves_all() -> None:
    calm, usual, rough = point(0.0), point(1.0), point(4.0)
    for name in NAMES[:3]:
        shares = [p.standing(name, ORDINARY).open_share.value for p in (rough, usual, calm)]
        assert shares == sorted(shares)
    # The calendar stays: Chinese posts shut on holidays, however calm it is.
    assert calm.standing("iran-road-taftan", ORDINARY).open_share.value == 1.0
    assert calm.standing("kkcp-road-torugart", ORDINARY).open_share.value < 1.0
    assert calm.standing("kuap-road-chaman", TODAY).open_share.value < 1.0


def test_on_each_day_one_corridor_at_most_is_the_cheapest() -> None:
    for times in (ORDINARY, TODAY):
        shares = [s.best_share for s in point(1.0).standings if s.times == times]
        assert sum(shares) <= 1.0 + 1e-12  # quotients of whole counts
        assert_allclose(sum(shares), 1.0, atol=0.05)


def test_a_railway_that_is_not_built_has_no_standing() -> None:
    assert {s.ensemble.name for s in point(1.0).standings} == set(NAMES[:3])


def test_a_standing_says_on_how_many_closures_it_rests() -> None:
    found = point(1.0)
    assert found.standing("kuap-road-chaman", ORDINARY).episode_count > 10
    quiet = found.standing("iran-road-taftan", ORDINARY).episode_count
    assert quiet < found.standing("kuap-road-chaman", ORDINARY).episode_count


def test_the_same_seed_gives_the_same_standing() -> None:
    a, b = point(2.0), point(2.0)
    assert [s.open_share for s in a.standings] == [s.open_share for s in b.standings]
    assert [s.best_share for s in a.standings] == [s.best_share for s in b.standings]


def test_a_factor_that_is_none_is_refused() -> None:
    with pytest.raises(DataError, match="hazard_factor -1"):
        point(-1.0)


def test_levels_beside_the_record_s_are_drawn_on_a_fifth() -> None:
    whole = Sampling(1, 10_000, 365)
    assert level_sampling(whole, 1.0) == whole
    assert level_sampling(whole, 2.0) == Sampling(1, 2_000, 365)
    assert level_sampling(Sampling(1, 100, 365), 2.0).path_count == 100
    assert (point(1.0).path_count, point(2.0).path_count) == (1_000, 200)
    assert point(2.0).engine.engine.value == "lanes"
