"""Demand beside figures that did not go into it."""

from __future__ import annotations

import math

import pytest

from karwan.network.demand import TRANSIT, read_demand
from tests.reference import catalog


def test_kazakh_exports_of_2024_are_bulk() -> None:
    """144,600 t for 11.8 million USD: trend.az, 11 August 2025; 82 USD/t in the table cargo."""
    figure = read_demand(catalog()).figure("KZ", "PK")
    assert figure is not None
    assert figure.tonnes is not None
    assert figure.value_musd is not None
    assert (figure.tonnes.value, figure.tonnes.source.grade) == (144_600, "A")
    price = next(
        row["usd_per_tonne_typical"]
        for row in catalog().read("cargo").to_dicts()
        if row["cargo_id"] == "kz-exports-2024"
    )
    # The table gives whole USD.
    assert 1e6 * figure.value_musd / figure.tonnes.value == pytest.approx(price, abs=0.5)


def test_what_central_asia_sells_afghanistan_fits_what_its_railways_carry() -> None:
    """Afghan rail ports carried 4.4 Mt in solar year 1403 (thefrontierpost.com, July 2025).

    Nearly all of it is inward and from the north, and goods also come by road, so the sum of
    the three flows must reach it and its band must hold it. Its middle may be at most twice as
    much: the band itself is far wider, so this is the tighter test.
    """
    carried_t = 4.4e6
    demand = read_demand(catalog())
    figures = [demand.figure(country, "AF") for country in ("KZ", "UZ", "TM")]
    tonnes = [figure.tonnes for figure in figures if figure is not None and figure.tonnes]
    assert len(tonnes) == 3
    assert math.fsum(each.low for each in tonnes) < carried_t
    assert carried_t < math.fsum(each.value for each in tonnes) < 2 * carried_t


def test_transit_both_ways_is_what_was_printed() -> None:
    """Uzbek transit of January to June 2025: 367,000 t by Pakistani and 662,000 t by Iranian
    ports (worldnewsam.com/story/71967).
    """  # fmt: skip
    demand = read_demand(catalog())
    for ports, printed_t in (("PK", 367_000), ("IR", 662_000)):
        both = [demand.figure("UZ", ports, TRANSIT), demand.figure(ports, "UZ", TRANSIT)]
        yearly_t = sum(figure.tonnes.value for figure in both if figure and figure.tonnes)
        # Three digits in the table.
        assert yearly_t * 181 / 365 == pytest.approx(printed_t, rel=0.005)
