"""Set the model beside runs that happened, and fit the two figures that nobody publishes.

The published means of CPMM are the anchor. What may be fitted is the hours a truck drives in a
day, within its stated band, and one factor by which announced first runs beat ordinary ones
(ceremonial, escorted, their failures unreported). Fitting neither, one or both is tried, each
event left out in turn, and the simplest that is not beaten is chosen. Only observed runs are
fitted; what was scheduled or claimed stands beside the model and never enters it.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from math import log
from typing import TYPE_CHECKING, Any

import numpy as np

from karwan.analysis.corridors.planner import Planner
from karwan.analysis.corridors.scope import ALL_MODES, Scope
from karwan.analysis.world.basis import basis_of
from karwan.analysis.world.state import State
from karwan.analysis.world.world import open_world
from karwan.base.bands import Band, Kind
from karwan.base.errors import DataError, FitError
from karwan.base.packing import computed_once
from karwan.base.provenance import read_date
from karwan.base.reprs import short_repr
from karwan.base.telling import FILES, Column, Form, to_frame
from karwan.data.rows.costs import ObservedRunRow, ParameterRow
from karwan.network.vehicles import make_consignment

if TYPE_CHECKING:
    import polars as pl

    from karwan.data.catalog import Catalog
    from karwan.network.network import Network
    from karwan.route.tcd import Journey

OBSERVED = "observed"
DUTY = "driving_hours_per_day"
DUTY_STEP = 2.0
AS_PUBLISHED, PILOT, BOTH = "nothing fitted", "pilot factor", "duty and pilot factor"
VARIANTS = (AS_PUBLISHED, PILOT, BOTH)
FEWEST_EVENTS = 3
P_BAND = 0.9
"""Share of runs that P05 to P95 should hold."""
P_INTERVAL = 0.95


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """A published run as read onto the network; `out_of_reach` says why it cannot be."""

    id: str
    event_id: str
    kind: str
    origin: str
    destination: str
    origin_id: str
    destination_id: str
    via: tuple[str, ...]
    mode: str
    unit_id: str
    project_id: str
    run_hours: float | None
    cost_usd: float | None
    reading: str
    out_of_reach: str
    note: str
    source_url: str
    source_date: str
    grade: str

    @property
    def day(self) -> dt.date | None:
        """First day its source can be of."""
        return read_date(self.source_date)


@dataclass(frozen=True, slots=True, kw_only=True)
class Modelled:
    """What the model says of a journey, with the grade of its worst figure."""

    mean_hours: float
    p05_hours: float
    p95_hours: float
    central_usd: float
    grade: str


@dataclass(frozen=True)
class Beside:
    """A run beside the model of the same journey.

    Attributes
    ----------
    model
        With the parameters in use; None if nothing built joins its ends.
    left_out_hours
        Mean model hours, and P05 and P95, with figures fitted without this run's event; None for
        a run that is not fitted.
    """

    run: Run
    model: Modelled | None
    left_out_hours: Band | None = None

    __repr__ = short_repr

    @property
    def left_out_error_ratio(self) -> float | None:
        """Model over observed less 1, fitted without this run's event."""
        if self.left_out_hours is None or not self.run.run_hours:
            return None
        return self.left_out_hours.value / self.run.run_hours - 1

    @property
    def is_covered(self) -> bool | None:
        """Whether the run lies between P05 and P95, fitted without its event."""
        if self.left_out_hours is None or not self.run.run_hours:
            return None
        return self.left_out_hours.low <= self.run.run_hours <= self.left_out_hours.high


@dataclass(frozen=True, slots=True)
class Fit:
    """The two figures: hours of driving in a day, and the factor of announced first runs."""

    duty_hours_per_day: float
    pilot_ratio: float


@dataclass(frozen=True, kw_only=True)
class Variant:
    """One choice of what is fitted, tried on every event it has not seen.

    Attributes
    ----------
    coverage
        Share of observed runs within P05 to P95, with its Clopper-Pearson interval.
    """

    name: str
    fitted: Fit
    median_error_share: float
    coverage: Band
    runs: tuple[Beside, ...]


