"""Labelled items, headlines and parties at the head of a clause: who is named before a mark.

"Body: do x by a day" charges the body; in a list of positions the label speaks; in a joint text "the
Pakistani side undertook" is that side's word.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from karwan.ledger.text import english, russian
from karwan.ledger.text.cues import BARE_ORG, CUE, CUE_ACTS
from karwan.ledger.text.gazetteer import Gazetteer
from karwan.ledger.text.issuer import Genre
from karwan.ledger.text.languages import Language, language_of
from karwan.ledger.text.sentences import Span, has_words
from karwan.ledger.text.speakers import OWN, Speaker, Told, name_speaker

LABEL = re.compile(
    r"(?P<label>[^:.–—\"“«]{2,70}?)(?:\s*\([^()]*\))?\s*(?::|\s[–—-]\s)\s*(?=\S+\s+\S+)"
)
CHARGED = re.compile(
    r"(?P<body>(?:The\s+|All\s+)?[A-Z][\w&,'’ -]{2,70}?)\s+(?:(?:is|are)\s+(?:hereby\s+)?(?:directed\s+|instructed\s+|"
    r"tasked\s+|requested\s+|asked\s+|requir\w+\s+)?to|shall|must|will|should|has\s+to|have\s+to|to)\s+"
    r"(?!be\s)(?=[a-z]+\s)"
)
_BY_WHEN = re.compile(
    r"\s+(?:до|к|в\s+срок|не\s+позднее|в\s+течение|совместно|ежемесячно|ежеквартально|by|within|before)\s.*$",
    re.IGNORECASE,
)
_ABOUT_DOING = re.compile(
    r"\b(?:proposals?|plans?|requests?|decisions?|offers?|agreements?|intentions?|commitments?|readiness|"
    r"willingness|efforts?|need|call|calls|invitations?|ability|right|ready|willing|"
    r"prepared|able|unable|set|due|likely|expected|reluctant)$",
    re.IGNORECASE,
)
"""A noun before "to": what follows is no order to anyone."""
CHARGED_RU = re.compile(
    r"(?P<body>(?!Поставлен|Принят|Решен|Достигнут|Отмечен|Подч[её]ркнут)[А-ЯЁ][\w «»-]{3,80}?)\s+(?:—\s+|–\s+|-\s+)?(?:(?:надлежит|следует|поручается|"
    r"должн[аоы]?)\s+)?"
    r"(?=[а-яё]+(?:ить|ать|еть|ять|ти|чь|оть|уть|ыть|ировать)(?:ся)?\s)"
)
BARE_VERB = re.compile(
    r"^(?:to\s+)?(?!the\b|a\b|no\b|not\b|all\b|it\b|ready\b|will\b|would\b|[a-z]*[^s\W]s\s)[a-z]+\s"
)
INFINITIVE = re.compile(
    r"^(?:не\s+)?[а-яё]+(?:ить|ать|еть|ять|ти|чь|оть|уть|ыть)(?:ся)?(?!\w)", re.IGNORECASE
)
PARTY = re.compile(
    r"^(?P<who>(?:The\s+)?(?:(?:[A-Z][\w'’-]+\s+){1,3}(?:side|delegation|party|"
    r"representatives?|ministers?|Side|Delegation)|"
    r"(?:two\s+|three\s+|four\s+)?(?:Sides|Parties|sides|parties|delegations|Ministers|"
    r"participants)))\b"
)
PARTY_RU = re.compile(r"^(?P<who>[А-ЯЁ][\w-]+\s+(?:сторона|делегация))(?!\w)")
BARE_ORG_RU = re.compile(
    r"^(?:палата|ассоциация|союз|банк|министерство|совет|комитет|агентство|группа|компания|фонд|"
    r"департамент|комиссия|управление|служба|посольство)$",
    re.IGNORECASE,
)
_OWN_EVENT = re.compile(
    r"\b(?:sign(?:s|ed)?|open(?:s|ed)?|launch(?:es|ed)?|hold(?:s)?|held|meet|met|close[sd]?|"
    r"start(?:s|ed)?|resume[sd]?)\b",
    re.IGNORECASE,
)
_HEAD_ACTS = (
    (re.compile(r"^(?:ready|prepared|willing)\b|^готов\w*", re.IGNORECASE), "assurance"),
    (re.compile(r"^(?:will|shall)\b", re.IGNORECASE), "commitment"),
)
HEAD_CUES = {
    "vow": "commitment", "vows": "commitment", "vowed": "commitment", "pledge": "commitment",
    "fear": "assessment", "fears": "assessment", "doubt": "assessment", "doubts": "assessment",
    "expect": "assessment", "expects": "assessment", "see": "assessment", "sees": "assessment",
    "offers": "assurance", "offer": "assurance", "call for": "request", "calls for": "request",
    "call on": "request", "calls on": "request", "seek": "request", "seeks": "request",
    "demand": "request", "ask": "request", "ask for": "request", "asks for": "request",
    "condemn": "allegation",
    "condemns": "allegation",
    "order": "instruction",
    "slams": "allegation", "slam": "allegation", "blasts": "allegation",
}  # fmt: skip
_HEAD = re.compile(
    r"^(?P<who>[^:,]{2,60}?)\s+(?P<cue>" + "|".join(sorted(
        {*(re.escape(cue) for cue in CUE_ACTS), *HEAD_CUES}, key=lambda c: (-len(c), c)
    )) + r")\s+(?:that\s+)?(?=\S)",
    re.IGNORECASE,
)  # fmt: skip
_TAIL = re.compile(
    r"[,;]\s+(?P<who>[^,;:]{2,60}?)\s+(?P<cue>says?|said|warns?|claims?|told|tells|reports?|"
    r"vows?|officials?\s+say)(?:\s+(?:\w+\s+){0,2}\w+)?\.?$",
    re.IGNORECASE,
)
_SAYS_WHO = re.compile(
    r"^['‘\"“]?(?P<what>[^'’\"”]{8,}?),?['’\"”]?,?\s+(?P<cue>says|said|warns|insists|claims|vows|admits)\s+"
    r"(?P<who>(?:(?:[A-Z][\w'’.-]*|minister|president|premier|chief|envoy|officials?|head|of|the|energy|transport|foreign|trade|"
    r"railway|commerce|finance|ambassador|spokes\w+)(?:\s+|$)){1,12})$"
)
"""A headline that names who says it behind the verb: "'No shortage,' says energy minister Khan"."""
FEWEST = 2


def is_bare_body(words: str, language: Language) -> bool:
    """Whether words are a body without its name, such as "the Chamber"."""
    pattern = BARE_ORG_RU if language is Language.russian else BARE_ORG
    return bool(pattern.match(words.strip()))


_LEAD_ACTS = {
    "agreed": "commitment", "decided": "", "resolved": "", "undertook": "commitment",
    "ask": "request", "demand": "request", "want": "request", "propose": "request",
    "request": "request", "recommend": "request", "invite": "request", "call on": "request",
    "call upon": "request", "call for": "request", "appeal": "request",
}  # fmt: skip
"""Verbs that lead in a list besides the cues: "We ask the ministry to:"."""
_LEAD_VERB = re.compile(
    r"\b(?:" + "|".join(sorted(_LEAD_ACTS, key=lambda verb: (-len(verb), verb))) + r")\b"
)


def lead_of(words: str, name: Callable[[str, Language], Speaker]) -> Told | None:
    """Return who a line before a list names, and the act of what follows: "The Council decided:".

    Parameters
    ----------
    name
        Leads words of a subject to whoever they name.
    """
    bare = words.rstrip(": ")
    language = language_of(bare)
    if language is Language.russian:
        hit = russian.CUE.search(bare)
        if hit is None or not russian.is_subject(bare[: hit.start()]):
            return None
        subject, act = russian.subject(bare[: hit.start()]), russian.cue_act(hit)
    else:
        hit = CUE.search(bare) or _LEAD_VERB.search(bare)
        if hit is None or not bare[: hit.start()].strip():
            return None
        subject = bare[: hit.start()].strip()
        act = english.act_named(hit[0]) or _LEAD_ACTS.get(hit[0], "")
    speaker = name(subject, language)
    return Told(content=Span(0, 0), speaker=speaker, cue=hit[0], act=act, lead=bare)


def lead_by_name(words: str, genre: Genre, gazetteer: Gazetteer) -> Told | None:
    """Return who a line before a list names without a verb: a body charged, or who takes a stand."""
    bare = re.sub(r"\s*\([^()]*\)", "", words.rstrip(": "))
    bare = _BY_WHEN.sub("", bare).strip(" –—-,")
    if not bare[:1].isupper() or bare.isupper() or len(bare.split()) > MOST_LABEL_WORDS:
        return None
    is_russian = language_of(bare) is Language.russian
    who = name_speaker(bare, gazetteer)
    if not who.kind or not _is_label(bare, is_russian):
        return None
    act = "instruction" if genre is Genre.decisions else ""
    return Told(content=Span(0, 0), speaker=who, cue="", act=act)


MOST_LABEL_WORDS = 9


def goes_on(words: str) -> bool:
    """Whether an item goes on with what a body before it is to do: "to report each Monday"."""
    return re.match(r"to\s+[a-z]+\s", words) is not None


def item_of(
    text: str, span: Span, genre: Genre, lead: Told | None, gazetteer: Gazetteer
) -> Told | None:
    """Return an item whose label says who speaks or is charged; None if it is read as a sentence."""
    words = span.of(text)
    is_russian = language_of(words) is Language.russian
    label = LABEL.match(words)
    if label and len(label["label"].split()) <= 9 and _is_label(label["label"], is_russian):  # noqa: PLR2004
        return _labelled(text, span, label, genre, gazetteer, is_russian=is_russian)
    if genre is Genre.decisions or (lead is not None and lead.act in ("instruction",)):
        charged = _charged(words, span, gazetteer, is_russian=is_russian)
        if charged is not None:
            return charged
    if _has_cue(text, span, is_russian=is_russian):
        return None
    if lead is not None:
        verb = (INFINITIVE if is_russian else BARE_VERB).match(words)
        if verb or lead.act or not lead.cue:
            return Told(
                content=span, speaker=lead.speaker, cue=lead.cue, act=lead.act, lead=lead.lead
            )
    return None


_HAS_VERB = re.compile(
    r"\b(?:would|can|has|had|was|were|considered|considers|found|deemed|noted|that)\b"
)
_LAID_ON = re.compile(r"возложить\s+на\s+(?P<who>[А-ЯЁ][^.;]{3,80})", re.IGNORECASE)


def laid_on(words: str, span: Span, gazetteer: Gazetteer) -> Told | None:
    """Return an order with the body that something is laid on: "контроль возложить на Минфин"."""
    hit = _LAID_ON.search(words)
    if hit is None:
        return None
    return Told(
        content=span, speaker=name_speaker(hit["who"].strip(), gazetteer), cue="", act="instruction"
    )


def _charged(words: str, span: Span, gazetteer: Gazetteer, *, is_russian: bool) -> Told | None:
    """Return an item that charges the body it begins with: "Body to do x", "Body submits y"."""
    charged = (CHARGED_RU if is_russian else CHARGED).match(words)
    if charged is None or (is_russian and INFINITIVE.match(charged["body"])):
        charged = _FUTURE_RU.match(words) if is_russian and charged is None else None
    if charged is None or _ABOUT_DOING.search(charged["body"]) or _HAS_VERB.search(charged["body"]):
        return None
    if (russian.CUE if is_russian else CUE).search(charged["body"]):
        return None
    who = name_speaker(_BY_WHEN.sub("", charged["body"]).strip(" –—-,"), gazetteer)
    content = Span(span.start + charged.end(), span.end)
    return Told(content=content, speaker=who, cue="", act="instruction")


_FUTURE_RU = re.compile(r"(?P<body>[А-ЯЁ][\w «»-]{3,70}?)\s+(?=[а-яё]+(?:ит|ет|ёт|ят|ут|ют)\s)")
_STANDS = re.compile(
    r"(?P<who>(?:The\s+)?[A-Z][\w’'-]*(?:\s+[A-Z][\w’'-]*){0,4})\s+(?=(?:is|are|will|remains?|supports?|"
    r"opposes?|plans?|intends?|cannot|does|do|has|have|wants?|needs?|prefers?|sees?)\s)"
)


def stand_of(text: str, span: Span, gazetteer: Gazetteer) -> Told | None:
    """Return a point among positions: of the body it begins with, or what that is to do."""
    words = span.of(text)
    charged = CHARGED.match(words)
    if charged is not None and not CUE.search(charged["body"]):
        told = _charged(words, span, gazetteer, is_russian=False)
        if told is not None and told.speaker.kind:
            return told
    stand = _STANDS.match(words)
    who = name_speaker(stand["who"], gazetteer) if stand else None
    return Told(content=span, speaker=who, cue="", act="") if who and who.kind else None


_PLANS = re.compile(
    r"(?P<who>(?:The\s+)?[A-Z][\w’'-]*(?:\s+(?:of\s+(?:the\s+)?)?[A-Z][\w’'-]*){0,5})\s+"
    r"(?=(?:plans?|intends?|aims?|hopes?|expects?|is\s+ready|are\s+ready)\s+to\s)"
)


def planned_by(words: str, span: Span, gazetteer: Gazetteer) -> Told | None:
    """Return what a body plans, which a report tells: the body's word, and not the report's."""
    hit = _PLANS.match(words)
    who = name_speaker(hit["who"], gazetteer) if hit else None
    return Told(content=span, speaker=who, cue="", act="") if who and who.kind else None


def _has_cue(text: str, span: Span, *, is_russian: bool) -> bool:
    """Whether an item names who says it in a sentence of its own."""
    reader = russian if is_russian else english
    return any(one.cue and one.subject for one in reader.clauses(text, span.start, span.end))


_NOBODY = re.compile(
    r"^(?:(?:the\s+)?(?:next|last|previous)\s+\w+|venue|dates?|place|time|notes?|source|contacts?|background|"
    r"annex|agenda|deadline|remark|total|status|targets?|goals?|aims?|objectives?|(?:mean|average|median)\s+[\w ]+|цел[ьи]|задач[аи]|следующ\w+\s+\w+|место|дата|время|примечани\w+|источник|"
    r"контакты|повестка|приложение|срок|итого)$",
    re.IGNORECASE,
)
"""Labels of a line that nobody speaks in."""


def _is_label(label: str, is_russian: bool) -> bool:
    """Whether words before a colon are a name: no cue, and no verb, stands in them."""
    if _NOBODY.match(label.strip()):
        return False
    if is_russian:
        return not russian.CUE.search(label)
    return not CUE.search(label) and not re.search(
        r"\b(?:is|are|was|were|will|shall|the\s+following)\b", label
    )


def _labelled(
    text: str, span: Span, label: re.Match[str], genre: Genre, gazetteer: Gazetteer,
    *, is_russian: bool,
) -> Told:  # fmt: skip
    begin = span.start + label.end()
    rest = text[begin : span.end]
    who = name_speaker(label["label"].strip(), gazetteer)
    verb = (INFINITIVE if is_russian else BARE_VERB).match(rest)
    cue = (russian.CUE if is_russian else CUE).match(rest)
    if cue is None and verb and (genre is Genre.decisions or _is_order(rest, is_russian)):
        return Told(content=Span(begin, span.end), speaker=who, cue="", act="instruction")
    if cue is not None:
        act = russian.cue_act(cue) if is_russian else english.act_named(cue[0])
        after = re.match(r"\s*,?\s*(?:that\b|что(?!\w)|for\b|of\b|о\b|об\b)?\s*", rest[cue.end() :])
        start = begin + cue.end() + (after.end() if after else 0)
        if not act and cue[0].lower() in HEAD_CUES:
            act = HEAD_CUES[cue[0].lower()]
        return Told(
            content=Span(min(start, span.end - 1), span.end), speaker=who, cue=cue[0], act=act
        )
    act = next((act for pattern, act in _HEAD_ACTS if pattern.match(rest)), "")
    first = re.match(r"[a-z]+(?:\s+(?:on|for))?", rest)
    if not act and first and first[0] in HEAD_CUES:
        act = HEAD_CUES[first[0]]
    return Told(content=Span(begin, span.end), speaker=who, cue="", act=act)


def _is_order(rest: str, is_russian: bool) -> bool:
    """Whether an item tells what to do by a day, as an order does."""
    due = (
        r"\b(?:до|к|не\s+позднее|в\s+течение|ежемесячно|еженедельно)\s"
        if is_russian
        else (r"\b(?:by|before|within|not\s+later\s+than|every|weekly|monthly|until)\s")
    )
    return re.search(due, rest) is not None


_SIGNED = re.compile(r"(?:\s[-–—]\s|:\s)(?P<who>(?:[\w’'.-]+\s){0,3}[\w’'.-]+?)\.?$")
FEWEST_SIGNED_WORDS = 3
_ACRONYM = re.compile(r"[A-Z][A-Za-z]{0,3}[A-Z]{1,4}")
"""A body's letters: "MoCI", "SCCI"."""


