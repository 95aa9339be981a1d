"""Calibration fits observed runs only, and judges itself on events it has not seen."""

from __future__ import annotations

import datetime as dt
from functools import cache
from pathlib import Path

import polars as pl
import pytest
from numpy.testing import assert_allclose
from scipy.stats import binomtest

from karwan.analysis.corridors.calibration import (
    AS_PUBLISHED,
    OBSERVED,
    Calibration,
    calibrate,
    clopper_pearson,
    weighted_median,
)
from karwan.base.errors import FitError
from karwan.data.catalog import Catalog
from tests import reference


@cache
def found() -> Calibration:
    return calibrate(reference.catalog(), reference.network(), reference.AS_OF)


def changed(folder: Path, kind: str, factor: float) -> Calibration:
    """Return the calibration with the hours of one kind of run changed."""
    reference.change_table(
        folder,
        "observed_runs",
        lambda frame: frame.with_columns(
            pl.when(pl.col("kind") == kind)
            .then((pl.col("run_hours").cast(pl.Float64) * factor).cast(pl.String))
            .otherwise(pl.col("run_hours"))
            .alias("run_hours")
        ),
    )
    return calibrate(Catalog(folder), reference.network(), reference.AS_OF)


def test_what_was_claimed_never_moves_the_fit(tmp_path: Path) -> None:
    other = changed(tmp_path, "claimed", 3.0)
    assert [v.fitted for v in other.variants] == [v.fitted for v in found().variants]


def test_what_was_observed_does(tmp_path: Path) -> None:
    other = changed(tmp_path, OBSERVED, 2.0)
    assert_allclose(
        other.variants[1].fitted.pilot_ratio, 2 * found().variants[1].fitted.pilot_ratio
    )


def test_every_published_run_is_shown_or_has_a_reason() -> None:
    shown = [one.run.id for one in (*found().chosen.runs, *found().others)]
    shown += [run.id for run in found().out_of_reach]
    assert sorted(shown) == sorted(reference.catalog().read("observed_runs")["id"].to_list())
    assert all(run.out_of_reach for run in found().out_of_reach)
    assert {one.run.kind for one in found().chosen.runs} == {OBSERVED}


def test_the_error_is_within_what_is_aimed_at_and_the_interval_holds_nine_tenths() -> None:
    """Aims of the design: median left-out error at most 25 %, coverage interval with 0.90."""
    chosen = found().chosen
    assert chosen.median_error_share <= 0.25
    assert chosen.coverage.low <= 0.90 <= chosen.coverage.high


def test_the_simplest_variant_that_no_other_beats_is_chosen() -> None:
    errors = [variant.median_error_share for variant in found().variants]
    assert found().chosen is found().variants[errors.index(min(errors))]
    assert found().variants[0].name == AS_PUBLISHED
    assert found().variants[0].fitted == found().in_use


def test_a_left_out_event_does_not_fit_itself(tmp_path: Path) -> None:
    reference.change_table(
        tmp_path,
        "observed_runs",
        lambda frame: frame.with_columns(
            pl.when(pl.col("id") == "R063")
            .then(pl.lit("3100"))
            .otherwise(pl.col("run_hours"))
            .alias("run_hours")
        ),
    )
    other = calibrate(Catalog(tmp_path), reference.network(), reference.AS_OF)
    for ours, theirs in zip(found().variants, other.variants, strict=True):
        left = {one.run.id: one.left_out_hours for one in ours.runs}
        assert {one.run.id: one.left_out_hours for one in theirs.runs}["R063"] == left["R063"]


def test_nothing_later_than_the_date_asked_is_used() -> None:
    early = calibrate(reference.catalog(), reference.network(), dt.date(2023, 1, 1))
    assert early.run_count < found().run_count
    assert all(
        one.run.day is None or one.run.day <= dt.date(2023, 1, 1) for one in early.chosen.runs
    )


def test_too_few_events_are_not_fitted() -> None:
    with pytest.raises(FitError, match="events with hours lie in the network; a fit needs 3"):
        calibrate(reference.catalog(), reference.network(), dt.date(2018, 1, 1))


@pytest.mark.parametrize(("hits", "count"), [(0, 5), (5, 5), (7, 8), (3, 20)])
def test_the_interval_is_scipys_exact_one(hits: int, count: int) -> None:
    expected = binomtest(hits, count).proportion_ci(0.95, method="exact")
    found = clopper_pearson(hits, count)
    assert_allclose((found.low, found.high), (expected.low, expected.high), rtol=1e-9)


def test_a_weighted_median_weighs() -> None:
    assert weighted_median([(1.0, 1.0), (2.0, 1.0), (9.0, 3.0)]) == 9.0
    with pytest.raises(ValueError, match="at least one value"):
        weighted_median([])
