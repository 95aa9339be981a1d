"""`karwan article`: what the article says, and what can be shown."""

from __future__ import annotations

from typing import TYPE_CHECKING

from karwan.cli.options import AsOf, Format, FormatOption, Tables, Workspace, parse_date

if TYPE_CHECKING:
    from karwan.analysis.assurances.article import ArticleRow
    from karwan.analysis.assurances.counted import Shown


def article(
    as_of: AsOf = None,
    output: FormatOption = Format.table,
    tables: Tables = None,
    workspace: Workspace = None,
) -> None:
    """Walk the article: a number, a status or a refusal with its reason for each statement."""
    from karwan.analysis.assurances.article import ARTICLE, article_to_dict, walk_article
    from karwan.analysis.assurances.book import evidence_horizon, open_book
    from karwan.analysis.assurances.progress import target_told
    from karwan.analysis.corridors.desk import Desk
    from karwan.analysis.corridors.planner import plan
    from karwan.analysis.world.corrections import correction_lines, corrections_to_dict
    from karwan.analysis.world.question import Premises, ask
    from karwan.analysis.world.state import State
    from karwan.base.telling import to_csv
    from karwan.cli.show import print_json, print_text
    from karwan.data.catalog import Catalog
    from karwan.data.region import read_region

    catalog = Catalog(tables, workspace)
    day = parse_date(as_of)
    asked = ask(catalog, read_region(catalog).compared_ends, Premises(as_of=day))
    book = open_book(catalog)
    desk, world = Desk(plan(asked)), asked.world
    comparisons = [desk.compare(asked.origin, asked.destination, state) for state in State]
    rows = walk_article(book, day, comparisons, {"target": lambda *told: target_told(world, *told)})
    horizon = evidence_horizon(book, day)
    if output is Format.json:
        print_json({
            "as_of": day.isoformat(),
            "evidence_horizon": horizon.isoformat() if horizon else None,
            "corrections": corrections_to_dict(world),
            "statements": [article_to_dict(row) for row in rows],
        })  # fmt: skip
    elif output is Format.csv:
        print_text(to_csv(ARTICLE, rows))
    else:
        text = article_text(rows, f"as of {day}; newest evidence {horizon}")
        print_text("\n".join([text, *correction_lines(world)]))


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
