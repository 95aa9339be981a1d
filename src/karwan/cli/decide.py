"""`karwan decide`: wait at an element that is shut, or divert, and until when."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from karwan.cli import completion
from karwan.cli.chart import Chart, check_chart, draw
from karwan.cli.options import (
    AsOf,
    AsRecorded,
    Cargo,
    Carrier,
    Close,
    Format,
    FormatOption,
    Open,
    Strict,
    Tables,
    Tonnes,
    UnitName,
    Value,
    With,
    Workspace,
    read_question,
    read_recorded,
    read_shipment,
)
from karwan.cli.queue import ClosedFor, days_shown, shown

if TYPE_CHECKING:
    from karwan.analysis.decisions.decision import Decision
    from karwan.analysis.world.world import World

Name = Annotated[
    str,
    typer.Argument(
        metavar="ELEMENT",
        help="Crossing or line that is shut, by id or name.",
        show_default=False,
        autocompletion=completion.elements,
    ),
]
At = Annotated[
    str,
    typer.Option(
        "--at",
        help="Place where the shipment is.",
        show_default=False,
        autocompletion=completion.places,
    ),
]
To = Annotated[
    str,
    typer.Option(
        "--to", help="Place where it goes.", show_default=False, autocompletion=completion.places
    ),
]
Ahead = Annotated[
    float | None,
    typer.Option(
        "--ahead",
        help="Trucks that pass before it. Default: those of its class, and of the classes before "
        "it, that have come by the date.",
        show_default=False,
    ),
]
Home = Annotated[
    str | None,
    typer.Option(
        "--home",
        help="Place to which it could go back with its cargo. Default: it can only be given up.",
        show_default=False,
        autocompletion=completion.places,
    ),
]


def decide(
    name: Name,
    at: At,
    to: To,
    closed_for: ClosedFor = None,
    ahead: Ahead = None,
    home: Home = None,
    cargo: Cargo = "general",
    unit: UnitName = "truck",
    tonnes: Tonnes = None,
    value: Value = None,
    carrier: Carrier = None,
    as_of: AsOf = None,
    close: Close = None,
    open_: Open = None,
    with_: With = None,
    strict: Strict = False,
    output: FormatOption = Format.table,
    chart: Chart = None,
    tables: Tables = None,
    as_recorded: AsRecorded = None,
    workspace: Workspace = None,
) -> None:
    """Say whether to wait at an ELEMENT that is shut or to divert, until when, and why."""
    from karwan.analysis.corridors.planner import plan
    from karwan.api.answer import arguments
    from karwan.api.deciding import decide_asked, decision_faults, standing_at
    from karwan.base.telling import to_csv
    from karwan.cli.show import print_json, print_text
    from karwan.data.catalog import Catalog
    from karwan.network.build import build_network

    check_chart(chart)
    catalog = Catalog(tables, workspace, read_recorded(as_recorded))
    network = build_network(catalog)
    faults = decision_faults(network, name, closed_for, ahead, home)
    with arguments(origin="at", destination="to"):
        asked = read_question(
            catalog,
            (standing_at(network, name, at, to), to),
            as_of=as_of,
            shipment=read_shipment(cargo, unit, tonnes, value, carrier),
            close=close,
            open_=open_,
            projects=with_,
            faults=faults,
        )
        answer = decide_asked(
            plan(asked), asked, name, closed_for=closed_for, ahead=ahead, home=home, strict=strict
        )
    draw(answer, chart)
    if output is Format.json:
        print_json(answer.to_dict())
    elif output is Format.csv:
        print_text(to_csv(answer.columns, answer.rows()))
    else:
        print_text("\n".join([decision_text(asked.world, answer.content), *answer.age_lines()]))


def decision_text(world: World, made: Decision) -> str:
    """Return the advice, what each way comes to, and why."""
    from karwan.analysis.decisions.told import ARMS, arms
    from karwan.analysis.world.later import later_text
    from karwan.cli.show import columns_text

    lines = [advice_line(made), "", columns_text(ARMS, list(arms(made)))]
    lines += [
        "",
        f"All costs in USD, the wait, the journey and the cargo's time or loss. It opens within "
        f"{days_shown(made.wait_days[0])} with an even chance, {shown(made.wait_days[1])} with "
        f"nine in ten. Being able to choose is worth {made.choice_usd:,.0f} USD.",
        "",
        "Because:",
        *(f"  {line}" for line in made.because),
    ]
    later = later_text(world, made.sources)
    lines += [f"Evidence up to {world.evidence_horizon}.", *([later] if later else [])]
    return "\n".join(lines)


def advice_line(made: Decision) -> str:
    """Return what to do now, in a line."""
    from karwan.analysis.decisions.decision import told_days

    words = {
        "divert": "Divert now.",
        "give-up": "Give it up: waiting costs more than cargo and box are worth.",
        "go-home": "Go back: waiting and every way on cost more.",
    }
    if made.advice in words:
        return words[made.advice]
    if made.threshold_days is None:
        return "Wait: no day is foreseen on which another way is better."
    then = {"give-up": "give it up", "go-home": "go back"}.get(made.then or "", "divert")
    return f"Wait {told_days(made.threshold_days)}; if it is shut still, {then}."
