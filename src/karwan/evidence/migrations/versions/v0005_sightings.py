"""Sightings: what somebody saw of an element on a day; rows are added, never changed."""

import sqlalchemy as sa
from alembic import op

from karwan.evidence.dialects import refuse_changes, refuse_replacing

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
    refuse_changes(op.get_bind(), "sightings")
    refuse_replacing(op.get_bind(), "sightings")