@dataclass(frozen=True, kw_only=True)
class Calibration:
    """What fitting gave, and every run beside the model.

    Attributes
    ----------
    variants
        From nothing fitted to two figures.
    """

    in_use: Fit
    run_count: int
    event_count: int
    variants: tuple[Variant, ...]
    others: tuple[Beside, ...]
    out_of_reach: tuple[Run, ...]

    __repr__ = short_repr

    @property
    def chosen(self) -> Variant:
        """The simplest variant whose median left-out error no other beats."""
        return min(self.variants, key=lambda variant: round(variant.median_error_share, 6))

    @property
    def runs(self) -> tuple[Beside, ...]:
        """Every run beside the model: observed, then scheduled and claimed."""
        return *self.chosen.runs, *self.others

    def to_frame(self) -> pl.DataFrame:
        """Return the runs beside the model as a frame, with all digits; units are in the names."""
        return to_frame(RUNS, self.runs)


TABLE = (Form.table,)
TOLD = (*FILES, Form.table)


def _told(
    name: str, get: Callable[[Run], Any], shown: str = "", unit: str = "", spec: str = ""
) -> Column[Beside]:
    """Return a column of what was published; the table has it if it is shown."""
    return Column(
        name=name,
        get=lambda one: get(one.run),
        unit=unit,
        forms=TOLD if shown else FILES,
        names={Form.table: shown or name},
        spec=spec,
    )


def _modelled(name: str, get: Callable[[Modelled], float], unit: str) -> Column[Beside]:
    """Return a column of the model's journey, if there is one."""
    return Column(
        name=name, get=lambda one: one.model and get(one.model), unit=unit, digits=ROUNDED
    )


def _model_text(one: Beside) -> str:
    return f"{one.model.mean_hours:,.0f}" if one.model else "no route"


def _band_text(one: Beside) -> str:
    if one.model is None:
        return ""
    model, left_out = one.model, one.left_out_hours
    low, high = (left_out.low, left_out.high) if left_out else (model.p05_hours, model.p95_hours)
    return f"{low:,.0f}-{high:,.0f}"


def _error_text(one: Beside) -> str:
    """Return the error on an event not seen, else model over published."""
    if one.model is None or not one.run.run_hours:
        return ""
    ratio = one.left_out_error_ratio
    return f"{one.model.mean_hours / one.run.run_hours:.2f}" if ratio is None else f"{ratio:+.0%}"


ROUNDED = {Form.json: 3, Form.csv: 3}
RUNS: tuple[Column[Beside], ...] = (
    _told("run", lambda run: run.id, "run"),
    _told("event", lambda run: run.event_id),
    _told("kind", lambda run: run.kind),
    _told("origin", lambda run: run.origin, "from"),
    _told("destination", lambda run: run.destination, "to"),
    _told("published_hours", lambda run: run.run_hours, "published h", "h", ",.0f"),
    _told("published_usd", lambda run: run.cost_usd, unit="USD"),
    _modelled("model_hours", lambda model: model.mean_hours, "h"),
    Column(name="model h", get=_model_text, unit="h", forms=TABLE),
    _modelled("model_p05_hours", lambda model: model.p05_hours, "h"),
    _modelled("model_p95_hours", lambda model: model.p95_hours, "h"),
    _modelled("model_usd", lambda model: model.central_usd, "USD"),
    Column(
        name="left_out_hours",
        get=lambda one: one.left_out_hours and one.left_out_hours.value,
        unit="h",
        forms=TOLD,
        names={Form.table: "left out h"},
        digits=ROUNDED,
        spec=",.0f",
    ),
    Column(name="P05-P95 h", get=_band_text, unit="h", forms=TABLE),
    Column(name="left_out_error_ratio", unit="ratio", digits=ROUNDED),
    Column(name="error", get=_error_text, unit="ratio", forms=TABLE),
    Column(name="covered", get=lambda one: one.is_covered),
    _told("reading", lambda run: run.reading or None),
    _told("source_url", lambda run: run.source_url),
    _told("source_date", lambda run: run.source_date or None),
    _told("grade", lambda run: run.grade),
)
"""What is told of an observed run beside the model."""

STATED_RUNS = (
    *(replace(c, name="ratio") if c.name == "error" else c for c in RUNS),
    _told("kind of run", lambda run: run.kind, "kind"),
)
"""The same of one scheduled or claimed, for a table: model over statement, and its kind."""


def read_runs(catalog: Catalog) -> list[Run]:
    """Return every published run."""
    return [_run(row) for row in catalog.rows(ObservedRunRow)]


