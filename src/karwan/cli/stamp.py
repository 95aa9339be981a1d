"""Who adds a row and when, and where to: what every command that writes evidence needs."""

from __future__ import annotations

import datetime as dt
import getpass
from pathlib import Path
from typing import Annotated

import typer

from karwan import api

DEFAULT_WORKSPACE = Path("workspace")
Workspace = Annotated[Path, typer.Option("--workspace", help="Folder of the workspace database.")]


def who() -> str:
    """Return the name of the user."""
    try:
        return getpass.getuser()
    except (KeyError, OSError):  # a container may run as a user without a name
        return "unnamed user"


def now() -> str:
    """Return the time to the second, UTC."""
    return api.now().astimezone(dt.UTC).isoformat(timespec="seconds")
