"""Two pages that can be put before either side."""

from __future__ import annotations

import datetime as dt
import re
import subprocess
from html.parser import HTMLParser
from pathlib import Path

import pytest

from karwan.analysis.assurances.book import Book, open_book
from karwan.analysis.assurances.briefs import brief_to_html, brief_to_markdown, make_brief
from karwan.base.errors import DataError
from tests.reference import catalog

AS_OF = dt.date(2026, 11, 22)
CHOICES = [
    {"corridor": "KTAP"}, {"corridor": "KUAP"}, {"corridor": "KKCP"}, {"actor": "Pakistan"},
    {"actor": "Taliban"}, {"actor": "Uzbekistan"}, {"actor": "Kazakhstan"},
]  # fmt: skip


@pytest.fixture(scope="module")
def book() -> Book:
    return open_book(catalog())


@pytest.mark.parametrize("choice", CHOICES)
def test_every_row_has_its_source_and_counts_have_their_denominator(
    book: Book, choice: dict[str, str]
) -> None:
    brief = make_brief(book, AS_OF, **choice)
    assert sum(count for _, count in brief.counts) == brief.assessed_count
    assert len(brief.lines) + brief.left_out_count == brief.assessed_count
    assert all(line.source_url.startswith("http") for line in brief.lines)
    text = brief_to_markdown(brief)
    for _, count in brief.counts:
        assert f": {count} of {brief.assessed_count}" in text
    assert "attributed and not adopted" in text


def test_every_party_is_told_of_in_the_same_words(book: Book) -> None:
    """Names and figures apart, the frame of a brief is one text for all."""
    frames = set()
    for choice in CHOICES:
        text = brief_to_markdown(make_brief(book, AS_OF, **choice))
        frames.add(text[text.index("## How to read it") : text.index("## Counts")])
    assert len(frames) == 1
    for word in ("failed", "broke ", "lied", "liar", "regime", "terror group"):
        assert word not in frames.copy().pop()


def test_a_reply_stands_in_the_brief(book: Book) -> None:
    text = brief_to_markdown(make_brief(book, AS_OF, actor="Taliban"))
    assert "Kabul denies that such groups operate from its territory." in text


def test_an_unknown_actor_or_corridor_is_refused(book: Book) -> None:
    with pytest.raises(DataError, match="corridor: 'KTUP' is not one of KTAP, KUAP, KKCP"):
        make_brief(book, AS_OF, corridor="KTUP")
    with pytest.raises(DataError, match="No speaker 'Sharifs'"):
        make_brief(book, AS_OF, actor="Sharifs")


def test_the_page_is_well_formed_and_stands_alone(book: Book) -> None:
    page = brief_to_html(make_brief(book, AS_OF, corridor="KUAP"))
    HTMLParser().feed(page)
    assert not re.search(r"<(script|link|img)\b", page)
    assert page == brief_to_html(make_brief(book, AS_OF, corridor="KUAP"))


@pytest.mark.browser
@pytest.mark.parametrize("choice", CHOICES)
def test_it_prints_on_two_sheets(
    book: Book, choice: dict[str, str], chromium: Path, tmp_path: Path
) -> None:
    page, pdf = tmp_path / "brief.html", tmp_path / "brief.pdf"
    page.write_text(brief_to_html(make_brief(book, AS_OF, **choice)), encoding="utf-8")
    subprocess.run(
        [str(chromium), "--headless", "--no-sandbox", "--disable-gpu", "--no-pdf-header-footer",
         f"--print-to-pdf={pdf}", page.as_uri()],
        check=True, capture_output=True, timeout=120,
    )  # fmt: skip
    sheets = len(re.findall(rb"/Type\s*/Page\b", pdf.read_bytes()))
    assert 1 <= sheets <= 2
