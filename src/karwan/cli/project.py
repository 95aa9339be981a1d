"""`karwan project`: what is announced and not built, and what is claimed of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from karwan.cli import completion
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
    from karwan.analysis.appraisal.red_flags import RedFlag
    from karwan.analysis.world.world import World
    from karwan.api.appraisal import ProjectAnswer

app = typer.Typer(
    help="List projects that are not built, and show what is claimed of one.",
    no_args_is_help=True,
    rich_markup_mode=None,
)
Project = Annotated[
    str,
    typer.Argument(
        help="Project by id, such as ktap-rail, or its first word, such as KTAP.",
        autocompletion=completion.projects,
    ),
]


@app.command("list")
def list_projects(
    as_of: AsOf = None,
    output: FormatOption = Format.table,
    tables: Tables = None,
    as_recorded: AsRecorded = None,
    workspace: Workspace = None,
) -> None:
    """List every project: length, estimate, state, claims."""
    from karwan.analysis.appraisal.answers import PROJECTS
    from karwan.analysis.world.world import open_world
    from karwan.api.appraisal import projects_asked
    from karwan.base.telling import to_csv
    from karwan.cli.show import columns_text, print_json, print_text
    from karwan.data.catalog import Catalog

    world = open_world(Catalog(tables, workspace, read_recorded(as_recorded)), parse_date(as_of))
    answer = projects_asked(world)
    if output is Format.json:
        print_json(answer.to_dict())
    elif output is Format.csv:
        print_text(to_csv(PROJECTS, answer.content))
    else:
        print_text(f"{answer.title}\n\n{columns_text(PROJECTS, answer.content)}")


@app.command("backcast")
def backcast(
    line: Annotated[
        str | None,
        typer.Argument(
            help="Line by id, such as khaf-rozanak, or by its project. Default: all.",
            show_default=False,
        ),
    ] = None,
    as_of: AsOf = None,
    strict: Annotated[
        bool,
        typer.Option("--strict", help="Use only lines that had been counted when the line opened."),
    ] = False,
    output: FormatOption = Format.table,
    tables: Tables = None,
) -> None:
    """Hold lines that opened against what would have been foretold of them before."""
    from karwan.analysis.appraisal.backcast import BACKCASTS, road_words, tariff_words
    from karwan.analysis.appraisal.backcast_returns import NOT_GIVEN, line_returns_words
    from karwan.analysis.world.world import open_world
    from karwan.api.appraisal import backcast_asked
    from karwan.base.telling import to_csv
    from karwan.cli.show import columns_text, print_json, print_text
    from karwan.data.catalog import Catalog

    answer = backcast_asked(open_world(Catalog(tables), parse_date(as_of)), line, strict=strict)
    if output is Format.json:
        print_json(answer.to_dict())
    elif output is Format.csv:
        print_text(to_csv(BACKCASTS, answer.content))
    else:
        notes = [
            f"{one.row.name}: {'; '.join(word for word in words if word)}."
            for one in answer.content
            for words in [
                (tariff_words(one), road_words(one), line_returns_words(one.returns), *one.why)
            ]
        ]
        if any(one.returns for one in answer.content):
            notes += ["Not given of any of them:", *(f"  {k}: {v}" for k, v in NOT_GIVEN.items())]
        table = columns_text(BACKCASTS, answer.content)
        print_text("\n".join([answer.title, answer.to_dict()["told"], "", table, "", *notes]))


@app.command("show")
def show(
    project: Project,
    as_of: AsOf = None,
    output: FormatOption = Format.table,
    tables: Tables = None,
    as_recorded: AsRecorded = None,
    workspace: Workspace = None,
) -> None:
    """Show a PROJECT: its sections, the claims that compete, and which do not fit."""
    from karwan.analysis.appraisal.answers import FLAGS
    from karwan.analysis.world.world import open_world
    from karwan.api.appraisal import project_asked
    from karwan.base.telling import to_csv
    from karwan.cli.show import print_json, print_text
    from karwan.data.catalog import Catalog

    world = open_world(Catalog(tables, workspace, read_recorded(as_recorded)), parse_date(as_of))
    answer = project_asked(world, project)
    if output is Format.json:
        print_json(answer.to_dict())
    elif output is Format.csv:
        print_text(to_csv(FLAGS, answer.content.flags))
    else:
        print_text(project_text(world, answer.content))


def project_text(world: World, answer: ProjectAnswer) -> str:
    """Return a project for a reader: what it builds, who claims what, what does not fit."""
    line = answer.line
    countries = ", ".join(f"{name} {km:,.0f} km" for name, km in line.km_by_country.items())
    estimate = (
        f"{line.capex.value:,.0f} million USD ({line.capex.low:,.0f}-{line.capex.high:,.0f}; "
        f"{line.capex_basis})"
        if line.capex is not None
        else line.capex_basis
    )
    lines = [
        f"{line.project.name}, as of {world.as_of}: {line.project.build_state}, not built",
        line.project.status_note,
        f"{line.length_km:,.0f} km ({countries}); straight line {line.straight_km:,.0f} km; "
        f"change of gauge at {', '.join(line.gauge_breaks) or 'no place'}",
        f"Estimate: {estimate}",
    ]
    for one in line.crossings:
        beside = world.network.elements[one].beside
        lines.append(f"Crossing {one}" + (f" shuts with {beside}" if beside else ""))
    if line.sections:
        lines += ["", "Sections, in the order of the works:", _sections(answer)]
    lines += ["", f"{len(line.claims)} claims, the newest first; none is adopted:", _claims(answer)]
    lines += ["", *flag_lines(answer.flags)]
    return "\n".join(lines)


def _sections(answer: ProjectAnswer) -> str:
    from karwan.cli.show import table_text

    km = {link.id: link.length_km for link in answer.line.links}
    rows = [
        [
            row.stage,
            row.name,
            f"{sum(km.get(link, 0.0) for link in row.section_links):,.1f}",
            row.terrain,
            "" if row.capex_musd is None else f"{row.capex_musd:,.0f}",
            row.confidence,
        ]
        for row in answer.line.sections
    ]
    names = ("stage", "section", "km", "terrain", "million USD", "grade")
    return table_text(names, rows, right=(2, 4))


def _claims(answer: ProjectAnswer) -> str:
    from karwan.cli.show import table_text

    def range_of(low: float | None, high: float | None) -> str:
        if low is None or high is None:
            return ""
        return f"{low:,.0f}" if low == high else f"{low:,.0f}-{high:,.0f}"

    rows = [
        [
            row.source_date or "",
            row.id,
            row.length_claim or "",
            range_of(row.capex_low_musd, row.capex_high_musd),
            ""
            if row.forecast_claim_mt_per_year is None
            else f"{row.forecast_claim_mt_per_year:g} ({row.volume_meaning})",
            row.transit_time_claim or "",
            row.status_reported or row.financing or "",
            row.confidence,
        ]
        for row in answer.line.claims
    ]
    names = ("date", "claim", "km", "million USD", "Mt a year", "time", "status", "grade")
    return table_text(names, rows, right=(2, 3))


def flag_lines(flags: tuple[RedFlag, ...]) -> list[str]:
    """Return claims that do not fit, a line each."""
    if not flags:
        return ["No claim contradicts what can be computed; that makes none of them true."]
    head = f"{len(flags)} claims that do not fit what can be computed:"
    return [
        head,
        *(f"  {one.kind} ({one.claim_id}, {one.source_date}): {one.text}" for one in flags),
    ]
