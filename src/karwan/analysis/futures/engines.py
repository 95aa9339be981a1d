"""One planner of scenarios: trees of detours or lanes, by what is asked; and it says which.

Trees give whole routes and remember what was asked; lanes weigh what is slow, not only what is
shut, and take many things shut at once in their stride. Both are exact on the routing weight, so
the choice changes no answer (tests hold them together). A route that lanes find is named by its
tree: of all routes over the same elements the best is taken, and the tree knows it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import TYPE_CHECKING

import numpy as np

from karwan.base.reprs import short_repr
from karwan.base.units import TICKS_PER_USD
from karwan.route.arcgraph import Bools, Floats, Ints, Longs

if TYPE_CHECKING:
    from karwan.route.arcgraph import ArcGraph
    from karwan.route.detours import DetourTree, Masks, Route
    from karwan.route.lanes import Lanes

MANY_SHUT = 12
"""From so many elements shut at once, no two states alike, lanes answer sooner than trees: measured
on the reference network, five pairs, 1.2 us a pair and state in trees and 1.0 in lanes."""
MOST_LANE_ELEMENTS = 300
"""Beyond so many elements the lanes' program takes longer to write than trees take to answer."""
LANE_ROWS = 8_192
"""States sent through lanes at a time."""


class Engine(StrEnum):
    """What answers over many states of the elements."""

    trees = "trees"
    lanes = "lanes"
    spells = "spells"
    exact = "exact"


@dataclass(frozen=True, slots=True)
class Choice:
    """The engine taken, and why."""

    engine: Engine
    why: str

    def to_dict(self) -> dict[str, str]:
        """Return the choice as data."""
        return {"name": self.engine.value, "why": self.why}

    @property
    def line(self) -> str:
        """The choice as a sentence."""
        return f"Engine: {self.engine.value}, since {self.why}."


def choose_engine(
    *,
    stated: bool = False,
    searched: bool = True,
    delays: bool = False,
    routes: bool = True,
    shut_count: float = 0.0,
    element_count: int = 0,
) -> Choice:
    """Return the engine for what is asked.

    Parameters
    ----------
    stated
        Whether one day is stated and whether things are open is all that counts on it.
    searched
        False where no best route is sought: whether given gates are open needs spells alone.
    delays
        Whether what is open may be slow.
    routes
        Whether whole routes are wanted, and not only what they weigh and take.
    shut_count
        How many elements are shut at once, no two states being alike.
    element_count
        How many elements stand on arcs.

    Examples
    --------
    >>> choose_engine(delays=True).engine.value, choose_engine(shut_count=2).engine.value
    ('lanes', 'trees')
    """
    if stated:
        return Choice(Engine.exact, "a day is stated, and its chances follow without a draw")
    if not searched:
        return Choice(Engine.spells, "the gates are given and no route is sought")
    if delays:
        return Choice(Engine.lanes, "what is open may be slow, and only lanes weigh a delay")
    if shut_count >= MANY_SHUT and element_count <= MOST_LANE_ELEMENTS:
        return Choice(Engine.lanes, "many elements are shut at once")
    what = "whole routes are wanted and " if routes else ""
    return Choice(Engine.trees, f"{what}elements are shut or open, few at once")


