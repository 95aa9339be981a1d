"""`karwan compare`: all corridors and outside options between two places."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Annotated

import typer

from karwan.analysis.world.state import State
from karwan.base.limits import HORIZON_DAYS, PATH_COUNT, SEED
from karwan.base.words import counted
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

if TYPE_CHECKING:
    from karwan.analysis.futures.security import SecurityPoint

HazardFactor = Annotated[
    float | None,
    typer.Option(
        "--hazard-factor",
        help="Also say how often each corridor would be open if closures came so many times as "
        "often; 1 for as often as now.",
        show_default=False,
    ),
]
WhatWouldChange = Annotated[
    bool,
    typer.Option(
        "--what-would-change",
        help="Also say which figure's search or phone call would change the order most.",
    ),
]
Paths = Annotated[
    int, typer.Option("--paths", min=100, help="Futures drawn, with --hazard-factor.")
]
Days = Annotated[
    int,
    typer.Option("--days", min=1, max=3650, help="Days of each future, with --hazard-factor."),
]
Seed = Annotated[int, typer.Option("--seed", min=0, help="Seed, with --hazard-factor.")]


def compare(
    context: typer.Context,
    origin: Origin,
    destination: Destination,
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
    hazard_factor: HazardFactor = None,
    what_would_change: WhatWouldChange = False,
    strict: Strict = False,
    paths: Paths = PATH_COUNT,
    days: Days = HORIZON_DAYS,
    seed: Seed = SEED,
    output: FormatOption = Format.table,
    lang: Lang = None,
    tables: Tables = None,
    as_recorded: AsRecorded = None,
    workspace: Workspace = None,
) -> None:
    """Compare the corridors and outside options between ORIGIN and DESTINATION."""
    from karwan.analysis.corridors.planner import plan
    from karwan.analysis.world.travel import Timing
    from karwan.api.corridors import compare_asked, security_asked
    from karwan.base.errors import Fault
    from karwan.cli.lang import lang_faults, print_sentences
    from karwan.cli.order_text import worths_text
    from karwan.cli.progress import Bar
    from karwan.cli.show import print_json, print_text
    from karwan.cli.text import comparison_csv, comparison_text
    from karwan.data.catalog import Catalog

    both = hazard_factor is not None and depart is not None
    text = "does not go with a hazard factor, whose futures count all days of a year"
    clashes = [*([Fault("depart", text)] if both else []), *lang_faults(lang, output)]
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
        faults=clashes,
    )
    planner = plan(asked)
    answer = compare_asked(planner, asked, what_would_change=what_would_change, strict=strict)
    security = None
    if hazard_factor is not None:
        with Bar(context) as bar:
            security = security_asked(
                planner,
                answer.content,
                hazard_factor=hazard_factor,
                horizon_days=days,
                path_count=paths,
                seed=seed,
                progress=bar.futures,
            )
    if output is Format.json:
        more = {} if security is None else {"security": security.to_dict()}
        print_json(answer.to_dict() | more)
    elif output is Format.csv:
        print_text(comparison_csv(answer.content))
    elif lang is not None:
        from karwan.report.sentences import comparison_sentences

        print_sentences(lang, asked.world.catalog, lambda: comparison_sentences(answer.content))
    else:
        corridors = asked.world.network.corridors
        shown = {one.id: one.name for one in corridors.values()}
        more_text = "" if security is None else f"\n\n{security_text(security.content, shown)}"
        worths = worths_text(answer.content) if what_would_change else ""
        ages = "".join(f"\n{line}" for line in answer.age_lines())
        print_text(comparison_text(answer.content) + ages + worths + more_text)


def _worst_error(point: SecurityPoint) -> float:
    return max((s.ensemble.error.cut_share or 0.0 for s in point.standings), default=0.0)


def _times(factor: float) -> str:
    """Return how often closures come, beside how often they come now."""
    return "as often as now" if factor == 1 else f"{factor:g} times as often"


def _unsearched(point: SecurityPoint, names_shown: Mapping[str, str]) -> list[str]:
    """Return a line on corridors with gates that nobody searched, and what these add."""
    told = [
        f"{names_shown.get(name, name)} {one.share:.0%}"
        for (name, times), one in point.unsearched.items()
        if times == "today" and one.element_ids and one.share
    ]
    if not told:
        return []
    return [
        "Share of the spread of days shut, from today, that comes from gates and lines not "
        f"searched for closures and drawn from the prior of their kind: {'; '.join(told)}."
    ]


def security_text(point: SecurityPoint, names_shown: Mapping[str, str]) -> str:
    """Return a table of how often each corridor is open and the cheapest.

    Parameters
    ----------
    names_shown
        Names of corridors by id.
    """
    from karwan.api.corridors import mean_of
    from karwan.cli.show import table_text

    rows = []
    names = list(dict.fromkeys(standing.ensemble.name for standing in point.standings))
    for name in names:
        usual, today = (point.standing(name, times) for times in ("ordinary", "today"))
        cells = [f"{names_shown[name]} ({name})" if name in names_shown else name]
        for standing in (usual, today):
            told = standing.told_share
            days = f"{told.value:.0%} ({told.low:.0%}-{told.high:.0%})" if told else "no record"
            cells += [days, f"{standing.best_share:.0%}"]
        hours = mean_of(today.ensemble.whole.hours)
        rows.append([*cells, "" if hours is None else f"{hours:,.0f}", str(usual.episode_count)])
    headers = ["corridor (id)", "open, ordinary", "cheapest", "open, from today", "cheapest",
               "mean h when open", "closures"]  # fmt: skip
    return "\n".join(
        [
            f"If closures came {_times(point.hazard_factor)}, over "
            f"{counted(point.horizon_days, 'day')} on {point.path_count:,} seeded futures "
            "(shares of days; in brackets P05-P95 over futures; closures on record):",
            table_text(headers, rows, right=(1, 2, 3, 4, 5, 6), names=(0,)),
            *_unsearched(point, names_shown),
            f"Standard errors of days open, from chance alone: at most {_worst_error(point):.1%}. "
            f"{point.engine.line}",
            "Lengths of closures stay, and so does what is shut today. Corridors that share gates "
            "share their closures. Days cheapest are days of these futures by the routing weight "
            "at central values, before rest that border waits make up for: how sure the order is "
            "at all is told by the readings above. Few closures on record may be "
            "a gap in what was found, not a safe road.",
        ]
    )
