"""`karwan evidence`: the user's own closures and incidents, added and never changed."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from karwan.api import today
from karwan.base.traffic import TrafficClass, read_traffic
from karwan.base.workspaces import there
from karwan.cli import completion, incidents
from karwan.cli.options import AsOf, Format, FormatOption, Tables, parse_date, read_path
from karwan.cli.stamp import DEFAULT_WORKSPACE, Who, Workspace, now, who

TRAFFIC_HELP = f"{', '.join(TrafficClass)}; also persons, perishables."
app = typer.Typer(help="Add your own closures and incidents to a workspace.", no_args_is_help=True)

Url = Annotated[str, typer.Option("--source", help="Address or name of the source.")]
SourceDate = Annotated[
    str,
    typer.Option(
        "--source-date", help="Day of the source, YYYY-MM-DD.", autocompletion=completion.days
    ),
]
Grade = Annotated[str, typer.Option("--grade", help="A read, B derived, C estimate.")]
Note = Annotated[str, typer.Option("--note", help="What happened, in a few words.")]


@app.command("add-closure")
def add_closure(
    element: Annotated[
        str,
        typer.Argument(
            metavar="ELEMENT",
            help="Crossing or line, by id or name.",
            autocompletion=completion.elements,
        ),
    ],
    start: Annotated[
        str,
        typer.Argument(
            metavar="START", help="First day shut, YYYY-MM-DD.", autocompletion=completion.days
        ),
    ],
    source: Url,
    source_date: SourceDate,
    end: Annotated[
        str, typer.Option("--end", help="First day open again.", autocompletion=completion.days)
    ] = "",
    end_status: Annotated[
        str, typer.Option("--end-status", help="observed, approx, unknown or ongoing.")
    ] = "observed",
    seen_until: Annotated[
        str,
        typer.Option(
            "--seen-until",
            help="Last day seen shut, if no end is known. Default: the source's day.",
            show_default=False,
            autocompletion=completion.days,
        ),
    ] = "",
    traffic: Annotated[str, typer.Option("--traffic", help=TRAFFIC_HELP)] = "all",
    direction: Annotated[str, typer.Option("--direction", help="both, a_to_b or b_to_a.")] = "both",
    cause: Annotated[str, typer.Option("--cause", help="Such as security_clash.")] = "other",
    episode: Annotated[
        str, typer.Option("--episode", help="Name shared by closures of one decision.")
    ] = "",
    start_precision: Annotated[
        str, typer.Option("--start-precision", help="day, month, approx or left_censored.")
    ] = "day",
    note: Note = "",
    grade: Grade = "B",
    named: Who = None,
    workspace: Workspace = DEFAULT_WORKSPACE,
    tables: Tables = None,
) -> None:
    """Add a closure of ELEMENT from START; a blank end needs --end-status unknown or ongoing."""
    from karwan.base.errors import DataError
    from karwan.data.catalog import Catalog
    from karwan.evidence.closures import read_closures
    from karwan.evidence.records import NewClosure, closure_faults, joined_with, side_faults
    from karwan.evidence.records import add_closure as add

    name, mode, sided, faults = _asked(element, tables)
    faults += side_faults(direction, sided=sided)
    new = NewClosure(
        element_id=name,
        mode=mode,
        start=start,
        end=end,
        end_status=end_status,
        seen_until=seen_until,
        traffic_class=read_traffic(traffic),
        direction=direction,
        cause=cause,
        episode=episode,
        note=note,
        source_url=source,
        source_date=source_date,
        grade=grade,
        start_precision=start_precision,
    )
    if faults:
        raise DataError("the record", [*faults, *closure_faults(new, today())])
    packaged = read_closures(Catalog()).spells
    ident = add(workspace, new, who=who(named), when=now(), today=today(), packaged=packaged)
    typer.echo(ident)
    others = joined_with(workspace, packaged, ident)
    if others:
        typer.echo(
            f"{ident} tells of the same closure as {', '.join(others)}; that it was seen shut is "
            f"said by `karwan evidence seen {name} DATE shut`.",
            err=True,
        )


def _asked(element: str, tables: Path | None = None) -> tuple[str, str, bool, list[str]]:
    """Return an element's id and mode, whether it has sides, and what is wrong with its name."""
    from karwan.base.errors import UnknownNameError
    from karwan.data.catalog import Catalog
    from karwan.network.build import build_network

    network = build_network(Catalog(tables))
    try:
        one = network.element(element)
    except UnknownNameError as error:
        return element, "", True, [str(error)]
    return one.id, one.mode, one.id in network.crossings, []


