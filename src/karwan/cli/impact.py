"""`karwan impact`: what a closure does to freight, and what a day of it costs whom."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from karwan.cli import completion
from karwan.cli.critical import Study, asked_study
from karwan.cli.options import (
    AsOf,
    Format,
    FormatOption,
    Strict,
    Tables,
    Workspace,
    parse_date,
)

if TYPE_CHECKING:
    from karwan.analysis.decisions.impact import Impact

Close = Annotated[
    list[str] | None,
    typer.Option(
        "--close",
        help="Crossing, line or place that closes; may be repeated. Default: what the record holds "
        "shut on the date.",
        autocompletion=completion.passed,
    ),
]
Since = Annotated[
    str | None,
    typer.Option(
        "--since",
        help="When it shut or will, YYYY-MM-DD. Default: as recorded, else the as-of date.",
        show_default=False,
        autocompletion=completion.days,
    ),
]
After = Annotated[int, typer.Option("--after", help="Days after the closure that are asked of.")]


def impact(
    close: Close = None,
    since: Since = None,
    after: After = 60,
    study: Study = "reference",
    as_of: AsOf = None,
    strict: Strict = False,
    output: FormatOption = Format.table,
    tables: Tables = None,
    workspace: Workspace = None,
) -> None:
    """Say what a closure does: what goes round, waits or stays, and what a day costs whom."""
    from karwan.api.impact import impact_asked
    from karwan.base.telling import to_csv
    from karwan.cli.show import print_json, print_text

    day = parse_date(as_of)
    answer = impact_asked(
        asked_study(study, "general", "truck", day.isoformat(), tables),
        workspace=workspace,
        closed=close or (),
        since=None if since is None else parse_date(since, "since"),
        after_days=after,
        strict=strict,
    )
    if output is Format.json:
        print_json(answer.to_dict())
    elif output is Format.csv:
        print_text(to_csv(answer.columns, answer.content.elements))
    else:
        print_text("\n".join([impact_text(answer.content, answer.title), *answer.age_lines()]))


def impact_text(told: Impact, title: str) -> str:
    """Return the loss and its columns, then elements, pairs, and what it rests on."""
    from karwan.analysis.decisions.impact_answers import (
        ELEMENT_FLOWS,
        MOST_GATES,
        MOST_PAIRS,
        PAIRS_IMPACT,
        impact_lines,
        impact_notes,
        moved_gates,
    )
    from karwan.cli.show import columns_text

    gates = moved_gates(told)
    pairs = sorted(told.pairs, key=lambda pair: -(pair.waiting_t + pair.not_sent_t))
    lines = [title, "", *impact_lines(told), ""]
    lines.append(columns_text(ELEMENT_FLOWS, gates[: MOST_GATES * 2]))
    if len(gates) > MOST_GATES * 2:
        lines.append(f"and {len(gates) - MOST_GATES * 2} more (--format csv has all)")
    lines += ["", columns_text(PAIRS_IMPACT, pairs[:MOST_PAIRS])]
    if len(pairs) > MOST_PAIRS:
        lines.append(f"and {len(pairs) - MOST_PAIRS} more flows")
    return "\n".join([*lines, "", *impact_notes(told)])
