"""Missing is not zero: a default has a band, a count and grade C."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_allclose

from karwan.base.errors import DataError, FitError, UnknownNameError
from karwan.network.crossings import BorderFigures
from karwan.network.defaults import default_figure, quantile
from karwan.network.vehicles import make_consignment
from tests import reference

EXACT = 1e-12
"""Interpolation of the same two numbers in two ways."""

figures = st.lists(st.floats(0.1, 1e4), min_size=1, max_size=30)


@given(figures, st.floats(0, 1))
def test_a_quantile_is_numpys(values: list[float], share: float) -> None:
    assert_allclose(quantile(sorted(values), share), np.quantile(values, share), rtol=EXACT)


@given(figures)
def test_a_band_is_p10_to_p90(values: list[float]) -> None:
    figure = default_figure(values, unit="h", default_id="x", basis="posts")
    middle = float(np.median(values))
    assert_allclose(figure.value, middle, rtol=EXACT)
    for end, share in ((figure.low, 0.1), (figure.high, 0.9)):
        assert_allclose(end, float(np.quantile(values, share)), rtol=EXACT)
    assert figure.source.grade == "C"
    assert figure.basis == f"posts, n = {len(values)}"


def test_no_figure_gives_no_default() -> None:
    with pytest.raises(FitError, match="No published figure to take a default from: posts"):
        default_figure([], unit="h", default_id="x", basis="posts")


def test_every_blank_border_hour_has_a_default_above_zero() -> None:
    network = reference.network()
    borders = BorderFigures(network)
    blanks = 0
    for crossing in network.crossings.values():
        for (side, direction), published in crossing.hours.items():
            figure = borders.hours(crossing, side, direction)
            if published is not None:
                assert figure is published
                continue
            blanks += 1
            assert 0 < figure.low <= figure.value <= figure.high
            assert figure.default_id.startswith(f"border-hours:{crossing.id}:")
            assert "n = " in figure.basis
    assert blanks >= 65, "65 of 224 cells of the fact table are blank"


def test_iranian_posts_publish_nothing_and_are_not_quick() -> None:
    network = reference.network()
    borders = BorderFigures(network)
    iranian = [
        (crossing, side)
        for crossing in network.crossings.values()
        for side, country in (("a", crossing.country_a), ("b", crossing.country_b))
        if country == "IR" and crossing.mode == "road"
    ]
    assert iranian
    for crossing, side in iranian:
        for direction in ("inbound", "outbound"):
            figure = borders.hours(crossing, side, direction)
            assert figure.value > 1
            assert figure.source.grade == "C" or figure.default_id == ""


def test_the_price_year_is_brought_there_by_an_index() -> None:
    tariffs = reference.tariffs()
    assert tariffs.deflator(tariffs.price_year) == 1
    assert tariffs.deflator(2010) > 1 > 1 / tariffs.deflator(2010)


def test_line_haul_leaves_out_what_borders_charge() -> None:
    """TFI3 is all-in: line haul is TFI3 less TFI2 for the borders on 500 km, never both."""
    tariffs = reference.tariffs()
    rows = reference.catalog().read("cpmm_tfi").to_dicts()
    for country in ("PK", "UZ", "KZ", "TM", "KG"):
        all_in = [
            row["mean"] / 500 * tariffs.deflator(row["year"])
            for row in rows
            if (row["indicator"], row["mode"], row["country"]) == ("TFI3", "road", country)
        ]
        assert all_in
        assert 0 < tariffs.haul_rate(country, "road").value < max(all_in)


def test_a_40_ft_box_by_road_is_a_trailer_and_a_truck_is_not() -> None:
    assert "trailer" in reference.consignment("40ft").classes
    assert "trailer" not in reference.consignment("truck").classes


def test_all_faults_of_a_consignment_come_at_once() -> None:
    with pytest.raises(DataError, match="No unit 'van'") as caught:
        make_consignment(
            reference.catalog(),
            carrier="XX",
            countries=reference.network().countries,
            unit="van",
            cargo="gold",
        )
    assert len(caught.value.texts) == 3


@pytest.mark.parametrize(
    ("name", "ident"),
    [
        ("Almaty", "almaty"),
        ("alma-ata", "almaty"),
        ("KZALA", "almaty"),
        ("MAZAR-E SHARIF", "mazar-e-sharif"),
        ("Bandar Abbas", "bandar-abbas"),
        ("Karachi", "karachi"),
    ],
)
def test_places_are_found_by_any_of_their_names(name: str, ident: str) -> None:
    assert reference.network().place(name).id == ident


def test_a_near_miss_is_suggested() -> None:
    with pytest.raises(UnknownNameError, match=r"No place 'Tashkant'\. Did you mean 'Tashkent'"):
        reference.network().place("Tashkant")
