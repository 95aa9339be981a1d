"""A topology kept for any weights and elements: condensing by it takes no search of the network.

What is contracted when depends only on which nodes arcs join. So it is done once for a network,
kept in a folder, and serves for all consignments, prices, places and sets of elements after that.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from karwan.base.errors import DataError
from karwan.base.reprs import short_repr
from karwan.route.arcgraph import UNREACHED, ArcGraph, Ints, Longs


@dataclass(frozen=True, kw_only=True)
class Topology:
    """Edges up the order in which a graph's nodes are contracted.

    Attributes
    ----------
    rank
        Shape (node_count,): when each node goes.
    up_first, up_head
        Edges by the rank of their lower end: where each rank's begin, and higher ends, ascending.
    arc_edge
        Shape (n_arcs,): 2 x the edge of each arc, 1 more where it leads down; -1 for a loop.
    graph_hash
        Of which nodes the graph's arcs join.
    """

    rank: Ints
    up_first: Longs
    up_head: Ints
    arc_edge: Longs
    graph_hash: str

    __repr__ = short_repr

    @cached_property
    def low_of(self) -> Ints:
        """The lower end of each edge, shape (n_edges,)."""
        ranks = np.arange(self.rank.size, dtype=np.int32)
        return np.repeat(ranks, np.diff(self.up_first))

    def refuse_other(self, graph: ArcGraph) -> None:
        """Raise `DataError` if the topology is that of another graph."""
        if self.graph_hash != hash_of_topology(graph):
            fault = (
                f"it was made of another graph: {self.rank.size:,} nodes and "
                f"{self.arc_edge.size:,} arcs there, {graph.node_count:,} and "
                f"{graph.arc_count:,} here, or others of them joined; make it anew"
            )
            raise DataError("the topology", [fault])

    def finder(
        self, graph: ArcGraph, targets: Ints, *, weighed: bool = True
    ) -> Callable[[Ints], tuple[Longs, Longs]]:
        """Return a function from sources to keys and measures of the ways without any element.

        Parameters
        ----------
        graph
            The topology's graph; its weights and elements are put on the edges here, once.
        targets
            Nodes.
        weighed
            False lets every arc weigh nothing: what is joined then has the key 0.

        Returns
        -------
        function
            Of nodes; gives arrays of shape (n_sources, n_targets) and (..., 3). Threads may call
            it side by side.
        """
        from karwan.route.contraction import customize, nodes_above, ways_to

        self.refuse_other(graph)
        edge_key, edge_sums = customize(
            self.up_first, self.up_head, self.arc_edge,
            graph.keys if weighed else np.zeros_like(graph.keys), graph.measures,
            graph.element >= 0,
        )  # fmt: skip
        goals = np.ascontiguousarray(self.rank[targets])
        sweep = nodes_above(self.up_first, self.up_head, goals)
        size = self.rank.size

        def find(sources: Ints) -> tuple[Longs, Longs]:
            work = (
                np.full(size, UNREACHED, dtype=np.int64), np.full(size, -1, dtype=np.int64),
                np.zeros((size, 3), dtype=np.int64), np.zeros(size, dtype=np.uint8),
                np.zeros(size + 1, dtype=np.int32),
            )  # fmt: skip
            keys = np.empty((sources.size, targets.size), dtype=np.int64)
            measures = np.empty((sources.size, targets.size, 3), dtype=np.int64)
            for row, source in enumerate(self.rank[sources].tolist()):
                ways_to(
                    self.up_first, self.up_head, edge_key, edge_sums, self.low_of, source, sweep,
                    goals, work, keys[row], measures[row],
                )  # fmt: skip
            return keys, measures

        return find


def make_topology(graph: ArcGraph) -> Topology:
    """Return the topology of a graph.

    Examples
    --------
    >>> from karwan.route.arcgraph import make_arc_graph
    >>> topology = make_topology(make_arc_graph(3, [0, 1], [1, 2], [5, 7]))
    >>> topology.rank.size, topology.up_head.size
    (3, 2)
    """
    from karwan.route.contraction import arc_edges, contract

    size = graph.node_count
    apart = graph.tail != graph.head
    ends = np.concatenate([graph.tail[apart], graph.head[apart]]).astype(np.int64)
    others = np.concatenate([graph.head[apart], graph.tail[apart]]).astype(np.int64)
    pairs = np.unique(ends * size + others)
    first = np.searchsorted(pairs // max(size, 1), np.arange(size + 1)).astype(np.int64)
    order, up_first, up = contract(first, (pairs % max(size, 1)).astype(np.int32))
    rank = np.empty(size, dtype=np.int32)
    rank[order] = np.arange(size)
    low = np.repeat(np.arange(size), np.diff(up_first))
    by_end = np.lexsort((rank[up], low))
    up_head = rank[up][by_end].astype(np.int32)
    return Topology(
        rank=rank,
        up_first=up_first,
        up_head=up_head,
        arc_edge=arc_edges(up_first, up_head, rank[graph.tail], rank[graph.head]),
        graph_hash=hash_of_topology(graph),
    )


def hash_of_topology(graph: ArcGraph) -> str:
    """Return the hash of which nodes a graph's arcs join."""
    return hash_arrays(np.array([graph.node_count]), graph.tail, graph.head)


def hash_arrays(*arrays: np.ndarray[Any, Any]) -> str:
    """Return the hash of some arrays, their types and shapes."""
    digest = hashlib.sha256()
    for array in arrays:
        digest.update(f"{array.dtype.str} {array.shape}\0".encode())
        digest.update(np.ascontiguousarray(array).data)
    return digest.hexdigest()
