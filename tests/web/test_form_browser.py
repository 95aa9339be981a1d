"""A sighting added on a phone without a script, and seen by the colleague beside."""

from __future__ import annotations

import datetime as dt
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import uvicorn
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page

from karwan.evidence.own_record import list_records
from karwan.evidence.people import add_token
from karwan.web.app import LOOPBACK, create_app
from karwan.web.desks import Desks
from karwan.web.people import People
from karwan.web.site import Site

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("page")]

NOW = dt.datetime(2026, 11, 27, 9, tzinfo=dt.UTC)
FORMS = ("add", "add/sighting", "add/closure", "add/end", "add/incidents", "add/statement",
         "withdraw/row")  # fmt: skip


@pytest.fixture(scope="module")
def own(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the workspace of a team."""
    return tmp_path_factory.mktemp("forms")


@pytest.fixture(scope="module")
def tokens(own: Path) -> dict[str, str]:
    """Return the tokens of its editors."""
    return {
        name: add_token(own, name, "editor", 9, who="boss", now=NOW)[1]
        for name in ("ada", "bo", "mia")
    }


@pytest.fixture(scope="module")
def team_address(own: Path, tokens: dict[str, str]) -> Iterator[str]:
    """Yield the address of a server that asks everybody for a token."""
    del tokens  # made before a server reads them
    people = People(now=lambda: NOW, workspace=own, asks_tokens=True)
    site = Site(desks=Desks(workspace=own, path_count=100), today=NOW.date)
    app = create_app(site, hosts=LOOPBACK, people=people)
    server = uvicorn.Server(uvicorn.Config(app, host="127.0.0.1", port=0, log_level="error"))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.02)
    yield f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    server.should_exit = True
    thread.join(timeout=10)


def signed_in(page: Page, address: str, token: str) -> None:
    page.goto(f"{address}/sign-in")
    page.fill("[name=token]", token)
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url("**/compare**")


def test_a_sighting_on_a_phone_without_a_script_is_seen_by_the_colleague(
    browser: Browser, team_address: str, own: Path, tokens: dict[str, str]
) -> None:
    phone = browser.new_context(viewport={"width": 390, "height": 844}, java_script_enabled=False)
    desk = browser.new_context(viewport={"width": 1440, "height": 900})
    ada, bo = phone.new_page(), desk.new_page()
    signed_in(ada, team_address, tokens["ada"])
    signed_in(bo, team_address, tokens["bo"])
    gate = f"{team_address}/crossings/torkham-road"
    bo.goto(gate)
    assert "S0001" not in bo.inner_text("main")

    ada.goto(f"{team_address}/add/sighting")
    ada.fill("[name=element]", "торхам")
    ada.get_by_text("open to all").click()
    ada.fill("[name=source]", "seen by myself")
    ada.get_by_role("button", name="Check it").click()
    assert "With this row: open" in ada.inner_text("main")
    ada.get_by_role("button", name="Keep it").click()
    assert "S0001 is kept" in ada.inner_text("main")

    bo.reload()
    told = bo.inner_text("main")
    assert "S0001" in told, "what one adds the other sees at the next question"
    assert "ada" in told
    bo.goto(f"{team_address}/withdraw/row?record=S0001")
    bo.fill("[name=note]", "it was another gate")
    bo.get_by_role("button", name="Check it").click()
    bo.get_by_role("button", name="Keep it").click()
    assert "X0001 is kept" in bo.inner_text("main")
    ada.goto(f"{team_address}/add")
    assert "withdrawn" in ada.inner_text("main")
    (row,), (gone,) = list_records(own).sightings, list_records(own).withdrawals
    assert (row.added_by, gone.added_by) == ("ada", "bo")
    phone.close()
    desk.close()


@pytest.mark.parametrize("lang", ["en", "ru"])
def test_forms_are_for_everyone_and_nothing_runs_over_the_side(
    lang: str, browser: Browser, team_address: str, tokens: dict[str, str]
) -> None:
    context = browser.new_context(viewport={"width": 390, "height": 844})
    page = context.new_page()
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text))
    signed_in(page, team_address, tokens["mia"])
    said.clear()  # of the field for the token Chromium has a word of its own
    for path in FORMS:
        page.goto(f"{team_address}/{path}?lang={lang}")
        assert page.evaluate("document.documentElement.scrollWidth") == 390, path
        if path in ("add/sighting", "add"):
            report = Axe().run(page)
            assert report.violations_count == 0, report.generate_report()
    assert said == []
    page.goto(f"{team_address}/add/sighting?lang={lang}")
    page.locator("button.go").click()
    assert page.locator(".why").count() == 3, "element, state, source"
    assert page.evaluate("document.documentElement.scrollWidth") == 390
    report = Axe().run(page)
    assert report.violations_count == 0, report.generate_report()
    context.close()
