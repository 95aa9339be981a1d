"""Who adds a row and when, and where to: what every command that writes evidence needs."""

from __future__ import annotations

import datetime as dt
from typing import Annotated

import typer

from karwan import api
from karwan.cli.options import PATH, Place, read_workspace

Workspace = Annotated[
    Place,
    typer.Option(
        "--workspace",
        parser=read_workspace,
        metavar=PATH,
        help="Folder of the workspace database, or postgresql:// address.",
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
    return api.login_name()


def now() -> str:
    """Return the time to the second, UTC."""
    return api.now().astimezone(dt.UTC).isoformat(timespec="seconds")
