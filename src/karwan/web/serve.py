"""`karwan serve`: the page, on this machine."""

from __future__ import annotations

import contextlib
import ctypes
import datetime as dt
import ipaddress
import logging
import re
import sys
import threading
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from karwan import __version__
from karwan.base.errors import DataError, Fault, KarwanError
from karwan.base.paths import typed_folder
from karwan.base.workspaces import DatabaseUrl, typed_workspace
from karwan.base.workspaces import Workspace as AnyWorkspace

if TYPE_CHECKING:
    from karwan.web.journal import Form, Log
    from karwan.web.people import People
    from karwan.web.site import Site

PORT = 8650
DRAIN_SECONDS, STOP_SECONDS, MOST_STOP_SECONDS = 1, 30, 3_600
LOG = logging.getLogger(__name__)
MOST_PORT = 65_535
M_ARENA_MAX, MOST_ARENAS = -8, 2
"""The parameter of glibc's `mallopt(3)`, and its value."""
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


Tokens = Annotated[
    bool, typer.Option("--tokens", help="Ask everybody for a token; see `karwan token add`.")
]
Proxies = Annotated[
    list[str] | None,
    typer.Option(
        "--trust-proxy",
        metavar="ADDR",
        help="Address of a proxy that says who asks. May be repeated.",
        show_default=False,
    ),
]
UserHeader = Annotated[
    str | None,
    typer.Option(
        "--user-header",
        metavar="NAME",
        help="Header in which the proxy says it, such as X-Remote-User.",
        show_default=False,
    ),
]
Names = Annotated[
    list[str] | None,
    typer.Option(
        "--name",
        metavar="HOST",
        help="Name under which the server is asked, beside its address. May be repeated.",
        show_default=False,
    ),
]
LogForm = Annotated[
    str,
    typer.Option(
        "--log",
        metavar="FORM",
        help="How each request and event is told on standard error: json or text, a line each; or "
        "none, and failures alone.",
    ),
]
LogAddresses = Annotated[
    bool,
    typer.Option("--log-addresses", help="Tell in the log also the address of who asks."),
]
Drain = Annotated[
    int,
    typer.Option(
        "--drain",
        min=0,
        max=MOST_STOP_SECONDS,
        help="Seconds to go on answering after SIGTERM, while /ready says that it is stopping.",
    ),
]
StopAfter = Annotated[
    int,
    typer.Option(
        "--stop-after",
        min=1,
        max=MOST_STOP_SECONDS,
        help="Seconds that requests have to end after that; then they are cut off.",
    ),
]
_HEADER = re.compile(r"[A-Za-z0-9-]{1,60}\Z")


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
    tokens: Tokens = False,
    trust_proxy: Proxies = None,
    user_header: UserHeader = None,
    name: Names = None,
    log: LogForm = "none",
    log_addresses: LogAddresses = False,
    drain: Drain = DRAIN_SECONDS,
    stop_after: StopAfter = STOP_SECONDS,
) -> None:
    """Show the page in a browser on this machine or to a team, and answer programs over HTTP."""
    try:
        import fastapi  # noqa: F401
        import uvicorn
    except ImportError as error:
        raise MissingWebError(error.name or "fastapi") from error
    from karwan.api import now, today
    from karwan.web.app import LOOPBACK, create_app
    from karwan.web.desks import Desks
    from karwan.web.journal import Log
    from karwan.web.operations import Operations
    from karwan.web.running import Server
    from karwan.web.site import Site

    form = read_form(log)
    people = read_people(host, workspace, tokens, trust_proxy or [], user_header or "")
    _check_version(workspace)
    _check_role(workspace)
    site = Site(desks=Desks(tables=tables, workspace=workspace), today=today)
    pairs, as_of = _pairs(site, warm)
    _share_memory()
    lines = Log(form=form, write=_write, now=now, tells_addresses=log_addresses)
    operations = Operations(workspace=workspace, log=lines)
    _take_lines(lines)
    threading.Thread(target=_warm, args=(site, pairs, as_of, lines), daemon=True).start()
    hosts = [*LOOPBACK, host, *(name or [])]
    app = create_app(site, hosts=hosts, people=people, operations=operations)
    if form != "json":  # what reads lines of JSON can read nothing else
        typer.echo(f"karwan: http://{_shown(host)}:{port}/ (Ctrl-C ends it)", err=True)
    lines.event("started", version=__version__, port=port, workspace=_kind(workspace))
    config = uvicorn.Config(
        app,
        host=host,
        port=port,
        log_config=uvicorn.config.LOGGING_CONFIG if form == "none" else None,
        log_level="warning",
        access_log=False,
        server_header=False,
        proxy_headers=False,  # the address of the connection itself is what a proxy is known by
    )
    Server(
        config,
        operations,
        drain_seconds=drain,
        limit_seconds=stop_after,
        end_studies=site.studies.stop,
    ).serve_until_told()


