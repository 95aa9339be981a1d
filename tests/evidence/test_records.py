"""The user's records: faults named at once, rows never changed, nothing lost to a kill."""

from __future__ import annotations

import datetime as dt
import signal
import sqlite3
import subprocess
import sys
import time
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from karwan.analysis.world.world import open_world
from karwan.base.errors import DataError, SourceError, UnknownNameError
from karwan.base.workspaces import Workspace
from karwan.data.catalog import Catalog
from karwan.evidence.own_record import list_records, read_spells
from karwan.evidence.record_check import check_records
from karwan.evidence.records import (
    NewClosure,
    NewEnd,
    NewIncident,
    add_closure,
    add_incident,
    end_closure,
)
from karwan.evidence.workspace import DATABASE
from karwan.main import main
from tests import reference

TODAY = dt.date(2026, 11, 24)
WHO = {"who": "desk", "when": "2026-11-24T10:00:00+00:00", "today": TODAY}
SHUT = NewClosure(
    element_id="khunjerab-road",
    mode="road",
    start="2026-11-10",
    end="",
    end_status="ongoing",
    seen_until="2026-11-20",
    traffic_class="all",
    direction="both",
    cause="weather",
    episode="",
    note="snow",
    source_url="https://example.org",
    source_date="2026-11-20",
    grade="A",
)
END = NewEnd(
    closure_id="W0001",
    end="2026-11-22",
    note="open again",
    source_url="https://example.org/open",
    source_date="2026-11-23",
    grade="A",
)


def test_a_closure_added_is_shut_in_the_world_and_ends_when_told(place: Workspace) -> None:
    ident = add_closure(place, SHUT, **WHO)  # type: ignore[arg-type]
    catalog = Catalog(None, place)
    world = open_world(catalog, TODAY, network=reference.network())
    assert "khunjerab-road" in world.running
    assert "khunjerab-road" not in reference.world(as_of=TODAY).running
    end_closure(place, replace(END, closure_id=ident), **WHO)  # type: ignore[arg-type]
    later = open_world(Catalog(None, place), TODAY, network=reference.network())
    assert "khunjerab-road" not in later.running
    (spell,) = read_spells(place)
    assert (spell.end, spell.end_status) == (dt.date(2026, 11, 22), "observed")


def test_all_faults_come_at_once_and_nothing_is_written(place: Workspace) -> None:
    bad = replace(SHUT, start="2026-13-01", end_status="observed", cause="wind", source_url=" ",
                  grade="D")  # fmt: skip
    with pytest.raises(DataError, match="5 faults in the record") as caught:
        add_closure(place, bad, **WHO)  # type: ignore[arg-type]
    assert caught.value.texts[0] == "start '2026-13-01' is not a date like 2026-10-04"
    assert caught.value.texts[1] == (
        "a closure without an end needs the end status unknown or ongoing"
    )
    assert list_records(place).closures == ()


@pytest.mark.parametrize(
    ("changes", "fault"),
    [
        ({"end": "2026-11-01", "end_status": "observed"}, "end 2026-11-01 lies before the start"),
        ({"start": "2027-01-01", "seen_until": ""}, "start 2027-01-01 lies in the future"),
        ({"end": "2026-11-12"}, "end status ongoing does not go with an end"),
    ],
)
def test_dates_that_cannot_be(changes: dict[str, str], fault: str, place: Workspace) -> None:
    with pytest.raises(DataError, match=fault):
        add_closure(place, replace(SHUT, **changes), **WHO)  # type: ignore[arg-type]


def test_impossible_coordinates_are_refused(tmp_path: Path) -> None:
    new = NewIncident(
        date="2026-11-01",
        lat=134.0,
        lon=70.0,
        precision_km=5.0,
        kind="attack",
        death_count=2,
        note="",
        source_url="x",
        source_date="2026-11-02",
        grade="B",
    )
    with pytest.raises(DataError, match="no place lies at latitude 134, longitude 70"):
        add_incident(tmp_path, new, **WHO)  # type: ignore[arg-type]


