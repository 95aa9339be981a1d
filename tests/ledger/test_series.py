"""Published series: one publisher at a time, two for a trend, no claim taken as a count."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from karwan.data.catalog import Catalog
from karwan.data.rows.ledger import SecurityIndicatorRow
from karwan.evidence.incidents import (
    COLUMNS,
    Coverage,
    Incidents,
    IncidentSet,
    Release,
    empty_events,
)
from karwan.ledger.assessment import Assessment, assess
from karwan.ledger.indicators import read_facts
from karwan.ledger.series import find_series, is_measured, trend_of
from karwan.ledger.words import Delivery, EvidenceStatus
from tests.ledger.rows import book, facts, indicator, statement
from tests.reference import catalog
from tests.rows import make_row

FILTER = {
    "indicator": "militant_attacks", "geography": "Pakistan", "actor": "all", "from": "2020",
    "to": "2025",
}  # fmt: skip


def count(publisher: str, year: int, value: float, **more: Any) -> dict[str, Any]:
    return {
        "id": f"{publisher}{year}", "period_start": dt.date(year, 1, 1),
        "period_end": dt.date(year, 12, 31), "geography": "Pakistan",
        "indicator": "militant_attacks", "actor_as_named": "all", "value": value,
        "unit": "attacks", "publisher": publisher, "source_date": f"{year + 1}-01-05",
        "counting_basis": "militant attacks only", **more,
    }  # fmt: skip


def typed(rows: list[dict[str, Any]]) -> list[SecurityIndicatorRow]:
    return [make_row(SecurityIndicatorRow, cells) for cells in rows]


def trend(rows: list[dict[str, Any]], operator: str = "rose") -> Assessment:
    pairs = ";".join(f"{name}={value}" for name, value in FILTER.items())
    test = indicator(metric="trend", data_set="security_indicators", filter=pairs,
                     operator=operator, deadline=None)  # fmt: skip
    ledger = book(indicator=[test], statement=[statement(speech_act="fact")])
    return assess(ledger, facts(security=rows), ledger.propositions["X1"], dt.date(2026, 6, 1))


def test_one_publisher_alone_makes_no_trend() -> None:
    one = [count("PICSS", 2020, 188), count("PICSS", 2025, 1063)]
    found = trend(one)
    assert found.evidence is EvidenceStatus.insufficient
    assert "PICSS (militant attacks only): 188 in 2020, 1,063 in 2025, ratio 5.65" in found.reason
    two = [*one, count("PIPS", 2020, 146), count("PIPS", 2025, 699)]
    assert trend(two).evidence is EvidenceStatus.consistent
    assert trend(two, "fell").evidence is EvidenceStatus.contradicted


def test_publishers_of_different_scope_do_not_confirm_one_another() -> None:
    rows = [
        count("PICSS", 2020, 188),
        count("PICSS", 2025, 1063),
        count("GTI", 2020, 300, counting_basis="terrorism as defined by the index"),
        count("GTI", 2025, 900, counting_basis="terrorism as defined by the index"),
    ]
    assert trend(rows).evidence is EvidenceStatus.insufficient


def test_publishers_who_disagree_are_mixed() -> None:
    rows = [
        count("PICSS", 2020, 188), count("PICSS", 2025, 1063),
        count("PIPS", 2020, 700), count("PIPS", 2025, 150),
    ]  # fmt: skip
    assert trend(rows).evidence is EvidenceStatus.mixed


def test_a_change_within_chance_is_no_trend() -> None:
    rows = [
        count("PICSS", 2020, 100), count("PICSS", 2025, 104),
        count("PIPS", 2020, 90), count("PIPS", 2025, 97),
    ]  # fmt: skip
    assert trend(rows).evidence is EvidenceStatus.insufficient


@pytest.mark.parametrize(
    "unit",
    ["attacks admitted (denial)", "attacks admitted (counterclaim)", "percent change on the month"],
)
def test_a_denial_is_never_a_zero(unit: str) -> None:
    rows = typed([count("Authorities", 2020, 5), count("Authorities", 2025, 0, unit=unit)])
    assert [is_measured(row) for row in rows] == [True, False]
    assert find_series(FILTER, rows) == []


def test_the_shipped_denials_are_not_measured() -> None:
    zeros = [r for r in catalog().rows(SecurityIndicatorRow) if r.value == 0]
    assert len(zeros) >= 8
    assert not any(is_measured(row) for row in zeros)


def test_a_restated_figure_replaces_the_first() -> None:
    rows = [
        count("PICSS", 2020, 188),
        count("PICSS", 2022, 376),
        count("PICSS", 2022, 380, id="again", source_date="2024-01-01"),
    ]
    (series,) = find_series(FILTER, typed(rows))
    assert (series.last_value, series.last_id) == (380, "again")


def test_attacks_in_pakistan_rose_by_two_publishers_of_one_scope() -> None:
    """PICSS and PIPS, militant attacks only, 2020 to 2025 (`security_indicators`)."""
    found = find_series(FILTER, catalog().rows(SecurityIndicatorRow))
    named = {one.publisher: one for one in found if one.scope == "militant attacks only"}
    assert (named["PICSS"].first_value, named["PICSS"].last_value) == (188, 1063)
    assert (named["PIPS"].first_value, named["PIPS"].last_value) == (146, 699)
    assert trend_of(found) == 1
    gti = [one for one in found if one.publisher == "GTI/IEP"]
    assert [one.last_value for one in gti] == [1045]  # its own series: 2023 to 2025


def trade(rows: list[dict[str, Any]], as_of: str, **more: Any) -> Assessment:
    test = indicator(
        metric="trade_value", data_set="trade_bilateral", operator="at_least", value=1000.0,
        unit="million USD", filter="reporter=KAZ;partner=PAK;flow=total;basis=Customs", **more,
    )  # fmt: skip
    ledger = book(indicator=[test])
    return assess(
        ledger, facts(trade=rows), ledger.propositions["X1"], dt.date.fromisoformat(as_of)
    )


def year(number: str, value: float, basis: str = "Customs", **more: Any) -> dict[str, Any]:
    return {
        "reporter": "KAZ", "partner": "PAK", "flow": "total", "year": number, "value_musd": value,
        "period": "calendar year", "statistical_source": basis, "source_date": "2025-02-01", **more,
    }  # fmt: skip


def test_trade_is_compared_on_one_basis_only() -> None:
    rows = [year("2024", 50.0), year("2025", 1200.0, basis="Minister", source_date="2025-02-02")]
    found = trade(rows, "2025-02-28")
    assert found.delivery is Delivery.not_due
    assert found.value == 50.0
    assert found.reason.endswith("on other bases 1,200.0m in 2025 (Minister)")
    assert trade([*rows, year("2024-7M", 900.0)], "2025-02-28").value == 50.0


def test_a_target_is_missed_only_by_a_year_that_tells() -> None:
    missed = [year("2024", 50.0), year("2025", 60.0, source_date="2026-02-01")]
    assert trade(missed[:1], "2025-06-01").delivery is Delivery.not_met
    late = dt.date(2027, 3, 1)
    assert trade(missed, "2027-06-01", deadline=late).delivery is Delivery.overdue
    reached = [year("2024", 1000.0)]
    assert trade(reached, "2025-06-01").delivery is Delivery.met
    assert trade([], "2025-06-01").delivery is Delivery.overdue


def test_hours_at_the_border_are_compared_as_published() -> None:
    rows = [
        {"bcp": "Torkham", "direction": "outbound", "indicator": "time", "mean": mean,
         "year": number, "source_date": f"{number + 1}"}
        for number, mean in ((2021, 40.0), (2023, 20.0))
    ]  # fmt: skip
    test = indicator(metric="border_hours", data_set="cpmm_bcp", operator="at_most", value=24.0,
                     unit="h", filter="bcp=Torkham;direction=outbound", deadline=None)  # fmt: skip
    ledger = book(indicator=[test])
    part = ledger.propositions["X1"]
    known = facts(border=rows)
    assert assess(ledger, known, part, dt.date(2026, 1, 1)).evidence is EvidenceStatus.consistent
    early = assess(ledger, known, part, dt.date(2023, 6, 1))
    assert (early.evidence, early.value) == (EvidenceStatus.contradicted, 40.0)


def incidents(*days: dt.date, end: dt.date = dt.date(2026, 1, 1)) -> Incidents:
    events = empty_events().vstack(
        pl.DataFrame(
            [dict.fromkeys(COLUMNS) | {"start": day, "country": "Pakistan"}
             for day in days],
            schema=empty_events().schema,
        )
    )  # fmt: skip
    coverage = Coverage(frozenset({"Pakistan"}), dt.date(2020, 1, 1), end)
    return Incidents(
        label="test",
        events=events,
        coverage=(coverage,),
        releases=("r1",),
        local_only=False,
        credit="",
    )


def after_incidents(known: Incidents | None, country: str = "Pakistan") -> Assessment:
    test = indicator(metric="rate_ratio", data_set="incidents", operator="not_higher",
                     filter=f"country={country}", window_start=dt.date(2024, 1, 15),
                     deadline=None)  # fmt: skip
    ledger = book(indicator=[test])
    data = replace(facts(), incidents_on=lambda _: known)
    return assess(ledger, data, ledger.propositions["X1"], dt.date(2026, 6, 1))


def monthly(first: int, last: int, per_month: int) -> list[dt.date]:
    return [dt.date(year, month, 1 + n) for year in range(first, last) for month in range(1, 13)
            for n in range(per_month)]  # fmt: skip


def test_incidents_outside_coverage_are_not_testable() -> None:
    few = incidents(*monthly(2020, 2024, 1), end=dt.date(2024, 1, 20))
    for known, country in ((None, "Pakistan"), (few, "Pakistan"), (incidents(), "Tajikistan")):
        found = after_incidents(known, country)
        assert found.evidence is EvidenceStatus.not_testable
        assert "no data, never zero" in found.reason
        assert found.value is None


def test_incidents_are_compared_in_covered_months_only() -> None:
    same = after_incidents(incidents(*monthly(2020, 2026, 1)))
    assert same.evidence is EvidenceStatus.insufficient
    assert "23 incidents in 23 covered months after 2024-01-15, 48 in 48 before" in same.reason
    more = after_incidents(incidents(*monthly(2020, 2024, 1), *monthly(2024, 2026, 8)))
    assert more.evidence is EvidenceStatus.contradicted
    one_after = after_incidents(incidents(dt.date(2024, 5, 1)))
    assert one_after.evidence is EvidenceStatus.insufficient


def test_private_incidents_are_measured_at_home_and_never_for_an_export(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    private = Release(
        name="own", kind="private", published=None, licence="own terms", local_only=True, credit=""
    )
    known = incidents(*monthly(2020, 2026, 1))
    one = IncidentSet(
        label="own.csv",
        sha256="0" * 64,
        release=private,
        coverage=known.coverage[0],
        events=known.events,
    )
    monkeypatch.setattr("karwan.evidence.registry.read_files", lambda *_: {"F1": one})
    there = Catalog(None, tmp_path)
    assert read_facts(there).incidents_on(dt.date(2026, 6, 1)) is not None
    assert read_facts(there, for_export=True).incidents_on(dt.date(2026, 6, 1)) is None
