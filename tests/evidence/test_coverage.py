"""What was searched, and that not searched is not safe."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest

from karwan.analysis.forecasts.closures import fit_world, forecast
from karwan.analysis.forecasts.histories import read_coverage
from karwan.analysis.forecasts.onsets import (
    AHEAD_NOT_SEARCHED,
    NOT_SEARCHED,
    foretell_onsets,
    year_spread,
)
from karwan.base.errors import DataError
from karwan.evidence.coverage import Coverage, Quality, Span
from tests import worlds
from tests.worlds import EAST, PASS, RAIL, WEST, Row

DAY = dt.date
YEARS = (DAY(2014, 1, 1), DAY(2020, 6, 30))


def span(element: str, start: str, last: str, quality: str = "good") -> Row:
    return {"element_id": element, "start": start, "last": last, "quality": quality}


SPANS = (
    span(EAST, "2014-01-01", "2016-12-31"),
    span(EAST, "2017-01-01", "2021-12-31", "thin"),
    span(WEST, "2019-01-01", "2020-01-31"),
    span(RAIL, "2014-01-01", "2020-06-30", "none"),
)


def test_days_are_counted_by_how_well_they_were_searched(tmp_path: Path) -> None:
    lands = worlds.lands(tmp_path, record_coverage=SPANS)
    coverage = read_coverage(lands.catalog, lands.network)
    assert coverage.searched_days(EAST, *YEARS) == 2372
    assert coverage.searched_days(EAST, *YEARS, (Quality.good,)) == 1096
    assert coverage.searched_days(WEST, *YEARS) == 396
    assert coverage.searched_days(RAIL, *YEARS) == coverage.searched_days(PASS, *YEARS) == 0
    assert coverage.quality(WEST, DAY(2018, 12, 31)) == Quality.none


@pytest.mark.parametrize(("years", "searched"), [(3, True), (2, False)])
def test_searched_is_three_years_of_the_last_eight(years: int, searched: bool) -> None:
    first = DAY(2020, 1, 1)
    found = Coverage({"gate": [Span(first, DAY(2020 + years - 1, 12, 31), Quality.thin)]})
    assert found.is_searched("gate", DAY(2024, 1, 1)) is searched
    assert not found.is_searched("gate", DAY(2031, 1, 1)), "too long ago"
    assert Coverage().is_searched("gate", first), "nothing is said: all time counts"


def test_tables_that_name_no_element_of_the_network_say_nothing(tmp_path: Path) -> None:
    lands = worlds.lands(tmp_path)  # the packaged coverage lies under it
    assert not read_coverage(lands.catalog, lands.network).is_stated


def test_spans_that_overlap_or_run_backwards_are_all_named(tmp_path: Path) -> None:
    bad = (
        *SPANS,
        span(EAST, "2016-06-01", "2016-06-02"),
        span(WEST, "2018-02-01", "2018-01-01"),
    )
    lands = worlds.lands(tmp_path, record_coverage=bad)
    with pytest.raises(DataError, match="record_coverage") as caught:
        read_coverage(lands.catalog, lands.network)
    assert len(caught.value.faults) == 2
    assert "lies before the start" in str(caught.value)
    assert f"{EAST} from 2016-06-01 to 2016-06-02 overlaps" in str(caught.value)


def test_what_was_not_searched_has_no_chance_and_a_wide_range(tmp_path: Path) -> None:
    world = worlds.lands(tmp_path, record_coverage=SPANS).world()
    model = fit_world(world)
    told = forecast(world, model, WEST)
    assert told.reason == NOT_SEARCHED
    assert set(told.p_new_closure.values()) == {None}
    band = told.bands["p_new_closure"][365]
    assert 0 < band.low < band.high < 1
    assert set(told.rates) == {"prior"}
    assert told.climatology_share is not None
    assert forecast(world, model, RAIL).climatology_share is None, "no share of no days"
    known = forecast(world, model, EAST)
    assert known.reason == ""
    assert None not in known.p_new_closure.values()


def test_chances_have_width_and_rise_with_the_horizon(tmp_path: Path) -> None:
    world = worlds.lands(tmp_path, record_coverage=SPANS).world()
    told = forecast(world, fit_world(world), EAST, (1, 7, 30, 90, 365))
    new = [p for p in told.p_new_closure.values() if p is not None]
    assert new == sorted(new)
    for by_days in told.bands.values():
        assert all(0 <= band.low < band.high <= 1 for band in by_days.values())


def test_a_shut_gate_shuts_anew_at_most_as_often_as_it_opens(tmp_path: Path) -> None:
    running = worlds.closure(
        "K30", EAST, "2020-06-25", end_status="ongoing", closed_at_least_until="2020-06-29"
    )
    world = worlds.lands(tmp_path, (*worlds.CLOSURES, running)).world()
    told = forecast(world, fit_world(world), EAST)
    assert told.p_open_within is not None
    for days, p in told.p_new_closure.items():
        assert p is not None
        assert p < told.p_open_within[days]
    assert told.open_already is not None
    assert told.open_already <= min(told.p_open_within.values())


def test_rows_are_told_where_element_and_days_ahead_were_searched(tmp_path: Path) -> None:
    world = worlds.lands(tmp_path, record_coverage=SPANS).world()
    tested = foretell_onsets(world, seed=1, origins=[DAY(2019, 5, 1)])
    rows = {(row.element_id, row.horizon_days): row for row in tested.rows}
    assert rows[WEST, 90].reason == NOT_SEARCHED
    east = rows[EAST, 90]
    assert (east.reason, east.came) == ("", False)
    assert east.foretold is not None
    assert east.low < east.foretold < east.high
    late = foretell_onsets(world, seed=1, origins=[DAY(2020, 6, 1)])
    ahead = {row.horizon_days: row for row in late.rows if row.element_id == EAST}
    assert ahead[90].reason == AHEAD_NOT_SEARCHED, "the date lies within"
    assert ahead[90].foretold is ahead[90].came is None


def test_a_closure_that_began_within_the_days_ahead_came(tmp_path: Path) -> None:
    """East shut on 1 May 2020: within 30 days of 15 April, not of 1 May itself."""
    world = worlds.lands(tmp_path, record_coverage=SPANS).world()
    tested = foretell_onsets(world, seed=1, origins=[DAY(2020, 4, 15), DAY(2020, 5, 1)])
    came = {row.origin: row.came for row in tested.rows
            if (row.element_id, row.horizon_days) == (EAST, 30)}  # fmt: skip
    assert came == {DAY(2020, 4, 15): True, DAY(2020, 5, 1): False}
    (all_rows,) = (one for one in tested.sums if one.horizon_days == 30)
    assert (all_rows.came, all_rows.row_count) == (1, 2)
    assert all_rows.low is not None


def test_years_that_differ_as_chance_makes_them_have_no_spread(tmp_path: Path) -> None:
    world = worlds.lands(tmp_path).world()
    assert year_spread(fit_world(world).history) >= 0
