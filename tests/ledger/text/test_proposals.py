"""Sheets of proposals: out, decided, back; every fault is named and nothing is half-written."""

from __future__ import annotations

import csv
from io import StringIO
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from karwan.base.errors import DataError
from karwan.ledger.text.gazetteer import gazetteer_from
from karwan.ledger.text.proposals import (
    COLUMNS,
    accepted,
    hash_of,
    proposals_csv,
    read_proposals,
    to_rows,
    write_proposals,
)
from karwan.ledger.text.reading import propose
from karwan.ledger.text.sentences import make_document
from tests.reference import catalog

TEXT = "Minister Khan said that Torkham will reopen on Monday. Later the Taliban denied it at once."
DOCUMENT = make_document("note.txt", TEXT)


def rows(text: str = TEXT) -> list[dict[str, str]]:
    """Return the undecided rows of a text."""
    document = make_document("note.txt", text)
    return to_rows(document, propose(document, gazetteer_from(catalog())))


def decided(**changes: str) -> list[dict[str, str]]:
    """Return the first row accepted, with changes."""
    row = {**rows()[0], "decision": "accept", "paraphrase": "The gate is to open again."}
    return [{**row, **changes}]


def faults_of(sheet: list[dict[str, str]]) -> tuple[str, ...]:
    with pytest.raises(DataError, match="proposals sheet") as caught:
        accepted(DOCUMENT, sheet, "proposals sheet")
    return caught.value.texts


def test_what_is_accepted_keeps_its_anchor_and_its_own_words() -> None:
    (found,) = accepted(DOCUMENT, decided(), "proposals sheet")
    assert found.span.of(TEXT) == "Torkham will reopen on Monday."
    assert (found.speaker, found.speech_act) == ("Khan", "commitment")
    assert found.crossings == ("torkham-road",)
    assert found.paraphrase == "The gate is to open again."


def test_a_ledger_gets_the_anchor_in_its_own_columns() -> None:
    (found,) = accepted(DOCUMENT, decided(), "proposals sheet")
    fields = found.fields()
    start, end = int(fields["span_start_index"]), int(fields["span_end_index"])
    assert hash_of(TEXT[start:end]) == fields["span_sha256"]
    assert hash_of(TEXT) == fields["text_sha256"]
    assert (fields["speech_act"], fields["attribution"]) == ("commitment", "reported")


@given(st.text(max_size=200))
def test_a_sheet_comes_back_as_it_went(text: str) -> None:
    before = rows(f"{text}\n\nMinister Khan said that {text} will reopen on Monday.")
    assert list(csv.DictReader(StringIO(proposals_csv(before), newline=""))) == before


def test_a_file_comes_back_as_it_went(tmp_path: Path) -> None:
    path = tmp_path / "sheet.csv"
    write_proposals(rows(), path)
    assert read_proposals(path) == rows()
    assert [p.name for p in tmp_path.iterdir()] == ["sheet.csv"]
    assert accepted(DOCUMENT, read_proposals(path), "proposals sheet") == ()


BAD = {
    "span": (
        {"span": "Torkham will open", "span_sha256": hash_of("Torkham will open")},
        "span 'Torkham will open' is not what stands at 24 to 54",
    ),
    "outside": ({"end_index": "999"}, "span 24 to 999 lies outside the text of 91 characters"),
    "backwards": ({"end_index": "3"}, "span 24 to 3 lies outside the text of 91 characters"),
    "no number": ({"start_index": "-1"}, "start_index '-1' and end_index '54' must be whole"),
    "endless": ({"start_index": "9" * 5000}, "lies outside the text"),
    "other text": ({"text_sha256": "0" * 64}, "text_sha256 is not that of note.txt"),
    "span hash": ({"span_sha256": "0" * 64}, "span_sha256 is not that of the span"),
    "act": ({"speech_act": "promise"}, "speech_act is 'promise'; it must be one of assurance"),
    "near act": ({"speech_act": "warnin"}, "speech_act is 'warnin'; did you mean 'warning'?"),
    "kind": ({"speaker_kind": "goverment"}, "did you mean 'government'?"),
    "depth": ({"attribution_depth": "3"}, "attribution_depth is '3'; it must be one of 0, 1, 2"),
    "decision": ({"decision": "yes"}, "decision is 'yes'; it must be one of blank, accept, reject"),
    "no words": ({"paraphrase": " "}, "accepted without paraphrase"),
    "no kind": ({"speaker_kind": ""}, "accepted without speaker_kind"),
    "no speaker": ({"speaker": ""}, "accepted without speaker"),
    "copied": ({"paraphrase": TEXT}, "paraphrase repeats 13 words of the text in a row"),
}  # fmt: skip


@pytest.mark.parametrize("case", BAD)
def test_a_bad_row_says_what_is_wrong(case: str) -> None:
    changes, message = BAD[case]
    (fault,) = faults_of(decided(**changes))
    assert fault.startswith("row 1 (p001): ")
    assert message in fault


@pytest.mark.parametrize(("last", "is_long"), [("Taliban", False), ("denied", True)])
def test_a_span_of_thirteen_words_is_too_long(last: str, is_long: bool) -> None:
    end = TEXT.index(last) + len(last)
    span = TEXT[:end]
    sheet = decided(start_index="0", end_index=str(end), span=span, span_sha256=hash_of(span))
    if is_long:
        assert "span has 13 words; from 1 to 12 may be kept" in faults_of(sheet)[0]
    else:
        assert len(accepted(DOCUMENT, sheet, "proposals sheet")) == 1


def test_all_faults_of_all_rows_are_named_at_once() -> None:
    sheet = [
        *decided(speech_act="guess", paraphrase=""),
        *decided(span="nothing", decision="maybe"),
    ]
    found = faults_of(sheet)
    assert len(found) == 6
    assert any("id 'p001' stands in row 1 already" in fault for fault in found)


COLUMN_FAULTS = {
    "wrong columns": ("id,decision,wisdom\np1,accept,x\n", "column 'wisdom' is not known"),
    "ragged": (",".join(COLUMNS) + "\np1,accept\n", "row 1: 2 cells for 21 columns"),
    "empty": ("", "it is empty"),
    "twice": (",".join([*COLUMNS, "span"]) + "\n", "column 'span' stands twice"),
    "open quote": (",".join(COLUMNS) + '\n"p1', "cannot be read as CSV"),
}


@pytest.mark.parametrize("case", COLUMN_FAULTS)
def test_a_sheet_that_is_none_says_why(case: str, tmp_path: Path) -> None:
    text, message = COLUMN_FAULTS[case]
    path = tmp_path / "sheet.csv"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(DataError, match="in proposals") as caught:
        read_proposals(path)
    assert any(message in fault for fault in caught.value.texts)


def test_a_sheet_in_another_encoding_says_so(tmp_path: Path) -> None:
    path = tmp_path / "sheet.csv"
    path.write_bytes("id,решение\n".encode("cp1251"))
    with pytest.raises(DataError, match="is not UTF-8; save it as UTF-8"):
        read_proposals(path)


def test_a_sheet_that_cannot_be_written_leaves_nothing(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="1 fault in output"):
        write_proposals(rows(), tmp_path / "none" / "sheet.csv")
    assert list(tmp_path.iterdir()) == []
