"""A plain table as HTML, for notebooks."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape


def html_table(caption: str, headers: Sequence[str], rows: Sequence[Sequence[object]]) -> str:
    """Return a table with everything escaped; None shows as a dash, a part of 1 by two digits.

    Examples
    --------
    >>> html_table("Gates", ["gate"], [["A & B"]])[:58]
    '<table><caption>Gates</caption><thead><tr><th>gate</th></t'
    """
    head = "".join(f"<th>{escape(name)}</th>" for name in headers)
    body = "".join(
        "<tr>" + "".join(f"<td>{_cell(value)}</td>" for value in row) + "</tr>" for row in rows
    )
    return (
        f"<table><caption>{escape(caption)}</caption><thead><tr>{head}</tr></thead>"
        f"<tbody>{body}</tbody></table>"
    )


def _cell(value: object) -> str:
    if value is None:
        return "-"
    if isinstance(value, float):
        return f"{value:.2f}" if 0 < abs(value) < 1 else f"{value:,.0f}"
    return escape(str(value))
