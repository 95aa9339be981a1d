"""The world on a date: what is shut for whom, as last known or with every gate open.

Evidence knows elements, the network knows links, the state graph knows arcs; here they meet.
*All open* lifts spells only: it never builds a link, nor lifts a dated vehicle ban or a season.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import TYPE_CHECKING

from karwan.base.errors import DataError, Fault, NoEvidenceError, UnknownNameError
from karwan.base.known import in_force
from karwan.base.provenance import is_old
from karwan.base.reprs import short_repr
from karwan.data.region import Region, read_region, truck_class
from karwan.evidence.closures import ClosureRecord, read_closures
from karwan.evidence.sightings import FREIGHT, LIMITED, OPEN
from karwan.evidence.spells import Spell
from karwan.network.build import build_network
from karwan.network.network import Network
from karwan.network.nouns import Restriction

if TYPE_CHECKING:
    from karwan.data.catalog import Catalog
    from karwan.network.vehicles import Consignment
    from karwan.route.expand import Arc, StateGraph

LAST_KNOWN = "last-known"
ALL_OPEN = "all-open"
STATES = (LAST_KNOWN, ALL_OPEN)

FREIGHT_CLASSES = frozenset({"all", "cargo"})


@dataclass(frozen=True, slots=True)
class Cut:
    """Why an arc cannot be used: which element or rule, since when, as known when."""

    id: str
    name: str
    kind: str
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
class World:
    """A network, what is known of it on a date, and what the user opens, shuts or builds.

    Attributes
    ----------
    shut_ids, open_ids
        Elements, links or crossings that the user shuts or opens.
    """

    catalog: Catalog
    network: Network
    record: ClosureRecord
    as_of: dt.date
    evidence_horizon: dt.date
    shut_ids: frozenset[str] = frozenset()
    open_ids: frozenset[str] = frozenset()
    projects: frozenset[str] = frozenset()
    running: dict[str, tuple[Spell, ...]] = field(default_factory=dict)

    __repr__ = short_repr

    def cut_of_arc(self, arc: Arc, consignment: Consignment, state: str) -> Cut | None:
        """Return what bars an arc to the consignment, or None if it may pass."""
        for name in (arc.element_id, arc.link_id, arc.crossing_id):
            if name and name in self.shut_ids:
                return self._user_cut(name)
        if arc.link_id:
            ban = self._season(arc) or self._ban(arc, consignment)
            if ban is not None:
                return ban
        if state == ALL_OPEN or arc.element_id in self.open_ids or arc.link_id in self.open_ids:
            return None
        return self._spell_cut(arc, consignment)

    def with_projects(self, projects: Iterable[str]) -> World:
        """Return the same world with further projects switched on."""
        return replace(self, projects=self.projects | frozenset(projects))

    @cached_property
    def region(self) -> Region:
        """What holds for the region as a whole."""
        return read_region(self.catalog)

    def swaps(self, consignment: Consignment) -> dict[str, str]:
        """Return the rule by crossing id where the cargo must change trucks."""
        found = {}
        for rule in self.rules_in_force("transfer"):
            foreign = rule.vehicle_class
            if foreign == "all" or foreign == truck_class(self.catalog, consignment.carrier):
                found[rule.target] = rule.rule
        return found

    def rules_in_force(self, effect: str) -> tuple[Restriction, ...]:
        """Return the rules of one effect that hold on the as-of date.

        A rule whose end was not found holds as last known, unless a newer one on the same place
        replaces it.
        """
        if effect not in self._rules:
            self._rules[effect] = tuple(self._find_rules(effect))
        return self._rules[effect]

    @cached_property
    def _rules(self) -> dict[str, tuple[Restriction, ...]]:
        """Rules in force by effect, each effect sought once."""
        return {}

    def _find_rules(self, effect: str) -> list[Restriction]:
        rules = [rule for rule in self.network.restrictions if rule.effect == effect]
        begun = [rule for rule in rules if in_force(rule.start, None, rule.published, self.as_of)]
        alive = [
            rule for rule in begun if in_force(rule.start, rule.end, rule.published, self.as_of)
        ]
        newest: dict[str, dt.date] = {}
        for rule in begun:
            if rule.start is not None:
                newest[rule.target] = max(newest.get(rule.target, rule.start), rule.start)
        return [
            rule
            for rule in alive
            if rule.end is not None
            or rule.start is None
            or rule.start >= newest.get(rule.target, rule.start)
        ]

    def _season(self, arc: Arc) -> Cut | None:
        """Return the season that shuts a link in the month of the as-of date."""
        link = self.network.links[arc.link_id]
        if self.as_of.month not in link.season_months:
            return None
        name = arc.element_id or arc.link_id
        element = self.network.elements.get(name)
        shown = element.name if element else name
        return Cut(
            name,
            shown,
            "season",
            f"shut by season, {link.seasonal}",
            None,
            None,
            None,
            (),
            link.source.url,
        )

    def _ban(self, arc: Arc, consignment: Consignment) -> Cut | None:
        if "road" not in arc.modes:
            return None
        targets = {
            arc.link_id,
            arc.crossing_id,
            *(f"country:{country}" for country in arc.countries),
        } - {""}
        for rule in self.rules_in_force("bar"):
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
            name,
            element.name if element else name,
            "restriction",
            f"{rule.vehicle_class.replace('_', ' ')}: {rule.rule}",
            since,
            since,
            age,
            (rule.id,),
            rule.source.url,
        )

    def _spell_cut(self, arc: Arc, consignment: Consignment) -> Cut | None:
        for spell in self._spells_of(arc.element_id):
            if self._binds(spell, arc, consignment):
                known = self.known_on(spell)
                beside = spell.element_id != arc.element_id
                shared = (
                    f"as the gate beside it, {self.network.elements[spell.element_id].name}; "
                    if beside
                    else ""
                )
                return Cut(
                    arc.element_id,
                    self.network.elements[arc.element_id].name,
                    "closure",
                    f"{shared}{spell.cause.replace('_', ' ')}: {spell.description}",
                    spell.start,
                    known,
                    (self.as_of - known).days,
                    (spell.closure_id, *spell.also),
                    spell.source.url,
                )
        return self._status_cut(arc)

    def _status_cut(self, arc: Arc) -> Cut | None:
        """Return a cut for a crossing reported shut of which no spell tells anything newer."""
        crossing = self.network.crossings.get(arc.crossing_id)
        if crossing is None or crossing.status_kind != "shut" or crossing.status_asof is None:
            return None
        status = self.element_status(crossing.id)
        if status.kind != "shut" or status.known_on != crossing.status_asof:
            return None
        age_days = (self.as_of - crossing.status_asof).days
        reason = "reported shut; start not found"
        return Cut(
            crossing.id,
            crossing.name,
            "closure",
            reason,
            None,
            crossing.status_asof,
            age_days,
            (),
            crossing.status_url,
        )

    def crossing_status(self, crossing_id: str) -> CrossingStatus:
        """Return what was last reported of a crossing on or before the as-of date."""
        return self.element_status(crossing_id)

    def element_status(self, element_id: str) -> CrossingStatus:
        """Return what was last reported of an element: a closure, a reopening, a sighting."""
        spells = [
            spell for spell in self._spells_of(element_id) if spell.traffic_class in FREIGHT_CLASSES
        ]
        if spells:
            known = max(self.known_on(spell) for spell in spells)
            return CrossingStatus(element_id, "shut", known, (self.as_of - known).days)
        day, _, kind = max(self._reports(element_id), default=(None, 0, "unknown"))
        begun = [
            spell.start
            for spell in self.record.joined
            if spell.element_id == element_id
            and spell.traffic_class in FREIGHT_CLASSES
            and spell.end is None
        ]
        if day is None or any(start > day for start in begun):
            return CrossingStatus(element_id, "unknown", None, None)
        return CrossingStatus(element_id, kind, day, (self.as_of - day).days)

    def _reports(self, element_id: str) -> Iterator[tuple[dt.date, int, str]]:
        """Yield the days on which something was told of an element, and what.

        Of one day, a sighting outdoes a report of a status, and that a reopening.
        """
        crossing = self.network.crossings.get(element_id)
        reported = crossing.status_asof if crossing is not None else None
        if crossing is not None and reported is not None and reported <= self.as_of:
            yield reported, 1, crossing.status_kind
        for spell in self.record.joined:
            freight = spell.traffic_class in FREIGHT_CLASSES and spell.direction == "both"
            mine = spell.element_id == element_id and freight
            if mine and spell.end is not None and spell.end <= self.as_of:
                yield spell.end, 0, "open"
        for one in self.record.sightings_of(element_id):
            if one.state in (OPEN, LIMITED) and one.opens(FREIGHT, one.direction):
                limited = one.state == LIMITED or one.direction != "both"
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

    def _spells_of(self, element_id: str) -> tuple[Spell, ...]:
        """Return an element's running spells; a planned one shares those of the gate beside it."""
        element = self.network.elements.get(element_id)
        beside = element.beside if element else ""
        shared = () if beside in self.open_ids else self.running.get(beside, ())
        return self.running.get(element_id, ()) + shared

    def _binds(self, spell: Spell, arc: Arc, consignment: Consignment) -> bool:
        if spell.direction != "both" and (spell.direction == "a_to_b") != self._goes_a_to_b(
            spell.element_id, arc
        ):
            return False
        traffic = spell.traffic_class
        return (
            traffic in FREIGHT_CLASSES
            or (traffic == "trailer" and "trailer" in consignment.classes)
            or (traffic == "produce" and consignment.cargo.value_class == "T4")
            or (traffic == "foreign_trucks" and consignment.carrier not in arc.countries)
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
            name,
            element.name if element else name,
            "user",
            "shut in the question",
            None,
            None,
            None,
            (),
            "",
        )


