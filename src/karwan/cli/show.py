"""Print text, JSON and tables the same way everywhere."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Sequence
from io import StringIO
from typing import Any

from karwan.base.telling import Columns, Form, Row, csv_text, of_form

__all__ = ("columns_text", "csv_text", "print_json", "print_text", "table_text")
WIDTH_WHEN_PIPED = 150
NAME_WIDTH = 22
WIDEST = 1000


def print_text(text: str) -> None:
    """Print text as it stands."""
    sys.stdout.write(text if text.endswith("\n") else text + "\n")


def print_json(content: Any) -> None:
    """Print stable JSON without NaN or infinity."""
    from karwan.base.store import to_json

    sys.stdout.write(to_json(content))


def table_text(
    headers: Sequence[str],
    rows: Sequence[Sequence[str]],
    *,
    right: Sequence[int] = (),
    banded: Sequence[int] = (),
    names: Sequence[int] = (),
) -> str:
    """Return a table drawn for the terminal's width.

    Parameters
    ----------
    right
        Columns with numbers, aligned right.
    banded
        Columns with a band in brackets, which stands below where the terminal is narrow.
    names
        Columns of names with an id in brackets, likewise; nothing of such a table is cut off, and
        it may be wider than the terminal.
    """
    from rich import box
    from rich.console import Console
    from rich.measure import Measurement
    from rich.table import Table

    width = (
        shutil.get_terminal_size((WIDTH_WHEN_PIPED, 40)).columns
        if sys.stdout.isatty()
        else WIDTH_WHEN_PIPED
    )
    below = {*banded, *names} if width < WIDTH_WHEN_PIPED else set()
    table = Table(box=box.SIMPLE_HEAD, show_edge=False, pad_edge=False)
    for position, header in enumerate(headers):
        table.add_column(
            header.replace(" (", "\n(") if below else header,
            justify="right" if position in right else "left",
            no_wrap=position in right or (bool(names) and position not in names),
            overflow="fold",
            min_width=NAME_WIDTH if position in names else None,
        )
    for row in rows:
        texts = [str(cell).replace("[", "\\[") for cell in row]
        table.add_row(*(t.replace(" (", "\n(") if k in below else t for k, t in enumerate(texts)))
    buffer = StringIO()
    console = Console(file=buffer, width=width, color_system=None)
    if names:
        room = console.options.update_width(WIDEST)
        console.width = max(width, Measurement.get(console, room, table).minimum)
    console.print(table)
    return "\n".join(line.rstrip() for line in buffer.getvalue().splitlines())


def columns_text(
    columns: Columns[Row], rows: Sequence[Row], *, numbered: bool = False, blank: bool = False
) -> str:
    """Return rows as a table for the terminal.

    Parameters
    ----------
    blank
        Whether to keep a column in which nothing is known.
    """
    told = of_form(columns, Form.table)
    if not told:
        message = "no column is for a table"  # a table of empty rows would say nothing, unseen
        raise ValueError(message)
    cells = [[column.value(row, Form.table) for column in told] for row in rows]
    known = [k for k in range(len(told)) if blank or not rows or any(row[k] != "" for row in cells)]
    start = 1 if numbered else 0
    return table_text(
        [*[""] * start, *(told[k].told(Form.table) for k in known)],
        [[*[str(n)] * start, *(row[k] for k in known)] for n, row in enumerate(cells, 1)],
        right=[start + k for k, position in enumerate(known) if told[position].unit],
    )
