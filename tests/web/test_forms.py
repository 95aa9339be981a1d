"""Rows written through the server: shown before they are kept, once each, and nothing lost."""

from __future__ import annotations

import datetime as dt
import io
import re
import zipfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient
from starlette.types import Message, Receive, Scope, Send

from karwan.base.errors import SourceError
from karwan.base.workspaces import DatabaseUrl, Workspace
from karwan.evidence import workspace as own_workspace
from karwan.evidence.audit import list_entries, verify_trail
from karwan.evidence.own_record import list_records
from karwan.evidence.people import add_token
from karwan.evidence.workspace import workspace_version
from karwan.main import main
from karwan.web import people as web_people
from karwan.web.app import create_app
from karwan.web.desks import Desks
from karwan.web.entries import ENTRIES, Entry, value_faults
from karwan.web.guard import Guard
from karwan.web.pace import Pace
from karwan.web.people import People
from karwan.web.problems import TooLargeError
from karwan.web.site import Site
from tests.postgres import Team

NOW = dt.datetime(2026, 11, 27, 9, tzinfo=dt.UTC)
SEEN = {
    "element": "торхам",
    "state": "open",
    "day": "2026-11-27",
    "source": "driver by telephone",
    "source_date": "2026-11-27",
    "note": "trucks moving since dawn",
}
HEADER = (
    "id,type_of_violence,latitude,longitude,where_prec,date_prec,date_start,date_end,best,high,low,"
    "country,adm_1,adm_2"
)
EVENT = "{n},1,34.1,71.1,1,1,2024-03-0{n},2024-03-0{n},2,2,2,Afghanistan,Nangarhar,Mohmand Dara"


def client_of(place: Workspace, people: People | None = None) -> TestClient:
    """Return a client of a desk at its own machine, or of the people given."""
    people = people or People(now=lambda: NOW, workspace=place)
    site = Site(desks=Desks(workspace=place, path_count=100), today=NOW.date)
    app = create_app(site, hosts=["testserver"], people=people)
    return TestClient(app, raise_server_exceptions=False, follow_redirects=False)


@pytest.fixture
def client(tmp_path: Path) -> TestClient:
    return client_of(tmp_path)


def work_of(html: str) -> dict[str, str]:
    """Return the hidden fields of a form."""
    hidden = re.findall(r'<input type="hidden" name="([^"]*)" value="([^"]*)">', html)
    return dict(hidden)


def text_of(html: str) -> str:
    """Return what a page says, but for its lists to choose from."""
    return re.sub(r"<datalist.*?</datalist>|<[^>]+>|\s+", " ", html, flags=re.DOTALL)


def fill(client: TestClient, path: str = "/add/sighting", **given: str) -> dict[str, str]:
    """Return what a form sends that was asked for and filled in."""
    return {**work_of(client.get(path).text), **given}


def add(client: TestClient, path: str = "/add/sighting", **given: str) -> str:
    """Keep a row through a form, and return its id."""
    reply = client.post(path, data=fill(client, path, **given) | {"step": "keep"})
    assert reply.status_code == 303, text_of(reply.text)
    return str(reply.headers["location"].rpartition("kept=")[2])


# From the form to the record


def test_a_sighting_is_shown_before_it_is_kept_and_after(
    client: TestClient, tmp_path: Path
) -> None:
    form = client.get("/add/sighting").text
    assert 'value="2026-11-27"' in form, "the day of today"
    assert re.search(r'<option value="Torkham \[torkham-road\]">[^<]*тор', form, re.IGNORECASE)
    assert "托尔哈姆" in form
    sent = fill(client, **SEEN)
    shown = client.post("/add/sighting", data=sent)
    assert shown.status_code == 200
    told = text_of(shown.text)
    assert "on record shut, last known 4 October 2026" in told
    assert "With this row: open, known 27 November 2026" in told
    assert list_records(tmp_path).sightings == ()
    kept = client.post("/add/sighting", data=work_of(shown.text) | {"step": "keep"})
    assert (kept.status_code, kept.headers["location"]) == (303, "/add/sighting?kept=S0001")
    after = text_of(client.get(kept.headers["location"]).text)
    assert "S0001 is kept. Torkham: on record open, known 27 November 2026" in " ".join(
        after.split()
    )
    (row,) = list_records(tmp_path).sightings
    assert (row.element_id, row.state, row.note) == ("torkham-road", "open", SEEN["note"])


