"""The blocks of a text: title, numbered point, list, headline, prose; nothing dropped uncounted.

A list mark, a label or a dateline is part of no sentence, and a line that says nothing (a greeting,
a place with its date, a caption) is set aside with its reason, so that it can be counted.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from itertools import zip_longest

from karwan.ledger.text.issuer import tells_genre
from karwan.ledger.text.sentences import (
    DASH_SPEECH,
    Span,
    ends_as_sentence,
    has_words,
    paragraphs,
    sentences_in_parts,
    trimmed,
)


class BlockKind(StrEnum):
    """What a block is."""

    heading = "heading"
    headline = "headline"
    item = "item"
    lead_in = "lead_in"
    prose = "prose"
    aside = "aside"


@dataclass(frozen=True, slots=True)
class Block:
    """A block, its span without list mark and dateline, and the number of its paragraph.

    Titles are paragraph 0; what is set aside has the number of the paragraph before it.
    """

    kind: BlockKind
    span: Span
    paragraph: int
    mark: str = ""
    """Sort of its list mark: `1`, `a`, `i`, the bullet itself; blank without one."""


MARK = re.compile(
    r"(?!\u0433\.\s+[\u0410-\u042f])(?:\(?(?:\d{1,3}|[ivxIVX]{1,5}|[a-z\u0430-\u044f])[.)]|\d{1,2}(?:\.\d{1,2})+\.?|"
    r"[-\u2013\u2014\u2022\u00b7*\u25cf\u25aa\u25e6\u2023>])(?:\s+|(?=[A-Z\u0410-\u042f]))"
)
"""Number, letter, roman number, dash or bullet before an item."""
_MONTH = (
    r"(?i:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec|\u044f\u043d\u0432|\u0444\u0435\u0432|"
    r"\u043c\u0430\u0440|\u0430\u043f\u0440|\u043c\u0430[\u0439\u044f]|\u0438\u044e\u043d|"
    r"\u0438\u044e\u043b|\u0430\u0432\u0433|\u0441\u0435\u043d|\u043e\u043a\u0442|"
    r"\u043d\u043e\u044f|\u0434\u0435\u043a)\w*\.?"
)
_DAY = (
    rf"(?:{_MONTH}\s+\d{{1,2}}|\d{{1,2}}\s+{_MONTH})(?:,?\s+\d{{4}})?(?:\s+\u0433(?:\.|"
    rf"\u043e\u0434\u0430))?"
)
_CAPITALS = r"[A-Z\u0410-\u042f\u0401][A-Z\u0410-\u042f\u0401'. /-]{2,40}"
DATELINE = re.compile(
    rf"(?:(?:{_CAPITALS}(?-i:[,.])?|[^\W\d_]{{1,30}}(?:[ -][^\W\d_]{{1,30}}){{0,2}},)"
    rf"(?:\s+[^\W\d_]{{2,30}}(?=\s+[\u2014\u2013-]))?\s*(?:{_DAY})?"
    r"(?:,?\s*\d{4})?(?:,?\s*\d{1,2}:\d{2})?\s*,?\s*"
    r"(?:[(/][^)/]{2,40}[)/])?\s*(?:\u2014|\u2013|--|-)\s+)"
    r"(?:[^\W\d_][\w \u00ab\u00bb\"'/.-]{2,40}?\.\s+(?=[A-Z\u0410-\u042f\u00ab\u201c\"]))?"
    rf"|(?:{_CAPITALS}(?:,\s*{_DAY})?\s*[(/][^)/]{{2,40}}[)/]\s*:\s+)"
    rf"|(?:{_CAPITALS},\s*{_DAY}\s*:\s+)"
    rf"|(?:[^\W\d_]{{2,30}}\.\s+{_DAY}\.\s+[^\W\d_][\w \u00ab\u00bb-]{{2,30}}\.\s+)"
    rf"|(?:{_CAPITALS},\s*{_DAY}\s*[,.]?\s*/[^/]{{2,30}}/\.?\s*(?:[-\u2013\u2014]\s*)?)"
    rf"|(?:{_CAPITALS},?\s*(?:{_DAY})?\s*[,.]?\s*[\"\u00ab\u201c][^\"\u00bb\u201d]{{2,40}}"
    r"[\"\u00bb\u201d]\.?\s*(?:[-\u2013\u2014]\s*)?)"
    rf"|(?:[A-Z\u0410-\u042f\u0401][A-Z\u0410-\u042f\u0401-]{{3,30}}\.\s+)"
)
"""`KABUL, Nov 3 (Agency) - `, `ТАШКЕНТ, 5 мая — Агентство. `, `АСТАНА. `."""
PLACE_AND_DATE = re.compile(
    rf"(?:[^\W\d_][\w .'-]*,\s*)?(?:{_DAY}|\d{{1,2}}[./]\d{{1,2}}[./]\d{{2,4}})\W*$", re.IGNORECASE
)
_GREETING = re.compile(
    r"(?:dear|excellenc|ladies|mr\.?\s+(?:chair|president|secretary)|madam|colleagues|"
    r"distinguished|thank\s+you|\u0443\u0432\u0430\u0436\u0430\u0435\u043c|"
    r"\u0434\u043e\u0440\u043e\u0433\u0438\u0435|"
    r"\u0434\u0430\u043c\u044b|\u0441\u043f\u0430\u0441\u0438\u0431\u043e|"
    r"\u0431\u043b\u0430\u0433\u043e\u0434\u0430\u0440\u044e\s+\u0437\u0430)",
    re.IGNORECASE,
)  # fmt: skip
_ATTENDED = re.compile(
    r"(?:present|attended(?:\s+by)?|participants|in\s+attendance|\u0441\u043b\u0443\u0448\u0430\u043b\u0438|"
    r"\u043f\u0440\u0438\u0441\u0443\u0442\u0441\u0442\u0432\u043e\u0432\u0430\u043b\u0438|"
    r"\u0443\u0447\u0430\u0441\u0442\u0432\u043e\u0432\u0430\u043b\u0438)\s*:",
    re.IGNORECASE,
)
"""A list of who was there, which says nothing."""
MOST_GREETING_WORDS = 9
MOST_HEADING_WORDS = 4
FEWEST_HEADLINE_WORDS = 3
FEWEST_HEADING_LETTERS = 4
HEADLINES_SHARE = 0.6
FEWEST_HEADLINES = 2
MOST_TITLES = 4


def blocks_of(text: str) -> list[Block]:
    """Return the blocks of a text in order, every letter but marks and blanks in one of them."""
    pieces = [part for block in paragraphs(text) for part in _lines(text, block)]
    marked = [
        None
        if DASH_SPEECH.match(text, piece.start, piece.end)
        else MARK.match(text, piece.start, piece.end)
        for piece in pieces
    ]
    if _all_headlines(text, pieces, marked):
        return [Block(BlockKind.headline, piece, order) for order, piece in enumerate(pieces)]
    blocks: list[Block] = []
    number, in_title = 0, True
    for order, (piece, mark) in enumerate(zip(pieces, marked, strict=True)):
        kind = _kind(text, piece, is_item=mark is not None)
        if in_title and kind is BlockKind.aside and order < MOST_TITLES:
            words = piece.of(text)
            is_place = PLACE_AND_DATE.fullmatch(words) and not tells_genre(words)
            is_place = is_place or is_greeting(words)
            blocks.append(Block(BlockKind.aside if is_place else BlockKind.heading, piece, 0))
            continue
        in_title = False
        sort = _sort_of(mark[0]) if mark else ""
        if kind is BlockKind.lead_in:
            after = trimmed(text, mark.end(), piece.end) if mark else piece
            blocks.append(Block(kind, after or piece, number, sort))
            continue
        if kind is BlockKind.aside:
            blocks.append(Block(kind, piece, number))
            continue
        number += 1
        start = mark.end() if mark else piece.start
        dateline = None if mark else DATELINE.match(text, start, piece.end)
        if dateline and piece.end - dateline.end() > 0:
            start = dateline.end()
        span = trimmed(text, start, piece.end)
        if span is not None:
            blocks.append(Block(kind, span, number, sort))
    return [
        replace(block, kind=BlockKind.aside) if _leads_points(text, block, after) else block
        for block, after in zip_longest(blocks, blocks[1:])
    ]


def _leads_points(text: str, block: Block, after: Block | None) -> bool:
    """Whether a numbered block is a short title of the points that stand in it."""
    return (
        block.kind is BlockKind.item
        and after is not None
        and after.kind is BlockKind.item
        and after.mark != block.mark
        and block.mark.startswith("1")
        and (after.mark.startswith("1.") or not after.mark.startswith("1"))
        and len(block.span.of(text).split()) <= MOST_HEADING_WORDS
        and not ends_as_sentence(text, block.span)
    )


def _sort_of(mark: str) -> str:
    """Return the sort of a list mark, so that items of one list are known by it."""
    bare = mark.strip(" ().")
    if not bare:
        return mark.strip()
    if bare[0].isdecimal():
        return "1" + "." * bare.count(".")
    return "a" if bare.isalpha() else bare


def _lines(text: str, block: Span) -> list[Span]:
    """Return a paragraph in lines where its lines are items or titles, else whole."""
    lines = []
    at = block.start
    while at < block.end:
        end = text.find("\n", at, block.end)
        end = block.end if end < 0 else end
        line = trimmed(text, at, end)
        if line is not None:
            lines.append(line)
        at = end + 1
    if len(lines) > 1 and _is_heading(lines[0].of(text)):
        return [lines[0], *_lines(text, Span(lines[1].start, block.end))]
    items = sum(MARK.match(text, line.start, line.end) is not None for line in lines)
    if items > 1 or (items == 1 and len(lines) > 1 and not MARK.match(text, block.start)):
        joined: list[Span] = []
        for line in lines:
            goes_on = joined and not MARK.match(text, line.start) and text[line.start].islower()
            if goes_on:
                joined[-1] = Span(joined[-1].start, line.end)
            else:
                joined.append(line)
        return joined
    if len(lines) > 1 and not any(ends_as_sentence(text, line) for line in lines):
        return lines
    return [block]


def _is_heading(line: str) -> bool:
    """Whether a line is a section's title in capitals, and no sentence."""
    letters = sum(char.isalpha() for char in line)
    return line.isupper() and letters >= FEWEST_HEADING_LETTERS and line[-1].isalnum()


