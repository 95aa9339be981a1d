"""Cells that hold several things: lists with semicolons between, and the filters of tests."""

from __future__ import annotations


def split_list(text: str | None) -> tuple[str, ...]:
    """Return the parts of a cell that holds several, with semicolons between.

    Examples
    --------
    >>> split_list("KTAP; KUAP"), split_list(None)
    (('KTAP', 'KUAP'), ())
    """
    return tuple(part.strip() for part in (text or "").split(";") if part.strip())


def read_filter(text: str | None) -> dict[str, str]:
    """Return the parts of an indicator's filter.

    Examples
    --------
    >>> read_filter("elements=torkham-road;class=cargo")
    {'elements': 'torkham-road', 'class': 'cargo'}
    """
    pairs = [part.split("=", 1) for part in (text or "").split(";") if "=" in part]
    return {name.strip(): value.strip() for name, value in pairs}
