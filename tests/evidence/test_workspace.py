"""The workspace database: locked, read-only, older, newer, killed, shared by two writers."""

from __future__ import annotations

import datetime as dt
import json
import os
import signal
import sqlite3
import subprocess
import sys
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from karwan.analysis.world.world import open_world
from karwan.base.errors import DataError, SourceError, UnknownNameError
from karwan.base.workspaces import Workspace
from karwan.data.catalog import Catalog
from karwan.evidence import workspace
from karwan.evidence.closures import read_closures
from karwan.evidence.own_record import OwnRecord, list_records, read_spells
from karwan.evidence.record_check import check_records
from karwan.evidence.records import (
    NewClosure,
    NewEnd,
    Withdrawal,
    add_closure,
    end_closure,
    joined_with,
    withdraw,
)
from karwan.evidence.rows import KINDS, LEDGER
from karwan.evidence.shape import cells_due
from karwan.evidence.workspace import DATABASE, HEAD, VERSIONS
from karwan.main import main
from tests import reference

ROOT = Path(__file__).parents[2]
TODAY = dt.date(2026, 11, 24)
WHO, WHEN = "desk", "2026-11-24T10:00:00+00:00"
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
OPEN_URL = "https://example.org/open"


def add(folder: Workspace, new: NewClosure = SHUT) -> str:
    return add_closure(folder, new, who=WHO, when=WHEN, today=TODAY)


def end(folder: Workspace, ident: str, day: str) -> str:
    packaged = read_closures(reference.catalog()).spells
    new = NewEnd(
        closure_id=ident,
        end=day,
        note="trucks pass",
        source_url=OPEN_URL,
        source_date="2026-11-23",
        grade="A",
    )
    return end_closure(folder, new, who=WHO, when=WHEN, today=TODAY, packaged=packaged)


def take_out(folder: Workspace, ident: str, on: str = "2026-11-24", note: str = "wrong") -> str:
    return withdraw(folder, Withdrawal(ident, on, note), who=WHO, when=WHEN, today=TODAY)


# The packaged closures


def test_a_packaged_closure_can_be_ended(place: Workspace) -> None:
    end(place, "CL130", "2026-11-15")
    after = open_world(Catalog(None, place), TODAY, network=reference.network())
    assert "torkham-road" not in after.running
    assert "chaman-spin-boldak-road" in after.running
    status = after.crossing_status("torkham-road")
    assert (status.kind, status.known_on) == ("open", dt.date(2026, 11, 15))
    (spell,) = (s for s in after.record.spells if s.closure_id == "CL130")
    assert (spell.end, spell.source.url) == (dt.date(2026, 11, 15), OPEN_URL)
    assert check_records(place, {}, TODAY, read_closures(reference.catalog()).spells) == []


def test_what_was_learned_later_is_not_used_before(place: Workspace) -> None:
    """The end lies before the as-of date, but its source after it."""
    end(place, "CL130", "2026-11-15")
    add(place)
    for day, shut in ((dt.date(2026, 11, 22), True), (dt.date(2026, 11, 23), False)):
        there = open_world(Catalog(None, place), day, network=reference.network())
        assert ("torkham-road" in there.running) is shut
    before = open_world(Catalog(None, place), dt.date(2026, 11, 19), network=reference.network())
    assert "khunjerab-road" not in before.running
    day = before.as_of
    assert before.record.spells == read_closures(reference.catalog(), day).spells


@pytest.mark.parametrize(
    ("ident", "day", "fault"),
    [
        ("CL130", "2025-10-01", "end 2025-10-01 lies before the start 2025-10-12"),
        ("CL130", "2026-10-03", "end 2026-10-03 lies before 2026-10-04, the last day on which it "),
        ("CL130", "2026-11-24", "end 2026-11-24 lies after its source, which is of 2026-11-23"),
        ("CL130", "2026-12-01", "end 2026-12-01 lies in the future"),
        ("CL130", "soon", "end 'soon' is not a date like 2026-10-04"),
    ],
)
def test_an_end_that_cannot_be_is_refused(
    ident: str, day: str, fault: str, place: Workspace
) -> None:
    with pytest.raises(DataError, match=fault):
        end(place, ident, day)
    assert list_records(place).closure_ends == ()


