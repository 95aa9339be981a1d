"""The trail on the page and over HTTP: for auditor and admin, and whole."""

from __future__ import annotations

import datetime as dt
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from karwan.evidence.audit import verify_trail
from karwan.evidence.people import add_token
from karwan.evidence.workspace import DATABASE
from karwan.web.app import create_app
from karwan.web.desks import Desks
from karwan.web.people import People
from karwan.web.site import Site
from tests.evidence.test_workspace import add, make_old, take_out

NOW = dt.datetime(2026, 11, 27, 9, tzinfo=dt.UTC)


@pytest.fixture
def auditor(tmp_path: Path) -> TestClient:
    """Return a client whom an auditor's token lets in, of a workspace with rows from before."""
    make_old(tmp_path)
    take_out(tmp_path, add(tmp_path))
    token = add_token(tmp_path, "eva", "auditor", 9, who="boss", now=NOW)[1]
    people = People(now=lambda: NOW, workspace=tmp_path, asks_tokens=True)
    site = Site(desks=Desks(workspace=tmp_path), today=NOW.date)
    return TestClient(
        create_app(site, hosts=["testserver"], people=people),
        headers={"authorization": f"Bearer {token}"},
        raise_server_exceptions=False,
    )


def test_the_page_shows_the_newest_first_with_who_and_leads_to_the_rows(
    auditor: TestClient,
) -> None:
    told = auditor.get("/audit").text
    assert told.index("T0001") < told.index("X0001") < told.index("I0001")
    assert told.count("before the trail") == 3
    assert 'href="/rows/X0001"' in told
    assert "6 entries." in told
    few = auditor.get("/audit?since=&who=desk&kind=withdrawals").text
    assert "1 entry." in few
    assert "T0001" not in few
    assert "No entry." in auditor.get("/audit?who=nobody").text
    for wrong in ("since=yesterday", "kind=closure"):
        assert auditor.get(f"/audit?{wrong}").status_code in (404, 422)
    assert "до начала журнала" in auditor.get("/audit?lang=ru").text


def test_all_of_it_is_verified_at_a_press(auditor: TestClient, tmp_path: Path) -> None:
    head = verify_trail(tmp_path).head_sha256
    told = auditor.get(f"/audit/verify?expect={head}").text
    assert "The trail stands" in told
    assert f'<code class="hash" dir="ltr">{head}</code>' in told
    assert "H0006 bears the hash that you kept; 0 entries followed." in told
    assert "3 of them stood before the trail" in told
    with closing(sqlite3.connect(tmp_path / DATABASE)) as connection, connection:
        connection.execute("DROP TRIGGER closures_no_update")
        connection.execute("UPDATE closures SET note = 'rain' WHERE id = 'W0001'")
    told = auditor.get("/audit/verify").text
    assert "The trail is broken" in told
    assert "First break: Row W0001 of closures was changed since H0001 told of it." in told
    assert head not in told
    broken = auditor.get("/api/v1/audit/verify").json()
    assert broken == verify_trail(tmp_path).to_dict(), "never from what was answered before"
    assert auditor.get("/audit/verify?expect=abc").status_code == 422
    assert "Журнал нарушен" in auditor.get("/audit/verify?lang=ru").text


def test_the_api_says_what_the_command_says(
    auditor: TestClient, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    from karwan.main import main

    words = ["--format", "json", "--workspace", str(tmp_path)]
    assert main(["audit", "list", "--who", "desk", *words]) == 0
    assert auditor.get("/api/v1/audit?who=desk").text == capsys.readouterr().out
    assert main(["audit", "verify", *words]) == 0
    assert auditor.get("/api/v1/audit/verify").text == capsys.readouterr().out


def test_nobody_else_reads_it(auditor: TestClient, tmp_path: Path) -> None:
    reader = add_token(tmp_path, "ada", "editor", 9, who="boss", now=NOW)[1]
    for path in ("/audit", "/audit/verify", "/api/v1/audit", "/api/v1/audit/verify"):
        reply = auditor.get(path, headers={"authorization": f"Bearer {reader}"})
        assert reply.status_code == 403, path
    bare = Site(desks=Desks(), today=NOW.date)
    app = create_app(bare, hosts=["testserver"])
    assert TestClient(app).get("/audit").status_code == 403