def _run(row: ObservedRunRow) -> Run:
    return Run(
        id=row.id,
        event_id=row.event_id,
        kind=row.kind,
        origin=row.origin,
        destination=row.destination,
        origin_id=row.origin_id or "",
        destination_id=row.destination_id or "",
        via=row.via_ids,
        mode=row.mode,
        unit_id=row.unit_id or "",
        project_id=row.project_id or "",
        run_hours=row.run_hours,
        cost_usd=row.cost_usd,
        reading=row.reading or "",
        out_of_reach=row.out_of_reach or "",
        note=row.note or "",
        source_url=row.source_url,
        source_date=row.source_date or "",
        grade=row.confidence,
    )


def calibrate(catalog: Catalog, network: Network, as_of: dt.date) -> Calibration:
    """Return the fit to runs known on a date, each run left out in turn, and all runs beside it.

    Raises
    ------
    FitError
        If fewer than three events with hours lie in the network.
    """
    key = basis_of(catalog, network, as_of.isoformat())
    return computed_once(
        "calibration", key, Calibration, lambda: _calibrate(catalog, network, as_of)
    )


def _calibrate(catalog: Catalog, network: Network, as_of: dt.date) -> Calibration:
    runs = [run for run in read_runs(catalog) if run.day is None or run.day <= as_of]
    reach = [run for run in runs if not run.out_of_reach]
    bench = _Bench(catalog, network, as_of)
    low, in_use, high = bench.duty_hours_per_day.ends
    duties = sorted({in_use, *np.arange(low, high + DUTY_STEP / 2, DUTY_STEP).tolist()})
    fitted_runs = [run for run in reach if run.kind == OBSERVED and run.run_hours]
    table = {run.id: [bench.journey(run, duty) for duty in duties] for run in fitted_runs}
    fitted_runs = [run for run in fitted_runs if None not in table[run.id]]
    events = sorted({run.event_id for run in fitted_runs})
    if len(events) < FEWEST_EVENTS:
        msg = f"{len(events)} events with hours lie in the network; a fit needs {FEWEST_EVENTS}."
        raise FitError(msg)
    trial = _Trial(tuple(fitted_runs), table, tuple(duties), in_use)
    variants = tuple(trial.variant(name) for name in VARIANTS)
    return Calibration(
        in_use=Fit(in_use, 1.0),
        run_count=len(fitted_runs),
        event_count=len(events),
        variants=variants,
        others=tuple(Beside(run, bench.journey(run)) for run in reach if run.kind != OBSERVED),
        out_of_reach=tuple(run for run in runs if run.out_of_reach),
    )


@dataclass(frozen=True)
class _Trial:
    """Fits and tries the variants on journeys made for every duty."""

    runs: tuple[Run, ...]
    table: Mapping[str, Sequence[Modelled | None]]
    duties: tuple[float, ...]
    anchor: float

    def variant(self, name: str) -> Variant:
        """Return a variant fitted to all runs, and tried on each event without it."""
        beside = []
        for run in self.runs:
            rest = [other for other in self.runs if other.event_id != run.event_id]
            without = self.fit(name, rest)
            ours, now = self._journey(run, without.duty_hours_per_day), self._journey(run)
            band = Band(ours.p05_hours, ours.mean_hours, ours.p95_hours, Kind.draws)
            beside.append(Beside(run, now, band.scaled(without.pilot_ratio)))
        hits = sum(bool(one.is_covered) for one in beside)
        return Variant(
            name=name,
            fitted=self.fit(name, self.runs),
            median_error_share=float(
                np.median([abs(one.left_out_error_ratio or 0.0) for one in beside])
            ),
            coverage=clopper_pearson(hits, len(beside)),
            runs=tuple(beside),
        )

    def _journey(self, run: Run, duty: float | None = None) -> Modelled:
        found = self.table[run.id][self.duties.index(self.anchor if duty is None else duty)]
        if found is None:
            raise FitError(run.id)
        return found

    def fit(self, name: str, runs: Sequence[Run]) -> Fit:
        """Return the figures with the least sum of |log error|, each event weighing the same.

        For a given duty the best factor is the weighted median of observed over model; of equal
        duties the one nearest the anchor stands.
        """
        if name == AS_PUBLISHED:
            return Fit(self.anchor, 1.0)
        weights = {run.id: 1 / sum(r.event_id == run.event_id for r in runs) for run in runs}
        found = []
        for duty in self.duties if name == BOTH else (self.anchor,):
            ratios = [
                ((run.run_hours or 0.0) / self._journey(run, duty).mean_hours, weights[run.id])
                for run in runs
            ]
            factor = weighted_median(ratios)
            loss = sum((weight * abs(log(factor / ratio)) for ratio, weight in ratios), 0.0)
            found.append((round(loss, 9), abs(duty - self.anchor), Fit(duty, factor)))
        return min(found, key=lambda item: item[:2])[2]


