"""The state graph: states are (place, layer), arcs are hauls, crossings and transfers.

Transfers exist only where a terminal row says so: the layer of a state is what keeps a train
from leaving its gauge. Arc ids follow the sorted ids of links and terminals, so the tie rule
of the router means the same in every run.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

from karwan.base.reprs import short_repr
from karwan.network.gauges import MODE_OF_LAYER
from karwan.network.network import Network
from karwan.network.nouns import Link, Terminal

HAUL = "haul"
CROSSING = "crossing"
TRANSFER = "transfer"

State = tuple[str, str]
ArcName = tuple[str, int, State, State]
"""Link and terminal of an arc, and the states it joins: the same in every graph of a network."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Arc:
    """A directed edge of the state graph.

    `forward` is True from the link's first end, or side a of its crossing, to the other.
    `terminal` indexes the network's terminals, -1 on hauls and crossings.
    """

    id: int
    kind: str
    tail: int
    head: int
    link_id: str
    crossing_id: str
    terminal: int
    forward: bool
    km: float
    countries: tuple[str, ...]
    element_id: str
    modes: frozenset[str]


@dataclass(frozen=True, kw_only=True)
class StateGraph:
    """States, arcs and who leaves whom.

    Attributes
    ----------
    states
        (place id, layer), sorted.
    arcs
        Ordered by id.
    outgoing
        Ids of arcs leaving each state, ascending.
    projects
        Projects switched on.
    """

    network: Network
    states: tuple[State, ...]
    arcs: tuple[Arc, ...]
    outgoing: tuple[tuple[int, ...], ...]
    projects: frozenset[str]

    __repr__ = short_repr

    @cached_property
    def index(self) -> dict[State, int]:
        """Position of each state."""
        return {state: position for position, state in enumerate(self.states)}

    @cached_property
    def names(self) -> tuple[ArcName, ...]:
        """What each arc is, whatever else is built."""
        at = self.states
        return tuple((arc.link_id, arc.terminal, at[arc.tail], at[arc.head]) for arc in self.arcs)

    @cached_property
    def lands(self) -> tuple[frozenset[str], ...]:
        """Countries of the two ends of each arc, those of ports at sea too."""
        places = self.network.places
        of_state = [frozenset({places[place].country}) for place, _ in self.states]
        return tuple(of_state[arc.tail] | of_state[arc.head] for arc in self.arcs)

    def place_name(self, state: int) -> str:
        """Return the name of the place that a state stands at."""
        return self.network.places[self.states[state][0]].name

    @cached_property
    def incoming(self) -> tuple[tuple[int, ...], ...]:
        """Ids of arcs entering each state, ascending."""
        entering: list[list[int]] = [[] for _ in self.states]
        for arc in self.arcs:
            entering[arc.head].append(arc.id)
        return tuple(tuple(ids) for ids in entering)

    @cached_property
    def states_of_place(self) -> dict[str, tuple[int, ...]]:
        """Positions of a place's states, in the order of the layers' names."""
        positions_of: dict[str, list[int]] = {}
        for position, (place, _) in enumerate(self.states):
            positions_of.setdefault(place, []).append(position)
        return {place: tuple(positions) for place, positions in positions_of.items()}

    @cached_property
    def arcs_of_crossing(self) -> dict[str, tuple[int, ...]]:
        """Ids of the arcs that pass each crossing."""
        arcs_of: dict[str, list[int]] = {}
        for arc in self.arcs:
            if arc.crossing_id:
                arcs_of.setdefault(arc.crossing_id, []).append(arc.id)
        return {crossing: tuple(ids) for crossing, ids in arcs_of.items()}