@app.command("seen")
def seen(
    element: Annotated[
        str,
        typer.Argument(
            metavar="ELEMENT",
            help="Crossing or line, by id or name.",
            autocompletion=completion.elements,
        ),
    ],
    date: Annotated[
        str,
        typer.Argument(
            metavar="DATE", help="Day it was seen, YYYY-MM-DD.", autocompletion=completion.days
        ),
    ],
    state: Annotated[
        str,
        typer.Argument(
            metavar="STATE", help="open, shut, limited (some freight passes) or persons-only."
        ),
    ],
    source: Url,
    source_date: SourceDate,
    traffic: Annotated[str, typer.Option("--traffic", help=TRAFFIC_HELP)] = "all",
    direction: Annotated[str, typer.Option("--direction", help="both, a_to_b or b_to_a.")] = "both",
    note: Note = "",
    grade: Grade = "B",
    named: Who = None,
    workspace: Workspace = DEFAULT_WORKSPACE,
    tables: Tables = None,
) -> None:
    """Say that ELEMENT was seen open or shut on DATE: extends, ends or dates what is on record."""
    from karwan.base.errors import DataError
    from karwan.data.catalog import Catalog
    from karwan.evidence.closures import read_closures
    from karwan.evidence.records import NewSighting, add_sighting, sighting_faults

    name, mode, sided, faults = _asked(element, tables)
    new = NewSighting(
        element_id=name, mode=mode, day=date, state=state, traffic_class=read_traffic(traffic),
        direction=direction, note=note, source_url=source, source_date=source_date, grade=grade,
        sided=sided,
    )  # fmt: skip
    if faults:
        raise DataError("the record", [*faults, *sighting_faults(new, today())])
    packaged = read_closures(Catalog(tables)).spells
    typer.echo(
        add_sighting(workspace, new, who=who(named), when=now(), today=today(), packaged=packaged)
    )


@app.command("end-closure")
def end_closure(
    closure: Annotated[str, typer.Argument(metavar="ID", help="Id, such as W0001 or CL130.")],
    date: Annotated[
        str,
        typer.Argument(
            metavar="DATE", help="First day open again.", autocompletion=completion.days
        ),
    ],
    source: Url,
    source_date: SourceDate,
    note: Note = "",
    grade: Grade = "B",
    named: Who = None,
    workspace: Workspace = DEFAULT_WORKSPACE,
    tables: Tables = None,
) -> None:
    """Say when closure ID ended, yours or a packaged one; the newest stands, no row is changed."""
    from karwan.data.catalog import Catalog
    from karwan.evidence.closures import read_closures
    from karwan.evidence.records import NewEnd
    from karwan.evidence.records import end_closure as end

    new = NewEnd(
        closure_id=closure,
        end=date,
        note=note,
        source_url=source,
        source_date=source_date,
        grade=grade,
    )
    packaged = read_closures(Catalog(tables)).spells
    typer.echo(end(workspace, new, who=who(named), when=now(), today=today(), packaged=packaged))


