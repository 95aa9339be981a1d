"""Who is let in: by role and route, and never by what is forged, ended, revoked or carried off."""

from __future__ import annotations

import datetime as dt
import ipaddress
import threading
from collections.abc import Callable
from pathlib import Path

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from starlette.routing import Route
from starlette.types import Receive, Scope, Send

from karwan.base.errors import DataError, UnknownNameError
from karwan.base.workspaces import DatabaseUrl, Workspace
from karwan.evidence.people import MAY, May, Role, add_token, list_tokens, revoke
from karwan.main import main
from karwan.web import people as web_people
from karwan.web.app import create_app
from karwan.web.desks import Desks
from karwan.web.people import COOKIE, OPEN, People, need_of
from karwan.web.serve import read_people
from karwan.web.site import Site
from tests.postgres import Team

NOW = dt.datetime(2026, 11, 27, 9, tzinfo=dt.UTC)


class Clock:
    """A clock that stands until it is moved."""

    def __init__(self) -> None:
        self.time = NOW

    def __call__(self) -> dt.datetime:
        return self.time


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture(autouse=True)
def tokens_read_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Believe no token for two seconds: a test would have to wait for them."""
    monkeypatch.setattr(web_people, "TOKENS_SECONDS", -1.0)


Ask = Callable[..., TestClient]


@pytest.fixture
def ask(place: Workspace, clock: Clock, team: Team, tmp_path: Path) -> Ask:
    """Return what makes a client of a server on the workspace, as people at an address."""
    del team, tmp_path

    def make(address: str = "10.0.0.7", **options: object) -> TestClient:
        people = People(now=clock, workspace=place, **{"asks_tokens": True, **options})  # type: ignore[arg-type]
        return client_of(place, people, address)

    return make


def client_of(place: Workspace, people: People, address: str = "10.0.0.7") -> TestClient:
    site = Site(desks=Desks(workspace=place, path_count=100), today=NOW.date)
    app = create_app(site, hosts=["testserver"], people=people)
    return TestClient(
        app, raise_server_exceptions=False, follow_redirects=False, client=(address, 5000)
    )


def token_of(team: Team, place: Workspace, role: str = "editor", days: int = 90) -> str:
    """Make a token as the owner of the workspace would."""
    owner = place if isinstance(place, Path) else team.owner
    return add_token(owner, "ada", role, days, who="boss", now=NOW)[1]


def bearer(token: str) -> dict[str, str]:
    return {"authorization": f"Bearer {token}"}


# Role by route


def routes(app: FastAPI) -> list[tuple[str, str]]:
    return sorted(
        (method, route.path.replace("{name}", "x").replace("{table}", "units"))
        for route in app.routes
        if isinstance(route, Route)
        for method in route.methods or ()
    )


ADDS = {Role.editor, Role.admin}
AUDITS = {Role.auditor, Role.admin}
EXPECTED = {
    May.ask: set(Role),
    May.add: ADDS,
    May.audit: AUDITS,
    May.operate: {Role.admin},
}


def test_each_role_may_what_it_may_and_no_role_may_change_a_row() -> None:
    assert {may: {role for role in Role if may in MAY[role]} for may in May} == EXPECTED
    assert {May.ask, May.add, May.audit, May.operate} == set(May), "nothing that changes or deletes"


def test_every_route_is_let_in_by_role(tmp_path: Path, clock: Clock) -> None:
    """Role by route, every one of the application: let in, or refused before it is asked."""
    tokens = {
        role: add_token(tmp_path, role.value, role.value, 9, who="boss", now=NOW)[1]
        for role in Role
    }
    people = People(now=clock, workspace=tmp_path, asks_tokens=True)
    client = client_of(tmp_path, people)
    seen: list[str] = []

    async def stop(scope: Scope, receive: Receive, send: Send) -> None:
        """Stand where the application would: who comes here was let in."""
        del scope, receive
        seen.append("in")
        await send({"type": "http.response.start", "status": 204, "headers": []})
        await send({"type": "http.response.body", "body": b""})

    app = client.app
    assert isinstance(app, FastAPI)
    porter = web_people.Porter(stop, people)
    behind = TestClient(porter, follow_redirects=False)
    table = routes(app)
    assert len(table) > 60
    for method, path in table:
        if OPEN.match(path):
            assert behind.request(method, path).status_code == 204, path
            continue
        assert behind.request(method, path).status_code == 401, path
        if path == web_people.AGAIN:
            assert need_of(method, path) is None, "the porter takes forms there, and nobody asks"
            continue
        need = need_of(method, path)
        assert need is not None, f"nobody may {method} {path}"
        for role, token in tokens.items():
            code = behind.request(method, path, headers=bearer(token)).status_code
            assert code == (204 if role in EXPECTED[need] else 403), (role, method, path)
    for method, path, needed in (
        ("POST", "/add/sighting", May.add),
        ("POST", "/withdraw/row", May.add),
        ("POST", "/api/v1/workspace/closures", May.add),
        ("POST", "/api/v1/closures", None),
        ("GET", "/withdraw/row", May.add),
        ("GET", "/audit", May.audit),
        ("GET", "/metrics", May.operate),
        ("DELETE", "/compare", None),
        ("PUT", "/add/sighting", None),
    ):
        assert need_of(method, path) is needed


def test_a_reader_who_is_not_let_in_gets_a_page_and_a_program_a_document(
    tmp_path: Path, clock: Clock
) -> None:
    client = client_of(tmp_path, People(now=clock, workspace=tmp_path))
    page = {"accept": "text/html,*/*;q=0.8", "accept-language": "ru"}
    told = client.get("/audit", headers=page)
    assert (told.status_code, told.headers["content-language"]) == (403, "ru")
    assert told.headers["content-type"].startswith("text/html")
    assert told.headers["content-security-policy"].startswith("default-src 'none'")
    assert "<h1>Этот запрос не допущен</h1>" in told.text
    for path, headers in (("/audit", {}), ("/api/v1/audit", page)):
        reply = client.get(path, headers=headers)
        assert reply.status_code == 403
        assert reply.headers["content-type"] == "application/problem+json"


def test_without_tokens_who_sits_before_a_workspace_adds_and_else_nobody(
    tmp_path: Path, clock: Clock
) -> None:
    client = client_of(tmp_path, People(now=clock, workspace=tmp_path))
    assert client.get("/help").status_code == 200
    assert client.get("/add/sighting").status_code == 200
    assert ">Add</a>" in client.get("/help").text
    assert client.get("/audit").status_code == 403
    client = client_of(tmp_path, People(now=clock))
    assert client.get("/help").status_code == 200
    assert ">Add</a>" not in client.get("/help").text
    assert client.get("/add/sighting").status_code == 403
    assert client.post("/add/sighting").status_code == 403


# Tokens


def test_a_token_lets_in_until_it_ends(
    ask: Ask, clock: Clock, team: Team, place: Workspace
) -> None:
    token = token_of(team, place, days=2)
    client = ask()
    assert client.get("/help", headers=bearer(token)).status_code == 200
    clock.time = NOW + dt.timedelta(days=2) - dt.timedelta(seconds=1)
    assert client.get("/help", headers=bearer(token)).status_code == 200
    clock.time = NOW + dt.timedelta(days=2)
    reply = client.get("/api/v1/places", headers=bearer(token))
    assert (reply.status_code, reply.headers["www-authenticate"]) == (401, "Bearer")
    assert "has ended" in reply.json()["title"]


def test_a_revoked_token_lets_nobody_in(ask: Ask, team: Team, place: Workspace) -> None:
    token, other = token_of(team, place), token_of(team, place)
    owner = place if isinstance(place, Path) else team.owner
    client = ask()
    assert revoke(owner, "T0001", who="boss", now=NOW) == ["T0001"]
    assert client.get("/help", headers=bearer(token)).status_code == 401
    assert client.get("/help", headers=bearer(other)).status_code == 200
    assert revoke(owner, "ada", who="boss", now=NOW) == ["T0002"]
    assert client.get("/help", headers=bearer(other)).status_code == 401
    with pytest.raises(UnknownNameError, match="No live token 'ada'"):
        revoke(owner, "ada", who="boss", now=NOW)


def test_a_token_of_a_folder_ends_at_once_and_is_read_beside_the_loop(
    tmp_path: Path, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Tokens are read again where the files were written to, and else not within the hour."""
    monkeypatch.setattr(web_people, "TOKENS_SECONDS", 3600.0)
    token = add_token(tmp_path, "ada", "editor", 9, who="boss", now=NOW)[1]
    readers: list[str] = []

    def read(place: Workspace) -> object:
        readers.append(threading.current_thread().name)
        return list_tokens(place)

    monkeypatch.setattr(web_people, "list_tokens", read)
    client = client_of(tmp_path, People(now=clock, workspace=tmp_path, asks_tokens=True))
    codes = [client.get("/help", headers=bearer(token)).status_code for _ in range(3)]
    assert (codes, len(readers)) == ([200] * 3, 1)
    revoke(tmp_path, "ada", who="boss", now=NOW)
    assert client.get("/help", headers=bearer(token)).status_code == 401
    assert len(readers) == 2
    assert all(name.startswith("AnyIO worker") for name in readers), "the loop waited for a disk"


