"""New closures foretold and come: refitted on a user's tables, null where not searched."""

from __future__ import annotations

import datetime as dt
import json
from functools import partial
from pathlib import Path

import polars as pl
import pytest

from karwan.analysis.forecasts.onsets import Onsets, foretell_onsets
from karwan.analysis.world.world import open_world
from karwan.base.seeds import stream
from karwan.data.catalog import Catalog
from karwan.main import main
from tests import worlds
from tests.reference import change_table, packaged
from tests.worlds import EAST, PASS, WEST

AS_OF = dt.date(2026, 11, 22)
ORIGINS = tuple(dt.date(year, 1, 1) for year in (2020, 2022, 2024))
RECORD = ("closures", "line_disruptions", "closure_elements")


def searched(element: str, start: str, last: str, quality: str = "good") -> worlds.Row:
    return {"element_id": element, "start": start, "last": last, "quality": quality}


def test_the_command_refits_on_a_folder_of_tables(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """West shuts on 1 June 2019: 31 days after 1 May, and on the day of 1 June itself, so within 30
    days of neither. East was searched until 2018 only; the pass never."""
    coverage = [
        searched(WEST, "2014-01-01", "2020-06-30"),
        searched(EAST, "2014-01-01", "2018-12-31", "thin"),
    ]
    folder = worlds.write_tables(tmp_path / "t", record_coverage=coverage)
    words = ["hazard", "backtest", "--as-of", str(worlds.AS_OF), "--tables", str(folder)]
    assert main([*words, "--format", "json"]) == 0
    told = json.loads(capsys.readouterr().out)
    rows = {(r["element"], r["origin"], r["horizon_days"]): r for r in told["rows"]}
    assert set(told["rows"][0]) == {
        "element", "origin", "horizon_days", "foretold", "low", "high", "came", "reason"
    }  # fmt: skip
    may, june = rows[WEST, "2019-05-01", 30], rows[WEST, "2019-06-01", 30]
    assert (may["came"], june["came"]) == (0, 0)
    assert rows[WEST, "2019-05-01", 90]["came"] == 1
    assert 0 < may["low"] < may["foretold"] < may["high"] < 1
    east = rows[EAST, "2019-06-01", 30]
    assert (east["foretold"], east["came"], east["reason"]) == (
        None, None, "days_ahead_not_searched"
    )  # fmt: skip
    assert {r["reason"] for key, r in rows.items() if key[0] == PASS} == {"not_searched"}
    # What was not searched may be as good as never shut; what was has a chance above none.
    assert all(0 <= r["low"] < r["high"] for r in told["rows"])
    assert all(r["low"] > 0 for r in told["rows"] if r["foretold"] is not None)
    (whole,) = (s for s in told["sums"] if s["horizon_days"] == 90)
    known = [r for r in told["rows"] if r["foretold"] is not None and r["horizon_days"] == 90]
    assert whole["row_count"] == len(known)
    assert whole["came"] == sum(r["came"] for r in known)
    assert whole["foretold"] == pytest.approx(sum(r["foretold"] for r in known), abs=1e-3)  # digits


def onsets(folder: Path | None) -> Onsets:
    return foretell_onsets(open_world(Catalog(folder), AS_OF), seed=1, origins=ORIGINS)


def without(column: str, gone: set[str], table: pl.DataFrame) -> pl.DataFrame:
    return table.filter(~pl.col(column).is_in(gone))


def test_stops_kept_back_by_episode_are_found_again_once_they_are_added(tmp_path: Path) -> None:
    """Three in ten episodes are kept back, then added as rows of the same tables."""
    whole, thin = tmp_path / "whole", tmp_path / "thin"
    for folder in (whole, thin):
        folder.mkdir()
        for name in RECORD:
            (folder / f"{name}.csv").write_bytes(packaged(name).read_bytes())
    joins = pl.read_csv(packaged("closure_elements"), infer_schema=False)
    names = joins["episode"].fill_null("").to_list()
    keys = [name or ident for name, ident in zip(names, joins["closure_id"], strict=True)]
    back = {key for key in set(keys) if stream(1, "kept back", key).random() < 0.3}
    gone = {i for i, key in zip(joins["closure_id"], keys, strict=True) if key in back}
    column = {"closure_elements": "closure_id"}
    for name in RECORD:
        change_table(thin, name, partial(without, column.get(name, "id"), gone))
    less, more = onsets(thin), onsets(whole)
    assert [(r.element_id, r.origin, r.horizon_days) for r in less.rows] == [
        (r.element_id, r.origin, r.horizon_days) for r in more.rows
    ]
    assert [r.foretold is None for r in less.rows] == [r.foretold is None for r in more.rows]
    assert all(not a.came or b.came for a, b in zip(less.rows, more.rows, strict=True))
    for few, many in zip(less.sums, more.sums, strict=True):
        assert few.came < many.came
        assert few.foretold < many.foretold


@pytest.mark.parametrize("names", [("closures",), ("record_coverage",), RECORD])
def test_whole_tables_in_a_folder_give_the_answer_of_the_shipped_ones(
    names: tuple[str, ...], tmp_path: Path
) -> None:
    for name in names:
        (tmp_path / f"{name}.csv").write_bytes(packaged(name).read_bytes())
    world, ours = open_world(Catalog(tmp_path), AS_OF), open_world(Catalog(), AS_OF)
    assert world.record.spells == ours.record.spells
    rows, theirs = (foretell_onsets(w, seed=1, origins=ORIGINS[-1:]).rows for w in (world, ours))
    assert rows == theirs
