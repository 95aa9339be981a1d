"""`karwan export`: the network or a run for other tools."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from karwan.cli.options import AsOf, Tables, parse_date, read_path


class Target(StrEnum):
    """What to write."""

    xlsx = "xlsx"
    geojson = "geojson"
    gpkg = "gpkg"
    gmns = "gmns"


Paths = Annotated[
    list[Path],
    typer.Argument(
        metavar="[RUN] DIR",
        parser=read_path,
        help="A run's folder, if one is exported, and the folder to write to.",
    ),
]
To = Annotated[
    Target,
    typer.Option(
        "--to", help="A workbook, GeoJSON, a GeoPackage, or GMNS node, link and route tables."
    ),
]


def export(paths: Paths, to: To, as_of: AsOf = None, tables: Tables = None) -> None:
    """Write the network, or a RUN's tables, to DIR for a spreadsheet, a GIS or a model."""
    from karwan.analysis.world.world import open_world
    from karwan.base.errors import DataError
    from karwan.base.troubles import check_target
    from karwan.data.catalog import Catalog
    from karwan.study.export import export as write
    from karwan.study.export import record_of

    if len(paths) > 2:  # noqa: PLR2004
        raise DataError("the question", ["export takes a run and a folder, no more"])
    run = paths[0] if len(paths) == 2 else None  # noqa: PLR2004
    check_target(paths[-1], folder=True)
    day = as_of if as_of is not None or run is None else str(record_of(run)["as_of"])
    world = open_world(Catalog(tables), parse_date(day))
    for path in write(world, to.value, paths[-1], run):
        typer.echo(path)