def test_what_was_seen_open_has_an_end_on_the_page_of_its_crossing(client: TestClient) -> None:
    """The closure that the sighting ended, told with its end in the table and in the drawing."""
    page = "/crossings/torkham-road?as_of=2026-11-27"
    before = client.get(page).text
    assert "no end on record" in before
    assert client.post("/api/v1/workspace/sightings", json=SEEN).status_code == 201
    after = client.get(page).text
    assert after.count("no end on record") == before.count("no end on record") - 1
    assert (
        "27\xa0November\xa02026" in after.partition("Closures on record")[2].partition("</tr>")[2]
    )


def test_a_form_writes_the_row_that_the_command_writes(
    client: TestClient, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    add(client, **SEEN)
    other = tmp_path / "other"
    words = ("evidence", "seen", "torkham", "2026-11-27", "open", "--workspace", str(other))
    source = ("--source", SEEN["source"], "--source-date", "2026-11-27", "--note", SEEN["note"])
    assert main([*words, *source]) == 0
    capsys.readouterr()
    (mine,), (its,) = (list_records(one).sightings for one in (tmp_path, other))
    cells = [name for name in mine.__dataclass_fields__ if name != "added_at"]
    assert {one: getattr(mine, one) for one in cells} == {one: getattr(its, one) for one in cells}


def test_what_is_changed_again_stands_as_typed(client: TestClient) -> None:
    shown = client.post("/add/sighting", data=fill(client, **SEEN)).text
    again = client.post("/add/sighting", data=work_of(shown) | {"step": "edit"}).text
    assert 'value="торхам"' in again
    assert re.search(r'value="open" required checked', again)
    assert SEEN["note"] in again


def test_every_fault_stands_beside_its_field_and_what_was_typed_stays(
    client: TestClient, tmp_path: Path
) -> None:
    bad = {"element": "torkam", "state": "", "day": "2027-01-01", "source": " ", "grade": "Z",
           "source_date": "2026-13-01", "traffic": "goats", "direction": "up"}  # fmt: skip
    reply = client.post("/add/sighting", data=fill(client, **bad, note="<b>&x"))
    assert reply.status_code == 422
    beside = dict(re.findall(r'<ul class="why" id="w-(\w+)">(.*?)</ul>', reply.text, re.DOTALL))
    assert set(beside) == set(bad)
    assert "Did you mean &#39;Torkham&#39;?" in beside["element"]
    assert "not given" in beside["state"] + beside["source"]
    assert "lies in the future" in beside["day"]
    assert "&lt;b&gt;&amp;x</textarea>" in reply.text
    assert 'value="torkam"' in reply.text
    assert 'value="2027-01-01"' in reply.text
    assert list_records(tmp_path).told == {}


def every_fault() -> Iterator[tuple[Entry, dict[str, str], set[str]]]:
    """Yield each kind of row with every field wrong, and the fields that can be."""
    for entry in ENTRIES:
        if entry.takes_file:
            continue
        wrong = {one.name: "\u0001" for one in entry.fields}
        yield entry, wrong, set(wrong)


def test_a_letter_that_no_database_keeps_is_refused_in_every_field() -> None:
    for entry, wrong, names in every_fault():
        assert {one.key for one in value_faults(entry.fields, wrong)} == names, entry.name


def test_a_closure_an_end_and_a_withdrawal_go_through_forms(
    client: TestClient, tmp_path: Path
) -> None:
    closure = {"element": "Khunjerab", "start": "2026-11-20", "cause": "weather",
               "source": "customs", "source_date": "2026-11-21"}  # fmt: skip
    assert add(client, "/add/closure", **closure) == "W0001"
    end = {"closure": "W0001", "end": "2026-11-25", "source": "c", "source_date": "2026-11-25"}
    assert add(client, "/add/end", **end) == "E0001"
    path = "/withdraw/row?record=W0001"
    assert 'value="W0001"' in client.get(path).text
    gone = {"record": "W0001", "note": "another gate", "for_all_time": "1"}
    assert add(client, "/withdraw/row", **gone) == "X0001"
    own = list_records(tmp_path)
    assert own.closures[0].end_status == "ongoing"
    assert own.withdrawals[0].withdrawn_on is None
    again = client.post("/withdraw/row", data=fill(client, "/withdraw/row", **gone))
    assert again.status_code == 422
    assert "it is withdrawn already" in again.text
    rows = client.get("/add").text
    assert text_of(rows).count("withdrawn") == 1
    assert "/withdraw/row?record=E0001" in rows


def test_a_closure_that_may_be_one_that_runs_names_the_verb(client: TestClient) -> None:
    given = {"element": "khunjerab", "start": "2026-11-10", "end_status": "unknown",
             "source": "x", "source_date": "2026-11-10"}  # fmt: skip
    add(client, "/add/closure", **given)
    reply = client.post(
        "/add/closure",
        data=fill(client, "/add/closure", **given | {"start": "2026-11-20",
                                                     "source_date": "2026-11-21"}),
    )  # fmt: skip
    assert reply.status_code == 422
    told = " ".join(re.findall(r'id="w-start">(.*?)</ul>', reply.text, re.DOTALL))
    assert "karwan evidence seen khunjerab-road 2026-11-20 shut" in told
    assert "end-closure W0001 DATE" in told


def test_a_statement_is_kept_in_the_ledger(client: TestClient, tmp_path: Path) -> None:
    said = {"speaker": "A minister", "speaker_kind": "government", "said_on": "2026-11-20",
            "speech_act": "target", "paraphrase": "The gate opens in spring",
            "source_url": "https://example.org/a", "source_date": "2026-11-20"}  # fmt: skip
    assert add(client, "/add/statement", **said) == "W0001"
    bad = client.post("/add/statement", data=fill(client, "/add/statement", **said) | {
        "said_on": "2027-01-01", "confidence": "Q", "speaker_kind": "x"})  # fmt: skip
    assert bad.status_code == 422
    beside = set(re.findall(r'class="why" id="w-(\w+)"', bad.text))
    assert {"confidence", "speaker_kind"} <= beside
    del tmp_path


def packed(*names: str) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as target:
        for name in names:
            target.writestr(name, "\n".join([HEADER, *(EVENT.format(n=n) for n in (1, 2))]))
    return buffer.getvalue()


COVERED = {"release": "26.1", "countries": "AF", "start": "2024-01-01", "end": "2025-01-01"}


def test_a_file_of_incidents_is_taken_and_a_bomb_is_not(client: TestClient, tmp_path: Path) -> None:
    path = "/add/incidents"
    for name, content, why in (
        ("ged.zip", packed("a.csv", "b.csv"), "holds 2 CSV files, not one"),
        ("ged.zip", packed("a.csv", "b.zip"), "holds an archive"),
        ("ged.zip", packed(*(f"{n}.csv" for n in range(101))), "holds 101 files"),
        ("../../x.csv", b"a,b\n1,2\n", "column &#39;id&#39; is missing"),
    ):
        sent = client.post(path, data=fill(client, path), files={"file": (name, content)})
        assert sent.status_code == 422, why
        assert why in sent.text
    bomb = io.BytesIO()
    with zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED) as target:
        target.writestr("a.csv", b"0" * 12_000_000)
    sent = client.post(path, data=fill(client, path), files={"file": ("b.zip", bomb.getvalue())})
    assert (sent.status_code, "unpacks to more than" in sent.text) == (422, True)
    assert list_records(tmp_path).told == {}
    good, table = fill(client, path, **COVERED), packed("a.csv")  # a zip holds the time
    for _ in range(2):  # sent twice, kept once
        kept = client.post(path, data=good, files={"file": ("ged.zip", table)})
        assert kept.headers["location"] == "/add/incidents?kept=F0001", text_of(kept.text)
    assert "2 events were kept" in client.get(kept.headers["location"]).text
    (row,) = list_records(tmp_path).incident_files
    assert (row.event_count, row.file_name) == (2, "ged.zip")


