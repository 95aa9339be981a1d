"""Turn a condensed graph into a short program of additions and minima.

Portals are eliminated once, in an order that makes little fill; what is left to do in a scenario
is a list of triangles (two pieces make a third) and, for each origin, a list of steps up and down
the order. The lists hold only what can matter to some pair: see `condense`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from karwan.base.reprs import short_repr
from karwan.route.arcgraph import UNREACHED, Bools, Ints, Longs
from karwan.route.condense import Condensed, refuse_too_many

STATIC = -1
"""Where a best piece or way has no part that can change."""


@dataclass(frozen=True, kw_only=True)
class Program:
    """What is computed in every scenario, in this order.

    A slot is a piece between two portals. Positions of one origin's nodes are its own.

    Attributes
    ----------
    slot_key, slot_measures
        Shape (n_slots,), (n_slots, 3): the piece without any arc of an element.
    arc_slot, arc_row
        Arcs of elements: the slot each belongs to, and its row in the condensed graph.
    triangle
        Shape (n_triangles, 3): slot a then slot b may make slot c.
    step
        Shape (n_steps, 3): slot, from node, to node, all origins' in a row. The slot is -1 where
        the piece cannot change; then it has its own key and measures.
    step_key, step_measures
        What a step of slot -1 adds.
    last
        Shape (n_lasts, 2): from node, position of the destination.
    last_key, last_measures
        The way from there to the destination.
    step_pull, last_pull
        Shape (n_pulls, 2): first of some steps (lasts) in a row to one node (destination), and
        how many; below 0 where their slots can change. Done together, they read and write what
        they lead to once.
    step_pull_of, last_pull_of, node_of
        Shape (n_origins + 1,): where each origin's pulls and nodes begin.
    node_key, node_measures
        The way from the origin to its nodes without any arc of an element.
    pair_key, pair_measures
        Shape (n_origins, n_destinations), (…, 3): the way with everything shut.
    """

    condensed: Condensed
    slot_key: Longs
    slot_measures: Longs
    arc_slot: Ints
    arc_row: Ints
    triangle: Ints
    step: Ints
    step_key: Longs
    step_measures: Longs
    last: Ints
    last_key: Longs
    last_measures: Longs
    step_pull: Ints
    step_pull_of: Ints
    last_pull: Ints
    last_pull_of: Ints
    node_of: Ints
    node_key: Longs
    node_measures: Longs
    pair_key: Longs
    pair_measures: Longs

    __repr__ = short_repr


def make_program(condensed: Condensed) -> Program:
    """Return what has to be computed in a scenario.

    Raises
    ------
    DataError
        If there are more portals than memory allows; says how much would be needed.
    """
    from karwan.route import builder

    refuse_too_many(condensed.portal.size)
    static, goals = condensed.static_key, condensed.destination
    near, beyond = _open_bounds(condensed)
    worst = static[np.ix_(condensed.origin, goals)]
    core = np.union1d(condensed.arc_tail, condensed.arc_head).astype(np.int32)
    limit = builder.slack(worst, near, beyond, core)
    arcs = np.column_stack(
        [np.searchsorted(core, ends) for ends in (condensed.arc_tail, condensed.arc_head)]
    ).astype(np.int32)
    ends, lower, triangle, arc_slot, order = builder.eliminate(
        static, limit, core, builder.plain_pieces(static, limit, core), arcs, condensed.arc_key
    )
    work = _Work(
        core=core, ends=ends, lower=lower, triangle=triangle, arc_slot=arc_slot, order=order
    )
    del limit
    return _assemble(condensed, work, _ways(condensed, work, worst, beyond))


@dataclass(frozen=True, slots=True, kw_only=True)
class _Work:
    """What an elimination gave, by positions in `core`: see `builder.eliminate`."""

    core: Ints
    ends: Ints
    lower: Longs
    triangle: Ints
    arc_slot: Ints
    order: Ints

    @property
    def changing(self) -> Bools:
        """Which slots have a key that depends on the scenario."""
        flags = np.zeros(len(self.ends), dtype=bool)
        flags[self.arc_slot[self.arc_slot >= 0]] = True
        flags[self.triangle[:, 2]] = True
        return flags


@dataclass(frozen=True, slots=True, kw_only=True)
class _Ways:
    """What origins do in turn: slots of their steps, closings of their lasts, nodes they touch.

    Each is one array for all origins, and where each origin's part begins.
    """

    slot: Ints
    slot_of: Ints
    closing: Ints
    closing_of: Ints
    node: Ints
    node_of: Ints


def _open_bounds(condensed: Condensed) -> tuple[Longs, Longs]:
    """Return keys with everything open, from each origin and to each destination, by portal."""
    from karwan.route.builder import open_ways

    size = condensed.portal.size
    bounds = []
    for static, leave, enter, ends in (
        (condensed.static_key, condensed.arc_tail, condensed.arc_head, condensed.origin),
        (condensed.static_key.T, condensed.arc_head, condensed.arc_tail, condensed.destination),
    ):
        order = np.argsort(leave, kind="stable")
        first = np.searchsorted(leave[order], np.arange(size + 1))
        rows = np.ascontiguousarray(static)
        parts = [
            open_ways(rows, first, enter[order], condensed.arc_key[order], int(one))
            for one in ends
        ]  # fmt: skip
        bounds.append(np.stack(parts))
    return bounds[0], bounds[1]


def _ways(condensed: Condensed, work: _Work, worst: Longs, beyond: Longs) -> _Ways:
    """Return the steps up and down the order, and the lasts, that can matter to each origin.

    They are ordered by where they lead, up first: all that leads to a node from below is done
    before anything leaves it upwards, and all from above before anything leaves it downwards.
    """
    from karwan.route import builder

    static, goals, core = condensed.static_key, condensed.destination, work.core
    rank = np.empty(core.size, dtype=np.int64)
    rank[work.order] = np.arange(core.size)
    tail, head = rank[work.ends[:, 0]], rank[work.ends[:, 1]]
    by_head = np.lexsort((work.changing, head)).astype(np.int32)
    falling = by_head[::-1]
    pieces = np.concatenate(
        [by_head[(tail < head)[by_head]], falling[(tail > head)[falling]]]
    )  # fmt: skip
    closing = builder.closings(static, core, goals)
    goal_static = np.ascontiguousarray(static[np.ix_(core, goals)])
    slots, lasts, nodes = [], [], []
    rest = beyond[:, core]
    for o, origin in enumerate(condensed.origin):
        bound = np.where(rest < UNREACHED, worst[o][:, None] - rest, -UNREACHED).max(axis=0)
        taken, last = builder.steps_of(
            static[origin], bound, goal_static, core, goals, work.ends, work.lower, pieces, closing
        )
        mine = pieces[taken == 1]
        slots.append(mine)
        lasts.append(np.flatnonzero(last).astype(np.int32))
        nodes.append(np.union1d(work.ends[mine].ravel(), closing[lasts[-1], 0]))
    return _Ways(
        slot=np.concatenate(slots),
        slot_of=_starts(slots),
        closing=closing[np.concatenate(lasts)],
        closing_of=_starts(lasts),
        node=np.concatenate(nodes),
        node_of=_starts(nodes),
    )


def _assemble(condensed: Condensed, work: _Work, ways: _Ways) -> Program:
    """Return what is needed, numbered anew and in arrays."""
    from karwan.route import builder

    core, changing = work.core, work.changing
    needed = np.zeros(len(work.ends), dtype=np.uint8)
    needed[ways.slot] = 1
    needed[~changing] = 0
    triangle = work.triangle[builder.needed_triangles(work.triangle, needed) == 1]
    kept = np.flatnonzero(needed)
    new = np.full(len(work.ends) + 1, STATIC, dtype=np.int32)  # the last is that of STATIC
    new[kept] = np.arange(kept.size)
    arc_slot = new[work.arc_slot]
    row = np.flatnonzero(arc_slot >= 0).astype(np.int32)
    step_ends = work.ends[ways.slot]
    name = _local_names(ways, core.size)
    step = np.column_stack(
        [
            np.where(changing[ways.slot], new[ways.slot], STATIC),
            name(step_ends[:, 0], ways.slot_of),
            name(step_ends[:, 1], ways.slot_of),
        ]
    ).astype(np.int32)
    last = np.column_stack([name(ways.closing[:, 0], ways.closing_of), ways.closing[:, 1]])
    goals = condensed.destination[ways.closing[:, 1]]
    starts = condensed.origin[_owners(ways.node_of)]
    step_pull, step_pull_of = builder.pulls(step[:, 2], changing[ways.slot], ways.slot_of)
    last_pull, last_pull_of = builder.pulls(
        np.ascontiguousarray(last[:, 1]), np.zeros(len(last), dtype=bool), ways.closing_of
    )
    od = np.ix_(condensed.origin, condensed.destination)
    slot_key, slot_measures = _pieces(condensed, *core[work.ends[kept]].T)
    step_key, step_measures = _pieces(condensed, *core[step_ends].T)
    last_key, last_measures = _pieces(condensed, core[ways.closing[:, 0]], goals)
    node_key, node_measures = _pieces(condensed, starts, core[ways.node])
    return Program(
        condensed=condensed,
        slot_key=slot_key,
        slot_measures=slot_measures,
        arc_slot=arc_slot[row].astype(np.int32),
        arc_row=row,
        triangle=np.ascontiguousarray(new[triangle]).reshape(-1, 3),
        step=step,
        step_key=step_key,
        step_measures=step_measures,
        last=last.astype(np.int32),
        last_key=last_key,
        last_measures=last_measures,
        step_pull=step_pull,
        step_pull_of=step_pull_of,
        last_pull=last_pull,
        last_pull_of=last_pull_of,
        node_of=ways.node_of,
        node_key=node_key,
        node_measures=node_measures,
        pair_key=condensed.static_key[od],
        pair_measures=condensed.static_measures[od],
    )


def _owners(starts: Ints) -> Longs:
    """Return the origin of each row, from where each origin's rows begin."""
    return np.repeat(np.arange(starts.size - 1), np.diff(starts))


def _local_names(ways: _Ways, size: int) -> Callable[[Ints, Ints], Longs]:
    """Return a function from nodes and where each origin's begin to their positions there."""
    known = _owners(ways.node_of) * size + ways.node

    def name(nodes: Ints, starts: Ints) -> Longs:
        owner = _owners(starts)
        return np.searchsorted(known, owner * size + nodes) - ways.node_of[owner]

    return name


def _pieces(condensed: Condensed, tail: Ints, head: Ints) -> tuple[Longs, Longs]:
    """Return keys and measures of static ways between pairs of portals."""
    return condensed.static_key[tail, head], condensed.static_measures[tail, head]


def _starts(parts: Sequence[Ints]) -> Ints:
    return np.concatenate([[0], np.cumsum([len(part) for part in parts])]).astype(np.int32)
