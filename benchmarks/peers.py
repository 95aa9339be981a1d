"""The libraries the engine is measured beside, each asked in the cheapest way it offers.

All answer one question: some arcs have new weights, what are the least weights between origins
and destinations now? None of them returns hours, money or the elements used.
"""

from __future__ import annotations

import importlib.metadata
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from benchmarks.instance import Instance
from karwan.route.arcgraph import Ints, Longs
from karwan.route.lanes import SHUT

LARGEST_32 = 2**31 - 1
"""What `pyroutingkit` takes for endless."""

TOPOLOGIES: dict[str, Any] = {}
"""Topologies of `pyroutingkit` by network: weights do not enter them, so one serves for all."""

Ask = Callable[[Longs], Longs]
"""From the weights of the elements' arcs, -1 where shut, to weights (n_origins, n_destinations)."""


@dataclass(frozen=True)
class Peer:
    """A library ready to be asked."""

    name: str
    version: str
    ask: Ask


def element_arcs(instance: Instance) -> Ints:
    """Return the arcs that elements cover, ascending."""
    return np.flatnonzero(instance.graph.element >= 0).astype(np.int32)


def weights_of(instance: Instance, extra_ticks: Longs) -> Longs:
    """Return the weights of the elements' arcs in each scenario, -1 where shut.

    Parameters
    ----------
    extra_ticks
        Shape (n_scenarios, n_elements), as the lanes take them.
    """
    graph, arcs = instance.graph, element_arcs(instance)
    more = extra_ticks[:, graph.element[arcs]]
    added = np.rint(more * graph.share[arcs]).astype(np.int64)
    return np.where(more == SHUT, SHUT, graph.ticks[arcs] + added)


def make_scipy(instance: Instance) -> Peer:
    """Return SciPy: whole Dijkstra trees from the origins; its raw matrix keeps parallel arcs."""
    from scipy.sparse import csr_array
    from scipy.sparse.csgraph import dijkstra

    graph, arcs = instance.graph, element_arcs(instance)
    matrix = csr_array(
        (graph.ticks.astype(np.float64), graph.head, graph.first_out.astype(np.int32)),
        shape=(graph.node_count, graph.node_count),
    )

    def ask(weights: Longs) -> Longs:
        matrix.data[arcs] = np.where(weights == SHUT, np.inf, weights)
        found = dijkstra(matrix, indices=instance.origins)[:, instance.destinations]
        return np.where(np.isfinite(found), found, SHUT).astype(np.int64)

    return Peer("SciPy Dijkstra", importlib.metadata.version("scipy"), ask)


def make_igraph(instance: Instance) -> Peer:
    """Return igraph: `Graph.distances`, which stops once all destinations are known."""
    library: Any = __import__("igraph")
    graph, arcs = instance.graph, element_arcs(instance)
    net = library.Graph(
        n=graph.node_count, edges=np.column_stack([graph.tail, graph.head]), directed=True
    )
    net.es["weight"] = graph.ticks.astype(np.float64).tolist()
    ends: dict[str, Any] = {
        "source": instance.origins.tolist(),
        "target": instance.destinations.tolist(),
    }

    def ask(weights: Longs) -> Longs:
        net.es[arcs.tolist()]["weight"] = np.where(weights == SHUT, np.inf, weights).tolist()
        found = np.array(net.distances(**ends, weights="weight", mode="out"))
        return np.where(np.isfinite(found), found, SHUT).astype(np.int64)

    return Peer("igraph", importlib.metadata.version("igraph"), ask)


def make_cch(instance: Instance) -> Peer:
    """Return pyroutingkit: a customizable contraction hierarchy, updated where weights change."""
    library: Any = __import__("pyroutingkit")
    graph, arcs = instance.graph, element_arcs(instance).astype(np.uint32)
    if instance.network not in TOPOLOGIES:
        topology = library.CCHTopology()
        topology.build(
            graph.tail.astype(np.uint32), graph.head.astype(np.uint32),
            instance.lat.astype(np.float32), instance.lon.astype(np.float32), graph.node_count,
        )  # fmt: skip
        TOPOLOGIES[instance.network] = topology
    metric = library.CCHMetric(TOPOLOGIES[instance.network])
    metric.customize(graph.ticks.astype(np.uint32))
    ends = instance.origins.astype(np.uint32), instance.destinations.astype(np.uint32)

    def ask(weights: Longs) -> Longs:
        given = np.where(weights == SHUT, LARGEST_32, weights).astype(np.uint32)
        metric.update_weights(arcs, given)
        found = metric.distances_many_to_many(*ends).astype(np.int64)
        return np.where(found >= LARGEST_32, SHUT, found)

    return Peer("CCH partial (pyroutingkit)", importlib.metadata.version("pyroutingkit"), ask)


PEERS: dict[str, Callable[[Instance], Peer]] = {
    "scipy": make_scipy,
    "pyroutingkit": make_cch,
    "igraph": make_igraph,
}
