"""`karwan ledger`: who said what, the test, the evidence, the status and its history."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from karwan.base.words import counted
from karwan.base.workspaces import Workspace as AnyWorkspace
from karwan.cli import completion, stamp
from karwan.cli.ledger import exchange, reading
from karwan.cli.options import (
    AsOf,
    AsRecorded,
    Format,
    FormatOption,
    Tables,
    Workspace,
    parse_date,
    read_recorded,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from karwan.analysis.assurances.book import Book
    from karwan.api.statements import Ledger
    from karwan.ledger.assessment import Status

app = typer.Typer(
    help="Statements, the tests fixed for them, the evidence and the status.",
    no_args_is_help=True,
    rich_markup_mode=None,
)
Ident = Annotated[str, typer.Argument(metavar="ID", help="Id of a statement.", show_default=False)]
Actor = Annotated[str | None, typer.Option("--actor", help="Only what this actor said.")]
Corridor = Annotated[
    str | None,
    typer.Option("--corridor", help="KTAP, KUAP or KKCP.", autocompletion=completion.families),
]


def open_ledger(
    tables: Path | None,
    workspace: AnyWorkspace | None,
    as_of: str | None,
    as_recorded: str | None = None,
) -> Ledger:
    """Return the ledger as of a date, with a workspace's rows if one is named."""
    from karwan.api.statements import ledger

    return ledger(
        as_of=parse_date(as_of),
        tables=tables,
        workspace=workspace,
        as_recorded=read_recorded(as_recorded),
    )


@app.command("list")
def list_(
    actor: Actor = None,
    corridor: Corridor = None,
    status: Annotated[
        str | None,
        typer.Option("--status", help="Delivery or evidence status, such as `not met`."),
    ] = None,
    as_of: AsOf = None,
    output: FormatOption = Format.table,
    tables: Tables = None,
    as_recorded: AsRecorded = None,
    workspace: Workspace = None,
) -> None:
    """List statements with their status."""
    from karwan.analysis.assurances.book import STATUSES, told
    from karwan.analysis.world.corrections import catalog_correction_lines
    from karwan.base.telling import to_csv
    from karwan.cli.show import print_json, print_text

    ledger = open_ledger(tables, workspace, as_of, as_recorded)
    answer = ledger.list(actor=actor, corridor=corridor, status=status)
    if output is Format.json:
        print_json(answer.to_dict())
    elif output is Format.csv:
        print_text(to_csv(STATUSES, told(ledger.book, answer.content)))
    else:
        corrected = catalog_correction_lines(ledger.book.catalog, ledger.as_of)
        print_text("\n".join([list_text(ledger.book, answer.content, ledger.as_of), *corrected]))


def list_text(book: Book, found: Sequence[Status], day: dt.date) -> str:
    """Return the statements as a table."""
    from karwan.analysis.assurances.book import STATUSES, told
    from karwan.cli.show import columns_text

    head = f"{counted(len(found), 'statement')} as of {day}. Attributed, not adopted."
    return f"{head}\n\n{columns_text(STATUSES, told(book, found), blank=True)}" if found else head


@app.command("show")
def show(
    ident: Ident,
    as_of: AsOf = None,
    output: FormatOption = Format.table,
    tables: Tables = None,
    as_recorded: AsRecorded = None,
    workspace: Workspace = None,
) -> None:
    """Show statement ID: who, when, by which source, the test of each part, for and against."""
    from karwan.analysis.world.corrections import catalog_correction_lines
    from karwan.cli.show import print_json, print_text

    ledger = open_ledger(tables, workspace, as_of, as_recorded)
    answer = ledger.show(ident)
    row = answer.to_dict()
    if output is Format.json:
        print_json(row)
    elif output is Format.csv:
        print_text(answer.to_csv())
    else:
        corrected = catalog_correction_lines(ledger.book.catalog, ledger.as_of)
        print_text("\n".join([show_text(ledger.book, row), *corrected]))


