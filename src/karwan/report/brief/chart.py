"""The chart of the brief: each way's days as a bar, drawn as SVG that needs nothing else."""

from __future__ import annotations

import math
import textwrap
from collections.abc import Sequence
from html import escape

from karwan.report.brief.sheet import Bar
from karwan.report.content import number

WIDTH, NAME_WIDTH, NOTE_WIDTH, ROW = 740, 282, 128, 25
TOP, BOTTOM = 8, 24
INK, MUTED, RULE, OPEN, CUT = "#1b232b", "#55606b", "#d5dade", "#0b7a48", "#a3121f"
FONT = "Libertinus Serif, Liberation Serif, Times New Roman, serif"
TICKS = 5
NAME_LETTERS = 44


def draw_bars(bars: Sequence[Bar], words: str, unit: str) -> str:
    """Return the chart as SVG.

    Parameters
    ----------
    words
        What it shows, for a screen reader.
    unit
        Name of the days on the axis.
    """
    height = TOP + ROW * len(bars) + BOTTOM
    step = _step(max(bar.high_days for bar in bars))
    most = step * math.ceil(max(bar.high_days for bar in bars) / step)
    scale = (WIDTH - NAME_WIDTH - NOTE_WIDTH) / most
    base = height - BOTTOM + 4
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" '
        f'width="{WIDTH}" height="{height}" role="img" font-family="{FONT}" font-size="12.5">',
        f"<title>{escape(words)}</title>",
    ]
    for tick in range(round(most / step) + 1):
        x = NAME_WIDTH + tick * step * scale
        parts.append(
            f'<path d="M{x:.1f} {TOP}V{base - 4:.1f}" stroke="{RULE}" stroke-width="0.8"/>'
        )
        parts.append(_text(x, base + 12, number(tick * step), MUTED, "middle", 11))
    parts.append(_text(WIDTH - NOTE_WIDTH + 8, base + 12, unit, MUTED, "start", 11))
    for row, bar in enumerate(bars):
        parts += _bar(bar, TOP + ROW * row + ROW / 2, scale)
    return "\n".join([*parts, "</svg>"])


def _bar(bar: Bar, y: float, scale: float) -> list[str]:
    low, mean, high = (
        NAME_WIDTH + days * scale for days in (bar.low_days, bar.mean_days, bar.high_days)
    )
    colour = OPEN if bar.is_open else CUT
    fill = colour if bar.is_open else "#fff"
    dash = "" if bar.is_open else ' stroke-dasharray="3 2"'
    return [
        *_name(bar.name, y),
        f'<rect x="{low:.1f}" y="{y - 6:.1f}" width="{high - low:.1f}" height="12" rx="2" '
        f'fill="{fill}" fill-opacity="0.28" stroke="{colour}" stroke-width="1.1"{dash}/>',
        f'<path d="M{mean:.1f} {y - 8:.1f}V{y + 8:.1f}" stroke="{colour}" stroke-width="2.6"/>',
        _text(WIDTH - NOTE_WIDTH + 8, y + 4, bar.note, INK, "start"),
    ]


def _name(name: str, y: float) -> list[str]:
    """Return a name beside its bar: whole in one row or two, cut where two do not hold it."""
    rows = textwrap.wrap(name, NAME_LETTERS, max_lines=2, placeholder="…")
    if len(rows) == 1:
        return [_text(NAME_WIDTH - 10, y + 4, rows[0], INK, "end")]
    places = (y - 1.5, y + 9.5)
    return [
        _text(NAME_WIDTH - 10, at, row, INK, "end", 10.5)
        for at, row in zip(places, rows, strict=True)
    ]


def _text(x: float, y: float, words: str, colour: str, anchor: str, size: float = 12.5) -> str:
    return (
        f'<text x="{x:.1f}" y="{y:.1f}" fill="{colour}" text-anchor="{anchor}" '
        f'font-size="{size:g}">{escape(words)}</text>'
    )


def _step(most: float) -> float:
    """Return the distance of ticks: 1, 2 or 5 times a power of ten, some five of them.

    Examples
    --------
    >>> _step(22.8), _step(80), _step(1.2)
    (5.0, 20.0, 0.5)
    """
    rough = most / TICKS
    power = 10.0 ** math.floor(math.log10(rough))
    return next(each * power for each in (1, 2, 5, 10) if each * power >= rough)
