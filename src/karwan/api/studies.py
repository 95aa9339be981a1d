"""Studies for Python: run a study file, look at its tables, write its folder and its report."""

from __future__ import annotations

import datetime as dt
import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from karwan.base.errors import DataError, Fault
from karwan.base.reprs import short_repr
from karwan.base.workspaces import Workspace, named_workspace

if TYPE_CHECKING:
    import polars as pl

    from karwan.base.workers import Workers
    from karwan.report.editions import Edition
    from karwan.report.view import View
    from karwan.study.run import Progress, StudyResult
    from karwan.study.spec import StudySpec, WorldSpec

REFERENCE = "reference"
REPORT, REPORT_FILE = "report", "report.html"
NOT_ASKED = "it was not asked for"
THREADS = ("NUMBA_NUM_THREADS", "POLARS_MAX_THREADS", "OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS")
"""Environment variables that bound the threads of a process."""


@dataclass(frozen=True)
class Study:
    """A study that was run: every pair, every corridor, every state.

    Attributes
    ----------
    result
        The comparisons, and what stands on them.
    missing
        Why a part of the report is not there, by its id; filled when the report is made.
    """

    result: StudyResult
    missing: dict[str, str] = field(default_factory=dict)

    __repr__ = short_repr

    @cached_property
    def frames(self) -> Mapping[str, pl.DataFrame]:
        """The study's tables by name: routes, legs, defaults, cuts, availability and more."""
        from karwan.study.run import run_frames

        return run_frames(self.result, missing=self.missing)

    def to_frame(self, name: str = "routes") -> pl.DataFrame:
        """Return a table of the study; units are in the names.

        Raises
        ------
        UnknownNameError
            If the study has no such table, with the nearest names.
        """
        from karwan.base.errors import UnknownNameError

        if name not in self.frames:
            hint = f"It has {', '.join(self.frames)}."
            raise UnknownNameError("table of the study", name, self.frames, hint=hint)
        return self.frames[name]

    def to_dict(self) -> dict[str, Any]:
        """Return what makes the study repeatable: versions, hashes of inputs, seed, dates."""
        from karwan.study.run import run_record

        return run_record(self.result, {}, self.missing)

    @cached_property
    def _view(self) -> View:
        """The result as sections of the report see it; what they share is made once."""
        from karwan.report.view import view_of

        return view_of(self.result)

    def report(self, edition: str = "full", beside: Sequence[str] = ()) -> str | None:
        """Return the report as one HTML text; None where it cannot be made, see `missing`.

        Parameters
        ----------
        edition
            `short` (four pages), `full`, or `appendix` (scores, steps and sources).
        beside
            Editions whose files will lie beside it: links lead into no other.

        Raises
        ------
        DataError
            If there is no such edition.
        """
        asked = read_editions([edition])[0]
        there = read_editions(beside) if beside else ()
        try:
            from karwan.report.page import render_page

            return render_page(
                self.result, missing=self.missing, edition=asked, beside=there, view=self._view
            )
        except Exception as error:  # whatever is wrong with the page costs the page
            from karwan.study.run import reason_of

            self.missing[REPORT] = reason_of(error)
            return None

    def save(
        self, folder: Path | str, *, report: bool = True, editions: Sequence[str] = ()
    ) -> Path:
        """Write the study's folder, whole or not at all: tables, `run.json`, and the report.

        The tables are stored before the report is made, so that a fault in it costs it alone.

        Parameters
        ----------
        editions
            Of the report: `short`, `full`, `appendix`. None: the last two.

        Raises
        ------
        DataError
            If the folder holds anything that an earlier run did not write, or an edition is none.
        """
        from karwan.study.run import parquet_files, store_run

        place, asked = Path(folder), read_editions(editions)
        files = parquet_files(self.frames)
        pending = "it was not made yet" if report else NOT_ASKED
        store_run(self.result, place, files=files, missing={**self.missing, REPORT: pending})
        if not report:
            return place
        for edition in asked:
            page = self.report(edition, asked)
            if page is None:
                break
            files[edition.file] = page.encode("utf-8")
        store_run(self.result, place, files=files, missing=self.missing)
        return place

    def _repr_html_(self) -> str:
        """Return the best route of every pair and state as a table for a notebook."""
        return self.result._repr_html_()


