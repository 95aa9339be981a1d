"""A graph as arrays: what the engine searches, whatever it was made from.

The state graph of a network, one corridor unrolled along its tokens, or a road graph of a million
arcs: to the engine all are arcs with a tail, a head, a weight in whole ticks and at most one
element that can shut them. The tie rule of the router is packed into one integer per arc, so that
adding and comparing keys is adding and comparing (ticks, arcs of elements, arcs) at once.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt

from karwan.base.errors import DataError
from karwan.base.reprs import short_repr
from karwan.route.arrays import (
    Bools,
    Floats,
    Ints,
    Longs,
    Rule,
    is_whole,
    read_figures,
    read_flags,
    read_whole,
)

__all__ = [
    "MEASURES",
    "MICRO",
    "MOST_ELEMENTS",
    "MOST_MEASURE",
    "UNREACHED",
    "ArcGraph",
    "Bools",
    "Floats",
    "Ints",
    "KeyBits",
    "Longs",
    "key_bits",
    "make_arc_graph",
    "too_heavy",
]

MICRO = 1_000_000
"""Hours and USD travel as whole millionths, kilometres as metres: sums of whole numbers are the
same in whatever order an engine adds."""
MEASURES = ("hours", "usd", "km")
METRES_PER_KM = 1000.0
KEY_BITS = 61
UNREACHED = np.int64(2**KEY_BITS)
"""Key of what cannot be reached; two of them add without overflow."""
MOST_NODES = 2**31 - 1
MOST_ELEMENTS = 2**20
"""Elements are numbered from 0 without great gaps: each takes a flag wherever states are kept."""
MOST_MEASURE = 2**62
"""Sum of a measure over all arcs; as much again is left for what elements add."""


@dataclass(frozen=True, kw_only=True)
class ArcGraph:
    """A directed graph in arrays, its arcs in the order of their tails.

    Attributes
    ----------
    tail, head
        Shape (n_arcs,): nodes, tails ascending.
    ticks
        Shape (n_arcs,): routing weight, 0 or more.
    element
        Shape (n_arcs,): the element that can shut the arc, -1 for none.
    label
        Shape (n_arcs,): the arc's id elsewhere, compared in the last step of the tie rule; -1 on
        joints, which join two copies of one state and are no arcs of a route. A joint of weight 0
        leads to a higher node.
    measures
        Shape (n_arcs, 3): millionths of an hour, millionths of a USD, metres.
    share
        Shape (n_arcs,): the part of an element's delay that is met on the arc; 1 on a crossing.
    guarded
        Shape (n_arcs,): whether the arc counts in the second step of the tie rule. Those of
        elements do; where links are numbered in place of elements, the rule stays that of elements.
    packed
        Keys that are not those of one arc each, where an arc stands for a way of many; None where
        each arc has its own.
    """

    node_count: int
    element_count: int
    tail: Ints
    head: Ints
    ticks: Longs
    element: Ints
    label: Longs
    measures: Longs
    share: Floats
    guarded: Bools
    packed: Packed | None = None

    __repr__ = short_repr

    @cached_property
    def first_out(self) -> Longs:
        """Where each node's arcs begin, shape (node_count + 1,)."""
        return np.searchsorted(self.tail, np.arange(self.node_count + 1)).astype(np.int64)

    @cached_property
    def bits(self) -> KeyBits:
        """How keys of this graph are packed."""
        return self.packed.bits if self.packed is not None else key_bits(self)

    @cached_property
    def keys(self) -> Longs:
        """The packed key of each arc, shape (n_arcs,)."""
        if self.packed is not None:
            return self.packed.keys
        return self.bits.pack(self.ticks, self.guarded, self.label >= 0)

    @property
    def arc_count(self) -> int:
        """How many arcs there are."""
        return int(self.tail.size)


