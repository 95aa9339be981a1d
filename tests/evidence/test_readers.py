"""Files of incidents: every layout, every fault at once, nothing loaded in part."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest

from karwan.base.errors import DataError, SourceError
from karwan.evidence.incidents import COLUMNS, WORLD, HowToRead
from karwan.evidence.readers import read_incidents
from karwan.evidence.releases import parse_release, release_in_name
from tests import events
from tests.events import event

D = dt.date


def test_the_official_zip_tells_its_release_and_covers_the_world(tmp_path: Path) -> None:
    rows = [event("1", "2025-03-04"), *events.whole_world("2024-05-06")]
    found = read_incidents(events.write_zip(tmp_path, "ged261-csv.zip", rows))
    assert (found.release.name, found.release.kind) == ("26.1", "final")
    assert found.release.published == D(2026, 7, 1)
    assert found.coverage.countries == {WORLD}
    assert (found.coverage.start, found.coverage.end) == (D(1989, 1, 1), D(2026, 1, 1))
    assert found.events.columns == list(COLUMNS)
    row = found.events.filter(found.events["event_id"] == "1").to_dicts()[0]
    assert row["country"] == "PK"
    assert (row["start"], row["kind"], row["radius_km"]) == (D(2025, 3, 4), "state-based", 5.0)
    assert (row["death_low_count"], row["death_count"], row["death_high_count"]) == (1, 2, 3)
    assert set(found.events["release"]) == {"26.1"}


@pytest.mark.parametrize(
    ("name", "release", "start", "end", "published"),
    [
        ("GEDEvent_v26_0_7.csv", "26.0.7", D(2026, 7, 1), D(2026, 8, 1), D(2026, 8, 20)),
        ("GEDEvent_v26_0_12.csv", "26.0.12", D(2026, 12, 1), D(2027, 1, 1), D(2027, 1, 20)),
        ("GEDEvent_v26_01_26_06.csv", "26.1.26.6", D(2026, 1, 1), D(2026, 7, 1), D(2026, 7, 20)),
        ("GEDEvent_v25_01_25_12.csv", "25.1.25.12", D(2025, 1, 1), D(2026, 1, 1), D(2026, 1, 20)),
    ],
)
def test_candidate_files_tell_their_months(
    name: str, release: str, start: D, end: D, published: D, tmp_path: Path
) -> None:
    day = start.isoformat()
    path = tmp_path / name
    path.write_bytes(events.official([event("1", day), *events.whole_world(day)]))
    found = read_incidents(path)
    assert (found.release.name, found.release.kind) == (release, "candidate")
    assert (found.coverage.start, found.coverage.end) == (start, end)
    assert found.release.published == published


def test_a_file_cut_to_some_countries_covers_no_others(tmp_path: Path) -> None:
    """Its name is that of the whole, yet that a country is absent proves nothing."""
    path = tmp_path / "GEDEvent_v26_0_7.csv"
    path.write_bytes(events.official([event("1", "2026-07-04")]))
    assert read_incidents(path).coverage.countries == {"PK"}
    wider = read_incidents(path, HowToRead(countries=("PK", "AF")))
    assert wider.coverage.countries == {"PK", "AF"}


def test_the_reduced_form_is_the_same_in_both_wrappings(tmp_path: Path) -> None:
    rows = [event("1", "2021-03-04"), event("2", "2020-03-04", where_prec=4)]
    how = HowToRead(release="22.1")
    packed = read_incidents(events.write_csv(tmp_path, "r.csv.gz", rows), how)
    parquet = read_incidents(events.write_parquet(tmp_path, "r.parquet", rows), how)
    assert packed.events.equals(parquet.events)
    assert packed.coverage == parquet.coverage
    assert packed.coverage.countries == {"PK"}


def test_the_tag_row_of_the_humanitarian_exchange_is_dropped(tmp_path: Path) -> None:
    tags = dict.fromkeys(event("1", "2021-03-04"), "#tag")
    path = events.write_csv(tmp_path, "pak.csv", [tags, event("1", "2021-03-04")])
    assert read_incidents(path, HowToRead(release="22.1")).events.height == 1
    path = events.write_csv(tmp_path, "bad.csv", [tags, event("1", "2021-03-04", latitude=95)])
    with pytest.raises(DataError, match="line 3: latitude '95' is not a number from -90 to 90"):
        read_incidents(path, HowToRead(release="22.1"))


def test_every_fault_of_a_file_is_named_at_once(tmp_path: Path) -> None:
    rows = [
        event("1", "2021-03-04", latitude=134, date_end="2021-03-01"),
        event("1", "2021-02-30", longitude=-181),
        event("3", "2023-03-04", where_prec=9, best=-1),
        event("4", "2021-01-01", type_of_violence=7, country=""),
    ]
    path = events.write_csv(tmp_path, "x.csv", rows)
    with pytest.raises(DataError, match=r"^12 faults in incident file x\.csv") as caught:
        read_incidents(path, HowToRead(release="22.1"))
    assert caught.value.where == "incident file x.csv"
    assert set(caught.value.texts) == {
        "line 2: latitude '134' is not a number from -90 to 90",
        "line 3: longitude '-181' is not a number from -180 to 180",
        "line 4: where_prec '9' is not a whole number from 1 to 7",
        "line 4: best '-1' is not a whole number from 0 to 1e+07",
        "line 5: type_of_violence '7' is not one of 1, 2, 3",
        "line 5: country None is blank",
        "line 2: id '1' stands there twice",
        "line 3: id '1' stands there twice",
        "line 3: date_start '2021-02-30' is not a date like 2026-10-04",
        "line 3: date_end '2021-02-30' is not a date like 2026-10-04",
        "line 2: date_end '2021-03-01' lies before date_start",
        "line 4: date_start '2023-03-04' lies outside 1989-01-01 to 2021-12-31",
    }


def test_many_faults_of_one_kind_are_counted(tmp_path: Path) -> None:
    rows = [event(str(n), "2021-03-04", latitude=99) for n in range(12)]
    with pytest.raises(DataError, match="and 7 more lines whose latitude is not a number from"):
        read_incidents(events.write_csv(tmp_path, "x.csv", rows), HowToRead(release="22.1"))


@pytest.mark.parametrize(
    ("release", "fault"),
    [
        ("", "release: the file does not tell it; say which, such as 26.1 or 26.0.7"),
        ("26.2", "release 26.2: not a known one; say which, such as 26.1 or 26.0.7"),
        ("26.0.13", "release 26.0.13: not a known one"),
        ("26.06.26.01", "release 26.6.26.1: not a known one"),
        ("newest", "release newest: not a known one"),
    ],
)
def test_an_unknown_release_is_refused(release: str, fault: str, tmp_path: Path) -> None:
    path = events.write_csv(tmp_path, "x.csv", [event("1", "2021-03-04")])
    with pytest.raises(DataError, match=r"^1 fault in incident file x\.csv") as caught:
        read_incidents(path, HowToRead(release=release))
    (told,) = caught.value.texts
    assert told.startswith(fault)


def test_a_release_that_contradicts_the_name_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "GEDEvent_v26_0_7.csv"
    path.write_bytes(events.official([event("1", "2026-07-04")]))
    with pytest.raises(DataError, match=r"release 26\.1: does not fit: the file is of release 26"):
        read_incidents(path, HowToRead(release="26.1"))


def test_missing_columns_come_with_the_unknown_release(tmp_path: Path) -> None:
    row = event("1", "2021-03-04")
    del row["where_prec"], row["best"]
    with pytest.raises(DataError, match=r"^4 faults in incident file x\.csv") as caught:
        read_incidents(events.write_csv(tmp_path, "x.csv", [row]))
    assert caught.value.texts == (
        "column 'where_prec' is missing",
        "column 'best' is missing",
        "columns: for a layout of its own say what its columns hold",
        "release: the file does not tell it; say which, such as 26.1 or 26.0.7",
    )


@pytest.mark.parametrize(
    ("name", "content", "fault"),
    [
        ("x.csv", b"", "cannot be read as a table"),
        ("x.csv", b"id,latitude\n1,2,3,4\n", "cannot be read as a table"),
        ("x.parquet", b"PAR1 no", "cannot be read as a table"),
    ],
)
def test_what_is_no_table_is_said_so(name: str, content: bytes, fault: str, tmp_path: Path) -> None:
    path = tmp_path / name
    path.write_bytes(content)
    with pytest.raises(DataError, match=fault):
        read_incidents(path)


def test_a_file_that_is_not_there_is_said_so(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match=r"x\.csv is not there"):
        read_incidents(tmp_path / "x.csv")


def test_an_empty_table_is_no_table_of_zeros(tmp_path: Path) -> None:
    path = tmp_path / "x.csv"
    path.write_text(",".join(event("1", "2021-03-04")) + "\n")
    with pytest.raises(DataError, match="holds no event"):
        read_incidents(path, HowToRead(release="22.1"))


@pytest.mark.parametrize("text", ["", ".", "26", "26.1.1", "1.2.3.4.5", "2026.1", "a.1"])
def test_texts_that_name_no_release(text: str) -> None:
    assert parse_release(text) is None


def test_other_names_hold_no_release() -> None:
    assert release_in_name("conflict_data_pak.csv") == ""
    assert release_in_name("GEDEvent_v2026.csv") == ""


# Files of other layouts

PRIVATE = {"event_date": "04 October 2026", "latitude": "34.1", "longitude": "71.1", "n": "3"}
HOW = HowToRead(
    columns={"date": "event_date", "lat": "latitude", "lon": "longitude", "deaths": "n"},
    countries=("PK",),
    start=D(2026, 1, 1),
    end=D(2026, 11, 1),
    precision_km=8.0,
)


def test_a_file_of_one_s_own_is_mapped_and_stays_local(tmp_path: Path) -> None:
    other = PRIVATE | {"event_date": "2026-10-05", "n": ""}
    found = read_incidents(events.write_csv(tmp_path, "acled.csv", [PRIVATE, other]), HOW)
    assert found.release.local_only
    assert (found.release.name, found.release.kind) == ("acled", "private")
    rows = found.events.to_dicts()
    assert [row["start"] for row in rows] == [D(2026, 10, 4), D(2026, 10, 5)]
    assert [row["death_count"] for row in rows] == [3, None], "unknown is not zero"
    assert {row["radius_km"] for row in rows} == {8.0}
    assert {row["country"] for row in rows} == {"PK"}


def test_every_fault_of_a_mapping_is_named_at_once(tmp_path: Path) -> None:
    path = events.write_csv(tmp_path, "acled.csv", [PRIVATE])
    how = HowToRead(columns={"date": "day", "lat": "latitude", "town": "x"}, precision_km=-1)
    with pytest.raises(DataError, match=r"^8 faults in incident file acled\.csv") as caught:
        read_incidents(path, how)
    assert caught.value.texts == (
        "columns town: not one of date, lat, lon, id, kind, deaths, country, precision_km",
        "columns: lon is lacking",
        "column 'day' is missing",
        "column 'x' is missing",
        "countries: say of which countries the file tells all it knows",
        "start: say from which day on the file tells all it knows",
        "end: say up to which day the file tells all it knows",
        "precision_km -1: it must be 0 or more",
    )


def test_rows_of_a_mapped_file_are_checked_alike(tmp_path: Path) -> None:
    bad = PRIVATE | {"event_date": "2027-01-01", "longitude": "x", "n": "2.5"}
    with pytest.raises(DataError, match=r"^3 faults in incident file acled\.csv") as caught:
        read_incidents(events.write_csv(tmp_path, "acled.csv", [PRIVATE, bad]), HOW)
    assert set(caught.value.texts) == {
        "line 3: lon 'x' is not a number from -180 to 180",
        "line 3: date '2027-01-01' lies outside 2026-01-01 to 2026-10-31",
        "line 3: deaths '2.5' is not a whole number from 0 to 1e+07",
    }
