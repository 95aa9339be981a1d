"""Pages as HTML: templates, the words they may use, and the files they ask for."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from http import HTTPStatus
from importlib import resources
from types import ModuleType
from typing import TYPE_CHECKING, Any

from fastapi.responses import HTMLResponse

from karwan import __version__
from karwan.analysis.world import cuts
from karwan.base.outgoing import plain, web_address
from karwan.report import content, names
from karwan.report import map as maps
from karwan.web import deeds, links, people, screens, standings
from karwan.web import names as own_names
from karwan.web import tongue as tongues
from karwan.web.questions import address
from karwan.words import speech

if TYPE_CHECKING:
    import jinja2

    from karwan.base.provenance import Source
    from karwan.route.tcd import Journey
    from karwan.web.answers import KeptAnswer
    from karwan.web.sections import Cell

WORDS: dict[ModuleType, tuple[str, ...]] = {
    content: (
        "codes",
        "country_name",
        "day",
        "element_name",
        "ends_text",
        "journey_days_text",
        "host",
        "label",
        "listed",
        "money_text",
        "number",
        "place_name",
        "sentence",
        "share_band",
        "short_family",
        "signed",
    ),
    names: ("dated", "default_name", "lasting", "plain_layers"),
    maps: ("draw_glyph",),
    own_names: ("cargo_names", "family_variant", "own_name", "typed_name", "unit_names"),
    cuts: ("age_text", "cut_name", "cut_text"),
    standings: ("how_often",),
    screens: ("cut_lines", "day_after", "day_before", "first_text", "gate_of", "turns_of"),
    links: ("deed_text",),
    deeds: ("deed_word", "heads", "kind_word", "moment"),
    people: ("may_add",),
    speech: ("label_word",),
    tongues: ("here_in", "keeping_lang", "other_tongues"),
}
"""The functions that templates may call by name, by the module in which they stand."""

TYPES = {
    "css": "text/css; charset=utf-8",
    "js": "text/javascript; charset=utf-8",
    "svg": "image/svg+xml",
    "woff2": "font/woff2",
}


@dataclass(frozen=True, slots=True)
class Asset:
    """A file that pages ask for."""

    content: bytes
    media_type: str
    tag: str


@cache
def assets() -> dict[str, Asset]:
    """Return the files beside the pages by name, as they lie in the package."""
    folder = resources.files("karwan.web").joinpath("static")
    files = {}
    for path in sorted(folder.iterdir(), key=lambda one: one.name):
        kind = TYPES.get(path.name.rpartition(".")[2])
        if kind is not None:
            content_bytes = path.read_bytes()
            tag = hashlib.sha256(content_bytes).hexdigest()[:16]
            files[path.name] = Asset(content_bytes, kind, tag)
    return files


def asset_url(name: str) -> str:
    """Return the address of a file; another one when the file changes."""
    return f"/static/{name}?v={assets()[name].tag}"


def render(template: str, **shown: Any) -> str:
    """Return a page or a part of one."""
    return _environment().get_template(template).render(tongue=speech.tongue_spoken(), **shown)


def page(template: str, status: int = HTTPStatus.OK, **shown: Any) -> HTMLResponse:
    """Return a page that is asked anew each time: what is known may have changed."""
    return HTMLResponse(render(template, **shown), status, headers={"cache-control": "no-cache"})


def sources_of(journey: Journey) -> list[Source]:
    """Return what a journey rests on, each source once, the newest first."""
    unique = {(one.url, one.date, one.grade): one for one in journey.sources}
    return sorted(unique.values(), key=lambda one: (one.date or "", one.url), reverse=True)


def ask_today(answer: KeptAnswer) -> str:
    """Return the address of a kept question without its dates: today's data answer it."""
    dated = ("as_of", "as_recorded", "data")
    return address("/compare", [pair for pair in answer.pairs if pair[0] not in dated])


