"""`karwan network`: check the tables, and show what is known of a place, crossing or link."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from karwan.base.words import counted
from karwan.cli import completion
from karwan.cli.options import (
    AsOf,
    AsRecorded,
    Format,
    FormatOption,
    Tables,
    Workspace,
    read_path,
    read_recorded,
)

app = typer.Typer(
    help="Check the network and show what is known of it.",
    no_args_is_help=True,
    rich_markup_mode=None,
)

Name = Annotated[
    str | None,
    typer.Argument(
        help="Place, crossing, line, link, corridor or country, by id or name.",
        show_default=False,
        autocompletion=completion.things,
    ),
]


@app.command("check")
def check(output: FormatOption = Format.table, tables: Tables = None) -> None:
    """Name every fault of the tables, and count every default that fills a blank."""
    from karwan.api.facts import check_asked
    from karwan.base.errors import DataError
    from karwan.cli.show import print_json, print_text, table_text
    from karwan.data.catalog import Catalog

    catalog = Catalog(tables)
    answer = check_asked(catalog)
    network, faults = answer.content.network, answer.content.all_faults
    told = answer.to_dict()
    counts: dict[str, int] = told["counts"]
    if output is Format.json:
        print_json(told)
    elif output is Format.csv:
        print_text(answer.to_csv())
    elif network is not None and not faults:
        built = sum(link.built for link in network.links.values())
        print_text(
            f"{counted(len(network.places), 'place')}, {counted(len(network.links), 'link')} "
            f"({built} built), "
            f"{counted(len(network.crossings), 'crossing')}, "
            f"{counted(len(network.elements), 'element')}, "
            f"{counted(len(network.corridors), 'corridor variant')}, "
            f"{counted(len(network.projects), 'project')}"
        )
        print_text(
            f"No fault in {counted(len(catalog.resources), 'table')}.\n\nBlanks that defaults fill:"
        )
        print_text(
            table_text(
                ("what", "count"),
                [[what, str(n)] for what, n in sorted(counts.items())],
                right=(1,),
            )
        )
        print_text("--format json lists each of them.")
    if faults:
        raise DataError("the tables", faults)


@app.command("show")
def show(
    name: Name = None,
    as_of: AsOf = None,
    output: FormatOption = Format.table,
    tables: Tables = None,
    as_recorded: AsRecorded = None,
    workspace: Workspace = None,
) -> None:
    """Show what is known of a place, crossing, line, link, corridor or country; or list all."""
    from karwan.analysis.world.world import open_world
    from karwan.api.facts import NetworkFacts
    from karwan.cli.options import parse_date
    from karwan.cli.show import print_json, print_text
    from karwan.data.catalog import Catalog

    world = open_world(Catalog(tables, workspace, read_recorded(as_recorded)), parse_date(as_of))
    answer = NetworkFacts(world).show(name)
    if output is Format.json:
        print_json(answer.to_dict())
        return
    if output is Format.csv:
        print_text(answer.to_csv())
        return
    print_text("\n".join(_lines(answer.content)))


def _lines(content: object, indent: str = "") -> list[str]:
    """Return nested facts as indented lines; what is not known is left out."""
    lines: list[str] = []
    if isinstance(content, dict):
        for key, value in content.items():
            if value in (None, "", [], {}):
                continue
            if isinstance(value, (dict, list)):
                lines.append(f"{indent}{key}:")
                lines += _lines(value, indent + "  ")
            else:
                lines.append(f"{indent}{key}: {value}")
    elif isinstance(content, list):
        for item in content:
            if isinstance(item, dict):
                inner = _lines(item, indent + "  ")
                if inner:
                    lines.append(f"{indent}- {inner[0].strip()}")
                    lines += inner[1:]
            else:
                lines.append(f"{indent}- {item}")
    return lines


class Foreign(StrEnum):
    """Formats that networks come in from."""

    gmns = "gmns"
    osm = "osm"


Origin = Annotated[
    Foreign, typer.Argument(metavar="FORMAT", help="gmns or osm.", show_default=False)
]
Given = Annotated[
    Path,
    typer.Argument(
        metavar="SOURCE",
        parser=read_path,
        help="Folder with node.csv and link.csv, or a file of OpenStreetMap (.osm.pbf).",
        show_default=False,
    ),
]
Made = Annotated[
    Path,
    typer.Argument(
        metavar="DIR", parser=read_path, help="Folder to make; new or empty.", show_default=False
    ),
]
Country = Annotated[
    str | None,
    typer.Option(
        "--country",
        help="Country of places that tell none, two letters.",
        show_default=False,
    ),
]
Dated = Annotated[
    str | None,
    typer.Option(
        "--dated",
        help="Day of the network, YYYY-MM-DD. Default: as the map says, else today.",
        autocompletion=completion.days,
        show_default=False,
    ),
]
Area = Annotated[
    str | None,
    typer.Option(
        "--area",
        help="West, south, east and north in degrees, with commas between: take no more of a map.",
        show_default=False,
    ),
]


Ask = Annotated[
    tuple[str, str] | None,
    typer.Option(
        "--ask",
        metavar="ORIGIN DESTINATION",
        help="Two places: write the ways between them as corridors, and a study that asks of them.",
        show_default=False,
    ),
]


@app.command("import")
def import_(
    context: typer.Context,
    origin: Origin,
    source: Given,
    folder: Made,
    country: Country = None,
    dated: Dated = None,
    area: Area = None,
    ask: Ask = None,
) -> None:
    """Make a folder of tables in DIR from a network in another format, and say what is missing."""
    from karwan.base.errors import DataError, Fault
    from karwan.cli.options import parse_date
    from karwan.cli.progress import Bar
    from karwan.network.draft import write_draft

    day = parse_date(dated, "dated").isoformat()

    if origin is Foreign.gmns:
        if area is not None:
            raise DataError("the question", [Fault("area", "is of a map; GMNS is read whole")])
        from karwan.network.gmns import read_gmns

        draft = read_gmns(source, dated=day, country=country)
    else:
        from karwan.network.osm import read_area, read_osm

        with Bar(context) as bar:
            draft = read_osm(
                source,
                dated=day,
                area=read_area(area),
                country=country,
                is_stated=dated is not None,
                done=bar.update,
            )
    missing = write_draft(draft, folder)
    posts = sum(bool(one.crossing_id) for one in draft.links)
    typer.echo(
        f"{folder}: {counted(len(draft.places), 'place')}, {counted(len(draft.links), 'link')}, "
        f"{counted(posts, 'crossing')}"
    )
    typer.echo("Missing still:")
    for one in missing:
        typer.echo(f"  {one}")
    if ask is not None:
        from karwan.api import today
        from karwan.api.first_study import STUDY, write_first_study

        ways = write_first_study(folder, ask, today())
        typer.echo(f"{counted(len(ways), 'corridor')}: {', '.join(ways)}. Next: karwan study run "
                   f"{folder / STUDY}")  # fmt: skip
