"""What is kept of a record has another name as soon as anything that it rests on differs."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from pathlib import Path

import pytest

from karwan.analysis.forecasts import tested
from karwan.analysis.world.basis import ROOMS, basis_of, basis_of_record
from karwan.analysis.world.world import open_world
from karwan.base.cache import PACKAGE, VARIABLE
from karwan.data.catalog import Catalog
from tests.reference import AS_OF, catalog, world

DOORS = {"api", "cli", "report", "study", "web"}


def test_every_room_that_computes_is_in_the_name() -> None:
    """The rooms above ask and show; import-linter holds that none below imports them."""
    there = {path.name for path in PACKAGE.iterdir() if (path / "__init__.py").is_file()}
    assert set(ROOMS) == there - DOORS


def test_each_thing_it_rests_on_is_in_the_name(tmp_path: Path) -> None:
    now = world()
    record = now.record
    links = dict(now.network.links)
    first, *_ = links
    longer = links | {first: replace(links[first], length_km=links[first].length_km + 1)}
    (tmp_path / "place_names.csv").write_bytes(
        catalog().content("place_names") + b"kabul,Q,,u,,C\n"
    )
    own = Catalog(tmp_path)
    names = [
        basis_of_record(now),
        basis_of_record(now, "7"),
        basis_of_record(replace(now, as_of=now.as_of - dt.timedelta(days=1))),
        basis_of_record(replace(now, record=replace(record, spells=record.spells[1:]))),
        basis_of_record(replace(now, network=replace(now.network, links=longer))),
        basis_of_record(replace(now, catalog=own)),
        basis_of(now.catalog, now.network),
        basis_of(Catalog(as_recorded=AS_OF + dt.timedelta(days=9)), now.network),
    ]
    assert None not in names
    assert len(set(names)) == len(names)
    assert basis_of_record(open_world(Catalog(), AS_OF)) == basis_of_record(now)


def test_what_rests_on_a_workspace_is_kept_nowhere(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(VARIABLE, str(tmp_path / "kept"))
    own = Catalog(workspace=tmp_path / "workspace")
    assert basis_of(own, world().network) is None
    assert basis_of_record(replace(world(), catalog=own)) is None


def test_backtests_are_equal_kept_or_not(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """On a date with few quarters to refit: what is kept is kept alike on any."""
    early = world(as_of=dt.date(2020, 7, 1))
    monkeypatch.setenv(VARIABLE, str(tmp_path / "kept"))
    first = tested.tested_forecasts(early, seed=7)
    kept = {path.parent.name for path in tmp_path.rglob("*") if path.is_file()}
    assert "backtests" in kept
    assert first.backtests
    assert tested.tested_forecasts(early, seed=7) == first
    groups = tested.tested_groups(early, seed=7)
    assert groups
    assert tested.tested_groups(early, seed=7) == groups
    monkeypatch.setenv(VARIABLE, "off")
    assert tested.tested_forecasts(early, seed=7) == first
