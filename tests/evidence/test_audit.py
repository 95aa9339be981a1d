"""The trail: told with each row, refused to change, and every break of it found and named."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import os
import pwd
import sqlite3
from collections.abc import Callable
from contextlib import closing
from dataclasses import asdict
from pathlib import Path

import pytest

from karwan.api import now
from karwan.base.errors import DataError, SourceError, UnknownNameError
from karwan.base.workspaces import DatabaseUrl, Workspace
from karwan.evidence import workspace
from karwan.evidence.audit import Flaw, list_entries, verify_trail
from karwan.evidence.contents import keep_alone, keep_content
from karwan.evidence.copying import copy_workspace
from karwan.evidence.own_record import list_records
from karwan.evidence.people import add_token, revoke
from karwan.evidence.trail import program_user, row_sha256
from karwan.evidence.workspace import DATABASE, writing
from karwan.main import main
from tests.evidence.test_copying import fill
from tests.evidence.test_workspace import WHO, add, end, make_old, take_out
from tests.postgres import Team

NOW = dt.datetime(2026, 11, 24, 10, tzinfo=dt.UTC)
Tamper = Callable[..., None]


@pytest.fixture
def tamper(place: Workspace, request: pytest.FixtureRequest) -> Tamper:
    """Return what does to a workspace what its owner can: with every refusal undone."""

    def do(*statements: str) -> None:
        if isinstance(place, DatabaseUrl):
            team: Team = request.getfixturevalue("team")
            team.say("SET session_replication_role = replica", *statements)
            return
        with closing(sqlite3.connect(place / DATABASE)) as connection, connection:
            names = connection.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'")
            for (name,) in names.fetchall():
                connection.execute(f"DROP TRIGGER {name}")
            for statement in statements:
                connection.execute(statement)

    return do


def three_rows(place: Workspace) -> None:
    ident = add(place)
    end(place, ident, "2026-11-22")
    take_out(place, ident)


def flaws(place: Workspace, expect: str = "") -> list[tuple[Flaw, str, str]]:
    return [(one.flaw, one.entry, one.row_id) for one in verify_trail(place, expect=expect).breaks]


# What is told


def test_each_row_is_told_in_order_with_who_and_what(place: Workspace, tmp_path: Path) -> None:
    name = fill(place, tmp_path)
    told = [(one.verb, one.kind, one.row_id, one.added_by) for one in list_entries(place)]
    content = next(row_id for verb, _, row_id, _ in told if verb == "keep")
    assert content.startswith("incidents/")
    assert told == [
        ("add", "closures", "W0001", "desk"),
        ("end", "closure_ends", "E0001", "desk"),
        ("withdraw", "withdrawals", "X0001", "desk"),
        ("keep", "contents", content, "desk"),
        ("add", "incident_files", "F0001", "desk"),
        ("add", "ledger_sources", "W-SRC1", "desk"),
        ("add", "ledger_statements", "W1", "desk"),
        ("add", "ledger_propositions", "W1", "desk"),
        ("add", "ledger_indicators", "I-W1", "desk"),
        ("keep", "contents", f"answers/{name}.json", "desk"),
    ]
    verdict = verify_trail(place)
    assert (verdict.entry_count, verdict.row_count, verdict.standing_count) == (10, 10, 0)
    assert (verdict.stands, verdict.loose) == (True, ())


def test_the_hashes_are_those_that_anybody_makes(place: Workspace) -> None:
    """By hand: sorted keys, no spaces, blank cells left out, each with the hash before it."""
    three_rows(place)
    before = ""
    for one in list_entries(place):
        text = (
            f'{{"id":"{one.id}","kind":"{one.kind}","login":"{program_user()}",'
            f'"previous_sha256":"{before}",'
            f'"row_id":"{one.row_id}","row_sha256":"{one.row_sha256}","verb":"{one.verb}",'
            f'"when":"{one.added_at}","who":"{one.added_by}"}}'
        )
        assert one.previous_sha256 == before
        before = hashlib.sha256(text.encode()).hexdigest()
        assert one.sha256 == before
    cells = asdict(list_records(place).closures[0])
    told = json.dumps(
        {name: cells[name] for name in sorted(cells) if cells[name] is not None},
        separators=(",", ":"),
    )
    assert list_entries(place)[0].row_sha256 == hashlib.sha256(told.encode()).hexdigest()
    assert verify_trail(place).head_sha256 == before


def test_the_time_is_that_of_the_clock_and_not_the_one_given(place: Workspace) -> None:
    """A row entered under an older date shows by its entry."""
    earliest = now().replace(microsecond=0)
    add(place)
    (entry,) = list_entries(place)
    told = dt.datetime.fromisoformat(entry.added_at)
    assert earliest <= told <= now()
    assert list_records(place).closures[0].added_at == "2026-11-24T10:00:00+00:00"


def keep_and_fail(place: Workspace) -> None:
    with writing(place) as connection:
        keep_content(connection, place, "feeds/a.kept", b"a", who=WHO)
        msg = "the power went"
        raise SourceError(msg)


def test_a_name_that_is_typed_hides_no_login(
    place: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Who the program was told, and who ran it: the environment changes the first alone."""
    program_user.cache_clear()
    monkeypatch.setenv("LOGNAME", "mallory")
    monkeypatch.setenv("USER", "mallory")
    add(place)
    (entry,) = list_entries(place)
    assert entry.added_by == WHO
    assert entry.login == pwd.getpwuid(os.getuid()).pw_name != "mallory"


