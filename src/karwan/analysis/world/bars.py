"""What bars an arc to a consignment on a date: the question, a season, a rule, a closure.

*All open* lifts closures only: it never lifts a dated vehicle ban or a season.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from karwan.analysis.world.rules import Rules
from karwan.analysis.world.state import State
from karwan.analysis.world.status import Statuses
from karwan.base.provenance import is_old
from karwan.base.reprs import short_repr
from karwan.base.traffic import FREIGHT_CLASSES, Direction, TrafficClass
from karwan.evidence.spells import Spell
from karwan.hazard.calendar import Scheduled
from karwan.network.network import Network
from karwan.network.nouns import Restriction

if TYPE_CHECKING:
    from karwan.network.vehicles import Consignment
    from karwan.route.expand import Arc


class CutKind(StrEnum):
    """What kind of thing bars an arc."""

    user = "user"
    season = "season"
    restriction = "restriction"
    closure = "closure"
    not_built = "not built"


@dataclass(frozen=True, slots=True, kw_only=True)
class Cut:
    """Why an arc cannot be used: which element or rule, since when, as known when."""

    id: str
    name: str
    kind: CutKind
    reason: str
    since: dt.date | None
    known_on: dt.date | None
    age_days: int | None
    evidence: tuple[str, ...]
    source_url: str

    @property
    def last_known(self) -> bool:
        """Whether the knowledge is too old to call it current."""
        return self.age_days is not None and is_old(self.age_days)


@dataclass(frozen=True, kw_only=True)
class Bars:
    """What bars an arc on a date, in the order in which it is told: the first one met.

    Attributes
    ----------
    shut_ids, open_ids
        Elements, links or crossings that the user shuts or opens.
    travel_on
        The day of travel, whose season holds.
    calendar
        Foretold closures, by element, that last as long as a journey may come to it.
    """

    network: Network
    as_of: dt.date
    travel_on: dt.date
    calendar: Mapping[str, Scheduled]
    rules: Rules
    statuses: Statuses
    shut_ids: frozenset[str]
    open_ids: frozenset[str]

    __repr__ = short_repr

    def cut_of_arc(self, arc: Arc, consignment: Consignment, state: State) -> Cut | None:
        """Return what bars an arc to the consignment, or None if it may pass."""
        for name in (arc.element_id, arc.link_id, arc.crossing_id):
            if name and name in self.shut_ids:
                return self._user_cut(name)
        if arc.link_id:
            ban = self._season(arc) or self._ban(arc, consignment)
            if ban is not None:
                return ban
        if (
            state == State.all_open
            or arc.element_id in self.open_ids
            or arc.link_id in self.open_ids
        ):
            return None
        return self._spell_cut(arc, consignment)

    def _season(self, arc: Arc) -> Cut | None:
        """Return the season or calendar that shuts a link on the day of travel."""
        link = self.network.links[arc.link_id]
        foretold = self.calendar.get(arc.element_id)
        if foretold is None and self.travel_on.month not in link.season_months:
            return None
        name = arc.element_id or arc.link_id
        element = self.network.elements.get(name)
        shown = element.name if element else name
        return Cut(
            id=name,
            name=shown,
            kind=CutKind.season,
            reason=(
                f"shut by season, {link.seasonal}"
                if foretold is None
                else f"shut by calendar, {foretold.kind}, {foretold.start} to {foretold.end}"
            ),
            since=None,
            known_on=None,
            age_days=None,
            evidence=(),
            source_url=link.source.url,
        )

    def _ban(self, arc: Arc, consignment: Consignment) -> Cut | None:
        if "road" not in arc.modes:
            return None
        targets = {
            arc.link_id,
            arc.crossing_id,
            *(f"country:{country}" for country in arc.countries),
        } - {""}
        for rule in self.rules.in_force("bar"):
            foreign = (
                rule.vehicle_class == "foreign_transit_truck"
                and consignment.carrier not in arc.countries
            )
            if rule.target in targets and (foreign or rule.vehicle_class in consignment.classes):
                return self._rule_cut(rule, arc)
        return None

    def _rule_cut(self, rule: Restriction, arc: Arc) -> Cut:
        since = rule.start
        age = (self.as_of - since).days if since else None
        name = arc.element_id or arc.crossing_id or arc.link_id
        element = self.network.elements.get(name)
        return Cut(
            id=name,
            name=element.name if element else name,
            kind=CutKind.restriction,
            reason=f"{rule.vehicle_class.replace('_', ' ')}: {rule.rule}",
            since=since,
            known_on=since,
            age_days=age,
            evidence=(rule.id,),
            source_url=rule.source.url,
        )

    def _spell_cut(self, arc: Arc, consignment: Consignment) -> Cut | None:
        for spell in self.statuses.spells_of(arc.element_id):
            if self._binds(spell, arc, consignment):
                known = self.statuses.known_on(spell)
                gate = self.network.elements[spell.element_id].name
                beside = spell.element_id != arc.element_id
                shared = f"as the gate beside it, {gate}; " if beside else ""
                return Cut(
                    id=arc.element_id,
                    name=self.network.elements[arc.element_id].name,
                    kind=CutKind.closure,
                    reason=f"{shared}{spell.cause.replace('_', ' ')}: {spell.description}",
                    since=spell.start,
                    known_on=known,
                    age_days=(self.as_of - known).days,
                    evidence=(spell.closure_id, *spell.also),
                    source_url=spell.source.url,
                )
        freight = [
            spell
            for spell in self.statuses.spells_of(arc.element_id)
            if spell.traffic_class in FREIGHT_CLASSES
        ]
        if any(self._let_through(spell, arc, consignment) for spell in freight):
            return None
        return self._status_cut(arc)

    def _status_cut(self, arc: Arc) -> Cut | None:
        """Return a cut for a crossing reported shut of which no spell tells anything newer."""
        crossing = self.network.crossings.get(arc.crossing_id)
        if crossing is None or crossing.status_kind != "shut" or crossing.status_asof is None:
            return None
        status = self.statuses.element_status(crossing.id)
        if status.kind != "shut" or status.known_on != crossing.status_asof:
            return None
        age_days = (self.as_of - crossing.status_asof).days
        reason = "reported shut; start not found"
        return Cut(
            id=crossing.id,
            name=crossing.name,
            kind=CutKind.closure,
            reason=reason,
            since=None,
            known_on=crossing.status_asof,
            age_days=age_days,
            evidence=(),
            source_url=crossing.status_url,
        )

    def _binds(self, spell: Spell, arc: Arc, consignment: Consignment) -> bool:
        if spell.direction != Direction.both and (
            spell.direction == Direction.a_to_b
        ) != self._goes_a_to_b(spell.element_id, arc):
            return False
        traffic = spell.traffic_class
        if traffic in FREIGHT_CLASSES:
            return not self._let_through(spell, arc, consignment)
        return traffic in consignment.traffic or (
            traffic == TrafficClass.foreign_trucks and consignment.carrier not in arc.countries
        )

    def _let_through(self, spell: Spell, arc: Arc, consignment: Consignment) -> bool:
        """Whether a closure of freight is known to let this cargo pass, such as relief."""
        name = spell.element_id
        way = Direction.a_to_b if self._goes_a_to_b(name, arc) else Direction.b_to_a
        passing = self.statuses.record.passing(name, self.as_of)
        return any(
            one.traffic_class in consignment.traffic
            and one.direction in (Direction.both, way)
            and one.last_day >= spell.start
            for one in passing
        )

    def _goes_a_to_b(self, element_id: str, arc: Arc) -> bool:
        """Whether an arc runs from side a to side b of a spell's element.

        A crossing and the gate it shares closures with may name their sides the other way round,
        so the countries decide.
        """
        gate = self.network.crossings.get(element_id)
        if gate is None or element_id == arc.element_id:
            return arc.forward
        return arc.countries[:1] == (gate.country_a,)

    def _user_cut(self, name: str) -> Cut:
        element = self.network.elements.get(name)
        return Cut(
            id=name,
            name=element.name if element else name,
            kind=CutKind.user,
            reason="shut in the question",
            since=None,
            known_on=None,
            age_days=None,
            evidence=(),
            source_url="",
        )
