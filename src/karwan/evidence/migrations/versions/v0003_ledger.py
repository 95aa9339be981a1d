"""The ledger: sources, statements, propositions, indicators, evidence, assessments.

Cells are texts as they stand in the tables of the same name, so that what goes in comes out again
letter for letter. Rows are added, never changed or deleted.
"""

import sqlalchemy as sa
from alembic import op

from karwan.evidence.dialects import refuse_changes, refuse_replacing

revision = "v0003"
down_revision = "v0002"
branch_labels = None
depends_on = None

WHENCE = ("source_url", "source_date", "confidence")
TABLES = {
    "ledger_sources": (
        "source_id", "publisher", "source_class", "language", "translated", "read_on",
        "text_sha256", "note", *WHENCE,
    ),
    "ledger_statements": (
        "id", "source_id", "speaker", "speaker_kind", "role", "on_behalf_of", "addressee", "about",
        "said_on", "speech_act", "attribution", "translated", "paraphrase", "corridors", "places",
        "corroboration", "corroboration_url", "contested", "reply", "same_as", "listed_status",
        "span_start_index", "span_end_index", "span_sha256", "text_sha256", "note", *WHENCE,
    ),
    "ledger_propositions": (
        "id", "statement_id", "paraphrase", "polarity", "condition", "corridors", "places",
        "elements", "window_start", "window_end", "testable", "reason", *WHENCE,
    ),
    "ledger_indicators": (
        "id", "proposition_id", "metric", "data_set", "filter", "operator", "value", "unit",
        "window_start", "deadline", "tolerance_days", "written_on", "rule", "note", *WHENCE,
    ),
    "ledger_evidence": (
        "id", "proposition_id", "source_id", "bears", "directness", "independence", "event",
        "event_on", "note", *WHENCE,
    ),
    "ledger_assessments": (
        "id", "proposition_id", "as_of", "assessed_on", "delivery", "evidence_status", "rule",
        "inputs_sha256", "supports", "contradicts", "reason", "assessor", "second_coder",
        "dissent", "reply",
    ),
}  # fmt: skip


def upgrade() -> None:
    """Make the tables and the triggers."""
    for table, columns in TABLES.items():
        key = columns[0]
        op.create_table(
            table,
            sa.Column(key, sa.String, primary_key=True),
            *(sa.Column(name, sa.String) for name in columns[1:]),
            sa.Column("added_by", sa.String, nullable=False),
            sa.Column("added_at", sa.String, nullable=False),
        )
        refuse_changes(op.get_bind(), table)
        refuse_replacing(op.get_bind(), table, key)
