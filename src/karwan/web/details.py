"""How much of an answer a program asks for: all that the command prints, or its rows alone."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, TypeVar

from karwan.api.answer import Answer
from karwan.base.errors import DataError
from karwan.base.telling import Form, of_form, to_dict
from karwan.web.parameters import Parameter, read_given

if TYPE_CHECKING:
    from karwan.analysis.world.world import World

Pairs = Sequence[tuple[str, str]]
Asked = TypeVar("Asked")

DETAIL = Parameter(
    name="detail",
    default="full",
    choices=("full", "brief"),
    help="full: as the command prints it; brief: its rows, as the table or frame has them.",
)
_TEXT = {"type": "string"}
_DAY = {"type": "string", "format": "date"}
BRIEF_SCHEMA: dict[str, Any] = {
    "title": "Brief answer",
    "type": "object",
    "required": ["title", "as_of", "evidence_horizon", "sentences", "columns", "rows"],
    "additionalProperties": False,
    "properties": {
        "title": {**_TEXT, "description": "What was asked, in a line."},
        "as_of": {**_DAY, "description": "Day whose knowledge was used."},
        "evidence_horizon": {**_DAY, "description": "Day of the newest evidence."},
        "sentences": {
            "type": "array",
            "items": _TEXT,
            "description": "The answer in words, where there are such.",
        },
        "columns": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["name", "unit"],
                "additionalProperties": False,
                "properties": {"name": _TEXT, "unit": {"type": ["string", "null"]}},
            },
        },
        "rows": {
            "type": "array",
            "items": {
                "type": "object",
                "additionalProperties": {"type": ["string", "number", "boolean", "null"]},
            },
        },
    },
}
"""What `detail=brief` answers, whatever is asked."""
PROBLEM_SCHEMA: dict[str, Any] = {
    "title": "Problem",
    "type": "object",
    "required": ["type", "title", "status", "detail", "faults"],
    "properties": {
        "type": _TEXT,
        "title": _TEXT,
        "status": {"type": "integer"},
        "detail": _TEXT,
        "faults": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["parameter", "given", "text"],
                "properties": {
                    "parameter": {"type": ["string", "null"]},
                    "given": {"type": ["string", "null"]},
                    "text": _TEXT,
                },
            },
        },
    },
}
"""What is told of an error (RFC 9457)."""


def read_detail(pairs: Pairs, ask: Callable[[Pairs], Asked]) -> tuple[bool, Asked]:
    """Return whether a brief answer is asked for, and what the rest of the address asks.

    Raises
    ------
    DataError
        Names the faults of both.
    """
    mine = [pair for pair in pairs if pair[0] == DETAIL.name]
    given = read_given([DETAIL], mine)
    rest = [pair for pair in pairs if pair[0] != DETAIL.name]
    try:
        asked = ask(rest)
    except DataError as error:
        raise DataError(error.where, [*given.faults, *error.faults]) from error
    if given.faults:
        raise DataError("the question", given.faults)
    return given.values[DETAIL.argument] == "brief", asked


def brief_of(answer: Answer[Any], world: World, sentences: Sequence[str] = ()) -> dict[str, Any]:
    """Return the rows of an answer as plain data, with what each column means."""
    form = Form.frame if of_form(answer.columns, Form.frame) else Form.table
    columns = of_form(answer.columns, form)
    return {
        "title": answer.title,
        "as_of": world.as_of.isoformat(),
        "evidence_horizon": world.evidence_horizon.isoformat(),
        "sentences": [one for one in sentences if one],
        "columns": [{"name": one.told(form), "unit": one.unit or None} for one in columns],
        "rows": [
            {name: _plain(value) for name, value in to_dict(columns, row, form).items()}
            for row in answer.rows()
        ],
    }


def _plain(value: Any) -> str | float | bool | None:
    """Return a cell as JSON has it: no infinity, days as text."""
    if isinstance(value, float) and not math.isfinite(value):
        return None
    if value is None or isinstance(value, (str, int, float, bool)):
        return value
    return value.isoformat() if isinstance(value, dt.date) else str(value)
