"""`karwan article`: what the article says, and what can be shown."""

from __future__ import annotations

from typing import TYPE_CHECKING

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
    from karwan.analysis.assurances.article import ArticleRow
    from karwan.analysis.assurances.counted import Shown

ENDS = ("almaty", "karachi")
"""The pair on which the corridors of the article are compared."""


def article(
    as_of: AsOf = None,
    output: FormatOption = Format.table,
    tables: Tables = None,
    as_recorded: AsRecorded = None,
    workspace: Workspace = None,
) -> None:
    """Walk the article: a number, a status or a refusal with its reason for each statement."""
    from karwan.analysis.assurances.article import article_to_dict, walk_article
    from karwan.analysis.assurances.book import evidence_horizon, open_book
    from karwan.analysis.assurances.progress import target_told
    from karwan.analysis.corridors.comparison import Desk
    from karwan.analysis.corridors.planner import plan
    from karwan.analysis.world.corrections import correction_lines, corrections_to_dict
    from karwan.analysis.world.question import Premises, ask
    from karwan.cli.show import csv_text, print_json, print_text
    from karwan.data.catalog import Catalog

    catalog = Catalog(tables, workspace, read_recorded(as_recorded))
    day = parse_date(as_of)
    asked = ask(catalog, ENDS, Premises(as_of=day))
    book = open_book(catalog)
    desk, world = Desk(plan(asked)), asked.world
    comparisons = [
        desk.compare(asked.origin, asked.destination, state) for state in ("last-known", "all-open")
    ]
    rows = walk_article(
        book, day, comparisons, {"target": lambda one, when: target_told(world, one, when)}
    )
    horizon = evidence_horizon(book, day)
    if output is Format.json:
        print_json({
            "as_of": day.isoformat(),
            "evidence_horizon": horizon.isoformat() if horizon else None,
            "corrections": corrections_to_dict(world),
            "statements": [article_to_dict(row) for row in rows],
        })  # fmt: skip
    elif output is Format.csv:
        print_text(csv_text(COLUMNS, [cells(row) for row in rows]))
    else:
        text = article_text(rows, f"as of {day}; newest evidence {horizon}")
        print_text("\n".join([text, *correction_lines(world)]))


COLUMNS = (
    "id", "speaker", "said_on", "paraphrase", "result", "delivery", "evidence_status", "reason",
    "corroboration", "shown", "value", "low", "high", "unit", "source_url", "source_date",
    "confidence", "commands",
)  # fmt: skip


def cells(row: ArticleRow) -> list[object]:
    """Return a row as cells; its first number, if it has one."""
    from karwan.analysis.assurances.article import article_to_dict

    content = article_to_dict(row)
    first = next((one for one in row.shown if one.value is not None), None)
    content["shown"] = " | ".join(one.text for one in row.shown)
    content["commands"] = "; ".join(row.commands)
    for name in ("value", "low", "high", "unit"):
        content[name] = getattr(first, name) if first is not None else ""
    return ["" if content[name] is None else content[name] for name in COLUMNS]


def article_text(rows: list[ArticleRow], when: str) -> str:
    """Return all statements as text, with what can be shown under each."""
    from collections import Counter

    counts = Counter(row.result for row in rows)
    beside = sum(row.result == "refused" and bool(row.shown) for row in rows)
    lines = [
        f"{len(rows)} statements of the article, {when}: {counts['number']} with a number, "
        f"{counts['status']} with a status, {counts['refused']} refused "
        f"({beside} of them with something counted beside). Attributed, not adopted.",
    ]
    for row in rows:
        said, status = row.status.statement, row.status
        lines += ["", f"{said.id}  {said.speaker}: {said.paraphrase}"]
        reasons = "; ".join(dict.fromkeys(part.reason for part in status.parts))
        words = [word.value for word in (status.delivery, status.evidence) if word is not None]
        lines.append(f"  {' / '.join(words) or 'refused'}: {reasons}")
        lines.append(f"  corroboration: {said.corroboration} {said.corroboration_url}".rstrip())
        for one in row.shown:
            lines.append(f"  shown: {one.text}{interval_text(one)}")
            lines.append(f"         {one.source_url}, {one.source_date}, grade {one.grade}")
        if row.commands:
            lines.append(f"  more: {'; '.join(row.commands)}")
    return "\n".join(lines)


def interval_text(one: Shown) -> str:
    """Return a number with its interval, or that it has none."""
    if one.value is None:
        return ""
    if one.low is None:
        return f" [{one.value:,.3g} {one.unit}, no interval]"
    top = "no bound" if one.high is None else f"{one.high:,.3g}"
    return f" [{one.value:,.3g} {one.unit}, {one.low:,.3g} to {top}, {one.interval}]"