@pytest.mark.parametrize(
    "shown", ["", "Bearer", "Bearer x", "Basic YTpi", "Bearer karwan_" + "a" * 500]
)
def test_what_is_no_token_lets_nobody_in(
    shown: str, ask: Ask, team: Team, place: Workspace
) -> None:
    token_of(team, place)
    assert ask().get("/help", headers={"authorization": shown}).status_code == 401


def test_a_token_is_kept_nowhere(tmp_path: Path) -> None:
    _, token = add_token(tmp_path, "ada", "reader", 1, who="boss", now=NOW)
    held = b"".join(path.read_bytes() for path in tmp_path.iterdir())
    assert token.encode() not in held
    assert token.removeprefix("karwan_").encode() not in held
    (kept,) = list_tokens(tmp_path)
    assert kept.sha256.encode() in held


def test_all_faults_of_a_token_come_at_once(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="3 faults in the token"):
        add_token(tmp_path / "w", " ", "owner", 0, who="boss", now=NOW)
    assert not (tmp_path / "w").exists()


def test_the_role_of_a_server_makes_no_token(team: Team) -> None:
    with pytest.raises(Exception, match="refuses this to its role"):
        add_token(team.place, "eve", "admin", 1, who="eve", now=NOW)
    assert list_tokens(team.place) == ()


