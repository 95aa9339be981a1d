"""A workspace in PostgreSQL: who may do what there, and what happens when something goes wrong."""

from __future__ import annotations

import dataclasses
import signal
import subprocess
import sys
import threading
import traceback
from pathlib import Path

import pytest

from karwan.base.errors import DataError, SourceError
from karwan.base.workspaces import DatabaseUrl, Workspace, typed_workspace
from karwan.evidence import workspace
from karwan.evidence.audit import verify_trail
from karwan.evidence.copying import TABLES
from karwan.evidence.own_record import list_records
from karwan.evidence.rows import OwnRow
from karwan.evidence.team_database import CHANGES, role_faults
from karwan.evidence.workspace import (
    HEAD,
    add_row,
    migrate_team,
    reading,
    workspace_version,
    writing,
)
from karwan.main import main
from karwan.web.serve import serve
from tests.evidence.test_workspace import add, take_out
from tests.postgres import ROLE, Server, Team, forget

ROOT = Path(__file__).parents[2]
ALL_TABLES = (*TABLES, "contents", "forecast_lines")


def refused(place: DatabaseUrl, statement: str) -> str:
    """Return why a statement is refused; fail where it is not."""
    import psycopg

    with psycopg.connect(place.address) as connection, pytest.raises(psycopg.Error) as caught:
        connection.execute(statement.encode())
    return type(caught.value).__name__


# Who may do what


def test_the_role_of_a_program_changes_no_row_of_any_table(team: Team) -> None:
    for table in ALL_TABLES:
        (column, *_), *_ = team.say(
            "SELECT column_name FROM information_schema.columns "
            f"WHERE table_name = '{table}' AND column_name <> 'seq'"
        )
        for statement in (
            f'UPDATE {table} SET "{column}" = "{column}"',
            f"DELETE FROM {table}",
            f"TRUNCATE {table}",
            f"DROP TABLE {table}",
            f"ALTER TABLE {table} DISABLE TRIGGER ALL",
        ):
            assert refused(team.place, statement) == "InsufficientPrivilege", statement


def test_even_the_owner_changes_no_row_unawares(team: Team) -> None:
    add(team.place)
    for statement in (
        "UPDATE closures SET note = 'other'",
        "DELETE FROM closures",
        "TRUNCATE closures",
        "INSERT INTO closures SELECT * FROM closures ON CONFLICT (id) DO UPDATE SET note = ''",
    ):
        assert refused(team.owner, statement) in ("RaiseException", "GeneratedAlways")
    (row,) = list_records(team.place).closures
    assert row.note == "snow"


def faults_of(place: DatabaseUrl) -> list[str]:
    with reading(place) as connection:
        assert connection is not None
        return role_faults(connection)


def test_a_server_takes_no_role_that_owns_tables_or_may_change_rows(team: Team) -> None:
    assert faults_of(team.place) == []
    assert "owns" in faults_of(team.owner)[0]
    boss = team.server.url(team.name, team.server.user)
    assert "owns" in faults_of(boss)[0]
    forget(boss)
    for verb in CHANGES:
        team.say(f"GRANT {verb} ON sightings TO {ROLE}")
        assert faults_of(team.place) == [f"the role '{ROLE}' may {verb} sightings"]
        team.say(f"REVOKE {verb} ON sightings FROM {ROLE}")
    team.say(f"GRANT UPDATE (note) ON sightings TO {ROLE}")
    with pytest.raises(DataError, match="may UPDATE sightings"):
        serve(workspace=team.place)
    with pytest.raises(DataError, match="owns"):
        serve(workspace=team.owner)


# Versions


def test_a_database_that_holds_no_workspace_is_made_only_when_told(postgres: Server) -> None:
    team = Team(server=postgres, name=postgres.empty())
    for use in (list_records, add):
        with pytest.raises(SourceError, match=r"holds no workspace of karwan.*workspace migrate"):
            use(team.owner)
    assert migrate_team(team.owner, role=ROLE) == ("", HEAD)
    assert migrate_team(team.owner) == (HEAD, HEAD)
    assert add(team.place) == "W0001"
    for place in (team.owner, team.place):
        forget(place)


def test_a_database_of_something_else_is_left_alone(postgres: Server) -> None:
    team = Team(server=postgres, name=postgres.empty())
    team.say("CREATE TABLE public.wages (id int)")
    boss = postgres.url(team.name, postgres.user)
    with pytest.raises(SourceError, match="is a database, but no workspace of karwan"):
        migrate_team(boss)
    assert team.say("SELECT count(*) FROM pg_tables WHERE schemaname = 'public'") == [(1,)]
    forget(boss)