@dataclass(frozen=True, slots=True)
class KeyBits:
    """How (ticks, arcs of elements, arcs) share 61 bits."""

    element_bits: int
    arc_bits: int

    def pack(self, ticks: Longs, elements: Bools | Longs, arcs: Bools | Longs) -> Longs:
        """Return packed keys; `UNREACHED` where the ticks are more than a key holds."""
        light = ticks <= self.most_ticks
        packed = (
            (np.where(light, ticks, 0) << np.int64(self.shift))
            + (elements.astype(np.int64) << np.int64(self.arc_bits))
            + arcs.astype(np.int64)
        )
        return np.asarray(np.where(light, packed, UNREACHED), dtype=np.int64)

    def ticks(self, keys: Longs) -> Longs:
        """Return the ticks of packed keys; `UNREACHED` stays."""
        ticks = keys >> np.int64(self.shift)
        return np.where(keys >= UNREACHED, UNREACHED, ticks)

    @property
    def shift(self) -> int:
        """By how many bits ticks are shifted up in a packed key."""
        return self.element_bits + self.arc_bits

    @property
    def most_ticks(self) -> int:
        """The most ticks that a key holds; what is heavier is found out when it is asked for."""
        return (1 << (KEY_BITS - self.shift)) - 1


@dataclass(frozen=True, slots=True)
class Packed:
    """Keys of a graph's arcs as packed elsewhere, shape (n_arcs,), and how."""

    bits: KeyBits
    keys: Longs


def key_bits(graph: ArcGraph) -> KeyBits:
    """Return a packing in which no best path of a graph can overflow a part of its key but ticks.

    A best path enters no node twice, so it has fewer arcs than the graph has nodes. Keys are sums,
    so one of a path that does enter a node twice is larger than that of the path without the
    circle, whatever part it overflows. Ticks come first in the key: where they overflow, the key
    reaches `UNREACHED`, which searches and lanes find out.

    Raises
    ------
    DataError
        If nodes and arcs of elements are so many that no bits are left for ticks.
    """
    longest = max(graph.node_count - 1, 1)
    shutting = min(int(np.count_nonzero(graph.guarded)), longest)
    bits = KeyBits(shutting.bit_length(), longest.bit_length())
    if bits.most_ticks < 1:
        faults = [
            f"{graph.node_count:,} nodes and {shutting:,} arcs of elements take {bits.shift} of "
            f"the {KEY_BITS} bits of a key; no ticks are left for weights"
        ]
        raise DataError("the graph", faults)
    return bits


def too_heavy(what: str, bits: KeyBits) -> str:
    """Return the fault of a way that weighs more than a key holds."""
    return (
        f"{what} weighs more than the {bits.most_ticks:,} ticks that a key holds; ask for fewer "
        "units or a coarser tick, and leave out arcs that are closed for good"
    )


