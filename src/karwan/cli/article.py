"""`karwan article`: what the article says, and what can be shown, on two sheets."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from karwan.cli.options import (
    PATH,
    AsOf,
    AsRecorded,
    Format,
    FormatOption,
    Tables,
    Workspace,
    parse_date,
    read_path,
    read_recorded,
)

if TYPE_CHECKING:
    from karwan.analysis.assurances.sheets import Sheets

WIDTH_WHEN_PIPED = 200
"""Letters of a line that is not drawn for a terminal: a sheet of A4 across, in small print."""
NARROWEST = 120
WHO, ANSWER, FIGURE = 20, 21, 52


def article(
    file: Annotated[
        Path | None,
        typer.Argument(
            metavar="[FILE]",
            parser=read_path,
            help="A text whose statements were read and accepted into the workspace. Default: the "
            "article whose statements are shipped.",
            show_default=False,
        ),
    ] = None,
    out: Annotated[
        Path | None,
        typer.Option(
            "--out",
            parser=read_path,
            metavar=PATH,
            help="Write a page (HTML) that prints on two sheets of A4.",
            show_default=False,
        ),
    ] = None,
    as_of: AsOf = None,
    output: FormatOption = Format.table,
    tables: Tables = None,
    as_recorded: AsRecorded = None,
    workspace: Workspace = None,
) -> None:
    """Walk the article, or any text: a number, a status or a refusal for each statement."""
    from karwan.analysis.assurances.article import ARTICLE
    from karwan.analysis.assurances.sheets import lay_out, sheets_to_html
    from karwan.analysis.world.corrections import correction_lines
    from karwan.analysis.world.world import open_world
    from karwan.api.statements import article_asked
    from karwan.base.store import write_text
    from karwan.base.telling import to_csv
    from karwan.base.troubles import check_target
    from karwan.cli.show import print_json, print_text
    from karwan.data.catalog import Catalog
    from karwan.ledger.text.sentences import read_document

    if out is not None:
        check_target(out)
    document = None if file is None else read_document(file)
    catalog = Catalog(tables, workspace, read_recorded(as_recorded))
    day = parse_date(as_of)
    world = open_world(catalog, day)
    answer = article_asked(world, document)
    rows, horizon = answer.content.rows, answer.content.evidence_horizon
    what = "the article" if document is None else document.name
    when = f"as of {day}; newest evidence {horizon}"
    if out is not None:
        write_text(out, sheets_to_html(lay_out(rows), what, when), make_folders=True)
        typer.echo(str(out))
    elif output is Format.json:
        print_json(answer.to_dict())
    elif output is Format.csv:
        print_text(to_csv(ARTICLE, rows))
    else:
        text = article_text(lay_out(rows), what, when)
        print_text("\n".join([text, *correction_lines(world)]))


def article_text(sheets: Sheets, what: str, when: str) -> str:
    """Return all statements as text: a line for each, then each measure once."""
    from karwan.analysis.assurances.sheets import head_words, note_lines

    width = WIDTH_WHEN_PIPED
    if sys.stdout.isatty():
        width = max(shutil.get_terminal_size((WIDTH_WHEN_PIPED, 40)).columns, NARROWEST)
    ident = max((len(line.row.status.statement.id) for line in sheets.lines), default=0)
    notes = max((len(" ".join(map(str, line.notes))) for line in sheets.lines), default=0)
    claim = width - ident - WHO - ANSWER - FIGURE - len("2026-11-27") - notes - 12
    lines = [head_words(sheets, what, when), ""]
    for line in sheets.lines:
        said = line.row.status.statement
        cells = (
            (said.id, ident), (line.who, WHO), (said.paraphrase, claim), (line.answer, ANSWER),
            (line.figure or "–", FIGURE), (line.figure_date, 10),
        )  # fmt: skip
        told = "  ".join(f"{clip(text, most):<{most}}" for text, most in cells)
        lines.append(f"{told}  {' '.join(map(str, line.notes))}".rstrip())
    if sheets.reasons:
        lines += ["", "Why refused:"]
        lines += [f"  {letter}  {reason}" for letter, reason in sheets.reasons]
    for note in sheets.notes:
        lines += ["", f"{note.number}  {note.title} ({', '.join(note.beside)})"]
        lines += [f"   {told}" for told in note_lines(note)]
    lines += ["", "Whole sentences, tests and evidence: karwan ledger show ID"]
    return "\n".join(lines)


def clip(text: str, most: int) -> str:
    """Return a text of so many letters at most, cut after a word.

    Examples
    --------
    >>> clip("The gate opens within a week.", 15)
    'The gate opens…'
    """
    if len(text) <= most:
        return text
    return f"{text[:most].rsplit(' ', 1)[0][: most - 1].rstrip(',;:')}…"
