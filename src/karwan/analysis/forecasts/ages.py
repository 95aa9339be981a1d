"""How old the states are that an answer rests on, and how likely they are others by now.

A state is what was last seen, not what is. Each answer says of each gate on its ways how long ago
that was: worth another look after 7 days, last known past 14, a warning past 21 and where nothing
dated was ever told. Beyond that the state alone is no answer, so it is widened by survival: the
chance that what was seen shut has opened since, or that something has shut what was seen open.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

from karwan.analysis.world.basis import basis_of_record
from karwan.base.alike import Alike
from karwan.base.errors import FitError
from karwan.base.packing import computed_once
from karwan.base.provenance import WARN_AFTER_DAYS, staleness
from karwan.base.telling import FILES, Column, Form, to_dict
from karwan.base.words import counted

if TYPE_CHECKING:
    from karwan.analysis.world.world import World
    from karwan.base.bands import Band
    from karwan.hazard.model import HazardModel

UNKNOWN, SHUT = "unknown", "shut"
MOST_NAMED = 4
MOST_RECORDS = 4
"""Records of which survivals are held for the next question."""
WORDS = {"limited": "partial"}


@dataclass(frozen=True, slots=True, kw_only=True)
class GateAge:
    """The state of a gate or line as last seen, and what may have come of it since.

    Attributes
    ----------
    known_on, age_days
        When it was last seen, and how long before the as-of date; None where no report is dated.
    p_changed, p_low, p_high
        Chance that it is another by now, and its 95 per cent interval: of what is older than 21
        days. The chance is None where the gate was not searched for closures, and its interval then
        the prior of its kind; all are None where nothing can be told.
    """

    element_id: str
    name: str
    state: str
    known_on: dt.date | None
    age_days: int | None
    p_changed: float | None
    p_low: float | None
    p_high: float | None


CHANCE_DIGITS = {Form.json: 4}
AGES: tuple[Column[GateAge], ...] = (
    Column(name="element", get=lambda row: row.element_id, forms=FILES),
    Column(name="name", forms=FILES),
    Column(name="state", forms=FILES),
    Column(name="state_as_of", get=lambda row: row.known_on and row.known_on.isoformat(),
           forms=FILES),
    Column(name="evidence_age_days", get=lambda row: row.age_days, unit="days", forms=FILES),
    Column(name="staleness", get=lambda row: staleness(row.age_days) or None, forms=FILES),
    Column(name="p_changed", forms=FILES, digits=CHANCE_DIGITS),
    Column(name="p_low", forms=FILES, digits=CHANCE_DIGITS),
    Column(name="p_high", forms=FILES, digits=CHANCE_DIGITS),
)  # fmt: skip
"""What is told of the age of a state."""


@dataclass(frozen=True, slots=True)
class Survivals:
    """By element, the chance that its state is another by now, and its interval.

    Attributes
    ----------
    shut
        Elements that a closure shuts though no status says so.
    chances
        (chance or None, low, high) by element.
    """

    shut: tuple[str, ...]
    chances: dict[str, tuple[float | None, float, float]]


def gate_ages(world: World, element_ids: Iterable[str]) -> tuple[GateAge, ...]:
    """Return the age of the state of each gate and line that an answer rests on, the oldest first.

    What the question itself shuts or opens rests on no report and is left out, and so is a line of
    which nothing was ever told, and what is not built.
    """
    network = world.network
    stated = world.shut_ids | world.open_ids
    ages: list[GateAge] = []
    survivals: Survivals | None = None
    for name in sorted(set(element_ids) - stated):
        if name not in network.elements or not network.is_built(name):
            continue
        status = world.element_status(name)
        state, known, age = WORDS.get(status.kind, status.kind), status.known_on, status.age_days
        chance: tuple[float | None, float | None, float | None] = None, None, None
        if age is None or age > WARN_AFTER_DAYS:
            survivals = survivals or _survivals(world)
            chance = survivals.chances.get(name, chance)
            if name in survivals.shut and state != SHUT:
                state, known, age = SHUT, None, None
        if age is None and state == UNKNOWN and name not in network.crossings:
            continue
        ages.append(
            GateAge(
                element_id=name,
                name=network.elements[name].name,
                state=state,
                known_on=known,
                age_days=age,
                p_changed=chance[0],
                p_low=chance[1],
                p_high=chance[2],
            )
        )
    return tuple(sorted(ages, key=lambda one: (one.age_days is None, -(one.age_days or 0),
                                               one.element_id)))  # fmt: skip


def _survivals(world: World) -> Survivals:
    """Return what may have come since the states of a record were seen, computed once for it."""
    return _survivals_of(Alike(world, world.catalog, world.network, world.record, world.as_of))


@lru_cache(maxsize=MOST_RECORDS)
def _survivals_of(alike: Alike[World]) -> Survivals:
    world = alike.value

    def compute() -> Survivals:
        from karwan.analysis.forecasts.closures import fit_world

        try:
            model = fit_world(world)
        except FitError:
            return Survivals((), {})  # too little on record to tell
        chances = {}
        for name in world.network.elements:
            status = world.element_status(name)
            age = status.age_days
            if age is None or age > WARN_AFTER_DAYS:
                changed = changed_since(model, name, status.kind, age)
                if changed is not None:
                    p, band = changed
                    chances[name] = p, band.low, band.high
        return Survivals(model.running_elements(), chances)

    return computed_once("survivals", basis_of_record(world), Survivals, compute)


def changed_since(
    model: HazardModel, element_id: str, state: str, age_days: int | None
) -> tuple[float | None, Band] | None:
    """Return the chance that a state is another than that last seen so long ago, and its interval.

    Of what was shut, that it has opened; of what was open, that something has shut it since and
    still does. The chance is None where it was not searched, and the interval the prior's; None
    stands for both where no report is dated, and where what shuts it has no law of lengths: a
    calendar, or a status alone.
    """
    from karwan.analysis.forecasts.onsets import opened_already, shut_since

    if model.running(element_id) is not None:
        band = opened_already(model, element_id)
        return band.value, band
    if age_days is None or state == SHUT:
        return None
    return shut_since(model, element_id, age_days)


def ages_to_dict(ages: Iterable[GateAge]) -> list[dict[str, object]]:
    """Return ages of states as data."""
    return [to_dict(AGES, one) for one in ages]


def age_lines(ages: Iterable[GateAge]) -> list[str]:
    """Return what to say of states that were not seen within a week; nothing of newer ones."""
    told = list(_lines(list(ages)))
    return [*told, "karwan evidence due: which gate to look at first."] if told else []


def _lines(ages: list[GateAge]) -> Iterator[str]:
    by_word: dict[str, list[GateAge]] = {}
    undated = []
    for one in ages:
        word = staleness(one.age_days)
        if one.age_days is None:
            undated.append(one)
        elif word:
            by_word.setdefault(word, []).append(one)
    for word, old in by_word.items():
        worst = sorted(old, key=lambda one: (-(one.p_changed or 0.0), -(one.age_days or 0)))
        named = "; ".join(_age(one) for one in worst[:MOST_NAMED])
        more = f"; and {len(old) - MOST_NAMED} more" if len(old) > MOST_NAMED else ""
        yield f"State of {counted(len(old), 'gate or line', 'gates or lines')}, {word}: " + (
            f"{named}{more}"
        )
    if undated:
        yield (
            f"State of {counted(len(undated), 'gate', 'gates')}, {staleness(None)}: "
            + ", ".join(one.name for one in undated[:MOST_NAMED])
            + (f" and {len(undated) - MOST_NAMED} more" if len(undated) > MOST_NAMED else "")
        )


def _age(one: GateAge) -> str:
    """Return a state with its age, and what may have come of it since."""
    seen = f"{one.name} {one.state}, seen {counted(one.age_days or 0, 'day')} ago"
    if one.p_low is None or one.p_high is None:
        return seen
    ends = f"{one.p_low:.0%} to {one.p_high:.0%}"
    what = "opened" if one.state == SHUT else "shut"
    if one.p_changed is None:
        return f"{seen} ({what} by now: not searched, {ends} by the prior of its kind)"
    return f"{seen} ({what} by now: {one.p_changed:.0%}, {ends})"
