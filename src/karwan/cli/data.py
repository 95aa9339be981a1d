"""`karwan data`: the catalogue of fact tables."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from karwan.base.words import counted
from karwan.cli.options import Format, FormatOption, Tables, read_path

app = typer.Typer(
    help="Show the fact tables, their meaning and their sources.",
    no_args_is_help=True,
    rich_markup_mode=None,
)

TableName = Annotated[
    str, typer.Argument(help="Name of a table, from `karwan data list`.", show_default=False)
]
Rows = Annotated[int, typer.Option("--rows", min=0, help="Rows to print.")]


@app.command("list")
def list_tables(output: FormatOption = Format.table, tables: Tables = None) -> None:
    """List all tables with rows, licence and hash."""
    from karwan.api.facts import DataFacts
    from karwan.cli.show import columns_text, print_json, print_text
    from karwan.data.catalog import Catalog

    catalog = Catalog(tables)
    answer = DataFacts(catalog).list()
    if output is Format.json:
        print_json(answer.to_dict())
        return
    if output is Format.csv:
        print_text(answer.to_csv())
        return
    print_text(f"{answer.title}\n")
    print_text(columns_text(answer.columns, answer.content, blank=True))
    absent = len(catalog.resources) - len(answer.content)
    if absent:
        print_text(f"\n{counted(absent, 'table')} more may stand in the folder; empty until then.")


@app.command("show")
def show_table(
    name: TableName, rows: Rows = 10, output: FormatOption = Format.table, tables: Tables = None
) -> None:
    """Show a table's columns and first rows; --format csv prints it whole."""
    from karwan.api.facts import DataFacts
    from karwan.cli.show import print_json, print_text, table_text
    from karwan.data.catalog import Catalog

    catalog = Catalog(tables)
    answer = DataFacts(catalog).show(name, rows=rows)
    entry, frame = catalog.resource(name), answer.content
    if output is Format.csv:
        print_text(frame.write_csv())
        return
    if output is Format.json:
        print_json(answer.to_dict())
        return
    print_text(
        f"{entry.title}\n{entry.description}\n{counted(frame.height, 'row')}; licence "
        f"{entry.licence} "
        f"({entry.licence_url})\n"
    )
    print_text(
        table_text(
            ("column", "type", "unit", "meaning"),
            [[f.name, f.type, f.unit, f.description] for f in entry.table.fields],
        )
    )
    for number, row in enumerate(frame.head(rows).to_dicts(), 1):
        print_text(f"\nrow {number}")
        print_text(
            "\n".join(f"  {key}: {value}" for key, value in row.items() if value is not None)
        )


@app.command("sources")
def sources(output: FormatOption = Format.table, tables: Tables = None) -> None:
    """List every source with the rows that rest on it, and the grades; estimates stand apart."""
    from karwan.api.facts import DataFacts
    from karwan.cli.show import columns_text, print_json, print_text
    from karwan.data.catalog import Catalog

    answer = DataFacts(Catalog(tables)).sources()
    if output is Format.json:
        print_json(answer.to_dict())
        return
    if output is Format.csv:
        print_text(answer.to_csv())
        return
    print_text(columns_text(answer.columns, answer.content))
    print_text(f"\n{answer.title}")


Book = Annotated[
    Path,
    typer.Argument(metavar="FILE", parser=read_path, help="Workbook (.xlsx).", show_default=False),
]


@app.command("template")
def template(
    file: Book,
    names: Annotated[
        list[str],
        typer.Argument(metavar="TABLE...", help="Tables to fill in.", show_default=False),
    ],
) -> None:
    """Write a workbook in which tables of your own are filled in, with lists to choose from."""
    from karwan.base.additions import add_files
    from karwan.base.troubles import check_target
    from karwan.data.catalog import Catalog
    from karwan.data.table_sheets import table_template

    check_target(file)
    for path in add_files(file.parent, {file.name: table_template(Catalog(), names)}):
        typer.echo(path)


@app.command("read-workbook")
def read_workbook(
    file: Book,
    folder: Annotated[
        Path,
        typer.Argument(metavar="DIR", parser=read_path, help="Folder to write the tables to."),
    ],
) -> None:
    """Write the tables of a filled FILE to DIR as CSV, or none and name every cell at fault."""
    from karwan.base.additions import add_files
    from karwan.base.troubles import check_target
    from karwan.data.catalog import Catalog
    from karwan.data.table_sheets import read_filled_tables

    files = read_filled_tables(file.read_bytes(), Catalog(), str(file))
    check_target(folder, folder=True)
    for path in add_files(folder, files):
        typer.echo(path)
