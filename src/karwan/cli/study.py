"""`karwan study`: run study files and write their folders with the reports."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from karwan.cli.options import PATH, Workspace, read_path

if TYPE_CHECKING:
    from karwan.api.studies import Order, Stored

app = typer.Typer(help="Run studies.", no_args_is_help=True, rich_markup_mode=None)

StudyFiles = Annotated[
    list[str],
    typer.Argument(
        metavar="STUDY...",
        help="Study files (TOML), or `reference` for the one shipped.",
        show_default=False,
    ),
]
Out = Annotated[
    Path | None,
    typer.Option(
        "--out",
        parser=read_path,
        metavar=PATH,
        help="Folder of the run; of several studies, the folder that holds theirs. Default: "
        "runs/NAME.",
    ),
]
Seed = Annotated[
    int | None, typer.Option("--seed", min=0, help="Seed, in place of the study's own.")
]
NoReport = Annotated[
    bool, typer.Option("--no-report", help="Write the tables only; the report extra is not needed.")
]
Editions = Annotated[
    list[str] | None,
    typer.Option(
        "--edition",
        help="Edition of the report: short (four pages), full, appendix (scores, steps, sources). "
        "May be repeated. Default: the last two.",
        show_default=False,
    ),
]
Jobs = Annotated[
    int,
    typer.Option(
        "--jobs",
        min=1,
        help="Studies run at the same time; their threads together are no more than the cores.",
    ),
]
Scheduler = Annotated[
    str | None,
    typer.Option(
        "--scheduler",
        metavar="WHERE",
        help="Who runs the studies, a study a worker: local:N (processes here) or tcp://HOST:PORT "
        "of a Dask scheduler, whose workers see the same folders. What is stored is the same.",
        show_default=False,
    ),
]
Paths = Annotated[
    int | None,
    typer.Option(
        "--paths",
        min=100,
        help="Futures drawn, in place of the study's own.",
        show_default=False,
    ),
]
Days = Annotated[
    int | None,
    typer.Option(
        "--days",
        min=1,
        max=3650,
        help="Days of each future, in place of the study's own.",
        show_default=False,
    ),
]


@app.command("run")
def run(
    context: typer.Context,
    studies: StudyFiles,
    out: Out = None,
    seed: Seed = None,
    paths: Paths = None,
    days: Days = None,
    workspace: Workspace = None,
    no_report: NoReport = False,
    edition: Editions = None,
    jobs: Jobs = 1,
    scheduler: Scheduler = None,
) -> None:
    """Run STUDY files: all pairs, all corridors, tables and the report."""
    from karwan.api.studies import check_study_workers, read_editions, run_orders
    from karwan.base.folders import ready_place
    from karwan.base.troubles import check_target
    from karwan.cli.progress import Bar

    check_study_workers(scheduler, jobs)
    editions = tuple(map(str, read_editions(edition or [])))
    orders = _orders(studies, out, {"seed": seed, "paths": paths, "days": days})
    for order in orders:
        check_target(order.folder, folder=True)
        ready_place(order.folder)
    orders = [
        replace(order, workspace=workspace, report=not no_report, editions=editions)
        for order in orders
    ]
    failed: list[tuple[str, Exception]] = []
    with Bar(context) as bar:
        done = run_orders(
            orders,
            jobs=jobs,
            scheduler=scheduler,
            progress=bar.update,
            futures_progress=bar.futures,
        )
        for order, outcome in done:
            if isinstance(outcome, Exception):
                failed.append((order.spec.name, outcome))
            else:
                _tell(outcome)
    for name, error in failed[1:]:
        typer.echo(f"karwan: study {name} failed: {error}", err=True)
    if failed:
        raise failed[0][1]


def _orders(
    studies: Sequence[str], out: Path | None, given: Mapping[str, int | None]
) -> list[Order]:
    """Return what is to be run and where it goes; the faults of all studies in one error."""
    from karwan.api.studies import Order, find_study
    from karwan.base.errors import DataError, Fault
    from karwan.study.run import default_folder

    faults: list[Fault] = []
    where: list[str] = []
    orders: list[Order] = []
    for study in studies:
        try:
            path: str | Path = study if study == "reference" else read_path(study)
            spec = find_study(path, **given)
        except DataError as error:
            where.append(error.where)
            faults += error.faults
            continue
        alone = out if len(studies) == 1 else out and out / spec.name
        orders.append(Order(spec=spec, folder=alone or default_folder(spec)))
    folders = [order.folder for order in orders]
    for folder in sorted({one for one in folders if folders.count(one) > 1}):
        where.append("the question")
        faults.append(Fault("", f"two studies would be written to {folder}; name them apart"))
    if faults:
        raise DataError(" and ".join(dict.fromkeys(where)), faults)
    return orders


def _tell(stored: Stored) -> None:
    """Say where a run is, and what is missing in it."""
    for section, why in stored.missing.items():
        typer.echo(f"karwan: without {section}: {why}", err=True)
    place = stored.folder
    typer.echo(f"Report: {place / stored.report_file}" if stored.has_report else f"Run: {place}")