# Once each


@pytest.fixture
def desk(place: Workspace, team: Team) -> TestClient:
    del team
    return client_of(place)


def test_a_request_sent_again_is_answered_as_it_was_and_adds_nothing(
    desk: TestClient, place: Workspace
) -> None:
    path, key = "/api/v1/workspace/sightings", {"idempotency-key": "a1"}
    first = desk.post(path, json=SEEN, headers=key)
    assert first.status_code == 201, first.text
    assert (first.json()["row"], first.headers["location"]) == ("S0001", "/rows/S0001")
    again = desk.post(path, json=SEEN, headers=key)
    assert (again.status_code, again.content) == (201, first.content)
    assert again.headers["idempotency-replayed"] == "true"
    other = desk.post(path, json=SEEN | {"note": "else"}, headers=key)
    assert other.status_code == 422
    assert other.json()["faults"][0]["parameter"] == "Idempotency-Key"
    gone = {"record": "S0001", "note": "wrong gate"}
    for _ in range(2):  # the second finds its row withdrawn, and is the first all the same
        reply = desk.post(
            "/api/v1/workspace/withdrawals", json=gone, headers={"idempotency-key": "x1"}
        )
        assert (reply.status_code, reply.json()["row"]) == (201, "X0001")
    assert (
        desk.post("/api/v1/workspace/withdrawals", json=gone).json()["faults"][0]["text"]
        == "it is withdrawn already"
    )
    own = list_records(place)
    assert (len(own.sightings), len(own.withdrawals)) == (1, 1)
    verdict = verify_trail(place)
    assert verdict.stands
    assert [one.kind for one in list_entries(place)] == [
        "sightings", "requests", "withdrawals", "requests",
    ]  # fmt: skip
    assert "requests" not in workspace_version(place)