def test_what_is_refused_or_not_kept_leaves_no_entry(place: Workspace) -> None:
    ident = add(place)
    take_out(place, ident)
    with pytest.raises(DataError, match="it is withdrawn already"):
        take_out(place, ident)
    with pytest.raises(SourceError, match="the power went"):
        keep_and_fail(place)
    assert [one.verb for one in list_entries(place)] == ["add", "withdraw"]
    verdict = verify_trail(place)
    assert verdict.stands
    assert verdict.loose == (("feeds/a.kept",) if isinstance(place, Path) else ())
    keep_alone(place, "feeds/a.kept", b"a", who=WHO)
    keep_alone(place, "feeds/a.kept", b"a", who="another")
    assert [one.added_by for one in list_entries(place, kind="contents")] == [WHO]
    assert verify_trail(place).loose == ()


def test_entries_are_asked_by_day_name_and_kind(place: Workspace) -> None:
    three_rows(place)
    assert [one.row_id for one in list_entries(place, kind="withdrawals")] == ["X0001"]
    assert len(list_entries(place, who="desk", since="2026-01-01")) == 3
    assert list_entries(place, who="ada") == list_entries(place, since="9999-01-01") == ()
    with pytest.raises(UnknownNameError, match="closures"):
        list_entries(place, kind="closure")


def test_numbers_are_hashed_alike_whatever_a_database_makes_of_them() -> None:
    assert row_sha256({"lat": 34, "note": None}) == row_sha256({"lat": 34.0})
    assert row_sha256({"lat": 34}) != row_sha256({"lat": 34.5})
    assert row_sha256({"note": "34"}) != row_sha256({"note": 34})


# What does not stand

