"""What is known of the network and its tables: the facts that answers rest on."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from karwan.api.answer import Answer, named
from karwan.base.reprs import short_repr
from karwan.base.telling import Column, Form
from karwan.base.words import counted

if TYPE_CHECKING:
    from pathlib import Path

    import polars as pl

    from karwan.analysis.table_check import TableCheck
    from karwan.analysis.world.world import World
    from karwan.data.catalog import Catalog
    from karwan.data.own import Resource
    from karwan.data.sources import SourceUse
    from karwan.evidence.incidents import IncidentSet

FACT = named("what", "value")


@dataclass(frozen=True)
class NetworkFacts:
    """What is known of places, crossings, lines and links; `Region.network`."""

    world: World

    __repr__ = short_repr

    def show(self, name: str | None = None) -> Answer[dict[str, Any]]:
        """Return what is known of a place, crossing, line, link, corridor or country; or list all.

        Raises
        ------
        UnknownNameError
            With the nearest names.
        """
        from karwan.analysis.world.facts import describe, overview

        facts = overview(self.world) if name is None else describe(self.world, name)
        return Answer(
            title=f"{name or 'The network'}, as of {self.world.as_of}",
            content=facts,
            tell=lambda: facts,
            columns=FACT,
            rows=lambda: [{"what": key, "value": value} for key, value in flat(facts)],
        )

    def check(self) -> Answer[TableCheck]:
        """Return every fault of the tables, and every default that fills a blank."""
        return check_asked(self.world.catalog)


def check_asked(catalog: Catalog) -> Answer[TableCheck]:
    """Return every fault of a catalogue's tables, and every default that fills a blank."""
    from karwan.analysis.table_check import check_tables
    from karwan.network.check import network_gaps

    checked = check_tables(catalog)
    gaps = network_gaps(checked.network) if checked.network is not None else []
    faults = checked.all_faults
    counts: dict[str, int] = {}
    for gap in gaps:
        counts[gap.what] = counts.get(gap.what, 0) + 1
    return Answer(
        title=f"{counted(len(faults), 'fault')} and {counted(len(gaps), 'blank')} that defaults "
        f"fill, in "
        f"{len(catalog.resources)} tables",
        content=checked,
        tell=lambda: {
            "faults": faults,
            "defaults": [{"what": gap.what, "where": gap.where} for gap in gaps],
            "counts": counts,
        },
        columns=FACT,
        rows=lambda: [
            *({"what": "fault", "value": fault} for fault in faults),
            *({"what": gap.what, "value": gap.where} for gap in gaps),
        ],
    )


@dataclass(frozen=True)
class DataFacts:
    """The fact tables, their meaning and their sources; `Region.data`."""

    catalog: Catalog

    __repr__ = short_repr

    def list(self) -> Answer[tuple[Resource, ...]]:
        """Return all tables with rows, licence and hash; of a land that stands alone, its own."""
        catalog = self.catalog
        here = [
            entry
            for entry in catalog.resources.values()
            if catalog.is_replaced(entry.name) or not catalog.stands_alone
        ]
        entries = [
            {
                "name": entry.name,
                "title": entry.title,
                "rows": catalog.read(entry.name).height,
                "licence": entry.licence,
                "sha256": catalog.hashes([entry.name])[entry.name],
                "replaced": catalog.is_replaced(entry.name),
            }
            for entry in here
        ]
        return Answer(
            title=f"Fact tables, version {catalog.version}",
            content=tuple(here),
            tell=lambda: {"version": catalog.version, "tables": entries},
            columns=named(*entries[0], shown=("name", "title", "rows", "licence")),
            rows=lambda: entries,
        )

    def show(self, name: str, *, rows: int = 10) -> Answer[pl.DataFrame]:
        """Return a table: its frame whole, and as data its columns and first rows.

        Raises
        ------
        UnknownNameError
            With the nearest names.
        """
        entry, frame = self.catalog.resource(name), self.catalog.read(name)

        def tell() -> Any:
            import polars as pl

            fields = [
                {"name": f.name, "type": f.type, "unit": f.unit or None,
                 "description": f.description}
                for f in entry.table.fields
            ]  # fmt: skip
            first = frame.head(rows).cast({pl.Date: pl.String}).to_dicts()
            return {"name": name, "title": entry.title, "fields": fields, "rows": first}

        return Answer(
            title=f"{entry.title}: {counted(frame.height, 'row')}",
            content=frame,
            tell=tell,
            columns=named(*frame.columns),
            rows=frame.to_dicts,
        )

    def sources(self) -> Answer[tuple[SourceUse, ...]]:
        """Return every source with the rows that rest on it, and the grades."""
        from karwan.data.sources import list_sources

        found = tuple(list_sources(self.catalog))
        return Answer(
            title=f"{counted(sum(s.row_count for s in found), 'row')} from "
            f"{counted(len(found), 'source')}",
            content=found,
            tell=lambda: [
                {"source": s.url, "rows": s.row_count, "grades": s.grades, "tables": s.tables}
                for s in found
            ],
            columns=_SOURCES,
            rows=lambda: found,
        )


