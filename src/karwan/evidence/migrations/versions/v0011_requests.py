"""Requests that wrote a row through a server: who asked what, and what he was answered."""

import sqlalchemy as sa
from alembic import op

from karwan.evidence.dialects import refuse_changes, refuse_replacing

revision = "v0011"
down_revision = "v0010"
branch_labels = None
depends_on = None

COLUMNS = ("key", "path", "body_sha256", "answer", "added_by", "added_at")


def upgrade() -> None:
    """Make the table and its triggers; one person uses a key once."""
    op.create_table(
        "requests",
        sa.Column("id", sa.String, primary_key=True),
        *(sa.Column(name, sa.String, nullable=False) for name in COLUMNS),
        sa.UniqueConstraint("added_by", "key"),
    )
    refuse_changes(op.get_bind(), "requests")
    refuse_replacing(op.get_bind(), "requests")