def signed_of(words: str, span: Span, gazetteer: Gazetteer) -> Told | None:
    """Return a line that ends with who says it: "... - officials", "...: Asif Khan"."""
    hit = _SIGNED.search(words)
    if hit is None or len(words[: hit.start()].split()) < FEWEST_SIGNED_WORDS:
        return None
    who = name_speaker(uncapital(hit["who"]), gazetteer)
    if language_of(words) is Language.russian and not hit[0].lstrip().startswith(("-", "–", "—")):
        return None
    is_person = re.fullmatch(r"[A-Z][\w’'-]+(?:\s+[A-Z][\w’'-]+){1,2}", hit["who"]) is not None
    is_person = is_person or _ACRONYM.fullmatch(hit["who"]) is not None
    is_place = bool(gazetteer.find(hit["who"])) and who.kind in ("", "government")
    if is_place or not (who.kind or is_person):
        return None
    return Told(content=Span(span.start, span.start + hit.start()), speaker=who, cue="", act="")


def headlines_of(text: str, span: Span, gazetteer: Gazetteer, language: Language) -> list[Told]:
    """Return a headline, or each of two that a semicolon parts."""
    at, told = span.start, []
    for cut in [*re.finditer(r";\s+", span.of(text)), None]:
        end = span.start + cut.start() if cut else span.end
        if has_words(text, Span(at, end), 1):
            told += headline_of(text, Span(at, end), gazetteer, language)
        at = span.start + cut.end() if cut else end
    return told


