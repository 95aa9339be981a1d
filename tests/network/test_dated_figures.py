"""Figures by period: the closest fit, then the latest begun, then the earliest."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import pytest
from numpy.testing import assert_allclose

from karwan.data.rows.costs import DatedFigureRow
from karwan.network.dated_figures import DatedFigures
from tests import reference

ROW = DatedFigureRow(
    id="a", quantity="port_stay", target="quay", way=None, load=None, value_low=1.0, value=2.0,
    value_high=4.0, unit="h", first_year=None, last_year=None, note=None, source_url="https://x",
    source_date="2024", confidence="B",
)  # fmt: skip


class Shelf:
    """A catalogue that holds dated figures only."""

    def __init__(self, *rows: DatedFigureRow) -> None:
        self.found_rows = rows

    def rows(self, _kind: type[DatedFigureRow]) -> tuple[DatedFigureRow, ...]:
        return self.found_rows


def value(year: int, *rows: DatedFigureRow, way: str = "to_sea", load: str = "box") -> float | None:
    figure = DatedFigures(Shelf(*rows), year).figure("port_stay", "quay", way=way, load=load)  # type: ignore[arg-type]
    return figure.value if figure else None


def test_nothing_is_told_of_what_has_no_row() -> None:
    assert value(2024) is None
    assert value(2024, replace(ROW, target="other")) is None
    assert value(2024, replace(ROW, way="from_sea")) is None
    assert value(2024, replace(ROW, load="truck")) is None


@pytest.mark.parametrize(
    ("year", "wanted"), [(2018, 93.0), (2019, 93.0), (2022, 93.0), (2024, 60.0), (2030, 60.0)]
)
def test_the_latest_that_began_is_taken_and_the_earliest_before_all(
    year: int, wanted: float
) -> None:
    old = replace(ROW, value=93.0, value_high=100.0, first_year=2019, last_year=2021)
    new = replace(ROW, id="b", value=60.0, value_high=100.0, first_year=2024)
    assert value(year, old, new) == wanted == value(year, new, old)


def test_a_row_of_the_direction_and_load_goes_before_one_of_all() -> None:
    both = replace(ROW, first_year=2024)
    closer = replace(ROW, id="b", way="to_sea", load="box", value=3.0, first_year=2020)
    assert value(2025, both, closer) == 3.0
    assert value(2025, both, closer, way="from_sea") == 2.0


def test_a_grade_c_figure_is_told_as_a_default_and_a_period_as_its_basis() -> None:
    row = replace(ROW, confidence="C", first_year=2019, last_year=2021)
    figure = DatedFigures(Shelf(row), 2020).figure("port_stay", "quay", way="to_sea", load="box")  # type: ignore[arg-type]
    assert figure is not None
    assert (figure.default_id, figure.basis) == ("port_stay:quay", "2019-2021")
    assert (figure.low, figure.value, figure.high) == (1.0, 2.0, 4.0)


def test_the_stay_at_a_caspian_port_follows_the_sailings_of_its_years() -> None:
    """Weekly in 2019, half a week's wait and 20 to 30 h of vessel work; six vessels in 2025."""
    stays = {
        year: DatedFigures(reference.catalog(), year).figure(
            "port_stay", "aktau", way="to_sea", load="box"
        )
        for year in (2019, 2025)
    }
    assert [stay and stay.value for stay in stays.values()] == [93, 60]


def test_every_band_is_in_order() -> None:
    for row in reference.catalog().rows(DatedFigureRow):
        assert row.value_low <= row.value <= row.value_high
        assert row.first_year is None or row.last_year is None or row.first_year <= row.last_year


def test_a_fee_of_a_period_without_a_first_year_is_deflated_from_its_last() -> None:
    """The carrier to Jalalabad took 50 to 285 USD, 115 in the middle, until 2022."""
    tariffs = replace(reference.tariffs(), as_of=dt.date(2022, 12, 31))
    figure = tariffs.dated("road_charge", "torkham-road", way="a_to_b", rolls_on=False)
    assert figure is not None
    row = DatedFigures(tariffs.catalog, 2022).row(
        "road_charge", "torkham-road", way="a_to_b", load="box"
    )
    assert row is not None
    assert (row.first_year, row.last_year, figure.basis) == (None, 2022, "to 2022")
    assert_allclose(figure.value, row.value * tariffs.deflator(2022))
    assert tariffs.deflator(2022) > 1.01
