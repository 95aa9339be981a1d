"""`karwan new`: a folder to start a network of one's own from."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from karwan.cli.options import read_path

Folder = Annotated[
    Path,
    typer.Argument(
        metavar="DIR", parser=read_path, help="Folder to make; new or empty.", show_default=False
    ),
]


def new(folder: Folder) -> None:
    """Write a small made land to DIR: tables with units, a study, and what to do next."""
    from karwan.data.new_land import write_land

    place = write_land(folder)
    typer.echo(f"{place}: a made land that stands alone; read {place / 'README.md'}")
