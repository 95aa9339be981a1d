"""Demand between countries: what is known, what is not, and which figure is used."""

from __future__ import annotations

import datetime as dt
import re
from functools import cache
from itertools import product
from pathlib import Path

import polars as pl
import pytest

from karwan.base.errors import DataError
from karwan.base.provenance import read_date
from karwan.data.catalog import Catalog
from karwan.network.demand import FLOWS, TRADE, TRANSIT, Demand, read_demand
from tests.oracles.demand import year_tonnes
from tests.reference import catalog, change_table, set_cells

CENTRAL_ASIA = ("KZ", "UZ", "KG", "TJ", "TM")
ONE = "kz-pk-trade-kz-statistics-2024"
OTHER = "kz-pk-trade-kz-statistics-2025-7m"

HALF_OF_THE_THIRD_DIGIT = 0.005
"""Derived tonnes are printed with three digits: 0.5 of the last of 100."""


@cache
def demand() -> Demand:
    return read_demand(catalog())


def prices() -> dict[str, tuple[float, float, float]]:
    return {
        row["cargo_id"]: (
            row["usd_per_tonne_low"],
            row["usd_per_tonne_typical"],
            row["usd_per_tonne_high"],
        )
        for row in catalog().read("cargo").to_dicts()
    }


def faults_of(folder: Path) -> tuple[str, ...]:
    with pytest.raises(DataError, match="fault") as caught:
        read_demand(Catalog(folder))
    return caught.value.texts


def set_row(folder: Path, ident: str, cells: dict[str, str | None]) -> int:
    return set_cells(folder, "demand", ident, cells, key="demand_id")


@pytest.mark.parametrize("flow", FLOWS)
def test_every_pair_served_is_known_or_a_gap(flow: str) -> None:
    inland = (*CENTRAL_ASIA, "AF")
    wanted = {(a, b) for a, b in product(inland, ("PK", "IR"))}
    wanted |= {(b, a) for a, b in wanted}
    known = {way[:2] for way in demand().chosen if way[2] == flow}
    gaps = {(gap.from_country, gap.to_country) for gap in demand().gaps if gap.flow == flow}
    assert wanted <= known | gaps
    assert not known & gaps


def test_what_is_unknown_is_none_and_not_zero() -> None:
    assert demand().figure("KZ", "IR") is None
    assert any((g.from_country, g.to_country) == ("KZ", "IR") for g in demand().gaps)
    assert all(f.tonnes is None or f.tonnes.value > 0 for f in demand().figures)


def test_a_pair_the_table_does_not_know_is_unknown() -> None:
    assert demand().figure("KZ", "IN") is None


def test_a_value_without_goods_gives_no_tonnes() -> None:
    gap = next(g for g in demand().gaps if (g.from_country, g.to_country) == ("IR", "AF"))
    assert [f.value_musd for f in gap.recorded if f.covers_all] == [1600.0]
    assert all(f.tonnes is None for f in gap.recorded if f.covers_all)


def test_the_way_back_is_another_figure() -> None:
    south, north = demand().figure("UZ", "PK"), demand().figure("PK", "UZ")
    assert south is not None
    assert north is not None
    assert (south.value_musd, north.value_musd) == (325.0, 120.9)
    assert (south.basis, north.basis) == ("exporter-reported", "importer-reported")


def test_every_chosen_figure_follows_the_rule() -> None:
    for way, figure in demand().chosen.items():
        usable = [figure, *(o for o in demand().others(*way) if o.covers_all and o.tonnes)]
        assert figure is min(usable, key=lambda each: each.rank)
        assert figure.chosen


def test_every_chosen_figure_has_reporter_source_date_and_grade() -> None:
    for figure in demand().chosen.values():
        assert figure.reporter
        assert figure.basis not in {"", "no figure", "reporter not stated"}
        assert figure.tonnes is not None
        assert figure.tonnes.source.url.startswith("https://")
        assert read_date(figure.tonnes.source.date) is not None
        assert figure.tonnes.source.grade in {"A", "B", "C"}
        assert figure.tonnes.low <= figure.tonnes.value <= figure.tonnes.high


