"""The reference network as the tests ask of it, each world priced once per run.

Everything here is read-only: planners remember what they searched, and nothing else.
"""

from __future__ import annotations

import datetime as dt
import shutil
from collections.abc import Callable, Mapping
from functools import cache
from importlib import resources
from pathlib import Path
from typing import Any

import polars as pl

import karwan
from karwan.analysis.corridors.comparison import Comparison
from karwan.analysis.corridors.desk import Desk
from karwan.analysis.corridors.planner import Planner
from karwan.analysis.world.state import State
from karwan.analysis.world.world import World, open_world
from karwan.api.region import Region
from karwan.data.catalog import Catalog
from karwan.network.build import build_network
from karwan.network.network import Network
from karwan.network.tariffs import Tariffs
from karwan.network.vehicles import Consignment, make_consignment
from karwan.study.run import StudyResult, run_study
from karwan.study.spec import FuturesSpec, StudySpec

AS_OF = dt.date(2026, 11, 22)
"""The reference date: after all evidence, before the snow of December."""

UNITS = ("truck", "20ft", "40ft", "wagon")


@cache
def catalog() -> Catalog:
    """Return the packaged tables."""
    return Catalog()


@cache
def region() -> Region:
    """Return the region of the reference date, as Python asks of it."""
    return karwan.region(as_of=AS_OF)


@cache
def network() -> Network:
    """Return the reference network."""
    return build_network(catalog())


@cache
def world(
    *,
    as_of: dt.date = AS_OF,
    close: tuple[str, ...] = (),
    open_: tuple[str, ...] = (),
    projects: tuple[str, ...] = (),
) -> World:
    """Return the world on a date."""
    return open_world(
        catalog(), as_of, closed=close, opened=open_, projects=projects, network=network()
    )


@cache
def consignment(unit: str = "truck", carrier: str = "PK", cargo: str = "general") -> Consignment:
    """Return one full unit."""
    return make_consignment(
        catalog(), carrier=carrier, countries=network().countries, unit=unit, cargo=cargo
    )


@cache
def planner(
    unit: str = "truck",
    carrier: str = "PK",
    *,
    as_of: dt.date = AS_OF,
    close: tuple[str, ...] = (),
    open_: tuple[str, ...] = (),
    projects: tuple[str, ...] = (),
) -> Planner:
    """Return a planner of the reference network."""
    there = world(as_of=as_of, close=close, open_=open_, projects=projects)
    return Planner(world=there, consignment=consignment(unit, carrier))


def by_weight(planner: Planner) -> Planner:
    """Return a planner whose best route is that by weight alone, as engines have it."""
    return planner.with_ticks(planner.priced.ticks)


@cache
def tariffs(as_of: dt.date = AS_OF) -> Tariffs:
    """Return rates and fees."""
    return Tariffs(catalog(), as_of)


@cache
def comparison(
    origin: str,
    destination: str,
    state: State,
    *,
    unit: str = "truck",
    carrier: str = "PK",
    as_of: dt.date = AS_OF,
    close: tuple[str, ...] = (),
    open_: tuple[str, ...] = (),
    projects: tuple[str, ...] = (),
) -> Comparison:
    """Return the comparison of all corridors between two places."""
    asked = planner(unit, carrier, as_of=as_of, close=close, open_=open_, projects=projects)
    places = network()
    return Desk(asked).compare(places.place(origin), places.place(destination), state)


def make_study(**changes: Any) -> StudyResult:
    """Return a study of one pair on few futures, with what is asked otherwise, made anew."""
    asked: dict[str, Any] = {
        "futures": FuturesSpec(paths=500),
        "name": "small",
        "title": "One <pair>",
        "as_of": AS_OF,
        "origins": ("almaty",),
        "destinations": ("karachi",),
    }
    return run_study(StudySpec(**(asked | changes)))


study = cache(make_study)


@cache
def page(**changes: Any) -> str:
    """Return the page of such a study."""
    from karwan.report.page import render_page

    return render_page(study(**changes))


def packaged(name: str) -> Path:
    """Return where a packaged table lies."""
    return Path(str(resources.files("karwan.data").joinpath("tables", f"{name}.csv")))


def change_table(
    folder: Path, name: str, change: Callable[[pl.DataFrame], pl.DataFrame]
) -> pl.DataFrame:
    """Write a packaged table, changed, into a user's folder; a second change adds to the first."""
    target = folder / f"{name}.csv"
    if not target.exists():
        shutil.copyfile(packaged(name), target)
    frame = change(pl.read_csv(target, infer_schema=False))
    frame.write_csv(target)
    return frame


def set_cells(
    folder: Path, name: str, ident: str, cells: Mapping[str, str | None], *, key: str = "id"
) -> int:
    """Set cells of one row of a table in a user's folder; return the line of the row."""
    line = 0

    def change(table: pl.DataFrame) -> pl.DataFrame:
        nonlocal line
        line = table[key].to_list().index(ident) + 2
        here = pl.col(key) == ident
        return table.with_columns(
            pl.when(here).then(pl.lit(value, dtype=pl.String)).otherwise(pl.col(name)).alias(name)
            for name, value in cells.items()
        )

    change_table(folder, name, change)
    return line
