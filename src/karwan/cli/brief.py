"""`karwan brief`: one sheet of A4 for one reader."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from karwan.cli import stamp
from karwan.cli.options import (
    PATH,
    AsOf,
    AsRecorded,
    Lang,
    Tables,
    Workspace,
    parse_date,
    read_path,
    read_recorded,
)

if TYPE_CHECKING:
    from karwan.report.brief.sheet import Sheet


class Paper(StrEnum):
    """In what form the sheet is written."""

    pdf = "pdf"
    docx = "docx"
    html = "html"
    md = "md"


To = Annotated[Paper, typer.Option("--to", help="PDF and DOCX need the extra karwan[brief].")]
Reader = Annotated[
    str,
    typer.Option(
        "--for",
        metavar="<minister|dispatcher|underwriter|auditor>",
        help="Who reads it.",
    ),
]
Ends = Annotated[
    tuple[str, str] | None,
    typer.Option(
        "--od",
        metavar="ORIGIN DESTINATION",
        help="Both ends of the journey. Default: those by which the region is compared.",
        show_default=False,
    ),
]
Family = Annotated[
    str | None,
    typer.Option("--corridor", help="KTAP, KUAP or KKCP. Default: all.", show_default=False),
]
Since = Annotated[
    str | None,
    typer.Option(
        "--since",
        help="Day of the last brief: what changed from then on is told. Default: that of the last "
        "one kept in the workspace, else thirty days before.",
        show_default=False,
    ),
]
Keep = Annotated[
    bool,
    typer.Option("--keep", help="Keep it in the workspace: the next one tells what changed since."),
]
Out = Annotated[
    Path | None,
    typer.Option(
        "--out",
        parser=read_path,
        metavar=PATH,
        help="File to write. Default: the screen for md and html, else brief.pdf or brief.docx.",
        show_default=False,
    ),
]


def brief(
    to: To,
    reader: Reader = "minister",
    od: Ends = None,
    corridor: Family = None,
    since: Since = None,
    keep: Keep = False,
    lang: Lang = None,
    out: Out = None,
    as_of: AsOf = None,
    tables: Tables = None,
    as_recorded: AsRecorded = None,
    workspace: Workspace = None,
) -> None:
    """Write one sheet of A4: what is shut, the best way, what changed, and what to ask of whom."""
    from karwan.api.answer import arguments
    from karwan.api.briefing import keep_brief
    from karwan.api.region import region
    from karwan.base.errors import DataError, Fault
    from karwan.base.store import write_whole
    from karwan.base.troubles import check_target
    from karwan.cli.show import print_text

    if keep and workspace is None:
        raise DataError("the question", [Fault("keep", "needs the workspace that keeps it")])
    target = out or (Path(f"brief.{to}") if to in (Paper.pdf, Paper.docx) else None)
    if target is not None:
        check_target(target)
    _check_packages(to)
    asked = region(
        as_of=parse_date(as_of),
        tables=tables,
        workspace=workspace,
        as_recorded=read_recorded(as_recorded),
    )
    with arguments(audience="for"):
        sheet = asked.brief(reader, ends=od, corridor=corridor, since=since, lang=lang or "en")
    made = written(sheet, to)
    if keep and workspace is not None:
        ident = keep_brief(workspace, sheet, who=stamp.who(), when=stamp.now())
        typer.echo(f"karwan: kept as {ident}", err=True)
    if target is None:
        print_text(made.decode().rstrip("\n"))
    else:
        write_whole(target, made)
        typer.echo(target)


def _check_packages(to: Paper) -> None:
    """Say what is missing before anything is asked."""
    from karwan.report.brief.docx import docx_writer
    from karwan.report.brief.pdf import typst

    if to in (Paper.pdf, Paper.docx):
        typst()
    if to is Paper.docx:
        docx_writer()


def written(sheet: Sheet, to: Paper) -> bytes:
    """Return the sheet in a form, told in its own language."""
    from karwan.report.brief.docx import to_docx
    from karwan.report.brief.pdf import to_pdf
    from karwan.report.brief.text import sheet_to_html, to_markdown
    from karwan.words.speech import speaking

    with speaking(sheet.tongue):
        if to is Paper.pdf:
            return to_pdf(sheet)
        if to is Paper.docx:
            return to_docx(sheet)
        return (sheet_to_html(sheet) if to is Paper.html else to_markdown(sheet)).encode()
