"""Slow, obvious answers to how pairs come apart: a search anew for every pair and every set."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache

import numpy as np

from karwan.analysis.futures.criticality import Stake
from karwan.base.units import TICKS_PER_USD
from tests.oracles.closures import SHUT, scipy_weights

CUT = None


class Searched:
    """Pairs asked one by one by SciPy on a graph without the arcs of what is shut."""

    def __init__(self, stakes: Sequence[Stake], cut_penalty_ratio: float) -> None:
        self.stakes = stakes
        self.ratio = cut_penalty_ratio
        self.usd = cache(self._usd)

    def _usd(self, row: int, shut: frozenset[int]) -> float | None:
        """Return what the best way of a pair costs, None where it has none."""
        tree = self.stakes[row].way.tree
        if tree is None:
            return CUT
        extra = np.zeros((1, tree.graph.element_count), dtype=np.int64)
        extra[0, sorted(shut)] = SHUT
        ticks = int(scipy_weights(tree.graph, extra, [tree.source], [tree.target])[0, 0, 0])
        return CUT if ticks == SHUT else ticks / TICKS_PER_USD

    def figures(self, base: frozenset[int], shut: frozenset[int]) -> tuple[float, int, int]:
        """Return loss in USD a day, pairs cut and pairs hit, against what `base` alone does."""
        loss, cut, hit = 0.0, 0, 0
        for row, stake in enumerate(self.stakes):
            root, usd = self.usd(row, base), self.usd(row, base | shut)
            if root is CUT or usd == root:
                continue
            hit += 1
            cut += usd is CUT
            lost = self.ratio * root if usd is CUT else usd - root
            loss += lost * (stake.consignments_per_day or 0.0)
        return loss, cut, hit

    def elements(self) -> list[int]:
        """Return the elements on any arc of any pair's graph."""
        found: set[int] = set()
        for stake in self.stakes:
            if stake.way.tree is not None:
                found |= {int(one) for one in stake.way.tree.graph.element if one >= 0}
        return sorted(found)

    def worst_first(self, steps: int, base: frozenset[int]) -> list[tuple[str, float, int, int]]:
        """Return what is taken out in each step with what all taken out by then do."""
        ids = self.stakes[0].roads.index.ids
        taken: frozenset[int] = frozenset()
        found: list[tuple[str, float, int, int]] = []
        before = (0.0, 0, 0)
        for _ in range(steps):
            ranked = sorted(
                (
                    (self.figures(base, taken | {one}), one)
                    for one in self.elements()
                    if one not in taken | base
                ),
                key=lambda pair: (-pair[0][0], -pair[0][1], -pair[0][2], ids[pair[1]]),
            )
            if not ranked or ranked[0][0] <= before:
                break
            before, one = ranked[0]
            taken |= {one}
            found.append((ids[one], *before))
        return found

    def bridges(self, base: frozenset[int]) -> dict[str, list[tuple[str, str]]]:
        """Return what alone cuts which pairs."""
        ids = self.stakes[0].roads.index.ids
        found: dict[str, list[tuple[str, str]]] = {}
        for one in self.elements():
            for row, stake in enumerate(self.stakes):
                was, now = self.usd(row, base), self.usd(row, base | {one})
                if one not in base and was is not CUT and now is CUT:
                    ends = (stake.origin.id, stake.destination.id)
                    found.setdefault(ids[one], []).append(ends)
        return {name: sorted(pairs) for name, pairs in found.items()}
