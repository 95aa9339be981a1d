"""A route over the state graph, and the tie rule that every engine keeps.

Of two routes the lighter wins; then the one with fewer arcs of elements (things that can be
shut); then the one with fewer arcs; then the one whose arc ids, read from the origin, are
smaller at the first difference. Fewer arcs is what makes the rule hold on arcs of weight 0.
"""

from __future__ import annotations

from dataclasses import dataclass, field

Key = tuple[int, int, int]
"""(ticks, arcs of elements, arcs), compared in this order."""

NO_KEY: Key = (0, 0, 0)


@dataclass(frozen=True, slots=True)
class Path:
    """Arcs from one state to another, with the key by which paths are compared.

    Attributes
    ----------
    proved
        False where the search gave up ways on account of their number.
    """

    key: Key
    arcs: tuple[int, ...]
    end: int
    proved: bool = field(default=True, compare=False)

    @property
    def order(self) -> tuple[Key, tuple[int, ...]]:
        """What the tie rule compares."""
        return self.key, self.arcs
