"""The record thinned by episode: what goes goes whole, and nothing else goes."""

from __future__ import annotations

import polars as pl

from tests import reference
from tools.thin_record import TABLES, searched_episodes, thin


def test_episodes_go_whole_and_nothing_else_does() -> None:
    world = reference.world()
    thinned = thin(world, 1, 0.3)
    own = pl.coalesce("episode", "closure_id").alias("episode")
    before = world.catalog.read("closure_elements").with_columns(own)
    after = thinned["closure_elements"].with_columns(own)
    gone = before.join(after, on="closure_id", how="anti")
    names = searched_episodes(world)
    assert set(gone["episode"]) <= set(names)
    assert not set(gone["episode"]) & set(after["episode"])
    assert 0.15 * len(names) < gone["episode"].n_unique() < 0.45 * len(names)
    ids = set(gone["closure_id"])
    for table in ("closures", "line_disruptions"):
        kept, all_ = set(thinned[table]["id"]), set(world.catalog.read(table)["id"])
        assert all_ - kept == ids & all_
    assert set(thinned) == set(TABLES)


def test_one_seed_thins_alike_and_a_share_of_none_takes_nothing() -> None:
    world = reference.world()
    assert thin(world, 2, 0.3)["closures"].equals(thin(world, 2, 0.3)["closures"])
    for table, frame in thin(world, 2, 0.0).items():
        assert frame.height == world.catalog.read(table).height
