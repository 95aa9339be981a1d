"""`karwan futures`: how pairs fare over many futures, or on a stated day without drawing."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from karwan.cli.critical import (
    Factor,
    Horizon,
    OptionalDate,
    Paths,
    Seed,
    Study,
    open_study,
    sampling_of,
)
from karwan.cli.options import Cargo, Format, FormatOption, Tables, UnitName, Workspace

if TYPE_CHECKING:
    from karwan.analysis.futures.pairs import Pair, PairFates, StatedDay
    from karwan.analysis.world.world import World
    from karwan.study.question import StudyQuestion

_END = "Place by id, name, other spelling or UN/LOCODE. Default: the pairs of the study."
Origin = Annotated[str | None, typer.Argument(metavar="ORIGIN", help=_END, show_default=False)]
Destination = Annotated[
    str | None, typer.Argument(metavar="DESTINATION", help=_END, show_default=False)
]
Day = Annotated[
    int | None,
    typer.Option(
        "--day",
        help="Tell one pair on this day after the as-of date by its chances, without drawing.",
        show_default=False,
    ),
]


def futures(
    context: typer.Context,
    origin: Origin = None,
    destination: Destination = None,
    day: Day = None,
    paths: Paths = None,
    horizon: Horizon = None,
    seed: Seed = None,
    factor: Factor = 1.0,
    study: Study = "reference",
    cargo: Cargo = "general",
    unit: UnitName = "truck",
    as_of: OptionalDate = None,
    output: FormatOption = Format.table,
    tables: Tables = None,
    workspace: Workspace = None,
) -> None:
    """Tell how often pairs are cut and what their best way costs, over many futures."""
    from karwan.analysis.forecasts.closures import fit_world
    from karwan.analysis.futures.pairs import check_pairs, pair_fates, stated_day
    from karwan.analysis.futures.reliability import Roads, with_hazard_factor
    from karwan.cli.progress import Bar
    from karwan.study.question import open_question

    spec, asked = open_study(study, cargo, unit, as_of, tables, workspace)
    sampling = sampling_of(spec, paths, horizon, seed)
    pairs = _pairs(asked, origin, destination)
    if pairs[0][0].country not in asked.desks:
        ends = {"origins": (pairs[0][0].id,), "destinations": (pairs[0][1].id,), "focus": None}
        asked = open_question(spec.model_copy(update=ends), workspace=workspace)
    check_pairs(pairs, day)
    model = with_hazard_factor(fit_world(asked.world), factor)
    planners = {country: desk.planner for country, desk in asked.desks.items()}
    if day is not None:
        roads = Roads(planners[pairs[0][0].country])
        _show_day(stated_day(roads, model, pairs[0], day), asked.world, output)
        return
    with Bar(context) as bar:
        found = pair_fates(planners, pairs, model, sampling, progress=bar.futures)
    _show(found, asked.world, output)


def _pairs(asked: StudyQuestion, origin: str | None, destination: str | None) -> list[Pair]:
    """Return the pair named, or those of the study."""
    from karwan.base.errors import DataError, Fault

    if origin is None and destination is None:
        return list(asked.pairs)
    if origin is None or destination is None:
        raise DataError("the question", [Fault("", "name both places of the pair, or neither")])
    network = asked.world.network
    pair = network.place(origin), network.place(destination)
    if pair[0].id == pair[1].id:
        raise DataError("the question", [Fault("", "origin and destination are the same place")])
    return [pair]


def _show(found: PairFates, world: World, output: Format) -> None:
    from karwan.analysis.futures.pairs import FATES, fate_notes, fate_rows, fates_to_dict
    from karwan.base.telling import to_csv
    from karwan.cli.show import columns_text, print_json, print_text

    if output is Format.json:
        print_json(fates_to_dict(found, world))
    elif output is Format.csv:
        print_text(to_csv(FATES, fate_rows(found)))
    else:
        head = (
            f"{len(found.fates) // 2} pairs, as of {world.as_of} (newest evidence "
            f"{world.evidence_horizon})"
        )
        table = columns_text(FATES, fate_rows(found, days=False))
        print_text("\n".join([head, "", table, "", *fate_notes(found)]))


def _show_day(found: list[StatedDay], world: World, output: Format) -> None:
    from karwan.analysis.futures.pairs import STATED, STATED_NOTES, stated_to_dict
    from karwan.base.telling import to_csv
    from karwan.cli.show import columns_text, print_json, print_text

    if output is Format.json:
        print_json(stated_to_dict(found, world))
    elif output is Format.csv:
        print_text(to_csv(STATED, found))
    elif not found:
        print_text("Nothing built joins the two.")
    else:
        lines = [columns_text(STATED, found), ""]
        for one in found:
            lines.append(f"Ways open, {one.times}:")
            lines += [f"  {p:.1%} by {', '.join(ids) or 'no gate'}" for ids, p in one.routes[:5]]
        print_text("\n".join([*lines, "", *STATED_NOTES]))
