"""`karwan token`: who may use a server, by tokens that are shown once and end."""

from __future__ import annotations

import datetime as dt
from typing import Annotated

import typer

from karwan import api
from karwan.base.workspaces import DEFAULT_WORKSPACE
from karwan.cli.options import Format, FormatOption
from karwan.cli.stamp import Who, Workspace, who

app = typer.Typer(help="Let people and programs use a server, by role.", no_args_is_help=True)


def _now() -> dt.datetime:
    return api.now().astimezone(dt.UTC)


@app.command("add")
def add(
    name: Annotated[
        str, typer.Argument(metavar="NAME", help="Who: kept with each row that he adds.")
    ],
    role: Annotated[
        str,
        typer.Option(
            "--role",
            help="reader, editor, auditor or admin; what each may: docs/team.md.",
        ),
    ],
    days: Annotated[int, typer.Option("--days", help="Days after which it ends, 1 to 366.")] = 90,
    named: Who = None,
    workspace: Workspace = DEFAULT_WORKSPACE,
) -> None:
    """Make a token for NAME and show it, once; only its hash is kept."""
    from karwan.evidence.people import add_token

    ident, token = add_token(workspace, name, role, days, who=who(named), now=_now())
    typer.echo(f"{ident}: for {name}, {role}, {days} days. Shown this once:", err=True)
    typer.echo(token)


@app.command("list")
def list_all(output: FormatOption = Format.table, workspace: Workspace = DEFAULT_WORKSPACE) -> None:
    """List every token that was made, and whether it lets anybody in; none is shown."""
    from karwan.base.telling import csv_text
    from karwan.cli.show import print_json, print_text, table_text
    from karwan.evidence.people import list_tokens

    columns = ["id", "name", "role", "state", "ends_at", "added_by", "added_at"]
    now = _now()
    rows = [
        [one.id, one.name, one.role.value, one.state(now), one.ends_at.isoformat(), one.added_by,
         one.added_at]
        for one in list_tokens(workspace)
    ]  # fmt: skip
    if output is Format.json:
        print_json({"tokens": [dict(zip(columns, row, strict=True)) for row in rows]})
    elif output is Format.csv:
        print_text(csv_text(columns, rows))
    else:
        print_text(table_text(columns, rows) if rows else "No token was made.")


@app.command("revoke")
def end(
    name: Annotated[
        str, typer.Argument(metavar="NAME", help="A token's id, or a name: all that it has.")
    ],
    named: Who = None,
    workspace: Workspace = DEFAULT_WORKSPACE,
) -> None:
    """End a token, or all of a name; a server lets nobody in by it two seconds later."""
    from karwan.evidence.people import revoke

    ended = revoke(workspace, name, who=who(named), now=_now())
    typer.echo(f"{', '.join(ended)} revoked.")
