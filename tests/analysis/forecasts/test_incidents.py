"""Incidents on the network: "no data" where nothing is covered, and nothing from the future."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import numpy as np
import pytest

from karwan.analysis.forecasts.counts import backtest_counts, count_by_unit
from karwan.analysis.forecasts.covariates import compare_with_closures
from karwan.analysis.forecasts.incidents import (
    DATA,
    NO_DATA,
    PARTIAL,
    IncidentAnswer,
    LinkIntensity,
    ask_incidents,
    asked_links,
    position_of,
)
from karwan.api.incidents import answer_to_dict
from karwan.base.errors import FitError, UnknownNameError
from karwan.cli.incident_text import answer_text
from karwan.data.region import CountUnit
from karwan.evidence.incidents import HowToRead, Incidents, pool_ucdp
from karwan.evidence.readers import read_incidents
from tests import events, reference
from tests.events import event

D = dt.date
AS_OF = D(2026, 9, 10)
KHYBER = "torkham-pk--peshawar"


def pooled(folder: Path, rows: list[events.Row], as_of: dt.date = AS_OF) -> Incidents:
    """Return events of a candidate release of 2024-01 to 2026-07, Pakistan only."""
    how = HowToRead(release="24.01.26.07")
    path = events.write_csv(folder, "c.csv", rows)
    return pool_ucdp([read_incidents(path, how)], as_of)


def steady(lat: float = 34.06, lon: float = 71.3, **changes: object) -> list[events.Row]:
    """Return two events a month on the Khyber road."""
    return [
        event(f"{month:%y%m}{n}", f"{month:%Y-%m}-1{n}", latitude=lat, longitude=lon, **changes)
        for month in events.months("2024-01", 31)
        for n in (0, 1)
    ]


def ask(incidents: Incidents, name: str, as_of: dt.date = AS_OF) -> IncidentAnswer:
    world = reference.world(as_of=as_of)
    return ask_incidents(world, incidents, asked_links(world, name))


def only(answer: IncidentAnswer) -> LinkIntensity:
    (link,) = answer.links
    return link


def test_a_road_with_two_events_a_month_says_so(tmp_path: Path) -> None:
    link = only(ask(pooled(tmp_path, steady()), KHYBER))
    assert (link.state, link.month) == (DATA, D(2026, 7, 1))
    assert link.low is not None
    assert link.mean is not None
    assert link.high is not None
    # 2 a month on 48 km are 42 per 1,000 km; nine months' weight leaves the interval wide
    assert link.low < 2 / 48 * 1000 < link.high
    assert 20 < link.mean < 42
    assert link.next_month is not None
    assert link.next_month[0] <= 2 <= link.next_month[2]


@pytest.mark.parametrize("name", ["kholm--aibak", "almaty--korday"])
def test_outside_the_coverage_the_answer_is_no_data(name: str, tmp_path: Path) -> None:
    link = only(ask(pooled(tmp_path, steady()), name))
    assert link.state == NO_DATA
    assert link.reason.startswith("no release covers")
    assert (link.low, link.mean, link.high, link.next_month) == (None, None, None, None)


def test_without_any_release_there_is_no_data_anywhere() -> None:
    answer = ask(pool_ucdp([], AS_OF), "PK")
    assert {link.state for link in answer.links} == {NO_DATA}
    assert answer.covered_km == 0
    assert answer.near_count is None


def test_a_covered_road_without_an_event_is_low_and_not_no_data(tmp_path: Path) -> None:
    link = only(ask(pooled(tmp_path, steady()), "hyderabad-pk--karachi"))
    assert link.state == DATA
    assert link.mean is not None
    assert link.low is not None
    assert 0 <= link.low < link.mean < 5


def test_a_frontier_with_one_side_covered_is_a_lower_bound(tmp_path: Path) -> None:
    answer = ask(pooled(tmp_path, steady(34.12, 71.09)), "torkham")
    link = only(answer)
    assert (link.state, link.reason) == (PARTIAL, "a lower bound: no release covers AF")
    assert (answer.near_count, answer.near_month) == (24, D(2026, 7, 1))


def test_an_old_release_is_last_known_and_none_of_today(tmp_path: Path) -> None:
    rows = steady()
    fresh = only(ask(pooled(tmp_path, rows), KHYBER, AS_OF))
    old = only(ask(pooled(tmp_path, rows, D(2026, 12, 1)), KHYBER, D(2026, 12, 1)))
    assert not fresh.is_last_known
    assert (old.state, old.is_last_known) == (NO_DATA, True)
    assert old.reason == "no release covers PK after 2026-07-31"
    assert old.mean == fresh.mean


def test_events_dated_after_the_date_change_nothing(tmp_path: Path) -> None:
    """A final release is known from July 2025 on; what it does not cover cannot be in it."""
    how = HowToRead(release="25.1", countries=("PK",))
    rows = [row for row in steady() if row["date_start"] < "2025"]
    first = read_incidents(events.write_csv(tmp_path, "f.csv", rows), how)
    later = read_incidents(
        events.write_csv(
            tmp_path, "l.csv", [row for row in steady() if row["date_start"] > "2025"]
        ),
        HowToRead(release="25.01.26.07"),
    )
    as_of = D(2025, 8, 1)
    alone, both = (ask(pool_ucdp(sets, as_of), KHYBER, as_of) for sets in ([first], [first, later]))
    assert alone.links == both.links
    assert both.left_out == ("25.1.26.7: came out about 2026-08-20",)


def test_where_an_event_lies_is_spread_by_its_precision(tmp_path: Path) -> None:
    near_road, vague = (
        only(ask(pooled(tmp_path, steady(where_prec=precision)), KHYBER)) for precision in (1, 4)
    )
    assert near_road.mean is not None
    assert vague.mean is not None
    assert vague.mean < near_road.mean / 2


def test_an_event_placed_in_a_country_only_is_counted_apart(tmp_path: Path) -> None:
    rows = [*steady(), event("x", "2026-05-05", where_prec=6)]
    assert ask(pooled(tmp_path, rows), KHYBER).unplaced_count == 1


def test_a_corridor_is_asked_link_by_link(tmp_path: Path) -> None:
    answer = ask(pooled(tmp_path, steady()), "kuap-road-torkham")
    total = sum(link.length_km for link in answer.links)
    assert total == pytest.approx(
        reference.network().corridors["kuap-road-torkham"].km_check, rel=0.01
    )
    assert 0 < answer.covered_km < total
    assert {link.state for link in answer.links if "AF" in link.countries} == {NO_DATA, PARTIAL}


def test_what_is_no_part_of_the_network_is_refused() -> None:
    with pytest.raises(
        UnknownNameError, match=r"^No link, element, corridor or country 'torkam'\. Did you mean"
    ):
        asked_links(reference.world(as_of=AS_OF), "torkam")


def test_a_crossing_lies_between_its_sides() -> None:
    position = position_of(reference.network(), "torkham-road")
    assert position == pytest.approx((34.12, 71.09), abs=0.02)


def test_closures_after_incidents_are_counted_crossing_by_crossing(tmp_path: Path) -> None:
    """One event near Torkham in December 2023: the closure of January 2024 follows it."""
    rows = [event("1", "2023-12-10"), event("2", "2022-05-05", latitude=25, longitude=67)]
    how = HowToRead(release="24.1", countries=("PK",))
    final = read_incidents(events.write_csv(tmp_path, "f.csv", rows), how)
    more = read_incidents(
        events.write_csv(tmp_path, "m.csv", [event("3", "2024-06-10", latitude=25, longitude=67)]),
        HowToRead(release="24.01.24.12", countries=("PK",)),
    )
    found = compare_with_closures(reference.world(as_of=AS_OF), pool_ucdp([final, more], AS_OF))
    assert found is not None
    torkham = next(one for one in found.crossings if one.element_id == "torkham-road")
    assert torkham.covered_countries == ("PK",)
    assert (torkham.exposed_months, torkham.exposed_starts) == (3, 2)  # January and March 2024
    assert torkham.other_starts == 11, "seven of the first record, four of those added"
    assert (found.first, found.last) == (D(2014, 4, 1), D(2024, 12, 1))


def test_without_months_of_both_records_nothing_is_compared() -> None:
    assert compare_with_closures(reference.world(as_of=AS_OF), pool_ucdp([], AS_OF)) is None


PARTS = (
    CountUnit("PK", "PK north-west", ("Khyber",)),
    CountUnit("PK", "PK Balochistan", ("Balochistan",)),
    CountUnit("PK", "PK other", ()),
)


def test_units_of_counts_are_regions_and_a_blank_province_is_the_rest(tmp_path: Path) -> None:
    rows = [
        event("1", "2024-01-05"),
        event("2", "2024-01-06", adm_1="Balochistan province"),
        event("3", "2024-02-06", adm_1=""),
        event("4", "2024-02-07", adm_1="Sindh province"),
    ]
    units, months = count_by_unit(pooled(tmp_path, rows), {"PK", "AF"}, PARTS)
    assert (months[0], len(months)) == (D(2024, 1, 1), 31)
    assert {name: row[:2].tolist() for name, row in units.items()} == {
        "PK north-west": [1, 0], "PK Balochistan": [1, 0], "PK other": [0, 2],
    }  # fmt: skip
    assert all(np.all(row[2:] == 0) for row in units.values())


def test_a_backtest_of_too_few_months_is_refused(tmp_path: Path) -> None:
    with pytest.raises(FitError, match=r"needs 36 months covered without a gap.*there are 31"):
        backtest_counts(pooled(tmp_path, steady()), {"PK"}, PARTS)


def test_a_first_month_gives_its_counts_and_is_too_little_for_a_forecast(tmp_path: Path) -> None:
    """One event at Torkham in the only month there is."""
    rows = [event("1", "2024-05-03"), event("2", "2024-05-09", country="Afghanistan")]
    how = HowToRead(release="24.0.5", countries=("PK", "AF"))
    one = read_incidents(events.write_csv(tmp_path, "m.csv", rows), how)
    world = reference.world(as_of=dt.date(2024, 6, 25))
    answer = ask_incidents(world, pool_ucdp([one], world.as_of), asked_links(world, "torkham-road"))
    (link,) = answer.links
    assert (link.state, link.reason) == ("data", "too little for a forecast: 1 month covered")
    assert (link.mean, link.next_month, link.month_count) == (None, None, 1)
    assert link.event_count is not None
    assert 0 < link.event_count < 2, "in parts, since the events are placed to some km"
    assert "events in 1 month" in answer_text(answer)
    told = answer_to_dict(answer)["links"][0]
    assert (told["month_count"], told["next_month_count"]) == (1, None)
    assert told["events_per_1000_km_months"] is None
    later = reference.world(as_of=dt.date(2026, 11, 22))
    (old,) = ask_incidents(
        later, pool_ucdp([one], later.as_of), asked_links(later, "torkham-road")
    ).links
    assert (old.state, old.is_last_known, old.event_count) == ("no data", True, link.event_count)
    assert "too little for a forecast" in old.reason
