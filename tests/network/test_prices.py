"""Parameters, price index and freight rates of the made lands, each worked out by hand."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from pathlib import Path

import pytest
from numpy.testing import assert_allclose

from karwan.base.errors import DataError
from karwan.base.provenance import Figure, Source
from karwan.data.catalog import Catalog
from karwan.network.haul_rates import HaulRates
from karwan.network.prices import PRICE_YEAR, Prices
from karwan.network.tariffs import Tariffs
from tests import worlds
from tests.worlds import Row

EXACT = 1e-12
"""The same sums and products in another order."""
LATE = dt.date(2030, 1, 1)
INDEX: tuple[Row, ...] = tuple(
    {"year": year, "cpi_index": index}
    for year, index in ((2020, 50), (2021, 80), (2022, 100), (2023, 100), (2024, 125))
)


def rate(year: int, usd: float, indicator: str = "TFI3", **more: object) -> Row:
    """Return a row of North's roads, published on the first day of the next year."""
    return {
        "year": year, "mode": "road", "scope": "land", "country": "XN", "indicator": indicator,
        "direction": "both", "mean": usd, "unit": "USD", "source_url": f"https://example.org/{year}",
        "source_date": f"{year + 1}-01-01", "note": f"of {year}", **more,
    }  # fmt: skip


def sides(low: float, value: float, high: float, country: str | None, mode: str) -> Row:
    return {
        "parameter": "border_sides_per_500km", "value_low": low, "value": value,
        "value_high": high, "unit": "count", "country": country, "applies_to": mode,
        **worlds.PROVENANCE,
    }  # fmt: skip


def tables(
    folder: Path,
    tfi: Sequence[Row] = (),
    more: Sequence[Row] = (),
    *,
    index: Sequence[Row] = INDEX,
) -> Catalog:
    """Return the made lands with other rates, an index and further parameters."""
    rows = worlds.rate_rows()
    new = {(row["parameter"], row.get("country"), row["applies_to"]) for row in more}
    kept = [
        row for row in rows["parameters"]
        if (row["parameter"], row.get("country"), row["applies_to"]) not in new
    ]  # fmt: skip
    worlds.write_tables(
        folder, parameters=[*kept, *more], cpmm_tfi=tfi or rows["cpmm_tfi"], price_index=index
    )
    return Catalog(folder)


def rates(catalog: Catalog, as_of: dt.date = LATE, year: int = PRICE_YEAR) -> HaulRates:
    return HaulRates(catalog, as_of, Prices(catalog, year))


def usd(figure: Figure) -> tuple[float, float, float]:
    return figure.low, figure.value, figure.high


# The price index


@pytest.mark.parametrize(
    ("year", "factor"),
    [(2019, 2.0), (2020, 2.0), (2021, 1.25), (2023, 1.0), (2024, 0.8), (2030, 0.8)],
)
def test_money_of_a_year_is_brought_to_the_price_year_by_the_index(
    tmp_path: Path, year: int, factor: float
) -> None:
    """100 of 2023 over 50, 80, 100 and 125; beyond either end that end's index."""
    catalog = tables(tmp_path)
    assert Prices(catalog).price_year == PRICE_YEAR == 2023
    assert Prices(catalog).deflator(year) == factor
    assert Prices(catalog, 2021).deflator(2021) == 1.0


def test_a_year_that_the_index_leaves_out_is_named(tmp_path: Path) -> None:
    catalog = tables(tmp_path, index=[INDEX[0], INDEX[2], INDEX[4]])
    with pytest.raises(DataError, match="price_index has no row of 2021, 2023"):
        Tariffs(catalog, LATE, 2022)


@pytest.mark.parametrize(("date", "factor"), [("2020", 2.0), ("2021-06", 1.25), ("", 1.0)])
def test_a_figure_is_repriced_from_the_year_of_its_source(
    tmp_path: Path, date: str, factor: float
) -> None:
    """An estimate without a date is made in USD of 2023."""
    prices = Prices(tables(tmp_path))
    figure = Figure(value=10.0, low=5.0, high=20.0, unit="USD", source=Source("u", date, "C"))
    assert usd(prices.repriced(figure)) == (5.0 * factor, 10.0 * factor, 20.0 * factor)


