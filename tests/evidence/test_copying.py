"""A workspace copied from folder to database and back: the same rows, files, answers, bytes."""

from __future__ import annotations

import datetime as dt
import json
import threading
import time
from pathlib import Path

import pytest

from karwan.analysis.forecasts.kept import forecasts_of, read_forecasts, store_forecasts
from karwan.base.errors import DataError, SourceError
from karwan.base.workspaces import DatabaseUrl, Workspace
from karwan.data.catalog import Catalog
from karwan.evidence import copying, workspace
from karwan.evidence.audit import verify_trail
from karwan.evidence.copying import Holding, copy_workspace
from karwan.evidence.own_record import list_records
from karwan.evidence.people import add_token, list_tokens
from karwan.evidence.registry import add_file, read_files
from karwan.evidence.team_database import role_faults
from karwan.evidence.workspace import reading
from karwan.ledger.records import add_rows
from karwan.main import main
from karwan.web.answers import KeptAnswer, keep_answer, read_answer
from tests.analysis.forecasts.test_kept import record
from tests.evidence.test_registry import one
from tests.evidence.test_team import refused
from tests.evidence.test_workspace import add, end, take_out
from tests.ledger.test_records import NEW
from tests.postgres import Team, forget

WHO, WHEN = "desk", "2026-11-24T10:00:00+00:00"
ANSWER = KeptAnswer(
    kept_on=dt.date(2026, 11, 24), pairs=[("from", "almaty")], title="t", lang="en",
    answer={"as_of": "2026-11-24", "corridors": []}, page="<p>ښار</p>", data_sha256="d",
    program="0",
)  # fmt: skip


def fill(place: Workspace, folder: Path) -> str:
    """Add something of every kind, and return the hash of a kept answer."""
    ident = add(place)
    end(place, ident, "2026-11-22")
    take_out(place, ident)
    add_file(place, one(folder), note="ښار", who=WHO, when=WHEN)
    add_rows(place, Catalog(None, place), NEW, who=WHO, when=WHEN)
    for name in "ab":
        store_forecasts(forecasts_of(place), [record(name)])
    return keep_answer(place, ANSWER, who=WHO)


def holdings(place: Workspace) -> tuple[Holding, ...]:
    """Return what a workspace holds, table by table and content by content; () for nothing."""
    with reading(place) as connection:
        return () if connection is None else copying._held(place, connection)


def by_name(place: Workspace) -> dict[str, Holding]:
    return {one.name: one for one in holdings(place)}


def test_what_is_copied_there_and_back_is_what_it_was(team: Team, tmp_path: Path) -> None:
    first, last = tmp_path / "first", tmp_path / "last"
    name = fill(first, tmp_path)
    held = copy_workspace(first, team.place)
    assert copy_workspace(team.place, last) == held == holdings(first)
    assert by_name(last)["closures"].count == 1
    assert by_name(last)["withdrawals"].count == 1
    assert sum(one.name.startswith("incidents/") for one in held) == 1
    for place in (team.place, last):
        assert list_records(place) == list_records(first)
        assert read_files(place).keys() == read_files(first).keys()
        assert read_answer(place, name) == ANSWER
        kept = read_forecasts(forecasts_of(place))
        assert ([one.element for one in kept.forecasts], kept.faults) == (["a", "b"], ())
    assert (last / "forecasts.jsonl").read_bytes() == (first / "forecasts.jsonl").read_bytes()
    for place in (first, team.place, last):
        assert add(place) == "W0002", "numbers go on where they were"
        assert store_forecasts(forecasts_of(place), [record("c")]) == 1
        assert read_forecasts(forecasts_of(place)).faults == ()
    assert (last / "forecasts.jsonl").read_bytes() == (first / "forecasts.jsonl").read_bytes()


