"""Forecasts are kept as made, and scored on what came, never on what was told afterwards."""

from __future__ import annotations

import datetime as dt
from functools import cache
from typing import Any

from numpy.testing import assert_allclose

from karwan.analysis.forecasts.closures import fit_world, forecast
from karwan.analysis.forecasts.hindsight import look_back
from karwan.analysis.forecasts.kept import forecast_of
from karwan.analysis.forecasts.live_scores import outcome, score_forecasts
from karwan.analysis.forecasts.records import forecast_record
from karwan.data.region import read_region
from tests import reference

EVE = dt.date(2025, 10, 11)


@cache
def record(
    name: str = "torkham-road", day: dt.date = EVE, made_at: str = "2025-10-11T09:00:00+00:00"
) -> dict[str, Any]:
    world = reference.world(as_of=day)
    found = forecast(world, fit_world(world), name, (1, 7, 90))
    return forecast_record(world, found, seed=7, made_at=made_at)


def test_a_forecast_says_what_it_was_made_from() -> None:
    found = record()
    assert found["seed"] == 7
    assert found["model_version"]
    assert found["evidence_horizon"] <= "2025-10-11"
    assert {"closures", "closure_elements", "closure_calendar"} <= set(found["tables_sha256"])
    assert record(made_at="2025-10-12T00:00:00+00:00")["id"] == found["id"]


def test_scores_by_hand() -> None:
    (one, seven, ninety) = score_forecasts(reference.world(), [forecast_of(record())])
    for score, days in ((one, "1"), (seven, "7"), (ninety, "90")):
        p = record()["p_shut"][days]
        assert (score.known_count, score.waiting_count, score.late_count) == (1, 0, 0)
        assert score.observed_share == 1.0, "all were shut from 12 October"
        assert score.brier is not None
        assert_allclose(score.brier, (p - 1) ** 2, atol=1e-6)
        assert score.persistence_brier == 1.0


def test_what_is_told_after_the_day_is_not_scored() -> None:
    late = record(made_at="2025-10-18T09:00:00+00:00")
    one, seven, ninety = score_forecasts(reference.world(), [forecast_of(late)])
    assert [s.late_count for s in (one, seven, ninety)] == [1, 1, 0]
    assert [s.known_count for s in (one, seven, ninety)] == [0, 0, 1]
    assert one.brier is None


def test_an_outcome_beyond_the_evidence_is_not_known() -> None:
    world = reference.world()
    assert outcome(world, "torkham-road", dt.date(2026, 10, 4)) is True
    assert outcome(world, "torkham-road", dt.date(2026, 11, 1)) is None
    assert outcome(world, "torkham-road", dt.date(2025, 9, 1)) is False
    assert outcome(world, "torkham-road", dt.date(2020, 1, 31)) is None, "end never found"


def test_the_five_gates_on_the_eve_and_in_the_new_year() -> None:
    """What the model would have said on 2025-10-11 and on 2026-01-01, beside what happened: all
    five were shut from 12 October 2025 and still on 4 October 2026.

    On record by New Year was a report of 13 October, when they had been shut for a day: eighty
    days without a sighting say little. That they stayed shut was told in October 2026.
    """
    found = look_back(reference.world())
    assert {one.element_id for one in found} == set(
        read_region(reference.world().catalog).hindsight_elements
    )
    assert all(one.was_shut for one in found)
    eve = [one.p_shut for one in found if one.as_of == EVE and one.horizon_days == 7]
    year = [one.p_shut for one in found if one.as_of > EVE and one.horizon_days == 90]
    assert max(eve) < 0.03, "nobody could have known"
    assert 0.20 < min(year) <= max(year) < 0.28
