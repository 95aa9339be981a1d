"""Conversations: an interview, a briefing with questions; who asks states nothing.

A text is one if its blocks begin with labels of speakers, one of them again and again or one that
asks. In an interview without labels a block that only asks is the interviewer's.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence

from karwan.ledger.text.blocks import Block, BlockKind
from karwan.ledger.text.issuer import Genre, Issuer

LABEL = re.compile(
    r"(?P<who>(?:[A-Z\u0410-\u042f\u0401][\w.'\u2019-]*)(?:\s+[\w.'\u2019-]+){0,5})\s*:\s+(?=\S)"
)
ASKS = re.compile(
    r"(?:q(?:uestion)?s?|(?:the\s+)?(?:journalist|reporter|moderator|interviewer|host|correspondent|anchor|"
    r"presenter)|вопрос\w*|корреспондент|журналист|ведущ(?:ий|ая)|модератор|интервьюер)(?:\s+\d+)?",
    re.IGNORECASE,
)
ANSWER = re.compile(r"(?:a(?:nswer)?|ответ)(?:\s+\d+)?$", re.IGNORECASE)
_OFFICE = re.compile(
    r"(?:the\s+)?(?:spokes(?:man|woman|person)|minister|president|director|secretary|governor|ambassador|"
    r"chair(?:man|woman|person)?|speaker|guest)$|(?:министр|президент|директор|представитель|посол|спикер|"
    r"председатель|гость)$",
    re.IGNORECASE,
)
_INTERVIEW = re.compile(
    r"interview|briefing|q\s*&\s*a|questions\s+and\s+answers|интервью|брифинг", re.IGNORECASE
)
_SENTENCE_END = re.compile(r"[.!?\u2026]+(?=\s|$)")
FEWEST_LABELS = 2
SPOKEN = (BlockKind.prose, BlockKind.item)


_NO_LABEL = re.compile(
    r"(?:убежд|увер|напомн|повтор|подчерк|добав|скаж|отмеч|дума|счита|глав|итог|вывод|важно|перв|втор|трет|пример|результат|"
    r"note|first|second|third|finally|result|fact|example|remember|important|conclusion|point)\w*$",
    re.IGNORECASE,
)
"""Words before a colon that lead in what the same speaker says: "Convinced: the route will pay"."""


def label_of(text: str, block: Block) -> tuple[str, int] | None:
    """Return the label that a block begins with, and where its words begin."""
    if block.kind not in SPOKEN:
        return None
    hit = LABEL.match(text, block.span.start, block.span.end)
    return (hit["who"], hit.end()) if hit and not _NO_LABEL.match(hit["who"]) else None


def is_dialogue(text: str, blocks: Sequence[Block]) -> bool:
    """Whether blocks begin with labels of those who speak in turn."""
    labels = Counter(
        label[0].casefold() for block in blocks if (label := label_of(text, block)) is not None
    )
    asked = sum(count for name, count in labels.items() if ASKS.fullmatch(name))
    again = any(count >= FEWEST_LABELS for count in labels.values())
    asks = asked > 0 or any(
        block.span.of(text).endswith("?") for block in blocks if label_of(text, block) is not None
    )
    return labels.total() >= FEWEST_LABELS and again and asks


def answering(text: str, blocks: Sequence[Block]) -> frozenset[str]:
    """Return the labels, in small letters, of blocks that do not end in a question."""
    return frozenset(
        label[0].casefold()
        for block in blocks
        if (label := label_of(text, block)) is not None and not block.span.of(text).endswith("?")
    )


def is_question(
    text: str, block: Block, issuer: Issuer, *, is_spoken: bool, answers: frozenset[str]
) -> bool:
    """Whether a block belongs to who asks: by its label, or since it only asks in an interview."""
    if block.kind not in SPOKEN:
        return False
    label = label_of(text, block) if is_spoken else None
    if label is not None:
        return ASKS.fullmatch(label[0]) is not None or (
            block.span.of(text).endswith("?") and label[0].casefold() not in answers
        )
    is_interview = issuer.genre is Genre.speech and _INTERVIEW.search(issuer.line) is not None
    if not (is_spoken or is_interview):
        return False
    ends = _SENTENCE_END.findall(block.span.of(text))
    return bool(ends) and all("?" in end for end in ends)


def is_office(label: str) -> bool:
    """Whether a label is an office without a name: whose words the title names."""
    return _OFFICE.fullmatch(label) is not None