def _plain(words: str, name: str) -> str:
    """Return a name of a headline as it is usually written, where the whole stands in capitals."""
    return uncapital(name) if words.isupper() else name


def headline_of(  # noqa: PLR0911
    text: str, span: Span, gazetteer: Gazetteer, language: Language
) -> list[Told]:
    """Return a headline with whoever it names: "X: ...", "X denies ...", "..., X says"."""
    words = span.of(text)
    if language is Language.russian:
        return _russian_headline(span, words, gazetteer)
    tail = _TAIL.search(words)
    if tail:
        who = name_speaker(_plain(words, tail["who"]), gazetteer)
        act = HEAD_CUES.get(tail["cue"].lower()) or english.act_named(tail["cue"])
        return [
            Told(
                content=Span(span.start, span.start + tail.start()),
                speaker=who,
                cue=tail["cue"].lower(),
                act=act,
            )
        ]
    behind = _SAYS_WHO.match(words)
    if behind:
        who = name_speaker(_plain(words, behind["who"]), gazetteer)
        act = HEAD_CUES.get(behind["cue"].lower()) or english.act_named(behind["cue"])
        content = Span(span.start + behind.start("what"), span.start + behind.end("what"))
        return [Told(content=content, speaker=who, cue=behind["cue"].lower(), act=act)]
    signed = signed_of(words, span, gazetteer)
    if signed is not None:
        return [signed]
    label = LABEL.match(words)
    if label and ":" in words[: label.end()] and len(label["label"].split()) <= 6:  # noqa: PLR2004
        who = name_speaker(_plain(words, label["label"]), gazetteer)
        if who.kind or not gazetteer.find(_plain(words, label["label"])):
            begin = span.start + label.end()
            return [Told(content=Span(begin, span.end), speaker=who, cue=":", act="")]
    head = _HEAD.match(words)
    if head and not re.search(r"\b(?:to|as|after|over|for)\b", head["who"], re.IGNORECASE):
        cue = " ".join(head["cue"].lower().split())
        act = HEAD_CUES.get(cue) or english.act_named(cue)
        who = name_speaker(_plain(words, head["who"]), gazetteer)
        return [
            Told(content=Span(span.start + head.end(), span.end), speaker=who, cue=cue, act=act)
        ]
    return [Told(content=span, speaker=OWN, cue="", act=_event_act(words))]


