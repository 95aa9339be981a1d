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
    html = re.sub(r'<td[^>]* lang="en".*?</td>', " ", html, flags=re.S)
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


@pytest.mark.parametrize("page", ["/crossings/torkham-road", "/projects", "/ledger", "/benefits"])
def test_every_head_of_a_table_is_said_in_each_language(page: str, client: TestClient) -> None:
    heads = {
        code: re.findall(r"<th[^>]*>(.*?)</th>", client.get(f"{page}?lang={code}").text)
        for code in ("en", "ru", "ur", "prs")
    }
    assert len(heads["en"]) > 3
    for code in ("ru", "ur", "prs"):
        assert len(heads[code]) == len(heads["en"])
        assert [one for one in heads[code] if re.fullmatch(r"[a-z ,]{3,}", one)] == []


def test_what_tables_name_in_english_stands_in_russian(site: Site, client: TestClient) -> None:
    """Projects, speakers, crossings, states and numbers; what stays English is marked."""
    projects = client.get("/projects?lang=ru").text
    for name in ("железная дорога Чабахар – Захедан", "объявлен", "1\xa0005"):
        assert name in projects
    assert "совместное заявление" in client.get("/ledger?lang=ru").text
    crossing = client.get("/crossings/torkham-road?lang=ru").text
    assert "<h1>Пункт пропуска Торхам</h1>" in crossing
    assert '<td class="long" lang="en" dir="auto">All crossings sealed' in crossing
    with site.desks.at(site.today()) as desk:
        network, told = desk.world.network, desk.ledger.list().rows()
        english = {one.name for one in network.projects.values()}
        english |= {row.status.statement.speaker for row in told}
    known = read_catalogue(TONGUES["ru"])
    assert sorted(one for one in english if known.text(one) is None) == []


def test_an_unknown_name_is_told_in_russian_and_to_a_program_in_english(client: TestClient) -> None:
    reply = client.get("/compare?from=torkam&to=karachi&lang=ru")
    assert reply.status_code == 422
    assert "<h1>1 ошибка в вопросе</h1>" in reply.text
    assert "Название «torkam» неизвестно. Возможно, имелось в виду: torkham" in reply.text
    told = client.get("/api/v1/compare?from=torkam&to=karachi", headers={"accept-language": "ru"})
    assert told.json()["title"] == "1 fault in the question"
    assert "No place" in told.json()["detail"]


@pytest.mark.parametrize(
    ("page", "lead"),
    [
        ("/energy", "18 энергетических связей."),
        ("/benefits", "80 показателей о том, кто выигрывает."),
        ("/impact", "Закрыты: "),
    ],
)
def test_what_was_asked_is_said_in_the_language_of_the_page(
    page: str, lead: str, client: TestClient
) -> None:
    """The engine's own title is English and names things by id: no page shows it as its heading."""
    html = client.get(f"{page}?as_of=2026-11-22&lang=ru").text
    assert f'<p class="note">{lead}' in html
    assert "as of" not in told(html)
    cells = re.findall(r"<td[^>]*>([^<]*)</td>", html)
    assert [one for one in cells if re.fullmatch(r"[a-z]+(_[a-z]+)+|\d+ to \d+", one)] == []


def test_the_carrier_of_energy_is_no_haulier(client: TestClient) -> None:
    html = client.get("/energy?as_of=2026-11-22&lang=ru").text
    assert '<th scope="col">энергоноситель</th>' in html
    assert "перевозчик" not in html


def test_a_crossing_is_found_by_name_and_where_nothing_is_the_sections_are(
    client: TestClient,
) -> None:
    assert "<h1>Torkham</h1>" in client.get("/crossings/Torkham?lang=en").text
    nowhere = client.get("/crossings/nowhere?lang=ru")
    assert nowhere.status_code == 404
    assert 'href="/ledger?lang=ru"' in nowhere.text


def test_a_table_of_the_record_stands_as_it_is_kept(client: TestClient) -> None:
    """A name that a program reads, such as `corridors`, is no word of the page."""
    html = client.get("/sources?lang=ru").text
    assert ">corridors</a>" in html
    assert ">rail_links</a>" in html


def test_faults_of_a_question_are_told_in_russian(client: TestClient) -> None:
    """A date, a bound, a choice, a name of a parameter, a gate both shut and opened."""
    asked = (
        "/compare?from=almaty&to=karachi&as_of=2026-13-40&rows=xx&payload_t=5&lang=ru"
        "&close=khunjerab-road&open=khunjerab-road"
    )
    told = client.get(asked)
    assert told.status_code == 422
    listed = told.text.partition("<ul>")[2].partition("</ul>")[0]
    texts = re.findall(r"</code>: (.+)</li>", listed)
    assert len(texts) == 4
    assert [text for text in texts if not re.match("[а-я]", text)] == []
    bound = client.get("/compare/security?from=almaty&to=karachi&hazard_factor=-5&lang=ru").text
    assert "допустимо от 0 до 40" in bound
    english = client.get(asked.replace("lang=ru", "lang=en")).text
    assert "not a date like 2026-10-04" in english
