"""Propose the statements of a text: who says what, by which cue, and what saying it may do.

Rules only, no language model. A text is cut into blocks first, so that marks, labels and datelines
are in no name; whose text it is follows from its title. A sentence of English or Russian is cut into
clauses, each of which goes to whoever the nearest cue names; quotations go to who is named before
or behind them, "I" and "we" to whose text it is. A news text's own word is its own. What is in
another language is counted and not read. Proposals have exact offsets, to be accepted or mended by
a person; none is adopted.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from karwan.ledger.text import dialogue, english, items, russian
from karwan.ledger.text.acts import Voice, act_of
from karwan.ledger.text.blocks import Block, BlockKind, blocks_of
from karwan.ledger.text.cues import CUE, GOVERNMENT_TITLE, PERSON, PLURAL, SINGULAR, TITLE
from karwan.ledger.text.gazetteer import Gazetteer
from karwan.ledger.text.issuer import Genre, Issuer, author_of, issuer_of
from karwan.ledger.text.languages import Language, language_of
from karwan.ledger.text.sentences import (
    Document,
    Sentence,
    Span,
    quotations,
    sentences_in_parts,
    short_span,
)
from karwan.ledger.text.speakers import (
    JOINT_STATEMENT,
    NOT_RESOLVED,
    OUTLET,
    OWN,
    STATES,
    Speaker,
    Told,
    name_speaker,
)

FEWEST_LISTED = 2
FEWEST_QUOTED_WORDS = 4
"""A shorter quotation is a word in a sentence and no anchor of its own."""
SIDES = re.compile(
    r"^(?:the\s+)?(?:contracting\s+|high\s+|two\s+|three\s+)*(?:sides|parties)$|^(?:обе\s+)?стороны$",
    re.IGNORECASE,
)
"""Parties of a joint text, who are named so and stand for nobody named before."""
ONE_OF_THEM = re.compile(
    r"^(?:one|another|some|both)\s+of\s+them$|^один\s+из\s+них$", re.IGNORECASE
)
OFFICE = re.compile(
    r"^(?:the\s+)?(?P<office>president|prime\s+minister|minister|ambassador|PM|premier|"
    r"head\s+of\s+(?:state|government)|chief\s+minister|governor|chairman|chairwoman|director|secretary|"
    r"commissioner|президент|министр|премьер(?:-министр)?|посол|глава\s+государства|губернатор|директор)$",
    re.IGNORECASE,
)
"""An office without its holder's name; there is one in a sentence's land, not one in a text."""
_PREMIER = r"\b(?:prime\s+minister|premier|pm)\b"
HELD = {
    "presi": r"\bpresident", "prime": _PREMIER, "premi": _PREMIER, "pm": _PREMIER,
    "minis": r"\bminister", "ambas": r"\bambassador", "head ": r"\b(?:president|king|premier|prime)",
    "chief": r"\bchief\s+minister", "gover": r"\bgovernor", "chair": r"\bchair", "direc": r"\bdirector",
    "secre": r"\bsecretary", "commi": r"\bcommissioner",
    "прези": r"\bпрезидент", "минис": r"министр", "премь": r"премьер", "посол": r"\bпос(?:ол|л)",
    "глава": r"\b(?:президент|глав)", "губер": r"\bгубернатор", "дирек": r"\bдиректор",
}  # fmt: skip
"""By which words somebody is known to hold an office, by its first letters."""
IMPERSONAL = re.compile(r"^it(?:\s+(?:was|is|has\s+been))?$", re.IGNORECASE)
"""The subject of "it was agreed that", which names nobody."""
COURTESY = re.compile(
    r"(?:(?:i|we)\s+(?:wish\s+to\s+)?thank|thank\s+you|let\s+me\s+(?:begin|start|first|thank)|it\s+is\s+(?:an?|my)\s+"
    r"(?:great\s+)?(?:honou?r|pleasure|privilege)|good\s+(?:morning|afternoon|evening)|благодарю|"
    r"спасибо|позвольте|рад\s+приветствовать|добрый\s+день)",
    re.IGNORECASE,
)
"""How a sentence begins that greets or thanks."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposal:
    """A statement proposed, not adopted.

    Attributes
    ----------
    sentence, span
        Where it stands in the text; the span is its anchor, at most twelve words.
    speaker, speaker_kind
        Whose word it is; the kind is blank where the text does not tell.
    attribution_depth
        0 the text's own word, 1 reported, 2 reported inside another's words.
    is_quoted
        Whether the span stands between quotation marks.
    places, crossings, corridors, countries
        Ids found by the gazetteer in the clause.
    speaker_sure_share, act_sure_share
        How sure the rules that chose speaker and act are, 0-1.
    """

    id: str
    paragraph: int
    sentence: Span
    span: Span
    speaker: str
    speaker_kind: str
    cue: str
    speech_act: str
    attribution_depth: int
    is_quoted: bool
    places: tuple[str, ...]
    crossings: tuple[str, ...]
    corridors: tuple[str, ...]
    countries: tuple[str, ...]
    clause: Span
    speaker_sure_share: float = 1.0
    act_sure_share: float = 1.0