def test_an_unknown_closure_is_named_with_its_neighbours(place: Workspace) -> None:
    with pytest.raises(UnknownNameError, match=r"^No closure 'CL1300'. Did you mean 'CL130'"):
        end(place, "CL1300", "2026-11-15")


def test_evidence_dated_after_its_own_source_is_refused(place: Workspace) -> None:
    with pytest.raises(DataError, match="2 faults in the record") as caught:
        add(place, replace(SHUT, source_date="2026-11-05"))
    assert caught.value.texts == (
        "start 2026-11-10 lies after its source, which is of 2026-11-05: what is announced has "
        "not happened; give a source of that day or later",
        "seen until 2026-11-20 lies after its source, which is of 2026-11-05: what is announced "
        "has not happened; say it was seen until 2026-11-05 or earlier, and add each later look "
        "with `karwan evidence seen khunjerab-road DATE shut` and its own source",
    )


def test_a_closure_that_may_run_into_a_later_one_is_refused_with_what_to_say(
    place: Workspace,
) -> None:
    """What the refusal says to do is done, and goes."""
    later = add(place)
    unknown = replace(SHUT, start="2026-11-05", end_status="unknown", seen_until="2026-11-08")
    with pytest.raises(DataError, match="1 fault in the record") as caught:
        add(place, unknown)
    assert caught.value.texts == (
        f"end not found, last seen 2026-11-08: {later} has it shut from 2026-11-10; give its end, "
        "or, if it was shut all the time, say it was seen until 2026-11-10, with a source of that "
        "day or later",
    )
    ident = add(place, replace(unknown, seen_until="2026-11-10"))
    assert joined_with(place, (), ident) == (later,)


def test_an_end_after_its_source_is_refused_with_the_way_to_add_it(place: Workspace) -> None:
    """What the refusal says to do is done, and goes."""
    early = replace(SHUT, source_date="2026-11-12", seen_until="", end="2026-11-15")
    with pytest.raises(DataError, match="1 fault in the record") as caught:
        add(place, replace(early, end_status="observed"))
    assert caught.value.texts == (
        "end 2026-11-15 lies after its source, which is of 2026-11-12: what is announced has not "
        "happened; leave the end out, with the end status ongoing, and once it has reopened say "
        "`karwan evidence end-closure ID DATE`, with a source of that day or later",
    )
    ident = add(place, replace(early, end="", end_status="ongoing"))
    end(place, ident, "2026-11-15")
    (spell,) = read_spells(place)
    assert spell.end == dt.date(2026, 11, 15)


def test_what_is_withdrawn_is_kept_and_not_used(place: Workspace) -> None:
    ident = add(place)
    last = end(place, ident, "2026-11-22")
    take_out(place, last, "2026-11-24", "wrong gate")
    (spell,) = read_spells(place)
    assert spell.end is None
    take_out(place, ident, "2026-11-24", "wrong pass")
    assert read_spells(place) == []
    assert len(list_records(place).closures) == 1
    with pytest.raises(DataError, match="record W0001: it is withdrawn already"):
        take_out(place, ident)
    with pytest.raises(UnknownNameError, match="No closure 'W0001'"):
        end(place, ident, "2026-11-22")


def running(folder: Workspace, day: dt.date) -> bool:
    there = open_world(Catalog(None, folder), day, network=reference.network())
    return "khunjerab-road" in there.running


def test_a_row_withdrawn_on_a_day_stands_in_answers_of_the_days_before(place: Workspace) -> None:
    ident = add(place)
    take_out(place, ident, "2026-11-23")
    assert running(place, dt.date(2026, 11, 20))
    assert running(place, dt.date(2026, 11, 22))
    assert not running(place, dt.date(2026, 11, 23)), "half-open: out of use from its day on"
    there = open_world(Catalog(None, place), dt.date(2026, 11, 22), network=reference.network())
    assert there.record.corrections == ()


