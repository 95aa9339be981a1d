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

Ints = npt.NDArray[np.int32]
Longs = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]

MICRO = 1_000_000
"""Hours and USD travel as whole millionths, kilometres as metres: sums of whole numbers are the
same in whatever order an engine adds."""
MEASURES = ("hours", "usd", "km")
UNREACHED = np.int64(2**61)
"""Key of what cannot be reached; two of them add without overflow."""


@dataclass(frozen=True)
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
        joints, which join two copies of one state and are no arcs of a route.
    measures
        Shape (n_arcs, 3): millionths of an hour, millionths of a USD, metres.
    share
        Shape (n_arcs,): the part of an element's delay that is met on the arc; 1 on a crossing.
    guarded
        Shape (n_arcs,): whether the arc counts in the second step of the tie rule. Those of
        elements do; where links are numbered in place of elements, the rule stays that of elements.
    """

    node_count: int
    element_count: int
    tail: Ints
    head: Ints
    ticks: Longs
    element: Ints
    label: Ints
    measures: Longs
    share: Floats
    guarded: Bools

    __repr__ = short_repr

    @cached_property
    def first_out(self) -> Longs:
        """Where each node's arcs begin, shape (node_count + 1,)."""
        return np.searchsorted(self.tail, np.arange(self.node_count + 1)).astype(np.int64)

    @cached_property
    def bits(self) -> KeyBits:
        """How keys of this graph are packed."""
        return key_bits(self)

    @cached_property
    def keys(self) -> Longs:
        """The packed key of each arc, shape (n_arcs,)."""
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
        """Return packed keys."""
        packed = (
            (ticks << np.int64(self.shift))
            + (elements.astype(np.int64) << np.int64(self.arc_bits))
            + arcs.astype(np.int64)
        )
        return np.asarray(packed, dtype=np.int64)

    def ticks(self, keys: Longs) -> Longs:
        """Return the ticks of packed keys; `UNREACHED` stays."""
        found = keys >> np.int64(self.shift)
        return np.where(keys >= UNREACHED, UNREACHED, found)

    @property
    def shift(self) -> int:
        """By how many bits ticks are shifted up in a packed key."""
        return self.element_bits + self.arc_bits


def key_bits(graph: ArcGraph) -> KeyBits:
    """Return a packing in which no path of a graph can overflow a part of its key.

    A best path enters no node twice, so it has fewer arcs than the graph has nodes.

    Raises
    ------
    DataError
        If the weights are too large to share 61 bits with the tie rule.
    """
    longest = max(graph.node_count, 2)
    shutting = int(np.count_nonzero(graph.guarded))
    arc_bits = longest.bit_length()
    element_bits = min(shutting, longest).bit_length() + 1
    room = 61 - arc_bits - element_bits
    most = _heaviest_path(graph.ticks, longest)
    if most.bit_length() > room:
        faults = [
            f"a path may weigh {most:,} ticks, which needs {most.bit_length()} bits of the {room} "
            "that the tie rule leaves; ask for fewer units, or a coarser tick"
        ]
        raise DataError("the weights", faults)
    return KeyBits(element_bits, arc_bits)


def _heaviest_path(ticks: Longs, node_count: int) -> int:
    """Return a bound on the ticks of any path: its arcs are fewer than the nodes."""
    if ticks.size < node_count:
        return int(ticks.sum())
    heaviest = np.partition(ticks, ticks.size - node_count)[ticks.size - node_count :]
    return int(heaviest.sum())


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
) -> ArcGraph:
    """Return a graph from arcs in any order.

    Parameters
    ----------
    tail, head, ticks, element, label, share, guarded
        Shape (n_arcs,). Without `label` an arc's label is its position; without `guarded`, arcs of
        elements are.
    measures
        Shape (n_arcs, 3): hours, USD and km as floats, rounded here once to whole millionths and
        metres.

    Raises
    ------
    DataError
        Names every fault: shapes, nodes out of range, weights below 0, NaN or not whole.

    Examples
    --------
    >>> graph = make_arc_graph(3, [0, 1], [1, 2], [5, 7], element=[-1, 0])
    >>> graph.arc_count, graph.element_count
    (2, 1)
    """
    tails, heads = np.asarray(tail), np.asarray(head)
    count = tails.size
    elements = _column(element, count, -1)
    labels = np.arange(count) if label is None else np.asarray(label)
    weights = np.asarray(ticks)
    shares = np.ones(count) if share is None else np.asarray(share, dtype=np.float64)
    sizes = np.zeros((count, 3)) if measures is None else np.asarray(measures, dtype=np.float64)
    guards = elements >= 0 if guarded is None else np.asarray(guarded, dtype=bool)
    columns = {
        "head": heads,
        "ticks": weights,
        "element": elements,
        "label": labels,
        "guarded": guards,
    }
    faults = [
        f"{name} has {column.size} entries for {count} arcs"
        for name, column in {**columns, "share": shares}.items()
        if column.shape != (count,)
    ]
    if sizes.shape != (count, 3):
        faults.append(f"measures has shape {sizes.shape}, not ({count}, 3)")
    faults = faults or _faults(node_count, tails, heads, weights, elements, sizes, shares)
    if faults:
        raise DataError("the graph", faults)
    most = int(elements.max(initial=-1)) + 1
    order = np.lexsort((labels, tails))
    scaled = np.rint(sizes * np.array([MICRO, MICRO, 1000.0])).astype(np.int64)
    return ArcGraph(
        node_count,
        most if element_count is None else max(element_count, most),
        np.ascontiguousarray(tails[order], dtype=np.int32),
        np.ascontiguousarray(heads[order], dtype=np.int32),
        np.ascontiguousarray(weights[order], dtype=np.int64),
        np.ascontiguousarray(elements[order], dtype=np.int32),
        np.ascontiguousarray(labels[order], dtype=np.int32),
        np.ascontiguousarray(scaled[order]),
        np.ascontiguousarray(shares[order]),
        np.ascontiguousarray(guards[order]),
    )


def _column(given: npt.ArrayLike | None, count: int, value: int) -> npt.NDArray[np.int64]:
    return np.full(count, value) if given is None else np.asarray(given)


def _faults(
    node_count: int,
    tail: npt.NDArray[np.generic],
    head: npt.NDArray[np.generic],
    ticks: npt.NDArray[np.generic],
    element: npt.NDArray[np.generic],
    measures: Floats,
    share: Floats,
) -> list[str]:
    """Return what is wrong with the arcs, each kind of fault with its first arc."""
    weights = ticks.astype(np.float64)
    tests = (
        ("lies between nodes that are not there", _outside(tail, node_count)
         | _outside(head, node_count)),
        ("has a weight that is not a number", np.isnan(weights)),
        ("has a weight below 0", weights < 0),
        ("has a weight that is not a whole number of ticks", (weights % 1 != 0)
         & np.isfinite(weights)),
        ("has an endless weight", np.isposinf(weights)),
        ("has an element below -1", element.astype(np.int64) < -1),
        ("has hours, USD or km that are negative or not numbers", ~(measures >= 0).all(axis=1)),
        ("has a share of delay outside 0 to 1", ~((share >= 0) & (share <= 1))),
    )  # fmt: skip
    return [
        f"arc {int(np.flatnonzero(bad)[0])} {what} ({int(bad.sum())} such)"
        for what, bad in tests
        if bad.any()
    ]


def _outside(node: npt.NDArray[np.generic], node_count: int) -> Bools:
    number = node.astype(np.int64)
    return np.asarray((number < 0) | (number >= node_count))