def then_now(pair: tuple[Any, Any]) -> str:
    """Return a figure then and now; once where it is the same.

    Examples
    --------
    >>> then_now((1200.0, None)), then_now(("cut", "cut"))
    ('1,200 → –', 'cut')
    """
    told = [_shown(one) for one in pair]
    return told[0] if told[0] == told[1] else f"{told[0]} \N{RIGHTWARDS ARROW} {told[1]}"


def _shown(value: Any) -> str:
    if value is None or value == "":
        return "\N{EN DASH}"
    if isinstance(value, (int, float)):
        return speech.say_number(value)
    return speech.label_word(str(value).replace("_", " "))


LONG_LETTERS = 60
"""A text of more letters is a sentence: its column keeps a width to be read in."""


HEADS_OF_THINGS = {"shut": "what is shut", "cut": "pairs cut"}
"""Heads that are words of a state, of columns that hold things and counts."""
HEADS_IN_ENGLISH = {
    "outage episode count": "outages",
    "claim count": "claims",
    "claim id": "claim",
    "ways": "from \N{EN DASH} to",
    "horizon days": "days ahead",
    "p shut": "chance it is shut",
    "p new closure": "chance of a new closure",
    "p open within": "chance it opens by then",
    "capex musd": "capital cost, million USD",
    "length km": "length, km",
    "toll usd": "toll, USD",
    "queue trucks": "trucks waiting",
    "ordinary": "on an ordinary day",
}
"""What a reader is told in place of a head that was written for programs."""


def is_english(text: str) -> Any:
    """Return the marks of a text that stays English on a page in another language; none else."""
    from markupsafe import Markup

    stays = not speech.is_english_spoken() and text.isascii() and any(map(str.isalpha, text))
    return Markup(' lang="en" dir="auto"' if stays else "")


def head_word(name: str) -> str:
    """Return the head of a column in the language spoken."""
    word = name.replace("_", " ")
    if speech.is_english_spoken():
        return HEADS_IN_ENGLISH.get(word, word)
    return speech.label_word(HEADS_OF_THINGS.get(word, word))


_DATE = re.compile(r"\d{4}-\d{2}(-\d{2})?")
_NUMBER = re.compile(r"-?\d[\d,]*(\.\d+)?")
_PRINTED = re.compile(r"-?\d{1,3}(,\d{3})+(\.\d+)?|-?\d{1,3}\.\d+")
"""A number as an answer prints it for a table."""


def holds_number(rows: Sequence[Sequence[Cell]], place: int) -> bool:
    """Whether a column holds numbers alone, as numbers or printed, beside what is not known."""
    cells = [row[place].value for row in rows]
    known = [one for one in cells if one is not None and one != ""]
    return bool(known) and all(
        not isinstance(one, bool)
        and (isinstance(one, (int, float)) or _NUMBER.fullmatch(str(one)) is not None)
        for one in known
    )


def cell_class(rows: Sequence[Sequence[Cell]], place: int, value: Any) -> Any:
    """Return the class of a cell, which says how it may be broken on a narrow screen."""
    from markupsafe import Markup

    text = value if isinstance(value, str) else ""
    if holds_number(rows, place):
        kind = "num"
    elif web_address(plain(text)):
        kind = "url"
    elif _DATE.fullmatch(text):
        kind = "date"
    else:
        kind = "long" if len(text) > LONG_LETTERS else ""
    return Markup(f' class="{kind}"' if kind else "")


HEADS_OF_CHANCES = ("p ", "p_")
"""How the heads of columns begin that hold chances."""
HEADS_OF_RANGES = ("told", "value", "capacity", "after, low to high")
_RANGE = re.compile(r"\d[\d,.]*( to |-)\d[\d,.]*")
_BETWEEN = re.compile(r" to |-")
SMALL_SHARE = 0.001


def number_cell(value: float, head: str = "") -> str:
    """Return a number of a column with as many digits as say something.

    A model tells no third digit of a truck: from a hundred on numbers are whole, below they keep
    three digits. Whole numbers, and years, stand as they are.

    Examples
    --------
    >>> number_cell(497.925), number_cell(68.333), number_cell(0.327), number_cell(0.0)
    ('498', '68.3', '0.327', '0')
    >>> number_cell(0.911, "p shut"), number_cell(0.0002, "p shut"), number_cell(2026, "year")
    ('91.1 %', 'under 0.1 %', '2026')
    """
    if head.startswith(HEADS_OF_CHANCES):
        if 0 < value < SMALL_SHARE:
            return speech.say("under {share} %", share=speech.say_number(0.1, 1))
        return f"{speech.say_number(100 * value, 1)} %"
    if head == "year":
        return str(value)
    return content.three_digits(value)


