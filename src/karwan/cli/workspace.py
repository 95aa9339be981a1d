"""`karwan workspace`: copied between folder and database, and made by the owner of a database."""

from __future__ import annotations

from typing import Annotated

import typer

from karwan.base.workspaces import DatabaseUrl
from karwan.cli.options import Format, FormatOption, Place, read_workspace

app = typer.Typer(
    help="Copy a workspace, or make one in the database of a team.", no_args_is_help=True
)


@app.command("copy")
def copy(
    source: Annotated[
        Place,
        typer.Argument(
            metavar="FROM", parser=read_workspace, help="Folder, or postgresql:// address."
        ),
    ],
    target: Annotated[
        Place,
        typer.Argument(
            metavar="TO", parser=read_workspace, help="The same; it must hold no row yet."
        ),
    ],
    output: FormatOption = Format.table,
) -> None:
    """Copy every row and kept file of FROM into TO, compare both, and verify the trail."""
    from karwan.api.auditing import verdict_asked
    from karwan.base.telling import csv_text
    from karwan.cli.audit import verdict_lines
    from karwan.cli.show import print_json, print_text, table_text
    from karwan.evidence.copying import copy_workspace

    held = copy_workspace(source, target)
    verdict = verdict_asked(target)
    columns = ["name", "count", "sha256"]
    rows = [[one.name, one.count, one.sha256] for one in held]
    if output is Format.json:
        told = [dict(zip(columns, row, strict=True)) for row in rows]
        print_json({"to": str(target), "holds": told, "trail": verdict.to_dict()})
    elif output is Format.csv:
        print_text(csv_text(columns, rows))
    else:
        lines = table_text(columns, [[one.name, str(one.count), one.sha256[:16]] for one in held])
        told_of_trail = "\n".join([verdict.title, *verdict_lines(verdict.content)])
        print_text(f"Copied into {target}; both hold the same:\n{lines}\n{told_of_trail}")


@app.command("migrate")
def migrate(
    url: Annotated[
        str,
        typer.Argument(
            metavar="URL", help="Address of the database, as its owner; or folder of a workspace."
        ),
    ],
    role: Annotated[
        str | None,
        typer.Option(
            "--role",
            help="Role that may read and add rows afterwards, and nothing else: the server's.",
            show_default=False,
        ),
    ] = None,
) -> None:
    """Make the workspace at URL, or bring it to the version of this program."""
    from karwan.base.errors import DataError, Fault
    from karwan.evidence.workspace import migrate_folder, migrate_team

    place = read_workspace(url)
    if isinstance(place, DatabaseUrl):
        before, after = migrate_team(place, role=role)
    elif role is not None:
        text = f"{url} is a folder, and a folder has no roles; name a postgresql:// address"
        raise DataError("the question", [Fault("role", text, role)])
    else:
        before, after = migrate_folder(place)
    said = f"made, version {after}" if not before else f"version {after}"
    said += f", was {before}" if before not in ("", after) else ""
    lent = f"; {role} may read and add rows" if role else ""
    typer.echo(f"{place}: {said}{lent}.")
