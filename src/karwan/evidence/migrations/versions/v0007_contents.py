"""Bytes and lines that a folder keeps as files beside its database, as rows of PostgreSQL.

A folder's files stay files, so SQLite gets nothing.
"""

import sqlalchemy as sa
from alembic import op

from karwan.evidence.dialects import is_postgresql, refuse_changes

revision = "v0007"
down_revision = "v0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the tables and their triggers."""
    if not is_postgresql(op.get_bind()):
        return
    op.create_table(
        "contents",
        sa.Column("name", sa.String, primary_key=True),
        sa.Column("sha256", sa.String, nullable=False),
        sa.Column("content", sa.LargeBinary, nullable=False),
    )
    op.create_table("forecast_lines", sa.Column("line", sa.LargeBinary, nullable=False))
    for table in ("contents", "forecast_lines"):
        refuse_changes(op.get_bind(), table)
