"""Topologies and condensed graphs kept in folders: arrays mapped from files, and nothing pickled.

A folder says its format and the hash of what it was made of, and is refused for anything else.
"""

from __future__ import annotations

import json
import shutil
import tempfile
from dataclasses import fields
from pathlib import Path
from typing import Any

import numpy as np

from karwan.base.errors import DataError
from karwan.route.arcgraph import ArcGraph, KeyBits
from karwan.route.condense import Condensed
from karwan.route.topology import Topology, hash_arrays, make_topology

TOPOLOGY, CONDENSED = "karwan topology", "karwan condensed graph"
FORMAT_VERSION = 2
ABOUT = "about.json"


def save_topology(topology: Topology, folder: Path) -> None:
    """Write a topology into a new folder, whole or not at all.

    Raises
    ------
    DataError
        If the folder is there already.
    """
    arrays = {name: getattr(topology, name) for name in _arrays_of(Topology)}
    _save(folder, arrays, {"kind": TOPOLOGY, "graph_hash": topology.graph_hash})


def load_topology(folder: Path) -> Topology:
    """Return a kept topology; its arrays are mapped from the files, and read as they are used.

    Raises
    ------
    DataError
        If the folder holds none, or one of another format.
    """
    arrays, about = _load(folder, TOPOLOGY, _arrays_of(Topology))
    return Topology(**arrays, graph_hash=about["graph_hash"])


def topology_at(folder: Path, graph: ArcGraph) -> Topology:
    """Return the topology kept in a folder; made of the graph and kept there if nothing is.

    Raises
    ------
    DataError
        If the folder holds something else, or the topology of another graph.
    """
    if not folder.exists():
        save_topology(make_topology(graph), folder)
    topology = load_topology(folder)
    topology.refuse_other(graph)
    return topology


def save_condensed(condensed: Condensed, graph: ArcGraph, folder: Path) -> None:
    """Write a condensed graph into a new folder, whole or not at all; the graph is not kept.

    Raises
    ------
    DataError
        If the folder is there already.
    """
    arrays = {name: getattr(condensed, name) for name in _arrays_of(Condensed)}
    about = {
        "kind": CONDENSED,
        "graph_hash": hash_of_graph(graph),
        "element_count": condensed.element_count,
        "bits": [condensed.bits.element_bits, condensed.bits.arc_bits],
    }
    _save(folder, arrays, about)


def load_condensed(folder: Path, graph: ArcGraph) -> Condensed:
    """Return the kept condensed graph of a graph, its arrays mapped from the files.

    Raises
    ------
    DataError
        If the folder holds none, or one of another format, graph, weights or elements.
    """
    told = ("bits", "element_count")
    arrays, about = _load(folder, CONDENSED, _arrays_of(Condensed), told)
    if about["graph_hash"] != hash_of_graph(graph):
        fault = f"{folder} was made of another graph, other weights or elements; make it anew"
        raise DataError("the condensed graph", [fault])
    return Condensed(
        **arrays, bits=KeyBits(*about["bits"]), element_count=int(about["element_count"])
    )


def hash_of_graph(graph: ArcGraph) -> str:
    """Return the hash of a graph: what its arcs join, weigh, take, and what can shut them."""
    return hash_arrays(
        np.array([graph.node_count, graph.element_count]), graph.tail, graph.head, graph.keys,
        graph.element, graph.measures, graph.share,
    )  # fmt: skip


def _arrays_of(kind: type) -> list[str]:
    others = {"graph_hash", "bits", "element_count"}
    return [item.name for item in fields(kind) if item.name not in others]


def _save(folder: Path, arrays: dict[str, Any], about: dict[str, Any]) -> None:
    if folder.exists():
        raise DataError("the folder", [f"{folder} is there already; name a new one"])
    folder.parent.mkdir(parents=True, exist_ok=True)
    part = Path(tempfile.mkdtemp(prefix=f".{folder.name}-", dir=folder.parent))
    try:
        for name, array in arrays.items():
            np.save(part / f"{name}.npy", array, allow_pickle=False)
        told = {"version": FORMAT_VERSION, "arrays_hash": _hash_of(arrays), **about}
        text = json.dumps(told, sort_keys=True)
        (part / ABOUT).write_text(text, encoding="utf-8")
        part.rename(folder)
    except BaseException:
        shutil.rmtree(part, ignore_errors=True)
        raise


def _load(
    folder: Path, kind: str, names: list[str], told: tuple[str, ...] = ()
) -> tuple[dict[str, Any], dict[str, Any]]:
    try:
        about = json.loads((folder / ABOUT).read_text(encoding="utf-8"))
        if (about.get("kind"), about.get("version")) != (kind, FORMAT_VERSION):
            fault = (
                f"{folder} holds {about.get('kind')!r} of format {about.get('version')!r}; "
                f"{kind!r} of format {FORMAT_VERSION} is needed"
            )
            raise DataError("the folder", [fault])
        if missing := sorted({"graph_hash", "arrays_hash", *told} - about.keys()):
            fault = f"{folder} holds no {kind}: {ABOUT} does not tell {', '.join(missing)}"
            raise DataError("the folder", [fault])
        arrays = {
            name: np.load(folder / f"{name}.npy", mmap_mode="c", allow_pickle=False)
            for name in names
        }
    except (OSError, ValueError, AttributeError, EOFError) as error:
        if isinstance(error, DataError):
            raise
        raise DataError("the folder", [f"{folder} holds no {kind}: {error}"]) from error
    if about["arrays_hash"] != _hash_of(arrays):
        fault = f"the arrays in {folder} are not those that were written there; make it anew"
        raise DataError("the folder", [fault])
    return arrays, about


def _hash_of(arrays: dict[str, Any]) -> str:
    return hash_arrays(*(arrays[name] for name in sorted(arrays)))
