"""Run a study: the one place where tables, world, planners and corridors meet."""

from __future__ import annotations

import io
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from karwan import __version__
from karwan.analysis.appraisal.asking import TABLES as LINE_TABLES
from karwan.analysis.appraisal.asking import told_of
from karwan.analysis.corridors.answers import CUTS, consignment_to_dict
from karwan.analysis.corridors.comparison import CORRIDORS, Comparison, Status, compared
from karwan.analysis.corridors.desk import Desk
from karwan.analysis.decisions.closing import closing_impact
from karwan.analysis.decisions.impact import Impact
from karwan.analysis.forecasts.closures import fit_world
from karwan.analysis.forecasts.histories import CALENDAR_TABLE
from karwan.analysis.forecasts.meeting import with_met_shares
from karwan.analysis.futures.availability import AVAILABILITY, Availability, availabilities
from karwan.analysis.futures.sampling import Sampling, check_work
from karwan.analysis.futures.stakes import demand_of
from karwan.analysis.trade.targets import TARGET_TABLES
from karwan.analysis.world.world import World
from karwan.base.errors import DataError, FitError, KarwanError, UnknownNameError
from karwan.base.folders import RUN_FILE, new_folder
from karwan.base.reprs import short_repr
from karwan.base.store import sha256_hex, to_json
from karwan.base.telling import Column, Form, to_dict, to_frame, to_html
from karwan.base.workspaces import Workspace
from karwan.data.catalog import Catalog
from karwan.evidence.closures import CLOSURE_TABLES
from karwan.network.build import NETWORK_TABLES
from karwan.network.tariffs import TARIFF_TABLES, Tariffs
from karwan.route.tcd import DEFAULTS, LEGS
from karwan.study.futures import Futures, futures_rows, run_study_futures
from karwan.study.question import open_question
from karwan.study.spec import StudySpec

if TYPE_CHECKING:
    import polars as pl

    from karwan.analysis.corridors.runs_told import RunsTold
    from karwan.hazard.model import HazardModel
    from karwan.route.tcd import Journey

FORMAT_VERSION = 1
RUN_TABLES = sorted(
    {*NETWORK_TABLES, *TARIFF_TABLES, *CLOSURE_TABLES, *TARGET_TABLES, CALENDAR_TABLE}
    | {"country_names", "crossing_counts", "demand", "gate_classes", "not_sent_shares", "regions"}
    | {"waiting_costs"}
)

MOST_COUNTS_RATIO = 4.0
"""Trucks counted at a frontier over those that a study's pairs fill: beyond it they are others'."""

Row = dict[str, object]
Progress = Callable[[int, int], None]