def test_an_end_of_an_unknown_closure_is_refused(place: Workspace) -> None:
    with pytest.raises(UnknownNameError, match="No closure 'W0009'"):
        end_closure(place, replace(END, closure_id="W0009"), **WHO)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "verb", ["UPDATE closures SET start = '2020-01-01'", "DELETE FROM closures"]
)
def test_rows_are_added_and_never_changed(verb: str, tmp_path: Path) -> None:
    add_closure(tmp_path, SHUT, **WHO)  # type: ignore[arg-type]
    with (
        closing(sqlite3.connect(tmp_path / DATABASE)) as connection,
        connection,
        pytest.raises(sqlite3.IntegrityError, match="records are added, never changed"),
    ):
        connection.execute(verb)


def test_who_and_when_are_kept(place: Workspace) -> None:
    add_closure(place, SHUT, **WHO)  # type: ignore[arg-type]
    (row,) = list_records(place).closures
    assert (row.added_by, row.added_at) == (WHO["who"], WHO["when"])


def test_a_file_that_is_no_database_is_said_so(tmp_path: Path) -> None:
    (tmp_path / DATABASE).write_text("not a database, but a long enough text" * 40)
    with pytest.raises(SourceError, match="cannot be used: file is not a database"):
        list_records(tmp_path)


def test_check_finds_an_element_that_is_gone(tmp_path: Path) -> None:
    add_closure(tmp_path, replace(SHUT, element_id="nowhere"), **WHO)  # type: ignore[arg-type]
    assert check_records(tmp_path, {"khunjerab-road": "road"}, TODAY) == [
        "W0001: no element 'nowhere'"
    ]


WRITER = """
import datetime as dt, sys
from pathlib import Path
from dataclasses import replace
from tests.evidence.test_records import SHUT, WHO
from karwan.evidence.records import add_closure
k = 0
while True:
    print(add_closure(Path(sys.argv[1]), replace(SHUT, note=str(k)), **WHO), flush=True)
    k += 1
"""


def test_a_kill_in_the_middle_of_writing_loses_nothing(tmp_path: Path) -> None:
    """Rows whose id was printed are all there; the database is whole and takes further rows."""
    root = Path(__file__).parents[2]
    for pause in (0.0, 0.05, 0.11):
        with subprocess.Popen(
            [sys.executable, "-c", WRITER, str(tmp_path)],
            stdout=subprocess.PIPE,
            text=True,
            cwd=root,
        ) as writer:
            assert writer.stdout is not None
            told = [writer.stdout.readline().strip() for _ in range(3)]
            time.sleep(pause)
            writer.send_signal(signal.SIGKILL)
            told += writer.stdout.read().split()
        kept = [row.id for row in list_records(tmp_path).closures]
        assert set(told) <= set(kept)
        assert kept == [f"W{k + 1:04d}" for k in range(len(kept))]
    with closing(sqlite3.connect(tmp_path / DATABASE)) as connection, connection:
        assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    assert check_records(tmp_path, {"khunjerab-road": "road"}, TODAY) == []


def test_from_the_command_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    place = ("--workspace", str(tmp_path))
    source = ("--source", "https://example.org", "--source-date", "2026-01-05")
    words = ["evidence", "add-closure", "khunjerab", "2026-01-01", *source, *place]
    assert main([*words, "--end-status", "ongoing", "--cause", "weather"]) == 0
    assert capsys.readouterr().out == "W0001\n"
    assert main(["evidence", "check", *place]) == 0
    assert main(["evidence", "list", *place]) == 0
    assert "khunjerab-road" in capsys.readouterr().out
    asked = ["hazard", "khunjerab", "--as-of", "2026-01-10", *place]
    assert main(asked) == 0
    assert "shut since 2026-01-01" in capsys.readouterr().out
    assert main(["evidence", "add-closure", "khunjerab", "2026-01-01", *source, *place]) == 2
    assert "a closure without an end needs the end status" in capsys.readouterr().err


def test_what_is_refused_makes_no_workspace(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / "new"
    (tmp_path / "bad.csv").write_text("no,events\n1,2\n", encoding="utf-8")
    source = ("--source", "https://example.org/x", "--source-date", "2026-10-04")
    for words in (
        ["withdraw", "W0001", "--note", "seen open"],
        ["end-closure", "W0001", "2026-10-04", *source],
        ["add-incidents", str(tmp_path / "bad.csv"), "--release", "26.1"],
    ):
        assert main(["evidence", *words, "--workspace", str(folder)]) == 2
        assert capsys.readouterr().err.startswith("karwan: ")
        assert not folder.exists()