def test_payments_are_used_only_where_nobody_counts_goods() -> None:
    for way, figure in demand().chosen.items():
        if figure.basis_kind == "payments":
            kinds = {o.basis_kind for o in demand().others(*way) if o.covers_all and o.tonnes}
            assert kinds <= {"payments"}


def test_the_table_s_tonnes_follow_from_what_it_prints() -> None:
    for row in catalog().read("demand").to_dicts():
        wanted = year_tonnes(row, prices()) if row["basis"] != "no figure" else None
        stored = [row[f"{end}_t_per_year"] for end in ("low", "central", "high")]
        assert stored == (
            [None] * 3 if wanted is None else pytest.approx(wanted, rel=HALF_OF_THE_THIRD_DIGIT)
        )


def test_half_of_a_year_is_doubled_and_loses_its_grade() -> None:
    figure = demand().figure("UZ", "IR", TRANSIT)
    assert figure is not None
    assert figure.tonnes is not None
    assert figure.value_grade == "A"
    assert figure.tonnes.source.grade == "C"
    assert figure.tonnes.value == pytest.approx(
        662_000 / 2 * 365 / 181, rel=HALF_OF_THE_THIRD_DIGIT
    )


def test_competing_figures_stand_beside_the_chosen_one() -> None:
    reporters = {figure.reporter for figure in demand().others("PK", "KZ")}
    assert len(reporters) == 3
    chosen = demand().figure("PK", "KZ")
    assert chosen is not None
    known = [f.tonnes.value for f in demand().others("PK", "KZ") if f.covers_all and f.tonnes]
    assert chosen.tonnes is not None
    assert max(known) > 5 * chosen.tonnes.value


def test_nothing_dated_later_is_used() -> None:
    then = read_demand(catalog(), dt.date(2024, 12, 31))
    assert all((read_date(f.tonnes.source.date) or dt.date.min).year <= 2024
               for f in then.figures if f.tonnes)  # fmt: skip
    figure = then.figure("PK", "KZ")
    assert figure is not None
    assert figure.period == "2023"
    assert then.figure("UZ", "AF") is None
    assert any(
        (gap.from_country, gap.to_country, gap.note) == ("UZ", "AF", "no figure known on the date")
        for gap in then.gaps
    )


def test_a_user_s_prices_change_the_tonnes(tmp_path: Path) -> None:
    change_table(
        tmp_path,
        "cargo",
        lambda frame: frame.with_columns(
            (pl.col(f"usd_per_tonne_{end}").cast(pl.Float64) / 2).cast(pl.String)
            for end in ("low", "typical", "high")
        ),
    )
    ours, theirs = demand(), read_demand(Catalog(tmp_path))
    for way, figure in ours.chosen.items():
        other = theirs.chosen[way]
        assert figure.tonnes is not None
        assert other.tonnes is not None
        factor = 2.0 if figure.mix else 1.0
        assert other.tonnes.value == pytest.approx(
            factor * figure.tonnes.value, rel=HALF_OF_THE_THIRD_DIGIT
        )


def test_all_faults_come_at_once(tmp_path: Path) -> None:
    first = set_row(
        tmp_path,
        ONE,
        {"low_t_per_year": "140000", "to_country": "PAK"},
    )
    second = set_row(tmp_path, OTHER, {"mix": "pulses|gold"})
    third = set_row(tmp_path, "kz-ir-trade-none", {"value_musd": "0"})
    assert faults_of(tmp_path) == (
        f"line {first} ({ONE}): 'PAK' is no ISO 3166-1 alpha-2 code",
        f"line {first} ({ONE}): low_t_per_year is 140000, but 1.446e+05 follows from what is "
        "printed",
        f"line {second} ({OTHER}): mix names gold, which is not in the table cargo",
        f"line {third} (kz-ir-trade-none): basis is 'no figure', but value_musd is 0",
    )