@dataclass(frozen=True, kw_only=True)
class StudyResult:
    """All comparisons of a study, in the order asked."""

    spec: StudySpec
    catalog: Catalog
    world: World
    comparisons: tuple[Comparison, ...]
    desks: Mapping[str, Desk] = field(repr=False)
    progress: Progress | None = field(default=None, repr=False, compare=False)

    __repr__ = short_repr

    @cached_property
    def futures(self) -> Futures | None:
        """What many seeded futures say; None where the record of closures is too thin."""
        if self.hazard is None:
            return None
        shown = self.comparison(*self.focus, self.spec.states[-1])
        corridors = [
            answer.corridor
            for answer in shown.answers
            if answer.status in (Status.open, Status.cut) and not answer.same_as
        ]
        pairs = dict.fromkeys((c.origin, c.destination) for c in self.comparisons)
        focus = (shown.origin, shown.destination)
        return run_study_futures(
            self.desks,
            list(pairs),
            focus,
            corridors,
            self.hazard,
            sampling=self.sampling,
            progress=self.progress,
        )

    @property
    def sampling(self) -> Sampling:
        """How many futures stand behind every figure of the study."""
        return sampling_of(self.spec)

    @cached_property
    def hazard(self) -> HazardModel | None:
        """The model of closures known on the as-of date; None where the record is too thin."""
        try:
            return fit_world(self.world)
        except FitError:
            return None

    @cached_property
    def calibration(self) -> RunsTold | str:
        """Published runs beside the model, or why there are none; all editions tell the same."""
        from karwan.analysis.corridors.runs_told import tell_runs

        try:
            return tell_runs(self.catalog, self.world.network, self.spec.as_of)
        except FitError as error:
            return str(error)

    @cached_property
    def impact(self) -> Impact | None:
        """What the crossings shut on the date do to the study's freight, as `impact` tells it.

        None where none is shut, no pair has a figure, or the pairs are too few to fill the trucks
        counted at the frontier.
        """
        if self.futures is None or self.hazard is None:
            return None
        planners = {country: desk.planner for country, desk in self.desks.items()}
        pairs = dict.fromkeys((c.origin, c.destination) for c in self.comparisons)
        try:
            return closing_impact(
                self.futures.stakes,
                demand_of(planners, list(pairs)),
                self.hazard,
                most_counts_ratio=MOST_COUNTS_RATIO,
            )
        except DataError:
            return None

    @cached_property
    def availability(self) -> tuple[Availability, ...]:
        """How often each corridor of the focus pair has all its gates open; seeded."""
        if self.hazard is None:
            return ()
        comparison = self.comparison(*self.focus, self.spec.states[-1])
        found = {
            answer.corridor.id: journey.elements
            for answer in comparison.answers
            if (journey := answer.journey or answer.open_journey) is not None
            and answer.status in (Status.open, Status.cut)
        }
        return tuple(availabilities(self.hazard, found, sampling=self.sampling))

    @cached_property
    def appraisals(self) -> tuple[dict[str, Any], ...]:
        """What is told of each line that the study names, as `karwan appraise` tells it."""
        return told_of(self.world, self.spec.appraise, self.spec.seed)

    @property
    def focus(self) -> tuple[str, str]:
        """Ids of the pair shown in full."""
        if self.spec.focus is not None:
            network = self.world.network
            return network.place(self.spec.focus[0]).id, network.place(self.spec.focus[1]).id
        first = self.comparisons[0]
        return first.origin.id, first.destination.id

    def comparison(self, origin: str, destination: str, state: str) -> Comparison:
        """Return one comparison by place ids and state."""
        for found in self.comparisons:
            if (found.origin.id, found.destination.id, found.state) == (origin, destination, state):
                return found
        asked = f"{origin} to {destination}, {state}"
        raise UnknownNameError("pair", asked, [])

    def _repr_html_(self) -> str:
        """Return the best route of every pair and state as a table for a notebook."""
        caption = f"{self.spec.title}, as of {self.spec.as_of}"
        return to_html(BEST, self.comparisons, caption)

    def to_frame(self) -> pl.DataFrame:
        """Return the best route of every pair and state; units are in the names."""
        return to_frame(BEST, self.comparisons)


SHOWN = (Form.frame, Form.html)


def _best(
    name: str, get: Callable[[Journey], Any], shown: str, *, unit: str = ""
) -> Column[Comparison]:
    return Column(
        name=name,
        get=lambda one: one.best and get(one.best),
        unit=unit,
        forms=SHOWN,
        names={Form.html: shown},
    )


BEST: tuple[Column[Comparison], ...] = (
    Column(name="from", get=lambda one: one.origin.name, forms=SHOWN),
    Column(name="to", get=lambda one: one.destination.name, forms=SHOWN),
    Column(name="state", forms=SHOWN),
    Column(
        name="best route",
        get=lambda one: " - ".join(one.best.countries) if one.best else "no route",
        forms=(Form.html,),
    ),
    Column(name="countries", get=lambda one: one.best and one.best.countries, forms=(Form.frame,)),
    _best("mean_hours", lambda journey: journey.hours.value, "h", unit="h"),
    _best("central_usd", lambda journey: journey.usd.value, "USD", unit="USD"),
)
"""What is told of the best route of a pair."""


def sampling_of(spec: StudySpec) -> Sampling:
    """Return how many futures a study asks for."""
    return Sampling(spec.seed, spec.futures.paths, spec.futures.days)


