"""Withdrawals bear the day from which they hold; without one they hold for all time.

Those of older versions took a row out of every answer, whatever its date, so they stay without.
"""

import sqlalchemy as sa
from alembic import op

revision = "v0004"
down_revision = "v0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the day; no row is changed."""
    op.add_column("withdrawals", sa.Column("withdrawn_on", sa.String))
