"""`karwan article`: what the article says, and what can be shown."""

from __future__ import annotations

from typing import TYPE_CHECKING

from karwan.base.words import counted
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

    from karwan.analysis.assurances.article import ArticleRow
    from karwan.analysis.assurances.counted import Shown


def article(
    as_of: AsOf = None,
    output: FormatOption = Format.table,
    tables: Tables = None,
    as_recorded: AsRecorded = None,
    workspace: Workspace = None,
) -> None:
    """Walk the article: a number, a status or a refusal with its reason for each statement."""
    from karwan.analysis.assurances.article import ARTICLE
    from karwan.analysis.world.corrections import correction_lines
    from karwan.analysis.world.world import open_world
    from karwan.api.statements import article_asked
    from karwan.base.telling import to_csv
    from karwan.cli.show import print_json, print_text
    from karwan.data.catalog import Catalog

    catalog = Catalog(tables, workspace, read_recorded(as_recorded))
    day = parse_date(as_of)
    world = open_world(catalog, day)
    answer = article_asked(world)
    rows, horizon = answer.content.rows, answer.content.evidence_horizon
    if output is Format.json:
        print_json(answer.to_dict())
    elif output is Format.csv:
        print_text(to_csv(ARTICLE, rows))
    else:
        text = article_text(rows, f"as of {day}; newest evidence {horizon}")
        print_text("\n".join([text, *correction_lines(world)]))


def article_text(rows: Sequence[ArticleRow], when: str) -> str:
    """Return all statements as text, with what can be shown under each."""
    from collections import Counter

    counts = Counter(row.result for row in rows)
    beside = sum(row.result == "refused" and bool(row.shown) for row in rows)
    lines = [
        f"{counted(len(rows), 'statement')} of the article, {when}: {counts['number']} with a "
        f"number, "
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
