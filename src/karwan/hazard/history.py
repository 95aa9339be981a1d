"""The closures known on a date, as episodes: the one input of rates, lengths and scenarios.

Elements and groups are known here by name only. What enters is already as it was known on the date;
a closure without a known end is cut off where it was last seen.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property

from karwan.base.provenance import LAST_KNOWN_AFTER_DAYS
from karwan.base.reprs import short_repr

HEALTH = "health"
LINE_GROUP = "line-"
"""Groups of named lines, as against frontiers, begin so."""
RECORD_START = dt.date(2014, 1, 1)
"""Before it the record is thin: few of the sources that were read reach further back."""
FEWEST_DAYS = 0.5
"""A closure of some hours counts for half a day."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Shut:
    """One element shut from a day; `end` None where not known, then seen shut until a day.

    `running` says that the last report has it going on. A closure whose start was not seen
    (`start_seen` False: shut when first looked at) lasted longer than the record tells. One that
    does not count (`counts` False) enters no rate and no law; while it runs, it shuts.
    """

    element_id: str
    group: str
    episode: str
    cause: str
    start: dt.date
    end: dt.date | None
    seen_until: dt.date
    running: bool
    evidence: str
    grade: str = "A"
    start_seen: bool = True
    counts: bool = True


@dataclass(frozen=True, slots=True)
class Hit:
    """How an episode hits one element: so many days after it begins, for a share of its length."""

    element_id: str
    offset_days: float
    length_ratio: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Episode:
    """One decision or event: what it shut, when it began, how long it lasted or has been seen.

    It belongs to one group, the frontier it hit first, or a line's where it hit no frontier; it
    may hit elements of others. `grade` is the worst of its rows.
    """

    name: str
    group: str
    cause: str
    start: dt.date
    hits: tuple[Hit, ...]
    days: float
    ended: bool
    running: tuple[Shut, ...]
    grade: str = "A"

    @property
    def elements(self) -> tuple[str, ...]:
        """Ids of the elements hit, in the order in which they were."""
        return tuple(hit.element_id for hit in self.hits)


@dataclass(frozen=True, kw_only=True)
class History:
    """Episodes known on a date, oldest first, and the elements of every group.

    Attributes
    ----------
    until
        The newest day of which the record tells anything: exposure ends there, not on the date.
    twins
        Elements not built yet, and the gate beside each whose closures they would share.
    shut_days
        Days of the record on which an element is known to have been shut, by element.
    uncounted
        Episodes that run and enter no rate and no law: of the health era, or of a gate that was
        only reported shut.
    """

    as_of: dt.date
    episodes: tuple[Episode, ...]
    groups: Mapping[str, tuple[str, ...]]
    until: dt.date
    twins: Mapping[str, str] = field(default_factory=dict)
    shut_days: Mapping[str, float] = field(default_factory=dict)
    uncounted: tuple[Episode, ...] = ()

    __repr__ = short_repr

    @cached_property
    def by_group(self) -> dict[str, tuple[Episode, ...]]:
        """Episodes by the group to which they belong."""
        return {
            group: tuple(episode for episode in self.episodes if episode.group == group)
            for group in self.groups
        }

    @cached_property
    def group_of(self) -> dict[str, str]:
        """The group of every element."""
        return {name: group for group, names in self.groups.items() for name in names}

    def of_group(self, group: str) -> tuple[Episode, ...]:
        """Return a group's episodes."""
        return self.by_group.get(group, ())

    def of_element(self, element_id: str) -> tuple[Episode, ...]:
        """Return the episodes that hit an element, or the gate beside one not built."""
        gate = self.twins.get(element_id, element_id)
        return tuple(episode for episode in self.episodes if gate in episode.elements)

    def climatology_share(self, element_id: str) -> float:
        """Return the share of the record's days on which an element is known to have been shut."""
        gate = self.twins.get(element_id, element_id)
        days = max(float((self.until - RECORD_START).days), 1.0)
        return min(self.shut_days.get(gate, 0.0) / days, 1.0)

    def exposure_days(self, group: str) -> float:
        """Return the days of the record during which a group could be hit.

        A gate that is shut cannot shut, so its share of the group's hits is not at risk on the
        days on which it is known to have been shut.
        """
        days = float((self.until - RECORD_START).days)
        hits = [name for episode in self.of_group(group) for name in episode.elements]
        lost = sum(self.shut_days.get(name, 0.0) for name in hits) / max(len(hits), 1)
        return max(days - lost, 1.0)


