"""Columns of the workspace's tables and what their cells hold, so that strange ones are named.

A database may be changed by any program, and SQLite keeps whatever it is given: a renamed column,
or bytes where a text is due, must be told as that and not fail in whoever reads the row.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import fields
from functools import cache

from karwan.base.errors import SourceError
from karwan.data.rows.row import Row
from karwan.evidence.rows import KINDS, LEDGER, STAMP

Holds = tuple[type, ...]
NUMBER: Holds = (int, float)
TEXT: Holds = (str,)
BLANK: Holds = (type(None),)


@cache
def cells_due(table: str) -> Mapping[str, Holds]:
    """Return what the cells of a table hold, by column; the key stands first."""
    for kind in KINDS:
        if table == kind.TABLE:
            return {one.name: _holds(str(one.type)) for one in fields(kind)}
    base = {one.name for one in fields(Row)}
    texts = next(one for one in LEDGER if table == one.TABLE)
    key, *names = sorted((one.name for one in fields(texts)), key=base.__contains__)
    return {key: TEXT, **dict.fromkeys(names, TEXT + BLANK), **dict.fromkeys(STAMP, TEXT)}


def _holds(words: str) -> Holds:
    """Return what an annotation allows: `float`, `int`, `str`, or one of them or None."""
    kind, _, blank = words.partition(" | ")
    return (TEXT if kind == "str" else NUMBER) + (BLANK if blank else ())


def refuse_other_shape(
    path: str, table: str, names: Sequence[str], rows: Iterable[Mapping[str, object]]
) -> None:
    """Refuse a table that another program changed.

    Raises
    ------
    SourceError
        Names every column that is gone, and every cell that holds what it cannot.
    """
    due = cells_due(table)
    first = next(iter(due))
    faults = [f"{table} has no column {name!r}" for name in due if name not in names]
    if not faults:
        faults = [
            f"{name} of {row[first]!r} in {table} is {row[name]!r:.60}, "
            f"not {'a number' if int in holds else 'text'}"
            for row in rows
            for name, holds in due.items()
            if not isinstance(row[name], holds)
        ]
    if faults:
        msg = (
            f"The workspace {path} was changed by another program: {'; '.join(faults[:5])}"
            f"{f'; and {len(faults) - 5} more' if len(faults) > 5 else ''}. Nothing was written; "  # noqa: PLR2004
            "put back a copy."
        )
        raise SourceError(msg)