def weighted_median(pairs: Sequence[tuple[float, float]]) -> float:
    """Return the median of (value, weight): the value at which half the weight is reached.

    Examples
    --------
    >>> weighted_median([(3.0, 1.0), (1.0, 1.0), (2.0, 1.0)])
    2.0
    """
    half = sum(weight for _, weight in pairs) / 2
    reached = 0.0
    for value, weight in sorted(pairs):
        reached += weight
        if reached >= half:
            return value
    msg = "A median needs at least one value."
    raise ValueError(msg)


def clopper_pearson(hit_count: int, count: int) -> Band:
    """Return a share with its exact 95 per cent interval (Clopper and Pearson 1934).

    Examples
    --------
    >>> [round(end, 3) for end in clopper_pearson(8, 10).ends]
    [0.444, 0.8, 0.975]
    """
    from scipy.stats import beta

    tail = (1 - P_INTERVAL) / 2
    low = float(beta.ppf(tail, hit_count, count - hit_count + 1)) if hit_count else 0.0
    high = float(beta.ppf(1 - tail, hit_count + 1, count - hit_count)) if hit_count < count else 1.0
    return Band(low, hit_count / count, high, Kind.interval)


@dataclass
class _Bench:
    """Journeys of runs, with the parameters in use or another duty."""

    catalog: Catalog
    network: Network
    as_of: dt.date

    def __post_init__(self) -> None:
        self._planners: dict[tuple[dt.date, str, str, str, float | None], Planner] = {}

    @cached_property
    def _rules_known_since(self) -> Network:
        """The network with all rules told of by now: a run met those in force, told of or not."""
        rules = tuple(
            replace(rule, published=dt.date.min)
            for rule in self.network.restrictions
            if rule.published <= self.as_of
        )
        return replace(self.network, restrictions=rules)

    @property
    def duty_hours_per_day(self) -> Band:
        """The hours a truck drives in a day."""
        rows = self.catalog.rows(ParameterRow)
        wanted = [r for r in rows if (r.parameter, r.applies_to) == (DUTY, "truck")]
        if not wanted:
            raise DataError("table parameters", [f"no row of {DUTY}, truck"])
        (row,) = wanted
        return Band(row.value_low, row.value, row.value_high, Kind.inputs)

    def journey(self, run: Run, duty: float | None = None) -> Modelled | None:
        """Return the model's journey of a run with every gate open, on the day it was told of."""
        origin, destination = (
            self.network.place(name) for name in (run.origin_id, run.destination_id)
        )
        day = run.day or self.as_of
        key = (day, origin.country, run.unit_id, run.project_id, duty)
        if key not in self._planners:
            projects = (run.project_id,) if run.project_id else ()
            world = open_world(
                self.catalog, day, projects=projects, network=self._rules_known_since
            )
            consignment = make_consignment(
                self.catalog,
                carrier=origin.country,
                countries=self.network.countries,
                unit=run.unit_id,
            )
            fixed = {} if duty is None else {DUTY: duty}
            self._planners[key] = Planner(world=world, consignment=consignment, parameters=fixed)
        planner = self._planners[key]
        modes = ALL_MODES if run.mode == "any" else frozenset({run.mode})
        via = tuple(self.network.resolve(name) for name in run.via)
        path = planner.best(origin, destination, Scope(state=State.all_open, modes=modes), via=via)
        return _modelled_on(planner.journey(path)) if path is not None else None


def _modelled_on(journey: Journey) -> Modelled:
    spread = journey.reliability
    return Modelled(
        mean_hours=journey.hours.value,
        p05_hours=spread.p05_hours,
        p95_hours=spread.p95_hours,
        central_usd=journey.usd.value,
        grade=journey.grade,
    )
