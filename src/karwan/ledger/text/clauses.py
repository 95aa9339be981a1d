"""Cut a sentence into clauses that one speaker can be asked about, with cue and subject.

A clause is a piece between marks that part thoughts: a semicolon, "but", "and that", "not only",
"provided", a participle after a comma. A tail after the reported words ("..., underlining ...") is
the text's own comment and no longer the speaker's.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from karwan.ledger.text.cues import CUE, PASSIVE
from karwan.ledger.text.sentences import Sentence, Span, has_words, words_of

FEWEST_WORDS = 4
MOST_SUBJECT_WORDS = 14
MOST_SUBJECT_CHARS = 400
"""No cue has its subject so far before it; without a bound a long run takes time by its square."""

_TAIL = (
    r",\s+(?:(?:thus|thereby|further)\s+)?(?:underlining|underscoring|signal+ing|leaving|showing|"
    r"reflecting|suggesting|indicating|highlighting|raising|proving|making|meaning|casting|"
    r"prompting|fuel+ing)\b"
    r"|,\s+(?:with|as)\s+(?=\w+(?:\s+\S+){3})"
    r"|,?\s+(?:and\s+)?(?=despite\s+\w+)"
)
_BREAK = (
    r";\s+|,?\s+but\s+also\s+|,\s+but\s+|,\s+yet\s+|,?\s+and\s+that\s+|,?\s+provided\s+(?:that\s+)?"
    rf"|\s+(?:but|and)\s+(?=(?:\w+ly\s+)?(?:{CUE.pattern})\s+that\b)"
    r"|,?\s+and\s+(?=(?:also\s+)?(?:requested|asked|urged|called\s+(?:on|upon|for)|demanded|"
    r"warned|pledged|"
    r"promised|vowed|denied|rejected|accused|agreed|undertook|proposed|offered)\s)"
    r"|\s+not\s+only\s+(?=\w+s\s)"
    r"|,\s+and\s+(?=(?:I|we)\s+(?:\w+ly\s+|also\s+)?[a-z]+\s)"
    r"|,\s+and\s+(?=(?:\w+\s+){1,4}(?:must|should|will|would|can)\b)"
    r"|\s+and\s+(?=(?!it|this|its|the|various)[a-z]+s\s+(?:the|its|their|a|an|any)\s)"
    r"|\s+(?:and\s+)?(?=proving\s+)"
)
_MARK = re.compile(rf"(?P<tail>{_TAIL})|(?P<break>{_BREAK})")
_OPENING = re.compile(r"(?:While|Although|Though|Whereas)\s+[^,]{15,}?,\s+")
_LEAD = re.compile(
    r"^(?:however|yet|but|and|also|finally|meanwhile|moreover|further(?:more)?|in addition|"
    r"additionally|separately|on \w+day|earlier|later)\s*,?\s+", re.IGNORECASE,
)  # fmt: skip
_ADVERB = re.compile(
    r"(?:\s+(?:\w+ly|also|has|have|had|on\s+\w+day|again|further|once|too|were|was))+\s*$",
    re.IGNORECASE,
)
_NO_ONE = re.compile(r"^(?:nobody|no\s+one|who|everyone|everybody|someone|anyone)$", re.IGNORECASE)
UNTOLD = "not resolved"
_TOLD = re.compile(
    r"^(?:was|were|been|be)\s.*\b(?:told|informed|briefed|apprised|assured|notified)$",
    re.IGNORECASE,
)
"""Who was told something did not say it, and who did is not named."""
_NOT_SAID = re.compile(
    r"\b(?:do|does|did|could|would)(?:\s+not|n['’]t)$|^(?:no|neither|none|few)\b", re.IGNORECASE
)
"""Who did not say it."""
_CONDITION = re.compile(r"^(?:if|when|unless|once|because|since|as|until|where)\b", re.IGNORECASE)
_PREPOSITION = re.compile(
    r"^(?:without|with|despite|in|of|by|for|from|under|amid|after|before|during|at|to)\b",
    re.IGNORECASE,
)
_SIDE = re.compile(
    r"^(?:The\s+)?(?:(?:two\s+|three\s+)?(?:Sides|Parties|sides|parties)|"
    r"(?:[A-Z][\w'’]+\s+){1,2}(?:side|delegation|Side|Delegation))\b"
)
"""A party of a joint text at the head of a sentence, whatever it did before what it said."""
_RELATIVE = re.compile(r",\s+(?:who|which|speaking|citing)\b[^,]*,\s*")
_ONE = re.compile(r"(?:an?|the|this|its|his|her)\s+(?:[\w’'-]+\s+)*$", re.IGNORECASE)
"""One thing before "note": a noun."""
_PAPER = re.compile(
    r"\s*(?P<who>(?:An?\s+|The\s+)?(?:[A-Z][\w’'-]*\s+){1,5}(?:\w+\s+){0,2}?(?:note|report|study|survey|paper|"
    r"review|bulletin|figures|data|statistics|estimates))"
    r"(?:\s+(?:published|released|issued|seen|dated|out)\b[^,.]{0,50}?)?\s+"
    r"(?P<cue>puts?|shows?|showed|finds?|found|suggests?|suggested|estimates?|estimated|indicates?|"
    r"indicated)\s+(?:that\s+)?"
)
"""A paper that somebody named in capitals made, and what it shows: "A World Bank note put"."""
_OPENS = re.compile(
    r"(?:\w+ing|In|On|At|During|After|Before|Asked|As|While|Despite|Amid|With|For|From|By)\b[^,]*",
    re.IGNORECASE,
)
"""Words before a comma that no sentence is made of: "Chairing a meeting, the minister said ..."."""
_DOUBTFUL = frozenset(
    ["guarantees", "claims", "claim", "reports", "notes", "note", "states", "demands", "requests",
     "orders", "promises", "pledges", "pledge", "forecasts", "stresses", "stress", "highlights"]
)  # fmt: skip
"""Cues that are nouns as well."""
_AFTER_A_NOUN = re.compile(
    r"\s+(?:\w+ed|made|given|of|by|from|in|is|are|was|were|have|has|had|will|must|should|can|could|would|"
    r"may|at|between)\b"
)
_PUT = re.compile(
    r"\s*(?P<who>(?:The\s+|An?\s+)?[A-Z][\w’'-]*(?:\s+[\w’'-]+){0,5}?)\s+(?P<cue>puts?)\s+"
    r"(?=[^.;]{3,70}?\sat\s+(?:[\d$€£]|USD|about|around|some|between|nearly|almost|more|less|over|under))"
)
"""Who puts a figure at something."""
_AFTER_CUE = re.compile(r"\s*,?\s*(?:that\b|:|,)?\s*", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Clause:
    """A piece of a sentence: what is said, by which cue, and the words before the cue.

    `starts_anew` marks a piece that no speaker reaches into: the first, and one after "While ...,";
    `is_tail` a comment after reported words.
    """

    content: Span
    cue: str
    subject: str
    is_tail: bool
    starts_anew: bool


def clauses_of(text: str, sentence: Sentence) -> list[Clause]:
    """Return the clauses of a sentence in order; at least one."""
    opening = _OPENING.match(text, sentence.span.start, sentence.span.end)
    anew = {sentence.span.start, opening.end() if opening else sentence.span.start}
    return [
        _clause(text, piece, is_tail=is_tail, is_first=piece.start in anew)
        for piece, is_tail in _pieces(text, sentence.span, opening)
    ]


def _pieces(text: str, whole: Span, opening: re.Match[str] | None) -> list[tuple[Span, bool]]:
    """Return pieces between marks, each with whether it is a tail; a scrap joins its neighbour."""
    cuts: list[tuple[int, int, bool]] = []
    if opening:
        cuts.append((opening.end(), opening.end(), False))
    begin = opening.end() if opening else whole.start
    marks = _MARK.finditer(text, begin, whole.end)
    cuts += [(mark.start(), mark.end(), mark["tail"] is not None) for mark in marks]
    pieces: list[tuple[Span, bool]] = []
    at, is_tail = whole.start, False
    for start, end, next_is_tail in [*cuts, (whole.end, whole.end, False)]:
        piece = Span(at, start)
        begin = _start_of(text, start, end, next_is_tail)
        if start != whole.end and (
            _is_scrap(text, piece) or _is_scrap(text, Span(begin, whole.end))
        ):
            continue
        if pieces and _is_scrap(text, piece):
            held, kind = pieces.pop()
            pieces.append((Span(held.start, start), kind))
        else:
            pieces.append((piece, is_tail))
        at, is_tail = begin, next_is_tail
    return pieces


def _start_of(text: str, start: int, end: int, is_tail: bool) -> int:
    """Return where the piece after a mark begins; a tail keeps its participle."""
    if not is_tail:
        return end
    while start < end and not text[start].isalnum():
        start += 1
    return start


def _is_scrap(text: str, piece: Span) -> bool:
    return not has_words(text, piece, FEWEST_WORDS)


def _clause(text: str, piece: Span, *, is_tail: bool, is_first: bool) -> Clause:
    words = piece.of(text)
    if is_tail:
        return Clause(content=piece, cue="", subject="", is_tail=True, starts_anew=False)
    trailing = _trailing(words)
    if trailing is not None:
        cue, subject, end = trailing
        return Clause(
            content=Span(piece.start, piece.start + end),
            cue=cue,
            subject=subject,
            is_tail=False,
            starts_anew=is_first,
        )
    leading = _leading(words)
    if leading is not None and has_words(text, Span(piece.start + leading[2], piece.end), 1):
        cue, subject, begin = leading
        return Clause(
            content=Span(piece.start + begin, piece.end),
            cue=cue,
            subject=subject,
            is_tail=False,
            starts_anew=is_first,
        )
    for hit in _cues(words):
        before = words[: hit.start()]
        if len(before) > MOST_SUBJECT_CHARS:
            break
        is_noun = hit[0].lower() == "note" and _ONE.match(before.lstrip())
        if is_noun or not _is_subject(before, is_first=is_first):
            continue
        after = _AFTER_CUE.match(words, hit.end())
        begin = after.end() if after else hit.end()
        if not has_words(text, Span(piece.start + begin, piece.end), 1):
            continue
        subject = UNTOLD if _TOLD.search(hit[0]) else _subject(before)
        if _is_scrap(text, Span(piece.start + begin, piece.end)):
            if not subject:
                continue
            begin = hit.start()
        return Clause(
            content=Span(piece.start + begin, piece.end),
            cue=hit[0],
            subject=subject,
            is_tail=False,
            starts_anew=is_first,
        )
    return Clause(content=piece, cue="", subject="", is_tail=False, starts_anew=is_first)


def _cues(words: str) -> list[re.Match[str]]:
    """Return the cues of a clause: a passive one first, then the others in their order."""
    passive = PASSIVE.search(words)
    cues = [hit for hit in CUE.finditer(words) if not _is_noun(words, hit)]
    return [*([passive] if passive else []), *cues]


def _is_noun(words: str, hit: re.Match[str]) -> bool:
    """Whether a cue is a noun where it stands: "insurance guarantees issued", "Member States"."""
    if hit[0][0].isupper() and words[: hit.start()].strip() and not words.isupper():
        return True
    return hit[0].lower() in _DOUBTFUL and _AFTER_A_NOUN.match(words, hit.end()) is not None


def _leading(words: str) -> tuple[str, str, int] | None:
    """Return (cue, subject, start of content) of "According to X, ..." or of a paper that shows."""
    by = re.match(r"\s*according\s+to\s+(?P<who>[^,]{3,80}),\s*", words, re.IGNORECASE)
    if by:
        return "according to", by["who"], by.end()
    paper = _PAPER.match(words)
    if paper and len(words_of(words[paper.end() :])) >= FEWEST_WORDS:
        return paper["cue"], paper["who"], paper.end()
    put = _PUT.match(words)
    return (put["cue"], put["who"], put.end()) if put else None


def _is_subject(before: str, *, is_first: bool) -> bool:
    """Whether the words before a cue can be its subject: few, and no clause of their own."""
    bare = _subject(before)
    if not bare:
        return not is_first
    if _NO_ONE.match(bare) or _NOT_SAID.search(bare):
        return False
    if _PREPOSITION.match(bare) or _CONDITION.match(bare):
        return False
    if re.search(r"\bto\s+(?!the\b|its\b|his\b|her\b|their\b|an?\b)[a-z]+\s", bare + " "):
        return False
    apart = re.fullmatch(r"[A-Z][^,]{2,60},\s+[^,]{3,160},?", bare)
    most = 2 * MOST_SUBJECT_WORDS if apart else MOST_SUBJECT_WORDS
    if len(bare.split()) > most or re.search(r"\b(?:that|which|who|to)$", bare):
        return False
    return not re.search(
        r"\b(?:is|are|was|were|will|must|has|have|can|that|which|who|comes|came|follows|followed)\s",
        bare + " ",
        re.IGNORECASE,
    )


def _subject(before: str) -> str:
    """Return the subject without openings such as "However," and adverbs before the verb."""
    bare = _RELATIVE.sub("", before).strip()
    for _ in range(3):
        bare = _LEAD.sub("", bare + " ").strip()
    side = _SIDE.match(bare)
    if side and len(bare.split()) > len(side[0].split()):
        bare = side[0]
    comma = re.match(
        r"^(?:During|In|After|Before|At|On|Without|Asked|(?!Beijing)[A-Z][a-z]+ing)\b[^,]*,\s+",
        bare,
    )
    bare = bare[comma.end() :] if comma else bare
    return _ADVERB.sub("", " " + bare).strip(" ,")


_SAID = (
    r"(?:said|says|added|adds|noted|notes|warned|warns|claimed|claims|stressed|announced|confirmed|explained|stated|"
    r"argued|insisted|acknowledged|wrote|tweeted|posted|observed|remarked|reported|revealed|disclosed|recalled|"
    r"conceded|admitted|told\s+\w+)"
)
_TRAILING = re.compile(
    rf",[\"\u201d]?\s+(?P<who>[^,]{{2,90}}?)\s+(?P<cue>{_SAID})\b[^,]{{0,60}}[.!?]?\s*$"
)
_A_VERB_IN = re.compile(
    r"^(?:said|says|and|but)\b|\b(?:that|would|will|which|has|have|is|was|were|are)\b"
)
_TRAILING_APART = re.compile(
    rf",[\"\u201d]?\s+(?P<who>(?:[A-Z][\w.'\u2019-]*\s+){{1,6}}?[A-Z][\w'\u2019-]+,\s+(?:an?\s+|the\s+)?[a-z][^,]{{3,90}}),\s+"
    rf"(?P<cue>{_SAID})\b[^,]{{0,60}}[.!?]?\s*$"
)
"""Who says it behind its words, with what he is set apart: "..., A. Khan, head of the chamber, told X"."""
_TRAILING_INVERTED = re.compile(
    r",[\"\u201d]?\s+(?P<cue>said|says|added|warned|announced|stressed|noted|insisted|claimed|explained)\s+"
    r"(?P<who>(?!that\b|it\b|they\b|he\b|she\b)(?:[a-z]+\s+){0,6}[A-Z][^;]{2,160}?)[.!?]?\s*$"
)
"""The verb before who says it, at the end: "..., said A. Khan, chairman of the council."."""


def _trailing(words: str) -> tuple[str, str, int] | None:
    """Return (cue, subject, end of content) for `..., the minister said.`, else None."""
    inverted = _TRAILING_INVERTED.search(words)
    if inverted and len(words_of(words[: inverted.start()])) >= FEWEST_WORDS:
        return inverted["cue"], inverted["who"], inverted.start()
    hit = _TRAILING_APART.search(words) or _TRAILING.search(words)
    if hit is not None and _A_VERB_IN.search(hit["who"]):
        hit = None
    is_opening = hit is not None and _OPENS.fullmatch(words[: hit.start()].strip())
    if hit and not is_opening and len(words_of(words[: hit.start()])) >= FEWEST_WORDS:
        return hit["cue"], hit["who"], hit.start()
    between = re.search(
        r",\s+according\s+to\s+(?P<who>[^,]{3,80}?),\s+(?=\S+(?:\s+\S+){2})", words, re.IGNORECASE
    )
    if between and words_of(words[: between.start()]):
        return "according to", between["who"], len(words)
    told = re.search(r",?\s+according\s+to\s+(?P<who>[^,]{3,80}?)[.!?]?\s*$", words)
    if told and len(words_of(words[: told.start()])) >= FEWEST_WORDS:
        return "according to", told["who"], told.start()
    return None