MENDED = "UPDATE audit SET row_sha256 = '{0}' WHERE id = 'H0002'"
BROKEN: dict[str, tuple[tuple[str, ...], list[tuple[Flaw, str, str]]]] = {
    "a row was changed": (
        ("UPDATE closures SET note = 'rain'",),
        [(Flaw.row_changed, "H0001", "W0001")],
    ),
    "a row was taken away": (
        ("DELETE FROM closure_ends",),
        [(Flaw.row_missing, "H0002", "E0001")],
    ),
    "a withdrawal was undone, with its entry": (
        ("DELETE FROM withdrawals", "DELETE FROM audit WHERE id = 'H0003'"),
        [],  # nothing is left that tells of it: see the test of a hash kept elsewhere
    ),
    "a row was put in past the trail": (
        ("INSERT INTO withdrawals (id, record_id, note, added_by, added_at) "
         "VALUES ('X0002', 'E0001', 'n', 'a', 'b')",),
        [(Flaw.row_untold, "", "X0002")],
    ),
    "the last entry was taken away": (
        ("DELETE FROM audit WHERE id = 'H0003'",),
        [(Flaw.row_untold, "", "X0001")],
    ),
    "an entry in the middle was taken away": (
        ("DELETE FROM audit WHERE id = 'H0002'",),
        [(Flaw.entry_missing, "H0002", ""), (Flaw.row_untold, "", "E0001")],
    ),
    "the first entry was taken away": (
        ("DELETE FROM audit WHERE id = 'H0001'",),
        [(Flaw.entry_missing, "H0001", ""), (Flaw.row_untold, "", "W0001")],
    ),
    "all entries were taken away": (
        ("DELETE FROM audit",),
        [(Flaw.row_untold, "", one) for one in ("W0001", "E0001", "X0001")],
    ),
    "an entry was laid on another": (
        ("UPDATE audit SET added_by = 'ada' WHERE id = 'H0002'",),
        [(Flaw.entry_changed, "H0002", "")],
    ),
    "an entry was put in": (
        ("INSERT INTO audit (id, verb, kind, row_id, row_sha256, previous_sha256, sha256, login,"
         " added_by, added_at) VALUES ('H0004', 'add', 'closures', 'W0009', 'x', 'y', 'z', "
         "'l', 'a', 'b')",),
        [(Flaw.entry_moved, "H0004", ""), (Flaw.entry_changed, "H0004", ""),
         (Flaw.row_missing, "H0004", "W0009")],
    ),
    "an entry was numbered past the next": (
        ("UPDATE audit SET id = 'H0009' WHERE id = 'H0003'",),
        [(Flaw.entry_missing, "H0003", ""), (Flaw.entry_changed, "H0009", "")],
    ),
}  # fmt: skip


@pytest.mark.parametrize("what", BROKEN)
def test_each_break_is_found_and_no_other(what: str, place: Workspace, tamper: Tamper) -> None:
    three_rows(place)
    statements, due = BROKEN[what]
    tamper(*statements)
    assert flaws(place) == due


def test_an_entry_changed_with_its_hash_shows_at_the_next(place: Workspace, tamper: Tamper) -> None:
    """Whoever changes a row and mends its entry must write all that follow anew."""
    from karwan.evidence.trail import entry_sha256

    three_rows(place)
    second = list_entries(place)[1]
    cells = asdict(list_records(place).closure_ends[0]) | {"note": "rain"}
    forged = type(second)(**asdict(second) | {"row_sha256": row_sha256(cells)})
    tamper(
        "UPDATE closure_ends SET note = 'rain'",
        f"UPDATE audit SET row_sha256 = '{forged.row_sha256}', sha256 = '{entry_sha256(forged)}' "
        "WHERE id = 'H0002'",
    )
    assert flaws(place) == [(Flaw.entry_moved, "H0003", "")]


def test_a_hash_kept_elsewhere_shows_what_was_cut_off(place: Workspace, tamper: Tamper) -> None:
    three_rows(place)
    kept = verify_trail(place).head_sha256
    add(place)
    verdict = verify_trail(place, expect=kept)
    assert (verdict.stands, verdict.expected_entry, verdict.entries_since) == (True, "H0003", 1)
    tamper(*BROKEN["a withdrawal was undone, with its entry"][0],
           "DELETE FROM audit WHERE id = 'H0004'",
           "DELETE FROM closures WHERE id = 'W0002'")  # fmt: skip
    assert verify_trail(place).stands, "nothing that is left tells of it"
    assert flaws(place, kept) == [(Flaw.hash_unknown, "", "")]
    with pytest.raises(DataError, match="is no hash of a trail"):
        verify_trail(place, expect=kept[:12])


def test_a_kept_file_that_was_changed_or_taken_away_shows(place: Workspace, tamper: Tamper) -> None:
    keep_alone(place, "answers/a.json", b"{}", who="ada")
    keep_alone(place, "answers/b.json", b"[]", who="ada")
    if isinstance(place, Path):
        (place / "answers" / "a.json").write_bytes(b"{1}")
        (place / "answers" / "b.json").unlink()
    else:
        tamper("UPDATE contents SET content = '{1}' WHERE name = 'answers/a.json'",
               "DELETE FROM contents WHERE name = 'answers/b.json'")  # fmt: skip
    assert flaws(place) == [
        (Flaw.row_changed, "H0001", "answers/a.json"),
        (Flaw.row_missing, "H0002", "answers/b.json"),
    ]


