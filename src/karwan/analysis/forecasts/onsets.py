"""New closures foretold and come: every element, at the first of every month, from what was known.

The model is refitted at every origin on what was known then. A chance is told of an element that
was searched, and an outcome where the days ahead were; what a calendar foretells is left out. The
interval of a sum draws episodes whole, and the rate of a frontier once for all origins.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from karwan.analysis.forecasts.histories import freight_spells, history_of, read_coverage
from karwan.base.bands import Band, Kind
from karwan.base.errors import FitError
from karwan.base.reprs import short_repr
from karwan.base.seeds import stream
from karwan.base.telling import Column, Form
from karwan.evidence.coverage import DETECTION_LOW, RECORD_START, Coverage, Quality
from karwan.hazard.calendar import RUNNING as CALENDAR_RUNNING
from karwan.hazard.history import HEALTH, History
from karwan.hazard.law import Floats
from karwan.hazard.model import HazardModel, Pattern, Running, fit_hazard
from karwan.hazard.rates import DAYS_PER_YEAR, Rate

if TYPE_CHECKING:
    from karwan.analysis.world.world import World

HORIZONS_DAYS = (30, 90, 365)
FIRST_YEAR, LAST_YEAR = 2018, 2025
LEVEL_SHARE, SUM_LEVEL_SHARE = 0.95, 0.90
DRAW_COUNT, CHUNK = 400, 50
NOT_SEARCHED, AHEAD_NOT_SEARCHED = "not_searched", "days_ahead_not_searched"
SEASONS = ("December to February", "March to May", "June to August", "September to November")
ONE_DAY = dt.timedelta(days=1)
KEPT = (Form.json, Form.csv, Form.frame)
CHANCE = {Form.json: 6, Form.csv: 6}


@dataclass(frozen=True, slots=True, kw_only=True)
class Onset:
    """A chance that an element shuts anew within a horizon, and whether it did.

    Attributes
    ----------
    foretold
        None where the element, or the days ahead, were not searched: see `reason`.
    low, high
        The 95 per cent interval of the chance; of what was not searched the prior of its kind.
    came
        None where the days ahead were not searched.
    open_share
        Its chance as a share of that of the same element if nothing shut it at the origin.
    mean_rate
        The chance by the mean rate of all searched days before the origin.
    """

    element_id: str
    group: str
    origin: dt.date
    horizon_days: int
    foretold: float | None
    low: float
    high: float
    came: bool | None
    reason: str
    open_share: float
    mean_rate: float


ONSETS: tuple[Column[Onset], ...] = (
    Column(name="element", get=lambda row: row.element_id, forms=KEPT),
    Column(name="origin", get=lambda row: row.origin.isoformat(), forms=KEPT),
    Column(name="horizon_days", unit="days", forms=KEPT),
    Column(name="foretold", forms=KEPT, digits=CHANCE),
    Column(name="low", forms=KEPT, digits=CHANCE),
    Column(name="high", forms=KEPT, digits=CHANCE),
    Column(name="came", get=lambda row: None if row.came is None else int(row.came), forms=KEPT),
    Column(name="reason", get=lambda row: row.reason or None, forms=KEPT),
)
"""What is told of a chance that was foretold."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OnsetSum:
    """Chances and outcomes of some rows, added up over those that have both.

    Attributes
    ----------
    low, high
        The 90 per cent predictive interval of the number that comes; None where none was drawn.
    """

    name: str
    horizon_days: int
    row_count: int
    foretold: float
    came: int
    low: float | None
    high: float | None
    brier: float
    mean_rate_brier: float

    @property
    def ratio(self) -> float | None:
        """Foretold for each that came; None where none came."""
        return self.foretold / self.came if self.came else None


SUMS: tuple[Column[OnsetSum], ...] = (
    Column(name="of", get=lambda row: row.name, forms=KEPT),
    Column(name="horizon_days", unit="days", forms=KEPT),
    Column(name="row_count", forms=KEPT),
    Column(name="foretold", forms=KEPT, digits={Form.json: 3}),
    Column(name="came", forms=KEPT),
    Column(name="low", forms=KEPT, digits={Form.json: 1}),
    Column(name="high", forms=KEPT, digits={Form.json: 1}),
    Column(name="ratio", forms=KEPT, digits={Form.json: 4}),
    Column(name="brier", forms=KEPT, digits=CHANCE),
    Column(name="mean_rate_brier", forms=KEPT, digits=CHANCE),
)
"""What is told of a sum of chances."""


