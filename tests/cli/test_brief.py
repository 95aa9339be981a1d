"""The brief: one page, tagged, the same bytes each time, and every figure its own command's."""

from __future__ import annotations

import datetime as dt
import json
import re
import zipfile
from dataclasses import replace
from io import BytesIO
from pathlib import Path

import pytest

from karwan.api.region import Region
from karwan.cli.brief import Paper, written
from karwan.main import main
from karwan.report.brief.chart import draw_bars
from karwan.report.brief.pdf import page_count, to_pdf
from karwan.report.brief.sheet import Audience, Bar, Sheet
from karwan.words.speech import speaking
from karwan.words.tongues import TONGUES

Capture = pytest.CaptureFixture[str]
AS_OF = ("--as-of", "2026-11-22")
MOST_WORDS = 700


@pytest.fixture(scope="module")
def region() -> Region:
    """Return the region on the day of the reference study."""
    import karwan

    return karwan.region(as_of="2026-11-22")


@pytest.fixture(scope="module")
def sheets(region: Region) -> dict[tuple[str, str], Sheet]:
    """Return a sheet for each audience in each language that has sentences."""
    asked = [("minister", "en"), ("minister", "ru"), ("dispatcher", "en"), ("underwriter", "ru"),
             ("auditor", "en")]  # fmt: skip
    assert {one for one, _ in asked} == set(Audience)
    return {(one, code): region.brief(one, lang=code) for one, code in asked}


def test_every_sheet_is_one_tagged_page_and_the_same_bytes(
    sheets: dict[tuple[str, str], Sheet],
) -> None:
    for (_, code), sheet in sheets.items():
        with speaking(TONGUES[code]):
            made = to_pdf(sheet)
            assert made == to_pdf(sheet)
        assert made.startswith(b"%PDF-1.7")
        assert b"/Count 1/Kids" in made
        assert b"/MarkInfo" in made
        assert b"2026-11-22" in made


def test_a_sheet_reads_in_a_few_minutes_and_says_what_is_asked(
    sheets: dict[tuple[str, str], Sheet],
) -> None:
    heads = [point.head for point in sheets["minister", "en"].points]
    assert heads == [
        "What is shut, and since when",
        "Best way, and how sure",
        "What it hangs on",
        "Target and kept dates",
        "What changed since 23\xa0October\xa02026",
        "What to ask, and of whom",
    ]
    for sheet in sheets.values():
        told = " ".join(line for point in sheet.points for line in point.lines)
        assert len(told.split()) < MOST_WORDS
        assert "{" not in told


def test_figures_are_those_of_their_own_commands(
    region: Region, sheets: dict[tuple[str, str], Sheet], capsys: Capture
) -> None:
    from karwan.report.answer import certainty, headline

    compared = region.compare(*region.world.region.compared_ends).content
    sheet = sheets["minister", "en"]
    assert sheet.lead == headline(compared)
    told = {point.head: point.lines for point in sheet.points}
    assert told["Best way, and how sure"][0] == certainty(compared)
    assert main(["target", "KAZ-PAK", *AS_OF, "--format", "json"]) == 0
    target = json.loads(capsys.readouterr().out)
    line = next(one for one in told["Target and kept dates"] if "Kazakhstan and Pakistan" in one)
    found = re.search(r"(\d+) of (\d+) kept", line)
    assert found is not None
    answer = region.target("KAZ-PAK").content
    assert tuple(map(int, found.groups())) == (
        answer.kept_own.kept_count,
        answer.kept_own.due_count,
    )
    assert target["pair"] == "KAZ-PAK"
    one = region.hazard("torugart-road", days=(30, 365)).content[0]
    gate = next(line for line in told["What it hangs on"] if line.startswith("Torugart"))
    assert f"{100 * (one.p_shut[365] or 0):.1f}\xa0% in a year" in gate