def test_a_fork_is_refused_by_the_database(place: Workspace, tamper: Tamper) -> None:
    """Of two entries after the same one the second is refused, even without the lock."""
    three_rows(place)
    with pytest.raises(Exception, match=r"(?i)unique"):
        tamper(
            "INSERT INTO audit (id, verb, kind, row_id, row_sha256, previous_sha256, sha256, "
            "login, added_by, added_at) SELECT 'H0009', verb, kind, row_id, row_sha256, "
            "previous_sha256, sha256, login, added_by, added_at FROM audit WHERE id = 'H0003'"
        )


# Before the trail, and beside it


def test_rows_that_stood_before_are_told_so_and_watched_from_then_on(tmp_path: Path) -> None:
    make_old(tmp_path)
    (tmp_path / "answers").mkdir()
    (tmp_path / "answers" / "a.json").write_bytes(b"{}")
    add(tmp_path)
    told = [(one.verb, one.kind, one.row_id, one.added_by) for one in list_entries(tmp_path)]
    assert told == [
        ("stood", "closures", "W0001", ""),
        ("stood", "closure_ends", "E0001", ""),
        ("stood", "incidents", "I0001", ""),
        ("stood", "contents", "answers/a.json", ""),
        ("add", "closures", "W0002", WHO),
    ]
    verdict = verify_trail(tmp_path)
    assert (verdict.stands, verdict.row_count, verdict.standing_count) == (True, 5, 4)
    with closing(sqlite3.connect(tmp_path / DATABASE)) as connection, connection:
        connection.execute("DROP TRIGGER incidents_no_update")
        connection.execute("UPDATE incidents SET lat = 35")
    assert flaws(tmp_path) == [(Flaw.row_changed, "H0003", "I0001")]


def test_rows_of_a_team_that_stood_before_are_told_so(team: Team) -> None:
    """The owner brings a database of the version before up to date."""
    team.say(
        "INSERT INTO closure_ends VALUES ('E0001', 'W0001', '2026-11-20', 'n', 'u', '2026-11-21', "
        "'A', 'desk', 'then')",
        "INSERT INTO contents VALUES ('answers/a.json', 'h', 'abc')",
        "DROP TABLE audit",
        "DROP TABLE requests",
        "UPDATE alembic_version SET version_num = 'v0009'",
    )
    assert workspace.migrate_team(team.owner, role="karwan_app") == ("v0009", workspace.HEAD)
    add(team.place)
    told = [(one.verb, one.row_id) for one in list_entries(team.place)]
    assert told == [("stood", "E0001"), ("stood", "answers/a.json"), ("add", "W0001")]
    assert verify_trail(team.place).stands


