"""How a shipment leaves its door and reaches it: on the road, or by a move onto rail or sea."""

from __future__ import annotations

from collections.abc import Sequence

from karwan.network.gauges import MODE_OF_LAYER, ROAD, SEA
from karwan.network.nouns import Place
from karwan.route.expand import TRANSFER, StateGraph


def ways_out(
    graph: StateGraph, place: Place, modes: frozenset[str], layer: str = ""
) -> list[tuple[int, int]]:
    """Return the ways to set out: (state at the door, arc of the first move, or -1 for none)."""
    wanted = _wanted(modes, layer)
    return [
        (door, move)
        for door, mode, move in _doors(graph, place, graph.outgoing, "head")
        if mode in wanted
    ]


def ways_in(
    graph: StateGraph, place: Place, modes: frozenset[str], layer: str = ""
) -> list[tuple[int, int]]:
    """Return the ways to arrive: (state reached, arc of the last move, or -1 for none).

    A shipment that comes by rail or sea ends at the door, after the move to the road.
    """
    wanted = _wanted(modes, layer)
    return [
        (door if move < 0 else graph.arcs[move].tail, move)
        for door, mode, move in _doors(graph, place, graph.incoming, "tail")
        if mode in wanted
    ]


def _doors(
    graph: StateGraph, place: Place, moves: Sequence[Sequence[int]], end: str
) -> list[tuple[int, str, int]]:
    """Return (state at the door, mode travelled by, move between them or -1 for none).

    The door is on the road where the place has one. A railway without a terminal there is a
    door of its own, and so is a quay where there is nothing else.
    """
    here = graph.states_of_place.get(place.id, ())
    doors = [(state, ROAD, -1) for state in here if _mode(graph, state) == ROAD]
    reached = set()
    for road, _, _ in list(doors):
        for arc_id in moves[road]:
            arc = graph.arcs[arc_id]
            if arc.kind == TRANSFER:
                other = arc.head if end == "head" else arc.tail
                reached.add(other)
                doors.append((road, _mode(graph, other), arc_id))
    land = [state for state in here if _mode(graph, state) != SEA]
    doors += [
        (s, _mode(graph, s), -1)
        for s in land or here
        if _mode(graph, s) != ROAD and s not in reached
    ]
    return doors


def _mode(graph: StateGraph, state: int) -> str:
    layer = graph.states[state][1]
    return "rail" if layer.startswith("rail") else layer


def _wanted(modes: frozenset[str], layer: str) -> frozenset[str]:
    """Return the modes by which an end may be left or reached, given what a token asks."""
    if not layer:
        return modes
    return frozenset({ROAD if layer == ROAD else SEA if layer == SEA else "rail"})


def states_passed(graph: StateGraph, ident: str) -> list[int]:
    """Return the states of a place to be passed; those of one mode for `kashgar@rail`."""
    place, _, mode = ident.partition("@")
    return [
        state
        for state in graph.states_of_place.get(place, ())
        if mode in ("", MODE_OF_LAYER[graph.states[state][1]])
    ]