def test_a_key_of_one_is_no_key_of_another(tmp_path: Path) -> None:
    people = People(now=lambda: NOW, workspace=tmp_path, asks_tokens=True)
    client = client_of(tmp_path, people)
    for number, name in enumerate(("ada", "bo"), 1):
        token = add_token(tmp_path, name, "editor", 9, who="boss", now=NOW)[1]
        people._tokens = (-1e9, (), ())
        reply = client.post(
            "/api/v1/workspace/sightings",
            json=SEEN,
            headers={"authorization": f"Bearer {token}", "idempotency-key": "1"},
        )
        assert (reply.status_code, reply.json()["row"]) == (201, f"S000{number}")
        assert reply.json()["added_by"] == name
    assert [row.added_by for row in list_records(tmp_path).sightings] == ["ada", "bo"]
    told = [(one.added_by, one.kind) for one in list_entries(tmp_path, kind="sightings")]
    assert told == [("ada", "sightings"), ("bo", "sightings")]


def test_a_form_sent_twice_is_kept_once(client: TestClient, tmp_path: Path) -> None:
    sent = fill(client, **SEEN) | {"step": "keep"}
    places = {client.post("/add/sighting", data=sent).headers["location"] for _ in range(3)}
    assert places == {"/add/sighting?kept=S0001"}
    other = client.post("/add/sighting", data=sent | {"state": "shut"})
    assert other.status_code == 422
    assert "was used for another request" in other.text
    assert work_of(other.text)["once"] != sent["once"], "sent once more, it is a new one"
    assert len(list_records(tmp_path).sightings) == 1


def test_all_faults_of_a_request_come_at_once(client: TestClient) -> None:
    bad = {"element": "torkam", "day": "2027-01-01", "stat": "open", "note": 3}
    reply = client.post("/api/v1/workspace/sightings", json=bad)
    assert (reply.status_code, reply.headers["content-type"]) == (422, "application/problem+json")
    told = {one["parameter"]: one["text"] for one in reply.json()["faults"]}
    assert set(told) == {"element", "day", "stat", "state", "source", "source_date"}
    assert "Did you mean 'state'" in told["stat"]
    for body in (b"", b"[]", b"{", b'{"a": {}}', b"[" * 9000, b'{"note": "\\ud800"}'):
        assert client.post("/api/v1/workspace/sightings", content=body).status_code == 422, body
    key = {"idempotency-key": "x" * 201}
    assert client.post("/api/v1/workspace/sightings", json=SEEN, headers=key).status_code == 422


