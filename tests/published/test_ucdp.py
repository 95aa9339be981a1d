"""Figures computed on UCDP GED 22.1, Pakistan, and the marks to beat.

The file is not shipped: set KARWAN_UCDP to it (`ucdp_ged_region.parquet` or `.csv.gz`, SHA-256
da66a917… and f053a706…) to run these. Source: reference note on security, sections 2.3 and 3.2
(2026-11-22), computed from the same file with 1,000 draws a forecast.
"""

from __future__ import annotations

import datetime as dt
import os
from functools import cache
from pathlib import Path

import numpy as np
import pytest
from numpy.testing import assert_allclose

from karwan.analysis.forecasts.counts import backtest_counts
from karwan.analysis.forecasts.covariates import compare_with_closures
from karwan.data.region import count_units
from karwan.evidence.incidents import Incidents, pool_ucdp
from karwan.evidence.readers import read_incidents
from karwan.hazard.counts import CLIMATOLOGY, CONFLICTOLOGY, LAST, NB, POISSON, CountBacktest
from karwan.hazard.incidents import Discs, near
from tests import reference

pytestmark = pytest.mark.skipif(
    "KARWAN_UCDP" not in os.environ, reason="KARWAN_UCDP does not point to the file of UCDP"
)

DRAWS = 0.005
"""The marks come from 1,000 draws a forecast: their noise is about a quarter of a per cent."""
PLACES = 0.04
"""The note does not print its coordinates of the smaller posts: a few events at the rim differ."""


@cache
def incidents() -> Incidents:
    return pool_ucdp([read_incidents(Path(os.environ["KARWAN_UCDP"]))], reference.AS_OF)


@cache
def backtest() -> CountBacktest:
    found, first, last = backtest_counts(
        incidents(), reference.network().countries, count_units(reference.catalog())
    )
    assert (first, last) == (dt.date(2011, 12, 1), dt.date(2021, 9, 1))
    return found


def test_it_is_the_file_described() -> None:
    assert incidents().releases == ("22.1",)
    assert incidents().events.height == 6416
    assert backtest().origin_count == 118


@pytest.mark.parametrize(
    ("place", "counts"),
    [
        ("torkham", (823, 270, 19)),
        ("chaman", (0, 2, 3)),
        ("quetta", (85, 53, 35)),
        ("khuzdar", (7, 1, 1)),
    ],
)
def test_events_within_50_km_of_places(place: str, counts: tuple[int, int, int]) -> None:
    assert _counts(place) == counts


@pytest.mark.parametrize(
    ("place", "counts"),
    [
        ("ghulam-khan-pk", (325, 156, 98)),
        ("kharlachi", (153, 22, 1)),
        ("angoor-adda-pk", (174, 69, 24)),
    ],
)
def test_events_near_the_smaller_posts(place: str, counts: tuple[int, int, int]) -> None:
    assert_allclose(_counts(place), counts, rtol=PLACES, atol=2)


def _counts(place: str) -> tuple[int, ...]:
    position = reference.network().places[place].road
    assert position is not None
    events = incidents().events.filter(incidents().events["where_prec"] <= 3)
    discs = Discs(*(events[name].to_numpy() for name in ("lat", "lon", "radius_km")))
    year = events["start"].dt.year().to_numpy()
    here = near(discs, *position, 50.0)
    spans = ((2008, 2012), (2013, 2017), (2018, 2021))
    return tuple(int(np.sum(here & (year >= a) & (year <= b))) for a, b in spans)


@pytest.mark.parametrize(
    ("model", "one", "three"),
    [
        (CLIMATOLOGY, 4.460, 4.284),
        (LAST, 3.189, 3.310),
        (CONFLICTOLOGY, 2.625, 2.794),
        (POISSON, 2.552, 2.748),
    ],
)
def test_the_baselines_are_those_of_the_note(model: str, one: float, three: float) -> None:
    found = [backtest().crps[h][model] for h in (1, 3)]
    assert_allclose(found, [one, three], rtol=DRAWS)


def test_the_marks_are_met() -> None:
    assert backtest().crps[1][NB] <= 2.37
    assert backtest().crps[3][NB] <= 2.47
    for shares in backtest().coverage_share.values():
        assert all(0.85 <= share <= 0.96 for share in shares.values())


def test_the_gain_over_conflictology_is_beyond_chance() -> None:
    """Note: 9.8 % (6.5 to 15.6) at one month, 11.8 % (8.1 to 16.9) at three."""
    for h, gain in ((1, 0.098), (3, 0.118)):
        low, mean, high = backtest().gain[h].ends
        assert 0 < low < gain < high
        assert_allclose(mean, gain, atol=0.01)


def test_incidents_near_a_gate_do_not_foretell_its_closure() -> None:
    """Note: Chaman had 5 events in 2013-21 and 9 closures in 2016-21, two of them elections."""
    found = compare_with_closures(reference.world(), incidents())
    assert found is not None
    ratio = found.ratio
    assert ratio.low is not None
    assert ratio.high is not None
    assert ratio.low < 1 < ratio.high
    assert (ratio.exposed_count, ratio.other_count) == (5, 10)
    chaman = next(c for c in found.crossings if c.element_id == "chaman-spin-boldak-road")
    assert (chaman.exposed_starts, chaman.other_starts) == (0, 7)
