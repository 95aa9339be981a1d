"""Rows for tests, from the cells that matter."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from karwan.data.rows.row import R, attribute_of
from tests.reference import catalog


def make_row(kind: type[R], cells: Mapping[str, Any]) -> R:
    """Return a row of these cells, as the table's file has them; those left out are blank."""
    given: dict[str, Any] = {}
    for field in catalog().resource(kind.TABLE).table.fields:
        cell = cells.get(field.name)
        if field.separator:
            cell = tuple(field.names_in(cell or ""))
        elif field.is_yes_no:
            cell = cell == "yes"
        given[attribute_of(field.name)] = cell
    return kind(**given)
