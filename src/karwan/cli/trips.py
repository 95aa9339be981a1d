"""`karwan trips`: departures that meet closures on the way, and when they arrive."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from karwan.cli.chart import Chart, check_chart, draw
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
    Open,
    Origin,
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

if TYPE_CHECKING:
    from karwan.analysis.decisions.trip_answers import Trips
    from karwan.analysis.world.world import World

Policy = Annotated[
    str,
    typer.Option(
        "--policy",
        help="At what is shut: wait, divert-after-N (days), or best: of these, and of the decision "
        "at each gate, what comes to least.",
    ),
]
Months = Annotated[
    int, typer.Option("--months", help="Departures to tell, a month apart, from the one asked.")
]
Paths = Annotated[int, typer.Option("--paths", help="Futures of each departure.")]
Seed = Annotated[int, typer.Option("--seed", help="Seed of the futures.")]


def trips(
    origin: Origin,
    destination: Destination,
    depart: Depart = None,
    deadline: Deadline = None,
    policy: Policy = "best",
    months: Months = 1,
    paths: Paths = 1000,
    seed: Seed = 20_261_122,
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
    """Say when trips from ORIGIN to DESTINATION arrive that meet closures on the way."""
    from karwan.analysis.corridors.planner import plan
    from karwan.analysis.world.travel import Timing
    from karwan.api.tripping import trip_faults, trips_asked
    from karwan.base.telling import to_csv
    from karwan.cli.show import print_json, print_text
    from karwan.data.catalog import Catalog

    check_chart(chart)
    asked = read_question(
        Catalog(tables, workspace, read_recorded(as_recorded)),
        (origin, destination),
        as_of=as_of,
        shipment=read_shipment(cargo, unit, tonnes, value, carrier),
        close=close,
        open_=open_,
        projects=with_,
        timing=Timing(depart=depart, deadline=deadline),
        faults=trip_faults(policy, months, paths),
    )
    answer = trips_asked(
        plan(asked), asked, policy=policy, months=months, path_count=paths, seed=seed, strict=strict
    )
    draw(answer, chart)
    if output is Format.json:
        print_json(answer.to_dict())
    elif output is Format.csv:
        print_text(to_csv(answer.columns, answer.rows()))
    else:
        text = trips_text(asked.world, answer.content)
        print_text("\n".join([answer.title, "", text, *answer.age_lines()]))


def trips_text(world: World, made: Trips) -> str:
    """Return when trips arrive, by rule and by month, and what it rests on."""
    from karwan.analysis.decisions.trip_answers import (
        SHOWN_RULES,
        TRIPS,
        first_ways,
        trip_row,
        trip_rows,
    )
    from karwan.analysis.futures.unsearched import unsearched_lines
    from karwan.analysis.world.later import later_text
    from karwan.cli.show import columns_text

    row = trip_row(made.chosen)
    lines = [head_line(made)]
    if row.with_closures is not None:
        known = made.if_nothing_shuts
        beside = "the way as last known is cut" if known is None else f"{known:.0%}"
        lines.append(
            f"In time: {row.with_closures:.0%} with closures; if nothing shuts beyond what is "
            f"known: {beside}."
        )
    lines.append(
        f"{row.met_share:.0%} of trips wait or turn aside, {row.stranded_share:.0%} are given up, "
        f"{row.censored_share:.0%} have not arrived after a year."
    )
    for share, journey in list(first_ways(made))[:3]:
        by = ", ".join(journey.crossings) or "no crossing"
        lines.append(f"  {share:.0%} set out by {by}")
    told = [
        row
        for row in trip_rows(made)
        if row.depart != made.chosen.depart.isoformat()
        or row.rule in (made.chosen.rule, *SHOWN_RULES)
    ]
    lines += ["", columns_text(TRIPS, told), ""]
    lines.append(
        f"{made.path_count:,} futures, seed {made.seed}; all costs count the cargo's time or its "
        f"loss. Evidence up to {world.evidence_horizon}."
    )
    names = {one.id: one.name for one in world.network.elements.values()}
    lines += unsearched_lines({"": made.unsearched}, names)
    later = later_text(world, made.sources)
    return "\n".join([*lines, *([later] if later else [])])


def head_line(made: Trips) -> str:
    """Return the chosen rule and what its trips come to, in a line."""
    from karwan.analysis.decisions.trip_answers import trip_row

    row = trip_row(made.chosen)
    half = "never" if row.p50_hours is None else f"within {row.p50_hours / 24:,.1f} days"
    nine = "not within a year" if row.p90_hours is None else f"{row.p90_hours / 24:,.1f} days"
    return (
        f"Rule {made.chosen.rule}: half arrive {half}, nine in ten {nine}; {row.mean_usd:,.0f} USD "
        "on average, ways and waiting."
    )