def expand(network: Network, projects: Iterable[str] = ()) -> StateGraph:
    """Return the state graph of all built links and of the projects named.

    Raises
    ------
    UnknownNameError
        If a project is not known.
    """
    chosen = frozenset(network.project(name).id for name in projects)
    new_links = {link for name in chosen for link in network.projects[name].links}
    links = [
        link for _, link in sorted(network.links.items()) if link.built or link.id in new_links
    ]
    links = [link for link in links if not _never(network, link)]
    touched = {
        (end, layer)
        for link in links
        for layer in link.layers
        for end in (link.from_id, link.to_id)
    }
    opened = {
        (end, layer)
        for link in links
        if link.id in new_links
        for layer in link.layers
        for end in (link.from_id, link.to_id)
    }
    moves = [
        (number, terminal)
        for number, terminal in sorted(
            enumerate(network.terminals), key=lambda item: _terminal_key(item[1])
        )
        if _usable(terminal, touched, opened)
    ]
    states = tuple(sorted(touched))
    index = {state: position for position, state in enumerate(states)}
    arcs: list[Arc] = []
    for link in links:
        for layer in link.layers:
            for forward in (True, False):
                arcs.append(_link_arc(network, link, layer, len(arcs), index, forward=forward))
    for number, terminal in moves:
        arcs.append(_transfer_arc(network, terminal, number, len(arcs), index))
    outgoing: list[list[int]] = [[] for _ in states]
    for arc in arcs:
        outgoing[arc.tail].append(arc.id)
    return StateGraph(
        network=network,
        states=states,
        arcs=tuple(arcs),
        outgoing=tuple(tuple(ids) for ids in outgoing),
        projects=chosen,
    )


def _never(network: Network, link: Link) -> bool:
    crossing = network.crossings.get(link.crossing_id)
    return crossing is not None and crossing.status_kind == "never_a_crossing"


def _terminal_key(terminal: Terminal) -> tuple[str, str, str, str]:
    return terminal.place_id, terminal.from_layer, terminal.to_place_id, terminal.to_layer


def _usable(terminal: Terminal, touched: set[State], opened: set[State]) -> bool:
    ends = ((terminal.place_id, terminal.from_layer), (terminal.to_place_id, terminal.to_layer))
    if ends[0] == ends[1] or any(end not in touched for end in ends):
        return False
    if terminal.status == "project":
        return any(end in opened for end in ends)
    return terminal.status == "operating"


def _link_arc(
    network: Network, link: Link, layer: str, number: int, index: dict[State, int], *, forward: bool
) -> Arc:
    tail, head = (link.from_id, link.to_id) if forward else (link.to_id, link.from_id)
    crossing = network.crossings.get(link.crossing_id)
    return Arc(
        id=number,
        kind=CROSSING if crossing else HAUL,
        tail=index[tail, layer],
        head=index[head, layer],
        link_id=link.id,
        crossing_id=link.crossing_id,
        terminal=-1,
        forward=forward if crossing is None else tail == crossing.side_a,
        km=link.length_km,
        countries=_countries(network, link, tail, head),
        element_id=network.element_of_link.get(link.id, ""),
        modes=frozenset({MODE_OF_LAYER[layer]}),
    )


def _countries(network: Network, link: Link, tail: str, head: str) -> tuple[str, ...]:
    """Return the country, or the two in the order travelled; none at sea."""
    if link.mode == "sea":
        return ()
    ends = (network.places[tail].country, network.places[head].country)
    return tuple(dict.fromkeys(ends))


def _transfer_arc(
    network: Network, terminal: Terminal, position: int, number: int, index: dict[State, int]
) -> Arc:
    return Arc(
        id=number,
        kind=TRANSFER,
        tail=index[terminal.place_id, terminal.from_layer],
        head=index[terminal.to_place_id, terminal.to_layer],
        link_id="",
        crossing_id="",
        terminal=position,
        forward=True,
        km=terminal.km,
        countries=(network.places[terminal.place_id].country,),
        element_id="",
        modes=frozenset({MODE_OF_LAYER[terminal.from_layer], MODE_OF_LAYER[terminal.to_layer]}),
    )