@dataclass(frozen=True, slots=True)
class Aside:
    """A piece of the text that no proposal was made of, and why."""

    span: Span
    reason: str


@dataclass(frozen=True, slots=True)
class Reading:
    """What was read of a text, and what was not."""

    proposals: tuple[Proposal, ...]
    asides: tuple[Aside, ...]

    @property
    def unread(self) -> dict[str, int]:
        """How many pieces were set aside, by reason."""
        counts: dict[str, int] = {}
        for one in self.asides:
            counts[one.reason] = counts.get(one.reason, 0) + 1
        return counts


TITLE_WORD = re.compile(
    rf"{TITLE}|Foreign|Prime|Deputy|Acting|Senator|Coordinator|Spokes\w+|Chief|Federal|Special"
)
PARTICLES = frozenset({"ul", "al", "bin", "ur", "ud"})
MOST_FORENAMES = 4


def forenames_in(words: str, last: str) -> list[str]:
    """Return the names that stand before a last name, of which a text may use one alone later.

    Examples
    --------
    >>> forenames_in("Coordinator Zia ul Haq Sarhadi", "Sarhadi")
    ['Haq', 'Zia']
    """
    tokens = words.split()
    names: list[str] = []
    if tokens[-1:] != [last]:
        return names
    for token in reversed(tokens[:-1]):
        if token in PARTICLES:
            continue
        if not token.istitle() or TITLE_WORD.fullmatch(token) or len(names) == MOST_FORENAMES:
            break
        names.append(token)
    return names


@dataclass(kw_only=True)
class _Talk:
    """What was heard so far, so that "he", "they" and a quotation alone lead back to a name."""

    text: str
    gazetteer: Gazetteer
    issuer: Issuer
    owner: Speaker
    quotes: Sequence[Span]
    singular: Speaker | None = None
    plural: Speaker | None = None
    last: Speaker | None = None
    lead: Told | None = None
    lead_mark: str = ""
    charged: Speaker | None = None
    asked: Speaker | None = None
    titles: dict[str, str] = field(default_factory=dict)
    quoted: dict[Span, Speaker] = field(default_factory=dict)
    people: dict[str, Speaker] = field(default_factory=dict)
    forenames: dict[str, Speaker] = field(default_factory=dict)
    found: list[Proposal] = field(default_factory=list)
    asides: list[Aside] = field(default_factory=list)

    def known(self, speaker: Speaker) -> Speaker:
        """Return a person named before, with the kind told then."""
        if not speaker.kind and speaker.name in self.people:
            return self.people[speaker.name]
        if speaker.kind:
            self.people.setdefault(speaker.name, speaker)
        return speaker

    def heard(self, speaker: Speaker) -> None:
        if speaker.kind == "outlet" or speaker.name == NOT_RESOLVED.name:
            return
        self.last = speaker
        if speaker.kind in {"unnamed_analysts", "official_unnamed"}:
            return
        if speaker.is_plural:
            self.plural = speaker
        else:
            self.singular = speaker


def propose(document: Document, gazetteer: Gazetteer) -> tuple[Proposal, ...]:
    """Return the statements a text makes or reports, in its order.

    Examples
    --------
    >>> from karwan.data.catalog import Catalog
    >>> from karwan.ledger.text.gazetteer import gazetteer_from
    >>> from karwan.ledger.text.sentences import make_document
    >>> text = "Minister Khan said that Torkham will reopen on Monday."
    >>> found = propose(make_document("note", text), gazetteer_from(Catalog()))
    >>> [(p.speaker, p.speech_act, p.span.of(text)) for p in found]
    [('Khan', 'commitment', 'Torkham will reopen on Monday.')]
    """
    return read_text(document, gazetteer).proposals


def read_text(document: Document, gazetteer: Gazetteer) -> Reading:
    """Return what is proposed of a text, and every piece that nothing was proposed of."""
    text = document.text
    blocks = blocks_of(text)
    titles = [block.span.of(text) for block in blocks if block.kind is BlockKind.heading]
    issuer = issuer_of(titles)
    is_spoken = dialogue.is_dialogue(text, blocks)
    if issuer.genre is Genre.news and (is_spoken or _is_somebodys(text, blocks)):
        issuer = Issuer(Genre.speech, author_of(titles))
    talk = _Talk(
        text=text,
        gazetteer=gazetteer,
        issuer=issuer,
        owner=_owner(issuer, gazetteer),
        quotes=quotations(text),
    )
    if issuer.words:
        talk.asked = talk.owner
    answers = dialogue.answering(text, blocks)
    for block in blocks:
        if dialogue.is_question(text, block, issuer, is_spoken=is_spoken, answers=answers):
            talk.asides.append(Aside(block.span, "a question"))
        else:
            _read_block(talk, _spoken(talk, block) if is_spoken else block)
    numbered = tuple(replace(one, id=f"p{order:03d}") for order, one in enumerate(talk.found, 1))
    return Reading(numbered, tuple(talk.asides))


