"""Saying a thing in the language that the door has set: sentences, labels, names, numbers, days.

Sentences are whole, with named slots: a translator sees all of it and may turn it round. Names
stand undeclined. Where a catalogue lacks a message, English stands in its place.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass

from karwan.base.days import MONTHS
from karwan.words.catalogues import LABEL, locale_of, read_catalogue
from karwan.words.tongues import ENGLISH, Tongue

Names = Mapping[tuple[str, str], str]
"""Names of things in one language, by kind and id."""
NO_NAMES: Names = {}


@dataclass(frozen=True, slots=True)
class Speech:
    """A language, and the names that it has for things."""

    tongue: Tongue = ENGLISH
    names: Callable[[], Names] = lambda: NO_NAMES


_SPEECH: ContextVar[Speech] = ContextVar("_SPEECH", default=Speech())  # noqa: B039


@contextmanager
def speaking(tongue: Tongue, names: Callable[[], Names] | None = None) -> Iterator[None]:
    """Say all that follows in a language, until the block ends.

    Parameters
    ----------
    names
        Returns names of places and things in that language; asked when first needed.

    Examples
    --------
    >>> from karwan.words.tongues import TONGUES
    >>> with speaking(TONGUES["ru"]):
    ...     say_number(1234.5, 1).split()
    ['1', '234,5']
    """
    token = _SPEECH.set(Speech(tongue, names or (lambda: NO_NAMES)))
    try:
        yield
    finally:
        _SPEECH.reset(token)


def tongue_spoken() -> Tongue:
    """Return the language that is spoken."""
    return _SPEECH.get().tongue


def lacks(message: str) -> bool:
    """Whether the language spoken has no words for a sentence, so that English stands there."""
    tongue = tongue_spoken()
    return tongue is not ENGLISH and template(message) is message


def template(message: str) -> str:
    """Return a sentence with its slots unfilled, in the language spoken."""
    return read_catalogue(tongue_spoken()).text(message) or message


def say(message: str, /, **slots: object) -> str:
    """Return a sentence.

    Parameters
    ----------
    message
        In English, with slots in braces. A literal, so that catalogues can be held against it.

    Examples
    --------
    >>> say("{place}: shut in the question", place="Torkham")
    'Torkham: shut in the question'
    """
    return template(message).format(**slots)


def counting_template(singular: str, plural: str, count: float) -> str:
    """Return the form of a sentence that goes with a number, its slots unfilled."""
    form = read_catalogue(tongue_spoken()).form(singular, count)
    return form or (singular if count == 1 else plural)


def say_counting(singular: str, plural: str, count: float, /, **slots: object) -> str:
    """Return a sentence about so many things; its slot `count` is the number, written out.

    Examples
    --------
    >>> say_counting("{count} closure", "{count} closures", 1200)
    '1,200 closures'
    """
    digits = 0 if float(count).is_integer() else 1
    known = {"count": say_number(count, digits), **slots}
    return counting_template(singular, plural, count).format(**known)


def phrase(message: str) -> str:
    """Return a sentence as it is: one that stands in a list of the code, and is said later."""
    return message


def label_word(word: str) -> str:
    """Return a word of the interface, such as the head of a column."""
    return read_catalogue(tongue_spoken()).text(word, LABEL) or word


def named(kind: str, ident: str, name: str) -> str:
    """Return the name of a place or thing in the language spoken, or else its own name.

    Parameters
    ----------
    kind
        `place`, or a kind of the table of names.
    name
        Its name in English.
    """
    speech = _SPEECH.get()
    return name if speech.tongue is ENGLISH else speech.names().get((kind, ident), name)


def say_number(value: float, digits: int = 0) -> str:
    """Return a number with thousands marked and a true minus sign.

    Examples
    --------
    >>> say_number(6277.06), say_number(-0.2)
    ('6,277', '0')
    """
    text = f"{value:,.{digits}f}"
    text = text.lstrip("-") if not text.strip("-0.,") else text.replace("-", "\N{MINUS SIGN}")
    tongue = tongue_spoken()
    if tongue is ENGLISH:
        return text
    signs = locale_of(tongue).number_symbols["latn"]
    return text.translate(str.maketrans({",": signs["group"], ".": signs["decimal"]}))


def say_day(date: dt.date | None) -> str:
    """Return a date in words, or that it was not found.

    Examples
    --------
    >>> say_day(dt.date(2025, 10, 2)).split()
    ['2', 'October', '2025']
    """
    if date is None:
        return say("date not found")
    tongue = tongue_spoken()
    if tongue is ENGLISH:
        return f"{date.day}\xa0{MONTHS[date.month - 1]}\xa0{date.year}"
    month = locale_of(tongue).months["format"]["wide"][date.month]
    return f"{date.day}\xa0{month}\xa0{date.year}"


def say_listed(items: Sequence[str]) -> str:
    """Return items with commas and an `and`.

    Examples
    --------
    >>> say_listed(["a", "b", "c"]), say_listed(["a"]), say_listed([])
    ('a, b and c', 'a', '')
    """
    if len(items) < 2:  # noqa: PLR2004
        return items[0] if items else ""
    return say("{first} and {last}", first=", ".join(items[:-1]), last=items[-1])
