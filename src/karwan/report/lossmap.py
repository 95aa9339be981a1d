"""A map of chokepoints: the wider a line, the more its loss would cost within the horizon."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from karwan.data.region import base_labels
from karwan.network.shapes import course
from karwan.report.atlas import study_lines
from karwan.report.lanes import read_chart
from karwan.report.map import MapCorridor, MapPlace, draw_map

if TYPE_CHECKING:
    from karwan.analysis.futures.criticality import Chokepoint
    from karwan.study.run import StudyResult

CLASSES = (
    (3e6, "over 3 m USD", "#7a0177", 11.0),
    (1e6, "1 to 3 m USD", "#c51b8a", 7.5),
    (1e5, "0.1 to 1 m USD", "#e0569b", 5.0),
    (1e3, "1,000 to 100,000 USD", "#8f7a86", 3.0),
)
"""Least expected loss of each class, its words, colour (3:1 on land and sea) and width."""


def loss_map(result: StudyResult, found: Sequence[Chokepoint]) -> str:
    """Return the map of what it would cost to lose each element, from today."""
    network = result.world.network
    bands = []
    for floor, words, colour, width_px in CLASSES[::-1]:
        above = min((limit for limit, *_ in CLASSES if limit > floor), default=float("inf"))
        for one in found:
            usd = one.expected_loss_usd[1] if one.expected_loss_usd else 0.0
            if not floor <= usd < above:
                continue
            for name in network.elements[one.ids[0]].links:
                link = network.links[name]
                if link.mode != "sea":
                    bands.append(
                        MapCorridor(
                            name=words,
                            colour=colour,
                            points=course(network, link),
                            cut=False,
                            width_px=width_px,
                        )
                    )
    ends_of_pairs = {
        place.id: place for c in result.comparisons for place in (c.origin, c.destination)
    }
    places = [MapPlace(p.name, *p.position, 1) for _, p in sorted(ends_of_pairs.items())]
    return draw_map(
        places=places,
        lines=[
            line
            for line in study_lines(read_chart(result.catalog), network)
            if line.build_state == "built"
        ],
        corridors=bands,
        crossings=[],
        title="Expected loss within a year, from what is shut today",
        description=(
            "Links of the network; the wider and darker a line, the more its closures are "
            "expected to cost. The table below names them."
        ),
        heading_of_bands="Loss",
        signs=False,
        labels=base_labels(result.catalog),
    )
