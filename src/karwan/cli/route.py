"""`karwan route`: the best route, alternatives that differ, or what cuts it."""

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
    Deadline,
    Depart,
    Destination,
    Format,
    FormatOption,
    Lang,
    Mode,
    Open,
    Origin,
    ShelfLife,
    StateName,
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
from karwan.route.clock import Clock

if TYPE_CHECKING:
    from karwan.analysis.corridors.planner import Planner
    from karwan.analysis.corridors.routing import RouteAnswer
    from karwan.api.answer import Answer

Via = Annotated[
    list[str] | None,
    typer.Option(
        "--via",
        help="Place, crossing, line or link to pass; order counts. kashgar@rail: by that mode.",
        autocompletion=completion.passed,
    ),
]
Avoid = Annotated[
    list[str] | None,
    typer.Option(
        "--avoid",
        help="Crossing, line, link, place or country to keep out of.",
        autocompletion=completion.avoided,
    ),
]
CorridorId = Annotated[
    str | None,
    typer.Option(
        "--corridor",
        help="Follow this corridor variant, by id or name.",
        autocompletion=completion.corridors,
    ),
]
ModeOption = Annotated[Mode, typer.Option("--mode", help="Modes allowed; any includes the sea.")]
Count = Annotated[
    int, typer.Option("--alternatives", min=1, max=20, help="Routes to show, the best first.")
]
ClockOption = Annotated[
    Clock,
    typer.Option(
        "--clock",
        help="From where to where hours run: door to door; station, without the moves at the "
        "ends; border, from the first frontier reached to the last one left.",
    ),
]
Tcd = Annotated[bool, typer.Option("--tcd", help="Print the time-cost-distance table.")]


def route(
    origin: Origin,
    destination: Destination,
    via: Via = None,
    avoid: Avoid = None,
    corridor: CorridorId = None,
    mode: ModeOption = Mode.any,
    count: Count = 1,
    clock: ClockOption = Clock.door,
    tcd: Tcd = False,
    cargo: Cargo = "general",
    unit: UnitName = "truck",
    tonnes: Tonnes = None,
    value: Value = None,
    carrier: Carrier = None,
    as_of: AsOf = None,
    depart: Depart = None,
    deadline: Deadline = None,
    shelf_life: ShelfLife = None,
    state: StateName = State.last_known,
    close: Close = None,
    open_: Open = None,
    with_: With = None,
    strict: Strict = False,
    output: FormatOption = Format.table,
    lang: Lang = None,
    tables: Tables = None,
    as_recorded: AsRecorded = None,
    workspace: Workspace = None,
) -> None:
    """Find the best route from ORIGIN to DESTINATION, and alternatives that really differ."""
    from karwan.analysis.corridors.planner import plan
    from karwan.analysis.corridors.routing import MODE_SETS
    from karwan.analysis.world.question import Ways
    from karwan.analysis.world.travel import Timing
    from karwan.api.corridors import route_asked, way_faults
    from karwan.cli.lang import lang_faults, print_sentences
    from karwan.data.catalog import Catalog

    asked = read_question(
        Catalog(tables, workspace, read_recorded(as_recorded)),
        (origin, destination),
        as_of=as_of,
        shipment=read_shipment(cargo, unit, tonnes, value, carrier),
        state=state,
        close=close,
        open_=open_,
        projects=with_,
        timing=Timing(depart=depart, deadline=deadline, shelf_life_days=shelf_life),
        ways=Ways(
            via=via or (),
            avoid=avoid or (),
            corridor=corridor,
            modes=MODE_SETS[mode.value],
            clock=clock.value,
        ),
        faults=[
            *way_faults(corridor, mode.value, count, clock.value),
            *lang_faults(lang, output),
        ],
    )
    planner = plan(asked)
    answer = route_asked(
        planner, asked, mode=mode.value, alternatives=count, clock=clock.value, strict=strict
    )
    if lang is not None:
        from karwan.report.sentences import route_sentences

        print_sentences(
            lang, asked.world.catalog, lambda: route_sentences(answer.content, asked.world)
        )
        return
    _show(planner, answer, output, asked.question.state, tcd=tcd)


def _show(
    planner: Planner, answer: Answer[RouteAnswer], output: Format, state: State, *, tcd: bool
) -> None:
    from karwan.base.errors import NoRouteError
    from karwan.cli.show import print_json, print_text
    from karwan.cli.text import route_csv, route_text

    found = answer.content
    if output is Format.json:
        print_json(answer.to_dict())
    elif output is Format.csv:
        print_text(route_csv(found))
    elif found.journeys or found.corridor_id:
        text = route_text(planner, found, state, tcd=tcd)
        print_text("\n".join([text, *answer.age_lines()]))
    if not found.journeys and found.corridor_id is None:
        raise NoRouteError(found.note)
