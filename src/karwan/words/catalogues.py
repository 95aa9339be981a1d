"""Message catalogues: gettext files beside this module, read as they are when first needed.

A label is a word or two in the file under the context `label`; every language has all of them.
Plural forms stand in the order of CLDR's categories (zero, one, two, few, many, other), those that
the language has.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import TYPE_CHECKING

from karwan.words.tongues import ENGLISH, Tongue

if TYPE_CHECKING:
    from babel import Locale

LABEL = "label"
CATEGORIES = ("zero", "one", "two", "few", "many", "other")


@dataclass(frozen=True, slots=True, kw_only=True)
class Catalogue:
    """What a language says, by what English says.

    Attributes
    ----------
    messages
        By (context, English).
    plurals
        Forms by the English singular, in the order of `categories`.
    """

    tongue: Tongue
    messages: Mapping[tuple[str, str], str]
    plurals: Mapping[str, tuple[str, ...]]
    categories: tuple[str, ...]

    def text(self, message: str, context: str = "") -> str | None:
        """Return a message in the language; None where it has none."""
        return self.messages.get((context, message))

    def form(self, singular: str, count: float) -> str | None:
        """Return the form of a message that goes with a number; None where it has none.

        Parameters
        ----------
        count
            As it is shown: 1.0 shown as "1" goes with the singular.
        """
        forms = self.plurals.get(singular)
        if forms is None:
            return None
        shown = int(count) if float(count).is_integer() else count
        return forms[self.categories.index(locale_of(self.tongue).plural_form(shown))]


@cache
def locale_of(tongue: Tongue) -> Locale:
    """Return the rules of a language's numbers, dates and plurals."""
    from babel import Locale

    return Locale.parse(tongue.locale)


@cache
def categories_of(tongue: Tongue) -> tuple[str, ...]:
    """Return the plural categories of a language in order.

    Examples
    --------
    >>> from karwan.words.tongues import TONGUES
    >>> categories_of(TONGUES["ru"])
    ('one', 'few', 'many', 'other')
    """
    rules = locale_of(tongue).plural_form
    return tuple(one for one in CATEGORIES if one in {*rules.tags, "other"})


def catalogue_text(tongue: Tongue) -> str:
    """Return the file of a language's catalogue."""
    folder = resources.files("karwan.words").joinpath("catalogues")
    return folder.joinpath(f"{tongue.code}.po").read_text(encoding="utf-8")


@cache
def read_catalogue(tongue: Tongue) -> Catalogue:
    """Return what a language says; nothing for English, whose sentences stand in the code."""
    if tongue is ENGLISH:
        return Catalogue(tongue=tongue, messages={}, plurals={}, categories=("one", "other"))
    from io import StringIO

    from babel.messages.pofile import read_po

    messages: dict[tuple[str, str], str] = {}
    plurals: dict[str, tuple[str, ...]] = {}
    for one in read_po(StringIO(catalogue_text(tongue))):
        if not one.id or not one.string:
            continue
        if isinstance(one.id, str) and isinstance(one.string, str):
            messages[one.context or "", one.id] = one.string
        else:
            plurals[one.id[0]] = tuple(one.string)
    return Catalogue(
        tongue=tongue, messages=messages, plurals=plurals, categories=categories_of(tongue)
    )