def show_text(book: Book, row: dict[str, Any]) -> str:
    """Return one statement as text."""
    said = book.ledger.statements[row["id"]]
    source = book.ledger.sources[said.source_id]
    lines = [
        f"{said.id}  {said.speech_act.value} of {said.said_on}, "
        f"{said.attribution.replace('_', ' ')}",
        f"  speaker: {said.speaker} ({said.speaker_kind.value.replace('_', ' ')})"
        + (f", to {said.addressee}" if said.addressee else ""),
        f"  in our words: {said.paraphrase}",
        f"  source: {said.source.url} ({said.source.date or 'undated'}, grade {said.source.grade}; "
        f"{source.source_class.replace('_', ' ')}, {source.language})",
        f"  corroboration: {said.corroboration}"
        + (f" ({said.corroboration_url})" if said.corroboration_url else ""),
        f"  contested: {'yes' if said.contested else 'no'}"
        + (f"; reply: {said.reply}" if said.reply else ""),
    ]
    if said.span is not None:
        lines.append(
            f"  words: characters {said.span.start_index} to {said.span.end_index} of text "
            f"{said.span.text_sha256[:12]}, SHA-256 {said.span.span_sha256[:12]}"
        )
    if said.same_as:
        lines.append(f"  the same statement as {' and '.join(said.same_as)}")
    if said.note:
        lines.append(f"  note: {said.note}")
    for part in row["parts"]:
        lines += part_lines(part)
    for word in ("for", "against"):
        lines += [f"  {word} {evidence_text(item)}" for item in row[word]]
    return "\n".join(lines)


def part_lines(part: dict[str, Any]) -> list[str]:
    """Return the lines of one part: its test, its status and why."""
    lines = [f"  part {part['id']}: {part['paraphrase']}"]
    if part["indicator"]:
        late = ", after the deadline" if part["written_after_deadline"] else ""
        lines.append(
            f"    test: {part['indicator']} (rule {part['rule']}, written "
            f"{part['rule_written_on']}{late})"
        )
    words = " / ".join(filter(None, [part["delivery"], part["evidence_status"]])) or "refused"
    return [*lines, f"    status: {words}: {part['reason']}"]


def evidence_text(item: dict[str, Any]) -> str:
    """Return a piece of evidence on one line."""
    who = str(item.get("independence", "")).replace("_", " ")
    return (
        f"{item['id']}: {item.get('note', '')} ({who}; {item.get('source_url', '')}, "
        f"{item.get('source_date') or 'undated'}, grade {item.get('confidence', '')})"
    )


@app.command("assess")
def assess(
    ident: Annotated[
        str | None, typer.Argument(metavar="[ID]", help="Id of a statement.", show_default=False)
    ] = None,
    everything: Annotated[bool, typer.Option("--all", help="Assess every statement.")] = False,
    as_of: AsOf = None,
    output: FormatOption = Format.table,
    tables: Tables = None,
    as_recorded: AsRecorded = None,
    workspace: Workspace = None,
) -> None:
    """Assess statement ID, or --all, from what was known by a date; a workspace keeps it."""
    from karwan.analysis.assurances.book import STATUSES, told
    from karwan.base.errors import DataError
    from karwan.base.telling import to_csv
    from karwan.cli.show import print_json, print_text

    if (ident is None) == (not everything):
        raise DataError("the question", ["name one statement, or say --all"])
    ledger = open_ledger(tables, workspace, as_of, as_recorded)
    answer = ledger.assess(ident)
    if workspace is not None:
        typer.echo(keep(answer.content, workspace), err=True)
    row = answer.to_dict()
    if output is Format.json:
        print_json(row)
    elif output is Format.csv:
        print_text(to_csv(STATUSES, told(ledger.book, answer.content)))
    elif ident is None:
        print_text(list_text(ledger.book, answer.content, ledger.as_of))
    else:
        print_text(show_text(ledger.book, row))


