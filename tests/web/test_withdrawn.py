"""A kept answer that rests on a row of the user's own says so when the row is withdrawn."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from karwan.main import main
from karwan.web.app import create_app
from karwan.web.desks import Desks
from karwan.web.site import Site

ASKED = "from=almaty&to=karachi&as_of=2026-11-22"
SAID = "Withdrawn since it was kept: W0001."


def test_a_row_withdrawn_since_is_told_and_today_answers_without_it(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    place = ("--workspace", str(tmp_path))
    source = ("--source", "https://example.org/shut", "--source-date", "2026-11-20")
    closure = ("add-closure", "khunjerab", "2026-11-19", "--end-status", "ongoing")
    assert main(["evidence", *closure, "--cause", "weather", *source, *place]) == 0
    assert capsys.readouterr().out == "W0001\n"
    site = Site(desks=Desks(workspace=tmp_path), today=lambda: dt.date(2026, 11, 27))
    client = TestClient(create_app(site, hosts=["testserver"]), follow_redirects=False)
    location = client.post(f"/shared?{ASKED}").headers["location"]
    kept = client.get(location).text
    assert SAID not in kept
    assert "Withdrawn since" not in kept

    wrong = ("--note", "seen open by another", "--for-all-time")
    assert main(["evidence", "withdraw", "W0001", *wrong, *place]) == 0
    told = client.get(location).text
    assert SAID in told
    assert "do not use it without asking anew" in told
    assert "No longer on record" not in told
    shown = told.partition('<div class="kept">')[2]
    assert (
        shown.partition("<footer")[0]
        == kept.partition('<div class="kept">')[2].partition("<footer")[0]
    ), "the answer itself stays as it was"
    was, now = (
        {one["corridor"]: one["status"] for one in answer["corridors"]}["kkcp-road-torugart"]
        for answer in (
            client.get(f"{location}.json").json(),
            client.get(f"/api/v1/compare?{ASKED}").json(),
        )
    )
    assert (was, now) == ("cut", "open")
    assert client.get(f"{location}?lang=ru").text.count("W0001") >= 1
