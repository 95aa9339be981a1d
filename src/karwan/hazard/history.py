"""The closures known on a date, as episodes: the one input of rates, lengths and scenarios.

Elements and groups are known here by name only. Nothing after the date enters: an end later than
the date is not known yet, and a closure without a known end is cut off where it was last seen.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

HEALTH = "health"
RECORD_START = dt.date(2014, 1, 1)
"""Before it the record is thin (reference note on security, section 1.2)."""


@dataclass(frozen=True, slots=True)
class Shut:
    """One element shut from a day; `end` None where not known, then seen shut until a day."""

    element_id: str
    group: str
    episode: str
    cause: str
    start: dt.date
    end: dt.date | None
    seen_until: dt.date
    running: bool
    evidence: str


@dataclass(frozen=True, slots=True)
class Episode:
    """One decision or event: what it shut, when it began, how long it lasted or has been seen."""

    name: str
    group: str
    cause: str
    start: dt.date
    elements: tuple[str, ...]
    days: float
    ended: bool
    running: tuple[Shut, ...]


@dataclass(frozen=True)
class History:
    """Episodes known on a date, oldest first, and the elements of every group."""

    as_of: dt.date
    episodes: tuple[Episode, ...]
    groups: dict[str, tuple[str, ...]]

    def of_group(self, group: str) -> tuple[Episode, ...]:
        """Return a group's episodes."""
        return tuple(episode for episode in self.episodes if episode.group == group)

    def exposure_days(self) -> float:
        """Return the days of the record."""
        return float((self.as_of - RECORD_START).days)


def make_history(
    shut: Iterable[Shut],
    groups: dict[str, tuple[str, ...]],
    as_of: dt.date,
    *,
    health: bool = False,
) -> History:
    """Return the history known on a date.

    Parameters
    ----------
    health
        True keeps closures of the health era, which are left out otherwise.
    """
    known = [_known(item, as_of) for item in shut if RECORD_START <= item.start <= as_of]
    kept = [item for item in known if health or item.cause != HEALTH]
    found: dict[tuple[str, str], list[Shut]] = {}
    for item in kept:
        found.setdefault((item.group, item.episode), []).append(item)
    episodes = [_episode(name, group, items) for (group, name), items in found.items()]
    ordered = sorted(episodes, key=lambda e: (e.start, e.group, e.name))
    return History(as_of, tuple(ordered), dict(sorted(groups.items())))


def _known(item: Shut, as_of: dt.date) -> Shut:
    """Return a closure as it was known on a date."""
    if item.end is not None and item.end <= as_of:
        return item
    # It was shut on the date if it ended later; else it is known as far as it was seen.
    seen = as_of if item.end is not None else min(item.seen_until, as_of)
    return Shut(
        item.element_id,
        item.group,
        item.episode,
        item.cause,
        item.start,
        None,
        max(seen, item.start),
        item.end is not None or item.running,
        item.evidence,
    )


def _episode(name: str, group: str, items: list[Shut]) -> Episode:
    """Return an episode: its length is the median of the elements known to have reopened.

    Elements of one episode last nearly alike; one whose end was never found says less than those
    whose end was. Where none has reopened, it is cut off at the longest that was seen.
    """
    items = sorted(items, key=lambda item: (item.start, item.element_id))
    running = tuple(item for item in items if item.end is None and item.running)
    closed = sorted((item.end - item.start).days for item in items if item.end is not None)
    seen = max((item.seen_until - item.start).days for item in items)
    ended = bool(closed) and not running
    middle = len(closed) // 2
    return Episode(
        name,
        group,
        items[0].cause,
        items[0].start,
        tuple(dict.fromkeys(item.element_id for item in items)),
        float(closed[middle] if ended else max([seen, *closed])),
        ended,
        running,
    )
