"""Tokens of people and programs, and their ends; a token itself is kept nowhere, only its hash."""

import sqlalchemy as sa
from alembic import op

from karwan.evidence.dialects import refuse_changes, refuse_replacing

revision = "v0008"
down_revision = "v0007"
branch_labels = None
depends_on = None

TABLES = {
    "tokens": ("name", "role", "sha256", "expires_at", "added_by", "added_at"),
    "token_ends": ("token_id", "added_by", "added_at"),
}


def upgrade() -> None:
    """Make the tables and their triggers."""
    for table, names in TABLES.items():
        op.create_table(
            table,
            sa.Column("id", sa.String, primary_key=True),
            *(sa.Column(name, sa.String, nullable=False) for name in names),
        )
        refuse_changes(op.get_bind(), table)
        refuse_replacing(op.get_bind(), table)