def make_arc_graph(  # noqa: PLR0913
    node_count: int,
    tail: npt.ArrayLike,
    head: npt.ArrayLike,
    ticks: npt.ArrayLike,
    *,
    element: npt.ArrayLike | None = None,
    label: npt.ArrayLike | None = None,
    measures: npt.ArrayLike | None = None,
    share: npt.ArrayLike | None = None,
    guarded: npt.ArrayLike | None = None,
    element_count: int | None = None,
    overlap: npt.ArrayLike | None = None,
    overlap_share: npt.ArrayLike | None = None,
) -> ArcGraph:
    """Return a graph from arcs in any order.

    Parameters
    ----------
    tail, head, ticks, element, label, share, guarded
        Shape (n_arcs,). Without `label` an arc's label is its position; labels may be any whole
        numbers of 64 bits from 0 on, and may repeat. Without `guarded`, arcs of elements are.
    measures
        Shape (n_arcs, 3): hours, USD and km as floats, rounded here once to whole millionths and
        metres.
    element_count
        How many elements there are; without it, as many as the arcs name.
    overlap
        Shape (n_overlaps, 2): an arc by its position, and a further element that governs it. The
        arc is shut while any of its elements is, and meets the delay of each. In the graph it
        goes on by a joint for each, over nodes numbered after those given.
    overlap_share
        Shape (n_overlaps,): the part of that element's delay that is met there; 1 if None.

    Raises
    ------
    DataError
        Names every fault: shapes and types; nodes and elements out of range; weights and ids that
        are below 0, NaN or not whole; flags where numbers belong; joints that do not lead to a
        higher node; sums of hours, USD or km beyond 64 bits.

    Examples
    --------
    >>> graph = make_arc_graph(3, [0, 1], [1, 2], [5, 7], element=[-1, 0])
    >>> graph.arc_count, graph.element_count
    (2, 1)
    >>> both = make_arc_graph(2, [0], [1], [5], element=[0], overlap=[[0, 1]])
    >>> both.node_count, both.tail.tolist(), both.element.tolist()
    (3, [0, 2], [0, 1])
    """
    faults = _size_faults(node_count, element_count)
    tails, more = read_whole(tail, Rule(name="tail", noun="a tail"))
    faults += more
    count = tails.size
    if more or faults:
        raise DataError("the graph", faults)

    def whole(name: str, noun: str, given: npt.ArrayLike, least: int | None = None,
              most: int | None = None) -> Longs:  # fmt: skip
        rule = Rule(name=name, noun=noun, shape=(count,), least=least, most=most)
        values, more = read_whole(given, rule)
        faults.extend(more)
        return values

    heads = whole("head", "a head", head)
    if not faults:
        faults += _node_faults(tails, heads, node_count)
    weights = whole("ticks", "a weight", ticks, 0)
    last = (MOST_ELEMENTS if element_count is None else element_count) - 1
    elements = whole(
        "element", "an element", np.full(count, -1) if element is None else element, -1, last
    )
    labels = whole("label", "a label", np.arange(count) if label is None else label, -1)
    sizes, more = read_figures(
        np.zeros((count, 3)) if measures is None else measures,
        Rule(name="measures", noun="hours, USD or km", axes=("arc", "measure"), shape=(count, 3),
             least=0),
    )  # fmt: skip
    scaled, heavy = _scaled(sizes) if not more else (np.zeros((count, 3), dtype=np.int64), [])
    faults += more + heavy
    shares, more = read_figures(
        np.ones(count) if share is None else share,
        Rule(name="share", noun="a share of delay", shape=(count,), least=0, most=1),
    )
    faults += more
    guards, more = read_flags(
        elements >= 0 if guarded is None else guarded,
        Rule(name="guarded", noun="a guard", shape=(count,)),
    )
    faults += more
    faults = faults or _joint_faults(tails, heads, weights, labels, guards)
    more_elements, more_shares, more = _read_overlaps(overlap, overlap_share, count, last)
    faults += more
    if faults:
        raise DataError("the graph", faults)
    if more_elements.size:
        arcs = _Arcs(
            tail=tails, head=heads, ticks=weights, element=elements, label=labels,
            measures=scaled, share=shares, guarded=guards,
        ).prolonged(more_elements, more_shares, int(node_count))  # fmt: skip
        tails, heads, weights, elements, labels, scaled, shares, guards = arcs.columns
        node_count = int(node_count) + len(more_elements)
        if node_count > MOST_NODES:
            raise DataError("the graph", [f"overlaps make more than {MOST_NODES:,} nodes"])
    order = np.lexsort((labels, tails))
    return ArcGraph(
        node_count=int(node_count),
        element_count=int(elements.max(initial=-1)) + 1
        if element_count is None
        else int(element_count),
        tail=np.ascontiguousarray(tails[order], dtype=np.int32),
        head=np.ascontiguousarray(heads[order], dtype=np.int32),
        ticks=weights[order],
        element=np.ascontiguousarray(elements[order], dtype=np.int32),
        label=labels[order],
        measures=np.ascontiguousarray(scaled[order]),
        share=shares[order],
        guarded=guards[order],
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Arcs:
    """Arcs in the order given, before they are sorted."""

    tail: Longs
    head: Longs
    ticks: Longs
    element: Longs
    label: Longs
    measures: Longs
    share: Floats
    guarded: Bools

    @property
    def columns(
        self,
    ) -> tuple[Longs, Longs, Longs, Longs, Longs, Longs, Floats, Bools]:
        """The arrays, in the order of the fields."""
        return (
            self.tail, self.head, self.ticks, self.element, self.label, self.measures, self.share,
            self.guarded,
        )  # fmt: skip

    def prolonged(self, overlap: Longs, share: Floats, node_count: int) -> _Arcs:
        """Return arcs of which some go on by joints, one for each further element."""
        order = np.argsort(overlap[:, 0], kind="stable")
        arc, new = overlap[order, 0], node_count + np.arange(len(overlap))
        last = np.append(arc[1:] != arc[:-1], True)
        first = np.append(True, arc[1:] != arc[:-1])
        head = self.head.copy()
        head[arc[first]] = new[first]
        joint_head = np.where(last, self.head[arc], np.append(new[1:], -1))
        nothing = np.zeros(len(overlap), dtype=np.int64)
        return _Arcs(
            tail=np.concatenate([self.tail, new]),
            head=np.concatenate([head, joint_head]),
            ticks=np.concatenate([self.ticks, nothing]),
            element=np.concatenate([self.element, overlap[order, 1]]),
            label=np.concatenate([self.label, nothing - 1]),
            measures=np.concatenate([self.measures, np.zeros((len(overlap), 3), dtype=np.int64)]),
            share=np.concatenate([self.share, share[order]]),
            guarded=np.concatenate([self.guarded, np.ones(len(overlap), dtype=bool)]),
        )


def _read_overlaps(
    overlap: npt.ArrayLike | None, share: npt.ArrayLike | None, arc_count: int, last_element: int
) -> tuple[Longs, Floats, list[str]]:
    """Return further elements of arcs and their shares, and what is wrong with them."""
    pairs, faults = read_whole(
        np.zeros((0, 2), dtype=np.int64) if overlap is None else overlap,
        Rule(name="overlap", noun="a number", axes=("overlap", "side"), shape=(None, 2), least=0),
    )
    if faults:
        return pairs, np.zeros(0), faults
    for at, what, most in ((0, "an arc", arc_count - 1), (1, "an element", last_element)):
        bad = np.flatnonzero(pairs[:, at] > most)
        if bad.size:
            fault = f"overlap {bad[0]} names {what} that is not there ({bad.size} such)"
            faults.append(fault)
    shares, more = read_figures(
        np.ones(len(pairs)) if share is None else share,
        Rule(name="overlap_share", noun="a share of delay", axes=("overlap",),
             shape=(len(pairs),), least=0, most=1),
    )  # fmt: skip
    return pairs, shares, faults + more


def _size_faults(node_count: object, element_count: object) -> list[str]:
    """Return what is wrong with how many nodes and elements there are said to be."""
    sizes = [("node_count", node_count, MOST_NODES, "nodes")]
    if element_count is not None:
        sizes.append(("element_count", element_count, MOST_ELEMENTS, "elements"))
    return [
        f"{name} is {value}; from 0 to {most:,} {things} can be numbered"
        for name, value, most, things in sizes
        if not (is_whole(value) and 0 <= int(value) <= most)  # type: ignore[call-overload]
    ]


def _node_faults(tail: Longs, head: Longs, node_count: int) -> list[str]:
    low = min(tail.min(initial=0), head.min(initial=0))
    if low >= 0 and max(tail.max(initial=-1), head.max(initial=-1)) < node_count:
        return []
    bad = (tail < 0) | (tail >= node_count) | (head < 0) | (head >= node_count)
    first = int(np.flatnonzero(bad)[0])
    return [f"arc {first} lies between nodes that are not there ({int(bad.sum())} such)"]


def _scaled(measures: Floats) -> tuple[Longs, list[str]]:
    """Return measures as whole millionths and metres, and which of their sums pass 62 bits."""
    with np.errstate(over="ignore"):
        scaled = np.rint(measures * np.array([MICRO, MICRO, METRES_PER_KM]))
        sums = scaled.sum(axis=0)
    faults = [
        f"the {name} of all arcs add up to more than the {MOST_MEASURE:,} "
        f"{'metres' if name == 'km' else 'millionths'} that a sum holds"
        for name, total in zip(MEASURES, sums.tolist(), strict=True)
        if not total < MOST_MEASURE
    ]
    return (np.zeros(scaled.shape, np.int64) if faults else scaled.astype(np.int64)), faults


def _joint_faults(
    tail: Longs, head: Longs, ticks: Longs, label: Longs, guarded: Bools
) -> list[str]:
    """Return the joints that break the tie rule: see `kernel`."""
    bad = (label < 0) & (ticks == 0) & ~guarded & (head <= tail)
    if not bad.any():
        return []
    first = int(np.flatnonzero(bad)[0])
    return [
        f"arc {first} is a joint (label -1, weight 0) that does not lead to a higher node "
        f"({int(bad.sum())} such); number the nodes anew, or give it a label"
    ]