def _spoken(talk: _Talk, block: Block) -> Block:
    """Return a block of a conversation without its label, which says whose words follow."""
    label = dialogue.label_of(talk.text, block)
    if label is None:
        return block
    name, begin = label
    if dialogue.ANSWER.match(name) or SINGULAR.match(name) or russian.SINGULAR.match(name):
        speaker = talk.asked or Speaker(name, "", 0.5)
    else:
        speaker = name_speaker(name, talk.gazetteer)
        if dialogue.is_office(name) and talk.asked is not None:
            speaker = talk.asked
    talk.issuer, talk.owner = Issuer(Genre.speech, name), speaker
    return replace(block, span=Span(begin, block.span.end))


FEWEST_OWN = 2
LEAST_OWN_SHARE = 0.15


def _is_somebodys(text: str, blocks: Sequence[Block]) -> bool:
    """Whether a text says "I" and "we" outside quotations, as no news text does of itself."""
    bare = list(text)
    for quote in quotations(text):
        bare[quote.start : quote.end] = " " * (quote.end - quote.start)
    outside = "".join(bare)
    whole = [
        Span(parts[0].start, parts[-1].end)
        for block in blocks
        if block.kind in (BlockKind.prose, BlockKind.item, BlockKind.lead_in)
        for parts in sentences_in_parts(text, block.span)
    ]
    own = sum(
        bool(english.FIRST_PERSON.search(words) or russian.FIRST_PERSON.search(words))
        for words in (sentence.of(outside) for sentence in whole)
    )
    return own >= FEWEST_OWN and own >= LEAST_OWN_SHARE * len(whole)


def _owner(issuer: Issuer, gazetteer: Gazetteer) -> Speaker:
    """Return whose words those are that no cue gives to anyone."""
    if issuer.genre is Genre.joint:
        return Speaker(JOINT_STATEMENT, "several_governments", 0.8)
    if issuer.genre is Genre.speech and not issuer.words:
        return Speaker("the speaker, not named", "", 0.4)
    if not issuer.words:
        return OWN
    owner = replace(name_speaker(issuer.words, gazetteer), sure_share=0.9)
    if not owner.kind and GOVERNMENT_TITLE.search(issuer.line):
        return replace(owner, kind="government")
    return owner


def _read_block(talk: _Talk, block: Block) -> None:
    text = talk.text
    words = block.span.of(text)
    if block.kind is BlockKind.aside:
        talk.asides.append(Aside(block.span, "no sentence"))
        return
    if block.kind is BlockKind.lead_in:
        _read_lead_in(talk, block)
        return
    if block.kind is BlockKind.heading and (
        talk.issuer.genre is not Genre.news or block.span.start != _first(text)
    ):
        talk.asides.append(Aside(block.span, "title"))
        return
    if block.kind in (BlockKind.heading, BlockKind.headline):
        _read_sentence(talk, Sentence(block.paragraph, block.span), is_headline=True)
        return
    if block.kind is BlockKind.prose:
        talk.lead = None
        block = _without_place(talk, block)
    if block.kind is BlockKind.item and block.mark == talk.lead_mark:
        talk.lead = None  # the next point of the list that the line before stands in itself
    told = _item(talk, block) if block.kind is BlockKind.item else None
    if told is not None and language_of(words) is not Language.other:
        _read_item(talk, block, told)
        return
    _read_prose(talk, block)


PLACE_BEFORE = re.compile(r"(?P<place>[A-Z][A-Z .'/-]{3,40}):\s+(?=[A-Z\"“'‘])")


def _without_place(talk: _Talk, block: Block) -> Block:
    """Return a block without the place in capitals with a colon that it begins with."""
    hit = PLACE_BEFORE.match(talk.text, block.span.start, block.span.end)
    if hit is None or not talk.gazetteer.ids(hit["place"], "place"):
        return block
    return replace(block, span=Span(hit.end(), block.span.end))


def _item(talk: _Talk, block: Block) -> Told | None:
    """Return an item with who signs it, or whom its label or lead-in names; None without any."""
    genre = talk.issuer.genre
    if genre is not Genre.decisions and talk.lead is None:
        signed = items.signed_of(block.span.of(talk.text), block.span, talk.gazetteer)
        if signed is not None:
            return signed
    if genre is Genre.positions and talk.lead is None:
        stand = items.stand_of(talk.text, block.span, talk.gazetteer)
        if stand is not None:
            return stand
    told = items.item_of(talk.text, block.span, genre, talk.lead, talk.gazetteer)
    if told is None and genre is Genre.decisions:
        told = items.laid_on(block.span.of(talk.text), block.span, talk.gazetteer)
    if told is not None and told.act == "instruction" and genre is Genre.decisions:
        talk.charged = told.speaker
    elif told is None and talk.charged is not None and items.goes_on(block.span.of(talk.text)):
        return Told(content=block.span, speaker=talk.charged, cue="", act="instruction")
    return told


