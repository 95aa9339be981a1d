"""What was last reported of an element, and when: closures, reopenings, sightings, statuses."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

from karwan.base.provenance import is_old
from karwan.base.reprs import short_repr
from karwan.base.traffic import FREIGHT_CLASSES, Direction
from karwan.evidence.closures import ClosureRecord
from karwan.evidence.sightings import FREIGHT, LIMITED, OPEN
from karwan.evidence.spells import Spell
from karwan.network.network import Network


@dataclass(frozen=True, slots=True)
class CrossingStatus:
    """What was last reported of a crossing: open, limited, shut or unknown, and when."""

    crossing_id: str
    kind: str
    known_on: dt.date | None
    age_days: int | None

    @property
    def last_known(self) -> bool:
        """Whether the report is too old to call it current."""
        return is_old(self.age_days)


@dataclass(frozen=True, kw_only=True)
class Statuses:
    """What is known of crossings on a date.

    Attributes
    ----------
    running
        Spells that run on the date, by element id.
    open_ids
        Elements, links or crossings that the user opens.
    """

    network: Network
    record: ClosureRecord
    as_of: dt.date
    running: Mapping[str, tuple[Spell, ...]]
    open_ids: frozenset[str]

    __repr__ = short_repr

    def crossing_status(self, crossing_id: str) -> CrossingStatus:
        """Return what was last reported of a crossing on or before the as-of date."""
        return self.element_status(crossing_id)

    def element_status(self, element_id: str) -> CrossingStatus:
        """Return what was last reported of an element: a closure, a reopening, a sighting.

        What is not built is never shut. A stop of one direction only leaves it limited.
        """
        if element_id not in self._found:
            self._found[element_id] = self._find(element_id)
        return self._found[element_id]

    @cached_property
    def _found(self) -> dict[str, CrossingStatus]:
        """Statuses by element, each sought once."""
        return {}

    def _find(self, element_id: str) -> CrossingStatus:
        if not self.network.is_built(element_id):
            return self._unbuilt(element_id)
        spells = [
            spell for spell in self.spells_of(element_id) if spell.traffic_class in FREIGHT_CLASSES
        ]
        if spells:
            known = max(self.known_on(spell) for spell in spells)
            ways = {spell.direction for spell in spells}
            kind = "limited" if len(ways) == 1 and Direction.both not in ways else "shut"
            return CrossingStatus(element_id, kind, known, (self.as_of - known).days)
        day, _, kind = max(self._reports(element_id), default=(None, 0, "unknown"))
        begun = [
            spell.start
            for spell in self.record.joined_of(element_id)
            if spell.traffic_class in FREIGHT_CLASSES and spell.end is None
        ]
        if day is None or any(start > day for start in begun):
            return CrossingStatus(element_id, "unknown", None, None)
        return CrossingStatus(element_id, kind, day, (self.as_of - day).days)

    def _unbuilt(self, element_id: str) -> CrossingStatus:
        crossing = self.network.crossings.get(element_id)
        kind = crossing.status_kind if crossing is not None else "not_built"
        day = crossing.status_asof if crossing is not None else None
        if day is None or day > self.as_of:
            return CrossingStatus(element_id, kind, None, None)
        return CrossingStatus(element_id, kind, day, (self.as_of - day).days)

    def _reports(self, element_id: str) -> Iterator[tuple[dt.date, int, str]]:
        """Yield the days on which something was told of an element, and what.

        Of one day, a sighting outdoes a report of a status, and that a reopening.
        """
        crossing = self.network.crossings.get(element_id)
        reported = crossing.status_asof if crossing is not None else None
        if crossing is not None and reported is not None and reported <= self.as_of:
            yield reported, 1, crossing.status_kind
        for spell in self.record.joined_of(element_id):
            freight = spell.traffic_class in FREIGHT_CLASSES and spell.direction == Direction.both
            if freight and spell.end is not None and spell.end <= self.as_of:
                yield spell.end, 0, "open"
        for one in self.record.sightings_of(element_id):
            if one.state in (OPEN, LIMITED) and one.opens(FREIGHT, one.direction):
                limited = one.state == LIMITED or one.direction != Direction.both
                yield one.day, 2, "limited" if limited else "open"

    def known_on(self, spell: Spell) -> dt.date:
        """Return the newest date, not after the as-of date, on which a running spell is evidenced.

        A crossing's own dated status counts too, where it says that it is shut.
        """
        known = spell.known_on(self.as_of)
        crossing = self.network.crossings.get(spell.element_id)
        if crossing is None or crossing.status_kind != "shut" or crossing.status_asof is None:
            return known
        return max(known, crossing.status_asof) if crossing.status_asof <= self.as_of else known

    def spells_of(self, element_id: str) -> tuple[Spell, ...]:
        """Return an element's running spells; a planned one shares those of the gate beside it."""
        element = self.network.elements.get(element_id)
        beside = element.beside if element else ""
        shared = () if beside in self.open_ids else self.running.get(beside, ())
        return self.running.get(element_id, ()) + shared