@app.command("add-incident")
def add_incident(
    date: Annotated[
        str, typer.Argument(metavar="DATE", help="Day, YYYY-MM-DD.", autocompletion=completion.days)
    ],
    lat: Annotated[float, typer.Option("--lat", help="Latitude in degrees.")],
    lon: Annotated[float, typer.Option("--lon", help="Longitude in degrees.")],
    source: Url,
    source_date: SourceDate,
    precision: Annotated[
        float, typer.Option("--precision", help="How many km the place may be off.")
    ] = 10.0,
    kind: Annotated[str, typer.Option("--kind", help="Such as attack.")] = "attack",
    deaths: Annotated[int | None, typer.Option("--deaths", help="If known.")] = None,
    note: Note = "",
    grade: Grade = "B",
    named: Who = None,
    workspace: Workspace = DEFAULT_WORKSPACE,
) -> None:
    """Add an incident on DATE at a latitude and longitude."""
    from karwan.evidence.records import NewIncident
    from karwan.evidence.records import add_incident as add

    new = NewIncident(
        date=date,
        lat=lat,
        lon=lon,
        precision_km=precision,
        kind=kind,
        death_count=deaths,
        note=note,
        source_url=source,
        source_date=source_date,
        grade=grade,
    )
    typer.echo(add(workspace, new, who=who(named), when=now(), today=today()))


@app.command("withdraw")
def withdraw(
    record: Annotated[str, typer.Argument(metavar="ID", help="Id of a row of the workspace.")],
    note: Note = "",
    on: Annotated[
        str | None,
        typer.Option(
            "--on",
            help="Day from which it is out of use: answers as of an earlier date still use it. "
            "Default: today.",
            show_default=False,
            autocompletion=completion.days,
        ),
    ] = None,
    for_all_time: Annotated[
        bool,
        typer.Option(
            "--for-all-time",
            help="The row was wrong from the first: answers of every date leave it out, and those "
            "that would have used it say so.",
        ),
    ] = False,
    named: Who = None,
    workspace: Workspace = DEFAULT_WORKSPACE,
) -> None:
    """Take row ID of the workspace out of use and say why; the row itself stays in the record."""
    from karwan.base.errors import DataError, Fault
    from karwan.evidence.records import Withdrawal
    from karwan.evidence.records import withdraw as take_out

    if for_all_time and on is not None:
        raise DataError("the record", [Fault("on", "does not go with for all time")])
    day = "" if for_all_time else on or today().isoformat()
    new = Withdrawal(record, day, note)
    typer.echo(take_out(workspace, new, who=who(named), when=now(), today=today()))


@app.command("list")
def list_(output: FormatOption = Format.table, workspace: Workspace = DEFAULT_WORKSPACE) -> None:
    """List all rows of the workspace, in the order added."""
    from karwan.api.facts import records_asked
    from karwan.cli.show import columns_text, print_json, print_text

    answer = records_asked(workspace)
    if output is Format.json:
        print_json(answer.to_dict())
        return
    if output is Format.csv:
        print_text(answer.to_csv())
        return
    rows = list(answer.rows())
    print_text(
        columns_text(answer.columns, rows, blank=True) if rows else "The workspace is empty."
    )


@app.command("due")
def due(
    as_of: AsOf = None,
    study: Annotated[
        str, typer.Option("--study", help="Study by whose pairs a gate matters, or `reference`.")
    ] = "reference",
    top: Annotated[int, typer.Option("--top", min=1, help="Show so many.")] = 15,
    output: FormatOption = Format.table,
    workspace: Workspace = DEFAULT_WORKSPACE,
    tables: Tables = None,
) -> None:
    """Rank gates and lines by what one more look at them would change."""
    from karwan.analysis.decisions.due import LOOKS
    from karwan.api.closures import due_asked
    from karwan.api.studies import REFERENCE, asked_study
    from karwan.base.telling import to_csv
    from karwan.cli.options import read_path
    from karwan.cli.show import columns_text, print_json, print_text
    from karwan.network.vehicles import DEFAULT_CARGO, DEFAULT_UNIT

    spec = asked_study(
        study if study == REFERENCE else read_path(study),
        cargo=DEFAULT_CARGO,
        unit=DEFAULT_UNIT,
        as_of=parse_date(as_of),
        tables=tables,
    )
    answer = due_asked(spec, workspace=there(workspace), top=top)
    if output is Format.json:
        print_json(answer.to_dict())
    elif output is Format.csv:
        print_text(to_csv(LOOKS, answer.content))
    else:
        lines = [
            answer.title,
            columns_text(LOOKS, answer.content, numbered=True),
            "A look is worth the chance that the state has changed since it was last seen, times "
            "what a day of its loss costs the freight of the study. Note one with karwan evidence "
            "seen.",
        ]
        print_text("\n".join(lines))