@pytest.mark.parametrize(
    ("ident", "cells", "said"),
    [
        (ONE, {"period_end": "2024-01-01"}, "period ends 2024-01-01, not after its start"),
        (ONE, {"reporter": None}, "reporter is blank"),
        (ONE, {"to_country": "KZ"}, "KZ is on both ends"),
        (ONE, {"port_country": "PK"}, "port_country is for rows of transit"),
        (ONE, {"flow": "transit"}, "port_country is None; it must be KZ or PK"),
        (ONE, {"covers": "some goods"}, "chosen, but covers some goods"),
        (ONE, {"published_t": None}, "tonnes without published_t, or value_musd and mix"),
        (ONE, {"published_t": None, "value_musd": None}, "mark it as 'no figure'"),
        (ONE, {"low_t_per_year": None}, "give all of low, central and high tonnes, or none"),
        (OTHER, {"confidence": "A"}, "grade A, but tonnes so derived are C at best"),
        (OTHER, {"mix": "pulses:2"}, "'2' is no share above 0 and up to 1"),
        (
            OTHER,
            dict.fromkeys([f"{end}_t_per_year" for end in ("low", "central", "high")]),
            "tonnes follow from what is printed, but are blank",
        ),
        (
            ONE,
            dict.fromkeys(
                ["published_t", *(f"{end}_t_per_year" for end in ("low", "central", "high"))], "0"
            ),
            "0 tonnes; leave them blank where nothing is published",
        ),
        ("kz-ir-trade-none", {"chosen": "yes"}, "a gap is not chosen and covers nothing"),
    ],
)
def test_a_row_at_fault_is_named(
    tmp_path: Path, ident: str, cells: dict[str, str | None], said: str
) -> None:
    line = set_row(tmp_path, ident, cells)
    assert any(f.startswith(f"line {line} ({ident}): ") and said in f for f in faults_of(tmp_path))


def test_two_chosen_figures_are_refused(tmp_path: Path) -> None:
    set_row(tmp_path, OTHER, {"chosen": "yes"})
    assert faults_of(tmp_path) == (
        f"KZ to PK, trade: one figure must be chosen, and {ONE}, {OTHER} is",
    )


def test_no_chosen_figure_is_refused(tmp_path: Path) -> None:
    set_row(tmp_path, ONE, {"chosen": "no"})
    assert faults_of(tmp_path) == ("KZ to PK, trade: one figure must be chosen, and none is",)


def test_a_gap_beside_a_figure_is_refused(tmp_path: Path) -> None:
    set_row(tmp_path, "kz-ir-trade-none", {"to_country": "PK"})
    assert faults_of(tmp_path) == (
        "KZ to PK, trade: kz-ir-trade-none says that there is no figure, but there is one",
    )


def test_a_user_may_choose_another_figure(tmp_path: Path) -> None:
    set_row(tmp_path, ONE, {"chosen": "no"})
    set_row(tmp_path, OTHER, {"chosen": "yes"})
    figure = read_demand(Catalog(tmp_path)).figure("KZ", "PK", TRADE)
    assert figure is not None
    assert figure.id == OTHER


def test_prices_out_of_order_are_told_with_their_row(tmp_path: Path) -> None:
    """Low and high prices of every good exchanged: no mix that is weighed would have a band."""
    low, high = "usd_per_tonne_low", "usd_per_tonne_high"
    change_table(
        tmp_path,
        "cargo",
        lambda frame: frame.with_columns(pl.col(high).alias(low), pl.col(low).alias(high)),
    )
    told = faults_of(tmp_path)
    assert told
    assert all(re.fullmatch(rf"line \d+: {low} is .+, above usd_per_tonne_.+", one) for one in told)
