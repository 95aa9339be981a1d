"""`karwan queue`: what waits at a crossing that is shut, when it clears, what a day costs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from karwan.base.words import of_so_many, so_many
from karwan.cli import completion
from karwan.cli.chart import Chart, check_chart, draw
from karwan.cli.options import (
    AsOf,
    AsRecorded,
    Close,
    Format,
    FormatOption,
    Open,
    Strict,
    Tables,
    Workspace,
    parse_date,
    read_recorded,
)

if TYPE_CHECKING:
    from karwan.analysis.decisions.bills import DayBill
    from karwan.analysis.decisions.closures import ClosureQueue, WayQueue
    from karwan.analysis.world.world import World

Name = Annotated[
    str,
    typer.Argument(
        metavar="CROSSING",
        help="Road crossing, by id or name.",
        show_default=False,
        autocompletion=completion.elements,
    ),
]
ClosedFor = Annotated[
    float | None,
    typer.Option(
        "--closed-for",
        help="Days that it has been shut by the date. Default: what the record holds.",
        show_default=False,
    ),
]
Reopens = Annotated[
    str | None,
    typer.Option(
        "--reopens",
        help="When it reopens, YYYY-MM-DD. Default: by how long closures last, and on the date.",
        show_default=False,
        autocompletion=completion.days,
    ),
]
Arrivals = Annotated[
    float | None,
    typer.Option(
        "--arrivals",
        help="Trucks a day in ordinary times, both ways together. Default: as counted.",
        show_default=False,
    ),
]
Law = Annotated[
    str,
    typer.Option(
        "--arrivals-law",
        metavar="<fading|constant>",
        help="Trucks cease to come while it is shut, or come as ever (the textbook's queue).",
    ),
]
CapacityOption = Annotated[
    float | None,
    typer.Option(
        "--capacity",
        help="Trucks a day that can pass, both ways together. Default: `karwan capacity`.",
        show_default=False,
    ),
]
RestartOption = Annotated[
    str | None,
    typer.Option(
        "--restart",
        metavar="<at-once|ramp|staged>",
        help="How it works after the reopening. Default: by length and cause.",
        show_default=False,
    ),
]


def queue(
    name: Name,
    closed_for: ClosedFor = None,
    reopens: Reopens = None,
    arrivals: Arrivals = None,
    law: Law = "fading",
    capacity: CapacityOption = None,
    restart: RestartOption = None,
    as_of: AsOf = None,
    close: Close = None,
    open_: Open = None,
    strict: Strict = False,
    output: FormatOption = Format.table,
    chart: Chart = None,
    tables: Tables = None,
    as_recorded: AsRecorded = None,
    workspace: Workspace = None,
) -> None:
    """Say what waits at a CROSSING that is shut, when it clears, what a day costs and whom."""
    from karwan.analysis.world.world import open_world
    from karwan.api.waiting import queue_asked
    from karwan.base.telling import to_csv
    from karwan.cli.show import print_json, print_text
    from karwan.data.catalog import Catalog

    check_chart(chart)
    world = open_world(
        Catalog(tables, workspace, read_recorded(as_recorded)),
        parse_date(as_of),
        closed=close or (),
        opened=open_ or (),
    )
    answer = queue_asked(
        world,
        name,
        closed_for=closed_for,
        reopens=None if reopens is None else parse_date(reopens, "reopens"),
        arrivals=arrivals,
        arrivals_law=law,
        capacity=capacity,
        restart=restart,
        strict=strict,
    )
    draw(answer, chart)
    if output is Format.json:
        print_json(answer.to_dict())
    elif output is Format.csv:
        print_text(to_csv(answer.columns, answer.rows()))
    else:
        print_text("\n".join([queue_text(world, answer.content), *answer.age_lines()]))


def queue_text(world: World, asked: ClosureQueue) -> str:
    """Return what waits, when it clears, what a day costs, and what it rests on."""
    from karwan.analysis.decisions.answers import SPLIT
    from karwan.analysis.decisions.bills import known_total, merged
    from karwan.analysis.decisions.decision import told_days
    from karwan.analysis.world.later import later_text

    lines = [f"{asked.name} ({asked.element_id}), as of {asked.as_of}"]
    if asked.residual is not None:
        since = f" since {asked.residual.since}" if asked.residual.since else ""
        lines.append(f"  shut{since}, for {told_days(asked.closed_for_days)}")
    lines += [line for way in asked.ways for line in way_lines(asked, way)]
    lines.append(clear_line(asked))
    if asked.residual is not None and asked.reopens_assumed and asked.clear_on is not None:
        never = "no date that can be said"
        lines.append(
            f"  by how long closures last, clear by {asked.p50_clear_on or never} with an even "
            f"chance, by {asked.p90_clear_on or never} with nine in ten"
        )
    each = merged(bill for way in asked.ways for bill in way.bills)
    bills = [bill for bill in each if bill.unit_count > 0]
    if bills:
        total = known_total(bill.usd for bill in bills)
        least = "at least " if any(bill.usd is None for bill in bills) else ""
        cost = "what nobody has told" if total is None else f"{least}{total:,.0f} USD"
        lines += ["", f"A day costs {cost} ({SPLIT}):", *map(bill_line, bills)]
    if asked.claims:
        lines += ["", "Said to wait there (claims and counts, no input):"]
        lines += [
            f"  {one.date}: {one.value:,.0f} {one.unit}, {one.status}, grade {one.source.grade}; "
            f"{one.note}"
            for one in asked.claims
        ]
    lines += ["", *(f"  {note}" for note in asked.notes)] if asked.notes else []
    later = later_text(world, asked.sources)
    return "\n".join([*lines, *([later] if later else [])])


def clear_line(asked: ClosureQueue) -> str:
    """Return when it is clear, and on what supposition."""
    supposed = "if it reopened" if asked.reopens_assumed else "if it reopens"
    if asked.clear_on is None:
        return f"  {supposed} on {asked.reopens} the queue would never clear"
    return (
        f"  {supposed} on {asked.reopens} it would be clear on {asked.clear_on}; truck-days waited "
        f"in all {shown(asked.truck_days)}"
    )


def way_lines(asked: ClosureQueue, way: WayQueue) -> list[str]:
    """Return the queue of one way."""
    capacity = way.capacity
    lines = [
        f"  {capacity.from_country} to {capacity.to_country}: "
        f"{so_many(way.waiting_trucks, 'truck')} {of_so_many(way.waiting_trucks, 'wait')} "
        f"at the gate{empties_note(way)}; {way.gate.arrivals_per_day:,.0f} a day come in ordinary "
        f"times{flow_note(way)}, {way.gate.capacity_per_day:,.0f} can pass ({capacity.basis})"
    ]
    if asked.residual is not None:
        stand = of_so_many(way.boxes_at_port, "stand")
        boxes = f"; {so_many(way.boxes_at_port, 'box', plural='boxes')} {stand} at port"
        lines.append(
            f"    held back, and to come once it opens: "
            f"{so_many(way.held_back_trucks, 'truckload')}{boxes if way.boxes_at_port else ''}"
        )
        lines.append(
            f"    the truck that comes today waits {days_shown(way.p50_wait_days)} with an even "
            f"chance, {shown(way.p90_wait_days)} with nine in ten; restart {way.queue.restart}"
        )
        if way.waiting_trucks > 0:
            classes = ", ".join(f"{name} {shown(days, 1)}" for name, days in way.class_wait_days)
            lines.append(f"    days after the reopening until those waiting are through: {classes}")
    return lines


def empties_note(way: WayQueue) -> str:
    """Return how many of those that wait are empty; nothing where none wait."""
    empty = way.waiting_trucks * (1 - way.loaded_share)
    return f" ({empty:,.0f} of them empty)" if empty >= 1 else ""


def flow_note(way: WayQueue) -> str:
    """Return what the ordinary flow rests on; nothing where the question states it."""
    flow = way.capacity.flow
    if flow is None or flow.per_day != way.gate.arrivals_per_day:
        return ""
    rows = ", ".join(flow.rests_on[:3]) if flow.is_counted else f"by {flow.basis}"
    return (
        f" ({flow.low_per_day:,.0f} to {flow.high_per_day:,.0f}; {rows}, known {flow.known_on}, "
        f"grade {flow.grade})"
    )


def bill_line(bill: DayBill) -> str:
    """Return what one party pays for a day."""
    what = f"  {bill.country}, {bill.payer}: {bill.what}, {bill.unit_count:,.0f}"
    if bill.usd is None:
        return f"{what}: no figure is known"
    return f"{what}: {bill.usd:,.0f} USD ({bill.low_usd:,.0f} to {bill.high_usd:,.0f})"


def days_shown(days: float | None) -> str:
    """Return a number of days with its noun, or that there is no such number."""
    return shown(None) if days is None else so_many(days, "day")


def shown(days: float | None, digits: int = 0) -> str:
    """Return days, or that there is no such number."""
    return "more than can be said" if days is None else f"{days:,.{digits}f}"
