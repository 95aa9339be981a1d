"""Spells of one element that overlap: which of them counts on which day.

The rule, in this order: a calendar outranks a hazard, since its days are foretold; a stop of all
outranks one of cargo; of the same class the longer row outranks the shorter. What stops people on
foot, or one kind of vehicle, says nothing on freight. Overlapping stops of one element are one
spell, whatever their causes.
"""

from __future__ import annotations

import datetime as dt
import itertools
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from karwan.evidence.spells import Spell

CLASSES = ("all", "cargo")
"""Classes that stop freight, the one that outranks the other first."""
DIRECTIONS = ("a_to_b", "b_to_a")
ONE_DAY = dt.timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Stretch:
    """Days `[start, end)` on which one spell shuts an element to freight in one direction.

    Attributes
    ----------
    closure_id
        The row that counts on these days.
    calendar
        Foretold: not a hazard.
    """

    element_id: str
    direction: str
    start: dt.date
    end: dt.date
    traffic_class: str
    calendar: bool
    closure_id: str


def rank(spell: Spell) -> tuple[bool, int, int, str]:
    """Return the key by which spells on one day are sorted, the one that counts first."""
    order = CLASSES.index(spell.traffic_class) if spell.traffic_class in CLASSES else len(CLASSES)
    return (not spell.calendar, order, -known_days(spell), spell.closure_id)


def known_days(spell: Spell) -> int:
    """Return the days on which a spell is known to have shut, at least one."""
    return (spell.last_day - spell.start).days + 1


def stopped_traffic(spells: Iterable[Spell], day: dt.date) -> str:
    """Return whom an element's spells stop on a day: all, cargo, pedestrian, or nobody ("").

    A stop of cargo beside one of people on foot is a stop of all.
    """
    on_day = {s.traffic_class for s in spells if s.start <= day <= s.last_day}
    if "all" in on_day or {"cargo", "pedestrian"} <= on_day:
        return "all"
    return next((name for name in ("cargo", "pedestrian") if name in on_day), "")


def freight_stretches(spells: Iterable[Spell]) -> tuple[Stretch, ...]:
    """Return which spell shuts which element to freight on which days, direction by direction.

    A spell of some hours takes its day; one whose end was not found lasts as far as it was seen.
    """
    found: list[Stretch] = []
    for element_id, mine in sorted(_by_element(spells).items()):
        for direction in DIRECTIONS:
            bound = [s for s in mine if s.direction in ("both", direction)]
            found += _sweep(element_id, direction, bound)
    return tuple(found)


def _by_element(spells: Iterable[Spell]) -> dict[str, list[Spell]]:
    found: dict[str, list[Spell]] = {}
    for spell in spells:
        if spell.traffic_class in CLASSES:
            found.setdefault(spell.element_id, []).append(spell)
    return found


def _sweep(element_id: str, direction: str, spells: Sequence[Spell]) -> list[Stretch]:
    """Return the stretches of one element: between two edges the same spell counts."""
    edges = sorted({edge for s in spells for edge in (s.start, s.last_day + ONE_DAY)})
    ordered = sorted(spells, key=rank)
    found: list[Stretch] = []
    for start, end in itertools.pairwise(edges):
        first = next((s for s in ordered if s.start <= start <= s.last_day), None)
        if first is None:
            continue
        last = found[-1] if found else None
        if last is not None and (last.end, last.closure_id) == (start, first.closure_id):
            found[-1] = replace(last, end=end)
            continue
        found.append(
            Stretch(
                element_id,
                direction,
                start,
                end,
                first.traffic_class,
                first.calendar,
                first.closure_id,
            )
        )
    return found


def merge_spells(spells: Iterable[Spell]) -> tuple[Spell, ...]:
    """Return the spells of a law of open and shut: those of one element that overlap made one.

    Only stops of all or of cargo in both directions enter, and none whose days are all foretold
    by a calendar. The merged spell begins with the first and ends with the last; class, cause and
    source are those of the row that outranks the others. A new spell that begins on the day on
    which another ends is a new one: the element was open for part of that day.
    """
    rows = list(spells)
    foretold = _calendar_days(rows)
    merged: list[Spell] = []
    for element_id, mine in sorted(_by_element(s for s in rows if s.open_closed).items()):
        days = foretold.get(element_id, frozenset())
        usable = [s for s in mine if not s.calendar and not _is_foretold(s, days)]
        merged += [_merged(group) for group in _groups(usable)]
    return tuple(sorted(merged, key=lambda s: (s.element_id, s.start, s.closure_id)))


def _calendar_days(spells: Iterable[Spell]) -> dict[str, frozenset[dt.date]]:
    found: dict[str, set[dt.date]] = {}
    for spell in spells:
        if spell.calendar and spell.traffic_class in CLASSES and spell.direction == "both":
            days = (spell.start + ONE_DAY * n for n in range(known_days(spell)))
            found.setdefault(spell.element_id, set()).update(days)
    return {element: frozenset(days) for element, days in found.items()}


def _is_foretold(spell: Spell, days: frozenset[dt.date]) -> bool:
    return bool(days) and all(spell.start + ONE_DAY * n in days for n in range(known_days(spell)))


def _groups(spells: Iterable[Spell]) -> list[list[Spell]]:
    """Return spells that share a day together, oldest first."""
    groups: list[list[Spell]] = []
    reach: dt.date | None = None
    for spell in sorted(spells, key=lambda s: (s.start, s.last_day, s.closure_id)):
        if reach is None or spell.start > reach:
            groups.append([spell])
            reach = spell.last_day
        else:
            groups[-1].append(spell)
            reach = max(reach, spell.last_day)
    return groups


def _merged(group: Sequence[Spell]) -> Spell:
    if len(group) == 1:
        return group[0]
    first = sorted(group, key=rank)[0]
    latest = max(group, key=_ends_last)
    beginner = min(group, key=lambda s: (s.start, s.closure_id))
    return replace(
        first,
        start=beginner.start,
        start_precision=beginner.start_precision,
        end=latest.end,
        end_status=latest.end_status,
        seen_until=latest.seen_until,
        also=tuple(sorted(s.closure_id for s in group if s is not first)),
    )


def _ends_last(spell: Spell) -> tuple[bool, dt.date, bool, str]:
    """Return the key of the spell whose end is that of the group: what runs on outlasts all."""
    ongoing = spell.end is None and spell.end_status == "ongoing"
    return (ongoing, spell.last_day, spell.end is not None, spell.closure_id)
