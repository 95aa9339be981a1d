"""What stands on the sheet, before anyone knows in which form it is written."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from enum import StrEnum

from karwan.words.tongues import Tongue


class Audience(StrEnum):
    """Whom the sheet is for."""

    minister = "minister"
    dispatcher = "dispatcher"
    underwriter = "underwriter"
    auditor = "auditor"


@dataclass(frozen=True, slots=True)
class Point:
    """A head and the sentences under it; more than one stand as a list."""

    head: str
    lines: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Grid:
    """A small table; what is a number stands on the right.

    Attributes
    ----------
    number_columns
        Places of the columns that hold numbers.
    """

    title: str
    heads: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    number_columns: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Bar:
    """One way in the chart: within what nine journeys of ten stay, and their mean.

    Attributes
    ----------
    is_open
        Whether it can be passed; else it is drawn as it would be if it were open.
    """

    name: str
    low_days: float
    mean_days: float
    high_days: float
    is_open: bool
    note: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """The sheet.

    Attributes
    ----------
    lead
        The one sentence that must be read.
    chart_words
        What the chart shows, in words.
    question, told
        What is asked, and what the next brief of it is held against, as JSON.
    """

    audience: Audience
    tongue: Tongue
    title: str
    subtitle: str
    as_of: dt.date
    lead: str
    points: tuple[Point, ...]
    foot: tuple[str, ...]
    grid: Grid | None = None
    bars: tuple[Bar, ...] = ()
    chart_title: str = ""
    chart_words: str = ""
    question: str = ""
    told: str = ""
