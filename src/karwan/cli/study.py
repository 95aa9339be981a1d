"""`karwan study`: run a study file and write its folder with the report."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from karwan.base.errors import KarwanError
from karwan.cli.options import PATH, read_path

if TYPE_CHECKING:
    from karwan.study.run import StudyResult
    from karwan.study.spec import StudySpec

app = typer.Typer(help="Run studies.", no_args_is_help=True, rich_markup_mode=None)

StudyFile = Annotated[
    str,
    typer.Argument(
        help="Study file (TOML), or `reference` for the one shipped.", show_default=False
    ),
]
Out = Annotated[
    Path | None,
    typer.Option(
        "--out",
        parser=read_path,
        metavar=PATH,
        help="Folder of the run. Default: runs/NAME.",
    ),
]
Seed = Annotated[
    int | None, typer.Option("--seed", min=0, help="Seed, in place of the study's own.")
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

REFERENCE = "reference"
REPORT, REPORT_FILE = "report", "report.html"


@app.command("run")
def run(
    context: typer.Context,
    study: StudyFile,
    out: Out = None,
    seed: Seed = None,
    paths: Paths = None,
    days: Days = None,
) -> None:
    """Run a STUDY file: all pairs, all corridors, tables and the report."""
    from karwan.base.folders import ready_place
    from karwan.base.troubles import check_target
    from karwan.cli.progress import Bar
    from karwan.study.question import study_faults
    from karwan.study.run import default_folder, run_files, run_study, store_run
    from karwan.study.spec import read_study

    spec = read_study(study_path(study), check=study_faults)
    spec = _changed(spec, seed, paths, days)
    folder = out or default_folder(spec)
    check_target(folder, folder=True)
    ready_place(folder)
    with Bar(context) as bar:
        result = run_study(spec, progress=bar.update, futures_progress=bar.futures)
        files = run_files(result)
        store_run(result, folder, files=files, missing={REPORT: "it was not made yet"})
        page, missing = _page(result)
    if page is not None:
        files[REPORT_FILE] = page.encode("utf-8")
    store_run(result, folder, files=files, missing=missing)
    for section, why in missing.items():
        typer.echo(f"karwan: without {section}: {why}", err=True)
    typer.echo(f"Report: {folder / REPORT_FILE}" if page is not None else f"Run: {folder}")


def _changed(spec: StudySpec, seed: int | None, paths: int | None, days: int | None) -> StudySpec:
    """Return a study with what the options change, checked."""
    from karwan.analysis.futures.sampling import Sampling

    given = {"paths": paths, "days": days}
    futures = {key: value for key, value in given.items() if value is not None}
    changes: dict[str, object] = {"futures": spec.futures.model_copy(update=futures)}
    if seed is not None:
        changes["seed"] = seed
    changed = spec.model_copy(update=changes)
    Sampling(changed.seed, changed.futures.paths, changed.futures.days)
    return changed


def _page(result: StudyResult) -> tuple[str | None, dict[str, str]]:
    """Return the page, if it can be made, and why what is missing is missing."""
    missing: dict[str, str] = {}
    try:
        from karwan.report.page import render_page

        return render_page(result, missing=missing), missing
    except Exception as error:  # the run is stored: whatever is wrong with its page costs the page
        reason = (
            str(error) if isinstance(error, KarwanError) else f"{type(error).__name__}: {error}"
        )
        return None, {REPORT: reason}


def study_path(study: str) -> Path:
    """Return the file of a study, or of the one shipped."""
    if study == REFERENCE:
        from importlib import resources

        return Path(str(resources.files("karwan.data").joinpath("reference.toml")))
    return read_path(study)
