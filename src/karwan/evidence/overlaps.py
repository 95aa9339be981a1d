"""Spells of one element that overlap: which of them counts on which day.

The rule, in this order: a calendar outranks a hazard, since its days are foretold; a stop of all
outranks one of cargo; of the same class the longer row outranks the shorter. What stops people on
foot, or one kind of vehicle, says nothing on freight. Overlapping stops of one element are one
spell, whatever their causes.
"""

from __future__ import annotations

import datetime as dt
import itertools
from collections.abc import Callable, Container, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from karwan.base.days import ONE_DAY
from karwan.base.traffic import FREIGHT_CLASSES
from karwan.evidence.sightings import (
    BOTH,
    Sighting,
    end_seen,
    first_opening,
    group_of,
    seen_shut,
)
from karwan.evidence.spells import ONGOING, Spell

DIRECTIONS = ("a_to_b", "b_to_a")
_RANKS = {name.value: rank for rank, name in enumerate(FREIGHT_CLASSES)}


@dataclass(frozen=True, slots=True, kw_only=True)
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


Words = tuple[str, ...]


def precedence(spell: Spell) -> tuple[bool, int, int, dt.date, Words]:
    """Return the key by which spells on one day are sorted, the one that counts first."""
    order = _RANKS.get(spell.traffic_class, len(_RANKS))
    return (not spell.calendar, order, -known_days(spell), spell.start, told_words(spell))


def told_words(spell: Spell) -> Words:
    """Return what decides between spells that are alike otherwise: what they say, their id last.

    Ids of a workspace follow the order of entry, which must decide nothing.
    """
    source = spell.source
    return (
        *(source.date, source.url, source.grade, source.note),
        *(spell.cause, spell.end_status, spell.start_precision, spell.description),
        spell.closure_id,
    )


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
    stretches: list[Stretch] = []
    for element_id, mine in sorted(_by_element(spells).items()):
        for direction in DIRECTIONS:
            bound = [s for s in mine if s.direction in ("both", direction)]
            stretches += _sweep(element_id, direction, bound)
    return tuple(stretches)


def _by_element(spells: Iterable[Spell]) -> dict[str, list[Spell]]:
    by_element: dict[str, list[Spell]] = {}
    for spell in spells:
        if spell.traffic_class in FREIGHT_CLASSES:
            by_element.setdefault(spell.element_id, []).append(spell)
    return by_element


def _sweep(element_id: str, direction: str, spells: Sequence[Spell]) -> list[Stretch]:
    """Return the stretches of one element: between two edges the same spell counts."""
    edges = sorted({edge for s in spells for edge in (s.start, s.last_day + ONE_DAY)})
    ordered = sorted(spells, key=precedence)
    stretches: list[Stretch] = []
    for start, end in itertools.pairwise(edges):
        first = next((s for s in ordered if s.start <= start <= s.last_day), None)
        if first is None:
            continue
        last = stretches[-1] if stretches else None
        if last is not None and (last.end, last.closure_id) == (start, first.closure_id):
            stretches[-1] = replace(last, end=end)
            continue
        stretches.append(
            Stretch(
                element_id=element_id,
                direction=direction,
                start=start,
                end=end,
                traffic_class=first.traffic_class,
                calendar=first.calendar,
                closure_id=first.closure_id,
            )
        )
    return stretches


def merge_spells(spells: Iterable[Spell], sightings: Iterable[Sighting] = ()) -> tuple[Spell, ...]:
    """Return the spells of a law of open and shut: those of one element that overlap made one.

    Only stops of all or of cargo in both directions enter, and none whose days are all foretold
    by a calendar. The merged spell begins with the first and ends with what was told of the last
    day; class, cause and source are those of the row that outranks the others, the episode is that
    of the row that began. A new spell that begins on the day on which another ends is a new one:
    the element was open for part of that day.

    What is shut cannot shut again: a spell that begins while another is told to go on tells of the
    same one, unless it was seen open between. A sighting of a shut element extends a spell that
    runs, or tells of one whose start nobody saw; a sighting of an open one ends what runs.
    """
    rows = list(spells)
    foretold = _calendar_days(rows)
    usable = [
        s
        for s in rows
        if s.open_closed
        and not s.calendar
        and s.traffic_class in FREIGHT_CLASSES
        and not _is_foretold(s, foretold.get(s.element_id, frozenset()))
    ]
    return tuple(spell for spell in _joined(usable, sightings) if spell.open_closed)


