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
    r"Force|Nations|Watch|International|Crescent|Cross|Network|Institute|University|Foundation|"
    r"Forum|Alliance|Initiative|Organi[sz]ation|Cent(?:er|re)|Trust|Federation|Society|League|"
    r"Times|News|Post|Tribune|Journal|Radio|Television|Court|Police|Army|Customs|Company|"
    r"Logistics|Shipping|Lines?|Airlines?|Ports?|Holdings?|Inc|Ltd|LLC|Embassy|Secretariat|"
    r"Cooperation|Consortium|Exchange|Desk|Command|Mission|Rangers|Guards?|Scouts)(?!\w)"
)
"""Words of bodies: who is named so is no person."""
_KINDS_OF_TITLES = (
    (re.compile(r"(?<!\w)(?:[Cc]hambers?|[Aa]ssociation|[Uu]nion|[Ff]ederation|traders?|truckers?|"
                r"hauliers?|exporters?|importers?|drivers?|forwarders?)(?!\w)"), "trade_body"),
    (re.compile(r"(?<!\w)(?:ministers?|minister's|premier|president|ambassador|governor|envoy|"
                r"lawmaker|senator|[Mm]inistry|[Gg]overnment|customs|[Ee]mbassy|police|army)(?!\w)"),
     "government"),
)  # fmt: skip
"""What the words before a name tell of its kind, the first that fits."""
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
_ASIDE = re.compile(
    r"\s*\([^()]*\)\s*|\s+(?:who|while)\s.*$|,\s+(?:who|which|a|an|the|head|speaking|citing|quoting)\b.*$|"
    r",\s+(?:(?:for|on)\s+(?:its|his|her|their)\s+(?:own\s+)?part|in\s+turn|however|meanwhile|"
    r"too)$"
)
_WHOSE = re.compile(r"^(?:its|their|his|her)\s+", re.IGNORECASE)
_APART = re.compile(
    r"(?P<name>(?:[A-Z][\w.'’-]+\s+){1,4}[A-Z][\w'’-]+),\s+(?P<what>[A-Z]?[a-z].+)$"
)
"""A person with what he is behind a comma: "Ali Khan, Chairman of the Trade Council"."""
_FROM_WHERE = re.compile(
    r"^(?P<name>(?:[A-Z][\w'’-]+\s+){1,2}[A-Z][\w'’-]+)\s+(?:of|from|at|with)\s"
)
_OFFICE = re.compile(
    r"(?<!\w)(?:Representative|Coordinator|Advis[eo]r|Rapporteur|Officer|Manager|Deputy|Special|Senior|"
    r"Executive|Assistant|Acting|Minister|Secretary|Director|Head|Chief|Commissioner|Chair\w*|Member)(?!\w)"
)
_UNNAMED_IN = re.compile(
    r"^(?:[\w’'-]+\s+){0,4}(?:sources?|officials?)(?:\s+(?:in|at|from|of|with|close)\b.*)?$",
    re.IGNORECASE,
)
"""Officials and sources of a body, whom nobody names."""


