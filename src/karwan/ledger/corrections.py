"""What was found wrong in the ledger, and what was done about it: kept, for whoever asks."""

from __future__ import annotations

from karwan.base.telling import Column, Columns, Form
from karwan.data.rows.ledger import LedgerCorrectionRow

CORRECTIONS: Columns[LedgerCorrectionRow] = (
    Column(name="correction_id", forms=tuple(Form), names={Form.table: "id"}),
    Column(name="about", forms=tuple(Form)),
    Column(name="asked", forms=tuple(Form)),
    Column(name="answer", forms=tuple(Form)),
    Column(name="note", forms=tuple(Form)),
    Column(name="source_url"),
    Column(name="source_date"),
    Column(name="confidence"),
)
"""Columns of the corrections, in every form."""
