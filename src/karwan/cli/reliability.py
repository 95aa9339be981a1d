"""`karwan reliability`: how a pair fares on a stated day, between certified bounds."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from karwan.analysis.world.state import State
from karwan.cli import completion
from karwan.cli.options import (
    AsOf,
    AsRecorded,
    Cargo,
    Carrier,
    Close,
    Destination,
    Format,
    FormatOption,
    Open,
    Origin,
    Tables,
    Tonnes,
    UnitName,
    Value,
    With,
    Workspace,
    parse_date,
    read_question,
    read_recorded,
    read_shipment,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from karwan.analysis.futures.stated_reliability import StatedReliability
    from karwan.analysis.world.world import World

On = Annotated[
    str,
    typer.Option(
        "--on", help="The day asked of, YYYY-MM-DD, after --as-of.", autocompletion=completion.days
    ),
]
Tolerance = Annotated[
    float, typer.Option("--tolerance", help="Chance that may stay undecided, above 0 and below 1.")
]
Seconds = Annotated[
    float, typer.Option("--seconds", help="Stop after so many seconds for each of the two times.")
]
Penalty = Annotated[
    float,
    typer.Option(
        "--cut-penalty",
        help="It stays where its way would weigh more than the usual one and so many times it.",
    ),
]


def reliability(
    origin: Origin,
    destination: Destination,
    on: On,
    tolerance: Tolerance = 0.001,
    seconds: Seconds = 10.0,
    penalty: Penalty = 1.0,
    cargo: Cargo = "general",
    unit: UnitName = "truck",
    tonnes: Tonnes = None,
    value: Value = None,
    carrier: Carrier = None,
    close: Close = None,
    open_: Open = None,
    with_: With = None,
    as_of: AsOf = None,
    output: FormatOption = Format.table,
    tables: Tables = None,
    as_recorded: AsRecorded = None,
    workspace: Workspace = None,
) -> None:
    """Tell how likely the way from ORIGIN to DESTINATION is cut on a day, and what it costs."""
    from karwan.analysis.corridors.planner import plan
    from karwan.api.futures import reliability_asked
    from karwan.base.telling import to_csv
    from karwan.cli.show import print_json, print_text
    from karwan.data.catalog import Catalog

    asked = read_question(
        Catalog(tables, workspace, read_recorded(as_recorded)),
        (origin, destination),
        as_of=as_of,
        shipment=read_shipment(cargo, unit, tonnes, value, carrier),
        state=State.last_known,
        close=close,
        open_=open_,
        projects=with_,
    )
    answer = reliability_asked(
        plan(asked),
        asked,
        on=parse_date(on, "on"),
        tolerance=tolerance,
        seconds=seconds,
        cut_penalty_ratio=penalty,
    )
    if output is Format.json:
        print_json(answer.to_dict())
    elif output is Format.csv:
        print_text(to_csv(answer.columns, answer.content))
    else:
        text = _stated_text(asked.world, answer.content, tolerance, penalty)
        print_text("\n".join([answer.title, "", text, *answer.age_lines()]))


def _stated_text(
    world: World, rows: Sequence[StatedReliability], tolerance: float, penalty: float
) -> str:
    from karwan.analysis.futures.stated_answers import STATED_RELIABILITY, route_lines, stated_notes
    from karwan.analysis.futures.unsearched import unsearched_lines
    from karwan.cli.show import columns_text

    if not rows:
        return "Nothing built joins the two."
    lines = [columns_text(STATED_RELIABILITY, rows), ""]
    for one in rows:
        lines += route_lines(one)
    names = {one.id: one.name for one in world.network.elements.values()}
    shares = {one.times: one.unsearched for one in rows}
    missing = unsearched_lines(shares, names, "gates and lines shut on that day")
    return "\n".join([*lines, "", *missing, *stated_notes(rows[0], tolerance, penalty)])
