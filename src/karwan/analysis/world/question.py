"""The question a user asks: made in one place, whatever door it came through.

Command line, study file, Python and page hand over names as typed; here they become ids, or one
error that names every fault under the argument that it belongs to. A `Question` is frozen and
hashable: two ways of asking the same thing are equal, so it is the key of whatever is kept.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, TypeVar

from karwan.analysis.world.state import State
from karwan.analysis.world.travel import NO_TIMING, Timing, Travel, read_travel
from karwan.analysis.world.world import World, open_world
from karwan.base.days import FIRST_DAY, LAST_DAY
from karwan.base.errors import DataError, Fault, NoEvidenceError, UnknownNameError
from karwan.base.reprs import short_repr
from karwan.evidence.workspace import workspace_version
from karwan.network.build import build_network
from karwan.network.prices import PRICE_YEAR
from karwan.network.tariffs import Tariffs
from karwan.network.vehicles import (
    DEFAULT_CARGO,
    DEFAULT_UNIT,
    Consignment,
    make_consignment,
)
from karwan.route.clock import clock_faults

if TYPE_CHECKING:
    from karwan.data.catalog import Catalog
    from karwan.network.network import Network
    from karwan.network.nouns import Place

T = TypeVar("T")
PASSED = ("place", "element", "crossing", "link")
"""Kinds of things that a route can be told to pass."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """What is asked, with every name looked up: frozen, hashable, equal if the same is asked.

    Attributes
    ----------
    ends
        Ids of origin and destination; None for a question about the world alone.
    via, avoid
        (kind, id) of what a route must pass, in order, and must keep out of.
    corridor
        Id of the corridor variant to follow, or None.
    closed, opened, projects
        Ids of what the question shuts, opens and builds against the record.
    travel
        When the journey is made.
    tables_sha256, workspace_version
        What the answer rests on.
    """

    ends: tuple[str, str] | None
    via: tuple[tuple[str, str], ...]
    avoid: frozenset[tuple[str, str]]
    corridor: str | None
    shipment: Consignment
    price_year: int
    as_of: dt.date
    state: State
    closed: frozenset[str]
    opened: frozenset[str]
    projects: frozenset[str]
    travel: Travel
    tables_sha256: str
    workspace_version: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Shipment:
    """What is shipped, as typed; blanks are filled from the unit, the cargo and the origin."""

    unit: str = DEFAULT_UNIT
    cargo: str = DEFAULT_CARGO
    tonnes: float | None = None
    value_usd: float | None = None
    carrier: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Premises:
    """What a question takes as given of the world, as typed."""

    as_of: dt.date
    state: str = State.last_known
    closed: Sequence[str] = ()
    opened: Sequence[str] = ()
    projects: Sequence[str] = ()
    price_year: int = PRICE_YEAR
    timing: Timing = NO_TIMING


@dataclass(frozen=True, slots=True, kw_only=True)
class Ways:
    """What a route must pass, keep out of or follow, as typed, and what its hours run between.

    Attributes
    ----------
    modes
        Modes allowed; None for all.
    """

    via: Sequence[str] = ()
    avoid: Sequence[str] = ()
    corridor: str | None = None
    modes: frozenset[str] | None = None
    clock: str = "door"


@dataclass(frozen=True, slots=True)
class Asked:
    """A question with the world it is asked in and the places at its ends."""

    question: Question
    world: World
    origin: Place
    destination: Place

    __repr__ = short_repr


def ask(
    catalog: Catalog,
    ends: tuple[str, str],
    premises: Premises,
    *,
    shipment: Shipment | None = None,
    ways: Ways | None = None,
    world: World | None = None,
    faults: Iterable[Fault] = (),
) -> Asked:
    """Return one question about a pair of places.

    Parameters
    ----------
    ends
        Origin and destination by id, name, other spelling or UN/LOCODE.
    world
        The world of these premises, if it is open already.
    faults
        What the door found wrong already, so that all faults come in one error.

    Raises
    ------
    DataError
        Names every fault at once, each under its argument: `origin`, `destination`, `via`,
        `avoid`, `corridor`, `unit`, `cargo`, `tonnes`, `value_usd`, `carrier`, `price_year`,
        `as_of`, `state`, `closed`, `opened`, `projects`, `depart`, `deadline`, `shelf_life_days`,
        `clock`.
    NoEvidenceError
        If nothing else is wrong, and nothing is known on or before the date.

    Examples
    --------
    >>> from karwan.data.catalog import Catalog
    >>> on = Premises(as_of=dt.date(2026, 11, 22))
    >>> asked = ask(Catalog(), ("Almaty", "karachi"), on)
    >>> asked.question.ends
    ('almaty', 'karachi')
    >>> asked.question == ask(Catalog(), ("almaty", "Karachi"), on).question
    True
    """
    network = build_network(catalog) if world is None else world.network
    wrong = list(faults)
    origin, destination = _find_ends(network, ends, wrong)
    via, avoid, corridor = _find_ways(network, ways or Ways(), wrong)
    known = [end for end in (origin, destination) if end is not None]
    wrong += clashing_places(known, via, avoid)
    if ways is not None and len(known) == len(ends):
        wrong += clock_faults(network, known, ways.clock, ways.modes)
    goods = _collect(lambda: find_shipment(catalog, network, shipment or Shipment(), origin), wrong)
    cargo = goods.cargo if goods is not None else None
    travel, late = read_travel(premises.timing, premises.as_of, cargo)
    wrong += late
    if world is None:
        world = open_premises(catalog, network, premises, wrong)
    else:
        wrong += _state_faults(premises.state)
    if wrong or origin is None or destination is None or goods is None or world is None:
        raise DataError("the question", wrong)
    world = world.travelling(travel)
    question = make_question(world, premises, goods, ends=(origin.id, destination.id))
    named = replace(question, via=via, avoid=avoid, corridor=corridor)
    return Asked(named, world, origin, destination)


def make_question(
    world: World, premises: Premises, shipment: Consignment, *, ends: tuple[str, str] | None
) -> Question:
    """Return the question that asks of a world already open what no way is named for."""
    catalog = world.catalog
    return Question(
        ends=ends,
        via=(),
        avoid=frozenset(),
        corridor=None,
        shipment=shipment,
        price_year=premises.price_year,
        as_of=world.as_of,
        state=State(premises.state),
        closed=world.shut_ids,
        opened=world.open_ids,
        projects=world.projects,
        travel=world.travel,
        tables_sha256=catalog.tables_sha256,
        workspace_version=workspace_version(catalog.workspace),
    )


def open_premises(
    catalog: Catalog, network: Network, premises: Premises, faults: list[Fault]
) -> World | None:
    """Return the world that a question takes as given; collect what is wrong with it.

    Raises
    ------
    NoEvidenceError
        If nothing is wrong but that nothing is known on or before the date.
    """
    faults += _state_faults(premises.state)
    if not FIRST_DAY <= premises.as_of <= LAST_DAY:
        text = f"outside the years {FIRST_DAY.year} to {LAST_DAY.year}"
        faults.append(Fault("as_of", text, str(premises.as_of)))
    _collect(
        lambda: Tariffs(catalog, premises.as_of, premises.price_year), faults, key="price_year"
    )
    try:
        return open_world(
            catalog,
            premises.as_of,
            closed=premises.closed,
            opened=premises.opened,
            projects=premises.projects,
            network=network,
        )
    except NoEvidenceError as error:
        if not faults:
            raise
        faults.append(Fault("as_of", str(error), str(premises.as_of)))
    except DataError as error:
        faults.extend(error.faults)
    return None


def _state_faults(state: str) -> list[Fault]:
    """Return what is wrong with a state of the world."""
    if state in tuple(State):
        return []
    return [Fault("state", f"not one of {', '.join(State)}", state)]


def _find_ends(
    network: Network, ends: tuple[str, str], faults: list[Fault]
) -> tuple[Place | None, Place | None]:
    """Return both ends, None where one is not known; collect what is wrong with either."""
    places: list[Place | None] = []
    for key, name in zip(("origin", "destination"), ends, strict=True):
        try:
            places.append(network.place(name))
        except UnknownNameError as error:
            faults.append(Fault(key, str(error)))
            places.append(None)
    origin, destination = places
    if origin is not None and destination is not None and origin.id == destination.id:
        both = f"origin and destination are both {origin.name}"
        faults.append(Fault("destination", both))
    return origin, destination


def find_shipment(
    catalog: Catalog, network: Network, shipment: Shipment, origin: Place | None
) -> Consignment:
    """Return a consignment; without a carrier named, the origin's carriers take it.

    Parameters
    ----------
    origin
        None if the origin is not known, so that the rest can be checked all the same.

    Raises
    ------
    DataError
        Names every fault under its argument.
    """
    home = origin.country if origin is not None else min(network.countries)
    named = shipment.carrier and (network.names.country(shipment.carrier) or shipment.carrier)
    return make_consignment(
        catalog,
        carrier=named or home,
        countries=network.countries,
        unit=shipment.unit,
        cargo=shipment.cargo,
        tonnes=shipment.tonnes,
        value_usd=shipment.value_usd,
    )


def _find_ways(
    network: Network, ways: Ways, faults: list[Fault]
) -> tuple[tuple[tuple[str, str], ...], frozenset[tuple[str, str]], str | None]:
    """Return what is passed, avoided and followed; collect unknown names and clashes."""
    via = tuple(_resolve_all(network, ways.via, "via", PASSED, faults, find=network.resolve_passed))
    avoid = frozenset(_resolve_all(network, ways.avoid, "avoid", (*PASSED, "country"), faults))
    if ways.corridor is None:
        return via, avoid, None
    for key, given in (("via", ways.via), ("avoid", ways.avoid)):
        if given:
            text = "does not go with a corridor, which says itself where it passes"
            faults.append(Fault(key, text))
    try:
        return via, avoid, network.corridor(ways.corridor).id
    except UnknownNameError as error:
        faults.append(Fault("corridor", str(error)))
    return via, avoid, None


def clashing_places(
    ends: Sequence[Place],
    via: Iterable[tuple[str, str]],
    avoid: frozenset[tuple[str, str]],
) -> list[Fault]:
    """Return what is to be passed and kept out of at once, of the ends that are known."""
    clashes = [
        Fault("avoid", f"{end.name} lies there", country)
        for end in ends
        for kind, country in sorted(avoid)
        if (kind, country) == ("country", end.country)
    ]
    clashes += [
        Fault("avoid", "the journey starts or ends there", end.id)
        for end in ends
        if ("place", end.id) in avoid
    ]
    return clashes + [
        Fault("avoid", "the route is also to pass it", name)
        for kind, name in via
        if (kind, name.partition("@")[0]) in avoid
    ]


def _resolve_all(
    network: Network,
    names: Iterable[str],
    key: str,
    kinds: Sequence[str],
    faults: list[Fault],
    *,
    find: Callable[[str], tuple[str, str]] | None = None,
) -> list[tuple[str, str]]:
    resolved = []
    for name in names:
        try:
            kind, ident = (find or network.resolve)(name)
        except UnknownNameError as error:
            faults.append(Fault(key, str(error), name))
            continue
        if kind in kinds:
            resolved.append((kind, ident))
        else:
            faults.append(Fault(key, f"that is a {kind}; give a {', '.join(kinds)}", name))
    return resolved


def _collect(make: Callable[[], T], faults: list[Fault], *, key: str = "") -> T | None:
    """Return what `make` returns; collect the faults of bad input instead of raising.

    Parameters
    ----------
    key
        Argument that a fault without a key belongs to.
    """
    try:
        return make()
    except DataError as error:
        faults.extend(fault if fault.key else replace(fault, key=key) for fault in error.faults)
    return None
