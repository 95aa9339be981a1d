"""The languages that are spoken, and which of them a reader asks for."""

from __future__ import annotations

from dataclasses import dataclass

from karwan.base.errors import DataError, Fault

MOST_RANGES = 20
"""Languages of an `Accept-Language` that are looked at."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Tongue:
    """A language of the product.

    Attributes
    ----------
    code
        Its tag (BCP 47) in addresses and pages.
    name
        Its name in itself.
    table_name
        How the tables of names call it; blank for English.
    locale
        Locale by whose rules numbers, dates and plurals are written (CLDR).
    is_whole
        Whether its catalogue has every sentence; else labels and names alone.
    is_reviewed
        Whether someone who speaks it has read the catalogue.
    """

    code: str
    name: str
    table_name: str = ""
    locale: str
    direction: str = "ltr"
    is_whole: bool = True
    is_reviewed: bool = False


ENGLISH = Tongue(code="en", name="English", locale="en", is_reviewed=True)
TONGUES = {
    one.code: one
    for one in (
        ENGLISH,
        Tongue(code="ru", name="Русский", table_name="Russian", locale="ru"),
        Tongue(
            code="ur",
            name="اردو",
            table_name="Urdu",
            locale="ur",
            direction="rtl",
            is_whole=False,
        ),
        Tongue(
            code="prs",
            name="دری",
            table_name="Dari/Persian",
            locale="fa_AF",
            direction="rtl",
            is_whole=False,
        ),
    )
}
"""The languages by tag."""
SPEECH = {"fa": "prs"}
"""Tags that readers use for a language that stands here under another."""


def tongue_of(code: str, key: str = "lang") -> Tongue:
    """Return the language of a tag.

    Raises
    ------
    DataError
        With the languages that are there.
    """
    tongue = TONGUES.get(code)
    if tongue is None:
        text = f"no catalogue of this language; there are {', '.join(TONGUES)}"
        raise DataError("the question", [Fault(key, text, code)])
    return tongue


def accepted_tongue(header: str) -> Tongue:
    """Return the language that a browser would rather have (`Accept-Language`, RFC 9110).

    Examples
    --------
    >>> asked = ("de, ru-KZ;q=0.8, en;q=0.9", "fa-AF", "ru;q=0, *", "")
    >>> [accepted_tongue(one).code for one in asked]
    ['en', 'prs', 'en', 'en']
    """
    best, best_weight = ENGLISH, 0.0
    for part in header.split(",")[:MOST_RANGES]:
        tag, _, rest = part.strip().partition(";")
        main = tag.partition("-")[0].strip().lower()
        tongue = TONGUES.get(SPEECH.get(main, main))
        weight = _weight(rest)
        if tongue is not None and weight > best_weight:
            best, best_weight = tongue, weight
    return best


def _weight(text: str) -> float:
    """Return the weight of a part of `Accept-Language`; 0 for one that cannot be read."""
    if not text.strip():
        return 1.0
    name, _, value = text.partition("=")
    try:
        weight = float(value)
    except ValueError:
        return 0.0
    return weight if name.strip() == "q" and 0 <= weight <= 1 else 0.0