def run_study(
    spec: StudySpec,
    *,
    workspace: Workspace | None = None,
    progress: Progress | None = None,
    futures_progress: Progress | None = None,
) -> StudyResult:
    """Return all comparisons of a study.

    Parameters
    ----------
    workspace
        Folder with the user's own closures, merged with the record.
    progress
        Called with (done, total) after each pair.
    futures_progress
        Called with futures drawn and asked, once they are.

    Raises
    ------
    DataError
        Names every unknown place, cargo, carrier, crossing and project at once; or says how long
        so many futures would take, where that is too long.
    """
    asked = open_question(spec, workspace=workspace)
    check_work(sampling_of(spec), len(asked.world.network.corridors))
    comparisons: list[Comparison] = []
    for done, (origin, destination) in enumerate(asked.pairs, 1):
        desk = asked.desks[origin.country]
        comparisons += [desk.compare(origin, destination, state) for state in spec.states]
        if progress is not None:
            progress(done, len(asked.pairs))
    result = StudyResult(
        spec=spec,
        catalog=asked.catalog,
        world=asked.world,
        comparisons=tuple(comparisons),
        desks=asked.desks,
        progress=futures_progress,
    )
    return replace(result, comparisons=_with_met_shares(result))


def _with_met_shares(result: StudyResult) -> tuple[Comparison, ...]:
    """Return the comparisons; those of the focus tell which share of journeys meets a closure."""
    focus = result.focus
    return tuple(
        with_met_shares(planner, one) if (one.origin.id, one.destination.id) == focus else one
        for one in result.comparisons
        for planner in [result.desks[one.origin.country].planner]
    )


def run_files(result: StudyResult, *, missing: dict[str, str] | None = None) -> dict[str, bytes]:
    """Return the tables of a run as Parquet files by name, made once.

    Parameters
    ----------
    missing
        As in `run_frames`.
    """
    return parquet_files(run_frames(result, missing=missing))


def parquet_files(frames: Mapping[str, pl.DataFrame]) -> dict[str, bytes]:
    """Return frames as Parquet files by name."""
    made = {}
    for name, frame in frames.items():
        buffer = io.BytesIO()
        frame.write_parquet(buffer, compression="zstd", statistics=False)
        made[f"{name}.parquet"] = buffer.getvalue()
    return made


def store_run(
    result: StudyResult,
    folder: Path,
    *,
    files: Mapping[str, bytes] | None = None,
    missing: Mapping[str, str] | None = None,
) -> Path:
    """Write the run as a folder of its files and `run.json`, whole or not at all.

    Parameters
    ----------
    files
        Content by name: the tables, and the report if there is one. Default: the tables.
    missing
        Why a part of the report is not there, by its id; `report` for the whole.

    Raises
    ------
    DataError
        If the folder holds anything that an earlier run did not write.
    """
    made = run_files(result) if files is None else files
    hashes = {name: sha256_hex(made[name]) for name in sorted(made)}
    record = run_record(result, hashes, missing or {})
    with new_folder(folder) as scratch:
        for name, content in made.items():
            (scratch / name).write_bytes(content)
        (scratch / RUN_FILE).write_text(to_json(record), encoding="utf-8")
    return folder


def run_record(
    result: StudyResult, files: Mapping[str, str], missing: Mapping[str, str]
) -> dict[str, Any]:
    """Return what makes a run repeatable: versions, hashes of inputs, seed, dates; no clock."""
    spec = result.spec
    tables = sorted({*RUN_TABLES, *(LINE_TABLES if spec.appraise else ())})
    return {
        "format_version": FORMAT_VERSION,
        "karwan_version": __version__,
        "data_version": result.catalog.version,
        "study": spec.model_dump(mode="json", exclude={"tables"}),
        "seed": spec.seed,
        "as_of": spec.as_of.isoformat(),
        "evidence_horizon": result.world.evidence_horizon.isoformat(),
        "newest_rate_year": Tariffs(result.catalog, spec.as_of, spec.price_year).newest_year,
        "tables_sha256": result.catalog.hashes(tables),
        "tables_replaced": [name for name in tables if result.catalog.is_replaced(name)],
        "comparison_count": len(result.comparisons),
        "consignment": consignment_to_dict(result.comparisons[0].consignment),
        "files_sha256": dict(files),
        "sections_missing": dict(missing),
    }


