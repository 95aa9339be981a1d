"""`karwan benefits`: who gains from trade, and who is left out."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from karwan.cli import completion
from karwan.cli.options import AsOf, Format, FormatOption, Tables, parse_date

if TYPE_CHECKING:
    from karwan.analysis.appraisal.benefits import Benefits
    from karwan.analysis.appraisal.results import Appraisal
    from karwan.analysis.decisions.impact import Impact

Project = Annotated[
    str | None,
    typer.Argument(
        help="Project whose accounts by country stand first, such as KTAP.", show_default=False
    ),
]
Country = Annotated[
    list[str] | None,
    typer.Option(
        "--country",
        help="Only this country, such as AFG. May be repeated.",
        autocompletion=completion.traders,
    ),
]
Close = Annotated[
    list[str] | None,
    typer.Option(
        "--close",
        help="Crossing, line or place that closes: what it does to freight stands beside what was "
        "seen of closures. May be repeated.",
    ),
]


def benefits(
    project: Project = None,
    country: Country = None,
    close: Close = None,
    as_of: AsOf = None,
    output: FormatOption = Format.table,
    tables: Tables = None,
) -> None:
    """Say who gains and who is left out, row by row with source; nothing is summed."""
    from karwan.analysis.world.world import open_world
    from karwan.api.appraisal import appraise_asked
    from karwan.api.energy import benefits_asked
    from karwan.api.impact import impact_asked
    from karwan.base.telling import to_csv
    from karwan.cli.critical import asked_study
    from karwan.cli.show import print_json, print_text
    from karwan.data.catalog import Catalog

    day = parse_date(as_of)
    world = open_world(Catalog(tables), day)
    line = None if project is None else appraise_asked(world, project)
    closure = None
    if close:
        spec = asked_study("reference", "general", "truck", day.isoformat(), tables)
        closure = impact_asked(spec, closed=close)
    answer = benefits_asked(world, country or (), line=line, closure=closure)
    if output is Format.json:
        print_json(answer.to_dict())
    elif output is Format.csv:
        print_text(to_csv(answer.columns, answer.content.rows))
    else:
        parts = [answer.title]
        if line is not None:
            parts.append(line_text(line.title, line.content))
        if closure is not None:
            parts.append(closure_text(closure.title, closure.content))
        print_text("\n".join([*parts, benefits_text(answer.content)]))


def line_text(title: str, answer: Appraisal) -> str:
    """Return a line's accounts by country for a reader."""
    from karwan.analysis.appraisal.answers import COUNTRIES
    from karwan.cli.show import columns_text

    head = f"{title}: whose account it is, present million USD (transfers cancel):"
    return "\n".join(["", head, columns_text(COUNTRIES, answer.countries)])


def closure_text(title: str, answer: Impact) -> str:
    """Return what a closure does to freight, in the words of `karwan impact`."""
    from karwan.analysis.decisions.impact_answers import impact_lines

    return "\n".join(["", title, *impact_lines(answer)])


def benefits_text(answer: Benefits) -> str:
    """Return accounts for a reader, what was measured first."""
    from karwan.analysis.appraisal.benefits import ACCOUNTS, PRICES, moved_words, price_words
    from karwan.analysis.appraisal.dependence import DEPENDENCE
    from karwan.cli.show import columns_text

    lines = ["", price_words(answer), moved_words(answer), *answer.notes]
    lines += [f"{one.country}: {one.good} in stock for {one.days:.1f} days" for one in answer.cover]
    if answer.dependence:
        lines += [
            "",
            "What imports hang on, by counts of ordinary times; without one crossing or neighbour:",
            columns_text(DEPENDENCE, answer.dependence),
        ]
        missing = sorted({name for one in answer.dependence for name in one.uncounted})
        if missing:
            lines.append(f"Never counted for long, so in no share: {', '.join(missing)}")
        unknown = sorted({name for one in answer.dependence for name in one.room_unknown})
        if unknown:
            lines.append(
                "Nobody knows what more they take, so the room of others is at least what is said: "
                f"{', '.join(unknown)}"
            )
    if answer.prices:
        lines += ["", "Prices as told, by side and season:", columns_text(PRICES, answer.prices)]
    return "\n".join([*lines, "", "Accounts, row by row:", columns_text(ACCOUNTS, answer.rows)])