def _event_act(words: str) -> str:
    return "fact" if _OWN_EVENT.search(words) else ""


def _russian_headline(span: Span, words: str, gazetteer: Gazetteer) -> list[Told]:
    signed = signed_of(words, span, gazetteer)
    if signed is not None:
        return [signed]
    label = LABEL.match(words)
    if label and ":" in words[: label.end()] and len(label["label"].split()) <= 6:  # noqa: PLR2004
        who = name_speaker(_plain(words, label["label"]), gazetteer)
        return [
            Told(content=Span(span.start + label.end(), span.end), speaker=who, cue=":", act="")
        ]
    one = russian.clauses(words, 0, len(words))[0]
    if one.cue and one.subject:
        who = name_speaker(_plain(words, one.subject), gazetteer)
        return [
            Told(
                content=Span(span.start + one.start, span.end),
                speaker=who,
                cue=one.cue.lower(),
                act=one.act,
            )
        ]
    return [
        Told(
            content=span,
            speaker=OWN,
            cue="",
            act="fact" if re.search(r"\w+(?:л|ла|ли|лись|лся)(?!\w)", words) else "",
        )
    ]


def uncapital(words: str) -> str:
    """Return a name written in capitals as it is usually written; short forms stay."""
    if not words.isupper():
        return words
    parts = [
        part if len(part) <= 3 and part not in ("THE", "AND") else part.capitalize()  # noqa: PLR2004
        for part in words.split()
    ]
    return " ".join(parts)


