"""The world on a date: what is shut for whom, as last known or with every gate open.

Evidence knows elements, the network knows links, the state graph knows arcs; here they meet.
*All open* lifts spells only: it never builds a link, nor lifts a dated vehicle ban or a season.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import TYPE_CHECKING

from karwan.analysis.world.bars import Bars, Cut
from karwan.analysis.world.rules import Rules
from karwan.analysis.world.season import Departure
from karwan.analysis.world.state import State
from karwan.analysis.world.status import CrossingStatus, Statuses
from karwan.analysis.world.travel import NOT_SAID, Travel
from karwan.base.errors import DataError, Fault, NoEvidenceError, UnknownNameError, sayable
from karwan.base.reprs import short_repr
from karwan.data.region import Region, read_region, truck_class
from karwan.evidence.closures import ClosureRecord, known_closures, read_closures
from karwan.evidence.spells import Spell
from karwan.network.build import build_network
from karwan.network.network import Network
from karwan.network.nouns import Restriction

if TYPE_CHECKING:
    from karwan.base.provenance import Figure
    from karwan.data.catalog import Catalog
    from karwan.network.vehicles import Consignment
    from karwan.route.expand import Arc, StateGraph


@dataclass(frozen=True, kw_only=True)
class World:
    """A network, what is known of it on a date, and what the user opens, shuts or builds.

    Attributes
    ----------
    shut_ids, open_ids
        Elements, links or crossings that the user shuts or opens.
    travel
        When the journey asked of is made; what is shut is as known on the as-of date.
    """

    catalog: Catalog
    network: Network
    record: ClosureRecord
    as_of: dt.date
    evidence_horizon: dt.date
    shut_ids: frozenset[str] = frozenset()
    open_ids: frozenset[str] = frozenset()
    projects: frozenset[str] = frozenset()
    travel: Travel = NOT_SAID
    running: dict[str, tuple[Spell, ...]] = field(default_factory=dict)

    __repr__ = short_repr

    @cached_property
    def rules(self) -> Rules:
        """The rules on vehicles and cargo on the day of travel, as known on the as-of date."""
        return Rules(self.network, self.as_of, self.travel.depart)

    @cached_property
    def statuses(self) -> Statuses:
        """What is known of crossings on the as-of date."""
        return Statuses(
            network=self.network,
            record=self.record,
            as_of=self.as_of,
            running=self.running,
            open_ids=self.open_ids,
        )

    @cached_property
    def bars(self) -> Bars:
        """What bars an arc on the as-of date."""
        return Bars(
            network=self.network,
            as_of=self.as_of,
            travel_on=self.travel.depart or self.as_of,
            calendar=self.departure.shut_throughout(),
            rules=self.rules,
            statuses=self.statuses,
            shut_ids=self.shut_ids,
            open_ids=self.open_ids,
        )

    @cached_property
    def departure(self) -> Departure:
        """The day of departure, and what is known beforehand of the days after it."""
        return Departure(
            on=self.travel.depart,
            as_of=self.as_of,
            network=self.network,
            catalog=self.catalog,
            record=self.record,
            open_ids=self.open_ids,
        )

    @cached_property
    def season_waits(self) -> dict[str, tuple[Figure, ...]]:
        """Hours waited by link on account of the day of departure; empty where none was said."""
        return self.departure.waits()

    def travelling(self, travel: Travel) -> World:
        """Return the same world for a journey made at another time."""
        return self if travel == self.travel else replace(self, travel=travel)

    def cut_of_arc(self, arc: Arc, consignment: Consignment, state: State) -> Cut | None:
        """Return what bars an arc to the consignment, or None if it may pass."""
        return self.bars.cut_of_arc(arc, consignment, state)

    def rules_in_force(self, effect: str) -> tuple[Restriction, ...]:
        """Return the rules of one effect that hold on the as-of date."""
        return self.rules.in_force(effect)

    def crossing_status(self, crossing_id: str) -> CrossingStatus:
        """Return what was last reported of a crossing on or before the as-of date."""
        return self.statuses.crossing_status(crossing_id)

    def element_status(self, element_id: str) -> CrossingStatus:
        """Return what was last reported of an element: a closure, a reopening, a sighting."""
        return self.statuses.element_status(element_id)

    def known_on(self, spell: Spell) -> dt.date:
        """Return the newest date, not after the as-of date, on which a spell is evidenced."""
        return self.statuses.known_on(spell)

    def with_projects(self, projects: Iterable[str]) -> World:
        """Return the same world with further projects switched on."""
        return replace(self, projects=self.projects | frozenset(projects))

    @cached_property
    def region(self) -> Region:
        """What holds for the region as a whole."""
        return read_region(self.catalog)

    def swaps(self, consignment: Consignment) -> dict[str, str]:
        """Return the rule by crossing id where the cargo must change trucks."""
        rule_of_crossing = {}
        for rule in self.rules_in_force("transfer"):
            foreign = rule.vehicle_class
            if foreign == "all" or foreign == truck_class(self.catalog, consignment.carrier):
                rule_of_crossing[rule.target] = rule.rule
        return rule_of_crossing


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
    record = known_closures(catalog, told, as_of)
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
        catalog=catalog,
        network=net,
        record=record,
        as_of=as_of,
        evidence_horizon=horizon,
        shut_ids=shut_ids,
        open_ids=open_ids,
        projects=switched,
        running=record.running(as_of),
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
    days = _dated_in(network)
    known = {day for day in (*record.dates, *days) if day <= as_of}
    if not known:
        begun = {max(spell.start, spell.told_on) for spell in (told or record).spells}
        first = min(begun | days, default=None)
        msg = (
            f"No evidence dated on or before {as_of}: the first is of {first}. Ask of a later date."
            if first is not None
            else "No evidence is dated: no closure, restriction or state of a crossing has a day."
        )
        raise NoEvidenceError(msg)
    return max(known)


def evidence_days(world: World) -> list[dt.date]:
    """Return the days of which something is on record up to the as-of date, the oldest first."""
    days = {*world.record.dates, *_dated_in(world.network)}
    return sorted(one for one in days if one <= world.as_of)


def _dated_in(network: Network) -> set[dt.date]:
    """Return the dates of rules and of reported states."""
    rules = {max(rule.start, rule.published) for rule in network.restrictions if rule.start}
    return rules | {one.status_asof for one in network.crossings.values() if one.status_asof}


def cuts_on(
    world: World, graph: StateGraph, consignment: Consignment, arcs: Sequence[int], state: State
) -> list[Cut]:
    """Return what cuts a path in a state, each element or rule once, in the order met."""
    cut_of_id: dict[str, Cut] = {}
    for arc_id in arcs:
        cut = world.cut_of_arc(graph.arcs[arc_id], consignment, state)
        if cut is not None:
            cut_of_id.setdefault(cut.id, cut)
    return list(cut_of_id.values())


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
    if kind == "country":
        return "that is a country; only a crossing, a line or a link can be shut or opened"
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
    """Return the links that an element or a link stands for."""
    element = network.elements.get(ident)
    return frozenset(element.links if element is not None else {ident})


def _contradictions(
    network: Network, shut_ids: frozenset[str], open_ids: frozenset[str]
) -> list[Fault]:
    """Return what is opened and lies wholly in something that is closed; closing would win."""
    clashes = []
    for name in sorted(open_ids):
        links = _links_of(network, name)
        for other in sorted(shut_ids):
            if links <= _links_of(network, other):
                text = (
                    sayable("it is both closed and opened")
                    if name == other
                    else sayable("it is both closed and opened, as part of {whole}", whole=other)
                )
                clashes.append(Fault("opened", text, name))
    return clashes


def _cannot_open(network: Network, ident: str, projects: frozenset[str]) -> list[Fault]:
    """Return why an announced crossing or a disused line is not opened by opening it."""
    built = {link for name in projects for link in network.projects[name].links}
    unbuilt = [
        link for link in sorted(_links_of(network, ident) - built) if not network.links[link].built
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
