"""Every packaged table is what its descriptor says, and every row says where it is from."""

from __future__ import annotations

from pathlib import Path

import pytest

from karwan.base.errors import SourceError, UnknownNameError
from karwan.base.provenance import read_date, worst_grade
from karwan.base.store import sha256_hex
from karwan.base.units import units_of
from karwan.data.catalog import Catalog
from karwan.data.sources import list_sources
from tests.reference import catalog, change_table, packaged

TABLES = sorted(catalog().resources)


@pytest.mark.parametrize("name", TABLES)
def test_a_table_is_the_one_described(name: str) -> None:
    resource = catalog().resource(name)
    assert sha256_hex(packaged(name).read_bytes()) == resource.sha256
    assert catalog().read(name).height == resource.row_count
    assert resource.licence in {"CC-BY-4.0", "ODbL-1.0"}


@pytest.mark.parametrize("name", TABLES)
def test_every_row_has_source_date_and_grade(name: str) -> None:
    frame = catalog().read(name)
    assert frame["source_url"].null_count() == 0
    assert set(frame["confidence"]) <= {"A", "B", "C"}
    undated = [
        row["source_url"]
        for row in frame.select("source_url", "source_date", "confidence").to_dicts()
        if row["confidence"] == "A" and read_date(row["source_date"]) is None
    ]
    assert len(undated) <= frame.height // 2, undated[:5]


@pytest.mark.parametrize("name", TABLES)
def test_every_number_has_its_unit(name: str) -> None:
    assert catalog().resource(name).table.unit_faults() == []


def test_a_changed_packaged_table_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    ours = Catalog()
    monkeypatch.setattr(Catalog, "_bytes", lambda *_: b"id\n1\n")
    with pytest.raises(
        SourceError, match=r"(?s)corridors.* differ from the recorded hash.*make seal"
    ):
        ours.read("corridors")


def test_a_user_s_table_stands_in_for_ours(tmp_path: Path) -> None:
    change_table(tmp_path, "corridors", lambda frame: frame.head(3))
    assert Catalog(tmp_path).read("corridors").height == 3
    assert Catalog(tmp_path).hashes(["corridors"]) != catalog().hashes(["corridors"])


def test_an_unknown_table_is_suggested() -> None:
    with pytest.raises(UnknownNameError, match="Did you mean 'closures'"):
        catalog().resource("closure")


def test_every_source_is_counted_once() -> None:
    found = list_sources(catalog())
    assert sum(use.row_count for use in found) == sum(catalog().read(n).height for n in TABLES)
    assert len({use.url for use in found}) == len(found)


@pytest.mark.parametrize(
    ("column", "unit"),
    [("length_km", "km"), ("capex_low_musd", "million USD"), ("name", None)],
)
def test_a_suffix_names_the_unit(column: str, unit: str | None) -> None:
    assert (unit in units_of(column)) if unit else not units_of(column)


def test_the_worst_grade_stands() -> None:
    assert worst_grade(["A", "B", "A"]) == "B"
    assert worst_grade(["A", "C", "B"]) == "C"
