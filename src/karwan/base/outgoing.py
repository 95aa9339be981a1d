"""What text may be where it goes: one function per kind of output.

Names, sources and statements come from tables and texts that anybody may have written. A page must
not run them, a workbook not compute them, a terminal not obey them.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from contextvars import ContextVar
from html import escape
from urllib.parse import quote, urlsplit

SCHEMES = ("http", "https", "mailto")
"""Addresses that a page may lead to."""

_CONTROLS = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2028\u2029]")
"""Control characters but tab and line end, and overrides of direction. Marks and isolates, which
Arabic and Persian need among Latin letters, stay."""
_RUNS = re.compile(r"^[\s\x00]*[=+\-@\uff1d\uff0b\uff0d\uff20]|^[\t\r]")
"""How a cell begins that a spreadsheet takes for a formula."""
_NUMBER = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?")

NEUTRALISE: ContextVar[bool] = ContextVar("neutralise", default=False)
"""Whether cells of CSV that a spreadsheet would run are written as text; set by a door."""
FORMULAS: ContextVar[int] = ContextVar("formulas", default=0)
"""How many such cells were written as they stand; told by the door."""


def plain(text: str) -> str:
    r"""Return a text that no terminal obeys: control characters shown as a replacement.

    Examples
    --------
    >>> plain("Torkham\x1b]0;gone\x07")
    'Torkham\ufffd]0;gone\ufffd'
    """
    return _CONTROLS.sub("\ufffd", text)


def web_address(text: str) -> str:
    """Return an address that a page may lead to; blank for any other.

    Examples
    --------
    >>> web_address("https://example.org/a"), web_address("javascript:alert(7)")
    ('https://example.org/a', '')
    """
    stripped = text.strip()
    if _CONTROLS.search(stripped) or any(char.isspace() for char in stripped):
        return ""
    try:
        scheme = urlsplit(stripped).scheme.lower()
    except ValueError:
        return ""
    return stripped if scheme in SCHEMES else ""


def html_link(address: str, words: str) -> str:
    """Return words as HTML, leading to an address if a page may lead there."""
    shown, known = escape(plain(words)), web_address(address)
    return f'<a href="{escape(known)}">{shown}</a>' if known else shown


def markdown(text: str) -> str:
    r"""Return a text as markdown that shows it and does nothing else.

    Examples
    --------
    >>> print(markdown("<b>[a](javascript:b) | c"))
    &lt;b&gt;\[a\](javascript:b) \| c
    """
    bare = re.sub(r"\s+", " ", plain(text))
    safe = bare.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return re.sub(r"([\\`|\[\]])", r"\\\1", safe)


def markdown_link(address: str, words: str) -> str:
    """Return words as markdown, leading to an address if a page may lead there."""
    known = web_address(address)
    if not known:
        return f"{markdown(words)}: {markdown(address)}" if address else markdown(words)
    return f"[{markdown(words)}](<{quote(known, safe=chr(37) + ':/?#@!$&*+,;=~-._')}>)"


def script_json(text: str) -> str:
    r"""Return JSON that can stand inside a script element and never ends it.

    Examples
    --------
    >>> print(script_json('{"name": "</script>"}'))
    {"name": "\u003c/script\u003e"}
    """
    marks = {"<": "\\u003c", ">": "\\u003e", "&": "\\u0026"}
    marks |= {"\u2028": "\\u2028", "\u2029": "\\u2029"}
    for mark, code in marks.items():
        text = text.replace(mark, code)
    return text


def runs_in_a_sheet(value: object) -> bool:
    """Whether a spreadsheet would take a cell of CSV for a formula.

    Examples
    --------
    >>> runs_in_a_sheet("=1+1"), runs_in_a_sheet("-2.5"), runs_in_a_sheet("- none")
    (True, False, True)
    """
    text = value if isinstance(value, str) else ""
    return bool(_RUNS.match(text)) and not _NUMBER.fullmatch(text.strip())


def csv_cell(value: object) -> object:
    """Return a value as a cell of CSV: as it stands, or as text where a door asks for that.

    What would be run by a spreadsheet is counted, so that the door can say so. Changing it would
    break the way back into karwan, so it is done only when asked for.
    """
    if not runs_in_a_sheet(value):
        return value
    if NEUTRALISE.get():
        return f"'{value}"
    FORMULAS.set(FORMULAS.get() + 1)
    return value


def csv_row(row: Iterable[object]) -> Iterator[object]:
    """Yield the cells of a row of CSV."""
    return (csv_cell(value) for value in row)


PLAIN_STRINGS = {
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
}
"""Options of a workbook in which every text is a text."""


def policy(style: str) -> str:
    """Return the content policy of a page: no script, no request, this style and no other.

    Parameters
    ----------
    style
        The text between the tags of the page's one style element, to the letter.
    """
    import base64
    import hashlib

    digest = base64.b64encode(hashlib.sha256(style.encode("utf-8")).digest()).decode("ascii")
    return (
        "default-src 'none'; img-src data:; "
        f"style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"
    )
