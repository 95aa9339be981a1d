"""A workspace is listed by one list of columns, in the terminal and as a frame."""

from __future__ import annotations

import dataclasses

from karwan.base.telling import Form, cells_of, names_of, to_frame
from karwan.evidence.listing import EVIDENCE, evidence_rows
from karwan.evidence.own_record import OwnRecord
from karwan.evidence.rows import (
    IncidentFileRow,
    OwnClosureRow,
    OwnEndRow,
    OwnIncidentRow,
    OwnRow,
    OwnSightingRow,
    WithdrawalRow,
)


def row(kind: type[OwnRow], **cells: object) -> OwnRow:
    """Return a row in which every column that is not told holds its own name."""
    blank = {field.name: field.name for field in dataclasses.fields(kind)}
    return kind(**blank | cells)


OWN = OwnRecord(
    closures=(
        row(OwnClosureRow, id="W0001", end="2026-01-04"),  # type: ignore[arg-type]
        row(OwnClosureRow, id="W0002", end=None, end_status="ongoing"),
    ),
    closure_ends=(row(OwnEndRow, id="E0001", closure_id="W0002"),),  # type: ignore[arg-type]
    sightings=(row(OwnSightingRow, id="S0001", state="shut"),),  # type: ignore[arg-type]
    incidents=(row(OwnIncidentRow, id="I0001", lat=34.0, lon=71.5),),  # type: ignore[arg-type]
    withdrawals=(
        row(WithdrawalRow, id="X0001", withdrawn_on="2026-02-01"),  # type: ignore[arg-type]
        row(WithdrawalRow, id="X0002", withdrawn_on=None),
    ),
    incident_files=(row(IncidentFileRow, id="F0001"),),  # type: ignore[arg-type]
)


def test_every_row_is_listed_in_a_line() -> None:
    names = names_of(EVIDENCE, Form.table)
    assert names == ["id", "what", "start", "end", "cause", "source", "by", "added"]
    assert [cells_of(EVIDENCE, one, Form.table)[:6] for one in evidence_rows(OWN)] == [
        ["W0001", "element_id", "start", "2026-01-04", "cause", "source_url"],
        ["W0002", "element_id", "start", "ongoing", "cause", "source_url"],
        ["E0001", "end of W0002", "", "end", "", "source_url"],
        ["S0001", "element_id seen shut", "day", "", "", "source_url"],
        ["I0001", "kind at 34, 71.5", "date", "", "", "source_url"],
        ["F0001", "file_name, release", "start", "end", "", "licence"],
        ["X0001", "withdraws record_id: note", "2026-02-01", "", "", ""],
        ["X0002", "withdraws record_id: note", "for all time", "", "", ""],
    ]


def test_the_frame_has_the_same_lines_and_their_table() -> None:
    frame = to_frame(EVIDENCE, evidence_rows(OWN))
    assert frame.columns[:3] == ["table", "id", "what"]
    assert frame["table"].to_list() == [
        "closures", "closures", "closure_ends", "sightings", "incidents", "incident_files",
        "withdrawals", "withdrawals",
    ]  # fmt: skip
    assert frame["added_by"].to_list() == ["added_by"] * 8


def test_json_has_the_columns_of_each_table() -> None:
    told = OWN.to_dict()
    assert list(told) == list(OWN.tables)
    assert told["closure_ends"] == [
        {
            name.name: getattr(OWN.closure_ends[0], name.name)
            for name in dataclasses.fields(OwnEndRow)
        }
    ]
    assert set(OWN.told) == {"W0001", "W0002", "E0001", "S0001", "I0001", "F0001"}
