"""What is announced and not built, each claim with its date and source."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

from karwan.analysis.corridors.comparison import Status
from karwan.base.known import known_from
from karwan.base.provenance import read_date
from karwan.data.rows.network import RailProjectRow
from karwan.report.view import Section, View

if TYPE_CHECKING:
    from karwan.analysis.corridors.runs_told import RunTold
    from karwan.study.run import StudyResult


def claims(result: StudyResult, project_id: str) -> list[RailProjectRow]:
    """Return what is claimed of a project and by whom, the newest first; nothing of after the as-of date."""
    rows = [row for row in result.catalog.rows(RailProjectRow) if row.project_id == project_id]
    release = result.catalog.released(RailProjectRow.TABLE)
    kept = [
        (read_date(row.source_date) or dt.date.min, row)
        for row in rows
        if known_from(row.source_date, release) <= result.spec.as_of
    ]
    return [row for _, row in sorted(kept, key=lambda item: (-item[0].toordinal(), item[1].id))]


def _projects(result: StudyResult) -> list[dict[str, Any]]:
    """Return each project that a corridor of any pair waits for, with the claims made of it."""
    found = {
        cut.id: cut
        for c in result.comparisons
        for a in c.answers
        if a.status == Status.not_built
        for cut in a.cuts
    }
    return [{"cut": cut, "claims": claims(result, name)} for name, cut in found.items()]


def promised(view: View, project_id: str) -> list[RunTold]:
    """Return times claimed for journeys over a project, beside the model's as if it were built."""
    if isinstance(view.calibration, str):
        return []
    return [one for one in view.calibration.others if one.project_id == project_id]


def gather(view: View) -> dict[str, Any]:
    """Return the projects that corridors wait for, with what is claimed of them."""
    found = _projects(view.result)
    return {"projects": [one | {"promised": promised(view, one["cut"].id)} for one in found]}


PROJECTS = Section("unbuilt", "Announced, not built", "closures", gather)
