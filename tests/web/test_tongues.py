"""Pages in other languages: whole in Russian, from right to left where a script runs so."""

from __future__ import annotations

import re

import pytest
from fastapi.testclient import TestClient

from karwan.web.site import Site
from karwan.words.catalogues import read_catalogue
from karwan.words.tongues import TONGUES

COMPARE = "/compare?from=almaty&to=karachi&as_of=2026-11-22&close=khunjerab-road"
FIGURES = COMPARE.replace("?", "/figures?") + "&corridor=iran-road-taftan"
PAGES = (COMPARE, FIGURES, "/crossings", "/crossings/torkham-road", "/sources")
FEWEST_WORDS = 3


def told(html: str) -> str:
    """Return what a page says: its text, and what a screen reader reads of its attributes.

    Cells of data that are marked as English are read as English.
    """
    html = re.sub(r'<td lang="en".*?</td>', " ", html, flags=re.S)
    spoken = re.findall(r'(?:aria-label|title|data-label)="([^"]*)"', html)
    text = re.sub(r"<[^>]+>", " ", re.sub(r"<(script|style).*?</\1>", " ", html, flags=re.S))
    return " ".join([text, *spoken])


def fragments() -> list[str]:
    """Return what stands between the slots of every English sentence, where it is long enough."""
    whole = read_catalogue(TONGUES["ru"])
    sentences = [one for (_, one), _ in whole.messages.items()] + list(whole.plurals)
    parts = [part.strip() for one in sentences for part in re.split(r"<[^>]+>|\{\w+\}", one)]
    return [one for one in parts if len(re.findall(r"[A-Za-z]{2,}", one)) >= FEWEST_WORDS]


@pytest.mark.parametrize("page", PAGES)
def test_a_page_in_russian_holds_no_english_sentence_of_the_catalogue(
    page: str, client: TestClient
) -> None:
    join = "&" if "?" in page else "?"
    english = told(client.get(page).text)
    russian = client.get(f"{page}{join}lang=ru")
    assert russian.status_code == 200
    assert russian.headers["content-language"] == "ru"
    assert '<html lang="ru" dir="ltr">' in russian.text
    known = fragments()
    assert any(one in english for one in known), "the test would see nothing"
    assert [one for one in known if one in told(russian.text)] == []


def test_every_other_language_says_that_no_speaker_has_read_it(client: TestClient) -> None:
    texts = [client.get(f"{COMPARE}&lang={code}").text for code in ("ru", "ur", "prs")]
    assert "Перевод не проверен носителем языка." in texts[0]
    assert all('<span lang="en" dir="ltr">Language not reviewed' in one for one in texts[1:])
    assert all(
        f'lang="{code}" dir="rtl"' in one
        for code, one in zip(("ur", "prs"), texts[1:], strict=True)
    )
    assert "not reviewed" not in client.get(COMPARE).text


def test_the_language_of_a_browser_is_taken_where_the_address_names_none(
    client: TestClient,
) -> None:
    asked = {"accept-language": "ru-RU,ru;q=0.9,en;q=0.5"}
    reply = client.get(COMPARE, headers=asked)
    assert reply.headers["content-language"] == "ru"
    assert "accept-language" in reply.headers["vary"].lower()
    assert client.get(f"{COMPARE}&lang=en", headers=asked).headers["content-language"] == "en"


def test_links_of_a_page_keep_the_language_that_its_address_names(client: TestClient) -> None:
    html = client.get("/crossings?lang=ru").text
    assert 'href="/crossings/torkham-road?lang=ru"' in html
    assert "lang=ru" not in client.get("/crossings").text.replace('href="/crossings?lang=ru"', "")
    flipped = re.search(
        r'data-id="torkham-road"[^>]*href="([^"]*)"', client.get(f"{COMPARE}&lang=ru").text
    )
    assert flipped is not None
    assert "lang=ru" in flipped[1]


def test_a_program_gets_the_same_bytes_in_every_language(client: TestClient) -> None:
    address = COMPARE.replace("/compare", "/api/v1/compare")
    plain = client.get(address).content
    assert client.get(address, headers={"accept-language": "ru"}).content == plain
    assert client.get(f"{address}&lang=ru").status_code == 422


@pytest.mark.parametrize("page", ["/compare?from=almaty&to=karachi&lang=de", "/crossings?lang=de"])
def test_a_language_without_catalogue_is_told(page: str, client: TestClient) -> None:
    reply = client.get(page)
    assert reply.status_code == 422
    assert "en, ru, ur, prs" in reply.text


def test_a_name_that_two_places_bear_is_not_offered_for_one(site: Site, client: TestClient) -> None:
    """Джалалабад is Jalalabad's name and Jalal-Abad's: the field offers what stands for one."""
    html = client.get("/compare?from=jalalabad-af&to=karachi&as_of=2026-11-22&lang=ru").text
    field = re.search(r'name="from"[^>]*value="([^"]*)"', html)
    assert field is not None
    with site.desks.at(site.today()) as desk:
        assert desk.world.network.place(field[1]).id == "jalalabad-af"