def _read_lead_in(talk: _Talk, block: Block) -> None:
    """Read what stands before the last sentence of a line that leads in a list, and keep that."""
    sentences = sentences_in_parts(talk.text, block.span)
    _read_sentences(talk, block.paragraph, sentences[:-1])
    last = Span(sentences[-1][0].start, sentences[-1][-1].end) if sentences else block.span
    words = last.of(talk.text)
    talk.lead = items.lead_of(words, lambda who, language: _named(talk, who, None, language))
    if talk.lead is None and talk.issuer.genre in (Genre.decisions, Genre.positions):
        talk.lead = items.lead_by_name(words, talk.issuer.genre, talk.gazetteer)
    talk.lead_mark = block.mark
    talk.asides.append(Aside(last, "leads in what follows"))


def _read_prose(talk: _Talk, block: Block) -> None:
    _read_sentences(talk, block.paragraph, sentences_in_parts(talk.text, block.span))


def _read_sentences(talk: _Talk, paragraph: int, sentences: Sequence[list[Span]]) -> None:
    """Read sentences in parts, without greetings and thanks."""
    for parts in sentences:
        if COURTESY.match(parts[0].of(talk.text)):
            talk.asides.append(Aside(parts.pop(0), "courtesy"))
        if len(parts) > 1:
            _read_parts(talk, paragraph, parts)
        elif parts:
            _read_sentence(talk, Sentence(paragraph, parts[0]), is_headline=False)


def _first(text: str) -> int:
    return len(text) - len(text.lstrip())


def _read_item(talk: _Talk, block: Block, told: Told) -> None:
    """Take an item whose label, or whose lead-in, says who speaks or is charged."""
    talk.heard(told.speaker)
    sentence = Sentence(block.paragraph, block.span)
    talk.found += _proposals(talk, sentence, told)


def _read_sentence(talk: _Talk, sentence: Sentence, *, is_headline: bool) -> None:
    language = _language(talk, sentence.span)
    if language in (Language.arabic, Language.other):
        talk.asides.append(Aside(sentence.span, language.value))
        return
    reader = russian if language is Language.russian else english
    who = reader.said_this(sentence.span.of(talk.text))
    if who is not None and not is_headline:
        _give_back(talk, who, language)
        talk.asides.append(Aside(sentence.span, "says who said it"))
        return
    tolds = _tolds(talk, sentence.span, language, is_headline=is_headline)
    if all(told.speaker is OWN for told in tolds):
        _see(talk, sentence.span.of(talk.text))
    for told in tolds:
        talk.heard(told.speaker)
    _add(talk, sentence, tolds, language)


def _give_back(talk: _Talk, who: str, language: Language) -> None:
    """Give what the sentence before said as the text's own to who said it; blank for an outlet."""
    if not who or not talk.found:
        return
    speaker = _named(talk, who, None, language)
    talk.heard(speaker)
    last = talk.found[-1].sentence
    for at in range(len(talk.found) - 1, -1, -1):
        one = talk.found[at]
        if one.sentence != last:
            break
        if one.speaker == OUTLET:
            talk.found[at] = replace(
                one, speaker=speaker.name, speaker_kind=speaker.kind, attribution_depth=1,
                speaker_sure_share=min(speaker.sure_share, 0.75),
            )  # fmt: skip


SEEN = re.compile(
    r"(?:(?:Haji|Mullah|Maulvi|Malik|Sheikh|Engineer|Dr\.?|Mr\.?|Ms\.?|Mrs\.?)\s+)?"
    r"(?P<name>[A-Z][a-z'’-]+(?:\s+(?:al-|ul-)?[A-Z][a-z'’-]+){1,2})\s+(?=(?:has|had|is|was|[a-z]+(?:s|ed))\s)"
)
NO_PERSON = re.compile(
    r"(?<!\w)(?:Asia|Silk|Road|Belt|Sea|River|Pass|Valley|Gate|Airport|Street|City|Province|District|North|"
    r"South|East|West|Central|Port|Railway|Corridor|Bandar|Darya|Dasht|Express|\w+day|Last|Next|This|These|"
    r"Border|Highway|Bridge|Tunnel|Line|Plan|Project)(?!\w)"
)


SEEN_TITLED = re.compile(
    r"(?:(?:[A-Z][a-z]+ing|In|On|At|During|After|Before)\b[^,]{2,80},\s+)?"
    r"(?P<who>(?:[\w.'’/-]+\s+){0,9}?[A-Z][a-z][\w'’-]*)\s+"
    r"(?:(?:also|then|later|earlier|on\s+\w+day|today|yesterday|has|had)\s+){0,2}"
    r"(?=(?!said\b)(?:\w+-)?[a-z]{3,}(?:s|ed)\s|(?:met|led|held|took|spoke|paid|told|went|flew|sat|gave)\s)"
)
"""A person, with what he is, at the head of a sentence that tells what he did."""


