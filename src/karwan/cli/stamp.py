"""Who adds a row and when, and where to: what every command that writes evidence needs."""

from __future__ import annotations

import datetime as dt
import getpass
from pathlib import Path
from typing import Annotated

import typer

from karwan import api
from karwan.cli.options import PATH, read_folder

DEFAULT_WORKSPACE = Path("workspace")
Workspace = Annotated[
    Path,
    typer.Option(
        "--workspace",
        parser=read_folder,
        metavar=PATH,
        help="Folder of the workspace database.",
    ),
]


Who = Annotated[
    str | None,
    typer.Option(
        "--who",
        help="Name kept with the row. Default: the login name, which is stored otherwise.",
        show_default=False,
    ),
]


def who(named: str | None = None) -> str:
    """Return the name kept with a row: the one given, else the login name."""
    if named is not None and named.strip():
        return named.strip()
    try:
        return getpass.getuser()
    except (KeyError, OSError):  # a container may run as a user without a name
        return "unnamed user"


def now() -> str:
    """Return the time to the second, UTC."""
    return api.now().astimezone(dt.UTC).isoformat(timespec="seconds")
