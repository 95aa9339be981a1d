"""Who adds a row and when, and where to: what every command that writes evidence needs."""

from __future__ import annotations

import datetime as dt
import getpass
from pathlib import Path
from typing import Annotated

import typer

from karwan import api
from karwan.base.workspaces import Workspace as AnyWorkspace
from karwan.cli.options import PATH, Place, read_workspace

DEFAULT_WORKSPACE = Path("workspace")
Workspace = Annotated[
    Place,
    typer.Option(
        "--workspace",
        parser=read_workspace,
        metavar=PATH,
        help="Folder of the workspace database, or postgresql:// address.",
    ),
]


def folder_beside(workspace: AnyWorkspace) -> Path:
    """Return a folder of this machine for what is fetched; a database has none of its own."""
    return workspace if isinstance(workspace, Path) else DEFAULT_WORKSPACE


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
