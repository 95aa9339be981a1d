"""The slow builder of a program: dictionaries, sets and matrices over all portals.

Portals are eliminated once, in an order that makes little fill; what is left to do in a scenario
is a list of triangles (two pieces make a third) and, for each origin, a list of steps up and down
the order. The lists hold only what can matter to some pair: see `condense`.
"""

from __future__ import annotations

import heapq
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from karwan.route.arcgraph import UNREACHED, Bools, Ints, Longs
from karwan.route.condense import Condensed
from karwan.route.hierarchy import Program

PULL_STATIC, PULL_CHANGING = 4, 2
"""How many steps to one node are done together at most."""
STATIC = -1
"""Where a best piece or way has no part that can change."""


@dataclass(kw_only=True)
class _Elimination:
    """The state of an elimination: lower bounds, slots and triangles found so far.

    Attributes
    ----------
    before, after
        Whom a slot joins to each node, at its head and at its tail.
    """

    lower: Longs
    static: Longs
    limit: Longs
    slots: dict[tuple[int, int], int] = field(default_factory=dict)
    triangles: list[tuple[int, int, int]] = field(default_factory=list)
    before: dict[int, set[int]] = field(default_factory=lambda: defaultdict(set))
    after: dict[int, set[int]] = field(default_factory=lambda: defaultdict(set))
    arc_slots: list[int] = field(default_factory=list)

    def slot(self, tail: int, head: int) -> int:
        """Return the slot between two nodes, made if there is none."""
        if (tail, head) not in self.slots:
            self.slots[tail, head] = len(self.slots)
            self.before[head].add(tail)
            self.after[tail].add(head)
        return self.slots[tail, head]

    def pairs(self, node: int, left: set[int]) -> tuple[list[int], list[int], Longs]:
        """Return who leads to a node, who follows it, and the lower bound through it."""
        before = sorted(x for x in self.before[node] if x in left and x != node)
        after = sorted(y for y in self.after[node] if y in left and y != node)
        through = self.lower[before, node][:, None] + self.lower[node, after][None, :]
        return before, after, through

    def cost(self, node: int, left: set[int]) -> int:
        """Return how many triangles the elimination of a node would make."""
        before, after, through = self.pairs(node, left)
        if not before or not after:
            return 0
        block = np.ix_(before, after)
        matters = through < np.minimum(self.static[block], self.limit[block])
        return int(np.count_nonzero(matters & (np.array(before)[:, None] != np.array(after))))

    def eliminate(self, node: int, left: set[int]) -> None:
        """Join who leads to a node with who follows it, where that can matter."""
        before, after, through = self.pairs(node, left)
        for i, x in enumerate(before):
            for j, y in enumerate(after):
                key = int(through[i, j])
                if x == y or key >= self.limit[x, y] or key > self.static[x, y]:
                    continue
                slot = self.slot(x, y)
                if key < self.static[x, y]:
                    self.triangles.append((self.slots[x, node], self.slots[node, y], slot))
                self.lower[x, y] = min(int(self.lower[x, y]), key, int(self.static[x, y]))


def slow_program(condensed: Condensed) -> Program:
    """Return what has to be computed in a scenario."""
    opened = open_keys(condensed)
    limit = slack_keys(condensed, opened)
    core = np.union1d(condensed.arc_tail, condensed.arc_head)
    work = _begin(condensed, limit, core)
    order = _eliminate_all(work, [int(node) for node in core])
    rank = {node: position for position, node in enumerate(order)}
    changing, closings = _changing(work), _closings(condensed, core)
    ways = [
        _origin_steps(condensed, work, opened, rank, changing, closings, int(origin))
        for origin in condensed.origin
    ]
    return _assemble(condensed, work, changing, ways)


def _begin(condensed: Condensed, limit: Longs, core: Ints) -> _Elimination:
    """Return the graph to eliminate: arcs of elements, and static pieces no third one explains."""
    static = condensed.static_key.copy()
    np.fill_diagonal(static, UNREACHED)
    block = static[np.ix_(core, core)]
    kept = unexplained(block) & (block < limit[np.ix_(core, core)])
    lower = np.full(static.shape, UNREACHED, dtype=np.int64)
    work = _Elimination(lower=lower, static=static, limit=limit)
    for i, j in zip(*np.nonzero(kept), strict=True):
        x, y = int(core[i]), int(core[j])
        work.slot(x, y)
        lower[x, y] = static[x, y]
    for tail, head, key in zip(
        condensed.arc_tail.tolist(), condensed.arc_head.tolist(), condensed.arc_key.tolist(),
        strict=True,
    ):  # fmt: skip
        if tail != head and key < limit[tail, head] and key < static[tail, head]:
            work.slot(tail, head)
            lower[tail, head] = min(int(lower[tail, head]), key, int(static[tail, head]))
            work.arc_slots.append(work.slots[tail, head])
        else:
            work.arc_slots.append(STATIC)
    return work


