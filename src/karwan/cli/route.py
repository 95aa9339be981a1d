"""`karwan route`: the best route, alternatives that differ, or what cuts it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from karwan.analysis.world.state import State
from karwan.cli.options import (
    AsOf,
    Cargo,
    Carrier,
    Close,
    Destination,
    Format,
    FormatOption,
    Mode,
    Open,
    Origin,
    StateName,
    Tables,
    Tonnes,
    UnitName,
    Value,
    With,
    Workspace,
    read_question,
    read_shipment,
)

if TYPE_CHECKING:
    from karwan.analysis.corridors.planner import Planner
    from karwan.analysis.corridors.routing import RouteAnswer
    from karwan.analysis.world.question import Asked

Via = Annotated[
    list[str] | None,
    typer.Option("--via", help="Place, crossing, line or link to pass; order counts."),
]
Avoid = Annotated[
    list[str] | None,
    typer.Option("--avoid", help="Crossing, line, link, place or country to keep out of."),
]
CorridorId = Annotated[str | None, typer.Option("--corridor", help="Follow this corridor variant.")]
ModeOption = Annotated[Mode, typer.Option("--mode", help="Modes allowed; any includes the sea.")]
Count = Annotated[
    int, typer.Option("--alternatives", min=1, max=20, help="Routes to show, the best first.")
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
    tcd: Tcd = False,
    cargo: Cargo = "general",
    unit: UnitName = "truck",
    tonnes: Tonnes = None,
    value: Value = None,
    carrier: Carrier = None,
    as_of: AsOf = None,
    state: StateName = State.last_known,
    close: Close = None,
    open_: Open = None,
    with_: With = None,
    output: FormatOption = Format.table,
    tables: Tables = None,
    workspace: Workspace = None,
) -> None:
    """Find the best route from ORIGIN to DESTINATION, and alternatives that really differ."""
    from karwan.analysis.corridors.planner import plan
    from karwan.analysis.world.question import Ways
    from karwan.base.errors import Fault
    from karwan.data.catalog import Catalog

    clash = "does not go with a corridor, which says itself where it passes"
    clashes = {"alternatives": count > 1, "mode": mode is not Mode.any}
    asked = read_question(
        Catalog(tables, workspace),
        (origin, destination),
        as_of=as_of,
        shipment=read_shipment(cargo, unit, tonnes, value, carrier),
        state=state,
        close=close,
        open_=open_,
        projects=with_,
        ways=Ways(via=via or (), avoid=avoid or (), corridor=corridor),
        faults=[Fault(key, clash) for key, given in clashes.items() if given and corridor],
    )
    planner = plan(asked)
    _show(planner, _answer(planner, asked, mode, count), output, asked.question.state, tcd=tcd)


def _answer(planner: Planner, asked: Asked, mode: Mode, count: int) -> RouteAnswer:
    from karwan.analysis.corridors.alternatives import RouteSearch
    from karwan.analysis.corridors.routing import MODE_SETS, find_routes, follow_corridor
    from karwan.analysis.corridors.scope import Scope

    question, start, end = asked.question, asked.origin, asked.destination
    if question.corridor is not None:
        return follow_corridor(planner, question.corridor, start, end, state=question.state)
    scope = Scope(question.state, MODE_SETS[mode.value], avoided=question.avoid)
    return find_routes(planner, RouteSearch(start, end, scope, question.via), count)


def _show(
    planner: Planner, answer: RouteAnswer, output: Format, state: State, *, tcd: bool
) -> None:
    from karwan.analysis.corridors.answers import route_answer_to_dict
    from karwan.base.errors import NoRouteError
    from karwan.cli.show import print_json, print_text
    from karwan.cli.text import route_csv, route_text

    if output is Format.json:
        print_json(route_answer_to_dict(planner, answer, state))
    elif output is Format.csv:
        print_text(route_csv(answer))
    elif answer.journeys or answer.corridor_id:
        print_text(route_text(planner, answer, state, tcd=tcd))
    if not answer.journeys and answer.corridor_id is None:
        raise NoRouteError(answer.note)
