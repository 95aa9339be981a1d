"""Files of incidents in a workspace: added once, kept as they were, found again."""

from __future__ import annotations

import datetime as dt
import sqlite3
import zipfile
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from karwan.base.errors import DataError, SourceError
from karwan.base.workspaces import Workspace
from karwan.evidence.incidents import HowToRead, IncidentSet
from karwan.evidence.readers import read_incidents
from karwan.evidence.records import Withdrawal, withdraw
from karwan.evidence.registry import FOLDER, add_file, file_faults, read_files
from karwan.evidence.workspace import DATABASE
from tests import events
from tests.events import event

WHO: Any = {"who": "desk", "when": "2026-11-24T10:00:00+00:00"}


def one(folder: Path) -> IncidentSet:
    path = events.write_csv(folder, "r.csv", [event("1", "2021-03-04"), event("2", "2021-03-05")])
    return read_incidents(path, HowToRead(release="22.1"))


def test_what_was_added_is_read_as_it_was(place: Workspace, tmp_path: Path) -> None:
    first = one(tmp_path)
    assert add_file(place, first, note="", **WHO) == "F0001"
    (found,) = read_files(place).values()
    assert found.events.equals(first.events)
    assert (found.release, found.coverage, found.sha256) == (
        first.release,
        first.coverage,
        first.sha256,
    )
    assert file_faults(place) == []


def test_the_same_file_is_not_added_twice(place: Workspace, tmp_path: Path) -> None:
    add_file(place, one(tmp_path), note="", **WHO)
    with pytest.raises(DataError, match="it is in the workspace already, as F0001"):
        add_file(place, one(tmp_path), note="", **WHO)
    assert len(read_files(place)) == 1


def test_the_same_events_in_another_wrapping_are_not_added_twice(
    place: Workspace, tmp_path: Path
) -> None:
    add_file(place, one(tmp_path), note="", **WHO)
    path = tmp_path / "r.csv"
    marked = tmp_path / "marked.csv"
    marked.write_bytes(b"\xef\xbb\xbf" + path.read_bytes())
    wrapped = tmp_path / "wrapped.zip"
    with zipfile.ZipFile(wrapped, "w", zipfile.ZIP_BZIP2) as packed:
        packed.write(path, "other-name.csv")
    for other in (marked, wrapped):
        again = read_incidents(other, HowToRead(release="22.1"))
        with pytest.raises(DataError, match="it is in the workspace already, as F0001"):
            add_file(place, again, note="", **WHO)


def test_a_withdrawn_file_is_not_used_and_may_be_added_again(
    place: Workspace, tmp_path: Path
) -> None:
    add_file(place, one(tmp_path), note="", **WHO)
    gone = Withdrawal("F0001", "2026-11-25", "wrong release")
    withdraw(place, gone, **WHO, today=dt.date(2026, 11, 25))
    assert read_files(place) == {}
    assert list(read_files(place, dt.date(2026, 11, 24))) == ["F0001"]
    assert add_file(place, one(tmp_path), note="", **WHO) == "F0002"


def test_a_file_that_changed_or_went_is_said_so(tmp_path: Path) -> None:
    add_file(tmp_path / "w", one(tmp_path), note="", **WHO)
    (kept,) = (tmp_path / "w" / FOLDER).iterdir()
    kept.write_bytes(kept.read_bytes() + b"x")
    with pytest.raises(SourceError, match=r"differs from what was added\. Withdraw F0001, add"):
        read_files(tmp_path / "w")
    kept.unlink()
    (fault,) = file_faults(tmp_path / "w")
    assert fault.startswith("F0001: ")
    assert "cannot be read: No such file or directory. Add r.csv again." in fault


@pytest.mark.parametrize(
    "statement", ["UPDATE incident_files SET local_only = 0", "DELETE FROM incident_files"]
)
def test_a_row_that_must_stay_local_stays_so(statement: str, tmp_path: Path) -> None:
    add_file(tmp_path / "w", one(tmp_path), note="", **WHO)
    with (
        closing(sqlite3.connect(tmp_path / "w" / DATABASE)) as connection,
        connection,
        pytest.raises(sqlite3.IntegrityError, match="records are added, never changed"),
    ):
        connection.execute(statement)