def _eliminate_all(work: _Elimination, nodes: list[int]) -> list[int]:
    """Eliminate nodes, that with the fewest triangles first; return their order."""
    left = set(nodes)
    heap = [(work.cost(node, left), node) for node in nodes]
    heapq.heapify(heap)
    order = []
    while heap:
        _, node = heapq.heappop(heap)
        cost = work.cost(node, left)
        if heap and cost > heap[0][0]:
            heapq.heappush(heap, (cost, node))
            continue
        work.eliminate(node, left)
        left.discard(node)
        order.append(node)
    return order


def _closings(condensed: Condensed, core: Ints) -> list[tuple[int, int]]:
    """Return the static ways from nodes to destinations that no third node explains."""
    goals = condensed.destination
    inner = condensed.static_key[np.ix_(core, core)].copy()
    np.fill_diagonal(inner, UNREACHED)
    outer = condensed.static_key[np.ix_(core, goals)]
    explained = np.full(outer.shape, UNREACHED, dtype=np.int64)
    for middle in range(len(core)):
        np.minimum(explained, inner[:, middle, None] + outer[None, middle, :], out=explained)
    kept = (outer < explained) & (outer < UNREACHED)
    return [(int(core[i]), int(goal)) for goal, i in zip(*np.nonzero(kept.T), strict=True)]


@dataclass(frozen=True)
class _Ways:
    """One origin's nodes, steps and last pieces, as portals."""

    origin: int
    nodes: list[int]
    steps: list[tuple[int, int, int]]
    lasts: list[tuple[int, int]]


def _origin_steps(
    condensed: Condensed,
    work: _Elimination,
    opened: Longs,
    rank: dict[int, int],
    changing: set[int],
    closings: list[tuple[int, int]],
    origin: int,
) -> _Ways:
    """Return the steps up and down the order that can matter to one origin.

    They are ordered by where they lead, up first: all that leads to a node from below is done
    before anything leaves it upwards, and all from above before anything leaves it downwards.
    """
    static, goals = condensed.static_key, condensed.destination
    worst = static[origin, goals]
    after = np.minimum(opened[:, goals], UNREACHED)
    slack = np.where(after < UNREACHED, worst[None, :] - after, -UNREACHED).max(axis=1)
    reach = static[origin].copy()
    pieces = sorted(
        work.slots.items(), key=lambda item: (rank[item[0][1]], item[1] in changing, item[1])
    )
    up = [(x, y, slot) for (x, y), slot in pieces if rank[x] < rank[y]]
    down = [(x, y, slot) for (x, y), slot in reversed(pieces) if rank[x] > rank[y]]
    steps = []
    for x, y, slot in (*up, *down):
        key = int(reach[x]) + int(work.lower[x, y])
        if key < min(int(static[origin, y]), int(slack[y])):
            steps.append((slot, x, y))
            reach[y] = min(int(reach[y]), key)
    lasts = [
        (x, goal)
        for x, goal in closings
        if int(reach[x]) + int(static[x, goals[goal]]) < int(static[origin, goals[goal]])
    ]
    steps = _needed_steps(steps, {x for x, _ in lasts})
    nodes = sorted({node for _, x, y in steps for node in (x, y)} | {x for x, _ in lasts})
    return _Ways(origin, nodes, steps, lasts)


def _needed_steps(
    steps: list[tuple[int, int, int]], wanted: set[int]
) -> list[tuple[int, int, int]]:
    """Return the steps that lead on to a wanted node."""
    kept = []
    for step in reversed(steps):
        if step[2] in wanted:
            wanted.add(step[1])
            kept.append(step)
    return kept[::-1]


def _assemble(
    condensed: Condensed, work: _Elimination, changing: set[int], ways: list[_Ways]
) -> Program:
    """Return what is needed, numbered anew and in arrays."""
    needed = {slot for way in ways for slot, _, _ in way.steps} & changing
    triangles = []
    for triangle in reversed(work.triangles):
        if triangle[2] in needed:
            needed |= {triangle[0], triangle[1]}
            triangles.append(triangle)
    triangles.reverse()
    ends = {slot: pair for pair, slot in work.slots.items()}
    kept = sorted(needed)
    new = {slot: number for number, slot in enumerate(kept)}
    local = [{node: number for number, node in enumerate(way.nodes)} for way in ways]
    rows = [(new[slot], row) for row, slot in enumerate(work.arc_slots) if slot in new]
    steps = [
        (new[slot] if slot in changing else STATIC, names[a], names[b], *ends[slot])
        for way, names in zip(ways, local, strict=True)
        for slot, a, b in way.steps
    ]
    lasts = [
        (names[a], goal, a, int(condensed.destination[goal]))
        for way, names in zip(ways, local, strict=True)
        for a, goal in way.lasts
    ]
    nodes = [(way.origin, node) for way in ways for node in way.nodes]
    step_pulls = [_pulls([(node, slot in changing) for slot, _, node in way.steps]) for way in ways]
    last_pulls = [_pulls([(goal, False) for _, goal in way.lasts]) for way in ways]
    od = np.ix_(condensed.origin, condensed.destination)
    slot_key, slot_measures = _pieces(condensed, [ends[slot] for slot in kept])
    step_key, step_measures = _pieces(condensed, [step[3:] for step in steps])
    last_key, last_measures = _pieces(condensed, [last[2:] for last in lasts])
    step_pull, step_pull_of = _pull_table(step_pulls, [len(way.steps) for way in ways])
    last_pull, last_pull_of = _pull_table(last_pulls, [len(way.lasts) for way in ways])
    node_key, node_measures = _pieces(condensed, nodes)
    return Program(
        condensed=condensed,
        slot_key=slot_key,
        slot_measures=slot_measures,
        arc_slot=np.array([slot for slot, _ in rows], dtype=np.int32),
        arc_row=np.array([row for _, row in rows], dtype=np.int32),
        triangle=_table([tuple(new[slot] for slot in triangle) for triangle in triangles], 3),
        step=_table([step[:3] for step in steps], 3),
        step_key=step_key,
        step_measures=step_measures,
        last=_table([last[:2] for last in lasts], 2),
        last_key=last_key,
        last_measures=last_measures,
        step_pull=step_pull,
        step_pull_of=step_pull_of,
        last_pull=last_pull,
        last_pull_of=last_pull_of,
        node_of=_starts([len(way.nodes) for way in ways]),
        node_key=node_key,
        node_measures=node_measures,
        pair_key=condensed.static_key[od],
        pair_measures=condensed.static_measures[od],
    )