@app.command("check")
def check(workspace: Workspace = DEFAULT_WORKSPACE, tables: Tables = None) -> None:
    """Name every fault of the workspace."""
    from karwan.base.errors import DataError
    from karwan.data.catalog import Catalog
    from karwan.evidence.closures import read_closures
    from karwan.evidence.record_check import check_records
    from karwan.evidence.registry import file_faults
    from karwan.network.build import build_network

    elements = build_network(Catalog(tables)).elements
    modes = {name: element.mode for name, element in elements.items()}
    faults = check_records(workspace, modes, today(), read_closures(Catalog(tables)).spells)
    faults += file_faults(workspace)
    if faults:
        where = f"workspace {workspace}"
        raise DataError(where, faults)
    typer.echo("No fault.")


@app.command("coding")
def coding(output: FormatOption = Format.table, tables: Tables = None) -> None:
    """Tell how far a second, blind coding of closures agrees with the record."""
    from karwan.api.facts import coding_asked
    from karwan.base.telling import to_csv
    from karwan.cli.show import columns_text, print_json, print_text
    from karwan.data.catalog import Catalog
    from karwan.evidence.coding import BASIS, DIFFERS

    answer = coding_asked(Catalog(tables))
    if output is Format.json:
        print_json(answer.to_dict())
        return
    if output is Format.csv:
        print_text(to_csv(answer.columns, answer.content))
        return
    differ = [row for one in answer.content for row in one.differ]
    print_text(columns_text(answer.columns, answer.content))
    print_text("\n" + (columns_text(DIFFERS, differ) if differ else "No row differs."))
    print_text("\n" + BASIS)


app.command("add-incidents")(incidents.add_incidents)
app.command("get-incidents")(incidents.get_incidents)
app.command("incidents")(incidents.incidents)
app.command("export-incidents")(incidents.export_incidents)


Book = Annotated[
    Path,
    typer.Argument(metavar="FILE", parser=read_path, help="Workbook (.xlsx).", show_default=False),
]


@app.command("template")
def template(file: Book, tables: Tables = None) -> None:
    """Write a workbook to fill in: sightings, closures and incidents, with lists to choose from."""
    from karwan.base.additions import add_files
    from karwan.base.troubles import check_target
    from karwan.data.catalog import Catalog
    from karwan.evidence.workbook import evidence_template
    from karwan.network.build import build_network

    check_target(file)
    content = evidence_template(build_network(Catalog(tables)).elements)
    for path in add_files(file.parent, {file.name: content}):
        typer.echo(path)


@app.command("add-workbook")
def add_workbook(
    file: Book,
    named: Who = None,
    workspace: Workspace = DEFAULT_WORKSPACE,
    tables: Tables = None,
) -> None:
    """Add all rows of a filled FILE, or none and name every cell at fault."""
    from karwan.data.catalog import Catalog
    from karwan.evidence.closures import read_closures
    from karwan.evidence.workbook import Known
    from karwan.evidence.workbook import add_workbook as add
    from karwan.network.build import build_network

    network = build_network(Catalog(tables))

    def find(name: str) -> tuple[str, Known]:
        one = network.element(name)
        return one.id, Known(one.mode, sided=one.id in network.crossings)

    ids = add(
        workspace, file.read_bytes(), where=str(file), find=find, who=who(named), when=now(),
        today=today(), packaged=read_closures(Catalog(tables)).spells,
    )  # fmt: skip
    typer.echo("\n".join(ids))
