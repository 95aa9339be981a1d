"""The screen in Chromium: what a person presses, sees and prints, and that nobody else is asked."""

from __future__ import annotations

import json
import os
import random
import re
import subprocess
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, Literal
from urllib.parse import parse_qsl, urlsplit

import pytest
from axe_playwright_python.sync_playwright import Axe
from fastapi.testclient import TestClient
from playwright.sync_api import Browser, Page, Route

from karwan.main import main

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("page")]

QUESTION = "/compare?from=almaty&to=karachi&as_of=2026-11-22"
GATE = "khunjerab-road"
FAULTS = """
addEventListener("securitypolicyviolation", (event) => {
  console.error("POLICY " + event.violatedDirective + " " + event.blockedURI);
});
"""


ROWS = """html => {
  const page = html ? new DOMParser().parseFromString(html, "text/html") : document;
  const text = (one) => one.textContent.replace(/\\s+/g, " ").trim();
  const cells = "tbody tr > :not(.share):not(.days)";
  const all = (query, told) => [...page.querySelectorAll(query)].map(told);
  const state = (one) => one.getAttribute("aria-checked");
  return [...all(".answer h1", text), ...all(`#board ${cells}`, text),
    ...all("#list [role=switch]", state)];
}"""
"""Returns what a page says, but for what follows in second calls."""


def nothing(route: Route) -> None:
    """Answer what is drawn for seconds with an empty page."""
    route.fulfill(status=200, content_type="text/html", body="<html></html>")


