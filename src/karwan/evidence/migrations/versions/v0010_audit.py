"""The trail: who did what and when, each entry hashed together with the one before it.

Rows that stand already are told as such, with the hash of what they hold and nobody's name: who
added them and when is what the row says, and nothing here vouches for it.
"""

import sqlalchemy as sa
from alembic import op

from karwan.evidence.dialects import refuse_changes, refuse_replacing
from karwan.evidence.trail import tell_standing

revision = "v0010"
down_revision = "v0009"
branch_labels = None
depends_on = None

COLUMNS = (
    "verb", "kind", "row_id", "row_sha256", "previous_sha256", "sha256", "login", "added_by",
    "added_at",
)  # fmt: skip
STANDING = {
    "closures": "id",
    "closure_ends": "id",
    "sightings": "id",
    "incidents": "id",
    "withdrawals": "id",
    "incident_files": "id",
    "ledger_assessments": "id",
    "feed_files": "id",
    "feed_decisions": "id",
    "briefs": "id",
    "watches": "id",
    "watch_answers": "id",
    "watch_alerts": "id",
    "watch_deliveries": "id",
    "tokens": "id",
    "token_ends": "id",
    "ledger_sources": "source_id",
    "ledger_statements": "id",
    "ledger_propositions": "id",
    "ledger_indicators": "id",
    "ledger_evidence": "id",
}
"""Tables of the version before, and the column of their ids."""
FILES = {"incidents": ".parquet", "answers": ".json", "feeds": ".kept"}
"""Folders of contents of the version before, and how their files end."""


def upgrade() -> None:
    """Make the table and its triggers, and tell what stands already."""
    op.create_table(
        "audit",
        sa.Column("id", sa.String, primary_key=True),
        *(
            sa.Column(name, sa.String, nullable=False, unique=name == "previous_sha256")
            for name in COLUMNS
        ),
    )
    op.create_index("audit_rows", "audit", ["kind", "row_id"])
    refuse_changes(op.get_bind(), "audit")
    refuse_replacing(op.get_bind(), "audit")
    tell_standing(op.get_bind(), STANDING, FILES)
