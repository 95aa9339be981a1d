"""Trade by statistical basis: periods, years, growth, and what was known when."""

from __future__ import annotations

import datetime as dt
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_allclose

from karwan.analysis.trade.series import (
    Basis,
    Period,
    YearTotal,
    best_growth,
    growth_steps,
    growth_windows,
    newest_by_basis,
    pair_name,
    part_years,
    read_period,
    read_trade,
    since,
    year_totals,
)
from karwan.base.errors import DataError
from karwan.base.provenance import Source, read_date
from karwan.data.catalog import Catalog
from tests.reference import AS_OF, catalog

D = dt.date
PERIODS = {
    ("2024", "calendar year"): (D(2024, 1, 1), D(2025, 1, 1)),
    ("2025-7M", "Jan-Jul"): (D(2025, 1, 1), D(2025, 8, 1)),
    ("2022-H1", "Jan-Jun"): (D(2022, 1, 1), D(2022, 7, 1)),
    ("2025-Q1", "Jan-Mar"): (D(2025, 1, 1), D(2025, 4, 1)),
    ("2025-07", "month"): (D(2025, 7, 1), D(2025, 8, 1)),
    ("2025-09..2026-01", "Sep-Jan"): (D(2025, 9, 1), D(2026, 2, 1)),
    ("FY2024/25", "Jul-Jun"): (D(2024, 7, 1), D(2025, 7, 1)),
    ("FY2025/26-Q2", "Oct-Dec"): (D(2025, 10, 1), D(2026, 1, 1)),
    ("FY2025/26-4M", "Jul-Oct"): (D(2025, 7, 1), D(2025, 11, 1)),
    ("MY2015/16-9M", "Sep-May"): (D(2015, 9, 1), D(2016, 6, 1)),
    ("SH1402", "solar year Mar-Mar"): (D(2023, 3, 21), D(2024, 3, 21)),
    ("2022/23", "as of June 2023"): (D(2022, 7, 1), D(2023, 7, 1)),
}


@pytest.mark.parametrize("case", PERIODS, ids=lambda case: case[0])
def test_a_period_is_the_months_it_says(case: tuple[str, str]) -> None:
    found = read_period(*case)
    assert found is not None
    assert (found.start, found.end) == PERIODS[case]


def test_every_year_of_the_table_is_understood() -> None:
    unread = {
        row["year"]
        for row in catalog().read("trade_bilateral").to_dicts()
        if read_period(row["year"], row["period"]) is None
        and not (row["period"] or "").startswith(("part of", "daily"))
    }
    assert unread == set()


@given(st.dates(D(2010, 1, 1), D(2027, 12, 31)))
def test_nothing_is_used_before_it_was_known(as_of: dt.date) -> None:
    for figures in read_trade(catalog(), as_of).values():
        for figure in figures:
            assert figure.period.end <= as_of
            assert (read_date(figure.source.date) or as_of) <= as_of


def basis(kind: str = "goods", name: str = "customs") -> Basis:
    """Return a basis of AAA."""
    return Basis("AAA", name, kind, name)


def total(year: int, musd: float, of: Basis | None = None, months: int = 12) -> YearTotal:
    """Return trade in a year or its first months."""
    end = D(year + 1, 1, 1) if months == 12 else D(year, months + 1, 1)
    return YearTotal(
        basis=of or basis(),
        period=Period(str(year), D(year, 1, 1), end),
        total_musd=musd,
        by_exporter_musd=(),
        known_on=end,
        grade="A",
        source=Source("x", str(year), "A"),
    )


def test_bases_are_never_mixed() -> None:
    """A jump from one basis to another is no growth."""
    found = growth_windows("AAA-BBB", [total(2020, 10), total(2021, 99, basis(name="bank"))])
    assert found == []


@pytest.mark.parametrize("kind", ["ministry", "statement"])
def test_what_is_said_is_a_base_and_no_series(kind: str) -> None:
    said = [total(2020, 10, basis(kind)), total(2021, 20, basis(kind))]
    assert growth_steps("AAA-BBB", said) == []
    assert newest_by_basis(said) == [said[1]]


def test_windows_are_products_of_steps() -> None:
    totals = [total(2018, 10), total(2019, 15), total(2022, 12), total(2023, 30)]
    steps = growth_steps("AAA-BBB", totals)
    longest = max(growth_windows("AAA-BBB", totals), key=lambda w: w.years)
    product = 1.0
    for step in steps:
        product *= step.multiple
    assert_allclose(longest.multiple, product)
    assert [b.first.label for _, b in pairwise(steps)] == ["2019", "2022"]


def test_the_best_growth_is_told_per_length() -> None:
    totals = [total(2019, 10), total(2020, 30), total(2021, 33), total(2022, 34)]
    found = {round(g.years): g.multiple for g in best_growth(growth_windows("AAA-BBB", totals))}
    assert found == {1: 3.0, 2: 3.3, 3: 3.4}


def test_a_part_of_a_year_is_set_beside_the_same_months_only() -> None:
    parts = [total(2024, 36.3, months=7), total(2024, 19.0, months=4), total(2025, 89.6, months=7)]
    found = since(total(2024, 53.7), parts)
    assert found is not None
    assert found.multiple is not None
    assert_allclose(found.multiple, 89.6 / 36.3)


def test_the_published_bases_of_kazakhstan_and_pakistan() -> None:
    """Baselines as published: reference economics, section 5 (53.7, 105.6, 228, 250, about 300)."""
    figures = read_trade(catalog(), AS_OF)["KAZ-PAK"]
    found = {n.basis.name: n.total_musd for n in newest_by_basis(year_totals(figures))}
    assert_allclose(found["Kazakh statistics"], 53.7)
    assert_allclose(found["Kazakh trade ministry"], 105.6)
    assert_allclose(found["State Bank of Pakistan"], 97.96 + 129.63)
    assert_allclose(found["Pakistani prime minister"], 250)
    assert_allclose(found["Kazakh ambassador"], 300)
    assert all(not part.period.is_year for part in part_years(figures))


def test_a_sum_of_both_ways_is_derived() -> None:
    figures = read_trade(catalog(), AS_OF)["KAZ-PAK"]
    bank = next(t for t in newest_by_basis(year_totals(figures)) if t.basis.kind == "payments")
    assert bank.grade == "B"


def test_a_pair_has_one_name() -> None:
    assert pair_name("PAK", "KAZ") == pair_name("KAZ", "PAK") == "KAZ-PAK"


def test_a_source_without_a_kind_is_named(tmp_path: Path) -> None:
    header = ",".join(catalog().read("trade_bilateral").columns)
    row = "AAA,BBB,total,2024,5,,,x,2025,A,calendar year,Ministry of Guesses,"
    (tmp_path / "trade_bilateral.csv").write_text(f"{header}\n{row}\n", encoding="utf-8")
    with pytest.raises(DataError, match="'Ministry of Guesses' has no row in trade_bases"):
        read_trade(Catalog(tmp_path), AS_OF)
