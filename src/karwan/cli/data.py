"""`karwan data`: the catalogue of fact tables."""

from __future__ import annotations

from typing import Annotated

import typer

from karwan.cli.options import Format, FormatOption, Tables

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
    from karwan.cli.show import print_json, print_text, table_text
    from karwan.data.catalog import Catalog

    catalog = Catalog(tables)
    entries = [
        {
            "name": entry.name,
            "title": entry.title,
            "rows": catalog.read(entry.name).height,
            "licence": entry.licence,
            "sha256": catalog.hashes([entry.name])[entry.name],
            "replaced": catalog.is_replaced(entry.name),
        }
        for entry in catalog.resources.values()
    ]
    if output is Format.json:
        print_json({"version": catalog.version, "tables": entries})
        return
    cells = [
        [
            str(e["name"]),
            str(e["title"]),
            str(e["rows"]),
            str(e["licence"]),
            str(e["sha256"])[:12],
            "yours" if e["replaced"] else "",
        ]
        for e in entries
    ]
    print_text(f"Fact tables, version {catalog.version}\n")
    print_text(table_text(("table", "what", "rows", "licence", "sha-256", ""), cells, right=(2,)))


@app.command("show")
def show_table(
    name: TableName, rows: Rows = 10, output: FormatOption = Format.table, tables: Tables = None
) -> None:
    """Show a table's columns and first rows; --format csv prints it whole."""
    from karwan.cli.show import print_json, print_text, table_text
    from karwan.data.catalog import Catalog

    catalog = Catalog(tables)
    entry = catalog.resource(name)
    frame = catalog.read(name)
    if output is Format.csv:
        print_text(frame.write_csv())
        return
    if output is Format.json:
        import polars as pl

        fields = [
            {"name": f.name, "type": f.type, "unit": f.unit or None, "description": f.description}
            for f in entry.table.fields
        ]
        print_json(
            {
                "name": name,
                "title": entry.title,
                "fields": fields,
                "rows": frame.head(rows).cast({pl.Date: pl.String}).to_dicts(),
            }
        )
        return
    print_text(
        f"{entry.title}\n{entry.description}\n{frame.height} rows; licence {entry.licence} "
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
    from karwan.cli.show import print_json, print_text, table_text
    from karwan.data.catalog import Catalog
    from karwan.data.sources import list_sources

    found = list_sources(Catalog(tables))
    if output is Format.json:
        print_json(
            [
                {"source": s.url, "rows": s.row_count, "grades": s.grades, "tables": s.tables}
                for s in found
            ]
        )
        return
    cells = [
        [
            s.url,
            str(s.row_count),
            " ".join(f"{g}:{n}" for g, n in s.grades.items()),
            ", ".join(s.tables),
        ]
        for s in found
    ]
    print_text(table_text(("source", "rows", "grades", "tables"), cells, right=(1,)))
    print_text(f"\n{sum(s.row_count for s in found)} rows from {len(found)} sources")
