"""Cut a text into paragraphs, sentences and quotations, every piece with its exact offsets.

Offsets count characters of the text as it was decoded, so a piece can always be found again; the
text itself stays with its owner. Rules, no model: what a rule cuts wrongly a person mends.
"""

from __future__ import annotations

import hashlib
import re
from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from karwan.base.errors import DataError
from karwan.base.limits import MOST_TEXT_BYTES
from karwan.base.troubles import reason

MOST_SPAN_WORDS = 12
"""A span longer than this is no anchor any more but a copy."""

_SHORT = """
mr mrs ms dr prof gen col lt maj sgt st no nos vs etc approx gov sen rep hon jr sr inc ltd co
e.g i.e u.s u.k u.n p.m a.m jan feb mar apr jun jul aug sep sept oct nov dec fig km art
"""
ABBREVIATIONS = frozenset(_SHORT.split())
QUOTES = (
    ("\u201c", "\u201d"), ("\u00ab", "\u00bb"), ("\u201e", "\u201c"), ("\u201e", "\u201d"),
    ("\u00bb", "\u00ab"), ("\u2039", "\u203a"), ("\u300c", "\u300d"), ("\u300e", "\u300f"),
    ('"', '"'),
)  # fmt: skip
"""Marks that open and close a quotation, in the scripts that write so."""
LEFT_OPEN = frozenset('\u201c\u00ab\u201e"')
"""Marks that open a paragraph of a speech which goes on in the next."""
MOST_SENTENCE_CHARS = 2000
"""A longer run without an end is read in parts, so that reading takes bounded time."""
MOST_QUOTED_CHARS = 20_000
"""How far the end of a quotation is looked for that holds another."""
DASH_SPEECH = re.compile(
    r"^[^\S\n]*(?P<dash>[–—-][^\S\n]+)(?=\S)[^\n]*?(?P<end>[,.!?…])[^\S\n]*"
    r"[–—-][^\S\n]+(?=(?:[^\W\d_]+[^\S\n]+){0,3}?(?:сказа|заяв|сообщ|"
    r"отме|подч|добав|уточн|рассказ|"
    r"поясн|объясн|говор|ответ|пообещ|"
    r"предупр|завер|счита|полага|напомн|"
    r"призна|указ|подтвер|переда))",
    re.MULTILINE | re.IGNORECASE,
)
"""A line that begins with a dash and goes on with ", \u2014 said X"."""
MOST_GAP_CHARS = 60
"""How far a mark looks around itself; without a bound a long text takes time by its square."""

_RUN = re.compile(r"\S+")
_LETTER = re.compile(r"\w")
_END = re.compile(
    r"[.!?\u2026\u061f\u06d4\u3002]+[\"'\u201d\u201c\u2019\u00bb\u203a\u300d\u300f)\]]*(?=\s|$)"
)
_BLANK_LINES = re.compile(r"\n[^\S\n]*\n\s*")
_TERMINAL = re.compile(
    r"[.!?\u2026\u061f\u06d4\u3002][\"'\u201d\u201c\u2019\u00bb\u203a\u300d\u300f)\]]*$"
)
CONTROL_SHARE = 0.01


