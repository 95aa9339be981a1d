"""Rows of the user's own ledger, as the workspace database holds them and with their types."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import TYPE_CHECKING

from karwan.base.workspaces import Workspace
from karwan.data.rows.row import frame_cells, rows_from
from karwan.evidence.own_record import entered_by
from karwan.evidence.workspace import reading, texts_of
from karwan.ledger.nouns import TABLES
from karwan.ledger.rows import KINDS, LedgerRow, LedgerRows, sorted_rows

if TYPE_CHECKING:
    from karwan.data.catalog import Catalog

Texts = dict[str, str | None]


def read_texts(folder: Workspace, as_recorded: dt.date | None = None) -> dict[str, list[Texts]]:
    """Return the workspace's rows by kind of record, as the texts they came as.

    Parameters
    ----------
    as_recorded
        Leaves out rows entered after this day, in UTC; None takes all.
    """
    with reading(folder) as connection:
        return {
            kind: [row.cells for row in entered_by(texts_of(connection, table), as_recorded)]
            for kind, table in TABLES.items()
        }


def read_own_rows(folder: Workspace, catalog: Catalog) -> LedgerRows:
    """Return the workspace's rows by kind of record, with their types."""
    texts = read_texts(folder, catalog.as_recorded)
    return sorted_rows(
        row
        for kind, rows in texts.items()
        for row in typed_rows(catalog, kind, rows, where=f"workspace {folder}, {TABLES[kind]}")
    )


def typed_rows(
    catalog: Catalog, kind: str, rows: Sequence[Texts], *, where: str
) -> tuple[LedgerRow, ...]:
    """Return rows of one kind checked against their table, every cell of its type."""
    import polars as pl

    if not rows:
        return ()
    table = catalog.resource(TABLES[kind]).table
    frame = pl.DataFrame(rows, schema={field.name: pl.String for field in table.fields})
    return rows_from(frame_cells(table.check(frame, where=where)), table, KINDS[kind])
