"""The rows of a workspace as they are listed: what each says, from when to when, by whom."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from karwan.base.telling import Column, Columns, Form
from karwan.evidence.own_record import OwnRecord
from karwan.evidence.rows import OwnRow

_ALL = (Form.frame, Form.table, Form.html)


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    """A row of a workspace in a line; a blank where it has nothing of the kind."""

    row: OwnRow
    what: str
    start: str = ""
    end: str = ""
    cause: str = ""
    source: str = ""


EVIDENCE: Columns[Listed] = (
    Column(name="table", get=lambda one: one.row.TABLE, forms=(Form.frame, Form.html)),
    Column(name="id", get=lambda one: one.row.id, forms=_ALL),
    Column(name="what", forms=_ALL),
    Column(name="start", forms=_ALL),
    Column(name="end", forms=_ALL),
    Column(name="cause", forms=_ALL),
    Column(name="source", forms=_ALL),
    Column(name="added_by", get=lambda one: one.row.added_by, forms=_ALL, names={Form.table: "by"}),
    Column(
        name="added_at", get=lambda one: one.row.added_at, forms=_ALL, names={Form.table: "added"}
    ),
)
"""Columns of the workspace's rows; JSON has each row with the columns of its own table."""


def evidence_rows(own: OwnRecord) -> Iterator[Listed]:
    """Yield all rows in the order in which they are shown: table by table, as they were added."""
    for shut in own.closures:
        yield Listed(
            row=shut,
            what=shut.element_id,
            start=shut.start,
            end=shut.end or shut.end_status,
            cause=shut.cause,
            source=shut.source_url,
        )
    for end in own.closure_ends:
        yield Listed(row=end, what=f"end of {end.closure_id}", end=end.end, source=end.source_url)
    for seen in own.sightings:
        what = f"{seen.element_id} seen {seen.state}"
        yield Listed(row=seen, what=what, start=seen.day, source=seen.source_url)
    for event in own.incidents:
        what = f"{event.kind} at {event.lat:g}, {event.lon:g}"
        yield Listed(row=event, what=what, start=event.date, source=event.source_url)
    for file in own.incident_files:
        yield Listed(
            row=file,
            what=f"{file.file_name}, {file.release}",
            start=file.start,
            end=file.end,
            source=file.licence,
        )
    for gone in own.withdrawals:
        what = f"withdraws {gone.record_id}: {gone.note}"
        yield Listed(row=gone, what=what, start=gone.withdrawn_on or "for all time")