def keep(found: Sequence[Status], workspace: AnyWorkspace) -> str:
    """Record assessments in the workspace and return how many were new."""
    from karwan.ledger.records import record_assessments, to_record

    parts = [part for one in found for part in one.parts]
    written = {p.proposition_id: p.written_on for p in parts if p.written_on is not None}
    today = parse_date(None)
    rows = [to_record(part, today) for part in parts]
    count = record_assessments(workspace, rows, written, who=stamp.who(), when=stamp.now())
    of_all = counted(len(rows), "assessment")
    return f"{count} of {of_all} recorded in {workspace}; the rest stood already."


@app.command("history")
def history(
    ident: Ident,
    as_of: AsOf = None,
    output: FormatOption = Format.table,
    tables: Tables = None,
    as_recorded: AsRecorded = None,
    workspace: Workspace = None,
) -> None:
    """Show how the status of statement ID changed, and what was recorded of it."""
    from karwan.analysis.assurances.book import status_words
    from karwan.cli.show import print_json, print_text, table_text

    answer = open_ledger(tables, workspace, as_of, as_recorded).history(ident)
    found, told = answer.content, answer.to_dict()
    kept: list[dict[str, Any]] = told["recorded"]
    if output is Format.json:
        print_json(told)
        return
    if output is Format.csv:
        print_text(answer.to_csv())
        return
    rows = [
        [one.as_of.isoformat(), *status_words(one), "; ".join(p.reason for p in one.parts)]
        for one in found
    ]
    print_text(table_text(("as of", "delivery", "evidence", "why"), rows))
    if kept:
        cells = [[r["assessed_on"], r["as_of"], r["delivery"], r["evidence_status"], r["rule"],
                  r["assessor"], r["dissent"]] for r in kept]  # fmt: skip
        headers = ("recorded", "as of", "delivery", "evidence", "rule", "by", "dissent")
        print_text("\n" + table_text(headers, cells))


@app.command("diff")
def diff(
    since: Annotated[
        str,
        typer.Option("--since", help="Earlier day, YYYY-MM-DD.", autocompletion=completion.days),
    ],
    as_of: AsOf = None,
    output: FormatOption = Format.table,
    tables: Tables = None,
    as_recorded: AsRecorded = None,
    workspace: Workspace = None,
) -> None:
    """Show what changed since a day: new statements, and statuses that turned."""
    from karwan.analysis.assurances.book import status_words
    from karwan.cli.show import print_json, print_text, table_text

    ledger = open_ledger(tables, workspace, as_of, as_recorded)
    first = parse_date(since, "since")
    answer = ledger.diff(first)
    if output is Format.json:
        print_json(answer.to_dict())
        return
    if output is Format.csv:
        print_text(answer.to_csv())
        return
    rows = [
        [
            turn.after.statement.id,
            turn.after.statement.speaker,
            " / ".join(status_words(turn.before)) if turn.before else "new",
            " / ".join(status_words(turn.after)),
            "; ".join(part.reason for part in turn.after.parts),
        ]
        for turn in answer.content
    ]
    head = f"{counted(len(rows), 'statement')} changed or new from {first} to {ledger.as_of}."
    table = table_text(("id", "speaker", "before", "now", "why"), rows) if rows else ""
    print_text(f"{head}\n\n{table}" if rows else head)


@app.command("corrections")
def corrections(output: FormatOption = Format.table, tables: Tables = None) -> None:
    """List what was found wrong in the ledger, and what was done about it."""
    from karwan.api.statements import corrections_asked
    from karwan.base.telling import to_csv
    from karwan.cli.show import columns_text, print_json, print_text
    from karwan.data.catalog import Catalog

    answer = corrections_asked(Catalog(tables))
    if output is Format.json:
        print_json(answer.to_dict())
    elif output is Format.csv:
        print_text(to_csv(answer.columns, answer.content))
    else:
        print_text(columns_text(answer.columns, answer.content))


app.command("add")(exchange.add)
app.command("export")(exchange.export)
app.command("brief")(exchange.brief)
app.command("read")(reading.read)