def make_history(
    shut: Iterable[Shut],
    groups: Mapping[str, tuple[str, ...]],
    as_of: dt.date,
    *,
    health: bool = False,
    twins: Mapping[str, str] | None = None,
) -> History:
    """Return the history known on a date.

    Parameters
    ----------
    health
        True keeps closures of the health era, which are left out otherwise.
    twins
        The gate beside each element that is not built.
    """
    told = list(shut)
    _refuse_later(told, as_of)
    known = [_running_on(item, as_of) for item in told if item.start >= RECORD_START]
    until = max((item.end or item.seen_until for item in known), default=RECORD_START)
    counted = [item for item in known if item.counts and (health or item.cause != HEALTH)]
    kept = _distinct(counted)
    others = [item for item in known if item not in counted and item.end is None and item.running]
    by_name: dict[str, list[Shut]] = {}
    for item in kept:
        by_name.setdefault(item.episode, []).append(item)
    episodes = [_episode(name, items) for name, items in by_name.items()]
    running: dict[str, list[Shut]] = {}
    for item in others:
        running.setdefault(item.episode, []).append(item)
    lost: dict[str, float] = {}
    for item in kept:
        days = ((item.end or item.seen_until) - item.start).days
        lost[item.element_id] = lost.get(item.element_id, 0.0) + days
    return History(
        as_of=as_of,
        episodes=tuple(sorted(episodes, key=lambda e: (e.start, e.group, e.name))),
        groups=dict(sorted(groups.items())),
        until=until,
        twins=dict(sorted((twins or {}).items())),
        shut_days=lost,
        uncounted=tuple(_episode(name, running[name]) for name in sorted(running)),
    )


def _running_on(item: Shut, as_of: dt.date) -> Shut:
    """Return a closure with whether it runs on the date: seen lately, or last told as going on."""
    if item.end is not None:
        return item
    recent = (as_of - item.seen_until).days <= LAST_KNOWN_AFTER_DAYS
    return replace(
        item,
        seen_until=max(item.seen_until, item.start),
        running=item.running or recent,
    )


def _refuse_later(items: Iterable[Shut], as_of: dt.date) -> None:
    for item in items:
        for day in (item.start, item.end, item.seen_until):
            if day is not None and day > as_of:
                msg = f"{item.evidence} is told with a day, {day}, that {as_of} could not know."
                raise ValueError(msg)


def _distinct(items: Sequence[Shut]) -> list[Shut]:
    """Return closures without those that begin while the same element is known to be shut.

    What is shut cannot shut again: such a row tells more of the same spell, not of a second one.
    """
    kept: list[Shut] = []
    until: dict[str, dt.date] = {}
    for item in sorted(items, key=lambda i: (i.element_id, i.start, -_days(i), i.evidence)):
        last = until.get(item.element_id)
        if last is not None and (item.start < last or (item.start == last and not _days(item))):
            continue
        kept.append(item)
        until[item.element_id] = max(item.end or item.seen_until, item.start)
    return kept


def _days(item: Shut) -> int:
    return ((item.end or item.seen_until) - item.start).days


def _episode(name: str, items: list[Shut]) -> Episode:
    """Return an episode: its length is the median of the elements known to have reopened.

    Elements of one episode last nearly alike; one whose end was never found says less than those
    whose end was. Where none has reopened, it is cut off at the longest that was seen, and so it
    is where the start of all that reopened was not seen.
    """
    items = sorted(items, key=lambda i: (i.start, i.element_id))
    home = min(items, key=lambda i: (i.group.startswith(LINE_GROUP), i.start, i.element_id))
    begun = items[0].start
    running = tuple(item for item in items if item.end is None and item.running)
    closed = [item for item in items if item.end is not None and item.start_seen]
    lengths = sorted(_days(item) for item in closed)
    ended = bool(closed) and not running
    days = float(lengths[len(lengths) // 2] if ended else max(_days(item) for item in items))
    whole = max(days, FEWEST_DAYS)
    hits: dict[str, Hit] = {}
    for item in items:
        known = ended and item.end is not None and item.start_seen
        ratio = max(_days(item), FEWEST_DAYS) / whole if known else 1.0
        hits.setdefault(
            item.element_id, Hit(item.element_id, float((item.start - begun).days), ratio)
        )
    return Episode(
        name=name,
        group=home.group,
        cause=home.cause,
        start=begun,
        hits=tuple(hits.values()),
        days=days,
        ended=ended,
        running=running,
        grade=max(item.grade for item in items),
    )