def name_speaker(  # noqa: C901, PLR0911, PLR0912
    subject: str, gazetteer: Gazetteer
) -> Speaker:
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
    whole = " ".join(subject.split())
    bare = _unquoted(_ASIDE.sub("", whole).strip(" ,;:–—-"))
    if bare == NOT_RESOLVED.name or not bare:
        return NOT_RESOLVED
    if re.search("[А-Яа-яЁё]", bare):
        return _russian(bare, gazetteer)
    apart = _APART.match(whole)
    if apart is not None and _is_a_name(apart["name"], gazetteer):
        official = "government" if GOVERNMENT_TITLE.search(apart["what"]) else ""
        kind = _kind_of_title(apart["what"]) or official
        return Speaker(apart["name"].split()[-1], kind, 0.85)
    people = [hit.split()[-1] for hit in PERSON.findall(bare)]
    people = [name for name in people if not gazetteer.countries.get(name) and not _is_body(name)]
    if people:
        kind = "government" if GOVERNMENT_TITLE.search(bare) else ""
        if not kind and re.search(
            r"\b(?:spokes\w+|premier|minister|president|ambassador|governor)\b", bare
        ):
            kind = "government"
        if DE_FACTO.search(bare) or "Afghan government" in bare:
            kind = "de_facto_authority"
        kind = kind or _kind_of_title(whole)
        return Speaker(
            " and ".join(people), "several_governments" if len(people) > 1 else kind, 0.9
        )
    where = _FROM_WHERE.match(bare)
    bare = where["name"] if where and _is_a_name(where["name"], gazetteer) else bare
    if _ends_in_a_name(bare, gazetteer) or _is_a_name(bare, gazetteer):
        return Speaker(bare.split()[-1], _kind_of_title(whole), 0.8)
    if _UNNAMED_IN.match(bare) and not DE_FACTO.search(bare):
        is_of_a_land = bool(gazetteer.ids(bare.split()[0], "country"))
        shown = bare if is_of_a_land else bare[:1].lower() + bare[1:]
        return Speaker(shown, "official_unnamed")
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
    if not countries and bare in gazetteer.capitals:
        return Speaker(bare, "government", 0.8)
    kinds = ("", "government", "several_governments")
    return Speaker(bare, kinds[min(len(countries), 2)], 0.85 if countries else 0.6)


def _unquoted(bare: str) -> str:
    """Return words without marks of quotation around them; a name's own stay."""
    for opening, closing in ('""', "“”", "«»"):
        if bare.startswith(opening) and bare.endswith(closing) and bare.count(opening) <= 2:  # noqa: PLR2004
            return bare[1:-1].strip()
        if bare.startswith(opening) and closing not in bare[1:]:
            return bare[1:].strip()
        if bare.endswith(closing) and opening not in bare[:-1]:
            return bare[:-1].strip()
    return bare


_AT_A_PLACE = frozenset({"at", "in", "near", "from", "to", "around", "between"})
"""Words before the name of a place."""


def _ends_in_a_name(bare: str, gazetteer: Gazetteer) -> bool:
    """Whether the last words are a person's name behind what the person is."""
    ending = _AT_THE_END.search(bare)
    if ending is None or _is_body(ending["name"]) or gazetteer.countries.get(ending["name"]):
        return False
    before = bare[: ending.start()].strip()
    if before.split()[-1:] and before.split()[-1].casefold() in _AT_A_PLACE:
        return False
    return before.casefold() != "the" and (before.endswith(",") or not _ORGANISED.search(bare))


def _is_a_name(bare: str, gazetteer: Gazetteer) -> bool:
    """Whether the words are a person's name and nothing else."""
    is_office = _OFFICE.search(bare) is not None
    is_name = _BARE_NAME.match(bare) is not None and not is_office
    return is_name and not _is_body(bare) and not gazetteer.find(bare)


def _is_body(name: str) -> bool:
    """Whether a name is one of a body."""
    return bool(_ORGANISED.search(name)) or any(rule.search(name) for rule, _, _ in _SPEAKERS)


def _kind_of_title(words: str) -> str:
    """Return the kind of a person by the words before the name, blank where they do not tell."""
    if DE_FACTO.search(words):
        return "de_facto_authority"
    if _WHOSE.match(words):
        return ""
    return next((kind for pattern, kind in _KINDS_OF_TITLES if pattern.search(words)), "")


def _russian(bare: str, gazetteer: Gazetteer) -> Speaker:
    """Return a speaker named in Russian."""
    bare = russian.nominative(bare)
    kind = russian.speaker_kind(bare)
    person = russian.name_of(bare)
    if person:
        named = kind if kind in ("de_facto_authority", "trade_body", "lender", "un_body") else ""
        official = "" if kind == "unnamed_analysts" else "government"
        official = "business" if russian.is_business(bare) else official
        return Speaker(person, named or official, 0.9)
    tokens = bare.split()
    if bare in gazetteer.capitals:
        return Speaker(bare, "government", 0.8)
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
