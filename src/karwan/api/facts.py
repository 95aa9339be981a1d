"""What is known of the network and its tables: the facts that answers rest on."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from karwan.api.answer import Answer, named
from karwan.base.reprs import short_repr
from karwan.base.telling import Column, Columns, Form, to_dict
from karwan.base.words import counted
from karwan.base.workspaces import Workspace
from karwan.network.vehicles import DEFAULT_CARGO, DEFAULT_UNIT

if TYPE_CHECKING:
    from pathlib import Path

    import polars as pl

    from karwan.analysis.decisions.due import Look
    from karwan.analysis.table_check import TableCheck
    from karwan.analysis.world.world import World
    from karwan.data.catalog import Catalog
    from karwan.data.own import Resource
    from karwan.data.sources import SourceUse
    from karwan.evidence.audit import Verdict
    from karwan.evidence.coding import CodedTwice
    from karwan.evidence.feeds.nouns import Kind
    from karwan.evidence.feeds.shelf import Told
    from karwan.evidence.incidents import IncidentSet
    from karwan.evidence.own_record import OwnRecord
    from karwan.evidence.rows import AuditRow
    from karwan.network.check import Gap

FACT = named("what", "value")
GAPS: Columns[Gap] = (
    Column(name="what", forms=(Form.json, Form.frame, Form.html)),
    Column(
        name="where",
        forms=(Form.json, Form.frame, Form.html),
        names={Form.frame: "value", Form.html: "value"},
    ),
)
"""Columns of what `network check` lists; frames call the place of it a value, as they did."""


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
        from karwan.analysis.world.facts import NETWORK, describe, network_rows, overview

        if name is None:
            return Answer(
                title=f"The network, as of {self.world.as_of}",
                content=overview(self.world),
                tell=lambda: overview(self.world),
                columns=NETWORK,
                rows=lambda: network_rows(self.world),
            )
        facts = describe(self.world, name)
        return Answer(
            title=f"{name}, as of {self.world.as_of}",
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
    from karwan.network.check import Gap, network_gaps

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
            "defaults": [to_dict(GAPS, gap) for gap in gaps],
            "counts": counts,
        },
        columns=GAPS,
        rows=lambda: [*(Gap("fault", fault) for fault in faults), *gaps],
    )


@dataclass(frozen=True)
class DataFacts:
    """The fact tables, their meaning and their sources; `Region.data`."""

    catalog: Catalog

    __repr__ = short_repr

    def list(self) -> Answer[tuple[Resource, ...]]:
        """Return all tables with rows, licence and hash; of a land that stands alone, its own."""
        catalog, columns = self.catalog, table_columns(self.catalog)
        entries = tuple(
            entry
            for entry in catalog.resources.values()
            if catalog.is_replaced(entry.name) or not catalog.stands_alone
        )
        return Answer(
            title=f"Fact tables, version {catalog.version}",
            content=entries,
            tell=lambda: {
                "version": catalog.version,
                "tables": [to_dict(columns, entry) for entry in entries],
            },
            columns=columns,
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

        uses = tuple(list_sources(self.catalog))
        return Answer(
            title=f"{counted(sum(s.row_count for s in uses), 'row')} from "
            f"{counted(len(uses), 'source')}",
            content=uses,
            tell=lambda: [to_dict(SOURCES, use) for use in uses],
            columns=SOURCES,
            rows=lambda: uses,
        )


_WIDE = (Form.frame, Form.html)
_ALL = (Form.json, Form.table, *_WIDE)


def table_columns(catalog: Catalog) -> Columns[Resource]:
    """Return the columns of a catalogue's tables."""
    return (
        Column(name="name", forms=_ALL, names={Form.table: "table"}),
        Column(name="title", forms=_ALL, names={Form.table: "what"}),
        Column(
            name="rows", get=lambda one: catalog.read(one.name).height, unit="count", forms=_ALL
        ),
        Column(name="licence", forms=_ALL),
        Column(
            name="sha256",
            get=lambda one: catalog.hashes([one.name])[one.name],
            forms=(Form.json, Form.frame),
        ),
        Column(
            name="sha-256",
            get=lambda one: catalog.hashes([one.name])[one.name][:12],
            forms=(Form.table,),
        ),
        Column(
            name="replaced",
            get=lambda one: catalog.is_replaced(one.name),
            forms=(Form.json, Form.frame),
        ),
        Column(
            name="",
            get=lambda one: "yours" if catalog.is_replaced(one.name) else "",
            forms=(Form.table,),
        ),
    )


def _grade(grade: str) -> Column[SourceUse]:
    return Column(
        name=f"grade_{grade}_count", get=lambda use: use.grades.get(grade, 0), forms=_WIDE
    )