def words_cell(text: str) -> str:
    """Return the words of a cell: each of a list by itself, none as a program writes it.

    Examples
    --------
    >>> words_cell("under_construction"), words_cell("a-b;b-c"), words_cell("Torkham")
    ('under construction', 'a-b; b-c', 'Torkham')
    """
    if web_address(text):
        return text
    if _SNAKE.fullmatch(text):
        text = text.replace("_", " ")
    parts = re.split(r"[,;] ?", text)
    told = [speech.own_word(part) for part in parts]
    if len(parts) == 1 or all(one != part for one, part in zip(told, parts, strict=True)):
        return ", ".join(told)
    return speech.own_word(text) if " " in text else text.replace(";", "; ")


_SNAKE = re.compile(r"[a-z]+(_[a-z]+)+")


def _figures_in(text: str, head: str) -> str:
    """Return a cell with its number, or both ends of its range, in the language spoken."""
    if head in HEADS_OF_RANGES and _RANGE.fullmatch(text):
        low, high = (_printed(one) for one in _BETWEEN.split(text, maxsplit=1))
        return low if low == high else f"{low}\N{EN DASH}{high}"
    return _printed(text) if _PRINTED.fullmatch(text) else text


def _printed(text: str) -> str:
    """Return a number as English prints it, in the language spoken."""
    if speech.is_english_spoken():
        return text
    return speech.say_number(float(text.replace(",", "")), len(text.partition(".")[2]))


def fact_cell(value: Any, link: str = "", head: str = "", *, is_verbatim: bool = False) -> Any:
    """Return a cell of a table of facts: a link where it leads somewhere, a dash where blank.

    Parameters
    ----------
    link
        Address of the page that the cell names; blank for none.
    head
        Head of its column: chances are told as per cent, and ranges as such.
    is_verbatim
        Show words as the tables have them.
    """
    from markupsafe import Markup, escape

    if value is None or value == "":
        return "\N{EN DASH}"
    if isinstance(value, bool):
        return speech.label_word("yes" if value else "no")
    if isinstance(value, (int, float)):
        return number_cell(value, head)
    text = plain(str(value) if is_verbatim else words_cell(str(value)))
    text = text if is_verbatim else _figures_in(text, head)
    if link:
        return Markup('<a href="{}">{}</a>').format(tongues.keeping_lang(link), text)
    known = web_address(text)
    if not known:
        return escape(text)
    shown = text if is_verbatim and len(text) <= LONG_LETTERS else content.host(known)
    return Markup('<a href="{0}" rel="noreferrer" title="{0}">{1}</a>').format(known, shown)


@cache
def _environment() -> jinja2.Environment:
    import jinja2

    environment = jinja2.Environment(
        loader=jinja2.FunctionLoader(_read),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    words = {name: getattr(room, name) for room, listed in WORDS.items() for name in listed}
    environment.filters.update(words)
    environment.globals.update(words)
    environment.globals.update(
        asset_url=asset_url,
        ask_today=ask_today,
        fact_cell=fact_cell,
        cell_class=cell_class,
        head_word=head_word,
        holds_number=holds_number,
        is_english=is_english,
        own_word=speech.own_word,
        levels=standings.LEVELS,
        said=speech.say,
        say=tongues.say_in_page,
        say_counting=tongues.say_counting_in_page,
        sources_of=sources_of,
        then_now=then_now,
        version=__version__,
        web_address=web_address,
    )
    return environment


def _read(name: str) -> str:
    """Return a packaged template."""
    folder = resources.files("karwan.web").joinpath("templates")
    return folder.joinpath(name).read_text(encoding="utf-8")
