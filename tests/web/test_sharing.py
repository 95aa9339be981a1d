"""Kept answers: whole, under their hash, never changed; what is wrong is said clearly."""

from __future__ import annotations

import json
import threading
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient

from karwan.base.store import to_json
from karwan.web import sharing
from karwan.web.answers import FOLDER, differences
from karwan.web.app import create_app
from karwan.web.site import Site

ASKED = "from=almaty&to=karachi&as_of=2026-11-22&close=khunjerab-road"


@pytest.fixture(scope="module")
def kept(client: TestClient) -> str:
    """Return the address of an answer that was kept."""
    reply = client.post(f"/shared?{ASKED}")
    assert reply.status_code == 303
    return str(reply.headers["location"])


def test_the_kept_answer_is_what_the_program_was_told(client: TestClient, kept: str) -> None:
    told = client.get(f"/api/v1/compare?{ASKED}")
    assert client.get(f"{kept}.json").content == told.content


def test_the_link_shows_it_as_it_was_with_its_date_on_top(client: TestClient, kept: str) -> None:
    shown, screen = client.get(kept).text, client.get(f"/compare?{ASKED}").text
    headline = screen.partition('<h1 dir="auto">')[2].partition("</h1>")[0]
    assert headline in shown
    assert "An answer kept on 27\xa0November\xa02026" in shown
    assert "Ask today's data" in shown
    assert 'href="/compare?' not in shown.partition('<div class="kept">')[2].partition("<footer")[0]


def test_the_same_answer_kept_twice_is_one_file_that_is_never_written_again(
    client: TestClient, site: Site, kept: str
) -> None:
    workspace = site.desks.workspace
    assert isinstance(workspace, Path)
    path = workspace / FOLDER / f"{kept.rpartition('/')[2]}.json"
    before = path.stat().st_mtime_ns
    assert client.post(f"/shared?{ASKED}").headers["location"] == kept
    assert path.stat().st_mtime_ns == before


def test_a_shared_answer_that_is_not_there_is_a_clear_404(client: TestClient) -> None:
    for name in ("0" * 64, "short", "..%2Fkarwan.sqlite"):
        reply = client.get(f"/shared/{name}")
        assert reply.status_code == 404
    assert "ask who sent it" in client.get(f"/shared/{'0' * 64}").text


def test_an_answer_changed_after_it_was_kept_is_not_shown(client: TestClient, site: Site) -> None:
    workspace = site.desks.workspace
    assert isinstance(workspace, Path)
    path = workspace / FOLDER / f"{'a' * 64}.json"
    path.parent.mkdir(exist_ok=True)
    path.write_text("{}", encoding="utf-8")
    reply = client.get(f"/shared/{path.stem}")
    path.unlink()
    assert reply.status_code == 500
    assert "was changed after it was written" in reply.text


def test_a_row_withdrawn_since_is_named(client: TestClient, site: Site) -> None:
    """A row of the user's own that a kept answer cites, and a row that the record never had."""
    from karwan.web.answers import KeptAnswer, keep_answer, read_answer

    workspace = site.desks.workspace
    assert isinstance(workspace, Path)
    location = client.post(f"/shared?{ASKED}&close=torugart-road").headers["location"]
    told = read_answer(workspace, location.rpartition("/")[2])
    answer: dict[str, Any] = json.loads(to_json(told.answer))
    answer["cut_by"] = [{"evidence": ["CL128", "CL99999"]}]
    fields = {name: getattr(told, name) for name in KeptAnswer.__dataclass_fields__}
    name = keep_answer(workspace, KeptAnswer(**fields | {"answer": answer}), who="ada")
    shown = client.get(f"/shared/{name}").text
    assert "No longer on record: CL99999." in shown
    assert "CL128" not in shown.partition("No longer on record")[2].partition("</p>")[0]


def test_an_answer_whose_departure_is_over_is_shown_as_it_was(client: TestClient) -> None:
    """Today nothing leaves on a day that is over: that is said beside it, and hides nothing."""
    asked = "from=almaty&to=karachi&as_of=2026-11-22&depart=2026-11-25"
    kept = client.post(f"/shared?{asked}")
    assert kept.status_code == 303
    shown = client.get(kept.headers["location"])
    assert shown.status_code == 200
    assert '<div class="kept">' in shown.text
    assert "do not answer the same question: depart" in shown.text
    assert "every corridor stands as it did" not in shown.text
    assert "Ask today" not in shown.text


