"""`karwan audit`: who wrote what and when, and whether all of it still stands."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from karwan.base.workspaces import DEFAULT_WORKSPACE
from karwan.cli.options import Format, FormatOption, parse_date
from karwan.cli.stamp import Workspace

if TYPE_CHECKING:
    from karwan.evidence.audit import Verdict

app = typer.Typer(
    help="Read the trail of a workspace, and hold its rows against it.", no_args_is_help=True
)
MOST_SHOWN = 20
"""Breaks that a terminal is shown; JSON and CSV have them all."""


@app.command("list")
def list_all(
    since: Annotated[
        str | None,
        typer.Option(
            "--since",
            metavar="YYYY-MM-DD",
            help="Only entries of this day or later, UTC.",
            show_default=False,
        ),
    ] = None,
    named: Annotated[
        str | None,
        typer.Option("--who", help="Only entries of this name.", show_default=False),
    ] = None,
    kind: Annotated[
        str | None,
        typer.Option(
            "--kind",
            help="Only entries of this kind of row, such as closures or contents.",
            show_default=False,
        ),
    ] = None,
    output: FormatOption = Format.table,
    workspace: Workspace = DEFAULT_WORKSPACE,
) -> None:
    """List who wrote which row and when, in the order written."""
    from karwan.api.auditing import trail_asked
    from karwan.cli.show import columns_text, print_json, print_text
    from karwan.evidence.audit import ENTRIES

    day = "" if since is None else parse_date(since, "since").isoformat()
    answer = trail_asked(workspace, since=day, who=named or "", kind=kind or "")
    if output is Format.json:
        print_json(answer.to_dict())
    elif output is Format.csv:
        print_text(answer.to_csv())
    else:
        print_text(columns_text(ENTRIES, answer.content) if answer.content else "No entry.")


@app.command("verify")
def verify(
    expect: Annotated[
        str | None,
        typer.Option(
            "--expect",
            metavar="HASH",
            help="Hash of the trail as it was told before: an entry must still bear it.",
            show_default=False,
        ),
    ] = None,
    output: FormatOption = Format.table,
    workspace: Workspace = DEFAULT_WORKSPACE,
) -> None:
    """Make every hash of the trail and of the rows anew; end with 1 if one does not stand."""
    from karwan.api.auditing import verdict_asked
    from karwan.cli.show import print_json, print_text

    answer = verdict_asked(workspace, expect=expect or "")
    if output is Format.json:
        print_json(answer.to_dict())
    elif output is Format.csv:
        print_text(answer.to_csv())
    else:
        print_text("\n".join([answer.title, *verdict_lines(answer.content)]))
    if not answer.content.stands:
        raise typer.Exit(1)


def verdict_lines(verdict: Verdict) -> list[str]:
    """Return what was found, as lines for a terminal."""
    from karwan.base.words import counted

    told = [one.words for one in verdict.breaks[:MOST_SHOWN]]
    lines = [f"First break: {told[0]}", *told[1:]] if told else []
    if len(verdict.breaks) > MOST_SHOWN:
        more = counted(len(verdict.breaks) - MOST_SHOWN, "more break")
        lines.append(f"and {more} (--format json)")
    entries = counted(verdict.entry_count, "entry", "entries")
    rows = counted(verdict.row_count, "row or file", "rows and files")
    lines.append(f"{entries}; {rows} as told")
    if verdict.standing_count:
        lines.append(
            f"{verdict.standing_count} of them before the trail: nobody vouches for who added them"
        )
    if verdict.left_behind_count:
        lines.append(
            f"{counted(verdict.left_behind_count, 'row')} of tokens told and not here: left behind "
            "by a copy, or taken away"
        )
    lines += [f"{name} is told by no entry: a write was ended, or it was put there"
              for name in verdict.loose[:MOST_SHOWN]]  # fmt: skip
    if verdict.expected_entry:
        lines.append(f"{verdict.expected_entry} bears the hash; {verdict.entries_since} since")
    if verdict.stands and verdict.head_sha256:
        lines.append(f"Head, to be kept elsewhere for --expect: {verdict.head_sha256}")
    return lines
