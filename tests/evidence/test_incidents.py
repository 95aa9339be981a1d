"""Incidents: one release for each month, nothing from after the date, and no zero uncovered."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from karwan.base.errors import DataError
from karwan.evidence.incidents import (
    HowToRead,
    Incidents,
    IncidentSet,
    next_month,
    pool_ucdp,
    private_incidents,
    write_csv,
)
from karwan.evidence.readers import read_incidents
from tests import events
from tests.events import event

D = dt.date
LATE = D(2027, 1, 1)


def final(folder: Path, *rows: dict[str, str], release: str = "26.1") -> IncidentSet:
    path = events.write_csv(folder, f"{release}.csv", list(rows))
    return read_incidents(path, HowToRead(release=release))


def ids(pooled: Incidents) -> list[str]:
    return sorted(pooled.events["event_id"])


def test_a_final_release_outranks_candidates_month_by_month(tmp_path: Path) -> None:
    candidate = final(
        tmp_path, event("c25", "2025-12-04"), event("c26", "2026-01-04"), release="25.12.26.02"
    )
    newest = final(tmp_path, event("f25", "2025-11-04"))
    pooled = pool_ucdp([candidate, newest], LATE)
    assert ids(pooled) == ["c26", "f25"], "the final release found nothing in December 2025"
    assert pooled.releases == ("26.1", "25.12.26.2")


def test_a_newer_candidate_outranks_an_older(tmp_path: Path) -> None:
    older = final(tmp_path, event("old", "2026-03-04"), release="26.0.3")
    newer = final(tmp_path, event("new", "2026-03-05"), release="26.01.26.06")
    assert ids(pool_ucdp([older, newer], LATE)) == ["new"]


def test_a_release_of_another_country_adds_and_replaces_nothing(tmp_path: Path) -> None:
    pakistan = final(tmp_path, event("pk", "2021-03-04"), release="22.1")
    afghan = final(tmp_path, event("af", "2021-03-04", country="Afghanistan"), release="23.1")
    assert ids(pool_ucdp([pakistan, afghan], LATE)) == ["af", "pk"]


def test_a_release_that_came_out_later_is_not_known(tmp_path: Path) -> None:
    one = final(tmp_path, event("1", "2021-03-04"), release="22.1")
    before = pool_ucdp([one], D(2022, 6, 30))
    assert (ids(before), before.coverage) == ([], ())
    assert before.left_out == ("22.1: came out about 2022-07-01",)
    assert ids(pool_ucdp([one], D(2022, 7, 1))) == ["1"]


@given(st.integers(0, 40), st.integers(1, 40))
def test_what_is_dated_after_a_date_changes_nothing(split: int, later: int) -> None:
    """Private rows have no day of publication: they are cut by the day of the event."""
    start = D(2026, 1, 1)
    as_of = start + dt.timedelta(days=100 + split)
    schema_set = _private([start + dt.timedelta(days=n * 7) for n in range(40)])
    more = _private(
        [start + dt.timedelta(days=n * 7) for n in range(40)]
        + [as_of + dt.timedelta(days=later + n) for n in range(5)]
    )
    first, second = (private_incidents(one, as_of) for one in (schema_set, more))
    assert first.events.equals(second.events)
    assert first.coverage == second.coverage


def _private(days: list[dt.date]) -> IncidentSet:
    from karwan.evidence.incidents import PRIVATE, Coverage, Release, empty_events

    rows = [
        {"event_id": f"{n:03d}", "release": "p", "start": day, "end": day, "lat": 34.0,
         "lon": 71.0, "radius_km": 5.0, "country": "PK"}
        for n, day in enumerate(days)
    ]  # fmt: skip
    frame = pl.concat([empty_events(), pl.DataFrame(rows)], how="diagonal_relaxed")
    release = Release(
        name="p", kind=PRIVATE, published=None, licence="private", local_only=True, credit=""
    )
    coverage = Coverage(frozenset({"PK"}), D(2026, 1, 1), D(2027, 12, 1))
    return IncidentSet(label="p.csv", sha256="0", release=release, coverage=coverage, events=frame)


def test_outside_the_coverage_there_is_no_answer(tmp_path: Path) -> None:
    pooled = pool_ucdp([final(tmp_path, event("1", "2021-03-04"), release="22.1")], LATE)
    assert pooled.covers("PK", D(2021, 12, 1))
    assert not pooled.covers("PK", D(2022, 1, 1))
    assert not pooled.covers("AF", D(2021, 12, 1))
    assert pooled.months()[-1] == D(2021, 12, 1)
    assert pool_ucdp([], LATE).months() == []


def test_a_month_that_is_not_over_is_not_covered(tmp_path: Path) -> None:
    one = private_incidents(_private([D(2026, 5, 2), D(2026, 5, 20)]), D(2026, 5, 25))
    assert one.months()[-1] == D(2026, 4, 1)
    assert one.events.is_empty()


def test_events_of_one_s_own_leave_by_no_export(tmp_path: Path) -> None:
    shared = final(tmp_path, event("1", "2021-03-04"), release="22.1")
    target = tmp_path / "out.csv"
    with pytest.raises(
        DataError, match=r"1 fault in the export:\n  p\.csv \(p\) is kept local: its terms allow no"
    ):
        write_csv([shared, _private([D(2026, 5, 2)])], target)
    assert list(tmp_path.glob("*out*")) == []
    write_csv([shared], target)
    assert pl.read_csv(target)["event_id"].to_list() == [1]


@pytest.mark.parametrize(
    ("day", "after"), [(D(2021, 12, 31), D(2022, 1, 1)), (D(2021, 11, 1), D(2021, 12, 1))]
)
def test_months_follow_one_another(day: D, after: D) -> None:
    assert next_month(day) == after
