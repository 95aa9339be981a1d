"""English: clauses of a sentence with cue and subject, and who is named around a quotation."""

from __future__ import annotations

import re
from dataclasses import dataclass

from karwan.ledger.text.clauses import clauses_of
from karwan.ledger.text.cues import CLAIM_NOUN, CUE, CUE_ACTS, FIRST_PERSON, NOUN_ACTS, PASSIVE
from karwan.ledger.text.sentences import Sentence, Span

__all__ = ("FIRST_PERSON", "Clause", "around", "clauses", "nested")


@dataclass(frozen=True, slots=True, kw_only=True)
class Clause:
    """A clause: where its words stand, its cue with the act it names, and the cue's subject."""

    start: int
    end: int
    cue: str
    act: str
    subject: str
    starts_anew: bool
    is_tail: bool


Around = tuple[str, str, str, int | None]
"""Subject, cue, its act, and where behind the quotation the rest of the sentence begins."""

_AFTER = re.compile(
    rf"^[\"”»“'’]?\s*,?\s*(?:[—–-]\s*)?(?P<who>[^,\"“«]{{1,110}}?)\s+(?<![\w-])(?P<cue>{CUE.pattern})(?![\w-])(?P<tail>[^,]*)",
    re.IGNORECASE,
)
MOST_BEFORE_CHARS = 200
MOST_WORDS_AFTER = 6
"""Words between a cue and the quotation it leads in, such as 'told reporters in Kabul on Monday'."""
_INVERTED = re.compile(
    rf"^[\"”»“'’]?\s*,?\s*(?:[—–-]\s*)?(?P<cue>{CUE.pattern})(?![\w-])\s+(?P<who>[^,\"“«.]{{2,110}})",
    re.IGNORECASE,
)
_ANY_VERB = re.compile(
    r"^[\"”»“'’]?\s*,?\s*(?:[—–-]\s*)?(?P<cue>[a-z]+(?:s|ed))\s+(?P<who>[A-Z][^,\"“«.]{2,80})"
)
"""A verb that is no cue between a quotation and a name: "...", sighs Gul Khan."""
_SIGNED = re.compile(r"^[\"”»“]?\s*[-–—]\s*(?P<who>[A-Z][\w .'’-]{1,50})$")
_MORE = re.compile(
    r",\s+(?:and\s+)?(?:adding|noting|stressing|warning|promising|saying|"
    r"insisting)(?:\s+that)?\s+|\s+but\s+(?=\w)"
)


def act_named(cue: str) -> str:
    """Return the act that a cue names, blank for "said" and the like."""
    return CUE_ACTS.get(" ".join(cue.lower().split()), "")


_TOLD_TO = re.compile(r"^(?:\w+\s+){1,4}?to\s+(?!the\b|a\b)[a-z]+")


def _act(cue: str, content: str) -> str:
    """Return the act of a cue: whoever tells somebody to do a thing instructs."""
    if cue.lower() in ("told", "tells") and _TOLD_TO.match(content):
        return "instruction"
    return act_named(cue)


def clauses(text: str, start: int, end: int) -> list[Clause]:
    """Return the clauses of an English sentence in order; at least one."""
    return [
        Clause(
            start=one.content.start, end=one.content.end, cue=one.cue, act=_act(one.cue, one.content.of(text)), subject=one.subject,
            starts_anew=one.starts_anew, is_tail=one.is_tail,
        )
        for one in clauses_of(text, Sentence(0, Span(start, end)))
    ]  # fmt: skip


def around(before: str, after: str) -> Around | None:
    """Return who is named before a quotation, or behind it; None if nobody is."""
    head = before[-MOST_BEFORE_CHARS:].strip(' "“«„')
    for hit in reversed(list(CUE.finditer(head))):
        if len(head[hit.end() :].split()) <= MOST_WORDS_AFTER and not PASSIVE.search(head):
            return _subject(head[: hit.start()]), hit[0], act_named(hit[0]), _rest(after)
    inverted = _INVERTED.match(after)
    if inverted:
        return _subject(inverted["who"]), inverted["cue"], act_named(inverted["cue"]), _rest(after)
    signed = _SIGNED.match(after)
    if signed:
        return signed["who"], "", "", None
    trailing = _AFTER.match(after)
    if trailing:
        return _subject(trailing["who"]), trailing["cue"], act_named(trailing["cue"]), _rest(after)
    other = _ANY_VERB.match(after)
    return (_subject(other["who"]), other["cue"], "", _rest(after)) if other else None


def _subject(words: str) -> str:
    bare = re.sub(
        r"^(?:but|and|yet|however|meanwhile|on\s+\w+day),?\s+",
        "",
        words.strip(),
        flags=re.IGNORECASE,
    )
    return re.sub(r"\s+(?:also|later|then|has|had|have)$", "", bare)


def _rest(after: str) -> int | None:
    hit = _MORE.search(after)
    return hit.end() if hit and len(after[hit.end() :].split()) >= 3 else None  # noqa: PLR2004


_OF_THIS = re.compile(
    r"^(?:This|The\s+(?:demand|announcement|statement|remarks?|disclosure|concern|claim|call|warning|assurance))\s+(?:was|were)\s+"
    r"(?:announced|stated|made|said|reported|disclosed|raised|voiced|expressed|issued|given)\s+(?:here\s+)?(?:on\s+\w+day\s+)?by\s+"
    r"(?P<who>[^.]+?)(?:,?\s+(?:while|during|at|speaking|addressing|in|on)\s.*)?[.]?$"
)


def said_this(words: str) -> str | None:
    """Return who a sentence names as having said what stands before it; None if it says more.

    Examples
    --------
    >>> said_this("The demand was made by chamber president Anwar while speaking in Peshawar.")
    'chamber president Anwar'
    """
    hit = _OF_THIS.match(" ".join(words.split()))
    return hit["who"] if hit else None


def nested(text: str, piece: Span) -> tuple[Span, str, str] | None:
    """Return a claim told inside another's words: where, whose, and its act."""
    words = piece.of(text)
    hit = CLAIM_NOUN.search(words)
    if hit is None or hit.end() >= len(words):
        return None
    inner = Span(piece.start + hit.end(), piece.end)
    return inner, hit["who"], NOUN_ACTS[hit["noun"].lower().rstrip("s")]
