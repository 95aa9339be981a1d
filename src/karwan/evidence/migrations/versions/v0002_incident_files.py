"""Files of incidents, withdrawals, ends of packaged closures, precision of a start.

`closure_ends` is made anew without its foreign key, since an end may belong to a packaged closure;
its rows are copied as they stand.
"""

import sqlalchemy as sa
from alembic import op

from karwan.evidence.dialects import POSTGRESQL, is_postgresql, refuse_changes, refuse_replacing

revision = "v0002"
down_revision = "v0001"
branch_labels = None
depends_on = None

NEW_TABLES = ("closure_ends", "withdrawals", "incident_files")
TABLES = ("closures", "incidents", *NEW_TABLES)
TRUTH = sa.Boolean().with_variant(sa.Integer(), POSTGRESQL)
"""0 or 1, which SQLite keeps in a column of either kind."""


def upgrade() -> None:
    """Make the tables and the triggers; keep every row."""
    op.execute("ALTER TABLE closures ADD COLUMN start_precision VARCHAR NOT NULL DEFAULT 'day'")
    if not is_postgresql(op.get_bind()):
        op.execute("ALTER TABLE closure_ends RENAME TO closure_ends_v0001")
    else:  # no karwan of that version wrote there, so there is no row to keep
        op.drop_table("closure_ends")
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
    if not is_postgresql(op.get_bind()):
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
        sa.Column("local_only", TRUTH, nullable=False),
        *(sa.Column(name, sa.String, nullable=False) for name in ("note", "added_by", "added_at")),
    )
    for table in NEW_TABLES:
        refuse_changes(op.get_bind(), table)
    for table in TABLES:
        refuse_replacing(op.get_bind(), table)
