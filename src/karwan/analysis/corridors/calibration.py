"""Set the model beside runs that happened, and fit the law of hours to them.

The published parts of a journey are the anchor; what whole journeys take beyond them is one
lognormal factor (`hours_fit`). It is fitted on observed runs that met nothing, a queue or a convoy:
backlog after a closure and discharge of a ship belong to journeys that are told otherwise. Each
event is left out in turn, and the law that foresees it without having seen it stands beside it.
What was scheduled or claimed has a location of its own and never moves the law; a run whose source
is an input of the model is no test and is left out.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from math import exp
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from karwan.analysis.corridors.hours_fit import (
    Interval,
    LawFit,
    LawFitter,
    Sample,
    Score,
    by_nearest,
    by_speed,
    foreseen,
    nodes_of,
    quantile_of,
    quantiles_below,
    score_hours,
)
from karwan.analysis.corridors.planner import Planner, sharing
from karwan.analysis.corridors.price_fit import PriceCalibration, calibrate_prices
from karwan.analysis.corridors.scope import ALL_MODES, Scope
from karwan.analysis.world.state import State
from karwan.analysis.world.world import World, open_world
from karwan.base.bands import Band, Kind
from karwan.base.errors import DataError, FitError, NoEvidenceError
from karwan.base.provenance import read_date
from karwan.base.reprs import short_repr
from karwan.base.telling import FILES, Column, Form, to_frame
from karwan.data.rows.costs import (
    ObservedPriceRow,
    ObservedRunRow,
    ParameterRow,
    PriceIndexRow,
    ReleaseHoursRow,
)
from karwan.network.vehicles import make_consignment
from karwan.route.clock import Clock
from karwan.route.distribution import compose_hours
from karwan.route.expand import StateGraph
from karwan.route.tcd import Timing, clocked

if TYPE_CHECKING:
    import polars as pl

    from karwan.data.catalog import Catalog
    from karwan.network.network import Network
    from karwan.route.tcd import Journey

Floats = npt.NDArray[np.float64]

OBSERVED = "observed"
DUTY = "driving_hours_per_day"
AS_PUBLISHED, LAW, STAND = "nothing fitted", "law of hours", "law of hours with a stand"
FIRST_RELEASE, BY_SPEED, BY_NEAREST = "0.1.0", "km over a speed", "three nearest events"
FEWEST_EVENTS = 3
ON_THE_WAY = frozenset({"nothing", "queue", "convoy"})
"""What runs met on which the law is fitted."""
WHOLE_DAY_HOURS = 24.0
"""Resolution of a clock of which nothing is told."""
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
    clock: Clock
    resolution_hours: float
    met: str
    traits: frozenset[str]
    groups: tuple[str, ...]
    asked_on: dt.date | None
    feeds: str
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

    @property
    def is_fitted(self) -> bool:
        """Whether the law may be fitted on it."""
        return (
            self.kind == OBSERVED
            and bool(self.run_hours)
            and self.met in ON_THE_WAY
            and not self.feeds
        )


@dataclass(frozen=True, kw_only=True)
class Beside:
    """A run beside the model of the same journey.

    Attributes
    ----------
    journey, timing
        With the parameters in use, and its hours by the clock of the run; None if nothing built
        joins its ends.
    left_out_hours
        P05, P50 and P95 with the law fitted without this run's event; None for a run that is not
        fitted.
    """

    run: Run
    journey: Journey | None
    timing: Timing | None
    left_out_hours: Band | None = None

    __repr__ = short_repr

    @property
    def left_out_error_ratio(self) -> float | None:
        """Median of the model over observed less 1, fitted without this run's event."""
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
    """Hours of driving in a day, as in use, and the law of hours."""

    duty_hours_per_day: float
    law: LawFit

    @property
    def pilot_ratio(self) -> float:
        """Median of what whole journeys take over the sum of their parts."""
        return self.law.median_ratio


