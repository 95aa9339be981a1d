"""Which arcs a scope admits, one arc after another and all of it looked up anew."""

from __future__ import annotations

from karwan.analysis.corridors.scope import Scope
from karwan.route.expand import CROSSING, Arc, StateGraph


def admits(scope: Scope, graph: StateGraph, arc: Arc) -> bool:
    """Whether an arc lies within a scope."""
    if not arc.modes <= scope.modes or (scope.inland and arc.kind == CROSSING):
        return False
    ends = [graph.states[state] for state in (arc.tail, arc.head)]
    # A ship that calls at a port is in its country, as it is for who keeps out of that country.
    countries = {graph.network.places[place].country for place, _ in ends}
    if countries & scope.forbidden:
        return False
    names = {("element", arc.element_id), ("crossing", arc.crossing_id), ("link", arc.link_id)}
    names |= {("place", place) for place, _ in ends}
    names |= {("country", country) for country in countries}
    return not names & scope.avoided
