"""The shipped ledger: whole, in closed words, attributed, with spans that stand in their text."""

from __future__ import annotations

import datetime as dt
import hashlib
import os
from collections import Counter
from enum import StrEnum
from pathlib import Path

import pytest

from karwan.analysis.assurances.book import Told, open_book
from karwan.base.agreement import agreement
from karwan.base.errors import DataError
from karwan.base.known import known_from
from karwan.base.provenance import last_day
from karwan.data.rows.ledger import LedgerCorrectionRow
from karwan.ledger import words
from karwan.ledger.faults import check_span
from karwan.ledger.nouns import MAX_SPAN_WORDS, Ledger
from karwan.ledger.statements import read_ledger
from karwan.ledger.words import map_word, parse_word
from tests.reference import catalog


@pytest.fixture(scope="module")
def ledger() -> Ledger:
    return read_ledger(catalog())


def test_the_ledger_holds_statements_commitments_and_transport_assurances(ledger: Ledger) -> None:
    assert Counter(ident[0] for ident in ledger.statements) == {"C": 68, "S": 52, "T": 15}


def test_every_statement_of_the_fact_tables_is_in_it_with_its_speaker(ledger: Ledger) -> None:
    for row in catalog().read("commitments").to_dicts():
        assert ledger.statements[row["id"]].speaker == row["actor"]
        assert ledger.statements[row["id"]].listed_status == row["status"]
    for row in catalog().read("article_statements").to_dicts():
        assert ledger.statements[row["id"]].speaker == row["speaker"]
        nothing = row["corroboration"] == "none found"
        assert (ledger.statements[row["id"]].corroboration == "none found") == nothing


def test_every_statement_has_parts_and_every_testable_part_a_test(ledger: Ledger) -> None:
    for parts in ledger.parts_of.values():
        assert parts
        for part in parts:
            testable = part.testable is words.Testability.yes
            assert bool(ledger.tests_of[part.id]) == testable, part.id
            assert testable or part.reason, part.id


@pytest.mark.parametrize(
    ("kind", "field", "words_of"),
    [
        ("statements", "speech_act", words.SpeechAct),
        ("statements", "speaker_kind", words.SpeakerKind),
        ("statements", "corroboration", words.Corroboration),
        ("propositions", "testable", words.Testability),
        ("evidence", "bears", words.Bears),
        ("evidence", "independence", words.Independence),
    ],
)
def test_tables_and_code_know_the_same_closed_lists(
    kind: str, field: str, words_of: type[StrEnum]
) -> None:
    fields = {f.name: f for f in catalog().resource(f"ledger_{kind}").table.fields}
    assert set(fields[field].enum) == {word.value for word in words_of}


@pytest.mark.parametrize(("table", "column", "field"), [
    ("commitments", "type", "speech_act"),
    ("article_statements", "type", "speech_act"),
])  # fmt: skip
def test_one_list_serves_both_fact_tables(table: str, column: str, field: str) -> None:
    for old in {row[column] for row in catalog().read(table).to_dicts()}:
        for word in map_word(catalog(), field, old):
            assert words.SpeechAct(word)


def test_every_old_status_maps_to_the_ledger() -> None:
    for old in {row["status"] for row in catalog().read("commitments").to_dicts()}:
        field = "evidence_status" if old in ("contradicted", "unverifiable") else "delivery"
        assert map_word(catalog(), field, old)
    assert map_word(catalog(), "delivery", "unmet") == ("not met",)
    assert map_word(catalog(), "delivery", "overdue") == ("overdue, no evidence",)


def test_an_unknown_word_is_refused_with_the_nearest() -> None:
    with pytest.raises(DataError, match=r"--status 'met latex' is not one of .*mean 'met l"):
        parse_word(words.Delivery, "met latex", "--status")
    with pytest.raises(DataError, match="delivery 'broke' is not one of "):
        map_word(catalog(), "delivery", "broke")