@dataclass(frozen=True, slots=True, kw_only=True)
class Trial:
    """How well one way of foreseeing did on events that it had not seen.

    Attributes
    ----------
    coverages
        Events within the central 50, 80 and 90 per cent, each with its Clopper-Pearson interval.
    without
        Scores without the events of a group, by its name.
    """

    name: str
    score: Score
    coverages: Mapping[int, Band]
    without: Mapping[str, Score]


@dataclass(frozen=True, kw_only=True)
class Variant:
    """One law, tried on every event it has not seen.

    Attributes
    ----------
    coverage
        Share of events within P05 to P95, with its Clopper-Pearson interval.
    """

    name: str
    fitted: Fit
    median_error_share: float
    trial: Trial
    runs: tuple[Beside, ...]

    __repr__ = short_repr

    @property
    def coverage(self) -> Band:
        """Share of events within P05 to P95, with its interval."""
        return self.trial.coverages[90]


@dataclass(frozen=True, kw_only=True)
class Calibration:
    """What fitting gave, and every run beside the model.

    Attributes
    ----------
    variants
        The parts alone, the law, and the law with a stand.
    chosen
        The law, unless the stand foresees events better that it has not seen.
    rivals
        The first release and two plain ways of foreseeing.
    stated_fit, stated_ratio
        The law where statements share its spread, and the median ratio of statements.
    effects
        How many times longer events of a trait took than others: a diagnostic, no input.
    others
        Runs that are not fitted.
    prices
        The law of prices and prices beside the model; None with fewer than three lists or quotes.
    """

    in_use: Fit
    run_count: int
    event_count: int
    variants: tuple[Variant, ...]
    chosen: Variant
    rivals: tuple[Trial, ...]
    intervals: tuple[Interval, Interval]
    stated_fit: LawFit | None
    stated_ratio: float
    effects: Mapping[str, Interval]
    others: tuple[Beside, ...]
    out_of_reach: tuple[Run, ...]
    prices: PriceCalibration | None

    __repr__ = short_repr

    @property
    def runs(self) -> tuple[Beside, ...]:
        """Every run beside the model: those fitted, then the others."""
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


def _modelled(name: str, get: Callable[[Timing], float], unit: str) -> Column[Beside]:
    """Return a column of the model's hours by the run's clock, if there is a journey."""
    return Column(
        name=name, get=lambda one: one.timing and get(one.timing), unit=unit, digits=ROUNDED
    )


def _model_text(one: Beside) -> str:
    return f"{one.timing.hours.value:,.0f}" if one.timing else "no route"


def _band_text(one: Beside) -> str:
    if one.timing is None:
        return ""
    told, left_out = one.timing.reliability, one.left_out_hours
    low, high = (left_out.low, left_out.high) if left_out else (told.p05_hours, told.p95_hours)
    return f"{low:,.0f}-{high:,.0f}"


def _error_text(one: Beside) -> str:
    """Return the error on an event not seen, else model over published."""
    if one.timing is None or not one.run.run_hours:
        return ""
    ratio = one.left_out_error_ratio
    return f"{one.timing.hours.value / one.run.run_hours:.2f}" if ratio is None else f"{ratio:+.0%}"


