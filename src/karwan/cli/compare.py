"""`karwan compare`: all corridors and outside options between two places."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

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
    from karwan.analysis.corridors.comparison import Comparison
    from karwan.analysis.corridors.planner import Planner
    from karwan.analysis.futures.security import SecurityPoint
    from karwan.base.bands import Draws

HazardFactor = Annotated[
    float | None,
    typer.Option(
        "--hazard-factor",
        help="Also say how often each corridor would be open if closures came so many times as "
        "often; 1 for as often as now.",
        show_default=False,
    ),
]


def compare(
    origin: Origin,
    destination: Destination,
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
    hazard_factor: HazardFactor = None,
    output: FormatOption = Format.table,
    tables: Tables = None,
    workspace: Workspace = None,
) -> None:
    """Compare the corridors and outside options between ORIGIN and DESTINATION."""
    from karwan.analysis.corridors.answers import comparison_to_dict
    from karwan.analysis.corridors.desk import Desk
    from karwan.analysis.corridors.planner import plan
    from karwan.cli.show import print_json, print_text
    from karwan.cli.text import comparison_csv, comparison_text
    from karwan.data.catalog import Catalog

    asked = read_question(
        Catalog(tables, workspace),
        (origin, destination),
        as_of=as_of,
        shipment=read_shipment(cargo, unit, tonnes, value, carrier),
        state=state,
        close=close,
        open_=open_,
        projects=with_,
    )
    planner = plan(asked)
    comparison = Desk(planner).compare(asked.origin, asked.destination, asked.question.state)
    point = None if hazard_factor is None else _security(comparison, planner, hazard_factor)
    if output is Format.json:
        more = {} if point is None else {"security": security_to_dict(point)}
        print_json(comparison_to_dict(comparison) | more)
    elif output is Format.csv:
        print_text(comparison_csv(comparison))
    else:
        more_text = "" if point is None else f"\n\n{security_text(point)}"
        print_text(comparison_text(comparison) + more_text)


def _security(comparison: Comparison, planner: Planner, factor: float) -> SecurityPoint:
    """Return how the corridors stand when closures come so many times as often."""
    from karwan.analysis.corridors.comparison import Status
    from karwan.analysis.forecasts.closures import fit_world
    from karwan.analysis.futures.reliability import Roads
    from karwan.analysis.futures.security import security_point

    corridors = [
        answer.corridor
        for answer in comparison.answers
        if not answer.same_as and answer.status in (Status.open, Status.cut)
    ]
    ends = comparison.origin, comparison.destination
    return security_point(Roads(planner), fit_world(planner.world), corridors, ends, factor=factor)


def security_to_dict(point: SecurityPoint) -> dict[str, Any]:
    """Return a level of security as data: shares of days and figures by corridor and times."""
    return {
        "hazard_factor": point.hazard_factor,
        "horizon_days": point.horizon_days,
        "path_count": point.path_count,
        "seed": point.seed,
        "standings": [
            {
                "corridor": standing.ensemble.name,
                "times": standing.times,
                "open_share": (
                    dict(zip(("p05", "mean", "p95"), standing.told_share.ends, strict=True))
                    if standing.told_share
                    else None
                ),
                "best_share": standing.best_share,
                "episode_count": standing.episode_count,
                "hours": _mean(standing.ensemble.whole.hours),
                "generalized_cost_usd": _mean(standing.ensemble.whole.generalized_cost_usd),
            }
            for standing in point.standings
        ],
    }


def _mean(figures: Draws | None) -> float | None:
    return figures.mean if figures is not None else None


def security_text(point: SecurityPoint) -> str:
    """Return a table of how often each corridor is open and the cheapest."""
    from karwan.cli.show import table_text

    rows = []
    names = list(dict.fromkeys(standing.ensemble.name for standing in point.standings))
    for name in names:
        usual, today = (point.standing(name, times) for times in ("ordinary", "today"))
        cells = [name]
        for standing in (usual, today):
            told = standing.told_share
            days = f"{told.value:.0%} ({told.low:.0%}-{told.high:.0%})" if told else "no record"
            cells += [days, f"{standing.best_share:.0%}"]
        hours = _mean(today.ensemble.whole.hours)
        rows.append([*cells, "" if hours is None else f"{hours:,.0f}", str(usual.episode_count)])
    headers = ["corridor", "days open, ordinary", "cheapest", "days open, from today", "cheapest",
               "mean h when open", "closures on record"]  # fmt: skip
    return "\n".join(
        [
            f"If closures came {point.hazard_factor:g} times as often, over {point.horizon_days} "
            f"days on {point.path_count:,} seeded futures (P05-P95 over futures):",
            table_text(headers, rows, right=(1, 2, 3, 4, 5, 6)),
            "Lengths of closures stay, and so does what is shut today. Corridors that share gates "
            "share their closures. Few closures on record may be a gap in what was found, not a "
            "safe road.",
        ]
    )
