"""Feeds, proposed and decided; briefs that were kept. Rows are added, never changed."""

import sqlalchemy as sa
from alembic import op

from karwan.evidence.dialects import refuse_changes, refuse_replacing

revision = "v0008"
down_revision = "v0007"
branch_labels = None
depends_on = None

TABLES = {
    "feed_files": (
        "feed", "file_name", "sha256", "how", "address", "dated", "publisher", "licence",
        "may_pass_on", "credit", "row_count", "added_by", "added_at",
    ),
    "feed_decisions": (
        "file_id", "decision", "row_keys", "became", "note", "added_by", "added_at",
    ),
    "briefs": ("audience", "question", "as_of", "told", "sheet_sha256", "added_by", "added_at"),
}  # fmt: skip
NUMBERS = {"may_pass_on": sa.Integer, "row_count": sa.Integer}


def upgrade() -> None:
    """Make the tables and their triggers."""
    for table, names in TABLES.items():
        op.create_table(
            table,
            sa.Column("id", sa.String, primary_key=True),
            *(sa.Column(name, NUMBERS.get(name, sa.String), nullable=False) for name in names),
        )
        refuse_changes(op.get_bind(), table)
        refuse_replacing(op.get_bind(), table)
