"""`karwan benefits`: who gains from trade, and who is left out."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from karwan.cli import completion
from karwan.cli.options import AsOf, Format, FormatOption, Tables, parse_date

if TYPE_CHECKING:
    from karwan.analysis.appraisal.benefits import Benefits

Country = Annotated[
    list[str] | None,
    typer.Option(
        "--country",
        help="Only this country, such as AFG. May be repeated.",
        autocompletion=completion.traders,
    ),
]


def benefits(
    country: Country = None,
    as_of: AsOf = None,
    output: FormatOption = Format.table,
    tables: Tables = None,
) -> None:
    """Say who gains and who is left out, row by row with source; nothing is summed."""
    from karwan.analysis.world.world import open_world
    from karwan.api.energy import benefits_asked
    from karwan.base.telling import to_csv
    from karwan.cli.show import print_json, print_text
    from karwan.data.catalog import Catalog

    answer = benefits_asked(open_world(Catalog(tables), parse_date(as_of)), country or ())
    if output is Format.json:
        print_json(answer.to_dict())
    elif output is Format.csv:
        print_text(to_csv(answer.columns, answer.content.rows))
    else:
        print_text(benefits_text(answer.title, answer.content))


def benefits_text(title: str, answer: Benefits) -> str:
    """Return accounts for a reader, what was measured first."""
    from karwan.analysis.appraisal.benefits import ACCOUNTS, price_words
    from karwan.cli.show import columns_text

    lines = [title, "", price_words(answer), *answer.notes]
    lines += [f"{one.country}: {one.good} in stock for {one.days:.1f} days" for one in answer.cover]
    return "\n".join([*lines, "", columns_text(ACCOUNTS, answer.rows)])
