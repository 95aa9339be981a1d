"""Which arcs a search may use: by mode, country and name, in one state of the world."""

from __future__ import annotations

from dataclasses import dataclass

from karwan.analysis.world.state import State
from karwan.network.gauges import MODES
from karwan.route.expand import CROSSING, Arc, StateGraph

UNRULED = None
"""Everything that is built, whatever shuts or bars it: used to tell what cuts a route."""

ALL_MODES = frozenset(MODES)


@dataclass(frozen=True, slots=True, kw_only=True)
class Scope:
    """Which arcs a search may use.

    Attributes
    ----------
    state
        Whose cuts hold; `UNRULED` for none.
    forbidden
        Countries that may not be entered or passed.
    inland
        True leaves out all crossings: only links inside one country, and the sea.
    avoided
        (kind, id) of elements, crossings, links, places and countries to keep out of.
    """

    state: State | None
    modes: frozenset[str] = ALL_MODES
    forbidden: frozenset[str] = frozenset()
    inland: bool = False
    avoided: frozenset[tuple[str, str]] = frozenset()

    def admits(self, graph: StateGraph, arc: Arc) -> bool:
        """Whether an arc lies within the scope, whatever is shut."""
        if not arc.modes <= self.modes or (self.inland and arc.kind == CROSSING):
            return False
        ends = [graph.states[state] for state in (arc.tail, arc.head)]
        countries = {graph.network.places[place].country for place, _ in ends}
        if countries & self.forbidden:
            return False
        names = {("element", arc.element_id), ("crossing", arc.crossing_id), ("link", arc.link_id)}
        names |= {("place", place) for place, _ in ends} | {
            ("country", country) for country in countries
        }
        return not names & self.avoided