def _seen(talk: _Talk, sentence: str) -> Speaker | None:
    """Return the person named at the head of a sentence: by a title, or named so before."""
    hit = SEEN_TITLED.match(sentence)
    if hit is None or NO_PERSON.search(hit["who"].split()[-1]):
        return None
    bare = " ".join(hit["who"].split())
    if PERSON.search(bare):
        who = name_speaker(bare, talk.gazetteer)
        return (
            who
            if who.kind in ("government", "de_facto_authority", "") and not who.is_plural
            else None
        )
    return talk.people.get(bare)


def _see(talk: _Talk, sentence: str) -> None:
    """Keep the person whom a text's own sentence tells of, so that "he said" leads there."""
    titled = _seen(talk, sentence)
    if titled is not None:
        talk.titles[titled.name] = f"{talk.titles.get(titled.name, '')} {sentence[:120].casefold()}"
        talk.singular = talk.known(titled)
        return
    hit = SEEN.match(sentence)
    if hit is None or NO_PERSON.search(hit["name"]):
        return
    who = name_speaker(hit["name"], talk.gazetteer)
    if who.kind == "" and who.name == hit["name"].split()[-1]:
        talk.singular = talk.known(who)


def _add(talk: _Talk, sentence: Sentence, tolds: Sequence[Told], language: Language) -> None:
    for told in tolds:
        talk.found += _proposals(talk, sentence, told)
    if language is Language.english:
        _add_nested(talk, sentence, tolds)


def _read_parts(talk: _Talk, paragraph: int, parts: Sequence[Span]) -> None:
    """Read a sentence that is too long to be read at once: who speaks in it speaks on in it.

    Of a part without a speaker of its own, in a sentence that names one elsewhere, nobody can tell
    whose words it has: it is not resolved, and never the text's own.
    """
    read: list[tuple[Span, Language, list[Told]]] = []
    last: Speaker | None = None
    for span in parts:
        language = _language(talk, span)
        if language in (Language.arabic, Language.other):
            talk.asides.append(Aside(span, language.value))
            continue
        tolds = _tolds(talk, span, language, last=last, goes_on=span is not parts[0])
        for told in tolds:
            if told.cue:
                talk.heard(told.speaker)
        last = tolds[-1].speaker
        read.append((span, language, tolds))
    cued = [told.speaker for _, _, tolds in read for told in tolds if told.cue]
    whole = talk.text[parts[0].start : parts[-1].end]
    may_be_cued = bool(cued or CUE.search(whole) or russian.CUE.search(whole))
    for span, language, tolds in read:
        is_in_sight = span is parts[0] and any(told.cue for told in tolds)
        kept = tolds
        if may_be_cued and not is_in_sight:
            kept = [_unless_own(talk, told, cued) for told in tolds]
        _add(talk, Sentence(paragraph, span), kept, language)


def _unless_own(talk: _Talk, told: Told, cued: Sequence[Speaker]) -> Told:
    """Return words that no cue gives to anyone as not resolved, where the text would get them."""
    owners = [OWN, talk.owner] if cued else [OWN]
    is_own = not told.cue and told.speaker in owners and told.speaker not in cued
    return replace(told, speaker=NOT_RESOLVED) if is_own else told


def _tolds(
    talk: _Talk,
    span: Span,
    language: Language,
    *,
    is_headline: bool = False,
    last: Speaker | None = None,
    goes_on: bool = False,
) -> list[Told]:
    """Return the clauses of a sentence, or of a part of one that goes on, with their speakers.

    Parameters
    ----------
    last
        Who spoke in the part before.
    """
    text = talk.text
    quoted = _quotation(talk, span)
    reader = russian if language is Language.russian else english
    tolds: list[Told] = []
    if quoted is not None:
        tolds = _quoted(talk, span, quoted, language)
    elif is_headline:
        tolds = items.headlines_of(text, span, talk.gazetteer, language)
    if not tolds:
        tolds = _of_the_genre(talk, span)
    if not tolds:
        for one in reader.clauses(text, span.start, span.end):
            clause = replace(one, starts_anew=False) if goes_on else one
            before = tolds[-1].speaker if tolds else last
            speaker = _speaker(talk, clause, before, language)
            if clause.cue and not clause.subject and speaker is OWN:
                speaker = items.head_party(span.of(text), talk.gazetteer) or speaker
            tolds.append(
                Told(content=Span(one.start, one.end), speaker=speaker, cue=one.cue, act=one.act)
            )
    return tolds


def _of_the_genre(talk: _Talk, span: Span) -> list[Told]:
    """Return a sentence of decisions that lays something on a body, or of a report on another's plan."""
    told = None
    if talk.issuer.genre is Genre.decisions:
        told = items.laid_on(span.of(talk.text), span, talk.gazetteer)
    elif talk.issuer.genre is Genre.report:
        told = items.planned_by(span.of(talk.text), span, talk.gazetteer)
    return [told] if told is not None and told.speaker.name != talk.owner.name else []


