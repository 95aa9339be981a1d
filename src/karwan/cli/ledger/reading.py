"""`karwan ledger read`: propose the statements of a text, and take back what a person accepts."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from karwan.base.words import counted
from karwan.base.workspaces import Workspace as AnyWorkspace
from karwan.cli.options import PATH, Format, FormatOption, Place, Tables, read_path, read_workspace

if TYPE_CHECKING:
    from karwan.data.catalog import Catalog
    from karwan.ledger.text.proposals import Accepted
    from karwan.ledger.text.reading import Proposal
    from karwan.ledger.text.scoring import Score
    from karwan.ledger.text.sentences import Document

ARTICLE = "KARWAN_ARTICLE"
"""Environment variable that names the article whose statements the tables hold."""

File = Annotated[
    Path,
    typer.Argument(metavar="FILE", parser=read_path, help="Plain text, UTF-8.", show_default=False),
]
Out = Annotated[
    Path | None,
    typer.Option(
        "--out",
        parser=read_path,
        metavar=PATH,
        help="Write the proposals, or what was decided, as CSV.",
    ),
]
Accept = Annotated[
    Path | None,
    typer.Option(
        "--accept",
        parser=read_path,
        metavar=PATH,
        help="CSV of decided proposals: check it against FILE, show the accepted.",
    ),
]
Review = Annotated[
    bool, typer.Option("--review", help="Decide each proposal in turn; needs --out.")
]


Keep = Annotated[
    Place | None,
    typer.Option(
        "--workspace",
        parser=read_workspace,
        metavar=PATH,
        help="With --accept: add what was accepted to the ledger of this folder or database.",
        show_default=False,
    ),
]
Given = Annotated[
    list[str] | None,
    typer.Option(
        "--set",
        help="With --workspace: a column of all statements that the text does not hold, such as "
        "said_on, source_url, source_date or confidence, as NAME=VALUE. May be repeated.",
        show_default=False,
    ),
]


def read(
    file: File,
    out: Out = None,
    accept: Accept = None,
    review: Review = False,
    workspace: Keep = None,
    given: Given = None,
    output: FormatOption = Format.table,
    tables: Tables = None,
) -> None:
    """Propose the statements of a text FILE: who says what, where; a person accepts or edits."""
    from karwan.base.errors import DataError
    from karwan.base.troubles import check_target
    from karwan.data.catalog import Catalog
    from karwan.ledger.text.gazetteer import gazetteer_from
    from karwan.ledger.text.proposals import surest_first, to_rows, write_proposals
    from karwan.ledger.text.reading import read_text
    from karwan.ledger.text.sentences import read_document

    faults = _contradictions(out, accept, workspace, review=review, given=given or [])
    if faults:
        raise DataError("the question", faults)
    if out is not None:
        check_target(out)
    document = read_document(file)
    if accept is not None:
        if workspace is not None:
            keep_accepted(document, accept, Catalog(tables, workspace), given or [])
            return
        show_accepted(document, accept, output)
        return
    catalog = Catalog(tables)
    reading = read_text(document, gazetteer_from(catalog))
    proposals = reading.proposals
    rows = to_rows(document, proposals)
    if review:
        rows = decide(document, surest_first(rows))
    if out is not None:
        write_proposals(rows, out)
    found = score_article(document, proposals, catalog)
    show_proposals(document, rows, found, output, out, reading.unread)


def show_proposals(
    document: Document,
    rows: Sequence[dict[str, str]],
    found: Score | None,
    output: Format,
    out: Path | None,
    unread: Mapping[str, int],
) -> None:
    """Print the proposals, and how they score where that can be known."""
    from karwan.cli.show import print_json, print_text, table_text
    from karwan.ledger.text.proposals import proposals_csv, surest_first

    if output is Format.csv:
        print_text(proposals_csv(rows))
        return
    if output is Format.json:
        content: dict[str, Any] = {
            "document": document.name, "text_sha256": document.sha256, "proposals": list(rows),
            "score": score_to_dict(found) if found else None, "set_aside": dict(unread),
        }  # fmt: skip
        print_json(content)
        return
    cells = [
        [row["id"], row["paragraph"], row["speaker"], row["speech_act"], row["attribution_depth"],
         f"{row['start_index']}-{row['end_index']}", " ".join(row["span"].split()),
         " ".join(part for part in (row["corridors"], row["crossings"], row["places"]) if part),
         f"{row['speaker_sure']} {row['act_sure']}"]
        for row in surest_first(rows)
    ]  # fmt: skip
    headers = ["id", "par.", "speaker", "act", "depth", "at", "span", "names", "sure"]
    lines = [f"{document.name}: {counted(len(rows), 'statement')} proposed, none adopted"]
    lines.append(table_text(headers, cells, right=(1, 4)) if cells else "No statement was found.")
    if unread:
        told = ", ".join(f"{count} {why}" for why, count in unread.items())
        lines.append(f"Set aside, and no statement proposed of it: {told}")
    if out is not None:
        lines.append(f"Written to {out}: set `decision`, say each in your own words, and give it "
                     "back with --accept")  # fmt: skip
    if found is not None:
        lines.append(score_text(found))
    print_text("\n".join(lines))


def score_article(
    document: Document, proposals: Sequence[Proposal], catalog: Catalog
) -> Score | None:
    """Return the score if the text is the article that KARWAN_ARTICLE names, else None."""
    from karwan.data.rows.ledger import ArticleStatementRow
    from karwan.ledger.text.scoring import score
    from karwan.ledger.text.sentences import read_document

    named = os.environ.get(ARTICLE, "")
    if not named or read_document(Path(named)).sha256 != document.sha256:
        return None
    return score(document, proposals, catalog.rows(ArticleStatementRow))


def score_text(found: Score) -> str:
    """Return recall and precision in words, with their counts."""
    return (
        f"Against the article's {counted(found.statement_count, 'statement')}: recall "
        f"{found.recall_share:.0%} ({found.met_count} of {found.statement_count}), precision "
        f"{found.precision_share:.0%} ({found.met_count} of {found.proposal_count}); of those met, "
        f"speaker agrees in {found.same_speaker_count}, speech act in {found.same_act_count}. "
        "The rules were written with this text at hand; expect less of another."
    )


def score_to_dict(found: Score) -> dict[str, Any]:
    """Return the score as plain data."""
    return {
        "proposal_count": found.proposal_count,
        "statement_count": found.statement_count,
        "met_count": found.met_count,
        "recall_share": round(found.recall_share, 4),
        "precision_share": round(found.precision_share, 4),
        "same_speaker_count": found.same_speaker_count,
        "same_act_count": found.same_act_count,
        "missed": list(found.missed_ids),
    }


def _contradictions(
    out: Path | None,
    accept: Path | None,
    workspace: AnyWorkspace | None,
    *,
    review: bool,
    given: list[str],
) -> list[str]:
    """Return which options do not go together."""
    tests = (
        (review and out is None, "--review needs --out FILE.csv for what is decided"),
        (
            review and accept is not None,
            "--review decides anew, --accept takes what was decided: give one",
        ),
        (
            accept is not None and out is not None,
            "--accept shows what was accepted, --out writes proposals: give one",
        ),
        (
            workspace is not None and accept is None,
            "--workspace takes what --accept has accepted: give both",
        ),
        (bool(given) and workspace is None, "--set completes what goes to a --workspace: give it"),
    )
    return [fault for wrong, fault in tests if wrong]


def keep_accepted(document: Document, path: Path, catalog: Catalog, given: list[str]) -> None:
    """Add every accepted statement to the workspace, all or none, and print the new ids."""
    from karwan.cli import stamp
    from karwan.cli.ledger.pairs import read_pairs
    from karwan.data.catalog import Catalog
    from karwan.ledger.drafts import draft_statements
    from karwan.ledger.records import Drawn, add_drawn
    from karwan.ledger.text.proposals import accepted, read_proposals

    found = accepted(document, read_proposals(path), f"proposals {path}")
    pairs = read_pairs(given)
    when = stamp.now()
    known: dict[Anchor, str] = {}

    def draw() -> Drawn:
        held = Catalog(catalog.folder, catalog.workspace)
        known.clear()
        known.update(standing(held))
        fresh = [one for one in found if anchor_of(one.fields()) not in known]
        said = [{**one.fields(), **pairs} for one in fresh]
        return held, draft_statements(held, said, read_on=when[:10])

    assert catalog.workspace is not None
    added = add_drawn(catalog.workspace, draw, who=stamp.who(), when=when)
    for one in found:
        if anchor_of(one.fields()) in known:
            typer.echo(f"p {one.span.start}-{one.span.end}: stands there as "
                       f"{known[anchor_of(one.fields())]}, not added again")  # fmt: skip
    idents = [f"{name} {ident}" for name, kept in added.items() for ident in kept]
    typer.echo("\n".join(idents) or "Nothing new.")


Anchor = tuple[str, str, str, str]
"""Text, span and speaker: what makes an accepted statement the same as one that stands there."""


def anchor_of(row: Mapping[str, str]) -> Anchor:
    """Return what a statement is known by."""
    names = ("text_sha256", "span_start_index", "span_end_index", "speaker")
    text, start, end, speaker = (row[name] for name in names)
    return text, start, end, speaker


def standing(catalog: Catalog) -> dict[Anchor, str]:
    """Return the statements of the ledger that have a span, with their ids."""
    from karwan.ledger.statements import read_ledger

    return {
        (
            said.span.text_sha256,
            str(said.span.start_index),
            str(said.span.end_index),
            said.speaker,
        ): (ident)
        for ident, said in read_ledger(catalog).statements.items()
        if said.span is not None
    }


def show_accepted(document: Document, path: Path, output: Format) -> None:
    """Check a decided sheet against its text, and print what was accepted."""
    from karwan.cli.show import csv_text, print_json, print_text, table_text
    from karwan.ledger.text.proposals import accepted, read_proposals

    rows = read_proposals(path)
    found = accepted(document, rows, f"proposals {path}")
    if output is Format.json:
        print_json(
            {"document": document.name, "accepted": [_plain(document, one) for one in found]}
        )
        return
    columns = (
        "speaker",
        "speaker_kind",
        "speech_act",
        "attribution_depth",
        "paraphrase",
        "span",
        "start_index",
        "end_index",
        "text_sha256",
        "places",
        "crossings",
        "corridors",
    )
    cells = [[_plain(document, one)[name] for name in columns] for one in found]
    if output is Format.csv:
        flat = [[";".join(c) if isinstance(c, list) else c for c in row] for row in cells]
        print_text(csv_text(columns, flat))
        return
    rejected = sum(row["decision"] == "reject" for row in rows)
    lines = [
        f"{document.name}: {len(found)} accepted, {rejected} rejected, "
        f"{len(rows) - len(found) - rejected} undecided; every span stands where it says"
    ]
    if found:
        shown = [
            [one.speaker, one.speech_act, str(one.attribution_depth), one.paraphrase]
            for one in found
        ]
        lines.append(table_text(["speaker", "act", "depth", "paraphrase"], shown, right=(2,)))
    print_text("\n".join(lines))


def _plain(document: Document, found: Accepted) -> dict[str, Any]:
    return {
        "speaker": found.speaker,
        "speaker_kind": found.speaker_kind,
        "speech_act": found.speech_act,
        "attribution_depth": found.attribution_depth,
        "is_quoted": found.is_quoted,
        "paraphrase": found.paraphrase,
        "span": found.span.of(document.text),
        "start_index": found.span.start,
        "end_index": found.span.end,
        "text_sha256": found.text_sha256,
        "span_sha256": found.span_sha256,
        "places": list(found.places),
        "crossings": list(found.crossings),
        "corridors": list(found.corridors),
    }


def decide(document: Document, rows: Sequence[dict[str, str]]) -> list[dict[str, str]]:
    """Ask for each proposal: accept, edit and accept, reject, skip, or quit the rest."""
    decided = []
    asking = True
    for order, proposed in enumerate(rows, 1):
        row = proposed
        if asking:
            typer.echo(
                f"\n{order} of {len(rows)}, paragraph {row['paragraph']}: {row['speaker']} "
                f"[{row['speaker_kind'] or 'kind?'}], {row['speech_act']}, depth "
                f"{row['attribution_depth']}\n  \u201c{' '.join(row['span'].split())}\u201d"
            )
            answer = _choice("accept, edit, reject, skip or quit", "aersq", "s")
            asking = answer != "q"
            row = _edited(row, answer)
        decided.append(row)
    return decided


def _choice(words: str, letters: str, default: str) -> str:
    """Ask until one of the letters is given."""
    while True:
        answer = str(typer.prompt(f"{words} [{'/'.join(letters)}]", default=default)).strip()
        if answer[:1].lower() in letters and answer:
            return answer[:1].lower()
        typer.echo(f"Give one of {', '.join(letters)}.")


def _edited(row: dict[str, str], answer: str) -> dict[str, str]:
    """Return a row as decided; an accepted one gets a paraphrase and a speaker's kind."""
    from karwan.ledger.text.cues import SPEAKER_KINDS, SPEECH_ACTS

    if answer == "r":
        return {**row, "decision": "reject"}
    if answer not in {"a", "e"}:
        return row
    new = {**row, "decision": "accept"}
    if answer == "e":
        new["speaker"] = str(typer.prompt("speaker", default=row["speaker"]))
        new["speech_act"] = _one_of("speech act", SPEECH_ACTS, row["speech_act"])
        new["attribution_depth"] = _one_of("depth", ("0", "1", "2"), row["attribution_depth"])
    if answer == "e" or not row["speaker_kind"]:
        new["speaker_kind"] = _one_of("kind of speaker", SPEAKER_KINDS, row["speaker_kind"])
    new["paraphrase"] = str(typer.prompt("in your own words"))
    return new


def _one_of(words: str, known: Sequence[str], default: str) -> str:
    """Ask until one of the words is given."""
    while True:
        answer = str(typer.prompt(words, default=default or None)).strip()
        if answer in known:
            return answer
        typer.echo(f"Give one of {', '.join(known)}.")
