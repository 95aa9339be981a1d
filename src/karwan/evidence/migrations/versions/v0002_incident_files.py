"""Files of incidents, withdrawals, ends of packaged closures, precision of a start.

`closure_ends` is made anew without its foreign key, since an end may belong to a packaged closure;
its rows are copied as they stand.
"""

import sqlalchemy as sa
from alembic import op

revision = "v0002"
down_revision = "v0001"
branch_labels = None
depends_on = None

NEW_TABLES = ("closure_ends", "withdrawals", "incident_files")
TABLES = ("closures", "incidents", *NEW_TABLES)


def upgrade() -> None:
    """Make the tables and the triggers; keep every row."""
    op.execute("ALTER TABLE closures ADD COLUMN start_precision VARCHAR NOT NULL DEFAULT 'day'")
    op.execute("ALTER TABLE closure_ends RENAME TO closure_ends_v0001")
    op.create_table(
        "closure_ends",
        sa.Column("id", sa.String, primary_key=True),
        sa.Column("closure_id", sa.String, nullable=False),
        sa.Column("end", sa.String, nullable=False),
        *(
            sa.Column(name, sa.String, nullable=False)
            for name in ("note", "source_url", "source_date", "grade", "added_by", "added_at")
        ),
    )
    op.execute("INSERT INTO closure_ends SELECT * FROM closure_ends_v0001 ORDER BY rowid")
    op.execute("DROP TABLE closure_ends_v0001")
    op.create_table(
        "withdrawals",
        sa.Column("id", sa.String, primary_key=True),
        sa.Column("record_id", sa.String, nullable=False, unique=True),
        *(sa.Column(name, sa.String, nullable=False) for name in ("note", "added_by", "added_at")),
    )
    texts = ("sha256", "kept_sha256", "file_name", "release", "kind", "licence")
    op.create_table(
        "incident_files",
        sa.Column("id", sa.String, primary_key=True),
        *(sa.Column(name, sa.String, nullable=False) for name in texts),
        sa.Column("published", sa.String),
        sa.Column("countries", sa.String, nullable=False),
        sa.Column("start", sa.String, nullable=False),
        sa.Column("end", sa.String, nullable=False),
        sa.Column("event_count", sa.Integer, nullable=False),
        sa.Column("local_only", sa.Boolean, nullable=False),
        *(sa.Column(name, sa.String, nullable=False) for name in ("note", "added_by", "added_at")),
    )
    for table in NEW_TABLES:
        for verb in ("UPDATE", "DELETE"):
            op.execute(
                f"CREATE TRIGGER {table}_no_{verb.lower()} BEFORE {verb} ON {table} "
                "BEGIN SELECT RAISE(ABORT, 'records are added, never changed'); END"
            )
    # INSERT OR REPLACE deletes without asking the triggers above.
    for table in TABLES:
        op.execute(
            f"CREATE TRIGGER {table}_no_replace BEFORE INSERT ON {table} "
            f"WHEN EXISTS (SELECT 1 FROM {table} WHERE id = NEW.id OR rowid = NEW.rowid) "
            "BEGIN SELECT RAISE(ABORT, 'records are added, never changed'); END"
        )
