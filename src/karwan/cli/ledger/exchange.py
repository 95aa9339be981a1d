"""`karwan ledger add`, `export` and `brief`: what goes into the ledger and what comes out."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from karwan.base.workspaces import DEFAULT_WORKSPACE
from karwan.base.workspaces import Workspace as AnyWorkspace
from karwan.cli import completion, stamp
from karwan.cli.ledger.pairs import read_pairs
from karwan.cli.options import (
    PATH,
    AsOf,
    AsRecorded,
    Tables,
    Workspace,
    parse_date,
    read_folder,
    read_path,
    read_recorded,
)

if TYPE_CHECKING:
    from karwan.data.catalog import Catalog

ASSESSMENT = "assessment"


class Target(StrEnum):
    """Forms the ledger is exported in."""

    claimreview = "claimreview"
    csv = "csv"


class Sheet(StrEnum):
    """Forms of a brief."""

    markdown = "markdown"
    html = "html"


def add(
    kind: Annotated[
        str,
        typer.Argument(
            metavar="[KIND]",
            help="source, statement, proposition, indicator, evidence or assessment.",
        ),
    ] = "statement",
    given: Annotated[
        list[str] | None,
        typer.Option("--set", help="A column and its value, NAME=VALUE. May be repeated."),
    ] = None,
    folder: Annotated[
        Path | None,
        typer.Option(
            "--from",
            parser=read_folder,
            metavar=PATH,
            help="Folder with tables, as `export --to csv` writes.",
        ),
    ] = None,
    text: Annotated[
        Path | None,
        typer.Option(
            "--text",
            parser=read_path,
            metavar=PATH,
            help="Text in which the span of --span stands.",
        ),
    ] = None,
    span: Annotated[
        str | None, typer.Option("--span", help="At most 12 words of the text, letter for letter.")
    ] = None,
    tables: Tables = None,
    workspace: stamp.Workspace = DEFAULT_WORKSPACE,
) -> None:
    """Add a record of one KIND, or all new rows of a folder, and print the ids."""
    from karwan.base.errors import DataError
    from karwan.data.catalog import Catalog
    from karwan.ledger.drafts import draft_rows
    from karwan.ledger.exchange import read_tables
    from karwan.ledger.records import Drawn, add_drawn

    if (folder is None) == (not given):
        raise DataError("the question", ["give the record with --set, or a folder with --from"])
    if kind == ASSESSMENT and folder is None:
        catalog = Catalog(tables, workspace)
        typer.echo(_judge(catalog, workspace, read_pairs(given or [])))
        return
    when = stamp.now()

    def draw() -> Drawn:
        catalog = Catalog(tables, workspace)
        if folder is not None:
            return catalog, read_tables(catalog, folder)
        pairs = read_pairs(given or [])
        return catalog, draft_rows(catalog, kind, pairs, text=text, span=span, read_on=when[:10])

    added = add_drawn(workspace, draw, who=stamp.who(), when=when)
    idents = [f"{name} {ident}" for name, found in added.items() for ident in found]
    typer.echo("\n".join(idents) or "Nothing new.")


def _judge(catalog: Catalog, workspace: AnyWorkspace, pairs: dict[str, str]) -> str:
    """Record a coder's own assessment; one that departs from the rule must say why."""
    from karwan.analysis.assurances.book import open_book
    from karwan.ledger.drafts import draft_assessment
    from karwan.ledger.records import record_assessments

    book = open_book(catalog)
    found, written = draft_assessment(book.ledger, book.facts, pairs, parse_date(None), stamp.who())
    count = record_assessments(workspace, found, written, who=stamp.who(), when=stamp.now())
    return "Recorded." if count else "Recorded already."


def export(
    folder: Annotated[
        Path, typer.Argument(metavar="DIR", parser=read_path, help="New folder to write into.")
    ],
    to: Annotated[Target, typer.Option("--to", help="claimreview (JSON-LD) or csv.")],
    as_of: AsOf = None,
    tables: Tables = None,
    as_recorded: AsRecorded = None,
    workspace: Workspace = None,
) -> None:
    """Write the ledger as of a date into folder DIR, for other tools."""
    from karwan.analysis.assurances.book import STATUSES, open_book, told
    from karwan.base.folders import new_folder
    from karwan.base.telling import to_csv
    from karwan.base.troubles import check_target
    from karwan.data.catalog import Catalog
    from karwan.ledger.exchange import to_claim_reviews, write_tables

    check_target(folder, folder=True)
    book = open_book(Catalog(tables, workspace, read_recorded(as_recorded)), for_export=True)
    found = book.assess(parse_date(as_of))
    with new_folder(folder) as scratch:
        if to is Target.csv:
            names = write_tables(book.catalog, scratch)
            text = to_csv(STATUSES, told(book, found))
            (scratch / "statuses.csv").write_text(text, encoding="utf-8")
            names.append("statuses.csv")
        else:
            text = to_claim_reviews(book.ledger, found, book.addresses(found))
            (scratch / "claimreview.jsonld").write_text(text, encoding="utf-8")
            names = ["claimreview.jsonld"]
    for name in names:
        typer.echo(str(folder / name))


def brief(
    corridor: Annotated[
        str | None,
        typer.Option("--corridor", help="KTAP, KUAP or KKCP.", autocompletion=completion.families),
    ] = None,
    actor: Annotated[str | None, typer.Option("--actor", help="Who spoke.")] = None,
    sheet: Annotated[Sheet, typer.Option("--format", help="markdown or html.")] = Sheet.markdown,
    out: Annotated[
        Path | None,
        typer.Option(
            "--out",
            parser=read_path,
            metavar=PATH,
            help="File to write. Default: the screen.",
        ),
    ] = None,
    as_of: AsOf = None,
    tables: Tables = None,
    as_recorded: AsRecorded = None,
    workspace: Workspace = None,
) -> None:
    """Write two pages on a corridor or an actor, fit to be put before either side."""
    from karwan.analysis.assurances.book import open_book
    from karwan.analysis.assurances.briefs import brief_to_html, brief_to_markdown, make_brief
    from karwan.base.errors import DataError
    from karwan.base.store import write_text
    from karwan.base.troubles import check_target
    from karwan.cli.show import print_text
    from karwan.data.catalog import Catalog

    if (corridor is None) == (actor is None):
        raise DataError("the question", ["name one of --corridor and --actor"])
    if out is not None:
        check_target(out)
    book = open_book(Catalog(tables, workspace, read_recorded(as_recorded)), for_export=True)
    found = make_brief(book, parse_date(as_of), corridor=corridor, actor=actor)
    text = brief_to_html(found) if sheet is Sheet.html else brief_to_markdown(found)
    if out is None:
        print_text(text)
        return
    write_text(out, text, make_folders=True)
    typer.echo(str(out))