def _kind(text: str, piece: Span, *, is_item: bool) -> BlockKind:
    words = piece.of(text)
    if _ATTENDED.match(words) or PLACE_AND_DATE.fullmatch(words):
        return BlockKind.aside
    if words.endswith(":"):
        return BlockKind.lead_in
    if is_item:
        return BlockKind.item
    if is_greeting(words) or not ends_as_sentence(text, piece):
        return BlockKind.aside
    return BlockKind.prose


def is_greeting(words: str) -> bool:
    """Whether a line greets or thanks, and says nothing."""
    return bool(_GREETING.match(words)) and len(words.split()) <= MOST_GREETING_WORDS


def _all_headlines(
    text: str, pieces: Sequence[Span], marked: Sequence[re.Match[str] | None]
) -> bool:
    """Whether a text is a list of headlines: hardly a block ends as a sentence, none is marked."""
    if len(pieces) <= FEWEST_HEADLINES or any(marked):
        return False
    bare = [
        piece
        for piece in pieces
        if not ends_as_sentence(text, piece) and has_words(text, piece, FEWEST_HEADLINE_WORDS)
    ]
    if any(len(sentences_in_parts(text, piece)) > 1 for piece in pieces if piece not in bare):
        return False  # no headline has several sentences
    return len(bare) >= HEADLINES_SHARE * len(pieces)
