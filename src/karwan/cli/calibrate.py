"""`karwan calibrate`: the model beside runs that happened."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from karwan.base.words import counted
from karwan.cli.options import PATH, AsOf, Format, FormatOption, Tables, read_path

if TYPE_CHECKING:
    from karwan.analysis.corridors.calibration import Beside, Calibration
    from karwan.base.telling import Columns

Write = Annotated[
    Path | None,
    typer.Option(
        "--write",
        parser=read_path,
        metavar=PATH,
        help="Write the page of the documentation here.",
    ),
]


def calibrate(
    as_of: AsOf = None,
    output: FormatOption = Format.table,
    write: Write = None,
    tables: Tables = None,
) -> None:
    """Refit to observed runs, each left out in turn, and set every run beside the model."""
    from karwan.analysis.corridors.calibration import RUNS
    from karwan.api.trade import calibrate_asked
    from karwan.base.store import write_text
    from karwan.base.telling import to_csv
    from karwan.base.troubles import check_target
    from karwan.cli.options import parse_date
    from karwan.cli.show import print_json, print_text
    from karwan.data.catalog import Catalog
    from karwan.network.build import build_network

    if write is not None:
        check_target(write)
    catalog = Catalog(tables)
    answer = calibrate_asked(catalog, build_network(catalog), parse_date(as_of))
    found = answer.content
    if write is not None:
        write_text(write, calibration_page(found))
    if output is Format.json:
        print_json(answer.to_dict())
    elif output is Format.csv:
        print_text(to_csv(RUNS, found.runs))
    else:
        print_text(calibration_text(found))


def calibration_text(found: Calibration) -> str:
    """Return the fit and every run as text."""
    from karwan.analysis.corridors.calibration import RUNS, STATED_RUNS
    from karwan.cli.show import columns_text

    lines = list(_headline(found))
    lines += ["", "Observed runs, each without its own event:"]
    lines.append(columns_text(RUNS, found.chosen.runs, blank=True))
    lines += ["", "Scheduled and claimed, beside the model with nothing fitted; never fitted:"]
    lines.append(columns_text(STATED_RUNS, found.others, blank=True))
    lines += ["", "Out of reach:"]
    lines += [
        f"  {run.id} {run.origin} - {run.destination} ({run.kind}): {run.out_of_reach}"
        for run in found.out_of_reach
    ]
    return "\n".join(lines)


def _headline(found: Calibration) -> list[str]:
    lines = [
        f"{counted(found.run_count, 'observed run')} of {counted(found.event_count, 'event')} "
        f"lie in the network.",
        f"In use: {found.in_use.duty_hours_per_day:g} h of driving a day, no pilot factor.",
    ]
    for variant in found.variants:
        cover = variant.coverage
        mark = "; chosen" if variant is found.chosen else ""
        lines.append(
            f"  {variant.name}: {variant.fitted.duty_hours_per_day:g} h a day, factor "
            f"{variant.fitted.pilot_ratio:.2f}; median left-out error "
            f"{variant.median_error_share:.1%}; {cover.value:.0%} within P05-P95 "
            f"(95 % interval {cover.low:.2f}-{cover.high:.2f}){mark}"
        )
    return lines


def calibration_page(found: Calibration) -> str:
    """Return the page of the documentation."""
    from karwan.analysis.corridors.calibration import RUNS, STATED_RUNS

    head = _headline(found)
    lines = [
        "# Calibration",
        "",
        "<!-- Written by `make docs`. -->",
        "",
        "How far the hours of the model lie from runs that happened. `karwan calibrate` makes this",
        "page anew. Only observed runs are ever fitted; a run is compared with the model fitted",
        "without any run of its event. What was scheduled or claimed stands beside the model and",
        "is adopted by nobody here.",
        "",
        *head[:2],
        "",
        *(f"- {line.strip()}" for line in head[2:]),
        "",
        "What is published is few, and mostly announced first runs. The simplest line that no",
        "other beats on events it has not seen is chosen; figures fitted are reported here and",
        "enter no other answer.",
        "",
        "## Observed",
        "",
        *_markdown_runs(RUNS, found.chosen.runs),
        "",
        "## Scheduled and claimed",
        "",
        "The last column but one is model over statement: 0.5 says that the model needs half the",
        "time stated.",
        "",
        *_markdown_runs(STATED_RUNS, found.others),
        "",
        "## Out of reach",
        "",
        *_markdown(
            ("run", "from", "to", "kind", "why"),
            [[r.id, r.origin, r.destination, r.kind, r.out_of_reach] for r in found.out_of_reach],
        ),
    ]
    return "\n".join(lines) + "\n"


def _markdown_runs(columns: Columns[Beside], runs: Sequence[Beside]) -> list[str]:
    from karwan.base.telling import Form, cells_of, names_of

    rows = [cells_of(columns, one, Form.table) for one in runs]
    return _markdown(names_of(columns, Form.table), rows)


def _markdown(headers: Sequence[str], rows: list[list[str]]) -> list[str]:
    rule = "| " + " | ".join("---" for _ in headers) + " |"
    lines = ["| " + " | ".join(headers) + " |", rule]
    cells = [" | ".join(cell.replace("|", "/") for cell in row) for row in rows]
    return lines + [f"| {row} |" for row in cells]