_HEAD_PARTY = re.compile(
    r"(?P<who>(?:The\s+)?[A-Z][\w’'-]+(?:\s+[A-Z][\w’'-]+){0,3}(?:(?:,\s+[A-Z][\w’'-]+)*,?\s+and\s+(?:the\s+)?[A-Z][\w’'-]+"
    r"(?:\s+[A-Z][\w’'-]+){0,2})?)\s+(?:on\s+\w+day\s+|also\s+|have\s+|has\s+)?[a-z]+(?:ed|s)\b"
)


_HEAD_PERSON_RU = re.compile(
    r"(?P<who>[А-ЯЁ][\w-]+(?:\s+[\w«»-]+){0,6}?\s*)(?<=\w)\s(?=(?:также\s+)?[а-яё]+(?:л|ла|ли)(?:с[ья])?\s)"
)


def head_party(words: str, gazetteer: Gazetteer) -> Speaker | None:
    """Return the states or bodies that a sentence begins with, where what they did leads on."""
    hit = _HEAD_PARTY.match(words) or _HEAD_PERSON_RU.match(words)
    if hit is None:
        return None
    who = name_speaker(hit["who"].strip(), gazetteer)
    is_person = not who.kind and len(hit["who"].split()) == 2 and hit["who"].istitle()  # noqa: PLR2004
    return who if is_person or who.kind in ("government", "several_governments") else None


def leading_party(words: str, gazetteer: Gazetteer, language: Language) -> Speaker | None:
    """Return the side that a clause of a joint text begins with, if it does."""
    hit = (PARTY_RU if language is Language.russian else PARTY).match(words.strip())
    return name_speaker(hit["who"], gazetteer) if hit else None
