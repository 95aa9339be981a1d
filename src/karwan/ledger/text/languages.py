"""The language of a sentence, as far as the reader must know it: what it can read and what not."""

from __future__ import annotations

import re
from enum import StrEnum


class Language(StrEnum):
    """English and Russian are read; the rest is counted."""

    english = "English"
    russian = "Russian"
    arabic = "in Urdu, Dari or Pashto: not read"
    other = "in another language: not read"


_ENGLISH = re.compile(
    r"(?<!\w)(?:the|of|to|and|said|says?|is|was|were|that|for|on|will|has|have|with|by|at|"
    r"from|its|are|not|be|"
    r"a|an|as|no|we|he|she|it|they|this|more|new|all|but|would|after|until|yet|over|out|now)(?!\w)",
    re.IGNORECASE,
)
_FOREIGN = re.compile(
    r"(?<!\w)(?:der|die|das|und|nicht|ist|wir|auf|les?|des|est|dans|pour|que|los|las|el|una|"
    r"ve|bir|için|ile|"
    r"va|bilan|uchun|ham|menen|hieß|sagte|sagt|ein|eine|aus|sind|sie|mit)(?!\w)",
    re.IGNORECASE,
)
_KAZAKH_OR_TAJIK = re.compile("[әғқңөұүһіӣӯҳҷў]", re.IGNORECASE)
MOST_FOREIGN_LETTERS_SHARE = 0.04
FEWEST_WORDS = 5


def language_of(words: str) -> Language:
    """Return the language of a sentence by its letters, and by small words where they are Latin.

    Examples
    --------
    >>> language_of("Дорога откроется."), language_of("The road opens.")
    (<Language.russian: 'Russian'>, <Language.english: 'English'>)
    >>> language_of("سڑک کھل گئی").name, language_of("Die Lage ist nicht gut und sie bleibt").name
    ('arabic', 'other')
    """
    cyrillic = arabic = latin = 0
    for char in words:
        if "\u0400" <= char <= "\u04ff":
            cyrillic += 1
        elif (
            "\u0600" <= char <= "\u06ff"
            or "\u0750" <= char <= "\u077f"
            or "\ufb50" <= char <= "\ufeff"
        ):
            arabic += 1
        elif char.isalpha():
            latin += 1
    if arabic > cyrillic + latin:
        return Language.arabic
    if cyrillic > latin:
        strange = len(_KAZAKH_OR_TAJIK.findall(words))
        return (
            Language.other if strange > MOST_FOREIGN_LETTERS_SHARE * cyrillic else Language.russian
        )
    if latin and len(words.split()) >= FEWEST_WORDS:
        foreign = len(_FOREIGN.findall(words))
        if foreign > len(_ENGLISH.findall(words)):
            return Language.other
    return Language.english
