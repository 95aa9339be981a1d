"""The screen in Chromium: what a person presses, sees and prints, and that nobody else is asked."""

from __future__ import annotations

import json
import random
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
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
    """Return the rows of the table as a reader sees them."""
    return [" ".join(row.split()) for row in page.locator("#board tbody tr").all_inner_texts()]


def printed(capsys: pytest.CaptureFixture[str], *words: str) -> dict[str, Any]:
    """Return what the command prints."""
    main(["compare", "almaty", "karachi", "--as-of", "2026-11-22", *words, "--format", "json"])
    told: dict[str, Any] = json.loads(capsys.readouterr().out)
    return told


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
        figures = one["if_open"]
        if one["route"]:
            figures = {"hours_mean": one["route"]["hours"]["mean"],
                       "cost_usd": one["route"]["cost_usd"]["central"]}  # fmt: skip
        elif not figures:
            past = was[one["corridor"]]["route"]
            figures = past and {"hours_mean": past["hours"]["mean"],
                                "cost_usd": past["cost_usd"]["central"]}  # fmt: skip
        if figures:
            told[one["corridor"]] = (
                one["status"], f"{figures['hours_mean']:,.0f}", f"{figures['cost_usd']:,.0f}"
            )  # fmt: skip
    return told


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


def test_screen_and_api_agree_after_random_presses(
    watched: Watched, browser: Browser, address: str
) -> None:
    page = watched.page
    draw = random.Random(7)
    page.goto(address + QUESTION)
    gates = page.locator("#m-switches [data-id]").evaluate_all("all => all.map(a => a.dataset.id)")
    assert len(gates) == 60
    for _ in range(6):
        page.locator(f"#m-switches [data-id={draw.choice(gates)}]").press(" ")
        if draw.random() < 0.3 and re.search("close|open", page.url):
            page.go_back()
    page.locator("body:not(.busy)").wait_for()
    page.wait_for_timeout(100)
    page.locator("body:not(.busy)").wait_for()
    fresh = browser.new_page()
    fresh.goto(page.url)
    assert table_of(fresh) == table_of(page)
    assert fresh.locator(".answer h1").inner_text() == page.locator(".answer h1").inner_text()
    fresh.close()


@pytest.mark.parametrize("width", [390, 768, 1440])
def test_nothing_runs_over_the_side(width: int, watched: Watched, address: str) -> None:
    page = watched.page
    page.set_viewport_size({"width": width, "height": 844})
    for path in (f"{QUESTION}&close={GATE}&open=torkham-road", f"{QUESTION}&rows=all"):
        page.goto(address + path)
        assert page.evaluate("document.documentElement.scrollWidth") == width


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


@pytest.mark.parametrize("path", ["/crossings/torkham-road", "/ledger", "/sources", "/nowhere"])
def test_pages_of_facts_hold_their_policy_on_a_phone(
    path: str, watched: Watched, address: str
) -> None:
    page = watched.page
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto(address + path)
    assert page.evaluate("document.documentElement.scrollWidth") == 390
    watched.said = [text for text in watched.said if "404" not in text]