def read_editions(names: Sequence[str]) -> tuple[Edition, ...]:
    """Return editions by their names, each once; those of every run where none is named.

    Raises
    ------
    DataError
        Names each that there is not.

    Examples
    --------
    >>> [str(one) for one in read_editions([])], [str(one) for one in read_editions(["short"])]
    (['full', 'appendix'], ['short'])
    """
    from karwan.base.errors import DataError, Fault
    from karwan.report.editions import DEFAULT_EDITIONS, Edition

    faults = [
        Fault("edition", f"not one of {', '.join(Edition)}", name)
        for name in names
        if name not in tuple(Edition)
    ]
    if faults:
        raise DataError("the question", faults)
    return tuple(dict.fromkeys(Edition(name) for name in names)) or DEFAULT_EDITIONS


def run_study(
    study: Path | str | StudySpec = REFERENCE,
    *,
    workspace: Workspace | str | None = None,
    seed: int | None = None,
    paths: int | None = None,
    days: int | None = None,
    progress: Progress | None = None,
    futures_progress: Progress | None = None,
) -> Study:
    """Return a study that was run.

    Parameters
    ----------
    study
        Study file (TOML), `reference` for the one shipped, or what `karwan.study.spec` reads.
    workspace
        Folder with closures of your own.
    seed, paths, days
        Seed, futures drawn and days of each, in place of the study's own.
    progress, futures_progress
        Called with (pairs done, pairs in all), and with futures drawn and asked.

    Raises
    ------
    DataError
        Names every fault of the study at once.
    """
    from karwan.study.run import run_study as run
    from karwan.study.spec import StudySpec

    given = {"seed": seed, "paths": paths, "days": days}
    if isinstance(study, StudySpec):
        spec = changed_study(study, **given)
    else:
        spec = find_study(study, **given)
    place = named_workspace(workspace)
    return Study(run(spec, workspace=place, progress=progress, futures_progress=futures_progress))


def find_study(
    study: Path | str,
    *,
    seed: int | None = None,
    paths: int | None = None,
    days: int | None = None,
) -> StudySpec:
    """Return what a study file asks, every name of it checked.

    Parameters
    ----------
    seed, paths, days
        Seed, futures drawn and days of each, in place of the study's own.

    Raises
    ------
    DataError
        Names every fault of the file with key and line, and a number out of bounds.
    """
    from karwan.study.question import study_faults
    from karwan.study.spec import read_study

    spec = read_study(study_path(study), check=study_faults)
    return changed_study(spec, seed=seed, paths=paths, days=days)


def asked_study(
    study: Path | str,
    *,
    cargo: str,
    unit: str,
    as_of: dt.date | None = None,
    tables: Path | None = None,
    world: WorldSpec | None = None,
) -> StudySpec:
    """Return a study with its consignment, and its date, tables and state where they are given.

    Its names are checked when what it asks is opened, as known on that date and by those tables.

    Raises
    ------
    DataError
        If tables that stand alone are to be asked by the shipped study, whose places they have not.
    """
    from karwan.base.errors import DataError, Fault
    from karwan.data.catalog import Catalog
    from karwan.study.spec import read_study

    if study == REFERENCE and tables is not None and Catalog(tables).stands_alone:
        text = "the shipped study asks of none of these tables' places; name one of your own"
        raise DataError("the question", [Fault("study", text)])
    spec = read_study(study_path(study))
    given = {"as_of": as_of, "tables": tables, "world": world}
    changes: dict[str, Any] = {key: value for key, value in given.items() if value is not None}
    changes["consignment"] = spec.consignment.model_copy(update={"cargo": cargo, "unit": unit})
    return spec.model_copy(update=changes)


def changed_study(
    spec: StudySpec, *, seed: int | None, paths: int | None, days: int | None
) -> StudySpec:
    """Return a study with other futures, checked.

    Raises
    ------
    DataError
        If a number is out of bounds.
    """
    from karwan.analysis.futures.sampling import Sampling

    given = {"paths": paths, "days": days}
    futures = {key: value for key, value in given.items() if value is not None}
    changes: dict[str, object] = {"futures": spec.futures.model_copy(update=futures)}
    if seed is not None:
        changes["seed"] = seed
    changed = spec.model_copy(update=changes)
    Sampling(changed.seed, changed.futures.paths, changed.futures.days)
    return changed


def study_path(study: Path | str) -> Path:
    """Return the file of a study, or of the one shipped."""
    if study == REFERENCE:
        from importlib import resources

        return Path(str(resources.files("karwan.data").joinpath("reference.toml")))
    return Path(study)


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """A study to be run and stored."""

    spec: StudySpec
    folder: Path
    workspace: Workspace | None = None
    report: bool = True
    editions: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Stored:
    """Where a run is, the file of its report, and why what is missing in it is, by its id."""

    folder: Path
    has_report: bool
    missing: dict[str, str]
    report_file: str = REPORT_FILE


