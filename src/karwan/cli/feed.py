"""`karwan feed`: what others publish, read into proposed rows that a person accepts."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from karwan.api import today
from karwan.base.words import counted
from karwan.base.workspaces import DEFAULT_WORKSPACE, folder_beside
from karwan.cli import completion
from karwan.cli.options import PATH, Format, FormatOption, Tables, read_path
from karwan.cli.stamp import Who, Workspace, now, who

if TYPE_CHECKING:
    from karwan.api.feeding import Kept, Stamp
    from karwan.base.workspaces import Workspace as AnyWorkspace
    from karwan.evidence.feeds.nouns import Decision, How

app = typer.Typer(
    help="Read what others publish into proposed rows, and accept them.", no_args_is_help=True
)
Ident = Annotated[str, typer.Argument(metavar="ID", help="The file, such as P0001.")]
Rows = Annotated[
    list[str] | None,
    typer.Option(
        "--row",
        help="Key of a row, as `feed list ID` tells it. May be repeated. Default: all of which "
        "nobody decided yet.",
        show_default=False,
    ),
]
Local = Annotated[
    bool, typer.Option("--include-local", help="Put rows that stay local into JSON and CSV too.")
]
DECIDED = {
    "proposed": "no", "accept": "accepted", "reject": "rejected", "withdrawn": "withdrawn",
}  # fmt: skip
MOST_SHOWN = 40
"""Rows of a table on the screen; JSON and CSV have them all."""


@app.command("kinds")
def kinds(output: FormatOption = Format.table) -> None:
    """List the feeds that can be read: whose, on what terms, and what their rows become."""
    from karwan.api.feeding import feeds_asked
    from karwan.cli.show import print_json, print_text, table_text

    answer = feeds_asked()
    if output is Format.json:
        print_json(answer.to_dict())
        return
    if output is Format.csv:
        print_text(answer.to_csv())
        return
    cells = [
        [one.name, one.what, one.becomes.value, one.terms.licence,
         "yes" if one.terms.may_pass_on else "no", one.host or "not fetched"]
        for one in answer.content
    ]  # fmt: skip
    names = ["feed", "what", "rows become", "licence", "passed on", "fetched from"]
    print_text(table_text(names, cells))


@app.command("read")
def read(
    kind: Annotated[
        str, typer.Argument(metavar="FEED", help="Which feed, as `feed kinds` has it.")
    ],
    file: Annotated[
        Path | None,
        typer.Argument(metavar="[FILE]", parser=read_path, help="File of it.", show_default=False),
    ] = None,
    fetch: Annotated[
        bool, typer.Option("--fetch", help="Fetch it from its publisher, in place of a file.")
    ] = False,
    release: Annotated[
        str, typer.Option("--release", help="Release of UCDP, where the file does not say.")
    ] = "",
    countries: Annotated[
        list[str] | None,
        typer.Option(
            "--countries",
            help="Countries, by name, two or three letters, with commas. May be repeated.",
            show_default=False,
        ),
    ] = None,
    first: Annotated[
        str,
        typer.Option("--from", help="First day, YYYY-MM-DD.", autocompletion=completion.days),
    ] = "",
    until: Annotated[
        str,
        typer.Option(
            "--to", help="Day after the last one, YYYY-MM-DD.", autocompletion=completion.days
        ),
    ] = "",
    mapping: Annotated[
        Path | None,
        typer.Option(
            "--mapping",
            parser=read_path,
            metavar=PATH,
            help="What the columns of a table hold (TOML), for the feed csv.",
            show_default=False,
        ),
    ] = None,
    named: Who = None,
    workspace: Workspace = DEFAULT_WORKSPACE,
    tables: Tables = None,
) -> None:
    """Read a FILE of a FEED, keep it, and propose its rows; none counts until it is accepted."""
    from karwan.api.feeding import read_asked
    from karwan.data.catalog import Catalog

    how = _how(release, countries, first, until, mapping)
    kept = read_asked(
        Catalog(tables),
        workspace,
        kind,
        file,
        how,
        beside=folder_beside(workspace) if fetch else None,
        stamp=_stamp(named),
    )
    typer.echo("\n".join(_kept_lines(kept)))


def _kept_lines(kept: Kept) -> list[str]:
    """Return what was read, in words."""
    lines = [f"{one.address}\n  {one.path} sha256 {one.sha256}" for one in kept.fetched]
    read = kept.reading
    if not kept.is_new:
        return [*lines, f"{kept.ident}: read before in the same way; nothing was added"]
    count = counted(len(read.rows), "row")
    lines.append(f"{kept.ident}: {count} proposed of {kept.path.name}, none accepted")
    lines += [
        f"  set aside: {number} with {why}" for why, number in read.set_aside.items() if number
    ]
    passes = "may be passed on" if read.terms.may_pass_on else "stays local"
    lines.append(f"  {read.terms.licence}; {passes}; credit: {read.terms.credit}")
    lines.append(f"  karwan feed list {kept.ident}; then karwan feed accept {kept.ident}")
    return lines


@app.command("list")
def list_(
    ident: Annotated[
        str | None,
        typer.Argument(metavar="[ID]", help="A file: list its rows.", show_default=False),
    ] = None,
    local: Local = False,
    output: FormatOption = Format.table,
    workspace: Workspace = DEFAULT_WORKSPACE,
    tables: Tables = None,
) -> None:
    """List the files that were read and what was decided; with an ID, the rows of one."""
    from karwan.api.feeding import shelf_asked
    from karwan.cli.show import csv_text, print_json, print_text, table_text
    from karwan.data.catalog import Catalog

    if ident is not None:
        _show_rows(workspace, tables, output, ident=ident, local=local)
        return
    names = ["id", "feed", "file_name", "dated", "proposed", "accept", "reject", "licence",
             "may_pass_on", "sha256", "address", "withdrawn"]  # fmt: skip
    rows = [
        {**{name: getattr(one.row, name) for name in names if hasattr(one.row, name)},
         **one.counts, "may_pass_on": bool(one.row.may_pass_on)}
        for one in shelf_asked(Catalog(tables), workspace)
    ]  # fmt: skip
    if output is Format.json:
        print_json(rows)
        return
    cells = [[row[name] for name in names] for row in rows]
    if output is Format.csv:
        print_text(csv_text(names, cells))
        return
    heads = {"id": "id", "feed": "feed", "file_name": "file", "dated": "of",
             "proposed": "undecided", "accept": "accepted", "reject": "rejected",
             "withdrawn": "withdrawn", "licence": "licence"}  # fmt: skip
    shown = [[str(row[name]) for name in heads] for row in rows]
    print_text(
        table_text([*heads.values()], shown, right=(4, 5, 6, 7))
        if shown
        else "No file of a feed was read yet."
    )


@app.command("accept")
def accept(
    ident: Ident,
    rows: Rows = None,
    note: Annotated[str, typer.Option("--note", help="What a reader must know.")] = "",
    named: Who = None,
    workspace: Workspace = DEFAULT_WORKSPACE,
    tables: Tables = None,
) -> None:
    """Accept rows of a file: from then on they count as what their feed says they become."""
    from karwan.evidence.feeds.nouns import Decision

    _decide(ident, rows, note, Decision.accept, named, workspace, tables)


@app.command("reject")
def reject(
    ident: Ident,
    rows: Rows = None,
    note: Annotated[str, typer.Option("--note", help="Why.")] = "",
    named: Who = None,
    workspace: Workspace = DEFAULT_WORKSPACE,
    tables: Tables = None,
) -> None:
    """Reject rows of a file; they stay on record as rejected."""
    from karwan.evidence.feeds.nouns import Decision

    _decide(ident, rows, note, Decision.reject, named, workspace, tables)


@app.command("rows")
def rows(
    kind: Annotated[
        str, typer.Argument(metavar="[FEED]", help="Of which feed. Default: all.")
    ] = "",
    local: Local = False,
    output: FormatOption = Format.table,
    workspace: Workspace = DEFAULT_WORKSPACE,
    tables: Tables = None,
) -> None:
    """List accepted figures (prices, counts) with their licence; of one told twice, the last."""
    _show_rows(workspace, tables, output, feed=kind, local=local)


def _decide(
    ident: str,
    rows: list[str] | None,
    note: str,
    decision: Decision,
    named: str | None,
    workspace: AnyWorkspace,
    tables: Path | None,
) -> None:
    """Decide, and say what came of it."""
    from karwan.api.feeding import decide_asked
    from karwan.data.catalog import Catalog

    count, became = decide_asked(
        Catalog(tables, workspace), workspace, ident, rows or [], decision, note=note,
        stamp=_stamp(named),
    )  # fmt: skip
    if not count:
        typer.echo("Nothing new.")
        return
    made = f": {', '.join(became)}" if became else ""
    typer.echo(f"{ident}: {counted(count, 'row')} {decision}ed{made}")


def _show_rows(
    workspace: AnyWorkspace,
    tables: Path | None,
    output: Format,
    *,
    ident: str = "",
    feed: str = "",
    local: bool,
) -> None:
    """Print rows; what may not be passed on goes into no JSON and CSV unless asked."""
    from karwan.api.feeding import rows_asked
    from karwan.cli.show import print_json, print_text, table_text
    from karwan.data.catalog import Catalog

    shows_all = local or output is Format.table
    answer, stay = rows_asked(Catalog(tables), workspace, ident=ident, feed=feed, local=shows_all)
    if stay:
        told = f"karwan: {counted(stay, 'row')} may not be passed on (--include-local)"
        typer.echo(told, err=True)
    if output is Format.json:
        print_json(answer.to_dict())
        return
    if output is Format.csv:
        print_text(answer.to_csv())
        return
    if not answer.content:
        print_text("No row.")
        return
    cells = [
        [one.row.key, DECIDED[one.decision], one.row.what, one.row.place,
         one.row.start.isoformat() if one.row.start else "",
         "" if one.row.value is None else f"{one.row.value:,.10g}", one.row.unit,
         one.file.licence if one.may_pass_on else f"{one.file.licence}; stays local"]
        for one in answer.content
    ]  # fmt: skip
    heads = ["key", "decided", "what", "place", "from", "figure", "unit", "licence"]
    lines = [answer.title, table_text(heads, cells[:MOST_SHOWN], right=(5,))]
    more = len(cells) - MOST_SHOWN
    if more > 0:
        lines.append(f"and {more:,} more (--format csv has them all)")
    print_text("\n".join(lines))


def _stamp(named: str | None) -> Stamp:
    from karwan.api.feeding import Stamp

    return Stamp(who=who(named), when=now(), today=today())


def _how(
    release: str,
    countries: list[str] | None,
    first: str,
    until: str,
    mapping: Path | None,
) -> How:
    """Return what is said of a file, or one error that names all faults of it."""
    from karwan.base.days import read_day
    from karwan.base.errors import DataError, Fault
    from karwan.base.troubles import read_utf8
    from karwan.data.countries import read_codes
    from karwan.evidence.feeds.nouns import How

    named = ",".join(countries or ()).split(",")
    codes, faults = read_codes(one for one in named if one.strip())
    for key, text in (("start", first), ("end", until)):
        try:
            if text:
                read_day(text)
        except ValueError as error:
            faults.append(Fault(key, str(error), text))
    if faults:
        raise DataError("the question", faults)
    return How(
        release=release,
        countries=codes,
        first=first,
        until=until,
        mapping=read_utf8(mapping, f"the mapping {mapping}") if mapping is not None else "",
    )