# Whose wish it is


def test_a_page_elsewhere_adds_nothing(client: TestClient, tmp_path: Path) -> None:
    sent = fill(client, **SEEN) | {"step": "keep"}
    for headers in (
        {"origin": "https://evil.example"},
        {"sec-fetch-site": "cross-site"},
        {"sec-fetch-site": "same-site"},
        {"origin": "null"},
    ):
        for path in ("/add/sighting", "/api/v1/workspace/sightings"):
            assert client.post(path, data=sent, headers=headers).status_code == 403, headers
    own = client.post("/add/sighting", data=sent, headers={"origin": "http://testserver"})
    assert own.status_code == 303
    assert len(list_records(tmp_path).sightings) == 1


@pytest.mark.parametrize("seal", ["", "0" * 64, "é"])
def test_a_form_without_its_seal_is_shown_again_and_kept_by_nobody(
    seal: str, client: TestClient, tmp_path: Path
) -> None:
    reply = client.post("/add/sighting", data=fill(client, **SEEN) | {"seal": seal, "step": "keep"})
    assert reply.status_code == 403
    assert 'value="торхам"' in reply.text
    assert list_records(tmp_path).told == {}
    again = client.post("/add/sighting", data=work_of(reply.text) | SEEN | {"step": "keep"})
    assert again.status_code == 303, "the form came back with a seal of its own"


def test_a_seal_of_another_browser_is_none(tmp_path: Path) -> None:
    client = client_of(tmp_path)
    sent = fill(client, **SEEN)
    client.cookies.clear()
    client.get("/add/sighting")
    assert client.post("/add/sighting", data=sent).status_code == 403


@pytest.fixture
def signed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> tuple[TestClient, People, str]:
    """Return a client that signed in as an editor, its people, and its token."""
    monkeypatch.setattr(web_people, "TOKENS_SECONDS", -1.0)
    token = add_token(tmp_path, "ada", "editor", 9, who="boss", now=NOW)[1]
    people = People(now=lambda: NOW, workspace=tmp_path, asks_tokens=True)
    client = client_of(tmp_path, people)
    assert client.post("/sign-in", data={"token": token}).status_code == 303
    return client, people, token


def test_a_session_that_ends_loses_nothing_that_was_typed(
    signed: tuple[TestClient, People, str], tmp_path: Path
) -> None:
    client, people, token = signed
    sent = fill(client, **SEEN)
    people._sessions.clear()
    page = {"accept": "text/html"}
    foreign = {**page, "origin": "https://evil.example"}
    assert client.post("/add/sighting", data=sent, headers=foreign).status_code == 403
    turned = client.post("/add/sighting", data=sent, headers=page)
    assert turned.status_code == 401
    assert "nothing that you typed is lost" in turned.text
    assert "datalist" not in turned.text, "nothing of the record is shown to who was not let in"
    hidden = work_of(turned.text)
    assert hidden["back"] == "/add/sighting"
    wrong = client.post("/sign-in", data=hidden | {"token": "no"})
    assert (wrong.status_code, work_of(wrong.text)) == (401, hidden)
    back = client.post("/sign-in", data=hidden | {"token": token})
    assert back.status_code == 200
    assert "You are signed in again" in back.text
    again = {**work_of(back.text), **SEEN, "step": "keep"}
    assert client.post("/add/sighting", data=again, headers=page).status_code == 303
    assert list_records(tmp_path).sightings[0].added_by == "ada"
    assert client.post("/sign-in/again", data=sent, headers=page).status_code == 413
    assert client.post("/sign-in/again", headers=page).status_code == 405