@dataclass(frozen=True, kw_only=True)
class Onsets:
    """All rows, and their sums: of all, by frontier and by season."""

    rows: tuple[Onset, ...]
    sums: tuple[OnsetSum, ...]
    by_group: tuple[OnsetSum, ...]
    by_season: tuple[OnsetSum, ...]

    __repr__ = short_repr


def monthly_origins(as_of: dt.date) -> tuple[dt.date, ...]:
    """Return the firsts of month of the years tested, before a date."""
    years = range(FIRST_YEAR, LAST_YEAR + 1)
    days = (dt.date(year, month, 1) for year in years for month in range(1, 13))
    return tuple(day for day in days if day < as_of)


def foretell_onsets(world: World, *, seed: int, origins: Sequence[dt.date] | None = None) -> Onsets:
    """Return what would have been foretold of new closures, and what came.

    Parameters
    ----------
    seed
        Of the draws for the intervals of sums.
    origins
        Days on which it would have been foretold; the firsts of month if None.
    """
    days = monthly_origins(world.as_of) if origins is None else tuple(origins)
    coverage = read_coverage(world.catalog, world.network)
    starts = _starts(world)
    models: dict[dt.date, HazardModel] = {}
    rows: list[Onset] = []
    for origin in days:
        try:
            model = fit_hazard(history_of(world.record, world.network, origin, coverage=coverage))
        except FitError:
            continue  # nothing had been told by then
        models[origin] = model
        rows += _rows(world, model, coverage, starts)
    told = tuple(rows)
    drawn = draw_sums(models, told, seed=seed) if models else {}
    return Onsets(
        rows=told,
        sums=tuple(_sum("all", h, told, drawn.get(h)) for h in HORIZONS_DAYS),
        by_group=_apart(told, lambda row: row.group),
        by_season=_apart(told, lambda row: SEASONS[row.origin.month % 12 // 3]),
    )


def _starts(world: World) -> dict[str, list[dt.date]]:
    """Return the days on which closures of each element began, as known by now."""
    starts: dict[str, list[dt.date]] = {}
    for spell in freight_spells(world.record, world.network):
        if not spell.calendar and spell.cause != HEALTH and spell.start >= RECORD_START:
            starts.setdefault(spell.element_id, []).append(spell.start)
    return starts


def _rows(
    world: World,
    model: HazardModel,
    coverage: Coverage,
    starts: Mapping[str, Sequence[dt.date]],
) -> list[Onset]:
    history, origin = model.history, model.as_of
    twins = history.twins
    names = [name for name in history.group_of if name not in twins and
             world.network.is_built(name)]  # fmt: skip
    count = sum(history.closure_count(name) for name in names)
    at_risk = sum(history.at_risk_days(name) for name in names)
    mean_per_day = count / at_risk if at_risk else 0.0
    rows = []
    for name in names:
        searched = history.is_searched(name)
        chances = chances_of_onset(model, name, HORIZONS_DAYS)
        for horizon, (p, band) in zip(HORIZONS_DAYS, chances, strict=True):
            last = origin + dt.timedelta(days=horizon)
            is_covered = coverage.is_covered(name, origin + ONE_DAY, last + ONE_DAY)
            known = is_covered and last <= world.as_of
            began = any(origin < day <= last for day in starts.get(name, ()))
            unhindered = model.p_new_from_open(name, horizon)
            rows.append(
                Onset(
                    element_id=name,
                    group=history.group_of[name],
                    origin=origin,
                    horizon_days=horizon,
                    foretold=p if known else None,
                    low=band.low,
                    high=band.high,
                    came=began if known else None,
                    reason="" if searched and known else
                    AHEAD_NOT_SEARCHED if searched else NOT_SEARCHED,
                    open_share=1.0 if p is None or not unhindered else p / unhindered,
                    mean_rate=1 - float(np.exp(-mean_per_day * horizon)),
                )
            )  # fmt: skip
    return rows


def chances_of_onset(
    model: HazardModel, element_id: str, horizons: Sequence[float]
) -> list[tuple[float | None, Band]]:
    """Return the chance that an element shuts anew within each horizon, and its interval.

    None where it was not searched; then the interval is that of the prior of its kind. The interval
    is of 95 per cent, and its upper end reaches further the more of its time was searched thinly:
    there a search finds between three in ten and all of the closures (a stated band, grade C).
    """
    history = model.history
    gate = history.twins.get(element_id, element_id)
    if not history.is_searched(gate):
        prior = model.fitted.kinds[history.kinds.get(gate, "")]
        least, most = prior.interval_per_day(LEVEL_SHARE)
        return [(None, _band(least, prior.hazard_per_day, most, days)) for days in horizons]
    one = model.fitted.elements[gate]
    least, most = one.interval_per_day(LEVEL_SHARE)
    mean, thin = one.rate.hazard_per_day, detection_ratio(model, gate)
    told: list[tuple[float | None, Band]] = []
    for days in horizons:
        p = model.p_new_closure(element_id, days)
        low = model.p_new_closure(element_id, days, times=least / mean)
        high = model.p_new_closure(element_id, days, times=thin * most / mean)
        told.append((p, Band(low, p, high, Kind.interval)))
    return told


def _band(least: float, mean: float, most: float, days: float) -> Band:
    low, middle, high = (1 - float(np.exp(-rate * days)) for rate in (least, mean, most))
    return Band(low, middle, high, Kind.interval)


@dataclass(frozen=True, slots=True, kw_only=True)
class Chances:
    """Chances of an element by horizon, with their intervals by what they are of.

    Attributes
    ----------
    p_shut, p_new
        None where it was not searched, and nothing is known to shut it.
    """

    searched: bool
    p_shut: dict[int, float | None]
    p_new: dict[int, float | None]
    bands: dict[str, dict[int, Band]]


def chances_of(model: HazardModel, element_id: str, horizons: Sequence[int]) -> Chances:
    """Return an element's chances with their intervals.

    What was not searched has no chance of a closure to come; what is known to be shut has one of
    being shut still, searched or not. The interval of what still runs is that of a share seen in
    as many closures as are on record that lasted as long (Jeffreys), and one more.
    """
    new = dict(zip(horizons, chances_of_onset(model, element_id, horizons), strict=True))
    gate = model.history.twins.get(element_id, element_id)
    searched = model.history.is_searched(gate)
    running = model.running(element_id)
    is_shut = running is not None or any(
        item.kind == CALENDAR_RUNNING and item.element_id == element_id for item in model.scheduled
    )
    still = model.p_still(element_id, np.array(horizons, dtype=float))
    p_shut: dict[int, float | None] = {}
    bands: dict[str, dict[int, Band]] = {"p_shut": {}, "p_new_closure": {}}
    if running is not None:
        bands["p_open_within"] = {}
    for days, p_still in zip(horizons, still, strict=True):
        p_new, band = new[days]
        bands["p_new_closure"][days] = band
        whole = model.p_shut(element_id, days)
        least, most = _share_interval(model, running, float(p_still))
        reach = model.p_new_shut(element_id, days)
        ratio_low, ratio_high = _ratios(p_new, band)
        low = 1 - (1 - least) * (1 - min(reach * ratio_low, 1.0))
        high = 1 - (1 - most) * (1 - min(reach * ratio_high, 1.0))
        if not is_shut and not searched:
            p_shut[days] = None
            at_least = reach * ratio_low
            bands["p_shut"][days] = Band(at_least, max(reach, at_least), band.high, Kind.interval)
            continue
        p_shut[days] = whole
        if model.p_scheduled(element_id, days):
            high = 1.0
        bands["p_shut"][days] = Band(min(low, whole), whole, max(high, whole), Kind.interval)
        if running is not None:
            bands["p_open_within"][days] = Band(
                1 - most, 1 - float(p_still), 1 - least, Kind.interval
            )
    return Chances(
        searched=searched,
        p_shut=p_shut,
        p_new={days: p for days, (p, _) in new.items()},
        bands=bands,
    )


def _ratios(p: float | None, band: Band) -> tuple[float, float]:
    middle = band.value if p is None else p
    return (band.low / middle, band.high / middle) if middle else (1.0, 1.0)


def _share_interval(
    model: HazardModel, running: Running | None, p_still: float
) -> tuple[float, float]:
    """Return the 95 per cent interval of the chance that what runs still does."""
    from scipy.special import betaincinv

    if running is None:
        return 0.0, 0.0
    age = running.age_days
    count = 1 + sum(episode.days >= age for episode in model.history.episodes)
    shape = (count * p_still + 0.5, count * (1 - p_still) + 0.5)
    least, most = (float(betaincinv(*shape, q)) for q in (0.025, 0.975))
    return min(least, p_still), max(most, p_still)


def opened_already(model: HazardModel, element_id: str) -> Band:
    """Return the chance that what was last seen shut has opened since, and its interval."""
    still = float(model.p_still(element_id, [0.0])[0])
    least, most = _share_interval(model, model.running(element_id), still)
    return Band(1 - most, 1 - still, 1 - least, Kind.interval)


def shut_since(model: HazardModel, element_id: str, age_days: int) -> tuple[float | None, Band]:
    """Return the chance that what was last seen open so long ago is shut by now, and its interval.

    None where it was not searched; the interval then is the prior's of its kind.
    """
    ((p_new, band),) = chances_of_onset(model, element_id, [float(age_days)])
    reach = model.p_new_shut(element_id, float(age_days))
    low_ratio, high_ratio = _ratios(p_new, band)
    low, high = (min(reach * ratio, 1.0) for ratio in (low_ratio, high_ratio))
    return (None if p_new is None else reach), Band(low, reach, max(high, reach), Kind.interval)


def element_rates(model: HazardModel, element_id: str) -> dict[str, Band]:
    """Return an element's closures a year: prior of its kind, its own record, and both together.

    `good` is its own record in well searched time only, of which a find helped to make some: it
    leans high. What was not searched has a prior only.
    """
    history = model.history
    gate = history.twins.get(element_id, element_id)
    prior = model.fitted.kinds[history.kinds.get(gate, "")]
    told = {"prior": _yearly(prior.interval_per_day(), prior.hazard_per_day)}
    if not history.is_searched(gate):
        return told
    at_risk = history.at_risk_days(gate)
    good = history.searched_days(gate, (Quality.good,))
    for name, count, days in (
        ("own", history.closure_count(gate), at_risk),
        ("good", history.closure_count(gate, (Quality.good,)), good),
    ):
        if days:
            told[name] = _yearly(Rate(count + 0.5, days).interval_per_day(), count / days)
    one = model.fitted.elements[gate]
    told["posterior"] = _yearly(one.interval_per_day(), one.rate.hazard_per_day)
    return told


def _yearly(ends: tuple[float, float], mean: float) -> Band:
    low, high = (end * DAYS_PER_YEAR for end in ends)
    middle = mean * DAYS_PER_YEAR
    return Band(min(low, middle), middle, max(high, middle), Kind.interval)


def detection_ratio(model: HazardModel, element_id: str) -> float:
    """Return by how much a rate is too low if thin searches found the least that is thought."""
    history = model.history
    good = history.searched_days(element_id, (Quality.good,))
    thin = history.searched_days(element_id, (Quality.thin,))
    return (good + thin) / (good + DETECTION_LOW * thin) if good + thin else 1 / DETECTION_LOW


def _sum(name: str, horizon: int, rows: Iterable[Onset], drawn: Floats | None) -> OnsetSum:
    mine = [row for row in rows if row.horizon_days == horizon and row.foretold is not None]
    p = np.array([row.foretold for row in mine], dtype=float)
    came = np.array([bool(row.came) for row in mine], dtype=float)
    mean = np.array([row.mean_rate for row in mine], dtype=float)
    tail = (1 - SUM_LEVEL_SHARE) / 2
    ends = None if drawn is None else np.quantile(drawn, (tail, 1 - tail))
    return OnsetSum(
        name=name,
        horizon_days=horizon,
        row_count=len(mine),
        foretold=float(p.sum()),
        came=int(came.sum()),
        low=None if ends is None else float(ends[0]),
        high=None if ends is None else float(ends[1]),
        brier=float(np.mean((p - came) ** 2)) if mine else 0.0,
        mean_rate_brier=float(np.mean((mean - came) ** 2)) if mine else 0.0,
    )


def _apart(rows: Sequence[Onset], key: Callable[[Onset], str]) -> tuple[OnsetSum, ...]:
    parts: dict[str, list[Onset]] = {}
    for row in rows:
        parts.setdefault(key(row), []).append(row)
    sums = (_sum(name, h, parts[name], None) for name in sorted(parts) for h in HORIZONS_DAYS)
    return tuple(one for one in sums if one.row_count)


def draw_sums(
    models: Mapping[dt.date, HazardModel], rows: Sequence[Onset], *, seed: int
) -> dict[int, Floats]:
    """Return draws of how many rows come true by horizon, shape (DRAW_COUNT,).

    Episodes of a frontier are drawn from month to month by the model of the month, and hit what
    they hit in all windows in which they lie. The place of a frontier's rate within its interval is
    drawn once: whoever is wrong about it is wrong at every origin. A year is busy or quiet for all
    frontiers together, as far as the years known at the origin differ (`year_spread`).
    """
    origins = sorted(models)
    first = origins[0]
    elements = sorted({row.element_id for row in rows})
    index = {name: k for k, name in enumerate(elements)}
    last = origins[-1] + dt.timedelta(days=max(HORIZONS_DAYS))
    length = (last - first).days + 2
    told = [row for row in rows if row.foretold is not None and row.origin in models]
    at = np.array([(row.origin - first).days for row in told], dtype=np.int64)
    horizon = np.array([row.horizon_days for row in told], dtype=np.int64)
    which = np.array([index[row.element_id] for row in told], dtype=np.int64)
    share = np.array([row.open_share for row in told], dtype=np.float64)
    sums: dict[int, list[Floats]] = {h: [] for h in HORIZONS_DAYS}
    ends = [*origins[1:], last]
    spreads = {origin: year_spread(models[origin].history) for origin in origins}
    for chunk in range(DRAW_COUNT // CHUNK):
        random = stream(seed, "onsets", str(chunk))
        hits = np.zeros((CHUNK, len(elements), length), dtype=np.int16)
        years = {year: random.random(CHUNK) for year in sorted({day.year for day in origins})}
        for group in models[first].history.groups:
            place = random.random(CHUNK)
            for origin, end in zip(origins, ends, strict=True):
                span = ((origin - first).days, (end - first).days)
                times = _times(spreads[origin], years[origin.year])
                per_day = times * models[origin].rates[group].quantile_per_day(place)
                _draw_episodes(models[origin].patterns(group), index, hits, per_day, span, random)
        reached = np.cumsum(hits, axis=2, dtype=np.int16)
        is_hit = reached[:, which, np.minimum(at + horizon, length - 1)] > reached[:, which, at]
        is_hit &= random.random(is_hit.shape) < share
        for h in HORIZONS_DAYS:
            sums[h].append(is_hit[:, horizon == h].sum(axis=1).astype(float))
    return {h: np.concatenate(parts) for h, parts in sums.items()}


def year_spread(history: History) -> float:
    """Return the variance between years of the rate of episodes, as a share of its square.

    By moments over the years known: by how much their numbers lie further apart than chance makes
    those of one rate lie. Not below 0.
    """
    years = range(RECORD_START.year, history.as_of.year)
    names = list(history.group_of)
    exposure = np.array(
        [
            sum(
                history.coverage.searched_days(name, dt.date(y, 1, 1), dt.date(y + 1, 1, 1))
                for name in names
            )
            for y in years
        ],
        dtype=float,
    )
    begun = [e.start.year for e in history.episodes if history.searched_hits(e)]
    counts = np.array([begun.count(y) for y in years], dtype=float)
    if not exposure.sum() or not counts.sum():
        return 0.0
    expected = exposure * counts.sum() / exposure.sum()
    excess = float(np.sum((counts - expected) ** 2 - expected)) / float(np.sum(expected**2))
    return max(excess, 0.0)


def _times(spread: float, place: Floats) -> Floats:
    """Return by how much a year's rates are above or below the mean, at places within its law."""
    from scipy.special import gammaincinv

    if not spread:
        return np.ones_like(place)
    return np.asarray(gammaincinv(1 / spread, place) * spread)


def _draw_episodes(
    patterns: Sequence[Pattern],
    index: Mapping[str, int],
    hits: npt.NDArray[np.int16],
    per_day: Floats,
    span: tuple[int, int],
    random: np.random.Generator,
) -> None:
    """Add one group's episodes of days `span` to hits, shape (draws, elements, days)."""
    counts = random.poisson(per_day * (span[1] - span[0]))
    draw = np.repeat(np.arange(counts.size), counts)
    day = random.integers(span[0], span[1], size=draw.size) + 1
    shares = np.array([pattern.share for pattern in patterns])
    chosen = random.choice(len(patterns), size=draw.size, p=shares / shares.sum())
    for k, one in enumerate(chosen):
        for hit in patterns[one].hits:
            element = index.get(hit.element_id)
            when = int(day[k] + hit.offset_days)
            if element is not None and when < hits.shape[2]:
                hits[draw[k], element, when] += 1
