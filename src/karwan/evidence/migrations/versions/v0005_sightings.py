"""Sightings: what somebody saw of an element on a day; rows are added, never changed."""

import sqlalchemy as sa
from alembic import op

revision = "v0005"
down_revision = "v0004"
branch_labels = None
depends_on = None

TEXTS = (
    "element_id", "mode", "day", "state", "traffic_class", "direction", "note", "source_url",
    "source_date", "grade", "added_by", "added_at",
)  # fmt: skip


def upgrade() -> None:
    """Make the table and the triggers."""
    op.create_table(
        "sightings",
        sa.Column("id", sa.String, primary_key=True),
        *(sa.Column(name, sa.String, nullable=False) for name in TEXTS),
    )
    for verb in ("UPDATE", "DELETE"):
        op.execute(
            f"CREATE TRIGGER sightings_no_{verb.lower()} BEFORE {verb} ON sightings "
            "BEGIN SELECT RAISE(ABORT, 'records are added, never changed'); END"
        )
    # INSERT OR REPLACE deletes without asking the triggers above.
    op.execute(
        "CREATE TRIGGER sightings_no_replace BEFORE INSERT ON sightings "
        "WHEN EXISTS (SELECT 1 FROM sightings WHERE id = NEW.id OR rowid = NEW.rowid) "
        "BEGIN SELECT RAISE(ABORT, 'records are added, never changed'); END"
    )