def test_a_reader_adds_nothing(tmp_path: Path) -> None:
    token = add_token(tmp_path, "rea", "reader", 9, who="boss", now=NOW)[1]
    client = client_of(tmp_path, People(now=lambda: NOW, workspace=tmp_path, asks_tokens=True))
    headers = {"authorization": f"Bearer {token}"}
    for path in ("/add/sighting", "/withdraw/row", "/api/v1/workspace/sightings"):
        assert client.post(path, data=SEEN, headers=headers).status_code == 403
    assert client.get("/add", headers=headers).status_code == 403
    assert list_records(tmp_path).told == {}


# Too much, too often, and a database that is away


def test_too_many_rows_wait_and_say_how_long(
    client: TestClient, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Pace, "wait_seconds", lambda *_: 7)
    form = client.post("/add/sighting", data=fill(client, **SEEN))
    assert (form.status_code, form.headers["retry-after"]) == (429, "7")
    assert SEEN["note"] in form.text
    api = client.post("/api/v1/workspace/sightings", json=SEEN)
    assert (api.status_code, api.headers["retry-after"]) == (429, "7")
    assert api.json()["status"] == 429
    assert list_records(tmp_path).told == {}


async def sent_in_pieces(path: str, pieces: int, size: int) -> tuple[int, int]:
    """Send a body in pieces without saying how long it is; return status and pieces read."""
    statuses: list[int] = []
    read = 0

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        del scope, send
        while (await receive()).get("more_body"):
            pass

    async def receive() -> Message:
        nonlocal read
        read += 1
        return {"type": "http.request", "body": b"x" * size, "more_body": read < pieces}

    async def send(message: Message) -> None:
        if message["type"] == "http.response.start":
            statuses.append(message["status"])

    headers = [(b"host", b"testserver"), (b"transfer-encoding", b"chunked")]
    scope = {"type": "http", "method": "POST", "path": path, "headers": headers}
    try:
        await Guard(app, ["testserver"])(scope, receive, send)
    except TooLargeError:
        statuses.append(413)
    return (statuses or [200])[0], read


@pytest.mark.parametrize(
    ("path", "most"),
    [
        ("/add/sighting", 65_536),
        ("/withdraw/row", 65_536),
        ("/api/v1/workspace/closures", 65_536),
        ("/add/incidents", 64 * 1_048_576),
        ("/api/v1/workspace/incident-files", 64 * 1_048_576),
    ],
)
def test_what_is_too_large_is_ended_while_it_is_sent(path: str, most: int) -> None:
    import asyncio

    def sent(*words: Any) -> tuple[int, int]:
        # In a thread: a browser that another test drives has a loop of its own in this one.
        with ThreadPoolExecutor(1) as pool:
            return pool.submit(lambda: asyncio.run(sent_in_pieces(*words))).result()

    size = most // 8
    assert sent(path, 8, size) == (200, 8)
    assert sent(path, 100, size) == (413, 9), "and read no further"
    assert sent("/compare", 2, 1) == (413, 0), "no body is read elsewhere"


def test_a_body_that_is_too_large_is_told_to_a_browser_and_a_program(client: TestClient) -> None:
    large = b"note=" + b"x" * 70_000
    form = client.post("/add/sighting", content=iter([large]), headers={
        "content-type": "application/x-www-form-urlencoded"})  # fmt: skip
    assert (form.status_code, "Too large" in form.text) == (413, True)
    api = client.post("/api/v1/workspace/sightings", content=iter([large]))
    assert (api.status_code, api.headers["content-type"]) == (413, "application/problem+json")