def open_world(
    catalog: Catalog,
    as_of: dt.date,
    *,
    closed: Iterable[str] = (),
    opened: Iterable[str] = (),
    projects: Iterable[str] = (),
    network: Network | None = None,
) -> World:
    """Return the world on a date.

    Parameters
    ----------
    closed, opened
        Elements, crossings or links by id or name, shut or opened whatever the record says.
    projects
        Projects switched on.

    Raises
    ------
    DataError
        Names every unknown name at once, each under its argument.
    NoEvidenceError
        If nothing is known on or before the date.
    """
    net = network if network is not None else build_network(catalog)
    faults: list[Fault] = []
    named = Named(frozenset(), frozenset(), frozenset())
    try:
        named = named_in(net, closed, opened, projects=projects)
    except DataError as error:
        faults += error.faults
    told = read_closures(catalog)
    record = read_closures(catalog, as_of)
    try:
        horizon = evidence_horizon(net, record, as_of, told)
    except NoEvidenceError as error:
        if not faults:
            raise
        faults.append(Fault("as_of", str(error), str(as_of)))
    if faults:
        raise DataError("the question", faults)
    shut_ids, open_ids, switched = named.shut_ids, named.open_ids, named.projects
    return World(
        catalog, net, record, as_of, horizon, shut_ids, open_ids, switched, record.running(as_of)
    )


