"""A folder that holds closures and no table of joins: every row is of one element, or refused."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest

from karwan.base.errors import DataError
from karwan.data.catalog import Catalog
from karwan.data.rows.closures import ClosureElementRow
from karwan.evidence.closures import read_closure_rows, read_closures
from karwan.evidence.joins import names_of_elements
from tests import reference
from tests.reference import change_table

NEW = {
    "id": "X1", "crossing": "Torkham", "start": "2022-03-01", "end": "2022-03-04", "scope": "full",
    "cause": "other", "description": "made", "start_precision": "day", "end_status": "observed",
    "closed_at_least_until": None, "episode": None, "note": None,
    "source_url": "https://example.org/made", "source_date": "2022-03-05", "confidence": "A",
}  # fmt: skip


def add(folder: Path, *rows: dict[str, str | None]) -> None:
    def longer(frame: pl.DataFrame) -> pl.DataFrame:
        return pl.concat([frame, pl.DataFrame(rows, schema=frame.schema)])

    change_table(folder, "closures", longer)


@pytest.mark.parametrize(
    ("name", "scope", "element", "traffic"),
    [
        ("Torkham", "full", "torkham-road", "all"),
        ("torkham-road", "cargo", "torkham-road", "cargo"),
        ("Karasu-Ak-Tilek", "pedestrian", "karasu-ak-tilek-road", "pedestrian"),
    ],
)
def test_a_closure_that_nothing_joins_is_of_the_gate_it_names(
    name: str, scope: str, element: str, traffic: str, tmp_path: Path
) -> None:
    add(tmp_path, NEW | {"crossing": name, "scope": scope})
    (mine,) = (s for s in read_closures(Catalog(tmp_path)).spells if s.closure_id == "X1")
    assert (mine.element_id, mine.traffic_class) == (element, traffic)


def test_what_names_none_or_stops_a_part_is_refused_all_at_once(tmp_path: Path) -> None:
    add(tmp_path, NEW | {"crossing": "Nowhere"}, NEW | {"id": "X2", "scope": "partial"})
    with pytest.raises(DataError, match="2 faults in table closure_elements") as caught:
        read_closures(Catalog(tmp_path))
    assert "'Nowhere' is the name of no element" in str(caught.value)
    assert "X2, whose scope is 'partial'" in str(caught.value)


def test_what_a_user_s_table_leaves_out_is_not_on_record(tmp_path: Path) -> None:
    change_table(tmp_path, "closures", lambda frame: frame.filter(pl.col("id") != "CL130"))
    told = {s.closure_id for s in read_closures(Catalog(tmp_path)).spells}
    ours = {s.closure_id for s in read_closures(reference.catalog()).spells}
    assert ours - told == {"CL130"}


def test_names_that_the_shipped_rows_use_lead_where_their_joins_do() -> None:
    """Joined by name alone, no row of gates would go elsewhere than its join says."""
    rows = read_closure_rows(reference.catalog())
    joins = list(reference.catalog().rows(ClosureElementRow))
    names, _ = names_of_elements(reference.catalog(), rows, joins)
    for join in joins:
        one = names[rows[join.closure_id].crossing.casefold()]
        assert len(one) > 1 or one == {join.element_id}, join.closure_id
