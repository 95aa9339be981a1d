"""Fees and prices: no published figure is lost, and all USD are of one price year."""

from __future__ import annotations

import re

import polars as pl
import pytest
from numpy.testing import assert_allclose

from karwan.analysis.corridors.planner import Planner
from karwan.network.tariffs import Tariffs
from tests import reference

EXACT = 1e-12
"""The same products in another order."""

NEVER_PUBLISHED = {("cpmm_bcp", "median"), ("cpmm_tfi", "median")}
"""CPMM prints means; the columns stay, so that the tables say so."""

SUM = re.compile(r"(a->b|b->a) = (.*?)(?=; |, b->a|\.|$)")


FILLED = [name for name in reference.catalog().resources if reference.catalog().read(name).height]


@pytest.mark.parametrize("name", FILLED)
def test_no_column_of_figures_is_empty(name: str) -> None:
    """A column that came through blank is a loss, not a gap: defaults would hide it."""
    frame = reference.catalog().read(name)
    figures = frame.select(pl.selectors.numeric() | pl.selectors.temporal())
    empty = {(name, found.name) for found in figures if found.null_count() == len(found)}
    assert empty <= NEVER_PUBLISHED


def test_fees_are_the_sums_their_notes_state() -> None:
    """Side left out plus side entered in, both ways."""
    seen = 0
    for row in reference.catalog().read("border_crossings").to_dicts():
        for way, terms in SUM.findall(row["note"] or ""):
            parts = [
                int(text.replace(",", "")) for text in re.findall(r"\b\d[\d,]*\b(?!\))", terms)
            ]
            column = "cost_a_to_b_usd" if way == "a->b" else "cost_b_to_a_usd"
            assert row[column] == sum(parts), (row["id"], way)
            seen += 1
    assert seen >= 5


def test_both_ways_of_torkham_have_their_own_fee() -> None:
    """Torkham: 507 USD out of Pakistan, 765 into it (CPMM 2021 and 2022, Afghan side 2020)."""
    crossing = reference.network().crossings["torkham-road"]
    found = {way: figure.value for way, figure in crossing.costs.items() if figure is not None}
    assert found == {"a_to_b": 507, "b_to_a": 765}


def test_one_side_alone_is_no_fee_of_a_crossing() -> None:
    """Missing is not zero: where one side is not published, the sum is a default."""
    rows = reference.catalog().read("border_crossings")
    half = rows.filter(pl.col("note").str.contains("is one side only"))
    assert half.height == 8
    for row in half.to_dicts():
        assert None in (row["cost_a_to_b_usd"], row["cost_b_to_a_usd"])


def test_every_charge_follows_the_price_year() -> None:
    """Money of another year differs by the index alone, on every arc and in every band."""
    world, consignment = reference.world(), reference.consignment("40ft")
    ours = Planner(world=world, consignment=consignment, price_year=2023).priced
    older = Planner(world=world, consignment=consignment, price_year=2010).priced
    factor = Tariffs(reference.catalog(), reference.AS_OF, 2010).deflator(2023)
    assert factor < 0.8
    for charges, others in zip(ours.charges, older.charges, strict=True):
        for charge, other in zip(charges, others, strict=True):
            if charge.usd is None or other.usd is None:
                assert charge.usd is other.usd
                continue
            for part in ("low", "value", "high"):
                there, here = getattr(other.usd, part), getattr(charge.usd, part)
                assert_allclose(there, here * factor, rtol=EXACT, err_msg=charge.what)


def test_fees_of_2022_are_brought_to_2023() -> None:
    """US consumer prices rose from 292.655 to 304.702 (price_index)."""
    tariffs = reference.tariffs()
    figure = reference.network().crossings["torkham-road"].costs["a_to_b"]
    assert figure is not None
    assert_allclose(tariffs.border_fee(figure).value, 507 * 304.702 / 292.655, rtol=EXACT)