def merge_record(spells: Iterable[Spell], sightings: Iterable[Sighting] = ()) -> tuple[Spell, ...]:
    """Return all spells with those joined that tell of one stop, and ended where it was seen open.

    Spells of one element, class of traffic and direction are joined by the rule of `merge_spells`;
    days of a calendar stay as they are.
    """
    rows = list(spells)
    calendar = [spell for spell in rows if spell.calendar]
    joined = _joined([spell for spell in rows if not spell.calendar], sightings)
    return tuple(sorted([*calendar, *joined], key=_by_start))


def with_end_of(spell: Spell, stops: Iterable[Spell]) -> Spell:
    """Return a spell with the end of the stop of which it tells, if it names none itself.

    Parameters
    ----------
    stops
        Spells of its element as `merge_record` joins them.
    """
    if spell.end is not None:
        return spell
    for stop in stops:
        if (
            stop.end is not None
            and stop.start <= spell.start < stop.end
            and group_of(stop.traffic_class) == group_of(spell.traffic_class)
            and stop.direction == spell.direction
            and stop.open_closed == spell.open_closed
        ):
            return replace(spell, end=stop.end, end_status=stop.end_status, seen_until=None)
    return spell


def _by_start(spell: Spell) -> tuple[str, dt.date, Words]:
    return (spell.element_id, spell.start, told_words(spell))


def _joined(spells: Iterable[Spell], sightings: Iterable[Sighting]) -> list[Spell]:
    """Return spells joined within each element, group of traffic, direction and use."""
    told = sorted(sightings, key=lambda one: (one.day, one.state, one.id))
    seen = {one.id: spell for one in told if (spell := seen_shut(one)) is not None}
    streams: dict[tuple[str, str, str, bool], list[Spell]] = {}
    for spell in (*spells, *seen.values()):
        group = group_of(spell.traffic_class)
        key = (spell.element_id, group, spell.direction, spell.open_closed)
        streams.setdefault(key, []).append(spell)
    spells_joined = []
    both = [key for key in sorted(streams) if key[2] == BOTH]
    for element_id, group, direction, law in both:
        here = [one for one in told if one.element_id == element_id]
        mine = _stream(streams[element_id, group, direction, law], here, group, BOTH, seen)
        for spell in _still_shut_one_way(mine, here, group):
            streams.setdefault((element_id, group, spell.direction, False), []).append(spell)
        spells_joined += mine
    for element_id, group, direction, law in sorted(set(streams) - set(both)):
        here = [one for one in told if one.element_id == element_id]
        spells_joined += _stream(
            streams[element_id, group, direction, law], here, group, direction, seen
        )
    return sorted(spells_joined, key=_by_start)


def _still_shut_one_way(
    spells: Iterable[Spell], sightings: Sequence[Sighting], group: str
) -> Iterator[Spell]:
    """Yield what is left of a stop of both directions that was seen to let one of them pass."""
    for spell in spells:
        day = spell.end
        if day is None or not any(one.day == day and _one_way(one, group) for one in sightings):
            continue
        for way in DIRECTIONS:
            if first_opening(sightings, group, way, day - ONE_DAY, day) is None:
                yield replace(
                    spell, direction=way, start=day, start_precision="day", end=None,
                    end_status=ONGOING, seen_until=None, open_closed=False,
                )  # fmt: skip


def _one_way(one: Sighting, group: str) -> bool:
    return one.direction != BOTH and one.opens(group, one.direction)