def test_only_parameters_of_money_are_repriced(tmp_path: Path) -> None:
    more = [
        {"parameter": "sea_usd_per_teu_km", "value_low": 1, "value": 2, "value_high": 4,
         "unit": "USD/teu-km", "applies_to": "sea", **worlds.PROVENANCE, "source_date": "2021",
         "note": "by tender", "confidence": "B"},
        {"parameter": "port_queue_hours", "value_low": 1, "value": 2, "value_high": 4,
         "unit": "h", "applies_to": "port", **worlds.PROVENANCE, "source_date": "2021",
         "confidence": "C"},
        {"parameter": "port_queue_hours", "value_low": 3, "value": 5, "value_high": 7,
         "unit": "h", "applies_to": "port", "country": "XS", **worlds.PROVENANCE,
         "confidence": "C"},
    ]  # fmt: skip
    prices = Prices(tables(tmp_path, more=more))
    money = prices.parameter("sea_usd_per_teu_km", "sea")
    assert usd(money) == (1.25, 2.5, 5.0)
    assert (money.unit, money.basis, money.default_id) == ("USD/teu-km", "by tender", "")
    assert money.source == Source("https://example.org/made", "2021", "B", "by tender")
    hours = prices.parameter("port_queue_hours", "port")
    assert usd(hours) == (1.0, 2.0, 4.0)
    assert (hours.basis, hours.default_id) == ("", "parameter:port_queue_hours")
    own = prices.parameter("port_queue_hours", "port", "XS")
    assert usd(own) == (3.0, 5.0, 7.0)
    assert own.default_id == "parameter:port_queue_hours:XS"
    assert prices.has_parameter("port_queue_hours", "port", "XS")
    assert not prices.has_parameter("port_queue_hours", "port", "XN")


def test_a_value_given_in_place_of_a_parameter_has_no_band(tmp_path: Path) -> None:
    catalog = tables(tmp_path)
    fixed = Prices(catalog, fixed={"driving_hours_per_day": 9.0})
    assert usd(fixed.parameter("driving_hours_per_day", "truck")) == (9.0, 9.0, 9.0)
    known = Prices(catalog).parameter("port_queue_hours", "port")
    assert fixed.parameter("port_queue_hours", "port") == known
    assert fixed.parameter("driving_hours_per_day", "truck").unit == "hours/day"


@pytest.mark.parametrize(
    ("key", "told"),
    [
        (("no_such", "road"), "it has no row of no_such, road; add one"),
        (
            ("port_queue_hours", "port", "XN"),
            "it has no row of port_queue_hours, XN, port; add one",
        ),
    ],
)
def test_a_parameter_without_a_row_is_named(
    tmp_path: Path, key: tuple[str, ...], told: str
) -> None:
    with pytest.raises(DataError, match="1 fault in table parameters") as caught:
        Prices(tables(tmp_path)).parameter(*key)
    assert caught.value.texts == (told,)


# Freight rates

YEARS = (
    rate(2021, 600), rate(2021, 10, "TFI2"),
    rate(2022, 900, confidence="C"),
    rate(2023, 500), rate(2023, 20, "TFI2"),
    rate(2024, 700, direction="a_to_b"), rate(2024, 700, country=None), rate(2024, 700, "TFI1"),
)  # fmt: skip


def test_a_rate_is_the_newest_of_the_best_grade_less_its_border_fees(tmp_path: Path) -> None:
    """A side met in 500 km, between half a one and two; USD of 2023.

    2021: (600 - 10) x 1.25 = 737.5. 2022, grade C, with the fee of 2023, the latest: 900 - 20 =
    880. 2023: 500 - 20 = 480, between 500 - 40 and 500 - 10. So 480, between 460 and 880.
    """
    catalog = tables(tmp_path, YEARS, [sides(0.5, 1, 2, "XN", "road")])
    figure = rates(catalog).rate("XN", "road")
    assert_allclose(usd(figure), (460 / 500, 480 / 500, 880 / 500), rtol=EXACT)
    assert (figure.unit, figure.basis, figure.default_id) == ("USD", "CPMM 2023", "")
    assert figure.source == Source(
        "https://example.org/2023",
        "2024-01-01",
        "B",
        "CPMM TFI3 2023 500 USD per 500 km and 20 t, less TFI2 times 1 border sides; USD of 2023",
    )
    assert rates(catalog).newest_year == 2023


