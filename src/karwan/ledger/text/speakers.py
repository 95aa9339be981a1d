"""Who speaks: people by their last name, bodies by their words, each with its kind."""

from __future__ import annotations

import re
from dataclasses import dataclass

from karwan.ledger.text import russian
from karwan.ledger.text.cues import (
    COMPANY,
    DE_FACTO,
    GOVERNMENT_TITLE,
    INTERNATIONAL,
    JOINT,
    LENDER,
    PERSON,
    PUBLIC_BODY,
    TRADE_BODY,
    UN_BODY,
    UNNAMED,
    UNNAMED_OFFICIAL,
)
from karwan.ledger.text.gazetteer import Gazetteer
from karwan.ledger.text.sentences import Span

OUTLET = "the text itself"
JOINT_STATEMENT = "joint statement"


@dataclass(frozen=True, slots=True)
class Speaker:
    """Who speaks, as far as a rule can tell, and how sure the rule is, 0-1."""

    name: str
    kind: str
    sure_share: float = 0.85

    @property
    def is_plural(self) -> bool:
        """Whether several speak at once."""
        return self.kind == "several_governments"


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """A piece of a sentence with its speaker, the cue and the act that it names, if any.

    `lead` are words that stand before a list and belong to each of its items.
    """

    content: Span
    speaker: Speaker
    cue: str
    act: str
    lead: str = ""


OWN = Speaker(OUTLET, "outlet", 0.6)
NOT_RESOLVED = Speaker("not resolved", "", 0.1)
STATES = frozenset(
    {"government", "several_governments", "state_company", "de_facto_authority", "trade_body",
     "local_authority", "lender", "un_body", "international_organisation", "business",
     "political_leader"}
)  # fmt: skip
"""Kinds that can undertake something."""
_SPEAKERS = (
    (JOINT, JOINT_STATEMENT, "several_governments"),
    (DE_FACTO, "Taliban", "de_facto_authority"),
    (UN_BODY, "", "un_body"),
    (LENDER, "", "lender"),
    (INTERNATIONAL, "", "international_organisation"),
    (TRADE_BODY, "", "trade_body"),
    (UNNAMED, "", "unnamed_analysts"),
    (COMPANY, "", "state_company"),
    (PUBLIC_BODY, "", "government"),
    (UNNAMED_OFFICIAL, "", "official_unnamed"),
)
"""Words in a subject, the name they go by (blank: the subject's own words), and the kind."""
_ORGANISED = re.compile(
    r"(?<!\w)(?:Sides?|Parties|Ministry|Emergency|Situations|Office|Council|Chamber|"
    r"Association|Union|Bank|Agency|Authority|Press|Railways?|Board|"
    r"Corporation|Committee|Commission|Department|Group|Service|House|Party|Fund|Programme|"
    r"Force)(?!\w)"
)
_BARE_NAME = re.compile(
    r"^(?!The\s|All\s|Both\s)[A-Z][\w'’-]+(?:\s+(?:[A-Z]\.|[A-Z][\w'’-]+|al-\w+|bin|ul)){1,3}$"
)
_AT_THE_END = re.compile(
    r"(?<=[a-z,]\s)(?P<name>(?:[A-Z]\.\s+){0,3}[A-Z][\w'’-]+(?:\s+[A-Z][\w'’-]+){1,2})$"
)
_MANY = re.compile(
    r"(?<!\w)(?:sides|parties|delegations|participants|ministers|presidents|leaders)(?!\w)",
    re.IGNORECASE,
)
_ASIDE = re.compile(r"\s*\([^()]*\)\s*|,\s+(?:who|which|a|an|the|head|speaking)\b.*$")
_WHOSE = re.compile(r"^(?:its|their|his|her)\s+")


def name_speaker(subject: str, gazetteer: Gazetteer) -> Speaker:  # noqa: C901, PLR0911
    """Return a speaker from the words before a cue.

    People go by their last name; unnamed analysts stay unnamed; a joint text speaks for both.

    Examples
    --------
    >>> from karwan.data.catalog import Catalog
    >>> from karwan.ledger.text.gazetteer import gazetteer_from
    >>> names = gazetteer_from(Catalog())
    >>> name_speaker("Foreign Office spokesperson Mr. A. R. Khan", names).name
    'Khan'
    >>> name_speaker("the Torkham Customs Clearing Agents Association", names).kind
    'trade_body'
    """
    bare = _ASIDE.sub("", " ".join(subject.split())).strip(' ,;:–—-"“”«»')
    if not bare:
        return NOT_RESOLVED
    if re.search("[А-Яа-яЁё]", bare):
        return _russian(bare, gazetteer)
    people = [hit.split()[-1] for hit in PERSON.findall(bare)]
    people = [name for name in people if not gazetteer.countries.get(name)]
    if people:
        kind = "government" if GOVERNMENT_TITLE.search(bare) else ""
        if not kind and re.search(
            r"\b(?:spokes\w+|premier|minister|president|ambassador|governor)\b", bare
        ):
            kind = "government"
        if DE_FACTO.search(bare) or "Afghan government" in bare:
            kind = "de_facto_authority"
        return Speaker(
            " and ".join(people), "several_governments" if len(people) > 1 else kind, 0.9
        )
    ending = _AT_THE_END.search(bare)
    if ending and not _ORGANISED.search(bare) and not gazetteer.countries.get(ending["name"]):
        return Speaker(ending["name"].split()[-1], "", 0.8)
    if (
        _BARE_NAME.match(bare)
        and not _ORGANISED.search(bare)
        and not gazetteer.find(bare)
        and not any(pattern.search(bare) for pattern, _, _ in _SPEAKERS)
    ):
        return Speaker(bare.split()[-1], "", 0.8)
    for pattern, name, kind in _SPEAKERS:
        if pattern.search(bare):
            shown = (
                bare
                if kind not in ("unnamed_analysts", "official_unnamed")
                else (bare[:1].lower() + bare[1:])
            )
            return Speaker(name or shown, kind)
    if _MANY.search(bare):
        return Speaker(bare, "several_governments", 0.7)
    if GOVERNMENT_TITLE.search(bare):
        return Speaker(bare, "government", 0.6)
    countries = gazetteer.ids(bare, "country")
    kinds = ("", "government", "several_governments")
    return Speaker(bare, kinds[min(len(countries), 2)], 0.85 if countries else 0.6)


def _russian(bare: str, gazetteer: Gazetteer) -> Speaker:
    """Return a speaker named in Russian."""
    bare = russian.nominative(bare)
    kind = russian.speaker_kind(bare)
    person = russian.name_of(bare)
    if person:
        named = kind if kind in ("de_facto_authority", "trade_body", "lender", "un_body") else ""
        official = "" if kind == "unnamed_analysts" else "government"
        return Speaker(person, named or official, 0.9)
    tokens = bare.split()
    if len(tokens) == 1 and tokens[0][0].isupper() and not kind and not gazetteer.find(bare):
        return Speaker(bare, "", 0.75)
    if russian.PLURAL.match(bare):
        return Speaker(bare, "several_governments", 0.7)
    if not kind and gazetteer.ids(bare, "country"):
        kind = "government"
    shown = (
        bare[:1].lower() + bare[1:] if kind in ("unnamed_analysts", "official_unnamed") else bare
    )
    return Speaker(shown, kind, 0.85 if kind else 0.6)