def test_answers_from_a_database_are_those_from_a_folder(
    team: Team, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The same bytes of JSON, whatever the workspace lies in."""
    first = tmp_path / "first"
    fill(first, tmp_path)
    add(first)
    copy_workspace(first, team.place)
    for asked in (
        ["evidence", "list", "--format", "json"],
        ["evidence", "check"],
        ["network", "show", "khunjerab", "--as-of", "2026-11-23"],
        ["hazard", "score", "--as-of", "2026-11-23", "--format", "json"],
        ["ledger", "list", "--as-of", "2026-11-23", "--format", "json"],
    ):
        told = []
        for place in (first, team.place):
            code = main([*asked, "--workspace", str(place)])
            told.append((code, capsys.readouterr().out))
        assert told[0] == told[1]


@pytest.mark.parametrize("torn", [b"", b'{"torn', b"\n\xff\n\n"])
def test_lines_are_copied_byte_for_byte(team: Team, tmp_path: Path, torn: bytes) -> None:
    first, last = tmp_path / "first", tmp_path / "last"
    store_forecasts(forecasts_of(first), [record("a")])
    with (first / "forecasts.jsonl").open("ab") as file:
        file.write(torn)
    copy_workspace(first, team.place)
    assert store_forecasts(forecasts_of(team.place), [record("b")]) == 1
    store_forecasts(forecasts_of(first), [record("b")])
    copy_workspace(team.place, last)
    assert (last / "forecasts.jsonl").read_bytes() == (first / "forecasts.jsonl").read_bytes()


def test_what_cannot_be_copied_is_refused(team: Team, tmp_path: Path) -> None:
    add(tmp_path / "a")
    add(team.place)
    with pytest.raises(DataError, match=r"holds rows or files already \(closures, audit\)"):
        copy_workspace(tmp_path / "a", team.place)
    with pytest.raises(DataError, match="is not copied into itself"):
        copy_workspace(team.place, DatabaseUrl(team.place.address))
    with pytest.raises(DataError, match="nothing was ever written there"):
        copy_workspace(tmp_path / "none", tmp_path / "b")
    assert not (tmp_path / "b").exists()
    assert len(list_records(team.place).closures) == 1


def test_a_copy_that_fails_half_way_leaves_nothing(
    place: Workspace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Neither row nor file nor forecast, so that the same copy can be made again."""
    fill(tmp_path / "a", tmp_path)
    true = workspace.put

    def fail(connection: object, table: str, cells: object) -> None:
        if table == "incident_files":
            msg = "the disk is gone"
            raise SourceError(msg)
        true(connection, table, cells)  # type: ignore[arg-type]

    with monkeypatch.context() as patch:
        patch.setattr(copying, "put_row", fail)
        with pytest.raises(SourceError, match="the disk is gone"):
            copy_workspace(tmp_path / "a", place)
    assert sum(one.count for one in holdings(place)) == 0
    if isinstance(place, Path):
        left = [path.name for path in place.rglob("*") if path.is_file()]
        assert [name for name in left if not name.startswith("karwan.sqlite")] == []
    copy_workspace(tmp_path / "a", place)


def test_a_copy_that_is_not_the_same_is_told(
    team: Team, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    add(tmp_path / "a")
    true = workspace.put
    monkeypatch.setattr(
        copying,
        "put_row",
        lambda connection, table, cells: true(
            connection, table, {**cells, "note": "rain"} if table == "closures" else cells
        ),
    )
    with pytest.raises(
        SourceError, match=r"is not what .* holds: closures. Nothing was kept of it"
    ):
        copy_workspace(tmp_path / "a", team.place)
    assert sum(one.count for one in holdings(team.place)) == 0


def test_from_the_command_line(
    team: Team, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    fill(tmp_path / "a", tmp_path)
    assert main(["workspace", "migrate", team.owner.address, "--role", "karwan_app"]) == 0
    assert "karwan_app may read and add rows" in capsys.readouterr().out
    assert main(["workspace", "copy", str(tmp_path / "a"), team.place.address]) == 0
    told = capsys.readouterr().out
    assert "both hold the same" in told
    assert "Trail of " in told
    assert verify_trail(tmp_path / "a").head_sha256 in told
    words = ["workspace", "copy", team.place.address, str(tmp_path / "b"), "--format", "json"]
    assert main(words) == 0
    told = json.loads(capsys.readouterr().out)
    counts = {one["name"]: one["count"] for one in told["holds"]}
    assert (counts["closures"], counts["forecasts.jsonl"]) == (1, 2)
    assert told["trail"] == verify_trail(tmp_path / "a").to_dict()
    assert main(["workspace", "migrate", str(tmp_path / "b"), "--role", "karwan_app"]) == 2
    assert "a folder has no roles" in capsys.readouterr().err


def test_a_backup_put_back_gives_the_same_answers_and_refuses_the_same(
    team: Team, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The drill of the documentation: dump, restore into an empty database, ask both."""
    fill(team.place, tmp_path)
    add_token(
        team.owner, "ada", "editor", 9, who="boss", now=dt.datetime(2026, 11, 24, 10, tzinfo=dt.UTC)
    )
    server = team.server
    dump = server.folder / f"{team.name}.dump"
    again = Team(server=server, name=server.empty())
    server.run("pg_dump", "--format=custom", f"--file={dump}", team.owner.address)
    server.run("pg_restore", "--exit-on-error", f"--dbname={again.owner.address}", dump)
    assert holdings(again.place) == holdings(team.place)
    assert list_tokens(again.place) == list_tokens(team.place)
    with reading(again.place) as connection:
        assert connection is not None
        assert role_faults(connection) == []
    told = []
    for place in (team.place, again.place):
        words = ["evidence", "list", "--format", "json", "--workspace", place.address]
        assert main(words) == 0
        told.append(capsys.readouterr().out)
    assert told[0] == told[1]
    assert [add(place) for place in (team.place, again.place)] == ["W0002", "W0002"]
    for verb in ("UPDATE closures SET note = ''", "DELETE FROM closures", "TRUNCATE closures"):
        assert refused(again.place, verb) == "InsufficientPrivilege"
        assert refused(again.owner, verb) == "RaiseException"
    forget(again.place)


def test_a_folder_in_use_is_saved_as_it_was_at_one_moment_and_put_back(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The drill for a folder: saved while somebody writes, put back and asked again."""
    place, saved, again = tmp_path / "desk", tmp_path / "saved", tmp_path / "again"
    name = fill(place, tmp_path)
    done = threading.Event()

    def write() -> None:
        while not done.is_set():
            add(place)

    writer = threading.Thread(target=write)
    writer.start()
    try:
        while len(list_records(place).closures) < 3:
            time.sleep(0.01)
        copy_workspace(place, saved)
    finally:
        done.set()
        writer.join()
    kept, now = (list_records(one).closures for one in (saved, place))
    assert 3 <= len(kept) < len(now)
    assert now[: len(kept)] == kept
    assert verify_trail(saved).stands
    copy_workspace(saved, again)
    assert read_answer(again, name) == ANSWER
    told = []
    for one_place in (saved, again):
        words = ["evidence", "list", "--format", "json", "--workspace", str(one_place)]
        assert main(words) == 0
        told.append(capsys.readouterr().out)
    assert told[0] == told[1]
    assert add(again) == f"W{len(kept) + 1:04d}"