SOURCES: Columns[SourceUse] = (
    Column(name="source", get=lambda use: use.url, forms=_ALL),
    Column(
        name="rows",
        get=lambda use: use.row_count,
        unit="count",
        forms=_ALL,
        names={Form.frame: "row_count"},
    ),
    Column(name="grades", forms=(Form.json,)),
    Column(
        name="grades",
        get=lambda use: " ".join(f"{grade}:{count}" for grade, count in use.grades.items()),
        forms=(Form.table,),
    ),
    *(_grade(grade) for grade in "ABC"),
    Column(name="tables", forms=(Form.json, *_WIDE)),
    Column(name="tables", get=lambda use: ", ".join(use.tables), forms=(Form.table,)),
)


def records_asked(folder: Workspace) -> Answer[OwnRecord]:
    """Return all rows of a workspace, in the order added."""
    from karwan.evidence.listing import EVIDENCE, evidence_rows
    from karwan.evidence.own_record import list_records

    own = list_records(folder)
    return Answer(
        title=f"Rows of {folder}",
        content=own,
        tell=own.to_dict,
        columns=EVIDENCE,
        rows=lambda: evidence_rows(own),
    )


@dataclass(frozen=True)
class EvidenceFacts:
    """The user's own record, and incidents along the network; `Region.evidence`."""

    world: World

    __repr__ = short_repr

    def list(self) -> Answer[OwnRecord]:
        """Return all rows of the workspace, in the order added.

        Raises
        ------
        DataError
            If the region has no workspace.
        """
        return records_asked(self._workspace())

    def trail(self, since: str = "", who: str = "", kind: str = "") -> Answer[tuple[AuditRow, ...]]:
        """Return who wrote which row of the workspace and when.

        Parameters
        ----------
        since
            Only entries of this day or later, UTC, as an ISO text.
        who, kind
            Only entries of this name; of this table, or of `contents`.

        Raises
        ------
        DataError
            If the region has no workspace.
        """
        from karwan.api.auditing import trail_asked

        return trail_asked(self._workspace(), since=since, who=who, kind=kind)

    def verified(self, expect: str = "") -> Answer[Verdict]:
        """Return whether the trail of the workspace and the rows it tells of still stand.

        Parameters
        ----------
        expect
            A hash of the trail that was kept elsewhere: an entry must bear it.

        Raises
        ------
        DataError
            If the region has no workspace.
        """
        from karwan.api.auditing import verdict_asked

        return verdict_asked(self._workspace(), expect=expect)

    def _workspace(self) -> Workspace:
        from karwan.base.errors import DataError, Fault

        folder = self.world.catalog.workspace
        if folder is None:
            raise DataError("the question", [Fault("workspace", "the region was given none")])
        return folder

    def feeds(self) -> Answer[tuple[Kind, ...]]:
        """Return the feeds that can be read: whose, on what terms, and what their rows become."""
        from karwan.api.feeding import feeds_asked

        return feeds_asked()

    def figures(self, feed: str = "", *, include_local: bool = False) -> Answer[tuple[Told, ...]]:
        """Return the figures of feeds that were accepted, each with its licence.

        Parameters
        ----------
        feed
            Of this feed only, such as `wfp-prices`.
        include_local
            Also those that may not be passed on.

        Raises
        ------
        DataError
            If no workspace was given.
        """
        from karwan.api.feeding import rows_asked

        return rows_asked(self.world.catalog, self._workspace(), feed=feed, local=include_local)[0]

    def due(self, study: Path | str = "reference", top: int = 15) -> Answer[tuple[Look, ...]]:
        """Return which gates and lines to look at next, by what one more look would change.

        Parameters
        ----------
        study
            Study file by whose pairs a gate matters, or `reference`.
        top
            Return so many at most.
        """
        from karwan.api.closures import due_asked
        from karwan.api.studies import asked_study

        spec = asked_study(
            study,
            cargo=DEFAULT_CARGO,
            unit=DEFAULT_UNIT,
            as_of=self.world.as_of,
            tables=self.world.catalog.folder,
        )
        return due_asked(spec, workspace=self.world.catalog.workspace, top=top)

    def coding(self) -> Answer[tuple[CodedTwice, ...]]:
        """Return how far a second, blind coding of closures agrees with the record."""
        return coding_asked(self.world.catalog)

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


def coding_asked(catalog: Catalog) -> Answer[tuple[CodedTwice, ...]]:
    """Return how far a second, blind coding of closures agrees with a catalogue's record."""
    from karwan.evidence.coding import BASIS, CODING, DIFFERS, coded_twice

    coded = tuple(coded_twice(catalog))
    return Answer(
        title="A second coding of closures beside the record",
        content=coded,
        tell=lambda: {
            "basis": BASIS,
            "rows": [to_dict(CODING, one) for one in coded],
            "differ": [to_dict(DIFFERS, row) for one in coded for row in one.differ],
        },
        columns=CODING,
        rows=lambda: coded,
    )


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