def test_a_page_elsewhere_may_not_keep_answers(client: TestClient) -> None:
    for headers in ({"origin": "http://elsewhere.test"}, {"sec-fetch-site": "cross-site"}):
        assert client.post(f"/shared?{ASKED}", headers=headers).status_code == 405


def test_nothing_is_kept_and_no_study_is_run_without_a_workspace() -> None:
    import datetime as dt

    from karwan.web.app import create_app
    from karwan.web.desks import Desks

    bare = Site(desks=Desks(), today=lambda: dt.date(2026, 11, 27))
    client = TestClient(create_app(bare, hosts=["testserver"]), follow_redirects=False)
    assert client.post(f"/shared?{ASKED}").status_code == 404
    assert "started without a workspace" in client.get("/studies").text
    assert client.post("/studies?from=almaty&to=karachi").status_code == 404


def test_bodies_and_contradictions_are_refused(client: TestClient) -> None:
    assert client.post(f"/shared?{ASKED}", content=b"x" * 10).status_code == 413
    reply = client.get(f"/compare?{ASKED}&open=khunjerab-road")
    assert reply.status_code == 422
    assert "khunjerab-road" in reply.text
    reply = client.get(f"/compare?{ASKED}&gate=nowhere")
    assert reply.status_code == 422
    assert "gate" in reply.text


def test_an_address_of_an_older_data_version_is_answered_and_says_so(client: TestClient) -> None:
    reply = client.get(f"/compare?{ASKED}&data=0123456789ab")
    assert reply.status_code == 200
    assert "made with other data (version 0123456789ab)" in reply.text


def test_forecasts_kept_since_are_another_answer(tmp_path: Path) -> None:
    """They lie in a file beside the database, whose rows they leave as they are."""
    import datetime as dt

    from karwan.analysis.forecasts.kept import FORECAST_FILE
    from karwan.web.asked import MORE_FACTS
    from karwan.web.desks import Desks
    from karwan.web.facts import ask_fact

    score = next(one for one in MORE_FACTS if one.path == "score")
    site = Site(desks=Desks(workspace=tmp_path), today=lambda: dt.date(2026, 11, 27))
    tags = [ask_fact(site, score, []).tag]
    for content in ("{}\n", "{}\n{}\n"):
        (tmp_path / FORECAST_FILE).write_text(content, encoding="utf-8")
        tags += [ask_fact(site, score, []).tag]
    assert len(set(tags)) == 3
    assert ask_fact(site, score, []).tag == tags[-1]


def test_differences_name_what_does_not_stand_as_it_did() -> None:
    """Made by hand: one corridor turned dearer by 10 USD, one was cut, one stayed."""

    def corridor(name: str, usd: float | None) -> dict[str, Any]:
        route = usd and {"hours": {"mean": 10.0}, "cost_usd": {"central": usd}}
        return {
            "corridor": name, "corridor_name": name, "status": "open" if usd else "cut",
            "route": route or None,
        }  # fmt: skip

    ranking = {"ranks": [{"corridor": "a", "rank": 1}]}
    then = {"corridors": [corridor("a", 90.0), corridor("b", 80.0), corridor("c", 5.0)],
            "ranking": ranking}  # fmt: skip
    now = {"corridors": [corridor("a", 100.0), corridor("b", None), corridor("c", 5.2)],
           "ranking": ranking}  # fmt: skip
    told = {one.corridor: one for one in differences(then, now)}
    assert set(told) == {"a", "b"}
    assert told["a"].usd == (90.0, 100.0)
    assert told["b"].status == ("open", "cut")
    assert told["b"].hours == (10.0, None)


