"""`karwan futures`: how pairs fare over many futures, or on a stated day without drawing."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from karwan.cli import completion
from karwan.cli.critical import (
    Factor,
    Horizon,
    OptionalDate,
    Paths,
    Seed,
    Study,
    asked_study,
)
from karwan.cli.options import (
    Cargo,
    Format,
    FormatOption,
    Tables,
    UnitName,
    Workspace,
    read_folder,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from karwan.analysis.futures.pairs import StatedDay

SHOWN_WAYS = 5
_END = "Place by id, name, other spelling or UN/LOCODE. Default: the pairs of the study."
Origin = Annotated[
    str | None,
    typer.Argument(
        metavar="ORIGIN", help=_END, show_default=False, autocompletion=completion.places
    ),
]
Destination = Annotated[
    str | None,
    typer.Argument(
        metavar="DESTINATION", help=_END, show_default=False, autocompletion=completion.places
    ),
]
Day = Annotated[
    int | None,
    typer.Option(
        "--day",
        help="Tell one pair on this day after the as-of date by its chances, without drawing.",
        show_default=False,
    ),
]
Stream = Annotated[
    bool,
    typer.Option(
        "--stream",
        help="Weigh every day as it is drawn and keep none: memory does not grow with futures. "
        "Tells the gates used and the worst days.",
    ),
]
Scheduler = Annotated[
    str | None,
    typer.Option(
        "--scheduler",
        metavar="WHERE",
        help="Who weighs the days of --stream: threads, threads:N, local:N (processes here) or "
        "tcp://HOST:PORT of a Dask scheduler. It changes no figure.",
        show_default=False,
    ),
]
Topology = Annotated[
    Path | None,
    typer.Option(
        "--topology",
        parser=read_folder,
        metavar="FOLDER",
        help="With --stream: where the network's topology is kept, and made if it is not there.",
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
    stream: Stream = False,
    scheduler: Scheduler = None,
    topology: Topology = None,
    study: Study = "reference",
    cargo: Cargo = "general",
    unit: UnitName = "truck",
    as_of: OptionalDate = None,
    output: FormatOption = Format.table,
    tables: Tables = None,
    workspace: Workspace = None,
) -> None:
    """Tell how often pairs are cut and what their best way costs, over many futures."""
    from karwan.analysis.futures.pairs import FATES, STATED, PairFates, fate_notes, fate_rows
    from karwan.analysis.futures.streamed import StreamedFates
    from karwan.analysis.futures.streamed_answers import STREAMED, streamed_lines, streamed_notes
    from karwan.api.futures import fates_asked
    from karwan.base.telling import to_csv
    from karwan.cli.progress import Bar
    from karwan.cli.show import columns_text, print_json, print_text

    with Bar(context) as bar:
        answer = fates_asked(
            asked_study(study, cargo, unit, as_of, tables),
            workspace=workspace,
            origin=origin,
            destination=destination,
            day=day,
            hazard_factor=factor,
            horizon_days=horizon,
            path_count=paths,
            seed=seed,
            stream=stream,
            scheduler=scheduler,
            topology=topology,
            progress=bar.futures,
        )
    found = answer.content
    if output is Format.json:
        print_json(answer.to_dict())
    elif isinstance(found, PairFates):
        if output is Format.csv:
            print_text(to_csv(FATES, fate_rows(found)))
        else:
            table = columns_text(FATES, fate_rows(found, days=False))
            notes = [*fate_notes(found), *answer.age_lines()]
            print_text("\n".join([answer.title, "", table, "", *notes]))
    elif isinstance(found, StreamedFates):
        if output is Format.csv:
            print_text(to_csv(STREAMED, found.pairs))
        else:
            table = columns_text(STREAMED, found.pairs)
            notes = ["", *streamed_notes(found), *answer.age_lines()]
            print_text("\n".join([answer.title, "", table, "", *streamed_lines(found), *notes]))
    elif output is Format.csv:
        print_text(to_csv(STATED, found))
    else:
        print_text("\n".join([_stated_text(found), *answer.age_lines()]))


def _stated_text(found: Sequence[StatedDay]) -> str:
    from karwan.analysis.futures.pairs import STATED, STATED_NOTES
    from karwan.cli.show import columns_text

    if not found:
        return "Nothing built joins the two."
    lines = [columns_text(STATED, found), ""]
    for one in found:
        lines.append(f"Ways open, {one.times}:")
        shown = list(zip(one.routes, one.ways, strict=True))[:SHOWN_WAYS]
        for (ids, p), way in shown:
            lines.append(
                f"  {p:.1%} by {way or 'no gate'}" + (f" ({', '.join(ids)})" if ids else "")
            )
    return "\n".join([*lines, "", *STATED_NOTES])