def _stream(
    spells: Iterable[Spell],
    sightings: Sequence[Sighting],
    group: str,
    direction: str,
    seen: Container[str],
) -> list[Spell]:
    """Return the spells of one stream: joined, and ended by the sightings of traffic that passed.

    Parameters
    ----------
    seen
        Ids of sightings among the spells: they name no cause and no start.
    """

    def opened(after: dt.date, until: dt.date) -> dt.date | None:
        days = [first_opening(sightings, group, way, after, until) for way in _ways(direction)]
        return min((day for day in days if day is not None), default=None)

    groups: list[list[Spell]] = []
    for spell in sorted(spells, key=lambda s: (s.start, s.last_day, told_words(s))):
        mine = groups[-1] if groups else []
        if mine and _tells_of(mine, spell, seen, opened):
            mine.append(spell)
        else:
            groups.append([spell])
    joined = []
    for n, mine in enumerate(groups):
        merged = _merged(mine, seen)
        following = groups[n + 1][0].start if n + 1 < len(groups) else dt.date.max
        last = merged.last_day
        ended = None if merged.end is not None else opened(last, following)
        if ended is not None and _runs_to(merged, ended):
            status = end_seen(last, ended)
            merged = replace(merged, end=ended, end_status=status, seen_until=None)
        joined.append(merged)
    return joined


def _ways(direction: str) -> tuple[str, ...]:
    return DIRECTIONS if direction == BOTH else (direction,)


def _runs_to(spell: Spell, day: dt.date) -> bool:
    """Whether a spell without an end still ran as last known on the day before a day."""
    return spell.runs_on(day - ONE_DAY)


def _tells_of(
    group: Sequence[Spell],
    spell: Spell,
    seen: Container[str],
    opened: Callable[[dt.date, dt.date], dt.date | None],
) -> bool:
    """Whether a spell tells of the stop that a group of spells tells of."""
    latest = max(group, key=_tells_last)
    last = latest.last_day
    if spell.start <= last:
        return True
    if latest.end is not None or opened(last, spell.start) is not None:
        return False
    return latest.end_status == ONGOING or (
        spell.closure_id in seen and _runs_to(latest, spell.start)
    )


def _calendar_days(spells: Iterable[Spell]) -> dict[str, frozenset[dt.date]]:
    found: dict[str, set[dt.date]] = {}
    for spell in spells:
        if spell.calendar and spell.traffic_class in FREIGHT_CLASSES and spell.direction == "both":
            days = (spell.start + ONE_DAY * n for n in range(known_days(spell)))
            found.setdefault(spell.element_id, set()).update(days)
    return {element: frozenset(days) for element, days in found.items()}


def _is_foretold(spell: Spell, days: frozenset[dt.date]) -> bool:
    return bool(days) and all(spell.start + ONE_DAY * n in days for n in range(known_days(spell)))


def _merged(group: Sequence[Spell], seen: Container[str]) -> Spell:
    if len(group) == 1:
        return group[0]
    rows = [spell for spell in group if spell.closure_id not in seen] or list(group)
    first = min(rows, key=precedence)
    latest = max(group, key=_tells_last)
    beginner = min(group, key=lambda s: (s.start, s.closure_id in seen, told_words(s)))
    named = min(rows, key=lambda s: (s.start, told_words(s)))
    return replace(
        first,
        start=beginner.start,
        start_precision=beginner.start_precision,
        end=latest.end,
        end_status=latest.end_status,
        seen_until=None if latest.end is not None else latest.last_day,
        episode=named.episode,
        also=tuple(sorted(s.closure_id for s in group if s is not first)),
    )


def _tells_last(spell: Spell) -> tuple[dt.date, bool, bool, Words]:
    """Return the key of the spell that tells the newest.

    An end outdoes a sighting of the day before it. Of two that were last seen on one day, the one
    that goes on tells more than the one whose end was not found.
    """
    ongoing = spell.end is None and spell.end_status == ONGOING
    return (spell.last_day, spell.end is not None, ongoing, told_words(spell))