def test_a_correction_for_all_time_is_named_in_answers_that_would_have_used_the_row(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    ident = add(tmp_path)
    words = ["evidence", "withdraw", ident, "--note", "another pass", "--for-all-time"]
    assert main([*words, "--who", "auditor", "--workspace", str(tmp_path)]) == 0
    for day in (dt.date(2026, 11, 20), TODAY):
        assert not running(tmp_path, day)
    capsys.readouterr()
    place = ["--workspace", str(tmp_path)]
    for asked in (
        ["compare", "almaty", "karachi"],
        ["route", "almaty", "karachi"],
        ["hazard", "khunjerab"],
        ["network", "show", "khunjerab"],
        ["target", "KAZ-PAK"],
        ["article"],
        ["evidence", "incidents", "torkham-road"],
        ["ledger", "list"],
        ["ledger", "show", "S01"],
        ["critical", "--paths", "200"],
    ):
        assert main([*asked, "--as-of", "2026-11-22", *place]) == 0
        assert "W0001 is left out (another pass)" in capsys.readouterr().out
        assert main([*asked, "--as-of", "2026-11-19", *place]) == 0, "before its source"
        assert "W0001" not in capsys.readouterr().out
    assert main(["evidence", "list", *place]) == 0
    assert "for all time" in capsys.readouterr().out
    words = ["compare", "almaty", "karachi", "--as-of", "2026-11-22", "--format", "json"]
    assert main([*words, *place]) == 0
    (one,) = json.loads(capsys.readouterr().out)["corrections"]
    assert (one["record_id"], one["note"], one["who"]) == ("W0001", "another pass", "auditor")


@pytest.mark.parametrize(
    ("on", "fault"),
    [
        ("2026-11-19", "on 2026-11-19: the row is of 2026-11-20; it cannot be withdrawn before"),
        ("2026-11-25", "on: day 2026-11-25 lies in the future"),
        ("soon", "on: day 'soon' is not a date"),
    ],
)
def test_a_day_on_which_a_row_cannot_be_withdrawn_is_refused(
    on: str, fault: str, place: Workspace
) -> None:
    ident = add(place)
    with pytest.raises(DataError, match=fault):
        take_out(place, ident, on)
    assert list_records(place).withdrawals == ()


def test_all_faults_of_a_withdrawal_are_named_at_once(
    place: Workspace, capsys: pytest.CaptureFixture[str]
) -> None:
    ident = add(place)
    take_out(place, ident)
    words = ["evidence", "withdraw", ident, "--on", "2020-01-01", "--workspace", str(place)]
    assert main(words) == 2
    told = capsys.readouterr().err
    assert "3 faults in the record" in told
    for part in (
        "--note: say why",
        f"--record {ident}: it is withdrawn already",
        "--on 2020-01-01",
    ):
        assert part in told


def test_withdrawals_of_0_1_0_hold_for_all_time(tmp_path: Path) -> None:
    """They took a row out of every answer, whatever its date."""
    make_old(tmp_path)
    assert len(read_spells(tmp_path, TODAY)) == 1
    with closing(sqlite3.connect(tmp_path / DATABASE)) as connection, connection:
        connection.execute(
            "INSERT INTO withdrawals (id, record_id, note, added_by, added_at) "
            "VALUES ('X0001', 'W0001', 'old', 'desk', '2026-11-24')"
        )
    assert read_spells(tmp_path, dt.date(2026, 11, 20)) == []


def test_a_day_that_another_program_changed_is_one_clear_error(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    add(tmp_path)
    end(tmp_path, "CL130", "2026-11-15")
    with closing(sqlite3.connect(tmp_path / DATABASE)) as connection, connection:
        for (name,) in list(
            connection.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'")
        ):
            connection.execute(f"DROP TRIGGER {name}")
        connection.execute("UPDATE closures SET source_date = 'soon', start = '2026-13-01'")
    for asked in (["compare", "almaty", "karachi"], ["hazard", "khunjerab"], ["article"]):
        assert main([*asked, "--as-of", "2026-11-22", "--workspace", str(tmp_path)]) == 2
        told = capsys.readouterr().err
        assert "2 faults in the" in told
        assert "W0001 of the workspace: source_date 'soon' is not a date like 2026-10-04" in told
    words = ["evidence", "withdraw", "W0001", "--note", "torn", "--for-all-time"]
    assert main([*words, "--workspace", str(tmp_path)]) == 0
    assert running(tmp_path, dt.date(2026, 11, 22)) is False


# The database


def test_a_locked_database_is_said_so_and_nothing_is_lost(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    add(tmp_path)
    monkeypatch.setattr(workspace, "WAIT_SECONDS", 0.2)
    other = sqlite3.connect(tmp_path / DATABASE, isolation_level=None)
    other.execute("BEGIN EXCLUSIVE")
    with pytest.raises(
        SourceError,
        match=r"is in use by another program and stayed locked for 0\.2 seconds\. Nothing was wri",
    ):
        add(tmp_path)
    words = ["--source", "x", "--source-date", "2026-11-01", "--lat", "34", "--lon", "71"]
    place = ["--workspace", str(tmp_path)]
    assert main(["evidence", "add-incident", "2026-11-01", *words, *place]) == 1
    assert capsys.readouterr().err.count("\n") == 1
    other.execute("ROLLBACK")
    other.close()
    assert add(tmp_path) == "W0002"


READ_ONLY = """
import os, sys
from pathlib import Path
from karwan.base.errors import SourceError
import tests.evidence.test_workspace as t
import alembic.command, sqlalchemy.dialects.sqlite, polars
folder = Path(sys.argv[1])
for path in (folder / "karwan.sqlite", folder):
    path.chmod(0o555)
if os.getuid() == 0:
    os.setuid(65534)
print(len(t.list_records(folder).closures))
try:
    t.add(folder)
except SourceError as error:
    print(error)
"""


def test_a_read_only_workspace_is_read_and_not_written(tmp_path: Path) -> None:
    """In a process of its own, since the superuser ignores permissions."""
    folder = tmp_path / "kept"
    add(folder)
    for parent in (folder, *folder.parents):
        if parent.stat().st_uid == os.getuid() and parent != Path("/"):
            parent.chmod(parent.stat().st_mode | 0o111)
    done = subprocess.run(
        [sys.executable, "-c", READ_ONLY, str(folder)],
        capture_output=True,
        text=True,
        check=False,
        cwd=ROOT,
    )
    folder.chmod(0o755)
    assert done.returncode == 0, done.stderr
    count, said = done.stdout.strip().split("\n")
    assert count == "1"
    assert "cannot be written to: it is read-only. Nothing was written;" in said


def test_a_newer_database_is_left_alone(tmp_path: Path) -> None:
    add(tmp_path)
    with closing(sqlite3.connect(tmp_path / DATABASE)) as connection, connection:
        connection.execute("UPDATE alembic_version SET version_num = 'v0999'")
    before = (tmp_path / DATABASE).read_bytes()
    for use in (list_records, add):
        with pytest.raises(
            SourceError,
            match=f"newer karwan: its version is v0999, and this program knows {HEAD} at most",
        ):
            use(tmp_path)
    assert (tmp_path / DATABASE).read_bytes() == before


def make_old(folder: Path) -> None:
    """Write a workspace as the first version left it, with a closure, its end and an incident."""
    from alembic import command
    from alembic.config import Config

    folder.mkdir(exist_ok=True)
    with workspace._opened(folder / DATABASE, workspace.WRITE) as connection:
        config = Config()
        scripts = Path(workspace.__file__).parent / "migrations"
        config.set_main_option("script_location", str(scripts))
        config.attributes["connection"] = connection
        command.upgrade(config, VERSIONS[0])
        shared = "'snow', 'x', '2026-11-20', 'A', 'desk', 'then'"
        for statement in (
            "INSERT INTO closures VALUES ('W0001', 'khunjerab-road', 'road', '2026-11-10', NULL, "
            f"'ongoing', '2026-11-20', 'all', 'both', 'weather', '', {shared})",
            f"INSERT INTO closure_ends VALUES ('E0001', 'W0001', '2026-11-20', {shared})",
            "INSERT INTO incidents VALUES ('I0001', '2026-11-01', 34, 71, 5, 'attack', 2, "
            f"{shared})",
        ):
            connection.exec_driver_sql(statement)


def test_a_server_changes_no_database_unless_it_is_told(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Older and newer ones are refused with the command that helps, and their bytes stay."""
    make_old(tmp_path)
    before = (tmp_path / DATABASE).read_bytes()
    assert main(["serve", "--workspace", str(tmp_path), "--port", "0"]) != 0
    told = " ".join(capsys.readouterr().err.split())
    assert f"older version, v0001; this program needs {HEAD}" in told
    assert f"karwan workspace migrate {tmp_path}" in told
    assert (tmp_path / DATABASE).read_bytes() == before
    assert main(["workspace", "migrate", str(tmp_path)]) == 0
    assert f"version {HEAD}, was v0001" in capsys.readouterr().out
    workspace.refuse_other_version(tmp_path)
    assert list_records(tmp_path).closures[0].id == "W0001"
    with closing(sqlite3.connect(tmp_path / DATABASE)) as connection, connection:
        connection.execute("UPDATE alembic_version SET version_num = 'v0999'")
    for words in (["serve", "--port", "0"], ["workspace", "migrate"]):
        place = ["--workspace", str(tmp_path)] if words[0] == "serve" else [str(tmp_path)]
        assert main([*words, *place]) != 0
        told = " ".join(capsys.readouterr().err.split())
        assert "its version is v0999" in told
        assert "pip install -U karwan" in told


def test_a_folder_is_made_when_it_is_told(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    workspace.refuse_other_version(tmp_path / "w")
    assert not (tmp_path / "w").exists()
    assert main(["workspace", "migrate", str(tmp_path / "w")]) == 0
    assert f"made, version {HEAD}" in capsys.readouterr().out
    workspace.refuse_other_version(tmp_path / "w")


def test_an_older_database_is_brought_up_to_date_with_every_row(tmp_path: Path) -> None:
    make_old(tmp_path)
    (spell,) = read_spells(tmp_path)
    assert (spell.closure_id, spell.end) == ("W0001", dt.date(2026, 11, 20))
    assert (spell.start_precision, spell.scope) == ("day", "full")
    own = list_records(tmp_path)
    assert [len(rows) for rows in (own.closures, own.closure_ends, own.incidents)] == [1, 1, 1]
    assert add(tmp_path) == "W0002"
    assert end(tmp_path, "CL130", "2026-11-15") == "E0002"


def test_a_failed_update_leaves_the_older_database_as_it_was(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from alembic import op

    make_old(tmp_path)
    real = op.create_table

    def fail(name: str, *columns: object) -> object:
        if name == "incident_files":
            msg = "the power went"
            raise RuntimeError(msg)
        return real(name, *columns)  # type: ignore[arg-type]

    with monkeypatch.context() as patch:
        patch.setattr(op, "create_table", fail)
        with pytest.raises(RuntimeError, match="the power went"):
            list_records(tmp_path)
    with closing(sqlite3.connect(tmp_path / DATABASE)) as connection, connection:
        assert connection.execute("SELECT version_num FROM alembic_version").fetchone() == (
            "v0001",
        )
        assert connection.execute("SELECT count(*) FROM closure_ends").fetchone() == (1,)
    assert len(list_records(tmp_path).closure_ends) == 1


def test_some_other_database_is_left_alone(tmp_path: Path) -> None:
    with closing(sqlite3.connect(tmp_path / DATABASE)) as connection, connection:
        connection.execute("CREATE TABLE mine (x)")
    with pytest.raises(SourceError, match=r"is a database, but no workspace of karwan\. Nothing"):
        add(tmp_path)


def test_asking_of_an_empty_folder_makes_nothing(tmp_path: Path) -> None:
    assert list_records(tmp_path / "none") == OwnRecord()
    assert list(tmp_path.iterdir()) == []


def test_a_workspace_that_cannot_be_made_is_said_so(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    with pytest.raises(SourceError, match=r"cannot be made: .+\. Nothing was written; name anoth"):
        add(tmp_path / "file" / "deep")


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE {table} SET added_by = 'me'",
        "DELETE FROM {table}",
        "INSERT OR REPLACE INTO {table} SELECT * FROM {table}",
    ],
)
@pytest.mark.parametrize("table", ["closures", "closure_ends", "withdrawals", "audit"])
def test_no_statement_changes_a_row(table: str, statement: str, tmp_path: Path) -> None:
    add(tmp_path)
    end(tmp_path, "CL130", "2026-11-15")
    take_out(tmp_path, "W0001")
    before = list_records(tmp_path)
    with (
        closing(sqlite3.connect(tmp_path / DATABASE)) as connection,
        connection,
        pytest.raises(sqlite3.IntegrityError, match="records are added, never changed"),
    ):
        connection.execute(statement.format(table=table))
    assert list_records(tmp_path) == before


HALF = """
import sys, time
from pathlib import Path
from karwan.evidence.workspace import add_row, writing
import tests.evidence.test_workspace as t
from dataclasses import replace
from karwan.evidence.own_record import list_records
(row,) = list_records(Path(sys.argv[1])).closures
with writing(Path(sys.argv[1])) as connection:
    add_row(connection, replace(row, added_by="x", added_at="y"))
    print("written, not kept", flush=True)
    time.sleep(60)
"""


def test_a_kill_between_writing_and_keeping_leaves_no_half_row(tmp_path: Path) -> None:
    add(tmp_path)
    with subprocess.Popen(
        [sys.executable, "-c", HALF, str(tmp_path)], stdout=subprocess.PIPE, text=True, cwd=ROOT
    ) as writer:
        assert writer.stdout is not None
        assert writer.stdout.readline() == "written, not kept\n"
        writer.send_signal(signal.SIGKILL)
    assert [row.id for row in list_records(tmp_path).closures] == ["W0001"]
    assert add(tmp_path) == "W0002"
    with closing(sqlite3.connect(tmp_path / DATABASE)) as connection, connection:
        assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)


MANY = """
import sys
from pathlib import Path
import tests.evidence.test_workspace as t
for _ in range(15):
    print(t.add(Path(sys.argv[1])), flush=True)
"""


def test_two_writers_at_once_never_share_an_id(tmp_path: Path) -> None:
    """Both begin on a folder that does not exist yet, so that making it is raced for too."""
    folder = tmp_path / "new"
    writers = [
        subprocess.Popen(
            [sys.executable, "-c", MANY, str(folder)], stdout=subprocess.PIPE, text=True, cwd=ROOT
        )
        for _ in range(2)
    ]
    told = [writer.communicate()[0].split() for writer in writers]
    assert [writer.returncode for writer in writers] == [0, 0]
    expected = [f"W{n:04d}" for n in range(1, 31)]
    assert sorted(told[0] + told[1]) == expected
    assert [row.id for row in list_records(folder).closures] == expected


def test_all_faults_of_a_closure_come_at_once(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    words = ["evidence", "add-closure", "torkam", "2026-02-10", "--end", "2026-02-01"]
    source = ["--source", "x", "--source-date", "2026-02-11", "--cause", "wind"]
    assert main([*words, *source, "--workspace", str(tmp_path / "w")]) == 2
    said = capsys.readouterr().err
    assert "3 faults in the record" in said
    assert "No element 'torkam'. Did you mean 'Torkham'" in said
    assert "end 2026-02-01 lies before the start 2026-02-10" in said
    assert "cause 'wind' is not one of" in said
    assert not (tmp_path / "w").exists()


def test_end_and_withdraw_from_the_command_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    place = ("--workspace", str(tmp_path))
    source = ("--source", "https://example.org", "--source-date", "2026-11-16")
    assert main(["evidence", "end-closure", "CL130", "2026-11-15", *source, *place]) == 0
    assert capsys.readouterr().out == "E0001\n"
    assert main(["network", "show", "torkham-road", "--as-of", "2026-11-20", *place]) == 0
    assert "2026-11-15" in capsys.readouterr().out
    assert main(["evidence", "check", *place]) == 0
    assert main(["evidence", "withdraw", "E0001", "--note", "not so", *place]) == 0
    assert main(["evidence", "list", *place]) == 0
    shown = capsys.readouterr().out
    assert "end of CL130" in shown
    assert "withdraws E0001: not so" in shown


CHANGES = {
    "ALTER TABLE closures RENAME COLUMN start TO begin": "closures has no column 'start'",
    "UPDATE closures SET note = X'ff00'": r"note of 'W0001' in closures is b'\xff\x00', not text",
    "UPDATE closures SET id = X'ff00'": r"id of b'\xff\x00' in closures is",
    "UPDATE incidents SET lat = 'north'": "lat of 'I0001' in incidents is 'north', not a number",
    "UPDATE incidents SET death_count = 'x'": "death_count of 'I0001' in incidents is 'x', not a n",
}


@pytest.mark.parametrize("change", CHANGES)
@pytest.mark.parametrize(
    "asked",
    [
        ["evidence", "list"],
        ["evidence", "list", "--format", "json"],
        ["evidence", "check"],
        ["ledger", "list", "--as-of", "2026-11-22"],
        ["route", "almaty", "karachi", "--as-of", "2026-11-22"],
        ["evidence", "withdraw", "W0001", "--note", "n"],
    ],
    ids=" ".join,
)
def test_a_column_or_cell_that_another_program_changed_is_named(
    change: str, asked: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    make_old(tmp_path)
    list_records(tmp_path)
    with sqlite3.connect(tmp_path / DATABASE) as connection:
        for (name,) in list(
            connection.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'")
        ):
            connection.execute(f"DROP TRIGGER {name}")
        connection.execute(change)
    assert main([*asked, "--workspace", str(tmp_path)]) == 1
    told = capsys.readouterr().err
    assert "was changed by another program" in told
    assert CHANGES[change] in told


TEXTS = ("VARCHAR", "TEXT")


def test_the_columns_declared_are_those_of_the_newest_version(tmp_path: Path) -> None:
    make_old(tmp_path)
    list_records(tmp_path)
    with sqlite3.connect(tmp_path / DATABASE) as connection:
        names = [
            n for (n,) in connection.execute("SELECT name FROM sqlite_master WHERE type='table'")
        ]
        there = {
            name: {
                column: (sort, not full and not key)
                for _, column, sort, full, _, key in connection.execute(
                    f"PRAGMA table_info({name})"
                )
            }
            for name in names
            if name != "alembic_version"
        }
    due = {kind.TABLE: cells_due(kind.TABLE) for kind in KINDS} | {
        kind.TABLE: cells_due(kind.TABLE) for kind in LEDGER
    }
    assert {name: set(columns) for name, columns in there.items()} == {
        name: set(columns) for name, columns in due.items()
    }
    for name, columns in there.items():
        for column, (sort, blank) in columns.items():
            told = due[name][column]
            assert (str in told, int in told) == (sort in TEXTS, sort not in TEXTS), column
            assert (type(None) in told) is blank, column


def test_the_end_of_a_closure_that_was_withdrawn_is_no_fault(place: Workspace) -> None:
    ident = add(place)
    end(place, ident, "2026-11-22")
    take_out(place, ident)
    assert check_records(place, {SHUT.element_id: SHUT.mode}, TODAY) == []


def test_rows_that_another_program_took_away_are_said_to_be_lost(tmp_path: Path) -> None:
    add(tmp_path)
    add(tmp_path)
    with sqlite3.connect(tmp_path / DATABASE) as connection:
        for (name,) in list(
            connection.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'")
        ):
            connection.execute(f"DROP TRIGGER {name}")
        connection.execute("DELETE FROM closures WHERE id = 'W0001'")
    with pytest.raises(SourceError, match="has lost rows to another program"):
        add(tmp_path)
