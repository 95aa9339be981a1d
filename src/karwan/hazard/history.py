"""The closures known on a date, as episodes: the one input of rates, lengths and scenarios.

Elements and groups are known here by name only. What enters is already as it was known on the date;
a closure without a known end is cut off where it was last seen.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property

import numpy as np

from karwan.base.provenance import LAST_KNOWN_AFTER_DAYS
from karwan.base.reprs import short_repr
from karwan.evidence.coverage import RECORD_START, SEARCHED, Coverage, Quality

HEALTH = "health"
LINE_GROUP = "line-"
"""Groups of named lines, as against frontiers, begin so."""
PROMPT_COUNT = 5.0
"""Closures told on their day that stand for what is thought beforehand, where few are known."""
TOLD_STEP_DAYS = 91
"""Exposure is weighed by how much of it was told in steps of a quarter."""
FEWEST_DAYS = 0.5
"""A closure of some hours counts for half a day."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Shut:
    """One element shut from a day; `end` None where not known, then seen shut until a day.

    `running` says that the last report has it going on. A closure whose start was not seen
    (`start_seen` False: shut when first looked at) lasted longer than the record tells. One that
    does not count (`counts` False) enters no rate and no law; while it runs, it shuts. It was told
    `told_days` after it began.
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
    told_days: int = 0


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
        The newest day of which the record tells anything. Exposure ends there, not on the date,
        where nothing is said of how well was searched.
    coverage
        When closures of which element were searched for.
    kinds
        What each element is: gate, railhead or line.
    told
        Of each closure that counts: days after its start when it was told, and days since its
        start by the date.
    twins
        Elements not built yet, and the gate beside each whose closures they would share.
    shut_days
        Searched days on which an element is known to have been shut, by element.
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
    coverage: Coverage = field(default_factory=Coverage)
    kinds: Mapping[str, str] = field(default_factory=dict)
    told: tuple[tuple[int, int], ...] = ()

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

    @property
    def searched_until(self) -> dt.date:
        """First day that is no more exposure."""
        return self.as_of if self.coverage.is_stated else self.until

    def searched_days(self, element_id: str, qualities: Sequence[Quality] = SEARCHED) -> float:
        """Return the days of the record on which an element's closures were searched for."""
        gate = self.twins.get(element_id, element_id)
        until = self.searched_until
        return float(self.coverage.searched_days(gate, RECORD_START, until, qualities))

    def is_searched(self, element_id: str) -> bool:
        """Whether an element was searched enough before the date to have a chance of its own."""
        gate = self.twins.get(element_id, element_id)
        return self.coverage.is_searched(gate, self.as_of)

    def climatology_share(self, element_id: str) -> float | None:
        """Return the share of searched days on which an element is known to have been shut.

        None where none was searched, which is no share of 0.
        """
        gate = self.twins.get(element_id, element_id)
        days = self.searched_days(gate)
        return min(self.shut_days.get(gate, 0.0) / days, 1.0) if days else None

    def at_risk_days(self, element_id: str) -> float:
        """Return the searched days on which an element could shut: those on which it was open."""
        return max(self.searched_days(element_id) - self.shut_days.get(element_id, 0.0), 0.0)

    @cached_property
    def told_share(self) -> float:
        """Share of the closures of searched days that had been told by the date.

        Some are told months or years later, so a record as known on a date lacks some of its last
        years. How late is learned from the closures known by then, each of which could be seen only
        if it was told by then (the product-limit of late truncation, Lynden-Bell, 1971). What takes
        longer than anything known did is not foreseen.
        """
        months: dict[int, float] = {}
        day = self.searched_until
        names = [name for name in self.group_of if name not in self.twins]
        month = dt.timedelta(days=TOLD_STEP_DAYS)
        while day > RECORD_START:
            first = max(day - month, RECORD_START)
            exposed = sum(self.coverage.searched_days(name, first, day) for name in names)
            months[(self.as_of - first).days - (day - first).days // 2] = exposed
            day = first
        total = sum(months.values())
        if not total or not self.told:
            return 1.0
        return sum(days * self._told_within(age) for age, days in months.items()) / total

    def _told_within(self, age_days: int) -> float:
        """Return the share of closures told within so many days of their start."""
        share = 1.0
        for lag, not_later in self._not_later.items():
            if lag > age_days:
                share *= not_later
        return share

    @cached_property
    def _not_later(self) -> dict[int, float]:
        """By days from start to telling, ascending: share of those told by then not told that day.

        Each closure could be seen to be told late only while it was younger than it is.
        """
        lags = np.array([lag for lag, _ in self.told])
        ages = np.array([age for _, age in self.told])
        shares = {}
        for lag in sorted({lag for lag, _ in self.told}):
            at_risk = PROMPT_COUNT + int(np.count_nonzero((lags <= lag) & (lag <= ages)))
            shares[lag] = 1 - int(np.count_nonzero(lags == lag)) / at_risk
        return shares

    def closure_count(self, element_id: str, qualities: Sequence[Quality] = SEARCHED) -> int:
        """Return how many of an element's closures began on searched days."""
        return sum(
            self.coverage.quality(element_id, day) in qualities
            for day in self._starts.get(element_id, ())
        )

    @cached_property
    def _starts(self) -> dict[str, list[dt.date]]:
        starts: dict[str, list[dt.date]] = {}
        for episode in self.episodes:
            for hit in episode.hits:
                day = episode.start + dt.timedelta(days=hit.offset_days)
                starts.setdefault(hit.element_id, []).append(day)
        return starts

    def searched_hits(self, episode: Episode) -> tuple[Hit, ...]:
        """Return the hits of an episode that began on searched days."""
        return tuple(
            hit
            for hit in episode.hits
            if self.coverage.quality(
                hit.element_id, episode.start + dt.timedelta(days=hit.offset_days)
            )
            != Quality.none
        )


def make_history(
    shut: Iterable[Shut],
    groups: Mapping[str, tuple[str, ...]],
    as_of: dt.date,
    *,
    health: bool = False,
    twins: Mapping[str, str] | None = None,
    coverage: Coverage | None = None,
    kinds: Mapping[str, str] | None = None,
) -> History:
    """Return the history known on a date.

    Parameters
    ----------
    health
        True keeps closures of the health era, which are left out otherwise.
    twins
        The gate beside each element that is not built.
    coverage, kinds
        When elements were searched for, and what they are.
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
    searched = coverage or Coverage()
    for item in kept:
        last = item.end or item.seen_until
        days = searched.searched_days(item.element_id, item.start, last)
        lost[item.element_id] = lost.get(item.element_id, 0.0) + days
    return History(
        as_of=as_of,
        episodes=tuple(sorted(episodes, key=lambda e: (e.start, e.group, e.name))),
        groups=dict(sorted(groups.items())),
        until=until,
        twins=dict(sorted((twins or {}).items())),
        shut_days=lost,
        coverage=searched,
        told=tuple((one.told_days, (as_of - one.start).days) for one in kept),
        kinds=dict(sorted((kinds or {}).items())),
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
