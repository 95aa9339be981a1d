"""`karwan serve`: the page, on this machine."""

from __future__ import annotations

import datetime as dt
import ipaddress
import threading
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from karwan.base.errors import DataError, Fault, KarwanError
from karwan.base.paths import typed_folder
from karwan.base.workspaces import DatabaseUrl, typed_workspace
from karwan.base.workspaces import Workspace as AnyWorkspace

if TYPE_CHECKING:
    from karwan.web.site import Site

PORT = 8650
MOST_PORT = 65_535
_FOLDER = "<path>"


def _read_folder(text: str | Path) -> Path:
    try:
        return typed_folder(text)
    except ValueError as error:
        raise typer.BadParameter(str(error)) from error


Host = Annotated[
    str, typer.Option("--host", help="Address to listen on; one of this machine's own loopback.")
]
Port = Annotated[
    int, typer.Option("--port", min=0, max=MOST_PORT, help="Port; 0 for any that is free.")
]
if TYPE_CHECKING:
    Place = AnyWorkspace
else:  # Typer takes no union; what reads the option tells the kinds apart
    Place = object


def _read_workspace(text: str | AnyWorkspace) -> AnyWorkspace:
    try:
        return typed_workspace(text)
    except ValueError as error:
        raise typer.BadParameter(str(error)) from error


Workspace = Annotated[
    Place | None,
    typer.Option(
        "--workspace",
        parser=_read_workspace,
        metavar=_FOLDER,
        help="Folder with closures of your own (see `karwan evidence`), or postgresql:// address.",
        show_default=False,
    ),
]
Tables = Annotated[
    Path | None,
    typer.Option(
        "--tables",
        parser=_read_folder,
        metavar=_FOLDER,
        help="Folder of your own tables, which replace those of the same name.",
        show_default=False,
    ),
]
Warm = Annotated[
    str | None,
    typer.Option(
        "--warm",
        help="Study whose pairs are asked before the server says that it is ready. Default: the "
        "pair of the first page.",
        show_default=False,
    ),
]


class MissingWebError(KarwanError):
    """The page was asked for without the packages that serve it."""

    def __init__(self, package: str) -> None:
        super().__init__(f"The page needs the package {package!r}: pip install 'karwan[web]'.")


def serve(
    host: Host = "127.0.0.1",
    port: Port = PORT,
    workspace: Workspace = None,
    tables: Tables = None,
    warm: Warm = None,
) -> None:
    """Show the page in a browser on this machine, and answer programs over HTTP."""
    _check_host(host)
    try:
        import fastapi  # noqa: F401
        import uvicorn
    except ImportError as error:
        raise MissingWebError(error.name or "fastapi") from error
    from karwan.api import today
    from karwan.web.app import LOOPBACK, create_app
    from karwan.web.desks import Desks
    from karwan.web.site import Site

    _check_role(workspace)
    site = Site(desks=Desks(tables=tables, workspace=workspace), today=today)
    pairs, as_of = _pairs(site, warm)
    threading.Thread(target=site.warm, args=(pairs, as_of), daemon=True).start()
    app = create_app(site, hosts=[*LOOPBACK, host])
    typer.echo(f"karwan: http://{_shown(host)}:{port}/ (Ctrl-C ends it)", err=True)
    uvicorn.run(app, host=host, port=port, log_level="warning", server_header=False)


def _check_host(host: str) -> None:
    """Refuse to be asked by other machines: nobody is asked who he is."""
    try:
        is_own = host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        is_own = False
    if not is_own:
        text = (
            "not an address of this machine alone; give 127.0.0.1, ::1 or localhost, since the "
            "page asks nobody who he is"
        )
        raise DataError("the question", [Fault("host", text, host)])


def _check_role(workspace: AnyWorkspace | None) -> None:
    """Refuse to serve from a database whose rows the server could change.

    Raises
    ------
    DataError
        Names what the role may do, and how to get one that may not.
    """
    if not isinstance(workspace, DatabaseUrl):
        return
    from karwan.evidence.team_database import role_faults
    from karwan.evidence.workspace import reading

    with reading(workspace) as connection:
        faults = role_faults(connection) if connection is not None else []
    if faults:
        what = (
            "serve as a role of its own: the owner says CREATE ROLE NAME LOGIN, then karwan "
            "workspace migrate URL --role NAME"
        )
        raise DataError("the workspace", [Fault("", text) for text in (*faults, what)])


def _shown(host: str) -> str:
    return f"[{host}]" if ":" in host else host


def _pairs(site: Site, study: str | None) -> tuple[list[tuple[str, str]], dt.date | None]:
    """Return the pairs to ask first, and of which day; those of a study where one is named."""
    if study is None:
        first = site.first_pair()
        return ([first] if first[0] else []), None
    from karwan.api.studies import asked_study
    from karwan.network.vehicles import DEFAULT_CARGO, DEFAULT_UNIT

    spec = asked_study(study, cargo=DEFAULT_CARGO, unit=DEFAULT_UNIT)
    pairs = [
        (origin, destination)
        for origin in spec.origins
        for destination in spec.destinations
        if origin != destination
    ]
    return pairs, min(spec.as_of, site.today())
