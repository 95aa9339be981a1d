"""`karwan energy`: links of power, gas and fuel: claims, deliveries, outages, checks."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from karwan.cli.options import AsOf, Format, FormatOption, Tables, parse_date

if TYPE_CHECKING:
    from karwan.analysis.appraisal.energy import EnergyLink
    from karwan.analysis.world.world import World
    from karwan.api.answer import Answer

app = typer.Typer(
    help="Links of power, gas and fuel: claims, deliveries, outages, checks.",
    no_args_is_help=True,
    rich_markup_mode=None,
)
Link = Annotated[str, typer.Argument(help="Link by id, such as casa-1000.")]


@app.command("list")
def list_links(
    as_of: AsOf = None, output: FormatOption = Format.table, tables: Tables = None
) -> None:
    """List every link: carrier, status, capacity, due date, outages."""
    from karwan.api.energy import energy_asked

    _show(energy_asked(_open(tables, as_of)), output)


@app.command("show")
def show(
    link: Link, as_of: AsOf = None, output: FormatOption = Format.table, tables: Tables = None
) -> None:
    """Show a LINK with every claim, delivery and outage."""
    from karwan.api.energy import energy_link_asked
    from karwan.cli.show import print_text

    answer = energy_link_asked(_open(tables, as_of), link)
    if output is Format.table:
        print_text(link_text(answer.title, answer.content))
    else:
        _show(answer, output)


@app.command("check")
def check(as_of: AsOf = None, output: FormatOption = Format.table, tables: Tables = None) -> None:
    """Hold claims against arithmetic; say what is left without one supplier, or two."""
    from karwan.api.energy import energy_check_asked

    _show(energy_check_asked(_open(tables, as_of)), output)


@app.command("delays")
def delays(as_of: AsOf = None, output: FormatOption = Format.table, tables: Tables = None) -> None:
    """List links whose date was set anew, beside the ledger's tally of kept dates."""
    from karwan.api.energy import delays_asked

    _show(delays_asked(_open(tables, as_of)), output)


@app.command("sabotage")
def sabotage(
    as_of: AsOf = None, output: FormatOption = Format.table, tables: Tables = None
) -> None:
    """Count attacks on lines and pylons on record: their loss, and what guards may cost at most."""
    from karwan.analysis.appraisal.sabotage import attack_rate_per_100km, attacks_notes
    from karwan.api.energy import sabotage_asked
    from karwan.cli.show import print_text

    answer = sabotage_asked(_open(tables, as_of))
    _show(answer, output)
    if output is Format.table:
        rate = attack_rate_per_100km(answer.content)
        told = "none was searched" if rate is None else f"{rate:.2f} on 100 km a year"
        print_text("\n".join(["", f"Railways searched for attacks: {told}", *attacks_notes()]))


def _open(tables: Any, as_of: str | None) -> World:
    from karwan.analysis.world.world import open_world
    from karwan.data.catalog import Catalog

    return open_world(Catalog(tables), parse_date(as_of))


def _show(answer: Answer[Any], output: Format) -> None:
    from karwan.base.telling import to_csv
    from karwan.cli.show import columns_text, print_json, print_text

    if output is Format.json:
        print_json(answer.to_dict())
    elif output is Format.csv:
        print_text(to_csv(answer.columns, answer.rows()))
    else:
        print_text(f"{answer.title}\n\n{columns_text(answer.columns, list(answer.rows()))}")


def link_text(title: str, link: EnergyLink) -> str:
    """Return a link for a reader: claims that compete, what it delivered, how it failed."""
    from karwan.analysis.appraisal.energy import figure_text
    from karwan.cli.show import table_text

    rows = [
        [r.section or "", r.quantity, figure_text(r), r.status, r.as_of or "", r.speaker or "",
         r.confidence]
        for r in link.rows
    ]  # fmt: skip
    names = ("section", "what", "told", "status", "as of", "who", "grade")
    lines = [f"{title} ({link.carrier}, {', '.join(link.ways)})", "", table_text(names, rows)]
    lines += [
        f"delivered {flow.period}: "
        + ("not found" if flow.value is None else f"{flow.value:,.0f} {flow.unit}")
        for flow in link.flows
    ]
    gone = link.outages
    if gone is not None:
        lines.append(
            f"Out {gone.low_days:.0f} to {gone.high_days:.0f} of {gone.day_count:,} days "
            f"({gone.first} to {gone.last}), {gone.episode_count} episodes, {gone.unknown_count} "
            f"without a known end: available {gone.low_share:.3f} to {gone.high_share:.3f}, upper "
            "bounds, for what was not searched is not on record"
        )
    return "\n".join(lines)