_WIDE = (Form.frame, Form.html)


def _grade(grade: str) -> Column[SourceUse]:
    return Column(
        name=f"grade_{grade}_count", get=lambda use: use.grades.get(grade, 0), forms=_WIDE
    )


_SOURCES: tuple[Column[Any], ...] = (
    Column(name="source", get=lambda use: use.url, forms=_WIDE),
    Column(name="rows", get=lambda use: use.row_count, forms=_WIDE),
    *(_grade(grade) for grade in "ABC"),
    Column(name="tables", get=lambda use: use.tables, forms=_WIDE),
)


def records_asked(folder: Path) -> Answer[dict[str, Any]]:
    """Return all rows of a workspace, in the order added; a row has blanks for other tables'."""
    from karwan.evidence.records import list_records

    records = list_records(folder)
    rows = [{"table": table, **row} for table, each in records.items() for row in each]
    first = ("table", "id", "added_by", "added_at")
    names = list(dict.fromkeys((*first, *(name for row in rows for name in row))))
    return Answer(
        title=f"Rows of {folder}",
        content=records,
        tell=lambda: records,
        columns=named(*names, shown=first),
        rows=lambda: [dict.fromkeys(names) | row for row in rows],
    )


@dataclass(frozen=True)
class EvidenceFacts:
    """The user's own record, and incidents along the network; `Region.evidence`."""

    world: World

    __repr__ = short_repr

    def list(self) -> Answer[dict[str, Any]]:
        """Return all rows of the workspace, in the order added.

        Raises
        ------
        DataError
            If the region has no workspace.
        """
        from karwan.base.errors import DataError, Fault

        folder = self.world.catalog.workspace
        if folder is None:
            raise DataError("the question", [Fault("workspace", "the region was given none")])
        return records_asked(folder)

    def incidents(self, name: str, files: tuple[IncidentSet, ...] | None = None) -> Answer[Any]:
        """Return how many incidents a month are recorded along a link, element or corridor.

        Parameters
        ----------
        name
            Link, element, corridor or country.
        files
            What `karwan.read_incidents` returned; by default the files of the workspace.
        """
        from karwan.api.incidents import incidents_asked, told_incidents
        from karwan.evidence.registry import read_files

        folder = self.world.catalog.workspace
        sets = files
        if sets is None:
            sets = () if folder is None else tuple(read_files(folder, self.world.as_of).values())
        told = told_incidents(self.world, sets, hides_local=False)
        return incidents_asked(self.world, told, name, workspace=folder)


def flat(content: Any, key: str = "") -> Iterator[tuple[str, str]]:
    """Yield nested facts as pairs of a dotted key and a text; what is not known is left out."""
    if isinstance(content, dict):
        for name, value in content.items():
            yield from flat(value, f"{key}.{name}" if key else str(name))
    elif isinstance(content, (list, tuple)):
        for value in content:
            yield from flat(value, key)
    elif content not in (None, ""):
        yield key, str(content)