def test_a_database_that_goes_away_leaves_the_form_filled_and_nothing_half_written(
    client: TestClient, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    sent = fill(client, **SEEN) | {"step": "keep"}

    def dropped(*_: Any, **__: Any) -> None:
        msg = "The connection to the workspace broke. Nothing was written."
        raise SourceError(msg)

    with monkeypatch.context() as broken:
        broken.setattr("karwan.evidence.requests.add_row", dropped)  # the row itself is in
        reply = client.post("/add/sighting", data=sent)
    assert (reply.status_code, reply.headers["retry-after"]) == (503, "10")
    assert 'value="торхам"' in reply.text
    assert "The connection to the workspace broke" in reply.text
    assert list_records(tmp_path).sightings == ()
    with monkeypatch.context() as broken:
        broken.setattr(own_workspace, "_is_there", dropped)  # nothing can be read either
        reply = client.post("/add/sighting", data=sent)
        api = client.post("/api/v1/workspace/sightings", json=SEEN)
    assert (reply.status_code, api.status_code) == (503, 503)
    assert 'value="торхам"' in reply.text
    assert client.post("/add/sighting", data=sent).headers["location"].endswith("kept=S0001")


def test_a_team_database_that_is_dropped_is_told(team: Team) -> None:
    client = client_of(team.place)
    sent = fill(client, **SEEN) | {"step": "keep"}
    assert isinstance(team.place, DatabaseUrl)
    team.say("DROP TABLE sightings")
    reply = client.post("/add/sighting", data=sent)
    assert reply.status_code == 503
    assert 'value="торхам"' in reply.text
    assert team.say("SELECT count(*) FROM requests") == [(0,)]


# Two at once


def test_what_one_adds_the_other_sees_at_the_next_question(tmp_path: Path) -> None:
    one, other = client_of(tmp_path), None
    other = TestClient(one.app, follow_redirects=False)
    asked = "/api/v1/compare?from=almaty&to=karachi&as_of=2026-11-27"

    def status() -> str:
        rows = other.get(asked).json()["corridors"]
        return str({row["corridor"]: row["status"] for row in rows}["kkcp-road-torugart"])

    assert status() == "open"
    add(one, element="khunjerab", state="shut", day="2026-11-27", source="a",
        source_date="2026-11-27")  # fmt: skip
    assert status() == "cut"
    gone = {"record": "S0001", "note": "another gate", "for_all_time": "1"}
    add(other, "/withdraw/row", **gone)
    assert status() == "open"


def test_a_row_is_kept_in_the_language_of_its_form(client: TestClient) -> None:
    kept = client.post("/add/sighting?lang=ru", data=fill(client, **SEEN) | {"step": "keep"})
    assert kept.headers["location"] == "/add/sighting?kept=S0001&lang=ru"
    after = client.get(kept.headers["location"]).text
    assert "S0001 сохранена" in after
    assert 'href="/withdraw/row?record=S0001&amp;lang=ru"' in after


# In Russian


def test_forms_speak_russian(client: TestClient) -> None:
    for entry in ENTRIES:
        told = text_of(client.get(f"{entry.form}?lang=ru").text)
        left = re.sub(
            r"karwan [\w .-]+|[A-Z]{2,}\w*|[\w.=,-]*=[\w.=,-]*|[\w.-]*\d[\w.-]*", " ", told
        )
        words = set(re.findall(r"[A-Za-z]{3,}", left)) - {"karwan", "CSV", "UCDP", "zip"}
        assert words == set(), (entry.name, words)
    assert client.get("/add?lang=ru").status_code == 200


def test_a_name_of_a_field_that_cannot_be_shown_is_a_fault(client: TestClient) -> None:
    reply = client.post(
        "/api/v1/workspace/sightings",
        content=b'{"\\ud800": "x"}',
        headers={"content-type": "application/json"},
    )
    assert reply.status_code == 422
    assert "cannot be shown" in reply.text


def test_statements_of_two_servers_at_once_are_all_kept(tmp_path: Path) -> None:
    """Each has a lock of its own, so that both draw up the same next ids."""
    told = {"speaker": "A minister", "speaker_kind": "government", "said_on": "2026-11-20",
            "speech_act": "target", "source_url": "https://example.org/a",
            "source_date": "2026-11-20"}  # fmt: skip
    first, second = (client_of(tmp_path, None) for _ in range(2))
    sent = [first, second, first, second]
    with ThreadPoolExecutor(4) as pool:
        replies = list(
            pool.map(
                lambda pair: pair[1].post(
                    "/api/v1/workspace/statements",
                    json=told | {"paraphrase": f"Gate {pair[0]} opens in spring"},
                ),
                enumerate(sent),
            )
        )
    assert [reply.status_code for reply in replies] == [201] * 4, [one.text for one in replies]
    assert verify_trail(tmp_path).stands