def test_the_dispatchers_sheet_advises_what_decide_advises(
    region: Region, sheets: dict[tuple[str, str], Sheet]
) -> None:
    sheet = sheets["dispatcher", "en"]
    origin, destination = region.world.region.compared_ends
    made = region.decide("ghulam-khan-road", at=origin, to=destination).content
    assert made.advice == "divert"
    assert sheet.lead == "Ghulam Khan: do not wait, go round now."
    queue = region.queue("ghulam-khan-road").content
    (line,) = [
        one for point in sheet.points if point.head == "What waits at the gate"
        for one in point.lines if one.startswith("Pakistan to Afghanistan")
    ]  # fmt: skip
    way = next(one for one in queue.ways if one.capacity.from_country == "PK")
    assert f"{way.waiting_trucks:,.0f} trucks wait" in line


def test_a_russian_sheet_holds_no_english_sentence(sheets: dict[tuple[str, str], Sheet]) -> None:
    english, russian = sheets["minister", "en"], sheets["minister", "ru"]
    assert english.lead != russian.lead
    for before, after in zip(english.points, russian.points, strict=True):
        assert len(before.lines) == len(after.lines)
        assert not set(before.lines) & set(after.lines)
    assert any("не проверен носителем" in line for line in russian.foot)


def test_html_and_markdown_hold_the_same_and_run_nothing(
    sheets: dict[tuple[str, str], Sheet],
) -> None:
    sheet = sheets["minister", "en"]
    page, marks = (written(sheet, to).decode() for to in (Paper.html, Paper.md))
    assert "<script" not in page
    assert not re.search(r'(src|href)="(https?:)?//', page)
    for point in sheet.points:
        assert point.head in page.replace("&#x27;", "'")
        assert point.head.replace("\xa0", " ") in marks


def test_a_document_for_word_has_heads_a_picture_with_words_and_no_day_of_its_own(
    sheets: dict[tuple[str, str], Sheet],
) -> None:
    import docx

    sheet = sheets["underwriter", "ru"]
    with speaking(sheet.tongue):
        made = written(sheet, Paper.docx)
        assert made == written(sheet, Paper.docx)
    document = docx.Document(BytesIO(made))
    heads = [
        one.text
        for one in document.paragraphs
        if one.style is not None and str(one.style.name).startswith("Heading")
    ]
    assert heads[0] == sheet.title
    assert len(document.inline_shapes) == 1
    with zipfile.ZipFile(BytesIO(made)) as packed:
        body = packed.read("word/document.xml").decode()
    assert 'descr="' in body
    assert sheet.grid is not None
    assert len(document.tables[0].rows) == len(sheet.grid.rows) + 1


def test_names_that_would_be_commands_of_the_typesetter_stay_text(
    sheets: dict[tuple[str, str], Sheet],
) -> None:

    evil = '#panic("x") $ \\ *_ ] </svg> "quoted"'
    sheet = replace(sheets["auditor", "en"], title=evil, lead=evil, subtitle=evil)
    assert to_pdf(sheet).startswith(b"%PDF")
    assert "</svg>" not in written(sheet, Paper.html).decode()


def test_a_missing_package_gives_the_line_that_installs_it(
    monkeypatch: pytest.MonkeyPatch, capsys: Capture, tmp_path: Path
) -> None:
    import sys

    monkeypatch.setitem(sys.modules, "typst", None)
    out = tmp_path / "brief.pdf"
    assert main(["brief", "--to", "pdf", "--out", str(out), *AS_OF]) == 2
    assert "pip install 'karwan[brief]'" in capsys.readouterr().err
    assert not out.exists()


def test_all_that_is_wrong_is_told_at_once(capsys: Capture) -> None:
    words = ["brief", "--to", "md", "--for", "king", "--corridor", "XX", "--since", "2027-01-01",
             "--lang", "ur", *AS_OF]  # fmt: skip
    assert main(words) == 2
    told = capsys.readouterr().err
    assert all(one in told for one in ("--for king", "--corridor XX", "--since", "--lang ur"))


def test_a_sheet_too_long_is_counted() -> None:
    long = b"#for k in range(200) [#par[line]]"
    assert page_count({"main.typ": long}) > 1


def test_a_family_of_corridors_has_a_sheet_of_its_own(region: Region) -> None:
    sheet = region.brief(corridor="KTAP")
    assert sheet.title == "Brief: KTAP"
    told = [line for point in sheet.points for line in point.lines]
    assert any(line.startswith("KTAP: road, through Uzbekistan is cut") for line in told)


