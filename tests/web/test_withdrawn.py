"""A kept answer that rests on a row of the user's own says so when the row is withdrawn."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from karwan.api import login_name
from karwan.data.catalog import Catalog
from karwan.evidence.audit import list_entries
from karwan.evidence.contents import keep_alone
from karwan.evidence.written import corrections_of
from karwan.ledger.records import add_rows
from karwan.main import main
from karwan.web.app import create_app
from karwan.web.desks import Desks
from karwan.web.site import Site
from tests.evidence.test_workspace import add, end, take_out
from tests.ledger.test_records import NEW

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
    assert f"An answer kept on 27 November 2026 by {login_name()}".split() == (
        kept.partition("<h2>")[2].partition("</h2>")[0].replace("\xa0", " ").split()
    )
    assert SAID not in kept
    assert "Withdrawn since" not in kept
    assert client.get(f"{location}.json").headers["karwan-corrections"] == "0"

    wrong = ("--note", "seen open by another", "--for-all-time", "--who", "ada")
    assert main(["evidence", "withdraw", "W0001", *wrong, *place]) == 0
    again = client.get(f"{location}.json")
    assert again.headers["karwan-corrections"] == "1"
    assert f'<{location}/corrections>; rel="describedby"' in again.headers["link"]
    said = client.get(f"{location}/corrections").json()
    assert (said["missing"], said["no_answer_today"]) == ([], None)
    (otherwise,) = (
        one for one in said["stands_otherwise_today"] if one["corridor"] == "kkcp-road-torugart"
    )
    assert otherwise["status"] == ["cut", "open"]
    (notice,) = said["corrections"]
    assert notice.pop("when") == list_entries(tmp_path, who="ada")[0].added_at
    assert notice == {
        "row": "W0001", "by": "X0001", "what": "withdraw", "who": "ada", "is_vouched": True,
        "why": "seen open by another", "on": None,
    }  # fmt: skip
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
    notices = told.partition('class="corrections"')[2].partition("</table>")[0]
    for word in ("W0001", "withdrew", "ada", "for all time", "seen open by another"):
        assert word in notices
    at = client.get("/crossings/khunjerab-road?as_of=2026-11-22").text
    rows = at.partition("Rows of the workspace")[2]
    for word in ('href="/rows/W0001"', 'href="/rows/X0001"', "ada", "seen open by another"):
        assert word in rows, "who wrote each row stands on the page of the crossing"
    own = client.get("/rows/W0001").text
    for word in ("Khunjerab", "https://example.org/shut", "weather", "X0001", "ada"):
        assert word in own
    assert "LETTER" not in own
    assert client.get("/rows/W0002").status_code == 404
    when = "2026-11-27T09:00:00+00:00"
    add_rows(tmp_path, Catalog(None, tmp_path), NEW, who="<b>mia</b>", when=when)
    said_of = client.get("/ledger/W1").text.partition("Rows of the workspace")[2]
    assert said_of.count("&lt;b&gt;mia&lt;/b&gt;") == 3, "statement, proposition, indicator"
    assert "<b>mia" not in said_of


def test_only_what_was_done_after_an_answer_was_kept_is_a_correction(tmp_path: Path) -> None:
    """By the order of the trail, whatever the days say; by the day where no entry tells of it."""

    def since(row_id: str = "answers/a.json", day: str = "2026-11-27") -> list[tuple[str, str]]:
        done = corrections_of(
            tmp_path, ["W0001", "W0002"], kind="contents", row_id=row_id, since=day
        )
        return [(one.of, one.verb) for one in done]

    for _ in range(3):
        add(tmp_path)
    end(tmp_path, "W0001", "2026-11-22")
    keep_alone(tmp_path, "answers/a.json", b"{}", who="eva")
    assert since() == []
    take_out(tmp_path, "W0003")
    assert since() == [], "no row of the answer"
    end(tmp_path, "W0002", "2026-11-22")
    take_out(tmp_path, "E0001")
    assert since() == [("W0002", "end"), ("E0001", "withdraw")], "an end that falls opens again"
    assert since("answers/none.json", "2000-01-01") == [
        ("W0001", "end"), ("W0002", "end"), ("E0001", "withdraw"),
    ]  # fmt: skip
    assert since("answers/none.json", "2299-01-01") == []
