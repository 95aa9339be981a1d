"""Feeds, proposed and decided; briefs that were kept. Rows are added, never changed."""

import sqlalchemy as sa
from alembic import op

revision = "v0008"
down_revision = "v0006"
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
        for verb in ("UPDATE", "DELETE"):
            op.execute(
                f"CREATE TRIGGER {table}_no_{verb.lower()} BEFORE {verb} ON {table} "
                "BEGIN SELECT RAISE(ABORT, 'records are added, never changed'); END"
            )
        # INSERT OR REPLACE deletes without asking the triggers above.
        op.execute(
            f"CREATE TRIGGER {table}_no_replace BEFORE INSERT ON {table} "
            f"WHEN EXISTS (SELECT 1 FROM {table} WHERE id = NEW.id OR rowid = NEW.rowid) "
            "BEGIN SELECT RAISE(ABORT, 'records are added, never changed'); END"
        )
