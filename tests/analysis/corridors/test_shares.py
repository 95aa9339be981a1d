"""An order one can use: shares of readings against closed forms and a slow simulation."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from statistics import NormalDist

import numpy as np
import pytest
from numpy.testing import assert_allclose

from karwan.analysis.corridors.answers import comparison_to_dict
from karwan.analysis.corridors.comparison import BEST_WAY, Comparison, compared
from karwan.analysis.corridors.desk import Desk
from karwan.analysis.corridors.ranking import rank
from karwan.analysis.corridors.shares import error_of, first_shares, of_hundred, shares_first
from karwan.analysis.corridors.worth import WORTH_READINGS, change_between, what_would_change
from karwan.analysis.world.state import State
from karwan.route.distribution import JourneyLaw
from karwan.route.draws import normals, order_of
from karwan.route.readings import READINGS, drawn_of, read_journey
from karwan.route.tcd import Journey
from tests import reference, worlds
from tests.oracles.readings import slow_shares

NORMAL = NormalDist()
CHANCE = 4
"""So many standard errors of both sides: once in 15,000 by chance, were seeds not fixed."""
YEARS = (2021, 2022, 2023)


def two_lands(
    tmp_path: Path, south_usd: tuple[float, float, float] = (500, 1500, 1000)
) -> worlds.Lands:
    """Return the lands with rates of three years in South: 1 to 3 USD a km about 2."""
    tables = worlds.rate_rows()
    south = next(
        row for row in tables["cpmm_tfi"] if (row["mode"], row["country"]) == ("road", "XS")
    )
    others = [row for row in tables["cpmm_tfi"] if row is not south]
    rates = [
        {**south, "year": year, "mean": mean} for year, mean in zip(YEARS, south_usd, strict=True)
    ]
    index = [{"year": year, "cpi_index": 100} for year in YEARS]
    return worlds.lands(tmp_path / "lands", cpmm_tfi=[*others, *rates], price_index=index)


def two_ways(lands: worlds.Lands) -> dict[str, Journey]:
    """Return the ways by both gates, whose hours are worth nothing."""
    ends = lands.network.place("ncity"), lands.network.place("scity")
    contenders = Desk(lands.planner()).compare(*ends, State.all_open).contenders
    return {
        name: replace(contenders[name], value_of_time_usd_per_hour=0.0)
        for name in ("by-east", "by-west")
    }


def test_a_share_is_that_of_its_closed_form(tmp_path: Path) -> None:
    """By the east gate 270 + 440 f USD, by the west 455 + 210 f, with f the rate of South.

    f is 1 in the middle and 0.5 and 1.5 at P10 and P90; below, its log has a deviation of at most
    0.5. The east is the cheaper where f < 185 / 230.
    """
    ways = two_ways(two_lands(tmp_path))
    assert_allclose([way.usd.value for way in ways.values()], [710.0, 665.0])
    expected = NORMAL.cdf(math.log(185 / 230) / 0.5)
    shares = first_shares(ways)
    east, west = shares.ways
    # Draws are stratified, so that a threshold on one figure is met to one draw.
    assert_allclose(east.cheapest_on_average, expected, atol=1 / READINGS)
    assert_allclose(west.cheapest_on_average, 1 - expected, atol=1 / READINGS)
    assert shares.leader == west
    assert (east.beaten_by, west.beaten_by) == ((), ())
    # Regret of the west: 230 (185 / 230 - f) where the east is the cheaper.
    at = np.linspace(-8, math.log(185 / 230) / 0.5, 200_001)
    density = np.exp(-(at**2) / 2) / math.sqrt(2 * math.pi)
    regret = np.trapezoid((185 - 230 * np.exp(0.5 * at)) * density, at)
    assert_allclose(west.regret_usd, regret, rtol=0.01)


def test_what_one_figure_decides_is_worth_all_there_is_to_know(tmp_path: Path) -> None:
    ways = two_ways(two_lands(tmp_path))
    (first,) = what_would_change(ways).figures
    p = NORMAL.cdf(math.log(185 / 230) / 0.5)
    # Known, the share is 0 or 1: its root mean square change is that of a coin.
    assert_allclose(first.share_change, math.sqrt(p * (1 - p)), atol=0.01)
    assert first.figure.what == "road haul, XS"
    assert set(first.ways) == {"by-east", "by-west"}
    # Whoever knows it saves the regret of the way he would have taken.
    regret_usd = min(way.regret_usd for way in first_shares(ways).ways)
    assert_allclose(first.worth_usd, regret_usd, rtol=0.1)  # a kink, fitted by a polynomial


def test_two_figures_share_what_there_is_to_know() -> None:
    """One way costs exp(a), the other exp(b): knowing a, its share is that of b above it."""
    count = WORTH_READINGS
    a, b = normals("a", count), 2 * normals("b", count)
    first = (a < b).astype(float)
    share = np.array([1 - NORMAL.cdf(z / 2) for z in a])
    assert_allclose(first.mean(), 0.5, atol=0.01)
    assert_allclose(change_between(order_of("a", count), first), share.std(), atol=0.01)
    assert change_between(order_of("c", count), first) < 0.02


def uncertain(ways: Mapping[str, Journey]) -> dict[str, Journey]:
    """Return journeys under both laws, each day of a part lognormal, as the oracle has it."""
    lawful = {}
    for name, way in ways.items():
        law = JourneyLaw(1.2, 0.3)
        spreads = replace(
            way.timing.spreads,
            law=law,
            law_open_log_sd=0.1,
            price_log_sd=0.2,
            price_open_log_sd=0.1,
        )
        parts = tuple(
            replace(part, part=replace(part.part, tail="lognormal")) for part in way.parts
        )
        timing = replace(way.timing, spreads=spreads, parts=parts)
        lawful[name] = replace(way, timing=timing, value_of_time_usd_per_hour=8.0)
    return lawful


def test_shares_are_those_of_a_slow_simulation(tmp_path: Path) -> None:
    ways = uncertain(two_ways(two_lands(tmp_path)))
    count = 20_000
    slow = slow_shares(ways, count, seed=3)
    for one in first_shares(ways).ways:
        for fast, other in zip(
            (one.cheapest_on_average, one.first_on_the_day), slow[one.way], strict=True
        ):
            error = math.hypot(error_of(other, count), error_of(fast, READINGS))
            assert 0.05 < fast < 0.95, "else nothing is tested"
            assert_allclose(fast, other, atol=CHANCE * error)


def test_what_the_laws_have_in_common_narrows_the_day(tmp_path: Path) -> None:
    """Two ways through the same lands in like shares meet the same half of the factor."""
    ways = uncertain(two_ways(two_lands(tmp_path)))
    days = []
    for common in (0.0, 0.5, 1.0):
        told = {
            name: replace(
                way,
                timing=replace(
                    way.timing, spreads=replace(way.timing.spreads, common_share=common)
                ),
            )
            for name, way in ways.items()
        }
        east, west = (read_journey(way).day_usd for way in told.values())
        days.append(float(np.std(np.log(east / west))))
    assert days[0] > days[1] > days[2]


def test_readings_are_about_what_is_printed(tmp_path: Path) -> None:
    """Without bands and laws every reading is the generalized cost; with laws its mean is."""
    lands = worlds.lands(tmp_path / "lands")
    ends = lands.network.place("ncity"), lands.network.place("scity")
    comparison = Desk(lands.planner()).compare(*ends, State.all_open)
    for journey in comparison.contenders.values():
        sure = replace(
            journey, timing=replace(journey.timing, parts=tuple(
                replace(part, wide=part.part) for part in journey.parts
            )), widths=tuple(
                replace(width, usd=replace(width.usd, low=width.usd.value, high=width.usd.value))
                for width in journey.widths
            ),
        )  # fmt: skip
        readings = read_journey(sure)
        assert_allclose(readings.average_usd, journey.generalized_cost_usd, rtol=1e-12)
        # The mean over days is that of the reading; chance alone moves it.
        error = readings.day_usd.std() / math.sqrt(READINGS)
        assert_allclose(readings.day_usd.mean(), journey.generalized_cost_usd, atol=CHANCE * error)
        assert list(drawn_of(sure)) == []


@pytest.mark.parametrize("pair", [("almaty", "karachi"), ("karachi", "kabul")])
def test_real_shares_sum_to_one_with_errors_under_a_point(pair: tuple[str, str]) -> None:
    comparison = reference.comparison(*pair, State.last_known)
    shares = comparison.shares
    assert [one.way for one in shares.ways] == list(comparison.contenders)
    for get in ("cheapest_on_average", "first_on_the_day"):
        assert_allclose(sum(getattr(one, get) for one in shares.ways), 1.0)
    assert max(max(one.error_average, one.error_day) for one in shares.ways) < 0.01
    assert all(one.regret_usd >= 0 for one in shares.ways)
    told = comparison_to_dict(comparison)["shares"]
    assert [way["corridor"] for way in told["ways"]] == [one.way for one in shares.ways]
    assert told["common_variance_share"] == {"value": 0.5, "confidence": "C"}


def test_the_day_is_less_sure_than_the_average() -> None:
    """The leader is first on fewer days than readings where its rivals are near."""
    comparison = reference.comparison("almaty", "karachi", State.last_known)
    leader = comparison.shares.leader
    assert leader is not None
    assert leader.first_on_the_day < leader.cheapest_on_average < 1


def best_share(comparison: Comparison) -> float | None:
    row = next(compared(comparison))
    assert row.answer.corridor.id == BEST_WAY
    one = comparison.shares.of(row.answer.same_as or BEST_WAY)
    return one.cheapest_on_average if one is not None else None


def test_the_best_way_has_a_share_along_a_corridor_or_not() -> None:
    along = reference.comparison("almaty", "karachi", State.last_known)
    assert best_share(along) is not None
    assert BEST_WAY not in along.contenders
    beside = replace(along, answers=(), ranking=rank({}))
    assert list(beside.contenders) == [BEST_WAY]
    assert best_share(beside) == 1.0


def test_one_way_alone_is_first_and_nothing_changes_it(tmp_path: Path) -> None:
    name, way = next(iter(two_ways(two_lands(tmp_path)).items()))
    shares = first_shares({name: way})
    assert shares.ways[0].cheapest_on_average == 1.0
    assert what_would_change({name: way}).first is None
    assert first_shares({}).leader is None
    assert what_would_change({}).leader == ""


def test_ties_go_to_the_first() -> None:
    assert shares_first(np.array([[1.0, 2.0], [1.0, 1.0]])) == [0.5, 0.5]


@pytest.mark.parametrize(
    ("share", "words"),
    [(0.0, "none"), (0.004, "under 1 of 100"), (0.5, "50 of 100"), (0.996, "over 99 of 100")],
)
def test_shares_in_words(share: float, words: str) -> None:
    assert of_hundred(share) == words