def read_form(text: str) -> Form:
    """Return how the log is written.

    Raises
    ------
    DataError
        If it is no form.
    """
    from karwan.web.journal import Form

    if text not in set(Form):
        raise DataError("the question", [Fault("log", f"is none of {', '.join(Form)}", text)])
    return Form(text)


def _write(line: str) -> None:
    """Write a line of the log; where it cannot be written, the answer stands all the same."""
    with contextlib.suppress(OSError, ValueError):
        sys.stderr.write(line)
        sys.stderr.flush()


def _take_lines(lines: Log) -> None:
    """Have what the program and its libraries tell written as lines of the log."""
    from karwan.web.journal import Form, Lines

    if lines.form is not Form.none:
        logging.basicConfig(handlers=[Lines(lines)], level=logging.WARNING, force=True)
        threading.excepthook = lambda told: LOG.error("a thread failed", exc_info=told.exc_value)


def _warm(site: Site, pairs: Sequence[tuple[str, str]], as_of: dt.date | None, lines: Log) -> None:
    """Warm the server; tell where it stays cold, as `/ready` does from then on."""
    try:
        site.warm(pairs, as_of)
    except KarwanError as error:
        LOG.error("the first question cannot be answered: %s", error)
    else:
        lines.event("ready")


def _kind(workspace: AnyWorkspace | None) -> str:
    """Return of what kind a workspace is: where it lies is told by whoever started the server."""
    if workspace is None:
        return "none"
    return "database" if isinstance(workspace, DatabaseUrl) else "folder"


def _check_version(workspace: AnyWorkspace | None) -> None:
    """Refuse a workspace of another version: it is changed only when somebody says so."""
    if workspace is not None:
        from karwan.evidence.workspace import refuse_other_version

        refuse_other_version(workspace)


def read_people(
    host: str,
    workspace: AnyWorkspace | None,
    tokens: bool,
    proxies: Sequence[str],
    header: str,
) -> People:
    """Return how people are asked who they are.

    Raises
    ------
    DataError
        Names every fault: nothing listens beyond this machine without a token or a proxy.
    """
    from karwan.api import now
    from karwan.web.people import People

    faults = []
    known = []
    for text in proxies:
        try:
            known.append(ipaddress.ip_address(text))
        except ValueError:
            faults.append(Fault("trust_proxy", "is no address, such as 127.0.0.1", text))
    try:
        is_own = host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        is_own = False
        faults.append(Fault("host", "is no address, such as 127.0.0.1", host))
    if not is_own and not tokens and not proxies:
        text = (
            "not an address of this machine alone; give 127.0.0.1, ::1 or localhost, since the "
            "page asks nobody who he is, or ask: by tokens, or by a trusted proxy"
        )
        faults.append(Fault("host", text, host))
    if bool(proxies) != bool(header):
        text = "a proxy needs the header in which it says who asks, and the header a proxy"
        faults.append(Fault("user_header", text, header))
    elif header and not _HEADER.match(header):
        faults.append(Fault("user_header", "is no name of a header, such as X-Remote-User", header))
    if tokens and workspace is None:
        faults.append(Fault("tokens", "are kept in a workspace: name one"))
    if faults:
        raise DataError("the question", faults)
    return People(
        now=now, workspace=workspace, asks_tokens=tokens, proxies=known, user_header=header
    )


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


def _share_memory() -> None:
    """Have the threads that answer share their memory, where the C library keeps some for each.

    Each would keep what one large answer took; of glibc's many arenas two are enough here, since
    questions queue anyway. Other libraries have no such thing.
    """
    with contextlib.suppress(AttributeError, OSError, TypeError):
        ctypes.CDLL(None).mallopt(M_ARENA_MAX, MOST_ARENAS)


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
