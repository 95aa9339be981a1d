"""What was last reported of a crossing, and when: by closures, reopenings and dated statuses."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass

from karwan.base.provenance import is_old
from karwan.base.reprs import short_repr
from karwan.base.traffic import FREIGHT_CLASSES
from karwan.evidence.closures import ClosureRecord
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


@dataclass(frozen=True)
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
        crossing = self.network.crossings[crossing_id]
        spells = [
            spell for spell in self.spells_of(crossing_id) if spell.traffic_class in FREIGHT_CLASSES
        ]
        if spells:
            known = max(self.known_on(spell) for spell in spells)
            return CrossingStatus(crossing_id, "shut", known, (self.as_of - known).days)
        date = crossing.status_asof
        if date is None or date > self.as_of:
            return CrossingStatus(crossing_id, "unknown", None, None)
        if crossing.status_kind == "shut":
            reopened = self._reopened_after(crossing_id, date)
            if reopened is None:
                return CrossingStatus(crossing_id, "unknown", None, None)
            return CrossingStatus(crossing_id, "open", reopened, (self.as_of - reopened).days)
        return CrossingStatus(crossing_id, crossing.status_kind, date, (self.as_of - date).days)

    def _reopened_after(self, crossing_id: str, status_date: dt.date) -> dt.date | None:
        """Return the newest day, after a report that it was shut, on which a crossing reopened."""
        ends = [
            spell.end
            for spell in self.record.of_element(crossing_id, self.as_of)
            if spell.end is not None and spell.traffic_class in FREIGHT_CLASSES
        ]
        later = [end for end in ends if status_date < end <= self.as_of]
        return max(later, default=None)

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