@dataclass(frozen=True, slots=True)
class Named:
    """Ids of what a question shuts, opens and builds."""

    shut_ids: frozenset[str]
    open_ids: frozenset[str]
    projects: frozenset[str]


def named_in(
    network: Network,
    closed: Iterable[str],
    opened: Iterable[str],
    *,
    projects: Iterable[str] = (),
    built: frozenset[str] = frozenset(),
) -> Named:
    """Return the ids of what a question shuts, opens and builds.

    Parameters
    ----------
    built
        Projects switched on already.

    Raises
    ------
    DataError
        Names every unknown name at once, each under its argument.
    """
    faults: list[Fault] = []
    shut_ids = _closable(network, closed, "closed", faults)
    open_ids = _closable(network, opened, "opened", faults)
    switched = _projects(network, projects, faults)
    for name in sorted(open_ids):
        faults += _cannot_open(network, name, built | switched)
    faults += _contradictions(network, shut_ids, open_ids)
    if faults:
        raise DataError("the question", faults)
    return Named(shut_ids, open_ids, switched)


def evidence_horizon(
    network: Network, record: ClosureRecord, as_of: dt.date, told: ClosureRecord | None = None
) -> dt.date:
    """Return the date of the newest evidence known on the as-of date.

    Parameters
    ----------
    told
        The record by whatever day it is known, for the error that says when it begins; None for
        the record itself.

    Raises
    ------
    NoEvidenceError
        If there is none.
    """
    rules = {max(rule.start, rule.published) for rule in network.restrictions if rule.start}
    states = {one.status_asof for one in network.crossings.values() if one.status_asof}
    known = {day for day in (*record.dates, *rules, *states) if day <= as_of}
    if not known:
        begun = {max(spell.start, spell.told_on) for spell in (told or record).spells}
        first = min(begun | rules | states)
        msg = (
            f"No evidence dated on or before {as_of}: the first is of {first}. Ask of a later date."
        )
        raise NoEvidenceError(msg)
    return max(known)


