"""Propose the statements of a text: who says what, by which cue, and what saying it may do.

Rules only, no language model: a sentence is cut into clauses, each clause goes to whoever the
nearest cue names, and what no cue covers is the outlet's own word. The result is a list of
proposals with exact offsets, to be accepted or mended by a person; none is adopted.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from karwan.ledger.text.clauses import Clause, clauses_of
from karwan.ledger.text.cues import (
    CLAIM_NOUN,
    CONTENTS,
    CUE_ACTS,
    DE_FACTO,
    EVENT,
    GOVERNMENT_TITLE,
    INTENT,
    JOINT,
    NOUN_ACTS,
    PERSON,
    PLURAL,
    SINGULAR,
    UN_BODY,
    UNNAMED,
    UNNAMED_OFFICIAL,
)
from karwan.ledger.text.gazetteer import Gazetteer
from karwan.ledger.text.sentences import Document, Sentence, Span, quotations, sentences, short_span

OUTLET = "the text itself"
JOINT_STATEMENT = "joint statement"
FEWEST_LISTED = 2


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


@dataclass(frozen=True, slots=True)
class Speaker:
    """Who speaks, as far as a rule can tell."""

    name: str
    kind: str

    @property
    def is_plural(self) -> bool:
        """Whether several speak at once."""
        return self.kind == "several_governments"


OWN = Speaker(OUTLET, "outlet")
_SPEAKERS = (
    (UNNAMED, "", "unnamed_analysts"),
    (JOINT, JOINT_STATEMENT, "several_governments"),
    (DE_FACTO, "Taliban", "de_facto_authority"),
    (UNNAMED_OFFICIAL, "", "official_unnamed"),
    (UN_BODY, "United Nations", "un_body"),
)
"""Words in a subject, the name they go by (blank: the subject's own words), and the kind."""

STATES = frozenset({"government", "several_governments", "state_company"})


@dataclass
class _Talk:
    """Who spoke last, so that "he" and "they" lead back to a name."""

    singular: Speaker | None = None
    plural: Speaker | None = None
    found: list[Proposal] = field(default_factory=list)

    def heard(self, speaker: Speaker) -> None:
        if speaker.kind in {"outlet", "unnamed_analysts", "official_unnamed"}:
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
    talk = _Talk()
    quotes = quotations(document.text)
    for sentence in sentences(document.text):
        talk.found += _of_sentence(document.text, sentence, gazetteer, talk, quotes)
    return tuple(
        replace(proposal, id=f"p{order:03d}") for order, proposal in enumerate(talk.found, 1)
    )


def _of_sentence(
    text: str, sentence: Sentence, gazetteer: Gazetteer, talk: _Talk, quotes: Sequence[Span]
) -> list[Proposal]:
    found: list[Proposal] = []
    speaker = OWN
    for clause in clauses_of(text, sentence):
        if clause.is_tail or clause.cue == "":
            speaker = OWN if clause.is_tail or clause.starts_anew else speaker
        else:
            speaker = _speaker(clause, talk, gazetteer, speaker)
        talk.heard(speaker)
        nested = _nested(text, clause, gazetteer)
        pieces = _listed(text, clause, gazetteer) or [clause.content]
        for piece in pieces:
            proposal = _proposal(text, sentence, clause, piece, speaker, gazetteer, quotes)
            if proposal is not None:
                found.append(proposal)
        if nested is not None:
            inner, who, act = nested
            extra = _proposal(text, sentence, clause, inner, who, gazetteer, quotes)
            if extra is not None:
                found.append(replace(extra, speech_act=act, attribution_depth=2))
    return found


def _proposal(
    text: str,
    sentence: Sentence,
    clause: Clause,
    piece: Span,
    speaker: Speaker,
    gazetteer: Gazetteer,
    quotes: Sequence[Span],
) -> Proposal | None:
    """Return a clause as a proposal, or None if it holds no word."""
    quoted = [q for q in quotes if piece.start <= q.start and q.end <= piece.end]
    anchor = short_span(text, max(quoted, key=lambda q: q.end - q.start) if quoted else piece)
    if anchor is None:
        return None
    words = piece.of(text)
    return Proposal(
        id="",
        paragraph=sentence.paragraph,
        sentence=sentence.span,
        span=anchor,
        speaker=speaker.name,
        speaker_kind=speaker.kind,
        cue=clause.cue,
        speech_act=suggest_act(words, clause.cue, speaker),
        attribution_depth=0 if speaker is OWN else 1,
        is_quoted=any(q.start <= anchor.start and anchor.end <= q.end for q in quotes),
        places=gazetteer.ids(words, "place"),
        crossings=gazetteer.ids(words, "crossing"),
        corridors=gazetteer.ids(words, "corridor"),
        countries=gazetteer.ids(words, "country"),
        clause=piece,
    )


def _speaker(clause: Clause, talk: _Talk, gazetteer: Gazetteer, last: Speaker) -> Speaker:
    """Return who a cue's subject names; an empty subject carries the last speaker on."""
    subject = " ".join(clause.subject.split())
    if not subject:
        return last
    if PLURAL.match(subject):
        return talk.plural or Speaker(subject, "several_governments")
    if SINGULAR.match(subject):
        return talk.singular or Speaker(subject, "")
    return name_speaker(subject, gazetteer)


def name_speaker(subject: str, gazetteer: Gazetteer) -> Speaker:
    """Return a speaker from the words before a cue.

    People go by their last name; unnamed analysts stay unnamed; a joint text speaks for both.
    """
    people = [hit.split()[-1] for hit in PERSON.findall(subject)]
    if people:
        kind = "government" if GOVERNMENT_TITLE.search(subject) else ""
        return Speaker(" and ".join(people), "several_governments" if len(people) > 1 else kind)
    for pattern, name, kind in _SPEAKERS:
        if pattern.search(subject):
            return Speaker(name or subject[:1].lower() + subject[1:], kind)
    countries = gazetteer.ids(subject, "country")
    kinds = ("", "government", "several_governments")
    return Speaker(subject, kinds[min(len(countries), 2)])


def _nested(text: str, clause: Clause, gazetteer: Gazetteer) -> tuple[Span, Speaker, str] | None:
    """Return a claim told inside another's words, such as "repeated Taliban claims of ..."."""
    words = clause.content.of(text)
    hit = CLAIM_NOUN.search(words)
    if hit is None or hit.end() >= len(words):
        return None
    who = name_speaker(hit["who"], gazetteer)
    if not who.kind:
        return None
    inner = Span(clause.content.start + hit.end(), clause.content.end)
    return inner, who, NOUN_ACTS[hit["noun"].lower().rstrip("s")]


def _listed(text: str, clause: Clause, gazetteer: Gazetteer) -> list[Span]:
    """Return one piece per corridor where a clause lists several, else nothing."""
    words = clause.content.of(text)
    hits = [hit for hit in gazetteer.find(words) if hit.kind == "corridor"]
    if len({hit.id for hit in hits}) < FEWEST_LISTED:
        return []
    at = clause.content.start
    return [Span(at + hit.span.start, at + hit.span.end) for hit in hits]


def suggest_act(words: str, cue: str, speaker: Speaker) -> str:
    """Return the speech act that a clause suggests; a person decides.

    A cue that names its act decides, except that praise of one's own conduct by a party is an
    assurance and a sum to be reached is a target, whatever the verb.
    """
    target, *others = CONTENTS
    if target.pattern.search(words):
        return target.act
    named = CUE_ACTS.get(cue.lower(), "")
    if named and not (named == "assurance" and speaker.kind in {"outlet", "unnamed_analysts"}):
        return named
    if speaker.kind in {"outlet", "government"} and EVENT.search(words):
        return "fact"
    found = next((content.act for content in others if content.pattern.search(words)), "")
    if not found and speaker.kind in STATES and INTENT.search(words):
        return "commitment"
    return found or "assessment"
