"""A project as something to build: its links and sections, where it lies, and what is claimed."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from karwan.base.bands import Band, Kind
from karwan.base.errors import DataError, Fault, UnknownNameError
from karwan.base.geo import great_circle_km
from karwan.base.known import known_from
from karwan.base.provenance import read_date
from karwan.base.reprs import short_repr
from karwan.data.rows.appraisal import ProjectSectionRow, ProjectTrafficRow
from karwan.data.rows.network import RailProjectRow
from karwan.network.gauges import MODE_OF_LAYER

if TYPE_CHECKING:
    from karwan.analysis.world.world import World
    from karwan.network.network import Network
    from karwan.network.nouns import Link, Project

NUMBER = re.compile(r"\d+(?:\.\d+)?")
FORECAST = "forecast"
GRADES = "ABC"


@dataclass(frozen=True, kw_only=True)
class Line:
    """What a project, or its stages up to one, builds.

    Attributes
    ----------
    stage
        The last stage that is built; blank for the whole project.
    stages
        All stages of the project, in order.
    km_by_country
        A link over a frontier counts half for each side.
    straight_km
        From the first to the last place, over the ends of its sections.
    capex
        Sum of its sections, or the newest claim of the whole; None where none is on record.
    claims
        Every claim known on the date, the newest first.
    """

    project: Project
    stage: str
    stages: tuple[str, ...]
    links: tuple[Link, ...]
    sections: tuple[ProjectSectionRow, ...]
    km_by_country: dict[str, float]
    crossings: tuple[str, ...]
    gauge_breaks: tuple[str, ...]
    ends: tuple[str, str]
    straight_km: float
    capex: Band | None
    capex_basis: str
    claims: tuple[RailProjectRow, ...]
    traffic: ProjectTrafficRow | None

    __repr__ = short_repr

    @property
    def length_km(self) -> float:
        """Sum of its links."""
        return sum(link.length_km for link in self.links)

    @property
    def link_ids(self) -> frozenset[str]:
        """Ids of its links."""
        return frozenset(link.id for link in self.links)

    @property
    def promise(self) -> RailProjectRow | None:
        """The newest forecast of its tonnes; of a stage alone none is taken for the whole."""
        forecasts = [row for row in self.claims if row.volume_meaning == FORECAST]
        return forecasts[0] if forecasts and not self.stage else None


def find_project(network: Network, name: str) -> Project:
    """Return a project by id, by the first word of its id, or by name.

    Raises
    ------
    DataError
        If no project, or more than one, goes by the name.

    Examples
    --------
    >>> from karwan.data.catalog import Catalog
    >>> from karwan.network.build import build_network
    >>> find_project(build_network(Catalog()), "KTAP").id
    'ktap-rail'
    """
    wanted = name.casefold().strip()
    for project in network.projects.values():
        if wanted in (project.id.casefold(), project.name.casefold()):
            return project
    near = [one for one in network.projects.values() if one.id.split("-")[0] == wanted]
    if len(near) == 1:
        return near[0]
    known = list(network.projects)
    error = UnknownNameError("project", name, known, hint=f"Known: {', '.join(known)}.")
    raise DataError("the question", [Fault("project", str(error))])


def claims_known(world: World, project_id: str) -> tuple[RailProjectRow, ...]:
    """Return what is claimed of a project, as known on the date: newest first, then best grade."""
    released = world.catalog.released(RailProjectRow.TABLE)
    rows = [
        row
        for row in world.catalog.rows(RailProjectRow)
        if row.project_id == project_id and known_from(row.source_date, released) <= world.as_of
    ]
    return tuple(
        sorted(
            rows,
            key=lambda row: (
                -(read_date(row.source_date) or dt.date.min).toordinal(),
                GRADES.index(row.confidence),
                row.id,
            ),
        )
    )


def read_line(world: World, name: str, stage: str | None = None) -> Line:
    """Return a project, or its stages up to one, as something to build.

    Raises
    ------
    DataError
        If the project or the stage is not known.
    """
    network = world.network
    project = find_project(network, name)
    rows = [r for r in world.catalog.rows(ProjectSectionRow) if r.project_id == project.id]
    stages = tuple(dict.fromkeys(row.stage for row in rows))
    if stage is not None and stage not in stages:
        known = f"its stages are {', '.join(stages)}" if stages else "it has no stages on record"
        raise DataError(
            "the question", [Fault("stage", f"no stage of {project.id}; {known}", stage)]
        )
    whole = stage is None or stage == stages[-1]
    built = stages if whole or stage is None else stages[: stages.index(stage) + 1]
    sections = tuple(row for row in rows if row.stage in built)
    ids = [link for row in sections for link in row.section_links] or list(project.links)
    links = tuple(network.links[one] for one in ids)
    claims = claims_known(world, project.id)
    capex, basis = _capex(sections, claims)
    chain = _chain(links)
    traffic = [r for r in world.catalog.rows(ProjectTrafficRow) if r.project_id == project.id]
    released = world.catalog.released(ProjectTrafficRow.TABLE)
    seen = [row for row in traffic if known_from(row.source_date, released) <= world.as_of]
    return Line(
        project=project,
        stage="" if whole or stage is None else stage,
        stages=stages,
        links=links,
        sections=sections,
        km_by_country=_km_by_country(links),
        crossings=tuple(link.crossing_id for link in links if link.crossing_id),
        gauge_breaks=_gauge_breaks(network, links),
        ends=(chain[0], chain[-1]),
        straight_km=_straight_km(network, (chain[0], chain[-1])),
        capex=capex,
        capex_basis=basis,
        claims=claims,
        traffic=seen[0] if seen else None,
    )


def with_links(world: World, line: Line, links: Sequence[str]) -> World:
    """Return a world in which these links of a line are built, and no other of its project."""
    network = world.network
    some = replace(line.project, links=tuple(links))
    projects = {**network.projects, line.project.id: some}
    return replace(
        world,
        network=replace(network, projects=projects),
        projects=(world.projects - {line.project.id}) | ({line.project.id} if links else set()),
    )


def _capex(
    sections: Sequence[ProjectSectionRow], claims: Sequence[RailProjectRow]
) -> tuple[Band | None, str]:
    """Return what a line is said to cost, and by which rows."""
    if sections and all(row.capex_musd is not None for row in sections):
        parts = [
            (
                row.capex_musd if row.capex_low_musd is None else row.capex_low_musd,
                row.capex_musd or 0.0,
                row.capex_musd if row.capex_high_musd is None else row.capex_high_musd,
            )
            for row in sections
        ]
        low, value, high = (sum(float(part[k] or 0.0) for part in parts) for k in range(3))
        return Band(low, value, high, Kind.published), "sum of its sections"
    for row in claims:
        if row.capex_low_musd is not None and row.capex_high_musd is not None:
            low, high = row.capex_low_musd, row.capex_high_musd
            return Band(low, (low + high) / 2, high, Kind.published), f"newest claim, {row.id}"
    return None, "no estimate of its cost is on record"


def _km_by_country(links: Sequence[Link]) -> dict[str, float]:
    km: dict[str, float] = {}
    for link in links:
        for country in link.countries:
            km[country] = km.get(country, 0.0) + link.length_km / len(link.countries)
    return dict(sorted(km.items()))


def _chain(links: Sequence[Link]) -> list[str]:
    """Return the two places where a line ends; the first and last place met if it branches."""
    counts: dict[str, int] = {}
    for link in links:
        for end in (link.from_id, link.to_id):
            counts[end] = counts.get(end, 0) + 1
    ends = [place for place, count in counts.items() if count == 1]
    return ends if len(ends) == 2 else [next(iter(counts)), list(counts)[-1]]  # noqa: PLR2004


def _straight_km(network: Network, ends: tuple[str, str]) -> float:
    a, b = (network.places[one].position for one in ends)
    return great_circle_km(*a, *b)


def _gauge_breaks(network: Network, links: Sequence[Link]) -> tuple[str, ...]:
    """Return the places on a line where no gauge goes on, among its links or with what is built."""
    here = {one.id for one in links}
    rail = [
        link
        for link in network.links.values()
        if link.layers
        and all(MODE_OF_LAYER[one] == "rail" for one in link.layers)
        and (link.built or link.id in here)
    ]
    breaks = []
    for place in dict.fromkeys(end for link in links for end in (link.from_id, link.to_id)):
        own = [set(one.layers) for one in links if place in (one.from_id, one.to_id)]
        beside = [set(one.layers) for one in rail if place in (one.from_id, one.to_id)]
        if any(not a & b for a in own for b in beside):
            breaks.append(place)
    return tuple(breaks)


def claimed_km(row: RailProjectRow) -> tuple[float, ...]:
    """Return every length that a claim names.

    Examples
    --------
    >>> [float(x) for x in NUMBER.findall("628-750")]
    [628.0, 750.0]
    """
    return tuple(float(one) for one in NUMBER.findall(row.length_claim or ""))
