"""`karwan evidence add-incidents`, `incidents` and `export-incidents`: events and what they say."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from karwan.base.words import counted
from karwan.base.workspaces import DEFAULT_WORKSPACE, folder_beside, there
from karwan.cli import completion
from karwan.cli.incident_text import (
    answer_text,
    count_backtest_text,
    covariate_text,
)
from karwan.cli.options import (
    PATH,
    AsOf,
    AsRecorded,
    Format,
    FormatOption,
    Tables,
    parse_date,
    read_path,
    read_recorded,
)
from karwan.cli.stamp import Who, Workspace, now, who

if TYPE_CHECKING:
    from karwan.analysis.world.world import World
    from karwan.api.incidents import Told
    from karwan.evidence.incidents import HowToRead, IncidentSet

BACKTEST, CLOSURES = "backtest", "closures"

ReleaseOption = Annotated[
    str, typer.Option("--release", help="Release, such as 26.1, where the file does not say.")
]
Countries = Annotated[
    list[str] | None,
    typer.Option(
        "--countries",
        help="Countries covered, by name, two or three letters, with commas. May be repeated.",
        show_default=False,
    ),
]
From = Annotated[
    str,
    typer.Option("--from", help="First day covered, YYYY-MM-DD.", autocompletion=completion.days),
]
To = Annotated[
    str,
    typer.Option(
        "--to", help="Day after the last one covered, YYYY-MM-DD.", autocompletion=completion.days
    ),
]
Columns = Annotated[
    list[str] | None,
    typer.Option(
        "--map",
        help="Columns of a file of your own, such as date=event_date,lat=latitude,lon=longitude; "
        "makes it local: nothing of it is ever exported. May be repeated.",
        show_default=False,
    ),
]
Precision = Annotated[
    float,
    typer.Option("--precision-km", help="How far off the places of a file of your own may be."),
]


def add_incidents(
    file: Annotated[
        Path,
        typer.Argument(
            metavar="FILE",
            parser=read_path,
            help="UCDP's zip, a candidate CSV, the reduced form, or any CSV with --map.",
        ),
    ],
    release: ReleaseOption = "",
    countries: Countries = None,
    first: From = "",
    last: To = "",
    columns: Columns = None,
    precision: Precision = 10.0,
    note: Annotated[str, typer.Option("--note", help="What a reader must know.")] = "",
    named: Who = None,
    workspace: Workspace = DEFAULT_WORKSPACE,
    tables: Tables = None,
) -> None:
    """Add a file of incidents to the workspace, with its hash, release and coverage."""
    from karwan.data.catalog import Catalog
    from karwan.evidence.places import place_notes, read_extents
    from karwan.evidence.readers import read_incidents
    from karwan.evidence.registry import add_file

    how = _how(release, countries, first, last, columns, precision)
    one = read_incidents(file, how)
    ident = add_file(workspace, one, note=note, who=who(named), when=now())
    typer.echo(f"{ident}: {_described(one)}")
    for text in place_notes(one, read_extents(Catalog(tables))):
        typer.echo(f"karwan: look at the places: {text}", err=True)


def get_incidents(
    source: Annotated[
        str, typer.Argument(metavar="SOURCE", help="Whose: ucdp (CC BY 4.0; no other is fetched).")
    ],
    releases: Annotated[
        list[str] | None,
        typer.Option(
            "--release",
            help="Release, such as 26.1 (final) or 26.0.7 (candidate). May be repeated. Default: "
            "the newest final one by the date, and candidates of the months after it.",
            show_default=False,
        ),
    ] = None,
    as_of: AsOf = None,
    named: Who = None,
    workspace: Workspace = DEFAULT_WORKSPACE,
    tables: Tables = None,
) -> None:
    """Fetch releases of incidents from their publisher, print hashes, and add them."""
    from karwan.base.errors import DataError, Fault
    from karwan.data.catalog import Catalog
    from karwan.evidence.fetching import fetch, ucdp_address
    from karwan.evidence.places import place_notes, read_extents
    from karwan.evidence.readers import read_incidents
    from karwan.evidence.registry import add_file
    from karwan.evidence.releases import current_releases

    if source.casefold() != "ucdp":
        fault = Fault("source", f"{source!r} is not fetched: ask for ucdp")
        raise DataError("the question", [fault])
    asked = releases or list(current_releases(parse_date(as_of)))
    addresses = [(release, ucdp_address(release)) for release in asked]
    extents = read_extents(Catalog(tables))
    for release, address in addresses:
        kept = fetch(address, folder_beside(workspace) / "fetched")
        typer.echo(f"{address}\n  {kept.path} sha256 {kept.sha256}")
        one = read_incidents(kept.path, _how(release, None, "", "", None, 10.0))
        try:
            ident = add_file(workspace, one, note=address, who=who(named), when=now())
        except DataError as error:
            typer.echo(f"  {'; '.join(error.texts)}")
            continue
        typer.echo(f"  {ident}: {_described(one)}")
        for text in place_notes(one, extents):
            typer.echo(f"karwan: look at the places: {text}", err=True)


def export_incidents(
    file: Annotated[Path, typer.Argument(metavar="FILE", parser=read_path, help="CSV to write.")],
    ids: Annotated[
        list[str] | None,
        typer.Option("--id", help="File of the workspace, such as F0001. Default: all of UCDP."),
    ] = None,
    workspace: Workspace = DEFAULT_WORKSPACE,
) -> None:
    """Write events of the workspace to a CSV; files that must stay local are refused."""
    from karwan.base.errors import UnknownNameError
    from karwan.base.troubles import check_target
    from karwan.evidence.incidents import UCDP_CREDIT, UCDP_KINDS, write_csv
    from karwan.evidence.registry import read_files

    check_target(file)
    known = read_files(workspace)
    for ident in ids or ():
        if ident not in known:
            raise UnknownNameError("file of the workspace", ident, known)
    asked = ids or [ident for ident, one in known.items() if one.release.kind in UCDP_KINDS]
    write_csv([known[ident] for ident in asked], file)
    typer.echo(f"{file}: {', '.join(asked) or 'no event'}. Credit: {UCDP_CREDIT}")


def incidents(
    name: Annotated[
        str,
        typer.Argument(
            metavar="LINK|ELEMENT|CORRIDOR|COUNTRY|backtest|closures",
            help="What to ask of; `backtest` tests forecasts of counts, `closures` whether "
            "closures follow incidents.",
            show_default=False,
            autocompletion=completion.things,
        ),
    ],
    file: Annotated[
        Path | None,
        typer.Option(
            "--incidents",
            parser=read_path,
            metavar=PATH,
            help="A file, instead of those of the workspace.",
        ),
    ] = None,
    release: ReleaseOption = "",
    countries: Countries = None,
    first: From = "",
    last: To = "",
    columns: Columns = None,
    precision: Precision = 10.0,
    as_of: AsOf = None,
    local: Annotated[
        bool, typer.Option("--include-local", help="Put local files into JSON and CSV too.")
    ] = False,
    seed: Annotated[int, typer.Option("--seed", min=0, help="Seed of the intervals.")] = 0,
    output: FormatOption = Format.table,
    as_recorded: AsRecorded = None,
    workspace: Workspace = DEFAULT_WORKSPACE,
    tables: Tables = None,
) -> None:
    """Say how many incidents a month are recorded along a link, an element or a corridor."""
    from karwan.analysis.world.world import open_world
    from karwan.api.incidents import (
        answer_to_dict,
        count_backtest_to_dict,
        covariate_to_dict,
        incidents_asked,
        own_count,
        told_incidents,
    )
    from karwan.data.catalog import Catalog
    from karwan.evidence.readers import read_incidents
    from karwan.evidence.registry import read_files

    how = _how(release, countries, first, last, columns, precision)
    held = there(workspace)
    world = open_world(Catalog(tables, held, read_recorded(as_recorded)), parse_date(as_of))
    sets = (
        list(read_files(workspace, world.as_of, world.catalog.as_recorded).values())
        if file is None
        else [read_incidents(file, how)]
    )
    told = told_incidents(world, sets, hides_local=output is not Format.table and not local)
    if name == BACKTEST:
        from karwan.analysis.forecasts.counts import backtest_counts
        from karwan.data.region import count_units

        known, parts = world.network.countries, count_units(world.catalog)
        tests = [(one, backtest_counts(one, known, parts, seed=seed)) for one in told.incidents]
        _show(
            [count_backtest_to_dict(one.label, test) for one, test in tests],
            [count_backtest_text(one.label, test) for one, test in tests],
            told,
            output,
            world,
        )
        return
    if name == CLOSURES:
        from karwan.analysis.forecasts.covariates import compare_with_closures

        compared = [(one.label, compare_with_closures(world, one)) for one in told.incidents]
        _show(
            [covariate_to_dict(*one) for one in compared],
            [covariate_text(*one) for one in compared],
            told,
            output,
            world,
        )
        return
    answer = incidents_asked(world, told, name, workspace=workspace)
    if output is Format.csv:
        from karwan.analysis.forecasts.incidents import LINKS, recorded
        from karwan.base.telling import to_csv
        from karwan.cli.show import print_text

        print_text(to_csv(LINKS, recorded(answer.content)))
        return
    own = own_count(world, workspace)
    texts = [answer_text(one) for one in answer.content]
    if own:
        texts.append(f"{counted(own, 'incident')} of your own have no coverage and enter no rate.")
    _show([answer_to_dict(one) for one in answer.content], texts, told, output, world, own=own)


def _show(
    rows: list[dict[str, Any]],
    texts: list[str],
    told: Told,
    output: Format,
    world: World,
    *,
    own: int = 0,
) -> None:
    from karwan.analysis.world.corrections import correction_lines
    from karwan.api.facts import flat
    from karwan.api.incidents import shown_to_dict
    from karwan.cli.show import csv_text, print_json, print_text

    if output is Format.json:
        print_json(shown_to_dict(world, rows, told, own=own))
    elif output is Format.csv:
        cells = [dict(flat(row)) for row in rows]
        names = list(dict.fromkeys(name for row in cells for name in row))
        print_text(csv_text(names, [[row.get(name) for name in names] for row in cells]))
    else:
        print_text("\n\n".join([*texts, *correction_lines(world)]))


def _how(
    release: str,
    countries: list[str] | None,
    first: str,
    last: str,
    columns: list[str] | None,
    precision: float,
) -> HowToRead:
    """Return what the user says of a file, or one error that names all faults of it."""
    from karwan.evidence.how_to_read import told_how

    return told_how(
        release=release,
        countries=",".join(countries or ()),
        start=first,
        end=last,
        columns=",".join(columns or ()),
        precision_km=precision,
    )


def _described(one: IncidentSet) -> str:
    last = one.coverage.end - dt.timedelta(days=1)
    where = "all countries" if "*" in one.coverage.countries else ", ".join(
        sorted(one.coverage.countries)
    )  # fmt: skip
    local = "; stays local" if one.release.local_only else ""
    return (
        f"{counted(one.events.height, 'event')} of release {one.release.name}, {where}, "
        f"{one.coverage.start} to {last}{local}"
    )
