"""All pairs of places of a study, family by family."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from karwan.analysis.corridors.comparison import Comparison, Status
from karwan.report import content
from karwan.report.view import Section, View

if TYPE_CHECKING:
    from karwan.network.nouns import Place
    from karwan.study.run import StudyResult


def _pairs(result: StudyResult) -> list[list[list[Comparison]]]:
    """Return the pairs, first those in the study's direction, each with its comparisons by state."""
    origins = {result.world.network.place(name).id for name in result.spec.origins}
    found: dict[tuple[str, str], list[Comparison]] = {}
    for comparison in result.comparisons:
        found.setdefault((comparison.origin.id, comparison.destination.id), []).append(comparison)
    ahead = [cs for (origin, _), cs in found.items() if origin in origins]
    back = [cs for (origin, _), cs in found.items() if origin not in origins]
    return [ahead, back]


def _families(result: StudyResult) -> list[str]:
    """Return the families that serve any pair of the study, context left out."""
    found = [a.corridor.family for c in result.comparisons for a in c.answers if a.status in (Status.open, Status.cut, Status.not_built)
             and a.corridor.role != content.CONTEXT]  # fmt: skip
    order = [corridor.family for corridor in result.world.network.corridors.values()]
    return [family for family in dict.fromkeys(order) if family in found]


@dataclass(frozen=True)
class Matrix:
    """The study's own pairs in one state: rows of origins, columns of destinations."""

    origins: tuple[Place, ...]
    destinations: tuple[Place, ...]
    cells: dict[tuple[str, str], Comparison]


def matrix_of(result: StudyResult) -> Matrix:
    """Return the pairs whose best way the matrix shows, in the study's first state."""
    network, state = result.world.network, result.spec.states[0]
    origins, destinations = (
        tuple(dict.fromkeys(network.place(name) for name in names))
        for names in (result.spec.origins, result.spec.destinations)
    )
    cells: dict[tuple[str, str], Comparison] = {}
    for origin in origins:
        for destination in destinations:
            if origin.id != destination.id:
                cells[origin.id, destination.id] = result.comparison(
                    origin.id, destination.id, state
                )
    return Matrix(origins, destinations, cells)


def gather(view: View) -> dict[str, Any]:
    """Return the pairs by direction, and the families that serve any."""
    return {
        "matrix": matrix_of(view.result),
        "pairs": _pairs(view.result),
        "families": _families(view.result),
        "without_name": view.there[0].world.region.without_name,
    }


PAIRS = Section("pairs", "All pairs of places", "compare", gather)
