"""Forecasts of closures for named elements: where evidence, network and hazard meet."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from karwan.analysis.world import FREIGHT_CLASSES
from karwan.base.errors import UnknownNameError
from karwan.hazard.durations import Floats, Lengths
from karwan.hazard.history import History, Shut, make_history
from karwan.hazard.scenarios import HazardModel, draw_scenarios, fit_hazard

if TYPE_CHECKING:
    from karwan.analysis.world import World
    from karwan.evidence.closures import ClosureRecord
    from karwan.network.network import Network

HORIZONS_DAYS = (1, 7, 30, 90, 365)
SHARES = (0.1, 0.5, 0.9)
AVAILABILITY_DAYS = (365, 730)
PATH_COUNT = 10_000


@dataclass(frozen=True)
class Forecast:
    """What the record says of one element.

    Attributes
    ----------
    state
        open, partial, shut or unknown: as last reported, on `state_as_of`.
    p_shut, p_new_closure, p_open_within
        By horizon in days from the as-of date; `p_open_within` only of what is shut.
    remaining_days
        P10, P50, P90 of the days a running closure still lasts, from the as-of date; None where
        longer than a hundred years.
    """

    element_id: str
    name: str
    group: str
    state: str
    state_as_of: dt.date | None
    age_days: int | None
    shut_since: dt.date | None
    p_shut: dict[int, float]
    p_new_closure: dict[int, float]
    p_open_within: dict[int, float] | None
    remaining_days: tuple[float | None, float | None, float | None] | None
    p_structural: float | None
    episode_count: int
    group_episode_count: int
    evidence: tuple[str, ...]


def history_of(
    record: ClosureRecord,
    network: Network,
    as_of: dt.date,
    *,
    health: bool = False,
    calendar: bool = False,
) -> History:
    """Return the closures to freight known on a date.

    Parameters
    ----------
    health, calendar
        True keeps closures of the health era, and those that a calendar foretells (elections,
        holidays, winter), which are left apart otherwise.
    """
    shut = []
    for spell in record.spells:
        element = network.elements.get(spell.element_id)
        if element is None or (spell.calendar and not calendar):
            continue
        if spell.traffic_class not in FREIGHT_CLASSES:
            continue
        known = spell.seen_until or spell.start
        ongoing = spell.end is None and spell.end_status == "ongoing"
        shut.append(
            Shut(
                spell.element_id,
                element.frontier_group,
                spell.episode or spell.closure_id,
                spell.cause,
                spell.start,
                spell.end,
                known,
                ongoing,
                spell.closure_id,
            )
        )
    groups: dict[str, list[str]] = {}
    for element in network.elements.values():
        groups.setdefault(element.frontier_group, []).append(element.id)
    members = {group: tuple(sorted(names)) for group, names in groups.items()}
    return make_history(shut, members, as_of, health=health)


def fit_world(world: World, *, health: bool = False) -> HazardModel:
    """Return the hazard model of what is known in a world."""
    return fit_hazard(history_of(world.record, world.network, world.as_of, health=health))


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
                if e.frontier_group == group and e.in_network and _is_built(network, e.id)
            )
    try:
        return [network.element(name).id]
    except UnknownNameError as error:
        known = [*network.elements, *network.names_of_elements(), *groups]
        raise UnknownNameError("element or frontier group", name, known) from error


def _is_built(network: Network, element_id: str) -> bool:
    links = network.elements[element_id].links
    return any(network.links[link].built for link in links if link in network.links)


def forecast(
    world: World, model: HazardModel, element_id: str, horizons: Sequence[int] = HORIZONS_DAYS
) -> Forecast:
    """Return the forecast of an element from the as-of date."""
    element = world.network.elements[element_id]
    group = element.frontier_group
    rate, lengths = model.rates[group], model.lengths_of((element_id,), group)
    share = model.hit_share(element_id, group)
    running = model.running(element_id)
    new = {days: 1 - rate.p_none(days, share) for days in horizons}
    still, opened, remaining, structural, since = None, None, None, None, None
    if running is not None:
        episode, age, gap = running
        lengths = model.lengths_of(episode.elements, group)
        still = {days: float(lengths.survival_after(age, gap + days)) for days in horizons}
        opened = {days: 1 - p for days, p in still.items()}
        ends = (lengths.remaining_quantile(age, part) for part in SHARES)
        low, middle, high = (None if end is None else max(end - gap, 0.0) for end in ends)
        remaining = (low, middle, high)
        structural = lengths.structural_share_at(age + gap)
        since = episode.start
    p_shut = {
        days: p_shut_on(model, element_id, days, 0.0 if still is None else still[days])
        for days in horizons
    }
    state, known_on = _state(world, element_id, is_running=running is not None)
    mine = [e for e in model.history.of_group(group) if element_id in e.elements]
    return Forecast(
        element_id,
        element.name,
        group,
        state,
        known_on,
        (world.as_of - known_on).days if known_on else None,
        since,
        p_shut,
        new,
        opened,
        remaining,
        structural,
        len(mine),
        len(model.history.of_group(group)),
        tuple(
            dict.fromkeys(
                spell.closure_id for spell in world.record.of_element(element_id, world.as_of)
            )
        ),
    )


def p_shut_on(model: HazardModel, element_id: str, days: float, p_still: float) -> float:
    """Return the chance that an element is shut so many days ahead.

    New closures begin at the element's rate and are still running with the survival of their age;
    with few at a time, the chance that one covers the day is 1 - exp(-expected number). Whether a
    running closure still lasts is asked apart.
    """
    group = next(name for name, members in model.history.groups.items() if element_id in members)
    rate = model.rates[group].hazard_per_day * model.hit_share(element_id, group)
    expected = rate * mean_survival_days(model.lengths_of((element_id,), group), days)
    p_new = 1 - float(_exp(-expected))
    return p_still + (1 - p_still) * p_new


def mean_survival_days(lengths: Lengths, days: float) -> float:
    """Return the integral of the survival from 0 to a horizon, in days (trapezoids)."""
    import numpy as np

    at = np.linspace(0.0, days, max(int(4 * days), 8) + 1)
    return float(np.trapezoid(lengths.survival(at), at))


def _exp(x: float) -> float:
    import math

    return math.exp(x)


def _state(world: World, element_id: str, *, is_running: bool) -> tuple[str, dt.date | None]:
    """Return the state as last reported and the day of that report."""
    if element_id in world.running:
        return "shut", max(spell.known_on(world.as_of) for spell in world.running[element_id])
    if is_running:
        return "shut", None
    if element_id not in world.network.crossings:
        return "unknown", None
    status = world.crossing_status(element_id)
    word = {"limited": "partial"}.get(status.kind, status.kind)
    return (word if word in ("open", "partial", "shut") else "unknown"), status.known_on


@dataclass(frozen=True, slots=True)
class Availability:
    """Share of days on which a corridor has every gate open, on many seeded paths.

    Attributes
    ----------
    ordinary_share, today_share
        (P05, mean, P95) within `horizon_days`: nothing shut at the start; from what runs today.
    p_never_today
        Share of paths on which it never opens within the horizon, from today.
    shut_days
        (P05, P50, P95) of days shut within the horizon, from today.
    episode_count
        Episodes on record that hit any of its elements: few say little, whatever the share.
    """

    corridor_id: str
    horizon_days: int
    ordinary_share: tuple[float, float, float]
    today_share: tuple[float, float, float]
    p_never_today: float
    shut_days: tuple[float, float, float]
    episode_count: int


def availabilities(
    model: HazardModel,
    corridors: Mapping[str, Sequence[str]],
    *,
    seed: int,
    path_count: int = PATH_COUNT,
    horizons: Sequence[int] = AVAILABILITY_DAYS,
) -> list[Availability]:
    """Return how often corridors are open; all ride on the same paths.

    Parameters
    ----------
    corridors
        Elements by corridor id.
    """
    import numpy as np

    longest = max(horizons)
    ordinary, today = (
        draw_scenarios(
            model, seed=seed, path_count=path_count, horizon_days=longest, from_today=now
        )
        for now in (False, True)
    )
    found = []
    for name, elements in corridors.items():
        hits = sum(bool(set(e.elements) & set(elements)) for e in model.history.episodes)
        for days in horizons:
            usual = ordinary.any_shut_days(tuple(elements), days)
            shut = today.any_shut_days(tuple(elements), days)
            low, middle, high = (float(q) for q in np.quantile(shut, (0.05, 0.5, 0.95)))
            found.append(
                Availability(
                    name,
                    days,
                    _share(usual, days),
                    _share(shut, days),
                    float(np.mean(shut >= days - 1e-6)),
                    (low, middle, high),
                    hits,
                )
            )
    return found


def _share(shut: Floats, days: int) -> tuple[float, float, float]:
    import numpy as np

    share = 1 - shut / days
    low, high = np.quantile(share, (0.05, 0.95))
    return float(low), float(np.mean(share)), float(high)
