"""Hours and fees of a crossing, with a default where nobody published them.

Passing costs outbound of the side left plus inbound of the side entered.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

from karwan.base.provenance import Figure
from karwan.base.traffic import Direction
from karwan.network.defaults import FEWEST, default_figure
from karwan.network.network import Network
from karwan.network.nouns import Crossing


@dataclass(frozen=True, slots=True)
class Passage:
    """What one direction of a crossing takes: hours on both sides and fees per vehicle."""

    outbound: Figure
    inbound: Figure
    cost: Figure


@dataclass(frozen=True)
class BorderFigures:
    """Looks up border hours and fees of a network, and fills blanks by the stated rule."""

    network: Network

    def passage(self, crossing: Crossing, *, from_a: bool) -> Passage:
        """Return hours and USD of passing the crossing in one direction."""
        left, entered = ("a", "b") if from_a else ("b", "a")
        way = Direction.a_to_b if from_a else Direction.b_to_a
        return Passage(
            self.hours(crossing, left, "outbound"),
            self.hours(crossing, entered, "inbound"),
            self.cost(crossing, way),
        )

    def hours(self, crossing: Crossing, side: str, direction: str) -> Figure:
        """Return hours at one post in one direction; a default where they are blank."""
        figure = crossing.hours[side, direction]
        if figure is not None:
            return figure
        country = crossing.country_a if side == "a" else crossing.country_b
        values, basis = self._pool(self._hours_pools, crossing)
        return default_figure(
            values,
            unit="h",
            default_id=f"border-hours:{crossing.id}:{country}-{direction}",
            basis=f"border hours, {basis}",
        )

    def cost(self, crossing: Crossing, way: Direction) -> Figure:
        """Return fees per vehicle in one direction; a default where they are blank."""
        figure = crossing.costs[way]
        if figure is not None:
            return figure
        values, basis = self._pool(self._cost_pools, crossing)
        ends = (crossing.country_a, crossing.country_b)
        shown = "-".join(ends if way is Direction.a_to_b else ends[::-1])
        return default_figure(
            values,
            unit="USD",
            default_id=f"border-cost:{crossing.id}:{shown}",
            basis=f"border fees, {basis}",
        )

    def _pool(
        self, pools: dict[tuple[str, str], list[float]], crossing: Crossing
    ) -> tuple[list[float], str]:
        """Return the published figures of the frontier's kind, or of its mode where few."""
        kind = pools.get((crossing.mode, crossing.frontier_kind), [])
        if len(kind) >= FEWEST:
            return kind, f"{crossing.mode}, {self._kind_name(crossing.frontier_kind)}"
        return pools.get((crossing.mode, ""), []), f"{crossing.mode}, all frontiers"

    def _kind_name(self, kind: str) -> str:
        """Return the name of a kind of frontier, or its key where the region has no word for it."""
        return self.network.frontier_names.get(kind, kind)

    @cached_property
    def _hours_pools(self) -> dict[tuple[str, str], list[float]]:
        """Published hours by (mode, kind): each post's own, and each country's mean once."""
        cells = []
        for crossing in self._by_id():
            for (side, direction), figure in sorted(crossing.hours.items()):
                if figure is None:
                    continue
                country = crossing.country_a if side == "a" else crossing.country_b
                name = f"{crossing.id}:{side}" if figure.basis == "post" else country
                cells.append((crossing, (name, direction, figure.value)))
        return _pools(cells)

    @cached_property
    def _cost_pools(self) -> dict[tuple[str, str], list[float]]:
        """Published fees by (mode, kind); equal sums of the same two countries count once."""
        cells = []
        for crossing in self._by_id():
            for way, figure in sorted(crossing.costs.items()):
                if figure is not None:
                    cells.append((crossing, (crossing.frontier, way, figure.value)))
        return _pools(cells)

    def _by_id(self) -> Iterable[Crossing]:
        return (crossing for _, crossing in sorted(self.network.crossings.items()))


def _pools(
    cells: Iterable[tuple[Crossing, tuple[str, str, float]]],
) -> dict[tuple[str, str], list[float]]:
    seen: dict[tuple[str, str], set[tuple[str, str, float]]] = {}
    for crossing, cell in cells:
        for kind in (crossing.frontier_kind, ""):
            seen.setdefault((crossing.mode, kind), set()).add(cell)
    return {key: sorted(value for _, _, value in values) for key, values in seen.items()}