def run_frames(
    result: StudyResult, *, missing: dict[str, str] | None = None
) -> dict[str, pl.DataFrame]:
    """Return the run's tables: routes, legs, defaults, cuts and availability, as asked.

    Parameters
    ----------
    missing
        Filled with the reason, by `futures` or `availability`, where what stands on the record of
        closures cannot be made; the other tables are made without it. If None, it is raised.
    """
    import polars as pl

    rows: dict[str, list[Row]] = {"routes": [], "legs": [], "defaults": [], "cuts": []}
    for comparison in result.comparisons:
        rows["routes"] += [
            to_dict(CORRIDORS, one, Form.frame) for one in compared(comparison, best=False)
        ]
        for answer in comparison.answers:
            key: Row = {
                "origin": comparison.origin.id,
                "destination": comparison.destination.id,
                "state": comparison.state,
                "corridor": answer.corridor.id,
            }
            rows["cuts"] += [key | to_dict(CUTS, cut, Form.frame) for cut in answer.cuts]
            if answer.journey is not None and not answer.same_as:
                rows["legs"] += [
                    key | {"row": number} | to_dict(LEGS, row, Form.frame)
                    for number, row in enumerate(answer.journey.rows)
                ]
                rows["defaults"] += [
                    key | to_dict(DEFAULTS, use, Form.frame) for use in answer.journey.defaults
                ]
    rows |= _part("futures", lambda: _futures_rows(result), missing)
    rows |= _part("availability", lambda: _availability_rows(result), missing)
    if result.spec.appraise:
        rows |= _part("railways", lambda: {"railways": [_line_row(x) for x in result.appraisals]},
                      missing)  # fmt: skip
    return {name: pl.DataFrame(found, infer_schema_length=None) for name, found in rows.items()}


def _part(
    name: str, make: Callable[[], dict[str, list[Row]]], missing: dict[str, str] | None
) -> dict[str, list[Row]]:
    """Return the rows of a part by table; none where it fails, which costs that part only."""
    try:
        return make()
    except Exception as error:  # whatever is wrong with a part costs that part
        if missing is None:
            raise
        missing[name] = reason_of(error)
        return {}


def reason_of(error: Exception) -> str:
    """Return what to tell of an error that cost a part."""
    return str(error) if isinstance(error, KarwanError) else f"{type(error).__name__}: {error}"


def _futures_rows(result: StudyResult) -> dict[str, list[Row]]:
    return {} if result.futures is None else futures_rows(result.futures)


def _availability_rows(result: StudyResult) -> dict[str, list[Row]]:
    told = [to_dict(AVAILABILITY, found, Form.frame) for found in result.availability]
    return {"availability": told}


def _line_row(told: dict[str, Any]) -> Row:
    """Return the figures of a line in one row; the page has the rest."""
    enpv, at = told["enpv_musd"], told["break_even"]
    return {
        "project": told["project"], "traffic": told["traffic"], "closures": told["closures"],
        "discount_share": told["discount_share"],
        "enpv_p10_musd": enpv["p10"], "enpv_p50_musd": enpv["p50"], "enpv_p90_musd": enpv["p90"],
        "central_enpv_musd": told["central_enpv_musd"], "bcr": told["bcr"],
        "capex_musd": told["capex_musd"], "traffic_mt_per_year": told["traffic_mt_per_year"],
        "open_share": told["open_share"], "break_even_capex_musd": at["capex_musd"],
        "break_even_mt_per_year": at["tonnes_mt_per_year"],
        "days_shut_at_break_even_days": told["days_shut_at_break_even"],
        "opening_year": told["opening_year"],
    }  # fmt: skip


def default_folder(spec: StudySpec) -> Path:
    """Return where a run goes when no folder is named."""
    return Path("runs") / spec.name