def test_article_spans_are_short_and_carry_hashes_not_text(ledger: Ledger) -> None:
    texts = {s.span.text_sha256 for s in ledger.statements.values() if s.span is not None}
    assert len(texts) == 1
    for ident in [f"S{n:02d}" for n in range(1, 53)]:
        span = ledger.statements[ident].span
        assert span is not None
        assert 0 < span.end_index - span.start_index < 120
        assert len(span.span_sha256) == 64


@pytest.mark.skipif("KARWAN_ARTICLE" not in os.environ, reason="KARWAN_ARTICLE names no file")
def test_every_span_stands_in_the_article(ledger: Ledger) -> None:
    text = Path(os.environ["KARWAN_ARTICLE"]).read_text(encoding="utf-8")
    for statement in ledger.statements.values():
        if statement.span is None:
            continue
        span = statement.span
        assert hashlib.sha256(text.encode()).hexdigest() == span.text_sha256
        check_span(text, span.start_index, span.end_index, span.span_sha256)


def test_a_span_that_is_not_in_its_text_is_refused() -> None:
    text = (
        "The gate opens on Monday, said the customs officer to nine or ten of the drivers waiting."
    )
    good = hashlib.sha256(b"opens on Monday").hexdigest()
    check_span(text, 9, 24, good)
    with pytest.raises(DataError, match="span 8-23 is not in its source text"):
        check_span(text, 8, 23, good)
    with pytest.raises(DataError, match="span 80-200 lies outside its text of 89 characters"):
        check_span(text, 80, 200, good)
    whole = hashlib.sha256(text.encode()).hexdigest()
    with pytest.raises(DataError, match=f"span has 17 words; at most {MAX_SPAN_WORDS} are kept"):
        check_span(text, 0, len(text), whole)


def test_a_vague_date_counts_from_its_last_day_but_not_after_it_was_read() -> None:
    read_on = last_day("2026-11-22")
    assert read_on is not None
    assert known_from("2026-02", read_on).isoformat() == "2026-02-28"
    assert known_from("2024-02", read_on).isoformat() == "2024-02-29"
    assert known_from("2025-12", read_on).isoformat() == "2025-12-31"
    assert known_from("2026 (undated page)", read_on) == read_on
    assert known_from(None, read_on) == read_on


def test_the_rules_and_the_word_that_each_commitment_came_with_agree_as_the_page_says() -> None:
    """docs/ledger.md prints these two figures; a listed word stands for each it maps to."""
    book = open_book(catalog())
    listed, ruled = [], []
    for status in book.assess(dt.date(2026, 11, 27)):
        word = status.statement.listed_status
        if not word:
            continue
        of_evidence = word in ("contradicted", "unverifiable")
        mine = str(status.evidence_word if of_evidence else status.delivery_word)
        field = "evidence_status" if of_evidence else "delivery"
        listed.append(word)
        ruled.append(word if mine in map_word(catalog(), field, word) else mine)
    told = agreement(listed, ruled)
    assert (told.count, told.same_count) == (60, 44)
    assert round(told.kappa or 0, 2) == 0.62
    text = Path("docs/ledger.md").read_text(encoding="utf-8")
    assert "same word for 44 of them (Cohen's kappa\n0.62)" in text


def test_each_correction_asked_for_is_done_or_answered() -> None:
    rows = catalog().rows(LedgerCorrectionRow)
    assert [row.correction_id for row in rows] == [f"LC{n:02d}" for n in range(1, 27)]
    assert all(row.note for row in rows)


def test_evidence_that_counts_neither_way_is_told_beside() -> None:
    book = open_book(catalog())
    told = Told(
        book, next(one for one in book.assess(dt.date(2026, 11, 22)) if one.statement.id == "T03")
    )
    assert [row["id"] for row in told.beside()] == ["E150"]
    assert not {"E150"} & {row["id"] for row in told.evidence("contradicts")}
    early = book.assess(dt.date(2021, 8, 17))
    assert not Told(book, next(one for one in early if one.statement.id == "T03")).beside()
