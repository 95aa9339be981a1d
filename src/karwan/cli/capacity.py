"""`karwan capacity`: what a crossing can pass in a day, and what those beside can take."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from karwan.cli import completion
from karwan.cli.options import (
    AsOf,
    AsRecorded,
    Format,
    FormatOption,
    Strict,
    Tables,
    Workspace,
    parse_date,
    read_recorded,
)

if TYPE_CHECKING:
    from karwan.analysis.traffic.room import Room, RoomBand
    from karwan.analysis.world.world import World
    from karwan.api.waiting import Capacity

Name = Annotated[
    str | None,
    typer.Argument(
        metavar="ELEMENT",
        help="Crossing, or frontier group such as AF-PK. Default: all crossings.",
        show_default=False,
        autocompletion=completion.gates,
    ),
]
Hours = Annotated[
    float | None,
    typer.Option(
        "--hours",
        help="Hours a day that it is open, in place of those under which it was counted.",
        show_default=False,
    ),
]
Carrier = Annotated[
    str | None,
    typer.Option(
        "--carrier",
        help="Country whose trucks are asked of, two letters: its quota comes before the gate.",
        show_default=False,
        autocompletion=completion.countries,
    ),
]
Close = Annotated[
    list[str] | None,
    typer.Option(
        "--close",
        help="Shut a crossing: say what those beside it can take. May be repeated.",
        autocompletion=completion.elements,
    ),
]


def capacity(
    name: Name = None,
    hours: Hours = None,
    carrier: Carrier = None,
    close: Close = None,
    as_of: AsOf = None,
    strict: Strict = False,
    output: FormatOption = Format.table,
    tables: Tables = None,
    as_recorded: AsRecorded = None,
    workspace: Workspace = None,
) -> None:
    """Say what an ELEMENT can pass in a day, each way, with a band and the counts behind it."""
    from karwan.analysis.world.world import open_world
    from karwan.api.waiting import capacity_asked
    from karwan.base.telling import to_csv
    from karwan.cli.show import print_json, print_text
    from karwan.data.catalog import Catalog

    world = open_world(Catalog(tables, workspace, read_recorded(as_recorded)), parse_date(as_of))
    answer = capacity_asked(
        world, name, hours=hours, carrier=carrier, closed=close or (), strict=strict
    )
    if output is Format.json:
        print_json(answer.to_dict())
    elif output is Format.csv:
        print_text(to_csv(answer.columns, answer.content.rows))
    else:
        print_text(capacity_text(world, answer.content))


def capacity_text(world: World, asked: Capacity) -> str:
    """Return capacities as a table, then quotas, judgements, and room beside what is shut."""
    from karwan.analysis.traffic.answers import CAPACITIES, capacity_sources
    from karwan.analysis.world.later import later_text
    from karwan.cli.show import columns_text

    lines = [
        f"What can pass in a day, as of {world.as_of}; trucks are loaded and empty together",
        "",
        columns_text(CAPACITIES, asked.rows),
        "",
        "P10 is the best mean over a month, P50 what could be held, P90 a record day. "
        "basis: counted there; stated (agreed, planned or claimed, at the share that came true); "
        "class (crossings like it).",
    ]
    for row in asked.rows:
        lines += [
            f"{row.element_id}, {row.from_country} to {row.to_country}: {one.per_day:g} trucks a "
            f"day of {one.carrier} are let through ({one.count_id}, last known {one.known_on}): "
            f"{one.why}"
            for one in row.quotas
        ]
    whys = dict.fromkeys(f"{row.element_id}: {why}" for row in asked.rows for why in row.why)
    lines += [f"  {why}" for why in whys]
    if asked.room is not None:
        lines += ["", *room_lines(asked.room)]
    later = later_text(world, capacity_sources(asked.rows, asked.room))
    return "\n".join([*lines, *([later] if later else [])])


def room_lines(room: Room) -> list[str]:
    """Return what gates beside can take of what is shut."""

    def told(band: RoomBand) -> str:
        return (
            f"{band.share:.0%} (P10 {band.p10_share:.0%}, P90 {band.p90_share:.0%}; "
            f"{band.middle_share:.0%} at the P50 of each)"
        )

    beside = ", ".join(
        f"{one.element_id} ({one.flow_per_day:.0f} a day then)" for one in room.beside
    )
    return [
        f"Shut: {', '.join(room.shut)}: {room.lost_per_day:.0f} trucks a day each way lose their "
        f"gate (count {room.series}). Beside: {beside}.",
        f"These can take, by their own counts: {told(room.by_counts)}",
        f"and by gates of their class: {told(room.by_class)}",
        "The first is partly circular: for some gates that count is the only one.",
    ]