def check_study_workers(scheduler: str | None, jobs: int) -> None:
    """Refuse workers that cannot run studies: threads share what a study changes.

    Raises
    ------
    DataError
        Says what to ask for.
    """
    if scheduler is None:
        return
    from karwan.base.workers import check_scheduler

    check_scheduler(scheduler)
    text = ""
    if scheduler.startswith("threads"):
        text = "studies run in processes: ask for local:N or tcp://HOST:PORT"
    elif jobs > 1:
        text = "the workers say how many run at a time: ask for no jobs beside them"
    if text:
        raise DataError("the question", [Fault("scheduler", text, scheduler)])


def run_orders(
    orders: Sequence[Order],
    *,
    jobs: int = 1,
    scheduler: str | None = None,
    progress: Progress | None = None,
    futures_progress: Progress | None = None,
) -> Iterator[tuple[Order, Stored | Exception]]:
    """Yield what became of each study, in the order given; one that fails costs no other.

    Parameters
    ----------
    jobs
        Studies run at the same time, each in a process of its own. There are never more than
        cores, and their threads together are no more either. What is stored is the same.
    scheduler
        Who runs them in place of processes of our own: `local:N` or the address of a Dask
        scheduler whose workers see the same folders.
    progress
        Called with pairs done and in all where one runs at a time, else with studies.
    futures_progress
        Called with futures drawn and asked, where one runs at a time.
    """
    if scheduler is not None:
        yield from _by_workers(orders, scheduler, progress)
        return
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    most = max(min(jobs, len(orders), cores or 1), 1)
    if most == 1:
        for order in orders:
            yield order, _outcome(order, progress, futures_progress)
        return
    from concurrent.futures import ProcessPoolExecutor
    from multiprocessing import get_context

    # The children read these as they start; one that the user set lower stands.
    bound = max((cores or 1) // most, 1)
    kept = {name: os.environ.get(name) for name in THREADS}
    for name, value in kept.items():
        least = min(bound, int(value)) if value and value.isdecimal() and int(value) else bound
        os.environ[name] = str(least)
    try:
        with ProcessPoolExecutor(most, mp_context=get_context("spawn")) as pool:
            outcomes = zip(orders, pool.map(_outcome, orders), strict=True)
            for done, (order, outcome) in enumerate(outcomes, 1):
                if progress is not None:
                    progress(done, len(orders))
                yield order, outcome
    finally:
        for name, value in kept.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value


def _refuse_threads(workers: Workers, scheduler: str) -> None:
    """Raise `DataError` if a worker would run several studies in one process."""
    client = getattr(workers, "client", None)
    told = client.scheduler_info(n_workers=-1)["workers"] if client is not None else {}
    if any(one["nthreads"] > 1 for one in told.values()):
        text = "a worker would run several studies in one process: start each with one thread"
        raise DataError("the question", [Fault("scheduler", text, scheduler)])


def _by_workers(
    orders: Sequence[Order], scheduler: str, progress: Progress | None
) -> Iterator[tuple[Order, Stored | Exception]]:
    """Yield what became of each study, run by workers."""
    from karwan.base.workers import open_workers

    here = [
        replace(order, folder=order.folder.absolute(), workspace=_absolute(order.workspace))
        for order in orders
    ]
    with open_workers(scheduler) as workers:
        _refuse_threads(workers, scheduler)
        outcomes = zip(orders, workers.map(run_order, None, here), strict=True)
        for done, (order, outcome) in enumerate(outcomes, 1):
            if progress is not None:
                progress(done, len(orders))
            yield order, _told_here(outcome, order.folder)


def _told_here(outcome: Stored | Exception, folder: Path) -> Stored | Exception:
    return replace(outcome, folder=folder) if isinstance(outcome, Stored) else outcome


def _absolute(workspace: Workspace | None) -> Workspace | None:
    return workspace.absolute() if isinstance(workspace, Path) else workspace


def run_order(_given: None, order: Order) -> Stored | Exception:
    """Return where a study was stored, or what stopped it: a piece for workers."""
    return _outcome(order)


def _outcome(
    order: Order, progress: Progress | None = None, futures_progress: Progress | None = None
) -> Stored | Exception:
    """Return where a study was stored, or what stopped it."""
    try:
        study = run_study(
            order.spec,
            workspace=order.workspace,
            progress=progress,
            futures_progress=futures_progress,
        )
        study.save(order.folder, report=order.report, editions=order.editions)
    except Exception as error:  # the others go on; the door tells it
        return error
    return Stored(
        order.folder,
        order.report and REPORT not in study.missing,
        dict(study.missing),
        read_editions(order.editions)[0].file,
    )
