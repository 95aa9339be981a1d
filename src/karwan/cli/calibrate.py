"""`karwan calibrate`: the model beside runs that happened."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from karwan.cli.options import PATH, AsOf, Format, FormatOption, Tables, read_path

if TYPE_CHECKING:
    from karwan.analysis.corridors.calibration import Beside, Calibration

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
    from karwan.api.trade import calibrate_asked
    from karwan.base.store import write_text
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
        print_text(calibration_csv(found))
    else:
        print_text(calibration_text(found))


HEADERS = ("run", "from", "to", "published h", "model h", "left out h", "P05-P95 h", "error")


def calibration_text(found: Calibration) -> str:
    """Return the fit and every run as text."""
    from karwan.cli.show import table_text

    lines = list(_headline(found))
    numbers = (3, 4, 5, 6, 7)
    lines += ["", "Observed runs, each without its own event:"]
    lines.append(table_text(HEADERS, [_row(one) for one in found.chosen.runs], right=numbers))
    lines += ["", "Scheduled and claimed, beside the model with nothing fitted; never fitted:"]
    rows = [[*_row(one), one.run.kind] for one in found.others]
    lines.append(table_text((*HEADERS[:7], "ratio", "kind"), rows, right=numbers))
    lines += ["", "Out of reach:"]
    lines += [
        f"  {run.id} {run.origin} - {run.destination} ({run.kind}): {run.out_of_reach}"
        for run in found.out_of_reach
    ]
    return "\n".join(lines)


def _headline(found: Calibration) -> list[str]:
    lines = [
        f"{found.run_count} observed runs of {found.event_count} events lie in the network.",
        f"In use: {found.in_use.duty_hours_per_day:g} h of driving a day, no pilot factor.",
    ]
    for variant in found.variants:
        share, low, high = variant.coverage
        mark = "; chosen" if variant is found.chosen else ""
        lines.append(
            f"  {variant.name}: {variant.fitted.duty_hours_per_day:g} h a day, factor "
            f"{variant.fitted.pilot_ratio:.2f}; median left-out error "
            f"{variant.median_error_share:.1%}; {share:.0%} within P05-P95 "
            f"(95 % interval {low:.2f}-{high:.2f}){mark}"
        )
    return lines


def _row(one: Beside) -> list[str]:
    run, journey = one.run, one.journey
    published = f"{run.run_hours:,.0f}" if run.run_hours else ""
    row = [run.id, run.origin, run.destination, published]
    if journey is None:
        return [*row, "no route", "", "", ""]
    found = journey.reliability
    low, high = one.left_out_band_hours or (found.p05_hours, found.p95_hours)
    ratio = one.left_out_error_ratio
    if ratio is None and run.run_hours:
        shown = f"{journey.hours[1] / run.run_hours:.2f}"
    else:
        shown = "" if ratio is None else f"{ratio:+.0%}"
    left_out = "" if one.left_out_hours is None else f"{one.left_out_hours:,.0f}"
    return [*row, f"{journey.hours[1]:,.0f}", left_out, f"{low:,.0f}-{high:,.0f}", shown]


def calibration_csv(found: Calibration) -> str:
    """Return every run as one line; units are in the column names."""
    from karwan.analysis.corridors.answers import calibration_to_dict
    from karwan.cli.show import csv_text

    rows: list[dict[str, Any]] = calibration_to_dict(found)["runs"]
    return csv_text(list(rows[0]), [list(row.values()) for row in rows])


def calibration_page(found: Calibration) -> str:
    """Return the page of the documentation."""
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
        *_markdown(HEADERS, [_row(one) for one in found.chosen.runs]),
        "",
        "## Scheduled and claimed",
        "",
        "The last column but one is model over statement: 0.5 says that the model needs half the",
        "time stated.",
        "",
        *_markdown(
            (*HEADERS[:7], "ratio", "kind"), [[*_row(one), one.run.kind] for one in found.others]
        ),
        "",
        "## Out of reach",
        "",
        *_markdown(
            ("run", "from", "to", "kind", "why"),
            [[r.id, r.origin, r.destination, r.kind, r.out_of_reach] for r in found.out_of_reach],
        ),
    ]
    return "\n".join(lines) + "\n"


def _markdown(headers: tuple[str, ...], rows: list[list[str]]) -> list[str]:
    rule = "| " + " | ".join("---" for _ in headers) + " |"
    lines = ["| " + " | ".join(headers) + " |", rule]
    cells = [" | ".join(cell.replace("|", "/") for cell in row) for row in rows]
    return lines + [f"| {row} |" for row in cells]
