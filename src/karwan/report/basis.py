"""What the figures rest on: defaults, method, sources with grades, limits."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from karwan.data.sources import list_sources
from karwan.report.content import journeys
from karwan.report.names import default_name
from karwan.report.view import Section, View

if TYPE_CHECKING:
    from karwan.route.tcd import DefaultUse, Journey
    from karwan.study.run import StudyResult

MOST_WIDE = 8


@dataclass(frozen=True, slots=True)
class DefaultRow:
    """A default in the journey where it weighs most, and how many corridor routes rest on it."""

    name: str
    use: DefaultUse
    focus_count: int
    all_count: int


@dataclass(frozen=True, slots=True)
class SourceRow:
    """A source with the dates and grades of what was taken from it."""

    url: str
    dates: str
    grades: str


def default_rows(result: StudyResult) -> list[DefaultRow]:
    """Return the defaults of the focus pair, both ways, the widest in USD with hours counted first.

    Those that read the same (both sides of one post) are one row.
    """
    uses: dict[str, DefaultUse] = {}
    focus, everywhere = Counter[str](), Counter[str]()
    for comparison in result.comparisons:
        ends = {comparison.origin.id, comparison.destination.id}
        for journey in journeys(comparison):
            for use in journey.defaults:
                everywhere[use.id] += 1
                if ends == set(result.focus):
                    focus[use.id] += 1
                    uses[use.id] = max(use, uses.get(use.id, use), key=_width)
    merged: dict[tuple[object, ...], DefaultRow] = {}
    for name, use in sorted(uses.items()):
        key = (default_name(use, result.world.region), use.hours, use.usd, use.basis)
        held = merged.get(key, DefaultRow(key[0], use, 0, 0))
        counts = held.focus_count + focus[name], held.all_count + everywhere[name]
        merged[key] = DefaultRow(held.name, held.use, *counts)
    worth = result.comparisons[0].consignment.value_of_time_usd_per_hour

    def weight(row: DefaultRow) -> float:
        usd, hours = _width(row.use)
        return usd + worth * hours

    return sorted(merged.values(), key=lambda row: (-weight(row), row.name, row.use.id))


def _width(use: DefaultUse) -> tuple[float, float]:
    return use.usd.high - use.usd.low, use.hours.high - use.hours.low


def source_rows(found: Iterable[Journey]) -> list[SourceRow]:
    """Return the sources of journeys, addresses first, then what was derived or estimated."""
    about: dict[str, set[tuple[str, str]]] = {}
    for journey in found:
        for source in journey.sources:
            about.setdefault(source.url, set()).add((source.date, source.grade))
    rows = []
    for url in sorted(about, key=lambda name: (not name.startswith("http"), name)):
        dates = sorted({date for date, _ in about[url] if date}) or ["undated"]
        rows.append(
            SourceRow(url, ", ".join(dates), ", ".join(sorted({grade for _, grade in about[url]})))
        )
    return rows


def gather_defaults(view: View) -> dict[str, Any]:
    """Return the defaults of the pair."""
    found = default_rows(view.result)
    return {"widest": found[:MOST_WIDE], "rest": found[MOST_WIDE:]}


def gather_sources(view: View) -> dict[str, Any]:
    """Return the sources of the pair, and the grades of all tables."""
    catalog = view.result.catalog
    found = (journey for c in (*view.there, *view.back) for journey in journeys(c))
    return {
        "sources": source_rows(found),
        "source_count": len(list_sources(catalog)),
        "grades": {
            name: Counter(catalog.read(name)["confidence"].to_list()) for name in catalog.resources
        },
    }


DEFAULTS = Section("defaults", "Figures nobody published", "basis", gather_defaults)
METHOD = Section("method", "Method in a page", "basis")
SOURCES = Section("sources", "Sources and grades", "basis", gather_sources)
LIMITS = Section("limits", "Limits", "basis")