def test_a_rate_is_what_was_published_by_the_date(tmp_path: Path) -> None:
    """On 31 December 2023 the newest known is that of 2022; of grade A, that of 2021."""
    catalog = tables(tmp_path, YEARS, [sides(0, 1, 1, "XN", "road")])
    known = rates(catalog, dt.date(2023, 12, 31))
    figure = known.rate("XN", "road")
    assert_allclose(usd(figure), (737.5 / 500, 737.5 / 500, 887.5 / 500), rtol=EXACT)
    assert (figure.basis, known.newest_year) == ("CPMM 2021", 2022)
    assert rates(catalog, dt.date(2024, 1, 1)).rate("XN", "road").basis == "CPMM 2023"
    first = rates(catalog, dt.date(2020, 1, 1))
    assert (first.rate("XN", "road").basis, first.newest_year) == ("CPMM 2021", 2021)


def test_without_a_border_fee_nothing_is_taken_out(tmp_path: Path) -> None:
    catalog = tables(tmp_path, [rate(2023, 500)], [sides(1, 2, 3, "XN", "road")])
    assert usd(rates(catalog).rate("XN", "road")) == (1.0, 1.0, 1.0)


def test_by_rail_discounts_widen_the_band_downwards(tmp_path: Path) -> None:
    """Half a side in 500 km whatever the land: 500 - 10 = 490, and 0.4 of it with a discount."""
    more = [
        sides(0.1, 0.5, 1, None, "rail"),
        {"parameter": "rail_tariff_low_ratio", "value_low": 0.4, "value": 1, "value_high": 1,
         "unit": "ratio", "applies_to": "rail", **worlds.PROVENANCE},
    ]  # fmt: skip
    rows = [rate(2023, 500, mode="rail"), rate(2023, 20, "TFI2", mode="rail")]
    figure = rates(tables(tmp_path, rows, more)).rate("XN", "rail")
    assert_allclose(usd(figure), (0.4 * 490 / 500, 490 / 500, 490 / 500), rtol=EXACT)


def test_a_rate_by_tonne_stands_in_where_cpmm_has_none(tmp_path: Path) -> None:
    """0.05 USD a tonne-km of 2021 is 1.25 USD a km for 20 t in 2023."""
    per_tonne = {
        "parameter": "road_rate", "value_low": 0.04, "value": 0.05, "value_high": 0.08,
        "unit": "USD/tonne-km", "applies_to": "road", **worlds.PROVENANCE, "source_date": "2021",
    }  # fmt: skip
    more = [
        {**per_tonne, "country": "XS"},
        {**per_tonne, "country": "XN", "value_high": 0.9},
        per_tonne,
        sides(0, 0, 0, "XN", "road"),
    ]
    known = rates(tables(tmp_path, [rate(2023, 500)], more))
    assert_allclose(usd(known.rate("XS", "road")), (1.0, 1.25, 2.0), rtol=EXACT)
    assert usd(known.rate("XN", "road")) == (1.0, 1.0, 1.0)


def test_a_land_without_a_rate_borrows_the_middle_of_the_others(tmp_path: Path) -> None:
    """Roads of 1, 2 and 6 USD a km; the railway's 9 does not count."""
    more = [sides(0, 0, 0, land, "road") for land in ("XN", "XS", "XE")]
    more.append(sides(0, 0, 0, None, "rail"))
    rows = [
        rate(2023, 3000, country="XE"), rate(2023, 500), rate(2023, 1000, country="XS"),
        rate(2023, 4500, mode="rail"),
    ]  # fmt: skip
    figure = rates(tables(tmp_path, rows, more)).rate("XQ", "road")
    assert usd(figure) == (1.0, 2.0, 6.0)
    assert (figure.unit, figure.default_id) == ("USD", "rate:XQ:road")
    basis = "road rates of the region, n = 3"
    assert figure.basis == basis
    assert figure.source == Source(
        "derived:cpmm_tfi", "", "C", f"median of the {basis}; band: their whole range"
    )
    (tmp_path / "cpmm_tfi.csv").unlink()
    lent = rates(Catalog(tmp_path)).rate("XQ", "road").basis
    assert lent.startswith("road rates of the packaged tables, n = ")


def test_without_any_rate_the_newest_year_is_the_price_year(tmp_path: Path) -> None:
    catalog = tables(tmp_path, [rate(2023, 1, "TFI1")])
    assert rates(catalog, year=2021).newest_year == 2021