def cuts_on(
    world: World, graph: StateGraph, consignment: Consignment, arcs: Sequence[int], state: str
) -> list[Cut]:
    """Return what cuts a path in a state, each element or rule once, in the order met."""
    found: dict[str, Cut] = {}
    for arc_id in arcs:
        cut = world.cut_of_arc(graph.arcs[arc_id], consignment, state)
        if cut is not None:
            found.setdefault(cut.id, cut)
    return list(found.values())


def _closable(
    network: Network, names: Iterable[str], key: str, faults: list[Fault]
) -> frozenset[str]:
    closable: set[str] = set()
    for name in names:
        try:
            kind, ident = network.resolve(name)
        except UnknownNameError as error:
            faults.append(Fault(key, str(error), name))
            continue
        here = _crossings_at(network, ident) if kind == "place" else []
        if here and key == "closed":
            closable.update(here)
            continue
        why_not = _why_not_closable(network, kind, ident, here)
        if why_not:
            faults.append(Fault(key, why_not, name))
        else:
            closable.add(ident)
    return frozenset(closable)


def _why_not_closable(network: Network, kind: str, ident: str, here: Sequence[str]) -> str:
    """Return why a thing can be neither shut nor opened; blank if it can."""
    if kind == "place":
        choice = f": {' or '.join(here)}" if here else ""
        return f"that is a place; name a crossing, a line or a link{choice}"
    if kind not in ("element", "crossing", "link"):
        return f"that is a {kind}; only a crossing, a line or a link can be shut or opened"
    if kind == "element" and not network.elements[ident].in_network:
        return f"{ident} governs no link of the network"
    return ""


def _crossings_at(network: Network, place_id: str) -> list[str]:
    """Return the crossings that have a place for a side and a link that can be shut."""
    return [
        crossing.id
        for crossing in network.crossings.values()
        if place_id in (crossing.side_a, crossing.side_b)
        and network.elements[crossing.id].in_network
    ]


def _links_of(network: Network, ident: str) -> frozenset[str]:
    """Return the links that an element, a crossing or a link stands for."""
    if ident in network.elements:
        return frozenset(network.elements[ident].links)
    crossing = network.crossings.get(ident)
    return frozenset({crossing.link_id if crossing else ident})


def _contradictions(
    network: Network, shut_ids: frozenset[str], open_ids: frozenset[str]
) -> list[Fault]:
    """Return what is opened and lies wholly in something that is closed; closing would win."""
    clashes = []
    for name in sorted(open_ids):
        links = _links_of(network, name)
        for other in sorted(shut_ids):
            if links <= _links_of(network, other):
                part = "" if name == other else f", as part of {other}"
                clashes.append(Fault("opened", f"it is both closed and opened{part}", name))
    return clashes


def _cannot_open(network: Network, ident: str, projects: frozenset[str]) -> list[Fault]:
    """Return why an announced crossing or a disused line is not opened by opening it."""
    built = {link for name in projects for link in network.projects[name].links}
    unbuilt = [
        link
        for link in sorted(_links_of(network, ident) - built)
        if link in network.links and not network.links[link].built
    ]
    if not unbuilt:
        return []
    named = [p.id for p in network.projects.values() if set(unbuilt) & set(p.links)]
    hint = f"; switch on its project {' or '.join(named)}" if named else ""
    return [Fault("opened", f"not built{hint}", ident)]


def _projects(network: Network, names: Iterable[str], faults: list[Fault]) -> frozenset[str]:
    switched = set()
    for name in names:
        try:
            switched.add(network.project(name).id)
        except UnknownNameError as error:
            faults.append(Fault("projects", str(error), name))
    return frozenset(switched)
