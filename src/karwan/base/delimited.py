"""Read a table that a spreadsheet or an editor saved, or say how to save it so that it can be.

Nothing is guessed: a text that is not UTF-8 has letters that would come out wrong, and a table with
semicolons has decimal commas as a rule. Each is named with what to do.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from karwan.base.errors import DataError

if TYPE_CHECKING:
    import polars as pl

WIDE_MARKS = (b"\xff\xfe", b"\xfe\xff")
UTF8_MARK = b"\xef\xbb\xbf"
OTHERS = {";": "semicolons", "\t": "tabs"}
"""What else may stand between cells, and what it is called."""


def text_fault(content: bytes) -> str:
    r"""Return why bytes are no table in UTF-8 with commas; blank if they are.

    Examples
    --------
    >>> text_fault(b"id,name\n1,Chaman\n")
    ''
    >>> text_fault(b"id;name\n1;Chaman\n")
    'has semicolons between its cells; save it with commas'
    >>> text_fault("id,name".encode("utf-16"))
    'is text in UTF-16; save it as CSV in UTF-8'
    """
    if content.startswith(WIDE_MARKS):
        return "is text in UTF-16; save it as CSV in UTF-8"
    try:
        text = content.decode("utf-8")
    except UnicodeDecodeError as error:
        line = content[: error.start].count(b"\n") + 1
        return (
            f"is no text in UTF-8 (line {line}; an older encoding such as Windows-1251?); "
            "save it as CSV in UTF-8"
        )
    if "\0" in text:
        return "holds NUL characters: it is no text, or text in UTF-16; save it as CSV in UTF-8"
    head = text.lstrip("\ufeff").split("\n", 1)[0]
    for mark, name in OTHERS.items():
        if mark in head and "," not in head:
            return f"has {name} between its cells; save it with commas"
    return ""


def read_delimited(content: bytes, where: str) -> pl.DataFrame:
    """Return the cells of a table as text; blank cells are None.

    Raises
    ------
    DataError
        Says why it cannot be read, and how to save it so that it can be.
    """
    import polars as pl

    fault = text_fault(content)
    if fault:
        raise DataError(where, [fault])
    bare = content.removeprefix(UTF8_MARK)
    try:
        return pl.read_csv(bare, infer_schema=False, null_values=[""], truncate_ragged_lines=False)
    except pl.exceptions.PolarsError as error:
        first = (str(error).splitlines() or ["it is empty"])[0]
        raise DataError(where, [f"cannot be read as CSV: {first}"]) from error
