"""What somebody saw of an element on a day: open, shut, open in part, or open to people only.

A sighting extends a closure that runs, ends one, or dates "open". It is joined to closures where
spells that overlap are joined (`karwan.evidence.overlaps`).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from karwan.base.days import ONE_DAY
from karwan.base.provenance import Source
from karwan.base.traffic import FREIGHT_CLASSES
from karwan.evidence.spells import ONGOING, Spell

OPEN, SHUT, LIMITED, PERSONS_ONLY = "open", "shut", "limited", "persons-only"
STATES = (OPEN, SHUT, LIMITED, PERSONS_ONLY)
FREIGHT = "freight"
BOTH = "both"


@dataclass(frozen=True, slots=True, kw_only=True)
class Sighting:
    """An element seen on a day, for one class of traffic, in one direction or both."""

    id: str
    element_id: str
    mode: str
    day: dt.date
    state: str
    traffic_class: str
    direction: str
    note: str
    source: Source

    @property
    def shuts(self) -> str:
        """The class of traffic that it saw shut out; blank if none."""
        if self.state == PERSONS_ONLY:
            return "cargo"
        return self.traffic_class if self.state == SHUT else ""

    def opens(self, group: str, direction: str) -> bool:
        """Whether it saw a group of traffic pass, in a direction or in both."""
        if self.direction not in (BOTH, direction):
            return False
        if self.state == PERSONS_ONLY:
            return group == "pedestrian"
        if self.state == LIMITED or self.traffic_class != "all":
            return self.state in (OPEN, LIMITED) and group == group_of(self.traffic_class)
        return self.state == OPEN


def group_of(traffic_class: str) -> str:
    """Return the group in which a class of traffic is joined with others: all freight is one."""
    return FREIGHT if traffic_class in FREIGHT_CLASSES else traffic_class


def seen_shut(sighting: Sighting) -> Spell | None:
    """Return the spell that a sighting alone tells of: shut on its day, begun before; else None."""
    if not sighting.shuts:
        return None
    traffic = sighting.shuts
    return Spell(
        closure_id=sighting.id,
        element_id=sighting.element_id,
        mode=sighting.mode,
        traffic_class=traffic,
        direction=sighting.direction,
        start=sighting.day,
        end=None,
        end_status=ONGOING,
        seen_until=sighting.day,
        cause="other",
        description=sighting.note,
        episode=sighting.id,
        calendar=False,
        source=sighting.source,
        scope="full" if traffic == "all" else "cargo" if traffic == "cargo" else "partial",
        start_precision="left_censored",
        open_closed=group_of(traffic) == FREIGHT and sighting.direction == BOTH,
    )


def let_pass(sighting: Sighting) -> Spell:
    """Return a sighting of one class that passed as a passage: from its day, until seen again."""
    return Spell(
        closure_id=sighting.id,
        element_id=sighting.element_id,
        mode=sighting.mode,
        traffic_class=sighting.traffic_class,
        direction=sighting.direction,
        start=sighting.day,
        end=None,
        end_status=ONGOING,
        seen_until=sighting.day,
        cause="other",
        description=sighting.note,
        episode=sighting.id,
        calendar=False,
        source=sighting.source,
        scope="partial",
        open_closed=False,
    )


def contradictions(
    sightings: Sequence[Sighting], spells: Iterable[Spell]
) -> list[tuple[str, str, str]]:
    """Return what cannot be true together: two ids and why, each pair once.

    One day cannot see the same traffic stopped and passing; nor can a day on which it passed lie
    within a closure that its own rows have running without a break. Closures that overlap do not
    contradict: they are joined.
    """
    clashes = []
    for n, one in enumerate(sightings):
        clashes += [
            (one.id, other.id, f"{other.id} saw it {other.state} on the same day")
            for other in sightings[n + 1 :]
            if _clash(one, other)
        ]
    for spell in spells:
        if spell.calendar:
            continue
        group = group_of(spell.traffic_class)
        for one in sightings:
            if one.element_id != spell.element_id:
                continue
            if _passed(one, group, spell.direction) and spell.start < one.day <= spell.last_day:
                clashes.append((
                    one.id, spell.closure_id,
                    f"{spell.closure_id} has it shut from {spell.start} to {spell.last_day}",
                ))  # fmt: skip
            shut = one.shuts and group_of(one.shuts) == group
            if shut and one.direction == spell.direction and one.day == spell.end:
                text = f"{spell.closure_id} has it open again from {spell.end}"
                clashes.append((one.id, spell.closure_id, text))
    return clashes


def _passed(one: Sighting, group: str, direction: str) -> bool:
    """Whether it saw traffic pass that a closure of a direction, or of both, would have stopped."""
    directions = ("a_to_b", "b_to_a") if direction == BOTH else (direction,)
    return any(one.opens(group, way) for way in directions)


def _clash(one: Sighting, other: Sighting) -> bool:
    if (one.element_id, one.day) != (other.element_id, other.day):
        return False
    for shut, passed in ((one, other), (other, one)):
        if shut.shuts and _passed(passed, group_of(shut.shuts), shut.direction):
            return True
    return False


def first_opening(
    sightings: Iterable[Sighting], group: str, direction: str, after: dt.date, until: dt.date
) -> dt.date | None:
    """Return the first day after one, and not after another, on which traffic was seen to pass."""
    days = [
        one.day for one in sightings if after < one.day <= until and one.opens(group, direction)
    ]
    return min(days, default=None)


def end_seen(last: dt.date, opened: dt.date) -> str:
    """Return how well an end is known that a sighting tells: observed on the day after the last."""
    return "observed" if opened == last + ONE_DAY else "approx"
