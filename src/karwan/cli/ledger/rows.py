"""Statements in CSV: the columns, and the cells of a row."""

from __future__ import annotations

from typing import Any

CSV_COLUMNS = (
    "id", "speaker", "said_on", "speech_act", "paraphrase", "corridors", "elements", "indicator",
    "deadline", "delivery", "evidence_status", "for", "against", "corroboration", "contested",
    "assessed_on", "rule", "reason", "source_url", "source_date", "confidence",
)  # fmt: skip


def csv_cells(row: dict[str, Any]) -> list[Any]:
    """Return the cells of a row; lists stand with semicolons between."""
    cells = []
    for name in CSV_COLUMNS:
        value = row[name]
        if name in ("for", "against"):
            value = "; ".join(item["id"] for item in value)
        elif isinstance(value, list):
            value = "; ".join(value)
        elif isinstance(value, bool):
            value = "yes" if value else "no"
        cells.append("" if value is None else value)
    return cells
