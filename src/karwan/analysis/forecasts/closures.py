"""Forecasts of closures for named elements: where evidence, network and hazard meet."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from karwan.analysis.forecasts.histories import (
    coverage_sources,
    foretold,
    history_of,
    ramp_of,
    read_coverage,
)
from karwan.analysis.forecasts.onsets import (
    NOT_SEARCHED,
    chances_of,
    element_rates,
)
from karwan.analysis.world.timetable import calendar_rules, regimes_of
from karwan.base.bands import Band, Kind
from karwan.base.errors import UnknownNameError
from karwan.base.provenance import Source
from karwan.base.reprs import short_repr
from karwan.base.telling import Column, Form, to_frame
from karwan.hazard.calendar import Scheduled
from karwan.hazard.law import remaining_quantile
from karwan.hazard.model import HazardModel, Running, fit_hazard
from karwan.hazard.rates import DAYS_PER_YEAR

if TYPE_CHECKING:
    import polars as pl

    from karwan.analysis.world.world import World
    from karwan.network.network import Network

HORIZONS_DAYS = (1, 7, 30, 90, 365)
SHARES = (0.1, 0.5, 0.9)
NOT_BUILT = "not_built"


@dataclass(frozen=True, kw_only=True)
class Forecast:
    """What the record says of one element.

    Attributes
    ----------
    state
        open, partial, shut, unknown or not_built: as last reported, on `state_as_of`.
    age_days
        Days since what shuts it began, or since it was known to be open; None where not known.
    evidence_age_days
        Days since the newest evidence of its state.
    reason
        Why it has no chance of its own: `not_built`, or `not_searched` where too little of its time
        was searched; blank if it has one.
    bands
        By what a chance is of, and by horizon, the 95 per cent interval of each chance; of what was
        not searched the prior of its kind.
    open_already
        Chance that what was last seen shut has opened since; it is in `p_open_within`.
    rates
        Closures a year: `prior` of its kind, `own` record alone, `posterior` of both. `good` is the
        own record in well searched time only.
    p_shut, p_new_closure, p_open_within
        By horizon in days from the as-of date; `p_open_within` only of what is shut.
    remaining_days
        P10, P50, P90 of the days a running closure still lasts, from the as-of date; None where
        longer than a hundred years.
    scheduled
        What a calendar foretells of it; in `p_shut`, never in `p_new_closure`.
    group_rate_per_year
        Episodes a year of its frontier: the mean and its 95 per cent interval.
    sources
        By what it is known which of its time was searched.
    climatology_share
        Share of the record's days on which it is known to have been shut: the simplest forecast.
    """

    element_id: str
    name: str
    group: str
    state: str
    state_as_of: dt.date | None
    age_days: int | None
    shut_since: dt.date | None
    p_shut: dict[int, float | None]
    p_new_closure: dict[int, float | None]
    p_open_within: dict[int, float] | None
    remaining_days: tuple[float | None, float | None, float | None] | None
    p_structural: float | None
    scheduled: tuple[Scheduled, ...]
    group_rate_per_year: Band
    climatology_share: float | None
    episode_count: int
    group_episode_count: int
    evidence: tuple[str, ...]
    evidence_age_days: int | None = None
    reason: str = ""
    bands: Mapping[str, Mapping[int, Band]] = field(default_factory=dict)
    open_already: float | None = None
    rates: Mapping[str, Band] = field(default_factory=dict)
    sources: tuple[Source, ...] = ()

    __repr__ = short_repr

    def to_frame(self) -> pl.DataFrame:
        """Return the chances by horizon as a frame, with all digits; shares from 0 to 1."""
        return to_frame(FORECASTS, by_horizon([self]))


@dataclass(frozen=True, slots=True)
class Ahead:
    """A forecast at one horizon."""

    forecast: Forecast
    horizon_days: int


def by_horizon(forecasts: Iterable[Forecast]) -> Iterator[Ahead]:
    """Yield forecasts at each of their horizons."""
    for one in forecasts:
        for days in one.p_shut:
            yield Ahead(one, days)


FLAT = (Form.csv, Form.frame)


def _of(name: str, get: Callable[[Forecast], Any]) -> Column[Ahead]:
    return Column(name=name, get=lambda row: get(row.forecast), forms=FLAT)


def _chance(
    name: str, get: Callable[[Forecast], Mapping[int, float | None] | Mapping[int, float] | None]
) -> Column[Ahead]:
    def at(row: Ahead) -> float | None:
        chances = get(row.forecast)
        return chances[row.horizon_days] if chances else None

    return Column(name=name, get=at, forms=FLAT, digits={Form.csv: 6})


FORECASTS: tuple[Column[Ahead], ...] = (
    _of("element", lambda one: one.element_id),
    _of("state", lambda one: one.state),
    _of("state_as_of", lambda one: one.state_as_of),
    Column(name="horizon_days", unit="days", forms=FLAT),
    _chance("p_shut", lambda one: one.p_shut),
    _chance("p_new_closure", lambda one: one.p_new_closure),
    _chance("p_open_within", lambda one: one.p_open_within),
)
"""What is told of an element at a horizon; JSON keeps the horizons of an element together."""


def fit_world(world: World, *, health: bool = False, grades: str = "ABC") -> HazardModel:
    """Return the hazard model of what is known in a world: calendar, ramps and regimes included.

    Parameters
    ----------
    health
        True counts closures of the health era too.
    grades
        Grades of closures to fit with; `AB` leaves out what no page was read for.
    """
    coverage = read_coverage(world.catalog, world.network)
    history = history_of(
        world.record,
        world.network,
        world.as_of,
        health=health,
        grades=grades,
        coverage=coverage,
    )
    rules = calendar_rules(world.catalog)
    model = fit_hazard(history, foretold(rules, world.as_of, world.record, world.network, coverage))
    return replace(
        model,
        ramp=ramp_of(world.catalog, world.network),
        regimes=regimes_of(world.catalog, world.record, world.network, world.as_of),
    )


def asked_elements(network: Network, name: str) -> list[str]:
    """Return the elements a name stands for: one element, or all of a frontier group.

    Raises
    ------
    UnknownNameError
        With the nearest names of elements and groups.
    """
    groups = sorted({element.frontier_group for element in network.elements.values()})
    for group in groups:
        if name.casefold() == group.casefold():
            return sorted(
                e.id
                for e in network.elements.values()
                if e.frontier_group == group and e.in_network and network.is_built(e.id)
            )
    try:
        return [network.element(name).id]
    except UnknownNameError as error:
        known = [*network.elements, *network.names_of_elements(), *groups]
        raise UnknownNameError("element or frontier group", name, known) from error


def forecast(
    world: World, model: HazardModel, element_id: str, horizons: Sequence[int] = HORIZONS_DAYS
) -> Forecast:
    """Return the forecast of an element from the as-of date."""
    import numpy as np

    element = world.network.elements[element_id]
    group = element.frontier_group
    built = world.network.is_built(element_id)
    running = model.running(element_id) if built else None
    opened, remaining, structural, since = None, None, None, None
    if running is not None:
        still = model.p_still(element_id, np.array(horizons, dtype=float))
        opened = {days: 1 - float(p) for days, p in zip(horizons, still, strict=True)}
        remaining = remaining_days(model, running)
        age = running.age_days + running.gap_days
        structural = model.running_law(running).structural_share_at(age)
        since = running.item.start
    chances = chances_of(model, element_id, horizons)
    gate = model.history.twins.get(element_id, element_id)
    state, known_on = element_state(world, model, element_id)
    rate = model.rates[group]
    low, high = rate.interval_per_day()
    return Forecast(
        element_id=element_id,
        name=element.name,
        group=group,
        state=state,
        state_as_of=known_on,
        age_days=_age_days(world, state, since or known_on),
        evidence_age_days=(world.as_of - known_on).days if known_on else None,
        reason=NOT_BUILT if not built else "" if chances.searched else NOT_SEARCHED,
        shut_since=since,
        p_shut=chances.p_shut if built else dict.fromkeys(horizons),
        p_new_closure=chances.p_new if built else dict.fromkeys(horizons),
        bands=chances.bands if built else {},
        open_already=None if running is None else 1 - float(model.p_still(element_id, [0.0])[0]),
        rates=element_rates(model, element_id) if built else {},
        sources=coverage_sources(world.catalog, [gate]) if built else (),
        p_open_within=opened,
        remaining_days=remaining,
        p_structural=structural,
        scheduled=tuple(item for item in model.scheduled if item.element_id == element_id),
        group_rate_per_year=Band(low, rate.hazard_per_day, high, Kind.interval).scaled(
            DAYS_PER_YEAR
        ),
        climatology_share=model.history.climatology_share(element_id),
        episode_count=len(model.history.of_element(element_id)),
        group_episode_count=len(model.history.of_group(group)),
        evidence=tuple(
            dict.fromkeys(
                spell.closure_id for spell in world.record.of_element(element_id, world.as_of)
            )
        ),
    )


def remaining_days(
    model: HazardModel, running: Running
) -> tuple[float | None, float | None, float | None]:
    """Return P10, P50 and P90 of the days from the as-of date that a closure still lasts.

    It may have ended since it was last seen; then the days are 0.
    """
    law = model.running_law(running)
    ends = (remaining_quantile(law, running.age_days, share) for share in SHARES)
    low, middle, high = (None if end is None else max(end - running.gap_days, 0.0) for end in ends)
    return low, middle, high


def _age_days(world: World, state: str, since: dt.date | None) -> int | None:
    return None if since is None or state in ("unknown", NOT_BUILT) else (world.as_of - since).days


def element_state(world: World, model: HazardModel, element_id: str) -> tuple[str, dt.date | None]:
    """Return the state as last reported and the day of that report; None if none is dated."""
    if not world.network.is_built(element_id):
        return NOT_BUILT, world.element_status(element_id).known_on
    status = world.element_status(element_id)
    if model.running(element_id) is not None and status.kind != "shut":
        return "shut", None
    word = {"limited": "partial"}.get(status.kind, status.kind)
    return (word if word in ("open", "partial", "shut") else "unknown"), status.known_on