ROUNDED = {Form.json: 3, Form.csv: 3}
RUNS: tuple[Column[Beside], ...] = (
    _told("run", lambda run: run.id, "run"),
    _told("event", lambda run: run.event_id),
    _told("kind", lambda run: run.kind),
    _told("origin", lambda run: run.origin, "from"),
    _told("destination", lambda run: run.destination, "to"),
    _told("published_hours", lambda run: run.run_hours, "published h", "h", ",.0f"),
    _told("published_usd", lambda run: run.cost_usd, unit="USD"),
    _modelled("model_hours", lambda timing: timing.hours.value, "h"),
    Column(name="model h", get=_model_text, unit="h", forms=TABLE),
    _modelled("model_p05_hours", lambda timing: timing.reliability.p05_hours, "h"),
    _modelled("model_p95_hours", lambda timing: timing.reliability.p95_hours, "h"),
    Column(
        name="model_usd",
        get=lambda one: one.journey and one.journey.usd.value,
        unit="USD",
        digits=ROUNDED,
    ),
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
    _told("clock", lambda run: run.clock.value, "clock"),
    _told("met", lambda run: run.met or None, "met"),
    _told("feeds", lambda run: run.feeds or None),
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


def _mode_trait(mode: str) -> str:
    return "several modes" if mode == "any" else mode


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
        clock=Clock(row.clock) if row.clock else Clock.door,
        resolution_hours=row.clock_resolution_hours or WHOLE_DAY_HOURS,
        met=row.met or "",
        traits=frozenset(filter(None, (row.run_kind, row.season, _mode_trait(row.mode)))),
        groups=row.run_groups,
        asked_on=row.asked_on,
        feeds=row.feeds or "",
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
    """Return the law fitted to runs known on a date, each event left out in turn, and all runs.

    Raises
    ------
    FitError
        If fewer than three events with hours lie in the network.
    """
    runs = [run for run in read_runs(catalog) if run.day is None or run.day <= as_of]
    reach = [run for run in runs if not run.out_of_reach]
    bench = _Bench(catalog, network, as_of)
    now = {run.id: bench.beside(run) for run in reach}
    samples = {
        run.id: _sample(now[run.id])
        for run in reach
        if run.run_hours and now[run.id].timing is not None
    }
    tried = [run for run in reach if run.is_fitted and run.id in samples]
    stated = [run for run in reach if run.kind != OBSERVED and run.id in samples and not run.feeds]
    events = sorted({run.event_id for run in tried})
    if len(events) < FEWEST_EVENTS:
        msg = f"{len(events)} events with hours lie in the network; a fit needs {FEWEST_EVENTS}."
        raise FitError(msg)
    fitter = LawFitter(tuple(samples[run.id] for run in tried))
    in_use = Fit(bench.duty_hours_per_day.value, bench.law)
    judge = _Judge(tuple(tried), {run.id: now[run.id] for run in tried}, fitter, in_use)
    variants = (
        judge.variant(AS_PUBLISHED, None),
        judge.variant(LAW, fitter.fit),
        judge.variant(STAND, fitter.fit_with_stand),
    )
    law, stand = variants[1:]
    is_beaten = round(stand.trial.score.crps, 6) < round(law.trial.score.crps, 6)
    stated_fit, stated_ratio = (
        fitter.fit_beside([samples[run.id] for run in stated]) if stated else (None, 1.0)
    )
    return Calibration(
        in_use=in_use,
        run_count=len(tried),
        event_count=len(events),
        variants=variants,
        chosen=stand if is_beaten else law,
        rivals=judge.rivals(_released(catalog)),
        intervals=fitter.intervals(),
        stated_fit=stated_fit,
        stated_ratio=stated_ratio,
        effects=fitter.effects(),
        others=tuple(now[run.id] for run in reach if run not in tried),
        out_of_reach=tuple(run for run in runs if run.out_of_reach),
        prices=calibrate_prices(catalog, bench.priced, as_of),
    )


def _sample(one: Beside) -> Sample:
    """Return a run as the law is fitted on it: its parts without the law in use."""
    run, timing, journey = one.run, one.timing, one.journey
    if timing is None or journey is None or run.run_hours is None:
        raise FitError(run.id)
    parts = compose_hours([part.wide for part in timing.parts])
    return Sample(
        id=run.id,
        event_id=run.event_id,
        observed_hours=run.run_hours,
        resolution_hours=run.resolution_hours,
        node_hours=nodes_of(parts),
        distance_km=journey.distance_km,
        mode=run.mode,
        traits=run.traits,
    )


def _released(catalog: Catalog) -> dict[str, dict[float, float]]:
    """Return by run the quantiles of the hours that the first release gave."""
    return {
        row.run_id: {
            0.05: row.p05_hours,
            0.1: row.p10_hours,
            0.25: row.p25_hours,
            0.5: row.p50_hours,
            0.75: row.p75_hours,
            0.9: row.p90_hours,
            0.95: row.p95_hours,
        }
        for row in catalog.rows(ReleaseHoursRow)
        if row.release == FIRST_RELEASE
    }


FitWithout = Callable[..., LawFit]


@dataclass(frozen=True)
class _Judge:
    """Tries laws and rivals on every event that they have not seen."""

    runs: tuple[Run, ...]
    now: Mapping[str, Beside]
    fitter: LawFitter
    in_use: Fit

    @cached_property
    def _samples(self) -> dict[str, Sample]:
        return {one.id: one for one in self.fitter.samples}

    def variant(self, name: str, fit: FitWithout | None) -> Variant:
        """Return a law fitted to all runs, and tried on each event without it."""
        folds = {
            event: fit(left_out=event) if fit is not None else None for event in self.fitter.events
        }

        def foresee(sample: Sample) -> Floats:
            return foreseen(sample, folds[sample.event_id])

        beside = []
        for run in self.runs:
            below = foresee(self._samples[run.id])
            low, middle, high = (exp(quantile_of(below, share)) for share in (0.05, 0.5, 0.95))
            band = Band(low, middle, high, Kind.draws)
            beside.append(replace(self.now[run.id], left_out_hours=band))
        law = fit() if fit is not None else LawFit(median_ratio=1.0, log_sd=0.0)
        return Variant(
            name=name,
            fitted=Fit(self.in_use.duty_hours_per_day, law),
            median_error_share=float(
                np.median([abs(one.left_out_error_ratio or 0.0) for one in beside])
            ),
            trial=self._trial(name, foresee),
            runs=tuple(beside),
        )

    def rivals(self, released: Mapping[str, Mapping[float, float]]) -> tuple[Trial, ...]:
        """Return how the first release, where it is told, and two plain rivals did."""
        samples = self.fitter.samples
        trials = []
        if all(one.id in released for one in samples):
            trials.append(self._trial(FIRST_RELEASE, lambda one: quantiles_below(released[one.id])))
        trials.append(self._trial(BY_SPEED, by_speed(samples)))
        trials.append(self._trial(BY_NEAREST, by_nearest(samples)))
        return tuple(trials)

    def _trial(self, name: str, foresee: Callable[[Sample], Floats]) -> Trial:
        whole = score_hours(self.fitter.samples, foresee)
        groups = sorted({group for run in self.runs for group in run.groups})
        without = {}
        for group in groups:
            events = {run.event_id for run in self.runs if group in run.groups}
            rest = [one for one in self.fitter.samples if one.event_id not in events]
            if rest:
                without[group] = score_hours(rest, foresee)
        return Trial(
            name=name,
            score=whole,
            coverages={
                width: weighted_share_band(share * whole.event_count, whole.event_count)
                for width, share in whole.covered.items()
            },
            without=without,
        )


def weighted_share_band(hit_count: float, count: int) -> Band:
    """Return a share with its 95 per cent interval (Clopper and Pearson 1934).

    It is exact for whole hits. Of an event told by several rows, some of which lie within, a part
    counts as hit.

    Examples
    --------
    >>> [round(end, 3) for end in weighted_share_band(8, 10).ends]
    [0.444, 0.8, 0.975]
    """
    from scipy.special import betaincinv

    tail = (1 - P_INTERVAL) / 2
    low = float(betaincinv(hit_count, count - hit_count + 1, tail)) if hit_count else 0.0
    high = (
        float(betaincinv(hit_count + 1, count - hit_count, 1 - tail)) if hit_count < count else 1.0
    )
    return Band(low, hit_count / count, high, Kind.interval)


@dataclass
class _Bench:
    """Journeys of runs, with the parameters in use or another duty."""

    catalog: Catalog
    network: Network
    as_of: dt.date

    def __post_init__(self) -> None:
        self._planners: dict[tuple[dt.date, str, str, str], Planner] = {}
        self._graphs: dict[frozenset[str], StateGraph] = {}
        self._alike: dict[Hashable, Planner] = {}

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

    @property
    def law(self) -> LawFit:
        """The law of hours in use."""
        wanted = {
            row.parameter: row.value
            for row in self.catalog.rows(ParameterRow)
            if row.parameter in ("journey_factor_ratio", "journey_log_sd")
        }
        return LawFit(
            median_ratio=wanted.get("journey_factor_ratio", 1.0),
            log_sd=wanted.get("journey_log_sd", 0.0),
        )

    @cached_property
    def _first_known(self) -> dt.date:
        """First day of which anything is known; a run before it is asked of that day."""
        days = {rule.start for rule in self._rules_known_since.restrictions if rule.start}
        days |= {one.status_asof for one in self.network.crossings.values() if one.status_asof}
        return min(days, default=self.as_of)

    @cached_property
    def _newest_price_year(self) -> int:
        """Last year of the price index; a later price is taken as in USD of that year."""
        return max(row.year for row in self.catalog.rows(PriceIndexRow))

    def _world(self, day: dt.date, project_id: str) -> World:
        projects = (project_id,) if project_id else ()
        try:
            return open_world(self.catalog, day, projects=projects, network=self._rules_known_since)
        except NoEvidenceError:
            first = self._first_known
            return open_world(
                self.catalog, first, projects=projects, network=self._rules_known_since
            )

    def priced(self, row: ObservedPriceRow) -> Journey | None:
        """Return the journey of a price with every gate open, in USD of the price's year."""
        origin, destination = (
            self.network.place(name) for name in (row.origin_id, row.destination_id)
        )
        world = self._world(row.asked_on, "")
        consignment = make_consignment(
            self.catalog,
            carrier=origin.country,
            countries=self.network.countries,
            unit=row.unit_id,
        )
        planner = Planner(
            world=world,
            consignment=consignment,
            price_year=min(row.asked_on.year, self._newest_price_year),
            _graphs=self._graphs,
        )
        planner = sharing(planner, self._alike)
        modes = ALL_MODES if row.mode == "any" else frozenset({row.mode})
        via = tuple(self.network.resolve_passed(name) for name in row.via_ids)
        path = planner.best(origin, destination, Scope(state=State.all_open, modes=modes), via=via)
        return planner.journey(path) if path is not None else None

    def beside(self, run: Run) -> Beside:
        """Return a run beside the journey with every gate open, on the day it is asked of."""
        origin, destination = (
            self.network.place(name) for name in (run.origin_id, run.destination_id)
        )
        day = run.asked_on or run.day or self.as_of
        key = (day, origin.country, run.unit_id, run.project_id)
        if key not in self._planners:
            world = self._world(day, run.project_id)
            consignment = make_consignment(
                self.catalog,
                carrier=origin.country,
                countries=self.network.countries,
                unit=run.unit_id,
            )
            planner = Planner(world=world, consignment=consignment, _graphs=self._graphs)
            self._planners[key] = sharing(planner, self._alike)
        planner = self._planners[key]
        modes = ALL_MODES if run.mode == "any" else frozenset({run.mode})
        via = tuple(self.network.resolve_passed(name) for name in run.via)
        path = planner.best(origin, destination, Scope(state=State.all_open, modes=modes), via=via)
        if path is None:
            return Beside(run=run, journey=None, timing=None)
        timing = clocked(planner.priced, path, run.clock)
        return Beside(run=run, journey=planner.journey(path), timing=timing)