# The last brief


def told_changes(sheet: Sheet) -> str:
    (point,) = (one for one in sheet.points if one.head.startswith("What changed since"))
    return " ".join((point.head, *point.lines)).replace("\xa0", " ")


def test_the_next_brief_is_held_against_the_last_one_kept(tmp_path: Path, capsys: Capture) -> None:
    """A brief that is kept names the day from which the next tells what changed."""
    import karwan
    from karwan.api.briefing import keep_brief
    from karwan.evidence.kept_briefs import question_of
    from karwan.evidence.workspace import workspace_version

    folder, by = tmp_path / "w", {"who": "desk", "when": "2026-11-20T10:00:00+00:00"}
    first = karwan.region(as_of="2026-11-12", workspace=folder).brief("auditor")
    assert keep_brief(folder, first, **by) == "B0001"
    assert keep_brief(folder, first, **by) == "B0001"
    assert "briefs" not in workspace_version(folder)  # what was told changes no answer
    later = karwan.region(as_of="2026-11-22", workspace=folder)
    told = told_changes(later.brief("auditor"))
    assert "12 November 2026" in told
    assert "for that day" not in told
    assert "23 October 2026" in told_changes(karwan.region(as_of="2026-11-22").brief("auditor"))
    assert "1 October 2026" in told_changes(later.brief("auditor", since="2026-10-01"))

    kept = json.loads(first.told)
    gate = next(iter(kept["gates"]))
    other = {"way": [], "gates": {**kept["gates"], gate: "otherwise"}, "evidence": ["W0001"]}
    from karwan.evidence.kept_briefs import keep_sheet
    from tests.evidence.test_workspace import add, take_out

    assert "CL130" in kept["evidence"]
    add(folder)
    keep_sheet(
        folder, audience="auditor", question=question_of(later.world.region.compared_ends, ""),
        as_of=later.as_of.replace(day=13), told=json.dumps(other), sheet_sha256="0", **by,
    )  # fmt: skip
    take_out(folder, "W0001")
    told = told_changes(karwan.region(as_of="2026-11-22", workspace=folder).brief("auditor"))
    assert "The last brief rests on W0001, withdrawn by desk on " in told
    assert ": wrong" in told
    assert "The last brief named another way for that day" in told
    assert "Of 1 gate it is known now that it stood otherwise on that day" in told
    assert main(["brief", "--to", "md", "--keep", *AS_OF]) == 2
    assert "--keep: needs the workspace that keeps it" in capsys.readouterr().err


def test_a_brief_as_recorded_is_held_against_none_that_was_kept_later(tmp_path: Path) -> None:
    from karwan.evidence.kept_briefs import keep_sheet, last_brief

    keep_sheet(
        tmp_path, audience="auditor", question="q", as_of=dt.date(2026, 11, 12), told="{}",
        sheet_sha256="0", who="desk", when="2026-11-20T10:00:00+00:00",
    )  # fmt: skip
    until = dt.date(2026, 11, 22)
    assert last_brief(tmp_path, "q", until, dt.date(2026, 11, 19)) is None
    assert last_brief(tmp_path, "q", until, dt.date(2026, 11, 20)) == last_brief(
        tmp_path, "q", until
    )


def test_a_long_way_keeps_its_whole_name_beside_its_bar() -> None:
    name = "China sea: rail via Khorgos to Lianyungang, sea to Karachi"
    bar = Bar(name=name, low_days=1.0, mean_days=2.0, high_days=3.0, note="1 USD", is_open=True)
    drawn = draw_bars([bar, replace(bar, name="Iran")], "days", "days")
    beside = re.compile(r'text-anchor="end"[^>]*>([^<]*)<')
    rows = beside.findall(drawn)
    assert " ".join(rows) == f"{name} Iran"
    assert len(rows) == 3
    endless = beside.findall(draw_bars([replace(bar, name=name * 3)], "", ""))
    assert len(endless) == 2
    assert endless[-1].endswith("…")