def test_a_copy_takes_the_trail_along_and_leaves_tokens_behind(
    place: Workspace, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    owner = place
    if isinstance(place, DatabaseUrl):
        team: Team = request.getfixturevalue("team")
        owner = team.owner
    add_token(owner, "ada", "editor", 9, who="boss", now=NOW)
    revoke(owner, "ada", who="boss", now=NOW)
    three_rows(place)
    head = verify_trail(place).head_sha256
    copy = tmp_path / "copy"
    copy_workspace(place, copy)
    assert list_entries(copy) == list_entries(place)
    verdict = verify_trail(copy, expect=head)
    assert (verdict.stands, verdict.left_behind_count, verdict.head_sha256) == (True, 2, head)
    add_token(copy, "eva", "reader", 9, who="boss", now=NOW)
    add_token(copy, "mia", "reader", 9, who="boss", now=NOW)
    verdict = verify_trail(copy, expect=head)
    assert (verdict.stands, verdict.left_behind_count, verdict.row_count) == (True, 1, 5)
    with closing(sqlite3.connect(copy / DATABASE)) as connection, connection:
        connection.execute("DROP TRIGGER tokens_no_delete")
        connection.execute("DELETE FROM tokens WHERE id = 'T0002'")
    assert flaws(copy) == [(Flaw.row_missing, "H0007", "T0002")], "a copy leaves only the first"


# From the command line


def test_the_command_tells_the_first_break_in_words_and_ends_with_1(
    place: Workspace, tamper: Tamper, capsys: pytest.CaptureFixture[str]
) -> None:
    three_rows(place)
    told_as = place.address if isinstance(place, DatabaseUrl) else str(place)
    asked = ["audit", "verify", "--workspace", told_as]
    assert main(asked) == 0
    told = capsys.readouterr().out
    head = verify_trail(place).head_sha256
    assert "stands" in told
    assert head in told
    assert main([*asked, "--expect", head]) == 0
    assert "H0003 bears the hash; 0 since" in capsys.readouterr().out
    tamper("UPDATE closures SET note = 'rain'", "DELETE FROM audit WHERE id = 'H0003'")
    assert main([*asked, "--expect", head]) == 1
    told = capsys.readouterr().out
    assert "BROKEN" in told
    assert "First break: Row W0001 of closures was changed since H0001 told of it." in told
    assert "No entry bears the hash that was kept" in told
    assert head not in told, "a head of what is broken is not one to keep"
    assert main([*asked, "--format", "json"]) == 1
    answer = json.loads(capsys.readouterr().out)
    assert (answer["stands"], answer["entry_count"]) == (False, 2)
    assert [one["flaw"] for one in answer["breaks"]] == ["row changed", "row untold"]
    assert answer["first_break"] == answer["breaks"][0]["words"]
    assert main([*asked, "--format", "csv"]) == 1
    assert capsys.readouterr().out.splitlines()[1].startswith("row changed,H0001,closures,W0001,")


def test_the_trail_from_the_command_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    make_old(tmp_path)
    add(tmp_path)
    asked = ["audit", "list", "--workspace", str(tmp_path)]
    assert main(asked) == 0
    assert capsys.readouterr().out.count("before the trail") == 3
    assert main([*asked, "--who", WHO, "--format", "json"]) == 0
    (entry,) = json.loads(capsys.readouterr().out)["entries"]
    assert (entry["who"], entry["row_id"], entry["verb"]) == (WHO, "W0002", "add")
    assert entry["login"] == program_user()
    assert main([*asked, "--kind", "incidents", "--format", "csv"]) == 0
    head, row = capsys.readouterr().out.splitlines()
    assert head.split(",")[:6] == ["entry", "when", "who", "login", "verb", "kind"]
    assert row.split(",")[2:7] == ["", "", "stood", "incidents", "I0001"]
    assert main([*asked, "--since", "2299-01-01"]) == 0
    assert capsys.readouterr().out == "No entry.\n"
    assert main([*asked, "--since", "yesterday"]) == 2
    assert "since" in capsys.readouterr().err
    assert main(["audit", "verify", "--workspace", str(tmp_path / "none")]) == 2
    assert "nothing was ever written there" in capsys.readouterr().err
    assert not (tmp_path / "none").exists()


@pytest.mark.parametrize(
    ("statement", "said"),
    [
        ("UPDATE audit SET sha256 = x'00' WHERE id = 'H0002'", "was changed by another program"),
        ("ALTER TABLE audit DROP COLUMN verb", "audit has no column 'verb'"),
        ("DROP TABLE audit", "no such table: audit"),
        ("UPDATE alembic_version SET version_num = 'v0999'", "was written by a newer karwan"),
    ],
)
def test_a_trail_that_cannot_be_read_is_told_in_one_line(
    statement: str, said: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    three_rows(tmp_path)
    with closing(sqlite3.connect(tmp_path / DATABASE)) as connection, connection:
        for one in ("update", "delete", "replace"):
            connection.execute(f"DROP TRIGGER audit_no_{one}")
        connection.execute(statement)
    before = (tmp_path / DATABASE).read_bytes()
    for asked in ("verify", "list"):
        assert main(["audit", asked, "--workspace", str(tmp_path)]) == 1
        told = capsys.readouterr().err
        assert said in told
        assert "Nothing was written" in told
    assert (tmp_path / DATABASE).read_bytes() == before