@pytest.mark.parametrize(
    ("version", "fault"),
    [
        ("v0999", f"newer karwan: its version is v0999, and this program knows {HEAD} at most"),
        (
            "v0006",
            f"older version, v0006; this program needs {HEAD}.*workspace migrate URL",
        ),
    ],
)
def test_another_version_is_told_and_nothing_is_written(
    team: Team, version: str, fault: str
) -> None:
    add(team.place)
    team.say(f"UPDATE alembic_version SET version_num = '{version}'")
    for use in (list_records, add):
        with pytest.raises(SourceError, match=fault):
            use(team.place)
    assert team.say("SELECT count(*) FROM closures") == [(1,)]


def test_a_role_that_may_not_migrate_is_told_so(postgres: Server) -> None:
    team = Team(server=postgres, name=postgres.empty())
    with pytest.raises(SourceError, match="refuses this to its role"):
        migrate_team(team.place)
    forget(team.place)


# Troubles


def test_a_lock_that_is_held_is_told_and_nothing_is_lost(
    team: Team, monkeypatch: pytest.MonkeyPatch
) -> None:
    add(team.place)
    monkeypatch.setattr(workspace, "WAIT_SECONDS", 0.2)
    with (
        writing(team.place),
        pytest.raises(
            SourceError, match=r"is in use by another program and stayed locked for 0\.2 seconds"
        ),
    ):
        add(team.place)
    assert len(list_records(team.place).closures) == 1
    assert add(team.place) == "W0002"


def test_readers_wait_for_no_writer(team: Team) -> None:
    add(team.place)
    with writing(team.place) as connection:
        connection.exec_driver_sql(
            "INSERT INTO withdrawals (id, record_id, note, added_by, added_at) "
            "VALUES ('X0001', 'W0001', 'n', 'w', 'd')"
        )
        assert list_records(team.place).withdrawals == ()
    assert len(list_records(team.place).withdrawals) == 1


END = (
    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() "
    "AND pid <> pg_backend_pid()"
)


def drop_between(team: Team, first: OwnRow, *later: OwnRow) -> None:
    """Add rows in one transaction, and drop the connection after the first."""
    with writing(team.place) as connection:
        add_row(connection, first)
        team.say(END)
        for row in later:
            add_row(connection, row)


def test_a_connection_that_drops_in_the_middle_leaves_nothing_half_written(team: Team) -> None:
    add(team.place)
    (row,) = list_records(team.place).closures
    with pytest.raises(SourceError, match=r"cannot be reached: .*Nothing was written"):
        drop_between(team, row, row)
    assert [one.id for one in list_records(team.place).closures] == ["W0001"]
    assert add(team.place) == "W0002", "the next one opens a connection anew"
    verdict = verify_trail(team.place)
    assert (verdict.breaks, verdict.entry_count) == ((), 2), "no entry without its row"


def test_a_connection_that_drops_while_a_row_is_kept_says_that_it_is_not_known(team: Team) -> None:
    add(team.place)
    (row,) = list_records(team.place).closures
    with pytest.raises(SourceError, match="Whether it was is not known: list the rows"):
        drop_between(team, row)


