"""A text on two sheets: a line for each statement, each measure once, no machine text."""

from __future__ import annotations

import datetime as dt
import re
import subprocess
from html.parser import HTMLParser
from pathlib import Path

import pytest

from karwan.analysis.assurances.sheets import Sheets, lay_out, note_lines, sheets_to_html
from karwan.api.statements import article_asked
from karwan.cli.article import article_text
from tests.reference import world

AS_OF = dt.date(2026, 11, 22)
WHEN = "as of 2026-11-22; newest evidence 2026-10-04"
COUNTABLE = (
    "S28",
    "S32",
    "S43",
    "S46",
    "S22",
    "S04",
    "S06",
    "S09",
    "S21",
    "S24",
    "S30",
    "S47",
    "S52",
)
"""Statements that are refused or not testable though something can be counted beside them."""


@pytest.fixture(scope="module")
def sheets() -> Sheets:
    return lay_out(article_asked(world(as_of=AS_OF)).content.rows)


def test_each_statement_is_one_line_and_each_measure_stands_once(sheets: Sheets) -> None:
    assert len(sheets.lines) == 52
    text = article_text(sheets, "the article", WHEN).splitlines()
    for line in sheets.lines:
        assert sum(told.startswith(f"{line.row.status.statement.id} ") for told in text) == 1
    notes = [told for note in sheets.notes for told in note_lines(note)]
    assert len(notes) == len(set(notes))
    assert [note.number for note in sheets.notes] == list(range(1, len(sheets.notes) + 1))
    assert {n for line in sheets.lines for n in line.notes} == {n.number for n in sheets.notes}


def test_what_can_be_counted_beside_a_refusal_is(sheets: Sheets) -> None:
    by_id = {line.row.status.statement.id: line for line in sheets.lines}
    for ident in COUNTABLE:
        assert by_id[ident].figure, ident
        assert by_id[ident].figure_date, ident
    assert by_id["S28"].figure == "Pakistan: 3 of 10 dated undertakings kept"
    assert by_id["S47"].figure == "Afghan authorities: 0 of 6 dated undertakings kept"
    assert by_id["S38"].figure == by_id["S45"].figure == ""  # interpretation of a text
    assert by_id["S38"].answer == "refused (a)"


def test_no_line_holds_machine_text(sheets: Sheets) -> None:
    text = article_text(sheets, "the article", WHEN) + sheets_to_html(sheets, "the article", WHEN)
    assert not re.search(r"\d[eE][+-]\d|\b1 rungs\b|\bnan\b|\bNone\b|\binf\b", text)
    assert "range over bases and readings: under 0.1 % to" in text


def test_the_page_stands_alone_and_is_the_same_twice(sheets: Sheets) -> None:
    page = sheets_to_html(sheets, "the article", WHEN)
    HTMLParser().feed(page)
    assert not re.search(r"<(script|link|img)\b", page)
    assert page == sheets_to_html(sheets, "the article", WHEN)


@pytest.mark.browser
def test_it_prints_on_two_sheets_of_paper(sheets: Sheets, chromium: Path, tmp_path: Path) -> None:
    page, pdf = tmp_path / "article.html", tmp_path / "article.pdf"
    page.write_text(sheets_to_html(sheets, "the article", WHEN), encoding="utf-8")
    subprocess.run(
        [str(chromium), "--headless", "--no-sandbox", "--disable-gpu", "--no-pdf-header-footer",
         f"--print-to-pdf={pdf}", page.as_uri()],
        check=True, capture_output=True, timeout=120,
    )  # fmt: skip
    assert len(re.findall(rb"/Type\s*/Page\b", pdf.read_bytes())) == 2
