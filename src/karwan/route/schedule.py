"""Put a program into the order in which lanes read it: in a row, one node after the other.

A *run* is all that makes one piece, or that leads to one node in a row and can, or cannot, change.
Lanes keep what is known of the node in registers until its run ends.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from karwan.base.reprs import short_repr
from karwan.route.arcgraph import Bools, Ints, Longs
from karwan.route.hierarchy import Program


@dataclass(frozen=True, kw_only=True)
class Schedule:
    """In which order lanes do what a program says.

    Attributes
    ----------
    piece_run
        Shape (n_slots, 3): slot, how many arcs make it, how many triangles. A piece stands after
        all that it is made of.
    piece_arc
        Rows of the program's arcs, in the order of their slots' runs.
    piece_part
        Shape (n_triangles, 2): the slots that a triangle joins, in the order of the runs.
    step_run
        Shape (n_runs, 2): node, and how many steps lead to it; below 0 where they can change.
    changing_step
        Shape (n_changing, 2): from node, slot.
    fixed_step
        Rows of the program's steps that cannot change.
    step_run_of
        Shape (n_origins + 1,): where each origin's runs of steps begin.
    last_row
        Rows of the program's lasts, by origin and destination.
    last_count
        Shape (n_origins, n_destinations): how many lasts each pair has.
    """

    piece_run: Ints
    piece_arc: Ints
    piece_part: Ints
    step_run: Ints
    changing_step: Ints
    fixed_step: Ints
    step_run_of: Ints
    last_row: Ints
    last_count: Ints

    __repr__ = short_repr


def make_schedule(program: Program) -> Schedule:
    """Return the order in which lanes do what a program says."""
    slot_count = program.slot_key.size
    made = program.triangle[:, 2]
    done = np.full(slot_count, -1, dtype=np.int64)
    np.maximum.at(done, made, np.arange(made.size))
    order = np.argsort(done, kind="stable")
    place = np.empty(slot_count, dtype=np.int64)
    place[order] = np.arange(slot_count)
    arcs = np.argsort(place[program.arc_slot], kind="stable")
    parts = program.triangle[np.argsort(place[made], kind="stable"), :2]
    counts = [np.bincount(slots, minlength=slot_count)[order] for slots in (program.arc_slot, made)]
    changing = program.step[:, 0] >= 0
    steps_of = _rows_of(program.step_pull, program.step_pull_of, len(program.step))
    step_run, step_run_of = _runs(program.step[:, 2], changing, steps_of)
    pairs = program.pair_key.shape
    lasts_of = _rows_of(program.last_pull, program.last_pull_of, len(program.last))
    owner = np.repeat(np.arange(lasts_of.size - 1), np.diff(lasts_of))
    pair = owner * pairs[1] + program.last[:, 1]
    return Schedule(
        piece_run=_ints(np.column_stack([order, *counts])),
        piece_arc=_ints(arcs),
        piece_part=_ints(parts),
        step_run=step_run,
        changing_step=_ints(program.step[changing][:, [1, 0]]),
        fixed_step=_ints(np.flatnonzero(~changing)),
        step_run_of=step_run_of,
        last_row=_ints(np.argsort(pair, kind="stable")),
        last_count=_ints(np.bincount(pair, minlength=pairs[0] * pairs[1]).reshape(pairs)),
    )


def weight_tables(
    program: Program, order: Schedule, kind: npt.DTypeLike, far: int
) -> tuple[Any, ...]:
    """Return what `sweeps.weigh` reads, keys as ticks of one type, none beyond `far`."""
    ticks = program.condensed.bits.ticks

    def narrowed(keys: Longs) -> npt.NDArray[np.integer]:
        cut: npt.NDArray[np.integer] = np.minimum(ticks(keys), far).astype(kind)
        return cut

    keys, elements, shares, _ = _arcs(program, order)
    steps, lasts = _ways(program, order)
    return (
        narrowed(program.slot_key),
        (narrowed(keys), elements, shares),
        (order.piece_run, order.piece_part),
        (*steps, narrowed(program.step_key[order.fixed_step])),
        (*lasts, narrowed(program.last_key[order.last_row])),
        program.node_of,
        narrowed(program.node_key),
        narrowed(program.pair_key),
    )


def route_tables(program: Program, order: Schedule) -> tuple[Any, ...]:
    """Return what `sweeps.route` reads: packed keys and measures."""
    fixed, last = order.fixed_step, order.last_row
    steps, lasts = _ways(program, order)
    return (
        (program.slot_key, program.slot_measures),
        _arcs(program, order),
        (order.piece_run, order.piece_part),
        (*steps, program.step_key[fixed], program.step_measures[fixed].ravel()),
        (*lasts, program.last_key[last], program.last_measures[last].ravel()),
        program.node_of,
        (program.node_key, program.node_measures),
        (program.pair_key, program.pair_measures),
    )


def mark_tables(program: Program) -> tuple[Any, ...]:
    """Return what `marks.route_by_marks` reads."""
    condensed, rows, lasts = program.condensed, program.arc_row, (program.last, program.last_key)
    return (
        (program.slot_key, program.slot_measures),
        (
            program.arc_slot,
            condensed.arc_key[rows],
            condensed.arc_element[rows],
            condensed.arc_share[rows],
            condensed.arc_measures[rows],
        ),
        program.triangle,
        (
            program.step,
            program.step_key,
            program.step_measures,
            program.step_pull,
            program.step_pull_of,
        ),
        (*lasts, program.last_measures, program.last_pull, program.last_pull_of),
        program.node_of,
        (program.node_key, program.node_measures),
        (program.pair_key, program.pair_measures),
    )


def _arcs(program: Program, order: Schedule) -> tuple[Longs, Ints, npt.NDArray[np.float64], Longs]:
    """Return key, element, share and measures of arcs, in the order of the pieces they make."""
    condensed, rows = program.condensed, program.arc_row[order.piece_arc]
    return (
        condensed.arc_key[rows],
        condensed.arc_element[rows],
        condensed.arc_share[rows],
        condensed.arc_measures[rows],
    )


def _ways(program: Program, order: Schedule) -> tuple[tuple[Ints, ...], tuple[Ints, ...]]:
    """Return runs of steps and of lasts, without their keys."""
    node = np.ascontiguousarray(program.step[order.fixed_step, 1])
    last = np.ascontiguousarray(program.last[order.last_row, 0])
    steps = (order.step_run, order.step_run_of, order.changing_step.ravel(), node)
    return steps, (order.last_count, last)


def _ints(values: npt.NDArray[np.integer]) -> Ints:
    return np.ascontiguousarray(values, dtype=np.int32)


def _rows_of(pull: Ints, pull_of: Ints, count: int) -> Longs:
    """Return where each origin's rows begin, from where its pulls do."""
    first = np.append(pull[:, 0].astype(np.int64), count)
    return first[pull_of]


def _runs(target: Ints, changing: Bools, rows_of: Longs) -> tuple[Ints, Ints]:
    """Return (target, count) of rows of one target and kind, and where each origin's begin."""
    count = target.size
    new = np.zeros(count, dtype=bool)
    new[rows_of[:-1][rows_of[:-1] < count]] = True
    new[1:] |= (target[1:] != target[:-1]) | (changing[1:] != changing[:-1])
    begin = np.flatnonzero(new)
    size = np.diff(np.append(begin, count))
    runs = np.column_stack([target[begin], np.where(changing[begin], -size, size)])
    return _ints(runs), _ints(np.searchsorted(begin, rows_of))
