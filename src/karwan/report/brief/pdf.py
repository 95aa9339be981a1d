"""The brief as PDF: tagged for screen readers (PDF/UA-1), one page, the same bytes each time."""

from __future__ import annotations

import datetime as dt
import json
from dataclasses import asdict
from importlib import resources
from typing import TYPE_CHECKING, Any

from karwan.base.errors import KarwanError
from karwan.base.outgoing import plain
from karwan.report.brief.chart import draw_bars
from karwan.report.brief.sheet import Sheet
from karwan.words.speech import label_word

if TYPE_CHECKING:
    from types import ModuleType

SIZES_PT = (10.2, 9.7, 9.2, 8.8, 8.4, 8.0)
"""Sizes of letters, tried until the sheet is one page."""
PICTURE_PPI = 220.0
STANDARD = "ua-1"


class MissingBriefError(KarwanError):
    """A sheet was asked for without the packages that write it."""

    def __init__(self, package: str) -> None:
        super().__init__(f"This brief needs the package {package!r}: pip install 'karwan[brief]'.")


class TooLongError(KarwanError):
    """A sheet that fits no page."""


def typst() -> ModuleType:
    """Return the typesetter.

    Raises
    ------
    MissingBriefError
        With the line that installs it.
    """
    try:
        import typst as typesetter
    except ImportError as error:
        raise MissingBriefError("typst") from error
    return typesetter


def to_pdf(sheet: Sheet) -> bytes:
    """Return the sheet as PDF.

    Raises
    ------
    MissingBriefError
        If the typesetter is not installed.
    TooLongError
        If it fits no page even in the smallest letters.
    """
    for size_pt in SIZES_PT:
        files = _files(sheet, size_pt)
        if page_count(files) == 1:
            midnight = dt.datetime.combine(sheet.as_of, dt.time(), tzinfo=dt.UTC)
            made = typst().compile(
                files,
                format="pdf",
                ignore_system_fonts=True,
                pdf_standards=[STANDARD],
                timestamp=int(midnight.timestamp()),
            )
            return bytes(made)
    msg = "The brief does not fit one page; ask for less of it, or for html or md."
    raise TooLongError(msg)


def page_count(files: dict[str, bytes]) -> int:
    """Return how many pages a document has."""
    drawn = typst().compile(files, format="svg", ignore_system_fonts=True)
    return len(drawn) if isinstance(drawn, list) else 1


def picture(sheet: Sheet, ppi: float = PICTURE_PPI) -> bytes:
    """Return the chart as PNG, for formats that take no drawing."""
    page = b'#set page(width: auto, height: auto, margin: 0pt)\n#image("chart.svg", width: 170mm)'
    files = {"main.typ": page, "chart.svg": _chart(sheet)}
    return bytes(typst().compile(files, format="png", ppi=ppi, ignore_system_fonts=True))


def _chart(sheet: Sheet) -> bytes:
    return draw_bars(sheet.bars, sheet.chart_words, label_word("days")).encode()


def _files(sheet: Sheet, size_pt: float) -> dict[str, bytes]:
    """Return the document's files: what is written, and how."""
    told: dict[str, Any] = {
        "title": sheet.title,
        "subtitle": sheet.subtitle,
        "lead": sheet.lead,
        "lang": sheet.tongue.code,
        "year": sheet.as_of.year,
        "month": sheet.as_of.month,
        "day": sheet.as_of.day,
        "size": size_pt,
        "chart_title": sheet.chart_title if sheet.bars else "",
        "chart_words": sheet.chart_words,
        "points": [asdict(point) for point in sheet.points],
        "grid": None if sheet.grid is None else asdict(sheet.grid),
        "foot": list(sheet.foot),
    }
    folder = resources.files("karwan.report.brief")
    files = {
        "main.typ": folder.joinpath("brief.typ").read_bytes(),
        "brief.json": json.dumps(_plain(told), ensure_ascii=False).encode(),
    }
    return files | ({"chart.svg": _chart(sheet)} if sheet.bars else {})


def _plain(value: Any) -> Any:
    """Return data whose texts hold no control characters."""
    if isinstance(value, str):
        return plain(value)
    if isinstance(value, dict):
        return {key: _plain(one) for key, one in value.items()}
    return [_plain(one) for one in value] if isinstance(value, (list, tuple)) else value