def test_a_server_that_is_not_there_is_told_without_the_password(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    address = f"postgresql://desk:geheim@/karwan?host={tmp_path}&password=auch-geheim"
    assert main(["evidence", "list", "--workspace", address]) == 1
    told = capsys.readouterr()
    assert "cannot be reached" in told.err
    assert "geheim" not in told.out + told.err
    assert "geheim" not in repr(typed_workspace(address)) + str(typed_workspace(address))
    with pytest.raises(SourceError, match="cannot be reached") as caught:
        main(["--debug", "evidence", "list", "--workspace", address])
    assert "geheim" not in "".join(traceback.format_exception(caught.value))


@pytest.mark.parametrize(
    ("address", "fault"),
    [
        ("mysql://desk:geheim@db/karwan", "is not one of PostgreSQL"),
        ("postgresql://desk:geheim@db", "names no database"),
        ("postgresql://desk:geheim@db:port/karwan", "is no address that can be read"),
        ("postgresql://desk:geheim@one,two/karwan", "names several hosts"),
        ("postgresql://desk:geheim@/karwan?host=one,two", "names several hosts"),
    ],
)
def test_an_address_that_can_be_none_is_refused_without_its_password(
    address: str, fault: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["evidence", "list", "--workspace", address]) == 2
    told = capsys.readouterr().err
    assert fault in told
    assert "geheim" not in told


def test_a_number_that_another_writer_took_is_given_anew(
    team: Team, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A program that does not know of the lock writes between the question and the row."""
    add(team.place)
    add(team.place)
    (row, _) = list_records(team.place).closures
    true = workspace._last_number
    stale = iter([0, 1])
    monkeypatch.setattr(workspace, "_last_number", lambda *told: next(stale, None) or true(*told))
    with writing(team.place) as connection:
        assert add_row(connection, row) == "W0003"


def test_ids_go_on_past_four_figures(team: Team) -> None:
    """As texts W10000 comes before W9999; numbers and order do not go by the text."""
    add(team.place)
    with writing(team.place) as connection:
        (row,) = workspace.rows_of(connection, type(list_records(team.place).closures[0]))
        cells = dataclasses.asdict(row)
        workspace.insert(connection, "closures", cells | {"id": "W9999"})
        assert add_row(connection, row) == "W10000"
        assert add_row(connection, row) == "W10001"
    ids = [one.id for one in list_records(team.place).closures]
    assert ids == ["W0001", "W9999", "W10000", "W10001"]


# Many at once


WRITER = """
import sys
from karwan.base.workspaces import typed_workspace
from karwan.evidence.workspace import add_row, writing
from karwan.evidence.rows import OwnIncidentRow
place = typed_workspace(sys.argv[1])
row = OwnIncidentRow(
    id="", date="2026-11-01", lat=34.0, lon=71.0, precision_km=5.0, kind="attack", death_count=None,
    note="snow", source_url="x", source_date="2026-11-02", grade="B", added_by="desk",
    added_at="then",
)
for _ in range(int(sys.argv[2])):
    with writing(place) as connection:
        ident = add_row(connection, row)
    print(ident, flush=True)
"""
WRITERS, ROWS = 8, 200


def start(place: Workspace, rows: int) -> subprocess.Popen[str]:
    address = place.address if isinstance(place, DatabaseUrl) else str(place)
    return subprocess.Popen(
        [sys.executable, "-c", WRITER, address, str(rows)],
        stdout=subprocess.PIPE, text=True, cwd=ROOT,
    )  # fmt: skip


def told_by(writer: subprocess.Popen[str]) -> list[str]:
    return writer.communicate()[0].split()


def test_eight_writers_of_two_hundred_rows_lose_none(place: Workspace) -> None:
    writers = [start(place, ROWS) for _ in range(WRITERS)]
    told = [ident for writer in writers for ident in writer.communicate()[0].split()]
    assert [writer.returncode for writer in writers] == [0] * WRITERS
    kept = [row.id for row in list_records(place).incidents]
    assert kept == [f"I{number:04d}" for number in range(1, WRITERS * ROWS + 1)]
    assert sorted(told, key=lambda ident: int(ident[1:])) == kept
    verdict = verify_trail(place)
    assert (verdict.breaks, verdict.entry_count) == ((), WRITERS * ROWS), "the chain has no fork"


def test_writers_killed_in_the_middle_lose_nothing_that_they_told(place: Workspace) -> None:
    """Half of them are killed; a row is there whole, and none that was told is missing."""
    writers = [start(place, ROWS) for _ in range(WRITERS)]
    told: list[str] = []

    def listen(writer: subprocess.Popen[str], last: int | None) -> None:
        assert writer.stdout is not None
        for count, line in enumerate(writer.stdout, 1):
            told.append(line.strip())
            if count == last:
                writer.send_signal(signal.SIGKILL)

    listeners = [
        threading.Thread(target=listen, args=(writer, 20 + 7 * at if at % 2 else None))
        for at, writer in enumerate(writers)
    ]
    for one in listeners:
        one.start()
    for one in listeners:
        one.join()
    for writer in writers:
        writer.wait()
        assert writer.stdout is not None
        writer.stdout.close()
    assert [writer.returncode for writer in writers] == [0, -9] * (WRITERS // 2)
    rows = list_records(place).incidents
    kept = [row.id for row in rows]
    assert kept == [f"I{number:04d}" for number in range(1, len(kept) + 1)]
    told = [ident for ident in told if ident]
    assert len(told) == len(set(told))
    assert set(told) <= set(kept)
    assert len(kept) - len(told) <= WRITERS // 2, "at most one row a killed writer was not told of"
    assert {(row.added_by, row.added_at, row.note) for row in rows} == {("desk", "then", "snow")}
    verdict = verify_trail(place)
    assert (verdict.breaks, verdict.entry_count) == ((), len(kept)), "each row with its entry"
    (again,) = told_by(start(place, 1))
    assert again == f"I{len(kept) + 1:04d}"


def test_two_who_withdraw_a_row_at_once_are_told_of_one(team: Team) -> None:
    ident = add(team.place)
    take_out(team.place, ident)
    with pytest.raises(DataError, match="it is withdrawn already"):
        take_out(team.place, ident)


def test_what_one_adds_another_sees_by_the_version(place: Workspace) -> None:
    before = workspace_version(place)
    add(place)
    after = workspace_version(place)
    assert before != after
    assert "closures=1" in after
