"""Which rows rest on which source, for credits and for a reader who wants to check."""

from __future__ import annotations

from dataclasses import dataclass

from karwan.data.catalog import Catalog


@dataclass(frozen=True, slots=True)
class SourceUse:
    """A source with the rows that cite it, by grade and table."""

    url: str
    row_count: int
    grades: dict[str, int]
    tables: list[str]


def list_sources(catalog: Catalog, tables: list[str] | None = None) -> list[SourceUse]:
    """Return every source, the most used first.

    Parameters
    ----------
    tables
        Tables to look in; all if None.
    """
    names = tables if tables is not None else list(catalog.resources)
    grades: dict[str, dict[str, int]] = {}
    users: dict[str, dict[str, None]] = {}
    for name in names:
        frame = catalog.read(name)
        for url, grade in zip(
            frame["source_url"].to_list(), frame["confidence"].to_list(), strict=True
        ):
            counts = grades.setdefault(url, {})
            counts[grade] = counts.get(grade, 0) + 1
            users.setdefault(url, {})[name] = None
    found = [
        SourceUse(url, sum(counts.values()), dict(sorted(counts.items())), list(users[url]))
        for url, counts in grades.items()
    ]
    return sorted(found, key=lambda use: (-use.row_count, use.url))
