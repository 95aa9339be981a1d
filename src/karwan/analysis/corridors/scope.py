"""Which arcs a search may use: by mode, country and name, in one state of the world."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from karwan.analysis.world.state import State
from karwan.network.gauges import MODES
from karwan.route.expand import CROSSING, StateGraph

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

    def admitted(self, graph: StateGraph) -> list[bool]:
        """Return for each arc whether it lies within the scope, whatever is shut.

        What hangs on mode and country is asked once for each sort of arc, of which there are few.
        """
        fits: dict[tuple[frozenset[str], str, frozenset[str]], bool] = {}
        flags = []
        for arc, lands in zip(graph.arcs, graph.lands, strict=True):
            sort = (arc.modes, arc.kind, lands)
            if sort not in fits:
                fits[sort] = self._fits(*sort)
            flags.append(fits[sort])
        for number in self._avoided_arcs(graph):
            flags[number] = False
        return flags

    def _fits(self, modes: frozenset[str], kind: str, lands: frozenset[str]) -> bool:
        return (
            modes <= self.modes
            and not (self.inland and kind == CROSSING)
            and not lands & self.forbidden
            and not any(("country", country) in self.avoided for country in lands)
        )

    def _avoided_arcs(self, graph: StateGraph) -> Iterator[int]:
        """Yield the arcs of elements, crossings, links and places to keep out of."""
        if all(kind == "country" for kind, _ in self.avoided):
            return
        for arc in graph.arcs:
            ends = (graph.states[arc.tail][0], graph.states[arc.head][0])
            told = (
                ("element", arc.element_id),
                ("crossing", arc.crossing_id),
                ("link", arc.link_id),
                *(("place", place) for place in ends),
            )
            if any(one in self.avoided for one in told):
                yield arc.id