@dataclass(frozen=True, slots=True)
class Span:
    """A piece `[start, end)` of a text."""

    start: int
    end: int

    def of(self, text: str) -> str:
        """Return the piece itself."""
        return text[self.start : self.end]


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence with the number of its paragraph; 0 is the headline."""

    paragraph: int
    span: Span


@dataclass(frozen=True, slots=True)
class Document:
    """A text that was read, with its name and the SHA-256 of its UTF-8 bytes."""

    name: str
    text: str
    sha256: str


def make_document(name: str, text: str) -> Document:
    """Return a text as a document."""
    return Document(name, text, hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest())


def read_document(path: Path) -> Document:
    """Return the text of a file; line ends and characters stay as they are.

    Raises
    ------
    DataError
        If the file is missing, empty, binary or not UTF-8; it says where and what to do.
    """
    where = f"document {path}"
    try:
        size = path.stat().st_size
        if size > MOST_TEXT_BYTES:
            fault = f"it has {size:,} bytes, and at most {MOST_TEXT_BYTES:,} are read"
            raise DataError(where, [fault])
        content = path.read_bytes()
    except OSError as error:
        raise DataError(where, [f"it {reason(error)}"]) from error
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise DataError(where, ["it is UTF-16; save it as UTF-8"])
    bare = content.removeprefix(b"\xef\xbb\xbf")
    if not bare.strip():
        raise DataError(where, ["it is empty"])
    faults = []
    nul = bare.find(b"\x00")
    if nul >= 0 or bare.startswith((b"%PDF", b"PK\x03\x04", b"\x89PNG", b"\xff\xd8")):
        at = f"byte {nul} is NUL" if nul >= 0 else "it begins like a PDF, an archive or an image"
        faults.append(f"it is no text ({at}); save its words as plain text, UTF-8")
    if bare.lstrip()[:200].lower().startswith((b"<!doctype html", b"<html", b"<head", b"<?xml")):
        faults.append("it is a page saved as HTML; save its words as plain text, UTF-8")
    try:
        text = bare.decode("utf-8")
    except UnicodeDecodeError as error:
        faults.append(
            f"byte {error.start} ({bare[error.start]:#04x}) is not UTF-8; save it as UTF-8, for "
            "example from Windows-1251 or Windows-1252"
        )
        raise DataError(where, faults) from error
    controls = sum(ord(char) < 32 and char not in "\t\n\r\f" for char in text)  # noqa: PLR2004
    if not faults and controls > CONTROL_SHARE * len(text):
        faults.append(f"it is no text: {controls} of {len(text)} characters are control codes")
    if faults:
        raise DataError(where, faults)
    return make_document(path.name, text)


def words_of(text: str) -> list[Span]:
    """Return the words of a text: runs without blanks that hold a letter or digit."""
    return [Span(hit.start(), hit.end()) for hit in _RUN.finditer(text) if _LETTER.search(hit[0])]


def has_words(text: str, piece: Span, count: int) -> bool:
    """Whether a piece has at least so many words."""
    runs = _RUN.finditer(text, piece.start, piece.end)
    words = (run for run in runs if _LETTER.search(run[0]))
    return len(list(islice(words, count))) == count


def paragraphs(text: str) -> list[Span]:
    """Return blocks between blank lines; of a text without any, its lines."""
    separator = _BLANK_LINES if _BLANK_LINES.search(text.strip()) else re.compile(r"\n")
    found = []
    at = 0
    for gap in [*separator.finditer(text), None]:
        end = len(text) if gap is None else gap.start()
        piece = trimmed(text, at, end)
        if piece is not None:
            found.append(piece)
        at = end if gap is None else gap.end()
    return found


def trimmed(text: str, start: int, end: int) -> Span | None:
    """Return a piece without blanks at its ends, or None if nothing is left."""
    while start < end and text[start].isspace():
        start += 1
    while end > start and text[end - 1].isspace():
        end -= 1
    return Span(start, end) if start < end else None


def ends_as_sentence(text: str, block: Span) -> bool:
    """Whether a block ends as a sentence does; its last marks are enough to tell."""
    last = Span(max(block.start, block.end - MOST_GAP_CHARS), block.end)
    return _TERMINAL.search(last.of(text)) is not None


def sentences_in_parts(text: str, block: Span) -> list[list[Span]]:
    """Return each sentence of a block as its parts: one, unless it is longer than is read at once.

    Abbreviations, initials and decimals do not end a sentence.
    """
    found: list[Span] = []
    at = block.start
    for hit in _END.finditer(text, block.start, block.end):
        if hit.end() < block.end and not _ends_here(text, at, hit):
            continue
        found.append(Span(at, hit.end()))
        at = hit.end()
    cut = [
        [part for piece in _bounded(text, whole) if (part := trimmed(text, piece.start, piece.end))]
        for whole in [*found, Span(at, block.end)]
    ]
    return [parts for parts in cut if parts]


def _bounded(text: str, piece: Span) -> list[Span]:
    """Return a piece in parts of bounded length, cut at a blank where there is one."""
    found = []
    at = piece.start
    while piece.end - at > MOST_SENTENCE_CHARS:
        blank = text.rfind(" ", at + 1, at + MOST_SENTENCE_CHARS)
        cut = blank if blank > 0 else at + MOST_SENTENCE_CHARS
        found.append(Span(at, cut))
        at = cut
    return [*found, Span(at, piece.end)]


def _ends_here(text: str, start: int, hit: re.Match[str]) -> bool:
    """Whether a mark ends its sentence: no abbreviation before it, no small letter after it."""
    after = text[hit.end() : hit.end() + MOST_GAP_CHARS].lstrip()[:1]
    if after.islower():
        return False
    if not hit[0].startswith("."):
        return True
    words = text[max(start, hit.start() - MOST_GAP_CHARS) : hit.start()].split()
    last = words[-1].lstrip("(\"'\u201c\u2018").casefold() if words else ""
    return last not in ABBREVIATIONS and not (len(last) == 1 and last.isalpha())


def quotations(text: str) -> list[Span]:
    """Return what stands between quotation marks, marks left out; none runs over a blank line.

    Marks of one kind are paired from the left; of quotations that overlap the first stands. One
    that is not closed before a blank line reaches to it, as where a speech of several paragraphs
    has a mark before each and closes with the last. A line that a dash opens, as Russian newspapers
    write speech, is a quotation up to the dash before who spoke. Of «one «in» another» the outer
    stands.
    """
    opens: dict[str, set[str]] = {}
    for opening, closing in QUOTES:
        opens.setdefault(opening, set()).add(closing)
    places = {mark: [hit.start() for hit in re.finditer(mark, text)] for _, mark in QUOTES}
    gaps = [hit.start() for hit in _BLANK_LINES.finditer(text)]
    found: list[Span] = []
    at = 0
    spoken = {hit.end("dash"): hit.start("end") for hit in DASH_SPEECH.finditer(text)}
    while at < len(text):
        if at in spoken and spoken[at] > at:
            found.append(Span(at, spoken[at]))
            at = spoken[at]
        elif text[at] in opens:
            end = _closing(text, at + 1, [places[mark] for mark in opens[text[at]]], gaps)
            if end > at + 1:
                found.append(Span(at + 1, end))
                at = end
        at += 1
    return found


def _outer(text: str, start: int, most: int, first: int) -> int:
    """Return where a quotation closes that may hold others of the same marks; `first` if none."""
    depth = 1
    for at in range(start, min(most, start + MOST_QUOTED_CHARS)):
        depth += (text[at] == "\u00ab") - (text[at] == "\u00bb")
        if not depth:
            return at
    return first


def _closing(text: str, start: int, places: Sequence[Sequence[int]], gaps: Sequence[int]) -> int:
    """Return where a quotation ends; -1 if none begins here.

    Parameters
    ----------
    places, gaps
        Where each mark that may close it stands, and where blank lines begin, in order.
    """
    after = bisect_left(gaps, start)
    most = gaps[after] if after < len(gaps) else len(text)
    ends = [
        place[next_one]
        for place in places
        if (next_one := bisect_left(place, start)) < len(place) and place[next_one] < most
    ]
    if ends and text[start - 1] == "\u00ab":
        return _outer(text, start, most, min(ends))
    if ends:
        return min(ends)
    begins = start == 1 or not text[start - 2].isalnum()
    is_left_open = text[start - 1] in LEFT_OPEN and begins and text[start : start + 1].isalnum()
    goes_on = text[most : most + MOST_GAP_CHARS].lstrip().startswith(text[start - 1])
    return most if is_left_open and goes_on else -1


def short_span(text: str, piece: Span, most_words: int = MOST_SPAN_WORDS) -> Span | None:
    """Return at most so many words from the start of a piece; None if it has no word."""
    words = words_of(piece.of(text))[:most_words]
    if not words:
        return None
    return Span(piece.start + words[0].start, piece.start + words[-1].end)