def _language(talk: _Talk, span: Span) -> Language:
    """Return the language of a sentence without what it quotes, where enough is left to tell."""
    bare = list(span.of(talk.text))
    for quote in talk.quotes:
        for at in range(max(quote.start, span.start), min(quote.end, span.end)):
            bare[at - span.start] = " "
    outside = "".join(bare)
    return language_of(outside if len(outside.split()) > 1 else span.of(talk.text))


def _quotation(talk: _Talk, span: Span) -> Span | None:
    """Return the longest quotation that a sentence has most of, or lies in; None without one."""
    touching = [q for q in talk.quotes if q.start < span.end and span.start < q.end]
    if not touching:
        return None
    longest = max(touching, key=lambda q: min(q.end, span.end) - max(q.start, span.start))
    words = longest.of(talk.text).split()
    if len(words) < 3 or _is_within(talk, span, longest) or _is_a_name(talk, span, longest):  # noqa: PLR2004
        return None
    return longest


FEWEST_BETWEEN = 2


def _is_a_name(talk: _Talk, span: Span, quote: Span) -> bool:
    """Whether a short quotation is the name of what stands before it: "the head of «X Y Z»"."""
    words = quote.of(talk.text).split()
    before = talk.text[span.start : max(span.start, quote.start - 1)].split()
    if len(words) >= FEWEST_QUOTED_WORDS or not before or not words[0][:1].isupper():
        return False
    noun = before[-1]
    return (
        noun.isalpha()
        and noun.islower()
        and not (CUE.fullmatch(noun) or russian.CUE.fullmatch(noun))
    )


def _is_within(talk: _Talk, span: Span, quote: Span) -> bool:
    """Whether a quotation is the lesser part of what a cue leads in: 'vowed to open "at once"'."""
    if not (span.start <= quote.start and quote.end <= span.end):
        return False
    before = talk.text[span.start : max(span.start, quote.start - 1)]
    if len(quote.of(talk.text).split()) * 2 >= len(span.of(talk.text).split()):
        return False
    cues = [hit for rule in (CUE, russian.CUE) for hit in rule.finditer(before)]
    return len(cues) == 1 and len(before[cues[-1].end() :].split()) >= FEWEST_BETWEEN


def _quoted(talk: _Talk, span: Span, quote: Span, language: Language) -> list[Told]:
    """Return a quotation with who is named around it, and what else the sentence says."""
    text = talk.text
    inner = Span(max(quote.start, span.start), min(quote.end, span.end))
    inside = russian.TRAILING.search(inner.of(text)) if language is Language.russian else None
    if inside and inside.start() > 0:
        speaker = _named(talk, russian.bare_who(inside["who"]), None, language)
        talk.quoted[quote] = speaker
        return [
            Told(
                content=Span(inner.start, inner.start + inside.start()),
                speaker=speaker,
                cue=inside["cue"],
                act="",
            )
        ]
    before, after = (
        text[span.start : max(span.start, quote.start - 1)],
        text[quote.end + 1 : span.end],
    )
    reader = russian if _cyrillic(before + after, language) else english
    around = reader.around(before, after)
    is_more = bool(before.strip(" —–-") or after.strip(" .,!?—–-"))
    seen = _seen(talk, span.of(text)) if around is None and DESCRIBED.search(before) else None
    if seen is not None:
        talk.quoted[quote] = talk.singular = seen
        return [Told(content=inner, speaker=seen, cue="describing", act="assessment")]
    if around is None and is_more and not _is_mostly(talk, span, inner, quote):
        return []
    if around is None:
        known = talk.quoted.get(quote) or _named_behind(talk, quote, language) or talk.last
        if known:
            talk.quoted[quote] = known
        speaker = known or (talk.owner if talk.owner is not OWN else NOT_RESOLVED)
        speaker = replace(speaker, sure_share=min(speaker.sure_share, 0.75))
        return [Told(content=inner, speaker=speaker, cue="", act="")]
    subject, cue, act, rest = around
    speaker = _named(talk, items.uncapital(subject), None, language)
    talk.quoted[quote] = speaker
    tolds = _told_before(talk, Span(span.start, span.start + len(before)), speaker, language)
    tolds.append(Told(content=inner, speaker=speaker, cue=cue, act=act))
    for other in talk.quotes:
        if other is not quote and quote.end < other.start and other.end <= span.end:
            talk.quoted[other] = speaker
            if len(other.of(text).split()) >= FEWEST_QUOTED_WORDS:
                tolds.append(Told(content=other, speaker=speaker, cue=cue, act=act))
    if rest is not None:
        begin = quote.end + 1 + rest
        tolds += [
            Told(content=Span(one.start, one.end), speaker=speaker, cue=one.cue or cue, act=one.act)
            for one in reader.clauses(text, begin, span.end)
        ]
    return tolds