def test_a_study_is_checked_queued_once_and_named(
    client: TestClient, site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The worker is not started: what waits is told, and a second asking is the same study."""
    from karwan.web.studies import Studies

    monkeypatch.setattr(Studies, "_begin", lambda _: None)
    wrong = client.post("/studies?from=nowhere,almaty&to=elsewhere")
    assert wrong.status_code == 422
    assert "nowhere" in wrong.text
    assert "elsewhere" in wrong.text
    for day in ("2026-13-45", "2026-12-24"):
        for reply in (client.post(f"/studies?from=almaty&to=karachi&as_of={day}"),
                      client.get(f"/studies/ask?from=almaty&to=karachi&as_of={day}")):  # fmt: skip
            assert reply.status_code == 422
            assert day in reply.text
    asked = "/studies?from=almaty&to=karachi,lahore&as_of=2026-11-22&paths=100"
    first = client.post(asked).headers["location"]
    assert client.post(asked).headers["location"] == first
    assert client.post(f"{asked}&from=Almaty").headers["location"] == first
    assert "queued" in client.get(first).text
    assert client.get(f"{first}/report").status_code == 404
    assert "Almaty to Karachi, Lahore" in client.get("/studies").text
    assert client.get("/studies/0123456789abcdef").status_code == 404
    with monkeypatch.context() as newer:
        newer.setattr("karwan.web.studies.__version__", "99")
        assert client.post(asked).headers["location"] != first
    workspace = site.desks.workspace
    assert isinstance(workspace, Path)
    place = workspace / "studies" / first.rpartition("/")[2]
    (place / "run").mkdir()
    (place / "run" / "report.html").write_text("<p>told</p>", encoding="utf-8")
    (place / "done.txt").touch()
    assert 'sandbox="allow-scripts"' in client.get(first).text
    report = client.get(f"{first}/report")
    assert report.headers["content-security-policy"].startswith("sandbox allow-scripts;")
    assert report.text == "<p>told</p>"


def test_a_study_takes_a_list_in_a_field_and_no_more_pairs_than_it_may(
    client: TestClient, site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    from karwan.web.studies import MOST_PAIRS, Studies

    monkeypatch.setattr(Studies, "_begin", lambda _: None)
    names = sorted(site.desks.network().places)
    few = ",".join([*names[:2], *["Almaty"] * 30])
    assert len(few) > 100
    assert client.post(f"/studies?from={few}&to=karachi&as_of=2026-11-22").status_code == 422, (
        "more than 20 names are refused"
    )
    long = ",".join(names[:9]) + "," * 100
    assert client.post(f"/studies?from={long}&to=karachi&as_of=2026-11-22").status_code == 303
    eight, more = ",".join(names[:8]), ",".join(names[8:16])
    reply = client.post(f"/studies?from={eight}&to={more}&as_of=2026-11-22")
    assert reply.status_code == 422
    assert f"64 pairs of origins and destinations; a study takes {MOST_PAIRS}" in reply.text


def test_an_order_that_cannot_be_begun_stops_no_other(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The first order's process cannot be started; the second is run all the same."""
    from karwan.web.studies import DONE, FOLDER, ORDER, Studies

    studies = Studies(desks=site.desks)
    assert isinstance(site.desks.workspace, Path)
    folder = site.desks.workspace / FOLDER
    first, second, third = "a" * 16, "b" * 16, "c" * 16
    for name in (first, second, third):
        (folder / name).mkdir(parents=True)
        text = '{"title": "made", "asked_on": "2026-11-27"}' if name != third else "{"
        (folder / name / ORDER).write_text(text, encoding="utf-8")
    ran = threading.Event()

    def run(_: Studies, name: str) -> None:
        if name == first:
            raise OSError("no more processes")
        (folder / name / DONE).touch()
        ran.set()

    monkeypatch.setattr(Studies, "_run", run)
    for name in (first, second):
        studies._known.add(name)
        studies._waiting.put(name)
    studies._begin()
    assert ran.wait(timeout=10)
    told = studies.run(first)
    assert (told.state, told.why) == ("failed", "no more processes")
    assert studies.run(second).state == "done"
    assert studies.run(third).state == "failed", "an order that cannot be read"
    assert third in {one.name for one in studies.list() or []}


def test_what_is_kept_links_to_what_was_kept_and_says_what_was_not(
    client: TestClient, kept: str
) -> None:
    shown = client.get(kept).text.partition('<div class="kept">')[2]
    assert "/api/v1/compare" not in shown
    assert f'href="{kept}.json"' in shown
    assert "ask-days" not in shown
    assert "not kept" in shown


def test_who_keeps_more_than_a_person_does_is_told_when_to_go_on(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is refused keeps nothing, and reading goes on."""
    monkeypatch.setattr(sharing, "MOST_KEPT_AT_ONCE", 2)
    monkeypatch.setattr(sharing, "SECONDS_A_WRITE", 3600.0)
    client = TestClient(create_app(site, hosts=["testserver"]), follow_redirects=False)
    first, second, refused = (client.post(f"/shared?{ASKED}") for _ in range(3))
    assert (first.status_code, second.status_code, refused.status_code) == (303, 303, 429)
    assert 0 < int(refused.headers["retry-after"]) <= 3600
    assert "Too much is sent at once" in refused.text
    assert client.get(first.headers["location"]).status_code == 200
