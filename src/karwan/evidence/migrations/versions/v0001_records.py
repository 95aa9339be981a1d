"""Closures, their ends, and incidents: rows are added, never changed or deleted.

The database keeps that promise itself: a trigger refuses every update and delete.
"""

import sqlalchemy as sa
from alembic import op

from karwan.evidence.dialects import refuse_changes

revision = "v0001"
down_revision = None
branch_labels = None
depends_on = None

TABLES = ("closures", "closure_ends", "incidents")


def _provenance() -> list[sa.Column[str]]:
    return [
        sa.Column("note", sa.String, nullable=False),
        sa.Column("source_url", sa.String, nullable=False),
        sa.Column("source_date", sa.String, nullable=False),
        sa.Column("grade", sa.String, nullable=False),
        sa.Column("added_by", sa.String, nullable=False),
        sa.Column("added_at", sa.String, nullable=False),
    ]


def upgrade() -> None:
    """Make the tables and the triggers."""
    op.create_table(
        "closures",
        sa.Column("id", sa.String, primary_key=True),
        sa.Column("element_id", sa.String, nullable=False),
        sa.Column("mode", sa.String, nullable=False),
        sa.Column("start", sa.String, nullable=False),
        sa.Column("end", sa.String),
        sa.Column("end_status", sa.String, nullable=False),
        sa.Column("seen_until", sa.String, nullable=False),
        sa.Column("traffic_class", sa.String, nullable=False),
        sa.Column("direction", sa.String, nullable=False),
        sa.Column("cause", sa.String, nullable=False),
        sa.Column("episode", sa.String, nullable=False),
        *_provenance(),
    )
    op.create_table(
        "closure_ends",
        sa.Column("id", sa.String, primary_key=True),
        sa.Column("closure_id", sa.String, sa.ForeignKey("closures.id"), nullable=False),
        sa.Column("end", sa.String, nullable=False),
        *_provenance(),
    )
    op.create_table(
        "incidents",
        sa.Column("id", sa.String, primary_key=True),
        sa.Column("date", sa.String, nullable=False),
        sa.Column("lat", sa.Float, nullable=False),
        sa.Column("lon", sa.Float, nullable=False),
        sa.Column("precision_km", sa.Float, nullable=False),
        sa.Column("kind", sa.String, nullable=False),
        sa.Column("death_count", sa.Integer),
        *_provenance(),
    )
    for table in TABLES:
        refuse_changes(op.get_bind(), table)