DESCRIBED = re.compile(
    r"\b(?:describ(?:ing|ed|es)|call(?:ing|ed)|hail(?:ing|ed|s)|term(?:ing|ed)|labell?(?:ing|ed)|dubb(?:ing|ed)|brand(?:ing|ed))\b"
    r"[^.;]{0,90}$"
)
"""What stands before words in which somebody puts a thing: "hailed the line as a ..."."""
_AND = re.compile(r"[,\s]+(?:and|but|while|и|но|а)?\s*$", re.IGNORECASE)


def _told_before(talk: _Talk, before: Span, speaker: Speaker, language: Language) -> list[Told]:
    """Return what a sentence tells by a cue of its own before the one that leads in a quotation."""
    cue = russian.CUE if language is Language.russian else CUE
    hits = list(cue.finditer(before.of(talk.text)))
    if len(hits) < 2:  # noqa: PLR2004
        return []
    end = before.start + hits[-1].start()
    bare = talk.text[before.start : end]
    joined = _AND.search(bare)
    if joined is None or not joined[0].strip(" "):
        return []
    reader = russian if language is Language.russian else english
    told = reader.clauses(talk.text, before.start, before.start + joined.start())
    return [
        Told(content=Span(one.start, one.end), speaker=speaker, cue=one.cue, act=one.act)
        for one in told
        if one.cue and len(talk.text[one.start : one.end].split()) >= FEWEST_QUOTED_WORDS
    ]


MOST_BEHIND_CHARS = 120


def _named_behind(talk: _Talk, quote: Span, language: Language) -> Speaker | None:
    """Return who is named behind the end of a quotation of several sentences, if anybody is."""
    behind = talk.text[quote.end + 1 : quote.end + 1 + MOST_BEHIND_CHARS].split("\n")[0]
    bare = behind.lstrip(' ,”»"—–-')
    if not bare[:1].islower():
        return None
    reader = russian if _cyrillic(behind, language) else english
    around = reader.around("", re.split(r"(?<=[a-zа-яё])[.!?](?:\s|$)", behind)[0])
    return _named(talk, items.uncapital(around[0]), None, language) if around else None


LEAST_QUOTED_SHARE = 0.6


def _is_mostly(talk: _Talk, span: Span, inner: Span, quote: Span) -> bool:
    """Whether a sentence goes on in another's words, or hardly holds any of its own."""
    words = len(inner.of(talk.text).split())
    if quote in talk.quoted:
        return words >= FEWEST_QUOTED_WORDS
    whole = len(span.of(talk.text).split())
    return words >= FEWEST_QUOTED_WORDS and words >= LEAST_QUOTED_SHARE * whole


def _cyrillic(words: str, language: Language) -> bool:
    letters = [char for char in words if char.isalpha()]
    if not letters:
        return language is Language.russian
    return sum("\u0400" <= char <= "\u04ff" for char in letters) > len(letters) / 2


def _speaker(
    talk: _Talk, clause: english.Clause | russian.Told, last: Speaker | None, language: Language
) -> Speaker:
    """Return who a clause goes to: its subject, the clause before it, or whose text it is."""
    if clause.cue:
        return _named(talk, clause.subject, last, language)
    if getattr(clause, "is_tail", False) or (clause.starts_anew and last is None) or last is None:
        return _own(talk, Span(clause.start, clause.end), language)
    return _own(talk, Span(clause.start, clause.end), language) if clause.starts_anew else last


def _own(talk: _Talk, piece: Span, language: Language) -> Speaker:
    """Return whose the words are that no cue gives to anyone."""
    if talk.issuer.genre is not Genre.news:
        named = items.leading_party(piece.of(talk.text), talk.gazetteer, language)
        if named is not None and talk.issuer.genre in (Genre.joint, Genre.decisions):
            return named
        if talk.owner is not OWN:
            return talk.owner
    first = russian.FIRST_PERSON if language is Language.russian else english.FIRST_PERSON
    if first.search(piece.of(talk.text)) and talk.issuer.genre is Genre.speech:
        return Speaker("the speaker, not named", "", 0.4)
    return OWN


def _named(  # noqa: PLR0911
    talk: _Talk, subject: str, last: Speaker | None, language: Language
) -> Speaker:
    """Return who a cue's subject names; pronouns and bare offices lead back to a name."""
    bare = " ".join(subject.split())
    first = russian.FIRST_PERSON if language is Language.russian else english.FIRST_PERSON
    plural = russian.PLURAL if language is Language.russian else PLURAL
    singular = russian.SINGULAR if language is Language.russian else SINGULAR
    owned = talk.owner if talk.owner is not OWN else None
    if not bare or (IMPERSONAL.match(bare) and owned is not None):
        return (owned if bare else last or owned or talk.last) or OWN
    if first.search(bare) and len(bare.split()) <= 3:  # noqa: PLR2004
        return owned or talk.singular or NOT_RESOLVED
    if (
        items.is_bare_body(bare, language)
        and owned is not None
        and talk.issuer.genre not in (Genre.news, Genre.speech)
    ):
        return owned
    if ONE_OF_THEM.match(bare) and talk.last is not None:
        return replace(talk.last, sure_share=0.6)
    if SIDES.match(bare):
        return Speaker(bare, "several_governments", 0.85)
    if plural.match(bare):
        if talk.plural is not None and (bare.casefold().startswith(("they", "both", "они", "обе"))):
            return replace(talk.plural, sure_share=0.75)
        is_named = (bare[:1].isupper() and " " in bare) or talk.plural is None
        return (
            Speaker(bare, "several_governments", 0.7)
            if is_named and (talk.plural is None)
            else replace(talk.plural or Speaker(bare, "several_governments"), sure_share=0.7)
        )
    is_body = talk.issuer.genre is not Genre.speech and items.is_bare_body(bare, language)
    if singular.match(bare) or is_body:
        return _who_holds(talk, bare)
    return _known_by(talk, bare, language)