# Sessions


def sign_in(client: TestClient, token: str, **headers: str) -> str:
    reply = client.post("/sign-in", data={"token": token}, headers=headers)
    assert reply.status_code == 303, reply.text
    told = reply.headers["set-cookie"].lower()
    assert "httponly" in told
    assert "samesite=strict" in told
    return client.cookies[COOKIE]


def test_a_browser_signs_in_and_out(ask: Ask, clock: Clock, team: Team, place: Workspace) -> None:
    client = ask()
    page = {"accept": "text/html"}
    turned = client.get("/help", headers=page)
    assert (turned.status_code, turned.headers["location"]) == (303, "/sign-in")
    assert 'name="token"' in client.get("/sign-in").text
    assert client.post("/sign-in", data={"token": "karwan_no"}).status_code == 401
    sign_in(client, token_of(team, place))
    assert client.get("/help", headers=page).status_code == 200
    clock.time = NOW + dt.timedelta(hours=12)
    assert client.get("/help", headers=page).status_code == 303, "a session ends by itself"
    clock.time = NOW
    assert client.get("/help", headers=page).status_code == 200
    secret = client.cookies[COOKIE]
    assert client.post("/sign-out").status_code == 303
    client.cookies.set(COOKIE, secret)
    assert client.get("/help", headers=page).status_code == 303, "signed out is out"


def test_a_stolen_session_lets_nobody_in_elsewhere(
    clock: Clock, team: Team, place: Workspace
) -> None:
    """The cookie is sound, but another address or another browser shows it."""
    people = People(now=clock, workspace=place, asks_tokens=True)
    token = token_of(team, place)
    secret = sign_in(client_of(place, people, "10.0.0.7"), token)
    cookie = {"cookie": f"{COOKIE}={secret}"}
    assert client_of(place, people, "10.0.0.7").get("/help", headers=cookie).status_code == 200
    assert client_of(place, people, "10.0.0.8").get("/help", headers=cookie).status_code == 401
    other = {**cookie, "user-agent": "another"}
    assert client_of(place, people, "10.0.0.7").get("/help", headers=other).status_code == 401
    anew = People(now=clock, workspace=place, asks_tokens=True)
    assert client_of(place, anew, "10.0.0.7").get("/help", headers=cookie).status_code == 401


def test_a_session_ends_with_its_token(ask: Ask, team: Team, place: Workspace) -> None:
    client = ask()
    sign_in(client, token_of(team, place))
    assert client.get("/help").status_code == 200
    owner = place if isinstance(place, Path) else team.owner
    revoke(owner, "ada", who="boss", now=NOW)
    assert client.get("/help").status_code == 401


def test_a_page_elsewhere_signs_nobody_in(ask: Ask, team: Team, place: Workspace) -> None:
    reply = ask().post(
        "/sign-in", data={"token": token_of(team, place)}, headers={"sec-fetch-site": "cross-site"}
    )
    assert reply.status_code == 405
    assert "set-cookie" not in reply.headers


def test_more_than_a_token_is_not_read(ask: Ask) -> None:
    assert ask().post("/sign-in", data={"token": "x" * 70_000}).status_code == 413


