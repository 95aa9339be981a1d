"""`karwan route`: the best route, alternatives that differ, or what cuts it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

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
    State,
    StateOption,
    Tables,
    Tonnes,
    UnitName,
    Value,
    With,
    Workspace,
    make_planner,
)

if TYPE_CHECKING:
    from karwan.analysis.planner import Planner
    from karwan.analysis.routing import RouteAnswer

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
    state: StateOption = State.last_known,
    close: Close = None,
    open_: Open = None,
    with_: With = None,
    output: FormatOption = Format.table,
    tables: Tables = None,
    workspace: Workspace = None,
) -> None:
    """Find the best route from ORIGIN to DESTINATION, and alternatives that really differ."""
    from karwan.analysis.routing import read_ways
    from karwan.data.catalog import Catalog

    planner, start, end = make_planner(
        Catalog(tables, workspace),
        origin,
        destination,
        as_of=as_of,
        carrier=carrier,
        cargo=cargo,
        unit=unit,
        tonnes=tonnes,
        value=value,
        close=close,
        open_=open_,
        projects=with_,
        also=lambda network: read_ways(network, via or (), avoid or ()),
    )
    answer = _answer(planner, start, end, corridor, mode, via or [], avoid or [], state, count)
    _show(planner, answer, output, state, tcd=tcd)


def _answer(
    planner: Planner,
    start: Any,
    end: Any,
    corridor: str | None,
    mode: Mode,
    via: list[str],
    avoid: list[str],
    state: State,
    count: int,
) -> RouteAnswer:
    from karwan.analysis.alternatives import Question
    from karwan.analysis.planner import Scope
    from karwan.analysis.routing import (
        MODE_SETS,
        find_routes,
        follow_corridor,
        read_ways,
    )
    from karwan.base.errors import DataError

    network = planner.world.network
    if corridor is None:
        ways = read_ways(network, via, avoid)
        scope = Scope(state.value, MODE_SETS[mode.value], avoided=ways.avoided)
        return find_routes(planner, Question(start, end, scope, ways.via), count)
    clashing = [name for name, given in (("--via", via), ("--avoid", avoid)) if given]
    clashing += ["--alternatives"] if count > 1 else []
    clashing += ["--mode"] if mode is not Mode.any else []
    if clashing:
        faults = [
            f"{name} does not go with --corridor, which says itself where it passes"
            for name in clashing
        ]
        raise DataError("the question", faults)
    return follow_corridor(planner, corridor, start, end, state=state.value)


def _show(
    planner: Planner, answer: RouteAnswer, output: Format, state: State, *, tcd: bool
) -> None:
    from karwan.analysis.answers import route_answer_to_dict
    from karwan.base.errors import NoRouteError
    from karwan.cli.show import print_json, print_text
    from karwan.cli.text import route_csv, route_text

    if output is Format.json:
        print_json(route_answer_to_dict(planner, answer, state.value))
    elif output is Format.csv:
        print_text(route_csv(answer))
    elif answer.journeys or answer.corridor_id:
        print_text(route_text(planner, answer, state.value, tcd=tcd))
    if not answer.journeys and answer.corridor_id is None:
        raise NoRouteError(answer.note)
