"""One form for every answer: a frame, the data that the command prints, a table in a notebook."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from operator import itemgetter
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from karwan.base.errors import DataError
from karwan.base.html import html_table
from karwan.base.outgoing import plain
from karwan.base.telling import (
    Column,
    Columns,
    Form,
    cells_of,
    csv_text,
    names_of,
    of_form,
    to_frame,
)

if TYPE_CHECKING:
    import polars as pl

    from karwan.analysis.forecasts.ages import GateAge

T = TypeVar("T")

MOST_ROWS_HTML = 100
"""Rows that a notebook shows; a frame has them all."""
MOST_ROWS = 7
"""Rows of a `repr`, which has at most ten lines."""
CELL_LETTERS, LINE_LETTERS = 28, 110


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer(Generic[T]):
    """What karwan answers, whatever was asked.

    Attributes
    ----------
    title
        What was asked, in a line.
    content
        The answer in full: the objects that its figures stand in.
    ages
        How old the state of each gate is that it rests on; None where it rests on none.

    Examples
    --------
    >>> import karwan
    >>> answer = karwan.region(as_of="2026-11-22").compare("Kabul", "Karachi")
    >>> answer.to_frame().columns[:4]
    ['origin', 'destination', 'state', 'corridor']
    >>> answer.to_dict()["destination"]["id"]
    'karachi'
    """

    title: str
    content: T
    tell: Callable[[], Any]
    columns: Columns[Any]
    rows: Callable[[], Iterable[Any]]
    ages: Callable[[], tuple[GateAge, ...]] | None = None

    def to_frame(self) -> pl.DataFrame:
        """Return the rows of the answer as a polars frame; units are in the names."""
        return to_frame(self.columns, self.rows())

    def to_csv(self) -> str:
        """Return the rows of the answer as CSV with one header; units are in the names."""
        form = Form.csv if of_form(self.columns, Form.csv) else Form.frame
        cells = [cells_of(self.columns, row, form) for row in self.rows()]
        return csv_text(names_of(self.columns, form), cells)

    def to_dict(self) -> Any:
        """Return the answer as plain data, equal to what the command prints as JSON."""
        return _pure(self.told())

    def told(self) -> Any:
        """Return the answer as data that JSON writes the same, with tuples where lists would do."""
        told = self.tell()
        if self.ages is not None:
            from karwan.analysis.forecasts.ages import ages_to_dict

            told = {**told, "gate_ages": ages_to_dict(self.ages())}
        return told

    def age_lines(self) -> list[str]:
        """Return lines on the states it rests on that were not seen within a week."""
        if self.ages is None:
            return []
        from karwan.analysis.forecasts.ages import age_lines

        return age_lines(self.ages())

    def _repr_html_(self) -> str:
        """Return the rows as a table for a notebook."""
        names, rows = self._shown(Form.html)
        more = len(rows) - MOST_ROWS_HTML
        caption = self.title + (f" (and {more:,} more rows in the frame)" if more > 0 else "")
        return html_table(caption, names, rows[:MOST_ROWS_HTML])

    def __repr__(self) -> str:
        """Return the title and the first rows, ten lines at most."""
        names, rows = self._shown(Form.html)
        lines = [plain(" ".join(self.title.split()))[:LINE_LETTERS]]
        lines += _aligned([names, *rows[:MOST_ROWS]]) if rows else ["no rows"]
        if len(rows) > MOST_ROWS:
            lines.append(f"and {len(rows) - MOST_ROWS:,} more rows")
        return "\n".join(lines)

    def _shown(self, form: Form) -> tuple[list[str], list[list[Any]]]:
        """Return names and cells for a reader; a list without a form of its own shows its frame."""
        form = form if of_form(self.columns, form) else Form.frame
        rows = [cells_of(self.columns, row, form) for row in self.rows()]
        return names_of(self.columns, form), rows


def _pure(content: Any) -> Any:
    """Return plain data as JSON has it: lists for tuples, texts for the keys of objects."""
    kind = type(content)
    if kind in _PLAIN:
        return content
    if kind is dict or isinstance(content, Mapping):
        return {
            key if type(key) is str else str(key): value if type(value) in _PLAIN else _pure(value)
            for key, value in content.items()
        }
    if isinstance(content, (list, tuple)):
        return [value if type(value) in _PLAIN else _pure(value) for value in content]
    return content


_PLAIN = frozenset({str, float, int, bool, type(None)})


def _aligned(rows: Sequence[Sequence[Any]]) -> list[str]:
    """Return cells in columns, as many as a line holds."""
    cells = [[_cell(value) for value in row] for row in rows]
    widths = [max(map(len, column)) for column in zip(*cells, strict=True)]
    lines = ("  ".join(c.ljust(w) for c, w in zip(row, widths, strict=True)) for row in cells)
    return [line[:LINE_LETTERS].rstrip() for line in lines]


def _cell(value: Any) -> str:
    if value is None:
        return "-"
    text = f"{value:,.3g}" if isinstance(value, float) and abs(value) < 100 else (  # noqa: PLR2004
        f"{value:,.0f}" if isinstance(value, float) else plain(" ".join(str(value).split()))
    )  # fmt: skip
    return text if len(text) <= CELL_LETTERS else f"{text[: CELL_LETTERS - 1]}…"


def named(*names: str, shown: Sequence[str] = ()) -> tuple[Column[Mapping[str, Any]], ...]:
    """Return columns of rows that are dictionaries, under the dictionary's own names.

    Parameters
    ----------
    shown
        Those that a notebook shows; by default all.
    """
    wide, narrow = (Form.frame, Form.html), (Form.frame,)
    return tuple(
        Column(
            name=name,
            get=itemgetter(name),
            forms=wide if not shown or name in shown else narrow,
        )
        for name in names
    )


@contextmanager
def arguments(**names: str) -> Iterator[None]:
    """Name faults by the arguments of a function, where the rooms below have other keys.

    Parameters
    ----------
    names
        The argument's name by key.
    """
    try:
        yield
    except DataError as error:
        faults = [
            replace(fault, key=names[fault.key]) if fault.key in names else fault
            for fault in error.faults
        ]
        raise DataError(error.where, faults) from None