@dataclass(frozen=True)
class States:
    """States of the elements, one a row: what is shut, and what is open and slow.

    Attributes
    ----------
    masks
        Shape (n_states, n_words): bits of the elements shut.
    row, element, hours
        Shape (n_delays,): whole hours that an element, open in a state, takes beyond its usual
        ones; rows ascending, no pair of row and element twice.
    """

    masks: Masks
    row: Ints
    element: Ints
    hours: Ints

    __repr__ = short_repr

    def __len__(self) -> int:
        """Return how many states there are."""
        return len(self.masks)

    def slow_masks(self) -> Masks:
        """Return bits of the elements that are slow, shape of `masks`."""
        masks = np.zeros_like(self.masks)
        bits = np.left_shift(np.uint64(1), (self.element % 64).astype(np.uint64))
        np.bitwise_or.at(masks, (self.row, self.element // 64), bits)
        return masks

    def some(self, rows: Longs) -> States:
        """Return some of the states, in the order asked; `rows` ascend."""
        place = np.full(len(self.masks), -1, dtype=np.int64)
        place[rows] = np.arange(rows.size)
        kept = np.flatnonzero(place[self.row] >= 0)
        return States(
            np.ascontiguousarray(self.masks[rows]),
            place[self.row[kept]].astype(np.int32),
            self.element[kept],
            self.hours[kept],
        )

    def differing(self, met: Masks) -> tuple[States, Longs]:
        """Return the states that differ in some elements, each once, and which each row is.

        Nothing else is shut or slow in them: whoever meets these elements only, and asks of each of
        the states, has asked of all.

        Parameters
        ----------
        met
            Shape (n_words,): bits of the elements looked at.
        """
        from karwan.analysis.futures.sweep import number_states

        number = np.empty(len(self.masks), dtype=np.int64)
        first = np.empty(len(self.masks), dtype=np.int64)
        masks = np.ascontiguousarray(self.masks)
        count = number_states(masks, met, self.row, self.element, self.hours, number, first)
        seen = np.flatnonzero(
            (met[self.element // 64] >> (self.element % 64).astype(np.uint64)) & np.uint64(1)
        )
        shown = States(masks & met, self.row[seen], self.element[seen], self.hours[seen])
        return shown.some(first[:count]), number


def different_rows(masks: Masks) -> tuple[Masks, Ints]:
    """Return the different rows of masks, in the order met, and which of them each row is."""
    every = np.full(masks.shape[1], np.iinfo(np.uint64).max, dtype=np.uint64)
    states, number = no_delays(masks).differing(every)
    return states.masks, number.astype(np.int32)


def no_delays(masks: Masks) -> States:
    """Return states in which nothing is slow."""
    none = np.zeros(0, dtype=np.int32)
    return States(masks, none, none, none)


@dataclass(frozen=True)
class Taken:
    """Which route is taken in each state, and how long it is held up.

    Attributes
    ----------
    number
        Shape (n_states,): number of the route, -1 where cut.
    delay_hours
        Shape (n_states,): whole hours beyond the route's usual ones; 0 where cut.
    """

    number: Ints
    delay_hours: Ints

    __repr__ = short_repr


def bits_of(masks: Masks, element_count: int) -> Bools:
    """Return bits as flags, shape (n_states, n_elements)."""
    raw = np.ascontiguousarray(masks.astype("<u8")).view(np.uint8).reshape(len(masks), -1)
    return np.asarray(np.unpackbits(raw, axis=1, bitorder="little")[:, :element_count] > 0)


def element_masks(elements: Sequence[int], word_count: int) -> Masks:
    """Return elements as bits, shape (n_words,)."""
    masks = np.zeros(word_count, dtype=np.uint64)
    for element in elements:
        masks[element // 64] |= np.uint64(1) << np.uint64(element % 64)
    return masks


def lane_extras(states: States, element_count: int, ticks_per_hour: float) -> Longs:
    """Return what elements add to the routing weight in each state, as lanes take it."""
    from karwan.route.lanes import SHUT

    shut = bits_of(states.masks, element_count)
    extras: Longs = np.where(shut, np.int64(SHUT), np.int64(0))
    open_ = ~shut[states.row, states.element]
    extras[states.row[open_], states.element[open_]] = _delay_ticks(
        states.hours[open_], ticks_per_hour
    )
    return extras


def _delay_ticks(hours: Ints, ticks_per_hour: float) -> Longs:
    return np.asarray(np.rint(hours * ticks_per_hour), dtype=np.int64)


def ticks_of_hour(value_of_time_usd_per_hour: float) -> float:
    """Return what an hour adds to the routing weight, in ticks."""
    return value_of_time_usd_per_hour * TICKS_PER_USD


@dataclass(frozen=True)
class LaneAnswer:
    """What lanes say of one pair: weights (-1 where cut), elements used, and the hours they add.

    `named` tells where the tree's best route over the elements used weighs as much: elsewhere it
    is another that uses less of a slow line, and has to be searched.
    """

    ticks: Longs
    number: Ints
    delay_hours: Ints
    named: Bools

    __repr__ = short_repr


def ask_lanes(
    lanes: Lanes,
    trees: Sequence[Sequence[DetourTree | None]],
    states: States,
    ticks_per_hour: float,
) -> list[list[LaneAnswer | None]]:
    """Return what each pair takes in states that shut and slow, by origin and destination.

    Parameters
    ----------
    trees
        A tree for each pair, by origin and destination; None where nothing is asked of it.

    Raises
    ------
    DataError
        If sums may pass what a packed key holds.
    """
    rows, columns = lanes.shape
    size = lanes.condensed.element_count
    parts: list[list[list[LaneAnswer]]] = [[[] for _ in range(columns)] for _ in range(rows)]
    for begin in range(0, max(len(states), 1), LANE_ROWS):
        piece = states.some(np.arange(begin, min(begin + LANE_ROWS, len(states))))
        answers = lanes.routes(lane_extras(piece, size, ticks_per_hour))
        for i in range(rows):
            for j in range(columns):
                tree = trees[i][j]
                if tree is not None:
                    ticks, used = answers.ticks[:, i, j], answers.masks[:, i, j]
                    parts[i][j].append(_named(tree, piece, ticks, used, ticks_per_hour))
    return [[_joined(part) if part else None for part in row] for row in parts]


def _named(
    tree: DetourTree, states: States, ticks: Longs, used: Masks, ticks_per_hour: float
) -> LaneAnswer:
    """Name the routes that lanes found by the elements they use."""
    size = tree.graph.element_count
    hours = np.zeros(len(states), dtype=np.int32)
    more = np.zeros(len(states), dtype=np.int64)
    word = used[states.row, states.element // 64]
    met = np.flatnonzero((word >> (states.element % 64).astype(np.uint64)) & np.uint64(1))
    np.add.at(hours, states.row[met], states.hours[met])
    np.add.at(more, states.row[met], _delay_ticks(states.hours[met], ticks_per_hour))
    # Everything else shut leaves the routes over what is used.
    whole = element_masks(range(size), used.shape[1])
    numbers = tree.route_numbers(np.ascontiguousarray(whole & ~used))
    base = np.full(tree.route_count + 1, -1, dtype=np.int64)
    for number in np.unique(numbers[numbers >= 0]):
        route = tree.route(int(number))
        base[number] = route.ticks if route is not None else -1
    cut = ticks < 0
    numbers = np.where(cut, -1, numbers).astype(np.int32)
    named = cut | (base[numbers] + more == ticks)
    return LaneAnswer(ticks, numbers, np.where(cut, 0, hours).astype(np.int32), named)


def _joined(parts: Sequence[LaneAnswer]) -> LaneAnswer:
    return LaneAnswer(
        np.concatenate([part.ticks for part in parts]),
        np.concatenate([part.number for part in parts]),
        np.concatenate([part.delay_hours for part in parts]),
        np.concatenate([part.named for part in parts]),
    )


def search_delayed(
    tree: DetourTree, shut: Sequence[int], hours: Floats, ticks_per_hour: float
) -> tuple[Route, float] | None:
    """Return the best route of one state and its delay in hours, by a search; None if cut.

    The graph is built anew with the delays in its weights: slow, and all that is left where a line
    is slow in parts or sums pass what lanes hold.

    Parameters
    ----------
    hours
        Shape (n_elements,): what each takes beyond its usual hours, met by the share of each arc.
    """
    from karwan.route.detours import DetourTree as Tree

    graph: ArcGraph = tree.graph
    met = np.where(graph.element >= 0, hours[np.maximum(graph.element, 0)] * graph.share, 0.0)
    ticks = np.rint(hours * ticks_per_hour)[np.maximum(graph.element, 0)]
    more = np.where(graph.element >= 0, np.rint(ticks * graph.share), 0.0).astype(np.int64)
    slow = Tree(replace(graph, ticks=graph.ticks + more), tree.source, tree.target)
    route = slow.best(shut)
    if route is None:
        return None
    by_label = dict(zip(graph.label.tolist(), met.tolist(), strict=True))
    return route, float(sum(by_label[label] for label in route.labels))
