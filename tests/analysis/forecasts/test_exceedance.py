"""Shut days a year by corridor: crossings in series, and the structural part taken out."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

import karwan
from karwan.analysis.forecasts.closures import fit_world
from karwan.analysis.forecasts.exceedance import (
    crossings_of,
    find_exceedances,
    without_structural,
)
from karwan.base.limits import SEED
from karwan.main import main
from tests import worlds
from tests.worlds import EAST, RAIL, WEST


def test_a_corridor_is_shut_when_any_of_its_crossings_is(tmp_path: Path) -> None:
    """Three corridors of one crossing each; the one of the gate not built is left out."""
    world = worlds.lands(tmp_path).world()
    assert {c.id: crossings_of(c) for c in world.network.corridors.values()}["by-rail"] == (RAIL,)
    rows = find_exceedances(world, fit_world(world), seed=1, path_count=2000)
    assert {row.corridor_id: row.crossings for row in rows} == {
        "by-east": (EAST,), "by-west": (WEST,), "by-rail": (RAIL,)
    }  # fmt: skip
    for row in rows:
        assert 0 < row.mean_days < 365
        assert row.once_in_10_days <= row.once_in_50_days <= 365
        assert row.ordinary_mean_days < row.mean_days
        assert row.ordinary_once_in_50_days <= row.once_in_50_days


def test_without_the_structural_part_only_lengths_change(tmp_path: Path) -> None:
    model = fit_world(worlds.lands(tmp_path).world())
    plain = without_structural(model)
    assert plain.rates == model.rates
    days = np.array([1.0, 30.0, 365.0])
    for group in model.history.groups:
        for one, other in zip(model.patterns(group), plain.patterns(group), strict=True):
            assert one.share == other.share
            ordinary = one.lengths.moved(0.0, 0.0).survival(days)
            assert other.lengths.survival(days) == pytest.approx(ordinary)


def test_the_command_tells_each_corridor(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = worlds.write_tables(tmp_path / "t")
    words = ["hazard", "exceedance", "--as-of", str(worlds.AS_OF), "--tables", str(folder)]
    assert main(words) == 0
    text = capsys.readouterr().out
    assert "by-east" in text
    assert "by-new" not in text
    assert main([*words, "--format", "json"]) == 0
    told = json.loads(capsys.readouterr().out)
    region = karwan.region(as_of=worlds.AS_OF, tables=folder)
    assert told == region.exceedance(seed=SEED).to_dict()
