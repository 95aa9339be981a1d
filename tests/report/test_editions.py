"""Editions of the report: what stands in which, what prints, and on how many sheets."""

from __future__ import annotations

import re
import subprocess
from functools import cache
from pathlib import Path

import pytest

from karwan.api.studies import read_editions
from karwan.base.errors import DataError
from karwan.ledger.tallies import Kept
from karwan.report.aims import kept_line, target_lines
from karwan.report.editions import APPENDIX, SHORT, Edition, stands_in
from karwan.report.page import SECTIONS, _led, render_page
from karwan.report.view import view_of
from tests import reference
from tests.report.test_page import outline, text_of

# One worker asks them all, so that they share the study.
pytestmark = pytest.mark.xdist_group("pages")
SHEETS = 4


@cache
def edition_page(edition: Edition) -> str:
    if edition is Edition.full:
        return reference.page()
    return render_page(reference.study(), edition=edition, beside=tuple(Edition))


@pytest.mark.parametrize("edition", Edition)
def test_every_edition_closes_its_tags_and_its_links_lead_somewhere(edition: Edition) -> None:
    known = {one.file: set(outline(edition_page(one)).ids) for one in Edition}
    page = edition_page(edition)
    told = outline(page)
    assert told.texts == []
    assert set(told.anchors) <= set(told.ids)
    for file, anchor in re.findall(r'href="(report[^"#]*)#([^"]+)"', page):
        assert anchor in known[file]


def test_an_edition_alone_links_to_no_file_that_was_not_written() -> None:
    assert re.findall(r'href="report[^"]*"', edition_page(Edition.full)) == []
    body = '<p>See <a href="#foresight">how good</a>, <a href="#closures">closures</a>.</p>'
    alone, beside = (_led(body, Edition.full, one) for one in ((), tuple(Edition)))
    assert alone == '<p>See how good, <a href="#closures">closures</a>.</p>'
    assert beside == body.replace("#foresight", "report-appendix.html#foresight")


def test_scores_of_forecasts_stand_in_the_appendix_and_nowhere_else() -> None:
    assert "Brier scores" in text_of(edition_page(Edition.appendix))
    for edition in (Edition.full, Edition.short):
        assert "Brier scores" not in text_of(edition_page(edition))
        assert "report-appendix.html" in edition_page(edition)


def test_every_section_stands_in_the_full_edition_or_the_appendix() -> None:
    ids = {section.id for section in SECTIONS}
    assert set(SHORT) | set(APPENDIX) <= ids
    assert [one for one in ids if not stands_in(one, Edition.full) and one not in APPENDIX] == []


@pytest.mark.parametrize("edition", [Edition.short, Edition.full])
def test_page_one_names_target_and_promises(edition: Edition) -> None:
    first = text_of(edition_page(edition).split("<nav")[0])
    view = view_of(reference.study())
    (kept,) = (one for one in view.kept if one.party == "all")
    for told in (*target_lines(view.target), kept_line(kept)):
        assert " ".join(told.split()) in first


def test_a_party_without_dates_is_said_to_have_none() -> None:
    none = Kept(party="x", kept_ids=(), missed_ids=(), low=0.0, high=1.0)
    assert kept_line(none) == "Dates of x: none has come due with evidence."


def test_an_edition_that_there_is_not_is_refused() -> None:
    with pytest.raises(DataError, match="not one of short, full, appendix"):
        read_editions(["long"])
    with pytest.raises(DataError, match="not one of short, full, appendix"):
        read_editions(["short", ""])


def printed(page: str, chromium: Path, folder: Path) -> bytes:
    """Return a page as it prints."""
    source, pdf = folder / "page.html", folder / "page.pdf"
    source.write_text(page, encoding="utf-8")
    subprocess.run(
        [str(chromium), "--headless", "--no-sandbox", "--disable-gpu", "--no-pdf-header-footer",
         f"--print-to-pdf={pdf}", source.as_uri()],
        check=True, capture_output=True, timeout=120,
    )  # fmt: skip
    return pdf.read_bytes()


def sheets_of(pdf: bytes) -> int:
    return len(re.findall(rb"/Type\s*/Page\b", pdf))


def test_the_short_edition_prints_on_four_sheets(chromium: Path, tmp_path: Path) -> None:
    assert sheets_of(printed(edition_page(Edition.short), chromium, tmp_path)) <= SHEETS


def test_what_is_folded_prints(chromium: Path, tmp_path: Path) -> None:
    """The same sheet takes more paper with its folds than without them."""
    page = edition_page(Edition.appendix)
    whole = sheets_of(printed(page, chromium, tmp_path))
    cut = re.sub(r"<details>.*?</details>", "", page, flags=re.DOTALL)
    assert cut != page
    assert whole > sheets_of(printed(cut, chromium, tmp_path)) + 1