class Watched:
    """A page, with all that its console and its requests said."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.said: list[str] = []
        self.asked: list[str] = []
        page.on("console", lambda message: self.said.append(message.text))
        page.on("pageerror", lambda error: self.said.append(str(error)))
        page.on("request", lambda request: self.asked.append(request.url))
        page.add_init_script(FAULTS)


@pytest.fixture
def watched(browser: Browser, address: str) -> Iterator[Watched]:
    """Yield a page that may say nothing and ask nobody else."""
    page = browser.new_page(viewport={"width": 1440, "height": 960})
    seen = Watched(page)
    yield seen
    page.close()
    assert seen.said == []
    assert [url for url in seen.asked if not url.startswith(f"{address}/")] == []


def table_of(page: Page) -> list[str]:
    """Return the sentence, the cells of the table and the switches, but for second calls."""
    told: list[str] = page.evaluate(ROWS, "")
    return told


def printed(capsys: pytest.CaptureFixture[str], *words: str) -> dict[str, Any]:
    """Return what the command prints."""
    main(["compare", "almaty", "karachi", "--as-of", "2026-11-22", *words, "--format", "json"])
    told: dict[str, Any] = json.loads(capsys.readouterr().out)
    return told


Question = list[tuple[str, str | int | float | bool | None]]
SCREEN_ONLY = ("rows", "gate", "data", "hazard_factor")
"""What an address of the screen gives besides its question."""


def question_of(url: str) -> Question:
    """Return the question that an address of the screen asks."""
    pairs = parse_qsl(urlsplit(url).query)
    return [(name, value) for name, value in pairs if name not in SCREEN_ONLY]


def words_of(question: Question) -> list[str]:
    """Return the words of the command that asks the same."""
    given = {name: str(value) for name, value in question}
    options = [
        word
        for name, value in question
        if name not in ("from", "to")
        for word in (f"--{name.replace('_', '-')}", str(value))
    ]
    return ["compare", given["from"], given["to"], *options, "--format", "json"]


def by_command(words: Sequence[str]) -> bytes:
    """Return what the command prints in a process of its own."""
    run = "from karwan.main import main; main()"
    return subprocess.run(
        [sys.executable, "-c", run, *words], check=True, capture_output=True
    ).stdout


def figures_of(page: Page) -> dict[str, tuple[str, str, str]]:
    """Return state, hours and USD of the table by corridor."""
    rows = page.locator("#board tbody tr")
    return {
        row.get_attribute("data-corridor") or "": (
            row.locator(".w-open, .w-cut").inner_text().strip(),
            row.locator(".fig a").nth(0).inner_text(),
            row.locator(".fig a").nth(1).inner_text(),
        )
        for row in rows.all()
    }


def told_by(answer: dict[str, Any], before: dict[str, Any]) -> dict[str, tuple[str, str, str]]:
    """Return the same from what a command prints; a corridor without any way shows its past."""
    was = {one["corridor"]: one for one in before["corridors"]}
    told = {}
    for one in answer["corridors"]:
        figures = _mean_of(one) or _mean_of(was[one["corridor"]])
        if figures:
            hours, usd = figures
            told[one["corridor"]] = one["status"], f"{hours:,.0f}", f"{usd:,.0f}"
    return told


def _mean_of(corridor: dict[str, Any]) -> tuple[float, float] | None:
    """Return hours and USD of a corridor as it is, else as it would be if open; None for none."""
    if corridor["route"]:
        return corridor["route"]["hours"]["mean"], corridor["route"]["cost_usd"]["central"]
    opened = corridor["if_open"]
    return (opened["hours_mean"], opened["cost_usd"]) if opened else None


def settled(page: Page, url_part: str) -> None:
    """Wait until the address asks for something and its answer stands on the screen."""
    page.wait_for_url(re.compile(re.escape(url_part)))
    page.locator("body:not(.busy)").wait_for()


def test_click_space_and_a_link_without_script_show_what_the_command_says(
    watched: Watched, browser: Browser, address: str, capsys: pytest.CaptureFixture[str]
) -> None:
    page = watched.page
    page.goto(address + QUESTION)
    before = table_of(page)
    page.locator(f"#m-switches [data-id={GATE}]").click()
    settled(page, f"close={GATE}")
    by_click, shown = table_of(page), figures_of(page)
    assert by_click != before
    assert page.locator(f"#m-switches [data-id={GATE}]").get_attribute("aria-checked") == "false"

    page.locator("[data-undo=all]").click()
    page.wait_for_url(lambda url: "close" not in url)
    page.locator("body:not(.busy)").wait_for()
    assert table_of(page) == before
    page.locator(f"#m-switches [data-id={GATE}]").focus()
    page.keyboard.press("Space")
    settled(page, f"close={GATE}")
    assert table_of(page) == by_click
    assert page.evaluate("document.activeElement.dataset.id") == GATE

    plain = browser.new_context(java_script_enabled=False).new_page()
    plain.goto(address + QUESTION)
    plain.locator("details.crossings summary").click()
    plain.locator(f"#list [data-id={GATE}]").click()
    assert f"close={GATE}" in plain.url
    assert table_of(plain) == by_click
    plain.context.close()

    told = told_by(printed(capsys, "--close", GATE), printed(capsys))
    assert shown
    assert shown == {name: told[name] for name in shown}


def test_the_back_button_and_a_shared_address_show_the_same(
    watched: Watched, browser: Browser, address: str
) -> None:
    page = watched.page
    page.goto(address + QUESTION)
    before = table_of(page)
    page.locator(f"#m-switches [data-id={GATE}]").click()
    settled(page, f"close={GATE}")
    shut = table_of(page)
    other = browser.new_page()
    other.goto(page.url)
    assert table_of(other) == shut
    other.close()
    page.go_back()
    page.wait_for_url(lambda url: "close" not in url)
    page.locator("body:not(.busy)").wait_for()
    assert table_of(page) == before


def test_a_reply_that_comes_late_does_not_replace_a_later_one(
    watched: Watched, address: str
) -> None:
    """Two quick presses; the first answer is held back until the second has come."""
    page = watched.page
    page.goto(address + QUESTION)
    held: list[Route] = []

    def hold(route: Route) -> None:
        if "torkham-road" in route.request.url:
            route.continue_()
        else:
            held.append(route)

    page.route("**/compare/parts?*", hold)
    page.locator(f"#m-switches [data-id={GATE}]").click()
    page.locator("#m-switches [data-id=torkham-road]").click()
    settled(page, "open=torkham-road")
    for route in held:
        route.continue_()
    page.wait_for_timeout(200)
    assert f"close={GATE}" in page.url
    assert "open=torkham-road" in page.url
    assert page.locator(".chip").count() == 2


def take(page: Page, step: str, gate: str) -> None:
    """Take one step on the screen, if it can be taken."""
    if step == "press":
        page.locator(f"#m-switches [data-id={gate}]").press(" ")
    elif step == "back" and re.search("close|open", page.url):
        page.go_back(wait_until="commit")
    elif step in ("undo", "day"):
        # In one go: a late reply may take the button away between a look and a press.
        button = "[data-undo=all]" if step == "undo" else "[data-step='-1']"
        page.evaluate("button => document.querySelector(button)?.click()", button)


SEQUENCES = int(os.environ.get("KARWAN_FUZZ", "10"))
"""Sequences drawn: 10 with all tests, 200 by `make fuzz`."""


def test_screen_api_and_command_agree_after_random_presses(
    watched: Watched, address: str, client: TestClient, capsys: pytest.CaptureFixture[str]
) -> None:
    """Presses, undos, days and the back button at random; replies held and let go in any order.

    After each sequence the screen is what the address says when it is asked whole, its figures are
    those that the API tells, and the API tells what the command prints in a world opened anew; of
    ten sequences the command is a process of its own.
    """
    page, draw = watched.page, random.Random(7)
    page.goto(address + QUESTION)
    gates = page.locator("#m-switches [data-id]").evaluate_all("all => all.map(a => a.dataset.id)")
    assert len(gates) == 60
    held: list[Route] = []

    def slow(route: Route) -> None:
        if draw.random() < 0.4:
            held.append(route)
        else:
            route.continue_()

    page.route("**/compare/parts?*", slow)
    page.route("**/compare/security?*", nothing)
    steps = {"press": 6, "undo": 1, "back": 2, "day": 1}
    for number in range(SEQUENCES):
        for step in draw.choices(list(steps), list(steps.values()), k=draw.randint(2, 5)):
            take(page, step, draw.choice(gates))
        page.wait_for_timeout(20)
        while held or page.locator("body.busy").count():
            draw.shuffle(held)
            while held:
                held.pop().continue_()
            page.wait_for_timeout(10)
        asked = page.evaluate("document.body.dataset.url")
        assert page.evaluate("location.pathname + location.search") == asked
        whole = client.get(asked)
        fresh = page.evaluate(ROWS, whole.text)
        assert page.evaluate(ROWS, "") == fresh, asked
        question = question_of(asked)
        told = client.get("/api/v1/compare", params=question)
        assert main(words_of(question)) == 0
        assert told.text == capsys.readouterr().out, asked
        if number % max(SEQUENCES // 10, 1) == 0:
            assert told.content == by_command(words_of(question)), asked
        plain = [pair for pair in question if pair[0] not in ("close", "open", "with")]
        before = client.get("/api/v1/compare", params=plain).json()
        shown, known = figures_of(page), told_by(told.json(), before)
        assert shown, asked
        assert shown == {name: known[name] for name in shown}, asked


@pytest.mark.parametrize("width", [390, 768, 1440])
def test_nothing_runs_over_the_side(width: int, watched: Watched, address: str) -> None:
    page = watched.page
    page.set_viewport_size({"width": width, "height": 844})
    for path in (f"{QUESTION}&close={GATE}&open=torkham-road", f"{QUESTION}&rows=all"):
        page.goto(address + path)
        assert page.evaluate("document.documentElement.scrollWidth") == width


SECTIONS = (
    "/compare/security?from=almaty&to=karachi", "/compare/gate?from=almaty&to=karachi&gate=" + GATE,
    "/crossings", f"/crossings/{GATE}", "/corridors", "/capacity", "/benefits", "/energy",
    "/ledger", "/projects", "/studies",
    "/sources", "/sources/all", "/sources/closures", "/help", "/audit", "/audit/verify",
    "/sign-in", "/nowhere",
    "/add", "/add/sighting", "/add/closure", "/add/end", "/add/incidents", "/add/statement",
    "/withdraw/row", "/rows/W0001", "/compare?from=nowhere&payload_t=-5&as_of=2026-13-40",
)  # fmt: skip


@pytest.mark.parametrize("lang", ["en", "ru"])
def test_no_page_runs_over_the_side_of_a_telephone(
    lang: str, watched: Watched, address: str
) -> None:
    """Each address of a page, a kept answer and the page of a fault among them."""
    page = watched.page
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto(f"{address}{QUESTION}&close={GATE}&lang={lang}")
    page.locator(".share-form button").click()
    page.wait_for_url("**/shared/*")
    shared = urlsplit(page.url).path
    wide = {}
    for path in (shared, *SECTIONS):
        page.goto(f"{address}{path}{'&' if '?' in path else '?'}lang={lang}")
        wide[path] = page.evaluate("document.documentElement.scrollWidth")
    watched.said.clear()  # a browser tells of each page that is not there
    assert {path: width for path, width in wide.items() if width > 390} == {}


def test_every_crossing_is_reached_and_named(watched: Watched, address: str) -> None:
    page = watched.page
    page.goto(address + QUESTION)
    names = page.locator("#m-switches [role=switch]").evaluate_all(
        "all => all.map(a => [a.tabIndex, a.getAttribute('aria-label')])"
    )
    assert all(index == 0 and re.search(r": \w", label) for index, label in names)
    assert len({label for _, label in names}) == len(names)


def test_a_figure_opens_its_steps_and_sources(watched: Watched, address: str) -> None:
    page = watched.page
    page.goto(address + QUESTION)
    page.locator("tr.first .fig a").first.click()
    dialog = page.locator("dialog#why")
    dialog.locator("table").first.wait_for()
    assert dialog.locator(".sources li").count() > 3
    page.keyboard.press("Escape")
    assert not dialog.is_visible()


def test_it_prints_on_one_sheet(watched: Watched, address: str, tmp_path: Path) -> None:
    page = watched.page
    page.goto(f"{address}{QUESTION}&close={GATE}")
    sheet = page.pdf(prefer_css_page_size=True)
    assert len(re.findall(rb"/Type\s*/Page\b", sheet)) == 1


def test_second_calls_fill_shares_cards_and_days(watched: Watched, address: str) -> None:
    """The flip shows state, hours, USD and order; shares, cards and days open follow it."""
    page = watched.page
    page.goto(address + QUESTION)
    page.locator(f"#m-switches [data-id={GATE}]").click()
    settled(page, f"close={GATE}")
    page.locator(f"#gate [data-gate={GATE}] .advice").wait_for()
    assert page.locator("#gate .card").count() == 3
    filled = re.compile(r"(under )?\d+\s+of\s+100|none|all")
    page.locator("tr.first .share").filter(has_text=filled).wait_for()  # a call of its own
    page.locator("body[data-level='1']").wait_for()
    assert page.locator("tr.first .days").inner_text().strip() != "…"
    page.locator("#s-level").focus()
    page.keyboard.press("ArrowRight")
    page.locator("body[data-level='1.4']").wait_for()
    assert "hazard_factor=1.4" in page.url
    assert "1.4 times" in page.locator("#o-level").inner_text()
    page.keyboard.press("ArrowLeft")
    page.locator("body[data-level='1']").wait_for()
    assert page.locator("#o-level").inner_text() == "as often as now"


def test_the_slider_of_days_stops_where_there_is_evidence(watched: Watched, address: str) -> None:
    page = watched.page
    page.goto(address + QUESTION)
    page.locator("#s-day").focus()
    page.keyboard.press("ArrowLeft")
    settled(page, "as_of=2026-07-10")
    assert "10\xa0July\xa02026" in page.locator(".horizon").first.inner_text()
    assert page.locator("#ask [name=as_of]").input_value() == "2026-07-10"


def test_a_kept_answer_is_reached_by_a_press_and_prints(watched: Watched, address: str) -> None:
    page = watched.page
    page.goto(f"{address}{QUESTION}&close={GATE}")
    headline = page.locator(".answer h1").inner_text()
    page.locator(".share-form button").click()
    page.wait_for_url("**/shared/*")
    assert page.locator(".kept .answer h1").inner_text() == headline
    assert page.locator(".keptbar .today").is_visible()


def test_an_answer_is_kept_over_plain_http_at_a_name_that_is_no_loopback(
    browser: Browser, address: str
) -> None:
    """There a browser tells no `Sec-Fetch-Site`, and of a form its origin only where it may."""
    page = browser.new_page()
    page.goto(f"{address.replace('127.0.0.1', 'desk.example')}{QUESTION}")
    assert not page.evaluate("isSecureContext")
    page.locator(".share-form button").click()
    page.wait_for_url("**/shared/*")
    assert page.locator(".kept .answer h1").inner_text()
    page.close()


PAGES = [
    f"{QUESTION}&close={GATE}&gate={GATE}",
    "/crossings/torkham-road",
    "/corridors",
    "/ledger?lang=ru",
    "/projects?lang=ur",
    "/help?lang=ru",
    "/nowhere",
]


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_pages_are_for_everyone(
    scheme: Literal["light", "dark"], watched: Watched, address: str
) -> None:
    """No violation of what axe-core knows, no sideways scroll on a phone, no other host."""
    page = watched.page
    faults: dict[str, Any] = {}
    page.emulate_media(color_scheme=scheme)
    page.set_viewport_size({"width": 390, "height": 844})
    page.route("**/compare/security?*", nothing)
    for path in PAGES[: None if scheme == "light" else 1]:
        page.goto(address + path)
        if path.startswith("/compare"):
            page.locator("body[data-followed]").wait_for()
        assert page.evaluate("document.documentElement.scrollWidth") == 390, path
        told = Axe().run(page).response["violations"]
        faults |= {f"{path} {one['id']}": one["nodes"][0]["html"][:200] for one in told}
    assert faults == {}
    watched.said = [text for text in watched.said if "404" not in text]
