"""Pieces of a text stand exactly where they say."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from karwan.base.errors import DataError
from karwan.ledger.text.blocks import blocks_of
from karwan.ledger.text.sentences import (
    LEFT_OPEN,
    MOST_SENTENCE_CHARS,
    MOST_SPAN_WORDS,
    QUOTES,
    Span,
    make_document,
    paragraphs,
    quotations,
    read_document,
    sentences_in_parts,
    short_span,
    words_of,
)

ANYTHING = st.text(max_size=400)
PROSE = st.lists(
    st.sampled_from(
        ["Mr. Khan said", "that trade rose", "3.5 per cent.", "“No,”", "he added.", "U.N.", "\n\n",
         "گفت.", "Yet", "Torkham", "and that", "; ", ", leaving", "the U.S. and", "!", "?", "\r\n"]
    ),
    max_size=30,
).map(" ".join)  # fmt: skip


@given(st.one_of(ANYTHING, PROSE))
def test_sentences_come_in_order_and_never_overlap(text: str) -> None:
    at = 0
    for block in blocks_of(text):
        for span in split_sentences(text, block.span):
            assert at <= span.start < span.end <= len(text)
            at = span.end


@given(st.one_of(ANYTHING, PROSE))
def test_no_word_of_a_block_is_lost(text: str) -> None:
    for block in paragraphs(text):
        kept = "".join(piece.of(text) for piece in split_sentences(text, block))
        assert "".join(kept.split()) == "".join(block.of(text).split())


@given(ANYTHING)
def test_quotations_stand_between_marks(text: str) -> None:
    for inner in quotations(text):
        opening, rest = text[inner.start - 1], text[inner.end :]
        is_open_still = not rest or rest.startswith("\n")
        assert (opening, rest[:1]) in QUOTES or (is_open_still and opening in LEFT_OPEN)


@pytest.mark.parametrize("count", [3, 40, 400])
@pytest.mark.parametrize("marks", ["\u201c\u201d", "\u00ab\u00bb", '""'])
def test_a_quotation_is_no_shorter_for_being_long(count: int, marks: str) -> None:
    inner = " ".join(["Torkham will reopen for trade on Monday."] * count)
    text = f"Khan said: {marks[0]}{inner}{marks[1]}\n\nThe market was quiet."
    assert [one.of(text) for one in quotations(text)] == [inner]


def test_a_speech_of_several_paragraphs_is_quoted_to_its_end() -> None:
    text = 'Khan said: \u201cOne rule.\n\n\u201cTwo rules.\u201d\n\nAll was quiet, 5" of rain fell.'
    assert [one.of(text) for one in quotations(text)] == ["One rule.", "Two rules."]


@given(ANYTHING, st.integers(0, 50), st.integers(0, 400))
def test_a_short_span_has_at_most_twelve_words(text: str, start: int, length: int) -> None:
    piece = Span(min(start, len(text)), min(start + length, len(text)))
    found = short_span(text, piece)
    if found is None:
        assert words_of(piece.of(text)) == []
    else:
        assert piece.start <= found.start < found.end <= piece.end
        assert 1 <= len(words_of(found.of(text))) <= MOST_SPAN_WORDS


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("Mr. Khan met Dr. Ali at 3.30 p.m. on Monday.", 1),
        ("The U.N. said so. Kabul denied it.", 2),
        ("Trade rose 3.5 per cent. It fell again.", 2),
        ("“We will open it.” He left.", 2),
        ("Will it open? Nobody knows!", 2),
        ("به گفته او مرز باز است. او رفت.", 2),
        ("J. Smith wrote it… and left.", 1),
        ("One.", 1),
    ],
)
def test_marks_that_end_a_sentence(text: str, count: int) -> None:
    assert len(split_sentences(text, Span(0, len(text)))) == count


@given(st.integers(1, 9000), st.sampled_from(["word ", "x", "a, and "]))
def test_a_run_without_an_end_is_cut_and_nothing_lost(count: int, piece: str) -> None:
    text = piece * count + "."
    found = split_sentences(text, Span(0, len(text)))
    assert all(span.end - span.start <= MOST_SENTENCE_CHARS for span in found)
    assert "".join("".join(span.of(text) for span in found).split()) == "".join(text.split())


def split_sentences(text: str, block: Span) -> list[Span]:
    """Return the sentences of a block, in parts where they are very long."""
    return [part for parts in sentences_in_parts(text, block) for part in parts]


def test_headline_and_prose_are_numbered_and_menus_left_out() -> None:
    text = "A headline\n\nTags, Tags\n\nFirst. Second.\n\nThird.\n\nScroll to Top"
    assert [(b.paragraph, b.kind.value, b.span.of(text)) for b in blocks_of(text)] == [
        (0, "heading", "A headline"),
        (0, "heading", "Tags, Tags"),
        (1, "prose", "First. Second."),
        (2, "prose", "Third."),
        (2, "aside", "Scroll to Top"),
    ]


@given(st.one_of(ANYTHING, PROSE))
def test_no_word_of_a_text_is_in_no_block(text: str) -> None:
    """Marks and datelines are left out; nothing else is."""
    kept = sum(len("".join(block.span.of(text).split())) for block in blocks_of(text))
    assert kept <= len("".join(text.split()))
    if text.strip() and not any(char in text for char in ".-–—•*·)\"'"):
        assert kept > 0


BAD = {
    "empty": (b" \n", "it is empty"),
    "bom only": (b"\xef\xbb\xbf", "it is empty"),
    "binary": (b"\x7fELF\x00\x01 text", "it is no text (byte 4 is NUL); save its words"),
    "pdf": (b"%PDF-1.7 words", "it begins like a PDF, an archive or an image"),
    "html": (b"<!DOCTYPE html><p>Open.</p>", "it is a page saved as HTML; save its words"),
    "controls": (b"\x01\x02\x03 words here", "3 of 14 characters are control codes"),
    "utf-16": ("Text.".encode("utf-16"), "it is UTF-16; save it as UTF-8"),
    "cp1251": ("Ворота закрыты.".encode("cp1251"), "byte 0 (0xc2) is not UTF-8; save it as UTF-8"),
}


@pytest.mark.parametrize("case", BAD)
def test_a_file_that_is_no_text_says_why(case: str, tmp_path: Path) -> None:
    content, message = BAD[case]
    path = tmp_path / "note.txt"
    path.write_bytes(content)
    with pytest.raises(DataError, match="1 fault in document") as caught:
        read_document(path)
    assert message in caught.value.texts[0]


def test_a_missing_file_is_one_error(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="it is not there"):
        read_document(tmp_path / "none.txt")


def test_a_file_keeps_its_line_ends_and_its_characters(tmp_path: Path) -> None:
    text = "Торхам.\r\n\r\nOne “two”.\n"
    path = tmp_path / "note.txt"
    path.write_bytes(b"\xef\xbb\xbf" + text.encode())
    assert read_document(path) == make_document("note.txt", text)
