"""Thin the record of closures by episode, to rehearse how forecasts fare on a thinner one.

Run by hand: `python -m tools.thin_record DIR --seed 1 --share 0.3` writes the three tables of
closures without three in ten of the episodes that began in searched time and that no calendar
foretells. `karwan hazard backtest --tables DIR` then refits and scores on what is left; what was
kept back is entered again by leaving `--tables` out.
"""

from __future__ import annotations

import argparse
import datetime as dt
from pathlib import Path

import polars as pl

from karwan.analysis.forecasts.histories import freight_spells, read_coverage
from karwan.analysis.world.world import World, open_world
from karwan.base.seeds import stream
from karwan.data.catalog import Catalog
from karwan.evidence.coverage import RECORD_START, Quality
from karwan.hazard.history import HEALTH

AS_OF = dt.date(2026, 11, 27)
TABLES = {"closures": "id", "line_disruptions": "id", "closure_elements": "closure_id"}
"""Tables of closures, and the column in which each has the id of one."""


def searched_episodes(world: World) -> list[str]:
    """Return the episodes that began in searched time, apart from calendar and health."""
    coverage = read_coverage(world.catalog, world.network)
    spells = freight_spells(world.record, world.network, health=True)
    return sorted(
        {
            spell.episode or spell.closure_id
            for spell in spells
            if not spell.calendar
            and spell.cause != HEALTH
            and spell.start >= RECORD_START
            and coverage.quality(spell.element_id, spell.start) != Quality.none
        }
    )


def thin(world: World, seed: int, share: float) -> dict[str, pl.DataFrame]:
    """Return the tables of closures without a share of the episodes, each whole."""
    names = searched_episodes(world)
    drawn = stream(seed, "thin record").random(len(names)) < share
    out = {name for name, gone in zip(names, drawn, strict=True) if gone}
    joins = world.catalog.read("closure_elements")
    own = pl.coalesce("episode", "closure_id")
    gone = joins.filter(own.is_in(sorted(out)))["closure_id"].unique().to_list()
    return {
        table: world.catalog.read(table).filter(~pl.col(column).is_in(gone))
        for table, column in TABLES.items()
    }


def main() -> None:
    """Write the thinned tables."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--share", type=float, default=0.3)
    asked = parser.parse_args()
    asked.folder.mkdir(parents=True, exist_ok=True)
    for name, frame in thin(open_world(Catalog(), AS_OF), asked.seed, asked.share).items():
        frame.write_csv(asked.folder / f"{name}.csv")


if __name__ == "__main__":
    main()