def _pulls(rows: list[tuple[int, bool]]) -> list[tuple[int, int]]:
    """Return (first, count) of rows that are done together: one target, one kind, few."""
    pulls: list[tuple[int, int]] = []
    for at, (node, changes) in enumerate(rows):
        first, count = pulls[-1] if pulls else (0, 0)
        most = PULL_CHANGING if changes else PULL_STATIC
        if 0 < count < most and rows[first] == (node, changes):
            pulls[-1] = (first, count + 1)
        else:
            pulls.append((at, 1))
    return [(first, -count if rows[first][1] else count) for first, count in pulls]


def _pull_table(pulls: list[list[tuple[int, int]]], sizes: list[int]) -> tuple[Ints, Ints]:
    """Return all origins' pulls, their rows counted over all origins, and where each begins."""
    begins = _starts(sizes)[:-1].tolist()
    rows = [(a + begin, n) for begin, part in zip(begins, pulls, strict=True) for a, n in part]
    return _table(rows, 2), _starts([len(part) for part in pulls])


def _changing(work: _Elimination) -> set[int]:
    """Return the slots whose key depends on the scenario."""
    changing = set(work.arc_slots) - {STATIC}
    return changing | {triangle[2] for triangle in work.triangles}


def _pieces(condensed: Condensed, pairs: Sequence[Sequence[int]]) -> tuple[Longs, Longs]:
    """Return keys and measures of static ways between pairs of portals."""
    ends = np.array(pairs, dtype=np.int64).reshape(-1, 2)
    at = ends[:, 0], ends[:, 1]
    return condensed.static_key[at], condensed.static_measures[at]


def _table(rows: Sequence[tuple[int, ...]], width: int) -> Ints:
    return np.array(rows, dtype=np.int32).reshape(-1, width)


def _starts(sizes: list[int]) -> Ints:
    return np.concatenate([[0], np.cumsum(sizes)]).astype(np.int32)


def unexplained(keys: Longs) -> Bools:
    """Return which pieces no third portal explains, shape (n, n): the others are sums of these.

    Parameters
    ----------
    keys
        Shortest keys between portals, shape (n, n).
    """
    apart = keys.copy()
    np.fill_diagonal(apart, UNREACHED)
    by_others = np.full(keys.shape, UNREACHED, dtype=np.int64)
    for middle in range(len(keys)):
        np.minimum(by_others, apart[:, middle, None] + apart[None, middle, :], out=by_others)
    return np.asarray((apart < by_others) & (apart < UNREACHED))


def open_keys(condensed: Condensed) -> Longs:
    """Return shortest keys between portals with every element open, (n_portals, n_portals)."""
    keys = condensed.static_key.copy()
    np.minimum.at(keys, (condensed.arc_tail, condensed.arc_head), condensed.arc_key)
    for middle in range(len(keys)):
        by_middle = keys[:, middle, None] + keys[None, middle, :]
        np.minimum(keys, by_middle, out=keys)
    return np.minimum(keys, UNREACHED)


def slack_keys(condensed: Condensed, opened: Longs) -> Longs:
    """Return what a piece between two portals must stay below to matter to any pair.

    Entry (x, y) is the greatest, over pairs, of the pair's key with everything shut less the keys
    to x and from y with everything open.
    """
    size = len(opened)
    slack = np.full((size, size), -UNREACHED, dtype=np.int64)
    to_x = opened[condensed.origin]
    from_y = opened[:, condensed.destination]
    for i, origin in enumerate(condensed.origin):
        worst = condensed.static_key[origin, condensed.destination]
        reach = np.where(
            from_y < UNREACHED, worst[None, :] - np.minimum(from_y, UNREACHED), -UNREACHED
        )
        best = reach.max(axis=1)
        near = np.where(to_x[i] < UNREACHED, to_x[i], UNREACHED)
        np.maximum(slack, best[None, :] - near[:, None], out=slack)
    return slack
