"""`karwan study`: run a study file and write its folder with the report."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from karwan.base.errors import KarwanError
from karwan.cli.options import PATH, read_path

if TYPE_CHECKING:
    from karwan.study.run import StudyResult

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

REFERENCE = "reference"
REPORT, REPORT_FILE = "report", "report.html"


@app.command("run")
def run(context: typer.Context, study: StudyFile, out: Out = None, seed: Seed = None) -> None:
    """Run a STUDY file: all pairs, all corridors, tables and the report."""
    from karwan.base.folders import ready_place
    from karwan.base.troubles import check_target
    from karwan.study.question import study_faults
    from karwan.study.run import default_folder, run_files, run_study, store_run
    from karwan.study.spec import read_study

    spec = read_study(study_path(study), check=study_faults)
    if seed is not None:
        spec = spec.model_copy(update={"seed": seed})
    folder = out or default_folder(spec)
    check_target(folder, folder=True)
    ready_place(folder)
    quiet = bool((context.obj or {}).get("quiet"))
    with _Bar(quiet=quiet) as bar:
        result = run_study(spec, progress=bar.update)
        files = run_files(result)
        store_run(result, folder, files=files, missing={REPORT: "it was not made yet"})
        page, missing = _page(result)
    if page is not None:
        files[REPORT_FILE] = page.encode("utf-8")
    store_run(result, folder, files=files, missing=missing)
    for section, why in missing.items():
        typer.echo(f"karwan: without {section}: {why}", err=True)
    typer.echo(f"Report: {folder / REPORT_FILE}" if page is not None else f"Run: {folder}")


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


class _Bar:
    """A progress bar on standard error, silent when asked or when nobody watches."""

    def __init__(self, *, quiet: bool) -> None:
        from rich.console import Console
        from rich.progress import Progress

        self.shown = not quiet and sys.stderr.isatty()
        self.progress = Progress(
            console=Console(stderr=True), disable=not self.shown, transient=True
        )

    def __enter__(self) -> _Bar:
        self.progress.start()
        self.task = self.progress.add_task("comparing", total=None)
        return self

    def __exit__(self, *_: object) -> None:
        self.progress.stop()

    def update(self, done: int, total: int) -> None:
        """Show how many pairs are done."""
        self.progress.update(self.task, completed=done, total=total)
