"""Watches: what is asked again, what was answered, what was told; rows are added, never changed."""

import sqlalchemy as sa
from alembic import op

from karwan.evidence.dialects import refuse_changes, refuse_replacing

revision = "v0006"
down_revision = "v0005"
branch_labels = None
depends_on = None

TABLES = {
    "watches": ("question", "cause", "step", "days", "ends", "added_by", "added_at"),
    "watch_answers": (
        "watch_id", "as_of", "told", "answer_sha256", "code", "tables_sha256", "rows", "added_by",
        "added_at",
    ),
    "watch_alerts": (
        "watch_id", "as_of", "words", "changed", "before_sha256", "after_sha256", "answer_id",
        "added_by", "added_at",
    ),
    "watch_deliveries": ("alert_id", "channel", "added_by", "added_at"),
}  # fmt: skip
NUMBERS = {"step": sa.Float, "days": sa.Integer}


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