def _known_by(talk: _Talk, bare: str, language: Language) -> Speaker:
    """Return who is named by these words: by a forename alone or in the genitive as named before."""
    speaker = talk.known(name_speaker(bare, talk.gazetteer))
    if speaker is NOT_RESOLVED:
        return speaker
    if not speaker.kind and bare in talk.forenames:
        return talk.forenames[bare]
    if language is Language.russian and speaker.name[:-1] in talk.people:
        return talk.people[speaker.name[:-1]]
    for name in forenames_in(bare, speaker.name):
        talk.forenames.setdefault(name, speaker)
    talk.titles[speaker.name] = f"{talk.titles.get(speaker.name, '')} {bare.casefold()}"
    return speaker


def _who_holds(talk: _Talk, bare: str) -> Speaker:
    """Return who a pronoun or a bare office leads back to: nobody who was named with another."""
    last = talk.singular
    office = OFFICE.match(bare)
    if last is None:
        return Speaker(bare, "", 0.5)
    if office is None or talk.titles.get(last.name) is None:
        return replace(last, sure_share=0.75)
    held = re.compile(HELD[office["office"].casefold()[:5]], re.IGNORECASE)
    for name in (last.name, *reversed(talk.titles)):
        if held.search(talk.titles.get(name, "")):
            return replace(talk.people.get(name, last), sure_share=0.75)
    return Speaker(bare, "government", 0.5)


def _proposals(talk: _Talk, sentence: Sentence, told: Told) -> list[Proposal]:
    pieces = _listed(talk, told.content) or [told.content]
    made = (_proposal(talk, sentence, told, piece) for piece in pieces)
    return [one for one in made if one is not None]


def _proposal(talk: _Talk, sentence: Sentence, told: Told, piece: Span) -> Proposal | None:
    """Return a clause as a proposal, or None if it holds no word."""
    text, speaker = talk.text, told.speaker
    quoted = [q for q in talk.quotes if piece.start <= q.start and q.end <= piece.end]
    quoted = [q for q in quoted if len(q.of(text).split()) >= FEWEST_QUOTED_WORDS]
    anchor = short_span(text, max(quoted, key=lambda q: q.end - q.start) if quoted else piece)
    if anchor is None:
        return None
    words = piece.of(text)
    names = talk.gazetteer.by_kind(words)
    voice = Voice(
        is_party=speaker.kind in STATES or speaker.kind == "",
        is_own=speaker.name == OUTLET,
        first_person=bool(english.FIRST_PERSON.search(words)),
    )
    act, sure = act_of(f"{told.lead} {words}" if told.lead else words, told.act, voice)
    return Proposal(
        id="",
        paragraph=sentence.paragraph,
        sentence=sentence.span,
        span=anchor,
        speaker=speaker.name,
        speaker_kind=speaker.kind,
        cue=told.cue,
        speech_act=act,
        attribution_depth=0 if speaker.name == OUTLET else 1,
        is_quoted=any(q.start <= anchor.start and anchor.end <= q.end for q in talk.quotes),
        places=names["place"],
        crossings=names["crossing"],
        corridors=names["corridor"],
        countries=names["country"],
        clause=piece,
        speaker_sure_share=speaker.sure_share,
        act_sure_share=sure,
    )


def _add_nested(talk: _Talk, sentence: Sentence, tolds: Sequence[Told]) -> None:
    """Add claims told inside another's words, such as "repeated Taliban claims of ..."."""
    for told in tolds:
        nested = english.nested(talk.text, told.content)
        if nested is None:
            continue
        inner, who, act = nested
        speaker = name_speaker(who, talk.gazetteer)
        if not speaker.kind:
            continue
        extra = _proposal(
            talk, sentence, Told(content=inner, speaker=speaker, cue=told.cue, act=act), inner
        )
        if extra is not None:
            talk.found.append(replace(extra, attribution_depth=2))


def _listed(talk: _Talk, piece: Span) -> list[Span]:
    """Return one piece per corridor where a clause lists several, else nothing."""
    hits = [hit for hit in talk.gazetteer.find(piece.of(talk.text)) if hit.kind == "corridor"]
    if len({hit.id for hit in hits}) < FEWEST_LISTED:
        return []
    return [Span(piece.start + hit.span.start, piece.start + hit.span.end) for hit in hits]