# A proxy


def by_proxy(place: Workspace, clock: Clock, address: str) -> TestClient:
    proxies = (ipaddress.ip_address("10.0.0.1"),)
    people = People(now=clock, workspace=place, proxies=proxies, user_header="X-Remote-User")
    return client_of(place, people, address)


def test_a_trusted_proxy_says_who_asks_and_his_newest_token_what_he_may(
    clock: Clock, team: Team, place: Workspace
) -> None:
    client = by_proxy(place, clock, "10.0.0.1")
    ada = {"x-remote-user": "ada"}
    assert client.get("/help", headers=ada).status_code == 200
    assert client.post("/add/sighting", headers=ada).status_code == 403, "a reader"
    token_of(team, place, "editor", days=1)
    assert client.get("/add/sighting", headers=ada).status_code == 200
    clock.time = NOW + dt.timedelta(days=1)
    assert client.post("/add/sighting", headers=ada).status_code == 403, "his role has ended"


def test_a_forged_header_is_refused(clock: Clock, place: Workspace) -> None:
    for headers in (
        {"x-remote-user": "ada"},
        {"X-Remote-User": "ada", "x-forwarded-for": "10.0.0.1"},
    ):
        reply = by_proxy(place, clock, "10.0.0.66").get("/help", headers=headers)
        assert reply.status_code == 403
        assert "Only a trusted proxy may say who asks" in reply.json()["title"]
    assert by_proxy(place, clock, "10.0.0.66").get("/help").status_code == 401
    twice = [("x-remote-user", "ada"), ("x-remote-user", "eve")]
    assert by_proxy(place, clock, "10.0.0.1").get("/help", headers=twice).status_code == 401
    assert (
        by_proxy(place, clock, "10.0.0.1").get("/help", headers={"x-remote-user": " "}).status_code
        == 401
    )


# What a server starts with


def test_nothing_listens_beyond_this_machine_without_a_token_or_a_proxy(tmp_path: Path) -> None:
    for host in ("0.0.0.0", "10.1.1.1", "::"):
        with pytest.raises(DataError, match="not an address of this machine alone"):
            read_people(host, tmp_path, False, [], "")
        assert read_people(host, tmp_path, True, [], "").asks
        assert read_people(host, tmp_path, False, ["10.0.0.1"], "X-Remote-User").asks
    assert not read_people("127.0.0.1", None, False, [], "").asks


@pytest.mark.parametrize(
    ("given", "fault"),
    [
        (("127.0.0.1", None, True, [], ""), "kept in a workspace"),
        (("127.0.0.1", None, False, ["10.0.0.1"], ""), "a proxy needs the header"),
        (("127.0.0.1", None, False, [], "X-Remote-User"), "a proxy needs the header"),
        (("127.0.0.1", None, False, ["gate"], "X-Remote-User"), "is no address"),
        (("127.0.0.1", None, False, ["10.0.0.1"], "X Remote"), "is no name of a header"),
        (("example.org", None, True, [], ""), "is no address"),
    ],
)
def test_what_cannot_be_asked_is_refused(
    given: tuple[str, Path | None, bool, list[str], str], fault: str
) -> None:
    with pytest.raises(DataError, match=fault):
        read_people(*given)


def test_tokens_from_the_command_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    place = ("--workspace", str(tmp_path))
    assert main(["token", "add", "ada", "--role", "editor", "--days", "9", *place]) == 0
    token = capsys.readouterr().out.strip()
    assert token.startswith("karwan_")
    assert main(["token", "list", *place]) == 0
    told = capsys.readouterr().out
    assert "T0001" in told
    assert "live" in told
    assert token not in told
    assert main(["token", "revoke", "ada", *place]) == 0
    assert main(["token", "list", "--format", "json", *place]) == 0
    assert '"state": "revoked"' in capsys.readouterr().out
    assert main(["token", "revoke", "ada", *place]) == 2


def test_who_was_not_let_in_is_not_told_where_the_tokens_lie() -> None:
    lost = DatabaseUrl("postgresql://keeper@127.0.0.1:1/karwan")
    client = client_of(lost, People(now=Clock(), workspace=lost, asks_tokens=True))
    replies = [
        client.get("/api/v1/network", headers=bearer("x")),
        client.get("/", headers={**bearer("x"), "accept": "text/html"}),
        client.post("/sign-in", data={"token": "x"}, headers={"origin": "http://testserver"}),
    ]
    for reply in replies:
        assert reply.status_code == 503
        assert "tokens cannot be read just now" in reply.text
        assert "keeper" not in reply.text
        assert "content-security-policy" in reply.headers
